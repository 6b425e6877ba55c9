"""What happens step by step: losses, bands over several runs, learning rates."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from dlcourse.plotting.style import COLORS, LINE_STYLES, new_axes, use_log_axis
from dlcourse.tuning import RangeTest


def loss_curves(
    curves: Mapping[str, ArrayLike],
    *,
    steps: Mapping[str, ArrayLike] | None = None,
    floor: float | None = None,
    floor_label: str = "best possible",
    log: bool = True,
    xlabel: str = "update",
    ylabel: str = "loss",
    ax: Axes | None = None,
) -> Axes:
    """Draw one or several loss curves.

    Parameters
    ----------
    curves : dict of str to array_like
        Label and losses of each curve, in the order of the legend.
    steps : dict of str to array_like, optional
        Where the losses of a curve stand on the x axis; by default 0, 1, 2, ...
    floor : float, optional
        A loss to compare with, drawn as a horizontal line.
    floor_label : str
        Its entry in the legend.
    log : bool
        Logarithmic loss axis.
    xlabel, ylabel : str
        Axis labels.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = loss_curves({"rate 0.1": [4, 2, 1], "rate 0.2": [4, 1, 0.5]}, floor=0.2)
    >>> [line.get_label() for line in ax.lines]
    ['rate 0.1', 'rate 0.2', 'best possible']
    >>> plt.close(ax.figure)
    """
    ax = new_axes(ax)
    crowded = False
    for number, (label, losses) in enumerate(curves.items()):
        values = np.asarray(losses, dtype=float)
        x = np.arange(len(values)) if steps is None or label not in steps else steps[label]
        # A thousand noisy points in a thick dashed line are a smear.
        thin = len(values) > 400
        crowded |= thin
        if thin:
            ax.plot(x, values, label=label, linewidth=1.0, alpha=0.7)
        else:
            ax.plot(x, values, label=label, linestyle=LINE_STYLES[number % len(LINE_STYLES)])
    if floor is not None:
        ax.axhline(floor, color=COLORS["black"], linewidth=1.2, linestyle=":", label=floor_label)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if log:
        use_log_axis(ax)
    # Among so many points no place inside is free: the legend goes above.
    above = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 3}
    ax.legend(**above if crowded else {})
    return ax


def smooth(losses: ArrayLike, smoothing: float = 0.9) -> NDArray[np.floating[Any]]:
    r"""Average a jagged curve over its recent past, without a false start.

    .. math::

        a_t &= \beta a_{t-1} + (1 - \beta) \ell_t, \qquad a_{-1} = 0 \\
        \hat a_t &= \frac{a_t}{1 - \beta^{t+1}}

    The average starts at 0, so its first values are too small; the division mends just that.
    The last :math:`1/(1-\beta)` steps or so carry most of the weight.

    Parameters
    ----------
    losses : array_like of shape (..., n_steps)
        One curve, or several of them; averaged along the last axis.
    smoothing : float
        The share :math:`\beta` of the average that is kept, at least 0 and below 1.

    Returns
    -------
    ndarray of shape (..., n_steps)
        The smoothed losses. From a loss that is not finite on, neither are they.

    Raises
    ------
    ValueError
        If `smoothing` is out of range, or `losses` a single number.

    References
    ----------
    Equation :eq:`exponential-average` of chapter 6.

    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR, 2015,
    section 3, on the same correction.

    Examples
    --------
    >>> smooth([4.0, 4.0, 4.0], 0.9)
    array([4., 4., 4.])
    >>> smooth([4.0, 1.0], 0.5)
    array([4., 2.])
    """
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing must be at least 0 and below 1, got {smoothing!r}")
    values = np.asarray(losses, dtype=float)
    if values.ndim == 0:
        raise ValueError("smooth takes a curve of losses, got a single number")
    smoothed = np.empty_like(values)
    average = np.zeros(values.shape[:-1])
    for t in range(values.shape[-1]):
        average = smoothing * average + (1 - smoothing) * values[..., t]
        smoothed[..., t] = average / (1 - smoothing ** (t + 1))
    return smoothed


def loss_bands(
    runs: Mapping[str, ArrayLike],
    *,
    steps: ArrayLike | None = None,
    center: str = "median",
    band: tuple[float, float] = (0.0, 100.0),
    smoothing: float = 0.0,
    log: bool = True,
    xlabel: str = "update",
    ylabel: str = "loss",
    ax: Axes | None = None,
) -> Axes:
    """Draw several runs of each method as one line and the band they fall into.

    Parameters
    ----------
    runs : dict of str to array_like of shape (n_runs, n_steps)
        Label and losses of each method, one row for each seed.
    steps : array_like of shape (n_steps,), optional
        Where the losses stand on the x axis; by default 0, 1, 2, ...
    center : {"median", "mean"}
        What the line shows.
    band : tuple of float
        The percentiles between which the band lies; by default it holds every run.
    smoothing : float
        Smooth each run first, as `smooth` does.
    log : bool
        Logarithmic loss axis.
    xlabel, ylabel : str
        Axis labels.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the runs of a method are no table, or `center` is unknown.

    Notes
    -----
    Of a run of 1,000 steps or more, about 500 evenly spaced ones are drawn.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = loss_bands({"SGD": [[4, 2, 1], [5, 3, 1]], "Adam": [[4, 1, 0.5], [5, 2, 0.5]]})
    >>> [line.get_label() for line in ax.lines]
    ['SGD', 'Adam']
    >>> plt.close(ax.figure)
    """
    if center not in ("median", "mean"):
        raise ValueError(f"center must be 'median' or 'mean', got {center!r}")
    ax = new_axes(ax)
    for number, (label, losses) in enumerate(runs.items()):
        table = np.asarray(losses, dtype=float)
        if table.ndim != 2:
            raise ValueError(
                f"the runs of {label!r} must have shape (n_runs, n_steps), got {table.shape}"
            )
        table = smooth(table, smoothing)
        x = np.arange(table.shape[1]) if steps is None else np.asarray(steps)
        middle = np.median(table, axis=0) if center == "median" else table.mean(axis=0)
        style = LINE_STYLES[number % len(LINE_STYLES)]
        some = slice(None, None, max(1, len(x) // 500))  # more than a page can show
        (line,) = ax.plot(x[some], middle[some], label=label, linestyle=style)
        low, high = np.percentile(table, band, axis=0)
        ax.fill_between(
            x[some], low[some], high[some], color=line.get_color(), alpha=0.18, linewidth=0
        )
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if log:
        use_log_axis(ax)
    ax.legend()
    return ax


def schedules(
    curves: Mapping[str, Callable[[int], float]],
    num_steps: int,
    *,
    log: bool = False,
    xlabel: str = "update",
    ax: Axes | None = None,
) -> Axes:
    """Draw learning rates over the steps of a training.

    Parameters
    ----------
    curves : dict of str to callable
        Label of each schedule, and the schedule: a function of the step.
    num_steps : int
        How many steps to draw.
    log : bool
        Logarithmic axis of rates, for schedules that span powers of ten.
    xlabel : str
        Axis label.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from dlcourse.schedules import CosineDecay
    >>> ax = schedules({"cosine": CosineDecay(0.1, 100), "1/t": lambda t: 0.1 / (1 + t)}, 100)
    >>> [line.get_label() for line in ax.lines]
    ['cosine', '1/t']
    >>> plt.close(ax.figure)
    """
    ax = new_axes(ax)
    steps = range(num_steps)
    for number, (label, schedule) in enumerate(curves.items()):
        style = LINE_STYLES[number % len(LINE_STYLES)]
        ax.plot(steps, [float(schedule(t)) for t in steps], label=label, linestyle=style)
    ax.set(xlabel=xlabel, ylabel="learning rate")
    if log:
        use_log_axis(ax)
    else:
        ax.set_ylim(bottom=0)
    if len(curves) > 1:
        ax.legend()
    return ax


def range_test(
    test: RangeTest, *, ylim: tuple[float, float] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what a range test saw: the loss at each rate, its average, and the suggestion.

    Parameters
    ----------
    test : RangeTest
        What `dlcourse.tuning.lr_range_test` returned.
    ylim : tuple of float, optional
        Lowest and highest loss to show: where the loss explodes, the rest is a flat line.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> rates, losses = np.geomspace(1e-3, 1, 4), np.array([2.0, 1.5, 1.0, 4.0])
    >>> ax = range_test(RangeTest(rates, losses, losses, suggestion=0.01))
    >>> [line.get_label() for line in ax.lines]
    ['loss', 'average', 'suggestion 0.01']
    >>> plt.close(ax.figure)
    """
    ax = new_axes(ax)
    ax.plot(test.rates, test.losses, label="loss", linewidth=1.0, alpha=0.7)
    ax.plot(test.rates, test.smoothed, label="average")
    label = f"suggestion {test.suggestion:.3g}"
    ax.axvline(test.suggestion, color=COLORS["black"], linewidth=1.2, linestyle=":", label=label)
    ax.set(xlabel="learning rate", ylabel="loss", xscale="log", ylim=ylim)
    ax.legend()
    return ax
