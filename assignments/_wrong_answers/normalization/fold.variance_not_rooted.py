"""Divides by the variance and not by its root. Visible tests: fail."""

def fold(W, b, gain, shift, mean, variance, epsilon):
    factor = gain / (variance + epsilon)
    return W * factor, (b - mean) * factor + shift
