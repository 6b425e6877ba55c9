"""Every rule of differentiation, against finite differences and complex steps."""

import inspect
import warnings

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from autodiff_cases import ANY, CASES, OPERATORS, POSITIVE, SMOOTH, UNARY
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from dlcourse.autodiff import (
    GradientTape,
    Tensor,
    Variable,
    define_vjp,
    grad,
    hessian,
    logsumexp,
    primitive,
    relu,
    rules,
    sigmoid,
    softmax,
    softplus,
    stop_gradient,
)
from dlcourse.autodiff.functions import RULES
from dlcourse.autodiff.variable import active
from dlcourse.finite_difference import derivative, gradient, jacobian

every_case = pytest.mark.parametrize("case", CASES, ids=str)


def numbers_like(x, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, np.shape(x))


def weighted_sum_of(case):
    """Return the case as a function to one number, each entry with a weight of its own."""
    weights = numbers_like(case.call(*case.point))
    return lambda *xs: np.sum(weights * case.call(*xs))


def gradients(f, *xs):
    return grad(f, argnums=tuple(range(len(xs))))(*xs)


def numerical_gradients(f, *xs):
    return [
        gradient(lambda x, i=i: f(*xs[:i], x, *xs[i + 1 :]), xs[i]) if xs[i].size else xs[i]
        for i in range(len(xs))
    ]


# --- the table is complete --------------------------------------------------------


class Spy:
    """Stands in for a tape and notes which functions pass by."""

    def __init__(self):
        self.seen = set()

    def keys_of(self, things):
        return [1]

    def knows(self, tensor):
        return False

    def kept(self, args, kwargs):
        return args, kwargs

    def record(self, record):
        self.seen.add(record.function)


def test_every_rule_of_the_package_is_in_the_table():
    named = {case.function for case in CASES}
    spy = Spy()
    active.tapes.append(spy)
    try:
        for case in CASES:
            gradients(weighted_sum_of(case), *case.point)
    finally:
        active.tapes.remove(spy)
    homes = ("numpy", rules.__name__, "dlcourse.autodiff")
    ours = [f for f in RULES if (getattr(f, "__module__", None) or "numpy").startswith(homes)]
    missing = [
        f.__name__ for f in ours if f not in (spy.seen if f.__name__.startswith("_") else named)
    ]
    assert not missing, f"no row of tests/package/autodiff_cases.py is about {missing}"


# --- derivatives ------------------------------------------------------------------


@every_case
def test_value_is_that_of_numpy(case):
    expected = case.call(*case.point)
    found = case.call(*map(Tensor, case.point))
    assert isinstance(found, Tensor), f"{case}: a {type(found).__name__} came out, not a tensor"
    assert found.shape == np.shape(expected)
    assert_allclose(found.value, expected, rtol=1e-14, atol=1e-14)


@every_case
def test_first_derivative_agrees_with_finite_differences(case):
    f = weighted_sum_of(case)
    found, expected = gradients(f, *case.point), numerical_gradients(f, *case.point)
    for i, (g, e) in enumerate(zip(found, expected, strict=True)):
        assert g.shape == case.point[i].shape
        assert_allclose(g, e, rtol=1e-7, atol=1e-7, err_msg=f"{case}: argument {i}")


@every_case
def test_second_derivative_agrees_with_finite_differences_of_the_first(case):
    f = weighted_sum_of(case)
    directions = [numbers_like(x, seed=i + 1) for i, x in enumerate(case.point)]

    def slope(*xs):
        parts = zip(directions, gradients(f, *xs), strict=True)
        return sum(np.sum(direction * g * g) for direction, g in parts)

    found, expected = gradients(slope, *case.point), numerical_gradients(slope, *case.point)
    for i, (g, e) in enumerate(zip(found, expected, strict=True)):
        assert_allclose(g, e, rtol=1e-6, atol=1e-6, err_msg=f"{case}: argument {i}")


@pytest.mark.parametrize("case", [case for case in CASES if case.takes_complex], ids=str)
def test_first_derivative_agrees_with_a_complex_step_to_all_digits(case):
    f = weighted_sum_of(case)
    directions = [numbers_like(x, seed=i + 1) for i, x in enumerate(case.point)]
    moved = [x + 1e-30j * d for x, d in zip(case.point, directions, strict=True)]
    along = sum(np.sum(d * g) for d, g in zip(directions, gradients(f, *case.point), strict=True))
    assert_allclose(along, f(*moved).imag / 1e-30, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("f", "point"), [*SMOOTH, (sigmoid, ANY), (np.cbrt, POSITIVE)])
def test_third_derivative_of_a_smooth_function(f, point):
    for x in point.flat:
        found = grad(grad(grad(f)))(x)
        expected = derivative(lambda x: float(grad(grad(f))(x)), float(x))
        assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.sum(softmax(a) * np.arange(3.0)),
        lambda a: logsumexp(a * a),
        lambda a: np.linalg.norm(a) * np.prod(a),
        lambda a: np.linalg.inv(np.outer(a, a) + 3 * np.eye(3))[0, 1],
        lambda a: np.std(a),
        lambda a: a[[0, 0, 2]] @ np.cumsum(a) * np.sum(a**3),
    ],
    ids=["softmax", "logsumexp", "norm and prod", "inv", "std", "getitem and cumsum"],
)
def test_third_derivative_of_a_function_of_three_numbers(f):
    x = np.array([0.5, -1.2, 0.8])
    slope = lambda x: np.sum(grad(f)(x) * [1.0, 2.0, 3.0])  # noqa: E731
    curve = lambda x: np.sum(grad(slope)(x) * [3.0, -1.0, 2.0])  # noqa: E731
    assert_allclose(grad(curve)(x), gradient(curve, x), rtol=1e-6, atol=1e-6)


# --- dtypes and shapes ------------------------------------------------------------


@every_case
def test_float32_stays_float32(case):
    point = [x.astype(np.float32) for x in case.point]
    f = weighted_sum_of(case)
    out = case.call(*map(Tensor, point))
    if not case.name.startswith("power to [") and "constant" not in case.name:
        assert out.dtype == np.float32, f"{case}: the value became {out.dtype}"
    for g, exact in zip(gradients(f, *point), gradients(f, *case.point), strict=True):
        assert g.dtype == np.float32, f"{case}: the gradient became {g.dtype}"
        assert_allclose(g, exact, rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0), (), (1, 1)], ids=str)
@pytest.mark.parametrize(("f", "point"), UNARY)
def test_a_function_of_each_entry_takes_any_shape(f, point, shape):
    x = np.full(shape, point.flat[0])
    g = grad(lambda x: np.sum(f(x)))(x)
    assert g.shape == shape
    assert_allclose(g, np.full(shape, grad(f)(point.flat[0])))


EMPTY = np.zeros((0, 3))


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.sum(a, axis=1),
        lambda a: np.mean(a, axis=1),
        lambda a: np.prod(a, axis=0),
        np.prod,
        lambda a: np.max(a, axis=1),
        lambda a: np.cumsum(a, axis=0),
        lambda a: np.sort(a, axis=0),
        lambda a: a.T @ a,
        lambda a: a @ np.ones(3),
        lambda a: np.tensordot(a.T, a, 1),
        lambda a: np.einsum("ij,ik->jk", a, a),
        lambda a: np.concatenate([a, np.ones((2, 3))]),
        lambda a: a[:, [0, 0]],
        lambda a: a[np.zeros(0, dtype=bool)],
        lambda a: np.reshape(a, (3, 0)),
        lambda a: a + np.ones((1, 3)),
        lambda a: np.linalg.norm(a, axis=1),
        lambda a: logsumexp(a, axis=1),
        softmax,
    ],
)
def test_an_array_without_entries_has_a_gradient_without_entries(f):
    assert grad(lambda a: np.sum(f(a)))(EMPTY).shape == (0, 3)


@pytest.mark.parametrize("scalar", [2, 2.5, np.float64(2.5), np.int64(2), np.float32(2.5), True])
@pytest.mark.parametrize("sign", OPERATORS)
def test_a_scalar_never_promotes_float32(sign, scalar):
    operator = OPERATORS[sign][1]
    for x in (Variable(np.float32([0.5, 1.5])), Variable(np.float32(1.5))):
        for f in (lambda x: operator(x, scalar), lambda x: operator(scalar, x)):
            with GradientTape() as tape:
                y = f(x)
            assert y.dtype == np.float32, f"{type(scalar).__name__} {sign} float32 is {y.dtype}"
            g = tape.gradient(y, x)
            assert g.dtype == np.float32
            expected = gradient(lambda x, f=f: np.sum(f(x)), x.value)
            assert_allclose(g, expected, rtol=1e-5)


@pytest.mark.parametrize(
    "compare",
    [
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
        lambda a, b: a == b,
        lambda a, b: a != b,
        np.less,
        np.equal,
    ],
)
def test_comparisons_give_plain_booleans_on_either_side(compare):
    a, b = np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])
    for left, right in ((Tensor(a), b), (a, Tensor(b)), (Tensor(a), Tensor(b))):
        found = compare(left, right)
        assert type(found) is np.ndarray
        assert_array_equal(found, compare(a, b))


def test_operators_take_arrays_and_numbers_on_either_side():
    a = np.array([1.0, 2.0])
    for y in (a + Tensor(a), 1 + Tensor(a), np.float64(1) * Tensor(a), [1.0, 2.0] @ Tensor(a)):
        assert isinstance(y, Tensor)
    assert_array_equal((-Tensor(a)).value, -a)
    assert_array_equal((+Tensor(a)).value, a)
    assert_array_equal(abs(Tensor(-a)).value, a)


@pytest.mark.parametrize("f", [np.floor, np.ceil, np.rint, np.trunc, np.argmax, np.isnan, np.shape])
def test_functions_without_a_slope_give_constants(f):
    x = np.array([1.4, 2.7, -0.3])
    assert not isinstance(f(Tensor(x)), Tensor)
    assert_array_equal(f(Tensor(x)), f(x))


# --- conventions: where a derivative does not exist -------------------------------


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (np.abs, 0.0, 0.0),
        (np.sign, 0.0, 0.0),
        (relu, 0.0, 0.0),
        (lambda x: np.clip(x, 0.0, 1.0), [0.0, 1.0, -0.1, 1.1], [1, 1, 0, 0]),
        (lambda x: np.maximum(x, 1.0), [1.0, 2.0, 0.0], [0.5, 1, 0]),
        (lambda x: np.minimum(x, 1.0), [1.0, 2.0, 0.0], [0.5, 0, 1]),
        (np.max, [3.0, 1.0, 3.0], [0.5, 0, 0.5]),
        (np.min, [1.0, 1.0, 1.0, 1.0], [0.25] * 4),
        (lambda x: np.max(x, axis=1), [[2.0, 2.0], [1.0, 2.0]], [[0.5, 0.5], [0, 1]]),
        (np.linalg.norm, [0.0, 0.0], [0, 0]),
        (lambda x: np.linalg.norm(x, keepdims=True), [0.0, 0.0], [0, 0]),
        (lambda x: np.linalg.norm(x, axis=1), [[0.0, 0.0], [3.0, 4.0]], [[0, 0], [0.6, 0.8]]),
        (lambda x: np.linalg.norm(x), [[0.0, 0.0]], [[0, 0]]),
        (np.square, 0.0, 0.0),
        (lambda x: x**2, 0.0, 0.0),
        (lambda x: x**1, 0.0, 1.0),
        (lambda x: x**0, 0.0, 0.0),
        (lambda x: x**3, [-2.0, 0.0], [12, 0]),
    ],
)
def test_convention_at_a_kink_a_tie_or_zero(f, x, expected):
    assert_allclose(grad(lambda x: np.sum(f(x)))(np.array(x)), expected, rtol=1e-14)


def test_both_sides_of_a_tie_get_an_equal_share():
    for f in (np.maximum, np.minimum):
        assert_allclose(grad(f, argnums=(0, 1))(2.0, 2.0), (0.5, 0.5))


def test_second_derivative_of_a_square_at_zero_is_two():
    assert grad(grad(lambda x: x**2))(0.0) == 2.0


@pytest.mark.parametrize(
    ("f", "expected"), [(np.sqrt, np.inf), (np.cbrt, np.inf), (np.log, np.inf)]
)
def test_elsewhere_the_answer_of_numpy_stands(f, expected):
    with np.errstate(divide="ignore"):
        assert grad(f)(0.0) == expected


@pytest.mark.parametrize("x", [-1e4, 1e4, -800.0, 800.0])
def test_functions_of_networks_do_not_overflow(x):
    point = np.array([x, 0.0])
    for f in (sigmoid, softmax, logsumexp):
        value, slope = f(Tensor(point)).value, grad(lambda x, f=f: np.sum(f(x)))(point)
        assert np.all(np.isfinite(value)), f"{f.__name__} overflows at {x}"
        assert np.all(np.isfinite(slope)), f"the slope of {f.__name__} overflows at {x}"


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, -1.5]), min_size=1, max_size=6))
def test_each_slope_of_a_product_is_the_product_of_the_others(numbers):
    x = np.array(numbers)
    others = [np.prod(np.delete(x, i)) for i in range(len(x))]
    assert_allclose(grad(np.prod)(x), others)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, np.float32, bool])
def test_plain_operands_of_any_dtype_are_taken_at_their_values(dtype):
    for base in (1, 2, 100):
        base = np.array([base]).astype(dtype)
        slope = grad(lambda x, b=base: np.sum(b**x))(1.5)
        b = float(base[0])
        assert_allclose(slope, b**1.5 * np.log(b), rtol=1e-6)
    for exponent in (0, 1, 3):
        n = np.array([exponent]).astype(dtype)
        slope = grad(lambda x, n=n: np.sum(x**n))(1e3)
        assert_allclose(slope, float(n[0]) * 1e3 ** (float(n[0]) - 1), rtol=1e-6)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: np.sum(x ** [1, 2, 3]), [1.0, 4.0, 27.0]),
        (lambda x: np.sum([1, 2, 3] ** x), [0.0, 4 * np.log(2), 27 * np.log(3)]),
        (lambda x: np.dot([1.0, 2.0, 3.0], x), [1.0, 2.0, 3.0]),
        (lambda x: [1.0, 2.0, 3.0] @ x, [1.0, 2.0, 3.0]),
        (lambda x: np.sum(np.maximum(x, [2, 2, 2])), [0.0, 0.5, 1.0]),
        (lambda x: np.sum((1, 2, 3) * x), [1.0, 2.0, 3.0]),
        (lambda x: np.sum([1, 2, 3] / x), [-1.0, -0.5, -1 / 3]),
    ],
)
def test_lists_are_operands_too(f, expected):
    assert_allclose(grad(f)(np.array([1.0, 2.0, 3.0])), expected)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda t: np.tensordot(t, np.ones((3, 2)), 1), ValueError),
        (lambda t: np.tensordot(t, np.ones((3, 2)), ([0, 0], [1, 1])), ValueError),
        (lambda t: np.inner(t, np.ones((3, 2))), ValueError),
        (lambda t: np.dot(t, np.ones((2, 3, 2))), ValueError),
        (lambda t: np.einsum("ii->i", t), ValueError),
        (lambda t: np.average(t, weights=[1, 2]), TypeError),
        (lambda t: np.average(t, axis=0, weights=[1.0]), (TypeError, ValueError)),
        (lambda t: np.diff(t, axis=3), ValueError),
        (lambda t: np.split(t, 2, axis=5), (ValueError, IndexError)),
        (lambda t: np.interp(t, [0.0, 1.0], [1.0, 2.0, 3.0]), ValueError),
        (lambda t: np.linalg.matrix_power(t[:1], 0.5), TypeError),
        (lambda t: np.linalg.matrix_power(t, 2), np.linalg.LinAlgError),
        (lambda t: np.cross(np.ones(4), t[:, 0]), (ValueError, TypeError)),
    ],
)
def test_what_numpy_refuses_of_arrays_is_refused_of_tensors(call, error):
    x = np.arange(1.0, 4.0).reshape(3, 1)
    with pytest.raises((ValueError, TypeError, IndexError)):
        call(x)
    with pytest.raises(error):
        call(Tensor(x))


def test_the_covariance_of_a_single_row_by_columns_is_that_of_numpy():
    x = np.array([[1.0, 2.0, 4.0]])
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = np.cov(x.T)  # which it is from NumPy 2.2 on
        assert_array_equal(np.cov(Tensor(x), rowvar=False).value, expected)


def test_empty_arrays_are_padded_and_have_no_median():
    assert_array_equal(np.pad(Tensor(np.zeros(0)), 1).value, [0.0, 0.0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert np.isnan(np.median(Tensor(np.zeros(0))).value)


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 2.0], [2.0, 4.0]],
        np.zeros((2, 2)),
        np.outer([1.0, 2, 3], [1, 1, 2.0]) + np.outer([1, 0, 1.0], [0, 2, 1]),
        np.ones((3, 3)),
        [np.eye(2), np.ones((2, 2))],
    ],
)
def test_a_determinant_has_slopes_at_singular_matrices_too(matrix):
    matrix = np.array(matrix)
    f = lambda a: np.sum(np.linalg.det(a))  # noqa: E731
    assert_allclose(grad(f)(matrix), gradient(f, matrix), atol=1e-8)
    expected = jacobian(grad(f), matrix)
    assert_allclose(hessian(f)(matrix), expected, atol=1e-8)


@pytest.mark.parametrize("gap", [20.0, 40.0, 300.0])
def test_a_probability_of_nearly_one_keeps_its_slope(gap):
    tail = np.exp(-gap) / (1 + np.exp(-gap)) ** 2
    slope = grad(lambda x: softmax(x)[0])(np.array([gap, 0.0]))
    assert_allclose(slope, [tail, -tail], rtol=1e-13)
    curve = hessian(logsumexp)(np.array([gap, 0.0]))
    assert_allclose(curve, [[tail, -tail], [-tail, tail]], rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, bool])
@pytest.mark.parametrize("f", [sigmoid, softplus, softmax, logsumexp])
def test_functions_of_networks_take_whole_numbers_at_their_values(f, dtype):
    x = np.array([[100, 3], [0, 1]]).astype(dtype)
    assert_allclose(f(x), f(x.astype(np.float64)))


@pytest.mark.parametrize("f", [np.sum, np.mean, np.prod, np.std])
def test_a_dtype_may_be_given_as_a_class(f):
    x = np.float32([1.0, 2.0, 4.0])
    found = grad(lambda x: f(x * x, dtype=np.float64))(x)
    assert_allclose(found, grad(lambda x: f(x * x))(x.astype(np.float64)), rtol=1e-6)


def test_the_sign_of_a_determinant_is_right_where_the_determinant_is_no_float():
    for matrix in (1e-3 * np.eye(200), 1e3 * np.eye(200), -np.eye(3), np.zeros((2, 2))):
        found = np.linalg.slogdet(Tensor(matrix))
        expected = np.linalg.slogdet(matrix)
        assert_array_equal(found[0], expected[0])
        assert_allclose(found[1].value, expected[1])
    scale = lambda s: np.linalg.slogdet(s * np.eye(200))[1]  # noqa: E731
    assert_allclose(grad(scale)(1e-3), 200 / 1e-3)


def test_the_sum_of_equal_eigenvalues_has_a_derivative():
    for f in (np.linalg.eigvalsh, lambda a: np.linalg.eigh(a)[0]):
        assert_allclose(grad(lambda a, f=f: np.sum(f(a)))(np.eye(3)), np.eye(3), atol=1e-15)
        power = grad(lambda a, f=f: np.sum(f(a) ** 3))(np.diag([2.0, 2.0, 1.0]))
        assert_allclose(power, np.diag([12.0, 12.0, 3.0]), atol=1e-14)


# --- what has no rule says so -----------------------------------------------------

X = Tensor(np.arange(1.0, 7.0).reshape(2, 3))


@pytest.mark.parametrize(
    ("call", "name", "hint"),
    [
        (lambda: np.nextafter(X, 1.0), "np.nextafter", "define_vjp"),
        (lambda: np.percentile(X, 50), "np.percentile", "define_vjp"),
        (lambda: np.linspace(0, X[0, 0], 3), "np.linspace", "define_vjp"),
        (lambda: np.linalg.svd(X), "np.linalg.svd", "define_vjp"),
        (lambda: np.gcd(X, 2), "np.gcd", "define_vjp"),
        (lambda: np.sum(X, initial=X[0, 0]), "np.sum .*initial", "define_vjp"),
        (lambda: np.pad(X, 1, "linear_ramp"), "np.pad .*linear_ramp", "define_vjp"),
        (lambda: np.full_like(np.ones(3), X[0, 0]), "fills an array", "np.broadcast_to"),
        (lambda: np.full_like(X, fill_value=X[0, 0]), "fills an array", "np.broadcast_to"),
        (lambda: np.full((2, 3), X[0, 0]), "would become a plain array", "np.stack"),
        (lambda: np.copyto(np.ones((2, 3)), X), "fills an array", "np.broadcast_to"),
        (lambda: np.sum(X, out=np.zeros(())), "np.sum", "existing array; write a = a . b"),
        (lambda: np.sum(X, 0, np.float32), "np.sum .*more than 2 arguments", "define_vjp"),
        (lambda: np.max(X, 0, None, True), "np.max .*more than 2 arguments", "define_vjp"),
        (lambda: np.sum(a=X), "np.sum .*'a'", "define_vjp"),
        (lambda: np.sqrt(X, where=np.ones((2, 3), bool)), "np.sqrt .*where", "define_vjp"),
        (lambda: np.add(X, X, dtype=np.float32), "np.add .*dtype", "define_vjp"),
        (lambda: np.var(X, out=np.zeros(())), "np.var", "existing array; write a = a . b"),
        (lambda: np.dot(X, X, out=np.zeros((2, 2))), "np.dot", "existing array; write a = a . b"),
        (lambda: np.sort(X, kind="stable"), "np.sort .*kind", "define_vjp"),
        (lambda: np.take(X, [0], out=np.zeros(1)), "np.take", "existing array; write a = a . b"),
        (lambda: np.einsum("ij->", X, order="F"), "np.einsum .*order", "define_vjp"),
        (lambda: np.linalg.norm(X, 2), "np.linalg.norm .*ord=2", "define_vjp"),
        (lambda: np.linalg.norm(X, 1), "np.linalg.norm .*ord=1", "define_vjp"),
        (lambda: np.einsum(X, [0, 1], [0]), "np.einsum", "ij,jk->ik"),
        (lambda: np.add.reduce(X), "np.add.reduce", "use np.sum"),
        (lambda: np.add(X, X, out=np.zeros((2, 3))), "np.add", "write a = a . b"),
    ],
)
def test_what_has_no_rule_is_refused_by_name_with_advice(call, name, hint):
    with pytest.raises(TypeError, match=rf"(?s){name}.*{hint}"):
        call()


def test_adding_a_tensor_to_an_array_in_place_is_refused():
    total = np.zeros((2, 3))
    with pytest.raises(TypeError, match=r"np.add can't write a tensor into an existing array"):
        total += X


def test_an_argument_without_a_derivative_is_refused_when_one_is_needed():
    @primitive
    def cut(x, low):
        return np.maximum(x, low)

    define_vjp(cut, lambda g, out, x, low: g * (x > low))
    with pytest.raises(TypeError, match=r"cut has no derivative for its argument 1"):
        grad(lambda low: np.sum(cut(np.ones(2), low)))(0.0)


def test_a_singular_matrix_is_reported_as_numpy_does():
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        np.linalg.inv(Tensor(np.zeros((2, 2))))


def test_a_split_into_unequal_parts_is_refused_as_numpy_does():
    with pytest.raises(ValueError, match="equal division"):
        np.split(Tensor(np.ones(3)), 2)


# --- rules of one's own -----------------------------------------------------------


def test_a_function_of_your_own_with_a_rule_of_your_own():
    calls = []

    @primitive
    def cube(x):
        calls.append(type(x))
        return x**3

    define_vjp(cube, lambda g, out, x: g * 3 * x**2)
    x = np.array([1.0, -2.0])
    assert_array_equal(cube(x), x**3)
    assert_allclose(grad(lambda x: np.sum(cube(x)))(x), 3 * x**2)
    assert_allclose(grad(lambda x: grad(cube)(x))(2.0), 12.0)
    assert set(calls) <= {np.ndarray, np.float64}, "a primitive sees plain arrays only"


def test_a_primitive_without_a_rule_says_how_to_give_it_one():
    @primitive
    def mystery(x):
        return x

    assert mystery(3.0) == 3.0
    with pytest.raises(TypeError, match=r"mystery has no derivative rule.*define_vjp"):
        mystery(Tensor(3.0))


def test_a_primitive_takes_tensors_by_keyword():
    @primitive
    def blend(a, b, share=0.5):
        return share * a + (1 - share) * b

    define_vjp(
        blend,
        lambda g, out, a, b, share=0.5: g * share,
        lambda g, out, a, b, share=0.5: g * (1 - share),
    )
    f = lambda a, b: blend(a, b=b, share=0.25)  # noqa: E731
    assert_allclose(grad(f, argnums=(0, 1))(1.0, 2.0), (0.25, 0.75))


def test_plain_python_numbers_may_come_from_a_primitive_and_from_its_rule():
    @primitive
    def double(x):
        return float(x) * 2

    define_vjp(double, lambda g, out, x: float(g) * 2)
    assert grad(double)(np.float32(3.0)) == 2.0


@pytest.mark.parametrize("shape", [(3, 2), (6,), (2,), (2, 2, 3, 1)], ids=str)
def test_a_rule_that_returns_another_shape_is_named(shape):
    @primitive
    def crooked(x):
        return x * 1

    define_vjp(crooked, lambda g, out, x: np.ones(shape))
    message = rf"crooked returned a gradient of shape {str(shape)[:-1]}.*argument 0.*\(2, 3\)"
    with pytest.raises(ValueError, match=message.replace("(", r"\(", 1)):
        grad(lambda x: np.sum(crooked(x)))(np.ones((2, 3)))


def test_stop_gradient_gives_a_constant_and_leaves_the_array_alone():
    x = np.array([1.0, 2.0])
    assert_array_equal(stop_gradient(x).value, x)
    x[0] = 5.0  # still writable
    assert_array_equal(grad(lambda x: np.sum(x * stop_gradient(x)))(x), x)
    assert stop_gradient(2.0).value == 2.0


# --- what NumPy takes and what it gives ----------------------------------------------


def test_every_option_of_a_rule_is_one_of_the_numpy_function():
    for function, rule in RULES.items():
        home = getattr(np, getattr(function, "__name__", ""), None)
        if home is not function or isinstance(function, np.ufunc):
            continue
        try:
            parameters = set(inspect.signature(function).parameters)
        except ValueError:  # of functions in C some versions of NumPy tell none
            assert not inspect.isfunction(inspect.unwrap(function))
            continue
        named = {name for name in rule.options if name not in ("a", "arrays", "operands")}
        newer = {"min", "max", "shape"}  # names that came with NumPy 2.1
        assert named <= parameters | {"subscripts", "constant_values"} | newer, (
            f"{function.__name__}: {named - parameters}"
        )


@pytest.mark.parametrize("order", ["F", "A", "K", "C"])
def test_the_order_of_ravel_is_refused_and_not_ignored(order):
    for call in (lambda: np.ravel(X, order), lambda: np.ravel(X, order=order)):
        with pytest.raises(TypeError, match="np.ravel has no derivative rule for"):
            call()


def test_the_array_for_the_result_is_refused_by_position_too():
    out = np.full(1, 5.0)
    with pytest.raises(TypeError, match="np.take has no derivative rule for more than 3 argum"):
        np.take(X, [0], None, out)
    assert out[0] == 5.0


@pytest.mark.parametrize("base", [2.0, 0.5])
def test_the_mixed_second_derivative_of_a_power_at_exponent_zero(base):
    def slope_by_base(b):
        return grad(lambda a: a**b)(base + 0 * b)

    assert_allclose(grad(slope_by_base)(0.0), 1 / base)
    assert grad(lambda a: a**0.0)(0.0) == 0.0


@pytest.mark.parametrize("ddof", [3, 4])
def test_a_variance_with_too_many_degrees_of_freedom_is_that_of_numpy(ddof):
    x = np.array([1.0, 2.0, 4.0])
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert_array_equal(np.var(Tensor(x), ddof=ddof).value, np.var(x, ddof=ddof))
        assert_array_equal(np.std(Tensor(x), ddof=ddof).value, np.std(x, ddof=ddof))


@pytest.mark.parametrize(
    ("call", "dtype"),
    [(lambda: X * 1j, "complex128"), (lambda: np.sum(X, dtype=np.int64), "int64")],
    ids=["complex", "a sum of whole numbers"],
)
def test_a_result_that_no_tensor_can_hold_is_refused(call, dtype):
    with pytest.raises(TypeError, match=f"gave {dtype}; tensors are float32 or float64"):
        call()


def test_the_product_over_no_axis_is_the_array_itself():
    f = lambda x: np.sum(np.prod(x, axis=()) * np.arange(1.0, 4.0))  # noqa: E731
    assert_array_equal(grad(f)(np.array([0.0, 2.0, 3.0])), [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: np.concatenate([Tensor(1.0), Tensor(2.0)]), "concatenate of.*zero-dimensional"),
        (lambda: np.concatenate([X, X], axis=5), "axis 5 is out of bounds"),
        (lambda: np.concatenate([X, X[:, :2]]), r"concatenate of shapes \(2, 3\) and \(2, 2\)"),
        (lambda: np.linalg.norm(X.reshape(1, 2, 3), "fro"), "ord='fro' has no derivative rule"),
        (lambda: np.linalg.solve(np.eye(1), Tensor(1.0)), "solve of shapes"),
    ],
)
def test_what_numpy_refuses_is_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


@pytest.mark.parametrize("axis", [0, np.int64(0), (0,)])
def test_a_norm_along_one_axis_takes_the_axis_in_any_form(axis):
    x = np.array([[3.0, 1.0], [4.0, 2.0]])
    for order in (None, 1, 2, np.inf):
        found = np.linalg.norm(Tensor(x), order, axis)
        assert_allclose(found.value, np.linalg.norm(x, order, axis))


def test_a_sum_of_products_with_a_length_of_one_that_numpy_repeats():
    f = lambda a: np.einsum("ij,ij->i", a, np.arange(6.0).reshape(2, 3))  # noqa: E731
    x = np.array([[1.0], [2.0]])
    assert_allclose(grad(lambda a: np.sum(f(a)))(x), [[3.0], [12.0]])


def test_tensordot_takes_the_number_of_axes_as_numpy_gives_it():
    assert_allclose(np.tensordot(X, X.T, np.int64(1)).value, X.value @ X.value.T)


def test_an_option_behind_two_stars_of_a_rule_is_no_position():
    @primitive
    def halved(x, **options):
        return x / 2

    define_vjp(halved, lambda g, out, x, **options: g / 2)
    assert grad(halved)(3.0) == 0.5
    with pytest.raises(TypeError, match="halved has no derivative rule for"):
        halved(Tensor(1.0), speed=3)


@pytest.mark.parametrize("x", [[-np.inf, -np.inf], [np.inf, 1.0], [-np.inf, 2.0]])
def test_logsumexp_of_infinities_is_that_of_scipy(x):
    with np.errstate(divide="ignore"):
        assert_array_equal(logsumexp(np.array(x)), special.logsumexp(x))
