"""A finished page, open for a last change before it is written.

Emits the event `page-finished` with the page's name and its HTML as a tree. Whatever
the theme's templates leave no place to say is said there, by lean_pages.py,
right_html.py and findable.py.

Nine tenths of a page are formulas, drawings and listings, in which nothing is changed any
more. They are left out while the tree exists: an element stands in the place of each.
"""

import re

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


FORMULA = "<!--formula-->{}<!--/formula-->"  # written by katex_math.py
LEFT_OUT = re.compile(
    r"<!--formula-->(?P<formula>.*?)<!--/formula-->|<(?P<tag>svg|pre)\b.*?</(?P=tag)>", re.DOTALL
)
PLACE = re.compile(r'<(?P<tag>span|pre|svg)[^>]* data-left-out="(\d+)".*?</(?P=tag)>', re.DOTALL)
# A formula is written twice, as MathML for screen readers and as boxes for the screen.
FOR_THE_SCREEN = re.compile(r'<annotation.*?</annotation>|<span class="katex-html".*', re.DOTALL)


def right_listing(html):
    """Source pages put a `div` around each definition, which preformatted text can't hold.

    >>> right_listing('<pre><div class="viewcode-block">x</div></pre>')
    '<pre><span class="viewcode-block">x</span></pre>'
    """
    return html.replace("<div", "<span").replace("</div>", "</span>")


class LeftOut:
    """What a page is written with, but not looked at."""

    def __init__(self):
        self.parts = []

    def leave_out(self, html):
        """Put a place in the stead of each formula, drawing and listing.

        >>> left_out = LeftOut()
        >>> page = left_out.leave_out("<p>a <pre class='x'>b</pre></p>")
        >>> page
        '<p>a <pre data-left-out="0"></pre></p>'
        >>> left_out.put_back(page)
        "<p>a <pre class='x'>b</pre></p>"
        """
        return LEFT_OUT.sub(self._place, html)

    def _place(self, found):
        formula, number = found["formula"], len(self.parts)
        if formula is None:
            self.parts.append(right_listing(found[0]) if found["tag"] == "pre" else found[0])
            return f'<{found["tag"]} data-left-out="{number}"></{found["tag"]}>'
        self.parts.append(formula)
        text = re.sub(r"<[^>]*>", "", FOR_THE_SCREEN.sub("", formula))
        return f'<span class="katex" data-left-out="{number}">{text}</span>'

    def put_back(self, html):
        """Return the HTML with everything that was left out."""
        return PLACE.sub(lambda place: self.parts[int(place[2])], html)


def open_pages(app):
    """Let every rendered page pass through the event."""
    if app.builder.name != "html":
        return
    render = app.builder.templates.render

    def render_and_open(template, context):
        html = render(template, context)
        if "pagename" not in context or "</html>" not in html:
            return html
        context["left_out"] = left_out = LeftOut()
        soup = BeautifulSoup(left_out.leave_out(html), "html.parser")
        app.emit("page-finished", context["pagename"], context, soup)
        return left_out.put_back(to_html(soup))

    app.builder.templates.render = render_and_open


def setup(app):
    app.add_event("page-finished")
    app.connect("builder-inited", open_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
