"""Asks for a cycle first, so a walk that has stopped counts as one. Visible tests: fail."""

def verdict(path, tolerance):
    if not np.all(np.isfinite(path)):
        return "diverged"
    if np.linalg.norm(path[-1] - path[-3]) <= tolerance:
        return "cycle"
    if np.linalg.norm(path[-1] - path[-2]) <= tolerance:
        return "settled"
    return "moving"
