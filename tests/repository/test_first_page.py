"""What a newcomer reads first: true, whole, and without a line that fails when it is pasted."""

import importlib.metadata
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
import yaml
from chapter import NUMBERS, asked_in, chapter
from docutils import nodes
from docutils.utils import new_document
from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_chapters import exercises
from ways_out import CLONE, say_how_to_clone

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETUP = (ROOT / "chapters" / "setup.md").read_text(encoding="utf-8")
LANDING = (ROOT / "chapters" / "intro.md").read_text(encoding="utf-8")
PASTED = {"README.md": README, "chapters/setup.md": SETUP}
# Pages that GitHub shows, and that are no pages of the book.
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CODE_OF_CONDUCT.md",
    "docs/map.md",
    ".github/pull_request_template.md",
]
COUNT = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
WORDS = {word: number for number, word in enumerate(COUNT.split(" "))}


def blocks(text, language):
    """Return the blocks of code in a language."""
    tokens = MarkdownIt().parse(text)
    return [token.content for token in tokens if token.type == "fence" and token.info == language]


# Lines to paste ---------------------------------------------------------------------------


@pytest.mark.parametrize("page", PASTED)
def test_nothing_in_a_line_to_paste_must_be_filled_in_first(page):
    for language in ("bash", "powershell"):
        for block in blocks(PASTED[page], language):
            for line in block.splitlines():
                code = line.split("  #")[0]
                assert not re.search(r"<|>|\.\.\.|\b[A-Z]{4,}\b", code), line
                for file in re.findall(r"(?:-r|-c) (\S+)", code):
                    assert (ROOT / file).is_file(), f"{line}: there is no {file}"


def targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", [*DOCUMENTS, "chapters/setup.md", "chapters/about.md"])
def test_every_command_that_a_page_names_is_one_of_make(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    # In running text "make" is a verb; a command stands in code.
    named = {a or b for a, b in re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", text, re.MULTILINE)}
    assert named <= targets(), f"make knows no {sorted(named - targets())}"


def test_both_commands_of_the_first_page_are_understood_by_make():
    (commands,) = (block for block in blocks(README, "bash") if "make" in block)
    lines = [shlex.split(line, comments=True) for line in commands.splitlines()]
    assert lines == [["make", "lab"], ["make", "book"]]
    for line in lines:
        done = subprocess.run([*line, "-n"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_the_package_is_installed_and_used_as_the_first_page_says(tmp_path):
    source, target = tmp_path / "source", tmp_path / "installed"
    # A copy, since pip leaves files beside the sources.
    shutil.copytree(ROOT / "dlcourse", source / "dlcourse")
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copyfile(ROOT / name, source / name)
    (line,) = (block for block in blocks(README, "bash") if "pip" in block)
    program, *arguments = shlex.split(line)
    assert program == "python"
    # Nothing is fetched here: what the package needs is there.
    arguments += ["--no-deps", "--no-index", "--no-build-isolation", "--target", str(target)]
    environment = {**os.environ, "PYTHONPATH": str(target)}
    subprocess.run([sys.executable, *arguments, "--quiet"], cwd=source, check=True)
    (code,) = blocks(README, "python")
    code += "import dlcourse\nprint(dlcourse.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    result, file = ran.stdout.split()
    assert result == re.search(r"# ([\d.]+)$", code, re.MULTILINE)[1]
    assert Path(file).is_relative_to(target)


def test_the_trial_of_the_set_up_page_prints_what_it_says():
    (code,) = blocks(SETUP, "python")
    printed = subprocess.check_output([sys.executable, "-c", code], text=True).strip()
    assert f"It should print `{printed}`" in SETUP


@pytest.fixture
def address(monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "somebody/gradient-up")
    return "https://github.com/somebody/gradient-up"


def cloned(folder):
    """Return what stands where a page has a place for the lines that clone."""
    page = new_document("page")
    page += [nodes.raw("", CLONE, format="html"), nodes.raw("", "<!-- other -->", format="html")]
    say_how_to_clone(type("App", (), {"confdir": folder}), page)
    first, *rest = page.children
    return first.astext(), len(rest)


def test_the_set_up_page_has_the_address_where_it_is_known(address, tmp_path):
    assert SETUP.count(CLONE) == 1
    lines, others = cloned(tmp_path)
    assert lines.splitlines() == [f"git clone {address} gradient-up", "cd gradient-up"]
    assert others == 1


def test_without_an_address_the_set_up_page_has_no_line_that_needs_one(tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert cloned(tmp_path) == ("<!-- other -->", 0)


# The set-up page ----------------------------------------------------------------------------


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_set_up_page_asks_for_what_the_package_asks_for():
    python = project()["requires-python"].removeprefix(">=")
    for text in (README, SETUP):
        assert f"Python {python} or newer" in text
    (asked,) = re.findall(r"The package asks for little \((.*?)\),", SETUP)
    for dependency in project()["dependencies"]:
        name, least, below = re.fullmatch(r"([\w-]+)>=([\d.]+)(?:,<(\d+))?", dependency).groups()
        assert f"{name} {least}" in asked.lower()
        if below:
            assert f"{name} {least} or newer, but older than {below}" in asked
    assert len(re.findall(r"\d[\d.]*\d", asked)) == len(project()["dependencies"])


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-lab.lock", "requirements-instructor.lock"]
)
def test_a_lock_names_one_version_of_everything_and_its_hashes(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert pins(text)
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[\w.\[\],-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def pins(text):
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", text, re.MULTILINE))


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-lab.lock", "requirements-instructor.lock"]
)
def test_what_a_package_asks_for_with_an_extra_is_pinned_with_it(lock):
    """Up to 23.2 pip takes such a requirement for one that the lock doesn't pin, and stops."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)(?:\[([\w,-]+)\])?==", text, re.MULTILINE)
    extras = {canonicalize_name(name): set(filter(None, own.split(","))) for name, own in pinned}
    asked = 0
    for name, own in extras.items():
        try:
            lines = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # of another system or Python
        for requirement in map(Requirement, lines):
            wanted = canonicalize_name(requirement.name)
            here = [{"extra": extra} for extra in (*own, "")]
            marker = requirement.marker
            if wanted in extras and (marker is None or any(map(marker.evaluate, here))):
                assert requirement.extras <= extras[wanted], f"{name} asks for {requirement}"
                asked += bool(requirement.extras)
    assert asked > 0


def test_all_locks_have_the_same_versions_and_each_what_it_is_for():
    book, lab, instructor = (
        pins((ROOT / name).read_text(encoding="utf-8"))
        for name in ("requirements.lock", "requirements-lab.lock", "requirements-instructor.lock")
    )
    shared = book.keys() & lab.keys()
    assert len(shared) > 100
    assert {name: book[name] for name in shared} == {name: lab[name] for name in shared}
    assert "jupyterlab" in lab.keys() - book.keys()
    assert "pytest" in book.keys() - lab.keys()
    assert {name: instructor[name] for name in lab} == lab
    assert "nbgrader" in instructor.keys() - lab.keys()


def test_an_old_python_is_told_what_the_set_up_page_explains(tmp_path):
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-lab.lock"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    old = tmp_path / "python3.10"
    # Asked for its version it says one, and any look at it fails, as the one of make does.
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.10.13\n', encoding="utf-8")
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "lab", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert not (tmp_path / ".venv").exists()
    said = done.stdout + done.stderr
    assert "is Python 3.10.13" in said
    helped = re.findall(r"^`(.+)`\n: ", SETUP, re.MULTILINE)
    assert [text for text in helped if text in said], f"setup.md does not help with: {said}"


def test_the_other_messages_that_the_set_up_page_explains_are_those_of_make():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for message in re.findall(r"^`((?:This project|can't make).+)`\n: ", SETUP, re.MULTILINE):
        assert message in makefile


# Links ----------------------------------------------------------------------------------------


def anchors(text):
    """Return the anchors that GitHub gives to the headings of a page."""
    tokens = MarkdownIt().parse(text)
    headings = [b.content for a, b in pairwise(tokens) if a.type == "heading_open"]
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def links(text):
    """Return where the links and pictures of a page lead, those in HTML too."""
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text):
        for part in [token, *(token.children or [])]:
            if part.type in ("link_open", "image"):
                yield part.attrGet("href") or part.attrGet("src")
            elif part.type.startswith("html_"):
                yield from re.findall(r'(?:src|srcset|href)="([^"]+)"', part.content)


@pytest.mark.parametrize("page", DOCUMENTS)
def test_every_link_of_a_document_leads_to_a_file_and_a_place_in_it(page):
    for link in links((ROOT / page).read_text(encoding="utf-8")):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme == "https", link
            continue
        file = ((ROOT / page).parent / unquote(parts.path)) if parts.path else ROOT / page
        assert file.exists(), f"{page} links {link}"
        assert file.resolve().is_relative_to(ROOT), link
        if parts.fragment:
            assert parts.fragment in anchors(file.read_text(encoding="utf-8")), link


def test_links_are_found_in_text_in_tables_and_in_html_and_not_in_code():
    text = """[a](b.md#c) `[d](e)`\n\n| f |\n|---|\n| [g](h) |\n\n<img src="i.svg">\n"""
    assert list(links(text)) == ["b.md#c", "h", "i.svg"]


@pytest.mark.parametrize("page", [*DOCUMENTS, "chapters/setup.md", "chapters/about.md"])
def test_a_document_names_no_address_of_this_repository(page):
    """They differ in every fork: `repository_address` knows the right one."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert not re.search(r"//github\.com/[\w-]+/[\w-]+", text)


# What the first pages say of the book --------------------------------------------------------


def test_the_first_page_lists_every_chapter_in_its_part():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = {
        part["caption"]: [entry["file"] for entry in part["chapters"]]
        for part in contents["parts"]
        if part["caption"].startswith("Part ")
    }
    listed = {}
    for name, line in re.findall(r"^- \*\*(Part [IV]+, .+?):\*\* (.+)$", README, re.MULTILINE):
        listed[name] = re.findall(r"(\d+) \[(.+?)\]\((chapters/.+?)\.ipynb\)", line)
    as_captions = {
        re.sub(r"^(Part [IV]+), (\w)", lambda m: f"{m[1]}: {m[2].upper()}", name): entries
        for name, entries in listed.items()
    }
    assert {k: [e[2] for e in v] for k, v in as_captions.items()} == parts
    for entries in listed.values():
        for number, title, file in entries:
            assert file.startswith(f"chapters/{int(number):02d}_")
            heading = chapter(f"{int(number):02d}").cells[0]["source"].splitlines()[0]
            assert heading.removeprefix("# ").split(":")[0] == title


def test_the_numbers_of_the_first_page_are_counted():
    chapters = [chapter(number) for number in NUMBERS]
    kinds = [kind for of in chapters for _, kind, _ in exercises(of)]
    asked = sum(len(list(asked_in(of))) for of in chapters)
    said = re.search(
        r"There are (\d+) exercises, (\d+) of them with a check of your code, and (\d+) questions",
        README,
    )
    assert [*map(int, said.groups())] == [len(kinds), kinds.count("Code"), asked]
    (count,) = re.findall(r"trained network: (\w+) chapters", README)
    assert WORDS[count] == len(NUMBERS)
    failures = (ROOT / "chapters" / "when_training_fails.md").read_text(encoding="utf-8")
    ways = re.findall(r"^\| \[[^\]]+\]\(#", failures.split("\n## ")[1], re.MULTILINE)
    (count,) = re.findall(r"in (\w+) ways and cures it", README)
    assert WORDS[count] == len(ways)


def minutes(text):
    """Return how many minutes a time in words is.

    >>> minutes("an hour"), minutes("two and a half hours"), minutes("45 minutes")
    (60, 150, 45)
    """
    if found := re.search(r"(\d+) minutes", text):
        return int(found[1])
    count, half = re.search(r"(\w+)( and a half)? hours?", text).groups()
    return 60 * (1 if count == "an" else WORDS[count]) + (30 if half else 0)


def test_the_landing_page_says_how_long_it_takes():
    reading, working = [], []
    for number in NUMBERS:
        (time,) = re.findall(r"\*Time\* about (.+?) to read, (.+?) with the", chapter(number).prose)
        reading.append(minutes(time[0]))
        working.append(minutes(time[1]))
    assert f"It takes {min(reading)} to {max(reading)} minutes to read" in LANDING
    assert 115 <= np.mean(working) <= 135
    assert "about two hours with the exercises" in LANDING
    assert "about two hours with its exercises" in README
    assert round(sum(reading) / 60) == WORDS["thirteen"]
    assert sum(working) / 60 == pytest.approx(30, abs=1)
    assert "thirteen hours for the whole book, or about thirty" in LANDING
    assert f"{len(NUMBERS)}" == str(WORDS[re.search(r"(\w+) chapters, which", LANDING)[1].lower()])


def test_the_landing_page_asks_for_what_chapter_4_asks():
    (needs,) = re.findall(r"\*You need\* (.+)", chapter("04").prose)
    assert "classes with" in needs
    assert "Chapter 4 also asks that you have seen a Python class" in LANDING
