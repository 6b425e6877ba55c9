"""List the pages of the book that differ between two builds, for who reviews a change.

    python tools/changed_pages.py OLD_SITE NEW_SITE     prints Markdown

Only what a reader reads counts: the text of the page and its figures, not what frames it.
The status page differs in every build and is left out.
"""

import argparse
import re
import sys
from pathlib import Path

ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
IMAGE = re.compile(r'<img\b[^>]*\bsrc="([^"]+)"')
TITLE = re.compile(r"<h1>(.*?)(?:<a class=\"headerlink\"|</h1>)", re.DOTALL)
ALWAYS_NEW = {"chapters/status.html"}


def pages(site):
    """Map each page of a built book to what there is to read on it: text and pictures."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        article = ARTICLE.search(path.read_text(encoding="utf-8"))
        if article and name not in ALWAYS_NEW and not name.startswith("_"):
            found[name] = (article[0], pictures(path, article[0]))
    return found


def pictures(page, text):
    """Return the bytes of the pictures that a page shows, as far as they are its own files."""
    files = [page.parent / source for source in IMAGE.findall(text) if ":" not in source]
    return [file.read_bytes() for file in files if file.exists()]


def title(text):
    """Return the heading of a page, as text.

    >>> title('<article><h1><span>7. </span>Variants<a class="headerlink" href="#x">#</a></h1>')
    '7. Variants'
    """
    match = TITLE.search(text)
    return re.sub(r"<[^>]+>", "", match[1]).strip() if match else ""


def compare(old, new):
    """Return three lists of names: the pages that are new, changed, and gone."""
    before, after = pages(old), pages(new)
    added = [name for name in after if name not in before]
    changed = [name for name in after if name in before and after[name] != before[name]]
    removed = [name for name in before if name not in after]
    return added, changed, removed


def report(old, new):
    """Return the comparison as Markdown."""
    lines = ["## Pages of the book that this changes", ""]
    texts = {name: text for site in (old, new) for name, (text, _) in pages(site).items()}
    for kind, names in zip(("new", "changed", "gone"), compare(old, new), strict=True):
        lines += [f"- {kind}: {title(texts[name])} (`{name}`)" for name in names]
    if len(lines) == 2:
        lines.append("None.")
    return "\n".join(lines)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    options = parser.parse_args(arguments)
    for site in (options.old, options.new):
        if not pages(site):
            return f"There is no built book in {site}."
    print(report(options.old, options.new))
    return 0


if __name__ == "__main__":
    sys.exit(main())
