"""The self-checks of chapter 7: optimizers, as classes that remember."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise, Steps

Inputs = Iterator[tuple[Any, ...]]


def _updates(
    optimizer: Any, settings: tuple[float, ...], start: dict[str, Any], gradients: Any
) -> Steps:
    """Make an optimizer, take a step with each gradient, and list what each step changed."""
    made, params, steps = optimizer(*settings), copy.deepcopy(start), Steps()
    for grads in gradients:
        before = copy.deepcopy(params)
        made.update(params, grads)
        steps.append({key: w - before[key] for key, w in params.items()})
    return steps


def _runs(rng: np.random.Generator, settings: list[tuple[float, ...]]) -> Inputs:
    """Two numbers, then a table and a vector; several steps, with other gradients in each."""
    yield settings[0], {"x": 1.0, "y": -2.0}, [{"x": 3.0, "y": -1.0}, {"x": -2.0, "y": 0.5}] * 2
    for chosen in settings[1:]:
        start = {"W": rng.normal(size=(2, 3)), "b": rng.normal(size=3)}
        grads = [{k: 3 * rng.normal(size=w.shape) for k, w in start.items()} for _ in range(5)]
        yield chosen, start, grads


class _Remembering(ABC):
    """What the right answers and the mistakes below share: settings, and what is kept."""

    def __init__(self, learning_rate: float, *settings: float) -> None:
        self.learning_rate, self.settings = learning_rate, settings
        self.first: dict[str, Any] = {}
        self.second: dict[str, Any] = {}
        self.t = 0

    def update(self, params: Any, grads: Any) -> None:
        self.t += 1
        for key, g in grads.items():
            params[key] = params[key] + self.step(key, g)

    @abstractmethod
    def step(self, key: str, g: Any) -> Any:
        """Return what is added to a parameter."""

    def averaged(self, kept: dict[str, Any], key: str, new: Any, share: float) -> Any:
        kept[key] = share * kept.get(key, 0.0) + (1 - share) * new
        return kept[key]


# 7.4: a velocity that is an average -------------------------------------------------------


class _DampedMomentum(_Remembering):
    def __init__(self, learning_rate: float, momentum: float) -> None:
        super().__init__(learning_rate, momentum)

    def step(self, key: str, g: Any) -> Any:
        return -self.learning_rate * self.averaged(self.first, key, g, *self.settings)


class _Undamped(_DampedMomentum):
    def step(self, key: str, g: Any) -> Any:
        self.first[key] = self.settings[0] * self.first.get(key, 0.0) + g
        return -self.learning_rate * self.first[key]


class _NothingKept(_DampedMomentum):
    def step(self, key: str, g: Any) -> Any:
        return -self.learning_rate * (1 - self.settings[0]) * g


class _OneForAll(_DampedMomentum):
    def step(self, key: str, g: Any) -> Any:
        return super().step("all", g)


class _SharesExchanged(_DampedMomentum):
    def step(self, key: str, g: Any) -> Any:
        return -self.learning_rate * self.averaged(self.first, key, g, 1 - self.settings[0])


class _OldVelocity(_DampedMomentum):
    def step(self, key: str, g: Any) -> Any:
        old = self.first.get(key, 0.0)
        self.averaged(self.first, key, g, *self.settings)
        return -self.learning_rate * old


class _NothingChanged(_DampedMomentum):
    def step(self, key: str, g: Any) -> Any:
        return 0.0 * g


class _RateTwice(_DampedMomentum):
    def step(self, key: str, g: Any) -> Any:
        return self.learning_rate * super().step(key, g)


DAMPED_MOMENTUM = Exercise(
    "7.4",
    reference=_DampedMomentum,
    inputs=lambda rng: _runs(rng, [(0.1, 0.5), (0.1, 0.9), (0.5, 0.8)]),
    run=_updates,
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
        "object, from one update to the next.": _NothingKept,
        "No parameter was changed. The new values must get into the dict that was given: "
        "params[key] = ...": _NothingChanged,
        "All keys share one velocity. Each parameter needs its own: store it under its "
        "key.": _OneForAll,
        "The gradient is added whole, so this is the undamped velocity of the chapter. Here it "
        "is multiplied by 1 - momentum.": _Undamped,
        "The two shares are exchanged: momentum is what is kept of the velocity, 1 - momentum "
        "what is taken of the gradient.": _SharesExchanged,
        "The step is made with the old velocity. First bring the velocity up to date, then "
        "step.": _OldVelocity,
        "The learning rate is multiplied in twice, in the velocity and in the step.": _RateTwice,
    },
)


# 7.5: divide by the spread ---------------------------------------------------------------


class _CenteredRMSprop(_Remembering):
    def __init__(self, learning_rate: float, decay: float, epsilon: float) -> None:
        super().__init__(learning_rate, decay, epsilon)

    def averages(self, key: str, g: Any) -> tuple[Any, Any]:
        decay, _ = self.settings
        a = self.averaged(self.first, key, g, decay)
        return a, self.averaged(self.second, key, g * g, decay)

    def step(self, key: str, g: Any) -> Any:
        a, h = self.averages(key, g)
        return -self.learning_rate * g / (np.sqrt(h - a * a) + self.settings[1])


class _NotCentered(_CenteredRMSprop):
    def step(self, key: str, g: Any) -> Any:
        _, h = self.averages(key, g)
        return -self.learning_rate * g / (np.sqrt(h) + self.settings[1])


class _NoRoot(_CenteredRMSprop):
    def step(self, key: str, g: Any) -> Any:
        a, h = self.averages(key, g)
        return -self.learning_rate * g / (h - a * a + self.settings[1])


class _EpsilonInside(_CenteredRMSprop):
    def step(self, key: str, g: Any) -> Any:
        a, h = self.averages(key, g)
        return -self.learning_rate * g / np.sqrt(h - a * a + self.settings[1])


class _MeanNotSquared(_CenteredRMSprop):
    def step(self, key: str, g: Any) -> Any:
        a, h = self.averages(key, g)
        return -self.learning_rate * g / (np.sqrt(np.abs(h - a)) + self.settings[1])


class _MeanInNumerator(_CenteredRMSprop):
    def step(self, key: str, g: Any) -> Any:
        a, h = self.averages(key, g)
        return -self.learning_rate * a / (np.sqrt(h - a * a) + self.settings[1])


class _SpreadNotKept(_CenteredRMSprop):
    def step(self, key: str, g: Any) -> Any:
        self.first, self.second = {}, {}
        return super().step(key, g)


class _SpreadOfAll(_CenteredRMSprop):
    def step(self, key: str, g: Any) -> Any:
        return super().step("all", g)


class _SumOfSquares(_CenteredRMSprop):
    def averages(self, key: str, g: Any) -> tuple[Any, Any]:
        self.first[key] = self.first.get(key, 0.0) + g
        self.second[key] = self.second.get(key, 0.0) + g * g
        return self.first[key] / self.t, self.second[key] / self.t


CENTERED_RMSPROP = Exercise(
    "7.5",
    reference=_CenteredRMSprop,
    inputs=lambda rng: _runs(rng, [(0.1, 0.5, 0.01), (0.1, 0.9, 0.001), (0.3, 0.8, 0.1)]),
    run=_updates,
    hints=(
        "The class to replace keeps one average. What is the second one of, and where is it used?",
        "Keep two dicts: averages of the gradient and of its square, both with the same decay. "
        "The spread is the root of what the formula has under it.",
        "a = decay * old mean + (1 - decay) * g, h likewise with g * g; divide g by "
        "np.sqrt(h - a * a) + epsilon.",
    ),
    mistakes={
        "This is RMSprop: the mean is not subtracted. Keep a second average, of the gradient, "
        "and take its square off before the root.": _NotCentered,
        "The root is missing: you divide by the variance.": _NoRoot,
        "The epsilon stands under the root. Here it is added after the root is "
        "taken.": _EpsilonInside,
        "The mean is subtracted as it is. Square it first: the mean of the squares minus the "
        "square of the mean.": _MeanNotSquared,
        "You step along the mean of the gradients. The numerator is the gradient "
        "itself.": _MeanInNumerator,
        "The averages begin at zero again in each update. Keep them in dicts of the "
        "object.": _SpreadNotKept,
        "All keys share the same averages. Each parameter needs its own: store them under its "
        "key.": _SpreadOfAll,
        "These are plain means of all gradients so far. Moving averages keep the share decay "
        "and take 1 - decay of the new.": _SumOfSquares,
    },
)


# 7.6: Adam with the largest gradient -----------------------------------------------------


class _AdaMax(_Remembering):
    def __init__(self, learning_rate: float, beta1: float, beta2: float) -> None:
        super().__init__(learning_rate, beta1, beta2)

    def moments(self, key: str, g: Any) -> tuple[Any, Any]:
        beta1, beta2 = self.settings
        m = self.averaged(self.first, key, g, beta1)
        self.second[key] = np.maximum(beta2 * self.second.get(key, 0.0), np.abs(g))
        return m, self.second[key]

    def step(self, key: str, g: Any) -> Any:
        m, u = self.moments(key, g)
        return -self.learning_rate / (1 - self.settings[0] ** self.t) * m / u


class _NotCorrected(_AdaMax):
    def step(self, key: str, g: Any) -> Any:
        m, u = self.moments(key, g)
        return -self.learning_rate * m / u


class _CountedForEachKey(_AdaMax):
    def update(self, params: Any, grads: Any) -> None:
        for key, g in grads.items():
            self.t += 1
            params[key] = params[key] + self.step(key, g)


class _CountedFromZero(_AdaMax):
    def step(self, key: str, g: Any) -> Any:
        m, u = self.moments(key, g)
        return -self.learning_rate / (1 - self.settings[0] ** (self.t + 1)) * m / u


class _CorrectedByFirstStep(_AdaMax):
    def step(self, key: str, g: Any) -> Any:
        m, u = self.moments(key, g)
        return -self.learning_rate / (1 - self.settings[0]) * m / u


class _BothCorrected(_AdaMax):
    def step(self, key: str, g: Any) -> Any:
        return super().step(key, g) * (1 - self.settings[1] ** self.t)


class _CorrectionStored(_AdaMax):
    def step(self, key: str, g: Any) -> Any:
        m, u = self.moments(key, g)
        self.first[key] = m / (1 - self.settings[0] ** self.t)
        return -self.learning_rate * self.first[key] / u


class _RootTaken(_AdaMax):
    def step(self, key: str, g: Any) -> Any:
        m, u = self.moments(key, g)
        return -self.learning_rate / (1 - self.settings[0] ** self.t) * m / np.sqrt(u)


class _NoAbsolute(_AdaMax):
    def moments(self, key: str, g: Any) -> tuple[Any, Any]:
        beta1, beta2 = self.settings
        m = self.averaged(self.first, key, g, beta1)
        self.second[key] = np.maximum(beta2 * self.second.get(key, -np.inf), g)
        return m, self.second[key]


class _MomentsOfAll(_AdaMax):
    def moments(self, key: str, g: Any) -> tuple[Any, Any]:
        return super().moments("all", g)


ADAMAX = Exercise(
    "7.6",
    reference=_AdaMax,
    inputs=lambda rng: _runs(rng, [(0.1, 0.5, 0.9), (0.1, 0.9, 0.999), (0.5, 0.8, 0.5)]),
    run=_updates,
    hints=(
        "With a steady gradient every step should have the length of the rate. How long is the "
        "first one of the class to replace?",
        "The first moment starts at zero and is too small by the factor 1 - beta1**t. So the "
        "object has to count its updates.",
        "In __init__ set self.t = 0. At the top of update add 1 to it, once, before the loop "
        "over the keys; in the loop divide m by 1 - beta1**self.t.",
    ),
    mistakes={
        "The bias correction is missing: divide m by 1 - beta1**t.": _NotCorrected,
        "The updates are counted once for each key. Count once for each call of update, "
        "before the loop.": _CountedForEachKey,
        "The count is one too high: at the first update t is 1.": _CountedFromZero,
        "The correction is the same at each step. It fades: t grows by one at each "
        "update.": _CorrectedByFirstStep,
        "The maximum is corrected, too. It needs no correction: it is not pulled toward its "
        "start.": _BothCorrected,
        "The corrected moment is stored, and corrected again in the next update. Store m as it "
        "is, correct it only for the step.": _CorrectionStored,
        "You divide by the root of u. It is no square: divide by u itself.": _RootTaken,
        "Without the absolute value a negative gradient never counts as large. Take the "
        "maximum with its size.": _NoAbsolute,
        "All keys share the same moments. Each parameter needs its own: store them under its "
        "key.": _MomentsOfAll,
    },
)
