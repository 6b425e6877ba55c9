"""What counts as a number: everything that is one, whatever it came in, and nothing else."""

import decimal
import fractions
import math

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcourse._helpers.validation import as_column, as_floats, as_generator, as_table


class Frame:
    """A table as pandas makes it: columns of different dtypes become one array of objects."""

    def __init__(self, *columns):
        self.columns = columns

    def __array__(self, dtype=None, copy=None):
        dtypes = {np.asarray(column).dtype for column in self.columns}
        one = dtypes.pop() if len(dtypes) == 1 else object
        table = np.empty((len(self.columns[0]), len(self.columns)), one)
        for i, column in enumerate(self.columns):
            table[:, i] = column
        return table


# --- numbers that come in other clothes ---------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([True, False], [1.0, 0.0]),
        (np.array([False, True]), [0.0, 1.0]),
        ([3, 4], [3.0, 4.0]),
        (np.array([250, 251], np.uint8), [250.0, 251.0]),
        (np.array([1, -2], ">i4"), [1.0, -2.0]),
        (np.array([1, 2.5, True], object), [1.0, 2.5, 1.0]),
        (np.array([np.float32(0.5), np.int8(3), np.bool_(True)], object), [0.5, 3.0, 1.0]),
        (np.array([fractions.Fraction(1, 4), decimal.Decimal("0.75")], object), [0.25, 0.75]),
        (np.array([2**70, 1], object), [2.0**70, 1.0]),
        (Frame([True, False], [False, True]), [[1.0, 0.0], [0.0, 1.0]]),
        (Frame([True, False], [1.5, 2.5]), [[1.0, 1.5], [0.0, 2.5]]),
        (Frame([1, 2], [1.5, 2.5]), [[1.0, 1.5], [2.0, 2.5]]),
        (np.ma.array([1.0, 2.0]), [1.0, 2.0]),
        (np.ma.array([1.0, 2.0], mask=[False, False]), [1.0, 2.0]),
    ],
)
def test_whatever_is_a_number_becomes_float64(values, expected):
    array = as_floats(values, "x")
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, expected)


@given(
    x=hnp.arrays(
        st.sampled_from([np.dtype(">f4"), np.dtype("<f4"), np.dtype(">f8"), np.dtype("<f8")]),
        st.integers(1, 5),
        elements=st.floats(-100, 100, width=32),
    )
)
def test_the_order_of_bytes_makes_no_difference(x):
    array = as_floats(x, "x")
    assert array.dtype.isnative
    assert array.dtype.itemsize == x.dtype.itemsize
    np.testing.assert_array_equal(array, x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_that_are_right_already_are_not_copied(dtype):
    x = np.ones((3, 2), dtype)
    assert as_floats(x, "x") is x
    assert as_table(x, "x") is x


# --- and what is no number -----------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([[1.0, None]], TypeError, r"dtype object with None of type NoneType at index \(0, 1\)"),
        (Frame([1, 2], ["a", "b"]), TypeError, r"'a' of type str at index \(0, 1\)"),
        (Frame([True, None], [1.0, 2.0]), TypeError, r"None of type NoneType at index \(1, 0\)"),
        (np.array([1, 2j], object), TypeError, r"2j of type complex at index \(1,\)"),
        (np.array(["1.5", 2], object), TypeError, r"'1\.5' of type str at index \(0,\)"),
        (np.array([[1.0], 2], object), TypeError, r"of type list at index \(0,\)"),
        (["red", "green"], TypeError, "dtype <U5 .*'red'.* a column of 0 and 1"),
        ([b"red"], TypeError, "got dtype .S3 .*a column of 0 and 1"),
        ([1j, 2.0], TypeError, r"got dtype complex128; take x\.real"),
        (np.zeros(2, np.float16), TypeError, r"float16; convert it: x\.astype\(np\.float64\)"),
        (np.array(["2024-01-01"], "M8[D]"), TypeError, "datetime64.*give times as numbers"),
        (np.array([3], "m8[s]"), TypeError, "timedelta64.*give times as numbers"),
        (np.zeros(2, [("a", float)]), TypeError, r"got dtype \[\('a', '<f8'\)\]"),
        (np.array([10**400], object), ValueError, "x holds a number that no float64 can hold"),
        (np.array([1.0, math.nan], object), ValueError, r"the first \(nan\) at index \(1,\)"),
        (np.array([1, math.inf], object), ValueError, r"the first \(inf\) at index \(1,\)"),
        (np.array([], object), ValueError, r"x is empty: its shape is \(0,\)"),
        (np.ma.array([1.0, 2.0], mask=[False, True]), ValueError, r"1 masked .*x\.filled\("),
        (np.ma.masked_invalid([np.nan, 1.0]), ValueError, r"1 masked value\(s\); fill them"),
        ([[1], [1, 2]], ValueError, "x is not a regular array of numbers"),
    ],
)
def test_what_is_no_number_is_refused_with_its_place_and_what_to_do(values, error, message):
    with pytest.raises(error, match=message):
        as_floats(values, "x")


def test_a_wider_float_than_float64_is_refused_where_there_is_one():
    if np.dtype(np.longdouble) != np.float64:
        with pytest.raises(TypeError, match=r"convert it: x\.astype\(np\.float64\)"):
            as_floats(np.ones(2, np.longdouble), "x")


def test_tables_and_columns_take_what_floats_take():
    assert as_table(Frame([True, False], [1.5, 2.5]), "x", columns=2).dtype == np.float64
    np.testing.assert_array_equal(as_column(np.array([True, False]), "y", rows=2), [1.0, 0.0])


# --- one meaning of rng ----------------------------------------------------------------


def test_a_generator_stays_itself_a_seed_repeats_and_none_is_fresh():
    rng = np.random.default_rng(0)
    assert as_generator(rng) is rng
    for seed in (0, 7, 2**70, np.int64(3), np.uint8(3)):
        assert as_generator(seed).random() == np.random.default_rng(int(seed)).random()
    assert as_generator(None).random() != as_generator(None).random()


@pytest.mark.parametrize(
    ("rng", "error"),
    [
        (np.random, TypeError),
        (np.random.RandomState(0), TypeError),
        ("seed", TypeError),
        ("0", TypeError),
        (True, TypeError),
        (np.True_, TypeError),
        (1.5, TypeError),
        (1.0, TypeError),
        ([1, 2], TypeError),
        (np.random.default_rng, TypeError),
        (-1, ValueError),
        (np.int64(-3), ValueError),
    ],
)
def test_what_is_neither_is_told_what_to_pass(rng, error):
    advice = r"; pass a seed such as 0, a generator such as np.random.default_rng\(0\), or None"
    with pytest.raises(error, match=f"^noise must be .*{advice}$"):
        as_generator(rng, "noise")
