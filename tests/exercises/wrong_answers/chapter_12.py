"""Wrong answers to the exercises of chapter 12, each with a phrase of what is said of it."""

import numpy as np

from dlcourse.linear_regression import LinearRegression


def _fitted_on_all(X, y):
    return np.sqrt(np.mean((LinearRegression().fit(X, y).predict(X) - y) ** 2))


def _held_out(X, y):
    for i in range(len(y)):
        rest = np.delete(X, i, axis=0), np.delete(y, i)
        yield y[i] - LinearRegression().fit(*rest).predict(X[[i]])[0]


WRONG = {
    "12.3": [
        (lambda p, t: 1 - np.mean((p - t) ** 2), "Divide it by the variance"),
        (lambda p, t: np.mean((p - t) ** 2) / np.var(t), "the share that is missing"),
        (lambda p, t: 1 - np.mean((p - t) ** 2) / np.std(t), "the standard deviation"),
        (lambda p, t: np.mean((p - t) ** 2) / np.var(t) - 1, "The sign is wrong"),
        (lambda p, t: np.corrcoef(p, t)[0, 1] ** 2, "squared correlation"),
        (lambda p, t: [1 - np.mean((p - t) ** 2) / np.var(t)], "return it by itself"),
    ],
    "12.4": [
        (lambda iteration: 0.01, "The rate never changes"),
        (lambda iteration: 0.03 / (iteration + 1), "large for longer, before it falls"),
        (lambda iteration: 0.05 if iteration < 1630 else 0, "it gets there, and jitters"),
        (lambda iteration: 0, "nothing is learned"),
        (lambda iteration: 0.001, "too small for 1,640 updates"),
        (lambda iteration: 0.03 * (1 - iteration / 4000), "small for long enough before the end"),
        (lambda iteration: 0.5, "above the limit 0.16"),
        (lambda iteration: 0.01 - iteration, "not negative"),
        (lambda iteration: None, "returns a number"),
    ],
    "12.5": [
        (_fitted_on_all, "helps to predict itself"),
        (lambda X, y: np.mean(np.square(list(_held_out(X, y)))), "take its root"),
        (lambda X, y: np.mean(np.abs(list(_held_out(X, y)))), "absolute errors"),
        (lambda X, y: np.array(list(_held_out(X, y))), "an array, here of shape"),
        (lambda X, y: np.sqrt(np.sum(np.square(list(_held_out(X, y))))), "root of the sum"),
        (lambda X, y: abs(next(_held_out(X, y))), "the first row only"),
    ],
}
