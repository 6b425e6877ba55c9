"""Right and wrong answers to exercises 11.3, 11.4, 11.5 and 11.6, written from their texts alone.

An entry of WITNESS is a tuple of arguments of DRIVE on which the wrong answer of the same place
differs from the first right one or changes its arguments, or a function that returns True if the
wrong answer misbehaves: many folds are right in 11.6, and `_bad_folds` judges them there.
(The answers to 11.6 are by the author of its check.)
"""

import copy
import itertools
import math
from functools import reduce

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


# Exercise 11.5: when is better good enough?


def stop_counting(losses, patience, enough):
    best, to_beat, waited = 1, losses[0], 0
    for epoch in range(2, len(losses) + 1):
        loss = losses[epoch - 1]
        if to_beat - loss > enough:
            best, to_beat, waited = epoch, loss, 0
        else:
            waited += 1
            if waited == patience:
                return best, epoch
    return best, len(losses)


def stop_as_in_the_chapter(losses, patience, enough):
    to_beat, best = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < to_beat - enough:
            to_beat, best = loss, epoch
        elif epoch - best >= patience:
            break
    return best, epoch


def stop_jumping(losses, patience, enough):
    best = 1
    while True:
        within = range(best + 1, min(best + patience, len(losses)) + 1)
        better = [k for k in within if losses[k - 1] < losses[best - 1] - enough]
        if not better:
            return best, min(best + patience, len(losses))
        best = better[0]


def stop_recursive(losses, patience, enough, best=1):
    later = np.asarray(losses[best : best + patience], dtype=float)
    better = np.flatnonzero(losses[best - 1] - later > enough)
    if better.size:
        return stop_recursive(losses, patience, enough, best + 1 + int(better[0]))
    return [best, best + len(later)]


def stop_reduce(losses, patience, enough):
    def step(state, loss):
        best, now = state
        if now - best >= patience:
            return state
        return (now + 1 if losses[best - 1] - loss > enough else best), now + 1

    return reduce(step, losses[1:], (1, 1))


def stop_all_marks_first(losses, patience, enough):
    marks = [1]
    for epoch, loss in enumerate(losses, start=1):
        if losses[marks[-1] - 1] > loss + enough:
            marks.append(epoch)
    for best, following in zip(marks, [*marks[1:], math.inf], strict=True):
        if following > best + patience:
            return best, min(best + patience, len(losses))
    raise AssertionError("the last mark has no follower")


def stop_while(losses, patience, enough):
    best = now = 1
    while now < len(losses) and now - best < patience:
        now += 1
        if not losses[now - 1] >= losses[best - 1] - enough:
            best = now
    return best, now


def _stop(better=None, to_beat=None, start=None, stops=None):
    """Return an answer with another condition, loss to beat, first one, or end."""
    better = better or (lambda loss, beat, enough: beat - loss > enough)
    to_beat = to_beat or (lambda loss, beat, counted: loss if counted else beat)
    stops = stops or (lambda waited, patience: waited >= patience)

    def stopped(losses, patience, enough):
        best, beat, waited, epoch = 1, losses[0] if start is None else start, 0, 1
        for epoch in range(2 if start is None else 1, len(losses) + 1):
            loss = losses[epoch - 1]
            counted = better(loss, beat, enough)
            beat = to_beat(loss, beat, counted)
            best, waited = (epoch, 0) if counted else (best, waited + 1)
            if stops(waited, patience):
                break
        return best, epoch

    return stopped


def stop_previous(losses, patience, enough):
    best = epoch = 1
    for epoch in range(2, len(losses) + 1):
        if losses[epoch - 2] - losses[epoch - 1] > enough:
            best = epoch
        elif epoch - best >= patience:
            break
    return best, epoch


def stop_from_0(losses, patience, enough):
    return tuple(number - 1 for number in stop_counting(losses, patience, enough))


def stop_best_from_0(losses, patience, enough):
    best, end = stop_counting(losses, patience, enough)
    return best - 1, end


def stop_end_first(losses, patience, enough):
    return stop_counting(losses, patience, enough)[::-1]


def stop_best_alone(losses, patience, enough):
    return stop_counting(losses, patience, enough)[0]


def stop_never_reset(losses, patience, enough):
    best, to_beat, waited, epoch = 1, losses[0], 0, 1
    for epoch, loss in enumerate(losses[1:], start=2):
        if to_beat - loss > enough:
            best, to_beat = epoch, loss
        else:
            waited += 1
            if waited == patience:
                break
    return best, epoch


def stop_lowest_of_all(losses, patience, enough):
    return int(np.argmin(losses)) + 1, stop_counting(losses, patience, enough)[1]


def stop_lowest_so_far(losses, patience, enough):
    end = stop_counting(losses, patience, enough)[1]
    return int(np.argmin(losses[:end])) + 1, end


def stop_never(losses, patience, enough):
    return stop_counting(losses, len(losses), enough)


def stop_end_of_list(losses, patience, enough):
    return stop_counting(losses, patience, enough)[0], len(losses)


def stop_only_when_out_of_patience(losses, patience, enough):
    best, to_beat = 1, losses[0]
    for epoch, loss in enumerate(losses, start=1):
        if to_beat - loss > enough:
            best, to_beat = epoch, loss
        elif epoch - best >= patience:
            return best, epoch
    return None


def stop_last_only_if_out_of_patience(losses, patience, enough):
    best, end = stop_counting(losses, patience, enough)
    return (best, end) if end - best >= patience else (len(losses), len(losses))


def stop_slightly_better_resets(losses, patience, enough):
    best, to_beat, waited, epoch = 1, losses[0], 0, 1
    for epoch, loss in enumerate(losses[1:], start=2):
        waited = 0 if loss < to_beat else waited + 1
        if to_beat - loss > enough:
            best, to_beat = epoch, loss
        if waited == patience:
            break
    return best, epoch


def stop_slightly_better_is_nothing(losses, patience, enough):
    best, to_beat, waited, epoch = 1, losses[0], 0, 1
    for epoch, loss in enumerate(losses[1:], start=2):
        if to_beat - loss > enough:
            best, to_beat, waited = epoch, loss, 0
        elif loss >= to_beat:
            waited += 1
        if waited == patience:
            break
    return best, epoch


def stop_lowered_and_counted(losses, patience, enough):
    best, to_beat, lowest, waited, epoch = 1, losses[0], losses[0], 0, 1
    for epoch, loss in enumerate(losses[1:], start=2):
        waited += 1
        if to_beat - loss > enough:
            to_beat, waited = loss, 0
        if loss < lowest:
            best, lowest = epoch, loss
        if waited == patience:
            break
    return best, epoch


def stop_goes_on_to_the_lowest(losses, patience, enough):
    end = stop_counting(losses, patience, enough)[1]
    return stop_counting(losses, len(losses), enough)[0], end


def stop_beyond_the_end(losses, patience, enough):
    best = stop_counting(losses, patience, enough)[0]
    return best, best + patience


def stop_next_epoch(losses, patience, enough):
    best, end = stop_counting(losses, patience, enough)
    return best, end + (end - best >= patience)


def stop_loss_instead(losses, patience, enough):
    best, end = stop_counting(losses, patience, enough)
    return losses[best - 1], end


def stop_waited_instead(losses, patience, enough):
    best, end = stop_counting(losses, patience, enough)
    return best, end - best


def stop_against_patience_ago(losses, patience, enough):
    best = 1
    for epoch in range(1, len(losses) + 1):
        if losses[best - 1] - losses[epoch - 1] > enough:
            best = epoch
        if epoch > patience and losses[epoch - 1 - patience] - losses[epoch - 1] <= enough:
            return best, epoch
    return best, len(losses)


def stop_rounded(losses, patience, enough):
    return stop_counting([round(loss, 2) for loss in losses], patience, enough)


def stop_remembers(losses, patience, enough, memory=[math.inf]):  # noqa: B006
    best = epoch = 1
    for epoch, loss in enumerate(losses, start=1):
        if memory[0] - loss > enough:
            best, memory[0] = epoch, loss
        elif epoch - best >= patience:
            break
    return best, epoch


def stop_first_waits(losses, patience, enough):
    best, to_beat, waited, epoch = 1, losses[0], 0, 1
    for epoch, loss in enumerate(losses, start=1):
        if to_beat - loss > enough:
            best, to_beat, waited = epoch, loss, 0
        else:
            waited += 1
        if waited >= patience:
            break
    return best, epoch


def stop_last_unchecked(losses, patience, enough):
    best, to_beat = 1, losses[0]
    for epoch in range(2, len(losses)):
        if to_beat - losses[epoch - 1] > enough:
            best, to_beat = epoch, losses[epoch - 1]
        elif epoch - best >= patience:
            return best, epoch
    return best, len(losses)


def stop_not_while_falling(losses, patience, enough):
    best, to_beat, epoch = 1, losses[0], 1
    for epoch, loss in enumerate(losses[1:], start=2):
        if to_beat - loss > enough:
            best, to_beat = epoch, loss
        elif epoch - best >= patience and loss >= losses[epoch - 2]:
            break
    return best, epoch


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
        ("counts the epochs in a row", stop_counting),
        ("when_to_stop of the chapter, with enough", stop_as_in_the_chapter),
        ("jumps from one that counts to the next", stop_jumping),
        ("recursive, with NumPy", stop_recursive),
        ("functools.reduce", stop_reduce),
        ("all that would count first, then the first gap", stop_all_marks_first),
        ("a while loop with two numbers", stop_while),
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
        (
            "an improvement of exactly enough counts",
            _stop(lambda loss, beat, enough: beat - loss >= enough),
        ),
        ("any lower loss counts", _stop(lambda loss, beat, enough: loss < beat)),
        (
            "a loss that is higher by less than enough counts",
            _stop(lambda loss, beat, enough: loss < beat + enough),
        ),
        ("a share of the loss", _stop(lambda loss, beat, enough: loss < beat * (1 - enough))),
        (
            "any change by more than enough",
            _stop(lambda loss, beat, enough: abs(beat - loss) > enough),
        ),
        (
            "a loss below enough counts",
            _stop(lambda loss, beat, enough: loss < beat and loss < enough),
        ),
        ("a higher loss counts", _stop(lambda loss, beat, enough: loss - beat > enough)),
        ("twice enough", _stop(lambda loss, beat, enough: beat - loss > 2 * enough)),
        (
            "the lowest loss so far is to beat",
            _stop(to_beat=lambda loss, beat, counted: min(loss, beat)),
        ),
        ("the last loss is to beat", _stop(to_beat=lambda loss, beat, counted: loss)),
        ("the first loss is to beat", _stop(to_beat=lambda loss, beat, counted: beat)),
        (
            "the mean of both is to beat",
            _stop(to_beat=lambda loss, beat, counted: (loss + beat) / 2 if counted else beat),
        ),
        ("the first epoch has to beat 1", _stop(start=1.0)),
        ("the first epoch has to beat 0", _stop(start=0.0)),
        ("one epoch more than patience", _stop(stops=lambda waited, patience: waited > patience)),
        (
            "one epoch less than patience",
            _stop(stops=lambda waited, patience: waited >= max(1, patience - 1)),
        ),
        ("the previous loss is to beat", stop_previous),
        ("counts from 0", stop_from_0),
        ("counts the best epoch from 0", stop_best_from_0),
        ("the end first", stop_end_first),
        ("no end", stop_best_alone),
        ("does not count anew after an improvement", stop_never_reset),
        ("the lowest of all losses", stop_lowest_of_all),
        ("the lowest loss up to the end", stop_lowest_so_far),
        ("never stops", stop_never),
        ("the end of the list", stop_end_of_list),
        ("None if patience lasts", stop_only_when_out_of_patience),
        ("the last epoch twice if patience lasts", stop_last_only_if_out_of_patience),
        ("slightly better starts the count anew", stop_slightly_better_resets),
        ("slightly better is not counted", stop_slightly_better_is_nothing),
        ("enough for the patience, any lower loss for the best", stop_lowered_and_counted),
        ("the best behind the end", stop_goes_on_to_the_lowest),
        ("an end beyond the list", stop_beyond_the_end),
        ("the epoch after the end", stop_next_epoch),
        ("the loss instead of the epoch", stop_loss_instead),
        ("the epochs waited instead of the end", stop_waited_instead),
        ("compares with the loss patience epochs ago", stop_against_patience_ago),
        ("rounds the losses", stop_rounded),
        ("remembers the loss to beat", stop_remembers),
        ("the first epoch did not count as better", stop_first_waits),
        ("does not look at the last loss", stop_last_unchecked),
        ("goes on while the loss falls", stop_not_while_falling),
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


def _twice(answer, *inputs):
    return [answer(*inputs), answer(*inputs)]


DRIVE = {"11.3": _draw_twice, "11.4": _two_gradients, "11.5": _twice}

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

# For 11.5: many that are not enough; improvements of exactly enough; better ones behind the stop;
# an end that patience does not bring; two pauses; one that rounding makes enough; a high start.
_JITTER = ([1.0, 1.5, 0.7, 0.65, 0.6, 0.5, 0.9, 0.204, 0.2, 0.195, 0.1], 3, 0.125)
_TIE = ([1.0, 0.75, 0.5, 0.25], 2, 0.25)
_GIVES_UP = ([3.0, 2.0, 2.5, 1.95, 1.9, 0.5, 0.4], 3, 0.5)
_LASTS = ([1.0, 0.9, 0.5, 0.45, 0.1], 5, 0.2)
_RESET = ([1.0, 1.1, 0.5, 0.6, 0.2, 0.3], 2, 0.1)
_CLOSE = ([0.9, 0.894, 0.7], 1, 0.007)
_HIGH = ([4.0, 3.0, 3.5, 2.0, 2.5], 2, 0.4)

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
        _TIE,
        *[_JITTER] * 3,
        _HIGH,
        *[_JITTER] * 7,
        _TIE,
        _JITTER,
        _GIVES_UP,
        *[_JITTER] * 9,
        *[_GIVES_UP] * 2,
        *[_TIE] * 2,
        *[_GIVES_UP] * 2,
        _JITTER,
        _GIVES_UP,
        _TIE,
        *[_JITTER] * 4,
        _CLOSE,
        _JITTER,
        _TIE,
        _LASTS,
        _GIVES_UP,
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
