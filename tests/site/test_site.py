"""Every page of the built book, opened in a browser.

On a desktop by day and on a phone in the dark: nothing is missing, nothing comes from
elsewhere, nothing jumps, formulas and pictures are there, figures answer to the keyboard.
"""

import re

import pytest
from site_checks import (
    IN_THE_DARK,
    NO_BOOK,
    NO_CHROMIUM,
    ON_A_DESKTOP,
    ON_A_PHONE,
    PHONE,
    SITE,
    FreshHandler,
    find_chromium,
    look,
    serve,
    window,
)

# The longest pages come first, so that no worker is left with one at the end.
PAGES = sorted(SITE.rglob("*.html"), key=lambda path: (-path.stat().st_size, path))
PAGES = [path.relative_to(SITE).as_posix() for path in PAGES]
# Its links start from where the book is published: see test_book_browser.py.
PAGES = [page for page in PAGES if page != "404.html"]

pytestmark = [
    pytest.mark.skipif(not PAGES, reason=NO_BOOK),
    pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM),
]
# The listings of the package's sources are one template, filled with text. What holds for the
# longest, one in the middle and the shortest holds for all of them.
LISTINGS = [page for page in PAGES if page.startswith("_modules/dlcourse/")]
ALIKE = set(LISTINGS) - {LISTINGS[i] for i in (0, len(LISTINGS) // 2, -1) if LISTINGS}
every_page = pytest.mark.parametrize(
    "page_name", [page for page in PAGES if page not in ALIKE] or ["no page"]
)


@pytest.fixture(scope="module")
def address():
    with serve(SITE, FreshHandler) as address:
        yield address


@pytest.fixture(scope="module")
def on_a_desktop(browser, address):
    return window(browser, address)


@pytest.fixture(scope="module")
def on_a_phone_in_the_dark(browser, address):
    return window(browser, address, viewport=PHONE, color_scheme="dark")


@pytest.fixture(scope="module")
def in_the_dark(browser, address):
    return window(browser, address, color_scheme="dark")


@every_page
def test_page_is_whole(on_a_desktop, page_name):
    page, problems = on_a_desktop(page_name)
    problems += look(page, ON_A_DESKTOP)
    assert not problems, "\n".join(problems)


@every_page
def test_page_fits_a_phone_in_the_dark(on_a_phone_in_the_dark, page_name):
    page, problems = on_a_phone_in_the_dark(page_name)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    problems += look(page, ON_A_PHONE)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("page_name", ["chapters/review.html", "_modules/dlcourse/cli.html"])
def test_the_foot_of_a_short_page_begins_below_the_first_screen(on_a_phone_in_the_dark, page_name):
    """Where it arrives in two parts, the second would push the first up while one reads."""
    page, _ = on_a_phone_in_the_dark(page_name)
    tops = page.evaluate(
        """() => [".bd-article", ".bd-footer-content"].map(
             (part) => document.querySelector(part).getBoundingClientRect())
           .map(({ top, bottom }) => [top, bottom])"""
    )
    (_, end_of_text), (foot, _) = tops
    assert end_of_text < PHONE["height"] <= foot


# A phone has no columns beside the text. One page of each kind stands for the others.
@pytest.mark.parametrize(
    "kind", ["chapters/0", "chapters/api_", "chapters/[^0-9a]", "_modules", "gen"]
)
def test_columns_beside_the_text_can_be_read_in_the_dark(in_the_dark, kind):
    shortest = [page for page in PAGES if re.match(kind, page)][-1]
    page, problems = in_the_dark(shortest)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    problems += look(page, IN_THE_DARK)
    assert not problems, "\n".join(problems)
