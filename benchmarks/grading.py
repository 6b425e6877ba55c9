"""How fast a class is graded, and how much memory that takes, beside nbgrader's own grader.

    python benchmarks/grading.py            writes benchmarks/grading.md; about ten minutes

Everything is measured on this machine in one run; what counts are the ratios. The problem set has
two questions that tests grade. nbgrader runs each notebook in a kernel without any isolation; here
each question has a sandbox of its own, so one notebook takes three of them.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "grading")]

from a_class import SEED, answered, as_bytes, the_set, write_set  # noqa: E402
from test_run import a_cluster  # noqa: E402

from dlcourse.grading import Settings, _release, _run  # noqa: E402
from dlcourse.grading._run import Class  # noqa: E402

OUT = ROOT / "benchmarks" / "grading.md"
PERFECT = 20  # notebooks that both graders grade


def submissions(folder, count):
    """Write so many perfect notebooks."""
    folder.mkdir()
    content = as_bytes(answered())
    for number in range(count):
        (folder / f"student{number:05}.ipynb").write_bytes(content)
    return folder


def graded(place, count, executor, workers):
    """Grade so many notebooks; return the seconds it took and the bytes of the results."""
    with tempfile.TemporaryDirectory(dir=place) as inner:
        folder = Path(inner)
        sets = write_set(folder / "assignments")
        work = Class(
            "pair", sets, submissions(folder / "in", count), folder / "out", SEED, False, Settings()
        )
        start = time.perf_counter()
        overview = _run.grade_class(work, executor, workers)
        seconds = time.perf_counter() - start
        assert {row["score"] for row in overview} == {5.0}
        return seconds, (work.out / "results.jsonl").read_bytes()


def pool(place, count, workers):
    """Grade with a pool of processes."""
    return graded(place, count, lambda: _run.process_pool(workers), workers)


def memory_of(count):
    """Grade so many in a process of its own; return its peak memory, a worker's, and the time."""
    command = [sys.executable, __file__, "--memory", str(count)]
    return json.loads(subprocess.check_output(command, text=True))


def nbgrader(place):
    """Return the seconds that `nbgrader autograde` takes for the same notebooks."""
    course = Path(place) / "course"
    source = course / "source" / "pair" / "pair.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(_release.source_bytes(the_set()))
    for number in range(PERFECT):
        path = course / "submitted" / f"student{number:05}" / "pair" / "pair.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(as_bytes(answered()))
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    options = {
        "cwd": course,
        "env": {**os.environ, "PATH": path},
        "capture_output": True,
        "check": True,
    }
    program = [sys.executable, "-m", "nbgrader"]
    subprocess.run([*program, "generate_assignment", "pair"], **options)
    start = time.perf_counter()
    subprocess.run([*program, "autograde", "pair"], **options)
    return time.perf_counter() - start


def main():
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=1000)
    arguments = parser.parse_args()
    if arguments.memory:
        with tempfile.TemporaryDirectory() as place:
            seconds, _ = pool(place, arguments.memory, 2)
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(json.dumps([own / 1024, children / 1024, seconds]))
        return
    count = arguments.count
    with tempfile.TemporaryDirectory() as place:
        few = count // 5
        one, alone = pool(place, few, 1)
        two, together = pool(place, few, 2)
        with a_cluster(Path(place)) as address, _run.dask_cluster(address) as (executor, threads):
            dask, on_dask = graded(place, few, executor, threads)
        assert alone == together == on_dask
        ours = [pool(place, PERFECT, workers)[0] for workers in (1, 2)]
        theirs = nbgrader(place)
    memory = {n: memory_of(n) for n in (count // 10, count // 3, count)}
    whole = memory[count][2]
    rows = [f"| {n} | {own:.0f} MB | {child:.0f} MB |" for n, (own, child, _) in memory.items()]
    text = f"""# Grading a class

Written by `python benchmarks/grading.py` on Python {platform.python_version()} and two processors.
The problem set has two questions that tests grade. All notebooks are perfect: every test runs.

- **{count} submissions** on two processors, three sandboxes each: {count / whole:.1f} a second.
- **Beside nbgrader**, {PERFECT} perfect submissions: `nbgrader autograde`, one at a time as it
  works and without isolation, takes {theirs / ours[0]:.1f} times as long as this with one
  process, and {theirs / ours[1]:.1f} times as long as with two.
- **Two processes** grade {few} submissions {one / two:.2f} times as fast as one (efficiency
  {one / two / 2:.0%}), two workers of a Dask cluster that is up
  {one / dask:.2f} times as fast ({one / dask / 2:.0%}; it has no start to wait for).
  All three wrote the same bytes.

Peak memory, of the process that writes the results, and of the largest other one:

| submissions | writer | largest other |
|---|---|---|
{chr(10).join(rows)}
"""
    OUT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
