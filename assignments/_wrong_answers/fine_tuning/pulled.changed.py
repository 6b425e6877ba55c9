"""Changes the arrays that it was given. Visible tests: pass."""

def pulled_step(w, g, start, rate, decay):
    penalty = 0.0
    for name in w:
        away = w[name] - start.get(name, 0)
        penalty += decay / 2 * np.sum(away**2)
        w[name] -= rate * (g[name] + decay * away)
    return w, penalty
