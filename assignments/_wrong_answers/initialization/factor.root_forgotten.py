"""Takes the factor for the whole network for that of each layer. Visible tests: fail."""

def one_factor(x, weights, target):
    for W in weights:
        x = np.maximum(x @ W, 0)
    return target / np.sqrt(np.mean(x**2))
