"""Scaling: what the units of a feature do to the bowl, and what depth does to activations."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from dlcourse.plotting import COLORS
from dlcourse.plotting.style import LINE_STYLES
from dlcourse.widgets.figure import InteractiveFigure, Slider, interactive_figure


def stretch_a_feature(
    x: ArrayLike,
    factors: Sequence[float],
    rates: Sequence[float],
    *,
    start: tuple[float, float],
    steps: int = 20,
    limits: tuple[float, float] = (-5, 5),
    first: int = 0,
    first_rate: int = 0,
) -> InteractiveFigure:
    """Multiply the second of two features by a factor, and walk down the bowl of squared errors.

    Above are level lines of the loss and the walk, in the distance of each weight from its
    best value; below the loss above the minimum, step by step.

    Parameters
    ----------
    x : array_like of shape (n, 2)
        The features; they should have mean 0.
    factors : sequence of float
        What the second feature is multiplied by: the positions of the first slider.
    rates : sequence of float
        Learning rates: the positions of the second slider.
    start : tuple of float
        Where the walk begins: how far each weight is from its best value.
    steps : int
        Updates in a walk.
    limits : tuple of float
        The part of both axes to show. A walk that leaves it is cut off there.
    first, first_rate : int
        Which factor and which rate to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> x = [[1, 1], [1, -1], [-1, 1], [-1, -1]]
    >>> figure = stretch_a_feature(x, [1, 2], [0.1, 0.3], start=(-2, 1))
    >>> figure.captions[0]
    'Factor 1: condition number 1.0, rates below 1.00 are stable. Rate 0.1: after 20 steps 0.00066.'
    >>> figure.captions[3]
    'Factor 2: condition number 4.0, rates below 0.25 are stable. Rate 0.3: the walk runs away.'
    """
    x = np.asarray(x, dtype=float)

    def background() -> tuple[Figure, Any]:
        figure, (above, below) = plt.subplots(
            2, 1, figsize=(6.4, 7.0), gridspec_kw={"height_ratios": [3, 2]}
        )
        above.plot(*start, "o", color=COLORS["black"], ms=9, label="start")
        above.plot(0, 0, "*", color=COLORS["black"], ms=14, ls="", label="minimum")
        above.set(
            xlim=limits, ylim=limits, aspect="equal",
            xlabel="first weight, minus its best", ylabel="second, minus its best",
        )  # fmt: skip
        above.grid(visible=False)
        above.legend(loc="upper right")
        below.set(xlim=(0, steps), xlabel="step", ylabel="loss above minimum")
        below.set(yscale="log", ylim=(1e-6, 1e4))
        return figure, (above, below)

    def draw(axes: Any, factor: float, rate: float) -> str:
        above, below = axes
        scaled = x * np.array([1.0, factor])
        hessian = 2 * scaled.T @ scaled / len(x)
        values, vectors = np.linalg.eigh(hessian)
        for level in (1, 4, 16, 64):
            above.plot(*_level_line(values, vectors, level), color="#6B8299", lw=0.9)
        path = [np.array(start, dtype=float)]
        for _ in range(steps):
            path.append(path[-1] - rate * hessian @ path[-1])
        walk = np.array(path)
        losses = 0.5 * np.einsum("ki,ij,kj->k", walk, hessian, walk)
        outside = np.flatnonzero(np.any((walk < limits[0]) | (walk > limits[1]), axis=1))
        last = len(walk) if len(outside) == 0 else int(outside[0]) + 1
        above.plot(*walk[:last].T, "o-", color=COLORS["vermillion"], lw=1.2, ms=5)
        below.plot(np.clip(losses, 1e-7, 1e5), "o-", color=COLORS["vermillion"], ms=5, lw=1.2)
        runs_away = losses[-1] > losses[0]
        end = "the walk runs away" if runs_away else f"after {steps} steps {losses[-1]:.2g}"
        return (
            f"Factor {factor:g}: condition number {values[-1] / values[0]:.1f}, rates below "
            f"{2 / values[-1]:.2f} are stable. Rate {rate:g}: {end}."
        )

    return interactive_figure(
        background,
        draw,
        list(factors),
        label="factor",
        show=lambda factor: f"{factor:g}",
        start=first,
        second=Slider("learning rate", list(rates), show=lambda r: f"{r:g}", start=first_rate),
        alt=(
            "Above, level lines of the loss around the minimum, and a walk of gradient descent: "
            "ellipses, narrower the further the factor of the second feature is from 1. Below, the "
            "loss above the minimum at each step, on a logarithmic axis."
        ),
    )


def _level_line(values: Any, vectors: Any, height: float) -> NDArray[Any]:
    """Return the points where a quadratic bowl has a height."""
    angle = np.linspace(0, 2 * np.pi, 61)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    return np.asarray(vectors @ (np.sqrt(2 * height / values)[:, np.newaxis] * circle))


def scales_by_depth(
    curves: Mapping[str, Sequence[ArrayLike]],
    positions: Sequence[float],
    *,
    label: str,
    ylabel: str,
    ylim: tuple[float, float],
    first: int = 0,
) -> InteractiveFigure:
    """Compare how large the numbers inside several networks are, layer by layer.

    Parameters
    ----------
    curves : dict of str to sequence of array_like of shape (n_layers,)
        For each network a curve for each position of the slider.
    positions : sequence of float
        What the slider sets.
    label : str
        What the slider sets, in words.
    ylabel : str
        What the curves show.
    ylim : tuple of float
        The range of the logarithmic axis.
    first : int
        Which position to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = scales_by_depth(
    ...     {"plain": [[1, 0.1], [1, 10]], "normalized": [[1, 1], [1, 1]]},
    ...     [0.1, 10],
    ...     label="weights times",
    ...     ylabel="spread",
    ...     ylim=(1e-2, 1e2),
    ... )
    >>> figure.captions[0]
    'weights times 0.1, in layer 2: plain 0.1, normalized 1.'
    """
    names = list(curves)

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 4.2))
        colors = [COLORS["vermillion"], COLORS["blue"], COLORS["green"]]
        style = {
            name: {"color": colors[k % 3], "linestyle": LINE_STYLES[k], "marker": "os^"[k % 3]}
            for k, name in enumerate(names)
        }
        for name in names:
            ax.plot([], [], label=name, **style[name])
        depth = len(np.asarray(curves[names[0]][0]))
        ax.set(xlim=(0.7, depth + 0.3), xlabel="layer", ylabel=ylabel)
        ax.set(yscale="log", ylim=ylim)
        ax.legend(loc="lower left")
        return figure, (ax, style)

    def draw(parts: Any, position: int) -> str:
        ax, style = parts
        ends = []
        for name in names:
            values = np.asarray(curves[name][position], dtype=float)
            ax.plot(np.arange(1, len(values) + 1), values, ms=6, **style[name])
            ends.append(f"{name} {values[-1]:.2g}")
        return f"{label} {positions[position]:g}, in layer {len(values)}: {', '.join(ends)}."

    return interactive_figure(
        background,
        draw,
        range(len(positions)),
        label=label,
        show=lambda position: f"{positions[position]:g}",
        start=first,
        alt=(
            f"{ylabel.capitalize()} against layers on a logarithmic axis, one curve for each of "
            f"{', '.join(names)}, for the value chosen with the slider."
        ),
    )
