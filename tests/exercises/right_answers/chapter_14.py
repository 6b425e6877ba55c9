"""Right answers to the exercises of chapter 14, in styles of their own."""

import math

import numpy as np

from dlcourse.autodiff import Variable
from dlcourse.optimizers import SGD, Momentum


def _by_powers(rate, factor, layers):
    return {name: rate * factor ** (k + 1.0 - len(layers)) for k, name in enumerate(layers)}


def _recursive(rate, factor, layers):
    *before, last = layers
    return {**(_recursive(rate / factor, factor, before) if before else {}), last: rate}


def _by_an_optimizer(rate, factor, layers):
    """How far SGD goes with the multipliers, where each gradient is 1."""
    params = {f"{name}/w": Variable(0.0) for name in layers}
    shares = {name: 1 / factor**k for k, name in enumerate(layers[::-1])}
    SGD(rate, rate_multipliers=shares).update(params, dict.fromkeys(params, 1.0))
    return {key.removesuffix("/w"): -float(p.value) for key, p in params.items()}


def _by_the_package(w, v, g, frozen, rate, momentum):
    """Only what moves is handed to the optimizer."""
    moves = [name for name in w if name.partition("/")[0] not in set(frozen)]
    params = {name: np.array(w[name], dtype=float) for name in moves}
    velocity = {name: np.array(v[name], dtype=float) for name in moves}
    if moves:
        optimizer = Momentum(rate, momentum)
        optimizer.load_state_dict({"iterations": 1, "velocity": velocity})
        optimizer.update(params, {name: np.asarray(g[name]) for name in moves})
        velocity = optimizer.state_dict()["velocity"]
    return {**w, **params}, {**v, **velocity}


def _by_a_mask(w, v, g, frozen, rate, momentum):
    on = {name: float(not any(name.startswith(f + "/") for f in frozen)) for name in w}
    new = {k: on[k] * (momentum * v[k] - rate * g[k]) + (1 - on[k]) * v[k] for k in w}
    return {k: w[k] + on[k] * new[k] for k in w}, new


def _into_copies(w, v, g, frozen, rate, momentum):
    """Copies of all arrays are changed, number by number."""
    new_w, new_v = ({k: array.copy() for k, array in part.items()} for part in (w, v))
    for k in (k for k in w if k.split("/")[0] not in frozen):
        for place in np.ndindex(w[k].shape):
            new_v[k][place] = momentum * v[k][place] - rate * g[k][place]
            new_w[k][place] += new_v[k][place]
    return new_w, new_v


def _from_the_end(counts, scratch, level):
    """Walk back from the most labels as long as the level holds."""
    needed, pairs = np.inf, list(zip(counts, scratch, strict=True))[::-1]
    for k, (count, percent) in enumerate(pairs):
        if percent < level:
            if k == 0:
                return needed
            (more, above) = pairs[k - 1]
            share = (above - level) / (above - percent)
            return math.exp(math.log(more) + share * (math.log(count) - math.log(more)))
    return float(counts[0])


RIGHT = {
    "14.3": [_by_powers, _recursive, _by_an_optimizer],
    "14.4": [_by_the_package, _by_a_mask, _into_copies],
    "14.5": [_from_the_end],
}
