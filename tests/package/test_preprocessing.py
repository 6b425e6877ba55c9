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


# Each is one number, but for the last bits: a table that was computed holds such columns.
ALMOST_CONSTANT = {
    "sum": [0.3, 0.1 + 0.2, 0.3, 0.3, 0.3],
    "differences": [0.3, 1 - 0.7, 0.3, 0.6 / 2, 3 * 0.1],
    "negative": [-0.3, -(0.1 + 0.2), -0.3, -0.3, -0.3],
    "offset": [1e9, np.nextafter(1e9, 2e9), 1e9, np.nextafter(1e9, 0), 1e9],
    "offset computed": [1e9 + 0.3, 1e9 + 0.1 + 0.2, 1e9 + 0.3, 1e9 + 0.3, 1e9 + 0.3],
    "tiny": [3e-300, 3e-300 * (1 + 2**-52), 3e-300, 3e-300, 3e-300],
    "huge": [1e300, 1e300 * (1 + 2**-52), 1e300, 1e300, 1e300],
}


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("name", ALMOST_CONSTANT)
def test_a_spread_of_rounding_is_no_spread(scaler, name):
    column = np.array(ALMOST_CONSTANT[name])
    fitted = scaler().fit(np.column_stack([column, np.arange(5.0)]))
    assert fitted.scale_[0] == 1.0
    assert fitted.scale_[1] > 1.0, "each column is judged alone"
    # Shifted only: a test row 0.01 away stays 0.01 away.
    new = fitted.transform([[column[0] + 0.01, 2.0]])[0, 0]
    rounding = 4 * np.spacing(np.abs(column).max())
    assert new == pytest.approx(column[0] + 0.01 - column[0], abs=rounding)
    assert np.abs(fitted.transform(np.column_stack([column] * 2))[:, 0]).max() <= rounding


@pytest.mark.parametrize("scaler", SCALERS)
@given(value=st.floats(-1e6, 1e6), noise=hnp.arrays(int, 6, elements=st.integers(-2, 2)))
def test_whatever_the_number_its_rounding_is_no_spread(scaler, value, noise):
    column = value + noise * np.spacing(np.abs(value))
    assert scaler().fit(column[:, None]).scale_ == 1.0


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize(
    "column",
    [[1.0, 1.0 + 1e-9], [1e-12, -1e-12], [0.0, 1e-12], [1e9, 1e9 + 1e-5], [1e15, 1e15 + 1], [0, 1]],
    ids=str,
)
def test_a_small_spread_that_is_no_rounding_survives(scaler, column):
    x = np.array(column, float)[:, None]
    scaled = scaler().fit_transform(x)
    width = {StandardScaler: 2.0}.get(scaler, 1.0)
    assert np.ptp(scaled) == pytest.approx(width)


@pytest.mark.parametrize("scaler", [MinMaxScaler, MeanNormalizer])
def test_a_column_of_the_tiniest_numbers_can_be_scaled(scaler):
    scaled = scaler().fit_transform([[1e-300], [2e-300], [5e-300]])
    assert np.ptp(scaled) == pytest.approx(1.0)
    assert (scaled[1] - scaled[0]) == pytest.approx(0.25)


@pytest.mark.parametrize("scaler", SCALERS)
def test_the_rounding_is_that_of_the_tables_dtype(scaler):
    # One unit in the last place of float32 is a genuine difference in float64.
    x = np.array([[0.3], [np.nextafter(np.float32(0.3), np.float32(1))], [0.3]], np.float32)
    assert scaler().fit(x).scale_ == 1.0
    assert scaler().fit(x.astype(np.float64)).scale_ < 1e-6


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


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("small", [2.0**970, np.nextafter(2.0**970, 0), 0.0, -1e308])
def test_a_column_up_to_the_largest_float_is_not_constant(scaler, small):
    x, refused = np.array([[-np.finfo(float).max], [small], [small]]), ""
    try:
        scale = scaler().fit(x).scale_
    except ValueError as error:
        refused = str(error)
    assert "too large or too small" in refused or scale > 1


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


@given(percent=st.integers(1, 99), rows=st.integers(2, 5000))
def test_a_share_in_percent_of_the_rows_is_exact(percent, rows):
    expected = min(-(-rows * percent // 100), rows - 1)  # rounded up, in whole numbers
    assert len(train_test_split(np.arange(rows), test_size=percent / 100, rng=0)[1]) == expected


@pytest.mark.parametrize(("test_size", "expected"), [(0.07, 7), (0.28, 28), (0.55, 55), (0.14, 14)])
def test_seven_percent_of_100_rows_are_7(test_size, expected):
    assert len(train_test_split(np.arange(100), test_size=test_size)[1]) == expected


def test_boston_is_split_into_404_and_102_rows():
    assert [len(part) for part in train_test_split(np.arange(506))] == [404, 102]


def test_a_seed_repeats_a_split_and_no_seed_does_not():
    x = np.arange(1000)

    def test_rows(rng):
        return train_test_split(x, rng=rng)[1].tolist()

    assert test_rows(7) == test_rows(7) == test_rows(np.random.default_rng(7))
    assert test_rows(7) != test_rows(8)
    assert test_rows(None) != test_rows(None)


@given(
    labels=st.lists(st.integers(0, 4), min_size=12, max_size=80),
    test_size=st.floats(0.05, 0.95),
    seed=st.integers(0, 100),
)
def test_a_stratified_split_counts_the_labels_as_scikit_learn_does(labels, test_size, seed):
    labels = np.array(labels)
    rows = np.arange(len(labels))
    settings = {"test_size": test_size, "stratify": labels}
    try:
        expected = model_selection.train_test_split(rows, random_state=0, **settings)
    except ValueError:  # one row of a label, or a part smaller than the labels are many
        with pytest.raises(ValueError, match="stratify"):
            train_test_split(rows, rng=seed, **settings)
        return
    found = train_test_split(rows, rng=seed, **settings)
    np.testing.assert_array_equal(np.sort(np.concatenate(found)), rows)
    for part, like in zip(found, expected, strict=True):
        assert len(part) == len(like)
        ours, theirs = (np.bincount(labels[which], minlength=5) for which in (part, like))
        # Where labels are equally entitled to a row, chance decides, there as here.
        exact = np.bincount(labels, minlength=5) * len(part) / len(labels)
        assert np.all(np.abs(ours - exact) < 1)
        np.testing.assert_allclose(np.sort(np.abs(ours - exact)), np.sort(np.abs(theirs - exact)))


def test_a_stratified_split_keeps_a_rare_label_in_both_parts():
    labels = np.repeat(["often", "rarely"], [90, 10])
    for seed in range(20):
        train, test = train_test_split(labels, test_size=0.3, stratify=labels, rng=seed)
        assert (np.sum(train == "rarely"), np.sum(test == "rarely")) == (7, 3)
    assert train_test_split(labels, stratify=labels)[0].shape == (80,)


def test_a_stratified_split_shuffles_and_a_seed_repeats_it():
    labels = np.tile([0, 1], 50)

    def test_rows(seed):
        return train_test_split(np.arange(100), stratify=labels, rng=seed)[1].tolist()

    assert test_rows(1) == test_rows(1)
    assert test_rows(1) != test_rows(2)
    assert test_rows(1) != sorted(test_rows(1))


def test_equal_claims_to_the_last_row_are_decided_by_chance():
    labels = np.repeat([0, 1], 5)  # two and a half rows of each
    seen = {
        int(np.sum(train_test_split(labels, test_size=0.5, stratify=labels, rng=seed)[1]))
        for seed in range(20)
    }
    assert seen == {2, 3}


def test_without_stratify_a_seed_splits_as_it_always_did():
    order = np.random.default_rng(3).permutation(10)
    train, test = train_test_split(np.arange(10), test_size=0.3, rng=3)
    np.testing.assert_array_equal(np.concatenate([test, train]), order)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, 0, 0, 1], ValueError, "label 1 of stratify has one row only, .* leave it out"),
        (["a", "b", "b", "b"], ValueError, "label a of stratify has one row only"),
        ([0.1, 0.2, 0.3, 0.4], ValueError, r"all different are no labels"),
        ([0, 0, 1], ValueError, r"one label for each of the 4 rows, got shape \(3,\)"),
        ([[0], [0], [1], [1]], ValueError, r"got shape \(4, 1\)"),
        (True, ValueError, r"one label for each of the 4 rows, got shape \(\)"),
        ([0.0, 0.0, np.nan, np.nan], ValueError, "stratify holds labels that are nan"),
        (np.array([None, "a", None, "a"]), TypeError, "labels of stratify must be all of one kind"),
    ],
    ids=str,
)
def test_labels_that_cannot_be_shared_out_are_refused(labels, error, message):
    with pytest.raises(error, match=message):
        train_test_split([1, 2, 3, 4], test_size=0.5, stratify=labels)


def test_a_part_too_small_for_all_labels_is_refused():
    labels = np.repeat(range(5), 4)
    for test_size in (0.1, 0.9):
        with pytest.raises(ValueError, match=r"can't both show the 5 labels .*change test_size"):
            train_test_split(labels, test_size=test_size, stratify=labels)


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
    with pytest.raises(TypeError, match="rng must be a whole number, got .*; pass a seed"):
        train_test_split([1, 2], rng=rng)
    with pytest.raises(TypeError, match="rng must be a whole number, got .*; pass a seed"):
        minibatches([1, 2], batch_size=1, rng=rng)


@pytest.mark.parametrize("test_size", [None, "0.2", True, [0.2]], ids=repr)
def test_a_share_is_a_number(test_size):
    with pytest.raises(TypeError, match="test_size must be a number between 0 and 1, got"):
        train_test_split([1, 2], test_size=test_size)


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


@given(
    rows=st.integers(1, 3000),
    batch_size=st.integers(1, 3000),
    rng=st.one_of(st.none(), st.integers(0, 9)),
)
def test_drop_last_leaves_out_exactly_the_smaller_batch(rows, batch_size, rng):
    settings = {"batch_size": batch_size, "rng": rng}
    if batch_size > rows:
        with pytest.raises(ValueError, match=f"drop_last leaves no batch at all: {rows} rows"):
            minibatches(np.arange(rows), drop_last=True, **settings)
        return
    kept = [x for (x,) in minibatches(np.arange(rows), drop_last=True, **settings)]
    all_batches = [x for (x,) in minibatches(np.arange(rows), **settings)]
    assert {len(x) for x in kept} == {batch_size}
    assert len(kept) == rows // batch_size
    np.testing.assert_array_equal(
        np.concatenate(kept), np.concatenate(all_batches)[: len(kept) * batch_size]
    )


def test_a_seed_gives_every_call_the_same_order():
    def order(rng):
        return np.concatenate([x for (x,) in minibatches(np.arange(50), batch_size=8, rng=rng)])

    np.testing.assert_array_equal(order(0), order(0))
    np.testing.assert_array_equal(order(0), order(np.random.default_rng(0)))
    assert not np.array_equal(order(0), order(1))
    assert not np.array_equal(order(0), np.arange(50))


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
        ([[1]], {"rng": -1}, ValueError, "rng must be at least 0, got -1; pass a seed"),
        ([[1]], {"rng": np.random}, TypeError, r"pass .* np.random.default_rng\(0\), or None"),
    ],
)
def test_what_cannot_be_batched_is_refused_at_the_call(arrays, settings, error, message):
    with pytest.raises(error, match=message):
        minibatches(*arrays, **{"batch_size": 1, **settings})
