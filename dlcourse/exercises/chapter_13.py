"""The self-checks of chapter 13: optimizers on handwritten digits."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case

Inputs = Iterator[tuple[Any, ...]]
Row = tuple[float, int, float, int]


# 13.3: choose a rate -----------------------------------------------------------------------


def _choose(trials: Sequence[Row]) -> float:
    most = max(right for _, right, _, _ in trials)
    equals = [(loss, rate) for rate, right, loss, _ in trials if right == most]
    return min(equals)[1]


def _tables(rng: np.random.Generator) -> Inputs:
    """One trial or more: rate, validation images right, validation loss, test images right.

    Rows come in any order of the rates. Several may be equally right, and then their losses
    differ. The test images may prefer another row. Not asked: no rows.
    """
    five = [(0.3, 445, 0.45, 1300), (0.01, 420, 0.61, 1270), (0.1, 460, 0.31, 1360)]
    yield ([*five, (1.0, 435, 0.82, 1290), (0.03, 441, 0.41, 1310)],)
    yield ([(0.01, 440, 0.41, 1370), (0.1, 455, 0.33, 1350), (0.3, 461, 0.38, 1340)],)
    tie = [(0.2, 460, 0.35, 1350), (0.6, 460, 0.29, 1330), (0.06, 452, 0.31, 1370)]
    yield case("where two are equally right", tie)
    tie = [(0.7, 460, 0.29, 1330), (0.2, 460, 0.35, 1350), (0.06, 452, 0.31, 1370)]
    yield case("where two are equally right", tie)
    lowest = [(0.5, 458, 0.52, 1300), (0.05, 452, 0.21, 1350), (0.005, 380, 0.8, 1390)]
    yield case("where another row has the lowest loss", lowest)
    lowest = [(0.08, 380, 0.41, 1300), (0.4, 470, 0.42, 1380)]
    yield case("where another row has the lowest loss", lowest)
    lowest = [(0.04, 440, 0.2, 1340), (0.9, 470, 0.55, 1380), (0.09, 470, 0.41, 1370)]
    yield case("where another row has the lowest loss", lowest)
    same = [(0.8, 450, 0.41, 1300), (0.16, 470, 0.41, 1370), (1.6, 460, 0.41, 1300)]
    yield case("where all losses are equal", same)
    yield case("where losses are above 1", [(0.002, 51, 2.4, 150), (0.02, 50, 1.2, 160)])
    yield case("where losses are above 1", [(0.03, 51, 2.4, 150), (0.008, 51, 1.9, 160)])
    yield case("where there is a single trial", [(0.001, 50, 2.3, 150)])
    many = [(0.1, 470, 0.4, 1400), (0.15, 470, 0.3, 1380), (0.45, 470, 0.35, 1410)]
    yield case("where all are equally right", many)
    for count in (4, 6, 9):
        rates = np.round(10 ** rng.uniform(-4, 0, count), 6).tolist()
        right = rng.integers(440, 446, count).tolist()
        losses = np.round(rng.permutation(np.linspace(0.2, 0.9, count)), 3).tolist()
        tested = rng.integers(1300, 1400, count).tolist()
        yield (list(zip(rates, right, losses, tested, strict=True)),)


def _row_by(key: Callable[[Row], Any]) -> Callable[..., Any]:
    """Return the rate of the row for which something is largest."""

    def choose(trials: Sequence[Row]) -> float:
        return max(trials, key=key)[0]

    return choose


def _chosen_row(trials: Sequence[Row]) -> Row:
    return max(trials, key=lambda row: (row[1], -row[2]))


def _equals(trials: Sequence[Row]) -> list[float]:
    most = max(right for _, right, _, _ in trials)
    return [rate for rate, right, _, _ in trials if right == most]


def _up_to_the_first_worse(trials: Sequence[Row]) -> float:
    best = trials[0]
    for row in trials[1:]:
        if (row[1], -row[2]) < (best[1], -best[2]):
            break
        best = row
    return best[0]


def _with_an_old_loss(trials: Sequence[Row]) -> float:
    best, lowest = trials[0], trials[0][2]
    for row in trials[1:]:
        if row[1] > best[1]:
            best = row
        elif row[1] == best[1] and row[2] < lowest:
            best, lowest = row, row[2]
    return best[0]


CHOOSE = Exercise(
    "13.3",
    reference=_choose,
    inputs=_tables,
    hints=(
        "Which of the four columns may have a say in the choice, and in which order?",
        "Find the largest number of validation images right. Keep the rows that reach it, and "
        "among them take the one with the lowest validation loss.",
        "max(trials, key=lambda row: (row[1], -row[2])) compares the images first, and the "
        "losses only where the images are equal. Return its rate, row[0].",
    ),
    mistakes={
        "The test images have a say. They are kept for the end.": (
            _row_by(lambda row: row[3]),
            _row_by(lambda row: row[1] + row[3]),
            _row_by(lambda row: (row[1], row[3])),
            _row_by(lambda row: row[1] / 500 + row[3] / 1500),
        ),
        "The loss alone decides. It is to decide only between rows that are equally "
        "right.": _row_by(lambda row: -row[2]),
        "Right answers and loss are put together in one number. The right answers decide; the "
        "loss only between rows that are equally right.": (
            _row_by(lambda row: row[1] / 500 - row[2]),
            _row_by(lambda row: row[1] / row[2]),
            _row_by(lambda row: row[1] - row[2]),
            _row_by(lambda row: row[1] - 100 * row[2]),
        ),
        "These are all rates that are equally right. The lowest loss is to choose one of "
        "them.": _equals,
        "This is the mean of the rates that are equally right, which nobody tried. The lowest "
        "loss is to choose one of them.": lambda trials: np.mean(_equals(trials)),
        "It stops at the first row that is worse than the one before. A better one may "
        "follow.": _up_to_the_first_worse,
        "The loss to beat stays an old one when a row with more right answers takes the "
        "lead.": _with_an_old_loss,
        "The last row is never looked at.": lambda trials: _choose(trials[:-1] or trials),
        "The first row is never looked at.": lambda trials: _choose(trials[1:] or trials),
        "Of rows that are equally right it is not the first that counts, but the one with the "
        "lowest loss.": _row_by(lambda row: row[1]),
        "Of rows that are equally right it is not the last that counts, but the one with the "
        "lowest loss.": lambda trials: _row_by(lambda row: row[1])(trials[::-1]),
        "Of rows that are equally right the one with the highest loss is taken.": _row_by(
            lambda row: (row[1], row[2])
        ),
        "Of rows that are equally right the rate decides. The lowest loss should.": (
            _row_by(lambda row: (row[1], row[0])),
            _row_by(lambda row: (row[1], -row[0])),
        ),
        "The row with the fewest validation images right is taken.": (
            _row_by(lambda row: -row[1]),
            _row_by(lambda row: (-row[1], -row[2])),
        ),
        "The highest loss is looked for. Smaller is better.": _row_by(lambda row: row[2]),
        "The largest rate is taken, whatever it led to.": _row_by(lambda row: row[0]),
        "The smallest rate is taken, whatever it led to.": _row_by(lambda row: -row[0]),
        "The first row is taken, whatever it holds.": lambda trials: trials[0][0],
        "The last row is taken, whatever it holds.": lambda trials: trials[-1][0],
        "This is how many images are right. Asked for is the rate.": (
            lambda trials: _chosen_row(trials)[1],
            lambda trials: _chosen_row(trials)[3],
        ),
        "This is the loss. Asked for is the rate.": lambda trials: _chosen_row(trials)[2],
        "This is the whole row. Asked for is its rate.": _chosen_row,
        "This is the number of the row. Asked for is its rate.": (
            lambda trials: list(trials).index(_chosen_row(trials))
        ),
    },
)


# 13.4: a paired difference -----------------------------------------------------------------


def _paired(one: Any, other: Any) -> tuple[Any, Any]:
    d = np.asarray(one) - np.asarray(other)
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def _pairs(rng: np.random.Generator) -> Inputs:
    """Two lists or arrays of the same length, two numbers or more: entry i of both has seed i.

    They may be whole numbers. The differences may be all the same. Not asked: a single seed.
    """
    yield [5.5, 7.0, 6.25], [3.0, 6.5, 6.25]
    yield [1, 2], [3, 2]
    yield np.array([93.0, 94.5, 92.0, 93.5]), np.array([92.0, 94.0, 91.5, 92.5])
    yield np.array([93, 95, 92, 94]), np.array([92, 94, 93, 91])
    yield case("where the seeds differ much, and the pairs little", [10, 50, 90], [9, 48, 89])
    yield case("where all differences are the same", [4.0, 8.0, 6.0], [3.0, 7.0, 5.0])
    yield case("where the second is ahead", [1.0, 1.0, 2.0, 0.0], [4.0, 6.0, 5.0, 3.0])
    for count in (5, 10, 16):
        seeds = rng.normal(93, 1, count)
        yield (
            np.round(seeds + rng.normal(0.4, 0.3, count), 2),
            np.round(seeds + rng.normal(0, 0.3, count), 2),
        )


def _differences(
    error: Callable[[Any], Any] = lambda d: d.std(ddof=1) / np.sqrt(len(d)),
    center: Callable[[Any], Any] = np.mean,
    change: Callable[[Any], Any] = lambda d: d,
    finish: Callable[[Any, Any], Any] = lambda mean, error: (mean, error),
) -> Callable[..., Any]:
    """Return the paired difference with one thing done in another way."""

    def paired(one: Any, other: Any) -> Any:
        d = change(np.asarray(one) - np.asarray(other))
        return finish(center(d), error(d))

    return paired


def _as_if_not_paired(one: Any, other: Any) -> Any:
    a, b = np.asarray(one), np.asarray(other)
    return a.mean() - b.mean(), np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))


def _both_errors(join: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Return the mean difference, with the errors of both lists joined."""

    def paired(one: Any, other: Any) -> Any:
        first, second = _of_the_first(one, other), _of_the_first(other, one)
        return first[0], join(first[1], second[1])

    return paired


def _with_other_pairs(change: Callable[[Any, Any], tuple[Any, Any]]) -> Callable[..., Any]:
    """Return the paired difference of lists whose pairs were torn apart."""
    return lambda one, other: _paired(*change(np.asarray(one), np.asarray(other)))


def _of_the_first(one: Any, other: Any) -> Any:
    a, b = np.asarray(one), np.asarray(other)
    return a.mean() - b.mean(), a.std(ddof=1) / np.sqrt(len(a))


def _of_the_second(one: Any, other: Any) -> Any:
    return _paired(one, other)[0], _of_the_first(other, one)[1]


PAIRED = Exercise(
    "13.4",
    reference=_paired,
    inputs=_pairs,
    hints=(
        "One number for each seed is all that counts. Which?",
        "Take the differences seed by seed. Their mean is the first number; for the second you "
        "need their standard deviation and how many there are.",
        "d = np.asarray(one) - np.asarray(other); return d.mean(), "
        "d.std(ddof=1) / np.sqrt(len(d)).",
    ),
    mistakes={
        "The sign is the wrong way round: the difference is one minus other.": _differences(
            change=lambda d: -d
        ),
        "The standard deviation divides by n. From a sample it divides by n - 1: "
        "ddof=1.": _differences(error=lambda d: d.std() / np.sqrt(len(d))),
        "The standard error is the standard deviation divided by the root of n. It is not "
        "divided.": (
            _differences(error=lambda d: d.std(ddof=1)),
            _differences(error=lambda d: d.std()),
        ),
        "The standard deviation is divided by n. Divide by the root of n.": (
            _differences(error=lambda d: d.std(ddof=1) / len(d)),
            _differences(error=lambda d: d.std() / len(d)),
        ),
        "The standard deviation is divided by the root of n - 1. With ddof=1 it is the root of "
        "n.": _differences(error=lambda d: d.std(ddof=1) / np.sqrt(len(d) - 1)),
        "The standard deviation is multiplied by the root of n. Divide by it.": _differences(
            error=lambda d: d.std(ddof=1) * np.sqrt(len(d))
        ),
        "The second number is a variance: take the root.": (
            _differences(error=lambda d: d.var(ddof=1)),
            _differences(error=lambda d: d.var(ddof=1) / len(d)),
        ),
        "The two are treated as if they had nothing to do with each other. Take the differences "
        "first, seed by seed.": _as_if_not_paired,
        "The error is that of the first list. Take that of the differences.": _of_the_first,
        "The error is that of the second list. Take that of the differences.": _of_the_second,
        "The errors of the two lists are subtracted. Take the error of the differences.": (
            _both_errors(lambda first, second: first - second),
            _both_errors(lambda first, second: abs(first - second)),
        ),
        "The errors of the two lists are added. Take the error of the differences.": _both_errors(
            lambda first, second: first + second
        ),
        "The squares are those of the differences. Subtract their mean first.": (
            _differences(error=lambda d: np.sqrt(np.sum(d**2) / (len(d) - 1) / len(d))),
            _differences(error=lambda d: np.sqrt(np.sum(d**2) / len(d) / len(d))),
        ),
        "The spread is the mean distance from the mean. The standard deviation is the root of "
        "the mean square.": _differences(
            error=lambda d: np.mean(np.abs(d - d.mean())) / np.sqrt(len(d))
        ),
        "The standard deviation divides by n + 1. From a sample it divides by n - 1.": (
            _differences(error=lambda d: np.sqrt(d.var() / (len(d) + 1)))
        ),
        "The standard error divides by the root of 10 always. It is the number of seeds that "
        "counts.": _differences(error=lambda d: d.std(ddof=1) / np.sqrt(10)),
        "The mean divides by n - 1. Only the standard deviation does.": _differences(
            center=lambda d: d.sum() / (len(d) - 1)
        ),
        "The differences are taken as shares of the second list. They are one minus other, no "
        "more.": lambda one, other: _paired(np.divide(one, other), 1.0),
        "The lists are sorted, so an entry meets that of another seed. Entry i of both has the "
        "same seed.": _with_other_pairs(lambda one, other: (np.sort(one), np.sort(other))),
        "Each seed is compared with the next one. Entry i of both has the same seed.": (
            _with_other_pairs(lambda one, other: (one, np.roll(other, -1))),
            _with_other_pairs(lambda one, other: (one, np.roll(other, 1))),
        ),
        "Every entry of one is compared with every entry of other. Only those of the same seed "
        "belong together.": _with_other_pairs(
            lambda one, other: (np.repeat(one, len(other)), np.tile(other, len(one)))
        ),
        "The signs of the differences are lost. A seed in which the second is ahead counts "
        "against the first.": (
            _differences(change=np.abs),
            _differences(center=lambda d: np.mean(np.abs(d))),
        ),
        "The first number is the middle difference. Asked for is the mean.": _differences(
            center=np.median
        ),
        "The differences are added up. Asked for is their mean.": _differences(center=np.sum),
        "The second number is two standard errors. Asked for is one.": _differences(
            error=lambda d: 2 * d.std(ddof=1) / np.sqrt(len(d))
        ),
        "The two numbers are in the wrong order: the mean comes first.": _differences(
            finish=lambda mean, error: (error, mean)
        ),
        "The mean is divided by its error. Asked for are both numbers.": _differences(
            finish=lambda mean, error: mean / error if error > 0 else 0.0
        ),
        "The standard error is missing.": _differences(finish=lambda mean, error: mean),
        "The mean is missing.": _differences(finish=lambda mean, error: error),
        "These are the ends of an interval. Asked for are the mean and the error.": (
            _differences(finish=lambda mean, error: (mean - 2 * error, mean + 2 * error)),
            _differences(finish=lambda mean, error: (mean - error, mean + error)),
        ),
    },
)


# 13.5: an interval that stays between 0 and 1 ----------------------------------------------

_Z = 1.96


def _wilson(right: int, n: int) -> tuple[Any, Any]:
    z, share = 1.96, right / n
    middle = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


def _counts(rng: np.random.Generator) -> Inputs:
    """How many are right, and of how many: one or more. All or none may be right."""
    yield 8, 10
    yield 93, 100
    yield 1400, 1500
    yield 14, 20
    yield 14, 30
    yield case("where all are right", 20, 20)
    yield case("where none is right", 0, 20)
    yield case("where there is a single image", 1, 1)
    yield case("where half are right", 50, 100)
    yield case("where there are very many", 930_000, 1_000_000)
    for n in (5, 40, 1000):
        yield int(rng.integers(1, n)), n


def _interval(
    z: float = _Z,
    push: float = 0.5,
    inside: float = 0.25,
    below: float = 1.0,
    reach: Callable[[Any], Any] = lambda half: half,
    finish: Callable[[Any, Any], Any] = lambda low, high: (low, high),
) -> Callable[..., Any]:
    """Return Wilson's interval with one number changed, or its reach, or its ends."""

    def wilson(right: int, n: int) -> Any:
        share = right / n
        middle = share + push * z**2 / n
        half = reach(z * np.sqrt(share * (1 - share) / n + inside * z**2 / n**2))
        return finish((middle - half) / (1 + below * z**2 / n),
                      (middle + half) / (1 + below * z**2 / n))  # fmt: skip

    return wilson


_plain = _interval(push=0, inside=0, below=0)


def _clipped(right: int, n: int) -> Any:
    low, high = _plain(right, n)
    return max(low, 0.0), min(high, 1.0)


def _plain_between(right: int, n: int) -> Any:
    return _wilson(right, n) if right in (0, n) else _plain(right, n)


def _around_the_share(right: int, n: int) -> Any:
    low, high = _wilson(right, n)
    return right / n - (high - low) / 2, right / n + (high - low) / 2


def _agresti_coull(right: int, n: int) -> Any:
    return _plain(right + _Z**2 / 2, n + _Z**2)


def _error_at_the_plain_ends(right: int, n: int) -> Any:
    low, high = _clipped(right, n)
    share = right / n
    return (share - _Z * np.sqrt(low * (1 - low) / n), share + _Z * np.sqrt(high * (1 - high) / n))


def _repeated(right: int, n: int) -> Any:
    ends = []
    for side in (-1, 1):
        p = right / n
        for _ in range(200):
            p = min(1.0, max(0.0, right / n + side * _Z * np.sqrt(p * (1 - p) / n)))
        ends.append(p)
    return tuple(ends)


def _with_one_z(right: int, n: int) -> Any:
    share = right / n
    half = np.sqrt(share * (1 - share) / n + _Z**4 / (4 * n**2))
    middle = share + _Z**2 / (2 * n)
    return (middle - half) / (1 + _Z**2 / n), (middle + half) / (1 + _Z**2 / n)


WILSON = Exercise(
    "13.5",
    reference=_wilson,
    inputs=_counts,
    hints=(
        "Write s for the share that was right. The two ends are the solutions p of "
        "(s - p)**2 = z**2 * p * (1 - p) / n. What kind of equation is that?",
        "Sorted by powers of p: (1 + z**2 / n) * p**2 - (2 * s + z**2 / n) * p + s**2 = 0. A "
        "quadratic equation has a formula, or np.roots.",
        "The middle is (s + z**2 / (2 * n)) / (1 + z**2 / n), and the ends lie "
        "z * np.sqrt(s * (1 - s) / n + z**2 / (4 * n**2)) / (1 + z**2 / n) to both sides of it.",
    ),
    mistakes={
        "This is the plain interval around the share itself, which takes the share for p under "
        "the root. There p is the number that is looked for.": (
            _plain,
            _interval(z=2, push=0, inside=0, below=0),
        ),
        "This is the plain interval, but for the ends of the scale. Solve for p everywhere.": (
            _plain_between
        ),
        "This is the plain interval, cut off at 0 and 1. Solve for p.": _clipped,
        "What stands before the square of p is missing: everything is divided by "
        "1 + z**2 / n.": _interval(below=0),
        "z**2 / (2 * n) is missing beside the share. It moves the middle toward one "
        "half.": _interval(push=0),
        "The middle lies at the share itself. Solving for p moves it toward one half.": (
            _interval(push=0, below=0),
            _around_the_share,
        ),
        "z**2 / (2 * n) is subtracted from the share. It is added.": _interval(push=-0.5),
        "The middle is right, the reach is that of Agresti and Coull, who put the moved share "
        "under the root. Solve the equation for p.": _agresti_coull,
        "Two right and two wrong images are added, and then the plain interval is taken. Solve "
        "the equation for p.": lambda right, n: _plain(right + 2, n + 4),
        "The error is taken at the ends of the plain interval. Solve for the p at which it is "
        "right.": _error_at_the_plain_ends,
        "p is put in again and again, which stays at 0 and at 1 once it is there. Solve the "
        "equation.": _repeated,
        "z is missing before the share times its rest, under the root.": _with_one_z,
        "The root is missing.": _interval(reach=lambda half: half**2),
        "It is divided by 1 - z**2 / n. It is 1 + z**2 / n.": _interval(below=-1),
        "It is divided by 1 + z**2. It is 1 + z**2 / n.": lambda right, n: tuple(
            end * (1 + _Z**2 / n) / (1 + _Z**2) for end in _wilson(right, n)
        ),
        "Everything is divided by 2 * (1 + z**2 / n). The 2 does not belong there.": _interval(
            finish=lambda low, high: (low / 2, high / 2)
        ),
        "z is not squared.": _interval(z=_Z**0.5),
        "The number of images is taken to be 1500. It is n.": lambda right, n: _wilson(
            1500 * right / n,
            1500,
        ),
        "n of the first call is kept.": lambda right, n: _wilson(right, 10),
        "The middle is moved by twice as much as it should be: z**2 / (2 * n).": _interval(push=1),
        "Under the root z**2 / (4 * n**2) is missing.": _interval(inside=0),
        "Under the root z**2 is divided by 2 * n**2. It is 4 * n**2.": _interval(inside=0.5),
        "Under the root z**2 is not divided by 4.": _interval(inside=1.0),
        "The interval is that of one standard error to each side: z is 1.96.": _interval(z=1.0),
        "z is 1.96 here, not 2.": _interval(z=2.0),
        "z is 1.96 here, not 1.645.": (_interval(z=1.645), _interval(z=1.64)),
        "The two ends are in the wrong order: the lower comes first.": _interval(
            finish=lambda low, high: (high, low)
        ),
        "The ends are in percent. Asked for are shares.": _interval(
            finish=lambda low, high: (100 * low, 100 * high)
        ),
        "These are the middle and how far it reaches. Asked for are the two ends.": _interval(
            finish=lambda low, high: ((low + high) / 2, (high - low) / 2)
        ),
        "This is the length of the interval. Asked for are its two ends.": _interval(
            finish=lambda low, high: high - low
        ),
        "These are numbers of images. Asked for are shares.": lambda right, n: tuple(
            n * end for end in _wilson(right, n)
        ),
        "These are the ends for the share that was wrong.": lambda right, n: _wilson(n - right, n),
    },
)
