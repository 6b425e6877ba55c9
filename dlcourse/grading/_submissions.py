"""Finding the submissions in a folder, and reading their bytes without trusting any of it.

One file, or one folder, is one student. A link is not followed, nothing is opened that is not
an ordinary file, and a file that is too large is not read. A name can be anything; whatever
is written under it later uses `safe_name`, which can't leave its folder.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

LARGEST = 20_000_000  # bytes
_LONGEST_NAME = 200  # bytes


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes
    ----------
    student : str
        A name that is safe in paths and in tables, the same for the same file name.
    path : Path
        The notebook, or what stands in its place.
    problem : str
        Why it can't be graded, or nothing.
    """

    student: str
    path: Path
    problem: str = ""

    def read(self) -> bytes:
        """Return the bytes of the file.

        Raises
        ------
        OSError
            If it is no ordinary file, or can't be read.
        """
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        handle = os.open(self.path, flags)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise OSError("it is no ordinary file")
            if about.st_size > LARGEST:
                size = f"{about.st_size / 1e6:.0f} MB"
                raise OSError(f"the file has {size}; {LARGEST // 1_000_000} MB are allowed")
            return file.read(LARGEST + 1)[:LARGEST]


def safe_name(name: str) -> str:
    """Return a name that can be a file's, a table's and a student's; different ones differ.

    Letters and digits of every script stay, and ``_``, ``-``, ``.``, ``@`` and spaces within;
    everything else is written as ``%`` and its code.
    """
    if not name:
        return "%"
    first = quote(name[:1], safe="", errors="surrogatepass") if not name[:1].isalnum() else name[:1]
    first = "_" if name[:1] == "_" else f"%{ord(name[0]):02X}" if name[:1] in ".-~" else first
    rest = "".join(
        sign if sign.isalnum() or sign in "_-.@ " else quote(sign, safe="", errors="surrogatepass")
        for sign in name[1:]
    )
    if rest.endswith((".", " ")):  # which some systems drop
        rest = f"{rest[:-1]}%{ord(rest[-1]):02X}"
    safe = first + rest
    if len(safe.encode()) > _LONGEST_NAME:  # with what is added to it, a file system would refuse
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        safe = safe.encode()[: _LONGEST_NAME - 18].decode(errors="ignore") + f"~{digest}"
    return safe


def find(folder: Path, name: str, out: Path | None = None) -> Iterator[Submission]:
    """Yield the submissions in a folder, in the order of their names.

    Taken are ``<student>.ipynb``, ``<student>/<name>.ipynb``, ``<student>/<name>/<name>.ipynb``
    (nbgrader's way), and the only notebook in ``<student>/``. Hidden files are passed over.

    Parameters
    ----------
    folder : Path
        Where to look.
    name : str
        The problem set's.
    out : Path, optional
        Where results go, which is no submission if it lies in `folder`.

    Yields
    ------
    Submission
    """
    by_student: dict[str, list[Submission]] = {}
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: os.fsencode(entry.name)):
            if out is not None and out.resolve() == Path(entry.path).resolve():
                continue
            found = _submission(entry, name)
            if found is not None:
                by_student.setdefault(found.student, []).append(found)
    for student, found_ones in sorted(by_student.items()):
        if student == safe_name(name):
            problem = "it is called like the problem set, not like a student"
            yield Submission(student, found_ones[0].path, problem)
            continue
        if len(found_ones) == 1:
            yield found_ones[0]
            continue
        names = " and ".join(repr(s.path.relative_to(folder).parts[0]) for s in found_ones)
        yield Submission(student, found_ones[0].path, f"two submissions under one name: {names}")


def passed_over(folder: Path) -> list[str]:
    """Return which files in a folder are no submissions, by names that a terminal can show.

    Parameters
    ----------
    folder : Path
        Where the submissions are.

    Returns
    -------
    list of str
    """
    with os.scandir(folder) as entries:
        return sorted(
            safe_name(entry.name)
            for entry in entries
            if entry.is_file(follow_symlinks=False)
            and not entry.name.startswith(".")
            and not entry.name.endswith(".ipynb")
        )


def _submission(entry: "os.DirEntry[str]", name: str) -> Submission | None:
    path = Path(entry.path)
    if entry.name.startswith(".") and not entry.name.endswith(".ipynb"):
        return None
    if entry.is_symlink():
        stem = entry.name.removesuffix(".ipynb")
        return Submission(safe_name(stem), path, "it is a link, and links are not followed")
    if entry.is_dir():
        try:
            return _in_folder(path, name)
        except OSError as error:  # the folder may be closed to the grader
            problem = f"the folder can't be read: {error.strerror}"
            return Submission(safe_name(entry.name), path, problem)
    if entry.name.endswith(".ipynb"):
        return Submission(safe_name(entry.name.removesuffix(".ipynb")), path)
    return None


def _in_folder(folder: Path, name: str) -> Submission:
    student = safe_name(folder.name)
    for path in (folder / f"{name}.ipynb", folder / name / f"{name}.ipynb"):
        linked = any(part.is_symlink() for part in (path, path.parent))
        if linked:
            return Submission(student, path, "it is a link, and links are not followed")
        if path.exists():
            return Submission(student, path)
    notebooks = sorted(p for p in folder.iterdir() if p.suffix == ".ipynb")
    if len(notebooks) == 1:
        linked = notebooks[0].is_symlink()
        return Submission(
            student, notebooks[0], "it is a link, and links are not followed" * linked
        )
    return Submission(
        student,
        folder,
        f"there are {len(notebooks)} notebooks in the folder, none called {name}.ipynb",
    )
