"""The questions of the built book: a chapter answered, and what comes of it elsewhere."""

import io
import json
import re
from pathlib import Path

import pytest
from firefox_walk import answers_in_firefox, needs_firefox
from PIL import Image
from site_checks import (
    NO_BOOK,
    NO_CHROMIUM,
    PHONE,
    SITE,
    barriers,
    barriers_within,
    find_chromium,
    quiet_pages,
    sideways_scrolling,
)

expect = pytest.importorskip("playwright.sync_api").expect  # waits for what it expects

CHAPTERS = [
    path
    for path in sorted((SITE / "chapters").glob("[0-9]*.html"))
    if 'class="dl-ask"' in path.read_text(encoding="utf-8")
]
pytestmark = [
    pytest.mark.skipif(not CHAPTERS, reason=NO_BOOK),
    pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM),
]
HERE, NEXT = "05_gradient_descent", "06_stochastic_gradient_descent"


@pytest.fixture
def visit(browser, address):
    """Open pages one after the other in one window, which remembers; it must stay quiet."""
    with quiet_pages(browser) as open_quietly:

        def visit(name, page=None, **settings):
            where = f"{address}/chapters/{name}.html"
            if page is None:
                page = open_quietly(where, **settings)
            else:
                page.goto(where)
            page.wait_for_selector("html[data-settled]")
            return page

        yield visit


def asks(page):
    """List the questions of a page: form, what is asked, and the answer or None."""
    given = page.locator(".dl-answer").evaluate_all("(all) => all.map((e) => e.dataset.answer)")
    answers = {answer["key"]: answer["value"] for answer in map(json.loads, given)}
    found = []
    for form in page.locator(".dl-ask:visible").all():
        question = json.loads(form.get_attribute("data-question"))
        found.append((form, question, answers.get(question["key"])))
    return found


def say(form, question, answer, right):
    """Answer by keys, right or wrong."""
    kind = question["kind"]
    if kind == "number":
        value = answer if right else -answer - 1e9
        form.get_by_role("textbox").fill(repr(value))
    elif kind == "choice":
        options = question["options"]
        guess = answer if right else next(option for option in options if option != answer)
        form.get_by_role("radio").nth(options.index(guess)).press("Space")
    elif kind == "order":
        guess = answer if right else answer[::-1]
        for place, option in enumerate(guess):
            item = form.locator(f"li[data-option={json.dumps(option)}]")
            while item.evaluate("(li) => [...li.parentElement.children].indexOf(li)") > place:
                item.get_by_role("button", name="up").press("Enter")
    elif kind != "think":  # sliders; for a wrong answer at the end that is farther away
        heights = [answer] if kind == "point" else answer
        for slider, height in zip(form.get_by_role("slider").all(), heights, strict=True):
            low, high = question["ends"]
            share = (height - low) / (high - low)
            if kind == "point" and question["log"]:
                share = slider.evaluate(
                    "(_, [v, a, b]) => Math.log(v / a) / Math.log(b / a)", [height, low, high]
                )
            if not right:
                share = 0 if share > 0.5 else 1
            steps = question.get("steps", 100)
            slider.evaluate(
                "(input, k) => { input.value = k; input.dispatchEvent(new Event('input')) }",
                round(share * steps) if kind == "point" else low + share * (high - low),
            )
    form.get_by_role("button", name="Compare" if kind == "think" else "Commit").press("Enter")
    if kind == "think":
        form.get_by_role("button", name="I had it" if right else "Not yet").press("Enter")


def memory(page):
    return json.loads(page.evaluate("localStorage.getItem('dlcourse') ?? '{\"answers\": {}}'"))


# What `say` does by keys, to all questions of a page at once.
ANSWER_ALL = Path(__file__).with_name("answer_all.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_question_of_a_chapter_knows_right_from_wrong(visit, chapter):
    page = visit(chapter.stem, viewport=PHONE, color_scheme="dark")
    said = page.evaluate(ANSWER_ALL, False)
    assert len(said) >= 12
    assert not {key: text for key, text in said.items() if not text.startswith("✗ Not quite.")}
    asked = ".dl-question, .dl-ask, .dl-answer"
    assert not barriers_within(page, asked) + sideways_scrolling(page)
    page.evaluate("localStorage.clear()")
    page.reload()
    page.wait_for_selector("html[data-settled]")
    said = page.evaluate(ANSWER_ALL, True)
    assert not {key: text for key, text in said.items() if not text.startswith("✓ Right.")}
    covered = "details.dl-after:not([open]), details:not([open]):has(.dl-answer)"
    expect(page.locator(covered)).to_have_count(0)
    # What was covered is text like any other now, without a bar to fold it again.
    expect(page.locator("details.dl-told > summary").locator("visible=true")).to_have_count(0)


def test_what_is_uncovered_stands_right_below_its_code(visit):
    page = visit(HERE)
    page.add_style_tag(content="* { content-visibility: visible !important; }")
    page.evaluate(ANSWER_ALL, True)
    gaps = page.locator(".cell_input + details.dl-told").evaluate_all("""(all) => all.map((fold) =>
      fold.querySelector(".output").getBoundingClientRect().top -
      fold.previousElementSibling.getBoundingClientRect().bottom)""")
    assert len(gaps) > 5
    assert max(gaps) < 16


def test_the_bar_beside_a_question_has_no_gap(visit):
    page = visit(HERE)
    page.add_style_tag(content="* { content-visibility: visible !important; }")
    question = page.locator(".dl-question").first
    question.scroll_into_view_if_needed()
    above, below = question.bounding_box(), page.locator(".dl-ask").first.bounding_box()
    top, bottom = above["y"] + 2, below["y"] + 30
    clip = {"x": round(above["x"]), "y": round(top), "width": 4, "height": round(bottom - top)}
    bar = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
    assert len(bar.getcolors()) == 1


def test_a_chapter_is_answered_by_keys_alone(visit):
    page = visit(HERE)
    for form, question, answer in asks(page):
        say(form, question, answer, right=True)
        expect(form.locator(".dl-verdict"), question["key"]).to_contain_text("✓ Right.")


@needs_firefox
def test_a_chapter_is_used_in_firefox_from_top_to_bottom(address):
    found = answers_in_firefox(address, HERE, NEXT)
    assert found["errors"] == []
    for way, start in {
        "keysRight": "✓ Right.",
        "mouseRight": "✓ Right.",
        "allWrong": "✗ Not quite.",
        "skipped": "You asked to see the answer.",
    }.items():
        said = found[way]
        assert len(said) >= 12
        thoughts = {key for key, text in found["allWrong"].items() if "You did not have it" in text}
        left = thoughts if way == "skipped" else set()  # they have no answer to be seen
        assert {key for key, text in said.items() if not text.startswith(start)} == left, way
    assert found["afterReload"] == found["allWrong"]
    assert len(found["openingKeys"]) == 2
    assert set(found["openingKeys"]) <= set(found["allWrong"])
    assert found["covered"] == 0


def test_what_was_missed_opens_a_later_chapter_until_it_is_known(visit):
    page = visit(HERE)
    known, wrong, skipped = asks(page)[2:5]
    say(*known, right=True)
    say(*wrong, right=False)
    skipped[0].get_by_role("button", name="Show the answer").press("Enter")
    missed = {wrong[1]["key"], skipped[1]["key"]}

    visit(NEXT, page)
    asked = page.locator(".dl-asked")
    expect(asked).to_have_count(2)
    assert {question["key"] for _, question, _ in asks(page)[:2]} == missed
    expect(asked.first).to_contain_text("Once more:")
    for form, question, answer in asks(page)[:2]:
        assert question["key"] in missed
        say(form, question, answer, right=True)
        expect(form.locator(".dl-verdict")).to_contain_text("✓ Right.")

    page.reload()
    page.wait_for_selector("html[data-settled]")
    expect(page.locator(".dl-asked")).to_have_count(0)
    assert [question["role"] for _, question, _ in asks(page)[:2]] == ["opening", "opening"]
    # What is missed in a chapter is not asked again in it, nor before it.
    visit(HERE, page)
    expect(page.locator(".dl-asked")).to_have_count(0)


def set_due(page, days):
    page.evaluate(
        """(days) => dlQuestions.change(({ answers }) => {
          for (const record of Object.values(answers)) record.due += days;
        })""",
        days,
    )


def test_questions_come_back_on_the_page_review(visit):
    page = visit("review")
    place = page.locator("#dl-review")
    expect(place).to_contain_text("You have answered no question yet.")
    visit(HERE, page)
    for form, question, answer in asks(page)[:3]:
        say(form, question, answer, right=question["key"] != "5-paths")
    visit("review", page)
    expect(place).to_contain_text("Nothing more for today. The next question returns on")
    set_due(page, -1)
    page.reload()
    expect(place.locator(".dl-ask")).to_have_count(1)
    for left in ("And 2 more", "And 1 more", "The last one"):
        expect(place.locator("[role=status]").first).to_contain_text(left)
        ((form, question, answer),) = asks(page)
        assert place.locator("details").get_attribute("open") is None
        say(form, question, answer, right=True)
        expect(form.locator(".dl-verdict")).to_contain_text("✓ Right.")
        expect(place.get_by_role("link")).to_have_attribute("href", re.compile(rf"^{HERE}\.html#"))
        place.get_by_role("button", name="Go on").press("Enter")
    expect(place).to_contain_text("Nothing more for today.")
    expect(place.locator("[role=status]")).to_be_focused()
    assert not barriers(page)


def test_progress_is_shown_taken_along_and_erased(visit, tmp_path):
    page = visit(HERE)
    for form, question, answer in asks(page)[:4]:
        say(form, question, answer, right=question["role"] == "opening")
    page.get_by_label("I have solved it").first.press("Space")
    visit("progress", page)
    row = page.locator("#dl-progress-table tr", has_text="Gradient descent").locator("td")
    shown = row.all_text_contents()
    assert re.fullmatch(r"1 of \d+, 0 right", shown[0])
    assert re.fullmatch(r"3 of \d+, 2 right", shown[1])
    assert re.fullmatch(r"1 of 6", shown[2])

    with page.expect_download() as download:
        page.get_by_role("button", name="Export").press("Enter")
    path = tmp_path / "progress.json"
    download.value.save_as(path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["answers"] == memory(page)["answers"]

    erase = page.get_by_role("button", name="Erase")
    erase.press("Enter")
    expect(row.first).to_have_text(shown[0])
    page.get_by_role("button", name="Erase: sure?").press("Enter")
    expect(row.first).to_have_text(re.compile("^0 of"))
    assert memory(page)["answers"] == {}

    page.get_by_label("The file to import").set_input_files(path)
    expect(row).to_have_text(shown)
    assert memory(page)["answers"] == kept["answers"]

    for damaged in (
        "no JSON",
        "{}",
        '{"answers": {"<img>": {}}, "solved": {}}',
        '{"answers": {"5-cycle": {"guess": {"had": "<b>"}, "right": true, "step": 0, "due": 1}},'
        ' "solved": {}}',
        '{"answers": {"5-cycle": {"guess": 1, "right": "yes", "step": 0, "due": 1}}, "solved": {}}',
    ):
        path.write_text(damaged, encoding="utf-8")
        page.get_by_label("The file to import").set_input_files(path)
        expect(page.get_by_text("That file holds no progress of this book.")).to_be_visible()
        assert memory(page)["answers"] == kept["answers"]
        page.get_by_role("button", name="Export").press("Enter")  # another message in between
        expect(page.get_by_text("That file holds no progress")).to_have_count(0)
    assert not barriers(page)


def test_whoever_declines_loses_nothing_but_the_memory(visit):
    page = visit("progress")
    page.get_by_label("Remember my answers on this device").press("Space")
    visit(HERE, page)
    form, question, answer = asks(page)[2]
    say(form, question, answer, right=True)
    expect(form.locator(".dl-verdict")).to_contain_text("✓ Right.")
    assert memory(page) == {"declined": True}
    visit("progress", page)
    expect(page.get_by_label("Remember my answers on this device")).not_to_be_checked()
    page.get_by_label("Remember my answers on this device").press("Space")
    visit(HERE, page)
    say(*asks(page)[2], right=True)
    assert question["key"] in memory(page)["answers"]


def test_nothing_is_sent_anywhere(browser, address):
    """Not even to the book's own server, but for pages and what they are made of."""
    context = browser.new_context()
    page = context.new_page()
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.url)))
    page.goto(f"{address}/chapters/{HERE}.html")
    page.wait_for_selector("html[data-settled]")
    sent.clear()
    say(*asks(page)[2], right=False)
    page.goto(f"{address}/chapters/progress.html")
    page.wait_for_selector("html[data-settled]")
    assert {method for method, _ in sent} == {"GET"}
    assert not [url for _, url in sent if "?" in url and "?v=" not in url]
    assert not context.cookies()
    context.close()
