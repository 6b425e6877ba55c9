"""A chapter in JupyterLab: as it is first opened, and with its cells run."""

import json
import re
import shutil
from pathlib import Path

import pytest
from a_jupyterlab import LONG, NEEDED, cell, jupyterlab_in, run

from dlcourse import labs

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect  # waits for what it expects

CHAPTER = Path(__file__).parents[2] / "chapters" / "05_gradient_descent.ipynb"
pytestmark = NEEDED


def part_of_chapter(first, last):
    """Return a notebook of the title, what the code needs, and the cells in between.

    JupyterLab draws only what is in sight, so it is a part that fits a high window.
    """
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))
    cells = notebook["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    start = next(i for i, source in enumerate(sources) if first in source)
    end = next(i for i, source in enumerate(sources) if last in source)
    needed = [c for c, s in zip(cells, sources, strict=True) if "def valley_gradient" in s]
    notebook["cells"] = [*cells[:2], *needed, *cells[start : end + 1]]
    return json.dumps(notebook)


def part_with_figures():
    """Return a notebook of the cells that show figures, drawn and interactive ones."""
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))

    def is_figure(cell):
        kinds = [mime for o in cell.get("outputs", ()) for mime in o.get("data", {})]
        html = "".join(
            "".join(o.get("data", {}).get("text/html", "")) for o in cell.get("outputs", ())
        )
        return "image/png" in kinds or "dl-interactive" in html

    notebook["cells"] = [cell for cell in notebook["cells"] if is_figure(cell)]
    return json.dumps(notebook)


def with_laboratories():
    """Return a notebook with both laboratories, as `make refresh` stores them."""
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))
    made = {
        "labs.optimizer_lab('surface=ravine&steps=40&SGD=0.95')": labs.optimizer_lab(),
        "labs.graph_lab('y = x*x', x=3)": labs.graph_lab(),
    }
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    notebook["cells"] = [
        {
            **code,
            "id": f"laboratory-{number}",
            "metadata": {},
            "source": f"from dlcourse import labs\n{source}",
            "outputs": [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/plain": repr(lab), "text/html": lab.to_sentence()},
                }
            ],
        }
        for number, (source, lab) in enumerate(made.items())
    ]
    return json.dumps(notebook)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab, as if it were the first time; give its address."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = part_of_chapter("## One number, three fates", '"a smaller rate is always safer."')
    (folder / "chapter.ipynb").write_text(notebook, encoding="utf-8")
    (folder / "all.ipynb").write_text(notebook, encoding="utf-8")
    (folder / "figures.ipynb").write_text(part_with_figures(), encoding="utf-8")
    (folder / "labs.ipynb").write_text(with_laboratories(), encoding="utf-8")
    with jupyterlab_in(folder, folder) as address:
        yield address
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def page(browser, lab):
    page = browser.new_page(viewport={"width": 1200, "height": 4000})
    page.set_default_timeout(LONG)
    page.goto(f"{lab}/lab/tree/chapter.ipynb?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    yield page
    page.close()


def test_a_chapter_that_was_just_opened_shows_its_pictures_and_no_answers(page):
    stage = page.locator(".jp-OutputArea img, .jp-OutputArea svg").first
    expect(stage).to_be_visible(timeout=LONG)
    width = stage.evaluate("(e) => e.getBoundingClientRect().width")
    assert width > 200, "the opening figure is not drawn"
    seen = page.locator("mjx-container").locator("visible=true").first
    expect(seen).to_be_visible(timeout=LONG)
    # Outputs that answer and explanations are folded, and their first lines are harmless.
    notebook = page.locator(".jp-Notebook")
    first_line = "rate 0.2, two steps in a row"
    expect(notebook).to_contain_text(first_line, use_inner_text=True, timeout=LONG)
    # The last cell is drawn, and so are those before it.
    options = "It hops between the same two heights."
    expect(notebook).to_contain_text(options, use_inner_text=True, timeout=LONG)
    text = notebook.inner_text()
    for given_away in ("0.1203", "12,903", "two-step cycle", "Answer"):
        assert given_away not in text
    folds = page.locator("details:not([open]) > summary", has_text="What it means")
    expect(folds).to_have_count(2)
    # Nothing stands there raw.
    page.wait_for_function(
        """(raw) => ![...document.querySelectorAll(".jp-MarkdownOutput")]
          .some((part) => new RegExp(raw).test(part.innerText))""",
        arg=r"\$|\{\w+\}`|<div|<details|\\\w+",
    )


def test_a_picture_stands_for_each_figure_of_a_notebook_that_is_not_trusted(browser, lab):
    page = browser.new_page(viewport={"width": 1200, "height": 6000})
    page.set_default_timeout(LONG)
    page.goto(f"{lab}/lab/tree/figures.ipynb?reset")
    figures = json.loads(part_with_figures())["cells"]
    # Untrusted is what it has to be here, or this test says nothing.
    trust = page.locator(".jp-StatusItem-trust")
    expect(trust).to_have_attribute("title", re.compile("not trusted: 0 of"), timeout=LONG)
    pictures = page.locator(".jp-OutputArea-output img")
    expect(pictures).to_have_count(len(figures), timeout=LONG)
    for number in range(len(figures)):
        picture = pictures.nth(number)
        picture.scroll_into_view_if_needed()
        expect(picture).to_be_visible()
        page.wait_for_function(
            "(image) => image.complete && image.naturalWidth > 0", arg=picture.element_handle()
        )
        assert picture.evaluate("(image) => image.clientWidth") > 400
    assert "<Figure" not in page.locator(".jp-Notebook").inner_text()
    page.close()


def test_a_question_is_answered_before_its_cell_is_run_and_the_next_after_it(page):
    # What is run before the kernel is there is lost.
    idle = page.get_by_role("button", name="(ipykernel) | Idle")
    expect(idle).to_be_visible(timeout=LONG)
    for source in ("import numpy", "def valley_gradient", "def descend"):
        run(page, cell(page, source).first)
    expect(idle).to_be_visible(timeout=LONG)
    run(page, cell(page, 'questions.choice("5-cycle"').first)
    form = page.locator('.dl-ask[data-question*="5-cycle"] form')
    expect(form).to_be_visible(timeout=LONG)
    expect(
        page.get_by_role("group", name=re.compile("Predict. A walk down the valley from"))
    ).to_be_visible()
    form.get_by_role("radio", name="It has arrived.").check()
    form.get_by_role("button", name="Commit").click()
    verdict = form.locator(".dl-verdict")
    # What the notebook stores is not trusted yet: this kernel has to compute the answer.
    expect(verdict).to_have_text("Your answer is noted. Now run the next cell.")
    run(page, cell(page, "twice = heights_along").first)
    expect(verdict).to_contain_text("✗ Not quite. You said: It has arrived.", timeout=LONG)
    expect(verdict).to_contain_text("Patience does not help")
    # What was covered is uncovered: the output, and the explanation.
    expect(page.locator(".jp-OutputArea", has_text="0.1203, 0.1852").first).to_be_visible()
    expect(page.locator("details p", has_text="The walk falls into a")).to_be_visible()

    # The next one knows its answer at once, since the cell that computes it was run.
    run(
        page,
        cell(page, "How many does it take with 0.001?")
        .locator("xpath=following-sibling::*[1]")
        .first,
    )
    run(page, cell(page, "def steps_until").first)
    # JupyterLab takes cells that are out of sight out of the page: it may be the first form there.
    form = page.locator('.dl-ask[data-question*="5-hundredth"] form')
    form.get_by_role("textbox").fill("13,000")
    form.get_by_role("button", name="Commit").click()
    said = "✓ Right. You said 13,000 steps; it is 12,903 steps."
    expect(form.locator(".dl-verdict")).to_have_text(said, timeout=LONG)


def test_what_run_all_computes_is_covered_until_its_question_is_answered(browser, lab):
    page = browser.new_page(viewport={"width": 1200, "height": 4000})
    page.set_default_timeout(LONG)
    page.goto(f"{lab}/lab/tree/all.ipynb?reset")
    expect(page.get_by_role("button", name="(ipykernel) | Idle")).to_be_visible(timeout=LONG)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    form = page.locator('.dl-ask[data-question*="5-hundredth"] form')
    expect(form).to_be_visible(timeout=LONG)
    answers = page.locator(".jp-CodeCell", has=page.locator(".dl-answer[data-answer]"))
    expect(answers).to_have_count(2, timeout=LONG)
    expect(page.locator(".dl-covered")).to_have_count(2, timeout=LONG)
    for given_away in ("12,903 steps", "0.1203, 0.1852"):
        hidden = page.locator(".jp-OutputArea-output", has_text=given_away).first
        expect(hidden).to_be_attached()
        expect(hidden).to_be_hidden()
    form.get_by_role("button", name="Show the answer").click()
    expect(page.locator(".dl-answer", has_text="12,903 steps")).to_be_visible()
    expect(page.locator(".dl-covered")).to_have_count(1)
    form = page.locator('.dl-ask[data-question*="5-cycle"] form')
    form.get_by_role("radio", name="It has arrived.").check()
    form.get_by_role("button", name="Commit").click()
    expect(form.locator(".dl-verdict")).to_contain_text("✗ Not quite. You said: It has arrived.")
    shown = page.locator(".jp-OutputArea-output", has_text="0.1203, 0.1852").first
    expect(shown).to_be_visible()
    expect(page.locator(".dl-covered")).to_have_count(0)
    page.close()


def test_the_laboratories_work_once_their_cells_are_run(browser, lab):
    page = browser.new_page(viewport={"width": 1200, "height": 4000})
    page.set_default_timeout(LONG)
    page.goto(f"{lab}/lab/tree/labs.ipynb?reset")
    expect(page.get_by_text("run this cell to work with it.")).to_have_count(2, timeout=LONG)
    idle = page.get_by_role("button", name="(ipykernel) | Idle")
    expect(idle).to_be_visible(timeout=LONG)
    run(page, cell(page, "optimizer_lab").first)
    race = page.locator(".dl-optimizer-lab .dl-caption")
    expect(race).to_have_text("After 40 of 40 steps. SGD: loss 0.001708.", timeout=LONG)
    run(page, cell(page, "graph_lab").first)
    graph = page.locator(".dl-graph-lab .dl-caption")
    expect(graph).to_contain_text("Backward: the gradient at y = x · x is 1.", timeout=LONG)
    page.locator(".dl-graph-lab").get_by_role("button", name="Step back").click()
    expect(graph).to_contain_text("The way back begins")
    # And the first one goes on working beside the second.
    page.locator(".dl-optimizer-lab").get_by_role("button", name="Step back").click()
    expect(race).to_contain_text("After 39 of 40 steps.")
    page.close()
