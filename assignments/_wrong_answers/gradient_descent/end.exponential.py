"""Takes e to the power of minus rate times curvature for the factor, which fits small rates only. Visible tests: fail."""

def end_of_walk(start, level, curvatures, rate, steps):
    return level + np.exp(-rate * curvatures * steps) * (start - level)
