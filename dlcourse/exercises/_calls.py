"""Writing down the calls that a trial makes, when it is more than one call."""

from typing import Any

from dlcourse.exercises._compare import copied
from dlcourse.exercises._exercise import Exercise
from dlcourse.exercises._words import call

_MOST = 12


def calls_of(exercise: Exercise, inputs: tuple[Any, ...]) -> list[str]:
    """List the calls of a trial as a reader would type them, or nothing.

    They are those that the right answer gets: what an answer is asked does not depend on
    what it says, and the right one is known to behave.
    """
    if exercise.run is None:
        return []
    lines: list[str] = []
    try:
        exercise.run(_Listener(exercise.reference, exercise.name, lines), *copied(tuple(inputs)))
    except Exception:  # an answer need not be one that can be listened to
        return []
    return lines if len(lines) <= _MOST else [*lines[:_MOST], "..."]


class _Listener:
    """Stands in for a function or a class, and writes down how it is called."""

    def __init__(self, real: Any, name: str, lines: list[str]) -> None:
        self._real, self._name, self._lines = real, name, lines

    def __call__(self, *args: Any) -> Any:
        made = "it = " if isinstance(self._real, type) else ""
        self._lines.append(f"{made}{call(self._name, args)}")
        result = self._real(*args)
        return _Listener(result, "it", self._lines) if made else result

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        return _Listener(value, f"{self._name}.{name}", self._lines) if callable(value) else value
