"""The self-check of exercise 8.5: where the loss of a range test is lowest."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case

Inputs = Iterator[tuple[Any, ...]]


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
