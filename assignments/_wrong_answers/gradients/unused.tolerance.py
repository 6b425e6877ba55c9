"""Takes a small effect for none. Visible tests: pass."""

def unused(f, W, h):
    here = f(W)
    result = np.zeros(W.shape, dtype=bool)
    for index in np.ndindex(W.shape):
        ahead, behind = W.copy(), W.copy()
        ahead[index] += h
        behind[index] -= h
        result[index] = np.isclose(f(ahead), here) and np.isclose(f(behind), here)
    return result
