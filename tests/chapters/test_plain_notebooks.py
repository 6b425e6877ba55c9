"""The chapters read well in any viewer: nothing raw stands there, names and numbers are right."""

import json
import re
from pathlib import Path

import pytest
from pybtex.database import parse_file
from pybtex.richtext import Text

CHAPTERS = Path(__file__).parents[2] / "chapters"
NOTEBOOKS = sorted(CHAPTERS.glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
BIBLIOGRAPHY = parse_file(CHAPTERS / "references.bib")


def texts(path):
    """Return the text of each Markdown cell."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


# What only Sphinx understands; in another viewer it stands there as it is written.
RAW = re.compile(
    r"\{[a-z:]+\}`"  # a role
    r"|^\([\w-]+\)=$"  # a label
    r"|^(?::::|```)\{"  # a directive
    r"|^\$\$ *\([\w-]+\)$",  # the label of an equation
    re.MULTILINE,
)


@every_notebook
def test_a_notebook_holds_nothing_that_only_sphinx_understands(path):
    assert not [found[0] for text in texts(path) for found in RAW.finditer(text)]


@pytest.mark.parametrize(
    "text", ["{cite:t}`adam2015`", "(ch-one)=", ":::{note}", "```{figure} x", "$$ (bowl)"]
)
def test_what_only_sphinx_understands_is_found(text):
    assert RAW.search(text)


def authors(key):
    """Return whom a reader knows a work by."""
    entry = BIBLIOGRAPHY.entries[key]
    people = [" ".join(p.prelast_names + p.last_names) for p in entry.persons.get("author", ())]
    names = [str(Text.from_latex(name)) for name in people]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


@every_notebook
def test_a_citation_names_the_authors_and_the_year(path):
    for text in texts(path):
        for shown, key in re.findall(r"\[([^\]]+)\]\(references\.md#([\w-]+)\)", text):
            name, year = authors(key), BIBLIOGRAPHY.entries[key].fields["year"]
            assert shown in (f"{name} ({year})", f"{name}, {year}")


@every_notebook
def test_equations_are_numbered_and_referred_to_by_their_numbers(path):
    joined = "\n".join(texts(path))
    tagged = re.findall(r"\\tag\{([\d.]+)\}\n\$\$\n<!-- equation: ([\w-]+) -->", joined)
    assert [number for number, _ in tagged] == [
        f"{int(path.name[:2])}.{i}" for i in range(1, len(tagged) + 1)
    ]
    assert len(tagged) == joined.count("\\tag{") == joined.count("<!-- equation:")
    numbers = {label: number for number, label in tagged}
    for number, label in re.findall(r"\[\(([\d.]+)\)\]\(#equation-([\w-]+)\)", joined):
        assert numbers[label] == number


def figures_of(cell):
    """Return the names of the figures of a cell that are counted; not all have one."""
    figure = cell["metadata"].get("mystnb", {}).get("figure", {})
    outputs = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", ())]
    interactive = ['class="dl-interactive ' in "".join(html) for html in outputs]
    return [figure.get("name")] * (sum(interactive) or bool(figure))


@every_notebook
def test_a_figure_is_referred_to_by_its_number(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    names = [name for cell in cells for name in figures_of(cell)]
    for number, label in re.findall(
        r"\[[Ff]igure ([\d.]+)\]\(#(fig-[\w-]+)\)", "\n".join(texts(path))
    ):
        assert number == f"{int(path.name[:2])}.{names.index(label) + 1}"
