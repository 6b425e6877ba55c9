"""Finding exercises by their number, and the two functions that readers call.

An exercise of chapter N is any `Exercise` in the module `chapter_NN`; there is no list
to keep. A chapter's module is imported when one of its numbers is asked for.
"""

import difflib
import importlib
import pkgutil
from collections import Counter
from typing import Any

import dlcourse.exercises
from dlcourse.exercises._answers import Hint, Verdict
from dlcourse.exercises._exercise import Exercise
from dlcourse.exercises._trial import examine

_PREFIX = "chapter_"
# What may be meant as a number. Anything else may be an answer, in the wrong place.
_PLAIN = (str, int, float, type(None))
_hints_given: Counter[str] = Counter()


def check(number: str, answer: Any) -> Verdict:
    """Run your answer beside the reference and say how they compare.

    Parameters
    ----------
    number : str
        The number of the exercise, in quotes: ``"12.3"``.
    answer : callable
        Your function or class itself: ``check("12.3", r_squared)``, without brackets
        behind the name.

    Returns
    -------
    Verdict
        True if all trials went well, else false, with a sentence that says what kind of
        mistake it looks like. A call that makes no sense gets a sentence too.

    Notes
    -----
    An answer that runs for more than some seconds is interrupted. Two things can't be: a
    single call into compiled code, such as ``time.sleep(10**6)``, ends only when it ends,
    and a loop that catches every exception may catch the interruption as well. Choose
    *Interrupt* or *Restart* in your notebook then. In a Python without threads, as a
    browser has it, nothing is interrupted.

    What the answer prints is dropped. One answer is checked at a time: a check in another
    thread waits for this one.

    Examples
    --------
    >>> def r_squared(prediction, target):
    ...     return 0.0
    >>> check("12.3", r_squared).passed
    False
    >>> check("12.99", r_squared)
    ✗ Exercise 12.99: There is no such self-check. Chapter 12 has 12.3, 12.4, 12.5.
    """
    exercise = _find(number)
    if not isinstance(exercise, Exercise):
        return Verdict(str(number) if isinstance(number, _PLAIN) else "?", False, exercise)
    return examine(exercise, answer)


def hint(number: str) -> Hint:
    """Return the next of three hints; after the third it begins again.

    Parameters
    ----------
    number : str
        The number of the exercise, in quotes: ``"12.3"``.

    Returns
    -------
    Hint
        The next one at each call, from a nudge to nearly the answer.

    Examples
    --------
    >>> hint("12.3").title
    'Hint 1 of 3 for exercise 12.3'
    """
    exercise = _find(number)
    if not isinstance(exercise, Exercise):
        return Hint(f"No hint for {number if isinstance(number, _PLAIN) else '?'}", exercise)
    given = _hints_given[exercise.number]
    _hints_given[exercise.number] += 1
    which = given % (len(exercise.hints) + 1)
    if which == len(exercise.hints):
        return Hint(
            f"Exercise {exercise.number}",
            "There are no more hints; the solution is folded away below the exercise. "
            "Ask once more to begin again with the first hint.",
        )
    title = f"Hint {which + 1} of {len(exercise.hints)} for exercise {exercise.number}"
    return Hint(title, exercise.hints[which])


def available() -> dict[str, Exercise]:
    """Return every exercise with a self-check, in the order of the book.

    Returns
    -------
    dict of str to Exercise
        By number.

    Examples
    --------
    >>> "12.3" in available()
    True
    """
    return {number: e for chapter in _chapters() for number, e in _exercises_of(chapter).items()}


def _chapters() -> list[int]:
    names = [module.name for module in pkgutil.iter_modules(dlcourse.exercises.__path__)]
    return sorted(int(name.removeprefix(_PREFIX)) for name in names if name.startswith(_PREFIX))


def _exercises_of(chapter: int) -> dict[str, Exercise]:
    module = importlib.import_module(f"dlcourse.exercises.{_PREFIX}{chapter:02}")
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    numbers = [exercise.number for exercise in found]
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"{module.__name__} has a number twice: {sorted(numbers)}")
    if any(number.split(".")[0] != str(chapter) for number in numbers):
        raise ValueError(f"{module.__name__} has a number of another chapter: {sorted(numbers)}")
    return {e.number: e for e in sorted(found, key=lambda e: int(e.number.split(".")[1]))}


def _find(number: Any) -> Exercise | str:
    """Return the exercise, or the sentence that says why there is none."""
    if not isinstance(number, _PLAIN):
        return 'The number of an exercise comes first, in quotes: check("12.3", r_squared).'
    if not isinstance(number, str):
        return f'The number of an exercise is text: write "{number}", in quotes.'
    chapter, _, _ = number.partition(".")
    if chapter.isascii() and chapter.isdigit() and int(chapter) in _chapters():
        exercises = _exercises_of(int(chapter))
        if number in exercises:
            return exercises[number]
        return f"There is no such self-check. Chapter {chapter} has {', '.join(exercises)}."
    near = difflib.get_close_matches(number, available(), n=3, cutoff=0.5)
    if near:
        return f"There is no such self-check. Did you mean {' or '.join(near)}?"
    chapters = ", ".join(str(chapter) for chapter in _chapters())
    return (
        f"There is no such self-check. A number is the chapter, a point, and the exercise, "
        f'as in "{next(iter(available()))}"; there are self-checks for chapters: {chapters}.'
    )
