"""Says which entries are used. Visible tests: fail."""

def unused(f, W, h):
    here = f(W)
    result = np.zeros(W.shape, dtype=bool)
    for index in np.ndindex(W.shape):
        ahead, behind = W.copy(), W.copy()
        ahead[index] += h
        behind[index] -= h
        result[index] = f(ahead) != here or f(behind) != here
    return result
