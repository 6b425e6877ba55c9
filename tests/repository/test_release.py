"""A release: the same bytes twice, all of the package and nothing else, one version everywhere.

Here the package is built and looked at. `make release` also installs it with every Python that
is there, with old and with new dependencies, and tests what is installed.
"""

import contextlib
import doctest
import email
import io
import json
import os
import re
import runpy
import shutil
import subprocess
import tarfile
import zipfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import book_site
import package
import pytest
import release
import test_versions
import yaml

import dlcourse

ROOT = Path(__file__).parents[2]
SECONDS = 1_800_000_000
# What the version stands in, and what is built.
FILES = [
    ".zenodo.json",
    "CHANGELOG.md",
    "CITATION.cff",
    "LICENSE",
    "LICENSE-TEXT",
    "MANIFEST.in",
    "PACKAGE.md",
    "README.md",
    "REUSE.toml",
    "pyproject.toml",
]


def copy_to(folder):
    """Copy the package, what belongs to it, and some of what must not be released."""
    for name in ("dlcourse", "tests/repository/public_api"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in [
        *FILES,
        "tests/repository/test_release.py",
        "tests/conftest.py",
        "chapters/setup.md",
    ]:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def unreleased(folder):
    """Make a copy whose change log has something that is not released."""
    log = copy_to(folder) / "CHANGELOG.md"
    if "## Unreleased" not in log.read_text(encoding="utf-8"):
        change(log, "\n## ", "\n## Unreleased\n\n- More.\n\n## ")
    return folder


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """Build twice: elsewhere, from files of another age that others may not read."""
    first = copy_to(tmp_path_factory.mktemp("first") / "source")
    other = copy_to(tmp_path_factory.mktemp("other") / "place" / "source")
    for path in other.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700 if path.is_dir() else 0o600)
    mask = os.umask(0o077)
    try:
        again = release.build(other, other.parent / "out", SECONDS)
    finally:
        os.umask(mask)
    return release.build(first, first.parent / "out", SECONDS), again


@pytest.fixture(scope="module")
def archives(builds):
    return builds[0]


# --- what is built --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [0, 1], ids=["wheel", "source archive"])
def test_the_same_text_gives_the_same_bytes(builds, kind):
    one, other = (build[kind] for build in builds)
    assert one.name == other.name
    same = one.read_bytes() == other.read_bytes()  # pytest would take minutes to show the rest
    assert same, f"{one.name} depends on who builds it, where or when"


def test_the_time_of_a_release_is_that_of_its_commit(archives):
    wheel, sdist = archives
    with tarfile.open(sdist) as archive:
        assert {(m.mtime, m.uid, m.uname, m.mode) for m in archive} == {(SECONDS, 0, "", 0o644)}
    with zipfile.ZipFile(wheel) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2027, 1, 15, 8, 0, 0)}


def sources():
    paths = (path for path in (ROOT / "dlcourse").rglob("*") if path.is_file())
    return {p.relative_to(ROOT).as_posix() for p in paths if "__pycache__" not in p.parts}


def test_a_wheel_holds_the_package_and_nothing_else(archives):
    held = set(release.names_in(archives[0]))
    about = {name for name in held if ".dist-info/" in name}
    assert held - about == sources()
    licenses = {Path(name).name for name in about if "/licenses/" in name}
    assert licenses == {"LICENSE", "LICENSE-TEXT", "REUSE.toml"}


def test_a_source_archive_holds_what_it_takes_to_build_the_wheel(archives):
    held = {name for name in release.names_in(archives[1]) if name}
    written = {name for name in held if release.GENERATED.fullmatch(name)}
    about = set(FILES) - {".zenodo.json", "README.md"}
    assert held - written == sources() | about


def test_content_and_licenses_are_in_order(archives):
    assert release.look_at(*archives) == []


def metadata(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        return email.message_from_bytes(archive.read(name))


def test_the_wheel_names_the_licenses_of_all_that_it_holds(archives):
    named = set(metadata(archives[0])["License-Expression"].split(" AND "))
    found = {release.licenses()[name] for name in sources()}
    assert found - named == {"LicenseRef-none-stated"}  # the Boston data; its card says so
    assert named <= found


def test_the_wheel_is_small(archives):
    # 820 kB of it are images of digits.
    assert archives[0].stat().st_size < 1_350_000


def test_the_table_of_sizes_knows_what_is_in_the_wheel(archives):
    held = [
        name for name in release.names_in(archives[0]) if package.kind(name) != "everything else"
    ]
    assert {Path(name).name for name in held if package.kind(name) == "5,000 images of digits"} == {
        "mnist_5k.npz"
    }
    assert not [name for name in held if name.startswith("dlcourse/layers")]
    assert [name for name in held if package.kind(name) == "`dlcourse.exercises`"]


def added(archive, name, folder):
    """Return a copy of an archive that holds one file more."""
    copy = Path(shutil.copy(archive, folder))
    if copy.suffix == ".whl":
        with zipfile.ZipFile(copy, "a") as file:
            file.writestr(name, "")
    else:
        packed = io.BytesIO()
        with tarfile.open(archive) as old, tarfile.open(fileobj=packed, mode="w:gz") as new:
            for member in old:
                new.addfile(member, old.extractfile(member))
            new.addfile(tarfile.TarInfo(f"dlcourse-{dlcourse.__version__}/{name}"))
        copy.write_bytes(packed.getvalue())
    return copy


@pytest.mark.parametrize("kind", [0, 1], ids=["wheel", "source archive"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tests/package/inputs.py", "no part of the package"),
        ("dlcourse/lesson.ipynb", "no part of the package"),
        ("chapters/references.bib", "no part of the package"),
        ("dlcourse/test_losses.py", "holds a test"),
        ("dlcourse/datasets/data/iris.csv", "whose license REUSE.toml does not say"),
        ("dlcourse/widgets/letters.woff2", "whose license REUSE.toml does not say"),
    ],
)
def test_what_must_not_be_released_is_seen(archives, kind, name, words, tmp_path):
    (fault,) = release.faults(added(archives[kind], name, tmp_path))
    assert name in fault
    assert words in fault


def test_twine_and_check_wheel_contents_are_heard(archives, tmp_path):
    wheel, sdist = archives
    spoiled = added(wheel, "stray.py", tmp_path)
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(spoiled, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("/METADATA"):  # without a description
                text = text.partition(b"\n\n")[0] + b"\n\n"
            if name.endswith("/RECORD"):
                text += b"stray.py,,\n"
            new.writestr(name, text)
        new.writestr("stray.py", "x = 1\n")
    found = "\n".join(release.look_at(spoiled, sdist))
    assert "long_description` missing" in found
    assert "stray.py" in found
    assert "check_wheel_contents" in found


# --- the page of the package --------------------------------------------------------------------

PAGE = (ROOT / "PACKAGE.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
def test_an_example_on_the_page_of_the_package_prints_what_it_says(code, tmp_path):
    printed, script = io.StringIO(), tmp_path / "example.py"
    script.write_text(code, encoding="utf-8")
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(script))
    assert printed.getvalue().split() == re.findall(r"print\(.*\)  # (.+)", code)


def test_the_page_of_the_package_links_nothing_that_only_the_repository_has(archives):
    assert metadata(archives[0]).get_payload().strip() == PAGE.strip()
    assert not re.findall(r"\]\((?!https://)", PAGE)


# --- one version ---------------------------------------------------------------------------------


def test_the_version_stands_in_one_place_and_the_others_agree(archives):
    assert release.disagreements() == []
    assert release.public_api.version_of() == dlcourse.__version__
    assert metadata(archives[0])["Version"] == dlcourse.__version__
    assert dlcourse.__version__ not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_book_carries_the_version_of_the_package():
    config = SimpleNamespace()
    book_site.know_version(None, config)
    assert config.release == config.version == dlcourse.__version__
    items = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    footer = items["sphinx"]["config"]["html_theme_options"]["footer_content_items"]
    assert "version.html" in footer
    assert "{{ release }}" in (ROOT / "_templates" / "version.html").read_text(encoding="utf-8")


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def prepare(folder):
    release.prepare("1.2.0", folder, date(2027, 1, 31))


@pytest.fixture(scope="module")
def prepared_once(tmp_path_factory):
    """A repository whose last commit is ready to be released, as version 1.2.0."""
    copy = unreleased(tmp_path_factory.mktemp("prepared") / "copy")
    prepare(copy)
    git(copy, "init", "--quiet", "--initial-branch=main")
    git(copy, "add", "--force", ".")
    git(copy, "commit", "--quiet", "--message", "Release 1.2.0")
    return copy


@pytest.fixture
def repository(prepared_once, tmp_path):
    return shutil.copytree(prepared_once, tmp_path / "repository")


def git(folder, *words):
    author = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    return release.command("git", "-C", folder, *author, *words)


PLACES = {
    "CITATION.cff": ("\nversion: 1.2.0", "\nversion: 1.1.0"),
    ".zenodo.json": ('"version": "1.2.0"', '"version": "1.1.0"'),
    "CHANGELOG.md": ("## 1.2.0", "## 1.1.0"),
    "dlcourse/__init__.py": ('"1.2.0"', '"1.3.0"'),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_place_that_says_another_version_is_named(repository, name):
    assert release.disagreements(repository) == []
    change(repository / name, *PLACES[name])
    found = " ".join(release.disagreements(repository))
    assert (name if name != "dlcourse/__init__.py" else "not 1.3.0") in found


def test_change_log_and_citation_give_the_same_day(repository):
    change(repository / "CITATION.cff", "2027-01-31", "2027-02-01")
    found = ["CHANGELOG.md and CITATION.cff give different days"]
    assert release.disagreements(repository) == found


def test_a_version_is_written_wherever_it_stands(tmp_path):
    copy = unreleased(tmp_path / "copy")
    before = (copy / "CHANGELOG.md").read_text(encoding="utf-8")
    prepare(copy)
    assert release.public_api.version_of(copy) == "1.2.0"
    citation = yaml.safe_load((copy / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["date-released"]) == ("1.2.0", "2027-01-31")
    log = (copy / "CHANGELOG.md").read_text(encoding="utf-8")
    assert log == before.replace("## Unreleased", "## 1.2.0 (2027-01-31)")
    names = (copy / "tests/repository/public_api/1.2.0.txt").read_text(encoding="utf-8")
    assert "dlcourse 1.2.0," in names
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    prepare(copy)
    assert before == {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}


def test_after_a_release_the_next_version_is_in_the_making_and_the_last_one_is_cited(repository):
    release.prepare("1.3.0.dev0", repository)
    assert release.public_api.version_of(repository) == "1.3.0.dev0"
    assert "version: 1.2.0" in (repository / "CITATION.cff").read_text(encoding="utf-8")
    log = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert log.count("## Unreleased\n\n## 1.2.0 (2027-01-31)") == 1
    assert release.disagreements(repository) == []


@pytest.mark.parametrize(
    ("heading", "words"),
    [("## Unreleased\n\n- More.\n\n## 1.2.0", "has both"), ("## 1.1.9", "has neither")],
)
def test_a_change_log_that_people_must_mend_is_left_to_them(repository, heading, words):
    change(repository / "CHANGELOG.md", "## 1.2.0", heading)
    change(repository / "dlcourse" / "__init__.py", "1.2.0", "1.2.0.dev0")
    with pytest.raises(ValueError, match=words):
        prepare(repository)
    assert release.public_api.version_of(repository) == "1.2.0.dev0"


# --- what stands in the way ----------------------------------------------------------------


def test_a_clean_commit_with_its_version_can_be_released(repository):
    assert release.obstacles(repository) == []


def commit(folder):
    git(folder, "commit", "--quiet", "--all", "--message", "More")


def test_what_is_not_committed_is_not_released(repository):
    change(repository / "PACKAGE.md", "# dlcourse", "# The package")
    assert release.obstacles(repository) == ["There are changes that are not committed."]


def test_a_released_version_is_not_released_again(repository):
    git(repository, "tag", "v1.2.0")
    (found,) = release.obstacles(repository)
    assert "1.2.0 has a tag already" in found


def test_the_workflow_releases_the_commit_that_is_tagged(repository):
    assert release.obstacles(repository, tag="v1.2.0") == ["There is no tag v1.2.0."]
    git(repository, "tag", "--annotate", "v1.2.0", "--message", "1.2.0")
    assert release.obstacles(repository, tag="v1.2.0") == []
    assert "tag is v1.3.0" in release.obstacles(repository, tag="v1.3.0")[0]
    change(repository / "PACKAGE.md", "# dlcourse", "# The package")
    commit(repository)
    assert "has a tag already" in release.obstacles(repository, tag="v1.2.0")[0]


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("CHANGELOG.md", "## 1.2.0", "## 1.1.9", "says nothing of 1.2.0"),
        ("CHANGELOG.md", "## 1.2.0", "## Unreleased\n\n## 1.2.0", "section Unreleased"),
        ("dlcourse/__init__.py", '"1.2.0"', '"1.2.0.dev0"', "in the making"),
        ("dlcourse/metrics.py", "def accuracy(", "def share(", "not those of 1.2.0.txt"),
        ("dlcourse/metrics.py", "def accuracy(", "def share(", "metrics.accuracy: Public object"),
    ],
)
def test_what_is_missing_is_said(repository, name, old, new, words):
    change(repository / name, old, new)
    commit(repository)
    assert words in " ".join(release.obstacles(repository))


def test_the_tag_of_a_workflow_is_known():
    variables = {"GITHUB_REF_NAME": "v1.2.0", "GITHUB_REF_TYPE": "tag"}
    assert release.tag_of_workflow(variables) == "v1.2.0"
    assert release.tag_of_workflow(variables | {"GITHUB_REF_TYPE": "branch"}) is None
    assert release.tag_of_workflow({}) is None


def test_a_build_that_differs_stops_the_release(repository, tmp_path, monkeypatch):
    seconds = iter([SECONDS, SECONDS + 60])  # one of them takes another time for that of the commit
    build = release.build
    monkeypatch.setattr(release, "build", lambda source, out, _: build(source, out, next(seconds)))
    with pytest.raises(RuntimeError, match="is not the same when it is built again"):
        release.build_twice(repository, tmp_path / "out")
    wheel, sdist = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert (wheel, sdist) == ("dlcourse-1.2.0-py3-none-any.whl", "dlcourse-1.2.0.tar.gz")


# --- where it is tried -------------------------------------------------------------------------


def test_the_package_is_tested_far_from_its_source():
    with test_versions.elsewhere() as folder:
        assert (folder / "tests" / "package" / "test_losses.py").exists()
        assert not (folder / "dlcourse").exists()
        assert not folder.is_relative_to(ROOT)
        assert not ROOT.is_relative_to(folder)


def test_the_table_says_what_was_tested_and_what_was_not():
    results = [
        test_versions.Result("3.11", "oldest", "wheel", "2.0.0", 100, 0, 1, 0.021, 60.4),
        test_versions.Result("3.11", "oldest", "sdist", "2.0.0", seconds=5.0),
        test_versions.Result("3.14", "oldest", problem="not present"),
    ]
    assert [result.is_good for result in results] == [True, True, False]
    assert test_versions.table(results).splitlines() == [
        "Python  dependencies  from   NumPy  passed  failed  skipped  import  seconds",
        "3.11    oldest        wheel  2.0.0     100       0        1    0.02       60",
        "3.11    oldest        sdist  2.0.0       -       -        -       -        5",
        "3.14    oldest        wheel  -           -       -        -       -        0  not present",
    ]


def test_no_test_is_no_success():
    assert not test_versions.Result("3.11", "oldest", "wheel", "2.0.0").is_good
    assert not test_versions.Result("3.11", "oldest", "wheel", "2.0.0", 99, failed=1).is_good


# --- who cites and keeps it ---------------------------------------------------------------------

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
ARCHIVED = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
# From the schema of the Citation File Format 1.2.0: all keys, and those that must be there.
KEYS = """
    abstract authors cff-version commit contact date-released doi identifiers keywords license
    license-url message preferred-citation references repository repository-artifact
    repository-code title type url version
"""
NEEDED = {"authors", "cff-version", "message", "title"}


def test_the_citation_file_is_valid():
    assert set(CITATION) >= NEEDED
    assert set(CITATION) <= set(KEYS.split())
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] in ("software", "dataset")
    assert date.fromisoformat(CITATION["date-released"])
    assert set(CITATION["license"]) <= {"MIT", "CC-BY-4.0"}
    for key in ("title", "message", "abstract", "version"):
        assert isinstance(CITATION[key], str), key
    for author in CITATION["authors"]:
        # A group has a name; a person has one of these.
        assert "name" in author or {"family-names", "given-names"} & set(author)
    assert len(CITATION["keywords"]) == len(set(CITATION["keywords"])) > 0


def test_the_archive_records_what_the_citation_says():
    for theirs, ours in {"title": "title", "version": "version", "keywords": "keywords"}.items():
        assert ARCHIVED[theirs] == CITATION[ours]
    assert ARCHIVED["description"] == f"<p>{CITATION['abstract'].strip()}</p>"
    assert ARCHIVED["creators"] == [{"name": author["name"]} for author in CITATION["authors"]]
    assert ARCHIVED["upload_type"] == "software"
    assert ARCHIVED["access_right"] == "open"
    # The archive takes one license; the notes name the others.
    assert ARCHIVED["license"] in CITATION["license"]
    for license in ("MIT", "CC BY 4.0", "CC BY-SA 3.0"):
        assert license in ARCHIVED["notes"]


# --- the workflow ---------------------------------------------------------------------------------

JOBS = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))["jobs"]


def test_a_release_publishes_only_what_was_built_and_tried():
    assert {"run": "make release"} in JOBS["package"]["steps"]
    book = [step.get("run", "") for step in JOBS["book"]["steps"]]
    assert book.index(".ci/run") < book.index("make site")
    assert set(JOBS["pypi"]["needs"]) == {"package", "book"}
    assert JOBS["files"]["needs"] == "pypi"
    assert JOBS["pages"]["needs"] == "files"


def test_each_job_of_a_release_may_do_one_thing():
    allowed = {name: job.get("permissions", {}) for name, job in JOBS.items()}
    assert allowed == {
        "package": {},
        "book": {},
        "pypi": {"id-token": "write"},
        "files": {"contents": "write"},
        "pages": {"actions": "write"},
    }
    assert JOBS["pypi"]["environment"] == "pypi"
    for name, job in JOBS.items():
        for step in job["steps"]:
            assert "cache" not in step.get("with", {}), f"{name} takes things from a cache"
            if allowed[name]:
                assert not step.get("uses", "").startswith("actions/checkout"), name


def test_the_notes_of_a_release_are_its_section_of_the_change_log():
    ran = subprocess.run(
        [release.sys.executable, ROOT / "tools" / "release.py", "--notes"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    if not release.Version(dlcourse.__version__).is_devrelease:
        assert ran.stdout.startswith("### ")
        assert "\n## " not in ran.stdout


@pytest.mark.parametrize("tool", [release, release.public_api, test_versions])
def test_the_examples_in_a_tool_are_right(tool):
    assert doctest.testmod(tool).failed == 0
