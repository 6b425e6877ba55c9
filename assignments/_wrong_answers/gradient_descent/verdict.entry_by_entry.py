"""Compares each entry with the tolerance, and not the length. Visible tests: pass."""

def verdict(path, tolerance):
    if not np.all(np.isfinite(path)):
        return "diverged"
    if np.all(np.abs(path[-1] - path[-2]) <= tolerance):
        return "settled"
    if np.all(np.abs(path[-1] - path[-3]) <= tolerance):
        return "cycle"
    return "moving"
