"""The staircase beside the loss, and slopes carried back: captions and tables are computed."""

import numpy as np
import pytest

from dlcourse.finite_difference import gradient
from dlcourse.losses import softmax_cross_entropy
from dlcourse.widgets import accuracy_and_loss, slopes_carried_back
from dlcourse.widgets.rows import _passes

X = [1.0, 2.0]
W1 = np.array([[1.0, -1, 2], [0, 1, -2]])
W2 = np.array([[2.0, 0], [0, 2], [1, 3]])


def staircase(w):
    return float(w > 1) / 2 + float(w > 2) / 2


def test_the_caption_names_both_slopes_and_the_way():
    figure = accuracy_and_loss(staircase, lambda w: (w - 2) ** 2, [1.5, 2.5], xlim=(0, 4))
    assert figure.captions == (
        "w = 1.5: accuracy 0.50, slope 0; loss 0.250, slope −1.00: raise w.",
        "w = 2.5: accuracy 1.00, slope 0; loss 0.250, slope 1.00: lower w.",
    )


def test_no_slope_is_claimed_where_the_accuracy_jumps():
    with pytest.raises(ValueError, match="jumps at 1"):
        accuracy_and_loss(staircase, np.square, [0.5, 1.0], xlim=(0, 4))


def test_the_slopes_are_those_that_differences_find():
    values, slopes = _passes(np.array([X]), W1, W2, 0)

    def loss(w1, w2):
        return softmax_cross_entropy(np.maximum(np.array([X]) @ w1, 0) @ w2, np.array([0]))

    assert values["L"].item() == pytest.approx(float(loss(W1, W2)))
    np.testing.assert_allclose(slopes["W1"], gradient(lambda w: loss(w, W2), W1), atol=1e-8)
    np.testing.assert_allclose(slopes["W2"], gradient(lambda w: loss(W1, w), W2), atol=1e-8)


def test_every_table_of_slopes_has_the_shape_of_its_values():
    values, slopes = _passes(np.array([X]), W1, W2, 1)
    for name, table in slopes.items():
        assert table.shape == values[name].shape, name


def test_the_way_back_goes_from_the_loss_to_the_first_weights():
    figure = slopes_carried_back(X, W1, W2, 0)
    assert figure.sliders[0].texts == ("L", "z2", "W2", "a1", "z1", "W1")
    assert "(3, 1) times (1, 2) gives (3, 2), the shape of W2" in figure.captions[2]
    assert "(1, 2) times (2, 3) gives (1, 3)" in figure.captions[3]
    assert "(2, 1) times (1, 3) gives (2, 3), the shape of W1" in figure.captions[5]
