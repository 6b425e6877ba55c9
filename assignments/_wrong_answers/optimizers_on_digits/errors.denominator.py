"""Has n in the denominator of the variance. Visible tests: fail."""

def two_errors(one, other):
    d = 100 * (one.astype(float) - other)
    error = lambda of: of.std() / np.sqrt(len(of))
    return d.mean(), error(d.mean(axis=1)), error(d.mean(axis=0))
