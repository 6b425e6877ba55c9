"""The interactive figures of scaling: what they draw is what the captions say."""

import numpy as np
import pytest

from dlcourse.widgets import scales_by_depth, stretch_a_feature

SQUARE = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])


def stretched(factors, rates):
    return stretch_a_feature(SQUARE, factors, rates, start=(-2, 1), steps=5)


@pytest.mark.parametrize(
    ("factor", "kappa", "limit"), [(1, "1.0", "1.00"), (0.5, "4.0", "1.00"), (4, "16.0", "0.06")]
)
def test_the_condition_number_is_the_square_of_the_stretch(factor, kappa, limit):
    caption = stretched([factor, 1], [0.1, 0.2]).captions[0]
    assert f"condition number {kappa}, rates below {limit} are stable" in caption


def test_each_weight_shrinks_by_its_own_factor():
    # Curvatures 2 and 8: factors 1 - 0.1 * 2 and 1 - 0.1 * 8 in each of five steps.
    left = 0.5 * (2 * (2 * 0.8**5) ** 2 + 8 * (1 * 0.2**5) ** 2)
    assert f"after 5 steps {left:.2g}." in stretched([2, 1], [0.1, 0.2]).captions[0]


def test_a_rate_above_the_limit_runs_away():
    assert "runs away" in stretched([4, 1], [0.1, 0.2]).captions[0]
    assert "runs away" not in stretched([1, 4], [0.1, 0.2]).captions[0]


def test_the_caption_says_how_large_the_last_layer_is():
    figure = scales_by_depth(
        {"plain": [[1, 0.5], [1, 2]], "normalized": [[1, 1], [1, 1]]},
        [0.5, 2],
        label="weights times",
        ylabel="spread",
        ylim=(0.1, 10),
        first=1,
    )
    assert figure.captions == (
        "weights times 0.5, in layer 2: plain 0.5, normalized 1.",
        "weights times 2, in layer 2: plain 2, normalized 1.",
    )
