"""The index of the book's search, made by Pagefind when the pages stand.

What is found is a section, not a page: each section of the text, and each name of the
reference, goes into the index as a document of its own. Pagefind reads them from a folder,
and writes `pagefind/`, of which a reader's browser loads the pieces that a search needs.

Listings, drawings, folded labels and answers stay out, and of a formula, which a page holds
twice, only the half for screen readers goes in. The page itself is `_templates/search.html`
with `_ext/search/search.js`. Sphinx's own index stays beside it for pages opened from a
disk, where a browser refuses to fetch anything.
"""

import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from book_site import chapter_number
from sphinx.errors import ExtensionError

SCRIPT = Path(__file__).parent / "search" / "search.js"
FOLDER = "pagefind"
ARTICLE = re.compile(r'<article class="bd-article".*?</article>', re.DOTALL)
PLACE = re.compile(
    r'<section[^>]* id="(?P<section>[^"]+)"|<dt class="sig sig-object py" id="(?P<name>[^"]+)"'
)
HEADING = re.compile(r"<h([1-6])>(?P<title>.*?)</h\1>", re.DOTALL)
LEFT_OUT = (
    ".katex-html, annotation, .headerlink, .eqno, .viewcode-link, "
    "pre, svg, summary, .dl-ask, .dl-answer, .dl-interactive, .dl-lab"
)
# A chapter teaches what the reference only names, and an exercise asks for.
WEIGHTS = {"chapter": 1, "exercise": 0.5, "reference": 0.4}
DOCUMENT = """<!DOCTYPE html>
<html lang="{language}"><body><main data-pagefind-body data-pagefind-weight="{weight}">
<i data-pagefind-meta="url[data-is], title[data-title], page[data-page], kind[data-kind]"
data-is="{url}" data-title="{title}" data-page="{page}" data-kind="{kind}"></i>
<h2>{title}</h2>{text}</main></body></html>
"""
# Forms of Pagefind that the search page does not use, and words of other languages.
NOT_LOADED = ("pagefind-*-ui.*", "pagefind-ui.*", "pagefind-highlight.js", "wasm.unknown.*")


def plain(markup):
    """Return the words of a heading, each formula once.

    >>> plain('7.6. Adam &amp; <em>friends</em><a class="headerlink" href="#x">#</a>')
    '7.6. Adam & friends'
    """
    markup = re.sub(r'<a class="headerlink".*?</a>', "", markup, flags=re.DOTALL)
    markup = re.sub(r"<annotation.*?</annotation>", "", markup, flags=re.DOTALL)
    markup = re.sub(r'<span class="katex-html".*', "", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def sections(page):
    """Yield the places of a page that a search can lead to: name, title, text, page's title.

    >>> page = '''<article class="bd-article"><section id="sums"><h1>4. Sums</h1><p>All.</p>
    ... <section id="of-two"><h2>4.1. Of two</h2><p>1 + 1</p></section></section></article>'''
    >>> for name, title, text, page in sections(page):
    ...     print(name, "|", title, "|", plain(text), "|", page)
    sums | 4. Sums | All. | 4. Sums
    of-two | 4.1. Of two | 1 + 1 | 4. Sums
    """
    article = ARTICLE.search(page)
    if not article:
        return
    article = article[0]
    places = list(PLACE.finditer(article))
    ends = [place.start() for place in places[1:]] + [len(article)]
    page_title = None
    for place, end in zip(places, ends, strict=True):
        text = article[place.start() : end]
        heading = HEADING.search(text)
        if place["name"]:
            title = place["name"].removeprefix("dlcourse.").split(".", 1)[-1]
        elif heading:
            title = plain(heading["title"])
            text = text.replace(heading[0], "", 1)
        else:
            continue
        # The tag that a place begins with has lost its end.
        text = text[text.index(">") + 1 :]
        page_title = page_title or title
        yield place["name"] or place["section"], title, text, page_title


def kind_of(docname, title):
    """Say which of three kinds of place this is.

    >>> kind_of("chapters/07_variants", "7.6. Adam"), kind_of("chapters/api", "Adam")
    ('chapter', 'reference')
    """
    if chapter_number(docname) is None:
        return "reference"
    return "exercise" if re.match(r"Exercise \d", title) else "chapter"


def documents(app):
    """Yield what goes into the index, in the order of the pages."""
    for docname in sorted(app.env.found_docs):
        path = Path(app.outdir) / f"{docname}.html"
        if "nosearch" in app.env.metadata[docname] or not path.exists():
            continue
        for name, title, text, page in sections(path.read_text(encoding="utf-8")):
            kind = kind_of(docname, title)
            facts = {"url": f"{docname}.html#{name}", "title": title, "page": page, "kind": kind}
            facts = {key: html.escape(value) for key, value in facts.items()}
            yield DOCUMENT.format(
                **facts, text=text, weight=WEIGHTS[kind], language=app.config.language
            )


def write_index(app, exception):
    """Run Pagefind over the sections of all pages."""
    if exception or app.builder.name != "html":
        return
    outdir = Path(app.outdir)
    target = outdir / FOLDER
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, document in enumerate(documents(app)):
            Path(folder, f"{number:05}.html").write_text(document, encoding="utf-8")
        command = [sys.executable, "-m", "pagefind", "--site", folder, "--output-path", target]
        command += ["--exclude-selectors", LEFT_OUT, "--quiet"]
        # Beside a configuration file Pagefind would follow it.
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise ExtensionError(f"Pagefind made no index:\n{done.stdout}{done.stderr}")
    for pattern in NOT_LOADED:
        for path in target.glob(pattern):
            path.unlink()
    shutil.copy(SCRIPT, outdir / "_static" / SCRIPT.name)


def setup(app):
    # Before lean_pages.py looks which rules the pages and scripts use.
    app.connect("build-finished", write_index, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
