"""Every page of the built book, opened in a browser.

On a desktop, in dark mode and on a phone: nothing is missing, nothing comes from
elsewhere, formulas and pictures are there, figures answer to the keyboard.
"""

import pytest
from site_checks import (
    CHECKS,
    NO_BOOK,
    NO_CHROMIUM,
    PHONE,
    SITE,
    barriers,
    find_chromium,
    open_page,
    sideways_scrolling,
)

PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
# Its links start from where the book is published: see test_book_browser.py.
PAGES = [page for page in PAGES if page != "404.html"]

pytestmark = [
    pytest.mark.skipif(not PAGES, reason=NO_BOOK),
    pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM),
]
every_page = pytest.mark.parametrize("page_name", PAGES or ["no page"])


@pytest.fixture
def visit(browser, address):
    """Open a page of the book; close it after the test."""
    contexts = []

    def visit(name, **settings):
        page, problems = open_page(browser, f"{address}/{name}", **settings)
        contexts.append(page.context)
        page.wait_for_selector("html[data-settled]")
        return page, problems

    yield visit
    for context in contexts:
        context.close()


@every_page
def test_page_is_whole(visit, page_name):
    page, problems = visit(page_name)
    for check in (*CHECKS, barriers):
        problems += check(page)
    assert not problems, "\n".join(problems)


@every_page
def test_page_works_in_the_dark(visit, page_name):
    page, problems = visit(page_name, color_scheme="dark")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    problems += barriers(page)
    assert not problems, "\n".join(problems)


@every_page
def test_page_fits_a_phone(visit, page_name):
    page, problems = visit(page_name, viewport=PHONE)
    problems += sideways_scrolling(page) + barriers(page)
    assert not problems, "\n".join(problems)
