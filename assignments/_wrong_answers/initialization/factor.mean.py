"""Takes the mean of the outputs for their typical size. Visible tests: pass."""

def one_factor(x, weights, target):
    for W in weights:
        x = np.maximum(x @ W, 0)
    return (target / np.mean(x)) ** (1 / len(weights))
