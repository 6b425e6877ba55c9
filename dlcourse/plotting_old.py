"""The figures of the book, drawn in one style.

Each function draws one kind of figure, on axes you give it or on new ones, and
returns the axes so that you can change what you like. `use_book_style` sets sizes
and colors once for a notebook.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import ArrayLike

#: Okabe and Ito's palette: told apart with any common form of color blindness.
COLORS = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "black": "#222222",
    "gray": "#767676",
}
_LINE_STYLES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]

# Any, because matplotlib's own types list its settings version by version.
BOOK_STYLE: Any = {
    "figure.figsize": (6.4, 4.0),
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "white",
    "font.size": 13.0,
    "axes.titlesize": 13.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 13.0,
    "xtick.labelsize": 12.0,
    "ytick.labelsize": 12.0,
    "legend.fontsize": 12.0,
    "legend.frameon": False,
    "axes.prop_cycle": cycler(
        color=[COLORS[c] for c in ("blue", "vermillion", "green", "purple", "orange", "sky")]
    ),
    "axes.edgecolor": COLORS["black"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "lines.markersize": 6.0,
    # The same drawing gives the same bytes, on every run.
    "svg.hashsalt": "dlcourse",
    "svg.fonttype": "path",
}


def use_book_style() -> None:
    """Draw every figure from here on in the book's style; in a notebook, as SVG.

    Call it once, in the first cell. It changes `matplotlib.rcParams`.

    Examples
    --------
    >>> use_book_style()
    >>> mpl.rcParams["axes.titlelocation"]
    'left'
    """
    mpl.rcParams.update(BOOK_STYLE)
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:  # plain Python: there is no notebook to set up
        return
    shell: Any = get_ipython()
    if shell is not None and hasattr(shell, "kernel"):
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        # Without a date the stored figure changes only when the drawing does.
        set_matplotlib_formats("svg", metadata={"Date": None})


@contextmanager
def book_style() -> Iterator[None]:
    """Draw in the book's style inside a ``with`` block only.

    Examples
    --------
    >>> with book_style():
    ...     axes = loss_curves({"SGD": [3.0, 2.0, 1.5]})
    >>> plt.close(axes.figure)
    """
    with mpl.rc_context(BOOK_STYLE):
        yield


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
    >>> ax = loss_curves({"rate 0.1": [4, 2, 1], "rate 0.2": [4, 1, 0.5]}, floor=0.2)
    >>> [line.get_label() for line in ax.lines]
    ['rate 0.1', 'rate 0.2', 'best possible']
    >>> plt.close(ax.figure)
    """
    ax = _axes(ax)
    for number, (label, losses) in enumerate(curves.items()):
        values = np.asarray(losses, dtype=float)
        x = np.arange(len(values)) if steps is None or label not in steps else steps[label]
        # A thousand noisy points in a thick dashed line are a smear.
        thin = len(values) > 400
        if thin:
            ax.plot(x, values, label=label, linewidth=1.0, alpha=0.5)
        else:
            ax.plot(x, values, label=label, linestyle=_LINE_STYLES[number % len(_LINE_STYLES)])
    if floor is not None:
        ax.axhline(floor, color=COLORS["black"], linewidth=1.2, linestyle=":", label=floor_label)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if log:
        use_log_axis(ax)
    ax.legend()
    return ax


def use_log_axis(ax: Axes) -> None:
    """Make the y axis logarithmic, with plain numbers where it spans little.

    Parameters
    ----------
    ax : Axes
        Changed in place; its data must be drawn already.

    Examples
    --------
    >>> _, ax = plt.subplots()
    >>> _ = ax.plot([30.0, 400.0])
    >>> use_log_axis(ax)
    >>> ax.yaxis.get_major_formatter()(200)
    '200'
    >>> plt.close(ax.figure)
    """
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    if high / low < 100:  # ticks at powers of ten alone would leave one or two
        ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.yaxis.set_minor_formatter(NullFormatter())


def scatter(
    x: ArrayLike,
    y: ArrayLike,
    *,
    xlabel: str,
    ylabel: str,
    highlight: ArrayLike | None = None,
    highlight_label: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw points, some of them highlighted.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        The points.
    xlabel, ylabel : str
        Axis labels, with units.
    highlight : array_like of bool, shape (n,), optional
        Points to draw as orange triangles.
    highlight_label : str
        Their entry in the legend.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = scatter([1, 2], [3, 4], xlabel="rooms", ylabel="value")
    >>> plt.close(ax.figure)
    """
    ax = _axes(ax)
    x, y = np.asarray(x), np.asarray(y)
    marked = np.zeros(len(x), bool) if highlight is None else np.asarray(highlight)
    ax.plot(x[~marked], y[~marked], "o", ms=4, mew=0, alpha=0.55, color=COLORS["blue"])
    if marked.any():
        ax.plot(
            x[marked], y[marked], "^", ms=6, mew=0, color=COLORS["vermillion"],
            label=highlight_label,
        )  # fmt: skip
        ax.legend()
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return ax


def bars(
    names: Sequence[str],
    values: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    sort: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw horizontal bars, one group for each name.

    Parameters
    ----------
    names : sequence of str
        One for each bar, for instance the features.
    values : dict of str to array_like of shape (len(names),)
        Label and lengths of each set of bars.
    xlabel : str
        What the length means, with its unit.
    sort : bool
        Order the names by the first set, largest at the top.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = bars(["RM", "NOX"], {"weights": [3.8, -17.8]}, xlabel="weight")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['NOX', 'RM']
    >>> plt.close(ax.figure)
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 0.9 + 0.3 * len(names)))
    table = np.array([np.asarray(v, dtype=float) for v in values.values()])
    order = np.argsort(table[0]) if sort else np.arange(len(names))[::-1]
    height = 0.8 / len(table)
    for number, (label, row) in enumerate(zip(values, table, strict=True)):
        y = np.arange(len(names)) + (0.4 - height * (number + 0.5))
        ax.barh(y, row[order], height=height, label=label)
    ax.axvline(0, color=COLORS["black"], linewidth=1)
    ax.set_yticks(range(len(names)), [names[i] for i in order])
    ax.grid(axis="y", visible=False)
    ax.set(xlabel=xlabel, ylim=(-0.6, len(names) - 0.4))
    if len(table) > 1:
        ax.legend(loc="lower right")
    return ax


def ranges(names: Sequence[str], data: ArrayLike, *, xlabel: str, ax: Axes | None = None) -> Axes:
    """Draw the range and the middle half of each column, to compare their scales.

    Parameters
    ----------
    names : sequence of str
        The columns.
    data : array_like of shape (n, len(names))
        Drawn on a symmetric logarithmic axis, so that 0.001 and 700 both show.
    xlabel : str
        Axis label.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = ranges(["a", "b"], [[0.0, 100.0], [1.0, 300.0]], xlabel="value")
    >>> plt.close(ax.figure)
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 0.9 + 0.3 * len(names)))
    low, first, middle, third, high = np.percentile(np.asarray(data), [0, 25, 50, 75, 100], axis=0)
    y = np.arange(len(names))[::-1]
    ax.hlines(y, low, high, color=COLORS["blue"], linewidth=1.5, label="smallest to largest")
    ax.hlines(y, first, third, color=COLORS["blue"], linewidth=7, label="middle half")
    ax.plot(middle, y, "|", color="white", markersize=8, markeredgewidth=2)
    ax.set_xscale("symlog", linthresh=0.1)
    ax.set_yticks(y, names)
    ax.grid(axis="y", visible=False)
    ax.set(xlabel=xlabel)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=2)
    return ax


def intervals(samples: Mapping[str, ArrayLike], *, xlabel: str, ax: Axes | None = None) -> Axes:
    """Draw repeated measurements of several methods: every value, the mean, and its interval.

    Parameters
    ----------
    samples : dict of str to array_like of shape (n,)
        Label and measurements of each method, drawn from top to bottom.
    xlabel : str
        What was measured, with its unit.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes
        The bar spans the middle 95 % of the measurements.

    Examples
    --------
    >>> ax = intervals({"mean": [9.0, 9.5, 10.0], "model": [5.0, 5.1, 4.7]}, xlabel="error")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['mean', 'model']
    >>> plt.close(ax.figure)
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 1.0 + 0.6 * len(samples)))
    for number, values in enumerate(samples.values()):
        data = np.sort(np.asarray(values, dtype=float))
        y = len(samples) - 1 - number
        # Spread the points by rank: the same picture every time, no random jitter.
        offset = 0.14 * (np.arange(len(data)) % 5 - 2) / 2
        ax.plot(data, y + 0.18 + offset, "o", ms=4, mew=0, alpha=0.6, color=COLORS["blue"])
        low, high = np.percentile(data, [2.5, 97.5])
        ax.plot([low, high], [y - 0.15, y - 0.15], color=COLORS["black"], linewidth=2)
        ax.plot([data.mean()], [y - 0.15], "D", color=COLORS["vermillion"], ms=7)
    ax.set_yticks(range(len(samples) - 1, -1, -1), list(samples))
    ax.grid(axis="y", visible=False)
    ax.set(xlabel=xlabel, ylim=(-0.6, len(samples) - 0.3))
    return ax


def histogram(
    values: ArrayLike, *, xlabel: str, bins: int | Sequence[float] = 30, ax: Axes | None = None
) -> Axes:
    """Draw how often values fall into each bin.

    Parameters
    ----------
    values : array_like of shape (n,)
        What to count.
    xlabel : str
        What the values are, with their unit.
    bins : int or sequence of float
        How many bins, or their edges.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> ax = histogram([1.0, 1.1, 2.0], xlabel="value", bins=2)
    >>> plt.close(ax.figure)
    """
    ax = _axes(ax)
    ax.hist(np.asarray(values), bins=bins, color=COLORS["blue"], edgecolor="white", linewidth=0.6)
    ax.grid(axis="x", visible=False)
    ax.set(xlabel=xlabel, ylabel="count")
    return ax


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    figure: Figure = plt.figure()
    return figure.add_subplot()
