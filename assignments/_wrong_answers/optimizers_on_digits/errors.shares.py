"""Returns shares, and not percentage points. Visible tests: fail."""

def two_errors(one, other):
    d = one.astype(float) - other
    error = lambda of: of.std(ddof=1) / np.sqrt(len(of))
    return d.mean(), error(d.mean(axis=1)), error(d.mean(axis=0))
