"""A small problem set, and notebooks as students hand them in, for the tests of the grader."""

import json
from pathlib import Path

from dlcourse.grading import _release
from dlcourse.grading._problem_set import ProblemSet

SEED = "a seed for the tests"

SQUARE = '''\
def square_slope(x):
    """Return the slope of x**2 at x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
'''
SQUARE_TESTS = """\
# At 3 the slope is 6.
assert_close(square_slope(3.0), 6.0, "The slope of x**2 at 3 is 6.")
### BEGIN HIDDEN TESTS
SEED = 1  # cohort: secret
for x in np.random.default_rng(SEED).uniform(-5, 5, 5):
    assert_close(square_slope(float(x)), 2 * x)  # the-hidden-line
### END HIDDEN TESTS
"""
MEAN = '''\
def mean_of(f, points):
    """Return the mean of f over the points."""
    ### BEGIN SOLUTION
    return sum(f(x) for x in points) / len(points)
    ### END SOLUTION
'''
MEAN_TESTS = """\
# The mean of the identity over 1, 2, 3 is 2.
assert_close(mean_of(lambda x: x, [1.0, 2.0, 3.0]), 2.0)
"""
MORE_MEAN_TESTS = """\
# The points stay as they are.
### BEGIN HIDDEN TESTS
points = np.array([1.0, OFFSET, 4.0])
assert_close(assert_unchanged(mean_of, np.square, points), (17.0 + OFFSET**2) / 3)
### END HIDDEN TESTS
"""
RIGHT = {
    "square": "def square_slope(x):\n    return 2 * x\n",
    "mean": "def mean_of(f, points):\n    return sum(f(x) for x in points) / len(points)\n",
    "why": "Since the limit of the quotient is what we call the slope.",
}
POINTS = {"square": 2.0, "mean": 3.0}


def _cell(kind, name, source, points=None, **marks):
    marks = {"grade": False, "solution": False, "locked": True, "task": False, **marks}
    known = {"grade_id": name, "schema_version": 3, **marks}
    if points is not None:
        known["points"] = points
    cell = {"cell_type": kind, "id": name, "metadata": {"nbgrader": known}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def author_notebook():
    """Return the problem set, as its author wrote it."""
    answer = {"solution": True, "locked": False}
    imports = (
        "import numpy as np\n\nfrom dlcourse.grading.checks import assert_close, assert_unchanged"
    )
    cells = [
        _cell("markdown", "title", "# A pair of questions"),
        _cell("code", "imports", imports),
        _cell("markdown", "square-text", "## Question 1: A slope"),
        _cell("code", "square", SQUARE, **answer),
        _cell("code", "square-1", SQUARE_TESTS, points=2, grade=True),
        _cell("markdown", "mean-text", "## Question 2: A mean\n\nHere `OFFSET = 2.0`."),
        _cell("code", "offset", "OFFSET = 2.0  # cohort: from 1.0 to 3.0 by 0.5"),
        _cell("code", "mean", MEAN, **answer),
        _cell("code", "mean-1", MEAN_TESTS, points=1, grade=True),
        _cell("code", "mean-2", MORE_MEAN_TESTS, points=2, grade=True),
        _cell("markdown", "why-text", "## Question 3: In words"),
        _cell(
            "markdown",
            "why",
            "### BEGIN SOLUTION\nThe model answer.\n### END SOLUTION",
            points=4,
            grade=True,
            **answer,
        ),
    ]
    cells[4]["metadata"]["dlcourse"] = {"advice": "Try a negative x."}
    cells[9]["metadata"]["dlcourse"] = {"advice": "Are the points still what they were?"}
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write_set(folder: Path) -> Path:
    """Write the problem set into a folder of problem sets, and return the folder."""
    path = folder / "pair" / "pair.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(author_notebook()))
    return folder


def the_set(cohort=SEED, folder=None):
    """Return the problem set with a cohort's constants."""
    from dlcourse.grading import _variants

    return ProblemSet.of("pair", _variants.instance(author_notebook(), cohort))


def handed_out(cohort=SEED):
    """Return the notebook that students get."""
    return json.loads(_release.student_bytes(the_set(cohort)))


def answered(**answers):
    """Return a student's notebook: their answers where they are given, the right ones elsewhere."""
    notebook = handed_out()
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in RIGHT:
            cell["source"] = answers.get(name, RIGHT[name])
    return notebook


def as_bytes(notebook):
    """Return a notebook as a file holds it."""
    return json.dumps(notebook).encode()


def code(source, **metadata):
    """Return a cell that a student added."""
    return {
        "cell_type": "code",
        "id": "added",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
