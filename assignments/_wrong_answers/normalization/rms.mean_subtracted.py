"""Removes the mean as well, as layer normalization does. Visible tests: fail."""

def rms_norm_backward(g, x, gain, epsilon):
    s = 1 / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + epsilon)
    n, h = x * s, g * gain
    to_x = s * (h - np.mean(h, axis=1, keepdims=True) - n * np.mean(h * n, axis=1, keepdims=True))
    return to_x, np.sum(g * n, axis=0)
