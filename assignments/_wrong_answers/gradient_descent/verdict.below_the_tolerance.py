"""A distance of exactly the tolerance is too much for it. Visible tests: pass."""

def verdict(path, tolerance):
    if not np.all(np.isfinite(path)):
        return "diverged"
    if np.linalg.norm(path[-1] - path[-2]) < tolerance:
        return "settled"
    if np.linalg.norm(path[-1] - path[-3]) < tolerance:
        return "cycle"
    return "moving"
