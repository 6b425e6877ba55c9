"""Code and printed tables on narrow pages: what is wrapped hangs, what has columns scrolls.

A line of code that goes on in a second one would go on at the left margin, as if it were a new
statement. So each line that may be too long becomes a box of its own, which the style sheet
indents. A table that a cell printed can't be read when its lines are broken: it gets a class.
"""

import html
import re

# What fits into the narrowest page, 320 pixels wide.
FITS = 28
SPAN = re.compile(r"<span[^>]*>|</span>")
INDENT = re.compile(r"^((?:<span[^>]*></span>)*)( +)")
GAP = re.compile(r"\S {2,}\S|\S +-?[\d.]+%?(?= |$)")


def text_of(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def hanging(markup):
    """Return a listing in which each long line is an element of its own.

    >>> print(hanging("<pre>a\\n" + "b" * 30 + "</pre>").replace("b" * 30, "b..."))
    <pre>a
    <span class="dl-line" style="--indent:0ch">b...</span></pre>
    """
    start, inside, end = re.fullmatch(r"(<pre.*?>)(.*)(</pre>)", markup, re.DOTALL).groups()
    lines, unclosed = [], []
    for line in inside.splitlines(keepends=True):
        before = "".join(unclosed)
        for tag in SPAN.findall(line):
            if tag == "</span>" and unclosed:
                unclosed.pop()
            elif tag != "</span>":
                unclosed.append(tag)
        text = text_of(line)
        if len(text.rstrip()) > FITS:
            # Spans that reach over several lines are closed and opened again.
            indent = len(text) - len(text.lstrip(" "))
            line = INDENT.sub(r'\1<span class="dl-indent">\2</span>', line)
            line = (
                f'<span class="dl-line" style="--indent:{indent}ch">{before}{line}'
                f"{'</span>' * len(unclosed)}</span>"
            )
            line = f"{'</span>' * before.count('<span')}{line}{''.join(unclosed)}"
        lines.append(line)
    return start + "".join(lines) + end


def has_columns(text):
    """Tell whether what a cell printed is a table: several lines in a row, with gaps in them.

    >>> (
    ...     has_columns("rate   loss\\n 0.1    2.3\\n 0.2    1.4"),
    ...     has_columns("one line\\nand another"),
    ... )
    (True, False)
    """
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) > 1 and sum(bool(GAP.search(line)) for line in lines) > len(lines) / 2


def mark_listings(app, pagename, context, soup):
    if pagename.startswith("_modules/"):  # whole files, with places to link to inside of them
        return
    parts = context["left_out"].parts
    for place in soup.select("article pre[data-left-out]"):
        number = int(place["data-left-out"])
        if not place.find_parent(class_="cell_output"):
            parts[number] = hanging(parts[number])
        elif has_columns(text_of(parts[number])):
            parts[number] = parts[number].replace("<pre", '<pre class="dl-columns"', 1)


def setup(app):
    app.connect("page-finished", mark_listings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
