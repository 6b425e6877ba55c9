"""Divides by the number of parts in the standard deviation. Visible tests: pass."""

def simplest(decays, scores):
    means = scores.mean(axis=1)
    error = scores[np.argmax(means)].std() / np.sqrt(scores.shape[1])
    return np.max(decays[means >= means.max() - error])
