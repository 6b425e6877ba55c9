"""Puts the rate into the velocity of both. Visible tests: fail."""

def two_momentums(gradients, rates, alpha):
    here, there, v, u = 0.0, 0.0, 0.0, 0.0
    for g, rate in zip(gradients, rates):
        v = alpha * v - rate * g
        u = alpha * u + rate * g
        here, there = here + v, there - u
    return here, there
