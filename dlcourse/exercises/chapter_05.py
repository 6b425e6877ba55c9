"""The self-checks of chapter 5: gradient descent."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises._exercise import Exercise, case, formula

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


_ROUND = formula("lambda t: 1.0 * t")
_LONG = formula("lambda t: np.array([1.0, 5.0, 10.0]) * t")
_VALLEY = formula(
    "lambda t: np.array([-4 * t[0] * (t[1] - t[0] ** 2) - 2 * (1 - t[0]), 2 * (t[1] - t[0] ** 2)])"
)


def _walks(rng: np.random.Generator) -> Inputs:
    """Gradients of a vector or a table; rates, also too large ones; `max_steps` from 0 on.

    The start may hold whole numbers; the walk goes on in floats.

    No length of a gradient lies so close to a tolerance that rounding decides; one meets it
    exactly, with numbers that are exact in binary.
    """
    yield _ROUND, np.array([3.0, 4.0]), 0.5, 1.0, 10  # lengths 5, 2.5, 1.25, 0.625
    yield case("where all slopes are negative", _ROUND, np.array([-3.0, -4.0]), 0.5, 1.0, 10)
    yield case("where start is flat enough", _ROUND, np.array([0.3, 0.4]), 0.5, 1.0, 10)
    exactly = "where a gradient is exactly as long as the tolerance"
    yield case(exactly, _ROUND, np.array([3.0, 4.0]), 0.5, 1.25, 10)
    yield case(exactly, _ROUND, np.array([3.0, 4.0]), 0.5, 5.0, 10)
    yield case("where the steps run out", _ROUND, np.array([30.0, 40.0]), 0.5, 1.0, 3)
    yield case("where the steps run out", _ROUND, np.array([1.0, -2.0]), 2.5, 0.5, 5)
    yield case("where max_steps is 0", _ROUND, np.array([3.0, 4.0]), 0.5, 1.0, 0)
    # Flat enough just as the steps run out: both conditions end at once.
    yield case("where max_steps is just enough", _ROUND, np.array([3.0, 4.0]), 0.5, 1.0, 3)
    table = np.array([[3.0, 0.0], [0.0, 4.0]])  # lengths 5, 2.5, 1.25; spectral norms 4, 2, 1
    yield case("where start is a table", _ROUND, table, 0.5, 2.25, 10)
    yield case("where start holds whole numbers", _ROUND, np.array([3, -4]), 0.25, 1.0, 10)
    yield _VALLEY, np.array([2.0, 2.0]), 0.1, 0.01, 500
    yield _VALLEY, np.array([0.0, 2.5]), 0.1, 0.003, 500
    itself = formula("lambda t: t")
    yield case("where the gradient is the point itself", itself, np.array([3.0, 4.0]), 0.5, 1.0, 9)
    tiny = np.array([3e-8, -4e-8])
    yield case("where the tolerance is 0", _ROUND, tiny, 0.5, 0.0, 4)
    yield case("where the steps are tiny", _ROUND, np.array([3.0, 4.0]), 1e-9, 1.0, 4)
    for _ in range(3):
        yield _LONG, rng.uniform(1, 3, 3).round(1), 0.15, 0.01, 200


def _walk(
    goes_on: Callable[[Any, float, float], Any] = lambda g, tol, rate: np.linalg.norm(g) > tol,
    move: Callable[[Any, float], Any] = lambda slopes, rate: -rate * slopes,
    counted: Callable[[int], int] = lambda steps: steps,
    at_most: Callable[[int], int] = lambda max_steps: max_steps,
) -> Callable[..., Any]:
    """Return the descent with one thing done in another way."""

    def descend_until(
        gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
    ) -> Any:
        theta, steps = start, 0
        while goes_on(gradient(theta), tolerance, rate) and steps < at_most(max_steps):
            theta, steps = theta + move(gradient(theta), rate), steps + 1
        return theta, counted(steps)

    return descend_until


def _stops_late(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    theta, steps, flat = start, 0, False
    while steps < max_steps and not flat:
        slopes = gradient(theta)
        theta, steps = theta - rate * slopes, steps + 1
        flat = bool(np.linalg.norm(slopes) <= tolerance)
    return theta, steps


def _steps_first(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    theta, steps = start - rate * gradient(start), 1
    while np.linalg.norm(gradient(theta)) > tolerance and steps < max_steps:
        theta, steps = theta - rate * gradient(theta), steps + 1
    return theta, steps


def _never_stops(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    theta = start
    for _ in range(max_steps):
        theta = theta - rate * gradient(theta)
    return theta, max_steps


def _says_max_steps(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    return _descend_until(gradient, start, rate, tolerance, max_steps)[0], max_steps


def _one_before(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    steps = _descend_until(gradient, start, rate, tolerance, max_steps)[1]
    before = _descend_until(gradient, start, rate, tolerance, max(steps - 1, 0))[0]
    return before, steps


def _relative(gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int) -> Any:
    first = np.linalg.norm(gradient(start))
    return _descend_until(gradient, start, rate, float(tolerance * first), max_steps)


def _stays_whole(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    theta, steps = start.copy(), 0
    while np.linalg.norm(gradient(theta)) > tolerance and steps < max_steps:
        theta[...] = theta - rate * gradient(theta)
        steps += 1
    return theta, steps


def _first_gradient(
    gradient: Gradient, start: Any, rate: float, tolerance: float, max_steps: int
) -> Any:
    slopes = gradient(start)
    return _walk(lambda g, tol, _: np.linalg.norm(slopes) > tol, lambda g, rate: -rate * slopes)(
        gradient, start, rate, tolerance, max_steps
    )


_FOREVER = 3_000  # more steps than any of these walks takes, but for one that has no end

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
        "The number of steps is max_steps, also when the walk has stopped early. Count the "
        "steps that are made.": _says_max_steps,
        "It makes one step too many: look at the gradient before the step, not after "
        "it.": _stops_late,
        "The first step is made without a look at the gradient, and at max_steps. A start may "
        "be flat enough already, and max_steps may be 0.": _steps_first,
        "It goes on where the gradient is exactly as long as the tolerance. At most the "
        "tolerance is flat enough.": _walk(lambda g, tol, rate: np.linalg.norm(g) >= tol),
        "It stops by the sum of the squared slopes. The length is the root of that sum.": _walk(
            lambda g, tol, rate: np.sum(g**2) > tol
        ),
        "It stops by the largest slope. The length is the root of the sum of all squares.": _walk(
            lambda g, tol, rate: np.abs(g).max() > tol
        ),
        "It stops by the largest slope with its sign. A slope far below 0 is not flat.": _walk(
            lambda g, tol, rate: np.max(g) > tol
        ),
        "It stops by the sum of the slopes. Slopes of opposite sign cancel there, and none of "
        "them need be small.": _walk(lambda g, tol, rate: np.sum(g) > tol),
        "It stops by the sum of the sizes of the slopes. The length is the root of the sum of "
        "their squares.": _walk(lambda g, tol, rate: np.sum(np.abs(g)) > tol),
        "It stops by the mean size of the slopes. The length is the root of the sum of their "
        "squares.": _walk(lambda g, tol, rate: np.mean(np.abs(g)) > tol),
        "It stops by the largest singular value of a table of slopes. The length is the root of "
        "the sum of all squares.": _walk(lambda g, tol, rate: np.linalg.norm(g, 2) > tol),
        "The tolerance is multiplied by the length of the first gradient. Compare with the "
        "tolerance itself.": _relative,
        "Where start holds whole numbers, the walk does too, and its moves are cut off. Make a "
        "new array at every step.": _stays_whole,
        "It stops when all slopes are small, and goes on only as long as none is. Compare the "
        "length of the gradient.": _walk(lambda g, tol, rate: np.all(np.abs(g) > tol)),
        "It stops when the step is short. A step is short also when the rate is small; look at "
        "the gradient alone.": _walk(lambda g, tol, rate: np.linalg.norm(rate * g) > tol),
        "The limit max_steps is forgotten: the walk goes on until it is flat.": _walk(
            at_most=lambda max_steps: _FOREVER
        ),
        "It stops one step before max_steps.": _walk(at_most=lambda max_steps: max_steps - 1),
        "It makes one step more than max_steps allows.": _walk(at_most=lambda most: most + 1),
        "The steps go uphill: subtract the gradient, don't add it.": _walk(
            move=lambda slopes, rate: rate * slopes
        ),
        "The rate is missing in the step.": _walk(move=lambda slopes, rate: -slopes),
        "Every step has the length of the rate, as if the gradient had length 1. Take the "
        "gradient as it is.": _walk(
            move=lambda slopes, rate: -rate * slopes / np.linalg.norm(slopes)
        ),
        "The gradient is asked for once, at the start. Ask again after every step.": (
            _first_gradient
        ),
        "The number of steps is one too high.": _walk(counted=lambda steps: steps + 1),
        "The number of steps is one too low.": _walk(counted=lambda steps: steps - 1),
        "The number of steps is right, but the point is that before the last of them.": _one_before,
    },
)


# 5.4: the largest stable rate -----------------------------------------------------------


def _largest_stable_rate(A: Any) -> Any:
    hessian = 2 / len(A) * A.T @ A
    return 2 / np.linalg.eigvalsh(hessian)[-1]


def _tables(rng: np.random.Generator) -> Inputs:
    """Tables with a row and a column at least; not 0 everywhere. There may be few rows."""
    yield (np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 0.0], [0.0, 0.0]]),)
    yield (np.array([[1.0, 2.0], [3.0, 1.0], [-1.0, 2.0]]),)
    for n, d in ((5, 2), (12, 3), (30, 6)):
        yield (rng.normal(size=(n, d)).round(1),)
    yield (np.diag([1.0, 3.0, 2.0]),)
    yield case("where A has a single column", np.array([[1.0], [-2.0], [3.0]]))
    yield case("where A has more columns than rows", np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]]))
    yield case("where A is a square table", np.array([[1.0, 2.0], [-1.0, 3.0]]))


def _curvatures(A: Any) -> Any:
    return np.linalg.eigvalsh(2 / len(A) * A.T @ A)


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
        "The loss is taken as the sum of the squares. It is the mean: divide by the number of "
        "rows.": lambda A: 2 / np.linalg.eigvalsh(2 * A.T @ A)[-1],
        "The mean is taken over the columns. It runs over the rows: divide by len(A).": lambda A: (
            2 / np.linalg.eigvalsh(2 / A.shape[1] * A.T @ A)[-1]
        ),
        "The mean is taken over all entries of A. It runs over the rows: divide by "
        "len(A).": lambda A: 2 / np.linalg.eigvalsh(2 / A.size * A.T @ A)[-1],
        "This is the largest curvature itself. The border is 2 over it.": lambda A: _curvatures(A)[
            -1
        ],
        "This is one over the largest curvature: the rate that removes the steepest error in "
        "one step. The border is twice as high.": lambda A: 1 / _curvatures(A)[-1],
        "This is the border of the shallowest direction. The steepest one diverges long "
        "before.": lambda A: 2 / _curvatures(A)[0],
        "This is the best rate, 2 over the sum of the largest and the smallest curvature; asked "
        "for is the border.": lambda A: 2 / _curvatures(A)[[0, -1]].sum(),
        "This is 2 over the sum of all curvatures. Only the largest one decides.": lambda A: (
            2 / _curvatures(A).sum()
        ),
        "The curvatures are taken from the diagonal of the Hessian. The steepest direction need "
        "not be along an axis: take the eigenvalues.": lambda A: (
            2 / np.diag(2 / len(A) * A.T @ A).max()
        ),
        "The columns are centered first. The loss is about A as it is.": lambda A: (
            len(A) / np.linalg.norm(A - A.mean(axis=0), 2) ** 2
        ),
        "The largest row sum of the Hessian is only a bound. The steepest curvature is its "
        "largest eigenvalue.": lambda A: 2 / np.abs(2 / len(A) * A.T @ A).sum(axis=1).max(),
        "This is the border for the loss of one row, the longest. The loss is the mean over all "
        "rows: take the largest eigenvalue of its Hessian.": lambda A: (
            1 / np.max(np.sum(A**2, axis=1))
        ),
        "The entries of A are added up, and their sum is squared. The steepest curvature is the "
        "largest eigenvalue of the Hessian.": (
            lambda A: len(A) / np.sum(np.abs(A)) ** 2,
            lambda A: len(A) / np.abs(np.sum(A)) ** 2,
        ),
        "The eigenvalues of `eigvals` come in no order. Take the largest, or `eigvalsh`, which "
        "sorts them.": (
            lambda A: len(A) / np.linalg.eigvals(A.T @ A)[-1].real,
            lambda A: len(A) / np.linalg.eigvals(A.T @ A)[0].real,
        ),
        "The singular values of A are not squared. Those of the Hessian are the squares, times "
        "2/n.": lambda A: len(A) / np.linalg.norm(A, 2),
    },
)


# 5.5: the factor you wait for -------------------------------------------------------------


def _slowest_factor(H: Any, rate: float) -> Any:
    return np.abs(1 - rate * np.linalg.eigvalsh(H)).max()


def _bowls(rng: np.random.Generator) -> Inputs:
    """Symmetric tables with eigenvalues above 0, from one row on; rates from 0 on.

    The rate may be too large: the factor is above 1 then.
    """
    yield np.diag([1.0, 10.0]), 0.05
    yield np.diag([1.0, 10.0]), 0.19
    yield case("where the walk diverges", np.diag([1.0, 10.0]), 0.3)
    yield np.array([[2.0, 1.0], [1.0, 2.0]]), 0.6
    yield np.array([[5.0, -2.0], [-2.0, 2.0]]), 0.125
    yield np.diag([2.0, 5.0, 1.0]), 0.3
    yield np.diag([2.0, 5.0, 1.0]), 0.38
    yield case("where the rate is 0", np.diag([1.0, 10.0]), 0.0)
    yield case("where H has a single row", np.array([[4.0]]), 0.25)
    for size, share in ((2, 0.4), (3, 0.97), (4, 1.2)):
        B = rng.normal(size=(size + 3, size)).round(1)
        H = (B.T @ B).round(2)
        yield H, round(share * 2 / float(np.linalg.eigvalsh(H)[-1]), 4)


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
        "slower.": (
            lambda H, rate: abs(1 - rate * np.linalg.eigvalsh(H)[-1]),
            lambda H, rate: rate * np.linalg.eigvalsh(H)[-1] - 1,
            lambda H, rate: 1 - rate * np.linalg.eigvalsh(H)[-1],
        ),
        "This is the factor of the fastest direction. You wait for the slowest.": lambda H, rate: (
            np.abs(1 - rate * np.linalg.eigvalsh(H)).min()
        ),
        "The diagonal of H holds the curvatures along the axes. The bowl is steepest along the "
        "directions of the eigenvalues.": lambda H, rate: np.abs(1 - rate * np.diag(H)).max(),
        "This is the share that is taken off, rate times the largest eigenvalue. The factor is "
        "what is left of 1.": lambda H, rate: rate * np.linalg.eigvalsh(H)[-1],
        "The factors are added up. Each direction has its own; return the largest.": (
            lambda H, rate: np.abs(1 - rate * np.linalg.eigvalsh(H)).sum()
        ),
        "The factors are averaged. Each direction has its own; return the largest.": (
            lambda H, rate: np.abs(1 - rate * np.linalg.eigvalsh(H)).mean()
        ),
        "The eigenvalues of `eigvals` come in no order. Take all of them, or `eigvalsh`, which "
        "sorts them.": lambda H, rate: np.abs(1 - rate * np.linalg.eigvals(H)[[0, -1]]).max(),
        "The entries of H are taken for its eigenvalues.": lambda H, rate: np.abs(
            1 - rate * H
        ).max(),
        "The largest row sum is only a bound. Take the eigenvalues.": lambda H, rate: (
            np.linalg.norm(np.eye(len(H)) - rate * H, np.inf)
        ),
        "The squares of the factors of all directions are added up, and the root is taken. Return "
        "the largest factor.": lambda H, rate: np.linalg.norm(np.eye(len(H)) - rate * H),
        "The factors of all directions are multiplied. Each direction has its own; return the "
        "largest.": lambda H, rate: abs(np.linalg.det(np.eye(len(H)) - rate * H)),
        "This is the factor of the right direction with its sign. Its size is asked "
        "for.": lambda H, rate: (lambda f: f[np.argmax(np.abs(f))])(
            1 - rate * np.linalg.eigvalsh(H)
        ),
        "A factor above 1 is cut off at 1. Above 1 the walk diverges, and by how much is asked "
        "for.": lambda H, rate: min(1.0, np.abs(1 - rate * np.linalg.eigvalsh(H)).max()),
        "The rate is missing.": lambda H, rate: np.abs(1 - np.linalg.eigvalsh(H)).max(),
        "These are all the factors. Return the largest, one number.": lambda H, rate: np.abs(
            1 - rate * np.linalg.eigvalsh(H)
        ),
        "This is the best factor that any rate can reach. Asked for is that of the given "
        "rate.": lambda H, rate: 1 - 2 / (np.linalg.eigvalsh(H)[-1] / np.linalg.eigvalsh(H)[0] + 1),
    },
)
