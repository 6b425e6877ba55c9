"""Waits for AdaGrad to get slow, with far more gradients than are allowed. Visible tests: pass."""

def name_of(steps):
    one, two = steps([1.0])[0], steps([2.0])[0]
    first, second, third = steps([1.0, 0.0, 0.0])
    remembers = second != 0
    if np.isclose(two, 2 * one):
        if not remembers:
            return "SGD"
        return "Momentum" if np.isclose(second / first, third / second) else "Nesterov"
    if remembers:
        return "Adam"
    late = steps([1.0] * 2_000)
    return "AdaGrad" if abs(late[-1]) < 0.05 * abs(late[0]) else "RMSprop"
