"""Diagrams: what is done in which order."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch

from dlcourse.plotting.style import COLORS

_WIDTH, _HEIGHT, _GAP = 3.3, 0.6, 0.36  # of a box, and between two: inches
_FULL = 4.6  # narrow, so that the text is large on a phone


def loop_diagram(
    before: Sequence[str], repeated: Sequence[str], *, label: str = "repeat", ax: Axes | None = None
) -> Axes:
    r"""Draw the steps of a loop as boxes, one below another, with an arrow back.

    Parameters
    ----------
    before : sequence of str
        What is done once, in square gray boxes.
    repeated : sequence of str
        What is done again and again, in round blue boxes.
    label : str
        What stands at the arrow that leads back.
    ax : Axes, optional
        Where to draw; by default new axes, as large as the drawing needs.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If nothing is repeated.

    Examples
    --------
    >>> ax = loop_diagram(["set up"], ["loss and gradient", "update"])
    >>> [text.get_text() for text in ax.texts]
    ['set up', 'loss and gradient', 'update', 'repeat']
    >>> plt.close(ax.figure)
    """
    if not repeated:
        raise ValueError("repeated is empty: a loop repeats something")
    texts = [*before, *repeated]
    height = len(texts) * (_HEIGHT + _GAP) - _GAP
    if ax is None:
        figure = plt.figure(figsize=(_FULL, height + 0.2), layout="none")
        ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, _FULL), ylim=(-height - 0.1, 0.1))
    ax.set_aspect("equal")
    ax.axis("off")
    centers = [-k * (_HEIGHT + _GAP) - _HEIGHT / 2 for k in range(len(texts))]
    for number, (text, y) in enumerate(zip(texts, centers, strict=True)):
        ax.add_patch(_box(y, once=number < len(before)))
        ax.text(0.1 + _WIDTH / 2, y, text, ha="center", va="center", fontsize=13)
        if number:
            middle = 0.1 + _WIDTH / 2
            above = centers[number - 1] - _HEIGHT / 2
            _arrow(ax, (middle, above), (middle, y + _HEIGHT / 2))
    _way_back(ax, centers[-1], centers[len(before)], label)
    return ax


def _box(y: float, *, once: bool) -> Patch:
    shape = "square,pad=0" if once else "round,pad=0,rounding_size=0.2"
    return FancyBboxPatch(
        (0.1, y - _HEIGHT / 2), _WIDTH, _HEIGHT, boxstyle=shape, linewidth=1.4,
        facecolor="#F2F2F2" if once else "#D6E6F2", edgecolor=COLORS["black"],
    )  # fmt: skip


def _way_back(ax: Axes, bottom: float, top: float, label: str) -> None:
    edge, out = 0.1 + _WIDTH, 0.1 + _WIDTH + 0.4
    ax.plot([edge, out, out], [bottom, bottom, top], color=COLORS["vermillion"], lw=2)
    _arrow(ax, (out, top), (edge, top), COLORS["vermillion"])
    ax.text(out + 0.12, (bottom + top) / 2, label, va="center", fontsize=13)


def _arrow(
    ax: Axes, tail: tuple[float, float], head: tuple[float, float], color: str = COLORS["black"]
) -> None:
    ax.add_patch(
        FancyArrowPatch(
            tail, head, arrowstyle="-|>", mutation_scale=16, lw=2, color=color, shrinkA=0, shrinkB=0
        )
    )
