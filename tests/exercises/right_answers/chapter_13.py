"""Right answers to the exercises of chapter 13, in styles of their own."""

import statistics

import numpy as np


def _by_sorting(trials):
    ordered = sorted(trials, key=lambda row: row[2])
    ordered.sort(key=lambda row: row[1], reverse=True)  # keeps the order of equals
    return ordered[0][0]


def _in_one_pass(trials):
    best = trials[0]
    for row in trials[1:]:
        if row[1] > best[1] or (row[1] == best[1] and row[2] < best[2]):
            best = row
    return best[0]


def _by_the_library(one, other):
    d = [float(a) - float(b) for a, b in zip(one, other, strict=True)]
    return [statistics.fmean(d), statistics.stdev(d) / len(d) ** 0.5]


def _by_hand(one, other):
    n, total = len(one), 0.0
    for a, b in zip(one, other, strict=True):
        total += a - b
    mean, squares = total / n, 0.0
    for a, b in zip(one, other, strict=True):
        squares += (a - b - mean) ** 2
    return np.array([mean, (squares / (n - 1) / n) ** 0.5])


def _by_roots(right, n):
    s, c = right / n, 1.96**2 / n
    return tuple(sorted(np.roots([1 + c, -(2 * s + c), s * s]).real))


def _as_if_four_more(right, n):
    z2 = 1.96**2
    middle = (right + z2 / 2) / (n + z2)
    half = 1.96 / (n + z2) * (right * (n - right) / n + z2 / 4) ** 0.5
    return middle - half, middle + half


RIGHT = {
    "13.3": [_by_sorting, _in_one_pass],
    "13.4": [_by_the_library, _by_hand],
    "13.5": [_by_roots, _as_if_four_more],
}
