"""A check leaves the process as it was, runs nothing without a limit, and prints anywhere.

`test_exercises.py` asks what a verdict says; here is what happens around it: in two threads,
under a reader's interrupt, with answers that do what answers should not do, in a Python
without threads, and where standard output can't show every sign.
"""

import contextlib
import dis
import inspect
import io
import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest

from dlcourse.exercises import Exercise, Verdict, available, check, hint
from dlcourse.exercises import _limit as limit
from dlcourse.exercises import _trial as trial
from dlcourse.exercises._trial import examine

SIGNS = "✓✗·−²ˣ"


def exercise(seconds=60.0, **more):
    """Return an exercise that asks for a function which doubles."""
    more = {"reference": lambda x: 2 * x, "inputs": lambda rng: [(1.0,), (2.0,)], **more}
    return Exercise("99.1", hints=("a.", "b.", "c."), seconds=seconds, **more)


def double(x):
    return 2 * x


def surroundings():
    """Return what an answer shares with everybody else."""
    filters = list(warnings.filters)
    return sys.stdout, sys.stderr, filters, warnings.showwarning, np.geterr(), np.geterrcall()


def page():
    """Put a file in the place of standard output; give it."""
    return contextlib.redirect_stdout(io.StringIO())


# Nothing stays changed --------------------------------------------------------------------


def replaces_output(x):
    sys.stdout, sys.stderr = io.StringIO(), None
    return 2 * x


def closes_output(x):
    sys.stdout.close()
    print("still works")
    return 2 * x


def changes_warnings(x):
    warnings.simplefilter("error")
    warnings.resetwarnings()
    warnings.showwarning = print
    return 2 * x


def never_leaves_what_it_enters(x):
    warnings.catch_warnings(record=True).__enter__()
    np.errstate(all="raise").__enter__()
    return 2 * x


def changes_numpy(x):
    np.seterr(all="raise")
    return 2 * x


def fails(x):
    replaces_output(x)
    changes_warnings(x)
    changes_numpy(x)
    raise ArithmeticError


@pytest.mark.parametrize(
    "answer",
    [
        replaces_output, closes_output, changes_warnings, never_leaves_what_it_enters,
        changes_numpy, fails, double,
    ],
    ids=lambda answer: answer.__name__,
)  # fmt: skip
def test_whatever_an_answer_changes_is_afterwards_as_it_was(answer):
    with page() as shown:
        before = surroundings()
        verdict = examine(exercise(), answer)
        assert surroundings() == before
        print("and printing goes on")
    assert verdict.passed == (answer is not fails)
    assert shown.getvalue() == "and printing goes on\n"


def test_printing_without_end_fills_no_page_and_is_stopped():
    def endless(x):
        while True:
            print("again")

    with page() as shown:
        verdict = examine(exercise(seconds=0.2), endless)
    assert "had not returned after 0.2 s" in verdict.message
    assert shown.getvalue() == ""


def test_a_check_in_each_of_two_threads_leaves_standard_output_as_it_was():
    """The first begins first and ends first: what the second then puts back must be right."""
    before = surroundings()
    begun, second_begun, first_done = threading.Event(), threading.Event(), threading.Event()

    def first(x):
        begun.set()
        second_begun.wait(0.5)
        return 2 * x

    def second(x):
        second_begun.set()
        first_done.wait(0.5)
        return 3 * x

    verdicts = {}

    def ask(answer):
        verdicts[answer] = examine(exercise(), answer)

    threads = [threading.Thread(target=ask, args=(answer,)) for answer in (first, second)]
    threads[0].start()
    assert begun.wait(10)
    threads[1].start()
    threads[0].join(30)
    first_done.set()
    threads[1].join(30)
    assert surroundings() == before
    assert verdicts[first].passed
    assert not verdicts[second].passed


def test_many_checks_at_once_leave_everything_as_it_was():
    before, verdicts = surroundings(), []

    def ask():
        verdicts.extend(examine(exercise(), changes_warnings) for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert surroundings() == before
    assert len(verdicts) == 80
    assert all(verdicts)


def test_what_other_threads_print_during_a_check_is_shown():
    def answer(x):
        print("of the answer")
        other = threading.Thread(target=print, args=("of another thread",))
        other.start()
        other.join()
        return 2 * x

    with page() as shown:
        assert examine(exercise(inputs=lambda rng: [(1.0,)]), answer)
    # Two calls: one that is compared, and the same once more.
    assert shown.getvalue() == "of another thread\n" * 2


def test_who_keeps_the_output_of_a_check_prints_to_the_page_later():
    """A library that an answer imports may keep it: the handlers of logging do."""
    kept = []

    def answer(x):
        kept.append(sys.stdout)
        print("during", file=kept[-1])
        return 2 * x

    with page() as shown:
        assert examine(exercise(), answer)
        print("afterwards", file=kept[-1], flush=True)
    assert shown.getvalue() == "afterwards\n"


def test_an_answer_may_check_itself():
    def answer(x):
        assert examine(exercise(), double)
        return 2 * x

    verdicts, before = [], surroundings()
    thread = threading.Thread(target=lambda: verdicts.append(examine(exercise(), answer)))
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "the check waits for itself"
    assert verdicts[0].passed
    assert surroundings() == before


# A reader's interrupt ---------------------------------------------------------------------


def test_an_interrupted_answer_interrupts_the_check_and_nothing_stays_changed():
    def answer(x):
        signal.raise_signal(signal.SIGINT)
        return 2 * x

    before = surroundings()
    # A shell starts what runs in the background with interrupts ignored.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            examine(exercise(), answer)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert surroundings() == before
    assert examine(exercise(), double), "and the next check does not wait for this one"


class Interrupt:
    """A tracer that interrupts a check at the n-th moment at which a reader's interrupt can come.

    Those moments are where Python looks for signals: on entering a function, after a call, and
    at the end of each turn of a loop.
    """

    FILES = limit.__file__, trial.__file__, warnings.__file__, inspect.getsourcefile(np.errstate)

    def __init__(self, n):
        self.left, self.where, self.before = n, "", {}

    def __call__(self, frame, event, argument):
        if frame.f_code.co_filename not in self.FILES:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            name = dis.opname[frame.f_code.co_code[frame.f_lasti]]
            before, self.before[frame] = self.before.get(frame, "RESUME"), name
            if before.startswith(("CALL", "JUMP_BACKWARD", "RESUME")):
                self.left -= 1
            if self.left == 0:
                self.where = f"{frame.f_code.co_name}, line {frame.f_lineno}"
                raise KeyboardInterrupt
        return self


# One that comes while Python clears a file away is reported, and goes no further.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_may_come_at_any_moment_and_nothing_stays_changed():
    n, before, tracer = 0, surroundings(), sys.gettrace()
    while True:
        n += 1
        interrupt, threads = Interrupt(n), set(threading.enumerate())
        with contextlib.suppress(KeyboardInterrupt):
            try:
                sys._getframe().f_trace_opcodes = True  # Python 3.12 wants to know before
                sys.settrace(interrupt)
                examine(exercise(inputs=lambda rng: [(1.0,)]), changes_warnings)
            finally:
                sys.settrace(tracer)
        if not interrupt.where:  # the check ended before its n-th moment
            break
        assert surroundings() == before, f"changed by an interrupt in {interrupt.where}"
        for thread in set(threading.enumerate()) - threads:
            thread.join(10)
            assert not thread.is_alive(), f"watches on, after an interrupt in {interrupt.where}"
        free = []
        asks = threading.Thread(target=lambda free=free: free.append(examine(exercise(), double)))
        asks.start()
        asks.join(10)
        assert free, f"checks wait for ever after an interrupt in {interrupt.where}"
    assert n > 100


# Nothing of an answer runs without a limit ------------------------------------------------


class Watched:
    """Notes what is asked of it outside of the limit; can do nothing."""

    inside, outside = False, []

    def __getattribute__(self, name):
        note(name)
        raise AttributeError(name)

    __hash__ = object.__hash__


def note(what):
    if not Watched.inside:
        Watched.outside.append(what)


def noted(name):
    """Return a method that notes where it is called, and fails."""

    def method(self, *_):
        note(name)
        raise RuntimeError(name)

    return method


for _name in ["array", "len", "iter", "eq", "repr", "str", "bool", "float", "getitem", "call"]:
    setattr(Watched, f"__{_name}__", noted(f"__{_name}__"))


class WatchedError(Exception):
    __str__ = __repr__ = noted("__str__")


class WatchedDict(dict):
    __iter__ = __len__ = keys = items = __getitem__ = noted("a method of dict")


class WatchedArray(np.ndarray):
    def __array_finalize__(self, obj):
        note("__array_finalize__")


def raises_its_own(x):
    raise WatchedError


def counts_calls_without_limit(x):
    note("the answer itself")
    return 2 * x


def with_signature():
    def answer(x):
        return 2 * x

    answer.__signature__ = Watched()
    return answer


MOMENTS = {
    "the answer": lambda: counts_calls_without_limit,
    "a result": lambda: lambda x: Watched(),
    "a list of results": lambda: lambda x: [Watched()],
    "a dict by odd keys": lambda: lambda x: {Watched(): 1.0},
    "an odd dict": lambda: lambda x: WatchedDict(a=1),
    "an odd array": lambda: lambda x: np.array(2 * x).view(WatchedArray),
    "an error": lambda: raises_its_own,
    "an object in place of a function": Watched,
    "a signature": with_signature,
}


@pytest.mark.parametrize("kind", MOMENTS)
@pytest.mark.parametrize("reference", ["a number", "a dict", "a pair", "a class", "a judge"])
def test_nothing_that_is_the_answers_runs_outside_of_the_limit(kind, reference, monkeypatch):
    def limited(seconds, work):
        Watched.inside = True
        try:
            return limit.limited(seconds, work)
        finally:
            Watched.inside = False

    class Doubler:
        def __init__(self, x):
            self.x = x

    asked = {
        "a number": {},
        "a dict": {"reference": lambda x: {"a": x}},
        "a pair": {"reference": lambda x: (x, 2 * x)},
        "a class": {"reference": Doubler, "run": lambda answer, x: answer(x)},
        "a judge": {"judge": lambda answer, x: None if answer(x) == 2 * x else "Wrong."},
    }[reference]
    answer = MOMENTS[kind]()
    monkeypatch.setattr(trial, "limited", limited)
    Watched.outside.clear()
    verdict = examine(exercise(**asked), answer)
    assert Watched.outside == []
    assert type(verdict.message) is type(verdict.example) is str
    assert repr(verdict)
    assert Watched.outside == [], "a verdict keeps something of the answer"


ENDLESS = """
import numpy as np
from dlcourse.exercises import Exercise
from dlcourse.exercises._trial import examine

def exercise(reference=lambda x: 2 * x):
    return Exercise("99.1", reference=reference, hints=("", "", ""), inputs=lambda rng: [(1.0,)],
                    seconds=0.5)

def endless(self, *_):
    while True:
        pass

class Result:
    __array__ = __repr__ = __eq__ = endless

class Keyed(dict):
    keys = __iter__ = items = endless

class Failure(Exception):
    __str__ = endless

calls = []

def second_time(x):
    calls.append(x)
    return 2 * x if len(calls) == 1 else endless(x)

def fails(x):
    raise Failure

def odd(x):
    return 2 * x

class Signed:
    __call__ = odd
    __signature__ = property(endless)

def same_as_the_limit(x):
    examine(exercise(), endless)
    return endless(x)

for answer, phrase in {
    lambda x: Result(): "could not be compared with the right answer within 0.5 s",
    lambda x: Keyed(a=1): "after 0.5 s",
    fails: "had not returned after 0.5 s",
    second_time: "asked the same again it had not returned after 0.5 s",
    Signed(): "no plain function: to look at it took more than 0.5 s",
    same_as_the_limit: "had not returned after 0.5 s",
}.items():
    verdict = examine(exercise(), answer)
    assert phrase in verdict.message, verdict
    assert examine(exercise(), lambda x: 2 * x)
print("stopped")
"""


def python(code, **environment):
    """Run Python code by itself; return what it prints, as bytes."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def test_looking_comparing_and_asking_again_come_to_an_end():
    assert python(ENDLESS).split() == [b"stopped"]


class Silent(Exception):
    def __str__(self):
        raise ValueError


@pytest.mark.parametrize("error", [BaseException, GeneratorExit, Silent, SystemExit])
def test_whatever_an_answer_raises_gets_a_sentence(error):
    def answer(x):
        raise error

    assert examine(exercise(), answer).message == f"It stopped with an error: {error.__name__}"


def test_an_error_when_asked_again_is_told():
    calls = []

    def answer(x):
        calls.append(x)
        return 2 * x if len(calls) < 3 else 1 / 0

    message = examine(exercise(), answer).message
    assert "asked the same again it stopped with an error: ZeroDivisionError" in message


# A limit within a limit -------------------------------------------------------------------


def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_a_limit_within_a_limit_is_over_at_its_own_time():
    found = []

    def work():
        found.append(limit.limited(0.05, lambda: spin(60)))
        found.append(limit.limited(60, lambda: spin(0.01)))

    assert limit.limited(60, work)
    assert found == [False, True]


def test_the_outer_limit_holds_whatever_is_within():
    def again_and_again():
        while True:
            limit.limited(60, lambda: spin(0.003))

    for _ in range(20):
        begun = time.monotonic()
        assert not limit.limited(0.05, again_and_again)
        assert not limit.limited(0.05, lambda: limit.limited(60, lambda: spin(60)))
        assert time.monotonic() - begun < 60
        assert limit.limited(60, lambda: spin(0.001)), "nothing is left that could interrupt"


def test_a_limit_within_a_limit_starts_no_thread(monkeypatch):
    """A thread that is being made can receive the exception that is meant for its maker."""
    started, start = [], threading.Thread.start

    def noted(thread):
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noted)
    limit.limited(60, lambda: limit.limited(60, lambda: limit.limited(60, lambda: None)))
    assert len(started) == 1


# A Python without threads -----------------------------------------------------------------


def test_without_threads_an_answer_is_checked_without_a_limit(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")  # as in Pyodide, in a browser

    monkeypatch.setattr(threading.Thread, "start", start)
    assert examine(exercise(), double)
    assert "wrong sign" in examine(exercise(), lambda x: -2 * x).message


# Where not every sign can be shown --------------------------------------------------------

SHOWS = """
from dlcourse.exercises import Hint, Verdict, check

def r_squared(prediction, target):
    return 1 - ((target - prediction)**2).sum() / ((target - target.mean())**2).sum()

def fails(prediction, target):
    raise ValueError("α ≠ 中")

print(check("12.3", r_squared))
print([check("12.3", fails)])
print(Hint("A hint", "R² is one number."))
assert "✓" in check("12.3", r_squared)._repr_html_()
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk", "cp932", "utf-8"])
def test_a_verdict_is_printed_in_any_encoding(encoding):
    printed = python(SHOWS, PYTHONIOENCODING=encoding, PYTHONUTF8="0").decode(encoding)
    right, wrong, _example, hinted = printed.splitlines()
    utf8 = encoding == "utf-8"
    assert right.startswith("✓ Exercise 12.3: R" if utf8 else "(passed) Exercise 12.3: R")
    assert wrong.startswith("[✗ Exercise 12.3: It" if utf8 else "[(not yet) Exercise 12.3: It")
    # What an encoding knows it shows: the Greek letter in both Chinese and Japanese.
    assert ("α" in wrong) == (encoding in ("gbk", "cp932", "utf-8"))
    assert ("²" in hinted) == (encoding in ("cp1252", "utf-8"))
    assert ("R^2 is one number." in hinted) == (encoding in ("ascii", "gbk", "cp932"))


def test_every_sentence_of_the_exercises_has_words_in_plain_ascii(monkeypatch):
    texts = [
        text for e in available().values() for text in (*e.hints, *e.mistakes, f"{SIGNS} of {e}")
    ]
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    shown = [repr(Verdict("12.3", passed, text)) for text in texts for passed in (True, False)]
    monkeypatch.undo()
    assert all(text.isascii() for text in shown)
    assert not [text for text in shown if "\\x" in text or "\\u" in text]


@pytest.mark.parametrize("output", [None, io.StringIO()], ids=["no console", "a text in memory"])
def test_an_output_without_an_encoding_is_given_every_sign(output, monkeypatch):
    monkeypatch.setattr(sys, "stdout", output)
    assert repr(Verdict("12.3", True, "Right.")) == "✓ Exercise 12.3: Right."
    assert check("12.3", np.dot).message


# Arguments in the wrong order -------------------------------------------------------------


def test_an_answer_in_the_place_of_the_number_is_told_the_order():
    for said in (repr(check(double, "12.3")), repr(hint(double))):
        assert 'comes first, in quotes: check("12.3", r_squared).' in said
        assert " at 0x" not in said
