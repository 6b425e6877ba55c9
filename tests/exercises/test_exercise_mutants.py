"""The self-checks notice every small change to a right answer, and say something about it."""

import subprocess
import sys
from pathlib import Path

import pytest
from exercise_answers import (
    EXERCISES,
    equivalent_mutants,
    folded_solution,
    right_answers,
    try_mutants,
)

from dlcourse.exercises._trial import examine

every_exercise = pytest.mark.parametrize("number", EXERCISES)


@every_exercise
def test_every_mutant_is_refused_but_for_those_that_are_right(number):
    found, equivalent = try_mutants(number), equivalent_mutants(number)
    wrongly = sorted(set(found.passed) - set(equivalent))
    assert not wrongly, "these mutants pass: add a trial, or list them with the reason"
    assert not sorted(set(equivalent) - set(found.passed)), "these are listed, and don't pass"
    assert all(reason.strip() for reason in equivalent.values())
    assert len(found.vague) <= 0.2 * len(found.refused), found.vague


@every_exercise
def test_a_folded_solution_is_right_in_twice_the_trials_of_other_seeds(number):
    verdict = examine(EXERCISES[number], folded_solution(number), seeds=(1, 2))
    assert verdict.passed, verdict


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        pytest.param(number, answer, id=f"{number}-{k}")
        for number in EXERCISES
        for k, answer in enumerate(right_answers(number))
    ],
)
def test_a_right_answer_of_another_style_passes(number, answer):
    verdict = examine(EXERCISES[number], answer, seeds=(0, 1))
    assert verdict.passed, verdict


@every_exercise
def test_the_reference_is_right_with_other_seeds_and_their_trials_differ(number):
    exercise = EXERCISES[number]
    assert examine(exercise, exercise.reference, seeds=(3, 4))
    assert len(exercise.trials(3)) == len(exercise.trials(0))


def test_the_table_of_all_this_is_printed_by_a_command_of_its_own():
    script = Path(__file__).with_name("exercise_table.py")
    printed = subprocess.run(
        [sys.executable, script, "8.3"], capture_output=True, text=True, check=True
    ).stdout
    head, _, row, _ = printed.splitlines()
    cells = dict(zip(head.split(" | "), row.split(" | "), strict=True))
    for column in (c for c in cells if c.endswith((" passed", " refused"))):
        good, _, of = cells[column].partition(" of ")
        assert good == of != "0"
