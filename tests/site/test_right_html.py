"""The theme's HTML is mended: what the mends make of small pages."""

import ast
import re
from pathlib import Path

import pytest
import right_html
from bs4 import BeautifulSoup
from finished_pages import FORMULA, LeftOut

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", sorted(ROOT.glob("_ext/*.py")), ids=lambda path: path.name)
def test_the_settings_that_an_extension_names_are_there(path):
    says = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    named = re.findall(r"`(\.\w+\.\w+|\w+\.(?:json|toml|yml|cjs))`", says)
    assert [name for name in named if not (ROOT / name).exists()] == []


TABLE = (
    "<main><article><table><thead><tr><th>symbol</th><th>meaning</th></tr></thead><tbody>"
    "<tr><td>w</td><td>what is learned, a number for each of the features</td></tr>"
    "</tbody></table></article></main>"
)


def widths(html):
    soup = BeautifulSoup(html, "html.parser")
    right_html.mend_columns(soup)
    columns = soup.select("table.dl-fixed > colgroup > col")
    return [float(column["style"].removeprefix("width:").removesuffix("%")) for column in columns]


def test_a_table_comes_with_the_widths_of_its_columns():
    narrow, wide = widths(TABLE)
    assert narrow + wide == pytest.approx(100, abs=0.2)
    assert 10 < narrow < wide


def many_columns(*names):
    cells = "".join(f"<{{0}}>{name}</{{0}}>" for name in names)
    head, row = cells.format("th"), cells.format("td")
    return (
        f"<main><article><table><thead><tr>{head}</tr></thead>"
        f"<tbody><tr>{row}</tr></tbody></table></article></main>"
    )


def test_of_many_columns_each_has_room_for_its_longest_word():
    names = ("regularization", "of it", "a word or two", "exercises, solved", "1", "minutes")
    shares = widths(many_columns(*names))
    longest = [max(map(len, name.split())) for name in names]
    soup = BeautifulSoup(many_columns(*names), "html.parser")
    right_html.mend_columns(soup)
    whole = int(re.search(r"min-width:(\d+)ch", soup.table["style"])[1])
    for share, length in zip(shares, longest, strict=True):
        assert share / 100 * whole > length + 1


def test_a_table_whose_words_fit_a_phone_is_no_wider_than_it():
    soup = BeautifulSoup(TABLE, "html.parser")
    right_html.mend_columns(soup)
    assert "style" not in soup.table.attrs


def test_what_a_formula_says_to_screen_readers_takes_no_room():
    spoken = "<span class='katex-mathml'><annotation>" + "\\mathbf{w}" * 20 + "</annotation></span>"
    assert widths(TABLE.replace("<td>w</td>", f"<td>w{spoken}</td>")) == widths(TABLE)


def test_a_table_that_a_cell_printed_stays_as_it_is():
    assert widths(TABLE.replace("<article>", "<article><div class='cell'>")) == []


BOX = '<span class="katex-base">{}</span>'


def formula(*pieces):
    boxes = "".join(map(BOX.format, pieces))
    return f'<span class="katex"><math></math>{right_html.BOXES}{boxes}</span></span>'


def held(text, *formulas):
    """Return a text, in which {} are formulas, as it is on the page."""
    left_out = LeftOut()
    marked = text.format(*(f"<span class='math'>{FORMULA.format(f)}</span>" for f in formulas))
    soup = BeautifulSoup(left_out.leave_out(f"<article><p>{marked}</p></article>"), "html.parser")
    right_html.hold_formulas(soup, left_out.parts)
    return BeautifulSoup(left_out.put_back(str(soup)), "html.parser")


def together(soup):
    """Return what a browser keeps on one line."""
    return [element.get_text() for element in soup.select(".dl-held")]


def test_a_comma_stays_with_the_formula_before_it():
    soup = held("so {}, the same, {} too.", formula("c"), formula("d"))
    assert soup.get_text() == "so c, the same, d too."
    assert together(soup) == ["c,"]


def test_a_bracket_stays_with_the_formula_behind_it():
    soup = held("so (with {}) and <em>{}</em>.", formula("c"), formula("d"))
    assert together(soup) == ["c)", "d."]
    assert together(held("a step ({}, say)", formula("c"))) == ["(c,"]


def test_a_formula_can_still_be_broken_where_it_could():
    soup = held("so ({}).", formula("a=", "b=", "c"))
    assert soup.get_text() == "so (a=b=c)."
    assert together(soup) == ["(a=", "c)."]
    assert [len(part.select(".katex-base")) for part in soup.select(".katex")] == [1, 1, 1]
    assert len(soup.select("math")) == 1
