"""Features: what the layers of a network make of images, on a map of two directions."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from dlcourse.plotting import COLORS
from dlcourse.widgets.figure import InteractiveFigure, Slider, interactive_figure

_HUES = ("blue", "vermillion", "green", "purple", "orange", "sky")


def classes_on_a_map(
    outputs: Mapping[str, Mapping[str, ArrayLike]],
    labels: ArrayLike,
    *,
    layers: str,
    names: str,
    first: int = 0,
    first_name: int = 0,
) -> InteractiveFigure:
    """Show rows as they come out of a layer, in the two directions in which they differ most.

    Each row is drawn as its label. The caption says how many rows have a nearest neighbor with
    the same label, by distance in all columns, not on the map.

    Parameters
    ----------
    outputs : dict of str to dict of str to array_like of shape (n, width)
        ``outputs[name][layer]``: what comes out of a layer, for each row. The width may differ
        from layer to layer; all names have the same layers.
    labels : array_like of int of shape (n,)
        One digit for each row, from at most six classes.
    layers : str
        What the first slider sets.
    names : str
        What the second slider sets: what the keys of `outputs` are.
    first, first_name : int
        Which layer and which name to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> rows = [[0.0, 0.0], [0.1, 0.0], [3.0, 1.0], [3.1, 1.0]]
    >>> figure = classes_on_a_map(
    ...     {"old": {"pixels": rows, "layer 1": rows}, "new": {"pixels": rows, "layer 1": rows}},
    ...     [7, 7, 8, 8],
    ...     layers="layer",
    ...     names="network",
    ... )
    >>> figure.captions[0]
    'old, pixels: 4 of 4 images have their nearest neighbor in their own class.'
    """
    labels = np.asarray(labels)
    classes = np.unique(labels)
    stages = list(next(iter(outputs.values())))

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 5.2))
        ax.set(xlim=(-3.4, 3.4), ylim=(-3.4, 3.4), aspect="equal")
        ax.set(xlabel="first direction", ylabel="second direction")
        return figure, ax

    def draw(ax: Any, stage: str, name: str) -> str:
        rows = np.asarray(outputs[name][stage], dtype=float)
        places = np.clip(_two_directions(rows), -3.3, 3.3)
        for digit, hue in zip(classes, _HUES, strict=False):
            x, y = places[labels == digit].T
            ax.plot(x, y, ls="", marker=f"${digit}$", ms=7, mew=0, color=COLORS[hue])
        same = int(np.sum(labels[_nearest(rows)] == labels))
        return (
            f"{name}, {stage}: {same} of {len(rows)} images have their nearest neighbor in "
            f"their own class."
        )

    return interactive_figure(
        background,
        draw,
        stages,
        label=layers,
        start=first,
        second=Slider(names, list(outputs), start=first_name),
        alt=(
            f"A map of {len(labels)} images, each drawn as its digit, in the two directions in "
            f"which the outputs of the chosen {layers} differ most."
        ),
    )


def _two_directions(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the rows in the two directions of largest spread, in units of the first's spread."""
    centered = rows - rows.mean(axis=0)
    u, s, directions = np.linalg.svd(centered, full_matrices=False)
    largest = np.argmax(np.abs(directions[:2]), axis=1)
    signs = np.sign(directions[[0, 1], largest])  # a direction has no sign of its own
    return np.asarray(u[:, :2] * s[:2] * signs * np.sqrt(len(rows)) / max(s[0], 1e-300))


def _nearest(rows: NDArray[Any]) -> NDArray[Any]:
    """Return for each row the number of the closest other row."""
    squares = np.sum(rows**2, axis=1)
    apart = squares[:, None] + squares - 2 * rows @ rows.T
    np.fill_diagonal(apart, np.inf)
    return np.asarray(np.argmin(apart, axis=1))
