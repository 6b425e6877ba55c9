"""Wrong answers to the exercises of chapter 8, each with a phrase of what is said of it."""

import math

import numpy as np


def _wave(step, low, high, step_size, power):
    step = np.asarray(step)
    cycle = np.floor(1 + step / (2 * step_size))
    x = np.abs(step / step_size - 2 * cycle + 1)
    return low + (high - low) * np.maximum(0, 1 - x) * 0.5 ** power(cycle)


def _one_number_only(step, base_rate, max_rate, step_size):
    cycle = math.floor(1 + step / (2 * step_size))
    x = abs(step / step_size - 2 * cycle + 1)
    return base_rate + (max_rate - base_rate) * max(0, 1 - x) * 0.5 ** (cycle - 1)


def _half_wave(high, low, share):
    return low + (high - low) * (1 + math.cos(math.pi * share)) / 2


def _strictly_greater(step, high, low, length, multiplier):
    while step > length:
        step, length = step - length, length * multiplier
    return _half_wave(high, low, step / length)


def _longer_first(step, high, low, length, multiplier):
    while step >= length:
        length = length * multiplier
        step = step - length
    return _half_wave(high, low, step / length)


def _by_a_logarithm(step, high, low, length, multiplier):
    if multiplier == 1:
        return _half_wave(high, low, step % length / length)
    m = multiplier
    number = math.floor(math.log(step * (m - 1) / length + 1) / math.log(m))
    start = length * (m**number - 1) // (m - 1)
    return _half_wave(high, low, (step - start) / (length * m**number))


def _if_for_while(step, high, low, length, multiplier):
    if step >= length:
        step, length = step - length, length * multiplier
    return _half_wave(high, low, step / length)


def _half_cycles(step, low, high, step_size):
    return _wave(step, low, high, step_size, lambda c: np.asarray(step) // step_size)


def _in_a_loop(step, low, high, n):
    factor, rate = (high / low) ** (1 / (n - 1)), low
    for _ in range(step):
        rate = rate * factor
    return rate


WRONG = {
    "8.3": [
        (lambda t, a, b, s: _wave(t, a, b, s, lambda c: 0 * c), "amplitude is not halved"),
        (lambda t, a, b, s: _wave(t, a, b, s, lambda c: c), "first cycle is halved already"),
        (lambda t, a, b, s: _wave(t, b, a, s, lambda c: c - 1), "Base and max are swapped"),
        (lambda t, a, b, s: _wave(t + 1, a, b, s, lambda c: c - 1), "one step off"),
        (lambda t, a, b, s: _wave(t, a, b, s / 2, lambda c: c - 1), "half a cycle"),
        (lambda t, a, b, s: _wave(t, a, a + b, s, lambda c: c - 1), "above max_rate"),
        (_half_cycles, "halved twice in a cycle"),
        (_one_number_only, "TypeError"),
    ],
    "8.4": [
        (lambda t, b, a, n, m: _half_wave(b, a, t % n / n), "first one's length"),
        (_strictly_greater, "one step late"),
        (_longer_first, "then make it longer"),
        (lambda t, b, a, n, m: _half_wave(b, a, t / n), "Nothing restarts"),
        (_by_a_logarithm, "only at the first step of a late cycle"),
        (_if_for_while, "while in place of if"),
    ],
    "8.5": [
        (lambda t, a, b, n: a + (b - a) * t / (n - 1), "by adding the same amount"),
        (lambda t, a, b, n: a + (b - a) * t / n, "And the last one is not"),
        (lambda t, a, b, n: a * (b / a) ** (t / n), "gaps between"),
        (lambda t, a, b, n: b * (a / b) ** (t / (n - 1)), "Min and max are swapped"),
        (_in_a_loop, "TypeError"),
    ],
}
