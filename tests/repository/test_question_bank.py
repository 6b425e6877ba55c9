"""The bank of questions: every one of the book, valid, with the answers that were computed."""

import base64
import re
from functools import cache
from html.parser import HTMLParser

import make_question_bank as bank
import pytest
import xmlschema
from chapter_parts import chapters

CHAPTERS = chapters()
QUESTIONS = {question.key: question for chapter in CHAPTERS for question in chapter.questions}
SCHEMA = xmlschema.XMLSchema11(bank.SCHEMA)


@cache
def quiz():
    return bank.ET.fromstring(bank.as_bytes(bank.quiz_of(CHAPTERS)))


def written():
    """Map the key of each question to its element."""
    return {e.findtext("idnumber"): e for e in quiz() if e.get("type") != "category"}


def of_kind(*kinds):
    keys = [key for key, question in QUESTIONS.items() if question.kind in kinds]
    return pytest.mark.parametrize("key", keys)


def test_every_question_of_the_book_is_there_once():
    keys = [e.findtext("idnumber") for e in quiz() if e.get("type") != "category"]
    assert keys == list(QUESTIONS)
    assert len(keys) > 200
    for key, element in written().items():
        assert element.get("type") == bank.TYPES[QUESTIONS[key].kind]


def test_it_is_valid():
    assert not [str(error) for error in SCHEMA.iter_errors(quiz())]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda e: e.remove(e.find("name")),
        lambda e: e.find("questiontext/text").__setattr__("text", ""),
        lambda e: e.find("answer").set("fraction", "0"),
        lambda e: e.find("answer").set("fraction", "most"),
        lambda e: e.set("type", "riddle"),
        lambda e: e.find("idnumber").__setattr__("text", "5-hundredth"),
        lambda e: e.remove(e.find("answer/..").findall("answer")[0]),
    ],
)
def test_what_moodle_would_not_read_is_refused(spoil):
    other = bank.ET.fromstring(
        bank.as_bytes(bank.quiz_of([c for c in CHAPTERS if c.number == "05"]))
    )
    assert SCHEMA.is_valid(other)
    (element,) = [e for e in other if e.findtext("idnumber") == "5-cycle"]
    for answer in element.findall("answer"):  # the right one first
        if answer.get("fraction") == "100":
            element.remove(answer)
            element.insert(list(element).index(element.find("answer")), answer)
    assert SCHEMA.is_valid(other)
    spoil(element)
    assert not SCHEMA.is_valid(other)


# Answers -------------------------------------------------------------------------------------


@of_kind("choice")
def test_the_right_option_is_the_one_that_was_computed_and_wrong_ones_have_their_sentence(key):
    question, element = QUESTIONS[key], written()[key]
    options = {}
    for answer in element.findall("answer"):
        option = bank.html.unescape(
            answer.findtext("text").removeprefix("<p>").removesuffix("</p>")
        )
        options[option] = answer
    assert list(options) == question.settings["options"]
    right = [option for option, answer in options.items() if answer.get("fraction") == "100"]
    assert right == [question.answer["value"]]
    for option, reason in question.settings["reasons"].items():
        said = bank.html.unescape(options[option].findtext("feedback/text") or "")
        assert said == ("" if option == right[0] else f"<p>{reason}</p>")


@of_kind("order")
def test_an_order_is_the_one_that_was_computed(key):
    answers = sorted(written()[key].findall("answer"), key=lambda a: float(a.get("fraction")))
    options = [bank.html.unescape(answer.findtext("text")) for answer in answers]
    assert options == QUESTIONS[key].answer["value"]


def moodle_says(element, guess):
    """Return what Moodle does with a number: the first answer whose tolerance it is within."""
    for answer in element.findall("answer"):
        if abs(guess - float(answer.findtext("text"))) <= float(answer.findtext("tolerance")):
            said = answer.findtext("feedback/text") or ""
            return float(answer.get("fraction")), re.sub(r"</?p>", "", bank.html.unescape(said))
    return 0.0, ""


def page_says(question, guess):
    """Return what ask.js does with it."""
    settings, value = question.settings, question.answer["value"]
    if settings["factor"]:
        right = guess * value > 0 and max(guess / value, value / guess) <= settings["factor"] * (
            1 + 1e-9
        )
    else:
        right = abs(guess - value) <= settings["within"] + 1e-9 * abs(value)
    if right:
        return 100.0, ""
    for low, high, said in settings["misses"]:
        if (low is None or guess >= low) and (high is None or guess < high):
            return 0.0, said
    return 0.0, ""


@of_kind("number", "point")
def test_the_first_answer_is_the_number_that_was_computed(key):
    answer = written()[key].find("answer")
    assert answer.get("fraction") == "100"
    assert float(answer.findtext("text")) == QUESTIONS[key].answer["value"]


@of_kind("number", "point")
def test_a_number_is_judged_as_on_the_page(key):
    question, element = QUESTIONS[key], written()[key]
    value, settings = question.answer["value"], question.settings
    tried = {
        -1,
        -value,
        value,
        *(value * f for f in (1e-3, 0.1, 0.4, 0.7, 1.02, 1.6, 2.5, 12, 1e3)),
    }
    for low, high, _ in settings["misses"]:
        for end, other in ((low, high), (high, low)):
            if end is not None:
                step = 1e-4 * max(abs(end), 1e-3 * abs(end - (value if other is None else other)))
                tried |= {end - step, end + step}
                tried |= {end} if end else set()  # 0 is within rounding of itself
    if settings["factor"]:
        tried |= {value * settings["factor"] * f for f in (0.999, 1.001)}
        tried |= {value / settings["factor"] * f for f in (0.999, 1.001)}
    else:
        tried |= {value + settings["within"] * f for f in (-1.01, -0.99, 0.99, 1.01)}
    for guess in tried:
        assert moodle_says(element, guess) == page_says(question, guess), guess


@of_kind("sketch", "think")
def test_who_grades_an_essay_is_told_the_answer(key):
    question, told = QUESTIONS[key], written()[key].findtext("graderinfo/text")
    if question.answer:
        assert bank.html.escape(question.answer["words"]) in told
    else:
        assert len(told) > 60


# Text ------------------------------------------------------------------------------------------


class Balanced(HTMLParser):
    """Notes elements that are not closed, and what should not be there."""

    def __init__(self):
        super().__init__()
        self.open, self.problems = [], []

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "style", "div"):
            self.problems.append(f"<{tag}>")
        if tag not in ("img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}>")


def test_texts_are_html_with_formulas_that_mathjax_sets():
    for key, element in written().items():
        for text in (e.text or "" for e in element.iter("text")):
            parser = Balanced()
            parser.feed(text)
            assert not parser.open, key
            assert not parser.problems, key
            assert text.count(r"\(") == text.count(r"\)"), key
            assert text.count(r"\[") == text.count(r"\]"), key
            outside = re.sub(r"\\\(.*?\\\)|\\\[.*?\\\]|<code>.*?</code>", "", text, flags=re.DOTALL)
            assert not re.search(r"\$(?=\S).*\$|FORMULA|\*\*|\]\(|dl-", outside), (key, outside)


def test_a_question_says_where_it_stands():
    for chapter in CHAPTERS:
        for question in chapter.questions:
            element = written()[question.key]
            assert element.findtext("name/text") == f"{question.key}: {question.section}"
            assert f"Chapter {int(chapter.number)}, " in element.findtext("generalfeedback/text")
            tags = [tag.text for tag in element.findall("tags/tag/text")]
            assert tags == [f"chapter {int(chapter.number)}", question.settings["role"]]


def test_a_figure_of_which_a_question_speaks_comes_with_it():
    with_figure = {key for key, question in QUESTIONS.items() if question.figure}
    assert {"5-passing-by", "7-valley-gradient"} <= with_figure
    for key, element in written().items():
        text, files = element.findtext("questiontext/text"), element.findall("questiontext/file")
        assert bool(files) == (key in with_figure) == ("@@PLUGINFILE@@" in text)
        for file in files:
            assert f"@@PLUGINFILE@@/{file.get('name')}" in text
            assert b"<svg" in base64.b64decode(file.text)[:300]


def test_the_files_are_written(tmp_path, capsys):
    assert bank.main(["--out", str(tmp_path)]) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted([f"{c.path.stem}.xml" for c in CHAPTERS] + ["all.xml", "questions.csv"])
    assert f"{len(QUESTIONS)} questions" in capsys.readouterr().out
    assert all(SCHEMA.is_valid(tmp_path / name) for name in names if name != "questions.csv")
