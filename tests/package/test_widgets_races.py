"""The optimizer race, rate against momentum, and walks side by side: they show what they say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from dlcourse import plotting, widgets
from dlcourse.optimizers import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer


def bowl(x, y):
    return x**2 + y**2


VIEW = {"minimum": (0, 0), "xlim": (-3, 3), "ylim": (-2, 2)}


def test_the_race_says_who_is_lowest_and_who_has_left():
    figure = widgets.optimizer_race(
        bowl, {SGD: 0.2, Momentum: 0.5}, (2, 1), [0, 1, 2], scales=[1, 8], **VIEW
    )
    assert figure.captions[:3] == (
        "After 0 steps, all rates times 1: all stand at f = 5.",
        "After 1 step, all rates times 1: lowest is Momentum (f = 0), highest SGD (f = 1.8).",
        "After 2 steps, all rates times 1: lowest is SGD (f = 0.65), highest Momentum (f = 4).",
    )
    assert figure.captions[4] == "After 1 step, all rates times 8: all have left the picture."


def test_the_race_stops_where_the_optimizer_itself_does():
    figure = widgets.optimizer_race(bowl, {Adam: 0.5, AdamW: 0.5}, (2, 1), [0, 5], **VIEW)
    params = {"x": 2.0, "y": 1.0}
    optimizer = Adam(0.5)
    for _ in range(5):
        optimizer.update(params, {key: 2 * w for key, w in params.items()})
    assert f"Adam (f = {bowl(**params):.2g})" in figure.captions[1]


def test_more_runners_than_colors_are_refused():
    rates = {type(f"Kind{k}", (SGD,), {}): 0.1 for k in range(8)}
    with pytest.raises(ValueError, match="at most 7"):
        widgets.optimizer_race(bowl, rates, (2, 1), [0, 1], **VIEW)


@pytest.mark.parametrize("kind", [SGD, Nesterov])
def test_a_runner_that_is_far_out_stays_there_and_stays_finite(kind: type[Optimizer]):
    figure = widgets.optimizer_race(bowl, {kind: 50.0, Adam: 0.1}, (2, 1), [1, 400], **VIEW)
    assert f"{kind.__name__} left the picture" in figure.captions[1]
    assert "nan" not in figure.svg


def test_rate_and_momentum_say_where_the_walk_ends():
    figure = widgets.rate_and_momentum(bowl, (2, 1), [0.25, 1.5], [0.0, 0.5], steps=3, **VIEW)
    w = v = 1.0  # the factor of both coordinates
    v = 0.0
    for _ in range(3):
        v = 0.5 * v - 0.25 * 2 * w
        w = w + v
    assert figure.captions[2] == f"Rate 0.25, momentum 0.5: after 3 steps f = {5 * w**2:.2g}."
    assert figure.captions[1] == "Rate 1.5, momentum 0: the walk leaves the picture at step 1."


# Walks side by side ------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_panels_share_their_axes_and_the_place_left_holds_the_legend():
    walks = {name: [(2, 1), (1, 0.5)] for name in "abc"}
    axes = plotting.path_panels(bowl, walks, (-3, 3), (-2, 2))
    assert {(ax.get_xlim(), ax.get_ylim()) for ax in axes} == {((-3, 3), (-2, 2))}
    spare = axes[0].figure.axes[-1]
    shown = [text.get_text() for text in spare.get_legend().get_texts()]
    assert shown == ["a step", "the end", "start"]
    assert all(ax.get_legend() is None for ax in axes)


def test_panels_without_a_walk_are_refused():
    with pytest.raises(ValueError, match="no walk"):
        plotting.path_panels(bowl, {}, (-3, 3), (-2, 2))


def test_walks_on_a_curve_end_where_they_end_though_marks_that_coincide_are_left_out():
    creeping = np.linspace(2, 1.999, 50)
    ax = plotting.walks_on_a_curve(np.square, {"a": creeping, "b": [-2, 0, 0, 0, 1]}, (-3, 3))
    ends = [line.get_xdata()[-1] for line in ax.lines[2::2]]
    assert ends == [1.999, 1]
    assert len(ax.lines[1].get_xdata()) < 5
