"""Every chapter has the parts that a chapter has, whichever it is."""

import re

import pytest
from chapter import NUMBERS, asked_in, chapter

each_chapter = pytest.mark.parametrize("of", [*map(chapter, NUMBERS)], ids=str)

# Comparisons that must come out false, for the text says so.
FALSE_ON_PURPOSE = {}


def words(prose):
    """Return the words of a text: no formulas, tags, addresses or roles."""
    text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", " x ", prose, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>|\]\([^)]*\)|\{\w+\}`[^`]*`", "", text)
    return re.findall(r"[A-Za-z][\w'’-]*", text)


def section(prose, title):
    return prose.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def exercises(of):
    """Return for each exercise its number, its kind and its cells."""
    parts = []
    for cell in of.cells:
        if cell["source"].startswith("### Exercise "):
            parts.append([])
        elif cell["source"].startswith("## Further reading"):
            break
        if parts:
            parts[-1].append(cell)
    heading = re.compile(r"### Exercise (\d+)\.(\d+): .+\n\n\*(On paper|Code|Open)\.\*")
    found = []
    for cells in parts:
        match = heading.match(cells[0]["source"])
        assert match, f"{of}: {cells[0]['source'][:60]!r} does not say what kind it is"
        found.append((int(match[2]), match[3], cells))
    return found


@each_chapter
def test_the_chapter_has_the_length_of_a_chapter(of):
    asked = re.compile(r'<div class="dl-question">.*?</div>', re.DOTALL)
    assert 2000 <= len(words(asked.sub("", of.prose))) <= 4000


@each_chapter
def test_a_figure_that_moves_comes_before_the_first_formula(of):
    sources = [cell["source"] for cell in of.cells]
    figure = next(i for i, source in enumerate(sources) if "widgets." in source)
    formula = next(i for i, source in enumerate(sources) if "$$" in source)
    assert figure < formula


@each_chapter
def test_the_reader_learns_what_the_chapter_is_for_and_what_it_needs(of):
    box = re.search(r'<div class="dl-box">\s*\*\*In this chapter\*\*(.*?)</div>', of.prose, re.S)
    assert box
    for part in ("*You will be able to*", "*You need*", "*Time*"):
        assert part in box[1]


@each_chapter
def test_the_reader_is_asked_to_predict_and_to_check_and_is_warned(of):
    roles = [question["role"] for _, question, _ in asked_in(of)]
    assert roles.count("opening") == 2
    assert roles.count("prediction") >= 6
    assert roles.count("checkpoint") >= 4
    assert "*Predict" not in of.prose.replace("**Predict.**", "")
    assert "<strong>Checkpoint" not in of.prose
    assert of.prose.count("**A common mistake:") >= 1


@each_chapter
def test_no_comparison_came_out_false_but_those_that_should(of):
    assert re.findall(r"^.*\bFalse\b.*$", of.printed, re.M) == FALSE_ON_PURPOSE.get(of.number, [])


@each_chapter
def test_the_summary_is_short(of):
    assert 5 <= len(re.findall(r"^- ", section(of.prose, "Summary"), re.M)) <= 8


@each_chapter
def test_there_are_exercises_of_every_kind_in_order(of):
    numbers, kinds, _ = zip(*exercises(of), strict=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert kinds.count("On paper") >= 2
    assert kinds.count("Code") >= 3
    assert kinds.count("Open") >= 1


@each_chapter
def test_every_exercise_has_a_hint_and_a_solution(of):
    for number, kind, cells in exercises(of):
        where = f"{of}, exercise {number}"
        text = "\n".join(cell["source"] for cell in cells)
        assert re.search(r"<summary>(Solution|A worked start)</summary>", text), where
        named = f'hint("{int(of.number)}.{number}")'
        assert "<summary>Hint</summary>" in text or (kind == "Code" and named in of.prose), where
        solved = [c for c in cells if "hide-cell" in c["metadata"].get("tags", [])]
        assert solved, f"{where}: no solution was run"


@each_chapter
def test_an_exercise_in_code_starts_wrong_and_its_solution_is_right(of):
    for number, kind, _ in exercises(of):
        name = re.escape(f"{int(of.number)}.{number}")
        verdicts = re.findall(rf"([✓✗]) Exercise {name}: ", of.results)
        assert verdicts == (["✗", "✓"] if kind == "Code" else []), f"exercise {name}"


# Its starting point is a constant rate, and the text says that this is not enough.
STARTS_WITH_AN_ANSWER = {"12.4"}


@each_chapter
def test_an_exercise_that_nobody_has_touched_gives_nothing_away(of):
    for number, kind, cells in exercises(of):
        name = f"{int(of.number)}.{number}"
        if kind == "Code" and name not in STARTS_WITH_AN_ANSWER:
            starter = next(c for c in cells if c["cell_type"] == "code")
            assert "..." in starter["source"], name
            [verdict] = [o["data"]["text/plain"] for o in starter["outputs"]]
            text = "".join(verdict)
            assert text.startswith(f"✗ Exercise {name}: The three dots"), name
            assert "\n" not in text, name


@each_chapter
def test_a_hint_is_shown_where_the_exercises_begin(of):
    first = next(number for number, kind, _ in exercises(of) if kind == "Code")
    assert f"Hint 1 of 3 for exercise {int(of.number)}.{first}" in of.results


@each_chapter
def test_no_line_of_code_is_too_wide_for_the_page(of):
    assert not [line for source in of.code for line in source.splitlines() if len(line) > 78]


@each_chapter
def test_the_further_reading_cites(of):
    assert "{cite" in section(of.prose, "Further reading")


@each_chapter
def test_what_is_folded_on_the_page_is_folded_in_a_notebook(of):
    folds = {
        "hide-cell": {"source_hidden": True, "outputs_hidden": True},
        "hide-input": {"source_hidden": True},
        "hide-output": {"outputs_hidden": True},
        "remove-input": {"source_hidden": True},
    }
    for cell in of.cells:
        for tag in folds.keys() & set(cell["metadata"].get("tags", [])):
            assert cell["metadata"].get("jupyter") == folds[tag], cell["source"][:80]
