"""The velocity is not kept from step to step, so nothing is left of momentum. Visible tests: fail."""

def two_momentums(gradients, rates, alpha):
    here, there = 0.0, 0.0
    for g, rate in zip(gradients, rates):
        v, u = -rate * g, g
        here, there = here + v, there - rate * u
    return here, there
