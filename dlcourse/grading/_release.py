"""The notebook that students get: no solution, no hidden test, no trace of either.

nbgrader's own preprocessors make it from the problem set. Then everything goes that could
tell more: outputs, the metadata of this package, attachments.
"""

import json
import logging
from pathlib import Path
from typing import Any

from dlcourse.grading._problem_set import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    ProblemSet,
    nbgrader,
)

_MARKS = (BEGIN_SOLUTION, END_SOLUTION, BEGIN_HIDDEN, END_HIDDEN, "# cohort:")
_TELLING = 25  # characters; a line as long as this is nobody else's by chance


def student_bytes(problem_set: ProblemSet) -> bytes:
    """Return the student's notebook; the same problem set gives the same bytes.

    Parameters
    ----------
    problem_set : ProblemSet
        With the constants of a cohort.

    Returns
    -------
    bytes
    """
    import nbformat
    from nbgrader.preprocessors import (
        ClearHiddenTests,
        ClearMarkScheme,
        ClearOutput,
        ClearSolutions,
        ComputeChecksums,
        LockCells,
    )

    notebook = nbformat.from_dict(source_notebook(problem_set))  # type: ignore[no-untyped-call]
    resources: dict[str, Any] = {}
    steps = (
        LockCells,
        ClearSolutions,
        ClearOutput,
        ClearHiddenTests,
        ClearMarkScheme,
        ComputeChecksums,
    )
    for step in steps:
        notebook, resources = step(log=logging.getLogger("nbgrader")).preprocess(
            notebook, resources
        )
    return _written(notebook)


def source_bytes(problem_set: ProblemSet) -> bytes:
    """Return the problem set with its solutions, as nbgrader's own commands take it.

    Parameters
    ----------
    problem_set : ProblemSet
        With the constants of a cohort.

    Returns
    -------
    bytes
    """
    return _written(source_notebook(problem_set))


def source_notebook(problem_set: ProblemSet) -> dict[str, Any]:
    """Return a copy of the notebook without outputs and without what only this package reads."""
    notebook: dict[str, Any] = json.loads(json.dumps(problem_set.notebook))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook["metadata"] = {"kernelspec": kernel, "language_info": {"name": "python"}}
    for cell in notebook["cells"]:
        known = nbgrader(cell)
        cell["metadata"] = {"nbgrader": known} if known else {}
        cell.pop("attachments", None)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def _written(notebook: dict[str, Any]) -> bytes:
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def leaks(problem_set: ProblemSet, released: bytes) -> list[str]:
    """Return what the released bytes hold of what they must not.

    Parameters
    ----------
    problem_set : ProblemSet
        With all that is secret.
    released : bytes
        What students get.

    Returns
    -------
    list of str
        Lines of solutions and hidden tests, and marks; empty if there is no leak.
    """
    text = released.decode()
    visible = {
        line.strip() for cell in json.loads(text)["cells"] for line in cell["source"].split("\n")
    }
    found = [mark for mark in _MARKS if mark in text]
    for line in _secret_lines(problem_set):
        if len(line) >= _TELLING and line in visible:
            found.append(line)
    return found


def _secret_lines(problem_set: ProblemSet) -> set[str]:
    """Return the lines of solutions and hidden tests that students don't see elsewhere."""
    secret: set[str] = set()
    shown: set[str] = set()
    for cell in problem_set.notebook["cells"]:
        inside = False
        for line in cell["source"].split("\n"):
            inside = inside or BEGIN_SOLUTION in line or BEGIN_HIDDEN in line
            (secret if inside else shown).add(line.strip())
            inside = inside and END_SOLUTION not in line and END_HIDDEN not in line
    return secret - shown


def write(path: Path, content: bytes, force: bool) -> None:
    """Write a file, whole or not at all; what is there stays, unless it may be overwritten."""
    if path.exists() and not force and path.read_bytes() != content:
        raise FileExistsError(f"{path} exists and differs; --force overwrites it")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
