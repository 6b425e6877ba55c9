"""Running an answer on the inputs of its exercise, and catching all that can go wrong."""

import contextlib
import copy
import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises._answers import Verdict
from dlcourse.exercises._compare import as_numbers, differs, same
from dlcourse.exercises._diagnosis import Trial, diagnose
from dlcourse.exercises._exercise import Exercise
from dlcourse.exercises._limit import limited
from dlcourse.exercises._words import arguments, count, short

# What NumPy says when a condition or a function of `math` meets a whole array.
_ONE_NUMBER_ONLY = ("truth value of an array", "only length-1 arrays", "only 0-dimensional")


class _Nowhere(io.TextIOBase):
    """A file for what the answer prints: an endless loop must not fill the page."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    with (
        contextlib.redirect_stdout(_Nowhere()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield


def examine(exercise: Exercise, answer: Any) -> Verdict:
    """Return the verdict on an answer, whatever the answer is."""
    sentence, example = _refusal(exercise, answer), ""
    if not sentence:
        sentence, example = (_judged if exercise.judge else _compared)(exercise, answer)
    if sentence:
        return Verdict(exercise.number, False, sentence, example)
    trials = len(exercise.trials())
    return Verdict(exercise.number, True, f"Right, in {trials} trials." if trials > 1 else "Right.")


def _refusal(exercise: Exercise, answer: Any) -> str:
    """Say why there is nothing to run, or nothing."""
    call = f'check("{exercise.number}", {exercise.name})'
    kind = "class" if isinstance(exercise.reference, type) else "function"
    if kind == "class" and not isinstance(answer, type) and type(answer).__name__ == exercise.name:
        return f"You passed an object of your class; pass the class itself: {call}."
    if kind == "class" and not isinstance(answer, type):
        return f"Pass your class {exercise.name} itself: {call}. This is {short(answer)}."
    if not callable(answer):
        return (
            f"Pass your {kind} itself, with no brackets behind its name: {call}. "
            f"This is {short(answer)}."
        )
    return _wrong_parameters(exercise, answer)


def _wrong_parameters(exercise: Exercise, answer: Callable[..., Any]) -> str:
    try:
        signature = inspect.signature(answer)
        expected = inspect.signature(exercise.reference)
    except (TypeError, ValueError):  # some compiled functions don't tell
        return ""
    # Passed by position; what has a default may be left out.
    needed = [p.name for p in expected.parameters.values() if p.default is p.empty]
    try:
        signature.bind(*needed)
    except TypeError:
        got = ", ".join(signature.parameters)
        return (
            f"The exercise asks for {exercise.asks_for}, which takes "
            f"{count(len(expected.parameters), 'parameter')}; yours takes "
            f"{count(len(signature.parameters), 'parameter')}: ({got})."
        )
    return ""


class _Stopped(Exception):
    """The trials end here: `args` are the sentence and the example."""


def _guarded(exercise: Exercise, answer: Any, work: Callable[[Any], None]) -> tuple[str, str]:
    """Do the work on each trial within the limit; return what stopped it, if anything did."""
    trials, now, problem = exercise.trials(), [()], [("", "")]

    def all_trials() -> None:
        with _quietly():
            for done, inputs in enumerate(trials):
                now[0] = inputs
                try:
                    work(copy.deepcopy(inputs))
                except _Stopped as stopped:
                    problem[0] = stopped.args[0], stopped.args[1]
                    return
                except (Exception, SystemExit) as error:
                    problem[0] = _raised(exercise, error, inputs, done)
                    return

    if limited(exercise.seconds, all_trials):
        return problem[0]
    sentence = (
        f"It had not returned after {exercise.seconds:g} s, so it was interrupted. "
        f"Does every loop come to an end?"
    )
    return sentence, _called_with(exercise, now[0])


def _raised(
    exercise: Exercise, error: BaseException, inputs: tuple[Any, ...], done: int
) -> tuple[str, str]:
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    if any(words in str(error) for words in _ONE_NUMBER_ONLY):
        sentence = (
            f"It is not vectorized: it works on single numbers and stops at an array ({text}). "
            f"Use NumPy's functions, and np.where in place of if."
        )
    elif isinstance(error, RecursionError):
        sentence = "It calls itself without end, or too deep for Python (RecursionError)."
    else:
        after = f", after {count(done, 'trial')} without one" if done else ""
        sentence = f"It stopped with an error{after}: {text}"
    return sentence, _called_with(exercise, inputs)


def _called_with(exercise: Exercise, inputs: tuple[Any, ...]) -> str:
    shown = arguments(inputs)
    return f"It was called with {shown}" if shown and exercise.is_plain_call else ""


def _judged(exercise: Exercise, answer: Any) -> tuple[str, str]:
    def work(inputs: tuple[Any, ...]) -> None:
        assert exercise.judge is not None
        sentence = exercise.judge(answer, *inputs)
        if sentence:
            raise _Stopped(sentence, "")

    return _guarded(exercise, answer, work)


def _compared(exercise: Exercise, answer: Any) -> tuple[str, str]:
    found: list[Trial] = []

    def work(inputs: tuple[Any, ...]) -> None:
        before = copy.deepcopy(inputs)
        expected = exercise.result_of(exercise.reference, copy.deepcopy(inputs))
        got = as_numbers(exercise.result_of(answer, inputs))
        changed = differs(before, inputs)
        found.append(Trial(before, as_numbers(expected), got, changed))

    stopped = _guarded(exercise, answer, work)
    if stopped[0]:
        return stopped
    with _quietly():
        wrong = diagnose(exercise, found)
    return wrong if wrong[0] else _not_repeatable(exercise, answer, found)


def _not_repeatable(exercise: Exercise, answer: Any, found: list[Trial]) -> tuple[str, str]:
    """Ask the same once more: a right answer is right again."""
    first = found[0]

    def work(inputs: tuple[Any, ...]) -> None:
        again = exercise.result_of(answer, copy.deepcopy(first.inputs))
        if not same(first.expected, again, exercise.tolerance):
            raise _Stopped(
                "Right at first, but asked the same again it gives another answer: it keeps "
                "something from one call to the next that it should not keep.",
                _called_with(exercise, first.inputs),
            )
        raise _Stopped("", "")  # once is enough

    return _guarded(exercise, answer, work)
