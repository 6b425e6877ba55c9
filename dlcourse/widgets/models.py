"""Models being trained: what they predict and what they weigh, update by update."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlcourse.linear_regression import LinearModel
from dlcourse.losses import mean_squared_error
from dlcourse.optimizers import SGD
from dlcourse.plotting import COLORS, use_log_axis
from dlcourse.preprocessing import StandardScaler
from dlcourse.widgets.figure import InteractiveFigure, interactive_figure


def line_learning(
    x: ArrayLike,
    y: ArrayLike,
    updates: Sequence[int],
    *,
    learning_rate: float,
    xlabel: str,
    ylabel: str,
    each: str = "unit of x",
    first: int = 0,
) -> InteractiveFigure:
    """Show a straight line being learned: the line over the data, and its loss so far.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        One feature and the target. The feature is standardized for the descent.
    updates : sequence of int
        Positions of the slider: how many updates have been made, increasing from 0.
    learning_rate : float
        Rate of the full-batch gradient descent.
    xlabel, ylabel : str
        Axis labels, with units.
    each : str
        What the slope is counted for: "the line rises by 3 for each ...".
    first : int
        Which position to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> line_learning(
    ...     [0.0, 1.0, 2.0], [1.0, 3.0, 5.0], [0, 1, 10], learning_rate=0.2, xlabel="x", ylabel="y"
    ... )
    <InteractiveFigure: updates, 3 positions>
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    scaler = StandardScaler()
    z = scaler.fit_transform(x[:, None])
    ends = np.array([x.min(), x.max()])
    model, optimizer = LinearModel(1), SGD(learning_rate)
    lines, losses = [], []
    for _ in range(max(updates) + 1):
        loss, grads = model.loss_and_gradients(mean_squared_error, z, y)
        losses.append(loss)
        lines.append(model(scaler.transform(ends[:, None])))
        optimizer.update(model.params, grads)

    def background() -> tuple[Figure, Any]:
        figure, (left, right) = plt.subplots(
            1, 2, figsize=(6.6, 3.7), width_ratios=(3, 2), gridspec_kw={"wspace": 0.05}
        )
        left.plot(x, y, "o", ms=3.5, mew=0, alpha=0.45, color=COLORS["blue"])
        left.set(xlabel=xlabel, ylabel=ylabel, ylim=(-2, float(y.max()) + 3))
        right.plot(losses, color=COLORS["gray"], linewidth=1.5)
        right.set(xlabel="update", ylabel="mean squared error")
        use_log_axis(right)
        return figure, (left, right)

    def draw(axes: Any, update: int) -> str:
        left, right = axes
        left.plot(ends, lines[update], color=COLORS["vermillion"], linewidth=3)
        right.plot([update], [losses[update]], "o", color=COLORS["vermillion"], ms=9)
        slope = (lines[update][1] - lines[update][0]) / (ends[1] - ends[0])
        return (
            f"After {_times(update)} the line rises by {slope:.2f} for each {each}; "
            f"mean squared error {losses[update]:.1f}."
        )

    return interactive_figure(
        background,
        draw,
        list(updates),
        label="updates",
        start=first,
        alt=(
            f"Left, {len(x)} points, {ylabel} against {xlabel}, and a straight line that "
            f"gradient descent fits to them. Right, the mean squared error against the update, "
            f"with a dot at the present update."
        ),
    )


def weights_learning(
    names: Sequence[str],
    snapshots: Sequence[ArrayLike],
    updates: Sequence[int],
    exact: ArrayLike,
    *,
    xlabel: str,
    first: int = 0,
) -> InteractiveFigure:
    """Show weights growing, update by update, towards the exact answer.

    Parameters
    ----------
    names : sequence of str
        The features.
    snapshots : sequence of array_like of shape (len(names),)
        The weights after each of `updates`.
    updates : sequence of int
        How many updates had been made at each snapshot.
    exact : array_like of shape (len(names),)
        The weights of the exact answer; they give the order of the bars.
    xlabel : str
        What a weight means, with its unit.
    first : int
        Which snapshot to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> weights_learning(["a", "b"], [[0, 0], [1, 2]], [0, 9], [1, 2], xlabel="weight")
    <InteractiveFigure: updates, 2 positions>
    """
    exact = np.asarray(exact, dtype=float)
    order = np.argsort(exact)
    places = np.arange(len(names))

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 0.9 + 0.3 * len(names)))
        reach = 1.15 * max(float(np.max(np.abs(s))) for s in [*snapshots, exact])
        ax.plot(
            exact[order],
            places,
            "|",
            color=COLORS["black"],
            ms=15,
            mew=2.5,
            zorder=4,
            label="exact",
        )
        ax.axvline(0, color=COLORS["black"], linewidth=1)
        ax.set_yticks(places, [names[i] for i in order])
        ax.grid(axis="y", visible=False)
        ax.set(xlabel=xlabel, xlim=(-reach, reach))
        ax.legend(loc="lower right")
        return figure, ax

    def draw(ax: Any, frame: int) -> str:
        weights = np.asarray(snapshots[frame], dtype=float)
        ax.hlines(places, 0, weights[order], color=COLORS["blue"], linewidth=9)
        worst = int(np.argmax(np.abs(weights - exact)))
        return (
            f"After {_times(updates[frame])} the weight furthest from its exact value is "
            f"{names[worst]}, off by {abs(weights[worst] - exact[worst]):.3f}."
        )

    return interactive_figure(
        background,
        draw,
        range(len(updates)),
        label="updates",
        show=lambda frame: str(updates[frame]),
        start=first,
        alt=(
            f"Bars for the weights of {len(names)} features after the number of updates chosen, "
            f"and for each a mark at its exact value."
        ),
    )


def _times(updates: int) -> str:
    return f"{updates} update{'s' * (updates != 1)}"
