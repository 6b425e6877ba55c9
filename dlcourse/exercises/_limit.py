"""Stopping an answer that never returns.

The answer runs in the thread that asked, where notebooks run their cells; a second thread
watches the time, and when it is up has the interpreter raise an exception in the first.
This needs no signals, so it works in the same way on Linux, macOS and Windows and in any
thread. The interpreter looks for such exceptions between two steps of Python code: an
endless `while` loop ends, a single call into compiled code does not.
"""

import ctypes
import threading
from collections.abc import Callable
from typing import Any

_REPEAT = 0.05  # seconds; an answer's own `except:` may swallow the first exception


class TimeUp(BaseException):
    """Raised inside an answer that takes too long. No Exception: those are often caught."""


class _Watch:
    """Raise TimeUp in the present thread after some seconds, and again until it is left."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._thread = threading.get_ident()
        self._left = threading.Event()
        self._raised = False
        self._lock = threading.Lock()  # nothing is raised once `_left` is set

    def start(self) -> None:
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        pause = self._seconds
        while not self._left.wait(pause):
            with self._lock:
                if not self._left.is_set():
                    self._raised = True
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(self._thread), ctypes.py_object(TimeUp)
                    )
            pause = _REPEAT

    def leave(self) -> None:
        while True:
            try:
                with self._lock:
                    self._left.set()
                # One that was raised and has not arrived arrives here. To take it back would
                # leave the interpreter waiting for it, and debuggers and profilers would hang.
                for _ in range(100 if self._raised else 0):
                    pass
                return
            except TimeUp:
                continue


def limited(seconds: float, work: Callable[[], Any]) -> bool:
    """Do the work; return False if it had to be interrupted after so many seconds."""
    watch = _Watch(seconds)
    try:
        watch.start()
        try:
            work()
        finally:
            watch.leave()
    except TimeUp:
        watch.leave()  # the exception may have come while leaving
        return False
    return True
