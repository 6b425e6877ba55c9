"""The interactive figures: the same drawing on a page, in a live notebook, on paper."""

import os
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel

from dlcourse import widgets

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

    def find(self, name):
        (model,) = (k for k, s in self.models.items() if s.get("_model_name") == name)
        return model

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
