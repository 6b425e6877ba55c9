"""Chapter 8: what its cells print, the stored experiment, and the claims that hang on them."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import run_experiments
from chapter import chapter

from dlcourse import schedules

ROOT = Path(__file__).parent.parent
HERE = chapter("08")
TEXT, PRINTED = HERE.prose, HERE.printed
CODE = [cell for cell in HERE.cells if cell["cell_type"] == "code"]
STORED = ROOT / "chapters" / "data" / "schedules_on_digits.json"
TABLE = {name: np.array(rows) for name, rows in json.loads(STORED.read_text()).items()}
BASE, MAX, SINGLE = 0.03, 0.88, 0.34


@pytest.fixture(scope="module")
def chapter():
    """Return what the cells of the experiment define: the script runs these very cells."""
    return run_experiments.experiment("08_learning_rates")


@pytest.mark.parametrize(
    "line",
    [
        "limit 0.25, rate 0.24: |w| = 0.015 after 50 steps",
        "2.00: the square root of 4",
        "too low, 0.01      2.45  1.76   0.54   0",
        "good, 0.5          2.43  0.29   0.91   0",
        "high, 1.5          3.76  0.46   0.86  15",
        "far too high, 10  66.97  2.38   0.10  32",
        "where the low one ends at update 11",
        "<RangeTest: 300 rates, suggestion 0.338>",
        "rates and losses up to rate 2 agree to 1e-9: True",
        "   2.3    1.4    3.3  largest / smallest\nchosen: base 0.03, max 0.88, single 0.34",
        "300 of 50: 0.2680 0.2894 0.3376 0.4775 0.8841",
        " 60 of  4: 0.0001 0.0010 0.2019 0.3625 0.5356",
        "steps 0, 70, 140, 210, 280: [0.03  0.455 0.88  0.455 0.03 ]",
        "triangular2, peaks above the base: [0.85   0.425  0.2125]",
        "restart at 280: before 0.22, after 0.48\nrestart at 560: before 0.14, after 0.25",
        "first, peak, last: [3.52e-02 8.80e-01 4.00e-06]",
        "our network has 6,634 directions",
        "Constant   215 updates, formula 211\nTriangular  19 updates, formula 19",
        "constant 0.03      never       2.30",
        "constant 0.03 in 20 epochs: below 2.0 at update 1048",
        "12 runs of seed 3, three numbers each, as stored: True",
        "warm-up + cosine   93.67 ± 0.41        7",
        "warm-up + cosine  +3.4 ± 9.9",
        "time-based       -34.3 ± 6.9",
        "lowest of all constants: 0.250, constant 0.7",
        "accuracy (%) of constant 0.9: 93.4 1.2: 93.4 1.5: 90.7",
        "time half at 100 hundredth at 9900\nexponential half at 100 hundredth at 665",
        "jumps at [ 120  360  840 1800]",
        "constant 1.2 91.2, seeds 90.7 90.7 92.3  with 840 updates 93.8",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


def test_no_comparison_in_the_chapter_came_out_false():
    assert "False" not in PRINTED
    assert PRINTED.count("agree: True") == 9
    assert PRINTED.count("agrees: True") == 3


# The experiment -----------------------------------------------------------------------


def test_the_bounds_are_read_off_the_range_test(chapter):
    found = tuple(chapter[name] for name in ("base_rate", "max_rate", "single_rate"))
    assert found == (BASE, MAX, SINGLE)


@pytest.mark.parametrize(
    ("name", "seed"), [("cosine", 0), ("restarts, doubling", 7), ("triangular", 9)]
)
def test_a_run_comes_out_as_stored(chapter, name, seed):
    schedule = chapter["candidates"](BASE, MAX, SINGLE)[name]
    found = chapter["measure"](schedule, seed)
    np.testing.assert_allclose(found, TABLE[name][seed], rtol=0, atol=2e-6)


def test_the_file_holds_ten_seeds_of_every_schedule_and_constant(chapter):
    assert list(TABLE) == [*chapter["constants"], *chapter["candidates"](BASE, MAX, SINGLE)]
    assert {rows.shape for rows in TABLE.values()} == {(10, 3)}


def test_every_schedule_stays_within_the_bounds_and_cycles_end_with_the_training(chapter):
    t = np.arange(840)
    for name, schedule in chapter["candidates"](BASE, MAX, SINGLE).items():
        rates = schedule(t)
        assert rates.max() <= MAX + 1e-12, name
        if name not in ("one-cycle", "warm-up + cosine"):
            assert rates.min() >= BASE - 1e-12, name
        if name != "constant 0.34":
            assert rates[-1] < BASE + 0.01, name


# What the chapter says of it --------------------------------------------------------------

TUNED = "constant 1.2"
CONSTANTS = [name for name in TABLE if name.startswith("constant ") and name != "constant 0.34"]
FALLING_BETTER = [
    "warm-up + cosine", "one-cycle", "triangular", "restarts, doubling",
    "cosine", "restarts", "step", "triangular2",
]  # fmt: skip


def accuracy(name):
    return TABLE[name][:, 1]


def test_the_tuned_constant_is_the_best_on_the_validation_images():
    assert len(CONSTANTS) == 8
    assert max(CONSTANTS, key=lambda name: TABLE[name][:, 0].mean()) == TUNED


def test_the_first_seven_lie_within_one_spread():
    compared = [TUNED, *(name for name in TABLE if name not in CONSTANTS)]
    ranked = sorted(compared, key=lambda name: -accuracy(name).mean())
    assert ranked[0] == "warm-up + cosine"
    first = [accuracy(name) for name in ranked[:7]]
    assert first[0].mean() - first[-1].mean() < 0.003
    assert all(right.std(ddof=1) > 0.003 for right in first)


def test_who_is_behind_the_tuned_constant_is_behind_in_nearly_every_seed():
    behind = {
        name: int(np.sum(accuracy(name) < accuracy(TUNED)))
        for name in ("time-based", "exp_range", "constant 0.34", "exponential")
    }
    assert behind == {
        "time-based": 10, "exp_range": 10, "constant 0.34": 10, "exponential": 9,
    }  # fmt: skip


def test_eight_schedules_have_a_lower_loss_in_every_seed():
    lower = [name for name in TABLE if np.all(TABLE[name][:, 2] < TABLE[TUNED][:, 2])]
    assert set(lower) == set(FALLING_BETTER)
    gentlest = TABLE["constant 0.7"][:, 2].mean()
    clearly = [name for name in lower if TABLE[name][:, 2].mean() < gentlest - 0.01]
    assert len(clearly) == 7


def test_the_accuracy_follows_the_mean_rate(chapter):
    methods = chapter["candidates"](BASE, MAX, SINGLE)
    names = ["step", "triangular2", "exponential", "exp_range", "time-based"]
    rates = [methods[name](np.arange(840)).mean() for name in names]
    assert rates == sorted(rates, reverse=True)
    right = [accuracy(name).mean() for name in names]
    assert right == sorted(right, reverse=True)


def test_a_constant_with_a_higher_mean_rate_may_end_behind(chapter):
    constant = accuracy("constant 0.34").mean()
    for name in ("triangular2", "exponential"):
        rates = chapter["candidates"](BASE, MAX, SINGLE)[name](np.arange(840))
        assert rates.mean() < SINGLE
        assert accuracy(name).mean() > constant


def test_warm_up_helps_a_rate_that_is_too_high_in_every_seed():
    lines = re.findall(r"^(?:Constant|Warmup) +\[(.+)\]$", PRINTED, flags=re.MULTILINE)
    cold, warm = ([float(value) for value in line.split()] for line in lines)
    assert len(cold) == 4
    assert all(w > c + 0.05 for c, w in zip(cold, warm, strict=True))


def test_a_base_rate_never_leaves_the_plateau_that_a_cycle_leaves():
    found = re.findall(
        r"^(?:constant 0.\d+|triangular) +(never|update \d+) ", PRINTED, re.MULTILINE
    )
    never, *others = found
    assert never == "never"
    assert len(others) == 2
    assert all(int(when.split()[1]) < 130 for when in others)


def test_the_share_of_minima_is_that_of_symmetric_gaussian_matrices():
    shares = [float(x) for x in re.findall(r"all curvatures positive in (.+)%", PRINTED)]
    exact = 50, 100 * (2 - np.sqrt(2)) / 4, 100 * (1 / 4 - np.sqrt(2) / (2 * np.pi))
    np.testing.assert_allclose(shares[:3], exact, atol=1.0)
    assert shares == sorted(shares, reverse=True)


def test_momentum_moves_the_range_test_left_but_not_by_ten():
    (ratio,) = re.findall(r"^ratio (\d+)$", PRINTED, flags=re.MULTILINE)
    assert int(ratio) == 4


def test_a_longer_training_after_one_cycle_learns_nothing_more():
    schedule = schedules.OneCycle(MAX, 840)
    assert schedule(np.arange(840, 1040)).max() < 1e-5


# How it is written --------------------------------------------------------------------------


def test_no_cell_is_wider_than_a_phone_or_longer_than_a_screen():
    for number, cell in enumerate(CODE):
        lines = "".join(cell["source"]).splitlines()
        assert max(map(len, lines)) <= 78, f"code cell {number}"
        assert len(lines) <= 17, f"code cell {number}"


def test_the_words_are_about_as_many_as_promised():
    asked = r'<div class="dl-question">.*?</div>'
    words = re.sub(
        asked + r"|<details>.*?</details>|\$\$.*?\$\$|<[^>]+>", "", TEXT, flags=re.DOTALL
    )
    assert 2000 <= len(words.split()) <= 4000
