"""Equations, code, terms and pages hold together: what is cited exists, and is cited back."""

import importlib
import inspect
import json
import re
from pathlib import Path

import pytest
from plain_notebooks import to_myst
from test_architecture import MODULES, PUBLIC

CHAPTERS = Path(__file__).parents[2] / "chapters"
NOTEBOOKS = sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb"))
every_chapter = pytest.mark.parametrize("chapter", NOTEBOOKS, ids=lambda path: path.stem)


def prose_of(chapter):
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    texts = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return to_myst("\n\n".join(texts))


PROSE = {chapter: prose_of(chapter) for chapter in NOTEBOOKS}

# Equations ------------------------------------------------------------------------------

LABEL = re.compile(r"^\$\$ \(([\w-]+)\)$", re.MULTILINE)
NOT_IN_DLCOURSE = re.compile(r"<!-- not in dlcourse: ([\w-]+) -->")
CITED = re.compile(r":eq:`([\w-]+)`")
CITATION = re.compile(r"Equations? ((?:(?:, | and )?:eq:`[\w-]+`)+)\s+of\s+chapter\s+(\d+)")

HOME = {
    label: int(chapter.name[:2]) for chapter in NOTEBOOKS for label in LABEL.findall(PROSE[chapter])
}


def docstrings():
    yield from ((name, inspect.getdoc(thing) or "") for name, thing in PUBLIC.items())
    yield from ((name, importlib.import_module(name).__doc__ or "") for name in MODULES)


CITED_BY = {}
for _name, _doc in docstrings():
    for _label in CITED.findall(_doc):
        CITED_BY.setdefault(_label, []).append(_name)


def test_every_equation_that_a_docstring_cites_is_in_a_chapter():
    missing = {label: names for label, names in CITED_BY.items() if label not in HOME}
    assert not missing, f"no chapter has these labels: {missing}"


@pytest.mark.parametrize("name", sorted({n for names in CITED_BY.values() for n in names}))
def test_a_citation_says_which_chapter_the_equation_is_in(name):
    doc = inspect.getdoc(PUBLIC[name]) if name in PUBLIC else importlib.import_module(name).__doc__
    said = {
        label: int(number)
        for labels, number in CITATION.findall(" ".join(doc.split()))
        for label in CITED.findall(labels)
    }
    assert said == {label: HOME.get(label) for label in CITED.findall(doc)}, (
        "write: Equation :eq:`label` of chapter 12."
    )


@every_chapter
def test_a_labelled_equation_is_cited_by_the_code_or_said_to_be_without_code(chapter):
    labels = LABEL.findall(PROSE[chapter])
    without_code = NOT_IN_DLCOURSE.findall(PROSE[chapter])
    assert len(set(labels)) == len(labels), f"a label stands twice: {labels}"
    assert set(without_code) <= set(labels), "there is no equation of this label here"
    for label in labels:
        in_code = label in CITED_BY
        assert in_code != (label in without_code), (
            f"({label}): cite it in the docstring of what implements it, :eq:`{label}`, or write "
            f"<!-- not in dlcourse: {label} --> below it; one of the two"
        )
        if not in_code:
            assert f"{{eq}}`{label}`" in PROSE[chapter], f"({label}) is cited nowhere"


@every_chapter
def test_what_implements_an_equation_is_linked_in_its_chapter(chapter):
    for label in LABEL.findall(PROSE[chapter]):
        for name in CITED_BY.get(label, []):
            owner = name.rsplit(".", 1)[0]
            room = re.sub(r"^(dlcourse\.\w+)\.\w+\.(?=\w+$)", r"\1.", name)  # in the reference
            linked = any(f"](#{n})" in PROSE[chapter] for n in (name, owner, room))
            assert linked, f"({label}) is implemented by {name}: link it, [`...`](#{name})"


def test_no_label_is_used_by_two_chapters():
    labels = [label for text in PROSE.values() for label in LABEL.findall(text)]
    assert len(labels) == len(set(labels))


# The glossary ------------------------------------------------------------------------------

GLOSSARY = (CHAPTERS / "glossary.md").read_text(encoding="utf-8")
ENTRY = re.compile(r'## (.+)\n\n<span lang="zh-Hans">([^<]*[一-鿿][^<]*)</span>: ([A-Z].+\.)\n')
ENTRIES = ENTRY.findall(GLOSSARY)
TERMS = [term for term, _, _ in ENTRIES]
LINK = re.compile(r"\[[^\]]+\]\(glossary\.md#([\w-]+)\)")


def anchor(term):
    return term.lower().replace(" ", "-")


def test_every_entry_has_its_chinese_equivalent_and_one_sentence():
    headings = re.findall(r"^## (.+)$", GLOSSARY, flags=re.MULTILINE)
    malformed = sorted(set(headings) - set(TERMS))
    assert not malformed, f"these entries are not as CONTRIBUTING.md says: {malformed}"
    for term, _, sentence in ENTRIES:
        assert not re.search(r"[.?!] [A-Z]", sentence), f"{term}: more than one sentence"


def test_the_entries_are_in_alphabetical_order_and_each_stands_once():
    assert sorted(set(TERMS)) == TERMS


def test_terms_are_written_as_their_anchors_need():
    # JupyterLab and GitHub make the same anchor only from plain lower-case words.
    odd = [term for term in TERMS if not re.fullmatch(r"[a-z0-9]+(?:[ -][a-z0-9]+)*", term)]
    assert not odd


@every_chapter
def test_every_term_that_a_chapter_links_is_in_the_glossary_and_linked_once(chapter):
    links = LINK.findall(PROSE[chapter])
    unknown = sorted(set(links) - set(map(anchor, TERMS)))
    assert not unknown, f"not in glossary.md: {unknown}"
    again = sorted({link for link in links if links.count(link) > 1})
    assert not again, f"link a term where it is first used, and only there: {again}"


@pytest.mark.parametrize("term", TERMS)
def test_every_term_is_linked_from_a_chapter(term):
    assert any(anchor(term) in LINK.findall(text) for text in PROSE.values())


# The bibliography -----------------------------------------------------------------------------

BIBLIOGRAPHY = (CHAPTERS / "references.bib").read_text(encoding="utf-8")
KEYS = re.findall(r"^@\w+\{([^,]+),", BIBLIOGRAPHY, flags=re.MULTILINE)


@pytest.mark.parametrize("key", KEYS)
def test_every_work_in_the_bibliography_is_cited_by_a_page(key):
    others = [path.read_text(encoding="utf-8") for path in CHAPTERS.glob("*.md")]
    keys = re.findall(r"\{cite(?::[tp])?\}`([^`]+)`", "\n".join([*PROSE.values(), *others]))
    assert key in {k.strip() for group in keys for k in group.split(",")}


def test_every_work_stands_once_and_says_where_it_is_found():
    assert len(set(KEYS)) == len(KEYS)
    works = re.split(r"^@", BIBLIOGRAPHY, flags=re.MULTILINE)[1:]
    assert not [w.split(",")[0] for w in works if not re.search(r"\b(doi|url)\s*=", w)]
