"""The self-checks of chapter 6: stochastic gradient descent."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise

Inputs = Iterator[tuple[Any, ...]]


# 6.3: one epoch --------------------------------------------------------------------------


def _sgd_epoch(X: Any, y: Any, w: Any, learning_rate: float, batch_size: int, order: Any) -> Any:
    w = w.copy()
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        residual = X[rows] @ w - y[rows]
        w -= learning_rate * 2 * X[rows].T @ residual / len(rows)
    return w


def _epochs(rng: np.random.Generator) -> Inputs:
    X, y = np.array([[1.0], [2.0]]), np.array([1.0, 4.0])
    yield X, y, np.array([0.0]), 0.1, 2, np.array([0, 1])
    yield X, y, np.array([0.0]), 0.1, 1, np.array([0, 1])
    yield X, y, np.array([0.0]), 0.1, 1, np.array([1, 0])
    for rows, columns, size in ((5, 2, 2), (7, 3, 3), (6, 2, 10)):
        X, y = rng.normal(size=(rows, columns)), rng.normal(size=rows)
        yield X, y, rng.normal(size=columns), 0.05, size, rng.permutation(rows)


def _variant(
    divide: Callable[[Any, int], float] = lambda rows, size: len(rows),
    *,
    factor: float = 2.0,
    in_order: bool = False,
    drops_last: bool = False,
    from_the_start: bool = False,
) -> Callable[..., Any]:
    """Return the epoch with one thing done in another way."""

    def epoch(X: Any, y: Any, w: Any, learning_rate: float, batch_size: int, order: Any) -> Any:
        start, w = w, w.copy()
        if in_order:
            order = np.arange(len(X))
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            if drops_last and len(rows) < batch_size:
                break
            residual = X[rows] @ (start if from_the_start else w) - y[rows]
            w -= learning_rate * factor * X[rows].T @ residual / divide(rows, batch_size)
        return w

    return epoch


SGD_EPOCH = Exercise(
    "6.3",
    reference=_sgd_epoch,
    inputs=_epochs,
    hints=(
        "Compare the gradient of a sum of squares with that of a mean of squares. Which of the "
        "two does the line compute?",
        "The loss of a batch is a mean over its own rows. How many are there in the last batch?",
        "Divide the gradient by len(rows).",
    ),
    mistakes={
        "You add up the gradients of the samples. The loss is a mean over the batch: divide "
        "by the number of its rows.": _variant(lambda rows, size: 1),
        "You divide by batch_size in every batch; the last one may have fewer rows.": _variant(
            lambda rows, size: size
        ),
        "The 2 of the squared residual is missing.": _variant(factor=1.0),
        "You take the rows as they stand in X, not in the given order.": _variant(in_order=True),
        "The last, short batch is left out. Its rows count, too.": _variant(drops_last=True),
        "Every batch takes its gradient at the first weights. Take it at those that the batch "
        "before has left.": _variant(from_the_start=True),
    },
)


# 6.4: the batches of one epoch ----------------------------------------------------------


def _batch_rows(n: int, batch_size: int, rng: np.random.Generator) -> list[Any]:
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


def _is_an_epoch(answer: Callable[..., Any], n: int, batch_size: int, seed: int) -> str | None:
    """Say what is wrong with the batches of an answer, if anything is."""
    rng = np.random.default_rng(seed)
    first, second = answer(n, batch_size, rng), answer(n, batch_size, rng)
    for batches in (first, second):
        if not isinstance(batches, list | tuple) or not batches:
            return "Return a list with one array of row numbers for each batch."
        try:
            arrays = [np.asarray(batch) for batch in batches]
            rows = np.concatenate([array.reshape(-1) for array in arrays])
        except ValueError:
            return "Each batch must be an array of row numbers."
        if any(array.ndim != 1 for array in arrays) or rows.dtype.kind not in "iu":
            return "Each batch must be a one-dimensional array of whole numbers."
        case = f"With n = {n} and batch_size = {batch_size}"
        if len(np.unique(rows)) < len(rows):
            return f"{case}, some rows come more than once in an epoch. Shuffle once, then cut."
        if rows.min() < 0 or rows.max() >= n:
            return f"{case}, there are row numbers outside of 0 to {n - 1}."
        if len(rows) < n:
            return f"{case}, {n - len(rows)} of the rows are in no batch. Mind the last one."
        if [len(array) for array in arrays] != [len(b) for b in _cut(n, batch_size)]:
            return f"{case}, the batches have {[len(array) for array in arrays]} rows."
    joined = [np.concatenate(batches).tolist() for batches in (first, second)]
    if n > 10 and joined[0] == list(range(n)):
        return "The rows come in order: they are not shuffled."
    if n > 10 and joined[0] == joined[1]:
        return (
            "The second epoch has the order of the first. Draw from the rng that you are given, "
            "and make no new one."
        )
    return None


def _cut(n: int, batch_size: int) -> list[range]:
    return [range(i, min(i + batch_size, n)) for i in range(0, n, batch_size)]


BATCH_ROWS = Exercise(
    "6.4",
    reference=_batch_rows,
    inputs=lambda rng: iter([(4, 2, 0), (5, 2, 1), (3, 10, 2), (20, 6, 3), (64, 16, 4)]),
    judge=_is_an_epoch,
    hints=(
        "Think of a pack of cards. Do you deal each hand from a full pack?",
        "Shuffle all row numbers once, and then cut the row into pieces.",
        "order = rng.permutation(n); then one slice order[i : i + batch_size] for each i in "
        "range(0, n, batch_size).",
    ),
)


# 6.5: the noise of a batch ---------------------------------------------------------------


def _gradient_noise(G: Any, batch_size: int) -> Any:
    n = len(G)
    variance = np.sum(np.var(G, axis=0))
    return np.sqrt(variance / batch_size * (n - batch_size) / (n - 1))


def _sample_gradients(rng: np.random.Generator) -> Inputs:
    yield np.array([[0.0], [2.0], [4.0]]), 1
    yield np.array([[0.0], [2.0], [4.0]]), 2
    yield np.array([[0.0, 1.0], [2.0, 5.0], [4.0, 0.0]]), 3  # all of them: no noise
    for n, columns, size in ((6, 2, 4), (20, 3, 5), (50, 4, 10)):
        yield rng.normal(1, 2, size=(n, columns)), size


GRADIENT_NOISE = Exercise(
    "6.5",
    reference=_gradient_noise,
    inputs=_sample_gradients,
    hints=(
        "What must come out when the batch is the whole set? And what is divided by the batch "
        "size: the variance, or the distance?",
        "Add the variances of the columns, divide by the batch size, multiply by the share of "
        "a finite set, and take the root at the very end.",
        "np.sqrt(np.sum(np.var(G, axis=0)) / batch_size * (n - batch_size) / (n - 1)), with "
        "n = len(G).",
    ),
    mistakes={
        "You divide the distance by the batch size. It is the variance that is divided; the "
        "distance is divided by the root.": lambda G, B: np.sqrt(np.sum(np.var(G, axis=0))) / B,
        "This holds for draws with repeats. Without repeats a batch of all rows has no noise: "
        "multiply by (n - B)/(n - 1) under the root.": lambda G, B: np.sqrt(
            np.sum(np.var(G, axis=0)) / B
        ),
        "This is the expected squared distance. Take the root.": lambda G, B: (
            _gradient_noise(G, B) ** 2
        ),
        "You take the variance of all entries together. Take that of each column, and add "
        "them.": lambda G, B: np.sqrt(np.var(G) / B * (len(G) - B) / (len(G) - 1)),
        "You average over the columns. Squared distances add up over the columns.": lambda G, B: (
            np.sqrt(np.mean(np.var(G, axis=0)) / B * (len(G) - B) / (len(G) - 1))
        ),
    },
)
