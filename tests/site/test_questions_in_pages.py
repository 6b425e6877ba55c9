"""A page whose questions are not as they must be fails the build; what is gathered is complete."""

import json
import re
from types import SimpleNamespace

import pytest
import questions as extension
from bs4 import BeautifulSoup
from finished_pages import LeftOut
from sphinx.errors import ExtensionError

from dlcourse import questions

NUMBER = questions.number("5-steps", within=0)
THINK = questions.think("5-why")
ASKED = '<div class="dl-question"><p id="x">How many? <a href="#here">Here</a></p></div>'
AFTER = '<details class="dl-after"><summary>More</summary><p>Because.</p></details>'


def form(question=NUMBER):
    return f'<div class="cell">{question.to_html()}</div>'


def answer(value=3, folded=True):
    inside = NUMBER.compare(value)._repr_html_()
    fold = "<details><summary>Show</summary>{}</details>" if folded else "{}"
    return f'<div class="cell">{fold.format(inside)}</div>'


@pytest.fixture
def gather(tmp_path):
    """Return what the extension notes of a page with this text."""

    def gather(*parts, page="chapters/05_descent"):
        text = f'<article><h1>5. Descent#</h1><section id="here"><h2>Steps</h2>{"".join(parts)}'
        soup = BeautifulSoup(
            f"{text}<h3>Exercise 5.1: One#</h3></section></article>", "html.parser"
        )
        app = SimpleNamespace(doctreedir=tmp_path)
        extension.check_and_gather(app, page, {"left_out": LeftOut()}, soup)
        [path] = (tmp_path / "questions").glob("*.json")
        return json.loads(path.read_text(encoding="utf-8"))

    return gather


def test_a_question_is_noted_with_all_that_asks_it_again(gather):
    page = gather(ASKED, form(), answer(), AFTER)
    assert page["chapter"] == {
        "number": 5, "title": "5. Descent", "address": "05_descent.html", "exercises": ["5.1"],
    }  # fmt: skip
    question = page["questions"]["5-steps"]
    assert question["answer"] == {"key": "5-steps", "value": 3, "words": "3"}
    assert question["html"] == '<p>How many? <a href="05_descent.html#here">Here</a></p>'
    assert question["after"] == "<p>Because.</p>"
    assert question["address"] == "05_descent.html#here"
    assert question["title"] == "chapter 5, Steps"


def test_what_the_reader_grades_has_its_explanation_for_an_answer(gather):
    question = gather(ASKED, form(THINK), AFTER)["questions"]["5-why"]
    assert (question["answer"], question["after"]) == (None, "<p>Because.</p>")


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([ASKED, form()], "has 0 answers"),
        ([ASKED, form(), answer(), answer()], "has 2 answers"),
        ([answer(), ASKED, form()], "is answered before it is asked"),
        ([ASKED, form(), answer(folded=False)], "has its answer in the open"),
        ([ASKED, form(), answer().replace("<details", "<details open")], "in the open"),
        ([form(), answer()], "has no text"),
        (["<p>How many?</p>", form(), answer()], "has no text"),
        ([ASKED, form(), answer(), ASKED, form()], "is asked twice"),
        ([ASKED, form(THINK)], "has nothing to compare with"),
        ([answer()], "answers without a question: 5-steps"),
        ([ASKED, form(questions.number("6-steps", within=0))], "belongs to another chapter"),
    ],
)
def test_a_question_that_is_not_as_it_must_be_fails_the_build(gather, parts, problem):
    with pytest.raises(ExtensionError, match=re.escape(problem)):
        gather(*parts)


def test_other_pages_are_left_alone(tmp_path):
    soup = BeautifulSoup(answer(folded=False), "html.parser")
    app = SimpleNamespace(doctreedir=tmp_path)
    extension.check_and_gather(app, "chapters/glossary", {}, soup)
    assert not [*tmp_path.iterdir()]


def build(tmp_path, pages):
    """Write the scripts and the table as at the end of a build."""
    stored, site = tmp_path / "doctrees" / "questions", tmp_path / "html"
    for folder in (stored, site / "_static", site / "chapters"):
        folder.mkdir(parents=True, exist_ok=True)
    for stem, page in pages.items():
        (stored / f"{stem}.json").write_text(json.dumps(page), encoding="utf-8")
    progress = site / "chapters" / "progress.html"
    if not progress.exists():
        progress.write_text('<p>a</p><div id="dl-progress-table"></div><p>b</p>', encoding="utf-8")
    app = SimpleNamespace(
        doctreedir=stored.parent,
        outdir=site,
        builder=SimpleNamespace(name="html"),
        env=SimpleNamespace(found_docs={f"chapters/{stem}" for stem in pages}),
    )
    extension.write_bank(app, None)
    return site


def test_a_later_build_brings_the_table_up_to_date(gather, tmp_path):
    page = gather(ASKED, form(), answer(), AFTER)
    for _ in range(2):
        site = build(tmp_path, {"05_descent": page})
        text = (site / "chapters" / "progress.html").read_text(encoding="utf-8")
        assert text.count("<tr>") == 2
        assert text.startswith("<p>a</p><div")
        assert text.endswith("</div><p>b</p>")
        page["questions"] |= gather(ASKED, form(THINK), AFTER)["questions"]
    assert re.findall(r'data-keys="([^"]*)">0 of (\d)', text) == [
        ("5-steps", "1"), ("5-why", "1"), ("5.1", "1"),
    ]  # fmt: skip


def test_the_questions_of_a_chapter_are_one_script(gather, tmp_path):
    page = gather(ASKED, form(), answer(), AFTER)
    site = build(tmp_path, {"05_descent": page})
    script = (site / "_static" / "questions" / "5.js").read_text(encoding="utf-8")
    assert script.startswith("(window.dlQuestionBank ??= {})[5] = {")
    assert "</" not in script, "would end the script that holds it"
