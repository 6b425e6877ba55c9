"""The self-checks of chapter 5: gradient descent."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise

Inputs = Iterator[tuple[Any, ...]]
Gradient = Callable[[Any], Any]


# 5.3: stop when it is flat ---------------------------------------------------------------


def _descend_until(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> tuple[Any, int]:
    theta, steps = start, 0
    slopes = gradient(theta)
    while np.linalg.norm(slopes) > tolerance and steps < max_steps:
        theta, steps = theta - rate * slopes, steps + 1
        slopes = gradient(theta)
    return theta, steps


def _round_bowl(theta: Any) -> Any:
    return theta * 1.0


def _long_bowl(theta: Any) -> Any:
    return theta * np.array([1.0, 5.0, 10.0])


def _valley(theta: Any) -> Any:
    x1, x2 = theta
    away = x2 - x1**2
    return np.array([-4 * x1 * away - 2 * (1 - x1), 2 * away])


def _walks(rng: np.random.Generator) -> Inputs:
    # No length of a gradient lies close to a tolerance, so no rounding decides.
    yield _round_bowl, np.array([3.0, 4.0]), 0.5, 1.0, 10  # lengths 5, 2.5, 1.25, 0.625
    yield _round_bowl, np.array([0.3, 0.4]), 0.5, 1.0, 10  # flat enough already
    yield _round_bowl, np.array([30.0, 40.0]), 0.5, 1.0, 3  # out of steps
    yield _valley, np.array([2.0, 2.0]), 0.1, 0.01, 500
    yield _valley, np.array([0.0, 2.5]), 0.1, 0.003, 500
    for _ in range(3):
        yield _long_bowl, rng.uniform(1, 3, 3), 0.15, 0.01, 200


def _stops_late(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    theta, steps, flat = start, 0, False
    while steps < max_steps and not flat:
        slopes = gradient(theta)
        theta, steps = theta - rate * slopes, steps + 1
        flat = bool(np.linalg.norm(slopes) <= tolerance)
    return theta, steps


def _stops_with(measure: Callable[[Any], Any]) -> Callable[..., Any]:
    def answer(
        gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
    ) -> Any:
        theta, steps = start, 0
        while measure(gradient(theta)) > tolerance and steps < max_steps:
            theta, steps = theta - rate * gradient(theta), steps + 1
        return theta, steps

    return answer


def _stops_with_short_steps(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    theta, steps = start, 0
    while np.linalg.norm(rate * gradient(theta)) > tolerance and steps < max_steps:
        theta, steps = theta - rate * gradient(theta), steps + 1
    return theta, steps


def _never_stops(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    theta = start
    for _ in range(max_steps):
        theta = theta - rate * gradient(theta)
    return theta, max_steps


DESCEND_UNTIL = Exercise(
    "5.3",
    reference=_descend_until,
    inputs=_walks,
    hints=(
        "Which of the two must you know before a step: the gradient where you stand, or the "
        "one where you will be? And when should a start that is flat enough be noticed?",
        "A while loop with two conditions: the gradient is longer than the tolerance, and there "
        "are steps left. Count the steps that are really made.",
        "theta, steps = start, 0; while np.linalg.norm(gradient(theta)) > tolerance and steps < "
        "max_steps: a new theta, and one step more. Return both.",
    ),
    mistakes={
        "It makes all the steps, flat or not. Look at the length of the gradient before each "
        "of them.": _never_stops,
        "It makes one step too many: look at the gradient before the step, not after "
        "it.": _stops_late,
        "It stops by the sum of the squared slopes. The length is the root of that "
        "sum.": _stops_with(lambda slopes: np.sum(slopes**2)),
        "It stops by the largest slope. The length is the root of the sum of all "
        "squares.": _stops_with(lambda slopes: np.abs(slopes).max()),
        "It stops by the sum of the slopes. Slopes of opposite sign cancel there, and none of "
        "them need be small.": _stops_with(np.sum),
        "It stops when the step is short. A step is short also when the rate is small; look at "
        "the gradient alone.": _stops_with_short_steps,
    },
)


# 5.4: the largest stable rate -----------------------------------------------------------


def _largest_stable_rate(A: Any) -> Any:
    return 2 / np.linalg.eigvalsh(2 / len(A) * A.T @ A)[-1]


def _tables(rng: np.random.Generator) -> Inputs:
    yield (np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 0.0], [0.0, 0.0]]),)
    for n, d in ((5, 2), (12, 3), (30, 6), (7, 1)):
        yield (rng.normal(size=(n, d)),)


LARGEST_STABLE_RATE = Exercise(
    "5.4",
    reference=_largest_stable_rate,
    inputs=_tables,
    hints=(
        "The border is 2 over the largest curvature. Curvature of what? Of the mean of the "
        "squared residuals.",
        "The gradient is 2/n times the transpose of A times (A theta - y). Its slope with "
        "respect to theta is the Hessian.",
        "H = 2 / len(A) * A.T @ A; np.linalg.eigvalsh(H) has its eigenvalues in rising order; "
        "return 2 over the last.",
    ),
    mistakes={
        "These are the eigenvalues of the product of A with itself. The loss is the mean of "
        "the squares: its Hessian has the factor 2/n.": lambda A: (
            2 / np.linalg.eigvalsh(A.T @ A)[-1]
        ),
        "The factor 2 of the squared error is missing in the Hessian.": lambda A: (
            2 / np.linalg.eigvalsh(A.T @ A / len(A))[-1]
        ),
        "This is one over the largest curvature: the rate that removes the steepest error in "
        "one step. The border is twice as high.": lambda A: (
            1 / np.linalg.eigvalsh(2 / len(A) * A.T @ A)[-1]
        ),
        "This is the border of the shallowest direction. The steepest one diverges long "
        "before.": lambda A: 2 / np.linalg.eigvalsh(2 / len(A) * A.T @ A)[0],
        "This is the best rate, 2 over the sum of the largest and the smallest curvature; asked "
        "for is the border.": lambda A: 2 / np.linalg.eigvalsh(2 / len(A) * A.T @ A)[[0, -1]].sum(),
    },
)


# 5.5: the factor you wait for -------------------------------------------------------------


def _slowest_factor(H: Any, rate: float) -> Any:
    return np.abs(1 - rate * np.linalg.eigvalsh(H)).max()


def _bowls(rng: np.random.Generator) -> Inputs:
    yield np.diag([1.0, 10.0]), 0.05
    yield np.diag([1.0, 10.0]), 0.19
    yield np.diag([1.0, 10.0]), 0.3
    yield np.array([[2.0, 1.0], [1.0, 2.0]]), 0.6
    for size, share in ((2, 0.4), (3, 0.97), (4, 1.2)):
        B = rng.normal(size=(size + 3, size))
        yield B.T @ B, share * 2 / float(np.linalg.eigvalsh(B.T @ B)[-1])


SLOWEST_FACTOR = Exercise(
    "5.5",
    reference=_slowest_factor,
    inputs=_bowls,
    hints=(
        "Every direction of the bowl has a factor of its own. Is a factor of -0.9 faster or "
        "slower than one of 0.8?",
        "The factors are 1 - rate * eigenvalue, one for each eigenvalue. What counts is their "
        "size, not their sign.",
        "np.linalg.eigvalsh(H) has all eigenvalues; take np.abs(1 - rate * those), and the "
        "largest of the result.",
    ),
    mistakes={
        "This is the factor of the shallowest direction, the largest only if signs count. At a "
        "high rate the steepest one is slower: it hops from side to side.": lambda H, rate: (
            1 - rate * np.linalg.eigvalsh(H)[0]
        ),
        "This is the factor of the steepest direction. At a low rate the shallowest one is "
        "slower.": lambda H, rate: abs(1 - rate * np.linalg.eigvalsh(H)[-1]),
        "This is the factor of the fastest direction. You wait for the slowest.": lambda H, rate: (
            np.abs(1 - rate * np.linalg.eigvalsh(H)).min()
        ),
        "The diagonal of H holds the curvatures along the axes. The bowl is steepest along the "
        "directions of the eigenvalues.": lambda H, rate: np.abs(1 - rate * np.diag(H)).max(),
    },
)
