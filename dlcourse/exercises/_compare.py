"""Comparing two answers: numbers, arrays, and lists, tuples and dicts of them."""

from collections.abc import Iterator, Mapping
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


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each number or array with the keys and positions that lead to it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from leaves(item, (*path, position))
    else:
        yield path, value


def close(expected: Any, got: Any, tolerance: float) -> bool:
    """Say whether two numeric arrays agree in shape and in every entry."""
    a, b = np.asarray(expected), np.asarray(got)
    if a.shape != b.shape:
        return False
    a, b = a.astype(np.float64), b.astype(np.float64)
    finite = np.isfinite(a)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    scale = float(np.max(np.abs(a[finite]), initial=0.0))
    # float32 has seven digits; nobody can do better.
    loosest = 1e-5 if np.asarray(expected).dtype == np.float32 else 0.0
    # What is exactly 0 may come out as a rounding error.
    allowed = max(tolerance, loosest) * scale + 1e-12
    return bool(np.all(np.abs(a[finite] - b[finite]) <= allowed))


def same(expected: Any, got: Any, tolerance: float) -> bool:
    """Say whether two answers have the same structure and close numbers throughout."""
    got = as_numbers(got)
    if isinstance(expected, Mapping):
        return (
            isinstance(got, Mapping)
            and set(got) == set(expected)
            and all(same(expected[key], got[key], tolerance) for key in expected)
        )
    if isinstance(expected, list | tuple):
        return (
            is_series(got)
            and len(got) == len(expected)
            and all(same(a, b, tolerance) for a, b in zip(expected, got, strict=True))
        )
    return is_numeric(got) and close(expected, got, tolerance)


def differs(before: Any, after: Any) -> int | None:
    """Return the position of the first argument that is not as it was, or None."""
    for position, (a, b) in enumerate(zip(before, after, strict=True)):
        if isinstance(a, np.ndarray | Mapping | list) and not _unchanged(a, b):
            return position
    return None


def _unchanged(a: Any, b: Any) -> bool:
    if isinstance(a, Mapping):
        return set(a) == set(b) and all(_unchanged(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(_unchanged, a, b))
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return callable(a) or bool(a == b)
