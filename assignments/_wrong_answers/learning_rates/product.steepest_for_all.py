"""Uses the largest curvature for all directions. Visible tests: pass."""

def distances(schedule, updates, curvatures):
    w = np.ones(len(curvatures))
    for t in range(updates):
        w = w * (1 - schedule(t) * np.max(curvatures))
    return w
