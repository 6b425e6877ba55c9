"""What worked in a release works on, until a later release has called it deprecated.

tools/public_api.py reads the package without running it; the first tests hold what it reads to
what Python says of the running package.
"""

import importlib
import inspect
import pkgutil
import re
import shutil
from pathlib import Path

import public_api
import pytest
from packaging.version import Version

import dlcourse

ROOT = Path(__file__).parents[2]
NOW = public_api.describe()
WRITTEN = public_api.parse(NOW)  # as griffe reads it again
ROOMS = [m.name for m in pkgutil.iter_modules(dlcourse.__path__) if not m.name.startswith("_")]


# --- what is written down is what there is -----------------------------------------------------


def running(room):
    """Return what a room hands out, as Python sees it."""
    module = importlib.import_module(f"dlcourse.{room}")
    if hasattr(module, "__all__"):
        return {name: getattr(module, name) for name in module.__all__}
    own = {n: v for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__}
    return {n: v for n, v in own.items() if not n.startswith("_") and callable(v)}


def test_every_room_is_described():
    assert sorted(WRITTEN.members) == sorted(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_the_names_are_those_that_the_room_hands_out(room):
    assert set(WRITTEN[room].members) == set(running(room))


def called(thing):
    """Return how Python calls a function or a class: names, kinds, and which may be left out."""
    parameters = inspect.signature(thing).parameters.values()
    return [(p.name, p.kind.description, p.default is not p.empty) for p in parameters]


@pytest.mark.parametrize("room", ROOMS)
def test_what_can_be_called_is_called_as_it_is_described(room):
    for name, thing in running(room).items():
        text = WRITTEN[room].members[name]
        if text.is_class and "__init__" in text.members:
            parameters = list(text.members["__init__"].parameters)[1:]  # less `self`
        elif text.is_function:
            parameters = list(text.parameters)
        else:
            continue
        variadic = ("variadic positional", "variadic keyword")
        expected = [
            (p.name, p.kind.value, not p.required and p.kind.value not in variadic)
            for p in parameters
        ]
        assert expected == called(thing), f"{room}.{name}"


# --- what a release had is still there ----------------------------------------------------------


def test_nothing_is_gone_that_no_release_called_deprecated():
    assert public_api.unannounced(now=NOW) == {}, "see 'Deprecate a name' in CONTRIBUTING.md"


def test_what_is_called_deprecated_says_so_where_it_is_used():
    assert public_api.unmarked() == set()


def test_the_last_release_left_its_names():
    texts = sorted((ROOT / public_api.SNAPSHOTS).glob("*.txt"))
    assert texts
    for path in texts:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# The public names of dlcourse {path.stem},")
        assert len(public_api.parse(text).members) > 10


# --- proved on a copy ----------------------------------------------------------------------------


class Copy:
    """A copy of the package to spoil; its last release had the names that the package has now."""

    def __init__(self, root):
        self.root = root
        shutil.copytree(ROOT / "dlcourse", root / "dlcourse", ignore=shutil.ignore_patterns("data"))
        (root / public_api.SNAPSHOTS).mkdir(parents=True)
        (root / public_api.SNAPSHOTS / "1.0.0.txt").write_text(NOW, encoding="utf-8")
        self.log("## 1.0.0 (2026-01-31)\n")
        self.edit("__init__.py", r'__version__ = ".*"', '__version__ = "2.0.0.dev0"')

    def log(self, text):
        (self.root / "CHANGELOG.md").write_text(f"# Change log\n\n{text}", encoding="utf-8")

    def edit(self, path, pattern, text):
        file = self.root / "dlcourse" / path
        changed, count = re.subn(pattern, text, file.read_text(encoding="utf-8"), flags=re.S)
        assert count == 1, f"{path}: {pattern} is there {count} times"
        file.write_text(changed, encoding="utf-8")

    def gone(self):
        return public_api.unannounced(self.root)


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


# What goes, where: a pattern and what stands there instead; the name that must be told.
BREAKS = {
    "a function": (
        "losses.py", r"\ndef mean_absolute_error.*?(?=\n@|\ndef )", "",
        "dlcourse.losses.mean_absolute_error",
    ),
    "a name that is handed on": (
        "optimizers/__init__.py", r'    "Momentum",\n', "",
        "dlcourse.optimizers.Momentum",
    ),
    "a method that is inherited": (
        "optimizers/base.py", r"def update\(self", "def step(self",
        "dlcourse.optimizers.SGD.update",
    ),
    "a parameter": (
        "losses.py", r"def mean_squared_error\(prediction: Any, target: Any\)",
        "def mean_squared_error(prediction: Any)",
        "dlcourse.losses.mean_squared_error(target)",
    ),
    "the place of a parameter": (
        "tuning.py", r"def discriminative_rates\((\w+: [^,]*), (\w+: [^,]*),",
        r"def discriminative_rates(\2, \1,",
        "dlcourse.tuning.discriminative_rates(factor)",
    ),
    "a call by position": (
        "metrics.py", r"def accuracy\(", "def accuracy(*, ",
        "dlcourse.metrics.accuracy(labels)",
    ),
    "a call without it": (
        "metrics.py", r"def confusion_matrix\(", "def confusion_matrix(power: int, ",
        "dlcourse.metrics.confusion_matrix(power)",
    ),
    "a default": (
        "callbacks.py", r"patience: int = 5,(?=.*class ReduceOnPlateau)", "patience: int = 9,",
        "dlcourse.callbacks.EarlyStopping(patience)",
    ),
    "a parameter of what is wrapped": (
        "autodiff/elementary.py", r"def softmax\(x: (.*?), axis: ", r"def softmax(x: \1, along: ",
        "dlcourse.autodiff.softmax(axis)",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory):
    copy = Copy(tmp_path_factory.mktemp("spoiled"))
    for path, pattern, text, _ in BREAKS.values():
        copy.edit(path, pattern, text)
    return copy.gone()


@pytest.mark.parametrize("what", BREAKS)
def test_whatever_goes_or_is_called_otherwise_is_named(spoiled, what):
    name = BREAKS[what][-1]
    assert name in spoiled, sorted(spoiled)
    assert spoiled[name].endswith("it was there in 1.0.0")


def test_what_is_added_or_defined_elsewhere_breaks_nothing(copy):
    copy.edit("metrics.py", r"\Z", "\n\ndef top(k: int = 5) -> None:\n    ...\n")
    copy.edit("losses.py", r"(def mean_squared_error\(.*?)\)", r"\1, power: int = 2)")
    folder = copy.root / "dlcourse" / "optimizers"
    (folder / "clipping.py").rename(folder / "cutting.py")
    copy.edit("optimizers/__init__.py", "optimizers.clipping", "optimizers.cutting")
    assert {"def top(k=5): ...", "def mean_squared_error(prediction, target, power=2): ..."} <= set(
        public_api.describe(copy.root).splitlines()
    )
    assert copy.gone() == {}


# --- deprecated ---------------------------------------------------------------------------------

ENTRY = "### Deprecated\n\n- `dlcourse.optimizers.Momentum`: use `Nesterov`.\n\n"
NAME = {"dlcourse.optimizers.Momentum"}


def test_a_name_may_go_after_a_release_called_it_deprecated(copy):
    copy.edit("optimizers/__init__.py", r'    "Momentum",\n', "")
    assert set(copy.gone()) == NAME
    copy.log(f"## Unreleased\n\n## 1.0.0 (2026-01-31)\n\n{ENTRY}### Added\n")
    assert copy.gone() == {}


def test_a_function_that_is_deprecated_stands_for_its_parameters(copy):
    copy.edit("metrics.py", r"def accuracy\(labels: ", "def accuracy(truth: ")
    renamed = {"dlcourse.metrics.accuracy(labels)", "dlcourse.metrics.accuracy(truth)"}
    assert set(copy.gone()) == renamed
    entry = "## 1.0.0 (2026-01-31)\n\n### Deprecated\n\n- `{}`: the name changes.\n"
    copy.log(entry.format("dlcourse.metrics.accuracy(labels)"))
    assert set(copy.gone()) == {"dlcourse.metrics.accuracy(truth)"}
    copy.log(entry.format("dlcourse.metrics.accuracy"))
    assert copy.gone() == {}


ELSEWHERE = "## 1.0.0 (2026-01-31)\n\n### Added\n\n- `dlcourse.optimizers.Momentum`\n"


@pytest.mark.parametrize(
    ("log", "version", "expected"),
    [
        (f"## 2.0.0 (2026-03-31)\n\n{ENTRY}", "3.0.0", NAME),
        (f"## 2.0.0 (2026-03-31)\n\n{ENTRY}", "3.0.0.dev0", NAME),
        (f"## 2.0.0 (2026-03-31)\n\n{ENTRY}", "2.0.0", set()),
        (f"## Unreleased\n\n{ENTRY}## 1.0.0 (2026-01-31)\n", "2.0.0.dev0", set()),
        (ELSEWHERE, "2.0.0", set()),
    ],
    ids=["before", "before what is in the making", "at once", "only now", "under another heading"],
)
def test_only_an_earlier_release_can_have_said_so(log, version, expected):
    assert public_api.deprecated(log, before=Version(version)) == expected


def test_a_deprecated_name_warns_and_says_so_in_its_description(copy):
    copy.log(f"## Unreleased\n\n{ENTRY}")
    documented = r"\1\n    .. deprecated:: 2.0.0\n        Use `Nesterov`.\n"
    copy.edit("optimizers/formulas.py", r'(class Momentum\(.*?"""[^\n]*\n)', documented)
    assert public_api.unmarked(copy.root) == NAME, "it does not warn"
    warned = r'\1        warnings.warn("Use Nesterov.", DeprecationWarning, stacklevel=2)\n'
    copy.edit("optimizers/formulas.py", r"(class Momentum\(.*?\) -> None:\n)", warned)
    assert public_api.unmarked(copy.root) == set()
    copy.edit("optimizers/formulas.py", r"    .. deprecated:: 2.0.0\n", "")
    assert public_api.unmarked(copy.root) == NAME, "its description does not say so"


def test_the_command_names_what_is_gone(capsys, monkeypatch):
    monkeypatch.setattr(public_api, "unannounced", lambda: {"dlcourse.losses.f": "was removed"})
    assert public_api.main([]) == 1
    assert capsys.readouterr().out == "dlcourse.losses.f: was removed\n"
    monkeypatch.setattr(public_api, "unannounced", dict)
    assert public_api.main([]) == 0
