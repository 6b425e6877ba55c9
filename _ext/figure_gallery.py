"""Interactive figures: their numbers, and the gallery, which has all of them on one page.

They are counted with the other figures of a chapter, and cited in the same way if the
metadata of the cell gives them a name, as `{"mystnb": {"figure": {"name": "fig-walks"}}}`.

The gallery is filled by itself. Whatever page shows an interactive figure, in a notebook or
not, its figure is in the gallery: a still picture, the way to its place in the book, and a
button that fetches the living figure, so that the page stays light. It comes as a script and
not as data, because a page opened from a disk or a memory stick may load only that.
"""

import base64
import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

from book_site import ancestor
from docutils import nodes
from docutils.parsers.rst import Directive
from finished_pages import FOR_THE_SCREEN
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
    title: tuple
    anchor: str


class interactive_figure(nodes.General, nodes.Element):
    """An interactive figure, which gets a number like any other."""


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
    for node in list(doctree.findall(nodes.raw)):
        if node.get("format") == "html" and 'class="dl-interactive ' in node.astext():
            yield node


def name_of(raw):
    """Return the name that the cell of a figure gives it, if it does."""
    cell = raw
    while cell is not None and cell.get("nb_element") != "cell_code":
        cell = cell.parent
    metadata = cell.get("cell_metadata", {}) if cell else {}
    return metadata.get("mystnb", {}).get("figure", {}).get("name")


def collect(app, doctree):
    """Note the figures of a page that was read, and make them nodes that are counted."""
    env, found = app.env, []
    for raw in interactive(doctree):
        figure = read_figure(raw.astext())
        section = ancestor(raw, nodes.section)
        title = section.next_node(nodes.title)
        name = name_of(raw)
        anchor = name or f"interactive-figure-{len(found) + 1}"
        parts = tuple(part.deepcopy() for part in title.children)
        found.append(Found(**figure, title=parts, anchor=anchor))
        # MyST-NB has wrapped it into a figure of its own, of the same name, without a caption.
        wrapper = ancestor(raw, nodes.figure)
        if wrapper is not None:
            wrapper["ids"] = wrapper["names"] = []
        node = interactive_figure("", ids=[anchor], label=figure["sliders"], **figure)
        doctree.ids[anchor] = node
        if name:
            labels = env.get_domain("std")
            labels.labels[name] = (env.docname, anchor, figure["sliders"])
            labels.anonlabels[name] = (env.docname, anchor)
        raw.replace_self(node)
    figures_of(env)[env.docname] = found


def write_numbered(translator, node):
    """Write an interactive figure with its number; in an e-book, which runs no script, a still."""
    before = len(translator.body)
    translator.add_fignumber(node)
    number = "".join(translator.body[before:])
    del translator.body[before:]
    anchor = node["ids"][0]
    if translator.builder.name == "epub":
        text = (
            f'<div id="{anchor}" role="img" aria-label="{html.escape(node["alt"])}">'
            f"{node['still']}</div><p>{number}{html.escape(node['caption'])}</p>"
        )
    else:
        text = node["html"].replace("<div ", f'<div id="{anchor}" ', 1)
        text = re.sub(
            r'(<p class="dl-caption".*?</p>)',
            lambda caption: f'<div class="dl-numbered">{number}{caption[0]}</div>',
            text,
            count=1,
            flags=re.DOTALL,
        )
    translator.body.append(text)
    raise nodes.SkipNode


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
                if not figures:
                    continue
                chapter = html.escape(chapter_title(self.env, docname))
                parts.append(raw(f"<h2>{chapter}</h2>"))
                uri = self.app.builder.get_relative_uri(self.env.docname, docname)
                for figure in figures:
                    link = f"{uri}#{figure.anchor}"
                    number = number_of(self.env, docname, figure.anchor)
                    parts += make(self.app, figure, link, number)
            node.replace_self([raw('<div class="dl-cards">'), *parts, raw(f"</div>{script}")])


def raw(text):
    return nodes.raw("", text, format="html")


def number_of(env, docname, anchor):
    """Return what a figure is called: ``Fig. 5.3``."""
    number = env.toc_fignumbers[docname]["figure"][anchor]
    return env.config.numfig_format["figure"] % ".".join(map(str, number))


def plain(app, title):
    """Return a title as text; a formula in it as a screen reader gets it."""

    def text(part):
        if not isinstance(part, nodes.math):
            return part.astext()
        formula = FOR_THE_SCREEN.sub("", app.katex_render(part.astext(), False))
        return html.unescape(re.sub(r"<[^>]*>", "", formula))

    return html.escape("".join(map(text, title)))


def chapter_title(env, docname):
    number = env.toc_secnumbers.get(docname, {}).get("")
    title = env.titles[docname].astext()
    return f"{number[0]}. {title}" if number else title


def linked(figure, link, number):
    """Return the way to a figure, with the title of the section where it stands."""
    title = [part.deepcopy() for part in figure.title]
    sliders = html.escape(figure.sliders)
    return [raw(f'<p>{number}. <a href="{link}">'), *title, raw(f"</a> ({sliders})</p>")]


def entry(app, figure, link, number):
    return linked(figure, link, number)


def card(app, figure, link, number):
    """Return one figure of the gallery."""
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', figure.still).groups()
    picture = f"""<figure class="dl-card" data-figure="{figure.key}">
<div class="dl-card-picture"><img src="../{FIGURES.as_posix()}/{figure.key}.svg"
width="{round(float(width))}" height="{round(float(height))}" alt="{html.escape(figure.alt)}"></div>
<figcaption>"""
    button = f"""<p><button type="button" class="dl-card-button dl-screen-only" \
aria-label="Try it here: {number}, {plain(app, figure.title)}">Try it here</button></p>
</figcaption></figure>"""
    return [raw(picture), *linked(figure, link, number), raw(button)]


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
  // Who has gone on to something else in the meantime is left there.
  const here = document.activeElement;
  const waits = here === document.body || card.contains(here);
  place.innerHTML = html;
  // A script that arrives as text does not run.
  for (const asleep of place.querySelectorAll("script")) {
    const script = document.createElement("script");
    script.textContent = asleep.textContent;
    asleep.replaceWith(script);
  }
  card.querySelector(".dl-card-button").remove();
  if (waits) place.querySelector("input").focus();
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
    app.add_enumerable_node(
        interactive_figure,
        "figure",
        lambda node: node["label"],
        html=(write_numbered, None),
    )
    app.add_directive("gallery", Gallery)
    app.add_post_transform(FillGallery)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", galleries)
    app.connect("build-finished", write_figures)
    return {"version": "1", "env_version": 2, "parallel_read_safe": True}
