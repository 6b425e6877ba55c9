"""Ways out of a page: its notebook to keep, a machine to run it on, and how to cite it.

Chapters are offered as notebooks to download and, where the repository's address is
known, to open in Colab or on Binder. Away from the book a notebook stands alone: the package
is missing, and so are the pages that it links. So these copies begin by saying where they
come from, and with a cell that installs the package, from the repository or from a file that
the site offers beside them. What a chapter's long experiments found is a file in the book; the
copy holds it, packed, and unpacks it. Links lead to the published pages, or are none. The
chapters themselves hold neither those cells nor an address.
"""

import base64
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import tomllib
import zlib
from pathlib import Path

import nbformat
import yaml
from book_site import repository_address
from docutils import nodes
from docutils.parsers.rst import Directive

from dlcourse import __version__

NOTEBOOKS = Path("_downloads") / "notebooks"
PACKAGE = Path("_downloads") / "package"
# A branch of the repository that holds nothing but the notebooks with the first cells:
# Colab opens files of a repository, not of a site. Made by .github/workflows/pages.yml.
COLAB_BRANCH = "colab"

INSTALL = """\
# Where the book's package is missing (Colab, for one), get it: once, half a minute.
try:
    import dlcourse
except ImportError:
    %pip install --quiet "dlcourse @ git+{address}" scikit-learn"""

INSTALL_FILE = """\
# Where the book's package is missing, install it from its file, in the folder of this notebook.
try:
    import dlcourse
except ImportError:
    from pathlib import Path

    if not Path("{wheel}").exists():
        raise FileNotFoundError(
            "Put {wheel} into the folder of this notebook. "
            "The menu that this notebook came from offers it, too: 'Its package (.whl)'."
        ) from None
    %pip install --quiet ./{wheel} scikit-learn"""

UNPACK = """\
# What this chapter's long experiments found: {path}, packed. It is unpacked where it is missing.
import base64
import zlib
from pathlib import Path

packed = \"\"\"
{packed}
\"\"\"
if not Path("{path}").exists():
    Path("{path}").parent.mkdir(parents=True, exist_ok=True)
    Path("{path}").write_bytes(zlib.decompress(base64.b64decode(packed)))"""
STORED = re.compile(r'Path\("(data/\w+\.json)"\)')

ABOUT = """\
> This notebook is a copy of {page} from the book *{book}*. It needs Python {python} or newer
> and `dlcourse`, the book's package, which brings NumPy and Matplotlib along. The next cell
> installs it, and scikit-learn, where it is missing: {source}."""
FROM_REPOSITORY = "from [the book's repository]({address}), for which Git has to be there"
FROM_FILE = "from the file `{wheel}`, which the page offers beside this notebook"

# Where a page says how to get the repository. GitHub shows no comment, and needs no address.
CLONE = "<!-- clone -->"

LINK = re.compile(
    r"(?<!!)\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])+)\]"
    r"\((?P<path>[\w./-]+\.(?:md|ipynb))?(?P<fragment>#[\w.:-]+)?\)"
)


def project_of(root):
    """Return what `pyproject.toml` says of the package."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def wheel_name(root):
    """Return the name of the file that pip makes of the package."""
    return f"{project_of(root)['name']}-{__version__}-py3-none-any.whl"


def make_wheel(root, folder):
    """Make the package a file that pip installs, the same bytes each time; return its path."""
    with tempfile.TemporaryDirectory() as copy:
        # pip leaves its own files beside the sources.
        project = project_of(root)
        for name in ("pyproject.toml", project["readme"], *project["license-files"]):
            shutil.copyfile(root / name, Path(copy) / name)
        no_leavings = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(root / "dlcourse", Path(copy) / "dlcourse", ignore=no_leavings)
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
        pip += ["--no-build-isolation", "--disable-pip-version-check"]
        made = subprocess.run(
            [*pip, "--wheel-dir", folder, copy],
            env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"},  # the first day a zip knows
            capture_output=True,
            text=True,
        )
    if made.returncode:
        raise RuntimeError(f"pip could not pack the package:\n{made.stdout}{made.stderr}")
    return folder / wheel_name(root)


def unpacking(notebook, folder):
    """Return a cell for each file of `folder` that a notebook reads: code that writes the file."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return [
        UNPACK.format(path=path, packed=textwrap.fill(base64.b64encode(packed).decode(), 100))
        for path in dict.fromkeys(STORED.findall(code))
        for packed in [zlib.compress((folder / path).read_bytes(), 9)]
    ]


def portable(notebook, begin, link):
    """Return a copy of a notebook for those who have nothing else of the book.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    begin : sequence of str
        What the copy begins with: a text, and one or more pieces of code.
    link : callable
        ``link(path, fragment)`` returns the address of what the notebook links within the
        book, or None where there is none: then only the words are left.

    >>> notebook = nbformat.v4.new_notebook(
    ...     cells=[nbformat.v4.new_markdown_cell("# Title\\nSee [the map](map.md#north).")]
    ... )
    >>> copy = portable(notebook, ["A copy.", "import dlcourse"], lambda path, fragment: None)
    >>> [cell.source for cell in copy.cells]
    ['A copy.', 'import dlcourse', '# Title\\nSee the map.']
    """

    def linked(found):
        address = link(found["path"] or "", (found["fragment"] or "")[1:])
        return f"[{found['label']}]({address})" if address else found["label"]

    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(linked, cell.source)
    about, *code = begin
    first = [nbformat.v4.new_markdown_cell(about, id="about-this-copy")]
    for k, source in enumerate(code):
        name = f"get-the-data-{k}" if k else "get-the-package"
        first.append(nbformat.v4.new_code_cell(source, id=name))
        first[-1].metadata["tags"] = ["hide-cell"]
        first[-1].metadata["jupyter"] = {"source_hidden": True}
    copy.cells = [*first, *copy.cells]
    return copy


def first_cells(root, repository, page, title):
    """Return what a copy says of itself, and the code that gets the package.

    `repository` is the address of the repository and `page` that of the page, or both None.
    """
    project = project_of(root)
    book = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["title"]
    wheel = wheel_name(root)
    form = FROM_REPOSITORY if repository else FROM_FILE
    about = ABOUT.format(
        page=f"[the page “{title}”]({page})" if page else f"the page “{title}”",
        book=book,
        python=project["requires-python"].removeprefix(">="),
        source=form.format(address=repository, wheel=wheel),
    )
    install = INSTALL.format(address=repository) if repository else INSTALL_FILE.format(wheel=wheel)
    return about, install


def places(env):
    """Return where a page keeps what chapters link by name: page and anchor, or only the page."""
    objects = env.get_domain("py").objects
    found = {name: (entry.docname, name) for name, entry in objects.items()}
    for citation in env.get_domain("cite").citations:
        found[citation.key] = (citation.bibliography_key.docname, citation.citation_id)
    return found


def links_from(docname, home, places):
    """Return a function that turns a link of this page into the address of a published one.

    >>> places = {"dlcourse.sgd": ("chapters/api", "dlcourse.sgd")}
    >>> link = links_from("chapters/05_descent", "https://example.org/book/", places)
    >>> link("glossary.md", "gradient")
    'https://example.org/book/chapters/glossary.html#gradient'
    >>> link("", "equation-bowl")
    'https://example.org/book/chapters/05_descent.html#equation-bowl'
    >>> link("", "dlcourse.sgd")
    'https://example.org/book/chapters/api.html#dlcourse.sgd'
    >>> links_from("chapters/05_descent", "", places)("glossary.md", "gradient") is None
    True
    """

    def link(path, fragment):
        if not home:
            return None
        page = docname
        if path:
            page = posixpath.normpath(posixpath.join(posixpath.dirname(docname), path))
            page = page.rsplit(".", 1)[0]
        page, anchor = places.get(fragment, (page, fragment))
        return f"{home}{page}.html" + (f"#{anchor}" if anchor else "")

    return link


def write_downloads(app, error):
    """Put a portable copy of each notebook into the site, and the package beside them."""
    if error or app.builder.name != "html":
        return
    root, out, env = Path(app.confdir), Path(app.outdir), app.env
    for folder in (out / NOTEBOOKS, out / PACKAGE):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    make_wheel(root, out / PACKAGE)
    repository, home, known = (
        repository_address(directory=root),
        app.config.html_baseurl,
        places(env),
    )
    for docname in sorted(env.found_docs):
        path = Path(env.doc2path(docname))
        if path.suffix == ".ipynb":
            page = f"{home}{docname}.html" if home else None
            cells = first_cells(root, repository, page, env.titles[docname].astext())
            link = links_from(docname, home, known)
            notebook = nbformat.read(path, as_version=4)
            copy = portable(notebook, [*cells, *unpacking(notebook, path.parent)], link)
            text = nbformat.writes(copy).rstrip("\n") + "\n"
            (out / NOTEBOOKS / path.name).write_text(text, encoding="utf-8", newline="\n")


def buttons(docname, address, to_root, wheel):
    """Return what the menu of a chapter offers: label, where it leads, and more.

    >>> address = "https://github.com/somebody/book"
    >>> for button in buttons("chapters/05_descent", address, "../", "dlcourse-1.whl"):
    ...     print(button["text"], button["url"])
    Notebook (.ipynb) ../_downloads/notebooks/05_descent.ipynb
    Its package (.whl) ../_downloads/package/dlcourse-1.whl
    Open in Colab https://colab.research.google.com/github/somebody/book/blob/colab/05_descent.ipynb
    Launch on Binder https://mybinder.org/v2/gh/somebody/book/main?urlpath=lab/tree/chapters/05_descent.ipynb
    >>> [button["text"] for button in buttons("chapters/05_descent", None, "../", "x.whl")]
    ['Notebook (.ipynb)', 'Its package (.whl)']
    """
    name = f"{docname.rsplit('/', 1)[-1]}.ipynb"
    found = [
        ("Notebook (.ipynb)", f"{to_root}{NOTEBOOKS.as_posix()}/{name}", "fas fa-download"),
        ("Its package (.whl)", f"{to_root}{PACKAGE.as_posix()}/{wheel}", "fas fa-download"),
    ]
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
    wheel = wheel_name(Path(app.confdir))
    context["header_buttons"].insert(
        0,
        {
            "type": "group",
            "tooltip": "Take this chapter with you",
            "icon": "fas fa-download",
            "buttons": buttons(pagename, address, context["pathto"]("", 1), wheel),
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


def say_how_to_clone(app, doctree):
    """Put the lines that clone the repository where a page has a place for them."""
    address = repository_address(directory=app.confdir)
    lines = f"git clone {address} gradient-up\ncd gradient-up"
    for place in list(doctree.findall(nodes.raw)):
        if place.astext().strip() == CLONE:
            block = nodes.literal_block(lines, lines, language="bash")
            place.replace_self([block] if address else [])


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
    app.connect("doctree-read", say_how_to_clone)
    app.connect("build-finished", write_downloads)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
