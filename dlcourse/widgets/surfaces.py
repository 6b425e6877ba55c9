"""Surfaces over a plane: the gradient at a point, the plane that touches, a step, a direction."""

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


def step_on_a_surface(
    f: Function,
    points: Sequence[tuple[float, float]],
    steps: Sequence[float],
    *,
    xlim: Limits,
    ylim: Limits,
    levels: int = 10,
    first: int = 0,
    first_step: int = 0,
) -> InteractiveFigure:
    """Stand on a surface, see the plane that touches it, and take one step against the gradient.

    Above is the surface, with the tangent plane at the point and where the step ends; below
    the map, with the direction of the gradient (an arrow of one length) and the step.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    points : sequence of tuple of float
        Where to stand: the positions of the first slider.
    steps : sequence of float
        By what the gradient is multiplied: the positions of the second slider.
    xlim, ylim : tuple of float
        The part of the plane to show.
    levels : int
        Level lines on the map.
    first, first_step : int
        Which point and which step to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = step_on_a_surface(
    ...     lambda x, y: x**2 + y**2, [(1, 0), (1, 1)], [0.1, 0.5], xlim=(-2, 2), ylim=(-2, 2)
    ... )
    >>> figure.captions[0]
    'At (1, 0): f = 1.00, gradient (2.00, 0.00). Step 0.1: promised fall 0.40, real fall 0.36.'
    """

    def background() -> tuple[Figure, Any]:
        figure = plt.figure(figsize=(6.4, 6.6))
        above = figure.add_subplot(2, 1, 1, projection="3d")
        below = figure.add_subplot(2, 1, 2)
        _wire_surface(above, f, xlim, ylim)
        contours(f, xlim, ylim, levels=levels, log=False, num_points=31, ax=below)
        below.set_aspect("equal")
        return figure, (above, below)

    def draw(axes: Any, point: tuple[float, float], step: float) -> str:
        above, below = axes
        here = np.array(point, dtype=float)
        slope = gradient(lambda p: float(f(p[0], p[1])), here)
        there = here - step * slope
        height, landed = float(f(*here)), float(f(*there))
        _tangent_plane(above, here, height, slope, 0.3 * np.ptp(xlim), 0.3 * np.ptp(ylim))
        _end(above, [here[0]], [here[1]], [height], marker="o", color=COLORS["black"])
        _end(above, [there[0]], [there[1]], [landed], marker="s", color=COLORS["blue"])
        scale = 0.25 * np.ptp(ylim) / max(float(np.linalg.norm(slope)), 1e-9)
        _arrow(below, here, here + scale * slope, COLORS["vermillion"])
        below.plot(*np.array([here, there]).T, color=COLORS["blue"], lw=2, ls="--")
        _end(below, [here[0]], [here[1]], marker="o", color=COLORS["black"])
        _end(below, [there[0]], [there[1]], marker="s", color=COLORS["blue"])
        return (
            f"At ({point[0]:g}, {point[1]:g}): f = {height:.2f}, gradient "
            f"({slope[0]:.2f}, {slope[1]:.2f}). Step {step:g}: promised fall "
            f"{step * float(slope @ slope):.2f}, real fall {height - landed:.2f}."
        )

    return interactive_figure(
        background,
        draw,
        list(points),
        label="point",
        show=lambda point: f"({point[0]:g}, {point[1]:g})",
        start=first,
        second=Slider("step", list(steps), show=lambda step: f"{step:g}", start=first_step),
        alt=(
            "Above, a surface over the x-y plane and a flat plane that touches it at a dot. "
            "Below, its level lines from above: an arrow leads from the dot along the "
            "gradient, and a dashed line the opposite way to a blue square, where the step ends. "
            "The square is on the surface above, too."
        ),
    )


def turn_a_direction(
    f: Function,
    point: tuple[float, float],
    *,
    xlim: Limits,
    ylim: Limits,
    levels: int | Sequence[float] = 10,
    num_directions: int = 24,
    first: int = 0,
) -> InteractiveFigure:
    """Turn a direction around a point, and see the slope in that direction.

    Above is the map with the gradient and the direction chosen, an arrow of length 1; below
    the slope in every direction.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    point : tuple of float
        Where to stand.
    xlim, ylim : tuple of float
        The part of the plane to show.
    levels : int or sequence of float
        How many level lines, or the heights to draw them at.
    num_directions : int
        Positions of the slider: that many directions, evenly around, one of them along the
        gradient.
    first : int
        Which direction to show first, counted from the x axis.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If the gradient at the point is zero, so that no direction is the steepest.

    Examples
    --------
    >>> figure = turn_a_direction(
    ...     lambda x, y: 3 * x + 4 * y, (0, 0), xlim=(-2, 2), ylim=(-2, 2), num_directions=4
    ... )
    >>> figure.captions[0]
    'Direction 53°, 0° from the gradient: the slope is 5.00.'
    >>> figure.captions[1]
    'Direction 143°, 90° from the gradient: the slope is 0.00.'
    """
    here = np.array(point, dtype=float)
    slope = gradient(lambda p: float(f(p[0], p[1])), here)
    steepest = float(np.linalg.norm(slope))
    if steepest < 1e-9:
        raise ValueError(f"the gradient at {point} is zero: no direction is the steepest")
    uphill = float(np.degrees(np.arctan2(slope[1], slope[0]))) % 360
    between = 360 / num_directions
    angles = uphill % between + between * np.arange(num_directions)

    def background() -> tuple[Figure, Any]:
        figure, (above, below) = plt.subplots(
            2, 1, figsize=(6.4, 6.4), gridspec_kw={"height_ratios": [3, 2]}
        )
        contours(f, xlim, ylim, levels=levels, log=False, num_points=31, ax=above)
        above.set_aspect("equal")
        _arrow(above, here, here + slope / steepest, COLORS["vermillion"], width=7.0)
        above.plot(*here, "o", color=COLORS["black"], ms=8, zorder=5)
        every = np.linspace(0, 360, 91)
        below.axhline(0, color=COLORS["gray"], lw=1)
        below.plot(every, steepest * np.cos(np.radians(every - uphill)), color=COLORS["gray"])
        below.axvline(uphill, color=COLORS["vermillion"], lw=2)
        below.set(
            xlim=(0, 360),
            ylim=(-1.25 * steepest, 1.25 * steepest),
            xticks=range(0, 361, 60),
            xlabel="direction (degrees from the x axis)",
            ylabel="slope",
        )
        return figure, (above, below)

    def draw(axes: Any, angle: float) -> str:
        above, below = axes
        direction = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
        rate = float(slope @ direction)
        _arrow(above, here, here + direction, COLORS["blue"])
        below.plot([angle], [rate], "o", color=COLORS["blue"], ms=9, zorder=5)
        apart = abs((angle - uphill + 180) % 360 - 180)
        return (
            f"Direction {angle:.0f}°, {apart:.0f}° from the gradient: the slope is "
            f"{round(rate, 2) + 0.0:.2f}."
        )

    return interactive_figure(
        background,
        draw,
        list(angles),
        label="direction",
        show=lambda angle: f"{angle:.0f}°",
        start=first,
        alt=(
            f"Above, level lines and, at the point ({point[0]:g}, {point[1]:g}), two arrows of "
            "length 1: a wide one along the gradient and a thin one in the direction chosen. "
            f"Below, the slope against the direction: a wave between {-steepest:.2f} and "
            f"{steepest:.2f}, highest where the direction is that of the gradient."
        ),
    )


def _wire_surface(ax: Any, f: Function, xlim: Limits, ylim: Limits) -> None:
    """Draw the surface as a net, so that the plane that touches it from below shows."""
    x, y = np.meshgrid(np.linspace(*xlim, 15), np.linspace(*ylim, 15))
    ax.plot_wireframe(x, y, f(x, y), rstride=1, cstride=1, color="#6B8299", linewidth=0.7)
    ax.computed_zorder = False  # else the plane may hide the point that it touches
    ax.view_init(32, -60)
    ax.set_xlabel("x", labelpad=4)
    ax.set_ylabel("y", labelpad=4)
    ax.set_zlabel("f(x, y)", labelpad=2)
    ax.locator_params(nbins=4)
    ax.set_box_aspect((1.5, 1.2, 0.9), zoom=1.15)


def _tangent_plane(ax: Any, here: Any, height: float, slope: Any, wide: float, deep: float) -> None:
    corners = here + np.array([[-wide, -deep], [wide, -deep], [wide, deep], [-wide, deep]]) / 2
    heights = height + (corners - here) @ slope
    ax.plot_trisurf(
        *corners.T, heights, triangles=[[0, 1, 2], [0, 2, 3]],
        color=COLORS["orange"], alpha=0.55, linewidth=0, shade=False,
    )  # fmt: skip


def _end(ax: Any, *where: Any, marker: str, color: str) -> None:
    ax.plot(*where, marker, color=color, ms=8, mec="white", zorder=6, clip_on=True)


def _arrow(ax: Axes, tail: Any, head: Any, color: str, width: float = 2.5) -> None:
    ax.annotate(
        "", xy=tuple(head), xytext=tuple(tail), annotation_clip=False, zorder=4,
        arrowprops={"arrowstyle": "-|>", "color": color, "lw": width, "shrinkA": 0, "shrinkB": 0,
                    "mutation_scale": 14 + 2 * width},
    )  # fmt: skip
