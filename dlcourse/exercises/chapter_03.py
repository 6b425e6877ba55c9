"""The self-checks of chapter 3: the chain rule."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise

Inputs = Iterator[tuple[Any, ...]]


# 3.3: what is left at each link ---------------------------------------------------------


def _slopes_of_the_result(
    functions: Sequence[Callable[[float], float]],
    slopes: Sequence[Callable[[float], float]],
    x: float,
) -> list[float]:
    local = _local_slopes(functions, slopes, x)
    return [float(np.prod(local[k:])) for k in range(len(local) + 1)]


def _local_slopes(functions: Any, slopes: Any, x: float) -> list[float]:
    found = []
    for f, slope in zip(functions, slopes, strict=True):
        found.append(slope(x))
        x = f(x)
    return found


def _triple(x: float) -> float:
    return 3 * x


def _three(x: float) -> float:
    return 3.0


def _square(x: float) -> float:
    return x * x


def _double(x: float) -> float:
    return 2 * x


def _exponential(x: float) -> float:
    return float(np.exp(-x))


def _minus_exponential(x: float) -> float:
    return -float(np.exp(-x))


def _chains(rng: np.random.Generator) -> Inputs:
    yield [_triple, _square], [_three, _double], 2.0
    yield [_square, _triple], [_double, _three], 2.0
    yield [_square], [_double], -1.5
    links = [(_triple, _three), (_square, _double), (_exponential, _minus_exponential)]
    for length in (3, 5):
        chosen = [links[int(i)] for i in rng.integers(0, 3, length)]
        chosen[0] = links[2]  # so that nothing grows beyond bounds
        yield [f for f, _ in chosen], [s for _, s in chosen], float(rng.uniform(0.2, 0.9))
    yield [], [], 0.7


def _all_at_x(functions: Any, slopes: Any, x: Any) -> Any:
    local = [slope(x) for slope in slopes]
    return [float(np.prod(local[k:])) for k in range(len(local) + 1)]


def _after_the_step(functions: Any, slopes: Any, x: Any) -> Any:
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        x = f(x)
        local.append(slope(x))
    return [float(np.prod(local[k:])) for k in range(len(local) + 1)]


def _from_the_input(functions: Any, slopes: Any, x: Any) -> Any:
    local = _local_slopes(functions, slopes, x)
    return [float(np.prod(local[:k])) for k in range(len(local) + 1)]


def _back_to_front(functions: Any, slopes: Any, x: Any) -> Any:
    return _slopes_of_the_result(functions, slopes, x)[::-1]


def _without_the_result(functions: Any, slopes: Any, x: Any) -> Any:
    return _slopes_of_the_result(functions, slopes, x)[:-1]


SLOPES_OF_THE_RESULT = Exercise(
    "3.3",
    reference=_slopes_of_the_result,
    inputs=_chains,
    hints=(
        "Which slope is the easiest to write down? It stands at the end of the list. And how "
        "does the one before it follow?",
        "Two passes: forward, to take each slope at the value that has arrived at its link; "
        "and back, multiplying what has arrived by one slope after the other.",
        "Forward: append slope(x), then replace x by f(x). Back: begin a list with 1.0; for "
        "each slope from the end append the last entry times it. Return the list reversed.",
    ),
    mistakes={
        "All slopes are taken at the first x. Each belongs at the value that has arrived at "
        "its link.": _all_at_x,
        "The slopes are taken after the step. Take the slope first, then apply the "
        "function.": _after_the_step,
        "These are the slopes of each value with respect to x. Asked for are the slopes of the "
        "result with respect to each value: multiply from the end.": _from_the_input,
        "The last entry is missing: the slope of the result with respect to itself, which is "
        "1.": _without_the_result,
        "The list is the wrong way round: the slope for x comes first, and 1, that of the "
        "result, last.": _back_to_front,
        "These are the slopes of the single links. Multiply each by all that come after "
        "it.": _local_slopes,
    },
)


# 3.4: the dense layer, backwards -------------------------------------------------------


def _dense_vjp(G: Any, X: Any, W: Any) -> Any:
    return G @ W.T, X.T @ G, G.sum(axis=0)


def _layers(rng: np.random.Generator) -> Inputs:
    yield np.ones((2, 1)), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0], [-1.0]])
    for n, d, m in ((5, 3, 2), (1, 4, 3), (4, 4, 4), (3, 2, 6)):
        yield rng.normal(size=(n, m)), rng.normal(size=(n, d)), rng.normal(size=(d, m))


DENSE_VJP = Exercise(
    "3.4",
    reference=_dense_vjp,
    inputs=_layers,
    hints=(
        "A gradient has the shape of what it belongs to. What are the shapes of X, W and b?",
        "The table in 'Why nobody multiplies Jacobians out' has what flows back through the "
        "product, and through the sum. For b, count the paths: one for each row.",
        "To X flows G times the transpose of W, to W the transpose of X times G. For b, add "
        "the rows of G.",
    ),
    mistakes={
        "The bias gets the mean over the rows. It enters every row, and paths add: take the "
        "sum.": lambda G, X, W: (G @ W.T, X.T @ G, G.mean(axis=0)),
        "The bias still has one row for each sample: add over the rows.": lambda G, X, W: (
            G @ W.T,
            X.T @ G,
            G,
        ),
        "The bias is summed over everything, or over the columns. It has one entry for each "
        "column of G: add over the rows only.": lambda G, X, W: (G @ W.T, X.T @ G, G.sum(axis=1)),
        "What flows to X and what flows to W are exchanged.": lambda G, X, W: (
            X.T @ G,
            G @ W.T,
            G.sum(axis=0),
        ),
    },
)


# 3.5: softmax, row by row ----------------------------------------------------------------


def _softmax_vjp(G: Any, P: Any) -> Any:
    return P * (G - np.sum(G * P, axis=1, keepdims=True))


def _probabilities(rng: np.random.Generator) -> Inputs:
    yield np.array([[1.0, 0.0]]), np.array([[0.25, 0.75]])
    for n, k in ((3, 2), (4, 4), (6, 3)):
        scores = np.exp(rng.normal(size=(n, k)))
        yield rng.normal(size=(n, k)), scores / scores.sum(axis=1, keepdims=True)


SOFTMAX_VJP = Exercise(
    "3.5",
    reference=_softmax_vjp,
    inputs=_probabilities,
    hints=(
        "Every probability depends on every score of its row. The line to replace knows only "
        "of its own.",
        "The table in 'Why nobody multiplies Jacobians out' has the formula for one row: p "
        "times (g minus the sum of g·p). For a batch, each row has a sum of its own.",
        "np.sum(G * P, axis=1, keepdims=True) has one number for each row, as a column, so "
        "that it can be subtracted from G.",
    ),
    mistakes={
        "This is the diagonal of the Jacobian alone: it leaves out that a probability falls "
        "when another score rises.": lambda G, P: G * P * (1 - P),
        "The sum runs over the batch here, or over everything. Each row has a sum of its own: "
        "axis=1.": lambda G, P: P * (G - np.sum(G * P, axis=0, keepdims=True)),
        "The sum runs over all rows together here. Each row has a sum of its own: "
        "axis=1.": lambda G, P: P * (G - np.sum(G * P)),
        "The weights are missing in the sum: it is the sum of G·P, not of G.": lambda G, P: (
            P * (G - np.sum(G, axis=1, keepdims=True))
        ),
        "Multiply by the probabilities at the end.": lambda G, P: (
            G - np.sum(G * P, axis=1, keepdims=True)
        ),
    },
)
