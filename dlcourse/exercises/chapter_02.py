"""The self-checks of chapter 2: gradients."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise

Inputs = Iterator[tuple[Any, ...]]


# 2.3: the gradient of anything -----------------------------------------------------------


def _numerical_gradient(f: Callable[[Any], Any], W: Any) -> Any:
    h = 1e-5
    slopes = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        ahead, behind = W.copy(), W.copy()
        ahead[index] += h
        behind[index] -= h
        slopes[index] = (f(ahead) - f(behind)) / (2 * h)
    return slopes


def _half_sum_of_squares(W: Any) -> float:
    return float(np.sum(W**2) / 2)


def _sum_of_sines(W: Any) -> float:
    return float(np.sum(np.sin(W)))


def _product_of_all(W: Any) -> float:
    return float(np.prod(W))


def _first_entry(W: Any) -> float:
    return float(W.flat[0])


def _functions(rng: np.random.Generator) -> Inputs:
    yield _half_sum_of_squares, np.array([1.0, -2.0])
    yield _half_sum_of_squares, np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    yield _first_entry, np.array([3.0, 5.0])
    yield _sum_of_sines, rng.uniform(-2, 2, size=(3, 2))
    yield _product_of_all, rng.uniform(0.5, 1.5, size=(2, 2, 2))


def _all_at_once(f: Any, W: Any) -> Any:
    return (f(W + 1e-5) - f(W - 1e-5)) / 2e-5


def _flat(f: Any, W: Any) -> Any:
    return _numerical_gradient(f, W).ravel()


def _forward(f: Any, W: Any) -> Any:
    slopes = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        ahead = W.copy()
        ahead[index] += 1e-3
        slopes[index] = (f(ahead) - f(W)) / 1e-3
    return slopes


NUMERICAL_GRADIENT = Exercise(
    "2.3",
    reference=_numerical_gradient,
    inputs=_functions,
    hints=(
        "Entry [i, j] of the answer is the slope when only W[i, j] moves. How many entries "
        "does W + h move?",
        "Loop over every index with np.ndindex(W.shape), whatever the number of axes, and fill "
        "an array of the shape of W.",
        "For each index take two copies of W, add h to that entry of one and subtract it in "
        "the other, and divide the difference of the two values of f by 2 h.",
    ),
    mistakes={
        "All entries move at once, so you get one number, the sum of all slopes. Move one "
        "entry at a time.": _all_at_once,
        "The slopes are right but stand in one long row. The gradient has the shape of W.": _flat,
        "This is a forward difference with too large a step: its error is as large as the "
        "step. Take central differences.": _forward,
    },
    tolerance=1e-5,
)


# 2.4: the slope toward somewhere ---------------------------------------------------------


def _slope_toward(slopes: Any, toward: Any) -> Any:
    return np.sum(slopes * toward) / np.sqrt(np.sum(toward**2))


def _arrows(rng: np.random.Generator) -> Inputs:
    yield np.array([1.0, 2.0]), np.array([3.0, 4.0])
    yield np.array([1.0, 2.0]), np.array([-4.0, 2.0])
    yield np.array([5.0]), np.array([-0.1])
    for shape in ((4,), (3, 2), (2, 2)):
        yield rng.normal(size=shape), rng.normal(size=shape)


def _length_of_gradient(slopes: Any, toward: Any) -> Any:
    return np.sum(slopes * toward) / np.sqrt(np.sum(slopes**2))


def _cosine(slopes: Any, toward: Any) -> Any:
    lengths = np.sqrt(np.sum(slopes**2)) * np.sqrt(np.sum(toward**2))
    return np.sum(slopes * toward) / lengths


def _squared_length(slopes: Any, toward: Any) -> Any:
    return np.sum(slopes * toward) / np.sum(toward**2)


SLOPE_TOWARD = Exercise(
    "2.4",
    reference=_slope_toward,
    inputs=_arrows,
    hints=(
        "Twice as long an arrow points the same way. Does your answer stay the same?",
        "Make an arrow of length 1 out of toward first: divide it by its length.",
        "The length is the root of the sum of the squares of all entries; divide "
        "np.sum(slopes * toward) by it.",
    ),
    mistakes={
        "The arrow is used with the length it came with. A direction has length 1: divide by "
        "the length of toward.": lambda slopes, toward: np.sum(slopes * toward),
        "You divided by the square of the length of toward. Take the root.": _squared_length,
        "You divided by the length of the gradient. It is the direction that must have length "
        "1.": _length_of_gradient,
        "This is the cosine of the angle. The slope is the cosine times the length of the "
        "gradient.": _cosine,
    },
)


# 2.5: promised and real ------------------------------------------------------------------


def _falls(f: Callable[[Any], Any], slopes: Any, W: Any, step: float) -> tuple[Any, Any]:
    return step * np.sum(slopes**2), f(W) - f(W - step * slopes)


def _steps(rng: np.random.Generator) -> Inputs:
    yield _half_sum_of_squares, np.array([1.0, -2.0]), np.array([1.0, -2.0]), 0.1
    W = rng.normal(size=(3, 2))
    yield _half_sum_of_squares, W, W.copy(), 2.5
    W = rng.uniform(-2, 2, size=4)
    yield _sum_of_sines, np.cos(W), W, 0.3


def _promise_of_the_sum(f: Any, slopes: Any, W: Any, step: Any) -> Any:
    return step * np.sum(slopes), f(W) - f(W - step * slopes)


def _promise_of_the_length(f: Any, slopes: Any, W: Any, step: Any) -> Any:
    return step * np.sqrt(np.sum(slopes**2)), f(W) - f(W - step * slopes)


def _uphill(f: Any, slopes: Any, W: Any, step: Any) -> Any:
    return step * np.sum(slopes**2), f(W) - f(W + step * slopes)


def _changes(f: Any, slopes: Any, W: Any, step: Any) -> Any:
    return -step * np.sum(slopes**2), f(W - step * slopes) - f(W)


FALLS = Exercise(
    "2.5",
    reference=_falls,
    inputs=_steps,
    hints=(
        "The promise is the gradient times the change of W, entry by entry, added up. What is "
        "the change of W?",
        "The change is -step * slopes. A fall counts as positive: take minus the change of f.",
        "Promised: step times the sum of the squared slopes. Real: f(W) minus f at "
        "W - step * slopes.",
    ),
    mistakes={
        "The promise adds up the slopes themselves, so that a negative one cancels a positive "
        "one. Multiply each slope by its own change first.": _promise_of_the_sum,
        "The promise is step times the length of the gradient. The change of W is as long as "
        "step times that length, so the length enters twice.": _promise_of_the_length,
        "The step goes uphill: subtract the gradient, don't add it.": _uphill,
        "Both numbers are changes of f, not falls: a fall is minus the change.": _changes,
    },
)
