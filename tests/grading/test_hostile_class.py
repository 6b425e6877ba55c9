"""All that is hostile or damaged, handed in by one class and graded by the command."""

import csv
import os
import sqlite3

import pytest
from a_class import POINTS, SEED, answered, as_bytes, handed_out, write_set
from click.testing import CliRunner
from test_hostile import ATTACKS, FORGED, FORGER, UNREADABLE

from dlcourse.grading import SandboxMissingError, _command, _run, _sandbox

FORGERIES = ("a reply nobody asked for", "a header of 4 GB", "an array of objects")
HONEST = ("first", "in between", "last")
WHOLE = sum(POINTS.values())


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    """A folder of submissions: what each is named after says what it does."""
    folder = tmp_path_factory.mktemp("class")
    write_set(folder / "assignments")
    handed_in = folder / "in"
    handed_in.mkdir()
    notebooks = {name: answered() for name in HONEST}
    notebooks |= {f"attack {k}": answered(square=ATTACKS[a][0]) for k, a in enumerate(ATTACKS)}
    for k, forgery in enumerate(FORGERIES):
        notebooks[f"forger {k}"] = answered(square=FORGER.format(FORGED[forgery]))
    notebooks |= {f"damage {k}": content for k, content in enumerate(UNREADABLE.values())}
    notebooks["untouched"] = handed_out()
    for name, notebook in notebooks.items():
        content = notebook if isinstance(notebook, bytes) else as_bytes(notebook)
        (handed_in / f"{name}.ipynb").write_bytes(content)
    (handed_in / "link.ipynb").symlink_to("/etc/passwd")
    (handed_in / "...ipynb").write_bytes(as_bytes(answered()))
    os.mkfifo(handed_in / "fifo.ipynb")
    (handed_in / "large.ipynb").touch()
    os.truncate(handed_in / "large.ipynb", 2 * 2**30)
    (handed_in / "twice.ipynb").write_bytes(as_bytes(answered()))
    (handed_in / "twice").mkdir()
    return folder


def grade(folder, out):
    arguments = ["assignment", "grade", str(folder / "in"), "--assignment", "pair"]
    arguments += ["--assignments", str(folder / "assignments"), "--cohort", SEED]
    arguments += ["--out", str(out), "--jobs", "2", "--seconds", "1", "--memory", "1000"]
    return CliRunner().invoke(_command.program, arguments)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_class_is_complete_and_everyone_has_what_they_earned(submitted, tmp_path):
    out = tmp_path / "out"
    result = grade(submitted, out)
    assert result.exit_code == 0, result.output
    with (out / "grades.csv").open() as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert len(rows) == len(list((submitted / "in").iterdir())) - 1  # one is there twice
    for name in (*HONEST, "%2E%2E"):
        assert float(rows[name]["score"]) == WHOLE, name
    reasons = {r["student"]: r["questions"][0]["reason"] for r in _run.results_in(out)}
    for name, row in rows.items():
        if name.startswith(("attack", "forger")):
            assert (row["square"], row["mean"]) == ("0", "3"), (name, reasons[name])
            assert reasons[name]
        elif name.startswith("damage") or name in ("link", "fifo", "large", "twice"):
            assert row["score"] == "0", name
            assert reasons[name], name
    assert rows["untouched"]["score"] == "0"
    with sqlite3.connect(out / "gradebook.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        (count,) = database.execute("SELECT count(*) FROM submitted_assignment").fetchone()
    database.close()
    assert count == len(rows) == len(list((out / "feedback").iterdir()))


def test_without_a_sandbox_none_of_it_is_graded(submitted, tmp_path, monkeypatch):
    def missing(*_):
        raise SandboxMissingError(_sandbox._MISSING)

    monkeypatch.setattr(_sandbox, "_walls", missing)
    result = grade(submitted, tmp_path / "out")
    assert result.exit_code == 2
    assert "apt-get install bubblewrap" in result.stderr
    assert not (tmp_path / "out").exists()
