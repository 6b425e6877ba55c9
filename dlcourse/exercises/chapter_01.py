"""The self-checks of chapter 1: derivatives."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises._exercise import Exercise, case, formula

Function = Callable[[Any], Any]
Inputs = Iterator[tuple[Any, ...]]

_SQUARE, _CUBE = formula("lambda x: x * x"), formula("lambda x: x * x * x")


# 1.3: the step that was really taken -------------------------------------------------------


def _central_difference(f: Function, x: Any, h: float) -> Any:
    ahead, behind = x + h, x - h
    return (f(ahead) - f(behind)) / (ahead - behind)


def _points(rng: np.random.Generator) -> Inputs:
    """Functions of a number; floats `x` of any size; h > 0.

    Not asked for: arrays, h of 0 or below, an `x` so large that h is lost in it.
    """
    yield _SQUARE, 3.0, 0.5
    yield _CUBE, 2.0, 1.0
    yield np.exp, 0.0, 0.25
    yield formula("lambda x: 2 - 3 * x"), 1.5, 2.0
    yield np.sin, -1.0, 0.125
    for _ in range(3):
        yield _CUBE, round(rng.normal(), 2), round(rng.uniform(0.1, 1.0), 2)
    tiny = formula("lambda x: 1e-6 * x * x")
    yield case("where the slopes are tiny", tiny, 0.7, 0.25)
    # Far out, where adding h takes another step than h: floats lie 1.9e-6 apart.
    far = "where x is so large that x + h is not h away from it"
    yield case(far, np.sqrt, 1e10, 5e-6)
    # At a power of two they lie closer on one side: the two ways differ.
    yield case(far, formula("lambda x: 3 * x"), 2.0**33, 2.7e-6)


_OWN_STEPS = [10.0**-k for k in range(1, 9)]

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
        "This is the forward difference. A central difference takes one point on each side of x.": (
            lambda f, x, h: (f(x + h) - f(x)) / h,
            lambda f, x, h: (f(x + h) - f(x)) / (x + h - x),
        ),
        "This is the backward difference. A central difference takes one point on each side of "
        "x.": (
            lambda f, x, h: (f(x) - f(x - h)) / h,
            lambda f, x, h: (f(x) - f(x - h)) / (x - (x - h)),
        ),
        "This divides by 2 h. Far from 0 that is not the distance between the two points as "
        "the computer has them: subtract the points.": lambda f, x, h: (
            (f(x + h) - f(x - h)) / (2 * h)
        ),
        "This takes the way from x to one of the points, and doubles it. Far from 0 the other "
        "way is not as long: subtract the points.": (
            lambda f, x, h: (f(x + h) - f(x - h)) / (2 * (x + h - x)),
            lambda f, x, h: (f(x + h) - f(x - h)) / (2 * (x - (x - h))),
        ),
        "This divides by h, but the points are twice as far apart.": lambda f, x, h: (
            (f(x + h) - f(x - h)) / h
        ),
        "The brackets below the line are missing: only what stands next to the slash divides.": (
            lambda f, x, h: (f(x + h) - f(x - h)) / (x + h) - (x - h),
            lambda f, x, h: (f(x + h) - f(x - h)) / x + h - (x - h),
            lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h,
            lambda f, x, h: f(x + h) - f(x - h) / (x + h - (x - h)),
        ),
        "The points do not lie h away from x, but half as far.": lambda f, x, h: (
            (f(x + h / 2) - f(x - h / 2)) / (x + h / 2 - (x - h / 2))
        ),
        "The points do not lie h away from x, but twice as far.": lambda f, x, h: (
            (f(x + 2 * h) - f(x - 2 * h)) / (x + 2 * h - (x - 2 * h))
        ),
        "It has a step of its own, in place of the h that it is given.": tuple(
            lambda f, x, h, own=own: (f(x + own) - f(x - own)) / (x + own - (x - own))
            for own in _OWN_STEPS
        ),
        "The step is multiplied by the size of x. The points lie h away from x, whatever x "
        "is.": lambda f, x, h: _central_difference(f, x, h * max(1.0, abs(x))),
        "Four points are combined here, to make the error smaller. The central difference takes "
        "two.": lambda f, x, h: (
            (4 * _central_difference(f, x, h) - _central_difference(f, x, 2 * h)) / 3
        ),
        "This is the change of f from one point to the other. A slope is the change divided by "
        "the distance.": lambda f, x, h: f(x + h) - f(x - h),
        "The two values of f are added. A slope is about their difference.": lambda f, x, h: (
            (f(x + h) + f(x - h)) / (x + h - (x - h))
        ),
    },
)


# 1.4: the slope of the slope ---------------------------------------------------------------


def _second_derivative(f: Function, x: Any, h: float) -> Any:
    return (f(x + h) - 2 * f(x) + f(x - h)) / (h * h)


def _curves(rng: np.random.Generator) -> Inputs:
    """As in 1.3, with an h that is large enough for two differences: 0.1 and more."""
    yield _SQUARE, 3.0, 0.5
    yield _CUBE, 2.0, 0.5
    yield formula("lambda x: x**4"), 1.0, 2.0
    yield np.cos, 0.0, 0.125
    yield np.exp, -1.0, 0.25
    for _ in range(3):
        yield _CUBE, round(rng.normal(), 2), round(rng.uniform(0.2, 0.8), 2)
    yield case("where f is a straight line", formula("lambda x: 2 - 3 * x"), 1.5, 0.25)


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
        "take two slopes and subtract them.": (
            lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
            lambda f, x, h: (f(x + h) - f(x)) / h,
            lambda f, x, h: (f(x) - f(x - h)) / h,
        ),
        "The difference of the two slopes still has to be divided by h: h stands below the "
        "line twice.": lambda f, x, h: (f(x + h) - 2 * f(x) + f(x - h)) / h,
        "f(x) counts twice: both slopes contain it.": lambda f, x, h: (
            (f(x + h) - f(x) + f(x - h)) / (h * h)
        ),
        "The two slopes are added here, or the backward one has the wrong sign. Subtract "
        "(f(x) - f(x - h))/h from the forward slope.": lambda f, x, h: (
            (f(x + h) - f(x - h)) / (h * h)
        ),
        "This is divided by 2 h too, as if the slopes belonged to points 2 h apart. The middle "
        "of the forward step and that of the backward step lie h apart.": lambda f, x, h: (
            (f(x + h) - 2 * f(x) + f(x - h)) / (2 * h * h)
        ),
        "This is a difference of values that is not divided by anything: h stands below the "
        "line twice.": lambda f, x, h: f(x + h) - 2 * f(x) + f(x - h),
        "This looks 2 h to the left and to the right, at central slopes. Take the forward slope "
        "and the backward slope: they need no value beyond x + h and x - h.": lambda f, x, h: (
            (f(x + 2 * h) - 2 * f(x) + f(x - 2 * h)) / (4 * h * h)
        ),
        "These are two forward slopes, at x and at x + h. Take the forward and the backward "
        "slope at x.": lambda f, x, h: (f(x + 2 * h) - 2 * f(x + h) + f(x)) / (h * h),
        "Five values are combined here, to make the error smaller. Three are asked "
        "for.": lambda f, x, h: (
            (16 * (f(x + h) + f(x - h)) - f(x + 2 * h) - f(x - 2 * h) - 30 * f(x)) / (12 * h * h)
        ),
        "It has a step of its own, in place of the h that it is given.": tuple(
            lambda f, x, h, own=own: _second_derivative(f, x, own) for own in _OWN_STEPS
        ),
        "This is the square of the slope. Asked for is how the slope changes.": lambda f, x, h: (
            ((f(x + h) - f(x - h)) / (2 * h)) ** 2
        ),
        "f(x) has the wrong sign: it is subtracted, twice.": lambda f, x, h: (
            (f(x + h) + 2 * f(x) + f(x - h)) / (h * h)
        ),
    },
)


# 1.5: walk downhill ------------------------------------------------------------------------


def _walk_down(slope: Function, x: float, move: float, count: int) -> Any:
    for _ in range(count):
        x = x - move * np.sign(slope(x))
    return x


_PARABOLA = formula("lambda x: 2 * (x - 1)")
_HILLY = formula("lambda x: x * x * (x * x - 2.25)")


def _walks(rng: np.random.Generator) -> Inputs:
    """One start, a float; a move above 0; any count from 0 on; a slope of any size, or 0."""
    yield _PARABOLA, -1.125, 0.25, 4
    yield _PARABOLA, 3.125, 0.5, 3
    yield case("where the walk crosses the minimum", _PARABOLA, 0.125, 0.25, 9)
    yield case("where the walk crosses the minimum", _PARABOLA, 0.125, 0.25, 10)
    yield case("where it begins with slope 0", _PARABOLA, 1.0, 0.25, 5)
    yield case("where it comes to a place with slope 0", _HILLY, -1.0, 0.25, 20)
    yield case("where the walk crosses the minimum", _HILLY, 0.625, 0.25, 20)
    yield case("where count is 0", _HILLY, 0.5, 0.25, 0)
    yield case("where count is 1", _PARABOLA, -0.75, 0.5, 1)
    yield case("where the slope is very small", formula("lambda x: 1e-9 * (x - 1)"), 3.0, 0.25, 3)
    yield case("where count is 5,000", _PARABOLA, 2000.0, 0.25, 5000)
    for _ in range(3):
        yield _PARABOLA, round(rng.normal(0, 3), 2), 0.125, int(rng.integers(2, 30))


def _uphill(slope: Function, x: float, move: float, count: int) -> Any:
    return _walk_down(lambda x: -slope(x), x, move, count)


def _by_the_slope(slope: Function, x: float, move: float, count: int) -> Any:
    for _ in range(count):
        x = x - move * slope(x)
    return x


def _same_way(slope: Function, x: float, move: float, count: int) -> Any:
    return x - count * move * np.sign(slope(x))


def _never_stays(slope: Function, x: float, move: float, count: int) -> Any:
    for _ in range(count):
        x = x - move if slope(x) > 0 else x + move
    return x


def _down_at_zero(slope: Function, x: float, move: float, count: int) -> Any:
    for _ in range(count):
        x = x - move if slope(x) >= 0 else x + move
    return x


def _always_left(slope: Function, x: float, move: float, count: int) -> Any:
    return x - move * count


def _only_down_from_the_right(slope: Function, x: float, move: float, count: int) -> Any:
    for _ in range(count):
        if slope(x) > 0:
            x = x - move
    return x


def _stays_at_the_turn(slope: Function, x: float, move: float, count: int) -> Any:
    first = np.sign(slope(x))
    for _ in range(count):
        if np.sign(slope(x)) != first:
            break
        x = x - move * first
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
        "This makes one move only; there should be as many as count says.": lambda f, x, m, n: (
            _walk_down(f, x, m, 1)
        ),
        "This makes one move and then returns, from inside of the loop; there should be as "
        "many as count says.": lambda f, x, m, n: _walk_down(f, x, m, 1) if n else None,
        "This makes one move too many: count is the number of moves.": lambda f, x, m, n: (
            _walk_down(f, x, m, n + 1)
        ),
        "This makes one move too few: count is the number of moves.": lambda f, x, m, n: _walk_down(
            f, x, m, n - 1
        ),
        "Where the slope is 0, this moves on. It should stay there.": (_never_stays, _down_at_zero),
        "It stays where the slope has changed its sign. Go on until count moves are made.": (
            _stays_at_the_turn
        ),
        "It goes left, whatever the slope is.": _always_left,
        "It moves only where the slope is above 0. Where it is below, downhill is to the "
        "right.": _only_down_from_the_right,
        "The moves have the length 1. Each should be as long as move says.": lambda f, x, m, n: (
            _walk_down(f, x, 1.0, n)
        ),
    },
)
