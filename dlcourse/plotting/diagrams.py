"""Diagrams: what is done in which order, and what is carried over."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch

from dlcourse.plotting.style import COLORS

_WIDTH, _HEIGHT, _GAP = 3.3, 0.6, 0.36  # of a box, and between two: inches
_FULL = 4.6  # narrow, so that the text is large on a phone
_GRAY, _BLUE = "#F2F2F2", "#D6E6F2"


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


def layers_carried_over(
    source: Sequence[str], target: Sequence[str], *, titles: tuple[str, str]
) -> Axes:
    r"""Draw two networks, one above the other, of which the lower has copies of layers.

    All layers of the source but its last are copied; the last stays behind, dashed. The
    target's last layer is new, and has a color of its own.

    Parameters
    ----------
    source, target : sequence of str
        What is written into the boxes, a box for each layer, from the first to the last.
    titles : tuple of str
        What stands above the source, and below the target.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the two have different numbers of layers, or only one.

    Examples
    --------
    >>> ax = layers_carried_over(
    ...     ["layer 1", "7 outputs"], ["layer 1", "3 outputs"], titles=("0 to 6", "7 to 9")
    ... )
    >>> [text.get_text() for text in ax.texts]
    ['layer 1', '7 outputs', 'layer 1', '3 outputs', 'copied', 'stays behind', '0 to 6', '7 to 9']
    >>> plt.close(ax.figure)
    """
    if len(source) != len(target) or len(source) < 2:
        raise ValueError(
            f"source has {len(source)} layers and target {len(target)}: "
            "they need the same number, at least two"
        )
    width, height, step, margin, rise = 1.4, 0.75, 1.68, 0.45, 1.4
    full, tall = (len(source) - 1) * step + width + 0.1, rise + height + 2 * margin
    figure = plt.figure(figsize=(full, tall), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, full), ylim=(0, tall))
    ax.axis("off")
    last = len(source) - 1
    for bottom, layers, color, line in (
        (margin + rise, source, _GRAY, "--"), (margin, target, "#FBE3D6", "-"),
    ):  # fmt: skip
        middle = bottom + height / 2
        for k, text in enumerate(layers):
            x = 0.05 + k * step
            box = FancyBboxPatch(
                (x, bottom), width, height, boxstyle="square,pad=0", linewidth=1.4,
                linestyle=line if k == last else "-", edgecolor=COLORS["black"],
                facecolor=color if k == last else _BLUE,
            )  # fmt: skip
            ax.add_patch(box)
            ax.text(x + width / 2, middle, text, ha="center", va="center", fontsize=12)
            if k:
                _arrow(ax, (x - step + width, middle), (x, middle))
    between = margin + (rise + height) / 2
    for k in range(last):
        x = 0.05 + k * step + width / 2
        _arrow(ax, (x, margin + rise), (x, margin + height))
        ax.text(x + 0.1, between, "copied", va="center", fontsize=12)
    x = 0.05 + last * step + width / 2
    ax.text(x, between, "stays behind", ha="center", va="center", fontsize=12)
    ax.text(0.05, tall - margin + 0.14, titles[0], fontsize=13)
    ax.text(0.05, margin - 0.14, titles[1], va="top", fontsize=13)
    return ax


def _box(y: float, *, once: bool) -> Patch:
    shape = "square,pad=0" if once else "round,pad=0,rounding_size=0.2"
    return FancyBboxPatch(
        (0.1, y - _HEIGHT / 2), _WIDTH, _HEIGHT, boxstyle=shape, linewidth=1.4,
        facecolor=_GRAY if once else _BLUE, edgecolor=COLORS["black"],
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
