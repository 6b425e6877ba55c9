"""A chapter as its notebook holds it: what the tests of the chapters read."""

import html
import json
import re
from functools import cache
from pathlib import Path

from plain_notebooks import to_myst

FOLDER = Path(__file__).parents[2] / "chapters"
NUMBERS = sorted(path.name[:2] for path in FOLDER.glob("[0-9][0-9]_*.ipynb"))


class Chapter:
    """What a notebook says, runs and prints.

    Attributes
    ----------
    cells : list of dict
        As the file has them.
    code : list of str
        The source of each cell of code.
    prose : str
        All text, from top to bottom, as Sphinx reads it.
    printed : str
        All that the cells of code print.
    results : str
        What they return, as plain text.
    """

    def __init__(self, number):
        [self.path] = FOLDER.glob(f"{number}_*.ipynb")
        self.number = number
        self.cells = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
        for cell in self.cells:
            cell["source"] = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                cell["source"] = to_myst(cell["source"])
        self.code = [c["source"] for c in self.cells if c["cell_type"] == "code"]
        self.prose = "\n".join(c["source"] for c in self.cells if c["cell_type"] == "markdown")
        outputs = [output for cell in self.cells for output in cell.get("outputs", [])]
        self.printed = "\n".join("".join(output.get("text", [])) for output in outputs)
        self.results = "\n".join(
            "".join(output.get("data", {}).get("text/plain", "")) for output in outputs
        )

    def __repr__(self):
        return self.path.stem


@cache
def chapter(number):
    """Return a chapter by the two digits in the name of its file."""
    return Chapter(number)


def data_of(markup, name):
    """Return what an attribute ``data-...`` of HTML holds as JSON."""
    return json.loads(html.unescape(re.search(rf'data-{name}="([^"]*)"', markup)[1]))


def asked_in(of):
    """List the questions of a chapter: cell, settings, and cell and data of the answer or None."""
    asked, answers = [], {}
    for i, cell in enumerate(of.cells):
        for output in cell.get("outputs", []):
            markup = "".join(output.get("data", {}).get("text/html", ""))
            if 'class="dl-ask"' in markup:
                asked.append((i, data_of(markup, "question")))
            if 'class="dl-answer"' in markup:
                answer = data_of(markup, "answer")
                answers[answer["key"]] = (i, answer)
    return [(i, question, answers.get(question["key"])) for i, question in asked]
