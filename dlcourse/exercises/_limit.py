"""Keeping an answer within bounds: of time, and of what it may say and leave changed.

The answer runs in the thread that asked, where notebooks run their cells; a second thread
watches the time, and when it is up has the interpreter raise an exception in the first.
This needs no signals, so it works in the same way on Linux, macOS and Windows and in any
thread. The interpreter looks for such exceptions between two steps of Python code: an
endless `while` loop ends, a single call into compiled code does not. A Python without
threads, as browsers have it, watches no time.

Standard output, the filters of warnings and their like belong to the whole process. So there
is one check at a time, and after it all of them are what they were before.
"""

import contextlib
import ctypes
import io
import math
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

_REPEAT = 0.05  # seconds; an answer's own `except:` may swallow the first exception
_SHORT = 0.0001  # seconds; the watcher needs no longer to notice that it may go

# Checks wait for one another. An answer that calls `check` itself does not wait for itself.
one_at_a_time = threading.RLock()


# Time --------------------------------------------------------------------------------------


class TimeUp(BaseException):
    """Raised inside an answer that takes too long. No Exception: those are often caught."""


class _Watch:
    """Raise TimeUp in the present thread when its time is up, and again until it is left.

    The thread that is watched holds no lock, ever: an exception that comes just after it took
    one would leave it locked. It sets a flag, and waits until the watcher says by another that
    no exception is on its way any more.

    A limit within a limit is watched by the same thread. To start one more would be dangerous:
    a thread that is just being made can receive the exception that was meant for its maker.
    """

    def __init__(self, seconds: float) -> None:
        self._thread = threading.get_ident()
        self._end = time.monotonic() + seconds
        self._inner_end = math.inf  # that of the innermost limit within this one
        self._left = False  # set by the thread that is watched
        self._raising = self._raised = False  # set by the watcher
        self._gate = threading.Lock()
        self._gate.acquire()  # the watcher waits here; to open it has the watcher look again

    def start(self) -> None:
        _watches.present = self
        # "can't start new thread": then there is no limit
        with contextlib.suppress(RuntimeError):
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._left:
            end = min(self._end, self._inner_end)
            if self._gate.acquire(timeout=max(0.0, end - time.monotonic())):
                continue
            self._raising = True  # from here on, who changes a flag waits until this is over
            if not self._left and time.monotonic() >= min(self._end, self._inner_end):
                self._raised = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread), ctypes.py_object(TimeUp)
                )
            self._raising = False
            self._gate.acquire(timeout=_REPEAT)

    def _settle(self) -> None:
        """Have the watcher look at the flags, and let an exception that is on its way arrive."""
        if self._gate.locked():
            self._gate.release()
        while self._raising:
            time.sleep(_SHORT)
        # To take it back would leave the interpreter waiting for it, and debuggers and
        # profilers would hang.
        for _ in range(100 if self._raised else 0):
            pass

    def leave(self) -> None:
        while True:
            try:
                self._left = True
                self._settle()
                return
            except TimeUp:
                continue

    def within(self, seconds: float, work: Callable[[], Any]) -> bool:
        """Do the work within a limit inside of this one."""
        outer_end, in_time = self._inner_end, True
        try:
            self._inner_end = min(outer_end, time.monotonic() + seconds)
            self._settle()
            work()
        except TimeUp:
            in_time = False
        finally:
            while True:
                try:
                    self._inner_end = outer_end
                    self._settle()
                    break
                except TimeUp:
                    continue
        if time.monotonic() >= min(self._end, outer_end):
            raise TimeUp  # it was the limit around this one
        return in_time

    @property
    def watches(self) -> bool:
        """Whether the present thread is watched, and not yet left."""
        return not self._left


class _Watches(threading.local):
    """The watch of each thread, if it has one."""

    present: _Watch | None = None


_watches = _Watches()


def limited(seconds: float, work: Callable[[], Any]) -> bool:
    """Do the work; return False if it had to be interrupted after so many seconds."""
    around = _watches.present
    if around is not None and around.watches:
        return around.within(seconds, work)
    watch = _Watch(seconds)
    try:
        try:
            watch.start()
            work()
        finally:
            watch.leave()
    except TimeUp:
        return False
    finally:
        # Once more: TimeUp, or a reader's interrupt, may have come on the way to leaving.
        watch.leave()
        _watches.present = None
    return True


# What belongs to the whole process ------------------------------------------------------------


class Restored:
    """On leaving, the output, the warnings and NumPy's errors are treated as on entering.

    A reader's interrupt may come at any moment, also while this restores. So enter it twice,
    `with Restored(), Restored():`, and one of the two is left in full.
    """

    def __enter__(self) -> None:
        self._output = sys.stdout, sys.stderr, _Nowhere.silenced
        self._depth = sys.getrecursionlimit()
        self._warnings, self._errors = warnings.catch_warnings(), np.errstate()
        self._warnings.__enter__()
        self._errors.__enter__()

    def __exit__(self, *about: Any) -> None:
        sys.stdout, sys.stderr, _Nowhere.silenced = self._output
        sys.setrecursionlimit(self._depth)
        self._errors.__exit__(*about)
        self._warnings.__exit__(*about)


def mute() -> None:
    """Drop what this thread prints and warns of, until a `Restored` is left."""
    _Nowhere.silenced = threading.get_ident()
    sys.stdout, sys.stderr = _Nowhere(sys.stdout), _Nowhere(sys.stderr)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")


class _Nowhere(io.TextIOBase):
    """A file for what the answer prints: an endless loop must not fill the page.

    What other threads print, and what is printed later by someone who kept this file, goes
    where it should.
    """

    silenced: ClassVar[int | None] = None  # the thread of the check that runs now

    def __init__(self, real: Any) -> None:
        self._real = real  # may be None, where a Python has no console

    @property
    def encoding(self) -> Any:  # type: ignore[override]
        return getattr(self._real, "encoding", None)

    def write(self, text: str) -> int:
        if threading.get_ident() != self.silenced and self._real is not None:
            self._real.write(text)
        return len(text)

    def flush(self) -> None:
        if threading.get_ident() != self.silenced and self._real is not None:
            self._real.flush()

    def close(self) -> None:
        """Stay open: an answer may not close what it prints to."""
