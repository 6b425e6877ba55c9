"""Batches: what the number of samples in an update does to the path and to the loss curve."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from dlcourse.plotting import COLORS, contours, smooth, use_log_axis
from dlcourse.preprocessing import minibatches
from dlcourse.widgets.figure import InteractiveFigure, Slider, interactive_figure


def walks_by_batch_size(
    x: ArrayLike,
    y: ArrayLike,
    batch_sizes: Sequence[int],
    rates: Sequence[float],
    *,
    start: tuple[float, float],
    epochs: int,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    seed: int = 0,
    first: int = 0,
    first_rate: int = 0,
) -> InteractiveFigure:
    """Fit a straight line with batches of several sizes: the path, and the loss on the way.

    Above is the map of the loss, with slope and intercept as its axes, and the path; below the
    loss on all samples against the number of epochs.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        The samples.
    batch_sizes : sequence of int
        Samples in an update: the positions of the first slider.
    rates : sequence of float
        Learning rates: the positions of the second slider.
    start : tuple of float
        Slope and intercept to begin with.
    epochs : int
        Passes over the samples, shuffled anew each time.
    xlim, ylim : tuple of float
        The part of the plane to show. A path that leaves it is cut off there.
    seed : int
        For the shuffling; the same for all walks.
    first, first_rate : int
        Which batch size and which rate to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = walks_by_batch_size(
    ...     [0, 1], [1, 3], [1, 2], [0.1, 0.2], start=(0, 0), epochs=2, xlim=(-1, 4), ylim=(-1, 4)
    ... )
    >>> figure
    <InteractiveFigure: batch size, 2 positions; learning rate, 2 positions>
    >>> figure.captions[0]
    'Batch size 1, rate 0.1: 4 updates in 2 epochs; the loss falls from 5.000 to 0.488.'
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)

    def loss(w: Any, b: Any) -> Any:
        return np.mean((np.multiply.outer(w, x) + np.asarray(b)[..., None] - y) ** 2, axis=-1)

    best = np.polyfit(x, y, 1)

    def background() -> tuple[Figure, Any]:
        figure, (above, below) = plt.subplots(
            2, 1, figsize=(6.4, 6.8), gridspec_kw={"height_ratios": [3, 2]}
        )
        contours(
            loss, xlim, ylim, minimum=(best[0], best[1]), num_points=61, levels=9,
            xlabel="slope w", ylabel="intercept b", ax=above,
        )  # fmt: skip
        above.plot(*start, "o", color=COLORS["black"], ms=9, label="start")
        above.legend(loc="upper right")
        lowest, highest = float(loss(*best)), float(loss(*start))
        below.axhline(lowest, color=COLORS["black"], linestyle=":", lw=1.2, label="lowest")
        use_log_axis(below)
        below.set(
            xlim=(0, epochs), ylim=(0.7 * lowest, 3 * highest),
            xlabel="epochs", ylabel="loss on all samples",
        )  # fmt: skip
        below.legend(loc="upper right")
        return figure, (above, below)

    def draw(axes: Any, size: int, rate: float) -> str:
        above, below = axes
        path = _fit_a_line(x, y, start, size, rate, epochs, np.random.default_rng(seed))
        losses = loss(path[:, 0], path[:, 1])
        shown = np.flatnonzero(_outside(path, xlim, ylim))
        last = len(path) if len(shown) == 0 else int(shown[0]) + 1
        _draw_walk(above, path[:last], len(path))
        seen = np.linspace(0, epochs, len(path))
        below.plot(seen, losses, "-" if len(path) > 40 else "o-", color=COLORS["vermillion"], ms=5)
        left = "" if last == len(path) else f"; the path leaves the map at update {last - 1}"
        return (
            f"Batch size {size}, rate {rate:g}: {len(path) - 1} updates in {epochs} epochs; "
            f"the loss {'falls' if losses[-1] < losses[0] else 'rises'} from {losses[0]:.3f} to "
            f"{losses[-1]:.3f}{left}."
        )

    return interactive_figure(
        background,
        draw,
        list(batch_sizes),
        label="batch size",
        show=str,
        start=first,
        second=Slider("learning rate", list(rates), show=lambda r: f"{r:g}", start=first_rate),
        alt=(
            "Above, a map of the loss over slope and intercept of a straight line, and the path "
            "of the updates from the start towards the minimum. Below, the loss on all samples "
            "against epochs. The more samples in a batch, the fewer and the smoother the steps."
        ),
    )


def _fit_a_line(
    x: Any, y: Any, start: Any, size: int, rate: float, epochs: int, rng: np.random.Generator
) -> NDArray[Any]:
    """Return slope and intercept at the start and after each update."""
    w, b = start
    path = [(w, b)]
    for _ in range(epochs):
        for some_x, some_y in minibatches(x, y, batch_size=size, rng=rng):
            residual = w * some_x + b - some_y
            w = w - rate * 2 * np.mean(residual * some_x)
            b = b - rate * 2 * np.mean(residual)
            path.append((w, b))
    return np.array(path, dtype=float)


def _outside(path: Any, xlim: Any, ylim: Any) -> Any:
    (left, right), (low, high) = xlim, ylim
    w, b = path.T
    return (w < left) | (w > right) | (b < low) | (b > high)


def _draw_walk(ax: Axes, path: Any, steps: int) -> None:
    """Draw a path; when it has many steps, their marks would hide it."""
    color = COLORS["vermillion"]
    if steps <= 40:
        ax.plot(*path.T, "o-", color=color, lw=1.2, ms=5)
    else:
        ax.plot(*path.T, "-", color=color, lw=0.9)
    ax.plot(*path[-1], "s", color=color, ms=9, mec="white")


def smoothing_a_curve(
    losses: ArrayLike, smoothings: Sequence[float], *, first: int = 0
) -> InteractiveFigure:
    """Average a jagged loss curve over more or less of its recent past.

    Parameters
    ----------
    losses : array_like of shape (n_steps,)
        The loss of each batch.
    smoothings : sequence of float
        Shares of the average to keep: the positions of the slider.
    first : int
        Which share to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> figure = smoothing_a_curve([4.0, 1.0, 2.0], [0, 0.5])
    >>> figure.captions[1]
    'Smoothing 0.5: an average over about the last 2 batches; it ends at 2.00.'
    """
    values = np.asarray(losses, dtype=float)

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 3.8))
        ax.plot(values, color=COLORS["gray"], lw=0.8, alpha=0.7, label="each batch")
        ax.plot([], [], color=COLORS["vermillion"], label="smoothed")
        ax.set(xlim=(0, len(values) - 1), xlabel="update", ylabel="loss of the batch")
        ax.set_ylim(bottom=0)
        ax.legend(loc="upper right")
        return figure, ax

    def draw(ax: Any, smoothing: float) -> str:
        curve = smooth(values, smoothing)
        ax.plot(curve, color=COLORS["vermillion"], lw=2)
        many = round(1 / (1 - smoothing))
        over = f"the last {many} batches" if many > 1 else "the last batch alone"
        return f"Smoothing {smoothing:g}: an average over about {over}; it ends at {curve[-1]:.2f}."

    return interactive_figure(
        background,
        draw,
        list(smoothings),
        label="smoothing",
        show=lambda s: f"{s:g}",
        start=first,
        alt=(
            "The loss of each batch against updates, a jagged gray curve, and over it its average, "
            "which is smoother and lags more the larger the share that is kept."
        ),
    )
