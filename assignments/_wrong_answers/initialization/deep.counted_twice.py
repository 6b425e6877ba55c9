"""Adds the logarithms up, but does not divide by the size, which then counts again and again. Visible tests: fail."""

def log_sizes(x, weights):
    logs, so_far = [], 0.0
    for W in weights:
        x = np.maximum(x @ W, 0)
        size = np.sqrt(np.mean(x**2))
        so_far = so_far + (np.log10(size) if size > 0 else -np.inf)
        logs.append(so_far)
    return np.array(logs)
