"""What a self-check says is true: of the trials it speaks of, and of the example it shows."""

import contextlib
import copy
import re

import numpy as np
import pytest
from exercise_answers import EXERCISES, wrong_answers

from dlcourse.exercises import Exercise, Steps, _words
from dlcourse.exercises import _diagnosis as diagnosis
from dlcourse.exercises._compare import as_numbers, close, copied, differs, same
from dlcourse.exercises._exercise import case, formula
from dlcourse.exercises._limit import limited
from dlcourse.exercises._slips import slips_of
from dlcourse.exercises._source import no_loops, no_recursion
from dlcourse.exercises._trial import examine


def _scale(x):
    return 3.0 * x - np.mean(x)


def _vectors(rng):
    yield (np.array([1.0, 2.0, 4.0]),)
    yield (np.array([-1.0, 5.0]),)
    yield case("where x is long", rng.normal(size=7).round(1))
    yield case("where x is long", rng.normal(size=9).round(1))
    yield (np.array([2.0, 0.5, -3.0]),)


def exercise(reference=_scale, inputs=_vectors, **more):
    return Exercise("99.1", reference=reference, hints=("a.", "b.", "c."), inputs=inputs, **more)


def said(answer, **more):
    verdict = examine(exercise(**more), answer)
    assert not verdict.passed
    return verdict


# What is true of the numbers by chance is not said ------------------------------------------


def _single_numbers(rng):
    for x in (1.0, 2.0, 4.0, 8.0):
        yield (x,)


def _cube(x):
    return x**3 + 0.37


def of_numbers(answer, **more):
    return said(answer, reference=_cube, inputs=_single_numbers, **more).message


def test_a_factor_of_single_numbers_is_that_of_all_that_are_wrong():
    assert "by the factor 1.3 everywhere" in of_numbers(lambda x: 1.3 * _cube(x))
    some = of_numbers(lambda x: (1.3 if x > 2 else 1.4 if x > 1 else 1.5) * _cube(x))
    assert "factor" not in some.replace("no fixed factor", "")


def test_zero_is_told_of_numbers_and_arrays_alike():
    def inputs(rng):
        yield (np.array([1.0, 2.0]),)
        yield (np.array(3.0),)

    verdict = said(lambda x: 0 * x, reference=lambda x: x + 1, inputs=inputs)
    assert "is 0" in verdict.message
    assert verdict.message.endswith("So it is in all 2 trials.")


def test_a_factor_of_0_or_1_is_not_said_to_be_an_input():
    def inputs(rng):
        yield (np.array([0.0, 1.0]),)

    verdict = said(lambda x: np.array([0.0, 2.0]), reference=lambda x: x + 1, inputs=inputs)
    assert "times `x`" not in verdict.message


@pytest.mark.parametrize("decimals", [1, 2, 3])
def test_rounding_is_told_with_its_decimals(decimals):
    verdict = said(
        lambda x: round(_cube(x) / 3.3, decimals),
        reference=lambda x: _cube(x) / 3.3,
        inputs=_single_numbers,
    )
    assert f"rounded to {decimals} decimal" in verdict.message


def test_what_is_right_in_a_single_trial_may_be_so_by_chance():
    assert "wrong only where" not in said(lambda x: _scale(x) + (len(x) < 9)).message


def test_an_answer_to_an_earlier_call_is_told_as_one():
    def inputs(rng):
        yield from ((1.5, 2.0), (2.5, 3.0), (1.5, 4.0), (3.5, 1.0), (2.5, 5.0))

    def power(x, y):
        return x**y + np.sin(y)

    kept = {}
    verdict = said(lambda x, y: kept.setdefault(x, power(x, y)), reference=power, inputs=inputs)
    assert verdict.message.startswith("What came is right for an earlier call")
    assert "in the 2 of 5 trials in which it is wrong" in verdict.message
    assert "1.5, 2.0)" in verdict.message


def test_whole_complex_numbers_are_numbers():
    assert examine(exercise(), lambda x: _scale(x) + 0j).passed
    assert not examine(exercise(), lambda x: _scale(x) + 1e-3j).passed


def test_an_error_after_wrong_results_tells_how_many_were_wrong():
    def answer(x):
        if x == 8:
            raise ValueError("too large")
        return _cube(x) if x == 1 else x

    assert "after 3 trials without one (2 of them wrong): ValueError" in of_numbers(answer)


def test_a_judge_asks_again_what_was_right_at_first():
    seen = set()

    def answer(x):
        new = [v for v in x if v not in seen]
        seen.update(new)
        return new

    def inputs(rng):
        yield ([1, 2],)
        yield ([2, 3],)

    verdict = said(
        answer,
        inputs=inputs,
        judge=lambda answer, x: None if list(answer(x)) == x else f"Not all of {x} is there.",
    )
    assert verdict.message.startswith("Right at first, but asked the same again")
    assert "in a default argument?" in verdict.message


# In how many trials, and an example of just those ---------------------------------------------


def test_a_pattern_is_told_with_the_number_of_its_trials():
    assert said(lambda x: -_scale(x)).message.endswith("So it is in all 5 trials.")
    some = said(lambda x: -_scale(x) if len(x) > 5 else _scale(x))
    assert "wrong sign" in some.message
    assert "in the 2 of 5 trials in which it is wrong, only where x is long." in some.message


def test_with_two_patterns_that_of_more_trials_is_told_and_shown():
    def answer(x):
        return 2 * _scale(x) if len(x) == 2 else -_scale(x)

    verdict = said(answer)
    assert "wrong sign" in verdict.message
    assert "in 4 of the 5 trials in which it is wrong." in verdict.message
    assert "scale(np.array([1.0, 2.0, 4.0]))" in verdict.example


def test_none_in_some_trials_is_shown_with_a_trial_that_gave_none():
    verdict = said(lambda x: _scale(x) if len(x) == 3 else None if x[0] == -1 else -_scale(x))
    assert verdict.message.startswith("It returned None.")
    assert "in 1 of the 3 trials in which it is wrong" in verdict.message
    assert "np.array([-1.0, 5.0]))\nreturned None where" in verdict.example


def test_what_is_not_finite_is_shown():
    verdict = said(lambda x: np.where(x == 5, np.nan, _scale(x)))
    assert verdict.message.startswith("The answer is not finite")
    assert "nan" in verdict.example


def test_an_example_shows_the_call_what_came_and_what_is_right():
    assert said(lambda x: -_scale(x)).example == (
        "For example, scale(np.array([1.0, 2.0, 4.0]))\n"
        "returned [-0.666667, -3.666667, -9.666667] where [0.666667, 3.666667, 9.666667] is right"
    )


def test_of_a_large_result_the_first_wrong_entry_is_shown():
    def table(x):
        return np.outer(x, x)

    def wrong(x):
        found = table(x)
        found[-1, 0] += 1
        return found

    verdict = said(wrong, reference=table)
    assert "in all 5 trials" in verdict.message
    only_large = said(wrong, reference=table, inputs=lambda rng: [(np.arange(8.0),)])
    assert "returned 1 at [7, 0] where 0 is right" in only_large.example


def test_numbers_that_hardly_differ_are_shown_with_more_digits():
    verdict = said(lambda x: _scale(x) * (1 + 1e-6 * 3), inputs=lambda rng: [(np.array([1.0]),)])
    assert "close but not exact" in verdict.message
    assert "returned [2.000006] where [2.] is right" in verdict.example


def _table_and_number(rng):
    yield (np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]),)
    yield (np.array([[0.5, 1.0], [-2.0, 4.0]]),)


def _outer_and_means(x):
    return np.kron(x, np.ones((3, 3))), x.mean(axis=0)


def test_the_example_shows_the_value_that_the_sentence_is_about():
    more = {"reference": _outer_and_means, "inputs": _table_and_number}
    verdict = said(lambda x: (_outer_and_means(x)[0] ** 1.5, -x.mean(axis=0)), **more)
    assert verdict.message == (
        "Value 2 has the wrong sign: every number is right but for its minus. So it is in all 2 "
        "trials. Value 1 is wrong, too."
    )
    assert "returned [-2.5, -3.5, -5.] in value 2 where [2.5, 3.5, 5.] is right" in verdict.example


def test_a_table_of_another_shape_is_not_said_to_be_of_another_axis():
    more = {"reference": lambda x: x.T @ x, "inputs": _table_and_number}
    assert "axis" not in said(lambda x: x, **more).message
    assert "one entry too" not in said(lambda x: (x.T @ x)[1:], **more).message


# Lists and arrays -----------------------------------------------------------------------------

WRONG_SCALES = [
    lambda x: -_scale(x),
    lambda x: 2 * _scale(x),
    lambda x: _scale(x) / 2,
    lambda x: 1.7 * _scale(x),
    lambda x: len(x) * _scale(x),
    lambda x: _scale(x) / len(x),
    lambda x: _scale(x) + 1,
    lambda x: _scale(x)[::-1],
    lambda x: np.abs(_scale(x)),
    lambda x: x,
    lambda x: x * _scale(x),
    lambda x: np.r_[0, _scale(x)[1:]],
    lambda x: np.r_[_scale(x)[:-1], 0],
]


@pytest.mark.parametrize("k", range(len(WRONG_SCALES)))
def test_lists_and_arrays_are_told_the_same(k):
    answer = WRONG_SCALES[k]
    as_array, as_list = said(answer), said(lambda x: answer(x).tolist())
    assert as_array.message == as_list.message
    assert not any(p in as_array.message for p in ("no way that has a name", "in common"))
    # And where a list is right, too.
    in_lists = said(answer, reference=lambda x: _scale(x).tolist())
    assert in_lists.message == as_array.message


@pytest.mark.parametrize("kind", [lambda n: [n], lambda n: np.array([n]), lambda n: (n,)])
def test_a_right_number_in_a_list_is_told_so(kind):
    verdict = said(lambda x: kind(np.mean(x)), reference=lambda x: np.mean(x))
    assert "where a number is expected. The number in it is right" in verdict.message
    wrong = said(lambda x: kind(-np.mean(x)), reference=lambda x: np.mean(x))
    assert "where a number is expected." in wrong.message
    assert "The number in it is right" not in wrong.message


def test_the_right_factor_is_named_by_the_input_that_it_is():
    def area(a, b):
        return a * b

    def sides(rng):
        yield from [(2.0, 3.0), (1.5, 4.0), (5.0, 0.5)]

    verdict = said(lambda a, b: a * b * b, reference=area, inputs=sides)
    assert "the right answer times `b`" in verdict.message


# Names and functions --------------------------------------------------------------------------


def test_a_formula_is_shown_as_code_and_private_names_are_not():
    def slope(f, x):
        return f(x + 1) - f(x)

    def _hidden(x):
        return x * x

    def inputs(rng):
        yield formula("lambda x: x * x"), 3.0
        yield _hidden, 3.0

    verdict = said(lambda f, x: f(x) - f(x + 1), reference=slope, inputs=inputs)
    assert "slope(lambda x: x * x, 3.0)" in verdict.example
    other = said(lambda f, x: 0.0, reference=slope, inputs=lambda rng: [(_hidden, 2.0)])
    assert "slope(a function, 2.0)" in other.example


# Only where ------------------------------------------------------------------------------------


def _sizes(rng):
    yield 2.0, 3
    yield 1.5, 2
    yield case("where count is 0", 4.0, 0)
    yield 0.5, 5


def _times(x, count):
    return x * (count + 1)


def test_a_corner_is_told_by_its_name():
    verdict = said(
        lambda x, count: _times(x, count) if count else x * 7.123, reference=_times, inputs=_sizes
    )
    assert "right in 3 of 4 trials, and wrong only where count is 0" in verdict.message
    assert "times(4.0, 0)" in verdict.example


def test_what_the_wrong_trials_have_in_common_is_found():
    def inputs(rng):
        yield from [(np.array([1.0, 2.0]),), (np.array([-1.0, 2.5]),), (np.array([3.0, 0.5]),)]
        yield from [(np.array([-4.0, 0.25]),), (np.array([1.0]),)]

    verdict = said(lambda x: _scale(x) if x[0] > 0 else np.cos(x) + x**2, inputs=inputs)
    assert "wrong only where `x` has a negative number" in verdict.message


def test_a_named_mistake_in_some_trials_is_told_of_those():
    mistakes = {"The mean is added.": lambda x: 3 * x + np.mean(x)}
    whole = said(mistakes["The mean is added."], mistakes=mistakes)
    assert whole.message == "The mean is added."
    some = said(lambda x: 3 * x + np.mean(x) * (1 if len(x) > 5 else -1), mistakes=mistakes)
    assert some.message == (
        "In the 2 of 5 trials in which it is wrong, only where x is long, it comes out as with "
        "this mistake: The mean is added."
    )


# Slips ----------------------------------------------------------------------------------------


def _slipped(x, y):
    total = 0.0
    for k in range(3):
        total += x**k - y
    return total


def _two_numbers(rng):
    yield from [(2.0, 3.0), (0.5, -1.5), (3.0, 0.25)]


@pytest.mark.parametrize(
    ("answer", "slip"),
    [
        (lambda x, y: sum(x**k + y for k in range(3)), "a plus in place of a minus"),
        (lambda x, y: sum(x**k - y for k in range(4)), "a number that is too large by 1"),
        (lambda x, y: 1 - y, "a return inside of the loop"),
        (lambda x, y: sum(y**k - x for k in range(3)), "`x` and `y` exchanged"),
    ],
)
def test_a_single_slip_is_told_by_its_kind(answer, slip):
    verdict = said(answer, reference=_slipped, inputs=_two_numbers)
    assert f"A right answer with one slip gives these very results: {slip}." in verdict.message


def test_a_reference_without_source_has_no_slips():
    assert slips_of(formula("lambda x: 2 * x")) == ()


# What an answer changes -----------------------------------------------------------------------


def _grads(rng):
    shared = {"w": np.array([1.0, -2.0]), "b": 0.5}
    yield {"w": np.zeros(2), "b": 1.0}, [shared, shared]


class Sgd:
    def __init__(self, rate):
        self.rate = rate

    def update(self, params, grads):
        for key in params:
            params[key] = params[key] - self.rate * grads[key]


class ScalesTheGradients(Sgd):
    def update(self, params, grads):
        for key in grads:
            grads[key] = self.rate * grads[key]
            params[key] = params[key] - grads[key]


class InPlace(Sgd):
    def update(self, params, grads):
        for key in params:
            grads[key] *= self.rate
            params[key] = params[key] - grads[key]


def _updates(optimizer, start, gradients):
    it, params, steps = optimizer(0.1), copied(start), Steps()
    for grads in gradients:
        it.update(params, grads)
        steps.append(dict(params))
    return steps


@pytest.mark.parametrize("answer", [ScalesTheGradients, InPlace])
def test_the_callers_data_are_guarded_with_run(answer):
    verdict = said(answer, reference=Sgd, inputs=_grads, run=_updates)
    assert "in place" in verdict.message
    assert "`gradients`" in verdict.message
    assert "it = Sgd(0.1)" in verdict.example
    assert "it.update({'w': np.array([0.0, 0.0]), 'b': 1.0}, {'w': np" in verdict.example


def test_the_callers_data_are_guarded_with_a_judge():
    def judge(answer, names):
        return None if sorted(answer(names)) == sorted(names) else "Not all are there."

    def sorted_names(names):
        return sorted(names)

    def pops(names):
        return [names.pop() for _ in range(len(names))]

    more = {"reference": sorted_names, "judge": judge, "inputs": lambda rng: [(["b", "a"],)]}
    verdict = said(pops, **more)
    assert "changes its input in place: `names`" in verdict.message
    assert "Work on a copy" in verdict.message


@pytest.mark.parametrize(
    ("before", "change", "kind"),
    [
        ((np.array([1.0]),), lambda a: a[0].__setitem__(0, 2.0), "array"),
        (([1, 2],), lambda a: a[0].reverse(), "list"),
        (({"a": 1.0},), lambda a: a[0].update(a=2.0), "dict"),
        (({"a": 1.0, "b": 2},), lambda a: a[0].update(b=a[0].pop("b"), a=a[0].pop("a")), "dict"),
        (((np.array([1.0]), 2),), lambda a: a[0][0].__setitem__(0, 2.0), "array"),
        (([{"a": np.array([1, 2])}],), lambda a: a[0][0]["a"].__iadd__(1), "array"),
        (([("a", [("b", 1.0)])],), lambda a: a[0][0][1].append(("c", 2.0)), "list"),
        (([[1.0, 2.0]],), lambda a: a[0][0].__setitem__(0, 3.0), "list"),
    ],
)
def test_every_change_is_seen(before, change, kind):
    after = copy.deepcopy(before)
    assert differs(before, after) is None
    change(after)
    found = differs(before, after)
    assert found is not None
    assert found.kind == kind
    assert found.position == 0


def test_nan_is_no_change_and_a_rounding_error_is_told_as_one():
    before = (np.array([np.nan, 0.3]), float("nan"), [float("nan")])
    assert differs(before, copy.deepcopy(before)) is None

    def arithmetic(x):
        x += 0.1
        x -= 0.1
        return _scale(x)

    assert "by a rounding error: `x`" in said(arithmetic).message


def test_two_inputs_that_are_one_array_are_two_for_the_answer():
    one = np.ones(2)
    first, second = copied((one, {"a": one}))
    first += 1
    assert second["a"].tolist() == [1.0, 1.0]


def test_what_changes_its_input_and_is_wrong_hears_both():
    def both(x):
        if len(x) > 5:
            x += 1
        return -_scale(x)

    message = said(both).message
    assert "It changes its input in place" in message


# Time -----------------------------------------------------------------------------------------


def _numbers(rng):
    yield (np.arange(3.0),)
    yield (np.arange(5.0),)
    yield case("where x has 4,000 entries", np.arange(4000.0))


def _prefix_sums(x):
    return np.cumsum(x)


def test_slow_on_a_large_input_is_not_endless():
    def slow(x):
        return [sum(x[k] for k in range(n + 1)) for n in range(len(x))]

    verdict = said(slow, reference=_prefix_sums, inputs=_numbers, seconds=0.3)
    assert verdict.message == (
        "It is right in 2 trials, but too slow for a larger one where x has 4,000 entries: it had "
        "not returned after 0.3 s, and was interrupted."
    )
    assert verdict.example == "The call was prefix_sums(an array of shape (4000,))"


def test_a_call_with_nan_and_inf_can_be_pasted():
    given = np.array([[1.5, np.inf], [-np.inf, np.nan]])
    text = _words.call("function", (given, np.float32([np.nan])))
    whole, single = eval(text, {"function": lambda *values: values, "np": np})
    np.testing.assert_array_equal(whole, given)
    np.testing.assert_array_equal(single, np.float32([np.nan]))


def test_wrong_and_slow_is_told_what_is_wrong():
    def slow(x):
        return [-sum(x[k] for k in range(n + 1)) for n in range(len(x))]

    message = said(slow, reference=_prefix_sums, inputs=_numbers, seconds=0.3).message
    assert "wrong sign" in message
    assert message.endswith("So it is in all 2 trials that it finished.")


def test_wrong_everywhere_comes_before_an_error_at_a_corner():
    def answer(x):
        if len(x) > 5:
            raise ValueError("too long")
        return -_scale(x)

    assert said(answer).message.endswith("So it is in all 2 trials that it finished.")

    def right_but_for_the_corner(x):
        return _scale(x) if len(x) < 5 else answer(x)

    assert said(right_but_for_the_corner).message == (
        "It stopped with an error, after 2 trials without one, where x is long: ValueError: too "
        "long"
    )


def _endless(x):
    while True:
        pass


def test_endless_from_the_beginning_and_endless_later():
    first = said(_endless, reference=_prefix_sums, inputs=_numbers, seconds=0.2)
    assert first.message.startswith("It had not returned after 0.2 s")
    assert "Does every loop come to an end?" in first.message
    later = said(
        lambda x: _prefix_sums(x) if len(x) < 5 else _endless(x),
        reference=_prefix_sums,
        inputs=_numbers,
        seconds=0.2,
    )
    assert later.message.startswith("It is right in 1 trial, but in the next it had not returned")
    assert "Does every loop come to an end there?" in later.message


def test_an_exercise_may_say_what_is_too_slow():
    def inputs(rng):
        yield (np.arange(3.0),)
        yield case("where x is long", np.arange(9.0), too_slow="Is it one pass?")

    verdict = said(
        lambda x: _prefix_sums(x) if len(x) < 5 else _endless(x),
        reference=_prefix_sums,
        inputs=inputs,
        seconds=0.2,
    )
    assert "too slow where x is long: it had not returned after 0.2 s. Is it one" in verdict.message


# Demands --------------------------------------------------------------------------------------


def _helper(x):
    return [v * 2 for v in x]


def _again(n):
    return 0 if n == 0 else _again(n - 1)


class _Visits:
    def __call__(self, n):
        return self.visit(n)

    def visit(self, n):
        return n and self.visit(n - 1)


def _nested(n):
    def visit(k):
        return k and visit(k - 1)

    return visit(n)


def _to_and_fro(n):
    def one(k):
        return k and other(k - 1)

    def other(k):
        return k and one(k - 1)

    return one(n)


def _while(x):
    while x < 3:
        x = x + 1
    return x


@pytest.mark.parametrize(
    "answer",
    [
        _helper,
        _while,
        lambda x: [v for v in x],  # noqa: C416
        lambda x: sum(v for v in x),
        lambda x: np.array(list(map(float, x))),
        lambda x: _helper(x),
        lambda x: np.vectorize(float)(x),
    ],
)
def test_a_loop_is_found(answer):
    assert "no loops" in no_loops(answer)
    assert "the results are right" in f"{said(lambda x: [*_helper(x)], **_DOUBLES)}".lower()


_DOUBLES = {"reference": lambda x: 2 * x, "demands": (no_loops,)}


def test_an_answer_without_loops_has_none():
    assert no_loops(lambda x: np.where(x > 0, x, 0) + np.sum(x)) == ""
    assert examine(exercise(**_DOUBLES), lambda x: x + x)


@pytest.mark.parametrize("answer", [_again, _nested, _to_and_fro, _Visits])
def test_recursion_is_found(answer):
    assert "no recursion" in no_recursion(answer)


def append(order, name):
    order.append(name)
    return order


@pytest.mark.parametrize("answer", [append, _while, _helper, sorted, lambda x: append([], x)])
def test_what_does_not_call_itself_is_not_said_to(answer):
    assert no_recursion(answer) == ""


# Seeds ----------------------------------------------------------------------------------------


def test_other_seeds_give_other_trials_and_the_same_seed_the_same():
    one, again, other = (exercise().trials(seed) for seed in (5, 5, 6))
    assert repr(one) == repr(again) != repr(other)
    assert examine(exercise(), _scale, seeds=(0, 1)).message == "Right, in 10 trials."


# All wrong answers, and all mutants: is it true? ---------------------------------------------

CLAIMS = {
    "has the wrong sign: every": lambda a, b, _: close(a, -b, 1e-5),
    "is twice too large.": lambda a, b, _: close(2 * a, b, 1e-5),
    "is half of what it should be.": lambda a, b, _: close(a, 2 * b, 1e-5),
    "is transposed": lambda a, b, _: close(a, b.T, 1e-5),
    "in reverse order": lambda a, b, _: close(a[::-1], b, 1e-5),
    "in another order": lambda a, b, _: close(np.sort(a, None), np.sort(b, None), 1e-5),
    "has lost its minus": lambda a, b, _: close(np.abs(a), b, 1e-5) and np.any(a < 0),
    "is 0 everywhere": lambda a, b, _: not np.any(b),
    "is one over the right answer": lambda a, b, _: close(1 / a, b, 1e-5),
    "is the square of the right answer": lambda a, b, _: close(a * a, b, 1e-5),
    "is the root of the right answer": lambda a, b, _: close(np.sqrt(a), b, 1e-5),
    "but for the first entry": lambda a, b, _: close(a[1:], b[1:], 1e-5),
    "but for the last entry": lambda a, b, _: close(a[:-1], b[:-1], 1e-5),
    "is too large, by no": lambda a, b, _: np.all(b >= a - 1e-6) and np.any(b > a),
    "is too small, by no": lambda a, b, _: np.all(b <= a + 1e-6) and np.any(b < a),
    "has the wrong shape": lambda a, b, _: a.shape != b.shape,
    "each number comes one place too late": lambda a, b, _: close(a[:-1], b[1:], 1e-5),
    "each number comes one place too early": lambda a, b, _: close(a[1:], b[:-1], 1e-5),
}


def _seen(exercise, answer):
    """Run an answer on the trials of an exercise, and return what the diagnosis gets to see."""
    trials = []
    for inputs in exercise.trials():
        got = as_numbers(exercise.result_of(answer, copied(tuple(inputs))))
        right = as_numbers(exercise.result_of(exercise.reference, copied(tuple(inputs))))
        trials.append(diagnosis.Trial(inputs, right, got))
    wrong = [t for t in trials if not same(t.expected, t.got, exercise.tolerance)]
    return diagnosis.Seen(exercise, trials, wrong)


def _spoken_of(sentence, trial):
    """Yield the arrays that a sentence is about."""
    value = re.match(r"Value (\d+)", sentence)
    entry = re.match(r'The entry "(\w+)"', sentence)
    expected, got = trial.expected, trial.got
    if value:
        expected, got = expected[int(value[1]) - 1], got[int(value[1]) - 1]
    elif entry:
        expected, got = expected[entry[1]], got[entry[1]]
    for _, a, b in diagnosis.aligned(expected, got):
        if not same(a, b, 1e-6):
            yield np.asarray(a), np.asarray(b)


PLAIN = [n for n, e in EXERCISES.items() if e.judge is None and e.run is None]


@pytest.mark.parametrize("number", PLAIN)
def test_what_is_said_holds_in_the_trials_it_is_said_of(number):
    exercise = EXERCISES[number]
    answers = [answer for answer, _ in wrong_answers(number)]
    answers += [slip.answer for slip in slips_of(exercise.reference)[::3]]
    audited = 0
    for answer in answers:
        kept = []
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            limited(0.3, lambda answer=answer, kept=kept: kept.append(_seen(exercise, answer)))
        # What stops with an error, or never, is told something else.
        if not kept or not kept[0].wrong:
            continue
        seen = kept[0]
        with np.errstate(all="ignore"):
            finding = diagnosis._found(seen)
        assert finding.trials
        assert all(any(t is w for w in seen.wrong) for t in finding.trials)
        for words, holds in CLAIMS.items():
            if words not in finding.sentence or re.search(
                r"this mistake|one slip", finding.sentence
            ):
                continue
            audited += 1
            for trial in finding.trials:
                for a, b in _spoken_of(finding.sentence, trial):
                    assert holds(a, b, trial), (finding.sentence, trial)
    print(f"{audited} sentences audited")
