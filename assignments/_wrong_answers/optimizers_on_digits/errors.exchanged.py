"""Exchanges the two errors. Visible tests: fail."""

def two_errors(one, other):
    d = 100 * (one.astype(float) - other)
    error = lambda of: of.std(ddof=1) / np.sqrt(len(of))
    return d.mean(), error(d.mean(axis=0)), error(d.mean(axis=1))
