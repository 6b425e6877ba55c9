"""Slopes: where they come from, where there are none, what they say, how well they compute."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlcourse.finite_difference import derivative
from dlcourse.plotting import COLORS
from dlcourse.widgets.figure import InteractiveFigure, interactive_figure

Function = Callable[[Any], Any]


def secant_to_tangent(
    f: Function,
    x: float,
    steps: Sequence[float],
    *,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    first: int = 0,
) -> InteractiveFigure:
    """Let the second point of a secant slide into the first, and watch the slope settle.

    Parameters
    ----------
    f : callable
        The curve; acts on each entry of an array by itself.
    x : float
        Where the first point stands.
    steps : sequence of float
        How far to the right the second point stands, one for each position of the slider.
    xlim, ylim : tuple of float
        The part of the plane to show.
    first : int
        Which step to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> secant_to_tangent(np.square, 1.0, [1.0, 0.1], xlim=(-1, 3), ylim=(-1, 9))
    <InteractiveFigure: step h, 2 positions>
    """
    y, ends = float(f(x)), np.array(xlim)
    slopes = {h: (float(f(x + h)) - y) / h for h in steps}

    def background() -> tuple[Figure, Any]:
        figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 3.9), width_ratios=(3, 2))
        grid = np.linspace(*xlim, 150)
        left.plot(grid, f(grid), color=COLORS["gray"], linewidth=2.5)
        left.set(xlim=xlim, ylim=ylim, xlabel="x", ylabel="y")
        widest = max(steps)
        right.plot([0], [derivative(f, x)], "o", mfc="white", color=COLORS["black"], ms=9)
        low, high = min(slopes.values()), max(slopes.values())
        room = 0.15 * (high - low)
        right.set(xlim=(-0.08 * widest, 1.1 * widest), ylim=(low - 2 * room, high + room))
        right.set(xlabel="step h", ylabel="slope of the line")
        return figure, (left, right)

    def draw(axes: Any, h: float) -> str:
        left, right = axes
        rise, slope = slopes[h] * h, slopes[h]
        left.plot(ends, y + slope * (ends - x), color=COLORS["vermillion"])
        left.plot([x, x + h, x + h], [y, y, y + rise], color=COLORS["blue"], lw=1.5, ls="--")
        left.plot([x, x + h], [y, y + rise], "o", color=COLORS["black"], ms=8)
        right.plot([h], [slope], "o", color=COLORS["vermillion"], ms=9)
        return f"h = {h:g}: y rises by {rise:.4g}, and {rise:.4g} / {h:g} = {slope:.4g}."

    return interactive_figure(
        background,
        draw,
        list(steps),
        label="step h",
        show=lambda h: f"{h:g}",
        start=first,
        alt=(
            f"Left, a curve and a straight line through its points at {x:g} and {x:g} + h; a "
            f"dashed triangle shows the run h and the rise. Right, the slope of that line against "
            f"h, with an open circle at h = 0 where the slopes arrive."
        ),
    )


def zoom(
    curves: Mapping[str, Function], x: float, widths: Sequence[float], *, first: int = 0
) -> InteractiveFigure:
    """Look at curves around one point under a magnifying glass.

    Both axes of a panel are magnified alike, so a slope looks the same at every width.

    Parameters
    ----------
    curves : dict of str to callable
        One panel for each, under this title.
    x : float
        The middle of the window.
    widths : sequence of float
        Half the width of the window, one for each position of the slider.
    first : int
        Which window to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> zoom({"a parabola": np.square, "a corner": np.abs}, 0.0, [1.0, 0.1])
    <InteractiveFigure: window, 2 positions>
    """
    grid = np.linspace(-1.0, 1.0, 81)  # in halves of the window; 0 is among them

    def background() -> tuple[Figure, Any]:
        figure, axes = plt.subplots(1, len(curves), figsize=(6.6, 3.6), squeeze=False)
        for ax, title in zip(axes[0], curves, strict=True):
            ax.set(xlim=(-1, 1), ylim=(-1, 1), title=title, aspect="equal")
            ax.set(xlabel="x, magnified", ylabel="y, magnified")
            ax.set_xticks([-1, 0, 1], [])
            ax.set_yticks([-1, 0, 1], [])
            ax.plot([0], [0], "o", color=COLORS["black"], ms=8, zorder=4)
        return figure, axes[0]

    def draw(axes: Any, width: float) -> str:
        bends = []
        for ax, (title, f) in zip(axes, curves.items(), strict=True):
            y = (f(x + width * grid) - f(x)) / width
            ax.plot(grid, y, color=COLORS["vermillion"], linewidth=3)
            # How far the middle of the curve lies from the line through its ends; y counts
            # halves of the window.
            bends.append((title, f"{abs(y[0] + y[-1]) / 4:.2%}".replace(".00%", "%")))
        (first_title, most), *others = bends
        rest = "".join(f", {title} by {share}" for title, share in others)
        return (
            f"Window ± {width:g}: {first_title} strays from a straight line by {most} of the "
            f"width{rest}."
        )

    return interactive_figure(
        background,
        draw,
        list(widths),
        label="window",
        show=lambda width: f"± {width:g}",
        start=first,
        alt=(
            f"The same point, x = {x:g}, on {len(curves)} curves under a magnifying glass: "
            f"{', '.join(curves)}. The slider sets the width of the window."
        ),
    )


def which_way_is_down(
    f: Function,
    points: Sequence[float],
    *,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    first: int = 0,
    flat: float = 1e-3,
) -> InteractiveFigure:
    """Move a point along a curve; its tangent and its slope say which way is down.

    Parameters
    ----------
    f : callable
        The curve; acts on each entry of an array by itself.
    points : sequence of float
        Where the point stands, one for each position of the slider.
    xlim, ylim : tuple of float
        The part of the plane to show.
    first : int
        Which point to show first.
    flat : float
        A slope is called zero if it is smaller than this.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> which_way_is_down(np.square, [-1.0, 0.0, 1.0], xlim=(-2, 2), ylim=(-1, 4))
    <InteractiveFigure: x, 3 positions>
    """
    arm = 0.12 * (xlim[1] - xlim[0])

    def background() -> tuple[Figure, Any]:
        figure, (top, below) = plt.subplots(2, 1, figsize=(6.4, 5.2), sharex=True)
        grid = np.linspace(*xlim, 200)
        top.plot(grid, f(grid), color=COLORS["gray"], linewidth=2.5)
        top.set(xlim=xlim, ylim=ylim, ylabel="f(x)")
        below.plot(grid, derivative(f, grid), color=COLORS["gray"], linewidth=2.5)
        below.axhline(0, color=COLORS["black"], linewidth=1)
        slopes = derivative(f, np.array(points, dtype=float))
        room = 0.15 * max(float(np.ptp(slopes)), flat)
        below.set(ylim=(slopes.min() - room, slopes.max() + room))
        below.set(xlabel="x", ylabel="slope of f at x")
        return figure, (top, below)

    def draw(axes: Any, x: float) -> str:
        top, below = axes
        y, slope = float(f(x)), derivative(f, x)
        way = 0 if abs(slope) < flat else -int(np.sign(slope))
        ends = np.array([x - arm, x + arm])
        top.plot(ends, y + slope * (ends - x), color=COLORS["vermillion"], linewidth=3)
        top.plot([x], [y], "o", color=COLORS["black"], ms=9)
        if way:
            _arrow_along_x(top, x, way * arm, ylim)
        below.plot([x, x], [0, slope], color=COLORS["vermillion"], linewidth=3)
        below.plot([x], [slope], "o", color=COLORS["vermillion"], ms=9)
        if not way:
            return f"x = {x:g}: the curve is flat here. The slope is 0 and names no way down."
        side, sign = ("right", "negative") if way > 0 else ("left", "positive")
        return f"x = {x:g}: the slope is {slope:.2f}, {sign}, so down is to the {side}."

    return interactive_figure(
        background,
        draw,
        list(points),
        label="x",
        show=lambda x: f"{x:g}",
        start=first,
        alt=(
            "Above, a curve with a point on it, a piece of its tangent, and an arrow along the x "
            "axis in the direction in which the curve falls. Below, the slope of the curve "
            "against x, with a bar from zero to the slope at the point."
        ),
    )


def _arrow_along_x(ax: Axes, x: float, way: float, ylim: tuple[float, float]) -> None:
    """Draw the way down as an arrow just above the x axis."""
    height = ylim[0] + 0.08 * (ylim[1] - ylim[0])
    arrow = {"arrowstyle": "-|>", "color": COLORS["blue"], "lw": 3, "mutation_scale": 22}
    ax.annotate("", (x + way, height), (x, height), arrowprops=arrow)


def step_size_error(
    f: Function, slope: float, x: float, steps: Sequence[float], *, first: int = 0
) -> InteractiveFigure:
    """Show the error of a forward difference for each step, and the values it subtracts.

    The difference is divided by `h` as it stands. Powers of two are added to `x` without
    an error of their own, so that only the rounding of `f` is seen.

    Parameters
    ----------
    f : callable
        A function of one number.
    slope : float
        Its derivative at `x`, to compare with.
    x : float
        Where the slope is taken.
    steps : sequence of float
        The steps, falling.
    first : int
        Which step to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> step_size_error(lambda x: x * x, 2.2, 1.1, [2.0**-4, 2.0**-30])
    <InteractiveFigure: step h, 2 positions>
    """
    ahead = [float(f(x + h)) for h in steps]
    slopes = [(value - float(f(x))) / h for value, h in zip(ahead, steps, strict=True)]
    # An error of exactly 0 has no place on a logarithmic axis.
    errors = np.maximum(np.abs(np.array(slopes) - slope), np.finfo(float).eps)

    def background() -> tuple[Figure, Any]:
        figure, (table, ax) = plt.subplots(2, 1, figsize=(6.4, 5.4), height_ratios=(2, 5))
        table.axis("off")
        ax.loglog(steps, errors, "o", color=COLORS["gray"], ms=5)
        ax.set(xlim=(min(steps) / 4, max(steps) * 4), xlabel="step h")
        ax.set(ylim=(errors.min() / 4, errors.max() * 4), ylabel="error of the slope")
        return figure, (table, ax)

    def draw(axes: Any, number: int) -> str:
        table, ax = axes
        h, here = steps[number], float(f(x))
        same, rest = _shared_digits(f"{ahead[number]:.16f}", f"{here:.16f}")
        lines = [("f(x + h)", same, rest[0]), ("f(x)", same, rest[1])]
        for row, (name, shared, own) in enumerate(lines):
            place = {"y": 0.8 - 0.4 * row, "family": "monospace", "fontsize": 14}
            table.text(0.0, s=name, **place)
            table.text(0.27, s=shared, color=COLORS["gray"], **place)
            table.text(0.27, s=" " * len(shared) + own, color=COLORS["vermillion"], **place)
        table.text(
            0.0, 0.0, f"difference / h = {slopes[number]:.8f}", family="monospace", fontsize=14
        )
        ax.plot([h], [errors[number]], "o", color=COLORS["vermillion"], ms=11)
        kept = sum(character.isdigit() for character in rest[0])
        return (
            f"h = {h:.1e}: {kept} of 17 digits differ, and the slope comes out as "
            f"{slopes[number]:.8f}; the error is {errors[number]:.0e}."
        )

    return interactive_figure(
        background,
        draw,
        range(len(steps)),
        label="step h",
        show=lambda number: f"{steps[number]:.1e}",
        start=first,
        alt=(
            "Above, the two values that a forward difference subtracts, with the digits in which "
            "they differ in color. Below, the error of the slope against the step on logarithmic "
            "axes: a V, with a ragged left arm."
        ),
    )


def _shared_digits(first: str, second: str) -> tuple[str, tuple[str, str]]:
    """Return how two numbers begin alike, and how each goes on."""
    length = 0
    while length < min(len(first), len(second)) and first[length] == second[length]:
        length += 1
    return first[:length], (first[length:], second[length:])
