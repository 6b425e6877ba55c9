"""Ways out of a page: its notebook to keep, a machine to run it on, and how to cite it.

Chapters are offered as notebooks to download and, where the repository's address is
known, to open in Colab or on Binder. Away from the book's own environment the package is
missing, so these copies begin with a cell that installs it from the repository; the
chapters themselves don't hold that cell, and so no address.
"""

import shutil
from pathlib import Path

import nbformat
import yaml
from book_site import repository_address
from docutils import nodes
from docutils.parsers.rst import Directive

NOTEBOOKS = Path("_downloads") / "notebooks"
# A branch of the repository that holds nothing but the notebooks with the first cell:
# Colab opens files of a repository, not of a site. Made by .github/workflows/pages.yml.
COLAB_BRANCH = "colab"

INSTALL = """\
# Where the book's package is missing (Colab, for one), get it: once, half a minute.
try:
    import dlcourse
except ImportError:
    %pip install --quiet "dlcourse @ git+{address}" scikit-learn"""


def portable(notebook, address):
    """Return a copy of a notebook that also runs where `dlcourse` is not installed.

    >>> notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title")])
    >>> copy = portable(notebook, "https://github.com/somebody/book")
    >>> [cell.cell_type for cell in copy.cells]
    ['code', 'markdown']
    >>> print(copy.cells[0].source.splitlines()[-1].strip())
    %pip install --quiet "dlcourse @ git+https://github.com/somebody/book" scikit-learn
    """
    copy = nbformat.from_dict(notebook)
    if address:
        source = INSTALL.format(address=address)
        cell = nbformat.v4.new_code_cell(source, id="get-the-package")
        cell.metadata["tags"] = ["hide-cell"]
        copy.cells = [cell, *copy.cells]
    return copy


def write_notebooks(app, error):
    """Put a portable copy of each notebook into the site."""
    if error or app.builder.name != "html":
        return
    folder = Path(app.outdir) / NOTEBOOKS
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    address = repository_address(directory=app.confdir)
    for docname in sorted(app.env.found_docs):
        path = Path(app.env.doc2path(docname))
        if path.suffix == ".ipynb":
            notebook = portable(nbformat.read(path, as_version=4), address)
            text = nbformat.writes(notebook).rstrip("\n") + "\n"
            (folder / path.name).write_text(text, encoding="utf-8", newline="\n")


def buttons(docname, address, to_root):
    """Return what the menu of a chapter offers: label, where it leads, and more.

    >>> for button in buttons("chapters/05_descent", "https://github.com/somebody/book", "../"):
    ...     print(button["text"], button["url"])
    Notebook (.ipynb) ../_downloads/notebooks/05_descent.ipynb
    Open in Colab https://colab.research.google.com/github/somebody/book/blob/colab/05_descent.ipynb
    Launch on Binder https://mybinder.org/v2/gh/somebody/book/main?urlpath=lab/tree/chapters/05_descent.ipynb
    >>> [button["text"] for button in buttons("chapters/05_descent", None, "../")]
    ['Notebook (.ipynb)']
    """
    name = f"{docname.rsplit('/', 1)[-1]}.ipynb"
    found = [("Notebook (.ipynb)", f"{to_root}{NOTEBOOKS.as_posix()}/{name}", "fas fa-download")]
    if address:
        repository = address.removeprefix("https://github.com/")
        colab = f"https://colab.research.google.com/github/{repository}/blob/{COLAB_BRANCH}/{name}"
        binder = f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/{docname}.ipynb"
        found += [("Open in Colab", colab, "fas fa-rocket")]
        found += [("Launch on Binder", binder, "fas fa-rocket")]
    return [
        {"type": "link", "text": text, "url": url, "icon": icon, "tooltip": text}
        for text, url, icon in found
    ]


def add_buttons(app, pagename, templatename, context, doctree):
    """Put the menu at the top of each chapter that is a notebook."""
    if doctree is None or Path(app.env.doc2path(pagename)).suffix != ".ipynb":
        return
    address = repository_address(directory=app.confdir)
    context["header_buttons"].insert(
        0,
        {
            "type": "group",
            "tooltip": "Take this chapter with you",
            "icon": "fas fa-download",
            "buttons": buttons(pagename, address, context["pathto"]("", 1)),
            "label": "way-out-buttons",
        },
    )


def bibtex(citation, address=None):
    """Return the BibTeX entry for what a CITATION.cff says.

    >>> citation = {"title": "Deep Water", "authors": [{"name": "The crew"}], "version": "2"}
    >>> print(bibtex(citation | {"date-released": "2026-01-31"}))
    @misc{deep_water,
      author  = {{The crew}},
      title   = {{Deep Water}},
      year    = {2026},
      version = {2}
    }
    """
    people = []
    for author in citation["authors"]:
        if "name" in author:  # a group, whose name is not to be taken apart
            people.append(f"{{{author['name']}}}")
        else:
            people.append(f"{author['family-names']}, {author['given-names']}")
    fields = {
        "author": " and ".join(people),
        "title": f"{{{citation['title']}}}",
        "year": str(citation.get("date-released", ""))[:4],
        "version": str(citation["version"]),
        "url": citation.get("url") or citation.get("repository-code") or address,
    }
    lines = [f"  {name:7} = {{{value}}}" for name, value in fields.items() if value]
    key = "_".join(citation["title"].lower().split())
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


class Citation(Directive):
    """``{citation}``: how to cite the book, from CITATION.cff."""

    def run(self):
        root = Path(self.state.document.settings.env.app.confdir)
        source = root / "CITATION.cff"
        self.state.document.settings.env.note_dependency(str(source))
        entry = bibtex(
            yaml.safe_load(source.read_text(encoding="utf-8")), repository_address(directory=root)
        )
        return [nodes.literal_block(entry, entry, language="bibtex")]


class Downloads(Directive):
    """``{downloads}``: the place where tools/finish_site.py lists the book's other forms.

    They are made from the finished pages, and so can't be known yet. A book without them
    has no list.
    """

    def run(self):
        return [nodes.raw("", "<!-- downloads -->", format="html")]


def setup(app):
    app.add_directive("citation", Citation)
    app.add_directive("downloads", Downloads)
    # The theme begins the list of buttons at the default priority, 500.
    app.connect("html-page-context", add_buttons, priority=900)
    app.connect("build-finished", write_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
