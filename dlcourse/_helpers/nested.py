"""Lists, tuples and dicts of things, nested at will."""

from collections.abc import Callable, Iterator
from typing import Any

# issubclass(type(x), ...) says no in a third of the time that isinstance(x, ...) takes.
_CONTAINERS = dict, list, tuple


def leaves(structure: Any) -> list[Any]:
    """Return the things in a structure, in the order of reading.

    Parameters
    ----------
    structure : object
        One thing, or a list, tuple, named tuple or dict of structures.

    Returns
    -------
    list

    Examples
    --------
    >>> leaves({"a": 1, "b": [2, (3,)]})
    [1, 2, 3]
    """
    if not issubclass(type(structure), _CONTAINERS):
        return [structure]
    found = []  # in the order of items, as `rebuilt` goes: a subclass of dict may have its own
    pairs = structure.items() if isinstance(structure, dict) else enumerate(structure)
    for _, part in pairs:
        if issubclass(type(part), _CONTAINERS):
            found += leaves(part)
        else:
            found.append(part)
    return found


def rebuilt(structure: Any, things: Iterator[Any]) -> Any:
    """Return the same structure of lists, tuples and dicts, with other things in it.

    Parameters
    ----------
    structure : object
        One thing, or a list, tuple, named tuple or dict of structures.
    things : iterator
        As many as `leaves` finds in it.

    Returns
    -------
    object

    Examples
    --------
    >>> rebuilt({"a": 1, "b": [2, (3,)]}, iter("xyz"))
    {'a': 'x', 'b': ['y', ('z',)]}
    """
    kind = type(structure)
    if not issubclass(kind, _CONTAINERS):
        return next(things)
    if issubclass(kind, dict):
        new = {}
        # A loop, and no call for what is no container: a tape rebuilds a dict in every step.
        for key, part in structure.items():
            nested = issubclass(type(part), _CONTAINERS)
            new[key] = rebuilt(part, things) if nested else next(things)
        return new
    parts = [rebuilt(part, things) for part in structure]
    return kind(*parts) if hasattr(structure, "_fields") else kind(parts)


def map_nested(function: Callable[[Any], Any], structure: Any) -> Any:
    """Return the same structure, with what a function makes of the things in it.

    Parameters
    ----------
    function : callable
        Called with each thing that is neither a list, nor a tuple, nor a dict.
    structure : object
        One thing, or a list, tuple, named tuple or dict of structures.

    Returns
    -------
    object

    Examples
    --------
    >>> map_nested(abs, {"a": -1, "b": [-2, (-3,)]})
    {'a': 1, 'b': [2, (3,)]}
    """
    return rebuilt(structure, map(function, leaves(structure)))


def arranged(things: Any, like: Any, name: str, of: str) -> Any:
    """Return a structure with its dicts in the order of another, which has the same keys.

    Parameters
    ----------
    things, like : object
        Structures of lists, tuples and dicts.
    name, of : str
        What to call them in an error message.

    Returns
    -------
    object

    Raises
    ------
    ValueError
        If the structures differ.

    Examples
    --------
    >>> arranged({"b": 2, "a": 1}, {"a": 0, "b": 0}, "these", "those")
    {'a': 1, 'b': 2}
    """
    if isinstance(like, dict):
        if not isinstance(things, dict) or things.keys() != like.keys():
            raise ValueError(f"{name} need the keys of {of}, {list(like)}, got {_outline(things)}")
        return {key: arranged(things[key], part, name, of) for key, part in like.items()}
    if issubclass(type(like), list | tuple):
        if not issubclass(type(things), list | tuple) or len(things) != len(like):
            raise ValueError(f"{name} need {len(like)} parts as {of}, got {_outline(things)}")
        return [arranged(a, b, name, of) for a, b in zip(things, like, strict=True)]
    return things


def _outline(things: Any) -> str:
    if isinstance(things, dict):
        return str(list(things))
    return f"{len(things)} parts" if isinstance(things, list | tuple) else type(things).__name__
