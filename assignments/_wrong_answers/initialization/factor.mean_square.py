"""Compares the mean square with the size that is wanted. Visible tests: fail."""

def one_factor(x, weights, target):
    for W in weights:
        x = np.maximum(x @ W, 0)
    return (target / np.mean(x**2)) ** (1 / len(weights))
