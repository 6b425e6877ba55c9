"""The interactive figures of chapter 13 say what is true of what they draw."""

import zlib

import numpy as np
import pytest

from dlcourse.plotting import smooth
from dlcourse.widgets import GZIPPED_LIMIT, SVG_LIMIT, curves_so_far, scores_by_rate

NAMES = ["SGD", "Momentum", "AdaGrad", "RMSprop", "Adam"]


def test_the_caption_names_the_lowest_and_the_highest_curve_at_the_stop():
    rng = np.random.default_rng(0)
    losses = {name: np.cumsum(rng.normal(0, 0.1, 50)) + 2 for name in NAMES}
    figure = curves_so_far(losses, [1, 10, 50], ylim=(0, 4), smoothing=0.8, first=2)
    assert figure.start == 2
    for stop, caption in zip([1, 10, 50], figure.captions, strict=True):
        ends = {name: smooth(values, 0.8)[stop - 1] for name, values in losses.items()}
        low, high = min(ends, key=ends.get), max(ends, key=ends.get)
        plural = "s" if stop > 1 else ""
        assert caption == (
            f"After {stop} update{plural}: {low} is lowest, {ends[low]:.2f}, "
            f"{high} highest, {ends[high]:.2f}."
        )


def test_what_comes_after_the_stop_does_not_show():
    early = [curves_so_far({"a": [2.0, 1.0, last]}, [1, 2], ylim=(0, 3)).svg for last in (0.5, 2.5)]
    assert early[0] == early[1]


def test_the_caption_has_the_best_rate_of_each_optimizer_at_the_stage():
    right = {"SGD": [[0.1, 0.5], [0.4, 0.2]], "Adam": [[0.3, 0.9], [0.2, 0.95]]}
    losses = {name: [[1.0, 1.0], [1.0, 1.0]] for name in right}
    figure = scores_by_rate(right, losses, [0.01, 0.1], [20, 200], ylim=(0.1, 3), first=1)
    assert figure.captions == (
        "After 20 updates the best of its rates gives SGD 40.0% (rate 0.1), "
        "Adam 30.0% (rate 0.01).",
        "After 200 updates the best of its rates gives SGD 50.0% (rate 0.01), "
        "Adam 95.0% (rate 0.1).",
    )
    assert figure.start == 1


def test_a_loss_beyond_the_axis_is_drawn_on_its_edge():
    right = {"SGD": [[0.1, 0.1], [0.2, 0.2]]}

    def drawn(top):
        return scores_by_rate(
            right, {"SGD": [[top, 1.0], [1.0, 1.0]]}, [0.1, 1.0], [1, 2], ylim=(0.1, 3)
        ).svg

    assert drawn(3.0) == drawn(1000.0)
    assert drawn(3.0) != drawn(2.0)


@pytest.mark.parametrize(
    "make",
    [
        lambda table: curves_so_far({k: [1.0, 2.0] for k in table}, [1, 2], ylim=(0, 3)),
        lambda table: scores_by_rate(table, table, [0.1, 1.0], [1, 2], ylim=(0.1, 3)),
    ],
)
def test_six_can_not_be_told_apart(make):
    with pytest.raises(ValueError, match="at most 5 contestants"):
        make({name: np.ones((2, 2)) for name in "abcdef"})


def test_both_are_small():
    rng = np.random.default_rng(1)
    curves = curves_so_far(
        {name: rng.uniform(0, 3, 300) for name in NAMES}, [10, 50, 100, 200, 300], ylim=(0, 3)
    )
    tables = {name: rng.uniform(0.1, 1, (9, 7)) for name in NAMES}
    by_rate = scores_by_rate(tables, tables, np.geomspace(1e-4, 1, 9), range(7), ylim=(0.1, 3))
    for figure in (curves, by_rate):
        assert len(figure.svg) < SVG_LIMIT / 2
        assert len(zlib.compress(figure.svg.encode())) < GZIPPED_LIMIT / 1.5
