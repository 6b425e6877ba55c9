"""Right and wrong answers to exercises 5.3, 5.4 and 5.5, written from their texts alone.

An entry of WITNESS is a tuple of arguments on which the wrong answer of the same place
differs from the first right one or changes its arguments, or a callable that returns True
if the answer misbehaves.
"""

import itertools
import math

import numpy as np
import scipy.linalg

# Exercise 5.3: stop when it is flat


def until_for(gradient, start, rate, tolerance, max_steps):
    point = start.copy()
    for steps in range(max_steps):
        slopes = gradient(point)
        if np.linalg.norm(slopes) <= tolerance:
            return point, steps
        point = point - rate * slopes
    return point, max_steps


def until_while(gradient, start, rate, tolerance, max_steps):
    point, steps = np.array(start, dtype=float), 0
    slopes = gradient(point)
    while np.linalg.norm(slopes) > tolerance and steps < max_steps:
        point = point - rate * slopes
        steps += 1
        slopes = gradient(point)
    return point, steps


def until_true(slope_of, origin, eta, flat, limit):
    made = 0
    while True:
        if made == limit:
            return origin, made
        g = np.asarray(slope_of(origin))
        if math.sqrt(np.vdot(g, g)) <= flat:
            return origin, made
        origin = origin - eta * g
        made += 1


def until_walk(gradient, start, rate, tolerance, max_steps):
    def walk():
        point = start
        while True:
            slopes = gradient(point)
            yield point, math.hypot(*np.ravel(slopes))
            point = point - rate * slopes

    for steps, (point, length) in enumerate(walk()):
        if steps >= max_steps or length <= tolerance:
            return point, steps


def until_in_place(gradient, start, rate, tolerance, max_steps):
    point = start.astype(float)
    for steps in itertools.count():
        if steps == max_steps:
            break
        move = rate * gradient(point)
        if np.sqrt(np.sum(np.square(gradient(point), dtype=float))) <= tolerance:
            break
        point -= move
    return point, steps


def until_path(gradient, start, rate, tolerance, max_steps):
    path = [np.array(start)]
    while len(path) <= max_steps:
        slopes = np.asarray(gradient(path[-1]))
        if np.linalg.norm(slopes.ravel()) <= tolerance:
            break
        path.append(path[-1] - rate * slopes)
    return [path[-1], len(path) - 1]


def until_max_steps(gradient, start, rate, tolerance, max_steps):
    for _ in range(max_steps):
        start = start - rate * gradient(start)
    return start, max_steps


def until_strictly_below(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        slopes = gradient(start)
        if np.linalg.norm(slopes) < tolerance:
            return start, steps
        start = start - rate * slopes
    return start, max_steps


def until_moves_start(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        slopes = gradient(start)
        if np.linalg.norm(slopes) <= tolerance:
            return start, steps
        start -= rate * slopes
    return start, max_steps


def until_counts_from_one(gradient, start, rate, tolerance, max_steps):
    point, steps = until_for(gradient, start, rate, tolerance, max_steps)
    return point, steps + 1


def until_one_step_first(gradient, start, rate, tolerance, max_steps):
    point, steps = start, 0
    while steps < max_steps:
        point = point - rate * gradient(point)
        steps += 1
        if np.linalg.norm(gradient(point)) <= tolerance:
            break
    return point, steps


def until_largest_entry(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        slopes = gradient(start)
        if np.max(np.abs(slopes)) <= tolerance:
            return start, steps
        start = start - rate * slopes
    return start, max_steps


def until_one_late(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        slopes = gradient(start)
        start = start - rate * slopes
        if np.linalg.norm(slopes) <= tolerance:
            return start, steps + 1
    return start, max_steps


def until_short_move(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        move = rate * gradient(start)
        if np.linalg.norm(move) <= tolerance:
            return start, steps
        start = start - move
    return start, max_steps


def until_squared_length(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        slopes = gradient(start)
        if np.sum(slopes**2) <= tolerance:
            return start, steps
        start = start - rate * slopes
    return start, max_steps


def until_point_only(gradient, start, rate, tolerance, max_steps):
    return until_for(gradient, start, rate, tolerance, max_steps)[0]


def until_mean_size(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        slopes = gradient(start)
        if np.mean(np.abs(slopes)) <= tolerance:
            return start, steps
        start = start - rate * slopes
    return start, max_steps


def until_own_limit(gradient, start, rate, tolerance, max_steps):
    return until_for(gradient, start, rate, tolerance, max(max_steps, 100))


def until_spectral_norm(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        slopes = gradient(start)
        if np.linalg.norm(slopes, 2) <= tolerance:
            return start, steps
        start = start - rate * slopes
    return start, max_steps


def until_one_step_more(gradient, start, rate, tolerance, max_steps):
    return until_for(gradient, start, rate, tolerance, max_steps + 1)


def until_signed_sum(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        slopes = gradient(start)
        if np.sum(slopes) <= tolerance:
            return start, steps
        start = start - rate * slopes
    return start, max_steps


def until_relative(gradient, start, rate, tolerance, max_steps):
    first = np.linalg.norm(gradient(start))
    return until_for(gradient, start, rate, tolerance * first, max_steps)


def until_uphill(gradient, start, rate, tolerance, max_steps):
    return until_for(gradient, start, -rate, tolerance, max_steps)


def until_integers(gradient, start, rate, tolerance, max_steps):
    point = start.copy()
    for steps in range(max_steps):
        slopes = gradient(point)
        if np.linalg.norm(slopes) <= tolerance:
            return point, steps
        point[...] = point - rate * slopes
    return point, max_steps


def until_unit_moves(gradient, start, rate, tolerance, max_steps):
    for steps in range(max_steps):
        slopes = gradient(start)
        length = np.linalg.norm(slopes)
        if length <= tolerance:
            return start, steps
        start = start - rate * slopes / length
    return start, max_steps


def until_max_when_late(gradient, start, rate, tolerance, max_steps):
    point = start
    for _ in range(max_steps):
        slopes = gradient(point)
        if np.linalg.norm(slopes) <= tolerance:
            break
        point = point - rate * slopes
    return point, max_steps


# Exercise 5.4: the largest stable rate


def stable_hessian(A):
    H = 2 * A.T @ A / len(A)
    return 2 / np.linalg.eigvalsh(H)[-1]


def stable_spectral_norm(A):
    return len(A) / np.linalg.norm(A, 2) ** 2


def stable_svd(table):
    largest = np.linalg.svd(table, compute_uv=False)[0]
    return table.shape[0] / float(largest) / float(largest)


def stable_rows(A):
    n = np.shape(A)[0]
    return 1.0 / max(np.linalg.eigvalsh(np.matmul(A, np.transpose(A)) / n))


def stable_general_eigenvalues(A):
    gram = np.einsum("ni,nj->ij", A, A) / A.shape[0]
    return 1 / np.max(np.real(np.linalg.eigvals(gram)))


def stable_scipy(A):
    return len(A) * scipy.linalg.svdvals(A).max() ** -2.0


def stable_loop(A):
    n, k = A.shape
    H = np.zeros((k, k))
    for row in A:
        H += 2 / n * np.outer(row, row)
    values, _ = np.linalg.eigh(H)
    return float(2 / values.max())


def stable_no_mean(A):
    return 2 / np.linalg.eigvalsh(A.T @ A)[-1]


def stable_half(A):
    return 1 / np.linalg.eigvalsh(2 * A.T @ A / len(A))[-1]


def stable_double(A):
    return 2 * len(A) / np.linalg.eigvalsh(A.T @ A)[-1]


def stable_smallest(A):
    return len(A) / np.linalg.eigvalsh(A.T @ A)[0]


def stable_columns(A):
    return A.shape[1] / np.linalg.eigvalsh(A.T @ A)[-1]


def stable_trace(A):
    return len(A) / np.trace(A.T @ A)


def stable_one_sum(A):
    return len(A) / np.sum(np.abs(A)) ** 2


def stable_entries(A):
    return A.size / np.linalg.eigvalsh(A.T @ A)[-1]


def stable_last_eigenvalue(A):
    return len(A) / np.linalg.eigvals(A.T @ A)[-1].real


def stable_first_eigenvalue(A):
    return len(A) / np.linalg.eigvals(A.T @ A)[0].real


def stable_not_squared(A):
    return len(A) / np.linalg.norm(A, 2)


def stable_centered(A):
    B = A - A.mean(axis=0)
    return len(A) / np.linalg.norm(B, 2) ** 2


def stable_diagonal(A):
    return len(A) / np.max(np.sum(A**2, axis=0))


def stable_row_sums(A):
    return len(A) / np.max(np.sum(np.abs(A.T @ A), axis=1))


def stable_short_power_method(A):
    v = np.ones(A.shape[1])
    for _ in range(5):
        v = A.T @ (A @ v)
        v = v / (np.linalg.norm(v) or 1.0)
    return len(A) / np.linalg.norm(A @ v) ** 2


def stable_n_minus_one(A):
    return (len(A) - 1) / np.linalg.eigvalsh(A.T @ A)[-1]


def stable_best_rate(A):
    values = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return 2 / (values[0] + values[-1])


def stable_longest_row(A):
    return 1 / np.max(np.sum(A**2, axis=1))


def stable_of_a(A):
    return 2 / np.max(np.abs(np.linalg.eigvals(A[: A.shape[1]])))


# Exercise 5.5: the factor you wait for


def slowest_all(H, rate):
    return np.max(np.abs(1 - rate * np.linalg.eigvalsh(H)))


def slowest_ends(H, rate):
    values = np.linalg.eigvalsh(H)
    return max(abs(1 - rate * values[0]), abs(1 - rate * values[-1]))


def slowest_norm(hessian, eta):
    return np.linalg.norm(np.eye(len(hessian)) - eta * hessian, 2)


def slowest_singular_values(H, rate):
    return float(scipy.linalg.svdvals(np.identity(H.shape[0]) - rate * H)[0])


def slowest_loop(H, rate):
    worst = 0.0
    for value in np.linalg.eigh(H)[0]:
        factor = 1 - rate * value
        if factor < 0:
            factor = -factor
        if factor > worst:
            worst = factor
    return worst


def slowest_without_abs(H, rate):
    stretched = rate * np.linalg.eigvalsh(H)
    return max(1 - stretched.min(), stretched.max() - 1)


def slowest_step_matrix(H, rate):
    step = np.diag(np.ones(len(H))) - np.multiply(rate, H)
    return math.sqrt(np.linalg.eigvalsh(step @ step)[-1].clip(0))


def slowest_general(H, rate):
    return np.abs(1 - rate * np.linalg.eigvals(H)).max()


def slowest_smallest_value(H, rate):
    return 1 - rate * np.linalg.eigvalsh(H)[0]


def slowest_smallest_in_size(H, rate):
    return abs(1 - rate * np.linalg.eigvalsh(H)[0])


def slowest_largest_value(H, rate):
    return abs(1 - rate * np.linalg.eigvalsh(H)[-1])


def slowest_no_size(H, rate):
    return np.max(1 - rate * np.linalg.eigvalsh(H))


def slowest_fastest(H, rate):
    return np.min(np.abs(1 - rate * np.linalg.eigvalsh(H)))


def slowest_no_rate(H, rate):
    return np.max(np.abs(1 - np.linalg.eigvalsh(H)))


def slowest_twice(H, rate):
    return np.max(np.abs(1 - 2 * rate * np.linalg.eigvalsh(H)))


def slowest_at_best_rate(H, rate):
    values = np.linalg.eigvalsh(H)
    return (values[-1] - values[0]) / (values[-1] + values[0])


def slowest_capped(H, rate):
    return min(1.0, np.max(np.abs(1 - rate * np.linalg.eigvalsh(H))))


def slowest_frobenius(H, rate):
    return np.linalg.norm(np.eye(len(H)) - rate * H)


def slowest_diagonal(H, rate):
    return np.max(np.abs(1 - rate * np.diag(H)))


def slowest_squared(H, rate):
    return np.max((1 - rate * np.linalg.eigvalsh(H)) ** 2)


def slowest_unsorted_ends(H, rate):
    values = np.linalg.eigvals(H).real
    return max(abs(1 - rate * values[0]), abs(1 - rate * values[-1]))


def slowest_row_sums(H, rate):
    return np.linalg.norm(np.eye(len(H)) - rate * H, np.inf)


def slowest_signed(H, rate):
    factors = 1 - rate * np.linalg.eigvalsh(H)
    return factors[np.argmax(np.abs(factors))]


def slowest_mean(H, rate):
    return np.mean(np.abs(1 - rate * np.linalg.eigvalsh(H)))


def slowest_entries(H, rate):
    return np.max(np.abs(1 - rate * H))


def slowest_determinant(H, rate):
    return abs(np.linalg.det(np.eye(len(H)) - rate * H))


def slowest_middle(H, rate):
    values = np.linalg.eigvalsh(H)
    return abs(1 - rate * (values[0] + values[-1]) / 2)


RIGHT = {
    "5.3": [
        ("a for loop that returns early", until_for),
        ("while the length is above the tolerance", until_while),
        ("while True, arguments renamed", until_true),
        ("a generator of points, math.hypot", until_walk),
        ("moves a copy in place, itertools.count", until_in_place),
        ("keeps the whole path, returns a list", until_path),
    ],
    "5.4": [
        ("largest eigenvalue of the Hessian", stable_hessian),
        ("the spectral norm", stable_spectral_norm),
        ("singular values, argument renamed, plain float", stable_svd),
        ("the product of the rows, which has the same largest eigenvalue", stable_rows),
        ("eigenvalues in any order", stable_general_eigenvalues),
        ("SciPy's singular values", stable_scipy),
        ("the Hessian row by row", stable_loop),
    ],
    "5.5": [
        ("all eigenvalues", slowest_all),
        ("the two ends of the spectrum", slowest_ends),
        ("spectral norm of the step, arguments renamed", slowest_norm),
        ("SciPy's singular values of the step, plain float", slowest_singular_values),
        ("a loop over eigenvalues", slowest_loop),
        ("two differences, no absolute values", slowest_without_abs),
        ("root of the largest eigenvalue of the squared step", slowest_step_matrix),
        ("eigenvalues in any order", slowest_general),
    ],
}

WRONG = {
    "5.3": [
        ("never stops early", until_max_steps),
        ("stops only strictly below the tolerance", until_strictly_below),
        ("changes start in place", until_moves_start),
        ("counts one step too many", until_counts_from_one),
        ("makes a step even from a flat start", until_one_step_first),
        ("tests the largest entry, not the length", until_largest_entry),
        ("makes one more step after it is flat", until_one_late),
        ("tests the length of the move", until_short_move),
        ("tests the squared length", until_squared_length),
        ("returns the point only", until_point_only),
        ("tests the mean size of the entries", until_mean_size),
        ("goes on for 100 steps if max_steps is smaller", until_own_limit),
        ("takes the spectral norm of a table of slopes", until_spectral_norm),
        ("one step more than max_steps", until_one_step_more),
        ("tests the sum with signs", until_signed_sum),
        ("takes the tolerance relative to the first length", until_relative),
        ("walks uphill", until_uphill),
        ("an integer start stays integer, so moves are cut", until_integers),
        ("moves of fixed length", until_unit_moves),
        ("stops early but reports max_steps", until_max_when_late),
    ],
    "5.4": [
        ("forgets that the loss is a mean", stable_no_mean),
        ("half of it: the border is 2 over the curvature", stable_half),
        ("forgets the factor 2 of the Hessian", stable_double),
        ("the smallest eigenvalue", stable_smallest),
        ("the number of columns, not of rows", stable_columns),
        ("the trace: safe, but not the border", stable_trace),
        ("the sum of all entries in size", stable_one_sum),
        ("divides by the number of entries", stable_entries),
        ("the last of unsorted eigenvalues", stable_last_eigenvalue),
        ("the first of unsorted eigenvalues", stable_first_eigenvalue),
        ("singular value not squared", stable_not_squared),
        ("centers the columns", stable_centered),
        ("the largest diagonal entry: right without correlations", stable_diagonal),
        ("the largest row sum: a bound, not the border", stable_row_sums),
        ("five steps of the power method from a row of ones", stable_short_power_method),
        ("n - 1 in place of n", stable_n_minus_one),
        ("the best rate, not the largest", stable_best_rate),
        ("the longest row: the border for single samples", stable_longest_row),
        ("eigenvalues of A itself", stable_of_a),
    ],
    "5.5": [
        ("the smallest eigenvalue only, with its sign", slowest_smallest_value),
        ("the smallest eigenvalue only, in size", slowest_smallest_in_size),
        ("the largest eigenvalue only", slowest_largest_value),
        ("forgets the size: overshooting does not count", slowest_no_size),
        ("the fastest direction", slowest_fastest),
        ("forgets the rate", slowest_no_rate),
        ("twice the Hessian", slowest_twice),
        ("the factor at the best rate, whatever the rate", slowest_at_best_rate),
        ("never above 1", slowest_capped),
        ("the Frobenius norm of the step", slowest_frobenius),
        ("the diagonal of H for its eigenvalues", slowest_diagonal),
        ("the factor of the loss, squared", slowest_squared),
        ("first and last of unsorted eigenvalues", slowest_unsorted_ends),
        ("row sums: a bound only", slowest_row_sums),
        ("the right factor with its sign", slowest_signed),
        ("the mean over the directions", slowest_mean),
        ("the entries of H for its eigenvalues", slowest_entries),
        ("the determinant of the step", slowest_determinant),
        ("the middle of the spectrum", slowest_middle),
    ],
}


def _bowl(w):
    return np.array([1.0, 4.0]) * w


def _round_bowl(w):
    return 2.0 * w


_START = np.array([3.0, -1.0])
_WALK = (_bowl, _START, 0.1, 0.01, 200)
_A = np.array([[1.0, 2.0, 0.0], [0.5, -1.0, 2.0], [3.0, 1.0, 1.0], [-1.0, 2.0, 0.5], [4, 1, 1]])
_TRAP = np.array([[1.0, 1.0], [3.0, -3.0]])
_H = np.array([[3.0, 1.0, 0.5], [1.0, 2.0, -0.5], [0.5, -0.5, 4.0]])
_UNSORTED = np.diag([2.0, 5.0, 1.0])

WITNESS = {
    "5.3": [
        _WALK,
        (_round_bowl, np.array([3.0, 4.0]), 0.25, 5.0, 10),
        _WALK,
        _WALK,
        (_bowl, np.array([0.0, 0.0]), 0.1, 0.01, 200),
        (_round_bowl, np.array([3.0, 3.0]), 0.25, 6.5, 10),
        _WALK,
        _WALK,
        _WALK,
        _WALK,
        (_round_bowl, np.array([3.0, 3.0]), 0.25, 6.5, 10),
        (_bowl, _START, 0.1, 0.0, 5),
        (_round_bowl, np.eye(2), 0.25, 2.5, 10),
        (_bowl, _START, 0.1, 0.0, 5),
        (_bowl, -_START, 0.1, 0.01, 200),
        _WALK,
        (_bowl, _START, 0.1, 0.01, 10),
        (_bowl, np.array([3, -1]), 0.1, 0.01, 200),
        _WALK,
        _WALK,
    ],
    "5.4": [
        *[(_A,)] * 8,
        (np.diag([1.0, 3.0, 2.0]),),
        (np.diag([1.0, 3.0, 2.0]),),
        *[(_A,)] * 4,
        (_TRAP,),
        *[(_A,)] * 4,
    ],
    "5.5": [
        (_H, 0.7),
        (_H, 0.7),
        (_H, 0.1),
        (_H, 0.7),
        (_H, 0.1),
        (_H, 0.1),
        (_H, 0.1),
        (_H, 0.1),
        (_H, 0.7),
        (_H, 0.1),
        (_H, 0.1),
        (_H, 0.1),
        (_UNSORTED, 0.5),
        (_H, 0.1),
        (_H, 0.7),
        (_H, 0.1),
        (_H, 0.5),
        (_H, 0.1),
        (_H, 0.1),
    ],
}
