"""Divides all differences by the first step. Visible tests: fail."""

def secant_slopes(f, x, steps):
    return np.array([(f(x + h) - f(x)) / steps[0] for h in steps])
