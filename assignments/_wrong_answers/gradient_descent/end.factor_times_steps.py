"""Multiplies the fall of one step by the number of steps. Visible tests: fail."""

def end_of_walk(start, level, curvatures, rate, steps):
    return start - steps * rate * curvatures * (start - level)
