"""What must hold of every page of the built book, as seen by a browser.

Each check takes an open page and returns the problems it found as sentences. They are
applied to the book by test_site.py, and shown to catch what they are for by
test_site_checks.py.
"""

import contextlib
import functools
import re
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_CHROMIUM = "Chromium is not installed (on Debian or Ubuntu: apt-get install chromium)"
NO_BOOK = "there is no built book: run 'make book' first"

SITE = Path(__file__).parents[2] / "_build" / "html"


@functools.cache
def tree(page):
    """Read a page of the site, once for all tests that a worker runs."""
    from bs4 import BeautifulSoup  # not there where only the package is tested

    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


# What a part of a page is tried in.
TRIAL = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trial</title><link rel="icon" href="data:,"></head>
<body><main><h1>Trial</h1>{}</main></body></html>"""

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class FreshHandler(QuietHandler):
    """Keeps the connection, and has nothing else kept: each visit is a first visit."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


class Server(ThreadingHTTPServer):
    # A browser that closes a connection early is no news.
    def handle_error(self, request, client_address):
        pass


@contextlib.contextmanager
def serve(directory, handler=QuietHandler):
    """Serve a directory on a free local port; yield its address."""
    handler = functools.partial(handler, directory=str(directory))
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def find_chromium():
    """Return the path of a Chromium on this machine, or None."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next(filter(None, found), None)


def launch(playwright):
    """Start the machine's Chromium, which finds nothing beyond this machine."""
    return playwright.chromium.launch(
        executable_path=find_chromium(),
        args=[
            # Containers seldom allow Chromium's own sandbox; it only sees our pages here.
            "--no-sandbox",
            "--disable-background-networking",
            # A page that only works with the network can't pass on a machine that has one.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--no-proxy-server",
        ],
    )


# Whoever comes for the first time has nothing stored. An empty page can't store anything.
FORGET = "try { localStorage.clear(); sessionStorage.clear(); } catch {}"

NOTE_SHIFTS = """
window.shift = 0;
window.moved = [];
window.shifts = new PerformanceObserver((list) => {
  for (const { hadRecentInput, startTime, value, sources } of list.getEntries()) {
    if (hadRecentInput) continue;
    window.shift += value;
    const parts = sources.map(({ node, previousRect: from, currentRect: to }) =>
      `${node?.id || node?.className || node?.nodeName} from ${from.y} to ${to.y}`);
    window.moved.push(`${value.toFixed(3)} at ${startTime.toFixed()} ms: ${parts.join(", ")}`);
  }
});
window.shifts.observe({ type: "layout-shift", buffered: true });
"""


def empty_page(browser, address, *scripts, **settings):
    """Return an empty page and a list in which it notes what goes wrong when it is used.

    It is for pages of the same host as the address: requests to others are reported. The
    scripts run at the start of each page.
    """
    problems = []
    context = browser.new_context(**{"viewport": DESKTOP, "color_scheme": "light"} | settings)
    for script in scripts:
        context.add_init_script(script)
    here = urlsplit(address).netloc

    def note_request(request):
        if urlsplit(request.url).netloc != here:
            problems.append(f"request to a foreign host: {request.url}")

    def note_console(message):
        if message.type == "error":
            problems.append(f"error in the console: {message.text}")

    def note_response(response):
        if response.status >= 400:
            problems.append(f"answer {response.status}: {response.url}")

    def note_failure(request):
        # A page that leads on to another one (index.html does) cuts its own requests.
        if request.failure != "net::ERR_ABORTED":
            problems.append(f"request failed ({request.failure}): {request.url}")

    context.on("request", note_request)
    page = context.new_page()
    page.on("console", note_console)
    page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    page.on("response", note_response)
    page.on("requestfailed", note_failure)
    return page, problems


# A page is laid out to its end, in the fonts that it asked for.
SETTLED = """
() => "settled" in document.documentElement.dataset && document.fonts.status === "loaded"
"""


def window(browser, address, **settings):
    """Open a window; return a function that goes to a page of this site, as if the first time.

    To open a window takes longer than most pages do, so it serves for many of them.
    """
    page, problems = empty_page(browser, address, FORGET, NOTE_SHIFTS, **settings)

    def visit(name):
        problems.clear()
        page.goto(f"{address}/{name}")
        page.wait_for_function(SETTLED)
        return page, problems

    return visit


def open_page(browser, address, **settings):
    """Open a page; return it with what went wrong while it loaded, and later on."""
    page, problems = empty_page(browser, address, **settings)
    page.goto(address, wait_until="networkidle")
    return page, problems


@contextlib.contextmanager
def quiet_pages(browser):
    """Yield what opens pages as `open_page` does; close them, which must have been quiet."""
    opened = []

    def visit(address, **settings):
        opened.append(open_page(browser, address, **settings))
        return opened[-1][0]

    yield visit
    for page, problems in opened:
        page.context.close()
        assert not problems, "\n".join(problems)


# --- mathematics ---------------------------------------------------------------------

# As Pandoc has it: no space inside the dollars and no digit after them, so that
# prices are left alone.
RAW_MATHEMATICS = re.compile(
    r"\$(?![\s$])[^$]*?(?<![\s\\$])\$(?!\d)"  # $x^2$
    r"|\$\$"
    r"|\\[()\[\]]"  # \( x^2 \)
    r"|\\(?:begin|end|frac|sum|partial|nabla|mathbf|eta|alpha|beta|text|left|right|label)\b"
)

TEXT_BLOCKS = """
() => {
  const outside = "code, pre, kbd, samp, script, style, noscript, textarea, .katex, svg";
  const copy = document.body.cloneNode(true);
  for (const element of copy.querySelectorAll(outside)) element.replaceWith(" ");
  const blocks = "p, li, dt, dd, td, th, h1, h2, h3, h4, h5, h6, figcaption, caption, summary";
  const texts = [...copy.querySelectorAll(blocks)].map((block) => block.textContent);
  texts.push(copy.textContent);
  return texts.map((text) => text.replace(/\\n[ \\t]*(?=\\S)/g, " "));
}
"""


def unrendered_mathematics(page):
    """Find TeX that a reader would see as TeX."""
    problems = []
    for text in page.evaluate(TEXT_BLOCKS):
        for line in text.splitlines():
            match = RAW_MATHEMATICS.search(line)
            if match:
                excerpt = line[max(0, match.start() - 30) : match.end() + 30].strip()
                problems.append(f"raw mathematics: {excerpt!r}")
    for element in page.locator(".katex-error").all():
        problems.append(f"KaTeX could not set: {element.text_content()!r}")
    if page.locator("mjx-container, .MathJax, script[src*=mathjax i]").count():
        problems.append("MathJax is on the page; formulas are set by KaTeX")
    return list(dict.fromkeys(problems))


# --- pictures ------------------------------------------------------------------------

IMAGES = """
async () => {
  const images = [...document.querySelectorAll("img")];
  return Promise.all(images.map(async (image) => {
    image.loading = "eager";
    try { await image.decode(); } catch { /* naturalWidth tells */ }
    return {
      src: image.getAttribute("src") || "",
      alt: image.getAttribute("alt"),
      decorative: Boolean(image.closest("[aria-hidden=true]")) ||
        ["presentation", "none"].includes(image.getAttribute("role")),
      width: image.naturalWidth,
    };
  }));
}
"""

# Icons are smaller than any figure.
DRAWINGS_WITHOUT_DESCRIPTION = """
() => [...document.querySelectorAll("main svg")].filter((svg) => {
  const box = svg.getBoundingClientRect();
  if (Math.max(box.width, box.height) <= 64) return false;
  if (svg.parentElement.closest("svg, .katex")) return false;
  const named = (element) =>
    (element.getAttribute("aria-label") || "").trim() ||
    (element.getAttribute("aria-labelledby") || "").trim();
  const title = [...svg.children].find((child) => child.tagName === "title");
  if (named(svg) || (title && title.textContent.trim())) return false;
  if (svg.closest("[aria-hidden=true]")) return false;
  const owner = svg.closest("[role=img], [role=group], figure");
  return !(owner && named(owner));
}).map((svg) => svg.outerHTML.slice(0, 80))
"""


def missing_descriptions(page):
    """Find pictures that say nothing to those who can't see them."""
    problems = []
    for image in page.evaluate(IMAGES):
        if image["decorative"]:
            continue
        alt = (image["alt"] or "").strip()
        file_name = Path(unquote(urlsplit(image["src"]).path)).name
        # Without an alt text of its own, Sphinx takes the file's address for one.
        if not alt or (file_name and alt.endswith(file_name)):
            problems.append(f"image without alt text: {image['src'][:100]}")
    for figure in page.evaluate(DRAWINGS_WITHOUT_DESCRIPTION):
        problems.append(f"drawing without a description: {figure}")
    unnamed = page.locator(".dl-interactive:not([aria-label])").count()
    if unnamed:
        problems.append(f"{unnamed} interactive figure(s) without an aria-label")
    return problems


def broken_images(page):
    """Find images that have no picture in them."""
    images = page.evaluate(IMAGES)
    return [f"broken image: {image['src'][:100]}" for image in images if not image["width"]]


# --- interactive figures ---------------------------------------------------------------

FIGURE_STATE = """
(figure) => {
  const shown = (element) => {
    const style = getComputedStyle(element);
    return style.display !== "none" && style.visibility !== "hidden" && style.opacity !== "0";
  };
  const frames = [...figure.querySelectorAll("[data-frame]")];
  return {
    frames: frames.filter(shown).map((frame) => frame.dataset.frame).join(" "),
    output: [...figure.querySelectorAll(".dl-value")].map((o) => o.textContent.trim()).join(" | "),
    spoken: [...figure.querySelectorAll("input[type=range]")]
      .map((slider) => slider.getAttribute("aria-valuetext")).join(" | "),
  };
}
"""


def dead_figures(page):
    """Find interactive figures that don't answer to the keyboard."""
    problems = []
    for number, figure in enumerate(page.locator(".dl-interactive").all(), start=1):
        name = f"interactive figure {number} ({figure.get_attribute('aria-label')})"
        sliders = figure.locator("input[type=range]").all()
        if not sliders:
            problems.append(f"{name} has no slider")
        for slider in sliders:
            problems += [f"{name}: {problem}" for problem in dead_slider(figure, slider)]
    return problems


def dead_slider(figure, slider):
    states = {}
    for key in ("Home", "ArrowRight", "ArrowLeft", "End"):
        slider.press(key)
        states[key] = figure.evaluate(FIGURE_STATE)
    problems = []
    for part, meaning in (
        ("frames", "the frame shown"),
        ("output", "the text beside the slider"),
        ("spoken", "aria-valuetext"),
    ):
        at = {key: state[part] for key, state in states.items()}
        if not all(at.values()):
            problems.append(f"{meaning} is empty")
        elif at["ArrowRight"] == at["Home"]:
            problems.append(f"ArrowRight does not change {meaning}")
        elif at["ArrowLeft"] != at["Home"]:
            problems.append(f"ArrowLeft does not bring {meaning} back")
        elif at["End"] == at["Home"]:
            problems.append(f"Home and End leave {meaning} the same")
    return problems


# --- layout ----------------------------------------------------------------------------

OVERFLOW = """
() => {
  const width = document.documentElement.clientWidth;
  const scroller = document.scrollingElement;
  const most = Math.max(scroller.scrollWidth, document.body.scrollWidth);
  if (most <= window.innerWidth) return null;
  const culprits = [...document.querySelectorAll("main *")].filter((element) =>
    element.getBoundingClientRect().right > width + 1);
  const last = culprits.at(-1);
  return { most, width, culprit: last ? last.outerHTML.slice(0, 120) : "?" };
}
"""


# KaTeX may break a line between the parts of a formula, wherever there is a sign of relation.
BREAKS = """
() => [...document.querySelectorAll(".katex-display .katex-html")].flatMap((formula) => {
  const parts = [...formula.querySelectorAll(":scope > .katex-base")];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const broken = boxes.some((box, i) => i > 0 && box.left < boxes[i - 1].right - 1);
  return broken ? [formula.textContent.slice(0, 60)] : [];
})
"""


def broken_formulas(page):
    """Find displayed formulas that don't fit on a line; alignment keeps relations whole."""
    return [f"the formula breaks in two: {text}" for text in page.evaluate(BREAKS)]


def sideways_scrolling(page):
    """Find pages that are wider than the window."""
    found = page.evaluate(OVERFLOW)
    if not found:
        return []
    return [
        f"the page is {found['most']} px wide in a window of {found['width']} px; "
        f"sticking out: {found['culprit']}"
    ]


# What shows now must be there before what it does to the page is measured.
READ_ON = """
async (part) => {
  const frame = () => new Promise(requestAnimationFrame);
  const arrived = ({ top, bottom }) => bottom > 0 && top < innerHeight;
  scrollTo(0, part * document.body.scrollHeight);
  do { await frame(); } while ([...document.images].some((image) =>
    !image.complete && image.checkVisibility() && arrived(image.getBoundingClientRect())));
  await frame();
  await frame();
  return window.shift;
}
"""
MOST_SHIFT = 0.02


def jumps(page):
    """Find what jumps while a page loads and is read; NOTE_SHIFTS must run at its start."""
    page.wait_for_load_state("networkidle")
    shift = [page.evaluate(READ_ON, part) for part in (0.25, 0.5, 1)][-1]
    if shift < MOST_SHIFT:
        return []
    return [f"the page jumps: {shift:.3f}", *page.evaluate("window.moved")]


# Text that is at a formula, and on another line than the end of the formula it belongs to.
LOST_PUNCTUATION = """
() => {
  const folded = document.querySelectorAll("article details:not([open])");
  for (const details of folded) details.open = true;
  const place = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  const beside = (element, next) => {
    while (!element[next] && !element.matches("p, li, td, dd, article")) {
      element = element.parentElement;
    }
    return element[next]?.nodeType === Node.TEXT_NODE ? element[next] : null;
  };
  const lost = [];
  for (const formula of document.querySelectorAll("article .katex")) {
    const boxes = formula.querySelectorAll(".katex-base");
    const shown = boxes.length && formula.getClientRects().length;
    if (!shown || formula.closest(".katex-display")) continue;
    const after = beside(formula, "nextSibling");
    if (after && /^\\u2060?[)\\]},.;:!?\u2019\u201d]/.test(after.data)) {
      const mark = place(after, after.data[0] === "\u2060" ? 1 : 0);
      const end = boxes[boxes.length - 1].getBoundingClientRect();
      if (mark.left < end.left - 1) lost.push(formula.textContent + after.data.slice(0, 9));
    }
    const before = beside(formula, "previousSibling");
    if (before && /[(\\[{]$/.test(before.data)) {
      const mark = place(before, before.data.length - 1);
      if (boxes[0].getBoundingClientRect().left < mark.left) lost.push(before.data.slice(-9));
    }
  }
  for (const details of folded) details.open = false;
  return lost;
}
"""


def lost_punctuation(page):
    """Find a comma behind a formula that begins a line, and a bracket before one that ends it."""
    boxes = page.locator("article .katex .katex-base")
    if page.locator("article .katex").count() and not boxes.count():
        return ["formulas have no boxes: is their class another one?"]
    return [f"on another line than its formula: {mark}" for mark in page.evaluate(LOST_PUNCTUATION)]


# --- accessibility -------------------------------------------------------------------------

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

# No transition is under way where it can be seen.
CALM = """
() => document.getAnimations().every((animation) =>
  !(animation instanceof CSSTransition) || animation.playState !== "running" ||
  !animation.effect.target.checkVisibility({ contentVisibilityAuto: true }))
"""

# axe takes a while for each element, so those are spared of which the answer is known: a page
# has twenty thousand. It never objects to a single letter. In a listing, where thousands of words
# look alike, one stands for all of its look that nothing else lies over; and a formula in the
# text, a hundred elements in the color of the text, becomes a word of it. To put all of them back
# would take a third of the time.
VIOLATIONS = """
async () => {
  const spared = new Set();
  const alike = new Set();
  const ownText = (element) => [...element.childNodes]
    .map((node) => (node.nodeType === Node.TEXT_NODE ? node.data : "")).join("").trim();
  for (const element of document.body.querySelectorAll(":not(input, select, textarea)")) {
    if (ownText(element).length < 2) spared.add(element);
  }

  const box = (element) => element.getBoundingClientRect();
  const overlap = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const placed = [...document.body.querySelectorAll("*")]
    .filter((element) => getComputedStyle(element).position !== "static")
    .map((element) => [element, box(element)]);
  for (const listing of document.querySelectorAll(".highlight pre, .highlight pre :has(> span)")) {
    const room = box(listing);
    const near = placed.filter(([element, at]) => overlap(at, room) && !element.contains(listing));
    const looks = new Set();
    for (const word of listing.children) {
      const at = box(word);
      const { color, backgroundColor, opacity, font } = getComputedStyle(word);
      const look = [word.className, color, backgroundColor, opacity, font].join();
      const isPlain = word.matches("span:not(:has(*))[class]") && word.attributes.length === 1;
      if (isPlain && spared.has(word)) alike.add(word);
      else if (
        isPlain && /^[ -~]*[a-z0-9][ -~]*$/i.test(word.textContent) &&
        at.left >= room.left && at.right <= room.right &&
        !near.some(([, cover]) => overlap(cover, at))
      ) looks.has(look) ? alike.add(word) : looks.add(look);
    }
  }

  for (const word of alike) word.replaceWith(word.textContent);
  for (const formula of document.querySelectorAll(".katex")) {
    const color = (element) => getComputedStyle(element).color;
    const isOfTheText = color(formula) === color(formula.parentElement);
    if (isOfTheText && !formula.closest(".katex-display")) formula.replaceWith("formula");
  }
  for (const element of spared) element.setAttribute("data-spared", "");
  axe.configure({ rules: [{ id: "color-contrast", selector: ":not([data-spared])" }] });
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.length}): ${nodes[0].html.slice(0, 120)}`
  );
}
"""


@functools.cache
def axe():
    return AXE.read_text(encoding="utf-8")


def barriers(page):
    """Find what axe knows to keep people out: contrast, names, landmarks, focus, ...

    Formulas in the text and words in listings are plain text afterwards.
    """
    page.wait_for_function(CALM)  # a color on its way to another one has no contrast yet
    page.evaluate("(axe) => (0, eval)(axe)", axe())
    return [f"barrier: {violation}" for violation in page.evaluate(VIOLATIONS)]


VIOLATIONS_WITHIN = """
async (selector) => {
  const { violations } = await axe.run({ include: [selector] }, { resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html.slice(0, 120)}`);
}
"""


def barriers_within(page, selector):
    """Find what axe says of some parts of a page that was looked at as a whole elsewhere."""
    assert page.locator(selector).count(), f"there is no {selector}"
    page.evaluate("(axe) => (0, eval)(axe)", axe())
    return [f"barrier: {violation}" for violation in page.evaluate(VIOLATIONS_WITHIN, selector)]


# Figures are moved when all else was seen; `barriers` takes the page apart.
ON_A_DESKTOP = (
    unrendered_mathematics,
    broken_formulas,
    jumps,
    lost_punctuation,
    missing_descriptions,
    broken_images,
    dead_figures,
    barriers,
)
IN_THE_DARK = (barriers,)
ON_A_PHONE = (sideways_scrolling, jumps, lost_punctuation, barriers)


def look(page, checks):
    """Apply checks to a page that settled; return what they find, when nothing moves any more."""
    problems = [problem for check in checks for problem in check(page)]
    page.wait_for_load_state("networkidle")
    return problems
