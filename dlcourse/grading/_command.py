"""The commands of ``dlcourse assignment``: what they take, what they say, what they refuse.

Exit codes: 0, all went well; 1, something was found that you should look at; 2, the command
could not do what it was asked, and changed nothing.
"""

import contextlib
import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dlcourse.grading import _gradebook, _release, _run, _variants, _verify
from dlcourse.grading._marking import Settings
from dlcourse.grading._problem_set import ProblemSet, names_in
from dlcourse.grading._run import Class, FolderBusyError
from dlcourse.grading._sandbox import SandboxMissingError
from dlcourse.grading._submissions import safe_name

_FOLDER = click.Path(file_okay=False, path_type=Path)
_assignments = click.option(
    "--assignments",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="assignments",
    show_default=True,
    help="The folder of problem sets: NAME/NAME.ipynb in it.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
_force = click.option("--force", is_flag=True, help="Overwrite what is there.")
_cohort = click.option(
    "--cohort",
    metavar="SEED",
    envvar="DLCOURSE_COHORT",
    help="The secret seed of this cohort's constants and hidden tests. It can also stand in the "
    "environment variable DLCOURSE_COHORT, which other users of the machine don't see.",
)
_per_student = click.option(
    "--per-student",
    "roster",
    type=click.File(encoding="utf-8"),
    help="Each student has constants of their own: the same file of names as for 'release'. A "
    "submission under a name that is not in it is not graded.",
)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Turn what stands in the way into one sentence and exit code 2."""
    try:
        yield
    except (FileNotFoundError, FileExistsError, FolderBusyError, SandboxMissingError) as error:
        raise _Refused(str(error)) from None
    except (ValueError, ModuleNotFoundError) as error:
        raise _Refused(str(error)) from None
    except OSError as error:
        raise _Refused(
            f"{error.filename or 'a file'}: {error.strerror or error}. What was written before is "
            "whole; run the same command again to go on"
        ) from None


class _Refused(click.ClickException):
    exit_code = 2


def _say(as_json: bool, data: Any, text: str) -> None:
    click.echo(json.dumps(data, indent=1) if as_json else text)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dlcourse")
def program() -> None:
    """Tools for those who teach with *Deep Learning from the Gradient Up*."""


@program.group()
def assignment() -> None:
    """Problem sets: hand them out, grade what comes back, tell students why.

    \b
    A term in five commands:
      dlcourse assignment list
      dlcourse assignment release derivatives --cohort SEED --out handout
      dlcourse assignment grade submitted --assignment derivatives --cohort SEED --out graded
      (free-text answers: nbgrader's own pages, in the folder 'graded')
      dlcourse assignment feedback graded
      dlcourse assignment export graded --to grades.csv
    """  # noqa: D301


@assignment.command("list")
@_assignments
@_as_json
def list_sets(assignments: Path, as_json: bool) -> None:
    """Show the problem sets there are, with their questions and points."""
    with _refusals():
        sets = [ProblemSet.load(name, assignments) for name in names_in(assignments)]
    data = [
        {
            "name": s.name,
            "title": s.title,
            "points": s.points,
            "questions": [
                {"name": q.name, "title": q.title, "points": q.points} for q in s.questions
            ],
            "written": [{"name": w.name, "title": w.title, "points": w.points} for w in s.written],
        }
        for s in sets
    ]
    width = max((len(s.name) for s in sets), default=0)
    lines = [
        f"{s.name:{width}}  {len(s.questions)} questions in code, {len(s.written)} in words, "
        f"{s.points:g} points: {s.title}"
        for s in sets
    ]
    _say(as_json, data, "\n".join(lines) or f"There is no problem set in {assignments}.")


@assignment.command()
@click.argument("names", nargs=-1)
@_assignments
@click.option("--cohorts", default=3, show_default=True, help="With how many seeds to try each.")
@_as_json
def verify(names: tuple[str, ...], assignments: Path, cohorts: int, as_json: bool) -> None:
    """Prove that problem sets grade as they should.

    The solution earns full points, the untouched starter none, every wrong answer that comes
    with the set loses points, at least one of each question passes the visible tests, and the
    released notebook holds nothing of a solution or a hidden test. The authors' own answers run
    in this process, without a sandbox. Exit code 1 if something is not so.
    """
    with _refusals():
        chosen = names or tuple(names_in(assignments))
        found: dict[str, list[str]] = {}
        seeds: list[str | None] = [None, *(f"cohort {k} of verify" for k in range(cohorts))]
        bar = click.progressbar(chosen, label="Verifying", file=sys.stderr)
        with bar, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's, about what wrong answers do
            for name in bar:
                found[name] = list(_verify.problems(name, assignments, seeds))
    lines = [fault for faults in found.values() for fault in faults]
    sound = f"{len(chosen)} problem sets grade as they should, with {cohorts} seeds each."
    _say(as_json, found, "\n".join(lines) or sound)
    if lines:
        sys.exit(1)


@assignment.command()
def seed() -> None:
    """Print a new seed for a cohort. Keep it: without it nothing can be graded again."""
    click.echo(_variants.new_seed())


@assignment.command()
@click.argument("name")
@_assignments
@_cohort
@click.option("--out", type=_FOLDER, required=True, help="Where to write.")
@click.option(
    "--per-student",
    "roster",
    type=click.File(encoding="utf-8"),
    help="A file with a student's name on each line: everyone gets constants of their own, "
    "in OUT/<student>/.",
)
@click.option(
    "--with-solutions",
    is_flag=True,
    help="Write the instructor's notebook instead, as nbgrader's own commands take it.",
)
@_force
@_as_json
def release(
    name: str,
    assignments: Path,
    cohort: str | None,
    out: Path,
    roster: Any,
    with_solutions: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write the notebook that students get: OUT/NAME.ipynb.

    It holds no solution, no hidden test, and nothing from which they or the seed could be found.
    The same seed gives the same bytes.
    """
    with _refusals():
        _warn_of_short(cohort)
        if with_solutions and roster:
            raise ValueError("--with-solutions and --per-student don't go together")
        students: list[str | None] = [None]
        if roster:
            students = list(_names(roster))
        written: dict[Path, bytes] = {}
        for student in students:
            problem_set = ProblemSet.load(name, assignments, cohort, student)
            if with_solutions:
                written[out / f"{name}.ipynb"] = _release.source_bytes(problem_set)
                continue
            content = _release.student_bytes(problem_set)
            if leaks := _release.leaks(problem_set, content):
                raise ValueError(f"nothing was written: the notebook would give away {leaks}")
            written[(out / student if student else out) / f"{name}.ipynb"] = content
        for path, content in written.items():
            if path.exists() and not force and path.read_bytes() != content:
                raise FileExistsError(f"{path} exists and differs; --force overwrites it")
        for path, content in written.items():
            _release.write(path, content, force=True)
    _say(as_json, [str(path) for path in written], "\n".join(f"Wrote {path}" for path in written))


def _names(roster: Any) -> Iterator[str]:
    """Yield the students of a file with a name on each line."""
    for line in roster:
        if line.strip():
            yield safe_name(line.strip())


def _warn_of_short(cohort: str | None) -> None:
    if cohort is None:
        click.echo(
            "Without --cohort the constants and hidden tests are those of the published problem "
            "set, which anybody can read.",
            err=True,
        )
    elif len(cohort) < _variants.SHORT_SEED:
        click.echo(
            "A seed this short can be found by trying: 'dlcourse assignment seed' makes one.",
            err=True,
        )


@assignment.command()
@click.argument("submissions", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--assignment", "name", required=True, help="Which problem set.")
@_assignments
@_cohort
@_per_student
@click.option("--out", type=_FOLDER, required=True, help="Where to write everything.")
@click.option("--jobs", type=click.IntRange(1), help="How many at a time; as many as processors.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="A running Dask cluster, to grade on.")
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    help="Processor time for each answer.",
)
@click.option(
    "--memory",
    type=click.IntRange(200),
    default=1500,
    show_default=True,
    help="Megabytes for each answer.",
)
@click.option(
    "--trust-students",
    is_flag=True,
    help="Run without the sandbox: student code can then read and change every file that you "
    "can, your other students' work and their grades included, use your network, and leave "
    "programs running. Only for code that you have read.",
)
@_force
@_as_json
def grade(
    submissions: Path,
    name: str,
    assignments: Path,
    cohort: str | None,
    roster: Any,
    out: Path,
    jobs: int | None,
    scheduler: str | None,
    seconds: float,
    memory: int,
    trust_students: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Grade the notebooks in SUBMISSIONS: one file, or one folder, for each student.

    Each answer runs in a sandbox of its own. OUT gets results.jsonl (everything), grades.csv,
    gradebook.db and autograded/ (for nbgrader), and feedback/ (a page for each student). Stopped
    at any moment, the same command goes on where it was; submissions that have not changed are
    not graded again.
    """
    if os.name != "posix":
        raise _Refused("grading needs Linux; on Windows, WSL is one")
    settings = Settings(seconds, memory, trust_students)
    with _refusals(), contextlib.ExitStack() as stack:
        _warn_of_short(cohort)
        students = None if roster is None else frozenset(_names(roster))
        work = Class(
            name, assignments, submissions, out, cohort, roster is not None, settings, students
        )
        if trust_students:
            click.echo("Without a sandbox: student code runs with all your rights.", err=True)
        if scheduler:
            executor, workers = stack.enter_context(_connected(scheduler))
        else:
            workers = jobs or os.cpu_count() or 1
            executor = lambda: _run.process_pool(workers)  # noqa: E731
        bar = stack.enter_context(click.progressbar(length=1, label="Grading", file=sys.stderr))

        def progress(student: str, done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        overview = _run.grade_class(
            work, executor, workers, force, progress, lambda: _gradebook.write_all(work)
        )
        bar.update(bar.length - bar.pos if bar.length else 0)
    unread = [row for row in overview if row["problem"]]
    lines = [f"{row['student']}: {row['problem']}" for row in unread]
    graded = (
        f"Graded {len(overview)} submissions of {name} into {out}; {len(unread)} could not be read."
    )
    _say(as_json, overview, "\n".join([*lines, graded]))


@contextlib.contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    with contextlib.ExitStack() as stack:
        try:
            cluster = stack.enter_context(_run.dask_cluster(scheduler))
        except OSError:
            raise FileNotFoundError(f"no Dask scheduler answers at {scheduler}") from None
        yield cluster


def _work_in(folder: Path, assignments: Path, cohort: str | None) -> Class:
    """Return the work whose results lie in a folder."""
    path = folder / "run.json"
    if not path.exists():
        raise FileNotFoundError(f"{folder} holds no results of 'dlcourse assignment grade'")
    about = json.loads(path.read_text(encoding="utf-8"))
    known = None if cohort is None else _variants.fingerprint(cohort)
    if known != about["cohort"]:
        raise ValueError(
            "these results are of another cohort: give the same --cohort as to 'grade'"
        )
    settings = Settings(**about["settings"])
    return Class(
        about["assignment"], assignments, folder, folder, cohort, about["per_student"], settings
    )


@assignment.command()
@click.argument("graded", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_assignments
@_cohort
@_as_json
def feedback(graded: Path, assignments: Path, cohort: str | None, as_json: bool) -> None:
    """Write the pages for students again, with the marks and comments given by hand.

    GRADED is the OUT of 'grade'. The pages hold nothing but what was written for students: no
    hidden test, no path, no other student.
    """
    with _refusals():
        work = _work_in(graded, assignments, cohort)
        count = _gradebook.write_feedback(work)
    _say(as_json, {"pages": count}, f"Wrote {count} pages into {graded / 'feedback'}")


@assignment.command()
@click.argument("graded", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file."
)
@_assignments
@_cohort
@_force
@_as_json
def export(
    graded: Path, to: Path, assignments: Path, cohort: str | None, force: bool, as_json: bool
) -> None:
    """Write the grades as CSV, a row for each student, marks given by hand included.

    GRADED is the OUT of 'grade'. Exit code 1 if answers still have to be read.
    """
    with _refusals():
        work = _work_in(graded, assignments, cohort)
        text = _gradebook.table(graded, work.problem_set())
        _release.write(to, text.encode(), force)
    rows = list(_gradebook._with_marks(graded, work.problem_set()))
    unread = sum(row["to_read"] for row in rows)
    note = f"; {unread} answers still have to be read by you" if unread > 1 else ""
    note = "; 1 answer still has to be read by you" if unread == 1 else note
    _say(
        as_json,
        {"students": len(rows), "to_read": unread},
        f"Wrote {len(rows)} students to {to}{note}",
    )
    if unread:
        sys.exit(1)
