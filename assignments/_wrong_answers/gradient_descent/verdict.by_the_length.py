"""Looks at the distance from 0, as if it were the loss, and so takes a hop to the other side for a standstill. Visible tests: fail."""

def verdict(path, tolerance):
    if not np.all(np.isfinite(path)):
        return "diverged"
    height = np.linalg.norm(path, axis=1)
    if abs(height[-1] - height[-2]) <= tolerance:
        return "settled"
    if abs(height[-1] - height[-3]) <= tolerance:
        return "cycle"
    return "moving"
