r"""Notebooks that read well in any viewer, turned into what Sphinx understands.

JupyterLab, VS Code, Colab and GitHub know Markdown and formulas, but no roles and labels: they
would show ``{cite:t}`adam2015```. So chapters say everything in plain Markdown, with the numbers
and names that a reader is to see, and here it becomes what Sphinx can check and link:

==============================================  ==============================
in the notebook                                 for Sphinx
==============================================  ==============================
``[Adam (2015)](references.md#adam2015)``       ``{cite:t}`adam2015```
``([Adam, 2015](references.md#adam2015))``      ``{cite:p}`adam2015```
``[(5.1)](#equation-bowl)``                     ``{eq}`bowl```
``[figure 5.3](#fig-bowl)``                     ``{numref}`fig-bowl```
``\tag{5.1}``, ``$$``, ``<!-- equation: bowl -->``  ``$$ (bowl)``
==============================================  ==============================

That names and numbers are right is tested (tests/chapters/test_plain_notebooks.py).
"""

import json
import re

LINK = r"\[[^\]]+\]\(references\.md#[\w-]+\)"
CITATIONS = re.compile(rf"\({LINK}(?:; {LINK})*\)|{LINK}")
KEY = re.compile(r"references\.md#([\w-]+)")
EQUATION = re.compile(r"\[\((?P<number>[\d.]+)\)\]\(#equation-(?P<label>[\w-]+)\)")
FIGURE = re.compile(r"\[(?P<words>[Ff]igure [\d.]+)\]\(#(?P<label>fig-[\w-]+)\)")
NUMBERED = re.compile(
    r"\s*\\tag\{(?P<number>[\d.]+)\}\s*\$\$\n<!-- equation: (?P<label>[\w-]+) -->"
)


def to_myst(text):
    r"""Return a cell's text as MyST, the Markdown of Sphinx.

    >>> to_myst("See [Adam (2015)](references.md#adam2015) and [(5.1)](#equation-bowl).")
    'See {cite:t}`adam2015` and {eq}`bowl`.'
    >>> to_myst("so ([Bo, 2015](references.md#bo2015); [Cy, 1999](references.md#cy1999))")
    'so {cite:p}`bo2015,cy1999`'
    >>> print(to_myst("$$\nx = 1 \\tag{5.1}\n$$\n<!-- equation: one -->"))
    $$
    x = 1
    $$ (one)
    """
    text = CITATIONS.sub(_citation, text)
    text = EQUATION.sub(r"{eq}`\g<label>`", text)
    text = FIGURE.sub(r"{numref}`\g<label>`", text)
    return NUMBERED.sub("\n$$ (\\g<label>)", text)


def _citation(found):
    keys = ",".join(KEY.findall(found[0]))
    return f"{{cite:{'p' if found[0].startswith('(') else 't'}}}`{keys}`"


def read_as_myst(app, docname, source):
    """Turn the text of a notebook that Sphinx is about to read."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = to_myst("".join(cell["source"]))
    source[0] = json.dumps(notebook)


def setup(app):
    app.connect("source-read", read_as_myst)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
