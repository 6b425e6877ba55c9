"""What chapter 12 says in words is what its cells print.

nbval proves that the stored outputs are what the code prints today. These tests tie the
sentences around them to those outputs: change the code, and the sentence that has become
wrong is named here.
"""

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
    "verdict",
    [
        "same split: True",
        "largest difference: 0.0",
        "right; largest error below 1e-7: True",
        "loss and both gradients are the same to 1e-9: True",
        "same losses: True",
        "scikit-learn predicts the same to 1e-9: True",
        "below 1e-6: True",
        "dlcourse and scikit-learn agree to 1e-9: True",
        "same to the last bit as in this notebook: True",
        "tape and hand agree to twelve digits: True",
    ],
)
def test_every_comparison_comes_out_true(verdict):
    assert verdict in PRINTED


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
        ("404, the number of training rows", "claimed / numerical = 404"),
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
        ("mostly between 4.0 and 5.8", "95 %: 4.00 to 5.80"),
        ("nearly halves the error", "always the mean  mean  9.00"),
        ("nearly halves the error", "all 13 features  mean  4.66"),
        ("About one percent of the error", "without B the error is larger by 0.053"),
        ("Nearly six thousand dollars too low", "predicted 2.84, actual 8.8"),
        ("Is 585 a lot?", "all weights zero:      585.45"),
        ("SGD has made 41", "SGD         120.7"),
    ],
)  # fmt: skip
def test_a_number_in_the_text_stands_in_an_output(sentence, evidence):
    assert " ".join(sentence.split()) in " ".join(PROSE.split())
    assert evidence in PRINTED
