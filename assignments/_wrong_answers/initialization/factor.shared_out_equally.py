"""Divides the factor by the number of layers. Visible tests: fail."""

def one_factor(x, weights, target):
    for W in weights:
        x = np.maximum(x @ W, 0)
    return target / np.sqrt(np.mean(x**2)) / len(weights)
