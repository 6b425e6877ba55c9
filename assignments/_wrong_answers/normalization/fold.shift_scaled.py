"""Multiplies the shift by the factor as well. Visible tests: fail."""

def fold(W, b, gain, shift, mean, variance, epsilon):
    factor = gain / np.sqrt(variance + epsilon)
    return W * factor, (b - mean + shift) * factor
