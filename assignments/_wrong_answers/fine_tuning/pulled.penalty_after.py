"""Returns the penalty after the update. Visible tests: fail."""

def pulled_step(w, g, start, rate, decay):
    stepped, penalty = {}, 0.0
    for name in w:
        away = w[name] - start.get(name, 0)
        stepped[name] = w[name] - rate * (g[name] + decay * away)
        penalty += decay / 2 * np.sum((stepped[name] - start.get(name, 0)) ** 2)
    return stepped, penalty
