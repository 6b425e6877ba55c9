"""Saying in few words what a value is, and writing a call as a reader would type it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_LONGEST = 64
_LONGEST_ARGUMENT = 240
_WIDEST_CALL = 88
_MOST_NUMBERS = 24


def count(number: int, noun: str) -> str:
    """Return "1 trial" or "3 trials"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def article(noun: str) -> str:
    """Return "an array" or "a list"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def join(words: list[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def name_of(function: Any) -> str:
    """Return a name that a reader knows or can look up, or say that it is a function."""
    name = getattr(function, "__name__", "")
    if isinstance(function, np.ufunc):
        return f"np.{name}"
    # What `formula` makes is called by its text: that is no private name.
    private = name.startswith(("_", "<"))
    return name if isinstance(name, str) and name and not private else "a function"


def short(value: Any, digits: int = 6) -> str:
    """Describe a value in one line, the same in every run."""
    if isinstance(value, np.ndarray):
        return _array(value, digits)
    if isinstance(value, float | np.floating):
        return f"{float(value):.{digits}g}"
    if isinstance(value, dict):
        return _cut("{" + ", ".join(f"{k!r}: {short(v, digits)}" for k, v in value.items()) + "}")
    if isinstance(value, list | tuple):
        return _cut(_brackets(value, lambda item: short(item, digits)))
    return _cut(_other(value))


def written(value: Any) -> str:
    """Write a value as code that makes it, if that is not too long."""
    text = _code(value)
    return text if len(text) <= _LONGEST_ARGUMENT else _size_of(value)


def call(name: str, inputs: tuple[Any, ...]) -> str:
    """Write a call as a reader would type it, on several lines if it is long."""
    texts = [written(value) for value in inputs]
    line = f"{name}({', '.join(texts)})"
    if len(line) <= _WIDEST_CALL:
        return line
    return "\n".join([f"{name}(", *(f"    {text}," for text in texts), ")"])


def in_a_line(start: str, calls: str) -> str:
    """Put a call behind what is said of it, or below if it has several lines."""
    return f"{start}:\n{calls}" if "\n" in calls else f"{start} {calls}"


def _brackets(value: list[Any] | tuple[Any, ...], show: Callable[[Any], str]) -> str:
    inner = ", ".join(show(item) for item in value)
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return f"[{inner}]" if isinstance(value, list) else f"({inner}{comma})"


def _other(value: Any) -> str:
    if value is None or isinstance(value, bool | int | np.integer | np.bool_ | str):
        return repr(value.item() if isinstance(value, np.generic) else value)
    if isinstance(value, np.random.Generator):
        seed = value.bit_generator.seed_seq
        if isinstance(seed, np.random.SeedSequence):
            return f"a generator of seed {seed.entropy}"
    if callable(value):
        return name_of(value)
    # The repr of anything else may hold an address, which differs from run to run.
    return article(f"{type(value).__name__} object")


def _array(value: np.ndarray[Any, Any], digits: int) -> str:
    if value.size > _MOST_NUMBERS or value.dtype.kind not in "fiub":
        return f"an array of shape {value.shape}"
    text = np.array2string(
        value, precision=max(4, digits), separator=", ", max_line_width=10_000, floatmode="maxprec"
    )
    text = " ".join(text.split()).replace("[ ", "[").replace(" ]", "]").replace(" ,", ",")
    return text if len(text) <= 2 * _LONGEST else f"an array of shape {value.shape}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."


def _code(value: Any) -> str:
    if isinstance(value, np.ndarray):
        if value.size > 4 * _MOST_NUMBERS or value.dtype.kind not in "fiub":
            return f"an array of shape {value.shape}"
        if value.size == 0:
            return f"np.zeros({value.shape})"
        maker = "np.float32" if value.dtype == np.float32 else "np.array"
        numbers = re.sub(r"\b(inf|nan)\b", r"np.\1", repr(value.tolist()))
        return f"{maker}({numbers})"
    if isinstance(value, float | np.floating):
        return repr(float(value)) if np.isfinite(value) else f"float('{float(value)}')"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k!r}: {_code(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return _brackets(value, _code)
    return _other(value)


def _size_of(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, Mapping):
        return f"a dict with {count(len(value), 'key')}"
    if isinstance(value, list | tuple):
        return f"{article(type(value).__name__)} of {len(value)}"
    return _cut(_code(value))
