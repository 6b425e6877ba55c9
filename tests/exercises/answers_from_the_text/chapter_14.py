"""Right and wrong answers to exercises 14.3, 14.4 and 14.5, from their texts alone.

Those to 14.3 and 14.4 are by somebody who knew no check.

`_WRONG` has each wrong answer with a sentence and its witness: a tuple of arguments on which
it differs from the first right one or changes its arguments, or a callable that returns True
if it misbehaves.
"""

import functools
import itertools
import math

import numpy as np

# Exercise 14.3: graded rates


def graded_backward(rate, factor, layers):
    rates = {}
    for name in layers[::-1]:
        rates[name] = rate
        rate = rate / factor
    return rates


def graded_powers(rate, factor, layers):
    last = len(layers) - 1
    return {name: rate / factor ** (last - k) for k, name in enumerate(layers)}


def graded_by_index(rate, factor, layers):
    found = dict.fromkeys(layers, 0.0)
    for name in found:
        behind = len(layers) - layers.index(name) - 1
        found[name] = rate * float(factor) ** -behind
    return found


def graded_vectorized(rate, factor, layers):
    powers = np.arange(len(layers))[::-1]
    return dict(zip(layers, rate / np.power(float(factor), powers), strict=True))


def graded_recursive(rate, factor, layers):
    *before, last = layers
    rates = graded_recursive(rate / factor, factor, before) if before else {}
    return {**rates, last: rate}


def graded_accumulate(rate, factor, layers):
    rates = itertools.accumulate(layers[1:], lambda now, _: now / factor, initial=rate)
    return dict(zip(reversed(layers), rates, strict=True))


def graded_reduce(rate, factor, layers):
    def add(rates, name):
        return {name: next(iter(rates.values())) / factor if rates else rate, **rates}

    return functools.reduce(add, reversed(layers), {})


def graded_own_copy(rate, factor, layers):
    rates, left, now = {}, list(layers), rate
    while left:
        rates[left.pop()] = now
        now /= factor
    return rates


def graded_logarithms(rate, factor, layers):
    start = math.log(rate) - (len(layers) - 1) * math.log(factor)
    return {name: math.exp(start + k * math.log(factor)) for k, name in enumerate(layers)}


def graded_cumprod(rate, factor, layers):
    steps = np.full(len(layers), 1 / factor)
    steps[0] = rate
    return {name: float(r) for name, r in zip(layers, np.cumprod(steps)[::-1], strict=True)}


def graded_from_the_first(rate, factor, layers):
    return {name: rate / factor**k for k, name in enumerate(layers)}


def graded_multiplied(rate, factor, layers):
    return {name: rate * factor**k for k, name in enumerate(reversed(layers))}


def graded_rate_to_the_first(rate, factor, layers):
    return {name: rate * factor**k for k, name in enumerate(layers)}


def graded_last_divided(rate, factor, layers):
    return {name: rate / factor ** (len(layers) - k) for k, name in enumerate(layers)}


def graded_linear(rate, factor, layers):
    return {name: rate / (factor * k if k else 1) for k, name in enumerate(reversed(layers))}


def graded_linear_fall(rate, factor, layers):
    return {name: rate / (1 + k * (factor - 1)) for k, name in enumerate(reversed(layers))}


def graded_one_division(rate, factor, layers):
    return {name: rate if name == layers[-1] else rate / factor for name in layers}


def graded_first_only(rate, factor, layers):
    return {**dict.fromkeys(layers, rate), layers[0]: rate / factor}


def graded_squared(rate, factor, layers):
    return {name: rate / factor ** (2 * k) for k, name in enumerate(reversed(layers))}


def graded_growing_powers(rate, factor, layers):
    rates = {}
    for k, name in enumerate(reversed(layers)):
        rate = rate / factor**k
        rates[name] = rate
    return rates


def graded_equal(rate, factor, layers):
    return dict.fromkeys(layers, rate)


def graded_multipliers(rate, factor, layers):
    return {name: 1 / factor**k for k, name in enumerate(reversed(layers))}


def graded_list(rate, factor, layers):
    return list(graded_backward(rate, factor, layers).values())[::-1]


def graded_pairs(rate, factor, layers):
    return list(graded_powers(rate, factor, layers).items())


def graded_numbers(rate, factor, layers):
    return {k: rate / factor ** (len(layers) - 1 - k) for k in range(len(layers))}


def graded_rates_to_names(rate, factor, layers):
    return {r: name for name, r in graded_powers(rate, factor, layers).items()}


def graded_reverses(rate, factor, layers):
    layers.reverse()
    return {name: rate / factor**k for k, name in enumerate(layers)}


def graded_pops(rate, factor, layers):
    rates = {}
    while layers:
        rates[layers.pop()] = rate
        rate = rate / factor
    return rates


def graded_sorts(rate, factor, layers):
    return {name: rate / factor**k for k, name in enumerate(sorted(layers, reverse=True))}


def graded_without_last(rate, factor, layers):
    rates = graded_powers(rate, factor, layers)
    del rates[layers[-1]]
    return rates


def graded_without_first(rate, factor, layers):
    rates = {}
    for k in range(len(layers) - 1, 0, -1):
        rates[layers[k]] = rate
        rate = rate / factor
    return rates


def graded_three_only(rate, factor, layers):
    return {"dense1": rate / factor**2, "dense2": rate / factor, "dense3": rate}


def graded_three_powers(rate, factor, layers):
    powers = dict(zip(layers, (2, 1, 0), strict=False))
    return {name: rate / factor**power for name, power in powers.items()}


def graded_own_factor(rate, factor, layers):
    return graded_powers(rate, 2.6, layers)


def graded_rounded(rate, factor, layers):
    return {name: round(r, 3) for name, r in graded_powers(rate, factor, layers).items()}


def graded_whole(rate, factor, layers):
    return {name: rate // factor**k for k, name in enumerate(reversed(layers))}


def graded_whole_factor(rate, factor, layers):
    return graded_powers(rate, int(factor), layers)


def graded_subtracted(rate, factor, layers):
    return {name: rate - k * factor for k, name in enumerate(reversed(layers))}


def graded_floor(rate, factor, layers):
    rates = graded_powers(rate, factor, layers)
    return {name: max(r, rate / 100) for name, r in rates.items()}


def graded_factor_at_least_one(rate, factor, layers):
    return graded_powers(rate, max(factor, 1), layers)


def graded_exponential(rate, factor, layers):
    return {name: rate * math.exp(-factor * k) for k, name in enumerate(reversed(layers))}


def graded_shared_out(rate, factor, layers):
    rates = graded_powers(rate, factor, layers)
    return {name: rate * r / sum(rates.values()) for name, r in rates.items()}


def graded_down_to(rate, factor, layers):
    return dict(zip(layers, np.geomspace(rate / factor, rate, len(layers)), strict=True))


def graded_keeps(rate, factor, layers, rates={}):  # noqa: B006
    for k, name in enumerate(reversed(layers)):
        rates[name] = rate / factor**k
    return dict(rates)


def graded_remembers(rate, factor, layers, rates={}):  # noqa: B006
    for k, name in enumerate(reversed(layers)):
        rates.setdefault(name, rate / factor**k)
    return {name: rates[name] for name in layers}


def graded_single_divided(rate, factor, layers):
    if len(layers) == 1:
        return {layers[0]: rate / factor}
    return graded_powers(rate, factor, layers)


def graded_single_forgotten(rate, factor, layers):
    rates = {}
    for k in range(len(layers) - 1, 0, -1):
        rates[layers[k]] = rate
        rates[layers[k - 1]] = rate = rate / factor
    return rates


def graded_by_weights_and_bias(rate, factor, layers):
    rates = graded_powers(rate, factor, layers)
    return {f"{name}/{part}": r for name, r in rates.items() for part in ("weights", "bias")}


def graded_returns_inside(rate, factor, layers):
    rates = {}
    for name in reversed(layers):
        rates[name] = rate
        rate = rate / factor
        return rates


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
        ("backward, divided each time", graded_backward),
        ("powers of the factor", graded_powers),
        ("by the place in the list, filled into a dict", graded_by_index),
        ("an array of powers", graded_vectorized),
        ("recursive, the last layer taken off", graded_recursive),
        ("itertools.accumulate", graded_accumulate),
        ("functools.reduce, each layer put in front", graded_reduce),
        ("pops from its own list", graded_own_copy),
        ("logarithms", graded_logarithms),
        ("cumulative product", graded_cumprod),
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

_FOUR = (0.8, 2.0, ["dense1", "dense2", "dense3", "dense4"])
_FIVE = (0.3, 3, ["a", "b", "c", "d", "e"])
_SINGLE = (0.3, 3.0, ["dense1"])
_TURNED = (0.1, 1 / 3, ["dense1", "dense2", "dense3"])
_HOWARD = (0.1, 2.6, ["dense1", "dense2", "dense3"])
_UNSORTED = (0.3, 3.0, ["stem", "dense9", "dense10", "head"])


def _after_other_layers():
    graded_keeps(1.0, 2.0, ["conv1", "conv2"])
    return set(graded_keeps(*_FOUR)) != set(_FOUR[2])


def _after_another_rate():
    graded_remembers(0.4, 2.0, _FOUR[2])
    return graded_remembers(*_FOUR)["dense4"] != 0.8


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
        ("the first layer has the rate", graded_from_the_first, _FOUR),
        ("multiplies, going backward", graded_multiplied, _FOUR),
        ("multiplies, going forward from the first", graded_rate_to_the_first, _FOUR),
        ("divides for the last layer already", graded_last_divided, _FOUR),
        ("divides by the factor times the number", graded_linear, _FOUR),
        ("divisors that grow by the same amount", graded_linear_fall, _FOUR),
        ("divides once, for all layers before the last", graded_one_division, _FOUR),
        ("divides for the first layer only", graded_first_only, _FOUR),
        ("divides twice for each layer", graded_squared, _FOUR),
        ("divides what is divided by growing powers", graded_growing_powers, _FOUR),
        ("equal rates", graded_equal, _FOUR),
        ("multipliers, the rate left out", graded_multipliers, _FOUR),
        ("a list of rates", graded_list, _FOUR),
        ("pairs of name and rate", graded_pairs, _FOUR),
        ("numbers instead of names", graded_numbers, _FOUR),
        ("rates as keys", graded_rates_to_names, _FOUR),
        ("turns the list round in place", graded_reverses, _FOUR),
        ("empties the list", graded_pops, _FOUR),
        ("sorts the names", graded_sorts, _UNSORTED),
        ("leaves the last layer out", graded_without_last, _FOUR),
        ("leaves the first layer out", graded_without_first, _FOUR),
        ("the three names of the chapter", graded_three_only, _FOUR),
        ("powers for three layers", graded_three_powers, _FIVE),
        ("2.6 whatever the factor", graded_own_factor, _FOUR),
        ("three decimals", graded_rounded, _FIVE),
        ("whole division", graded_whole, _FOUR),
        ("cuts the factor to a whole number", graded_whole_factor, _HOWARD),
        ("subtracts the factor", graded_subtracted, _FOUR),
        ("never below a hundredth of the rate", graded_floor, (0.3, 10, ["a", "b", "c", "d"])),
        ("takes a factor below 1 for 1", graded_factor_at_least_one, _TURNED),
        ("an exponential of the factor", graded_exponential, _FOUR),
        ("rates that sum to the rate", graded_shared_out, _FOUR),
        ("the factor from the last to the first in all", graded_down_to, _FOUR),
        ("names of earlier calls", graded_keeps, _after_other_layers),
        ("rates of earlier calls", graded_remembers, _after_another_rate),
        ("divides for a single layer", graded_single_divided, _SINGLE),
        ("nothing for a single layer", graded_single_forgotten, _SINGLE),
        ("keys for weights and biases", graded_by_weights_and_bias, _FOUR),
        ("returns inside the loop, after the last layer", graded_returns_inside, _FOUR),
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
