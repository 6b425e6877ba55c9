"""Right and wrong answers to exercises 9.3, 9.4 and 9.5, written from their texts alone.

The text of 9.5 does not say which way the momentum works. RIGHT and WRONG take it for the
share that the running statistics keep, as in chapter 7. OTHER_READING has answers that are
right instead if it is the share of the new batch.

An entry of WITNESS is a tuple of arguments on which the wrong answer of the same place
differs from the first right one or changes its arguments, or a callable that returns True
if the answer misbehaves. For 9.5 the arguments are (settings, batches), see `_follow`.
"""

import copy
import statistics
from dataclasses import dataclass, field

import numpy as np

# Exercise 9.3: fit here, transform there


def both_largest_smallest(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(train.max(axis=0) == train.min(axis=0), 1.0, std)
    return (train - mean) / std, (test - mean) / std


def both_first_row(train, test):
    first = train[0]
    moved = train - first
    mean, std = moved.mean(axis=0), moved.std(axis=0)
    std[~moved.any(axis=0)] = 1
    return (moved - mean) / std, (test - first - mean) / std


def both_columns(fitted, other):
    left, right = [], []
    for old, new in zip(np.transpose(fitted), np.transpose(other), strict=True):
        values = [float(value) for value in old]
        mean, spread = statistics.fmean(values), statistics.pstdev(values)
        if min(values) == max(values):
            spread = 1.0
        left.append((old - mean) / spread)
        right.append((new - mean) / spread)
    return np.column_stack(left), np.column_stack(right)


def both_closure(train, test):
    center = np.mean(train, axis=0)
    constant = np.ptp(train, axis=0) == 0
    scale = np.sqrt(np.mean(np.square(train - center), axis=0))

    def transform(table):
        shifted = table - center
        return np.divide(shifted, scale, out=shifted.copy(), where=~constant)

    return tuple(map(transform, (train, test)))


def both_varying_only(train, test):
    results = []
    varies = (train != train[:1]).any(axis=0)
    for table in (train, test):
        new = np.array(table, dtype=float)
        new -= np.einsum("ij->j", train) / len(train)
        new[:, varies] /= np.std(train[:, varies], axis=0)
        results.append(new)
    return results[0], results[1]


def both_unique(train, test):
    n, features = np.shape(train)
    left, right = np.empty((n, features)), np.empty((len(test), features))
    for j in range(features):
        mean = np.sum(train[:, j]) / n
        constant = len(np.unique(train[:, j])) == 1
        std = 1.0 if constant else np.var(train[:, j]) ** 0.5
        left[:, j] = (train[:, j] - mean) / std
        right[:, j] = (test[:, j] - mean) / std
    return left, right


def both_together(train, test):
    everything = np.concatenate([train, test])
    mean, std = everything.mean(axis=0), everything.std(axis=0)
    std = np.where(np.ptp(everything, axis=0) == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def both_each_its_own(train, test):
    return both_largest_smallest(train, train)[0], both_largest_smallest(test, test)[0]


def both_no_constant(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    with np.errstate(all="ignore"):
        return (train - mean) / std, (test - mean) / std


def both_epsilon(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0) + 1e-8
    return (train - mean) / std, (test - mean) / std


def both_exact_zero(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def both_small_is_zero(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std < 1e-8, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def both_constant_to_zero(train, test):
    left, right = both_largest_smallest(train, test)
    right[:, np.ptp(train, axis=0) == 0] = 0.0
    return left, right


def both_drops_constant(train, test):
    left, right = both_largest_smallest(train, test)
    varies = np.ptp(train, axis=0) > 0
    return left[:, varies], right[:, varies]


def both_constant_left_alone(train, test):
    left, right = both_largest_smallest(train, test)
    constant = np.ptp(train, axis=0) == 0
    left[:, constant], right[:, constant] = train[:, constant], test[:, constant]
    return left, right


def both_sample_std(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0, ddof=1)
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def both_in_place(train, test):
    left, right = both_largest_smallest(train, test)
    train[...] = left
    test[...] = right
    return train, test


def both_rows(train, test):
    def transform(table):
        mean, std = table.mean(axis=1, keepdims=True), table.std(axis=1, keepdims=True)
        return (table - mean) / np.where(std == 0, 1.0, std)

    return transform(train), transform(test)


def both_one_mean(train, test):
    mean, std = train.mean(), train.std()
    std = std if np.ptp(train) > 0 else 1.0
    return (train - mean) / std, (test - mean) / std


def both_variance(train, test):
    mean, variance = train.mean(axis=0), train.var(axis=0)
    variance = np.where(np.ptp(train, axis=0) == 0, 1.0, variance)
    return (train - mean) / variance, (test - mean) / variance


def both_test_decides(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    constant = np.ptp(np.concatenate([train, test]), axis=0) == 0
    with np.errstate(all="ignore"):
        std = np.where(constant, 1.0, std)
        return (train - mean) / std, (test - mean) / std


def both_range(train, test):
    low, width = train.min(axis=0), np.ptp(train, axis=0)
    width = np.where(width == 0, 1.0, width)
    return (train - low) / width, (test - low) / width


def both_swapped(train, test):
    return both_largest_smallest(train, test)[::-1]


def both_nan_to_num(train, test):
    left, right = both_no_constant(train, test)
    return np.nan_to_num(left), np.nan_to_num(right)


def both_test_mean(train, test):
    left, _ = both_largest_smallest(train, test)
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))
    return left, (test - (test.mean(axis=0) if len(test) else 0.0)) / std


def both_train_only(train, test):
    return both_largest_smallest(train, test)[0]


def both_one_constant(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    if (np.ptp(train, axis=0) == 0).any():
        std = np.ones_like(std)
    return (train - mean) / std, (test - mean) / std


def both_whole_tables(train, test):
    left, right = both_largest_smallest(train, test)
    return left.astype(train.dtype), right.astype(test.dtype)


# Exercise 9.4: layer normalization, backwards


def layer_formula(g, normalized, inverse_std, gain):
    h = g * gain
    along = (h * normalized).mean(axis=1, keepdims=True)
    to_x = inverse_std * (h - h.mean(axis=1, keepdims=True) - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def layer_rows(g, normalized, inverse_std, gain):
    to_x = np.zeros(g.shape)
    to_gain, to_shift = np.zeros(len(gain)), np.zeros(len(gain))
    for i in range(len(g)):
        h, z = g[i] * gain, normalized[i]
        to_x[i] = inverse_std[i, 0] * (h - np.mean(h) - z * np.mean(h * z))
        to_gain += g[i] * z
        to_shift += g[i]
    return to_x, to_gain, to_shift


def layer_einsum(arrived, z, scale, weights):
    features = z.shape[1]
    mean = np.einsum("ij,j->i", arrived, weights)[:, None] / features
    along = np.einsum("ij,j,ij->i", arrived, weights, z)[:, None] / features
    to_x = np.einsum("ij,ik->ij", arrived * weights - mean - z * along, scale)
    return to_x, np.einsum("ij,ij->j", arrived, z), np.einsum("ij->j", arrived)


def layer_jacobians(g, normalized, inverse_std, gain):
    k = g.shape[1]
    outer = normalized[:, :, None] * normalized[:, None, :]
    jacobians = (np.eye(k) - 1 / k - outer / k) * inverse_std[:, :, None]
    to_x = np.matmul((g * gain)[:, None, :], jacobians)[:, 0, :]
    return to_x, np.add.reduce(normalized * g), np.add.reduce(g)


def layer_transposed(g, normalized, inverse_std, gain):
    gt, zt = g.T, normalized.T
    h = gt * gain[:, None]
    to_xt = (h - h.mean(0) - zt * (h * zt).mean(0)) * inverse_std.T
    return to_xt.T, (gt * zt).sum(1), gt.sum(1)


def layer_sums(g, normalized, inverse_std, gain):
    ones = np.ones(len(g))
    to_shift, to_gain = ones @ g, ones @ (g * normalized)
    k = np.shape(g)[1]
    h = np.multiply(g, gain)
    total = h @ np.ones((k, 1))
    projected = (h * normalized) @ np.ones((k, 1))
    return inverse_std / k * (k * h - total - normalized * projected), to_gain, to_shift


def layer_batches(g, normalized, inverse_std, gain):
    h = g * gain
    along = (h * normalized).mean(axis=0)
    to_x = inverse_std * (h - h.mean(axis=0) - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def layer_half_mended(g, normalized, inverse_std, gain):
    h = g * gain
    along = (h * normalized).mean(axis=1, keepdims=True)
    to_x = inverse_std * (h - h.mean(axis=0) - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def layer_other_half(g, normalized, inverse_std, gain):
    h = g * gain
    along = (h * normalized).mean(axis=0)
    to_x = inverse_std * (h - h.mean(axis=1, keepdims=True) - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def layer_no_gain(g, normalized, inverse_std, gain):
    return layer_formula(g, normalized, inverse_std, np.ones_like(gain))


def layer_gain_twice(g, normalized, inverse_std, gain):
    to_x, to_gain, to_shift = layer_formula(g, normalized, inverse_std, gain)
    return to_x, to_gain * gain, to_shift


def layer_shift_with_gain(g, normalized, inverse_std, gain):
    to_x, to_gain, to_shift = layer_formula(g, normalized, inverse_std, gain)
    return to_x, to_gain, to_shift * gain


def layer_sum_not_mean(g, normalized, inverse_std, gain):
    h = g * gain
    along = (h * normalized).sum(axis=1, keepdims=True)
    to_x = inverse_std * (h - h.sum(axis=1, keepdims=True) - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def layer_no_inverse_std(g, normalized, inverse_std, gain):
    return layer_formula(g, normalized, np.ones_like(inverse_std), gain)


def layer_divides(g, normalized, inverse_std, gain):
    return layer_formula(g, normalized, 1 / inverse_std, gain)


def layer_mean_only(g, normalized, inverse_std, gain):
    h = g * gain
    to_x = inverse_std * (h - h.mean(axis=1, keepdims=True))
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def layer_along_only(g, normalized, inverse_std, gain):
    h = g * gain
    along = (h * normalized).mean(axis=1, keepdims=True)
    return inverse_std * (h - normalized * along), (g * normalized).sum(axis=0), g.sum(axis=0)


def layer_all_over_rows(g, normalized, inverse_std, gain):
    to_x, _, _ = layer_formula(g, normalized, inverse_std, gain)
    return to_x, (g * normalized).sum(axis=1), g.sum(axis=1)


def layer_batch_means(g, normalized, inverse_std, gain):
    to_x, to_gain, to_shift = layer_formula(g, normalized, inverse_std, gain)
    return to_x, to_gain / len(g), to_shift / len(g)


def layer_shift_is_number(g, normalized, inverse_std, gain):
    to_x, to_gain, to_shift = layer_formula(g, normalized, inverse_std, gain)
    return to_x, to_gain, to_shift.sum()


def layer_in_place(g, normalized, inverse_std, gain):
    to_gain, to_shift = (g * normalized).sum(axis=0), g.sum(axis=0)
    g *= gain
    along = (g * normalized).mean(axis=1, keepdims=True)
    to_x = inverse_std * (g - g.mean(axis=1, keepdims=True) - normalized * along)
    return to_x, to_gain, to_shift


def layer_normalized_in_place(g, normalized, inverse_std, gain):
    results = layer_formula(g, normalized, inverse_std, gain)
    normalized *= inverse_std
    return results


def layer_square_std(g, normalized, inverse_std, gain):
    return layer_formula(g, normalized, inverse_std**2, gain)


def layer_order(g, normalized, inverse_std, gain):
    to_x, to_gain, to_shift = layer_formula(g, normalized, inverse_std, gain)
    return to_x, to_shift, to_gain


def layer_sample_means(g, normalized, inverse_std, gain):
    h, k = g * gain, max(g.shape[1] - 1, 1)
    along = (h * normalized).sum(axis=1, keepdims=True) / k
    to_x = inverse_std * (h - h.mean(axis=1, keepdims=True) - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def layer_gain_outside(g, normalized, inverse_std, gain):
    to_x, to_gain, to_shift = layer_formula(g, normalized, inverse_std, np.ones_like(gain))
    return gain * to_x, to_gain, to_shift


def layer_one_std(g, normalized, inverse_std, gain):
    return layer_formula(g, normalized, np.full_like(inverse_std, inverse_std.mean()), gain)


def layer_sign(g, normalized, inverse_std, gain):
    h = g * gain
    along = (h * normalized).mean(axis=1, keepdims=True)
    to_x = inverse_std * (h - h.mean(axis=1, keepdims=True) + normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def layer_first_row(g, normalized, inverse_std, gain):
    to_x, _, _ = layer_formula(g, normalized, inverse_std, gain)
    return to_x, g[0] * normalized[0], g[0]


# Exercise 9.5: remember the statistics


class NormKeep:
    def __init__(self, features, momentum):
        self.mean, self.variance = np.zeros(features), np.ones(features)
        self.momentum = momentum

    def train(self, x):
        mean, variance = x.mean(axis=0), x.var(axis=0)
        keep = self.momentum
        self.mean = keep * self.mean + (1 - keep) * mean
        self.variance = keep * self.variance + (1 - keep) * variance
        return (x - mean) / np.sqrt(variance)

    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance)


class NormToward:
    def __init__(self, features, momentum):
        self.statistics = np.stack([np.zeros(features), np.ones(features)])
        self.step = 1 - momentum

    def train(self, batch):
        current = np.stack([np.mean(batch, axis=0), np.var(batch, axis=0)])
        self.statistics = self.statistics + self.step * (current - self.statistics)
        return self._normalize(batch, current)

    def evaluate(self, batch):
        return self._normalize(batch, self.statistics)

    @staticmethod
    def _normalize(batch, statistics):
        mean, variance = statistics
        return (batch - mean) / variance**0.5


@dataclass
class NormDataclass:
    features: int
    momentum: float
    batches: list = field(default_factory=list)

    def train(self, x):
        center = np.sum(x, axis=0) / len(x)
        spread = np.sum((x - center) ** 2, axis=0) / len(x)
        self.batches.append((center, spread))
        return np.divide(x - center, np.sqrt(spread))

    def evaluate(self, x):
        mean, variance = np.zeros(self.features), np.ones(self.features)
        for center, spread in self.batches:
            mean = self.momentum * mean + center - self.momentum * center
            variance = self.momentum * variance + spread - self.momentum * spread
        return np.divide(x - mean, np.sqrt(variance))


class NormInPlace:
    def __init__(self, features, momentum):
        self.running = {"mean": np.zeros(features), "variance": np.ones(features)}
        self.momentum = float(momentum)

    def train(self, x):
        current = {"mean": x.mean(axis=0), "variance": x.var(axis=0)}
        for name, value in self.running.items():
            value *= self.momentum
            value += (1 - self.momentum) * current[name]
        return (x - current["mean"]) / np.sqrt(current["variance"])

    def evaluate(self, x):
        return (x - self.running["mean"]) / np.sqrt(self.running["variance"])


class NormFeatures:
    """One pair of numbers for each feature, in lists."""

    def __init__(self, features, momentum):
        self.pairs, self.momentum = [(0.0, 1.0)] * features, momentum

    def train(self, x):
        columns = []
        for j, (mean, variance) in enumerate(self.pairs):
            m, v = float(np.mean(x[:, j])), float(np.var(x[:, j]))
            a, b = self.momentum, 1 - self.momentum
            self.pairs[j] = a * mean + b * m, a * variance + b * v
            columns.append((x[:, j] - m) / v**0.5)
        return np.stack(columns, axis=1)

    def evaluate(self, x):
        columns = [(x[:, j] - m) / v**0.5 for j, (m, v) in enumerate(self.pairs)]
        return np.stack(columns, axis=1)


class NormOtherWay(NormKeep):
    def __init__(self, features, momentum):
        super().__init__(features, 1 - momentum)


class NormOtherWayToward:
    def __init__(self, features, momentum):
        self.mean, self.variance, self.share = np.zeros(features), np.ones(features), momentum

    def train(self, x):
        mean, variance = x.mean(axis=0), x.var(axis=0)
        self.mean = self.mean + self.share * (mean - self.mean)
        self.variance = self.variance + self.share * (variance - self.variance)
        return (x - mean) / np.sqrt(variance)

    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance)


class NormForgets(NormKeep):
    def train(self, x):
        self.mean, self.variance = x.mean(axis=0), x.var(axis=0)
        return (x - self.mean) / np.sqrt(self.variance)


class NormNeverLearns(NormKeep):
    def train(self, x):
        return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0))


class NormTrainsWithRunning(NormKeep):
    def train(self, x):
        super().train(x)
        return self.evaluate(x)


class NormEvaluateLearns(NormKeep):
    def evaluate(self, x):
        result = super().evaluate(x)
        self.train(x)
        return result


class NormEvaluateBatch(NormKeep):
    def evaluate(self, x):
        return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0))


class NormVarianceFromZero(NormKeep):
    def __init__(self, features, momentum):
        super().__init__(features, momentum)
        self.variance = np.zeros(features)


class NormMeanFromOne(NormKeep):
    def __init__(self, features, momentum):
        super().__init__(features, momentum)
        self.mean = np.ones(features)


class NormRunningStd(NormKeep):
    def train(self, x):
        kept = np.sqrt(self.variance)
        result = super().train(x)
        self.variance = (self.momentum * kept + (1 - self.momentum) * x.std(axis=0)) ** 2
        return result


class NormNoRoot(NormKeep):
    def evaluate(self, x):
        return (x - self.mean) / self.variance


class NormSampleVariance(NormKeep):
    def train(self, x):
        kept = self.variance
        result = super().train(x)
        sample = x.var(axis=0) * len(x) / max(len(x) - 1, 1)
        self.variance = self.momentum * kept + (1 - self.momentum) * sample
        return result


class NormSampleEverywhere(NormSampleVariance):
    def train(self, x):
        return super().train(x) * np.sqrt((len(x) - 1) / len(x))


class NormShared(NormKeep):
    memory = {}  # noqa: RUF012 (that is what is wrong with it)

    def train(self, x):
        self.mean, self.variance = self.memory.get(len(self.mean), (self.mean, self.variance))
        result = super().train(x)
        self.memory[len(self.mean)] = self.mean, self.variance
        return result

    def evaluate(self, x):
        self.mean, self.variance = self.memory.get(len(self.mean), (self.mean, self.variance))
        return super().evaluate(x)


class NormPlainAverage(NormKeep):
    def __init__(self, features, momentum):
        super().__init__(features, momentum)
        self.count = 0

    def train(self, x):
        self.count += 1
        self.momentum = 1 - 1 / self.count
        return super().train(x)


class NormChangesBatch(NormKeep):
    def train(self, x):
        result = super().train(x)
        x[...] = result
        return x


class NormRows(NormKeep):
    def train(self, x):
        super().train(x)
        std = np.sqrt(x.var(axis=1, keepdims=True))
        return (x - x.mean(axis=1, keepdims=True)) / np.where(std == 0, 1, std)


class NormMeanOnly(NormKeep):
    def train(self, x):
        kept = self.variance
        result = super().train(x)
        self.variance = kept
        return result


class NormVarianceOnly(NormKeep):
    def train(self, x):
        kept = self.mean
        result = super().train(x)
        self.mean = kept
        return result


class NormFirstBatch(NormKeep):
    started = False

    def train(self, x):
        result = super().train(x)
        if not self.started:
            self.started = True
            self.mean, self.variance = x.mean(axis=0), x.var(axis=0)
        return result


class NormAroundRunning(NormKeep):
    def train(self, x):
        kept = self.variance
        result = super().train(x)
        around = np.mean((x - self.mean) ** 2, axis=0)
        self.variance = self.momentum * kept + (1 - self.momentum) * around
        return result


class NormTwice(NormKeep):
    def train(self, x):
        super().train(x)
        return super().train(x)


class NormOneMean(NormKeep):
    def train(self, x):
        result = super().train(x)
        self.mean = np.full_like(self.mean, self.mean.mean())
        self.variance = np.full_like(self.variance, self.variance.mean())
        return result


class NormEpsilon(NormKeep):
    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance + 1e-5)

    def train(self, x):
        result, std = super().train(x), x.std(axis=0)
        return result * std / np.sqrt(std**2 + 1e-5)


class NormCorrected(NormKeep):
    def __init__(self, features, momentum):
        super().__init__(features, momentum)
        self.count = 0

    def train(self, x):
        self.count += 1
        return super().train(x)

    def evaluate(self, x):
        share = 1 - self.momentum**self.count if self.count else 1.0
        return (x - self.mean / share) / np.sqrt(self.variance / share)


RIGHT = {
    "9.3": [
        ("constant where largest and smallest agree", both_largest_smallest),
        ("moved by the first row, so that constants are exact", both_first_row),
        ("column by column with the statistics module, arguments renamed", both_columns),
        ("an inner function, np.divide with where", both_closure),
        ("divides only the columns that vary", both_varying_only),
        ("a loop over columns, np.unique", both_unique),
    ],
    "9.4": [
        ("means along the features with keepdims", layer_formula),
        ("a loop over rows", layer_rows),
        ("einsum, arguments renamed", layer_einsum),
        ("the whole Jacobians in one array", layer_jacobians),
        ("everything transposed", layer_transposed),
        ("products with ones, the easy two first", layer_sums),
    ],
    "9.5": [
        ("momentum keeps, the rest is new", NormKeep),
        ("one stack of statistics that moves toward the batch", NormToward),
        ("a dataclass that remembers all batches", NormDataclass),
        ("running arrays changed in place", NormInPlace),
        ("numbers for each feature in lists", NormFeatures),
    ],
}

OTHER_READING = {
    "9.5": [
        ("momentum is the share of the new batch", NormOtherWay),
        ("momentum is the step toward the new batch", NormOtherWayToward),
    ],
}

WRONG = {
    "9.3": [
        ("statistics from both tables", both_together),
        ("each table with statistics of its own", both_each_its_own),
        ("no care for constant columns: NaN", both_no_constant),
        ("adds 1e-8 to the spread, so a constant column is blown up in test", both_epsilon),
        ("spread compared with 0, which rounding spoils for columns like 0.1", both_exact_zero),
        ("takes tiny spreads for 0", both_small_is_zero),
        ("a constant column becomes 0 in test too", both_constant_to_zero),
        ("drops constant columns", both_drops_constant),
        ("constant columns are not even shifted", both_constant_left_alone),
        ("spread with 1/(n - 1)", both_sample_std),
        ("changes the tables", both_in_place),
        ("standardizes rows", both_rows),
        ("one mean and one spread for the whole table", both_one_mean),
        ("divides by the variance", both_variance),
        ("a column counts as constant only if it is so in test too", both_test_decides),
        ("scales to the range from 0 to 1", both_range),
        ("the two tables swapped", both_swapped),
        ("NaN turned to 0, infinity to huge numbers", both_nan_to_num),
        ("the test table around its own mean", both_test_mean),
        ("returns one table only", both_train_only),
        ("one constant column, and no column is scaled", both_one_constant),
        ("integer tables give integer tables", both_whole_tables),
    ],
    "9.4": [
        ("means over the rows, as for batches", layer_batches),
        ("the mean of h over the rows", layer_half_mended),
        ("the projection over the rows", layer_other_half),
        ("forgets the gain", layer_no_gain),
        ("the gain in its own gradient", layer_gain_twice),
        ("the gain in the gradient of the shift", layer_shift_with_gain),
        ("sums where means belong", layer_sum_not_mean),
        ("forgets inverse_std", layer_no_inverse_std),
        ("divides by inverse_std", layer_divides),
        ("forgets the slope of the spread", layer_mean_only),
        ("forgets the slope of the mean", layer_along_only),
        ("gain and shift summed over the features", layer_all_over_rows),
        ("gain and shift as means over rows", layer_batch_means),
        ("one number for the shift", layer_shift_is_number),
        ("changes g", layer_in_place),
        ("changes normalized", layer_normalized_in_place),
        ("inverse_std squared", layer_square_std),
        ("gain and shift swapped", layer_order),
        ("divides by features - 1 in the projection", layer_sample_means),
        ("multiplies by the gain at the end", layer_gain_outside),
        ("one mean spread for all rows", layer_one_std),
        ("sign of the projection", layer_sign),
        ("gain and shift from the first row", layer_first_row),
    ],
    "9.5": [
        ("keeps the last batch only", NormForgets),
        ("never updates", NormNeverLearns),
        ("trains with the running statistics", NormTrainsWithRunning),
        ("evaluate updates too", NormEvaluateLearns),
        ("evaluate uses the statistics of its batch", NormEvaluateBatch),
        ("running variance begins at 0", NormVarianceFromZero),
        ("running mean begins at 1", NormMeanFromOne),
        ("averages standard deviations, not variances", NormRunningStd),
        ("evaluate divides by the variance", NormNoRoot),
        ("running variance with 1/(n - 1)", NormSampleVariance),
        ("1/(n - 1) everywhere", NormSampleEverywhere),
        ("all instances share the statistics", NormShared),
        ("a plain average of all batches, whatever the momentum", NormPlainAverage),
        ("changes the batch", NormChangesBatch),
        ("normalizes rows", NormRows),
        ("updates the mean only", NormMeanOnly),
        ("updates the variance only", NormVarianceOnly),
        ("the first batch replaces the start", NormFirstBatch),
        ("variance around the running mean", NormAroundRunning),
        ("updates twice", NormTwice),
        ("one mean and one variance for all features", NormOneMean),
        ("adds an epsilon, which shows for tiny spreads", NormEpsilon),
        ("corrects the start, as Adam does", NormCorrected),
    ],
}


def _follow(kind, settings, batches):
    """Train on each batch, evaluate twice after it, and report all, with changed batches."""
    layer, story = kind(*settings), []
    probe = np.arange(2.0 * settings[0]).reshape(2, -1)
    story.append(layer.evaluate(probe.copy()))
    for batch in batches:
        given = copy.deepcopy(batch)
        story.append(np.array(layer.train(given)))
        story.append(np.array(given))
        seen = probe.copy()
        story += [np.array(layer.evaluate(seen)), seen, np.array(layer.evaluate(batch[:1]))]
    return story


def _shares(kind):
    first, second = (_follow(kind, *_NORM) for _ in range(2))
    return not all(np.allclose(a, b) for a, b in zip(first, second, strict=True))


_TRAIN = np.array([[1.0, 5.0, -2.0], [2.0, 5.0, 0.5], [4.0, 5.0, 3.0], [-3.0, 5.0, 1.0]])
_TEST = np.array([[0.0, 7.0, 1.0], [2.0, 5.0, -4.0]])
_BOTH = (_TRAIN, _TEST)
_TENTHS = (np.column_stack([np.full(10, 0.1), np.arange(10.0)]), np.array([[0.3, 4.0]]))
_NARROW = (_TRAIN * [1e-10, 1.0, 1.0], _TEST * [1e-10, 1.0, 1.0])
_WHOLE = (np.array([[1, 5], [4, 5], [9, 5]]), np.array([[2, 6]]))

_RNG = np.random.default_rng(9)
_INPUT = _RNG.normal(size=(5, 3)) * [[1.0], [2.0], [0.5], [3.0], [1.0]]
_INVERSE = 1 / np.sqrt(_INPUT.var(axis=1, keepdims=True) + 1e-3)
_Z = (_INPUT - _INPUT.mean(axis=1, keepdims=True)) * _INVERSE
_LAYER = (_RNG.normal(size=(5, 3)), _Z, _INVERSE, np.array([0.5, 2.0, -1.0]))

_NORM = ((3, 0.75), [_RNG.normal(size=(4, 3)) * [1, 3, 0.2] + [1, -2, 0.5] for _ in range(3)])
_NARROW_NORM = ((3, 0.75), [0.01 * batch for batch in _NORM[1]])

WITNESS = {
    "9.3": [
        *[_BOTH] * 4,
        _TENTHS,
        _NARROW,
        *[_BOTH] * 15,
        _WHOLE,
    ],
    "9.4": [_LAYER] * 23,
    "9.5": [
        *[_NORM] * 11,
        lambda: _shares(NormShared),
        *[_NORM] * 9,
        _NARROW_NORM,
        _NORM,
    ],
}

# How a witness that is a tuple is tried, where that is more than a call.
DRIVE = {"9.5": _follow}

DRIVE = {"9.5": _follow}
