"""Writes the result into the array of curvatures. Visible tests: pass."""

def distances(schedule, updates, curvatures):
    factors = [1 - schedule(t) * curvatures for t in range(updates)]
    curvatures[:] = np.prod(factors, axis=0)
    return curvatures
