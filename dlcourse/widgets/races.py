"""Races: several optimizers on one surface, and one of them with two numbers to turn."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dlcourse.finite_difference import gradient
from dlcourse.optimizers import Momentum, Optimizer
from dlcourse.plotting import COLORS, contours
from dlcourse.widgets.figure import InteractiveFigure, Slider, interactive_figure

#: A function of two variables; given arrays it acts on each pair of entries by itself.
Function = Callable[[Any, Any], Any]
Limits = tuple[float, float]
Point = tuple[float, float]

_LOOKS = [
    ("blue", "o"), ("vermillion", "s"), ("green", "^"), ("purple", "D"), ("orange", "v"),
    ("sky", "P"), ("gray", "X"),
]  # fmt: skip
_TAIL = 3  # steps that stay visible behind a runner: whole paths of seven would be a thicket


def optimizer_race(
    f: Function,
    rates: Mapping[type[Optimizer], float],
    start: Point,
    steps: Sequence[int],
    *,
    scales: Sequence[float] = (1.0,),
    minimum: Point,
    levels: int | Sequence[float] = 7,
    xlim: Limits,
    ylim: Limits,
    first: int = 0,
    first_scale: int = 0,
) -> InteractiveFigure:
    """Let optimizers run from one start; the slider is the step they have reached.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    rates : dict of type to float
        The classes of the optimizers and their learning rates. At most seven.
    start : tuple of float
        Where all begin.
    steps : sequence of int
        The numbers of updates to stop at: the positions of the first slider.
    scales : sequence of float
        Factors for all rates: the positions of a second slider, if there are several.
    minimum : tuple of float
        The point to mark with a star.
    levels : int or sequence of float
        How many level lines, or the heights to draw them at.
    xlim, ylim : tuple of float
        The part of the plane to show.
    first, first_scale : int
        Which step and which factor to show first.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If there are more than seven optimizers: there are no more colors.

    Examples
    --------
    >>> from dlcourse.optimizers import SGD, Adam
    >>> figure = optimizer_race(
    ...     lambda x, y: x**2 + y**2,
    ...     {SGD: 0.5, Adam: 0.5},
    ...     (-2, 1),
    ...     [0, 1],
    ...     minimum=(0, 0),
    ...     xlim=(-3, 3),
    ...     ylim=(-2, 2),
    ... )
    >>> figure.captions[1]
    'After 1 step: lowest is SGD (f = 0), highest Adam (f = 2.5).'
    """
    if len(rates) > len(_LOOKS):
        raise ValueError(f"at most {len(_LOOKS)} optimizers can be told apart, got {len(rates)}")
    names = [kind.__name__ for kind in rates]
    several = len(scales) > 1
    runs = {
        scale: [_walk(f, kind(scale * rate), start, max(steps)) for kind, rate in rates.items()]
        for scale in scales
    }

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 4.9))
        contours(f, xlim, ylim, levels=levels, num_points=41, minimum=minimum, ax=ax)
        ax.plot(*start, "o", ms=16, mfc="none", mew=2, color=COLORS["black"])
        for name, (color, marker) in zip(names, _LOOKS, strict=False):
            ax.plot([], [], marker, ms=10, ls="", mec="white", color=COLORS[color], label=name)
        figure.legend(loc="outside upper center", ncols=4, handletextpad=0.1, columnspacing=1.0)
        return figure, ax

    def draw(ax: Axes, step: int, scale: float = scales[0]) -> str:
        for walk, (color, marker) in zip(runs[scale], _LOOKS, strict=False):
            tail = walk[max(0, step - _TAIL) : step + 1]
            ax.plot(*tail.T, color=COLORS[color], lw=1.6)
            ax.plot(*walk[step], marker, ms=10, mec="white", mew=0.7, color=COLORS[color], zorder=5)
        at = {name: walk[step] for name, walk in zip(names, runs[scale], strict=True)}
        return _standing(f, at, step, f", all rates times {scale:g}" if several else "", xlim, ylim)

    return interactive_figure(
        background,
        draw,
        list(steps),
        label="step",
        start=first,
        second=Slider("rates times", list(scales), show=lambda s: f"{s:g}", start=first_scale)
        if several
        else None,
        alt=(
            f"Level lines of a surface with a star at its minimum, seen from above. "
            f"{', '.join(names)} run from one start, marked with a ring, at "
            f"({start[0]:g}, {start[1]:g}). For the step chosen with the slider, a mark of its "
            f"own shows where each of them is, and a short line where it has come from."
        ),
    )


def rate_and_momentum(
    f: Function,
    start: Point,
    rates: Sequence[float],
    momenta: Sequence[float],
    *,
    steps: int = 30,
    minimum: Point,
    levels: int | Sequence[float] = 7,
    xlim: Limits,
    ylim: Limits,
    first: int = 0,
    first_momentum: int = 0,
) -> InteractiveFigure:
    """Walk with momentum: one slider sets the rate, the other how much velocity is kept.

    Parameters
    ----------
    f : callable
        ``f(x, y)``; given arrays it must act on each pair of entries by itself.
    start : tuple of float
        Where the walk begins.
    rates, momenta : sequence of float
        The positions of the two sliders.
    steps : int
        Updates in a walk.
    minimum : tuple of float
        The point to mark with a star.
    levels : int or sequence of float
        How many level lines, or the heights to draw them at.
    xlim, ylim : tuple of float
        The part of the plane to show.
    first, first_momentum : int
        Which rate and which momentum to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = rate_and_momentum(
    ...     lambda x, y: x**2 + y**2,
    ...     (2, 1),
    ...     [0.5, 1.5],
    ...     [0.0, 0.5],
    ...     steps=2,
    ...     minimum=(0, 0),
    ...     xlim=(-3, 3),
    ...     ylim=(-2, 2),
    ... )
    >>> figure.captions[0]
    'Rate 0.5, momentum 0: after 2 steps f = 0.'
    >>> figure.captions[1]
    'Rate 1.5, momentum 0: the walk leaves the picture at step 1.'
    """

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 4.0))
        contours(f, xlim, ylim, levels=levels, num_points=41, minimum=minimum, ax=ax)
        ax.plot(*start, "o", ms=12, mfc="none", mew=2, color=COLORS["black"])
        return figure, ax

    def draw(ax: Axes, rate: float, momentum: float) -> str:
        walk = _walk(f, Momentum(rate, momentum), start, steps)
        head = f"Rate {rate:g}, momentum {momentum:g}: "
        if _inside(walk[-1], xlim, ylim):
            ax.plot(*walk.T, "o-", ms=4.5, lw=1.4, color=COLORS["vermillion"])
            return f"{head}after {steps} steps f = {_short(float(f(*walk[-1])))}."
        gone = next(k for k, point in enumerate(walk) if not _inside(point, xlim, ylim))
        ax.plot(*walk[: gone + 1].T, "o-", ms=4.5, lw=1.4, color=COLORS["vermillion"])
        return f"{head}the walk leaves the picture at step {gone}."

    return interactive_figure(
        background,
        draw,
        list(rates),
        label="learning rate",
        show=lambda rate: f"{rate:g}",
        start=first,
        second=Slider("momentum", list(momenta), show=lambda a: f"{a:g}", start=first_momentum),
        alt=(
            f"Level lines of a surface, seen from above, with a star at its minimum, and a walk "
            f"of {steps} steps with momentum from a ring at ({start[0]:g}, {start[1]:g}), for "
            f"the learning rate and the momentum chosen with the sliders."
        ),
    )


def _walk(f: Function, optimizer: Optimizer, start: Point, steps: int) -> NDArray[np.float64]:
    """Return the points an optimizer visits; one that is far out stays where it is."""
    params = {"x": float(start[0]), "y": float(start[1])}
    visited = [tuple(params.values())]
    for _ in range(steps):
        x, y = visited[-1]
        if max(abs(x), abs(y)) < 1e6:
            by_x, by_y = gradient(lambda p: float(f(p[0], p[1])), np.array([x, y]))
            optimizer.update(params, {"x": by_x, "y": by_y})
        visited.append(tuple(params.values()))
    return np.array(visited)


def _inside(point: Any, xlim: Limits, ylim: Limits) -> bool:
    return bool(xlim[0] <= point[0] <= xlim[1] and ylim[0] <= point[1] <= ylim[1])


def _standing(
    f: Function, at: Mapping[str, Any], step: int, scaled: str, xlim: Limits, ylim: Limits
) -> str:
    """Say who is lowest and who is highest, and who has left the picture."""
    gone = [name for name, point in at.items() if not _inside(point, xlim, ylim)]
    heights = {name: float(f(*point)) for name, point in at.items() if name not in gone}
    sentence = f"After {step} step{'s' * (step != 1)}{scaled}: "
    if not heights:
        return f"{sentence}all have left the picture."
    if len(set(heights.values())) == 1 and len(heights) > 1:
        return f"{sentence}all stand at f = {_short(next(iter(heights.values())))}."
    low, high = min(heights, key=heights.__getitem__), max(heights, key=heights.__getitem__)
    sentence += f"lowest is {low} (f = {_short(heights[low])}), "
    sentence += f"highest {high} (f = {_short(heights[high])})"
    return sentence + (f"; {', '.join(gone)} left the picture." if gone else ".")


def _short(height: float) -> str:
    """Write a height with two digits, so that the last ones of a float play no part."""
    return "0" if abs(height) < 1e-12 else f"{height:.2g}"
