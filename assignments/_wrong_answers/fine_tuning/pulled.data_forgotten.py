"""Pulls, and forgets the gradient of the data. Visible tests: pass."""

def pulled_step(w, g, start, rate, decay):
    stepped, penalty = {}, 0.0
    for name in w:
        away = w[name] - start.get(name, 0)
        stepped[name] = w[name] - rate * decay * away
        penalty += decay / 2 * np.sum(away**2)
    return stepped, penalty
