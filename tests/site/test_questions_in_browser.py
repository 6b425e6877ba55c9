"""A question under a reader's hands: every kind answered right, wrong and not at all."""

import json

import numpy as np
import pytest
import site_checks
from site_checks import (
    AXE,
    TRIAL,
    barriers,
    find_chromium,
    quiet_pages,
    serve,
    sideways_scrolling,
)

from dlcourse import questions
from dlcourse.questions import _kinds

expect = pytest.importorskip("playwright.sync_api").expect  # waits for what it expects

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason=site_checks.NO_CHROMIUM),
    pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: run 'make book' first"),
]

NUMBER = questions.number(
    "1-number", unit="steps", factor=2, misses={(0, 100): "Far too few.", (1e5, None): "Too many."}
)
EXACT = questions.number("1-exact", within=0)
CHOICE = questions.choice("1-choice", {"It <stops>.": "Not there.", "It goes on.": ""})
BARE = questions.choice("1-bare", {"h": "Squared, too.", "6 + h": ""})
ORDER = questions.order("1-order", ["a", "b", "c"], ends=("small", "large"), miss="Look again.")
POINT = questions.point("1-point", (0, 2), within=0.05, misses={(1, None): "Half of it."})
LOG = questions.point("1-log", (1e-8, 1), steps=80, log=True, factor=1.5)
SKETCH = questions.sketch(
    "1-sketch", [0, 1, 2], (0, 4), start=0, misses={"A line is straight.": [0, 2, 4]}
)
THINK = questions.think("1-think")
ANSWERS = {
    NUMBER: 12_903,
    EXACT: -0.5,
    CHOICE: "It goes on.",
    BARE: "6 + h",
    ORDER: ["c", "a", "b"],
    POINT: 0.2,
    LOG: 1e-3,
    SKETCH: np.array([0, 1, 4]),
}


def asked(question, value=None):
    """Return a question as it stands on a page: text, form, folded answer, explanation."""
    text = f'<div class="dl-question"><p>What of {question.key}?</p></div>'
    form = f'<div class="cell">{question._repr_html_()}</div>'
    after = "<details class='dl-after'><summary>More</summary><p>Because.</p></details>"
    if value is None:
        return text + form + after
    answer = question.compare(value)._repr_html_()
    fold = f"<details><summary>Show</summary>{answer}</details>"
    return f'{text}{form}<div class="cell">{fold}</div>{after}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("questions")
    for name, pairs in (("all", [*ANSWERS.items(), (THINK, None)]), ("number", [(NUMBER, 12_903)])):
        _kinds._sent.clear()
        body = "".join(asked(*pair) for pair in pairs)
        (folder / f"{name}.html").write_text(TRIAL.format(body), encoding="utf-8")
    return folder


@pytest.fixture
def visit(browser, folder):
    """Open a page of questions; close it after the test, which must have been quiet."""
    with serve(folder) as address, quiet_pages(browser) as open_quietly:
        yield lambda name="all", **settings: open_quietly(f"{address}/{name}.html", **settings)


def form_of(page, question):
    return page.locator(f'.dl-ask[data-question*="{question.key}"]')


def verdict(page, question):
    return form_of(page, question).locator(".dl-verdict")


def commit(page, question):
    form_of(page, question).get_by_role("button", name="Commit").press("Enter")


def memory(page):
    return json.loads(page.evaluate("localStorage.getItem('dlcourse') ?? '{}'")).get("answers", {})


def give(page, question, guess):
    """Say something in a form, with keys alone."""
    form = form_of(page, question)
    if question.kind == "number":
        form.get_by_role("textbox").fill(guess)
    elif question.kind == "choice":
        form.get_by_role("radio", name=guess, exact=True).press("Space")
    elif question.kind == "order":
        for place, option in enumerate(guess):
            item = form.locator(f'li[data-option="{option}"]')
            while item.evaluate("(li) => [...li.parentElement.children].indexOf(li)") > place:
                item.get_by_role("button", name="up").press("Enter")
    else:
        for slider, (keys, times) in zip(form.get_by_role("slider").all(), guess, strict=True):
            for key in keys.split():
                for _ in range(times if key.startswith("Arrow") else 1):
                    slider.press(key)


RIGHT = {
    NUMBER: "12,000",
    EXACT: "-1/2",
    CHOICE: "It goes on.",
    BARE: "6 + h",
    ORDER: ["c", "a", "b"],
    POINT: [("Home ArrowRight", 11)],
    LOG: [("Home ArrowRight", 51)],
    SKETCH: [("Home", 0), ("Home ArrowUp", 30), ("End", 0)],
}
WRONG = {
    NUMBER: (
        "50",
        "You said 50 steps. Far too few. It is 12,903 steps; your guess is too small by a factor",
    ),
    EXACT: ("0.5", "You said 0.5. It is -0.5; the sign is the other one."),
    CHOICE: ("It <stops>.", "You said: It <stops>. Not there. The answer is: It goes on."),
    BARE: ("h", "You said: h. Squared, too. The answer is: 6 + h."),
    ORDER: (["b", "a", "c"], "Your order: b, a, c. Look again. The answer is: c, a, b."),
    POINT: (
        [("End", 0)],
        "You said 2. Half of it. It is 0.2; your guess is too large by a factor of 10.",
    ),
    LOG: (
        [("Home", 0)],
        "You said 1.00e-8. It is 0.001; your guess is too small by a factor of 100,000.",
    ),
    SKETCH: (
        [("Home", 0), ("Home ArrowUp", 50), ("End", 0)],
        "at most. A line is straight. At 1 you said 2, and it is 1.",
    ),
}


def test_a_right_answer_uncovers_what_was_covered(visit):
    page = visit()
    folds = page.locator("details")
    opened = [False] * folds.count()
    for place, question in enumerate(ANSWERS):
        assert folds.evaluate_all("(all) => all.map((fold) => fold.open)") == opened
        give(page, question, RIGHT[question])
        commit(page, question)
        expect(verdict(page, question)).to_contain_text("✓ Right.")
        expect(verdict(page, question)).to_be_focused()
        opened[2 * place] = opened[2 * place + 1] = True
        assert memory(page)[question.key]["right"] is True
    assert folds.evaluate_all("(all) => all.map((fold) => fold.open)") == opened


def test_a_wrong_answer_hears_why_not_and_then_what_is_right(visit):
    page = visit()
    for question, (guess, said) in WRONG.items():
        give(page, question, guess)
        commit(page, question)
        expect(verdict(page, question)).to_contain_text("✗ Not quite.")
        expect(verdict(page, question)).to_contain_text(said)
        assert memory(page)[question.key]["right"] is False


def test_whoever_wants_no_guess_sees_the_answer_with_one_key(visit):
    page = visit()
    for question in ANSWERS:
        form_of(page, question).get_by_role("button", name="Show the answer").press("Enter")
        expect(verdict(page, question)).to_contain_text("You asked to see the answer.")
        answer = page.locator(f".dl-answer[data-answer*='{question.key}']")
        expect(answer).to_be_visible()
        record = memory(page)[question.key]
        assert (record["right"], record["guess"]) == (False, None)


def test_a_fold_opened_by_hand_counts_as_looking(visit):
    page = visit("number")
    page.get_by_text("More").press("Enter")
    expect(verdict(page, NUMBER)).to_contain_text("You asked to see the answer.")
    assert memory(page)[NUMBER.key]["guess"] is None


@pytest.mark.parametrize(("button", "had"), [("I had it", True), ("Not yet", False)])
def test_what_no_machine_grades_the_reader_grades(visit, button, had):
    page = visit()
    form = form_of(page, THINK)
    form.get_by_role("button", name="Compare").press("Enter")
    expect(page.locator("details").last).to_have_attribute("open", "")
    assert THINK.key not in memory(page)
    form.get_by_role("button", name=button).press("Enter")
    assert memory(page)[THINK.key]["right"] is had
    page.reload()
    expect(verdict(page, THINK)).to_contain_text("✓" if had else "✗")


def test_what_was_said_is_there_when_the_reader_comes_back(visit):
    page = visit()
    for question in ANSWERS:
        give(page, question, WRONG[question][0])
        commit(page, question)
    said = page.locator(".dl-verdict").all_text_contents()
    before = memory(page)
    page.reload()
    expect(page.locator(".dl-verdict")).to_have_text(said)
    assert memory(page) == before, "coming back counts as no answer"
    expect(form_of(page, NUMBER).get_by_role("textbox")).to_have_value("50")
    expect(form_of(page, CHOICE).get_by_role("radio", name="It <stops>.")).to_be_checked()
    expect(form_of(page, POINT).get_by_role("slider")).to_have_attribute("aria-valuetext", "2")


def test_an_answer_needs_an_answer(visit):
    page = visit()
    for question, help_text in ((NUMBER, "Write a number first"), (CHOICE, "Choose one first")):
        commit(page, question)
        expect(verdict(page, question)).to_contain_text(help_text)
    give(page, NUMBER, "about ten")
    commit(page, NUMBER)
    expect(verdict(page, NUMBER)).to_contain_text("Write a number first")
    assert not memory(page)


NUMBERS_AS_WRITTEN = [
    ("12", 12),
    (" 12,903 ", 12903),
    ("1,234,567.5", 1234567.5),
    ("0,5", 0.5),
    ("-0.25", -0.25),
    ("−3", -3),
    ("1e-4", 1e-4),
    ("1E3", 1e3),
    ("10^-4", 1e-4),
    ("2*10^3", 2e3),
    ("2·10⁻³", 2e-3),
    ("3 × 10^2", 300),
    ("1/3", 1 / 3),
    ("25%", 0.25),
    ("12 903", 12903),
    (".5", 0.5),
    ("", None),
    ("x", None),
    ("1/0", None),
    ("1,2,3", None),
    ("--1", None),
    ("12 apples", None),
]


def test_numbers_are_read_as_people_write_them(visit):
    page = visit("number")
    for text, number in NUMBERS_AS_WRITTEN:
        found = page.evaluate("(text) => dlQuestions.parsed(text)", text)
        if number is None:
            assert not np.isfinite(found), text
        else:
            assert found == pytest.approx(number, rel=1e-14), text


@pytest.mark.parametrize("guess", ["6,452", "25,800"])
def test_the_edge_of_what_counts_as_right(visit, guess):
    page = visit("number")
    give(page, NUMBER, guess)
    commit(page, NUMBER)
    expect(verdict(page, NUMBER)).to_contain_text("✓ Right.")


def test_a_question_returns_later_each_time_it_is_known(visit):
    page = visit("number")
    days = []
    for _ in range(8):
        page.evaluate("dlQuestions.remember({ key: '1-number' }, 1, true)")
        days.append(memory(page)[NUMBER.key]["due"] - page.evaluate("dlQuestions.today()"))
    assert days == [1, 3, 7, 14, 30, 60, 120, 120]
    page.evaluate("dlQuestions.remember({ key: '1-number' }, 1, false)")
    assert memory(page)[NUMBER.key]["due"] == page.evaluate("dlQuestions.today()") + 1
    page.evaluate("dlQuestions.remember({ key: '1-number' }, 1, true)")
    assert memory(page)[NUMBER.key]["due"] == page.evaluate("dlQuestions.today()") + 1


DENIED = """
Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});
"""


def test_a_browser_that_keeps_nothing_asks_all_the_same(browser, folder):
    with serve(folder) as address:
        context = browser.new_context()
        context.add_init_script(DENIED)
        page = context.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(error))
        page.goto(f"{address}/all.html")
        for question in ANSWERS:
            give(page, question, RIGHT[question])
            commit(page, question)
            expect(verdict(page, question)).to_contain_text("✓ Right.")
        assert not errors
        page.reload()
        expect(form_of(page, NUMBER).get_by_role("button", name="Commit")).to_be_visible()
        context.close()


def test_memory_that_is_damaged_is_no_obstacle(visit):
    page = visit("number")
    page.evaluate("localStorage.setItem('dlcourse', '{\"answers\": nonsense')")
    page.reload()
    give(page, NUMBER, "12,903")
    commit(page, NUMBER)
    expect(verdict(page, NUMBER)).to_contain_text("✓ Right.")


def test_without_scripts_there_is_a_question_and_a_fold(visit):
    page = visit(java_script_enabled=False)
    expect(page.get_by_text("What of 1-choice?")).to_be_visible()
    expect(page.locator(".dl-ask li", has_text="It goes on.")).to_be_visible()
    expect(page.locator("input, button")).to_have_count(0)
    answer = page.locator(".dl-answer", has_text="12,903 steps")
    expect(answer).not_to_be_visible()
    page.locator("details", has=answer).locator("summary").click()
    expect(answer).to_be_visible()


def test_paper_has_the_options_and_no_form(visit):
    page = visit()
    page.emulate_media(media="print")
    expect(page.locator(".dl-ask li", has_text="It goes on.").first).to_be_visible()
    expect(page.locator("form").first).not_to_be_visible()


@pytest.mark.parametrize("settings", [{}, {"viewport": site_checks.PHONE}], ids=["desk", "phone"])
def test_questions_keep_nobody_out(visit, settings):
    page = visit(**settings)
    assert not sideways_scrolling(page) + barriers(page)
    for question in ANSWERS:
        give(page, question, WRONG[question][0])
        commit(page, question)
    assert not sideways_scrolling(page) + barriers(page)


def test_a_form_is_named_by_its_question(visit):
    page = visit()
    expect(page.get_by_role("group", name="What of 1-number?")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your guess").first).to_be_visible()
    expect(page.get_by_role("slider", name="y at x = 1")).to_be_visible()


def test_a_finger_can_hit_every_control(visit):
    page = visit(viewport=site_checks.PHONE, has_touch=True, is_mobile=True)
    for control in page.locator("button, .dl-form input[type=text], .dl-options label").all():
        box = control.bounding_box()
        assert box["height"] >= 44, control.evaluate("(e) => e.outerHTML")
        assert box["width"] >= 44


# What a screen reader reads out -----------------------------------------------------------------

ASKED = {
    NUMBER: """
- group "What of 1-number?":
  - text: Your guess
  - textbox "Your guess steps"
  - text: steps
  - button "Commit"
  - button "Show the answer"
  - status
""",
    CHOICE: """
- group "What of 1-choice?":
  - radiogroup "Your guess":
    - radio "It <stops>."
    - text: It <stops>.
    - radio "It goes on."
    - text: It goes on.
  - button "Commit"
  - button "Show the answer"
  - status
""",
    ORDER: """
- group "What of 1-order?":
  - paragraph: "small:"
  - list:
    - listitem:
      - 'button "Move up: a"': ↑
      - 'button "Move down: a"': ↓
      - text: a
    - listitem:
      - 'button "Move up: b"': ↑
      - 'button "Move down: b"': ↓
      - text: b
    - listitem:
      - 'button "Move up: c"': ↑
      - 'button "Move down: c"': ↓
      - text: c
  - paragraph: … to large
  - status
  - button "Commit"
  - button "Show the answer"
  - status
""",
    SKETCH: """
- group "What of 1-sketch?":
  - slider "y at x = 0": "0"
  - slider "y at x = 1": "0"
  - slider "y at x = 2": "0"
  - paragraph: x
  - paragraph: "Move each point up or down: y, from 0 to 4."
  - button "Commit"
  - button "Show the answer"
  - status
""",
    THINK: """
- group "What of 1-think?":
  - button "Compare"
  - status
""",
}
TOLD = {
    NUMBER: (
        "50",
        """
- group "What of 1-number?":
  - text: Your guess
  - textbox "Your guess steps" [disabled]: "50"
  - text: steps
  - status:
    - strong: ✗ Not quite.
    - text: You said 50 steps. Far too few. It is 12,903 steps; \
your guess is too small by a factor of 260.
""",
    ),
    CHOICE: (
        "It <stops>.",
        """
- group "What of 1-choice?":
  - radiogroup "Your guess":
    - radio "It <stops>." [checked] [disabled]
    - text: It <stops>.
    - radio "It goes on." [disabled]
    - text: It goes on.
  - status:
    - strong: ✗ Not quite.
    - text: "You said: It <stops>. Not there. The answer is: It goes on."
""",
    ),
}


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.key)
def test_a_screen_reader_reads_the_question_and_every_control(visit, question):
    page = visit()
    assert form_of(page, question).aria_snapshot() == ASKED[question].strip()


@pytest.mark.parametrize("question", TOLD, ids=lambda question: question.key)
def test_a_screen_reader_reads_what_was_said_and_what_is_right(visit, question):
    page = visit()
    guess, tree = TOLD[question]
    give(page, question, guess)
    commit(page, question)
    expect(verdict(page, question)).to_contain_text("Not quite")
    assert form_of(page, question).aria_snapshot() == tree.strip()


def test_a_screen_reader_hears_the_value_of_a_slider_not_its_step(visit):
    page = visit()
    slider = form_of(page, LOG).get_by_role("slider")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "0.000126")
