"""A drawing with fewer characters is the same drawing."""

import base64
import io
import re
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core import getipython
from IPython.core.formatters import DisplayFormatter
from PIL import Image

from dlcourse.plotting import book_style, contours, drawings, use_book_style
from dlcourse.plotting.drawings import HREF, SVG, lean

SQUARE = "M 10 10 L 20 10 L 20 20 L 10 20 z"
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def as_drawn(figure):
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    plt.close(figure)
    return file.getvalue()


def document(content):
    links = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {links} width="100pt" height="80.123456pt">{content}</svg>'


def corners(path):
    """Return where a path leads, step by step: its letters, and points on the paper."""
    here = start = np.zeros(2)
    seen = []
    for letter, text in re.findall(r"([MmLlQqCcz])([^MmLlQqCcz]*)", path):
        numbers = np.array(NUMBER.findall(text), dtype=float).reshape(-1, 2)
        size = {"m": 1, "l": 1, "q": 2, "c": 3}.get(letter.lower(), 1)
        if letter == "z":
            here = start
            seen.append(("z", *start))
        for step in numbers.reshape(-1, size, 2):
            points = step + here if letter.islower() else step
            seen += [(letter.lower(), *point) for point in points]
            here = points[-1]
            start = here if letter in "Mm" else start
    return seen


@pytest.mark.parametrize(
    "path",
    [
        SQUARE,
        f"{SQUARE} M 12 12 L 18 12.5 L 18 18 z",
        "M -1.5 -2.25 Q 3 4 5 -6 Q -7 8 0.5 0.25 L 3 3",
        "M 0 5 C 1.33 5 2.6 4.47 3.54 3.54 C 4.47 2.6 5 1.33 5 0 z M 7 8 L 7 9",
        "M 5 5 L 5 5",
    ],
)
def test_a_shorter_path_leads_through_the_same_places(path):
    short = drawings._shorter_path(path)
    before, after = corners(path), corners(short)
    assert [letter for letter, *_ in before] == [letter for letter, *_ in after]
    np.testing.assert_allclose([p for _, *p in before], [p for _, *p in after], atol=0.011)


def test_rounding_does_not_add_up_along_a_path():
    places = np.cumsum(np.full(1000, 0.123456))
    zigzag = [(x, number % 2) for number, x in enumerate(places)]
    path = "M " + " L ".join(f"{x:.6f} {y}" for x, y in zigzag)
    (*_, (_, x, _)) = corners(drawings._shorter_path(path))
    assert x == pytest.approx(places[-1], abs=0.011)


def test_a_smooth_line_stays_where_it_was_with_fewer_points():
    x = np.linspace(0, 400, 2000)
    y = 100 * np.sin(x / 60)
    path = "M " + " L ".join(f"{a:.6f} {b:.6f}" for a, b in zip(x, y, strict=True))
    kept = np.array([point for _, *point in corners(drawings._shorter_path(path))])
    assert len(kept) < 200
    between = np.interp(x, kept[:, 0], kept[:, 1])
    assert np.abs(between - y).max() < 2 * drawings.TOLERANCE


def test_a_shape_in_several_places_is_stored_once():
    rough = " L ".join(f"{10 + k} {20 + 5 * (-1) ** k}" for k in range(60))
    moved = " L ".join(f"{210.25 + k} {120.5 + 5 * (-1) ** k}" for k in range(60))
    clip = '<clipPath id="c"><rect x="0" y="0" width="9" height="9"/></clipPath>'
    svg = lean(
        document(
            f'<defs>{clip}</defs><path d="M {rough}" style="fill: none"/>'
            f'<g id="g"><path d="M {moved}" clip-path="url(#c)" style="fill: none"/></g>'
        )
    )
    root = ET.fromstring(svg)
    (path,) = root.iter(f"{SVG}path")
    uses = [*root.iter(f"{SVG}use")]
    assert [use.get(HREF) for use in uses] == [f"#{path.get('id')}"] * 2
    assert [(use.get("x"), use.get("y")) for use in uses] == [("10", "25"), ("210.25", "125.5")]
    # A clip moves with what it is set on: it stands on a group around it.
    assert not any("clip-path" in use.attrib for use in uses)
    (group,) = (g for g in root.iter(f"{SVG}g") if "clip-path" in g.attrib)
    assert uses[1] in list(group)


def test_see_through_parts_of_a_row_stay_see_through_one_by_one():
    row = '<g><path d="M 0 0" style="{0}"/><path d="M 1 1" style="{0}"/></g>'
    shared = ET.fromstring(lean(document(row.format("fill: #112233; fill-opacity: 0.5"))))
    assert [e.get("style") for e in shared.iter() if e.get("style")] == [
        "fill:#123;fill-opacity:0.5"
    ]
    alone = ET.fromstring(lean(document(row.format("fill: #112233; opacity: 0.5"))))
    assert len([e for e in alone.iter() if "opacity:0.5" in e.get("style", "")]) == 2


def test_names_are_short_and_no_two_drawings_share_one():
    def names(slope):
        with book_style():
            figure, ax = plt.subplots()
            ax.plot([0, slope], "o", label="a line")
            ax.legend()
            svg = lean(as_drawn(figure))
        used = set(drawings.names_used(ET.fromstring(svg)))
        assert used == set(re.findall(r' id="([^"]+)"', svg))
        return used

    first, second = names(1), names(2)
    assert all(re.fullmatch(r"d[0-9a-f]{6,9}", name) for name in first | second)
    assert first.isdisjoint(second)


def test_a_map_takes_less_than_half_the_characters():
    with book_style():
        ax = contours(lambda x, y: x**2 / 20 + y**2, (-8, 8), (-3, 3))
        svg = as_drawn(ax.figure)
    assert len(lean(svg)) < len(svg) / 2
    assert lean(svg) == lean(svg)


class Shell:
    """What a notebook's kernel offers, as far as figures are concerned."""

    kernel = object()

    def __init__(self):
        self.display_formatter = DisplayFormatter()
        self.configurables = []
        self.events = None


@pytest.fixture
def shown(monkeypatch):
    """Return a function that gives what a notebook stores of a figure, and what it says of it."""
    shell = Shell()
    monkeypatch.setattr(getipython, "get_ipython", lambda: shell)
    monkeypatch.setattr(
        "matplotlib_inline.backend_inline.set_matplotlib_formats", lambda *formats: None
    )
    monkeypatch.setenv("DLCOURSE_PNG", "1")
    with book_style():
        use_book_style()
        yield lambda figure: shell.display_formatter.format(
            figure, include={"image/png", "image/svg+xml"}
        )
    plt.close("all")


def sizes(data):
    """Return the size of both pictures in pixels of the screen."""
    points = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', data["image/svg+xml"]).groups()
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    return [float(side) * 96 / 72 for side in points], [side / 1.5 for side in picture.size]


def test_a_notebook_gets_each_figure_as_svg_and_as_a_png_of_few_colors(shown):
    figure, ax = plt.subplots()
    ax.plot([1, 2, 4])
    data, about = shown(figure)
    svg, png = sizes(data)
    assert png == pytest.approx(svg, abs=2)
    assert [about["image/png"][side] for side in ("width", "height")] == pytest.approx(svg, abs=1)
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.mode == "P"
    colors = picture.convert("RGB").getcolors()
    assert len(colors) <= 64
    line, _ = min((abs(np.subtract(c, (0, 80, 174))).max(), c) for _, c in colors)
    assert line < 10, "the color of the line got lost"


@pytest.mark.filterwarnings("error")
def test_both_pictures_of_a_figure_have_the_same_layout(shown):
    figure = plt.figure(figsize=(3, 2), layout="none")
    figure.add_axes((0, 0, 1, 1)).axis("off")
    svg, png = sizes(shown(figure)[0])
    assert png == pytest.approx(svg, abs=2)
    assert figure.get_layout_engine() is None


def test_an_empty_figure_is_not_shown(shown):
    assert shown(plt.figure()) == ({}, {})
