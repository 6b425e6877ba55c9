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
