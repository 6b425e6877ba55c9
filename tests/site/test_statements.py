"""What the project says about itself, and how it is reported to: forms, licenses, security."""

import ast
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

ROOT = Path(__file__).parents[2]

# Forms ----------------------------------------------------------------------------------------

FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
FORMS = {p.name: yaml.safe_load(p.read_text("utf-8")) for p in FORMS if p.name != "config.yml"}
# From GitHub's form schema: what an element of each type may have, and what it must.
ATTRIBUTES = {
    "markdown": ({"value"}, {"value"}),
    "input": ({"label", "description", "placeholder", "value"}, {"label"}),
    "textarea": ({"label", "description", "placeholder", "value", "render"}, {"label"}),
    "dropdown": ({"label", "description", "multiple", "options", "default"}, {"label", "options"}),
    "checkboxes": ({"label", "description", "options"}, {"label", "options"}),
}


def faults(form):
    """Return what GitHub would refuse in a form."""
    found = [f"{key} is missing" for key in ("name", "description", "body") if not form.get(key)]
    found += [f"what is {key}?" for key in form.keys() - {"name", "description", "title", "body",
                                                          "labels", "assignees"}]  # fmt: skip
    elements = form.get("body") or []
    ids = [element["id"] for element in elements if "id" in element]
    found += ["an id stands twice"] * (len(set(ids)) < len(ids))
    labels = [element.get("attributes", {}).get("label") for element in elements]
    labels = [label for label in labels if label]
    found += ["a label stands twice"] * (len(set(labels)) < len(labels))
    found += ["nothing to fill in"] * all(e.get("type") == "markdown" for e in elements)
    for element in elements:
        kind, name = element.get("type"), element.get("id")
        if kind not in ATTRIBUTES:
            found.append(f"{kind} is no type")
            continue
        allowed, needed = ATTRIBUTES[kind]
        keys = element.get("attributes", {}).keys()
        found += [f"{name}: {kind} has no {key}" for key in keys - allowed]
        found += [f"{name}: {kind} needs {key}" for key in needed - keys]
        found += [f"{name}: what is {key}?" for key in element.keys()
                  - {"type", "id", "attributes", "validations"}]  # fmt: skip
        if name is not None and not re.fullmatch(r"[a-zA-Z0-9_-]+", name):
            found.append(f"{name} is no id")
        if not isinstance(element.get("validations", {}).get("required", False), bool):
            found.append(f"{name}: required is true or false")
    return found


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_one_that_github_understands(name):
    form = FORMS[name]
    assert faults(form) == []
    assert form["labels"] == [label for label in form["labels"] if re.fullmatch(r"[a-z]+", label)]
    required = [e["id"] for e in form["body"] if e.get("validations", {}).get("required")]
    assert required, f"{name} may be sent in empty"


def test_there_is_a_form_for_each_kind_of_report():
    assert FORMS.keys() == {
        "barrier.yml",
        "error-in-the-text.yml",
        "fault-in-the-package.yml",
        "misleading-check.yml",
    }
    assert len({form["name"] for form in FORMS.values()}) == len(FORMS)
    config = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/config.yml").read_text("utf-8"))
    # "Open issue", a button of the theme, fills in a blank one.
    assert config == {"blank_issues_enabled": True}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda form: form.pop("name"), "name is missing"),
        (lambda form: form.update(label=["text"]), "what is label?"),
        (lambda form: form["body"][0].update(type="text"), "text is no type"),
        (lambda form: form["body"][1].update(id="page"), "an id stands twice"),
        (lambda form: form["body"][0].update(id="the page"), "the page is no id"),
        (lambda form: form["body"][0]["attributes"].pop("label"), "page: input needs label"),
        (lambda form: form["body"][0]["attributes"].update(render="python"),
         "page: input has no render"),
        (lambda form: form["body"][0]["validations"].update(required="yes"),
         "page: required is true or false"),
        (lambda form: form.update(body=[{"type": "markdown", "attributes": {"value": "Hello"}}]),
         "nothing to fill in"),
    ],
)  # fmt: skip
def test_a_form_that_github_refuses_is_refused_here(change, fault):
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/error-in-the-text.yml").read_text())
    change(form)
    assert faults(form) == [fault]


def test_the_link_on_each_page_fills_in_a_field_of_the_form():
    template = (ROOT / "_templates" / "report-error.html").read_text(encoding="utf-8")
    (link,) = re.findall(r'href="([^"]+)"', template)
    link = re.sub(r"\{\{.*?\}\}", "x", link).replace("&amp;", "&")
    query = parse_qs(urlsplit(link).query)
    ids = {element.get("id") for element in FORMS[query.pop("template")[0]]["body"]}
    assert query.keys() == {"title", "page"}
    assert "page" in ids


# What this book says about itself ----------------------------------------------------------------

ABOUT = (ROOT / "chapters" / "about.md").read_text(encoding="utf-8")


def test_only_the_full_mnist_is_fetched_from_anywhere():
    """As SECURITY.md and the page about this book say."""
    network = {"urllib.request", "http", "socket", "ssl", "requests", "pooch", "asyncio", "ftplib"}
    connecting = set()
    for path in (ROOT / "dlcourse").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {a.name for a in node.names} if isinstance(node, ast.Import) else set()
            if isinstance(node, ast.ImportFrom):
                names |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
            if any(name == n or name.startswith(f"{n}.") for name in names for n in network):
                connecting.add(path.relative_to(ROOT).as_posix())
    # What runs students' cells knows `await`; where it runs there is no network.
    assert connecting - {"dlcourse/grading/_worker.py"} == {"dlcourse/datasets/_mnist.py"}
    assert "dlcourse/datasets/_mnist.py" in ABOUT


def test_each_data_set_has_the_license_of_its_card():
    data = ROOT / "dlcourse" / "datasets" / "data"
    cards = {path.stem: path.read_text(encoding="utf-8") for path in data.glob("*.md")}
    rows = dict(re.findall(r"^\| (.+?) \| (.+) \|$", ABOUT, re.MULTILINE))
    (mnist,) = (row for file, row in rows.items() if "mnist_5k.npz" in file)
    assert "CC BY-SA 3.0" in mnist
    assert "(CC BY-SA 3.0)" in cards["mnist"]
    (boston,) = (row for file, row in rows.items() if "boston_housing.csv" in file)
    assert "states no license" in boston
    assert "The source states none" in cards["boston_housing"]
    named = " ".join(rows)
    for path in data.iterdir():
        assert path.suffix == ".md" or path.name in named, f"{path.name} has no license in about.md"


def test_the_licenses_are_those_of_the_files():
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    text = (ROOT / "LICENSE-TEXT").read_text(encoding="utf-8")
    preface = " ".join(text.split("-----")[0].split())
    assert "Creative Commons Attribution 4.0 International" in preface
    assert "measurements (chapters/data" in preface
    assert "Attribution-Share Alike 3.0" in preface
    for name in ("CC BY 4.0", "`LICENSE-TEXT`", "MIT, in `LICENSE`", "CC BY-SA 3.0"):
        assert name in ABOUT
