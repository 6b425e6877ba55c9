"""The figure of chapter 10 that shows histograms layer by layer: what it counts and says."""

import zlib

import numpy as np
import pytest

from dlcourse.widgets import GZIPPED_LIMIT, SVG_LIMIT, histograms_by_layer
from dlcourse.widgets.starts import _shares


def figure(numbers, edges, **settings):
    return histograms_by_layer(
        numbers, [0.1, 1], label="spread", names="kind", edges=edges, xlabel="value", **settings
    )


def test_the_caption_says_the_typical_size_in_the_first_and_the_last_layer():
    """The root of the mean square: 3 and 4 give 3.5."""
    said = figure({"a": [[[3, 4], [0, 2]], [[1], [-5]]]} | {"b": [[[1], [1]]] * 2}, [0, 1, 2, 9])
    assert said.captions == (
        "a, spread 0.1: typical size 3.5 in layer 1, 1.4 in layer 2.",
        "a, spread 1: typical size 1 in layer 1, 5 in layer 2.",
        "b, spread 0.1: typical size 1 in layer 1, 1 in layer 2.",
        "b, spread 1: typical size 1 in layer 1, 1 in layer 2.",
    )


def test_what_lies_beyond_the_edges_is_counted_in_the_outermost_bars():
    np.testing.assert_allclose(
        _shares(np.array([-9.0, 0.5, 7.0, 8.0]), np.arange(4)), [0.5, 0, 0.5]
    )


def test_positive_edges_are_for_sizes_and_zeros_are_left_out():
    """Bars stand on a logarithmic axis, so a 0 has no place and a sign no meaning."""
    sizes = figure({k: [[[0.0, -1.0, 1.0]], [[2.0]]] for k in "ab"}, [0.5, 1.5, 4.5])
    # Frame 0: one filled bar, from 0.5 to 1.5, for both numbers.
    alone = figure({k: [[[1.0, 1.0]], [[2.0]]] for k in "ab"}, [0.5, 1.5, 4.5])
    assert sizes.svg == alone.svg


def test_a_layer_of_zeros_has_no_bar_on_a_logarithmic_axis():
    dark = figure({k: [[[0.0, 0.0], [1.0]]] * 2 for k in "ab"}, [0.5, 1.5])
    assert dark.captions[0] == "a, spread 0.1: typical size 0 in layer 1, 1 in layer 2."
    lit = figure({k: [[[1.0, 1.0], [1.0]]] * 2 for k in "ab"}, [0.5, 1.5])
    assert len(dark.svg) < len(lit.svg)


def test_the_figure_starts_where_it_is_told_to():
    at = figure({k: [[[1.0]], [[2.0]]] for k in "abc"}, [0, 1, 3], first=1, first_name=2)
    assert at.captions[at.start].startswith("c, spread 1:")


@pytest.mark.parametrize("edges", [np.linspace(-2, 2, 41), np.geomspace(1e-8, 1e4, 49)])
def test_it_is_small_with_fifteen_frames_of_five_layers(edges):
    rng = np.random.default_rng(0)
    numbers = {k: [[rng.normal(0, s, 500) for _ in range(5)] for s in (0.1, 1)] for k in "abc"}
    drawing = figure(numbers, edges)
    assert len(drawing.svg) < SVG_LIMIT / 4
    assert len(zlib.compress(drawing.svg.encode())) < GZIPPED_LIMIT / 2
