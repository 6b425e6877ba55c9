"""Takes the smallest decay that is good enough. Visible tests: fail."""

def simplest(decays, scores):
    means = scores.mean(axis=1)
    error = scores[np.argmax(means)].std(ddof=1) / np.sqrt(scores.shape[1])
    return np.min(decays[means >= means.max() - error])
