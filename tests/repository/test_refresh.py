"""tools/refresh.py stores what notebooks print, and sees when they print something else."""

import nbformat
import pytest
import refresh
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ELSEWHERE = {"name": "elsewhere", "display_name": "Somebody's kernel"}
PLOT = """\
import matplotlib.pyplot as plt
plt.plot([1, 2]);
"""


@pytest.fixture
def write(tmp_path):
    """Write a notebook of these code cells; return its path."""

    def write(*sources, **metadata):
        cells = [new_markdown_cell("# A lesson", id="title")]
        cells += [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
        path = tmp_path / "lesson.ipynb"
        nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
        return path

    return write


def code_cells(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def test_refreshing_twice_leaves_the_same_bytes(write):
    path = write("print('one')\nprint('two')", PLOT, "6 * 7", kernelspec=ELSEWHERE)
    assert refresh.main([str(path)]) == 0
    first = path.read_bytes()
    assert refresh.main([str(path)]) == 0
    assert path.read_bytes() == first
    assert refresh.main(["--check", str(path)]) == 0


def test_cells_are_numbered_in_order_and_keep_their_ids(write):
    path = write("1", "", "2")
    refresh.main([str(path)])
    assert [cell.execution_count for cell in code_cells(path)] == [1, None, 2]
    assert [cell.id for cell in code_cells(path)] == ["cell-0", "cell-1", "cell-2"]


def test_metadata_is_the_same_whoever_ran_the_notebook(write):
    path = write("1", kernelspec=ELSEWHERE, widgets={"state": {}}, author="me")
    refresh.main([str(path)])
    stored = nbformat.read(path, as_version=4).metadata
    assert {**stored, "dlcourse": None} == {**refresh.METADATA, "dlcourse": None}


def test_an_edit_that_was_not_run_is_noticed_and_run(write, capsys):
    path = write("print('one')")
    refresh.main([str(path)])
    assert refresh.is_as_run(path)
    before = path.read_bytes()
    refresh.main(["--changed", str(path)])
    assert path.read_bytes() == before
    path.write_text(path.read_text(encoding="utf-8").replace("'one'", "'two'"), encoding="utf-8")
    assert not refresh.is_as_run(path)
    capsys.readouterr()
    assert refresh.main(["--changed", str(path)]) == 0
    assert capsys.readouterr().out == "ok      lesson.ipynb\n"
    assert code_cells(path)[0].outputs[0].text == "two\n"
    assert refresh.is_as_run(path)


def test_the_text_between_the_cells_may_change(write):
    path = write("1")
    refresh.main([str(path)])
    path.write_text(path.read_text(encoding="utf-8").replace("# A lesson", "# Another"), "utf-8")
    assert refresh.is_as_run(path)


def test_what_a_page_folds_jupyterlab_folds_too(write):
    path = write("1", "2", "3")
    notebook = nbformat.read(path, as_version=4)
    for cell, tag in zip(notebook.cells[1:], ["hide-cell", "hide-input", "other"], strict=True):
        cell.metadata["tags"] = [tag]
    nbformat.write(notebook, path)
    refresh.main([str(path)])
    folds = [cell.metadata.get("jupyter") for cell in code_cells(path)]
    assert folds == [
        {"outputs_hidden": True, "source_hidden": True},
        {"source_hidden": True},
        None,
    ]


def test_text_printed_in_pieces_is_stored_in_one(write):
    path = write("import sys\nfor word in 'abc':\n    print(word)\n    sys.stdout.flush()")
    refresh.main([str(path)])
    (output,) = code_cells(path)[0].outputs
    assert output.text == "a\nb\nc\n"


def test_widget_views_are_left_out(write):
    path = write("import ipywidgets\nipywidgets.IntSlider()")
    refresh.main([str(path)])
    (output,) = code_cells(path)[0].outputs
    assert list(output.data) == ["text/plain"]


def test_kernels_draw_figures_for_pages_without_a_kernel(write, monkeypatch):
    monkeypatch.delenv("DLCOURSE_STATIC_FIGURES", raising=False)
    path = write("import os\nos.environ['DLCOURSE_STATIC_FIGURES']")
    refresh.main([str(path)])
    assert code_cells(path)[0].outputs[0].data["text/plain"] == "'1'"


def test_kernels_run_beside_the_notebook(write):
    path = write("import pathlib\npathlib.Path('lesson.ipynb').exists()")
    refresh.main([str(path)])
    assert code_cells(path)[0].outputs[0].data["text/plain"] == "True"


@pytest.mark.parametrize("stored", ["print(2)", PLOT.replace("2]", "3]")])
def test_check_sees_an_output_that_changed(write, capsys, stored):
    rerun = PLOT if "plt" in stored else "print(1)"
    path = write(stored)
    refresh.main([str(path)])
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    notebook.cells[1].source = rerun
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    before = path.read_bytes()
    capsys.readouterr()

    assert refresh.main(["--check", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "lesson.ipynb cell 1 (id cell-0), run again" in shown
    assert "\n-" in shown
    assert "\n+" in shown
    assert path.read_bytes() == before


def test_check_sees_a_notebook_that_was_never_run(write):
    assert refresh.main(["--check", str(write("1"))]) == 1


def test_a_notebook_with_an_error_is_left_as_it_was(write, tmp_path, capsys):
    path = write("print('before')", "1 / 0", "print('after')")
    before = path.read_bytes()
    assert refresh.main([str(path)]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["lesson.ipynb"]


DRAW = """\
import matplotlib.pyplot as plt
from dlcourse.plotting import use_book_style
use_book_style()
plt.plot([1, 2]);
"""


def test_a_figure_is_stored_as_svg_and_as_png(write):
    path = write(DRAW)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata["mystnb"] = {"image": {"alt": "A line that rises."}}
    nbformat.write(notebook, path)
    assert refresh.main([str(path)]) == 0
    (figure,) = code_cells(path)[0].outputs
    assert list(figure.data) == ["image/png", "image/svg+xml", "text/plain"]
    assert {about["alt"] for about in figure.metadata.values()} == {"A line that rises."}
    assert figure.metadata["image/png"].keys() == {"alt", "height", "width"}
    assert refresh.main(["--check", str(path)]) == 0


def test_where_nothing_is_stored_a_figure_is_drawn_once(write, monkeypatch):
    path = write(DRAW)
    refresh.kernel_environment.apply()
    monkeypatch.delenv("DLCOURSE_PNG", raising=False)
    ((figure,),) = (cell.outputs for cell in refresh.run(path).cells if cell.cell_type == "code")
    assert figure.data.keys() == {"image/svg+xml", "text/plain"}


def test_a_png_stays_as_it_is_where_the_drawing_beside_it_has_not_changed(write):
    path = write(DRAW)
    refresh.main([str(path)])
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs[0].data["image/png"] = "of another processor"
    path.write_text(refresh.as_text(notebook), encoding="utf-8")
    assert refresh.main(["--check", str(path)]) == 0
    refresh.main([str(path)])
    assert code_cells(path)[0].outputs[0].data["image/png"] == "of another processor"
    # Where another line is drawn, both are new.
    notebook.cells[1].source = DRAW.replace("2]", "3]")
    path.write_text(refresh.as_text(notebook), encoding="utf-8")
    refresh.main([str(path)])
    assert code_cells(path)[0].outputs[0].data["image/png"] != "of another processor"


def test_a_stored_picture_says_what_the_cell_says_of_it(write):
    path = write(PLOT)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata["mystnb"] = {"image": {"alt": "A line that rises."}}
    nbformat.write(notebook, path)
    refresh.main([str(path)])
    (picture,) = code_cells(path)[0].outputs
    assert picture.metadata == {"image/png": {"alt": "A line that rises."}}
    assert refresh.main(["--check", str(path)]) == 0
