"""Grading one submission: student code in its sandbox, the tests and the verdict out here.

Everything that comes from the notebook is only ever text to find answers in. The tests are
the author's, from the problem set; where they call a student's function, the call goes
through the wall and comes back as plain data. Each question has a sandbox of its own, so what
one answer does to its process is over when the next question begins.
"""

import ast
import contextlib
import itertools
import re
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dlcourse.exercises._limit import limited
from dlcourse.grading._plain import NotPlainError
from dlcourse.grading._problem_set import ProblemSet, Question, Test, is_answer
from dlcourse.grading._sandbox import (
    Sandbox,
    SandboxEndedError,
    StudentError,
    _clean,
)

_MOST_ANSWERS = 3  # of one question, if a notebook holds several
_TESTS = "<tests>"
_LONGEST_ANSWER = 20_000  # characters kept in the results

# What students read where no author's sentence fits.
STOPPED = "Your code stopped answering, or ran for too long. Is there a loop that never ends?"
RUN_IT = "A test that you can see fails: run it in your notebook."
UNDEFINED = "There is no {name} in your notebook."
NOT_PLAIN = "Your function returned something that is no number, string, array, list or dictionary."


@dataclass(frozen=True)
class Settings:
    """How student code is run.

    Attributes
    ----------
    seconds : float
        Of processor time, for each question.
    memory : int
        Megabytes.
    trust_students : bool
        Whether it runs without walls.
    """

    seconds: float = 10.0
    memory: int = 1_500
    trust_students: bool = False

    def sandbox(self) -> Sandbox:
        """Start a new sandbox."""
        return Sandbox(seconds=self.seconds, memory=self.memory, trust_students=self.trust_students)


def grade_submission(
    problem_set: ProblemSet, submission: bytes, settings: Settings | None = None
) -> dict[str, Any]:
    """Grade the bytes of one submitted notebook, whatever they are.

    Parameters
    ----------
    problem_set : ProblemSet
        With the constants of the student's cohort.
    submission : bytes
        The file.
    settings : Settings, optional
        How student code is run.

    Returns
    -------
    dict
        Plain data: ``problem`` (why the file could not be read, or None), ``score``,
        ``questions``, and ``answers``, the text of each answer found.

    Raises
    ------
    SandboxMissingError
        If there is no sandbox; nothing was run then.
    """
    settings = settings or Settings()
    try:
        cells = _cells(submission, settings)
        problem = None
    except (StudentError, SandboxEndedError, NotPlainError) as error:
        cells = []
        problem = f"not a notebook that can be read: {_reading_problem(error)}"
    notebook = _Notebook(cells, problem_set)
    questions, answers = [], {}
    for question in problem_set.questions:
        graded, answer = _grade(question, notebook, settings)
        if problem:
            graded["reason"] = problem
        questions.append(graded)
        answers[question.name] = _kept(answer)
    for written in problem_set.written:
        answers[written.name] = _kept(notebook.text(written.name, written.title, written.starter))
    return {
        "problem": problem,
        "score": sum(question["score"] for question in questions),
        "max_score": problem_set.points,
        "questions": questions,
        "answers": answers,
    }


def _kept(answer: str | None) -> str | None:
    """Return an answer as it is stored, without what no file or page could hold."""
    if answer is None:
        return None
    lines = answer[:_LONGEST_ANSWER].split("\n")
    return "\n".join(_clean(line.replace("\t", "    "), _LONGEST_ANSWER) for line in lines)


def _reading_problem(error: Exception) -> str:
    if isinstance(error, StudentError):
        return f"{error.kind} ({error.text})" if error.text else error.kind
    return str(error)


# Finding answers ----------------------------------------------------------------------------------


def _cells(submission: bytes, settings: Settings) -> list[dict[str, Any]]:
    """Return the cells of a notebook, each with the names it defines and needs."""
    reader, restarts = settings.sandbox(), 0
    try:
        cells = reader.read(submission)
        for cell in cells:
            cell["defines"], cell["needs"] = [], []
            if not cell["code"] or restarts > _MOST_ANSWERS:
                continue
            try:
                names = reader.names_in(cell["source"])
            except SandboxEndedError:  # a text that even parsing does not survive
                reader.close()
                reader, restarts = settings.sandbox(), restarts + 1
                continue
            except (StudentError, NotPlainError):  # or that the parser takes offence at
                continue
            for key in ("defines", "needs"):
                found = names.get(key)
                cell[key] = (
                    [n for n in found if isinstance(n, str)] if isinstance(found, list) else []
                )
    finally:
        reader.close()
    return cells


class _Notebook:
    """The cells of a submission, asked for answers by name and by content."""

    def __init__(self, cells: list[dict[str, Any]], problem_set: ProblemSet) -> None:
        self.cells = cells
        questions = problem_set.questions
        # What the author wrote is taken from the author, never from here.
        given = {
            _squeezed(source)
            for question in questions
            for source in (question.starter, *question.setup, *(t.shown for t in question.tests))
        }
        self.own = [c for c in cells if c["code"] and _squeezed(c["source"]) not in given]
        self.names_of_author = {name for q in questions for s in q.setup for name in _defined(s)}
        self.texts_of_author = {
            _squeezed(cell["source"])
            for cell in problem_set.notebook["cells"]
            if not is_answer(cell)
        }

    def answers(self, question: Question) -> list[dict[str, Any]]:
        """Return the cells that may be the answer to a question, the likeliest first.

        The name that nbgrader gave the cell counts first, then what the cell defines. An
        untouched starter is none. If there are several, the last ones are later thoughts.
        """
        fresh = self.own
        named = [c for c in fresh if c.get("name") == question.name]
        wanted = set(question.asks)
        whole = [c for c in fresh if wanted <= set(c["defines"])]
        parts = [c for c in fresh if wanted & set(c["defines"]) and c not in whole]
        # A cell that can't be parsed says what it defines only by its looks.
        broken = [
            c
            for c in fresh
            if not c["defines"]
            and any(re.search(rf"^(def )?{n}\b *[(=]", c["source"], re.M) for n in wanted)
        ]
        found: list[dict[str, Any]] = []
        likely = [c for c in reversed(named) if c in whole]
        for cell in [
            *likely,
            *reversed(whole),
            *reversed(parts),
            *reversed(named),
            *reversed(broken),
        ]:
            if _squeezed(cell["source"]) not in {_squeezed(c["source"]) for c in found}:
                found.append(cell)
        return found[:_MOST_ANSWERS]

    def helpers(self, answer: dict[str, Any], question: Question) -> list[str]:
        """Return the texts of the student's other cells that an answer needs, in their order.

        These are the cells that define a name which the answer, or another of them, uses, or
        which the question asks for. No other cell runs: what is wrong with it is not this
        question's matter.
        """
        chosen: list[dict[str, Any]] = [answer]
        missing = [*answer["needs"], *question.asks]
        while missing:
            name = missing.pop(0)
            if name in self.names_of_author or any(name in c["defines"] for c in chosen):
                continue
            makers = [c for c in self.own if name in c["defines"]]
            makers = makers or [c for c in self.own if "*" in c["defines"] and c not in chosen]
            if makers and makers[-1] not in chosen:
                chosen.append(makers[-1])
                missing += makers[-1]["needs"]
        return [c["source"] for c in self.own if any(c is other for other in chosen[1:])]

    def text(self, name: str, title: str, starter: str) -> str | None:
        """Return a free-text answer: by nbgrader's name, else what stands below its heading."""
        places = [k for k, c in enumerate(self.cells) if c.get("name") == name]
        texts = [k for k, c in enumerate(self.cells) if not c["code"]]
        for place, after in itertools.pairwise(texts):
            heading = rf"^#+ +{re.escape(title)} *$"
            if title and re.search(heading, self.cells[place]["source"], re.M):
                places.append(after)
        # Some leave the cell as it is, and write into a new one below it.
        found = [self.cells[place] for place in places]
        found += [self.cells[place + 1] for place in places if place + 1 in texts]
        for cell in found:
            text = str(cell["source"])
            theirs = _squeezed(text) in self.texts_of_author or cell.get("name") not in (None, name)
            if text.strip() and _squeezed(text) != _squeezed(starter) and not theirs:
                return text
        return None


def _squeezed(text: str) -> str:
    """Return a text without what saving it elsewhere may change."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _defined(source: str) -> Iterator[str]:
    """Yield the names that a cell of the author's defines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]


# Grading one question --------------------------------------------------------------------------


def _grade(
    question: Question, notebook: _Notebook, settings: Settings
) -> tuple[dict[str, Any], str | None]:
    """Grade the answers found to a question, and keep the best."""
    answers = notebook.answers(question)
    if not answers:
        return _nothing(question, "no answer: the cell is missing, or as it was handed out"), None
    best: tuple[dict[str, Any], str] | None = None
    for answer in answers:
        with settings.sandbox() as place:
            helpers = notebook.helpers(answer, question)
            graded = grade_answer(question, answer["source"], place, settings.seconds, helpers)
        if best is None or graded["score"] > best[0]["score"]:
            best = graded, answer["source"]
        if graded["score"] == question.points:
            break
    assert best is not None
    if len(answers) > 1:
        note = f"{len(answers)} different answers in the notebook; the best one counts"
        best[0]["reason"] = f"{best[0]['reason']}; {note}" if best[0]["reason"] else note
    return best


def _nothing(question: Question, reason: str, advice: str = "") -> dict[str, Any]:
    """Return the record of a question that earns nothing at all."""
    return {
        "name": question.name,
        "title": question.title,
        "score": 0.0,
        "max_score": question.points,
        "reason": reason,
        "tests": [
            {
                "name": test.name,
                "score": 0.0,
                "max_score": test.points,
                "reason": reason,
                "advice": advice,
            }
            for test in question.tests
        ],
    }


class Place(Protocol):
    """Where an answer runs: a sandbox, or for an author's own answers this process."""

    by_value: bool  # whether what a call changes of its arguments is dropped
    changed: bool  # whether any call so far changed one

    def run(self, source: str) -> None:
        """Run the text of a cell."""

    def look(self, name: str) -> Any:
        """Return what a name stands for."""


def grade_answer(
    question: Question,
    answer: str,
    place: Place,
    seconds: float = 10.0,
    helpers: Sequence[str] = (),
) -> dict[str, Any]:
    """Grade one answer to one question.

    Parameters
    ----------
    question : Question
        What is asked, with its tests.
    answer : str
        The text of the answer cell.
    place : Place
        Where they run.
    seconds : float, optional
        How long the answer may take.
    helpers : sequence of str, optional
        The texts of other cells of the student's that the answer needs. One that stops with an
        exception has defined what comes before it, as in a notebook.

    Returns
    -------
    dict
        Plain data: ``score``, ``max_score``, ``reason``, and the same of each test.
    """
    try:
        for source in question.setup:
            place.run(source)
        for source in helpers:
            with contextlib.suppress(StudentError):
                place.run(source)
        given, stopped = _given(question, answer, place)
    except StudentError as error:
        line = f" in line {error.line}" if error.line else ""
        said = f"The cell stops{line} with {error.kind}."
        return _nothing(question, _stops(error), said)
    except LookupError as error:
        missing = UNDEFINED.format(name=error.args[0])
        return _nothing(question, f"{error.args[0]} is not defined", missing)
    except NotPlainError as error:
        return _nothing(question, str(error), NOT_PLAIN)
    except SandboxEndedError as error:
        return _nothing(question, str(error), STOPPED)
    graded = _tested(question, given, seconds)
    if place.changed and graded["score"]:
        # What a test expects may be computed from what it gave, and the answer had its hand in
        # that. So it has to pass as well where its changes have no effect.
        place.by_value = True
        again = _tested(question, given, seconds, seen=True)
        tests = [
            min(t, key=lambda test: test["score"])
            for t in zip(graded["tests"], again["tests"], strict=True)
        ]
        graded = {**graded, "tests": tests, "score": sum(test["score"] for test in tests)}
        graded["reason"] = "; ".join(dict.fromkeys(t["reason"] for t in tests if t["reason"]))
    if stopped:
        graded["reason"] = f"{graded['reason']}; {stopped}" if graded["reason"] else stopped
    return graded


def _given(question: Question, answer: str, place: Place) -> tuple[dict[str, Any], str]:
    """Run an answer; return what is asked for, and what stopped the cell behind it, if anything."""
    stopped = ""
    try:
        place.run(answer)
    except StudentError as error:
        if error.kind == "SystemExit":
            raise
        stopped = _stops(error)
        # As in a notebook, what stands before the line that fails is defined.
        try:
            return {name: place.look(name) for name in question.asks}, stopped
        except (LookupError, NotPlainError):
            raise error from None
    return {name: place.look(name) for name in question.asks}, stopped


def _stops(error: StudentError) -> str:
    line = f" in line {error.line}" if error.line else ""
    return f"the cell raises {error.args[0]}{line}"


def _tested(
    question: Question, given: dict[str, Any], seconds: float, seen: bool = False
) -> dict[str, Any]:
    """Run the tests of a question on what its answer defines.

    `seen` says whether the answer has met a hidden test before.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    results: list[dict[str, Any]] = []
    ended: list[SandboxEndedError] = []

    def work() -> None:
        for source in question.setup:
            exec(compile(source, "<setup>", "exec"), namespace)
        namespace.update(given)
        met = seen
        for test in question.tests:
            results.append(_result(test, namespace, ended, met))
            if ended:
                return
            met = met or bool(test.hidden_lines)

    # Where a test itself hangs on what an answer returned, the answer is to blame.
    in_time = limited(8 * seconds + 60, work)
    if ended or not in_time:
        # What a process said before it went wrong can't be relied on either.
        reason = str(ended[0]) if ended else "a test did not come to an end with this answer"
        return _nothing(question, reason, STOPPED)
    return {
        "name": question.name,
        "title": question.title,
        "score": sum(result["score"] for result in results),
        "max_score": question.points,
        "reason": "; ".join(r["reason"] for r in results if r["reason"]),
        "tests": results,
    }


def _result(
    test: Test, namespace: dict[str, Any], ended: list[SandboxEndedError], seen: bool
) -> dict[str, Any]:
    """Run one test cell, and say for teachers and for students what happened.

    What a visible test says may hold what the answer returned. An answer that has seen a hidden
    test could return what that gave it, so from there on students read only what authors wrote.
    """
    result = {"name": test.name, "score": 0.0, "max_score": test.points, "reason": "", "advice": ""}
    try:
        exec(compile(test.source, _TESTS, "exec"), namespace)
    except SandboxEndedError as error:
        ended.append(error)
    except Exception as error:
        hidden = _line_of(error) in test.hidden_lines
        where = "hidden test" if hidden else "visible test"
        result["reason"] = f"{test.name}, {where}: {_for_teachers(error)}"
        seen = seen or any(line < _line_of(error) for line in test.hidden_lines)
        if hidden:
            result["advice"] = test.advice
        elif seen:
            result["advice"] = test.advice or RUN_IT
        else:
            result["advice"] = _for_students(error) or test.advice
    else:
        result["score"] = test.points
    return result


def _line_of(error: BaseException) -> int:
    """Return the line of the test cell where it failed."""
    lines = [
        f.lineno or 0 for f in traceback.extract_tb(error.__traceback__) if f.filename == _TESTS
    ]
    return lines[0] if lines else 0


def _for_teachers(error: Exception) -> str:
    if isinstance(error, AssertionError) and not isinstance(error, StudentError):
        return _clean(str(error)) or "the assertion fails"
    if isinstance(error, StudentError):
        return f"the answer raises {error.args[0]}"
    if isinstance(error, NotPlainError):
        return str(error)
    return f"the test stops with {type(error).__name__}: {_clean(str(error))}"


def _for_students(error: Exception) -> str:
    """Return what a student may read of a visible test that failed."""
    if isinstance(error, StudentError):
        line = f", in line {error.line} of the cell" if error.line else ""
        return f"Your code raises {error.kind}{line}."
    if isinstance(error, AssertionError):
        return _clean(str(error))
    if isinstance(error, NotPlainError):
        return NOT_PLAIN
    return ""
