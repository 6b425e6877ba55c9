"""Proof that a problem set grades as it should, before a student sees it.

The author's solution must earn all points, the untouched starter none, and every wrong answer
that comes with the set must lose some; one of them passes what students can see, so the hidden
tests are known to see more. Wrong answers are files, ``_wrong_answers/<set>/<question>.<what>.py``
beside the problem sets: a docstring that says what is wrong, and ``Visible tests: pass.`` or
``fail.``; then the text of the answer cell.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dlcourse.exercises._limit import limited
from dlcourse.grading import _plain, _release
from dlcourse.grading._marking import Settings, grade_answer, grade_submission
from dlcourse.grading._problem_set import ProblemSet, Question, Test, nbgrader
from dlcourse.grading._sandbox import SandboxEndedError, StudentError, _change, _student_error
from dlcourse.grading._worker import _described, _frozen, cells_of, names_in

FEWEST = 3  # wrong answers for each question
_THOROUGH = 2  # cohorts with which everything is looked at


@dataclass(frozen=True)
class WrongAnswer:
    """A mistake that students make.

    Attributes
    ----------
    question, what : str
        Which question, and the mistake in a word or two.
    source : str
        The text of the answer cell.
    passes_visible : bool
        Whether the visible tests let it through, as its docstring says.
    """

    question: str
    what: str
    source: str
    passes_visible: bool


@dataclass(frozen=True)
class _Trusting(Settings):
    """Run answers of authors in this process, where a student's would have a sandbox."""

    def sandbox(self) -> Any:
        """Return a new place in this process."""
        return Here(self.seconds)


class Here:
    """A place for answers of authors: this process, with the same wall of plain data."""

    def __init__(self, seconds: float = 10.0) -> None:
        self._namespace: dict[str, Any] = {"__name__": "__main__"}
        self.by_value = self.changed = False
        self.received = 0  # nothing comes through a pipe
        self.ended = ""
        self._seconds = seconds

    def __enter__(self) -> "Here":
        return self

    def __exit__(self, *about: object) -> None:
        pass

    def close(self) -> None:
        """Do nothing: there is no process to end."""

    def read(self, notebook: bytes) -> list[dict[str, Any]]:
        """Return the cells of a notebook."""
        return cells_of(notebook)

    def names_in(self, source: str) -> dict[str, Any]:
        """Return what a cell defines and needs."""
        return names_in(source)

    def run(self, source: str) -> None:
        """Run the text of a cell."""
        self._bounded(lambda: exec(compile(source, "<your answer>", "exec"), self._namespace))

    def look(self, name: str) -> Any:
        """Return what a name stands for: a copy of data, or a function behind the wall."""
        if name not in self._namespace:
            raise LookupError(name)
        value = self._namespace[name]
        if not callable(value):
            return _crossed(value)

        def call(*arguments: Any, **named: Any) -> Any:
            theirs = _crossed((*arguments, *named.values()))
            plain, keywords = (
                theirs[: len(arguments)],
                dict(zip(named, theirs[len(arguments) :], strict=True)),
            )
            before = [_frozen(argument) for argument in theirs]
            result = self._bounded(lambda: _crossed(value(*plain, **keywords)))
            self.changed = self.changed or before != [_frozen(argument) for argument in theirs]
            if not self.by_value:
                for mine, changed in zip((*arguments, *named.values()), theirs, strict=True):
                    _change(mine, changed)
            return result

        return call

    def _bounded(self, work: Any) -> Any:
        results: list[Any] = []
        try:
            if not limited(self._seconds, lambda: results.append(work())):
                self.ended = f"it took longer than {self._seconds:g} seconds"
                raise SandboxEndedError(self.ended)
        except (StudentError, SandboxEndedError, _plain.NotPlainError):
            raise
        except BaseException as error:
            raise _student_error(_described(error)) from None
        return results[0]


def _crossed(value: Any) -> Any:
    """Return what arrives on the other side of the wall; functions stay what they are."""
    blobs: list[bytes] = []
    functions: list[Any] = []

    def number(function: Any) -> int:
        functions.append(function)
        return len(functions) - 1

    return _plain.decode(_plain.encode(value, blobs, number), blobs, functions.__getitem__)


def visible_only(question: Question) -> Question:
    """Return the question with the tests that students see, and no others."""
    tests = [Test(t.name, t.points, t.shown, t.advice) for t in question.tests]
    return replace(question, tests=tuple(tests))


def wrong_answers(folder: str | Path, name: str) -> list[WrongAnswer]:
    """Read the wrong answers that come with a problem set.

    Raises
    ------
    ValueError
        If a file does not say what is wrong, or whether the visible tests let it through.
    """
    found = []
    for path in sorted((Path(folder) / "_wrong_answers" / name).glob("*.py")):
        source = path.read_text(encoding="utf-8")
        said = ast.get_docstring(ast.parse(source)) or ""
        visible = re.search(r"Visible tests: (pass|fail)\.", said)
        if not visible:
            raise ValueError(f"{path} must say in its docstring 'Visible tests: pass.' or 'fail.'")
        question, _, what = path.stem.partition(".")
        found.append(WrongAnswer(question, what, source, visible[1] == "pass"))
    return found


def problems(name: str, folder: str | Path, cohorts: list[str | None]) -> Iterator[str]:
    """Yield what is wrong with a problem set; nothing if it grades as it should.

    Parameters
    ----------
    name : str
        Which one.
    folder : path_like
        Where the problem sets are.
    cohorts : list of (str or None)
        The seeds to try it with; None stands for the constants that the author wrote. What
        hardly depends on the constants is looked at with the first two alone: whole notebooks,
        what the visible tests let through, and what the released notebook holds.

    Yields
    ------
    str
        A sentence for each fault.
    """
    wrong = wrong_answers(folder, name)
    for place, cohort in enumerate(cohorts):
        problem_set = ProblemSet.load(name, folder, cohort)
        with_seed = "" if cohort is None else f" (cohort {cohort})"
        for question in problem_set.questions:
            own = [answer for answer in wrong if answer.question == question.name]
            for fault in _faults(question, own, place < _THOROUGH):
                yield f"{name}, {question.name}{with_seed}: {fault}"
        if place >= _THOROUGH:
            continue
        for fault in _faults_in_notebooks(problem_set):
            yield f"{name}{with_seed}: {fault}"
        for written in problem_set.written:
            if not written.rubric:
                yield f"{name}, {written.name}: there is no model answer between the marks"
        for leak in _release.leaks(problem_set, _release.student_bytes(problem_set)):
            yield f"{name}{with_seed}: the released notebook holds {leak!r}"
    known = {question.name for question in ProblemSet.load(name, folder).questions}
    for answer in wrong:
        if answer.question not in known:
            yield f"{name}: there is a wrong answer to {answer.question!r}, which is no question"


def _faults_in_notebooks(problem_set: ProblemSet) -> Iterator[str]:
    """Grade notebooks as students hand them in, in each of which one question is answered."""
    released = _release.student_bytes(problem_set)
    for question in problem_set.questions:
        notebook = json.loads(released)
        for cell in notebook["cells"]:
            if nbgrader(cell).get("grade_id") == question.name:
                cell["source"] = question.solution
        graded = grade_submission(problem_set, json.dumps(notebook).encode(), _Trusting())
        scores = {q["name"]: q["score"] for q in graded["questions"] if q["score"]}
        if scores != {question.name: question.points}:
            yield f"answered alone in a notebook, {question.name} leads to the points {scores}"


def _faults(question: Question, wrong: list[WrongAnswer], thorough: bool) -> Iterator[str]:
    solved = grade_answer(question, question.solution, Here())
    if solved["score"] != question.points:
        yield f"the solution earns {solved['score']} of {question.points}: {solved['reason']}"
    untouched = grade_answer(question, question.starter, Here())
    if untouched["score"]:
        yield f"the untouched starter earns {untouched['score']}"
    for answer in wrong:
        graded = grade_answer(question, answer.source, Here())
        if graded["score"] == question.points:
            yield f"the wrong answer {answer.what!r} earns full points"
        if not thorough:
            continue
        seen = grade_answer(visible_only(question), answer.source, Here())
        passes = seen["score"] == question.points
        if passes != answer.passes_visible:
            does = "passes" if passes else "fails"
            yield f"the wrong answer {answer.what!r} {does} the visible tests: {seen['reason']}"
    if len(wrong) < FEWEST:
        yield f"{len(wrong)} wrong answers, where {FEWEST} are needed"
    if not any(answer.passes_visible for answer in wrong):
        yield "no wrong answer passes the visible tests, so nothing shows what the hidden ones see"
