"""Print the built book as one PDF: cover, contents with page numbers, bookmarks, links.

    python tools/print_book.py                      _build/html -> _build/files/
    python tools/print_book.py --only chapters/setup --out some.pdf

The pages are put together in a browser and printed twice: the first print tells on which
page everything stands, the second has these numbers in its table of contents. Hidden
cells and solutions are open, interactive figures show the frame they start with.
"""

import argparse
import sys
from io import BytesIO
from pathlib import Path

from book_files import FILES, NO_BOOK, ROOT, SITE, STEM, authors, citation, date_of_book
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject
from sphinx_external_toc.parsing import parse_toc_yaml

HERE = ROOT / "tools" / "print"
sys.path.insert(0, str(ROOT / "tests" / "site"))

from site_checks import NO_CHROMIUM, find_chromium, launch, serve  # noqa: E402

# A4 less the margins of print.css, at 96 pixels to the inch.
TEXT_WIDTH = round((210 - 2 * 18) / 25.4 * 96)
# Shows figures again, and tells of the site: of no use on paper.
NOT_PRINTED = {"chapters/gallery", "chapters/status"}
# A formula holds its text twice: for the eye, and as MathML.
HEADING_TEXTS = """(all) => all.map((heading) => {
  const copy = heading.cloneNode(true);
  for (const twin of copy.querySelectorAll(".katex-mathml")) twin.remove();
  return copy.textContent;
})"""
EMPTY = """<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">
<title>{title}</title><style id="print-style">{style}</style></head><body></body></html>"""


def pages_in_order(toc):
    """Return the pages of the book with the part that each one opens, if any."""
    site = parse_toc_yaml(toc)
    pages = []

    def visit(document, part=None):
        name = document.docname
        pages.append({"name": name, "path": f"{name}.html", "part": part})
        for tree in document.subtrees:
            part = tree.caption
            for item in tree.items:
                visit(site[str(item)], part)
                part = None

    visit(site.root)
    return pages


def cover():
    """Return what stands on the cover: what CITATION.cff says of the book."""
    book = citation()
    code, text = book["license"]
    return {
        "title": book["title"],
        "lines": [
            ", ".join(authors()),
            f"Version {book['version']}, {date_of_book():%-d %B %Y}",
            f"Code under {code}, text and figures under {text}.",
        ],
    }


def print_pages(site, pages, front):
    """Return the printed book, its headings, and what had to be made smaller to fit."""
    from playwright.sync_api import sync_playwright

    style = (HERE / "print.css").read_text(encoding="utf-8")
    empty = EMPTY.format(title=front["title"], style=style)
    with serve(site) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(
            viewport={"width": TEXT_WIDTH, "height": 1000},
            device_scale_factor=3,  # laboratories draw as finely as the screen can show
            color_scheme="light",
        )
        place = f"{address}/chapters/print"
        page.route(place, lambda route: route.fulfill(body=empty, content_type="text/html"))
        page.goto(place)
        page.emulate_media(media="print", color_scheme="light")
        page.evaluate(script("assemble.js"), {"pages": pages, "cover": front})
        narrowed = page.evaluate(script("fit.js"))
        number_contents(page, destinations(to_pdf(page)))
        printed = to_pdf(page)
        headings = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(HEADING_TEXTS)
        browser.close()
    return printed, headings, narrowed


def script(name):
    text = (HERE / name).read_text(encoding="utf-8")
    return text[text.index("\n\n") :]  # the comment above is for people


def to_pdf(page):
    pdf = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    return PdfReader(BytesIO(pdf))


def destinations(pdf):
    """Map each place that is linked to within the book to the number of its page."""
    return {
        name.lstrip("/"): pdf.get_destination_page_number(target) + 1
        for name, target in pdf.named_destinations.items()
    }


def number_contents(page, numbers):
    targets = page.locator(".print-number").evaluate_all(
        "(all) => all.map((e) => e.dataset.target)"
    )
    missing = sorted(set(targets) - set(numbers))
    if missing:
        raise RuntimeError(f"not found in the first print: {', '.join(missing)}")
    page.locator(".print-number").evaluate_all(
        "(all, numbers) => all.forEach((e) => { e.textContent = numbers[e.dataset.target]; })",
        numbers,
    )


def bookmarks(item):
    """Yield the entries below a bookmark of a PDF, in reading order."""
    below = item.get("/First")
    while below is not None:
        below = below.get_object()
        yield below
        yield from bookmarks(below)
        below = below.get("/Next")


def name_bookmarks(writer, headings):
    """Call the bookmarks what the headings say.

    Chromium runs words together at the end of a line, and says a heading twice that
    stands at the top of a page.
    """
    found = list(bookmarks(writer.root_object["/Outlines"].get_object()))
    if len(found) != len(headings):
        raise RuntimeError(f"{len(found)} bookmarks for {len(headings)} headings")
    for item, heading in zip(found, headings, strict=True):
        item[NameObject("/Title")] = TextStringObject(" ".join(heading.split()))


def store(pdf, front, headings, out):
    writer = PdfWriter(clone_from=pdf)
    name_bookmarks(writer, headings)
    date = date_of_book().strftime("D:%Y%m%d%H%M%SZ")
    writer.add_metadata(
        {
            "/Title": front["title"],
            "/Author": front["lines"][0],
            "/Creator": "tools/print_book.py",
            "/CreationDate": date,
            "/ModDate": date,
        }
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    writer.write(out)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--out", type=Path, default=FILES / f"{STEM}.pdf")
    parser.add_argument("--only", nargs="+", metavar="PAGE", help="print these pages only")
    options = parser.parse_args(arguments)
    if not find_chromium():
        return f"The PDF is printed by a browser: {NO_CHROMIUM}, then run 'make pdf' again."
    if not (options.site / "index.html").exists():
        return NO_BOOK.format(options.site)

    pages = pages_in_order(ROOT / "_toc.yml")
    wanted = options.only or {page["name"] for page in pages} - NOT_PRINTED
    pages = [page for page in pages if page["name"] in wanted]
    if not pages:
        return f"None of these is a page of the book: {', '.join(options.only)}"
    front = cover()
    pdf, headings, narrowed = print_pages(options.site, pages, front)
    store(pdf, front, headings, options.out)
    for text in narrowed:
        print(f"made smaller to fit: {text!r}")
    print(f"{options.out}: {len(pdf.pages)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
