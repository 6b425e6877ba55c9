"""Each check of site_checks.py is shown a page with the fault it is there to find."""

import pytest
import site_checks
from site_checks import AXE, PHONE, find_chromium, open_page, serve

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason=site_checks.NO_CHROMIUM),
    pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: run 'make book' first"),
]

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
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

BASE = "<span class='katex-base' style='display: inline-block; width: 250px'>a =</span>"

SOUND = f"""
<h1>A price of $5, another of $6 and <code>$x$</code></h1>
<span class="katex"><annotation>\\frac{{1}}{{2}}</annotation></span>
<img src="{DOT}" alt="A dot"> <img src="{DOT}" role="presentation">
<svg width="100" height="100" role="img" aria-label="A square"><path d="M0 0h9v9z"/></svg>
<svg width="16" height="16"><path d="M0 0h9v9z"/></svg>
<div style="overflow-x: auto"><div style="width: 900px">wide</div></div>
<div class="katex-display"><span class="katex-html">{BASE}</span></div>
{FIGURE}"""


@pytest.fixture
def problems_of(browser, tmp_path):
    """Serve a page with this body; return all that the checks find in it."""

    def problems_of(body, viewport=PHONE):
        (tmp_path / "page.html").write_text(PAGE.format(body), encoding="utf-8")
        with serve(tmp_path) as address:
            page, problems = open_page(browser, f"{address}/page.html", viewport=viewport)
            others = site_checks.sideways_scrolling, site_checks.barriers
            for check in (*site_checks.CHECKS, *others):
                problems += check(page)
            page.context.close()
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
    "missing script": ("<script src='gone.js'></script>", "answer 404"),
    "missing style sheet": ("<link rel='stylesheet' href='gone.css'>", "answer 404"),
    "foreign script": (
        "<script src='https://example.org/x.js'></script>",
        "foreign host: https://example.org/x.js",
    ),
    "foreign picture": ("<img alt='x' src='//example.org/x.png'>", "foreign host: http://example"),
    "foreign data": ("<script>fetch('https://example.org/')</script>", "foreign host: https://ex"),
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
    "button without a name": ("<button></button>", "barrier: button-name"),
    "broken formula": (
        f"<div class='katex-display'><span class='katex-html'>{BASE}{BASE}</span></div>",
        "the formula breaks in two: a =",
    ),
    "wide box": ("<div style='width: 900px'>wide</div>", "px wide in a window of 390 px"),
    "long word": (f"<p>{'unbreakable' * 20}</p>", "px wide in a window of 390 px"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(problems_of, fault):
    body, problem = FAULTS[fault]
    assert problem in "\n".join(problems_of(body))
