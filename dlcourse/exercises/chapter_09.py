"""The self-checks of chapter 9: normalization."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import Steps, case

Inputs = Iterator[tuple[Any, ...]]


# 9.3: fit here, transform there ----------------------------------------------------------


def _standardize_both(train: Any, test: Any) -> tuple[Any, Any]:
    mean, std = train.mean(axis=0), train.std(axis=0)
    constant = train.max(axis=0) == train.min(axis=0)
    std = np.where(constant, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def _tables(rng: np.random.Generator) -> Inputs:
    """Two tables of floats or of whole numbers, with the same columns, one row or more each.

    A column of `train` may be constant, beside others that are not, also where rounding gives
    it a spread of 1e-17; its numbers in `test` are others. Spreads are of all sizes, also between
    0 and 1, and tiny. Not asked: tables without rows, missing numbers.
    """
    yield np.array([[0.0], [2.0]]), np.array([[4.0]])
    yield np.array([[0.0, 1.0], [2.0, 5.0]]), np.array([[1.0, 1.0], [3.0, 9.0]])
    yield np.array([[0.5], [0.7], [0.9]]), np.array([[0.6], [1.2]])
    constant = "where a column of train is constant"
    yield case(constant, np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([[2.0, 9.0]]))
    yield case(constant, np.array([[7.0, 100.0], [7.0, 900.0]]), np.array([[9.0, 300.0]]))
    yield case(constant, np.array([[7.0, 1.0], [7.0, 2.0]]), np.array([[7.0, 3.0]]))
    tenth = np.column_stack([np.full(3, 0.1), [1.0, 2.0, 6.0]])
    name = "where a column is constant, and its computed spread is not exactly 0"
    yield case(name, tenth, np.array([[0.3, 4.0], [0.1, 2.0]]))
    yield case("where train has a single row", np.array([[2.0, 3.0]]), np.array([[1.0, 5.0]]))
    tiny = np.array([[1e-10, 1.0], [3e-10, 2.0], [2e-10, 6.0]])
    yield case("where the numbers of a column are tiny", tiny, tiny[:2] * 2)
    narrow = np.array([[1e-14, 1.0], [3e-14, 5.0], [2e-14, 6.0]])
    yield case("where the numbers of a column are tiny", narrow, narrow[:2] * 2)
    far = np.array([[1e8, 2.0], [1e8 + 2, 5.0], [1e8 + 4, 6.0]])
    yield case("where the mean of a column is far from 0", far, far[1:])
    turned = np.array([[1.0, 2.0], [3.0, 5.0], [1.0, 4.0]])
    yield case("where a column ends with the number it begins with", turned, turned[1:] + 1)
    whole = "where the tables hold whole numbers"
    yield case(whole, np.array([[1, 50], [4, 20], [10, 30]]), np.array([[2, 60]]))
    for rows, columns in ((5, 2), (12, 3), (30, 4)):
        scales = rng.uniform(0.1, 50, size=columns)
        tables = [rng.normal(at, scales, (n, columns)) for at, n in ((3, rows), (5, 4))]
        yield np.round(tables[0], 2), np.round(tables[1], 2)


def _with(statistics: Callable[..., Any]) -> Callable[..., Any]:
    """Standardize with `((mean, std), (test_mean, test_std))` of both tables."""

    def standardize_both(train: Any, test: Any) -> tuple[Any, Any]:
        (mean, std), (test_mean, test_std) = statistics(train, test)
        with np.errstate(divide="ignore", invalid="ignore"):
            return (train - mean) / std, (test - test_mean) / test_std

    return standardize_both


def _by_train(statistics: Callable[..., Any]) -> Callable[..., Any]:
    """Standardize both with the mean and the std of one table."""
    return _with(lambda train, test: [statistics(train)] * 2)


def _std(x: Any, **options: Any) -> Any:
    return np.where(_is_constant(x), 1.0, x.std(axis=0, **options))


def _is_constant(x: Any) -> Any:
    return x.max(axis=0) == x.min(axis=0)


def _of(x: Any) -> tuple[Any, Any]:
    return x.mean(axis=0), _std(x)


def _unguarded(x: Any) -> tuple[Any, Any]:
    return x.mean(axis=0), x.std(axis=0)


def _exact(x: Any) -> tuple[Any, Any]:
    return x.mean(axis=0), np.where(x.std(axis=0) == 0, 1.0, x.std(axis=0))


def _threshold(smallest: float) -> Callable[..., Any]:
    return _by_train(
        lambda x: (x.mean(axis=0), np.where(x.std(axis=0) < smallest, 1.0, x.std(axis=0)))
    )


def _rows_alone(x: Any) -> Any:
    std = x.std(axis=1, keepdims=True)
    return (x - x.mean(axis=1, keepdims=True)) / np.where(std == 0, 1.0, std)


def _on_constant(change: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Standardize both, and put something else in the columns that are constant in train."""

    def standardize_both(train: Any, test: Any) -> tuple[Any, Any]:
        constant = _is_constant(train)
        return tuple(
            np.where(constant, change(table, result), result)
            for table, result in zip((train, test), _standardize_both(train, test), strict=True)
        )

    return standardize_both


def _columns_dropped(train: Any, test: Any) -> Any:
    varies = ~_is_constant(train)
    return tuple(table[:, varies] for table in _standardize_both(train, test))


def _constant_in_both(train: Any, test: Any) -> Any:
    constant = _is_constant(np.concatenate([train, test]))
    return [(train.mean(axis=0), np.where(constant, 1.0, train.std(axis=0)))] * 2


def _nan_to_num(train: Any, test: Any) -> tuple[Any, Any]:
    with np.errstate(all="ignore"):
        tables = [(table - train.mean(axis=0)) / train.std(axis=0) for table in (train, test)]
    return np.nan_to_num(tables[0]), np.nan_to_num(tables[1])


STANDARDIZE_BOTH = Exercise(
    "9.3",
    reference=_standardize_both,
    inputs=_tables,
    hints=(
        "On the day the model is used there is one new row. Which numbers do you have then?",
        "Mean and standard deviation come from train alone, and are applied to both tables. A "
        "column is constant if its largest and its smallest number are the same.",
        "mean, std = train.mean(axis=0), train.std(axis=0); then std = np.where(train.max(axis=0) "
        "== train.min(axis=0), 1.0, std), and the same two lines for train and test.",
    ),
    mistakes={
        "The statistics come from both tables together: the test rows have leaked into them.": (
            _with(lambda train, test: [_of(np.concatenate([train, test]))] * 2),
            _with(lambda train, test: [_unguarded(np.concatenate([train, test]))] * 2),
        ),
        "Each table is standardized with its own statistics. The test rows must get those of "
        "the training rows.": (
            _with(lambda train, test: [_of(train), _of(test)]),
            _with(lambda train, test: [_exact(train), _exact(test)]),
        ),
        "The test rows are shifted by their own mean. They must get that of the training "
        "rows.": _with(lambda train, test: [_of(train), (test.mean(axis=0), _std(train))]),
        "One mean and one standard deviation for the whole table: each column needs its "
        "own.": _by_train(lambda x: (x.mean(), x.std() if np.ptp(x) else 1.0)),
        "Each row is standardized with its own statistics. They belong to the columns: take them "
        "along axis 0.": lambda train, test: (_rows_alone(train), _rows_alone(test)),
        "You divide by the variance; the standard deviation is its root.": _by_train(
            lambda x: (x.mean(axis=0), _std(x) ** 2)
        ),
        "The standard deviation divides by n - 1 here; the chapter's divides by n.": _with(
            lambda train, test: [(train.mean(axis=0), _std(train, ddof=min(1, len(train) - 1)))] * 2
        ),
        "You scale to the range from 0 to 1. To standardize, subtract the mean and divide by the "
        "standard deviation.": _by_train(
            lambda x: (x.min(axis=0), np.where(_is_constant(x), 1.0, np.ptp(x, axis=0)))
        ),
        "You divide by the range. Divide by the standard deviation.": _by_train(
            lambda x: (x.mean(axis=0), np.where(_is_constant(x), 1.0, np.ptp(x, axis=0)))
        ),
        "The mean is not subtracted.": _by_train(lambda x: (0.0, _std(x))),
        "The columns are only shifted, not scaled.": _by_train(lambda x: (x.mean(axis=0), 1.0)),
        "A column that is constant in training is divided by 0. Only shift it.": _by_train(
            _unguarded
        ),
        "The spread of a constant column is compared with 0, and rounding may leave 1e-17. "
        "Compare the largest with the smallest number of the column.": _by_train(_exact),
        "A column with a tiny spread is taken for constant. It is so only if all its numbers in "
        "train are the same.": tuple(
            _threshold(smallest) for smallest in (1e-8, 1e-9, 1e-6, 1e-5, 1e-4)
        ),
        "No column is divided by less than 1. A spread between 0 and 1 is a spread, "
        "too.": _by_train(lambda x: (x.mean(axis=0), np.maximum(x.std(axis=0), 1.0))),
        "One constant column, and none is scaled. Choose for each column by itself, with "
        "np.where.": _by_train(
            lambda x: (x.mean(axis=0), 1.0 if np.any(_is_constant(x)) else x.std(axis=0))
        ),
        "Something is added to the standard deviation. Where the numbers of a column are tiny, it "
        "is not small beside them.": tuple(
            _by_train(lambda x, more=more: (x.mean(axis=0), _std(x) + more * ~_is_constant(x)))
            for more in (1e-12, 1e-10, 1e-9, 1e-8, 1e-7)
        ),
        "Something is added to the standard deviation: then nothing comes out quite right, and "
        "where it is tiny, all is far too small. Divide by it as it is, and by 1 only where the "
        "column is constant.": tuple(
            _by_train(lambda x, eps=eps: (x.mean(axis=0), x.std(axis=0) + eps))
            for eps in (1e-8, 1e-7, 1e-10, 1e-12, 1e-5, 1e-6, 1e-9)
        ),
        "A column counts as constant only if it is so in test, too. Train alone decides.": _with(
            _constant_in_both
        ),
        "A constant column becomes 0 in test as well. There it is only shifted: it may hold "
        "other numbers.": _on_constant(lambda table, result: 0.0),
        "A constant column is left as it is. Shift it by its mean.": _on_constant(
            lambda table, result: table
        ),
        "Constant columns are dropped. Keep them, and only shift them.": _columns_dropped,
        "nan is made 0, and inf a huge number. Avoid the division by 0: put 1 in place of a "
        "spread of 0.": _nan_to_num,
    },
)


# 9.4: layer normalization, backwards -----------------------------------------------------


def _layer_norm_backward(g: Any, normalized: Any, inverse_std: Any, gain: Any) -> Any:
    h = g * gain
    along = (h * normalized).mean(axis=1, keepdims=True)
    to_x = inverse_std * (h - h.mean(axis=1, keepdims=True) - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def _rows(rng: np.random.Generator) -> Inputs:
    """One row and more, one feature and more, with what a forward pass gives for some epsilon.

    `normalized` has the mean 0 along each row, and a mean square of 1 or a little less.
    """
    normalized = np.array([[1.4, -0.2, -1.4, 0.2], [1.0, -1.0, -1.0, 1.0]])
    g = np.array([[1.0, 0.0, 2.0, -1.0], [0.5, 3.0, 0.0, 1.0]])
    scales = np.array([[2.0], [0.5]])
    yield case("where there is one row", g[:1], normalized[:1], scales[:1], np.ones(4))
    yield g, normalized, scales, np.array([1.0, 2.0, -1.0, 0.5])
    few = np.array([[1.0, -1.0], [-1.0, 1.0], [-1.0, 1.0]])
    arrived = np.array([[2.0, 1.0], [0.0, -3.0], [1.0, 1.0]])
    yield arrived, few, np.array([[1.0], [4.0], [0.25]]), np.array([3.0, -0.5])
    one = np.array([[1.5], [-2.0]])
    yield case("where there is one feature", one, 0 * one, np.full((2, 1), 10.0), np.array([2.0]))
    for (rows, features), epsilon in (((2, 3), 1e-5), ((3, 4), 0.0), ((6, 5), 0.1), ((5, 5), 1e-3)):
        x = rng.normal(size=(rows, features)) * rng.uniform(0.5, 3, size=(rows, 1))
        centered = x - x.mean(axis=1, keepdims=True)
        inverse_std = 1 / np.sqrt((centered**2).mean(axis=1, keepdims=True) + epsilon)
        gain = np.round(rng.normal(size=features), 2)
        yield np.round(rng.normal(size=x.shape), 2), centered * inverse_std, inverse_std, gain


def _backward(
    mean: Callable[[Any], Any] = lambda h: h.mean(axis=1, keepdims=True),
    along: Callable[[Any], Any] = lambda hx: hx.mean(axis=1, keepdims=True),
    arrived: Callable[[Any, Any], Any] = lambda g, gain: g * gain,
    scale: Callable[[Any, Any], Any] = lambda s, gain: s,
    rest: Callable[..., Any] = lambda g, x, gain: ((g * x).sum(axis=0), g.sum(axis=0)),
) -> Callable[..., Any]:
    """Return the way back with one thing done in another way."""

    def backward(g: Any, normalized: Any, inverse_std: Any, gain: Any) -> Any:
        h = arrived(g, gain)
        to_x = h - mean(h) - normalized * along(h * normalized)
        return scale(inverse_std, gain) * to_x, *rest(g, normalized, gain)

    return backward


def _zero(h: Any) -> Any:
    return 0.0


def _over_rows(h: Any) -> Any:
    return h.mean(axis=0)


def _sums(h: Any) -> Any:
    return h.sum(axis=1, keepdims=True)


def _fewer(h: Any) -> Any:
    return h.sum(axis=1, keepdims=True) / max(h.shape[1] - 1, 1)


_ONE_AXIS = (
    "Only one of the two means runs along the rows. Every row has statistics of its own: take "
    "both along axis 1, with keepdims."
)

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
        "along axis 1, with keepdims.": _backward(_over_rows, _over_rows),
        _ONE_AXIS: (_backward(mean=_over_rows), _backward(along=_over_rows)),
        "The path through the mean is missing: subtract the mean of what arrives.": _backward(
            mean=_zero
        ),
        "The path through the variance is missing: subtract the part along the normalized "
        "values.": _backward(along=_zero),
        "Both paths through the statistics are missing: subtract the mean, and the part along the "
        "normalized values.": _backward(mean=_zero, along=_zero),
        "The part along the normalized values is added. Subtract it.": _backward(
            along=lambda hx: -hx.mean(axis=1, keepdims=True)
        ),
        "These are sums where means should be: the mean and the variance of a row divide by the "
        "number of features.": (
            _backward(_sums, _sums),
            _backward(along=_sums),
            _backward(mean=_sums),
        ),
        "A mean divides by one less than the number of features. It divides by all of them.": (
            _backward(along=_fewer),
            _backward(_fewer, _fewer),
        ),
        "inverse_std is missing: on the way back to the input every path is multiplied by "
        "it.": _backward(scale=lambda s, gain: 1.0),
        "You divide by inverse_std. It is one over the spread already: multiply.": _backward(
            scale=lambda s, gain: 1 / s
        ),
        "inverse_std is multiplied in twice. Once is enough.": _backward(
            scale=lambda s, gain: s**2
        ),
        "All rows get the mean of inverse_std. Each row has its own.": _backward(
            scale=lambda s, gain: s.mean()
        ),
        "The gain is missing on the way back to the input.": _backward(arrived=lambda g, gain: g),
        "The gain is multiplied in at the end. It comes before the means: what arrives at the "
        "normalized values is g times the gain.": _backward(
            arrived=lambda g, gain: g, scale=lambda s, gain: s * gain
        ),
        "The gain is in its own gradient. What arrives at the gain is g times the normalized "
        "values, not h times them.": _backward(
            rest=lambda g, x, gain: ((g * gain * x).sum(axis=0), g.sum(axis=0))
        ),
        "The gain is in the gradient of the shift. What arrives at the shift is g "
        "itself.": _backward(rest=lambda g, x, gain: ((g * x).sum(axis=0), (g * gain).sum(axis=0))),
        "The gain is in the gradients of gain and shift. What arrives at both is g, not "
        "h.": _backward(
            rest=lambda g, x, gain: ((g * gain * x).sum(axis=0), (g * gain).sum(axis=0))
        ),
        "The gradients of gain and shift are exchanged: first the input, then the gain, then the "
        "shift.": _backward(rest=lambda g, x, gain: (g.sum(axis=0), (g * x).sum(axis=0))),
        "The gradients of gain and shift are means over the rows. Every row adds its part: take "
        "sums.": _backward(rest=lambda g, x, gain: ((g * x).mean(axis=0), g.mean(axis=0))),
        "The gradients of gain and shift come from the first row only. Add up all rows.": _backward(
            rest=lambda g, x, gain: ((g * x)[0], g[0])
        ),
        "The gradients of gain and shift are summed along the rows. There is one gain for each "
        "feature: take them along axis 0.": _backward(
            rest=lambda g, x, gain: ((g * x).sum(axis=1), g.sum(axis=1))
        ),
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


class _FilledAnew(_RunningNorm):
    """What train returns is one array, as long as the batches have one shape."""

    kept: Any = None

    def train(self, x: Any) -> Any:
        right = super().train(x)
        if self.kept is None or self.kept.shape != right.shape:
            self.kept = right
        self.kept[...] = right
        return self.kept


def _in_turn(layer: Callable[..., Any], momentum: float, batches: Any, rows: Any) -> Any:
    """Evaluate, train on each batch, and ask for the same rows after each, twice."""
    it = layer(rows.shape[1], momentum)
    steps = Steps([it.evaluate(rows)])
    for batch in batches:
        steps += [it.train(batch), it.evaluate(rows), it.evaluate(rows)]
    return steps


def _batches(rng: np.random.Generator) -> Inputs:
    """Batches of two rows or more, in which no column is constant; one row or more to evaluate.

    Spreads are of all sizes, also so small that an epsilon would show.
    """
    yield 0.5, [np.array([[1.0], [3.0]])], np.array([[2.0]])
    yield 0.5, [np.array([[1.0], [3.0]]), np.array([[0.0], [8.0]])], np.array([[2.0], [5.0]])
    few = [np.array([[1.0, 3.0], [2.0, 9.0]]), np.array([[0.0, -2.0], [4.0, 6.0], [5.0, 1.0]])]
    yield 0.75, few, np.array([[2.0, 1.0], [0.0, -1.0], [3.0, 3.0]])
    narrow = [np.array([[0.001, 2.0], [0.003, 5.0]]), np.array([[0.002, 1.0], [0.007, 1.5]])]
    yield case("where the spread of a batch is tiny", 0.5, narrow, np.array([[0.01, 2.0]]))
    yield case("where the momentum is 0", 0.0, few, np.array([[2.0, 1.0]]))
    far = [few[0] + 1e8, few[1] + 1e8]
    yield case("where the mean of a batch is far from 0", 0.5, far, np.array([[1e8, 1e8]]))
    for momentum, n in ((0.9, 1), (0.1, 4), (0.75, 6)):
        table = [np.round(rng.normal(2, [3, 0.5, 8], size=(6, 3)), 2) for _ in range(3)]
        yield momentum, table, np.round(rng.normal(size=(n, 3)), 2)


def _layer(
    kept: Callable[..., Any] = lambda x, mean, variance: (x.mean(axis=0), x.var(axis=0)),
    own: Callable[..., Any] = lambda x: (x.mean(axis=0), np.sqrt(x.var(axis=0))),
    used: Callable[..., Any] = lambda mean, variance, t, momentum: (mean, np.sqrt(variance)),
    share: Callable[[float, int], float] = lambda momentum, t: momentum,
    start: tuple[float, float] = (0.0, 1.0),
) -> Callable[..., Any]:
    """Return the layer with one thing done in another way.

    The running statistics move toward what `kept` returns; `own` are those of the batch in
    training, as mean and divisor, `used` those of evaluation.
    """

    class Layer:
        def __init__(self, features: int, momentum: float) -> None:
            self.mean, self.variance = np.full(features, start[0]), np.full(features, start[1])
            self.momentum, self.t = momentum, 0

        def train(self, x: Any) -> Any:
            self.t += 1
            keep = share(self.momentum, self.t)
            mean, variance = kept(x, self.mean, self.variance)
            self.mean = keep * self.mean + (1 - keep) * mean
            self.variance = keep * self.variance + (1 - keep) * variance
            center, divisor = own(x)
            return (x - center) / divisor

        def evaluate(self, x: Any) -> Any:
            center, divisor = used(self.mean, self.variance, self.t, self.momentum)
            return (x - center) / divisor

    return Layer


class _RunningInTraining(_RunningNorm):
    def train(self, x: Any) -> Any:
        super().train(x)
        return self.evaluate(x)


class _OwnStatistics(_RunningNorm):
    def evaluate(self, x: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0))


class _LearnsInEvaluation(_RunningNorm):
    def evaluate(self, x: Any) -> Any:
        result = super().evaluate(x)
        self.train(x)
        return result


class _LearnsBeforeEvaluation(_RunningNorm):
    def evaluate(self, x: Any) -> Any:
        self.train(x)
        return super().evaluate(x)


class _OnlyTheFirstRow(_RunningNorm):
    def evaluate(self, x: Any) -> Any:
        return super().evaluate(x[:1])


class _FirstRowForAll(_RunningNorm):
    def evaluate(self, x: Any) -> Any:
        return np.repeat(super().evaluate(x[:1]), len(x), axis=0)


class _SpreadsKept(_RunningNorm):
    def train(self, x: Any) -> Any:
        spread = self.momentum * np.sqrt(self.variance) + (1 - self.momentum) * x.std(axis=0)
        result = super().train(x)
        self.variance = spread**2
        return result


class _AddedWhole(_RunningNorm):
    def train(self, x: Any) -> Any:
        mean, variance = self.momentum * self.mean, self.momentum * self.variance
        result = super().train(x)
        self.mean, self.variance = mean + x.mean(axis=0), variance + x.var(axis=0)
        return result


class _AroundTheRunningMean(_RunningNorm):
    def train(self, x: Any) -> Any:
        before = self.variance
        result = super().train(x)
        around = np.mean((x - self.mean) ** 2, axis=0)
        self.variance = self.momentum * before + (1 - self.momentum) * around
        return result


class _Twice(_RunningNorm):
    def train(self, x: Any) -> Any:
        super().train(x)
        return super().train(x)


class _OneForAllFeatures(_RunningNorm):
    def train(self, x: Any) -> Any:
        result = super().train(x)
        self.mean = np.full_like(self.mean, self.mean.mean())
        self.variance = np.full_like(self.variance, self.variance.mean())
        return result


def _sample(x: Any) -> Any:
    return x.var(axis=0, ddof=1)


def _rows_of(x: Any) -> tuple[Any, Any]:
    std = x.std(axis=1, keepdims=True)
    return x.mean(axis=1, keepdims=True), np.where(std == 0, 1.0, std)


def _since_start(mean: Any, variance: Any, t: int, momentum: float) -> tuple[Any, Any]:
    share = 1 - momentum**t if t else 1.0
    return mean / share, np.sqrt(variance / share)


def _with_epsilon(epsilon: float) -> Callable[..., Any]:
    return _layer(
        own=lambda x: (x.mean(axis=0), np.sqrt(x.var(axis=0) + epsilon)),
        used=lambda mean, variance, t, momentum: (mean, np.sqrt(variance + epsilon)),
    )


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
        "there.": _layer(share=lambda momentum, t: 0.0),
        "The shares are swapped: momentum is what is kept.": _layer(
            share=lambda momentum, t: 1 - momentum
        ),
        "This is the plain mean of all batches so far. Keep the share called momentum, whatever "
        "their number.": _layer(share=lambda momentum, t: 1 - 1 / t),
        "The batch is added whole to what is kept. Multiply it by 1 - momentum.": _AddedWhole,
        "In training the batch is normalized with its own statistics, not with the running "
        "ones.": _RunningInTraining,
        "In evaluation the rows get their own statistics. Use the running ones.": _OwnStatistics,
        "evaluate brings the running statistics up to date. It changes nothing: only train does.": (
            _LearnsInEvaluation,
            _LearnsBeforeEvaluation,
        ),
        "evaluate looks at its first row only.": (_OnlyTheFirstRow, _FirstRowForAll),
        "What train returns is filled anew by the next call. Return an array of its own each "
        "time.": _FilledAnew,
        "The running statistics are never updated.": _layer(share=lambda momentum, t: 1.0),
        "The variance that evaluate uses is not brought up to date.": _layer(
            kept=lambda x, mean, variance: (x.mean(axis=0), variance)
        ),
        "Only the variance is brought up to date. The mean follows in the same way.": _layer(
            kept=lambda x, mean, variance: (mean, x.var(axis=0))
        ),
        "The running variance begins at 0. It begins at 1.": _layer(start=(0.0, 0.0)),
        "The running mean begins at 1. It begins at 0.": _layer(start=(1.0, 1.0)),
        "The first batch takes the place of the start. The start has its share, too: 0 and "
        "1.": _layer(share=lambda momentum, t: momentum if t > 1 else 0.0),
        "The running statistics are corrected for their start, as in Adam. Here they are "
        "not.": _layer(used=_since_start),
        "You average standard deviations. Keep the variance, and take the root when you "
        "use it.": _SpreadsKept,
        "The root is missing: divide by the standard deviation, not by the variance.": (
            _layer(used=lambda mean, variance, t, momentum: (mean, variance)),
            _layer(own=lambda x: (x.mean(axis=0), x.var(axis=0))),
            _layer(
                own=lambda x: (x.mean(axis=0), x.var(axis=0)),
                used=lambda mean, variance, t, momentum: (mean, variance),
            ),
        ),
        "Your running variance uses n - 1. Asked for is the simple one, with n.": _layer(
            kept=lambda x, mean, variance: (x.mean(axis=0), _sample(x))
        ),
        "Your variances use n - 1. Asked for are the simple ones, with n.": _layer(
            kept=lambda x, mean, variance: (x.mean(axis=0), _sample(x)),
            own=lambda x: (x.mean(axis=0), np.sqrt(_sample(x))),
        ),
        "The variance of a batch is taken around the running mean. Take it around the mean of the "
        "batch.": _AroundTheRunningMean,
        "Each batch is counted twice. One call of train is one update.": _Twice,
        "All features share one mean and one variance. Each has its own: take them along axis "
        "0.": _OneForAllFeatures,
        "train normalizes each row by itself, as layer normalization does. The statistics belong "
        "to the columns.": _layer(own=_rows_of),
        "An epsilon is added. There is none here, and with a tiny spread it shows.": tuple(
            _with_epsilon(epsilon) for epsilon in (1e-5, 1e-8, 1e-7, 1e-3)
        ),
    },
)
