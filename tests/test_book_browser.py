"""What takes a browser and more than one look: keys alone, calm, search, Firefox."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from book_site import repository_address
from findable import published_at
from firefox_walk import needs_firefox, walk_in_firefox
from site_checks import (
    NO_BOOK,
    NO_CHROMIUM,
    PHONE,
    SITE,
    QuietHandler,
    barriers,
    find_chromium,
    open_page,
    serve,
)

expect = pytest.importorskip("playwright.sync_api").expect  # waits for what it expects

ROOT = Path(__file__).parent.parent
PAGES = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html"))
PAGES = [page for page in PAGES if page not in ("404.html", "index.html")]
CHAPTERS = [page for page in PAGES if re.match(r"chapters/\d", page)]
HEAVIEST = max(CHAPTERS, key=lambda page: (SITE / page).stat().st_size, default="no page")
LANDING = "chapters/intro.html"

pytestmark = [
    pytest.mark.skipif(not PAGES, reason=NO_BOOK),
    pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM),
]


@pytest.fixture
def visit(browser, address):
    contexts = []

    def visit(name, **settings):
        page, problems = open_page(browser, f"{address}/{name}", **settings)
        contexts.append(page.context)
        page.wait_for_selector("html[data-settled]")
        return page, problems

    yield visit
    for context in contexts:
        context.close()


# --- Firefox ------------------------------------------------------------------------------------


@needs_firefox
def test_every_page_works_in_firefox(address):
    found = walk_in_firefox(address, PAGES)
    assert sorted(found) == PAGES
    problems = [f"{page}: {problem}" for page in PAGES for problem in found[page]]
    assert not problems, "\n".join(problems)


# --- loaded again ------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "desk"])
def test_a_page_that_is_loaded_again_stands_where_it_stood(visit, viewport):
    page, _ = visit(HEAVIEST, viewport=viewport)
    heading = page.locator("article h2").nth(4)
    heading.evaluate("(heading) => window.scrollTo(0, heading.getBoundingClientRect().top - 150)")
    before = heading.bounding_box()["y"]
    page.reload(wait_until="networkidle")
    page.wait_for_selector("html[data-settled]")
    assert abs(heading.bounding_box()["y"] - before) < 60


# --- folded cells ------------------------------------------------------------------------


def test_a_folded_cell_says_what_a_click_does(visit):
    page, problems = visit("chapters/12_boston_housing.html")
    cell = page.locator("details.hide").first
    shut = cell.locator("summary").inner_text()
    cell.locator("summary").click()
    assert shut == "Show code cell source"
    expect(cell.locator("summary")).to_have_text("Hide code cell source", use_inner_text=True)
    assert not problems


# --- keys alone --------------------------------------------------------------------------

# Focus must be seen: a ring or a shadow around what has it.
FOCUS = """
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  // The ring may be around a part of it, as of an arrow whose box is empty.
  const ring = [element, ...element.children].some((part) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
    const { width, height } = part.getBoundingClientRect();
    const drawn = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    return drawn && width * height > 0;
  });
  const box = element.getBoundingClientRect();
  return {
    ring,
    kind: element.matches("input[type=range]") ? "slider"
      : element.matches(".dl-interactive button") ? "play"
      : element.matches("summary") ? "summary"
      : element.matches(".theme-switch-button") ? "theme"
      : element.matches(".search-button__button, .search-button-field") ? "search"
      : element.matches(".skip-link a") ? "skip"
      : element.matches(".bd-sidebar-primary a") ? "contents"
      : element.matches(".prev-next-footer a") ? "next"
      : element.matches(".copybtn") ? "copy"
      : element.tagName.toLowerCase(),
    html: element.outerHTML.slice(0, 110),
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}
"""


def walk_by_tab(page, most=600):
    """Press Tab until the page ends; return what had the focus."""
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    stops, seen = [], set()
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            return stops
        key = page.evaluate(
            "() => { const e = document.activeElement;"
            " return e.dataset.stop ??= String(Math.random()); }"
        )
        if key in seen:
            return stops
        seen.add(key)
        stops.append(stop)
    raise AssertionError(f"more than {most} stops, the last at {stops[-1]['html']}")


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_a_chapter_can_be_walked_with_the_tab_key_and_focus_is_seen(visit, color_scheme):
    page, problems = visit(HEAVIEST, color_scheme=color_scheme)
    # The skip link slides in; here it stands at once.
    page.emulate_media(reduced_motion="reduce")
    stops = walk_by_tab(page)
    kinds = {stop["kind"] for stop in stops}
    assert {"skip", "search", "contents", "theme", "summary", "slider", "play", "copy", "next"} <= (
        kinds
    )
    assert stops[0]["kind"] == "skip"
    unseen = [stop["html"] for stop in stops if not stop["ring"]]
    assert not unseen, "focus can't be seen on:\n" + "\n".join(unseen)
    away = [stop["html"] for stop in stops if not stop["inside"]]
    assert not away, "focus is outside of the window on:\n" + "\n".join(away)
    assert not problems


def focus_by_tab(page, selector, most=600):
    """Press Tab until an element that matches has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return page.locator(":focus")
    raise AssertionError(f"the Tab key does not lead to {selector}")


def test_the_skip_link_leads_to_the_text(visit):
    page, _ = visit(HEAVIEST)
    focus_by_tab(page, ".skip-link a", most=1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main-content$"))
    page.keyboard.press("Tab")
    assert page.evaluate("() => Boolean(document.activeElement.closest('main'))")


def test_folded_answers_and_cells_open_and_close_with_enter(visit):
    page, _ = visit(HEAVIEST)
    for kind in ("main details:not([class]) > summary", "main .cell details > summary"):
        summary = focus_by_tab(page, kind)
        for expected in (True, False):
            page.keyboard.press("Enter")
            expect(summary.locator("xpath=..")).to_have_js_property("open", expected)


def test_a_figure_is_played_and_moved_with_keys(visit):
    page, _ = visit(LANDING)
    slider = focus_by_tab(page, ".dl-interactive input[type=range]")
    before = slider.input_value()
    page.keyboard.press("ArrowRight")
    expect(slider).not_to_have_value(before)
    page.keyboard.press("Home")
    play = focus_by_tab(page, ".dl-interactive button.dl-play", most=4)
    page.keyboard.press("Space")
    expect(play).to_have_text("Pause")
    page.wait_for_function("() => +document.querySelector('.dl-interactive input').value >= 2")
    page.keyboard.press("Space")
    expect(play).to_have_text("Play")


def test_the_theme_is_switched_with_enter_and_remembered(visit, address):
    page, _ = visit(LANDING)
    focus_by_tab(page, ".theme-switch-button")
    modes = []
    while len(modes) < 3 or modes[-1] != "dark":
        mode = page.locator("html").get_attribute("data-mode")
        page.keyboard.press("Enter")
        expect(page.locator("html")).not_to_have_attribute("data-mode", mode)
        page.wait_for_function("() => document.activeElement.matches('.theme-switch-button')")
        modes.append(page.locator("html").get_attribute("data-mode"))
    assert sorted(modes[:3]) == ["auto", "dark", "light"]
    page.goto(f"{address}/{HEAVIEST}", wait_until="networkidle")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_search_from_the_keyboard_finds_a_chapter(visit):
    page, problems = visit("chapters/setup.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("Boston housing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=Boston+housing")
    page.wait_for_selector("#search-results li a")
    page.wait_for_load_state("networkidle")
    focus_by_tab(page, "#search-results li a")
    assert page.evaluate(FOCUS)["ring"]
    problems += barriers(page)
    links = page.locator("#search-results li a").evaluate_all("(all) => all.map((a) => a.href)")
    assert any("12_boston_housing.html" in link for link in links)
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/**")
    page.wait_for_load_state("networkidle")
    assert not problems, "\n".join(problems)


def test_on_a_phone_the_contents_open_and_close_with_keys(visit):
    page, _ = visit(HEAVIEST, viewport=PHONE)
    focus_by_tab(page, ".primary-toggle")
    page.keyboard.press("Enter")
    dialog = page.locator("#pst-primary-sidebar-modal")
    expect(dialog).to_have_js_property("open", True)
    focus_by_tab(page, "#pst-primary-sidebar-modal a", most=10)
    page.keyboard.press("Escape")
    expect(dialog).to_have_js_property("open", False)
    page.wait_for_function("() => document.activeElement.matches('.primary-toggle')")


# --- calm ---------------------------------------------------------------------------------

MOVING = """
() => [...document.querySelectorAll("*")].filter((element) => {
  const { transitionDuration, animationName } = getComputedStyle(element);
  return transitionDuration.split(", ").some((d) => parseFloat(d)) || animationName !== "none";
}).map((element) => element.outerHTML.slice(0, 80))
"""


def test_nothing_moves_by_itself_for_who_asked_for_less_motion(visit, address):
    page, _ = visit(LANDING)
    assert page.evaluate(MOVING), "nothing ever moves: this test shows nothing"
    page.emulate_media(reduced_motion="reduce")
    assert not page.evaluate(MOVING)
    slider = page.locator(".dl-interactive input")
    before = slider.input_value()
    page.wait_for_timeout(500)
    assert slider.input_value() == before


# --- paper -----------------------------------------------------------------------------------


def test_on_paper_all_sections_and_pictures_are_there(visit):
    page, _ = visit(HEAVIEST)
    page.emulate_media(media="print")
    hidden = page.evaluate(
        "() => [...document.querySelectorAll('main section')]"
        ".filter((s) => getComputedStyle(s).contentVisibility !== 'visible').length"
    )
    assert hidden == 0
    page.pdf()
    loaded = page.evaluate(
        "() => [...document.querySelectorAll('main img')].map((i) => i.naturalWidth > 0)"
    )
    assert loaded
    assert all(loaded)


# --- lost addresses ------------------------------------------------------------------------------


class PagesHandler(QuietHandler):
    """Answers as GitHub Pages does: below the path of the book, and 404.html for the rest."""

    base = urlsplit(published_at(repository_address(directory=ROOT)) or "").path or "/"

    def translate_path(self, path):
        return super().translate_path("/" + path.removeprefix(self.base))

    def send_error(self, code, *arguments, **settings):
        body = (SITE / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.mark.parametrize("lost", ["lost.html", "chapters/deeper/and/deeper/lost.html"])
def test_a_lost_address_leads_to_help_at_any_depth(browser, lost):
    base = PagesHandler.base
    with serve(SITE, PagesHandler) as address:
        page, problems = open_page(browser, f"{address}{base}{lost}")
        problems = [p for p in problems if lost not in p and "404 (" not in p]
        assert page.locator("h1").first.text_content() == "This page does not exist"
        assert page.evaluate("() => document.styleSheets[0].cssRules.length") > 100
        problems += barriers(page)
        page.locator("main input[name=q]").fill("gradient")
        page.keyboard.press("Enter")
        page.wait_for_selector("#search-results li a")
        page.context.close()
    assert not problems, "\n".join(problems)


def test_the_first_address_leads_to_the_first_page(visit):
    page, problems = visit("index.html")
    page.wait_for_url(f"**/{LANDING}")
    assert not problems, "\n".join(problems)
