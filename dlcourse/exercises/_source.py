"""What a text may demand of an answer beyond its results: no loops, no recursion.

Both are read from the compiled code of the answer and of the functions that it calls by
name, so they need no source text, and hold for what the code says, not for how it was typed.
"""

import dis
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

# Functions that loop over Python calls, whatever their names promise.
_LOOPS_IN_DISGUISE = {"map", "vectorize", "apply_along_axis", "frompyfunc", "fromiter"}


def no_loops(answer: Any) -> str:
    """Say that the answer has a loop, if it has."""
    for code in _codes(answer):
        names = {i.argval for i in dis.get_instructions(code) if i.opname in _NAMES | _ATTRIBUTES}
        found = sorted(_LOOPS_IN_DISGUISE & {n for n in names if isinstance(n, str)})
        if found:
            return (
                f"The results are right, but the exercise asks for no loops, and `{found[0]}` is "
                f"one: it calls a Python function again and again."
            )
        if any(i.opname.startswith("FOR_ITER") or _jumps_back(i) for i in _steps(code)):
            return (
                "The results are right, but the exercise asks for no loops, and there is one in "
                "your code: for, while, or the for inside of brackets. Let NumPy work on the "
                "whole array."
            )
    return ""


def no_recursion(answer: Any) -> str:
    """Say that the answer calls itself, if it does."""
    codes = list(_codes(answer))
    calls = {code: set(_called(code, codes)) for code in codes}
    for code in codes:
        reached, new = set(calls[code]), set(calls[code])
        while new:
            new = set().union(*(calls[other] for other in new)) - reached
            reached |= new
        if code in reached:
            return (
                f"The results are right, but the exercise asks for no recursion, and "
                f"`{code.co_name}` calls itself."
            )
    return ""


_NAMES = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF"}
_ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD"}


def _steps(code: CodeType) -> Iterator[dis.Instruction]:
    return iter(dis.get_instructions(code))


def _jumps_back(step: dis.Instruction) -> bool:
    return "JUMP" in step.opname and "BACKWARD" in step.opname


def _codes(answer: Any) -> Iterator[CodeType]:
    """Yield the code of the answer, of what is defined in it, and of what it calls by name."""
    waiting: list[Any] = [answer]
    seen: set[int] = set()
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, type):
            waiting += [v for v in vars(thing).values() if isinstance(v, FunctionType)]
        elif isinstance(thing, FunctionType):
            waiting.append(thing.__code__)
            # Only functions of the reader's own: those of the same notebook or file.
            named = [thing.__globals__.get(name) for name in thing.__code__.co_names]
            for cell in thing.__closure__ or ():
                try:
                    named.append(cell.cell_contents)
                except ValueError:  # a name that has no value yet
                    continue
            waiting += [
                f for f in named if isinstance(f, FunctionType) and f.__module__ == thing.__module__
            ]
        elif isinstance(thing, CodeType):
            yield thing
            waiting += [constant for constant in thing.co_consts if isinstance(constant, CodeType)]


def _called(code: CodeType, codes: list[CodeType]) -> Iterator[CodeType]:
    """Yield those of the codes that this one names, as functions or as methods."""
    steps = list(_steps(code))
    names = {step.argval for step in steps if step.opname in _NAMES}
    methods = {step.argval for step in steps if step.opname in _ATTRIBUTES}
    for other in codes:
        # A method is called as an attribute, and what has the same name need not be it.
        is_method = other.co_varnames[:1] == ("self",)
        if other.co_name in (methods if is_method else names):
            yield other
