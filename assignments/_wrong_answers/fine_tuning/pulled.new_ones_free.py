"""Does not pull the new parameters at all. Visible tests: fail."""

def pulled_step(w, g, start, rate, decay):
    stepped, penalty = {}, 0.0
    for name in w:
        away = w[name] - start.get(name, w[name])
        stepped[name] = w[name] - rate * (g[name] + decay * away)
        penalty += decay / 2 * np.sum(away**2)
    return stepped, penalty
