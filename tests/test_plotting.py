"""The figures show what they say: labels, order, limits, and the book's style."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from dlcourse import plotting


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def luminance(color):
    """Return the relative luminance of a color, as WCAG 2 defines it."""
    rgb = np.array(mpl.colors.to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["black", "gray"])
def test_colors_of_text_are_readable_on_white(name):
    assert contrast(plotting.COLORS[name], "white") >= 4.5


@pytest.mark.parametrize("name", ["blue", "vermillion", "green"])
def test_the_first_colors_of_curves_stand_out_from_white(name):
    assert contrast(plotting.COLORS[name], "white") >= 3


def test_book_style_ends_with_its_block():
    before = mpl.rcParams["axes.titlelocation"]
    with plotting.book_style():
        assert mpl.rcParams["axes.titlelocation"] == "left"
    assert mpl.rcParams["axes.titlelocation"] == before


EVERY_FIGURE = {
    "loss_curves": lambda: plotting.loss_curves({"a": [3, 2, 1], "b": [3, 1, 0.5]}, floor=0.1),
    "scatter": lambda: plotting.scatter(
        [1, 2, 3], [3, 4, 5], xlabel="x", ylabel="y", highlight=[True, False, False],
        highlight_label="first",
    ),
    "bars": lambda: plotting.bars(["a", "b"], {"one": [1, 2], "two": [2, 1]}, xlabel="x"),
    "ranges": lambda: plotting.ranges(["a", "b"], [[0.0, 5.0], [1.0, 700.0]], xlabel="x"),
    "intervals": lambda: plotting.intervals({"a": [1, 2, 3], "b": [2, 3, 4]}, xlabel="x"),
    "histogram": lambda: plotting.histogram([1, 2, 2, 3], xlabel="x"),
}  # fmt: skip


def test_every_figure_function_is_checked_here():
    public = {
        name
        for name, value in vars(plotting).items()
        if getattr(value, "__module__", "") == plotting.__name__ and not name.startswith("_")
    }
    assert public - {"use_book_style", "book_style", "use_log_axis"} == set(EVERY_FIGURE)


@pytest.mark.parametrize("name", EVERY_FIGURE)
def test_every_axis_says_what_it_shows(name):
    ax = EVERY_FIGURE[name]()
    assert ax.get_xlabel(), "the x axis has no label"
    named = any(label.get_text().isalpha() for label in ax.get_yticklabels())
    assert ax.get_ylabel() or named, "the y axis has neither a label nor names"


@pytest.mark.parametrize("name", EVERY_FIGURE)
def test_the_same_figure_gives_the_same_bytes(name, tmp_path):
    for copy in ("a.svg", "b.svg"):
        with plotting.book_style():
            EVERY_FIGURE[name]().figure.savefig(tmp_path / copy, metadata={"Date": None})
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_loss_curves_differ_by_more_than_color():
    ax = plotting.loss_curves({name: [2, 1] for name in "abcd"})
    assert len({str(line.get_linestyle()) for line in ax.lines}) == 4


def test_loss_curves_stand_where_their_steps_say():
    ax = plotting.loss_curves({"a": [3, 2], "b": [3, 2]}, steps={"b": [10, 20]})
    assert [list(line.get_xdata()) for line in ax.lines] == [[0, 1], [10, 20]]


def test_bars_run_from_the_smallest_at_the_bottom_to_the_largest_at_the_top():
    ax = plotting.bars(["a", "b", "c"], {"w": [2.0, -1.0, 5.0]}, xlabel="w")
    assert [bar.get_width() for bar in ax.patches] == [-1.0, 2.0, 5.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "a", "c"]


def test_interval_marks_the_mean_and_the_middle_95_percent():
    values = np.random.default_rng(0).normal(10, 2, 400)
    ax = plotting.intervals({"a": values}, xlabel="x")
    _, bar, mean = ax.lines
    assert mean.get_xdata() == pytest.approx([values.mean()])
    assert bar.get_xdata() == pytest.approx(np.quantile(values, [0.025, 0.975]))


@pytest.mark.parametrize(("values", "plain"), [([30, 400], True), ([1, 1e6], False)])
def test_log_axis_uses_plain_numbers_only_where_it_spans_little(values, plain):
    _, ax = plt.subplots()
    ax.plot(values)
    plotting.use_log_axis(ax)
    assert (ax.yaxis.get_major_formatter()(100) == "100") == plain


def test_figures_draw_on_the_axes_they_are_given():
    _, ax = plt.subplots()
    assert plotting.histogram([1.0, 2.0], xlabel="x", ax=ax) is ax
    assert plt.get_fignums() == [ax.figure.number]
