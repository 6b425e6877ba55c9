"""The `dlcourse` command: what it says, what it refuses, what it never does unasked."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from a_class import SEED, answered, as_bytes, author_notebook, write_set
from click.testing import CliRunner

from dlcourse.grading import (
    SandboxMissingError,
    _command,
    _gradebook,
    _run,
    _sandbox,
    _variants,
)

GUIDE = Path(__file__).parents[2] / "chapters" / "instructors.md"
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder with a problem set and two submissions; the command works in it."""
    write_set(tmp_path / "assignments")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ada.ipynb").write_bytes(as_bytes(answered()))
    (tmp_path / "in" / "ben.ipynb").write_bytes(b"{")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dlcourse(*arguments, code=0, **options):
    result = CliRunner().invoke(_command.program, ["assignment", *arguments], **options)
    assert result.exit_code == code, result.output
    return result


GRADE = ("grade", "in", "--assignment", "pair", "--cohort", SEED, "--out", "out", "--jobs", "1")


def test_list_shows_what_there_is(course):
    assert (
        dlcourse("list").stdout
        == "pair  2 questions in code, 1 in words, 9 points: A pair of questions\n"
    )
    (told,) = json.loads(dlcourse("list", "--json").stdout)
    assert told["questions"][1] == {"name": "mean", "title": "Question 2: A mean", "points": 3.0}


@pytest.mark.parametrize(
    "command", ["list", "verify", "seed", "release", "grade", "feedback", "export"]
)
def test_help_says_what_a_command_does(command):
    told = dlcourse(command, "--help").stdout
    assert len(told) > 200 or command == "seed"
    assert "Usage:" in told


def test_verify_finds_what_is_wrong(course):
    told = dlcourse("verify", "pair", "--cohorts", "1", code=1).stdout
    assert "pair, square: 0 wrong answers, where 3 are needed" in told
    folder = course / "assignments" / "_wrong_answers" / "pair"
    folder.mkdir(parents=True)
    wrong = {
        "square.half": ("fail", "def square_slope(x):\n    return x\n"),
        "square.sign": ("pass", "def square_slope(x):\n    return abs(2 * x)\n"),
        "square.constant": ("pass", "def square_slope(x):\n    return 6.0\n"),
        "mean.sum": ("fail", "def mean_of(f, points):\n    return sum(map(f, points))\n"),
        "mean.first": ("fail", "def mean_of(f, points):\n    return f(points[0])\n"),
        "mean.changes": (
            "pass",
            "def mean_of(f, points):\n    m = sum(map(f, points)) / len(points)\n"
            "    points[0] = 0.0\n    return m\n",
        ),
    }
    for name, (visible, source) in wrong.items():
        (folder / f"{name}.py").write_text(f'"""Wrong. Visible tests: {visible}."""\n\n{source}')
    assert "1 problem sets grade as they should" in dlcourse("verify", "pair").stdout
    (folder / "mean.sum.py").write_text('"""No word."""\n')
    assert "must say in its docstring" in dlcourse("verify", "pair", code=2).stderr
    (folder / "mean.sum.py").write_text(
        '"""Right. Visible tests: fail."""\n\n'
        "def mean_of(f, points):\n    return sum(map(f, points)) / len(points)\n"
    )
    told = dlcourse("verify", "pair", "--cohorts", "0", code=1).stdout
    assert "the wrong answer 'sum' earns full points" in told
    assert "the wrong answer 'sum' passes the visible tests" in told


def test_release_writes_the_same_bytes_and_overwrites_nothing(course):
    told = dlcourse("release", "pair", "--cohort", SEED, "--out", "hand").stdout
    assert told == "Wrote hand/pair.ipynb\n"
    path = course / "hand" / "pair.ipynb"
    first = path.read_bytes()
    dlcourse("release", "pair", "--cohort", SEED, "--out", "hand")
    assert path.read_bytes() == first
    refused = dlcourse("release", "pair", "--cohort", "another long seed", "--out", "hand", code=2)
    assert "exists and differs; --force overwrites it" in refused.stderr
    assert path.read_bytes() == first
    dlcourse("release", "pair", "--cohort", "another long seed", "--out", "hand", "--force")
    assert path.read_bytes() != first


def test_a_short_seed_or_none_is_remarked_upon(course):
    assert (
        "can be found by trying"
        in dlcourse("release", "pair", "--cohort", "2026", "--out", "a").stderr
    )
    assert "which anybody can read" in dlcourse("release", "pair", "--out", "b").stderr
    assert (
        "Wrote" in dlcourse("release", "pair", "--out", "c", env={"DLCOURSE_COHORT": SEED}).stdout
    )
    assert len(dlcourse("seed").stdout.strip()) >= 20


def test_each_student_can_have_a_notebook_of_their_own(course):
    (course / "roster.txt").write_text("ada\nben\n\n../cy\n")
    options = ("--cohort", SEED, "--out", "hand", "--per-student", "roster.txt")
    dlcourse("release", "pair", *options)
    written = sorted(p.relative_to(course).as_posix() for p in (course / "hand").rglob("*.ipynb"))
    assert written == ["hand/%2E.%2Fcy/pair.ipynb", "hand/ada/pair.ipynb", "hand/ben/pair.ipynb"]
    refused = dlcourse("release", "pair", "--with-solutions", *options, code=2)
    assert "don't go together" in refused.stderr


def test_a_name_that_is_not_in_the_roster_is_not_graded(course):
    (course / "roster.txt").write_text("ada\n")
    told = dlcourse(*GRADE, "--per-student", "roster.txt").stdout
    assert "ben: its name is not in the file of names" in told


def test_grading_with_the_published_numbers_is_remarked_upon(course):
    told = dlcourse("grade", "in", "--assignment", "pair", "--out", "out", "--jobs", "1")
    assert "which anybody can read" in told.stderr


def test_what_is_not_there_is_named(course):
    assert "no problem set 'pear'" in dlcourse("release", "pear", "--out", "x", code=2).stderr
    assert "does not exist" in dlcourse("list", "--assignments", "nowhere", code=2).stderr
    assert "holds no results" in dlcourse("feedback", "in", code=2).stderr
    assert not (course / "x").exists()


def test_a_class_is_graded_and_exported(course):
    graded = dlcourse(*GRADE)
    assert "ben: not a notebook that can be read" in graded.stdout
    assert "Graded 1 of 2 submissions of pair into out; the other 1 could not be" in graded.stdout
    wanted = {"results.jsonl", "grades.csv", "gradebook.db", "autograded", "feedback"}
    assert wanted <= {p.name for p in (course / "out").iterdir()}
    told = dlcourse("export", "out", "--to", "grades.csv", "--cohort", SEED, code=1)
    assert "1 answer still has to be read by you" in told.stdout
    with (course / "grades.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["student"], row["score"], row["to_read"]) for row in rows] == [
        ("ada", "5", "1"),
        ("ben", "0", "0"),
    ]
    pages = dlcourse("feedback", "out", "--cohort", SEED)
    assert "Wrote 2 pages" in pages.stdout
    assert pages.stderr == ""
    assert "another cohort" in dlcourse("feedback", "out", code=2).stderr
    assert json.loads(dlcourse(*GRADE, "--json").stdout)[0]["score"] == 5.0


def test_what_is_passed_over_and_who_has_gone_is_named_at_the_end(course):
    dlcourse(*GRADE)
    (course / "in" / "ben.ipynb").rename(course / "in" / "ben.ipynb.txt")
    told = dlcourse(*GRADE).stderr
    assert "Passed over, since a notebook's name ends in .ipynb: ben.ipynb.txt" in told
    assert f"Not handed in any more, but {Path('out/feedback')} still has a page of: ben" in told
    (course / "in" / "ben.ipynb.txt").unlink()
    (course / "out" / "feedback" / "ben.html").unlink()
    told = dlcourse(*GRADE).stderr
    assert "Passed over" not in told
    assert "any more" not in told


def test_the_sets_are_listed_in_the_order_of_the_chapters(course):
    for name, title in (("a_ten", "Problem set 10: B"), ("z_two", "Problem set 2: A")):
        author = author_notebook()
        author["cells"][0]["source"] = f"# {title}"
        (course / "assignments" / name).mkdir()
        (course / "assignments" / name / f"{name}.ipynb").write_text(json.dumps(author))
    lines = dlcourse("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["z_two", "a_ten", "pair"]


def test_the_words_of_the_guide_are_no_seed(course):
    words = {"DLCOURSE_COHORT": _variants.OF_THE_GUIDE}
    for command in (("release", "pair", "--out", "hand"), GRADE[:4] + GRADE[6:]):
        refused = dlcourse(*command, env=words, code=2)
        assert "is no seed but the place for one" in refused.stderr
        assert "dlcourse assignment seed" in refused.stderr
    assert sorted(path.name for path in course.iterdir()) == ["assignments", "in"]


def test_in_a_new_terminal_the_message_says_where_the_seed_goes(course):
    dlcourse(*GRADE)
    for command in (("feedback", "out"), ("export", "out", "--to", "x.csv")):
        refused = dlcourse(*command, code=2).stderr
        assert "no seed was given. Set DLCOURSE_COHORT, which a new terminal" in refused
        other = dlcourse(*command, "--cohort", "another long seed", code=2).stderr
        assert "the seed that was given is another one" in other


def test_nothing_to_grade_is_an_error(course):
    (course / "empty").mkdir()
    refused = dlcourse("grade", "empty", "--assignment", "pair", "--out", "out", code=2)
    assert "empty holds no submission of pair" in refused.stderr
    assert not (course / "out").exists()


def other_set(course, name="riddles"):
    """Write a problem set of which no cell is one of 'pair', and return its student's notebook."""
    author = author_notebook()
    for cell in author["cells"]:
        for old, new in (("square", "cube"), ("mean", "sum"), ("## Question", "## Riddle")):
            cell["source"] = cell["source"].replace(old, new)
            known = cell["metadata"]["nbgrader"]
            known["grade_id"] = known["grade_id"].replace(old, new)
    author["cells"][0]["source"] = "# Some riddles"
    (course / "assignments" / name).mkdir()
    (course / "assignments" / name / f"{name}.ipynb").write_text(json.dumps(author))
    dlcourse("release", name, "--cohort", SEED, "--out", "hand")
    return (course / "hand" / f"{name}.ipynb").read_bytes()


def test_the_wrong_set_is_noticed_on_screen_and_in_the_results(course):
    other = other_set(course)
    (course / "in" / "cy.ipynb").write_bytes(other)
    graded = dlcourse(*GRADE)
    assert "1 notebook holds no question of pair: is it the right set?" in graded.stderr
    assert "cy: the notebook holds no question of pair: is it the right one?" in graded.stdout
    table = (course / "out" / "grades.csv").read_text().splitlines()
    rows = {row["student"]: row for row in csv.DictReader(table)}
    assert rows["cy"]["problem"].startswith("the notebook holds no question of pair")
    assert (rows["cy"]["to_read"], rows["ada"]["problem"]) == ("0", "")
    for student in ("ada", "ben"):
        (course / "in" / f"{student}.ipynb").write_bytes(other)
    graded = dlcourse(*GRADE, code=1)  # all of them: who grades at night hears of it
    assert "3 notebooks hold no question of pair" in graded.stderr


def test_a_folder_that_holds_another_set_is_said_and_force_is_no_way_out(course):
    (course / "hand-in").mkdir()
    (course / "hand-in" / "ada.ipynb").write_bytes(other_set(course))
    dlcourse(*GRADE)
    before = {path: path.read_bytes() for path in (course / "out").rglob("*") if path.is_file()}
    other = ("grade", "hand-in", "--assignment", "riddles", "--cohort", SEED, "--jobs", "1")
    for force in ((), ("--force",)):
        refused = " ".join(dlcourse(*other, "--out", "out", *force, code=2).stderr.split())
        assert "out holds the grades of another problem set, pair" in refused
        assert "into out-riddles, say" in refused
        assert "--force" not in refused
    assert before == {path: path.read_bytes() for path in before}
    dlcourse(*other, "--out", "out-riddles")
    told = dlcourse(
        "export", "out", "out-riddles", "--to", "term.csv", "--cohort", SEED, code=1
    ).stdout
    assert "Wrote 2 students to term.csv; 1 answer" in told
    assert (course / "term.csv").read_text() == (
        "student,score,max_score,to_read,pair,riddles\nada,5,18,1,5,0\nben,0,18,0,0,\n"
    )
    twice = dlcourse("export", "out", "out", "--to", "x.csv", "--cohort", SEED, code=2)
    assert "two folders hold grades of pair" in twice.stderr


def test_after_a_test_was_mended_old_results_are_called_old(course):
    dlcourse(*GRADE)
    path = course / "assignments" / "pair" / "pair.ipynb"
    path.write_text(path.read_text().replace("uniform(-5, 5, 5)", "uniform(-5, 5, 6)"))
    for command in (("feedback", "out"), ("export", "out", "--to", "grades.csv")):
        told = dlcourse(*command, "--cohort", SEED, code=1)
        assert "The problem set pair has changed since out was graded" in told.stderr
        assert "'grade' command with --force" in told.stderr
        assert "Wrote 2" in told.stdout
    dlcourse(*GRADE, "--force")
    assert dlcourse("feedback", "out", "--cohort", SEED).stderr == ""


def test_what_is_written_of_an_unfinished_grading_is_called_so(course, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_gradebook, "write_all", stopped)
        told = dlcourse(*GRADE, code=1)
    assert "What was graded is kept; the same command goes on." in told.stderr
    (course / "in" / "cy.ipynb").write_bytes(as_bytes(answered()))
    commands = (("feedback", "out"), ("export", "out", "--to", "grades.csv", "--force"))
    for command in commands:
        told = dlcourse(*command, "--cohort", SEED, code=1)
        assert "The grading in out was stopped before its end: 2 of 2 submissions" in told.stderr
    with _run._alone_in(course / "out"):
        for command in commands:
            told = dlcourse(*command, "--cohort", SEED, code=1)
            assert "A grader is at work in out: 2 of 2 submissions have results" in told.stderr
    dlcourse(*GRADE)
    assert dlcourse("feedback", "out", "--cohort", SEED).stderr == ""


def test_constants_of_others_are_noticed(course):
    names = ("ada", "ben", "cy", "dee")
    (course / "roster.txt").write_text("\n".join(names))
    options = ("--cohort", SEED, "--out", "hand", "--per-student", "roster.txt")
    dlcourse("release", "pair", *options)
    for name in names:
        handed_in = (course / "hand" / name / "pair.ipynb").read_bytes()
        (course / "in" / f"{name}.ipynb").write_bytes(handed_in)
    told = dlcourse(*GRADE).stderr
    assert re.search(r"\d of 4 notebooks have other constants than --cohort gives", told)
    assert "and with no --per-student?" in told
    told = dlcourse(*GRADE, "--per-student", "roster.txt", "--force").stderr
    assert "other constants" not in told


def test_the_folder_of_one_student_is_not_taken_for_a_class(course):
    (course / "in" / "anna").mkdir()
    (course / "in" / "anna" / "pair.ipynb").write_bytes(as_bytes(answered()))
    refused = dlcourse("grade", "in/anna", "--assignment", "pair", "--out", "out", code=2).stderr
    assert "in/anna is the folder of one student" in refused
    assert f"give the folder of all students, {course / 'in'}" in refused
    (course / "all" / "pair").mkdir(parents=True)
    (course / "all" / "pair" / "ada.ipynb").write_bytes(as_bytes(answered()))
    (course / "all" / "riddles").mkdir()
    refused = dlcourse("grade", "all", "--assignment", "pair", "--out", "out", code=2).stderr
    assert "all holds folders of problem sets, not of students: grade all/pair" in refused
    (course / "in" / "pair.ipynb").write_bytes(as_bytes(answered()))
    told = dlcourse(*GRADE).stdout  # among others it stops nobody
    assert "pair: it is called like the problem set, not like a student" in told


def test_without_a_sandbox_the_command_refuses_and_writes_nothing(course, monkeypatch):
    def missing(*_):
        raise SandboxMissingError(_sandbox._MISSING)

    monkeypatch.setattr(_sandbox, "_walls", missing)
    refused = dlcourse(*GRADE, code=2)
    assert "apt-get install bubblewrap" in refused.stderr
    assert not (course / "out").exists()
    trusting = dlcourse(*GRADE, "--trust-students")
    assert "student code runs with all your rights" in trusting.stderr
    assert "your other students' work" in " ".join(dlcourse("grade", "--help").stdout.split())


def test_a_scheduler_that_does_not_answer_is_named(course, monkeypatch):
    import dask
    import distributed  # noqa: F401 - first: leaving `set` would take what it adds away again

    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        refused = dlcourse(*GRADE[:-2], "--scheduler", "tcp://127.0.0.1:9", code=2)
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in refused.stderr


def test_without_the_extra_the_command_says_what_to_install(tmp_path):
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError(name='click')\n")
    run = subprocess.run(
        [sys.executable, "-c", "from dlcourse.cli import main; main()"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert run.returncode == 1
    assert (
        run.stderr
        == 'The command needs more than the package: pip install "dlcourse[instructor]"\n'
    )


def test_the_command_is_installed():
    program = Path(sys.executable).with_name("dlcourse")
    told = subprocess.run([program, "assignment", "--help"], capture_output=True, text=True).stdout
    assert "A problem set in five commands" in told
    [grade] = re.findall(r"^ +(dlcourse assignment grade .*)$", told, re.MULTILINE)
    assert f"\n{grade}\n" in GUIDE.read_text(encoding="utf-8"), "the same folders"
