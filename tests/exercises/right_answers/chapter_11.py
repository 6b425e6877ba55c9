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


def _by_logarithms(score, low, high, trials, rng):
    """Draw exponents, all of a round at once, and let max find the first of the highest."""
    tried, ends = [], (np.log10(low), np.log10(high))
    quarter = (ends[1] - ends[0]) / 4
    for _ in range(2):
        rates = 10 ** rng.uniform(*ends, trials // 2)
        tried += [(rate, score(rate)) for rate in rates]
        best = max(tried, key=lambda pair: pair[1])
        middle = np.log10(best[0])
        ends = np.clip([middle - quarter, middle + quarter], np.log10(low), np.log10(high))
    return best


def _by_sorting(score, low, high, trials, rng):
    """Draw all numbers before anything else; a stable sort keeps the first of equals in front."""
    us, c = rng.random(trials).tolist(), math.sqrt(math.sqrt(high / low))
    found = []
    for u in us[: trials // 2]:
        rate = math.exp(math.log(low) + u * (math.log(high) - math.log(low)))
        found.append([rate, score(rate)])
    b = sorted(found, key=lambda pair: -pair[1])[0][0]
    start = low if b < low * c else b / c
    end = high if b > high / c else b * c
    for u in us[trials // 2 :]:
        rate = start ** (1 - u) * end**u
        found.append([rate, score(rate=rate)])
    return sorted(found, key=lambda pair: -pair[1])[0]


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
    "11.5": [_by_logarithms, _by_sorting],
    "11.6": [_by_numbers, _by_sets],
}
