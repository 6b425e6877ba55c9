"""Counts the updates from 1. Visible tests: fail."""

def distances(schedule, updates, curvatures):
    w = np.ones(len(curvatures))
    for t in range(1, updates + 1):
        w = w * (1 - schedule(t) * curvatures)
    return w
