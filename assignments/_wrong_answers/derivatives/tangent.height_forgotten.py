"""Forgets where the line begins. Visible tests: fail."""

def crossing(f, x, h=1e-5):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    if slope == 0:
        return None
    return -f(x) / slope
