"""Right answers to the exercises of chapter 1, in styles of their own."""

import math

import numpy as np


def _central_with_numpy(f, x, h):
    left, right = np.subtract(x, h), np.add(x, h)
    return np.float64((f(left) - f(right)) / (left - right)).item()


def _central_in_two_parts(f, x, h):
    ways = [(x + h) - x, x - (x - h)]
    return (f(x + h) - f(x - h)) / sum(ways)


def _slope_of_slopes(f, x, h):
    def forward(at):
        return (f(at + h) - f(at)) / h

    return (forward(x) - (f(x) - f(x - h)) / h) / h


def _second_as_an_array(f, x, h):
    return np.array((f(x - h) - f(x) - f(x) + f(x + h)) / h**2)


def _walk_with_ifs(slope, x, move, count):
    while count > 0:
        here = slope(x)
        if here > 0:
            x -= move
        elif here < 0:
            x += move
        else:
            break
        count -= 1
    return x


def _walk_with_copysign(slope, x, move, count):
    for _ in range(count):
        here = slope(x)
        x = x - (0.0 if here == 0 else math.copysign(move, here))
    return np.float64(x)


RIGHT = {
    "1.3": [_central_with_numpy, _central_in_two_parts],
    "1.4": [_slope_of_slopes, _second_as_an_array],
    "1.5": [_walk_with_ifs, _walk_with_copysign],
}
