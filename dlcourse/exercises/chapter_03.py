"""The self-checks of chapter 3: the chain rule."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from dlcourse.exercises._exercise import Exercise, case, formula
from dlcourse.exercises._source import no_loops

Inputs = Iterator[tuple[Any, ...]]


# 3.3: what is left at each link ---------------------------------------------------------


def _slopes_of_the_result(
    functions: Sequence[Callable[[float], float]],
    slopes: Sequence[Callable[[float], float]],
    x: float,
) -> list[float]:
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        local.append(slope(x))
        x = f(x)
    left = [1.0]
    for slope_here in reversed(local):
        left.append(left[-1] * slope_here)
    return left[::-1]


def _local_slopes(functions: Any, slopes: Any, x: float) -> list[float]:
    found = []
    for f, slope in zip(functions, slopes, strict=True):
        found.append(slope(x))
        x = f(x)
    return found


_TRIPLE = formula("lambda x: 3 * x"), formula("lambda x: 3.0")
_SQUARE = formula("lambda x: x * x"), formula("lambda x: 2 * x")
_FALLING = formula("lambda x: np.exp(-x)"), formula("lambda x: -np.exp(-x)")

_RELU = formula("lambda x: max(x, 0.0)"), formula("lambda x: 1.0 if x > 0 else 0.0")
_MIRROR = formula("lambda x: 1 - x"), formula("lambda x: -1.0")


def _chain(x: float, *links: tuple[Any, Any]) -> tuple[list[Any], list[Any], float]:
    return [f for f, _ in links], [slope for _, slope in links], x


def _chains(rng: np.random.Generator) -> Inputs:
    """Chains of any length from 0 on, of functions of one number; a slope may be 0.

    The slopes are those that are given, also at a corner, where no difference measures them.
    """
    yield _chain(2.0, _TRIPLE, _SQUARE)
    yield _chain(2.0, _SQUARE, _TRIPLE)
    yield case("where there is a single link", *_chain(-1.5, _SQUARE))
    for length in (3, 5):
        # What falls comes first, so that nothing grows beyond bounds.
        chosen = [_FALLING, *([_TRIPLE, _SQUARE, _FALLING][int(i)] for i in rng.integers(0, 3, 4))]
        yield _chain(round(rng.uniform(0.2, 0.9), 1), *chosen[:length])
    yield case("where one of the slopes is 0", *_chain(0.0, _TRIPLE, _SQUARE, _FALLING))
    yield case("where one of the functions has a corner", *_chain(0.0, _RELU, _TRIPLE))
    yield case("where the chain is empty", *_chain(0.7))
    yield case("where the chain has 2,000 links", *_chain(0.25, *[_MIRROR] * 2000))


def _products(local: list[float]) -> list[float]:
    return [float(slope) for slope in np.cumprod([1.0, *reversed(local)])[::-1]]


def _all_at_x(functions: Any, slopes: Any, x: Any) -> Any:
    return _products([slope(x) for slope in slopes])


def _after_the_step(functions: Any, slopes: Any, x: Any) -> Any:
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        x = f(x)
        local.append(slope(x))
    return _products(local)


def _from_the_input(functions: Any, slopes: Any, x: Any) -> Any:
    local = _local_slopes(functions, slopes, x)
    return np.cumprod([1.0, *local]).tolist()


def _from_the_input_reversed(functions: Any, slopes: Any, x: Any) -> Any:
    return _from_the_input(functions, slopes, x)[::-1]


def _measured(functions: Any, slopes: Any, x: Any) -> Any:
    local = []
    for f in functions:
        local.append((f(x + 1e-5) - f(x - 1e-5)) / 2e-5)
        x = f(x)
    return _products(local)


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
        "The slopes are multiplied from the front, and the list is then reversed. That mixes up "
        "which of them are in a product: multiply from the end.": _from_the_input_reversed,
        "The last entry is missing: the slope of the result with respect to itself, which is "
        "1.": _without_the_result,
        "The list is the wrong way round: the slope for x comes first, and 1, that of the "
        "result, last.": _back_to_front,
        "These are the slopes of the single links. Multiply each by all that come after it, and "
        "end with 1, the slope of the result by itself.": _local_slopes,
        "These are the slopes of the single links, with a 1 at the end. Multiply each by all "
        "that come after it.": lambda fs, ss, x: [*_local_slopes(fs, ss, x), 1.0],
        "These are the values along the chain. Asked for are slopes.": lambda fs, ss, x: (
            [x, *(x := f(x) for f in fs)]
        ),
        "The slopes are added up along the chain. Multiply them.": (
            lambda fs, ss, x: np.cumsum([1.0, *_local_slopes(fs, ss, x)[::-1]])[::-1].tolist(),
            lambda fs, ss, x: np.cumsum([0.0, *_local_slopes(fs, ss, x)[::-1]])[::-1].tolist(),
        ),
        "The slopes are measured with differences here. Take those that are given: at a corner "
        "nothing else is known.": _measured,
        "Only the slope for x is there. Asked for is a list, with the slope for each value of "
        "the chain.": lambda fs, ss, x: float(np.prod(_local_slopes(fs, ss, x))),
    },
)


# 3.4: the dense layer, backwards -------------------------------------------------------


def _dense_vjp(G: Any, X: Any, W: Any) -> Any:
    return G @ W.T, X.T @ G, G.sum(axis=0)


def _layers(rng: np.random.Generator) -> Inputs:
    """Tables that fit together: G (n, m), X (n, d), W (d, m), each number from 1 on.

    Some of n, d and m are equal, as in networks; then a shape alone shows nothing.
    """
    X, W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 0.0]]), np.array([[1.0, 2.0], [-1.0, 0.5]])
    yield np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 2.0]]), X, W
    for n, d, m in ((5, 3, 2), (4, 4, 4), (3, 2, 6)):
        yield tuple(rng.normal(size=size).round(1) for size in ((n, m), (n, d), (d, m)))
    one_row, one_column = "where there is a single row", "where W has a single column"
    yield case(one_row, *(rng.normal(size=s).round(1) for s in ((1, 3), (1, 4), (4, 3))))
    yield case(one_column, *(rng.normal(size=s).round(1) for s in ((4, 1), (4, 2), (2, 1))))


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
        "The bias is summed over the columns. It has one entry for each column of G: add over "
        "the rows.": lambda G, X, W: (G @ W.T, X.T @ G, G.sum(axis=1)),
        "The bias is summed over everything, to one number. It has one entry for each column of "
        "G: add over the rows only.": lambda G, X, W: (G @ W.T, X.T @ G, G.sum()),
        "The bias is a table with one row. It is a vector: leave keepdims out.": lambda G, X, W: (
            G @ W.T,
            X.T @ G,
            G.sum(axis=0, keepdims=True),
        ),
        "The bias gets one row of G only. It enters every row: add them.": (
            lambda G, X, W: (G @ W.T, X.T @ G, G[0]),
            lambda G, X, W: (G @ W.T, X.T @ G, G[-1]),
        ),
        "The bias gets the number of rows, as if all that arrives were 1. Add the rows of "
        "G.": lambda G, X, W: (G @ W.T, X.T @ G, np.full(G.shape[1], float(len(G)))),
        "The gradient is stopped where X @ W is not above 0, as behind a ReLU. This layer has "
        "none.": lambda G, X, W: _dense_vjp(G * (X @ W > 0), X, W),
        "An inverse of W stands where its transpose should. What flows back is multiplied by the "
        "same weights, not divided by them.": lambda G, X, W: (
            G @ np.linalg.pinv(W),
            X.T @ G,
            G.sum(axis=0),
        ),
        "What flows to X is added over the rows. Each row of X enters its own row of the result "
        "only, and has a gradient of its own.": (
            lambda G, X, W: (G.sum(axis=0) @ W.T + np.zeros(X.shape), X.T @ G, G.sum(axis=0)),
            lambda G, X, W: (G.sum(axis=0) @ W.T, X.T @ G, G.sum(axis=0)),
        ),
        "For W, X and G are added over the rows before they are multiplied. Multiply row by row "
        "first, then add.": lambda G, X, W: (
            G @ W.T,
            np.outer(X.sum(axis=0), G.sum(axis=0)),
            G.sum(axis=0),
        ),
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
    """Tables of one shape, from one row and one column on; each row of P adds up to 1."""
    yield np.array([[1.0, 0.0]]), np.array([[0.25, 0.75]])
    yield np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([[0.25, 0.75], [0.5, 0.5]])
    for n, k in ((3, 2), (4, 4), (6, 3)):
        yield rng.normal(size=(n, k)).round(1), (1 + rng.multinomial(16 - k, [1 / k] * k, n)) / 16
    yield case("where P has a 0 in it", np.array([[3.0, 1.0, 2.0]]), np.array([[0.5, 0.0, 0.5]]))
    yield case("where there is a single column", np.array([[2.0], [-1.0]]), np.ones((2, 1)))


SOFTMAX_VJP = Exercise(
    "3.5",
    reference=_softmax_vjp,
    inputs=_probabilities,
    demands=(no_loops,),
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
        "The sum runs over the batch here, down the columns. Each row has a sum of its own: "
        "axis=1.": lambda G, P: P * (G - np.sum(G * P, axis=0, keepdims=True)),
        "The sum runs over all rows together here. Each row has a sum of its own: "
        "axis=1.": lambda G, P: P * (G - np.sum(G * P)),
        "The weights are missing in the sum: it is the sum of G·P, not of G.": lambda G, P: (
            P * (G - np.sum(G, axis=1, keepdims=True))
        ),
        "A mean of G·P is subtracted from G. The sum of G·P is a mean with weights already: it is "
        "not divided by anything.": lambda G, P: P * (G - np.mean(G * P, axis=1, keepdims=True)),
        "The plain mean of G is subtracted. The mean that belongs there has the probabilities as "
        "weights: it is the sum of G·P.": lambda G, P: P * (G - np.mean(G, axis=1, keepdims=True)),
        "This is the difference of the two tables. With the labels for G, it is what softmax and "
        "cross-entropy give together; here G is whatever arrives.": (
            lambda G, P: P - G,
            lambda G, P: G - P,
        ),
        "Multiply by the probabilities at the end.": lambda G, P: (
            G - np.sum(G * P, axis=1, keepdims=True)
        ),
        "This is P times G alone: nothing is subtracted. When one score rises, the other "
        "probabilities of its row fall.": lambda G, P: P * G,
        "The sum is added here. Subtract it: when one score rises, the other probabilities of "
        "its row fall.": lambda G, P: P * (G + np.sum(G * P, axis=1, keepdims=True)),
        "The sum is not multiplied by the probabilities: they belong to both parts of the "
        "difference.": lambda G, P: P * G - np.sum(G * P, axis=1, keepdims=True),
    },
)
