"""Right answers to the exercises of chapter 6, in styles of their own."""

import numpy as np


def _rows_gone_through(X, y, w, learning_rate, batch_size, order):
    rows, w = list(order), np.asarray(w, dtype=float)
    while rows:
        now, rows = rows[:batch_size], rows[batch_size:]
        w = w - learning_rate * np.mean([2 * X[i] * (X[i] @ w - y[i]) for i in now], axis=0)
    return w


def _dealt_in_turn(n, batch_size, rng):
    order, batches = iter(rng.permutation(n).tolist()), []
    for row in order:
        if not batches or len(batches[-1]) == batch_size:
            batches.append([])
        batches[-1].append(row)
    return [np.array(batch) for batch in batches]


RIGHT = {
    "6.3": [_rows_gone_through],
    "6.4": [
        _dealt_in_turn,
        lambda n, size, rng: tuple(np.split(rng.permutation(n), range(size, n, size)) if n else ()),
    ],
    "6.5": [
        lambda G, B: (
            np.linalg.norm(G - G.mean(axis=0)) * np.sqrt((1 / B - 1 / len(G)) / (len(G) - 1))
        ),
        lambda G, B: np.array(np.sqrt(G.var(axis=0).sum() * (len(G) - B) / (len(G) - 1) / B)),
    ],
}
