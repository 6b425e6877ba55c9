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


def _local_and_one(functions, slopes, x):
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        local.append(slope(x))
        x = f(x)
    return [*local, 1.0]


def _front_then_reversed(functions, slopes, x):
    found = [1.0]
    for f, slope in zip(functions, slopes, strict=True):
        found.append(found[-1] * slope(x))
        x = f(x)
    return found[::-1]


def _divides_the_total(functions, slopes, x):
    found = np.array(_front_then_reversed(functions, slopes, x)[::-1])
    return found[-1] / found


def _adds_into_G(G, X, W):
    for row in G[1:]:
        G[0] += row
    return G @ W.T, X.T @ G, G[0]


def _row_by_row(G, P):
    found = np.zeros(G.shape)
    for i in range(len(G)):
        found[i] = P[i] * (G[i] - G[i] @ P[i])
    return found


def _with_a_comprehension(G, P):
    return np.array([p * (g - g @ p) for g, p in zip(G, P, strict=True)])


def _in_disguise(G, P):
    sums = np.apply_along_axis(np.sum, 1, G * P)
    return P * (G - sums[:, None])


WRONG = {
    "3.3": [
        (_slopes_at_the_start, "taken at the first x"),
        (_step_before_slope, "taken after the step"),
        (lambda f, s, x: _right(f, s, x)[::-1], "wrong way round"),
        (lambda f, s, x: _right(f, s, x)[:-1], "The last entry is missing"),
        (lambda f, s, x: [slope(x) for slope in s], "value"),
        (_local_and_one, "with a 1 at the end"),
        (_front_then_reversed, "multiplied from the front"),
        (lambda f, s, x: [-v for v in _right(f, s, x)], "wrong sign"),
        (lambda f, s, x: [2 * v for v in _right(f, s, x)], "twice too large"),
        (_divides_the_total, "wrong from there on"),
        (lambda f, s, x: _right(f, s, x)[0], "Only the slope for x"),
    ],
    "3.4": [
        (lambda G, X, W: (G @ W.T, X.T @ G, G), "add over the rows"),
        (lambda G, X, W: (G @ W.T, X.T @ G, G.mean(axis=0)), "take the sum"),
        (lambda G, X, W: (G @ W.T, G.T @ X, G.sum(axis=0)), "transpose"),
        (lambda G, X, W: (G @ W, X.T @ G, G.sum(axis=0)), "ValueError"),
        (lambda G, X, W: (-G @ W.T, -X.T @ G, -G.sum(axis=0)), "sign"),
        (lambda G, X, W: (G @ W.T, X.T @ G, G.sum()), "to one number"),
        (lambda G, X, W: (G @ W.T, X.T @ G, G.sum(axis=0)[:, None]), "Value 3 has the wrong shape"),
        (lambda G, X, W: (G @ W.T, X.T @ G / len(X), G.sum(axis=0)), "Value 2 is too small by"),
        (lambda G, X, W: [-(G @ W.T), X.T @ G, G.sum(axis=0)], "Value 1 has the wrong sign"),
        (lambda G, X, W: [(-G @ W.T).tolist(), X.T @ G, G.sum(axis=0)], "Value 1 has the wrong s"),
        (_adds_into_G, "changes its input in place: `G`"),
    ],
    "3.5": [
        (lambda G, P: G * P * (1 - P), "diagonal of the Jacobian"),
        (lambda G, P: P * (G - np.sum(G * P)), "all rows together"),
        (lambda G, P: P * (np.sum(G * P, axis=1, keepdims=True) - G), "sign"),
        (lambda G, P: G - np.sum(G * P, axis=1, keepdims=True), "Multiply by the prob"),
        (lambda G, P: P * G, "P times G alone"),
        (lambda G, P: P * (G + (G * P).sum(1, keepdims=True)), "Subtract it"),
        (_row_by_row, "there is one in your code"),
        (_with_a_comprehension, "there is one in your code"),
        (_in_disguise, "`apply_along_axis`"),
        (lambda G, P: P * (G - (G * P).sum(1)), "It stopped with an error"),
        (lambda G, P: (-P * (G - (G * P).sum(1, keepdims=True))).tolist(), "wrong sign"),
    ],
}
