"""Functions of two variables, and what walks on them: contours, slopes, paths."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.path import Path
from numpy.typing import ArrayLike

from dlcourse.finite_difference import derivative
from dlcourse.plotting.style import COLORS, HEIGHTS, LINE_STYLES, new_axes

#: A function of two variables; given arrays it acts on each pair of entries by itself.
Function = Callable[[Any, Any], Any]

_HEIGHTS = LinearSegmentedColormap.from_list("heights", HEIGHTS)
_MARKERS = ["o", "s", "^", "D", "v", "P"]


def contours(
    f: Function,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    levels: int | Sequence[float] = 12,
    log: bool = True,
    minimum: tuple[float, float] | None = None,
    label_levels: bool = False,
    num_points: int = 121,
    xlabel: str = "x",
    ylabel: str = "y",
    ax: Axes | None = None,
) -> Axes:
    """Draw a function of two variables as a map: lines of equal height, darker is higher.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    xlim, ylim : tuple of float
        The part of the plane to show.
    levels : int or sequence of float
        How many lines, or the heights to draw them at.
    log : bool
        Space the lines evenly in the logarithm of the height above the lowest point, so
        that a narrow valley shows as well as its walls; else evenly in the height.
    minimum : tuple of float, optional
        A point to mark with a star.
    label_levels : bool
        Write the height on each line.
    num_points : int
        Points of the grid in a row. Fewer make a smaller drawing, with coarser lines.
    xlabel, ylabel : str
        Axis labels.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `f` doesn't return one finite number for each point.

    Notes
    -----
    Gradients are at right angles to the lines. They look so only when a unit is as long
    on both axes: ``ax.set_aspect("equal")``.

    Examples
    --------
    >>> ax = contours(lambda x, y: x**2 / 20 + y**2, (-8, 8), (-3, 3), minimum=(0, 0))
    >>> [line.get_label() for line in ax.lines]
    ['minimum']
    >>> plt.close(ax.figure)
    """
    ax = new_axes(ax)
    x, y, z = _heights(f, xlim, ylim, num_points)
    if isinstance(levels, int):
        low, span = float(z.min()), float(np.ptp(z)) or 1.0
        shares = np.geomspace(1e-3, 1, levels) if log else np.arange(1, levels + 1) / levels
        heights = low + span * shares
    else:
        heights = np.asarray(levels, dtype=float)
    bounds = np.array([min(z.min(), heights[0]) - 1e-9, *heights, max(z.max(), heights[-1]) + 1e-9])
    bands = ax.contourf(x, y, z, bounds, cmap=_HEIGHTS, norm=BoundaryNorm(bounds, 256))
    lines = ax.contour(x, y, z, heights, colors="#6B8299", linewidths=0.8, linestyles="-")
    for drawn in (bands, lines):
        drawn.set_paths([_fewer_points(path, xlim, ylim) for path in drawn.get_paths()])
    if label_levels:
        ax.clabel(lines, fontsize=12, colors=COLORS["black"], fmt=lambda height: f"{height:.3g}")
    if minimum is not None:
        ax.plot(
            *minimum, "*", ms=15, mec="white", color=COLORS["black"], ls="", label="minimum",
            zorder=4,
        )  # fmt: skip
    ax.grid(visible=False)
    ax.set(xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=ylabel)
    return ax


def paths(points: Mapping[str, ArrayLike], ax: Axes | None = None) -> Axes:
    """Draw walks in the plane: a mark for each step, a ring at the start, a big mark at the end.

    Parameters
    ----------
    points : dict of str to array_like of shape (n_steps + 1, 2)
        Label and visited points of each walk. Where one stops being finite, it is cut off.
    ax : Axes, optional
        Where to draw, for instance what `contours` returned; its limits stay as they are,
        and a walk that leaves them runs out of the picture. New axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a walk has another shape.

    Examples
    --------
    >>> ax = contours(lambda x, y: x**2 + y**2, (-2, 2), (-2, 2))
    >>> ax = paths({"rate 0.25": [(2, 1), (1, 0.5), (0.5, 0.25)]}, ax)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['rate 0.25', 'start']
    >>> plt.close(ax.figure)
    """
    given = ax is not None
    ax = new_axes(ax)
    limits = (ax.get_xlim(), ax.get_ylim())
    starts = []
    for number, (label, visited) in enumerate(points.items()):
        walk = np.asarray(visited, dtype=float)
        if walk.ndim != 2 or walk.shape[1] != 2:
            raise ValueError(
                f"the walk {label!r} must have shape (n_steps + 1, 2), got {walk.shape}"
            )
        usable = (np.abs(walk) < 1e9).all(axis=1)  # false for NaN too
        walk = walk if usable.all() else walk[: np.argmin(usable)]
        marker = _MARKERS[number % len(_MARKERS)]
        (line,) = ax.plot(
            *walk.T, label=label, linewidth=1.4, marker=marker, markersize=4.5,
            linestyle=LINE_STYLES[number % len(LINE_STYLES)],
            markevery=max(1, len(walk) // 100),  # a mark for each of 1,000 steps is a smear
        )  # fmt: skip
        ax.plot(*walk[-1:].T, marker, ms=10, mec="white", color=line.get_color(), zorder=5)
        starts.append(tuple(walk[0]))
    ax.plot(
        *np.array(list(dict.fromkeys(starts))).T, "o", ms=12, mfc="none", mew=2, ls="",
        color=COLORS["black"], label="start", zorder=5,
    )  # fmt: skip
    if given:
        ax.set(xlim=limits[0], ylim=limits[1])
    ax.legend()
    return ax


def gradient_field(
    f: Function,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    gradient: Function | None = None,
    descent: bool = False,
    same_length: bool = False,
    num_arrows: int = 13,
    xlabel: str = "x",
    ylabel: str = "y",
    ax: Axes | None = None,
) -> Axes:
    """Draw the gradient of a function of two variables as arrows.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    xlim, ylim : tuple of float
        The part of the plane to show.
    gradient : callable, optional
        ``gradient(x, y)`` returns both partial derivatives; by default they are found by
        central differences of `f`.
    descent : bool
        Turn the arrows around: the way downhill.
    same_length : bool
        Show directions only. Else the longest arrow is the steepest slope.
    num_arrows : int
        Arrows in a row.
    xlabel, ylabel : str
        Axis labels.
    ax : Axes, optional
        Where to draw, for instance what `contours` returned; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = gradient_field(lambda x, y: x**2 + y**2, (-2, 2), (-2, 2), num_arrows=5)
    >>> ax.collections[0].U[:5].round(6)
    array([-3.2, -1.6,  0. ,  1.6,  3.2])
    >>> plt.close(ax.figure)
    """
    ax = new_axes(ax)
    # Half a cell inside the limits, so that no arrow is cut off.
    columns, rows = (_centers(limits, num_arrows) for limits in (xlim, ylim))
    x, y = np.meshgrid(columns, rows)
    if gradient is None:
        u = derivative(lambda t: np.asarray(f(t, y), dtype=float), x)
        v = derivative(lambda t: np.asarray(f(x, t), dtype=float), y)
    else:
        u, v = (np.broadcast_to(np.asarray(part, float), x.shape) for part in gradient(x, y))
    if descent:
        u, v = -u, -v
    # How many cells an arrow would cross if it were drawn as long as the gradient is.
    cells = np.hypot(u / np.ptp(columns), v / np.ptp(rows)) * (num_arrows - 1)
    if same_length:
        flat = cells < 1e-9 * max(cells.max(), 1e-300)
        u, v = (np.where(flat, 0, part / np.where(flat, 1, cells)) for part in (u, v))
        cells = np.where(flat, 0.0, 1.0)
    ax.quiver(
        x, y, u, v, angles="xy", pivot="mid", scale_units="xy",
        scale=max(cells.max(), 1e-300) / 0.95,
        color=COLORS["vermillion"], width=0.005, minlength=0.5, zorder=3,
    )  # fmt: skip
    ax.set(xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=ylabel)
    return ax


def surface(
    f: Function,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    xlabel: str = "x",
    ylabel: str = "y",
    zlabel: str = "f(x, y)",
    view: tuple[float, float] = (35.0, -60.0),
    num_points: int = 29,
    ax: Any = None,
) -> Any:
    """Draw a function of two variables as a landscape in three dimensions.

    A picture to get the idea from; to read a value or a direction, use `contours`.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    xlim, ylim : tuple of float
        The part of the plane to show.
    xlabel, ylabel, zlabel : str
        Axis labels.
    view : tuple of float
        From where to look: degrees above the plane, and around it.
    num_points : int
        Points of the grid in a row. Fewer make a smaller drawing, with coarser facets.
    ax : Axes3D, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes3D

    Examples
    --------
    >>> ax = surface(lambda x, y: x**2 - y**2, (-1, 1), (-1, 1))
    >>> ax.get_zlabel()
    'f(x, y)'
    >>> plt.close(ax.figure)
    """
    if ax is None:
        ax = plt.figure(figsize=(6.0, 4.6)).add_subplot(projection="3d")
    x, y, z = _heights(f, xlim, ylim, num_points)
    ax.plot_surface(
        x, y, z, rstride=1, cstride=1, cmap=_HEIGHTS, edgecolor="#6B8299", linewidth=0.3
    )
    ax.view_init(*view)
    ax.set_xlabel(xlabel, labelpad=8)
    ax.set_ylabel(ylabel, labelpad=8)
    ax.set_zlabel(zlabel, labelpad=4)
    ax.locator_params(nbins=5)
    ax.set_box_aspect(None, zoom=0.88)  # else the label of the z axis is cut off
    return ax


def _heights(f: Function, xlim: tuple[float, float], ylim: tuple[float, float], n: int) -> Any:
    """Return x, y and f(x, y) on a grid."""
    x, y = np.meshgrid(np.linspace(*xlim, n), np.linspace(*ylim, n))
    z = np.asarray(f(x, y), dtype=float)
    if z.shape != x.shape or not np.isfinite(z).all():
        raise ValueError(
            f"f(x, y) must return one finite number for each point: it was given arrays of "
            f"shape {x.shape} and returned "
            + (f"shape {z.shape}" if z.shape != x.shape else "numbers that are not finite")
        )
    return x, y, z


def _fewer_points(path: Path, xlim: tuple[float, float], ylim: tuple[float, float]) -> Path:
    """Return a path without the points that are on the way between their neighbors.

    Smooth level lines come from a fine grid, most of whose points no eye would miss.
    """
    if path.codes is None:
        return path
    points, codes = np.asarray(path.vertices), np.asarray(path.codes)
    size = np.array([np.ptp(xlim) / 400, np.ptp(ylim) / 250])  # of a point, about
    starts = np.flatnonzero(codes == Path.MOVETO)
    kept: list[int] = []
    for first, end in zip(starts, [*starts[1:], len(codes)], strict=True):
        scaled = points[first:end] / size
        middle = int(np.argmax(np.hypot(*(scaled - scaled[0]).T)))  # rings end where they start
        corners = _corners(scaled, [0, middle, end - first - 1], 0.2)
        kept.extend(int(first) + k for k in sorted(corners))
    return Path(points[kept], codes[kept])


def _corners(points: Any, ends: Sequence[int], tolerance: float) -> set[int]:
    """Return which points to keep so that no other is further off (Douglas and Peucker)."""
    kept = set(ends)
    pieces = list(itertools.pairwise(ends))
    while pieces:
        first, last = pieces.pop()
        if last - first < 2:
            continue
        along = points[last] - points[first]
        away = points[first + 1 : last] - points[first]
        length = np.hypot(*along)
        if length:
            off = np.abs(along[0] * away[:, 1] - along[1] * away[:, 0]) / length
        else:
            off = np.hypot(*away.T)
        worst = int(np.argmax(off))
        if off[worst] > tolerance:
            split = first + 1 + worst
            kept.add(split)
            pieces += [(first, split), (split, last)]
    return kept


def _centers(limits: tuple[float, float], n: int) -> Any:
    low, high = limits
    return low + (high - low) * (np.arange(n) + 0.5) / n
