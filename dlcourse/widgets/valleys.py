"""Valleys: walks down a map, and what one rate does to a steep and to a shallow direction."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlcourse.finite_difference import gradient
from dlcourse.plotting import COLORS, contours
from dlcourse.widgets.figure import InteractiveFigure, Slider, interactive_figure

#: A function of two variables; given arrays it acts on each pair of entries by itself.
Function = Callable[[Any, Any], Any]
Limits = tuple[float, float]


def descent_on_a_map(
    f: Function,
    starts: Sequence[tuple[float, float]],
    rates: Sequence[float],
    *,
    steps: int = 100,
    xlim: Limits,
    ylim: Limits,
    loss_limits: Limits,
    minimum: tuple[float, float] | None = None,
    levels: int | Sequence[float] = 10,
    first: int = 0,
    first_start: int = 0,
) -> InteractiveFigure:
    """Walk downhill on a map, with the loss of each step below it.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    starts : sequence of tuple of float
        Where walks begin: the positions of the second slider.
    rates : sequence of float
        The learning rates: the positions of the first slider.
    steps : int
        Updates in a walk.
    xlim, ylim : tuple of float
        The part of the plane to show. A walk runs out of the picture where it leaves it.
    loss_limits : tuple of float
        The part of the logarithmic loss axis to show; the lower limit is positive.
    minimum : tuple of float, optional
        A point to mark with a star.
    levels : int or sequence of float
        How many level lines, or the heights to draw them at.
    first, first_start : int
        Which rate and which start to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = descent_on_a_map(
    ...     lambda x, y: x**2 + y**2,
    ...     [(2, 0), (1, 1)],
    ...     [0.25, 1.5],
    ...     steps=3,
    ...     xlim=(-3, 3),
    ...     ylim=(-2, 2),
    ...     loss_limits=(1e-3, 1e3),
    ... )
    >>> figure.captions[0]
    'Rate 0.25, start (2, 0): after 3 steps at (0.250, 0.000), loss 6.25e-02.'
    >>> figure.captions[3]
    'Rate 1.5, start (1, 1): the loss grows without bounds; at step 3 it is 1.28e+02.'
    """

    def background() -> tuple[Figure, Any]:
        figure, (above, below) = plt.subplots(
            2, 1, figsize=(6.4, 7.0), gridspec_kw={"height_ratios": [3, 2]}
        )
        contours(f, xlim, ylim, levels=levels, minimum=minimum, num_points=41, ax=above)
        above.set(xlabel="$x_1$", ylabel="$x_2$")
        below.set(
            xlim=(0, steps), ylim=loss_limits, yscale="log", xlabel="step", ylabel="loss (log)"
        )
        return figure, (above, below)

    def draw(axes: Any, rate: float, start: tuple[float, float]) -> str:
        above, below = axes
        walk = _walk(f, start, rate, steps)
        losses = np.array([float(f(*place)) for place in walk])
        shown = walk[_far_enough(walk, xlim, ylim)]
        above.plot(*shown.T, "-", color=COLORS["vermillion"], lw=1.2)
        above.plot(*shown[:25].T, "o", color=COLORS["vermillion"], ms=4)
        above.plot(*start, "o", color=COLORS["black"], ms=9, zorder=5)
        above.plot(*walk[-1], "s", mfc="none", mec=COLORS["blue"], ms=11, mew=2.5, zorder=6)
        with np.errstate(divide="ignore"):
            below.plot(losses, color=COLORS["vermillion"])
        return _where_it_ended(rate, start, walk, losses)

    return interactive_figure(
        background,
        draw,
        rates,
        label="learning rate",
        show=lambda rate: f"{rate:g}",
        start=first,
        second=Slider("start", list(starts), show=_point, start=first_start),
        alt=(
            "Above, a map with level lines: a walk of dots leads from a big dot, the start, to "
            "a blue square, where it ends; a star marks the minimum. Below, the loss after each "
            "step on a logarithmic axis."
        ),
    )


def errors_on_a_bowl(
    curvatures: tuple[float, float],
    rates: Sequence[float],
    *,
    start: tuple[float, float] = (4.0, 1.0),
    steps: int = 15,
    first: int = 0,
) -> InteractiveFigure:
    r"""Walk down a bowl, and follow the error along its shallow and its steep direction.

    The bowl is :math:`L = \frac12 (\lambda_1 a^2 + \lambda_2 b^2)`: each step multiplies
    a by :math:`1 - \eta\lambda_1` and b by :math:`1 - \eta\lambda_2`.

    Parameters
    ----------
    curvatures : tuple of float
        The curvatures along a and along b, the smaller one first; both positive.
    rates : sequence of float
        The learning rates: the positions of the slider.
    start : tuple of float
        Where the walk begins.
    steps : int
        Updates in a walk.
    first : int
        Which rate to show first.

    Returns
    -------
    InteractiveFigure

    References
    ----------
    Equation :eq:`error-factor` of chapter 5.

    Examples
    --------
    >>> figure = errors_on_a_bowl((1, 10), [0.05, 0.15, 0.22])
    >>> print(figure.captions[1])
    Rate 0.15, 0.75 of the limit 0.2: each step multiplies a by +0.85 and b by -0.50.
    >>> figure.captions[2][-12:]
    'It diverges.'
    """
    shallow, steep = curvatures
    limit = 2 / steep
    wide, high = 1.25 * abs(start[0]), 2.0 * abs(start[1])

    def bowl(a: Any, b: Any) -> Any:
        return (shallow * a**2 + steep * b**2) / 2

    def background() -> tuple[Figure, Any]:
        figure, (above, below) = plt.subplots(
            2, 1, figsize=(6.4, 6.4), gridspec_kw={"height_ratios": [1, 1]}
        )
        contours(bowl, (-wide, wide), (-high, high), levels=9, num_points=41, ax=above)
        above.set(xlabel="a (shallow)", ylabel="b (steep)")
        below.axhline(0, color=COLORS["gray"], lw=1)
        reach = 1.1 * abs(start[0])
        below.set(xlim=(0, steps), ylim=(-reach, reach), xlabel="step", ylabel="error")
        below.plot([], [], color=COLORS["blue"], label="a (shallow)")
        below.plot([], [], "o--", color=COLORS["vermillion"], ms=4, label="b (steep)")
        below.legend(loc="lower right", ncols=2)
        return figure, (above, below)

    def draw(axes: Any, rate: float) -> str:
        above, below = axes
        factors = 1 - rate * np.array(curvatures)
        walk = np.array(start) * factors ** np.arange(steps + 1)[:, None]
        _dots(above, walk[_far_enough(walk, (-wide, wide), (-high, high))])
        above.plot(*start, "o", color=COLORS["black"], ms=9, zorder=5)
        below.plot(walk[:, 0], color=COLORS["blue"])
        below.plot(walk[:, 1], "o--", color=COLORS["vermillion"], ms=4, lw=1.4)
        worst = float(np.abs(factors).max())
        verdict = " It diverges." if worst > 1 + 1e-9 else ""
        verdict = " It never settles." if abs(worst - 1) <= 1e-9 else verdict
        return (
            f"Rate {rate:g}, {rate / limit:.2f} of the limit {limit:g}: each step multiplies a by "
            f"{factors[0]:+.2f} and b by {factors[1]:+.2f}.{verdict}"
        )

    return interactive_figure(
        background,
        draw,
        rates,
        label="learning rate",
        show=lambda rate: f"{rate:g}",
        start=first,
        alt=(
            "Above, the level lines of a long bowl and a walk of dots on it from a big dot. "
            "Below, the two coordinates of the walk after each step: the shallow one as a "
            "smooth curve, the steep one as dots, which change sides when the rate is high."
        ),
    )


def _walk(f: Function, start: tuple[float, float], rate: float, steps: int) -> Any:
    """Return where gradient descent goes; it stops early when it is far out."""
    walk = [np.array(start, dtype=float)]
    while len(walk) <= steps and np.abs(walk[-1]).max() < 1e3:
        slope = gradient(lambda p: float(f(p[0], p[1])), walk[-1])
        walk.append(walk[-1] - rate * slope)
    return np.array(walk)


def _far_enough(walk: Any, xlim: Limits, ylim: Limits) -> Any:
    """Return which points to draw: those that differ visibly from the last one drawn.

    What comes after the walk has left the picture for good is cut off, but for one point.
    """
    size = np.array([np.ptp(xlim), np.ptp(ylim)])
    chosen = [0]
    for k in range(1, len(walk)):
        if np.abs((walk[k] - walk[chosen[-1]]) / size).max() > 0.006:
            chosen.append(k)
        if (np.abs(walk[k] - np.array([np.mean(xlim), np.mean(ylim)])) > 3 * size).any():
            break
    return np.array(chosen)


def _dots(ax: Axes, walk: Any) -> None:
    ax.plot(*walk.T, "o-", color=COLORS["vermillion"], lw=1.2, ms=5)


def _where_it_ended(rate: float, start: tuple[float, float], walk: Any, losses: Any) -> str:
    last = len(walk) - 1
    run = f"Rate {rate:g}, start {_point(start)}: "
    if losses[-1] > losses[0]:
        return run + f"the loss grows without bounds; at step {last} it is {losses[-1]:.2e}."
    place = f"({walk[-1][0] + 0.0:.3f}, {walk[-1][1] + 0.0:.3f})"
    ended = run + f"after {last} steps at {place}, loss {losses[-1]:.2e}."
    if losses[-1] > 1e-6 and abs(losses[-1] - losses[-3]) < 1e-2 * abs(losses[-1] - losses[-2]):
        ended += f" One step before it was {losses[-2]:.2e}: it hops to and fro."
    return ended


def _point(point: tuple[float, float]) -> str:
    return f"({point[0]:g}, {point[1]:g})"
