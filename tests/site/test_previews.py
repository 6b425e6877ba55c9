"""Previews of terms, works and places; the way back; what stands above and below a page."""

import re
import subprocess
from pathlib import Path

import pytest
from book_site import chapter_number, repository_address
from site_checks import (
    NO_BOOK,
    NO_CHROMIUM,
    PHONE,
    SITE,
    barriers_within,
    find_chromium,
    quiet_pages,
    sideways_scrolling,
    tree,
)

expect = pytest.importorskip("playwright.sync_api").expect  # waits for what it expects

ROOT = Path(__file__).parents[2]
CHAPTER = "chapters/12_boston_housing.html"  # a light one with links of all kinds
TERM = "main article a[href*='glossary.html#']"
WORK = "main article .bibtex-citation a"
EQUATION = "main article section > p a[href^='#equation-']"
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}

pytestmark = pytest.mark.skipif(not (SITE / "index.html").exists(), reason=NO_BOOK)
in_chromium = pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM)


@pytest.fixture
def visit(browser, address):
    with quiet_pages(browser) as open_one:

        def visit(name=CHAPTER, **settings):
            page = open_one(f"{address}/{name}", **settings)
            page.wait_for_selector("html[data-settled]")
            return page

        yield visit


def focus_by_key(page, selector):
    """Give a link the focus as the Tab key does, from the stop before it."""
    link = page.locator(selector).first
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    return link


# --- previews ----------------------------------------------------------------------------


@in_chromium
@pytest.mark.parametrize(
    ("selector", "text", "color_scheme"),
    [(TERM, None, "light"), (WORK, r"\d{4}\.", "dark"), (EQUATION, ".", "light")],
    ids=["term", "work", "equation"],
)
def test_a_link_that_is_reached_by_key_shows_what_it_leads_to(visit, selector, text, color_scheme):
    page = visit(color_scheme=color_scheme)
    link = focus_by_key(page, selector)
    box = page.locator(".dl-preview")
    text = text or re.escape(link.get_attribute("data-preview"))
    expect(box).to_have_text(re.compile(text))
    expect(box).to_be_in_viewport(ratio=1)
    expect(link).to_have_attribute("aria-describedby", "dl-preview")
    expect(box).to_have_role("tooltip")
    assert barriers_within(page, ".dl-preview") == []
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(link).to_be_focused()


@in_chromium
def test_a_pointer_shows_a_preview_and_may_rest_on_it(visit):
    page = visit()
    page.locator(TERM).first.hover()
    box = page.locator(".dl-preview")
    expect(box).to_be_visible()
    box.hover()
    page.wait_for_timeout(400)  # longer than a preview stays that nobody points at
    expect(box).to_be_visible()
    page.locator("article h1").hover()
    expect(box).to_have_count(0)


@in_chromium
def test_by_touch_the_first_tap_shows_and_a_link_goes_there(visit):
    page = visit(**TOUCH)
    page.locator(TERM).first.tap()
    box = page.locator(".dl-preview")
    expect(box).to_contain_text(page.locator(TERM).first.get_attribute("data-preview"))
    expect(box).to_be_in_viewport(ratio=1)
    assert page.url.endswith(CHAPTER)
    assert barriers_within(page, ".dl-preview") == []
    page.touchscreen.tap(195, 30)
    expect(box).to_have_count(0)
    page.locator(TERM).first.tap()
    box.get_by_text("Go there").tap()
    page.wait_for_url("**/chapters/glossary.html#*")


@in_chromium
def test_a_preview_stays_where_the_tab_key_has_scrolled_to_its_link(visit):
    page = visit()
    link = page.locator(TERM).last
    link.evaluate("link => link.focus({preventScroll: true})")
    page.keyboard.press("Shift+Tab")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("scrollY === 0")
    frames = "new Promise(now => requestAnimationFrame(() => requestAnimationFrame(now)))"
    page.evaluate(frames)
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    page.wait_for_function("scrollY > 0")
    page.evaluate(frames)  # by now the scrolling was told to the page
    expect(page.locator(".dl-preview")).to_be_in_viewport()


@in_chromium
def test_a_chapter_asks_for_nothing_to_show_a_preview(visit):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for selector in (TERM, WORK):
        focus_by_key(page, selector)
        expect(page.locator(".dl-preview")).to_be_visible()
    assert not asked


def test_every_link_to_a_term_or_work_carries_its_text():
    link = tree("chapters/07_variants_of_sgd.html").select_one("a[href$='#learning-rate']")
    assert "scales the gradient" in link["data-preview"]
    for path in SITE.glob("chapters/0*.html"):
        soup = tree(path.relative_to(SITE).as_posix())
        for link in soup.select("main article a[href*='glossary.html#'], .bibtex-citation a"):
            assert len(link.get("data-preview", "")) > 20, link
            assert not re.search(r"[<\\$]", link["data-preview"]), link
            assert not link.has_attr("title"), "the browser would show it twice"


# --- the way back ------------------------------------------------------------------------


@in_chromium
@pytest.mark.parametrize("selector", [TERM, WORK, EQUATION], ids=["term", "work", "equation"])
def test_after_a_jump_a_link_leads_back_to_where_one_was(visit, selector):
    page = visit()
    link = page.locator(selector).last
    link.scroll_into_view_if_needed()
    before = link.bounding_box()["y"]
    link.evaluate("(link) => link.focus({ preventScroll: true })")
    page.keyboard.press("Enter")
    back = page.get_by_role("link", name="Back to where you were")
    expect(back).to_be_in_viewport()
    page.wait_for_selector("html[data-settled]")
    assert barriers_within(page, ".dl-back") == []
    back.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{CHAPTER}")
    page.wait_for_selector("html[data-settled]")
    page.wait_for_function(
        "([selector, before]) => Math.abs([...document.querySelectorAll(selector)].at(-1)"
        ".getBoundingClientRect().top - before) < 80",
        arg=[selector, before],
    )
    expect(back).to_have_count(0)


@in_chromium
def test_who_comes_from_elsewhere_is_not_sent_back(visit):
    page = visit("chapters/glossary.html#gradient")
    expect(page.locator(".dl-back")).to_have_count(0)


# --- the glossary ------------------------------------------------------------------------


def test_letters_lead_to_their_first_term():
    soup = tree("chapters/glossary.html")
    names = [section["id"] for section in soup.select("article section section")]
    letters = soup.select(".dl-letters a")
    assert [link.get_text() for link in letters] == sorted({name[0].upper() for name in names})
    for link in letters:
        first = next(name for name in names if name[0].upper() == link.get_text())
        assert link["href"] == f"#{first}"


def test_a_term_leads_to_the_section_that_teaches_it():
    soup = tree("chapters/glossary.html")
    terms = soup.select("article section section")
    for term in terms:
        (link,) = term.select(".dl-taught a") or [None]
        assert link, f"{term['id']}: where is it taught?"
        page, _, name = link["href"].partition("#")
        target = tree(f"chapters/{page}")
        section = target.select_one(f"[id='{name}']") if name else target.select_one("article")
        assert section.select_one(f"a[href$='glossary.html#{term['id']}']"), term["id"]
        assert chapter_number(page) is not None
    momentum = next(term for term in terms if term["id"] == "momentum")
    assert momentum.select_one(".dl-taught a").get_text().startswith("chapter 7, Momentum")


# --- above and below ----------------------------------------------------------------------


def test_a_page_says_when_it_was_changed_and_under_which_license():
    git = ["git", "-C", str(ROOT), "log", "-1", "--format=%cs", "--"]
    run = subprocess.run([*git, "chapters/glossary.md"], capture_output=True, text=True)
    shallow = (ROOT / ".git" / "shallow").exists()
    foot = tree("chapters/glossary.html").select_one(".bd-footer-content")
    assert foot.select_one("a[rel=license]")["href"].endswith("/by/4.0/")
    if run.stdout and not shallow:
        assert f"Last updated on {run.stdout.strip()}" in foot.get_text()


def test_an_error_can_be_reported_where_there_is_a_repository():
    address = repository_address(directory=ROOT)
    links = tree(CHAPTER).select(".bd-footer-content a[href*='/issues/new']")
    assert len(links) == bool(address)
    for link in links:
        assert link["href"].startswith(f"{address}/issues/new?title=")


def test_previous_and_next_stand_above_the_text_too():
    soup = tree("chapters/07_variants_of_sgd.html")
    top = {link["rel"][0]: link for link in soup.select(".bd-header-article .dl-turn a")}
    foot = [link["href"] for link in soup.select(".prev-next-footer a")]
    assert [top["prev"]["href"], top["next"]["href"]] == foot
    assert top["next"]["aria-label"].startswith("Next: ")
    assert "Learning rates" in top["next"]["aria-label"]


@in_chromium
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_header_has_room_for_its_buttons_and_a_phone_shows_that_to_copy(visit, width):
    page = visit(**TOUCH | {"viewport": {"width": width, "height": 700}})
    assert sideways_scrolling(page) == []
    header = page.locator(".bd-header-article").bounding_box()
    for button in page.locator(".bd-header-article :is(a, button):visible").all():
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width, button.inner_html()
        assert box["y"] >= header["y"], button.inner_html()
        assert box["y"] + box["height"] <= header["y"] + header["height"], button.inner_html()
    assert page.locator(".copybtn").first.evaluate("(b) => getComputedStyle(b).opacity") == "1"
