"""Contests: several optimizers on one task, by the updates they had and the rate they got."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from dlcourse.plotting import COLORS, smooth, use_log_axis
from dlcourse.widgets.figure import InteractiveFigure, interactive_figure

# A color, a kind of line and a mark for each contestant.
_LOOKS: list[tuple[str, Any, str]] = [
    ("blue", "-", "o"), ("vermillion", "--", "s"), ("green", "-.", "^"),
    ("purple", ":", "D"), ("orange", (0, (5, 1, 1, 1, 1, 1)), "v"),
]  # fmt: skip


def curves_so_far(
    losses: Mapping[str, ArrayLike],
    stops: Sequence[int],
    *,
    ylim: tuple[float, float],
    smoothing: float = 0.9,
    first: int = 0,
) -> InteractiveFigure:
    """Show several smoothed loss curves as far as they have come; the slider is the update.

    Parameters
    ----------
    losses : dict of str to array_like of shape (n_steps,)
        Label and losses of each training, five at most.
    stops : sequence of int
        The numbers of updates to stop at, in ascending order.
    ylim : tuple of float
        The part of the loss axis to show.
    smoothing : float
        Smooth each curve first, as `dlcourse.plotting.smooth` does.
    first : int
        Which stop to show first.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If there are more than five curves: there are no more looks.

    Examples
    --------
    >>> figure = curves_so_far({"a": [2.0, 1.0], "b": [2.0, 0.5]}, [1, 2], ylim=(0, 2.5))
    >>> figure.captions[1]
    'After 2 updates: b is lowest, 1.21, a highest, 1.47.'
    """
    _check_looks(losses)
    curves = {name: smooth(np.asarray(values), smoothing) for name, values in losses.items()}

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 4.2))
        ax.set(xlabel="update", ylabel="loss, smoothed", xlim=(0, stops[-1]), ylim=ylim)
        _legend(figure, curves)
        return figure, ax

    def draw(ax: Any, stop: int) -> str:
        shown = np.unique(np.linspace(0, stop - 1, min(stop, 80)).round().astype(int))
        for curve, (color, line, _) in zip(curves.values(), _LOOKS, strict=False):
            ax.plot(shown + 1, np.clip(curve[shown], *ylim), ls=line, lw=2, color=COLORS[color])
        now = {name: float(curve[stop - 1]) for name, curve in curves.items()}
        low, high = min(now, key=now.__getitem__), max(now, key=now.__getitem__)
        return (
            f"After {stop} update{'s' * (stop != 1)}: {low} is lowest, {now[low]:.2f}, "
            f"{high} highest, {now[high]:.2f}."
        )

    return interactive_figure(
        background,
        draw,
        list(stops),
        label="updates",
        start=first,
        alt=(
            f"Smoothed training loss against the update for {', '.join(curves)}, as far as the "
            f"trainings have come at the update chosen with the slider."
        ),
    )


def scores_by_rate(
    right: Mapping[str, ArrayLike],
    losses: Mapping[str, ArrayLike],
    rates: Sequence[float],
    stages: Sequence[int],
    *,
    ylim: tuple[float, float],
    first: int = 0,
) -> InteractiveFigure:
    """Show what each optimizer reaches with each rate; the slider is the number of updates.

    Parameters
    ----------
    right, losses : dict of str to array_like of shape (len(rates), len(stages))
        Label, and for each rate and each number of updates the share of right answers and the
        loss. Five optimizers at most.
    rates : sequence of float
        The learning rates, for a logarithmic axis.
    stages : sequence of int
        The numbers of updates: the positions of the slider.
    ylim : tuple of float
        The part of the axis of losses to show, which is logarithmic. What lies outside is
        drawn on its edge.
    first : int
        Which stage to show first.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If there are more than five optimizers: there are no more looks.

    Examples
    --------
    >>> figure = scores_by_rate(
    ...     {"SGD": [[0.5, 0.8], [0.7, 0.6]]},
    ...     {"SGD": [[1.5, 0.7], [0.9, 1.1]]},
    ...     [0.1, 1.0],
    ...     [10, 100],
    ...     ylim=(0.1, 3),
    ... )
    >>> figure.captions[1]
    'After 100 updates the best of its rates gives SGD 80.0% (rate 0.1).'
    """
    _check_looks(right)
    shares = {name: np.asarray(table, dtype=float) for name, table in right.items()}
    tables = {name: np.asarray(losses[name], dtype=float) for name in right}

    def background() -> tuple[Figure, Any]:
        figure, axes = plt.subplots(2, 1, figsize=(6.4, 6.2), sharex=True)
        axes[0].set(ylabel="right answers", ylim=(0, 1.02), xscale="log")
        axes[1].set(xlabel="learning rate", ylabel="loss", ylim=ylim)
        use_log_axis(axes[1])
        axes[1].set_xlim(rates[0] / 1.4, rates[-1] * 1.4)
        axes[1].minorticks_off()
        _legend(figure, shares)
        return figure, axes

    def draw(axes: Any, stage: int) -> str:
        k, best = list(stages).index(stage), []
        for name, (color, line, mark) in zip(shares, _LOOKS, strict=False):
            look = {"ls": line, "lw": 1.6, "marker": mark, "ms": 5, "color": COLORS[color]}
            axes[0].plot(rates, shares[name][:, k], **look)
            axes[1].plot(rates, np.clip(tables[name][:, k], *ylim), **look)
            top = int(np.argmax(shares[name][:, k]))
            best.append(f"{name} {shares[name][top, k]:.1%} (rate {rates[top]:g})")
        return f"After {stage} updates the best of its rates gives {', '.join(best)}."

    return interactive_figure(
        background,
        draw,
        list(stages),
        label="updates",
        start=first,
        alt=(
            f"Two panels over the learning rate from {rates[0]:g} to {rates[-1]:g}: above the "
            f"share of right answers, below the loss, each with a line for "
            f"{', '.join(shares)}, after the number of updates chosen with the slider."
        ),
    )


def _check_looks(contestants: Mapping[str, Any]) -> None:
    if len(contestants) > len(_LOOKS):
        raise ValueError(
            f"at most {len(_LOOKS)} contestants can be told apart, got {len(contestants)}"
        )


def _legend(figure: Figure, names: Mapping[str, Any]) -> None:
    handles = [
        Line2D([], [], color=COLORS[color], ls=line, lw=2, label=name)
        for name, (color, line, _) in zip(names, _LOOKS, strict=False)
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=5, columnspacing=1.0,
                  handlelength=2.2, handletextpad=0.4, fontsize=11)  # fmt: skip
