"""The self-checks of chapter 8: learning rates."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise, _lowest_rate
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


# 8.5: where the loss of a range test is lowest: a module of its own ---------------------------

LOWEST_RATE = _lowest_rate.LOWEST_RATE
