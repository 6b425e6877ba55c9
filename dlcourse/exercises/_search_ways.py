"""The rates that a search tries in exercise 11.5, and those of searches that go wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Run:
    """One call of an answer: the numbers that it should draw, what it tried, and its result."""

    low: float
    high: float
    us: Any
    rates: Any
    scores: Any
    result: Any

    @property
    def half(self) -> int:
        return len(self.us) // 2

    @property
    def ratio(self) -> float:
        return self.high / self.low

    @property
    def b(self) -> float:
        """The best rate of the first half, of those that were tried."""
        return float(self.rates[np.argmax(self.scores[: self.half])])

    def ends(self) -> list[tuple[float, float]]:
        """Return the ends of the range for each trial."""
        second = _cut(self, self.b, self.ratio**0.25)
        return [(self.low, self.high)] * self.half + [second] * self.half

    def right(self) -> Any:
        """Return the rates that are right, given the scores."""
        low, high = np.transpose(self.ends())
        return _by_factors(low, high, self.us)

    def places(self) -> Any:
        """Return the number behind each rate, from 0 to 1, if its range is right."""
        low, high = np.transpose(self.ends())
        return np.log(self.rates / low) / np.log(high / low)


def _by_factors(low: Any, high: Any, u: Any) -> Any:
    return low * np.power(np.divide(high, low), u)


def _by_differences(low: Any, high: Any, u: Any) -> Any:
    return low + (high - low) * u


def alike(some: Any, others: Any) -> bool:
    return np.shape(some) == np.shape(others) and bool(np.allclose(some, others, 1e-9, 0))


Ways = dict[str, tuple[Callable[..., Any], ...]]

# Rates of the first half, by low, high and u.
_FIRST: Ways = {
    "The rates of the first half are drawn evenly on the plain scale, so that small ones hardly "
    "ever come. Draw them by (11.5).": (_by_differences,),
    "The scale runs the wrong way. Where u is 0, the rate is low.": (
        lambda low, high, u: _by_factors(high, low, u),
    ),
    "low and high are taken for exponents. They are rates; the exponent is u.": (
        lambda low, high, u: np.power(10, _by_differences(low, high, u)),
        lambda low, high, u: np.power(0.1, _by_differences(low, high, u)),
        lambda low, high, u: np.exp(_by_differences(low, high, u)),
    ),
    "The logarithm has one base, and the power another. Take the same for both.": (
        lambda low, high, u: np.exp(np.log10(_by_factors(low, high, u))),
        lambda low, high, u: np.power(10, np.log(_by_factors(low, high, u))),
        lambda low, high, u: np.power(2, np.log(_by_factors(low, high, u))),
    ),
    "score is called with the logarithm of the rate. Call it with the rate.": (
        lambda low, high, u: np.log10(_by_factors(low, high, u)),
        lambda low, high, u: np.log(_by_factors(low, high, u)),
    ),
    "score is called with u. Call it with the rate, by (11.5).": (lambda low, high, u: u,),
    "The factor low is missing before the power.": (lambda low, high, u: (high / low) ** u,),
    "low is added to the power. It is a factor.": (lambda low, high, u: low + (high / low) ** u,),
    "u is a factor. It is the exponent of high / low.": (
        lambda low, high, u: high * u,
        lambda low, high, u: low * u,
    ),
    "The power is that of another number than high / low.": (
        lambda low, high, u: low * high**u,
        lambda low, high, u: low * (high - low) ** u,
        lambda low, high, u: low * (low / high) ** u,
        lambda low, high, u: low * (high * low) ** u,
    ),
    "The factor before the power is high. It is low.": (
        lambda low, high, u: high * (high / low) ** u,
    ),
    "1 - u is the exponent. It is u.": (lambda low, high, u: _by_factors(low, high, 1 - u),),
    "A power of u is the exponent. It is u itself.": (
        lambda low, high, u: _by_factors(low, high, u**2),
        lambda low, high, u: _by_factors(low, high, u**0.5),
    ),
}


def named_first(run: Run) -> str:
    """Say how the rates of the first half were drawn, if that is known to be wrong."""
    rates, half = run.rates[: run.half], run.half
    for sentence, ways in _FIRST.items():
        if any(alike(rates, way(run.low, run.high, run.us[:half])) for way in ways):
            return sentence
    if half > 2:
        for steps in (np.diff(rates), np.diff(np.log(rates))):
            if steps[0] and alike(steps, np.full(half - 1, steps[0])):
                return "The rates of the first half are a grid. Draw each by chance, by (11.5)."
    return _other_parting(run, range(1, half))


def _other_parting(run: Run, numbers: range) -> str:
    """Say whether the first round has one of these numbers of trials, instead of half."""
    for n in numbers:
        ends = _cut(run, run.rates[np.argmax(run.scores[:n])], run.ratio**0.25)
        first = _by_factors(run.low, run.high, run.us[:n])
        if alike(run.rates, np.append(first, _by_factors(*ends, run.us[n:]))):
            return f"The first round has {n} of the {len(run.us)} trials. It has half of them."
    return ""


# Ends of the range of the second half, by b and c, or what was taken for them.


def _cut(run: Run, b: Any, c: Any) -> tuple[Any, Any]:
    return max(run.low, b / c), min(run.high, b * c)


def _uncut(run: Run, b: Any, c: Any) -> tuple[Any, Any]:
    return b / c, b * c


def _moved(run: Run, b: Any, c: Any) -> tuple[Any, Any]:
    return _uncut(run, min(max(b, run.low * c), run.high / c), c)


def _cut_twice(run: Run, b: Any, c: Any) -> tuple[Any, Any]:
    return _uncut(run, b, min(c, b / run.low, run.high / b))


def _added(run: Run, b: Any, c: Any) -> tuple[Any, Any]:
    return max(run.low, b - c), min(run.high, b + c)


def _added_uncut(run: Run, b: Any, c: Any) -> tuple[Any, Any]:
    return b - c, b + c


def _whole(run: Run, b: Any, c: Any) -> tuple[Any, Any]:
    return run.low, run.high


def _second(
    ends: Callable[..., tuple[Any, Any]] = _cut,
    b: Callable[[Run], Any] = lambda run: run.b,
    c: Callable[[Run], Any] = lambda run: run.ratio**0.25,
    draw: Callable[..., Any] = _by_factors,
) -> Callable[[Run], Any]:
    """Return the way to draw the second half with one thing done in another way."""
    return lambda run: draw(*ends(run, b(run), c(run)), run.us[run.half :])


def _around(choose: Callable[[Any, Any], Any]) -> Callable[[Run], Any]:
    """Return the second half around what is chosen by the rates and the scores of the first."""
    return _second(b=lambda run: choose(run.rates[: run.half], run.scores[: run.half]))


def _follows(run: Run) -> Any:
    """Return the second half around the best rate so far, whichever half it is of."""
    found = []
    for k in range(run.half, len(run.us)):
        b = run.rates[np.argmax(run.scores[:k])]
        found.append(_by_factors(*_cut(run, b, run.ratio**0.25), run.us[k]))
    return np.array(found)


def _begun_at_0(b: Callable[[Run], float]) -> Callable[[Run], Any]:
    """Return the second half around a first b that no score below 0 has replaced."""
    return lambda run: _second(b=b)(run) if max(run.scores[: run.half]) <= 0 else None


FROM_0 = (
    "The highest score so far begins at 0. Scores may be negative: begin with the first, or with "
    "-np.inf."
)
_OTHER_B: dict[str, Callable[[Any, Any], Any]] = {
    "the rate with the lowest score": lambda rates, scores: rates[np.argmin(scores)],
    "the last rate of the first half": lambda rates, scores: rates[-1],
    "the best rate before the last of the first half": lambda rates, scores: (
        rates[np.argmax(scores[:-1])] if len(rates) > 1 else np.nan
    ),
    "the first rate": lambda rates, scores: rates[0],
    "the largest rate of the first half": lambda rates, scores: rates.max(),
    "the smallest rate of the first half": lambda rates, scores: rates.min(),
    "the mean of the first half": lambda rates, scores: rates.mean(),
    "a score": lambda rates, scores: scores.max(),
    "a place in a list": lambda rates, scores: scores.argmax(),
    "a place in a list, counted from 1": lambda rates, scores: scores.argmax() + 1,
}


def _always(n: float) -> Callable[[Run], Any]:
    return lambda run: n


_OTHER_C: dict[str, Callable[[Run], Any]] = {
    "the square root of high / low": lambda run: run.ratio**0.5,
    "the eighth root of high / low": lambda run: run.ratio**0.125,
    "the cube root of high / low": lambda run: run.ratio ** (1 / 3),
    "1 divided by the fourth root of high / low": lambda run: run.ratio**-0.25,
    "high / low itself": lambda run: run.ratio,
    "a quarter of high / low": lambda run: run.ratio / 4,
    "the fourth power of high / low": lambda run: run.ratio**4,
    "the logarithm of high / low": lambda run: np.log(run.ratio),
    "the fourth root of high": lambda run: run.high**0.25,
    "the fourth root of low": lambda run: run.low**0.25,
    "the fourth root of high - low": lambda run: (run.high - run.low) ** 0.25,
    "the fourth root of low * high": lambda run: (run.low * run.high) ** 0.25,
    **{f"{n}, whatever the range": _always(n) for n in (0.25, 2, 3, 4, 5, 10, 100)},
}
_WIDTHS: tuple[Callable[[Run], Any], ...] = (
    lambda run: run.ratio**0.25,
    lambda run: (run.high - run.low) ** 0.25,
    *(lambda run, n=n: (run.high - run.low) / n for n in (2, 4, 8, 10)),
)
_SECOND: Ways = {
    "In the second half the scale runs the wrong way. Where u is 0, the rate is the lower end of "
    "the range.": (_second(draw=lambda low, high, u: _by_factors(high, low, u)),),
    "The range reaches beyond low or high. It ends there.": (
        _second(_uncut),
        _second(lambda run, b, c: (max(run.low, b / c), b * c)),
        _second(lambda run, b, c: (b / c, min(run.high, b * c))),
    ),
    "Rates beyond low or high are set to low or high. It is the range that ends there: cut it "
    "first, then draw.": (lambda run: np.clip(_second(_uncut)(run), run.low, run.high),),
    "Where the range reaches beyond low or high, it is moved inside. It ends there, and is "
    "shorter.": (_second(_moved),),
    "Where the range is cut at one end, it is cut at the other, too. Only the end that reaches "
    "beyond low or high changes.": (_second(_cut_twice),),
    FROM_0: (
        _begun_at_0(lambda run: run.low),
        _begun_at_0(lambda run: run.high),
        _begun_at_0(lambda run: 0.0),
    ),
    "Of several rates with the highest score in the first half, the last is taken for b. The "
    "first counts.": (_around(lambda rates, scores: rates[scores == scores.max()][-1]),),
    "Of several rates with the highest score in the first half, the largest is taken for b, or "
    "the smallest. The first counts.": (
        _around(lambda rates, scores: rates[scores == scores.max()].max()),
        _around(lambda rates, scores: rates[scores == scores.max()].min()),
    ),
    "The range follows the best rate so far. b is the best of the first half, until the end.": (
        _follows,
    ),
    **{
        f"The second half is drawn around {name}. It is drawn around the rate with the highest "
        f"score of the first half.": (_around(choose),)
        for name, choose in _OTHER_B.items()
    },
    "The second half is drawn between low and high again. It is drawn between b / c and b * c, "
    "where c is the fourth root of high / low.": (
        _second(_whole),
        _second(_whole, draw=_by_differences),
    ),
    **{
        f"c is {name}. It is the fourth root of high / low.": (
            _second(c=c),
            _second(_uncut, c=c),
        )
        for name, c in _OTHER_C.items()
    },
    "The rates of the second half are drawn evenly on the plain scale. Draw them by (11.5), too.": (
        _second(draw=_by_differences),
        _second(_uncut, draw=_by_differences),
    ),
    "Something is added to b and subtracted from it. The range is from b / c to b * c.": tuple(
        _second(ends, c=width, draw=draw)
        for ends in (_added, _added_uncut)
        for width in _WIDTHS
        for draw in (_by_factors, _by_differences)
    ),
    "The range is not around b. It is from b / c to b * c.": (
        _second(lambda run, b, c: (run.low / c, run.high * c)),
        _second(lambda run, b, c: (run.low * c, run.high / c)),
    ),
    "One end of the range is wrong. It is from b / c to b * c.": (
        _second(lambda run, b, c: (b, min(run.high, b * c))),
        _second(lambda run, b, c: (max(run.low, b / c), b)),
        _second(lambda run, b, c: (max(run.low, b / c), run.high)),
        _second(lambda run, b, c: (run.low, min(run.high, b * c))),
        _second(lambda run, b, c: (run.low, b)),
        _second(lambda run, b, c: (b, run.high)),
    ),
    "The second half uses the numbers of the first again. Draw a new u for each rate.": (
        lambda run: _by_factors(*_cut(run, run.b, run.ratio**0.25), run.us[: run.half]),
    ),
}


def named_second(run: Run) -> str:
    """Say the same of the second half, where the first is right."""
    rates = run.rates[run.half :]
    for sentence, ways in _SECOND.items():
        if any((there := way(run)) is not None and alike(rates, there) for way in ways):
            return sentence
    if set(rates) & set(run.rates[: run.half]):
        return "A rate of the first half is tried again in the second. Draw a new one."
    return _other_parting(run, range(run.half + 1, len(run.us)))
