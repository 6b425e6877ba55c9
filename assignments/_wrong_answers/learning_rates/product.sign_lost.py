"""Returns the size of the distance, without its sign. Visible tests: fail."""

def distances(schedule, updates, curvatures):
    w = np.ones(len(curvatures))
    for t in range(updates):
        w = w * np.abs(1 - schedule(t) * curvatures)
    return w
