"""Takes the size of the step, so that a secant to the left gets the wrong sign. Visible tests: pass."""

def secant_slopes(f, x, steps):
    return np.array([(f(x + h) - f(x)) / abs(h) for h in steps])
