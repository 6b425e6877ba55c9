"""What chapter 1 says in words is what its cells print, and its law of errors holds.

nbval proves that the stored outputs are what the code prints today. These tests tie the
sentences around them to those outputs, and measure the V-shaped error again, with margins
that hold on any machine.
"""

import re

import numpy as np
import pytest
from chapter import chapter

from dlcourse.finite_difference import derivative

HERE = chapter("01")
CODE, PROSE, PRINTED, RESULTS = HERE.code, HERE.prose, HERE.printed, HERE.results
RULES = [
    "constant", "power", "root", "factor", "sum", "product", "quotient", "exponential",
    "logarithm", "sine", "cosine", "chain",
]  # fmt: skip

# The law of errors, measured again ------------------------------------------------------

EPSILON = float(np.finfo(float).eps)


def best_step(f, slope, x, method):
    """Return the best of many steps and its error, typical for 101 points around x."""
    points = x * (1 + np.linspace(-0.03, 0.03, 101))
    steps = np.geomspace(1e-13, 1e-1, 121)
    errors = [
        np.median(np.abs(derivative(f, points, float(h), method) - slope(points))) for h in steps
    ]
    return steps[np.argmin(errors)], min(errors)


SMOOTH = {  # function, slope, point, and |f|, |f''|, |f'''| there
    "cube": (lambda x: x * x * x, lambda x: 3 * x * x, 1.2, 1.728, 7.2, 6.0),
    "exponential": (np.exp, np.exp, 1.0, np.e, np.e, np.e),
    "sine": (np.sin, np.cos, 1.0, np.sin(1), np.sin(1), np.cos(1)),
    "root": (np.sqrt, lambda x: 0.5 / np.sqrt(x), 2.0, 2**0.5, 2**-1.5 / 4, 3 * 2**-2.5 / 8),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_the_best_forward_step_is_the_one_that_was_derived(name):
    f, slope, x, size, second, _ = SMOOTH[name]
    h, error = best_step(f, slope, x, "forward")
    derived = np.sqrt(2 * EPSILON * size / second)
    assert derived / 12 < h < derived * 4, "the step is not near sqrt(2 eps |f / f''|)"
    assert derived * second / 20 < error < derived * second * 2, "the error is not near h |f''|"


@pytest.mark.parametrize("name", SMOOTH)
def test_the_best_central_step_is_the_one_that_was_derived(name):
    f, slope, x, size, _, third = SMOOTH[name]
    h, error = best_step(f, slope, x, "central")
    derived = np.cbrt(1.5 * EPSILON * size / third)
    expected = derived**2 * third / 2
    assert derived / 8 < h < derived * 4, "the step is not near cbrt(1.5 eps |f / f'''|)"
    assert expected / 20 < error < expected * 2, "the error is not near h² |f'''| / 2"


def test_the_printed_measurement_is_of_the_order_of_the_rule():
    found = re.findall(r"(forward|central): best h (\S+), error (\S+)", PRINTED)
    measured = {name: (float(h), float(e)) for name, h, e in found[:2]}
    calculated = {name: (float(h), float(e)) for name, h, e in found[2:4]}
    assert set(measured) == set(calculated) == {"forward", "central"}
    for name in measured:
        for one, other in zip(measured[name], calculated[name], strict=True):
            assert 1 / 4 < one / other < 4, "plot and calculation agree within a factor of four"
    assert 0.1 < measured["forward"][0] / EPSILON ** (1 / 2) < 10
    assert 0.1 < measured["central"][0] / EPSILON ** (1 / 3) < 10
    assert 0.1 < measured["forward"][1] / EPSILON ** (1 / 2) < 10
    assert 0.1 < measured["central"][1] / EPSILON ** (2 / 3) < 10


def test_in_float32_the_best_steps_follow_the_same_rule():
    found = re.findall(r"(forward|central): best h (\S+), error (\S+)", PRINTED)[4:]
    steps = {name: float(h) for name, h, _ in found}
    epsilon = float(np.finfo(np.float32).eps)
    assert 0.1 < steps["forward"] / epsilon ** (1 / 2) < 10
    assert 0.1 < steps["central"] / epsilon ** (1 / 3) < 10


# Sentences and outputs ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Down to $10^{-8}$, closer is better", "h = 1e-08   slope 1.99999999"),
        ("Then it gets worse", "h = 1e-12   slope 2.00017780"),
        ("the computer claims that the curve is flat", "h = 1e-16   slope 0.00000000"),
        ("The slope exceeds 2 by exactly $h$", "h =  0.01   slope 2.0100"),
        ("−5.99 lies above −6", "secant:        -5.99"),
        ("So $\\sqrt{4.1} \\approx 2.025$", "root of 4.1: guess 2.025, off by 0.00015"),
        ("A tenth of the step, a hundredth of the error", "error 1.5e-04 = 0.0154 h²"),
        ("A tenth of the step, a hundredth of the error", "error 1.6e-06 = 0.0156 h²"),
        ("The limits are 1 and −1", "h = 1e-05: right 1.0, left -1.0"),
        ("A clear answer to a question that has none", "central difference of |x| at 0: 0.0"),
        ("takes the slope from the left, 0", "in dlcourse:    0.0"),
        ("flat nearly everywhere", "w = 1.0: accuracy 1.00, slope 0.0"),
        ("flat nearly everywhere", "w = 0.2: accuracy 0.50, slope 0.0"),
        ("The first walk never left a hilltop", "-1.5 to -1.5: height  1.01, slope 0.0"),
        ("The second got stuck on a flat step", "-1.0 to  0.0: height  0.00, slope 0.0"),
        ("Only the third found a *minimum*", " 0.5 to  1.5: height -1.01, slope 0.0"),
        ("The walk from $-0.9$ steps over the flat step", "-0.9 to  1.6: height -0.97"),
        ("From + to −: the top of a hill", "left  0.79, right -0.57"),
        ("From − to −: a step", "left -0.02, right -0.02"),
        ("From − to +: the bottom of a valley", "left -0.57, right  0.79"),
        ("The forward error is about halved", "0.1   forward 0.3700 central 0.010000"),
        ("falls to a quarter", "0.05  forward 0.1825 central 0.002500"),
        ("rounding the two cubes then made it 6", "with h = epsilon / 2: 6.0"),
        ("One half and one sixth", "forward: error / h  = 0.500"),
        ("One half and one sixth", "central: error / h² = 0.167"),
        ("a fixed step gets lost or distorted",
         "your line, h = 1e-6: 3.3e+10"),
        ("a fixed step gets lost or distorted", "the package:         2.0e+10"),
        ("The strips leave $u'v + u\\,v'$ however small", "h =   0.1: strips / h 2.7635"),
        ("The strips leave $u'v + u\\,v'$ however small", "h = 0.001: strips / h 2.7635"),
        ("which goes to 0", "corner / h 0.0011"),
        ("The secants head for the 2.7635 of the strips", "secant 2.7646"),
        ("That would be 1.0806, far off", "u' times v': 1.0806"),
        ("The loss is lowest at 0.76", "lowest loss at w = 0.76"),
        ("every weight from 0.51 to 1.25", "accuracy 1 from 0.51 to 1.25"),
        ("The slope is negative, so the weight should grow", "at 0.2: loss 0.384, slope -0.97"),
        ("then the loss falls", "a move of  0.1 leads to a loss of 0.263"),
        ("and the other way it rises", "a move of -0.1 leads to a loss of 0.453"),
        ("Add half of it to 1, or less, and it is lost", "1 + epsilon / 2: 1.0\n"),
        ("Add half of it to 1, or less, and it is lost", "1 + epsilon:     1.0000000000000002"),
        ("a step of about 1 is best", "h = 6.1e-06: typical error 3e-11"),
        ("more than half of the 201 slopes come out exactly right",
         "h = 1.0e+00: typical error 0e+00"),
        ("a smaller $h$ *is* better", "h = 1e-05: slope 4.31999999990000"),
        ("a smaller $h$ *is* better", "h = 1e-100: slope 4.32000000000000"),
        ("no imaginary part", "for |x| at 1.2: 0.0"),
    ],
)  # fmt: skip
def test_a_claim_in_the_text_stands_in_an_output(sentence, evidence):
    assert " ".join(sentence.split()) in " ".join(PROSE.split())
    assert evidence in PRINTED


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_measured_by_a_cell(rule):
    found = re.search(rf"^{rule} +formula +(\S+) +secant +(\S+)$", PRINTED, flags=re.MULTILINE)
    assert abs(float(found[1]) - float(found[2])) < 2e-4
    assert rule in PROSE.lower()


@pytest.mark.parametrize("formula", ["forward", "central"])
def test_the_package_gives_the_digits_of_the_readers_lines(formula):
    yours, package = re.search(rf"^{formula}: yours (\S+), package (\S+)$", PRINTED, re.M).groups()
    assert yours == package
    assert len(yours.split(".")[1]) == 12


def test_the_package_chooses_a_step_by_itself():
    assert re.search(r"^its own step: +package 4\.320000000$", PRINTED, re.M)


def test_the_miss_of_the_tangent_is_half_of_the_second_derivative():
    # of the root at 4: f'' = -1/4 · 4^(-3/2) = -1/32, and half of that is 1/64
    assert 4**-1.5 / 4 == 1 / 32
    assert "0.0156\\,h^2" in PROSE
    assert f"{1 / 64:.4f} h²" in PRINTED


def test_five_digits_are_left_of_seventeen():
    step = 2.0**-40
    assert f"{4.32 * step:.1e}" == "3.9e-12"
    assert "4.32\\,h \\approx 3.9 \\cdot 10^{-12}$" in PROSE
    before, after = (f"{x * x * x:.16f}" for x in (1.2, 1.2 + step))
    first = next(k for k in range(len(before)) if before[k] != after[k])
    assert first - before.index(".") == 12, "the change begins in the 12th place"
    assert len(before) - first == 5


def test_the_corner_that_stays_has_the_slopes_0_and_2():
    sides = [((0 + h) + abs(h)) / h for h in (-1e-3, 1e-3)]
    assert sides == [0, 2]
    assert "slopes 0 and 2" in PROSE


def test_the_walks_are_asked_about_before_the_curve_is_drawn():
    asked = next(i for i, s in enumerate(CODE) if '"1-three-walks"' in s)
    drawn = next(i for i, s in enumerate(CODE) if "which_way_is_down(" in s)
    assert asked < drawn, "the figure shows where the slope is zero"


def test_rules_come_before_what_is_found_with_them():
    headings = re.findall(r"^## (.+)$", PROSE, flags=re.MULTILINE)
    order = ["The derivative is a limit", "Rules, so that", "A derivative predicts",
             "Where there is no", "The sign says", "Two formulas", "Smaller is not"]  # fmt: skip
    places = [next(i for i, h in enumerate(headings) if h.startswith(o)) for o in order]
    assert places == sorted(places)


@pytest.mark.parametrize("mistake", ["continuous means", "a zero slope is", "a smaller $h$ is"])
def test_each_misconception_is_named(mistake):
    assert f'**A common mistake: "{mistake}' in PROSE


# The form of a chapter ------------------------------------------------------------------


def test_the_reader_writes_each_difference_before_the_package_is_imported():
    first = next(i for i, s in enumerate(CODE) if "import derivative" in s)
    for name in ("def forward(", "def backward(", "def central("):
        assert any(name in source for source in CODE[:first])
