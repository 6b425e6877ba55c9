"""From results to what instructors and students read: tables, nbgrader's gradebook, feedback.

All of it is made from ``results.jsonl`` and the problem set alone, so it can be made again at
any time. nbgrader's own `Gradebook` writes the database: its page for grading by hand, its
export and whatever else reads it work as after its own grader. Marks and comments that a
person gave stay there, and count, whenever it is made again.
"""

import contextlib
import csv
import io
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcourse.grading import _release, _run
from dlcourse.grading._problem_set import ProblemSet, nbgrader
from dlcourse.grading._run import Class

DATABASE = "gradebook.db"
_CONFIGURATION = """\
# nbgrader's commands and pages work in this folder: its gradebook is gradebook.db.
c = get_config()
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
"""


def write_all(work: Class) -> None:
    """Write the gradebook, nbgrader's folders, the table and the feedback of a class.

    Parameters
    ----------
    work : Class
        What was graded, and where the results are.
    """
    _release.write(work.out / "nbgrader_config.py", _CONFIGURATION.encode(), force=True)
    problem_set = work.problem_set()
    source = work.out / "source" / work.name / f"{work.name}.ipynb"
    _release.write(source, _release.source_bytes(problem_set), force=True)
    write_gradebook(work)
    _release.write(work.out / "grades.csv", table(work.out, problem_set).encode(), force=True)
    write_feedback(work)


# nbgrader's gradebook -----------------------------------------------------------------------------


def write_gradebook(work: Class) -> None:
    """Put the results into nbgrader's gradebook, and beside it the notebooks that its pages show.

    Parameters
    ----------
    work : Class
        What was graded, and where the results are.
    """
    with _open(work.out) as gradebook:
        _describe(gradebook, work.problem_set())
        for result in _run.results_in(work.out):
            problem_set = work.problem_set(result["student"])
            path = _autograded_path(work.out, work.name, result["student"])
            before = _texts(path)
            _record(gradebook, problem_set, result, before)
            _release.write(path, _release._written(_autograded(problem_set, result)), force=True)


@contextlib.contextmanager
def _open(out: Path) -> Iterator[Any]:
    """Open nbgrader's gradebook in a folder."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SAWarning

    url = f"sqlite:///{(out / DATABASE).resolve()}"
    _note_version(url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # about how nbgrader itself adds a submission
        with Gradebook(url) as gradebook:
            yield gradebook


def _note_version(url: str) -> None:
    """Write into an empty database which version of nbgrader's tables it is going to hold.

    nbgrader would do so, but asks another program for it, which takes seconds. A file without
    tables is empty, too: that is what a grading may leave that was killed at its beginning.
    """
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR
    from sqlalchemy import create_engine, inspect

    engine = create_engine(url)
    with engine.begin() as connection:
        if not inspect(connection).get_table_names():
            MigrationContext.configure(connection).stamp(ScriptDirectory(ALEMBIC_DIR), "head")
    engine.dispose()


def _describe(gradebook: Any, problem_set: ProblemSet) -> None:
    """Tell the gradebook which cells there are, as `nbgrader generate_assignment` does."""
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum, is_grade, is_locked, is_solution

    name = problem_set.name
    gradebook.update_or_create_assignment(name)
    known = gradebook.update_or_create_notebook(name, name)
    new = {w.name for w in problem_set.written} | {
        t.name for q in problem_set.questions for t in q.tests
    }
    old = {cell.name for cell in known.grade_cells}
    if known.submissions and old and old != new:
        raise ValueError(
            f"the gradebook knows {name} with other questions ({', '.join(sorted(old ^ new))}); "
            "grade into another folder"
        )
    for plain in _release.source_notebook(problem_set)["cells"]:
        cell = from_dict(plain)  # type: ignore[no-untyped-call]
        if not nbgrader(cell):
            continue
        own = cell.metadata.nbgrader.grade_id
        if is_grade(cell):
            points = float(cell.metadata.nbgrader.points)
            gradebook.update_or_create_grade_cell(
                own, name, name, max_score=points, cell_type=cell.cell_type
            )
        if is_solution(cell):
            gradebook.update_or_create_solution_cell(own, name, name)
        gradebook.update_or_create_source_cell(
            own,
            name,
            name,
            cell_type=cell.cell_type,
            locked=is_locked(cell),
            source=cell.source,
            checksum=compute_checksum(cell),
        )


def _record(
    gradebook: Any, problem_set: ProblemSet, result: dict[str, Any], before: dict[str, str]
) -> None:
    """Write one student's scores; what a person wrote stays.

    A mark belongs to the answer that it was given for. Where another answer was handed in since,
    it asks to be read, and goes on asking until somebody gives a mark again.
    """
    gradebook.update_or_create_student(result["student"])
    submission = gradebook.update_or_create_submission(problem_set.name, result["student"])
    scores = {t["name"]: t["score"] for q in result["questions"] for t in q["tests"]}
    now = _shown_answers(problem_set, result)
    answer_of = {t.name: q.name for q in problem_set.questions for t in q.tests}
    for grade in submission.notebooks[0].grades:
        answer = answer_of.get(grade.name, grade.name)
        by_tests = grade.name in scores or not result["answers"].get(answer)
        grade.auto_score = scores.get(grade.name, 0.0) if by_tests else None
        if grade.manual_score is None:
            grade.needs_manual_grade = not by_tests
        elif before.get(answer) != now[answer]:
            grade.needs_manual_grade = True
    reasons = {question["name"]: question["reason"] for question in result["questions"]}
    for comment in submission.notebooks[0].comments:
        empty = not result["answers"].get(comment.name)
        comment.auto_comment = "No response." if empty else reasons.get(comment.name) or None
    gradebook.db.commit()


def _shown_answers(problem_set: ProblemSet, result: dict[str, Any]) -> dict[str, str]:
    """Return the answers as nbgrader's page shows them; where there is none, the starter."""
    given = result["answers"]
    shown = {q.name: given.get(q.name) or q.starter for q in problem_set.questions}
    return shown | {w.name: _harmless(given.get(w.name) or w.starter) for w in problem_set.written}


def _texts(path: Path) -> dict[str, str]:
    """Return the texts of the cells of a notebook that was written here earlier."""
    if not path.exists():
        return {}
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {nbgrader(cell)["grade_id"]: cell["source"] for cell in cells if nbgrader(cell)}


def _autograded(problem_set: ProblemSet, result: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook that a person grades: the author's cells, the student's answers."""
    notebook = _release.source_notebook(problem_set)
    verdicts = {t["name"]: t for q in result["questions"] for t in q["tests"]}
    answers = _shown_answers(problem_set, result)
    rubrics = {w.name: w.rubric for w in problem_set.written}
    cells = []
    for cell in notebook["cells"]:
        own = nbgrader(cell).get("grade_id", "")
        cell["source"] = answers.get(own, cell["source"])
        if own in verdicts:
            test = verdicts[own]
            said = f"{test['score']:g} of {test['max_score']:g} points"
            said += f"\n{test['reason']}" if test["reason"] else ""
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": said + "\n"}]
        cells.append(cell)
        if own in rubrics:
            cells.append(
                {
                    "cell_type": "markdown",
                    "id": f"{own}-rubric"[:64],
                    "metadata": {},
                    "source": f"**For those who grade**\n\n{rubrics[own]}",
                }
            )
    notebook["cells"] = cells
    return notebook


def _harmless(text: str) -> str:
    """Return a free-text answer with nothing in it that could run where it is shown.

    nbgrader's page hands on all HTML and every link of an answer, ``javascript:`` too, in a
    browser that may do what the instructor may. A space more, and none is one; formulas stay,
    but for two of their commands, which can make a link, too.
    """
    text = re.sub(r"\\(?=href|mmlToken)", r"\\ ", text)
    return re.sub(r"\](?=[(:])", "] ", re.sub(r"<(?=[A-Za-z/!?])", "< ", text))


# Tables -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _ByHand:
    """What a person decided of one student's cells: marks, points on top, and comments.

    And what has to be read again, since the answer is another one than that was marked.
    """

    marks: dict[str, float] = field(default_factory=dict)
    extra: dict[str, float] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    again: frozenset[str] = frozenset()


def _by_hand(out: Path, name: str) -> dict[str, _ByHand]:
    """Return what persons decided of each student's cells."""
    if not (out / DATABASE).exists():
        return {}
    found = {}
    with _open(out) as gradebook:
        for submission in gradebook.assignment_submissions(name):
            notebook = submission.notebooks[0]
            found[submission.student.id] = _ByHand(
                {
                    grade.name: grade.manual_score
                    for grade in notebook.grades
                    if grade.manual_score is not None and not grade.needs_manual_grade
                },
                {grade.name: grade.extra_credit or 0.0 for grade in notebook.grades},
                {comment.name: comment.manual_comment or "" for comment in notebook.comments},
                frozenset(
                    grade.name
                    for grade in notebook.grades
                    if grade.manual_score is not None and grade.needs_manual_grade
                ),
            )
    return found


def _with_marks(out: Path, problem_set: ProblemSet) -> Iterator[dict[str, Any]]:
    """Yield the results with what persons decided: marks for free text, and other scores."""
    decided = _by_hand(out, problem_set.name)
    for result in _run.results_in(out):
        own = decided.get(result["student"], _ByHand())
        stale = _changed_since(out, problem_set, result) if own.marks else frozenset()
        for question in result["questions"]:
            known = own.marks if question["name"] not in stale else {}
            for test in question["tests"]:
                mark = known.get(test["name"], test["score"])
                test["score"] = mark + own.extra.get(test["name"], 0.0)
            question["score"] = sum(test["score"] for test in question["tests"])
            question["comment"] = own.comments.get(question["name"], "")
        result["written"] = []
        for written in problem_set.written:
            mark, comment = own.marks.get(written.name), own.comments.get(written.name, "")
            if written.name in own.again or (mark is not None and written.name in stale):
                mark, comment = None, ""
            elif not result["answers"].get(written.name):
                mark = mark or 0.0
            if mark is not None:
                mark += own.extra.get(written.name, 0.0)
            result["written"].append(
                {
                    "name": written.name,
                    "title": written.title,
                    "score": mark,
                    "max_score": written.points,
                    "comment": comment,
                }
            )
        all_scores = [q["score"] for q in (*result["questions"], *result["written"])]
        result["to_read"] = sum(score is None for score in all_scores)
        result["score"] = sum(score or 0.0 for score in all_scores)
        yield result


def _changed_since(out: Path, problem_set: ProblemSet, result: dict[str, Any]) -> frozenset[str]:
    """Return the answers that are other ones than the gradebook knows.

    Results are written one by one, the gradebook at the end: a grading that was stopped leaves
    results that it has not heard of.
    """
    known = _texts(_autograded_path(out, problem_set.name, result["student"]))
    now = _shown_answers(problem_set, result)
    given = {name for name, answer in result["answers"].items() if answer}
    return frozenset(name for name in given & set(now) if known.get(name) != now[name])


def _autograded_path(out: Path, name: str, student: str) -> Path:
    """Return where the notebook lies that a person grades."""
    return out / "autograded" / student / name / f"{name}.ipynb"


def table(out: Path, problem_set: ProblemSet) -> str:
    """Return the grades as CSV, a row for each student.

    Parameters
    ----------
    out : Path
        The folder of results.
    problem_set : ProblemSet
        What was asked.

    Returns
    -------
    str
        Columns: student, score, max_score, to_read (free-text answers that nobody has
        graded yet), one for each question, and what was wrong with the file. A notebook that
        came back as it was handed out says so there: it may have been sent by mistake.
    """
    names = [q.name for q in problem_set.questions] + [w.name for w in problem_set.written]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "score", "max_score", "to_read", *names, "problem"])
    for result in _with_marks(out, problem_set):
        scores = {q["name"]: q["score"] for q in (*result["questions"], *result["written"])}
        row = ["" if scores[name] is None else f"{scores[name]:g}" for name in names]
        total = [f"{result['score']:g}", f"{result['max_score']:g}", result["to_read"]]
        untouched = "" if any(result["answers"].values()) else "nothing is answered"
        writer.writerow([result["student"], *total, *row, result["problem"] or untouched])
    return text.getvalue()


def table_of_term(works: list[Class]) -> str:
    """Return the grades of several problem sets as CSV, a row for each student.

    Parameters
    ----------
    works : list of Class
        The problem sets, and where their results are.

    Returns
    -------
    str
        Columns: student, score, max_score, to_read, and one for each problem set, empty where
        the student handed in nothing.

    Raises
    ------
    ValueError
        If two of them are of the same problem set.
    """
    names = [work.name for work in works]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two folders hold grades of {twice[0]}; give one of each problem set")
    scores: dict[str, dict[str, float]] = {}
    unread: dict[str, int] = {}
    for work in works:
        for result in _with_marks(work.out, work.problem_set()):
            scores.setdefault(result["student"], {})[work.name] = result["score"]
            unread[result["student"]] = unread.get(result["student"], 0) + result["to_read"]
    most = sum(work.problem_set().points for work in works)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "score", "max_score", "to_read", *names])
    for student, own in sorted(scores.items()):
        row = [f"{own[name]:g}" if name in own else "" for name in names]
        writer.writerow([student, f"{sum(own.values()):g}", f"{most:g}", unread[student], *row])
    return text.getvalue()


# Feedback -----------------------------------------------------------------------------------------


def write_feedback(work: Class) -> int:
    """Write a page for each student, with nothing on it that was not written for students.

    Parameters
    ----------
    work : Class
        What was graded, and where the results are.

    Returns
    -------
    int
        How many pages.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["as_code"] = _as_code
    page = environment.get_template("feedback.html")
    count = 0
    problem_set = work.problem_set()
    for result in _with_marks(work.out, problem_set):
        content = page.render(title=problem_set.title, result=_for_students(result))
        path = work.out / "feedback" / f"{result['student']}.html"
        _release.write(path, content.encode("utf-8", "replace"), force=True)
        count += 1
    return count


def _as_code(text: str) -> Any:
    """Return a text as HTML, in which what stands between backticks is code."""
    import markupsafe

    return markupsafe.Markup(
        re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(markupsafe.escape(text)))
    )


UNREAD = "Your file could not be graded. Ask your instructor, or hand in again."


def _for_students(result: dict[str, Any]) -> dict[str, Any]:
    """Return what a student may know: no reason that was written for teachers."""
    questions = [
        {
            "title": question["title"],
            "score": question["score"],
            "max_score": question["max_score"],
            "comment": question["comment"],
            "found": bool(result["answers"].get(question["name"])),
            "advice": list(dict.fromkeys(t["advice"] for t in question["tests"] if t["advice"])),
        }
        for question in result["questions"]
    ]
    written = [
        {
            "title": w["title"],
            "score": w["score"],
            "max_score": w["max_score"],
            "comment": w["comment"],
            "found": bool(result["answers"].get(w["name"])),
            "advice": [],
        }
        for w in result["written"]
    ]
    return {
        "student": result["student"],
        "score": result["score"],
        "max_score": result["max_score"],
        "to_read": result["to_read"],
        "problem": UNREAD if result["problem"] else "",
        "questions": [*questions, *written],
    }
