"""Checks shared by every room that takes a reader's arrays.

One place decides what a usable table or column of numbers is, so that the same
mistake gets the same sentence everywhere: what was expected, and what came.
"""

import decimal
import numbers
import operator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating[Any]]


def as_floats(values: ArrayLike, name: str) -> FloatArray:
    """Return `values` as a float array: float32 and float64 stay, the rest becomes float64.

    The rest is integers, booleans (0 and 1), numbers in another order of bytes, and arrays
    of objects that all are real numbers, as tables of mixed columns come.
    """
    if isinstance(values, np.ma.MaskedArray) and np.any(values.mask):
        raise ValueError(
            f"{name} holds {np.count_nonzero(values.mask)} masked value(s); "
            "fill them first: x.filled(value)"
        )
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} is not a regular array of numbers: {error}") from None
    if array.dtype == object:
        array = _numbers_of_objects(array, name)
    elif array.dtype.kind in "biu":
        array = array.astype(np.float64)
    elif array.dtype.kind == "f":
        array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(f"{_NUMBERS.format(name)}, got dtype {array.dtype}{_remedy(array)}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    if not np.isfinite(array).all():
        first = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{name} holds {np.count_nonzero(~np.isfinite(array))} value(s) that are not finite, "
            f"the first ({array[first]}) at index {first}; remove or fill them first"
        )
    return array


_NUMBERS = "{} must hold numbers (float32, float64, integers or booleans)"


def _numbers_of_objects(array: NDArray[Any], name: str) -> NDArray[np.float64]:
    """Return an array of objects as float64, if all of them are real numbers."""
    for index, entry in np.ndenumerate(array):
        if not isinstance(entry, numbers.Real | decimal.Decimal | np.bool_):
            raise TypeError(
                f"{_NUMBERS.format(name)}, got dtype object with {entry!r} of type "
                f"{type(entry).__name__} at index {index}; turn it into a number, fill it, or "
                "leave out its row or column"
            )
    try:
        return array.astype(np.float64)
    except (OverflowError, ValueError) as error:  # 10**400, a signaling Decimal
        raise ValueError(f"{name} holds a number that no float64 can hold: {error}") from None


def _remedy(array: NDArray[Any]) -> str:
    """Return what to do about an array of the wrong dtype, as the end of a sentence."""
    if array.dtype.kind == "f":
        return "; convert it: x.astype(np.float64)"
    if array.dtype.kind == "c":
        return "; take x.real, or np.abs(x)"
    if array.dtype.kind in "SU" and array.size:
        first = array.flat[0]
        return f" (the first is {first!r}); give each word a number, or a column of 0 and 1"
    if array.dtype.kind in "mM":
        return "; give times as numbers, for instance of days"
    return ""


def as_table(values: ArrayLike, name: str, columns: int | None = None) -> FloatArray:
    """Return `values` as a finite float array of shape (n_samples, n_features)."""
    array = as_floats(values, name)
    if array.ndim != 2:
        hint = "; use x.reshape(-1, 1) for a single feature" if array.ndim == 1 else ""
        raise ValueError(
            f"{name} must have shape (n_samples, n_features), got shape {array.shape}{hint}"
        )
    if columns is not None and array.shape[1] != columns:
        raise ValueError(f"{name} must have {columns} columns, as in fit, got {array.shape[1]}")
    return array


def as_column(values: ArrayLike, name: str, rows: int | None = None) -> FloatArray:
    """Return `values` as a finite float array of shape (n_samples,)."""
    array = as_floats(values, name)
    if array.ndim != 1:
        raise ValueError(f"{name} must have shape (n_samples,), got shape {array.shape}")
    if rows is not None and len(array) != rows:
        raise ValueError(
            f"{name} must have one value for each of the {rows} rows, got {len(array)}"
        )
    return array


def as_count(value: Any, name: str, *, minimum: int = 1) -> int:
    """Return `value` as an int of at least `minimum`; floats and booleans are refused."""
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {value!r}") from None
    if isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if count < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {count}")
    return count


def as_generator(rng: np.random.Generator | int | None, name: str = "rng") -> np.random.Generator:
    """Return a random generator: the one given, one seeded by an int, or a fresh one for None."""
    if isinstance(rng, np.random.Generator):
        return rng
    if rng is None:
        return np.random.default_rng()
    try:
        seed = as_count(rng, name, minimum=0)
    except (TypeError, ValueError) as error:
        advice = "pass a seed such as 0, a generator such as np.random.default_rng(0), or None"
        raise type(error)(f"{error}; {advice}") from None
    return np.random.default_rng(seed)
