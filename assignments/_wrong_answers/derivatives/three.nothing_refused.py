"""Any step is accepted. Visible tests: pass."""

def slope_from_the_right(f, x, h):
    return (-3 * f(x) + 4 * f(x + h) - f(x + 2 * h)) / (2 * h)
