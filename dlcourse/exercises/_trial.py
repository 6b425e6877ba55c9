"""Running an answer on the inputs of its exercise, and catching all that can go wrong.

An examination has up to four stages: look at what was passed, call it on the inputs of every
trial, compare what came back, and ask the same once more. Each of them may run code of the
answer, which may be a loop without end; so each has a limit of time.
"""

import copy
import inspect
from collections.abc import Callable
from typing import Any

from dlcourse.exercises._answers import Verdict
from dlcourse.exercises._compare import as_numbers, differs, same
from dlcourse.exercises._diagnosis import Trial, diagnose
from dlcourse.exercises._exercise import Exercise
from dlcourse.exercises._limit import Restored, TimeUp, limited, mute, one_at_a_time
from dlcourse.exercises._words import arguments, count, short

# A sentence and an example of what is wrong with an answer; two empty texts if nothing is.
Problem = tuple[str, str]
_NONE = ("", "")

# What NumPy says when a condition or a function of `math` meets a whole array.
_ONE_NUMBER_ONLY = ("truth value of an array", "only length-1 arrays", "only 0-dimensional")


def examine(exercise: Exercise, answer: Any) -> Verdict:
    """Return the verdict on an answer, whatever the answer is."""
    with one_at_a_time, Restored(), Restored():
        mute()
        sentence, example = _first_problem(exercise, answer)
    if sentence:
        return Verdict(exercise.number, False, sentence, example)
    trials = len(exercise.trials())
    return Verdict(exercise.number, True, f"Right, in {trials} trials." if trials > 1 else "Right.")


def _first_problem(exercise: Exercise, answer: Any) -> Problem:
    """Go through the stages; stop at the first that finds something wrong."""
    found: list[Trial] = []
    stages: list[Callable[[], Problem]] = [lambda: _looked_at(exercise, answer)]
    if exercise.judge:
        stages += [lambda: _judged(exercise, answer)]
    else:
        stages += [
            lambda: _tried(exercise, answer, found),
            lambda: _compared(exercise, found),
            lambda: _asked_again(exercise, answer, found[0]),
        ]
    for stage in stages:
        problem = stage()
        if problem[0]:
            return problem
    return _NONE


def _within_limit(
    exercise: Exercise,
    work: Callable[[], Problem],
    late: Callable[[], Problem],
    failed: Callable[[BaseException], Problem],
) -> Problem:
    """Return the problem that the work finds; another if it takes too long, or fails."""
    found = [_NONE]

    def watched() -> None:
        try:
            found[0] = work()
        except (KeyboardInterrupt, TimeUp):
            raise
        except BaseException as error:  # SystemExit, and whatever else the answer raises
            found[0] = failed(error)

    return found[0] if limited(exercise.seconds, watched) else late()


def _text_of(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}".rstrip(": ")
    except Exception:  # an exception of the answer's own may fail to say what it is
        return type(error).__name__


# Look at what was passed --------------------------------------------------------------------


def _looked_at(exercise: Exercise, answer: Any) -> Problem:
    this = f"What you passed to check is no plain {_kind(exercise)}"
    return _within_limit(
        exercise,
        lambda: (_refusal(exercise, answer), ""),
        lambda: (f"{this}: to look at it took more than {exercise.seconds:g} s.", ""),
        lambda error: (f"{this}: to look at it stopped with an error, {_text_of(error)}", ""),
    )


def _kind(exercise: Exercise) -> str:
    return "class" if isinstance(exercise.reference, type) else "function"


def _refusal(exercise: Exercise, answer: Any) -> str:
    """Say why there is nothing to run, or nothing."""
    call = f'check("{exercise.number}", {exercise.name})'
    kind = _kind(exercise)
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


# Call it on the inputs of every trial -------------------------------------------------------


def _tried(exercise: Exercise, answer: Any, found: list[Trial]) -> Problem:
    """Call the answer and the reference, and note in `found` what each returns."""

    def work(inputs: tuple[Any, ...]) -> Problem:
        before = copy.deepcopy(inputs)
        expected = exercise.result_of(exercise.reference, copy.deepcopy(inputs))
        got = as_numbers(exercise.result_of(answer, inputs))
        changed = differs(before, inputs)
        found.append(Trial(before, as_numbers(expected), got, changed))
        return _NONE

    return _on_every_trial(exercise, work)


def _judged(exercise: Exercise, answer: Any) -> Problem:
    def work(inputs: tuple[Any, ...]) -> Problem:
        assert exercise.judge is not None
        return exercise.judge(answer, *inputs) or "", ""

    return _on_every_trial(exercise, work)


def _on_every_trial(exercise: Exercise, work: Callable[[tuple[Any, ...]], Problem]) -> Problem:
    """Do the work on each trial, all within one limit, until one finds something wrong."""
    trials, now = exercise.trials(), [0]

    def all_trials() -> Problem:
        for position, inputs in enumerate(trials):
            now[0] = position
            problem = work(copy.deepcopy(inputs))
            if problem[0]:
                return problem
        return _NONE

    def late() -> Problem:
        sentence = (
            f"It had not returned after {exercise.seconds:g} s, so it was interrupted. "
            f"Does every loop come to an end?"
        )
        return sentence, _called_with(exercise, trials[now[0]])

    def failed(error: BaseException) -> Problem:
        return _raised(error, now[0]), _called_with(exercise, trials[now[0]])

    return _within_limit(exercise, all_trials, late, failed)


def _raised(error: BaseException, done: int) -> str:
    text = _text_of(error)
    if any(words in text for words in _ONE_NUMBER_ONLY):
        return (
            f"It is not vectorized: it works on single numbers and stops at an array ({text}). "
            f"Use NumPy's functions, and np.where in place of if."
        )
    if isinstance(error, RecursionError):
        return "It calls itself without end, or too deep for Python (RecursionError)."
    after = f", after {count(done, 'trial')} without one" if done else ""
    return f"It stopped with an error{after}: {text}"


def _called_with(exercise: Exercise, inputs: tuple[Any, ...]) -> str:
    shown = arguments(inputs)
    return f"It was called with {shown}" if shown and exercise.is_plain_call else ""


# Compare what came back, and ask the same once more -----------------------------------------


def _compared(exercise: Exercise, found: list[Trial]) -> Problem:
    """Diagnose what was found: this calls methods of the objects that the answer returned."""
    this = "What it returned could not be compared with the right answer"
    advice = "Return plain numbers, arrays, lists or dicts."
    return _within_limit(
        exercise,
        lambda: diagnose(exercise, found),
        lambda: (f"{this} within {exercise.seconds:g} s. {advice}", ""),
        lambda error: (f"{this} ({_text_of(error)}). {advice}", ""),
    )


def _asked_again(exercise: Exercise, answer: Any, first: Trial) -> Problem:
    """Ask the same once more: a right answer is right again."""
    again = "Right at first, but asked the same again it"

    def work() -> Problem:
        result = exercise.result_of(answer, copy.deepcopy(first.inputs))
        if same(first.expected, result, exercise.tolerance):
            return _NONE
        sentence = (
            f"{again} gives another answer: it keeps something from one call to the next that it "
            f"should not keep."
        )
        return sentence, example()

    def example() -> str:
        return _called_with(exercise, first.inputs)

    return _within_limit(
        exercise,
        work,
        lambda: (f"{again} had not returned after {exercise.seconds:g} s.", example()),
        lambda error: (f"{again} stopped with an error: {_text_of(error)}", example()),
    )
