"""Constants that differ from cohort to cohort, and are the same for the same seed."""

import copy

import pytest
from a_class import author_notebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.grading import _variants


def notebook(*sources, text=""):
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return {"cells": [{"cell_type": "markdown", "source": text}, *cells]}


def drawn(source, cohort, student=None):
    return _variants.instance(notebook(source), cohort, student)["cells"][1]["source"]


def test_without_a_cohort_the_constants_are_the_authors():
    made = _variants.instance(notebook("A = 2  # cohort: 1, 2, 3"), None)
    assert made["cells"][1]["source"] == "A = 2"


@settings(deadline=None, max_examples=25)
@given(st.text(min_size=1))
def test_a_constant_is_one_of_those_allowed_and_the_same_again(cohort):
    source = "A = 2.0  # cohort: from 1.0 to 2.0 by 0.1"
    value = float(drawn(source, cohort).removeprefix("A = "))
    assert value in [round(1 + k / 10, 1) for k in range(11)]
    assert drawn(source, cohort) == f"A = {value!r}"


def test_every_value_comes_up():
    found = {drawn("A = 3  # cohort: 3, 4, 5, 'six'", f"seed {k}") for k in range(60)}
    assert found == {"A = 3", "A = 4", "A = 5", "A = 'six'"}


def test_constants_are_drawn_apart_from_one_another():
    both = {
        tuple(
            cell["source"]
            for cell in _variants.instance(
                notebook("A = 1  # cohort: 1, 2", "B = 1  # cohort: 1, 2"), f"seed {k}"
            )["cells"][1:]
        )
        for k in range(30)
    }
    assert len(both) == 4


def test_students_can_have_their_own():
    names = [f"student {k}" for k in range(30)]
    source = "A = 1  # cohort: from 1 to 1000 by 1"
    assert len({drawn(source, "seed", name) for name in names}) > 25
    assert drawn(source, "seed", "ada") == drawn(source, "seed", "ada")


def test_the_text_follows():
    made = _variants.instance(
        notebook("A = 1  # cohort: 7", text="Here `A = 1`, and `AB = 1` is another."), "seed"
    )
    assert made["cells"][0]["source"] == "Here `A = 7`, and `AB = 1` is another."


def test_secret_seeds_are_large_and_differ():
    found = {drawn("    SEED = 0  # cohort: secret", f"seed {k}") for k in range(50)}
    assert len(found) == 50
    assert all(text.startswith("    SEED = ") for text in found)


def test_the_problem_set_itself_stays_as_it_is():
    before = author_notebook()
    after = copy.deepcopy(before)
    _variants.instance(after, "seed")
    assert after == before


@pytest.mark.parametrize(
    "rule", ["from 1 to 2", "one, two", "from 1 to 2 by 0", "1,2 or 3", "from a to b by c"]
)
def test_a_rule_that_makes_no_sense_is_named(rule):
    with pytest.raises(ValueError, match="constant A has the comment"):
        drawn(f"A = 1  # cohort: {rule}", "seed")


def test_a_constant_has_one_place():
    twice = notebook("A = 1  # cohort: secret", "A = 2  # cohort: 5, 6")
    with pytest.raises(ValueError, match="A is defined twice"):
        _variants.instance(twice, "seed")


def test_a_fingerprint_tells_seeds_apart_and_nothing_more():
    assert _variants.fingerprint("one") != _variants.fingerprint("two")
    assert "one" not in _variants.fingerprint("one")
    assert len(_variants.new_seed()) > _variants.SHORT_SEED
