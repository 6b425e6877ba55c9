"""nbgrader itself works on our files: its commands, its gradebook, its export."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from a_class import SEED, answered, as_bytes, handed_out, the_set, write_set

from dlcourse.grading import Settings, _gradebook, _release, _run
from dlcourse.grading._run import Class

pytest.importorskip("nbgrader")
from nbgrader.api import Gradebook
from sqlalchemy import text

QUICK = Settings(seconds=5.0)
pytestmark = pytest.mark.filterwarnings(
    "ignore::sqlalchemy.exc.SAWarning", "ignore::DeprecationWarning"
)


class InThisProcess:
    """An executor that works at once."""

    def __enter__(self):
        return self

    def __exit__(self, *about):
        pass

    def submit(self, function, task):
        import concurrent.futures

        future = concurrent.futures.Future()
        future.set_result(function(task))
        return future


def nbgrader(folder, *arguments):
    programs = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    environment = {
        **os.environ,
        "PATH": programs,
        "HOME": str(folder),
        "JUPYTER_CONFIG_DIR": str(folder / ".jupyter"),
    }
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def grade(work):
    _run.grade_class(work, InThisProcess, 1)
    _gradebook.write_all(work)


@pytest.fixture
def work(tmp_path):
    handed_in = tmp_path / "in"
    handed_in.mkdir()
    (handed_in / "ada.ipynb").write_bytes(as_bytes(answered()))
    (handed_in / "ben.ipynb").write_bytes(as_bytes(answered(square="square_slope = 7")))
    (handed_in / "cy.ipynb").write_bytes(b"{")
    (handed_in / "dee.ipynb").write_bytes(as_bytes(handed_out()))
    sets = write_set(tmp_path / "assignments")
    return Class("pair", sets, handed_in, tmp_path / "out", SEED, False, QUICK)


def test_generate_assignment_makes_the_same_notebook(tmp_path):
    source = tmp_path / "source" / "pair" / "pair.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(_release.source_bytes(the_set()))
    nbgrader(tmp_path, "generate_assignment", "pair")
    theirs = json.loads((tmp_path / "release" / "pair" / "pair.ipynb").read_text())
    ours = json.loads(_release.student_bytes(the_set()))
    for notebook in (theirs, ours):
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
    assert theirs["cells"] == ours["cells"]


def test_the_author_notebooks_themselves_are_nbgraders(tmp_path):
    """Without any of our tools: nbgrader takes the files of `assignments/` as they are."""
    folder = Path(__file__).parents[2] / "assignments"
    for name in ("derivatives",):
        source = tmp_path / "source" / name / f"{name}.ipynb"
        source.parent.mkdir(parents=True)
        source.write_bytes((folder / name / f"{name}.ipynb").read_bytes())
        nbgrader(tmp_path, "generate_assignment", name)
        released = (tmp_path / "release" / name / f"{name}.ipynb").read_text()
        assert "SOLUTION" not in released
        assert "HIDDEN" not in released


def test_nbgraders_own_grader_agrees_on_honest_work(work, tmp_path):
    grade(work)
    course = tmp_path / "course"
    source = course / "source" / "pair" / "pair.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(_release.source_bytes(the_set()))
    nbgrader(course, "generate_assignment", "pair")
    for student in ("ada", "dee"):
        path = course / "submitted" / student / "pair" / "pair.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes((work.submissions / f"{student}.ipynb").read_bytes())
    nbgrader(course, "autograde", "pair")
    with (
        Gradebook(f"sqlite:///{course / 'gradebook.db'}") as theirs,
        Gradebook(f"sqlite:///{work.out / 'gradebook.db'}") as ours,
    ):
        for student in ("ada", "dee"):
            scores = [
                {
                    g.name: g.auto_score
                    for g in book.find_submission("pair", student).notebooks[0].grades
                }
                for book in (theirs, ours)
            ]
            assert scores[0] == scores[1]
        noted = [
            book.db.execute(text("SELECT version_num FROM alembic_version")).fetchall()
            for book in (theirs, ours)
        ]
        assert noted[0] == noted[1]
        assert len(noted[0]) == 1


def test_an_empty_file_becomes_a_gradebook_and_no_program_is_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "gradebook.db").touch()
    for _ in range(2):
        with _gradebook._open(tmp_path) as book:
            versions = book.db.execute(text("SELECT version_num FROM alembic_version")).fetchall()
            assert len(versions) == 1
            assert list(book.assignments) == []


def test_the_gradebook_is_sound_and_the_class_complete(work):
    grade(work)
    with sqlite3.connect(work.out / "gradebook.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()
    with Gradebook(f"sqlite:///{work.out / 'gradebook.db'}") as book:
        assert {s.id for s in book.students} == {"ada", "ben", "cy", "dee"}
        scores = {s.student.id: (s.score, s.max_score) for s in book.assignment_submissions("pair")}
    assert scores == {"ada": (5.0, 9.0), "ben": (3.0, 9.0), "cy": (0.0, 9.0), "dee": (0.0, 9.0)}


def test_export_gives_the_right_table(work):
    grade(work)
    nbgrader(work.out, "export", "--to", "export.csv")
    with (work.out / "export.csv").open() as file:
        rows = {row["student_id"]: (row["score"], row["max_score"]) for row in csv.DictReader(file)}
    assert rows == {
        "ada": ("5.0", "9.0"),
        "ben": ("3.0", "9.0"),
        "cy": ("0.0", "9.0"),
        "dee": ("0.0", "9.0"),
    }


def test_a_mark_for_free_text_survives_another_grading(work):
    grade(work)

    def written(student):
        with Gradebook(f"sqlite:///{work.out / 'gradebook.db'}") as book:
            grade_cell = book.find_grade("why", "pair", "pair", student)
            return grade_cell.needs_manual_grade, grade_cell.manual_score

    assert written("ada") == (True, None)
    assert written("cy") == written("dee") == (False, None)  # there is nothing to read
    with Gradebook(f"sqlite:///{work.out / 'gradebook.db'}") as book:
        mark = book.find_grade("why", "pair", "pair", "ada")
        mark.manual_score, mark.needs_manual_grade = 3.5, False
        book.find_comment("why", "pair", "pair", "ada").manual_comment = "Well said <b>."
        book.db.commit()
    # A test was wrong: all are graded again.
    _run.grade_class(work, InThisProcess, 1, force=True)
    _gradebook.write_all(work)
    assert written("ada") == (False, 3.5)
    with (work.out / "grades.csv").open() as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert (rows["ada"]["score"], rows["ada"]["to_read"], rows["ada"]["why"]) == ("8.5", "0", "3.5")
    assert (rows["ben"]["score"], rows["ben"]["to_read"], rows["ben"]["why"]) == ("3", "1", "")
    page = (work.out / "feedback" / "ada.html").read_text()
    assert "8.5 of 9 points" in page
    assert "Well said &lt;b&gt;." in page
    # Another answer has to be read anew; the old mark is not lost.
    (work.submissions / "ada.ipynb").write_bytes(as_bytes(answered(why="Something else.")))
    grade(work)
    assert written("ada") == (True, 3.5)


def marked(work, student, points, comment=None):
    """Give a mark, as nbgrader's page does."""
    with Gradebook(f"sqlite:///{work.out / 'gradebook.db'}") as book:
        mark = book.find_grade("why", "pair", "pair", student)
        mark.manual_score, mark.needs_manual_grade = points, False
        if comment is not None:
            book.find_comment("why", "pair", "pair", student).manual_comment = comment
        book.db.commit()


def row_of(work, student):
    with (work.out / "grades.csv").open() as file:
        (row,) = [row for row in csv.DictReader(file) if row["student"] == student]
    return row["why"], row["to_read"]


@pytest.mark.parametrize("force", [False, True])
def test_a_changed_answer_asks_to_be_read_until_it_is_marked_again(work, force):
    grade(work)
    marked(work, "ada", 3.5, "Complete.")
    (work.submissions / "ada.ipynb").write_bytes(as_bytes(answered(why="Something else.")))
    for night in range(3):
        _run.grade_class(work, InThisProcess, 1, force=force)
        _gradebook.write_all(work)
        assert row_of(work, "ada") == ("", "1"), night
        page = (work.out / "feedback" / "ada.html").read_text()
        assert "Not read yet" in page
        assert "Complete." not in page
    marked(work, "ada", 3.5)
    grade(work)
    assert row_of(work, "ada") == ("3.5", "0")
    assert "Complete." in (work.out / "feedback" / "ada.html").read_text()


def test_an_answer_that_is_gone_does_not_keep_its_mark(work):
    grade(work)
    marked(work, "ada", 3.5)
    (work.submissions / "ada.ipynb").write_bytes(as_bytes(answered(why="YOUR ANSWER HERE")))
    for _ in range(2):
        grade(work)
        assert row_of(work, "ada") == ("", "1")


def test_a_mark_that_corrects_a_test_is_for_the_code_it_was_given_for(work):
    grade(work)
    with Gradebook(f"sqlite:///{work.out / 'gradebook.db'}") as book:
        book.find_grade("square-1", "pair", "pair", "ben").manual_score = 1.0
        book.db.commit()

    def score():
        rows = _gradebook._with_marks(work.out, work.problem_set())
        return next(row["questions"][0]["score"] for row in rows if row["student"] == "ben")

    grade(work)
    assert score() == 1.0
    (work.submissions / "ben.ipynb").write_bytes(as_bytes(answered()))
    grade(work)
    grade(work)
    assert score() == 2.0


def test_the_gradebook_of_a_stopped_grading_gives_no_mark_to_a_text_it_never_saw(work):
    """Results come one by one, and the gradebook after them all."""
    grade(work)
    marked(work, "ada", 3.5, "Complete.")
    (work.submissions / "ada.ipynb").write_bytes(as_bytes(answered(why="Something else.")))
    _run.grade_class(work, InThisProcess, 1)  # and nothing after it
    (ada,) = [
        r for r in _gradebook._with_marks(work.out, work.problem_set()) if r["student"] == "ada"
    ]
    assert ada["to_read"] == 1
    assert ada["written"][0]["comment"] == ""


def test_other_questions_are_not_mixed_into_a_gradebook(work):
    grade(work)
    path = work.assignments / "pair" / "pair.ipynb"
    author = json.loads(path.read_text())
    author["cells"][4]["metadata"]["nbgrader"]["grade_id"] = "square-other"
    path.write_text(json.dumps(author))
    _run.grade_class(work, InThisProcess, 1, force=True)
    with pytest.raises(ValueError, match="square-1, square-other"):
        _gradebook.write_all(work)


def test_feedback_holds_only_what_was_written_for_students(work):
    leak = (
        "def square_slope(x):\n    if x != 3.0: raise ValueError(f'<script>LEAK')\n    return 6.0\n"
    )
    (work.submissions / "eve.ipynb").write_bytes(as_bytes(answered(square=leak)))
    grade(work)
    pages = {path.stem: path.read_text() for path in (work.out / "feedback").iterdir()}
    assert sorted(pages) == ["ada", "ben", "cy", "dee", "eve"]
    assert "Try a negative x." in pages["eve"]
    for student, page in pages.items():
        for word in (
            "LEAK",
            "hidden",
            "ValueError",
            "assert",
            str(work.out),
            "Traceback",
            "<script",
        ):
            assert word not in page, (student, word)
        assert not [other for other in pages if other != student and f">{other}<" in page]
    assert "could not be graded" in pages["cy"]
    assert "No answer was found." in pages["dee"]


def test_what_stands_between_backticks_is_code_on_a_page():
    page = str(_gradebook._as_code("Is `steps` <b>large</b>? `<i>` is `not"))
    assert page == (
        "Is <code>steps</code> &lt;b&gt;large&lt;/b&gt;? <code>&lt;i&gt;</code> is `not"
    )


def test_no_formula_of_a_students_is_a_link():
    text = (
        r"$\href{javascript:alert(1)}{x}$ $\mmlToken{mi}[href='javascript:alert(1)']{x}$ $\frac12$"
    )
    harmless = _gradebook._harmless(text)
    assert "\\href" not in harmless
    assert "\\mmlToken" not in harmless
    assert r"$\frac12$" in harmless


def test_the_same_results_give_the_same_pages_and_tables(work, tmp_path):
    grade(work)
    first = {
        p.relative_to(work.out): p.read_bytes()
        for p in work.out.rglob("*")
        if p.suffix in (".html", ".csv", ".ipynb")
    }
    other = Class(**{**vars(work), "out": tmp_path / "other"})
    grade(other)
    second = {
        p.relative_to(other.out): p.read_bytes()
        for p in other.out.rglob("*")
        if p.suffix in (".html", ".csv", ".ipynb")
    }
    assert first == second
