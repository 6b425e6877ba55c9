"""Learning rates: what one number does to a training, and schedules to put together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlcourse.plotting import COLORS, smooth, use_log_axis
from dlcourse.tuning import RangeTest
from dlcourse.widgets.figure import InteractiveFigure, Slider, interactive_figure


def loss_by_rate(
    rates: Sequence[float],
    losses: ArrayLike,
    *,
    ylim: tuple[float, float],
    smoothing: float = 0.8,
    num_points: int = 100,
    label: str = "learning rate",
    first: int = 0,
) -> InteractiveFigure:
    """Show the loss curve of one training for each learning rate; the others stay in gray.

    Parameters
    ----------
    rates : sequence of float
        The learning rates, one for each position of the slider.
    losses : array_like of shape (len(rates), n_steps)
        The loss at each step of each training.
    ylim : tuple of float
        The part of the loss axis to show, which is logarithmic. What is above is drawn on
        its upper edge.
    smoothing : float
        Smooth each curve first, as `dlcourse.plotting.smooth` does.
    num_points : int
        How many points of each curve to draw, evenly spaced.
    label : str
        The label of the slider.
    first : int
        Which rate to show first.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If there is not one curve for each rate.

    Examples
    --------
    >>> figure = loss_by_rate([0.1, 1.0], [[2.0, 1.0, 0.5], [2.0, 4.0, 8.0]], ylim=(0.1, 10))
    >>> figure.captions[0]
    'Rate 0.1: the loss goes from 2.00 to 1.06.'
    """
    table = np.asarray(losses, dtype=float)
    if table.ndim != 2 or len(table) != len(rates):
        raise ValueError(f"{len(rates)} rates need as many curves, got shape {table.shape}")
    curves = smooth(table, smoothing)
    steps = np.unique(np.linspace(0, curves.shape[1] - 1, num_points).round().astype(int))

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 4.0))
        for curve in curves:
            ax.plot(steps, np.minimum(curve[steps], ylim[1]), color="#CCCCCC", lw=1)
        ax.set(xlabel="update", ylabel="loss", xlim=(0, steps[-1]), ylim=ylim)
        use_log_axis(ax)
        return figure, ax

    def draw(ax: Any, number: int) -> str:
        curve = curves[number]
        ax.plot(steps, np.minimum(curve[steps], ylim[1]), color=COLORS["vermillion"], lw=2.5)
        peak = float(table[number].max())
        high = f", by way of {peak:,.3g}" if peak > 1.5 * table[number, 0] else ""
        return (
            f"Rate {rates[number]:g}: the loss goes from {curve[0]:.2f} to {curve[-1]:.2f}{high}."
        )

    return interactive_figure(
        background,
        draw,
        range(len(rates)),
        label=label,
        show=lambda number: f"{rates[number]:g}",
        start=first,
        alt=(
            f"The loss against the update for {len(rates)} trainings that differ only in their "
            f"learning rate, from {rates[0]:g} to {rates[-1]:g}; the one chosen with the slider "
            "is drawn in color, the others in gray."
        ),
    )


def schedule_builder(
    builders: Mapping[str, Callable[[Any, Any], Callable[[Any], Any]]],
    num_steps: int,
    first: Slider,
    second: Slider,
    *,
    ylim: tuple[float, float],
) -> InteractiveFigure:
    """Put schedules together with two sliders, one panel for each kind.

    Parameters
    ----------
    builders : dict of str to callable
        Title of each panel, and a function of the values of both sliders that returns the
        schedule: ``builder(first_value, second_value)``.
    num_steps : int
        How many steps to draw.
    first, second : Slider
        The two sliders.
    ylim : tuple of float
        The part of the axis of rates to show, the same in all panels.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> from dlcourse.schedules import Triangular
    >>> schedule_builder(
    ...     {"triangular": lambda size, top: Triangular(0.1, top, size)},
    ...     8,
    ...     Slider("step size", [2, 4]),
    ...     Slider("max rate", [0.5, 1.0]),
    ...     ylim=(0, 1),
    ... )
    <InteractiveFigure: step size, 2 positions; max rate, 2 positions>
    """
    steps = np.arange(num_steps)  # Matplotlib leaves out what lies on a straight line
    rows = -(-len(builders) // 2)
    columns = min(len(builders), 2)

    def background() -> tuple[Figure, Any]:
        figure, axes = plt.subplots(
            rows, columns, figsize=(6.6, 2.5 * rows + 0.4), sharex=True, sharey=True, squeeze=False
        )
        for ax, title in zip(axes.flat, builders, strict=False):
            ax.set(xlim=(0, num_steps), ylim=ylim, title=title)
        for ax in axes[-1]:
            ax.set_xlabel("update")
        for ax in axes[:, 0]:
            ax.set_ylabel("learning rate")
        for ax in list(axes.flat)[len(builders) :]:
            ax.set_visible(False)
        return figure, list(axes.flat)

    def draw(axes: Any, one: Any, two: Any) -> str:
        last = []
        for ax, (title, builder) in zip(axes, builders.items(), strict=False):
            rates = np.asarray(builder(one, two)(steps), dtype=float)
            ax.plot(steps, rates, color=COLORS["vermillion"], lw=2)
            last.append(f"{title} {rates[-1]:.3f}")
        settings = f"{first.label} {first.show(one)}, {second.label} {second.show(two)}"
        return f"{settings[0].upper()}{settings[1:]}: at the last update {', '.join(last)}."

    return interactive_figure(
        background,
        draw,
        list(first.values),
        label=first.label,
        show=first.show,
        start=first.start,
        second=second,
        alt=(
            f"The learning rate over {num_steps} updates for {len(builders)} schedules: "
            f"{', '.join(builders)}. Two sliders set the {first.label} and the {second.label}."
        ),
    )


def walk_through_range_test(
    test: RangeTest, *, ylim: tuple[float, float], positions: int = 20, first: int = 0
) -> InteractiveFigure:
    """Raise the rate step by step, with the losses seen so far.

    Parameters
    ----------
    test : RangeTest
        What `dlcourse.tuning.lr_range_test` saw.
    ylim : tuple of float
        The part of the loss axis to show.
    positions : int
        Positions of the slider, at evenly spaced steps of the test.
    first : int
        Which position to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> rates, losses = np.geomspace(0.001, 1, 4), np.array([2.0, 1.9, 1.0, 3.0])
    >>> test = RangeTest(rates, losses, losses, suggestion=0.1)
    >>> figure = walk_through_range_test(test, ylim=(0, 4), positions=2)
    >>> figure.captions[-1]
    'Step 4 of 4, rate 1: the smoothed loss is 3.00, above its lowest, 1.00 at rate 0.1.'
    """
    size = len(test.rates)
    stops = np.unique(np.linspace(1, size - 1, positions).round().astype(int))
    some = max(1, size // 75)  # of the raw losses; a dot for each would be a smear

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 4.2))
        ax.set_xscale("log")
        ax.set(xlim=(test.rates[0] * 0.8, test.rates[-1] * 1.25), ylim=ylim)
        ax.set(xlabel="learning rate", ylabel="loss on the mini-batch")
        return figure, ax

    def draw(ax: Any, stop: int) -> str:
        seen, rate = slice(0, stop + 1), test.rates[stop]
        dots = slice(0, stop + 1, some)
        ax.axvline(rate, color=COLORS["vermillion"], lw=1.2)
        ax.plot(
            test.rates[dots], np.clip(test.losses[dots], *ylim), ".", color=COLORS["gray"], ms=5
        )
        thin = np.unique([*range(0, stop + 1, some), stop])
        ax.plot(test.rates[thin], test.smoothed[thin], color=COLORS["blue"], lw=2.5)
        lowest = int(np.argmin(test.smoothed[seen]))
        now, least = test.smoothed[stop], test.smoothed[lowest]
        where = (
            f", above its lowest, {least:.2f} at rate {test.rates[lowest]:.3g}."
            if now > least + 0.005
            else ", the lowest so far."
        )
        return f"Step {stop + 1} of {size}, rate {rate:.3g}: the smoothed loss is {now:.2f}{where}"

    return interactive_figure(
        background,
        draw,
        [int(stop) for stop in stops],
        label="rate",
        show=lambda stop: f"{test.rates[stop]:.2g}",
        start=first,
        alt=(
            f"A range test so far: the loss of each mini-batch as a dot and the smoothed loss as a "
            f"line, against the learning rate on a logarithmic axis from {test.rates[0]:.2g} to "
            f"{test.rates[-1]:.2g}. A vertical line marks the rate reached."
        ),
    )
