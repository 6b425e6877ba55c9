"""What a laboratory is on a page and in a notebook."""

import html
import json
import os
import sys
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import Any

from dlcourse.widgets import STATIC_ONLY

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
    made_by : str
        The function that made it.
    arguments : dict
        What it was called with.
    settings : str
        What it begins with.
    markup : str
        Its HTML, without style and script.
    """

    made_by: str
    arguments: dict[str, Any]
    settings: str
    markup: str = field(repr=False)

    def __repr__(self) -> str:
        return f"<{self._name()}: {self.settings}>"

    def _name(self) -> str:
        return self.made_by.replace("_", " ").capitalize()

    def to_html(self) -> str:
        """Return the laboratory as HTML, for a page that has its style and script.

        Returns
        -------
        str
        """
        return self.markup

    def to_sentence(self) -> str:
        """Return what a notebook stores: a sentence, in whose place a page has the laboratory.

        Nothing in a stored notebook runs before its reader has run the cell, so controls that
        were stored would be dead.

        Returns
        -------
        str
        """
        arguments = html.escape(json.dumps(self.arguments, ensure_ascii=False))
        return (
            f'<div class="dl-lab-stored" data-lab="{self.made_by}" data-arguments="{arguments}">'
            f"<p><strong>{self._name()}:</strong> run this cell to work with it.</p></div>"
        )

    def _repr_html_(self) -> str:
        if os.environ.get(STATIC_ONLY):
            return self.to_sentence()
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


def number_field(label: str, path: str, *, step: str = "any") -> str:
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
