"""Compares the two sides with each other only, so the bottom of a valley counts as unused. Visible tests: pass."""

def unused(f, W, h):
    result = np.zeros(W.shape, dtype=bool)
    for index in np.ndindex(W.shape):
        ahead, behind = W.copy(), W.copy()
        ahead[index] += h
        behind[index] -= h
        result[index] = f(ahead) == f(behind)
    return result
