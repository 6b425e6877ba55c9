"""Answers that were written from the texts of the exercises alone, by somebody who knew no check.

`answers_from_the_text/chapter_NN.py` has right answers in many styles (RIGHT) and wrong ones
(WRONG), each with a sentence; WITNESS has for each wrong one the inputs on which it misbehaves,
or a function that returns True if it does.
"""

import copy
import warnings

import numpy as np
import pytest
from exercise_answers import EXERCISES, VAGUE, fresh, from_the_text

from dlcourse.exercises import check
from dlcourse.exercises._compare import differs, same

every_exercise = pytest.mark.parametrize("number", EXERCISES)


@every_exercise
def test_every_right_answer_passes(number):
    right = from_the_text(number).RIGHT[number]
    assert len(right) >= 5
    verdicts = {what: check(number, answer) for what, answer in right}
    assert not {what: str(verdict) for what, verdict in verdicts.items() if not verdict.passed}


@every_exercise
def test_every_wrong_answer_is_refused_and_most_hear_something_that_has_a_name(number):
    wrong = from_the_text(number).WRONG[number]
    assert len(wrong) >= 10
    verdicts = {what: check(number, answer) for what, answer in wrong}
    assert not [what for what, verdict in verdicts.items() if verdict.passed]
    vague = [
        what
        for what, verdict in verdicts.items()
        if any(phrase in verdict.message for phrase in VAGUE)
    ]
    assert len(vague) <= 0.2 * len(wrong), vague


def misbehaves(module, number, answer, witness):
    """Say whether an answer differs from a right one, raises, or changes what it is given."""
    drive = getattr(module, "DRIVE", {}).get(number, lambda answer, *inputs: answer(*inputs))
    expected = drive(module.RIGHT[number][0][1], *copy.deepcopy(witness))
    inputs = copy.deepcopy(witness)
    try:
        got = drive(answer, *inputs)
    except Exception:
        return True
    return not same(expected, got, 1e-6) or differs(witness, inputs) is not None


@every_exercise
def test_every_wrong_answer_misbehaves_where_it_is_said_to(number):
    module = from_the_text(number)
    for (what, answer), witness in zip(module.WRONG[number], module.WITNESS[number], strict=True):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = witness() if callable(witness) else misbehaves(module, number, answer, witness)
        assert found is True, what


# A second author, for the exercises that let the most pass ------------------------------------

hard_exercise = pytest.mark.parametrize("number", fresh("harder").WRONG)


@hard_exercise
def test_more_right_answers_to_a_hard_exercise_pass(number):
    verdicts = [check(number, answer) for answer in fresh("harder").RIGHT[number]]
    assert not [str(verdict) for verdict in verdicts if not verdict.passed]


@hard_exercise
def test_more_wrong_answers_to_a_hard_exercise_are_refused(number):
    harder = fresh("harder")
    passed = [what for what, answer in harder.WRONG[number] if check(number, answer).passed]
    assert passed == [what for what, _ in harder.WRONG[number] if what in harder.LET_PASS]


@hard_exercise
def test_more_wrong_answers_to_a_hard_exercise_misbehave_where_they_are_said_to(number):
    harder = fresh("harder")
    for (what, _), witness in zip(harder.WRONG[number], harder.WITNESS[number], strict=True):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                found = bool(witness())
            except Exception:  # one or two raise, which no right answer does
                found = True
        assert found, what


# A third author, who judged what is said ------------------------------------------------------

# They differ from a right answer only where the text leaves it open: an eigenvalue that no bowl
# has, a root of what rounding made negative.
NOT_ASKED = ["honest_5_5_no_flat", "honest_7_5_abs"]


def judged(number, *kinds):
    """Return the answers of these kinds to an exercise, by name."""
    start = tuple(f"{kind}_{number.replace('.', '_')}_" for kind in kinds)
    return {name: a for name, a in vars(fresh("judged")).items() if name.startswith(start)}


@every_exercise
def test_answers_of_a_third_author_are_told_apart(number):
    right, wrong = judged(number, "right"), judged(number, "honest", "lazy")
    assert not [name for name, answer in right.items() if not check(number, answer).passed]
    passed = [name for name, answer in wrong.items() if check(number, answer).passed]
    assert passed == [name for name in NOT_ASKED if name in wrong]


# What was false of it, or misled, and what is said now.
@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("honest_12_4_constant", "So it jitters, and would not get there without jittering"),
        ("honest_12_4_time_decay", "So it jitters, and would not get there without jittering"),
        ("lazy_9_5_mean_only", "goes wrong at a later step, in the example at step 6"),
        ("honest_7_6_signed", "The maximum is that of the sizes of m"),
        ("honest_7_6_largest_so_far", "The maximum is that of the sizes of m"),
        ("honest_7_4_plain_mean", "This is the plain mean of all gradients so far"),
        ("honest_7_4_clipped", "in no way that is known here"),
        ("honest_12_5_centered", "the means are those of all rows, or the leverage lacks"),
        ("honest_3_5_cross_entropy", "what softmax and cross-entropy give together"),
        ("honest_4_5_sigmoid_pattern", "This would be right if the result were a sigmoid"),
        ("honest_5_3_gives_up", "only where the steps run out"),
        ("honest_1_5_stop_at_turn", "It stays where the slope has changed its sign"),
        ("honest_2_3_relative", "only where `W` has a 0 in it."),
        ("honest_3_5_plain_mean", "The mean that belongs there has the probabilities as weights"),
        ("honest_3_5_own_only_normalized", "wrong only where `G` has more than one row"),
        ("honest_6_4_stratified", "Where all rows are one batch, they come in order"),
    ],
)
def test_what_is_said_is_true(name, now):
    answer = getattr(fresh("judged"), name)
    assert now in check(".".join(name.split("_")[1:3]), answer).message
