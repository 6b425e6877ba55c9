"""Questions to the reader: what may be asked, and that no chapter gives an answer away."""

import json
import re

import numpy as np
import pytest
import question_table
from chapter import NUMBERS, asked_in, chapter, data_of

from dlcourse import questions
from dlcourse.questions import _kinds as kinds

CHOICE = {"It stops.": "Not there.", "It goes on.": ""}


# What is asked, and what counts as an answer -------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "value", "stored", "words"),
    [
        (questions.number("1-a", within=0), 12_903, 12_903, "12,903"),
        (questions.number("1-a", within=0, unit="steps"), np.int64(7), 7, "7 steps"),
        (questions.number("1-a", within=0), np.array([[0.25]]), 0.25, "0.25"),
        (questions.number("1-a", within=0), 0.1 + 0.2, 0.3, "0.3"),
        (questions.number("1-a", within=0, digits=3), 1234.5678, 1234.57, "1,235"),
        (questions.number("1-a", within=0), 1.5e-8, 1.5e-8, "1.5e-08"),
        (questions.choice("1-a", CHOICE), "It goes on.", "It goes on.", "It goes on."),
        (
            questions.choice("1-a", CHOICE),
            {"It stops.": False, "It goes on.": np.True_},
            "It goes on.",
            "It goes on.",
        ),
        (questions.order("1-a", ["x", "y", "z"]), ("z", "x", "y"), ["z", "x", "y"], "z, x, y"),
        (questions.point("1-a", (0, 2), within=0.1), 0.2, 0.2, "0.2"),
        (questions.sketch("1-a", [0, 1, 2], (0, 4)), np.array([0.0, 1, 4]), [0, 1, 4], None),
    ],
)
def test_an_answer_is_what_was_computed(ask, value, stored, words):
    answer = ask.compare(value)
    told = data_of(answer._repr_html_(), "answer")
    assert told["key"] == "1-a"
    assert told["value"] == stored
    if words:
        assert told["words"] == words
        assert repr(answer) == f"Answer:\n{words}"
        assert f"<p><strong>Answer:</strong> {words}</p>" in answer._repr_html_()


@pytest.mark.parametrize(
    ("ask", "value", "message"),
    [
        (questions.number("1-a", within=0), [1.0, 2.0], "must be one number"),
        (questions.number("1-a", within=0), "7", "must be one number"),
        (questions.number("1-a", within=0), True, "must be one number"),
        (questions.number("1-a", within=0), np.nan, "must be finite"),
        (questions.choice("1-a", CHOICE), "It hops.", "none of the options"),
        (questions.choice("1-a", CHOICE), None, "none of the options"),
        (questions.choice("1-a", CHOICE), dict.fromkeys(CHOICE, True), "exactly one must hold"),
        (questions.choice("1-a", CHOICE), dict.fromkeys(CHOICE, False), "exactly one must hold"),
        (questions.choice("1-a", CHOICE), {"It stops.": True}, "exactly one must hold"),
        (questions.order("1-a", ["x", "y"]), ["x"], "no order of"),
        (questions.order("1-a", ["x", "y"]), ["x", "x"], "no order of"),
        (questions.point("1-a", (0, 2), within=0.1), 2.5, "not on the axis"),
        (questions.sketch("1-a", [0, 1, 2], (0, 4)), [1.0], "1 heights for 3 places"),
        (questions.sketch("1-a", [0, 1, 2], (0, 4)), [1.0, np.inf, 2.0], "must be finite"),
        (questions.think("1-a"), "whatever", "stands in the text"),
    ],
)
def test_what_is_no_answer_is_refused(ask, value, message):
    with pytest.raises((TypeError, ValueError), match=message):
        ask.compare(value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: questions.number("a-b", within=0), "a key is a chapter"),
        (lambda: questions.number("5", within=0), "a key is a chapter"),
        (lambda: questions.think("5-Under_score"), "a key is a chapter"),
        (lambda: questions.number("1-a"), "either within= or factor="),
        (lambda: questions.number("1-a", within=1, factor=2), "either within= or factor="),
        (lambda: questions.number("1-a", within=-1), "at least 0"),
        (lambda: questions.number("1-a", factor=1), "larger than 1"),
        (lambda: questions.choice("1-a", {"one": ""}), "two or more different"),
        (lambda: questions.order("1-a", ["x", "x"]), "two or more different"),
        (lambda: questions.point("1-a", (2, 0), within=0.1), "from a lower to a higher"),
        (lambda: questions.point("1-a", (0, 1), log=True, factor=2), "from a lower to a higher"),
        (lambda: questions.sketch("1-a", [0, 1], (0, 1)), "3 to 12 places"),
        (lambda: questions.sketch("1-a", [0, 1, 2], (1, 1)), "from a lower to a higher"),
    ],
)
def test_what_can_not_be_asked_is_refused(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


def test_markup_in_a_question_stays_text():
    ask = questions.choice("1-a", {'<b>"x" & y</b>': "", "z": "It's <not>."})
    markup = ask.to_html()
    assert "<b>" not in markup
    assert data_of(markup, "question")["options"] == ['<b>"x" & y</b>', "z"]
    assert "&lt;b&gt;" in ask.compare('<b>"x" & y</b>')._repr_html_()


def test_only_the_first_question_of_a_notebook_brings_the_script(monkeypatch):
    monkeypatch.setattr(kinds, "_sent", set())
    one, two = (questions.think(key)._repr_html_() for key in ("1-a", "1-b"))
    assert "<script>" in one
    assert "<script>" not in two


def test_in_colab_each_question_brings_it(monkeypatch):
    monkeypatch.setitem(kinds.sys.modules, "google.colab", kinds)
    one, two = (questions.think(key)._repr_html_() for key in ("1-a", "1-b"))
    assert "<script>" in one
    assert "<script>" in two


def test_a_question_says_in_a_terminal_what_is_asked():
    assert repr(questions.choice("1-a", CHOICE)) == "Your guess (It stops. / It goes on.)"
    assert "between 0 and 2" in repr(questions.point("1-a", (0, 2), within=0.1))
    words_of = {"": "a number", "steps": "a number of steps", "of 9": "a number of 9"}
    for unit, words in words_of.items():
        asked = questions.number("1-a", unit=unit, within=1)
        assert repr(asked) == f"Your guess ({words})"


# What the chapters ask ------------------------------------------------------------------------


ASKED = [
    pytest.param(chapter(number), *one, id=one[1]["key"])
    for number in NUMBERS
    for one in asked_in(chapter(number))
]


def test_no_two_questions_of_the_book_have_the_same_key():
    keys = [one.id for one in ASKED]
    assert keys
    assert len(set(keys)) == len(keys)


def test_what_is_said_to_an_answer_stands_right_below_it():
    """Between them nothing may stand: the page uncovers both together."""
    answers = {
        (of.number, place + (1 if answer else 0)): question["key"]
        for of, place, question, answer in (one.values for one in ASKED)
    }
    for of in {one.values[0].number: one.values[0] for one in ASKED}.values():
        for place, cell in enumerate(of.cells):
            if cell["source"].startswith('<details class="dl-after">'):
                assert (of.number, place - 1) in answers, cell["source"]


@pytest.mark.parametrize(("of", "place", "question", "answer"), ASKED)
def test_a_question_has_its_text_its_answer_and_both_in_order(of, place, question, answer):
    assert int(question["key"].split("-")[0]) == int(of.number)
    assert "remove-input" in of.cells[place]["metadata"]["tags"]
    text = of.cells[place - 1]["source"].rstrip()
    assert text.endswith("</div>"), "what is asked comes right before the cell"
    assert '<div class="dl-question">' in text
    after = of.cells[place + 1]
    if question["kind"] == "think":
        assert answer is None
        assert after["source"].startswith('<details class="dl-after">')
    else:
        assert answer is not None, "no cell computes the answer"
        assert answer[0] == place + 1, "the next cell answers"
        tags = after["metadata"]["tags"]
        assert "hide-output" in tags or "hide-cell" in tags, "the answer lies open"


@pytest.mark.parametrize(("of", "place", "question", "answer"), ASKED)
def test_whoever_answers_wrong_hears_why(of, place, question, answer):
    if question["kind"] == "choice":
        silent = [option for option, reason in question["reasons"].items() if not reason]
        assert silent == [answer[1]["value"]]
    elif question["kind"] in ("number", "point"):
        value = answer[1]["value"]
        for low, high, sentence in question["misses"]:
            inside = (low is None or value >= low) and (high is None or value < high)
            assert not inside, f"said to who is right: {sentence}"
    elif question["kind"] == "order":
        assert question["options"] != answer[1]["value"], "the order is given with the question"


def spellings(value):
    """Return how a number may stand in a text; nothing for those that stand everywhere.

    >>> spellings(12_903)
    ['12,903', '12903', '12{,}903']
    >>> spellings(7)
    []
    """
    text = f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
    if len(re.sub(r"^[0.]*|[^\d]", "", text)) < 3:
        return []
    return list(dict.fromkeys([text, text.replace(",", ""), text.replace(",", "{,}")]))


@pytest.mark.parametrize(("of", "place", "question", "answer"), ASKED)
def test_nothing_above_a_question_gives_its_answer_away(of, place, question, answer):
    if question["kind"] not in ("number", "point"):
        return  # words are looked for by readers: see CONTRIBUTING
    above = []
    for cell in of.cells[:place]:
        above.append(cell["source"])
        above += [json.dumps(cell["metadata"])]
        for output in cell.get("outputs", []):
            above.append("".join(output.get("text", "")))
            above.append("".join(output.get("data", {}).get("text/plain", "")))
    for spelling in spellings(answer[1]["value"]):
        pattern = rf"(?<![\d.,]){re.escape(spelling)}(?![\d]|[.,]\d)"
        assert not re.search(pattern, "\n".join(above)), f"{spelling} stands above the question"


@pytest.mark.parametrize(("of", "place", "question", "answer"), ASKED)
def test_the_line_that_jupyterlab_shows_of_a_folded_output_is_harmless(of, place, question, answer):
    if answer is None:
        return
    output = of.cells[answer[0]]["outputs"][0]
    text = "".join(output.get("text", "")) or "".join(output["data"]["text/plain"])
    first = text.splitlines()[0]
    assert first == "Answer:" or not re.search("[:=]", first), f"not a heading: {first!r}"
    assert answer[1]["words"] not in first


def test_a_table_lists_every_question_with_its_cell(capsys):
    question_table.main()
    printed = capsys.readouterr().out
    _, _, *rows = [line for line in printed.splitlines() if line.startswith("|")]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [one.id for one in ASKED]
    assert not [row for row in rows if len(re.split(r"(?<!\\)\|", row)) != 7]
    assert f"\n{len(ASKED)} questions: " in printed
