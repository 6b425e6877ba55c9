"""Starts: what random weights of one size or another do to the numbers inside a network."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from dlcourse.plotting import COLORS
from dlcourse.widgets.figure import InteractiveFigure, Slider, interactive_figure


def histograms_by_layer(
    numbers: Mapping[str, Sequence[Sequence[ArrayLike]]],
    positions: Sequence[float],
    *,
    label: str,
    names: str,
    edges: ArrayLike,
    xlabel: str,
    first: int = 0,
    first_name: int = 0,
) -> InteractiveFigure:
    """Show how the numbers in each layer of a network are distributed, one row for each layer.

    Each histogram is as high as its row, whatever its tallest bar holds. What lies beyond the
    edges is counted in the outermost bars.

    Parameters
    ----------
    numbers : dict of str to sequence of sequence of array_like
        ``numbers[name][position][layer]``: the numbers of a layer, of any shape.
    positions : sequence of float
        What the first slider sets.
    label : str
        What that is, in words.
    names : str
        What the second slider sets: what the keys of `numbers` are.
    edges : array_like of shape (n_bins + 1,)
        Edges of the bins. Where all are positive and grow by the same factor, the axis is
        logarithmic and the numbers are counted by their size, without their signs; zeros are
        left out.
    xlabel : str
        What the numbers are.
    first, first_name : int
        Which position and which name to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = histograms_by_layer(
    ...     {
    ...         "tanh": [[[0.1, -0.1], [0.01, -0.01]], [[1, -1], [1, 1]]],
    ...         "ReLU": [[[0.1, 0], [0.3]]] * 2,
    ...     },
    ...     [0.01, 1],
    ...     label="standard deviation",
    ...     names="activation",
    ...     edges=[-1.5, -0.5, 0.5, 1.5],
    ...     xlabel="activation",
    ... )
    >>> figure.captions[0]
    'tanh, standard deviation 0.01: typical size 0.1 in layer 1, 0.01 in layer 2.'
    """
    edges = np.asarray(edges, dtype=float)
    sizes_only = bool(edges[0] > 0)
    depth = len(next(iter(numbers.values()))[0])

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 5.2))
        ax.set(xlim=(edges[0], edges[-1]), ylim=(depth + 0.08, -0.08), xlabel=xlabel)
        if sizes_only:
            ax.set_xscale("log")
        ax.set_yticks(np.arange(depth) + 0.6, [f"layer {k + 1}" for k in range(depth)])
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", visible=False)
        for k in range(depth):
            ax.axhline(k + 1, color=COLORS["gray"], lw=0.8)
        return figure, ax

    def draw(ax: Any, position: int, name: str) -> str:
        layers = [np.ravel(np.asarray(layer, dtype=float)) for layer in numbers[name][position]]
        for k, values in enumerate(layers):
            shares = _shares(np.abs(values[values != 0]) if sizes_only else values, edges)
            filled = np.flatnonzero(shares)
            if len(filled) == 0:
                continue
            low, high = filled[0], filled[-1] + 1
            tops = k + 1 - 0.86 * shares[low:high] / shares.max()
            ax.stairs(tops, edges[low : high + 1], baseline=k + 1, fill=True, color=COLORS["blue"])
        typical = [np.sqrt(np.mean(values**2)) for values in layers]
        return (
            f"{name}, {label} {positions[position]:g}: typical size "
            f"{typical[0]:.2g} in layer 1, {typical[-1]:.2g} in layer {depth}."
        )

    return interactive_figure(
        background,
        draw,
        range(len(positions)),
        label=label,
        show=lambda position: f"{positions[position]:g}",
        start=first,
        second=Slider(names, list(numbers), start=first_name),
        alt=(
            f"One histogram for each of {depth} layers, from top to bottom: {xlabel}, for the "
            f"{label} and the {names} chosen with the sliders."
        ),
    )


def _shares(values: NDArray[Any], edges: NDArray[Any]) -> NDArray[Any]:
    """Return the share of the values in each bin, what lies outside in the outermost."""
    inside = np.clip(values, edges[0], edges[-1])
    return np.asarray(np.histogram(inside, edges)[0] / max(len(values), 1))
