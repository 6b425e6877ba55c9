"""Chapter 3: what its cells print, and the claims that hang on it."""

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
        "cos at x: +0.2122, cos at x squared: -1.8845",
        "product of slopes: -4.103116\nfinite difference: -4.103116",
        "agree to 1e-12: True",
        "together  +0.167348\ncheck     +0.167348",
        "multiplications from the loss:        89,400",
        "multiplications from the input:    8,631,840\nratio: 97",
        "Jacobian: 180 numbers; X.T @ G: 12\nagree: True",
        "and with differences: True",
        "cancels to (P - T)/n: True",
        "same loss: True",
        "spread  1: 2e-19 is left",
        "W1: differences True, tape True\nb1: differences True, tape True",
        "W2: differences True, tape True\nb2: differences True, tape True",
        "w = 1: after 10 layers 9.54e-07, after 30 layers 8.67e-19",
        "w = 4: after 10 layers 1, after 30 layers 1",
        "w = 8: after 10 layers 1.02e+03, after 30 layers 1.07e+09",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


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


def test_wide_layers_vanish_with_small_weights_and_explode_with_large_ones():
    lines = [line for line in PRINTED.splitlines() if line.startswith("spread")]
    left = [float(line.split(": ")[1].split(" ")[0]) for line in lines]
    assert left == sorted(left)
    assert left[0] < 1e-10
    assert left[-1] > 10
