"""One step taken apart: what the velocity adds to it, and what the slope."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from dlcourse.plotting.landscapes import Function, contours
from dlcourse.plotting.style import COLORS

_POINT: Any = {"marker": "o", "ms": 11, "mew": 2, "ls": "", "zorder": 5}


def look_ahead(
    f: Function,
    slope: Callable[[NDArray[Any]], ArrayLike],
    place: tuple[float, float],
    velocity: tuple[float, float],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    rate: float,
    momentum: float = 0.9,
    levels: int | Sequence[float] = 7,
) -> Any:
    r"""Draw the next step of momentum beside that of Nesterov, each as two arrows.

    Both keep a share :math:`\alpha` of the velocity and add a step down the slope. Momentum
    takes the slope where it stands, Nesterov where the kept velocity leads.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    slope : callable
        The gradient of `f` at a point, an array of two numbers.
    place, velocity : tuple of float
        Where both stand, and the velocity of the step before.
    xlim, ylim : tuple of float
        The part of the plane to show.
    rate : float
        The learning rate.
    momentum : float
        The share of the velocity that is kept.
    levels : int or sequence of float
        How many level lines, or the heights to draw them at.

    Returns
    -------
    ndarray of Axes
        Momentum's and Nesterov's.

    Examples
    --------
    >>> axes = look_ahead(
    ...     lambda x, y: x**2 + y**2,
    ...     lambda point: 2 * point,
    ...     (-2, 1),
    ...     (1, -1),
    ...     (-3, 1),
    ...     (-1, 2),
    ...     rate=0.1,
    ... )
    >>> [ax.get_title(loc="left") for ax in axes]
    ['Momentum', 'Nesterov']
    >>> plt.close(axes[0].figure)
    """
    figure, axes = plt.subplots(1, 2, sharex=True, sharey=True, figsize=(6.4, 4.7))
    here = np.asarray(place, dtype=float)
    ahead = here + momentum * np.asarray(velocity, dtype=float)
    for ax, title, seen in zip(axes, ("Momentum", "Nesterov"), (here, ahead), strict=True):
        contours(f, xlim, ylim, levels=levels, num_points=41, ax=ax)
        ax.set_aspect("equal")
        ax.set_title(title, loc="left")
        step = -rate * np.asarray(slope(seen), dtype=float)
        _arrow(ax, here, ahead, COLORS["blue"], "--")
        if title == "Momentum":  # the slope of this point is added at that one
            _arrow(ax, here, here + step, COLORS["vermillion"], ":")
        _arrow(ax, ahead, ahead + step, COLORS["vermillion"], "-")
        ax.plot(*here, mfc="white", mec=COLORS["black"], **_POINT)
        ax.plot(*(ahead + step), mfc=COLORS["black"], mec="white", **_POINT)
        ax.plot(*seen, "s", ms=5, color=COLORS["vermillion"], zorder=6)
    axes[1].set_ylabel("")
    # Arrows have no entry of their own.
    axes[0].plot([], [], "--", color=COLORS["blue"], label="kept velocity")
    axes[0].plot([], [], "-", color=COLORS["vermillion"], label="step down the slope")
    axes[0].plot([], [], "s", ms=5, color=COLORS["vermillion"], ls="", label="slope taken here")
    axes[0].plot([], [], mfc="white", mec=COLORS["black"], label="before", **_POINT)
    axes[0].plot([], [], mfc=COLORS["black"], mec="white", label="after", **_POINT)
    figure.legend(loc="outside upper center", ncols=2)
    return axes


def _arrow(ax: Axes, start: Any, end: Any, color: str, style: str) -> None:
    ax.annotate(
        "",
        xy=tuple(end),
        xytext=tuple(start),
        arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2, "ls": style, "shrinkA": 0,
                    "shrinkB": 0, "mutation_scale": 14},
        zorder=4,
    )  # fmt: skip
