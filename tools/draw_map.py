"""Draw what docs/map.md shows of the code: which room of the package imports which, and a list.

    python tools/draw_map.py          writes it anew
    python tools/draw_map.py --check  writes nothing; fails if it would change

The drawing comes from the imports, and what is said of a room, an extension or a tool is the
first line of its docstring. The rest of the map is written by hand and left alone.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAP = ROOT / "docs" / "map.md"
# What stands between these two lines is drawn here, and named by the word.
PLACE = "<!-- drawn by tools/draw_map.py: {} -->\n"
END = "<!-- end of what is drawn -->"


def files_of(room):
    """Return the files of a room: one, or all in its folder."""
    folder = ROOT / "dlcourse" / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def rooms():
    """Return the names of the modules and folders directly in the package."""
    package = ROOT / "dlcourse"
    files = {path.stem for path in package.glob("*.py")} - {"__init__"}
    return sorted(files | {path.parent.name for path in package.glob("*/__init__.py")})


def imports_of(room):
    """Return the other rooms of which the files of a room import something."""
    found = set()
    for path in files_of(room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                # `from dlcourse import losses` names a room too.
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    parts = [name.split(".") for name in found if name.startswith("dlcourse.")]
    return {part[1] for part in parts} & set(rooms()) - {room}


def without_detours(imports):
    """Leave out what is reached in several steps too, so that a drawing shows the order.

    >>> without_detours({"a": {"b", "c"}, "b": {"c"}, "c": set()})
    {'a': {'b'}, 'b': {'c'}, 'c': set()}
    """

    def below(room):
        return imports[room].union(*(below(other) for other in imports[room]))

    return {
        room: {one for one in direct if not any(one in below(other) for other in direct - {one})}
        for room, direct in imports.items()
    }


def drawing():
    """Return the rooms and their imports as a Mermaid diagram, which GitHub draws."""
    imports = without_detours({room: imports_of(room) for room in rooms()})
    lines = [f"    {room} --> {other}" for room in imports for other in sorted(imports[room])]
    linked = {name for room, others in imports.items() if others for name in (room, *others)}
    lines += [f"    {room}" for room in imports if room not in linked]
    return "```mermaid\nflowchart TD\n" + "\n".join(lines) + "\n```\n"


def first_line(path):
    """Return what a file says of itself, in one line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return re.sub(r"``?([^`]+)``?", r"`\1`", text.splitlines()[0])


def table(heading, entries):
    """Return a table of files and what they say of themselves."""
    rows = [f"| [`{name}`](../{path}) | {line} |\n" for name, path, line in entries]
    return f"| {heading} | what it is |\n|---|---|\n" + "".join(rows)


def list_of_rooms():
    """Return the rooms as a table."""
    entries = []
    for room in rooms():
        head = files_of(room)[0]  # of a folder, `__init__.py`
        path = head.parent if head.name == "__init__.py" else head
        entries.append((room, path.relative_to(ROOT).as_posix(), first_line(head)))
    return table("room", entries)


def list_of_files(folder):
    """Return the Python files of a folder as a table."""
    paths = sorted((ROOT / folder).glob("*.py"))
    return table("file", [(path.name, f"{folder}/{path.name}", first_line(path)) for path in paths])


def drawn(text):
    """Return the text of the map with all that is drawn in its place."""
    parts = {
        "imports": drawing(),
        "rooms": list_of_rooms(),
        "extensions": list_of_files("_ext"),
        "tools": list_of_files("tools"),
    }
    for name, part in parts.items():
        place = re.escape(PLACE.format(name))
        text, times = re.subn(
            f"({place}).*?({re.escape(END)})",
            lambda found, part=part: f"{found[1]}\n{part}\n{found[2]}",
            text,
            flags=re.DOTALL,
        )
        if times != 1:
            raise ValueError(f"{MAP.name} has {times} places for {name}, and needs one")
    return text


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether it would change")
    options = parser.parse_args(arguments)
    before = MAP.read_text(encoding="utf-8")
    after = drawn(before)
    if options.check and after != before:
        print("docs/map.md is not what the code says; run python tools/draw_map.py")
        return 1
    if after != before:
        MAP.write_text(after, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
