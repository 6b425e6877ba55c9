"""What batches do: where runs end by batch size, and the cloud that a constant rate leaves."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from dlcourse.plotting.landscapes import Function, contours
from dlcourse.plotting.style import COLORS


def ends_by_size(
    sizes: Sequence[int],
    panels: Mapping[str, Mapping[int, ArrayLike]],
    *,
    xlabel: str = "batch size",
    ylabel: str = "loss",
) -> Any:
    """Draw where runs end against their batch size: each run as a dot, a line through the means.

    Parameters
    ----------
    sizes : sequence of int
        What the axis shows, from small to large.
    panels : dict of str to dict of int to array_like of shape (n_runs,)
        Title of each panel; in it, batch size and the ends of its runs. A size may be missing.
    xlabel, ylabel : str
        Axis labels.

    Returns
    -------
    ndarray of Axes
        One for each panel, with a common axis for the ends.

    Raises
    ------
    ValueError
        If a panel holds a size that the axis doesn't show.

    Examples
    --------
    >>> axes = ends_by_size([1, 10], {"an epoch": {1: [0.3, 0.4], 10: [0.5, 0.6]}})
    >>> axes[0].lines[-1].get_ydata().round(2).tolist()
    [0.35, 0.55]
    >>> plt.close(axes[0].figure)
    """
    _, grid = plt.subplots(1, len(panels), sharey=True, squeeze=False, figsize=(6.4, 3.6))
    places = {size: place for place, size in enumerate(sizes)}
    for ax, (title, runs) in zip(grid[0], panels.items(), strict=True):
        if unknown := sorted(set(runs) - set(places)):
            raise ValueError(f"{title!r} holds sizes that are not on the axis: {unknown}")
        for size, ends in runs.items():
            values = np.asarray(ends, dtype=float).ravel()
            spread = places[size] + np.linspace(-0.18, 0.18, len(values) + 2)[1:-1]
            ax.plot(spread, values, "o", ms=5, mew=0, alpha=0.65, color=COLORS["blue"])
        means = [np.asarray(ends, dtype=float).mean() for ends in runs.values()]
        ax.plot([places[size] for size in runs], means, "-", lw=1.5, color=COLORS["vermillion"])
        ax.set_title(title, loc="left")
        ax.set_xticks(range(len(sizes)), [f"{size:,}" for size in sizes], rotation=35)
        ax.set(xlim=(-0.5, len(sizes) - 0.5), xlabel=xlabel)
        ax.grid(axis="x", visible=False)
    grid[0, 0].set_ylabel(ylabel)
    grid[0, 0].set_ylim(bottom=0)  # at the end: it stops the axis from growing
    return grid[0]


def clouds(
    f: Function,
    points: Mapping[str, ArrayLike],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    minimum: tuple[float, float],
    levels: int | Sequence[float] = 7,
    xlabel: str = "x",
    ylabel: str = "y",
) -> Any:
    """Draw the places of several long walks around a minimum, side by side on the same map.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    points : dict of str to array_like of shape (n, 2)
        Title and visited places of each walk.
    xlim, ylim : tuple of float
        The part of the plane to show.
    minimum : tuple of float
        Marked with a star.
    levels : int or sequence of float
        How many level lines, or the heights to draw them at.
    xlabel, ylabel : str
        Axis labels.

    Returns
    -------
    ndarray of Axes
        One for each walk.

    Examples
    --------
    >>> axes = clouds(
    ...     lambda x, y: x**2 + y**2,
    ...     {"wide": [(0.5, 0.5), (-0.5, 0.2)], "narrow": [(0.1, 0), (0, -0.1)]},
    ...     (-1, 1),
    ...     (-1, 1),
    ...     minimum=(0, 0),
    ... )
    >>> [ax.get_title(loc="left") for ax in axes]
    ['wide', 'narrow']
    >>> plt.close(axes[0].figure)
    """
    _, grid = plt.subplots(
        1, len(points), sharex=True, sharey=True, squeeze=False, figsize=(6.4, 3.5)
    )
    for ax, (title, places) in zip(grid[0], points.items(), strict=True):
        contours(f, xlim, ylim, levels=levels, num_points=41, ax=ax)
        visited = np.asarray(places, dtype=float)
        ax.plot(*visited.T, "o", ms=2.6, mew=0, alpha=0.7, color=COLORS["vermillion"])
        ax.plot(*minimum, "*", ms=17, color=COLORS["black"], mec="white", zorder=5)
        ax.set_title(title, loc="left")
        ax.set(xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel="")
    grid[0, 0].set_ylabel(ylabel)
    return grid[0]
