"""Kept memory is lent to one at a time, and there is not more of it than was said."""

import numpy as np
import pytest

from dlcourse import _memory
from dlcourse._fingerprint import fingerprint


@pytest.fixture(autouse=True)
def nothing_kept():
    _memory._arrays.clear()
    yield
    _memory._arrays.clear()


def large(rows):
    return _memory.matmul(np.ones((rows, 200)), np.ones((200, 200)))


def test_a_result_that_is_held_is_not_written_into():
    results = [large(100) for _ in range(6)]
    for i, result in enumerate(results):
        result[...] = i
    assert [float(result[0, 0]) for result in results] == list(range(6))


def test_a_result_that_was_let_go_is_used_again():
    first = large(100)
    address = first.__array_interface__["data"]
    del first
    assert large(100).__array_interface__["data"] == address


def test_a_view_keeps_its_array_from_being_used_again():
    view = large(100)[3:5]
    large(100)[...] = 7.0
    np.testing.assert_array_equal(view, 200.0)


def test_many_shapes_do_not_pile_up():
    for rows in range(50, 150):
        large(rows)
    assert len(_memory._arrays) <= _memory._KINDS


# --- fingerprints -----------------------------------------------------------------

ROW = 2003  # of words, as in the module


def changes():
    """Yield a name and a change that leaves the sum of every column of words as it is."""
    yield (
        "rows 2003 apart, exchanged",
        (3000, 113),
        lambda x: x.__setitem__([5, 5 + ROW], x[[5 + ROW, 5]]),
    )
    yield "all signs", (2 * ROW, 3), lambda x: np.negative(x, out=x)
    yield "signs of two rows of words", (5000,), lambda x: np.negative(x[: 2 * ROW], x[: 2 * ROW])
    yield "rolled by 2003 rows", (2 * ROW, 5), lambda x: x.__setitem__(..., np.roll(x, ROW, 0))


@pytest.mark.parametrize(
    ("shape", "change"), [c[1:] for c in changes()], ids=[c[0] for c in changes()]
)
def test_a_change_that_keeps_the_sum_of_each_column_is_noticed(shape, change):
    x = np.random.default_rng(0).normal(size=shape)
    before = fingerprint(x)
    change(x)
    assert fingerprint(x) != before


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray, lambda x: x[:, ::2]])
def test_any_layout_of_memory_has_a_fingerprint(layout):
    x = layout(np.random.default_rng(0).normal(size=(300, 80)))
    before = fingerprint(x)
    assert fingerprint(x) == before
    x[17, 3] += 1e-9
    assert fingerprint(x) != before


def test_a_masked_array_has_a_fingerprint():
    x = np.ma.masked_less(np.random.default_rng(0).normal(size=(100, 100)), 0)
    before = fingerprint(x)
    x[3, 3] = 5.0
    assert fingerprint(x) != before
