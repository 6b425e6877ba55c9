"""Wrong answers to the exercises of chapter 2, and what each must be told."""

import numpy as np


def all_at_once(f, W):
    return (f(W + 1e-5) - f(W - 1e-5)) / 2e-5


def one_entry_at_a_time(f, W, h, ahead=1.0, behind=1.0, divide=2.0):
    slopes = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        one, other = W.copy(), W.copy()
        one[index] += ahead * h
        other[index] -= behind * h
        slopes[index] = (f(one) - f(other)) / (divide * h)
    return slopes


def moves_the_readers_array(f, W):
    slopes = one_entry_at_a_time(f, W, 1e-5)
    W += 1e-3
    return slopes


WRONG = {
    "2.3": [
        (all_at_once, "All entries move at once"),
        (lambda f, W: one_entry_at_a_time(f, W, 1e-5).ravel(), "one long row"),
        (lambda f, W: one_entry_at_a_time(f, W, 1e-5, divide=1.0), "twice"),
        (lambda f, W: one_entry_at_a_time(f, W, 1e-3, 1.0, 0.0, 1.0), "forward difference"),
        (moves_the_readers_array, "in place"),
    ],
    "2.4": [
        (lambda slopes, toward: np.sum(slopes * toward), "A direction has length 1"),
        (lambda slopes, toward: np.sum(slopes * toward) / np.sum(toward**2), "Take the root"),
        (
            lambda slopes, toward: -np.sum(slopes * toward) / np.sqrt(np.sum(toward**2)),
            "wrong sign",
        ),
        (
            lambda slopes, toward: (
                np.sum(slopes * toward) / np.sqrt(np.sum(slopes**2) * np.sum(toward**2))
            ),
            "the cosine of the angle",
        ),
    ],
    "2.5": [
        (
            lambda f, slopes, W, step: (step * np.sum(slopes), f(W) - f(W - step * slopes)),
            "cancels a positive one",
        ),
        (
            lambda f, slopes, W, step: (step * np.sum(slopes**2), f(W) - f(W + step * slopes)),
            "uphill",
        ),
        (
            lambda f, slopes, W, step: (
                step * np.linalg.norm(slopes),
                f(W) - f(W - step * slopes),
            ),
            "the length enters twice",
        ),
        (
            lambda f, slopes, W, step: (-step * np.sum(slopes**2), f(W - step * slopes) - f(W)),
            "not falls",
        ),
    ],
}
