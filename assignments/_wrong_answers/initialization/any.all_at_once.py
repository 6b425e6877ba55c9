"""Draws a million random numbers, and hands them over all at once. Visible tests: fail."""

def weights_std(f, inputs):
    z = np.random.default_rng(0).normal(size=1_000_000)
    return 1 / np.sqrt(inputs * np.mean(f(z) ** 2))
