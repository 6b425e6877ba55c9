"""Forgets that each number also changes the size of its row. Visible tests: fail."""

def rms_norm_backward(g, x, gain, epsilon):
    s = 1 / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + epsilon)
    return s * g * gain, np.sum(g * x * s, axis=0)
