"""Doesn't look for numbers that are none. Visible tests: pass."""

def verdict(path, tolerance):
    if np.linalg.norm(path[-1] - path[-2]) <= tolerance:
        return "settled"
    if np.linalg.norm(path[-1] - path[-3]) <= tolerance:
        return "cycle"
    return "moving"
