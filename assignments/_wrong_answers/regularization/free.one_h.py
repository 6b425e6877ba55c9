"""Divides by h, where the two targets are 2h apart. Visible tests: fail."""

def effective_weights(fit, y, h=0.001):
    total = 0.0
    for i in range(len(y)):
        nudge = np.zeros(len(y))
        nudge[i] = h
        total += (fit(y + nudge)[i] - fit(y - nudge)[i]) / h
    return total
