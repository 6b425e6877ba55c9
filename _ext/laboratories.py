"""The laboratories in the site: one style and one script, on the pages that have one.

In a notebook the first laboratory brings style and script itself. Here they leave the page for
`_static/labs.css` and `_static/labs.js`, which no other page loads.
"""

import re
from pathlib import Path

from docutils import nodes

from dlcourse.labs._laboratory import SCRIPTS, part

SENT = re.compile(r"<style>.*?</style>\s*<script>.*?</script>", re.DOTALL)
MARK = 'class="dl-lab '
INSTEAD = "Here is a laboratory that computes in the page; it needs a browser with JavaScript."


def take_out_scripts(app, doctree):
    """Leave style and script out of the laboratories of a page; an e-book gets a sentence."""
    for node in list(doctree.findall(nodes.raw)):
        text = node.astext()
        if node.get("format") != "html" or MARK not in text:
            continue
        if app.builder.format != "html" or app.builder.name == "epub":
            node.replace_self(nodes.paragraph("", INSTEAD))
            continue
        text = SENT.sub("", text)
        node.rawsource, node[:] = text, [nodes.Text(text)]


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
    app.connect("doctree-read", take_out_scripts)
    app.connect("page-finished", link_files, priority=600)
    app.connect("build-finished", write_files, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
