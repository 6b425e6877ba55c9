"""A loss is one number, and it must be the right one whatever the arrays are made of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import tables
from sklearn import metrics

from dlcourse.losses import mean_squared_error


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
