"""Walks side by side: one panel for each on the same map, and balls on a curve."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from dlcourse.plotting.landscapes import Function, contours
from dlcourse.plotting.style import COLORS, LINE_STYLES, new_axes


def path_panels(
    f: Function,
    points: Mapping[str, ArrayLike],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    levels: int | Sequence[float] = 7,
    minimum: tuple[float, float] | None = None,
    xlabel: str = "x",
    ylabel: str = "y",
) -> Any:
    """Draw one walk in each panel, on the same map with the same axes, two panels in a row.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    points : dict of str to array_like of shape (n_steps + 1, 2)
        Title and visited points of each walk.
    xlim, ylim : tuple of float
        The part of the plane to show.
    levels : int or sequence of float
        How many level lines, or the heights to draw them at.
    minimum : tuple of float, optional
        A point to mark with a star.
    xlabel, ylabel : str
        Axis labels, at the outer panels only.

    Returns
    -------
    ndarray of Axes
        One for each walk. Where their number is odd, the place that is left holds the legend.

    Raises
    ------
    ValueError
        If `points` is empty.

    Examples
    --------
    >>> axes = path_panels(
    ...     lambda x, y: x**2 + y**2,
    ...     {"slow": [(2, 1), (1, 0.5)], "fast": [(2, 1), (0, 0)]},
    ...     (-3, 3),
    ...     (-2, 2),
    ... )
    >>> [ax.get_title(loc="left") for ax in axes]
    ['slow', 'fast']
    >>> plt.close(axes[0].figure)
    """
    if not points:
        raise ValueError("points is empty: there is no walk to draw")
    rows = (len(points) + 1) // 2
    figure, grid = plt.subplots(
        rows, 2, sharex=True, sharey=True, squeeze=False, figsize=(6.4, 0.5 + 1.75 * rows)
    )
    panels = grid.ravel()
    axes = panels[: len(points)]
    for number, (ax, (title, walk)) in enumerate(zip(axes, points.items(), strict=True)):
        contours(f, xlim, ylim, levels=levels, minimum=minimum, num_points=41, ax=ax)
        visited = np.asarray(walk, dtype=float)
        ax.plot(*visited.T, "o-", ms=3.5, lw=1.2, color=COLORS["vermillion"], label="a step")
        # The end lies below the star, which it would hide: it is often the minimum.
        ax.plot(*visited[-1], "o", ms=8, mec="white", color=COLORS["vermillion"], label="the end")
        ax.plot(
            *visited[0], "o", ms=9, mfc="none", mew=1.5, color=COLORS["black"], ls="", label="start"
        )
        ax.set(xlabel="", ylabel=ylabel if number % 2 == 0 else "")
        ax.set_title(title, loc="left")
        ax.set(xlim=xlim, ylim=ylim)
        handles, labels = ax.get_legend_handles_labels()
    for ax in grid[-1, : len(points) - 2 * (rows - 1)]:
        ax.set_xlabel(xlabel)
    if len(points) % 2:
        panels[-1].set_axis_off()
        panels[-1].legend(handles, labels, loc="center")
    else:
        figure.legend(handles, labels, loc="outside upper center", ncols=4)
    return axes


def walks_on_a_curve(
    f: Callable[[Any], Any],
    walks: Mapping[str, ArrayLike],
    xlim: tuple[float, float],
    *,
    xlabel: str = "w",
    ylabel: str = "f(w)",
    ax: Axes | None = None,
) -> Axes:
    """Draw walks on a curve, each lifted a little above the one before so that both show.

    Parameters
    ----------
    f : callable
        The curve; acts on each entry of an array by itself.
    walks : dict of str to array_like of shape (n_steps + 1,)
        Label and visited places of each walk. A big mark stands at the end.
    xlim : tuple of float
        The part of the line to show.
    xlabel, ylabel : str
        Axis labels.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = walks_on_a_curve(np.square, {"a ball": [2.0, 1.0, 0.5]}, (-3, 3))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['a ball']
    >>> plt.close(ax.figure)
    """
    ax = new_axes(ax)
    grid = np.linspace(*xlim, 120)
    heights = np.asarray(f(grid), dtype=float)
    ax.plot(grid, heights, color=COLORS["gray"], linewidth=2.5)
    for number, (label, places) in enumerate(walks.items()):
        walk = np.asarray(places, dtype=float)
        # Marks on top of each other show nothing and make a large file.
        moved = np.abs(np.diff(walk, prepend=np.inf)) > 1e-3 * np.ptp(xlim)
        moved[-1:] = True
        walk = walk[moved]
        lifted = np.asarray(f(walk), dtype=float) + 0.05 * (number + 1) * np.ptp(heights)
        marker = "osD^"[number % 4]
        style = LINE_STYLES[number % len(LINE_STYLES)]
        (line,) = ax.plot(walk, lifted, marker, ms=4, ls=style, lw=0.8, label=label)
        ax.plot(walk[-1:], lifted[-1:], marker, ms=11, mec="white", color=line.get_color())
    ax.set(xlim=xlim, xlabel=xlabel, ylabel=ylabel)
    ax.legend()
    return ax
