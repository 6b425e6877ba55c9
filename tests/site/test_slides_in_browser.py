"""The slides in a browser: all there, nothing from elsewhere, reached by keys, none too large."""

import json
from io import BytesIO
from pathlib import Path

import make_slides
import pytest
from chapter_parts import chapters
from pypdf import PdfReader
from site_checks import NO_CHROMIUM, empty_page, find_chromium, serve

pytestmark = pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM)

SCREEN = {"width": 1280, "height": 720}
TRIED = ["03", "12"]  # the most formulas, and tables, code and raw numbers
READY = "'ready' in document.documentElement.dataset"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

# Goes to each slide and says what of it is beyond the screen, or has to be scrolled to.
TOO_LARGE = """() => deck.getSlides().flatMap((slide, number) => {
  const { h, v } = deck.getIndices(slide);
  deck.slide(h, v);
  const box = slide.getBoundingClientRect();
  const problems = [];
  if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1) problems.push("beyond");
  if (slide.scrollWidth > slide.clientWidth + 1) problems.push("too wide");
  if (slide.scrollHeight > slide.clientHeight + 1) problems.push("too high");
  for (const part of slide.querySelectorAll("img, pre, table, .katex-display > .katex"))
    if (part.getBoundingClientRect().right > innerWidth - 20) problems.push(part.tagName);
  if (parseFloat(slide.style.fontSize || 1) < 0.7) problems.push("set very small");
  const name = `slide ${number}, ${slide.dataset.kind} ${slide.dataset.key}`;
  return problems.map((problem) => `${name}: ${problem}`);
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("slides")
    make_slides.make(chapters(TRIED), out, png=False)
    with serve(out) as address:
        yield out, address


@pytest.fixture(params=TRIED)
def deck(request, browser, site):
    out, address = site
    (name,) = [path.name for path in out.glob(f"{request.param}_*.html")]
    page, problems = empty_page(browser, address, viewport=SCREEN)
    page.goto(f"{address}/{name}")
    page.wait_for_function(READY)
    yield page, problems
    page.context.close()


def place(page):
    return page.evaluate(
        "[deck.getSlides().indexOf(deck.getCurrentSlide()), deck.getTotalSlides()]"
    )


def test_the_first_and_the_last_slide_are_reached_by_keys(deck):
    page, problems = deck
    at, total = place(page)
    assert at == 0
    for _ in range(total - 1):
        page.keyboard.press("Space")
    assert place(page) == [total - 1, total]
    page.keyboard.press("Shift+Space")
    assert place(page) == [total - 2, total]
    page.keyboard.press("Home")
    assert page.evaluate("deck.getIndices().h") == 0
    page.keyboard.press("ArrowRight")
    assert page.evaluate("deck.getIndices().h") == 1
    assert problems == []


def test_no_slide_is_larger_than_the_screen(deck):
    page, problems = deck
    assert page.evaluate(TOO_LARGE) == []
    assert problems == []


def test_formulas_are_set_and_figures_are_there(deck):
    page, _ = deck
    assert page.locator(".katex").count() > 50
    assert page.locator(".katex-error").count() == 0
    text = page.evaluate(
        """() => { const copy = document.body.cloneNode(true);
        for (const part of copy.querySelectorAll("pre, code, .katex, script")) part.remove();
        return copy.textContent; }"""
    )
    assert "FORMULA" not in text
    assert "\\" not in text
    assert "$$" not in text
    assert (
        page.evaluate(
            """async () => Promise.all([...document.images].map(async (image) => {
        await image.decode(); return image.naturalWidth > 0 && image.alt.length > 30; }))"""
        )
        == [True] * page.locator("img").count()
    )


def violations(page):
    rules = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }"
    result = page.evaluate(f"axe.run(document, {rules})")
    return [(v["id"], v["nodes"][0]["html"][:120]) for v in result["violations"]]


def test_axe_finds_nothing_wrong(deck):
    page, _ = deck
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # One of each kind stays, since axe looks through the whole document each time.
    kept = page.evaluate(
        """() => {
        const seen = new Set();
        for (const slide of deck.getSlides())
          if (seen.has(slide.dataset.kind)) slide.remove();
          else seen.add(slide.dataset.kind);
        for (const column of document.querySelectorAll(".slides > section"))
          if (!column.querySelector("section")) column.remove();
        deck.sync(); deck.slide(0, 0);
        return deck.getSlides().length; }"""
    )
    assert kept > 8
    found = []
    for number in range(kept):
        page.evaluate(
            "(n) => { const { h, v } = deck.getIndices(deck.getSlides()[n]); deck.slide(h, v); }",
            number,
        )
        found += violations(page)
    assert found == [], json.dumps(found, indent=1)


def test_the_list_of_chapters_leads_to_them(browser, site):
    _, address = site
    page, problems = empty_page(browser, address, viewport=SCREEN)
    page.goto(f"{address}/index.html")
    page.locator("ol a").first.click()
    page.wait_for_function(READY)
    assert problems == []
    assert place(page)[0] == 0
    page.context.close()


def test_printed_each_slide_is_a_page(browser, site):
    out, address = site
    page, problems = empty_page(browser, address, viewport=SCREEN)
    page.goto(f"{address}/{next(out.glob('12_*.html')).name}?print-pdf")
    page.wait_for_function(READY)
    page.wait_for_selector(".pdf-page")
    pdf = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    slides = len(make_slides.slides_of(chapters(["12"])[0]))
    assert len(pdf.pages) == slides
    assert problems == []
    page.context.close()
