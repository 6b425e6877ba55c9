"""Normalization: which numbers share their statistics, and how a slope passes them."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from numpy.typing import ArrayLike

from dlcourse.plotting.style import COLORS

_WIDE, _HIGH = 0.95, 0.42  # of a number in a table: inches
_FILLED = "#CFE0EE"


def column_and_row_statistics(table: ArrayLike) -> Axes:
    """Draw a table twice: with mean and spread of each column, and of each row.

    Parameters
    ----------
    table : array_like of shape (n, d)
        One row for each sample of a batch, one column for each feature.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `table` has not two dimensions.

    Examples
    --------
    >>> ax = column_and_row_statistics([[1, 4], [3, 8]])
    >>> [text.get_text() for text in ax.texts if "±" in text.get_text()]
    ['2 ± 1', '6 ± 2', '2.5 ± 1.5', '5.5 ± 2.5']
    >>> plt.close(ax.figure)
    """
    numbers = np.asarray(table, dtype=float)
    if numbers.ndim != 2:
        raise ValueError(f"table must have two dimensions, got shape {numbers.shape}")
    n, d = numbers.shape
    deep = n * _HIGH
    width, height = d * _WIDE + 1.7, 2 * deep + 2.2
    figure = plt.figure(figsize=(width, height), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-0.2, width - 0.2), ylim=(-height + 0.5, 0.5))
    ax.axis("off")
    for title, top, axis in (
        ("batch normalization", 0.0, 0),
        ("layer normalization", -deep - 1.2, 1),
    ):
        ax.text(0, top + 0.24, title, va="center", fontsize=14, fontweight="bold")
        _table(ax, numbers, top, axis)
    return ax


def _table(ax: Axes, numbers: Any, top: float, axis: int) -> None:
    """Draw a table with the statistics along one of its axes, and its first group framed."""
    n, d = numbers.shape
    for (i, j), value in np.ndenumerate(numbers):
        first = (j if axis == 0 else i) == 0
        corner = (j * _WIDE, top - (i + 1) * _HIGH)
        face = _FILLED if first else "#FFFFFF"
        ax.add_patch(Rectangle(corner, _WIDE, _HIGH, fc=face, ec=COLORS["gray"], lw=1))
        middle = corner[0] + _WIDE / 2, corner[1] + _HIGH / 2
        ax.text(middle[0], middle[1], _short(value), ha="center", va="center", fontsize=14)
    size = (_WIDE, n * _HIGH) if axis == 0 else (d * _WIDE, _HIGH)
    corner = (0.0, top - size[1])
    ax.add_patch(Rectangle(corner, *size, fill=False, ec=COLORS["vermillion"], lw=2.5, zorder=3))
    for k, (mean, spread) in enumerate(
        zip(numbers.mean(axis=axis), numbers.std(axis=axis), strict=True)
    ):
        place = (
            ((k + 0.5) * _WIDE, top - n * _HIGH - 0.25)
            if axis == 0
            else (d * _WIDE + 0.7, top - (k + 0.5) * _HIGH)
        )
        color = COLORS["vermillion"] if k == 0 else COLORS["black"]
        text = f"{_short(mean)} ± {_short(spread)}"
        ax.text(place[0], place[1], text, ha="center", va="center", fontsize=13, color=color)


def _short(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}".replace("-", "−")


#: Where the nodes stand, in inches, and what is written in them.
_NODES = {
    "x": ((0.42, 2.1), r"$x_i$"),
    "variance": ((2.15, 3.55), r"$\sigma^2$"),
    "mean": ((2.15, 0.65), r"$\mu$"),
    "first": ((3.9, 3.3), r"$\hat x_1$"),
    "own": ((3.9, 2.1), r"$\hat x_i$"),
    "last": ((3.9, 0.9), r"$\hat x_n$"),
    "loss": ((5.2, 2.1), r"$L$"),
}
_RADIUS = 0.36


def paths_through_a_batch() -> Axes:
    """Draw the three ways on which one number of a normalized column reaches the loss.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = paths_through_a_batch()
    >>> len(ax.patches)  # seven nodes, twelve arrows
    19
    >>> plt.close(ax.figure)
    """
    figure = plt.figure(figsize=(5.6, 4.2), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 5.6), ylim=(0, 4.2))
    ax.axis("off")
    normalized = ("first", "own", "last")
    ways = {
        "green": [("x", "own")],
        "blue": [("x", "mean"), *(("mean", to) for to in normalized)],
        "vermillion": [("x", "variance"), *(("variance", to) for to in normalized)],
        "gray": [(start, "loss") for start in normalized],
    }
    dashes = {"green": "-", "blue": "--", "vermillion": "-.", "gray": "-"}
    for color, edges in ways.items():
        for start, end in edges:
            ax.add_patch(_arrow(start, end, COLORS[color], dashes[color]))
    for (x, y), text in _NODES.values():
        ax.add_patch(Circle((x, y), _RADIUS, fc="#FFFFFF", ec=COLORS["black"], lw=1.4, zorder=3))
        ax.text(x, y, text, ha="center", va="center", fontsize=18, zorder=4)
    for x, y, text, color in (
        (1.35, 2.3, r"$s$", "green"),
        (0.8, 1.05, r"$1/n$", "blue"),
        (3.15, 0.42, r"$-s$", "blue"),
        (0.85, 3.3, r"$\frac{2}{n}(x_i - \mu)$", "vermillion"),
        (3.3, 3.92, r"$-\frac{1}{2}s^2\,\hat x_k$", "vermillion"),
        (4.5, 2.28, r"$h_i$", "gray"),
    ):
        ax.text(x, y, text, ha="center", va="center", fontsize=18, color=COLORS[color], zorder=5)
    for y in (2.7, 1.5):
        ax.text(3.9, y, r"$\vdots$", ha="center", va="center", fontsize=14)
    return ax


def _arrow(start: str, end: str, color: str, dashes: str) -> FancyArrowPatch:
    (a, _), (b, _) = _NODES[start], _NODES[end]
    way = np.subtract(b, a)
    edge = way / np.linalg.norm(way) * (_RADIUS + 0.04)
    return FancyArrowPatch(
        tuple(a + edge), tuple(b - edge), arrowstyle="-|>", mutation_scale=14,
        color=color, lw=1.8, linestyle=dashes, shrinkA=0, shrinkB=0,
    )  # fmt: skip
