"""Wrong answers to the exercises of chapter 6, each with a phrase of what is said of it."""

import numpy as np


def _epoch(divide, *, at_first=False, drops_last=False):
    def sgd_epoch(X, y, w, learning_rate, batch_size, order):
        w0, w = w, w.copy()
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            if drops_last and len(rows) < batch_size:
                continue
            residual = X[rows] @ (w0 if at_first else w) - y[rows]
            w = w - learning_rate * 2 * X[rows].T @ residual / divide(rows, batch_size)
        return w

    return sgd_epoch


def _uphill(X, y, w, learning_rate, batch_size, order):
    w = w.copy()
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        w += learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
    return w


def _changes_w(X, y, w, learning_rate, batch_size, order):
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        w -= learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
    return w


def _always_the_same(n, batch_size, rng):
    order = np.random.default_rng(0).permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


def _in_their_blocks(n, size, rng):
    return [rng.permutation(np.arange(i, min(i + size, n))) for i in range(0, n, size)]


def _whole_batches(n, size, rng):
    batches = _cut(np.arange(n), size)
    last = batches.pop() if n % size else None
    dealt = [batches[k] for k in rng.permutation(len(batches))]
    return dealt if last is None else [*dealt, last]


def _another_source(n, size, rng):
    return _cut(np.random.default_rng().permutation(n), size)


def _cut(order, size):
    return [order[i : i + size] for i in range(0, len(order), size)]


WRONG = {
    "6.3": [
        (_epoch(lambda rows, size: 1), "add up the gradients"),
        (_epoch(lambda rows, size: size), "may have fewer rows"),
        (_epoch(lambda rows, size: len(rows), at_first=True), "at the first weights"),
        (_epoch(lambda rows, size: len(rows), drops_last=True), "left out"),
        (_uphill, "it goes uphill"),
        (_changes_w, "change"),
    ],
    "6.4": [
        (lambda n, size, rng: [rng.choice(n, size) for _ in range(n // size)], "more than once"),
        (lambda n, size, rng: _cut(rng.permutation(n), size)[: n // size or 1], "in no batch"),
        (lambda n, size, rng: _cut(np.arange(n), size), "not shuffled"),
        (_always_the_same, "order of the first"),
        (_in_their_blocks, "every row stays in its batch"),
        (_whole_batches, "Shuffle the rows, not whole batches"),
        (_another_source, "must come from the rng"),
        (lambda n, size, rng: [b.tolist() for b in _cut(rng.permutation(n), size)], "be an array"),
        (lambda n, size, rng: rng.permutation(n), "one array of row numbers"),
    ],
    "6.5": [
        (lambda G, B: np.sqrt(np.sum(np.var(G, axis=0))) / B, "divided by the root"),
        (lambda G, B: np.sqrt(np.sum(np.var(G, axis=0)) / B), "draws with repeats"),
        (
            lambda G, B: np.sum(np.var(G, axis=0)) / B * (len(G) - B) / (len(G) - 1),
            "Take the root",
        ),
        (
            lambda G, B: np.sqrt(np.var(G) / B * (len(G) - B) / (len(G) - 1)),
            "that of each column",
        ),
    ],
}
