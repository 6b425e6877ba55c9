"""The figures of walks down a valley: each caption says what its walk does."""

import re
import zlib

import numpy as np
import pytest

from dlcourse import widgets


def valley(x1, x2):
    return (x2 - x1**2) ** 2 + (1 - x1) ** 2


@pytest.fixture(scope="module")
def walks():
    return widgets.descent_on_a_map(
        valley, [(2, 2), (0, 2.5)], [0.1, 0.2, 0.25], xlim=(-2.5, 2.5), ylim=(-1.5, 4),
        loss_limits=(1e-7, 30), minimum=(1, 1),
    )  # fmt: skip


def test_there_is_a_frame_for_every_rate_and_start(walks):
    assert [re.match(r"Rate ([\d.]+), start (\(.+?\))", c).groups() for c in walks.captions] == [
        (rate, start) for start in ("(2, 2)", "(0, 2.5)") for rate in ("0.1", "0.2", "0.25")
    ]


def test_a_walk_that_arrives_says_where_it_is(walks):
    assert "after 100 steps at (1.009, 1.021), loss 9.13e-05." in walks.captions[0]
    assert "hops" not in walks.captions[0]


def test_a_walk_that_cycles_names_both_heights(walks):
    assert "loss 1.85e-01. One step before it was 1.20e-01: it hops" in walks.captions[1]


def test_a_walk_that_diverges_says_so_and_stops_early(walks):
    assert re.search(
        r"grows without bounds; at step [3-5] it is \d\.\d\de\+\d\d", walks.captions[2]
    )


def test_the_walks_are_small_enough_for_a_page_with_others(walks):
    assert len(zlib.compress(walks.svg.encode())) < widgets.GZIPPED_LIMIT / 2


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0.05, "multiplies a by +0.95 and b by +0.50."),
        (0.15, "multiplies a by +0.85 and b by -0.50."),
        (0.2, "b by -1.00. It never settles."),
        (0.22, "b by -1.20. It diverges."),
    ],
)
def test_a_bowl_names_the_factor_of_each_direction(rate, said):
    figure = widgets.errors_on_a_bowl((1, 10), [rate, 0.1])
    assert said in figure.captions[0]


def test_the_factors_are_those_of_gradient_descent():
    # What the caption multiplies by is what one step on the bowl does.
    step = np.array([4.0, 1.0]) - 0.15 * np.array([1.0, 10.0]) * np.array([4.0, 1.0])
    figure = widgets.errors_on_a_bowl((1, 10), [0.15, 0.1])
    a, b = re.search(r"a by (\S+) and b by (\S+)\.", figure.captions[0]).groups()
    np.testing.assert_allclose(step, [4 * float(a), float(b)])
