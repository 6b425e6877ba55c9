"""What readers take along: notebooks that run elsewhere, citations, and lists of changes."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import book_files
import book_status
import changed_pages
import chapter_links
import finish_site
import make_epub
import nbformat
import pack_offline
import pytest
import yaml
from figure_gallery import STILL, interactive, read_figure
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from ways_out import (
    INSTALL,
    bibtex,
    buttons,
    first_cells,
    links_from,
    make_wheel,
    portable,
    unpacking,
)

from dlcourse.widgets import descent_on_a_curve

ROOT = Path(__file__).parents[2]
BOOK = "https://github.com/somebody/gradient-up"


SITE = "https://somebody.github.io/gradient-up/"
PAGE = f"{SITE}chapters/05_descent.html"
PLACES = {
    "dlcourse.optimizers.SGD": ("chapters/api_training", "dlcourse.optimizers.SGD"),
    "adam2015": ("chapters/references", "id7"),
}


@pytest.fixture
def lesson():
    cells = [new_markdown_cell("# A lesson", id="a"), new_code_cell("import dlcourse", id="b")]
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return make_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


def copied(notebook, repository, home=""):
    page = f"{home}chapters/05_descent.html" if home else None
    cells = first_cells(ROOT, repository, page, "A lesson")
    return portable(notebook, cells, links_from("chapters/05_descent", home, PLACES))


def test_the_copy_of_a_notebook_begins_by_getting_the_package(lesson):
    copy = copied(lesson, BOOK, SITE)
    nbformat.validate(copy)
    about, code, *rest = copy.cells
    assert f"[the page “A lesson”]({PAGE})" in about.source
    assert BOOK in about.source
    assert f"dlcourse @ git+{BOOK}" in code.source
    assert rest == lesson.cells
    assert len(lesson.cells) == 2, "the notebook itself was changed"


def test_without_an_address_the_copy_says_where_to_find_what_it_needs(lesson, wheel):
    about, code, *rest = copied(lesson, None).cells
    assert "the page “A lesson” from the book" in about.source
    assert "](" not in about.source
    assert wheel.name in about.source
    assert f"./{wheel.name} scikit-learn" in code.source
    assert rest == lesson.cells
    for word in ("None", "{", "git"):
        assert word not in about.source


@pytest.mark.parametrize("address", [BOOK, None])
def test_the_first_cells_install_nothing_where_the_package_is(lesson, address):
    copy = copied(lesson, address)
    NotebookClient(copy, kernel_name="python3").execute()
    assert copy.cells[1].outputs == []


def test_the_copy_brings_what_the_long_experiments_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = sorted((ROOT / "chapters" / "data").glob("*.json"))
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        cells = unpacking(notebook, path.parent)
        copy = portable(notebook, ["A copy.", "import dlcourse", *cells], lambda *_: None)
        nbformat.validate(copy)
        for cell in copy.cells[2 : 2 + len(cells)]:
            assert cell.metadata["tags"] == ["hide-cell"]
            exec(cell.source, {})
    assert {path.name for path in Path("data").iterdir()} == {path.name for path in results}
    for file in results:
        assert Path("data", file.name).read_bytes() == file.read_bytes()
    Path("data", results[0].name).write_text("a reader's own")
    exec(cells[0], {})
    assert Path("data", results[0].name).read_text() == "a reader's own"


def code_where_the_package_is_missing(cell):
    """Return what a first cell does then, and the list of what it asks of pip."""
    code = TransformerManager().transform_cell(cell)
    (attempt,) = (node for node in ast.parse(code).body if isinstance(node, ast.Try))
    asked = []
    (handler,) = attempt.handlers
    assert handler.type.id == "ImportError"
    shell = SimpleNamespace(run_line_magic=lambda *line: asked.append(line))
    names = {"get_ipython": lambda: shell}
    return lambda: exec(compile(ast.Module(handler.body, []), "cell", "exec"), names), asked


def test_the_first_cell_installs_where_the_package_is_missing():
    run, asked = code_where_the_package_is_missing(INSTALL.format(address=BOOK))
    run()
    assert asked == [("pip", f'install --quiet "dlcourse @ git+{BOOK}" scikit-learn')]


def test_without_an_address_the_package_comes_from_the_file_beside(
    lesson, wheel, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    run, asked = code_where_the_package_is_missing(copied(lesson, None).cells[1].source)
    with pytest.raises(FileNotFoundError, match=f"Put {wheel.name} into the folder"):
        run()
    assert asked == []
    shutil.copy(wheel, tmp_path)
    run()
    ((magic, line),) = asked
    assert (magic, line) == ("pip", f"install --quiet ./{wheel.name} scikit-learn")
    # What pip would do, without the network.
    command = [sys.executable, "-m", *shlex.split(f"{magic} {line}")[:-1]]
    target = tmp_path / "installed"
    done = subprocess.run(
        [*command, "--no-deps", "--no-index", "--target", target], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    seen = subprocess.run(
        [sys.executable, "-c", CHECK_PACKAGE], env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert seen.stdout.split("\n")[:2] == [str(target / "dlcourse" / "__init__.py"), "6.0"], seen


CHECK_PACKAGE = """\
import dlcourse
from dlcourse.datasets import load_boston_housing, load_mnist
from dlcourse.finite_difference import derivative
from dlcourse.widgets import descent_on_a_curve
load_boston_housing(), load_mnist()
print(dlcourse.__file__)
print(round(derivative(lambda x: x**2, 3.0), 6))
descent_on_a_curve(abs, 1.0, [0.1, 0.2], xlim=(-2, 2), ylim=(0, 2)).to_html()
"""


def test_the_file_of_the_package_holds_all_of_it_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.startswith("dlcourse/")}
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "dlcourse").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == sources


def test_the_file_of_the_package_is_the_same_each_time(wheel, tmp_path):
    before = sorted(path.name for path in ROOT.iterdir())
    assert make_wheel(ROOT, tmp_path).read_bytes() == wheel.read_bytes()
    assert sorted(path.name for path in ROOT.iterdir()) == before


LINKS = {
    "[step](glossary.md#learning-rate)": f"[step]({SITE}chapters/glossary.html#learning-rate)",
    "[chapter 6](06_batches.ipynb)": f"[chapter 6]({SITE}chapters/06_batches.html)",
    "[Adam (2015)](references.md#adam2015)": f"[Adam (2015)]({SITE}chapters/references.html#id7)",
    "[(5.1)](#equation-bowl)": f"[(5.1)]({PAGE}#equation-bowl)",
    "[`SGD`](#dlcourse.optimizers.SGD)": (
        f"[`SGD`]({SITE}chapters/api_training.html#dlcourse.optimizers.SGD)"
    ),
    "[a [b] c](#fig-x)": f"[a [b] c]({PAGE}#fig-x)",
}


@pytest.mark.parametrize("link", LINKS)
def test_a_link_of_a_copy_leads_to_the_published_page_or_is_none(link):
    notebook = new_notebook(cells=[new_markdown_cell(f"See {link}, and `f[0](x)`.")])
    published = copied(notebook, BOOK, SITE).cells[2].source
    assert published == f"See {LINKS[link]}, and `f[0](x)`."
    alone = copied(notebook, None).cells[2].source
    assert alone == f"See {link[1 : link.index('](')]}, and `f[0](x)`."


def test_links_to_elsewhere_stay_as_they_are():
    text = "[NumPy](https://numpy.org/doc/) ![picture](../a.png) [`f`](x) $f[x](y)$"
    notebook = new_notebook(cells=[new_markdown_cell(text), new_code_cell("a[0](b.md)")])
    for copy in (copied(notebook, BOOK, SITE), copied(notebook, None)):
        assert [cell.source for cell in copy.cells[2:]] == [text, "a[0](b.md)"]


@pytest.mark.parametrize("path", sorted((ROOT / "chapters").glob("*.ipynb")), ids=lambda p: p.stem)
def test_no_chapter_keeps_a_link_that_leads_nowhere_when_it_is_alone(path):
    for cell in copied(nbformat.read(path, as_version=4), None).cells:
        if cell.cell_type == "markdown":
            left = re.findall(r"\]\((?!https://)[^)\s]*(?:\.md|\.ipynb|#)[^)\s]*\)", cell.source)
            assert not left, cell.source


def test_no_chapter_holds_an_address_of_the_repository():
    for path in (ROOT / "chapters").glob("*.ipynb"):
        assert "pip install" not in path.read_text(encoding="utf-8"), path.name


def test_buttons_follow_the_remote_of_a_fork():
    fork = "https://github.com/fork/book"
    urls = [b["url"] for b in buttons("chapters/12_x", fork, "../", "package.whl")]
    assert urls[0] == "../_downloads/notebooks/12_x.ipynb"
    assert urls[1] == "../_downloads/package/package.whl"
    assert all("/fork/book/" in url for url in urls[2:])


def test_binder_gets_the_locked_versions_and_the_package():
    requirements = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8")
    (included,) = re.findall(r"^-r (.+)$", requirements, re.MULTILINE)
    lock = (ROOT / "binder" / included).resolve()
    locked = lock.read_text(encoding="utf-8")
    assert "\njupyterlab==" in locked
    assert "\nnumpy==" in locked
    python = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    assert python == "python-3.11"
    subprocess.run(["bash", "-n", ROOT / "binder" / "postBuild"], check=True)


@pytest.mark.parametrize("path", sorted((ROOT / "chapters").glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_chapter_is_light_and_holds_no_state_of_widgets(path):
    assert path.stat().st_size < 1_000_000, "GitHub and Colab show only smaller notebooks"
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_a_workflow_works_in_a_fork_and_may_do_only_what_it_must(path):
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert not re.search(r"github\.com/\w", text), "an address of one repository"
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 60, name
        for tool in re.findall(r"tools/\w+\.py", yaml.safe_dump(job)):
            assert (ROOT / tool).exists(), f"{name} runs {tool}"


def test_only_what_passed_the_gate_is_published():
    workflow = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8"))
    build = [step.get("run") for step in workflow["jobs"]["build"]["steps"]]
    assert build.index(".ci/run") < build.index("make site")
    assert all(job["needs"] == "build" for n, job in workflow["jobs"].items() if n != "build")


# Citation ------------------------------------------------------------------------------


def test_the_citation_says_what_the_citation_file_says():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    entry = bibtex(citation, BOOK)
    for field in (
        citation["title"],
        str(citation["version"]),
        citation["authors"][0]["name"],
        BOOK,
    ):
        assert f"{{{field}}}" in entry
    assert entry.count("{") == entry.count("}")


def test_people_are_cited_by_family_name():
    people = [
        {"family-names": "Curie", "given-names": "Marie"},
        {"family-names": "Noether", "given-names": "Emmy"},
    ]
    entry = bibtex({"title": "On Symmetry", "version": 1, "authors": people})
    assert "author  = {Curie, Marie and Noether, Emmy}" in entry
    assert "year" not in entry


# Gallery --------------------------------------------------------------------------------


def test_the_gallery_reads_what_a_figure_says_of_itself():
    figure = descent_on_a_curve(abs, 1.0, [0.1, 0.2], xlim=(-2, 2), ylim=(0, 2))
    found = read_figure(figure.to_html())
    assert found["key"] == figure.key
    assert found["alt"] == figure.alt
    assert found["caption"] == figure.captions[0]
    assert found["sliders"] == "learning rate"
    assert found["still"] == figure.still()
    assert "<noscript" not in found["html"]
    assert figure.svg in found["html"]
    assert STILL.search(found["html"]) is None


def test_other_html_is_no_interactive_figure():
    from docutils import nodes
    from docutils.utils import new_document

    page = new_document("page")
    page += nodes.raw("", '<div class="dl-box">text</div>', format="html")
    page += nodes.raw("", r"\textbf{dl-interactive}", format="latex")
    assert list(interactive(page)) == []


# Status -----------------------------------------------------------------------------------


def test_tests_are_counted_by_asking_pytest(tmp_path, monkeypatch):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_two.py").write_text("def test_a(): ...\ndef test_b(): ...\n")
    monkeypatch.setattr(book_status, "COLLECT", ["tests", "-p", "no:cacheprovider"])
    assert book_status.count_tests(tmp_path) == 2
    (tmp_path / "tests" / "test_two.py").write_text("import nothing_of_that_name\n")
    assert book_status.count_tests(tmp_path) is None


def test_tests_are_counted_again_only_when_a_file_changed(tmp_path, monkeypatch):
    (tmp_path / "tests").mkdir()
    test = tmp_path / "tests" / "test_one.py"
    test.write_text("def test_a(): ...\n")
    counts = iter([1, 2])
    monkeypatch.setattr(book_status, "count_tests", lambda root: next(counts))
    env = SimpleNamespace(app=SimpleNamespace(confdir=tmp_path))
    assert [book_status.count_tests_once(env) for _ in range(3)] == [1, 1, 1]
    (tmp_path / "tests" / "test_more.py").write_text("def test_b(): ...\n")
    assert book_status.count_tests_once(env) == 2


def test_the_reference_is_read_again_only_when_chapters_link_to_other_names(tmp_path):
    (tmp_path / "chapters").mkdir()
    chapter = tmp_path / "chapters" / "07_variants.md"
    docs = {"chapters/07_variants", "chapters/api_training", "chapters/notation"}
    env = SimpleNamespace(found_docs=docs)
    app = SimpleNamespace(env=env, srcdir=tmp_path)

    def reads_after(text):
        chapter.write_text(text, encoding="utf-8")
        return chapter_links.read_again(app, env, set(), {"chapters/07_variants"}, set())

    assert reads_after("[`SGD`](#dlcourse.optimizers.SGD)") == ["chapters/api_training"]
    assert reads_after("A word more: [`SGD`](#dlcourse.optimizers.SGD)") == []
    assert reads_after("No link.") == ["chapters/api_training"]


# Files of the whole book --------------------------------------------------------------------


def small_site(folder, text="Hello", picture=b"<svg/>"):
    (folder / "chapters").mkdir(parents=True)
    (folder / "_images").mkdir()
    (folder / "_images" / "a.svg").write_bytes(picture)
    (folder / "index.html").write_text("<html></html>")
    page = (
        "<nav>{}</nav><article><h1>1. One</h1><p>{}</p>"
        '<img alt="a" src="../_images/a.svg">{}</article>'
    )
    name = folder / "chapters" / "one.html"
    name.write_text(page.format(folder.name, text, finish_site.MARK), encoding="utf-8")
    return folder


def test_packing_twice_gives_the_same_bytes(tmp_path):
    site = small_site(tmp_path / "site")
    pack_offline.pack(site, tmp_path / "first.zip")
    for path in site.rglob("*"):
        path.touch()
    pack_offline.pack(site, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_the_offline_book_unpacks_into_one_folder(tmp_path):
    pack_offline.pack(small_site(tmp_path / "site"), tmp_path / "book.zip")
    with zipfile.ZipFile(tmp_path / "book.zip") as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert {name.split("/")[0] for name in names} == {book_files.STEM}
    assert f"{book_files.STEM}/chapters/one.html" in names
    assert names == sorted(names)


def test_links_to_the_files_appear_only_beside_the_files(tmp_path):
    site = small_site(tmp_path / "site")
    files = tmp_path / "files"
    files.mkdir()
    with pytest.raises(FileNotFoundError, match="pdf"):
        finish_site.finish(site, files, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    for name in finish_site.FORMS:
        (files / name).write_bytes(bytes(1_000_000))
    (page,) = finish_site.finish(site, files, tmp_path / "out")
    links = re.findall(r'href="([^"]+)"', page.read_text(encoding="utf-8"))
    assert len(links) == 3
    for link in links:
        assert (page.parent / link).resolve().exists()
    assert finish_site.MARK in (site / "chapters" / "one.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("tool", ["print_book", "pack_offline", "finish_site"])
def test_a_tool_without_a_book_says_what_to_do(tool, tmp_path):
    ran = subprocess.run(
        [sys.executable, ROOT / "tools" / f"{tool}.py", "--site", tmp_path],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert "make book" in ran.stderr or "apt-get install chromium" in ran.stderr


def test_without_chromium_the_printer_says_what_to_do(tmp_path):
    ran = subprocess.run(
        [sys.executable, ROOT / "tools" / "print_book.py"],
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path)},
    )
    assert ran.returncode == 1
    assert "apt-get install chromium" in ran.stderr
    assert "make pdf" in ran.stderr


def test_an_e_book_says_which_pages_hold_formulas_and_drawings():
    package = (
        '<dc:identifier id="x">urn:1</dc:identifier>'
        '<item id="a" href="a.xhtml"/><item id="b" href="b.xhtml"/><item id="c" href="c.svg"/>'
    )
    done = make_epub.finish(
        {
            "content.opf": package.encode(),
            "toc.ncx": b'<meta name="dtb:uid" content="x"/>',
            "a.xhtml": b'<math columnspacing=""></math><svg><path id="p" /></svg>',
            "b.xhtml": b"<summary><p>Show</p></summary><p>Text</p>",
            "c.svg": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD"\n "x.dtd"><svg/>',
        }
    )
    opf = done["content.opf"].decode()
    assert '<item properties="mathml svg" id="a"' in opf
    assert '<item id="b"' in opf
    assert b'content="urn:1"' in done["toc.ncx"]
    assert done["a.xhtml"] == b'<math></math><svg><path d="M0 0" id="p" /></svg>'
    assert done["b.xhtml"] == b"<summary><span>Show</span></summary><p>Text</p>"
    assert done["c.svg"] == b"<svg/>"


# What a change changes ------------------------------------------------------------------------


def test_only_what_is_read_counts_as_a_change(tmp_path):
    old, new = small_site(tmp_path / "old"), small_site(tmp_path / "new")
    assert "new" in (new / "chapters" / "one.html").read_text(encoding="utf-8")
    assert changed_pages.compare(old, new) == ([], [], [])
    assert changed_pages.report(old, new).endswith("None.")


@pytest.mark.parametrize("change", [{"text": "Goodbye"}, {"picture": b"<svg>.</svg>"}])
def test_a_changed_text_or_picture_is_listed_with_its_title(tmp_path, change):
    old, new = small_site(tmp_path / "old"), small_site(tmp_path / "new", **change)
    assert changed_pages.compare(old, new) == ([], ["chapters/one.html"], [])
    assert "- changed: 1. One (`chapters/one.html`)" in changed_pages.report(old, new)


def test_new_and_lost_pages_are_listed_and_the_status_is_not(tmp_path):
    old, new = small_site(tmp_path / "old"), small_site(tmp_path / "new")
    for site, name in ((old, "gone"), (new, "added"), (new, "status")):
        page = site / "chapters" / f"{name}.html"
        page.write_text("<article><h1>T</h1></article>", encoding="utf-8")
    assert changed_pages.compare(old, new) == (["chapters/added.html"], [], ["chapters/gone.html"])
