"""Chains of functions: how far a nudge travels, and how gradients fade or grow."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlcourse.finite_difference import derivative
from dlcourse.plotting import COLORS
from dlcourse.widgets.figure import InteractiveFigure, interactive_figure


def nudge_through_a_chain(
    functions: Sequence[Callable[[float], float]],
    names: Sequence[str],
    points: Sequence[float],
    *,
    nudge: float,
    xlim: tuple[float, float],
    first: int = 0,
) -> InteractiveFigure:
    """Follow a nudge of the input through one function after another.

    Each variable has a number line, all to one scale. A band leads from the nudge on one
    line to what becomes of it on the next: where it widens, the slope there is above 1;
    where it crosses itself, the slope is negative.

    Parameters
    ----------
    functions : sequence of callable
        Applied in this order, each to one number.
    names : sequence of str
        Of the input and of each result: one more than there are functions.
    points : sequence of float
        The positions of the slider: values of the input.
    nudge : float
        The change of the input.
    xlim : tuple of float
        The part of the number lines to show.
    first : int
        Which point to show first.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If there is not one name more than there are functions.

    Examples
    --------
    >>> figure = nudge_through_a_chain(
    ...     [np.square, np.sin], ["x", "u", "y"], [0.5, 1.0], nudge=0.1, xlim=(-1, 4)
    ... )
    >>> figure.captions[1]
    'At x = 1.00 the slopes are 2.00 and 0.54; multiplied, 1.08. The nudge of 0.1 becomes 0.09.'
    """
    if len(names) != len(functions) + 1:
        raise ValueError(
            f"there must be a name for the input and one for each function: expected "
            f"{len(functions) + 1} names, got {len(names)}"
        )
    rows = range(len(names), 0, -1)

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 0.9 + 0.95 * len(functions)))
        for row in rows:
            ax.axhline(row, color=COLORS["gray"], linewidth=1)
        ax.set_yticks(list(rows), names)
        ax.set(xlim=xlim, ylim=(0.6, len(names) + 0.4), xlabel="value")
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.grid(axis="y", visible=False)
        return figure, ax

    def draw(ax: Any, x: float) -> str:
        here, there, slopes = [x], [x + nudge], []
        for f in functions:
            slopes.append(float(derivative(f, here[-1])))
            here.append(float(f(here[-1])))
            there.append(float(f(there[-1])))
        for (top, bottom), a, b in zip(
            pairwise(rows), pairwise(here), pairwise(there), strict=True
        ):
            ax.fill(
                [a[0], b[0], b[1], a[1]],
                [top, top, bottom, bottom],
                color=COLORS["sky"],
                alpha=0.45,
                linewidth=0,
            )
        for row, old, new in zip(rows, here, there, strict=True):
            ax.plot(
                [old, new],
                [row, row],
                color=COLORS["vermillion"],
                linewidth=5,
                solid_capstyle="butt",
            )
            ax.plot([old], [row], "o", color=COLORS["black"], ms=7)
        product = float(np.prod(slopes))
        return (
            f"At {names[0]} = {x:.2f} the slopes are "
            f"{' and '.join(f'{s:.2f}' for s in slopes)}; multiplied, {product:.2f}. "
            f"The nudge of {nudge:g} becomes {there[-1] - here[-1]:.2f}."
        )

    return interactive_figure(
        background,
        draw,
        list(points),
        label=names[0],
        show=lambda x: f"{x:.2f}",
        start=first,
        alt=(
            f"Number lines for {', '.join(names)}, one below the other. A nudge of {nudge:g} on "
            f"the first is stretched, shrunk or turned around on its way to the last."
        ),
    )


def gradient_by_depth(
    gradients: Sequence[ArrayLike],
    values: Sequence[Any],
    *,
    label: str,
    ylim: tuple[float, float],
    first: int = 0,
) -> InteractiveFigure:
    """Show how large the slope of the result still is, layer by layer on the way back.

    Parameters
    ----------
    gradients : sequence of array_like of shape (depth + 1,)
        For each position of the slider: the size of the slope at the output, one layer
        before it, and so on, back to the input. Positive.
    values : sequence
        The positions of the slider.
    label : str
        What the slider sets.
    ylim : tuple of float
        Limits of the logarithmic axis. What lies outside is not shown.
    first : int
        Which position to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = gradient_by_depth(
    ...     [0.5 ** np.arange(4), 2.0 ** np.arange(4)], [2, 8], label="weight", ylim=(0.01, 100)
    ... )
    >>> figure.captions[0]
    'weight 2: after 3 layers 0.125 of the slope is left.'
    """
    arrays = [np.asarray(g, dtype=float) for g in gradients]

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 3.8))
        ax.axhline(1, color=COLORS["gray"], linewidth=1.5)
        ax.set(
            xlim=(-0.5, max(map(len, arrays)) - 0.5),
            ylim=ylim,
            yscale="log",
            xlabel="layers back from the output",
            ylabel="size of the slope",
        )
        return figure, ax

    def draw(ax: Any, k: int) -> str:
        ax.plot(arrays[k], "o-", color=COLORS["vermillion"], ms=5, lw=1.5, clip_on=True)
        return (
            f"{label} {values[k]}: after {len(arrays[k]) - 1} layers {arrays[k][-1]:.3g} of the "
            f"slope is left."
        )

    return interactive_figure(
        background,
        draw,
        range(len(values)),
        label=label,
        show=lambda k: str(values[k]),
        start=first,
        alt=(
            f"The size of the slope on a logarithmic axis against the number of layers it has "
            f"passed on its way back, for the {label} chosen."
        ),
    )
