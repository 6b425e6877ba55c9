"""The walls around student code: a process that reaches nothing, and dies with its question.

On Linux `bubblewrap <https://github.com/containers/bubblewrap>`_ makes them. Inside there is
no network, a system that can only be read (Python and its packages, not the course, not the
other submissions), an empty ``/tmp`` of limited size, no environment and nobody's rights. All
that the code starts ends with it. Limits hold memory, processor time, files and processes.

What goes in and comes out are messages of plain data: see `_plain`.
"""

import builtins
import contextlib
import itertools
import json
import math
import os
import secrets
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from dlcourse.grading import _plain

_HERE = Path(__file__).resolve().parent
_STARTS_WITHIN = 60.0  # seconds, also on a machine with much to do
_MEGABYTE = 1_000_000
_counter = itertools.count()
starting = threading.Lock()  # held while a process is started; who holds it keeps others from it


class SandboxMissingError(RuntimeError):
    """There is no sandbox on this machine, or it does not work."""


class SandboxEndedError(RuntimeError):
    """The student's process is gone, or what it says can't be relied on any more.

    The message is written for a teacher.
    """


class StudentError(Exception):
    """Student code raised an exception.

    Where it is one of Python's own, what is raised here is of that class, too: a test can
    expect a `ValueError`.

    Attributes
    ----------
    kind : str
        The name of the exception's class, if it is one of Python's own, else ``"an exception"``.
    text : str
        What it said. Student code wrote this: it is for teachers only.
    line : int or None
        The line of the answer where it was raised.
    """

    kind = "an exception"
    text = ""
    line: int | None = None


class Sandbox:
    """A process for student code, to be used in a ``with`` statement.

    Parameters
    ----------
    seconds : float
        How much processor time the code may use, beside its start. By the clock it may take
        four times that and a little, since a machine has other things to do, but no longer.
    memory : int, optional
        How many megabytes of memory the process may ask for.
    trust_students : bool, optional
        Do without walls: the code can read and write all that the grader can. The limits of
        time and memory stay.

    Raises
    ------
    SandboxMissingError
        If bubblewrap is missing or does not work here, and the students are not trusted.

    Attributes
    ----------
    by_value : bool
        Whether what a call changes of its arguments is dropped; else they change here, too.
    changed : bool
        Whether any call so far changed one of its arguments.
    ended : str
        Why the process is gone, if it is. A test may have caught the error that said so.
    """

    def __init__(
        self, *, seconds: float = 10.0, memory: int = 1_500, trust_students: bool = False
    ) -> None:
        self.seconds = seconds
        self.by_value = self.changed = False
        self.ended = ""
        self._first: int | None = None  # a handle of the first process within the walls
        self.received = 0  # bytes of all that the answer returned
        self._given = 0  # bytes that our functions were called with
        limits = {
            "AS": memory * _MEGABYTE,
            "DATA": memory * _MEGABYTE,
            "CPU": math.ceil(seconds) + 2,  # two for the start
            "FSIZE": 16 * _MEGABYTE,
            "NOFILE": 64,
            "CORE": 0,
        }
        settings: dict[str, Any] = {
            # Each process has its own user, so that one's limits don't count another's.
            "user": 1_000_000_000 + (os.getpid() * 64 + next(_counter)) % 1_000_000_000,
            "limits": limits,
            "strict": not trust_students,
        }
        if trust_students:
            settings["user"] = None
        else:
            limits["NPROC"] = 8
        worker = [sys.executable, "-I", str(_HERE / "_worker.py"), json.dumps(settings)]
        told, tell = os.pipe()  # which process is the first within the walls
        forbidden, forbid = os.pipe()
        os.write(forbid, _filter(os.uname().machine) if not trust_students else b"")
        os.close(forbid)
        try:
            walls = [] if trust_students else _walls(tell, forbidden)
            with starting:
                self._process = subprocess.Popen(
                    [*_FIRST_TO_GO, *walls, *worker],
                    pass_fds=() if trust_students else (tell, forbidden),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE if not trust_students else subprocess.DEVNULL,
                    cwd="/",
                    env=_environment(),
                    start_new_session=True,
                )
        except BaseException as error:
            os.close(told)
            if isinstance(error, FileNotFoundError):
                raise SandboxMissingError(_MISSING) from error
            raise
        finally:
            os.close(tell)
            os.close(forbidden)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._channel = _plain.Channel(self._process.stdout.fileno(), self._process.stdin.fileno())
        try:
            self._channel.receive(time.monotonic() + _STARTS_WITHIN)
            self._first = None if trust_students else _handle_of(os.read(told, 4_096))
        except (EOFError, TimeoutError, _plain.BrokenMessageError) as error:
            said = self._last_words()
            self.close()
            raise SandboxMissingError(f"{_BROKEN}\n{said}".strip()) from error
        finally:
            os.close(told)
        self._left = 4 * seconds + 4

    def _last_words(self) -> str:
        self._process.kill()
        if self._process.stderr is None:
            return ""
        return self._process.stderr.read(2_000).decode(errors="replace").strip()

    # Requests ---------------------------------------------------------------------------------

    def read(self, notebook: bytes) -> list[dict[str, Any]]:
        """Return the cells of a notebook: whether it is code, its nbgrader name, its text."""
        reply = self._request({"do": "read"}, [notebook])[0]
        cells: list[dict[str, Any]] = reply["cells"]
        sound = isinstance(cells, list) and all(
            isinstance(cell, dict)
            and isinstance(cell.get("source"), str)
            and isinstance(cell.get("code"), bool)
            for cell in cells
        )
        if not sound:
            raise SandboxEndedError("the reader of notebooks gave an answer without sense")
        return cells

    def names_in(self, source: str) -> dict[str, Any]:
        """Return what a cell defines and what it needs, without running it."""
        return self._request({"do": "names in", "source": source}, [])[0]

    def run(self, source: str) -> None:
        """Run the text of a cell; raise `StudentError` if it raises an exception."""
        self._request({"do": "run", "source": source}, [])

    def look(self, name: str) -> Any:
        """Return what a name stands for: plain data, or a function to be called from here.

        Raises
        ------
        LookupError
            If the name is not defined.
        """
        reply, blobs = self._request({"do": "look", "name": name}, [])
        if reply.get("is") == "function":
            return RemoteFunction(self, name)
        if reply.get("is") == "missing":
            raise LookupError(name)
        return self._decoded(reply.get("value"), blobs)

    def call(self, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call a function of the student's, and change the arguments as it changed them."""
        blobs: list[bytes] = []
        functions: list[Callable[..., Any]] = []

        def number(function: Callable[..., Any]) -> int:
            functions.append(function)
            return len(functions) - 1

        given = _plain.encode(arguments, blobs, number), _plain.encode(named, blobs, number)
        request = {"do": "call", "name": name, "arguments": given[0], "named": given[1]}
        reply, blobs = self._request(request, blobs, functions)
        changed = reply.get("changed")
        self.changed = self.changed or bool(changed)
        if isinstance(changed, dict) and not self.by_value:
            for place, value in enumerate((*arguments, *named.values())):
                if str(place) in changed:
                    _change(value, self._decoded(changed[str(place)], blobs))
        return self._decoded(reply.get("result"), blobs)

    def _request(
        self,
        request: dict[str, Any],
        blobs: list[bytes],
        functions: list[Callable[..., Any]] | None = None,
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Send a request; serve what the student's code asks of us; return the reply."""
        if self.ended:  # the numbers of its pipes may be those of another process by now
            raise SandboxEndedError(self.ended)
        nonce = secrets.token_hex(16)
        try:
            self._send({**request, "nonce": nonce}, blobs)
            while True:
                reply, blobs = self._receive()
                if reply.get("nonce") != nonce:
                    raise _plain.BrokenMessageError("a reply that nobody had asked for")
                if "callback" not in reply:
                    break
                start = time.monotonic()
                self._serve(reply, blobs, functions or [])
                self._left -= time.monotonic() - start  # however short a call is: it may make many
        except (EOFError, BrokenPipeError):
            raise self._end(self._why_it_ended()) from None
        except TimeoutError:
            why = f"it took longer than {self.seconds:g} seconds (an endless loop?)"
            raise self._end(why) from None
        except _plain.BrokenMessageError as error:
            raise self._end(f"its process sent something forged: {error}") from None
        if "error" in reply:
            raise _student_error(reply["error"])
        if "not plain" in reply:
            raise _plain.NotPlainError(
                f"it returned {_clean(reply['not plain'])}; answers are numbers, strings, "
                "arrays, lists, tuples and dictionaries"
            )
        return reply, blobs

    def _serve(
        self, reply: dict[str, Any], blobs: list[bytes], functions: list[Callable[..., Any]]
    ) -> None:
        """Call one of our functions for the student's code, with arguments it can't abuse."""
        which = reply["callback"]
        if type(which) is not int or not 0 <= which < len(functions):
            raise _plain.BrokenMessageError("a call of a function that was not given")
        out: list[bytes] = []
        # Our function may keep what it is called with.
        self._given += sum(map(len, blobs))
        if self._given > _MOST_GIVEN:
            raise self._end("it called the functions it was given with too much data")
        try:
            # One of our functions may come back to us as an argument: it is the same one.
            given = _plain.decode(reply.get("arguments"), blobs, functions.__getitem__)
            named = _plain.decode(reply.get("named", ["d"]), blobs, functions.__getitem__)
            arguments = _modest([given, named])
            answer = {"result": _plain.encode(functions[which](*arguments[0], **arguments[1]), out)}
            if sum(map(len, out)) > _plain.LARGEST_BLOB:
                raise ValueError("too large")
        except _plain.BrokenMessageError:
            raise
        except Exception as error:
            answer, out = {"error": type(error).__name__}, []
        self._send(answer, out)

    def _send(self, message: dict[str, Any], blobs: list[bytes]) -> None:
        start = time.monotonic()
        self._channel.send(message, blobs, start + self._left)
        self._left -= time.monotonic() - start

    def _receive(self) -> tuple[dict[str, Any], list[bytes]]:
        start = time.monotonic()
        answer = self._channel.receive(start + self._left)
        self._left -= time.monotonic() - start
        self.received += sum(map(len, answer[1]))
        return answer

    def _decoded(self, tree: Any, blobs: list[bytes]) -> Any:
        try:
            return _plain.decode(tree, blobs)
        except _plain.BrokenMessageError as error:
            raise self._end(f"its process sent something forged: {error}") from None

    # The end ----------------------------------------------------------------------------------

    def _end(self, why: str) -> SandboxEndedError:
        """End the process, and return the error that says why."""
        self.ended = self.ended or why
        self.close()
        return SandboxEndedError(self.ended)

    def _why_it_ended(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        code = self._process.returncode
        if code in (-signal.SIGKILL, 128 + signal.SIGKILL):
            return f"it was stopped: more than {self.seconds:g} seconds, or too much memory"
        return "its process ended before it answered (exit, or a crash)"

    def close(self) -> None:
        """End the process and all that it started."""
        self.ended = self.ended or "its process was ended"
        if self._first is not None:
            # All others within the walls end with it. bubblewrap ends it when it ends itself,
            # unless student code of an ordinary user's grader meddled with it.
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
            os.close(self._first)
            self._first = None
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class RemoteFunction:
    """A function that lives in a sandbox; called like any other."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self._sandbox = sandbox
        self.__name__ = name

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Return what the student's function returns; raise `StudentError` if it raises."""
        return self._sandbox.call(self.__name__, arguments, named)


# What bubblewrap is told ---------------------------------------------------------------------

_MISSING = (
    "There is no sandbox here: bubblewrap (the command 'bwrap') is not installed. Student code "
    "would run with all your rights, so nothing was graded. On Debian and Ubuntu: "
    "apt-get install bubblewrap. It needs Linux."
)
_BROKEN = (
    "The sandbox does not start, so nothing was graded. bubblewrap needs user namespaces; "
    "containers and some settings of AppArmor forbid them. It said:"
)


# If memory runs out, student code goes first. Whoever starts it says so: what a root with all its
# rights has said of a process, nobody else can take back. (An ordinary user's student code can.)
_FIRST_TO_GO = (
    "/bin/sh",
    "-c",
    'echo 1000 2>/dev/null >/proc/self/oom_score_adj; exec "$@"',
    "sh",
)


def _walls(tell: int, forbidden: int) -> list[str]:
    """Return the command that puts what follows it between walls.

    It writes to the one file descriptor which process is the first within, and reads from the
    other which calls of the system are forbidden.
    """
    bwrap = shutil.which("bwrap")
    if sys.platform != "linux" or bwrap is None:
        raise SandboxMissingError(_MISSING)
    command = [bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv"]
    if os.getuid() == 0:
        # With these two rights, and for a moment, the process can become somebody else.
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    for name, value in _environment().items():
        command += ["--setenv", name, value]
    command += ["--hostname", "sandbox", "--info-fd", str(tell), "--seccomp", str(forbidden)]
    # Before the packages: they may lie below it.
    command += ["--perms", "1777", "--size", str(64 * _MEGABYTE), "--tmpfs", "/tmp"]
    for path in _readable():
        if path.is_symlink():
            command += ["--symlink", os.readlink(path), str(path)]
        else:
            # bubblewrap would make the folders above for itself alone.
            for folder in reversed(path.parents[:-1]):
                command += ["--perms", "0755", "--dir", str(folder)]
            command += ["--ro-bind", str(path), str(path)]
    command += ["--proc", "/proc", "--dev", "/dev"]
    # The locks of Python's pools of threads lie here.
    command += ["--perms", "1777", "--size", str(_MEGABYTE), "--tmpfs", "/dev/shm"]
    command += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--"]
    return command


def _handle_of(said: bytes) -> int | None:
    """Return a handle of the process that bubblewrap names, which no other process can get."""
    try:
        return os.pidfd_open(json.loads(said)["child-pid"])
    except (AttributeError, OSError, ValueError, KeyError):  # an old kernel, or it has ended
        return None


# What numerical code never asks of the system. First memory and messages that no limit counts
# (shmget, semget, msgget, mq_open), keys that outlive the process, other processes' memory,
# namespaces and file systems of its own, and what flaws of kernels were often found in; then more
# memory that no limit counts (memfd_create, memfd_secret); then signs that another sandbox could
# see, on files that both can read: locks (flock), who opens them (inotify_add_watch), which of
# their pages are in memory (fadvise64, mincore, preadv2, cachestat).
_FORBIDDEN = {
    "x86_64": (
        0xC000003E,
        [29, 64, 68, 101, 165, 240, 248, 249, 250, 272, 298, 308, 310, 311, 321, 323, 425, 429],
        [319, 447],
        [73, 254, 221, 27, 327, 451],
        (435, 56, 72),
    ),
    "aarch64": (
        0xC00000B7,
        [194, 190, 186, 117, 40, 180, 217, 218, 219, 97, 241, 268, 270, 271, 280, 282, 425, 429],
        [279, 447],
        [32, 27, 223, 232, 286, 451],
        (435, 220, 25),
    ),
}
_CLONE_NEWUSER = 0x10000000
_LOCKING = (5, 6, 7, 36, 37, 38)  # F_GETLK and its like: by fcntl, files are locked as well


def _filter(machine: str) -> bytes:
    """Return a program for the kernel, which refuses calls of the system; see seccomp(2).

    Other processors than the two above have none: there the other walls have to do.
    """
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    refused, unknown, allowed = 0x00050001, 0x00050026, 0x7FFF0000  # EPERM, ENOSYS
    if machine not in _FORBIDDEN:
        return struct.pack("HBBI", give, 0, 0, allowed)
    processor, *numbers, (clone3, clone, fcntl) = _FORBIDDEN[machine]
    steps = [(load, 0, 0, 4), (equal, 1, 0, processor), (give, 0, 0, refused), (load, 0, 0, 0)]
    # Above this number are the same calls once more, for programs of 32 bits.
    steps += [(at_least, 0, 1, 0x40000000), (give, 0, 0, refused)]
    for number in itertools.chain(*numbers):
        steps += [(equal, 0, 1, number), (give, 0, 0, refused)]
    # What clone3 is asked for can't be seen here; who finds that there is none takes clone.
    steps += [(equal, 0, 1, clone3), (give, 0, 0, unknown)]
    steps += [(equal, 0, 2 * len(_LOCKING) + 2, fcntl), (load, 0, 0, 24)]
    for command in _LOCKING:
        steps += [(equal, 0, 1, command), (give, 0, 0, refused)]
    steps += [(give, 0, 0, allowed)]
    steps += [(equal, 0, 3, clone), (load, 0, 0, 16), (any_bit, 0, 1, _CLONE_NEWUSER)]
    steps += [(give, 0, 0, refused), (give, 0, 0, allowed)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _readable() -> list[Path]:
    """Return what student code may read: the system's libraries, Python, and its packages."""
    system = [Path(p) for p in ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin")]
    configuration = [Path(p) for p in ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")]
    python = [Path(sys.prefix), Path(sys.base_prefix), _HERE.parent]
    found: list[Path] = []
    for path in [*system, *configuration, *python]:
        inside = any(path.is_relative_to(other) and not other.is_symlink() for other in found)
        if path.exists() and not inside:
            found.append(path)
    return found


def _environment() -> dict[str, str]:
    """Return all of the environment that student code sees."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": "/tmp",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Each thread counts as a process, and takes memory.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


# What student code sends ----------------------------------------------------------------------

_LARGEST_INT = 1_000_000
_MOST_IN_CALLBACK = 100_000  # bytes
_MOST_GIVEN = 256_000_000  # bytes, of all calls
_LAST_LINE = 1_000_000


def _modest(value: Any) -> Any:
    """Return arguments for one of our functions, none of which makes it work for hours.

    ``x**x`` of a huge integer would never end: large integers become floats, large arrays are
    refused.
    """
    if type(value) is int and abs(value) > _LARGEST_INT:
        return float(value)
    if isinstance(value, tuple | list):
        return type(value)(_modest(entry) for entry in value)
    if isinstance(value, dict):
        return {key: _modest(entry) for key, entry in value.items()}
    if getattr(value, "nbytes", 0) > _MOST_IN_CALLBACK or (
        isinstance(value, str | bytes) and len(value) > _MOST_IN_CALLBACK
    ):
        raise ValueError("too large")
    return value


def _change(mine: Any, theirs: Any) -> None:
    """Give a list, dictionary or array of ours the content that it has on the other side."""
    import numpy as np

    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        if mine.shape == theirs.shape and np.can_cast(theirs.dtype, mine.dtype, "same_kind"):
            mine[...] = theirs
    elif isinstance(mine, list) and isinstance(theirs, list):
        mine[:] = theirs
    elif isinstance(mine, dict) and isinstance(theirs, dict):
        mine.clear()
        mine.update(theirs)


def _clean(text: Any, longest: int = 300) -> str:
    """Return text of a student's as one line without anything that a terminal obeys."""
    whole = text if isinstance(text, str) else ""
    return "".join(sign if sign.isprintable() else " " for sign in whole[:longest])


def _student_error(described: Any) -> StudentError:
    """Return an exception that says what student code raised, of Python's class if possible."""
    described = described if isinstance(described, dict) else {}
    kind = getattr(builtins, str(described.get("kind")), None)
    error = StudentError()
    # A StopIteration would end loops of the tests, as if there were nothing left to test.
    ends_loops = kind in (StopIteration, StopAsyncIteration)
    if isinstance(kind, type) and issubclass(kind, Exception) and not ends_loops:
        with contextlib.suppress(TypeError):  # those that need more to be made
            both = type("StudentError", (StudentError, kind), {})
            error = both()
    if isinstance(kind, type) and issubclass(kind, BaseException):
        error.kind = kind.__name__
    error.text = _clean(described.get("text"))
    line = described.get("line")
    error.line = line if type(line) is int and 0 < line < _LAST_LINE else None
    error.args = (f"{error.kind}: {error.text}",)
    return error
