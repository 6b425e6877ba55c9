"""The student's process: run what it is told to run, and answer in plain data.

The grader starts this file inside the sandbox, with no test and no verdict in it. It gives up
its rights and sets its limits first. Then it serves requests: read a notebook, run a cell,
say what a name is, call a function. Student code runs in this same process and may do to it
what it likes: all it can change is its own answers.

The file needs nothing of `dlcourse` but its neighbor `_plain`.
"""

import __future__

import _thread
import ast
import builtins
import itertools
import json
import os
import re
import secrets
import symtable
import sys
import types
from typing import Any

if __name__ == "__main__":  # in the sandbox, where importing the package would take longer
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import _plain  # type: ignore[import-not-found]

    del sys.path[0]
else:
    from dlcourse.grading import _plain

ANSWER = "<your answer>"
_EVERYWHERE = {*dir(builtins), "display", "get_ipython"}  # names that nobody needs to define
_LONGEST_CELL = 200_000  # characters
_MOST_CELLS = 2_000
_MOST_TEXT = 6_000_000  # bytes of all cells, as they are sent
_MAGIC = re.compile(r"^\s*[%!?]|^[^'\"#]*\?\s*$")
_MAGIC_VALUE = re.compile(r"^(\s*[\w.,\s]+=\s*)[%!].*")
_TIMED = re.compile(r"^(\s*)%time +(?=\S)")  # what follows it defines names like any statement
_MOST_MAGICS = 200  # in one cell
_PICTURE = re.compile(r"data:image/[^\s)\"']{100,}")  # as Colab writes one into a text
_HARMLESS_CELL_MAGIC = re.compile(r"%%(time|timeit|capture|prun)\b.*\n?")


# Before anything of the student's is read -----------------------------------------------------


def give_up_rights(settings: dict[str, Any]) -> None:
    """Become nobody in particular, where root started the sandbox, and set the limits."""
    if os.name != "posix":
        return
    import resource

    if os.getuid() == 0 and settings["user"] is not None:
        os.setgroups([])
        os.setgid(settings["user"])
        os.setuid(settings["user"])
    for name, value in settings["limits"].items():
        which = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(which)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        try:
            resource.setrlimit(which, (value, value))
        except (ValueError, OSError):
            if settings["strict"]:  # other systems don't know all of them
                raise


# Reading a notebook, without running any of it ---------------------------------------------------


def cells_of(raw: bytes) -> list[dict[str, Any]]:
    """Return kind, id, text and names of each cell of a notebook that may be damaged."""
    notebook = json.loads(_text(raw))
    cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
    found, room = [], _MOST_TEXT
    for cell in cells[:_MOST_CELLS]:
        if not isinstance(cell, dict):
            continue
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join(line for line in source if isinstance(line, str))
        if not isinstance(source, str):
            continue
        if cell.get("cell_type") != "code":
            source = _PICTURE.sub("(a picture)", source)
        if len(source) > _LONGEST_CELL or len(json.dumps(source)) > room:
            continue
        room -= len(json.dumps(source))
        metadata = cell.get("metadata")
        nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
        found.append(
            {
                "code": cell.get("cell_type") == "code",
                "name": name if isinstance(name, str) else None,
                "source": source,
            }
        )
    return found


def _text(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # JSON's own signs are the same in all of these


def names_in(source: str) -> dict[str, Any]:
    """Return what a cell does with names, without running it.

    ``defines``: those that it binds; of these ``imports`` those that `import` binds.
    ``needs``: those that it expects to find, of these ``reads`` at once, when the cell runs; the
    others only when its functions are called. ``changes``: those whose content it may change
    (`x[0] = 1`, `x.append(1)`). ``inert``: whether running it can do no more than bind names.
    ``future``: whether it changes how all cells behind it are read, by `from __future__`.
    """
    try:
        tree = _parsed(source)
        # Some errors of syntax show only here: an argument that is `global`, say.
        needs = _needed(tree)
        names = _Names()
        names.visit(tree)
        reads = names.read - _EVERYWHERE
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {"defines": [], "needs": [], "readable": False}
    return {
        "defines": sorted(names.bound),
        "imports": sorted(names.imported),
        "needs": sorted(needs | reads),
        "reads": sorted(reads),
        "changes": sorted(names.changed),
        "inert": all(map(_is_inert, tree.body)),
        "future": any(
            isinstance(n, ast.ImportFrom) and n.module == "__future__" for n in tree.body
        ),
        "readable": True,
    }


def _parsed(source: str) -> ast.Module:
    """Parse a cell; what only a notebook understands (magics, shell lines) is left out.

    Left out are lines that Python stumbles over, no others: a line that begins with ``%`` or
    ``!`` may also continue an expression.
    """
    source = _HARMLESS_CELL_MAGIC.sub("", source, count=1) if source.startswith("%%") else source
    if source.startswith("%%"):
        return ast.parse("")
    lines = source.split("\n")
    for _ in range(_MOST_MAGICS):
        try:
            return ast.parse("\n".join(lines), ANSWER)
        except SyntaxError as error:
            place = (error.lineno or 0) - 1
            if not 0 <= place < len(lines) or (plain := _without_magic(lines[place])) is None:
                raise
            lines[place] = plain
    return ast.parse("\n".join(lines), ANSWER)


def _without_magic(line: str) -> str | None:
    """Return what Python can do with a line that only a notebook understands; None for others."""
    if timed := _TIMED.match(line):
        return timed[1] + line[timed.end() :]
    if _MAGIC.match(line):
        return re.sub(r"\S.*", "pass", line) if line[:1].isspace() else ""
    if _MAGIC_VALUE.match(line):
        return _MAGIC_VALUE.sub(r"\1None", line)
    return None


class _Names(ast.NodeVisitor):
    """What running a cell does with names, in the order in which it does it.

    The bodies of functions are left out: they don't run yet. In comprehensions and classes
    names of their own would be bound; those may seem to be the cell's.
    """

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.imported: set[str] = set()
        self.read: set[str] = set()  # before they were bound here
        self.changed: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
        elif node.id not in self.bound:
            self.read.add(node.id)

    def _in_order(self, *parts: Any) -> None:
        for part in parts:
            for node in part if isinstance(part, list) else [part]:
                if node is not None:
                    self.visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._in_order(node.value, node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._in_order(node.annotation, node.value, node.target if node.value else None)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._in_order(node.value, node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.bound:
            self.read.add(node.target.id)
        self._in_order(node.value, node.target)

    def visit_For(self, node: ast.For) -> None:
        self._in_order(node.iter, node.target, node.body, node.orelse)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        defaults = [*node.args.defaults, *node.args.kw_defaults]
        self._in_order(node.decorator_list, defaults, node.returns)
        self._in_order([a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg)])
        self.bound.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._in_order(node.args.defaults, node.args.kw_defaults)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        inner = _Names()
        inner.bound |= self.bound
        inner._in_order(node.decorator_list, node.bases, node.keywords, node.body)
        self.read |= inner.read
        self.bound.add(node.name)

    def _comprehension(self, node: Any) -> None:
        inner = _Names()
        inner.bound |= self.bound
        for part in node.generators:
            inner._in_order(part.iter, part.target, part.ifs)
        inner._in_order(*([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]))
        self.read |= inner.read
        self.changed |= inner.changed

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._in_order(node.type)
        if node.name:
            self.bound.add(node.name)
        self._in_order(node.body)

    def visit_alias(self, node: ast.alias) -> None:
        name = (node.asname or node.name).split(".")[0]
        self.bound.add(name)
        self.imported.add(name)

    def visit_Attribute(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change(node)
        self.generic_visit(node)

    visit_Subscript = visit_Attribute

    def visit_Expr(self, node: ast.Expr) -> None:
        """Note a method that is called for what it does, not for what it returns."""
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self._change(node.value.func)
        self.generic_visit(node)

    def _change(self, node: ast.expr) -> None:
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Name):
            self.changed.add(node.id)


def _is_inert(statement: ast.stmt) -> bool:
    """Whether a statement does no more than bind names: it calls nothing, and changes nothing."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return not statement.decorator_list
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        calls = any(isinstance(n, ast.Call | ast.Await) for n in ast.walk(statement))
        return not calls and all(isinstance(target, ast.Name) for target in targets)
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass)


def _needed(tree: ast.Module) -> set[str]:
    """Names that a cell expects to find: not its own arguments, nor what its functions bind."""
    tables = [symtable.symtable(ast.unparse(tree), ANSWER, "exec")]
    names: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        names |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module")
        }
    return names - _EVERYWHERE


# Serving ----------------------------------------------------------------------------------------


class Server:
    """Answers requests one by one; each answer repeats the secret number of its request."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel
        self.main = types.ModuleType("__main__")
        # What a notebook has without importing it.
        self.main.__dict__.update(display=_nothing, get_ipython=_Notebook)
        sys.modules["__main__"] = self.main
        self.nonce = ""
        self.futures = 0  # what the cells so far had from `from __future__`
        self.given: dict[Any, int] = {}  # functions of the grader's, for this call
        self.turn = _thread.allocate_lock()  # threads of an answer's may call them

    def serve(self) -> None:
        while True:
            request, blobs = self.channel.receive(None)
            self.nonce = request["nonce"]
            try:
                reply, out = self._answer(request, blobs)
                self._send(reply, out)
            except _plain.NotPlainError as error:
                self._send({"not plain": str(error)[:200]}, [])
            except BaseException as error:  # also SystemExit and KeyboardInterrupt
                self._send({"error": _described(error)}, [])

    def _send(self, message: dict[str, Any], blobs: list[bytes]) -> None:
        self.channel.send({**message, "nonce": self.nonce}, blobs, None)

    def _answer(
        self, request: dict[str, Any], blobs: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        out: list[bytes] = []
        namespace = self.main.__dict__
        if request["do"] == "read":
            return {"cells": cells_of(blobs[0])}, out
        if request["do"] == "names in":
            return names_in(request["source"]), out
        if request["do"] == "run":
            self.futures |= _run(_parsed(request["source"]), namespace, self.futures)
            return {"done": True}, out
        if request["do"] == "look":
            name = request["name"]
            if name not in namespace:
                return {"is": "missing"}, out
            value = namespace[name]
            if callable(value) and not isinstance(value, type):
                return {"is": "function"}, out
            return {"is": "value", "value": _plain.encode(value, out, plainer=_plainer)}, out
        if request["do"] == "call":
            return self._call(request, blobs), self._out
        raise ValueError(f"unknown request {request['do']!r}")

    def _call(self, request: dict[str, Any], blobs: list[bytes]) -> dict[str, Any]:
        self._out: list[bytes] = []
        out = self._out
        self.given.clear()
        arguments = _plain.decode(request["arguments"], blobs, self._callback)
        named = _plain.decode(request["named"], blobs, self._callback)
        before = [_frozen(value) for value in (*arguments, *named.values())]
        function = self.main.__dict__[request["name"]]
        result = function(*arguments, **named)
        reply: dict[str, Any] = {
            "result": _plain.encode(result, out, plainer=_plainer),
            "changed": {},
        }
        # An array or list that was changed in place changes for the caller, too.
        for place, value in enumerate((*arguments, *named.values())):
            if before[place] is not None and _frozen(value) != before[place]:
                reply["changed"][str(place)] = _plain.encode(value, out, plainer=_plainer)
        return reply

    def _callback(self, number: int) -> Any:
        """Return a function that is called in the grader, and may be handed back to it."""

        def call(*arguments: Any, **named: Any) -> Any:
            out: list[bytes] = []
            try:
                tree = _plain.encode(arguments, out, self._number_of, plainer=_plainer)
                names = _plain.encode(named, out, self._number_of, plainer=_plainer)
            except _plain.NotPlainError as error:
                raise TypeError(f"the function that you were given got {error}") from None
            with self.turn:
                self._send({"callback": number, "arguments": tree, "named": names}, out)
                reply, blobs = self.channel.receive(None)
            if "error" in reply:
                kind = getattr(builtins, reply["error"], RuntimeError)
                raise kind("the function that you were given refuses this argument")
            return _plain.decode(reply["result"], blobs)

        self.given[call] = number
        return call

    def _number_of(self, function: Any) -> int:
        try:
            return self.given[function]
        except (KeyError, TypeError):
            raise _plain.NotPlainError("a function of your own") from None


def _run(tree: ast.Module, namespace: dict[str, Any], futures: int) -> int:
    """Run a cell; like a notebook, it may `await` outside of functions.

    What it, or a cell before it, has from `from __future__` holds; return that for the next one.
    """
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | futures
    code = compile(tree, ANSWER, "exec", flags=flags, dont_inherit=True)
    if code.co_flags & 0x80:  # inspect.CO_COROUTINE
        import asyncio

        asyncio.run(eval(code, namespace))
    else:
        exec(code, namespace)
    # Of what can be imported from there, the annotations are all that still makes a difference.
    return int(code.co_flags & __future__.annotations.compiler_flag)


def _plainer(value: Any) -> Any:
    """Return something plain in place of what a notebook takes for plain; else the value itself.

    It happens on the student's side of the wall: what a class of theirs makes of it is no more
    than an answer.
    """
    for kind, plain in _PLAIN_ONES.items():
        if isinstance(value, kind) and type(value).__module__ != "numpy":
            return plain(value)
    if isinstance(value, _ROWS) or (hasattr(value, "__next__") and hasattr(value, "__iter__")):
        entries = list(itertools.islice(value, _MOST_ENTRIES + 1))
        if len(entries) > _MOST_ENTRIES:
            raise _plain.NotPlainError(f"an iterator with more than {_MOST_ENTRIES} entries")
        return entries
    if type(value).__module__ == "numpy":
        return _plainer_of_numpy(value)
    return float(value) if type(value).__module__ in ("decimal", "fractions") else value


def _plainer_of_numpy(value: Any) -> Any:
    """Return a text of NumPy's as Python's, and a number of many bits as one of fewer."""
    import numpy as np

    if type(value) is np.str_:
        return str.__str__(value)
    if isinstance(value, np.longdouble | np.clongdouble):
        return np.complex128(value) if isinstance(value, np.clongdouble) else np.float64(value)
    if type(value) is np.ndarray and value.dtype.char in "gG":
        return value.astype(complex if value.dtype.char == "G" else float)
    return value


# Subclasses of these are as plain, whatever they add: named tuples, counters, enumerations.
_PLAIN_ONES: dict[type, Any] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    list: list,
    tuple: tuple,
    dict: dict,
}
_ROWS: tuple[type, ...] = (range, type({}.keys()), type({}.values()), type({}.items()))
_MOST_ENTRIES = 100_000  # of an iterator


def _nothing(*arguments: Any, **named: Any) -> None:
    """Do nothing, as `display` where nobody looks."""


class _Notebook:
    """What `get_ipython()` returns: its commands, none of which does anything here."""

    def __getattr__(self, name: str) -> Any:
        return _nothing


def _frozen(value: Any) -> Any:
    """Return what a value holds, to be compared later; None for what can't be changed."""
    if type(value).__module__ != "numpy" and not isinstance(value, list | dict):
        return None
    blobs: list[bytes] = []
    try:
        return _plain.encode(value, blobs), blobs
    except _plain.NotPlainError:
        return "not plain any more"


def _described(error: BaseException) -> dict[str, Any]:
    """Return kind, text and the line of the answer where an exception was raised."""
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == ANSWER:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        text = str(error)
    except BaseException:
        text = ""
    return {"kind": type(error).__name__[:60], "text": text[:300], "line": line}


def main() -> None:
    settings = json.loads(sys.argv[1])
    sys.argv = [""]
    give_up_rights(settings)
    # Requests come by what was standard input. Student code finds an empty one, and what it
    # prints goes nowhere.
    channel = _plain.Channel(os.dup(0), os.dup(1))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    channel.send({"ready": secrets.token_hex(4)}, [], None)
    try:
        Server(channel).serve()
    except EOFError:
        os._exit(0)  # the grader has gone


if __name__ == "__main__":
    main()
