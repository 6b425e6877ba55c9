"""The self-checks of chapter 9: normalization."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import Steps

Inputs = Iterator[tuple[Any, ...]]


# 9.3: fit here, transform there ----------------------------------------------------------


def _standardize_both(train: Any, test: Any) -> tuple[Any, Any]:
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def _tables(rng: np.random.Generator) -> Inputs:
    yield np.array([[0.0], [2.0]]), np.array([[4.0]])
    yield np.array([[0.0, 1.0], [2.0, 5.0]]), np.array([[1.0, 1.0], [3.0, 9.0]])
    for rows, columns in ((5, 2), (12, 3)):
        scales = rng.uniform(0.5, 50, size=columns)
        yield rng.normal(3, scales, (rows, columns)), rng.normal(5, scales, (4, columns))
    yield np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([[2.0, 9.0]])  # a constant column


def _with(statistics: Callable[..., Any]) -> Callable[..., Any]:
    def standardize_both(train: Any, test: Any) -> tuple[Any, Any]:
        (mean, std), (test_mean, test_std) = statistics(train, test)
        with np.errstate(divide="ignore", invalid="ignore"):
            return (train - mean) / std, (test - test_mean) / test_std

    return standardize_both


def _of(x: Any, ddof: int = 0) -> tuple[Any, Any]:
    std = x.std(axis=0, ddof=ddof)
    return x.mean(axis=0), np.where(std == 0, 1.0, std)


STANDARDIZE_BOTH = Exercise(
    "9.3",
    reference=_standardize_both,
    inputs=_tables,
    hints=(
        "On the day the model is used there is one new row. Which numbers do you have then?",
        "Mean and standard deviation come from train alone, and are applied to both tables.",
        "mean, std = train.mean(axis=0), train.std(axis=0); then std = np.where(std == 0, 1.0, "
        "std), and the same two lines for train and test.",
    ),
    mistakes={
        "The statistics come from both tables together: the test rows have leaked into "
        "them.": _with(lambda train, test: [_of(np.concatenate([train, test]))] * 2),
        "Each table is standardized with its own statistics. The test rows must get those of "
        "the training rows.": _with(lambda train, test: [_of(train), _of(test)]),
        "One mean and one standard deviation for the whole table: each column needs its "
        "own.": lambda train, test: (
            (train - train.mean()) / train.std(),
            (test - train.mean()) / train.std(),
        ),
        "You divide by the variance; the standard deviation is its root.": _with(
            lambda train, test: [(train.mean(axis=0), _of(train)[1] ** 2)] * 2
        ),
        "The standard deviation divides by n - 1 here; the chapter's divides by n.": _with(
            lambda train, test: [_of(train, ddof=1)] * 2
        ),
        "A column that is constant in training is divided by 0. Only shift it.": _with(
            lambda train, test: [(train.mean(axis=0), train.std(axis=0))] * 2
        ),
    },
)


# 9.4: layer normalization, backwards -----------------------------------------------------


def _layer_norm_backward(g: Any, normalized: Any, inverse_std: Any, gain: Any) -> Any:
    h = g * gain
    along = (h * normalized).mean(axis=1, keepdims=True)
    to_x = inverse_std * (h - h.mean(axis=1, keepdims=True) - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def _rows(rng: np.random.Generator) -> Inputs:
    gains = [np.ones(2), np.array([1.0, 2.0, -1.0]), rng.normal(size=4), rng.normal(size=5)]
    for rows, gain in zip((1, 2, 3, 6), gains, strict=True):
        x = rng.normal(size=(rows, len(gain))).round(1 if rows == 1 else 6)
        centered = x - x.mean(axis=1, keepdims=True)
        inverse_std = 1 / np.sqrt((centered**2).mean(axis=1, keepdims=True) + 1e-5)
        g = rng.normal(size=x.shape).round(1 if rows == 1 else 6)
        yield g, centered * inverse_std, inverse_std, gain


def _means_of_batches(g: Any, normalized: Any, inverse_std: Any, gain: Any) -> Any:
    h = g * gain
    along = (h * normalized).mean(axis=0)
    to_x = inverse_std * (h - h.mean(axis=0) - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def _some_paths(mean: bool = True, along: bool = True, by_gain: bool = True) -> Callable[..., Any]:
    def backward(g: Any, normalized: Any, inverse_std: Any, gain: Any) -> Any:
        h = g * gain if by_gain else g
        to_x = h.copy()
        if mean:
            to_x -= h.mean(axis=1, keepdims=True)
        if along:
            to_x -= normalized * (h * normalized).mean(axis=1, keepdims=True)
        return to_x * inverse_std, (g * normalized).sum(axis=0), g.sum(axis=0)

    return backward


LAYER_NORM_BACKWARD = Exercise(
    "9.4",
    reference=_layer_norm_backward,
    inputs=_rows,
    hints=(
        "Which numbers share a mean and a variance: those of a row, or those of a column?",
        "The two means of the first output run along axis 1 now. Do the gain and the shift see "
        "rows or features?",
        "Both means with axis=1 and keepdims=True; the sums for gain and shift stay with axis=0.",
    ),
    mistakes={
        "The means run over the batch. Here every row has statistics of its own: take them "
        "along axis 1, with keepdims.": _means_of_batches,
        "The path through the mean is missing: subtract the mean of what arrives.": _some_paths(
            mean=False
        ),
        "The path through the variance is missing: subtract the part along the normalized "
        "values.": _some_paths(along=False),
        "The gain is missing on the way back to the input.": _some_paths(by_gain=False),
    },
)


# 9.5: running statistics -----------------------------------------------------------------


class _RunningNorm:
    def __init__(self, features: int, momentum: float) -> None:
        self.mean, self.variance = np.zeros(features), np.ones(features)
        self.momentum = momentum

    def train(self, x: Any) -> Any:
        keep = self.momentum
        mean, variance = x.mean(axis=0), x.var(axis=0)
        self.mean = keep * self.mean + (1 - keep) * mean
        self.variance = keep * self.variance + (1 - keep) * variance
        return (x - mean) / np.sqrt(variance)

    def evaluate(self, x: Any) -> Any:
        return (x - self.mean) / np.sqrt(self.variance)


def _in_turn(answer: Callable[..., Any], momentum: float, batches: Any, row: Any) -> Any:
    """Train on each batch, and ask for the same row after each, twice."""
    layer = answer(len(row), momentum)
    steps = Steps([layer.evaluate(row[np.newaxis])])
    for batch in batches:
        steps.append(layer.train(batch.copy()))
        steps.append(layer.evaluate(row[np.newaxis]))
        steps.append(layer.evaluate(row[np.newaxis]))
    return steps


def _batches(rng: np.random.Generator) -> Inputs:
    yield 0.5, [np.array([[1.0], [3.0]])], np.array([2.0])
    yield 0.5, [np.array([[1.0], [3.0]]), np.array([[0.0], [8.0]])], np.array([2.0])
    for momentum in (0.9, 0.1, 0.75):
        yield momentum, [rng.normal(2, 3, size=(6, 2)) for _ in range(3)], rng.normal(size=2)


class _OnlyTheLast(_RunningNorm):
    def train(self, x: Any) -> Any:
        self.mean, self.variance = x.mean(axis=0), x.var(axis=0)
        return (x - self.mean) / np.sqrt(self.variance)


class _SharesSwapped(_RunningNorm):
    def __init__(self, features: int, momentum: float) -> None:
        super().__init__(features, 1 - momentum)


class _RunningInTraining(_RunningNorm):
    def train(self, x: Any) -> Any:
        super().train(x)
        return self.evaluate(x)


class _OwnStatistics(_RunningNorm):
    def evaluate(self, x: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0))


class _NeverCollects(_RunningNorm):
    def train(self, x: Any) -> Any:
        return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0))


class _Unbiased(_RunningNorm):
    def train(self, x: Any) -> Any:
        kept = self.variance
        result = super().train(x)
        keep = self.momentum
        self.variance = keep * kept + (1 - keep) * x.var(axis=0, ddof=1)
        return result


RUNNING_NORM = Exercise(
    "9.5",
    reference=_RunningNorm,
    run=_in_turn,
    inputs=_batches,
    hints=(
        "After two batches, what does your layer still know of the first?",
        "The running mean keeps the share momentum of what it was, and takes the rest from the "
        "batch; the variance likewise. The batch itself is normalized with its own statistics.",
        "self.mean = momentum * self.mean + (1 - momentum) * x.mean(axis=0), and the same for "
        "the variance; then return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0)).",
    ),
    mistakes={
        "It remembers only the last batch. Keep the share called momentum of what was "
        "there.": _OnlyTheLast,
        "The shares are swapped: momentum is what is kept.": _SharesSwapped,
        "In training the batch is normalized with its own statistics, not with the running "
        "ones.": _RunningInTraining,
        "In evaluation the rows get their own statistics. Use the running ones.": _OwnStatistics,
        "The running statistics are never updated.": _NeverCollects,
        "Your running variance uses n - 1. Asked for is the simple one, with n.": _Unbiased,
    },
)
