"""The pictures that a writer takes of a page show all of it."""

import struct

import pytest
import screenshot
from site_checks import NO_CHROMIUM, TRIAL, find_chromium, serve

pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM)

SECTIONS, TALL = 12, 1500
PAGE = TRIAL.format(
    f"""<style>
      section {{ content-visibility: auto; contain-intrinsic-size: auto 300px; }}
      section > div {{ height: {TALL}px; }}
      #late {{ margin-left: -30px; transition: margin-left 300ms; }}
      #late.here {{ margin-left: 0; }}
    </style><p id="late">Late</p>{"<section><div>Text.</div></section>" * SECTIONS}
    <script>addEventListener("load", () => requestAnimationFrame(() =>
      document.getElementById("late").classList.add("here")));</script>"""
)


@pytest.mark.parametrize("view", screenshot.VIEWS)
def test_a_page_is_pictured_to_its_end_and_at_rest(browser, tmp_path, view):
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    picture = tmp_path / "page.png"
    with serve(tmp_path) as address:
        page = browser.new_page(**screenshot.VIEWS[view])
        screenshot.take(page, f"{address}/page.html", picture)
        assert page.evaluate("document.getElementById('late').getBoundingClientRect().left") >= 0
        page.close()
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert width == screenshot.VIEWS[view]["viewport"]["width"]
    assert height > SECTIONS * TALL
