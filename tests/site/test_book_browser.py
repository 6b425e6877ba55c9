"""What takes a browser and more than one look: keys alone, calm, search, Firefox."""

import io
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from book_site import repository_address
from findable import published_at
from firefox_walk import needs_firefox, walk_in_firefox
from pypdf import PdfReader
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

ROOT = Path(__file__).parents[2]
PAGES = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html"))
PAGES = [page for page in PAGES if page not in ("404.html", "index.html")]
CHAPTERS = [page for page in PAGES if re.match(r"chapters/\d", page)]
BY_SIZE = sorted(CHAPTERS, key=lambda page: (SITE / page).stat().st_size) or ["no page"]
LIGHTEST, HEAVIEST = BY_SIZE[0], BY_SIZE[-1]
LANDING = "chapters/intro.html"
WITH_FIGURES = "chapters/05_gradient_descent.html"

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
    # One listing of a source stands for all of them.
    listings = [page for page in PAGES if page.startswith("_modules/dlcourse/")]
    pages = [page for page in PAGES if page not in listings[1:]]
    found = walk_in_firefox(address, pages)
    assert sorted(found) == pages
    problems = [f"{page}: {problem}" for page in pages for problem in found[page]]
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
    assert shut == "Show the code"
    expect(cell.locator("summary")).to_have_text("Hide the code", use_inner_text=True)
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
    page, problems = visit(LIGHTEST, color_scheme=color_scheme)
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
    page, _ = visit(LIGHTEST)
    focus_by_tab(page, ".skip-link a", most=1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main-content$"))
    page.keyboard.press("Tab")
    assert page.evaluate("() => Boolean(document.activeElement.closest('main'))")


def test_folded_answers_and_cells_open_and_close_with_enter(visit):
    page, _ = visit(LIGHTEST)
    for kind in (
        "main details:not([class]) > summary",
        "main .cell details:not(:has(.dl-answer)) > summary",
    ):
        summary = focus_by_tab(page, kind)
        for expected in (True, False):
            page.keyboard.press("Enter")
            expect(summary.locator("xpath=..")).to_have_js_property("open", expected)


def test_a_figure_is_played_and_moved_with_keys(visit):
    page, _ = visit(WITH_FIGURES)
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
    page.goto(f"{address}/{LIGHTEST}", wait_until="networkidle")
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
    page, _ = visit(LIGHTEST, viewport=PHONE)
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


@pytest.mark.parametrize(
    ("name", "moving"), [(LANDING, ".dl-lab-step"), (WITH_FIGURES, ".dl-interactive input")]
)
def test_nothing_moves_by_itself_for_who_asked_for_less_motion(visit, name, moving):
    page, _ = visit(name)
    assert page.evaluate(MOVING), "nothing ever moves: this test shows nothing"
    page.emulate_media(reduced_motion="reduce")
    assert not page.evaluate(MOVING)
    slider = page.locator(moving).first
    before = slider.input_value()
    page.wait_for_timeout(500)
    assert slider.input_value() == before


# --- what is kept ----------------------------------------------------------------------------

KEPT = """
async () => [
  Object.keys(localStorage),
  Object.keys(sessionStorage),
  [...await indexedDB.databases(), ...await caches.keys()],
  (await navigator.serviceWorker.getRegistrations()).length,
]
"""


def test_what_is_kept_of_a_reader_is_what_the_page_about_this_book_says(visit, address):
    about = (ROOT / "chapters" / "about.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (local|session) storage.*? \| (.+?) \|", about, re.MULTILINE)
    named = {
        kind: {name for row, names in rows if row == kind for name in re.findall("`(.+?)`", names)}
        for kind in ("local", "session")
    }
    page, problems = visit(LIGHTEST)
    form = page.locator(".dl-ask form:has(input[type=number], input[type=text])").first
    form.locator("input").first.fill("1")
    form.locator("input").first.press("Enter")
    page.wait_for_function("() => localStorage.getItem('dlcourse')")
    page.locator(".theme-switch-button").first.click()
    page.locator("article a[href*='glossary.html#']").first.click()
    page.wait_for_url("**/glossary.html#*")
    for name in ("review", "progress", "gallery"):
        page.goto(f"{address}/chapters/{name}.html", wait_until="networkidle")
    page.goto(f"{address}/search.html?q=gradient", wait_until="networkidle")
    local, session, others, workers = page.evaluate(KEPT)
    assert set(local) == named["local"]
    places = {re.sub(r"(?<=^place in ).*", "…", name) for name in session}
    assert places == named["session"]
    assert (others, workers) == ([], 0)
    assert page.context.cookies() == []
    assert not problems, "\n".join(problems)


# --- lines and edges ---------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 1366, 1600])
def test_text_code_folds_and_figures_begin_at_one_edge_and_end_at_two(visit, width):
    page, _ = visit("chapters/05_gradient_descent.html", viewport={"width": width, "height": 900})
    edges = page.evaluate("""() => {
      const parts = "p, .cell_input, .cell_output > .output, details, .dl-interactive, table";
      const inCells = `.cell > :is(${parts})`;
      const figures = ".dl-interactive, article .cell_output figure > img";
      const all = document.querySelectorAll(`section > :is(${parts}), ${inCells}, ${figures}`);
      const boxes = [...all].map((part) => [part, part.getBoundingClientRect()]);
      const shown = boxes.filter(
        ([part, box]) =>
          box.width && part.closest("article") && !part.parentElement.closest("details")
      );
      return {
        left: shown.map(([, box]) => Math.round(box.left)),
        right: shown
          .filter(([part]) => !part.matches("img"))
          .map(([, box]) => Math.round(box.right)),
      };
    }""")
    assert len(edges["left"]) > 60
    assert len(set(edges["left"])) == 1
    assert len(set(edges["right"])) <= 2


def test_all_folds_look_alike(visit):
    page, _ = visit("chapters/05_gradient_descent.html")
    looks = page.locator("article section details").evaluate_all("""(all) => all.map((fold) => {
      const box = getComputedStyle(fold);
      const line = getComputedStyle(fold.querySelector("summary"));
      return [
        box.borderWidth, box.borderColor, box.boxShadow, box.backgroundColor, box.paddingLeft,
        line.display, line.fontWeight, line.color,
      ].join();
    })""")
    assert len(looks) > 20
    assert len(set(looks)) == 1, set(looks)


def test_links_have_one_color_in_text_and_in_tables(visit):
    page, _ = visit("chapters/conventions.html")
    colors = "(all) => [...new Set(all.map((a) => getComputedStyle(a).color))]"
    outside = page.locator("article p > a.reference:not(:has(code))").evaluate_all(colors)
    inside = page.locator("article table a.reference:not(:has(code))").evaluate_all(colors)
    assert len(outside) == 1
    assert inside == outside


def test_after_a_caption_the_text_goes_on_soon(visit):
    page, _ = visit("chapters/05_gradient_descent.html")
    gaps = page.locator("article .cell_output :is(figure, .dl-interactive)").evaluate_all("""
      (all) => all.map((figure) => {
        const caption = figure.querySelector(".caption-text, .dl-caption").getBoundingClientRect();
        const next = figure.closest(".cell").nextElementSibling.getBoundingClientRect();
        return next.top - caption.bottom;
      })""")
    assert len(gaps) >= 5
    assert max(gaps) <= 36


# --- a narrow page -----------------------------------------------------------------------------


def test_on_a_phone_the_rest_of_a_broken_line_of_code_is_indented(visit):
    page, _ = visit("chapters/06_stochastic_gradient_descent.html", viewport=PHONE)
    rows = page.locator("article .cell_input .dl-line").evaluate_all("""(all) => all.map((line) => {
      const range = document.createRange();
      range.selectNodeContents(line);
      // A row may have boxes of several heights; the next one begins below their middle.
      const boxes = [...range.getClientRects()].filter(({ width, height }) => width && height > 5);
      const rows = [];
      for (const { left, top, bottom } of boxes.sort((a, b) => a.top - b.top)) {
        const row = rows.at(-1);
        if (!row || top > row.middle) rows.push({ left, middle: (top + bottom) / 2 });
        else row.left = Math.min(row.left, left);
      }
      return rows.map(({ left }) => left);
    })""")
    broken = [row for row in rows if len(row) > 1]
    assert len(broken) > 20
    assert all(min(rest) >= first for first, *rest in broken)
    # Where the first word alone is wider than the window, the line breaks before it already.
    assert sum(min(rest) < first + 15 for first, *rest in broken) <= len(broken) / 10


def test_code_is_copied_as_it_was_written(visit):
    page, _ = visit("chapters/06_stochastic_gradient_descent.html", viewport=PHONE)
    code = page.locator("article .cell_input pre", has_text="def train").first.text_content()
    compile(code, "cell", "exec")
    assert "\n        for first in range(0, len(x), batch_size):\n" in code


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("name", ["notation", "04_computation_graphs"])
def test_on_a_phone_a_table_shows_all_its_columns(visit, name, width):
    page, _ = visit(f"chapters/{name}.html", viewport={"width": width, "height": 844})
    wider = page.locator("article .pst-scrollable-table-container").evaluate_all(
        "(all) => all.map((box) => box.scrollWidth - box.clientWidth)"
    )
    assert wider
    assert max(wider) <= 1


# A word is broken if its boxes do not stand on one line.
BROKEN_WORDS = """
() => [...document.querySelectorAll("article table.dl-fixed :is(td, th)")].flatMap((cell) => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
  for (let text; (text = texts.nextNode()); ) {
    if (text.parentElement.closest(".katex")) continue;
    for (const word of text.data.matchAll(/[\\p{L}\\p{N}.,]+/gu)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const tops = [...range.getClientRects()].filter((box) => box.width).map((box) => box.top);
      if (tops.some((top) => top > tops[0] + 4)) broken.push(word[0]);
    }
  }
  return broken;
})
"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["setup", "teaching", "when_training_fails"])
def test_no_word_of_a_table_is_broken(visit, name, width):
    page, _ = visit(f"chapters/{name}.html", viewport={"width": width, "height": 900})
    assert page.locator("article table.dl-fixed").count()
    page.add_style_tag(content="* { content-visibility: visible !important; }")
    assert page.evaluate(BROKEN_WORDS) == []
    if width == 1280:
        boxes = page.locator("article .pst-scrollable-table-container")
        assert boxes.evaluate_all("(all) => all.every((e) => e.scrollWidth <= e.clientWidth + 1)")


def test_on_a_phone_a_printed_table_scrolls_in_its_box_also_by_keys(visit):
    page, _ = visit("chapters/07_variants_of_sgd.html", viewport=PHONE)
    page.evaluate(
        "() => document.querySelectorAll('article details').forEach((d) => (d.open = true))"
    )
    page.evaluate("() => window.dispatchEvent(new Event('resize'))")
    table = page.locator("article pre.dl-columns").filter(visible=True)
    wide = [t for t in table.all() if t.evaluate("(e) => e.scrollWidth > e.clientWidth + 1")]
    assert wide
    for box in wide:
        expect(box).to_have_css("white-space-collapse", "preserve")
        expect(box).to_have_css("text-wrap-mode", "nowrap")
        expect(box).to_have_attribute("tabindex", "0")
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


# --- paper -----------------------------------------------------------------------------------


def test_on_paper_what_is_folded_shows(visit):
    page, _ = visit(LIGHTEST)
    page.emulate_media(media="print")
    # Controls of a laboratory are of no use on paper.
    folded = page.locator(
        "article details:not([open], .dl-lab details) > :not(summary, style, script)"
    )
    shown = folded.evaluate_all("(all) => all.map((part) => part.checkVisibility())")
    assert len(shown) > 20
    assert all(shown)


def test_on_paper_all_sections_and_pictures_are_there(visit):
    page, _ = visit(LIGHTEST)
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


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_the_cheat_sheet_is_one_sheet_of_paper(visit, size):
    page, problems = visit("chapters/cheat_sheet.html")
    margin = dict.fromkeys(("top", "bottom", "left", "right"), "1cm")
    printed = PdfReader(io.BytesIO(page.pdf(format=size, margin=margin)))
    assert len(printed.pages) == 1
    text = " ".join(printed.pages[0].extract_text().split())
    assert "Cheat sheet" in text
    assert "rows that judge" in text
    assert not problems, "\n".join(problems)


def test_on_paper_no_box_of_code_is_split_over_two_sheets(visit):
    page, _ = visit(LIGHTEST)
    page.emulate_media(media="print")
    boxes = page.locator("article div.highlight").filter(visible=True)
    kept = boxes.evaluate_all(
        "(all) => all.map((box) => getComputedStyle(box).breakInside === 'avoid')"
    )
    assert len(kept) > 20
    assert all(kept)


# --- formulas --------------------------------------------------------------------------------

# The pixels between the fractions of a formula that stand one below the other, from the lower
# edge of the characters of one to the upper edge of those of the other.
FRACTIONS = """
() => [...document.querySelectorAll(".katex-display")].flatMap((formula) => {
  const outer = [...formula.querySelectorAll(".mfrac")]
    .filter((fraction) => !fraction.parentElement.closest(".mfrac"));
  const boxes = outer.map((fraction) => {
    const characters = [...fraction.querySelectorAll(".mord, .mbin, .mrel, .mopen, .mclose")]
      .filter((part) => !part.children.length).map((part) => part.getBoundingClientRect());
    const most = (side) => Math.max(...characters.map((box) => box[side]));
    const least = (side) => Math.min(...characters.map((box) => box[side]));
    return { top: least("top"), bottom: most("bottom"), left: least("left"), right: most("right") };
  });
  const isBelow = (a, b) =>
    b.top > (a.top + a.bottom) / 2 && a.left < b.right && b.left < a.right;
  return boxes.flatMap((a) => boxes.filter((b) => isBelow(a, b)).map((b) => b.top - a.bottom));
})
"""


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "desk"])
def test_fractions_on_two_lines_of_a_formula_do_not_touch(visit, viewport):
    gaps = []
    for chapter in ("01_derivatives", "05_gradient_descent", "07_variants_of_sgd"):
        page, _ = visit(f"chapters/{chapter}.html", viewport=viewport)
        gaps += page.evaluate(FRACTIONS)
    assert gaps
    assert min(gaps) > 0


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
