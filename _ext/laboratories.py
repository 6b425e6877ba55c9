"""The laboratories in the site: one style and one script, on the pages that have one.

A notebook stores only a sentence, with what the laboratory was made of; here it becomes the
laboratory. Its style and script are `_static/labs.css` and `_static/labs.js`, which no other
page loads.
"""

import html
import json
import re
from pathlib import Path

from docutils import nodes

from dlcourse import labs
from dlcourse.labs._laboratory import SCRIPTS, part

STORED = re.compile(
    r'<div class="dl-lab-stored" data-lab="(\w+)" data-arguments="([^"]*)">.*?</div>', re.DOTALL
)
INSTEAD = "Here is a laboratory that computes in the page; it needs a browser with JavaScript."


def laboratory(stored):
    """Return the HTML of the laboratory that a notebook stores as a sentence.

    >>> stored = STORED.search(labs.graph_lab("x * x", x=3).to_sentence())
    >>> laboratory(stored) == labs.graph_lab("x * x", x=3).to_html()
    True
    """
    make = getattr(labs, stored[1])
    return make(**json.loads(html.unescape(stored[2]))).to_html()


def bring_in(app, doctree):
    """Put the laboratories of a page into their places; an e-book gets a sentence."""
    for node in list(doctree.findall(nodes.raw)):
        text = node.astext()
        if node.get("format") != "html" or not STORED.search(text):
            continue
        if app.builder.name == "html":
            node.rawsource = STORED.sub(laboratory, text)
            node[:] = [nodes.Text(node.rawsource)]
        else:
            node.replace_self(nodes.paragraph("", INSTEAD))


def link_files(app, pagename, context, soup):
    """Link style and script where a page has a laboratory."""
    if app.builder.name != "html" or not soup.select_one(".dl-lab"):
        return
    folder = f"{context['content_root']}_static"
    title = soup.head.find("title")
    title.insert_after(soup.new_tag("script", src=f"{folder}/labs.js", defer=""))
    title.insert_after(soup.new_tag("link", rel="stylesheet", href=f"{folder}/labs.css"))


def write_files(app, exception):
    """Write the style and the script, which are the same as in a notebook."""
    if exception or app.builder.name != "html":
        return
    folder = Path(app.outdir) / "_static"
    (folder / "labs.css").write_text(part("lab.css"), encoding="utf-8")
    script = "".join(part(name) for name in SCRIPTS)
    (folder / "labs.js").write_text(script, encoding="utf-8")


def setup(app):
    app.connect("doctree-read", bring_in)
    app.connect("page-finished", link_files, priority=600)
    app.connect("build-finished", write_files, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
