"""The self-checks: right answers pass, and wrong ones hear what kind of mistake it is."""

import inspect
import json
import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from exercise_answers import verdicts_on_wrong_answers, wrong_answers

from dlcourse.autodiff import Variable
from dlcourse.exercises import Exercise, Steps, available, check, hint
from dlcourse.exercises import _registry as registry
from dlcourse.exercises._trial import examine
from dlcourse.finite_difference import derivative

CHAPTERS = Path(__file__).parents[2] / "chapters"
EXERCISES = available()
every_exercise = pytest.mark.parametrize("number", EXERCISES)

# Every exercise of every chapter ------------------------------------------------------


@every_exercise
def test_the_reference_passes_its_own_check(number):
    verdict = check(number, EXERCISES[number].reference)
    assert verdict.passed, verdict


@every_exercise
def test_an_exercise_has_three_different_hints(number):
    hints = EXERCISES[number].hints
    assert len(hints) == 3
    assert len(set(hints)) == 3
    assert all(text.strip() and text.strip()[-1] in ".?:" for text in hints)


@every_exercise
def test_an_exercise_is_tried_with_three_wrong_answers(number):
    assert len(wrong_answers(number)) >= 3, (
        f"add some to WRONG in tests/exercises/wrong_answers, {number}"
    )


@pytest.mark.parametrize(
    ("number", "position", "phrase"),
    [
        pytest.param(number, position, phrase, id=f"{number}-{phrase}")
        for number in EXERCISES
        for position, (_, phrase) in enumerate(wrong_answers(number))
    ],
)
def test_a_wrong_answer_fails_and_hears_why(number, position, phrase):
    verdict = verdicts_on_wrong_answers(number)[position]
    assert not verdict.passed, f"this wrong answer passes ({phrase})"
    assert phrase in verdict.message


@every_exercise
def test_every_named_mistake_is_one_and_is_told_by_its_name(number):
    exercise = EXERCISES[number]
    for sentence, variant in exercise.variants():
        verdict = check(number, variant)
        assert not verdict.passed, f"passes as right: {sentence}"
        assert verdict.message == sentence


@every_exercise
def test_the_trials_are_the_same_each_time(number):
    trials = [repr(EXERCISES[number].trials()) for _ in range(2)]
    # A function made anew has another address.
    assert len({re.sub(r" at 0x\w+", "", text) for text in trials}) == 1


# The chapters and their exercises ---------------------------------------------------------


def exercises_in(chapter):
    """Map each exercise of a chapter to its cells as (type, source, metadata, printed)."""
    found, current = {}, None
    for cell in json.loads(chapter.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        heading = re.search(r"^### Exercise (\d+\.\d+):", source, flags=re.MULTILINE)
        if heading:
            current = found.setdefault(heading[1], [])
        elif cell["cell_type"] == "markdown" and re.search(r"^## ", source, flags=re.MULTILINE):
            current = None
        if current is not None:
            shown = json.dumps(cell.get("outputs", []), ensure_ascii=False)
            current.append((cell["cell_type"], source, cell["metadata"], shown))
    return found


NOTEBOOKS = sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb"))
every_chapter = pytest.mark.parametrize("chapter", NOTEBOOKS, ids=lambda path: path.stem)


@every_chapter
def test_a_chapter_and_the_registry_have_the_same_code_exercises(chapter):
    with_code = {
        number
        for number, cells in exercises_in(chapter).items()
        if any("*Code.*" in source for _, source, _, _ in cells)
    }
    chapter_number = str(int(chapter.name[:2]))
    assert with_code == {n for n in EXERCISES if n.split(".")[0] == chapter_number}


@every_chapter
def test_a_code_exercise_calls_check_and_hint_and_its_solution_passes(chapter):
    for number, cells in exercises_in(chapter).items():
        if number not in EXERCISES:
            continue
        code = [cell for cell in cells if cell[0] == "code"]
        assert any(f'hint("{number}")' in source for _, source, _, _ in cells), number
        call = f'check("{number}", {EXERCISES[number].name})'
        solved = [
            f"✓ Exercise {number}" in shown
            for _, source, about, shown in code
            if call in source and "hide-cell" in about.get("tags", [])
        ]
        assert solved, f"no folded solution of {number} ends with {call}"
        assert all(solved), f"the solution of {number} does not pass"
        assert any(
            call in source and "hide-cell" not in about.get("tags", [])
            for _, source, about, _ in code
        ), f"the cell of {number} that readers change does not call {call}"


# Kinds of mistakes --------------------------------------------------------------------


def _scale(x):
    return 3.0 * np.asarray(x) - np.mean(x)


def _vectors(rng):
    yield (np.array([1.0, 2.0, 4.0]),)
    yield (np.array([-3.0]),)
    for n in (4, 7, 12):
        yield (rng.normal(size=n),)


def _exercise(reference, inputs, **more):
    return Exercise("99.1", reference=reference, hints=("a.", "b.", "c."), inputs=inputs, **more)


SCALE = _exercise(_scale, _vectors)


def _table(rng):
    yield (np.array([[1.0, 2.0, 5.0], [3.0, 4.0, 4.0]]),)
    for shape in ((5, 3), (3, 4), (6, 6)):
        yield (rng.normal(size=shape),)


def _column_means(x):
    return x.mean(axis=0)


def _gram(x):
    return np.cumsum(x, axis=1)


def _increments(rng):
    yield (np.array([0.0, 1.0, 3.0, 4.5]),)
    yield (rng.normal(size=9),)


def _running(x):
    return np.cumsum(x)


def _pair_of(x):
    return x.min(), x.max()


def _as_dict(x):
    return {"low": x.min(), "all": 2.0 * x}


def _in_place(x):
    x *= 3.0
    return x - np.mean(x) / 3.0


MEANS, GRAM = _exercise(_column_means, _table), _exercise(_gram, _table)
RUNNING, PAIR = _exercise(_running, _increments), _exercise(_pair_of, _vectors)
DICT = _exercise(_as_dict, _vectors)


@pytest.mark.parametrize(
    ("exercise", "answer", "phrase"),
    [
        (SCALE, lambda x: -_scale(x), "wrong sign"),
        (SCALE, lambda x: 2 * _scale(x), "twice too large"),
        (SCALE, lambda x: _scale(x) / 2, "half of what it should be"),
        (SCALE, lambda x: -_scale(x) / 2, "half of what it should be and has the wrong sign"),
        (SCALE, lambda x: 1.7 * _scale(x), "too large by the factor 1.7"),
        (SCALE, lambda x: len(x) * _scale(x), "too large by the number of rows"),
        (SCALE, lambda x: _scale(x) / len(x), "too small by the number of rows"),
        (SCALE, lambda x: _scale(x) + 1, "off by 1 everywhere"),
        (SCALE, lambda x: _scale(x) * (1 + 1e-4 * np.sin(x)), "close but not exact"),
        (SCALE, lambda x: _scale(x).round(3), "rounded to 3 decimals"),
        (SCALE, lambda x: _scale(x).astype(int), "whole numbers"),
        (SCALE, lambda x: _scale(x)[:, None], "axes of length 1"),
        (
            SCALE,
            lambda x: _scale(x).sum(),
            "a single number where an array is expected, here of shape (3,)",
        ),
        (SCALE, lambda x: np.ones(len(x)) * np.inf, "not finite"),
        (SCALE, lambda x: _scale(x) * np.nan, "not finite"),
        (SCALE, lambda x: None, "returned None"),
        (SCALE, lambda x: "three", "returned text, 'three',"),
        (SCALE, lambda x: np.array([None, 1]), "dtype object"),
        (SCALE, lambda x: [[1, 2], [3]], "no regular table"),
        (SCALE, lambda x: iter(x), "where an array of shape (3,) was expected"),
        (SCALE, lambda x: np.sin, "a function, np.sin,"),
        (SCALE, lambda x: {"a": 1}, "where an array of shape (3,) was expected"),
        (SCALE, _in_place, "changes its input in place: `x`"),
        (SCALE, lambda x: np.zeros(len(x)), "It is 0 everywhere"),
        (SCALE, lambda x: np.cos(x) + x**2, "in no way that is known here"),
        (
            SCALE,
            lambda x: _scale(x) if len(x) < 5 else x,
            "`x` itself, as it was given. So it is in the 2 of 5",
        ),
        (SCALE, lambda x: _scale(x) if len(x) < 5 else np.cos(x) + x**2, "right in 3 of 5 trials"),
        (
            SCALE,
            lambda x: 3 * x - x.mean() if x[0] > 0 else 0,
            "not vectorized|a single number where an array",
        ),
        (SCALE, lambda x: x if x > 0 else 0 * x, "A condition meets a whole array"),
        (SCALE, lambda x: math.sin(x), "not vectorized"),
        (MEANS, lambda x: x.mean(axis=1), "wrong axis"),
        (MEANS, lambda x: x.sum(axis=0), "a sum where a mean should be"),
        (MEANS, lambda x: x.mean(axis=0, keepdims=True), "axes of length 1"),
        (
            MEANS,
            lambda x: x.mean(),
            "a single number where an array is expected, here of shape (3,)",
        ),
        (MEANS, lambda x: x.sum(axis=0) / (len(x) - 1), "factor n/(n - 1)"),
        (GRAM, lambda x: np.cumsum(x, axis=1).T, "transposed"),
        (RUNNING, lambda x: np.cumsum(x)[::-1], "reverse order"),
        (RUNNING, lambda x: np.cumsum(x)[:-1], "off by one step: one entry too few"),
        (RUNNING, lambda x: np.r_[0, np.cumsum(x)[:-1]], "off by one step: each number comes"),
        (PAIR, lambda x: (x.max(), x.min()), "in the other order"),
        (PAIR, lambda x: (x.min(), -x.max()), "Value 2 has the wrong sign"),
        (PAIR, lambda x: x.min(), "where 2 values were expected"),
        (PAIR, lambda x: (x.min(), x.max(), 0), "returned 3 values where 2"),
        (DICT, lambda x: {"low": x.min()}, "the keys should be ['all', 'low']"),
        (DICT, lambda x: {"low": x.min(), "all": 4 * x}, 'The entry "all" is twice too large'),
        (DICT, lambda x: {"low": None, "all": 2 * x}, 'The entry "low" returned None'),
    ],
)
def test_a_mistake_is_told_by_its_kind(exercise, answer, phrase):
    verdict = examine(exercise, answer)
    assert not verdict.passed
    assert re.search("|".join(map(re.escape, phrase.split("|"))), verdict.message), verdict


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (SCALE, lambda x: [3 * v - x.mean() for v in x]),
        (SCALE, lambda x: Variable(_scale(x))),
        (PAIR, lambda x: [x.min(), x.max()]),
        (PAIR, lambda x: np.array([x.min(), x.max()])),
        (DICT, lambda x: {"all": 2 * x, "low": x.min()}),
        (MEANS, lambda x, axis=0: x.mean(axis=axis)),
    ],
)
def test_a_right_answer_may_be_written_in_another_way(exercise, answer):
    verdict = examine(exercise, answer)
    assert verdict.passed, verdict


def test_float32_must_stay_float32():
    halves = _exercise(lambda x: x / 2, lambda rng: [(np.float32([1, 2]),), (rng.normal(size=3),)])
    assert "the dtype is wrong" in examine(halves, lambda x: np.float64(x) / 2).message
    assert examine(halves, lambda x: x / 2)


def test_what_an_answer_keeps_from_call_to_call_is_noticed():
    calls = []

    def forgetful(x):
        calls.append(x)
        return _scale(x) + (len(calls) > 5)

    assert "asked the same again" in examine(SCALE, forgetful).message


class Hostile:
    """Fails at whatever is asked of it."""

    def refuse(self, *_):
        raise RuntimeError("no")

    __array__ = __len__ = __iter__ = __eq__ = __repr__ = __str__ = __bool__ = refuse
    __hash__ = None


NONSENSE = [
    None, "text", b"", object(), Hostile(), [Hostile()], set(), range(2), Exception, np.sin, 1j,
    [], (), {}, [None], [None, None], [[1], [2, 3]], {1: 2}, {"low": "a", "all": None}, ["a", "b"],
    np.nan, True, 10**400, np.array(3.0), np.array([]), np.ones((0, 3)), np.array(["a", "b"]),
    np.array(1 + 2j), np.array([None, None]), np.datetime64("2020-01-01"), np.array([np.inf, 0]),
]  # fmt: skip


@pytest.mark.parametrize("exercise", [SCALE, PAIR, DICT], ids=["array", "tuple", "dict"])
@pytest.mark.parametrize("nonsense", NONSENSE, ids=lambda value: type(value).__name__)
def test_whatever_comes_back_gets_a_sentence(exercise, nonsense):
    verdict = examine(exercise, lambda x: nonsense)
    assert not verdict.passed
    assert verdict.message.endswith((".", "?"))
    assert " at 0x" not in repr(verdict)
    assert verdict._repr_html_()


# Functions of functions, and classes ------------------------------------------------------


def _slope(f, x):
    return derivative(f, x)


def _functions(rng):
    yield np.sin, 0.5
    yield np.exp, -1.0
    yield (lambda x: x**2), float(rng.normal())


def test_an_exercise_may_ask_for_a_function_of_a_function():
    slope = _exercise(_slope, _functions, tolerance=1e-5)
    assert examine(slope, lambda f, x: (f(x + 1e-5) - f(x - 1e-5)) / 2e-5)
    forward = examine(slope, lambda f, x: (f(x + 1e-3) - f(x)) / 1e-3)
    assert "a step too large" in forward.message
    assert "slope(np.sin, 0.5)\nreturned 0.8" in forward.example
    backward = examine(slope, lambda f, x: -derivative(f, x))
    assert "wrong sign" in backward.message


class Momentum:
    def __init__(self, rate):
        self.rate, self.velocity = rate, {}

    def update(self, params, grads):
        for key in params:
            v = 0.9 * self.velocity.get(key, 0.0) - self.rate * grads[key]
            self.velocity[key] = v
            params[key] = params[key] + v


class ForgetsVelocity(Momentum):
    def update(self, params, grads):
        self.velocity = {}
        super().update(params, grads)


class OneVelocityForAll(Momentum):
    def update(self, params, grads):
        for key in params:
            self.velocity = {key: self.velocity.get("all", 0.0)}
            super().update({key: params[key]}, grads)
            params[key] = params[key] + self.velocity[key]
            self.velocity = {"all": self.velocity[key]}


def _three_updates(optimizer, start, gradients):
    optimizer, params, steps = optimizer(0.1), dict(start), Steps()
    for grads in gradients:
        optimizer.update(params, grads)
        steps.append(dict(params))
    return steps


def _runs(rng):
    for _ in range(3):
        yield (
            {"w": rng.normal(size=2), "b": 0.5},
            [{"w": rng.normal(size=2), "b": rng.normal()} for _ in range(3)],
        )


MOMENTUM = _exercise(Momentum, _runs, run=_three_updates)


def test_a_class_is_used_as_the_exercise_says():
    assert examine(MOMENTUM, Momentum)
    assert "Is the state kept from one step to the next" in (
        examine(MOMENTUM, ForgetsVelocity).message
    )
    assert "pass the class itself" in examine(MOMENTUM, Momentum(0.1)).message
    assert "Pass your class Momentum itself" in examine(MOMENTUM, _scale).message


def test_one_state_for_all_parameters_is_not_right():
    assert not examine(MOMENTUM, OneVelocityForAll)


def test_a_class_without_its_method_hears_the_error():
    verdict = examine(MOMENTUM, type("Momentum", (), {"__init__": lambda self, rate: None}))
    assert "AttributeError" in verdict.message


# Calls that make no sense -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("12.99", "Chapter 12 has 12.3, 12.4, 12.5"),
        ("12,3", "Did you mean 12.3"),
        ("nonsense", "there are self-checks for chapters:"),
        (12.3, 'write "12.3", in quotes'),
        (None, "in quotes"),
    ],
)
def test_an_unknown_number_gets_a_list_and_no_traceback(number, sentence):
    assert sentence in check(number, np.mean).message
    assert sentence in hint(number).text


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (0.5, 'no brackets behind its name: check("12.3", r_squared). This is 0.5.'),
        (None, "This is None."),
        (lambda p: p, "asks for r_squared(prediction, target), which takes 2 parameters"),
        (lambda: 1, "yours takes 0 parameters"),
        (lambda p, t: 1 / 0, "stopped with an error: ZeroDivisionError: division by zero"),
        (lambda p, t: sys.exit(3), "SystemExit"),
        (lambda p, t: undefined, "NameError"),  # noqa: F821
    ],
)
def test_a_call_that_makes_no_sense_gets_a_sentence(answer, sentence):
    verdict = check("12.3", answer)
    assert not verdict
    assert sentence in verdict.message


def test_an_error_names_the_inputs_of_the_call():
    verdict = check("12.3", lambda p, t: 1 / 0)
    assert verdict.example == (
        "The call was r_squared(np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 5.0]))"
    )


def test_endless_recursion_is_named():
    def again(p, t):
        return again(p, t)

    assert "without end" in check("12.3", again).message


def test_what_an_answer_prints_and_warns_of_is_not_shown(capsys):
    def noisy(p, t):
        print("here")
        np.log(np.array([-1.0]))
        return EXERCISES["12.3"].reference(p, t)

    assert check("12.3", noisy)
    assert capsys.readouterr() == ("", "")


# Answers that never return ------------------------------------------------------------

ENDLESS = """
import threading
import numpy as np
from dlcourse.exercises import Exercise
from dlcourse.exercises._trial import examine

def _same(x):
    return x

def exercise(seconds):
    return Exercise("99.1", reference=_same, hints=("", "", ""), inputs=lambda rng: [(1.0,)],
                    seconds=seconds)

def endless(x):
    while True:
        pass

def stubborn(x):
    while True:
        try:
            np.sin(x)
        except:
            pass

def busy(x):
    while True:
        np.linalg.norm(np.ones(1000))

def slow_but_finite(x):
    return sum(0 for _ in range(1000)) + x

def ask():
    for answer in (endless, stubborn, busy):
        verdict = examine(exercise(1), answer)
        assert "had not returned after 1 s," in verdict.message, verdict
        assert verdict.example == "The call was same(1.0)"
        # Nothing is left that could interrupt what comes next.
        for _ in range(200_000):
            pass
        assert examine(exercise(60), slow_but_finite)
    print("stopped")
ask()
thread = threading.Thread(target=ask)
thread.start()
thread.join()
"""


def test_an_endless_loop_is_stopped_in_the_main_thread_and_in_any_other():
    done = subprocess.run(
        [sys.executable, "-c", ENDLESS], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout.split() == ["stopped", "stopped"], done.stderr


# Hints ------------------------------------------------------------------------------------


def test_hints_come_one_by_one_and_begin_again(monkeypatch):
    monkeypatch.setattr(registry, "_hints_given", Counter())
    three = [hint("12.3").text for _ in range(3)]
    assert three == list(EXERCISES["12.3"].hints)
    assert "no more hints" in hint("12.3").text
    assert hint("12.3").text == three[0]
    assert hint("12.4").text == EXERCISES["12.4"].hints[0]


# What is shown ----------------------------------------------------------------------------


def test_a_verdict_is_text_and_html_and_a_truth_value():
    wrong = check("12.3", lambda p, t: None)
    assert repr(wrong).startswith("✗ Exercise 12.3: It returned None.")
    assert bool(wrong) is wrong.passed is False
    assert "Exercise 12.3, not yet." in wrong._repr_html_()
    assert "<" not in re.sub(r"</?(p|strong|pre|span[^>]*)>", "", wrong._repr_html_())


def test_html_in_an_error_is_escaped():
    def bad(p, t):
        raise ValueError("<script>")

    assert "<script>" not in check("12.3", bad)._repr_html_()


def lines_of(reference):
    """List the lines of a reference that say how it is done."""
    lines = [line.strip() for line in inspect.getsource(reference).splitlines()]
    return [line for line in lines if "=" in line or line.startswith("return ")]


@every_exercise
def test_the_solution_is_never_shown(number):
    reference = EXERCISES[number].reference
    for verdict in (*verdicts_on_wrong_answers(number), check(number, reference)):
        text = repr(verdict)
        assert "_repr" not in text
        assert "<lambda>" not in text
        assert "lambda" not in verdict.message
        assert not [line for line in lines_of(reference) if line in text]


@every_exercise
def test_no_verdict_has_a_name_that_the_reader_can_t_look_up(number):
    for text in map(repr, verdicts_on_wrong_answers(number)):
        assert not re.search(r"(?<![\w.'\"])_[a-z]\w+", text), text
        assert "<lambda>" not in text
        assert " at 0x" not in text


def test_a_chapter_is_loaded_only_when_it_is_asked_for():
    code = "import sys, dlcourse.exercises as e; print([m for m in sys.modules if 'chapter_' in m])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


AFTERWARDS = """
import sys
from dlcourse.exercises import check

def r_squared(prediction, target):
    while {endless}:
        pass
    return 0.0

assert not check("12.3", r_squared).passed

def work():
    return sum(abs(i) for i in range(1000))

events = []
sys.setprofile(lambda frame, event, argument: events.append(event))
work()
sys.setprofile(None)
sys.settrace(lambda frame, event, argument: events.append(event))
work()
sys.settrace(None)
print("went on")
"""


@pytest.mark.parametrize("endless", [False, True])
def test_after_a_check_profilers_and_debuggers_still_work(endless):
    done = subprocess.run(
        [sys.executable, "-c", AFTERWARDS.format(endless=endless)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.stdout == "went on\n", done.stderr
