"""Wrong answers to the exercises of chapter 8, each with a phrase of what is said of it."""

import math

import numpy as np


def _wave(step, low, high, step_size, power):
    step = np.asarray(step)
    cycle = np.floor(1 + step / (2 * step_size))
    x = np.abs(step / step_size - 2 * cycle + 1)
    return low + (high - low) * np.maximum(0, 1 - x) * 0.5 ** power(cycle)


def _one_number_only(step, base_rate, max_rate, step_size):
    cycle = math.floor(1 + step / (2 * step_size))
    x = abs(step / step_size - 2 * cycle + 1)
    return base_rate + (max_rate - base_rate) * max(0, 1 - x) * 0.5 ** (cycle - 1)


def _half_wave(high, low, share):
    return low + (high - low) * (1 + math.cos(math.pi * share)) / 2


def _strictly_greater(step, high, low, length, multiplier):
    while step > length:
        step, length = step - length, length * multiplier
    return _half_wave(high, low, step / length)


def _longer_first(step, high, low, length, multiplier):
    while step >= length:
        length = length * multiplier
        step = step - length
    return _half_wave(high, low, step / length)


def _by_a_logarithm(step, high, low, length, multiplier):
    if multiplier == 1:
        return _half_wave(high, low, step % length / length)
    m = multiplier
    number = math.floor(math.log(step * (m - 1) / length + 1) / math.log(m))
    start = length * (m**number - 1) // (m - 1)
    return _half_wave(high, low, (step - start) / (length * m**number))


def _if_for_while(step, high, low, length, multiplier):
    if step >= length:
        step, length = step - length, length * multiplier
    return _half_wave(high, low, step / length)


def _half_cycles(step, low, high, step_size):
    return _wave(step, low, high, step_size, lambda c: np.asarray(step) // step_size)


def _up_to_the_first(bad, losses):
    return int(np.argmax(bad(losses))) if bad(losses).any() else len(losses)


def _averages(losses, keep, start=0.0):
    averages = []
    for loss in losses:
        start = keep * start + (1 - keep) * loss
        averages.append(start)
    return np.array(averages)


def _corrected(losses, keep):
    return _averages(losses, keep) / (1 - keep ** np.arange(1, len(losses) + 1))


def _finite_part(rates, losses):
    end = _up_to_the_first(lambda x: ~np.isfinite(x), losses)
    return rates[:end], losses[:end]


def _no_correction(rates, losses, keep):
    rates, losses = _finite_part(rates, losses)
    return rates[np.argmin(_averages(losses, keep))]


def _one_correction_for_all(rates, losses, keep):
    rates, losses = _finite_part(rates, losses)
    return rates[np.argmin(_averages(losses, keep) / (1 - keep ** len(losses)))]


def _from_the_first_loss(rates, losses, keep):
    rates, losses = _finite_part(rates, losses)
    return rates[np.argmin(_averages(losses, keep, start=losses[0]))]


def _corrected_from_the_first_loss(rates, losses, keep):
    average, best, where = losses[0], losses[0] / (1 - keep), 0
    for k in range(1, len(_finite_part(rates, losses)[0])):
        average = keep * average + (1 - keep) * losses[k]
        if average / (1 - keep ** (k + 1)) < best:
            best, where = average / (1 - keep ** (k + 1)), k
    return rates[where]


def _counted_from_zero(rates, losses, keep):
    rates, losses = _finite_part(rates, losses)
    with np.errstate(divide="ignore"):
        return rates[np.argmin(_averages(losses, keep) / (1 - keep ** np.arange(len(losses))))]


def _counted_from_two(rates, losses, keep):
    rates, losses = _finite_part(rates, losses)
    return rates[np.argmin(_averages(losses, keep) / (1 - keep ** np.arange(2, len(losses) + 2)))]


def _corrected_in_place(rates, losses, keep):
    average, best, rate = 0.0, np.inf, None
    for n, loss in enumerate(_finite_part(rates, losses)[1], start=1):
        average = (keep * average + (1 - keep) * loss) / (1 - keep**n)
        if average < best:
            best, rate = average, rates[n - 1]
    return rate


def _lucky_batch(rates, losses, keep):
    return rates[np.nanargmin(losses)]


def _swapped(rates, losses, keep):
    rates, losses = _finite_part(rates, losses)
    with np.errstate(invalid="ignore"):
        return rates[np.argmin(_corrected(losses, 1 - keep))]


def _nan_is_lowest(rates, losses, keep):
    return rates[np.argmin(_corrected(losses, keep))]


def _left_out(rates, losses, keep):
    fine = np.isfinite(losses)
    return rates[fine][np.argmin(_corrected(losses[fine], keep))]


def _skipped_in_the_loop(rates, losses, keep):
    average, best, rate = 0.0, np.inf, None
    for n, loss in enumerate(losses, start=1):
        if not np.isfinite(loss):
            continue
        average = keep * average + (1 - keep) * loss
        if average / (1 - keep**n) < best:
            best, rate = average / (1 - keep**n), rates[n - 1]
    return rate


def _only_nan_ends_it(rates, losses, keep):
    end = _up_to_the_first(np.isnan, losses)
    return _left_out(rates[:end], losses[:end], keep)


def _last_of_several(rates, losses, keep):
    best, rate = np.inf, None
    for r, smoothed in zip(rates, _corrected(losses, keep), strict=True):
        if smoothed <= best:
            best, rate = smoothed, r
    return rate


def _running_means(rates, losses, keep):
    rates, losses = _finite_part(rates, losses)
    return rates[np.argmin([np.mean(losses[: k + 1]) for k in range(len(losses))])]


def _cut_in_place(rates, losses, keep):
    losses[_up_to_the_first(lambda x: ~np.isfinite(x), losses) :] = np.inf
    return rates[np.argmin(np.nan_to_num(_corrected(losses, keep), nan=np.inf))]


def _steepest_fall(rates, losses, keep):
    rates, losses = _finite_part(rates, losses)
    if len(losses) == 1:
        return rates[0]
    return rates[np.argmin(np.diff(_corrected(losses, keep)))]


def _clean(rates, losses, keep):
    return *_finite_part(rates, losses), keep


def _place_of_the_lowest(rates, losses, keep):
    return np.argmin(_corrected(*_clean(rates, losses, keep)[1:]))


def _all_of_the_lowest(rates, losses, keep):
    rates, losses, keep = _clean(rates, losses, keep)
    smoothed = _corrected(losses, keep)
    return rates[smoothed == smoothed.min()]


WRONG = {
    "8.3": [
        (lambda t, a, b, s: _wave(t, a, b, s, lambda c: 0 * c), "amplitude is not halved"),
        (lambda t, a, b, s: _wave(t, a, b, s, lambda c: c), "first cycle is halved already"),
        (lambda t, a, b, s: _wave(t, b, a, s, lambda c: c - 1), "Base and max are swapped"),
        (lambda t, a, b, s: _wave(t + 1, a, b, s, lambda c: c - 1), "one step off"),
        (lambda t, a, b, s: _wave(t, a, b, s / 2, lambda c: c - 1), "half a cycle"),
        (lambda t, a, b, s: _wave(t, a, a + b, s, lambda c: c - 1), "above max_rate"),
        (_half_cycles, "halved twice in a cycle"),
        (_one_number_only, "TypeError"),
    ],
    "8.4": [
        (lambda t, b, a, n, m: _half_wave(b, a, t % n / n), "first one's length"),
        (_strictly_greater, "one step late"),
        (_longer_first, "then make it longer"),
        (lambda t, b, a, n, m: _half_wave(b, a, t / n), "Nothing restarts"),
        (_by_a_logarithm, "only at the first step of a late cycle"),
        (_if_for_while, "while in place of if"),
    ],
    "8.5": [
        (_no_correction, "begins at 0, so its first values are too small"),
        (_one_correction_for_all, "begins at 0, so its first values are too small"),
        (_from_the_first_loss, "That is another smoothing"),
        (_corrected_from_the_first_loss, "is corrected all the same"),
        (_counted_from_zero, "one too small"),
        (_counted_from_two, "one too large"),
        (_corrected_in_place, "goes on into the average"),
        (_lucky_batch, "a lucky batch"),
        (_swapped, "keep and 1 - keep are swapped"),
        (_nan_is_lowest, "nan is taken for the minimum"),
        (_left_out, "as if that loss were missing"),
        (_skipped_in_the_loop, "as if that loss were missing"),
        (_only_nan_ends_it, "A nan ends the test, but inf does not"),
        (_last_of_several, "this is the last"),
        (_running_means, "plain mean of all losses so far"),
        (_cut_in_place, "changes its input in place: `losses`"),
        (_steepest_fall, "falls most steeply"),
        (_place_of_the_lowest, "a place in the array"),
        (lambda r, x, k: _corrected(*_clean(r, x, k)[1:]).min(), "This is a loss"),
        (lambda r, x, k: r[np.argmax(_corrected(*_clean(r, x, k)[1:]))], "is highest"),
        (_all_of_the_lowest, "where a single number was expected"),
    ],
}
