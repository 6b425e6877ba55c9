"""Grading one submission: student code in its sandbox, the tests and the verdict out here.

Everything that comes from the notebook is only ever text to find answers in. The tests are
the author's, from the problem set; where they call a student's function, the call goes
through the wall and comes back as plain data. Each question has a sandbox of its own, so what
one answer does to its process is over when the next question begins.
"""

import contextlib
import gc
import itertools
import re
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dlcourse.exercises._limit import limited
from dlcourse.grading._plain import NotPlainError
from dlcourse.grading._problem_set import ProblemSet, Question, Test, is_answer, nbgrader
from dlcourse.grading._sandbox import (
    Sandbox,
    SandboxEndedError,
    StudentError,
    _clean,
)
from dlcourse.grading._worker import names_in

_MUCH = 10_000_000  # bytes; what is kept of less can wait for Python's own collector
_MOST_ANSWERS = 3  # of one question, if a notebook holds several
_BUTTON = "Open In Colab"  # which Colab puts on top of a notebook, as a picture or as words
_TESTS = "<tests>"
_NAMES = ("defines", "imports", "needs", "reads", "changes")  # what a cell does; see `names_in`
_LONGEST_ANSWER = 20_000  # characters kept in the results

OTHER_SET = "the notebook holds no question of"  # and the name of the set

# What students read where no author's sentence fits.
STOPPED = "Your code stopped answering, or ran for too long. Is there a loop that never ends?"
STOPS = "The cell stops with an error: run it in your notebook."
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
        ``questions``, ``answers``, the text of each answer found, and ``other_constants``,
        whether the notebook has constants of another seed, or of another student.

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
    if not problem and not notebook.belongs(problem_set):
        problem = f"{OTHER_SET} {problem_set.name}: is it the right one?"
        notebook = _Notebook([], problem_set)  # what has the same name is something else
    questions, answers, seen = [], {}, False
    for question in problem_set.questions:
        graded, answer = _grade(question, notebook, settings, seen)
        seen = seen or bool(answer and question.hides)
        if problem:
            graded["reason"] = problem
        questions.append(graded)
        answers[question.name] = _kept(answer)
    for written in problem_set.written:
        answers[written.name] = _kept(notebook.text(written.name, written.title, written.starter))
    lost = [w.name for w in problem_set.written if not answers[w.name]]
    if lost and (prose := notebook.prose_of_nobody(answers.values())):
        answers |= dict.fromkeys(lost, _kept(prose))
    return {
        "problem": problem,
        "score": sum(question["score"] for question in questions),
        "max_score": problem_set.points,
        "questions": questions,
        "answers": answers,
        "other_constants": notebook.other_constants(problem_set),
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
            cell |= {key: [] for key in _NAMES}
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
            for key in _NAMES:
                found = names.get(key)
                cell[key] = (
                    [n for n in found if isinstance(n, str)] if isinstance(found, list) else []
                )
            cell |= {key: names.get(key) is True for key in ("inert", "future", "readable")}
    finally:
        reader.close()
    return cells


def _places(cells: list[dict[str, Any]], key: str) -> dict[str, list[int]]:
    """Return for each name the places of the cells that say it there, in order."""
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        for name in cell.get(key, []):
            places.setdefault(name, []).append(place)
    return places


class _Notebook:
    """The cells of a submission, asked for answers by name and by content."""

    def __init__(self, cells: list[dict[str, Any]], problem_set: ProblemSet) -> None:
        self.cells = cells
        questions, author = problem_set.questions, problem_set.notebook["cells"]
        # What the author wrote is taken from the author, never from here.
        given = {
            _squeezed(source)
            for question in questions
            for source in (question.starter, *question.setup, *(t.shown for t in question.tests))
        }
        self.own = [c for c in cells if c["code"] and _squeezed(c["source"]) not in given]
        setup = {source for question in questions for source in question.setup}
        self.names_of_author = {name for source in setup for name in names_in(source)["defines"]}
        self._makers, self._changers = _places(self.own, "defines"), _places(self.own, "changes")
        self.texts_of_author = {_squeezed(cell["source"]) for cell in author if not is_answer(cell)}
        self.names_of_cells = {nbgrader(cell).get("grade_id") for cell in author} - {None}
        texts = [c["source"] for c in author if c["cell_type"] == "markdown" and not is_answer(c)]
        texts += [written.starter for written in problem_set.written]
        self.lines_of_author = {line.strip() for text in texts for line in text.split("\n")}

    def belongs(self, problem_set: ProblemSet) -> bool:
        """Whether the notebook holds anything of the problem set.

        Names of cells don't count, since two sets may use the same: what counts is a heading,
        a cell as it was handed out, or a cell that defines what a question asks for.
        """
        titles = {problem_set.title, *(q.title for q in problem_set.questions)}
        titles |= {w.title for w in problem_set.written}
        asked = {name for question in problem_set.questions for name in question.asks}
        shown = {_squeezed(q.starter) for q in problem_set.questions}
        # What is left of a hidden test may be a comment, such as two sets may have.
        tests = {_squeezed(t.shown) for q in problem_set.questions for t in q.tests}
        shown |= {text for text in tests if re.search(r"^[^#\n]", text, re.M)}
        for cell in self.cells:
            if not cell["code"] and titles & set(_headings(cell["source"])):
                return True
            if cell["code"] and (asked & set(cell["defines"]) or self._defines(cell, asked)):
                return True
            if _squeezed(cell["source"]) in shown:
                return True
        return False

    def other_constants(self, problem_set: ProblemSet) -> bool:
        """Whether constants that a seed decides have other values here than in the problem set."""
        for name, value in problem_set.constants.items():
            given = [
                line.removeprefix(f"{name} =").partition("#")[0].strip()
                for cell in self.cells
                if cell["code"]
                for line in cell["source"].split("\n")
                if line.startswith(f"{name} =")
            ]
            if given and value not in given:
                return True
        return False

    @staticmethod
    def _defines(cell: dict[str, Any], names: Iterable[str]) -> bool:
        """Whether a cell that can't be parsed looks as if it defined one of the names."""
        return not cell["defines"] and any(
            re.search(rf"^(def )?{name}\b *[(=]", cell["source"], re.M) for name in names
        )

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
        broken = [c for c in fresh if self._defines(c, wanted)]
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

    def tries(self, answer: dict[str, Any], question: Question) -> Iterator[list[str]]:
        """Yield which other cells of the student's may run before an answer, as their texts.

        First those that it needs. What is wrong with any other is not this question's matter;
        but it may have an effect that no name shows. So then all that stand before the answer,
        unless those add nothing but names that nobody needs.
        """
        last = self._place(answer)
        needed = self._helpers(last, question)
        yield [self.own[place]["source"] for place in sorted(needed)]
        others = set(range(last)) - needed
        if any(self._has_effects(self.own[place]) for place in others):
            yield [self.own[place]["source"] for place in sorted(needed | others)]

    def _has_effects(self, cell: dict[str, Any]) -> bool:
        """Whether running a cell may matter to an answer that needs none of its names."""
        own_value = (set(cell["defines"]) - set(cell.get("imports", []))) & self.names_of_author
        return bool(own_value) or not cell.get("inert")

    def _place(self, cell: dict[str, Any]) -> int:
        return next(place for place, other in enumerate(self.own) if other is cell)

    def _helpers(self, last: int, question: Question) -> set[int]:
        """Return the places of the cells that the answer at a place needs.

        They make each name that the answer needs, or the question asks for, or another of
        them needs, what it is in the notebook when the answer has run.
        """
        chosen = {place for place in range(last) if self.own[place].get("future")}
        missing = [(name, last) for name in question.asks if name not in self.own[last]["defines"]]
        missing += [need for place in (last, *chosen) for need in self._needs(place, last)]
        met: set[tuple[str, int]] = set()
        while missing:
            name, before = need = missing.pop()
            if need in met or name in self.names_of_author:
                continue
            met.add(need)
            for place in self._history(name, before) - chosen - {last}:
                chosen.add(place)
                missing += self._needs(place, last)
        return chosen

    def _needs(self, place: int, last: int) -> list[tuple[str, int]]:
        """Return the names that a cell needs, each with the place before which it is bound.

        What the cell reads as it runs is bound before it; what only its functions use, before
        the answer, which may call them.
        """
        cell, answer = self.own[place], self.own[last]
        reads = cell.get("reads", [])
        own = {*reads, *cell["defines"], *answer["defines"]}
        return [(name, place) for name in reads] + [
            (name, last) for name in cell["needs"] if name not in own
        ]

    def _history(self, name: str, before: int) -> set[int]:
        """Return the places of the cells that make a name what it is before a cell.

        These are the last that binds it, and those behind it that change what it stands for.
        Where none before the cell binds it, the first behind it does: cells may be moved, and
        a function needs what it uses only when it is called.
        """
        makers = [place for place in self._makers.get(name, []) if place != before]
        if not makers:
            return set(self._makers.get("*", []))
        start = next((place for place in reversed(makers) if place < before), makers[0])
        if name in self.own[start].get("imports", []):
            return {start}  # drawing with a module does not change it
        end = before if start < before else next((m for m in makers if m > start), len(self.own))
        return {start, *(place for place in self._changers.get(name, []) if start < place < end)}

    def text(self, name: str, title: str, starter: str) -> str | None:
        """Return a free-text answer: by nbgrader's name, else what stands below its heading.

        Some leave the cell as it is and write into new ones below it, some into a cell of code.
        All of it is the answer, up to the next cell of the author's.
        """
        places = [k for k, c in enumerate(self.cells) if c.get("name") == name]
        texts = [k for k, c in enumerate(self.cells) if not c["code"]]
        for place, after in itertools.pairwise(texts):
            if title in _headings(self.cells[place]["source"]):
                places.append(after)
        for place in places:
            written = []
            for cell in self.cells[place:]:
                text = str(cell["source"])
                # A name that nobody gave says as little as none.
                others = cell.get("name") in self.names_of_cells - {name}
                if _squeezed(text) in self.texts_of_author or others:
                    break
                if text.strip() and _squeezed(text) != _squeezed(starter) and _is_prose(cell):
                    written.append(text)
            if written:
                return "\n\n".join(written)
        return None

    def prose_of_nobody(self, answers: Iterable[str | None]) -> str:
        """Return what the student wrote in cells of text, and what is no answer found so far.

        Someone may have written into the cell of the question, or far from it. Lines of the
        author's are left out, and cells that hold no word, such as a button that Colab adds.
        """
        known = self.lines_of_author | {
            line.strip() for answer in answers for line in (answer or "").split("\n")
        }
        found = []
        for cell in self.cells:
            if cell["code"]:
                continue
            lines = [line for line in cell["source"].split("\n") if line.strip() not in known]
            text = "\n".join(lines).strip()
            words = _without_tags(text).strip()
            if words != _BUTTON and any(sign.isalnum() for sign in words):
                found.append(text)
        return "\n\n".join(found)


def _is_prose(cell: dict[str, Any]) -> bool:
    """Whether a cell holds words: one of code does if it is no Python, or only comments."""
    lines = cell["source"].split("\n")
    only_comments = all(line.startswith("#") for line in lines if line.strip())
    return not cell["code"] or only_comments or not cell.get("readable", True)


# In what follows a regular expression could be made to take hours.


def _headings(text: str) -> list[str]:
    """Return the headings in a cell of text."""
    lines = [line.lstrip("#") for line in text.split("\n") if line.startswith("#")]
    return [line.strip() for line in lines if line.startswith(" ") and line.strip()]


def _without_tags(text: str) -> str:
    """Return a text without what stands in it between ``<`` and ``>``."""
    first, *rest = text.split("<")
    return first + "".join(part.partition(">")[2] if ">" in part else part for part in rest)


def _squeezed(text: str) -> str:
    """Return a text without what saving it elsewhere may change."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


# Grading one question --------------------------------------------------------------------------


def _grade(
    question: Question, notebook: _Notebook, settings: Settings, seen: bool = False
) -> tuple[dict[str, Any], str | None]:
    """Grade the answers found to a question, and keep the best.

    `seen` says whether anything of this notebook has met a hidden test before.
    """
    answers = notebook.answers(question)
    if not answers:
        return _nothing(question, "no answer: the cell is missing, or as it was handed out"), None
    best: tuple[dict[str, Any], str] | None = None
    for answer, helpers in ((a, h) for a in answers for h in notebook.tries(a, question)):
        with settings.sandbox() as place:
            graded = grade_answer(
                question, answer["source"], place, settings.seconds, helpers, seen
            )
        if place.received > _MUCH:
            gc.collect()  # tests keep what an answer returned, and cycles keep the tests
        seen = seen or question.hides
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
    ended: str  # why nothing runs there any more, if so

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
    seen: bool = False,
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
    seen : bool, optional
        Whether anything of the same student's has met a hidden test before.

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
        return _nothing(question, _stops(error), STOPS if seen else said)
    except LookupError as error:
        missing = UNDEFINED.format(name=error.args[0])
        return _nothing(question, f"{error.args[0]} is not defined", missing)
    except NotPlainError as error:
        return _nothing(question, str(error), NOT_PLAIN)
    except SandboxEndedError as error:
        return _nothing(question, str(error), STOPPED)
    graded = _tested(question, given, place, seconds, seen)
    if place.changed and graded["score"]:
        # What a test expects may be computed from what it gave, and the answer had its hand in
        # that. So it has to pass as well where its changes have no effect.
        place.by_value = True
        again = _tested(question, given, place, seconds, seen=True)
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
    question: Question, given: dict[str, Any], place: Place, seconds: float, seen: bool
) -> dict[str, Any]:
    """Run the tests of a question on what its answer defines.

    `seen` says whether the answer has met a hidden test before.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    results: list[dict[str, Any]] = []

    def work() -> None:
        for source in question.setup:
            exec(compile(source, "<setup>", "exec"), namespace)
        namespace.update(given)
        met = seen
        for test in question.tests:
            results.append(_result(test, namespace, met))
            if place.ended:
                return
            met = met or bool(test.hidden_lines)

    # Where a test itself hangs on what an answer returned, the answer is to blame.
    in_time = limited(8 * seconds + 60, work)
    if place.ended or not in_time:
        # What a process said before it went wrong can't be relied on either. A test may have
        # taken its end for an error of the answer's.
        reason = place.ended or "a test did not come to an end with this answer"
        return _nothing(question, reason, STOPPED)
    return {
        "name": question.name,
        "title": question.title,
        "score": sum(result["score"] for result in results),
        "max_score": question.points,
        "reason": "; ".join(r["reason"] for r in results if r["reason"]),
        "tests": results,
    }


def _result(test: Test, namespace: dict[str, Any], seen: bool) -> dict[str, Any]:
    """Run one test cell, and say for teachers and for students what happened.

    What a visible test says may hold what the answer returned. A notebook that has seen a hidden
    test could return what that gave it, also in its next question, if it found a way to remember
    it. So from there on students read only what authors wrote.
    """
    result = {"name": test.name, "score": 0.0, "max_score": test.points, "reason": "", "advice": ""}
    try:
        exec(compile(test.source, _TESTS, "exec"), namespace)
    except SandboxEndedError:
        pass  # the place says why
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
