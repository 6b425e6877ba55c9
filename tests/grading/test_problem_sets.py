"""Every problem set grades as it should: solutions, starters, wrong answers, mutants."""

import ast
from pathlib import Path

import pytest
from right_mutants import EQUIVALENT

from dlcourse.exercises import _slips
from dlcourse.grading import ProblemSet, _verify
from dlcourse.grading._marking import grade_answer
from dlcourse.grading._problem_set import names_in

FOLDER = Path(__file__).parents[2] / "assignments"
NAMES = names_in(FOLDER)
COHORTS = [None, *(f"cohort {k}" for k in range(20))]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", NAMES)
def test_it_grades_as_it_should_for_twenty_cohorts(name):
    assert list(_verify.problems(name, FOLDER, COHORTS)) == []


@pytest.mark.parametrize("name", NAMES)
def test_its_size_and_parts(name):
    problem_set = ProblemSet.load(name, FOLDER)
    assert 3 <= len(problem_set.questions) <= 5
    assert len(problem_set.written) == 1
    assert all(len(question.tests) >= 2 for question in problem_set.questions), "partial credit"
    assert all(len(written.rubric) > 200 for written in problem_set.written)


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::SyntaxWarning")
@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_of_a_solution_loses_points_but_for_those_that_are_right(name):
    passed, equivalent = set(), EQUIVALENT.get(name, {})
    for question in ProblemSet.load(name, FOLDER).questions:
        tree = ast.parse(question.solution)
        for _, mutant in _slips._changed(tree):
            changed = ast.unparse(mutant)
            lines = _slips._difference(ast.unparse(tree), changed)
            seconds = 60.0 if lines in equivalent else 1.0  # what is right may need its time
            graded = grade_answer(question, changed, _verify.Here(seconds))
            if graded["score"] == question.points:
                passed.add(lines)
    assert passed - set(equivalent) == set(), "these pass: add a test, or list them with the reason"
    assert set(equivalent) - passed == set(), "these are listed, and lose points"
    assert all(reason.strip() for reason in equivalent.values())
