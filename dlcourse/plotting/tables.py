"""What is in the numbers: points, bars, ranges, histograms, images."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from dlcourse.plotting.style import COLORS, new_axes


def scatter(
    x: ArrayLike,
    y: ArrayLike,
    *,
    xlabel: str,
    ylabel: str,
    highlight: ArrayLike | None = None,
    highlight_label: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw points, some of them highlighted.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        The points.
    xlabel, ylabel : str
        Axis labels, with units.
    highlight : array_like of bool, shape (n,), optional
        Points to draw as orange triangles.
    highlight_label : str
        Their entry in the legend.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = scatter([1, 2], [3, 4], xlabel="rooms", ylabel="value")
    >>> plt.close(ax.figure)
    """
    ax = new_axes(ax)
    x, y = np.asarray(x), np.asarray(y)
    marked = np.zeros(len(x), bool) if highlight is None else np.asarray(highlight)
    ax.plot(x[~marked], y[~marked], "o", ms=4, mew=0, alpha=0.55, color=COLORS["blue"])
    if marked.any():
        ax.plot(
            x[marked], y[marked], "^", ms=6, mew=0, color=COLORS["vermillion"],
            label=highlight_label,
        )  # fmt: skip
        ax.legend()
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return ax


def bars(
    names: Sequence[str],
    values: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    sort: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw horizontal bars, one group for each name.

    Parameters
    ----------
    names : sequence of str
        One for each bar, for instance the features.
    values : dict of str to array_like of shape (len(names),)
        Label and lengths of each set of bars.
    xlabel : str
        What the length means, with its unit.
    sort : bool
        Order the names by the first set, largest at the top.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = bars(["RM", "NOX"], {"weights": [3.8, -17.8]}, xlabel="weight")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['NOX', 'RM']
    >>> plt.close(ax.figure)
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 0.9 + 0.3 * len(names)))
    table = np.array([np.asarray(v, dtype=float) for v in values.values()])
    order = np.argsort(table[0]) if sort else np.arange(len(names))[::-1]
    height = 0.8 / len(table)
    for number, (label, row) in enumerate(zip(values, table, strict=True)):
        y = np.arange(len(names)) + (0.4 - height * (number + 0.5))
        ax.barh(y, row[order], height=height, label=label)
    ax.axvline(0, color=COLORS["black"], linewidth=1)
    ax.set_yticks(range(len(names)), [names[i] for i in order])
    ax.grid(axis="y", visible=False)
    ax.set(xlabel=xlabel, ylim=(-0.6, len(names) - 0.4))
    if len(table) > 1:
        ax.legend(loc="lower right")
    return ax


def ranges(names: Sequence[str], data: ArrayLike, *, xlabel: str, ax: Axes | None = None) -> Axes:
    """Draw the range and the middle half of each column, to compare their scales.

    Parameters
    ----------
    names : sequence of str
        The columns.
    data : array_like of shape (n, len(names))
        Drawn on a symmetric logarithmic axis, so that 0.001 and 700 both show.
    xlabel : str
        Axis label.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = ranges(["a", "b"], [[0.0, 100.0], [1.0, 300.0]], xlabel="value")
    >>> plt.close(ax.figure)
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 0.9 + 0.3 * len(names)))
    low, first, middle, third, high = np.percentile(np.asarray(data), [0, 25, 50, 75, 100], axis=0)
    y = np.arange(len(names))[::-1]
    ax.hlines(y, low, high, color=COLORS["blue"], linewidth=1.5, label="smallest to largest")
    ax.hlines(
        y, first, third, color=COLORS["blue"], linewidth=7, label="middle half, median in white"
    )
    ax.plot(middle, y, "|", color="white", markersize=8, markeredgewidth=2)
    ax.set_xscale("symlog", linthresh=0.1)
    ax.set_yticks(y, names)
    ax.grid(axis="y", visible=False)
    ax.set(xlabel=xlabel)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=2)
    return ax


def intervals(samples: Mapping[str, ArrayLike], *, xlabel: str, ax: Axes | None = None) -> Axes:
    """Draw repeated measurements of several methods: every value, the mean, and its interval.

    Parameters
    ----------
    samples : dict of str to array_like of shape (n,)
        Label and measurements of each method, drawn from top to bottom.
    xlabel : str
        What was measured, with its unit.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The bar spans the middle 95 % of the measurements.

    Examples
    --------
    >>> ax = intervals({"mean": [9.0, 9.5, 10.0], "model": [5.0, 5.1, 4.7]}, xlabel="error")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['mean', 'model']
    >>> plt.close(ax.figure)
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 1.0 + 0.6 * len(samples)))
    for number, values in enumerate(samples.values()):
        data = np.sort(np.asarray(values, dtype=float))
        y = len(samples) - 1 - number
        # Spread the points by rank: the same picture every time, no random jitter.
        offset = 0.14 * (np.arange(len(data)) % 5 - 2) / 2
        ax.plot(data, y + 0.18 + offset, "o", ms=4, mew=0, alpha=0.6, color=COLORS["blue"])
        low, high = np.percentile(data, [2.5, 97.5])
        ax.plot([low, high], [y - 0.15, y - 0.15], color=COLORS["black"], linewidth=2)
        ax.plot([data.mean()], [y - 0.15], "D", color=COLORS["vermillion"], ms=7)
    ax.set_yticks(range(len(samples) - 1, -1, -1), list(samples))
    ax.grid(axis="y", visible=False)
    ax.set(xlabel=xlabel, ylim=(-0.6, len(samples) - 0.3))
    return ax


def histogram(
    values: ArrayLike, *, xlabel: str, bins: int | Sequence[float] = 30, ax: Axes | None = None
) -> Axes:
    """Draw how often values fall into each bin.

    Parameters
    ----------
    values : array_like of shape (n,)
        What to count.
    xlabel : str
        What the values are, with their unit.
    bins : int or sequence of float
        How many bins, or their edges.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = histogram([1.0, 1.1, 2.0], xlabel="value", bins=2)
    >>> plt.close(ax.figure)
    """
    ax = new_axes(ax)
    ax.hist(np.asarray(values), bins=bins, color=COLORS["blue"], edgecolor="white", linewidth=0.6)
    ax.grid(axis="x", visible=False)
    ax.set(xlabel=xlabel, ylabel="count")
    return ax


def activation_histograms(
    activations: Mapping[str, ArrayLike],
    *,
    bins: int | Sequence[float] = 30,
    xlabel: str = "activation",
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Draw how the activations of each layer are distributed, side by side on one scale.

    Parameters
    ----------
    activations : dict of str to array_like
        Label of each layer and its activations, of any shape.
    bins : int or sequence of float
        How many bins from the smallest to the largest activation of all, or their edges.
    xlabel : str
        What the values are.
    axes : sequence of Axes, optional
        Where to draw, one for each layer, for instance a row of ``plt.subplots``; new
        ones by default, at most five in a row.

    Returns
    -------
    list of matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are fewer axes than layers.

    Examples
    --------
    >>> axes = activation_histograms({"layer 1": [0.1, 0.4, 0.5], "layer 2": [0.3, 0.3, 0.3]})
    >>> [ax.get_title() for ax in axes]
    ['layer 1', 'layer 2']
    >>> plt.close(axes[0].figure)
    """
    layers = {label: np.ravel(np.asarray(values)) for label, values in activations.items()}
    if axes is None:
        columns = min(len(layers), 5)
        rows = math.ceil(len(layers) / columns)
        _, grid = plt.subplots(
            rows, columns, figsize=(6.8, 0.7 + 1.7 * rows), sharex=True, sharey=True, squeeze=False
        )
        axes = list(grid.flat)
        for ax in axes[len(layers) :]:
            ax.remove()
    if len(axes) < len(layers):
        raise ValueError(f"{len(layers)} layers need as many axes, got {len(axes)}")
    edges = np.histogram_bin_edges(np.concatenate(list(layers.values())), bins)
    used = list(axes[: len(layers)])
    top = 0.0
    for ax, (label, values) in zip(used, layers.items(), strict=True):
        # The share, not the count: layers of different sizes stay comparable.
        shares = np.histogram(values, edges)[0] / len(values)
        ax.stairs(shares, edges, fill=True, color=COLORS["blue"])
        top = max(top, float(shares.max()))
        ax.set_title(label, loc="center")
        ax.xaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10]))
        ax.grid(axis="x", visible=False)
    for ax in used:
        ax.set_ylim(0, 1.05 * top)
    used[0].set_ylabel("share")
    used[len(used) // 2].set_xlabel(xlabel)
    return used


def image_grid(
    images: ArrayLike,
    labels: Sequence[object] | ArrayLike | None = None,
    *,
    columns: int = 10,
    ax: Axes | None = None,
) -> Axes:
    """Draw gray images in rows, dark ink on white paper, each with its label above.

    Parameters
    ----------
    images : array_like of shape (n, height, width) or (n, side * side)
        The images; 0 is paper, the largest value of all is ink.
    labels : sequence of shape (n,), optional
        What to write above each image.
    columns : int
        Images in a row.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the images have another shape, or there are not as many labels.

    Examples
    --------
    >>> from dlcourse.datasets import load_mnist
    >>> mnist = load_mnist()
    >>> ax = image_grid(mnist.data[::500], mnist.target[::500], columns=5)
    >>> [text.get_text() for text in ax.texts][:3]
    ['0', '1', '2']
    >>> plt.close(ax.figure)
    """
    stack = _as_images(images)
    n, height, width = stack.shape
    names = [""] * n if labels is None else [str(label) for label in np.asarray(labels)]
    if len(names) != n:
        raise ValueError(f"{n} images need as many labels, got {len(names)}")
    columns = min(columns, n)
    rows = math.ceil(n / columns)
    # One picture on one pair of axes: much smaller in a page than n of them.
    gap = max(2, width // 10)
    head = height // 2 if labels is not None else gap
    sheet = np.zeros((rows * (height + head), columns * (width + gap) - gap))
    if ax is None:
        figure_width = 6.4
        figure_height = figure_width * sheet.shape[0] / sheet.shape[1]
        _, ax = plt.subplots(figsize=(figure_width, figure_height))
    for number, (image, name) in enumerate(zip(stack, names, strict=True)):
        top = number // columns * (height + head) + head
        left = number % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
        if name:
            ax.text(left + width / 2, top - 2, name, ha="center", va="bottom", fontsize=12)
    ax.imshow(sheet, cmap="gray_r", vmin=0, vmax=max(float(stack.max()), 1e-12))
    ax.set_axis_off()
    return ax


def _as_images(images: ArrayLike) -> Any:
    """Return a stack of images of shape (n, height, width)."""
    stack = np.asarray(images)
    side = math.isqrt(stack.shape[-1]) if stack.ndim == 2 else 0
    if stack.ndim == 2 and side * side == stack.shape[-1]:
        stack = stack.reshape(-1, side, side)
    if stack.ndim != 3 or stack.size == 0:
        raise ValueError(
            f"images must have shape (n, height, width) or (n, side * side), got {stack.shape}"
        )
    return stack
