"""The look that all figures share: colors, sizes, and what a notebook stores."""

import base64
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from dlcourse.plotting.drawings import lean

#: The hues of Okabe and Ito's palette, dark enough to stand out from white, from every band
#: of a map (`HEIGHTS`), and from both of them in the colors of a dark page. So dark, some come
#: close to each other for the color-blind: lines and marks differ in shape as well.
COLORS = {
    "blue": "#0050AE",
    "vermillion": "#A83A10",
    "green": "#007052",
    "purple": "#B02A88",
    "orange": "#9E7800",
    "sky": "#0884BE",
    "black": "#222222",
    "gray": "#6B6B6B",
}
#: From low to high. Light throughout, so that paths and arrows stand out on it.
HEIGHTS = ["#FFFFFF", "#E7F0F8", "#CFE0EE"]
#: For what must differ by more than color: one for each color above.
LINE_STYLES: list[Any] = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]

#: Pixels to an inch, as browsers count them.
SCREEN_DPI = 96
#: Pixels of a PNG for each pixel of the screen, and how many colors it may have.
PNG_SHARPNESS = 1.5
PNG_COLORS = 64

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
    # A mark of a legend without a frame looks like one of the data.
    "legend.frameon": True,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "#BBBBBB",
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

    Call it once, in the first cell. It changes `matplotlib.rcParams`. With ``DLCOURSE_PNG=1`` in
    the environment a notebook stores a PNG beside each SVG.

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
        _show_as_svg(shell)


def _show_as_svg(shell: Any) -> None:
    """Let a notebook show each figure as SVG, and store a PNG too where that is asked for.

    An SVG is sharp at any size. But a notebook from elsewhere may hold a program in one, so
    JupyterLab shows it only when the reader has run the cell; until then there is the PNG. Only
    who gives a notebook away needs it, and it takes as long to draw as the SVG.
    """
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    formatters = shell.display_formatter.formatters
    if os.environ.get("DLCOURSE_PNG") == "1":
        set_matplotlib_formats("svg", "png")
        formatters["image/png"].for_type(Figure, _small_png)
    else:
        set_matplotlib_formats("svg")
    formatters["image/svg+xml"].for_type(Figure, _small_svg)


def _printed(figure: Figure, form: str, **settings: Any) -> Any:
    """Return a figure as a file of this form; None when there is nothing on it."""
    from IPython.core.pylabtools import print_figure

    # A figure without a layout engine would have that of the settings when it has been printed
    # once, and so look different as soon as it is printed again.
    none: Any = {"figure.autolayout": False, "figure.constrained_layout.use": False}
    with mpl.rc_context(none):
        return print_figure(figure, form, **settings)


def _small_svg(figure: Figure) -> str | None:
    # Without a date the stored figure changes only when the drawing does.
    svg = _printed(figure, "svg", metadata={"Date": None})
    return lean(svg) if svg else None


def _small_png(figure: Figure) -> tuple[str, dict[str, int]] | None:
    """Return a PNG of few colors, in base 64, and the size in which to show it."""
    from PIL import Image

    png = _printed(figure, "png", dpi=PNG_SHARPNESS * SCREEN_DPI)
    if not png:
        return None
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    small = picture.quantize(PNG_COLORS, dither=Image.Dither.NONE)
    small.save(file := io.BytesIO(), "PNG", optimize=True)
    width, height = (round(side / PNG_SHARPNESS) for side in small.size)
    return base64.b64encode(file.getvalue()).decode("ascii"), {"width": width, "height": height}


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
