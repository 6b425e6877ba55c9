"""Wrong answers to the exercises of chapter 1, each with a phrase of what is said of it."""

import numpy as np


def _one_way_forever(slope, x, move, count):
    way = np.sign(slope(x))
    for _ in range(count):
        x = x - move * way
    return x


def _as_large_as_the_slope(slope, x, move, count):
    for _ in range(count):
        x -= move * slope(x)
    return x


def _always_moves(slope, x, move, count):
    for _ in range(count):
        x += -move if slope(x) > 0 else move
    return x


def _with_the_sign(slope, x, move, count):
    for _ in range(count):
        x = x + move * np.sign(slope(x))
    return x


def _one_more(slope, x, move, count):
    for _ in range(count + 1):
        x -= move * np.sign(slope(x))
    return x


def _one_less(slope, x, move, count):
    for _ in range(1, count):
        x -= move * np.sign(slope(x))
    return x


def _returns_too_soon(slope, x, move, count):
    for _ in range(count):
        x -= move * np.sign(slope(x))
        return x


def _right(slope, x, move, count):
    for _ in range(count):
        x -= move * np.sign(slope(x))
    return x


def _in_a_list(slope, x, move, count):
    return [_right(slope, x, move, count)]


def _in_an_array(slope, x, move, count):
    return np.array([_right(slope, x, move, count)])


def _turns_never(slope, x, move, count):
    """Stops for good where the walk would turn."""
    way = np.sign(slope(x))
    for _ in range(count):
        if np.sign(slope(x)) == way:
            x -= move * way
    return x


WRONG = {
    "1.3": [
        (lambda f, x, h: (f(x + h) - f(x)) / h, "the forward difference"),
        (lambda f, x, h: (f(x) - f(x - h)) / h, "the backward difference"),
        (lambda f, x, h: (f(x + h) - f(x - h)) / 2 / h, "subtract the points"),
        (lambda f, x, h: (f(x + h) - f(x - h)) / h, "twice as far apart"),
        (lambda f, x, h: (f(x - h) - f(x + h)) / (x + h - (x - h)), "sign"),
        (lambda f, x, h: (f(x + h) - f(x - h)) / (2 * ((x + h) - x)), "and doubles it"),
        (
            lambda f, x, h: (f(x + h) - f(x - h)) / (x + h) - (x - h),
            "The brackets below",
        ),
        (lambda f, x, h: [(f(x + h) - f(x - h)) / ((x + h) - (x - h))], "a list with one number"),
    ],
    "1.4": [
        (lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h), "the first derivative"),
        (lambda f, x, h: (f(x + h) - 2 * f(x) + f(x - h)) / h, "divided by h"),
        (lambda f, x, h: (f(x + h) - f(x) + f(x - h)) / h**2, "counts twice"),
        (lambda f, x, h: (2 * f(x) - f(x + h) - f(x - h)) / h**2, "sign"),
        (lambda f, x, h: (f(x + 2 * h) - 2 * f(x) + f(x - 2 * h)) / (4 * h**2), "looks 2 h"),
        (lambda f, x, h: f(x + h) - 2 * f(x) + f(x - h), "not divided by anything"),
        (lambda f, x, h: ((f(x + h) - f(x)) - (f(x) - f(x - h))) / h * h, "not divided by any"),
    ],
    "1.5": [
        (lambda slope, x, move, count: x - move * np.sign(slope(x)), "one move only"),
        (_one_way_forever, "asked for once"),
        (_as_large_as_the_slope, "not its size"),
        (_with_the_sign, "uphill"),
        (_always_moves, "should stay"),
        (_one_more, "one move too many"),
        (_one_less, "one move too few"),
        (_returns_too_soon, "from inside of the loop"),
        (_in_a_list, "a list with one number where a number is expected. The number in it is"),
        (_in_an_array, "an array of shape (1,) where a number is expected"),
        (_turns_never, "It stays where the slope has changed its sign"),
        (lambda slope, x, move, count: x - move * count, "goes left"),
    ],
}
