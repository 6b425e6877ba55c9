"""Diagrams: every step has its box, in its order, and arrows lead to the right one."""

from itertools import pairwise

import matplotlib.pyplot as plt
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from dlcourse.plotting import layers_carried_over, loop_diagram


@pytest.fixture
def ax():
    yield loop_diagram(["set up"], ["loss", "gradient", "update"], label="again")
    plt.close("all")


def boxes(ax):
    return [patch.get_bbox() for patch in ax.patches if isinstance(patch, FancyBboxPatch)]


def test_every_step_stands_in_its_box_from_top_to_bottom(ax):
    heights = [text.get_position()[1] for text in ax.texts[:-1]]
    assert [text.get_text() for text in ax.texts] == [
        "set up", "loss", "gradient", "update", "again",
    ]  # fmt: skip
    assert heights == sorted(heights, reverse=True)
    for box, height in zip(boxes(ax), heights, strict=True):
        assert box.y0 < height < box.y1


def test_the_arrow_back_leads_to_the_first_step_that_is_repeated(ax):
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    head = arrows[-1]._posA_posB[1]
    loss = boxes(ax)[1]
    assert head[0] == pytest.approx(loss.x1)
    assert loss.y0 < head[1] < loss.y1


def test_a_loop_of_nothing_is_refused():
    with pytest.raises(ValueError, match="repeats something"):
        loop_diagram(["set up"], [])


@pytest.fixture
def networks():
    yield layers_carried_over(
        ["layer 1", "layer 2", "7 outputs"],
        ["layer 1\nfrozen", "layer 2\nfrozen", "3 outputs"],
        titles=("reads 0 to 6", "for 7, 8 and 9"),
    )
    plt.close("all")


def test_each_layer_but_the_last_is_copied_down_to_the_one_below(networks):
    above, below = boxes(networks)[:3], boxes(networks)[3:]
    arrows = [p._posA_posB for p in networks.patches if isinstance(p, FancyArrowPatch)]
    copies = [(tail, head) for tail, head in arrows if tail[0] == head[0]]
    for (tail, head), old, new in zip(copies, above[:-1], below[:-1], strict=True):
        assert tail[1] == pytest.approx(old.y0)
        assert old.x0 < tail[0] < old.x1
        assert head[1] == pytest.approx(new.y1)
        assert new.x0 < head[0] < new.x1
    ways = [(tail, head) for tail, head in arrows if tail[1] == head[1]]
    for (tail, head), (one, other) in zip(ways, [*pairwise(above), *pairwise(below)], strict=True):
        assert tail == pytest.approx((one.x1, (one.y0 + one.y1) / 2))
        assert head == pytest.approx((other.x0, (other.y0 + other.y1) / 2))


def test_what_stays_behind_is_dashed_and_what_is_new_has_a_color_of_its_own(networks):
    patches = [patch for patch in networks.patches if isinstance(patch, FancyBboxPatch)]
    assert [patch.get_linestyle() for patch in patches] == ["-", "-", "--", "-", "-", "-"]
    colors = [patch.get_facecolor() for patch in patches]
    assert colors[0] == colors[1] == colors[3] == colors[4]
    assert len({colors[0], colors[2], colors[5]}) == 3


@pytest.mark.parametrize("source", [["one"], ["one", "two", "three"]])
def test_networks_that_do_not_match_are_refused(source):
    with pytest.raises(ValueError, match="the same number, at least two"):
        layers_carried_over(
            source, ["one"] if len(source) == 1 else ["one", "two"], titles=("", "")
        )
