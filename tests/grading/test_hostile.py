"""Whatever is handed in: the attacked question earns nothing, and everything else its score.

All of it runs in a real sandbox. Each case says which questions it attacks; what it does not
attack must keep full points, and the teacher must read a reason.
"""

import ast
import gc
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from a_class import POINTS, RIGHT, answered, as_bytes, code, handed_out, the_set

import dlcourse
from dlcourse.grading import Settings, _problem_set, _verify, _worker, grade_submission
from dlcourse.grading._marking import RUN_IT, STOPS, _grade, _Notebook, grade_answer
from dlcourse.grading._plain import NotPlainError
from dlcourse.grading._sandbox import SandboxEndedError, StudentError

PACKAGE = Path(dlcourse.__file__).parent
# Where packages lie below /tmp, the way to them is seen there.
IN_TMP = [p.parts[2] for p in map(Path, (PACKAGE, sys.prefix)) if p.is_relative_to("/tmp")]
QUICK = Settings(seconds=1.0, memory=1_000)
PATIENT = Settings(seconds=20.0, memory=1_000)  # for attacks that need time to fail


def graded(notebook, settings=QUICK):
    content = notebook if isinstance(notebook, bytes) else as_bytes(notebook)
    return grade_submission(the_set(), content, settings)


def scores(result):
    return {question["name"]: question["score"] for question in result["questions"]}


def reason(result, name="square"):
    return next(q["reason"] for q in result["questions"] if q["name"] == name)


def test_a_perfect_notebook_earns_everything_that_tests_can_give():
    result = graded(answered())
    assert scores(result) == POINTS
    assert result["problem"] is None
    assert [question["reason"] for question in result["questions"]] == ["", ""]
    assert result["answers"] == {
        name: text.rstrip("\n") if name == "why" else text for name, text in RIGHT.items()
    }


def test_an_untouched_notebook_earns_nothing_and_says_so():
    result = graded(handed_out())
    assert scores(result) == {"square": 0.0, "mean": 0.0}
    assert "no answer" in reason(result)


def test_half_right_earns_the_half():
    result = graded(
        answered(
            mean="def mean_of(f, points):\n    points[:] = [0.0] * len(points)\n    return 2.0\n"
        )
    )
    assert scores(result) == {"square": 2.0, "mean": 1.0}
    assert "mean-2, hidden test: Argument 2 was changed" in reason(result, "mean")


# Answers that attack one question -------------------------------------------------------------

ATTACKS = {
    "a syntax error": ("def square_slope(x):\n    return 2 * (x\n", "SyntaxError"),
    "an endless loop": (
        "def square_slope(x):\n    while True: pass\n",
        "(more|longer) than 1 seconds",
    ),
    "an endless loop that catches interrupts": (
        "def square_slope(x):\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass\n",
        "(more|longer) than 1 seconds",
    ),
    "a loop that ignores signals": (
        "import signal\nfor s in range(1, 64):\n    try: signal.signal(s, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "def square_slope(x):\n    while True: pass\n",
        "(more|longer) than 1 seconds",
    ),
    "a loop where the cell is run": (
        "def square_slope(x): return 2 * x\nwhile True: pass\n",
        "(more|longer) than 1",
    ),
    "sleep": (
        "import time\ndef square_slope(x):\n    time.sleep(1000)\n",
        "(more|longer) than 1 seconds",
    ),
    "sys.exit": ("import sys\ndef square_slope(x):\n    sys.exit(0)\n", "SystemExit"),
    "sys.exit where the cell is run": (
        "import sys\ndef square_slope(x): return 2 * x\nsys.exit()\n",
        "SystemExit",
    ),
    "os._exit": ("import os\ndef square_slope(x):\n    os._exit(0)\n", "ended before it answered"),
    "a crash of the interpreter": (
        "import ctypes\ndef square_slope(x):\n    ctypes.string_at(0)\n",
        "ended before it answered",
    ),
    "recursion without end": (
        "def square_slope(x):\n    return square_slope(x)\n",
        "RecursionError",
    ),
    "an object that is equal to everything": (
        "class Liar(float):\n    def __eq__(self, other): return True\n"
        "    def __sub__(self, other): return 0.0\n    __rsub__ = __sub__\n"
        "    def __array__(self, *a, **k):\n        import numpy as np\n        return np.array(6.0)\n"
        "def square_slope(x):\n    return Liar(0)\n",
        "Expected 6.0, got 0.0",  # only the number crosses, without what it says of itself
    ),
    "an array that lies": (
        "import numpy as np\nclass Liar(np.ndarray):\n    def __array_ufunc__(self, *a, **k): return True\n"
        "    def __array_function__(self, *a, **k): return True\n"
        "def square_slope(x):\n    return np.zeros(1).view(Liar)\n",
        "an object of class 'Liar'",
    ),
    "a function where a number should be": (
        "def square_slope(x):\n    return lambda: 2 * x\n",
        "returned a function",
    ),
    "NumPy's comparisons patched": (
        "import numpy as np\nnp.testing.assert_allclose = np.allclose = lambda *a, **k: True\n"
        "np.array_equal = np.isclose = np.all = lambda *a, **k: True\n"
        "def square_slope(x):\n    return 0.0\n",
        "Expected 6.0, got 0.0",
    ),
    "the course's checks patched": (
        "import dlcourse.grading.checks as c\nc.assert_close = lambda *a, **k: None\n"
        "import dlcourse.grading as g\ng.grade_submission = lambda *a: {'score': 2}\n"
        "def square_slope(x):\n    return 0.0\n",
        "Expected 6.0, got 0.0",
    ),
    "built-in names patched": (
        "import builtins\nbuiltins.AssertionError = builtins.Exception = type('Nothing', (BaseException,), {})\n"
        "builtins.__import__ = lambda *a, **k: 1 / 0\nbuiltins.isinstance = lambda *a: True\n"
        "def square_slope(x):\n    return 0.0\n",
        "ended before it answered|Expected 6.0, got 0.0",
    ),
    "a wrong answer that looks for the right one in memory": (
        "import gc, sys\n"
        "def strings():\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n"
        "        yield from frame.f_code.co_names\n"
        "        yield from (v for v in frame.f_locals.values() if isinstance(v, str))\n"
        "        frame = frame.f_back\n"
        "    for kept in gc.get_objects():\n"
        "        if isinstance(kept, (list, tuple, dict)):\n"
        "            inner = kept.values() if isinstance(kept, dict) else kept\n"
        "            yield from (v for v in list(inner) if isinstance(v, str))\n"
        "def square_slope(x):\n"
        "    mark = '-'.join(['the', 'hidden', 'line'])\n"
        "    return 2 * x if any(mark in t and t != mark for t in strings()) else 0.0\n",
        "Expected 6.0, got 0.0",
    ),
    "50 GB": (
        "import numpy as np\ndef square_slope(x):\n    return np.ones(50 * 2**30 // 8)\n",
        "MemoryError",
    ),
    "memory piece by piece": (
        "def square_slope(x):\n    kept = []\n    while True:\n        kept.append(bytearray(10**7))\n",
        "MemoryError|stopped: more than|ended before",
    ),
    "a fork bomb": (
        "import os\ndef square_slope(x):\n    while True:\n        try: os.fork()\n        except OSError: pass\n",
        "longer than 1|more than 1|forged",
    ),
    "threads without end": (
        "import threading, time\ndef square_slope(x):\n    while True:\n"
        "        threading.Thread(target=time.sleep, args=(1000,)).start()\n",
        "RuntimeError|longer than|more than|ended before",
    ),
    "a huge reply": (
        "def square_slope(x):\n    return 'x' * 30_000_000\n",
        "lists that are too long",
    ),
    "a huge array": (
        "import numpy as np\ndef square_slope(x):\n    return np.zeros(10_000_000)\n",
        "arrays of 80 MB",
    ),
    "a deeply nested reply": (
        "def square_slope(x):\n    value = 0.0\n    for _ in range(100_000): value = [value]\n    return value\n",
        "more than 20 deep",
    ),
    "a list that holds itself": (
        "def square_slope(x):\n    a = []\n    a.append(a)\n    return a\n",
        "more than 20 deep",
    ),
    "an integer without end": ("def square_slope(x):\n    return 10 ** 100_000\n", "4096 bits"),
    "not a number": ("def square_slope(x):\n    return float('nan')\n", "Expected 6.0, got nan"),
    "None": ("def square_slope(x):\n    2 * x\n", "Got None"),
    "a name that is a number": ("square_slope = 6.0\n", "'float' object is not callable"),
    "an exception whose text fails": (
        "class Bad(Exception):\n    def __str__(self): raise SystemExit\n"
        "def square_slope(x):\n    raise Bad\n",
        "an exception",
    ),
    "an exception of a class that calls itself another": (
        "class Bad(Exception): pass\nBad.__name__ = 'AssertionError'\ndef square_slope(x):\n    raise Bad('no points')\n",
        "the answer raises",
    ),
}


@pytest.mark.parametrize("what", ATTACKS)
def test_an_attack_on_one_question_earns_nothing_there_and_all_elsewhere(what):
    source, why = ATTACKS[what]
    result = graded(answered(square=source), PATIENT if "in memory" in what else QUICK)
    assert scores(result) == {"square": 0.0, "mean": POINTS["mean"]}
    assert re.search(why, reason(result)), reason(result)
    json.dumps(result)


FORGED = {
    "a reply nobody asked for": "send({'result': 6.0, 'changed': {}, 'nonce': 'x'})",
    "a thousand replies": "[send({'result': 6.0, 'changed': {}, 'nonce': 'x'}) for _ in range(1000)]",
    "bytes without sense": "os.write(fd, b'\\xff' * 1000)",
    "a header of 4 GB": "os.write(fd, b'\\xff\\xff\\xff\\xff' + b'[' * 100)",
    "nested JSON": "os.write(fd, struct.pack('<I', 400_000) + b'[' * 400_000)",
    "a blob of 100 TB": "raw({'message': {'nonce': nonce()}, 'sizes': [10**14]})",
    "blobs of negative size": "raw({'message': {'nonce': nonce()}, 'sizes': [-5]})",
    "no dictionary": "raw([1, 2, 3])",
    "an array of objects": "reply(['a', 0, '|O8', [1]], b'12345678')",
    "an array that is not there": "reply(['a', 7, '<f8', [1]])",
    "an array of another size": "reply(['a', 0, '<f8', [3]], b'12345678')",
    "an array of negative size": "reply(['a', 0, '<f8', [-1]], b'12345678')",
    "a value of unknown kind": "reply(['z', 1])",
    "a value without a kind": "reply({'no': 'kind'})",
    "a function": "reply(['f', 0])",
    "an unhashable key": "reply(['d', [['l'], 1]])",
    "a call of a function that was not given": (
        "raw({'message': {'callback': 5, 'arguments': ['t'], 'nonce': nonce()}, 'sizes': []})"
    ),
    "a call of a function by a name": (
        "raw({'message': {'callback': '__class__', 'arguments': ['t'], 'nonce': nonce()}, 'sizes': []})"
    ),
}
FORGER = """
import gc, json, os, struct, sys
server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
fd = server.channel._outgoing

def raw(header, *blobs):
    text = json.dumps(header).encode()
    os.write(fd, struct.pack("<I", len(text)) + text + b"".join(blobs))

def nonce():
    return server.nonce

def send(message):
    raw({{"message": message, "sizes": []}})

def reply(tree, *blobs):
    message = {{"result": tree, "changed": {{}}, "nonce": nonce()}}
    raw({{"message": message, "sizes": [len(b) for b in blobs]}}, *blobs)

def square_slope(x):
    {}
    import time
    time.sleep(100)
"""


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_reply_earns_nothing(what):
    result = graded(answered(square=FORGER.format(FORGED[what])))
    assert scores(result) == {"square": 0.0, "mean": POINTS["mean"]}
    assert re.search("forged|longer than 1", reason(result)), reason(result)


def test_a_well_formed_reply_by_hand_is_no_more_than_an_answer():
    forger = FORGER.format("reply(2 * x + 1)")
    assert scores(graded(answered(square=forger)))["square"] == 0.0


def test_replies_prepared_before_the_question_are_not_believed():
    prepared = (
        FORGER.format("pass") + "\nsend({'result': 6.0, 'changed': {}, 'nonce': server.nonce})\n"
    )
    result = graded(answered(square=prepared))
    assert scores(result) == {"square": 0.0, "mean": POINTS["mean"]}
    assert "forged" in reason(result)


# What lies outside ------------------------------------------------------------------------------


def test_nothing_can_be_read_or_written_outside(tmp_path):
    secret = tmp_path / "gradebook.db"
    secret.write_text("the grades")
    known = ["/usr", "/proc", sys.prefix, sys.base_prefix, str(PACKAGE)]
    spy = f"""
import os, glob
found = []
for path in [{str(secret)!r}, "/etc/shadow", "/etc/passwd", "/proc/1/environ", os.path.expanduser("~/.ssh")]:
    try:
        found.append(open(path).read())
    except OSError:
        pass
for path in [{str(secret)!r}, {str(tmp_path / "new")!r}, "/new", "/dev/new", "/usr/new", {os.getcwd()!r} + "/new"]:
    try:
        with open(path, "w") as file:
            file.write("0wned")
        found.append(path)
    except OSError:
        pass
found += glob.glob("/home/*") + glob.glob("/srv/*") + glob.glob("/var/*")
found += [name for name in os.listdir("/tmp") if name not in {IN_TMP}]
for folder, inner, files in os.walk("/"):
    inner[:] = [d for d in inner if os.path.join(folder, d) not in {known}]
    found += [file for file in files if file.endswith((".ipynb", ".db", ".csv"))]
def square_slope(x):
    return " ".join(found)
"""
    result = graded(answered(square=spy), PATIENT)
    assert scores(result)["mean"] == POINTS["mean"]
    assert "Expected numbers, got ''" in reason(result)
    assert secret.read_text() == "the grades"
    assert os.listdir(tmp_path) == ["gradebook.db"]


def test_the_environment_is_empty_and_the_process_alone(monkeypatch):
    monkeypatch.setenv("DLCOURSE_COHORT", "the secret seed")
    spy = """
import os
def square_slope(x):
    processes = [p for p in os.listdir("/proc") if p.isdigit()]
    commands = [open(f"/proc/{p}/cmdline").read() for p in processes]
    leaked = [c for c in commands if "secret" in c or "pytest" in c]
    return repr([os.environ.get("DLCOURSE_COHORT"), os.getuid() == 0, leaked, len(processes) < 5])
"""
    assert "[None, False, [], True]" in reason(graded(answered(square=spy)))


def test_there_is_no_network():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.1)
        port = server.getsockname()[1]
        spy = f"""
import socket
def square_slope(x):
    try:
        socket.create_connection(("127.0.0.1", {port}), timeout=0.5)
    except OSError as error:
        return type(error).__name__
    return 2 * x
"""
        result = graded(answered(square=spy))
        assert scores(result)["square"] == 0.0
        with pytest.raises(TimeoutError):
            server.accept()


def test_output_without_end_goes_nowhere():
    loud = "import sys\ndef square_slope(x):\n    for _ in range(100): sys.stdout.write('x' * 10**6)\n    return 2 * x\n"
    assert scores(graded(answered(square=loud))) == POINTS


def test_a_full_disk_inside_is_full_inside_only():
    filler = """
def square_slope(x):
    written = 0
    try:
        for k in range(100):
            with open(f"/tmp/{k}", "wb") as file:
                for _ in range(10):
                    written += file.write(bytes(10**6))
    except OSError:
        pass
    return 2 * x if written < 70_000_000 else 0.0
"""
    assert scores(graded(answered(square=filler))) == POINTS


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of calls of the system")
@pytest.mark.parametrize(
    ("what", "number", "arguments"),
    [
        ("shared memory that no limit counts", 29, (0, 1_000, 0o1600)),
        ("a key that outlives the process", 248, (b"user", b"name", b"text", 4, -3)),
        ("another process's memory", 101, (16, 1, 0, 0)),
        ("namespaces of its own", 272, (0x10000000,)),
        ("a child with namespaces of its own", 56, (0x10000000 | 17, 0, 0, 0, 0)),
        ("memory that no limit counts", 319, (b"name", 0)),
        ("secret memory", 447, (0,)),
        ("a lock that another sandbox sees", 73, ("fd", 2)),
        ("whether a lock of another's is seen", 72, ("fd", 5, b"\1" + bytes(40))),
        ("what others open", 254, (0, b"/usr", 0x20)),
        ("to drop a page that all can read", 221, ("fd", 0, 0, 4)),
        ("which pages are in memory", 27, (0, 0, 0)),
        ("to read only what is in memory", 327, ("fd", 0, 0, 0, 0, 8)),
        ("how many pages are in memory", 451, ("fd", 0, 0, 0)),
    ],
)
def test_what_numerical_code_never_asks_of_the_system_is_refused(what, number, arguments):
    spy = f"""
import ctypes, os, sys
fd = os.open(sys.executable, os.O_RDONLY)
def square_slope(x):
    system = ctypes.CDLL(None, use_errno=True)
    arguments = [fd if a == "fd" else a for a in {arguments}]
    if system.syscall({number}, *arguments) == 0 and {number} == 56:
        os._exit(0)
    return f"errno {{ctypes.get_errno()}}"
"""
    assert "errno 1'" in reason(graded(answered(square=spy)))


def test_the_first_process_within_the_walls_ends_with_the_sandbox(monkeypatch):
    """Whatever student code does to the signal with which bubblewrap would end it."""
    with Settings().sandbox() as place:
        assert place._first is not None
        known = Path(f"/proc/self/fdinfo/{place._first}").read_text()
        first = int(re.search(r"^Pid:\s+(\d+)", known, re.M)[1])
        assert b"bwrap" in Path(f"/proc/{first}/cmdline").read_bytes()
        # As if it had cut the tie: nobody is there to end the others.
        monkeypatch.setattr(os, "killpg", lambda *about: place._process.kill())
    deadline = time.monotonic() + 30
    while os.path.exists(f"/proc/{first}"):
        assert time.monotonic() < deadline


def _processes(mark):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    if mark in file.read():
                        found.append(entry)
            except OSError:
                pass
    return found


def test_nothing_outlives_its_question():
    mark = "outlives-4711"
    runaway = f"""
import os, subprocess, sys, threading, time
threading.Thread(target=time.sleep, args=(1000,)).start()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)", {mark!r}], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
def square_slope(x):
    return 2 * x
"""
    result = graded(answered(square=runaway))
    assert scores(result) == POINTS
    deadline = time.monotonic() + 30
    while _processes(mark.encode()):
        assert time.monotonic() < deadline, "a child of the student's code lives on"


def test_one_question_leaves_nothing_for_the_next():
    first = (
        "import builtins\nbuiltins.planted = True\nopen('/tmp/planted', 'w').close()\n"
        + RIGHT["square"]
    )
    second = """
import builtins, os
def mean_of(f, points):
    assert not hasattr(builtins, "planted") and not os.path.exists("/tmp/planted")
    return sum(f(x) for x in points) / len(points)
"""
    assert scores(graded(answered(square=first, mean=second))) == POINTS


def test_a_function_that_is_given_can_be_called_and_not_abused():
    greedy = """
def mean_of(f, points):
    for bad in [10 ** 400, "x" * 10**6, object(), [[[]]] * 10**4]:
        try:
            f(bad)
        except Exception:
            pass
    try:
        f.__globals__
        return 0.0
    except AttributeError:
        pass
    except KeyError:
        return 0.0
    return sum(f(x) for x in points) / len(points)
"""
    assert scores(graded(answered(mean=greedy)))["square"] == POINTS["square"]


def test_functions_that_are_given_are_not_called_with_more_than_fits():
    hoarding = """
def mean_of(f, points):
    for _ in range(10_000):
        f(np.zeros(12_000))
    return 2.0
"""
    result = graded(answered(mean=hoarding), PATIENT)
    assert scores(result) == {"square": POINTS["square"], "mean": 0.0}
    assert "too much data" in reason(result, "mean")


def one_question(tests, setup=()):
    """Return a question that asks for `f`, with a test of one point for each text."""
    cells = tuple(
        _problem_set.Test(f"f-{k}", 1.0, f"{text}\n", "") for k, text in enumerate(tests, 1)
    )
    imports = "import numpy as np\nfrom dlcourse.grading.checks import assert_close"
    return _problem_set.Question("f", "", "", "", ("f",), (imports, *setup), cells)


def graded_alone(question, answer, settings=QUICK):
    with settings.sandbox() as place:
        return grade_answer(question, answer, place, settings.seconds)


HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


@pytest.mark.parametrize("spoiled", ["np.nan", "0.0"])
def test_an_answer_that_spoils_what_it_was_given_does_not_decide_what_is_right(spoiled):
    doubled = "given = np.array([1.0, 2.0])\nassert_close(f(given), 2 * given)"
    kept = f"{doubled}\nassert_close(given, [1.0, 2.0])"
    question = one_question([doubled, kept])
    answer = f"def f(x):\n    x[:] = {spoiled}\n    return x.copy()\n"
    assert graded_alone(question, answer)["score"] == 0.0
    # Who changes it and is right all the same loses only where it has to stay.
    right = graded_alone(question, "def f(x):\n    x *= 2\n    return x.copy()\n")
    assert right["score"] == 0.0  # the test compares with what was changed
    right = graded_alone(question, "def f(x):\n    y = 2 * x\n    x[0] = 1\n    return y\n")
    assert right["score"] == 2.0


def test_no_visible_test_tells_students_what_a_hidden_one_gave():
    parrot = """
seen = []
def f(x):
    seen.append(x)
    return seen[0] if x == 2.0 else 0.125
"""
    first = HIDDEN.format("assert_close(f(47.11), 0.125)")
    then = "assert_close(f(2.0), 4.0)\n"
    for tests in ([first, then], [f"{first}\n{then}"]):
        failed = graded_alone(one_question(tests), parrot)["tests"][-1]
        assert "47.11" in failed["reason"]
        assert failed["advice"] == "A test that you can see fails: run it in your notebook."
    failed = graded_alone(one_question([then, first]), parrot)["tests"][0]
    assert failed["advice"] == "Expected 4.0, got 2.0."


def test_not_even_where_the_tests_run_a_second_time():
    parrot = """
seen, secret = 0, 0.0
def f(x):
    global seen, secret
    if x[0] == 2.0:
        seen += 1
        return 4.0 if seen == 1 else secret
    secret, x[0] = float(x[0]), 0.0
    return 0.125
"""
    visible = "assert_close(f(np.array([2.0])), 4.0)"
    hidden = HIDDEN.format("assert_close(f(np.array([47.11])), 0.125)")
    failed = graded_alone(one_question([visible, hidden]), parrot)["tests"][0]
    assert "47.11" in failed["reason"]
    assert failed["advice"] == "A test that you can see fails: run it in your notebook."


def test_nor_in_the_next_question_if_the_notebook_remembers(tmp_path):
    """Where an answer finds a way to tell the next one, by the clock say, no page may tell it."""
    visible, hidden = "assert_close(f(2.0), 4.0)", HIDDEN.format("assert_close(f(47.11), 0.125)")
    questions = [
        replace(one_question(tests), name=name, asks=(name,))
        for name, tests in {"f": [hidden], "g": [visible.replace("f(", "g(")]}.items()
    ]
    sound, loud = "def f(x): return 0.125", "def g(x): return 47.11"
    for answer, advice in {loud: RUN_IT, "\n\n1 / 0\n" + loud: STOPS}.items():
        cells = [code(source) for source in (sound, answer)]
        problem_set = replace(the_set(), questions=tuple(questions), written=())
        result = grade_submission(problem_set, as_bytes({"cells": cells}), QUICK)
        first, second = result["questions"]
        assert first["score"] == 1.0
        assert second["tests"][0]["advice"] == advice
    alone = replace(problem_set, questions=(questions[1],))
    failed = grade_submission(alone, as_bytes({"cells": [code(loud)]}), QUICK)["questions"][0]
    assert failed["tests"][0]["advice"] == "Expected 4.0, got 47.11."


def test_what_an_answer_returned_is_not_kept():
    """A test's names and functions hold each other; in a long class they would fill the memory."""
    held = []

    class Place(_verify.Here):
        def look(self, name):
            array = np.ones(2_000_000).view(type("Array", (np.ndarray,), {}))
            self.received += array.nbytes
            held.append(weakref.ref(array))
            return lambda: array

    answer = "def f():\n    return np.ones(1_000)\n"
    question = one_question(["def kept():\n    return got\ngot = f()\nassert got.size"])
    cell = {"code": True, "source": answer, **_worker.names_in(answer)}
    gc.disable()
    try:
        with mock.patch.object(Settings, "sandbox", return_value=Place()):
            graded_question, _ = _grade(question, _Notebook([cell], the_set()), QUICK)
        assert graded_question["score"] == 1.0
        assert [array() is None for array in held] == [True]
    finally:
        gc.enable()


def test_a_process_that_has_ended_is_asked_nothing_more():
    """Its pipes may have got another's numbers; and a test may take its end for an error."""
    with QUICK.sandbox() as place:
        place.run("import os\ndef f(x): os._exit(0)")
        ending = place.look("f")
        with pytest.raises(SandboxEndedError, match="ended before it answered"):
            ending(1)
        with pytest.raises(SandboxEndedError, match="ended before it answered"):
            place.run("pass")
    with pytest.raises(SandboxEndedError, match="ended before it answered"):
        ending(1)
    swallows = "try:\n    f(1)\nexcept Exception:\n    pass"
    result = graded_alone(one_question([swallows]), "import os\ndef f(x): os._exit(0)\n")
    assert result["score"] == 0.0
    assert "ended before it answered" in result["reason"]


def test_the_time_of_our_functions_counts():
    busy = "def f(g):\n    while True:\n        g(0)\n"
    slow = "import time\nassert f(lambda x: time.sleep(0.2)) is None"
    began = time.monotonic()
    tight = Settings(seconds=0.25)
    result = graded_alone(one_question([slow]), busy, tight)
    assert "longer than 0.25 seconds" in result["reason"]
    assert time.monotonic() - began < 60


def test_if_memory_runs_out_student_code_goes_first():
    with QUICK.sandbox() as place:
        place.run("score = open('/proc/self/oom_score_adj').read().strip()")
        assert place.look("score") == "1000"
        if os.getuid() == 0:  # the file is root's, so nobody else takes back what stands there
            with pytest.raises(StudentError, match="PermissionError"):
                place.run("open('/proc/self/oom_score_adj', 'w')")


@pytest.mark.parametrize("kind", ["StopIteration", "StopAsyncIteration"])
def test_an_exception_that_ends_loops_does_not_end_the_tests(kind):
    question = one_question(["assert all(map(lambda x: f(x) == 2 * x, [1, 2, 3]))"])
    result = graded_alone(question, f"def f(x):\n    raise {kind}\n")
    assert result["score"] == 0.0
    assert kind in result["reason"]


def test_the_line_of_an_exception_is_a_line():
    liar = FORGER.format(
        "raw({'message': {'error': {'kind': 'ValueError', 'line': 10**40}, 'nonce': nonce()},"
        " 'sizes': []})"
    )
    result = graded(answered(square=liar))
    assert [test["advice"] for test in result["questions"][0]["tests"]] == [
        "Your code raises ValueError."
    ]


# What notebooks allow, and honest answers do -------------------------------------------------------

HONEST = {
    "arguments by name": "def mean_of(f, points):\n    return f(x=2.0)\n",
    "threads": """
from concurrent.futures import ThreadPoolExecutor
def mean_of(f, points):
    with ThreadPoolExecutor(3) as pool:
        return sum(pool.map(f, points)) / len(points)
""",
    "what a notebook has without importing it": """
def mean_of(f, points):
    display(points)
    return sum(f(x) for x in points) / len(points)
get_ipython().run_line_magic("matplotlib", "inline")
""",
    "the output of a command": RIGHT["mean"] + "files = !ls\ntime = %timeit -o 1\n",
    "await": "import asyncio\nawait asyncio.sleep(0)\n" + RIGHT["mean"],
    "a last line that fails": RIGHT["mean"] + "print(mean_of(abs, []))\n",
    "a question to the reader": RIGHT["mean"] + "input('Go on?')\n",
}


@pytest.mark.parametrize("what", HONEST)
def test_what_works_in_a_notebook_works_here(what):
    result = graded(answered(mean=HONEST[what]), PATIENT)
    points = {**POINTS, "mean": 1.0} if what == "arguments by name" else POINTS
    assert scores(result) == points, reason(result, "mean")


# Each list: the student's own cells before the answer, and the answer; all in this process.
SLOPE = "def square_slope(x):\n    return {}\n"
MEAN = "def mean_of(f, points):\n    return total(map(f, points)) / len(points)\n"
HELPED = {
    "a constant in two cells": ["two = 4", "two = two / 2", SLOPE.format("two * x")],
    "a constant that is changed": ["two = 4", "two /= 2", SLOPE.format("two * x")],
    "a dictionary that is filled": ["W = {}", "W['a'] = 2", SLOPE.format("W['a'] * x")],
    "a list that is filled": [
        "W = []",
        "for w in (2,):\n    W.append(w)",
        SLOPE.format("W[0] * x"),
    ],
    "an array that is filled": ["W = np.zeros(2)", "W[:] = 1", SLOPE.format("W.sum() * x")],
    "a method that is added": [
        "class Slope:\n    def __init__(self, x):\n        self.x = x",
        "def value(self):\n    return 2 * self.x\nSlope.value = value",
        SLOPE.format("Slope(x).value()"),
    ],
    "a global of a function": [
        "def prepare():\n    global two\n    two = 2",
        "prepare()",
        SLOPE.format("two * x"),
    ],
    "an answer that wraps another": [
        "def square_slope(x):\n    return [2 * x]",
        "plain = square_slope\ndef square_slope(x):\n    return plain(x)[0]\n",
    ],
    "an answer that wraps itself": [
        "def square_slope(x):\n    return [2 * x]",
        "square_slope = (lambda f: lambda x: f(x)[0])(square_slope)",
    ],
    "a name of the author's": ["OFFSET = 2", SLOPE.format("OFFSET * x")],
    "a helper of a helper, defined later": [
        "def double(x):\n    return two * x",
        "two = 2",
        SLOPE.format("double(x)"),
    ],
    "an annotation that is never looked at": [
        "from __future__ import annotations",
        "def square_slope(x: NoSuchClass):\n    return 2 * x\n",
    ],
}


def with_cells(before, answer, after=(), **answers):
    """Return a notebook with an answer to the first question, and cells of one's own around it."""
    notebook = answered(square=answer, **answers)
    place = next(k for k, c in enumerate(notebook["cells"]) if c["source"] == answer)
    notebook["cells"][place + 1 : place + 1] = [code(source) for source in after]
    notebook["cells"][place:place] = [code(source) for source in before]
    return notebook


@pytest.mark.parametrize("what", HELPED)
def test_an_answer_finds_what_its_notebook_had_when_it_ran(what):
    *before, answer = HELPED[what]
    settings = PATIENT if "annotation" in what else _verify._Trusting()
    result = graded(with_cells(before, answer), settings)
    assert scores(result) == POINTS, reason(result)


def test_a_helper_that_is_defined_anew_serves_each_answer_as_it_was():
    first = "def total(values):\n    return 2 * values"
    then = "def total(values):\n    return sum(values)"
    notebook = with_cells([first], SLOPE.format("total(x)"), [then], mean=MEAN)
    assert scores(graded(notebook, _verify._Trusting())) == POINTS


def test_a_helper_may_be_called_like_something_within_a_function_of_the_authors():
    setup = "def check_all(f):\n    steps = [1, 2]\n    return [f(step) for step in steps]"
    problem_set = the_set()
    questions = tuple(replace(q, setup=(*q.setup, setup)) for q in problem_set.questions)
    notebook = with_cells(["def steps(x):\n    return 2 * x"], SLOPE.format("steps(x)"))
    result = grade_submission(
        replace(problem_set, questions=questions), as_bytes(notebook), _verify._Trusting()
    )
    assert scores(result) == POINTS


def test_a_drawing_is_no_change_of_the_module_that_draws():
    """Else the long training before it would be run for an answer that draws, too."""
    before = ["import math as plt", "history = 1 / 0\nplt.sqrt(history)"]
    cells = [*before, SLOPE.format("2 * x + 0 * plt.pi"), "x = [0 for k in range(3)]"]
    names = [_worker.names_in(source) for source in cells]
    own = [{"code": True, "source": s, **n} for s, n in zip(cells, names, strict=True)]
    notebook = _Notebook(own, the_set())
    first, then = notebook.tries(notebook.own[2], the_set().questions[0])
    assert (first, then) == (before[:1], before)
    assert "k" not in names[3]["defines"]


def test_a_second_try_gains_nothing_for_what_ends_its_process():
    """All cells before the answer run in the second try; it counts only if it ends well."""
    attack = FORGER.format("reply(2 * x)").replace("def square_slope(x):", "def answer_of(x):")
    before = [attack, "os._exit(0)"]
    result = graded(with_cells(before, SLOPE.format("undefined * x")))
    assert scores(result) == {**POINTS, "square": 0.0}
    assert "NameError" in reason(result)


MAGICS = """%load_ext autoreload
files = !ls
%time TWO = (2
        % 3)
def square_slope(x):
    if (x
        != x): raise ValueError("not %s"
            % x)
    return TWO * x
    !echo it's (
square_slope?"""


def test_only_lines_that_python_does_not_understand_are_left_out():
    left = ast.unparse(_worker._parsed(MAGICS.replace("%time TWO = (2\n        % 3)", "TWO = 2")))
    assert "!= x" in left
    assert "% x" in left
    notebook = with_cells([], MAGICS.replace("(2\n        % 3)", "2"))
    assert scores(graded(notebook)) == POINTS
    many = "\n".join(["!ls"] * 250)
    with pytest.raises(SyntaxError):
        _worker._parsed(many)


def test_a_pool_of_threads_has_its_locks_and_little_room():
    pool = """
from multiprocessing.pool import ThreadPool
def mean_of(f, points):
    with ThreadPool(2) as pool:
        return sum(pool.map(f, points)) / len(points)
"""
    filler = """
try:
    open("/dev/shm/large", "wb").write(bytes(2_000_000))
except OSError as error:
    full = error.errno
"""
    result = graded(answered(square=filler + SLOPE.format("2 * x if full == 28 else 0"), mean=pool))
    assert scores(result) == POINTS
    assert not os.path.exists("/dev/shm/large")


PLAINER = """
import collections, enum, fractions
import numpy as np
class Name(str, enum.Enum):
    SGD = "SGD"
class Count(int): pass
class Length(float):
    def __float__(self): return 7.0
Pair = collections.namedtuple("Pair", "name used")
ordered = collections.OrderedDict(a=1, b=2)
ordered.move_to_end("a")
given = [
    Name.SGD, Count(3), Length(0.5), Pair("z", zip("ab", [1, 2])), ordered,
    collections.defaultdict(list, {1: [2]}), np.str_("Adam"), filter(None, [0, 1]), range(2),
    (k for k in (1, 2)), {"a": 1}.keys(), fractions.Fraction(1, 2),
    np.longdouble(0.5), np.array([0.5], np.longdouble), np.float32(0.5), True,
]
"""


def test_what_a_notebook_takes_for_plain_crosses_as_plain():
    with QUICK.sandbox() as place:
        place.run(PLAINER)
        given = place.look("given")
        place.run(
            "endless = iter(int, 1)\nclass Array(np.ndarray): pass\nlie = np.ones(1).view(Array)"
        )
        with pytest.raises(NotPlainError, match="more than 100000 entries"):
            place.look("endless")
        with pytest.raises(NotPlainError, match="class 'Array'"):
            place.look("lie")
    pairs = [("a", 1), ("b", 2)]
    texts = ["SGD", 3, 0.5, ("z", pairs), {"b": 2, "a": 1}, {1: [2]}, "Adam", [1], [0, 1], [1, 2]]
    assert given[:12] == [*texts, ["a"], 0.5]
    assert [type(value) for value in given[:6]] == [str, int, float, tuple, dict, dict]
    assert list(given[4]) == ["b", "a"]
    assert [type(v) for v in given[12:]] == [np.float64, np.ndarray, np.float32, bool]


def test_our_functions_take_numbers_of_many_bits():
    wide = "def mean_of(f, points):\n    return sum(f(np.longdouble(x)) for x in points) / len(points)\n"
    assert scores(graded(answered(mean=wide))) == POINTS


def test_an_answer_may_stand_in_two_cells():
    both = _problem_set.Question(
        "two",
        "",
        "",
        "",
        ("f", "g"),
        (),
        (_problem_set.Test("two-1", 1.0, "assert f(1) == g(1) == 2", ""),),
    )
    cells = [
        {"code": True, "name": name, "source": f"def {name}(x):\n    return 2 * x\n"}
        for name in "fg"
    ]
    cells = [{**cell, "defines": [cell["name"]], "needs": []} for cell in cells]
    notebook = _Notebook(cells, the_set())
    graded_question, _ = _grade(both, notebook, QUICK)
    assert graded_question["score"] == 1.0


def test_a_text_in_a_cell_below_the_one_meant_for_it_is_read():
    notebook = answered(why="YOUR ANSWER HERE")
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "Because."})
    assert graded(notebook)["answers"]["why"] == "Because."
    assert graded(handed_out())["answers"]["why"] is None


BELOW = {
    "two cells": (["First.", "Then."], [], "First.\n\nThen."),
    "an empty cell between": (["", "Because."], [], "Because."),
    "comments in a cell of code": ([], ["# Because\n\n# of that"], "# Because\n\n# of that"),
    "words in a cell of code": ([], ["Because of that."], "Because of that."),
    "code, which is none": ([], ["h = 1e-9\nprint(h)", "%matplotlib inline"], None),
}


@pytest.mark.parametrize("what", BELOW)
def test_all_words_below_the_cell_meant_for_them_are_read(what):
    texts, codes, answer = BELOW[what]
    notebook = answered(why="YOUR ANSWER HERE")
    notebook["cells"] += [code(source) for source in codes]
    notebook["cells"] += [{"cell_type": "markdown", "metadata": {}, "source": s} for s in texts]
    assert graded(notebook, _verify._Trusting())["answers"]["why"] == answer


def test_words_stop_at_the_next_cell_of_the_authors():
    notebook = answered(why="Because.")
    notebook["cells"].append(cells_by_name(answered())["mean-text"])
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "Not that."})
    assert graded(notebook, _verify._Trusting())["answers"]["why"] == "Because."


def cells_by_name(notebook):
    return {c["metadata"]["nbgrader"]["grade_id"]: c for c in notebook["cells"]}


@pytest.mark.parametrize("whose", ["why", "all"])
@pytest.mark.parametrize("with_id", [False, True], ids=["id kept", "id too"])
@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_text_in_a_renamed_cell_is_read(whose, with_id, kind):
    """The grade_id of a cell is a name that anybody can change; an unknown one says nothing."""
    notebook = answered()
    for name, cell in cells_by_name(notebook).items():
        if whose in (name, "all"):
            cell["metadata"]["nbgrader"]["grade_id"] = f"cell-{name}"
            cell["id"] = f"cell-{name}" if with_id else cell["id"]
        if name == "why":
            cell["cell_type"] = kind
    assert graded(notebook)["answers"]["why"] == RIGHT["why"]


def test_a_text_typed_into_the_cell_of_the_question_is_read():
    notebook = answered()
    cells = cells_by_name(notebook)
    cells["why-text"]["source"] += "\n\nSince it has a limit."
    notebook["cells"].remove(cells["why"])
    assert graded(notebook)["answers"]["why"] == "Since it has a limit."
    notebook["cells"].append(cells["why"])  # where there is an answer in its place, that counts
    assert graded(notebook)["answers"]["why"] == RIGHT["why"]


def test_prose_that_belongs_to_nobody_is_read_rather_than_lost():
    notebook = answered(why="YOUR ANSWER HERE")
    notes = [{"cell_type": "markdown", "metadata": {}, "source": s} for s in ("Look:", "A limit.")]
    notebook["cells"] = [notes[0], *notebook["cells"][:2], notes[1], *notebook["cells"][2:]]
    assert graded(notebook)["answers"]["why"] == "Look:\n\nA limit."


def test_what_programs_add_to_a_notebook_is_no_answer():
    notebook = handed_out()
    badge = '<a href="https://colab.research.google.com/x"><img src="y" alt="Open In Colab"/></a>'
    for source in (badge, "<a>Open In Colab</a>", "", "---", "# A pair of questions  \n"):
        notebook["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": source})
    assert graded(notebook)["answers"]["why"] is None


@pytest.mark.parametrize("text", ["<" * 199_000, "# " + " " * 199_000 + "x", "![" * 99_000])
def test_no_text_keeps_the_grader_busy(text):
    notebook = answered(why="YOUR ANSWER HERE")
    notebook["cells"] += [{"cell_type": "markdown", "metadata": {}, "source": text}] * 10
    began = time.process_time()
    graded(notebook, PATIENT)
    assert time.process_time() - began < 5


def test_a_notebook_of_another_set_is_noticed_and_its_texts_are_not_taken_for_answers():
    notebook = answered()
    for name, cell in cells_by_name(notebook).items():
        if cell["cell_type"] == "markdown":
            cell["source"] = cell["source"].replace("question", "riddle").replace("Question", "No.")
        else:
            cell["source"] = f"{name.replace('-', '_')} = 1"
    result = graded(notebook)
    assert result["problem"] == "the notebook holds no question of pair: is it the right one?"
    assert not any(result["answers"].values())
    assert set(scores(result).values()) == {0.0}


@pytest.mark.parametrize("kept", ["square", "mean-1", "mean-text", "why-text", "title"])
def test_one_cell_of_the_set_makes_a_notebook_one_of_it(kept):
    notebook = handed_out()
    cell = cells_by_name(notebook)[kept]
    cell["metadata"] = {}
    notebook["cells"] = [code("x = 1"), cell]
    assert graded(notebook)["problem"] is None


def test_constants_of_another_seed_are_noticed():
    assert not graded(answered())["other_constants"]
    notebook = answered()
    offset = cells_by_name(notebook)["offset"]
    assert offset["source"] != "OFFSET = 7.5"
    offset["source"] = offset["source"] + "  # as given"
    assert not graded(notebook)["other_constants"]
    offset["source"] = "OFFSET = 7.5"
    assert graded(notebook)["other_constants"]


def test_a_picture_within_a_text_leaves_the_text():
    picture = "![p](data:image/png;base64," + "A" * 300_000 + ")"
    result = graded(answered(why=f"{picture} Because."))
    assert result["answers"]["why"] == "![p]((a picture)) Because."


# Damaged notebooks -----------------------------------------------------------------------------


def test_deleted_test_cells_cost_nothing():
    notebook = answered()
    notebook["cells"] = [
        c for c in notebook["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")
    ]
    assert scores(graded(notebook)) == POINTS


def test_stripped_asserts_help_nobody():
    notebook = answered(square="def square_slope(x):\n    return 0.0\n")
    for cell in notebook["cells"]:
        if "assert" in cell["source"]:
            cell["source"] = "pass"
    assert scores(graded(notebook)) == {"square": 0.0, "mean": POINTS["mean"]}


def test_duplicated_cells_cost_nothing():
    notebook = answered()
    notebook["cells"] = [cell for cell in notebook["cells"] for _ in range(3)]
    assert scores(graded(notebook)) == POINTS
    starter = next(
        c for c in handed_out()["cells"] if c["metadata"]["nbgrader"]["grade_id"] == "square"
    )
    notebook = answered()
    notebook["cells"] += [starter]
    assert scores(graded(notebook)) == POINTS
    broken = answered()
    broken["cells"] += [{**starter, "source": "def square_slope(x):\n    return 3 * x\n"}]
    result = graded(broken)
    assert scores(result) == POINTS
    assert "2 different answers" in reason(result)


def test_reordered_cells_cost_nothing():
    notebook = answered()
    notebook["cells"].reverse()
    assert scores(graded(notebook)) == POINTS


def test_lost_metadata_costs_nothing():
    notebook = answered()
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    result = graded(notebook)
    assert scores(result) == POINTS
    assert result["answers"]["why"] == RIGHT["why"]


def test_renamed_cells_cost_nothing():
    notebook = answered()
    for cell in notebook["cells"]:
        cell["metadata"]["nbgrader"]["grade_id"] = "cell-" + cell["id"]
    assert scores(graded(notebook)) == POINTS


def test_names_exchanged_between_cells_cost_nothing():
    notebook = answered()
    swap = {"square": "mean", "mean": "square"}
    for cell in notebook["cells"]:
        known = cell["metadata"]["nbgrader"]
        known["grade_id"] = swap.get(known["grade_id"], known["grade_id"])
    assert scores(graded(notebook)) == POINTS


def test_helpers_in_cells_of_ones_own_count():
    notebook = answered(square="def square_slope(x):\n    return double(x) * np.float64(1)\n")
    notebook["cells"].insert(1, code("%matplotlib inline\nfrom math import *\nTWO = 2"))
    notebook["cells"].insert(2, code("def double(x):\n    return TWO * x"))
    notebook["cells"].insert(3, code("while True: pass"))  # of no use to any answer
    notebook["cells"].insert(4, code("!rm -rf /\n%%bash\nx ="))
    assert scores(graded(notebook)) == POINTS


def test_cells_that_no_answer_needs_cost_nothing():
    """A cell that binds a name as an argument of an answer is called is none of its business."""
    notebook = answered()
    scratch = "for x in [1, 0]:\n    print(1 / x)\nf = points = None\nraise KeyError(x)"
    notebook["cells"] = [code(scratch), *notebook["cells"], code(scratch)]
    assert scores(graded(notebook)) == POINTS


def test_a_helper_that_stops_has_defined_what_stands_before():
    notebook = answered(square="def square_slope(x):\n    return TWO * x\n")
    notebook["cells"].append(code("TWO = 2\nraise KeyError\nTWO = 3"))
    assert scores(graded(notebook)) == POINTS


@pytest.mark.parametrize("name", POINTS)
def test_an_answer_alone_in_its_notebook_earns_its_points(name):
    notebook = handed_out()
    for cell in notebook["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == name:
            cell["source"] = RIGHT[name]
    assert scores(graded(notebook)) == {**dict.fromkeys(POINTS, 0.0), name: POINTS[name]}


def test_a_notebook_of_the_old_format_is_read():
    cells = [
        {"cell_type": "code", "input": RIGHT["square"], "metadata": {}, "language": "python"},
        {"cell_type": "code", "input": [RIGHT["mean"]], "metadata": {}, "language": "python"},
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    assert scores(graded(old)) == POINTS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_another_encoding_costs_nothing(encoding):
    notebook = answered(square="# Größe\n" + RIGHT["square"])
    assert scores(graded(json.dumps(notebook, ensure_ascii=False).encode(encoding))) == POINTS


UNREADABLE = {
    "nothing": b"",
    "truncated": as_bytes(answered())[:-200],
    "no notebook": b'{"hello": "world"}',
    "a list": b"[1, 2, 3]",
    "a number": b"7",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "deep nesting": b"[" * 200_000,
    "a bomb of brackets": b'{"cells": [' + b"[]," * 1_000_000 + b"[]]}",
    "zeros": bytes(1_000_000),
    "cells that are a text": b'{"cells": "none"}',
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_is_no_notebook_earns_nothing_and_says_so(what):
    result = graded(UNREADABLE[what])
    assert set(scores(result).values()) == {0.0}
    assert all(question["reason"] for question in result["questions"])
    json.dumps(result)


def test_cells_of_strange_shapes_are_passed_over():
    strange = [None, 7, [], {}, {"cell_type": "code"}, {"cell_type": "code", "source": None}]
    strange += [
        {"cell_type": "code", "source": ["a", 7, None]},
        {"cell_type": "code", "source": "x" * 10**6},
    ]
    strange += [
        {"cell_type": 5, "source": "def square_slope(x): pass", "metadata": {"nbgrader": 3}}
    ]
    strange += [code("(" * 50_000), code("-" * 100_000 + "1"), code("x = " + "[" * 5_000)]
    strange += [code("\ud800 = 1"), code("a" * 199_999), code("\0")]
    notebook = answered()
    notebook["cells"] = strange + notebook["cells"] + strange
    assert scores(graded(notebook)) == POINTS


@pytest.mark.parametrize(
    "source",
    [
        "def g(a):\n    global a\n",
        "nonlocal x",
        "x = 0x" + "f" * 5_000,
        "def g(a, a): pass",
        "x = " + "+".join("a" * 20_000),
        "x = " + "-" * 5_000 + "1",
    ],
    ids=["global", "nonlocal", "a number", "an argument twice", "a sum", "signs"],
)
def test_a_cell_of_ones_own_that_no_python_reads_costs_nothing(source):
    notebook = answered()
    notebook["cells"].insert(0, code(source))
    result = graded(notebook, PATIENT)
    assert result["problem"] is None
    assert scores(result) == POINTS


def test_more_text_than_fits_into_a_message_costs_nothing():
    notebook = answered()
    notebook["cells"] += [code("#" + "ä" * 190_000) for _ in range(20)]
    assert scores(graded(notebook, PATIENT)) == POINTS


def test_text_of_students_reaches_teachers_as_one_plain_line():
    result = graded(
        answered(
            square="def square_slope(x):\n    raise ValueError('\\x1b[31m\\n\\r<b>' + chr(0x202e))\n"
        )
    )
    assert "ValueError" in reason(result)
    assert reason(result).isprintable()


def test_what_students_read_holds_nothing_hidden():
    leaking = (
        "def square_slope(x):\n    if x != 3.0: raise ValueError(f'LEAK {x}')\n    return 6.0\n"
    )
    result = graded(answered(square=leaking))
    advice = [test["advice"] for test in result["questions"][0]["tests"]]
    assert advice == ["Try a negative x."]
    assert "LEAK" in reason(result)  # which teachers may read
    named = "def square_slope(x):\n    if x != 3.0: raise type(f'LEAK{x}', (Exception,), {})\n    return 6.0\n"
    assert "LEAK" not in str(
        [t["advice"] for t in graded(answered(square=named))["questions"][0]["tests"]]
    )


def test_without_a_sandbox_nothing_is_graded(monkeypatch):
    from dlcourse.grading import SandboxMissingError

    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SandboxMissingError, match="apt-get install bubblewrap"):
        graded(answered())


def test_a_sandbox_that_does_not_start_says_why(monkeypatch, tmp_path):
    from dlcourse.grading import SandboxMissingError

    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(fake))
    with pytest.raises(SandboxMissingError, match="No permissions to create new namespace"):
        graded(answered())


def test_students_who_are_trusted_need_no_sandbox(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    trusting = Settings(seconds=1.0, memory=1_000, trust_students=True)
    assert scores(graded(answered(), trusting)) == POINTS
    source, why = ATTACKS["an endless loop that catches interrupts"]
    result = graded(answered(square=source), trusting)
    assert scores(result) == {"square": 0.0, "mean": POINTS["mean"]}
    assert re.search(why, reason(result))


ORDINARY = """
import sys
sys.path[:0] = [{folder!r}]
from a_class import answered, as_bytes, the_set
from dlcourse.grading import Settings, _problem_set, grade_submission
assert __import__("os").getuid() == 1000
for source in {sources!r}:
    result = grade_submission(the_set(), as_bytes(answered(square=source)), Settings(seconds=2.0))
    print([q["score"] for q in result["questions"]], result["questions"][0]["reason"])
"""


def test_as_an_ordinary_user_the_walls_are_the_same():
    """The gate may run as root; here the grader has an ordinary user's rights."""
    spy = """
import os
def square_slope(x):
    there = [name for name in os.listdir("/tmp") if name not in IN_TMP]
    return repr([os.getuid(), os.path.exists("/etc/shadow"), there])
""".replace("IN_TMP", repr(IN_TMP))
    script = ORDINARY.format(folder=os.path.dirname(__file__), sources=[spy, RIGHT["square"]])
    as_somebody = [
        "bwrap",
        "--dev-bind",
        "/",
        "/",
        "--unshare-user",
        "--uid",
        "1000",
        "--gid",
        "1000",
    ]
    run = subprocess.run(
        [*as_somebody, sys.executable, "-c", script], capture_output=True, text=True, timeout=300
    )
    spied, right = run.stdout.splitlines() or [run.stderr] * 2
    assert "[65534, False, []]" in spied
    assert right.startswith("[2.0, 3.0]")


FORKS = """
import os, time
count = 0
try:
    while count < 50:
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
        count += 1
except OSError:
    pass
"""


def test_an_ordinary_users_student_can_start_few_processes():
    """A limit that does not bind root: here the grader is really somebody else."""
    script = f"from dlcourse.grading._sandbox import Sandbox\nwith Sandbox() as place:\n    place.run({FORKS!r})\n    print(place.look('count'))"
    with tempfile.TemporaryDirectory() as folder:
        # The folder of this project, or this Python, may be closed to others.
        os.chmod(folder, 0o755)
        shutil.copytree(PACKAGE / "grading", f"{folder}/dlcourse/grading")
        Path(f"{folder}/dlcourse/__init__.py").touch()
        who = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        run = subprocess.run(
            ["/usr/bin/python3", "-c", script],
            cwd=folder,
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=120,
            **who,
        )
    assert 0 < int(run.stdout or "-1") < 10, run.stderr
