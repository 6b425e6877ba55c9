"""The checks in problem sets say what is wrong, and let right answers pass."""

import numpy as np
import pytest

from dlcourse.grading.checks import assert_close, assert_raises, assert_unchanged


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (6, 6.0),
        ([1.0, 2.0], np.array([1, 2])),
        (np.float32(0.1), 0.1),
        (np.nan, np.nan),
        (1e-12, 0.0),
    ],
)
def test_what_is_close_passes(actual, expected):
    assert_close(actual, expected, atol=1e-8, rtol=1e-6)


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (5.9, 6.0, r"Expected 6.0, got 5.9\. Look again\."),
        (None, 6.0, r"Got None: is there a `return`\?"),
        ("six", 6.0, "Expected numbers, got 'six'"),
        ([6.0], 6.0, r"Expected the shape \(\), got \(1,\)"),
        (np.ones((2, 1)), np.ones(2), r"Expected the shape \(2,\), got \(2, 1\)"),
        ([[1], [2, 3]], [1.0], "Expected numbers"),
        (np.nan, 6.0, "got nan"),
        (1j, 1.0, "Expected numbers"),
        ({}, 1.0, "Expected numbers, got {}"),
        (np.zeros(1000), np.ones(1000), r"\.\.\."),
    ],
)
@pytest.mark.filterwarnings("ignore:Casting complex")
def test_what_is_wrong_is_said(actual, expected, words):
    with pytest.raises(AssertionError, match=words):
        assert_close(actual, expected, "Look again.")


def test_a_refusal_is_expected_of_a_class():
    assert_raises(ValueError, int, "x")
    with pytest.raises(AssertionError, match="Expected ValueError, got 3"):
        assert_raises(ValueError, int, 3)
    with pytest.raises(AssertionError, match="Expected ValueError, got TypeError. Look"):
        assert_raises(ValueError, int, None, advice="Look again.")


def leave(value):
    return value


def spoil(value):
    key = next(iter(value)) if isinstance(value, dict) else 0
    inner = value[key]
    if isinstance(inner, list):
        inner[0] = 7.5
    else:
        value[key] = 7.5
    return 1


@pytest.mark.parametrize(
    "value",
    [np.zeros(3), [1, 2], [[1, 2], 3], {"a": 1}, {"a": [1]}, ([1, 2],), [np.nan, 1], ["a", None]],
)
def test_a_changed_argument_is_noticed(value):
    assert assert_unchanged(leave, value) is value
    with pytest.raises(AssertionError, match="Argument 1 was changed"):
        assert_unchanged(spoil, value)


def test_functions_and_numbers_can_be_arguments():
    assert assert_unchanged(lambda f, x: f(x), abs, -3) == 3
    assert assert_unchanged(lambda f, x: f(x), np.sin, np.float64(0)) == 0
