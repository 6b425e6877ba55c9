"""Right and wrong answers to exercises 11.3, 11.4, 11.5 and 11.6, written from their texts alone.

An entry of WITNESS is a tuple of arguments of DRIVE on which the wrong answer of the same place
differs from the first right one or changes its arguments, or a function that returns True if the
wrong answer misbehaves: many folds are right in 11.6, and `_bad_folds` judges them there.
(The answers to 11.5 and 11.6 are by the authors of their checks.)
"""

import copy
import itertools
import math

import numpy as np

from dlcourse.layers import Dropout
from dlcourse.optimizers import Adam, AdamW

# Exercise 11.3: dropout, forward and back


def dropout_factors(a, g, p, rng):
    factors = (rng.random(a.shape) >= p) / (1 - p)
    return a * factors, g * factors


def dropout_where(a, g, p, rng):
    numbers = rng.random(a.shape)
    return np.where(numbers < p, 0.0, a / (1 - p)), np.where(numbers < p, 0.0, g / (1 - p))


def dropout_loops(a, g, p, rng):
    numbers = rng.random(a.shape)
    out, slopes = np.zeros(a.shape), np.zeros(a.shape)
    for row in range(a.shape[0]):
        for unit in range(a.shape[1]):
            if numbers[row, unit] >= p:
                out[row, unit] = a[row, unit] / (1 - p)
                slopes[row, unit] = g[row, unit] / (1 - p)
    return out, slopes


def dropout_own_copies(a, g, p, rng):
    out, slopes = np.array(a, dtype=float), np.array(g, dtype=float)
    off = rng.random(size=g.shape) < p
    for numbers in (out, slopes):
        numbers[off] = 0
        numbers /= 1 - p
    return [out, slopes]


def dropout_kept_alone(a, g, p, rng):
    places = np.nonzero(np.greater_equal(rng.random(a.shape), p))
    results = np.zeros((2, *a.shape))
    results[0][places] = a[places]
    results[1][places] = g[places]
    results *= 1 / (1 - p)
    return results[0], results[1]


def dropout_layer(a, g, p, rng):
    factors = Dropout(p, rng=rng)(np.ones(a.shape), training=True)
    return np.multiply(factors, a), np.multiply(factors, g)


def dropout_helper(a, g, p, rng):
    mask = ~np.less(rng.random(np.shape(a)), p)

    def through(values):
        return np.einsum("ru,ru->ru", values, mask.astype(float)) / (1.0 - p)

    slopes = through(g)
    return through(a), slopes


def dropout_masked_arrays(a, g, p, rng):
    off = rng.random(a.shape) < p
    out, slopes = (np.ma.array(v / (1 - p), mask=off).filled(0.0) for v in (a, g))
    return out, slopes


def _dropout(forward, backward=None, kept=lambda numbers, p: numbers >= p):
    """Return an answer with these factors (of the mask and p), forward and back."""
    backward = backward or forward

    def dropout_both_ways(a, g, p, rng):
        mask = kept(rng.random(a.shape), p)
        return a * forward(mask, p), g * backward(mask, p)

    return dropout_both_ways


def _scaled(mask, p):
    return mask / (1 - p)


def _by_draws(draws):
    """Return an answer that gets its numbers in another way."""

    def dropout_both_ways(a, g, p, rng):
        factors = (draws(a, rng) >= p) / (1 - p)
        return a * factors, g * factors

    return dropout_both_ways


def dropout_new_mask_back(a, g, p, rng):
    out = a * (rng.random(a.shape) >= p) / (1 - p)
    return out, g * (rng.random(g.shape) >= p) / (1 - p)


def dropout_draws_first_for_slopes(a, g, p, rng):
    slopes = g * (rng.random(g.shape) >= p) / (1 - p)
    return a * (rng.random(a.shape) >= p) / (1 - p), slopes


def dropout_same_seed_for_both(a, g, p, rng):
    seed = int(rng.integers(1000))
    return tuple(v * (np.random.default_rng(seed).random(v.shape) >= p) / (1 - p) for v in (a, g))


def dropout_a_in_place(a, g, p, rng):
    kept = rng.random(a.shape) >= p
    a *= kept
    return a / (1 - p), g * kept / (1 - p)


def dropout_g_in_place(a, g, p, rng):
    kept = rng.random(a.shape) >= p
    g[~kept] = 0
    return a * kept / (1 - p), g / (1 - p)


def dropout_mask_from_output(a, g, p, rng):
    out = a * (rng.random(a.shape) >= p) / (1 - p)
    return out, np.where(out != 0, g / (1 - p), 0.0)


def dropout_like_relu(a, g, p, rng):
    out = a * (rng.random(a.shape) >= p) / (1 - p)
    return out, np.where(out > 0, g / (1 - p), 0.0)


def dropout_ratio(a, g, p, rng):
    out = a * (rng.random(a.shape) >= p) / (1 - p)
    return out, g * out / a


def dropout_slopes_times_output(a, g, p, rng):
    out = a * (rng.random(a.shape) >= p) / (1 - p)
    return out, g * out


def dropout_slopes_of_output(a, g, p, rng):
    factors = (rng.random(a.shape) >= p) / (1 - p)
    return a * factors, a * factors * factors


def dropout_slopes_first(a, g, p, rng):
    return dropout_factors(a, g, p, rng)[::-1]


def dropout_output_alone(a, g, p, rng):
    return dropout_factors(a, g, p, rng)[0]


def dropout_returns_factors(a, g, p, rng):
    factors = (rng.random(a.shape) >= p) / (1 - p)
    return a * factors, factors


def dropout_actual_share(a, g, p, rng):
    kept = rng.random(a.shape) >= p
    return a * kept / max(kept.mean(), 1e-9), g * kept / max(kept.mean(), 1e-9)


def dropout_actual_share_of_rows(a, g, p, rng):
    kept = rng.random(a.shape) >= p
    share = np.maximum(kept.mean(axis=1, keepdims=True), 1e-9)
    return a * kept / share, g * kept / share


def dropout_exact_number(a, g, p, rng):
    order = np.argsort(rng.random(a.shape), axis=None)
    kept = np.ones(a.size)
    kept[order[: round(p * a.size)]] = 0
    factors = kept.reshape(a.shape) / (1 - p)
    return a * factors, g * factors


def dropout_row_not_empty(a, g, p, rng):
    kept = rng.random(a.shape) >= p
    kept[~kept.any(axis=1)] = True
    return a * kept / (1 - p), g * kept / (1 - p)


def dropout_kept_mask(a, g, p, rng, masks={}):  # noqa: B006
    if a.shape not in masks:
        masks[a.shape] = rng.random(a.shape) >= p
    kept = masks[a.shape]
    return a * kept / (1 - p), g * kept / (1 - p)


def dropout_draws_once_more(a, g, p, rng):
    factors = (rng.random(a.shape) >= p) / (1 - p)
    rng.random(g.shape)
    return a * factors, g * factors


def dropout_first_draw_lost(a, g, p, rng):
    rng.random(a.shape)
    return dropout_factors(a, g, p, rng)


def dropout_rounded(a, g, p, rng):
    out, slopes = dropout_factors(a, g, p, rng)
    return out.round(2), slopes.round(2)


def dropout_in_use(a, g, p, rng):
    return a, g


def dropout_noise(a, g, p, rng):
    factors = 1 + math.sqrt(p / (1 - p)) * rng.normal(size=a.shape)
    return a * factors, g * factors


def dropout_mean_in_place_of_0(a, g, p, rng):
    kept = rng.random(a.shape) >= p
    return np.where(kept, a / (1 - p), a.mean(axis=0)), np.where(kept, g / (1 - p), 0)


# Exercise 11.4: one step, two decays


def steps_formula(w, g, rate, decay):
    coupled = g + decay * w
    with_l2 = w - rate * coupled / (np.abs(coupled) + 1e-8)
    return with_l2, (1 - rate * decay) * w - rate * g / (np.abs(g) + 1e-8)


def steps_helper(w, g, rate, decay):
    def adam(gradient):
        return -rate * np.divide(gradient, np.sqrt(np.square(gradient)) + 1e-8)

    return w + adam(g + decay * w), w - rate * decay * w + adam(g)


def steps_loops(w, g, rate, decay):
    with_l2, decoupled = np.empty(w.shape), np.empty(w.shape)
    for place in np.ndindex(*w.shape):
        weight, slope = float(w[place]), float(g[place])
        both = slope + decay * weight
        with_l2[place] = weight - rate * both / (abs(both) + 1e-8)
        decoupled[place] = weight * (1 - rate * decay) - rate * slope / (abs(slope) + 1e-8)
    return with_l2, decoupled


def steps_moments(w, g, rate, decay):
    # With both moments of Adam, and their corrections for t = 1.
    def moved(weights, gradient):
        m, v = 0.1 * gradient / (1 - 0.9), 0.001 * gradient**2 / (1 - 0.999)
        return weights - rate * m / (np.sqrt(v) + 1e-8)

    return moved(w, g + decay * w), moved(w - rate * decay * w, g)


def steps_package(w, g, rate, decay):
    results = []
    for optimizer in (Adam(rate, l2=decay), AdamW(rate, weight_decay=decay)):
        params = {"w": np.array(w, dtype=float)}
        optimizer.update(params, {"w": np.array(g, dtype=float)})
        results.append(params["w"])
    return tuple(results)


def steps_own_copies(w, g, rate, decay):
    with_l2, decoupled, gradient = (np.array(v, dtype=float) for v in (w, w, g))
    gradient += decay * w
    with_l2 -= rate * gradient / (abs(gradient) + 1e-8)
    decoupled *= 1 - rate * decay
    decoupled -= rate * g / (abs(g) + 1e-8)
    return [with_l2, decoupled]


def steps_stacked(w, g, rate, decay):
    gradients = np.stack([g + decay * w, g])
    starts = np.stack([w, w - rate * decay * w])
    first, second = starts - rate * gradients / (np.abs(gradients) + 1e-8)
    return first, second


def steps_sign(w, g, rate, decay):
    def step(gradient):
        return rate * np.sign(gradient) * np.abs(gradient) / (1e-8 + np.abs(gradient))

    decoupled = (w - step(g)) - decay * rate * w
    return w - step(decay * w + g), decoupled


def _adam(gradient):
    """Return Adam's first step for the rate 1."""
    return gradient / (np.abs(gradient) + 1e-8)


def _steps(coupled=None, shrunk=None, step=_adam):
    """Return an answer with another gradient for L2, other shrunk weights, or another step."""
    coupled = coupled or (lambda w, g, rate, decay: g + decay * w)
    shrunk = shrunk or (lambda w, rate, decay: (1 - rate * decay) * w)

    def first_steps(w, g, rate, decay):
        return (
            w - rate * step(coupled(w, g, rate, decay)),
            shrunk(w, rate, decay) - rate * step(g),
        )

    return first_steps


def steps_other_order(w, g, rate, decay):
    return steps_formula(w, g, rate, decay)[::-1]


def steps_l2_twice(w, g, rate, decay):
    return (steps_formula(w, g, rate, decay)[0],) * 2


def steps_decoupled_twice(w, g, rate, decay):
    return (steps_formula(w, g, rate, decay)[1],) * 2


def steps_uphill(w, g, rate, decay):
    coupled = g + decay * w
    return w + rate * _adam(coupled), (1 - rate * decay) * w + rate * _adam(g)


def steps_shrunk_behind(w, g, rate, decay):
    return steps_formula(w, g, rate, decay)[0], (1 - rate * decay) * (w - rate * _adam(g))


def steps_only_shrunk(w, g, rate, decay):
    return steps_formula(w, g, rate, decay)[0], (1 - rate * decay) * w


def steps_divided_by_data(w, g, rate, decay):
    with_l2 = w - rate * (g + decay * w) / (np.abs(g) + 1e-8)
    return with_l2, steps_formula(w, g, rate, decay)[1]


def steps_sum_of_sizes(w, g, rate, decay):
    with_l2 = w - rate * (g + decay * w) / (np.abs(g) + np.abs(decay * w) + 1e-8)
    return with_l2, steps_formula(w, g, rate, decay)[1]


def steps_sgd(w, g, rate, decay):
    return w - rate * (g + decay * w), (1 - rate * decay) * w - rate * g


def steps_l2_sgd(w, g, rate, decay):
    return w - rate * (g + decay * w), steps_formula(w, g, rate, decay)[1]


def steps_one_after_the_other(w, g, rate, decay):
    with_l2 = steps_formula(w, g, rate, decay)[0]
    return with_l2, steps_formula(with_l2, g, rate, decay)[1]


def steps_both_decays(w, g, rate, decay):
    with_l2 = steps_formula(w, g, rate, decay)[0]
    return with_l2, with_l2 - rate * decay * w


def steps_w_in_place(w, g, rate, decay):
    with_l2 = steps_formula(w, g, rate, decay)[0]
    w *= 1 - rate * decay
    w -= rate * _adam(g)
    return with_l2, w


def steps_w_shrunk_first(w, g, rate, decay):
    decoupled = w
    decoupled *= 1 - rate * decay
    decoupled = decoupled - rate * _adam(g)
    return steps_formula(w, g, rate, decay)[0], decoupled


def steps_g_in_place(w, g, rate, decay):
    g += decay * w
    return w - rate * _adam(g), (1 - rate * decay) * w - rate * _adam(g)


def steps_changes(w, g, rate, decay):
    with_l2, decoupled = steps_formula(w, g, rate, decay)
    return with_l2 - w, decoupled - w


def steps_rest_where_no_gradient(w, g, rate, decay):
    return tuple(np.where(g == 0, w, new) for new in steps_formula(w, g, rate, decay))


def steps_l2_rests_where_no_gradient(w, g, rate, decay):
    with_l2, decoupled = steps_formula(w, g, rate, decay)
    return np.where(g == 0, w, with_l2), decoupled


def steps_biases_spared(w, g, rate, decay):
    return steps_formula(w, g, rate, decay if w.ndim > 1 else 0.0)


def steps_not_past_zero(w, g, rate, decay):
    with_l2, decoupled = steps_formula(w, g, rate, decay)
    return np.where(with_l2 * w < 0, 0.0, with_l2), decoupled


def steps_with_memory(w, g, rate, decay, moments={}):  # noqa: B006
    def moved(name, weights, gradient):
        m, v, t = moments.get((name, w.shape), (0.0, 0.0, 0))
        m, v, t = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2, t + 1
        moments[name, w.shape] = m, v, t
        return weights - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    return moved("l2", w, g + decay * w), moved("decoupled", w - rate * decay * w, g)


def steps_rounded(w, g, rate, decay):
    return tuple(new.round(3) for new in steps_formula(w, g, rate, decay))


# Exercise 11.5: a random search in two rounds


def search_one_loop(score, low, high, trials, rng):
    c, best, top = (high / low) ** 0.25, None, None
    start, end = low, high
    for k in range(trials):
        if k == trials // 2:
            start, end = max(low, best / c), min(high, best * c)
        rate = start * (end / start) ** rng.random()
        value = score(rate)
        if top is None or value > top:
            best, top = rate, value
    return best, top


def search_two_loops(score, low, high, trials, rng):
    half = trials // 2
    rates = [low * (high / low) ** rng.random() for _ in range(half)]
    values = [score(rate) for rate in rates]
    b, c = rates[values.index(max(values))], (high / low) ** (1 / 4)
    start, end = sorted([low, high, b / c, b * c])[1:3]
    more = [start * (end / start) ** rng.random() for _ in range(half)]
    rates, values = rates + more, values + [score(rate) for rate in more]
    return rates[values.index(max(values))], max(values)


def search_arrays(score, low, high, trials, rng):
    u = rng.random((2, trials // 2))
    first = low * (high / low) ** u[0]
    reached = np.array([score(rate) for rate in first])
    b, c = first[reached.argmax()], np.sqrt(np.sqrt(high / low))
    start, end = np.clip([b / c, b * c], low, high)
    second = start * (end / start) ** u[1]
    rates = np.concatenate([first, second])
    reached = np.concatenate([reached, [score(rate) for rate in second]])
    return [rates[reached.argmax()], reached.max()]


def search_logarithms(score, low, high, trials, rng):
    def drawn(start, end):
        for _ in range(trials // 2):
            rate = float(np.exp(rng.uniform(np.log(start), np.log(end))))
            yield rate, score(rate)

    first = list(drawn(low, high))
    b, _ = max(first, key=lambda pair: pair[1])
    c = math.exp(math.log(high / low) / 4)
    return max(first + list(drawn(max(low, b / c), min(high, b * c))), key=lambda pair: pair[1])


def search_exponents(score, low, high, trials, rng):
    least, most = math.log2(low), math.log2(high)
    start, end, found = least, most, {}
    for k in range(trials):
        if k * 2 == trials:
            middle = math.log2(found[max(found)])
            start = max(least, middle - (most - least) / 4)
            end = min(most, middle + (most - least) / 4)
        rate = 2 ** (start + (end - start) * rng.random())
        found.setdefault(score(rate), rate)
    return found[max(found)], max(found)


def search_recursive(score, low, high, trials, rng, bounds=None, best=None, left=None):
    left = trials if left is None else left
    if left == 0:
        return best
    start, end = bounds or (low, high)
    rate = start * (end / start) ** rng.random()
    value = score(rate)
    best = (rate, value) if best is None or value > best[1] else best
    if 2 * (left - 1) == trials:
        c = (high / low) ** 0.25
        bounds = max(low, best[0] / c), min(high, best[0] * c)
    return search_recursive(score, low, high, trials, rng, bounds, best, left - 1)


def search_numpy_numbers(score, low, high, trials, rng):
    low, high = np.float64(low), np.float64(high)
    start, end, rates, values = low, high, np.empty(trials), np.empty(trials)
    for k, u in enumerate(rng.random(trials)):
        if k == trials // 2:
            b = rates[np.argmax(values[:k])]
            start = np.maximum(low, b / (high / low) ** 0.25)
            end = np.minimum(high, b * (high / low) ** 0.25)
        rates[k] = start ** (1 - u) * end**u
        values[k] = score(rates[k])
    return np.array([rates[np.argmax(values)], np.max(values)])


def _search(
    draw=lambda low, high, u: low * (high / low) ** u,
    width=lambda low, high: (high / low) ** 0.25,
    ends=lambda b, c, low, high: (max(low, b / c), min(high, b * c)),
    b=lambda rates, values: rates[values.index(max(values))],
    result=lambda rates, values: (rates[values.index(max(values))], max(values)),
    number=lambda rng: rng.random(),
    first=lambda trials: trials // 2,
    all_of_them=lambda trials: trials,
):
    """Return an answer with one thing done in another way."""

    def search(score, low, high, trials, rng):
        rates, values, start, end = [], [], low, high
        for k in range(all_of_them(trials)):
            if k == first(trials):
                start, end = ends(b(rates, values), width(low, high), low, high)
            rates.append(draw(start, end, number(rng)))
            values.append(score(rates[-1]))
        return result(rates, values)

    return search


def _last_of_equals(rates, values):
    return max(zip(values, range(len(values)), rates, strict=True))[2]


def search_anew_each_time(score, low, high, trials, rng):
    rates, values, c = [], [], (high / low) ** 0.25
    for k in range(trials):
        start, end = low, high
        if k >= trials // 2:
            b = rates[values.index(max(values))]
            start, end = max(low, b / c), min(high, b * c)
        rates.append(start * (end / start) ** rng.random())
        values.append(score(rates[-1]))
    return rates[values.index(max(values))], max(values)


def search_narrower_each_time(score, low, high, trials, rng):
    rates, values, c = [], [], (high / low) ** 0.25
    start, end = low, high
    for k in range(trials):
        if k >= trials // 2:
            b = rates[values.index(max(values))]
            start, end = max(start, b / c), min(end, b * c)
        rates.append(start * (end / start) ** rng.random())
        values.append(score(rates[-1]))
    return rates[values.index(max(values))], max(values)


def search_clips_rates(score, low, high, trials, rng):
    rates, values, c = [], [], (high / low) ** 0.25
    start, end = low, high
    for k in range(trials):
        if k == trials // 2:
            b = rates[values.index(max(values))]
            start, end = b / c, b * c
        rates.append(float(np.clip(start * (end / start) ** rng.random(), low, high)))
        values.append(score(rates[-1]))
    return rates[values.index(max(values))], max(values)


def search_redraws(score, low, high, trials, rng):
    rates, values, c = [], [], (high / low) ** 0.25
    for k in range(trials):
        rate = low * (high / low) ** rng.random()
        if k >= trials // 2:
            b = rates[values.index(max(values[: trials // 2]))]
            while not b / c <= rate <= b * c:
                rate = low * (high / low) ** rng.random()
        rates.append(rate)
        values.append(score(rate))
    return rates[values.index(max(values))], max(values)


def search_scores_twice(score, low, high, trials, rng):
    best = None
    for _ in range(trials):
        rate = low * (high / low) ** rng.random()
        if best is None or score(rate) > score(best):
            best = rate
    return best, score(best)


def search_scores_the_best_again(score, low, high, trials, rng):
    best, _ = search_one_loop(score, low, high, trials, rng)
    return best, score(best)


def search_tries_b_again(score, low, high, trials, rng):
    rates = [low * (high / low) ** rng.random() for _ in range(trials // 2)]
    b, c = max(rates, key=score), (high / low) ** 0.25
    start, end = max(low, b / c), min(high, b * c)
    rates = [b] + [start * (end / start) ** rng.random() for _ in range(trials // 2)]
    values = [score(rate) for rate in rates]
    return rates[values.index(max(values))], max(values)


def search_sorted(score, low, high, trials, rng):
    rates = sorted(low * (high / low) ** rng.random(trials // 2))
    values = [score(rate) for rate in rates]
    b, c = rates[values.index(max(values))], (high / low) ** 0.25
    start, end = max(low, b / c), min(high, b * c)
    rates += sorted(start * (end / start) ** rng.random(trials // 2))
    values += [score(rate) for rate in rates[trials // 2 :]]
    return rates[values.index(max(values))], max(values)


def search_grid(score, low, high, trials, rng):
    rates = list(np.geomspace(low, high, trials // 2))
    values = [score(rate) for rate in rates]
    b, c = rates[values.index(max(values))], (high / low) ** 0.25
    rates += list(np.geomspace(max(low, b / c), min(high, b * c), trials // 2))
    values += [score(rate) for rate in rates[trials // 2 :]]
    return rates[values.index(max(values))], max(values)


def search_same_numbers(score, low, high, trials, rng):
    u = list(rng.random(trials // 2)) * 2
    return _search(number=lambda rng: u.pop(0))(score, low, high, trials, rng)


def search_own_seed(score, low, high, trials, rng):
    return search_one_loop(score, low, high, trials, np.random.default_rng(0))


def search_own_generator(score, low, high, trials, rng):
    return search_one_loop(score, low, high, trials, np.random.default_rng())


def search_copied_generator(score, low, high, trials, rng):
    return search_one_loop(score, low, high, trials, copy.deepcopy(rng))


def search_draws_too_many(score, low, high, trials, rng):
    result = search_one_loop(score, low, high, trials, rng)
    rng.random()
    return result


def search_remembers(score, low, high, trials, rng, rates=[], values=[]):  # noqa: B006
    start, end, c = low, high, (high / low) ** 0.25
    for k in range(trials):
        if k == trials // 2:
            b = rates[values.index(max(values))]
            start, end = max(low, b / c), min(high, b * c)
        rates.append(start * (end / start) ** rng.random())
        values.append(score(rates[-1]))
    return rates[values.index(max(values))], max(values)


def search_from_0(score, low, high, trials, rng):
    best, top, c = low, 0, (high / low) ** 0.25
    start, end = low, high
    for k in range(trials):
        if k == trials // 2:
            start, end = max(low, best / c), min(high, best * c)
        rate = start * (end / start) ** rng.random()
        if (value := score(rate)) > top:
            best, top = rate, value
    return best, top


def search_second_alone(score, low, high, trials, rng):
    half = trials // 2
    rates = [low * (high / low) ** u for u in rng.random(half)]
    b = max(zip(map(score, rates), range(0, -half, -1), rates, strict=True))[2]
    c = (high / low) ** 0.25
    start, end = max(low, b / c), min(high, b * c)
    rates = [start * (end / start) ** u for u in rng.random(half)]
    values = [score(rate) for rate in rates]
    return rates[values.index(max(values))], max(values)


def search_whole_arrays(score, low, high, trials, rng):
    rates = low * (high / low) ** rng.random(trials)
    values = score(rates)
    return rates[np.argmax(values)], np.max(values)


def search_rounded(score, low, high, trials, rng):
    return search_one_loop(lambda rate: score(round(rate, 5)), low, high, trials, rng)


def search_result_rounded(score, low, high, trials, rng):
    best, top = search_one_loop(score, low, high, trials, rng)
    return round(best, 4), top


# Exercise 11.6: folds for cross-validation


def _paired(parts):
    """Return each part with all others before it."""
    parts = list(parts)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(len(parts))]


def folds_split(n, k, rng):
    return _paired(np.array_split(rng.permutation(n), k))


def folds_numbers(n, k, rng):
    number = np.arange(n) % k
    rng.shuffle(number)
    return [(np.where(number != fold)[0], np.where(number == fold)[0]) for fold in range(k)]


def folds_strides(n, k, rng):
    order = rng.permutation(n)
    return [(np.delete(order, np.s_[fold::k]), order[fold::k]) for fold in range(k)]


def folds_setdiff(n, k, rng):
    order, bounds = rng.permutation(n), [n * fold // k for fold in range(k + 1)]
    held = [order[a:b] for a, b in itertools.pairwise(bounds)]
    return [(np.setdiff1d(np.arange(n), part), part) for part in held]


def folds_random_keys(n, k, rng):
    order = np.argsort(rng.random(n))
    sizes = [n // k + (fold < n % k) for fold in range(k)]
    result, first = [], 0
    for size in sizes:
        held = np.zeros(n, dtype=bool)
        held[order[first : first + size]] = True
        result.append((np.flatnonzero(~held), np.flatnonzero(held)))
        first += size
    return result


def folds_one_by_one(n, k, rng):
    hat, hands = list(range(n)), [[] for _ in range(k)]
    while hat:
        hands[len(hat) % k].append(hat.pop(int(rng.integers(len(hat)))))
    return [
        [np.array([row for row in range(n) if row not in hand]), np.array(hand)] for hand in hands
    ]


def folds_rolled(n, k, rng):
    order, result = rng.choice(n, n, replace=False), []
    for fold in range(k):
        size = (n + k - 1 - fold) // k
        result.append((order[size:].copy(), order[:size].copy()))
        order = np.roll(order, -size)
    return tuple(result)


def folds_unshuffled(n, k, rng):
    return _paired(np.array_split(np.arange(n), k))


def folds_every_kth(n, k, rng):
    return _paired([np.arange(fold, n, k) for fold in range(k)])


def folds_shuffled_inside(n, k, rng):
    return _paired([rng.permutation(part) for part in np.array_split(np.arange(n), k)])


def folds_in_random_order(n, k, rng):
    parts = np.array_split(np.arange(n), k)
    return _paired([parts[fold] for fold in rng.permutation(k)])


def folds_rotated(n, k, rng):
    return _paired(np.array_split(np.roll(np.arange(n), int(rng.integers(n))), k))


def folds_drawn_anew(n, k, rng):
    return [_paired(np.array_split(rng.permutation(n), k))[fold] for fold in range(k)]


def folds_choice(n, k, rng):
    held = [rng.choice(n, n // k, replace=False) for _ in range(k)]
    return [(np.setdiff1d(np.arange(n), part), part) for part in held]


def folds_with_repeats(n, k, rng):
    return _paired(np.array_split(rng.integers(n, size=n), k))


def folds_random_sizes(n, k, rng):
    number = rng.integers(k, size=n)
    return [(np.flatnonzero(number != fold), np.flatnonzero(number == fold)) for fold in range(k)]


def folds_rest_in_last(n, k, rng):
    order, size = rng.permutation(n), n // k
    return _paired(np.split(order, [size * fold for fold in range(1, k)]))


def folds_rest_left_out(n, k, rng):
    return _paired(np.split(rng.permutation(n)[: n // k * k], k))


def folds_large_first(n, k, rng):
    order, size = rng.permutation(n), -(-n // k)
    return _paired([order[size * fold : size * (fold + 1)] for fold in range(k)])


def folds_must_divide(n, k, rng):
    return _paired(rng.permutation(n).reshape(k, n // k))


def folds_of_size_k(n, k, rng):
    order = rng.permutation(n)
    return _paired([order[first : first + k] for first in range(0, n, k)])


def folds_exchanged(n, k, rng):
    return [(held, rest) for rest, held in folds_split(n, k, rng)]


def folds_all_to_train(n, k, rng):
    order = rng.permutation(n)
    return [(order, part) for part in np.array_split(order, k)]


def folds_only_rows_after(n, k, rng):
    parts = np.array_split(rng.permutation(n), k)
    return [(np.concatenate([*parts[i + 1 :], parts[0][:0]]), parts[i]) for i in range(k)]


def folds_next_to_train(n, k, rng):
    parts = np.array_split(rng.permutation(n), k)
    return [(parts[(i + 1) % k], parts[i]) for i in range(k)]


def folds_first_forgotten(n, k, rng):
    return folds_split(n, k, rng)[1:]


def folds_one_pair(n, k, rng):
    return folds_split(n, k, rng)[0]


def folds_held_alone(n, k, rng):
    return np.array_split(rng.permutation(n), k)


def folds_two_lists(n, k, rng):
    pairs = folds_split(n, k, rng)
    return [rest for rest, _ in pairs], [held for _, held in pairs]


def folds_masks(n, k, rng):
    number = rng.permutation(np.arange(n) % k)
    return [(number != fold, number == fold) for fold in range(k)]


def folds_lists(n, k, rng):
    return [(rest.tolist(), held.tolist()) for rest, held in folds_split(n, k, rng)]


def folds_parts_not_joined(n, k, rng):
    parts = np.array_split(rng.permutation(n), k)
    return [(parts[:i] + parts[i + 1 :], parts[i]) for i in range(k)]


def folds_from_one(n, k, rng):
    return [(rest + 1, held + 1) for rest, held in folds_split(n, k, rng)]


def folds_floats(n, k, rng):
    return [(rest.astype(float), held.astype(float)) for rest, held in folds_split(n, k, rng)]


def folds_own_seed(n, k, rng):
    return folds_split(n, k, np.random.default_rng(0))


def folds_own_generator(n, k, rng):
    return folds_split(n, k, np.random.default_rng())


def folds_global_generator(n, k, rng):
    np.random.shuffle(order := np.arange(n))  # noqa: NPY002
    return _paired(np.array_split(order, k))


def folds_copied_generator(n, k, rng):
    return folds_split(n, k, copy.deepcopy(rng))


def folds_remembered(n, k, rng, known={}):  # noqa: B006
    if (n, k) not in known:
        known[n, k] = folds_split(n, k, rng)
    return known[n, k]


def folds_zipped(n, k, rng):
    pairs = folds_split(n, k, rng)
    return zip(*map(list, zip(*pairs, strict=True)), strict=True)


def folds_half_shuffled(n, k, rng):
    order = np.arange(n)
    rng.shuffle(order[: n // 2])
    return _paired(np.array_split(order, k))


def _bad_folds(answer, n, k):
    """Say whether this does not do what the text asks for, judged by a hundred calls."""

    def calls():
        rng = np.random.default_rng(7)
        return [answer(n, k, rng) for _ in range(100)]

    def wrong(result):
        if not isinstance(result, list | tuple) or len(result) != k:
            return True
        for rest, held in result:
            if any(part.dtype.kind != "i" or part.ndim != 1 for part in (rest, held)):
                return True
            if sorted([*rest, *held]) != list(range(n)):
                return True
        sizes = [len(held) for _, held in result]
        every_row = sorted(row for _, held in result for row in held)
        return every_row != list(range(n)) or max(sizes) - min(sizes) > 1

    def as_lists(results):
        return [[[part.tolist() for part in pair] for pair in result] for result in results]

    try:
        one, two = calls(), calls()
        if any(map(wrong, one)) or as_lists(one) != as_lists(two):
            return True
    except Exception:
        return True
    # How often row 0 is held out together with each other row: about as often with all.
    mates = [
        sum(any(0 in held and row in held for _, held in result) for result in one)
        for row in range(1, n)
    ]
    return min(mates) == 0 or max(mates) > 3 * min(mates)


RIGHT = {
    "11.3": [
        ("one array of factors for both", dropout_factors),
        ("np.where on the numbers below p", dropout_where),
        ("loops over rows and units", dropout_loops),
        ("zeros into own copies, then scaled in place", dropout_own_copies),
        ("copies only what is kept into zeros", dropout_kept_alone),
        ("the factors from the layer of the package", dropout_layer),
        ("a helper, the slopes first", dropout_helper),
        ("masked arrays", dropout_masked_arrays),
    ],
    "11.4": [
        ("both formulas", steps_formula),
        ("a helper for the step, the root of the square", steps_helper),
        ("loops over all entries", steps_loops),
        ("both moments and their corrections", steps_moments),
        ("Adam and AdamW of the package", steps_package),
        ("in place on own copies", steps_own_copies),
        ("both at once, stacked", steps_stacked),
        ("sign times size, the decay last", steps_sign),
    ],
    "11.5": [
        ("one loop, the ends set anew in the middle", search_one_loop),
        ("two loops, the middle two of four ends", search_two_loops),
        ("all numbers drawn at once, arrays", search_arrays),
        ("uniform logarithms, max of pairs by their scores", search_logarithms),
        ("exponents of 2, and a dict of scores", search_exponents),
        ("recursive", search_recursive),
        ("numbers of NumPy, and an array as the result", search_numpy_numbers),
    ],
    "11.6": [
        ("np.array_split of a permutation", folds_split),
        ("a number of a fold for each row", folds_numbers),
        ("every k-th of a permutation", folds_strides),
        ("bounds, and what is missing", folds_setdiff),
        ("random keys, and masks on the way", folds_random_keys),
        ("drawn from a hat, one by one", folds_one_by_one),
        ("a pack that is rolled on", folds_rolled),
    ],
}

WRONG = {
    "11.3": [
        ("scales neither", _dropout(lambda kept, p: kept)),
        ("does not scale the slopes", _dropout(_scaled, lambda kept, p: kept)),
        ("scales only the slopes", _dropout(lambda kept, p: kept, _scaled)),
        (
            "scales the slopes of all entries, without the mask",
            _dropout(_scaled, lambda kept, p: 1 / (1 - p)),
        ),
        ("lets the slopes through as they are", _dropout(_scaled, lambda kept, p: 1.0)),
        ("scales all outputs, without a mask", _dropout(lambda kept, p: 1 / (1 - p), _scaled)),
        ("multiplies by 1 - p", _dropout(lambda kept, p: kept * (1 - p))),
        ("multiplies the slopes by 1 - p", _dropout(_scaled, lambda kept, p: kept * (1 - p))),
        ("scales the slopes twice", _dropout(_scaled, lambda kept, p: kept / (1 - p) ** 2)),
        ("divides by p", _dropout(lambda kept, p: kept / (p or 1))),
        ("multiplies by 1 + p", _dropout(lambda kept, p: kept * (1 + p))),
        ("divides by the root of 1 - p", _dropout(lambda kept, p: kept / np.sqrt(1 - p))),
        ("multiplies by 2, which is right for p = 0.5", _dropout(lambda kept, p: kept * 2.0)),
        ("keeps where the number is below p", _dropout(_scaled, kept=lambda u, p: u < p)),
        (
            "keeps where the number is below p, and divides by p",
            _dropout(lambda kept, p: kept / (p or 1), kept=lambda u, p: u < p),
        ),
        ("keeps where the number is below 1 - p", _dropout(_scaled, kept=lambda u, p: u < 1 - p)),
        ("drops a number that is exactly p", _dropout(_scaled, kept=lambda u, p: u > p)),
        ("slopes for what the mask drops", _dropout(_scaled, lambda kept, p: ~kept / (1 - p))),
        ("keeps half, whatever p is", _dropout(_scaled, kept=lambda u, p: u >= 0.5)),
        (
            "the mask of the first row for all rows",
            _dropout(_scaled, kept=lambda u, p: np.broadcast_to(u[:1] >= p, u.shape)),
        ),
        ("one number for each unit", _by_draws(lambda a, rng: rng.random(a.shape[1]))),
        ("one number for each row", _by_draws(lambda a, rng: rng.random((len(a), 1)))),
        ("one number for the layer", _by_draws(lambda a, rng: rng.random())),
        (
            "a generator of its own",
            _by_draws(lambda a, rng: np.random.default_rng(0).random(a.shape)),
        ),
        ("NumPy's global generator", _by_draws(lambda a, rng: np.random.random(a.shape))),  # noqa: NPY002
        ("normal numbers", _by_draws(lambda a, rng: rng.normal(size=a.shape))),
        (
            "numbers of single precision",
            _by_draws(lambda a, rng: rng.random(a.shape, dtype=np.float32)),
        ),
        (
            "numbers in the order of the columns",
            _by_draws(lambda a, rng: rng.random(a.shape[::-1]).T),
        ),
        ("a new mask for the slopes", dropout_new_mask_back),
        ("a new mask for the outputs, after the slopes", dropout_draws_first_for_slopes),
        ("a seed from rng, and numbers from the seed", dropout_same_seed_for_both),
        ("changes a", dropout_a_in_place),
        ("changes g", dropout_g_in_place),
        ("takes an input of 0 for dropped", dropout_mask_from_output),
        ("slopes only where the output is above 0", dropout_like_relu),
        ("the factor as output over input, which fails at 0", dropout_ratio),
        ("slopes times the output", dropout_slopes_times_output),
        ("the output in place of the slopes", dropout_slopes_of_output),
        ("the slopes first", dropout_slopes_first),
        ("no slopes", dropout_output_alone),
        ("the factors, not times g", dropout_returns_factors),
        ("divides by the share that this mask keeps", dropout_actual_share),
        ("divides by the share that is kept of each row", dropout_actual_share_of_rows),
        ("drops exactly the share p", dropout_exact_number),
        ("no row without a unit", dropout_row_not_empty),
        (
            "keeps where the number is at least 1 - p",
            _dropout(_scaled, kept=lambda u, p: u >= 1 - p),
        ),
        ("keeps the first mask for all calls", dropout_kept_mask),
        ("draws a second time for nothing", dropout_draws_once_more),
        ("does not use the first numbers", dropout_first_draw_lost),
        ("rounds to two digits", dropout_rounded),
        ("no dropout, as in use", dropout_in_use),
        ("noise of the same standard deviation", dropout_noise),
        ("the mean of the unit instead of 0", dropout_mean_in_place_of_0),
    ],
    "11.4": [
        ("decoupled first", steps_other_order),
        ("L2 twice", steps_l2_twice),
        ("decoupled twice", steps_decoupled_twice),
        ("steps uphill", steps_uphill),
        ("shrinks behind the step", steps_shrunk_behind),
        ("shrinks and makes no step", steps_only_shrunk),
        ("divides by the gradient of the data alone", steps_divided_by_data),
        ("divides by the sum of the sizes", steps_sum_of_sizes),
        ("SGD for both", steps_sgd),
        ("SGD for L2", steps_l2_sgd),
        ("the decoupled step from where L2 has come", steps_one_after_the_other),
        ("both decays at once as the second", steps_both_decays),
        ("changes w", steps_w_in_place),
        ("shrinks w itself before L2 uses it", steps_w_shrunk_first),
        ("changes g, which the second then uses", steps_g_in_place),
        ("returns the changes", steps_changes),
        ("leaves weights alone that have no gradient", steps_rest_where_no_gradient),
        ("L2 leaves weights alone that have no gradient", steps_l2_rests_where_no_gradient),
        ("takes a vector for biases, and spares it", steps_biases_spared),
        ("stops at 0", steps_not_past_zero),
        ("keeps its moments for the next call", steps_with_memory),
        ("rounds to three digits", steps_rounded),
        (
            "2 decay w: the gradient of decay w²",
            _steps(lambda w, g, rate, decay: g + 2 * decay * w),
        ),
        ("half of decay w", _steps(lambda w, g, rate, decay: g + decay * w / 2)),
        ("no decay for L2", _steps(lambda w, g, rate, decay: g)),
        ("subtracts decay w from g", _steps(lambda w, g, rate, decay: g - decay * w)),
        ("the decay without w", _steps(lambda w, g, rate, decay: g + decay)),
        ("the sign of w: L1", _steps(lambda w, g, rate, decay: g + decay * np.sign(w))),
        ("the size of w", _steps(lambda w, g, rate, decay: g + decay * np.abs(w))),
        ("the square of w", _steps(lambda w, g, rate, decay: g + decay * w**2)),
        (
            "the penalty, not its gradient",
            _steps(lambda w, g, rate, decay: g + decay / 2 * np.sum(w**2)),
        ),
        (
            "rate times decay in the gradient",
            _steps(lambda w, g, rate, decay: g + rate * decay * w),
        ),
        (
            "keeps 1 - decay of the gradient",
            _steps(lambda w, g, rate, decay: (1 - decay) * g + decay * w),
        ),
        ("the mean of the weights", _steps(lambda w, g, rate, decay: g + decay * w / w.size)),
        (
            "shrinks by the decay without the rate",
            _steps(shrunk=lambda w, rate, decay: (1 - decay) * w),
        ),
        (
            "shrinks by the rate without the decay",
            _steps(shrunk=lambda w, rate, decay: (1 - rate) * w),
        ),
        ("grows", _steps(shrunk=lambda w, rate, decay: (1 + rate * decay) * w)),
        ("does not shrink", _steps(shrunk=lambda w, rate, decay: w)),
        ("subtracts the decay as a number", _steps(shrunk=lambda w, rate, decay: w - rate * decay)),
        (
            "shrinks by the root",
            _steps(shrunk=lambda w, rate, decay: w * math.sqrt(1 - rate * decay)),
        ),
        ("keeps rate times decay", _steps(shrunk=lambda w, rate, decay: rate * decay * w)),
        ("divides by 1 + rate decay", _steps(shrunk=lambda w, rate, decay: w / (1 + rate * decay))),
        ("the exponential", _steps(shrunk=lambda w, rate, decay: w * math.exp(-rate * decay))),
        ("the sign alone, which is wrong for tiny gradients", _steps(step=np.sign)),
        ("no epsilon, which fails at 0", _steps(step=lambda g: g / np.abs(g))),
        ("epsilon under the root", _steps(step=lambda g: g / np.sqrt(g**2 + 1e-8))),
        ("the square of epsilon under the root", _steps(step=lambda g: g / np.sqrt(g**2 + 1e-16))),
        ("epsilon as a lower bound", _steps(step=lambda g: g / np.maximum(np.abs(g), 1e-8))),
        ("epsilon 1e-7", _steps(step=lambda g: g / (np.abs(g) + 1e-7))),
        (
            "epsilon behind the division",
            _steps(step=lambda g: g / np.where(g == 0, 1, np.abs(g)) + 1e-8),
        ),
        ("no absolute value", _steps(step=lambda g: g / (g + 1e-8))),
        ("the size of g without the gradient", _steps(step=lambda g: 1 / (np.abs(g) + 1e-8))),
        ("divides by the square", _steps(step=lambda g: g / (g**2 + 1e-8))),
        (
            "one length for the whole gradient",
            _steps(step=lambda g: g / (np.linalg.norm(g) + 1e-8)),
        ),
        ("the largest entry", _steps(step=lambda g: g / (np.max(np.abs(g)) + 1e-8))),
        (
            "the moments without correction",
            _steps(step=lambda g: 0.1 * g / (np.sqrt(0.001) * np.abs(g) + 1e-8)),
        ),
        (
            "a tenth: the first moment alone without correction",
            _steps(step=lambda g: 0.1 * _adam(g)),
        ),
    ],
    "11.5": [
        ("evenly on the plain scale", _search(draw=lambda low, high, u: low + (high - low) * u)),
        (
            "low and high as exponents of 10",
            _search(draw=lambda low, high, u: 10 ** (low + (high - low) * u)),
        ),
        (
            "natural logarithms, powers of 10",
            _search(draw=lambda low, high, u: 10 ** (math.log(low) + math.log(high / low) * u)),
        ),
        ("u the wrong way round", _search(draw=lambda low, high, u: high * (low / high) ** u)),
        ("low forgotten", _search(draw=lambda low, high, u: (high / low) ** u)),
        (
            "the exponent in place of the rate",
            _search(draw=lambda low, high, u: math.log10(low) + math.log10(high / low) * u),
        ),
        ("c is the square root", _search(width=lambda low, high: (high / low) ** 0.5)),
        ("c is the eighth root", _search(width=lambda low, high: (high / low) ** 0.125)),
        ("c is high / low", _search(width=lambda low, high: high / low)),
        ("c is a quarter of high / low", _search(width=lambda low, high: high / low / 4)),
        ("c is 10", _search(width=lambda low, high: 10)),
        ("c from the difference", _search(width=lambda low, high: (high - low) ** 0.25)),
        ("not cut", _search(ends=lambda b, c, low, high: (b / c, b * c))),
        ("cut at low alone", _search(ends=lambda b, c, low, high: (max(low, b / c), b * c))),
        (
            "moved inside in place of cut",
            _search(ends=lambda b, c, low, high: (min(b / c, high / c**2), min(high, b * c))),
        ),
        ("low and high again", _search(ends=lambda b, c, low, high: (low, high))),
        ("low / c to high * c", _search(ends=lambda b, c, low, high: (low / c, high * c))),
        (
            "b plus and minus a quarter of the range",
            _search(
                ends=lambda b, c, low, high: (
                    max(low, b - (high - low) / 4),
                    min(high, b + (high - low) / 4),
                )
            ),
        ),
        (
            "b plus and minus 20 percent",
            _search(ends=lambda b, c, low, high: (max(low, 0.8 * b), min(high, 1.2 * b))),
        ),
        ("from b on", _search(ends=lambda b, c, low, high: (b, min(high, b * c)))),
        (
            "b with the lowest score",
            _search(b=lambda rates, values: rates[values.index(min(values))]),
        ),
        ("b is the last of equals", _search(b=_last_of_equals)),
        (
            "b is the largest of equals",
            _search(b=lambda rates, values: max(zip(values, rates, strict=True))[1]),
        ),
        ("b is the last rate", _search(b=lambda rates, values: rates[-1])),
        ("b is a place", _search(b=lambda rates, values: values.index(max(values)) + 1)),
        (
            "b is the mean of the two best",
            _search(
                b=lambda rates, values: float(np.mean(np.array(rates)[np.argsort(values)[-2:]]))
            ),
        ),
        (
            "the lowest score",
            _search(result=lambda rates, values: (rates[values.index(min(values))], min(values))),
        ),
        (
            "the last of equals",
            _search(result=lambda rates, values: (_last_of_equals(rates, values), max(values))),
        ),
        ("the last trial", _search(result=lambda rates, values: (rates[-1], values[-1]))),
        (
            "the score first",
            _search(result=lambda rates, values: (max(values), rates[values.index(max(values))])),
        ),
        ("no score", _search(result=lambda rates, values: rates[values.index(max(values))])),
        ("no rate", _search(result=lambda rates, values: max(values))),
        (
            "a place in place of the rate",
            _search(result=lambda rates, values: (values.index(max(values)), max(values))),
        ),
        ("all rates and scores", _search(result=lambda rates, values: (rates, values))),
        ("two numbers drawn for a rate", _search(number=lambda rng: rng.random() * rng.random())),
        ("normal numbers", _search(number=lambda rng: rng.normal())),
        ("the global generator", _search(number=lambda rng: np.random.random())),  # noqa: NPY002
        ("one trial more in the first round", _search(first=lambda trials: trials // 2 + 1)),
        ("a third in the first round", _search(first=lambda trials: max(1, trials // 3))),
        (
            "trials in each round",
            _search(first=lambda trials: trials, all_of_them=lambda trials: 2 * trials),
        ),
        ("one trial too few", _search(all_of_them=lambda trials: trials - 1)),
        ("the best anew after each trial", search_anew_each_time),
        ("the range narrower after each trial", search_narrower_each_time),
        ("rates cut, not the range", search_clips_rates),
        ("draws again until a rate is within", search_redraws),
        ("scores while it compares", search_scores_twice),
        ("scores the best again", search_scores_the_best_again),
        ("tries b again", search_tries_b_again),
        ("sorts the rates", search_sorted),
        ("a grid", search_grid),
        ("the same numbers in both rounds", search_same_numbers),
        ("a seed of its own", search_own_seed),
        ("a generator of its own", search_own_generator),
        ("a copy of the generator", search_copied_generator),
        ("one number drawn too many", search_draws_too_many),
        ("remembers rates and scores", search_remembers),
        ("the highest so far begins at 0", search_from_0),
        ("the best of the second round", search_second_alone),
        ("score of a whole array", search_whole_arrays),
        ("rounds the rates", search_rounded),
        ("rounds the result", search_result_rounded),
    ],
    "11.6": [
        ("not shuffled", folds_unshuffled),
        ("every k-th row", folds_every_kth),
        ("shuffled inside of the folds", folds_shuffled_inside),
        ("whole folds in random order", folds_in_random_order),
        ("only rotated", folds_rotated),
        ("shuffled anew for each fold", folds_drawn_anew),
        ("a fold drawn anew each time", folds_choice),
        ("rows drawn with repeats", folds_with_repeats),
        ("a random number of a fold for each row", folds_random_sizes),
        ("what is left over goes to the last", folds_rest_in_last),
        ("what is left over is left out", folds_rest_left_out),
        ("large folds first, a small last one", folds_large_first),
        ("only where k divides n", folds_must_divide),
        ("folds of k rows", folds_of_size_k),
        ("the two of a pair exchanged", folds_exchanged),
        ("trains on all rows", folds_all_to_train),
        ("trains on the folds behind", folds_only_rows_after),
        ("trains on the next fold alone", folds_next_to_train),
        ("a fold too few", folds_first_forgotten),
        ("the first pair alone", folds_one_pair),
        ("the rows held out alone", folds_held_alone),
        ("two lists", folds_two_lists),
        ("masks", folds_masks),
        ("lists of rows", folds_lists),
        ("the parts not joined", folds_parts_not_joined),
        ("counts from 1", folds_from_one),
        ("floats", folds_floats),
        ("a seed of its own", folds_own_seed),
        ("a generator of its own", folds_own_generator),
        ("the global generator", folds_global_generator),
        ("a copy of the generator", folds_copied_generator),
        ("remembers the folds", folds_remembered),
        ("an iterator", folds_zipped),
        ("shuffles the first half", folds_half_shuffled),
    ],
}


def _draw_twice(answer, a, g, p, seed):
    """Ask twice with one generator."""
    rng = np.random.default_rng(seed)
    return [answer(a, g, p, rng), answer(a, g, p, rng)]


def _two_gradients(answer, w, g, rate, decay):
    return [answer(w, g, rate, decay), answer(w, -2 * g, rate, decay)]


def _two_searches(answer, scores, low, high, trials, seed):
    """Search twice with one generator; scores are a function, or come one after the other."""
    told, rng = [], np.random.default_rng(seed)
    for _ in range(2):
        rates = []

        def score(rate, rates=rates):
            rates.append(float(rate))
            return scores(rate) if callable(scores) else scores[(len(rates) - 1) % len(scores)]

        told.append([answer(score, low, high, trials, rng), rates])
    return told


DRIVE = {"11.3": _draw_twice, "11.4": _two_gradients, "11.5": _two_searches}

_RNG = np.random.default_rng(11)

# For 11.3: as usual; with an input of 0 that is kept, and outputs below 0; with a row that loses
# all units; p exactly one of the numbers.
_USUAL = (_RNG.normal(size=(5, 4)), _RNG.normal(size=(5, 4)), 0.3, 1)
_ZERO = (np.zeros((3, 4)), _RNG.normal(size=(3, 4)), 0.3, 1)
_ROW_LOST = (_RNG.normal(size=(6, 2)), _RNG.normal(size=(6, 2)), 0.8, 3)
_EXACT = (*_USUAL[:2], float(np.random.default_rng(1).random((5, 4))[2, 1]), 1)

# For 11.4: as usual, with signs of w and g in all combinations; gradients of 0 and tiny ones; a
# strong decay, with a weight that L2 takes past 0.
_MATRIX = (
    np.array([[0.5, -0.8, 1.2], [-0.4, 2.0, -0.7]]),
    np.array([[0.02, 0.3, -0.01], [-0.2, -0.05, 0.0]]),
    0.1,
    0.05,
)
_TINY = (
    np.array([0.01, 0.3, -0.2, 0.5, 0.0]),
    np.array([0.0, 1e-8, -3e-8, 2e-7, 0.0]),
    0.1,
    1e-7,
)
_STRONG = (np.array([1.0, 0.05, -0.04]), np.array([-0.8, 0.1, -0.2]), 0.1, 0.5)

# For 11.5: a best rate inside of the range, and at its end; equal scores; scores that climb to the
# last trial, and that fall from the first; negative ones; the best in the first half.
_VALLEY = (lambda rate: 2 - np.log10(rate / 0.03) ** 2, 0.0003, 2.0, 10, 4)
_AT_THE_END = (lambda rate: 1 + np.log10(rate) / 10, 0.0003, 2.0, 10, 4)
_EQUAL = ([0.2, 0.7, 0.4, 0.7, 0.7, 0.1, 0.7, 0.3, 0.6, 0.5], 0.0003, 2.0, 10, 4)
_CLIMBS = ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 0.0003, 2.0, 6, 4)
_FALLS = ([0.6, 0.5, 0.4, 0.3, 0.2, 0.1], 0.0003, 2.0, 6, 4)
_BELOW_0 = ([-0.6, -0.5, -0.4, -0.3, -0.2, -0.7], 0.0003, 2.0, 6, 4)
_FIRST_IS_BEST = ([0.6, 0.9, 0.4, 0.3, 0.8, 0.1], 0.0003, 2.0, 6, 4)

WITNESS = {
    "11.3": [
        *[_USUAL] * 16,
        _EXACT,
        *[_USUAL] * 16,
        _ZERO,
        _USUAL,
        _ZERO,
        *[_USUAL] * 8,
        _ROW_LOST,
        *[_USUAL] * 8,
    ],
    "11.4": [
        *[_MATRIX] * 18,
        _TINY,
        _STRONG,
        *[_MATRIX] * 12,
        _STRONG,
        *[_MATRIX] * 10,
        _TINY,
        *[_MATRIX] * 2,
        *[_TINY] * 4,
        *[_MATRIX] * 7,
    ],
    "11.5": [
        *[_VALLEY] * 12,
        *[_AT_THE_END] * 3,
        *[_VALLEY] * 6,
        *[_EQUAL] * 2,
        *[_VALLEY] * 4,
        _EQUAL,
        _FALLS,
        *[_VALLEY] * 12,
        *[_CLIMBS] * 2,
        _AT_THE_END,
        *[_VALLEY] * 11,
        _FALLS,
        _BELOW_0,
        _FIRST_IS_BEST,
        *[_VALLEY] * 3,
    ],
    "11.6": [
        lambda: _bad_folds(folds_unshuffled, 7, 3),
        lambda: _bad_folds(folds_every_kth, 7, 3),
        lambda: _bad_folds(folds_shuffled_inside, 7, 3),
        lambda: _bad_folds(folds_in_random_order, 7, 3),
        lambda: _bad_folds(folds_rotated, 7, 3),
        lambda: _bad_folds(folds_drawn_anew, 7, 3),
        lambda: _bad_folds(folds_choice, 7, 3),
        lambda: _bad_folds(folds_with_repeats, 7, 3),
        lambda: _bad_folds(folds_random_sizes, 7, 3),
        lambda: _bad_folds(folds_rest_in_last, 11, 4),
        lambda: _bad_folds(folds_rest_left_out, 11, 4),
        lambda: _bad_folds(folds_large_first, 13, 6),
        lambda: _bad_folds(folds_must_divide, 11, 4),
        lambda: _bad_folds(folds_of_size_k, 11, 4),
        lambda: _bad_folds(folds_exchanged, 7, 3),
        lambda: _bad_folds(folds_all_to_train, 7, 3),
        lambda: _bad_folds(folds_only_rows_after, 7, 3),
        lambda: _bad_folds(folds_next_to_train, 7, 3),
        lambda: _bad_folds(folds_first_forgotten, 7, 3),
        lambda: _bad_folds(folds_one_pair, 7, 3),
        lambda: _bad_folds(folds_held_alone, 7, 3),
        lambda: _bad_folds(folds_two_lists, 7, 3),
        lambda: _bad_folds(folds_masks, 7, 3),
        lambda: _bad_folds(folds_lists, 7, 3),
        lambda: _bad_folds(folds_parts_not_joined, 7, 3),
        lambda: _bad_folds(folds_from_one, 7, 3),
        lambda: _bad_folds(folds_floats, 7, 3),
        lambda: _bad_folds(folds_own_seed, 7, 3),
        lambda: _bad_folds(folds_own_generator, 7, 3),
        lambda: _bad_folds(folds_global_generator, 7, 3),
        lambda: _bad_folds(folds_copied_generator, 7, 3),
        lambda: _bad_folds(folds_remembered, 7, 3),
        lambda: _bad_folds(folds_zipped, 7, 3),
        lambda: _bad_folds(folds_half_shuffled, 7, 3),
    ],
}
