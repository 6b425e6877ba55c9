"""Wrong answers to the exercises of chapter 14, each with a phrase of what is said of it."""

import numpy as np


def _with_its_error(numbers):
    return np.mean(numbers), np.std(numbers, ddof=1) / np.sqrt(len(numbers))


def _both(full, no_a, no_b, neither):
    return _with_its_error(np.subtract(full, neither))


def _one_by_one(full, no_a, no_b, neither):
    return _with_its_error(np.subtract(full, no_a) + np.subtract(full, no_b))


def _missed(full, no_a, no_b, neither):
    alone = np.subtract(full, no_a) + np.subtract(full, no_b)
    return _with_its_error(alone - np.subtract(full, neither))


def _population(full, no_a, no_b, neither):
    extra = np.add(no_a, no_b) - full - np.asarray(neither)
    return extra.mean(), np.sqrt(extra.var() / len(extra))


def _of_means(full, no_a, no_b, neither):
    mean = np.mean(no_a) + np.mean(no_b) - np.mean(full) - np.mean(neither)
    variances = [np.var(percents, ddof=1) for percents in (full, no_a, no_b, neither)]
    return mean, np.sqrt(sum(variances) / len(full))


def _the_better_of_the_two(full, no_a, no_b, neither):
    alone = np.maximum(np.subtract(full, no_a), np.subtract(full, no_b))
    return _with_its_error(np.subtract(full, neither) - alone)


def _spread(full, no_a, no_b, neither):
    extra = np.add(no_a, no_b) - full - np.asarray(neither)
    return extra.mean(), extra.std(ddof=1)


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


def _step(stays, move=lambda new, g, rate, momentum: new):
    def frozen_step(w, v, g, frozen, rate, momentum):
        new_w, new_v = dict(w), dict(v)
        for k in w:
            if not stays(k, frozen):
                new_v[k] = momentum * v[k] - rate * g[k]
                new_w[k] = w[k] + move(new_v[k], g[k], rate, momentum)
        return new_w, new_v

    return frozen_step


def _in_layer(key, frozen):
    return key.split("/")[0] in frozen


def _as_in_pytorch(w, v, g, frozen, rate, momentum):
    new_v = {k: v[k] if _in_layer(k, frozen) else momentum * v[k] + g[k] for k in w}
    return {k: w[k] if _in_layer(k, frozen) else w[k] - rate * new_v[k] for k in w}, new_v


def _crosses_off(w, v, g, frozen, rate, momentum):
    result = _step(_in_layer)(w, v, g, frozen, rate, momentum)
    frozen.clear()
    return result


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


def _on_a_plain_axis(counts, scratch, level):
    k = max((k for k, s in enumerate(scratch) if s < level), default=-1)
    if k < 0 or k + 1 == len(counts):
        return counts[0] if k < 0 else np.inf
    return np.interp(level, scratch[k : k + 2], counts[k : k + 2])


def _interp(counts, scratch, level):
    return np.exp(np.interp(level, scratch, np.log(counts)))


def _last_place(counts, scratch, level, below):
    places = [k for k, s in enumerate(scratch) if below(s, level)]
    if not places:
        return counts[0]
    k = places[-1]
    if k + 1 == len(counts):
        return np.inf
    logs = np.log(counts[k : k + 2])
    return np.exp(np.interp(level, scratch[k : k + 2], logs))


def _first_arrival(counts, scratch, level):
    if scratch[0] >= level:
        return counts[0]
    for k in range(1, len(counts)):
        if scratch[k] >= level:
            share = (level - scratch[k - 1]) / (scratch[k] - scratch[k - 1])
            return counts[k - 1] * (counts[k] / counts[k - 1]) ** share
    return np.inf


def _needed_or(ends, starts=lambda counts: counts[0]):
    def labels_needed(counts, scratch, level):
        if scratch[-1] < level:
            return ends
        if min(scratch) >= level:
            return starts(counts)
        return _last_place(counts, scratch, level, lambda s, level: s < level)

    return labels_needed


def _next_tried(counts, scratch, level):
    k = max((k for k, s in enumerate(scratch) if s < level), default=-1) + 1
    return counts[k] if k < len(counts) else np.inf


def _whole_labels(counts, scratch, level):
    needed = _needed_or(np.inf)(counts, scratch, level)
    return needed if needed == np.inf else int(np.ceil(needed))


WRONG = {
    "14.3": [
        (_both, "Subtract what each is worth"),
        (_one_by_one, "the sum of what each is worth"),
        (_missed, "wrong way round"),
        (_population, "ddof=1"),
        (_of_means, "nothing to do with each other"),
        (_the_better_of_the_two, "larger of the two"),
        (_spread, "divided by the root of n"),
    ],
    "14.4": [
        (_zero_gradient, "coasts"),
        (_gathers, "gathering"),
        (_forgets, "set to zero"),
        (_begins_with, "only begins"),
        (_turned_round, "other way round"),
        (_in_place, "change"),
        (_step(lambda k, frozen: any(k.split("/")[0].endswith(f) for f in frozen)), "only ends"),
        (_step(lambda k, frozen: any(f + "/" in k for f in frozen)), "only ends"),
        (_step(lambda k, frozen: any(f in k for f in frozen)), "in the whole key"),
        (
            _step(lambda k, frozen: any(k in (f + "/weights", f + "/bias") for f in frozen)),
            "Parameters with other names",
        ),
        (_step(_in_layer, lambda new, g, rate, momentum: momentum * new - rate * g), "Nesterov"),
        (_as_in_pytorch, "gathers the gradients without the rate"),
        (_crosses_off, "`frozen` is not the same"),
    ],
    "14.5": [
        (_on_a_plain_axis, "over their logarithm"),
        (_interp, "largest number of labels"),
        (_first_arrival, "from where on it stays"),
        (_needed_or(None), "the answer is np.inf"),
        (_needed_or(np.inf, lambda counts: 0), "first of the counts"),
        (_next_tried, "that was tried"),
        (_whole_labels, "whole number"),
        (lambda *inputs: _last_place(*inputs, lambda s, level: s <= level), "just the level"),
    ],
}
