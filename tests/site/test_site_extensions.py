"""The parts of _ext/ that decide something."""

import base64
import importlib
import io
import pkgutil
import re
import subprocess
from pathlib import Path

import nbformat
import pydata_sphinx_theme
import pytest
import whole_outputs
import yaml
from book_site import repository_address
from chapter_links import chapters_that_name
from fontTools.ttLib import TTFont
from katex_math import KATEX, Katex
from lean_pages import icon_font
from myst_nb.core.utils import coalesce_streams

import dlcourse

ROOT = Path(__file__).parents[2]
BOOK = "https://github.com/somebody/gradient-up"

needs_katex = pytest.mark.skipif(
    not KATEX.exists(), reason="KaTeX is not installed: run 'make book' first"
)


@pytest.fixture
def repository(tmp_path):
    def git(*arguments):
        subprocess.run(["git", "-C", tmp_path, *arguments], check=True)

    git("init", "--quiet")
    git("remote", "add", "origin", "nowhere")

    def with_remote(address):
        git("remote", "set-url", "origin", address)
        return tmp_path

    return with_remote


@pytest.mark.parametrize(
    "remote",
    [
        BOOK,
        f"{BOOK}.git",
        "git@github.com:somebody/gradient-up.git",
        "ssh://git@github.com/somebody/gradient-up.git",
        "https://user:secret@github.com/somebody/gradient-up.git",
    ],
)
def test_the_remote_on_github_is_the_books_address(repository, remote):
    assert repository_address({}, repository(remote)) == BOOK


@pytest.mark.parametrize(
    "remote",
    [
        "/srv/git/book.git",
        "https://git.example.org/somebody/gradient-up.git",
        "https://notgithub.com/somebody/gradient-up",
        "https://example.org/github.com/somebody/gradient-up",
    ],
)
def test_a_remote_elsewhere_gives_no_links(repository, remote):
    assert repository_address({}, repository(remote)) is None


def test_no_repository_gives_no_links(tmp_path):
    assert repository_address({}, tmp_path) is None


def test_github_says_where_a_fork_is_built(repository):
    environment = {"GITHUB_REPOSITORY": "fork/gradient-up"}
    assert (
        repository_address(environment, repository(BOOK)) == "https://github.com/fork/gradient-up"
    )


@pytest.fixture(scope="module")
def katex():
    katex = Katex(KATEX)
    yield katex
    katex.close()


@needs_katex
def test_katex_sets_a_formula_for_eyes_and_for_screen_readers(katex):
    html = katex.render(r"\frac{1}{2}", False)
    assert '<span class="katex">' in html
    assert "<math" in html


@needs_katex
@pytest.mark.parametrize("formula", [r"\undefined", r"\frac{1}", "x_1_2", "{", "é", "a $ b"])
def test_katex_says_why_it_cant_set_a_formula(katex, formula):
    with pytest.raises(ValueError, match="KaTeX"):
        katex.render(formula, False)


@needs_katex
def test_katex_goes_on_after_an_error(katex):
    with pytest.raises(ValueError, match="KaTeX"):
        katex.render("}", True)
    assert "katex-display" in katex.render(r"\begin{aligned} a &= b \\ &= c \end{aligned}", True)


# The reference of the package ------------------------------------------------------

CHAPTERS = Path(__file__).parents[2] / "chapters"
REFERENCE = sorted(CHAPTERS.glob("api_*.md"))


def test_every_module_stands_on_one_page_of_the_reference():
    modules = [module.name for module in pkgutil.iter_modules(dlcourse.__path__)]
    text = "".join(page.read_text(encoding="utf-8") for page in REFERENCE)
    documented = re.findall(r"automodule:: dlcourse\.([\w.]+)", text)
    rooms = [name for name in documented if "." not in name]
    assert sorted(rooms) == sorted(m for m in modules if not m.startswith("_"))


def test_every_page_of_the_reference_is_in_its_overview_and_in_the_contents():
    overview = (CHAPTERS / "api.md").read_text(encoding="utf-8")
    contents = (CHAPTERS.parent / "_toc.yml").read_text(encoding="utf-8")
    for page in REFERENCE:
        assert f"({page.name})" in overview
        assert f"file: chapters/{page.stem}\n" in contents


DERIVED = {
    "03_chain_rule": ["autodiff.relu", "autodiff.sigmoid", "autodiff.softmax", "layers.dense"],
    "04_computation_graphs": ["autodiff.define_vjp", "autodiff.primitive"],
    "12_boston_housing": [
        "finite_difference.check_gradient",
        "linear_regression.LinearModel",
        "linear_regression.LinearRegression",
        "losses.mean_squared_error",
        "optimizers.SGD",
        "preprocessing.StandardScaler",
        "preprocessing.train_test_split",
        "training.fit",
        "training.load_params",
        "training.save_params",
    ],
}


@pytest.mark.parametrize(
    ("chapter", "name"), [(chapter, name) for chapter in DERIVED for name in DERIVED[chapter]]
)
def test_what_a_chapter_derives_links_back_to_it(chapter, name):
    assert chapter in chapters_that_name(CHAPTERS)[f"dlcourse.{name}"]


@pytest.mark.parametrize(
    "module", [m.name for m in pkgutil.iter_modules(dlcourse.__path__) if m.name[0] != "_"]
)
def test_what_a_module_exports_has_its_place_in_the_reference(module):
    """Functions and classes are found by themselves; a constant needs an entry by hand."""
    room = importlib.import_module(f"dlcourse.{module}")
    text = "".join(page.read_text(encoding="utf-8") for page in REFERENCE)
    constants = {name for name in getattr(room, "__all__", ()) if not callable(getattr(room, name))}
    by_hand = set(re.findall(rf"py:data:: dlcourse\.{module}\.(\w+)", text))
    aliases = {name for name in by_hand - constants if name in room.__all__}
    assert by_hand - aliases == constants


def test_an_icon_font_keeps_its_date_so_two_builds_are_the_same():
    fonts = Path(pydata_sphinx_theme.__file__).parent.rglob("fa-solid-900.ttf")
    path = next(fonts)
    _, _, data = icon_font(path, [0xF002]).partition(",")
    small = TTFont(io.BytesIO(base64.b64decode(data)))
    assert small["head"].modified == TTFont(path)["head"].modified


PRINTED = "  label  3\n\nrate      same\nlast line\n"


@pytest.mark.parametrize("cut", range(1, len(PRINTED)))
def test_an_output_looks_the_same_wherever_a_kernel_cut_it(cut, monkeypatch):
    monkeypatch.setattr(whole_outputs.render, "coalesce_streams", coalesce_streams)
    whole_outputs.setup(None)
    whole_outputs.setup(None)  # twice makes no difference

    def merged(*texts):
        warned = nbformat.v4.new_output("stream", name="stderr", text="warned\n")
        pieces = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in texts]
        outputs = whole_outputs.render.coalesce_streams([*pieces, warned])
        return [(output["name"], output["text"]) for output in outputs]

    assert merged(PRINTED[:cut], PRINTED[cut:]) == merged(PRINTED)
    assert ("stdout", PRINTED) in merged(PRINTED)


def test_every_extension_of_ours_is_loaded():
    """Jupyter Book loads only those of its list, wherever the others lie."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]
    ours = settings["local_extensions"]
    assert set(ours) <= set(settings["config"]["extensions"])
    assert "whole_outputs" in ours
