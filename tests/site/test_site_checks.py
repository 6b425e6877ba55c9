"""Each check of site_checks.py is shown a page with the fault it is there to find."""

import pytest
from firefox_walk import needs_firefox, walk_in_firefox
from site_checks import (
    AXE,
    NO_CHROMIUM,
    ON_A_DESKTOP,
    PHONE,
    FreshHandler,
    barriers_within,
    find_chromium,
    look,
    serve,
    sideways_scrolling,
    window,
)

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM),
    pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: run 'make book' first"),
]

PAGE = """<!doctype html><html lang="en" data-settled><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trial</title><link rel="icon" href="data:,"></head><body><main>{}</main></body></html>"""

DOT = "data:image/png;base64," + (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

FIGURE = """
<div class="dl-interactive" role="group" aria-label="A dot that moves">
  <svg width="200" height="100">
    <g data-frame="0"><circle cx="20" cy="50" r="9"/></g>
    <g data-frame="1" style="display: none"><circle cx="90" cy="50" r="9"/></g>
    <g data-frame="2" style="display: none"><circle cx="160" cy="50" r="9"/></g>
  </svg>
  <input type="range" min="0" max="2" value="0" aria-label="step" aria-valuetext="step 0">
  <span class="dl-value">step 0</span>
  <script>
    const slider = document.querySelector("input");
    slider.addEventListener("input", () => {
      for (const frame of document.querySelectorAll("[data-frame]"))
        frame.style.display = frame.dataset.frame === slider.value ? "" : "none";
      document.querySelector(".dl-value").textContent = "step " + slider.value;
      slider.setAttribute("aria-valuetext", "step " + slider.value);
    });
  </script>
</div>"""

# A listing as Pygments makes it, in which words of a kind look alike.
LISTING = (
    "<div class='highlight'><pre><span class='o'>=</span><span class='n'>rate</span>\n"
    "<span class='n'>loss</span><span class='n'>x</span></pre></div>"
)

BASE = "<span class='katex-base' style='display: inline-block; width: 250px'>a =</span>"

SPACE = "<i style='display: inline-block; width: 20px'></i>"

LINES = "<style>body { overflow-anchor: none }</style>" + "<p>A line</p>" * 99
GROW = "document.querySelector('p').style.height = '200px'"


def in_two_frames(statement):
    return f"requestAnimationFrame(() => requestAnimationFrame(() => {{ {statement} }}))"


SOUND = f"""
<h1>A price of $5, another of $6 and <code>$x$</code></h1>
<span class="katex"><annotation>\\frac{{1}}{{2}}</annotation></span>
<img src="{DOT}" alt="A dot"> <img src="{DOT}" role="presentation">
<svg width="100" height="100" role="img" aria-label="A square"><path d="M0 0h9v9z"/></svg>
<svg width="16" height="16"><path d="M0 0h9v9z"/></svg>
<div style="overflow-x: auto"><div style="width: 900px">wide</div></div>
<div class="katex-display"><span class="katex-html">{BASE}</span></div>
{LISTING}
{FIGURE}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def visit(browser, folder):
    with serve(folder, FreshHandler) as address:
        yield window(browser, address, viewport=PHONE)


@pytest.fixture
def problems_of(visit, folder):
    """Visit a page with this body; return all that the checks find in it."""

    def problems_of(body):
        (folder / "page.html").write_text(PAGE.format(body), encoding="utf-8")
        page, problems = visit("page.html")
        problems += look(page, (sideways_scrolling, *ON_A_DESKTOP))
        return problems

    return problems_of


def test_a_sound_page_passes(problems_of):
    assert problems_of(SOUND) == []


# What is wrong: the body of a page that has the fault, and what must be said about it.
FAULTS = {
    "message in the console": ("<script>console.error('oh no')</script>", "console: oh no"),
    "script error": ("<script>null.x</script>", "script error: Cannot read properties of null"),
    "late script error": (
        "<script>setTimeout(() => { throw new Error('late') })</script>",
        "script error: late",
    ),
    "very late script error": (
        "<script>setTimeout(() => { throw new Error('late') }, 400)</script>",
        "script error: late",
    ),
    "missing script": ("<script src='gone.js'></script>", "answer 404"),
    "missing style sheet": ("<link rel='stylesheet' href='gone.css'>", "answer 404"),
    "foreign script": (
        "<script src='https://example.org/x.js'></script>",
        "foreign host: https://example.org/x.js",
    ),
    "foreign picture": ("<img alt='x' src='//example.org/x.png'>", "foreign host: http://example"),
    "foreign data": ("<script>fetch('https://example.org/')</script>", "foreign host: https://ex"),
    "late foreign data": (
        "<script>setTimeout(() => fetch('https://example.org/'), 400)</script>",
        "foreign host: https://ex",
    ),
    "foreign frame": (
        "<iframe title='x' src='https://example.org/'></iframe>",
        "foreign host: https://ex",
    ),
    "foreign address": ("<img alt='x' src='http://192.0.2.1/'>", "foreign host: http://192"),
    "dollars": ("<p>The slope of $x^2$ is</p>", "raw mathematics"),
    "dollars over two lines": ("<p>The slope of $x_{1}\n+ x_2$ is</p>", "raw mathematics"),
    "double dollars": ("<p>$$ x^2 $$</p>", "raw mathematics"),
    "parentheses": ("<p>the slope \\( x^2 \\)</p>", "raw mathematics"),
    "bare TeX": ("<div>\\frac{1}{2}</div>", "raw mathematics"),
    "formula in error": ("<span class='katex-error'>x</span>", "KaTeX could not set: 'x'"),
    "MathJax": ("<mjx-container>x</mjx-container>", "MathJax is on the page"),
    "no alt text": (f"<img src='{DOT}'>", "image without alt text"),
    "blank alt text": (f"<img src='{DOT}' alt=' '>", "image without alt text"),
    "address for alt text": ("<img src='a/x.svg' alt='../a/x.svg'>", "image without alt text"),
    "broken picture": ("<img src='data:image/png;base64,AAAA' alt='A dot'>", "broken image"),
    "drawing that says nothing": (
        "<svg width='100' height='100'><path d='M0 0h9v9z'/></svg>",
        "drawing without a description",
    ),
    "figure without a name": (FIGURE.replace("aria-label", "data-x"), "without an aria-label"),
    "figure without a slider": (FIGURE.replace('"range"', '"text"'), "has no slider"),
    "dead slider": (FIGURE.replace('"input", ()', '"x", ()'), "change the frame shown"),
    "frames that stay": (FIGURE.replace("frame.style", "frame.dataset"), "change the frame shown"),
    "text that stays": (FIGURE.replace(".textContent =", ".title ="), "change the text beside"),
    "spoken text that stays": (
        FIGURE.replace("slider.setAttribute", "String"),
        "change aria-valuetext",
    ),
    "no frames": (FIGURE.replace("data-frame=", "data-x="), "the frame shown is empty"),
    "pale text": ("<p style='color: #ccc'>Can you read this?</p>", "barrier: color-contrast"),
    "pale words": (f"<style>.n {{ color: #ccc }}</style>{LISTING}", "barrier: color-contrast"),
    "pale word": (
        f"<style>.n ~ .n {{ color: #ccc }}</style>{LISTING}",
        "barrier: color-contrast",
    ),
    "word on a dark ground": (
        LISTING.replace("'n'>loss", "'n' style='background: #333'>loss"),
        "barrier: color-contrast",
    ),
    "pale rest of a listing": (
        LISTING.replace("<pre>", "<pre style='color: #ccc'>text").replace(
            "'n'", "'n' style='color: #000'"
        ),
        "barrier: color-contrast",
    ),
    "pale formula": (
        "<p>so <span class='katex' style='color: #ccc'>a = 2</span></p>",
        "barrier: color-contrast",
    ),
    "pale text with a formula": (
        "<p style='color: #ccc'>so <span class='katex'>a = 2</span></p>",
        "barrier: color-contrast",
    ),
    "comma on a line of its own": (
        f"<article><p style='width: 272px'>{SPACE}<span class='katex'>{BASE}</span>, so"
        "</p></article>",
        "on another line than its formula",
    ),
    "button without a name": ("<button></button>", "barrier: button-name"),
    "broken formula": (
        f"<div class='katex-display'><span class='katex-html'>{BASE}{BASE}</span></div>",
        "the formula breaks in two: a =",
    ),
    "wide box": ("<div style='width: 900px'>wide</div>", "px wide in a window of 390 px"),
    "line that comes late": (f"{LINES}<script>{in_two_frames(GROW)}</script>", "the page jumps"),
    "line that comes when one reads on": (
        f"{LINES}<script>onscroll = () => {in_two_frames(GROW)}</script>",
        "the page jumps",
    ),
    "long word": (f"<p>{'unbreakable' * 20}</p>", "px wide in a window of 390 px"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(problems_of, fault):
    body, problem = FAULTS[fault]
    assert problem in "\n".join(problems_of(body))


def test_each_visit_is_the_first(visit, folder):
    remembers = "<script>if (localStorage.x) console.error('seen'); localStorage.x = 1</script>"
    script = folder / "once.js"
    script.write_text("")
    (folder / "page.html").write_text(PAGE.format(remembers + "<script src='once.js'></script>"))
    for _ in range(2):
        page, problems = visit("page.html")
        assert look(page, ()) == problems == []
    script.unlink()
    page, problems = visit("page.html")
    assert look(page, ()) == []
    assert "answer 404" in "\n".join(problems)


FAULTS_IN_FIREFOX = {
    "console.html": ("<script>console.error('oh no')</script>", "console: oh no"),
    "script.html": ("<script>null.x</script>", "script error: "),
    "gone.html": ("<script src='gone.js'></script>", "answer 404"),
    "foreign.html": (
        "<script src='https://example.org/x.js'></script>",
        "foreign host: https://ex",
    ),
    "figure.html": (FIGURE.replace('"input", ()', '"x", ()'), "the slider moves nothing: A dot"),
    "wide.html": ("<div style='width: 900px'>wide</div>", "px wide in a window of 390 px"),
    "title.html": ("<style>h1 { display: none }</style>", "the title does not show"),
    "fraction.html": ("<math><mfrac><mi>a</mi></mfrac></math>", "a formula lacks a part: <mfrac"),
    "sum.html": ("<math><msubsup><mi>a</mi><mi>b</mi></msubsup></math>", "a formula lacks a part"),
}


@needs_firefox
def test_faults_are_found_in_firefox(tmp_path):
    bodies = {"sound.html": SOUND} | {name: body for name, (body, _) in FAULTS_IN_FIREFOX.items()}
    for name, body in bodies.items():
        (tmp_path / name).write_text(PAGE.format("<h1>Trial</h1>" + body), encoding="utf-8")
    with serve(tmp_path) as address:
        found = walk_in_firefox(address, bodies)
    assert found.pop("sound.html") == []
    for name, problems in found.items():
        assert FAULTS_IN_FIREFOX[name][1] in "\n".join(problems)


def test_a_part_of_a_page_is_judged_by_itself(visit, folder):
    pale = "<p class='{}' style='color: #ccc; background: #fff'>Pale text</p>"
    (folder / "page.html").write_text(
        PAGE.format("<p class='clear'>Text</p>" + pale.format("pale"))
    )
    page, _ = visit("page.html")
    assert "color-contrast" in "".join(barriers_within(page, ".pale"))
    assert barriers_within(page, ".clear") == []
    with pytest.raises(AssertionError, match=r"there is no \.gone"):
        barriers_within(page, ".gone")
