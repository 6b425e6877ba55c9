"""The sign of the first term is lost. Visible tests: fail."""

def slope_from_the_right(f, x, h):
    if h <= 0:
        raise ValueError("h must be positive")
    return (3 * f(x) + 4 * f(x + h) - f(x + 2 * h)) / (2 * h)
