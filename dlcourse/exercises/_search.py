"""The self-check of exercise 11.5: a random search that narrows in."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case, formula
from dlcourse.exercises._kinds import DOTS
from dlcourse.exercises._search_ways import FROM_0, Run, alike, named_first, named_second
from dlcourse.exercises._words import count, short

Inputs = Iterator[tuple[Any, ...]]
Score = Callable[[Any], Any] | Sequence[float]


def _search(
    score: Callable[[float], float], low: float, high: float, trials: int, rng: np.random.Generator
) -> Any:
    best, highest = None, -math.inf
    start, end, c = low, high, (high / low) ** 0.25
    for trial in range(trials):
        if trial == trials // 2:
            start, end = max(low, best / c), min(high, best * c)
        rate = start * (end / start) ** rng.random()
        reached = score(rate)
        if reached > highest:
            best, highest = rate, reached
    return best, highest


def _searches(rng: np.random.Generator) -> Inputs:
    """Yield scores, the ends of a range, a number of trials, and the seed of a generator.

    The scores are a function of the rate, or numbers that come one after the other, whatever the
    rate, as those of a noisy training. They are finite, may be negative, and several may be equal.
    The ends are floats above 0, the lower one first; they may be close together or far apart. The
    trials are even, 2 or more. The function is called twice with the same generator. Not asked:
    whole numbers as ends, nan or inf as a score.
    """
    peak = formula("lambda rate: -np.log10(rate / 0.01) ** 2")
    yield peak, 0.0002, 0.9, 8, 54
    yield (0.31, 0.84, 0.62, 0.45, 0.79, 0.58, 0.93, 0.71), 0.0003, 2.0, 8, 20
    found = "where the best rate is in the first half"
    yield case(found, (0.42, 0.57, 0.91, 0.35, 0.66, 0.83, 0.79, 0.54), 0.0002, 0.7, 8, 32)
    equal = "where several scores are equal"
    yield case(equal, (0.8, 0.8, 0.5, 0.8, 0.8, 0.4, 0.6, 0.8, 0.8, 0.7), 0.001, 3.0, 10, 22)
    yield case(equal, (0.5, 0.7, 0.7, 0.2, 0.9, 0.6, 0.9, 0.8), 0.0004, 0.9, 8, 27)
    yield case(equal, (0.4,) * 6, 0.0005, 0.6, 6, 12)
    steps = formula("lambda rate: np.round(-abs(np.log10(rate / 0.02)))")
    yield case(equal, steps, 0.00003, 5.0, 12, 22)
    below = "where all scores are negative"
    yield case(below, (-3.1, -1.2, -2.5, -1.9, -0.8, -2.2, -1.6, -2.9), 0.0006, 0.8, 8, 23)
    yield case(below, formula("lambda rate: -3 - abs(np.log(rate / 0.05))"), 0.0007, 4.0, 6, 15)
    edge = "where the range of the second half is cut at low"
    yield case(edge, formula("lambda rate: 1 / (1 + rate)"), 0.0008, 1.5, 8, 31)
    yield case(edge, (0.6, 0.9, 0.5, 0.7, 0.4, 0.8), 0.02, 30.0, 6, 25)
    edge = "where the range of the second half is cut at high"
    yield case(edge, formula("lambda rate: rate"), 0.0009, 0.7, 8, 33)
    yield case(edge, (0.6, 0.9, 0.5, 0.7, 0.4, 0.8), 0.005, 0.4, 6, 28)
    two = "where there are two trials"
    yield case(two, (0.4, 0.6), 0.001, 0.9, 2, 18)
    yield case(two, (0.6, 0.4), 0.0011, 0.8, 2, 19)
    yield case(two, (0.5, 0.5), 0.0012, 7.0, 2, 51)
    four = (0.3, 0.7, 0.9, 0.2)
    yield case("where low and high are close together", four, 0.01, 0.011, 4, 20)
    yield case("where low and high are far apart", four, 1e-12, 3e7, 4, 21)
    yield case("where low is above 1", (0.6, 0.3, 0.2, 0.5), 2.5, 400.0, 4, 22)
    for trials in (4, 6, 10, 14, 40):
        scores = tuple(float(x) for x in np.round(rng.normal(0, 1, trials), 2))
        low = float(f"{10 ** rng.uniform(-6, -2):.2g}")
        high = float(f"{low * 10 ** rng.uniform(1, 5):.2g}")
        yield scores, low, high, trials, int(rng.integers(100, 1000))


# What an answer does -----------------------------------------------------------------------------


class _Score:
    """Scores for an answer to ask for, which remember the rates that they were asked for."""

    def __init__(self, scores: Score, less: float) -> None:
        self._scores, self._less = scores, less
        self.trouble = ""
        self.rates: list[float] = []
        self.given: list[float] = []

    def __call__(self, rate: Any) -> float:
        if isinstance(rate, np.ndarray) and rate.ndim:
            self.trouble = (
                f"score was called with {short(rate)}. Call it with one rate at a time, a number."
            )
        elif isinstance(rate, complex | np.complexfloating):
            self.trouble = (
                "score was called with a complex number. Is a power taken of a negative number?"
            )
        elif not _is_number(rate):
            self.trouble = f"score was called with {short(rate)}. Call it with a rate, a number."
        elif not math.isfinite(rate):
            self.trouble = f"score was called with {short(rate)}. No rate is nan or inf."
        if self.trouble:
            raise TypeError(self.trouble)
        self.rates.append(float(rate))
        if callable(self._scores):
            # No training succeeds with such a rate; what is wrong with it is said later.
            self.given.append(float(self._scores(float(rate))) - self._less if rate > 0 else -9.0)
        else:
            turn = (len(self.rates) - 1) % len(self._scores)
            self.given.append(float(self._scores[turn]) - self._less)
        return self.given[-1]


def _is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "fiu"
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _asked(
    answer: Callable[..., Any], asks: tuple[Any, ...], us: Any, rng: Any, less: float = 0.0
) -> tuple[Run, str]:
    """Call an answer; return what it did, and what is wrong with the kind of calls, if anything."""
    scores, low, high, trials = asks
    score, result = _Score(scores, less), None
    try:
        result = answer(score, low, high, trials, rng)
    except Exception:
        run = Run(low, high, us, np.array(score.rates), np.array(score.given), None)
        half = slice(run.half)
        # What is wrong with the first half may be why the second ends in an error.
        if len(run.rates) >= run.half and not alike(run.rates[half], run.right()[half]):
            score.trouble = score.trouble or named_first(run)
        if not score.trouble:
            raise
    run = Run(low, high, us, np.array(score.rates), np.array(score.given), result)
    if result is ...:
        return run, DOTS
    if result is None and not score.trouble:
        return run, "It returned None. Does the function end with return?"
    return run, score.trouble or _wrong_number_of_calls(score.rates, trials)


def _wrong_number_of_calls(rates: list[float], trials: int) -> str:
    n = len(rates)
    if n == trials:
        return ""
    if n == 0:
        return "score is never called. Call it once for each rate."
    if n > trials and len(set(rates)) < n:
        again = "a rate that it" if n == trials + 1 else "rates that it"
        return (
            f"score is called again for {again} had before. Each call may be a training, and its "
            f"result another one: keep what the first call returned."
        )
    if n == 2 * trials:
        return (
            f"There are {trials} trials in each round. trials is the number for both: half of "
            f"them belong to each."
        )
    if 2 * n == trials:
        return f"Only half of the {trials} trials take place. Where is the second round?"
    return (
        f"With trials = {trials} score is called {count(n, 'time')}. Call it once for each rate, "
        f"trials times in all."
    )


def _narrows_in(
    answer: Callable[..., Any], score: Score, low: float, high: float, trials: int, seed: int
) -> tuple[str, str] | None:
    """Say what is wrong with a search, and show its calls."""
    asks = score, low, high, trials
    us, generator = np.random.default_rng(seed).random(2 * trials), np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        run, sentence = _asked(answer, asks, us[:trials], generator)
        if sentence or (sentence := _wrong(answer, asks, run, seed)):
            return sentence, _shown(asks, run, seed)
        second, sentence = _asked(answer, asks, us[trials:], generator, 1.0)
        if sentence or (sentence := _wrong_later(second)):
            third, kept = _asked(answer, asks, us[:trials], np.random.default_rng(seed))
            if kept or not alike(third.rates, run.rates) or _wrong_result(third):
                return _KEPT, _shown(asks, run, seed)
            goes_on = alike(second.rates[: second.half], second.right()[: second.half])
            return sentence if goes_on else _NOT_THE_NEXT, _shown(asks, second, seed, again=True)
    return None


_KEPT = (
    "Right at first, but asked again it is wrong: it keeps something from one call to the next "
    "that it should not keep. Is it in a variable outside of it, or in a default argument?"
)
_NOT_THE_NEXT = (
    "The second call with the same rng does not go on with the numbers that the first has left. "
    "Draw one rng.random() for each u, from the rng that you are given, and nothing besides."
)


def _shown(asks: tuple[Any, ...], run: Run, seed: int, again: bool = False) -> str:
    score, low, high, trials = asks
    call = f"search(score, {low!r}, {high!r}, {trials}, np.random.default_rng({seed}))"
    where = "The second call with one rng was" if again else "The call was"
    lines = [f"{where} {call}"]
    if callable(score):
        lines.append(f"with score = {score.__name__}{' - 1' if again else ''}")
    lines.append(f"It tried {_row(run.rates)}")
    if len(run.rates) == trials and not alike(run.rates, run.right()):
        lines.append(f"Right is {_row(run.right())}")
    lines.append(f"Scores: {_row(run.scores)}")
    return "\n".join([*lines, f"It returned {short(run.result)}"])


def _row(numbers: Any) -> str:
    texts = [f"{float(x):.4g}" for x in numbers]
    return ", ".join(texts if len(texts) <= 12 else [*texts[:12], "..."])


# What is wrong with the rates --------------------------------------------------------------------


def _wrong(answer: Callable[..., Any], asks: tuple[Any, ...], run: Run, seed: int) -> str:
    """Say what is wrong with the first call of a trial, or nothing."""
    if alike(run.rates, run.right()):
        return _wrong_result(run)
    return _named(run) or _by_other_chance(answer, asks, run, seed) or _by_numbers(run)


def _wrong_later(run: Run) -> str:
    """Say what is wrong with a call after one that was right, or nothing."""
    if alike(run.rates, run.right()):
        return _wrong_result(run)
    return _named(run) or _by_numbers(run)


def _named(run: Run) -> str:
    """Say what is wrong with the rates, if that has a name."""
    right = run.right()
    first = alike(run.rates[: run.half], right[: run.half])
    if name := (named_second if first else named_first)(run):
        return name
    part = slice(run.half, None) if first else slice(run.half)
    which, rates = "second" if first else "first", run.rates[part]
    if run.half > 1 and np.ptp(rates) == 0:
        return (
            f"All rates of the {which} half are the same. Draw a new u for each, from a range with "
            f"two different ends."
        )
    if alike(np.sort(rates), np.sort(right[part])):
        return (
            f"The rates of the {which} half are right, but not their order. Call score in the "
            f"order in which they are drawn."
        )
    if np.allclose(rates, right[part], 1e-2, 1e-3 * run.low):
        return f"The rates of the {which} half are rounded. Keep all digits."
    return ""


def _by_numbers(run: Run) -> str:
    """Say which is the first rate that is wrong, and what is right there."""
    right = run.right()
    at = next(k for k in range(len(right)) if not alike(run.rates[k], right[k]))
    start, end = run.ends()[at]
    return (
        f"Rate {at + 1} of {len(right)} is {run.rates[at]:.6g}. From {start:.6g} to {end:.6g}, "
        f"with u = {run.us[at]:.6g}, (11.5) gives {right[at]:.6g}."
    )


def _by_other_chance(answer: Callable[..., Any], asks: Any, run: Run, seed: int) -> str:
    """Say whether the numbers do not come from rng as they should, or nothing."""
    part = slice(run.half)
    if alike(run.rates[part], run.right()[part]):
        part = slice(run.half, None)
    places = run.places()[part]
    many = np.random.default_rng(seed).random(8 * len(run.us))
    if np.all(np.min(np.abs(places[:, None] - many), axis=1) < 1e-7):
        return (
            "Numbers of rng are passed over, or used twice. Draw one rng.random() for each u, in "
            "the order of the rates, and nothing besides."
        )
    same, _ = _asked(answer, asks, run.us, np.random.default_rng(seed))
    if not alike(same.rates, run.rates):
        return (
            "Two generators with the same seed give two different searches. All chance must come "
            "from the rng that you are given."
        )
    us = np.random.default_rng(seed + 1).random(len(run.us))
    other, sentence = _asked(answer, asks, us, np.random.default_rng(seed + 1))
    if not sentence and np.allclose(other.places()[part], places, 0, 1e-7):
        return (
            "With another rng the rates lie at the same places. All chance must come from the "
            "rng that you are given."
        )
    return ""


# What is wrong with the result -------------------------------------------------------------------


def _wrong_result(run: Run) -> str:
    """Say why this is not the best rate with its score, or nothing."""
    at, result = int(np.argmax(run.scores)), run.result
    rate, score = run.rates[at], run.scores[at]
    if _is_number(result):
        missing = "score" if alike(float(result), rate) else "rate"
        return f"It returned one number. The {missing} is missing: return the rate and its score."
    if isinstance(result, np.ndarray) and result.ndim == 1:
        result = tuple(result)
    if not isinstance(result, list | tuple) or len(result) != 2:
        return f"Return two numbers, the rate and its score. This is {short(result)}."
    if not all(_is_number(part) for part in result):
        other = next(part for part in result if not _is_number(part))
        return f"Return two numbers, the rate and its score. One of yours is {short(other)}."
    got, its = float(result[0]), float(result[1])
    if alike([got, its], [rate, score]):
        return ""
    if alike([its, got], [rate, score]):
        return "The two are in the wrong order. The rate comes first."
    places = [k for k, tried in enumerate(run.rates) if alike(got, tried)]
    if not places:
        return _never_tried(run, got, its)
    if not alike(its, run.scores[places[0]]):
        return _score_of_another(run, places[0], its)
    return _not_the_best(run, places[0], at)


def _never_tried(run: Run, got: float, its: float) -> str:
    if alike(its, max(run.scores)) and got == round(got) and 0 <= got <= len(run.us):
        return "The first is a place in a list. Asked for is the rate at that place."
    if its == 0 > max(run.scores):
        return FROM_0
    if np.isclose(run.rates, got, 1e-2).any():
        return "The rate that is returned is rounded. Keep all digits."
    return f"It returned the rate {got:.6g}, for which score was never called."


def _score_of_another(run: Run, place: int, its: float) -> str:
    if alike(-its, run.scores[place]):
        return "The score that is returned has the wrong sign."
    if place == np.argmax(run.scores):
        return f"The rate is right. Its score is {run.scores[place]:.6g}, and not {its:.6g}."
    if alike(its, max(run.scores)):
        return "The score is the highest, but the rate is another one. Return the two together."
    return f"The score of the rate that is returned is {run.scores[place]:.6g}, not {its:.6g}."


def _not_the_best(run: Run, place: int, best: int) -> str:
    scores, half = run.scores, run.half
    if scores[place] == scores[best]:
        return "Of equal scores the first counts. This is a later one."
    if place == np.argmin(scores):
        return "This is the rate with the lowest score. Return the one with the highest."
    if place < half <= best and scores[place] == max(scores[:half]):
        return "This is the best of the first half. One of the second half has a higher score."
    if best < half <= place and scores[place] == max(scores[half:]):
        return "This is the best of the second half. One of the first half has a higher score."
    if place == len(scores) - 1:
        return "This is the last rate that was tried. Return the one with the highest score."
    return f"The highest score is {scores[best]:.6g}. That of this rate is {scores[place]:.6g}."


SEARCH = Exercise(
    "11.5",
    reference=_search,
    inputs=_searches,
    judge=_narrows_in,
    hints=(
        "The two rounds differ in one thing only. In what?",
        "Begin with the ends low and high. Once half of the trials are done, set the ends anew, "
        "with max for the lower one and min for the upper one, from the best rate of that half.",
        "c = (high / low) ** 0.25. In the second half the ends are start = max(low, b / c) and "
        "end = min(high, b * c), and a rate is start * (end / start) ** rng.random().",
    ),
)
