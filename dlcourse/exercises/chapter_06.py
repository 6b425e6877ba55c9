"""The self-checks of chapter 6: stochastic gradient descent."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case
from dlcourse.exercises._kinds import DOTS
from dlcourse.exercises._words import article, short

Inputs = Iterator[tuple[Any, ...]]
Array = np.ndarray[Any, Any]


# 6.3: one epoch --------------------------------------------------------------------------


def _sgd_epoch(X: Any, y: Any, w: Any, learning_rate: float, batch_size: int, order: Any) -> Any:
    w = w.copy()
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        residual = X[rows] @ w - y[rows]
        w -= learning_rate * 2 * X[rows].T @ residual / len(rows)
    return w


def _epochs(rng: np.random.Generator) -> Inputs:
    """One row and more, one column and more, all of floats; `order` is a permutation.

    The batch size may divide the number of rows, leave a short last batch, or be larger than
    the table. Not asked: no rows, an order that leaves rows out, weights of whole numbers.
    """
    X, y, start = np.array([[1.0], [2.0]]), np.array([1.0, 4.0]), np.array([0.0])
    yield X, y, start, 0.1, 2, np.array([0, 1])
    yield X, y, start, 0.1, 1, np.array([0, 1])
    yield X, y, start, 0.1, 1, np.array([1, 0])
    X, y = np.array([[1.0, 0.0], [2.0, -1.0], [0.0, 3.0]]), np.array([1.0, 0.0, 2.0])
    last = "where the last batch has fewer rows than the others"
    yield case(last, X, y, np.array([1.0, 2.0]), 0.1, 2, np.array([2, 0, 1]))
    yield case("where the table has a single row", X[1:2], y[:1], X[0], 0.2, 2, np.array([0]))
    steep = "where the gradient is large"
    yield case(steep, X, 1000 * y, np.array([1.0, 2.0]), 0.1, 3, np.array([2, 0, 1]))
    for rows, columns, size in ((6, 2, 10), (4, 1, 2), (6, 3, 3)):
        yield (*_table(rng, rows, columns), 0.05, size, rng.permutation(rows))
    for rows, columns, size in ((5, 2, 2), (7, 3, 3), (10, 2, 4), (9, 2, 4)):
        yield case(last, *_table(rng, rows, columns), 0.05, size, rng.permutation(rows))


def _table(rng: np.random.Generator, rows: int, columns: int) -> tuple[Array, Array, Array]:
    """Draw a table, a target for each row and a weight for each column."""
    numbers = [rng.normal(size=size) for size in ((rows, columns), rows, columns)]
    X, y, w = (np.round(number, 2) for number in numbers)
    return X, y, w


def _slices(order: Any, size: int) -> list[Any]:
    return [order[i : i + size] for i in range(0, len(order), size)]


def _epoch(
    cut: Callable[[Any, int], list[Any]] = _slices,
    divide: Callable[[Any, int, Any], float] = lambda rows, size, X: len(rows),
    *,
    factor: float = 2.0,
    at_the_start: bool = False,
    targets: Callable[[Any, Any, int], Any] = lambda y, rows, first: y[rows],
    updates_after: int | None = None,
) -> Callable[..., Any]:
    """Return the epoch with one thing done in another way."""

    def epoch(X: Any, y: Any, w: Any, learning_rate: float, batch_size: int, order: Any) -> Any:
        start, new, first = w, w.copy(), 0
        for rows in cut(order, batch_size)[:updates_after]:
            residual = X[rows] @ (start if at_the_start else new) - targets(y, rows, first)
            new = new - learning_rate * factor * X[rows].T @ residual / divide(rows, batch_size, X)
            first += len(rows)
        return new

    return epoch


def _last_joined(order: Any, size: int) -> list[Any]:
    full = max(1, len(order) // size)
    return [*_slices(order[: (full - 1) * size], size), order[(full - 1) * size :]]


def _equal_parts(order: Any, size: int) -> list[Any]:
    return np.array_split(order, -(-len(order) // size))


def _centered(X: Any, y: Any, w: Any, rate: float, size: int, order: Any) -> Any:
    return _sgd_epoch(X - X.mean(axis=0), y - y.mean(), w, rate, size, order)


def _mean_on_the_way(X: Any, y: Any, w: Any, rate: float, size: int, order: Any) -> Any:
    ends = range(size, len(order) + size, size)
    return np.mean([_sgd_epoch(X, y, w, rate, size, order[:end]) for end in ends], axis=0)


SGD_EPOCH = Exercise(
    "6.3",
    reference=_sgd_epoch,
    inputs=_epochs,
    hints=(
        "Write the loop over the batches first: which rows are in the batch that begins at place "
        "0, and which in the next one?",
        "The loss of a batch is a mean over its own rows. How many are there in the last batch? "
        "And at which weights is its gradient taken?",
        "For rows = order[first : first + batch_size] the gradient is 2 * X[rows].T @ "
        "(X[rows] @ w - y[rows]) / len(rows).",
    ),
    mistakes={
        "You add up the gradients of the samples. The loss is a mean over the batch: divide "
        "by the number of its rows.": _epoch(divide=lambda rows, size, X: 1),
        "You divide by batch_size in every batch; the last one may have fewer rows.": _epoch(
            divide=lambda rows, size, X: size
        ),
        "You divide by the number of all rows. The loss of a batch is the mean over the rows of "
        "that batch.": _epoch(divide=lambda rows, size, X: len(X)),
        "The 2 of the squared residual is missing.": _epoch(factor=1.0),
        "The step has the wrong sign: it goes uphill. Subtract the gradient.": _epoch(factor=-2.0),
        "You take the rows as they stand in X, not in the given order.": _epoch(
            lambda order, size: _slices(np.arange(len(order)), size)
        ),
        "You take the rows in the given order, but the targets as they stand in y. A row and its "
        "target belong together.": _epoch(
            targets=lambda y, rows, first: y[first : first + len(rows)]
        ),
        "You go through the order from its end.": _epoch(
            lambda order, size: _slices(order[::-1], size)
        ),
        "The last, short batch is left out. Its rows count, too.": _epoch(
            lambda order, size: [rows for rows in _slices(order, size) if len(rows) == size]
        ),
        "The short rest is joined to the batch before. It is a batch of its own.": _epoch(
            _last_joined
        ),
        "The rows are cut into batches of nearly the same size. Each batch has batch_size rows, "
        "and the last one what is left.": _epoch(_equal_parts),
        "All rows make one batch. Make an update after every batch_size rows.": _epoch(
            lambda order, size: [order]
        ),
        "Every row gets an update of its own. Make one update for a whole batch.": (
            _epoch(lambda order, size: _slices(order, 1)),
            _epoch(lambda order, size: _slices(order, 1), divide=lambda rows, size, X: size),
        ),
        "Only the first batch makes an update. Is there a return inside of the loop?": _epoch(
            updates_after=1
        ),
        "Every batch takes its gradient at the first weights. Take it at those that the batch "
        "before has left.": _epoch(at_the_start=True),
        "These are two epochs: every row is used twice.": _epoch(
            lambda order, size: 2 * _slices(order, size)
        ),
        "This is the mean of the weights on the way. Return those after the last batch.": (
            _mean_on_the_way
        ),
        "The order is undone: its inverse says at which place a row comes, order itself says "
        "which row comes at a place.": _epoch(lambda order, size: _slices(np.argsort(order), size)),
        "A short last batch is filled up with rows from the beginning. It stays short.": _epoch(
            lambda order, size: [np.resize(order, i + size)[i:] for i in range(0, len(order), size)]
        ),
        "The columns or the targets are centered. That is what an intercept would do, and this "
        "model has none.": _centered,
    },
)


# 6.4: the batches of one epoch ----------------------------------------------------------


def _batch_rows(n: int, batch_size: int, rng: np.random.Generator) -> list[Any]:
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


def _decks(rng: np.random.Generator) -> Inputs:
    """No rows, one row and more; a batch size that divides n, or not, or is larger than n.

    The generator is any `np.random.Generator`. Not asked: that each order is equally likely
    to the last digit; an order that is far from it is noticed in hundreds of epochs.
    """
    for n, batch_size in ((4, 2), (5, 2), (3, 10), (1, 1), (6, 3), (20, 6), (64, 16)):
        yield n, batch_size, int(rng.integers(1000)), 0
    yield 6, 2, int(rng.integers(1000)), 200
    yield 12, 12, int(rng.integers(1000)), 0
    yield 40_000, 30_000, int(rng.integers(1000)), 0
    yield 0, 3, int(rng.integers(1000)), 0


def _is_an_epoch(
    answer: Callable[..., Any], n: int, batch_size: int, seed: int, other_seeds: int
) -> tuple[str, str] | None:
    """Say what is wrong with the batches of an answer, if anything is."""
    generator = np.random.default_rng(seed)
    first = answer(n, batch_size, generator)
    example = (
        f"batch_rows({n}, {batch_size}, np.random.default_rng({seed}))\nreturned {_shown(first)}"
    )
    if sentence := _no_epoch(first, n, batch_size):
        return sentence, example
    second = answer(n, batch_size, generator)
    if sentence := _no_epoch(second, n, batch_size):
        return f"At the second call with the same rng: {sentence}", example
    again = _in_a_row(answer(n, batch_size, np.random.default_rng(seed)))
    rows = _in_a_row(first)
    if n > 10 and again == rows == list(range(n)):
        here = "Where all rows are one batch, they" if len(first) == 1 else "The rows"
        return f"{here} come in order: they are not shuffled.", example
    if n > 10 and rows == _in_a_row(second):
        return _SAME_AGAIN, example
    if again != rows:
        return _OTHER_SOURCE, example
    problem = _not_shuffled(answer, n, batch_size, other_seeds) if other_seeds else ""
    return (problem, example) if problem else None


_SAME_AGAIN = (
    "The second call with the same rng gives the order of the first. Draw from the rng that you "
    "are given, not from a new one or a copy, and keep nothing from call to call."
)
_OTHER_SOURCE = (
    "Two generators with the same seed give two different orders. All chance must come from the "
    "rng that you are given, and nothing may be kept from call to call."
)


def _shown(batches: Any) -> str:
    if isinstance(batches, list) and all(isinstance(batch, np.ndarray) for batch in batches):
        return "[" + ", ".join(f"array({short(batch)})" for batch in batches) + "]"
    return short(batches)


def _in_a_row(batches: Any) -> list[int]:
    return [row for batch in batches for row in np.asarray(batch).tolist()]


def _no_epoch(batches: Any, n: int, batch_size: int) -> str:
    """Say why this is no epoch, whatever its order, or nothing."""
    if batches is None:
        return "It returned None. Does the function end with return?"
    if batches is ...:
        return DOTS
    if not isinstance(batches, list | tuple):
        return (
            f"Return a list with one array of row numbers for each batch. This is {short(batches)}."
        )
    if not all(isinstance(batch, np.ndarray) for batch in batches):
        other = next(batch for batch in batches if not isinstance(batch, np.ndarray))
        return (
            f"Each batch must be an array of row numbers. One of yours is "
            f"{article(type(other).__name__)}: {short(other)}"
        )
    if any(batch.ndim != 1 or batch.dtype.kind not in "iu" for batch in batches):
        return "Each batch must be a one-dimensional array of whole numbers."
    rows, lengths = _in_a_row(batches), [len(batch) for batch in batches]
    right = [min(batch_size, n - i) for i in range(0, n, batch_size)]
    here = f"With n = {n} and batch_size = {batch_size}"
    if rows and (min(rows) < 0 or max(rows) >= n):
        return f"{here}, there are row numbers outside of 0 to {n - 1}."
    if len(set(rows)) < len(rows):
        return (
            f"{here}, some rows come more than once in an epoch. Shuffle once, and fill nothing up."
        )
    if len(rows) < n:
        return f"{here}, {_count(n - len(rows))} in no batch. Mind the last one."
    if lengths != right:
        return f"{here}, the lengths of the batches are {lengths}; {right} are right."
    return ""


def _count(rows: int) -> str:
    return "1 row is" if rows == 1 else f"{rows} rows are"


def _not_shuffled(answer: Callable[..., Any], n: int, batch_size: int, seeds: int) -> str:
    """Say what hundreds of epochs of other seeds have in common, if they should not."""
    epochs = [answer(n, batch_size, np.random.default_rng(seed)) for seed in range(seeds)]
    orders = np.array([_in_a_row(epoch) for epoch in epochs])
    places = np.argsort(orders, axis=1)  # the place of each row
    batch = places // batch_size
    start = f"In {seeds} epochs with n = {n} and batch_size = {batch_size}"
    if np.all(orders == orders[0]):
        return f"{start}, each with another seed, the order is always the same. Draw from rng."
    if np.all(batch == batch[0]):
        return (
            f"{start} every row stays in its batch: the rows are shuffled only inside of the "
            f"batches. Shuffle all of them, then cut."
        )
    if np.all(batch[:, 0] == batch[:, 1]):
        return (
            f"{start} rows 0 and 1 are always in the same batch. Shuffle the rows, not whole "
            f"batches."
        )
    for row in range(n):
        for number in set(range(-(-n // batch_size))) - set(batch[:, row].tolist()):
            return f"{start} row {row} is never in batch {number + 1}. Shuffle all rows."
    follows = np.mean(places[:, :, None] + 1 == places[:, None, :], axis=0)
    row, other = divmod(int(np.argmax(follows)), n)
    if follows[row, other] > 2 / n:
        return (
            f"{start} row {other} comes right after row {row} in {follows[row, other]:.0%} of "
            f"them; in a shuffled pack it would be in about {1 / n:.0%}. Shuffle all rows."
        )
    return ""


BATCH_ROWS = Exercise(
    "6.4",
    reference=_batch_rows,
    inputs=_decks,
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
    """Two rows and more, one column and more, constant columns, too; a batch of 1 to all rows.

    Not asked: a single row, where the formula is 0/0.
    """
    one, three = np.array([[0.0], [2.0], [4.0]]), np.array([[0.0, 1.0], [2.0, 5.0], [4.0, 0.0]])
    yield one, 1
    yield one, 2
    yield three, 1
    yield case("where the batch is all rows", three, 3)
    yield case("where there are two rows", np.array([[1.0, 2.0], [3.0, -1.0]]), 1)
    constant = np.column_stack([np.full(4, 0.1), [1.0, 2.0, 3.0, 6.0], np.full(4, 5.0)])
    yield case("where a column is constant", constant, 2)
    yield case("where all rows are the same", np.full((4, 2), 0.1), 2)
    for n, columns, size in ((6, 2, 4), (20, 3, 5), (50, 4, 10), (45, 3, 2)):
        offset = rng.integers(-3, 4, size=columns)
        yield (
            np.round(rng.normal(size=(n, columns)) * rng.uniform(0.5, 3, columns), 2) + offset,
            size,
        )


def _noise(
    spread: Callable[[Any], Any] = lambda G: np.sum(np.var(G, axis=0)),
    share: Callable[[int, int], float] = lambda n, B: (n - B) / (n - 1) / B,
) -> Callable[..., Any]:
    return lambda G, batch_size: np.sqrt(spread(G) * share(len(G), batch_size))


def _root(number: Any) -> Any:
    return np.sqrt(np.sum(np.var(number, axis=0)))


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
        "distance is divided by the root.": (
            lambda G, B: _root(G) / B,
            lambda G, B: _root(G) / B * np.sqrt((len(G) - B) / (len(G) - 1)),
        ),
        "This holds for draws with repeats. Without repeats a batch of all rows has no noise: "
        "multiply by (n - B)/(n - 1) under the root.": _noise(share=lambda n, B: 1 / B),
        "A small batch is treated as if it were drawn with repeats. The factor (n - B)/(n - 1) "
        "belongs to it, too.": lambda G, B: _noise(
            share=lambda n, B: 1 / B if n >= 20 * B else (n - B) / (n - 1) / B
        )(G, B),
        "This is the expected squared distance. Take the root.": lambda G, B: (
            _gradient_noise(G, B) ** 2
        ),
        "The factor (n - B)/(n - 1) stands outside the root. It belongs to the variance, under "
        "the root.": lambda G, B: _root(G) / np.sqrt(B) * (len(G) - B) / (len(G) - 1),
        "The factor of a finite set is upside down: it is (n - B)/(n - 1), which shrinks as the "
        "batch grows.": _noise(share=lambda n, B: (n - 1) / max(n - B, 1) / B),
        "The factor of a finite set divides by n. It is (n - B)/(n - 1).": _noise(
            share=lambda n, B: (n - B) / n / B
        ),
        "n - 1 stands in the variance already (ddof=1), and again in the factor. With "
        "(n - B)/(n - 1) the variance is the plain one, with 1/n.": _noise(
            lambda G: np.sum(np.var(G, axis=0, ddof=1))
        ),
        "The batch size is missing: the noise of a batch is smaller than that of one "
        "sample.": _noise(share=lambda n, B: (n - B) / (n - 1)),
        "You take the variance of all entries together. Take that of each column, and add them.": (
            _noise(np.var),
            _noise(lambda G: np.var(G) * G.shape[1]),
        ),
        "You average over the columns. Squared distances add up over the columns.": _noise(
            lambda G: np.mean(np.var(G, axis=0))
        ),
        "You add the standard deviations of the columns. Add their variances, and take the root "
        "of the sum.": _noise(lambda G: np.sum(np.std(G, axis=0)) ** 2),
        "These are the variances along the rows. A column holds what the samples say about one "
        "entry of the gradient: take them along axis 0.": _noise(
            lambda G: np.sum(np.var(G, axis=1))
        ),
        "The mean is not subtracted: these are mean squares. Only what the samples differ by is "
        "noise.": _noise(lambda G: np.sum(np.mean(G**2, axis=0))),
        "This is the spread of the lengths of the gradients. Two of one length may point in "
        "different ways: take the variance of each column.": _noise(
            lambda G: np.var(np.linalg.norm(G, axis=1))
        ),
        "This is the mean of the distances. The typical distance is the root of the mean "
        "squared one.": _noise(lambda G: np.mean(np.linalg.norm(G - G.mean(axis=0), axis=1)) ** 2),
    },
)
