"""The commands of the guide for instructors do what the guide shows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlcourse.grading import _variants

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "chapters" / "instructors.md").read_text(encoding="utf-8")


def shown():
    """Return the console blocks of the guide: what is typed, and what is printed then."""
    return re.findall(r"^```console\n(.*?)^```", GUIDE, re.M | re.S)


def typed(block):
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def play(folder):
    """Type all commands of the guide, in order, in one shell; return the blocks as they look."""
    script = ["set -u"]
    for block in shown():
        for command in typed(block):
            script += [f"cat <<'COMMAND'\n$ {command}\nCOMMAND", command]
        script += ["echo END-OF-BLOCK"]
    programs = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    run = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env={**os.environ, "PATH": programs, "DLCOURSE_COHORT": "a seed of those who test"},
        capture_output=True,
        text=True,
    )
    return run.stdout.split("END-OF-BLOCK\n")[:-1], run.stderr


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "assignments", folder / "assignments")
    return play(folder), folder


def test_every_command_prints_what_the_guide_shows(played):
    (blocks, said), _ = played
    assert blocks == shown(), said


def test_the_words_in_place_of_a_seed_are_those_that_are_refused():
    assert re.findall(r"^export DLCOURSE_COHORT=(.*)$", GUIDE, re.M) == [_variants.OF_THE_GUIDE]


def test_no_work_of_students_is_committed():
    """The folders that the guide names, and what others are called by those with two groups."""
    named = set(re.findall(r"\b(?:submitted|graded|handout|trial)[-\w]*(?:/\w+)?", GUIDE))
    named = {name for name in named if f"`{name}" in GUIDE or f" {name} " in GUIDE}
    assert {"submitted/derivatives", "graded-b/derivatives", "handout", "graded-trial"} <= named
    for folder in (*named, "submitted-2027", "handout_b", "gradedB", "trial2"):
        path = f"{folder}/anna.ipynb"
        run = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT)
        assert run.returncode == 0, f"{path} would be committed"


def test_after_the_term_everything_is_there(played):
    _, folder = played
    there = {path.name for path in (folder / "graded-trial").iterdir()}
    assert {"results.jsonl", "grades.csv", "gradebook.db", "feedback"} <= there
    assert all(f"`{name}" in GUIDE for name in there if not name.startswith("."))
    assert (folder / "trial.csv").read_text() == (
        folder / "graded-trial" / "grades.csv"
    ).read_text()


def test_a_notebook_that_came_back_untouched_is_named(played):
    _, folder = played
    rows = (folder / "graded-trial" / "grades.csv").read_text().splitlines()[1:]
    said = {row.split(",")[0]: row.rpartition(",")[2] for row in rows}
    assert said.pop("untouched") == "nothing is answered"
    assert set(said.values()) == {""}


if __name__ == "__main__":  # writes what the commands print into the guide
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(ROOT / "assignments", Path(place) / "assignments")
        printed, errors = play(place)
    text = GUIDE
    for old, new in zip(shown(), printed, strict=True):
        text = text.replace(f"```console\n{old}```", f"```console\n{new}```")
    (ROOT / "chapters" / "instructors.md").write_text(text, encoding="utf-8")
    print(errors)
