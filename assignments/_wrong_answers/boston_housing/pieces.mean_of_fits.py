"""Fits each piece by itself, and averages the weights. Visible tests: fail."""

def add(sums, X, y):
    theta, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y)
    n, total = (0, 0) if sums is None else sums
    return n + len(X) ** 2, total + len(X) * theta


def remove(sums, X, y):
    theta, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y)
    return sums[0] - len(X), sums[1] - len(X) * theta


def fitted(sums):
    theta = sums[1] / sums[0]
    return theta[:-1], theta[-1], 0.0
