"""Takes the factor of the steepest direction for all of them. Visible tests: fail."""

def end_of_walk(start, level, curvatures, rate, steps):
    return level + (1 - rate * curvatures.max()) ** steps * (start - level)
