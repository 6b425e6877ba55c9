"""Multiplies the place, as if the level place were at 0. Visible tests: fail."""

def end_of_walk(start, level, curvatures, rate, steps):
    return (1 - rate * curvatures) ** steps * start
