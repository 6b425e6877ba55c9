"""Subtracts the later value from the earlier one. Visible tests: fail."""

def secant_slopes(f, x, steps):
    return np.array([(f(x) - f(x + h)) / h for h in steps])
