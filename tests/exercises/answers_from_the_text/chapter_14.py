"""Right and wrong answers to exercises 14.3, 14.4 and 14.5, from their texts alone.

Those to 14.4 are by somebody who knew no check.

`_WRONG` has each wrong answer with a sentence and its witness: a tuple of arguments on which
it differs from the first right one or changes its arguments, or a callable that returns True
if it misbehaves.
"""

import copy
import itertools
import math
import pickle

import numpy as np

from dlcourse.layers import Dense, ReLU, Sequential
from dlcourse.optimizers import SGD

# Exercise 14.3: carry the layers over. These were written by the author of its check.


def _thawed_all(model):
    model.unfreeze()
    return model


def carry_deepcopy(source, outputs, rng):
    return _thawed_all(carry_still_frozen(source, outputs, rng))


def carry_still_frozen(source, outputs, rng):
    inputs = source.layers[-1].in_features
    return Sequential(*copy.deepcopy(source.layers[:-1]), Dense(inputs, outputs, rng=rng))


def carry_layer_by_layer(source, outputs, rng):
    layers = [copy.deepcopy(layer) for layer in source.layers]
    layers[-1] = Dense(layers[-1].in_features, outputs, rng=rng)
    for layer in layers:
        layer.unfreeze()
    return Sequential(*layers)


def carry_whole_then_cut(source, outputs, rng):
    *body, last = _thawed_all(copy.deepcopy(source))
    return Sequential(*body, Dense(last.weights.shape[0], outputs, rng=rng))


def carry_slice(source, outputs, rng):
    new = Dense(source[-1].in_features, outputs, rng=rng)
    if len(source) == 1:
        return Sequential(new)
    return _thawed_all(Sequential(*copy.deepcopy(source)[:-1], new))


def carry_assign(source, outputs, rng):
    """As `start` in the chapter: a fresh network, all of it from rng, and numbers put in."""
    widths = [p.shape[0] for p in source.params.values() if len(p.shape) == 2] + [outputs]
    layers = []
    for inputs, units in itertools.pairwise(widths):
        layers += [Dense(inputs, units, rng=rng), ReLU()]
    model = Sequential(*layers[:-1])
    for name in list(source.params)[:-2]:
        model.params[name].assign(source.params[name].value)
    return model


def carry_pickle(source, outputs, rng):
    body = pickle.loads(pickle.dumps(source.layers[:-1]))
    model = Sequential(*body, Dense(source.layers[-1].in_features, outputs, rng=rng))
    for p in model.params.values():
        p.trainable = True
    return model


def _carried(change, make=carry_deepcopy):
    """Return an answer that spoils a right one: `change(made, source, rng)`."""

    def carry_over(source, outputs, rng):
        made = make(source, outputs, rng)
        return change(made, source, rng) or made

    return carry_over


def _assign_all(pairs):
    for variable, value in pairs:
        variable.assign(value)


def carry_shared(source, outputs, rng):
    return Sequential(*source.layers[:-1], Dense(source.layers[-1].in_features, outputs, rng=rng))


def carry_shared_slice(source, outputs, rng):
    new = Dense(source.layers[-1].in_features, outputs, rng=rng)
    return Sequential(source[:-1], new) if len(source) > 1 else Sequential(new)


def carry_list_copied(source, outputs, rng):
    layers = list(source.layers).copy()
    layers[-1] = Dense(layers[-1].in_features, outputs, rng=rng)
    return Sequential(*layers)


def carry_shallow(source, outputs, rng):
    layers = [copy.copy(layer) for layer in source.layers[:-1]]
    return Sequential(*layers, Dense(source.layers[-1].in_features, outputs, rng=rng))


def carry_first_copied(source, outputs, rng):
    """Only the first layer is copied, the others are shared."""
    first, *rest = source.layers
    if not rest:
        return carry_deepcopy(source, outputs, rng)
    new = Dense(source.layers[-1].in_features, outputs, rng=rng)
    return Sequential(copy.deepcopy(first), *rest[:-1], new)


def carry_behind(source, outputs, rng):
    new = Dense(source.layers[-1].out_features, outputs, rng=rng)
    return Sequential(*copy.deepcopy(source.layers), ReLU(), new)


def carry_same_outputs(source, outputs, rng):
    return carry_deepcopy(source, source.layers[-1].out_features, rng)


def carry_one_less(source, outputs, rng):
    return Sequential(
        *copy.deepcopy(source.layers[:-3]), *carry_deepcopy(source, outputs, rng)[-1:]
    )


def carry_no_bias(source, outputs, rng):
    new = Dense(source.layers[-1].in_features, outputs, rng=rng, bias=False)
    return Sequential(*copy.deepcopy(source.layers[:-1]), new)


def carry_no_relus(source, outputs, rng):
    made = carry_deepcopy(source, outputs, rng)
    return Sequential(*(layer for layer in made if isinstance(layer, Dense)))


def carry_fixed_seed(source, outputs, rng):
    return carry_deepcopy(source, outputs, np.random.default_rng(0))


def carry_any_seed(source, outputs, rng):
    return carry_deepcopy(source, outputs, None)


def carry_copied_rng(source, outputs, rng):
    return carry_deepcopy(source, outputs, copy.deepcopy(rng))


def carry_keeps(source, outputs, rng, kept={}):  # noqa: B006
    key = outputs, *(p.shape for p in source.params.values())
    return kept.setdefault(key, carry_deepcopy(source, outputs, rng))


def carry_keeps_copies(source, outputs, rng, kept=[None, None]):  # noqa: B006
    if kept[0] is not source:
        kept[:] = source, copy.deepcopy(source.layers[:-1])
    return Sequential(*kept[1], Dense(source.layers[-1].in_features, outputs, rng=rng))


def carry_first_columns(source, outputs, rng):
    """The new last layer takes over what it can of the old one."""
    made, old = carry_deepcopy(source, outputs, rng), source.layers[-1].weights.value
    weights = made.layers[-1].weights.value.copy()
    both = min(outputs, old.shape[1])
    weights[:, :both] = old[:, :both]
    made.layers[-1].weights.assign(weights)
    return made


def carry_returns_layers(source, outputs, rng):
    return list(carry_deepcopy(source, outputs, rng))


def carry_nothing(source, outputs, rng):
    carry_deepcopy(source, outputs, rng)


def carry_into_source(source, outputs, rng):
    source.layers = carry_deepcopy(source, outputs, rng).layers
    return source


def _draw_again(made, source, rng):
    _assign_all((p, rng.normal(size=p.shape)) for p in list(made.params.values())[:-2])


def _biases_left(made, source, rng):
    _assign_all(
        (layer.bias, np.zeros(layer.bias.shape)) for layer in made if hasattr(layer, "bias")
    )


def _only_biases(made, source, rng):
    dense = [layer for layer in made if hasattr(layer, "bias")]
    _assign_all((layer.weights, rng.normal(size=layer.weights.shape)) for layer in dense)


def _rounds(made, source, rng):
    _assign_all((p, np.round(p.value, 2)) for p in made.params.values())


def _halves(made, source, rng):
    _assign_all((p, p.value / 2) for p in list(made.params.values())[:-2])


def _zero_last(made, source, rng):
    _assign_all([(made.layers[-1].weights, np.zeros(made.layers[-1].weights.shape))])


def _same_last(made, source, rng):
    _assign_all([(made.layers[-1].weights, np.full(made.layers[-1].weights.shape, rng.normal()))])


def _bias_of_the_last(made, source, rng):
    if made.layers[-1].bias.shape == source.layers[-1].bias.shape:
        _assign_all([(made.layers[-1].bias, source.layers[-1].bias.value)])


def _last_copied(made, source, rng):
    if made.layers[-1].weights.shape == source.layers[-1].weights.shape:
        _assign_all([(made.layers[-1].weights, source.layers[-1].weights.value)])


def _spoils_source(made, source, rng):
    _assign_all((p, rng.normal(size=p.shape)) for p in source.params.values())


def _renames_source(made, source, rng):
    for k, layer in enumerate(source.layers):
        layer.rename(f"old{k}")


def _freezes(made, source, rng):
    for p in list(made.params.values())[:-2]:
        p.trainable = False


def _freezes_source(made, source, rng):
    source.freeze()


def _unfreezes_source(made, source, rng):
    source.unfreeze()


def carry_unfreezes_then_copies(source, outputs, rng):
    source.unfreeze()
    return carry_still_frozen(source, outputs, rng)


def carry_unfreezes_and_freezes(source, outputs, rng):
    """source is as before in the end; the new network is frozen where source is."""
    made = carry_deepcopy(source, outputs, rng)
    for name in {key.split("/")[0] for key in source.params if key not in source.trainable_params}:
        made.freeze(name)
    return made


def drive_carry(answer, widths, outputs, seed, frozen):
    """Return all that can be said of what an answer makes, as numbers."""
    rng = np.random.default_rng(1000 + seed)
    layers = []
    for inputs, units in itertools.pairwise(widths):
        layers += [Dense(inputs, units, rng=rng), ReLU()]
        layers[-2].bias.assign(rng.normal(size=units))
    source, x = Sequential(*layers[:-1]), rng.normal(size=(9, widths[0]))
    for name in frozen:
        source.freeze(name)
    before, facts = _carry_values(source), []
    one = np.random.default_rng(seed)
    made, second = answer(source, outputs, one), answer(source, outputs, one)
    third = answer(source, outputs, np.random.default_rng(seed))
    facts += [_carry_values(source), list(source.params) == list(Sequential(*layers[:-1]).params)]
    facts += [[p.trainable for model in (made, source) for p in model.params.values()]]
    facts += [[list(p.shape) for p in made.params.values()], _carry_values(made)[:-2]]
    facts += [isinstance(made, Sequential), "dense1/weights" in source.params]
    last, then, repeated = (_carry_values(model)[-2] for model in (made, second, third))
    facts += [np.array_equal(last, then), np.array_equal(last, repeated), bool(np.ptp(last) > 0)]
    facts += [
        bool(np.isin(np.append(last, _carry_values(made)[-1]), np.append(*before[-2:])).any())
    ]
    body = made.layers[:-1]
    for layer in body:
        x = layer(x)
    facts += [np.array(getattr(x, "value", x))]
    for model in (made, second, source):
        SGD(0.3).update(model.params, {k: np.ones(p.shape) for k, p in model.params.items()})
        facts += [_carry_values(m)[:-2] for m in (made, second, third, source)]
    return facts


def _carry_values(model):
    return [np.array(p.value) for p in model.params.values()]


DRIVE = {"14.3": drive_carry}


# Exercise 14.4: freezing, under Momentum


def frozen_by_layer(w, v, g, frozen, rate, momentum):
    new_w, new_v = {}, {}
    for key in w:
        layer = key.split("/")[0]
        if layer in frozen:
            new_w[key], new_v[key] = w[key], v[key]
        else:
            new_v[key] = momentum * v[key] - rate * g[key]
            new_w[key] = w[key] + new_v[key]
    return new_w, new_v


def frozen_by_start(w, v, g, frozen, rate, momentum):
    starts = tuple(f"{name}/" for name in frozen)
    velocities = {
        key: v[key].copy() if key.startswith(starts) else momentum * v[key] - rate * g[key]
        for key in v
    }
    return {
        key: w[key].copy() if key.startswith(starts) else w[key] + velocities[key] for key in w
    }, velocities


def frozen_all_then_back(w, v, g, frozen, rate, momentum):
    new_v = {key: momentum * v[key] - rate * g[key] for key in w}
    new_w = {key: w[key] + new_v[key] for key in w}
    for name in frozen:
        for key in w:
            if key.partition("/")[0] == name:
                new_w[key], new_v[key] = w[key], v[key]
    return new_w, new_v


def frozen_masks(w, v, g, frozen, rate, momentum):
    new_w, new_v = {}, {}
    for key, parameters in w.items():
        trains = 0.0 if any(key.startswith(name + "/") for name in frozen) else 1.0
        change = (momentum - 1) * v[key] - rate * g[key]
        new_v[key] = v[key] + trains * change
        new_w[key] = parameters + trains * new_v[key]
    return new_w, new_v


def frozen_in_place_on_copies(w, v, g, frozen, rate, momentum):
    new_w = {key: np.array(value, dtype=float) for key, value in w.items()}
    new_v = {key: np.array(value, dtype=float) for key, value in v.items()}
    for key in new_w:
        if key[: key.index("/")] not in frozen:
            new_v[key] *= momentum
            new_v[key] -= np.multiply(rate, g[key])
            new_w[key] += new_v[key]
    return new_w, new_v


def frozen_set_of_keys(w, v, g, frozen, rate, momentum):
    still = {key for key in w for name in frozen if key.split("/", 1)[0] == name}
    trains = w.keys() - still
    moved_v = {key: np.add(momentum * v[key], -rate * g[key]) for key in trains}
    moved_w = {key: np.add(w[key], moved_v[key]) for key in trains}
    return w | moved_w, v | moved_v


def frozen_helper(w, v, g, frozen, rate, momentum):
    def step(key):
        if key.rsplit("/", 1)[0] in set(frozen):
            return w[key], v[key]
        velocity = momentum * v[key] - rate * g[key]
        return w[key] + velocity, velocity

    steps = [step(key) for key in w]
    new_w, new_v = zip(*steps, strict=True)
    return dict(zip(w, new_w, strict=True)), dict(zip(w, new_v, strict=True))


def frozen_number_by_number(w, v, g, frozen, rate, momentum):
    new_w, new_v = {}, {}
    for key in w:
        a, b = np.array(w[key], dtype=float), np.array(v[key], dtype=float)
        if key.split("/")[0] not in frozen:
            for at in np.ndindex(a.shape):
                b[at] = momentum * b[at] - rate * g[key][at]
                a[at] = a[at] + b[at]
        new_w[key], new_v[key] = a, b
    return new_w, new_v


def _is_frozen(key, frozen):
    return key.split("/")[0] in frozen


def _step(is_frozen=_is_frozen, velocity=None, move=None):
    """Return an answer with another way to find what is frozen, or another step.

    `velocity` gets v, g, rate and momentum; `move` w, the new v, the old v, g, rate, momentum.
    """
    velocity = velocity or (lambda v, g, rate, momentum: momentum * v - rate * g)
    move = move or (lambda w, new, old, g, rate, momentum: w + new)

    def frozen_step(w, v, g, frozen, rate, momentum):
        new_w, new_v = dict(w), dict(v)
        for key in w:
            if not is_frozen(key, frozen):
                new_v[key] = velocity(v[key], g[key], rate, momentum)
                new_w[key] = move(w[key], new_v[key], v[key], g[key], rate, momentum)
        return new_w, new_v

    return frozen_step


def _kept(parameters, velocity):
    """Return an answer that does something else with what is frozen.

    `parameters` and `velocity` get w, v, g, rate and momentum.
    """

    def frozen_step(w, v, g, frozen, rate, momentum):
        new_w, new_v = frozen_by_layer(w, v, g, frozen, rate, momentum)
        for key in w:
            if _is_frozen(key, frozen):
                given = w[key], v[key], g[key], rate, momentum
                new_w[key], new_v[key] = parameters(*given), velocity(*given)
        return new_w, new_v

    return frozen_step


def frozen_left_out(w, v, g, frozen, rate, momentum):
    new_w, new_v = {}, {}
    for key in w:
        if not _is_frozen(key, frozen):
            new_v[key] = momentum * v[key] - rate * g[key]
            new_w[key] = w[key] + new_v[key]
    return new_w, new_v


def frozen_velocity_left_out(w, v, g, frozen, rate, momentum):
    new_w, new_v = frozen_by_layer(w, v, g, frozen, rate, momentum)
    return new_w, {key: new_v[key] for key in new_v if not _is_frozen(key, frozen)}


def frozen_stops_at_first(w, v, g, frozen, rate, momentum):
    new_w, new_v = dict(w), dict(v)
    for key in w:
        if _is_frozen(key, frozen):
            break
        new_v[key] = momentum * v[key] - rate * g[key]
        new_w[key] = w[key] + new_v[key]
    return new_w, new_v


def frozen_all_if_any(w, v, g, frozen, rate, momentum):
    if frozen:
        return dict(w), dict(v)
    return frozen_by_layer(w, v, g, frozen, rate, momentum)


def frozen_once_for_each_name(w, v, g, frozen, rate, momentum):
    new_w, new_v = dict(w), dict(v)
    for name in frozen:
        for key in w:
            if key.split("/")[0] != name:
                new_v[key] = momentum * new_v[key] - rate * g[key]
                new_w[key] = new_w[key] + new_v[key]
    return new_w, new_v


def frozen_swapped(w, v, g, frozen, rate, momentum):
    return frozen_by_layer(w, v, g, frozen, rate, momentum)[::-1]


def frozen_parameters_alone(w, v, g, frozen, rate, momentum):
    return frozen_by_layer(w, v, g, frozen, rate, momentum)[0]


def frozen_pairs(w, v, g, frozen, rate, momentum):
    new_w, new_v = frozen_by_layer(w, v, g, frozen, rate, momentum)
    return {key: (new_w[key], new_v[key]) for key in w}


def frozen_dicts_in_place(w, v, g, frozen, rate, momentum):
    for key in w:
        if not _is_frozen(key, frozen):
            v[key] = momentum * v[key] - rate * g[key]
            w[key] = w[key] + v[key]
    return w, v


def frozen_arrays_in_place(w, v, g, frozen, rate, momentum):
    new_w, new_v = dict(w), dict(v)
    for key in new_w:
        if not _is_frozen(key, frozen):
            new_v[key] *= momentum
            new_v[key] -= rate * g[key]
            new_w[key] += new_v[key]
    return new_w, new_v


def frozen_parameters_in_place(w, v, g, frozen, rate, momentum):
    new_w, new_v = w.copy(), v.copy()
    for key in new_w:
        if not _is_frozen(key, frozen):
            new_v[key] = momentum * v[key] - rate * g[key]
            new_w[key] += new_v[key]
    return new_w, new_v


def frozen_gradient_in_place(w, v, g, frozen, rate, momentum):
    new_w, new_v = dict(w), dict(v)
    for key in w:
        if _is_frozen(key, frozen):
            g[key] = np.zeros_like(g[key])
        else:
            new_v[key] = momentum * v[key] - rate * g[key]
            new_w[key] = w[key] + new_v[key]
    return new_w, new_v


def frozen_pops_gradient(w, v, g, frozen, rate, momentum):
    for key in list(g):
        if _is_frozen(key, frozen):
            del g[key]
    new_v = {key: momentum * v[key] - rate * g[key] if key in g else v[key] for key in v}
    return {key: w[key] + new_v[key] if key in g else w[key] for key in w}, new_v


def frozen_own_velocity(w, v, g, frozen, rate, momentum, kept={}):  # noqa: B006
    new_w, new_v = dict(w), dict(v)
    for key in w:
        if not _is_frozen(key, frozen):
            kept[key] = momentum * kept.get(key, 0 * v[key]) - rate * g[key]
            new_v[key] = kept[key]
            new_w[key] = w[key] + kept[key]
    return new_w, new_v


def frozen_for_good(w, v, g, frozen, rate, momentum, kept=[]):  # noqa: B006
    kept.extend(frozen)
    return frozen_by_layer(w, v, g, kept, rate, momentum)


# Exercise 14.5: how many labels it is worth. These were written by the author of its check.


def needed_last_below(counts, scratch, level):
    k = len(counts) - 1
    while k >= 0 and scratch[k] >= level:
        k -= 1
    if k == len(counts) - 1:
        return math.inf
    if k < 0:
        return counts[0]
    share = (level - scratch[k]) / (scratch[k + 1] - scratch[k])
    return math.exp((1 - share) * math.log(counts[k]) + share * math.log(counts[k + 1]))


def needed_forward(counts, scratch, level):
    needed = counts[0] if scratch[0] >= level else math.inf
    for (a, low), (b, high) in itertools.pairwise(zip(counts, scratch, strict=True)):
        if high < level:
            needed = math.inf
        elif low < level:
            needed = a * (b / a) ** ((level - low) / (high - low))
    return needed


def needed_interp_of_two(counts, scratch, level):
    below = [k for k in range(len(counts)) if scratch[k] < level]
    if not below:
        return float(counts[0])
    two = slice(below[-1], below[-1] + 2)
    if len(counts[two]) < 2:
        return np.inf
    return float(np.exp(np.interp(level, scratch[two], np.log(counts[two]))))


def needed_base_10(counts, scratch, level):
    x, y = np.log10(np.asarray(counts, dtype=float)), np.asarray(scratch) - level
    if y[-1] < 0:
        return np.inf
    crossings = np.flatnonzero((y[:-1] < 0) & (y[1:] >= 0))
    if len(crossings) == 0:
        return 10 ** x[0]
    k = crossings[-1]
    return 10 ** (x[k] - y[k] * (x[k + 1] - x[k]) / (y[k + 1] - y[k]))


def needed_running_minimum(counts, scratch, level):
    """From each count on, the worst that still comes: this rises, and meets the level once."""
    worst = np.minimum.accumulate(np.asarray(scratch)[::-1])[::-1]
    k = int(np.searchsorted(worst, level))
    if k == len(counts):
        return np.inf
    if k == 0:
        return counts[0]
    low, high = scratch[k - 1], scratch[k]
    return counts[k - 1] * (counts[k] / counts[k - 1]) ** ((level - low) / (high - low))


def needed_recursive(counts, scratch, level):
    if scratch[-1] < level:
        return np.inf
    if len(counts) == 1:
        return counts[0]
    if scratch[-2] >= level:
        return needed_recursive(counts[:-1], scratch[:-1], level)
    share = (scratch[-1] - level) / (scratch[-1] - scratch[-2])
    return counts[-1] * (counts[-2] / counts[-1]) ** share


def needed_bisection(counts, scratch, level):
    below = [k for k, percent in enumerate(scratch) if percent < level]
    if not below or below[-1] == len(counts) - 1:
        return np.inf if below else counts[0]
    k, (low, high) = below[-1], (0.0, 1.0)
    for _ in range(60):
        middle = (low + high) / 2
        under = scratch[k] + middle * (scratch[k + 1] - scratch[k]) < level
        low, high = (middle, high) if under else (low, middle)
    return counts[k] ** (1 - high) * float(counts[k + 1]) ** high


def _needed(at=None, first=False, none=math.inf, always=None, strict=False):
    """Return an answer with one thing done in another way."""
    at = at or (lambda a, b, share: a * (b / a) ** share)

    def labels_needed(counts, scratch, level):
        under = [s <= level if strict else s < level for s in scratch]
        places = [k for k, is_under in enumerate(under) if is_under]
        if not places:
            return counts[0] if always is None else always
        k = next((k - 1 for k, u in enumerate(under) if not u), places[-1]) if first else places[-1]
        if k < 0:
            return counts[0]
        if k == len(counts) - 1:
            return none
        return at(counts[k], counts[k + 1], (level - scratch[k]) / (scratch[k + 1] - scratch[k]))

    return labels_needed


def needed_largest(counts, scratch, level):
    return min(needed_last_below(counts, scratch, level), counts[-1])


def needed_by_interp(counts, scratch, level):
    return np.exp(np.interp(level, scratch, np.log(counts)))


def needed_by_sorted_interp(counts, scratch, level):
    if max(scratch) < level:
        return np.inf
    return np.exp(np.interp(level, sorted(scratch), np.log(counts)))


def needed_goes_on(counts, scratch, level):
    if scratch[-1] >= level:
        return needed_last_below(counts, scratch, level)
    share = (level - scratch[-1]) / (scratch[-1] - scratch[-2])
    return counts[-1] * (counts[-1] / counts[-2]) ** share


def needed_two_ends(counts, scratch, level):
    share = (level - scratch[0]) / (scratch[-1] - scratch[0])
    return counts[0] * (counts[-1] / counts[0]) ** share


def needed_fitted_line(counts, scratch, level):
    slope, start = np.polyfit(np.log(counts), scratch, 1)
    return np.exp((level - start) / slope)


def needed_logarithm(counts, scratch, level):
    return math.log(needed_last_below(counts, scratch, level))


def needed_times(counts, scratch, level):
    return needed_last_below(counts, scratch, level) / counts[0]


def needed_place(counts, scratch, level):
    return max((k for k, s in enumerate(scratch) if s < level), default=-1) + 1


def needed_both_logarithms(counts, scratch, level):
    return needed_last_below(counts, np.log(scratch), math.log(level))


def needed_sorts(counts, scratch, level):
    scratch.sort()
    return needed_last_below(counts, scratch, level)


def needed_pops(counts, scratch, level):
    while len(counts) > 1 and scratch[-2] >= level:
        counts.pop()
        scratch.pop()
    return needed_last_below(counts, scratch, level)


def needed_keeps(counts, scratch, level, kept=[]):  # noqa: B006
    kept.append(needed_last_below(counts, scratch, level))
    return max(kept)


RIGHT = {
    "14.3": [
        ("deepcopy of a slice", carry_deepcopy),
        ("layer by layer", carry_layer_by_layer),
        ("copy all, then cut", carry_whole_then_cut),
        ("a slice of the copy", carry_slice),
        ("numbers assigned to a fresh network", carry_assign),
        ("pickle", carry_pickle),
    ],
    "14.4": [
        ("splits the key, one loop", frozen_by_layer),
        ("keys that start with the name and a slash", frozen_by_start),
        ("moves all, then puts back", frozen_all_then_back),
        ("times 0 or 1", frozen_masks),
        ("in place on its own copies", frozen_in_place_on_copies),
        ("sets of keys, dicts joined", frozen_set_of_keys),
        ("a helper for one key", frozen_helper),
        ("number by number", frozen_number_by_number),
    ],
    "14.5": [
        ("walks back from the end", needed_last_below),
        ("forward, and forgets what did not last", needed_forward),
        ("np.interp between two", needed_interp_of_two),
        ("logarithms to base 10, crossings", needed_base_10),
        ("the worst that still comes", needed_running_minimum),
        ("recursive, the last count taken off", needed_recursive),
        ("bisection", needed_bisection),
    ],
}

_CARRY, _CARRY_SAME = ([3, 5, 4, 2], 3, 14, []), ([3, 5, 4, 2], 2, 14, [])
_CARRY_FROZEN = ([3, 5, 4, 2], 3, 14, ["dense1", "dense2"])


def _dicts(*names, seed=14):
    """Return parameters, velocities and gradients of layers with these names."""
    rng = np.random.default_rng(seed)
    shapes = {"weights": (3, 2), "bias": (2,)}
    keys = {f"{name}/{part}": shape for name in names for part, shape in shapes.items()}
    return tuple({key: rng.normal(size=shape) for key, shape in keys.items()} for _ in range(3))


_THREE = _dicts("dense1", "dense2", "dense3")
_FIRST_TWO = (*_THREE, ["dense1", "dense2"], 0.1, 0.9)
_SECOND = (*_THREE, ["dense2"], 0.1, 0.9)
_NONE = (*_THREE, [], 0.1, 0.9)
_ELEVEN = (*_dicts("dense1", "dense2", "dense10", "dense11"), ["dense1"], 0.2, 0.7)
_INSIDE = (*_dicts("dense", "my_dense", "norm"), ["dense"], 0.2, 0.7)
_MANY = (*_dicts("dense1", "norm1", "dense2", "dense3"), ["dense2"], 0.05, 0.5)


def _second_velocity():
    w, v, g = _dicts("dense1", "dense2", seed=3)
    frozen_own_velocity(w, v, g, ["dense1"], 0.1, 0.9)
    got, _ = frozen_own_velocity(w, v, g, ["dense1"], 0.1, 0.9)
    expected, _ = frozen_by_layer(w, v, g, ["dense1"], 0.1, 0.9)
    return not np.allclose(got["dense2/bias"], expected["dense2/bias"])


def _thawed():
    frozen_for_good(*_FIRST_TWO)
    got, _ = frozen_for_good(*_NONE)
    return np.array_equal(got["dense1/bias"], _THREE[0]["dense1/bias"])


_RISING = ([1, 2, 5, 10], [54.0, 64.0, 77.0, 86.0], 80.0)
_DIP = ([1, 2, 5, 10], [54.0, 79.0, 71.0, 86.0], 75.0)
_ENDS_BELOW = ([1, 2, 5], [54.0, 64.0, 77.0], 80.0)
_NEVER_BELOW = ([4, 8, 20], [74.0, 79.0, 84.0], 70.0)
_AT_THE_LAST = ([1, 2, 5], [54.0, 64.0, 77.0], 77.0)
_TRIPLED = ([1, 3, 9], [54.0, 64.0, 77.0], 70.0)


def _after_more_labels():
    needed_keeps(*_AT_THE_LAST)
    return needed_keeps(*_DIP[:2], 60.0) != needed_last_below(*_DIP[:2], 60.0)


_WRONG = {
    "14.3": [
        ("shares the layers", carry_shared, _CARRY),
        ("shares a slice", carry_shared_slice, _CARRY),
        ("copies the list only", carry_list_copied, _CARRY),
        ("shallow copies of the layers", carry_shallow, _CARRY),
        ("copies the first layer only", carry_first_copied, _CARRY),
        ("the new layer behind the old", carry_behind, _CARRY),
        ("as many outputs as before", carry_same_outputs, _CARRY),
        ("a layer too few", carry_one_less, _CARRY),
        ("no bias", carry_no_bias, _CARRY),
        ("no ReLUs", carry_no_relus, _CARRY),
        ("a fixed seed", carry_fixed_seed, _CARRY),
        ("no seed", carry_any_seed, _CARRY),
        ("a copy of rng", carry_copied_rng, _CARRY),
        ("keeps networks", carry_keeps, _CARRY),
        ("keeps copies", carry_keeps_copies, _CARRY),
        ("the first columns of the old last layer", carry_first_columns, _CARRY),
        ("a list of layers", carry_returns_layers, _CARRY),
        ("no return", carry_nothing, _CARRY),
        ("changes source", carry_into_source, _CARRY),
        ("lower layers drawn anew", _carried(_draw_again), _CARRY),
        ("biases not copied", _carried(_biases_left), _CARRY),
        ("only biases copied", _carried(_only_biases), _CARRY),
        ("rounded", _carried(_rounds), _CARRY),
        ("half of the numbers", _carried(_halves), _CARRY),
        ("zeros in the last layer", _carried(_zero_last), _CARRY),
        ("one number in the last layer", _carried(_same_last), _CARRY),
        ("the old bias in the last layer", _carried(_bias_of_the_last), _CARRY_SAME),
        ("the last layer copied where it fits", _carried(_last_copied), _CARRY_SAME),
        ("source drawn anew", _carried(_spoils_source), _CARRY),
        ("source renamed", _carried(_renames_source), _CARRY),
        ("copies frozen", _carried(_freezes), _CARRY),
        ("source frozen", _carried(_freezes_source), _CARRY),
        ("copies frozen as source is", carry_still_frozen, _CARRY_FROZEN),
        ("copies frozen again", carry_unfreezes_and_freezes, _CARRY_FROZEN),
        ("source unfrozen for the copy", carry_unfreezes_then_copies, _CARRY_FROZEN),
        ("source unfrozen afterwards", _carried(_unfreezes_source), _CARRY_FROZEN),
    ],
    "14.4": [
        (
            "dense1 stands for dense10 too",
            _step(lambda key, frozen: key.startswith(tuple(frozen))),
            _ELEVEN,
        ),
        (
            "a name anywhere in the key",
            _step(lambda key, frozen: any(name in key for name in frozen)),
            _INSIDE,
        ),
        (
            "a name at the end of the layer's",
            _step(lambda key, frozen: key.split("/")[0].endswith(tuple(frozen))),
            _INSIDE,
        ),
        ("six letters of the key", _step(lambda key, frozen: key[:6] in frozen), _ELEVEN),
        ("whole keys, so nothing is frozen", _step(lambda key, frozen: key in frozen), _FIRST_TWO),
        (
            "weights only",
            _step(lambda key, frozen: key in [f"{name}/weights" for name in frozen]),
            _FIRST_TWO,
        ),
        (
            "biases only",
            _step(lambda key, frozen: key in [f"{name}/bias" for name in frozen]),
            _FIRST_TWO,
        ),
        (
            "the first name only",
            _step(lambda key, frozen: _is_frozen(key, frozen[:1])),
            _FIRST_TWO,
        ),
        (
            "the last name only",
            _step(lambda key, frozen: _is_frozen(key, frozen[-1:])),
            _FIRST_TWO,
        ),
        (
            "frozen only if all names fit",
            _step(lambda key, frozen: all(key.startswith(name + "/") for name in frozen)),
            _FIRST_TWO,
        ),
        ("freezes all others", _step(lambda key, frozen: not _is_frozen(key, frozen)), _SECOND),
        ("freezes nothing", _step(lambda key, frozen: False), _SECOND),
        (
            "freezes all layers of the same kind",
            _step(
                lambda key, frozen: any(key[:4] == name[:4] for name in frozen),
            ),
            _MANY,
        ),
        (
            "freezes what lies before, too",
            _step(lambda key, frozen: key[:6] <= max(frozen, default="")),
            _SECOND,
        ),
        (
            "a gradient of 0, so it coasts",
            _kept(
                lambda w, v, g, rate, momentum: w + momentum * v,
                lambda w, v, g, rate, momentum: momentum * v,
            ),
            _SECOND,
        ),
        (
            "the velocity fades",
            _kept(lambda w, v, g, rate, momentum: w, lambda w, v, g, rate, momentum: momentum * v),
            _SECOND,
        ),
        (
            "the velocity is 0",
            _kept(lambda w, v, g, rate, momentum: w, lambda w, v, g, rate, momentum: 0 * v),
            _SECOND,
        ),
        (
            "the velocity takes the gradient",
            _kept(
                lambda w, v, g, rate, momentum: w,
                lambda w, v, g, rate, momentum: momentum * v - rate * g,
            ),
            _SECOND,
        ),
        (
            "the velocity is kept, and moves on",
            _kept(lambda w, v, g, rate, momentum: w + v, lambda w, v, g, rate, momentum: v),
            _SECOND,
        ),
        (
            "a step without momentum",
            _kept(lambda w, v, g, rate, momentum: w - rate * g, lambda w, v, *others: v),
            _SECOND,
        ),
        ("frozen keys are missing", frozen_left_out, _SECOND),
        ("velocities of frozen keys are missing", frozen_velocity_left_out, _SECOND),
        ("stops at the first frozen key", frozen_stops_at_first, _SECOND),
        ("any frozen name freezes all", frozen_all_if_any, _SECOND),
        ("a step for each name", frozen_once_for_each_name, _FIRST_TWO),
        ("velocities first", frozen_swapped, _SECOND),
        ("the parameters alone", frozen_parameters_alone, _SECOND),
        ("one dict of pairs", frozen_pairs, _SECOND),
        ("changes the dicts", frozen_dicts_in_place, _SECOND),
        ("changes the arrays", frozen_arrays_in_place, _SECOND),
        ("changes the parameters' arrays", frozen_parameters_in_place, _SECOND),
        ("changes the gradients", frozen_gradient_in_place, _SECOND),
        ("takes keys out of the gradients", frozen_pops_gradient, _SECOND),
        ("velocities of its own", frozen_own_velocity, _second_velocity),
        ("what was frozen once stays frozen", frozen_for_good, _thawed),
        ("up the slope", _step(velocity=lambda v, g, r, m: m * v + r * g), _SECOND),
        ("minus the velocity", _step(move=lambda w, new, *others: w - new), _SECOND),
        (
            "minus the velocity, which has the gradient's sign",
            _step(
                velocity=lambda v, g, r, m: m * v + r * g,
                move=lambda w, new, *_: w - new,
            ),
            _SECOND,
        ),
        (
            "the rate outside of the velocity",
            _step(velocity=lambda v, g, r, m: m * v + g, move=lambda w, n, o, g, r, m: w - r * n),
            _SECOND,
        ),
        ("the velocity before the update", _step(move=lambda w, new, old, *_: w + old), _SECOND),
        ("a running mean", _step(velocity=lambda v, g, r, m: m * v - (1 - m) * r * g), _SECOND),
        ("no momentum", _step(velocity=lambda v, g, r, m: -r * g), _SECOND),
        ("no rate", _step(velocity=lambda v, g, r, m: m * v - g), _SECOND),
        ("all of the velocity is kept", _step(velocity=lambda v, g, r, m: v - r * g), _SECOND),
        ("rate and momentum exchanged", _step(velocity=lambda v, g, r, m: r * v - m * g), _SECOND),
        ("momentum times both", _step(velocity=lambda v, g, r, m: m * (v - r * g)), _SECOND),
        ("one minus the momentum", _step(velocity=lambda v, g, r, m: (1 - m) * v - r * g), _SECOND),
        ("0.9 whatever the momentum", _step(velocity=lambda v, g, r, m: 0.9 * v - r * g), _ELEVEN),
        (
            "Nesterov's step",
            _step(move=lambda w, new, old, g, rate, momentum: w + momentum * new - rate * g),
            _SECOND,
        ),
        ("the gradient alone moves", _step(move=lambda w, n, o, g, r, m: w - r * g), _SECOND),
        ("velocity and gradient move", _step(move=lambda w, n, o, g, r, m: w + n - r * g), _SECOND),
        ("mean gradients", _step(velocity=lambda v, g, r, m: m * v - r * g.mean()), _SECOND),
    ],
    "14.5": [
        ("a plain axis", _needed(at=lambda a, b, share: a + share * (b - a)), _RISING),
        ("the first time at the level", _needed(first=True), _DIP),
        ("the largest count where it ends below", needed_largest, _ENDS_BELOW),
        ("np.interp for all", needed_by_interp, _ENDS_BELOW),
        ("np.interp on sorted percents", needed_by_sorted_interp, _DIP),
        ("None where it ends below", _needed(none=None), _ENDS_BELOW),
        ("not a number where it ends below", _needed(none=math.nan), _ENDS_BELOW),
        ("minus infinity where it ends below", _needed(none=-math.inf), _ENDS_BELOW),
        ("goes on beyond the end", needed_goes_on, _ENDS_BELOW),
        ("0 where it is never below", _needed(always=0), _NEVER_BELOW),
        ("1 where it is never below", _needed(always=1), _NEVER_BELOW),
        ("infinity where it is never below", _needed(always=math.inf), _NEVER_BELOW),
        ("more than the level, not equal", _needed(strict=True), _AT_THE_LAST),
        ("the next count", _needed(at=lambda a, b, share: b), _RISING),
        ("the count before", _needed(at=lambda a, b, share: a), _RISING),
        ("the nearer count", _needed(at=lambda a, b, share: b if share > 0.5 else a), _RISING),
        ("the middle", _needed(at=lambda a, b, share: (a * b) ** 0.5), _RISING),
        ("the share from the other end", _needed(at=lambda a, b, s: b * (a / b) ** s), _RISING),
        ("whole labels", _needed(at=lambda a, b, s: math.ceil(a * (b / a) ** s)), _RISING),
        ("rounded", _needed(at=lambda a, b, s: round(a * (b / a) ** s)), _RISING),
        ("always a doubling", _needed(at=lambda a, b, s: a * 2**s), _TRIPLED),
        ("the exponential of the share", _needed(at=lambda a, b, s: a * math.exp(s)), _TRIPLED),
        ("labels beyond the count before", _needed(at=lambda a, b, s: a * (b / a) ** s - a), _DIP),
        ("a line between the two ends", needed_two_ends, _RISING),
        ("a fitted line", needed_fitted_line, _RISING),
        ("the logarithm", needed_logarithm, _RISING),
        ("a multiple of the first count", needed_times, ([2, 4, 8], [54.0, 64.0, 77.0], 70.0)),
        ("the place in the list", needed_place, _RISING),
        ("logarithms of the percents, too", needed_both_logarithms, _RISING),
        ("sorts the percents", needed_sorts, _DIP),
        ("empties the lists", needed_pops, ([1, 2, 5, 10], [54.0, 64.0, 77.0, 86.0], 60.0)),
        ("the most of all calls", needed_keeps, _after_more_labels),
    ],
}

WRONG = {
    number: [(what, answer) for what, answer, _ in answers] for number, answers in _WRONG.items()
}
WITNESS = {number: [witness for *_, witness in answers] for number, answers in _WRONG.items()}
