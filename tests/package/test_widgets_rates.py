"""The interactive figures about learning rates say what is true of what they draw."""

import re

import numpy as np
import pytest

from dlcourse import widgets
from dlcourse.plotting import smooth
from dlcourse.schedules import Triangular, WarmRestarts
from dlcourse.tuning import RangeTest

LOSSES = np.array([[2.0, 1.9, 1.8, 1.7], [2.0, 1.0, 0.5, 0.25], [2.0, 8.0, 40.0, 90.0]])


def test_every_rate_has_a_frame_that_names_where_the_loss_went():
    figure = widgets.loss_by_rate([0.1, 1.0, 10.0], LOSSES, ylim=(0.1, 50), first=1)
    assert len(figure.captions) == 3
    ends = smooth(LOSSES, 0.8)[:, -1]
    for rate, end, caption in zip([0.1, 1, 10], ends, figure.captions, strict=True):
        assert caption.startswith(f"Rate {rate:g}: the loss goes from 2.00 to {end:.2f}")
    assert figure.start == 1


def test_only_a_run_that_climbs_is_said_to_have_a_peak():
    figure = widgets.loss_by_rate([0.1, 1.0, 10.0], LOSSES, ylim=(0.1, 50))
    assert ["by way of" in caption for caption in figure.captions] == [False, False, True]
    assert "by way of 90" in figure.captions[2]


def test_there_must_be_a_curve_for_each_rate():
    with pytest.raises(ValueError, match="2 rates need as many curves"):
        widgets.loss_by_rate([0.1, 1.0], LOSSES, ylim=(0.1, 50))


def builder(**sliders):
    return widgets.schedule_builder(
        {
            "triangular": lambda size, top: Triangular(0.1, top, size),
            "restarts": lambda size, top: WarmRestarts(top, 0.1, size),
            "constant": lambda size, top: lambda t: np.full(np.shape(t), top),
        },
        40,
        widgets.Slider("step size", [5, 10]),
        widgets.Slider("max rate", [0.5, 1.0], **sliders),
        ylim=(0, 1.1),
    )


def test_the_builder_has_a_frame_for_every_pair_and_states_the_last_rates():
    figure = builder(start=1)
    assert len(figure.captions) == 4
    assert figure.captions[0].startswith("Step size 5, max rate 0.5: ")
    for caption, (size, top) in zip(
        figure.captions, [(5, 0.5), (10, 0.5), (5, 1.0), (10, 1.0)], strict=True
    ):
        said = {name: float(rate) for name, rate in re.findall(r"(\w+) (\d\.\d{3})", caption)}
        assert said["triangular"] == pytest.approx(Triangular(0.1, top, size)(39), abs=6e-4)
        assert said["restarts"] == pytest.approx(WarmRestarts(top, 0.1, size)(39), abs=6e-4)
        assert said["constant"] == top
    assert figure.start == 2


def test_a_walk_through_a_range_test_ends_with_its_last_step_and_names_the_lowest():
    rates = np.geomspace(1e-3, 10, 50)
    losses = np.concatenate([np.linspace(2, 1, 40), np.linspace(1.2, 9, 10)])
    test = RangeTest(rates, losses, losses, suggestion=0.1)
    figure = widgets.walk_through_range_test(test, ylim=(0, 4), positions=10)
    assert len(figure.captions) == 10
    assert figure.captions[4].endswith("the lowest so far.")
    assert figure.captions[-1].startswith("Step 50 of 50, rate 10: the smoothed loss is 9.00")
    assert f"its lowest, 1.00 at rate {rates[39]:.3g}" in figure.captions[-1]
