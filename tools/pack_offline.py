"""Pack the built book into a zip file that is read by a double click, without a network.

python tools/pack_offline.py        _build/html -> _build/files/
"""

import argparse
import re
import sys
from pathlib import Path

from book_files import FILES, NO_BOOK, SITE, STEM, write_zip

README = """\
Deep Learning from the Gradient Up

Unpack this folder and open index.html in any browser. Everything works from here: search,
interactive figures, formulas. Nothing is fetched from the network.
"""
EXCERPTS = re.compile(rb"(\bSHOW_SEARCH_SUMMARY:\s*)(?:true|!0)")
# What Sphinx keeps for itself.
NOT_FOR_READERS = {".buildinfo", ".nojekyll", "objects.inv"}
# An index that is fetched; the search page takes Sphinx's, a script, from a disk.
NOT_FROM_A_DISK = "pagefind"


def pack(site, out):
    """Store all pages of a site, and what they need, below one folder."""
    contents = {
        f"{STEM}/{path.relative_to(site).as_posix()}": path.read_bytes()
        for path in site.rglob("*")
        if path.is_file()
        and path.name not in NOT_FOR_READERS
        and path.relative_to(site).parts[0] != NOT_FROM_A_DISK
    }
    # The excerpts below search results are fetched, which a page from a disk may not do.
    # Which script holds the setting, and how short it is written, is the site's affair.
    for name in contents:
        if name.endswith(".js"):
            contents[name] = EXCERPTS.sub(rb"\g<1>false", contents[name])
    contents[f"{STEM}/README.txt"] = README.encode()
    write_zip(out, contents)
    return len(contents)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--out", type=Path, default=FILES / f"{STEM}-offline.zip")
    options = parser.parse_args(arguments)
    if not (options.site / "index.html").exists():
        return NO_BOOK.format(options.site)
    count = pack(options.site, options.out)
    print(f"{options.out}: {count} files, {options.out.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
