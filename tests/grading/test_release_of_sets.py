"""What students get gives nothing away, and is the same for the same seed."""

import json
from pathlib import Path

import pytest
from a_class import SEED, author_notebook, handed_out, the_set, write_set

from dlcourse.grading import ProblemSet, _release, _variants
from dlcourse.grading._problem_set import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    names_in,
)

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "assignments"
NAMES = names_in(FOLDER)


def secrets_of(problem_set):
    """Return the lines of solutions and hidden tests that stand nowhere in the open."""
    secret, shown = set(), set()
    for cell in problem_set.notebook["cells"]:
        inside = False
        for line in cell["source"].split("\n"):
            inside = inside or BEGIN_SOLUTION in line or BEGIN_HIDDEN in line
            (secret if inside else shown).add(line.strip())
            inside = inside and not (END_SOLUTION in line or END_HIDDEN in line)
    return {line for line in secret - shown if len(line) > 12}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cohort", ["first seed of the test", "second seed of the test"])
def test_nothing_secret_is_in_the_bytes(name, cohort):
    problem_set = ProblemSet.load(name, FOLDER, cohort)
    released = _release.student_bytes(problem_set)
    assert released == _release.student_bytes(ProblemSet.load(name, FOLDER, cohort))
    text = released.decode()
    notebook = json.loads(text)
    lines = {line.strip() for cell in notebook["cells"] for line in cell["source"].split("\n")}
    assert secrets_of(problem_set) & lines == set()
    for word in ("SOLUTION", "HIDDEN", "# cohort", 'dlcourse":', cohort, "Rubric", "Model answer"):
        assert word not in text, word
    assert all(not cell.get("outputs") and "attachments" not in cell for cell in notebook["cells"])
    assert {key for cell in notebook["cells"] for key in cell["metadata"]} <= {
        "nbgrader",
        "editable",
        "deletable",
    }


@pytest.mark.parametrize("name", NAMES)
def test_cohorts_get_different_numbers(name):
    notebooks = {
        _release.student_bytes(ProblemSet.load(name, FOLDER, f"seed number {k}")) for k in range(5)
    }
    assert len(notebooks) > 1


def test_the_installed_package_holds_no_problem_set():
    """A wheel holds nothing but `dlcourse/`: see tests/repository/test_release.py."""
    files = [p for p in (ROOT / "dlcourse").rglob("*") if p.is_file() and p.suffix != ".pyc"]
    assert not [p for p in files if "wrong_answers" in str(p) or p.suffix == ".ipynb"]
    text = "\n".join(p.read_text(encoding="latin-1") for p in files)
    for name in NAMES:
        for question in ProblemSet.load(name, FOLDER).questions:
            longest = max(question.solution.split("\n"), key=len).strip()
            assert longest not in text, f"{name}: {question.name}"


def test_a_leak_is_noticed():
    problem_set = the_set()
    released = _release.student_bytes(problem_set)
    assert _release.leaks(problem_set, released) == []
    assert _release.leaks(problem_set, _release.source_bytes(problem_set))
    notebook = json.loads(released)
    line = "    return sum(f(x) for x in points) / len(points)"
    notebook["cells"][0]["source"] += "\n" + line
    assert _release.leaks(problem_set, json.dumps(notebook).encode()) == [line.strip()]


def test_attachments_and_outputs_do_not_come_along():
    author = author_notebook()
    author["cells"][0]["attachments"] = {"secret.png": {"image/png": "c2VjcmV0"}}
    author["cells"][3]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "secret"}]
    author["metadata"]["secret"] = "secret"
    author["cells"][3]["metadata"]["secret"] = "secret"
    released = _release.student_bytes(ProblemSet.of("pair", _variants.instance(author, SEED)))
    assert b"secret" not in released.replace(b"c2VjcmV0", b"secret")


def test_the_released_notebook_is_a_sound_one():
    import nbformat

    nbformat.validate(nbformat.from_dict(handed_out()))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda cells: cells[3]["metadata"]["nbgrader"].update(grade_id="imports"),
            "that no other cell has",
        ),
        (lambda cells: cells[3]["metadata"]["nbgrader"].pop("grade_id"), "needs a grade_id"),
        (lambda cells: cells.pop(4), "'square' has no test"),
        (lambda cells: cells.pop(3), "without an answer cell"),
        (lambda cells: cells[3].update(source="class A: pass"), "asks for a class"),
        (lambda cells: cells[3].update(source="1 + 1"), "defines nothing"),
    ],
)
def test_a_faulty_problem_set_is_refused_with_the_place(change, words):
    author = author_notebook()
    change(author["cells"])
    with pytest.raises(ValueError, match=words):
        ProblemSet.of("pair", author)


def test_a_name_that_is_not_there_is_met_with_those_that_are(tmp_path):
    with pytest.raises(FileNotFoundError, match="no problem set 'pear' in .*; there: pair"):
        ProblemSet.load("pear", write_set(tmp_path))
