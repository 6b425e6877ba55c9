"""From a student's JupyterLab, Colab or VS Code to an instructor's page, in a real browser."""

import concurrent.futures
import csv
import json
import re
from pathlib import Path

import pytest
from a_class import RIGHT, SEED, answered, as_bytes, handed_out, the_set, write_set
from a_jupyterlab import LONG, NEEDED, cell, jupyterlab_in, run

from dlcourse.grading import ProblemSet, Settings, _command, _gradebook, _run, grade_submission
from dlcourse.grading._run import Class

pytest.importorskip("nbgrader")
sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect  # waits for what it expects

ASSIGNMENTS = Path(__file__).parents[2] / "assignments"
QUICK = Settings(seconds=5.0)
FORMULA = "The quotient is less than $a<b$, see **this**:\n\n- one\n- two"
# What a browser would run, or offer to run, if the answer were shown as HTML.
ATTACK = """Harmless.

<script>document.title = "run"</script>
<img src="nowhere" onerror="document.title = 'run'">
<div onmouseover="document.title = 'run'">here</div>

[a link](javascript:document.title='run') ![a picture](nowhere) [another] <javascript:alert(1)>

[another]: javascript:document.title='run'

```mermaid
<img src="nowhere" onerror="document.title = 'run'">
```
"""
pytestmark = pytest.mark.filterwarnings(
    "ignore::sqlalchemy.exc.SAWarning", "ignore::DeprecationWarning"
)


def in_a_browser(test):
    for mark in NEEDED:
        test = mark(test)
    return test


class Here(concurrent.futures.Executor):
    """An executor that works in this process, at once."""

    def submit(self, function, task):
        future = concurrent.futures.Future()
        future.set_result(function(task))
        return future


def grade(work, force=False):
    _run.grade_class(work, Here, 1, force)
    _gradebook.write_all(work)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """Grade a class; the folder of results is where the instructor works."""
    folder = tmp_path_factory.mktemp("course")
    handed_in = folder / "in"
    handed_in.mkdir()
    (handed_in / "ada.ipynb").write_bytes(as_bytes(answered(why=FORMULA)))
    wrong = "def square_slope(x):\n    return 6.0\n"
    (handed_in / "o'ben.ipynb").write_bytes(as_bytes(answered(square=wrong)))
    (handed_in / "mallory.ipynb").write_bytes(as_bytes(answered(why=ATTACK)))
    sets = write_set(folder / "assignments")
    work = Class("pair", sets, handed_in, folder / "graded", SEED, False, QUICK)
    grade(work)
    return work


@pytest.fixture(scope="module")
def lab(work, tmp_path_factory):
    """Start JupyterLab in the folder of results; give its address.

    To share one server, the students' desk and the author's stand there as well.
    """
    for name in ("answered", "untouched"):
        path = work.out / "desk" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(as_bytes(handed_out()))
    author = (ASSIGNMENTS / "derivatives" / "derivatives.ipynb").read_bytes()
    (work.out / "desk" / "derivatives.ipynb").write_bytes(author)
    with jupyterlab_in(work.out, tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1400, "height": 2400})
    page.set_default_timeout(LONG)
    expect.set_options(timeout=LONG)
    yield page
    expect.set_options(timeout=5_000)  # as it was
    page.close()


# Students -----------------------------------------------------------------------------------------


def open_in(lab, page, name, kernel=False):
    page.goto(f"{lab}/lab/tree/desk/{name}.ipynb?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    if kernel:  # what is run before it is there is lost
        expect(page.get_by_role("button", name="(ipykernel) | Idle")).to_be_visible()


def saved(page, work, name):
    """Save as a student does; return the bytes of the file."""

    def is_save(response):
        return response.request.method == "PUT" and f"/api/contents/desk/{name}" in response.url

    with page.expect_response(is_save) as response:
        page.keyboard.press("Control+s")
    assert response.value.ok
    return (work.out / "desk" / f"{name}.ipynb").read_bytes()


def scores(content):
    graded = grade_submission(the_set(), content, QUICK)
    assert graded["problem"] is None
    return {q["name"]: q["score"] for q in graded["questions"]}, graded["answers"]


def has_run(of, count):
    expect(of.locator(".jp-InputPrompt")).to_have_text(f"[{count}]:")


@in_a_browser
def test_what_a_student_types_and_saves_in_jupyterlab_earns_its_points(lab, page, work):
    open_in(lab, page, "answered", kernel=True)
    answer, test = cell(page, "def square_slope"), cell(page, "At 3 the slope is 6.")
    run(page, cell(page, "import numpy"))
    answer.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("def square_slope(x):\n")
    page.keyboard.type("return 2 * x")  # the editor indents
    page.keyboard.press("Shift+Enter")
    has_run(answer, 2)
    run(page, test)
    has_run(test, 3)
    expect(test.locator(".jp-OutputArea-output")).to_have_count(0)  # the visible test is content
    written = page.locator(".jp-MarkdownCell").last
    written.locator(".jp-MarkdownOutput", has_text="YOUR ANSWER HERE").dblclick()
    written.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(RIGHT["why"])
    page.keyboard.press("Shift+Enter")
    expect(written.locator(".jp-MarkdownOutput")).to_have_text(RIGHT["why"])
    content = saved(page, work, "answered")
    notebook = json.loads(content)
    assert notebook["metadata"]["language_info"]["version"], "it is not JupyterLab's file"
    assert sorted(c.get("execution_count") or 0 for c in notebook["cells"])[-3:] == [1, 2, 3]
    earned, answers = scores(content)
    assert earned == {"square": 2.0, "mean": 0.0}
    assert answers == {"square": RIGHT["square"].strip(), "mean": None, "why": RIGHT["why"]}


def earns_nothing(content):
    earned, answers = scores(content)
    return set(earned.values()) == {0.0} and set(answers.values()) == {None}


@in_a_browser
def test_a_starter_that_was_only_opened_run_and_saved_earns_nothing(lab, page, work):
    open_in(lab, page, "untouched", kernel=True)
    cell(page, "A pair of questions").click()
    assert earns_nothing(saved(page, work, "untouched"))
    answer = cell(page, "def square_slope")
    run(page, cell(page, "import numpy"))
    run(page, answer)
    has_run(answer, 2)
    test = cell(page, "At 3 the slope is 6.")
    run(page, test)
    expect(test.locator(".jp-OutputArea")).to_contain_text("NotImplementedError")
    content = saved(page, work, "untouched")
    assert b'"ename": "NotImplementedError"' in content
    assert earns_nothing(content)


# Colab and VS Code --------------------------------------------------------------------------------

LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.12.4",
}


def lines_of(source):
    return [line for line in re.split(r"(?<=\n)", source) if line]


def as_colab(notebook, minor, keep=True):
    """Return a file as Colab saves it: what it opened as 4.5 keeps its ids, older has none.

    Each cell has an id in its metadata, one that ran also who ran it and when; the badge comes
    with a copy in GitHub. Foreign metadata stays, unless cells are pasted into another notebook.
    """
    badge = {"id": "view-in-github", "colab_type": "text"}
    cells = [{"cell_type": "markdown", "metadata": badge, "source": ["<a>Open In Colab</a>"]}]
    for count, old in enumerate(notebook["cells"]):
        own = {"id": f"aZ{count:02}-fE_9gQx"}
        if keep:
            own = old["metadata"] | own
        new = {"cell_type": old["cell_type"], "source": lines_of(old["source"])}
        if old["cell_type"] == "code":
            own["colab"] = {"base_uri": "https://localhost:8080/", "height": 35}
            user = {"displayName": "Ada", "userId": "03386744220426758265"}
            own["executionInfo"] = {"status": "ok", "timestamp": 1714181665122, "user_tz": -120}
            own["executionInfo"] |= {"elapsed": 188, "user": user}
            own["outputId"] = "bb3003bf-e7d9-4021-b317-b6f6890864a6"
            text = {"output_type": "stream", "name": "stdout", "text": ["done\n"]}
            new |= {"execution_count": count, "outputs": [text]}
        cells.append({**new, "metadata": own})
    if minor >= 5:
        for new in cells:
            new["id"] = new["metadata"]["id"]
    about = {"colab": {"provenance": [], "toc_visible": True}, "language_info": {"name": "python"}}
    about["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    whole = {"nbformat": 4, "nbformat_minor": minor, "metadata": about, "cells": cells}
    return json.dumps(whole, indent=2, ensure_ascii=False).encode()


def as_vscode(notebook, minor):
    """Return a file as VS Code saves it: keys sorted, ids only from 4.5 on, its own metadata."""
    cells = []
    for count, old in enumerate(notebook["cells"]):
        new = {**old, "source": lines_of(old["source"])}
        if old["cell_type"] == "code":
            language = {"vscode": {"languageId": "python"}}
            new |= {"execution_count": count, "metadata": old["metadata"] | language}
        if minor < 5:
            del new["id"]
        cells.append(new)
    added = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells.append(added | {"source": []} | ({"id": "1f0c9a2b"} if minor >= 5 else {}))
    kernel = {"display_name": ".venv (3.12.4)", "language": "python", "name": "python3"}
    about = {"kernelspec": kernel, "language_info": LANGUAGE, "orig_nbformat": 4}
    about["vscode"] = {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b9275f58929596ceb"}}
    whole = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": minor}
    return (json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


RESAVED = {
    "Colab": lambda notebook: as_colab(notebook, 5),
    "Colab, format 4.0": lambda notebook: as_colab(notebook, 0),
    "Colab, cells pasted": lambda notebook: as_colab(notebook, 0, keep=False),
    "VS Code": lambda notebook: as_vscode(notebook, 5),
    "VS Code, format 4.2": lambda notebook: as_vscode(notebook, 2),
    "Colab, with Windows' line ends": lambda notebook: (
        as_colab(notebook, 0).replace(b"\\n", b"\\r\\n").replace(b"\n", b"\r\n")
    ),
}


@pytest.mark.parametrize("program", RESAVED)
def test_a_file_that_another_program_saved_keeps_its_points(program):
    import nbformat

    content = RESAVED[program](answered())
    nbformat.validate(nbformat.reads(content.decode(), nbformat.NO_CONVERT))
    earned, answers = scores(content)
    assert earned == {"square": 2.0, "mean": 3.0}
    assert answers["why"] == RIGHT["why"]
    assert earns_nothing(RESAVED[program](handed_out()))


# Instructors --------------------------------------------------------------------------------------


def open_submission(lab, page, student):
    """Go to a student's notebook as an instructor does, through nbgrader's pages."""
    page.goto(f"{lab}/formgrader/gradebook")
    page.locator("table").get_by_role("link", name="pair").click()
    page.wait_for_url("**/gradebook/pair")
    page.locator("table").get_by_role("link", name="pair").click()
    page.wait_for_url("**/gradebook/pair/pair")
    page.get_by_role("row", name="Submission #3").wait_for()
    page.get_by_role("button", name="Show All Names").click()
    page.get_by_role("link", name=student, exact=True).click()
    # nbgrader's script has the marks and comments, and listens.
    expect(page.locator("#why-comment")).to_have_attribute("placeholder", re.compile("."))
    expect(page.locator("#why_extra_credit")).to_have_attribute("placeholder", "0")


def type_in(page, field, text):
    """Type into a field of nbgrader's page, leave it, and wait until that is stored."""

    def is_stored(response):
        return response.request.method == "PUT" and "/formgrader/api/" in response.url

    with page.expect_response(is_stored) as response:
        page.locator(field).click()
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    assert response.value.ok


def overall(lab, page, student):
    """Return a student's score as nbgrader's page has it."""
    page.goto(f"{lab}/formgrader/gradebook/pair/pair")
    row = page.locator("tbody tr", has=page.locator("a", has_text=student))
    return row.locator("td").nth(2).inner_text()


def dlcourse(work, *arguments):
    from click.testing import CliRunner

    where = ["--assignments", str(work.assignments), "--cohort", SEED]
    result = CliRunner().invoke(_command.program, ["assignment", *arguments, *where])
    assert result.exit_code in (0, 1), result.output
    return result


def row_of(work, student):
    text = _gradebook.table(work.out, work.problem_set())
    return next(row for row in csv.DictReader(text.splitlines()) if row["student"] == student)


@in_a_browser
def test_marks_and_comments_on_nbgraders_page_reach_the_student_and_stay(lab, page, work):
    open_submission(lab, page, "ada")
    answer = page.locator(".nbgrader_cell", has=page.locator("#why"))
    expect(answer).to_contain_text("The quotient is less than")
    expect(answer).to_contain_text("/ 4.0")
    expect(answer.locator("strong", has_text="this")).to_be_visible()  # Markdown, set
    expect(answer.locator("li")).to_have_count(2)
    expect(page.get_by_text("The model answer.")).to_be_visible()
    expect(page.get_by_text("2 of 2 points")).to_have_count(2)
    assert row_of(work, "ada")["to_read"] == "1"

    type_in(page, "#why", "3.5")
    type_in(page, "#why-comment", "Say <what> a limit is.")
    type_in(page, "#square-comment", "A fine function.")
    type_in(page, "#mean-1_extra_credit", "0.25")

    def is_kept():
        row = row_of(work, "ada")
        assert (row["score"], row["to_read"], row["why"]) == ("8.75", "0", "3.5")
        assert (row["square"], row["mean"]) == ("2", "3.25")
        feedback = (work.out / "feedback" / "ada.html").read_text()
        for said in ("8.75 of 9 points", "Say &lt;what&gt; a limit is.", "A fine function."):
            assert said in feedback
        assert overall(lab, page, "ada") == "8.75 / 9"

    assert dlcourse(work, "feedback", str(work.out)).output.startswith("Wrote 3 pages")
    is_kept()
    # A test was wrong: all are graded again, while nbgrader's pages are open.
    grade(work, force=True)
    is_kept()
    open_submission(lab, page, "ada")
    expect(page.locator("#why")).to_have_value("3.5")
    expect(page.locator("#why-comment")).to_have_value("Say <what> a limit is.")


@in_a_browser
def test_an_instructor_sees_why_a_test_failed(lab, page, work):
    open_submission(lab, page, "o%27ben")
    output = page.locator(".output_area", has_text="0 of 2 points")
    expect(output).to_contain_text("square-1, hidden test")
    expect(page.locator("#square-1")).to_have_attribute("placeholder", "0")
    expect(page.locator("#mean-2")).to_have_attribute("placeholder", "2")


@in_a_browser
def test_nothing_in_an_answer_runs_in_the_instructors_browser(lab, page, work):
    open_submission(lab, page, "mallory")
    answer = page.locator(".nbgrader_cell", has=page.locator("#why"))
    expect(answer).to_contain_text("Harmless.")
    expect(answer).to_contain_text("< script>")
    shown = answer.locator(".text_cell_render")
    expect(shown.locator("script, img, a, [onmouseover]")).to_have_count(0)
    assert page.title() == "pair"
    # A mark belongs to this answer, although it is shown with other spaces.
    type_in(page, "#why", "0")
    _gradebook.write_all(work)
    assert row_of(work, "mallory")["to_read"] == "0"


# Authors ------------------------------------------------------------------------------------------


@in_a_browser
def test_nbgraders_toolbar_knows_the_cells_of_a_problem_set(lab, page):
    open_in(lab, page, "derivatives")
    page.get_by_role("tab", name="Create Assignment").click()
    problem_set = ProblemSet.load("derivatives", ASSIGNMENTS)
    total = page.locator(".nbgrader-TotalPointsInput")
    expect(total).to_have_value(f"{problem_set.points:g}")
    cells = page.locator(".nbgrader-CellWidget")
    expect(cells).to_have_count(len(problem_set.notebook["cells"]))
    kinds = cells.evaluate_all(
        """(all) => Object.fromEntries(all.map((one) => [
          one.querySelector(".nbgrader-CellId input").value, one.querySelector("select").value]))"""
    )
    assert [name for name, kind in kinds.items() if kind == "solution"] == [
        question.name for question in problem_set.questions
    ]
    assert [name for name, kind in kinds.items() if kind == "tests"] == [
        test.name for question in problem_set.questions for test in question.tests
    ]
    assert [name for name, kind in kinds.items() if kind == "manual"] == [
        written.name for written in problem_set.written
    ]
    assert set(kinds.values()) == {"readonly", "solution", "tests", "manual"}
