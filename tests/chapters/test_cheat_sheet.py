"""The cheat sheet: what it says is what the package does, or what differences say."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dlcourse import finite_difference, initializers, optimizers, schedules
from dlcourse.losses import (
    binary_cross_entropy,
    mean_absolute_error,
    mean_squared_error,
    softmax_cross_entropy,
)

PAGE = Path(__file__).parents[2] / "chapters" / "cheat_sheet.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = re.findall(r"^\* - (\w+)\n  - (.*)\n  - (\d+)\n  - (\d+)$", TEXT, re.MULTILINE)
STATED = {name: (int(kept), int(operations)) for name, _, kept, operations in ROWS}


# Derivatives and the rules of the graph ------------------------------------------------------


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize(
    ("formula", "f", "slope"),
    [
        (r"| $x^p$ | $p\,x^{p-1}$ |", lambda x: x**3.0, lambda x: 3 * x**2),
        (r"| $e^x$, $\;\ln x$ | $e^x$, $\;1/x$ |", np.log, lambda x: 1 / x),
        (r"$\sigma\,(1 - \sigma)$", sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
        (r"$1 - \tanh^2 x$", np.tanh, lambda x: 1 - np.tanh(x) ** 2),
        ("1 if $x > 0$, else 0", lambda x: np.maximum(0, x), lambda x: np.where(x > 0, 1.0, 0.0)),
        (
            r"$\;f'g + f g'$ |",
            lambda x: np.sin(x) * np.exp(x),
            lambda x: np.cos(x) * np.exp(x) + np.sin(x) * np.exp(x),
        ),
        (
            r"$(f'g - f g')/g^2$",
            lambda x: np.sin(x) / np.exp(x),
            lambda x: (np.cos(x) * np.exp(x) - np.sin(x) * np.exp(x)) / np.exp(x) ** 2,
        ),
        (r"$f'(g(x))\,g'(x)$", lambda x: np.sin(x**2), lambda x: np.cos(x**2) * 2 * x),
    ],
)
def test_a_derivative_is_that_of_differences(formula, f, slope):
    assert formula in TEXT
    for x in (0.3, 1.7):
        assert slope(x) == pytest.approx(finite_difference.derivative(f, x), rel=1e-8)


def test_the_step_of_the_check_is_the_cube_root_of_epsilon():
    assert r"6 \cdot 10^{-6}" in TEXT
    assert np.finfo(float).eps ** (1 / 3) == pytest.approx(6e-6, rel=0.02)


def test_the_rules_of_the_graph_give_the_slopes_of_differences():
    rng = np.random.default_rng(0)
    a, b, g = rng.normal(size=(3, 4, 5))
    x, w = rng.normal(size=(4, 3)), rng.normal(size=(3, 5))
    row, column = rng.normal(size=(1, 5)), rng.normal(size=4)
    largest = np.equal(a, a.max(axis=1, keepdims=True))
    for f, at, passed_back in [
        (lambda a: g * (a + b), a, g),
        (lambda a: g * (a * b), a, g * b),
        (lambda a: g * np.tanh(a), a, g * (1 - np.tanh(a) ** 2)),
        (lambda x: g * (x @ w), x, g @ w.T),
        (lambda w: g * (x @ w), w, x.T @ g),
        (lambda a: column * a.sum(axis=1), a, np.repeat(column[:, None], 5, axis=1)),
        (lambda row: g * np.repeat(row, 4, axis=0), row, g.sum(axis=0, keepdims=True)),
        (lambda a: column * a.max(axis=1), a, column[:, None] * largest),
        (lambda a: g * (a * b) + g * np.tanh(a), a, g * b + g * (1 - np.tanh(a) ** 2)),
    ]:
        slopes = finite_difference.gradient(lambda v, f=f: np.sum(f(v)), at)
        np.testing.assert_allclose(passed_back, slopes, atol=1e-8)


# Losses --------------------------------------------------------------------------------------


def test_the_gradients_of_the_losses_are_those_of_differences():
    rng = np.random.default_rng(1)
    out, y = rng.normal(size=(2, 6))
    z, labels, kinds = rng.normal(size=(6, 3)), rng.integers(2, size=6), rng.integers(3, size=6)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    for loss, at, target, times_n in [
        (mean_squared_error, out, y, 2 * (out - y)),
        (mean_absolute_error, out, y, np.sign(out - y)),
        (binary_cross_entropy, out, labels, sigmoid(out) - labels),
        (softmax_cross_entropy, z, kinds, p - np.eye(3)[kinds]),
    ]:
        slopes = finite_difference.gradient(lambda v, f=loss, t=target: f(v, t), at)
        np.testing.assert_allclose(times_n / 6, slopes, atol=1e-8)
    each = np.log(1 + np.exp(out)) - labels * out
    assert binary_cross_entropy(out, labels) == pytest.approx(each.mean())
    assert f"ten: {np.log(10):.2f}" in TEXT


# Optimizers ----------------------------------------------------------------------------------


class Counted:
    """A number that counts what is done with it."""

    operations = 0

    def __init__(self, value):
        self.value = value

    def _count(self, value):
        Counted.operations += 1
        return Counted(value)

    def __add__(self, other):
        return self._count(self.value + other_value(other))

    def __sub__(self, other):
        return self._count(self.value - other_value(other))

    def __mul__(self, other):
        return self._count(self.value * other_value(other))

    def __truediv__(self, other):
        return self._count(self.value / other_value(other))

    def root(self):
        return self._count(self.value**0.5)


def other_value(number):
    return number.value if isinstance(number, Counted) else number


RATE, KEPT, SHORT, LONG, EPSILON, DECAY = 0.1, 0.9, 0.9, 0.999, 1e-8, 0.01


def averages(g, s):
    s["m"] = s["m"] * SHORT + g * (1 - SHORT)
    s["v"] = s["v"] * LONG + g * g * (1 - LONG)
    # This is the first step; the correction of m goes into the rate.
    return s["m"] * (RATE / (1 - SHORT)), s["v"] / (1 - LONG)


def velocity(g, s):
    step = g * RATE
    s["v"] = s["v"] * KEPT - step
    return step


def momentum(w, g, s):
    velocity(g, s)
    return w + s["v"]


def nesterov(w, g, s):
    step = velocity(g, s)
    return w + s["v"] * KEPT - step


def adagrad(w, g, s):
    s["h"] = s["h"] + g * g
    return w - g * RATE / (s["h"].root() + EPSILON)


def rmsprop(w, g, s):
    s["h"] = s["h"] * KEPT + g * g * (1 - KEPT)
    return w - g * RATE / (s["h"].root() + EPSILON)


def adam(w, g, s):
    step, v = averages(g, s)
    return w - step / (v.root() + EPSILON)


def adamw(w, g, s):
    return adam(w * (1 - RATE * DECAY), g, s)


# Each as the sheet has it, and as an optimizer of the package.
UPDATES = {
    "SGD": (lambda w, g, s: w - g * RATE, optimizers.SGD(RATE)),
    "Momentum": (momentum, optimizers.Momentum(RATE, KEPT)),
    "Nesterov": (nesterov, optimizers.Nesterov(RATE, KEPT)),
    "AdaGrad": (adagrad, optimizers.AdaGrad(RATE, epsilon=EPSILON)),
    "RMSprop": (rmsprop, optimizers.RMSprop(RATE, KEPT, epsilon=EPSILON)),
    "Adam": (adam, optimizers.Adam(RATE, epsilon=EPSILON)),
    "AdamW": (adamw, optimizers.AdamW(RATE, epsilon=EPSILON, weight_decay=DECAY)),
}


@pytest.mark.parametrize("name", UPDATES)
def test_an_optimizer_keeps_and_costs_what_the_sheet_says(name):
    formula, optimizer = UPDATES[name]
    state = {key: Counted(0.0) for key in "vhm"}
    Counted.operations = 0
    w = formula(Counted(2.0), Counted(3.0), state)
    operations = Counted.operations

    params = {"w": np.array([2.0])}
    optimizer.update(params, {"w": np.array([3.0])})
    assert w.value == pytest.approx(params["w"][0], rel=1e-12)
    arrays = [part for part in optimizer.state_dict().values() if isinstance(part, dict)]
    assert STATED[name] == (len(arrays), operations)


def test_the_sheet_has_every_optimizer():
    classes = (getattr(optimizers, name) for name in optimizers.__all__)
    shown = {c.__name__ for c in classes if isinstance(c, type) and c.__base__ is not ValueError}
    assert set(STATED) == set(UPDATES) == shown - {"Optimizer"}


# Schedules and initializations ---------------------------------------------------------------


def test_the_schedules_are_those_of_the_package():
    t = np.arange(12)
    np.testing.assert_allclose(schedules.TimeDecay(0.8, 0.1)(t), 0.8 / (1 + 0.1 * t))
    np.testing.assert_allclose(schedules.StepDecay(0.8, 0.5, 4)(t), 0.8 * 0.5 ** (t // 4))
    np.testing.assert_allclose(schedules.ExponentialDecay(0.8, 0.5)(t), 0.8 * 0.5**t)
    cosine = 0.1 + (0.8 - 0.1) / 2 * (1 + np.cos(np.pi * t / 12))
    np.testing.assert_allclose(schedules.CosineDecay(0.8, 12, 0.1)(t), cosine)
    rise = schedules.Warmup(schedules.Constant(0.8), 12)(t)
    np.testing.assert_allclose(rise, 0.8 * (t + 1) / 12)
    wave = schedules.Triangular(0.1, 0.8, 6)
    np.testing.assert_allclose(wave([0, 6, 12]), [0.1, 0.8, 0.1])


def test_the_initializations_have_the_standard_deviations_of_the_sheet():
    rng = np.random.default_rng(0)
    shape = (300, 500)
    for plain, uniform, variance in [
        ("he_normal", "he_uniform", Fraction(2, 300)),
        ("glorot_normal", "glorot_uniform", Fraction(2, 800)),
    ]:
        deviation = float(variance) ** 0.5
        assert initializers.find(plain)(shape, rng).std() == pytest.approx(deviation, rel=0.01)
        limit = np.abs(initializers.find(uniform)(shape, rng)).max()
        assert limit == pytest.approx(3**0.5 * deviation, rel=0.001)
