"""The figure of chapter 14 that shows digits on a map: where it puts them, and what it says."""

import zlib

import numpy as np
import pytest

from dlcourse.widgets import GZIPPED_LIMIT, SVG_LIMIT, classes_on_a_map
from dlcourse.widgets.features import _nearest, _two_directions


def figure(rows, labels, **settings):
    outputs = {name: {"pixels": rows, "layer 1": rows} for name in ("random", "trained")}
    return classes_on_a_map(outputs, labels, layers="layer", names="network", **settings)


def test_the_map_keeps_distances_where_rows_lie_in_a_plane():
    """Two directions then hold everything, up to one factor; found without the SVD."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20, 2)) @ rng.normal(size=(2, 7))
    places = _two_directions(rows)
    apart = np.linalg.norm(rows[:, None] - rows, axis=2)
    on_map = np.linalg.norm(places[:, None] - places, axis=2)
    off = ~np.eye(20, dtype=bool)
    ratio = on_map[off] / apart[off]
    np.testing.assert_allclose(ratio, ratio[0])


def test_the_first_direction_has_the_larger_spread_and_spread_1():
    rows = np.random.default_rng(1).normal(size=(50, 9)) * np.arange(1, 10)
    x, y = _two_directions(rows).T
    assert x.std() == pytest.approx(1)
    assert 0 < y.std() < 1
    covariance = np.linalg.eigvalsh(np.cov(rows.T))
    assert y.var() / x.var() == pytest.approx(covariance[-2] / covariance[-1])


def test_a_direction_turned_round_gives_the_same_map():
    rows = np.random.default_rng(2).normal(size=(10, 4))
    moved = _two_directions(rows + 5)
    np.testing.assert_allclose(_two_directions(rows), moved)
    largest = np.abs(np.linalg.svd(rows - rows.mean(axis=0))[2][:2]).argmax(axis=1)
    for k in (0, 1):  # the column that weighs most grows along its direction
        assert np.corrcoef(moved[:, k], rows[:, largest[k]])[0, 1] > 0


def test_the_nearest_neighbor_is_the_closest_other_row():
    rows = np.random.default_rng(3).normal(size=(30, 5))
    for i, found in enumerate(_nearest(rows)):
        others = [j for j in range(30) if j != i]
        assert found == min(others, key=lambda j: np.linalg.norm(rows[i] - rows[j]))


def test_the_caption_counts_neighbors_of_the_same_class():
    said = figure([[0.0, 0], [0, 1], [9, 0], [9, 1.5], [9, 3]], [7, 7, 8, 8, 7])
    assert said.captions[0] == (
        "random, pixels: 4 of 5 images have their nearest neighbor in their own class."
    )


def test_the_figure_starts_where_it_is_told_to():
    at = figure(np.eye(4), [1, 1, 2, 2], first=1, first_name=1)
    assert at.captions[at.start].startswith("trained, layer 1:")


def test_it_is_small_with_six_frames_of_150_digits():
    rng = np.random.default_rng(4)
    outputs = {
        n: {layer: rng.normal(size=(150, 20)) for layer in ("pixels", "layer 1", "layer 2")}
        for n in ("a", "b")
    }
    drawing = classes_on_a_map(outputs, np.repeat([7, 8, 9], 50), layers="layer", names="network")
    assert len(drawing.svg) < SVG_LIMIT / 2
    assert len(zlib.compress(drawing.svg.encode())) < GZIPPED_LIMIT
