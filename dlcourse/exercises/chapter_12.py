"""The self-checks of chapter 12: Boston housing."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.datasets import load_boston_housing
from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case
from dlcourse.exercises._kinds import DOTS
from dlcourse.linear_regression import LinearRegression
from dlcourse.losses import mean_squared_error
from dlcourse.preprocessing import StandardScaler, train_test_split

Inputs = Iterator[tuple[Any, ...]]


# 12.3: R² from scratch ---------------------------------------------------------------


def _r_squared(prediction: Any, target: Any) -> Any:
    residuals = np.sum((prediction - target) ** 2)
    deviations = np.sum((target - np.mean(target)) ** 2)
    return 1 - residuals / deviations


def _predictions_and_targets(rng: np.random.Generator) -> Inputs:
    """Two arrays of floats with one axis and two numbers or more each; targets that differ.

    The prediction may be perfect, constant, or worse than the mean. Not asked: a target that
    is constant, where 0 would be divided by.
    """
    yield np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 5.0])
    yield case("where the prediction is worse than the mean", np.zeros(4), np.arange(1.0, 5.0))
    perfect = np.array([2.0, 5.0, 7.0])
    yield case("where the prediction is perfect", perfect, perfect)
    yield case("where the prediction is the mean", np.full(3, 5.0), np.array([3.0, 4.0, 8.0]))
    yield np.array([-1.0, 3.0]), np.array([2.0, -4.0])
    yield np.array([11.0, 12.0, 14.0, 19.0]), np.array([1.0, 2.0, 4.0, 9.0])
    for n in (5, 20, 100):
        target = np.round(rng.normal(20, 9, size=n), 1)
        yield np.round(target + rng.normal(1, 5, size=n), 1), target


def _one_minus(above: Callable[..., Any], below: Callable[..., Any]) -> Callable[..., Any]:
    return lambda prediction, target: 1 - above(prediction, target) / below(prediction, target)


def _squares(p: Any, t: Any) -> Any:
    return np.sum((t - p) ** 2)


def _deviations(p: Any, t: Any) -> Any:
    return np.sum((t - t.mean()) ** 2)


R_SQUARED = Exercise(
    "12.3",
    reference=_r_squared,
    inputs=_predictions_and_targets,
    hints=(
        "What would the answer be for a prediction without any error, and what for one that "
        "always says the mean? Two sums decide it.",
        "Both sums run over the same rows, so the means do as well as the sums. Only the "
        "numerator looks at the prediction.",
        "The mean of the squared deviations of the target from its mean has a name and a "
        "NumPy function: it is the variance.",
    ),
    mistakes={
        "You subtract the mean squared error itself. Divide it by the variance of the target "
        "first: R² has no unit.": lambda p, t: 1 - np.mean((p - t) ** 2),
        "This is the share that is missing, not the share that is explained: subtract it "
        "from one.": lambda p, t: _squares(p, t) / _deviations(p, t),
        "The sign is wrong: subtract the share that is missing from one.": lambda p, t: (
            _squares(p, t) / _deviations(p, t) - 1
        ),
        "One is subtracted once too often.": lambda p, t: -_squares(p, t) / _deviations(p, t),
        "You divide by the standard deviation of the target. The numerator is a mean of "
        "squares, so the denominator must be one too.": lambda p, t: (
            1 - np.mean((p - t) ** 2) / np.std(t)
        ),
        "You divide by how much the prediction varies; the denominator must not look at the "
        "prediction.": _one_minus(_squares, lambda p, t: np.sum((p - p.mean()) ** 2)),
        "The deviations are taken from the mean of the prediction. Take them from the mean of the "
        "target.": _one_minus(_squares, lambda p, t: np.sum((t - p.mean()) ** 2)),
        "The deviations are taken from the median. Take them from the mean.": _one_minus(
            _squares, lambda p, t: np.sum((t - np.median(t)) ** 2)
        ),
        "The targets below are squared as they are. Subtract their mean before you "
        "square.": _one_minus(_squares, lambda p, t: np.sum(t**2)),
        "A sum is divided by a mean: the same kind above and below.": (
            _one_minus(_squares, lambda p, t: np.var(t)),
            _one_minus(lambda p, t: np.mean((p - t) ** 2), _deviations),
        ),
        "Below stands n - 1 (ddof=1), above n. Divide both by the same, or take sums.": (
            _one_minus(_squares, lambda p, t: np.var(t, ddof=1) * len(t))
        ),
        "This is corrected for the number of features. Asked for is the plain one.": (
            _one_minus(lambda p, t: _squares(p, t) * (len(t) - 1) / max(len(t) - 2, 1), _deviations)
        ),
        "This is the squared correlation: it does not see that a prediction is shifted or "
        "stretched.": lambda p, t: (
            ((p - p.mean()) @ (t - t.mean())) ** 2
            / (np.sum((p - p.mean()) ** 2) * _deviations(p, t))
        ),
        "The mean of the residuals is subtracted. Then a prediction that is shifted costs nothing: "
        "take the squares of the residuals themselves.": _one_minus(
            lambda p, t: np.var(t - p), lambda p, t: np.var(t)
        ),
        "Above stands how far the predictions are from the mean of the target. That is the same "
        "only for a least-squares fit on its own rows: take the residuals.": lambda p, t: (
            np.sum((p - t.mean()) ** 2) / _deviations(p, t)
        ),
        "This is the share of the target's variance that the predictions have, whether they are "
        "right or not.": lambda p, t: np.var(p) / np.var(t),
        "It never gets negative. A prediction that is worse than the mean has a negative "
        "R².": lambda p, t: max(0.0, _r_squared(p, t)),
        "The sign is lost where R² is negative.": lambda p, t: abs(_r_squared(p, t)),
        "Absolute values stand in place of squares.": _one_minus(
            lambda p, t: np.sum(np.abs(t - p)), lambda p, t: np.sum(np.abs(t - t.mean()))
        ),
        "Roots are taken before the division. R² is a quotient of squares.": _one_minus(
            lambda p, t: np.sqrt(_squares(p, t)), lambda p, t: np.sqrt(_deviations(p, t))
        ),
        "The residuals are added first, then squared. Square each, then add.": _one_minus(
            lambda p, t: np.sum(t - p) ** 2, _deviations
        ),
        "It is rounded. Return all digits.": tuple(
            lambda p, t, digits=digits: round(float(_r_squared(p, t)), digits)
            for digits in (1, 2, 3, 4)
        ),
    },
)


# 12.4: a schedule that lets SGD settle -------------------------------------------------

_UPDATES = 1640
_ALLOWED = 0.01  # above the minimum


def _my_schedule(iteration: int) -> float:
    return 0.03 * (1 - iteration / 1640)


@functools.cache
def _training_rows() -> tuple[Any, Any, float]:
    """Return the chapter's training rows, standardized, and the lowest loss there is."""
    boston = load_boston_housing()
    x, _, y, _ = train_test_split(boston.data, boston.target, test_size=0.2, rng=12)
    z = StandardScaler().fit_transform(x)
    return z, y, float(mean_squared_error(LinearRegression().fit(z, y).predict(z), y))


def _without_noise(rates: list[float]) -> float:
    """Return how far above the minimum full-batch descent ends with these rates.

    Along an eigenvector of the curvature, each update multiplies the distance from the
    minimum by 1 - rate * eigenvalue.
    """
    z, y, _ = _training_rows()
    table = np.column_stack([z, np.ones(len(z))])
    curvature, directions = np.linalg.eigh(2 / len(table) * table.T @ table)
    distance = directions.T @ np.linalg.lstsq(table, y, rcond=None)[0]
    distance = distance * np.prod(1 - np.outer(rates, curvature), axis=0)
    return float(np.sum(curvature * distance**2) / 2)


def _settles(schedule: Callable[[int], float]) -> str | None:
    """Train with the schedule as the chapter does, and say how it went.

    This takes a tenth of a second: 1,640 updates.
    """
    rates = []
    for iteration in range(_UPDATES):
        rate = schedule(iteration)
        if sentence := _no_usable_rate(rate, iteration):
            return sentence
        rates.append(float(rate))
    if not any(rates):
        return "The rate is 0 at every iteration: nothing is learned."
    z, y, lowest = _training_rows()
    steps = LinearRegression("sgd", learning_rate=schedule, epochs=40, batch_size=10, rng=0)
    above = float(mean_squared_error(steps.fit(z, y).predict(z), y)) - lowest
    return None if above < _ALLOWED else _why_not(rates, above)


def _why_not(rates: list[float], above: float) -> str:
    """Say whether the schedule has not arrived at the minimum, or jitters around it."""
    quiet = _without_noise(rates)
    start = (
        f"SGD ends {above:.4f} above the minimum; {_ALLOWED} is allowed. Without the noise of the "
        f"batches, these rates would end {quiet:.4f} above it."
    )
    constant = len(set(rates)) == 1
    if quiet > above / 2:
        more = (
            "The rate never changes, and is too small for 1,640 updates."
            if constant
            else "Let the rate be larger, or large for longer, before it falls."
        )
        return f"{start} So it does not get there. {more}"
    more = (
        "The rate never changes: let it fall as the iterations go on."
        if constant
        else "Is the rate small for long enough before the end?"
    )
    if quiet >= _ALLOWED:
        begin = "The rate never changes: begin" if constant else "Begin"
        return (
            f"{start} So it jitters, and would not get there without jittering either. {begin} "
            f"with a larger rate, and let it fall."
        )
    return f"{start} So it gets there, and jitters. {more}"


def _no_usable_rate(rate: Any, iteration: int) -> str:
    if rate is ...:
        return DOTS
    if not isinstance(rate, int | float | np.number) or isinstance(rate, bool | np.complexfloating):
        return f"A schedule returns a number, the rate; at iteration {iteration} yours did not."
    if not (np.isfinite(rate) and rate >= 0):
        return f"At iteration {iteration} the rate is {rate:.4g}; it must be finite, not negative."
    if rate > 0.16:
        return (
            f"At iteration {iteration} the rate is {rate:.4g}, above the limit 0.16 that the "
            f"chapter computes for these features. With such a rate training diverges: stay below."
        )
    return ""


MY_SCHEDULE = Exercise(
    "12.4",
    reference=_my_schedule,
    inputs=lambda rng: [()],
    judge=_settles,
    hints=(
        "With a large rate SGD gets there fast and jitters; with a small one it does not "
        "jitter and does not get there. You may have one after the other.",
        "Begin with a rate three times as large, which makes fast progress, and let it reach "
        "almost nothing at the end. 40 epochs are 1,640 updates.",
        "A straight line from 0.03 at iteration 0 down to zero at iteration 1640 does it.",
    ),
)


# 12.5: leave one out -------------------------------------------------------------------


def _leave_one_out(X: Any, y: Any) -> Any:
    table = np.column_stack([X, np.ones(len(X))])
    inverse = np.linalg.pinv(table)
    leverage = np.sum(table * inverse.T, axis=1)
    residuals = y - table @ (inverse @ y)
    return np.sqrt(np.mean((residuals / (1 - leverage)) ** 2))


def _houses(rng: np.random.Generator) -> Inputs:
    """Yield tables and targets of floats: one column or more, and at least two rows more.

    No column is constant, and none follows from others, also when a row is left out. Columns
    may have other units and lie far from 0. Not asked: tables where a fit is not unique.
    """
    yield np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 4.0, 3.0])
    yield np.array([[10.0], [11.0], [13.0]]), np.array([5.0, 1.0, 6.0])
    for rows, columns in ((6, 1), (8, 2), (12, 3), (40, 5), (130, 3)):
        scales = 10.0 ** rng.integers(-1, 3, size=columns)
        table = np.round(rng.normal(size=(rows, columns)), 2)
        target = table @ rng.normal(size=columns) + 3 + rng.normal(size=rows)
        yield table * scales + scales, np.round(target, 2)


def _fitted(X: Any, y: Any) -> Any:
    """Return what predicts a table: a function of it."""
    weights = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]
    return lambda rows: rows @ weights[:-1] + weights[-1]


def _residuals_and_leverage(X: Any, y: Any, intercept: bool = True) -> tuple[Any, Any]:
    table = np.column_stack([X, np.ones(len(X))]) if intercept else X
    inverse = np.linalg.pinv(table)
    return y - table @ (inverse @ y), np.sum(table * inverse.T, axis=1)


def _held_out(X: Any, y: Any) -> Any:
    """Return the residual of each row when the other rows predict it."""
    residuals, leverage = _residuals_and_leverage(X, y)
    return residuals / (1 - leverage)


def _root_mean_square(errors: Any) -> Any:
    return np.sqrt(np.mean(np.square(errors)))


def _from(errors: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Return the root mean square of these errors, where they depend on residual and leverage."""
    return lambda X, y: _root_mean_square(errors(*_residuals_and_leverage(X, y)))


def _summed_up(sum_up: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda X, y: sum_up(_held_out(X, y))


def _one_by_one(error: Callable[[Any, Any, int], Any]) -> Callable[..., Any]:
    return lambda X, y: _root_mean_square([error(X, y, i) for i in range(len(y))])


def _target_left_out(place: int) -> Callable[..., Any]:
    return _one_by_one(
        lambda X, y, i: _fitted(np.delete(X, i, axis=0), np.delete(y, place))(X[i]) - y[i]
    )


def _next_row(X: Any, y: Any, i: int) -> Any:
    j = (i + 1) % len(y)
    return _fitted(np.delete(X, i, axis=0), np.delete(y, i))(X[j]) - y[j]


def _all_rows(X: Any, y: Any, i: int) -> Any:
    return _root_mean_square(_fitted(np.delete(X, i, axis=0), np.delete(y, i))(X) - y)


def _other_rows(X: Any, y: Any, i: int) -> Any:
    rest, targets = np.delete(X, i, axis=0), np.delete(y, i)
    return _root_mean_square(_fitted(rest, targets)(rest) - targets)


def _in_folds(X: Any, y: Any) -> Any:
    errors = np.zeros(len(y))
    for rows in np.array_split(np.arange(len(y)), min(10, len(y))):
        rest, targets = np.delete(X, rows, axis=0), np.delete(y, rows)
        errors[rows] = _fitted(rest, targets)(X[rows]) - y[rows]
    return _root_mean_square(errors)


def _without_intercept(X: Any, y: Any) -> Any:
    residuals, leverage = _residuals_and_leverage(X, y, intercept=False)
    return _root_mean_square(residuals / (1 - leverage))


def _leverage_without_intercept(X: Any, y: Any) -> Any:
    _, leverage = _residuals_and_leverage(X, y, intercept=False)
    return _root_mean_square(_residuals_and_leverage(X, y)[0] / (1 - leverage))


LEAVE_ONE_OUT = Exercise(
    "12.5",
    reference=_leave_one_out,
    inputs=_houses,
    hints=(
        "Every row must be predicted by a model that has not seen it. So there are as many "
        "models as rows: a loop.",
        "`np.delete(X, i, axis=0)` is the table without row i; `X[[i]]` is row i as a table "
        "with one row, which is what `predict` wants.",
        "In the loop: fit a new LinearRegression on the rest, store its prediction for row i. "
        "After the loop: one root mean squared error, over all stored predictions.",
    ),
    mistakes={
        "Every row helps to predict itself here: the model is fitted on all rows. Take "
        "row i out before you fit.": _from(lambda residuals, leverage: residuals),
        "This is the mean squared error; take its root at the end.": _summed_up(
            lambda errors: np.mean(errors**2)
        ),
        "This is the mean of the absolute errors of the rows. Square first, then take "
        "the mean over the rows, then the root.": _summed_up(
            lambda errors: np.mean(np.abs(errors))
        ),
        "This is the median of the errors. Square them, take the mean, then the root.": (
            _summed_up(lambda errors: np.median(np.abs(errors)))
        ),
        "This is the root of the sum. Take the mean of the squares, then the root.": _summed_up(
            lambda errors: np.sqrt(np.sum(errors**2))
        ),
        "The mean of the errors is subtracted. Take the mean of their squares as they "
        "are.": _summed_up(np.std),
        "This is the error of the first row only. Is there a return inside of the "
        "loop?": _summed_up(lambda errors: np.abs(errors[0])),
        "This is the error of the last row only. Store the errors of all rows.": _summed_up(
            lambda errors: np.abs(errors[-1])
        ),
        "Only the first hundred rows are counted. Leave each row out in turn.": lambda X, y: (
            _leave_one_out(X[:100], y[:100])
        ),
        "There is no intercept in these fits. The model has one.": _without_intercept,
        "The target that is left out is not that of the row. Delete the same row from X and from "
        "y.": (_target_left_out(0), _target_left_out(-1)),
        "The row that is predicted is not the one that was left out: it is the next "
        "one.": _one_by_one(_next_row),
        "The errors are taken on all rows, and nearly all of them were in the fit. Predict only "
        "the row that was left out.": (
            _one_by_one(_all_rows),
            lambda X, y: np.mean([_all_rows(X, y, i) for i in range(len(y))]),
        ),
        "These are the errors on the rows of the fits. Predict the row that was left out.": (
            _one_by_one(_other_rows),
            lambda X, y: np.mean([_other_rows(X, y, i) for i in range(len(y))]),
        ),
        "Several rows are left out at a time, in ten folds. Leave out one.": _in_folds,
        "The last row is never left out. Go through all of them.": _from(
            lambda residuals, leverage: (
                residuals
                / (1 - np.where(np.arange(len(leverage)) < len(leverage) - 1, leverage, 0))
            )
        ),
        "This predicts the mean of the other targets. Fit the features.": lambda X, y: (
            _root_mean_square((y - np.mean(y)) * len(y) / (len(y) - 1))
        ),
        "The leverage is that of a model without an intercept. Give the table its column of "
        "ones, too.": _leverage_without_intercept,
        "The row that is left out still has its say in the intercept: the means are those of all "
        "rows, or the leverage lacks its 1/n.": lambda X, y: _from(
            lambda residuals, leverage: residuals / (1 - leverage + 1 / len(y))
        )(X, y),
        "All rows get the mean leverage. Each row has its own.": _from(
            lambda residuals, leverage: residuals / (1 - leverage.mean())
        ),
        "The residuals are divided by the root of one minus the leverage. Divide by the whole: "
        "the root belongs to standardized residuals.": _from(
            lambda residuals, leverage: residuals / np.sqrt(1 - leverage)
        ),
        "The residuals are multiplied by one minus the leverage. Divide: a held-out error is "
        "larger.": _from(lambda residuals, leverage: residuals * (1 - leverage)),
        "The leverage is added to one. Subtract it: a held-out error is larger than the "
        "residual.": _from(lambda residuals, leverage: residuals / (1 + leverage)),
        "The error on the rows of the fit is corrected for the number of weights. That is an "
        "estimate; leave each row out in turn.": lambda X, y: np.sqrt(
            np.sum(_residuals_and_leverage(X, y)[0] ** 2) / (len(y) - X.shape[1] - 1)
        ),
    },
    tolerance=1e-7,
)
