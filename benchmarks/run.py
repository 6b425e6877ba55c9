"""How much slower is the package than the least code that does the same work?

Seconds depend on the machine; a ratio says how much the package itself adds. Each
row lets two ways of doing one thing take turns in the same few moments:

    ratio = time of the package / time of the bare code

Run it on a machine that has nothing else to do. It prints the table, writes it to
`benchmarks/results.md`, and exits with status 1 if a ratio is above its bound.
"""

import datetime
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dlcourse.datasets import load_boston_housing
from dlcourse.linear_regression import LinearRegression
from dlcourse.preprocessing import StandardScaler

RESULTS = Path(__file__).with_name("results.md")


class Row(NamedTuple):
    """One line of the table: two times in seconds, their ratio, and what it may be."""

    name: str
    ours: float
    bare: float
    ratio: float
    bound: float | None = None

    @property
    def missed(self) -> bool:
        return self.bound is not None and self.ratio > self.bound


# --- taking turns ----------------------------------------------------------------


def compare(
    name: str,
    ours: Callable[[], float],
    bare: Callable[[], float],
    *,
    rounds: int,
    bound: float | None = None,
) -> Row:
    """Run both in turn, `rounds` times; each returns the seconds that it took.

    The ratio is the median of the ratios of the rounds. The two halves of a round lie
    a moment apart, so a slow minute of the machine lengthens both and cancels, and a
    hiccup in one half spoils one round, which the median ignores. (The ratio of the
    two shortest times looks as robust, but hangs on two single runs: one of them in a
    moment of higher clock frequency is enough to shift it.)
    """
    ours(), bare()  # not counted: caches fill, files are read for the first time
    pairs = []
    for i in range(rounds):  # who goes first changes, so going first is no advantage
        if i % 2:
            pairs.append((ours(), bare()))
        else:
            pairs.append((bare(), ours())[::-1])
    ratio = statistics.median(a / b for a, b in pairs)
    ours_time, bare_time = (statistics.median(times) for times in zip(*pairs, strict=True))
    return Row(name, ours_time, bare_time, ratio, bound)


def seconds(work: Callable[[], object]) -> Callable[[], float]:
    """Turn `work` into a function that does it and returns how long it took."""

    def timed() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return timed


# --- mini-batch SGD --------------------------------------------------------------

EPOCHS, BATCH_SIZE, RATE, SEED = 100, 10, 0.01, 0


def bare_sgd(x, y):
    """Mini-batch SGD for linear regression as one would write it for this one use."""
    rng = np.random.default_rng(SEED)
    w, b, losses = np.zeros(x.shape[1]), 0.0, []
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        xs, ys = x[order], y[order]
        for i in range(0, len(x), BATCH_SIZE):
            xb, yb = xs[i : i + BATCH_SIZE], ys[i : i + BATCH_SIZE]
            r = xb @ w
            r += b
            r -= yb
            losses.append(float(r @ r) / len(r))
            r *= 2.0 / len(r)
            w -= RATE * (r @ xb)
            b -= RATE * r.sum()
    return w, b, losses


def bare_sgd_dot(x, y):
    """Do the same with `.dot` for `@` and `np.add.reduce` for `sum`: quicker on ten rows."""
    rng = np.random.default_rng(SEED)
    w, b, losses = np.zeros(x.shape[1]), 0.0, []
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        xs, ys = x[order], y[order]
        for i in range(0, len(x), BATCH_SIZE):
            xb, yb = xs[i : i + BATCH_SIZE], ys[i : i + BATCH_SIZE]
            r = xb.dot(w)
            r += b
            r -= yb
            losses.append(float(r.dot(r)) / len(r))
            r *= 2.0 / len(r)
            w -= RATE * r.dot(xb)
            b -= RATE * np.add.reduce(r)
    return w, b, losses


def sgd_rows() -> list[Row]:
    boston = load_boston_housing()
    x, y = StandardScaler().fit_transform(boston.data), boston.target

    def ours():
        return LinearRegression(
            "sgd", learning_rate=RATE, epochs=EPOCHS, batch_size=BATCH_SIZE, rng=SEED
        ).fit(x, y)

    # Only the same work may be compared: the same weights, and as many losses kept.
    model = ours()
    for bare in (bare_sgd, bare_sgd_dot):
        w, b, losses = bare(x, y)
        np.testing.assert_allclose(model.weights_, w, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(model.intercept_, b, rtol=1e-12)
        np.testing.assert_allclose(model.history_.step_losses, losses, rtol=1e-9)

    name = f"mini-batch SGD, {EPOCHS} epochs in batches of {BATCH_SIZE}, against a bare loop"
    return [
        compare(
            f"{name} with `@`",
            seconds(ours),
            seconds(lambda: bare_sgd(x, y)),
            rounds=51,
            bound=1.3,
        ),
        compare(
            f"{name} with `.dot`", seconds(ours), seconds(lambda: bare_sgd_dot(x, y)), rounds=51
        ),
    ]


# --- imports ---------------------------------------------------------------------


def import_time(module: str) -> float:
    """Return how long a fresh interpreter takes for one import, its own start excluded."""
    code = (
        f"import time; start = time.perf_counter(); import {module}; "
        f"print(time.perf_counter() - start)"
    )
    return float(subprocess.check_output([sys.executable, "-c", code]))


def import_rows() -> list[Row]:
    def row(module: str, bound: float | None) -> Row:
        return compare(
            f"`import {module}` against `import numpy`",
            lambda: import_time(module),
            lambda: import_time("numpy"),
            rounds=41,
            bound=bound,
        )

    # The package imports its rooms on demand; linear_regression brings most of them.
    return [row("dlcourse", bound=1.15), row("dlcourse.linear_regression", bound=None)]


# --- the report ------------------------------------------------------------------


def machine() -> str:
    """Describe the computer and the software, without saying whose it is or where."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].partition(":")[2].strip() if models else cpu
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return (
        f"{cpu}, {os.cpu_count()} cores; {platform.system()}; "
        f"Python {platform.python_version()}, NumPy {np.__version__}, "
        f"BLAS {blas['name']} {blas['version']}; {datetime.date.today()}"
    )


def table(rows: list[Row]) -> str:
    lines = ["| What | package | bare | ratio | bound |", "|---|--:|--:|--:|--:|"]
    for row in rows:
        bound = "" if row.bound is None else f"{row.bound:.2f}{' MISSED' * row.missed}"
        lines.append(
            f"| {row.name} | {1e3 * row.ours:.1f} ms | {1e3 * row.bare:.1f} ms "
            f"| {row.ratio:.2f} | {bound} |"
        )
    return "\n".join(lines)


def main() -> int:
    rows = [*sgd_rows(), *import_rows()]
    report = (
        "# Speed\n\n"
        "Written by `make bench`. Times are medians; a ratio is the median of the ratios\n"
        "of single rounds, in which both sides run one after the other.\n\n"
        f"{table(rows)}\n\n{machine()}\n"
    )
    RESULTS.write_text(report, encoding="utf-8")
    print(report)
    return int(any(row.missed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
