"""Chapter 3: what its cells print, and the claims that hang on it."""

import re

import numpy as np
import pytest
from chapter import chapter

from dlcourse.autodiff import grad, sigmoid

HERE = chapter("03")
TEXT, PRINTED = HERE.prose, HERE.printed


@pytest.mark.parametrize(
    "line",
    [
        "inner 3.0000, outer -0.6282\nmultiplied:        -1.884521\nfinite difference: -1.884521",
        "slope with cos at x:         +0.2122\nslope with cos at x squared: -1.8845",
        "product of slopes: -4.103116\nfinite difference: -4.103116",
        "your product of slopes: -4.1031164886\ngrad of the package:    -4.1031164886",
        "together  +0.167348\ncheck     +0.167348",
        "multiplications from the loss:        89,400",
        "multiplications from the input:    8,631,840\nratio: 97",
        "Jacobian: 180 numbers; X.T @ G: 12",
        "product of the three:\n[[ 0.      0.105  -0.0525]",
        "by differences:\n[[ 0.      0.105  -0.0525]",
        "[[-1.  1.  0.]\n [-2.  2.  0.]]",
        "w = 1: after 10 layers 9.54e-07, after 30 layers 8.67e-19",
        "w = 4: after 10 layers 1, after 30 layers 1",
        "w = 8: after 10 layers 1.02e+03, after 30 layers 1.07e+09",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


def test_the_nudge_of_the_opening_crosses_the_top_of_the_sine_and_turns_around():
    [opening] = [source for source in HERE.code if "nudge_through_a_chain(" in source]
    last, nudge = (
        float(re.search(pattern, opening)[1])
        for pattern in (r"np\.linspace\(0\.0, ([\d.]+), 13\)", r"nudge=([\d.]+),")
    )
    assert f"A nudge of {nudge} starts at $x$" in TEXT
    assert f"{nudge} is not small. At $x = {last}$ the nudge carries $u$" in TEXT
    u, moved = last**2, (last + nudge) ** 2
    assert u < np.pi / 2 < moved
    assert 2 * last * np.cos(u) * nudge > 0 > np.sin(moved) - np.sin(u)


def test_the_costs_are_those_of_the_widths():
    widths = [784, 100, 100, 10, 1]
    rows = [np.ones((m, n)) for m, n in zip(widths[1:], widths[:-1], strict=True)]
    from_the_loss = sum(a.shape[0] * a.shape[1] for a in rows[:-1])
    from_the_input, product = 0, rows[0]
    for a in rows[1:]:
        from_the_input += a.shape[0] * a.shape[1] * product.shape[1]
        product = a @ product
    assert f"{from_the_loss:12,}" in PRINTED
    assert f"{from_the_input:12,}" in PRINTED


def test_a_full_jacobian_of_the_batch_has_more_than_a_billion_entries():
    assert 128 * 100 * 128 * 784 > 1e9
    assert r"12{,}800 \cdot 100{,}352" in TEXT


def test_the_deep_chain_has_the_slope_that_the_tape_finds():
    def chain(x, weight):
        for _ in range(30):
            x = sigmoid(weight * (x - 0.5))
        return x

    for weight in (1.0, 4.0, 8.0):
        found = grad(lambda x, w=weight: chain(x, w))(0.5)
        np.testing.assert_allclose(found, (weight / 4) ** 30, rtol=1e-10)
    assert abs(grad(lambda x: chain(x, 8.0))(0.501)) < 1e-10, "it vanishes off the middle"


def test_a_path_around_keeps_every_factor_above_one():
    lines = [line for line in PRINTED.splitlines() if "with a path around" in line]
    assert len(lines) == 3
    for line in lines:
        around = float(line.split("around ")[1].split(" ")[0])
        assert 2.5 > around > 1 > float(line.split("plain ")[1].split(",")[0])


def test_the_two_cosines_of_the_first_prediction_are_right():
    assert "At 1.5 the cosine is 0.07, at 2.25 it is −0.63" in TEXT
    assert f"{np.cos(1.5):.2f}" == "0.07"
    assert f"{np.cos(1.5**2):.2f}" == "-0.63"


def test_the_opening_figure_stops_before_the_slope_that_is_asked_for():
    [figure] = [source for source in HERE.code if "nudge_through_a_chain(" in source]
    last = float(re.search(r"np\.linspace\(0\.0, (\S+), 13\)", figure)[1])
    assert 2 * last * np.cos(last**2) > 0, "in the figure the product is still positive"
    assert last**2 < np.pi / 2 < (last + 0.15) ** 2, "but the nudge goes over the top"
    assert np.sin((last + 0.15) ** 2) < np.sin(last**2), "so it arrives turned around"


def test_what_is_left_after_thirty_layers_is_lost_in_a_weight_of_1():
    [left] = re.findall(r"w = 1: after 10 layers \S+, after 30 layers (\S+)", PRINTED)
    assert float(left) < 1e-18
    assert 1 + 1e-18 == 1
    assert "less than $10^{-18}$ after thirty" in TEXT


def test_weights_between_plus_and_minus_one_over_root_n_have_the_spread_that_is_named():
    assert "1/\\sqrt{3} \\approx 0.58" in TEXT
    assert f"{np.sqrt(((1 - -1) ** 2) / 12):.2f}" == "0.58", "a uniform number's deviation"


def rows_after(first, second):
    """Return what stands behind two labels, where both are printed."""
    pattern = rf"^{re.escape(first)} *(.+)\n{re.escape(second)} *(.+)$"
    found = re.findall(pattern, PRINTED, re.MULTILINE)
    assert found, first
    return found


@pytest.mark.parametrize(
    "labels",
    [
        ("row times Jacobian:", "X.T @ G:"),
        ("full Jacobian:", "short formula:"),
        ("short formula:", "differences:"),
        ("through softmax:", "(P - T)/n:"),
    ],
)
def test_a_short_formula_gives_what_the_long_way_gives(labels):
    for one, other in rows_after(*labels):
        assert one.strip() == other.strip()


def test_prediction_minus_truth_is_what_is_printed_for_one_row():
    found = re.search(r"probabilities: +\[(.+)\]  right class: (\d)\n.*\n\(P - T\)/n: +\[(.+)\]",
                      PRINTED)  # fmt: skip
    p, slopes = (np.array(found[k].split(), dtype=float) for k in (1, 3))
    np.testing.assert_allclose(slopes, (p - np.eye(3)[int(found[2])]) / 8, atol=1e-4)


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_three_ways_to_a_gradient_give_the_same_digits(name):
    found = re.search(rf"^{name}: by hand (\S+), differences (\S+), tape (\S+)$", PRINTED, re.M)
    assert found[1] == found[2] == found[3]


def test_the_tape_has_the_loss_that_was_found_by_hand():
    by_hand, taped = re.search(r"loss by hand (\S+), on the tape (\S+)", PRINTED).groups()
    assert by_hand == taped


def test_the_row_that_is_carried_back_on_paper_is_right():
    x, v1 = np.array([1.0, 2.0]), np.array([[1.0, -1, 2], [0, 1, -2]])
    v2 = np.array([[2.0, 0], [0, 2], [1, 3]])
    z1 = x @ v1
    scores = np.maximum(z1, 0) @ v2
    assert scores[0] == scores[1], "the scores come out equal, so each class gets a half"
    arrived = np.array([-0.5, 0.5]) @ v2.T
    assert arrived.tolist() == [-1, 1, 1]
    assert (arrived * (z1 > 0)).tolist() == [-1, 1, 0]
    assert "(-1, 1, 0)" in TEXT


def test_the_lit_path_is_the_entry_of_the_product():
    p = np.exp([0.0, 2.0]) / np.exp([0.0, 2.0]).sum()
    assert -1 * 1 * -p[0] * p[1] == pytest.approx(0.105, abs=5e-5)
    assert r"$(-1) \cdot 1 \cdot (-0.105) = 0.105$" in TEXT


def test_wide_layers_vanish_with_small_weights_and_explode_with_large_ones():
    rows = re.findall(r"^ +(\d+) +(\S+) to (\S+) +(\d+)% +(\S+) +(\S+)$", PRINTED, re.MULTILINE)
    found = {int(spread): [*map(float, rest)] for spread, *rest in rows}
    assert list(found) == [1, 4, 10, 20]
    assert found[1][1] < 1e-10, "hardly anything is left"
    assert found[4][1] < 3e-6, "a gradient vanishes, in every draw"
    assert found[10][1] / found[10][0] > 10, "differs more than tenfold"
    assert found[10][:2] == [0.06, 1.0]
    assert "keep between 0.06 and 1 of the length" in TEXT
    assert found[20][0] > 100, "it explodes, in every draw"
    assert (found[10][4], found[20][4]) == (1.0, 1.4)
    assert "With 10 the factor is 1.00" in TEXT
    assert "With 20 it is 1.40" in TEXT


def test_most_units_are_off_the_middle_and_this_explains_what_is_left():
    [share, slope, factor] = re.search(
        r"^ +4 +\S+ to \S+ +(\d+)% +(\S+) +(\S+)$", PRINTED, re.MULTILINE
    ).groups()
    assert 25 <= int(share) <= 35
    assert "about 30% of them" in TEXT
    assert f"the root of the mean square, is {slope}" in TEXT
    assert f"multiplies by about {factor}" in TEXT
    assert 0.5e-6 < float(factor) ** 30 < 2e-6, "a millionth"
