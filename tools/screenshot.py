"""Take pictures of built pages: light, dark, and on a phone.

    python tools/screenshot.py chapters/intro.html chapters/12_boston_housing.html

For looking at pages while writing them; the checks live in tests/site/test_site.py.
"""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "site"))

from site_checks import launch, serve  # noqa: E402  (found through the line above)

VIEWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}

# What is further down is laid out, and takes its height, only when it comes near (book.css).
LAY_OUT_ALL = "* { content-visibility: visible !important; }"

# Pictures further down wait until they are near.
SHOW_PICTURES = """
() => Promise.all([...document.querySelectorAll("img[loading=lazy]")].map((image) => {
  image.loading = "eager";
  return image.decode();
}))
"""

# Nothing comes to the page any more, nothing slides, and the height stays for ten frames.
STANDS_STILL = """
() => new Promise((resolve) => {
  let height = -1, frames = 0;
  const look = () => {
    const slides = document.getAnimations().some(({ playState, effect }) =>
      playState === "running" && Number.isFinite(effect.getComputedTiming().endTime));
    const now = document.documentElement.scrollHeight;
    frames = now === height && !slides && document.fonts.status === "loaded" ? frames + 1 : 0;
    height = now;
    if (frames < 10) requestAnimationFrame(look);
    else resolve(true);
  };
  look();
})
"""


def take(page, address, picture):
    """Take a picture of a whole page, laid out to its end."""
    page.goto(address, wait_until="networkidle")
    page.add_style_tag(content=LAY_OUT_ALL)
    page.evaluate(SHOW_PICTURES)
    page.evaluate(STANDS_STILL)
    page.screenshot(path=picture, full_page=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", nargs="+", help="path of a page inside the built book")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "screenshots")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    with serve(options.site) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        for name in options.page:
            for view, settings in VIEWS.items():
                page = browser.new_page(**settings)
                stem = Path(name).with_suffix("").as_posix().replace("/", "-")
                picture = options.out / f"{stem}-{view}.png"
                take(page, f"{address}/{name}", picture)
                print(picture)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
