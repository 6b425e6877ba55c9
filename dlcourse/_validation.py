"""Checks shared by every room that takes a reader's arrays.

One place decides what a usable table or column of numbers is, so that the same
mistake gets the same sentence everywhere: what was expected, and what came.
"""

import operator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating[Any]]


def as_floats(values: ArrayLike, name: str) -> FloatArray:
    """Return `values` as a float array: float32 and float64 stay, integers become float64."""
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} is not a regular array of numbers: {error}") from None
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{name} must hold numbers (float32, float64 or integers), got dtype {array.dtype}"
        )
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    if not np.isfinite(array).all():
        first = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{name} holds {np.count_nonzero(~np.isfinite(array))} value(s) that are not finite, "
            f"the first ({array[first]}) at index {first}; remove or fill them first"
        )
    return array


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
    return np.random.default_rng(as_count(rng, name, minimum=0))
