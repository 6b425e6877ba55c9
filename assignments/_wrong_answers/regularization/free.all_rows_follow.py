"""Adds up how far all predictions follow, and not the one of the same row alone. Visible tests: fail."""

def effective_weights(fit, y, h=0.001):
    total = 0.0
    for i in range(len(y)):
        nudge = np.zeros(len(y))
        nudge[i] = h
        total += np.sum(fit(y + nudge) - fit(y - nudge)) / (2 * h)
    return total
