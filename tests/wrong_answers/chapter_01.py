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


WRONG = {
    "1.3": [
        (lambda f, x, h: (f(x + h) - f(x)) / h, "the forward difference"),
        (lambda f, x, h: (f(x) - f(x - h)) / h, "the backward difference"),
        (lambda f, x, h: (f(x + h) - f(x - h)) / 2 / h, "subtract the points"),
        (lambda f, x, h: (f(x + h) - f(x - h)) / h, "twice as far apart"),
        (lambda f, x, h: (f(x - h) - f(x + h)) / (x + h - (x - h)), "sign"),
    ],
    "1.4": [
        (lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h), "the first derivative"),
        (lambda f, x, h: (f(x + h) - 2 * f(x) + f(x - h)) / h, "divided by h"),
        (lambda f, x, h: (f(x + h) - f(x) + f(x - h)) / h**2, "counts twice"),
        (lambda f, x, h: (2 * f(x) - f(x + h) - f(x - h)) / h**2, "sign"),
    ],
    "1.5": [
        (lambda slope, x, move, count: x - move * np.sign(slope(x)), "one move only"),
        (_one_way_forever, "asked for once"),
        (_as_large_as_the_slope, "not its size"),
        (_with_the_sign, "uphill"),
        (_always_moves, "should stay"),
    ],
}
