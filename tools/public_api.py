"""The public names of the package and how they are called, written down and compared.

    python tools/public_api.py           what no longer works that worked in a release
    python tools/public_api.py --print   the names, as of now

Public is what a room of the package hands out: `dlcourse.optimizers.SGD`, its parameters, its
methods. Where within the room it is defined is nobody's business. The text is Python without
bodies, so that people can read it in a diff and griffe can compare two of them. Each release
leaves its own in `tests/repository/public_api/` (tools/release.py writes it), so that comparing
needs neither a tag nor a network.

What a release had may go, or change, after a later release called it deprecated. The change
log is where that is said; CONTRIBUTING.md has the rule.
"""

import argparse
import inspect
import re
import sys
from pathlib import Path

import griffe
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
SNAPSHOTS = Path("tests") / "repository" / "public_api"
ROOM = re.compile(r"^# room (\w+)\n", re.MULTILINE)

# --- written down ---------------------------------------------------------------------------

# Parameters are of the same kinds in griffe and in Python's inspect.
KINDS = {
    griffe.ParameterKind.positional_only: inspect.Parameter.POSITIONAL_ONLY,
    griffe.ParameterKind.positional_or_keyword: inspect.Parameter.POSITIONAL_OR_KEYWORD,
    griffe.ParameterKind.var_positional: inspect.Parameter.VAR_POSITIONAL,
    griffe.ParameterKind.keyword_only: inspect.Parameter.KEYWORD_ONLY,
    griffe.ParameterKind.var_keyword: inspect.Parameter.VAR_KEYWORD,
}


class AsWritten:
    """A default value, shown as it stands in the source."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def load(root=ROOT):
    """Read the package below a folder, without importing it."""
    return griffe.load(
        "dlcourse",
        search_paths=[root],
        try_relative_path=False,
        allow_inspection=False,
        resolve_aliases=True,
        resolve_external=False,
    )


def version_of(root=ROOT):
    """Return the version of the package below a folder, without importing it."""
    source = (root / "dlcourse" / "__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)[1]


def signature(function):
    """Return the parameters of a function as text, without their types."""
    parameters = []
    for parameter in function.parameters:
        kind, default = KINDS[parameter.kind], inspect.Parameter.empty
        if not parameter.required and not parameter.kind.name.startswith("var_"):
            default = AsWritten(str(parameter.default))
        parameters.append(inspect.Parameter(parameter.name, kind, default=default))
    return str(inspect.Signature(parameters))


def wrapped(thing):
    """Return the function that `name = wrapper(function)` wraps, or None: they are called alike."""
    value = thing.value if thing.is_attribute else None
    if not isinstance(value, griffe.ExprCall) or len(value.arguments) != 1:
        return None
    path = getattr(value.arguments[0], "canonical_path", "")
    try:
        found = thing.package[path.removeprefix("dlcourse.")]
    except (KeyError, ValueError):
        return None
    return found if found.is_function else None


def is_for_users(name, member):
    """Return whether a member of a class is one: not private, nor what every object has."""
    if name.startswith("__") and name.endswith("__"):
        own = name not in vars(object) and name != "__post_init__"
        return member.is_function and (own or name == "__init__")
    return not name.startswith("_")


def lines_of(name, thing, indent=""):
    """Yield the lines for one name."""
    function = thing if thing.is_function else wrapped(thing)
    if thing.is_class:
        bases = ", ".join(str(base) for base in thing.bases if not str(base).startswith("_"))
        yield f"{indent}class {name}({bases}):" if bases else f"{indent}class {name}:"
        members = {n: m for n, m in thing.all_members.items() if is_for_users(n, m)}
        for member in sorted(members):
            yield from lines_of(member, members[member], indent + "    ")
        if not members:
            yield f"{indent}    pass"
    elif function:
        yield f"{indent}def {name}{signature(function)}: ..."
    else:
        yield f"{indent}{name} = ..."


def handed_out(room):
    """Map the public names of a room to what they stand for.

    These are the names in its `__all__`, or else the functions and classes defined there.
    """
    if room.exports:
        found = {str(name): room.members[str(name)] for name in room.exports}
        # A function may have the name of the module that defines it.
        return {n: m.members[n] if m.is_module else m for n, m in found.items()}
    return {n: m for n, m in room.members.items() if m.is_public and (m.is_function or m.is_class)}


def describe(root=ROOT):
    """Return the public names of the package below a folder, as text."""
    rooms = {n: m for n, m in load(root).members.items() if m.is_module and m.is_public}
    lines = [f"# The public names of dlcourse {version_of(root)}, and how they are called."]
    for room in sorted(rooms):
        lines += ["", f"# room {room}"]
        for name, thing in sorted(handed_out(rooms[room]).items()):
            lines += lines_of(name, thing)
    return "\n".join(lines) + "\n"


# --- compared --------------------------------------------------------------------------------


def parse(text):
    """Return what griffe makes of such a text."""
    package = griffe.Module("dlcourse")
    _, *parts = ROOM.split(text)
    for room, code in zip(parts[::2], parts[1::2], strict=True):
        module = griffe.visit(room, filepath=Path(f"{room}.py"), code=code, parent=package)
        package.set_member(room, module)
    return package


def breakages(old, new):
    """Map each name that is gone, or is called otherwise, to what happened to it.

    A parameter is named as in ``dlcourse.losses.mean_squared_error(target)``.
    """
    found = {}
    if ROOM.split(old)[1:] == ROOM.split(new)[1:]:
        return found  # but for the version, the same text
    for breakage in griffe.find_breaking_changes(parse(old), parse(new)):
        name = breakage.obj.path.removesuffix(".__init__")
        parameter = breakage.old_value or breakage.new_value
        if isinstance(parameter, griffe.Parameter):
            name += f"({parameter.name})"
        found[name] = breakage.kind.value
    return found


# --- announced -------------------------------------------------------------------------------


def deprecated(changelog, before=None):
    """Return the names that a change log calls deprecated, of releases before a version.

    >>> log = "## 0.3.0\\n### Deprecated\\n- `dlcourse.losses.f(x)`: use `g`.\\n### Added\\n- `h`"
    >>> deprecated(log), deprecated(log, before=Version("0.3.0"))
    ({'dlcourse.losses.f(x)'}, set())
    """
    names = set()
    for section in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        heading = section.split()[0]
        released = heading != "Unreleased"
        if before and not (released and Version(heading) < before):
            continue
        for part in re.findall(r"^### Deprecated.*?\n(.*?)(?=^#|\Z)", section, re.M | re.S):
            names |= set(re.findall(r"`(dlcourse\.[^`]+)`", part))
    return names


def wholes(name):
    """Return a name and what it is a part of.

    >>> wholes("dlcourse.training.fit(shuffle)")
    ['dlcourse.training.fit(shuffle)', 'dlcourse.training.fit', 'dlcourse.training', 'dlcourse']
    """
    return [name, *(name[: part.start()] for part in reversed([*re.finditer(r"[.(]", name)]))]


def unannounced(root=ROOT, now=None):
    """Map each name that a release had, and that went or changed without notice, to how.

    `now` is what `describe` returns, where that is known already.
    """
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    allowed = deprecated(changelog, before=Version(version_of(root)))
    now, found = now or describe(root), {}
    for path in (root / SNAPSHOTS).glob("*.txt"):
        for name, what in breakages(path.read_text(encoding="utf-8"), now).items():
            if not allowed & set(wholes(name)):
                found[name] = f"{what}; it was there in {path.stem}"
    return found


def unmarked(root=ROOT):
    """Return the names that are called deprecated, but don't say so where they are used."""
    names, found = deprecated((root / "CHANGELOG.md").read_text(encoding="utf-8")), set()
    package = load(root) if names else None
    for name in names:
        try:
            thing = package[name.split("(")[0].removeprefix("dlcourse.")].final_target
        except KeyError:
            continue  # it went
        docstring = thing.docstring.value if thing.docstring else ""
        if ".. deprecated::" not in docstring or "DeprecationWarning" not in thing.source:
            found.add(name)
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--print", action="store_true", help="print the public names")
    if parser.parse_args(arguments).print:
        print(describe(), end="")
        return 0
    found = unannounced()
    for name, what in sorted(found.items()):
        print(f"{name}: {what}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
