"""Make the book an ePub: build it with Sphinx, then say in its manifest what is in it.

python tools/make_epub.py        -> _build/files/
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from book_files import FILES, ROOT, STEM, date_of_book, write_zip

BUILT = ROOT / "_build" / "epub"
MIMETYPE = "mimetype"  # ePub wants it first, and as it is


def build():
    """Build the book with Sphinx's ePub builder; return the file, or None if it failed."""
    shutil.rmtree(BUILT, ignore_errors=True)  # else Sphinx packs what is left from last time
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(int(date_of_book().timestamp()))}
    command = [
        Path(sys.executable).with_name("jupyter-book"),
        "build",
        ".",
        "-n",
        "-W",
        "--keep-going",
    ]
    command += ["--builder", "custom", "--custom-builder", "epub"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if ran.returncode:
        print(ran.stdout[-3000:], ran.stderr[-3000:], file=sys.stderr)
        return None
    (built,) = BUILT.glob("*.epub")
    return built


def repair_page(text):
    """Make a page what XHTML and MathML allow; browsers are more patient than e-readers."""
    # MyST-NB sets paragraphs into the summary of a folded cell: one to show while it is
    # closed, one while it is open. Without its style sheet both would be seen.
    text = re.sub(r'<p class="expanded.*?</p>', "", text)
    text = re.sub(
        r"<summary.*?</summary>",
        lambda summary: re.sub(r"(</?)p\b", r"\1span", summary[0]),
        text,
        flags=re.DOTALL,
    )
    # Style sheets of the site that are no part of an e-book.
    sheets = r'<link rel="stylesheet"[^>]*_static/(?:mystnb|exercise|katex)[^>]*>\s*'
    text = re.sub(sheets, "", text)
    return repair_drawing(text.replace(' columnspacing=""', ""))


def repair_drawing(text):
    """Give the blank of a font an outline, if an empty one, and name no outside grammar."""
    text = re.sub(r"<!DOCTYPE svg[^>]*>", "", text)
    return re.sub(r"<path (?![^>]*\bd=)", '<path d="M0 0" ', text)


def finish(contents):
    """Complete an ePub, given as its files by name.

    Reading systems want to know beforehand which pages hold formulas or drawings.
    """
    done = {}
    for name, data in contents.items():
        if name.endswith(".xhtml"):
            data = repair_page(data.decode()).encode()
        elif name.endswith(".svg"):
            data = repair_drawing(data.decode()).encode()
        elif name.endswith("book.css"):
            data = (ROOT / "tools" / "print" / "epub.css").read_bytes()
        done[name] = data

    def complete(item):
        href = re.search(r'href="([^"]+)"', item[0])[1]
        page = done.get(href, b"")
        found = [kind for kind, tag in (("mathml", b"<math"), ("svg", b"<svg")) if tag in page]
        if not href.endswith(".xhtml") or not found or "properties=" in item[0]:
            return item[0]
        return item[0].replace("<item ", f'<item properties="{" ".join(found)}" ', 1)

    manifest = re.sub(r"<item [^>]*>", complete, done["content.opf"].decode())
    identifier = re.search(r"<dc:identifier[^>]*>([^<]+)<", manifest)[1]
    done["content.opf"] = manifest.encode()
    # The older table of contents must name the same book.
    done["toc.ncx"] = re.sub(
        rb'(name="dtb:uid" content=")[^"]*', rb"\g<1>" + identifier.encode(), done["toc.ncx"]
    )
    return done


def main():
    built = build()
    if built is None:
        return 1
    with zipfile.ZipFile(built) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    out = FILES / f"{STEM}.epub"
    write_zip(out, finish(contents), stored=[MIMETYPE])
    print(f"{out}: {len(contents)} files, {out.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
