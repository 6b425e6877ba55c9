"""The chapters are stored as they are after running from top to bottom.

nbval, which runs with this file, compares what is stored with what is printed now. A
cell that was never run stores nothing and so would have nothing to compare.
"""

import base64
import io
import re
from pathlib import Path

import nbformat
import pytest
from PIL import Image

CHAPTERS = sorted((Path(__file__).parents[2] / "chapters").glob("*.ipynb"))
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


@chapters
def test_every_figure_is_stored_as_svg_and_for_who_may_not_see_that_as_png(path):
    for place, cell in code_cells(path):
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        for output in cell.outputs:
            data, about = output.get("data", {}), output.get("metadata", {})
            if not any(mime.startswith("image/") for mime in data):
                continue
            assert {"image/svg+xml", "image/png"} <= data.keys(), f"{place}: only {[*data]}"
            for mime in ("image/svg+xml", "image/png"):
                assert about[mime]["alt"] == alt, f"{place}: {mime} does not say what it shows"
            # The same size on the screen, and sharp there.
            length = re.compile(r'<svg[^>]* width="([\d.]+)pt" height="([\d.]+)pt"')
            size = [float(side) * 96 / 72 for side in length.search(data["image/svg+xml"]).groups()]
            png = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
            assert png.size == pytest.approx([1.5 * side for side in size], abs=2), place
            shown = [about["image/png"][side] for side in ("width", "height")]
            assert shown == pytest.approx(size, abs=2), place


@chapters
def test_an_interactive_figure_holds_a_picture_for_who_may_not_run_it(path):
    for place, cell in code_cells(path):
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html", "")
            if "dl-interactive" in html:
                assert re.search(r'<noscript><img alt="[^"]+" src="data:image/', html), place
