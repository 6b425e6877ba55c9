"""Complete the built book for publication: add its other forms, and say where they are.

    python tools/finish_site.py         _build/html and _build/files -> _build/site

`make book` alone needs no browser and so has no PDF to offer; the pages it makes hold a
mark where the list of files belongs. This tool copies the pages, puts the files beside
them, and the list in place of the mark.
"""

import argparse
import html
import shutil
import sys
from pathlib import Path

from book_files import FILES, NO_BOOK, ROOT, SITE, STEM

MARK = "<!-- downloads -->"
FORMS = {
    f"{STEM}.pdf": "The book as a PDF",
    f"{STEM}.epub": "The book as an e-book (ePub)",
    f"{STEM}-offline.zip": "These pages to read without a network (zip)",
}


def size(path):
    """Return the size of a file as a reader is told it.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(bytes(1_250_000))
    ...     file.flush()
    ...     size(Path(file.name))
    '1.2 MB'
    """
    return f"{path.stat().st_size / 1e6:.1f} MB"


def listing(files, folder):
    """Return the list of files as HTML, with links to a folder."""
    items = "\n".join(
        f'<li><a href="{html.escape(folder)}/{path.name}" download>{FORMS[path.name]}</a>, '
        f"{size(path)}</li>"
        for path in files
    )
    return f'<ul class="dl-downloads">\n{items}\n</ul>'


def finish(site, files, out):
    """Copy a site and complete it; return the pages that list the files."""
    missing = [name for name in FORMS if not (files / name).exists()]
    if missing:
        raise FileNotFoundError(f"{files} lacks {', '.join(missing)}")
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(site, out)
    folder = out / "_downloads"
    folder.mkdir(exist_ok=True)
    copies = [Path(shutil.copy(files / name, folder)) for name in FORMS]
    changed = []
    for page in sorted(out.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        if MARK in text:
            up = "../" * (len(page.relative_to(out).parts) - 1)
            text = text.replace(MARK, listing(copies, f"{up}_downloads"))
            page.write_text(text, encoding="utf-8", newline="\n")
            changed.append(page)
    # GitHub Pages would otherwise leave out the folders that begin with an underscore.
    (out / ".nojekyll").touch()
    return changed


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--files", type=Path, default=FILES)
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "site")
    options = parser.parse_args(arguments)
    if not (options.site / "index.html").exists():
        return NO_BOOK.format(options.site)
    try:
        changed = finish(options.site, options.files, options.out)
    except FileNotFoundError as problem:
        return f"{problem}: run 'make site', which makes all of them."
    if not changed:
        return f"No page of {options.site} has the mark {MARK!r}: the files would not be found."
    print(f"{options.out}: ready to publish")
    return 0


if __name__ == "__main__":
    sys.exit(main())
