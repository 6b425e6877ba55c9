"""Takes one step with the sum of all rates. Visible tests: fail."""

def distances(schedule, updates, curvatures):
    return 1 - sum(schedule(t) for t in range(updates)) * curvatures
