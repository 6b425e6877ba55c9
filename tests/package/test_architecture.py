"""The package keeps the shape that the book promises: rooms in order, light, documented."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from chapter_links import chapters_that_name
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import dlcourse

PACKAGE = Path(dlcourse.__file__).parent
ROOT = Path(__file__).parents[2]

# Lowest first: a module imports only from rooms above it in this list.
ROOMS = [
    "_helpers",
    "finite_difference",
    "autodiff",
    "losses",
    "initializers",
    "layers",
    "schedules",
    "optimizers",
    "preprocessing",
    "datasets",
    "metrics",
    "_saving",
    "training",
    "callbacks",
    "tuning",
    "linear_regression",
    "plotting",
    "widgets",
    "labs",
    "questions",
    "exercises",
    "grading",
    "cli",
]
CORE = ROOMS[: ROOMS.index("plotting")]

MODULES = sorted(
    module.name for module in pkgutil.walk_packages([str(PACKAGE)], prefix="dlcourse.")
)


def room_of(module):
    return module.split(".")[1]


def source_of(module):
    return inspect.getsource(importlib.import_module(module))


def rooms_imported_by(module):
    """Yield each room of which `module` imports something, anywhere in its text."""
    for node in ast.walk(ast.parse(source_of(module))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import in line {node.lineno}"
            # `from dlcourse import losses` imports a room too.
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        own = [name for name in names if name.startswith("dlcourse.")]
        yield from (room_of(name) for name in own if room_of(name) in ROOMS)


def public_objects():
    """Map the dotted name of each public function, class and method to the thing itself."""
    found = {}
    for module in MODULES:
        if "._" in module:
            continue
        room = importlib.import_module(module)
        exported = getattr(room, "__all__", ())
        for name, value in vars(room).items():
            home = getattr(value, "__module__", None) or ""
            # What a private module holds is public where it is exported.
            here = home.startswith(module) or (name in exported and home.startswith("dlcourse._"))
            if name.startswith("_") or not here or not callable(value):
                continue
            found[f"{module}.{name}"] = value
            for method, function in inspect.getmembers(value, inspect.isfunction):
                inherited = function in found.values()
                if not method.startswith("_") and not inherited:
                    found[f"{module}.{name}.{method}"] = function
    return found


PUBLIC = public_objects()


def test_every_module_has_a_place_in_the_order_of_rooms():
    assert {room_of(module) for module in MODULES} <= set(ROOMS)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_rooms_before_its_own(module):
    room = room_of(module)
    allowed = {*ROOMS[: ROOMS.index(room)], room}
    wrong = set(rooms_imported_by(module)) - allowed
    assert not wrong, f"{module} reaches upwards for {sorted(wrong)}"


@pytest.mark.parametrize("module", ["dlcourse", *(m for m in MODULES if room_of(m) in CORE)])
def test_the_core_brings_nothing_heavier_than_numpy(module):
    code = f"""
import sys, numpy.random
before = set(sys.modules)
import {module}
packages = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(packages - set(sys.stdlib_module_names) - {{"dlcourse", "numpy"}}))
"""
    brought = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert brought == [], f"import {module} loads {brought}"


def lines_of_docstring(node):
    """Return how many lines the docstring of a module, class or function takes."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if not isinstance(node, documented) or ast.get_docstring(node) is None:
        return 0
    return node.body[0].end_lineno - node.body[0].lineno + 1


@pytest.mark.parametrize("module", ["dlcourse", *MODULES])
def test_a_module_opens_with_a_paragraph_and_can_be_read_in_one_sitting(module):
    source = source_of(module)
    tree = ast.parse(source)
    assert ast.get_docstring(tree), f"{module} does not say what lives there and why"
    # Docstrings are looked up, not read through: they don't count.
    lines = len(source.splitlines()) - sum(lines_of_docstring(node) for node in ast.walk(tree))
    assert lines <= 600, f"{module} has {lines} lines; 600 are enough for one sitting"


# What numpydoc calls these faults; the others are matters of taste.
FAULTS = {
    "GL08": "no docstring",
    "GL03": "double line breaks",
    "GL06": "unknown section",
    "GL07": "sections in the wrong order",
    "SS03": "the summary does not end with a period",
    "PR01": "parameters not documented",
    "PR02": "unknown parameters",
    "PR03": "parameters in the wrong order",
    "PR10": "no space before the colon of a parameter",
    "RT01": "no Returns section",
    "YD01": "no Yields section",
}


def faults(name):
    """Return what numpydoc finds wrong, except where the same is said in another section."""
    value = PUBLIC[name]
    found = {code: text for code, text in validate(name)["errors"] if code in FAULTS}
    doc = NumpyDocString(inspect.getdoc(value) or "")
    if inspect.isclass(value):
        # The fields of a record are its attributes; nobody but `fit` makes its error, and
        # a protocol is not called at all.
        fields = {attribute.name for attribute in doc["Attributes"]}
        is_record = dataclasses.is_dataclass(value) and fields >= set(
            inspect.signature(value).parameters
        )
        if is_record or issubclass(value, Exception) or Protocol in value.__bases__:
            found.pop("PR01", None)
    elif doc["Yields"]:
        found.pop("RT01", None)
    elif inspect.signature(value).return_annotation == Iterator[None]:  # a context manager
        found.pop("YD01", None)
    return found


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_has_a_complete_docstring(name):
    found = faults(name)
    assert not found, f"{name}: {found}"


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, value in PUBLIC.items()
        if room_of(name) in CORE and inspect.isfunction(value) and name.count(".") == 2
    ],
)
def test_every_public_function_of_the_core_has_an_example(name):
    assert "EX01" not in dict(validate(name)["errors"]), f"{name} has no example"


# No chapter is about it.
NOT_DERIVED = {"binary_cross_entropy"}


def test_each_formula_leads_to_the_chapter_that_derives_it():
    """By the number of an equation, by another function's references, or by a link back."""
    named = {name.rpartition(".")[2] for name in chapters_that_name(PACKAGE.parent / "chapters")}
    lost = set()
    for name, value in PUBLIC.items():
        doc, own = inspect.getdoc(value) or "", name.removesuffix(".with_vjp").rpartition(".")[2]
        if ".. math::" in doc and own not in named and not re.search(":eq:|As for", doc):
            lost.add(own)
    assert lost == NOT_DERIVED, (
        "cite the chapter that derives it: 'As for' or ':eq:' in the docstring, "
        "or a link to the function in the chapter"
    )


def test_whatever_needs_the_site_is_left_out_when_versions_are_tested():
    """Other versions are tested in environments that hold the package and little else."""
    versions = runpy.run_path(str(ROOT / "tools" / "test_versions.py"))
    left_out = versions["NOT_THE_PACKAGE"]
    there = {*sys.stdlib_module_names, *versions["NEEDS"], "dlcourse", "numpy", "matplotlib"}
    there |= {"ipywidgets", "IPython", "PIL", "jupyter_client", "sklearn"}
    there |= {
        p.stem for folder in ("tests/*", "tools", "benchmarks") for p in ROOT.glob(f"{folder}/*.py")
    }
    for path in sorted(
        p for folder in versions["FOLDERS"] for p in (ROOT / "tests" / folder).glob("*.py")
    ):
        if not path.name.startswith("test_") or any(path.match(name) for name in left_out):
            continue
        missing = _imported_at_once(path) - there
        assert not missing, f"{path.name} needs {missing}: add it to NOT_THE_PACKAGE"


def _imported_at_once(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names
