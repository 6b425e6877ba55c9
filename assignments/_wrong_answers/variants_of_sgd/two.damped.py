"""Takes only the share 1 - alpha of a new gradient. Visible tests: fail."""

def two_momentums(gradients, rates, alpha):
    here, there, v, u = 0.0, 0.0, 0.0, 0.0
    for g, rate in zip(gradients, rates):
        v = alpha * v - (1 - alpha) * rate * g
        u = alpha * u + (1 - alpha) * g
        here, there = here + v, there - rate * u
    return here, there
