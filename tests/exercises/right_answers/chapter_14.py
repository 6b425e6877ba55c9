"""Right answers to the exercises of chapter 14, in styles of their own."""

import math
import statistics

import numpy as np

from dlcourse.optimizers import Momentum


def _by_signs(full, no_a, no_b, neither):
    extra = np.array([-1, 1, 1, -1]) @ np.array([full, no_a, no_b, neither])
    return np.mean(extra), math.sqrt(np.cov(extra) / extra.size)


def _by_statistics(full, no_a, no_b, neither):
    rows = zip(full, no_a, no_b, neither, strict=True)
    extra = [float((f - n) - (f - a) - (f - b)) for f, a, b, n in rows]
    return statistics.mean(extra), statistics.stdev(extra) / len(extra) ** 0.5


def _by_a_fit(full, no_a, no_b, neither):
    """The last coefficient of a regression of all four on which steps are there, seed by seed."""
    steps = np.array([[1, 1, 1, 1], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]])
    percents = np.array([full, no_a, no_b, neither], dtype=float)
    extra = -np.linalg.solve(steps, percents)[3]
    return extra.mean(), extra.std(ddof=1) / np.sqrt(len(extra))


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
    "14.3": [_by_signs, _by_statistics, _by_a_fit],
    "14.4": [_by_the_package, _by_a_mask, _into_copies],
    "14.5": [_from_the_end],
}
