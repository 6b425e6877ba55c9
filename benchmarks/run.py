"""How much slower is the package than the least code that does the same work?

Seconds depend on the machine; a ratio says how much the package itself adds. Each
row lets two ways of doing one thing take turns in the same few moments:

    ratio = time of the package / time of the bare code

Everything is measured twice: with the number of threads that NumPy takes by itself, as
users run it, and with one. Run it on a machine that has nothing else to do. It prints the
tables, writes them to the section of its processor in `benchmarks/results.md`, and exits with
status 1 if a ratio is above its bound.
"""

import argparse
import datetime
import gc
import importlib.util
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import networks
import numpy as np

from dlcourse import schedules
from dlcourse.autodiff import GradientTape, Variable
from dlcourse.datasets import load_boston_housing, load_mnist
from dlcourse.linear_regression import LinearModel, LinearRegression
from dlcourse.losses import mean_squared_error, softmax_cross_entropy
from dlcourse.optimizers import SGD, Adam
from dlcourse.preprocessing import StandardScaler, minibatches
from dlcourse.training import fit

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


# --- training steps ----------------------------------------------------------------

HAVE_TORCH = importlib.util.find_spec("torch") is not None


def agree(ours, theirs, x, y, steps: int, tolerance: float) -> None:
    """Make some steps with both and insist on the same parameters."""
    for _ in range(steps):
        ours(x, y), theirs(x, y)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def repeated(step, x, y, times: int) -> Callable[[], float]:
    return seconds(lambda: [step(x, y) for _ in range(times)])


def quickest(contenders, x, y):
    """Return whichever of several ways to write one step is quickest here."""
    times = []
    for contender in contenders:
        timed = repeated(contender, x, y, 20)
        timed()
        times.append(min(timed() for _ in range(9)))
    return contenders[int(np.argmin(times))]


def network_rows(threads: int) -> list[Row]:
    weights, rows = networks.start(), []
    x, y = networks.batch(128)
    by_hand = [kind(weights, 128) for kind in (networks.ByHand, networks.ByHandFlat)]
    for peer in by_hand:
        agree(networks.Course(weights), peer, x, y, 10, 1e-5)
    agree(networks.Course(weights), networks.Autograd(weights), x, y, 10, 1e-4)
    best = quickest(by_hand, x, y)
    how = "over one flat vector" if best is by_hand[1] else "parameter by parameter"
    peers = [
        (f"hand-written NumPy with kept buffers, Adam {how}", best, 1.05),
        (
            "its matrix products alone",
            networks.ProductsAlone(weights, 128),
            (2.0, 2.8)[threads > 1],
        ),
        ("HIPS autograd", networks.Autograd(weights), 0.4),
    ]
    if HAVE_TORCH:
        agree(networks.Course(weights), networks.Torch(weights), x, y, 10, 1e-4)
        options = ({"fused": True}, {"foreach": True}, {"foreach": False})
        fastest = quickest([networks.Torch(weights, **o) for o in options], x, y)
        peers.append(("PyTorch, its fastest Adam", fastest, 0.95))
    for name, peer, bound in peers:
        ours = networks.Course(weights)
        rows.append(
            compare(
                f"training step, five layers, Adam, batch 128, against {name}",
                repeated(ours, x, y, 10),
                repeated(peer, x, y, 10),
                rounds=61,
                bound=bound,
            )
        )
    return [*rows, epoch_row(weights)]


def epoch_row(weights) -> Row:
    """Compare an epoch of `fit` with the loop that it stands for."""
    digits = load_mnist()
    data, target = digits.data, digits.target
    ours, by_hand = networks.Course(weights), networks.Course(weights)
    rng = np.random.default_rng(0)

    def epoch():
        fit(
            ours.model, softmax_cross_entropy, (data, target), ours.optimizer, 1, 128,
            rng=rng, progress=False,
        )  # fmt: skip

    def loop():
        losses = []
        for x, y in minibatches(data, target, batch_size=128, rng=rng):
            losses.append(by_hand(x, y))

    name = "one epoch of `fit` on the bundled digits, batch 128, against the same loop by hand"
    return compare(name, seconds(epoch), seconds(loop), rounds=31, bound=1.05)


def chain_row() -> Row:
    """Compare an operation in a long chain with one in a short: the collector is on."""

    def chain(n):
        z = Variable(0.0)
        with GradientTape() as tape:
            value = z
            for _ in range(n):
                value = value + 1.0
        assert tape.gradient(value, z) == 1.0

    assert gc.isenabled()
    long, short = seconds(lambda: chain(100_000)), seconds(lambda: [chain(1000) for _ in range(20)])
    name = "an operation in a chain of 100,000, against one in a chain of 1,000"
    return compare(name, lambda: long() / 100_000, lambda: short() / 20_000, rounds=15, bound=1.5)


def slices_row() -> Row:
    """Compare a hundred slices of an array of a million numbers with HIPS autograd."""
    import autograd
    import autograd.numpy as anp

    x = np.random.default_rng(0).normal(size=1_000_000)
    variable = Variable(x)

    def loss(x, module):
        return sum(module.sum(x[10_000 * k : 10_000 * (k + 1)] ** 2) for k in range(100))

    def ours():
        with GradientTape() as tape:
            value = loss(variable, np)
        return tape.gradient(value, variable)

    theirs = autograd.grad(lambda x: loss(x, anp))
    np.testing.assert_allclose(ours(), theirs(x))
    name = "100 slices of an array of 10⁶, against HIPS autograd"
    return compare(name, seconds(ours), seconds(lambda: theirs(x)), rounds=31, bound=1.0)


def schedule_rows() -> list[Row]:
    """Compare a call of a schedule with a function of the same formula, each schedule by itself."""
    pairs = [
        (schedules.Constant(0.1), lambda t: 0.1),
        (schedules.TimeDecay(0.1, 0.01), lambda t: 0.1 / (1 + 0.01 * t)),
        (schedules.ExponentialDecay(0.1, 0.99), lambda t: 0.1 * 0.99**t),
        (
            schedules.CosineDecay(0.1, 1000),
            lambda t: 0.5 * 0.1 * (1 + math.cos(math.pi * min(t / 1000, 1.0))),
        ),
        (
            schedules.Triangular(0.0, 0.1, 100),
            lambda t: 0.1 * max(0.0, 1 - abs(t / 100 - 2 * math.floor(1 + t / 200) + 1)),
        ),
    ]
    rows = []
    for schedule, bare in pairs:
        assert all(math.isclose(schedule(t), bare(t), abs_tol=1e-12) for t in range(500))
        rows.append(
            compare(
                f"a call of `{type(schedule).__name__}`, against a function of the same formula",
                seconds(lambda s=schedule: [s(t) for t in range(500)]),
                seconds(lambda b=bare: [b(t) for t in range(500)]),
                rounds=41,
                bound=3.0,
            )
        )
    return rows


def overhead_rows() -> list[Row]:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(10, 13)), rng.normal(size=10)
    name = "linear regression through the tape, one step on 10 rows, against"
    peers = [
        ("hand-written NumPy, formula by formula", networks.RegressionAsInTheChapter, 3.0),
        ("as few NumPy calls as it takes", networks.RegressionByHand, None),
    ]
    if HAVE_TORCH:
        peers.append(("PyTorch", networks.RegressionTorch, 0.5))
    rows = []
    for peer_name, peer, bound in peers:
        agree(networks.Regression(), peer(), x, y, 10, 1e-12)
        rows.append(
            compare(
                f"{name} {peer_name}",
                repeated(networks.Regression(), x, y, 200),
                repeated(peer(), x, y, 200),
                rounds=41,
                bound=bound,
            )
        )
    return [*rows, scalar_row()]


def regression_profile() -> str:
    """Say where the time of a regression step through the tape goes."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(10, 13)), rng.normal(size=10)
    step, bare = networks.Regression(), networks.RegressionByHand()

    def forward():
        with GradientTape() as tape:
            return tape, step.loss(x, y)

    parts = [
        ("opening and closing a tape", lambda: GradientTape().__enter__().__exit__()),
        *profiled_parts(forward, step),
        ("for comparison, all the arithmetic", lambda: bare(x, y)),
    ]
    return profile("regression", parts, times=200)


def network_profile() -> str:
    """Say where the time of a training step of the five-layer network goes."""
    weights = networks.start()
    x, y = networks.batch(128)
    step, bare = networks.Course(weights), networks.ByHand(weights, 128)

    def forward():
        with GradientTape() as tape:
            return tape, softmax_cross_entropy(step.model(x, training=True), y)

    step.params = step.model.params
    flat = networks.ByHandFlat(weights, 128)
    together = Variable(flat.flat)
    optimizer, gradient = Adam(0.001), {"all": flat.gradient}
    optimizer.update({"all": together}, gradient)
    parts = [
        *profiled_parts(forward, step),
        ("of both passes, the arithmetic", lambda: step.without_a_tape(x, y)),
        ("of both passes, a copy of the inputs", lambda: x.copy()),
        (
            "of the update, the same over one parameter",
            lambda: optimizer.update({"all": together}, gradient),
        ),
        ("by hand: forward and backward", lambda: bare.forward_and_backward(x, y)),
        ("by hand: the update, parameter by parameter", bare.adam),
        ("by hand: the update over one flat vector", flat.adam),
    ]
    return profile("training", parts, times=5)


def profiled_parts(forward, step):
    """Yield the parts of a step that both profiles have."""

    def backward():
        tape, loss = forward()
        return tape.gradient(loss, step.params)

    grads = backward()
    yield "the forward pass, recorded", forward
    yield "that and the backward pass", backward
    yield "the update alone", lambda: step.optimizer.update(step.params, grads)


def profile(kind: str, parts, times: int) -> str:
    lines = [f"| Part of a {kind} step | µs |", "|---|--:|"]
    for name, part in parts:
        rounds = [seconds(lambda part=part: [part() for _ in range(times)])() for _ in range(41)]
        lines.append(f"| {name} | {1e6 * statistics.median(rounds) / times:.1f} |")
    return "\n".join(lines)


def sgd_profile() -> str:
    """Say where the time of one of mini-batch SGD's updates of two small parameters goes."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(BATCH_SIZE, 13)), rng.normal(size=BATCH_SIZE)
    model, optimizer = LinearModel(13), SGD(1e-9)
    params = model.params
    _, grads = model.loss_and_gradients(mean_squared_error, x, y)
    optimizer.update(params, grads)
    w, step = params["weights"], 1e-9 * grads["weights"]
    parts = [
        ("the loss and its gradients", lambda: model.loss_and_gradients(mean_squared_error, x, y)),
        ("the update", lambda: optimizer.update(params, grads)),
        ("of it: are these the parameters of last time", lambda: optimizer._lay_out(params)),
        (
            "of it: are the gradients as they must be, and finite; laid end to end",
            lambda: optimizer._gathered(params, grads),
        ),
        ("for comparison: `w -= rate * gradient`", lambda: np.subtract(w, step, w)),
    ]
    return profile("mini-batch SGD", parts, times=200)


def scalar_row() -> Row:
    import autograd

    variable = Variable(1.5)

    def ours():
        with GradientTape() as tape:
            square = variable * variable
        return tape.gradient(square, variable)

    theirs = autograd.grad(lambda z: z * z)
    assert ours() == theirs(1.5) == 3.0
    return compare(
        "one product of two numbers recorded and differentiated, against HIPS autograd",
        seconds(lambda: [ours() for _ in range(300)]),
        seconds(lambda: [theirs(1.5) for _ in range(300)]),
        rounds=41,
        bound=0.25,
    )


def convergence_rows() -> list[Row]:
    """Time 2,000 iterations on the bundled digits; both must reach the same loss."""
    if not HAVE_TORCH:
        return []
    digits = load_mnist()
    order = np.random.default_rng(0).permutation(len(digits.data))
    data, target = digits.data[order].astype(np.float32), digits.target[order].astype(np.int64)
    weights = networks.start()
    x, y = data[:128], target[:128]
    options = [{"fused": True}, {"foreach": True}, {"foreach": False}]
    fastest = min(options, key=lambda o: repeated(networks.Torch(weights, **o), x, y, 100)())
    reached: dict[str, float] = {}

    def train(kind: str) -> None:
        network = networks.Course(weights) if kind == "ours" else networks.Torch(weights, **fastest)
        rng, losses = np.random.default_rng(1), []
        while len(losses) < 2000:
            rows = rng.integers(0, len(data), 128)
            losses.append(network(data[rows], target[rows]))
        reached[kind] = float(np.mean(losses[:300])) + float(np.mean(losses[-300:]))

    row = compare(
        "five layers on the bundled digits, 2,000 iterations, against PyTorch",
        seconds(lambda: train("ours")),
        seconds(lambda: train("torch")),
        rounds=5,
        bound=1.0,
    )
    np.testing.assert_allclose(reached["ours"], reached["torch"], rtol=0.02)
    return [row]


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


def processor() -> str:
    """Name the processor, without saying whose it is or where."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].partition(":")[2].strip() if models else cpu
    return cpu


def software() -> str:
    """Name the software that ran, and the day."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    torch = ""
    if HAVE_TORCH:
        import torch as torch_module

        torch = f", PyTorch {torch_module.__version__}"
    return (
        f"{os.cpu_count()} cores; {platform.system()}; "
        f"Python {platform.python_version()}, NumPy {np.__version__}, "
        f"BLAS {blas['name']} {blas['version']}{torch}; {datetime.date.today()}"
    )


def table(rows: list[Row]) -> str:
    lines = ["| What | package | peer | ratio | bound |", "|---|--:|--:|--:|--:|"]
    for row in rows:
        bound = "" if row.bound is None else f"{row.bound:.2f}{' MISSED' * row.missed}"
        lines.append(
            f"| {row.name} | {1e3 * row.ours:.3g} ms | {1e3 * row.bare:.3g} ms "
            f"| {row.ratio:.2f} | {bound} |"
        )
    return "\n".join(lines)


def measured(threads: int) -> tuple[list[Row], str]:
    """Measure everything in this process; return the rows and the profiles as text."""
    rows = [
        *network_rows(threads),
        chain_row(),
        slices_row(),
        *schedule_rows(),
        *sgd_rows(),
        *overhead_rows(),
        *convergence_rows(),
    ]
    if threads == 1:
        rows += import_rows()
    return rows, "\n\n".join([network_profile(), regression_profile(), sgd_profile()])


def measured_apart(threads: int | None) -> tuple[list[Row], str]:
    """Measure everything in a process of its own, which reads the number of threads at its start.

    None takes the number that NumPy and PyTorch take by themselves.
    """
    limits = {f"{name}_NUM_THREADS": str(threads) for name in ("OPENBLAS", "OMP", "MKL")}
    environment = {**os.environ, **(limits if threads else {})}
    command = [sys.executable, __file__, "--threads", str(threads or os.cpu_count())]
    rows, profiles = json.loads(subprocess.check_output(command, env=environment))
    return [Row(*row) for row in rows], profiles


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--threads", type=int, help=argparse.SUPPRESS)
    if threads := arguments.parse_args().threads:
        print(json.dumps(measured(threads)))
        return 0
    parts, missed = [f"## {processor()}", software()], False
    for threads in (None, 1):
        rows, profiles = measured_apart(threads)
        title = "One thread" if threads else f"The default number of threads, {os.cpu_count()}"
        parts += [f"### {title}", table(rows), profiles]
        missed = missed or any(row.missed for row in rows)
    sections = kept_sections()
    sections[processor()] = report = "\n\n".join(parts)
    RESULTS.write_text("\n\n".join([HEAD, *sections.values()]) + "\n", encoding="utf-8")
    print(report)
    return int(missed)


HEAD = """# Speed

Written by `make bench`. Times are medians; a ratio is the median of the ratios of single
rounds, in which both sides run one after the other. There is a section for each processor
on which it ran, since even ratios differ: the faster a processor multiplies matrices, the
more the Python between the products weighs."""


def kept_sections() -> dict[str, str]:
    """Return what other processors left in the file, by their names."""
    if not RESULTS.exists():
        return {}
    parts = RESULTS.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0]: f"## {part.strip()}" for part in parts}


if __name__ == "__main__":
    sys.exit(main())
