"""Calls everything with a velocity momentum. Visible tests: pass."""

def name_of(steps):
    first, second = steps([1.0, 0.0])
    if np.isclose(steps([2.0])[0], 2 * first):
        return "SGD" if second == 0 else "Momentum"
    if second != 0:
        return "Adam"
    first, second = steps([1.0, 1.0])
    return "AdaGrad" if np.isclose(second / first, np.sqrt(0.5)) else "RMSprop"
