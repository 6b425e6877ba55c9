"""Scaling, splitting and batching: nothing is lost, nothing leaks, nothing becomes NaN."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from inputs import BAD_TABLES, tables
from sklearn import model_selection
from sklearn import preprocessing as sklearn

from dlcourse.preprocessing import (
    MeanNormalizer,
    MinMaxScaler,
    StandardScaler,
    minibatches,
    train_test_split,
)

SCALERS = [MinMaxScaler, MeanNormalizer, StandardScaler]


def by_scikit_learn(scaler, x):
    """Scale as scikit-learn does, whose min-max scaler is a mean normalizer once centered."""
    if scaler is StandardScaler:
        return sklearn.StandardScaler().fit_transform(x)
    scaled = sklearn.MinMaxScaler().fit_transform(x)
    return scaled - scaled.mean(axis=0) if scaler is MeanNormalizer else scaled


# --- scalers ---------------------------------------------------------------------


@pytest.mark.parametrize("scaler", SCALERS)
@given(x=tables())
def test_scalers_agree_with_scikit_learn(scaler, x):
    np.testing.assert_allclose(scaler().fit_transform(x), by_scikit_learn(scaler, x), atol=1e-9)


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(x=tables())
def test_inverse_transform_brings_the_units_back(scaler, dtype, x):
    x = x.astype(dtype)
    fitted = scaler().fit(x)
    back = fitted.inverse_transform(fitted.transform(x))
    assert back.dtype == dtype
    np.testing.assert_allclose(back, x, atol=4000 * np.finfo(dtype).eps)


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("value", [0.0, 5.0, 0.1, -1e9 / 3, 1e308])
def test_constant_column_becomes_zero_rather_than_nan(scaler, value):
    # The computed standard deviation of 0.1 repeated is about 1e-17, not 0.
    x = np.column_stack([np.full(7, value), np.arange(7.0)])
    scaled = scaler().fit_transform(x)
    np.testing.assert_array_equal(scaled[:, 0], 0.0)
    assert np.ptp(scaled[:, 1]) > 0.9, "the other column should be scaled as usual"


@pytest.mark.parametrize("scaler", SCALERS)
def test_scale_of_a_constant_column_is_one(scaler):
    assert scaler().fit([[0.1]] * 3).scale_ == 1.0


@pytest.mark.parametrize("scaler", SCALERS)
@given(x=hnp.arrays(np.float64, (4, 2), elements=st.floats(allow_nan=False, allow_infinity=False)))
def test_finite_numbers_stay_finite_or_are_refused(scaler, x):
    try:
        scaled = scaler().fit_transform(x)
    except ValueError as refusal:
        if "too large or too small" not in str(refusal):
            raise
    else:
        assert np.isfinite(scaled).all()


@pytest.mark.parametrize(
    ("column", "scale"), [([0.0, 1e-200], "0.0"), ([-1e308, 1e308], "inf")], ids=str
)
def test_a_spread_outside_of_the_floats_is_refused_by_column(column, scale):
    x = np.column_stack([[1.0, 2.0], column])
    with pytest.raises(ValueError, match=rf"column 1 of x .* scale {scale} in float64"):
        StandardScaler().fit(x)


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize(
    ("given_dtype", "result"),
    [(np.float32, np.float32), (np.float64, np.float64), (np.int64, np.float64)],
)
def test_float32_stays_float32_and_integers_become_float64(scaler, given_dtype, result):
    x = np.array([[1, 20], [2, 20], [4, 60]], given_dtype)
    fitted = scaler().fit(x)
    assert fitted.transform(x).dtype == result
    assert fitted.inverse_transform(x).dtype == result


def test_unsigned_bytes_do_not_wrap_around():
    pixels = np.array([[250], [0], [5]], np.uint8)
    np.testing.assert_allclose(MinMaxScaler().fit_transform(pixels), pixels / 250.0)


def test_float32_statistics_are_summed_in_float64():
    # Down a column, a float32 sum of 0.1 a million times is off in the third digit.
    x = np.full((1_000_000, 2), 0.1, np.float32)
    x[0] = 0.0
    center = StandardScaler().fit(x).center_
    np.testing.assert_allclose(center, np.mean(x, axis=0, dtype=np.float64), rtol=1e-7)


@pytest.mark.parametrize("scaler", SCALERS)
def test_test_rows_are_scaled_by_what_the_training_rows_taught(scaler):
    train, test = np.array([[0.0], [10.0]]), np.array([[20.0], [5.0]])
    fitted = scaler().fit(train)
    np.testing.assert_allclose(
        fitted.transform(test), (test - fitted.center_) / fitted.scale_, rtol=1e-15
    )
    with_test_rows = scaler().fit(np.vstack([train, test]))
    assert not np.allclose(fitted.transform(test), with_test_rows.transform(test))


@pytest.mark.parametrize("scaler", SCALERS)
def test_scaling_does_not_change_its_input(scaler):
    x = np.array([[1.0, 2.0], [3.0, 8.0]])
    fitted = scaler().fit(x)
    fitted.inverse_transform(fitted.transform(x))
    np.testing.assert_array_equal(x, [[1.0, 2.0], [3.0, 8.0]])


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("method", ["fit", "transform", "inverse_transform", "fit_transform"])
@pytest.mark.parametrize(("x", "error", "message"), BAD_TABLES)
def test_bad_tables_are_refused_and_leave_the_scaler_as_it_was(scaler, method, x, error, message):
    fitted = scaler().fit([[1.0, 2.0], [3.0, 6.0]])
    before = fitted.transform([[7.0, 8.0]])
    with pytest.raises(error, match=message):
        getattr(fitted, method)(x)
    np.testing.assert_array_equal(fitted.transform([[7.0, 8.0]]), before)


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
def test_another_number_of_columns_than_in_fit_is_refused(method):
    fitted = StandardScaler().fit([[1.0, 2.0], [3.0, 6.0]])
    with pytest.raises(ValueError, match="x must have 2 columns, as in fit, got 3"):
        getattr(fitted, method)([[1.0, 2.0, 3.0]])


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
def test_a_scaler_that_learned_nothing_says_so(scaler, method):
    with pytest.raises(RuntimeError, match=rf"this {scaler.__name__} has learned nothing yet"):
        getattr(scaler(), method)([[1.0]])


def test_a_scaler_prints_its_formula_and_what_it_learned():
    assert repr(StandardScaler()) == "<StandardScaler: (x - mean) / std, not fitted>"
    assert repr(MinMaxScaler().fit([[1.0, 2.0]])).endswith("(max - min), 2 columns>")


# --- train_test_split ------------------------------------------------------------


@given(
    rows=st.integers(2, 60),
    test_size=st.floats(0.001, 0.999),
    seed=st.integers(0, 2**32),
)
def test_a_split_is_a_partition_and_keeps_the_arrays_aligned(rows, test_size, seed):
    index = np.arange(rows)
    x = np.stack([index, 10 * index], axis=1)
    x_train, x_test, y_train, y_test = train_test_split(x, -index, test_size=test_size, rng=seed)
    np.testing.assert_array_equal(np.sort(np.concatenate([x_train, x_test])[:, 0]), index)
    for part, target in [(x_train, y_train), (x_test, y_test)]:
        assert len(part) >= 1
        np.testing.assert_array_equal(part[:, 1], 10 * part[:, 0])
        np.testing.assert_array_equal(target, -part[:, 0])


@pytest.mark.parametrize("test_size", [0.1, 0.2, 0.25, 0.3, 1 / 3, 0.5, 0.9])
def test_a_split_counts_rows_as_scikit_learn_does(test_size):
    for rows in range(2, 601):
        train, test = train_test_split(np.arange(rows), test_size=test_size, rng=0)
        try:
            expected = model_selection.train_test_split(np.arange(rows), test_size=test_size)
        except ValueError:  # scikit-learn refuses to leave no training row; we leave one
            assert len(train) == 1, f"{rows} rows"
        else:
            assert (len(train), len(test)) == tuple(map(len, expected)), f"{rows} rows"


def test_boston_is_split_into_404_and_102_rows():
    assert [len(part) for part in train_test_split(np.arange(506))] == [404, 102]


def test_a_seed_repeats_a_split_and_no_seed_does_not():
    x = np.arange(1000)

    def test_rows(rng):
        return train_test_split(x, rng=rng)[1].tolist()

    assert test_rows(7) == test_rows(7) == test_rows(np.random.default_rng(7))
    assert test_rows(7) != test_rows(8)
    assert test_rows(None) != test_rows(None)


def test_the_parts_of_a_split_are_copies():
    x = np.arange(10.0)
    for part in train_test_split(x, rng=0):
        part[:] = -1
    np.testing.assert_array_equal(x, np.arange(10.0))


@pytest.mark.parametrize(
    ("arrays", "settings", "message"),
    [
        ([], {}, "at least one array is needed, got none"),
        ([[1, 2, 3], [1, 2]], {}, r"same number of rows, got \[3, 2\]"),
        ([5], {}, "every array needs rows, got a single number"),
        ([[]], {}, "the arrays have no rows"),
        ([[1]], {}, "a split needs at least two rows, got 1"),
        ([[1, 2]], {"test_size": 0}, "test_size must lie between 0 and 1, got 0"),
        ([[1, 2]], {"test_size": 1.0}, r"between 0 and 1, got 1\.0"),
        ([[1, 2]], {"test_size": np.nan}, "between 0 and 1, got nan"),
        ([[1, 2]], {"rng": -1}, "rng must be at least 0, got -1"),
    ],
)
def test_what_cannot_be_split_is_refused(arrays, settings, message):
    with pytest.raises(ValueError, match=message):
        train_test_split(*arrays, **settings)


@pytest.mark.parametrize("rng", [1.5, True, "seed", np.random.RandomState(0)])
def test_only_a_generator_or_a_whole_number_can_shuffle(rng):
    with pytest.raises(TypeError, match="rng must be a whole number, got"):
        train_test_split([1, 2], rng=rng)


# --- minibatches -----------------------------------------------------------------


@given(
    rows=st.integers(1, 3000),
    batch_size=st.one_of(st.integers(1, 3500), st.just(10**30)),
    seed=st.integers(0, 2**32),
)
def test_an_epoch_shows_every_row_once_and_keeps_the_arrays_aligned(rows, batch_size, seed):
    index = np.arange(rows)
    rng = np.random.default_rng(seed)
    seen = []
    for x, y in minibatches(index[:, None], -index, batch_size=batch_size, rng=rng):
        np.testing.assert_array_equal(x[:, 0], -y)
        seen.append(-y)
    np.testing.assert_array_equal(np.sort(np.concatenate(seen)), index)


@pytest.mark.parametrize("rng", [None, np.random.default_rng(0)], ids=["in order", "shuffled"])
@pytest.mark.parametrize(
    ("rows", "batch_size", "sizes"),
    [
        (10, 5, [5, 5]),
        (10, 4, [4, 4, 2]),
        (3, 7, [3]),
        (2500, 1000, [1000, 1000, 500]),
        (2100, 700, [700] * 3),
        (5000, 2000, [2000, 2000, 1000]),
    ],
)
def test_only_the_last_batch_may_be_smaller(rng, rows, batch_size, sizes):
    batches = minibatches(np.arange(rows), batch_size=batch_size, rng=rng)
    assert [len(x) for (x,) in batches] == sizes


def test_without_a_generator_the_rows_come_in_order():
    batches = minibatches(np.arange(3000), batch_size=7)
    np.testing.assert_array_equal(np.concatenate([x for (x,) in batches]), np.arange(3000))


def test_each_epoch_is_shuffled_anew_and_a_seed_repeats_them_all():
    def epochs(seed):
        rng = np.random.default_rng(seed)
        return [
            np.concatenate([x for (x,) in minibatches(np.arange(50), batch_size=8, rng=rng)])
            for _ in range(3)
        ]

    first, second, third = epochs(0)
    assert not np.array_equal(first, np.arange(50))
    assert not np.array_equal(first, second)
    assert not np.array_equal(second, third)
    np.testing.assert_array_equal(epochs(0), [first, second, third])


@pytest.mark.parametrize("rng", [None, np.random.default_rng(0)], ids=["in order", "shuffled"])
def test_a_large_table_is_never_copied_whole(rng):
    x = np.zeros((5000, 3))
    for (batch,) in minibatches(x, batch_size=32, rng=rng):
        owner = batch if batch.base is None else batch.base
        assert owner is x or len(owner) <= 1024, f"a batch keeps {len(owner)} copied rows alive"


def test_lists_tables_and_images_can_be_batched_together():
    images = np.zeros((3, 28, 28), np.uint8)
    batches = list(minibatches([1, 2, 3], images, batch_size=2))
    assert [(x.shape, image.shape, image.dtype) for x, image in batches] == [
        ((2,), (2, 28, 28), np.uint8),
        ((1,), (1, 28, 28), np.uint8),
    ]


@pytest.mark.parametrize(
    ("arrays", "settings", "error", "message"),
    [
        ([], {}, ValueError, "at least one array is needed"),
        ([[1, 2], [1]], {}, ValueError, r"same number of rows, got \[2, 1\]"),
        ([[]], {}, ValueError, "the arrays have no rows"),
        ([[1]], {"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ([[1]], {"batch_size": -3}, ValueError, "batch_size must be at least 1, got -3"),
        ([[1]], {"batch_size": 2.0}, TypeError, r"batch_size must be a whole number, got 2\.0"),
        ([[1]], {"batch_size": True}, TypeError, "batch_size must be a whole number, got True"),
        ([[1]], {"batch_size": None}, TypeError, "batch_size must be a whole number, got None"),
        ([[1]], {"rng": 0}, TypeError, "rng must be a numpy.random.Generator or None, got 0"),
    ],
)
def test_what_cannot_be_batched_is_refused_at_the_call(arrays, settings, error, message):
    with pytest.raises(error, match=message):
        minibatches(*arrays, **{"batch_size": 1, **settings})
