"""Wrong answers to the exercises of chapter 14, each with a phrase of what is said of it."""

import copy

import numpy as np

from dlcourse.layers import Dense, Sequential


def _new_last(source, outputs, rng):
    return Dense(source.layers[-1].in_features, outputs, rng=rng)


def _shares(source, outputs, rng):
    return Sequential(*source.layers[:-1], _new_last(source, outputs, rng))


def _copies_the_tuple(source, outputs, rng):
    """A shallow copy of each layer holds the same variables."""
    return Sequential(*map(copy.copy, source.layers[:-1]), _new_last(source, outputs, rng))


def _copies_all(source, outputs, rng):
    return copy.deepcopy(source)


def _keeps_the_last(source, outputs, rng):
    return Sequential(*copy.deepcopy(source.layers), Dense(source.layers[-1].out_features, outputs))


def _copies_what_fits(source, outputs, rng):
    made = _right(source, outputs, rng)
    for new, old in zip(made.params.values(), source.params.values(), strict=True):
        if new.shape == old.shape:
            new.assign(old.value)
    return made


def _right(source, outputs, rng):
    made = _deepcopy_alone(source, outputs, rng)
    made.unfreeze()
    return made


def _deepcopy_alone(source, outputs, rng):
    """What was frozen stays frozen."""
    return Sequential(*copy.deepcopy(source.layers[:-1]), _new_last(source, outputs, rng))


def _unfreezes_source(source, outputs, rng):
    source.unfreeze()
    return _deepcopy_alone(source, outputs, rng)


def _unfreezes_the_first(source, outputs, rng):
    made = _deepcopy_alone(source, outputs, rng)
    if len(made) > 1:
        made.layers[0].unfreeze()
    return made


def _frozen_again(source, outputs, rng):
    """What was frozen in source is frozen once more, by name."""
    made = _right(source, outputs, rng)
    for key, p in source.params.items():
        made.params[key].trainable = p.trainable
    return made


def _starts_anew(source, outputs, rng):
    made = _right(source, outputs, rng)
    for p in list(made.params.values())[:-2]:
        p.assign(rng.normal(size=p.shape))
    return made


def _weights_only(source, outputs, rng):
    made = _right(source, outputs, rng)
    for key, p in made.params.items():
        if key.endswith("bias"):
            p.assign(np.zeros(p.shape))
    return made


def _by_a_seed(source, outputs, rng):
    return _right(source, outputs, 0)


def _by_chance(source, outputs, rng):
    return _right(source, outputs, None)


def _zeros(source, outputs, rng):
    made = _right(source, outputs, rng)
    made.layers[-1].weights.assign(np.zeros((source.layers[-1].in_features, outputs)))
    return made


def _as_many_outputs(source, outputs, rng):
    return _right(source, source.layers[-1].out_features, rng)


def _ruins_the_old(source, outputs, rng):
    made = _right(source, outputs, rng)
    for p in source.params.values():
        p.assign(np.zeros(p.shape))
    return made


def _frozen_copies(source, outputs, rng):
    made = _right(source, outputs, rng)
    for p in list(made.params.values())[:-2]:
        p.trainable = False
    return made


def _without_relus(source, outputs, rng):
    dense = [layer for layer in source.layers[:-1] if isinstance(layer, Dense)]
    return Sequential(*copy.deepcopy(dense), _new_last(source, outputs, rng))


def _last_two_left_out(source, outputs, rng):
    return Sequential(*copy.deepcopy(source.layers[:-2]), _new_last(source, outputs, rng))


def _one_for_all(source, outputs, rng, kept={}):  # noqa: B006
    """The copies are made once for each source."""
    layers = kept.setdefault(id(source), (source, copy.deepcopy(source.layers[:-1])))[1]
    return Sequential(*layers, _new_last(source, outputs, rng))


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
        (_shares, "the two share parameters"),
        (_copies_the_tuple, "the two share parameters"),
        (_copies_all, "has the last layer of the old"),
        (_keeps_the_last, "The last layer of source is still there"),
        (_copies_what_fits, "The last layer is copied, too"),
        (_starts_anew, "other numbers than those of source"),
        (_weights_only, "the biases are not"),
        (_by_a_seed, "the start of the first"),
        (_by_chance, "the same seed"),
        (_zeros, "start alike"),
        (_as_many_outputs, "were asked for"),
        (_ruins_the_old, "not what it was"),
        (_frozen_copies, "A part of the new network is frozen"),
        (_deepcopy_alone, "a copy of a frozen layer is frozen"),
        (_frozen_again, "a copy of a frozen layer is frozen"),
        (_unfreezes_the_first, "a copy of a frozen layer is frozen"),
        (_unfreezes_source, "leave source alone"),
        (_without_relus, "copy the ReLUs"),
        (_last_two_left_out, "copy the ReLUs"),
        (_one_for_all, "Copy anew at each call"),
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
