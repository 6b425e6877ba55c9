"""The glossary, tied to the chapters: letters, where a term is taught, and previews.

A chapter links a term where it uses it first, and the first chapter to do so teaches it. So
each entry can say which section that is, and each link can carry the entry, to be shown
before one follows it (`_static/previews.js`). A citation carries its work in the same way.
"""

import re
from itertools import groupby
from pathlib import Path

from book_site import ancestor, chapter_number
from docutils import nodes

GLOSSARY = "chapters/glossary"
ENTRY = re.compile(r"^## (?P<term>.+)\n\n(?P<text>.+)$", re.MULTILINE)


def slug(term):
    """Return the name of a term's place in the glossary.

    >>> slug("z-score of a value")
    'z-score-of-a-value'
    """
    return re.sub(r"[^\w]+", "-", term.lower()).strip("-")


def entries(source):
    """Return the sentence of each term, by the name of its place.

    >>> entries("# Glossary\\n\\n## gradient\\n\\n<span lang='zh'>x</span>: All *slopes*.\\n")
    {'gradient': 'gradient (x): All slopes.'}
    """
    found = {}
    for entry in ENTRY.finditer(source):
        text = re.sub(r"<[^>]+>|[*`]|\$", "", entry["text"])
        text = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)
        foreign, _, sentence = text.partition(": ")
        found[slug(entry["term"])] = f"{entry['term']} ({foreign}): {sentence}"
    return found


def sections_that_teach(env):
    """Map each term to the section that links it first: its page, its name, its title."""
    found = {}
    chapters = [name for name in env.found_docs if chapter_number(name) is not None]
    for docname in sorted(chapters, key=chapter_number):
        for node in env.get_doctree(docname).findall(nodes.Element):
            if node.get("reftarget") != GLOSSARY or not node.get("reftargetid"):
                continue
            section = ancestor(node, nodes.section)
            name = section["ids"][0]
            is_page = isinstance(section.parent, nodes.document)
            title = section.next_node(nodes.title).astext()
            label = f"chapter {chapter_number(docname)}, {title}"
            found.setdefault(node["reftargetid"], (docname, "" if is_page else f"#{name}", label))
    return found


def letters(terms):
    """Return links to the first term of each letter.

    >>> print(letters(["bias", "baseline", "chain rule"]))
    <nav class="dl-letters" aria-label="Letters">
    <a href="#bias">B</a>
    <a href="#chain-rule">C</a>
    </nav>
    """
    groups = groupby(terms, key=lambda term: term[0].upper())
    links = [f'<a href="#{slug(next(group))}">{letter}</a>' for letter, group in groups]
    return "\n".join(['<nav class="dl-letters" aria-label="Letters">', *links, "</nav>"])


def complete(app, doctree, docname):
    """Write letters above the terms, and below each the section that teaches it."""
    if docname != GLOSSARY:
        return
    taught = sections_that_teach(app.env)
    first, *_ = terms = [s for s in doctree.findall(nodes.section) if s.parent.parent]
    if app.builder.name == "html":
        names = [term.next_node(nodes.title).astext() for term in terms]
        place = first.parent.index(first)
        first.parent.insert(place, nodes.raw("", letters(names), format="html"))
    for term in terms:
        place = next((taught[name] for name in term["ids"] if name in taught), None)
        if place:
            page, name, label = place
            uri = app.builder.get_relative_uri(docname, page) + name
            link = nodes.reference("", label, refuri=uri, internal=True)
            term += nodes.paragraph("", "Taught in ", link, classes=["dl-taught"])


def read_again(app, env):
    """Write the glossary again with each build: any chapter may have changed."""
    return [GLOSSARY] if GLOSSARY in env.found_docs else []


def add_previews(app, pagename, context, soup):
    """Let links to terms and works carry what stands there."""
    if not hasattr(app, "glossary_entries"):
        source = Path(app.env.doc2path(GLOSSARY)).read_text(encoding="utf-8")
        app.glossary_entries = entries(source)
    for link in soup.select('main article a[href*="glossary.html#"]'):
        text = app.glossary_entries.get(link["href"].partition("#")[2])
        if text:
            link["data-preview"] = text
    for link in soup.select("main article .bibtex-citation a[title]"):
        link["data-preview"] = link.attrs.pop("title")


def setup(app):
    app.connect("env-updated", read_again)
    app.connect("doctree-resolved", complete)
    app.connect("page-finished", add_previews)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
