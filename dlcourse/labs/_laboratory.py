"""What a laboratory is on a page and in a notebook."""

import html
import sys
from dataclasses import dataclass
from importlib.resources import files
from string import Template

#: The scripts in the order in which they build on one another.
SCRIPTS = (
    "common.js",
    "engine.js",
    "optimizer.js",
    "graph.js",
    "optimizer_view.js",
    "graph_view.js",
)


@dataclass(frozen=True)
class Laboratory:
    """A laboratory; display it as the last line of a cell.

    The functions of `dlcourse.labs` make one.

    Attributes
    ----------
    name : str
        What it is called.
    settings : str
        What it begins with.
    markup : str
        Its HTML, without style and script.
    """

    name: str
    settings: str
    markup: str

    def __repr__(self) -> str:
        return f"<{self.name}: {self.settings}>"

    def to_html(self) -> str:
        """Return the laboratory as HTML, for a page that has its style and script.

        Returns
        -------
        str
        """
        return self.markup

    def _repr_html_(self) -> str:
        return self.to_html() + _style_and_script_once()


def part(name: str) -> str:
    """Return one of the files that laboratories are made of.

    Parameters
    ----------
    name : str
        Such as ``"engine.js"``.

    Returns
    -------
    str
    """
    return files("dlcourse.labs").joinpath("page", name).read_text(encoding="utf-8")


def filled(name: str, **values: str) -> str:
    """Return one of the files with what stands for its ``$names``.

    Parameters
    ----------
    name : str
        Such as ``"optimizer.html"``.
    **values : str
        HTML for each name.

    Returns
    -------
    str
    """
    return Template(part(name)).substitute(values)


def field(label: str, path: str, *, step: str = "any") -> str:
    """Return a field for a number.

    Parameters
    ----------
    label : str
        What stands before it.
    path : str
        What it sets.
    step : str
        ``"1"`` for whole numbers.

    Returns
    -------
    str
    """
    return (
        f'<label>{html.escape(label)} <input type="number" step="{step}" '
        f'data-set="{path}" autocomplete="off"></label>'
    )


_sent: set[str] = set()


def _style_and_script_once() -> str:
    """Return style and script for the first laboratory of a kernel: one serves a notebook."""
    # Colab shows each output in a frame of its own.
    if "labs" in _sent and "google.colab" not in sys.modules:
        return ""
    _sent.add("labs")
    script = "".join(part(name) for name in SCRIPTS)
    return f"<style>\n{part('lab.css')}</style>\n<script>\n{script}</script>"
