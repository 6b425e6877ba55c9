"""Jacobians, Hessians and their products, against finite differences and HIPS autograd."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse.autodiff import GradientTape, Variable, grad, hessian, jacobian, jvp, vjp
from dlcourse.finite_difference import jacobian as numerical_jacobian

RNG = np.random.default_rng(3)
A, B = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 3))

FUNCTIONS = {
    "vector to vector": (lambda x: np.tanh(A @ x), RNG.normal(size=3)),
    "vector to matrix": (lambda x: np.outer(np.sin(x), x), RNG.normal(size=3)),
    "matrix to vector": (lambda x: np.sum(x**3, axis=0) @ B, RNG.normal(size=(2, 3))),
    "number to vector": (lambda x: np.stack([np.sin(x), x * x]), np.array(0.7)),
    "vector to number": (lambda x: np.sum(x**2) * x[0], RNG.normal(size=3)),
    "a part of it": (lambda x: x[1:] * 2, RNG.normal(size=3)),
    "nothing to do with it": (lambda x: 0 * x[:1], RNG.normal(size=3)),
}


@pytest.mark.parametrize(("f", "x"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_jacobian_is_that_of_finite_differences(f, x):
    found, expected = jacobian(f)(x), numerical_jacobian(f, x)
    assert type(found) is np.ndarray
    assert found.shape == expected.shape == np.shape(f(x)) + x.shape
    assert_allclose(found, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(("f", "x"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_products_from_both_sides_are_those_with_the_jacobian(f, x):
    value, pull_back = vjp(f, x)
    assert_allclose(value, f(x), rtol=1e-14)
    u, v = RNG.normal(size=np.shape(value)), RNG.normal(size=x.shape)
    J = jacobian(f)(x).reshape(np.size(value), x.size)
    assert_allclose(pull_back(u), (u.reshape(-1) @ J).reshape(x.shape), rtol=1e-12, atol=1e-13)
    assert_allclose(pull_back(2 * u), 2 * pull_back(u), rtol=1e-13)
    value, product = jvp(f, x, v)
    assert_allclose(value, f(x), rtol=1e-14)
    expected = (J @ v.reshape(-1)).reshape(np.shape(value))
    assert_allclose(product, expected, rtol=1e-12, atol=1e-13)


def test_a_product_from_the_right_is_the_change_along_a_line():
    f, x, v = FUNCTIONS["vector to vector"][0], RNG.normal(size=3), RNG.normal(size=3)
    h = 1e-6
    along = (f(x + h * v) - f(x - h * v)) / (2 * h)
    assert_allclose(jvp(f, x, v)[1], along, rtol=1e-8)


def test_a_hessian_is_that_of_hips_autograd():
    x = RNG.normal(size=(2, 3))
    found = hessian(lambda x: np.sum(np.exp(x @ B) * x))(x)
    expected = autograd.hessian(lambda x: anp.sum(anp.exp(x @ B) * x))(x)
    assert found.shape == (2, 3, 2, 3)
    assert_allclose(found, expected, rtol=1e-12)
    square = found.reshape(6, 6)
    assert_allclose(square, square.T, rtol=1e-12)


def test_the_hessian_of_a_quadratic_form_is_its_matrix():
    S = B + B.T
    assert_allclose(hessian(lambda x: 0.5 * x @ S @ x)(np.ones(3)), S, rtol=1e-13)
    assert_array_equal(hessian(lambda x: 3.0 * x[0] + 0 * x[1])([1.0, 2.0]), np.zeros((2, 2)))


def test_several_arguments_and_structures():
    f = lambda x, y: x * y["a"] + y["b"]  # noqa: E731
    x, y = np.array([1.0, 2.0]), {"a": np.array([3.0, 4.0]), "b": 5.0}
    value, pull_back = vjp(f, x, y)
    assert_array_equal(value, [8.0, 13.0])
    by_x, by_y = pull_back([1.0, 10.0])
    assert_array_equal(by_x, [3.0, 40.0])
    assert_array_equal(by_y["a"], [1.0, 20.0])
    assert by_y["b"] == 11.0
    v = (np.ones(2), {"a": np.zeros(2), "b": 1.0})
    assert_array_equal(jvp(f, (x, y), v)[1], [4.0, 5.0])
    assert_array_equal(jacobian(lambda x, y: x * y, argnums=1)([1.0, 2.0], 3.0), [1.0, 2.0])


def test_they_can_be_differentiated_again():
    x = np.array([0.3, -0.8])
    trace = lambda x: np.trace(jacobian(lambda x: x**3 * x[0])(x))  # noqa: E731
    assert_allclose(grad(trace)(x), [12 * x[0] ** 2 + 3 * x[1] ** 2, 6 * x[0] * x[1]], rtol=1e-13)
    w = Variable(2.0)
    with GradientTape() as tape:
        _, product = jvp(lambda x: x**3 * w, 1.5, 1.0)
    assert_allclose(tape.gradient(product, w), 3 * 1.5**2)


def test_dtypes_stay():
    x = np.float32([1.0, 2.0])
    assert jacobian(lambda x: x * x)(x).dtype == np.float32
    assert hessian(lambda x: np.sum(x**3))(x).dtype == np.float32
    assert jvp(lambda x: x * x, x, np.float32([1, 0]))[1].dtype == np.float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: jvp(lambda x: x, np.ones(2), np.ones(3)), r"shapes of the primals, \[\(2,\)\]"),
        (lambda: vjp(lambda x: x, np.ones(2))[1](np.ones(3)), r"output_gradient has shape \(3,\)"),
        (lambda: jacobian(lambda x: x, argnums=1)(1.0), "argnums=1 is not among the 1 positions"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_tangents_in_a_dict_go_by_their_keys():
    f = lambda q: q["a"] * q["b"] ** 2  # noqa: E731
    assert jvp(f, {"a": 2.0, "b": 3.0}, {"b": 0.0, "a": 1.0})[1] == 9.0
    for wrong in ({"a": 1.0, "c": 1.0}, {"a": 1.0}, [1.0, 1.0]):
        with pytest.raises(ValueError, match="need the keys of the primals"):
            jvp(f, {"a": 2.0, "b": 3.0}, wrong)


def test_an_argument_may_be_named_by_a_number_of_numpy():
    assert grad(lambda x, y: x * y, np.int64(1))(2.0, 3.0) == 2.0
    with pytest.raises(TypeError, match=r"a Jacobian is by one argument.*\(0, 1\)"):
        jacobian(lambda x, y: x * y, (0, 1))(2.0, 3.0)
