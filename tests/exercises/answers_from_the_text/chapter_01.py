"""Right and wrong answers to exercises 1.3, 1.4 and 1.5, written from their texts alone.

An entry of WITNESS is a tuple of arguments on which the wrong answer of the same place
differs from the first right one, or a callable that returns True if the answer misbehaves.
"""

import itertools
import math
from functools import reduce

import numpy as np

# Exercise 1.3: the step that was really taken


def cd_two_points(f, x, h):
    left, right = x - h, x + h
    return (f(right) - f(left)) / (right - left)


def cd_right_to_left(func, where, width):
    a = where + width
    b = where - width
    rise = func(b) - func(a)
    run = b - a
    return rise / run


def cd_np_diff(f, x, h):
    points = [x - h, x + h]
    values = [f(p) for p in points]
    return (np.diff(values) / np.diff(points))[0]


def cd_np_gradient(f, x, h):
    points = (x - h, x + h)
    return np.gradient([f(p) for p in points], points)[0]


def cd_plain_float(f, x, h):
    low = x - h
    high = x + h
    return float((f(high) - f(low)) / (high - low))


def cd_zero_dimensional(f, x, h):
    right, left = np.add(x, h), np.subtract(x, h)
    return np.divide(np.subtract(f(right), f(left)), np.subtract(right, left))


def cd_loop_over_sides(f, x, h):
    rise = run = 0.0
    for side in (1, -1):
        point = x + side * h
        rise += side * f(point)
        run += side * point
    return rise / run


def cd_nominal_width(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def cd_forward(f, x, h):
    return (f(x + h) - f(x)) / ((x + h) - x)


def cd_backward(f, x, h):
    return (f(x) - f(x - h)) / (x - (x - h))


def cd_sign(f, x, h):
    return (f(x - h) - f(x + h)) / ((x + h) - (x - h))


def cd_half_width(f, x, h):
    return (f(x + h) - f(x - h)) / h


def cd_right_step_doubled(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * ((x + h) - x))


def cd_left_step_doubled(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * (x - (x - h)))


def cd_own_width(f, x, h):
    h = 1e-5
    return (f(x + h) - f(x - h)) / ((x + h) - (x - h))


def cd_half_steps(f, x, h):
    left, right = x - h / 2, x + h / 2
    return (f(right) - f(left)) / (right - left)


def cd_absolute(f, x, h):
    return abs(f(x + h) - f(x - h)) / ((x + h) - (x - h))


def cd_rounded(f, x, h):
    return round((f(x + h) - f(x - h)) / ((x + h) - (x - h)), 6)


def cd_five_points(f, x, h):
    one = (f(x + h) - f(x - h)) / ((x + h) - (x - h))
    two = (f(x + 2 * h) - f(x - 2 * h)) / ((x + 2 * h) - (x - 2 * h))
    return (4 * one - two) / 3


def cd_relative_width(f, x, h):
    h = h * max(1.0, abs(x))
    return (f(x + h) - f(x - h)) / ((x + h) - (x - h))


def cd_double_width(f, x, h):
    left, right = x - 2 * h, x + 2 * h
    return (f(right) - f(left)) / (right - left)


def cd_algebra(f, x, h):
    distance = (x - x) + (h + h)
    return (f(x + h) - f(x - h)) / distance


# Exercise 1.4: the slope of the slope


def sd_formula(f, x, h):
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2


def sd_two_slopes(f, x, h):
    middle = f(x)
    forward = (f(x + h) - middle) / h
    backward = (middle - f(x - h)) / h
    return (forward - backward) / h


def sd_stencil(f, x, h):
    values = np.array([f(x - h), f(x), f(x + h)])
    return np.array([1.0, -2.0, 1.0]) @ values / (h * h)


def sd_np_diff(func, place, width):
    values = [func(place + k * width) for k in (-1, 0, 1)]
    return np.diff(values, n=2)[0] / width / width


def sd_weights(f, x, h):
    total = 0.0
    for k, weight in ((0, -2), (1, 1), (-1, 1)):
        total += weight * f(x + k * h)
    return total / h**2


def sd_convolution(f, x, h):
    values = [f(x - h), f(x), f(x + h)]
    return float(np.convolve(values, [1.0, -2.0, 1.0], mode="valid")[0]) / h**2


def sd_slopes_of_pairs(f, x, h):
    points = [x - h, x, x + h]
    slopes = [(b - a) / h for a, b in itertools.pairwise(map(f, points))]
    return (slopes[1] - slopes[0]) / h


def sd_mean_of_neighbours(f, x, h):
    return 2 * ((f(x - h) + f(x + h)) / 2 - f(x)) / h / h


def sd_wrong_half(f, x, h):
    return (f(x + h) - 2 * f(x) + f(x - h)) / (2 * h**2)


def sd_sign(f, x, h):
    return (2 * f(x) - f(x + h) - f(x - h)) / h**2


def sd_divided_once(f, x, h):
    return (f(x + h) - 2 * f(x) + f(x - h)) / h


def sd_all_to_the_right(f, x, h):
    return (f(x + 2 * h) - 2 * f(x + h) + f(x)) / h**2


def sd_all_to_the_left(f, x, h):
    return (f(x) - 2 * f(x - h) + f(x - 2 * h)) / h**2


def sd_middle_once(f, x, h):
    return (f(x + h) - f(x) + f(x - h)) / h**2


def sd_central_twice(f, x, h):
    return (f(x + 2 * h) - 2 * f(x) + f(x - 2 * h)) / (4 * h**2)


def sd_own_width(f, x, h):
    h = 1e-4
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2


def sd_absolute(f, x, h):
    return abs(f(x + h) - 2 * f(x) + f(x - h)) / h**2


def sd_over_twice_h(f, x, h):
    forward = (f(x + h) - f(x)) / h
    backward = (f(x) - f(x - h)) / h
    return (forward - backward) / (2 * h)


def sd_plus(f, x, h):
    forward = (f(x + h) - f(x)) / h
    backward = (f(x) - f(x - h)) / h
    return (forward + backward) / h


def sd_backward_minus_forward(f, x, h):
    forward = (f(x + h) - f(x)) / h
    backward = (f(x - h) - f(x)) / h
    return (forward - backward) / h


def sd_five_values(f, x, h):
    far = f(x + 2 * h) + f(x - 2 * h)
    near = f(x + h) + f(x - h)
    return (16 * near - far - 30 * f(x)) / (12 * h**2)


def sd_square_of_slope(f, x, h):
    return ((f(x + h) - f(x - h)) / (2 * h)) ** 2


def sd_rounded(f, x, h):
    return round((f(x + h) - 2 * f(x) + f(x - h)) / h**2, 4)


# Exercise 1.5: walk downhill


def walk_sign(slope, x, move, count):
    for _ in range(count):
        x = x - move * np.sign(slope(x))
    return x


def walk_branches(slope, x, move, count):
    for _ in range(count):
        s = slope(x)
        if s > 0:
            x -= move
        elif s < 0:
            x += move
    return x


def walk_while(gradient, position, length, moves):
    while moves > 0:
        here = gradient(position)
        if here == 0:
            break
        position = position - length if here > 0 else position + length
        moves -= 1
    return position


def walk_halves(slope, x, move, count):
    if count == 0:
        return x
    if count == 1:
        return x - move * float(np.sign(slope(x)))
    half = count // 2
    return walk_halves(slope, walk_halves(slope, x, move, half), move, count - half)


def walk_reduce(slope, x, move, count):
    return reduce(lambda at, _: at - move * np.sign(slope(at)), range(count), x)


def walk_copysign(slope, x, move, count):
    for _ in range(count):
        s = slope(x)
        if s:
            x = x - math.copysign(move, s)
    return x


def walk_truth_values(slope, x, move, count):
    def one_move(at):
        s = slope(at)
        return at + move * (int(s < 0) - int(s > 0))

    for _ in itertools.repeat(None, count):
        x = one_move(x)
    return x


def walk_one_move(slope, x, move, count):
    return x - move * np.sign(slope(x))


def walk_uphill(slope, x, move, count):
    for _ in range(count):
        x = x + move * np.sign(slope(x))
    return x


def walk_with_the_slope(slope, x, move, count):
    for _ in range(count):
        x = x - move * slope(x)
    return x


def walk_left_where_flat(slope, x, move, count):
    for _ in range(count):
        x = x - move if slope(x) >= 0 else x + move
    return x


def walk_right_where_flat(slope, x, move, count):
    for _ in range(count):
        x = x - move if slope(x) > 0 else x + move
    return x


def walk_one_too_many(slope, x, move, count):
    for _ in range(count + 1):
        x = x - move * np.sign(slope(x))
    return x


def walk_one_too_few(slope, x, move, count):
    for _ in range(1, count):
        x = x - move * np.sign(slope(x))
    return x


def walk_first_slope(slope, x, move, count):
    return x - count * move * np.sign(slope(x))


def walk_copysign_blind(slope, x, move, count):
    for _ in range(count):
        x = x - math.copysign(move, slope(x))
    return x


def walk_stop_at_turn(slope, x, move, count):
    first = np.sign(slope(x))
    for _ in range(count):
        if np.sign(slope(x)) != first:
            break
        x = x - move * first
    return x


def walk_divide(slope, x, move, count):
    for _ in range(count):
        s = np.float64(slope(x))
        x = x - move * s / np.abs(s)
    return x


def walk_nearly_flat(slope, x, move, count):
    for _ in range(count):
        s = slope(x)
        if abs(s) > 1e-6:
            x = x - move * np.sign(s)
    return x


def walk_whole_slopes(slope, x, move, count):
    for _ in range(count):
        x = x - move * np.sign(int(slope(x)))
    return x


def walk_shrinking(slope, x, move, count):
    last = 0.0
    for _ in range(count):
        now = np.sign(slope(x))
        if now * last < 0:
            move = move / 2
        x = x - move * now
        last = now
    return x


def walk_recursion(slope, x, move, count):
    if count == 0:
        return x
    return walk_recursion(slope, x - move * np.sign(slope(x)), move, count - 1)


def walk_do_while(slope, x, move, count):
    while True:
        x = x - move * np.sign(slope(x))
        count -= 1
        if count <= 0:
            return x


def walk_capped(slope, x, move, count):
    return walk_sign(slope, x, move, min(count, 1000))


def walk_best_so_far(slope, x, move, count):
    best = x
    for _ in range(count):
        x = x - move * np.sign(slope(x))
        if abs(slope(x)) < abs(slope(best)):
            best = x
    return best


RIGHT = {
    "1.3": [
        ("two points, then rise over run", cd_two_points),
        ("right to left, arguments renamed", cd_right_to_left),
        ("np.diff of points and values", cd_np_diff),
        ("np.gradient with the two points as coordinates", cd_np_gradient),
        ("returns a plain float", cd_plain_float),
        ("NumPy functions only, f gets NumPy scalars", cd_zero_dimensional),
        ("a loop over the two sides", cd_loop_over_sides),
        ("a lambda", lambda f, x, h: (f(x + h) - f(x - h)) / ((x + h) - (x - h))),
    ],
    "1.4": [
        ("the formula, one expression", sd_formula),
        ("forward and backward slope, middle kept", sd_two_slopes),
        ("stencil times values", sd_stencil),
        ("np.diff twice, arguments renamed", sd_np_diff),
        ("a loop over three weights", sd_weights),
        ("a convolution, plain float", sd_convolution),
        ("slopes of neighbouring pairs", sd_slopes_of_pairs),
        ("mean of the neighbours minus the middle", sd_mean_of_neighbours),
    ],
    "1.5": [
        ("a loop with np.sign", walk_sign),
        ("a loop with if and elif, a plain number", walk_branches),
        ("a while loop that stops where it is flat, arguments renamed", walk_while),
        ("recursion on halves of the count", walk_halves),
        ("functools.reduce", walk_reduce),
        ("math.copysign unless flat", walk_copysign),
        ("an inner function with truth values", walk_truth_values),
    ],
}

WRONG = {
    "1.3": [
        ("divides by 2h, not by the distance of the computer's points", cd_nominal_width),
        ("forward difference, though with its true step", cd_forward),
        ("backward difference, though with its true step", cd_backward),
        ("sign turned around", cd_sign),
        ("divides by h only", cd_half_width),
        ("doubles the true right step, ignores the left one", cd_right_step_doubled),
        ("doubles the true left step, ignores the right one", cd_left_step_doubled),
        ("ignores h and takes its own", cd_own_width),
        ("points at half the distance", cd_half_steps),
        ("always a slope of at least 0", cd_absolute),
        ("rounds the result to six decimals", cd_rounded),
        ("extrapolates from four points, not the central difference", cd_five_points),
        ("scales h with x", cd_relative_width),
        ("points at twice the distance", cd_double_width),
        ("cancels x by algebra, so the distance is 2h again", cd_algebra),
    ],
    "1.4": [
        ("half of it", sd_wrong_half),
        ("sign turned around", sd_sign),
        ("divides by h once only", sd_divided_once),
        ("three values, but all to the right", sd_all_to_the_right),
        ("three values, but all to the left", sd_all_to_the_left),
        ("counts the middle once", sd_middle_once),
        ("central difference of central differences: steps of 2h", sd_central_twice),
        ("ignores h and takes its own", sd_own_width),
        ("always at least 0", sd_absolute),
        ("difference of the slopes over 2h", sd_over_twice_h),
        ("adds the slopes", sd_plus),
        ("the backward slope has the wrong sign", sd_backward_minus_forward),
        ("five values instead of three", sd_five_values),
        ("squares the first derivative", sd_square_of_slope),
        ("rounds to four decimals", sd_rounded),
    ],
    "1.5": [
        ("one move whatever the count", walk_one_move),
        ("walks uphill", walk_uphill),
        ("moves by the slope, not by a fixed length", walk_with_the_slope),
        ("moves left where it is flat", walk_left_where_flat),
        ("moves right where it is flat", walk_right_where_flat),
        ("one move too many", walk_one_too_many),
        ("one move too few", walk_one_too_few),
        ("asks for the slope only at the start", walk_first_slope),
        ("copysign takes 0 for positive, so it moves where it is flat", walk_copysign_blind),
        ("stops as soon as the sign changes", walk_stop_at_turn),
        ("divides by the size of the slope, NaN where it is 0", walk_divide),
        ("takes slopes below 1e-6 for 0", walk_nearly_flat),
        ("cuts the slope to a whole number, so a small one counts as 0", walk_whole_slopes),
        ("halves the move when it turns", walk_shrinking),
        ("plain recursion breaks for large counts", walk_recursion),
        ("makes a move also when count is 0", walk_do_while),
        ("never more than 1000 moves", walk_capped),
        ("returns the flattest point it saw, not the last", walk_best_so_far),
    ],
}


def _cube(x):
    return x**3


WITNESS = {
    "1.3": [
        (lambda x: 3 * x, 1e6, 1e-9),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (lambda x: 3 * x, 1.0, 1.5e-16),
        (lambda x: 3 * x, 1.0, 1.5e-16),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (lambda x: -x, 1.0, 0.5),
        (lambda x: 1e-7 * x, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (_cube, 3.0, 0.5),
        (_cube, 1.0, 0.5),
        (lambda x: 3 * x, 1e6, 1e-9),
    ],
    "1.4": [
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (lambda x: x**4, 1.0, 0.5),
        (lambda x: x**4, 1.0, 0.5),
        (_cube, -1.0, 0.5),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (lambda x: x**4, 1.0, 0.5),
        (_cube, 1.0, 0.5),
        (lambda x: 1e-6 * x**3, 1.0, 0.5),
    ],
    "1.5": [
        (lambda x: 2 * x, 5.0, 0.5, 3),
        (lambda x: 2 * x, 5.0, 0.5, 3),
        (lambda x: 2 * x, 5.0, 0.5, 3),
        (lambda x: 2 * x, 1.0, 0.5, 3),
        (lambda x: 2 * x, 1.0, 0.5, 3),
        (lambda x: 2 * x, 5.0, 0.5, 3),
        (lambda x: 2 * x, 5.0, 0.5, 3),
        (lambda x: 2 * x, 0.75, 0.5, 3),
        (lambda x: 2 * x, 1.0, 0.5, 3),
        (lambda x: 2 * x, 0.75, 0.5, 3),
        (lambda x: 2 * x, 1.0, 0.5, 3),
        (lambda x: 1e-9 * x, 5.0, 0.5, 3),
        (lambda x: x, 0.75, 0.5, 3),
        (lambda x: 2 * x, 0.75, 0.5, 4),
        (lambda x: 2 * x, 1e6, 0.5, 5000),
        (lambda x: 2 * x, 1.0, 0.5, 0),
        (lambda x: 2 * x, 1e6, 0.5, 5000),
        (lambda x: 2 * x, 0.125, 0.5, 1),
    ],
}
