"""Keeps all rows. Visible tests: pass."""

def add(sums, X, y):
    table = np.column_stack([X, np.ones(len(X)), y])
    return table if sums is None else np.vstack([sums, table])


def remove(sums, X, y):
    table = np.column_stack([X, np.ones(len(X)), y])
    gone = np.any(np.all(sums[:, np.newaxis] == table, axis=2), axis=1)
    return sums[~gone]


def fitted(sums):
    A, y = sums[:, :-1], sums[:, -1]
    theta, *_ = np.linalg.lstsq(A, y)
    return theta[:-1], theta[-1], np.mean((A @ theta - y) ** 2)
