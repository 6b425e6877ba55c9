"""Diagrams: every step has its box, in its order, and the arrow leads back to the right one."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from dlcourse.plotting import loop_diagram


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
