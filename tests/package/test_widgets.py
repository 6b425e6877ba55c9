"""The interactive figures: the same drawing on a page, in a live notebook, on paper."""

import base64
import json
import os
import re
import xml.etree.ElementTree as ET
import zlib
from html import unescape
from itertools import pairwise
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel

from dlcourse import widgets
from dlcourse.autodiff import GradientTape, Variable, graph
from dlcourse.plotting import draw_graph

DRAW_A_FIGURE = """
import numpy as np
from dlcourse.widgets import descent_on_a_curve
descent_on_a_curve(np.square, 2.0, [0.1, 0.5, 1.1], xlim=(-3, 3), ylim=(0, 9))
"""


def background():
    figure, ax = plt.subplots()
    ax.set(xlim=(0, 3), ylim=(0, 9))
    return figure, ax


def draw_square(ax, x):
    ax.plot([x], [x**2], "o")
    ax.annotate("here", (x, x**2), (1.5, 5), arrowprops={"arrowstyle": "->"})
    return f"The square of {x} is {x**2}."


@pytest.fixture(scope="module")
def figure():
    return widgets.interactive_figure(
        background, draw_square, [0, 1, 2, 3], label="x", alt="A point on a parabola.", start=2
    )


def visible_by_default(svg):
    """Return the frames that are seen where neither style nor script reaches the drawing."""
    groups = [g for g in ET.fromstring(svg).iter() if "data-frame" in g.attrib]
    return {int(g.get("data-frame")) for g in groups if g.get("display") != "none"}


def test_every_position_has_its_own_part_of_the_drawing(figure):
    frames = re.findall(r'data-frame="(\d+)"', figure.svg)
    # the point, the text and the arrow: an annotation's arrow is an artist of its own
    assert {k: frames.count(k) for k in "0123"} == dict.fromkeys("0123", 3)


def test_without_script_and_style_one_frame_is_seen(figure):
    assert visible_by_default(figure.svg) == {2}


def test_the_same_figure_gives_the_same_bytes(figure):
    again = widgets.interactive_figure(
        background, draw_square, [0, 1, 2, 3], label="x", alt="A point on a parabola.", start=2
    )
    assert again.to_html() == figure.to_html()
    assert again.key == figure.key


def test_two_figures_on_a_page_share_no_name(figure):
    other = widgets.interactive_figure(
        background, draw_square, [1, 2], label="x", alt="Another.", start=0
    )
    ids = [set(re.findall(r'\bid="([^"]+)"', f.to_html())) for f in (figure, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert figure.key != other.key


def test_every_name_the_drawing_uses_is_defined_in_it(figure):
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', figure.svg))
    assert used
    assert used <= set(re.findall(r'\bid="([^"]+)"', figure.svg))


def test_the_page_asks_the_network_for_nothing(figure):
    html = figure.to_html()
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_text_of_the_author_cannot_become_markup():
    figure = widgets.interactive_figure(
        background,
        lambda ax, x: (ax.plot([x], [x]), '<b>"bold"</b>')[1],
        [0, 1],
        label="a < b",
        alt='say "cheese" & <smile>',
    )
    html = figure.to_html()
    assert "<b>" not in html
    assert "<smile>" not in html
    assert "a &lt; b" in html


def test_static_figures_carry_html_and_no_widget(figure, monkeypatch):
    monkeypatch.setenv(widgets.STATIC_ONLY, "1")
    assert set(figure._repr_mimebundle_()) == {"text/plain", "text/html"}


def draw_power(ax, x, power):
    ax.axvline(x, color="C0")
    ax.plot([x], [x**power], "o", color="C1")
    return f"{x} to the power {power} is {x**power}."


def two_sliders(**start):
    return widgets.interactive_figure(
        background,
        draw_power,
        [0, 1, 2],
        label="x",
        second=widgets.Slider("power", [1, 2], **start),
        alt="A point on the curve of a power.",
        start=1,
    )


def test_two_sliders_have_a_frame_for_every_pair_and_the_first_moves_fastest():
    figure = two_sliders()
    assert [caption.split(" is ")[0] for caption in figure.captions] == [
        f"{x} to the power {power}" for power in (1, 2) for x in (0, 1, 2)
    ]
    assert set(re.findall(r'data-frame="(\d+)"', figure.svg)) == set("012345")


def test_two_sliders_start_where_each_of_them_does():
    figure = two_sliders(start=1)
    assert figure.captions[figure.start] == "1 to the power 2 is 1."
    assert visible_by_default(figure.svg) == {figure.start}
    assert re.findall(r'<input[^>]* value="(\d)"', figure.to_html()) == ["1", "1"]


def test_what_frames_have_in_common_is_stored_once():
    # The line at x stands in two frames, one for each power; 1 is 1 to any power.
    svg = ET.fromstring(two_sliders().svg)
    parts = {f"#{part.get('id')}" for part in svg[0] if part.tag.endswith("}g")}
    names = [
        use.get("{http://www.w3.org/1999/xlink}href")
        for group in svg.iter()
        if "data-frame" in group.attrib
        for use in group
    ]
    uses = [name for name in names if name in parts]
    # three lines, and the points at 0 and at 1, each in two frames
    assert len(uses) == 10
    assert len(set(uses)) == 5


def test_the_still_picture_is_the_first_frame_and_nothing_else(figure):
    still = ET.fromstring(figure.still())
    assert {g.get("data-frame") for g in still.iter()} == {None, "2"}
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', figure.still()))
    assert used <= {element.get("id") for element in still.iter()}
    assert len(figure.still()) < len(figure.svg)


def test_where_drawings_and_scripts_are_stripped_a_picture_is_left(figure):
    # What GitHub and an untrusted JupyterLab do to HTML, on the safe side.
    html = re.sub(r"<(style|script|svg)\b.*?</\1>", "", figure.to_html(), flags=re.DOTALL)
    (source,) = re.findall(r'<img alt="A point on a parabola." src="([^"]+)">', html)
    kind, _, picture = source.partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(picture).decode() == figure.still()


def test_names_of_stages_make_a_stepper():
    stages = ["1: forward", "2: the loss", "3: backward"]
    figure = widgets.interactive_figure(
        background,
        lambda ax, stage: (ax.plot([int(stage[0])], [1], "o"), f"Now {stage[3:]}.")[1],
        stages,
        label="stage",
        alt="A dot that moves from stage to stage.",
    )
    html = figure.to_html()
    assert 'aria-valuetext="1: forward"' in html
    assert json.loads(unescape(re.search(r'data-frames="([^"]+)"', html)[1])) == {
        "sliders": [stages],
        "captions": ["Now forward.", "Now the loss.", "Now backward."],
        "start": 0,
    }


def wave(points, seed):
    return np.random.default_rng(seed).uniform(0, 9, points)


def test_a_drawing_too_large_for_a_page_is_refused():
    def draw_much(ax, seed):
        ax.plot(np.linspace(0, 3, 2_000), wave(2_000, seed))
        return "A wild line."

    with pytest.raises(ValueError, match=r"takes \d+,\d+ bytes, \d+,\d+ gzipped, for 20 frames"):
        widgets.interactive_figure(background, draw_much, range(20), label="x", alt="Lines.")


def test_a_grid_of_six_by_ten_walks_stays_within_a_quarter_of_the_limits():
    figure = widgets.descent_on_a_curve(
        lambda w: w**4 / 4 - w**2 / 2 + 0.2 * w + 0.5,
        np.linspace(-2.2, 2.2, 6),
        np.linspace(0.01, 0.6, 10),
        xlim=(-2.4, 2.4),
        ylim=(-0.2, 3.2),
    )
    assert len(figure.captions) == 60
    assert len(figure.svg) < widgets.SVG_LIMIT / 4
    # half, for what compresses worse than a walk on a curve
    assert len(zlib.compress(figure.svg.encode())) < widgets.GZIPPED_LIMIT / 2


def test_no_style_of_the_drawing_reaches_the_page_around_it(figure):
    assert "<style" not in figure.svg


@pytest.mark.parametrize(
    ("values", "start", "alt", "complaint"),
    [
        ([1], 0, "x", "at least two values, got 1"),
        ([1, 2], 2, "x", "from 0 to 1, got 2"),
        ([1, 2], -1, "x", "from 0 to 1, got -1"),
        ([1, 2], 0, "", "say what the figure shows"),
    ],
)
def test_a_figure_that_cannot_work_is_refused(values, start, alt, complaint):
    with pytest.raises(ValueError, match=complaint):
        widgets.interactive_figure(background, draw_square, values, label="x", alt=alt, start=start)


def test_a_frame_that_draws_nothing_is_refused():
    with pytest.raises(ValueError, match="draw added nothing for value 1"):
        widgets.interactive_figure(
            background, lambda ax, x: "nothing", [1, 2], label="x", alt="empty"
        )


def test_no_figure_is_left_open(figure):
    before = plt.get_fignums()
    widgets.descent_on_a_curve(np.square, 2.0, [0.1, 0.2], xlim=(-3, 3), ylim=(0, 9))
    assert plt.get_fignums() == before


def test_descent_tells_where_each_walk_ends():
    figure = widgets.descent_on_a_curve(
        np.square, 2.0, [0.25, 0.5, 1.5], steps=2, xlim=(-3, 3), ylim=(0, 9)
    )
    # w <- w (1 - 2 rate): halved each step; at the minimum in one; -4, outside, in one
    assert figure.captions[0] == "Rate 0.25: after 2 steps w = 0.500 and the loss is 0.2500."
    assert figure.captions[1] == "Rate 0.5: after 2 steps w = 0.000 and the loss is 0.0000."
    assert figure.captions[2] == "Rate 1.5: the walk leaves the picture at step 1."


def test_descent_from_several_starts_says_from_which():
    figure = widgets.descent_on_a_curve(
        np.square, [2.0, -1.0], [0.25, 0.5], steps=2, xlim=(-3, 3), ylim=(0, 9)
    )
    assert figure.captions == (
        "Rate 0.25, start 2: after 2 steps w = 0.500 and the loss is 0.2500.",
        "Rate 0.5, start 2: after 2 steps w = 0.000 and the loss is 0.0000.",
        "Rate 0.25, start -1: after 2 steps w = -0.250 and the loss is 0.0625.",
        "Rate 0.5, start -1: after 2 steps w = 0.000 and the loss is 0.0000.",
    )


def test_the_learned_line_ends_at_least_squares():
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, 50)
    y = 3 * x + 2 + rng.normal(size=50)
    figure = widgets.line_learning(x, y, [0, 500], learning_rate=0.1, xlabel="x", ylabel="y")
    slope = np.polyfit(x, y, 1)[0]
    assert f"rises by {slope:.2f} for each unit" in figure.captions[1]
    assert "rises by 0.00" in figure.captions[0]


def test_weights_name_the_one_furthest_away():
    figure = widgets.weights_learning(
        ["a", "b"], [[0, 0], [1, 1.5]], [0, 9], [1.0, 2.0], xlabel="weight"
    )
    assert [re.search(r"value is (\w), off by (\d\.\d+)", c).groups() for c in figure.captions] == [
        ("b", "2.000"),
        ("b", "0.500"),
    ]


def _hashable(state):
    return {k: v for k, v in state.items() if isinstance(v, str | int)}


class LiveNotebook:
    """A real kernel, and what a notebook would show of its widgets."""

    def __init__(self):
        environment = {k: v for k, v in os.environ.items() if k != widgets.STATIC_ONLY}
        self.manager, self.client = start_new_kernel(env=environment)
        self.models = {}

    def run(self, code):
        """Run a cell; return the data of its result."""
        self._follow(self.client.execute(code))
        return self.result

    def move(self, model, **state):
        """Do what the front end does when a reader moves a control."""
        message = self.client.session.msg(
            "comm_msg", {"comm_id": model, "data": {"method": "update", "state": state}}
        )
        self.client.shell_channel.send(message)
        self._follow(message["header"]["msg_id"])

    def click(self, button):
        """Press the button with this text."""
        message = self.client.session.msg(
            "comm_msg",
            {
                "comm_id": self.find("ButtonModel", description=button),
                "data": {"method": "custom", "content": {"event": "click"}},
            },
        )
        self.client.shell_channel.send(message)
        self._follow(message["header"]["msg_id"])

    def find(self, name, **state):
        wanted = {"_model_name": name, **state}.items()
        (model,) = (k for k, s in self.models.items() if wanted <= _hashable(s).items())
        return model

    def frame(self):
        return re.search(r'\[data-frame="(\d)"\]\{display:inline', self.html())[1]

    def html(self):
        return "".join(s["value"] for s in self.models.values() if s["_model_name"] == "HTMLModel")

    def _follow(self, request):
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "error":
                raise AssertionError("\n".join(content["traceback"]))
            if kind == "execute_result":
                self.result = content["data"]
            if kind in ("comm_open", "comm_msg"):
                state = content["data"].get("state", {})
                self.models.setdefault(content["comm_id"], {}).update(state)
            done = kind == "status" and content["execution_state"] == "idle"
            if done and message["parent_header"].get("msg_id") == request:
                return


@pytest.fixture(scope="module")
def live():
    notebook = LiveNotebook()
    yield notebook
    notebook.client.stop_channels()
    notebook.manager.shutdown_kernel(now=True)


def test_in_a_live_notebook_the_slider_is_a_widget_that_moves_the_figure(live):
    shown = live.run(DRAW_A_FIGURE)
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "text/html" in shown, "a place without widgets has nothing to show"
    seen = []
    for index in (1, 2, 0):
        live.move(live.find("SelectionSliderModel"), index=index)
        html = live.html()
        seen.append((re.search(r'\[data-frame="(\d)"\]\{display:inline', html)[1], html))
    assert [frame for frame, _ in seen] == ["1", "2", "0"]
    captions = [re.search(r'aria-live="polite">([^<]+)', html)[1] for _, html in seen]
    assert all(a != b for a, b in pairwise(captions))
    assert captions[1] == "Rate 1.1: the walk leaves the picture at step 3."


def test_play_and_slider_move_together(live):
    live.models.clear()
    live.run(DRAW_A_FIGURE)
    links = [s for s in live.models.values() if s.get("_model_name") == "LinkModel"]
    assert len(links) == 1
    assert links[0]["source"][1] == "value"
    assert links[0]["target"][1] == "index"


def test_buttons_step_and_stop_at_the_ends(live):
    live.models.clear()
    live.run(DRAW_A_FIGURE)
    seen = []
    for button in ("Step forward", "Step forward", "Step forward", "Step back"):
        live.click(button)
        seen.append(live.frame())
    assert seen == ["1", "2", "2", "1"]


def test_in_a_live_notebook_two_sliders_choose_a_frame_together(live):
    live.models.clear()
    live.run(DRAW_A_FIGURE.replace("2.0,", "[2.0, -1.0],"))
    live.move(live.find("SelectionSliderModel", description="start"), index=1)
    assert live.frame() == "3"
    live.move(live.find("SelectionSliderModel", description="learning rate"), index=2)
    assert live.frame() == "5"
    assert "Rate 1.1, start -1:" in live.html()


# --- graphs, step by step -----------------------------------------------------------


def recorded_square():
    w = Variable(3.0, name="w")
    with GradientTape(persistent=True) as tape:
        y = w * w
    tape.gradient(y, w)
    return graph(y)


def test_stages_reveal_a_value_or_a_gradient_at_a_time():
    figure = widgets.graph_passes(recorded_square())
    assert figure.sliders[0].texts == ("given", "forward 1", "turn around", "backward 1")
    assert figure.captions == (
        "Given: w = 3.",
        "Forward 1: multiply gives 9.",
        "Backward starts: the gradient of multiply by itself is 1.",
        "Backward 1: multiply has gradient 1 and sends 3 to w and 3 to w.",
    )


def test_a_stage_shows_what_is_known_by_then_and_no_more():
    shown = []

    def look(part, **options):
        shown.append(([n.value for n in part.nodes], [e.gradient for e in part.edges]))
        return draw_graph(part, **options)

    with mock.patch("dlcourse.widgets.graphs.draw_graph", look):
        widgets.graph_passes(recorded_square())
    _, *stages = shown  # the first call finds out how large the drawing is
    assert stages == [
        ([3.0, None], [None, None]),
        ([3.0, 9.0], [None, None]),
        ([3.0, 9.0], [None, None]),
        ([3.0, 9.0], [3.0, 3.0]),
    ]


def test_a_graph_without_gradients_says_how_to_get_them():
    w = Variable(3.0)
    with GradientTape(persistent=True) as tape:
        y = w * w
    with pytest.raises(ValueError, match=r"no gradients.*persistent=True"):
        widgets.graph_passes(graph(y))
    assert tape.gradient(y, w) == 6.0


# --- slopes -------------------------------------------------------------------------


def test_the_secant_of_a_parabola_is_steeper_than_its_tangent_by_the_step():
    figure = widgets.secant_to_tangent(np.square, 1.0, [1.0, 0.5], xlim=(0, 3), ylim=(0, 9))
    assert figure.captions == (
        "h = 1: y rises by 3, and 3 / 1 = 3.",
        "h = 0.5: y rises by 1.25, and 1.25 / 0.5 = 2.5.",
    )


def test_under_the_glass_a_parabola_gets_straighter_and_a_corner_does_not():
    figure = widgets.zoom({"x²": np.square, "|x|": np.abs}, 0.0, [1.0, 0.1])
    assert figure.captions == (
        "Window ± 1: x² strays from a straight line by 50% of the width, |x| by 50%.",
        "Window ± 0.1: x² strays from a straight line by 5% of the width, |x| by 50%.",
    )


def test_the_sign_of_the_slope_names_the_way_down_and_zero_names_none():
    figure = widgets.which_way_is_down(np.square, [-1.0, 0.0, 2.0], xlim=(-2, 3), ylim=(-1, 9))
    assert figure.captions == (
        "x = -1: the slope is -2.00, negative, so down is to the right.",
        "x = 0: the curve is flat here. The slope is 0 and names no way down.",
        "x = 2: the slope is 4.00, positive, so down is to the left.",
    )


def test_the_arrow_is_left_out_where_the_curve_is_flat():
    figure = widgets.which_way_is_down(np.square, [-1.0, 0.0], xlim=(-2, 3), ylim=(-1, 9))
    frames = re.findall(r'data-frame="(\d)"', figure.svg)
    assert frames.count("0") == frames.count("1") + 1


def test_the_smaller_the_step_the_fewer_digits_differ():
    figure = widgets.step_size_error(
        lambda x: x * x, 2.2, 1.1, [float(np.ldexp(1.0, -k)) for k in (4, 26, 48)]
    )
    digits = [int(re.search(r": (\d+) of 17", c)[1]) for c in figure.captions]
    assert digits == sorted(digits, reverse=True)
    errors = [float(re.search(r"error is (\S+)\.$", c)[1]) for c in figure.captions]
    assert errors[1] < 1e-6 < min(errors[0], errors[2]), "the error has no valley"


# --- chains -------------------------------------------------------------------------


def test_a_nudge_is_followed_through_every_function():
    figure = widgets.nudge_through_a_chain(
        [np.square, np.sin], ["x", "u", "y"], [0.5, 1.7], nudge=0.1, xlim=(-1, 4)
    )
    moved = np.sin(1.8**2) - np.sin(1.7**2)
    product = 2 * 1.7 * np.cos(1.7**2)
    assert f"multiplied, {product:.2f}. The nudge of 0.1 becomes {moved:.2f}." in figure.captions[1]


def test_a_chain_needs_a_name_for_every_line():
    with pytest.raises(ValueError, match="expected 3 names, got 2"):
        widgets.nudge_through_a_chain(
            [np.square, np.sin], ["x", "u"], [0, 1], nudge=0.1, xlim=(0, 1)
        )


def test_a_fading_gradient_says_what_is_left():
    figure = widgets.gradient_by_depth(
        [0.25 ** np.arange(31), 2.0 ** np.arange(31)], [1, 8], label="weight", ylim=(1e-20, 1e12)
    )
    assert figure.captions[0] == "weight 1: after 30 layers 8.67e-19 of the slope is left."


# --- surfaces -----------------------------------------------------------------------


def bowl(x, y):
    return x**2 / 4 + y**2


def test_a_step_on_a_surface_tells_the_promise_and_what_is_kept():
    figure = widgets.step_on_a_surface(
        bowl, [(0.0, 1.0), (2.0, 1.0)], [0.1, 1.2], xlim=(-3, 3), ylim=(-2, 2)
    )
    # at (2, 1) the gradient is (1, 2); f(2 - t, 1 - 2t) = 2 - 5t + 17/4 t²
    assert figure.captions[1] == (
        "At (2, 1): f = 2.00, gradient (1.00, 2.00). Step 0.1: promised fall 0.50, real fall 0.46."
    )
    assert figure.captions[3].endswith("Step 1.2: promised fall 6.00, real fall -0.12.")


def test_the_plane_that_touches_a_surface_has_its_slopes():
    planes = []
    with mock.patch(
        "mpl_toolkits.mplot3d.axes3d.Axes3D.plot_trisurf",
        autospec=True,
        side_effect=lambda ax, x, y, z, **options: (planes.append((x, y, z)), ax.plot(x, y, z)),
    ):
        widgets.step_on_a_surface(
            bowl, [(2.0, 1.0), (-2.0, 0.5)], [0.1, 0.2], xlim=(-3, 3), ylim=(-2, 2)
        )
    for (x, y, z), (a, b) in zip(planes, [(2.0, 1.0), (-2.0, 0.5)] * 2, strict=True):
        touching = bowl(a, b) + a / 2 * (x - a) + 2 * b * (y - b)
        np.testing.assert_allclose(z, touching, atol=1e-9)


def test_a_turning_direction_is_steepest_along_the_gradient_and_level_across_it():
    figure = widgets.turn_a_direction(bowl, (2.0, 1.0), xlim=(-1, 3), ylim=(-1, 3))
    slope_at = {
        int(apart): float(slope)
        for apart, slope in (
            re.search(r"(\d+)° from the gradient: the slope is (-?[\d.]+)\.", caption).groups()
            for caption in figure.captions
        )
    }
    assert len(figure.captions) == 24
    assert slope_at.keys() == set(range(0, 181, 15))
    for apart, slope in slope_at.items():
        assert slope == pytest.approx(5**0.5 * np.cos(np.radians(apart)), abs=0.0051)


def test_without_a_slope_no_direction_is_the_steepest():
    with pytest.raises(ValueError, match=r"the gradient at \(0, 0\) is zero"):
        widgets.turn_a_direction(bowl, (0, 0), xlim=(-1, 1), ylim=(-1, 1))
