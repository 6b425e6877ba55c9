"""The gallery: every interactive figure of the book on one page, found by itself.

Whatever page shows an interactive figure, in a notebook or not, its figure is in the
gallery: a still picture, the way to its place in the book, and a button that fetches the
living figure, so that the page stays light. It comes as a script and not as data,
because a page opened from a disk or a memory stick may load only that.
"""

import base64
import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.transforms.post_transforms import SphinxPostTransform

FIGURES = Path("_static") / "figures"
# For places that strip drawings and scripts from a page; this site shows both.
STILL = re.compile(r"<noscript>.*?base64,([^\"]*)\"></noscript>\n?", re.DOTALL)


@dataclass(frozen=True)
class Found:
    """An interactive figure and the place where it stands."""

    key: str
    html: str
    still: str
    alt: str
    sliders: str
    caption: str
    title: str
    anchor: str


def read_figure(text):
    """Return what the HTML of an interactive figure says of it, and the HTML for this site."""

    def find(pattern):
        return html.unescape(re.search(pattern, text, re.DOTALL)[1])

    return {
        "key": find(r'class="dl-interactive ([\w-]+)"'),
        "html": STILL.sub("", text),
        "still": base64.b64decode(STILL.search(text)[1]).decode(),
        "alt": find(r'role="img" aria-label="([^"]*)"'),
        "sliders": find(r'aria-label="Interactive figure: ([^"]*)"'),
        "caption": find(r'<p class="dl-caption"[^>]*>(.*?)</p>'),
    }


def interactive(doctree):
    """Yield the nodes of a page that hold an interactive figure."""
    for node in doctree.findall(nodes.raw):
        if node.get("format") == "html" and 'class="dl-interactive ' in node.astext():
            yield node


def collect(app, doctree):
    """Note the figures of a page that was read, and leave out what this site doesn't need."""
    found = []
    for node in interactive(doctree):
        figure = read_figure(node.astext())
        section = node.parent
        while not isinstance(section, nodes.section):
            section = section.parent
        title = section.next_node(nodes.title).astext()
        found.append(Found(**figure, title=title, anchor=section["ids"][0]))
        node.rawsource = figure["html"]
        node[:] = [nodes.Text(figure["html"])]
    figures_of(app.env)[app.env.docname] = found


def figures_of(env):
    if not hasattr(env, "interactive_figures"):
        env.interactive_figures = {}
    return env.interactive_figures


def forget(app, env, docname):
    figures_of(env).pop(docname, None)


def merge(app, env, docnames, other):
    figures_of(env).update({name: figures_of(other).get(name, []) for name in docnames})


def in_reading_order(env, docname=None):
    """Yield the pages of the book as the contents list them."""
    docname = docname or env.config.root_doc
    yield docname
    for below in env.toctree_includes.get(docname, ()):
        yield from in_reading_order(env, below)


class Gallery(Directive):
    """``{gallery}``: all figures; filled in when all pages have been read."""

    def run(self):
        env = self.state.document.settings.env
        env.metadata[env.docname]["is_gallery"] = "yes"
        return [gallery()]


class gallery(nodes.General, nodes.Element):
    """The place of the gallery in its page."""


class FillGallery(SphinxPostTransform):
    """Put the figures into the gallery."""

    default_priority = 500

    def run(self, **options):
        # An e-book shows the same still picture in its place: the way there is enough.
        is_ebook = self.app.builder.name == "epub"
        make, script = (entry, "") if is_ebook else (card, SCRIPT)
        for node in list(self.document.findall(gallery)):
            parts = []
            for docname in in_reading_order(self.env):
                figures = figures_of(self.env).get(docname, [])
                if figures:
                    chapter = html.escape(chapter_title(self.env, docname))
                    parts.append(f"<h2>{chapter}</h2>")
                    uri = self.app.builder.get_relative_uri(self.env.docname, docname)
                    parts += [make(figure, uri) for figure in figures]
            text = "\n".join([*parts, script])
            node.replace_self(nodes.raw("", text, format="html"))


class StillFigures(SphinxPostTransform):
    """In an e-book, which runs no script, show the frame that a figure starts with."""

    default_priority = 501
    builders = ("epub",)

    def run(self, **options):
        stills = {f.key: f for figures in figures_of(self.env).values() for f in figures}
        for node in list(interactive(self.document)):
            figure = stills[read_key(node.astext())]
            picture = (
                f'<div role="img" aria-label="{html.escape(figure.alt)}">{figure.still}</div>'
                f"<p>{html.escape(figure.caption)}</p>"
            )
            node.replace_self(nodes.raw("", picture, format="html"))


def read_key(text):
    return re.search(r'class="dl-interactive ([\w-]+)"', text)[1]


def chapter_title(env, docname):
    number = env.toc_secnumbers.get(docname, {}).get("")
    title = env.titles[docname].astext()
    return f"{number[0]}. {title}" if number else title


def entry(figure, uri):
    title = html.escape(figure.title)
    return f'<p><a href="{uri}#{figure.anchor}">{title}</a> ({html.escape(figure.sliders)})</p>'


def card(figure, uri):
    """Return one figure of the gallery as HTML."""
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', figure.still).groups()
    title = html.escape(figure.title)
    return f"""<figure class="dl-card" data-figure="{figure.key}">
<div class="dl-card-picture"><img src="../{FIGURES.as_posix()}/{figure.key}.svg"
width="{round(float(width))}" height="{round(float(height))}" alt="{html.escape(figure.alt)}"></div>
<figcaption><p><a href="{uri}#{figure.anchor}">{title}</a> ({html.escape(figure.sliders)})</p>
<p><button type="button" class="dl-card-button dl-screen-only" \
aria-label="Try it here: {title}">Try it here</button></p></figcaption>
</figure>"""


SCRIPT = """<script>
for (const button of document.querySelectorAll(".dl-card-button")) {
  button.addEventListener("click", () => {
    const script = document.createElement("script");
    const {figure} = button.closest(".dl-card").dataset;
    script.src = `../_static/figures/${figure}.js`;
    document.body.append(script);
  }, {once: true});
}
function showFigure(key, html) {
  const card = document.querySelector(`.dl-card[data-figure="${key}"]`);
  const place = card.querySelector(".dl-card-picture");
  place.innerHTML = html;
  // A script that arrives as text does not run.
  for (const asleep of place.querySelectorAll("script")) {
    const script = document.createElement("script");
    script.textContent = asleep.textContent;
    asleep.replaceWith(script);
  }
  const button = card.querySelector(".dl-card-button");
  // Whoever has gone on to another button meanwhile must not be called back.
  const stayed = [button, document.body].includes(document.activeElement);
  button.remove();
  if (stayed) place.querySelector("input").focus();
}
</script>"""


def write_figures(app, error):
    """Write the files that the gallery shows and fetches."""
    if error or app.builder.name != "html":
        return
    folder = Path(app.outdir) / FIGURES
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {}
    for figures in figures_of(app.env).values():
        for figure in figures:
            wanted[f"{figure.key}.svg"] = figure.still
            call = f"showFigure({json.dumps(figure.key)}, {json.dumps(figure.html)});\n"
            wanted[f"{figure.key}.js"] = call
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def galleries(app, env):
    """Write the gallery anew when another page was read: its figures may have changed."""
    return [name for name, data in env.metadata.items() if data.get("is_gallery")]


def setup(app):
    app.add_node(gallery)
    app.add_directive("gallery", Gallery)
    app.add_post_transform(FillGallery)
    app.add_post_transform(StillFigures)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", galleries)
    app.connect("build-finished", write_figures)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
