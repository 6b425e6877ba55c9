"""Saying in few words what a value is."""

from typing import Any

import numpy as np

_LONGEST = 64


def count(number: int, noun: str) -> str:
    """Return "1 trial" or "3 trials"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def article(noun: str) -> str:
    """Return "an array" or "a list"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def short(value: Any) -> str:
    """Describe a value in one line, the same in every run."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, bool | int | np.integer | np.bool_ | str):
        return _cut(repr(value.item() if isinstance(value, np.generic) else value))
    if isinstance(value, float | np.floating):
        return f"{float(value):.6g}"
    if isinstance(value, dict):
        return _cut("{" + ", ".join(f"{k!r}: {short(v)}" for k, v in value.items()) + "}")
    if isinstance(value, list | tuple):
        inner = ", ".join(short(item) for item in value)
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return _cut(f"[{inner}]" if isinstance(value, list) else f"({inner}{comma})")
    if callable(value):
        return f"{getattr(value, '__name__', 'a function')}"
    # The repr of anything else may hold an address, which differs from run to run.
    return article(f"{type(value).__name__} object")


def _array(value: np.ndarray[Any, Any]) -> str:
    if value.size > 12 or value.dtype.kind not in "fiub":
        return f"an array of shape {value.shape}"
    text = np.array2string(value, precision=4, separator=", ", max_line_width=10_000)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"an array of shape {value.shape}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."


def arguments(inputs: tuple[Any, ...]) -> str:
    """Describe the arguments of a call."""
    return ", ".join(short(value) for value in inputs)
