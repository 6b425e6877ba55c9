"""What the self-checks are tried with: right and wrong answers, solutions, and mutants.

`wrong_answers/chapter_NN.py` has WRONG, a list of (answer, phrase) for each exercise;
`right_answers/chapter_NN.py` has RIGHT, a list of answers in unusual styles;
`equivalent_mutants/chapter_NN.py` has EQUIVALENT, for each exercise the mutants of the
reference that are right answers, by the lines that are changed, with the reason.
`answers_from_the_text/` has what was written from the texts of the exercises alone.
"""

import ast
import contextlib
import dataclasses
import importlib
import re
from functools import cache

from chapter import chapter

from dlcourse.exercises import available
from dlcourse.exercises._slips import slips_of
from dlcourse.exercises._trial import examine

EXERCISES = available()

# Sentences that name nothing.
VAGUE = ("in no way that is known here", "What do those have in common?", "by no fixed factor")


def _listed(folder, table, number):
    name = f"{folder}.chapter_{int(number.split('.')[0]):02}"
    try:
        return getattr(importlib.import_module(name), table).get(number, [])
    except ModuleNotFoundError:
        return []


def wrong_answers(number):
    """List the wrong answers to an exercise as (answer, phrase of what is said of it)."""
    return _listed("wrong_answers", "WRONG", number)


@cache
def verdicts_on_wrong_answers(number):
    """Check every wrong answer to an exercise, once for all tests of a process."""
    return [_heard(EXERCISES[number], *wrong) for wrong in wrong_answers(number)]


def _heard(exercise, answer, phrase):
    """Check an answer; where only the time ran out, on a busy machine, give it more."""
    verdict = examine(exercise, answer)
    late = f" {exercise.seconds:g} s" in verdict.message
    if phrase in verdict.message or not late:
        return verdict
    return examine(dataclasses.replace(exercise, seconds=60.0), answer)


def right_answers(number):
    """List right answers in styles of their own."""
    return _listed("right_answers", "RIGHT", number)


def from_the_text(number):
    """Return the module of answers by somebody who knew no check, imported anew.

    Some of its answers keep in mind what they were asked before.
    """
    return fresh(f"chapter_{int(number.split('.')[0]):02}")


def fresh(name):
    """Import one of the modules of answers that were written from the texts, anew."""
    return importlib.reload(importlib.import_module(f"answers_from_the_text.{name}"))


def equivalent_mutants(number):
    """Map each mutant that is right to the reason why it is."""
    return dict(_listed("equivalent_mutants", "EQUIVALENT", number))


# Solutions as the chapters have them ----------------------------------------------------------


@cache
def _definitions(chapter_number):
    """Run what the cells of a chapter import and define, and nothing that takes long."""
    space, solutions, current = {}, {}, None
    for cell in chapter(chapter_number).cells:
        heading = re.search(r"^### Exercise (\d+\.\d+):", cell["source"], flags=re.MULTILINE)
        current = heading[1] if heading and cell["cell_type"] == "markdown" else current
        if cell["cell_type"] != "code":
            continue
        for node in ast.parse(cell["source"]).body:
            if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
                code = compile(ast.Module([node], []), f"<chapter {chapter_number}>", "exec")
                # A function may have data of the chapter as its default.
                with contextlib.suppress(NameError):
                    exec(code, space)
        folded = "hide-cell" in cell["metadata"].get("tags", [])
        if folded and current in EXERCISES and EXERCISES[current].name in space:
            solutions[current] = space[EXERCISES[current].name]
    return solutions


def folded_solution(number):
    """Return the solution that is folded away below an exercise."""
    return _definitions(f"{int(number.split('.')[0]):02}")[number]


# Mutants --------------------------------------------------------------------------------------


@dataclasses.dataclass
class Outcome:
    """What became of the mutants of a reference: their lines, by what was said of them."""

    passed: list
    named: list  # by a mistake of the exercise
    patterns: list  # by a pattern or an error
    slips: list  # as a right answer with one slip
    vague: list

    @property
    def refused(self):
        return self.named + self.patterns + self.slips + self.vague


def try_mutants(number, seconds=1.0):
    """Check every mutant of the reference of an exercise."""
    exercise = EXERCISES[number]
    quick = dataclasses.replace(exercise, seconds=min(seconds, exercise.seconds))
    found = Outcome([], [], [], [], [])
    for slip in slips_of(exercise.reference):
        # What is right may need its time.
        right = slip.lines in equivalent_mutants(number)
        verdict = examine(exercise if right else quick, slip.answer)
        if verdict.passed:
            found.passed.append(slip.lines)
        elif any(phrase in verdict.message for phrase in VAGUE):
            found.vague.append(slip.lines)
        elif any(sentence in verdict.message for sentence in exercise.mistakes):
            found.named.append(slip.lines)
        elif "with one slip" in verdict.message:
            found.slips.append(slip.lines)
        else:
            found.patterns.append(slip.lines)
    return found
