"""What the tests of a problem set are made of: comparisons that say what is wrong.

They work alike in a student's notebook, where the visible tests call the student's functions
directly, and in the grader, where they call them through a wall. A plain `assert` with a
message does as well, where nothing is to be compared.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["assert_close", "assert_raises", "assert_unchanged"]


def assert_close(
    actual: Any, expected: ArrayLike, advice: str = "", *, rtol: float = 1e-6, atol: float = 1e-9
) -> None:
    """Check that an answer has the shape and the values that are expected.

    Parameters
    ----------
    actual : array_like
        What the student's code returned.
    expected : array_like
        What it should be: a number, or an array.
    advice : str, optional
        A sentence for the student, told where they differ.
    rtol, atol : float, optional
        How far they may be apart, relative to `expected` and in absolute terms.

    Raises
    ------
    AssertionError
        If they differ; the message says how.

    Examples
    --------
    >>> assert_close(5.9, 6.0, "The slope of x**2 at 3 is 6.")
    Traceback (most recent call last):
    AssertionError: Expected 6.0, got 5.9. The slope of x**2 at 3 is 6.
    """
    right = np.asarray(expected)
    if actual is None:
        raise AssertionError(_joined("Got None: is there a `return`?", advice))
    try:
        # NumPy would read a text as a number, and drop the imaginary part.
        if np.asarray(actual).dtype.kind in ("US" if right.dtype.kind == "c" else "USc"):
            raise ValueError
        mine = np.asarray(actual, dtype=np.result_type(right.dtype, np.float64))
    except (TypeError, ValueError):
        raise AssertionError(_joined(f"Expected numbers, got {_short(actual)}.", advice)) from None
    if mine.shape != right.shape:
        shapes = f"Expected the shape {right.shape}, got {mine.shape}."
        raise AssertionError(_joined(shapes, advice))
    if not np.allclose(mine, right, rtol=rtol, atol=atol, equal_nan=True):
        values = f"Expected {_short(expected)}, got {_short(actual)}."
        raise AssertionError(_joined(values, advice))


def assert_raises(
    error: type[Exception], function: Callable[..., Any], *arguments: Any, advice: str = ""
) -> None:
    """Check that a call is refused with an error of a certain class.

    Parameters
    ----------
    error : type
        The class of exception that is expected.
    function : callable
        The student's function.
    *arguments
        What it is called with.
    advice : str, optional
        A sentence for the student, told where it isn't refused.

    Raises
    ------
    AssertionError
        If it is not refused, or in another way.

    Examples
    --------
    >>> assert_raises(ZeroDivisionError, lambda x: 1 / x, 0)
    """
    try:
        result = function(*arguments)
    except error:
        return
    except Exception as other:
        what = getattr(other, "kind", type(other).__name__)
        raise AssertionError(_joined(f"Expected {error.__name__}, got {what}.", advice)) from None
    raise AssertionError(_joined(f"Expected {error.__name__}, got {_short(result)}.", advice))


def assert_unchanged(function: Callable[..., Any], *arguments: Any, advice: str = "") -> Any:
    """Call a function, check that it leaves its arguments as they were, and return its result.

    Parameters
    ----------
    function : callable
        The student's function.
    *arguments
        Arrays, lists, dictionaries, numbers, functions.
    advice : str, optional
        A sentence for the student, told where an argument was changed.

    Returns
    -------
    object
        What the function returned.

    Raises
    ------
    AssertionError
        If an array, a list or a dictionary was changed in place.

    Examples
    --------
    >>> assert_unchanged(sorted, [3, 1, 2])
    [1, 2, 3]
    """
    before = copy.deepcopy([None if callable(argument) else argument for argument in arguments])
    result = function(*arguments)
    for place, (old, argument) in enumerate(zip(before, arguments, strict=True), 1):
        if not callable(argument) and not _same(old, argument):
            changed = f"Argument {place} was changed; leave what you are given as it is."
            raise AssertionError(_joined(changed, advice))
    return result


def _same(one: Any, other: Any) -> bool:
    """Whether two values hold the same, whatever they are made of."""
    if isinstance(one, np.ndarray):
        same_kind = isinstance(other, np.ndarray) and one.dtype == other.dtype
        return same_kind and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other) or (one != one and other != other)


def _short(value: Any) -> str:
    """Return a value as one short line."""
    with np.printoptions(precision=6, threshold=20, edgeitems=3):
        text = repr(value.tolist()) if isinstance(value, np.generic) else repr(value)
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:117]}..."


def _joined(what: str, advice: str) -> str:
    return f"{what} {advice}".strip()
