"""Fits: what the capacity of a model and weight decay do to old and to new points."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from dlcourse.plotting import COLORS
from dlcourse.widgets.figure import InteractiveFigure, Slider, interactive_figure


def capacity_and_decay(
    training: tuple[ArrayLike, ArrayLike],
    validation: tuple[ArrayLike, ArrayLike],
    degrees: Sequence[int],
    decays: Sequence[float],
    *,
    top: float = 0.5,
    first: int = 0,
    first_decay: int = 0,
) -> InteractiveFigure:
    """Fit polynomials to some points, and see what they are worth on others.

    Above are the points of the fit and the best polynomial of one degree: the one with the
    smallest mean squared error plus half the decay times its squared weights, the constant left
    out. Below are its mean squared errors on these points and on new ones, for all degrees.

    Parameters
    ----------
    training, validation : tuple of two array_like of shape (n,)
        Places between -1 and 1, and the values there. The first are fitted.
    degrees : sequence of int
        In ascending order: the positions of the first slider.
    decays : sequence of float
        The positions of the second slider.
    top : float
        Where the axis of errors ends. What lies above is drawn at its edge.
    first, first_decay : int
        Which degree and which decay to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = capacity_and_decay(
    ...     ([-1, 0, 1], [1, 0, 1]), ([0.5], [0.25]), [1, 2], [0.0, 1.0], first=1
    ... )
    >>> figure.captions[1]
    'Degree 2, decay 0: error 0.000 on the 3 points, 0.000 on new ones; largest weight 1.'
    """
    t, y = (np.asarray(part, dtype=float) for part in training)
    new_t, new_y = (np.asarray(part, dtype=float) for part in validation)
    everywhere = np.linspace(-1, 1, 161)
    low, high = np.min(y), np.max(y)
    limits = low - 0.6 * (high - low), high + 0.6 * (high - low)

    def errors(weights: NDArray[Any]) -> tuple[float, float]:
        old, new = (_values(weights, places) for places in (t, new_t))
        return float(np.mean((old - y) ** 2)), float(np.mean((new - new_y) ** 2))

    def background() -> tuple[Figure, Any]:
        figure, (above, below) = plt.subplots(
            2, 1, figsize=(6.4, 6.6), gridspec_kw={"height_ratios": [3, 2]}
        )
        above.plot(new_t, new_y, ".", color=COLORS["gray"], ms=4, label="new points")
        above.plot(t, y, "o", color=COLORS["black"], ms=7, label="points of the fit", zorder=4)
        above.set(xlim=(-1.04, 1.04), ylim=limits, xlabel="t", ylabel="y")
        above.legend(loc="upper left")
        below.set(
            xlim=(degrees[0] - 0.3, degrees[-1] + 0.3), ylim=(-0.02 * top, top),
            xticks=list(degrees), xlabel="degree", ylabel="mean squared error",
        )  # fmt: skip
        below.plot([], [], "s--", color=COLORS["vermillion"], label="on new points")
        below.plot([], [], "o-", color=COLORS["blue"], label="on the points of the fit")
        below.legend(loc="upper center")
        return figure, (above, below)

    def draw(axes: Any, degree: int, decay: float) -> str:
        above, below = axes
        fits = [_fit(t, y, d, decay) for d in degrees]
        old, new = np.transpose([errors(weights) for weights in fits])
        here = list(degrees).index(degree)
        curve = np.clip(_values(fits[here], everywhere), limits[0] - 9, limits[1] + 9)
        above.plot(everywhere, curve, color=COLORS["blue"], lw=2)
        below.plot(degrees, np.minimum(new, top), "s--", color=COLORS["vermillion"], ms=6)
        below.plot(degrees, np.minimum(old, top), "o-", color=COLORS["blue"], ms=6)
        below.plot([degree, degree], [0, top], color=COLORS["gray"], lw=1.2, ls=":")
        return (
            f"Degree {degree}, decay {decay:g}: error {old[here]:.3f} on the {len(t)} points, "
            f"{new[here]:.3f} on new ones; largest weight {np.max(np.abs(fits[here])):.3g}."
        )

    return interactive_figure(
        background,
        draw,
        list(degrees),
        label="degree",
        start=first,
        second=Slider("decay", list(decays), show=lambda decay: f"{decay:g}", start=first_decay),
        alt=(
            "Above, points, and a polynomial fitted to some of them, of the degree and with the "
            "decay chosen with the sliders. Below, its mean squared error on these points and on "
            "new ones for every degree, with the chosen degree marked."
        ),
    )


def _values(weights: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.vander(places, len(weights), increasing=True) @ weights)


def _fit(t: NDArray[Any], y: NDArray[Any], degree: int, decay: float) -> NDArray[Any]:
    """Return the weights of the powers of t, lowest first: decay is a row for each weight."""
    penalty = np.sqrt(decay * len(t) / 2) * np.eye(degree + 1)
    penalty[0, 0] = 0  # the constant may be as large as it likes
    rows = np.vstack([np.vander(t, degree + 1, increasing=True), penalty])
    weights, *_ = np.linalg.lstsq(rows, np.concatenate([y, np.zeros(degree + 1)]))
    return np.asarray(weights)
