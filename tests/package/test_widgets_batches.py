"""The interactive figures of batches: what they draw is what the captions say."""

import numpy as np
import pytest

from dlcourse.widgets import smoothing_a_curve, walks_by_batch_size

X = np.array([-1.0, 0.0, 1.0, 2.0])
Y = 2 * X + np.array([1.5, 1.0, 0.0, 1.5])


def walks(sizes, rates, **changes):
    settings = {"start": (0, 0), "epochs": 2, "xlim": (-1, 4), "ylim": (-1, 4), **changes}
    # A slider has at least two positions.
    return walks_by_batch_size(X, Y, sizes, [*rates, 0.001], **settings)


def test_a_walk_has_an_update_for_each_batch():
    captions = walks([1, 3, 4], [0.01]).captions
    for caption, updates in zip(captions[:3], (8, 4, 2), strict=True):
        assert f"{updates} updates in 2 epochs" in caption


def test_with_all_samples_the_walk_is_gradient_descent():
    w = b = 0.0
    for _ in range(2):
        r = w * X + b - Y
        w, b = w - 0.1 * 2 * np.mean(r * X), b - 0.1 * 2 * np.mean(r)
    end = np.mean((w * X + b - Y) ** 2)
    assert f"to {end:.3f}" in walks([4, 1], [0.1]).captions[0]


def test_a_walk_that_leaves_the_map_says_so():
    assert "leaves the map at update 1" in walks([4, 1], [2.0]).captions[0]
    assert "rises" in walks([4, 1], [2.0]).captions[0]


def test_the_same_seed_gives_the_same_figure():
    assert walks([1, 4], [0.1], seed=3).captions == walks([1, 4], [0.1], seed=3).captions
    assert walks([1, 4], [0.1], seed=3).captions != walks([1, 4], [0.1], seed=4).captions


@pytest.mark.parametrize(("smoothing", "end"), [(0.0, "2.00"), (0.5, "2.00"), (0.9, "2.27")])
def test_a_smoothed_curve_ends_where_the_formula_says(smoothing, end):
    assert f"ends at {end}" in smoothing_a_curve([4.0, 1.0, 2.0], [smoothing, 0.99]).captions[0]
