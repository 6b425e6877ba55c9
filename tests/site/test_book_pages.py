"""The built book, read as files: right HTML, links that lead somewhere, light pages,
and heads that say what a page is. What takes a browser to see is in test_site.py and
test_book_browser.py.
"""

import gzip
import json
import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import versions_of_site
from book_site import repository_address
from findable import LONGEST, SHORTEST, UNLISTED, addresses, published_at
from katex_math import node_program
from lean_pages import FORMULA_FONTS, formula_sheets
from PIL import Image
from site_checks import NO_BOOK, SITE, tree

import dlcourse

ROOT = Path(__file__).parents[2]
VALIDATOR = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
PAGES = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html"))
BASE = published_at(repository_address(directory=ROOT))
LANDING = "chapters/intro.html"
CHAPTERS = [page for page in PAGES if re.match(r"chapters/\d", page)]

KB = 1000
# Compressed, with all that a page asks for by itself; a figure further down waits.
MOST_FOR_A_PAGE = 400 * KB
MOST_FOR_A_CHAPTER = 900 * KB
MOST_FOR_A_SCRIPT = 60 * KB
MOST_FOR_A_STYLE_SHEET = 60 * KB

pytestmark = pytest.mark.skipif(not PAGES, reason=NO_BOOK)
every_page = pytest.mark.parametrize("page", PAGES or ["no page"])


def values(page, names):
    """Return what stands in attributes of these names, anywhere on a page."""
    elements = tree(page).find_all(True)
    return [element[name] for element in elements for name in element.attrs.keys() & names]


@cache
def anchors(page):
    return set(values(page, {"id", "name"}))


def forwards(page):
    return tree(page).head.find("meta", attrs={"http-equiv": "refresh"}) is not None


def target(page, reference):
    """Return the file inside the site that a reference of a page leads to."""
    path = unquote(urlsplit(reference).path)
    if page == "404.html" and path.startswith("/"):
        # This one's links start from the root of the published site.
        path = path.removeprefix(urlsplit(BASE or "").path or "/")
    elif not path:
        return page
    return (SITE / page).parent.joinpath(path).resolve().relative_to(SITE.resolve()).as_posix()


def references(page):
    for reference in values(page, {"href", "src", "action", "poster"}):
        parts = urlsplit(reference)
        if not parts.scheme and not parts.netloc:
            yield reference


def content(page, **attributes):
    found = tree(page).head.find_all("meta", attrs=attributes)
    assert len(found) == 1, f"{page}: {len(found)} times {attributes}"
    return found[0]["content"]


# --- right HTML --------------------------------------------------------------------------


@pytest.mark.skipif(not VALIDATOR.exists(), reason="html-validate is missing: run 'make book'")
def test_the_pages_are_valid_html():
    run = subprocess.run(
        [node_program(), VALIDATOR, "--formatter", "text", *PAGES],
        cwd=SITE,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    problems = run.stdout.splitlines()
    assert run.returncode == 0, "\n".join(problems[:40]) + run.stderr


@every_page
def test_every_link_leads_to_a_page_and_a_place_in_it(page):
    problems = []
    for reference in references(page):
        file, fragment = target(page, reference), unquote(urlsplit(reference).fragment)
        if not (SITE / file).is_file():
            problems.append(f"{reference}: there is no {file}")
        elif fragment and file.endswith(".html") and fragment not in anchors(file):
            problems.append(f"{reference}: {file} has no place of that name")
    assert not problems, "\n".join(problems)


# --- light pages ----------------------------------------------------------------------------


def weight(file):
    """Return how many bytes are sent for a file; fonts and pictures are compressed already."""
    data = (SITE / file).read_bytes()
    return len(data) if file.endswith((".woff2", ".png")) else len(gzip.compress(data, mtime=0))


def fonts():
    """Return the bytes of all fonts of KaTeX but those that come inside a style sheet."""
    inside = {f"KaTeX_{font}.woff2" for sheet in FORMULA_FONTS.values() for font in sheet}
    folder = SITE / "_static/katex/fonts"
    return sum(f.stat().st_size for f in folder.glob("*.woff2") if f.name not in inside)


@every_page
def test_a_page_is_light(page):
    soup = tree(page)
    asked = [e["src"] for e in soup.select("script[src], img[src]:not([loading=lazy])")]
    asked += [e["href"] for e in soup.select("link[rel=stylesheet], link[rel=icon]")]
    sent = weight(page) + sum(weight(target(page, reference)) for reference in asked)
    # No page uses every font of KaTeX, but one with formulas may.
    sent += fonts() if soup.select_one(".katex") else 0
    most = MOST_FOR_A_CHAPTER if page in CHAPTERS else MOST_FOR_A_PAGE
    assert sent <= most, f"{page}: {sent / KB:.0f} KB are sent; {most / KB:.0f} is the most"


@every_page
def test_a_chapter_with_all_its_figures_is_light_enough(page):
    pictures = {target(page, image["src"]) for image in tree(page).select("img[src]")}
    sent = weight(page) + sum(weight(picture) for picture in pictures)
    assert sent <= MOST_FOR_A_CHAPTER, f"{page}: {sent / KB:.0f} KB with its figures"


@every_page
def test_nothing_but_our_style_sheet_holds_up_a_page(page):
    soup = tree(page)
    if forwards(page):
        return
    links = [link["href"] for link in soup.head.select("link[rel=stylesheet]")]
    sheets = {Path(link.split("?v=")[0]).name for link in links}
    # Only pages with formulas load the fonts for them.
    expected = {"site.css", *formula_sheets([(SITE / page).read_text(encoding="utf-8")])}
    assert sheets == expected, f"{page} waits for {links}: see _ext/lean_pages.py"
    for script in tree(page).select("script[src]"):
        assert script.has_attr("defer"), f"{page} waits for {script['src']}"
        assert not urlsplit(script["src"]).netloc


def test_no_script_or_style_sheet_is_heavy():
    for path in (SITE / "_static").rglob("*"):
        most = {".js": MOST_FOR_A_SCRIPT, ".css": MOST_FOR_A_STYLE_SHEET}.get(path.suffix)
        if most:
            sent = weight(path.relative_to(SITE).as_posix())
            assert sent <= most, f"{path.name}: {sent / KB:.0f} KB, {most / KB:.0f} is the most"


def test_only_the_search_page_loads_what_searches_and_no_page_an_index():
    assert not [p for p in PAGES if tree(p).select("script[src*=searchindex]")]
    loading = [p for p in PAGES if tree(p).select("script[src*='_static/search.js']")]
    assert loading == ["search.html"]


@every_page
def test_pictures_have_a_size_and_wait_below_the_fold(page):
    images = tree(page).select("main article img")
    for number, image in enumerate(images):
        assert image.get("width", "").isdigit(), f"{page}: no width: {image['src']}"
        assert image.get("height", "").isdigit(), f"{page}: no height: {image['src']}"
        assert image.get("loading") == ("lazy" if number else None), f"{page}: {image['src']}"


def test_the_bundle_has_no_whole_icon_font_and_names_no_other_host():
    css = (SITE / "_static" / "site.css").read_text(encoding="utf-8")
    for reference in re.findall(r"url\(([^)]*)\)", css):
        reference = reference.strip("\"'")
        if not reference.startswith(("data:", "#")):
            assert (SITE / "_static" / reference).is_file(), f"site.css asks for {reference}"
    assert "fontawesome/webfonts" not in css
    assert not list(SITE.rglob("*.map")) + list(SITE.rglob("*fontawesome*"))


def test_what_is_in_the_bundle_comes_with_its_license():
    text = (SITE / "_static" / "LICENSES.txt").read_text(encoding="utf-8")
    for name in (
        "pydata-sphinx-theme",
        "sphinx-copybutton",
        "KaTeX",
        "Sphinx 7",
        "Bootstrap",
        "Pagefind",
    ):
        assert name in text
    assert "Permission is hereby granted" in text
    assert "Redistribution and use in source and binary forms" in text
    bundle = [(SITE / "_static" / name).read_text("utf-8") for name in ("site.css", "site.js")]
    assert "Bootstrap" in bundle[0]
    assert "Font Awesome" in bundle[0]
    assert "Bootstrap" in bundle[1]
    assert "clipboard.js" in bundle[1]
    assert (SITE / "_static" / "katex" / "LICENSE").is_file()


# --- heads that say what a page is --------------------------------------------------------------


@every_page
def test_a_page_has_a_language_a_title_and_one_viewport(page):
    soup = tree(page)
    assert soup.html["lang"] == "en"
    assert 5 < len(soup.title.get_text()) <= 70
    assert "width=device-width" in content(page, name="viewport")


@every_page
def test_a_page_is_described_in_one_or_two_sentences(page):
    text = content(page, name="description")
    assert SHORTEST <= len(text) <= LONGEST, f"{page}: {len(text)} characters: {text}"
    assert not re.search(r"[\\$`{}]|\s\s", text), f"{page}: {text}"


def test_no_two_pages_are_described_alike():
    seen = {}
    for page in PAGES:
        first = seen.setdefault(content(page, name="description"), page)
        assert first == page, f"{first} and {page} have the same description"


@every_page
def test_a_shared_link_shows_a_card(page):
    if forwards(page):
        return
    assert content(page, property="og:title") == content(page, name="twitter:title")
    assert content(page, property="og:description") == content(page, name="description")
    assert content(page, property="og:site_name") == "Deep Learning from the Gradient Up"
    assert content(page, property="og:type") == ("book" if page == LANDING else "article")
    assert content(page, name="twitter:card") in ("summary", "summary_large_image")


@every_page
def test_absolute_addresses_are_those_of_the_published_book_or_absent(page):
    head = tree(page).head
    canonical = [link["href"] for link in head.select("link[rel=canonical]")]
    images = [meta["content"] for meta in head.select("meta[property='og:image']")]
    if BASE is None or page.removesuffix(".html") in UNLISTED:
        assert not canonical
    elif not forwards(page):
        assert canonical == [BASE + page]
    if BASE is None:
        assert not images
    elif not forwards(page):
        assert images == [f"{BASE}_static/card.png"]


def test_the_card_is_a_picture_of_the_size_that_is_asked_for():
    path = SITE / "_static" / "card.png"
    assert path.stat().st_size < 1000 * KB
    with Image.open(path) as image:
        assert image.size == (1200, 630)


def structured_data(page):
    scripts = tree(page).select("script[type='application/ld+json']")
    assert len(scripts) == 1, f"{page}: {len(scripts)} blocks of structured data"
    data = json.loads(scripts[0].string)
    assert data["@context"] == "https://schema.org"
    return data["@graph"]


def test_the_landing_page_is_a_book_and_a_course():
    book, course = structured_data(LANDING)
    assert (book["@type"], course["@type"]) == ("Book", "Course")
    for item in (book, course):
        assert item["name"] == "Deep Learning from the Gradient Up"
        assert item["inLanguage"] == "en"
        assert item["license"].startswith("https://creativecommons.org/")
        assert item["description"] == content(LANDING, name="description")
    # What search engines ask of a course.
    assert course["provider"]["name"]
    assert course["hasCourseInstance"]["courseMode"] == "online"


def test_a_chapter_is_a_numbered_part_of_the_book():
    assert CHAPTERS
    for page in CHAPTERS:
        (chapter,) = structured_data(page)
        assert chapter["@type"] == ["Chapter", "LearningResource"]
        assert chapter["isPartOf"]["@type"] == "Book"
        assert chapter["position"] == int(re.match(r"chapters/(\d+)", page)[1])
        assert chapter["description"] == content(page, name="description")


def test_every_other_page_to_read_is_part_of_the_book():
    for page in PAGES:
        if page.startswith("chapters/") and page not in (LANDING, *CHAPTERS) and not forwards(page):
            (part,) = structured_data(page)
            assert part["@type"] == "LearningResource"
            assert part["isPartOf"]["name"] == "Deep Learning from the Gradient Up"


# --- beside the pages ----------------------------------------------------------------------------


def test_robots_may_read_everything():
    lines = (SITE / "robots.txt").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["User-agent: *", "Allow: /"]
    assert lines[2:] == ([f"Sitemap: {BASE}sitemap.xml"] if BASE else [])


def test_the_sitemap_lists_the_pages_of_a_published_book():
    path = SITE / "sitemap.xml"
    assert path.exists() == bool(BASE)
    if BASE:
        listed = re.findall(r"<loc>(.*?)</loc>", path.read_text(encoding="utf-8"))
        pages = [p for p in PAGES if p.startswith("chapters/") and not forwards(p)]
        assert sorted(listed) == [BASE + page for page in pages]


PUBLISHED = addresses(ROOT / "chapters" / "addresses.txt")


@pytest.mark.parametrize("old", PUBLISHED)
def test_an_address_once_published_still_works(old):
    new = PUBLISHED[old]
    assert (SITE / old).is_file(), f"{old} is gone: say in addresses.txt where it leads"
    assert (SITE / new).is_file()
    assert forwards(old) == (old != new)
    if old != new:
        link = tree(old).select_one("main a")
        assert target(old, link["href"]) == new


def test_every_page_of_the_book_is_among_the_published_addresses():
    missing = {p for p in PAGES if p.startswith("chapters/")} - set(PUBLISHED)
    assert not missing, f"add to chapters/addresses.txt: {sorted(missing)}"


@every_page
def test_a_page_says_its_version_and_keeps_a_place_for_the_others(page):
    if forwards(page):
        return
    text = (SITE / page).read_text(encoding="utf-8")
    assert versions_of_site.PLACE.search(text)["version"] == dlcourse.__version__
    # Lists and searches are no text that could be out of date.
    if page.startswith(("chapters/", "_modules/")):
        assert text.count(versions_of_site.NOTICE) == 1


def test_the_page_for_lost_addresses_offers_search_and_contents():
    soup = tree("404.html")
    assert soup.select_one("main form[role=search] input[name=q]")
    links = {target("404.html", a["href"]) for a in soup.select("main article li a")}
    assert {LANDING, *CHAPTERS} <= links
    for reference in references("404.html"):
        assert reference.startswith(("/", "#")), f"{reference} breaks at another depth"


# --- numbers -------------------------------------------------------------------------


@every_page
def test_all_figures_of_a_page_are_counted_together(page):
    numbers = [e.get_text(strip=True) for e in tree(page).select("article .caption-number")]
    prefix = f"{int(page[9:11])}." if page in CHAPTERS else ""
    assert numbers == [f"Fig. {prefix}{k}" for k in range(1, len(numbers) + 1)]


@every_page
def test_an_interactive_figure_has_its_number_and_its_place_in_the_gallery(page):
    gallery = tree("chapters/gallery.html")
    for figure in tree(page).select("article .dl-interactive"):
        number = figure.select_one(".dl-numbered > .caption-number").get_text(strip=True)
        link = gallery.select_one(f"a[href$='{Path(page).name}#{figure['id']}']")
        assert link.parent.get_text().startswith(f"{number}. ")


def test_the_gallery_shows_formulas_as_formulas():
    cards = tree("chapters/gallery.html").select(".dl-card")
    assert cards
    for card in cards:
        assert "\\" not in card.button["aria-label"]
        for formula in card.select("annotation, .katex-mathml"):
            formula.decompose()
        assert "\\" not in card.figcaption.get_text()


def test_a_chapter_has_its_number_in_print():
    for page in CHAPTERS:
        number = int(page[9:11])
        assert tree(page).select_one("#jb-print-docs-body .h1").get_text().startswith(f"{number}. ")


@pytest.mark.parametrize("path", sorted((ROOT / "chapters").glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_page_numbers_equations_and_figures_as_its_notebook_does(path):
    page = (SITE / "chapters" / f"{path.stem}.html").read_text(encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    tags = re.findall(r"\\\\tag\{([\d.]+)\}", text)
    assert re.findall(r'<span class="eqno">\(([\d.]+)\)', page) == tags
    for number, label in re.findall(r"\[[Ff]igure ([\d.]+)\]\(#(fig-[\w-]+)\)", text):
        assert re.search(rf'href="#{label}"[^>]*><span class="std std-numref">Fig. {number}<', page)
