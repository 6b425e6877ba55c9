"""What chapter 12 says in words is what its cells print.

nbval proves that the stored outputs are what the code prints today. These tests tie the
sentences around them to those outputs: change the code, and the sentence that has become
wrong is named here.
"""

import re

import numpy as np
import pytest
from chapter import chapter

HERE = chapter("12")
CELLS, PROSE, PRINTED, RESULTS = HERE.cells, HERE.prose, HERE.printed, HERE.results


@pytest.mark.parametrize(
    "published",
    [
        "intercept   36.4595",
        "CRIM        -0.1080",
        "NOX        -17.7666",
        "RM           3.8099",
        "DIS         -1.4756",
        "PTRATIO     -0.9527",
        "LSTAT       -0.5248",
        "R²                    0.7406",
        "mean squared residual 21.8948",
        "mean of all:     22.5328",
        "at exactly 50.0: 16 tracts",
    ],
)
def test_the_published_numbers_are_printed(published):
    assert published in PRINTED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the first test rows: ", "the library's:       "),
        ("claimed:  ", "measured: "),
        ("library 585", "by hand 585"),
        ("tape ", "hand "),
        ("last losses:  ", "the library's: "),
        ("ours         first two tracts ", "scikit-learn first two tracts "),
        ("all 13 features  mean 4.661", "scikit-learn     mean 4.661"),
        ("in the new process ", "in this notebook   "),
    ],
)
def test_two_ways_to_the_same_numbers_agree_in_every_digit(one, other):
    """Both are printed, one below the other, and the reader can compare them."""
    lines = PRINTED.splitlines()
    [place] = [
        i for i, line in enumerate(lines[:-1])
        if line.startswith(one) and lines[i + 1].startswith(other)
    ]  # fmt: skip
    numbers = [
        re.findall(r"-?\d+\.\d*", line.removeprefix(start))
        for line, start in zip(lines[place : place + 2], (one, other), strict=True)
    ]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) >= 1 or one.startswith("all 13")


def test_the_library_scales_to_the_last_bit_alike():
    assert "largest difference: 0.0\n" in PRINTED


def test_gradient_descent_arrives_at_the_exact_answer():
    gaps = [float(gap) for gap in re.findall(r"updates: largest difference ([\d.]+)", PRINTED)]
    assert len(gaps) == 4
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-6


def test_the_self_check_says_where_a_constant_rate_ends():
    assert "SGD ends 0.6837 above the minimum; 0.01 is allowed" in RESULTS


def test_the_tape_stands_beside_the_gradient_by_hand():
    code = ["".join(c["source"]) for c in CELLS if c["cell_type"] == "code"]
    by_hand, taped = (
        next(i for i, source in enumerate(code) if words in source)
        for words in ("def gradients(", "with GradientTape()")
    )
    assert by_hand < taped < next(i for i, s in enumerate(code) if "def train_full_batch" in s)


def test_scikit_learns_removal_of_the_data_is_cited():
    assert "removed it in 1.2 {cite:p}`sklearnboston`" in PROSE


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("$-\\frac{404}{2} = -202$", "claimed / numerical = -202"),
        ("the first 200 rows would suggest 91", "36 different combinations in the first 200 rows"),
        ("the table has 78 different examples", "78 different combinations in 506 rows"),
        ("Fifteen tracts have one of the hundred values", "from 40.0 to 49.9: 15 tracts"),
        ("0.17 is above the limit of 0.163", "rate below 1.63e-01"),
        ("more than a hundred million", "rate below 3.22e-06   condition 2.3e+08"),
        ("LSTAT, $-3.74$ and $-0.50$", "with DIS -0.50   weight -3.74"),
        ("among the later rows 132 share one", "the most frequent: 132 rows"),
        ("NOX, $-2.06$ and $-0.77$", "NOX    correlation with DIS -0.77   weight -2.06"),
        ("RAD, $+2.66$ and $-0.49$", "RAD    correlation with DIS -0.49   weight +2.66"),
        ("TAX, $-2.08$ and $-0.53$", "TAX    correlation with DIS -0.53   weight -2.08"),
        ("the other seven add 1.4", "the other 7 add +1.4"),
        ("ZN, $+1.08$ and $+0.66$", "ZN     correlation with DIS +0.66   weight +1.08"),
        ("is worth $+2.30$", "DIS   alone   2.30   among all  -3.10"),
        ("is worth $+2.30$", "by the rule: DIS alone 2.30"),
        ("5.40, or 5,400 dollars", "test      102 rows: 5.40 ± 0.73"),
        ("against 4.50 on the training rows", "training  404 rows: 4.50 ± 0.32"),
        ("The three hundred splits had 4.84 on average", "300 splits: 4.84 ± 0.03"),
        ("are missed by 23 thousand dollars", "left out by town: largest town 23.45, all"),
        ("the 16 tracts at the ceiling", "at exactly 50.0: 16 tracts"),
        ("They sit 13 thousand dollars above zero", "mean at the ceiling: 13.32"),
        ("The column buys 0.006 of $R^2$", "without B: R² 0.7343"),
        ("standardizing raised that limit from 3.2e-06 to 0.16", "rate below 1.63e-01"),
        ("standardizing raised that limit from 3.2e-06 to 0.16", "rate below 3.22e-06"),
        ("fifty thousand times larger", "rate below 3.22e-06"),
        ("Six updates on scaled features, at rate 0.1, end lower", "after   6 updates: loss  58.1"),
        ("Six updates on scaled features, at rate 0.1, end lower", "2,000 updates: loss 59.2"),
        ("a higher loss than rate 0.15 had after ten", "0.01: after 10 378.5, after 60 68.6"),
        ("a higher loss than rate 0.15 had after ten", "0.15: after 10 22.7, after 60 20.3"),
        ("mostly between 4.0 and 5.8", "95%: 4.00 to 5.80"),
        ("nearly halves the error", "always the mean  mean  9.00"),
        ("nearly halves the error", "all 13 features  mean  4.66"),
        ("About one percent of the error", "without B the error is larger by 0.053"),
        ("Nearly six thousand dollars too low", "predicted 2.84, actual 8.8"),
        ("agrees. Compare with somebody", "all weights zero:      585.45"),
        ("SGD makes 41", "SGD         120.7"),
    ],
)  # fmt: skip
def test_a_number_in_the_text_stands_in_an_output(sentence, evidence):
    assert " ".join(sentence.split()) in " ".join(PROSE.split())
    assert evidence in PRINTED


def test_one_tract_is_predicted_at_less_than_nothing():
    from dlcourse.datasets import load_boston_housing
    from dlcourse.linear_regression import LinearRegression

    boston = load_boston_housing()
    predicted = LinearRegression().fit(boston.data, boston.target).predict(boston.data)
    assert np.sum(predicted < 0) == 1
    assert "One tract is even predicted at less than nothing." in PROSE


def test_sgd_hovers_above_the_lowest_loss_and_full_batch_is_a_hair_above():
    printed = PRINTED.split("loss on the training rows\n")[1]
    rows = dict(re.findall(r"^(.+?) +([\d.]+)$", printed, re.MULTILINE)[:5])
    loss = {method: float(value) for method, value in rows.items()}
    lowest = loss["exact"]
    assert lowest < loss["full batch, 200 updates"] < lowest + 0.01
    ends = [loss[f"SGD, {epochs} epochs"] for epochs in (20, 80, 150)]
    assert min(ends) > lowest + 0.05
    assert ends[1] < ends[2] < ends[0]


def test_the_margin_of_the_test_is_fourteen_percent():
    error, margin = map(float, re.search(r"test +102 rows: ([\d.]+) ± ([\d.]+)", PRINTED).groups())
    assert round(100 * margin / error) == 14
    assert "within some fourteen percent" in " ".join(PROSE.split())


def test_the_test_rows_are_used_once_and_after_everything_is_chosen():
    """No cell but the test itself, and the one row of the saved model, predicts them."""
    predicting = [
        code for code in HERE.code
        if re.search(r"predict\([^()]*_test|_test\[0\] @|\(\"test\", Z_test, y_test\)", code)
    ]  # fmt: skip
    assert len(predicting) == 2
    heading, tested, saved = (
        next(i for i, cell in enumerate(CELLS) if words in cell["source"])
        for words in ("## The test, once", '("test", Z_test, y_test)', "## Step 5")
    )
    assert heading < tested < saved


def test_a_feature_alone_takes_over_from_those_left_out():
    """The rule of the text, on a table of its own."""
    rng = np.random.default_rng(0)
    table = rng.normal(size=(50, 4)) @ rng.normal(size=(4, 4))
    z = (table - table.mean(axis=0)) / table.std(axis=0)
    y = rng.normal(size=50)
    weights = np.linalg.lstsq(np.column_stack([z, np.ones(50)]), y, rcond=None)[0][:4]
    alone = np.mean(z[:, 1] * y)  # the slope of the line through one standardized feature
    assert np.corrcoef(z.T)[1] @ weights == pytest.approx(alone)
