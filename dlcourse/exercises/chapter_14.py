"""The self-checks of chapter 14: fine-tuning."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise, _carry_over
from dlcourse.exercises._exercise import case

Inputs = Iterator[tuple[Any, ...]]


# 14.3: the layers carried over: a module of its own -------------------------------------------

CARRY_OVER = _carry_over.CARRY_OVER


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

    `frozen` lists the names of whole layers: none, some, or all of them. A parameter is an array
    of any shape, a layer's parameters may have any names, and the name of a layer may be a part
    of another. Not asked: the name of a layer that is not there, or of a single parameter.
    """
    w = {"dense1/weights": np.array([1.0, 2.0]), "dense2/weights": np.array([2.0, -1.0])}
    v = {"dense1/weights": np.array([0.5, 1.0]), "dense2/weights": np.array([-1.0, 0.5])}
    g = {"dense1/weights": np.array([3.0, 1.0]), "dense2/weights": np.array([2.0, -4.0])}
    yield w, v, g, ["dense1"], 0.1, 0.9
    yield case("where no layer is frozen", w, v, g, [], 0.1, 0.9)
    yield case("where all layers are frozen", w, v, g, ["dense1", "dense2"], 0.1, 0.9)
    three = _three_dicts(rng, ["dense1", "dense10"])
    yield case("where a name is the beginning of another", *three, ["dense1"], 0.5, 0.8)
    yield case("where the last layer is frozen", *three, ["dense10"], 0.5, 0.8)
    three = _three_dicts(rng, ["my_dense", "dense"])
    yield case("where a name is the end of another", *three, ["dense"], 0.5, 0.8)
    three = _three_dicts(rng, ["norm", "head"], ("gain", "shift"))
    yield case("where parameters are called gain and shift", *three, ["norm"], 0.5, 0.8)
    for layers, frozen in ((["a", "b", "c"], ["a", "b"]), (["body", "head"], ["body"])):
        three = _three_dicts(rng, layers)
        rate, momentum = round(rng.uniform(0.1, 1), 2), round(rng.uniform(0.3, 0.85), 2)
        yield *three, frozen, rate, momentum


def _three_dicts(
    rng: np.random.Generator, layers: list[str], kinds: tuple[str, str] = ("weights", "bias")
) -> list[dict[str, Any]]:
    """Return parameters, velocities and gradients of two kinds for each layer."""
    shapes = {"weights": (2, 2)}
    return [
        {
            f"{layer}/{kind}": np.round(rng.normal(0, 1, shapes.get(kind, (2,))), 2)
            for layer in layers
            for kind in kinds
        }
        for _ in range(3)
    ]


def _layer_is_in(name: str, frozen: Any) -> bool:
    return name.split("/")[0] in frozen


def _step_with(
    is_frozen: Callable[[str, Any], bool] = _layer_is_in,
    moving: Callable[..., Any] = lambda v, g, rate, momentum: momentum * v - rate * g,
    halted: Callable[..., Any] = lambda v, g, rate, momentum: v,
    keeps: bool = True,
    step: Callable[..., Any] = lambda new, old, g, rate, momentum: new,
) -> Callable[..., Any]:
    """Return the step with one thing done in another way.

    `moving` and `halted` give the velocities; a frozen parameter `keeps` its value or moves along.
    `step` is what is added to the others.
    """

    def frozen_step(w: Any, v: Any, g: Any, frozen: Any, rate: Any, momentum: Any) -> Any:
        new_w, new_v = dict(w), dict(v)
        for name in w:
            still = is_frozen(name, frozen)
            new_v[name] = (halted if still else moving)(v[name], g[name], rate, momentum)
            if not (still and keeps):
                new_w[name] = w[name] + step(new_v[name], v[name], g[name], rate, momentum)
        return new_w, new_v

    return frozen_step


def _frozen_by_sgd(
    w: Any, v: Any, g: Any, frozen: Any, rate: Any, momentum: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    new_w, new_v = _frozen_step(w, v, g, frozen, rate, momentum)
    moved = {name: w[name] - rate * g[name] for name in w if _layer_is_in(name, frozen)}
    return new_w | moved, new_v


def _once_for_each(
    w: Any, v: Any, g: Any, frozen: Any, rate: Any, momentum: Any
) -> tuple[Any, Any]:
    for layer in frozen:
        w, v = _frozen_step(w, v, g, [layer], rate, momentum)
    return w, v


def _up_to_a_frozen_one(
    w: Any, v: Any, g: Any, frozen: Any, rate: Any, momentum: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    stops = [name for name in w if _layer_is_in(name, frozen)]
    still = list(w)[list(w).index(stops[0]) :] if stops else []
    step = _step_with(is_frozen=lambda name, still: name in still)
    moved: tuple[dict[str, Any], dict[str, Any]] = step(w, v, g, still, rate, momentum)
    return moved


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
            _step_with(is_frozen=lambda name, frozen: name.startswith(tuple(frozen)))
        ),
        "A layer whose name only ends like a frozen one is frozen, too. Compare the whole part "
        "before the slash.": (
            _step_with(is_frozen=lambda name, frozen: name.split("/")[0].endswith(tuple(frozen)))
        ),
        "A layer is frozen if its name contains a frozen one. Compare the whole part before the "
        "slash.": (
            _step_with(is_frozen=lambda name, frozen: any(f in name.split("/")[0] for f in frozen))
        ),
        'A frozen name is looked for in the whole key, and so "a" is found in "bias". Compare '
        "the part before the slash.": (
            _step_with(is_frozen=lambda name, frozen: any(f in name for f in frozen))
        ),
        "Only the weights of a frozen layer stay. Its bias belongs to it.": _step_with(
            is_frozen=lambda name, frozen: name in [f"{f}/weights" for f in frozen]
        ),
        "Only the bias of a frozen layer stays. Its weights belong to it.": _step_with(
            is_frozen=lambda name, frozen: name in [f"{f}/bias" for f in frozen]
        ),
        "Only weights and bias of a frozen layer stay. Parameters with other names belong to it, "
        "too.": _step_with(
            is_frozen=lambda name, frozen: (
                name in [f"{f}/{kind}" for f in frozen for kind in ("weights", "bias")]
            )
        ),
        "As soon as one layer is frozen, nothing moves. The others should.": _step_with(
            is_frozen=lambda name, frozen: bool(frozen)
        ),
        "Nothing moves from the first frozen parameter on. Those behind it may have to.": (
            _up_to_a_frozen_one
        ),
        "A parameter stays only if it is in all listed layers at once. One of them is "
        "enough.": _step_with(
            is_frozen=lambda name, frozen: all(name.split("/")[0] == f for f in frozen)
        ),
        "There is a step for each listed layer, of all that is not in it. Take a single "
        "step.": _once_for_each,
        "A frozen parameter takes a step of plain SGD. It has to stay.": _frozen_by_sgd,
        "The step is taken with the old velocity. Add the new one.": _step_with(
            step=lambda new, old, g, rate, momentum: old
        ),
        "This is SGD: the old velocity plays no part.": _step_with(
            moving=lambda v, g, rate, momentum: -rate * g
        ),
        "The velocity is right, but the step is that of SGD. Add the velocity.": _step_with(
            step=lambda new, old, g, rate, momentum: -rate * g
        ),
        "The gradient counts twice: in the velocity, and once more in the step.": _step_with(
            step=lambda new, old, g, rate, momentum: new - rate * g
        ),
        "The gradient is multiplied by 1 - momentum. Asked for is momentum * v - rate * "
        "g.": _step_with(
            moving=lambda v, g, rate, momentum: momentum * v - (1 - momentum) * rate * g
        ),
        "The rate multiplies the velocity, too. It belongs to the gradient alone.": _step_with(
            moving=lambda v, g, rate, momentum: rate * (momentum * v - g)
        ),
        "The momentum multiplies the gradient, too. It belongs to the velocity alone.": _step_with(
            moving=lambda v, g, rate, momentum: momentum * (v - rate * g)
        ),
        "The velocity is multiplied by 1 - momentum. It should be momentum.": _step_with(
            moving=lambda v, g, rate, momentum: (1 - momentum) * v - rate * g
        ),
        "The momentum is 0.9 always. It is an argument.": _step_with(
            moving=lambda v, g, rate, momentum: 0.9 * v - rate * g
        ),
        "The velocity gathers the gradients without the rate, which multiplies the step. Here "
        "the rate belongs in the velocity.": _step_with(
            moving=lambda v, g, rate, momentum: momentum * v + g,
            step=lambda new, old, g, rate, momentum: -rate * new,
        ),
        "The velocity has the sign of the gradient, and is subtracted. Here it has the sign of "
        "the step, and is added.": _step_with(
            moving=lambda v, g, rate, momentum: momentum * v + rate * g,
            step=lambda new, old, g, rate, momentum: -new,
        ),
        "This is the step of Nesterov. Add the new velocity, and no more.": _step_with(
            step=lambda new, old, g, rate, momentum: momentum * new - rate * g
        ),
        "The gradients of a parameter are averaged. Each number has its own.": _step_with(
            moving=lambda v, g, rate, momentum: momentum * v - rate * np.mean(g)
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


# 14.5: how many labels pre-training is worth ------------------------------------------------


def _labels_needed(counts: Any, scratch: Any, level: Any) -> Any:
    below = np.flatnonzero(np.asarray(scratch) < level)
    if len(below) == 0:
        return counts[0]
    k = below[-1]
    if k == len(counts) - 1:
        return np.inf
    share = (level - scratch[k]) / (scratch[k + 1] - scratch[k])
    return counts[k] * (counts[k + 1] / counts[k]) ** share


def _curves(rng: np.random.Generator) -> Inputs:
    """Yield two or more counts, rising, as many percents, and a level, as lists or arrays.

    The percents may fall in between. Counts are positive. Not asked: a single count.
    """
    yield [2, 5, 10], [60.0, 70.0, 80.0], 75.0
    yield [1, 10, 100], [50.0, 70.0, 90.0], 65.0
    yield [5, 10], [77.2, 85.5], 83.1
    yield case("where scratch falls again", [1, 2, 4, 8], [50.0, 72.0, 64.0, 80.0], 70.0)
    yield case("where scratch ends below the level", [1, 10], [40.0, 60.0], 75.0)
    yield case("where scratch ends below the level", [1, 2, 4], [50.0, 80.0, 70.0], 75.0)
    yield case("where scratch is never below the level", [3, 6, 12], [70.0, 78.0, 80.0], 65.0)
    yield case("where a measured number is the level", [1, 2, 6], [50.0, 60.0, 70.0], 60.0)
    yield case("where the last number is the level", [1, 2, 6], [50.0, 60.0, 70.0], 70.0)
    yield case(
        "where scratch comes down to the level", [1, 3, 4, 8], [50.0, 80.0, 70.0, 90.0], 70.0
    )
    for points in (3, 5, 7):
        counts = np.cumsum(rng.integers(1, 9, points))
        scratch = np.round(60 + np.cumsum(rng.uniform(1, 5, points)), 1)
        place = int(rng.integers(0, points - 1))
        level = round(float(scratch[place] + 0.3 * (scratch[place + 1] - scratch[place])), 2)
        yield counts, scratch, level


def _last_below(scratch: Any, level: Any) -> int:
    return int(max(np.flatnonzero(scratch < level), default=-1))


def _before_first_above(scratch: Any, level: Any) -> int:
    return int(min(np.flatnonzero(scratch >= level), default=len(scratch))) - 1


def _needed(
    at: Callable[[Any, Any, Any], Any] = lambda a, b, share: a * (b / a) ** share,
    pick: Callable[[Any, Any], int] = _last_below,
    ends: Callable[[Any], Any] = lambda counts: np.inf,
    starts: Callable[[Any], Any] = lambda counts: counts[0],
    scale: Callable[[Any], Any] = lambda percent: percent,
) -> Callable[..., Any]:
    """Return the answer with one thing done in another way.

    `pick` finds the place below the level, `at` the point between it and the next, `ends` and
    `starts` what is returned where there is no such next, or no such place; `scale` changes the
    axis of the percents.
    """

    def labels_needed(counts: Any, scratch: Any, level: Any) -> Any:
        s = np.asarray(scratch, dtype=float)
        k = pick(s, level)
        if k < 0:
            return starts(counts)
        if k == len(s) - 1:
            return ends(counts)
        low, high = scale(s[k]), scale(s[k + 1])
        return at(counts[k], counts[k + 1], (scale(level) - low) / (high - low))

    return labels_needed


def _by_interp(counts: Any, scratch: Any, level: Any) -> Any:
    return np.exp(np.interp(level, scratch, np.log(counts)))


def _one_line_for_all(counts: Any, scratch: Any, level: Any) -> Any:
    if _last_below(np.asarray(scratch), level) in (-1, len(counts) - 1):
        return _labels_needed(counts, scratch, level)
    share = (level - scratch[0]) / (scratch[-1] - scratch[0])
    return counts[0] * (counts[-1] / counts[0]) ** share


LABELS_NEEDED = Exercise(
    "14.5",
    reference=_labels_needed,
    inputs=_curves,
    hints=(
        "At which numbers of labels is scratch below the level? Which of them counts?",
        "Only the last of these, and the number behind it. The share of the way between the two "
        "percents is the share of the way between the logarithms of the two counts.",
        "below = np.flatnonzero(np.asarray(scratch) < level), and k = below[-1], if there is one "
        "and it is not the end. Then counts[k] * (counts[k + 1] / counts[k]) ** share.",
    ),
    mistakes={
        "The line is drawn over the labels themselves. Draw it over their logarithm.": (
            _needed(at=lambda a, b, share: a + (b - a) * share)
        ),
        "This is where scratch first comes to the level. Asked for is from where on it stays "
        "there.": (
            _needed(pick=_before_first_above),
            lambda counts, scratch, level: (
                _needed(pick=_before_first_above)(counts, scratch, level)
                if scratch[-1] >= level
                else np.inf
            ),
        ),
        "Where scratch ends below the level, this gives the largest number of labels, which is "
        "too few. Return np.inf.": (
            _needed(ends=lambda counts: counts[-1]),
            _by_interp,
        ),
        "Where scratch ends below the level, the answer is np.inf.": (
            _needed(ends=lambda counts: None),
            _needed(ends=lambda counts: np.nan),
            _needed(ends=lambda counts: 0),
            _needed(ends=lambda counts: -1),
        ),
        "Where scratch is never below the level, the answer is the first of the counts.": (
            _needed(starts=lambda counts: 0),
            _needed(starts=lambda counts: 1),
            _needed(starts=lambda counts: None),
            _needed(starts=lambda counts: np.inf),
            _needed(starts=lambda counts: np.nan),
        ),
        "This is a number of labels that was tried. The answer may lie between two.": (
            _needed(at=lambda a, b, share: b),
            _needed(at=lambda a, b, share: a),
            _needed(at=lambda a, b, share: a if share < 0.5 else b),
        ),
        "The answer is rounded to a whole number. Return it as it is.": (
            _needed(at=lambda a, b, share: np.ceil(a * (b / a) ** share)),
            _needed(at=lambda a, b, share: np.floor(a * (b / a) ** share)),
            _needed(at=lambda a, b, share: np.round(a * (b / a) ** share)),
        ),
        "The share of the way is taken from the wrong end.": _needed(
            at=lambda a, b, share: b * (a / b) ** share
        ),
        "This is the middle between two counts, wherever the level lies.": (
            _needed(at=lambda a, b, share: np.sqrt(a * b)),
            _needed(at=lambda a, b, share: (a + b) / 2),
        ),
        "This is the logarithm of the number of labels. Take it back with an exponential.": (
            lambda *inputs: np.log(_labels_needed(*inputs)),
            lambda *inputs: np.log10(_labels_needed(*inputs)),
            lambda *inputs: np.log2(_labels_needed(*inputs)),
        ),
        "From one number of labels to the next is not always a doubling.": _needed(
            at=lambda a, b, share: a * 2**share
        ),
        "The percents stand on a logarithmic axis, too. Only the labels should.": (
            _needed(scale=np.log),
            _needed(at=lambda a, b, share: a + (b - a) * share, scale=np.log),
        ),
        "One line is drawn from the first number to the last. Draw it between neighbors.": (
            _one_line_for_all
        ),
        "A number that is just the level counts as below. It is reached there.": _needed(
            pick=lambda s, level: _last_below(s, np.nextafter(level, np.inf))
        ),
        "This says how many times the first count is needed. Asked for are the labels.": (
            lambda counts, scratch, level: _labels_needed(counts, scratch, level) / counts[0]
        ),
        "These are the labels on top of those before. Asked for are all of them.": _needed(
            at=lambda a, b, share: a * (b / a) ** share - a
        ),
    },
)
