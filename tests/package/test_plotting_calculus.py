"""Rules of calculus as pictures: areas, lengths and slopes are those that the words name."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from dlcourse.plotting import COLORS, growing_rectangle, projections, wiring


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def test_the_parts_of_the_rectangle_fill_the_larger_one():
    ax = growing_rectangle(3, 2, 0.5, 0.4)
    areas = [p.get_width() * p.get_height() for p in ax.patches if isinstance(p, Rectangle)]
    assert areas == pytest.approx([3 * 2, 2 * 0.5, 3 * 0.4, 0.5 * 0.4])
    assert sum(areas) == pytest.approx(3.5 * 2.4)


def test_every_part_of_the_rectangle_has_its_name_inside():
    ax = growing_rectangle(3, 2, 0.5, 0.4)
    for patch, text in zip(ax.patches, ax.texts, strict=False):
        x, y = text.get_position()
        assert patch.get_x() < x < patch.get_x() + patch.get_width()
        assert patch.get_y() < y < patch.get_y() + patch.get_height()


def test_a_side_of_no_length_is_refused():
    with pytest.raises(ValueError, match="must be positive"):
        growing_rectangle(3, 2, 0, 0.4)


@pytest.mark.parametrize("direction", [(0.8, 0.6), (0.8, -0.6), (0.0, -1.0)])
def test_the_bar_of_a_projection_is_as_long_as_the_product(direction):
    [ax] = projections([1, 2], [direction])
    bar = next(line for line in ax.lines if line.get_linewidth() == 6)
    foot = bar.get_xydata()[1]
    product = np.dot([1, 2], direction)
    assert np.linalg.norm(foot) == pytest.approx(abs(product))
    assert foot @ direction == pytest.approx(product), "the bar leads the other way if negative"
    drop = next(line for line in ax.lines if line.get_linestyle() == "--").get_xydata()
    assert (drop[1] - drop[0]) @ direction == pytest.approx(0), "the drop is at a right angle"


def test_a_projection_has_equal_units_on_both_axes():
    for ax in projections([1, 2], [(0.8, 0.6), (0.8, -0.6)]):
        assert ax.get_aspect() == 1


def test_a_direction_of_another_length_is_refused():
    with pytest.raises(ValueError, match="must have length 1"):
        projections([1, 2], [[1, 1]])


def wires(ax):
    """Return color, width and style of the wires, by their ends."""
    return {
        tuple(map(tuple, line.get_xydata().tolist())): (
            to_hex(line.get_color()).upper(),
            line.get_linewidth(),
            line.get_linestyle(),
        )
        for line in ax.lines
    }


def test_there_is_a_wire_for_every_entry_and_a_dotted_one_for_zero():
    found = wires(wiring([["a", "b"], ["c", "d"]], [[[1, 2], [0, 3]]]))
    assert len(found) == 4
    dotted = [ends for ends, (_, _, style) in found.items() if style == ":"]
    assert dotted == [((0.0, 0.5), (1.0, -0.5))], "from a, the first, to d, the second"


def test_the_wires_of_a_lit_path_stand_out():
    ax = wiring([["x"], ["u", "v"], ["y"]], [[[3], [1]], [[2, 5]]], lit=[[0, 1, 0]])
    bright = {
        ends for ends, (color, wide, _) in wires(ax).items()
        if color == COLORS["vermillion"] and wide > 3
    }  # fmt: skip
    assert bright == {((0.0, 0.0), (1.0, -0.5)), ((1.0, -0.5), (2.0, 0.0))}


def test_a_second_path_differs_by_more_than_color():
    ax = wiring([["x"], ["u", "v"], ["y"]], [[[3], [1]], [[2, 5]]], lit=[[0, 0, 0], [0, 1, 0]])
    looks = set(wires(ax).values())
    assert {color for color, _, _ in looks} == {COLORS["vermillion"], COLORS["blue"]}
    assert len({style for _, _, style in looks}) == 2


def test_the_slopes_stand_on_the_wires_or_what_is_given_for_them():
    ax = wiring([["x"], ["u"]], [[[-0.5]]])
    assert ax.texts[-1].get_text() == "−0.5"
    ax = wiring([["x"], ["u"]], [[[-0.5]]], labels=[[["f′"]]])
    assert ax.texts[-1].get_text() == "f′"


def test_a_table_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"shape \(1, 2\), got \(2, 1\)"):
        wiring([["a", "b"], ["c"]], [[[1], [2]]])
