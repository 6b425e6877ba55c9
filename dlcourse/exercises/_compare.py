"""Comparing two answers: numbers, arrays, and lists, tuples and dicts of them."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from dlcourse.autodiff import Tensor

Path = tuple[Any, ...]


def as_numbers(value: Any) -> Any:
    """Return a copy, with every tensor or variable in it as the array it holds."""
    if isinstance(value, Mapping):
        return {key: as_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [as_numbers(item) for item in value]
        return type(value)(items) if type(value) in (list, tuple) else _like(value, items)
    if isinstance(value, Tensor):
        value = value.value
    # From NumPy 2.5 on, eigenvalues are complex always.
    if isinstance(value, complex | np.ndarray | np.generic) and np.iscomplexobj(value):
        # A division by 0 of complex numbers leaves no number in either part.
        is_real = np.all((value.imag == 0) | np.isnan(value.imag))
        value = value.real if is_real else value
    # The answer may hand out one array again and again, and change it between.
    return value.copy() if isinstance(value, np.ndarray) else value


def _like(value: Any, items: list[Any]) -> Any:
    return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)


def is_numeric(value: Any) -> bool:
    """Say whether this is a number, or an array or a regular list of numbers."""
    try:
        array = np.asarray(value)
    except Exception:  # the answer may be an object of any kind
        return False
    return array.dtype.kind in "fiub"


def is_series(value: Any) -> bool:
    """Say whether this holds values in order."""
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


_NUMBERS = (int, float, np.integer, np.floating, np.bool_)


def is_row(value: Any) -> bool:
    """Say whether this is a plain list of numbers: as good as an array."""
    return type(value) is list and all(isinstance(item, _NUMBERS) for item in value)


def aligned(expected: Any, got: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Yield each right number or array with its place, and what came there.

    What is missing came as None. A list that came for an array stays one, and a list of
    numbers is one array, so that all patterns are looked for in both.
    """
    if isinstance(expected, Mapping):
        for key, item in expected.items():
            came = got.get(key) if isinstance(got, Mapping) else None
            yield from aligned(item, came, (*path, key))
    elif isinstance(expected, list | tuple) and not is_row(expected):
        came = list(got) if is_series(got) else []
        for position, item in enumerate(expected):
            here = came[position] if position < len(came) else None
            yield from aligned(item, here, (*path, position))
    else:
        yield path, expected, got


def close(expected: Any, got: Any, tolerance: float) -> bool:
    """Say whether two numeric arrays agree in shape and in every entry."""
    a, b = np.asarray(expected), np.asarray(got)
    return a.shape == b.shape and bool(np.all(agreeing(a, b, tolerance)))


def agreeing(expected: Any, got: Any, tolerance: float) -> np.ndarray[Any, Any]:
    """Say of each entry of two numeric arrays of one shape whether they agree there."""
    a, b = np.asarray(expected), np.asarray(got)
    # float32 has seven digits; nobody can do better.
    loosest = 1e-5 if a.dtype == np.float32 else 0.0
    a, b = a.astype(np.float64), b.astype(np.float64)
    finite = np.isfinite(a)
    scale = float(np.max(np.abs(a[finite]), initial=0.0))
    # What is exactly 0 may come out as a rounding error.
    allowed = max(tolerance, loosest) * scale + 1e-12
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= allowed
    return np.asarray(np.where(finite, near, (a == b) | (np.isnan(a) & np.isnan(b))))


def same(expected: Any, got: Any, tolerance: float) -> bool:
    """Say whether two answers have the same structure and close numbers throughout."""
    if type(expected) is float and type(got) is float and abs(expected) < np.inf:
        return abs(expected - got) <= tolerance * abs(expected) + 1e-12  # the same, but fast
    got = as_numbers(got)
    if isinstance(expected, Mapping):
        return (
            isinstance(got, Mapping)
            and set(got) == set(expected)
            and all(same(expected[key], got[key], tolerance) for key in expected)
        )
    if is_row(expected) and (is_row(got) or (isinstance(got, np.ndarray) and got.ndim == 1)):
        return is_numeric(got) and _close_each(np.asarray(expected), np.asarray(got), tolerance)
    if isinstance(expected, list | tuple):
        return (
            is_series(got)
            and len(got) == len(expected)
            and all(same(a, b, tolerance) for a, b in zip(expected, got, strict=True))
        )
    return is_numeric(got) and is_numeric(expected) and close(expected, got, tolerance)


def _close_each(
    expected: np.ndarray[Any, Any], got: np.ndarray[Any, Any], tolerance: float
) -> bool:
    """Say whether two rows agree, each number being measured against itself."""
    if expected.shape != got.shape:
        return False
    a, b = expected.astype(np.float64), got.astype(np.float64)
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= tolerance * np.abs(a) + 1e-12
    return bool(np.all(np.where(np.isfinite(a), near, (a == b) | (np.isnan(a) & np.isnan(b)))))


# What a call did to its inputs --------------------------------------------------------------


_PLAIN = (int, float, str, FunctionType, type(None))  # what can't be changed


def copied(value: Any) -> Any:
    """Return a copy of dicts, lists, tuples and arrays; two that were one are then two."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, np.ndarray):
        return value.copy(order="K")  # a transposed table stays one
    if type(value) is list and all(isinstance(item, _PLAIN) for item in value):
        return value.copy()
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(copied(item) for item in value)
    return copy.deepcopy(value)


@dataclass(frozen=True)
class Change:
    """An input that is not what it was: which one, what kind of thing, and how much."""

    position: int
    kind: str
    by_rounding: bool = False


def differs(before: tuple[Any, ...], after: tuple[Any, ...]) -> Change | None:
    """Return what is said of the first input that is not as it was, or None."""
    for position, (a, b) in enumerate(zip(before, after, strict=True)):
        for old, new in _changed_parts(a, b, (a, b)):
            kind = next((k for t, k in _KINDS if isinstance(old, t)), "object")
            near = kind == "array" and old.shape == new.shape and old.dtype.kind == "f"
            by_rounding = near and bool(np.allclose(old, new, rtol=1e-12, atol=1e-12))
            return Change(position, kind, by_rounding)
    return None


_KINDS = ((np.ndarray, "array"), (Mapping, "dict"), (list, "list"))


def _changed_parts(a: Any, b: Any, holder: tuple[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the arrays, dicts and lists in `a` that are different in `b`.

    What stands in a tuple can't be changed there: then it is what holds the tuple.
    """
    if type(a) is type(b) is list and all(isinstance(item, str) for item in a) and a == b:
        return
    if isinstance(a, Mapping):
        same_keys = isinstance(b, Mapping) and list(a) == list(b)
        pairs = [(a[key], b[key]) for key in a] if same_keys else None
        holder = a, b
    elif isinstance(a, list | tuple):
        same_length = isinstance(b, list | tuple) and len(a) == len(b)
        pairs = list(zip(a, b, strict=True)) if same_length else None
        holder = (a, b) if isinstance(a, list) else holder
    else:
        pairs = [] if _is_as_it_was(a, b) else None
        holder = (a, b) if isinstance(a, np.ndarray) else holder
    if pairs is None:
        yield holder
    else:
        for old, new in pairs:
            yield from _changed_parts(old, new, holder)


def _is_as_it_was(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        same_kind = isinstance(b, np.ndarray) and a.dtype == b.dtype
        return same_kind and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, int | float | str | bool | np.generic):
        return a is b or bool(a == b) or bool(a != a and b != b)
    return True  # functions, generators and the like are not looked into
