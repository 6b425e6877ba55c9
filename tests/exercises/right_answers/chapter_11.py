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


def _by_numbers(n, k, rng):
    """Give each row the number of its fold."""
    number = rng.permutation(np.arange(n) % k)
    return [(np.flatnonzero(number != fold), np.flatnonzero(number == fold)) for fold in range(k)]


def _by_sets(n, k, rng):
    """Deal the rows one by one, and train on what is missing from a hand."""
    hands = [[] for _ in range(k)]
    rows = list(range(n))
    rng.shuffle(rows)
    for place, row in enumerate(rows):
        hands[place % k].append(row)
    return tuple(
        [np.array(sorted(set(range(n)) - set(hand))), np.array(hand)] for hand in reversed(hands)
    )


RIGHT = {
    "11.3": [_by_the_package, _by_choice],
    "11.4": [_by_the_optimizers, _one_by_one],
    "11.5": [
        _with_a_counter,
        lambda losses, patience, enough: _by_recursion(losses, patience, enough),
    ],
    "11.6": [_by_numbers, _by_sets],
}
