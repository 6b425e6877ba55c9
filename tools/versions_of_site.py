"""Put the released versions of the book beside the current one, and link them to one another.

    python tools/versions_of_site.py --pack              _build/site -> _build/files/*-site.zip
    python tools/versions_of_site.py --archives FOLDER   FOLDER/*-site.zip -> _build/site/v/

A release keeps its whole site in one file (.github/workflows/release.yml). Whoever publishes
the book unpacks all of them: a page of version 0.2.0 has its address below `v/0.2.0/` for
good. Then every page, the old ones too, gets links to itself in the other versions, and an old
one says that it is. All of it is plain HTML: there is nothing to ask for and no script to run.
`versions.json` lists the versions for those who read them by machine.
"""

import argparse
import html
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

from book_files import FILES, ROOT, STEM, write_zip
from packaging.version import Version

SITE = ROOT / "_build" / "site"
BELOW = "v"  # where the released versions lie
# These are right only where the site begins: they name addresses of the current version.
ONLY_AT_THE_ROOT = {".nojekyll", "404.html", "robots.txt", "sitemap.xml"}

# What _templates/version.html and _templates/page.html keep free.
PLACE = re.compile(r"<p>Version (?P<version>\S+)\.<!-- other versions --></p>")
NOTICE = "<!-- older version -->"


def version_of(site):
    """Return the version that the pages of a site say they are."""
    for page in sorted(site.rglob("*.html")):
        if page.relative_to(site).parts[0] == BELOW:
            continue
        if found := PLACE.search(page.read_text(encoding="utf-8")):
            return found["version"]
    raise ValueError(f"No page of {site} keeps a place for other versions: run 'make site' first.")


def archive_name(version):
    return f"{STEM}-{version}-site.zip"


def pack(site, folder):
    """Store a whole site in a file, the same bytes each time; return the file."""
    names = (path for path in site.rglob("*") if path.is_file())
    contents = {path.relative_to(site).as_posix(): path.read_bytes() for path in names}
    out = folder / archive_name(version_of(site))
    write_zip(out, contents)
    return out


def unpack(archives, site):
    """Unpack each archive below the site; return the folder of each version, the newest first."""
    shutil.rmtree(site / BELOW, ignore_errors=True)
    found = {}
    for archive in archives:
        with zipfile.ZipFile(archive) as file:
            names = [name for name in file.namelist() if name not in ONLY_AT_THE_ROOT]
            folder = site / BELOW / archive.name.removeprefix(f"{STEM}-").removesuffix("-site.zip")
            file.extractall(folder, names)
        if version_of(folder) != folder.name:
            raise ValueError(f"{archive.name} holds version {version_of(folder)}.")
        found[folder.name] = folder
    return dict(sorted(found.items(), key=lambda item: Version(item[0]), reverse=True))


def address(page, site, home, other):
    """Return where a page of the version in `home` leads to for the one in `other`."""
    name = page.relative_to(home)
    there = other / name if (other / name).exists() else other / "index.html"
    up = "../" * (len(page.relative_to(site).parts) - 1)
    return html.escape(up + there.relative_to(site).as_posix())


def link(site, released):
    """Write into every page of every version where the others are; return how many there were."""
    current, count = version_of(site), 0
    homes = {"the current one": site, **released}
    for name, home in homes.items():
        is_old = home != site and Version(name) < Version(current)
        for page in home.rglob("*.html"):
            if home == site and page.relative_to(site).parts[0] == BELOW:
                continue
            text = page.read_text(encoding="utf-8")
            if not (found := PLACE.search(text)):
                continue
            links = [
                f'<a href="{address(page, site, home, other)}">{html.escape(label)}</a>'
                for label, other in homes.items()
                if label != name
            ]
            others = f" Other versions: {', '.join(links)}." if links else ""
            line = f"<p>Version {html.escape(found['version'])}.{others}</p>"
            text = text.replace(found[0], line)
            notice = NEWER.format(address(page, site, home, site)) if is_old else ""
            page.write_text(text.replace(NOTICE, notice), encoding="utf-8", newline="\n")
            count += 1
    return count


NEWER = """<div class="admonition note">
<p class="admonition-title">An older version</p>
<p>This page stays as it was released. There is <a href="{}">a newer version</a>.</p>
</div>"""


def list_versions(site, released):
    """Return what `versions.json` says."""
    versions = [(version_of(site), ""), *((name, f"{BELOW}/{name}/") for name in released)]
    return json.dumps([{"version": name, "path": path} for name, path in versions], indent=2)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", type=Path, default=SITE)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--pack", action="store_true", help="store this site in one file")
    what.add_argument("--archives", type=Path, metavar="FOLDER", help="put these beside it")
    options = parser.parse_args(arguments)
    try:
        if options.pack:
            print(pack(options.site, FILES))
            return 0
        version_of(options.site)  # or else there is no place for a link
        released = unpack(sorted(options.archives.glob(archive_name("*"))), options.site)
        listed = list_versions(options.site, released)
        pages = link(options.site, released)
    except ValueError as problem:
        return str(problem)
    (options.site / "versions.json").write_text(f"{listed}\n", encoding="utf-8", newline="\n")
    print(f"{pages} pages of the current version and of {', '.join(released) or 'no other'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
