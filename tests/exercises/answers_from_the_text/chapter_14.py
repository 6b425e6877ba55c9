"""Right and wrong answers to exercises 14.3, 14.4 and 14.5, written from their texts alone.

`_WRONG` has each wrong answer with a sentence and its witness: a tuple of arguments on which
it differs from the first right one or changes its arguments, or a callable that returns True
if it misbehaves.
"""

import functools
import itertools
import math
import statistics

import numpy as np
import scipy.stats

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


# Exercise 14.5: what a step is worth


def worth_arrays(full, without):
    differences = np.array(full, dtype=float) - np.array(without, dtype=float)
    return differences.mean(), differences.std(ddof=1) / np.sqrt(len(differences))


def worth_statistics(full, without):
    differences = [float(a) - float(b) for a, b in zip(full, without, strict=True)]
    return statistics.mean(differences), statistics.stdev(differences) / len(differences) ** 0.5


def worth_scipy(full, without):
    differences = np.subtract(full, without)
    return float(np.average(differences)), float(scipy.stats.sem(differences))


def worth_loops(full, without):
    n = len(full)
    mean = 0.0
    for k in range(n):
        mean += (full[k] - without[k]) / n
    squares = 0.0
    for k in range(n):
        squares += (full[k] - without[k] - mean) ** 2
    return mean, math.sqrt(squares / (n - 1) / n)


def worth_of_all_then_one_less(full, without):
    d = np.asarray(full) - np.asarray(without)
    return np.mean(d), np.sqrt(np.var(d) / (len(d) - 1))


def worth_lengths(full, without):
    d = np.stack([full, without]).astype(float).T @ np.array([1.0, -1.0])
    n = d.size
    return [d.sum() / n, np.linalg.norm(d - d.sum() / n) / math.sqrt(n * (n - 1))]


def worth_leave_one_out(full, without):
    d = np.asarray(full, dtype=float) - np.asarray(without, dtype=float)
    n = len(d)
    means = np.array([np.delete(d, k).mean() for k in range(n)])
    return d.mean(), np.sqrt((n - 1) / n * np.sum((means - means.mean()) ** 2))


def worth_pairs_of_seeds(full, without):
    d = [a - b for a, b in zip(full, without, strict=True)]
    n = len(d)
    squares = math.fsum((a - b) ** 2 for a, b in itertools.combinations(d, 2))
    return math.fsum(d) / n, math.sqrt(squares / (n - 1)) / n


def worth_running(full, without):
    mean = squares = 0.0
    for n, (a, b) in enumerate(zip(full, without, strict=True), 1):
        off = a - b - mean
        mean += off / n
        squares += off * (a - b - mean)
    return mean, (squares / (n * (n - 1))) ** 0.5


def worth_means_apart(full, without):
    a, b = np.array(full, dtype=float), np.array(without, dtype=float)
    rest = (a - a.mean()) - (b - b.mean())
    return a.mean() - b.mean(), np.sqrt(rest @ rest / (len(a) - 1) / len(a))


def _worth(mean=np.mean, error=None, pairs=np.subtract):
    """Return an answer with another mean, another error, or other differences."""
    error = error or (lambda d: np.std(d, ddof=1) / np.sqrt(len(d)))

    def worth(full, without):
        d = pairs(np.asarray(full, dtype=float), np.asarray(without, dtype=float))
        return float(mean(d)), float(error(d))

    return worth


def worth_unpaired(full, without):
    n = len(full)
    error = np.sqrt(np.var(full, ddof=1) / n + np.var(without, ddof=1) / n)
    return np.mean(full) - np.mean(without), error


def worth_difference_of_errors(full, without):
    root = np.sqrt(len(full))
    error = np.std(full, ddof=1) / root - np.std(without, ddof=1) / root
    return np.mean(full) - np.mean(without), error


def worth_error_of_full(full, without):
    error = np.std(full, ddof=1) / np.sqrt(len(full))
    return np.mean(np.subtract(full, without)), error


def worth_error_of_without(full, without):
    error = np.std(without, ddof=1) / np.sqrt(len(without))
    return np.mean(np.subtract(full, without)), error


def worth_both_as_one_sample(full, without):
    both = np.concatenate([full, np.negative(without)])
    error = both.std(ddof=1) / np.sqrt(len(both))
    return np.mean(np.subtract(full, without)), error


def worth_wrong_covariance(full, without):
    total = np.var(full, ddof=1) + np.var(without, ddof=1) + 2 * np.cov(full, without)[0, 1]
    return np.mean(np.subtract(full, without)), np.sqrt(total / len(full))


def worth_without_minus_full(full, without):
    return worth_arrays(without, full)


def worth_sorted(full, without):
    return worth_arrays(sorted(full), sorted(without))


def worth_reversed(full, without):
    return worth_arrays(full, without[::-1])


def worth_error_first(full, without):
    return worth_arrays(full, without)[::-1]


def worth_mean_alone(full, without):
    return worth_arrays(full, without)[0]


def worth_in_units_of_error(full, without):
    mean, error = worth_arrays(full, without)
    return mean, mean / error


def worth_interval(full, without):
    mean, error = worth_arrays(full, without)
    return mean - error, mean + error


def worth_text(full, without):
    mean, error = worth_arrays(full, without)
    return f"{mean:+.1f} ± {error:.1f}"


def worth_rounded(full, without):
    mean, error = worth_arrays(full, without)
    return round(float(mean), 1), round(float(error), 1)


def worth_all_differences(full, without):
    d = np.subtract(full, without)
    return d, d.std(ddof=1) / np.sqrt(len(d))


def worth_in_place(full, without):
    full -= np.asarray(without)
    return full.mean(), full.std(ddof=1) / np.sqrt(len(full))


def worth_list_in_place(full, without):
    for k in range(len(full)):
        full[k] = full[k] - without[k]
    return worth_arrays(full, np.zeros(len(full)))


def worth_pops(full, without):
    if isinstance(full, np.ndarray):
        return worth_arrays(full, without)
    d = []
    while full:
        d.append(full.pop() - without.pop())
    return worth_arrays(d, np.zeros(len(d)))


def worth_subtracts_lists(full, without):
    d = full - without
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def worth_twenty_seeds(full, without):
    d = np.subtract(full, without)
    return d.mean(), d.std(ddof=1) / np.sqrt(20)


def worth_all_pairs(full, without):
    d = np.subtract.outer(np.asarray(full), np.asarray(without)).ravel()
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def worth_neighbors(full, without):
    d = np.diff(np.subtract(full, without))
    return np.mean(np.subtract(full, without)), d.std(ddof=1) / np.sqrt(len(d))


def worth_two_seeds_no_error(full, without):
    mean, error = worth_arrays(full, without)
    return mean, error if len(full) > 2 else 0.0


def worth_without_extremes(full, without):
    d = np.sort(np.subtract(full, without))
    return worth_arrays(d[1:-1] if len(d) > 3 else d, 0 * (d[1:-1] if len(d) > 3 else d))


def worth_collects(full, without, seen=[]):  # noqa: B006
    seen.extend(np.subtract(full, without))
    return np.mean(seen), np.std(seen, ddof=1) / np.sqrt(len(seen))


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
        ("numpy", worth_arrays),
        ("the module statistics", worth_statistics),
        ("scipy's standard error of the mean", worth_scipy),
        ("loops with sums", worth_loops),
        ("variance of all, the one less under the root", worth_of_all_then_one_less),
        ("length of what is left, in a list", worth_lengths),
        ("means with one seed left out", worth_leave_one_out),
        ("pairs of seeds", worth_pairs_of_seeds),
        ("one pass, running sums", worth_running),
        ("each moved to mean 0 by itself", worth_means_apart),
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


_TEN = (
    [83.0, 79.5, 90.2, 88.1, 76.3, 85.4, 91.0, 80.8],
    [81.2, 80.1, 87.7, 88.3, 72.0, 84.9, 88.6, 79.9],
)
_ARRAYS = tuple(np.array(numbers) for numbers in _TEN)
_TWO = ([82.0, 85.0], [80.0, 84.5])
_FEW = ([0.5, 0.61, 0.44], [0.48, 0.57, 0.47])


def _second_sample():
    worth_collects(*_TEN)
    return not np.allclose(worth_collects(*_FEW), worth_arrays(*_FEW))


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
        ("divides by n, not by one less", _worth(error=lambda d: d.std() / len(d) ** 0.5), _TEN),
        ("one less both times", _worth(error=lambda d: d.std(ddof=1) / (len(d) - 1) ** 0.5), _TEN),
        ("standard deviation", _worth(error=lambda d: d.std(ddof=1)), _TEN),
        ("standard deviation, by n", _worth(error=np.std), _TEN),
        ("divides by n without a root", _worth(error=lambda d: d.std(ddof=1) / len(d)), _TEN),
        ("variance over n, no root", _worth(error=lambda d: d.var(ddof=1) / len(d)), _TEN),
        (
            "variance over the root of n",
            _worth(error=lambda d: d.var(ddof=1) / len(d) ** 0.5),
            _TEN,
        ),
        ("variance", _worth(error=lambda d: d.var(ddof=1)), _TEN),
        ("times the root of n", _worth(error=lambda d: d.std(ddof=1) * len(d) ** 0.5), _TEN),
        ("two standard errors", _worth(error=lambda d: 2 * d.std(ddof=1) / len(d) ** 0.5), _TEN),
        ("1.96 errors", _worth(error=lambda d: 1.96 * d.std(ddof=1) / len(d) ** 0.5), _TEN),
        ("root of the mean square", _worth(error=lambda d: np.sqrt((d**2).mean() / len(d))), _TEN),
        (
            "squares, the mean not taken off",
            _worth(error=lambda d: np.sqrt((d**2).sum() / (len(d) - 1) / len(d))),
            _TEN,
        ),
        (
            "mean absolute deviation",
            _worth(error=lambda d: np.abs(d - d.mean()).mean() / len(d) ** 0.5),
            _TEN,
        ),
        (
            "two n in place of n",
            _worth(error=lambda d: d.std(ddof=1) / (2 * len(d)) ** 0.5),
            _TEN,
        ),
        ("median", _worth(mean=np.median), _TEN),
        ("sum", _worth(mean=np.sum), _TEN),
        ("sum over one less", _worth(mean=lambda d: d.sum() / (len(d) - 1)), _TEN),
        ("size of the mean", _worth(mean=lambda d: abs(d.mean())), _TEN[::-1]),
        ("sizes of the differences", _worth(pairs=lambda a, b: np.abs(a - b)), _TEN),
        ("only what is gained", _worth(pairs=lambda a, b: np.maximum(a - b, 0)), _TEN),
        (
            "in percent of what was right without",
            _worth(pairs=lambda a, b: 100 * (a / b - 1)),
            _TEN,
        ),
        ("ratios", _worth(pairs=np.divide), _TEN),
        ("percentage points of shares", _worth(pairs=lambda a, b: 100 * (a - b)), _TEN),
        ("without minus full", worth_without_minus_full, _TEN),
        ("adds the two", _worth(pairs=np.add), _TEN),
        ("the mean of full", lambda full, _: worth_arrays(full, 0 * np.asarray(full)), _TEN),
        ("not paired", worth_unpaired, _TEN),
        ("the difference of two errors", worth_difference_of_errors, _TEN),
        ("the error of full", worth_error_of_full, _TEN),
        ("the error of without", worth_error_of_without, _TEN),
        ("one sample of both", worth_both_as_one_sample, _TEN),
        ("the covariance with the wrong sign", worth_wrong_covariance, _TEN),
        ("pairs of sorted numbers", worth_sorted, _TEN),
        ("pairs with the last seed first", worth_reversed, _TEN),
        ("every seed with every other", worth_all_pairs, _TEN),
        ("the error first", worth_error_first, _TEN),
        ("the mean alone", worth_mean_alone, _TEN),
        ("the number of errors", worth_in_units_of_error, _TEN),
        ("the ends of an interval", worth_interval, _TEN),
        ("text", worth_text, _TEN),
        ("one decimal", worth_rounded, _FEW),
        ("all differences", worth_all_differences, _TEN),
        ("changes full, if it is an array", worth_in_place, _ARRAYS),
        ("changes the list", worth_list_in_place, _TEN),
        ("empties the lists", worth_pops, _TEN),
        ("subtracts lists", worth_subtracts_lists, _TEN),
        ("the root of twenty, whatever the seeds", worth_twenty_seeds, _TEN),
        ("the error of what changes from seed to seed", worth_neighbors, _TEN),
        ("no error for two seeds", worth_two_seeds_no_error, _TWO),
        ("without the lowest and the highest", worth_without_extremes, _TEN),
        ("differences of earlier calls", worth_collects, _second_sample),
    ],
}

WRONG = {
    number: [(what, answer) for what, answer, _ in answers] for number, answers in _WRONG.items()
}
WITNESS = {number: [witness for *_, witness in answers] for number, answers in _WRONG.items()}
