"""The parts of _ext/ that decide something."""

import subprocess

import pytest
from book_site import repository_address
from katex_math import KATEX, Katex

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
