"""Wrong answers to the exercises of chapter 13, each with a phrase of what is said of it."""

import numpy as np


def _by_test(trials):
    table = np.array(trials)
    return table[np.argmax(table[:, 3]), 0]


def _by_loss(trials):
    table = np.array(trials)
    return table[np.argmin(table[:, 2]), 0]


def _first_of_equals(trials):
    table = np.array(trials)
    return table[np.argmax(table[:, 1]), 0]


def _the_row(trials):
    return sorted(trials, key=lambda row: (-row[1], row[2]))[0]


def _sorts_what_it_got(trials):
    trials.sort(key=lambda row: (-row[1], row[2]))
    return trials[0][0]


def _turned(one, other):
    d = np.array(other) - np.array(one)
    return np.mean(d), np.std(d, ddof=1) / len(d) ** 0.5


def _with_n(one, other):
    d = np.array(one) - np.array(other)
    return np.mean(d), np.std(d) / len(d) ** 0.5


def _two_samples(one, other):
    n = len(one)
    spread = np.var(one, ddof=1) / n + np.var(other, ddof=1) / n
    return np.mean(one) - np.mean(other), spread**0.5


def _spread_only(one, other):
    d = np.array(one) - np.array(other)
    return np.mean(d), np.std(d, ddof=1)


def _plain(right, n):
    p = right / n
    error = (p * (1 - p) / n) ** 0.5
    return p - 1.96 * error, p + 1.96 * error


def _cut(right, n):
    low, high = _plain(right, n)
    return max(0, low), min(1, high)


def _not_divided(right, n):
    p, z = right / n, 1.96
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return p + z * z / (2 * n) - half, p + z * z / (2 * n) + half


def _upside_down(right, n):
    c, s = 1.96**2 / n, right / n
    ends = sorted(np.roots([1 + c, -(2 * s + c), s * s]).real)
    return ends[1], ends[0]


WRONG = {
    "13.3": [
        (_by_test, "test images have a say"),
        (_by_loss, "loss alone"),
        (_first_of_equals, "not the first"),
        (_the_row, "whole row"),
        (_sorts_what_it_got, "change"),
    ],
    "13.4": [
        (_turned, "one minus other"),
        (_with_n, "ddof=1"),
        (_two_samples, "nothing to do with each other"),
        (_spread_only, "divided by the root of n"),
    ],
    "13.5": [
        (_plain, "plain interval"),
        (_cut, "cut off"),
        (_not_divided, "1 + z**2 / n"),
        (_upside_down, "wrong order"),
    ],
}
