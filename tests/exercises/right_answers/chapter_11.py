"""Right answers to the exercises of chapter 11, in styles of their own."""

import math

import numpy as np

from dlcourse.layers import Dropout
from dlcourse.optimizers import Adam, AdamW


def _by_the_package(a, g, p, rng):
    """The layer is linear in what goes in: a layer of ones is its mask."""
    mask = Dropout(p, rng=rng)(np.ones(a.shape), training=True)
    return np.multiply(mask, a), np.multiply(mask, g)


def _by_choice(a, g, p, rng):
    off = rng.random(a.shape) < p
    return [np.where(off, 0.0, part / (1 - p)) for part in (a, g)]


def _by_the_optimizers(w, g, rate, decay):
    results = []
    for optimizer in (Adam(rate, l2=decay), AdamW(rate, weight_decay=decay)):
        params = {"w": np.array(w, dtype=float)}
        optimizer.update(params, {"w": np.array(g, dtype=float)})
        results.append(params["w"])
    return results


def _one_by_one(w, g, rate, decay):
    def towards(slope):
        return rate * slope / (abs(slope) + 1e-8)

    pairs = list(zip(w, g, strict=True))
    return (
        np.array([x - towards(s + decay * x) for x, s in pairs]),
        np.array([x - rate * decay * x - towards(s) for x, s in pairs]),
    )


def _with_a_counter(losses, patience, enough):
    to_beat, best, waited = losses[0], 1, 0
    for k in range(1, len(losses)):
        if to_beat - losses[k] > enough:
            to_beat, best, waited = losses[k], k + 1, 0
        else:
            waited += 1
            if waited == patience:
                return [best, k + 1]
    return [best, len(losses)]


def _by_recursion(losses, patience, enough, best=0, epoch=0, lowest=math.inf):
    if epoch == len(losses) or epoch - best >= patience:
        return best, epoch
    if losses[epoch] < lowest - enough:
        return _by_recursion(losses, patience, enough, epoch + 1, epoch + 1, losses[epoch])
    return _by_recursion(losses, patience, enough, best, epoch + 1, lowest)


def _by_logarithms(best, factor, low, high, u):
    middle, reach = math.log10(best), math.log10(factor)
    a, b = max(math.log10(low), middle - reach), min(math.log10(high), middle + reach)
    return 10 ** (a * (1 - u) + b * u)


def _by_interpolation(best, factor, low, high, u):
    ends = np.log(np.clip([best / factor, best * factor], low, high))
    return np.exp(np.interp(u, [0, 1], ends))


RIGHT = {
    "11.3": [_by_the_package, _by_choice],
    "11.4": [_by_the_optimizers, _one_by_one],
    "11.5": [
        _with_a_counter,
        lambda losses, patience, enough: _by_recursion(losses, patience, enough),
    ],
    "11.6": [_by_logarithms, _by_interpolation],
}
