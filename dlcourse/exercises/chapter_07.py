"""The self-checks of chapter 7: optimizers, as classes that remember."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case
from dlcourse.exercises._optimizers import (
    FIRST_KEY,
    MEAN_OF_ENTRIES,
    UNCHANGED,
    UPHILL,
    Inputs,
    Memory,
    by,
    drawn,
    forgetting,
    on_a_copy,
    one_memory_for_all,
    only_the_first_key,
    runs,
    set_up,
    updates,
)

# 7.4: a velocity that is an average -------------------------------------------------------


class _DampedMomentum:
    def __init__(self, learning_rate: float, momentum: float) -> None:
        self.learning_rate, self.momentum = learning_rate, momentum
        self.velocity: dict[str, Any] = {}

    def update(self, params: Any, grads: Any) -> None:
        for key, g in grads.items():
            old = self.velocity.get(key, 0.0)
            v = self.momentum * old + (1 - self.momentum) * g
            self.velocity[key] = v
            params[key] = params[key] - self.learning_rate * v


def _averaged(memory: Memory, name: str, new: Any, keep: float, start: Any = 0.0) -> Any:
    """Bring a moving average up to date, and return it."""
    memory[name] = keep * memory.get(name, start) + (1 - keep) * new
    return memory[name]


def _undamped(memory: Memory, g: Any, t: int, rate: float, momentum: float) -> Any:
    memory["v"] = momentum * memory.get("v", 0.0) + g
    return rate * memory["v"]


def _old_velocity(memory: Memory, g: Any, t: int, rate: float, momentum: float) -> Any:
    old = memory.get("v", 0.0)
    _averaged(memory, "v", g, momentum)
    return rate * old


def _one_gradient_back(memory: Memory, g: Any, t: int, rate: float, momentum: float) -> Any:
    v = momentum * memory.get("v", 0.0) + (1 - momentum) * g
    memory["v"] = (1 - momentum) * g
    return rate * v


def _turning(memory: Memory, g: Any, t: int, rate: float, momentum: float) -> Any:
    old = memory.get("v", 0.0)
    memory["v"] = np.where(old * g < 0, 0.0, old)
    return rate * _averaged(memory, "v", g, momentum)


def _rate_kept(memory: Memory, g: Any, t: int, rate: float, momentum: float) -> Any:
    return rate * _averaged(memory, "v", rate * g, momentum)


def _ahead(memory: Memory, g: Any, t: int, rate: float, momentum: float) -> Any:
    v = _averaged(memory, "v", g, momentum)
    return rate * (momentum * v + (1 - momentum) * g)


def _as_given(memory: Memory, g: Any, t: int, rate: float, momentum: float) -> Any:
    past = memory.setdefault("all", [])
    past.append(g)
    shares = [(1 - momentum) * momentum**age for age in range(t)]
    return rate * sum(share * old for share, old in zip(shares, reversed(past), strict=True))


def _plain_mean(memory: Memory, g: Any, t: int, rate: float, momentum: float) -> Any:
    memory["sum"] = memory.get("sum", 0.0) + g
    return rate * memory["sum"] / t


def _cut_velocity(memory: Memory, g: Any, t: int, rate: float, momentum: float) -> Any:
    v = momentum * memory.get("v", np.zeros_like(g)) + (1 - momentum) * g
    memory["v"] = np.asarray(v).astype(np.asarray(g).dtype)
    return rate * memory["v"]


DAMPED_MOMENTUM = Exercise(
    "7.4",
    reference=_DampedMomentum,
    inputs=lambda rng: runs(rng, [(0.1, 0.5), (0.1, 0.9), (0.5, 0.8)]),
    run=updates,
    hints=(
        "What must still be there when update is called the second time? And for whom: for the "
        "object, or for each key?",
        "Make an empty dict in __init__. In update, take the velocity of the key from it, 0.0 "
        "if there is none yet, and put the new one back.",
        "For each key: v = momentum * self.velocity.get(key, 0.0) + (1 - momentum) * g; store "
        "v; then subtract learning_rate * v from params[key].",
    ),
    mistakes={
        "Nothing is remembered: each velocity begins at zero again. Keep it in a dict of the "
        "object, from one update to the next.": forgetting(_DampedMomentum),
        UNCHANGED: on_a_copy(_DampedMomentum),
        FIRST_KEY: only_the_first_key(_DampedMomentum),
        UPHILL: set_up(_DampedMomentum, lambda rate, *others: (-rate, *others)),
        "All keys share one velocity. Each parameter needs its own: store it under its "
        "key.": one_memory_for_all(_DampedMomentum),
        "The gradient is added whole, so this is the undamped velocity of the chapter. Here it "
        "is multiplied by 1 - momentum.": by(_undamped),
        "The two shares are exchanged: momentum is what is kept of the velocity, 1 - momentum "
        "what is taken of the gradient.": by(
            lambda memory, g, t, rate, a: rate * _averaged(memory, "v", g, 1 - a)
        ),
        "The velocity begins with the first gradient. It begins at zero: after the first update "
        "it is (1 - momentum) g.": by(
            lambda memory, g, t, rate, a: rate * _averaged(memory, "v", g, a, start=g)
        ),
        "The velocity is corrected for its start at zero, as in Adam. Here it is not: divide by "
        "nothing.": by(
            lambda memory, g, t, rate, a: rate * _averaged(memory, "v", g, a) / (1 - a**t)
        ),
        "This is the plain mean of all gradients so far. In the velocity old ones fade: momentum "
        "is the share that is kept at each update.": by(_plain_mean),
        "The step is made with the old velocity. First bring the velocity up to date, then "
        "step.": by(_old_velocity),
        "Only the gradient before is remembered. Store the whole velocity, with all that went "
        "into it.": by(_one_gradient_back),
        "The velocity is forgotten where the gradient turns. It is kept, whatever the signs.": by(
            _turning
        ),
        "The step looks ahead, as Nesterov's does. Step along the velocity itself.": by(_ahead),
        "The learning rate is multiplied in twice, in the velocity and in the step.": by(
            _rate_kept
        ),
        "The array of a gradient is kept as it was given, and the caller writes the next gradient "
        "into it. Keep what you compute from it, or a copy.": by(_as_given),
        "The velocity has the dtype of the gradient, and is cut to whole numbers where that has "
        "whole numbers.": by(_cut_velocity),
        MEAN_OF_ENTRIES: by(
            lambda memory, g, t, rate, a: rate * _averaged(memory, "v", np.mean(g), a)
        ),
    },
)


# 7.5: divide by the spread ---------------------------------------------------------------


class _CenteredRMSprop:
    def __init__(self, learning_rate: float, decay: float, epsilon: float) -> None:
        self.learning_rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.means: dict[str, Any] = {}
        self.squares: dict[str, Any] = {}

    def update(self, params: Any, grads: Any) -> None:
        for key, g in grads.items():
            a = self.decay * self.means.get(key, 0.0) + (1 - self.decay) * g
            h = self.decay * self.squares.get(key, 0.0) + (1 - self.decay) * g * g
            self.means[key] = a
            self.squares[key] = h
            spread = np.sqrt(np.maximum(h - a * a, 0.0))
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)


def _gradients_that_settle(rng: np.random.Generator) -> Inputs:
    """As for every optimizer, and long runs in which the gradient does not change any more.

    Then `h` and `a * a` become equal, and rounding may make their difference negative.
    """
    yield from runs(rng, [(0.1, 0.5, 0.01), (0.1, 0.9, 0.001), (0.3, 0.8, 0.1)])
    for first, then in ((0.41, 1.04), (0.3, 1.1)):
        values = [first] * 3 + [then] * 55
        name = "where the gradient stays the same for long"
        yield case(name, (0.1, 0.5, 0.1), {"w": 1.0}, [{"w": value} for value in values])


def _centered(
    divisor: Callable[..., Any] = lambda a, h, g, eps: np.sqrt(np.maximum(h - a * a, 0)) + eps,
    averages: Callable[..., Any] | None = None,
    top: Callable[..., Any] = lambda a, g: g,
) -> Callable[..., Any]:
    """Return the optimizer with one thing done in another way."""
    averages = averages or _averages

    def step(memory: Memory, g: Any, t: int, rate: float, decay: float, epsilon: float) -> Any:
        a, h = averages(memory, g, t, decay)
        return rate * top(a, g) / divisor(a, h, g, epsilon)

    return by(step)


def _averages(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    return _averaged(memory, "a", g, decay), _averaged(memory, "h", g * g, decay)


def _corrected_averages(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    a, h = _averages(memory, g, t, decay)
    return a / (1 - decay**t), h / (1 - decay**t)


def _averages_before(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    before = memory.get("a", 0.0), memory.get("h", 0.0)
    _averages(memory, g, t, decay)
    return before


def _averages_mixed(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    return _averaged(memory, "a", g, decay), _averaged(memory, "a", g * g, decay)


def _averages_in_one(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    _, h = _averages_mixed(memory, g, t, decay)
    return h, h


def _averages_from_the_first(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    return _averaged(memory, "a", g, decay, g), _averaged(memory, "h", g * g, decay, g * g)


def _plain_means(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    return _averaged(memory, "a", g, 1 - 1 / t), _averaged(memory, "h", g * g, 1 - 1 / t)


def _mean_forgotten(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    return (1 - decay) * g, _averaged(memory, "h", g * g, decay)


def _square_forgotten(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    return _averaged(memory, "a", g, decay), (1 - decay) * g * g


def _around_the_mean(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    a = _averaged(memory, "a", g, decay)
    return 0.0, _averaged(memory, "h", (g - a) ** 2, decay)


def _around_the_old_mean(memory: Memory, g: Any, t: int, decay: float) -> tuple[Any, Any]:
    old = memory.get("a", 0.0)
    _averaged(memory, "a", g, decay)
    return 0.0, _averaged(memory, "h", (g - old) ** 2, decay)


CENTERED_RMSPROP = Exercise(
    "7.5",
    reference=_CenteredRMSprop,
    inputs=_gradients_that_settle,
    run=updates,
    hints=(
        "RMSprop keeps one average. What is the second one of, and where is it used?",
        "Keep two dicts: averages of the gradient and of its square, both with the same decay. "
        "The spread is the root of what the formula has under it, or of 0 if that is negative.",
        "a = decay * old mean + (1 - decay) * g, h likewise with g * g; divide g by "
        "np.sqrt(np.maximum(h - a * a, 0)) + epsilon.",
    ),
    mistakes={
        "What is under the root gets negative by rounding, and its root is nan. Take 0 in its "
        "place: np.maximum(..., 0).": _centered(lambda a, h, g, eps: np.sqrt(h - a * a) + eps),
        "This is RMSprop: the mean is not subtracted. Keep a second average, of the gradient, "
        "and take its square off before the root.": _centered(
            lambda a, h, g, eps: np.sqrt(h) + eps
        ),
        "The root is missing: you divide by the variance.": (
            _centered(lambda a, h, g, eps: h - a * a + eps),
            _centered(lambda a, h, g, eps: np.maximum(h - a * a, 0) + eps),
        ),
        "The epsilon stands under the root. Here it is added after the root is taken.": _centered(
            lambda a, h, g, eps: np.sqrt(np.maximum(h - a * a, 0) + eps)
        ),
        "The epsilon is missing.": _centered(
            lambda a, h, g, eps: np.sqrt(np.maximum(h - a * a, 0))
        ),
        "The epsilon is taken as the smallest divisor. Here it is added to every one.": _centered(
            lambda a, h, g, eps: np.maximum(np.sqrt(np.maximum(h - a * a, 0)), eps)
        ),
        "The mean is subtracted as it is. Square it first: the mean of the squares minus the "
        "square of the mean.": (
            _centered(lambda a, h, g, eps: np.sqrt(np.maximum(h - a, 0)) + eps),
            _centered(lambda a, h, g, eps: np.sqrt(h - a) + eps),
            _centered(lambda a, h, g, eps: np.sqrt(np.abs(h - a)) + eps),
        ),
        "The square of the mean is added. Take it off: h - a * a.": _centered(
            lambda a, h, g, eps: np.sqrt(h + a * a) + eps
        ),
        "The mean is taken off after the root. Under the root stands h - a * a.": (
            _centered(lambda a, h, g, eps: np.sqrt(h) - np.abs(a) + eps),
            _centered(lambda a, h, g, eps: np.sqrt(h) - a + eps),
        ),
        "The square of this gradient is taken off, not that of the mean of all.": (
            _centered(lambda a, h, g, eps: np.sqrt(np.abs(h - g * g)) + eps),
            _centered(lambda a, h, g, eps: np.sqrt(np.maximum(h - g * g, 0)) + eps),
        ),
        "You step along the mean of the gradients. The numerator is the gradient "
        "itself.": _centered(top=lambda a, g: a),
        UPHILL: set_up(_CenteredRMSprop, lambda rate, *others: (-rate, *others)),
        "The averages begin at zero again in each update. Keep them in dicts of the "
        "object.": forgetting(_CenteredRMSprop),
        "The mean of the gradients begins at zero again in each update. Keep it, as the mean of "
        "the squares.": _centered(averages=_mean_forgotten),
        "The mean of the squares begins at zero again in each update. Keep it, as the mean of "
        "the gradients.": (
            _centered(averages=_square_forgotten),
            _centered(lambda a, h, g, eps: np.sqrt(h - a * a) + eps, _square_forgotten),
            _centered(lambda a, h, g, eps: np.sqrt(np.abs(h - a * a)) + eps, _square_forgotten),
        ),
        "All keys share the same averages. Each parameter needs its own: store them under its "
        "key.": one_memory_for_all(_CenteredRMSprop),
        "Both averages are stored in the same place, so that they mix. Each needs a dict of its "
        "own.": (_centered(averages=_averages_mixed), _centered(averages=_averages_in_one)),
        "The shares are exchanged: decay is what is kept, 1 - decay what is taken of the "
        "new.": set_up(_CenteredRMSprop, lambda rate, decay, eps: (rate, 1 - decay, eps)),
        "The averages begin with the first gradient. They begin at zero.": _centered(
            averages=_averages_from_the_first
        ),
        "The averages are corrected for their start at zero, as in Adam. Here they are "
        "not.": _centered(averages=_corrected_averages),
        "You divide by the averages as they were before this update. First bring them up to date, "
        "then step.": _centered(averages=_averages_before),
        "These are plain means of all gradients so far. Moving averages keep the share decay "
        "and take 1 - decay of the new.": _centered(averages=_plain_means),
        "You average the squared distances from a mean that itself moves. The formula takes two "
        "averages, of g and of g * g, and subtracts only then.": (
            _centered(averages=_around_the_mean),
            _centered(averages=_around_the_old_mean),
        ),
        UNCHANGED: on_a_copy(_CenteredRMSprop),
        FIRST_KEY: only_the_first_key(_CenteredRMSprop),
        MEAN_OF_ENTRIES: _centered(
            lambda a, h, g, eps: np.sqrt(np.maximum(np.mean(h) - np.mean(a) ** 2, 0)) + eps
        ),
    },
)


# 7.6: Adam with the largest gradient -----------------------------------------------------


class _AdaMax:
    def __init__(self, learning_rate: float, beta1: float, beta2: float) -> None:
        self.learning_rate, self.beta1, self.beta2 = learning_rate, beta1, beta2
        self.m: dict[str, Any] = {}
        self.u: dict[str, Any] = {}
        self.t = 0

    def update(self, params: Any, grads: Any) -> None:
        self.t += 1
        rate = self.learning_rate / (1 - self.beta1**self.t)
        for key, g in grads.items():
            m = self.beta1 * self.m.get(key, 0.0) + (1 - self.beta1) * g
            u = np.maximum(self.beta2 * self.u.get(key, 0.0), np.abs(g))
            self.m[key] = m
            self.u[key] = u
            params[key] = params[key] - rate * m / u


def _gradients_of_all_sizes(rng: np.random.Generator) -> Inputs:
    """As for every optimizer, and gradients that are tiny: no epsilon is added."""
    yield from runs(rng, [(0.1, 0.5, 0.9), (0.1, 0.9, 0.999), (0.5, 0.8, 0.5)])
    tiny = [{"w": 1e-7}, {"w": -3e-7}, {"w": 2e-7}]
    yield case("where the gradients are tiny", (0.1, 0.9, 0.6), {"w": 1.0}, tiny)
    small = [{"w": 1e-7 * drawn(rng, 2)} for _ in range(4)]
    yield case("where the gradients are tiny", (0.1, 0.5, 0.9), {"w": drawn(rng, 2)}, small)


def _adamax(
    rate_at: Callable[..., float] = lambda rate, beta1, beta2, t: rate / (1 - beta1**t),
    largest: Callable[..., Any] | None = None,
    top: Callable[..., Any] = lambda m, g, beta1: m,
    divisor: Callable[..., Any] = lambda u, beta2, t: u,
) -> Callable[..., Any]:
    """Return the optimizer with one thing done in another way."""
    largest = largest or _largest

    def step(memory: Memory, g: Any, t: int, rate: float, beta1: float, beta2: float) -> Any:
        m, u = _averaged(memory, "m", g, beta1), largest(memory, g, beta2, t)
        return rate_at(rate, beta1, beta2, t) * top(m, g, beta1) / divisor(u, beta2, t)

    return by(step)


def _largest(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    memory["u"] = np.maximum(beta2 * memory.get("u", 0.0), np.abs(g))
    return memory["u"]


def _largest_of_all(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    return _largest(memory, g, 1.0, t)


def _largest_signed(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    memory["u"] = np.maximum(beta2 * memory.get("u", -np.inf), g)
    return memory["u"]


def _largest_signed_from_zero(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    memory["u"] = np.maximum(beta2 * memory.get("u", 0.0), g)
    return memory["u"]


def _largest_from_one(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    memory.setdefault("u", 1.0)
    return _largest(memory, g, beta2, t)


def _largest_faded(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    memory["u"] = beta2 * np.maximum(memory.get("u", 0.0), np.abs(g))
    return memory["u"]


def _largest_entry(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    return np.max(_largest(memory, g, beta2, t))


def _average_size(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    return _averaged(memory, "u", np.abs(g), beta2)


def _average_size_corrected(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    return _average_size(memory, g, beta2, t) / (1 - beta2**t)


def _root_mean_square(memory: Memory, g: Any, beta2: float, t: int) -> Any:
    return np.sqrt(_averaged(memory, "u", g * g, beta2) / (1 - beta2**t))


def _largest_of_m(memory: Memory, g: Any, t: int, rate: float, beta1: float, beta2: float) -> Any:
    m = _averaged(memory, "m", g, beta1)
    return rate / (1 - beta1**t) * m / _largest(memory, m, beta2, t)


def _largest_of_corrected_m(
    memory: Memory, g: Any, t: int, rate: float, beta1: float, beta2: float
) -> Any:
    m = _averaged(memory, "m", g, beta1) / (1 - beta1**t)
    return rate * m / _largest(memory, m, beta2, t)


def _corrected_and_stored(
    memory: Memory, g: Any, t: int, rate: float, beta1: float, beta2: float
) -> Any:
    memory["m"] = _averaged(memory, "m", g, beta1) / (1 - beta1**t)
    return rate * memory["m"] / _largest(memory, g, beta2, t)


def _rate_stored(memory: Memory, g: Any, t: int, rate: float, beta1: float, beta2: float) -> Any:
    memory["rate"] = memory.get("rate", rate) / (1 - beta1**t)
    return memory["rate"] * _averaged(memory, "m", g, beta1) / _largest(memory, g, beta2, t)


class _CountedForEachKey(_AdaMax):
    def update(self, params: Any, grads: Any) -> None:
        for key, g in grads.items():
            one = {key: params[key]}
            super().update(one, {key: g})
            params[key] = one[key]


class _MomentsOfAll(_AdaMax):
    def update(self, params: Any, grads: Any) -> None:
        for key, g in grads.items():
            one = {"all": params[key]}
            super().update(one, {"all": g})
            params[key] = one["all"]
            self.t -= 1
        self.t += 1


ADAMAX = Exercise(
    "7.6",
    reference=_AdaMax,
    inputs=_gradients_of_all_sizes,
    run=updates,
    hints=(
        "With a steady gradient every step should have the length of the rate. What has to be "
        "remembered for that, and what has to be counted?",
        "The first moment starts at zero and is too small by the factor 1 - beta1**t. So the "
        "object has to count its updates.",
        "In __init__ set self.t = 0. At the top of update add 1 to it, once, before the loop "
        "over the keys; in the loop divide m by 1 - beta1**self.t.",
    ),
    mistakes={
        "The bias correction is missing: divide m by 1 - beta1**t.": _adamax(
            lambda rate, beta1, beta2, t: rate
        ),
        "The updates are counted once for each key. Count once for each call of update, "
        "before the loop.": _CountedForEachKey,
        "The count is one too high: at the first update t is 1.": _adamax(
            lambda rate, beta1, beta2, t: rate / (1 - beta1 ** (t + 1))
        ),
        "The count lags by one: at the second update t is 2.": _adamax(
            lambda rate, beta1, beta2, t: rate / (1 - beta1 ** max(t - 1, 1))
        ),
        "The correction is the same at each step. It fades: t grows by one at each "
        "update.": _adamax(lambda rate, beta1, beta2, t: rate / (1 - beta1)),
        "The correction is made with beta2. It is m that starts too small, and m has "
        "beta1.": _adamax(lambda rate, beta1, beta2, t: rate / (1 - beta2**t)),
        "You multiply by 1 - beta1**t. It is a number below 1, and m is too small: "
        "divide.": _adamax(lambda rate, beta1, beta2, t: rate * (1 - beta1**t)),
        "The maximum is that of the sizes of m. It is that of the sizes of the gradients.": (
            by(_largest_of_m),
            by(_largest_of_corrected_m),
        ),
        "The maximum is corrected, too. It needs no correction: it is not pulled toward its "
        "start.": _adamax(divisor=lambda u, beta2, t: u / (1 - beta2**t)),
        "The corrected moment is stored, and corrected again in the next update. Store m as it "
        "is, correct it only for the step.": by(_corrected_and_stored),
        "The corrected rate is stored, and corrected again in the next update. Leave "
        "learning_rate as it is.": by(_rate_stored),
        "You divide by the root of u. It is no square: divide by u itself.": _adamax(
            divisor=lambda u, beta2, t: np.sqrt(u)
        ),
        "An epsilon is added to u. There is none here, and with a tiny gradient it shows.": (
            _adamax(divisor=lambda u, beta2, t: u + 1e-8),
            _adamax(divisor=lambda u, beta2, t: u + 1e-7),
        ),
        "Without the absolute value a negative gradient never counts as large. Take the "
        "maximum with its size.": (
            _adamax(largest=_largest_signed),
            _adamax(largest=_largest_signed_from_zero),
        ),
        "The largest gradient never fades: multiply the old u by beta2 before you take the "
        "maximum, and keep the result.": _adamax(largest=_largest_of_all),
        "The new gradient fades, too. Multiply only the old u by beta2, not the maximum.": _adamax(
            largest=_largest_faded
        ),
        "u begins at 1. It begins at 0, so that the first u is the size of the first "
        "gradient.": _adamax(largest=_largest_from_one),
        "One u serves a whole array. Take the maximum entry by entry, with np.maximum.": _adamax(
            largest=_largest_entry
        ),
        "You divide by an average of the sizes. Here it is the largest that counts.": (
            _adamax(largest=_average_size),
            _adamax(largest=_average_size_corrected),
        ),
        "This is Adam, which divides by the root of a mean square. Here it is the largest size "
        "that counts.": _adamax(largest=_root_mean_square),
        "The gradient itself stands on top. It is m, its moving average.": _adamax(
            top=lambda m, g, beta1: g
        ),
        "The gradient enters m whole. Multiply it by 1 - beta1.": _adamax(
            top=lambda m, g, beta1: m / (1 - beta1)
        ),
        UPHILL: set_up(_AdaMax, lambda rate, *others: (-rate, *others)),
        "Nothing is remembered: the moments and the count begin anew in each update. Keep them in "
        "the object.": forgetting(_AdaMax),
        "All keys share the same moments. Each parameter needs its own: store them under its "
        "key.": _MomentsOfAll,
        UNCHANGED: on_a_copy(_AdaMax),
        FIRST_KEY: only_the_first_key(_AdaMax),
    },
)
