"""Chapter 5: what its cells print, and the claims that hang on it."""

import re

import numpy as np
import pytest
from chapter import chapter

from dlcourse.finite_difference import gradient, jacobian
from dlcourse.optimizers import SGD
from dlcourse.schedules import TimeDecay

HERE = chapter("05")
PROSE, PRINTED = HERE.prose, HERE.printed
CODE = [cell for cell in HERE.cells if cell["cell_type"] == "code"]
RESULTS = "\n".join(
    "".join(o.get("data", {}).get(kind, "")) for cell in CODE for o in cell["outputs"]
    for kind in ("text/plain", "text/html")
)  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "at (2.0, 2.0): y = 5, gradient (18, -4), by differences (18, -4)",
        "at (1.0, 1.0): y = 0, gradient (0, 0), by differences (0, 0)",
        "after 100 steps: (1.0088, 1.0214), y = 9.13e-05",
        "visible lines:    (1.0088382026, 1.0213919188)\n"
        "tape and package: (1.0088382026, 1.0213919188)",
        "steps    99 and    100: y = 0.1203, 0.1852",
        "steps 9,999 and 10,000: y = 0.1203, 0.1852",
        "(0.9977, 0.9944), y = 6.31e-06",
        "from 0 : (0.9976260330, 0.9942726629), y = 6.61e-06\n"
        "shifted: (0.9976800429, 0.9944028779), y = 6.31e-06\n"
        "formula: (0.9976800429, 0.9944028779), y = 6.31e-06",
        "border found by experiment: 0.241412406\n2 / largest eigenvalue:     0.241412406",
        "by formula:     [[10.0, -4.0], [-4.0, 2.0]]\nby differences: [[10.0, -4.0], [-4.0, 2.0]]",
        "solved: 1.8505540790, 3.0284687195\nwalked: 1.8505540790, 3.0284687195",
        "rate 0.2: steps 0 to 4: [8.7 4.7 0.9 4.4 0.4]",
        "squared:  6.90, mean   6.90",
        "absolute: 3.10, median 3.10",
        "best of the rates tried: 0.1818, factor 0.8182\nformulas:                0.1818",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("the number of points has 1,961 digits", "a number of 1,961 digits"),
        ("at $(1.0088, 1.0214)$ with $y = 9.13 \\cdot 10^{-5}$", "y = 9.13e-05"),
        ("the first step went *up*, from 5 to 6.2", "[5.     6.2096"),
        ("after a hundred steps $y$ is 0.222,", "0.001     2.22e-01         12,903"),
        ("the goal takes 12,903 steps", "0.001     2.22e-01         12,903"),
        ("The loss came below a millionth", "after 100 steps: 9.16e-07"),
        ("into a cycle of its own", "steps 997 to 1,000: 0.0422 0.0536 0.0422 0.0536"),
        ("The limit at the minimum is 0.1716", "limit there: 0.1716"),
        ("one has a limit of 0.146", "y = 0.1203\n  curvature 13.67, limit 0.146"),
        ("The other has a limit of 0.293", "y = 0.1852\n  curvature  6.83, limit 0.293"),
        ("Rate 0.18 passes 2 later", "rate 0.18: steps 0 to 4: [7.8 2.2 3.8 0.6 1.6]\n  after"),
        ("Rate 0.18 passes 2 later", "past 2 at step 39, x1 = 0.964, y = 1.5e-03"),
        ("Rate 0.18 passes 2 later", "past 2 at step 13, x1 = 0.884, y = 2.0e-02"),
        ("the product is 4.4, 7.8 and 8.7", "rate 0.1: steps 0 to 4: [4.4 0.2 0.3 1.  1.6]"),
        ("its walk ends a little differently", "from 0 : (0.9976260330, 0.9942726629), y = 6.61"),
        (
            "by 0.001 is within $3.7 \\cdot 10^{-6}$ of it again after forty steps",
            "after 0, 20 and 40 steps: 1.0e-03, 5.0e-05, 3.7e-06",
        ),
        (
            "Over a whole round the second point wins",
            "two steps multiply a deviation by 0.74 in the long run",
        ),
        ("Along $(1, 1)$ it stretches by 3", "[1, 1] becomes [3.0, 3.0]"),
        ("and $(1, -1)$ stays as it is", "[1, -1] becomes [1.0, -1.0]"),
        ("such as $(1, 0)$, are turned", "[1, 0] becomes [2.0, 1.0]\neigenvalues: [1. 3.]"),
        ("$50/2 = 25$ instead of 10", "condition number 25, best rate 0.0385, limit 0.04"),
        ("$2/52 \\approx 0.0385$", "condition number 25, best rate 0.0385, limit 0.04"),
        ("curvatures 1 and 10 needs 69 steps", "    10      69        69"),
        ("in a round bowl one half", "kappa   1: the best rate is 0.50 of the limit"),
        ("almost the largest stable one", "kappa 100: the best rate is 0.99 of the limit"),
        ("$(0.9977, 0.9944)$ and $y = 6.31 \\cdot 10^{-6}$", "below the limit from i = 17 on"),
        ("But a constant 0.15 comes to $4.31 \\cdot 10^{-6}$", " 0.15     4.31e-06"),
        ("takes seventy thousand", "10,000  69,078    69,078"),
        ("half the best rate costs twice the steps", "    0.5     0.495   1,354"),
        ("at 1.1 percent too high the walk diverges", "  1.011     1.001  diverges"),
        ("rate that is 0.5 percent too high costs just as much", "  1.005     0.995   1,354"),
        ("between them a ridge at $w = 0.21$", "slope at 2: 6.2, ridge at 0.21"),
        ("At $w = 2$ its slope is 6.2", "slope at 2: 6.2, ridge at 0.21"),
        ("$1 - 0.1 \\cdot 0.343 = 0.966$", "curvatures at the minimum: [ 0.3431 11.6569]"),
        ("by 0.933; measured, 0.933", "step to step: 0.933,\n  from the curvature: 0.933"),
        ("passes it at 1.19", "start 1.41 away, closest 1.19"),
        ("Some 240: to shrink", "condition 16.6: 240 steps to an error of 1e-12"),
        ("From 2 the small rate settles", " +2.0   0.1  +0.879  0.539  0.000"),
        ("the large rate jumps over", " +2.0   0.4  -1.088  0.141  0.000"),
        (
            "it takes 26% to the deeper hollow",
            "rate 0.4, starts up to 2.3: 26% go from right to left",
        ),
        ("it takes 13% out of it", "26% go from right to left, 13% from left to right"),
        ("the same jump leaves", " -2.0   0.4  +0.879  0.539  0.000"),
        ("0.0007 at first and 0.0103 at step 1,400", "step 1,400: loss 0.9897, slope 0.0103"),
        ("the loss has collapsed", "step 1,600: loss 0.0033"),
        ("0.2 to either side", "rate 0.4    : off by 0.2000 and 0.2000"),
        ("For a million weights the matrix takes 8,000 gigabytes", "8,000.00 GB"),
        (
            "22 of its 51 rates lie above",
            "0.25: 11 steps\nrate      0.5:  8 steps\nrate      1.0:  3",
        ),
        ("It needs fewer steps than rate 0.1", "51 steps, 192 evaluations; rate 0.1 takes 99"),
    ],
)
def test_a_number_in_the_text_stands_in_an_output(sentence, evidence):
    assert " ".join(sentence.split()) in " ".join(PROSE.split())
    assert evidence in PRINTED


# The claims, by other means ---------------------------------------------------------------


def valley(p):
    return (p[1] - p[0] ** 2) ** 2 + (1 - p[0]) ** 2


def walk(rate, steps, start=(2.0, 2.0)):
    path = [np.array(start)]
    for i in range(1, steps + 1):
        x1, x2 = path[-1]
        slopes = np.array([-4 * x1 * (x2 - x1**2) - 2 * (1 - x1), 2 * (x2 - x1**2)])
        path.append(path[-1] - (rate(i) if callable(rate) else rate) * slopes)
    return np.array(path)


def curvatures(point):
    return np.linalg.eigvalsh(jacobian(lambda p: gradient(valley, p), point, h=1e-3))


def test_the_valley_is_5_high_at_the_start_and_falls_along_minus_18_and_4():
    assert valley((2.0, 2.0)) == 5
    np.testing.assert_allclose(gradient(valley, (2.0, 2.0)), [18, -4], atol=1e-6)
    assert valley((1.0, 1.0)) == 0


def test_rate_a_tenth_arrives_in_a_hundred_steps():
    end = walk(0.1, 100)[-1]
    assert end.round(4).tolist() == [1.0088, 1.0214]
    assert f"{valley(end):.2e}" == "9.13e-05"


def test_rate_a_fifth_alternates_between_two_heights_forever():
    path = walk(0.2, 20_000)
    heights = np.array([valley(p) for p in path[-100:]])
    assert sorted(set(heights.round(4))) == [0.1203, 0.1852]
    np.testing.assert_allclose(heights[2:], heights[:-2], rtol=1e-9)


def test_a_falling_rate_arrives_closer():
    end = walk(lambda i: 0.2 / (1 + 0.01 * i), 100)[-1]
    assert end.round(4).tolist() == [0.9977, 0.9944]
    assert f"{valley(end):.2e}" == "6.31e-06"
    assert 14 < valley(walk(0.1, 100)[-1]) / valley(end) < 15


def test_time_decay_counts_from_zero_so_its_rates_are_one_step_ahead():
    schedule = TimeDecay(0.2, 0.01)
    np.testing.assert_allclose(
        [schedule(i) for i in range(1, 101)], [0.2 / (1 + 0.01 * i) for i in range(1, 101)]
    )
    shifted = TimeDecay(0.2 / 1.01, 0.01 / 1.01)
    np.testing.assert_allclose(shifted(np.arange(100)), schedule(np.arange(1, 101)))


def test_the_minimum_repels_rate_a_fifth_and_the_cycle_attracts_it():
    assert 2 / curvatures((1.0, 1.0))[-1] == pytest.approx(0.1716, abs=1e-4)
    limits = sorted(2 / curvatures(p)[-1] for p in walk(0.2, 10_000)[-2:])
    assert limits[0] < 0.2 < limits[1]
    assert valley(walk(0.2, 400, start=(1.001, 1.001))[-1]) > 0.1, "even from beside the minimum"


def test_rate_0_18_has_the_lowest_loss_of_the_opening_figure_and_leaves_again():
    rates = [0.001, 0.01, 0.05, 0.1, 0.15, 0.18, 0.2]
    after = {rate: valley(walk(rate, 100)[-1]) for rate in rates}
    assert min(after, key=after.get) == 0.18
    assert valley(walk(0.18, 1_000)[-1]) > 0.04


def test_the_opening_figure_shows_the_fates_that_the_text_names():
    first = re.findall(r"Rate [\d.]+, start \(2, 2\): [^\"]*?(?=&quot;)", RESULTS)
    assert len(first) == 8
    fates = {re.match(r"Rate ([\d.]+),", caption)[1]: caption for caption in first}
    assert "hops" in fates["0.2"]
    assert "without bounds" in fates["0.25"]
    assert np.abs(walk(0.25, 1)[-1]).max() <= 4, "the first step stays in the picture"
    assert abs(walk(0.25, 2)[-1][0]) > 2.5, "the second leaves it"
    (other,) = set(re.findall(r"Rate 0\.2, start \(-1\.5, 0\): [^\"]*?(?=&quot;)", RESULTS))
    assert "without bounds" in other


def test_on_the_floor_the_curvature_is_10_at_0_89_and_less_before():
    border = np.sqrt(0.8)
    assert f"{border:.2f}" == "0.89"
    assert curvatures((border, border**2))[-1] == pytest.approx(10, abs=1e-4)
    for x1 in np.linspace(0, border - 0.01, 20):
        assert curvatures((x1, x1**2))[-1] < 10


def test_one_over_steps_is_the_condition_number():
    lines = re.findall(r"^ *(10*|1,000|10,000) +([\d,]+) +[\d,]+$", PRINTED, re.MULTILINE)
    steps = {int(k.replace(",", "")): int(n.replace(",", "")) for k, n in lines}
    assert steps[1] == 1
    for kappa, needed in steps.items():
        if kappa > 1:
            shrink = np.log((kappa + 1) / (kappa - 1))
            assert needed == int(np.ceil(np.log(1e6) / shrink))


def test_sgd_is_the_visible_line():
    parameters, optimizer = {"theta": np.array([2.0, 2.0])}, SGD(0.1)
    for point in walk(0.1, 100)[:-1]:
        x1, x2 = point
        slopes = np.array([-4 * x1 * (x2 - x1**2) - 2 * (1 - x1), 2 * (x2 - x1**2)])
        optimizer.update(parameters, {"theta": slopes})
    assert np.array_equal(parameters["theta"], walk(0.1, 100)[-1])


def test_below_one_half_the_loss_of_the_plateau_comes_at_the_step_printed():
    w, steps = 8.0, 0
    while 1 / (1 + np.exp(-w)) ** 2 >= 0.5:
        s = 1 / (1 + np.exp(-w))
        w, steps = w - 2 * s * s * (1 - s), steps + 1
    assert f"below one half at step {steps:,}" in PRINTED


# The chapter as a chapter ---------------------------------------------------------------------


def test_three_mistakes_are_named():
    assert PROSE.count("**A common mistake:") == 3


def test_no_cell_is_too_wide_for_a_phone_or_too_long_to_read():
    sources = ["".join(cell["source"]).splitlines() for cell in CODE]
    assert not [line for lines in sources for line in lines if len(line) > 78]
    assert not [lines[0] for lines in sources if len(lines) > 16]
