"""Looks ahead only. Visible tests: pass."""

def unused(f, W, h):
    here = f(W)
    result = np.zeros(W.shape, dtype=bool)
    for index in np.ndindex(W.shape):
        ahead = W.copy()
        ahead[index] += h
        result[index] = f(ahead) == here
    return result
