"""The figures show what they say: labels, order, limits, and the book's style."""

import inspect
import itertools
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from dlcourse import plotting
from dlcourse.autodiff import GradientTape, Tensor, Variable, graph, relu
from dlcourse.autodiff.graph import Graph
from dlcourse.plotting.style import HEIGHTS
from dlcourse.schedules import CosineDecay
from dlcourse.tuning import RangeTest

RATES = np.geomspace(1e-3, 1.0, 40)
LOSSES = 2 - np.log10(1 + 90 * RATES) + (RATES > 0.5) * 1e6
TEST = RangeTest(RATES, LOSSES, LOSSES, suggestion=float(RATES[20]))


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


def in_the_dark(color):
    """Return a color of a figure as a dark page shows it: see the filter in book.css."""
    # The matrix of `hue-rotate(180deg)`, as the standard on filters defines it.
    half_turn = [[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]]
    rgb = 0.92 - 0.84 * np.array(mpl.colors.to_rgb(color))
    return np.clip(half_turn @ rgb, 0, 1)


@pytest.mark.parametrize("ground", ["white", *HEIGHTS])
@pytest.mark.parametrize("name", plotting.COLORS)
def test_every_color_stands_out_from_white_and_from_maps_by_day_and_by_night(name, ground):
    color = plotting.COLORS[name]
    assert contrast(color, ground) >= 3
    assert contrast(in_the_dark(color), in_the_dark(ground)) >= 3


def test_the_page_turns_colors_over_as_is_assumed_here():
    css = (Path(__file__).parents[2] / "_static" / "book.css").read_text(encoding="utf-8")
    assert "filter: invert(0.92) hue-rotate(180deg);" in css


def test_a_legend_has_a_frame_so_that_its_marks_are_no_data():
    with plotting.book_style():
        ax = plotting.loss_curves({"a": [3, 2, 1]})
    assert ax.get_legend().get_frame_on()


def test_the_legend_of_a_crowded_picture_stands_above_it():
    with plotting.book_style():
        ax = plotting.loss_curves({"a": np.ones(500), "b": np.ones(500)}, log=False)
    ax.figure.canvas.draw()
    assert ax.get_legend().get_window_extent().y0 >= ax.get_window_extent().y1


def test_book_style_ends_with_its_block():
    before = mpl.rcParams["axes.titlelocation"]
    with plotting.book_style():
        assert mpl.rcParams["axes.titlelocation"] == "left"
    assert mpl.rcParams["axes.titlelocation"] == before


def valley(x, y):
    return x**2 / 20 + y**2


def recorded(function, *values):
    """Return the graph of a function of variables a, b, ..., with its gradients."""
    variables = [Variable(v, name=name) for v, name in zip(values, "abcdef", strict=False)]
    with GradientTape(persistent=True) as tape:
        result = function(*variables)
    tape.gradient(result, variables)
    return graph(result)


LIMITS = {"xlim": (-8, 8), "ylim": (-3, 3)}
RUNS = {"a": [[3, 2, 1], [4, 2, 1]], "b": [[3, 1, 0.5], [4, 2, 0.5]]}

EVERY_FIGURE = {
    "loss_curves": lambda: plotting.loss_curves({"a": [3, 2, 1], "b": [3, 1, 0.5]}, floor=0.1),
    "loss_bands": lambda: plotting.loss_bands(RUNS, smoothing=0.5),
    "range_test": lambda: plotting.range_test(TEST),
    "schedules": lambda: plotting.schedules({"a": CosineDecay(0.1, 9), "b": lambda t: 0.1}, 9),
    "contours": lambda: plotting.contours(valley, **LIMITS, minimum=(0, 0), label_levels=True),
    "paths": lambda: plotting.paths(
        {"a": [(-7, 2), (-5, 1)], "b": [(-7, 2), (-6, 0)]}, plotting.contours(valley, **LIMITS)
    ),
    "gradient_field": lambda: plotting.gradient_field(valley, **LIMITS),
    "surface": lambda: plotting.surface(valley, **LIMITS),
    "path_panels": lambda: plotting.path_panels(
        valley, {key: [(-7, 2), (-5, 1)] for key in "abc"}, **LIMITS
    )[2],
    "walks_on_a_curve": lambda: plotting.walks_on_a_curve(
        np.square, {"a": [2, 1], "b": [-2, 0]}, (-3, 3)
    ),
    "ends_by_size": lambda: plotting.ends_by_size([1, 10], {"a": {1: [3, 4], 10: [2]}})[0],
    "clouds": lambda: plotting.clouds(valley, {"a": [(1, 1)]}, **LIMITS, minimum=(0, 0))[0],
    "walks_in_bowls": lambda: plotting.walks_in_bowls([1, 4])[0],
    "order_on_a_line": lambda: plotting.order_on_a_line({"a": [], "b": ["a", "a"]}),
    "two_modes": lambda: plotting.two_modes(3)[0],
    "values_held": lambda: plotting.values_held({"a": [1, 2, 1], "b": [2, 2]}),
    "paths_through_a_batch": plotting.paths_through_a_batch,
    "column_and_row_statistics": lambda: plotting.column_and_row_statistics([[1, 2], [3, 5]]),
    "growing_rectangle": lambda: plotting.growing_rectangle(3, 2, 0.9, 0.7),
    "projections": lambda: plotting.projections([1, 2], [[0.6, 0.8], [0.8, -0.6]])[0],
    "wiring": lambda: plotting.wiring([["x"], ["u", "v"]], [[[3], [0.5]]], lit=[[0, 1]]),
    "paired_differences": lambda: plotting.paired_differences(
        {"short": {"cosine": [1.0, 3.0, 2.0]}}, xlabel="images"
    )[0],
    "look_ahead": lambda: plotting.look_ahead(
        valley, lambda place: 2 * place, (-2, 1), (1, -0.3), **LIMITS, rate=0.05
    )[0],
    "draw_graph": lambda: plotting.draw_graph(recorded(lambda a, b: a * b + a, 2.0, 3.0)),
    "loop_diagram": lambda: plotting.loop_diagram(["set up"], ["loss", "gradient", "update"]),
    "layers_carried_over": lambda: plotting.layers_carried_over(
        ["one", "7 outputs"], ["one", "3 outputs"], titles=("old", "new")
    ),
    "scatter": lambda: plotting.scatter(
        [1, 2, 3], [3, 4, 5], xlabel="x", ylabel="y", highlight=[True, False, False],
        highlight_label="first",
    ),
    "bars": lambda: plotting.bars(["a", "b"], {"one": [1, 2], "two": [2, 1]}, xlabel="x"),
    "ranges": lambda: plotting.ranges(["a", "b"], [[0.0, 5.0], [1.0, 700.0]], xlabel="x"),
    "intervals": lambda: plotting.intervals({"a": [1, 2, 3], "b": [2, 3, 4]}, xlabel="x"),
    "histogram": lambda: plotting.histogram([1, 2, 2, 3], xlabel="x"),
    "activation_histograms": lambda: plotting.activation_histograms({"layer 1": [1, 2, 2]})[0],
    "image_grid": lambda: plotting.image_grid(np.eye(4)[None], ["diagonal"]),
}  # fmt: skip
NO_AXES = {
    "draw_graph", "order_on_a_line", "two_modes", "loop_diagram", "layers_carried_over",
    "image_grid", "growing_rectangle", "wiring", "paths_through_a_batch",
    "column_and_row_statistics",
}  # fmt: skip


def test_every_figure_function_is_checked_here():
    public = {name for name in plotting.__all__ if inspect.isfunction(getattr(plotting, name))}
    helpers = {"use_book_style", "book_style", "use_log_axis", "smooth"}
    assert public - helpers == set(EVERY_FIGURE)


@pytest.mark.parametrize("name", sorted(EVERY_FIGURE.keys() - NO_AXES))
def test_every_axis_says_what_it_shows(name):
    ax = EVERY_FIGURE[name]()
    assert ax.get_xlabel() or ax.figure.get_supxlabel(), "the x axis has no label"
    named = any(label.get_text().isalpha() for label in ax.get_yticklabels())
    assert ax.get_ylabel() or named, "the y axis has neither a label nor names"


@pytest.mark.parametrize("name", EVERY_FIGURE)
def test_the_same_figure_gives_the_same_bytes(name, tmp_path):
    for copy in ("a.svg", "b.svg"):
        with plotting.book_style():
            EVERY_FIGURE[name]().figure.savefig(tmp_path / copy, metadata={"Date": None})
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@pytest.mark.parametrize("name", EVERY_FIGURE)
def test_every_text_lies_inside_its_figure_and_is_readable_on_a_phone(name):
    with plotting.book_style():
        figure = EVERY_FIGURE[name]().figure
        figure.draw_without_rendering()
        shrink = min(1.0, 3.65 / figure.get_figwidth())  # 350 of a phone's 96 pixels an inch
        for text in figure.findobj(mpl.text.Text):
            if not text.get_visible() or not text.get_text().strip():
                continue
            if text.get_in_layout() and text.axes is not None and text in text.axes.texts:
                box = text.get_window_extent()
                inside = figure.bbox.padded(2).get_points()
                assert (box.get_points()[0] >= inside[0]).all(), text
                assert (box.get_points()[1] <= inside[1]).all(), text
            assert text.get_fontsize() * shrink * 96 / 72 >= 8.5, text


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


# Several runs ---------------------------------------------------------------------


def test_smoothing_leaves_a_constant_alone_from_the_first_step_on():
    assert plotting.smooth(np.full(50, 3.0), 0.99) == pytest.approx(np.full(50, 3.0))


def test_smoothing_is_the_weighted_mean_of_the_past():
    losses = np.random.default_rng(0).normal(size=(3, 20))
    for t in (0, 1, 19):
        weights = 0.8 ** np.arange(t, -1, -1)
        expected = np.average(losses[:, : t + 1], axis=1, weights=weights)
        assert plotting.smooth(losses, 0.8)[:, t] == pytest.approx(expected)


def test_no_smoothing_changes_nothing():
    assert plotting.smooth([3, 1, 2], 0).tolist() == [3, 1, 2]


@pytest.mark.parametrize("smoothing", [-0.1, 1.0, float("nan")])
def test_smoothing_out_of_range_is_refused(smoothing):
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        plotting.smooth([1, 2], smoothing)


def test_a_band_holds_every_run_and_the_line_is_their_median():
    runs = np.array([[5.0, 3.0], [6.0, 4.0], [10.0, 1.0]])
    ax = plotting.loss_bands({"a": runs})
    assert ax.lines[0].get_ydata().tolist() == [6.0, 3.0]
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (1.0, 10.0)


def test_a_band_can_be_the_middle_half_around_the_mean():
    runs = np.random.default_rng(0).normal(10, 1, (40, 3))
    ax = plotting.loss_bands({"a": runs}, center="mean", band=(25, 75))
    assert ax.lines[0].get_ydata() == pytest.approx(runs.mean(axis=0))
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert heights.max() == pytest.approx(np.percentile(runs, 75, axis=0).max())


def test_bands_differ_by_more_than_color():
    ax = plotting.loss_bands({name: [[2, 1], [3, 1]] for name in "abcd"})
    assert len({str(line.get_linestyle()) for line in ax.lines}) == 4


def test_a_long_run_is_thinned_and_keeps_its_length():
    ax = plotting.loss_bands({"a": np.ones((2, 2000))}, log=False)
    x = ax.lines[0].get_xdata()
    assert len(x) == 500
    assert (x[0], x[1], x[-1]) == (0, 4, 1996)


def test_runs_that_are_no_table_are_refused_by_name():
    with pytest.raises(ValueError, match=r"'Adam' must have shape \(n_runs, n_steps\), got \(3,\)"):
        plotting.loss_bands({"Adam": [3, 2, 1]})


def test_a_range_test_shows_losses_average_and_suggestion():
    ax = plotting.range_test(TEST, ylim=(0, 3))
    losses, average, suggestion = ax.lines
    for line in (losses, average):
        np.testing.assert_array_equal(line.get_xdata(), RATES)
        np.testing.assert_array_equal(line.get_ydata(), LOSSES)
    assert suggestion.get_xdata()[0] == RATES[20]
    assert suggestion.get_label() == f"suggestion {RATES[20]:.3g}"
    assert ax.get_xscale() == "log"
    assert ax.get_ylim() == (0, 3)


def test_schedules_show_the_rate_that_each_step_gets():
    schedule = CosineDecay(0.1, 50)
    ax = plotting.schedules({"cosine": schedule, "plain": lambda t: 0.5 / (t + 1)}, 60)
    assert ax.lines[0].get_ydata() == pytest.approx(schedule(range(60)))
    assert ax.lines[1].get_ydata() == pytest.approx(0.5 / np.arange(1, 61))


# Landscapes -----------------------------------------------------------------------


def test_level_lines_are_smooth_and_have_no_more_points_than_that_takes():
    ax = plotting.contours(valley, (-8, 8), (-3, 3), levels=[1, 4], num_points=41)
    for path, height in zip(ax.collections[-1].get_paths(), [1, 4], strict=True):
        x, y = path.vertices.T
        corners = valley(x, y)
        middles = valley((x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2)[path.codes[1:] == 2]
        np.testing.assert_allclose(corners, height, rtol=0.03)
        np.testing.assert_allclose(middles, height, rtol=0.03)
        assert 20 < len(x) < 60


def test_level_lines_end_where_they_ended():
    ax = plotting.contours(lambda x, y: x + 0 * y, (0, 2), (0, 1), levels=[1.0], log=False)
    (line,) = ax.collections[-1].get_paths()
    np.testing.assert_allclose(sorted(line.vertices.tolist()), [[1, 0], [1, 1]])


def line_heights(ax):
    return next(c for c in ax.collections if not c.filled).levels


def test_logarithmic_contours_lie_in_equal_ratios_above_the_lowest_point():
    heights = line_heights(plotting.contours(lambda x, y: valley(x, y) + 7, **LIMITS)) - 7
    assert heights[1:] / heights[:-1] == pytest.approx(np.full(11, heights[1] / heights[0]))


def test_even_contours_lie_in_equal_steps():
    steps = np.diff(line_heights(plotting.contours(valley, **LIMITS, log=False, levels=5)))
    assert steps == pytest.approx(np.full(4, steps[0]))


def test_contours_lie_where_they_are_told():
    heights = line_heights(plotting.contours(valley, **LIMITS, levels=[1, 2, 4]))
    assert heights.tolist() == [1, 2, 4]


def test_fewer_points_make_coarser_contours():
    def error_and_points(num_points):
        ax = plotting.contours(valley, **LIMITS, levels=[0.5, 2.0], num_points=num_points)
        lines = [p.vertices for p in ax.collections[-1].get_paths()]
        errors = [
            np.abs(valley(*line.T) / level - 1).max()
            for line, level in zip(lines, [0.5, 2.0], strict=True)
        ]
        return max(errors), sum(map(len, lines))

    coarse, fine = error_and_points(21), error_and_points(121)
    assert coarse[0] > 10 * fine[0]
    assert coarse[1] < fine[1]


def test_fewer_points_make_fewer_facets():
    ax = plotting.surface(valley, **LIMITS, num_points=5)
    ax.figure.draw_without_rendering()
    assert len(ax.collections[0].get_facecolor()) == 4 * 4


def test_a_flat_function_has_contours_too():
    plotting.contours(lambda x, y: 0 * x, **LIMITS).figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("f", "what"),
    [(lambda x, y: 1.0, r"returned shape \(\)"), (lambda x, y: x * np.inf, "not finite")],
)
def test_a_function_that_is_none_of_the_plane_is_refused(f, what):
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=what):
        plotting.contours(f, **LIMITS)


def test_paths_differ_by_more_than_color():
    ax = plotting.paths({name: [(0, 0), (1, 1)] for name in "abcd"})
    lines = [line for line in ax.lines if line.get_label() in "abcd"]
    assert len({line.get_marker() for line in lines}) == 4
    assert len({str(line.get_linestyle()) for line in lines}) == 4


def test_paths_mark_their_starts_and_ends():
    ax = plotting.paths({"a": [(0, 0), (1, 1)], "b": [(0, 0), (2, 3)]})
    *_, start = ax.lines
    assert start.get_label() == "start"
    assert start.get_xydata().tolist() == [[0, 0]]
    assert ax.lines[1].get_xydata().tolist() == [[1, 1]]
    assert ax.lines[3].get_xydata().tolist() == [[2, 3]]


def test_a_path_that_runs_away_leaves_the_picture_as_it_is():
    walk = [(-7, 2), (20, -30), (1e200, 5), (np.nan, np.inf)]
    ax = plotting.paths({"diverges": walk}, plotting.contours(valley, **LIMITS))
    assert (*ax.get_xlim(), *ax.get_ylim()) == (-8, 8, -3, 3)
    assert len(next(line for line in ax.lines if line.get_label() == "diverges").get_xdata()) == 2
    ax.figure.draw_without_rendering()


def test_a_path_of_another_shape_is_refused_by_name():
    with pytest.raises(ValueError, match=r"'Adam' must have shape \(n_steps \+ 1, 2\)"):
        plotting.paths({"Adam": [1, 2, 3]})


@pytest.mark.parametrize("given", [None, lambda x, y: (x / 10, 2 * y)])
def test_arrows_are_the_gradient(given):
    arrows = plotting.gradient_field(valley, **LIMITS, gradient=given).collections[0]
    x, y = arrows.XY.T
    assert pytest.approx(x / 10, abs=1e-7) == arrows.U
    assert pytest.approx(2 * y, abs=1e-7) == arrows.V


def test_arrows_can_point_downhill():
    up = plotting.gradient_field(valley, **LIMITS).collections[0]
    down = plotting.gradient_field(valley, **LIMITS, descent=True).collections[0]
    assert (down.U.tolist(), down.V.tolist()) == ((-up.U).tolist(), (-up.V).tolist())


def test_arrows_of_the_same_length_keep_their_direction():
    free = plotting.gradient_field(valley, **LIMITS).collections[0]
    same = plotting.gradient_field(valley, **LIMITS, same_length=True).collections[0]
    cells = np.hypot(same.U / (16 / 13), same.V / (6 / 13))
    moving = cells > 0  # in the very middle the gradient is zero
    assert moving.sum() == 13 * 13 - 1
    assert cells[moving] == pytest.approx(np.ones(moving.sum()))
    assert pytest.approx(free.V * same.U, abs=1e-6) == free.U * same.V


def test_no_arrow_reaches_its_neighbor():
    arrows = plotting.gradient_field(valley, **LIMITS).collections[0]
    assert np.abs(arrows.U / arrows.scale).max() < 16 / 13
    assert np.abs(arrows.V / arrows.scale).max() < 6 / 13


def test_a_field_without_slopes_has_no_arrows():
    for same_length in (False, True):
        ax = plotting.gradient_field(lambda x, y: 0 * x, **LIMITS, same_length=same_length)
        assert not ax.collections[0].U.any()


# Many small pictures --------------------------------------------------------------


def test_activation_histograms_show_shares_on_one_scale():
    axes = plotting.activation_histograms({"small": [0.0, 1.0], "large": np.ones(1000)}, bins=2)
    assert [ax.patches[0].get_data().values.tolist() for ax in axes] == [[0.5, 0.5], [0.0, 1.0]]
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in axes}) == 1
    assert axes[0].get_ylim()[1] > 1


def test_activation_histograms_draw_on_a_row_that_they_are_given():
    _, grid = plt.subplots(2, 3)
    axes = plotting.activation_histograms({"1": [0, 1], "2": [0, 1]}, axes=grid[1])
    assert axes == list(grid[1, :2])
    with pytest.raises(ValueError, match="4 layers need as many axes, got 3"):
        plotting.activation_histograms({n: [0, 1] for n in "1234"}, axes=grid[0])


def test_seven_layers_take_two_rows():
    axes = plotting.activation_histograms({f"layer {i}": [0.0, 1.0] for i in range(7)})
    assert len(axes) == len(axes[0].figure.axes) == 7


@pytest.mark.parametrize("flat", [False, True])
def test_images_stand_in_rows_in_their_order(flat):
    images = np.random.default_rng(0).uniform(0.1, 1, (7, 4, 4))
    ax = plotting.image_grid(images.reshape(7, 16) if flat else images, range(7), columns=3)
    sheet = ax.images[0].get_array()
    ink = sheet[sheet.any(axis=1)][:, sheet.any(axis=0)]
    assert ink.shape == (12, 12)
    assert np.array_equal(ink[4:8, 8:12], images[5])
    assert [text.get_text() for text in ax.texts] == list("0123456")
    assert ax.images[0].get_cmap().name == "gray_r"


@pytest.mark.parametrize("shape", [(16,), (2, 15), (1, 2, 3, 4), (0, 4, 4)])
def test_what_is_no_stack_of_images_is_refused(shape):
    with pytest.raises(ValueError, match="images must have shape"):
        plotting.image_grid(np.zeros(shape))


def test_labels_and_images_must_be_equally_many():
    with pytest.raises(ValueError, match="2 images need as many labels, got 3"):
        plotting.image_grid(np.zeros((2, 4, 4)), [1, 2, 3])


# Graphs ---------------------------------------------------------------------------


def chapter_4():
    x, w, b = Tensor(2.0, name="x"), Variable(3.0, name="w"), Variable(1.0, name="b")
    with GradientTape(persistent=True) as tape:
        loss = np.abs(4.0 - (x * w + b))
    tape.gradient(loss, [w, b])
    return graph(loss)


def network():
    rng = np.random.default_rng(0)
    x = Tensor(rng.normal(size=(8, 3)), name="x")
    shapes = {"dense1/weights": (3, 4), "dense1/bias": (4,), "dense2/weights": (4, 1)}
    params = {name: Variable(rng.normal(size=shape), name=name) for name, shape in shapes.items()}
    w1, b1, w2 = params.values()
    with GradientTape(persistent=True) as tape:
        loss = np.mean((relu(x @ w1 + b1) @ w2 - 1.0) ** 2)
    tape.gradient(loss, params)
    return graph(loss)


def tangle(a, b):
    c, d = np.sin(a), np.exp(b)
    e, f = c * d, c + d
    return (e * b) * (np.tanh(f) * a) + e - f / a


GRAPHS = {
    "chapter 4": chapter_4,
    "one operation": lambda: recorded(np.sin, 1.0),
    "twice the same input": lambda: recorded(lambda a: (a + a) * (a + a), 3.0),
    "crossing": lambda: recorded(lambda a, b: (a * b) * (a + b) + a, 2.0, -0.5123),
    "network": network,
    "tangle": lambda: recorded(tangle, 0.5, 0.3),
    "long chain": lambda: recorded(lambda a: np.sin(np.sin(np.sin(np.sin(np.sin(a))))), 1.0),
}


@pytest.mark.parametrize("direction", [None, "right", "down"])
@pytest.mark.parametrize("name", GRAPHS)
def test_no_node_and_no_gradient_of_a_graph_covers_another(name, direction):
    recorded_graph = GRAPHS[name]()
    with plotting.book_style():
        ax = plotting.draw_graph(recorded_graph, direction=direction)
        ax.figure.draw_without_rendering()
        boxes = [p for p in ax.patches if isinstance(p, mpl.patches.FancyBboxPatch)]
        assert len(boxes) == len(recorded_graph.nodes)
        texts = ax.texts[: len(boxes)]
        for box, text in zip(boxes, texts, strict=True):
            outer, inner = box.get_window_extent(), mpl.text.Text.get_window_extent(text)
            assert outer.x0 < inner.x0 < inner.x1 < outer.x1, f"{text} is wider than its node"
            assert outer.y0 < inner.y0 < inner.y1 < outer.y1, f"{text} is higher than its node"
        things = boxes + ax.texts[len(boxes) :]
        extents = [mpl.text.Text.get_window_extent(t) if t in ax.texts else t.get_window_extent()
                   for t in things]  # fmt: skip
        for (a, one), (b, two) in itertools.combinations(zip(things, extents, strict=True), 2):
            assert not one.overlaps(two), f"{a} and {b} overlap"
        for thing, extent in zip(things, extents, strict=True):
            assert ax.figure.bbox.padded(1).containsx(extent.x0), thing
            assert ax.figure.bbox.padded(1).containsx(extent.x1), thing


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_never_wider_than_a_page_by_itself(name):
    assert plotting.draw_graph(GRAPHS[name]()).figure.get_figwidth() < 6.7


def test_the_graph_of_chapter_4_shows_its_values_and_gradients():
    nodes = chapter_4().nodes
    texts = [text.get_text() for text in plotting.draw_graph(chapter_4()).texts]
    assert texts[: len(nodes)] == ["x\n2", "w\n3", "×\n6", "b\n1", "+\n7", "4", "−\n−3", "| |\n3"]
    assert sorted(texts[len(nodes) :]) == sorted(["← 2", "← 1", "← 1", "← 1", "← −1"])


def test_values_flow_to_the_right_or_down():
    for direction, axis, sign in (("right", 0, 1), ("down", 1, -1)):
        ax = plotting.draw_graph(chapter_4(), direction=direction)
        x_w_times_plus = [ax.texts[i].get_position()[axis] for i in (1, 2, 4, 6, 7)]
        assert (sign * np.diff(x_w_times_plus) > 0).all()


def test_gradients_that_add_up_are_summed_in_their_node():
    ax = plotting.draw_graph(recorded(lambda a: a + a, 3.0))
    assert [text.get_text() for text in ax.texts] == ["a\n3\nΣ 2", "+\n6", "← 1", "← 1"]


def test_a_graph_without_gradients_shows_values_only():
    a = Variable(3.0, name="a")
    with GradientTape(persistent=True) as tape:
        result = a * a
    assert tape is not None
    assert [t.get_text() for t in plotting.draw_graph(graph(result)).texts] == ["a\n3", "×\n9"]


def test_a_graph_shrinks_to_the_axes_it_is_given():
    figure, (ax, _) = plt.subplots(1, 2, figsize=(6, 3))
    assert plotting.draw_graph(chapter_4(), ax=ax) is ax
    assert max(text.get_fontsize() for text in ax.texts) < 7
    assert len(figure.axes) == 2


def test_graphs_that_cannot_be_drawn_are_refused():
    with pytest.raises(ValueError, match="the graph is empty"):
        plotting.draw_graph(Graph())
    with pytest.raises(ValueError, match="'right' or 'down', got 'up'"):
        plotting.draw_graph(chapter_4(), direction="up")
