"""What was found in the trials of a wrong answer, and in which of them it is so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dlcourse.exercises._compare import Path
from dlcourse.exercises._example import Trial, size_of
from dlcourse.exercises._exercise import Case, Exercise
from dlcourse.exercises._kinds import conditions_on, holds
from dlcourse.exercises._words import count, join

_FEW = 12


@dataclass(frozen=True)
class Finding:
    """A sentence, and the trials that it is true of."""

    sentence: str
    trials: list[Trial]
    among: list[Trial] = field(default_factory=list)  # the wrong ones, where it is not all
    counted: bool = True  # whether it must still be said in how many trials
    about: Path = ()  # the place in the answer that it speaks of, if not all
    more: str = ""  # what is said at the end


@dataclass(frozen=True)
class Seen:
    """What was seen of an answer: all trials, and those that came out wrong."""

    exercise: Exercise
    trials: list[Trial]
    wrong: list[Trial]
    which: str = "trials"  # what they are called

    @property
    def tolerance(self) -> float:
        return self.exercise.tolerance

    @property
    def right(self) -> list[Trial]:
        """The trials that came out right."""
        wrong = set(map(id, self.wrong))  # two may be equal, and yet differ in what came
        return [t for t in self.trials if id(t) not in wrong]


# In which trials --------------------------------------------------------------


def where(seen: Seen, finding: Finding) -> str:
    """Say in how many trials something is so, if there are several."""
    among = finding.among or seen.wrong
    return f" So it is {in_trials(seen, finding.trials, among)}." if len(seen.trials) > 1 else ""


def in_trials(seen: Seen, told: list[Trial], wrong: list[Trial]) -> str:
    n, which = len(seen.trials), seen.which
    if len(told) == n:
        return f"in all {n} {which}" if n > 1 else f"in the one of the {which}"
    # A part of the answer may be right where another part is wrong.
    whole = len(wrong) == len(seen.wrong)
    it = "it" if whole else "this part"
    if len(told) == len(wrong):
        these = str(len(told)) if len(told) > 1 else "one"
        only = only_named(seen, wrong) if whole else ""
        return f"in the {these} of {n} {which} in which {it} is wrong{only}"
    return f"in {len(told)} of the {count(len(wrong), 'trial')} in which {it} is wrong"


def only_named(seen: Seen, wrong: list[Trial]) -> str:
    named = _names_of(wrong) and len(wrong) < len(seen.trials)
    return f", only {what_is_common(seen, wrong)}" if named else ""


def what_is_common(seen: Seen, wrong: list[Trial]) -> str:
    """Return the names of these trials; a condition that only these meet, if it says it shorter."""
    names = _names_of(wrong)
    if len(names) == 1:
        return names[0]
    for text, mask in _conditions(seen):
        if all(mask(t) == any(t is w for w in wrong) for t in seen.trials):
            return f"where {text}"
    return join(names)


def _names_of(trials: list[Trial]) -> list[str]:
    """List the names of these trials, if all have one."""
    names = [t.inputs.name if isinstance(t.inputs, Case) else "" for t in trials]
    return list(dict.fromkeys(names)) if all(names) else []


def smallest_of(trials: list[Trial]) -> Trial:
    """Return the first of the smallest trials, all with few numbers being small enough."""
    return min(trials, key=lambda trial: max(size_of(trial.inputs), _FEW))


def _conditions(seen: Seen) -> Iterator[tuple[str, Callable[[Trial], bool]]]:
    """Yield what may be true of the inputs of some trials."""
    for position, name in enumerate(seen.exercise.input_names):
        values = [t.inputs[position] for t in seen.trials if position < len(t.inputs)]
        if len(values) < len(seen.trials):
            continue
        for text, test in conditions_on(name):
            yield text, lambda t, p=position, test=test: holds(test, t.inputs[p])  # type: ignore[misc]
