"""One row of data through a two-layer network, and its row of slopes all the way back."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from dlcourse.plotting import COLORS
from dlcourse.widgets.figure import InteractiveFigure, interactive_figure

FloatArray = NDArray[np.float64]

_CELL, _HIGH, _GAP = 0.62, 0.36, 0.24  # of a number, and between two arrays: inches
_NAMES = ["x", "W1", "z1", "a1", "W2", "z2", "p", "L"]
#: Where the values and the slopes begin, and how wide the drawing is.
_LEFT, _RIGHT, _WIDE = 1.25, 3.75, 5.7


def slopes_carried_back(
    x: ArrayLike, w1: ArrayLike, w2: ArrayLike, target: int, *, first: int = 0
) -> InteractiveFigure:
    """Carry the slopes of the loss back through a network of two layers, one row of data.

    The network is ``z1 = x W1``, ``a1 = relu(z1)``, ``z2 = a1 W2``, ``p = softmax(z2)``,
    ``L = -log p[target]``. Values stand on the left, slopes on the right, each array of them
    in the shape of what it belongs to.

    Parameters
    ----------
    x : array_like of shape (n,)
        The row.
    w1 : array_like of shape (n, hidden)
        Weights of the first layer.
    w2 : array_like of shape (hidden, classes)
        Weights of the second.
    target : int
        The right class.
    first : int
        Which stage to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = slopes_carried_back([1.0], [[2.0]], [[1.0, 1.0]], 0)
    >>> figure.captions[1]
    'dz2 = p − t, of shape (1, 2): the prediction minus the truth.'
    """
    row = np.asarray(x, dtype=float)[None]
    first_weights, second_weights = np.asarray(w1, dtype=float), np.asarray(w2, dtype=float)
    values, slopes = _passes(row, first_weights, second_weights, target)
    stages = _stages(values)
    tops, y = {}, 0.0
    for name in _NAMES:
        tops[name] = y
        y -= len(values[name]) * _HIGH + _GAP

    def background() -> tuple[Figure, Any]:
        figure = plt.figure(figsize=(_WIDE, 0.55 - y), layout="none")
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, _WIDE), ylim=(y + _GAP - 0.1, 0.45))
        ax.axis("off")
        for left, title in ((_LEFT, "values"), (_RIGHT, "slopes of L")):
            ax.text(left, 0.26, title, va="center", fontsize=13, fontweight="bold")
        for name in _NAMES:
            shape = "" if name == "L" else f"  {values[name].shape}"
            middle = tops[name] - len(values[name]) * _HIGH / 2
            ax.text(0.06, middle, f"{name}{shape}", va="center", fontsize=12)
            _grid(ax, _LEFT, tops[name], values[name], COLORS["black"], "#EDEDED")
            if name in slopes:
                _outline(ax, _RIGHT, tops[name], slopes[name].shape)
        return figure, ax

    def draw(ax: Any, stage: str) -> str:
        number = list(stages).index(stage)
        for name in list(stages)[:number]:
            _grid(ax, _RIGHT, tops[name], slopes[name], COLORS["black"], "#CFE0EE")
        _grid(ax, _RIGHT, tops[stage], slopes[stage], COLORS["vermillion"], "#FFFFFF", lw=2.5)
        return stages[stage]

    return interactive_figure(
        background,
        draw,
        list(stages),
        label="slopes for",
        start=first,
        alt=(
            "Two columns of small tables. On the left, from top to bottom, the values of x, W1, "
            "z1, a1, W2, z2, p and the loss L. On the right, beside each but x and p, a table "
            "of the same shape for the slopes of L; they are filled in from the bottom up."
        ),
    )


def _passes(
    x: FloatArray, w1: FloatArray, w2: FloatArray, target: int
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return the values on the way forward and the slopes on the way back, by name."""
    z1 = x @ w1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ w2
    p = np.exp(z2 - z2.max())
    p = p / p.sum()
    loss = -np.log(p[:, target : target + 1])
    dz2 = p - np.eye(p.shape[1])[[target]]
    da1 = dz2 @ w2.T
    dz1 = da1 * (z1 > 0)
    values = {"x": x, "W1": w1, "z1": z1, "a1": a1, "W2": w2, "z2": z2, "p": p, "L": loss}
    slopes = {"L": np.ones((1, 1)), "z2": dz2, "W2": a1.T @ dz2, "a1": da1, "z1": dz1}
    return values, slopes | {"W1": x.T @ dz1}


def _stages(values: dict[str, FloatArray]) -> dict[str, str]:
    """Return what is computed in which order, and what is to be said about it."""
    shape = {name: value.shape for name, value in values.items()}
    turned = {name: value.T.shape for name, value in values.items()}
    return {
        "L": "The slope of L with respect to itself is 1: here the way back begins.",
        "z2": f"dz2 = p − t, of shape {shape['z2']}: the prediction minus the truth.",
        "W2": f"dW2 = a1ᵀ dz2: {turned['a1']} times {shape['z2']} gives {shape['W2']}, the shape "
        f"of W2.",
        "a1": f"da1 = dz2 W2ᵀ: {shape['z2']} times {turned['W2']} gives {shape['a1']}. The row "
        f"passes the second layer.",
        "z1": f"dz1 = da1 where z1 > 0, else 0: still {shape['z1']}. Relu lets a slope through, or "
        f"not.",
        "W1": f"dW1 = xᵀ dz1: {turned['x']} times {shape['z1']} gives {shape['W1']}, the shape of "
        f"W1.",
    }


def _grid(
    ax: Axes, left: float, top: float, table: FloatArray, color: str, face: str, lw: float = 1.2
) -> None:
    for (i, j), value in np.ndenumerate(table):
        corner = (left + j * _CELL, top - (i + 1) * _HIGH)
        ax.add_patch(Rectangle(corner, _CELL, _HIGH, fc=face, ec=color, lw=lw, zorder=3))
        text = f"{round(value, 2) + 0.0:g}".replace("-", "−")
        ax.text(
            corner[0] + _CELL / 2, corner[1] + _HIGH / 2, text, ha="center", va="center",
            fontsize=12, color=color, zorder=4,
        )  # fmt: skip


def _outline(ax: Axes, left: float, top: float, shape: tuple[int, ...]) -> None:
    rows, columns = shape
    corner, size = (left, top - rows * _HIGH), (columns * _CELL, rows * _HIGH)
    ax.add_patch(Rectangle(corner, *size, fill=False, ec=COLORS["gray"], lw=1, ls=":"))
