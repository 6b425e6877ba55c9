"""Right and wrong answers to exercises 8.3, 8.4 and 8.5, written from their texts alone.

The equations were not in sight. 8.3 and 8.4 follow the usual ones. The answers to 8.5 are by
the author of its check, who wrote them as a reader of the text would.

An entry of WITNESS is a tuple of arguments on which the wrong answer of the same place
differs from the first right one or changes its arguments, or a callable that returns True
if the answer misbehaves.
"""

import bisect
import itertools
import math

import numpy as np

# Exercise 8.3: half the amplitude each cycle


def tri_formula(step, base_rate, max_rate, step_size):
    step = np.asarray(step)
    cycle = np.floor(1 + step / (2 * step_size))
    x = np.abs(step / step_size - 2 * cycle + 1)
    return base_rate + (max_rate - base_rate) * np.maximum(0, 1 - x) * 0.5 ** (cycle - 1)


def tri_remainder(step, base_rate, max_rate, step_size):
    inside = step % (2 * step_size)
    cycle = step // (2 * step_size)
    height = np.minimum(inside, 2 * step_size - inside) / step_size
    return base_rate + (max_rate - base_rate) * np.power(0.5, cycle) * height


def tri_interp(t, low, high, half):
    number, inside = np.divmod(t, 2 * half)
    height = np.interp(inside, [0, half, 2 * half], [0.0, 1.0, 0.0])
    return low + np.ldexp(float(high - low), -number.astype(int)) * height


def tri_loop(step, base_rate, max_rate, step_size):
    def one(t):
        t, amplitude = float(t), max_rate - base_rate
        while t >= 2 * step_size:
            t -= 2 * step_size
            amplitude /= 2
        share = t / step_size if t <= step_size else 2 - t / step_size
        return base_rate + amplitude * share

    if np.ndim(step) == 0:
        return one(step)
    rates = [one(t) for t in np.ravel(step).tolist()]
    return np.array(rates, dtype=float).reshape(np.shape(step))


def tri_where(step, base_rate, max_rate, step_size):
    halves = np.true_divide(step, step_size)
    cycle = np.floor(halves / 2)
    phase = halves - 2 * cycle
    up, down = phase, 2 - phase
    top = base_rate + (max_rate - base_rate) * np.exp2(-cycle)
    return np.where(
        phase < 1, base_rate + (top - base_rate) * up, top * down + base_rate * (1 - down)
    )


def tri_vectorize(step, base_rate, max_rate, step_size):
    def one(t):
        cycle = math.floor(t / (2 * step_size))
        height = 1 - abs(t / step_size - 2 * cycle - 1)
        return base_rate + math.ldexp((max_rate - base_rate) * height, -cycle)

    return np.vectorize(one, otypes=[float])(step)


def tri_not_halved(step, base_rate, max_rate, step_size):
    inside = step % (2 * step_size)
    return base_rate + (max_rate - base_rate) * (1 - np.abs(inside / step_size - 1))


def tri_halved_each_side(step, base_rate, max_rate, step_size):
    inside = step % (2 * step_size)
    height = 1 - np.abs(inside / step_size - 1)
    return base_rate + (max_rate - base_rate) * height * 0.5 ** (step // step_size)


def tri_halved_at_once(step, base_rate, max_rate, step_size):
    return (base_rate + tri_remainder(step, base_rate, max_rate, step_size)) / 2


def tri_whole_rate(step, base_rate, max_rate, step_size):
    return tri_not_halved(step, base_rate, max_rate, step_size) * 0.5 ** (step // (2 * step_size))


def tri_harmonic(step, base_rate, max_rate, step_size):
    inside = step % (2 * step_size)
    height = 1 - np.abs(inside / step_size - 1)
    return base_rate + (max_rate - base_rate) * height / (1 + step // (2 * step_size))


def tri_numbers_only(step, base_rate, max_rate, step_size):
    cycle = math.floor(step / (2 * step_size))
    height = 1 - abs(step / step_size - 2 * cycle - 1)
    return base_rate + (max_rate - base_rate) * height * 0.5**cycle


def tri_top_halved(step, base_rate, max_rate, step_size):
    top = max_rate * 0.5 ** (step // (2 * step_size))
    height = 1 - np.abs(step % (2 * step_size) / step_size - 1)
    return base_rate + (top - base_rate) * height


def tri_one_side(step, base_rate, max_rate, step_size):
    return tri_remainder(step, base_rate, max_rate, step_size / 2)


def tri_saw(step, base_rate, max_rate, step_size):
    inside = step % (2 * step_size) / (2 * step_size)
    return base_rate + (max_rate - base_rate) * inside * 0.5 ** (step // (2 * step_size))


def tri_smooth(step, base_rate, max_rate, step_size):
    height = 1 - np.abs(step % (2 * step_size) / step_size - 1)
    return base_rate + (max_rate - base_rate) * height * 0.5 ** (step / (2 * step_size))


def tri_integer_power(step, base_rate, max_rate, step_size):
    cycle = np.asarray(step) // (2 * step_size)
    height = 1 - np.abs(step % (2 * step_size) / step_size - 1)
    with np.errstate(all="ignore"):
        return base_rate + (max_rate - base_rate) * height / 2**cycle


def tri_flat(step, base_rate, max_rate, step_size):
    return np.ravel(tri_remainder(step, base_rate, max_rate, step_size))


def tri_down_first(step, base_rate, max_rate, step_size):
    height = np.abs(step % (2 * step_size) / step_size - 1)
    return base_rate + (max_rate - base_rate) * height * 0.5 ** (step // (2 * step_size))


def tri_in_place(step, base_rate, max_rate, step_size):
    cycle = step // (2 * step_size)
    step %= 2 * step_size
    height = np.minimum(step, 2 * step_size - step) / step_size
    return base_rate + (max_rate - base_rate) * 0.5**cycle * height


def tri_whole_rates(step, base_rate, max_rate, step_size):
    rates = np.zeros_like(step)
    rates[...] = tri_remainder(step, base_rate, max_rate, step_size)
    return rates


def tri_no_base(step, base_rate, max_rate, step_size):
    return tri_remainder(step, base_rate, max_rate, step_size) - base_rate


def tri_three_cycles(step, base_rate, max_rate, step_size):
    height = 1 - np.abs(step % (2 * step_size) / step_size - 1)
    cycle = np.minimum(step // (2 * step_size), 3)
    return base_rate + (max_rate - base_rate) * height * 0.5**cycle


def tri_one_late(step, base_rate, max_rate, step_size):
    return tri_remainder(step + 1, base_rate, max_rate, step_size)


def tri_mixed_cycles(step, base_rate, max_rate, step_size):
    height = 1 - np.abs(step % (2 * step_size) / step_size - 1)
    cycle = np.max(step) // (2 * step_size)
    return base_rate + (max_rate - base_rate) * height * 0.5**cycle


def tri_square(step, base_rate, max_rate, step_size):
    height = 1 - np.abs(step % (2 * step_size) / step_size - 1)
    cycle = step // (2 * step_size)
    return base_rate + (max_rate - base_rate) * height * 0.25**cycle


# Exercise 8.4: where in the cycle?


def _cosine(high, low, share):
    return low + (high - low) / 2 * (1 + math.cos(math.pi * share))


def restart_loop(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    if cycle_multiplier == 1:
        step = step % cycle_length
    while step >= cycle_length:
        step = step - cycle_length
        cycle_length = cycle_length * cycle_multiplier
    share = step / cycle_length
    return min_rate + (max_rate - min_rate) * 0.5 * (1 + np.cos(np.pi * share))


def restart_ends(t, high, low, first, factor):
    start, length = 0, first
    for number in itertools.count():
        length = first * factor**number
        if t < start + length:
            break
        start += length
    return low + (high - low) / 2 + (high - low) / 2 * math.cos(math.pi * (t - start) / length)


def restart_closed(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    m = cycle_multiplier
    if m == 1:
        return _cosine(max_rate, min_rate, step % cycle_length / cycle_length)

    def start(number):
        return cycle_length * (m**number - 1) // (m - 1)

    number = int(math.log(step * (m - 1) / cycle_length + 1, m))
    while start(number) > step:
        number -= 1
    while start(number + 1) <= step:
        number += 1
    share = (step - start(number)) / (cycle_length * m**number)
    return _cosine(max_rate, min_rate, share)


def restart_recursion(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    if cycle_multiplier == 1:
        step %= cycle_length
    if step < cycle_length:
        half = math.pi * step / cycle_length / 2
        return min_rate + (max_rate - min_rate) * math.cos(half) ** 2
    longer = cycle_length * cycle_multiplier
    return restart_recursion(step - cycle_length, max_rate, min_rate, longer, cycle_multiplier)


def restart_bisect(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    if cycle_multiplier == 1:
        starts, lengths = [step - step % cycle_length], [cycle_length]
    else:
        starts, lengths = [0], [cycle_length]
        while starts[-1] <= step:
            starts.append(starts[-1] + lengths[-1])
            lengths.append(lengths[-1] * cycle_multiplier)
    k = bisect.bisect_right(starts, step) - 1
    weight = (1 + np.cos(np.pi * (step - starts[k]) / lengths[k])) / 2
    return float(weight * max_rate + (1 - weight) * min_rate)


def restart_accumulate(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    powers = (cycle_length * cycle_multiplier**k for k in itertools.count())
    before = 0
    for length, end in zip(*_twice(powers), strict=False):
        if step < end:
            return _cosine(max_rate, min_rate, (step - before) / length)
        before = end


def _twice(numbers):
    first, second = itertools.tee(numbers)
    return first, itertools.accumulate(second)


def restart_multiplier_one(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    return _cosine(max_rate, min_rate, step % cycle_length / cycle_length)


def restart_late(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step > cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return _cosine(max_rate, min_rate, step / cycle_length)


def restart_adds(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    first = cycle_length
    while step >= cycle_length:
        step -= cycle_length
        cycle_length += first * (cycle_multiplier - 1)
    return _cosine(max_rate, min_rate, step / cycle_length)


def restart_logarithm(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    m = cycle_multiplier
    if m == 1:
        return _cosine(max_rate, min_rate, step % cycle_length / cycle_length)
    number = math.floor(math.log(step * (m - 1) / cycle_length + 1) / math.log(m))
    start = cycle_length * (m**number - 1) // (m - 1)
    return _cosine(max_rate, min_rate, (step - start) / (cycle_length * m**number))


def restart_first_is_long(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    return restart_loop(step, max_rate, min_rate, cycle_length * cycle_multiplier, cycle_multiplier)


def restart_first_length(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    length = cycle_length
    while step >= length:
        step -= length
        length *= cycle_multiplier
    return _cosine(max_rate, min_rate, step / cycle_length)


def restart_grows_first(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        cycle_length *= cycle_multiplier
        step -= cycle_length
    return _cosine(max_rate, min_rate, max(step, 0) / cycle_length)


def restart_whole_cosine(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return _cosine(max_rate, min_rate, 2 * step / cycle_length)


def restart_straight(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return max_rate + (min_rate - max_rate) * step / cycle_length


def restart_reaches_min(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return _cosine(max_rate, min_rate, step / max(cycle_length - 1, 1))


def restart_swapped(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    return restart_loop(step, min_rate, max_rate, cycle_length, cycle_multiplier)


def restart_divides_by_zero(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    m, number = cycle_multiplier, 0
    while cycle_length * (m ** (number + 1) - 1) // (m - 1) <= step:
        number += 1
    start = cycle_length * (m**number - 1) // (m - 1)
    return _cosine(max_rate, min_rate, (step - start) / (cycle_length * m**number))


def restart_no_pi(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return _cosine(max_rate, min_rate, step / cycle_length / math.pi)


def restart_lower_each_time(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
        max_rate /= 2
    return _cosine(max_rate, min_rate, step / cycle_length)


def restart_power_not_sum(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    start, length = 0, cycle_length
    while step >= start + length:
        start = length
        length *= cycle_multiplier
        if cycle_multiplier == 1:
            start = step - step % cycle_length
    return _cosine(max_rate, min_rate, (step - start) / length)


def restart_counts_first_cycles(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    length = cycle_length * cycle_multiplier ** (step // cycle_length)
    return _cosine(max_rate, min_rate, step % length / length)


def restart_min_forgotten(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    return restart_loop(step, max_rate, 0.0, cycle_length, cycle_multiplier)


def restart_only_two(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    if step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return _cosine(max_rate, min_rate, step / cycle_length)


def restart_always_doubles(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    return restart_loop(step, max_rate, min_rate, cycle_length, min(cycle_multiplier, 2))


def restart_amplitude(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return min_rate + max_rate / 2 * (1 + math.cos(math.pi * step / cycle_length))


def restart_whole_shares(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return _cosine(max_rate, min_rate, step // cycle_length)


def restart_share_only(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return step / cycle_length


# Exercise 8.5: where is the loss lowest?


def lowest_cut_first(rates, losses, keep):
    blown = np.flatnonzero(~np.isfinite(losses))
    end = blown[0] if blown.size else losses.size
    smoothed = np.empty(end)
    m = 0.0
    for i in range(end):
        m = keep * m + (1 - keep) * losses[i]
        smoothed[i] = m / (1 - keep ** (i + 1))
    return rates[smoothed.argmin()]


def lowest_of_pairs(rates, losses, keep):
    pairs, average = [], 0
    for step, (rate, loss) in enumerate(zip(rates, losses, strict=True)):
        if math.isnan(loss) or math.isinf(loss):
            break
        average = average * keep + loss * (1 - keep)
        pairs.append((average / (1 - keep ** (step + 1)), rate))
    return float(min(pairs, key=lambda pair: pair[0])[1])


def lowest_takewhile(eta, values, kept):
    finite = list(itertools.takewhile(math.isfinite, values.tolist()))
    averages = itertools.accumulate(finite, lambda m, x: kept * m + (1 - kept) * x, initial=0.0)
    next(averages)
    smoothed = [m / (1 - kept**n) for n, m in enumerate(averages, start=1)]
    return eta[smoothed.index(min(smoothed))]


def lowest_convolved(rates, losses, keep):
    n = np.isfinite(losses).argmin() if not np.isfinite(losses).all() else len(losses)
    weights = (1 - keep) * keep ** np.arange(n)
    smoothed = np.convolve(losses[:n], weights)[:n] / (1 - keep ** np.arange(1, n + 1))
    return rates[np.argmin(smoothed)]


def lowest_recursive(rates, losses, keep):
    def averages(n):
        if n == 0:
            return [0.0]
        before = averages(n - 1)
        return [*before, keep * before[-1] + (1 - keep) * losses[n - 1]]

    n = 0
    while n < len(losses) and np.isfinite(losses[n]):
        n += 1
    smoothed = np.array(averages(n)[1:]) / (1 - keep ** np.arange(1, n + 1))
    return rates[int(np.argmin(smoothed))]


def lowest_each_anew(rates, losses, keep):
    best = None
    for n in range(1, len(losses) + 1):
        if not np.all(np.isfinite(losses[:n])):
            break
        weights = keep ** np.arange(n)[::-1]
        smoothed = np.average(losses[:n], weights=weights)
        if best is None or smoothed < best[0]:
            best = smoothed, rates[n - 1]
    return best[1]


def lowest_nan_stays(rates, losses, keep):
    m, smoothed = 0.0, []
    for n, loss in enumerate(np.where(np.isfinite(losses), losses, np.nan), start=1):
        m = keep * m + (1 - keep) * loss
        smoothed.append(m / (1 - keep**n))
    return rates[np.nanargmin(smoothed)]


def _usable(losses):
    n = 0
    while n < len(losses) and np.isfinite(losses[n]):
        n += 1
    return losses[:n]


def _smooth(losses, keep, correct=lambda m, keep, n: m / (1 - keep**n), m=0.0):
    smoothed = []
    for n, loss in enumerate(losses, start=1):
        m = keep * m + (1 - keep) * loss
        smoothed.append(correct(m, keep, n))
    return np.array(smoothed)


def lowest_plain_average(rates, losses, keep):
    return rates[np.argmin(_smooth(_usable(losses), keep, lambda m, keep, n: m))]


def lowest_from_the_first(rates, losses, keep):
    usable = _usable(losses)
    m, best, at = usable[0], usable[0], 0
    for i in range(1, len(usable)):
        m = keep * m + (1 - keep) * usable[i]
        if m < best:
            best, at = m, i
    return rates[at]


def lowest_first_and_corrected(rates, losses, keep):
    usable = _usable(losses)
    return rates[np.argmin(_smooth(usable, keep, m=usable[0]))]


def lowest_index_as_power(rates, losses, keep):
    usable = _usable(losses)
    smoothed, m = [], 0.0
    for i, loss in enumerate(usable):
        m = keep * m + (1 - keep) * loss
        smoothed.append(m / (1 - keep**i) if i else np.inf)
    return rates[np.argmin(smoothed)]


def lowest_one_too_many(rates, losses, keep):
    corrected = _smooth(_usable(losses), keep, lambda m, keep, n: m / (1 - keep ** (n + 1)))
    return rates[np.argmin(corrected)]


def lowest_raw(rates, losses, keep):
    return rates[np.argmin(_usable(losses))]


def lowest_place(rates, losses, keep):
    return int(np.argmin(_smooth(_usable(losses), keep)))


def lowest_value(rates, losses, keep):
    return _smooth(_usable(losses), keep).min()


def lowest_both(rates, losses, keep):
    smoothed = _smooth(_usable(losses), keep)
    return rates[smoothed.argmin()], smoothed.min()


def lowest_is_highest(rates, losses, keep):
    return rates[np.argmax(_smooth(_usable(losses), keep))]


def lowest_is_steepest(rates, losses, keep):
    smoothed = _smooth(_usable(losses), keep)
    if len(smoothed) < 2:
        return rates[0]
    return rates[np.argmin(np.gradient(smoothed, np.log(rates[: len(smoothed)])))]


def lowest_swapped(rates, losses, keep):
    usable, m, smoothed = _usable(losses), 0.0, []
    for n, loss in enumerate(usable, start=1):
        m = (1 - keep) * m + keep * loss
        smoothed.append(m / (1 - keep**n))
    return rates[np.argmin(smoothed)]


def lowest_argmin_of_nan(rates, losses, keep):
    with np.errstate(all="ignore"):
        return rates[np.argmin(_smooth(losses, keep))]


def lowest_filtered(rates, losses, keep):
    fine = np.isfinite(losses)
    return rates[fine][np.argmin(_smooth(losses[fine], keep))]


def lowest_filtered_and_shifted(rates, losses, keep):
    return rates[np.argmin(_smooth(losses[np.isfinite(losses)], keep))]


def lowest_zero_for_nan(rates, losses, keep):
    clean = np.where(np.isfinite(losses), losses, 0.0)
    return rates[np.argmin(_smooth(clean, keep))]


def lowest_last_for_nan(rates, losses, keep):
    filled = list(losses)
    for i, loss in enumerate(filled):
        if not math.isfinite(loss):
            filled[i] = filled[i - 1]
    return rates[np.argmin(_smooth(filled, keep))]


def lowest_last(rates, losses, keep):
    smoothed = _smooth(_usable(losses), keep)
    return rates[len(smoothed) - 1 - np.argmin(smoothed[::-1])]


def lowest_running_mean(rates, losses, keep):
    usable = _usable(losses)
    return rates[np.argmin(np.cumsum(usable) / np.arange(1, len(usable) + 1))]


def lowest_fed_back(rates, losses, keep):
    best, at, m = math.inf, 0, 0.0
    for n, loss in enumerate(_usable(losses), start=1):
        m = (keep * m + (1 - keep) * loss) / (1 - keep**n)
        if m < best:
            best, at = m, n - 1
    return rates[at]


def lowest_first_turn(rates, losses, keep):
    smoothed = _smooth(_usable(losses), keep)
    i = 0
    while i + 1 < len(smoothed) and smoothed[i + 1] <= smoothed[i]:
        i += 1
    return rates[i]


def lowest_in_place(rates, losses, keep):
    n, m = len(_usable(losses)), 0.0
    for i in range(n):
        m = keep * m + (1 - keep) * losses[i]
        losses[i] = m / (1 - keep ** (i + 1))
    return rates[np.argmin(losses[:n])]


def lowest_below_a_million(rates, losses, keep):
    best, at = 1e6, 0
    for i, smoothed in enumerate(_smooth(_usable(losses), keep)):
        if smoothed < best:
            best, at = smoothed, i
    return rates[at]


def lowest_rate_at_the_end(rates, losses, keep):
    return rates[len(_usable(losses)) - 1]


def lowest_tenth(rates, losses, keep):
    return rates[np.argmin(_smooth(_usable(losses), keep))] / 10


def lowest_growing_weights(rates, losses, keep):
    usable = _usable(losses)
    with np.errstate(all="ignore"):
        weights = np.power(keep, -np.arange(1.0, len(usable) + 1))
        smoothed = np.cumsum(weights * usable) / np.cumsum(weights)
    return rates[np.argmin(smoothed)]


RIGHT = {
    "8.3": [
        ("the formula with floor and abs", tri_formula),
        ("remainder and whole-number division", tri_remainder),
        ("divmod, interp and ldexp, arguments renamed", tri_interp),
        ("a loop over cycles, plain number for a number", tri_loop),
        ("np.where with the top of each cycle", tri_where),
        ("np.vectorize", tri_vectorize),
    ],
    "8.4": [
        ("subtracts cycle after cycle", restart_loop),
        ("start and length of each cycle, arguments renamed", restart_ends),
        ("closed form, repaired at the borders", restart_closed),
        ("recursion, cosine of the half angle squared", restart_recursion),
        ("bisect in the list of starts, plain float", restart_bisect),
        ("itertools.accumulate", restart_accumulate),
    ],
    "8.5": [
        ("cuts at the first that is not finite", lowest_cut_first),
        ("pairs of smoothed loss and rate, plain float", lowest_of_pairs),
        ("takewhile and accumulate, arguments renamed", lowest_takewhile),
        ("np.convolve with the weights", lowest_convolved),
        ("recursion", lowest_recursive),
        ("the weighted mean anew for each number of losses", lowest_each_anew),
        ("nan spreads to all that comes after", lowest_nan_stays),
    ],
}

WRONG = {
    "8.3": [
        ("the amplitude is never halved", tri_not_halved),
        ("halves twice in each cycle", tri_halved_each_side),
        ("halves the first cycle already", tri_halved_at_once),
        ("halves the rate, not its distance from the base", tri_whole_rate),
        ("divides by the number of the cycle", tri_harmonic),
        ("works for a number only", tri_numbers_only),
        ("halves the top, not the amplitude", tri_top_halved),
        ("takes step_size for the whole cycle", tri_one_side),
        ("a saw: never comes down slowly", tri_saw),
        ("halves smoothly, not once for each cycle", tri_smooth),
        ("2**cycle in integers overflows after 63 cycles", tri_integer_power),
        ("a flat array", tri_flat),
        ("begins at the top", tri_down_first),
        ("changes the array of steps", tri_in_place),
        ("rates in the integer dtype of the steps", tri_whole_rates),
        ("forgets the base", tri_no_base),
        ("halves three times, then no more", tri_three_cycles),
        ("one step ahead", tri_one_late),
        ("the cycle of the largest step for all", tri_mixed_cycles),
        ("a quarter of the amplitude each cycle", tri_square),
    ],
    "8.4": [
        ("right for multiplier 1 only", restart_multiplier_one),
        ("the step at the border still belongs to the old cycle", restart_late),
        ("adds to the length instead of multiplying", restart_adds),
        ("a logarithm that rounding spoils at some borders", restart_logarithm),
        ("the first cycle is long already", restart_first_is_long),
        ("divides by the length of the first cycle", restart_first_length),
        ("multiplies before it subtracts", restart_grows_first),
        ("down and up again in a cycle", restart_whole_cosine),
        ("a straight line", restart_straight),
        ("reaches min_rate at the last step of a cycle", restart_reaches_min),
        ("max and min swapped", restart_swapped),
        ("divides by zero for multiplier 1", restart_divides_by_zero),
        ("pi at the wrong side of the fraction", restart_no_pi),
        ("halves max_rate at each restart", restart_lower_each_time),
        ("takes the length before for the sum of all lengths before", restart_power_not_sum),
        ("counts cycles as if all were as long as the first", restart_counts_first_cycles),
        ("falls to 0, not to min_rate", restart_min_forgotten),
        ("knows two cycles only", restart_only_two),
        ("doubles, whatever the multiplier above 1", restart_always_doubles),
        ("max_rate for the amplitude", restart_amplitude),
        ("whole-number division: always the top", restart_whole_shares),
        ("returns the share, not the rate", restart_share_only),
    ],
    "8.5": [
        ("no correction", lowest_plain_average),
        ("begins at the first loss", lowest_from_the_first),
        ("begins at the first loss and corrects", lowest_first_and_corrected),
        ("the index, from 0, as the power", lowest_index_as_power),
        ("a power too many", lowest_one_too_many),
        ("does not smooth", lowest_raw),
        ("returns the index", lowest_place),
        ("returns the loss", lowest_value),
        ("returns rate and loss", lowest_both),
        ("looks for the highest", lowest_is_highest),
        ("looks for the steepest fall", lowest_is_steepest),
        ("keeps 1 - keep", lowest_swapped),
        ("np.argmin of what holds nan", lowest_argmin_of_nan),
        ("leaves out what is not finite, and goes on", lowest_filtered),
        ("leaves losses out, but no rates", lowest_filtered_and_shifted),
        ("puts 0 for nan", lowest_zero_for_nan),
        ("puts the loss before for nan", lowest_last_for_nan),
        ("the last of several", lowest_last),
        ("the mean of all losses so far", lowest_running_mean),
        ("feeds the corrected value back", lowest_fed_back),
        ("stops at the first turn", lowest_first_turn),
        ("smooths in the array it was given", lowest_in_place),
        ("believes that losses are below a million", lowest_below_a_million),
        ("the last rate before the test blows up", lowest_rate_at_the_end),
        ("a tenth of the rate", lowest_tenth),
        ("weights that grow too large, or divide by 0", lowest_growing_weights),
    ],
}

_STEPS = np.arange(26)
_TRI = (_STEPS, 0.1, 0.7, 3)
_RATES = np.array([0.001, 0.004, 0.02, 0.07, 0.3, 0.9])
_FALLS = (_RATES, np.array([3.0, 1.0, 2.0, 1.2, 1.1, 4.0]), 0.7)
_DIPS = (_RATES, np.array([3.0, 0.9, 1.4, 1.0, 1.2, 1.6]), 0.9)
_BLOWS_UP = (_RATES, np.array([3.0, 1.0, 2.0, np.nan, 0.1, 0.1]), 0.7)

WITNESS = {
    "8.3": [
        *[_TRI] * 10,
        (5 * 2 * 70 + 5, 0.1, 0.7, 5),
        (np.arange(12).reshape(3, 4), 0.1, 0.7, 3),
        *[_TRI] * 8,
    ],
    "8.4": [
        (13, 1.0, 0.1, 4, 2),
        (4, 1.0, 0.1, 4, 2),
        (30, 1.0, 0.1, 4, 2),
        lambda: any(
            abs(restart_logarithm(s, 1.0, 0.1, 1, m) - restart_loop(s, 1.0, 0.1, 1, m)) > 1e-6
            for m in (2, 3, 5, 6, 7, 10)
            for s in [(m**k - 1) // (m - 1) for k in range(1, 12)]
        ),
        (5, 1.0, 0.1, 4, 2),
        (7, 1.0, 0.1, 4, 2),
        (5, 1.0, 0.1, 4, 2),
        (3, 1.0, 0.1, 4, 2),
        (3, 1.0, 0.1, 4, 2),
        (3, 1.0, 0.1, 4, 2),
        (3, 1.0, 0.1, 4, 2),
        (3, 1.0, 0.1, 4, 1),
        (3, 1.0, 0.1, 4, 2),
        (5, 1.0, 0.1, 4, 2),
        (13, 1.0, 0.1, 4, 2),
        (13, 1.0, 0.1, 4, 2),
        (3, 1.0, 0.1, 4, 2),
        (13, 1.0, 0.1, 4, 2),
        (17, 1.0, 0.1, 4, 3),
        (3, 1.0, 0.1, 4, 2),
        (3, 1.0, 0.1, 4, 2),
        (3, 1.0, 0.1, 4, 2),
    ],
    "8.5": [
        _FALLS,
        *[_DIPS] * 3,
        (_RATES[:4], np.array([3.0, 1.0, 1.4, 5.0]), 0.9),
        *[_FALLS] * 6,
        (_RATES, np.array([1.0, 0.8, 3.0, 2.0, 3.0, 4.0]), 0.3),
        *[_BLOWS_UP] * 5,
        (_RATES, np.array([2.0, 0.5, 1.0, 0.5, 0.75, 1.0]), 0.0),
        (_RATES, np.array([3.0, 2.5, 0.8, 1.2, 1.3, 2.0]), 0.3),
        *[_FALLS] * 3,
        (_RATES, 1e9 * np.array([3.0, 1.0, 2.0, 1.2, 1.1, 4.0]), 0.7),
        *[_FALLS] * 2,
        (_RATES, np.array([2.0, 1.0, 0.5, 0.75, 2.0, 3.0]), 0.0),
    ],
}
