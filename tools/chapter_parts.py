r"""What a chapter is made of: blocks of text, figures, questions with their answers.

The tools that make something else of the same notebooks read them through this: slides
(make_slides.py) and the bank of questions (make_question_bank.py). Nothing is run here, and
nothing is written: answers are those that the notebooks store, which `make test` runs again.
"""

import base64
import csv
import html
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
LICENSE = "CC BY 4.0"
DIGITS = "CC BY-SA 3.0 (the images are from MNIST)"

# --- text ------------------------------------------------------------------------------------

# What opens a block that may hold empty lines, and what closes it.
FENCES = [
    (re.compile(r"^\$\$"), re.compile(r"\$\$\s*$")),
    (re.compile(r"^<div\b"), re.compile(r"^</div>")),
    (re.compile(r"^<details\b"), re.compile(r"^</details>")),
    (re.compile(r"^```"), re.compile(r"^```\s*$")),
]
KINDS = [
    ("formula", r"\$\$"),
    ("question", r'<div class="dl-question">'),
    ("box", r'<div class="dl-box">'),
    ("after", r'<details class="dl-after">'),
    ("fold", r"<details"),
    ("heading", r"#"),
    ("code", r"```"),
    ("table", r"\|"),
    ("list", r"(?:[-*]|\d+\.) "),
    ("comment", r"<!--"),
]


@dataclass(frozen=True)
class Block:
    """A piece of a cell's Markdown: its kind, and its lines as they stand there."""

    kind: str
    text: str

    @property
    def inside(self):
        """What stands between the tags of a block of HTML, without its summary."""
        text = re.sub(r"^<(?:div|details)[^>]*>|</(?:div|details)>$", "", self.text.strip())
        return re.sub(r"<summary>.*?</summary>", "", text, flags=re.DOTALL).strip()


def blocks(source):
    r"""Cut the text of a cell into its blocks.

    >>> [block.kind for block in blocks("# Title\n\nText.\n\n$$\na\n\n= b\n$$\n\n- one\n- two")]
    ['heading', 'text', 'formula', 'list']
    """
    found, lines, closes = [], [], None
    for line in [*source.split("\n"), ""]:
        if closes is not None:
            lines.append(line)
            if closes.search(line):
                closes = None
            continue
        opened = next((end for start, end in FENCES if start.search(line)), None)
        if line.strip() and not opened and not line.startswith("#"):
            lines.append(line)
            continue
        if lines:
            found.append("\n".join(lines))
            lines = []
        if opened:
            lines = [line]
            closes = None if re.fullmatch(r"\$\$.+\$\$\s*", line) else opened
        elif line.startswith("#"):
            found.append(line)
    return [Block(_kind(text), text) for text in found]


def _kind(text):
    return next((kind for kind, start in KINDS if re.match(start, text)), "text")


def plain(text):
    """Return Markdown without links, which lead to pages that are not there, and comments.

    >>> plain("A [slope](glossary.md#slope), see [(5.1)](#equation-bowl) <!-- here -->")
    'A slope, see (5.1)'
    """
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"(?<!\\)\[((?:[^][`$]|`[^`]*`|\$[^$]*\$)+)\]\((?!https?:)[^)\s]*\)", r"\1", text)
    return text.strip()


# --- figures -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """A figure of a chapter; of an interactive one, the frame that it shows at first."""

    chapter: str
    name: str
    cell: str
    svg: str
    png: bytes | None  # of an interactive figure none is stored
    alt: str
    caption: str
    license: str


def figures_in(cell, chapter):
    """Return the figures that a cell shows."""
    about = cell["metadata"].get("mystnb", {})
    given = about.get("figure", {})
    name = re.sub(r"^fig-", "", given.get("name", cell["id"]))
    found = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        markup = "".join(data.get("text/html", ""))
        if "image/svg+xml" in data:
            svg, png = "".join(data["image/svg+xml"]), data.get("image/png")
            alt, caption = about.get("image", {}).get("alt", ""), given.get("caption", "")
            png = base64.b64decode("".join(png)) if png else None
        elif 'class="dl-interactive ' in markup:
            svg, png = (
                base64.b64decode(_find(r'<noscript>.*?base64,([^"]*)"', markup)).decode(),
                None,
            )
            alt = _find(r'role="img" aria-label="([^"]*)"', markup)
            caption = re.sub(r"<[^>]+>", "", _find(r'<p class="dl-caption"[^>]*>(.*?)</p>', markup))
        else:
            continue
        # A picture within a drawing is one of a digit, or of something the size of one.
        terms = DIGITS if "<image" in svg else LICENSE
        number = f"-{len(found) + 1}" if found else ""
        found.append(
            Figure(chapter, name + number, cell["id"], svg, png, alt, plain(caption), terms)
        )
    return found


def _find(pattern, text):
    return html.unescape(re.search(pattern, text, re.DOTALL)[1])


def list_of(figures):
    """Return a table of figures, as CSV."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["chapter", "file", "caption", "alt", "license"])
    for figure in figures:
        file = f"{figure.chapter}/{figure.name}"
        writer.writerow([figure.chapter, file, figure.caption, figure.alt, figure.license])
    return table.getvalue()


# --- questions -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A question of a chapter, and all that the chapter says to it.

    Attributes
    ----------
    settings : dict
        What the form knows: key, kind, role, options with reasons, misses, tolerance.
    text : str
        What is asked, in Markdown.
    section : str
        The heading under which it stands.
    answer : dict or None
        What was computed, with its words; None where the answer stands in the text.
    printed : str
        What the cell of the answer prints besides.
    after : str
        What explains it, in Markdown.
    cells : tuple of int
        The places of the question's form and of its answer's cell, the same if there is none.
    above : tuple of Figure
        The figures that stand above it.
    """

    settings: dict
    text: str
    section: str
    answer: dict | None
    printed: str
    after: str
    cells: tuple
    above: tuple = field(default=(), repr=False)

    @property
    def key(self):
        return self.settings["key"]

    @property
    def kind(self):
        return self.settings["kind"]

    @property
    def figure(self):
        """The figure that the text of the question speaks of, or None."""
        if re.search(r"\bopening figure\b", self.text):
            return self.above[0]
        speaks = re.search(r"\bfigure\b|\bin the \w+ above\b", self.text)
        return self.above[-1] if speaks and self.above else None

    @property
    def asks_for(self):
        """What kind of answer is asked for, in a sentence."""
        settings, unit = self.settings, self.settings.get("unit", "")
        unit = f" {unit}" if unit.startswith("of ") else f", in {unit}" if unit else ""
        if self.kind == "number":
            return f"A number{unit}."
        if self.kind == "point":
            low, high = settings["ends"]
            return f"A number between {low:g} and {high:g}{unit}."
        if self.kind == "choice":
            return "One of these."
        if self.kind == "order":
            return "Put into order, from {} to {}:".format(*settings["ends"])
        if self.kind == "sketch":
            (x, y), (low, high) = settings["labels"], settings["ends"]
            places = ", ".join(f"{place:g}" for place in settings["x"])
            return f"Draw {y} between {low:g} and {high:g}, over {x}: {places}."
        return "Write it down, tell your neighbor, then compare."


class Chapter:
    """A chapter, read from its notebook.

    Attributes
    ----------
    number : str
        Two digits.
    title : str
    cells : list of dict
        As the file has them, with each source in one piece.
    questions : list of Asked
    figures : list of Figure
    """

    def __init__(self, path):
        self.path = path
        self.number = path.name[:2]
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in self.cells:
            cell["source"] = "".join(cell["source"])
        self.title = re.match(r"# (.*)", self.cells[0]["source"])[1]
        self.figures = [f for cell in self.cells for f in figures_in(cell, self.number)]
        self.questions = list(self._questions())

    def _questions(self):
        answers = {}
        for place, cell in enumerate(self.cells):
            for answer in _data_of(cell, "answer"):
                answers[answer["key"]] = (place, answer)
        section, above = self.title, []
        for place, cell in enumerate(self.cells):
            if cell["cell_type"] == "markdown":
                headings = re.findall(r"^##+ (.*)$", cell["source"], re.MULTILINE)
                section = plain(headings[-1]) if headings else section
            for settings in _data_of(cell, "question"):
                asked = [b for b in blocks(self.cells[place - 1]["source"]) if b.kind == "question"]
                answered, answer = answers.get(settings["key"], (place, None))
                yield Asked(
                    settings, plain(asked[-1].inside), section, answer,
                    printed(self.cells[answered]) if answer else "",
                    self._after(answered), (place, answered), tuple(above),
                )  # fmt: skip
            above += figures_in(cell, self.number)

    def _after(self, answered):
        """Return the explanation that follows the cell of an answer, if there is one."""
        following = self.cells[answered + 1]
        if following["cell_type"] == "markdown":
            first = blocks(following["source"])[0]
            if first.kind == "after":
                return plain(first.inside)
        return ""


def _data_of(cell, name):
    for output in cell.get("outputs", []):
        markup = "".join(output.get("data", {}).get("text/html", ""))
        pattern = rf'<div class="dl-{"ask" if name == "question" else name}" data-{name}="([^"]*)"'
        for data in re.findall(pattern, markup):
            yield json.loads(html.unescape(data))


def printed(cell):
    """Return the text that a cell prints."""
    texts = ("".join(output.get("text", "")) for output in cell.get("outputs", []))
    return "".join(texts).rstrip()


def chapters(numbers=()):
    """Return the chapters, all or those of these numbers."""
    paths = sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb"))
    return [Chapter(path) for path in paths if not numbers or path.name[:2] in numbers]


def wanted(number):
    """Return the number of a chapter as its file has it, for a command line."""
    text = f"{int(number):02}"
    if not list(Path(CHAPTERS).glob(f"{text}_*.ipynb")):
        raise ValueError(f"there is no chapter {number}")
    return text
