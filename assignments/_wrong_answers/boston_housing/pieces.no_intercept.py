"""Leaves the intercept out. Visible tests: fail."""

def add(sums, X, y):
    table = np.column_stack([X, y])
    return len(X) + (0 if sums is None else sums[0]), table.T @ table + (0 if sums is None else sums[1])


def remove(sums, X, y):
    n, products = add(None, X, y)
    return sums[0] - n, sums[1] - products


def fitted(sums):
    n, P = sums
    w = np.linalg.solve(P[:-1, :-1], P[:-1, -1])
    return w, 0.0, (P[-1, -1] - w @ P[:-1, -1]) / n
