"""A trial of an answer, and how it is shown to a reader: the call, what came, what is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcourse.exercises._calls import calls_of
from dlcourse.exercises._compare import Change, Path, aligned, close, is_numeric, is_series, same
from dlcourse.exercises._exercise import Exercise, Steps
from dlcourse.exercises._kinds import place_in_words
from dlcourse.exercises._words import call, short, written

_LONGEST_EXAMPLE = 96


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class Trial:
    """One trial: the inputs, what is right, what came, and which input was changed.

    `returned` is the object itself that came, `got` a copy of its numbers.
    """

    inputs: tuple[Any, ...]
    expected: Any
    got: Any
    changed: Change | None = None
    returned: Any = None


def size_of(value: Any) -> int:
    """Count the numbers and other single things in a value."""
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, Mapping):
        return sum(map(size_of, value.values())) + len(value)
    return sum(map(size_of, value)) if isinstance(value, list | tuple) else 1


def called_with(exercise: Exercise, inputs: tuple[Any, ...]) -> str:
    """Write the call or the calls of a trial, as a reader would type them."""
    if exercise.is_plain_call or exercise.input_names == exercise.parameter_names:
        return call(exercise.name, inputs)
    calls = calls_of(exercise, inputs)
    if calls:
        return "\n".join(calls)
    names = exercise.input_names
    return "\n".join(f"{n} = {written(v)}" for n, v in zip(names, inputs, strict=False))


def example(exercise: Exercise, trial: Trial, about: Path = ()) -> str:
    """Show a trial: the call, what came and what was expected."""
    subject, expected, got = _part_to_show(exercise, trial, about)
    for digits in (6, 9, 17):
        right, came = short(expected, digits), short(got, digits)
        if right != came:
            break
    if exercise.is_plain_call:
        start = f"For example, {call(exercise.name, trial.inputs)}"
        middle = f"returned {came}" if not subject else f"returned {came} {subject}"
    else:
        start = f"For example:\n{called_with(exercise, trial.inputs)}"
        middle = f"{subject or 'The result'} came out as {came}"
    tail = f"where {right} is right" if right != came else "which is not right"
    line = f"{middle} {tail}"
    return f"{start}\n{line}" if len(line) <= _LONGEST_EXAMPLE else f"{start}\n{middle}\n{tail}"


def _part_to_show(exercise: Exercise, trial: Trial, about: Path) -> tuple[str, Any, Any]:
    """Return what to show of a result: all of it, or where it first goes wrong."""
    expected, got, tolerance = trial.expected, trial.got, exercise.tolerance
    if isinstance(expected, Steps) and is_series(got) and len(got) == len(expected):
        for position, (a, b) in enumerate(zip(expected, got, strict=True)):
            if not same(a, b, tolerance):
                return f"Step {position + 1} of {len(expected)}", a, b
    if _fits(expected):
        return "", expected, got
    for path, right, came in aligned(expected, got):
        if same(right, came, tolerance) or (about and path != about):
            continue
        where = f"in {place_in_words(path, lower=True)}" if path else ""
        entries = is_numeric(came) and np.shape(came) == np.shape(right) and np.ndim(right)
        if entries and not (path and _fits(right)):
            a, b = np.asarray(right), np.asarray(came)
            index = next(i for i in np.ndindex(a.shape) if not close(a[i], b[i], tolerance))
            at = f"at [{', '.join(map(str, index))}]"
            return f"{at} {where}".strip(), a[index], b[index]
        return where, right, came
    return "", expected, got


def _fits(value: Any) -> bool:
    """Say whether all of a value can be shown in a line."""
    text = short(value)
    return len(text) <= _LONGEST_EXAMPLE and "..." not in text and "an array of" not in text
