"""The student's process: run what it is told to run, and answer in plain data.

The grader starts this file inside the sandbox, with no test and no verdict in it. It gives up
its rights and sets its limits first. Then it serves requests: read a notebook, run a cell,
say what a name is, call a function. Student code runs in this same process and may do to it
what it likes: all it can change is its own answers.

The file needs nothing of `dlcourse` but its neighbor `_plain`.
"""

import _thread
import ast
import builtins
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
_LONGEST_CELL = 200_000  # characters
_MOST_CELLS = 2_000
_MOST_TEXT = 6_000_000  # bytes of all cells, as they are sent
_MAGIC = re.compile(r"^\s*[%!?]|^[^'\"#]*\?\s*$")
_MAGIC_VALUE = re.compile(r"^(\s*[\w.,\s]+=\s*)[%!].*")
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
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")  # if memory runs out, this process goes first
    except OSError:
        pass


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
    """Return the names that a cell defines for others, and those that it needs from them."""
    try:
        tree = _parsed(source)
        # Some errors of syntax show only here: an argument that is `global`, say.
        defines, needs = sorted(_defined(tree.body)), sorted(_needed(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {"defines": [], "needs": [], "readable": False}
    return {"defines": defines, "needs": needs, "readable": True}


def _parsed(source: str) -> ast.Module:
    """Parse a cell; what only a notebook understands (magics, shell lines) is left out."""
    source = _HARMLESS_CELL_MAGIC.sub("", source, count=1) if source.startswith("%%") else source
    if source.startswith("%%"):
        return ast.parse("")
    try:
        return ast.parse(source, ANSWER)
    except SyntaxError:
        lines = [
            re.sub(r"\S.*", "pass", line)
            if _MAGIC.match(line)
            else _MAGIC_VALUE.sub(r"\1None", line)
            for line in source.split("\n")
        ]
        return ast.parse("\n".join(lines), ANSWER)


def _defined(body: list[ast.stmt]) -> set[str]:
    """Names bound by statements at the top level, also within `if`, `try`, `for`, `with`."""
    names: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).split(".")[0])
    return names


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
    return names - {*dir(builtins), "display", "get_ipython"}


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
            _run(_parsed(request["source"]), namespace)
            return {"done": True}, out
        if request["do"] == "look":
            name = request["name"]
            if name not in namespace:
                return {"is": "missing"}, out
            value = namespace[name]
            if callable(value) and not isinstance(value, type):
                return {"is": "function"}, out
            return {"is": "value", "value": _plain.encode(value, out)}, out
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
        reply: dict[str, Any] = {"result": _plain.encode(result, out), "changed": {}}
        # An array or list that was changed in place changes for the caller, too.
        for place, value in enumerate((*arguments, *named.values())):
            if before[place] is not None and _frozen(value) != before[place]:
                reply["changed"][str(place)] = _plain.encode(value, out)
        return reply

    def _callback(self, number: int) -> Any:
        """Return a function that is called in the grader, and may be handed back to it."""

        def call(*arguments: Any, **named: Any) -> Any:
            out: list[bytes] = []
            try:
                tree = _plain.encode(arguments, out, self._number_of)
                names = _plain.encode(named, out, self._number_of)
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


def _run(tree: ast.Module, namespace: dict[str, Any]) -> None:
    """Run a cell; like a notebook, it may `await` outside of functions."""
    code = compile(tree, ANSWER, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & 0x80:  # inspect.CO_COROUTINE
        import asyncio

        asyncio.run(eval(code, namespace))
    else:
        exec(code, namespace)


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
