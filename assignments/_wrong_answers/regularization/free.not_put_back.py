"""Moves the targets in place, and leaves them moved. Visible tests: pass."""

def effective_weights(fit, y, h=0.001):
    total = 0.0
    for i in range(len(y)):
        y[i] += h
        up = fit(y)[i]
        y[i] -= 2 * h
        total += (up - fit(y)[i]) / (2 * h)
    return total
