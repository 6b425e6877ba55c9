"""The theme's HTML is mended: what the mends make of small pages."""

import right_html
from bs4 import BeautifulSoup

TABLE = (
    "<main><article><table><thead><tr><th>symbol</th><th>meaning</th></tr></thead><tbody>"
    "<tr><td>w</td><td>what is learned, a number for each of the features</td></tr>"
    "</tbody></table></article></main>"
)


def widths(html):
    soup = BeautifulSoup(html, "html.parser")
    right_html.mend_columns(soup)
    columns = soup.select("table.dl-fixed > colgroup > col")
    return [int(column["style"].removeprefix("width:").removesuffix("%")) for column in columns]


def test_a_table_comes_with_the_widths_of_its_columns():
    narrow, wide = widths(TABLE)
    assert narrow + wide in (99, 100, 101)
    assert 10 < narrow < wide


def test_what_a_formula_says_to_screen_readers_takes_no_room():
    spoken = "<span class='katex-mathml'><annotation>" + "\\mathbf{w}" * 20 + "</annotation></span>"
    assert widths(TABLE.replace("<td>w</td>", f"<td>w{spoken}</td>")) == widths(TABLE)


def test_a_table_that_a_cell_printed_stays_as_it_is():
    assert widths(TABLE.replace("<article>", "<article><div class='cell'>")) == []


def test_a_comma_stays_with_the_formula_before_it():
    html = "<article><p>so <span class='katex'>c</span>, the same, <span class='katex'>d</span>"
    soup = BeautifulSoup(html + " too.</p></article>", "html.parser")
    right_html.mend_formulas(soup)
    assert soup.get_text() == "so c\u2060, the same, d too."
