"""Make a release of the package: say what stands in its way, build it, look at it, try it.

    make release                                  all of it; nothing is published
    python tools/release.py --prepare 0.3.0       write the version wherever it stands
    python tools/release.py --prepare 0.4.0.dev0  after the release: what comes is not 0.3.0
    python tools/release.py --notes               what CHANGELOG.md says of this version

What is released is what is committed, and nothing else. It is built twice, in two places; both
times the same bytes must come out. Then tools/test_versions.py installs both archives with
each Python there is, with old and new dependencies, and runs the package's tests far from the
source. CONTRIBUTING.md has the steps before and after; .github/workflows/release.yml takes
them with this tool and publishes.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import public_api
import test_versions
import yaml
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "_build" / "release"
# What setuptools writes into an archive by itself.
GENERATED = re.compile(r"PKG-INFO|setup\.cfg|dlcourse\.egg-info/.+|dlcourse-[^/]+\.dist-info/.+")


def text_of(path):
    return path.read_text(encoding="utf-8")


def command(*words, **more):
    """Run a command; return what it prints, and fail with it."""
    words = [str(word) for word in words]
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


# --- the version, wherever it stands ----------------------------------------------------------


def section(changelog, version):
    """Return what a change log says of a version, without its heading, or None.

    >>> section("## 0.2.0 (2026-01-31)\\n\\n- More.\\n\\n## 0.1.0\\n\\n- All.\\n", "0.2.0")
    '- More.'
    """
    found = re.search(rf"^## {re.escape(version)}\b.*\n((?:(?!## ).*\n?)*)", changelog, re.M)
    return found[1].strip() if found else None


def replace(path, pattern, text):
    """Replace the one place of a file that a pattern describes."""
    changed, count = re.subn(pattern, lambda _: text, text_of(path), count=1, flags=re.M)
    if not count:
        raise ValueError(f"{path.name} has no line like {pattern}")
    path.write_text(changed, encoding="utf-8", newline="\n")


def prepare(version, root=ROOT, day=None):
    """Write a version wherever it stands; a release also closes the change log for it."""
    version, day = str(Version(version)), day or datetime.now(UTC).date()
    source, log = root / "dlcourse" / "__init__.py", root / "CHANGELOG.md"
    is_open = "## Unreleased" in text_of(log)
    if Version(version).is_devrelease:
        # What is cited, archived and compared with stays the last release.
        replace(source, r'^__version__ = ".*"$', f'__version__ = "{version}"')
        if not is_open:
            replace(log, r"^(?=## )", "## Unreleased\n\n")
        return
    if is_open == bool(section(text_of(log), version)):
        problem = "has both" if is_open else "has neither"
        raise ValueError(f"CHANGELOG.md {problem} a section Unreleased and one for {version}.")
    heading = rf"^## (Unreleased|{re.escape(version)} \(.*\))$"
    replace(log, heading, f"## {version} ({day})")
    replace(source, r'^__version__ = ".*"$', f'__version__ = "{version}"')
    replace(root / "CITATION.cff", r"^version: .*$", f"version: {version}")
    replace(root / "CITATION.cff", r"^date-released: .*$", f'date-released: "{day}"')
    replace(root / ".zenodo.json", r'^  "version": ".*"', f'  "version": "{version}"')
    snapshot = root / public_api.SNAPSHOTS / f"{version}.txt"
    snapshot.parent.mkdir(parents=True, exist_ok=True)
    snapshot.write_text(public_api.describe(root), encoding="utf-8", newline="\n")


def disagreements(root=ROOT):
    """Return where the version is not that of the package; in between releases, the last one's."""
    version = Version(public_api.version_of(root))
    released = [Version(path.stem) for path in (root / public_api.SNAPSHOTS).glob("*.txt")]
    expected = max(released, default=None) if version.is_devrelease else version
    citation = yaml.safe_load(text_of(root / "CITATION.cff"))
    log = text_of(root / "CHANGELOG.md")
    places = {
        "CITATION.cff": str(citation["version"]),
        ".zenodo.json": json.loads(text_of(root / ".zenodo.json"))["version"],
        "the last text in tests/repository/public_api": str(max(released, default=None)),
    }
    found = [f"{place} says {said}, not {expected}" for place, said in places.items()
             if said != str(expected)]  # fmt: skip
    if not section(log, str(expected)):
        found.append(f"CHANGELOG.md says nothing of {expected}")
    elif f"## {expected} ({citation['date-released']})" not in log:
        found.append("CHANGELOG.md and CITATION.cff give different days")
    return found


# --- what stands in the way -----------------------------------------------------------------


def obstacles(root=ROOT, tag=None):
    """Return why this can't be released, as sentences.

    `tag` is the tag of this very release where it exists already, as in the workflow.
    """
    git = ["git", "-C", root]
    version = public_api.version_of(root)
    found = [f"{sentence}." for sentence in disagreements(root)]
    if command(*git, "status", "--porcelain"):
        found.append("There are changes that are not committed.")
    if Version(version).is_devrelease:
        found.append(f"{version} is a version in the making: use --prepare first.")
    if tag not in (None, f"v{version}"):
        found.append(f"The tag is {tag}, but the version is {version}.")
    if command(*git, "tag", "--list", f"v{version}"):
        commit = command(*git, "rev-parse", f"v{version}^{{commit}}")
        if tag is None or commit != command(*git, "rev-parse", "HEAD"):
            found.append(f"{version} has a tag already: it is released, and stays as it is.")
    elif tag:
        found.append(f"There is no tag {tag}.")
    if "## Unreleased" in text_of(root / "CHANGELOG.md"):
        found.append("CHANGELOG.md has a section Unreleased: it belongs to this version or none.")
    snapshot = root / public_api.SNAPSHOTS / f"{version}.txt"
    names = public_api.describe(root)
    if snapshot.exists() and text_of(snapshot) != names:
        found.append(f"The public names are not those of {snapshot.name}: use --prepare again.")
    for name, what in public_api.unannounced(root, names).items():
        found.append(f"{name}: {what}, and no release called it deprecated.")
    return found


def tag_of_workflow(environment=os.environ):
    """Return the tag for which a workflow runs, or None at a desk."""
    is_tag = environment.get("GITHUB_REF_TYPE") == "tag"
    return environment["GITHUB_REF_NAME"] if is_tag else None


# --- built ----------------------------------------------------------------------------------


def export(root, out):
    """Put what is committed, and nothing else, into a folder; return it."""
    with tempfile.TemporaryFile() as file:
        subprocess.run(["git", "-C", root, "archive", "HEAD"], stdout=file, check=True)
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            archive.extractall(out, filter="data")
    return out


def copy_source(root, out):
    """Copy what lies in a folder now, committed or not, to be built; return the copy."""
    ignored = shutil.ignore_patterns(*test_versions.NOT_SOURCE)
    return Path(shutil.copytree(root, out, ignore=ignored))


def build(source, out, seconds):
    """Build the package in a folder that is a copy; return its wheel and its source archive.

    Nothing but the files' names and contents, and the time given in seconds since 1970,
    decides on the bytes.
    """
    for path in source.rglob("*"):  # who copied them may have kept others from reading them
        path.chmod(0o755 if path.is_dir() else 0o644)
    command(
        sys.executable, "-m", "build", "--no-isolation", "--outdir", out, source,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(seconds)},
        **({"umask": 0o022} if os.name == "posix" else {}),
    )  # fmt: skip
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    repack(sdist, seconds)
    return wheel, sdist


def repack(sdist, seconds):
    """Leave out of a source archive who built it and when, which setuptools writes into it."""
    with tarfile.open(sdist) as archive:
        files = {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(files[name]), seconds, 0o644
            archive.addfile(entry, io.BytesIO(files[name]))
    sdist.write_bytes(gzip.compress(packed.getvalue(), mtime=seconds))


def build_twice(root, out):
    """Build what is committed in two places; return the archives, whose bytes were the same."""
    seconds = int(command("git", "-C", root, "log", "-1", "--format=%ct"))
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        first = build(export(root, Path(folder, "first")), out, seconds)
        again = build(export(root, Path(folder, "other", "place")), Path(folder, "again"), seconds)
        for one, other in zip(first, again, strict=True):
            if one.read_bytes() != other.read_bytes():
                raise RuntimeError(f"{one.name} is not the same when it is built again.")
    return first


# --- looked at -----------------------------------------------------------------------------


def names_in(archive):
    """Return the files of a wheel or a source archive, by their paths in the repository."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as file:
            return file.namelist()
    with tarfile.open(archive) as file:
        return [name.partition("/")[2] for name in file.getnames()]


def licenses(root=ROOT):
    """Map each file of the repository that REUSE.toml names to its license."""
    found = {}
    for entry in tomllib.loads(text_of(root / "REUSE.toml"))["annotations"]:
        patterns = entry["path"] if isinstance(entry["path"], list) else [entry["path"]]
        for path in (path for pattern in patterns for path in root.glob(pattern)):
            found[path.relative_to(root).as_posix()] = entry["SPDX-License-Identifier"]
    return found


def faults(archive, root=ROOT):
    """Return what is wrong with the content of an archive, as sentences."""
    licensed, found = licenses(root), []
    own = {"LICENSE", "LICENSE-TEXT"}  # the texts themselves
    for name in names_in(archive):
        path = PurePosixPath(name)
        if GENERATED.fullmatch(name) or name in own:
            continue
        if path.suffix == ".ipynb" or {"tests", "chapters"} & set(path.parts[:-1]):
            found.append(f"{archive.name} holds {name}, which is no part of the package.")
        elif path.name.startswith("test_") or path.name == "conftest.py":
            found.append(f"{archive.name} holds a test, {name}.")
        elif name not in licensed:
            found.append(f"{archive.name} holds {name}, whose license REUSE.toml does not say.")
    return found


def look_at(wheel, sdist, root=ROOT):
    """Return what twine, check-wheel-contents and `faults` find in the archives."""
    found = []
    # The second reads pyproject.toml, which says what a wheel must hold.
    for words in (["twine", "check", "--strict", wheel, sdist], ["check_wheel_contents", wheel]):
        try:
            command(sys.executable, "-m", *words, cwd=root)
        except RuntimeError as problem:
            found.append(str(problem))
    return [*found, *faults(wheel, root), *faults(sdist, root)]


def summary(archives):
    """Return a table of the archives: what they weigh, and what tells them from others."""
    rows = [("archive", "kB", "SHA-256")]
    for path in archives:
        data = path.read_bytes()
        rows.append((path.name, f"{len(data) / 1000:.0f}", hashlib.sha256(data).hexdigest()))
    return test_versions.aligned(rows, right=(1,))


# --- all of it ---------------------------------------------------------------------------------


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prepare", metavar="VERSION", help="write this version everywhere")
    parser.add_argument("--day", type=date.fromisoformat, help="of the release, if not today")
    parser.add_argument("--notes", action="store_true", help="print the change log's section")
    parser.add_argument(
        "--tag", default=tag_of_workflow(), help="the tag of this release, where it exists already"
    )
    parser.add_argument("--only-build", action="store_true", help="don't install and test it")
    options = parser.parse_args(arguments)
    if options.prepare:
        try:
            prepare(options.prepare, day=options.day)
        except ValueError as problem:
            return str(problem)
        print("Look at what changed, and commit it:")
        print(command("git", "-C", ROOT, "status", "--short"))
        return 0
    if options.notes:
        print(section(text_of(ROOT / "CHANGELOG.md"), public_api.version_of()))
        return 0

    if not (found := obstacles(tag=options.tag)):
        try:
            archives = build_twice(ROOT, OUT)
            found = look_at(*archives)
        except RuntimeError as problem:
            found = [str(problem)]
    if found:
        return "\n".join(["Not released:", *(f"- {sentence}" for sentence in found)])
    print("Built twice, the same bytes both times; content and licenses are in order.", flush=True)
    failed = not options.only_build and test_versions.try_everywhere(*archives)
    print(f"\n{summary(archives)}")
    return "Not released: see the table above." if failed else 0


if __name__ == "__main__":
    sys.exit(main())
