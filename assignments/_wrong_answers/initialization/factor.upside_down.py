"""The ratio is upside down. Visible tests: fail."""

def one_factor(x, weights, target):
    for W in weights:
        x = np.maximum(x @ W, 0)
    return (np.sqrt(np.mean(x**2)) / target) ** (1 / len(weights))
