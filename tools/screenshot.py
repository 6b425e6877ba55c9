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

# Pictures further down wait until they are near.
SHOW_PICTURES = """
() => Promise.all([...document.querySelectorAll("img[loading=lazy]")].map((image) => {
  image.loading = "eager";
  return image.decode();
}))
"""


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
                page.goto(f"{address}/{name}", wait_until="networkidle")
                page.evaluate(SHOW_PICTURES)
                stem = Path(name).with_suffix("").as_posix().replace("/", "-")
                picture = options.out / f"{stem}-{view}.png"
                page.screenshot(path=picture, full_page=True)
                print(picture)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
