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


def copies_outside(f, W):
    slopes, ahead, behind = np.zeros(W.shape), W.copy(), W.copy()
    for index in np.ndindex(W.shape):
        ahead[index] += 1e-4
        behind[index] -= 1e-4
        slopes[index] = (f(ahead) - f(behind)) / 2e-4
    return slopes


def whole_rows(f, W):
    slopes = np.zeros(W.shape)
    for i, _ in enumerate(W):
        step = np.zeros(W.shape)
        step[i] = 1e-4
        slopes[i] = (f(W + step) - f(W - step)) / 2e-4
    return slopes


def puts_back_by_arithmetic(f, W):
    h, slopes = 1e-5, np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        W[index] += h
        ahead = f(W)
        W[index] -= 2 * h
        slopes[index] = (ahead - f(W)) / (2 * h)
        W[index] += h
    return slopes


def normalized(f, slopes, W, step):
    direction = slopes / np.linalg.norm(slopes)
    return step * np.sum(slopes * direction), f(W) - f(W - step * direction)


WRONG = {
    "2.3": [
        (all_at_once, "All entries move at once"),
        (lambda f, W: one_entry_at_a_time(f, W, 1e-5).ravel(), "one long row"),
        (lambda f, W: one_entry_at_a_time(f, W, 1e-5, divide=1.0), "twice"),
        (lambda f, W: one_entry_at_a_time(f, W, 1e-3, 1.0, 0.0, 1.0), "forward difference"),
        (moves_the_readers_array, "in place"),
        (copies_outside, "stay moved"),
        (whole_rows, "A whole row moves"),
        (
            lambda f, W: one_entry_at_a_time(f, W, 1e-7, 1.0, 0.0, 1.0),
            "only where W holds whole numbers",
        ),
        (
            lambda f, W: one_entry_at_a_time(f, W, 1e-6, 0.0, 1.0, 1.0),
            "only where W holds whole numbers",
        ),
        (puts_back_by_arithmetic, "by a rounding error: `W` is not exactly the same"),
        (lambda f, W: one_entry_at_a_time(f, W, 0.1), "close but not exact"),
        (lambda f, W: (-one_entry_at_a_time(f, W, 1e-5)).tolist(), "wrong sign"),
        (lambda f, W: (3 * one_entry_at_a_time(f, W, 1e-5)).tolist(), "three times too large"),
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
        (
            lambda slopes, toward: [np.sum(slopes * toward) / np.linalg.norm(toward)],
            "a list with one number where a number is expected. The number in it is right",
        ),
        (
            lambda slopes, toward: np.array([np.sum(slopes * toward) / np.linalg.norm(toward)]),
            "an array of shape (1,) where a number is expected. The number in it is right",
        ),
        (
            lambda slopes, toward: np.sum(slopes * toward) / np.linalg.norm(toward, 2),
            "wrong only where slopes and toward are tables",
        ),
        (
            lambda slopes, toward: np.sum(slopes * toward) / np.abs(toward).sum(),
            "sum of the sizes",
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
        (
            lambda f, slopes, W, step: (step * slopes.sum() ** 2, f(W) - f(W - step * slopes)),
            "squares the sum of the slopes",
        ),
        (normalized, "along a gradient of length 1"),
        (
            lambda f, slopes, W, step: [f(W) - f(W - step * slopes), step * (slopes**2).sum()],
            "in the other order",
        ),
        (
            lambda f, slopes, W, step: step * np.sum(slopes**2),
            "value 1 alone where 2 values were expected",
        ),
    ],
}
