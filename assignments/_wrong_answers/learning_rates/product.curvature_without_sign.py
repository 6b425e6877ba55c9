"""Treats a direction that bends down like one that bends up. Visible tests: pass."""

def distances(schedule, updates, curvatures):
    w = np.ones(len(curvatures))
    for t in range(updates):
        w = w * (1 - schedule(t) * np.abs(curvatures))
    return w
