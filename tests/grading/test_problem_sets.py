"""Every problem set grades as it should: solutions, starters, wrong answers, mutants."""

from pathlib import Path

import pytest

from dlcourse.grading import ProblemSet, _verify
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
