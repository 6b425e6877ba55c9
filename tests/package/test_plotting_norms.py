"""Drawings of normalization: what stands in them is what is computed."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, Rectangle

from dlcourse import plotting
from dlcourse.plotting import COLORS


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_each_column_and_each_row_has_its_mean_and_spread():
    table = np.array([[2.0, 0.0, 7.0], [4.0, 1.0, 7.0], [6.0, 0.0, 3.0], [8.0, 3.0, 7.0]])
    said = [text for text in texts(plotting.column_and_row_statistics(table)) if "±" in text]
    expected = [
        f"{group.mean():.3g} ± {round(group.std(), 1):g}"
        for groups in (table.T, table)
        for group in groups
    ]
    assert said == expected


def test_one_column_and_one_row_are_framed():
    ax = plotting.column_and_row_statistics(np.ones((3, 2)))
    frames = [
        (round(patch.get_width(), 6), round(patch.get_height(), 6))
        for patch in ax.patches
        if isinstance(patch, Rectangle) and not patch.get_fill()
    ]
    [(one, deep), (wide, high)] = frames
    assert wide == pytest.approx(2 * one)
    assert deep == pytest.approx(3 * high)


def test_a_negative_number_has_a_true_minus_sign():
    assert "−1.5 ± 0.5" in texts(plotting.column_and_row_statistics([[-1.0], [-2.0]]))


def test_what_is_no_table_is_refused():
    with pytest.raises(ValueError, match="two dimensions"):
        plotting.column_and_row_statistics([1.0, 2.0])


def test_three_ways_lead_through_a_batch_and_each_has_a_color_and_a_dash():
    ax = plotting.paths_through_a_batch()
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    looks = [(to_hex(a.get_edgecolor()).upper(), a.get_linestyle()) for a in arrows]
    counts = {look: looks.count(look) for look in looks}
    # Directly; to the mean and on to three rows; to the variance and on; and into the loss.
    assert counts == {
        (COLORS["green"], "-"): 1,
        (COLORS["blue"], "--"): 4,
        (COLORS["vermillion"], "-."): 4,
        (COLORS["gray"], "-"): 3,
    }
