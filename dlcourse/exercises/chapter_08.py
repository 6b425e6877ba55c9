"""The self-checks of chapter 8: learning rates."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case

Inputs = Iterator[tuple[Any, ...]]


# 8.3: triangular2 -------------------------------------------------------------------------


def _triangular2(step: Any, base_rate: float, max_rate: float, step_size: int) -> Any:
    cycle = np.floor(1 + step / (2 * step_size))
    x = np.abs(step / step_size - 2 * cycle + 1)
    return base_rate + (max_rate - base_rate) * (1 - x) * 0.5 ** (cycle - 1)


def _waves(rng: np.random.Generator) -> Inputs:
    """Yield steps that are whole numbers from 0 on, single or in an array of any shape.

    A half cycle is 1 step or more; the base rate is at least 0 and below the largest. Asked
    for, too: late cycles, whose amplitude is nearly 0. Not asked: steps between two whole ones.
    """
    yield np.array([0, 2, 4, 6, 8, 10, 12]), 0.1, 0.9, 2
    yield 5, 0.1, 0.9, 4
    yield 0, 0.2, 0.7, 3
    yield np.arange(5), 0.1, 0.5, 1
    yield 30, 0.0, 1.0, 10
    yield np.array([[1, 2], [5, 6]]), 0.1, 0.7, 3
    yield case("in cycle 71", 705, 0.1, 0.7, 5)
    yield case("in cycles from the fifth on", np.array([26, 33, 38, 45]), 0.0, 1.0, 3)
    for step_size in (1, 3, 7, 50):
        low = float(np.round(rng.uniform(0.01, 0.1), 2))
        high = float(np.round(low + rng.uniform(0.2, 1), 2))
        yield rng.integers(0, 8 * step_size, size=12), low, high, step_size


def _wave(
    height: Callable[[Any], Any] = lambda phase: np.minimum(phase, 2 - phase),
    factor: Callable[[Any, Any], Any] = lambda cycle, halves: 0.5**cycle,
    base: Callable[[float, float], float] = lambda low, high: low,
    way: Callable[[float, float], float] = lambda low, high: high - low,
    position: Callable[[Any, float], Any] = lambda step, size: step / size,
) -> Callable[..., Any]:
    """Return the wave with one thing done in another way; the first cycle is number 0."""

    def rate(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
        halves = position(np.asarray(step), step_size)
        cycle = np.floor(halves / 2)
        wave = height(halves - 2 * cycle) * factor(cycle, halves)
        return base(base_rate, max_rate) + way(base_rate, max_rate) * wave

    return rate


def _rate_halved(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    cycle = np.floor(np.asarray(step) / (2 * step_size))
    return _unhalved(step, base_rate, max_rate, step_size) * 0.5**cycle


_unhalved = _wave(factor=lambda cycle, halves: 1.0)


def _top_halved(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    cycle = np.floor(np.asarray(step) / (2 * step_size))
    return _unhalved(step, base_rate, max_rate * 0.5**cycle, step_size)


def _cycle_of_the_last(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    cycle = np.floor(np.max(step) / (2 * step_size))
    return base_rate + (_unhalved(step, base_rate, max_rate, step_size) - base_rate) * 0.5**cycle


TRIANGULAR2 = Exercise(
    "8.3",
    reference=_triangular2,
    inputs=_waves,
    hints=(
        "What does the triangular wave do at step 0, and what is different one whole cycle later?",
        "Only the part above base_rate is halved. Which power of 1/2 belongs to the first cycle?",
        "With cycle = floor(1 + step / (2·step_size)), multiply the part above the base by "
        "0.5 ** (cycle - 1).",
    ),
    mistakes={
        "The amplitude is not halved: every cycle reaches max_rate here. The first does, the "
        "second goes half as far above the base.": _unhalved,
        "The first cycle is halved already. It goes all the way to max_rate: its factor is 1, "
        "the power is cycle - 1.": _wave(factor=lambda cycle, halves: 0.5 ** (cycle + 1)),
        "The rate itself is halved, and so falls below base_rate. Halve only the part above "
        "the base.": _rate_halved,
        "The top of the wave is halved, not its height above the base.": _top_halved,
        "The amplitude is halved twice in a cycle, at the peak as well. Halve it once, when a "
        "cycle is over.": _wave(factor=lambda cycle, halves: 0.5 ** np.floor(halves)),
        "The amplitude shrinks from step to step. It stays as it is for a whole cycle.": _wave(
            factor=lambda cycle, halves: 0.5 ** (halves / 2)
        ),
        "The amplitude is divided by the number of the cycle. It is halved each time.": _wave(
            factor=lambda cycle, halves: 1 / (cycle + 1)
        ),
        "The amplitude falls to a quarter with each cycle. It is halved.": _wave(
            factor=lambda cycle, halves: 0.25**cycle
        ),
        "The amplitude stops shrinking after a few cycles. It is halved each time.": (
            _wave(factor=lambda cycle, halves: 0.5 ** np.minimum(cycle, 1)),
            _wave(factor=lambda cycle, halves: 0.5 ** np.minimum(cycle, 2)),
            _wave(factor=lambda cycle, halves: 0.5 ** np.minimum(cycle, 3)),
        ),
        "All steps get the amplitude of the cycle of the largest. Each has that of the cycle it "
        "lies in.": _cycle_of_the_last,
        "Base and max are swapped: the wave begins at base_rate and rises.": _wave(
            base=lambda low, high: high, way=lambda low, high: low - high
        ),
        "The wave begins at its peak. At step 0 the rate is base_rate, and rises.": _wave(
            lambda phase: np.abs(1 - phase)
        ),
        "The wave rises all through the cycle, and drops. It rises for step_size steps and "
        "comes down in as many.": _wave(lambda phase: phase / 2),
        "The first peak lies above max_rate: what is added to the base is the way from base to "
        "max, max_rate - base_rate.": _wave(way=lambda low, high: high),
        "The base is missing: the wave stands on base_rate, not on 0.": _wave(
            base=lambda low, high: 0.0
        ),
        "The cycle is too short: step_size is half a cycle, the way from base to max.": _wave(
            position=lambda step, size: 2 * step / size
        ),
        "The wave is one step off: at step 0 the rate is base_rate.": _wave(
            position=lambda step, size: (step + 1) / size
        ),
    },
)


# 8.4: warm restarts -----------------------------------------------------------------------


def _warm_restarts(
    step: int, max_rate: float, min_rate: float, cycle_length: int, cycle_multiplier: int
) -> Any:
    while step >= cycle_length:
        step = step - cycle_length
        cycle_length = cycle_length * cycle_multiplier
    share = step / cycle_length
    return min_rate + (max_rate - min_rate) * (1 + np.cos(np.pi * share)) / 2


def _restarts(rng: np.random.Generator) -> Inputs:
    """One whole number of at least 0; a cycle of 1 step or more, a whole multiplier from 1 on.

    The rates differ, and the smaller one is at least 0. The step may be the first or the last
    of a cycle, also a late one. Not asked: an array of steps, thousands of cycles.
    """
    for step in (0, 1, 2, 4, 5, 6):
        yield step, 1.0, 0.0, 2, 2
    yield 7, 0.8, 0.1, 5, 1
    for length, multiplier, cycles in ((7, 3, 5), (1, 3, 5), (1, 5, 3), (1, 10, 3), (4, 2, 6)):
        # The sum is exact in whole numbers, and a logarithm of it need not be.
        first = length * (multiplier**cycles - 1) // (multiplier - 1)
        yield case("at the first step of a late cycle", first, 0.9, 0.1, length, multiplier)
        yield case("at the last step of a late cycle", first - 1, 0.9, 0.1, length, multiplier)
    yield case("where min_rate is 0", 1, 0.001, 0.0, 4, 2)
    yield case("where 500 cycles have gone by", 1003, 0.9, 0.1, 2, 1)
    for high, low in ((0.9, 0.1), (0.6, 0.2)):  # nothing else differs
        yield 3, high, low, 8, 2
    for multiplier in (1, 2, 3, 4):
        for step in rng.integers(0, 200, size=3):
            high = float(np.round(rng.uniform(0.5, 1), 2))
            yield int(step), high, 0.05, int(rng.integers(4, 9)), multiplier


def _restarting(
    share_of: Callable[..., float],
    rate: Callable[[float, float, float], float] | None = None,
) -> Callable[..., Any]:
    """Return the schedule with another share of the cycle, or another fall.

    `share_of(step, start, length, first_length, number)` is told of the cycle that the step
    lies in: where it starts, how long it is, and its number, from 0.
    """
    fall = rate or _cosine

    def schedule(step: Any, max_rate: Any, min_rate: Any, length: Any, multiplier: Any) -> float:
        start, now, number = 0, length, 0
        while step >= start + now:
            start, now, number = start + now, now * multiplier, number + 1
        return fall(max_rate, min_rate, share_of(step, start, now, length, number))

    return schedule


def _cosine(high: float, low: float, share: float) -> float:
    return float(low + (high - low) * (1 + np.cos(np.pi * share)) / 2)


def _share(step: int, start: int, length: int, first: int, number: int) -> float:
    return (step - start) / length


def _late_by_one(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    while step > length:
        step, length = step - length, length * multiplier
    return _cosine(high, low, step / length)


def _longer_at_once(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    while step >= length:
        length = length * multiplier
        step = step - length
    return _cosine(high, low, step / length)


def _longer_at_once_not_below(step: Any, high: Any, low: Any, length: Any, by: Any) -> Any:
    while step >= length:
        length = length * by
        step = step - length
    return _cosine(high, low, max(step, 0) / length)


def _two_cycles(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    if step >= length:
        step, length = step - length, length * multiplier
    return _cosine(high, low, step / length)


def _by_adding(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    first = length
    while step >= length:
        step, length = step - length, length + first * (multiplier - 1)
    return _cosine(high, low, step / length)


def _first_is_long(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    return _warm_restarts(step, high, low, length * multiplier, multiplier)


def _at_most_doubled(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    return _warm_restarts(step, high, low, length, min(multiplier, 2))


def _halved_top(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    while step >= length:
        step, length, high = step - length, length * multiplier, high / 2
    return _cosine(high, low, step / length)


def _start_is_the_length_before(
    step: Any, high: Any, low: Any, length: Any, multiplier: Any
) -> Any:
    start, now = 0, length
    while step >= start + now:
        start, now = now, now * multiplier
        if multiplier == 1:
            start = step - step % length
    return _cosine(high, low, (step - start) / now)


def _counts_first_cycles(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    now = length * multiplier ** (step // length)
    return _cosine(high, low, step % now / now)


def _upside_down(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    return _warm_restarts(step, low, high, length, multiplier)


WARM_RESTARTS = Exercise(
    "8.4",
    reference=_warm_restarts,
    inputs=_restarts,
    hints=(
        "With cycle length 2 and multiplier 2 the cycles begin at steps 0, 2, 6, 14. Which one "
        "does step 7 fall into, and how far is it into it?",
        "A loop: as long as the step lies beyond the cycle, take the cycle's length off and "
        "make the next one longer.",
        "while step >= length: subtract length from step, then multiply length. After the loop "
        "step / length is the share of the way for the half wave.",
    ),
    mistakes={
        "All cycles have the first one's length here. Each is longer than the one before by "
        "the multiplier.": _restarting(
            lambda step, start, length, first, number: step % first / first
        ),
        "The restart comes one step late: the step at which a cycle is full belongs to the next "
        "one, with the highest rate.": _late_by_one,
        "The share is taken of the first cycle's length. Divide by the length of the cycle that "
        "the step is in.": _restarting(
            lambda step, start, length, first, number: (step - start) / first
        ),
        "The steps are counted from the beginning of the training. Count them from the start of "
        "the cycle.": _restarting(lambda step, start, length, first, number: step / length),
        "Nothing restarts: the wave goes on as if there were one cycle only.": _restarting(
            lambda step, start, length, first, number: step / first
        ),
        "At most one cycle is taken off. There may be many: while in place of if.": _two_cycles,
        "The next cycle's length is taken off. Take off the length of the cycle that is over, "
        "then make it longer.": (_longer_at_once, _longer_at_once_not_below),
        "Each cycle is longer by the same number of steps. Multiply its length.": _by_adding,
        "The first cycle is long already. It has cycle_length steps; the second is longer by the "
        "multiplier.": _first_is_long,
        "With multipliers above 2 the cycles only double.": _at_most_doubled,
        "The start of a cycle is the sum of all lengths before it, not only the last of "
        "them.": _start_is_the_length_before,
        "The number of the cycle is counted as if all were as long as the "
        "first.": _counts_first_cycles,
        "max_rate is halved at each restart. Each cycle begins at max_rate.": _halved_top,
        "Max and min are swapped: a cycle begins at max_rate and falls.": _upside_down,
        "The rate goes down and comes up again in a cycle: a whole wave. It falls along half a "
        "wave, and jumps.": _restarting(
            lambda step, start, length, first, number: 2 * (step - start) / length
        ),
        "The rate falls along a straight line. It falls along half a cosine.": _restarting(
            _share, lambda high, low, share: high + (low - high) * share
        ),
        "min_rate is reached at the last step of a cycle. Divide by the whole length: the step "
        "after the last one would be at min_rate, and is the restart.": _restarting(
            lambda step, start, length, first, number: (step - start) / max(length - 1, 1)
        ),
        "The rate falls to 0, not to min_rate.": _restarting(
            _share, lambda high, low, share: _cosine(high, 0.0, share)
        ),
        "A min_rate of 0 is not kept: a small number stands in its place.": tuple(
            lambda step, high, low, length, by, other=other: _warm_restarts(
                step, high, low or other, length, by
            )
            for other in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
        ),
        "A cycle begins above max_rate: what is added to min_rate is the way from min to max, "
        "max_rate - min_rate.": _restarting(
            _share, lambda high, low, share: _cosine(high + low, low, share)
        ),
        "The share is cut to a whole number, so that it is 0. Divide with /, not //.": _restarting(
            lambda step, start, length, first, number: (step - start) // length
        ),
        "π stands under the fraction. The angle is π times the share of the way.": _restarting(
            lambda step, start, length, first, number: (step - start) / length / np.pi
        ),
        "This is the share of the way, not yet the rate.": _restarting(
            _share, lambda high, low, share: share
        ),
        "A sine stands in place of the cosine.": _restarting(
            _share, lambda high, low, share: low + (high - low) * (1 + np.sin(np.pi * share)) / 2
        ),
        "The half is missing: 1 + cos goes from 2 to 0, so that a cycle begins above "
        "max_rate.": _restarting(
            _share, lambda high, low, share: low + (high - low) * (1 + np.cos(np.pi * share))
        ),
    },
)


# 8.5: where the loss of a range test is lowest --------------------------------------------


def _lowest_rate(rates: Any, losses: Any, keep: float) -> Any:
    average, lowest, best = 0.0, np.inf, None
    for count, loss in enumerate(losses, start=1):
        if not np.isfinite(loss):
            break
        average = keep * average + (1 - keep) * loss
        smoothed = average / (1 - keep**count)
        if smoothed < lowest:
            lowest, best = smoothed, rates[count - 1]
    return best


def _tests(rng: np.random.Generator) -> Inputs:
    """Yield rates that grow, as many losses, and what the average keeps: at least 0, below 1.

    There is at least one loss, and the first is finite; none is negative. Losses may be 0, huge
    or tiny. Several smoothed losses are equally low only where rounding leaves them equal in
    whatever way they are computed: where keep is 0, or 0.5 and all losses are the same. A run
    may have 320 losses. Not asked: lists, whole numbers, a loss of minus infinity.
    """
    nan, inf = np.nan, np.inf
    yield np.array([0.001, 0.01, 0.2, 1.0]), np.array([3.0, 1.0, 1.4, 5.0]), 0.9
    rates = np.array([0.002, 0.007, 0.03, 0.11, 0.6, 1.3, 2.5])
    yield rates, np.array([2.4, 2.3, 0.2, 2.2, 0.9, 0.7, 3.1]), 0.8
    yield case("where there is a single loss", np.array([0.03]), np.array([2.5]), 0.9)
    rates = np.array([0.004, 0.05, 0.3, 0.8])
    yield case("where keep is 0", rates, np.array([2.0, 1.5, 1.1, 1.9]), 0.0)
    rates, equal = np.array([0.006, 0.013, 0.08, 0.4, 0.9]), "where several are equally low"
    yield case(equal, rates, np.array([0.75, 0.25, 0.5, 0.25, 0.25]), 0.0)
    yield case(equal, np.array([0.012, 0.06, 0.35]), np.array([1.5, 1.5, 1.5]), 0.5)
    rates = np.array([0.005, 0.04, 0.15, 0.7])
    yield case("where the loss only climbs", rates, np.array([2.0, 2.2, 2.5, 2.9]), 0.8)
    rates = np.array([0.0055, 0.044, 0.17, 0.77])
    yield case("where the loss only falls", rates, np.array([2.9, 2.5, 2.2, 2.0]), 0.8)
    rates = np.array([0.0011, 0.0032, 0.017, 0.21, 0.52, 1.6])
    yield case("where a loss is 0", rates, np.array([0.8, 0.0, 0.3, 0.0, 0.0, 0.7]), 0.7)
    rates = np.array([0.0013, 0.024, 0.19, 0.66])
    yield case("where a loss is 0", rates, np.array([0.5, 0.0, 0.25, 0.75]), 0.0)
    flat = np.array([2.3, 2.31, 2.29, 2.32, 2.0, 1.2, 0.9, 1.3, 3.5])
    yield case("where the loss is flat at first", _growing(9, 0.0003, 1.7), flat, 0.6)
    climbs = np.array([2.0, 1.4, 30.0, 2.1, 0.6, 0.3, 0.2, 0.1, 5.0])
    yield case("where the loss climbs, and falls again", _growing(9, 0.0005, 2.3), climbs, 0.4)
    falls = np.array([7.0, 3.0, 1.9, 1.2, 1.6, 4.0])
    yield case("where the losses are large", _growing(6, 0.0007, 2.9), 4e12 * falls, 0.3)
    yield case("where the losses are tiny", _growing(6, 0.0009, 3.1), 4e-12 * falls, 0.3)

    blown = "where a loss is nan"
    rates = np.array([0.003, 0.02, 0.09, 0.45, 2.1, 3.3])
    yield case(blown, rates, np.array([2.2, 1.7, 1.9, nan, 0.3, 0.2]), 0.5)
    yield case(blown, _growing(4, 0.0014, 0.16), np.array([1.9, nan, 0.4, 0.3]), 0.6)
    yield case(blown, _growing(6, 0.0004, 0.61), np.array([2.2, 1.4, 1.6, 2.3, 8.0, nan]), 0.7)
    yield case(blown, _growing(6, 0.0008, 0.74), np.array([2.1, 1.9, 1.2, nan, nan, 0.1]), 0.0)
    twice = np.array([2.4, 1.3, 1.8, nan, 0.2, 0.1, nan, 4.0])
    yield case(blown, _growing(8, 0.0005, 1.2), twice, 0.4)
    only = np.array([0.0017, 0.026, 0.31])
    yield case("where only the first loss is finite", only, np.array([1.7, nan, nan]), 0.4)
    blown = "where a loss is inf"
    yield case(blown, _growing(6, 0.0006, 0.97), np.array([2.5, 1.6, 1.8, inf, 0.4, 0.3]), 0.2)
    yield case(blown, _growing(4, 0.0019, 1.4), np.array([2.0, inf, 0.5, 0.4]), 0.0)
    yield case(blown, _growing(6, 0.0002, 2.2), np.array([2.6, 2.0, 1.1, 1.9, inf, nan]), 0.9)

    for n, keep in ((5, 0.3), (8, 0.95), (12, 0.8), (20, 0.9), (30, 0.6), (40, 0.98)):
        low, high = rng.uniform(1e-4, 1e-3), rng.uniform(0.5, 10)
        yield _growing(n, low, high), _valley(rng, n), keep
    for n, end, keep in ((10, 7, 0.5), (16, 11, 0.8), (25, 18, 0.9)):
        losses = _valley(rng, n)
        losses[end], losses[end + 1 :] = rng.choice([nan, inf]), 0.2 * losses[end + 1 :]
        low, high = rng.uniform(1e-4, 1e-3), rng.uniform(0.5, 10)
        yield case("where the test blows up", _growing(n, low, high), losses, keep)
    for n, keep in ((200, 0.9), (320, 0.1)):
        low, high = rng.uniform(1e-5, 1e-4), rng.uniform(0.5, 10)
        yield case(f"where there are {n} losses", _growing(n, low, high), _valley(rng, n), keep)


def _growing(n: int, low: float, high: float) -> Any:
    """Return n rates, each the same multiple of the one before, but for rounding."""
    return np.array([float(f"{rate:.4g}") for rate in np.geomspace(low, high, n)])


def _valley(rng: np.random.Generator, n: int) -> Any:
    """Return noisy losses that fall, and then climb."""
    way = np.linspace(0, 1, n)
    bottom = rng.uniform(0.5, 0.75)
    curve = 0.9 + 4 * (way - bottom) ** 2 + rng.normal(0, 0.25, n)
    return np.round(np.maximum(curve, 0.05), 4)


def _until_it_blows_up(rates: Any, losses: Any, only_nan: bool = False) -> tuple[Any, Any]:
    blown = np.isnan(losses) if only_nan else ~np.isfinite(losses)
    end = int(np.argmax(blown)) if blown.any() else len(losses)
    return rates[:end], losses[:end]


def _reading(
    step: Callable[..., Any] = lambda average, loss, keep, n: keep * average + (1 - keep) * loss,
    correct: Callable[..., Any] = lambda average, keep, n: np.divide(average, 1 - keep**n),
    start: Callable[..., Any] = lambda losses: 0.0,
    counted: Callable[..., tuple[Any, Any]] = _until_it_blows_up,
    place: Callable[..., Any] = lambda smoothed, rates, keep: np.argmin(smoothed),
    result: Callable[..., Any] = lambda place, rates, losses, smoothed: rates[place],
) -> Callable[..., Any]:
    """Return the reading with one thing done in another way."""

    def read(rates: Any, losses: Any, keep: Any) -> Any:
        rates, losses = counted(rates, losses)
        average, smoothed = start(losses), []
        for n, loss in enumerate(losses, start=1):
            average = step(average, loss, keep, n)
            smoothed.append(correct(average, keep, n))
        k = place(np.array(smoothed), rates, keep)
        return result(k, rates, losses, np.array(smoothed))

    return read


def _smoothing(smooth: Callable[[Any, float], Any]) -> Callable[..., Any]:
    """Return the reading with another way to smooth the losses that count."""

    def read(rates: Any, losses: Any, keep: Any) -> Any:
        rates, losses = _until_it_blows_up(rates, losses)
        return rates[np.argmin(smooth(losses, keep))]

    return read


def _uncorrected(average: Any, keep: Any, n: int) -> Any:
    return average


def _all(rates: Any, losses: Any) -> tuple[Any, Any]:
    return rates, losses


def _finite(rates: Any, losses: Any) -> tuple[Any, Any]:
    return rates[np.isfinite(losses)], losses[np.isfinite(losses)]


def _until_nan(rates: Any, losses: Any) -> tuple[Any, Any]:
    return _until_it_blows_up(rates, losses, only_nan=True)


def _the_one_before(rates: Any, losses: Any) -> tuple[Any, Any]:
    filled: list[Any] = []
    for loss in losses:
        filled.append(loss if np.isfinite(loss) else filled[-1])
    return rates, filled


def _one_before(rates: Any, losses: Any) -> tuple[Any, Any]:
    end = len(_until_it_blows_up(rates, losses)[0])
    end = end if end == len(losses) else max(end - 1, 1)
    return rates[:end], losses[:end]


def _over_gaps(average: Any, loss: Any, keep: Any, n: int) -> Any:
    return keep * average + (1 - keep) * loss if np.isfinite(loss) else average


def _steepest(smoothed: Any, rates: Any, keep: Any) -> Any:
    return np.argmin(np.gradient(smoothed, np.log(rates))) if len(rates) > 1 else 0


def _steepest_by_step(smoothed: Any, rates: Any, keep: Any) -> Any:
    return np.argmin(np.gradient(smoothed)) if len(rates) > 1 else 0


def _largest_drop(smoothed: Any, rates: Any, keep: Any) -> Any:
    return np.argmin(np.diff(smoothed)) if len(rates) > 1 else 0


def _first_climb(smoothed: Any, rates: Any, keep: Any) -> Any:
    climbs = np.flatnonzero(np.diff(smoothed) > 0)
    return climbs[0] if len(climbs) else len(smoothed) - 1


def _settled(smoothed: Any, rates: Any, keep: Any) -> Any:
    first = min(round(1 / (1 - keep)), len(smoothed) - 1)
    return first + np.argmin(smoothed[first:])


def _settled_if_long_enough(smoothed: Any, rates: Any, keep: Any) -> Any:
    first = round(1 / (1 - keep))
    return np.argmin(smoothed) if first >= len(smoothed) else _settled(smoothed, rates, keep)


def _means_of_windows(losses: Any, keep: float) -> Any:
    width = max(round(1 / (1 - keep)), 1)
    return [np.mean(losses[max(k + 1 - width, 0) : k + 1]) for k in range(len(losses))]


def _oldest_first(losses: Any, keep: float) -> Any:
    weights = keep ** np.arange(len(losses))
    return np.cumsum(weights * losses) / np.cumsum(weights)


LOWEST_RATE = Exercise(
    "8.5",
    reference=_lowest_rate,
    inputs=_tests,
    hints=(
        "Three losses, 3, 1 and 1.4, and keep = 0.9: what is the average after each, by hand? And "
        "once each is divided by 1 - 0.9 ** (number of losses so far)?",
        "Go through the losses with enumerate(losses, start=1). The average itself goes on "
        "uncorrected; the corrected value is what you compare. What has to happen at a nan?",
        "At each loss: stop if it is not finite; average = keep * average + (1 - keep) * loss; if "
        "average / (1 - keep ** count) is below the lowest so far, remember both it and the rate.",
    ),
    mistakes={
        "The average begins at 0, so its first values are too small, and the lowest is often the "
        "very first. Divide each by 1 - keep ** (number of losses so far).": _reading(
            correct=_uncorrected
        ),
        "The average begins at the first loss. That is another smoothing, in which the first loss "
        "weighs too much. Begin at 0, and correct each value for it.": _reading(
            start=lambda losses: losses[0], correct=_uncorrected
        ),
        "The average begins at the first loss and is corrected all the same, so that its first "
        "values are too large. The correction is for an average that begins at 0.": _reading(
            start=lambda losses: losses[0]
        ),
        "The power in the correction is one too small. At the first loss it should be 1.": (
            _reading(correct=lambda average, keep, n: np.divide(average, 1 - keep ** (n - 1))),
            _reading(correct=lambda average, keep, n: average / (1 - keep ** max(n - 1, 1))),
        ),
        "The power in the correction is one too large. At the first loss it should be 1.": _reading(
            correct=lambda average, keep, n: average / (1 - keep ** (n + 1))
        ),
        "The average is multiplied by the correction. Divide by it.": _reading(
            correct=lambda average, keep, n: average * (1 - keep**n)
        ),
        "The correction has keep times the number of losses so far. Take keep to that "
        "power.": _reading(correct=lambda average, keep, n: np.divide(average, 1 - keep * n)),
        "The corrected value goes on into the average. What goes on is the average as it "
        "was.": _reading(
            step=lambda average, loss, keep, n: np.divide(
                keep * average + (1 - keep) * loss, 1 - keep**n
            ),
            correct=_uncorrected,
        ),
        "This is a place in the array. Asked for is the rate at that place.": (
            _reading(result=lambda place, rates, losses, smoothed: place),
            _reading(result=lambda place, rates, losses, smoothed: place + 1),
        ),
        "This is a loss. Asked for is the rate at which it is lowest.": (
            _reading(result=lambda place, rates, losses, smoothed: smoothed[place]),
            _reading(result=lambda place, rates, losses, smoothed: losses[place]),
        ),
        "The loss is highest at this rate. Look for the lowest.": _reading(
            place=lambda smoothed, rates, keep: np.argmax(smoothed)
        ),
        "The loss falls most steeply at this rate. Look for where it is lowest.": (
            _reading(place=_steepest),
            _reading(place=_steepest_by_step),
            _reading(place=_largest_drop),
        ),
        "It stops where the loss first climbs. It may fall again, and lower.": _reading(
            place=_first_climb
        ),
        "keep and 1 - keep are swapped. keep is the share of the average, and 1 - keep that of the "
        "new loss.": (
            _reading(
                step=lambda average, loss, keep, n: (1 - keep) * average + keep * loss,
                correct=lambda average, keep, n: np.divide(average, 1 - (1 - keep) ** n),
            ),
            _reading(step=lambda average, loss, keep, n: (1 - keep) * average + keep * loss),
        ),
        "The correction has 1 - keep to a power. It is keep that is taken to the power.": _reading(
            correct=lambda average, keep, n: average / (1 - (1 - keep) ** n) if keep else 0.0
        ),
        "nan is taken for the minimum: np.argmin stops at the first nan. Only the losses before it "
        "count.": _reading(counted=_all),
        "The average goes on after a nan or inf, as if that loss were missing. The test is over "
        "there: what comes after does not count.": (
            _reading(counted=_finite),
            _reading(counted=_all, step=_over_gaps),
        ),
        "A nan or inf is passed over, or another number stands in for it. The test is over there: "
        "what comes after does not count.": (
            _reading(counted=lambda rates, losses: (rates, np.nan_to_num(losses))),
            _reading(counted=lambda rates, losses: (rates, np.nan_to_num(losses, posinf=0.0))),
            _reading(counted=lambda rates, losses: (rates, np.nan_to_num(losses, True, 1e9, 1e9))),
            _reading(counted=_the_one_before),
        ),
        "Losses are left out, but not their rates, so that the places no longer fit. And what "
        "comes after a nan or inf does not count.": _reading(
            counted=lambda rates, losses: (rates, losses[np.isfinite(losses)])
        ),
        "This is the last rate before the test blows up or ends. Look for the lowest "
        "loss.": _reading(place=lambda smoothed, rates, keep: len(rates) - 1),
        "A nan ends the test, but inf does not. Either does.": (
            _reading(counted=_until_nan),
            _reading(counted=lambda rates, losses: _finite(*_until_nan(rates, losses))),
        ),
        "Where the test blows up, the last finite loss is left out, too. It counts.": _reading(
            counted=_one_before
        ),
        "This is where a single loss is lowest, and that may be a lucky batch. Smooth the losses "
        "first.": (
            _smoothing(lambda losses, keep: losses),
            lambda rates, losses, keep: rates[np.nanargmin(losses)],
        ),
        "Of several rates at which the loss is equally low this is the last. Return the "
        "first.": _reading(
            place=lambda smoothed, rates, keep: np.flatnonzero(smoothed == smoothed.min())[-1]
        ),
        "This is the plain mean of all losses so far. In the average the newest loss weighs "
        "most.": _smoothing(lambda losses, keep: np.cumsum(losses) / (1 + np.arange(len(losses)))),
        "This is the plain mean of the last few losses. In the average all of them count, and the "
        "newest weighs most.": _smoothing(_means_of_windows),
        "The weights are the wrong way round: the oldest loss weighs most. It should weigh "
        "least.": _smoothing(_oldest_first),
        "The average keeps the same share whatever keep is.": tuple(
            lambda rates, losses, keep, share=share: _lowest_rate(rates, losses, share)
            for share in (0.9, 0.5, 0.8, 0.95, 0.98, 0.99)
        ),
        "The first losses are left out. Corrected, they count from the first one on.": (
            _reading(place=lambda s, rates, keep: 1 + np.argmin(s[1:]) if len(s) > 1 else 0),
            _reading(place=_settled),
            _reading(place=_settled_if_long_enough),
        ),
        "This is the rate after the one at which the loss is lowest.": _reading(
            place=lambda smoothed, rates, keep: min(np.argmin(smoothed) + 1, len(rates) - 1)
        ),
        "This is the rate before the one at which the loss is lowest.": _reading(
            place=lambda smoothed, rates, keep: np.argmin(smoothed) - 1
        ),
    },
)
