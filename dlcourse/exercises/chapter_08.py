"""The self-checks of chapter 8: learning rates."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise

Inputs = Iterator[tuple[Any, ...]]


# 8.3: triangular2 -------------------------------------------------------------------------


def _triangular2(step: Any, base_rate: float, max_rate: float, step_size: int) -> Any:
    return _wave(step, base_rate, max_rate, step_size, factor=0.5)


def _wave(step: Any, low: float, high: float, step_size: float, factor: float) -> Any:
    """Return a triangular wave whose amplitude shrinks by a factor with each cycle."""
    step = np.asarray(step)
    cycle = np.floor(1 + step / (2 * step_size))
    x = np.abs(step / step_size - 2 * cycle + 1)
    return low + (high - low) * np.maximum(0.0, 1 - x) * factor ** (cycle - 1)


def _waves(rng: np.random.Generator) -> Inputs:
    yield np.array([0, 2, 4, 6, 8, 10, 12]), 0.1, 0.9, 2
    yield 5, 0.1, 0.9, 4
    yield 30, 0.0, 1.0, 10
    for step_size in (1, 3, 7, 50):
        low = float(rng.uniform(0.01, 0.1))
        yield (
            rng.integers(0, 8 * step_size, size=12),
            low,
            low + float(rng.uniform(0.2, 1)),
            step_size,
        )


def _no_halving(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    return _wave(step, base_rate, max_rate, step_size, factor=1.0)


def _halved_too_early(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    amplitude = (max_rate - base_rate) / 2
    return _wave(step, base_rate, base_rate + amplitude, step_size, factor=0.5)


def _rate_halved(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    cycle = np.floor(1 + np.asarray(step) / (2 * step_size))
    return _no_halving(step, base_rate, max_rate, step_size) * 0.5 ** (cycle - 1)


def _bounds_swapped(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    return _wave(step, max_rate, base_rate, step_size, factor=0.5)


def _full_height(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    return _wave(step, base_rate, base_rate + max_rate, step_size, factor=0.5)


def _whole_cycle(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    return _wave(step, base_rate, max_rate, step_size / 2, factor=0.5)


def _one_step_late(step: Any, base_rate: Any, max_rate: Any, step_size: Any) -> Any:
    return _wave(np.asarray(step) + 1, base_rate, max_rate, step_size, factor=0.5)


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
        "second goes half as far above the base.": _no_halving,
        "The first cycle is halved already. It goes all the way to max_rate: its factor is 1, "
        "the power is cycle - 1.": _halved_too_early,
        "The rate itself is halved, and so falls below base_rate. Halve only the part above "
        "the base.": _rate_halved,
        "Base and max are swapped: the wave begins at base_rate and rises.": _bounds_swapped,
        "The first peak lies above max_rate: what is added to the base is the way from base to "
        "max, max_rate - base_rate.": _full_height,
        "The cycle is too short: step_size is half a cycle, the way from base to "
        "max.": _whole_cycle,
        "The wave is one step off: at step 0 the rate is base_rate.": _one_step_late,
    },
)


# 8.4: warm restarts -----------------------------------------------------------------------


def _warm_restarts(
    step: int, max_rate: float, min_rate: float, cycle_length: int, cycle_multiplier: int
) -> float:
    start, length = _cycle(step, cycle_length, cycle_multiplier)
    return _cosine(max_rate, min_rate, (step - start) / length)


def _cycle(step: int, length: int, multiplier: int) -> tuple[int, int]:
    """Return start and length of the cycle that a step falls into."""
    start = 0
    while step >= start + length:
        start, length = start + length, length * multiplier
    return start, length


def _cosine(high: float, low: float, share: float) -> float:
    return float(low + (high - low) * (1 + np.cos(np.pi * share)) / 2)


def _restarts(rng: np.random.Generator) -> Inputs:
    for step in (0, 1, 2, 4, 5, 6):
        yield step, 1.0, 0.0, 2, 2
    yield 7, 0.8, 0.1, 5, 1
    for multiplier in (1, 2, 3):
        for step in rng.integers(0, 200, size=4):
            yield int(step), float(rng.uniform(0.5, 1)), 0.05, 7, multiplier


def _same_length(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    return _cosine(high, low, (step % length) / length)


def _late_by_one(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    start, length = _cycle(max(step - 1, 0), length, multiplier)
    return _cosine(high, low, (step - start) / length)


def _share_of_the_first(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    start, _ = _cycle(step, length, multiplier)
    return _cosine(high, low, (step - start) / length)


def _from_the_beginning(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    _, length = _cycle(step, length, multiplier)
    return _cosine(high, low, step / length)


def _no_restart(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    return _cosine(high, low, step / length)


def _longer_at_once(step: Any, high: Any, low: Any, length: Any, multiplier: Any) -> Any:
    while step >= length:
        length = length * multiplier
        step = step - length
    return _cosine(high, low, step / length)


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
        "the multiplier.": _same_length,
        "The restart comes one step late: the step at which a cycle is full belongs to the next "
        "one, with the highest rate.": _late_by_one,
        "The share is taken of the first cycle's length. Divide by the length of the cycle that "
        "the step is in.": _share_of_the_first,
        "The steps are counted from the beginning of the training. Count them from the start of "
        "the cycle.": _from_the_beginning,
        "Nothing restarts: the wave goes on as if there were one cycle only.": _no_restart,
        "The next cycle's length is taken off. Take off the length of the cycle that is over, "
        "then make it longer.": _longer_at_once,
        "Max and min are swapped: a cycle begins at max_rate and falls.": _upside_down,
    },
)


# 8.5: the rates of a range test -----------------------------------------------------------


def _range_test_rates(step: Any, min_rate: float, max_rate: float, num_steps: int) -> Any:
    return min_rate * (max_rate / min_rate) ** (np.asarray(step) / (num_steps - 1))


def _tests(rng: np.random.Generator) -> Inputs:
    yield np.array([0, 1, 2]), 0.01, 1.0, 3
    yield 2, 0.001, 1.0, 4
    yield np.array([0, 99]), 1e-4, 10.0, 100
    for num_steps in (5, 30, 200):
        low = 10.0 ** float(rng.uniform(-6, -3))
        yield rng.integers(0, num_steps, size=6), low, float(rng.uniform(0.5, 10)), num_steps


def _linear(step: Any, min_rate: Any, max_rate: Any, num_steps: Any) -> Any:
    return min_rate + (max_rate - min_rate) * np.asarray(step) / (num_steps - 1)


def _linear_and_short(step: Any, min_rate: Any, max_rate: Any, num_steps: Any) -> Any:
    return min_rate + (max_rate - min_rate) * np.asarray(step) / num_steps


def _never_arrives(step: Any, min_rate: Any, max_rate: Any, num_steps: Any) -> Any:
    return min_rate * (max_rate / min_rate) ** (np.asarray(step) / num_steps)


def _begins_late(step: Any, min_rate: Any, max_rate: Any, num_steps: Any) -> Any:
    return min_rate * (max_rate / min_rate) ** ((np.asarray(step) + 1) / num_steps)


def _downwards(step: Any, min_rate: Any, max_rate: Any, num_steps: Any) -> Any:
    return _range_test_rates(step, max_rate, min_rate, num_steps)


_BY_ADDING = (
    "The rates grow by adding the same amount, not by the same factor: nearly all of them lie "
    "in the last decade."
)

RANGE_TEST_RATES = Exercise(
    "8.5",
    reference=_range_test_rates,
    inputs=_tests,
    hints=(
        "From 0.01 to 1 in three steps: which rate stands in the middle, so that both steps "
        "are the same factor?",
        "The whole way is the factor max_rate / min_rate. After half of the steps it is the "
        "square root of that: a power of the share of the way.",
        "min_rate times (max_rate / min_rate) to the power step / (num_steps - 1).",
    ),
    mistakes={
        _BY_ADDING: _linear,
        f"{_BY_ADDING} And the last one is not max_rate.": _linear_and_short,
        "The last rate is not max_rate: num_steps rates have num_steps - 1 gaps between "
        "them.": _never_arrives,
        "The first rate is not min_rate: at step 0 nothing has been multiplied yet.": _begins_late,
        "Min and max are swapped: a range test goes from tiny to huge.": _downwards,
    },
)
