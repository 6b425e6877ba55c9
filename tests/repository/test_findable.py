"""What findable.py writes into a page once it is known where the book is published."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from findable import describe, page_address, start_from_root

BASE = "https://somebody.github.io/gradient-up/"
PAGE = """<html data-content_root="../"><head><title>Learning rates — The book</title>
<meta name="viewport" content="width=device-width"><meta name="viewport" content="x"></head>
<body><main><article><section><h1>8. Learning rates</h1>
<p>How far to go in one step decides whether a walk downhill arrives at all.</p>
<a href="../index.html">home</a><a href="#here">here</a><a href="https://example.org/">there</a>
</section></article></main></body></html>"""


@pytest.fixture
def app():
    config = SimpleNamespace(
        html_baseurl=BASE,
        html_title="The book",
        author="Somebody",
        language="en",
        root_doc="chapters/intro",
    )
    return SimpleNamespace(config=config)


@pytest.fixture
def soup():
    return BeautifulSoup(PAGE, "html.parser")


def value(soup, name):
    (meta,) = soup.select(f"meta[name='{name}'], meta[property='{name}']")
    return meta["content"]


def test_a_published_page_names_its_address_and_the_absolute_address_of_its_card(app, soup):
    describe(app, "chapters/08_rates", {}, soup)
    address = f"{BASE}chapters/08_rates.html"
    assert soup.select_one("link[rel=canonical]")["href"] == address
    assert value(soup, "og:url") == address
    for name in ("og:image", "twitter:image"):
        assert value(soup, name) == f"{BASE}_static/card.png"
    assert value(soup, "og:image:alt") == value(soup, "twitter:image:alt")
    assert value(soup, "twitter:card") == "summary_large_image"
    assert value(soup, "og:title") == "Learning rates"
    assert "decides whether" in value(soup, "description")
    assert f'"url": "{address}"' in soup.select_one("script").string


def test_a_page_without_a_published_address_makes_none_up(app, soup):
    app.config.html_baseurl = ""
    describe(app, "chapters/08_rates", {}, soup)
    assert page_address(app.config, "chapters/08_rates") is None
    assert not soup.select("link[rel=canonical], meta[property='og:url'], meta[name*=':image']")
    assert '"url"' not in soup.select_one("script").string


def test_a_search_page_asks_not_to_be_listed(app, soup):
    describe(app, "search", {}, soup)
    assert value(soup, "robots") == "noindex"
    assert not soup.select("link[rel=canonical], script")


def test_the_page_for_lost_addresses_starts_its_links_from_the_root_of_the_book(app):
    soup = BeautifulSoup(PAGE.replace("../", ""), "html.parser")
    start_from_root(app, "404", {}, soup)
    links = [link["href"] for link in soup.select("a")]
    assert links == ["/gradient-up/index.html", "#here", "https://example.org/"]
    assert soup.html["data-content_root"] == "/gradient-up/"


def test_a_title_is_the_heading_of_the_text_whatever_stands_above_it(app):
    soup = BeautifulSoup(PAGE.replace("<main>", "<main><h1></h1>"), "html.parser")
    describe(app, "_modules/dlcourse/losses", {}, soup)
    assert soup.title.string == "Learning rates — The book"
    assert value(soup, "og:title") == "Learning rates"
