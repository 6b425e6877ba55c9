"""The theme's HTML, mended where the standard asks for something else.

What is mended here no page has to be careful about; what is left as it is stands in
`.htmlvalidate.cjs`, with the reason.
"""

import html
import math
import re

from bs4 import NavigableString


def mend_summaries(soup):
    """What always shows of a folded cell is a phrase, not a paragraph."""
    for paragraph in soup.select("summary > p"):
        paragraph.name = "span"


def mend_tables(soup):
    """pandas puts a style sheet before each table; ours says the same."""
    for style in soup.select("main style[scoped]"):
        style.decompose()
    for table in soup.find_all("table"):
        rows = table.find_all("tr", recursive=False)
        if rows:
            body = soup.new_tag("tbody")
            rows[0].insert_before(body)
            body.extend(row.extract() for row in rows)


def mend_columns(soup):
    """A table that gets its widths from all its rows jumps while they and its fonts arrive."""
    for table in soup.select("main article table:has(> thead)"):
        if table.find("colgroup") or table.find_parent(class_="cell"):
            continue
        rows = table.find_all("tr")
        columns = list(zip(*map(lengths_of_cells, rows), strict=False))
        # The longest line decides, but none gets all the room.
        wanted = [min(max(column), 60) + 4 for column in columns]
        if len(wanted) < MANY:
            wanted = [max(width, 0.2 * sum(wanted)) for width in wanted]
        for code in CODE:
            floor = floors(rows, code)
            if sum(floor) <= PHONE:
                break
        whole = max(sum(floor), PHONE)
        group = soup.new_tag("colgroup")
        for width in at_least(floor, wanted, whole):
            share = round(100 * width / whole, 1)
            group.append(soup.new_tag("col", style=f"width:{share:g}%"))
        table.insert(0, group)
        table["class"] = [*table.get("class", []), "dl-fixed"]
        if sum(floor) > PHONE:
            table["class"].append("dl-wide")
            table["style"] = f"min-width:{math.ceil(sum(floor))}ch"


MANY = 5  # columns; of fewer none is much narrower than the others
PHONE = 44  # characters that a table of the width of a phone holds in a line


def at_least(floor, wanted, whole):
    """Share out a width in proportion to what is wanted, but no less than the floor of each.

    >>> at_least([2, 2], [10, 30], 40), at_least([8, 2, 2], [1, 10, 10], 28)
    ([10.0, 30.0], [8, 10.0, 10.0])
    """
    given = {}
    while True:
        left = whole - sum(given.values())
        scale = left / max(sum(w for k, w in enumerate(wanted) if k not in given), 1e-9)
        short = [k for k, w in enumerate(wanted) if k not in given and w * scale < floor[k]]
        if not short:
            return [given.get(k, w * scale) for k, w in enumerate(wanted)]
        given |= {k: floor[k] for k in short}


def lengths_of_cells(row):
    """Return how many characters each cell of a row shows, a formula's names left out."""
    return [
        sum(
            len(text)
            for text in cell.find_all(string=True)
            if not text.find_parent(class_="katex-mathml")
        )
        for cell in row.find_all(["th", "td"])
    ]


# How wide a character of code is. Whole on a phone; or on a desk, where small letters need less
# of a wide table; or broken anywhere.
CODE = (0.9, 0.6, 0)


def breadth(word):
    """Return how many characters of usual width are as wide as this word.

    >>> breadth("follows"), breadth("command")
    (7.5, 8.0)
    """
    return len(word) + 0.5 * sum(letter in "mwMW" for letter in word)


def floors(rows, code):
    """Return how many characters wide each column has to be for its longest word to be whole.

    Formulas are left out, and a word of code counts for that share of its length.
    """
    longest = (
        [
            max(
                (
                    len(word) * code if text.find_parent("code") else breadth(word)
                    for text in cell.find_all(string=True)
                    if not text.find_parent(class_=["katex", "katex-mathml"])
                    for word in re.split(r"[\s\u200b]|(?<=[-–—/])", text)
                ),
                default=0,
            )
            for cell in row.find_all(["th", "td"])
        ]
        for row in rows
    )
    # With the room at both sides of a cell.
    return [max(column) + 1.5 for column in zip(*longest, strict=False)]


def mend_headings(soup):
    """The list of contents for print repeats the title; without one it is empty."""
    number = soup.select_one("article h1 > .section-number")
    for heading in soup.select("#jb-print-docs-body > h1"):
        if number:
            heading.insert(0, number.get_text())
        if heading.get_text(strip=True):
            heading.name = "p"
            heading["class"] = "h1"
        else:
            heading.decompose()


def mend_buttons(soup):
    """Outside of a form a button submits nothing, and an icon is no name."""
    for button in soup.find_all("button"):
        if "type" not in button.attrs:
            button["type"] = "button"
        named = "aria-label" in button.attrs or button.get_text(strip=True)
        if "title" in button.attrs and not named:
            button["aria-label"] = button["title"]
    for icon in soup.find_all(["i", "span"], class_=re.compile("fa-")):
        icon["aria-hidden"] = "true"


def mend_search(soup):
    """Enter starts a search; so does a button, for who has no such key."""
    for form in soup.select("form.bd-search"):
        form["role"] = "search"
        button = soup.new_tag("button", type="submit", attrs={"class": "visually-hidden"})
        button.string = "Search"
        form.append(button)


OLD = ("border", "valign", "frame", "rules")  # of tables; style sheets say so now


def mend_attributes(soup):
    # One walk: a selector for attributes alone asks each element much longer.
    for element in soup.find_all(True):
        if element.name == "details" and "open" in element.attrs:
            element["open"] = ""
        if element.get("role") == "presentation":
            element["role"] = "none"
        for name in OLD:
            element.attrs.pop(name, None)


# What no line may begin with, or end with, where it stands at a formula.
AFTER = re.compile(r"[^\s\w(\[{“‘—–/]+|\w{1,2}\b")
BEFORE = re.compile(r"[(\[{“‘]+$")
PASSED_ON = {"em", "strong", "i", "b", "span"}


def neighbor(element, side):
    """Return the text at one side of an element, if text is what stands there."""
    while getattr(element, side) is None and element.parent.name in PASSED_ON:
        element = element.parent
    beside = getattr(element, side)
    return beside if type(beside) is NavigableString else None


def hold_formulas(soup, left_out):
    """Keep a formula and the comma behind it on one line.

    Each piece that a formula may be broken into is a box, and browsers break a line on
    either side of a box, whatever stands there, also a word joiner.
    """
    for place in soup.select("article span.katex[data-left-out]"):
        number = int(place["data-left-out"])
        if place.find_parent(class_="katex-display") or "katex-display" in left_out[number]:
            continue
        formula = place.parent if place.parent.name == "span" else place
        texts = []
        for side, pattern in (("previous_sibling", BEFORE), ("next_sibling", AFTER)):
            text = neighbor(formula, side)
            found = text and (pattern.search if pattern is BEFORE else pattern.match)(text)
            texts.append(found[0] if found else "")
            if found:
                text.replace_with(text[: found.start()] + text[found.end() :])
        if any(texts):
            left_out[number] = held(left_out[number], *texts)


BOXES = '<span class="katex-html" aria-hidden="true">'
HELD = '<span class="dl-held">{}</span>'


def held(formula, before, after):
    """Return a formula with what stands at it, so that no line is broken between them.

    >>> formula = f'<span class="katex">{BOXES}<span class="katex-base">x</span></span></span>'
    >>> held(formula, "(", "),") == HELD.format(f"({formula}),")
    True
    """
    start, boxes = formula.split(BOXES, 1)
    parts = re.split(r'(?=<span class="katex-base">)', boxes.removesuffix("</span></span>"))[1:]
    before, after = map(html.escape, (before, after))
    if len(parts) == 1:
        return HELD.format(f"{before}{formula}{after}")

    def piece(start, parts):
        return f"{start}{BOXES}{''.join(parts)}</span></span>"

    again = '<span class="katex">'
    pieces = [piece(start, parts)]
    if after:
        *parts, last = parts
        pieces = [piece(start, parts), HELD.format(piece(again, [last]) + after)]
    if before:
        first, *rest = parts
        pieces[:1] = [HELD.format(before + piece(start, [first]))]
        if rest:
            pieces.insert(1, piece(again, rest))
    return "".join(pieces)


MENDS = (
    mend_summaries,
    mend_tables,
    mend_columns,
    mend_headings,
    mend_buttons,
    mend_search,
    mend_attributes,
)


def mend(app, pagename, context, soup):
    for mend_one in MENDS:
        mend_one(soup)
    hold_formulas(soup, context["left_out"].parts)


def setup(app):
    app.connect("page-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
