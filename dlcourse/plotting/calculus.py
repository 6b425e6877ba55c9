"""Rules of calculus as pictures: a product, a product with a direction, a chain of tables."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Arc, FancyArrowPatch, Rectangle
from numpy.typing import ArrayLike

from dlcourse.plotting.style import COLORS

_PALE = {"kept": "#EDEDED", "side": "#CFE0EE", "top": "#F3D9CC", "corner": "#FFFFFF"}


def growing_rectangle(
    width: float, height: float, wider: float, higher: float, *, ax: Axes | None = None
) -> Axes:
    """Draw the product rule: how the area of a rectangle grows when both of its sides do.

    Parameters
    ----------
    width, height : float
        The sides as they were, u and v.
    wider, higher : float
        By how much they grow in a step h.
    ax : Axes, optional
        Where to draw; by default new axes, as large as the drawing needs.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a side, or what is added to it, is not positive: that can't be drawn.

    Examples
    --------
    >>> ax = growing_rectangle(3, 2, 0.9, 0.7)
    >>> [text.get_text() for text in ax.texts[:4]]
    ['u · v', 'v · u′h', 'u · v′h', 'u′h · v′h']
    >>> plt.close(ax.figure)
    """
    if min(width, height, wider, higher) <= 0:
        raise ValueError(
            f"all lengths must be positive, got {width}, {height}, {wider} and {higher}"
        )
    if ax is None:
        _, ax = plt.subplots(figsize=(5.2, 3.7))
    parts = [
        ("u · v", (0, 0), width, height, "kept"),
        ("v · u′h", (width, 0), wider, height, "side"),
        ("u · v′h", (0, height), width, higher, "top"),
        ("u′h · v′h", (width, height), wider, higher, "corner"),
    ]
    for text, corner, across, up, color in parts:
        ax.add_patch(
            Rectangle(corner, across, up, facecolor=_PALE[color], edgecolor=COLORS["black"], lw=1.5)
        )
        x, y = corner[0] + across / 2, corner[1] + up / 2
        ax.text(x, y, text, ha="center", va="center", fontsize=13)
    room = 0.09 * max(width + wider, height + higher)
    for text, start, length in (("u", 0.0, width), ("u′h", width, wider)):
        ax.text(start + length / 2, -room / 3, text, ha="center", va="top", fontsize=13)
    for text, start, length in (("v", 0.0, height), ("v′h", height, higher)):
        ax.text(-room / 3, start + length / 2, text, ha="right", va="center", fontsize=13)
    ax.set(xlim=(-2 * room, width + wider + room / 4), ylim=(-1.5 * room, height + higher + 0.05))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def projections(arrow: ArrayLike, directions: Sequence[ArrayLike]) -> Any:
    """Draw the product of an arrow with directions: how far the arrow reaches along each.

    Parameters
    ----------
    arrow : array_like of shape (2,)
        For instance a gradient.
    directions : sequence of array_like of shape (2,)
        One panel for each, which must have length 1.

    Returns
    -------
    ndarray of Axes

    Raises
    ------
    ValueError
        If a direction has another length than 1.

    Examples
    --------
    >>> axes = projections([1, 2], [[0.6, 0.8], [0.8, -0.6]])
    >>> [ax.get_title(loc="left") for ax in axes]
    ['a · u = 2.20', 'a · u = −0.40']
    >>> plt.close(axes[0].figure)
    """
    a = np.asarray(arrow, dtype=float)
    units = [np.asarray(direction, dtype=float) for direction in directions]
    for u in units:
        if not np.isclose(np.linalg.norm(u), 1):
            raise ValueError(f"a direction must have length 1, got {u} of {np.linalg.norm(u):g}")
    _, axes = plt.subplots(1, len(units), figsize=(6.4, 3.7), squeeze=False)
    every = np.array([np.zeros(2), a, *units, *(u * (u @ a) for u in units)])
    low, high = every.min(axis=0) - 0.45, every.max(axis=0) + 0.35
    for ax, u in zip(axes[0], units, strict=True):
        _projection(ax, a, u)
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
        ax.set(xlabel="x", ylabel="y")
        ax.set_title(f"a · u = {_written(a @ u, '.2f')}", loc="left")
        ax.locator_params(nbins=4)
    return axes[0]


def _projection(ax: Axes, a: Any, u: Any) -> None:
    foot = u * (a @ u)
    ax.axline((0, 0), tuple(u), color=COLORS["gray"], lw=1)
    ax.plot(*np.array([a, foot]).T, color=COLORS["gray"], lw=1.5, ls="--")
    ax.plot(*np.array([np.zeros(2), foot]).T, color=COLORS["vermillion"], lw=6, alpha=0.55)
    ax.add_patch(_arrow_to(a, COLORS["black"]))
    ax.add_patch(_arrow_to(u, COLORS["blue"]))
    across = np.array([u[1], -u[0]]) * (1 if u[0] * a[1] > u[1] * a[0] else -1)  # away from a
    for name, place, color in (
        ("a", a * (1 + 0.22 / np.linalg.norm(a)), COLORS["black"]),
        ("u", 0.6 * u + 0.25 * across, COLORS["blue"]),
    ):
        ax.text(
            place[0], place[1], name, ha="center", va="center", color=color, fontsize=14,
            fontweight="bold",
        )  # fmt: skip
    first, last = sorted(np.degrees(np.arctan2(v[1], v[0])) for v in (a, u))
    ax.add_patch(Arc((0, 0), 0.9, 0.9, theta1=first, theta2=last, color=COLORS["black"], lw=1.2))
    middle = np.radians((first + last) / 2)
    ax.text(0.66 * np.cos(middle), 0.66 * np.sin(middle), "φ", ha="center", va="center")


def _arrow_to(head: Any, color: str) -> FancyArrowPatch:
    return FancyArrowPatch(
        (0, 0), tuple(head), arrowstyle="-|>", mutation_scale=18, lw=2.5, color=color,
        shrinkA=0, shrinkB=0, zorder=4,
    )  # fmt: skip


def wiring(
    names: Sequence[Sequence[str]],
    slopes: Sequence[ArrayLike],
    *,
    lit: Sequence[Sequence[int]] = (),
    labels: Sequence[Sequence[Sequence[str]]] | None = None,
    titles: Sequence[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw a chain of Jacobians as wires, each with its slope, and light paths through it.

    Parameters
    ----------
    names : sequence of sequence of str
        The numbers of each column, from the input to the result.
    slopes : sequence of array_like
        Between two columns, the Jacobian: a row for each number on the right, a column for
        each on the left. A wire of slope 0 is dotted.
    lit : sequence of sequence of int
        Paths to light, each by the position of its number in every column. The first is
        drawn solid, the second dashed.
    labels : sequence of sequence of sequence of str, optional
        What to write on the wires, arranged as `slopes`; by default the slopes.
    titles : sequence of str
        What stands above each column.
    ax : Axes, optional
        Where to draw; by default new axes, as large as the drawing needs.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a Jacobian doesn't have the shape that its two columns ask for.

    Examples
    --------
    >>> ax = wiring([["x"], ["u", "v"], ["y"]], [[[3], [0.5]], [[0, 3]]], lit=[[0, 1, 0]])
    >>> [text.get_text() for text in ax.texts[:4]]
    ['x', 'u', 'v', 'y']
    >>> [text.get_text() for text in ax.texts[4:]]
    ['3', '0.5', '0', '3']
    >>> plt.close(ax.figure)
    """
    tables = [np.asarray(table, dtype=float) for table in slopes]
    for (left, right), table in zip(pairwise(names), tables, strict=True):
        if table.shape != (len(right), len(left)):
            raise ValueError(
                f"from {len(left)} numbers to {len(right)} a Jacobian has shape "
                f"{(len(right), len(left))}, got {table.shape}"
            )
    tallest = max(map(len, names))
    if ax is None:
        _, ax = plt.subplots(figsize=(2.8 + 0.8 * len(names), 0.5 + 0.95 * max(tallest, 2)))
    places = [
        [(1.0 * column, 0.5 * (len(rows) - 1) - row) for row in range(len(rows))]
        for column, rows in enumerate(names)
    ]
    for rows, row_names in zip(places, names, strict=True):
        for (x, y), name in zip(rows, row_names, strict=True):
            ax.text(
                x, y, name, ha="center", va="center", fontsize=13, zorder=6,
                bbox={"boxstyle": "round,pad=0.35", "fc": "#D6E6F2", "ec": COLORS["black"]},
            )  # fmt: skip
    for column, table in enumerate(tables):
        for i, j in np.ndindex(table.shape):
            slope = float(table[i, j])
            text = _written(slope, ".3g") if labels is None else labels[column][i][j]
            ways = [k for k, path in enumerate(lit) if tuple(path[column : column + 2]) == (j, i)]
            # Where wires cross, labels in their middles would hide each other.
            share = 0.5 if 1 in table.shape else 0.33
            _wire(ax, places[column][j], places[column + 1][i], slope, (text, share), ways)
    for column, title in enumerate(titles):
        ax.text(column, tallest / 2 + 0.05, title, ha="center", va="center", fontsize=12)
    top = tallest / 2 + (0.25 if titles else -0.1)
    ax.set(xlim=(-0.3, len(names) - 0.7), ylim=(0.1 - tallest / 2, top))
    ax.axis("off")
    return ax


def _wire(
    ax: Axes, start: Any, end: Any, slope: float, label: tuple[str, float], ways: list[int]
) -> None:
    """Draw one wire: its label and how far along it stands; the lit paths that it belongs to."""
    looks = {0: ("vermillion", "-"), 1: ("blue", (0, (4, 2)))}
    color, style = looks[min(ways[0], 1)] if ways else ("gray", "-")
    ax.plot(
        *np.array([start, end]).T, color=COLORS[color], lw=4 if ways else 1.2,
        ls=style if slope else ":", zorder=3 if ways else 2,
    )  # fmt: skip
    text, share = label
    x, y = ((1 - share) * np.array(start) + share * np.array(end)).tolist()
    ax.text(
        x, y, text, ha="center", va="center", fontsize=12, color=COLORS[color], zorder=5,
        bbox={"boxstyle": "square,pad=0.12", "fc": "white", "ec": "none"},
    )  # fmt: skip


def _written(number: float, how: str) -> str:
    """Write a number with a true minus sign, and zero without one."""
    return f"{number + 0.0:{how}}".replace("-", "−")
