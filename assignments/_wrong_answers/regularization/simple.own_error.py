"""Gives every setting its own standard error, in place of that of the best. Visible tests: fail."""

def simplest(decays, scores):
    means = scores.mean(axis=1)
    errors = scores.std(axis=1, ddof=1) / np.sqrt(scores.shape[1])
    return np.max(decays[means + errors >= means.max()])
