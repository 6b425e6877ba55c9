"""What instructors use: problem sets, the notebooks that students get, and grading.

A problem set is a notebook in nbgrader's format. `ProblemSet.load` reads it with the
constants of a cohort; `grade_submission` grades what a student handed in: their code runs
behind walls (see `Sandbox`), the tests and the verdict stay outside. The command ``dlcourse
assignment`` does this for a whole class.

What goes beyond one submission needs ``pip install "dlcourse[instructor]"``, and grading needs
Linux with bubblewrap. The checks that a problem set's tests are made of, `dlcourse.grading.checks`,
need NumPy alone: students have them, too.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlcourse.grading._marking import Settings, grade_submission
    from dlcourse.grading._problem_set import ProblemSet, Question, Test, Written
    from dlcourse.grading._sandbox import (
        Sandbox,
        SandboxEndedError,
        SandboxMissingError,
        StudentError,
    )

__all__ = [
    "ProblemSet",
    "Question",
    "Sandbox",
    "SandboxEndedError",
    "SandboxMissingError",
    "Settings",
    "StudentError",
    "Test",
    "Written",
    "grade_submission",
]

_HOMES = {
    "ProblemSet": "_problem_set",
    "Question": "_problem_set",
    "Test": "_problem_set",
    "Written": "_problem_set",
    "Sandbox": "_sandbox",
    "SandboxEndedError": "_sandbox",
    "SandboxMissingError": "_sandbox",
    "StudentError": "_sandbox",
    "Settings": "_marking",
    "grade_submission": "_marking",
}


def __getattr__(name: str) -> Any:
    """Load a name when it is asked for: a student's notebook asks for `checks` alone."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
