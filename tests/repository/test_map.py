"""The map for contributors: drawn from the imports as they are, and every way on it exists."""

import doctest
import re
import shutil
import subprocess
from pathlib import Path

import draw_map
import pytest
from test_architecture import MODULES, ROOMS, room_of, rooms_imported_by

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
DRAWING = re.search(r"```mermaid\nflowchart TD\n(.*?)```", MAP, re.DOTALL)[1]
ARROWS = {tuple(line.split(" --> ")) for line in DRAWING.split("\n    ") if "-->" in line}
ARROWS = {(one.strip(), other.strip()) for one, other in ARROWS}


def reached(room, arrows):
    """Return all rooms to which arrows lead from one, in any number of steps."""
    found, waiting = set(), [room]
    while waiting:
        here = waiting.pop()
        there = {other for one, other in arrows if one == here} - found
        found |= there
        waiting += there
    return found


def imports():
    """Return which room imports from which, as the test of the architecture reads it."""
    return {
        (room_of(module), other)
        for module in MODULES
        for other in rooms_imported_by(module)
        if other != room_of(module)
    }


def test_the_map_is_what_the_code_says():
    assert draw_map.main(["--check"]) == 0, "run python tools/draw_map.py"


def test_the_arrows_lead_where_the_imports_do():
    real = imports()
    rooms = {room_of(module) for module in MODULES}
    assert set(re.findall(r"\w+", DRAWING)) == rooms
    for room in rooms:
        assert reached(room, ARROWS) == reached(room, real), room


def test_no_arrow_can_be_spared_and_all_lead_down():
    for one, other in ARROWS:
        assert other not in reached(one, ARROWS - {(one, other)}), f"{one} --> {other}"
        assert ROOMS.index(other) < ROOMS.index(one)


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of what the map is drawn from."""
    for folder in ("dlcourse", "_ext", "tools", "docs"):
        ignore = shutil.ignore_patterns("__pycache__", "data")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    monkeypatch.setattr(draw_map, "ROOT", tmp_path)
    monkeypatch.setattr(draw_map, "MAP", tmp_path / "docs" / "map.md")
    return tmp_path


def test_a_new_import_and_a_new_tool_are_noticed_and_drawn(copy, capsys):
    assert draw_map.main(["--check"]) == 0
    losses = copy / "dlcourse" / "losses.py"
    losses.write_text(losses.read_text("utf-8") + "\nfrom dlcourse import metrics\n", "utf-8")
    (copy / "tools" / "new.py").write_text('"""Something new."""\n', "utf-8")
    assert draw_map.main(["--check"]) == 1
    assert "draw_map.py" in capsys.readouterr().out
    assert draw_map.main([]) == 0
    drawn = draw_map.MAP.read_text(encoding="utf-8")
    assert "    losses --> metrics\n" in drawn
    assert "| [`new.py`](../tools/new.py) | Something new. |\n" in drawn
    # What is written by hand stays.
    assert drawn.split("```mermaid")[0] == MAP.split("```mermaid")[0]
    assert draw_map.main(["--check"]) == 0


def test_a_map_that_has_lost_its_place_for_a_drawing_is_refused(copy):
    draw_map.MAP.write_text(MAP.replace(draw_map.PLACE.format("rooms"), ""), "utf-8")
    with pytest.raises(ValueError, match="map.md has 0 places for rooms"):
        draw_map.main([])


def test_a_detour_is_left_out_and_a_direct_way_kept():
    assert doctest.testmod(draw_map) == (0, 1)
    imports = {"a": {"b", "c", "d"}, "b": {"c"}, "c": {"d"}, "d": set()}
    assert draw_map.without_detours(imports) == {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set()}


def test_every_folder_that_belongs_to_the_repository_is_on_the_map():
    if not (ROOT / ".git").exists():  # a copy as a ZIP file
        folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."}
        folders -= {"node_modules", "_build"}
    else:
        files = subprocess.check_output(["git", "-C", ROOT, "ls-files"], text=True).splitlines()
        folders = {file.split("/")[0] for file in files if "/" in file}
    what_is_where = MAP.split("## What is where")[1].split("\n## ")[0]
    linked = set(re.findall(r"\]\(\.\./([\w.]+)\)", what_is_where)) | {"docs"}
    assert len(folders) > 8
    assert folders <= linked, f"not on the map: {sorted(folders - linked)}"


def test_what_the_map_names_without_a_link_exists():
    """Names with a star or with NN stand for several files."""
    named = re.findall(r"`((?:tests|dlcourse|chapters|_ext|tools)/[\w./*-]+)`", MAP)
    assert len(named) > 10
    for name in named:
        pattern = name.replace("NN", "[0-9][0-9]").rstrip("/")
        assert list(ROOT.glob(pattern)), f"there is no {name}"
