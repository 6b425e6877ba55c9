"""Does not ask how the steps depend on the size of the gradient, and takes Adam for momentum. Visible tests: fail."""

def name_of(steps):
    first, second, third = steps([1.0, 0.0, 0.0])
    if second != 0:
        return "Momentum" if np.isclose(second / first, third / second) else "Nesterov"
    if np.isclose(steps([2.0])[0], 2 * first):
        return "SGD"
    first, second = steps([1.0, 1.0])
    return "AdaGrad" if np.isclose(second / first, np.sqrt(0.5)) else "RMSprop"
