"""The theme's HTML, mended where the standard asks for something else.

What is mended here no page has to be careful about; what is left as it is stands in
`.htmlvalidate.json`, with the reason.
"""

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
        columns = list(zip(*map(lengths_of_cells, table.find_all("tr")), strict=False))
        # The longest line decides, but none gets all the room, and none too little for a word.
        wanted = [min(max(column), 60) + 4 for column in columns]
        wanted = [max(width, 0.15 * sum(wanted)) for width in wanted]
        group = soup.new_tag("colgroup")
        for width in wanted:
            share = round(100 * width / sum(wanted))
            group.append(soup.new_tag("col", style=f"width:{share}%"))
        table.insert(0, group)
        table["class"] = [*table.get("class", []), "dl-fixed"]


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


def mend_headings(soup):
    """The list of contents for print repeats the title; without one it is empty."""
    for heading in soup.select("#jb-print-docs-body > h1"):
        if heading.get_text(strip=True):
            heading.name = "p"
            heading["class"] = "h1"
        else:
            heading.decompose()


def mend_buttons(soup):
    """Outside of a form a button submits nothing, and an icon is no name."""
    for button in soup.select("button:not([type])"):
        button["type"] = "button"
    for button in soup.select("button[title]:not([aria-label])"):
        if not button.get_text(strip=True):
            button["aria-label"] = button["title"]
    for icon in soup.select("i[class*='fa-'], span[class*='fa-']"):
        icon["aria-hidden"] = "true"


def mend_search(soup):
    """Enter starts a search; so does a button, for who has no such key."""
    for form in soup.select("form.bd-search"):
        form["role"] = "search"
        button = soup.new_tag("button", type="submit", attrs={"class": "visually-hidden"})
        button.string = "Search"
        form.append(button)


def mend_attributes(soup):
    for details in soup.select("details[open]"):
        details["open"] = ""
    for element in soup.select("[role=presentation]"):
        element["role"] = "none"
    for cell in soup.select("[border], [valign], [frame], [rules]"):
        for name in ("border", "valign", "frame", "rules"):
            cell.attrs.pop(name, None)


def mend_formulas(soup):
    """A line may break before the comma behind a formula, unless a word joiner forbids it."""
    for formula in soup.select("article .katex"):
        after = formula.next_sibling or formula.parent.next_sibling
        if isinstance(after, NavigableString) and after[:1] in set(",.;:!?)”’"):
            after.replace_with("\u2060" + after)


MENDS = (
    mend_summaries,
    mend_tables,
    mend_columns,
    mend_headings,
    mend_buttons,
    mend_search,
    mend_attributes,
    mend_formulas,
)


def mend(app, pagename, context, soup):
    for mend_one in MENDS:
        mend_one(soup)


def setup(app):
    app.connect("page-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
