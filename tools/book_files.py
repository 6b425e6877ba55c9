"""What the tools share that make a file of the whole book: its name, its date, zipping.

The date is that of the last commit, so that the same text gives the same bytes.
"""

import os
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
FILES = ROOT / "_build" / "files"
STEM = "deep-learning-from-the-gradient-up"
NO_BOOK = "There is no book in {}: run 'make book' first."

# The first moment that a zip file can name.
EARLIEST = (1980, 1, 1, 0, 0, 0)


def citation():
    """Return what CITATION.cff says."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def authors():
    return [
        a.get("name") or f"{a['given-names']} {a['family-names']}" for a in citation()["authors"]
    ]


def date_of_book():
    """Return when the text was last committed, or what SOURCE_DATE_EPOCH says."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        git = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        seconds = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return datetime.fromtimestamp(int(seconds or 0), UTC)


def write_zip(path, contents, stored=()):
    """Write a zip file whose bytes depend on nothing but its contents.

    Parameters
    ----------
    path : Path
    contents : dict of str to bytes
        What to store, by name.
    stored : sequence of str
        Names that come first, and are not compressed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [*stored, *sorted(set(contents) - set(stored))]
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, contents[name], compresslevel=9)
