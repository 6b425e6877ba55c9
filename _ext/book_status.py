"""What the status page says of this build: date, versions, number of tests.

This is the only page that may differ from build to build. It keeps out of the search
index, which would then differ too.
"""

import os
import platform
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

from dlcourse import __version__

PACKAGES = ("numpy", "matplotlib", "ipywidgets", "scikit-learn", "jupyter-book")
# What `make test` runs before there is a built book to look at.
COUNTED = ["tests", "dlcourse", "_ext"]
COLLECT = [*COUNTED, "--doctest-modules", "--ignore", "tests/site/test_site.py"]
COLLECT += ["--ignore", "tests/site/test_site_files.py"]


def today(environment=os.environ):
    """Return the date of the build, or the one that SOURCE_DATE_EPOCH gives.

    >>> today({"SOURCE_DATE_EPOCH": "0"})
    '1970-01-01'
    """
    seconds = environment.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.now(UTC)
    return moment.date().isoformat()


def count_tests(root):
    """Ask pytest how many tests there are; None if it can't be asked."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *COLLECT]
    # The book's own tests are counted as they are, whatever this build was told to run.
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "PYTEST_ADDOPTS")}
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
    return read_count(answer.stdout) if answer.returncode == 0 else None


def read_count(output):
    """Return the number of tests from what pytest printed last.

    >>> read_count("tests/test_a.py::test_b\\n\\n1289 tests collected in 3.50s\\n")
    1289
    """
    match = re.search(r"^(\d+) tests? collected", output, re.MULTILINE)
    return int(match[1]) if match else None


def count_tests_once(env):
    """Count the tests, or recall their number when no file they come from has changed."""
    root = Path(env.app.confdir)
    files = sorted(path for name in COUNTED for path in (root / name).rglob("*.py"))
    now = [(str(path), path.stat().st_mtime_ns) for path in files]
    before, count = getattr(env, "counted_tests", (None, None))
    if now != before:
        count = count_tests(root)
        env.counted_tests = (now, count)
    return count


def start_counting(app, env, docnames):
    """Count on the machine's other core while this one reads the pages."""
    app.counted_tests = ThreadPoolExecutor(1).submit(count_tests_once, env)


def facts(env):
    """Return the rows of the table."""
    rows = [("Book and dlcourse", __version__), ("Built on", today())]
    rows.append(("Python", platform.python_version()))
    for package in PACKAGES:
        try:
            rows.append((package, version(package)))
        except PackageNotFoundError:
            rows.append((package, "not installed"))
    count = env.app.counted_tests.result()
    rows.append(("Tests of package and tools", f"{count:,}" if count else "not counted"))
    return rows


class BookStatus(Directive):
    """``{book-status}``: a table of what this build was made with."""

    def run(self):
        env = self.state.document.settings.env
        env.metadata[env.docname]["is_status"] = "yes"
        return [table(("what", "in this build"), facts(env))]


def table(head, rows):
    group = nodes.tgroup(cols=2)
    group += [nodes.colspec(colwidth=50), nodes.colspec(colwidth=50)]
    group += nodes.thead("", row(head))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group, classes=["colwidths-auto"])


def row(texts):
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", text)) for text in texts))


def read_again(app, env, added, changed, removed):
    """Read the status page again whenever something else is read."""
    if not (added or changed or removed):
        return []
    return [name for name, data in env.metadata.items() if data.get("is_status")]


def setup(app):
    app.add_directive("book-status", BookStatus)
    app.connect("env-get-outdated", read_again)
    app.connect("env-before-read-docs", start_counting)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
