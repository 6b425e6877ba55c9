"""What is neither a minimum nor a maximum is called a saddle. Visible tests: fail."""

def kind_of_point(f, x, y, r):
    here = f(x, y)
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    around = np.array([f(x + r * np.cos(a), y + r * np.sin(a)) for a in angles])
    if np.all(around > here):
        return "minimum"
    if np.all(around < here):
        return "maximum"
    return "saddle"
