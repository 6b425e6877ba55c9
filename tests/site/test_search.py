"""The search page in a browser: what is found, how it reads, by keys, on a phone, in the dark."""

import re
from types import SimpleNamespace

import pytest
import search_index
from site_checks import (
    NO_BOOK,
    NO_CHROMIUM,
    PHONE,
    SITE,
    barriers,
    find_chromium,
    quiet_pages,
    sideways_scrolling,
)

expect = pytest.importorskip("playwright.sync_api").expect  # waits for what it expects

pytestmark = [
    pytest.mark.skipif(not (SITE / "search.html").exists(), reason=NO_BOOK),
    pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM),
]

LINKS = "#search-results li > a"


@pytest.fixture
def search(browser, address):
    """Search for something; give the page with what was found."""
    with quiet_pages(browser) as visit:

        def search(query, **settings):
            page = visit(f"{address}/search.html?q={query}", **settings)
            expect(page.locator("#search-summary")).to_contain_text("found for")
            return page

        yield search


def found(page):
    """Return where the results lead."""
    links = page.locator(LINKS).evaluate_all("(all) => all.map((link) => link.href)")
    return [link.split("/chapters/")[1] for link in links]


def test_the_section_on_adam_comes_first_and_the_class_after_it(search):
    page = search("Adam")
    links = found(page)
    assert links[0] == "07_variants_of_sgd.html#adam-both-memories-both-corrected"
    assert page.locator(LINKS).first.inner_text().startswith("Adam: both")
    assert "api_training.html#dlcourse.optimizers.Adam" in links


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("momentum", "07_variants_of_sgd.html#momentum-a-ball-with-a-velocity"),
        ("chain rule", "03_chain_rule.html#the-chain-rule-slopes-multiply"),
        ("learning rate", "glossary.html#learning-rate"),
        ("AdaGard", "07_variants_of_sgd.html#adagrad-a-rate-for-each-parameter"),
        ("mean_squared_error", "api_models.html#dlcourse.losses.mean_squared_error"),
    ],
)
def test_what_is_searched_comes_first(search, query, first):
    assert found(search(query))[0] == first


def test_the_field_has_one_ring(search):
    page = search("Adam")
    field = page.locator("main input[name=q]")
    expect(field).to_be_focused()
    expect(field).to_have_css("outline-style", "solid")
    expect(page.locator("main form.bd-search")).to_have_css("box-shadow", "none")


def test_every_result_leads_to_a_place_that_is_there(search):
    for link in found(search("gradient")):
        page, _, name = link.partition("#")
        text = (SITE / "chapters" / page).read_text(encoding="utf-8")
        assert f'id="{name}"' in text, link


@pytest.mark.parametrize("query", ["epsilon", "learning rate", "decay"])
def test_excerpts_are_text_with_each_formula_once(search, query):
    excerpts = search(query).locator("#search-results li > p").all_inner_texts()
    assert len(excerpts) > 10
    for excerpt in excerpts:
        assert not re.search(r"\\[a-z]+|>>>|On this page|print\(", excerpt), excerpt
        assert not re.search(r"([α-ω])\1", excerpt), excerpt


def test_a_search_goes_on_while_one_types_and_stays_in_the_address(search):
    page = search("momentum")
    page.locator("main input[name=q]").fill("overflow")
    expect(page.locator("#search-summary")).to_contain_text("“overflow”")
    assert page.url.endswith("?q=overflow")
    page.locator("main input[name=q]").fill("")
    expect(page.locator(LINKS)).to_have_count(0)


def test_arrows_walk_through_the_results_and_enter_follows_one(search):
    page = search("Adam")
    expect(page.locator("main input[name=q]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(LINKS).nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(LINKS).first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/07_variants_of_sgd.html#adam-both-memories-both-corrected")
    page.wait_for_selector("html[data-settled]")
    heading = page.locator("#adam-both-memories-both-corrected > h2")
    expect(heading).to_be_in_viewport()


@pytest.mark.parametrize(
    "settings",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"viewport": PHONE},
        {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    ],
    ids=str,
)
def test_results_keep_nobody_out_and_fit(search, settings):
    page = search("learning rate", **settings)
    assert page.locator(LINKS).count() == 30
    assert sideways_scrolling(page) == []
    assert barriers(page) == []


def test_nothing_of_the_index_is_loaded_before_a_search(browser, address):
    asked = []
    with quiet_pages(browser) as visit:
        page = visit(f"{address}/search.html")
        page.on("request", lambda request: asked.append(request.url))
        names = page.evaluate("() => performance.getEntriesByType('resource').map((e) => e.name)")
        assert not [name for name in names if "pagefind" in name or "searchindex" in name]
        page.keyboard.type("momentum")
        expect(page.locator(LINKS).first).to_be_visible()
    assert [name for name in asked if "pagefind.js" in name]
    assert not [name for name in asked if "searchindex" in name]


def test_without_scripts_the_page_says_what_else_there_is(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search.html")
    links = page.locator("noscript a").evaluate_all("(all) => all.map((a) => a.href)")
    expect(page.locator("noscript p")).to_be_visible()
    assert [link.removeprefix(f"{address}/") for link in links] == [
        "genindex.html",
        "chapters/glossary.html",
    ]
    context.close()


def test_the_same_pages_give_the_same_index(tmp_path):
    pages = {p.relative_to(SITE).with_suffix("").as_posix() for p in SITE.glob("chapters/0*.html")}
    made = []
    for name in ("once", "twice"):
        outdir = tmp_path / name
        (outdir / "_static").mkdir(parents=True)
        (outdir / "chapters").symlink_to(SITE / "chapters")
        app = SimpleNamespace(
            builder=SimpleNamespace(name="html"),
            outdir=outdir,
            config=SimpleNamespace(language="en"),
            env=SimpleNamespace(found_docs=pages, metadata={name: {} for name in pages}),
        )
        search_index.write_index(app, None)
        folder = outdir / "pagefind"
        files = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        made.append(files)
    assert len(made[0]) > 100
    assert made[0] == made[1]
