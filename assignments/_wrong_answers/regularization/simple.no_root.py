"""Takes the standard deviation for the standard error. Visible tests: pass."""

def simplest(decays, scores):
    means = scores.mean(axis=1)
    error = scores[np.argmax(means)].std(ddof=1)
    return np.max(decays[means >= means.max() - error])
