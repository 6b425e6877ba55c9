"""Lean: linear in time and memory, freed at once, hardly more than NumPy by hand."""

import gc
import itertools
import math
import sys
import tracemalloc
import weakref
from contextlib import contextmanager

import numpy as np
import pytest

from dlcourse.autodiff import GradientTape, Tensor, Variable, grad
from dlcourse.layers import Dense, ReLU, Sequential
from dlcourse.losses import softmax_cross_entropy
from dlcourse.optimizers import Adam

# --- long chains ------------------------------------------------------------------------


def chain(n):
    """Compute and differentiate a chain of n operations; let go of it all."""
    x = Variable(1.0)
    with GradientTape() as tape:
        y = x
        for _ in range(n):
            y = y * 1.00001
    g = tape.gradient(y, x)
    assert math.isclose(g, 1.00001**n, rel_tol=1e-9)


def calls_of(n):
    """Count the function calls of a chain: work, measured without a clock."""
    count = 0

    def on_event(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(on_event)
    try:
        chain(n)
    finally:
        sys.setprofile(None)
    return count


@contextmanager
def measured_memory():
    """Give a function that returns the peak of memory since it was last asked, in bytes."""
    gc.collect()
    tracemalloc.start()

    def peak():
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        return highest

    try:
        yield peak
    finally:
        tracemalloc.stop()


def test_a_chain_of_100_000_operations_is_differentiated():
    chain(100_000)


def test_a_chain_takes_work_in_proportion_to_its_length():
    one, two, three = (calls_of(n) for n in (1_000, 2_000, 3_000))
    # Nearly the same: the test runner and the collector make a few calls of their own.
    assert three - two == pytest.approx(two - one, rel=0.02), "more and more calls for the next"


def test_a_chain_takes_memory_in_proportion_to_its_length():
    peaks = []
    for n in (5_000, 20_000):  # a power of two apart: so is the growth of a set
        with measured_memory() as peak:
            chain(n)
            peaks.append(peak())
    assert peaks[1] / peaks[0] < 4.4, f"four times the length took {peaks[1] / peaks[0]:.1f} times"
    assert peaks[1] / 20_000 < 2000, f"an operation takes {peaks[1] / 20_000:.0f} bytes"


def test_a_chain_can_be_differentiated_twice_without_recursion():
    def f(x):
        for _ in range(5_000):
            x = x + x * 1e-4
        return x * x

    assert math.isclose(grad(grad(f))(1.0), 2 * (1 + 1e-4) ** 10_000, rel_tol=1e-9)


# --- nothing is left behind ---------------------------------------------------------------


@pytest.fixture
def without_collector():
    """Switch the garbage collector off, so that only reference counts free anything."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("persistent", [False, True])
def test_a_graph_is_freed_at_once_without_the_collector(without_collector, persistent):
    w = Variable(np.ones((3, 3)))
    tape = GradientTape(persistent=persistent)
    with tape:
        middle = np.tanh(np.ones((2, 3)) @ w)
        y = np.sum(middle[:, [0, 0]] ** 2)
    watched = [weakref.ref(thing) for thing in (tape, middle, y)]
    tape.gradient(y, [w])
    del tape, middle, y
    assert [ref() for ref in watched] == [None] * 3


def test_a_training_step_leaves_nothing_for_the_collector(without_collector):
    model = Sequential(Dense(4, 3, rng=0), ReLU(), Dense(3, 2, rng=1))
    optimizer = Adam()
    for _ in range(3):
        with GradientTape() as tape:
            loss = softmax_cross_entropy(model(np.ones((5, 4)), training=True), np.zeros(5, int))
        optimizer.update(model.params, tape.gradient(loss, model.params))
    del tape, loss
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        ours = [x for x in gc.garbage if type(x).__module__.startswith("dlcourse")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert not ours, f"only the garbage collector could free {ours[:3]}"


def test_higher_derivatives_leave_no_tensors_alive(without_collector):
    def count():
        return sum(isinstance(x, Tensor | GradientTape) for x in gc.get_objects())

    x = np.array([0.5, 1.0])
    slope = grad(lambda x: np.sum(grad(lambda x: np.sum(np.sin(x) ** 3))(x) ** 2))
    slope(x)
    before = count()
    slope(x)
    assert count() == before


def test_results_of_steps_are_not_overwritten_by_later_steps():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(300, 200)), Variable(rng.normal(size=(200, 300)))
    layer = Dense(200, 300, rng=0)
    kept, copies = [], []
    for k in range(12):
        with GradientTape() as tape:
            out = layer(x * k)
            y = np.sum(out * (x @ w))
        kept += [out.value, out.value[3:], *tape.gradient(y, [layer.weights, w])]
        copies += [np.copy(a) for a in kept[-4:]]
    for a, b in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(a, b)


# --- a training step beside one written by hand -----------------------------------------------

WIDTHS = [784, 100, 100, 100, 100, 10]
RNG = np.random.default_rng(0)
X = RNG.random((128, 784), dtype=np.float32)
LABELS = RNG.integers(0, 10, 128)


def step_by_hand():
    """Return parameters and a training step in plain NumPy, with Adam in kept buffers."""
    shapes = [s for n, m in itertools.pairwise(WIDTHS) for s in ((n, m), (m,))]
    sizes = [math.prod(shape) for shape in shapes]
    vectors = [np.zeros(sum(sizes), np.float32) for _ in range(5)]
    w, grads, m, v, step = vectors
    ends = np.cumsum(sizes)[:-1]
    params = [p.reshape(s) for p, s in zip(np.split(w, ends), shapes, strict=True)]
    slots = [p.reshape(s) for p, s in zip(np.split(grads, ends), shapes, strict=True)]
    t = 0

    def forward_and_backward():
        inputs = [X]
        for k in range(0, 10, 2):
            z = inputs[-1] @ params[k]
            z += params[k + 1]
            inputs.append(np.maximum(z, 0, out=z) if k < 8 else z)
        z = inputs.pop()
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(128), LABELS]))
        p[np.arange(128), LABELS] -= 1
        g = p / np.float32(128)
        for k in range(8, -1, -2):
            a = inputs.pop()
            np.matmul(a.T, g, out=slots[k])
            np.sum(g, axis=0, out=slots[k + 1])
            if k:
                g = g @ params[k].T
                g *= a > 0
        return float(loss)

    def adam(rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        nonlocal t
        t += 1
        np.multiply(grads, 1 - beta1, out=step)
        np.multiply(m, beta1, out=m)
        np.add(m, step, out=m)
        np.multiply(grads, grads, out=step)
        np.multiply(step, 1 - beta2, out=step)
        np.multiply(v, beta2, out=v)
        np.add(v, step, out=v)
        np.divide(v, 1 - beta2**t, out=step)
        np.sqrt(step, out=step)
        np.add(step, epsilon, out=step)
        np.divide(m, step, out=step)
        np.multiply(step, rate / (1 - beta1**t), out=step)
        np.subtract(w, step, out=w)

    def train():
        loss = forward_and_backward()
        adam()
        return loss

    return params, train


def step_with_the_tape():
    """Return parameters and the same training step with the package."""
    layers = []
    for k, (n, m) in enumerate(itertools.pairwise(WIDTHS)):
        layers += [Dense(n, m, rng=k, dtype=np.float32), ReLU()]
    model, optimizer = Sequential(*layers[:-1]), Adam(0.001)

    def train():
        with GradientTape() as tape:
            loss = softmax_cross_entropy(model(X, training=True), LABELS)
        optimizer.update(model.params, tape.gradient(loss, model.params))
        return float(loss)

    return model.params, train


def test_both_steps_compute_the_same_losses():
    (by_hand, train_by_hand), (params, train) = step_by_hand(), step_with_the_tape()
    for array, variable in zip(by_hand, params.values(), strict=True):
        array[...] = variable.value
    for _ in range(5):
        assert math.isclose(train_by_hand(), train(), rel_tol=1e-4)


def peak_of_three_steps(make):
    """Return the peak of memory of training, parameters and buffers included."""
    with measured_memory() as peak:
        kept, train = make()
        for _ in range(3):
            train()
        peak()  # what it took to begin does not count
        for _ in range(3):
            train()
        assert kept
        return peak()


def test_a_training_step_takes_at_most_one_and_a_half_times_the_memory_of_one_by_hand():
    by_hand = peak_of_three_steps(step_by_hand)
    with_tape = peak_of_three_steps(step_with_the_tape)
    assert with_tape <= 1.5 * by_hand, f"{with_tape / 1e6:.1f} MB instead of {by_hand / 1e6:.1f} MB"
