"""The commands of the guide for instructors do what the guide shows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
        env={**os.environ, "PATH": programs},
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


def test_after_the_term_everything_is_there(played):
    _, folder = played
    for name in ("results.jsonl", "grades.csv", "gradebook.db", "feedback", "autograded", "source"):
        assert (folder / "graded-trial" / name).exists()
        assert f"`{name}" in GUIDE
    assert (folder / "derivatives.csv").read_text() == (
        folder / "graded-trial" / "grades.csv"
    ).read_text()


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
