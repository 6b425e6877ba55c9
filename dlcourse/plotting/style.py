"""The look that all figures share: colors, sizes, and what a notebook stores."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

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
#: For what must differ by more than color: one for each color above.
LINE_STYLES: list[Any] = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]

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
    ...     mpl.rcParams["axes.titlelocation"]
    'left'
    """
    with mpl.rc_context(BOOK_STYLE):
        yield


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


def new_axes(ax: Axes | None) -> Axes:
    """Return the axes that were given, or new ones.

    Parameters
    ----------
    ax : Axes or None

    Returns
    -------
    matplotlib.axes.Axes
    """
    if ax is not None:
        return ax
    figure: Figure = plt.figure()
    return figure.add_subplot()
