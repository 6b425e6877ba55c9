"""The figure of chapter 11 that fits polynomials: its fits, its errors, and what it says."""

import zlib

import numpy as np
import pytest

from dlcourse.widgets import GZIPPED_LIMIT, SVG_LIMIT, capacity_and_decay
from dlcourse.widgets.fits import _fit, _values


def points(n, seed=0):
    rng = np.random.default_rng(seed)
    t = rng.uniform(-1, 1, n)
    return t, np.sin(3 * t) + 0.3 * rng.normal(size=n)


def test_without_decay_it_is_numpys_least_squares():
    t, y = points(20)
    for degree in (1, 3, 6):
        np.testing.assert_allclose(_fit(t, y, degree, 0), np.polyfit(t, y, degree)[::-1])


def test_with_decay_the_gradient_of_loss_and_penalty_is_zero():
    """Equation 11.1, with the constant left out: L + decay / 2 * sum of squares."""
    t, y = points(15)
    w = _fit(t, y, 5, 0.3)
    powers = np.vander(t, 6, increasing=True)
    slope = 2 / 15 * powers.T @ (powers @ w - y) + 0.3 * np.r_[0, w[1:]]
    np.testing.assert_allclose(slope, 0, atol=1e-12)


def test_a_huge_decay_leaves_the_mean():
    t, y = points(15)
    w = _fit(t, y, 4, 1e12)
    np.testing.assert_allclose(w[1:], 0, atol=1e-9)
    assert w[0] == pytest.approx(y.mean())


def test_the_caption_tells_both_errors_and_the_largest_weight():
    old, new = points(12), points(40, seed=1)
    figure = capacity_and_decay(old, new, [1, 3], [0.0, 0.5])
    w = np.polyfit(*old, 3)
    errors = [np.mean((np.polyval(w, t) - y) ** 2) for t, y in (old, new)]
    assert figure.captions[1] == (
        f"Degree 3, decay 0: error {errors[0]:.3f} on the 12 points, {errors[1]:.3f} on new "
        f"ones; largest weight {np.abs(w).max():.3g}."
    )
    assert len(figure.captions) == 4


def test_values_are_those_of_the_powers_lowest_first():
    np.testing.assert_allclose(_values(np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0])), [1, 17])


def test_it_starts_where_it_is_told_to():
    figure = capacity_and_decay(
        points(12), points(9), [1, 2, 3], [0.0, 0.1], first=2, first_decay=1
    )
    assert figure.captions[figure.start].startswith("Degree 3, decay 0.1:")


def test_it_is_small_with_seven_degrees_and_five_decays():
    figure = capacity_and_decay(
        points(12), points(200), [1, 2, 3, 5, 7, 9, 11], [0, 1e-5, 1e-3, 0.1, 1]
    )
    assert len(figure.svg) < SVG_LIMIT / 2
    assert len(zlib.compress(figure.svg.encode())) < GZIPPED_LIMIT / 2
