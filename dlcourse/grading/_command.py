"""The commands of ``dlcourse assignment``: what they take, what they say, what they refuse.

Exit codes: 0, all went well; 1, something was found that you should look at; 2, the command
could not do what it was asked, and changed nothing.
"""

import contextlib
import csv
import io
import json
import os
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dlcourse.exercises._words import count
from dlcourse.grading import _gradebook, _release, _run, _variants, _verify
from dlcourse.grading._marking import OTHER_SET, Settings
from dlcourse.grading._problem_set import ProblemSet, names_in
from dlcourse.grading._run import Class, FolderBusyError
from dlcourse.grading._sandbox import SandboxMissingError
from dlcourse.grading._submissions import passed_over, safe_name

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


def _own_seed(context: click.Context, option: click.Parameter, cohort: str | None) -> str | None:
    """Refuse the words that stand in the guide in place of a seed: everybody knows them."""
    if cohort == _variants.OF_THE_GUIDE:
        raise click.BadParameter(
            f"{cohort!r} is no seed but the place for one: 'dlcourse assignment seed' prints one "
            "to put there"
        )
    return cohort


_cohort = click.option(
    "--cohort",
    metavar="SEED",
    envvar="DLCOURSE_COHORT",
    callback=_own_seed,
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
    A problem set in five commands, with your cohort's seed in DLCOURSE_COHORT:
      dlcourse assignment list
      dlcourse assignment release derivatives --out handout
      dlcourse assignment grade submitted/derivatives --assignment derivatives --out graded/derivatives
      (answers in words: nbgrader's own pages, in the folder graded/derivatives)
      dlcourse assignment feedback graded/derivatives
      dlcourse assignment export graded/derivatives --to grades.csv
    """  # noqa: D301, E501


@assignment.command("list")
@_assignments
@_as_json
def list_sets(assignments: Path, as_json: bool) -> None:
    """Show the problem sets there are, by chapters, with their questions and points."""
    with _refusals():
        sets = [ProblemSet.load(name, assignments) for name in names_in(assignments)]
    sets.sort(key=lambda s: [int(n) for n in re.findall(r"\d+", s.title)[:1]] or [sys.maxsize])
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
            "Without --cohort, or DLCOURSE_COHORT, the constants and hidden tests are those of the "
            "published problem set, which anybody can read.",
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
    with _refusals(), _run.interrupted_once(), contextlib.ExitStack() as stack:
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

        try:
            overview = _run.grade_class(
                work, executor, workers, force, progress, lambda: _gradebook.write_all(work)
            )
        except KeyboardInterrupt:
            click.echo("\nStopped. What was graded is kept; the same command goes on.", err=True)
            raise
        bar.update(bar.length - bar.pos if bar.length else 0)
    unread = [row for row in overview if row["problem"]]
    lines = [f"{row['student']}: {row['problem']}" for row in unread]
    if gone := _gone(out, overview):
        pages = f"{out / 'feedback'} still has a page of"
        click.echo(f"Not handed in any more, but {pages}: {', '.join(gone)}", err=True)
    if others := passed_over(submissions):
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        named = f"{', '.join(others[:5])}{more}"
        click.echo(f"Passed over, since a notebook's name ends in .ipynb: {named}", err=True)
    for doubt in _doubts(name, overview, roster is not None):
        click.echo(doubt, err=True)
    _say(as_json, overview, "\n".join([*lines, _summary(name, out, len(overview), len(unread))]))
    if all((row["problem"] or "").startswith(OTHER_SET) for row in overview):
        sys.exit(1)


def _gone(out: Path, overview: list[dict[str, Any]]) -> list[str]:
    """Return the students who have a page from an earlier run, and no submission any more."""
    pages = {path.stem for path in (out / "feedback").glob("*.html")}
    return sorted(pages - {row["student"] for row in overview})


def _summary(name: str, out: Path, handed_in: int, unread: int) -> str:
    """Say how many of the submissions have a grade now."""
    if not unread:
        submissions = f"all {handed_in} submissions" if handed_in > 1 else "the one submission"
        return f"Graded {submissions} of {name} into {out}."
    return (
        f"Graded {handed_in - unread} of {handed_in} submissions of {name} into {out}; the other "
        f"{unread} could not be graded."
    )


def _doubts(name: str, overview: list[dict[str, Any]], per_student: bool) -> Iterator[str]:
    """Yield what makes it likely that something else was to be graded."""
    others = sum((row["problem"] or "").startswith(OTHER_SET) for row in overview)
    if others:
        hold = "notebooks hold" if others > 1 else "notebook holds"
        yield f"{others} {hold} no question of {name}: is it the right set?"
    readable = sum(not row["problem"] for row in overview)
    differ = sum(row["other_constants"] for row in overview if not row["problem"])
    if differ and 2 * differ >= readable:
        own = "the file of names that they were made with" if per_student else "no --per-student"
        yield (
            f"{differ} of {readable} notebooks have other constants than --cohort gives. Were they "
            f"handed out with this seed, and with {own}?"
        )


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
    about = _run.about_run(folder)
    if not about:
        raise FileNotFoundError(f"{folder} holds no results of 'dlcourse assignment grade'")
    known = None if cohort is None else _variants.fingerprint(cohort)
    if known != about["cohort"]:
        given = "no seed was given" if cohort is None else "the seed that was given is another one"
        raise ValueError(
            f"the results in {folder} are of another cohort: {given}. Set DLCOURSE_COHORT, which a "
            "new terminal does not know, or give --cohort: the same as to 'grade'"
        )
    settings = Settings(**about["settings"])
    return Class(
        about["assignment"], assignments, folder, folder, cohort, about["per_student"], settings
    )


def _cautions(work: Class) -> Iterator[str]:
    """Yield why the results in a folder are not what they will be."""
    about, done = _run.about_run(work.out), sum(1 for _ in _run.results_in(work.out))
    far = f"{done} of {about.get('submissions', done)} submissions have results"
    if _run.is_busy(work.out):
        yield f"A grader is at work in {work.out}: {far} by now. Run this again when it is done."
    elif not about.get("finished", True):
        yield (
            f"The grading in {work.out} was stopped before its end: {far}. The same 'grade' "
            "command goes on; then run this again."
        )
    if about["problem_set"] != _run.fingerprint(work.problem_set()):
        yield (
            f"The problem set {work.name} has changed since {work.out} was graded: these are the "
            "old results. The same 'grade' command with --force grades all again."
        )


@assignment.command()
@click.argument("graded", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_assignments
@_cohort
@_as_json
def feedback(graded: Path, assignments: Path, cohort: str | None, as_json: bool) -> None:
    """Write the pages for students again, with the marks and comments given by hand.

    GRADED is the OUT of 'grade'. The pages hold nothing but what was written for students: no
    hidden test, no path, no other student. Exit code 1 if the grading is not finished, or was
    of a problem set that has changed since.
    """
    with _refusals():
        work = _work_in(graded, assignments, cohort)
        cautions = list(_cautions(work))
        pages = _gradebook.write_feedback(work)
    told = f"Wrote {count(pages, 'page')} into {graded / 'feedback'}"
    _say(as_json, {"pages": pages, "cautions": cautions}, told)
    _caution(cautions)


def _caution(cautions: list[str]) -> None:
    """Say why what was written will change, and leave with exit code 1."""
    for caution in cautions:
        click.echo(caution, err=True)
    if cautions:
        sys.exit(1)


@assignment.command()
@click.argument(
    "graded",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    nargs=-1,
    required=True,
)
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file."
)
@_assignments
@_cohort
@_force
@_as_json
def export(
    graded: tuple[Path, ...],
    to: Path,
    assignments: Path,
    cohort: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write the grades as CSV, a row for each student, marks given by hand included.

    GRADED is the OUT of 'grade'. With several, one for each problem set, the table has a column
    for each, and the sum. Exit code 1 if answers still have to be read, if a grading is not
    finished, or if it was of a problem set that has changed since.
    """
    with _refusals():
        works = [_work_in(folder, assignments, cohort) for folder in graded]
        cautions = [caution for work in works for caution in _cautions(work)]
        if len(works) == 1:
            text = _gradebook.table(works[0].out, works[0].problem_set())
        else:
            text = _gradebook.table_of_term(works)
        _release.write(to, text.encode(), force)
    rows = list(csv.DictReader(io.StringIO(text)))
    unread = sum(int(row["to_read"]) for row in rows)
    note = f"; {unread} answers still have to be read by you" if unread > 1 else ""
    note = "; 1 answer still has to be read by you" if unread == 1 else note
    data = {"students": len(rows), "to_read": unread, "cautions": cautions}
    _say(as_json, data, f"Wrote {count(len(rows), 'student')} to {to}{note}")
    _caution(cautions)
    if unread:
        sys.exit(1)
