"""Each file of the engine can be read in one sitting, after those it builds on."""

import ast
from pathlib import Path

import pytest

import dlcourse.autodiff

FILES = sorted(Path(dlcourse.autodiff.__file__).parent.glob("*.py"))

# In the order of reading: a file imports only from those before it, so there is no cycle.
ORDER = [
    "elementary",
    "variable",
    "functions",
    "_composites",
    "rules",
    "tape",
    "derivatives",
    "graph",
    "__init__",
]


def lines_of_code(tree):
    """Return the numbers of the lines that hold code: no docstring, comment or blank line."""
    docstrings = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                docstrings |= set(range(statement.lineno, statement.end_lineno + 1))
    used = set()
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            used |= {node.lineno, node.end_lineno}
    return used - docstrings


def functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_imports_only_from_those_read_before_it(file):
    assert file.stem in ORDER, f"where in the order of reading does {file.name} belong?"
    before = set(ORDER[: ORDER.index(file.stem)])
    imported = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "dlcourse.autodiff":
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module.startswith("dlcourse.autodiff."):
            imported.add(node.module.split(".")[2])
    assert imported <= before, f"{file.name} imports {sorted(imported - before)}, which come later"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_can_be_read_in_one_sitting(file):
    lines = len(lines_of_code(ast.parse(file.read_text(encoding="utf-8"))))
    assert lines <= 400, f"{file.name} has {lines} lines of code"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_function_fits_on_a_screen(file):
    for function in functions(ast.parse(file.read_text(encoding="utf-8"))):
        first = function.body[0]
        length = function.end_lineno - function.lineno + 1
        if ast.get_docstring(function) is not None:
            length -= first.end_lineno - first.lineno + 1
        assert length <= 40, f"{function.name} in {file.name} has {length} lines"
