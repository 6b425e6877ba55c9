"""Right and wrong answers to exercises 12.3, 12.4 and 12.5, written from their texts alone.

The data and the seed of 12.4 were not in sight. Its schedules were tried with the same
sizes (354 to 506 rows, 13 standardized columns with strong correlations and heavy tails,
targets in thousands with a smallest loss near 22). `_misses` is a small stand-in for that.

An entry of WITNESS is a tuple of arguments on which the wrong answer of the same place
differs from the first right one or changes its arguments, or a callable that returns True
if the answer misbehaves.
"""

import functools
import math
import statistics

import numpy as np
import scipy.linalg

# Exercise 12.3: R squared from scratch


def r2_sums(prediction, target):
    residual = np.sum((target - prediction) ** 2)
    total = np.sum((target - np.mean(target)) ** 2)
    return 1 - residual / total


def r2_means(prediction, target):
    target = np.asarray(target, dtype=float)
    return float(1 - np.mean(np.square(target - prediction)) / np.var(target))


def r2_loop(guesses, truth):
    mean = sum(truth) / len(truth)
    left = spread = 0.0
    for guess, value in zip(guesses, truth, strict=True):
        left += (value - guess) ** 2
        spread += (value - mean) ** 2
    return 1 - left / spread


def r2_dots(prediction, target):
    residual = np.subtract(target, prediction)
    deviation = np.subtract(target, np.average(target))
    return 1 - np.dot(residual, residual) / np.dot(deviation, deviation)


def r2_norms(prediction, target):
    deviation = target - target.mean()
    return 1 - (np.linalg.norm(prediction - target) / np.linalg.norm(deviation)) ** 2


def r2_one_fraction(prediction, target):
    values = [float(value) for value in target]
    mean = statistics.fmean(values)
    total = math.fsum((value - mean) ** 2 for value in values)
    left = math.fsum((float(p) - value) ** 2 for p, value in zip(prediction, values, strict=True))
    return (total - left) / total


def r2_only_mse(prediction, target):
    return 1 - np.mean((prediction - target) ** 2)


def r2_no_one_minus(prediction, target):
    return np.sum((target - prediction) ** 2) / np.sum((target - target.mean()) ** 2)


def r2_correlation(prediction, target):
    return np.corrcoef(prediction, target)[0, 1] ** 2


def r2_prediction_spread(prediction, target):
    spread = np.sum((prediction - prediction.mean()) ** 2)
    return 1 - np.sum((target - prediction) ** 2) / spread


def r2_prediction_mean(prediction, target):
    spread = np.sum((target - prediction.mean()) ** 2)
    return 1 - np.sum((target - prediction) ** 2) / spread


def r2_explained(prediction, target):
    return 1 - np.var(target - prediction) / np.var(target)


def r2_clipped(prediction, target):
    return max(0.0, r2_sums(prediction, target))


def r2_mixed_n(prediction, target):
    return 1 - np.mean((target - prediction) ** 2) / np.var(target, ddof=1)


def r2_sum_over_mean(prediction, target):
    return 1 - np.sum((target - prediction) ** 2) / np.var(target)


def r2_absolute(prediction, target):
    deviation = np.sum(np.abs(target - target.mean()))
    return 1 - np.sum(np.abs(target - prediction)) / deviation


def r2_roots(prediction, target):
    return 1 - np.sqrt(np.mean((target - prediction) ** 2)) / np.std(target)


def r2_regression_sum(prediction, target):
    mean = target.mean()
    return np.sum((prediction - mean) ** 2) / np.sum((target - mean) ** 2)


def r2_not_centered(prediction, target):
    return 1 - np.sum((target - prediction) ** 2) / np.sum(target**2)


def r2_median(prediction, target):
    spread = np.sum((target - np.median(target)) ** 2)
    return 1 - np.sum((target - prediction) ** 2) / spread


def r2_in_place(prediction, target):
    prediction -= target
    return 1 - np.sum(prediction**2) / np.sum((target - target.mean()) ** 2)


def r2_swapped(prediction, target):
    return r2_sums(target, prediction)


def r2_size(prediction, target):
    return abs(r2_sums(prediction, target))


def r2_square_of_sum(prediction, target):
    return 1 - np.sum(target - prediction) ** 2 / np.sum((target - target.mean()) ** 2)


def r2_rounded(prediction, target):
    return round(float(r2_sums(prediction, target)), 2)


def r2_minus(prediction, target):
    return r2_sums(prediction, target) - 1


def r2_adjusted(prediction, target):
    n = len(target)
    return 1 - (1 - r2_sums(prediction, target)) * (n - 1) / max(n - 2, 1)


# Exercise 12.4: let SGD settle


def settle_cosine(iteration):
    share = min(iteration / 1500, 1.0)
    return 1e-6 + 0.0225 * (1 + math.cos(math.pi * share))


def settle_line(updates):
    return max(0.04 * (1 - updates / 1600), 1e-6)


def settle_square(iteration):
    return 0.05 * max(1 - iteration / 1700, 0.001) ** 2


def settle_table(iteration):
    for last, rate in ((700, 0.04), (1000, 0.01), (1250, 0.003), (1500, 0.001)):
        if iteration < last:
            return rate
    return 0.0003


def settle_interp(iteration):
    return float(np.interp(iteration, [0, 300, 1000, 1600], [0.04, 0.04, 0.01, 1e-5]))


def settle_exponential(iteration):
    return 0.06 * 0.9974**iteration


def _hold_then_fall(iteration, rate, hold, scale):
    return rate * math.exp(-max(0, iteration - hold) / scale)


settle_hold_then_fall = functools.partial(_hold_then_fall, rate=0.035, hold=500, scale=180.0)


def settle_constant(iteration):
    return 0.01


def settle_large_constant(iteration):
    return 0.04


def settle_small_constant(iteration):
    return 0.001


def settle_harmonic(iteration):
    return 0.01 / (1 + iteration)


def settle_root(iteration):
    return 0.01 / math.sqrt(1 + iteration)


def settle_too_fast(iteration):
    return 0.01 * 0.99**iteration


def settle_too_slow(iteration):
    return 0.04 * 0.9999**iteration


def settle_epochs(iteration):
    return 0.04 * max(0.0, 1 - iteration / 40)


def settle_negative(iteration):
    return 0.03 * (1 - iteration / 1000)


def settle_nothing(iteration):
    return 0.0


def settle_rises(iteration):
    return 0.04 * min(1.0, iteration / 1500)


def settle_restarts(iteration):
    return 0.02 * (1 + math.cos(math.pi * (iteration % 100) / 100))


def settle_floor(iteration):
    return max(0.02, 0.04 * (1 - iteration / 1500))


def settle_too_large(iteration):
    return 2.0 * 0.999**iteration


def settle_early_step(iteration):
    return 0.01 if iteration < 100 else 0.0001


def settle_wave(iteration):
    return 0.02 * (1 + math.sin(iteration))


def settle_whole_division(iteration):
    return 0.02 * (1 - iteration // 10_000)


def settle_stops(iteration):
    return 0.01 if iteration < 200 else 0.0


# Exercise 12.5: leave one out, 506 times


def loo_refit(X, y):
    A = np.column_stack([X, np.ones(len(X))])
    errors = []
    for i in range(len(A)):
        others = np.arange(len(A)) != i
        theta = np.linalg.lstsq(A[others], y[others], rcond=None)[0]
        errors.append(A[i] @ theta - y[i])
    return np.sqrt(np.mean(np.square(errors)))


def loo_leverage(X, y):
    A = np.hstack([np.ones((len(X), 1)), X])
    hat = A @ np.linalg.pinv(A)
    return float(np.sqrt(np.mean(((y - hat @ y) / (1 - np.diag(hat))) ** 2)))


def loo_singular_vectors(table, targets):
    A = np.c_[table, np.ones(len(table))]
    U, s, _ = np.linalg.svd(A / np.linalg.norm(A, axis=0).clip(1e-300), full_matrices=False)
    U = U[:, s > 1e-10 * s[0]]
    left_over = 1 - np.einsum("ij,ij->i", U, U)
    residual = targets - U @ (U.T @ targets)
    return np.linalg.norm(residual / left_over) / len(targets) ** 0.5


def loo_centered(X, y):
    def predict(rows, targets, row):
        center, level = rows.mean(axis=0), targets.mean()
        weights, *_ = scipy.linalg.lstsq(rows - center, targets - level, cond=1e-10)
        return level + (row - center) @ weights

    total = 0.0
    for i, (row, value) in enumerate(zip(X, y, strict=True)):
        guess = predict(np.delete(X, i, axis=0), np.delete(y, i), row)
        total += (guess - value) ** 2
    return math.sqrt(total / len(y))


def loo_orthonormal(X, y):
    center = X - X.mean(axis=0)
    center = center / np.where(np.ptp(X, axis=0) > 0, np.linalg.norm(center, axis=0), np.inf)
    basis = scipy.linalg.orth(center, rcond=1e-10)
    leverage = 1 / len(y) + np.sum(basis**2, axis=1)
    moved = y - y.mean()
    residual = moved - basis @ (basis.T @ moved)
    return np.sqrt(np.sum((residual / (1 - leverage)) ** 2) / len(y))


def loo_moved_target(X, y):
    """A row that is fitted to its own prediction has no say: solve for that prediction."""
    A = np.column_stack([np.ones(len(X)), X])
    inverse = np.linalg.pinv(A)
    squares = []
    for i, row in enumerate(A):
        weights = row @ inverse
        guess = (weights @ y - weights[i] * y[i]) / (1 - weights[i])
        squares.append((guess - y[i]) ** 2)
    return statistics.fmean(squares) ** 0.5


def _fit(X, y):
    A = np.column_stack([X, np.ones(len(X))])
    return np.linalg.lstsq(A, y, rcond=None)[0]


def _residuals(X, y):
    A = np.column_stack([X, np.ones(len(X))])
    hat = A @ np.linalg.pinv(A)
    return y - hat @ y, np.diag(hat)


def _root_mean_square(errors):
    return np.sqrt(np.mean(np.square(errors)))


def loo_nothing_left_out(X, y):
    return _root_mean_square(_residuals(X, y)[0])


def loo_no_intercept(X, y):
    hat = X @ np.linalg.pinv(X)
    return _root_mean_square((y - hat @ y) / (1 - np.diag(hat)))


def loo_leverage_without_intercept(X, y):
    residual, _ = _residuals(X, y)
    return _root_mean_square(residual / (1 - np.diag(X @ np.linalg.pinv(X))))


def loo_centered_leverage(X, y):
    residual, leverage = _residuals(X, y)
    return _root_mean_square(residual / (1 - leverage + 1 / len(y)))


def loo_root_of_leverage(X, y):
    residual, leverage = _residuals(X, y)
    return _root_mean_square(residual / np.sqrt(1 - leverage))


def loo_mean_absolute(X, y):
    residual, leverage = _residuals(X, y)
    return np.mean(np.abs(residual / (1 - leverage)))


def loo_no_root(X, y):
    return loo_leverage(X, y) ** 2


def loo_ten_folds(X, y):
    errors = np.zeros(len(y))
    for rows in np.array_split(np.arange(len(y)), 10):
        others = np.setdiff1d(np.arange(len(y)), rows)
        theta = _fit(X[others], y[others])
        errors[rows] = X[rows] @ theta[:-1] + theta[-1] - y[rows]
    return _root_mean_square(errors)


def loo_ridge(X, y):
    A = np.column_stack([X, np.ones(len(X))])
    hat = A @ np.linalg.solve(A.T @ A + 0.1 * np.eye(A.shape[1]), A.T)
    return _root_mean_square((y - hat @ y) / (1 - np.diag(hat)))


def loo_multiplies(X, y):
    residual, leverage = _residuals(X, y)
    return _root_mean_square(residual * (1 - leverage))


def loo_mean_leverage(X, y):
    residual, leverage = _residuals(X, y)
    return _root_mean_square(residual / (1 - leverage.mean()))


def loo_targets_moved(X, y):
    errors = []
    for i in range(len(y)):
        theta = _fit(np.delete(X, i, axis=0), np.delete(y, 0))
        errors.append(X[i] @ theta[:-1] + theta[-1] - y[i])
    return _root_mean_square(errors)


def loo_in_place(X, y):
    X -= X.mean(axis=0)
    return loo_leverage(X, y)


def loo_first_hundred(X, y):
    return loo_leverage(X[:100], y[:100])


def loo_around_mean(X, y):
    residual, leverage = _residuals(X, y)
    return np.std(residual / (1 - leverage))


def loo_next_row(X, y):
    errors = []
    for i in range(len(y)):
        theta = _fit(np.delete(X, i, axis=0), np.delete(y, i))
        j = (i + 1) % len(y)
        errors.append(X[j] @ theta[:-1] + theta[-1] - y[j])
    return _root_mean_square(errors)


def loo_degrees_of_freedom(X, y):
    residual, _ = _residuals(X, y)
    return np.sqrt(np.sum(residual**2) / (len(y) - X.shape[1] - 1))


def loo_median(X, y):
    residual, leverage = _residuals(X, y)
    return np.median(np.abs(residual / (1 - leverage)))


def loo_sum(X, y):
    residual, leverage = _residuals(X, y)
    return np.sqrt(np.sum((residual / (1 - leverage)) ** 2))


def loo_mean_of_others(X, y):
    n = len(y)
    return _root_mean_square((y - np.mean(y)) * n / (n - 1))


def loo_whole_predictions(X, y):
    errors = []
    for i in range(len(y)):
        theta = _fit(np.delete(X, i, axis=0), np.delete(y, i))
        errors.append(_root_mean_square(X @ theta[:-1] + theta[-1] - y))
    return np.mean(errors)


def loo_last_is_kept(X, y):
    residual, leverage = _residuals(X, y)
    leverage = leverage.copy()
    leverage[-1] = 0.0
    return _root_mean_square(residual / (1 - leverage))


def loo_plus(X, y):
    residual, leverage = _residuals(X, y)
    return _root_mean_square(residual / (1 + leverage))


def loo_one_of_fifty(X, y):
    return 4.9


RIGHT = {
    "12.3": [
        ("two sums", r2_sums),
        ("means instead of sums, plain float", r2_means),
        ("a loop, arguments renamed", r2_loop),
        ("dot products", r2_dots),
        ("norms", r2_norms),
        ("one fraction, exact sums", r2_one_fraction),
    ],
    "12.4": [
        ("half a cosine", settle_cosine),
        ("a straight line, argument renamed", settle_line),
        ("a parabola", settle_square),
        ("a table of steps", settle_table),
        ("np.interp", settle_interp),
        ("exponential decay", settle_exponential),
        ("constant, then exponential, by functools.partial", settle_hold_then_fall),
    ],
    "12.5": [
        ("fits 505 rows each time", loo_refit),
        ("leverage from the pseudo-inverse, plain float", loo_leverage),
        ("leverage from singular vectors, arguments renamed", loo_singular_vectors),
        ("fits centered rows each time, with SciPy", loo_centered),
        ("leverage from an orthonormal basis of the centered columns", loo_orthonormal),
        ("solves for the prediction that has no say in itself", loo_moved_target),
    ],
}

WRONG = {
    "12.3": [
        ("one minus the mean squared error", r2_only_mse),
        ("the share that is left, not what is explained", r2_no_one_minus),
        ("squared correlation: blind for scale and shift", r2_correlation),
        ("deviations of the prediction", r2_prediction_spread),
        ("deviations of the target from the mean prediction", r2_prediction_mean),
        ("explained variance: blind for a shift", r2_explained),
        ("never below 0", r2_clipped),
        ("a mean over a variance with 1/(n - 1)", r2_mixed_n),
        ("a sum over a mean", r2_sum_over_mean),
        ("absolute values instead of squares", r2_absolute),
        ("takes roots first", r2_roots),
        ("the sum of the regression over the whole: right for fits only", r2_regression_sum),
        ("forgets to center the target", r2_not_centered),
        ("deviations from the median", r2_median),
        ("changes the prediction", r2_in_place),
        ("prediction and target swapped", r2_swapped),
        ("absolute value of the right one", r2_size),
        ("the square of the sum", r2_square_of_sum),
        ("rounds to two decimals", r2_rounded),
        ("subtracts one too many", r2_minus),
        ("adjusted for one feature", r2_adjusted),
    ],
    "12.4": [
        ("constant, as it was", settle_constant),
        ("constant and large", settle_large_constant),
        ("constant and too small to arrive", settle_small_constant),
        ("one over the number of updates: falls too fast", settle_harmonic),
        ("one over the root: falls too fast at the start", settle_root),
        ("an exponential that falls too fast", settle_too_fast),
        ("an exponential that falls too slowly", settle_too_slow),
        ("counts epochs where updates are meant", settle_epochs),
        ("becomes negative and runs away", settle_negative),
        ("no rate at all", settle_nothing),
        ("rises", settle_rises),
        ("restarts until the end", settle_restarts),
        ("never falls below 0.02", settle_floor),
        ("begins so large that it diverges", settle_too_large),
        ("steps down after a few epochs", settle_early_step),
        ("a wave that never settles", settle_wave),
        ("whole-number division, so it stays constant", settle_whole_division),
        ("stops long before the bottom", settle_stops),
    ],
    "12.5": [
        ("leaves nothing out", loo_nothing_left_out),
        ("no intercept", loo_no_intercept),
        ("leverage without the intercept", loo_leverage_without_intercept),
        ("leverage of centered columns, 1/n forgotten", loo_centered_leverage),
        ("divides by the root of one minus the leverage", loo_root_of_leverage),
        ("mean absolute error", loo_mean_absolute),
        ("forgets the root", loo_no_root),
        ("ten folds instead of one for each row", loo_ten_folds),
        ("a ridge penalty", loo_ridge),
        ("multiplies by one minus the leverage", loo_multiplies),
        ("the mean leverage for all rows", loo_mean_leverage),
        ("leaves out the first target instead of the target of the row", loo_targets_moved),
        ("centers X in place", loo_in_place),
        ("the first hundred rows only", loo_first_hundred),
        ("the spread of the errors around their mean", loo_around_mean),
        ("predicts the next row instead of the one left out", loo_next_row),
        ("corrects for degrees of freedom instead", loo_degrees_of_freedom),
        ("median error", loo_median),
        ("root of the sum", loo_sum),
        ("predicts the mean of the others", loo_mean_of_others),
        ("averages the error on all rows", loo_whole_predictions),
        ("does not leave out the last row", loo_last_is_kept),
        ("adds the leverage", loo_plus),
        ("a constant near the answer for Boston", loo_one_of_fifty),
    ],
}


@functools.cache
def _houses():
    """Return 506 rows with correlated, heavy-tailed, standardized columns, and targets."""
    rng = np.random.default_rng(12)
    common = rng.normal(size=(506, 1))
    X = 0.7 * common + rng.normal(size=(506, 13))
    X[:, 0] = np.exp(X[:, 0])
    X[:, 9] = X[:, 8] + 0.43 * rng.normal(size=506)
    X[:, 3] = X[:, 3] > 1.8
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    weights = [-0.9, 1.1, 0.1, 0.7, -2.1, 2.7, 0.0, -3.1, 2.7, -2.1, -2.1, 0.9, -3.7]
    noise = rng.standard_t(4, size=506)
    return X, 22.5 + X @ weights + 4.7 * noise / noise.std()


def _excess(schedule):
    """Return how far above its minimum the loss is after 40 epochs of batches of 10."""
    X, y = _houses()
    A = np.column_stack([X, np.ones(len(X))])
    theta, updates, rng = np.zeros(14), 0, np.random.default_rng(0)
    with np.errstate(all="ignore"):
        for _ in range(40):
            order = rng.permutation(len(y))
            for first in range(0, len(y), 10):
                rows = order[first : first + 10]
                slope = 2 * A[rows].T @ (A[rows] @ theta - y[rows]) / len(rows)
                theta = theta - schedule(updates) * slope
                updates += 1
        best = A @ np.linalg.lstsq(A, y, rcond=None)[0]
        return np.mean((A @ theta - y) ** 2) - np.mean((best - y) ** 2)


def _misses(schedule):
    return not _excess(schedule) <= 0.01


_TARGET = np.array([1.0, 4.0, -2.0, 6.0, 3.7])
_GUESS = np.array([2.0, 3.5, -1.0, 5.0, 1.0])
_R2 = (_GUESS, _TARGET)
_BAD_GUESS = (-_TARGET, _TARGET)

_RNG = np.random.default_rng(125)
_X = _RNG.normal(size=(24, 3)) * [1.0, 5.0, 0.2] + [2.0, -3.0, 1.0]
_Y = _X @ [1.0, -0.5, 4.0] + 7.0 + _RNG.normal(size=24)
_LEAVE = (_X, _Y)

WITNESS = {
    "12.3": [
        *[_R2] * 6,
        _BAD_GUESS,
        *[_R2] * 9,
        _BAD_GUESS,
        *[_R2] * 4,
    ],
    "12.4": [functools.partial(_misses, schedule) for _, schedule in WRONG["12.4"]],
    "12.5": [
        *[_LEAVE] * 13,
        lambda: bool(abs(loo_first_hundred(*_houses()) - loo_refit(*_houses())) > 1e-6),
        *[_LEAVE] * 10,
    ],
}
