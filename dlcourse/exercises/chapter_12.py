"""The self-checks of chapter 12: Boston housing."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.datasets import load_boston_housing
from dlcourse.exercises import Exercise
from dlcourse.linear_regression import LinearRegression
from dlcourse.losses import mean_squared_error
from dlcourse.preprocessing import StandardScaler, train_test_split

Inputs = Iterator[tuple[Any, ...]]


# 12.3: R² from scratch ---------------------------------------------------------------


def _r_squared(prediction: Any, target: Any) -> Any:
    return 1 - np.mean((prediction - target) ** 2) / np.var(target)


def _predictions_and_targets(rng: np.random.Generator) -> Inputs:
    yield np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 5.0])
    yield np.zeros(4), np.array([1.0, 2.0, 3.0, 4.0])  # worse than the mean: negative
    yield np.array([2.0, 5.0, 7.0]), np.array([2.0, 5.0, 7.0])  # perfect: 1
    for n in (5, 20, 100):
        target = rng.normal(20, 9, size=n)
        yield target + rng.normal(0, 5, size=n), target


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
        "from one.": lambda p, t: np.mean((p - t) ** 2) / np.var(t),
        "You divide by the standard deviation of the target. The numerator is a mean of "
        "squares, so the denominator must be one too.": lambda p, t: (
            1 - np.mean((p - t) ** 2) / np.std(t)
        ),
        "You divide by the variance of the prediction; the denominator must not look at the "
        "prediction.": lambda p, t: 1 - np.mean((p - t) ** 2) / np.var(p),
        "You divide by the mean of the squared targets. Subtract their mean before "
        "you square.": lambda p, t: 1 - np.mean((p - t) ** 2) / np.mean(t**2),
    },
)


# 12.4: a schedule that lets SGD settle -------------------------------------------------


def _my_schedule(iteration: int) -> float:
    return 0.03 * (1 - iteration / 1640)


def _settles(schedule: Callable[[int], float]) -> str | None:
    """Train with the schedule as the chapter does, and say how it went."""
    boston = load_boston_housing()
    x, _, y, _ = train_test_split(boston.data, boston.target, test_size=0.2, rng=12)
    z = StandardScaler().fit_transform(x)
    rates = [schedule(iteration) for iteration in range(1640)]
    for iteration, rate in enumerate(rates):
        if sentence := _no_usable_rate(rate, iteration):
            return sentence
    steps = LinearRegression("sgd", learning_rate=schedule, epochs=40, batch_size=10, rng=0)
    exact = LinearRegression()
    reached, lowest = (mean_squared_error(m.fit(z, y).predict(z), y) for m in (steps, exact))
    above = reached - lowest
    if above < 0.01:
        return None
    if len(set(rates)) == 1:
        return (
            f"The rate never changes, and SGD ends {above:.4f} above the minimum: it jitters. "
            f"Let the rate depend on the iteration."
        )
    where = (
        "Does the rate get small enough by the end?"
        if rates[-1] > 0.1 * max(rates)
        else "Is it large enough for long enough, before it falls?"
    )
    return f"SGD ends {above:.4f} above the minimum; 0.01 is allowed. {where}"


def _no_usable_rate(rate: Any, iteration: int) -> str:
    if not isinstance(rate, int | float | np.number) or isinstance(rate, bool):
        return f"A schedule returns a number, the rate; at iteration {iteration} yours did not."
    if not (np.isfinite(rate) and rate >= 0):
        return f"At iteration {iteration} the rate is {rate:.4g}; it must be finite, not negative."
    if rate > 0.16:
        return (
            f"At iteration {iteration} the rate is {rate:.4g}, above the limit 0.16 that the "
            f"chapter computes for these features: training would diverge."
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


def _held_out(X: Any, y: Any) -> Any:
    """Return the residual of each row when the other rows predict it."""
    table = np.column_stack([X, np.ones(len(X))])
    leverage = np.sum(table * np.linalg.pinv(table).T, axis=1)
    return (y - LinearRegression().fit(X, y).predict(X)) / (1 - leverage)


def _tables(rng: np.random.Generator) -> Inputs:
    yield np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 4.0, 3.0])
    for rows, columns in ((6, 1), (12, 3), (40, 5)):
        table = rng.normal(size=(rows, columns))
        yield table, table @ rng.normal(size=columns) + 3 + rng.normal(size=rows)


LEAVE_ONE_OUT = Exercise(
    "12.5",
    reference=_leave_one_out,
    inputs=_tables,
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
        "row i out before you fit.": lambda X, y: np.sqrt(
            np.mean((LinearRegression().fit(X, y).predict(X) - y) ** 2)
        ),
        "This is the mean squared error; take its root at the end.": lambda X, y: np.mean(
            _held_out(X, y) ** 2
        ),
        "This is the mean of the absolute errors of the rows. Square first, then take "
        "the mean over the rows, then the root.": lambda X, y: np.mean(np.abs(_held_out(X, y))),
    },
    tolerance=1e-8,
)
