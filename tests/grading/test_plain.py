"""What crosses the wall arrives as it was, and nothing else crosses."""

import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from dlcourse.grading import _plain
from dlcourse.grading.checks import assert_close


def crossed(value):
    blobs = []
    tree = _plain.encode(value, blobs)
    incoming, outgoing = os.pipe()
    try:
        _plain.Channel(incoming, outgoing).send({"value": tree}, blobs, None)
        message, blobs = _plain.Channel(incoming, outgoing).receive(None)
    finally:
        os.close(incoming)
        os.close(outgoing)
    return _plain.decode(message["value"], blobs)


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return (
            a.dtype == b.dtype
            and a.shape == b.shape
            and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
        )
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return bool(a == b) or (a != a and b != b)


DTYPES = st.sampled_from(
    ["bool", "int8", "int64", "uint16", "float32", "float64", ">f8", "complex128"]
)
ARRAYS = nps.arrays(DTYPES, nps.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
NUMBERS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**200), 2**200), st.floats(), st.text(max_size=20)
)
VALUES = st.recursive(
    st.one_of(NUMBERS, ARRAYS, st.binary(max_size=20), st.complex_numbers(allow_nan=False)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(max_size=3), st.integers()), inner, max_size=3),
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=200)
@given(VALUES)
def test_plain_data_arrives_as_it_was(value):
    native = value
    if isinstance(value, np.ndarray):
        native = value.astype(value.dtype.newbyteorder("="))
    if not isinstance(value, list | tuple | dict):
        assert same(crossed(value), native)
    else:
        assert type(crossed(value)) is type(value)


def test_numbers_of_numpy_stay_numbers_of_numpy():
    for value in (np.float64(0.1), np.int8(-3), np.bool_(True), np.float32(1e-9)):
        back = crossed(value)
        assert (type(back), back) == (type(value), value)


def test_what_arrives_can_be_written_to():
    back = crossed(np.zeros(3))
    back[0] = 1.0
    assert back[0] == 1.0


class Pretender(float):
    """Says it is a float."""


@pytest.mark.parametrize(
    "value",
    [
        object(),
        Pretender(1.0),
        {1, 2},
        np.array([object()]),
        np.array(["text"]),
        np.zeros(2).view(np.recarray),
        np.datetime64("2026-01-01"),
        print,
        type,
        1 << 5_000,
        [[[]] * 2, Pretender(2.0)],
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_else_crosses(value):
    with pytest.raises(_plain.NotPlainError):
        _plain.encode(value, [])


def test_a_function_crosses_as_a_number_where_the_other_side_may_call_it():
    given_functions = []

    def number(function):
        given_functions.append(function)
        return len(given_functions) - 1

    tree = _plain.encode([math.sin, 1.0], [], number)
    assert _plain.decode(tree, [], given_functions.__getitem__) == [math.sin, 1.0]
    with pytest.raises(_plain.BrokenMessageError):
        _plain.decode(tree, [])


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from("ltdascbfz")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=500)
@given(JSON, st.lists(st.binary(max_size=16), max_size=2))
def test_whatever_comes_is_either_read_or_refused(tree, blobs):
    try:
        value = _plain.decode(tree, blobs)
    except _plain.BrokenMessageError:
        return
    _plain.encode(value, [])  # what was read is plain


@settings(deadline=None, max_examples=200)
@given(st.binary(min_size=4, max_size=200))
def test_whatever_bytes_come_are_either_a_message_or_refused(raw):
    incoming, outgoing = os.pipe()
    os.write(outgoing, raw)
    os.close(outgoing)
    spare = os.open(os.devnull, os.O_WRONLY)
    try:
        _plain.Channel(incoming, spare).receive(None)
    except (_plain.BrokenMessageError, EOFError):
        pass
    finally:
        os.close(incoming)
        os.close(spare)


@pytest.mark.parametrize("twice", [["a", 0, "|u1", [4]], ["s", 0, "<f4"], ["b", 0]])
def test_the_same_bytes_do_not_come_twice(twice):
    """Else a message of a megabyte could become an answer of terabytes."""
    assert _plain.decode(["l", twice], [bytes(4)])
    with pytest.raises(_plain.BrokenMessageError, match="twice"):
        _plain.decode(["l", twice, twice], [bytes(4)])
    blobs = [bytes(4)]  # neither as the result and as what was changed
    _plain.decode(twice, blobs)
    with pytest.raises(_plain.BrokenMessageError, match="twice"):
        _plain.decode(twice, blobs)


def test_an_array_of_nothing_can_not_be_of_any_length():
    assert _plain.decode(["a", 0, "<f8", [0, 3]], [b""]).shape == (0, 3)
    with pytest.raises(_plain.BrokenMessageError):
        _plain.decode(["a", 0, "<f8", [0, 10**9]], [b""])


def test_what_claims_to_be_true_is_true():
    back = _plain.decode(["a", 0, "|b1", [3]], [b"\x00\x01\x07"])
    assert back.tobytes() == b"\x00\x01\x01"


def test_what_is_too_large_is_refused_before_it_goes_out():
    incoming, outgoing = os.pipe()
    channel = _plain.Channel(incoming, outgoing)
    with pytest.raises(_plain.NotPlainError, match="too long"):
        channel.send({"value": "x" * 9_000_000}, [], None)
    with pytest.raises(_plain.NotPlainError, match="MB"):
        channel.send({}, [bytes(40_000_000)], None)
    channel.send({"still": "in step"}, [], None)
    assert channel.receive(None)[0] == {"still": "in step"}
    with pytest.raises(TimeoutError):
        channel.receive(0.0)
    os.close(incoming)
    os.close(outgoing)


def test_only_numbers_are_close_to_numbers():
    for near in (6, 6.0, np.float32(6), [6] * 2, np.array([6.0, 6.0])):
        assert_close(near, np.full(np.shape(near), 6.0))
    assert_close([3**50, 1], [float(3**50), 1.0])  # which NumPy holds as objects
    for no_number in ("6.0", b"6.0", 6 + 7j, np.array(6 + 7j)):
        with pytest.raises(AssertionError, match="Expected numbers"):
            assert_close(no_number, 6.0)
    assert_close(6 + 7j, 6 + 7j)
