"""A class is graded to its end: after a kill, on a full disk, by two at a time, on a cluster."""

import concurrent.futures
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from a_class import RIGHT, SEED, answered, as_bytes, handed_out, write_set

from dlcourse.grading import Settings, _run, _submissions
from dlcourse.grading._run import Class, FolderBusyError

QUICK = Settings(seconds=5.0)
HALF = "def square_slope(x):\n    return 6.0\n"
LOOP = "def square_slope(x):\n    while True: pass\n"
HANDED_IN = {
    "ada": answered(),
    "ben": answered(square=HALF),
    "cy": handed_out(),
    "dee": answered(mean="def mean_of(f, points):\n    return f(points[0])\n"),
    "eve": answered(square="import os\nos._exit(1)\n" + RIGHT["square"]),
    "fay": b"not a notebook",
    "gil": answered(why="### YOUR ANSWER HERE"),
}


def write_class(folder, handed_in=HANDED_IN):
    folder.mkdir()
    for student, notebook in handed_in.items():
        content = notebook if isinstance(notebook, bytes) else as_bytes(notebook)
        (folder / f"{student}.ipynb").write_bytes(content)
    return folder


@pytest.fixture
def work(tmp_path):
    sets = write_set(tmp_path / "assignments")
    return Class("pair", sets, write_class(tmp_path / "in"), tmp_path / "out", SEED, False, QUICK)


class Here(concurrent.futures.Executor):
    """An executor that works in this process, at once."""

    def __init__(self, done=None):
        self.done = [] if done is None else done

    def submit(self, function, task):
        future = concurrent.futures.Future()
        future.set_result(function(task))
        self.done.append(task.student)
        return future


def grade(work, executor=Here, workers=1, **options):
    return _run.grade_class(work, executor, workers, **options)


def test_every_student_has_a_line_in_the_order_of_the_names(work):
    overview = grade(work)
    assert {row["student"]: row["score"] for row in overview} == {
        "ada": 5.0,
        "ben": 3.0,
        "cy": 0.0,
        "dee": 2.0,
        "eve": 3.0,
        "fay": 0.0,
        "gil": 5.0,
    }
    lines = (work.out / "results.jsonl").read_text().splitlines()
    assert [json.loads(line)["student"] for line in lines] == sorted(HANDED_IN)
    assert overview[5]["problem"].startswith("not a notebook")


def test_what_was_graded_is_not_run_again_and_what_changed_is(work):
    grade(work)
    done = []
    grade(work, lambda: Here(done))
    assert done == []
    (work.submissions / "ben.ipynb").write_bytes(as_bytes(answered()))
    (work.submissions / "hal.ipynb").write_bytes(as_bytes(answered()))
    (work.submissions / "cy.ipynb").unlink()
    scores = {row["student"]: row["score"] for row in grade(work, lambda: Here(done))}
    assert done == ["ben", "hal"]
    assert scores["ben"] == scores["hal"] == 5.0
    assert "cy" not in scores
    grade(work, lambda: Here(done), force=True)
    assert len(done) == 2 + len(scores)


def test_a_pool_of_processes_gives_the_same_bytes(work, tmp_path):
    grade(work)
    other = Class(**{**vars(work), "out": tmp_path / "pool"})
    grade(other, lambda: _run.process_pool(2), 2)
    assert (other.out / "results.jsonl").read_bytes() == (work.out / "results.jsonl").read_bytes()


@contextlib.contextmanager
def a_cluster(folder):
    """Start a Dask scheduler and two workers, as an instructor does, and yield the address."""
    import distributed

    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__STATUS__LINK": ""}
    file = folder / "scheduler.json"
    common = {
        "cwd": folder,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "env": environment,
    }
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    options = [
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    ]
    processes = [subprocess.Popen([*dask, *options], **common)]
    try:
        _wait_for(file.exists)
        worker = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            "--scheduler-file",
            str(file),
        ]
        worker += ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
        processes += [subprocess.Popen(worker, **common) for _ in range(2)]
        address = json.loads(file.read_text())["address"]
        with distributed.Client(address) as client:
            client.wait_for_workers(2, timeout=60)
        yield address
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def _wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_dask_cluster_gives_the_same_bytes(work, tmp_path):
    pytest.importorskip("distributed")
    grade(work)
    with a_cluster(tmp_path) as address, _run.dask_cluster(address) as (executor, threads):
        assert threads == 2
        other = Class(**{**vars(work), "out": tmp_path / "dask"})
        grade(other, executor, threads)
    assert (other.out / "results.jsonl").read_bytes() == (work.out / "results.jsonl").read_bytes()


# Kills, and others at work ------------------------------------------------------------------------

COMMAND = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from dlcourse.grading import Settings, _run
from dlcourse.grading._run import Class
if __name__ == "__main__":
    sets, handed_in, out = map(Path, sys.argv[1:4])
    work = Class("pair", sets, handed_in, out, {seed!r}, False, Settings(seconds=5.0))
    print("begin", flush=True)
    _run.grade_class(work, lambda: _run.process_pool(2), 2)
"""


def begun(work, out, **options):
    script = work.submissions.parent / "grade.py"
    script.write_text(COMMAND.format(tests=str(Path(__file__).parent), seed=SEED))
    command = [sys.executable, str(script), str(work.assignments), str(work.submissions), str(out)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)


def _whole_lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_killed_at_ten_random_moments_it_ends_with_the_same_bytes(work):
    handed_in = {f"{name}{k}": notebook for name, notebook in HANDED_IN.items() for k in range(3)}
    for path in work.submissions.iterdir():
        path.unlink()
    for student, notebook in handed_in.items():
        content = notebook if isinstance(notebook, bytes) else as_bytes(notebook)
        (work.submissions / f"{student}.ipynb").write_bytes(content)
    grade(work, lambda: _run.process_pool(2), 2)
    undisturbed = (work.out / "results.jsonl").read_bytes()

    again = work.out.with_name("again")
    rng = np.random.default_rng(10)
    for kill in range(10):
        process = begun(work, again)
        assert process.stdout.readline() == "begin\n"
        before = _whole_lines(again / "results.jsonl")
        wanted = before + rng.integers(4)
        _wait_for(
            lambda wanted=wanted, process=process: (
                _whole_lines(again / "results.jsonl") >= wanted or process.poll() is not None
            )
        )
        time.sleep(rng.uniform(0, 0.3))  # for nothing: so that it may be at anything by now
        process.kill()
        process.wait()
        process.stdout.close()
        if kill % 2:  # and the power went in the middle of a line
            with (again / "results.jsonl").open("ab") as file:
                file.write(b'{"student": "half a li')
    last = begun(work, again)
    last.communicate()
    assert last.returncode == 0
    assert (again / "results.jsonl").read_bytes() == undisturbed


def test_a_killed_grader_leaves_nothing_running(work):
    for path in work.submissions.iterdir():
        path.write_bytes(as_bytes(answered(square="#4711-still-there\n" + LOOP)))
    process = begun(work, work.out)
    # A sandbox is there before the program in it is.
    _wait_for(lambda: _sandboxes_of(process.pid) and len(_family(process.pid)) > 2)
    family = _family(process.pid)
    process.kill()
    process.wait()
    process.stdout.close()
    _wait_for(lambda: not any(_alive(pid) for pid in family))


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.2, 0.5])
def test_ctrl_c_again_and_again_ends_it_and_leaves_nothing_running(work, gap):
    """A terminal sends it to all processes that belong to the command, those of the pool too."""
    for k, path in enumerate(sorted(work.submissions.iterdir())):
        path.write_bytes(as_bytes(answered(square=LOOP) if k % 2 else answered()))
    program = [sys.executable, "-c", "from dlcourse.cli import main; main()", "assignment"]
    program += ["grade", str(work.submissions), "--assignment", "pair", "--cohort", SEED]
    program += ["--assignments", str(work.assignments), "--out", str(work.out), "--jobs", "2"]
    process = subprocess.Popen(
        [*program, "--seconds", "5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    _wait_for(lambda: _whole_lines(work.out / "results.jsonl") and _sandboxes_of(process.pid))
    family = _family(process.pid)
    for _ in range(4):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        family |= _family(process.pid)
        time.sleep(gap)
    try:
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 1
    assert "What was graded is kept" in said
    assert "Traceback" not in said
    _wait_for(lambda: not any(_alive(pid) for pid in family))
    kept = _whole_lines(work.out / "results.jsonl")
    assert kept
    if gap == 0.2:  # one of them goes on: the endless answers take their time again
        done = []
        assert len(grade(work, lambda: Here(done))) == len(done) + kept


def test_who_starts_others_all_the_time_leaves_none_behind():
    """In the moment between looking for processes and killing them, no other may be started."""
    mark = "600.25"
    busy = f"n=0; while [ $n -lt 400 ]; do sleep {mark} & n=$((n+1)); done; wait"
    for _ in range(5):
        parent = subprocess.Popen(["/bin/sh", "-c", f"( {busy} ) & wait"])
        _wait_for(lambda parent=parent: len(_family(parent.pid)) > 10)
        _run._kill_with_descendants({parent.pid})
        parent.wait()
        left = [pid for pid in _parents() if _alive(pid) and mark in _said_by(pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert left == []


def _said_by(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline") as file:
        return file.read()
    return ""


def test_where_results_can_not_be_written_what_is_on_its_way_is_given_up(work):
    class Watched(Here):
        def shutdown(self, wait=True, *, cancel_futures=False):
            given_up.append("waits" if wait else "does not wait")

    def full(student, done, total):
        raise OSError("no room")

    given_up = []
    with pytest.raises(OSError, match="no room"):
        grade(work, Watched, progress=full)
    assert given_up[0] == "does not wait"


def _parents():
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as file:
                found[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
    return found


def _family(pid):
    parents, family = _parents(), {pid}
    for _ in range(10):
        family |= {child for child, parent in parents.items() if parent in family}
    return family


def _sandboxes_of(pid):
    found = []
    for member in _family(pid):
        with contextlib.suppress(OSError), open(f"/proc/{member}/cmdline", "rb") as file:
            if b"_worker.py" in file.read():
                found.append(member)
    return found


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_second_grader_in_a_folder_refuses(work):
    grade(work)
    before = (work.out / "results.jsonl").read_bytes()
    with _run._alone_in(work.out), pytest.raises(FolderBusyError, match="another grader"):
        grade(work, force=True)
    assert (work.out / "results.jsonl").read_bytes() == before
    grade(work)


def test_grades_of_other_work_are_not_mixed(work):
    grade(work)
    other = Class(**{**vars(work), "cohort": "another seed"})
    with pytest.raises(FolderBusyError, match="cohort, problem_set differ"):
        grade(other)
    assert _run.about_run(work.out)["finished"]
    grade(other, force=True)


def test_a_full_disk_is_said_and_nothing_is_lost(work):
    """In a file system of 1 MB, which is full soon; then there is room, and it goes on."""
    big = answered(why="x" * 19_000)
    for path in work.submissions.iterdir():
        path.unlink()
    for k in range(20):
        (work.submissions / f"student{k:02}.ipynb").write_bytes(as_bytes(big))
    script = f"""
import errno, shutil, sys
from pathlib import Path
sys.path[:0] = [{str(Path(__file__).parent)!r}]
from test_run import Class, Here, QUICK, SEED, grade
sets, handed_in, kept = map(Path, sys.argv[1:4])
work = Class("pair", sets, handed_in, Path("/small/out"), SEED, False, QUICK)
try:
    grade(work)
except OSError as error:
    assert error.errno == errno.ENOSPC, error
    shutil.copytree("/small/out", kept)
    print("full")
"""
    small = ["bwrap", "--dev-bind", "/", "/", "--size", "200000", "--tmpfs", "/small"]
    kept = work.out
    run = subprocess.run(
        [
            *small,
            sys.executable,
            "-c",
            script,
            str(work.assignments),
            str(work.submissions),
            str(kept),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.stdout == "full\n", run.stderr
    whole = [json.loads(line) for line in (kept / "results.jsonl").read_bytes().split(b"\n")[:-1]]
    assert whole
    done = []
    overview = grade(work, lambda: Here(done))
    assert [row["score"] for row in overview] == [5.0] * 20
    assert len(done) == 20 - len(whole)


def test_a_worker_that_dies_is_replaced_and_its_submission_reported(work):
    class Dying(Here):
        def submit(self, function, task):
            if task.student == "ben":
                raise concurrent.futures.process.BrokenProcessPool("gone")
            return super().submit(function, task)

    class DyingLater(Dying):
        def submit(self, function, task):
            try:
                return super().submit(function, task)
            except concurrent.futures.BrokenExecutor as error:
                future = concurrent.futures.Future()
                future.set_exception(error)
                return future

    overview = {row["student"]: row for row in grade(work, DyingLater, 2)}
    own = "the grader's own fault: its process died over it, three times"
    assert overview["ben"]["problem"] == own
    assert overview["ada"]["score"] == overview["gil"]["score"] == 5.0
    assert sorted(overview) == sorted(HANDED_IN)
    # The next night it is tried again, like all that was not the student's fault.
    done = []
    assert {row["student"]: row["score"] for row in grade(work, lambda: Here(done))}["ben"] == 3.0
    assert done == ["ben"]


class Fake(concurrent.futures.Executor):
    """An executor that grades nothing; what is handed in is done when `work` is called."""

    def __init__(self):
        self.pending = {}

    def submit(self, function, task):
        future = concurrent.futures.Future()
        self.pending[future] = task
        self.work()
        return future

    def work(self):
        for future, task in self.pending.items():
            future.set_result(graded_by_nobody(task))
        self.pending = {}


def graded_by_nobody(task):
    nothing = _run.grade_submission_unread(task.problem_set, "")
    return {"student": task.student, "sha256": "", **nothing, "score": 1.0}


def test_a_pool_that_breaks_before_it_takes_a_submission_loses_none(work):
    broken = []

    class Breaks(Fake):
        def submit(self, function, task):
            if task.student == "cy" and not broken:
                broken.append(task)
                raise concurrent.futures.process.BrokenProcessPool("gone")
            return super().submit(function, task)

    overview = grade(work, Breaks, 1)
    assert [row["student"] for row in overview] == sorted(HANDED_IN)
    assert [row["score"] for row in overview] == [1.0] * len(HANDED_IN)


def test_an_executor_that_never_takes_anything_is_not_asked_for_ever(work):
    class Broken(Fake):
        def submit(self, function, task):
            raise concurrent.futures.process.BrokenProcessPool("no process starts")

    with pytest.raises(concurrent.futures.BrokenExecutor, match="no process starts"):
        grade(work, Broken, 1)


def test_what_is_interrupted_is_called_off_as_dasks_executor_can(work):
    """Its `shutdown` knows no `cancel_futures`."""
    called_off = []

    class Dask(Fake):
        def work(self):
            raise KeyboardInterrupt

        def shutdown(self, wait=True):
            called_off.append(wait)

    with pytest.raises(KeyboardInterrupt):
        grade(work, Dask, 1)
    assert called_off[0] is False


@pytest.mark.parametrize("workers", [1, 2])
def test_nobody_shares_the_fate_of_one_who_kills_workers(work, workers):
    """Whoever is on its way beside `cy` goes with it; alone, everybody else gets a grade."""
    sizes = []

    class Deadly(Fake):
        def work(self):
            names = [task.student for task in self.pending.values()]
            if "cy" in names:
                sizes.append(len(names))
                for future in self.pending:
                    future.set_exception(concurrent.futures.process.BrokenProcessPool("gone"))
                self.pending = {}
            elif len(names) == 4 or sizes:  # the first are slow enough to be met by `cy`
                super().work()

    overview = {row["student"]: row for row in grade(work, Deadly, workers)}
    assert sizes[1:] == [1, 1]
    assert "three times" in overview.pop("cy")["problem"]
    assert [row["score"] for row in overview.values()] == [1.0] * (len(HANDED_IN) - 1)


def test_a_submission_that_kills_workers_of_a_cluster_stops_nobody(work):
    distributed = pytest.importorskip("distributed")

    class Cluster(Fake):
        def work(self):
            for future, task in self.pending.items():
                if task.student == "cy":
                    future.set_exception(distributed.KilledWorker("grade", None, 3))
            self.pending = {f: task for f, task in self.pending.items() if not f.done()}
            super().work()

    overview = {row["student"]: row for row in grade(work, Cluster, 2)}
    assert overview.pop("cy")["problem"].startswith("the grader's own fault")
    assert [row["score"] for row in overview.values()] == [1.0] * (len(HANDED_IN) - 1)


def test_memory_is_bounded_while_a_submission_is_graded_wherever_that_is(work, monkeypatch):
    """In a thread, or a worker of Dask's, no pool of ours has set a limit before."""
    limit = lambda: resource.getrlimit(resource.RLIMIT_DATA)  # noqa: E731
    before, within = limit(), []

    def measured(problem_set, content, settings):
        within.append(limit()[0])
        with pytest.raises(MemoryError):
            _much_memory(None)
        return _run.grade_submission_unread(problem_set, "")

    monkeypatch.setattr(_run, "grade_submission", measured)
    problem_set = work.problem_set()
    _run.grade(_run.Task("ada", problem_set, b"", "", QUICK))
    assert within[0] != resource.RLIM_INFINITY
    assert limit() == before


def test_forced_to_grade_again_it_forgets_the_old_grades_first(work, monkeypatch):
    grade(work)
    other = Class(**{**vars(work), "cohort": "another seed"})

    def killed(*about, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(_run, "_is_done", killed)
    monkeypatch.setattr(_run, "_graded", killed)
    with pytest.raises(KeyboardInterrupt):
        grade(other, force=True)
    monkeypatch.undo()
    done = []
    grade(other, lambda: Here(done))
    assert sorted(done) == sorted(HANDED_IN)


def test_where_students_could_not_import_what_the_set_does_nothing_is_graded(work):
    path = work.assignments / "pair" / "pair.ipynb"
    path.write_text(
        path.read_text().replace("import numpy", "import no_such_module\\nimport numpy")
    )
    with pytest.raises(ValueError, match="No module named 'no_such_module'") as refused:
        grade(work)
    assert "install it there" in str(refused.value)
    assert sys.prefix in str(refused.value)
    assert not work.out.exists()


def test_where_the_imports_do_not_fit_nothing_is_graded(work):
    tight = Class(**{**vars(work), "settings": Settings(seconds=5.0, memory=60)})
    with pytest.raises(ValueError, match="nothing was graded: .* --memory allow"):
        grade(tight)
    assert not work.out.exists()


# Finding submissions ------------------------------------------------------------------------------


def found_in(folder):
    return {s.student: s.problem for s in _submissions.find(folder, "pair")}


def test_files_and_folders_are_students(tmp_path):
    for path in ("ada.ipynb", "ben/pair.ipynb", "cy/pair/pair.ipynb", "dee/whatever.ipynb"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}")
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / ".git").mkdir()
    assert found_in(tmp_path) == {"ada": "", "ben": "", "cy": "", "dee": ""}


def test_files_that_are_no_notebooks_by_their_name_are_known(tmp_path):
    for name in ("ada.ipynb", "Ben.IPYNB", "cy.ipynb.txt", ".hidden", "all\x1b[2J.zip"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "dee").mkdir()
    assert _submissions.passed_over(tmp_path) == ["Ben.IPYNB", "all%1B%5B2J.zip", "cy.ipynb.txt"]


def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text("{}")
    folder = tmp_path / "in"
    (folder / "ben").mkdir(parents=True)
    (folder / "ada.ipynb").symlink_to(secret)
    (folder / "ben" / "pair.ipynb").symlink_to(secret)
    (folder / "cy").symlink_to(tmp_path)
    (folder / "dee" / "x").mkdir(parents=True)
    (folder / "dee" / "x.ipynb").symlink_to(secret)
    assert set(found_in(folder).values()) == {"it is a link, and links are not followed"}
    assert sorted(found_in(folder)) == ["ada", "ben", "cy", "dee"]


def test_a_student_named_like_another_keeps_nobody_from_a_grade(tmp_path):
    for path in ("ada.ipynb", "ada/pair.ipynb", "Ada.ipynb", "a%20b.ipynb", "a b.ipynb"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}")
    found = found_in(tmp_path)
    assert found.pop("ada") == "two submissions under one name: 'ada' and 'ada.ipynb'"
    assert found == {"Ada": "", "a b": "", "a%2520b": ""}


@pytest.mark.parametrize(
    "name",
    [
        "..",
        ".",
        "...",
        "../x",
        "a/../b",
        "=1+1",
        "-rf",
        "~root",
        "x\n,y",
        "con.",
        "a\0b",
        "\udcff",
        "ä",
        "李",
        "",
        "a" * 250,
        "🙂" * 62,
        "=" * 255,
    ],
)
def test_no_name_leads_out_of_its_folder_or_into_a_formula(name):
    safe = _submissions.safe_name(name)
    assert not set("/\n,\0") & set(safe)
    assert safe[0] not in ".=+-@~"
    assert safe[-1] not in ". "
    assert (Path("/here") / safe).resolve().parent == Path("/here")
    assert len(f"{safe}.html.part".encode()) <= 255


def test_different_names_stay_different():
    names = ["", "%", "a" * 240, "a" * 241, "a" * 300]
    names += ["a", "A", "%61", "a.", "a%2E", "a ", ".a", "%2Ea", "_a", "=a", "%3Da", "é", "e\u0301"]
    assert len({_submissions.safe_name(name) for name in names}) == len(names)


def test_a_folder_that_is_closed_is_a_submission_that_can_not_be_read(tmp_path, monkeypatch):
    (tmp_path / "ada").mkdir()
    (tmp_path / "bob.ipynb").write_text("{}")

    def closed(path, *about, **more):
        if path.parent.name == "ada":
            raise PermissionError(13, "Permission denied")
        return os.stat(path)

    monkeypatch.setattr(Path, "stat", closed)  # root could read it
    found = list(_submissions.find(tmp_path, "pair"))
    assert [(s.student, s.problem) for s in found] == [
        ("ada", "the folder can't be read: Permission denied"),
        ("bob", ""),
    ]


def test_the_folder_of_results_is_no_submission(tmp_path):
    for name in ("ada.ipynb", "bob.ipynb"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "graded").mkdir()
    found = _submissions.find(tmp_path, "pair", tmp_path / "graded")
    assert [submission.student for submission in found] == ["ada", "bob"]


def test_a_fault_of_the_grader_stops_nobody_and_is_tried_again(work, monkeypatch):
    right = _run.grade_submission

    def faulty(problem_set, content, settings):
        if content == as_bytes(HANDED_IN["ben"]):
            raise ZeroDivisionError
        return right(problem_set, content, settings)

    monkeypatch.setattr(_run, "grade_submission", faulty)
    overview = {row["student"]: row for row in grade(work)}
    assert overview["ben"]["problem"] == "the grader's own fault: ZeroDivisionError"
    assert overview["ada"]["score"] == 5.0
    monkeypatch.undo()
    done = []
    assert {row["student"]: row["score"] for row in grade(work, lambda: Here(done))}["ben"] == 3.0
    assert done == ["ben"]


def test_lines_that_are_no_results_are_graded_again(work):
    overview = grade(work)
    path = work.out / "results.jsonl"
    lines = path.read_bytes()
    path.write_bytes(b'5\n{"student": "ada"}\n' + lines + lines + b"\0" * 100 + b"\n[]\n")
    done = []
    assert grade(work, lambda: Here(done)) == overview
    assert done == []
    assert path.read_bytes() == lines


def test_what_follows_the_grading_is_done_alone_in_the_folder(work):
    def intrude():
        with pytest.raises(FolderBusyError, match="another grader"):
            grade(work)

    assert grade(work, then=intrude)


def _much_memory(task):
    return len(np.ones(400_000_000))


def test_a_worker_refuses_memory_rather_than_take_it_all():
    """What students return may lead to arrays of any size in a test."""
    with _run.process_pool(1) as pool, pytest.raises(MemoryError):
        pool.submit(_much_memory, None).result()


def test_what_is_no_ordinary_file_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "fifo.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    large = tmp_path / "large.ipynb"
    large.touch()
    os.truncate(large, 2 * 2**30)
    problems = {}
    for submission in _submissions.find(tmp_path, "pair"):
        try:
            submission.read()
        except OSError as error:
            problems[submission.student] = str(error)
    assert "no ordinary file" in problems["fifo"]
    assert "2147 MB" in problems["large"]


def test_an_interrupt_leaves_whole_lines_and_the_lock_open(work):
    class Interrupted(Here):
        def submit(self, function, task):
            if len(self.done) == 3:
                raise KeyboardInterrupt
            return super().submit(function, task)

    with pytest.raises(KeyboardInterrupt):
        grade(work, Interrupted)
    content = (work.out / "results.jsonl").read_bytes()
    assert content.endswith(b"\n") or not content
    assert len(grade(work)) == len(HANDED_IN)
