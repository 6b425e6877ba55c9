"""Chapter 2: what its cells print, and the claims that hang on it."""

import numpy as np
import pytest
from chapter import chapter

from dlcourse.datasets import load_mnist
from dlcourse.finite_difference import gradient
from dlcourse.losses import softmax_cross_entropy

HERE = chapter("02")
PROSE, PRINTED = HERE.prose, HERE.printed


@pytest.mark.parametrize(
    "line",
    [
        "with respect to x: 1.000000   formula 1.0\nwith respect to y: 2.000000   formula 2.0",
        "[[ 2.  0. -4.]\n [ 0.  4. 12.]]",
        "eight lines  2.000000  0.000000 -4.000000  0.000000  4.000000 12.000000",
        "package      2.000000  0.000000 -4.000000  0.000000  4.000000 12.000000",
        "formula      2.000000  0.000000 -4.000000  0.000000  4.000000 12.000000",
        "length of a: 2.2361",
        "length times cosine  2.00, a · u  2.00",
        "length times cosine -0.40, a · u -0.40",
        "inputs: 2   entries of the gradient: 2\nsurface lifted by 100: [1. 2.]",
        "gradient times direction: 2.200000\ndifference along it:      2.200000",
        "lowest slope toward: [-0.45 -0.89]\nminus the gradient:  [-0.45 -0.89]",
        "gradient at the saddle: [0. 0.]\n0.1 along x: down\n0.1 along y: up",
        "x = 0: ends at (0.000, 0.000), g = 0.000",
        "x = 1e-06: ends at (1.000, 0.000), g = -0.250",
        "loss 2.3026; logarithm of ten: 2.3026",
        "weights (196, 10)  gradient (196, 10)",
        "largest slope there: 0.0",
        "entry (105, 0): claimed +0.090193, found +0.090193",
        "largest of 1,960 errors: below 1e-08",
        "right: accepted",
        "the wrong sign: claimed / numerical = -1",
        "at zeros: accepted\nat a random point: found out",
        "at 0.5: accepted\nat 1e-9: 1 claimed",
        "gradient [-4.  7.]\nalong (0.6, 0.8): 3.2000\nlowest slope: -8.0623",
        "gradient [2. 1.]  times (1, -2): 0.0",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("A small classifier of handwritten digits holds 1,960 numbers", "1,960 weights"),
        ("By a hundred. The error goes with the *square*", "error 0.730000"),
        ("By a hundred. The error goes with the *square*", "error 0.007300"),
        ("By a hundred. The error goes with the *square*", "error 0.000073"),
        ("At a distance of 1 it is off by 0.73", "plane 4.200000, error 0.730000"),
        ("zeros have 0.86 of full ink on average", "zeros 0.86, others at most 0.24"),
        ("no other digit more than 0.24", "zeros 0.86, others at most 0.24"),
        ("you never come below 0.529", "lowest f on the way 0.529"),
        ("At 0.4 it gains half of what was promised", "step  0.4: promised 12.80, real  6.40"),
        ("beyond that a longer step gains *less*", "step  0.6: promised 19.20, real  4.80"),
        ("ends higher than it began", "step  0.9: promised 28.80, real -3.60"),
        ("A step of 1 still gets 90%", "loss   1.903, kept   90.1%"),
        ("A step of 10 gets 28%", "loss   1.054, kept   28.2%"),
        ("A step of 100 ends at a loss of 5.783", "loss   5.783, kept   -7.9%"),
        ("and one of 1,000 at 57.392", "step   1000: loss  57.392, kept  -12.4%"),
        ("a step of 100 is worse than guessing with 60 of them", "step   100:  60"),
        ("one of 1,000 with 97", "step 1,000:  97"),
        ("and 30, the number of images", "a sum, not a mean: claimed / numerical = 30"),
        ("Two runs for each weight are 3,920 runs", "1,960 weights, 3,921 runs"),
        ("One more than 3,920", "1,960 weights, 3,921 runs"),
        ("the angle is 36.9 degrees", "off the minimum by 36.9 degrees"),
        ("ends lowest, 0.0175 against 0.1471 and 0.3593", "share 0.1: loss 0.0175"),
        ("ends lowest, 0.0175 against 0.1471 and 0.3593", "share 0.5: loss 0.1471"),
        ("ends lowest, 0.0175 against 0.1471 and 0.3593", "share 0.9: loss 0.3593"),
    ],
)
def test_a_number_in_the_text_stands_in_an_output(sentence, evidence):
    assert " ".join(sentence.split()) in " ".join(PROSE.split())
    assert evidence in PRINTED


def test_the_level_line_is_at_a_right_angle_to_the_gradient_all_around():
    lines = [line for line in PRINTED.splitlines() if line.startswith("f = 2.00: (")]
    assert len(lines) == 4
    assert all(line.endswith("is 0.0000") for line in lines)


def test_maps_with_arrows_have_equal_units():
    maps = [source for source in HERE.code if "gradient_field(" in source]
    assert len(maps) == 2
    assert all('aspect="equal"' in source or 'set_aspect("equal")' in source for source in maps)


def test_the_pictures_are_asked_about_before_a_slope_is_printed():
    asked = next(i for i, s in enumerate(HERE.code) if '"2-pictures"' in s)
    printed = next(i for i, s in enumerate(HERE.code) if "steepest entry" in s)
    assert asked < printed, "a slope that is not zero rules an option out"


def test_a_dot_product_is_made_of_lengths():
    a, b = np.array([1.0, 2.0]), np.array([0.8, -0.6])
    made = ((a + b) @ (a + b) - a @ a - b @ b) / 2
    assert made == pytest.approx(a @ b)


def test_three_mistakes_are_named():
    assert PROSE.count("**A common mistake:") == 3


# The claims, by other means ---------------------------------------------------------------


def thirty_digits():
    mnist = load_mnist()
    rows = [500 * digit + k for digit in range(10) for k in range(3)]
    images = mnist.data[rows].astype(float).reshape(30, 28, 28)
    small = np.zeros((30, 14, 14))
    for i in range(14):
        for j in range(14):
            small[:, i, j] = images[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean(axis=(1, 2))
    return small.reshape(30, 196), mnist.target[rows]


def test_at_zero_weights_the_gradient_is_a_difference_of_mean_images():
    # Each class has probability 1/10, so column k adds the images up, less those of k.
    x, y = thirty_digits()
    columns = [x.sum(axis=0) / 10 - x[y == k].sum(axis=0) for k in range(10)]
    by_hand = np.stack(columns, axis=1) / 30
    found = gradient(lambda w: softmax_cross_entropy(x @ w, y), np.zeros((196, 10)))
    np.testing.assert_allclose(found, by_hand, atol=1e-9)
    pixel, digit = np.unravel_index(np.argmax(np.abs(by_hand)), by_hand.shape)
    assert f"pixel {pixel} (row {pixel // 14}, column {pixel % 14}), digit {digit}" in PRINTED
    blank = (x == 0).all(axis=0)
    assert f"{blank.sum()} pixels are blank in every image" in PRINTED
    assert not by_hand[blank].any()


def test_the_losses_of_the_steps_are_those_of_an_exact_gradient():
    x, y = thirty_digits()
    slopes = np.stack(
        [x.sum(axis=0) / 10 - x[y == k].sum(axis=0) for k in range(10)], axis=1
    ) / 30  # fmt: skip

    def loss(w):
        scores = x @ w
        return np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(30), y])

    for step in (0.01, 0.1, 1, 10, 100):
        after = loss(-step * slopes)
        share = (np.log(10) - after) / (step * np.sum(slopes**2))
        assert f"step {step:6}: loss {after:7.3f}, kept {share:7.1%} of the promise" in PRINTED


def test_minus_the_gradient_misses_the_minimum_by_the_angle_of_the_3_4_5_triangle():
    # (1, 2) and (2, 1) have lengths sqrt(5), and a product of 4: the cosine is 4/5
    assert f"off the minimum by {np.degrees(np.arccos(4 / 5)):.1f} degrees" in PRINTED
    # f(2 - t, 1 - 2t) = 2 - 5t + 17/4 t², lowest at t = 10/17
    assert f"lowest f on the way {2 - 25 / 17:.3f}" in PRINTED
