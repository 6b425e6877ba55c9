"""Wrong answers to the exercises of chapter 3, each with a phrase of what is said of it."""

import numpy as np


def _running_products(local):
    return [float(np.prod(local[k:])) for k in range(len(local) + 1)]


def _slopes_at_the_start(functions, slopes, x):
    return _running_products([slope(x) for slope in slopes])


def _step_before_slope(functions, slopes, x):
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        x = f(x)
        local.append(slope(x))
    return _running_products(local)


def _right(functions, slopes, x):
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        local.append(slope(x))
        x = f(x)
    return _running_products(local)


WRONG = {
    "3.3": [
        (_slopes_at_the_start, "taken at the first x"),
        (_step_before_slope, "taken after the step"),
        (lambda f, s, x: _right(f, s, x)[::-1], "wrong way round"),
        (lambda f, s, x: _right(f, s, x)[:-1], "The last entry is missing"),
        (lambda f, s, x: [slope(x) for slope in s], "value"),
    ],
    "3.4": [
        (lambda G, X, W: (G @ W.T, X.T @ G, G), "add over the rows"),
        (lambda G, X, W: (G @ W.T, X.T @ G, G.mean(axis=0)), "take the sum"),
        (lambda G, X, W: (G @ W.T, G.T @ X, G.sum(axis=0)), "transpose"),
        (lambda G, X, W: (G @ W, X.T @ G, G.sum(axis=0)), "ValueError"),
        (lambda G, X, W: (-G @ W.T, -X.T @ G, -G.sum(axis=0)), "sign"),
    ],
    "3.5": [
        (lambda G, P: G * P * (1 - P), "diagonal of the Jacobian"),
        (lambda G, P: P * (G - np.sum(G * P)), "all rows together"),
        (lambda G, P: P * (np.sum(G * P, axis=1, keepdims=True) - G), "sign"),
        (lambda G, P: G - np.sum(G * P, axis=1, keepdims=True), "Multiply by the prob"),
    ],
}
