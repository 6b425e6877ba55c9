"""The chapters are stored as they are after running from top to bottom.

nbval, which runs with this file, compares what is stored with what is printed now. A
cell that was never run stores nothing and so would have nothing to compare.
"""

from pathlib import Path

import nbformat
import pytest

CHAPTERS = sorted((Path(__file__).parent.parent / "chapters").glob("*.ipynb"))
chapters = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def code_cells(path):
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        if cell.cell_type == "code":
            yield f"{path.name} cell {number} (id {cell.id})", cell


def test_there_are_chapters():
    assert CHAPTERS


@chapters
def test_every_cell_was_run_in_order(path):
    expected = 1
    for place, cell in code_cells(path):
        assert cell.source.strip(), f"{place} is empty"
        assert cell.execution_count == expected, f"{place} was not run, or not in order"
        expected += 1


@chapters
def test_no_cell_failed_or_complained(path):
    for place, cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error", f"{place} stores an error"
            assert output.get("name") != "stderr", f"{place} complains: {output.text}"


@chapters
def test_every_figure_is_described(path):
    for place, cell in code_cells(path):
        if any(mime.startswith("image/") for o in cell.outputs for mime in o.get("data", {})):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert alt.strip(), f"{place} shows a figure without alt text (mystnb: image: alt)"
