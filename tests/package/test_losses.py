"""A loss is one number, and it must be the right one whatever the arrays are made of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import tables
from recorded_values import RECORDED
from scipy import special
from sklearn import metrics

from dlcourse.autodiff import GradientTape, Tensor, Variable, grad, value_and_grad
from dlcourse.finite_difference import gradient
from dlcourse.losses import (
    binary_cross_entropy,
    mean_absolute_error,
    mean_squared_error,
    softmax_cross_entropy,
)


@given(table=tables(max_columns=1), seed=st.integers(0, 99))
def test_mean_squared_error_agrees_with_scikit_learn(table, seed):
    prediction = table[:, 0]
    target = np.random.default_rng(seed).normal(size=prediction.shape)
    expected = metrics.mean_squared_error(target, prediction)
    assert mean_squared_error(prediction, target) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("shape", [(1,), (4,), (3, 2), (2, 3, 4), ()], ids=str)
def test_error_is_the_mean_over_all_entries_of_any_shape(shape):
    assert mean_squared_error(np.full(shape, 5.0), np.full(shape, 3.0)) == 4.0


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, np.bool_, np.float32, np.float64])
def test_error_does_not_wrap_around_in_small_types(dtype):
    # As bytes, 0 - 1 is 255, and 255**2 is 1.
    loss = mean_squared_error(np.array([0, 1], dtype), np.array([1, 1], dtype))
    assert type(loss) is float
    assert loss == 0.5


def test_float32_predictions_and_float64_targets_are_compared_in_float64():
    assert mean_squared_error(np.float32([1.0]), np.array([1.0 + 1e-9])) == pytest.approx(1e-18)


def test_nan_is_reported_and_not_averaged_away():
    assert np.isnan(mean_squared_error(np.array([np.nan, 1.0]), np.array([1.0, 1.0])))


@pytest.mark.parametrize(
    ("prediction", "target"),
    [((3,), (3, 1)), ((3, 1), (3,)), ((3,), (1,)), ((), (3,)), ((2, 3), (3,)), ((3,), (4,))],
    ids=str,
)
def test_shapes_are_compared_never_broadcast(prediction, target):
    message = rf"must have the same shape, got \({str(prediction)[1:-1]}\) and"
    with pytest.raises(ValueError, match=message):
        mean_squared_error(np.zeros(prediction), np.zeros(target))


def test_the_mean_of_nothing_is_refused():
    with pytest.raises(ValueError, match="prediction is empty"):
        mean_squared_error(np.array([]), np.array([]))


# --- absolute error --------------------------------------------------------------


@given(table=tables(max_columns=3), seed=st.integers(0, 99))
def test_mean_absolute_error_agrees_with_scikit_learn(table, seed):
    target = np.random.default_rng(seed).normal(size=table.shape)
    expected = metrics.mean_absolute_error(target.ravel(), table.ravel())
    assert mean_absolute_error(table, target) == pytest.approx(expected, rel=1e-12)


def test_at_a_residual_of_0_the_slope_of_the_absolute_error_is_0():
    _, vjp = mean_absolute_error.with_vjp(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0]))
    np.testing.assert_allclose(vjp(1.0)[0], [0, -1 / 3, 1 / 3])


def test_an_outlier_pulls_squared_error_more_than_absolute_error():
    data = np.array([1.0, 2.0, 3.0, 100.0])

    def best(loss):
        candidates = np.linspace(0, 100, 1001)
        return candidates[np.argmin([loss(np.full(4, c), data) for c in candidates])]

    assert best(mean_squared_error) == pytest.approx(data.mean(), abs=0.1)
    assert 2 <= best(mean_absolute_error) <= 3, "between the middle two: a median"


# --- cross-entropies -------------------------------------------------------------


@given(seed=st.integers(0, 99), n=st.integers(1, 20))
def test_binary_cross_entropy_agrees_with_scikit_learn(seed, n):
    rng = np.random.default_rng(seed)
    z, y = 3 * rng.normal(size=n), rng.integers(0, 2, n)
    expected = metrics.log_loss(y, special.expit(z), labels=[0, 1])
    assert binary_cross_entropy(z, y) == pytest.approx(expected, rel=1e-9)


@given(seed=st.integers(0, 99), n=st.integers(1, 20), classes=st.integers(2, 6))
def test_softmax_cross_entropy_agrees_with_scikit_learn(seed, n, classes):
    rng = np.random.default_rng(seed)
    z, y = 3 * rng.normal(size=(n, classes)), rng.integers(0, classes, n)
    expected = metrics.log_loss(y, special.softmax(z, axis=1), labels=range(classes))
    assert softmax_cross_entropy(z, y) == pytest.approx(expected, rel=1e-9)


@given(seed=st.integers(0, 99), shift=st.floats(-1e5, 1e5))
def test_a_constant_added_to_all_logits_of_a_row_makes_no_difference(seed, shift):
    z, y = np.random.default_rng(seed).normal(size=(4, 3)), np.array([0, 2, 1, 1])
    shifted = softmax_cross_entropy(z + shift, y)
    assert shifted == pytest.approx(softmax_cross_entropy(z, y), rel=1e-6)


def test_softmax_of_two_classes_is_a_sigmoid_of_the_difference():
    z, y = np.random.default_rng(1).normal(size=(8, 2)), np.array([0, 1, 1, 0, 1, 0, 0, 1])
    expected = binary_cross_entropy(z[:, 1] - z[:, 0], y)
    assert softmax_cross_entropy(z, y) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_a_network_that_knows_nothing_loses_the_logarithm_of_the_number_of_classes(classes):
    loss = softmax_cross_entropy(np.zeros((3, classes)), np.array([0, 1, classes - 1]))
    assert loss == pytest.approx(np.log(classes))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [88.0, 710.0, 1e4, 1e30])
def test_extreme_logits_cost_their_distance_and_overflow_nothing(size, dtype):
    # Warnings are errors in this test suite, so an overflow on the way would be seen.
    z = np.array([[size, 0.0], [0.0, size]], dtype)
    wrong, vjp = softmax_cross_entropy.with_vjp(z, np.array([1, 0]))
    assert wrong == pytest.approx(size, rel=1e-6)
    np.testing.assert_allclose(vjp(dtype(1))[0], [[0.5, -0.5], [-0.5, 0.5]], atol=1e-6)
    right, vjp = softmax_cross_entropy.with_vjp(z, np.array([0, 1]))
    assert right == pytest.approx(0, abs=1e-30 if dtype is np.float64 else 1e-6)
    np.testing.assert_allclose(vjp(dtype(1))[0], 0, atol=1e-30)
    wrong, vjp = binary_cross_entropy.with_vjp(dtype([size, -size]), np.array([0, 1]))
    assert wrong == pytest.approx(size, rel=1e-6)
    np.testing.assert_allclose(vjp(dtype(1))[0], [0.5, -0.5])
    assert binary_cross_entropy(dtype([size, -size]), np.array([1, 0])) == pytest.approx(0)


def test_a_row_of_huge_logits_does_not_wipe_out_a_row_of_tiny_ones():
    z, y = np.array([[1000.0, 0.0], [-1000.0, -1002.0]]), np.array([0, 1])
    value, vjp = softmax_cross_entropy.with_vjp(z, y)
    assert value == pytest.approx(np.log1p(np.exp(2.0)) / 2)
    p = special.expit(2.0)
    np.testing.assert_allclose(vjp(1.0)[0], [[0, 0], [p / 2, -p / 2]], atol=1e-12)


def test_labels_that_are_probabilities_give_the_expected_cross_entropy():
    z = np.array([0.3, -1.0, 2.0])
    mixed = binary_cross_entropy(z, np.array([0.25, 0.5, 1.0]))
    all_zero = [binary_cross_entropy(z[i : i + 1], np.array([0])) for i in range(3)]
    all_one = [binary_cross_entropy(z[i : i + 1], np.array([1])) for i in range(3)]
    shares = np.array([0.25, 0.5, 1.0])
    assert mixed == pytest.approx(np.mean(shares * all_one + (1 - shares) * all_zero))


@pytest.mark.parametrize(
    ("labels", "message"),
    [([0, 2], "0 to 2"), ([-1, 1], "-1 to 1"), ([0.5, 1.01], r"0\.5 to 1\.01")],
)
def test_binary_labels_outside_0_and_1_are_refused(labels, message):
    with pytest.raises(ValueError, match=f"labels must lie between 0 and 1, got {message}"):
        binary_cross_entropy(np.zeros(2), np.array(labels))


def test_a_binary_label_that_is_nan_is_refused():
    with pytest.raises(ValueError, match="labels must lie between 0 and 1, got nan"):
        binary_cross_entropy(np.zeros(2), np.array([0.0, np.nan]))


@pytest.mark.parametrize(
    ("logits", "labels", "error", "message"),
    [
        (np.zeros((2, 3)), [0, 3], ValueError, "labels must lie between 0 and 2, got 0 to 3"),
        (np.zeros((2, 3)), [-1, 0], ValueError, "labels must lie between 0 and 2, got -1 to 0"),
        (np.zeros((2, 3)), [0.0, 1.0], TypeError, "whole numbers, .* got dtype float64"),
        (np.zeros((2, 3)), [True, False], TypeError, "whole numbers, .* got dtype bool"),
        (np.zeros((2, 3)), ["a", "b"], TypeError, "whole numbers, .* got dtype <U1"),
        (
            np.zeros((2, 3)),
            np.eye(3)[:2],
            TypeError,
            r"use np\.argmax\(labels, axis=1\) on one-hot",
        ),
        (np.zeros((2, 3)), [0, 1, 2], ValueError, r"got \(2, 3\) and \(3,\)"),
        (np.zeros((2, 3)), [[0], [1]], ValueError, r"got \(2, 3\) and \(2, 1\)"),
        (np.zeros((2, 3)), 1, ValueError, r"got \(2, 3\) and \(\)"),
        (np.zeros(3), [0, 1, 2], ValueError, r"got \(3,\) and \(3,\)"),
        (
            np.zeros((0, 3)),
            np.zeros(0, int),
            ValueError,
            r"none of them 0; got \(0, 3\) and \(0,\)",
        ),
        (np.zeros((2, 0)), [0, 0], ValueError, r"got \(2, 0\)"),
    ],
)
def test_labels_that_are_no_classes_are_refused(logits, labels, error, message):
    with pytest.raises(error, match=message):
        softmax_cross_entropy(logits, np.asarray(labels))


# --- all four --------------------------------------------------------------------

CONTINUOUS = np.random.default_rng(3).normal(size=(5, 4))
ALL_LOSSES = [
    (mean_squared_error, np.random.default_rng(4).normal(size=(5, 4))),
    (mean_absolute_error, np.random.default_rng(4).normal(size=(5, 4))),
    (binary_cross_entropy, np.random.default_rng(4).random((5, 4))),
    (softmax_cross_entropy, np.array([0, 3, 2, 2, 1])),
]
every_loss = pytest.mark.parametrize(
    ("loss", "target"), ALL_LOSSES, ids=[loss.__name__ for loss, _ in ALL_LOSSES]
)


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (mean_squared_error, "mse"),
        (mean_absolute_error, "l1"),
        (binary_cross_entropy, "bce"),
        (binary_cross_entropy, "bce_soft"),
        (binary_cross_entropy, "bce_extreme"),
        (softmax_cross_entropy, "cross_entropy"),
        (softmax_cross_entropy, "cross_entropy_extreme"),
        (softmax_cross_entropy, "cross_entropy_extreme_right"),
    ],
)
def test_values_and_gradients_are_those_of_pytorch(loss, name):
    record = RECORDED["losses"][name]
    x, target = np.array(record["input"]), np.array(record["target"])
    value, vjp = loss.with_vjp(x, target)
    assert value == pytest.approx(record["value"], rel=1e-12, abs=1e-15)
    np.testing.assert_allclose(vjp(1.0)[0], record["gradient"], rtol=1e-10, atol=1e-16)


@every_loss
def test_the_derivative_by_hand_is_that_of_finite_differences(loss, target):
    value, vjp = loss.with_vjp(CONTINUOUS, target)
    assert value == pytest.approx(loss(CONTINUOUS, target))
    numerical = gradient(lambda x: loss(x, target), CONTINUOUS)
    np.testing.assert_allclose(vjp(1.0)[0], numerical, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(vjp(-2.5)[0], -2.5 * numerical, rtol=1e-6, atol=1e-8)


@every_loss
def test_the_tape_uses_the_same_derivative(loss, target):
    value, vjp = loss.with_vjp(CONTINUOUS, target)
    tape_value, tape_gradient = value_and_grad(lambda x: 3 * loss(x, target))(CONTINUOUS)
    assert tape_value == pytest.approx(3 * value)
    np.testing.assert_allclose(tape_gradient, vjp(3.0)[0], rtol=1e-12)


@pytest.mark.parametrize(("loss", "target"), ALL_LOSSES[:2], ids=["squared", "absolute"])
def test_a_target_may_be_a_variable_too(loss, target):
    by_tape = grad(loss, argnums=1)(CONTINUOUS, target)
    numerical = gradient(lambda y: loss(CONTINUOUS, y), target)
    np.testing.assert_allclose(by_tape, numerical, rtol=1e-6, atol=1e-8)


@every_loss
def test_float32_stays_float32_and_plain_numbers_come_out_of_plain_arrays(loss, target):
    x = CONTINUOUS.astype(np.float32)
    y = target if target.dtype.kind == "i" else target.astype(np.float32)
    value, vjp = loss.with_vjp(x, y)
    assert value.dtype == np.float32
    assert vjp(np.float32(1))[0].dtype == np.float32
    assert type(loss(x, y)) is float
    assert loss(x, y) == pytest.approx(loss(CONTINUOUS, target), rel=1e-5)
    w = Variable(x)
    with GradientTape() as tape:
        out = loss(w, y)
    assert out.dtype == np.float32
    assert tape.gradient(out, w).dtype == np.float32


@every_loss
def test_twice_the_same_rows_cost_the_same(loss, target):
    doubled = loss(np.concatenate([CONTINUOUS] * 2), np.concatenate([target] * 2))
    assert doubled == pytest.approx(loss(CONTINUOUS, target), rel=1e-12)


@every_loss
def test_lists_are_welcome(loss, target):
    from_lists = loss(CONTINUOUS.tolist(), target.tolist())
    assert from_lists == pytest.approx(loss(CONTINUOUS, target), rel=1e-12)


@every_loss
def test_the_arguments_are_left_alone(loss, target):
    x, y = CONTINUOUS.copy(), target.copy()
    _, vjp = loss.with_vjp(x, y)
    vjp(1.0)
    np.testing.assert_array_equal(x, CONTINUOUS)
    np.testing.assert_array_equal(y, target)


@pytest.mark.parametrize("loss", [mean_absolute_error, binary_cross_entropy])
def test_the_shapes_of_every_loss_are_compared_never_broadcast(loss):
    with pytest.raises(ValueError, match=r"must have the same shape, got \(3,\) and \(3, 1\)"):
        loss(np.zeros(3), np.zeros((3, 1)))
    with pytest.raises(ValueError, match="is empty"):
        loss(np.zeros(0), np.zeros(0))


@every_loss
def test_the_gradient_of_the_gradient_is_right_too(loss, target):
    direction = np.random.default_rng(5).normal(size=CONTINUOUS.shape)

    def slope(x):
        return np.sum(grad(loss)(x, target) * direction)

    numerical = gradient(lambda x: float(slope(x)), CONTINUOUS)
    np.testing.assert_allclose(grad(slope)(CONTINUOUS), numerical, rtol=1e-5, atol=1e-8)


def test_the_second_derivative_of_binary_cross_entropy_takes_labels_in_a_tensor():
    labels, z = Tensor([0.0, 1.0]), np.array([0.5, -0.2])
    curvature = grad(lambda x: np.sum(grad(lambda v: binary_cross_entropy(v, labels))(x)))(z)
    p = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(curvature, p * (1 - p) / 2)
