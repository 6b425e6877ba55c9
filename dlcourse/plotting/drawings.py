"""Drawings as SVG, small enough to keep many of them in a notebook."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
ElementTree.register_namespace("", SVG.strip("{}"))
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")

#: Two points of a line this near to the straight one (in points, 1/72 inch) are one too many.
TOLERANCE = 0.05
#: The digits behind the point of a coordinate. A hundredth of a point is finer than any screen.
DIGITS = 2
#: A shape with so many characters is drawn by reference from the second time on.
LONG = 150

_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FIRST_POINT = re.compile(r"^M(-?[\d.]+) ?(-?[\d.]+)")
_OPACITY = re.compile(r"(?<![-\w])opacity")
_COMMAND = re.compile(r"([MLQCz])([^MLQCz]*)")


def lean(svg: str) -> str:
    """Return a drawing of Matplotlib with fewer characters, and the same to the eye.

    Parameters
    ----------
    svg : str
        As Matplotlib writes it.

    Returns
    -------
    str
        About half of it, for use as a file or inside a page.

    Examples
    --------
    >>> import io
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> _ = ax.plot(range(100), [x**2 for x in range(100)])
    >>> figure.savefig(file := io.StringIO(), format="svg")
    >>> len(lean(file.getvalue())) < 0.6 * len(file.getvalue())
    True
    >>> plt.close(figure)
    """
    return write(read(svg))


def read(svg: str) -> ElementTree.Element:
    """Return what Matplotlib has drawn as a tree, without what is not needed to show it.

    Parameters
    ----------
    svg : str

    Returns
    -------
    xml.etree.ElementTree.Element
        Its first child holds the definitions, all of them.
    """
    root = ElementTree.fromstring(svg)
    # Matplotlib says these two in a style sheet, which would govern the whole page.
    root.attrib |= {"stroke-linejoin": "round", "stroke-linecap": "butt"}
    # Of a level that the map does not reach, Matplotlib draws a path without a line.
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{SVG}path" and not {"d", "id"} & child.attrib.keys():
                parent.remove(child)
    _gather_definitions(root)
    _share_attributes(root)
    return root


def write(root: ElementTree.Element) -> str:
    """Return a tree as text: coordinates rounded, names short and this drawing's own.

    Parameters
    ----------
    root : xml.etree.ElementTree.Element
        Changed in place.

    Returns
    -------
    str
    """
    _name_only_what_is_used(root)
    _unwrap(root)
    for element in root.iter():
        _shorten(element)
    _share_shapes(root)
    own = "d" + hashlib.sha256(as_text(root).encode()).hexdigest()[:6]
    _name_only_what_is_used(root, own)
    return as_text(root)


def as_text(element: ElementTree.Element) -> str:
    """Return an element as text, with a line for each path and group.

    Parameters
    ----------
    element : xml.etree.ElementTree.Element

    Returns
    -------
    str
    """
    for part in element.iter():
        part.text = (part.text or "").strip() or None
        part.tail = "\n" if part.tag in (f"{SVG}g", f"{SVG}path") else None
    return ElementTree.tostring(element, encoding="unicode").strip().replace(" />", "/>")


def names_used(root: ElementTree.Element) -> list[str]:
    """Return the names that elements of a drawing refer to, in the order of their first use.

    Parameters
    ----------
    root : xml.etree.ElementTree.Element

    Returns
    -------
    list of str
    """
    found: list[str] = []
    for element in root.iter():
        for key, value in element.attrib.items():
            found += [value[1:]] if key == HREF and value[0] == "#" else _REFERENCE.findall(value)
    return list(dict.fromkeys(found))


def _gather_definitions(root: ElementTree.Element) -> None:
    """Put everything that is drawn by reference to the front, and drop what is not drawn."""
    gathered = ElementTree.Element(f"{SVG}defs")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{SVG}defs", f"{SVG}metadata"):
                parent.remove(child)
                gathered.extend(part for part in child.findall("*[@id]"))
    root.insert(0, gathered)


def _share_attributes(root: ElementTree.Element) -> None:
    """Say a style, or a clip, once for a row of markers or lines, not once for each."""
    for group in root.iter(f"{SVG}g"):
        if len(group) < 2 or len({child.tag for child in group}) > 1 or group[0].tag == f"{SVG}g":
            continue
        for name in ("style", "clip-path"):
            values = {child.get(name, "") for child in group}
            value = values.pop()
            # The opacity of a group is another thing than that of each of its parts.
            if values or not value or name in group.attrib or _OPACITY.search(value):
                continue
            group.set(name, value)
            for child in group:
                del child.attrib[name]


def _name_only_what_is_used(root: ElementTree.Element, own: str = "") -> None:
    """Drop names that nothing refers to; with `own`, give short ones that begin with it."""
    used = names_used(root)
    new = {name: f"{own}{number:x}" if own else name for number, name in enumerate(used)}
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id":
                del element.attrib[key]
                if value in new:
                    element.set(key, new[value])
            elif key == HREF and value[1:] in new:
                element.set(key, f"#{new[value[1:]]}")
            elif "url(#" in value:
                element.set(key, _REFERENCE.sub(lambda found: f"url(#{new[found[1]]})", value))


def _unwrap(root: ElementTree.Element) -> None:
    """Leave out groups that say nothing, and put what is in them in their place."""
    for parent in root.iter():
        children: list[ElementTree.Element] = []
        for child in parent:
            children += _unwrapped(child)
        parent[:] = children


def _unwrapped(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    if element.tag != f"{SVG}g" or element.attrib:
        yield element
        return
    for child in element:
        yield from _unwrapped(child)


def _shorten(element: ElementTree.Element) -> None:
    """Round the numbers of an element, and leave out spaces."""
    for key, value in element.attrib.items():
        if key == "d":
            element.set(key, _shorter_path(value))
        elif key == "style":
            short = re.sub(r"([;:]) ", r"\1", value)
            element.set(key, re.sub(r"#(\w)\1(\w)\2(\w)\3\b", r"#\1\2\3", short))
        elif key in ("x", "y", "width", "height", "viewBox"):
            element.set(key, _rounded(value))
        elif key == "transform":
            moved = re.sub(r"translate\([^)]+\)", lambda found: _rounded(found[0]), value)
            element.set(key, moved)
    if element.tag == f"{SVG}use":
        moved_right = re.fullmatch(r"translate\((\S+) 0\)", element.get("transform", ""))
        if moved_right and "x" not in element.attrib:
            del element.attrib["transform"]
            element.set("x", moved_right[1])


def _share_shapes(root: ElementTree.Element) -> None:
    """Keep a long path that is drawn in several places only once."""
    definitions = root[0]
    paths = [path for part in root[1:] for path in part.iter(f"{SVG}path")]
    shapes = [_FIRST_POINT.sub("", path.get("d", "")) for path in paths]
    count = Counter(shapes)
    names: dict[str, str] = {}
    for path, shape in zip(paths, shapes, strict=True):
        begin = _FIRST_POINT.match(path.get("d", ""))
        if begin is None or count[shape] == 1 or len(shape) < LONG:
            continue
        if shape not in names:
            names[shape] = f"shape-{len(names)}"
            attributes = {"id": names[shape], "d": f"M0 0{shape}"}
            ElementTree.SubElement(definitions, f"{SVG}path", attributes)
        del path.attrib["d"]
        use = path
        if "clip-path" in path.attrib:  # which must not be moved with the shape
            path.tag = f"{SVG}g"
            use = ElementTree.SubElement(path, f"{SVG}use")
        use.tag = f"{SVG}use"
        use.attrib |= {HREF: f"#{names[shape]}", "x": begin[1], "y": begin[2]}


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda number: _number(float(number[0])), text)


def _number(value: float) -> str:
    """Write a number with no more characters than it needs.

    >>> _number(-0.5), _number(12.3456), _number(-0.001), _number(300.0)
    ('-.5', '12.35', '0', '300')
    """
    text = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
    text = re.sub(r"^(-?)0\.", r"\1.", text)
    return "0" if text in ("-0", "") else text


def _shorter_path(path: str) -> str:
    """Write a path with steps from point to point, without points on a straight line.

    >>> _shorter_path("M 10 10 L 20 10.001 L 30 10 L 30 5.5 z")
    'M10 10l20 0 0-4.5z'
    """
    unit = 10**DIGITS
    written: list[str] = []
    origin = here = start = np.zeros(2)
    for command, numbers in _joined_lines(path):
        if command == "z":
            written.append("z")
            here = start
            continue
        points = np.array(numbers, dtype=float).reshape(-1, 2) * unit
        if not written:
            origin = points[0]
            written.append("M" + _numbers(origin))
        # Seen from where it begins, the same shape is written alike in every place.
        points = np.round(points - origin)
        if command == "M":
            start = points[-1]
            if len(written) > 1:
                written.append("m" + _numbers(start - here))
        elif command == "L":
            points = points[_bends(np.vstack([here, points]), TOLERANCE * unit)[1:]]
            written.append("l" + _numbers(np.diff(points, axis=0, prepend=[here])))
        else:
            per_step = {"Q": 2, "C": 3}[command]
            ends = np.vstack([here, points[per_step - 1 :: per_step]])[:-1]
            written.append(command.lower() + _numbers(points - np.repeat(ends, per_step, axis=0)))
        here = points[-1]
    return "".join(written)


def _numbers(values: FloatArray) -> str:
    texts = [_number(value) for value in (values / 10**DIGITS).ravel().tolist()]
    return " ".join(texts).replace(" -", "-")


def _joined_lines(path: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands of a path with their numbers; those of the same kind in a row as one."""
    last, numbers = "", list[str]()
    for command, text in _COMMAND.findall(path):
        if last and (command != last or command in "Mz"):
            yield last, numbers
            numbers = []
        last = command
        numbers += text.split()
    if last:
        yield last, numbers


def _bends(points: FloatArray, tolerance: float) -> BoolArray:
    """Tell which points a line needs to stay within `tolerance`: Douglas and Peucker's method."""
    needed = np.zeros(len(points), dtype=bool)
    needed[[0, -1]] = True
    parts = [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        line, between = points[last] - points[first], points[first + 1 : last] - points[first]
        length = line @ line
        along = np.clip(between @ line / length, 0, 1) if length else np.zeros(len(between))
        away = np.hypot(*(between - np.outer(along, line)).T)
        farthest = int(away.argmax())
        if away[farthest] > tolerance:
            middle = first + 1 + farthest
            needed[middle] = True
            parts += [(first, middle), (middle, last)]
    return needed
