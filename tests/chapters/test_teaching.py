"""The page for those who teach agrees with the chapters, and its ways around column B work."""

import contextlib
import io
import json
import re
from functools import cache
from pathlib import Path

import chapter_12_without_b
import chapter_parts
import count_chapters
import matplotlib.pyplot as plt
import pytest
from chapter import FOLDER, NUMBERS, asked_in, chapter, data_of

from dlcourse import plotting

PAGE = (FOLDER / "teaching.md").read_text(encoding="utf-8")
CELLS = re.findall(r"^```\{code-cell\}[^\n]*\n(?:---\n.*?^---\n)?(.*?)^```$", PAGE, re.M | re.S)
every_chapter = pytest.mark.parametrize("number", NUMBERS)
COUNTS = {of.number: count_chapters.count(of) for of in chapter_parts.chapters()}
SPELLED = {"one": 1, "two": 2, "two and a half": 2.5, "three": 3}


def section(heading):
    return re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S)[1]


def section_of(number):
    return re.search(rf"^### {int(number)} [^\n]+\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S)[1]


def rows(table):
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def numbers_in(text):
    return [int(number) for number in re.findall(r"\d+", text)]


# Times and plans -----------------------------------------------------------------------------


def time_of(number):
    """Return what a chapter says of its length: to read, and with the exercises."""
    line = re.search(r"^\*Time\* about (.*)\.$", chapter(number).prose, re.M)[1]
    return re.fullmatch(r"(.*?) to read(?:, in two sittings)?[,;] (.*) with the exercises", line)


@every_chapter
def test_a_chapter_takes_the_time_that_it_says_itself(number):
    (row,) = [r for r in rows(section("What takes how long")) if r[0].startswith(f"{int(number)} ")]
    assert tuple(row[-2:]) == time_of(number).groups()
    assert chapter(number).path.name in row[0]


@every_chapter
def test_what_is_counted_is_what_there_is(number):
    (row,) = [r for r in rows(section("What takes how long")) if r[0].startswith(f"{int(number)} ")]
    counted = count_chapters.numbers(COUNTS[number])
    assert row[1:5] == counted, "python tools/count_chapters.py brings the table up to date"
    assert row[5] in ("10 s", "20 s", "30 s")  # measured once, so in rough classes


MINUTES = {"an hour": 60, "two hours": 120, "two and a half hours": 150, "three hours": 180}


@every_chapter
def test_a_chapter_says_within_a_third_what_its_text_and_questions_make(number):
    for said, made in zip(
        time_of(number).groups(), (COUNTS[number].reading, COUNTS[number].all), strict=True
    ):
        minutes = MINUTES.get(said) or int(said.removesuffix(" minutes"))
        assert abs(made - minutes) <= minutes / 3, f"{said}; computed: {made:.0f} minutes"


def test_the_page_says_how_an_estimate_comes_about():
    text = section("What takes how long")
    slow = count_chapters.READING_RATE / count_chapters.SLOWER
    for said in (
        f"{count_chapters.READING_RATE} words a minute",
        f"half of that, {slow:g},",
        f"{count_chapters.A_QUESTION} minutes for a question",
        f"{count_chapters.AN_EXERCISE} minutes for an exercise",
        "our assumption, not a measurement",
    ):
        assert said in text
    assert count_chapters.example(COUNTS["04"]) in text


@pytest.mark.parametrize("plan", ["Ten weeks", "Fourteen weeks"])
def test_a_plan_has_all_chapters_their_hours_and_their_sets(plan):
    weeks = rows(section(plan))
    assert len(weeks) == {"Ten weeks": 10, "Fourteen weeks": 14}[plan]
    chapters = [number for week in weeks for number in numbers_in(week[1])]
    assert sorted(chapters) == [int(number) for number in NUMBERS]
    for week, taught, *_, hours, sets in weeks:
        spent = [time_of(f"{number:02}")[2] for number in numbers_in(taught)]
        assert float(hours) == sum(SPELLED[time.removesuffix(" hours")] for time in spent), week
        assert numbers_in(sets) == numbers_in(taught)


def test_a_plan_teaches_what_is_needed_before_what_needs_it():
    needs = names_of_page()["needs"]
    for plan in ("Ten weeks", "Fourteen weeks"):
        week_of = {n: int(week[0]) for week in rows(section(plan)) for n in numbers_in(week[1])}
        assert all(week_of[b] <= week_of[n] for n, before in needs.items() for b in before)


def test_there_is_a_problem_set_of_each_number_that_has_one():
    for path in Path(FOLDER.parent, "assignments").glob("[a-z]*/*.ipynb"):
        title = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
        number = re.match(r"# Problem set (\d+):", title)[1]
        assert f"set {number}" in section("Ten weeks"), path


# What needs what -----------------------------------------------------------------------------

# The chapter whose subject a term of the glossary is.
TAUGHT_IN = {
    "derivative": 1, "finite-difference": 1, "gradient": 2, "chain-rule": 3, "gradient-tape": 4,
    "gradient-descent": 5, "condition-number": 5, "mini-batch": 6,
    "stochastic-gradient-descent": 6,
}  # fmt: skip
# Said on the spot, or known from school.
NOT_TAUGHT = {"eigenvalue", "standard-deviation"}


@cache
def run_page():
    """Run the cells of the page; return the names they leave, and what they print."""
    names = {}
    with contextlib.redirect_stdout(io.StringIO()) as output, plotting.book_style():
        exec("\n".join(CELLS), names)
    plt.close("all")
    return names, output.getvalue()


def names_of_page():
    return run_page()[0]


@every_chapter
def test_the_graph_is_drawn_from_the_lines_you_need(number):
    line = re.search(r"^\*You need\* (.*)$", chapter(number).prose, re.M)[1]
    line = re.sub(r"in the last exercise [^.]*", "", line)  # wanted, not needed
    line = re.sub(r"(\(\[chapters 2\].*) to (\[4\])", r"\1 [3](03_) \2", line)
    named = {int(n) for n in re.findall(r"\((\d\d)_", line)}
    terms = set(re.findall(r"glossary\.md#([\w-]+)", line)) - NOT_TAUGHT
    terms |= {"gradient"} if re.search(r"\bthe gradient\b", line) else set()
    named |= {TAUGHT_IN[term] for term in terms}
    assert names_of_page()["needs"][int(number)] == sorted(named)


def test_the_picture_says_in_words_what_it_shows():
    names = names_of_page()
    assert [(arrow.start + 1, arrow.end + 1) for arrow in names["arrows"]] == [
        (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (6, 8), (8, 9), (9, 10),
        (7, 11), (8, 11), (2, 12), (7, 13), (10, 13), (11, 14), (13, 14),
    ]  # fmt: skip
    assert len(names["titles"]) == len(NUMBERS)


# Questions -----------------------------------------------------------------------------------


@every_chapter
def test_a_chapter_has_three_objectives_and_predictions_that_it_asks(number):
    text = section_of(number)
    assert re.findall(r"^(\d)\. ", text, re.M) == ["1", "2", "3"]
    asked = {q["key"]: (q, a) for _, q, a in asked_in(chapter(number))}
    bullets = re.findall(r"^- `([\w-]+)`: (.*)$", text, re.M)
    assert 2 <= len(bullets) <= 3
    for key, said in bullets:
        question, _ = asked[key]
        assert question["role"] == "prediction"
        for option in re.findall(r"\*([^*]+)\*", said):
            assert option in question["options"], f"{key} has no option {option!r}"
    for key, said in bullets:
        question, _ = asked[key]
        if "reasons" in question:  # it is a wrong one that is explained
            explained = re.findall(r"\*([^*]+)\*", said)
            assert any(question["reasons"][option] for option in explained), key


@every_chapter
def test_the_mistakes_are_those_that_the_chapter_names(number):
    (line,) = re.findall(r"^Breaks: (.*)$", section_of(number), re.M)
    named = re.findall(r"\*\*(?:A common mistake|Once more): (.*?)\*\*", chapter(number).prose)
    known = {name.replace('."', '"').rstrip(".") for name in named}
    assert set(line.rstrip(".").split("; ")) <= known


def test_no_full_stop_stands_alone():
    assert not re.findall(r"^[.,;]$", PAGE, re.M)


# The column B --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """Run the copy of chapter 12."""
    copy = tmp_path_factory.mktemp("without-b") / "12_boston_housing.ipynb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chapter_12_without_b, "COPY", copy)
        patch.setenv("DLCOURSE_PNG", "0")
        assert chapter_12_without_b.main() == 0
    return json.loads(copy.read_text(encoding="utf-8"))["cells"]


def source(cell):
    return "".join(cell["source"])


def printed(cells):
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error"]
    return "\n".join(
        "".join(output.get("text", output.get("data", {}).get("text/plain", "")))
        for output in outputs
    )


def test_chapter_12_runs_without_the_column(without):
    assert "506 tracts, 12 features" in printed(without)
    code = "\n".join(source(cell) for cell in without if cell["cell_type"] == "code")
    assert re.findall(r"^.*\bB\b.*$", code, re.M) == ['boston = load_boston_housing().without("B")']
    assert "13" not in re.findall(r"\d+", re.sub(r":13|chapter 13", "", code))


def test_its_questions_have_the_answers_of_the_chapter_or_its_own(without):
    was, now = (
        {a["key"]: a["value"] for _, a in answers(cells)}
        for cells in (chapter("12").cells, without)
    )
    other = {"12-shape-of-a-gradient": "(12,)", "12-three-rates": ["0.15", "0.01", "0.18"],
             "12-raw-features": "Far below 585, but not near 20.6.",
             "12-held-out": 4.714}  # fmt: skip
    assert now == was | other


def answers(cells):
    for i, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            markup = "".join(output.get("data", {}).get("text/html", ""))
            if 'class="dl-answer"' in markup:
                yield i, data_of(markup, "answer")


def test_what_its_text_says_otherwise_is_what_it_prints(without):
    said = printed(without)
    # Of what is not printed as it is written, how it comes to be so.
    derived = {
        "-1.12": 1 - 0.18 * 2 / 0.170, "3.6": 0.50 * 3.94 + 0.77 * 2.17,
    }  # fmt: skip
    assert all(float(text) == pytest.approx(value, abs=0.05) for text, value in derived.items())
    for number in (
        "1.70e-01", "5.06e-06", "after 199 updates: loss  20.60", "weight -3.14", "weight -3.94",
        "weight -2.17", "weight +2.52", "weight -2.14", "weight +1.09", "the other 6 add +1.2",
        "95%: 4.12 to 5.83", "300 splits: 4.88", "largest town 17.13", "404 rows: 4.54",
        "102 rows: 5.52", "predicted 2.63, actual 8.8", "mean at the ceiling: 13.47",
    ):  # fmt: skip
        assert number in said
    assert 0.170 / 5.06e-6 > 30_000
    loss = float(re.search(r"raw features, 2,000 updates: loss ([\d.]+)", said)[1])
    assert float(re.search(r"after   6 updates: loss +([\d.]+)", said)[1]) < loss
    assert round(float(re.search(r"^R² +([\d.]+)$", said, re.M)[1]), 2) == 0.73


def test_its_text_says_why_a_column_is_missing_and_no_number_of_the_whole_table(without):
    text = "\n".join(source(cell) for cell in without if cell["cell_type"] == "markdown")
    assert "One column of the table is left out here: B, which rests on a racist premise." in text
    for number in ("0.163", "20.2", "4.66", "4.84", "5.40", "4.50", "-3.10", "thirteen", "0.7406"):
        assert number not in text.casefold(), number


def test_a_sentence_that_has_changed_in_the_chapter_is_noticed():
    notebook = json.loads(chapter("12").path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = source(cell).replace("fifty thousand times", "many times")
    with pytest.raises(ValueError, match="fifty thousand times"):
        chapter_12_without_b.without_b(notebook)


def test_the_line_on_the_page_leaves_the_column_out():
    names, printed = run_page()
    assert names["boston"].data.shape == (506, 12)
    assert printed == "<Dataset: data (506, 12), target (506,)> False\n"
