"""Compares the heights with zero. Visible tests: fail."""

def kind_of_point(f, x, y, r):
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    around = np.array([f(x + r * np.cos(a), y + r * np.sin(a)) for a in angles])
    if np.all(around > 0):
        return "minimum"
    if np.all(around < 0):
        return "maximum"
    if np.any(around > 0) and np.any(around < 0):
        return "saddle"
    return "undecided"
