"""Right and wrong answers to exercises 8.3, 8.4 and 8.5, written from their texts alone.

The equations were not in sight. 8.3 and 8.4 follow the usual ones; for 8.5 RIGHT and WRONG
take the usual geometric growth, from min_rate at step 0 to max_rate at the last step.
LINEAR_READING has the answers that are right instead if the equation is a straight line.

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


# Exercise 8.5: the rates of a range test


def range_power(step, min_rate, max_rate, num_steps):
    share = np.asarray(step) / max(num_steps - 1, 1)
    return min_rate * (max_rate / min_rate) ** share


def range_logarithms(step, min_rate, max_rate, num_steps):
    low, high = math.log(min_rate), math.log(max_rate)
    share = np.divide(step, max(num_steps - 1, 1))
    return np.exp(low + (high - low) * share)


def range_weights(t, lowest, highest, count):
    if count == 1:
        return lowest + 0.0 * t
    share = t / (count - 1)
    return lowest ** (1 - share) * highest**share


def range_interp(step, min_rate, max_rate, num_steps):
    last = num_steps - 1 if num_steps > 1 else 1
    return 10 ** np.interp(step, [0, last], np.log10([min_rate, max_rate]))


def range_factor(step, min_rate, max_rate, num_steps):
    factor = (max_rate / min_rate) ** (1 / max(1, num_steps - 1))
    return np.multiply(min_rate, np.power(factor, step))


def range_from_the_top(step, min_rate, max_rate, num_steps):
    left = (num_steps - 1 - step) / max(num_steps - 1, 1)
    if num_steps == 1:
        left = 1 + 0 * step
    return max_rate * np.exp(-left * np.log(max_rate / min_rate))


def range_listed(step, min_rate, max_rate, num_steps):
    def one(t):
        return min_rate * math.exp(math.log(max_rate / min_rate) * t / max(num_steps - 1, 1))

    if np.ndim(step) == 0:
        return one(step)
    rates = list(map(one, np.ravel(step)))
    return np.array(rates, dtype=float).reshape(np.shape(step))


def range_straight_over_n(step, min_rate, max_rate, num_steps):
    return min_rate + (max_rate - min_rate) * step / num_steps


def range_straight(step, min_rate, max_rate, num_steps):
    return min_rate + (max_rate - min_rate) * step / max(num_steps - 1, 1)


def range_straight_interp(step, min_rate, max_rate, num_steps):
    if num_steps == 1:
        return min_rate + 0.0 * step
    return np.interp(step, [0, num_steps - 1], [min_rate, max_rate])


def range_straight_weights(step, min_rate, max_rate, num_steps):
    share = np.true_divide(step, max(num_steps - 1, 1))
    return (1 - share) * min_rate + share * max_rate


def range_over_n(step, min_rate, max_rate, num_steps):
    return min_rate * (max_rate / min_rate) ** (step / num_steps)


def range_one_ahead(step, min_rate, max_rate, num_steps):
    return min_rate * (max_rate / min_rate) ** ((step + 1) / num_steps)


def range_two_bases(step, min_rate, max_rate, num_steps):
    share = step / max(num_steps - 1, 1)
    return min_rate * 10 ** (share * np.log(max_rate / min_rate))


def range_falls(step, min_rate, max_rate, num_steps):
    return range_power(step, max_rate, min_rate, num_steps)


def range_of_difference(step, min_rate, max_rate, num_steps):
    return min_rate + (max_rate - min_rate) ** (step / max(num_steps - 1, 1))


def range_exponential_shape(step, min_rate, max_rate, num_steps):
    share = step / max(num_steps - 1, 1)
    return min_rate + (max_rate - min_rate) * np.expm1(share) / np.expm1(1)


def range_numbers_only(step, min_rate, max_rate, num_steps):
    share = float(step) / max(num_steps - 1, 1)
    return min_rate * math.pow(max_rate / min_rate, share)


def range_zero_over_zero(step, min_rate, max_rate, num_steps):
    with np.errstate(all="ignore"):
        return min_rate * (max_rate / min_rate) ** np.divide(step, num_steps - 1)


def range_whole_rates(step, min_rate, max_rate, num_steps):
    rates = np.zeros_like(step)
    rates[...] = range_power(step, min_rate, max_rate, num_steps)
    return rates


def range_whole_shares(step, min_rate, max_rate, num_steps):
    return min_rate * (max_rate / min_rate) ** (step // max(num_steps - 1, 1))


def range_flat(step, min_rate, max_rate, num_steps):
    return np.ravel(range_power(step, min_rate, max_rate, num_steps))


def range_parabola(step, min_rate, max_rate, num_steps):
    return min_rate + (max_rate - min_rate) * (step / max(num_steps - 1, 1)) ** 2


def range_fixed_decades(step, min_rate, max_rate, num_steps):
    return min_rate * 10 ** (step * 5 / max(num_steps - 1, 1))


def range_all_rates(step, min_rate, max_rate, num_steps):
    return np.geomspace(min_rate, max_rate, num_steps)


def range_in_place(step, min_rate, max_rate, num_steps):
    rates = range_power(step, min_rate, max_rate, num_steps)
    if isinstance(step, np.ndarray):
        step += 1
    return rates


def range_doubles(step, min_rate, max_rate, num_steps):
    return np.minimum(max_rate, min_rate * 2.0**step)


def range_decades_between(step, min_rate, max_rate, num_steps):
    decades = np.round(np.log10(max_rate / min_rate))
    return min_rate * 10 ** (decades * step / max(num_steps - 1, 1))


def range_shares_of_array(step, min_rate, max_rate, num_steps):
    share = step / np.maximum(np.max(step), 1)
    return min_rate * (max_rate / min_rate) ** share


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
        ("a power of the quotient", range_power),
        ("straight between logarithms", range_logarithms),
        ("powers of both rates, arguments renamed", range_weights),
        ("np.interp of decimal logarithms", range_interp),
        ("powers of the factor of one step", range_factor),
        ("down from the top", range_from_the_top),
        ("a loop, plain number for a number", range_listed),
    ],
}

LINEAR_READING = {
    "8.5": [
        ("a straight line to the last step", range_straight),
        ("np.interp of the rates", range_straight_interp),
        ("a weighted mean of the rates", range_straight_weights),
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
        ("a straight line to one step after the last", range_straight_over_n),
        ("a straight line instead of a constant factor", range_straight),
        ("reaches max_rate one step after the last", range_over_n),
        ("begins one factor above min_rate", range_one_ahead),
        ("natural logarithm with powers of ten", range_two_bases),
        ("from the top down", range_falls),
        ("a power of the difference", range_of_difference),
        ("the shape of exp from 0 to 1, whatever the rates", range_exponential_shape),
        ("works for a number only", range_numbers_only),
        ("0/0 for a single step", range_zero_over_zero),
        ("rates in the integer dtype of the steps", range_whole_rates),
        ("whole-number division of the steps", range_whole_shares),
        ("a flat array", range_flat),
        ("a parabola", range_parabola),
        ("always five decades", range_fixed_decades),
        ("the rates of all steps, whatever the step", range_all_rates),
        ("changes the array of steps", range_in_place),
        ("doubles at each step up to max_rate", range_doubles),
        ("whole decades only", range_decades_between),
        ("takes the largest step of the array for the last", range_shares_of_array),
    ],
}

_STEPS = np.arange(26)
_TRI = (_STEPS, 0.1, 0.7, 3)

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
        *[(np.arange(8), 0.001, 2.0, 8)] * 9,
        (0, 0.001, 2.0, 1),
        *[(np.arange(8), 0.001, 2.0, 8)] * 2,
        (np.arange(8).reshape(2, 4), 0.001, 2.0, 8),
        *[(np.arange(8), 0.001, 2.0, 8)] * 2,
        (3, 0.001, 2.0, 8),
        *[(np.arange(8), 0.001, 2.0, 8)] * 3,
        (np.array([0, 2, 3]), 0.001, 2.0, 8),
    ],
}
