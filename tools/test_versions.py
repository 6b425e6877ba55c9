"""Test the installed package with every Python there is, and old and new dependencies.

    python tools/test_versions.py                                 everything
    python tools/test_versions.py --python 3.12 --set oldest      what differs, and nothing else

For each Python, and for each of two sets of dependencies, this makes an environment under
`_build/versions`, installs the package into it as a reader would, and runs the package's own
tests with what was installed, in a copy of the repository that has no package:

- `oldest`: the package's dependencies at the lowest versions that `pyproject.toml` allows, of
  those that are published in binary form for that Python;
- `newest`: the newest versions of everything.

What the tests need besides (pytest, SciPy, ...) is as new as goes with these. A table at the
end says what passed, and how long `import dlcourse` takes as a multiple of `import numpy`. A
Python that is not here is named there; asked for by name, it is a failure. Only the standard
library is needed to run this. tools/release.py calls it with the archives of a release.
"""

import argparse
import contextlib
import functools
import hashlib
import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "_build" / "versions"
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
SETS = ["oldest", "newest"]

# What is made here, and no part of the repository.
NOT_SOURCE = [".*", "__pycache__", "_build", "node_modules", "*.egg-info"]

# What says something about versions; the other folders hold tests of the book, of its pages and
# of the repository.
FOLDERS = ["package", "exercises"]
# It reads the source tree, and so says nothing about versions either.
NOT_THE_PACKAGE = ["test_architecture.py"]
# What the other tests import. From which version on, `pyproject.toml` knows.
NEEDS = [
    "autograd",
    "click",
    "hypothesis",
    "ipykernel",
    "mpmath",
    "nbclient",
    "pytest",
    "pytest-xdist",
    "scikit-learn",
    "scipy",
]


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    python: str
    dependencies: str
    archive: str = "wheel"
    numpy: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    import_ratio: float = 0.0
    seconds: float = 0.0
    problem: str = ""

    @property
    def is_good(self):
        ran = self.passed > 0 or self.archive == "sdist"  # which is compared, not tested
        return not self.problem and ran and self.failed == 0


# Finding Pythons -----------------------------------------------------------------------------


def version_of(python):
    """Return "3.12" for a program that is a Python 3.12, and "" for one that doesn't run."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def pyenv_root():
    """Return the folder of pyenv, whether there is one or not."""
    if "PYENV_ROOT" in os.environ:
        return Path(os.environ["PYENV_ROOT"])
    if shutil.which("pyenv"):
        asked = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return Path(asked.stdout.strip())
    return Path.home() / ".pyenv"


def find(version):
    """Return a Python of this version, or None. What pyenv puts on the PATH may not run."""
    names = [f"python{version}", "python3", "python"]
    folders = os.environ.get("PATH", "").split(os.pathsep)
    candidates = [sys.executable]
    candidates += [shutil.which(name, path=folder) for name in names for folder in folders]
    for program in ("bin/python", "python.exe"):  # the second on Windows
        candidates += sorted(pyenv_root().glob(f"versions/{version}.*/{program}"))
    return next((str(p) for p in candidates if p and version_of(p) == version), None)


# Environments --------------------------------------------------------------------------------


def python_in(folder):
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command, log, **more):
    """Run a command, with what it says at the end of a file; fail with that file's name."""
    with log.open("a", encoding="utf-8") as file:
        subprocess.run(
            [str(part) for part in command],
            stdout=file, stderr=subprocess.STDOUT, check=True, cwd=FOLDER, **more,
        )  # fmt: skip


def installer():
    """Return the command of uv, from an environment of its own."""
    python = python_in(FOLDER / "uv")
    if not python.exists():
        venv.create(FOLDER / "uv", with_pip=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "uv"]
        subprocess.run(pip, check=True)
    return [python, "-m", "uv", "--quiet"]


def build(uv):
    """Return the package as it is published, built from a copy: building leaves files behind."""
    log, copy = FOLDER / "build.log", FOLDER / "source"
    log.unlink(missing_ok=True)
    for old in (copy, FOLDER / "wheel"):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_SOURCE))
    try:
        run(*uv, "build", "--wheel", "--out-dir", FOLDER / "wheel", copy, log=log)
    except subprocess.CalledProcessError:
        sys.exit(f"The package can't be built:\n{log.read_text(encoding='utf-8')}")
    (wheel,) = (FOLDER / "wheel").glob("*.whl")
    return wheel


def needs():
    """Return what the tests need, as `pyproject.toml` asks for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {
        re.match(r"[\w-]+", requirement)[0]: requirement
        for extra in ("book", "test", "instructor")
        for requirement in project["optional-dependencies"][extra]
    }
    return [asked[name] for name in NEEDS]


def install(uv, python, dependencies, archive, folder, log):
    """Make the environment, with the package and what its tests need."""
    run(*uv, "venv", "--clear", "--python", python, folder, log=log)
    own = f"dlcourse[data] @ {archive.as_uri()}"
    # Nothing is compiled: a version without a binary for this Python counts as not there.
    pip = [*uv, "pip", "install", "--python", python_in(folder), "--only-binary", ":all:"]
    if archive.suffix != ".whl":
        pip += ["--no-binary", "dlcourse"]
    if dependencies == "newest":
        run(*pip, "--upgrade", own, *needs(), log=log)
        return
    lowest = FOLDER / f"{folder.name}.txt"
    compiled = [ROOT / "pyproject.toml", "--extra", "data", "--resolution", "lowest-direct"]
    run(
        *uv, "pip", "compile", *compiled, "--python", python_in(folder),
        "--only-binary", ":all:", "--no-annotate", "--no-header", "-o", lowest, log=log,
    )  # fmt: skip
    run(*pip, "--constraint", lowest, own, *needs(), log=log)


# Tests ---------------------------------------------------------------------------------------


def ask(python, code, environment):
    command = [python, "-c", code]
    return subprocess.check_output(command, text=True, cwd=FOLDER, env=environment).strip()


@contextlib.contextmanager
def elsewhere():
    """Give a copy of the repository that lies outside of it and has no package.

    Only what is installed can be tested there.
    """
    ignored = shutil.ignore_patterns("dlcourse", *NOT_SOURCE)
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copytree(ROOT, Path(folder).resolve() / "copy", ignore=ignored))


def run_tests(folder, copy, dependencies, environment, log):
    """Run the tests of a copy with what is installed; return the path of the results."""
    python, results = python_in(folder), FOLDER / f"{folder.name}.xml"
    results.unlink(missing_ok=True)
    command = [
        python, "-m", "pytest", *(copy / "tests" / folder for folder in FOLDERS),
        "-c", copy / "pyproject.toml", "--rootdir", copy,
        "-q", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider", f"--junitxml={results}",
        *(f"--ignore-glob=*/{name}" for name in NOT_THE_PACKAGE),
    ]  # fmt: skip
    if ask(python, "import numpy; print(numpy.__version__)", environment) >= "2":
        # Examples are printed as NumPy 2 prints numbers.
        command += ["--pyargs", "dlcourse", "--doctest-modules", "--collect-in-virtualenv"]
    if dependencies == "oldest":
        command += ["-W", "default"]  # old libraries warn of their own age
    with log.open("a", encoding="utf-8") as file:
        subprocess.run(
            [str(part) for part in command],
            stdout=file, stderr=subprocess.STDOUT, check=False, cwd=copy, env=environment,
        )  # fmt: skip
    return results


def import_ratio(python, environment):
    """Return how long `import dlcourse` takes as a multiple of `import numpy`: the median of 11."""
    code = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
    seconds = {name: [] for name in ("dlcourse", "numpy")}
    for _ in range(11):  # one after the other, so that both have the machine's good moments
        for name, measured in seconds.items():
            measured.append(float(ask(python, code.format(name), environment)))
    return statistics.median(map(float.__truediv__, *seconds.values()))


def installed_files(folder, home):
    """Map each file of an installed package to a hash of its content."""
    files = (path for path in Path(home).parent.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.suffix != ".pyc"
    }


def test(uv, version, python, dependencies, archive, copy):
    """Install and test one combination; return its line of the table.

    What comes from a source archive is compared, file by file, with what came from the wheel,
    which was tested just before, and is imported.
    """
    kind = "wheel" if archive.suffix == ".whl" else "sdist"
    wheel_folder = FOLDER / f"{version}-{dependencies}"
    folder = wheel_folder if kind == "wheel" else FOLDER / f"{version}-{dependencies}-sdist"
    log = FOLDER / f"{folder.name}.log"
    log.unlink(missing_ok=True)
    start = time.monotonic()
    line = functools.partial(Result, version, dependencies, kind)
    try:
        install(uv, python, dependencies, archive, folder, log)
    except subprocess.CalledProcessError:
        return line(problem=f"not installed: see {shown(log)}")
    # Without this, Python finds the package in the folder where it is started: the source.
    environment = {
        **os.environ,
        "PYTHONSAFEPATH": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(FOLDER / "hypothesis"),
    }
    environment.pop("PYTHONPATH", None)
    inside = python_in(folder)
    home = ask(inside, "import dlcourse; print(dlcourse.__file__)", environment)
    if not Path(home).is_relative_to(folder):
        return line(problem=f"tests would import {home}")
    numpy = ask(inside, "import numpy; print(numpy.__version__)", environment)
    if kind == "sdist":
        other = wheel_folder / Path(home).relative_to(folder)
        same = installed_files(folder, home) == installed_files(wheel_folder, other)
        problem = "" if same else "other files than the wheel's"
        return line(numpy, seconds=time.monotonic() - start, problem=problem)
    ratio = import_ratio(inside, environment)
    results = run_tests(folder, copy, dependencies, environment, log)
    seconds = time.monotonic() - start
    if not results.exists():
        problem = f"no tests were run: see {shown(log)}"
        return line(numpy, seconds=seconds, problem=problem)
    counts = ET.parse(results).find("testsuite").attrib
    failed, skipped = int(counts["failures"]) + int(counts["errors"]), int(counts["skipped"])
    passed = int(counts["tests"]) - failed - skipped
    problem = f"see {shown(log)}" if failed else ""
    return line(numpy, passed, failed, skipped, ratio, seconds, problem)


def shown(path):
    return path.relative_to(ROOT).as_posix()


def table(results):
    """Return the results as lines of text whose columns line up."""
    head = ("Python", "dependencies", "from", "NumPy", "passed", "failed", "skipped")
    rows = [(*head, "import", "seconds", "")]
    for r in results:
        ran = r.passed + r.failed + r.skipped > 0
        counts = (r.passed, r.failed, r.skipped) if ran else ("-", "-", "-")
        ratio = f"{r.import_ratio:.2f}" if r.import_ratio else "-"
        rows.append((r.python, r.dependencies, r.archive, r.numpy or "-", *counts))
        rows[-1] += (ratio, f"{r.seconds:.0f}", r.problem)
    return aligned(rows, right=range(4, 9))


def aligned(rows, right):
    """Return rows as lines of text whose columns line up, some of them on the right."""
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            str(cell).rjust(width) if i in right else str(cell).ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def try_everywhere(*archives, pythons=PYTHONS, sets=SETS, all_present=False):
    """Test archives of the package, the wheel first; print a table, return whether one failed.

    Without archives, test the package as it stands here. A Python that is missing is a failure
    where all must be present.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    uv = installer()
    archives = archives or [build(uv)]
    results, failed = [], False
    with elsewhere() as copy:
        for version, dependencies in itertools.product(pythons, sets):
            python = find(version)
            if python is None:
                results.append(Result(version, dependencies, problem="not present"))
                failed = failed or all_present
                continue
            for archive in archives:
                print(f"Python {version}, {dependencies}, {archive.name} ...", flush=True)
                results.append(test(uv, version, python, dependencies, archive, copy))
                if not results[-1].is_good:
                    failed = True
                    print(last_words(results[-1]))
    print(f"\n{table(results)}")
    if not any(result.passed for result in results):
        failed = True
        print("\nNothing was tested.")
    return failed


def last_words(result):
    """Return the end of what was said while a combination was tested."""
    ending = "-sdist" if result.archive == "sdist" else ""
    log = FOLDER / f"{result.python}-{result.dependencies}{ending}.log"
    said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return "\n".join(said.splitlines()[-40:])


def main():
    about = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    about.add_argument("--python", choices=PYTHONS, help="this Python only")
    about.add_argument("--set", choices=SETS, help="this set of dependencies only")
    asked = about.parse_args()
    sys.stdout.reconfigure(errors="replace")  # what tests print is not for every console
    pythons = [asked.python] if asked.python else PYTHONS
    sets = [asked.set] if asked.set else SETS
    sys.exit(try_everywhere(pythons=pythons, sets=sets, all_present=asked.python is not None))


if __name__ == "__main__":
    main()
