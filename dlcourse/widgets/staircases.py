"""Accuracy is a staircase and a loss is smooth: both against the one weight of a model."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from dlcourse.finite_difference import derivative
from dlcourse.plotting import COLORS
from dlcourse.widgets.figure import InteractiveFigure, interactive_figure


def accuracy_and_loss(
    accuracy: Callable[[float], float],
    loss: Callable[[float], float],
    weights: Sequence[float],
    *,
    xlim: tuple[float, float],
    first: int = 0,
) -> InteractiveFigure:
    """Move the only weight of a model, and see its accuracy above and its loss below.

    Parameters
    ----------
    accuracy, loss : callable
        Of one number, the weight.
    weights : sequence of float
        The positions of the slider. None of them may lie where the accuracy jumps.
    xlim : tuple of float
        The weights to show.
    first : int
        Which weight to show first.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If the accuracy jumps at one of the weights, so that it has no slope there.

    Examples
    --------
    >>> figure = accuracy_and_loss(
    ...     lambda w: float(w > 1), lambda w: (w - 2) ** 2, [0.5, 3.0], xlim=(0, 4)
    ... )
    >>> figure.captions[0]
    'w = 0.5: accuracy 0.00, slope 0; loss 2.250, slope −3.00: raise w.'
    """
    for w in weights:
        if accuracy(w - 1e-6) != accuracy(w + 1e-6):
            raise ValueError(f"the accuracy jumps at {w:g}: it has no slope there")
    arm = 0.11 * (xlim[1] - xlim[0])

    def background() -> tuple[Figure, Any]:
        figure, (above, below) = plt.subplots(2, 1, figsize=(6.4, 5.2), sharex=True)
        fine = np.linspace(*xlim, 2001)
        above.plot(fine, [accuracy(w) for w in fine], color=COLORS["gray"], lw=2.5)
        above.set(xlim=xlim, ylim=(-0.08, 1.12), ylabel="accuracy")
        curve = np.array([loss(w) for w in fine[::20]])
        below.plot(fine[::20], curve, color=COLORS["gray"], lw=2.5)
        room = 0.15 * float(np.ptp(curve))
        below.set(ylim=(curve.min() - room, curve.max() + room), xlabel="weight w", ylabel="loss")
        return figure, (above, below)

    def draw(axes: Any, w: float) -> str:
        slope = float(derivative(loss, w))
        ends = np.array([w - arm, w + arm])
        places = ((axes[0], accuracy(w), 0.0), (axes[1], loss(w), slope))
        for ax, height, tilt in places:
            ax.plot(ends, height + tilt * (ends - w), color=COLORS["vermillion"], lw=3)
            ax.plot([w], [height], "o", color=COLORS["black"], ms=9)
        sign = "−" if slope < 0 else ""
        way = "raise" if slope < 0 else "lower"
        return (
            f"w = {w:g}: accuracy {accuracy(w):.2f}, slope 0; loss {loss(w):.3f}, slope "
            f"{sign}{abs(slope):.2f}: {way} w."
        )

    return interactive_figure(
        background,
        draw,
        list(weights),
        label="weight",
        show=lambda w: f"{w:g}",
        start=first,
        alt=(
            "Two curves over the same axis, the weight. Above, the accuracy: a staircase with "
            "level steps. Below, the loss: a smooth valley. On each a dot marks the weight "
            "chosen, with a piece of the tangent: level on every step of the staircase, tilted "
            "toward the floor of the valley."
        ),
    )
