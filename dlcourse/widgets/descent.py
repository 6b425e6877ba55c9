"""Descent: walks downhill, and what the learning rate and the start make of them."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlcourse.finite_difference import derivative
from dlcourse.plotting import COLORS
from dlcourse.widgets.figure import InteractiveFigure, Slider, interactive_figure


def descent_on_a_curve(
    f: Callable[[Any], Any],
    start: float | Sequence[float],
    rates: Sequence[float],
    *,
    steps: int = 12,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    first: int = 0,
) -> InteractiveFigure:
    """Walk downhill on a curve with one learning rate for each position of the slider.

    Parameters
    ----------
    f : callable
        The curve; acts on each entry of an array by itself.
    start : float or sequence of float
        Where the walks begin. Several starts give the figure a second slider.
    rates : sequence of float
        The learning rates.
    steps : int
        Updates in a walk.
    xlim, ylim : tuple of float
        The part of the plane to show. A walk that leaves it is cut off there.
    first : int
        Which rate to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> descent_on_a_curve(np.square, 2.0, [0.1, 0.9, 1.1], xlim=(-3, 3), ylim=(0, 9))
    <InteractiveFigure: learning rate, 3 positions>
    >>> descent_on_a_curve(np.square, [-2.0, 1.0], [0.1, 0.9], xlim=(-3, 3), ylim=(0, 9))
    <InteractiveFigure: learning rate, 2 positions; start, 2 positions>
    """
    starts = [float(w) for w in np.atleast_1d(start)]
    several = len(starts) > 1

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 3.8))
        grid = np.linspace(*xlim, 300)
        ax.plot(grid, f(grid), color=COLORS["gray"], linewidth=2.5)
        _mark_start(ax, f, starts[0])
        ax.set(xlim=xlim, ylim=ylim, xlabel="w", ylabel="loss L(w)")
        ax.legend(loc="upper center")
        if several:
            ax.lines[-1].remove()  # the legend stays, the dot moves
        return figure, ax

    def draw(ax: Any, rate: float, w: float = starts[0]) -> str:
        path = _walk(f, w, rate, steps)
        inside = (path >= xlim[0]) & (path <= xlim[1])
        last = len(path) if inside.all() else int(np.argmin(inside)) + 1
        if several:
            _mark_start(ax, f, w)
        ax.plot(path[:last], f(path[:last]), "-", color=COLORS["vermillion"], lw=1.2)
        ax.plot(path[:last], f(path[:last]), "o", color=COLORS["vermillion"], ms=6)
        where = f", start {w:g}" if several else ""
        if last < len(path) or not inside.all():
            return f"Rate {rate:g}{where}: the walk leaves the picture at step {last - 1}."
        return (
            f"Rate {rate:g}{where}: after {steps} steps w = {path[-1]:.3f} and the loss is "
            f"{float(f(path[-1])):.4f}."
        )

    return interactive_figure(
        background,
        draw,
        rates,
        label="learning rate",
        show=lambda rate: f"{rate:g}",
        start=first,
        second=Slider("start", starts, show=lambda w: f"{w:g}") if several else None,
        alt=(
            f"A curve L(w) and a walk of {steps} steps of gradient descent on it from "
            f"{'the start' if several else f'w = {starts[0]:g}'}, for the learning rate "
            f"chosen with the slider."
        ),
    )


def _walk(f: Callable[[Any], Any], w: float, rate: float, steps: int) -> Any:
    """Return where gradient descent goes; it stops early when it is far out."""
    path = [w]
    while len(path) <= steps and abs(path[-1]) < 1e6:
        path.append(path[-1] - rate * derivative(f, path[-1]))
    return np.array(path)


def _mark_start(ax: Axes, f: Callable[[Any], Any], w: float) -> None:
    ax.plot([w], [f(w)], "o", color=COLORS["black"], ms=9, label="start")
