"""Figures of passes, bowls and batches: they show what was counted, and nothing else."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch

from dlcourse import plotting


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def arrows(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


# An order on a line ---------------------------------------------------------------------

GRAPH = {"x": [], "u": ["x", "x"], "s": ["x", "u"], "t": ["u", "s"], "y": ["t", "x"]}


def test_every_edge_is_an_arrow_from_parent_to_node():
    ax = plotting.order_on_a_line(GRAPH)
    place = {text.get_text(): text.get_position()[0] for text in ax.texts}
    assert list(place) == list(GRAPH)
    found = sorted((a._posA_posB[0][0], a._posA_posB[1][0]) for a in arrows(ax))
    expected = [(place[p], place[name]) for name, needed in GRAPH.items() for p in needed]
    assert found == sorted(expected)


def test_two_edges_between_the_same_nodes_both_show():
    first, second = arrows(plotting.order_on_a_line({"a": [], "b": ["a", "a"]}))
    assert first.get_connectionstyle().rad != second.get_connectionstyle().rad


def test_an_edge_that_leads_back_looks_different():
    forward, back = arrows(plotting.order_on_a_line({"a": [], "b": ["a", "c"], "c": []}))
    assert (forward.get_linestyle(), back.get_linestyle()) == ("-", "--")
    assert forward.get_edgecolor() != back.get_edgecolor()


def test_no_arc_leaves_its_axes():
    for graph in (GRAPH, dict(reversed(GRAPH.items()))):
        ax = plotting.order_on_a_line(graph)
        ax.figure.draw_without_rendering()
        box = ax.get_window_extent()
        for arrow in arrows(ax):
            (x0, y0), (x1, y1) = arrow.get_window_extent().get_points()
            assert box.x0 <= x0 <= x1 <= box.x1
            assert box.y0 <= y0 <= y1 <= box.y1


# Two modes ------------------------------------------------------------------------------


@pytest.mark.parametrize("inputs", [2, 4])
def test_forward_mode_lights_one_path_and_reverse_mode_every_edge(inputs):
    forward, reverse = plotting.two_modes(inputs)
    lit = mpl.colors.to_rgba(plotting.COLORS["vermillion"])
    for ax, expected in ((forward, 3), (reverse, 2 * inputs + 1)):
        assert len(arrows(ax)) == 2 * inputs + 1
        assert sum(a.get_edgecolor() == lit for a in arrows(ax)) == expected


def test_slopes_travel_with_the_values_forward_and_against_them_in_reverse():
    forward, reverse = plotting.two_modes(3)
    assert all(a._posA_posB[0][0] < a._posA_posB[1][0] for a in arrows(forward))
    assert all(a._posA_posB[0][0] > a._posA_posB[1][0] for a in arrows(reverse))


def test_values_held_are_drawn_as_counted():
    ax = plotting.values_held({"a": [1, 2, 3, 2, 1], "b": [2, 2]})
    assert [line.get_ydata().tolist() for line in ax.lines] == [[1, 2, 3, 2, 1], [2, 2]]
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()


# Bowls ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kappa", [1, 3, 20])
def test_a_bowl_takes_the_steps_that_its_condition_number_asks_for(kappa):
    (ax,) = plotting.walks_in_bowls([kappa], share=1e-3)
    factor = (kappa - 1) / (kappa + 1)
    needed = 1 if factor == 0 else int(np.ceil(np.log(1e-3) / np.log(factor)))
    assert ax.get_title(loc="left").startswith(f"κ = {kappa}: {needed} step")
    walk = ax.lines[0].get_xydata()
    assert len(walk) == needed + 1
    np.testing.assert_allclose(np.abs(walk[1]), factor, atol=1e-12)


def test_a_bowl_below_round_is_refused():
    with pytest.raises(ValueError, match=r"at least 1, got 0\.5"):
        plotting.walks_in_bowls([2, 0.5])


# Batches --------------------------------------------------------------------------------


def test_ends_by_size_shows_each_run_at_its_size_and_the_line_through_the_means():
    left, right = plotting.ends_by_size(
        [1, 10, 100], {"a": {1: [1, 3], 100: [5]}, "b": {10: [2, 4, 6]}}
    )
    one, hundred, means = left.lines
    assert one.get_ydata().tolist() == [1, 3]
    assert one.get_xdata().mean() == pytest.approx(0)
    assert hundred.get_xdata() == pytest.approx([2])
    assert means.get_xydata().tolist() == [[0, 2], [2, 5]]
    assert [text.get_text() for text in right.get_xticklabels()] == ["1", "10", "100"]


def test_no_run_is_cut_off_by_the_axis_that_the_panels_share():
    axes = plotting.ends_by_size([1, 10], {"low": {1: [1, 2]}, "high": {1: [8, 9], 10: [3]}})
    low, high = axes[0].get_ylim()
    assert low == 0
    assert high > 9


def test_a_size_that_the_axis_does_not_show_is_refused():
    with pytest.raises(ValueError, match=r"'a' holds sizes that are not on the axis: \[7\]"):
        plotting.ends_by_size([1], {"a": {7: [1.0]}})


def test_clouds_show_every_place_around_the_star():
    places = np.random.default_rng(0).normal(size=(20, 2)) / 5
    wide, narrow = plotting.clouds(
        lambda x, y: x**2 + y**2, {"wide": places, "narrow": places / 2}, (-1, 1), (-1, 1),
        minimum=(0, 0),
    )  # fmt: skip
    for ax, factor in ((wide, 1), (narrow, 0.5)):
        dots, star = ax.lines
        np.testing.assert_allclose(dots.get_xydata(), factor * places)
        assert star.get_xydata().tolist() == [[0, 0]]
        assert ax.get_xlim() == (-1, 1)
