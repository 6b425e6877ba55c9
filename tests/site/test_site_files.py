"""The other forms of the built book, opened and looked at: PDF, e-book, offline copy.

The PDF is printed from a few pages only; they have one of everything.
"""

import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import book_files
import finish_site
import make_epub
import pack_offline
import print_book
import pytest
import versions_of_site
from katex_math import node_program
from pypdf import PdfReader
from site_checks import (
    AXE,
    NO_BOOK,
    NO_CHROMIUM,
    SITE,
    barriers,
    dead_figures,
    find_chromium,
    launch,
    serve,
)

ROOT = Path(__file__).parents[2]
VALIDATOR = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
PRINTED = [
    "chapters/intro",
    "chapters/graph_lab",
    "chapters/notation",
    "chapters/12_boston_housing",
    "chapters/references",
]

pytestmark = pytest.mark.skipif(not (SITE / "index.html").exists(), reason=NO_BOOK)
needs_chromium = pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM)


# PDF ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    out = tmp_path_factory.mktemp("pdf") / "book.pdf"
    assert print_book.main(["--out", str(out), "--only", *PRINTED]) == 0
    return PdfReader(out)


@pytest.fixture(scope="module")
def texts(pdf):
    return [page.extract_text() for page in pdf.pages]


def flat(text):
    """Return a text as one line, so that it is found wherever it was broken."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))  # no ligatures either


@needs_chromium
def test_pages_are_numbered_except_the_cover(texts):
    assert not re.search(r"^\d+$", texts[0], re.MULTILINE)
    for number, text in enumerate(texts[1:], start=2):
        assert text.strip().splitlines()[-1].strip() == str(number) or text.strip().startswith(
            f"{number}\n"
        ), f"page {number} does not carry its number"


@needs_chromium
def test_no_page_is_empty(pdf, texts):
    for number, (page, text) in enumerate(zip(pdf.pages, texts, strict=True), start=1):
        assert len(text.split()) > 5 or page.images, f"page {number} is empty"


@needs_chromium
def test_contents_name_the_page_on_which_each_heading_stands(texts):
    # What is printed here is short enough for one page of contents.
    entries = re.findall(r"^(.+?)\s*(\d+)$", texts[1], re.MULTILINE)
    assert len(entries) > 20
    for title, number in entries:
        there = flat(texts[int(number) - 1])
        assert flat(title) in there, f"{title!r} is not on page {number}"


def bookmarks(outline, pdf):
    for entry in outline:
        if isinstance(entry, list):
            yield from bookmarks(entry, pdf)
        else:
            yield entry.title, pdf.get_destination_page_number(entry)


@needs_chromium
def test_bookmarks_lead_to_their_headings(pdf, texts):
    found = list(bookmarks(pdf.outline, pdf))
    titles = [title for title, _ in found]
    assert any(title.startswith("12. Boston housing") for title in titles)
    assert any("Exercises" in title for title in titles)
    for title, number in found:
        # Word by word: a formula within a heading is extracted elsewhere on the page.
        missing = [word for word in title.split() if flat(word) not in flat(texts[number])]
        assert not missing, f"{title!r} is not on page {number + 1}"


@needs_chromium
def test_links_within_the_book_stay_in_it(pdf):
    known = set(pdf.named_destinations)
    inside, outside = set(), set()
    for page in pdf.pages:
        for annotation in page.get("/Annots") or []:
            link = annotation.get_object()
            action = link.get("/A", {})
            if "/URI" in action:
                outside.add(action["/URI"])
            elif "/Dest" in link:
                inside.add(str(link["/Dest"]))
    assert len(inside) > 30
    assert {name.lstrip("/") for name in inside} <= {name.lstrip("/") for name in known}
    assert not [url for url in outside if re.match(r"file:|http://(127|localhost)", url)]


@needs_chromium
def test_what_is_folded_on_the_page_is_open_on_paper(texts):
    whole = flat("".join(texts))
    page = (SITE / "chapters" / "12_boston_housing.html").read_text(encoding="utf-8")
    assert "<details" in page
    assert "widgets.line_learning(" in whole, "the code of a hidden cell is missing"
    assert whole.count("Solution") > 3
    assert "Showcodecell" not in whole


@needs_chromium
def test_every_line_of_code_is_printed_to_its_end(texts):
    page = (SITE / "chapters" / "12_boston_housing.html").read_text(encoding="utf-8")
    whole = flat("".join(texts))
    import html

    cells = re.findall(r'<div class="highlight[^"]*"><pre>(.*?)</pre>', page, re.DOTALL)
    code = "\n".join(html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in cells)
    longest = sorted(set(code.splitlines()), key=len)[-40:]
    assert len(longest[-1]) > 70
    missing = [line for line in longest if flat(line) not in whole]
    assert not missing, f"cut: {missing}"


@needs_chromium
def test_interactive_figures_are_one_frame_without_controls(texts):
    whole = "".join(texts)
    assert "After 5 updates the line rises" in re.sub(r"\s+", " ", whole)
    assert "Step forward" not in whole


@needs_chromium
def test_a_laboratory_is_printed_as_a_picture_with_what_it_says(texts):
    whole = re.sub(r"\s+", " ", "".join(texts))
    assert "After 40 of 40 steps. SGD: loss 0.001708;" in whole
    assert "Backward: the gradient at v1 = x · w is 1." in whole
    assert "Hyper-parameters" not in whole


@needs_chromium
def test_the_pdf_says_what_it_is(pdf):
    assert pdf.metadata.title == book_files.citation()["title"]
    assert pdf.metadata.author == ", ".join(book_files.authors())
    assert pdf.metadata.creation_date == book_files.date_of_book()
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"], "not tagged: screen readers are lost"


# E-book ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def epub():
    assert make_epub.main() == 0
    return book_files.FILES / f"{book_files.STEM}.epub"


def test_the_e_book_is_valid(epub):
    checker = shutil.which("epubcheck")
    if not checker or not shutil.which("java"):
        pytest.skip("epubcheck is not installed (on Debian or Ubuntu: apt-get install epubcheck)")
    is_archive = Path(checker).read_bytes()[:2] == b"PK"  # Debian's needs to be told to Java
    command = ["java", "-jar", checker] if is_archive else [checker]
    ran = subprocess.run([*command, str(epub)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]


def test_the_e_book_has_every_page_formulas_and_still_figures(epub):
    with zipfile.ZipFile(epub) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        pages = {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".xhtml")}
        contents = ElementTree.fromstring(archive.read("nav.xhtml"))
    for page in print_book.pages_in_order(ROOT / "_toc.yml"):
        assert page["path"].replace(".html", ".xhtml") in pages
    chapter = pages["chapters/12_boston_housing.xhtml"]
    assert "<math" in chapter
    assert 'class="katex-html"' not in chapter
    assert "<script" not in "".join(pages.values())
    assert "<input" not in "".join(pages.values()).replace('type="checkbox"', "")
    assert "After 5 updates the line rises" in chapter
    links = [e.get("href") for e in contents.iter() if e.tag.endswith("}a")]
    assert "chapters/12_boston_housing.xhtml" in [link.split("#")[0] for link in links]


def test_the_same_book_gives_the_same_e_book(epub):
    before = epub.read_bytes()
    assert make_epub.main() == 0
    same = epub.read_bytes() == before  # pytest would take minutes to show where they differ
    assert same


# Offline copy and gallery --------------------------------------------------------------------


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory-stick")
    pack_offline.pack(SITE, folder / "book.zip")
    with zipfile.ZipFile(folder / "book.zip") as archive:
        archive.extractall(folder)
    return folder / book_files.STEM


@pytest.fixture
def page(request):
    """A browser without network, and afterwards a look at what went wrong."""
    sync_api = pytest.importorskip("playwright.sync_api")
    problems = []
    with sync_api.sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(**getattr(request, "param", {}))
        page.context.set_offline(True)
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on(
            "console",
            lambda m: problems.append(f"console: {m.text}") if m.type == "error" else None,
        )
        page.on(
            "request",
            lambda r: (
                problems.append(f"request: {r.url}")
                if not r.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:"))
                else None
            ),
        )
        yield page
        browser.close()
    assert not problems, "\n".join(problems)


@needs_chromium
def test_search_finds_pages_from_a_memory_stick(page, unpacked):
    page.goto((unpacked / "index.html").as_uri())
    page.wait_for_url("**/chapters/intro.html")
    page.goto((unpacked / "search.html").as_uri() + "?q=standardize")
    page.wait_for_selector("#search-results li a")
    page.locator("#search-results li a[href*='12_boston_housing.html']").first.click()
    page.wait_for_url("**/12_boston_housing.html*")
    assert page.locator("article h1").inner_text().startswith("12.")


def gallery_figures():
    chapters = "".join(p.read_text(encoding="utf-8") for p in (SITE / "chapters").glob("*.html"))
    return set(re.findall(r'class="dl-interactive (dl-\w+)"', chapters))


def activate_all(page):
    """Press every button of the gallery, the last one first."""
    for button in page.locator(".dl-card-button").all()[::-1]:
        button.press("Enter")
    page.wait_for_function(
        "(count) => document.querySelectorAll('.dl-interactive[data-ready]').length === count",
        arg=len(gallery_figures()),
    )


@needs_chromium
def test_every_figure_of_the_gallery_comes_alive_without_a_network(page, unpacked):
    page.goto((unpacked / "chapters" / "gallery.html").as_uri())
    assert page.locator(".dl-card").count() == len(gallery_figures())
    assert page.locator(".dl-interactive").count() == 0, "the page is not light"
    activate_all(page)
    assert dead_figures(page) == []


@needs_chromium
@pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: run 'make book' first")
@pytest.mark.parametrize(
    "page", [{"color_scheme": "light"}, {"color_scheme": "dark"}], ids=str, indirect=True
)
def test_the_gallery_keeps_nobody_out_before_and_after(page):
    # Over HTTP: axe reads the style sheets, which a page from a disk must not.
    page.context.set_offline(False)
    with serve(SITE) as address:
        page.goto(f"{address}/chapters/gallery.html")
        assert barriers(page) == []
        activate_all(page)
        assert barriers(page) == []


@needs_chromium
def test_a_figure_that_arrives_late_takes_the_focus_from_nothing_else(page, unpacked):
    page.goto((unpacked / "chapters" / "gallery.html").as_uri())
    first, second = page.query_selector_all(".dl-card-button")[:2]
    page.evaluate("([a, b]) => { a.focus(); a.click(); b.focus(); }", [first, second])
    page.wait_for_selector(".dl-interactive[data-ready]")
    assert page.evaluate("document.activeElement.matches('.dl-card-button')")
    second.press("Enter")
    page.wait_for_selector(".dl-card:nth-of-type(2) .dl-interactive[data-ready]")
    assert page.evaluate("document.activeElement.matches('.dl-interactive input')")


@needs_chromium
def test_each_figure_of_the_gallery_leads_to_its_place(page, unpacked):
    page.goto((unpacked / "chapters" / "gallery.html").as_uri())
    for link in page.locator(".dl-card figcaption a").all():
        name, _, anchor = link.get_attribute("href").partition("#")
        target = (unpacked / "chapters" / name).read_text(encoding="utf-8")
        assert f'id="{anchor}"' in target
        assert "dl-interactive" in target


# Versions ----------------------------------------------------------------------------------

SOME = ["chapters/setup.html", "chapters/intro.html", "chapters/notation.html"]


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    """A few pages of the book with an older version beside them."""
    folder = tmp_path_factory.mktemp("versions")
    for site in (folder / "site", folder / "old"):
        shutil.copytree(SITE / "_static", site / "_static")
        for name in [*SOME, "index.html"]:
            (site / name).parent.mkdir(exist_ok=True)
            text = (SITE / name).read_text(encoding="utf-8")
            if site.name == "old":
                version = versions_of_site.version_of(SITE)
                text = text.replace(f"<p>Version {version}.", "<p>Version 0.0.1.")
            (site / name).write_text(text, encoding="utf-8")
    versions_of_site.pack(folder / "old", folder / "archives")
    arguments = ["--site", folder / "site", "--archives", folder / "archives"]
    assert versions_of_site.main(list(map(str, arguments))) == 0
    return folder / "site"


@pytest.mark.skipif(not VALIDATOR.exists(), reason="html-validate is missing: run 'make book'")
def test_pages_with_links_to_other_versions_are_valid_html(versions):
    pages = [name for page in SOME for name in (page, f"v/0.0.1/{page}")]
    command = [node_program(), VALIDATOR, "--config", ROOT / ".htmlvalidate.cjs", *pages]
    ran = subprocess.run(command, cwd=versions, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@needs_chromium
@pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: run 'make book' first")
@pytest.mark.parametrize(
    "page", [{"color_scheme": "light"}, {"color_scheme": "dark"}], ids=str, indirect=True
)
def test_an_old_page_keeps_nobody_out_and_leads_to_the_current_one(page, versions):
    page.context.set_offline(False)
    with serve(versions) as address:
        page.goto(f"{address}/chapters/setup.html")
        assert barriers(page) == []
        page.locator("footer a", has_text="0.0.1").click()
        page.wait_for_url("**/v/0.0.1/chapters/setup.html")
        assert barriers(page) == []
        page.get_by_role("link", name="a newer version").click()
        page.wait_for_url(f"{address}/chapters/setup.html")


def test_pages_of_the_book_show_no_link_to_files_that_are_not_there():
    page = (SITE / "chapters" / "intro.html").read_text(encoding="utf-8")
    assert finish_site.MARK in page, "finish_site.py finds no place for the list of files"
    assert f"{book_files.STEM}.pdf" not in page


def test_every_chapter_offers_its_notebook():
    for path in (ROOT / "chapters").glob("*.ipynb"):
        page = SITE / "chapters" / f"{path.stem}.html"
        text = page.read_text(encoding="utf-8")
        (link,) = re.findall(r'href="([^"]+\.ipynb)"', text.replace("colab.research", ""))
        assert (page.parent / link).resolve().read_bytes()


def test_only_the_status_page_knows_the_time():
    sphinx_index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    status = (SITE / "chapters" / "status.html").read_text(encoding="utf-8")
    (built,) = re.findall(r"<p>(\d{4}-\d\d-\d\d)</p>", status)
    (tests,) = re.findall(r"<p>([\d,]{4,})</p>", status)
    for word in (built, tests.replace(",", ""), tests):
        assert f'"{word}"' not in sphinx_index
    assert int(tests.replace(",", "")) > 1000


def test_a_browser_is_not_needed_to_import_the_printer():
    # `make book` and the e-book work without Playwright.
    code = "import sys, print_book; sys.exit('playwright' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "tools", check=True)
