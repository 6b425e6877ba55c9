"""Moves all targets at once. Visible tests: fail."""

def effective_weights(fit, y, h=0.001):
    return np.sum((fit(y + h) - fit(y - h)) / (2 * h))
