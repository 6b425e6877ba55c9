"""A finished page, open for a last change before it is written.

Emits the event `page-finished` with the page's name and its HTML as a tree. Whatever
the theme's templates leave no place to say is said there, by lean_pages.py,
right_html.py and findable.py.
"""

from bs4 import BeautifulSoup, Doctype
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter

BARE = {"async", "checked", "crossorigin", "defer", "disabled", "hidden", "open", "selected"}


class PlainHTML(HTMLFormatter):
    """HTML as people write it: no slash in empty elements, attributes in their order."""

    def __init__(self):
        super().__init__(
            entity_substitution=EntitySubstitution.substitute_xml,
            void_element_close_prefix="",
        )

    def attributes(self, tag):
        return [
            (name, None if name in BARE and not value else value)
            for name, value in tag.attrs.items()
        ]


def to_html(soup):
    """Write a tree down; the doctype comes first, without the theme's blank lines.

    >>> page = "<br/><a title='x' href='y?a&amp;b'>&lt;</a><details open=''></details>"
    >>> print(to_html(BeautifulSoup(page, "html.parser")))
    <!DOCTYPE html>
    <br><a title="x" href="y?a&amp;b">&lt;</a><details open></details>
    <BLANKLINE>
    """
    for doctype in soup.find_all(string=lambda text: isinstance(text, Doctype)):
        doctype.extract()
    return f"<!DOCTYPE html>\n{soup.decode(formatter=PlainHTML()).strip()}\n"


def open_pages(app):
    """Let every rendered page pass through the event."""
    if app.builder.name != "html":
        return
    render = app.builder.templates.render

    def render_and_open(template, context):
        html = render(template, context)
        if "pagename" not in context or "</html>" not in html:
            return html
        soup = BeautifulSoup(html, "html.parser")
        app.emit("page-finished", context["pagename"], context, soup)
        return to_html(soup)

    app.builder.templates.render = render_and_open


def setup(app):
    app.add_event("page-finished")
    app.connect("builder-inited", open_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
