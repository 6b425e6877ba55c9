"""Grading a whole class: many submissions, one file of results, and no fear of a power cut.

Each submission is graded by a function that gets plain data and returns plain data, so it
can run in this process, in a pool of processes, or on the workers of a Dask cluster: any
`concurrent.futures.Executor` will do. One writer, this process, appends a line to
``results.jsonl`` as each comes back. After a kill the next run keeps the lines that are whole
and grades what is missing. At the end the lines are put in the order of the names, so the
file is the same, byte for byte, whatever happened on the way.
"""

import concurrent.futures
import contextlib
import hashlib
import json
import multiprocessing
import os
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dlcourse.grading import _submissions, _variants
from dlcourse.grading._marking import Settings, _nothing, grade_submission
from dlcourse.grading._problem_set import ProblemSet
from dlcourse.grading._sandbox import Sandbox, SandboxMissingError
from dlcourse.grading._submissions import Submission

RESULTS = "results.jsonl"
_WAITING = 4  # submissions read ahead for each worker
_GRADERS_OWN = "the grader's own fault: "  # such a submission is tried again by the next run
_ROOM = 2_000_000_000  # bytes, for the tests of one worker


class FolderBusyError(RuntimeError):
    """Another grader is at work in this folder, or it holds the grades of something else."""


@dataclass(frozen=True)
class Task:
    """All that is needed to grade one submission, anywhere.

    Attributes
    ----------
    student : str
        Whose it is.
    problem_set : ProblemSet
        With this student's constants.
    content : bytes
        The submitted file.
    problem : str
        Why it can't be graded, or nothing.
    settings : Settings
        How student code is run.
    """

    student: str
    problem_set: ProblemSet
    content: bytes
    problem: str
    settings: Settings


def grade(task: Task) -> dict[str, Any]:
    """Grade one submission; whatever is wrong with it, there is a result.

    Parameters
    ----------
    task : Task
        What to grade.

    Returns
    -------
    dict
        Plain data, the line of ``results.jsonl``.
    """
    digest = hashlib.sha256(task.content).hexdigest()
    head = {"student": task.student, "sha256": digest}
    if task.problem:
        nothing = grade_submission_unread(task.problem_set, task.problem)
        return {**head, **nothing}
    try:
        return {**head, **grade_submission(task.problem_set, task.content, task.settings)}
    except (SandboxMissingError, OSError):
        raise  # the machine's fault, for all
    except Exception as error:  # what nobody thought of must not stop a class
        problem = f"{_GRADERS_OWN}{type(error).__name__}"
        return {**head, **grade_submission_unread(task.problem_set, problem)}


def grade_submission_unread(problem_set: ProblemSet, problem: str) -> dict[str, Any]:
    """Return the result of a submission that there is no way to read.

    Parameters
    ----------
    problem_set : ProblemSet
        What was asked.
    problem : str
        Why it can't be read.

    Returns
    -------
    dict
    """
    questions = [_nothing(question, problem) for question in problem_set.questions]
    return {
        "problem": problem,
        "score": 0.0,
        "max_score": problem_set.points,
        "questions": questions,
        "answers": {},
    }


# A class ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Class:
    """What is graded, against what, and where the results go.

    Attributes
    ----------
    name : str
        The problem set.
    assignments : Path
        The folder of problem sets.
    submissions : Path
        The folder of submissions.
    out : Path
        Where everything is written.
    cohort : str or None
        The seed of the constants.
    per_student : bool
        Whether each student has constants of their own.
    settings : Settings
        How student code is run.
    students : frozenset of str or None
        Who may hand in; None if anybody may.
    """

    name: str
    assignments: Path
    submissions: Path
    out: Path
    cohort: str | None
    per_student: bool
    settings: Settings
    students: frozenset[str] | None = None

    def problem_set(self, student: str | None = None) -> ProblemSet:
        """Return the problem set, as this student has it."""
        own = student if self.per_student else None
        return ProblemSet.load(self.name, self.assignments, self.cohort, own)


def grade_class(
    work: Class,
    executor: Callable[[], concurrent.futures.Executor],
    workers: int,
    force: bool = False,
    progress: Callable[[str, int, int], None] = lambda student, done, total: None,
    then: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """Grade what is not graded yet, and return an overview of all results.

    Parameters
    ----------
    work : Class
        What is graded, and where the results go.
    executor : callable
        Makes the executor that grades; called again if it breaks.
    workers : int
        How many submissions it grades at a time.
    force : bool, optional
        Grade all of them again.
    progress : callable, optional
        Told of each submission that is done.
    then : callable, optional
        What to do with the results while no other grader may come in.

    Returns
    -------
    list of dict
        Of each student, in order: name, score, and what was wrong with the file, if anything.

    Raises
    ------
    FolderBusyError
        If another grader works in the folder, or other work was graded into it.
    SandboxMissingError
        If there is no sandbox.
    """
    with Sandbox(trust_students=work.settings.trust_students):
        pass  # refuses before anything is written
    first = work.problem_set()
    work.out.mkdir(parents=True, exist_ok=True)
    with _alone_in(work.out):
        _same_work(work, first, force)
        path = work.out / RESULTS
        submissions = [
            _of_the_class(work, submission)
            for submission in _submissions.find(work.submissions, work.name, work.out)
        ]
        known = {} if force else _known(path)
        remaining = [s for s in submissions if not _is_done(s, known)]
        _keep_only(path, {s.student for s in submissions} - {s.student for s in remaining})
        done = len(submissions) - len(remaining)
        with path.open("ab") as file:
            for result in _graded(work, remaining, executor, workers):
                file.write(_line(result))
                file.flush()
                os.fsync(file.fileno())
                done += 1
                progress(result["student"], done, len(submissions))
        _in_order(path)
        then()
        return [
            {key: result[key] for key in ("student", "score", "max_score", "problem")}
            for result in results_in(work.out)
        ]


def _of_the_class(work: Class, submission: Submission) -> Submission:
    """Return the submission; one of somebody who is not in the class can't be graded."""
    if work.students is None or submission.student in work.students:
        return submission
    return replace(submission, problem="its name is not in the file of names")


def _graded(
    work: Class,
    remaining: list[Submission],
    make_executor: Callable[[], concurrent.futures.Executor],
    workers: int,
) -> Iterator[dict[str, Any]]:
    """Yield results as they come, with no more than a few submissions in memory at a time."""
    if not remaining:
        return
    waiting = iter(remaining)
    tried: dict[str, int] = {}
    again: list[Submission] = []
    while True:
        pending: dict[concurrent.futures.Future[dict[str, Any]], Submission] = {}
        with make_executor() as executor:
            try:
                while True:
                    while len(pending) < workers * (_WAITING if not again else 1):
                        submission = again.pop() if again else next(waiting, None)
                        if submission is None:
                            break
                        pending[executor.submit(grade, _task(work, submission))] = submission
                    if not pending:
                        return
                    finished, _ = concurrent.futures.wait(
                        pending, return_when=concurrent.futures.FIRST_COMPLETED
                    )
                    for future in finished:
                        result = future.result()
                        del pending[future]
                        yield result
            except KeyboardInterrupt:
                for future in pending:
                    future.cancel()  # what has begun ends; what waits does not begin
                raise
            except concurrent.futures.BrokenExecutor:
                # A worker died. All that were on their way are tried again, one at a time.
                for submission in pending.values():
                    tried[submission.student] = tried.get(submission.student, 0) + 1
                    if tried[submission.student] <= 2:
                        again.append(submission)
                        continue
                    problem = "the grader's own process died over it, three times"
                    yield {
                        "student": submission.student,
                        "sha256": hashlib.sha256(_task(work, submission).content).hexdigest(),
                        **grade_submission_unread(work.problem_set(submission.student), problem),
                    }


def _task(work: Class, submission: Submission) -> Task:
    content, problem = b"", submission.problem
    if not problem:
        try:
            content = submission.read()
        except OSError as error:
            problem = f"the file can't be read: {error.strerror or error}"
    return Task(
        submission.student, work.problem_set(submission.student), content, problem, work.settings
    )


# One folder, one grader ---------------------------------------------------------------------------


@contextlib.contextmanager
def _alone_in(out: Path) -> Iterator[None]:
    """Hold the folder's lock; it goes with this process, however that ends."""
    import fcntl

    with (out / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FolderBusyError(f"another grader is at work in {out}; nothing was done") from None
        yield


def _same_work(work: Class, problem_set: ProblemSet, force: bool) -> None:
    """Refuse to mix grades of different work in one folder."""
    about = {
        "assignment": work.name,
        "problem_set": hashlib.sha256(
            json.dumps(problem_set.notebook, sort_keys=True).encode()
        ).hexdigest(),
        "cohort": None if work.cohort is None else _variants.fingerprint(work.cohort),
        "per_student": work.per_student,
        "settings": asdict(work.settings),
    }
    path = work.out / "run.json"
    if path.exists() and not force:
        before = json.loads(path.read_text(encoding="utf-8"))
        differs = sorted(key for key in about if about[key] != before.get(key))
        if differs:
            raise FolderBusyError(
                f"{work.out} holds other grades: {', '.join(differs)} differ. Give the same "
                "seed and options as before, another folder, or --force to grade all again"
            )
    part = path.with_suffix(".part")
    part.write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(path)


# The file of results ------------------------------------------------------------------------------


def _line(result: dict[str, Any]) -> bytes:
    return (json.dumps(result, sort_keys=True) + "\n").encode()


def _lines(path: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield the whole lines of a file that may end in half a one."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            with contextlib.suppress(ValueError):
                result = json.loads(line)
                if isinstance(result, dict) and {"student", "sha256", "questions"} <= set(result):
                    yield line, result


def results_in(out: Path) -> Iterator[dict[str, Any]]:
    """Yield the results in a folder, one student at a time.

    Parameters
    ----------
    out : Path
        The folder that `grade_class` wrote.

    Yields
    ------
    dict
    """
    for _, result in _lines(out / RESULTS):
        yield result


def _known(path: Path) -> dict[str, tuple[str, str | None]]:
    """Return of each student that has a result what was graded."""
    return {r["student"]: (r["sha256"], r["problem"]) for _, r in _lines(path)}


def _is_done(submission: Submission, known: dict[str, tuple[str, str | None]]) -> bool:
    """Whether exactly this file was graded already."""
    if submission.student not in known:
        return False
    digest, problem = known[submission.student]
    if (problem or "").startswith(_GRADERS_OWN):
        return False
    if submission.problem:
        return problem == submission.problem
    try:
        return hashlib.sha256(submission.read()).hexdigest() == digest
    except OSError:
        return False


def _keep_only(path: Path, students: set[str]) -> None:
    """Rewrite the file without half lines, and without the lines of others."""
    kept: set[str] = set()
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        for line, result in _lines(path):
            if result["student"] in students - kept:
                file.write(line)
                kept.add(result["student"])
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _in_order(path: Path) -> None:
    """Sort the lines by student, holding no more than their places in memory."""
    places = []
    with path.open("rb") as file:
        while line := file.readline():
            places.append((json.loads(line)["student"], file.tell() - len(line)))
        part = path.with_suffix(".part")
        with part.open("wb") as sorted_file:
            for _, place in sorted(places):
                file.seek(place)
                sorted_file.write(file.readline())
            sorted_file.flush()
            os.fsync(sorted_file.fileno())
    part.replace(path)


# Executors ----------------------------------------------------------------------------------------


def process_pool(workers: int) -> concurrent.futures.Executor:
    """Return a pool of processes, which end when this one does, however it does.

    Parameters
    ----------
    workers : int
        How many.

    Returns
    -------
    concurrent.futures.Executor
    """
    return concurrent.futures.ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin_worker
    )


def _begin_worker() -> None:
    import resource

    warnings.simplefilter("ignore")  # NumPy's, about what students return
    # What students return, and call our functions with, may lead to arrays of any size here.
    with contextlib.suppress(OSError, ValueError):
        used = re.search(r"VmData:\s+(\d+) kB", Path("/proc/self/status").read_text())
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(
            resource.RLIMIT_DATA, (int(used[1]) * 1024 + _ROOM if used else hard, hard)
        )
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Callable[[], concurrent.futures.Executor], int]]:
    """Connect to a running Dask cluster; yield what makes its executor, and its threads.

    Parameters
    ----------
    address : str
        Of the scheduler, ``tcp://HOST:PORT``.

    Yields
    ------
    tuple of callable and int
    """
    import distributed

    with distributed.Client(address, timeout="10s", set_as_default=False) as client:  # type: ignore[no-untyped-call]
        threads = sum(client.nthreads().values())
        # The same file may be graded again after a test was mended: results are not kept.
        yield lambda: client.get_executor(pure=False), max(1, threads)


__all__ = [
    "Class",
    "FolderBusyError",
    "SandboxMissingError",
    "dask_cluster",
    "grade_class",
    "process_pool",
]
