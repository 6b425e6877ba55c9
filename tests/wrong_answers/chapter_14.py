"""Wrong answers to the exercises of chapter 14, each with a phrase of what is said of it."""

import numpy as np


def _powers(exponent):
    def graded_rates(rate, factor, layers):
        n = len(layers)
        return {layers[k]: rate / factor ** exponent(k, n) for k in range(n)}

    return graded_rates


def _no_powers(rate, factor, layers):
    return {name: rate / factor if name != layers[-1] else rate for name in layers}


def _shares(rate, factor, layers):
    return {name: factor ** -(len(layers) - 1.0 - k) for k, name in enumerate(layers)}


def _turns_the_list(rate, factor, layers):
    layers.reverse()
    return {name: rate / factor**k for k, name in enumerate(layers)}


def _zero_gradient(w, v, g, frozen, rate, momentum):
    new_w, new_v = {}, {}
    for name in w:
        slope = 0 if name.split("/")[0] in frozen else g[name]
        new_v[name] = momentum * v[name] - rate * slope
        new_w[name] = w[name] + new_v[name]
    return new_w, new_v


def _gathers(w, v, g, frozen, rate, momentum):
    new_v = {k: momentum * v[k] - rate * g[k] for k in w}
    return {k: w[k] if k.split("/")[0] in frozen else w[k] + new_v[k] for k in w}, new_v


def _forgets(w, v, g, frozen, rate, momentum):
    still = [k for k in w if k.split("/")[0] in frozen]
    new_v = {k: 0 * v[k] if k in still else momentum * v[k] - rate * g[k] for k in w}
    return {k: w[k] if k in still else w[k] + new_v[k] for k in w}, new_v


def _begins_with(w, v, g, frozen, rate, momentum):
    still = [k for k in w if any(k.startswith(f) for f in frozen)]
    new_v = {k: v[k] if k in still else momentum * v[k] - rate * g[k] for k in w}
    return {k: w[k] if k in still else w[k] + new_v[k] for k in w}, new_v


def _turned_round(w, v, g, frozen, rate, momentum):
    moves = [k for k in w if k.split("/")[0] in frozen]
    new_v = {k: momentum * v[k] - rate * g[k] if k in moves else v[k] for k in w}
    return {k: w[k] + new_v[k] if k in moves else w[k] for k in w}, new_v


def _in_place(w, v, g, frozen, rate, momentum):
    for k in w:
        if k.split("/")[0] not in frozen:
            v[k] = momentum * v[k] - rate * g[k]
            w[k] = w[k] + v[k]
    return w, v


def _two_groups(full, without):
    a, b = np.array(full), np.array(without)
    return a.mean() - b.mean(), np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))


def _differences(spread, sign=1):
    def worth(full, without):
        d = np.array(full) - np.array(without)
        return sign * d.mean(), spread(d)

    return worth


WRONG = {
    "14.3": [
        (_powers(lambda k, n: k), "other way round"),
        (_powers(lambda k, n: n - k), "less than the full rate"),
        (_no_powers, "All layers but the last"),
        (_shares, "multipliers"),
        (_turns_the_list, "change"),
    ],
    "14.4": [
        (_zero_gradient, "coasts"),
        (_gathers, "gathering"),
        (_forgets, "set to zero"),
        (_begins_with, "only begins"),
        (_turned_round, "other way round"),
        (_in_place, "change"),
    ],
    "14.5": [
        (_two_groups, "two separate groups"),
        (_differences(lambda d: d.std() / len(d) ** 0.5), "divides by n"),
        (_differences(lambda d: d.std(ddof=1)), "smaller by the root"),
        (_differences(lambda d: d.std(ddof=1) / len(d) ** 0.5, -1), "full minus without"),
    ],
}
