"""Right answers to the exercises of chapter 12, in styles of their own."""

import numpy as np

from dlcourse.linear_regression import LinearRegression


def _refitted(X, y):
    predictions = np.empty(len(y))
    for i in range(len(y)):
        rest = np.delete(X, i, axis=0), np.delete(y, i)
        predictions[i] = LinearRegression().fit(*rest).predict(X[[i]])[0]
    return np.sqrt(np.mean((predictions - y) ** 2))


RIGHT = {
    "12.3": [lambda p, t: float(np.var(t) - np.mean((p - t) ** 2)) / np.var(t)],
    "12.4": [
        lambda i: 0.04 if i < 800 else 0.04 * 0.1 ** ((i - 800) / 300),
        lambda i: np.float64(0.02 * (1 + np.cos(np.pi * i / 1640))),
    ],
    "12.5": [_refitted],
}
