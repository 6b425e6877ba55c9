"""What the exercises of chapter 7 share: optimizers to be tried, and ways to get them wrong."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises._compare import copied
from dlcourse.exercises._exercise import Steps, case

Inputs = Iterator[tuple[Any, ...]]
Settings = tuple[float, ...]
Memory = dict[str, Any]


def updates(
    optimizer: Any, settings: Settings, params: Any, gradients: Any, reused: bool = False
) -> Steps:
    """Make an optimizer, take a step with each gradient, and list what each step changed.

    A caller may use the same arrays again for the gradients of the next update.
    """
    it, params, steps = optimizer(*settings), copied(params), Steps()
    again = copied(gradients[0])
    for grads in gradients:
        if reused:
            for key, g in grads.items():
                again[key][...] = g
            grads = again
        before = copied(params)
        it.update(params, grads)
        steps.append({key: params[key] - before[key] for key in before})
    return steps


def runs(rng: np.random.Generator, settings: list[Settings], size: float = 3.0) -> Inputs:
    """One parameter or more, each a float or an array of floats; no gradient is 0.

    `grads` has the keys of `params` at every update. Gradients may be whole numbers, and the
    caller may use their arrays again. Not asked: keys that come and go, parameters of whole
    numbers, no keys at all.
    """
    yield settings[0], {"w": 2.0}, [{"w": 1.0}, {"w": 1.0}, {"w": -3.0}]
    yield settings[0], {"x": 1.0, "y": -2.0}, [{"x": 3.0, "y": -1.0}, {"x": -2.0, "y": 0.5}] * 2
    yield settings[1], {"w": np.array([1.0, 2.0])}, [{"w": drawn(rng, 2)} for _ in range(3)]
    for chosen in settings:
        start = {"W": drawn(rng, (2, 3)), "b": drawn(rng, 3)}
        grads = [{k: size * drawn(rng, w.shape) for k, w in start.items()} for _ in range(6)]
        yield chosen, start, grads
    whole = [np.array([1, -2]), np.array([3, 1]), np.array([-1, 2])]
    name = "where the gradients are whole numbers"
    yield case(name, settings[0], {"w": np.array([0.5, 1.0])}, [{"w": g} for g in whole])
    again = [{"w": g + 0.5} for g in whole]
    name = "where the caller uses the arrays of the gradients again"
    yield case(name, settings[1], {"w": np.array([0.5, 1.0])}, again, True)


def drawn(rng: np.random.Generator, shape: Any) -> Any:
    """Draw numbers with two digits, and none of them 0."""
    numbers = rng.normal(size=shape)
    return np.round(numbers + 0.01 * np.sign(numbers), 2)


def by(step: Callable[..., Any]) -> Callable[..., Any]:
    """Make an optimizer of what is taken off: `step(memory, g, t, *settings)`.

    Each key has a memory of its own, a dict that is empty at first; `t` counts from 1.
    """

    class Optimizer:
        def __init__(self, *settings: float) -> None:
            self.settings, self.t = settings, 0
            self.memories: dict[str, Memory] = {}

        def update(self, params: Any, grads: Any) -> None:
            self.t += 1
            for key, g in grads.items():
                memory = self.memories.setdefault(key, {})
                params[key] = params[key] - step(memory, g, self.t, *self.settings)

    return Optimizer


def one_memory_for_all(optimizer: Any) -> Callable[..., Any]:
    """Make an optimizer that files everything under the same key."""

    class Optimizer(optimizer):  # type: ignore[misc]
        def update(self, params: Any, grads: Any) -> None:
            for key, g in grads.items():
                one = {"all": params[key]}
                super().update(one, {"all": g})
                params[key] = one["all"]

    return Optimizer


def forgetting(optimizer: Any) -> Callable[..., Any]:
    """Make an optimizer that begins anew in each update."""

    class Optimizer:
        def __init__(self, *settings: float) -> None:
            self.settings = settings

        def update(self, params: Any, grads: Any) -> None:
            optimizer(*self.settings).update(params, grads)

    return Optimizer


def on_a_copy(optimizer: Any) -> Callable[..., Any]:
    """Make an optimizer that leaves the dict it is given alone."""

    class Optimizer(optimizer):  # type: ignore[misc]
        def update(self, params: Any, grads: Any) -> None:
            super().update(dict(params), grads)

    return Optimizer


def only_the_first_key(optimizer: Any) -> Callable[..., Any]:
    """Make an optimizer that leaves the loop after one key."""

    class Optimizer(optimizer):  # type: ignore[misc]
        def update(self, params: Any, grads: Any) -> None:
            first = next(iter(grads))
            super().update(params, {first: grads[first]})

    return Optimizer


def set_up(optimizer: Any, change: Callable[..., Settings]) -> Callable[..., Any]:
    """Make an optimizer that takes its settings for others."""

    class Optimizer(optimizer):  # type: ignore[misc]
        def __init__(self, *settings: float) -> None:
            super().__init__(*change(*settings))

    return Optimizer


UNCHANGED = (
    "No parameter was changed. The new values must get into the dict that was given: "
    "params[key] = ..."
)
FIRST_KEY = (
    "Only the first parameter is changed. Does the loop over the keys end early, with return or "
    "break?"
)
UPHILL = "The step has the wrong sign: it goes uphill. Subtract it from the parameter."
MEAN_OF_ENTRIES = (
    "The entries of an array are averaged. Each entry is remembered, and changed, by itself."
)
