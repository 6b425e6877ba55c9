"""Right and wrong answers to exercises 2.3, 2.4 and 2.5, written from their texts alone.

An entry of WITNESS is a tuple of arguments on which the wrong answer of the same place
differs from the first right one or changes its arguments, or a callable that returns True
if the answer misbehaves.
"""

import math

import numpy as np

# Exercise 2.3: the gradient of anything


def ng_ndindex(f, W):
    point = np.array(W, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        kept = point[index]
        h = 1e-5 * max(1.0, abs(kept))
        point[index] = right = kept + h
        high = f(point)
        point[index] = left = kept - h
        slopes[index] = (high - f(point)) / (right - left)
        point[index] = kept
    return slopes


def ng_in_place(f, W):
    if W.dtype != np.float64:
        return ng_in_place(f, W.astype(np.float64))
    h = 1e-5
    slopes = np.empty(W.shape)
    for index in np.ndindex(*W.shape):
        kept = W[index]
        try:
            W[index] = kept + h
            high = f(W)
            W[index] = kept - h
            low = f(W)
        finally:
            W[index] = kept
        slopes[index] = (high - low) / (2 * h)
    return slopes


def ng_unit_arrows(func, table):
    h = 6e-6
    table = np.asarray(table, dtype=float)
    slopes = []
    for arrow in np.eye(table.size):
        arrow = h * arrow.reshape(table.shape)
        slopes.append((func(table + arrow) - func(table - arrow)) / (2 * h))
    return np.array(slopes, dtype=float).reshape(table.shape)


def ng_flat_copies(f, W):
    h = 1e-5

    def moved(number, by):
        flat = np.array(W, dtype=float).ravel()
        flat[number] += by
        return f(flat.reshape(W.shape))

    slopes = [(moved(k, h) - moved(k, -h)) / (2 * h) for k in range(W.size)]
    return np.reshape(np.array(slopes, dtype=float), W.shape)


def ng_nditer(f, W):
    h = 1e-5
    slopes = np.zeros(np.shape(W))
    if slopes.size == 0:
        return slopes
    iterator = np.nditer(slopes, flags=["multi_index"], op_flags=["writeonly"])
    for entry in iterator:
        up, down = np.array(W, dtype=float), np.array(W, dtype=float)
        up[iterator.multi_index] += h
        down[iterator.multi_index] -= h
        entry[...] = (f(up) - f(down)) / (up - down).sum()
    return slopes


def ng_ndenumerate(f, W):
    slopes = np.empty_like(W, dtype=np.float64)
    for index, value in np.ndenumerate(W):
        values = []
        for sign in (1, -1):
            point = W.astype(np.float64)
            point[index] = float(value) + sign * 5e-6
            values.append(f(point))
        slopes[index] = (values[0] - values[1]) / 1e-5
    return slopes


def ng_closure(f, W):
    def along(index):
        def g(t):
            point = np.array(W, dtype=float)
            point[index] += t
            return f(point)

        return (g(8e-6) - g(-8e-6)) / 1.6e-5

    slopes = np.zeros(W.shape)
    for index in reversed(list(np.ndindex(W.shape))):
        slopes[index] = along(index)
    return slopes


def ng_all_move(f, W):
    h = 1e-5
    return (f(W + h) - f(W - h)) / (2 * h) * np.ones(W.shape)


def ng_forward(f, W):
    h = 1e-4
    point, slopes = np.array(W, dtype=float), np.zeros(W.shape)
    start = f(point)
    for index in np.ndindex(W.shape):
        point[index] += h
        slopes[index] = (f(point) - start) / h
        point[index] = W[index]
    return slopes


def ng_rounding_left(f, W):
    h = 1e-5
    slopes = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        W[index] += h
        high = f(W)
        W[index] -= 2 * h
        slopes[index] = (high - f(W)) / (2 * h)
        W[index] += h
    return slopes


def ng_not_put_back(f, W):
    h = 1e-5
    slopes = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        W[index] += h
        high = f(W)
        W[index] -= 2 * h
        slopes[index] = (high - f(W)) / (2 * h)
    return slopes


def ng_tiny_step(f, W):
    h = 1e-12
    point, slopes = np.array(W, dtype=float), np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        point[index] = W[index] + h
        high = f(point)
        point[index] = W[index] - h
        slopes[index] = (high - f(point)) / (2 * h)
        point[index] = W[index]
    return slopes


def ng_large_step(f, W):
    h = 0.01
    point, slopes = np.array(W, dtype=float), np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        point[index] = W[index] + h
        high = f(point)
        point[index] = W[index] - h
        slopes[index] = (high - f(point)) / (2 * h)
        point[index] = W[index]
    return slopes


def ng_whole_numbers(f, W):
    h = 1e-5
    point, slopes = W.copy(), np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        point[index] = W[index] + h
        high = f(point)
        point[index] = W[index] - h
        slopes[index] = (high - f(point)) / (2 * h)
        point[index] = W[index]
    return slopes


def ng_whole_slopes(f, W):
    h = 1e-5
    point, slopes = np.array(W, dtype=float), np.zeros_like(W)
    for index in np.ndindex(W.shape):
        point[index] = W[index] + h
        high = f(point)
        point[index] = W[index] - h
        slopes[index] = (high - f(point)) / (2 * h)
        point[index] = W[index]
    return slopes


def ng_first_axis_only(f, W):
    h = 1e-5
    point, slopes = np.array(W, dtype=float), np.zeros(W.shape)
    for i in range(len(W)):
        point[i] = W[i] + h
        high = f(point)
        point[i] = W[i] - h
        slopes[i] = (high - f(point)) / (2 * h)
        point[i] = W[i]
    return slopes


def ng_tables_only(f, W):
    h = 1e-5
    point, slopes = np.array(W, dtype=float), np.zeros(W.shape)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            point[i, j] = W[i, j] + h
            high = f(point)
            point[i, j] = W[i, j] - h
            slopes[i, j] = (high - f(point)) / (2 * h)
            point[i, j] = W[i, j]
    return slopes


def ng_flat_result(f, W):
    return ng_ndindex(f, W).ravel()


def ng_over_h(f, W):
    return 2 * ng_ndindex(f, W)


def ng_sign(f, W):
    return -ng_ndindex(f, W)


def ng_ravel_is_a_view(f, W):
    h = 1e-5
    W = W.copy(order="K").astype(float, order="K")
    flat, slopes = W.ravel(), np.zeros(W.size)
    for k in range(W.size):
        kept = flat[k]
        flat[k] = kept + h
        high = f(W)
        flat[k] = kept - h
        slopes[k] = (high - f(W)) / (2 * h)
        flat[k] = kept
    return slopes.reshape(W.shape)


def ng_moves_add_up(f, W):
    h = 1e-4
    point, slopes = np.array(W, dtype=float), np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        point[index] += h
        high = f(point)
        point[index] -= 2 * h
        slopes[index] = (high - f(point)) / (2 * h)
    return slopes


def ng_relative_step(f, W):
    point, slopes = np.array(W, dtype=float), np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        h = 1e-5 * abs(point[index])
        point[index] = W[index] + h
        high = f(point)
        point[index] = W[index] - h
        slopes[index] = (high - f(point)) / (2 * h)
        point[index] = W[index]
    return slopes


def ng_half_precision(f, W):
    h = 1e-3
    point, slopes = np.array(W, dtype=np.float32), np.zeros(W.shape, dtype=np.float32)
    for index in np.ndindex(W.shape):
        point[index] = W[index] + h
        high = f(point)
        point[index] = W[index] - h
        slopes[index] = (high - f(point)) / (2 * h)
        point[index] = W[index]
    return slopes


def ng_skips_zeros(f, W):
    slopes = ng_ndindex(f, W)
    slopes[np.asarray(W) == 0] = 0.0
    return slopes


def ng_complex_step(f, W):
    h = 1e-30
    slopes = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        point = np.array(W, dtype=complex)
        point[index] += 1j * h
        slopes[index] = np.imag(f(point)) / h
    return slopes


# Exercise 2.4: the slope toward somewhere


def st_norm(slopes, toward):
    return np.sum(slopes * toward) / np.linalg.norm(toward)


def st_unit_first(slopes, toward):
    unit = toward / np.sqrt(np.sum(np.square(toward, dtype=float)))
    return float(np.sum(slopes * unit))


def st_vdot(gradient, arrow):
    return np.vdot(gradient, arrow) / math.sqrt(np.vdot(arrow, arrow))


def st_loop(slopes, toward):
    dot = length = 0.0
    for s, t in zip(np.ravel(slopes).tolist(), np.ravel(toward).tolist(), strict=True):
        dot += s * t
        length += t * t
    return dot / length**0.5


def st_hypot(slopes, toward):
    length = math.hypot(*np.ravel(toward))
    return math.fsum(np.ravel(slopes) * (np.ravel(toward) / length))


def st_scaled(slopes, toward):
    arrow = np.asarray(toward, dtype=float)
    arrow = arrow / np.max(np.abs(arrow))
    return np.sum(slopes * arrow) / np.linalg.norm(arrow)


def st_einsum(slopes, toward):
    s, t = np.reshape(slopes, -1), np.reshape(toward, -1)
    return np.einsum("i,i->", s, t) / np.einsum("i,i->", t, t) ** 0.5


def st_sum_of_rows(slopes, toward):
    s, t = np.atleast_2d(slopes), np.atleast_2d(toward)
    return np.trace(s @ t.T) / np.sqrt(np.trace(t @ t.T))


def st_not_normalized(slopes, toward):
    return np.sum(slopes * toward)


def st_squared_length(slopes, toward):
    return np.sum(slopes * toward) / np.sum(toward**2)


def st_sum_of_sizes(slopes, toward):
    return np.sum(slopes * toward) / np.sum(np.abs(toward))


def st_largest_entry(slopes, toward):
    return np.sum(slopes * toward) / np.max(np.abs(toward))


def st_spectral_norm(slopes, toward):
    return np.sum(slopes * toward) / np.linalg.norm(toward, 2)


def st_matrix_product(slopes, toward):
    return slopes @ toward / np.linalg.norm(toward)


def st_cosine(slopes, toward):
    return np.sum(slopes * toward) / (np.linalg.norm(toward) * np.linalg.norm(slopes))


def st_wrong_length(slopes, toward):
    return np.sum(slopes * toward) / np.linalg.norm(slopes)


def st_rows_normalized(slopes, toward):
    unit = toward / np.linalg.norm(toward, axis=-1, keepdims=True)
    return np.sum(slopes * unit)


def st_absolute(slopes, toward):
    return abs(np.sum(slopes * toward)) / np.linalg.norm(toward)


def st_downhill(slopes, toward):
    return -np.sum(slopes * toward) / np.linalg.norm(toward)


def st_in_place(slopes, toward):
    toward /= np.linalg.norm(toward)
    return np.sum(slopes * toward)


def st_number_of_entries(slopes, toward):
    return np.sum(slopes * toward) / np.size(toward)


def st_long_arrows_only(slopes, toward):
    length = np.linalg.norm(toward)
    return np.sum(slopes * toward) / (length if length > 1 else 1.0)


def st_untransposed(slopes, toward):
    s, t = np.atleast_2d(slopes), np.atleast_2d(toward)
    if len(s) == 1:
        return np.sum(s * t) / np.linalg.norm(t)
    return np.trace(s @ t) / np.linalg.norm(t)


def st_epsilon(slopes, toward):
    return np.sum(slopes * toward) / (np.linalg.norm(toward) + 1e-8)


def st_no_sum(slopes, toward):
    return slopes * toward / np.linalg.norm(toward)


def st_signs_only(slopes, toward):
    return np.sum(slopes * np.sign(toward)) / np.sqrt(np.size(toward))


def st_length_of_sum(slopes, toward):
    return np.sum(slopes * toward) / abs(np.sum(toward))


# Exercise 2.5: promised and real


def falls_plain(f, slopes, W, step):
    promised = step * np.sum(slopes * slopes)
    return promised, f(W) - f(W - step * slopes)


def falls_list(f, slopes, W, step):
    after = f(W - step * slopes)
    return [step * float(np.vdot(slopes, slopes)), f(W) - after]


def falls_loop(func, gradient, point, step):
    promised = 0.0
    for g in np.ravel(gradient):
        promised += float(step) * float(g) ** 2
    before = func(point)
    move = np.multiply(-step, gradient)
    after = func(np.add(point, move))
    return promised, before - after


def falls_norm(f, slopes, W, step):
    length = np.linalg.norm(slopes)
    arrow = -slopes * step
    return step * length**2, -(f(W + arrow) - f(W))


def falls_dot_of_move(f, slopes, W, step):
    move = step * np.asarray(slopes)
    real = f(W) - f(W - move)
    promised = np.tensordot(slopes, move, axes=np.ndim(move))
    return float(promised), float(real)


def falls_copy(f, slopes, W, step):
    there = np.array(W, dtype=float)
    there -= step * slopes
    return (step * (slopes**2).sum(), f(W) - f(there))


def falls_along_the_line(f, slopes, W, step):
    def on_the_line(t):
        return f(W - t * slopes)

    return math.fsum(np.ravel(slopes * (step * slopes))), on_the_line(0) - on_the_line(step)


def falls_not_squared(f, slopes, W, step):
    return step * np.sum(slopes), f(W) - f(W - step * slopes)


def falls_step_squared(f, slopes, W, step):
    return step**2 * np.sum(slopes**2), f(W) - f(W - step * slopes)


def falls_rise(f, slopes, W, step):
    return step * np.sum(slopes**2), f(W - step * slopes) - f(W)


def falls_swapped(f, slopes, W, step):
    return f(W) - f(W - step * slopes), step * np.sum(slopes**2)


def falls_length(f, slopes, W, step):
    return step * np.linalg.norm(slopes), f(W) - f(W - step * slopes)


def falls_unit_arrow(f, slopes, W, step):
    length = np.linalg.norm(slopes)
    return step * length, f(W) - f(W - step * slopes / length)


def falls_uphill(f, slopes, W, step):
    return step * np.sum(slopes**2), f(W) - f(W + step * slopes)


def falls_in_place(f, slopes, W, step):
    before = f(W)
    W -= step * slopes
    return step * np.sum(slopes**2), before - f(W)


def falls_there_and_back(f, slopes, W, step):
    before = f(W)
    W -= step * slopes
    after = f(W)
    W += step * slopes
    return step * np.sum(slopes**2), before - after


def falls_both_sides(f, slopes, W, step):
    real = (f(W + step * slopes) - f(W - step * slopes)) / 2
    return step * np.sum(slopes**2), real


def falls_never_negative(f, slopes, W, step):
    return step * np.sum(slopes**2), max(0.0, f(W) - f(W - step * slopes))


def falls_mean(f, slopes, W, step):
    return step * np.mean(slopes**2), f(W) - f(W - step * slopes)


def falls_square_of_sum(f, slopes, W, step):
    return step * np.sum(slopes) ** 2, f(W) - f(W - step * slopes)


def falls_sizes(f, slopes, W, step):
    return step * np.sum(np.abs(slopes)), f(W) - f(W - step * slopes)


def falls_matrix_product(f, slopes, W, step):
    return step * np.sum(slopes.T @ slopes), f(W) - f(W - step * slopes)


def falls_new_value(f, slopes, W, step):
    return step * np.sum(slopes**2), f(W - step * slopes)


def falls_promise_negative(f, slopes, W, step):
    return -step * np.sum(slopes**2), f(W) - f(W - step * slopes)


def falls_step_forgotten(f, slopes, W, step):
    return np.sum(slopes**2), f(W) - f(W - step * slopes)


def falls_own_slopes(f, slopes, W, step):
    return step * np.sum(slopes**2), step * np.sum(slopes**2)


RIGHT = {
    "2.3": [
        ("np.ndindex on a copy, step grows with the entry", ng_ndindex),
        ("moves the entries of W itself and puts the kept values back", ng_in_place),
        ("arrows from the rows of np.eye, arguments renamed", ng_unit_arrows),
        ("flat copies in a list comprehension", ng_flat_copies),
        ("np.nditer, divides by the true distance", ng_nditer),
        ("np.ndenumerate, half steps", ng_ndenumerate),
        ("functions of one variable, last entry first", ng_closure),
    ],
    "2.4": [
        ("np.linalg.norm", st_norm),
        ("a unit arrow first, plain float", st_unit_first),
        ("np.vdot, arguments renamed", st_vdot),
        ("a loop over plain numbers", st_loop),
        ("math.hypot and math.fsum", st_hypot),
        ("scaled by the largest entry first", st_scaled),
        ("einsum of flat arrays", st_einsum),
        ("traces of matrix products", st_sum_of_rows),
    ],
    "2.5": [
        ("one sum, one difference", falls_plain),
        ("np.vdot, returns a list", falls_list),
        ("a loop, arguments renamed", falls_loop),
        ("the norm squared", falls_norm),
        ("product of slopes and move, plain floats", falls_dot_of_move),
        ("moves a copy", falls_copy),
        ("a function along the line", falls_along_the_line),
    ],
}

WRONG = {
    "2.3": [
        ("moves all entries at once", ng_all_move),
        ("forward differences, right to three or four digits", ng_forward),
        ("adds and subtracts in W itself, leaving rounding errors", ng_rounding_left),
        ("leaves W moved", ng_not_put_back),
        ("a step so small that rounding spoils the digits", ng_tiny_step),
        ("a step so large that the curve spoils the digits", ng_large_step),
        ("copies an array of integers as integers, so the steps are lost", ng_whole_numbers),
        ("stores the slopes in the dtype of W, so integers cut them", ng_whole_slopes),
        ("moves whole rows of a table", ng_first_axis_only),
        ("two loops: works for tables only", ng_tables_only),
        ("returns a flat array", ng_flat_result),
        ("divides by h, not 2h", ng_over_h),
        ("sign turned around", ng_sign),
        ("takes ravel() for a view, which it isn't for a transposed table", ng_ravel_is_a_view),
        ("does not put an entry back before it moves the next", ng_moves_add_up),
        ("a step in proportion to the entry: NaN where that is 0", ng_relative_step),
        ("works in float32", ng_half_precision),
        ("skips entries that are 0", ng_skips_zeros),
        ("a complex step instead: 0 for functions with abs", ng_complex_step),
    ],
    "2.4": [
        ("forgets the length of the arrow", st_not_normalized),
        ("divides by the squared length", st_squared_length),
        ("divides by the sum of the sizes", st_sum_of_sizes),
        ("divides by the largest entry", st_largest_entry),
        ("np.linalg.norm with 2: the spectral norm of a table", st_spectral_norm),
        ("a matrix product: a table for tables", st_matrix_product),
        ("divides by the length of the gradient too", st_cosine),
        ("divides by the length of the gradient instead", st_wrong_length),
        ("makes each row of a table a unit arrow", st_rows_normalized),
        ("loses the sign", st_absolute),
        ("slope in the opposite direction", st_downhill),
        ("changes toward in place", st_in_place),
        ("divides by the number of entries", st_number_of_entries),
        ("divides only by lengths above 1", st_long_arrows_only),
        ("trace without the transpose: right for symmetric tables", st_untransposed),
        ("adds 1e-8 to the length", st_epsilon),
        ("an array of products, not one number", st_no_sum),
        ("uses only the signs of the arrow", st_signs_only),
        ("divides by the sum of the entries", st_length_of_sum),
    ],
    "2.5": [
        ("promise from slopes that are not squared", falls_not_squared),
        ("promise with the step squared", falls_step_squared),
        ("the real rise instead of the fall", falls_rise),
        ("the two numbers swapped", falls_swapped),
        ("promise from the length, not squared", falls_length),
        ("moves by a unit arrow times the step", falls_unit_arrow),
        ("steps uphill", falls_uphill),
        ("changes W in place", falls_in_place),
        ("changes W and comes back with rounding errors", falls_there_and_back),
        ("real fall from both sides, right for lines only", falls_both_sides),
        ("a real rise is reported as 0", falls_never_negative),
        ("promise from the mean of the squares", falls_mean),
        ("promise from the square of the sum", falls_square_of_sum),
        ("promise from the sizes of the slopes", falls_sizes),
        ("promise from a matrix product, wrong for tables", falls_matrix_product),
        ("the new value instead of the fall", falls_new_value),
        ("promise with a minus sign", falls_promise_negative),
        ("promise without the step", falls_step_forgotten),
        ("gives the promise twice", falls_own_slopes),
    ],
}


def _bowl(W):
    return np.sum(W**3) + np.prod(np.cos(W))


def _smooth(W):
    return np.sum(np.exp(W) * np.sin(3 * W)) + np.sum(W) ** 2


def _kinks(W):
    return np.sum(np.abs(W))


_TABLE = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.5]])
_SLOPES = np.array([[0.5, 1.0, -2.0], [4.0, -0.25, 1.0]])
_SQUARE = np.array([[1.0, 2.0], [-3.0, 0.5]])
_WHOLE = np.array([[1, 2], [-1, 3]])

WITNESS = {
    "2.3": [
        (_bowl, _TABLE),
        (_smooth, _TABLE),
        (_bowl, np.array([0.1, 0.7, -0.3])),
        (_bowl, _TABLE),
        (_smooth, _TABLE),
        (_smooth, _TABLE),
        (_bowl, _WHOLE),
        (_bowl, _WHOLE),
        (_bowl, _TABLE),
        (_bowl, np.array([1.0, 2.0])),
        (_bowl, _TABLE),
        (_bowl, _TABLE),
        (_bowl, _TABLE),
        lambda: not np.allclose(ng_ravel_is_a_view(_bowl, _TABLE.T), ng_ndindex(_bowl, _TABLE.T)),
        (_smooth, _TABLE),
        (_smooth, np.array([0.0, 1.0])),
        (_smooth, _TABLE),
        (_smooth, np.array([0.0, 1.0])),
        (_kinks, np.array([-2.0, 1.0])),
    ],
    "2.4": [
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
        (_SQUARE, _SQUARE),
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
        (_SLOPES, -_SLOPES),
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
        (_SLOPES, 0.01 * _TABLE),
        (_SQUARE, _SQUARE),
        (_SLOPES, 1e-8 * _TABLE),
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
        (_SLOPES, _TABLE),
    ],
    "2.5": [(_bowl, _SLOPES, _TABLE, 0.25)] * 8
    + [(_bowl, np.array([300.0, 0.7]), np.array([0.001, 0.2]), 0.1)]
    + [(_bowl, _SLOPES, _TABLE, 0.25)]
    + [(lambda W: np.sum(W**2), 2 * _TABLE, _TABLE, 3.0)]
    + [(_bowl, _SLOPES, _TABLE, 0.25)] * 8,
}
