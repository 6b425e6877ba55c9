"""The laboratories under a reader's hands: keys, fingers, hostile addresses, copied code."""

import contextlib
import gzip
import io
import json
import os
import re
import subprocess
import sys
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import numpy as np
import pytest
import site_checks
from site_checks import (
    AXE,
    TRIAL,
    QuietHandler,
    barriers,
    find_chromium,
    quiet_pages,
)

from dlcourse import autodiff, labs
from dlcourse.labs._laboratory import SCRIPTS, part
from dlcourse.labs._optimizer import optimizer_presets
from dlcourse.widgets import STATIC_ONLY

expect = pytest.importorskip("playwright.sync_api").expect  # waits for what it expects

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason=site_checks.NO_CHROMIUM),
    pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: run 'make book' first"),
]

CHAPTERS = Path(__file__).parents[2] / "chapters"
PHONE = {"viewport": site_checks.PHONE, "has_touch": True, "is_mobile": True}
LINKED = '<link rel="stylesheet" href="labs.css"><script src="labs.js" defer></script>{}'
STRICT = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'"


class StrictHandler(QuietHandler):
    """Forbids what a page could do with a text: eval, scripts and handlers inside the page."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", STRICT)
        super().end_headers()


@pytest.fixture(scope="module")
def strict_site(tmp_path_factory):
    """Both laboratories, each on a page of its own, under a strict policy."""
    folder = tmp_path_factory.mktemp("labs")
    (folder / "labs.css").write_text(part("lab.css"), encoding="utf-8")
    (folder / "labs.js").write_text("".join(map(part, SCRIPTS)), encoding="utf-8")
    for name, lab in {
        "optimizers": labs.optimizer_lab(own_address=True),
        "graph": labs.graph_lab(own_address=True, x=2, w=3, b=1),
    }.items():
        page = TRIAL.format(LINKED.format(lab.to_html()))
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(StrictHandler, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser, strict_site):
    """Open a laboratory; close it after the test, which must have been quiet."""
    with quiet_pages(browser) as open_quietly:

        def opened(name, settings="", **context):
            page = open_quietly(f"{strict_site}/{name}.html#{settings}", **context)
            page.locator(".dl-lab[data-ready]").wait_for()
            return page

        yield opened


def caption(page):
    return page.locator(".dl-caption")


# --- keys and fingers ----------------------------------------------------------------------------


def test_a_race_is_set_and_watched_by_keys_alone(visit):
    page = visit("optimizers", "surface=ravine&steps=40&SGD=0.95&Adam=0.3")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("slider", name="step")).to_be_focused()
    page.keyboard.press("Home")
    expect(caption(page)).to_contain_text("After 0 of 40 steps. SGD: loss 6.45; Adam: loss 6.45.")
    page.keyboard.press("Tab")  # Step back
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Step forward
    expect(caption(page)).to_contain_text("After 1 of 40 steps.")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # no SGD any more
    expect(caption(page)).to_have_text(re.compile(r"^After 1 of 40 steps\. Adam: loss [\d.]+\.$"))
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("spinbutton", name="rate of SGD")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("1.1")
    page.keyboard.press("Enter")
    assert "SGD=1.1" in page.evaluate("location.hash")
    page.get_by_text("Start, steps and shape").press("Enter")
    page.get_by_label("start x").fill("3")
    page.get_by_label("start x").press("Enter")
    assert "start=3,2" in page.evaluate("location.hash")


def test_a_finger_puts_the_start_and_a_phone_shows_all(visit):
    page = visit("optimizers", "surface=ravine&SGD=0.5", **PHONE)
    canvas = page.locator(".dl-lab-map canvas")
    box = canvas.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.3)
    expect(page.locator(".dl-lab")).to_have_attribute("data-config", re.compile("start=[3-6]"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_play_walks_to_the_end_and_says_so_once(visit):
    page = visit("optimizers", "surface=ravine&steps=12&at=0&SGD=0.5")
    page.evaluate(
        """() => {
          window.said = [];
          const caption = document.querySelector(".dl-caption");
          const note = () => said.push(caption.textContent);
          new MutationObserver(note).observe(caption, {childList: true});
        }"""
    )
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(caption(page)).to_contain_text("After 12 of 12 steps.")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert len(set(page.evaluate("said"))) == 1


def test_without_motion_play_leads_to_the_end_at_once(visit):
    page = visit("optimizers", "surface=ravine&steps=2000&at=0&SGD=0.5", reduced_motion="reduce")
    page.get_by_role("button", name="Play").click()
    assert "After 2000 of 2000 steps." in caption(page).text_content()


def test_divergence_is_called_so(visit):
    page = visit("optimizers", "surface=valley&steps=100&SGD=0.5&Adam=0.1")
    expect(caption(page)).to_contain_text(re.compile(r"SGD: diverged at step \d+; Adam: loss"))
    page.get_by_text("The numbers behind the picture").click()
    row = page.get_by_role("row", name=re.compile("SGD"))
    expect(row).to_contain_text("diverged at step")


def test_a_formula_is_stepped_through_and_its_numbers_are_changed_by_keys(visit):
    page = visit("graph", "formula=loss=abs(4-(x*w%2Bb))&x=2&w=3&b=1")
    page.get_by_role("slider", name="step").press("Home")
    expect(caption(page)).to_have_text("The numbers are given; nothing is computed yet.")
    forward = page.get_by_role("button", name="Step forward")
    said = []
    for _ in range(9):
        forward.press("Enter")
        said.append(caption(page).text_content())
    assert said[0] == "Forward: v1 = x · w = 2 · 3 = 6."
    assert said[3] == "Forward: loss = abs(v3) = abs(−3) = 3."
    assert (
        said[5] == "Backward: the gradient at loss = abs(v3) is 1. It passes on 1 × −1 = −1 to v3."
    )
    assert said[8].endswith("It passes on 1 × 3 = 3 to x and 1 × 2 = 2 to w.")
    expect(forward).to_have_attribute("aria-disabled", "true")
    page.get_by_label("w =").fill("1")
    page.get_by_label("w =").press("Enter")
    expect(caption(page)).to_have_text(
        "w from 3 to 1, then v1 from 6 to 2, then v2 from 7 to 3, then v3 from −3 to 1, "
        "then loss from 3 to 1."
    )
    page.get_by_text("Nudge a number").press("Enter")
    page.get_by_label("Change").select_option("w")
    expect(page.locator(".dl-lab-paths li")).to_have_text(
        "w → v1 → v2 → v3 → loss: 2 × 1 × −1 × 1 = −2"
    )
    expect(page.locator(".dl-lab-nudged")).to_contain_text("The gradient is −2 and promises −0.02.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("name", ["optimizers", "graph"])
def test_axe_finds_nothing(visit, scheme, size, name):
    settings = "after=5&noise=1&SGD=0.1&Momentum=0.1&Adam=0.1" if name == "optimizers" else ""
    page = visit(
        name, settings, color_scheme=scheme, bypass_csp=True, **(PHONE if size == "phone" else {})
    )
    if scheme == "dark":
        page.evaluate("document.documentElement.style.cssText = 'background: #14181c; color: #ddd'")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert not barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_optimizer_stands_out_from_every_band(visit):
    page = visit("optimizers")
    runners, themes = page.evaluate(
        """() => [dlLabs.RUNNERS, Object.fromEntries(Object.entries(dlLabs.LAB_THEMES).map(
          ([name, theme]) =>
            [name, Array.from({length: dlLabs.BANDS}, (_, band) => dlLabs.bandColor(theme, band))]
        ))]"""
    )
    pairs = [
        (runner[name], band)
        for name, bands in themes.items()
        for runner in runners.values()
        for band in bands
    ]

    def luminance(rgb):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert len(pairs) == 2 * 7 * 12
    for color, band in pairs:
        own = luminance([int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)])
        ground = luminance([c / 255 for c in band])
        high, low = max(own, ground) + 0.05, min(own, ground) + 0.05
        assert high / low >= 3, (color, band)
    for what in ("light", "dark", "marker"):
        assert len({runner[what] for runner in runners.values()}) == 7


def test_they_are_small():
    script, style = "".join(map(part, SCRIPTS)), part("lab.css")
    assert len(gzip.compress((script + style).encode())) <= 60_000


# --- what is typed, or comes with an address ----------------------------------------------------

LONG = "x" + "+1" * 400_000
HOSTILE = {
    "optimizers": [
        "surface=formula&f=alert(1)",
        "surface=formula&f=<script>alert(1)</script>",
        "surface=formula&f=constructor",
        "surface=formula&f=__proto__",
        "surface=formula&f=x.constructor",
        "surface=formula&f=x[0]",
        "surface=formula&f=" + "(" * 200 + "x" + ")" * 200,
        "surface=formula&f=" + "-" * 400 + "x",
        f"surface=formula&f={LONG}",
        "surface=formula&f=1e999*x",
        "surface=formula&f=",
        "surface=__proto__",
        "surface=toString&SGD=1",
        "schedule=constructor",
        "SGD=NaN",
        "SGD=Infinity",
        "SGD=1e308",
        "SGD=-1",
        "SGD=0.1,0.2",
        "Adam=0.1,2",
        "Momentum=0.1,<img src=x onerror=alert(1)>",
        "start=1e400,2",
        "start=1,2,3",
        "start=,",
        "steps=1e9",
        "steps=-1",
        "steps=2.5",
        "seed=-1",
        "seed=1e30",
        "noise=javascript:alert(1)",
        "view=0,0,0,0",
        "view=NaN,1,2,3",
        '"><img src=x onerror=alert(1)>=1',
        "%E0%A4%A=1",
    ],
    "graph": [
        "formula=alert(1)",
        "formula=<img src=x onerror=alert(1)>",
        "formula=1",
        "formula=x =",
        "formula=x = = 2",
        "formula=loss = loss %2B 1",
        "formula=exp",
        "formula=exp(x, 2)",
        "formula=lambda x",
        "formula=import*2",
        "formula=__class__",
        "formula=x**",
        "formula=x y",
        "formula=2..3*x",
        "formula=" + "+".join(f"a{k}" for k in range(40)).replace("+", "%2B"),
        f"formula={LONG}",
        "formula=x*x&x=NaN",
        "formula=x*x&x=1e200",
        "formula=x*x&y=1",
        "formula=sqrt(" * 60 + "x",
        "formula=%F0%9F%98%80",
    ],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_address_gets_a_sentence_and_runs_nothing(visit, strict_site, name):
    page = visit(name)
    silent, broken = [], []
    for settings in HOSTILE[name]:
        page.goto("about:blank")  # or only the part behind the # would change
        page.goto(f"{strict_site}/{name}.html#{quote(settings, safe='=&%,')}")
        problems = page.locator(".dl-lab-problems")
        if not problems.text_content() or problems.locator("*").count():
            silent.append(settings[:60])
        page.locator(".dl-buttons button").first.click()  # it goes on working
        if "NaN" in caption(page).text_content() or not caption(page).text_content():
            broken.append(settings[:60])
    assert not silent
    assert not broken


@pytest.mark.parametrize("text", ["alert(1)", "(((", "x" * 30, "2 x", "log(", "1e999", ""])
def test_a_formula_that_is_none_changes_nothing(visit, text):
    page = visit("graph", "formula=x*w&x=2&w=3")
    field = page.get_by_label("Formula")
    field.fill(text)
    field.press("Enter")
    expect(page.locator(".dl-lab-problems")).to_contain_text("Not changed: the formula:")
    assert page.locator(".dl-lab").get_attribute("data-config") == "formula=x*w&x=2&w=3"


def test_an_error_says_where(visit):
    page = visit("graph")
    places = page.evaluate(
        """(formulas) => formulas.map((text) => {
          try { dlLabs.parse(text); } catch (error) { return [error.place, error.message]; }
        })""",
        ["x + $", "sin x", "(x", "foo(x)", "x +"],
    )
    assert places == [
        [4, "“$” is no part of a formula."],
        [0, "sin is a function: write sin(…)."],
        [2, "The formula ends where “)” should stand."],
        [0, places[3][1]],
        [3, "The formula ends too soon."],
    ]
    assert places[3][1].startswith("There is no function foo.")


def test_an_address_brings_back_what_was_set(visit):
    page = visit("optimizers")
    for about in optimizer_presets().values():
        again = page.evaluate(
            """(text) => {
              const {config, problems} = dlLabs.readConfig(text);
              const once = dlLabs.writeConfig(config);
              return [problems, once, dlLabs.writeConfig(dlLabs.readConfig(once).config)];
            }""",
            about["settings"],
        )
        problems, once, twice = again
        assert problems == []
        assert once == twice


# --- copied code --------------------------------------------------------------------------------


def printed_by(code):
    """Run a snippet; return the numbers it prints, a row for each line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), np.errstate(all="ignore"):
        exec(compile(code, "<copied>", "exec"), {"__name__": "copied"})
    return [line.split() for line in out.getvalue().splitlines()]


MORE = [
    "surface=noisy&steps=80&seed=5&noise=0.7&turn=20&SGD=0.1&AdamW=0.2,0.8,0.99,1e-7,0.1",
    "surface=beale&steps=50&Adam=0.05&schedule=OneCycle&num_steps=50&warmup=4",
    "surface=formula&f=relu(x)*sigmoid(y)%2Bx^2%2By**2&start=1,-0.5&steps=30&RMSprop=0.01",
    "surface=saddle&steps=20&SGD=0.1&schedule=StepDecay&every=7&start_at=3&after=10&then=ExpRange",
    "surface=wells&steps=25&noise=0.3&seed=9&Momentum=0.05&at=13",
]


def test_the_copied_race_prints_the_numbers_of_the_lab(visit):
    page = visit("optimizers")
    for settings in [*(about["settings"] for about in optimizer_presets().values()), *MORE]:
        problems, code, shown = page.evaluate(
            """(text) => {
              const {config, problems} = dlLabs.readConfig(text);
              const names = config.ground.inputs.y === undefined ? 1 : 2;
              const walks = dlLabs.race(config).map(({optimizer, places, losses}) =>
                [optimizer, ...places[config.at].slice(0, names), losses[config.at]]);
              return [problems, dlLabs.snippet(config), walks];
            }""",
            settings,
        )
        assert not problems
        for (name, *numbers), (expected, *values) in zip(printed_by(code), shown, strict=True):
            assert name == expected
            found = [float(number) for number in numbers]
            np.testing.assert_allclose(found, values, rtol=1e-9, atol=1e-12, err_msg=settings)
    page.get_by_text("The same in Python").click()
    settings = optimizer_presets()["7-seven"]["settings"]
    page.get_by_label("Example").select_option(settings)
    expect(page.locator(".dl-lab-python code")).to_have_text(
        page.evaluate("(text) => dlLabs.snippet(dlLabs.readConfig(text).config)", settings)
    )


def random_formula(rng, depth):
    """Return a random formula, in which no function leaves its domain."""
    if depth == 0 or rng.random() < 0.15:
        return str(rng.choice(["x", "w", "b", str(round(float(rng.uniform(0.1, 3)), 2))]))
    inner = partial(random_formula, rng, depth - 1)
    function = str(rng.choice(["+", "-", "*", "/", "^", "neg", "f", "f", "f"]))
    if function == "neg":
        return f"-({inner()})"
    if function == "/":
        return f"({inner()}) / (1 + square({inner()}))"
    if function == "^":
        return f"({inner()})^{rng.integers(0, 4)}"
    if function == "f":
        names = ["abs", "cos", "exp", "log", "relu", "sigmoid", "sin", "sqrt", "tanh"]
        name = str(rng.choice(names))
        # The arguments are kept small: exp(exp(x)) is too large for a number.
        made = {
            "exp": "exp(sin({}))",
            "log": "log(1.5 + square({}))",
            "sqrt": "sqrt(0.5 + square({}))",
        }
        return made.get(name, name + "({})").format(inner())
    return f"({inner()}) {function} ({inner()})"


def test_two_hundred_random_formulas_have_the_values_and_gradients_of_the_tape(visit):
    page = visit("graph")
    rng = np.random.default_rng(19)
    used, compared = set(), 0
    numpys = ["abs", "cos", "exp", "log", "sin", "sqrt", "square", "tanh"]
    known = {name: getattr(np, name) for name in numpys}
    known |= {"relu": autodiff.relu, "sigmoid": autodiff.sigmoid}
    while compared < 200:
        text = random_formula(rng, 4)
        if len(text) > 500 or not re.search(r"\b[xwb]\b", text):
            continue
        place = {name: round(float(rng.normal()), 3) for name in "xwb"}
        names = [name for name in "xwb" if re.search(rf"\b{name}\b", text)]
        f = eval(f"lambda {', '.join(names)}: {text.replace('^', '**')}", known)
        argnums = tuple(range(len(names)))
        value, slopes = autodiff.value_and_grad(f, argnums=argnums)(*(place[n] for n in names))
        found = page.evaluate(
            """([text, numbers]) => {
              const graph = dlLabs.parse(text);
              const out = dlLabs.forward(graph, numbers);
              const gradients = dlLabs.backward(graph, out);
              const steps = dlLabs.stepsOf(graph, out).filter(({kind}) => kind === "backward");
              const told = {};
              for (const {to, part} of steps.flatMap(({passed}) => passed)) {
                told[to] = (told[to] ?? 0) + part;
              }
              const inputs = Object.entries(graph.inputs).sort();
              return [out[graph.root], ...inputs.flatMap(([, k]) => [gradients[k], told[k] ?? 1])];
            }""",
            [text, place],
        )
        expected = dict(zip(names, map(float, slopes), strict=True))
        wanted = [float(value), *(expected[name] for name in sorted(names) for _ in range(2))]
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12, err_msg=text)
        used |= set(re.findall(r"[a-z]{3,}|[-+*/^]", text))
        compared += 1
    assert used >= {*numpys, "relu", "sigmoid", "+", "-", "*", "/", "^"}


FORMULAS = [
    ("loss = abs(4 - (x*w + b))", {"x": 2, "w": 3, "b": 1}),
    ("-x^2 / (1 + exp(-x)) - (2 - (x - 3))", {"x": 0.5}),
    ("p = sigmoid(w*x) * relu(x) + log(2) + tanh(square(w))", {"x": 1.5, "w": -0.25}),
    ("(x + y)^(2 - y)^2 - sqrt(pi)*e", {"x": 1.25, "y": 0.5}),
]


@pytest.mark.parametrize(("formula", "numbers"), FORMULAS)
def test_the_copied_formula_prints_the_numbers_of_the_lab(visit, formula, numbers):
    settings = "&".join(f"{k}={quote(str(v))}" for k, v in {"formula": formula, **numbers}.items())
    page = visit("graph", settings)
    code = page.locator(".dl-lab-python code").text_content()
    value, *gradients = page.evaluate(
        """() => {
          const text = document.querySelector(".dl-lab").dataset.config;
          const {graph, numbers} = dlLabs.readFormula(text);
          const out = dlLabs.forward(graph, numbers);
          const gradients = dlLabs.backward(graph, out);
          const slopes = Object.keys(numbers).map((name) => gradients[graph.inputs[name]]);
          return [out[graph.root], ...slopes];
        }"""
    )
    [printed] = printed_by(code)
    np.testing.assert_allclose([float(n) for n in printed], [value, *gradients], rtol=1e-12)
    page.get_by_text("The same as code").click()
    for library in ("PyTorch", "JAX", "TensorFlow"):
        page.get_by_label("Library").select_option(library)
        compile(page.locator(".dl-lab-python code").text_content(), library, "exec")


# --- what the chapters show ----------------------------------------------------------------


def printed_in(number):
    """Return all that the cells of a chapter print."""
    [path] = CHAPTERS.glob(f"{number}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    return "".join("".join(output.get("text", ())) for output in outputs)


def test_the_presets_walk_as_the_figures_of_the_chapters_do(visit):
    page = visit("optimizers")
    walks = {
        name: {optimizer: (places, losses) for optimizer, places, losses in race}
        for name, race in page.evaluate(
            """(presets) => Object.entries(presets).map(([name, {settings}]) => [name,
              dlLabs.race(dlLabs.readConfig(settings).config)
                .map(({optimizer, places, losses}) => [optimizer, places, losses])])""",
            optimizer_presets(),
        )
    }
    five, seven, eight = map(printed_in, ("05", "07", "08"))
    _, losses = walks["5-two-step-cycle"]["SGD"]
    assert f"steps    99 and    100: y = {losses[99]:.4f}, {losses[100]:.4f}" in five
    places, losses = walks["5-falling-rate"]["SGD"]
    x, y = places[100]
    assert f"({x:.4f}, {y:.4f}), y = {losses[100]:.2e}" in five
    table = seven[seven.index("after 30 steps   straight      turned") :]
    for name, (_, losses) in walks["7-seven"].items():
        turned = walks["7-turned"][name][1][30]
        assert f"{name:10} {losses[30]:14.5f} {turned:11.5f}" in table
    for preset, name in {"7-hollow-sgd": "SGD", "7-hollow-momentum": "Momentum"}.items():
        places, losses = walks[preset][name]
        assert f"{name}, 0.1: w = {places[60][0]:+.3f}, f = {losses[60]:.3f}" in seven
    arrived = {}
    for name, (places, _) in walks["7-condition-100"].items():
        error = np.linalg.norm(places, axis=1)
        arrived[name] = np.flatnonzero(error > 1e-6 * error[0])[-1] + 1
    assert f"{100:9,} {arrived['SGD']:6,} {arrived['Momentum']:9,}" in seven
    for preset, words in {
        "8-out-of-the-saddle": "Constant   up to 0.030: {:3} updates",
        "8-waves-out-of-the-saddle": "Triangular up to 0.880: {:3} updates",
    }.items():
        places, _ = walks[preset]["SGD"]
        passed = next(k for k, (_, y) in enumerate(places) if abs(y) >= 0.5)
        assert words.format(passed) in eight


# --- the tasks of the chapters ----------------------------------------------------------------


def test_the_labs_of_the_chapters_lead_to_the_answers_that_the_chapters_compute(visit):
    """What stands in chapters 2, 4, 5, 7 and 8, tried in the laboratories themselves."""
    page = visit("optimizers")

    def ends(settings):
        return page.evaluate(
            """(settings) => settings.map((text) => {
              const {config, problems} = dlLabs.readConfig(text);
              if (problems.length) throw new Error(problems.join());
              return dlLabs.race(config).map(({places, losses}) => [...places.at(-1), losses]);
            })""",
            settings,
        )

    hollows = "surface=formula&f=x*x*x*x/4-x*x/2%2By*y/2&steps=200&SGD=0.5&start={},0.8"
    (right,), (left,) = ends([hollows.format(1.73), hollows.format(1.74)])
    assert round(right[0], 6) == 1
    assert round(left[0], 6) == -1

    (arrives,), (passes,) = ends([f"surface=valley&steps=500&SGD={rate}" for rate in (0.17, 0.18)])
    assert arrives[2][-1] < 1e-6 < passes[2][-1]

    far = "surface=ravine&start=-70,20&steps=30&AdaGrad={}"
    (above,), (below,) = ends([far.format(11.6), far.format(11.7)])
    assert below[2][-1] < 1 <= above[2][-1]

    noisy = "surface=noisy&steps=400&SGD=0.5&seed={}&schedule={}"
    schedules = {
        "constant": "Constant",
        "wave": "Triangular&base=0.1&step_size=20",
        "restarts": "WarmRestarts&cycle_length=50",
        "cosine": "CosineDecay&num_steps=400",
    }
    means = {
        name: np.mean(
            [run[0][2][-50:] for run in ends([noisy.format(seed, said) for seed in range(20)])]
        )
        for name, said in schedules.items()
    }
    assert min(means, key=means.get) == "cosine"
    assert means["cosine"] < 0.05 < 0.1 < min(means["wave"], means["restarts"])

    slopes = page.evaluate(
        """(numbers) => numbers.map((w) => {
          const graph = dlLabs.parse("loss = square(x*w - 2) + abs(w)");
          return dlLabs.backward(graph, dlLabs.forward(graph, {x: 2, w}))[graph.inputs.w];
        })""",
        [0.87, 0.875, 0.88],
    )
    assert slopes[0] < 0 == slopes[1] < slopes[2]


IN_FRAMES = """
import html, sys, types
sys.modules["google.colab"] = types.ModuleType("google.colab")  # what tells that it is Colab
from dlcourse import labs, questions
outputs = [labs.optimizer_lab("surface=ravine&steps=40&SGD=0.95"), labs.graph_lab("y = x*x", x=3),
           questions.number("1-square", within=0), questions.number("1-cube", within=0)]
for output in outputs:
    inside = html.escape("<!doctype html><body>" + output._repr_html_())
    print("<iframe sandbox='allow-scripts allow-forms' hidden width=900 height=900 "
          f'srcdoc="{inside}"></iframe>')
"""


def test_each_output_works_in_a_frame_of_its_own_as_in_colab(browser):
    """In a sandbox without storage, and without a size until it is shown."""
    alive = {key: value for key, value in os.environ.items() if key != STATIC_ONLY}
    command = [sys.executable, "-c", IN_FRAMES]
    run = subprocess.run(command, capture_output=True, text=True, env=alive)
    assert run.returncode == 0, run.stderr
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(run.stdout)
    page.wait_for_function("frames.length === 4")
    page.evaluate("for (const frame of document.querySelectorAll('iframe')) frame.hidden = false")
    race, graph, square, cube = (page.frame_locator(f"iframe >> nth={k}") for k in range(4))
    race.get_by_role("button", name="Step back").click()
    expect(race.locator(".dl-caption")).to_contain_text("After 39 of 40 steps.")
    drawn = """(map) => {
      const seen = map.getContext("2d").getImageData(0, 0, map.width, map.height).data;
      return new Set(new Uint32Array(seen.buffer)).size;
    }"""
    assert race.locator(".dl-lab-map canvas").evaluate(drawn) > 10, "colors of the map"
    graph.get_by_role("button", name="Step back").click()
    expect(graph.locator(".dl-caption")).to_contain_text("The way back begins")
    for asked in (square, cube):
        asked.get_by_role("textbox").fill("9")
        asked.get_by_role("button", name="Commit").click()
        expect(asked.get_by_role("status")).to_have_text(
            "Your answer is noted. Now run the next cell."
        )
    assert not errors
    page.close()
