"""What comes on slides: each figure and question once, and no answer before its question."""

import csv
import io
import re

import make_slides
import pytest
from chapter_parts import chapters, list_of

CHAPTERS = chapters()
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.number)
SLIDES = {chapter.number: make_slides.slides_of(chapter) for chapter in CHAPTERS}


def of_kind(chapter, kind):
    return [slide.key for slide in SLIDES[chapter.number] if slide.kind == kind]


@every_chapter
def test_each_figure_is_there_once(chapter):
    assert of_kind(chapter, "figure") == [figure.name for figure in chapter.figures]
    for slide in SLIDES[chapter.number]:
        if slide.kind == "figure":
            assert re.search(r'<img [^>]*alt="[^"]{30,}"', slide.text)


@every_chapter
def test_each_question_is_there_once_and_its_answer_right_below(chapter):
    asked = [question.key for question in chapter.questions]
    assert of_kind(chapter, "question") == of_kind(chapter, "answer") == asked
    slides = SLIDES[chapter.number]
    for place, slide in enumerate(slides):
        if slide.kind == "question":
            assert (slides[place + 1].kind, slides[place + 1].key) == ("answer", slide.key)
            assert not slides[place + 1].new


@every_chapter
def test_a_question_has_all_of_its_options_and_an_answer_says_what_was_computed(chapter):
    by_key = {(s.kind, s.key): s.text for s in SLIDES[chapter.number]}
    for question in chapter.questions:
        text = by_key["question", question.key]
        assert "dl-" not in text
        for option in question.settings.get("options", ()):
            assert make_slides.html.escape(option) in text
        if question.answer:
            words = make_slides.html.escape(question.answer["words"])
            assert words in by_key["answer", question.key]
        else:
            assert len(by_key["answer", question.key]) > 100


@every_chapter
def test_what_is_said_to_wrong_answers_stands_below_the_answer(chapter):
    slides = SLIDES[chapter.number]
    for question in chapter.questions:
        said = make_slides.said_to_wrong(question)
        places = [n for n, s in enumerate(slides) if s.key == question.key and s.kind != "question"]
        below = "\n".join(slides[n].text for n in places)
        assert all(sentence in below for sentence in said)
        asked = next(
            n for n, s in enumerate(slides) if (s.kind, s.key) == ("question", question.key)
        )
        assert places == list(range(asked + 1, asked + 1 + len(places)))


@every_chapter
def test_what_is_said_to_wrong_answers_stays_together_where_a_slide_holds_it(chapter):
    for question in chapter.questions:
        said = make_slides.said_to_wrong(question)
        slides = [s for s in SLIDES[chapter.number] if s.key == question.key]
        holding = [s.text for s in slides if s.kind in ("answer", "why") and "\n- " in s.text]
        holding = [text for text in holding if any(sentence in text for sentence in said)]
        if sum(map(make_slides.height, said)) < make_slides.ROOM - 2:
            assert len(holding) == bool(said), question.key
        elif len(said) > 2:
            assert sum(sentence in holding[-1] for sentence in said) > 1, question.key


@every_chapter
def test_the_title_comes_first_and_the_summary_last_but_for_solutions(chapter):
    kinds = [slide.kind for slide in SLIDES[chapter.number]]
    assert kinds[0] == "title"
    assert kinds.index("learn") < kinds.index("section")
    rest = kinds[len(kinds) - kinds[::-1].index("summary") :]
    assert set(rest) <= {"figure"}
    shown = "\n".join(s.text for s in SLIDES[chapter.number] if s.kind == "section")
    for text in (cell["source"] for cell in chapter.cells if cell["cell_type"] == "markdown"):
        for heading in re.findall(r"^##+ (.*)$", text, re.MULTILINE):
            known = heading in ("Summary", "Exercises", "Further reading")
            assert known or heading.startswith("Exercise ") or f"## {heading}" in shown


@every_chapter
def test_solutions_of_exercises_stay_at_home(chapter):
    text = "\n".join(s.text for s in SLIDES[chapter.number] if s.kind != "figure")
    code = "\n".join(s.code["source"] for s in SLIDES[chapter.number] if s.code)
    assert "Solution" not in text
    assert 'check("' not in code


@every_chapter
def test_no_first_paragraph_ends_in_the_middle_of_a_sentence(chapter):
    """What a formula completes stands above it, on the slide of the formula."""
    for slide in SLIDES[chapter.number]:
        heading, _, words = slide.text.partition("\n\n")
        if slide.kind == "section" and len(re.split(r"(?<=[.?!]) +(?=[A-Z])", words)) > 1:
            assert re.search(r"[.?!:][*)\"”]*$", words), heading


@every_chapter
def test_a_link_that_leads_nowhere_from_here_is_plain_text(chapter):
    text = "\n".join(slide.text for slide in SLIDES[chapter.number])
    assert not re.findall(r"\]\((?!https?:)[^)]*\)", re.sub(r"\$[^$]*\$|`[^`]*`", "", text))


def test_the_chapter_itself_is_not_changed():
    chapter = chapters(["05"])[0]
    before = repr(chapter.cells)
    make_slides.as_notebook(chapter, make_slides.slides_of(chapter))
    assert repr(chapter.cells) == before


def test_the_list_of_figures_has_captions_descriptions_and_licenses():
    figures = [figure for chapter in CHAPTERS for figure in chapter.figures]
    rows = list(csv.DictReader(io.StringIO(list_of(figures))))
    assert len(rows) == len({row["file"] for row in rows}) == len(figures) > 100
    assert all(row["caption"] and len(row["alt"]) > 30 for row in rows)
    of_digits = {row["file"] for row in rows if row["license"].startswith("CC BY-SA 3.0")}
    assert {"02/thirty-digits", "02/gradient-as-pictures", "14/thirty-images"} <= of_digits
    assert {row["license"] for row in rows if row["file"] not in of_digits} == {"CC BY 4.0"}
