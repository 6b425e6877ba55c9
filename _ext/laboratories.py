"""The laboratories in the site: style and script on the pages that have one.

A notebook stores only a sentence, with what the laboratory was made of; here it becomes the
laboratory. Its script is `_static/labs.js`, which no other page loads.
"""

import hashlib
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


def bring_in(app, doctree, docname):
    """Put the laboratories of a page into their places; an e-book gets a sentence.

    Late, since what was read for the pages is read again for the e-book.
    """
    for node in list(doctree.findall(nodes.raw)):
        text = node.astext()
        if node.get("format") != "html" or not STORED.search(text):
            continue
        if app.builder.name == "html":
            node.rawsource = STORED.sub(laboratory, text)
            node[:] = [nodes.Text(node.rawsource)]
        else:
            node.replace_self(nodes.paragraph("", INSTEAD))


def script():
    """Return the script of the laboratories, which is the same as in a notebook."""
    return "".join(part(name) for name in SCRIPTS)


def link_files(app, pagename, context, soup):
    """Bring style and script where a page has a laboratory; the style is short, and inside."""
    if app.builder.name != "html" or not soup.select_one(".dl-lab"):
        return
    version = hashlib.sha256(script().encode()).hexdigest()[:8]
    address = f"{context['content_root']}_static/labs.js?v={version}"
    style = soup.new_tag("style", id="dl-lab-style")
    style.string = part("lab.css")
    title = soup.head.find("title")
    title.insert_after(style)
    title.insert_after(soup.new_tag("script", src=address, defer=""))


def write_script(app, exception):
    """Write the script into the site."""
    if exception or app.builder.name != "html":
        return
    (Path(app.outdir) / "_static" / "labs.js").write_text(script(), encoding="utf-8")


def setup(app):
    app.connect("doctree-resolved", bring_in)
    app.connect("page-finished", link_files, priority=600)
    app.connect("build-finished", write_script, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
