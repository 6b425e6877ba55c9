"""Adds the old bias behind the normalization. Visible tests: fail."""

def fold(W, b, gain, shift, mean, variance, epsilon):
    factor = gain / np.sqrt(variance + epsilon)
    return W * factor, b - mean * factor + shift
