"""Running an answer on the inputs of its exercise, and catching all that can go wrong.

An examination has up to five stages: look at what was passed, call it on the inputs of every
trial, ask the same once more, compare what came back, and see whether it does what the text
demands beyond the results. Each of them may run code of the answer, which may be a loop
without end; so each has a limit of time.
"""

import inspect
import time
from collections.abc import Callable
from typing import Any

from dlcourse.exercises._answers import Verdict
from dlcourse.exercises._compare import as_numbers, copied, differs, same
from dlcourse.exercises._diagnosis import NOTHING, changed_inputs, diagnose
from dlcourse.exercises._example import Trial, called_with, size_of
from dlcourse.exercises._exercise import Case, Exercise
from dlcourse.exercises._kinds import DOTS
from dlcourse.exercises._limit import Restored, TimeUp, limited, mute, one_at_a_time
from dlcourse.exercises._words import count, in_a_line, short

# A sentence and an example of what is wrong with an answer; two empty texts if nothing is.
Problem = tuple[str, str]
_NONE = ("", "")

# What NumPy says when a condition or a function of `math` meets a whole array.
_ONE_TRUTH_ONLY = "truth value of an array"
_ONE_NUMBER_ONLY = ("only length-1 arrays", "only 0-dimensional", "only scalar arrays")

# Of so many times the size is a trial that is large beside those before it.
_LARGE = 8


def examine(exercise: Exercise, answer: Any, seeds: tuple[int, ...] = (0,)) -> Verdict:
    """Return the verdict on an answer, whatever the answer is, from the trials of these seeds."""
    trials = [inputs for seed in seeds for inputs in exercise.trials(seed)]
    with one_at_a_time, Restored(), Restored():
        mute()
        sentence, example = _first_problem(exercise, answer, trials)
    if sentence == DOTS:
        example = ""
    if sentence:
        return Verdict(exercise.number, False, sentence, example)
    n = len(trials)
    return Verdict(exercise.number, True, f"Right, in {n} trials." if n > 1 else "Right.")


def _first_problem(exercise: Exercise, answer: Any, trials: list[Any]) -> Problem:
    """Go through the stages; stop at the first that finds something wrong."""
    found: list[Trial] = []
    stages: list[Callable[[], Problem]] = [lambda: _looked_at(exercise, answer)]
    if exercise.judge:
        stages += [lambda: _judged(exercise, answer, trials)]
    else:
        stages += [
            lambda: _tried(exercise, answer, trials, found),
            lambda: _asked_again(exercise, answer, found),
            lambda: _compared(exercise, found),
        ]
    stages += [lambda: _demanded(exercise, answer)]
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


def _tried(exercise: Exercise, answer: Any, trials: list[Any], found: list[Trial]) -> Problem:
    """Call the answer and the reference, and note in `found` what each returns."""

    def work(before: tuple[Any, ...], inputs: tuple[Any, ...]) -> Problem:
        result = exercise.result_of(answer, inputs)
        got = as_numbers(result)
        expected = as_numbers(exercise.result_of(exercise.reference, copied(tuple(before))))
        found.append(Trial(before, expected, got, differs(before, inputs), result))
        return _NONE

    problem = _on_every_trial(exercise, trials, work, found)
    # What an answer keeps from call to call may be the reason of an error, too.
    if problem[0] and found and (kept := _asked_again(exercise, answer, found))[0]:
        return kept
    return problem


def _judged(exercise: Exercise, answer: Any, trials: list[Any]) -> Problem:
    def work(before: tuple[Any, ...], inputs: tuple[Any, ...]) -> Problem:
        problem = judged(before, inputs)
        if not problem[0] or before is trials[0]:
            return problem
        # It was right in the first trial, before it could remember anything.
        again, _ = judged(trials[0], copied(tuple(trials[0])))
        if not again or again == problem[0]:  # or the judge knows by itself what it is
            return problem
        return _kept(exercise, may_be_chance=True), _call_shown(exercise, trials[0])

    def judged(before: tuple[Any, ...], inputs: tuple[Any, ...]) -> Problem:
        assert exercise.judge is not None
        try:
            said = exercise.judge(answer, *inputs)
        except Exception:
            # If the inputs are not what they were, the judge met something else, too.
            problem = changed_inputs(exercise, before, inputs)
            if problem[0]:
                return problem
            raise
        problem = changed_inputs(exercise, before, inputs)
        if problem[0]:
            return problem
        if not said or isinstance(said, tuple):
            return said or _NONE
        return said, _call_shown(exercise, before)

    return _on_every_trial(exercise, trials, work, [])


def _on_every_trial(
    exercise: Exercise,
    trials: list[Any],
    work: Callable[[tuple[Any, ...], tuple[Any, ...]], Problem],
    found: list[Trial],
) -> Problem:
    """Do the work on each trial, all within one limit, until one finds something wrong."""
    now, begun = [0], [time.monotonic()] * 2

    def all_trials() -> Problem:
        begun[0] = time.monotonic()
        for position, inputs in enumerate(trials):
            now[0], begun[1] = position, time.monotonic()
            problem = work(inputs, copied(tuple(inputs)))
            if problem[0]:
                return problem
        return _NONE

    def finished() -> Problem:
        return diagnose(exercise, found, "trials that it finished") if found else _NONE

    def late() -> Problem:
        if found and (problem := _comparison(exercise, finished))[0]:
            return problem
        took = begun[1] - begun[0]
        return _late(exercise, trials, now[0], took), _call_shown(exercise, trials[now[0]])

    stopped: list[BaseException] = []

    def failed(error: BaseException) -> Problem:
        stopped.append(error)
        inputs = trials[now[0]]
        wrong = sum(not same(t.expected, t.got, exercise.tolerance) for t in found)
        return _raised(error, now[0], inputs, wrong), _call_shown(exercise, inputs)

    problem = _within_limit(exercise, all_trials, late, failed)
    # What is wrong in all the trials before says more than an error at a corner.
    if stopped and found and (before := _comparison(exercise, lambda: _told(exercise, found)))[0]:
        return before
    return problem


def _told(exercise: Exercise, found: list[Trial]) -> Problem:
    """Return what is wrong in the trials before an error, if it is so in all or has a name."""
    problem = diagnose(exercise, found, "trials that it finished")
    right = [same(t.expected, t.got, exercise.tolerance) for t in found]
    fine = any(r and not t.changed for r, t in zip(right, found, strict=True))
    # Where all results are right, what is wrong is an input that was changed.
    if problem[0] in exercise.mistakes or all(right) or not (fine or NOTHING in problem[0]):
        return problem
    return _NONE


def _late(exercise: Exercise, trials: list[Any], done: int, took: float) -> str:
    """Say of an answer that had to be interrupted whether it is slow, or may never end."""
    limit = f"{exercise.seconds:g} s"
    if not done:
        return (
            f"It had not returned after {limit}, so it was interrupted. Does every loop come to "
            f"an end?"
        )
    before = f"It is right in {count(done, 'trial')}, but"
    next_one = trials[done]
    here = f" {next_one.name}" if isinstance(next_one, Case) else ""
    if isinstance(next_one, Case) and next_one.too_slow:
        return f"{before} too slow{here}: it had not returned after {limit}. {next_one.too_slow}"
    if size_of(next_one) > _LARGE * max(size_of(trial) for trial in trials[:done]):
        return (
            f"{before} too slow for a larger one{here}: it had not returned after {limit}, and "
            f"was interrupted."
        )
    if took > exercise.seconds / 5:
        return (
            f"{before} too slow: {limit} are meant for all {len(trials)} trials, and were over "
            f"in the next{here}."
        )
    return (
        f"{before} in the next{here} it had not returned after {limit}, so it was interrupted. "
        f"Does every loop come to an end there?"
    )


def _raised(error: BaseException, done: int, inputs: Any, wrong: int = 0) -> str:
    text = _text_of(error)
    if _ONE_TRUTH_ONLY in text:
        return (
            f"A condition meets a whole array ({text}). `if`, `while`, `and` and `or` need a "
            f"single yes or no: compare one number, such as a length or a sum, or choose for "
            f"each entry by itself, with np.where."
        )
    if any(words in text for words in _ONE_NUMBER_ONLY):
        return (
            f"It is not vectorized: a function of single numbers meets an array ({text}). Is it "
            f"one of math, in place of NumPy's, a float() or an int()? Or is an array handed to it "
            f"where a number belongs?"
        )
    besides = f" ({wrong} of them wrong)" if wrong else ""
    after = f", after {count(done, 'trial')} without one{besides}" if done else ""
    here = f", {inputs.name}" if isinstance(inputs, Case) else ""
    if "ellipsis" in text:
        return DOTS
    if isinstance(error, RecursionError):
        without = "too deep" if done else "without end, or too deep"
        return f"It calls itself {without} for Python (RecursionError){after}{here}."
    return f"It stopped with an error{after}{here}: {text}"


def _call_shown(exercise: Exercise, inputs: tuple[Any, ...]) -> str:
    shown = called_with(exercise, inputs)
    return in_a_line("The call was", shown) if shown else ""


# Compare what came back, and ask the same once more -----------------------------------------


def _compared(exercise: Exercise, found: list[Trial]) -> Problem:
    """Diagnose what was found: this calls methods of the objects that the answer returned."""
    return _comparison(exercise, lambda: diagnose(exercise, found))


def _comparison(exercise: Exercise, work: Callable[[], Problem]) -> Problem:
    this = "What it returned could not be compared with the right answer"
    advice = "Return plain numbers, arrays, lists or dicts."
    return _within_limit(
        exercise,
        work,
        lambda: (f"{this} within {exercise.seconds:g} s. {advice}", ""),
        lambda error: (f"{this} ({_text_of(error)}). {advice}", ""),
    )


def _asked_again(exercise: Exercise, answer: Any, found: list[Trial]) -> Problem:
    """Ask the same once more: a right answer is right again."""
    first, right, comparable = found[0], [False], [False]

    def compare() -> Problem:
        right[0] = same(first.expected, first.got, exercise.tolerance)
        comparable[0] = right[0] or same(first.got, first.got, exercise.tolerance)
        return _NONE

    problem = _comparison(exercise, compare)
    if problem[0] or not comparable[0]:
        return problem

    def work() -> Problem:
        result = as_numbers(exercise.result_of(answer, copied(tuple(first.inputs))))
        kept_array = any(
            same(t.expected, t.got, exercise.tolerance) and not same(t.got, t.returned, 0.0)
            for t in found
        )
        if right[0] and kept_array:
            return (
                "What it has returned changes when it is called again. Return a new array (or "
                "list, or dict) from each call, none that is kept and filled anew."
            ), example()
        before = first.expected if right[0] else first.got
        if same(before, result, exercise.tolerance):
            return _NONE
        return _kept(exercise, right[0], may_be_chance=not right[0]), example()

    def example() -> str:
        return _call_shown(exercise, first.inputs)

    return _within_limit(
        exercise,
        work,
        lambda: (f"{_again(right[0])} had not returned after {exercise.seconds:g} s.", example()),
        lambda error: (f"{_again(right[0])} stopped with an error: {_text_of(error)}", example()),
    )


def _again(right: bool) -> str:
    return "Right at first, but asked the same again it" if right else "Asked the same again it"


def _kept(exercise: Exercise, right: bool = True, may_be_chance: bool = False) -> str:
    kept = "the class itself" if _kind(exercise) == "class" else "a variable outside of it"
    chance = " Or does it draw random numbers of its own?" if may_be_chance else ""
    return (
        f"{_again(right)} gives another answer: it keeps something from one call to the next that "
        f"it should not keep. Is it in {kept}, or in a default argument?{chance}"
    )


def _demanded(exercise: Exercise, answer: Any) -> Problem:
    """See whether a right answer does what the text asks for beyond the results."""
    unread = "It is right, but its code could not be read"
    return _within_limit(
        exercise,
        lambda: (next(filter(None, (ask(answer) for ask in exercise.demands)), ""), ""),
        lambda: (f"{unread} within {exercise.seconds:g} s.", ""),
        lambda error: (f"{unread} ({_text_of(error)}).", ""),
    )
