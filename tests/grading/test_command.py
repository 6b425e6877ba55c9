"""The `dlcourse` command: what it says, what it refuses, what it never does unasked."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from a_class import SEED, answered, as_bytes, write_set
from click.testing import CliRunner

from dlcourse.grading import SandboxMissingError, _command, _sandbox

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
    assert "Graded 2 submissions of pair into out; 1 could not be read." in graded.stdout
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
    assert "Wrote 2 pages" in dlcourse("feedback", "out", "--cohort", SEED).stdout
    assert "another cohort" in dlcourse("feedback", "out", code=2).stderr
    assert json.loads(dlcourse(*GRADE, "--json").stdout)[0]["score"] == 5.0


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
    assert "A term in five commands:\n    dlcourse assignment list" in told
