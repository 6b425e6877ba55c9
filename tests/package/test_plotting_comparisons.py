"""Steps taken apart and runs compared: arrows and bars stand where the numbers say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from dlcourse.plotting import look_ahead, paired_differences


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def steps(place=(-6.0, 0.5), velocity=(0.9, -1.6), rate=0.25):
    return look_ahead(
        lambda x, y: x**2 / 20 + y**2,
        lambda point: point * [0.1, 2],
        place,
        velocity,
        (-7, -4),
        (-2, 1),
        rate=rate,
    )


def the_end(ax):
    """Return where the last of the arrows leads."""
    return np.array(ax.texts[-1].xy)


def test_momentum_takes_the_slope_where_it_stands_and_nesterov_where_the_velocity_leads():
    here, kept = np.array([-6.0, 0.5]), 0.9 * np.array([0.9, -1.6])
    momentum, nesterov = map(the_end, steps())
    np.testing.assert_allclose(momentum, here + kept - 0.25 * here * [0.1, 2])
    np.testing.assert_allclose(nesterov, here + kept - 0.25 * (here + kept) * [0.1, 2])


def test_the_two_differ_as_the_chapter_says_nesterov_is_turned_back():
    momentum, nesterov = map(the_end, steps())
    assert momentum[1] < -1.1 < -0.6 < nesterov[1] < 0


def test_both_panels_name_what_they_show_and_have_equal_scales():
    axes = steps()
    assert [ax.get_title(loc="left") for ax in axes] == ["Momentum", "Nesterov"]
    assert all(ax.get_aspect() == 1 for ax in axes)


DIFFERENCES = {"cosine": [1.0, 3.0, 2.0], "step": [-4.0, 0.0, -2.0]}


def test_a_bar_spans_two_standard_errors_around_the_mean():
    [ax] = paired_differences({"short": DIFFERENCES}, xlabel="images")
    _zero, *bars = [line.get_xdata() for line in ax.lines if line.get_linestyle() == "-"]
    for values, bar in zip(DIFFERENCES.values(), bars, strict=True):
        error = 2 * np.std(values, ddof=1) / np.sqrt(3)
        np.testing.assert_allclose(bar, [np.mean(values) - error, np.mean(values) + error])


def test_every_difference_is_drawn_in_the_row_of_its_method():
    axes = paired_differences({"short": DIFFERENCES, "long": DIFFERENCES}, xlabel="images")
    assert [text.get_text() for text in axes[0].get_yticklabels()] == ["step", "cosine"][::-1]
    for ax in axes:
        rows = {tuple(line.get_xdata()): line.get_ydata()[0] for line in ax.lines}
        assert rows[1.0, 3.0, 2.0] > 1 > rows[-4.0, 0.0, -2.0] > 0


def test_panels_with_different_methods_are_refused():
    with pytest.raises(ValueError, match="the same labels"):
        paired_differences({"a": {"x": [1, 2]}, "b": {"y": [1, 2]}}, xlabel="images")


def test_one_difference_has_no_error():
    with pytest.raises(ValueError, match="two differences or more"):
        paired_differences({"a": {"x": [1.0]}}, xlabel="images")
