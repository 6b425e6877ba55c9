"""The self-checks of chapter 1: derivatives."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise

Function = Callable[[Any], Any]
Inputs = Iterator[tuple[Any, ...]]


def _square(x: Any) -> Any:
    return x * x


def _cube(x: Any) -> Any:
    return x * x * x


def _slope_of_parabola(x: Any) -> Any:
    return 2 * (x - 1)


def _slope_of_hilly(x: Any) -> Any:
    return x * x * (x * x - 2.25)


# What the reader sees in a message.
for _function in (_square, _cube, _slope_of_parabola, _slope_of_hilly):
    _function.__name__ = _function.__name__[1:]


# 1.3: the step that was really taken -------------------------------------------------------


def _central_difference(f: Function, x: Any, h: float) -> Any:
    ahead, behind = x + h, x - h
    return (f(ahead) - f(behind)) / (ahead - behind)


def _points(rng: np.random.Generator) -> Inputs:
    yield _square, 3.0, 0.5
    yield _cube, 2.0, 1.0
    yield np.exp, 0.0, 0.25
    yield np.sin, np.array([-1.0, 0.0, 2.0]), 0.1
    for _ in range(3):
        yield _cube, float(rng.normal()), float(rng.uniform(0.1, 1.0))
    # Far out, where adding h takes another step than h: floats lie 1.9e-6 apart.
    yield np.sqrt, 1e10, 5e-6


CENTRAL_DIFFERENCE = Exercise(
    "1.3",
    reference=_central_difference,
    inputs=_points,
    hints=(
        "One point lies h to the right of x, the other h to the left. How far apart are they?",
        "Give the two points names, so that you can use each of them twice.",
        "Divide f(ahead) - f(behind) by ahead - behind.",
    ),
    mistakes={
        "This is the forward difference. A central difference takes one point on each side of "
        "x.": lambda f, x, h: (f(x + h) - f(x)) / h,
        "This is the backward difference. A central difference takes one point on each side of "
        "x.": lambda f, x, h: (f(x) - f(x - h)) / h,
        "This divides by 2 h. Far from 0 that is not the distance between the two points as "
        "the computer has them: subtract the points.": lambda f, x, h: (
            (f(x + h) - f(x - h)) / (2 * h)
        ),
        "This divides by h, but the points are twice as far apart.": lambda f, x, h: (
            (f(x + h) - f(x - h)) / h
        ),
    },
)


# 1.4: the slope of the slope ---------------------------------------------------------------


def _second_derivative(f: Function, x: Any, h: float) -> Any:
    return (f(x + h) - 2 * f(x) + f(x - h)) / (h * h)


def _curves(rng: np.random.Generator) -> Inputs:
    yield _square, 3.0, 0.5
    yield _cube, 2.0, 0.5
    yield np.cos, 0.0, 0.125
    yield np.exp, np.array([-1.0, 0.0, 1.0]), 0.25
    for _ in range(3):
        yield _cube, float(rng.normal()), float(rng.uniform(0.2, 0.8))


SECOND_DERIVATIVE = Exercise(
    "1.4",
    reference=_second_derivative,
    inputs=_curves,
    hints=(
        "How much does the slope change from the left of x to the right of it?",
        "The forward slope is (f(x + h) - f(x)) / h, the backward slope (f(x) - f(x - h)) / h.",
        "Their difference over h is (f(x + h) - 2 * f(x) + f(x - h)) / h**2.",
    ),
    mistakes={
        "This is a slope, the first derivative. The second says how much the slope changes: "
        "take two slopes and subtract them.": lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
        "The difference of the two slopes still has to be divided by h: h stands below the "
        "line twice.": lambda f, x, h: (f(x + h) - 2 * f(x) + f(x - h)) / h,
        "f(x) counts twice: both slopes contain it.": lambda f, x, h: (
            (f(x + h) - f(x) + f(x - h)) / (h * h)
        ),
        "The two slopes are added here. Subtract the backward slope from the forward "
        "one.": lambda f, x, h: (f(x + h) - f(x - h)) / (h * h),
        "The central slope is taken twice as wide below the line as it should be: forward and "
        "backward slope lie h apart, not 2 h.": lambda f, x, h: (
            (f(x + h) - 2 * f(x) + f(x - h)) / (2 * h * h)
        ),
    },
)


# 1.5: walk downhill ------------------------------------------------------------------------


def _walk_down(slope: Function, x: float, move: float, count: int) -> Any:
    for _ in range(count):
        x = x - move * np.sign(slope(x))
    return x


def _walks(rng: np.random.Generator) -> Inputs:
    yield _slope_of_parabola, -1.125, 0.25, 4
    yield _slope_of_parabola, 3.125, 0.5, 3
    yield _slope_of_parabola, 0.125, 0.25, 9  # to and fro across the minimum
    yield _slope_of_parabola, 1.0, 0.25, 5  # flat from the beginning
    yield _slope_of_hilly, -1.0, 0.25, 20  # stays on the flat step
    yield _slope_of_hilly, 0.5, 0.25, 20
    yield _slope_of_hilly, 0.5, 0.25, 0
    for _ in range(3):
        yield _slope_of_parabola, float(rng.normal(0, 3)), 0.125, int(rng.integers(2, 30))


def _uphill(slope: Function, x: float, move: float, count: int) -> Any:
    return _walk_down(lambda x: -slope(x), x, move, count)


def _by_the_slope(slope: Function, x: float, move: float, count: int) -> Any:
    for _ in range(count):
        x = x - move * slope(x)
    return x


def _same_way(slope: Function, x: float, move: float, count: int) -> Any:
    return x - count * move * np.sign(slope(x))


def _one_move(slope: Function, x: float, move: float, count: int) -> Any:
    return _walk_down(slope, x, move, 1)


def _never_stays(slope: Function, x: float, move: float, count: int) -> Any:
    for _ in range(count):
        x = x - move if slope(x) > 0 else x + move
    return x


WALK_DOWN = Exercise(
    "1.5",
    reference=_walk_down,
    inputs=_walks,
    hints=(
        "One move is x - move * np.sign(slope(x)). How often, and from where each time?",
        "The slope changes as you walk, so it is asked for again after every move.",
        "Put the line of the first hint into `for _ in range(count):` and return x after it.",
    ),
    mistakes={
        "This walks uphill: move against the sign of the slope, not with it.": _uphill,
        "A move has a fixed length here. Use the sign of the slope only, not its "
        "size.": _by_the_slope,
        "The slope is asked for once, at the start. It changes on the way: ask again before "
        "every move.": _same_way,
        "This makes one move only; there should be as many as count says.": _one_move,
        "Where the slope is 0, this moves on. It should stay there.": _never_stays,
    },
)
