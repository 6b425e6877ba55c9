"""The self-checks of chapter 14: fine-tuning."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case

Inputs = Iterator[tuple[Any, ...]]


# 14.3: a rate for each layer ---------------------------------------------------------------


def _graded_rates(rate: Any, factor: Any, layers: Sequence[str]) -> dict[str, Any]:
    rates = {}
    for name in reversed(layers):
        rates[name] = rate
        rate = rate / factor
    return rates


def _stacks(rng: np.random.Generator) -> Inputs:
    """One layer or more, with any names; a positive rate, and a factor of at least 1.

    The factor may be 1, and need not be whole. Not asked: a network without layers.
    """
    yield 0.9, 3, ["dense1", "dense2", "dense3"]
    yield 1.0, 10, ["first", "last"]
    yield case("where the factor is 1", 0.5, 1, ["a", "b", "c"])
    yield case("where there is a single layer", 0.2, 3, ["only"])
    yield case("where names are not in alphabetical order", 0.4, 2.0, ["z", "body", "head", "a"])
    yield case("where the rate is tiny", 1e-6, 2.6, ["a", "b", "c", "d"])
    for count in (2, 3, 5, 6):
        layers = [f"layer{k}" for k in rng.permutation(count).tolist()]
        yield round(rng.uniform(0.01, 2), 3), round(rng.uniform(1.5, 10), 1), layers


def _graded(multiple: Callable[[int, int, Any], Any]) -> Callable[..., Any]:
    """Return rates that are this multiple of the rate: of number k of n layers, from 0."""

    def graded_rates(rate: Any, factor: Any, layers: Any) -> Any:
        n = len(layers)
        return {name: rate * multiple(k, n, factor) for k, name in enumerate(layers)}

    return graded_rates


GRADED_RATES = Exercise(
    "14.3",
    reference=_graded_rates,
    inputs=_stacks,
    hints=(
        "Which layer do you know the rate of, before you compute anything?",
        "Go from the last layer to the first: the last gets the rate itself, and each one before "
        "it the rate of the layer behind it, divided by the factor.",
        "for name in reversed(layers): rates[name] = rate, then rate = rate / factor. Don't "
        "change a list that you were given.",
    ),
    mistakes={
        "The first layer gets the full rate, and the last the lowest. It is the other way "
        "round.": _graded(lambda k, n, f: f**-k),
        "Rates grow towards the first layer. It gets the lowest.": _graded(
            lambda k, n, f: f ** (n - 1 - k)
        ),
        "The first layer gets the rate, and those behind it more. The rate is that of the "
        "last.": _graded(lambda k, n, f: f**k),
        "The last layer gets less than the full rate. Start dividing with the layer before "
        "it.": _graded(lambda k, n, f: f ** -(n - k)),
        "All layers but the last have the same rate. Each is lower than the next.": _graded(
            lambda k, n, f: 1.0 if k == n - 1 else 1 / f
        ),
        "Only the first layer has a lower rate. Each is lower than the next.": _graded(
            lambda k, n, f: 1 / f if k == 0 and n > 1 else 1.0
        ),
        "All layers have the same rate.": _graded(lambda k, n, f: 1.0),
        "The rate is divided by multiples of the factor: by f, 2f, 3f. Divide by its powers: f, "
        "f times f, and so on.": _graded(
            lambda k, n, f: 1 / (f * (n - 1 - k)) if k < n - 1 else 1.0
        ),
        "The factor is subtracted or the steps are equal. Neighbors differ by a factor.": _graded(
            lambda k, n, f: 1 - (1 - 1 / f) * (n - 1 - k) / max(n - 1, 1)
        ),
        "These are multipliers. Multiply them by the rate.": lambda rate, factor, layers: (
            _graded_rates(1.0, factor, layers)
        ),
        "This is a list. Asked for is a dict, from the name of a layer to its rate.": (
            lambda rate, factor, layers: list(_graded_rates(rate, factor, layers).values()),
            lambda rate, factor, layers: list(_graded_rates(rate, factor, layers).values())[::-1],
        ),
    },
)


# 14.4: a step of momentum that leaves frozen layers alone ------------------------------------


def _frozen_step(
    w: Mapping[str, Any],
    v: Mapping[str, Any],
    g: Mapping[str, Any],
    frozen: Sequence[str],
    rate: Any,
    momentum: Any,
) -> tuple[dict[str, Any], dict[str, Any]]:
    new_w, new_v = dict(w), dict(v)
    for name in w:
        layer = name.split("/")[0]
        if layer not in frozen:
            new_v[name] = momentum * v[name] - rate * g[name]
            new_w[name] = w[name] + new_v[name]
    return new_w, new_v


def _networks(rng: np.random.Generator) -> Inputs:
    """Parameters of one layer or more, by names such as "dense1/weights", and three dicts of them.

    `frozen` lists the names of whole layers: none, some, or all of them. A parameter may be an
    array of any shape, and a name may be the beginning of another. Not asked: the name of a
    layer that is not there, or of a single parameter.
    """
    w = {"dense1/weights": 1.0, "dense2/weights": 2.0}
    v = {"dense1/weights": 0.5, "dense2/weights": -1.0}
    g = {"dense1/weights": 3.0, "dense2/weights": 2.0}
    yield w, v, g, ["dense1"], 0.1, 0.9
    yield case("where no layer is frozen", w, v, g, [], 0.1, 0.9)
    yield case("where all layers are frozen", w, v, g, ["dense1", "dense2"], 0.1, 0.9)
    names = ["dense1/weights", "dense1/bias", "dense10/weights", "dense10/bias"]
    more = [
        {name: np.round(rng.normal(0, 1, (2, 2) if "w" in name else 2), 2) for name in names}
        for _ in range(3)
    ]
    yield case("where a name is the beginning of another", *more, ["dense1"], 0.5, 0.8)
    yield case("where the last layer is frozen", *more, ["dense10"], 0.5, 0.8)
    for layers, frozen in ((["a", "b", "c"], ["a", "b"]), (["body", "head"], ["body"])):
        names = [f"{layer}/{kind}" for layer in layers for kind in ("weights", "bias")]
        three = [
            {name: np.round(rng.normal(0, 1, (3, 2) if "w" in name else 3), 2) for name in names}
            for _ in range(3)
        ]
        rate, momentum = round(rng.uniform(0.1, 1), 2), round(rng.uniform(0.3, 0.95), 2)
        yield *three, frozen, rate, momentum


def _layer_is_in(name: str, frozen: Any) -> bool:
    return name.split("/")[0] in frozen


def _step_with(
    is_frozen: Callable[[str, Any], bool] = _layer_is_in,
    moving: Callable[..., Any] = lambda v, g, rate, momentum: momentum * v - rate * g,
    halted: Callable[..., Any] = lambda v, g, rate, momentum: v,
    keeps: bool = True,
    new: bool = True,
) -> Callable[..., Any]:
    """Return the step with one thing done in another way.

    `moving` and `halted` give the velocities; a frozen parameter `keeps` its value or moves along.
    """

    def frozen_step(w: Any, v: Any, g: Any, frozen: Any, rate: Any, momentum: Any) -> Any:
        new_w, new_v = dict(w), dict(v)
        for name in w:
            still = is_frozen(name, frozen)
            new_v[name] = (halted if still else moving)(v[name], g[name], rate, momentum)
            if not (still and keeps):
                new_w[name] = w[name] + (new_v[name] if new else v[name])
        return new_w, new_v

    return frozen_step


FROZEN_STEP = Exercise(
    "14.4",
    reference=_frozen_step,
    inputs=_networks,
    hints=(
        "What does a gradient of zero do to a parameter whose velocity is not zero?",
        "Copy both dicts. Then go through the names, and change something only where the part of "
        "the name before the slash is not in frozen.",
        "name.split('/')[0] is the layer. If it is not in frozen: new_v[name] = momentum * v[name] "
        "- rate * g[name], and new_w[name] = w[name] + new_v[name].",
    ),
    mistakes={
        "A frozen parameter coasts: only its gradient is left out, and its velocity carries it "
        "on.": _step_with(halted=lambda v, g, rate, momentum: momentum * v, keeps=False),
        "A frozen parameter goes on at its old velocity. It has to stay.": _step_with(keeps=False),
        "The velocity of a frozen parameter shrinks. Keep it as it is.": _step_with(
            halted=lambda v, g, rate, momentum: momentum * v
        ),
        "The velocity of a frozen parameter goes on gathering gradients. Keep it as it "
        "is.": _step_with(halted=lambda v, g, rate, momentum: momentum * v - rate * g),
        "The velocity of a frozen parameter is set to zero. Keep it as it is.": _step_with(
            halted=lambda v, g, rate, momentum: 0 * v
        ),
        "Nothing is frozen: all parameters move.": _step_with(is_frozen=lambda name, frozen: False),
        "Nothing moves at all.": _step_with(is_frozen=lambda name, frozen: True),
        "It is the other way round: what is listed moves, and the rest stays.": _step_with(
            is_frozen=lambda name, frozen: name.split("/")[0] not in frozen
        ),
        "A layer whose name only begins like a frozen one is frozen, too. Compare the whole part "
        "before the slash.": (
            _step_with(is_frozen=lambda name, frozen: name.startswith(tuple(frozen))),
            _step_with(is_frozen=lambda name, frozen: any(f in name for f in frozen)),
        ),
        "Only the weights of a frozen layer stay. Its bias belongs to it.": _step_with(
            is_frozen=lambda name, frozen: name in [f"{f}/weights" for f in frozen]
        ),
        "The step is taken with the old velocity. Compute the new one first.": _step_with(
            new=False
        ),
        "This is SGD: the old velocity plays no part.": _step_with(
            moving=lambda v, g, rate, momentum: -rate * g
        ),
        "The gradient is multiplied by 1 - momentum. This is the undamped form: momentum * v - "
        "rate * g.": _step_with(
            moving=lambda v, g, rate, momentum: momentum * v - (1 - momentum) * rate * g
        ),
        "The rate multiplies the velocity, too. It belongs to the gradient alone.": _step_with(
            moving=lambda v, g, rate, momentum: rate * (momentum * v - g)
        ),
        "Only the parameters are returned. Return both dicts, the velocities second.": (
            lambda *a: _frozen_step(*a)[0]
        ),
        "The velocities come first. Return the parameters first.": (
            lambda *a: _frozen_step(*a)[::-1]
        ),
        "What is frozen is missing from the dicts. It stays there, unchanged.": (
            lambda w, v, g, frozen, rate, momentum: tuple(
                {k: x for k, x in part.items() if not _layer_is_in(k, frozen)}
                for part in _frozen_step(w, v, g, frozen, rate, momentum)
            )
        ),
    },
)


# 14.5: what a step is worth -----------------------------------------------------------------


def _worth(full: Any, without: Any) -> tuple[Any, Any]:
    differences = np.asarray(full) - np.asarray(without)
    error = np.std(differences, ddof=1) / np.sqrt(len(differences))
    return np.mean(differences), error


def _ablations(rng: np.random.Generator) -> Inputs:
    """Yield two lists, or arrays, of the same length, at least two: seed by seed.

    The differences may be all the same, and of either sign. Not asked: a single seed.
    """
    yield [512, 530, 521], [500, 520, 515]
    yield [0.8, 0.9], [0.7, 0.6]
    yield case("where a step does harm", [400, 410, 390, 405], [420, 415, 411, 402])
    yield case("where all differences are the same", [3.0, 9.0, 5.0], [1.0, 7.0, 3.0])
    yield case("where there are two seeds", np.array([10.0, 30.0]), np.array([9.0, 25.0]))
    for seeds in (3, 6, 10):
        level = rng.normal(500, 40, seeds)
        yield np.round(level + rng.normal(5, 4, seeds), 1), np.round(level, 1)


def _with_error(error: Callable[[Any, Any, Any], Any]) -> Callable[..., Any]:
    def worth(full: Any, without: Any) -> Any:
        a, b = np.asarray(full), np.asarray(without)
        return np.mean(a - b), error(a, b, a - b)

    return worth


WORTH = Exercise(
    "14.5",
    reference=_worth,
    inputs=_ablations,
    hints=(
        "Seeds that are lucky for one are lucky for the other. What do you look at to be rid of "
        "that luck?",
        "Take the differences seed by seed. The standard error is their standard deviation, with "
        "n - 1, over the root of their number.",
        "d = np.asarray(full) - np.asarray(without); return np.mean(d), np.std(d, ddof=1) / "
        "np.sqrt(len(d)).",
    ),
    mistakes={
        "The sign is the wrong way round: what a step is worth is full minus without.": (
            lambda full, without: (-_worth(full, without)[0], _worth(full, without)[1])
        ),
        "The error is that of two separate groups. Take the differences seed by seed first.": (
            _with_error(lambda a, b, d: np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(d))),
            _with_error(lambda a, b, d: np.sqrt((a.var() + b.var()) / len(d))),
            _with_error(lambda a, b, d: abs(a.std(ddof=1) - b.std(ddof=1)) / np.sqrt(len(d))),
        ),
        "This is the standard deviation of the differences. That of their mean is smaller by the "
        "root of their number.": (
            _with_error(lambda a, b, d: d.std(ddof=1)),
            _with_error(lambda a, b, d: d.std()),
        ),
        "The standard deviation divides by n. For an error from a few seeds it is n - 1.": (
            _with_error(lambda a, b, d: d.std() / np.sqrt(len(d)))
        ),
        "The standard deviation is divided by the number of seeds, not by its root.": (
            _with_error(lambda a, b, d: d.std(ddof=1) / len(d))
        ),
        "This is the variance. Take its root.": (
            _with_error(lambda a, b, d: d.var(ddof=1) / len(d)),
            _with_error(lambda a, b, d: d.var(ddof=1)),
        ),
        "n - 1 belongs in the standard deviation. Its root is not what you divide by "
        "afterwards.": _with_error(lambda a, b, d: d.std(ddof=1) / np.sqrt(len(d) - 1)),
        "The differences are taken without their signs.": lambda full, without: (
            np.mean(np.abs(np.asarray(full) - np.asarray(without))),
            _worth(full, without)[1],
        ),
        "This is the middle difference. Asked for is the mean.": lambda full, without: (
            np.median(np.asarray(full) - np.asarray(without)),
            _worth(full, without)[1],
        ),
        "The differences are added up. Asked for is their mean.": lambda full, without: (
            np.sum(np.asarray(full) - np.asarray(without)),
            _worth(full, without)[1],
        ),
        "The mean comes first, then the standard error.": lambda full, without: _worth(
            full, without
        )[::-1],
        "The standard error is missing: return two numbers.": lambda full, without: _worth(
            full, without
        )[0],
        "These are the differences, one for each seed. Asked for are their mean and its standard "
        "error.": lambda full, without: np.asarray(full) - np.asarray(without),
    },
)
