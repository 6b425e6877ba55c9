"""The self-checks of chapter 2: gradients."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises._exercise import Exercise, case, formula

Inputs = Iterator[tuple[Any, ...]]

_BOWL = formula("lambda W: float(np.sum(W**2) / 2)")
_SINES = formula("lambda W: float(np.sum(np.sin(W)))")


# 2.3: the gradient of anything -----------------------------------------------------------


def _numerical_gradient(f: Callable[[Any], Any], W: Any) -> Any:
    h = 1e-5
    slopes = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        ahead, behind = W.astype(float), W.astype(float)
        ahead[index] += h
        behind[index] -= h
        slopes[index] = (f(ahead) - f(behind)) / (2 * h)
    return slopes


def _functions(rng: np.random.Generator) -> Inputs:
    """Functions of an array with at least one entry; smooth, but for one.

    That one has a corner, where only a central difference gives 0. Entries and values are of
    the order of 1 (or 0), so that every sensible step does. The numbers may be whole ones, and
    the table the transpose of another.
    """
    yield _BOWL, np.array([1.0, -2.0])
    yield _BOWL, np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    yield formula("lambda W: float(W.flat[0])"), np.array([3.0, 5.0])
    yield case("where W has a single entry", _SINES, np.array([0.5]))
    yield _SINES, rng.uniform(-2, 2, size=(3, 2)).round(2)
    product = formula("lambda W: float(np.prod(W))")
    yield case("where f is a product of all entries", product, np.array([1.5, -2.0, 0.5]))
    yield case("where W has three axes", _SINES, rng.uniform(0.5, 1.5, size=(2, 2, 2)).round(2))
    yield case("where W has a 0 in it", _SINES, np.array([0.0, 1.0]))
    product = formula("lambda W: float(W[0, 0] * W[1, 2] ** 2 + W[1, 0])")
    table = np.array([[1.0, -2.0], [0.5, 3.0], [2.0, 0.25]])
    yield case("where W is the transpose of a table", product, table.T)
    yield case("where W holds whole numbers", _BOWL, np.array([[1, 2], [-3, 4]]))
    yield case("where W has no axis", formula("lambda W: float(W**2)"), np.array(1.5))
    corner = formula("lambda W: float(np.sum(np.abs(W)))")
    yield case("where f has a corner at an entry of W", corner, np.array([0.0, 0.5]))


def _all_at_once(f: Any, W: Any) -> Any:
    return (f(W + 1e-5) - f(W - 1e-5)) / 2e-5


def _flat(f: Any, W: Any) -> Any:
    return _numerical_gradient(f, W).ravel()


def _one_sided(h: float) -> Callable[..., Any]:
    def gradient(f: Any, W: Any) -> Any:
        slopes = np.zeros(W.shape)
        for index in np.ndindex(W.shape):
            moved = W.astype(float)
            moved[index] += h
            slopes[index] = (f(moved) - f(W)) / h
        return slopes

    return gradient


def _copied_once(f: Any, W: Any) -> Any:
    slopes, ahead, behind = np.zeros(W.shape), W.astype(float), W.astype(float)
    for index in np.ndindex(W.shape):
        ahead[index] += 1e-5
        behind[index] -= 1e-5
        slopes[index] = (f(ahead) - f(behind)) / 2e-5
    return slopes


def _whole_rows(f: Any, W: Any) -> Any:
    slopes = np.zeros(W.shape)
    for i in range(len(W)):
        ahead, behind = W.astype(float), W.astype(float)
        ahead[i] += 1e-5
        behind[i] -= 1e-5
        slopes[i] = (f(ahead) - f(behind)) / 2e-5
    return slopes


def _one_for_each_row(f: Any, W: Any) -> Any:
    return np.array([row if np.ndim(row) == 0 else row.flat[0] for row in _whole_rows(f, W)])


def _returns_in_the_loop(f: Any, W: Any) -> Any:
    slopes = np.zeros(W.shape)
    first = next(np.ndindex(W.shape))
    slopes[first] = _numerical_gradient(f, W)[first]
    return slopes


def _whole_steps(f: Any, W: Any) -> Any:
    slopes = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        ahead, behind = W.copy(), W.copy()
        ahead[index] += 1e-5
        behind[index] -= 1e-5
        slopes[index] = (f(ahead) - f(behind)) / 2e-5
    return slopes


_STEPS = [10.0**-k for k in range(1, 9)]

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
        "This is a forward difference: it looks to one side only. Take central differences.": tuple(
            _one_sided(h) for h in _STEPS
        ),
        "This is a backward difference: it looks to one side only. Take central "
        "differences.": tuple(_one_sided(-h) for h in _STEPS),
        "The entries that were moved before stay moved. Begin with fresh copies of W for each "
        "entry, inside of the loop.": _copied_once,
        "A whole row moves at a time, and each entry gets the sum of the slopes of its row. "
        "Move one entry.": (_whole_rows, _one_for_each_row),
        "In an array of whole numbers the step of h, or a slope, is cut off. Move the entries of a "
        "copy that holds floats, as W.astype(float) does, and store the slopes in such an array.": (
            _whole_steps,
            lambda f, W: _numerical_gradient(f, W).astype(W.dtype),
        ),
        "Only the first slope is there. Does the function return inside of the "
        "loop?": _returns_in_the_loop,
    },
    tolerance=1e-5,
)


# 2.4: the slope toward somewhere ---------------------------------------------------------


def _slope_toward(slopes: Any, toward: Any) -> Any:
    return np.sum(slopes * toward) / np.sqrt(np.sum(toward**2))


def _arrows(rng: np.random.Generator) -> Inputs:
    """Two arrays of one shape, vectors or tables; the arrow is not 0, and of any length.

    The gradient may be 0, or at a right angle to the arrow: the slope is 0 then.
    """
    yield np.array([1.0, 2.0]), np.array([3.0, 4.0])
    yield np.array([1.0, 2.0]), np.array([-4.0, 2.0])
    yield np.array([5.0]), np.array([-0.1])
    yield case("where toward has length 1", np.array([-2.0, 5.0]), np.array([0.28, 0.96]))
    yield rng.normal(size=4).round(1), rng.normal(size=4).round(1)
    yield case("where toward is very short", np.array([1.0, 2.0]), np.array([5e-9, 12e-9]))
    tables = "where slopes and toward are tables"
    yield case(tables, np.array([[1.0, 2.0], [-3.0, 0.5]]), np.array([[2.0, -4.0], [5.0, 6.0]]))
    yield case(tables, rng.normal(size=(3, 2)).round(1), rng.normal(size=(3, 2)).round(1))


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
        "You divided by the sum of the sizes of the entries. The length is the root of the sum "
        "of their squares.": lambda slopes, toward: (
            np.sum(slopes * toward) / np.sum(np.abs(toward))
        ),
        "You divided by the sum of the entries of toward. The length is the root of the sum of "
        "their squares.": (
            lambda slopes, toward: np.sum(slopes * toward) / np.sum(toward),
            lambda slopes, toward: np.sum(slopes * toward) / np.abs(np.sum(toward)),
        ),
        "An arrow shorter than 1 is left as it is. Every arrow is divided by its length.": (
            lambda slopes, toward: np.sum(slopes * toward) / max(1, np.sqrt(np.sum(toward**2)))
        ),
        "You divided by the size of the largest entry of toward. The length is the root of the "
        "sum of the squares of all of them.": (
            lambda slopes, toward: np.sum(slopes * toward) / np.max(np.abs(toward)),
            lambda slopes, toward: np.sum(slopes * toward) / np.max(toward),
        ),
        "You divided by the number of entries. A direction has length 1: divide by the length of "
        "toward.": lambda slopes, toward: np.sum(slopes * toward) / toward.size,
        "Only the signs of the arrow's entries are used. How large they are says where it points, "
        "too.": (
            lambda slopes, toward: np.sum(slopes * np.sign(toward)) / np.sqrt(toward.size),
            lambda slopes, toward: np.sum(slopes * np.sign(toward)),
        ),
        "This multiplies by the length of toward. Divide by it.": lambda slopes, toward: (
            np.sum(slopes * toward) * np.sqrt(np.sum(toward**2))
        ),
        "This is the length of the gradient, the slope in the steepest direction. Asked for is "
        "the slope toward the arrow.": lambda slopes, toward: np.sqrt(np.sum(slopes**2)),
        "The products are not added up. The slope is one number.": lambda slopes, toward: (
            slopes * toward / np.sqrt(np.sum(toward**2))
        ),
    },
)


# 2.5: promised and real ------------------------------------------------------------------


def _falls(f: Callable[[Any], Any], slopes: Any, W: Any, step: float) -> tuple[Any, Any]:
    return step * np.sum(slopes**2), f(W) - f(W - step * slopes)


def _steps(rng: np.random.Generator) -> Inputs:
    """Smooth functions of a vector or a table, with their gradients; a step above 0.

    The step is the factor of the gradient. It may be so long that f rises.
    """
    yield _BOWL, np.array([1.0, -2.0]), np.array([1.0, -2.0]), 0.1
    yield _BOWL, np.array([3.0, 4.0]), np.array([3.0, 4.0]), 0.5
    line = formula("lambda W: float(W[0] - 2 * W[1])")
    yield case("where f is linear", line, np.array([1.0, -2.0]), np.array([0.5, 3.0]), 0.25)
    W = rng.normal(size=(3, 2)).round(1)
    yield case("where f rises, the step being too long", _BOWL, W, W.copy(), 2.5)
    W = rng.uniform(-2, 2, size=4).round(1)
    yield _SINES, np.cos(W), W, 0.3
    table = np.array([[1.0, -2.0], [0.5, 3.0]])
    yield case("where W is a table", _BOWL, table, table.copy(), 0.1)


def _promise(promised: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda f, slopes, W, step: (promised(slopes, step), f(W) - f(W - step * slopes))


def _uphill(f: Any, slopes: Any, W: Any, step: Any) -> Any:
    return step * np.sum(slopes**2), f(W) - f(W + step * slopes)


def _changes(f: Any, slopes: Any, W: Any, step: Any) -> Any:
    return -step * np.sum(slopes**2), f(W - step * slopes) - f(W)


def _unit_direction(f: Any, slopes: Any, W: Any, step: Any) -> Any:
    length = np.sqrt(np.sum(slopes**2))
    return step * length, f(W) - f(W - step * slopes / length)


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
        "one. Multiply each slope by its own change first.": _promise(lambda g, s: s * np.sum(g)),
        "The promise is step times the length of the gradient. The change of W is as long as "
        "step times that length, so the length enters twice.": _promise(
            lambda g, s: s * np.sqrt(np.sum(g**2))
        ),
        "The promise squares the sum of the slopes. Square each slope, then add.": _promise(
            lambda g, s: s * np.sum(g) ** 2
        ),
        "The promise adds up the sizes of the slopes. Multiply each slope by its own change, "
        "which is step times the slope.": _promise(lambda g, s: s * np.sum(np.abs(g))),
        "The promise does not know of the step. The change of W is step times the "
        "slopes.": _promise(lambda g, s: np.sum(g**2)),
        "In the promise the step is squared. It enters once, with the change of W.": _promise(
            lambda g, s: s * s * np.sum(g**2)
        ),
        "The promise is one number for each entry. Add them up.": _promise(lambda g, s: s * g**2),
        "The step goes a distance of step, along a gradient of length 1. Here the change of W is "
        "step times the gradient as it is.": _unit_direction,
        "The step goes uphill: subtract the gradient, don't add it.": _uphill,
        "Both numbers are changes of f, not falls: a fall is minus the change.": _changes,
    },
)
