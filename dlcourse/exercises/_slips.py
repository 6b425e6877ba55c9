"""Right answers with one slip: what comes out if a minus is a plus, or a line is left out.

A wrong answer for which nothing else is found may come out just like one of these. Then a
sentence can say which kind of slip it is, and still give nothing of the solution away.
"""

import ast
import copy
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

Change = tuple[str, Callable[[], Any]]

_OPERATORS: dict[type, tuple[type, str]] = {
    ast.Add: (ast.Sub, "a minus in place of a plus"),
    ast.Sub: (ast.Add, "a plus in place of a minus"),
    ast.Mult: (ast.Div, "a division in place of a multiplication"),
    ast.Div: (ast.Mult, "a multiplication in place of a division"),
    ast.FloorDiv: (ast.Div, "/ in place of //"),
    ast.Mod: (ast.FloorDiv, "// in place of %"),
    ast.Pow: (ast.Mult, "a multiplication in place of a power"),
    ast.MatMult: (ast.Mult, "* in place of @"),
    ast.And: (ast.Or, "`or` in place of `and`"),
    ast.Or: (ast.And, "`and` in place of `or`"),
}
_EQUAL_IN = "a comparison that lets the equal case in"
_EQUAL_OUT = "a comparison that leaves the equal case out"
_WRONG_WAY = "a comparison the wrong way round"
_COMPARISONS: dict[type, list[tuple[type, str]]] = {
    ast.Lt: [(ast.LtE, _EQUAL_IN), (ast.Gt, _WRONG_WAY)],
    ast.LtE: [(ast.Lt, _EQUAL_OUT), (ast.GtE, _WRONG_WAY)],
    ast.Gt: [(ast.GtE, _EQUAL_IN), (ast.Lt, _WRONG_WAY)],
    ast.GtE: [(ast.Gt, _EQUAL_OUT), (ast.LtE, _WRONG_WAY)],
    ast.Eq: [(ast.NotEq, _WRONG_WAY)],
    ast.NotEq: [(ast.Eq, _WRONG_WAY)],
    ast.In: [(ast.NotIn, _WRONG_WAY)],
    ast.NotIn: [(ast.In, _WRONG_WAY)],
    ast.Is: [(ast.IsNot, _WRONG_WAY)],
    ast.IsNot: [(ast.Is, _WRONG_WAY)],
}
_PAIRS = [
    ("sum", "mean"), ("max", "min"), ("var", "std"), ("maximum", "minimum"), ("zeros", "ones"),
    ("floor", "ceil"), ("sin", "cos"), ("sqrt", "square"), ("append", "extend"),
]  # fmt: skip
_NAMES = dict([*_PAIRS, *((b, a) for a, b in _PAIRS)])


@dataclass(frozen=True)
class Slip:
    """A right answer with one change: what kind of slip it is, the lines, and the answer."""

    kind: str
    lines: str
    answer: Callable[..., Any]


@cache
def slips_of(reference: Callable[..., Any]) -> tuple[Slip, ...]:
    """Make all answers that are one slip away from a right one, in it or in its helpers."""
    found, seen = [], set()
    try:
        sources = _sources(reference)
    except (OSError, TypeError, KeyError, SyntaxError):  # a function without a source text
        return ()
    for name, tree in sources.items():
        before = ast.unparse(tree)
        seen.add(before)
        for kind, changed in _changed(tree):
            after = ast.unparse(changed)
            if after in seen:
                continue
            seen.add(after)
            answer = _made(reference, {**sources, name: changed})
            if answer is not None:
                found.append(Slip(kind, _difference(before, after), answer))
    return tuple(found)


# The source, and back -------------------------------------------------------------------------


def _sources(reference: Callable[..., Any]) -> dict[str, ast.Module]:
    """Map the reference, and what it calls by name in its own module, to their trees."""
    module = sys.modules[reference.__module__]
    own = {
        name: thing
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) or inspect.isclass(thing)
        if thing.__module__ == module.__name__
    }
    waiting = [name for name, thing in own.items() if thing is reference]
    found: dict[str, ast.Module] = {}
    while waiting:
        name = waiting.pop()
        if name not in found:
            tree = ast.parse(textwrap.dedent(inspect.getsource(own[name])))
            found[name] = _Plain().visit(tree)
            waiting += [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in own]
    return found


class _Plain(ast.NodeTransformer):
    """Take away what is only there for readers and for types."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(self._undocumented(node))

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self.generic_visit(self._undocumented(node))

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        plain = node.value and ast.Assign([node.target], node.value)
        return plain and ast.copy_location(plain, node)

    def _undocumented(self, node: Any) -> Any:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node


def _made(reference: Callable[..., Any], sources: dict[str, ast.Module]) -> Any:
    """Build all of the sources anew, so that they call one another; return the reference."""
    module = sys.modules[reference.__module__]
    space = dict(vars(module))
    for tree in reversed(sources.values()):  # a class needs its base before
        try:
            exec(compile(tree, "<slip>", "exec"), space)
        except Exception:  # not every change makes sense as code
            return None
    name = next(name for name, thing in vars(module).items() if thing is reference)
    return space[name]


def _difference(before: str, after: str) -> str:
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return " -> ".join("; ".join(line.strip() for line in lines) for lines in (old, new))


# One change at a time -------------------------------------------------------------------------


def _changed(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Yield copies of a tree with one change each, and the kind of the change."""
    for position in range(sum(1 for _ in ast.walk(tree))):
        number = 0
        while True:
            twin = copy.deepcopy(tree)
            changes = list(_changes(twin, list(ast.walk(twin))[position]))
            if number == len(changes):
                break
            kind, change = changes[number]
            change()
            yield kind, ast.fix_missing_locations(twin)
            number += 1


def _changes(tree: ast.AST, node: ast.AST) -> Iterator[Change]:
    """Yield how the tree can be changed at this node, as functions that do it."""
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(node.op) in _OPERATORS:
        other, kind = _OPERATORS[type(node.op)]
        yield kind, lambda: setattr(node, "op", other())
    if isinstance(node, ast.BinOp):
        yield from _operands(tree, node)
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            yield "one of two conditions left out", _replacing(tree, node, value)
    if isinstance(node, ast.UnaryOp):
        sign = "`not`" if isinstance(node.op, ast.Not) else "a minus"
        yield f"{sign} left out", _replacing(tree, node, node.operand)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other, kind in _COMPARISONS.get(type(node.ops[0]), []):
            yield kind, _setting(node, ops=[other()])
    if isinstance(node, ast.Constant):
        yield from _constants(node)
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        field = "id" if isinstance(node, ast.Name) else "attr"
        name = getattr(node, field)
        if name in _NAMES:
            yield f"`{_NAMES[name]}` in place of `{name}`", _setting(node, **{field: _NAMES[name]})
    if isinstance(node, ast.Call):
        yield from _calls(tree, node)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        for field in ("lower", "upper", "step"):
            if getattr(node.slice, field) is not None:
                yield "a part of a slice left out", _setting(node.slice, **{field: None})
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield "values exchanged", _setting(node, elts=node.elts[::-1])
    if isinstance(node, ast.IfExp):
        for branch in (node.body, node.orelse):
            yield "one of two cases left out", _replacing(tree, node, branch)
    yield from _statements(tree, node)


def _operands(tree: ast.AST, node: ast.BinOp) -> Iterator[Change]:
    what = "sum" if isinstance(node.op, ast.Add | ast.Sub) else "product"
    what = "quotient" if isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod) else what
    what = "power" if isinstance(node.op, ast.Pow) else what
    if not isinstance(node.op, ast.Mult | ast.Add):
        exchanged = _setting(node, left=node.right, right=node.left)
        yield f"the two sides of {_WITH_SIDES[what]} exchanged", exchanged
    for kept in (node.left, node.right):
        yield f"one part of a {what} left out", _replacing(tree, node, kept)


_WITH_SIDES = {
    "sum": "a minus", "product": "a product", "quotient": "a division", "power": "a power",
}  # fmt: skip


def _constants(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield f"{not value} in place of {value}", _setting(node, value=not value)
    elif isinstance(value, int | float):
        yield "a number that is too large by 1", _setting(node, value=value + 1)
        yield "a number that is too small by 1", _setting(node, value=value - 1)
        if value and isinstance(value, float):
            yield "a number that is twice too large", _setting(node, value=2 * value)
            yield "a number that is half of what it should be", _setting(node, value=value / 2)


def _calls(tree: ast.AST, node: ast.Call) -> Iterator[Change]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    called = "a function" if not name or name.startswith("_") else f"`{name}`"
    plain = not any(isinstance(argument, ast.Starred) for argument in node.args)
    if len(node.args) > 1 and plain:
        exchanged = [node.args[1], node.args[0], *node.args[2:]]
        yield f"two arguments of {called} exchanged", _setting(node, args=exchanged)
    for keyword in node.keywords:
        others = [k for k in node.keywords if k is not keyword]
        yield f"the option `{keyword.arg}` left out", _setting(node, keywords=others)
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
            other = ast.Constant(1 - keyword.value.value if keyword.value.value in (0, 1) else 0)
            yield "the wrong axis", _setting(keyword, value=other)
    for argument in node.args[:1]:
        yield f"{called} left out", _replacing(tree, node, argument)
    if isinstance(node.func, ast.Attribute):
        yield f"{called} left out", _replacing(tree, node, node.func.value)


def _statements(tree: ast.AST, node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.If | ast.While):
        word = "if" if isinstance(node, ast.If) else "while"
        contrary = ast.UnaryOp(ast.Not(), node.test)
        yield f"the condition of `{word}` the wrong way round", _setting(node, test=contrary)
    if isinstance(node, ast.If):
        yield "a condition left out", _setting(node, test=ast.Constant(True))
    if isinstance(node, ast.While):
        once = ast.If(node.test, node.body, [])
        yield "`if` in place of `while`", _replacing(tree, node, once)
    if isinstance(node, ast.arguments):
        named = [a for a in node.args if a.arg != "self"]
        for one, other in pairwise(named):
            kind = f"`{one.arg}` and `{other.arg}` exchanged"
            yield kind, lambda one=one, other=other: _exchange(one, other)  # type: ignore[misc]
    for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
        if isinstance(body, list) and not isinstance(node, ast.Module | ast.ClassDef):
            yield from _lines(body)


def _lines(body: list[ast.stmt]) -> Iterator[Change]:
    for position, statement in enumerate(body):
        if not isinstance(statement, ast.Pass):
            kind = "the return left out" if isinstance(statement, ast.Return) else "a line left out"
            yield kind, _putting(body, position, ast.Pass())
    for position, (first, second) in enumerate(pairwise(body)):
        if isinstance(first, ast.For | ast.While) and isinstance(second, ast.Return):
            inside = [*first.body, copy.deepcopy(second)]
            yield "a return inside of the loop", _setting(first, body=inside)
        elif not isinstance(second, ast.Return) and _depend(first, second):
            both = slice(position, position + 2)
            yield "two lines in the wrong order", _putting(body, both, [second, first])


def _depend(first: ast.stmt, second: ast.stmt) -> bool:
    """Say whether one of two statements may write what the other reads or writes."""
    names = [{ast.unparse(n) for n in ast.walk(s) if _is_place(n)} for s in (first, second)]
    for statement, other in ((first, names[1]), (second, names[0])):
        if not isinstance(statement, ast.Assign | ast.AugAssign):
            return True
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if any(name in other for target in targets for name in _written(target)):
            return True
    return False


def _written(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _written(part)
    elif isinstance(target, ast.Subscript):
        yield from _written(target.value)
    else:
        yield ast.unparse(target)


def _is_place(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _setting(node: Any, **fields: Any) -> Callable[[], None]:
    def change() -> None:
        for name, value in fields.items():
            setattr(node, name, value)

    return change


def _putting(items: list[Any], place: Any, value: Any) -> Callable[[], None]:
    return lambda: items.__setitem__(place, value)


def _exchange(one: ast.arg, other: ast.arg) -> None:
    one.arg, other.arg = other.arg, one.arg


def _replacing(tree: ast.AST, old: ast.AST, new: ast.AST) -> Callable[[], None]:
    """Put a node in the place of another, wherever that stands."""

    def change() -> None:
        for parent in ast.walk(tree):
            for field, value in ast.iter_fields(parent):
                if value is old:
                    setattr(parent, field, new)
                    return
                if isinstance(value, list) and any(item is old for item in value):
                    value[[item is old for item in value].index(True)] = new
                    return

    return change
