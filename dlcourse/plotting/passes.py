"""The passes of automatic differentiation: their order, what they touch, what they keep."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from numpy.typing import ArrayLike

from dlcourse.plotting.style import COLORS, LINE_STYLES, new_axes

_Point = tuple[float, float]
_LIT, _REST = COLORS["vermillion"], COLORS["gray"]


def order_on_a_line(parents: Mapping[str, Sequence[str]], *, ax: Axes | None = None) -> Axes:
    """Draw a graph along a line, its nodes in the order given, with an arc for each edge.

    Parameters
    ----------
    parents : dict of str to sequence of str
        Each node with the nodes it is computed from; one that is used twice is listed twice.
        Edges that lead forward are arcs above the line. Those that lead back are dashed, in
        another color, below it: the order is then no topological one.
    ax : Axes, optional
        Where to draw; by default new axes.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = order_on_a_line({"a": [], "b": ["a", "a"]})
    >>> len(ax.patches)
    2
    >>> plt.close(ax.figure)
    """
    names = list(parents)
    place = {name: position for position, name in enumerate(names)}
    spans = [place[name] - place[p] for name, needed in parents.items() for p in needed]
    above, below = (0.21 * max([side * span for span in spans] + [0]) + 0.35 for side in (1, -1))
    if ax is None:
        _, ax = plt.subplots(figsize=(6.0, 6.0 * (above + below) / len(names) + 0.1))
    for name, needed in parents.items():
        for number, parent in enumerate(needed):
            start, end = place[parent], place[name]
            forward = start < end
            # A flat arc for a second edge between the same nodes, so that both show.
            bend = -0.42 if needed.index(parent) == number else -0.12
            arrow = FancyArrowPatch(
                (start, 0), (end, 0), connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>",
                mutation_scale=16, lw=1.8, shrinkA=17, shrinkB=17,
                color=COLORS["blue"] if forward else _LIT, ls="-" if forward else "--",
            )  # fmt: skip
            ax.add_patch(arrow)
    for name, position in place.items():
        ax.text(
            position, 0, name, ha="center", va="center", fontsize=14, zorder=5,
            bbox={"boxstyle": "circle,pad=0.35", "fc": "#D6E6F2", "ec": COLORS["black"]},
        )  # fmt: skip
    ax.set(xlim=(-0.4, len(names) - 0.6), ylim=(-below, above), aspect="equal")
    ax.axis("off")
    return ax


def two_modes(inputs: int = 4) -> Any:
    """Draw one pass of each mode over a sum of products: the edges that bring a slope are lit.

    Parameters
    ----------
    inputs : int
        Number of weights.

    Returns
    -------
    ndarray of Axes
        Forward mode, started at the first weight, and reverse mode, started at the loss.

    Examples
    --------
    >>> axes = two_modes(3)
    >>> [ax.get_title(loc="left") for ax in axes]
    ['forward: a pass for each weight', 'reverse: one pass for all']
    >>> plt.close(axes[0].figure)
    """
    _, axes = plt.subplots(1, 2, figsize=(6.4, 0.8 + 0.6 * inputs))
    titles = ("forward: a pass for each weight", "reverse: one pass for all")
    middle = (inputs - 1) / 2
    for ax, title, reverse in zip(axes, titles, (False, True), strict=True):
        edges: list[tuple[_Point, _Point, bool]]
        edges = [((0, y), (1, y), y == inputs - 1) for y in range(inputs)]
        edges += [((1, y), (2, middle), y == inputs - 1) for y in range(inputs)]
        edges.append(((2, middle), (3, middle), True))
        for start, end, first in edges:
            lit = reverse or first
            places = (end, start) if reverse else (start, end)
            ax.add_patch(
                FancyArrowPatch(
                    *places, arrowstyle="-|>" if lit else "-", mutation_scale=14,
                    lw=2.8 if lit else 1.0, color=_LIT if lit else _REST,
                    shrinkA=13, shrinkB=13,
                )
            )  # fmt: skip
        nodes: list[tuple[float, float, str]]
        nodes = [(0, y, f"w{inputs - y}") for y in range(inputs)]
        nodes += [(1, y, "×") for y in range(inputs)] + [(2, middle, "Σ"), (3, middle, "L")]
        for x, y, name in nodes:
            here = (x, y) == ((3, middle) if reverse else (0, inputs - 1))
            ax.text(
                x, y, name, ha="center", va="center", fontsize=13, zorder=5,
                bbox={
                    "boxstyle": "circle,pad=0.25", "fc": "#F3D9CC" if here else "#EDEDED",
                    "ec": COLORS["black"],
                },
            )  # fmt: skip
        ax.set_title(title, loc="left", fontsize=12)
        ax.set(xlim=(-0.35, 3.35), ylim=(-0.6, inputs - 0.4))
        ax.axis("off")
    return axes


def values_held(
    held: Mapping[str, ArrayLike],
    *,
    xlabel: str = "operations so far",
    ylabel: str = "values held",
    ax: Axes | None = None,
) -> Axes:
    """Draw how many values are held at each moment of a computation.

    Parameters
    ----------
    held : dict of str to array_like of shape (n_moments,)
        Label and count after each operation.
    xlabel, ylabel : str
        Axis labels.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = values_held({"reverse": [1, 2, 3, 2, 1], "forward": [2, 2, 2]})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['reverse', 'forward']
    >>> plt.close(ax.figure)
    """
    ax = new_axes(ax)
    for number, (label, counts) in enumerate(held.items()):
        style = LINE_STYLES[number % len(LINE_STYLES)]
        ax.plot(np.asarray(counts), ls=style, label=label)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    top = max(float(np.max(counts)) for counts in held.values())
    ax.set_ylim(0, 1.35 * top)  # room for the legend above the peak
    ax.legend(loc="upper left")
    return ax
