"""Grading a whole class: many submissions, one file of results, and no fear of a power cut.

Each submission is graded by a function that gets plain data and returns plain data, so it
can run in this process, in a pool of processes, or on the workers of a Dask cluster: any
`concurrent.futures.Executor` will do. One writer, this process, appends a line to
``results.jsonl`` as each comes back. After a kill the next run keeps the lines that are whole
and grades what is missing. At the end the lines are put in the order of the names, so the
file is the same, byte for byte, whatever happened on the way.
"""

import collections
import concurrent.futures
import contextlib
import hashlib
import json
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dlcourse.grading import _sandbox, _submissions, _variants
from dlcourse.grading._marking import Settings, _nothing, grade_submission
from dlcourse.grading._problem_set import ProblemSet
from dlcourse.grading._sandbox import SandboxEndedError, SandboxMissingError, StudentError
from dlcourse.grading._submissions import Submission

RESULTS = "results.jsonl"
_WAITING = 4  # submissions read ahead for each worker
_GRADERS_OWN = "the grader's own fault: "  # such a submission is tried again by the next run
_MOST_DEATHS = 3  # of workers, over one submission
_ROOM = 2_000_000_000  # bytes, for the tests of one worker
_SOON = 2.0  # seconds, for processes to stop


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
        with _bounded:
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
    FileNotFoundError
        If nothing was handed in.
    ValueError
        If the folder is that of a single student, or of several problem sets, or if student
        code could not import what the set imports.
    SandboxMissingError
        If there is no sandbox.
    """
    first = work.problem_set()
    _refuse_if_imports_fail(first, work.settings)  # before anything is written
    submissions = [
        _of_the_class(work, submission)
        for submission in _submissions.find(work.submissions, work.name, work.out)
    ]
    _refuse_other_folders(work, submissions)
    work.out.mkdir(parents=True, exist_ok=True)
    with _alone_in(work.out):
        _same_work(work, first, force)
        _note(work.out, submissions=len(submissions), finished=False)
        path = work.out / RESULTS
        known = {} if force else _known(path)
        remaining = [s for s in submissions if not _is_done(s, known)]
        _keep_only(path, {s.student for s in submissions} - {s.student for s in remaining})
        done = len(submissions) - len(remaining)
        graded = _graded(work, remaining, executor, workers)
        with path.open("ab") as file, contextlib.closing(graded):
            for result in graded:
                file.write(_line(result))
                file.flush()
                os.fsync(file.fileno())
                done += 1
                progress(result["student"], done, len(submissions))
        _in_order(path)
        then()
        _note(work.out, finished=True)
        return [
            {
                **{key: result[key] for key in ("student", "score", "max_score", "problem")},
                "other_constants": result.get("other_constants", False),
            }
            for result in results_in(work.out)
        ]


def _refuse_if_imports_fail(problem_set: ProblemSet, settings: Settings) -> None:
    """Import in a sandbox what the set's own cells import, which every answer needs."""
    with settings.sandbox() as place:
        for line in problem_set.imports:
            try:
                place.run(line)
            except (StudentError, SandboxEndedError) as error:
                advice = "It may need more than --seconds and --memory allow"
                if isinstance(error, ModuleNotFoundError):
                    advice = (
                        f"Student code sees only what is installed in {sys.prefix}, nothing of "
                        "PYTHONPATH and no folder elsewhere: install it there ('make instructor' "
                        "does, for this book), and grade with the 'dlcourse' that is there"
                    )
                raise ValueError(
                    f"nothing was graded: {problem_set.name} says {line!r}, and in the sandbox "
                    f"that fails: {error}. {advice}"
                ) from None


def _of_the_class(work: Class, submission: Submission) -> Submission:
    """Return the submission; one of somebody who is not in the class can't be graded."""
    if work.students is None or submission.student in work.students:
        return submission
    return replace(submission, problem="its name is not in the file of names")


def _refuse_other_folders(work: Class, submissions: list[Submission]) -> None:
    """Refuse a folder in which a level too few, or too many, stands between set and students."""
    folder, inner = work.submissions, work.submissions / work.name
    if not submissions:
        raise FileNotFoundError(
            f"{folder} holds no submission of {work.name}, neither a notebook nor a folder: there "
            "is nothing to grade"
        )
    like_the_set = any(s.student == _submissions.safe_name(work.name) for s in submissions)
    if not like_the_set or not all(s.problem for s in submissions):
        return
    if inner.is_dir() and not (inner / f"{work.name}.ipynb").exists():
        raise ValueError(f"{folder} holds folders of problem sets, not of students: grade {inner}")
    raise ValueError(
        f"{folder} is the folder of one student, since {work.name}.ipynb lies in it: give the "
        f"folder of all students, {folder.resolve().parent}"
    )


def _graded(
    work: Class,
    remaining: list[Submission],
    make_executor: Callable[[], concurrent.futures.Executor],
    workers: int,
) -> Generator[dict[str, Any]]:
    """Yield results as they come, with no more than a few submissions in memory at a time."""
    queue = _Queue(remaining, workers * _WAITING)
    broken = 0  # executors, one behind the other, that did nothing
    while queue:
        pending: dict[concurrent.futures.Future[dict[str, Any]], Submission] = {}
        with make_executor() as executor:
            try:
                while queue or pending:
                    queue.hand_in(lambda s: executor.submit(grade, _task(work, s)), pending)
                    finished, _ = concurrent.futures.wait(
                        pending, return_when=concurrent.futures.FIRST_COMPLETED
                    )
                    for future in finished:
                        error = future.exception()
                        if isinstance(error, concurrent.futures.BrokenExecutor):
                            raise error  # all that are pending went with it
                        submission = pending.pop(future)
                        broken = 0
                        if not isinstance(error, _deaths_of_one()):
                            yield future.result()
                        elif queue.gives_up(submission):
                            yield _given_up(work, submission)
            except concurrent.futures.BrokenExecutor:
                broken += not pending
                if broken == _MOST_DEATHS:
                    raise  # it is no submission's fault
                for submission in pending.values():
                    if queue.gives_up(submission):
                        yield _given_up(work, submission)
            except BaseException:  # an interrupt, or a full disk: here, or where results go
                _abandon(executor)
                raise


class _Queue:
    """What is still to be handed in to the workers.

    If a worker dies, any submission on its way may be to blame. Each of them is tried again,
    with no other beside it: an innocent one gets its grade, and the others are known.
    """

    def __init__(self, submissions: list[Submission], most: int) -> None:
        self._waiting = collections.deque(submissions)
        self._suspects: collections.deque[Submission] = collections.deque()
        self._deaths: collections.Counter[str] = collections.Counter()
        self._most = most

    def __bool__(self) -> bool:
        return bool(self._waiting or self._suspects)

    def hand_in(
        self,
        submit: Callable[[Submission], concurrent.futures.Future[Any]],
        pending: dict[concurrent.futures.Future[Any], Submission],
    ) -> None:
        """Hand in as many as may be on their way together, and add them to those that are."""
        while line := self._open(pending):
            pending[submit(line[0])] = line[0]
            line.popleft()  # only now: where nobody takes it, it still waits

    def _open(
        self, pending: dict[concurrent.futures.Future[Any], Submission]
    ) -> collections.deque[Submission]:
        """Return the line whose first may go now; an empty one if nobody may."""
        nobody: collections.deque[Submission] = collections.deque()
        if self._suspects or any(s.student in self._deaths for s in pending.values()):
            return nobody if pending else self._suspects
        return self._waiting if len(pending) < self._most else nobody

    def gives_up(self, submission: Submission) -> bool:
        """Note that a worker died over it; say whether it has been tried often enough."""
        self._deaths[submission.student] += 1
        if self._deaths[submission.student] == _MOST_DEATHS:
            return True
        self._suspects.append(submission)
        return False


def _given_up(work: Class, submission: Submission) -> dict[str, Any]:
    """Return the result of a submission that no worker survives."""
    problem = f"{_GRADERS_OWN}its process died over it, three times"
    return {
        "student": submission.student,
        "sha256": hashlib.sha256(_task(work, submission).content).hexdigest(),
        **grade_submission_unread(work.problem_set(submission.student), problem),
    }


def _deaths_of_one() -> tuple[type[Exception], ...]:
    """Return the errors that say that workers died over one submission, and only that one."""
    if "distributed" not in sys.modules:
        return ()
    import distributed

    return (distributed.KilledWorker,)


def _abandon(executor: concurrent.futures.Executor) -> None:
    """Give up what an executor has begun and what waits; none of it is kept."""
    if isinstance(executor, _Pool):
        executor.kill()
    try:
        executor.shutdown(wait=False, cancel_futures=True)
    except TypeError:  # Dask's cancels what it has in any case, and can't be asked to
        executor.shutdown(wait=False)


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
        "problem_set": fingerprint(problem_set),
        "cohort": None if work.cohort is None else _variants.fingerprint(work.cohort),
        "per_student": work.per_student,
        "settings": asdict(work.settings),
    }
    before = about_run(work.out) or about
    if before["assignment"] != work.name:
        others = before["assignment"]
        own = work.name if work.out.name == others else f"{work.out.name}-{work.name}"
        raise FolderBusyError(
            f"{work.out} holds the grades of another problem set, {others}. Each has a folder of "
            f"its own: write {work.name} into {work.out.with_name(own)}, say"
        )
    differs = sorted(key for key in about if about[key] != before.get(key))
    if differs and not force:
        raise FolderBusyError(
            f"{work.out} holds other grades: {', '.join(differs)} differ. Give the same "
            "seed and options as before, another folder, or --force to grade all again"
        )
    if force:  # first: after a kill nobody could tell old grades from new ones
        _keep_only(work.out / RESULTS, set())
    _note(work.out, **about)


def fingerprint(problem_set: ProblemSet) -> str:
    """Return what tells whether a problem set has changed since it graded something.

    Parameters
    ----------
    problem_set : ProblemSet
        With the constants of a cohort.

    Returns
    -------
    str
    """
    whole = json.dumps(problem_set.notebook, sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def about_run(out: Path) -> dict[str, Any]:
    """Return what was graded into a folder, and how far; nothing where none was.

    Parameters
    ----------
    out : Path
        The folder that `grade_class` wrote.

    Returns
    -------
    dict
        Among others ``assignment``, ``submissions``, how many there are, and ``finished``.
    """
    path = out / "run.json"
    about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return about


def _note(out: Path, **news: Any) -> None:
    """Write down about the run in a folder what is new."""
    path = out / "run.json"
    part = path.with_suffix(".part")
    text = json.dumps(about_run(out) | news, indent=1, sort_keys=True)
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(path)


def is_busy(out: Path) -> bool:
    """Whether a grader is at work in a folder.

    Parameters
    ----------
    out : Path
        The folder.

    Returns
    -------
    bool
    """
    try:
        with _alone_in(out):
            return False
    except FolderBusyError:
        return True


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


# Memory -------------------------------------------------------------------------------------------


class _BoundedMemory:
    """While a submission is graded, this process can't take much more memory than it has.

    What students return, and call our functions with, may lead to arrays of any size here, also
    in a worker of Dask's. Several threads may grade: what was before is back when none does.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grading = 0
        self._before: tuple[int, int] | None = None

    def __enter__(self) -> None:
        with self._lock:
            self._grading += 1
            if self._grading == 1:
                self._before = self._bound()

    def __exit__(self, *about: object) -> None:
        import resource

        with self._lock:
            self._grading -= 1
            if self._grading == 0 and self._before is not None:
                resource.setrlimit(resource.RLIMIT_DATA, self._before)

    @staticmethod
    def _bound() -> tuple[int, int] | None:
        """Set the limit, where the system has one, and return what it was."""
        import resource

        with contextlib.suppress(OSError, ValueError):
            used = re.search(r"VmData:\s+(\d+) kB", Path("/proc/self/status").read_text())
            before = resource.getrlimit(resource.RLIMIT_DATA)
            if used and before[0] == resource.RLIM_INFINITY:
                room = int(used[1]) * 1024 + _ROOM
                resource.setrlimit(resource.RLIMIT_DATA, (room, before[1]))
                return before
        return None


_bounded = _BoundedMemory()


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
    return _Pool(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin_worker
    )


class _Pool(concurrent.futures.ProcessPoolExecutor):
    """A pool of processes that Ctrl-C doesn't reach, and that can be ended at once."""

    def submit(
        self, function: Callable[..., Any], /, *arguments: Any, **named: Any
    ) -> concurrent.futures.Future[Any]:
        """Hand in work; a process or thread that is started for it never hears an interrupt."""
        # A terminal sends Ctrl-C to all processes. In the middle of a message to a sandbox it
        # would leave two processes waiting for each other.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            return super().submit(function, *arguments, **named)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def kill(self) -> None:
        """End the processes, and all that they started."""
        workers = set(self._processes or ())
        _kill_with_descendants(workers)


def _kill_with_descendants(pids: set[int]) -> None:
    """End processes and all that they started.

    All are stopped before the first is killed. bubblewrap has a moment in which its child, if it
    loses its parent, waits for ever; and none shall start another while the others end.
    """
    family, deadline = set(pids), time.monotonic() + _SOON
    while time.monotonic() < deadline:
        for pid in family:
            _send(pid, signal.SIGSTOP)
        still = all(_state(pid) in "TZX" for pid in family)
        new = _descendants(family)  # looked for only now: nobody who stands still starts another
        if still and not new:
            break
        family |= new
        time.sleep(0.002)
    for pid in family:
        _send(pid, signal.SIGKILL)


def _send(pid: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, what)


def _stat(pid: int) -> list[str]:
    """Return what the kernel says of a process: its state, its parent, and more."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return ["X", "0"]


def _state(pid: int) -> str:
    return _stat(pid)[0]


def _descendants(pids: set[int]) -> set[int]:
    """Return the processes that were started by some processes, and by those, and so on."""
    parents = {
        int(name): int(_stat(int(name))[1]) for name in os.listdir("/proc") if name.isdigit()
    }
    family = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family - pids


def _begin_worker() -> None:
    warnings.simplefilter("ignore")  # NumPy's, about what students return
    _bounded.__enter__()  # for good
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        _sandbox.starting.acquire(timeout=_SOON)  # for good: no other sandbox begins
        _kill_with_descendants(_descendants({os.getpid()}))
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def interrupted_once() -> Iterator[None]:
    """Let the first Ctrl-C interrupt, and ignore all others: what it began ends undisturbed.

    They are ignored from then on, since the process is about to end.
    """

    def first(*about: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is first:
            signal.signal(signal.SIGINT, before)


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
    "about_run",
    "dask_cluster",
    "fingerprint",
    "grade_class",
    "interrupted_once",
    "is_busy",
    "process_pool",
]
