"""What kind of thing a value is: what was returned in place of what, and what an input is like."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from dlcourse.exercises._compare import Path, is_numeric, is_series, same
from dlcourse.exercises._exercise import Steps
from dlcourse.exercises._words import article, count, short

DOTS = "The three dots are still there. Put your own code in their place, and run the cell again."
NOT_FINITE = "not finite"


def not_of_the_kind(expected: Any, got: Any, tolerance: float, it: str = "It") -> tuple[str, str]:
    """Return what two trials with the same mistake have in common, and the sentence."""
    if got is None:
        return f"{it} none", f"{it} returned None. Does the function end with return?"
    if got is ...:
        return "dots", DOTS
    if isinstance(expected, Mapping):
        return _no_such_dict(expected, got, tolerance, it)
    if isinstance(expected, list | tuple):
        return _no_such_series(expected, got, tolerance, it)
    return _not_numbers(expected, got, tolerance, it)


def _no_such_dict(
    expected: Mapping[Any, Any], got: Any, tolerance: float, it: str
) -> tuple[str, str]:
    if not isinstance(got, Mapping):
        return f"{it} no dict", f"{it} returned {short(got)} where a dict was expected."
    if set(got) != set(expected):
        keys = sorted(got, key=str), sorted(expected, key=str)
        missing, extra = set(expected) - set(got), set(got) - set(expected)
        which = "missing" if not extra else "extra" if not missing else "other"
        return f"{it} keys {which}", (
            f"{it} returned a dict with the keys {_list(keys[0])}; the keys should be "
            f"{_list(keys[1])}. Keys are {_wrongly_there(bool(missing), bool(extra))}."
        )
    return _first_part(
        ((f'The entry "{key}"', expected[key], got[key]) for key in expected), tolerance
    )


def _wrongly_there(missing: bool, extra: bool) -> str:
    if missing and extra:
        return "missing, and others are there instead"
    return "missing" if missing else "there that should not be"


def _list(keys: list[Any]) -> str:
    return str(keys) if len(keys) <= 8 else f"{str(keys[:6])[:-1]}, ...]"


def _no_such_series(
    expected: list[Any] | tuple[Any, ...], got: Any, tolerance: float, it: str
) -> tuple[str, str]:
    n = len(expected)
    if n > 1 and isinstance(expected, tuple) and not isinstance(got, list | tuple):
        for position, part in enumerate(expected):
            all_in_one = np.ndim(part) == 0 and is_series(got) and len(got) == n
            if same(part, got, tolerance) and not all_in_one:
                return f"{it} part {position}", (
                    f"{it} returned value {position + 1} alone where {n} values were expected."
                )
    if not is_series(got):
        return f"{it} no series", (
            f"{it} returned {short(got)} where {count(n, 'value')} were expected."
        )
    if len(got) != n:
        more = "many" if len(got) > n else "few"
        kind = count(len(got), "value")
        if isinstance(got, np.ndarray) and isinstance(expected, tuple):
            kind = f"one array of shape {got.shape}"
        return f"{it} length {more}", f"{it} returned {kind} where {n} were expected."
    name = "Step" if isinstance(expected, Steps) else "Value"
    return _first_part(
        (
            (f"{name} {i + 1} of {n}", a, b)
            for i, (a, b) in enumerate(zip(expected, got, strict=True))
        ),
        tolerance,
    )


def _first_part(parts: Iterable[tuple[str, Any, Any]], tolerance: float) -> tuple[str, str]:
    for it, expected, got in parts:
        key, sentence = not_of_the_kind(expected, got, tolerance, it)
        if key:
            return key, sentence
    return "", ""


def _not_numbers(expected: Any, got: Any, tolerance: float, it: str) -> tuple[str, str]:
    wanted = "a number" if np.ndim(expected) == 0 else f"an array of shape {np.shape(expected)}"
    if not is_numeric(got):
        kind = f"text, {short(got)}," if isinstance(got, str) else short(got)
        if isinstance(got, np.ndarray):
            kind = f"an array of dtype {got.dtype}"
        elif isinstance(got, list | tuple):
            kind = article(type(got).__name__) + " that is no regular table of numbers"
        elif callable(got):
            kind = f"a function, {short(got)},"
        return f"{it} {kind}", f"{it} returned {kind} where {wanted} was expected."
    if np.isfinite(np.asarray(expected)).all() and not np.isfinite(np.asarray(got)).all():
        subject = "The answer" if it == "It" else it
        return f"{it} {NOT_FINITE}", (
            f"{subject} is not finite: nan or inf came out. Is something divided by "
            f"zero, or does an exp or a log get too large or too small a number?"
        )
    return "", ""


def holds(test: Callable[[Any], Any], value: Any) -> bool:
    try:
        return bool(test(value))
    except Exception:  # not every test suits every value
        return False


def conditions_on(name: str) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    yield f"`{name}` is 0", lambda v: np.ndim(v) == 0 and v == 0
    yield f"`{name}` is 1", lambda v: np.ndim(v) == 0 and v == 1
    yield f"`{name}` is negative", lambda v: np.ndim(v) == 0 and v < 0
    yield f"`{name}` is above 1", lambda v: np.ndim(v) == 0 and v > 1
    yield f"`{name}` is empty", lambda v: len(v) == 0
    yield f"`{name}` has a single entry", lambda v: np.ndim(v) < 2 and len(v) == 1
    yield f"`{name}` has more than one entry", lambda v: np.ndim(v) < 2 and len(v) > 1
    yield f"`{name}` has a single row", lambda v: np.ndim(v) == 2 and len(v) == 1
    yield f"`{name}` has more than one row", lambda v: np.ndim(v) == 2 and len(v) > 1
    yield f"`{name}` is an array", lambda v: isinstance(v, np.ndarray) and v.ndim > 0
    yield f"`{name}` has more than one axis", lambda v: np.ndim(v) > 1
    yield f"`{name}` has a single column", lambda v: np.ndim(v) == 2 and np.shape(v)[1] == 1
    yield f"`{name}` has more than one column", lambda v: np.ndim(v) == 2 and np.shape(v)[1] > 1
    yield f"`{name}` is no square table", lambda v: np.ndim(v) == 2 and len(v) != np.shape(v)[1]
    yield f"`{name}` has a 0 in it", lambda v: np.ndim(v) > 0 and np.any(np.asarray(v) == 0)
    yield f"`{name}` has a negative number", lambda v: np.ndim(v) > 0 and np.min(v) < 0
    yield f"`{name}` has no negative number", lambda v: np.ndim(v) > 0 and np.min(v) >= 0
    yield (
        f"`{name}` has the same number twice",
        lambda v: np.ndim(v) > 0 and len(np.unique(v)) < np.size(v),
    )


def is_a(value: Any, kind: str) -> bool:
    return isinstance(value, {"array": np.ndarray, "list": list, "dict": Mapping}.get(kind, object))


def place_in_words(path: Path, lower: bool = False) -> str:
    if not path:
        return "it" if lower else "It"
    last = path[-1]
    if isinstance(last, str):
        return f'{"the" if lower else "The"} entry "{last}"'
    return f"{'value' if lower else 'Value'} {last + 1}"
