"""The picture of the first page: right at every step, for light and dark, for less motion."""

import ast
import doctest
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import make_readme_picture
import numpy as np
import pytest
from chapter import chapter
from PIL import Image
from site_checks import NO_CHROMIUM, find_chromium

from dlcourse.plotting.style import COLORS, HEIGHTS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

needs_chromium = pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM)

PICTURES = {
    name: (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("descent-light.svg", "descent-dark.svg")
}


def test_the_picture_is_what_its_tool_draws_the_same_each_time(tmp_path, monkeypatch):
    once, again = make_readme_picture.pictures(), make_readme_picture.pictures()
    same = once == again == PICTURES  # pytest would take long to show where they differ
    assert same, "run python tools/make_readme_picture.py"
    monkeypatch.setattr(make_readme_picture, "FOLDER", tmp_path)
    assert make_readme_picture.main(["--check"]) == 1
    assert list(tmp_path.iterdir()) == []
    assert make_readme_picture.main([]) == 0
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == once
    assert make_readme_picture.main(["--check"]) == 0


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_small_stands_alone_and_runs_nothing(name):
    text = PICTURES[name]
    assert len(text.encode()) < 100_000
    root = ElementTree.fromstring(text)
    assert root.find("{http://www.w3.org/2000/svg}title").text == make_readme_picture.ALT
    # GitHub serves it where nothing else is loaded and no script runs.
    assert not re.search(r"<script|<image|<foreignObject|\bon\w+=|@import|@font-face", text)
    outside = text.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:", outside.replace("http://www.w3.org/1999/xlink", ""))


def test_the_first_page_shows_the_picture_for_light_and_for_dark_and_describes_it():
    (picture,) = re.findall(r"<picture>(.*?)</picture>", README, re.DOTALL)
    source, image = picture.strip().splitlines()
    assert 'media="(prefers-color-scheme: dark)" srcset="docs/descent-dark.svg"' in source
    assert 'src="docs/descent-light.svg"' in image
    assert f'alt="{make_readme_picture.ALT}"' in image


def test_the_picture_shows_the_valley_the_start_and_the_rates_of_chapter_7():
    names, race = chapter("07").code[:2]
    assert "optimizer_race(" in race
    code = f"{names}\n{race}"
    assert "return x**2 / 20 + y**2" in code
    assert make_readme_picture.bowl(3.0, 2.0) == 3.0**2 / 20 + 2.0**2
    start = ast.literal_eval(re.search(r"start=(\(.*?\))", code)[1])
    assert start == make_readme_picture.START
    for kind, rate in make_readme_picture.RATES.items():
        assert re.search(rf"\b{kind.__name__}: ([\d.]+)", code)[1] == f"{rate:g}"


def descent(rate):
    """Gradient descent on the valley in closed form: each step multiplies x and y."""
    steps = np.arange(31)
    return np.column_stack([-7 * (1 - rate / 10) ** steps, 2 * (1 - 2 * rate) ** steps])


def heavy_ball(rate):
    """Momentum, written out."""
    place, velocity, visited = np.array([-7.0, 2.0]), np.zeros(2), []
    for _ in range(31):
        visited.append(place)
        velocity = 0.9 * velocity - rate * place * [1 / 10, 2]
        place = place + velocity
    return np.array(visited)


def adam(rate):
    """Adam, written out."""
    place, m, v, visited = np.array([-7.0, 2.0]), np.zeros(2), np.zeros(2), []
    for t in range(1, 32):
        visited.append(place)
        slope = place * [1 / 10, 2]
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        place = place - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return np.array(visited)


@pytest.fixture
def page(browser):
    """A page for pictures; what is inline follows what the page is told of motion."""
    page = browser.new_page(viewport={"width": 900, "height": 480})
    yield page
    page.close()


AT = """(seconds) => {
  for (const animation of document.getAnimations()) {
    animation.pause();
    animation.currentTime = 1000 * seconds;
  }
  return [0, 1, 2].map((k) => {
    const { e, f } = new DOMMatrix(getComputedStyle(document.querySelector(`.m${k}`)).transform);
    const drawn = getComputedStyle(document.querySelector(`.t${k}`)).strokeDashoffset;
    return [e, f, parseFloat(drawn)];
  });
}"""
SHOWN = """() => {
  const [top, height] = ["y", "height"].map((side) =>
    Number(document.querySelector("#window rect").getAttribute(side)));
  const moved = new DOMMatrix(getComputedStyle(document.querySelector(".n")).transform).f;
  return [...document.querySelectorAll(".n text")].filter((text) => {
    const baseline = Number(text.getAttribute("y")) + moved;
    return baseline > top && baseline < top + height;
  }).map((text) => text.textContent);
}"""


@needs_chromium
@pytest.mark.parametrize("step", [0, 1, 2, 11, 30])
def test_at_each_step_the_marks_are_where_the_formulas_say(page, step):
    page.emulate_media(reduced_motion="no-preference")
    page.set_content(PICTURES["descent-light.svg"])
    picture = make_readme_picture
    # A hair behind the moment, so that rounding to hundredths of a percent plays no part.
    marks = page.evaluate(AT, picture.BEFORE + picture.STEP * step + 0.002)
    for (x, y, hidden), walk in zip(
        marks, (descent(0.95), heavy_ball(0.1), adam(0.3)), strict=True
    ):
        expected = 60 * (walk[step][0] + 8), 44 + 60 * (2.5 - walk[step][1])
        assert (x, y) == pytest.approx(expected, abs=2.5)
        lengths = np.hypot(*np.diff(walk, axis=0).T)
        share = lengths[step:].sum() / lengths.sum()
        assert hidden == pytest.approx(1000 * share, abs=8)
    assert page.evaluate(SHOWN) == [f"step {step}"]


@needs_chromium
def test_who_asks_for_less_motion_sees_where_the_walks_end(page):
    page.set_content(PICTURES["descent-light.svg"])
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("() => document.getAnimations().length") == 7
    end = page.evaluate(AT, make_readme_picture.CYCLE - 0.1)
    page.emulate_media(reduced_motion="reduce")
    page.set_content(PICTURES["descent-light.svg"])
    assert page.evaluate("() => document.getAnimations().length") == 0
    assert page.evaluate(AT, 0) == end
    assert page.evaluate(SHOWN) == ["step 30"]


def pixels(page, svg, style=""):
    page.set_content(f"<style>body {{ margin: 0; background: #fff }} {style}</style>{svg}")
    image = Image.open(io.BytesIO(page.locator("svg").screenshot()))
    return np.asarray(image.convert("RGB"), dtype=int)


@needs_chromium
def test_the_dark_picture_is_the_light_one_as_a_dark_page_turns_it_over(page):
    css = (ROOT / "_static" / "book.css").read_text(encoding="utf-8")
    (rule,) = re.findall(r"filter: (invert\(.+?\) hue-rotate\(.+?\));", css)
    page.emulate_media(reduced_motion="reduce")
    turned = pixels(page, PICTURES["descent-light.svg"], f"svg {{ filter: {rule} }}")
    dark = pixels(page, PICTURES["descent-dark.svg"])
    light = pixels(page, PICTURES["descent-light.svg"])
    differs = np.abs(turned - dark).max(axis=-1)
    # Edges are smoothed before they are turned over in one picture, and after it in the other.
    assert (differs <= 3).mean() > 0.95
    assert differs.max() <= 16
    assert np.abs(light - dark).mean() > 100


def test_the_examples_of_the_tool_are_right():
    assert doctest.testmod(make_readme_picture) == (0, 1)


def contrast(one, other):
    """The contrast of two colors, as WCAG defines it."""

    def luminance(color):
        parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_names_and_walks_of_the_picture_stand_out_from_their_ground():
    turned = make_readme_picture.turned_over
    shown = [COLORS["black"], *(color for color, _ in make_readme_picture.LOOKS)]
    for ground in HEIGHTS:
        for color in shown:
            assert contrast(color, ground) >= 4.5
            assert contrast(turned(color), turned(ground)) >= 4.5
