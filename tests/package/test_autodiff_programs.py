"""Whole programs: random ones against HIPS autograd, networks against derivations by hand."""

import itertools

import autograd
import autograd.numpy as anp
import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dlcourse.autodiff import GradientTape, Tensor, grad, value_and_grad
from dlcourse.finite_difference import check_gradient, gradient
from dlcourse.layers import (
    BatchNorm,
    Dense,
    Dropout,
    LayerNorm,
    ReLU,
    Sequential,
    batch_norm,
    dense,
    layer_norm,
)
from dlcourse.losses import (
    binary_cross_entropy,
    mean_absolute_error,
    mean_squared_error,
    softmax_cross_entropy,
)

# --- random programs -------------------------------------------------------------------

# A program may subtract a matrix from itself, and autograd has no slope for the product or
# the norm of zeros (ours are pinned in test_autodiff_rules.py): both stay away from them.
# Each keeps a 3 × 3 matrix a 3 × 3 matrix, and its entries from growing beyond all bounds.
ONE = {
    "sin": lambda np, a: np.sin(a),
    "tanh": lambda np, a: np.tanh(a),
    "exp of tanh": lambda np, a: np.exp(np.tanh(a)),
    "log1p of square": lambda np, a: np.log(1 + a * a),
    "sqrt": lambda np, a: np.sqrt(1 + np.square(a)),
    "power": lambda np, a: (1 + np.tanh(a) ** 2) ** 1.5,
    "arctan": lambda np, a: np.arctan(a),
    "quotient": lambda np, a: a / (2 + np.cos(a)),
    "transpose": lambda np, a: a.T,
    "reshape": lambda np, a: np.reshape(np.reshape(a, (9,)), (3, 3)),
    "reverse": lambda np, a: a[::-1, :],
    "pick rows": lambda np, a: a[np.array([0, 2, 2])],
    "mask": lambda np, a: np.where(np.array([[1, 0, 1]] * 3) == 1, a, -a),
    "row means": lambda np, a: a - np.mean(a, axis=1, keepdims=True),
    "column sums": lambda np, a: np.tanh(np.sum(a, axis=0)) * np.ones((3, 3)),
    "standard deviation": lambda np, a: a / np.sqrt(1 + np.var(a)),
    "largest of each row": lambda np, a: a - np.max(a, axis=1, keepdims=True),
    "outer": lambda np, a: np.outer(np.tanh(a[0]), np.tanh(a[:, 1])),
    "product": lambda np, a: np.prod(1.5 + np.tanh(a), axis=0) + a * 0.5,
    "softmax": lambda np, a: np.exp(np.tanh(a)) / np.sum(np.exp(np.tanh(a)), 1, keepdims=True),
    "solve": lambda np, a: np.linalg.solve(np.tanh(a) @ np.tanh(a).T + np.eye(3), np.tanh(a)),
    "norm": lambda np, a: a / np.linalg.norm(2 + np.cos(a)),
    "abs": lambda np, a: np.abs(a - 0.12345),
}
TWO = {
    "add": lambda np, a, b: a + b,
    "subtract": lambda np, a, b: a - b,
    "multiply": lambda np, a, b: np.tanh(a) * b,
    "divide": lambda np, a, b: a / (1 + b * b),
    "matmul": lambda np, a, b: np.tanh(a) @ np.tanh(b),
    "dot with a row": lambda np, a, b: np.dot(np.tanh(a), np.tanh(b[0])) + b,
    "maximum": lambda np, a, b: np.maximum(a, b),
    "minimum": lambda np, a, b: np.minimum(a, 0.5 * b),
    "concatenate": lambda np, a, b: np.concatenate([a[:1], b[1:]]),
    "einsum": lambda np, a, b: np.einsum("ij,kj->ik", np.tanh(a), np.tanh(b)),
    "stack": lambda np, a, b: np.sum(np.stack([np.sin(a), b]), axis=0),
}


@st.composite
def programs(draw):
    """Return a list of steps; each takes one or two of all results so far."""
    steps = []
    for k in range(draw(st.integers(1, 12))):
        name = draw(st.sampled_from([*ONE, *TWO]))
        steps.append((name, draw(st.integers(0, k)), draw(st.integers(0, k))))
    return steps


def run(steps, np, x):
    """Return one number, computed by a program with the functions of `np`."""
    results = [x]
    for name, i, j in steps:
        if name in ONE:
            results.append(ONE[name](np, results[i]))
        else:
            results.append(TWO[name](np, results[i], results[j]))
    # All of them count, so that every step is tested.
    return sum(np.sum(r * (k + 1)) for k, r in enumerate(results))


entries = st.lists(st.floats(-2, 2), min_size=9, max_size=9, unique=True).map(
    # A little irregular, so that no maximum is a tie and no absolute value at its kink.
    lambda x: (np.array(x) + np.linspace(0.01, 0.017, 9) ** 1.1).reshape(3, 3)
)


def assert_agrees_with_autograd(steps, x):
    value, slopes = value_and_grad(lambda x: run(steps, np, x))(x)
    with np.errstate(all="raise"):
        expected = autograd.grad(lambda x: run(steps, anp, x))(x)
    scale = np.max(np.abs(expected))
    assert_allclose(value, run(steps, np, x), rtol=1e-12)
    assert_allclose(slopes, expected, rtol=1e-9, atol=1e-9 * max(1.0, scale))


@settings(max_examples=200)
@given(programs(), entries)
def test_random_programs_agree_with_autograd(steps, x):
    assert_agrees_with_autograd(steps, x)


@pytest.mark.parametrize("name", [*ONE, *TWO])
def test_each_step_of_the_random_programs_agrees_with_autograd(name):
    x = np.random.default_rng(1).normal(size=(3, 3))
    assert_agrees_with_autograd([("sin", 0, 0), (name, 0, 1), (name, 1, 2)], x)


@settings(max_examples=60)
@given(programs(), entries)
def test_second_derivatives_of_random_programs_agree_with_autograd(steps, x):
    direction = np.arange(9.0).reshape(3, 3) / 9

    def slope(np, grad, x):
        # Some programs are linear; the square gives them a second derivative too.
        return np.sum(direction * grad(lambda x: run(steps, np, x))(x)) + np.sum(x * x)

    found = grad(lambda x: slope(np, grad, x))(x)
    expected = autograd.grad(lambda x: slope(anp, autograd.grad, x))(x)
    assert_allclose(found, expected, rtol=1e-8, atol=1e-8 * max(1.0, np.max(np.abs(expected))))


# --- whole networks ------------------------------------------------------------------------------

RNG = np.random.default_rng(7)
X, LABELS = RNG.normal(size=(8, 6)), RNG.integers(0, 4, size=8)
WIDTHS = [6, 7, 7, 5, 5, 4]


def dense_net(between=lambda width: []):
    layers = []
    for k, (n_in, n_out) in enumerate(itertools.pairwise(WIDTHS)):
        layers.append(Dense(n_in, n_out, rng=k))
        if k < len(WIDTHS) - 2:
            layers += [*between(n_out), ReLU()]
    model = Sequential(*layers)
    for k, variable in enumerate(model.params.values()):  # no parameter at a special value
        noise = np.random.default_rng(k).normal(size=variable.shape)
        variable.assign(variable.value + 0.1 * noise)
    return model


def tape_gradients(model, training=True):
    with GradientTape() as tape:
        loss = softmax_cross_entropy(model(X, training=training), LABELS)
    return float(loss), tape.gradient(loss, model.params)


def normalize_by_hand(z, gain, shift, axis):
    """Return the normalized layer and its backward pass, from the definition."""
    n = z.shape[axis]
    mean, variance = z.mean(axis, keepdims=True), z.var(axis, keepdims=True)
    root = np.sqrt(variance + 1e-5)
    z_hat = (z - mean) / root

    def backward(g):
        # Through z_hat, through the variance, through the mean: three ways back to z.
        d_hat = g * gain
        d_variance = np.sum(d_hat * (z - mean), axis, keepdims=True) * -0.5 / root**3
        d_mean = -np.sum(d_hat, axis, keepdims=True) / root
        d_z = d_hat / root + d_variance * 2 * (z - mean) / n + d_mean / n
        return d_z, np.sum(g * z_hat, 0), np.sum(g, 0)

    return z_hat * gain + shift, backward


def gradients_by_hand(params, norm=None, mask=None):
    """Return loss and gradients of the network, forward and backward in plain NumPy.

    Between the weighted sum and ReLU there may be a normalization ("batchnorm" or
    "layernorm") or a mask for each hidden layer, as dropout makes it.
    """
    p = {key: variable.value for key, variable in params.items()}
    n_layers, a, saved = len(WIDTHS) - 1, X, []
    for k in range(1, n_layers + 1):
        z = a @ p[f"dense{k}/weights"] + p[f"dense{k}/bias"]
        back = None
        if k < n_layers and norm:
            axis = 0 if norm == "batchnorm" else 1
            z, back = normalize_by_hand(z, p[f"{norm}{k}/gain"], p[f"{norm}{k}/shift"], axis)
        if k < n_layers and mask:
            z = z * mask[k - 1]
        saved.append((a, z, back))
        a = np.maximum(z, 0) if k < n_layers else z
    probabilities = np.exp(a) / np.exp(a).sum(1, keepdims=True)
    loss = -np.mean(np.log(probabilities[np.arange(len(LABELS)), LABELS]))

    grads = {}
    g = (probabilities - np.eye(WIDTHS[-1])[LABELS]) / len(LABELS)
    for k in range(n_layers, 0, -1):
        a, z, back = saved[k - 1]
        if k < n_layers:
            g = g * (z > 0)
            if mask:
                g = g * mask[k - 1]
            if back:
                g, grads[f"{norm}{k}/gain"], grads[f"{norm}{k}/shift"] = back(g)
        grads[f"dense{k}/weights"], grads[f"dense{k}/bias"] = a.T @ g, g.sum(0)
        g = g @ p[f"dense{k}/weights"].T
    return loss, grads


def assert_same_gradients(found, expected):
    assert found.keys() == expected.keys()
    for key in found:
        assert_allclose(found[key], expected[key], rtol=1e-9, atol=1e-13, err_msg=key)


@pytest.mark.parametrize(
    ("norm", "between"),
    [
        (None, lambda width: []),
        ("batchnorm", lambda width: [BatchNorm(width)]),
        ("layernorm", lambda width: [LayerNorm(width)]),
    ],
    ids=["plain", "batch norm", "layer norm"],
)
def test_gradients_of_a_network_are_those_derived_by_hand(norm, between):
    model = dense_net(between)
    loss, found = tape_gradients(model)
    expected_loss, expected = gradients_by_hand(model.params, norm=norm)
    assert_allclose(loss, expected_loss, rtol=1e-12)
    assert_same_gradients(found, expected)


def test_gradients_with_dropout_are_those_of_the_masked_network():
    drops = []

    def between(width):
        drops.append(Dropout(0.4, rng=width))
        return [drops[-1]]

    model = dense_net(between)
    masks, again = [], [Dropout(0.4, rng=width) for width in WIDTHS[1:-1]]
    for drop, width in zip(again, WIDTHS[1:-1], strict=True):
        masks.append(drop(np.ones((len(X), width)), training=True))
    loss, found = tape_gradients(model)
    expected_loss, expected = gradients_by_hand(model.params, mask=masks)
    assert_allclose(loss, expected_loss, rtol=1e-12)
    assert_same_gradients(found, expected)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    "between",
    [lambda width: [], lambda width: [BatchNorm(width)], lambda width: [LayerNorm(width)]],
    ids=["plain", "batch norm", "layer norm"],
)
def test_gradients_of_a_network_agree_with_finite_differences(between, training):
    model = dense_net(between)
    if not training:
        model(X, training=True)  # so that there are statistics to evaluate with
    _, found = tape_gradients(model, training)
    for key, variable in model.params.items():
        start = variable.value.copy()

        def loss_at(value, variable=variable):
            variable.assign(value)
            return float(softmax_cross_entropy(model(X, training=training), LABELS))

        check_gradient(loss_at, found[key], start)
        variable.assign(start)


# --- fused functions -----------------------------------------------------------------------------

FUSED = {
    "dense": (dense, {}, [(4, 3), (3, 2), (2,)]),
    "batch_norm": (batch_norm, {"epsilon": 1e-3}, [(5, 3), (3,), (3,)]),
    "layer_norm": (layer_norm, {"epsilon": 1e-3}, [(5, 3), (3,), (3,)]),
    "mean_squared_error": (mean_squared_error, {}, [(4, 2), (4, 2)]),
    "mean_absolute_error": (mean_absolute_error, {}, [(4, 2), (4, 2)]),
    "softmax_cross_entropy": (
        lambda z: softmax_cross_entropy(z, np.array([0, 2, 2, 1])), {}, [(4, 3)],
    ),
    "binary_cross_entropy": (
        lambda z: binary_cross_entropy(z, np.array([0.0, 1.0, 0.25])), {}, [(3,)],
    ),
}  # fmt: skip


@pytest.fixture(params=FUSED, ids=str)
def fused_case(request):
    """Return a fused function as one of arrays, and where to try it."""
    function, options, shapes = FUSED[request.param]
    rng = np.random.default_rng(3)
    weights = rng.uniform(0.5, 1.5, 100)

    def weighted_sum(*arrays):
        out = function(*arrays, **options)
        size = int(np.prod(np.shape(out)))
        return np.sum(np.reshape(out, (size,)) * weights[:size])

    return weighted_sum, [rng.normal(size=shape) for shape in shapes]


def test_a_fused_function_has_the_slope_that_finite_differences_see(fused_case):
    f, xs = fused_case
    found = grad(f, argnums=tuple(range(len(xs))))(*xs)
    for i, g in enumerate(found):
        expected = gradient(lambda x, i=i: f(*xs[:i], x, *xs[i + 1 :]), xs[i])
        assert_allclose(g, expected, rtol=1e-7, atol=1e-8, err_msg=f"argument {i}")


def test_a_fused_function_can_be_differentiated_twice(fused_case):
    f, xs = fused_case
    all_of_them = tuple(range(len(xs)))

    def slope(*xs):
        return sum(np.sum(g * g * (i + 1)) for i, g in enumerate(grad(f, all_of_them)(*xs)))

    found = grad(slope, all_of_them)(*xs)
    for i, g in enumerate(found):
        expected = gradient(lambda x, i=i: slope(*xs[:i], x, *xs[i + 1 :]), xs[i])
        assert_allclose(g, expected, rtol=1e-6, atol=1e-7, err_msg=f"argument {i}")


def test_a_network_of_fused_functions_can_be_differentiated_twice():
    x, labels = X[:, :3], LABELS
    rng = np.random.default_rng(5)
    w1, w2 = rng.normal(size=(3, 4)), rng.normal(size=(4, 4))

    def loss(w1):
        h = batch_norm(dense(x, w1, np.zeros(4)), np.ones(4), np.zeros(4))
        return softmax_cross_entropy(dense(np.tanh(h), w2, np.zeros(4)), labels)

    penalty = lambda w1: np.sum(grad(loss)(w1) ** 2)  # noqa: E731
    check_gradient(penalty, grad(penalty), w1)


@pytest.mark.parametrize(
    ("function", "options", "arrays"),
    [
        (dense, {}, [X, RNG.normal(size=(6, 3)), RNG.normal(size=3)]),
        (batch_norm, {"epsilon": 1e-3}, [X, RNG.normal(size=6), RNG.normal(size=6)]),
        (layer_norm, {}, [X, RNG.normal(size=6), RNG.normal(size=6)]),
        (mean_squared_error, {}, [X, 2 * X]),
        (mean_absolute_error, {}, [X, 2 * X]),
        (softmax_cross_entropy, {}, [X, LABELS]),
        (binary_cross_entropy, {}, [X, (X > 0) * 1.0]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_derivative_called_by_hand_is_the_one_the_tape_uses(function, options, arrays):
    n = 1 if "cross_entropy" in function.__name__ else len(arrays)  # labels have no slope
    tensors = [Tensor(a) for a in arrays[:n]]
    with GradientTape() as tape:
        tape.watch(*tensors)
        out = function(*tensors, *arrays[n:], **options)
    found = tape.gradient(out, tensors)
    value, vjp = function.with_vjp(*arrays, **options)
    by_hand = vjp(np.ones_like(value), [True] * n + [False] * (len(arrays) - n))
    np.testing.assert_array_equal(out.value, value)
    for a, b in zip(found, by_hand, strict=False):
        np.testing.assert_array_equal(a, b)


def test_labels_have_no_derivative():
    message = "binary_cross_entropy has no derivative for its argument 1"
    with pytest.raises(TypeError, match=message):
        grad(lambda labels: binary_cross_entropy(np.zeros(2), labels))(np.zeros(2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_keeps_its_dtype_from_data_to_gradient(dtype):
    model = Sequential(
        Dense(6, 5, rng=0, dtype=dtype), BatchNorm(5, dtype=dtype), ReLU(), Dropout(0.2, rng=0),
        Dense(5, 4, rng=1, dtype=dtype), LayerNorm(4, dtype=dtype),
    )  # fmt: skip
    for training in (True, False):
        with GradientTape() as tape:
            out = model(X.astype(dtype), training=training)
            loss = softmax_cross_entropy(out, LABELS)
        assert out.dtype == loss.dtype == dtype
        for key, g in tape.gradient(loss, model.params).items():
            assert g.dtype == dtype, key
