"""What arrives is not multiplied by the gain on its way to x. Visible tests: pass."""

def rms_norm_backward(g, x, gain, epsilon):
    s = 1 / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + epsilon)
    n = x * s
    return s * (g - n * np.mean(g * n, axis=1, keepdims=True)), np.sum(g * n, axis=0)
