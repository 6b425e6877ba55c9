"""Finite differences are the referee of the course, so they are checked from outside."""

import math

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import differentiate, optimize

from dlcourse.finite_difference import check_gradient, derivative, gradient, jacobian

FUNCTIONS_WITH_SLOPES = [
    (np.sin, np.cos),
    (np.exp, np.exp),
    (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    (lambda x: x**3 - 2 * x, lambda x: 3 * x**2 - 2),
]


def rosenbrock(w):
    return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2


# --- derivative ------------------------------------------------------------------


@pytest.mark.parametrize(("f", "slope"), FUNCTIONS_WITH_SLOPES)
@pytest.mark.parametrize(
    ("method", "digits"), [("central", 1e-9), ("forward", 1e-6), ("backward", 1e-6)]
)
@given(x=st.floats(-3, 3))
def test_slope_agrees_with_the_closed_form(f, slope, method, digits, x):
    assert derivative(f, x, method=method) == pytest.approx(slope(x), rel=digits, abs=digits)


@pytest.mark.parametrize(("f", "_"), FUNCTIONS_WITH_SLOPES)
def test_slope_agrees_with_scipy(f, _):
    x = np.linspace(-2.0, 2.0, 9)
    np.testing.assert_allclose(
        derivative(f, x), differentiate.derivative(f, x).df, rtol=1e-8, atol=1e-8
    )


@pytest.mark.parametrize(
    ("method", "ratio"), [("forward", 2), ("backward", 2), ("central", 4)], ids=str
)
def test_halving_the_step_divides_the_error_by(method, ratio):
    def error(h):
        return abs(derivative(np.exp, 1.0, h=h, method=method) - math.e)

    assert error(1e-3) / error(5e-4) == pytest.approx(ratio, rel=1e-2)


def test_forward_looks_ahead_backward_looks_behind_central_both():
    assert derivative(abs, 0.0, h=0.1, method="forward") == pytest.approx(1.0)
    assert derivative(abs, 0.0, h=0.1, method="backward") == pytest.approx(-1.0)
    assert derivative(abs, 0.0, h=0.1, method="central") == 0.0


def test_default_step_is_nearly_the_best_there_is():
    errors = [abs(derivative(np.exp, 1.0, h=h) - math.e) for h in 10.0 ** np.arange(-12, 0)]
    default = abs(derivative(np.exp, 1.0) - math.e)
    assert default < 10 * min(errors), "the default step should be among the best powers of ten"


def test_default_step_grows_with_x_so_that_it_is_not_lost_far_from_zero():
    assert derivative(np.log, 1e12) == pytest.approx(1e-12, rel=1e-7)


@pytest.mark.parametrize("x", [2, 2.0, np.float32(2), np.int64(2), np.array(2.0), np.array(2)])
def test_slope_at_one_number_is_a_python_float(x):
    slope = derivative(math.exp, x)  # math.exp takes a single number only
    assert type(slope) is float
    assert slope == pytest.approx(math.exp(2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.uint8])
def test_slopes_at_an_array_are_float64_of_its_shape(dtype):
    x = np.array([[1, 2, 3], [4, 5, 6]], dtype)
    slopes = derivative(lambda x: x**2, x)
    assert slopes.dtype == np.float64
    np.testing.assert_allclose(slopes, 2.0 * x.astype(float), rtol=1e-8)


# --- gradient and jacobian -------------------------------------------------------


@given(w=st.tuples(st.floats(-2, 2), st.floats(-2, 2)))
def test_gradient_of_rosenbrock_agrees_with_scipy(w):
    w = np.array(w)
    np.testing.assert_allclose(gradient(rosenbrock, w), optimize.rosen_der(w), atol=1e-5, rtol=1e-8)
    np.testing.assert_allclose(
        gradient(rosenbrock, w), optimize.approx_fprime(w, rosenbrock), atol=1e-3, rtol=1e-4
    )


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 3)], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradient_has_the_shape_of_the_tensor(shape, dtype):
    rng = np.random.default_rng(0)
    w, a = rng.normal(size=shape).astype(dtype), rng.normal(size=shape)
    slopes = gradient(lambda w: (a * w**2).sum(), w)
    assert slopes.shape == shape
    assert slopes.dtype == np.float64
    np.testing.assert_allclose(slopes, 2 * a * w.astype(float), atol=1e-8)


def test_gradient_at_whole_numbers_does_not_round_the_step_away():
    np.testing.assert_allclose(gradient(lambda w: (w**2).sum(), [1, 2]), [2.0, 4.0], rtol=1e-9)


@pytest.mark.parametrize("out", [(), (4,), (2, 2)], ids=str)
@pytest.mark.parametrize("into", [(), (3,), (2, 3)], ids=str)
def test_jacobian_of_a_linear_map_is_its_coefficients(out, into):
    a = np.random.default_rng(1).normal(size=out + into)
    slopes = jacobian(lambda x: np.tensordot(a, x, x.ndim), np.ones(into))
    assert slopes.shape == out + into
    np.testing.assert_allclose(slopes, a, atol=1e-9)


def test_jacobian_agrees_with_scipy():
    def f(x):
        return np.array([x[0] * x[1], np.sin(x[0]), np.exp(x[1])])

    x = np.array([0.3, -0.7])
    np.testing.assert_allclose(jacobian(f, x), differentiate.jacobian(f, x).df, atol=1e-9)


# --- near the edge of a domain, a pole, a peak --------------------------------------

# Each with its slope, and how far from its edge the points are.
EDGES = {
    "log": (np.log, lambda d: 1 / d, lambda d: d),
    "math.log": (math.log, lambda d: 1 / d, lambda d: d),
    "log + 100": (lambda x: np.log(x) + 100, lambda d: 1 / d, lambda d: d),
    "1e-20 log": (lambda x: 1e-20 * np.log(x), lambda d: 1e-20 / d, lambda d: d),
    "sqrt": (np.sqrt, lambda d: 0.5 / math.sqrt(d), lambda d: d),
    "math.sqrt": (math.sqrt, lambda d: 0.5 / math.sqrt(d), lambda d: d),
    "1 / x": (lambda x: 1 / x, lambda d: -1 / d**2, lambda d: d),
    "1 / x from below": (lambda x: 1 / x, lambda d: -1 / d**2, lambda d: -d),
    "root of |x|": (lambda x: np.sqrt(np.abs(x)), lambda d: 0.5 / math.sqrt(d), lambda d: d),
    "cusp": (lambda x: np.abs(x) ** 0.9, lambda d: 0.9 * d**-0.1, lambda d: d),
    "cube root": (np.cbrt, lambda d: d ** (-2 / 3) / 3, lambda d: d),
    "x log x": (lambda x: x * np.log(x), lambda d: 1 + math.log(d), lambda d: d),
    "bell": (
        lambda x: np.exp(-((x / 1e-9) ** 2)),
        lambda d: -2e18 * d * math.exp(-1e18 * d * d),
        lambda d: d,
    ),
}
DISTANCES = [1e-12, 1e-9, 1e-7, 1e-6, 6e-6, 1e-5, 1e-4, 1e-3]


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("name", EDGES)
def test_slopes_near_an_edge_are_right(name, distance):
    f, slope, place = EDGES[name]
    expected = slope(distance)
    if name == "bell" and distance > 1e-8:
        expected = 0.0  # underflows
    assert derivative(f, place(distance)) == pytest.approx(expected, rel=2e-6)
    for method in ("forward", "backward"):
        found = derivative(f, place(distance), method=method)
        assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("distance", [1e-9, 1e-6, 1e-5, 1e-4])
@pytest.mark.parametrize(
    ("f", "slope", "edge", "side"),
    [
        (np.log1p, lambda x: 1 / (1 + x), -1, 1),
        (np.arcsin, lambda x: 1 / math.sqrt((1 - x) * (1 + x)), 1, -1),
        (np.arccos, lambda x: -1 / math.sqrt((1 - x) * (1 + x)), -1, 1),
        (np.arctanh, lambda x: 1 / ((1 - x) * (1 + x)), 1, -1),
        (lambda x: 1 / (x - 3), lambda x: -1 / (x - 3) ** 2, 3, 1),
        (lambda x: math.log(2 - x), lambda x: 1 / (x - 2), 2, -1),
    ],
    ids=["log1p", "arcsin", "arccos", "arctanh", "pole at 3", "log(2 - x)"],
)
def test_slopes_near_an_edge_away_from_zero_are_right(f, slope, edge, side, distance):
    x = edge + side * distance
    # Floats near the edge are sparse, as seen from the edge.
    assert derivative(f, x) == pytest.approx(slope(x), rel=max(1e-7, 1e-16 / distance))


def test_the_entries_of_an_array_are_judged_one_by_one():
    x = np.array([1e-9, 1e-5, 0.5, 2.0])
    np.testing.assert_allclose(derivative(np.log, x), 1 / x, rtol=1e-9)
    np.testing.assert_allclose(gradient(lambda w: np.sum(np.log(w)), x), 1 / x, rtol=1e-6)
    np.testing.assert_allclose(jacobian(np.log, x), np.diag(1 / x), rtol=1e-6)
    assert derivative(np.log, x)[3] == derivative(np.log, 2.0), "an ordinary entry stays as it was"


def test_very_small_and_very_large_arguments_have_slopes():
    assert derivative(np.log, 1e-300) == pytest.approx(1e300, rel=1e-8)
    assert derivative(np.exp, 709.78) == pytest.approx(math.exp(709.78), rel=1e-9)
    assert derivative(np.sin, 1000.0) == pytest.approx(math.cos(1000), rel=1e-9)


ORDINARY = [
    *(np.sin, np.cos, np.exp, np.tanh, np.square),
    *(lambda x: x**3 - 2 * x, lambda x: x * x + 1, lambda x: x**2 + x**3),
    *(lambda x: 5.0 + 0 * x, lambda x: np.log1p(np.exp(x))),
]


@pytest.mark.parametrize("f", ORDINARY)
@pytest.mark.parametrize("method", ["central", "forward", "backward"])
@given(x=st.one_of(st.floats(-3, 3), st.sampled_from([0.0, 1e-9, -1e-12, math.pi / 2])))
def test_ordinary_functions_get_the_plain_difference_to_the_last_bit(f, method, x):
    h = np.finfo(float).eps ** (1 / 3 if method == "central" else 1 / 2) * max(1.0, abs(x))
    ahead, behind = x + h * (method != "backward"), x - h * (method != "forward")
    assert derivative(f, x, method=method) == (f(ahead) - f(behind)) / (ahead - behind)


def test_a_gradient_costs_two_evaluations_for_each_entry_and_one_to_look():
    calls = []

    def loss(w):
        calls.append(w)
        return 1.0 + np.sum(w**4) + np.sum(np.sin(w))

    gradient(loss, np.linspace(-1, 1, 25))
    assert len(calls) == 2 * 25 + 1


def test_a_corner_is_straddled_as_the_book_shows():
    assert derivative(abs, 0.0) == 0.0
    assert derivative(lambda x: max(x, 0.0), 0.0) == 0.5
    h = np.finfo(float).eps ** (1 / 3)
    assert gradient(lambda w: np.abs(w).sum(), [1e-9])[0] == pytest.approx(1e-9 / h, rel=1e-6)


def test_a_function_computed_in_float32_keeps_its_plain_difference():
    def loss(x):
        return float(np.float32(2.3) + np.float32(x) * np.float32(1e-3))

    h = np.finfo(float).eps ** (1 / 3)
    assert derivative(loss, 0.3) == pytest.approx((loss(0.3 + h) - loss(0.3 - h)) / (2 * h))


@pytest.mark.parametrize(
    ("f", "x"),
    [(np.sqrt, 0.0), (math.sqrt, 0.0), (np.arcsin, 1.0), (np.floor, 3.0), (np.arctanh, 1 - 1e-16),
     (lambda x: np.where(x == 0.5, 1.0, np.nan), 0.5)],
    ids=["sqrt", "math.sqrt", "arcsin", "jump", "arctanh", "a single point"],
)  # fmt: skip
@pytest.mark.parametrize("ask", [derivative, gradient, jacobian])
def test_a_slope_that_does_not_exist_is_refused_with_a_way_out(ask, f, x):
    def of_one(x):
        return f(float(x))

    with pytest.raises(ValueError, match=rf"at x = {x:g}.*") as error:
        ask(of_one, x)
    assert "h=" in str(error.value) or "has no slope there" in str(error.value)


def test_the_entry_without_a_slope_is_named():
    with pytest.raises(ValueError, match=r'x\[1\] = 0: .*h=\.\.\., .*method="forward"'):
        derivative(np.sqrt, [1.0, 0.0])
    with pytest.raises(ValueError, match=r"x\[0, 1\] = 0: f is not finite"):
        gradient(lambda w: np.sum(np.sqrt(w)), [[1.0, 0.0]])


@pytest.mark.parametrize("ask", [derivative, gradient, jacobian])
def test_a_step_of_ones_own_out_of_the_domain_is_refused(ask):
    with np.errstate(invalid="ignore"), pytest.raises(
        ValueError, match=r"at x = 0\.001 is nan with h = 0\.1: .*take|h=\.\.\."
    ):  # fmt: skip
        ask(np.log, 0.001, h=0.1)
    assert derivative(np.log, 0.001, h=1e-6) == pytest.approx(1000, rel=1e-5)


def test_what_f_says_about_x_itself_is_passed_on():
    with pytest.raises(ValueError, match=r"math domain error|nonnegative|positive"):
        derivative(math.log, -1.0)
    with pytest.raises(ZeroDivisionError):
        derivative(lambda x: 1 / x, 0.0)
    with np.errstate(divide="ignore"), pytest.raises(ValueError, match="f is -inf at x = 0"):
        derivative(np.log, 0.0)


def test_no_warning_is_left_by_a_step_across_the_edge(recwarn):
    derivative(np.log, 1e-6)
    gradient(lambda w: np.sum(np.sqrt(w)), [1e-7])
    assert not recwarn.list


# --- nothing is changed ----------------------------------------------------------


def spoil(x):
    """Add up x**2, then leave zeros behind in the argument."""
    value = x**2 if x.ndim == 1 and x.size == 3 else np.sum(x**2)
    x[...] = 0
    return value


@pytest.mark.parametrize(
    "ask",
    [
        lambda x: derivative(spoil, x),
        lambda x: derivative(spoil, x, method="forward"),
        lambda x: derivative(spoil, x, method="backward"),
        lambda x: np.diag(jacobian(spoil, x)),
        lambda x: gradient(lambda w: spoil(w).sum(), x),
    ],
    ids=["derivative", "forward", "backward", "jacobian", "gradient"],
)
def test_a_function_that_changes_its_argument_changes_neither_input_nor_answer(ask):
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(ask(x), [2.0, 4.0, 6.0], rtol=1e-6)
    np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])


def test_check_gradient_hands_out_a_copy_too():
    x = np.array([[1.0, 2.0]])

    def slope(w):
        answer = 2 * w
        w[...] = np.nan
        return answer

    assert check_gradient(spoil, slope, x) < 1e-9
    np.testing.assert_array_equal(x, [[1.0, 2.0]])


# --- check_gradient --------------------------------------------------------------

DATA = np.random.default_rng(2).normal(size=(7, 3))


def mean_loss(w):
    return np.mean((DATA @ w - 1) ** 2)


def mean_loss_gradient(w):
    return 2 / len(DATA) * DATA.T @ (DATA @ w - 1)


def test_a_right_gradient_passes_as_a_function_and_as_an_array():
    w = np.array([0.5, -1.0, 2.0])
    assert check_gradient(mean_loss, mean_loss_gradient, w) < 1e-8
    assert check_gradient(mean_loss, mean_loss_gradient(w), w) < 1e-8


@pytest.mark.parametrize(
    ("mistake", "ratio"),
    [
        (lambda g: -g, "-1"),
        (lambda g: 2 * g, "2"),
        (lambda g: g / 2, "0.5"),
        (lambda g: 7 * g, "7"),
    ],
    ids=["wrong sign", "factor 2", "lost factor 2", "sum over 7 rows for their mean"],
)
def test_message_shows_the_ratio_that_gives_the_mistake_away(mistake, ratio):
    with pytest.raises(AssertionError, match=rf"claimed / numerical = {ratio}$"):
        check_gradient(mean_loss, lambda w: mistake(mean_loss_gradient(w)), np.ones(3))


def test_message_names_the_worst_entry_and_both_numbers():
    claimed = np.array([[2.0, 4.0], [6.0, 0.0]])
    with pytest.raises(AssertionError, match=r"at index \(1, 1\): 0 claimed, 8 by central"):
        check_gradient(lambda w: np.sum(w**2), claimed, [[1.0, 2.0], [3.0, 4.0]])


def test_nan_in_a_gradient_never_passes():
    with pytest.raises(AssertionError, match=r"at index \(1,\): nan claimed"):
        check_gradient(lambda w: np.sum(w**2), [2.0, np.nan], [1.0, 1.0])


def test_large_slopes_are_compared_by_relative_error_small_ones_by_absolute():
    assert check_gradient(lambda w: 1e6 * w.sum(), [1e6 + 0.1], [0.0]) == pytest.approx(1e-7)
    assert check_gradient(lambda w: 0 * w.sum(), [1e-7], [0.0]) == pytest.approx(1e-7)


@pytest.mark.parametrize("size", [1e-3, 1e-9, 1e-20, 1e-200])
@pytest.mark.parametrize(
    "mistake",
    [lambda g: 0 * g, lambda g: g / 2, lambda g: 2 * g, lambda g: -g, lambda g: g * [1, 0.99, 1]],
    ids=["zero", "half", "double", "sign", "one entry"],
)
def test_a_wrong_gradient_is_found_however_small(size, mistake):
    w = np.array([0.5, -1.0, 2.0])

    def loss(w):
        return size * mean_loss(w)

    right = size * mean_loss_gradient(w)
    assert check_gradient(loss, right, w) < 1e-8
    with pytest.raises(AssertionError, match="the gradient is wrong at index"):
        check_gradient(loss, mistake(right), w)


@pytest.mark.parametrize("claimed", [0.0, 1e-9, 4e-9, -2e-9])
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_slope_of_two_billionths_is_not_zero(claimed, level):
    with pytest.raises(AssertionError, match=r"2\S*e-09 by central"):
        check_gradient(lambda w: level + 2e-9 * np.sum(np.sin(w)), [claimed], [0.0])
    assert check_gradient(lambda w: level + 2e-9 * np.sum(np.sin(w)), [2e-9], [0.0]) <= 1e-6


def test_a_gap_that_rounding_explains_is_no_error():
    # Beside a loss of a million, slopes of a billionth are lost.
    w = np.ones(3)
    check_gradient(lambda w: 1e6 + 1e-9 * np.sum(w**2), 2e-9 * w, w)
    check_gradient(lambda w: 1e6 + 1e-9 * np.sum(w**2), 0 * w, w)


@pytest.mark.parametrize(
    ("f", "minimum"),
    [
        (rosenbrock, [1.0, 1.0]),
        (lambda w: np.sum((w - 0.3) ** 2 * np.exp(w)), [0.3, 0.3]),
        (lambda w: 1 - np.prod(np.cos(w)), [0.0, 0.0]),
    ],
)
def test_at_a_minimum_zero_is_right(f, minimum):
    assert check_gradient(f, np.zeros(2), minimum) <= 1e-6
    with pytest.raises(AssertionError):
        check_gradient(f, np.array([0.0, 1e-3]), minimum)


def test_the_error_is_that_of_the_book_where_the_largest_slope_is_one_or_more():
    claimed, numerical = np.array([3.0, 0.5 + 1e-8]), np.array([3.0, 0.5])
    found = check_gradient(lambda w: numerical @ w, claimed, [0.0, 0.0])
    assert found == pytest.approx(1e-8, rel=1e-2)


def test_a_gradient_near_an_edge_can_be_checked():
    w = np.array([1e-9, 1e-5, 1.0])
    assert check_gradient(lambda w: np.sum(np.log(w)), lambda w: 1 / w, w) < 1e-6


@pytest.mark.parametrize("at", [1e-6, 1e-5, 3e-5, 1e-4, 1e-3])
@pytest.mark.parametrize("factor", [0.97, 1.03, -1.0, 0.0])
def test_a_wrong_gradient_near_an_edge_is_found(at, factor):
    with pytest.raises(AssertionError, match="the gradient is wrong at index"):
        check_gradient(lambda w: np.sum(np.log(w)), [factor / at], [at])


def test_tolerance_decides():
    assert check_gradient(lambda w: w.sum(), [1.01], [0.0], tolerance=0.1) == pytest.approx(0.01)
    with pytest.raises(AssertionError, match=r"1\.01 claimed, 1 by"):
        check_gradient(lambda w: w.sum(), [1.01], [0.0], tolerance=0.001)


def test_gradient_of_another_shape_is_refused_even_if_it_would_broadcast():
    with pytest.raises(ValueError, match=r"shape \(3,\) has that shape, got shape \(1,\)"):
        check_gradient(lambda w: np.sum(w**2), [2.0], [1.0, 1.0, 1.0])


# --- refusals --------------------------------------------------------------------


@pytest.mark.parametrize("ask", [derivative, gradient, jacobian])
@pytest.mark.parametrize("h", [0, -0.1, np.nan, np.inf, "0.1"])
def test_a_step_that_is_no_positive_number_is_refused(ask, h):
    with pytest.raises(ValueError, match=f"h must be a positive number, got {h!r}"):
        ask(np.sum, 1.0, h=h)


@pytest.mark.parametrize("ask", [derivative, gradient, jacobian])
def test_a_step_lost_in_rounding_is_refused_instead_of_dividing_by_zero(ask):
    with pytest.raises(ValueError, match=r"h = 1e-09 is lost in the rounding of x \(up to 1e\+08"):
        ask(np.sum, 1e8, h=1e-9)


def test_unknown_method_is_refused():
    with pytest.raises(ValueError, match="'central', 'forward' or 'backward', got 'sideways'"):
        derivative(np.sin, 0.0, method="sideways")


@pytest.mark.parametrize("ask", [derivative, gradient, jacobian])
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([np.nan, 1.0], ValueError, r"not finite, the first \(nan\) at index \(0,\)"),
        ([], ValueError, "x is empty"),
        ("one", TypeError, "x must hold numbers .*, got dtype <U3"),
        ([1j], TypeError, "got dtype complex128"),
    ],
    ids=["NaN", "empty", "text", "complex"],
)
def test_a_point_that_is_not_made_of_finite_numbers_is_refused(ask, x, error, message):
    with pytest.raises(error, match=message):
        ask(np.sum, x)


@pytest.mark.parametrize(
    ("ask", "f", "message"),
    [
        (derivative, np.sum, r"f must return shape \(2,\) for this x, got shape \(\)"),
        (gradient, np.sin, r"f must return a single number, got an array of shape \(2,\)"),
        (jacobian, lambda x: x[x > 1.0], r"f must return shape \(0,\) for this x, got shape \(1,"),
    ],
    ids=["derivative", "gradient", "jacobian"],
)
def test_an_answer_of_an_unexpected_shape_is_refused(ask, f, message):
    with pytest.raises(ValueError, match=message):
        ask(f, [1.0, 1.0])


@pytest.mark.parametrize("f", [lambda x: x**2, lambda x: np.sin(x) * 3])
def test_a_wrong_slope_of_a_function_of_one_number_is_reported(f):
    with pytest.raises(AssertionError, match=r"the gradient is wrong at index \(\)"):
        check_gradient(f, lambda x: 7.0, 3.0)


@pytest.mark.parametrize("x", [0.3, 1.0, 20.0])
def test_a_function_that_answers_in_float32_gets_a_step_that_its_rounding_allows(x):
    f = lambda x: np.float32(np.sin(x))  # noqa: E731
    assert derivative(f, x) == pytest.approx(np.cos(x), abs=2e-3)
    assert derivative(f, x, method="forward") == pytest.approx(np.cos(x), abs=3e-2)
    assert gradient(lambda x: np.float32(np.sin(x[0])), [x])[0] == pytest.approx(
        np.cos(x), abs=2e-3
    )
