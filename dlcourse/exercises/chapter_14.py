"""The self-checks of chapter 14: fine-tuning."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any, cast

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case
from dlcourse.exercises._kinds import DOTS
from dlcourse.exercises._words import article, count
from dlcourse.layers import Dense, ReLU, Sequential
from dlcourse.optimizers import SGD

Inputs = Iterator[tuple[Any, ...]]


# 14.3: the layers carried over -----------------------------------------------------------------


def _carry_over(source: Any, outputs: int, rng: np.random.Generator) -> Any:
    copies = deepcopy(source.layers[:-1])
    last = Dense(source.layers[-1].in_features, outputs, rng=rng)
    made = Sequential(*copies, last)
    made.unfreeze()
    return made


def _widths(rng: np.random.Generator) -> Inputs:
    """Yield widths of a source, from inputs to outputs, new outputs, a seed, and what is frozen.

    There are two widths or more, and at least two inputs of the last layer. Layers of the source
    may be frozen, by their names: none, some, or all of them. None has a name of its own. Not
    asked: other layers than `Dense` and `ReLU`, or two `Dense` with no `ReLU` between.
    """
    yield [3, 4, 2], 3, 0, []
    yield [2, 5, 4, 3], 2, 1, []
    yield case("where the new layer has as many outputs as the old", [3, 4, 2], 2, 2, [])
    yield case("where all layers have the same width", [3, 3, 3, 3], 3, 3, [])
    yield case("where there is a single output", [4, 3, 2], 1, 4, [])
    yield case("where source has a single layer", [4, 2], 3, 5, [])
    yield case("where there are four layers", [2, 3, 4, 5, 6], 4, 6, [])
    yield case("where a layer of source is frozen", [3, 4, 5, 2], 3, 7, ["dense2"])
    three = ["dense1", "dense2", "dense3"]
    yield case("where all of source is frozen", [2, 5, 4, 3], 4, 8, three)
    for layers in (3, 4):
        widths, outputs = rng.integers(2, 7, layers).tolist(), int(rng.integers(2, 6))
        yield widths, outputs, int(rng.integers(100)), []


def _source(widths: Sequence[int], seed: int, frozen: Sequence[str]) -> Sequential:
    """Return a network whose biases are not 0, as after a training; some of it may be frozen."""
    rng = np.random.default_rng([14, seed])
    layers: list[Dense | ReLU] = []
    for inputs, units in pairwise(widths):
        layers += [Dense(inputs, units, rng=rng), ReLU()]
        cast(Dense, layers[-2]).bias.assign(rng.normal(0.5, 1, units))
    source = Sequential(*layers[:-1])
    if frozen:  # freeze() alone freezes all
        source.freeze(*frozen)
    return source


def _values(model: Any) -> list[Any]:
    return [np.array(p.value) for p in model.params.values()]


def _alike(some: Sequence[Any], others: Sequence[Any]) -> bool:
    """Say whether two lists of parameters are the same."""
    return len(some) == len(others) and all(map(np.array_equal, some, others))


def _step_of(model: Any) -> None:
    """Train a network by one large step, whatever its loss."""
    SGD(0.5).update(model.params, {k: np.ones(p.shape) for k, p in model.params.items()})


def _output(values: Sequence[Any], x: Any) -> Any:
    """Return what dense layers with these weights and biases, and ReLUs between them, give."""
    for k in range(0, len(values), 2):
        x = (np.maximum(x, 0) if k else x) @ values[k] + values[k + 1]
    return x


def _is_carried_over(
    answer: Callable[..., Any],
    widths: Sequence[int],
    outputs: int,
    seed: int,
    frozen: Sequence[str],
) -> tuple[str, str] | None:
    """Say what is wrong with the network that an answer makes, and show the call."""
    dense = [f"Dense({a}, {b})" for a, b in pairwise(widths)]
    freeze = f"source.freeze({', '.join(map(repr, frozen))})\n" if frozen else ""
    example = (
        f"The call was\nsource = Sequential({', ReLU(), '.join(dense)})\n{freeze}"
        f"carry_over(source, {outputs}, np.random.default_rng({seed}))"
    )
    source, generator = _source(widths, seed, frozen), np.random.default_rng(seed)
    before, layers, names = _values(source), source.layers, list(source.params)
    trained = list(source.trainable_params)
    made = answer(source, outputs, generator)
    kept = source.layers == layers and list(source.params) == names
    if not kept or not _alike(_values(source), before):
        return _OLD_CHANGED, example
    if list(source.trainable_params) != trained:
        thawed = len(source.trainable_params) > len(trained)
        return _OLD_UNFROZEN if thawed else _OLD_CHANGED, example
    if sentence := _no_such_network(made, source, outputs) or _not_copied(_values(made), before):
        return sentence, example
    second = answer(source, outputs, generator)
    again = answer(source, outputs, np.random.default_rng(seed))
    for other in (second, again):
        if sentence := _no_such_network(other, source, outputs):
            return f"At the next call: {sentence}", example
    first, then, repeated = (_values(model)[-2] for model in (made, second, again))
    if np.ptp(first) == 0:
        return _ALL_EQUAL, example
    if np.array_equal(first, then):
        return _SAME_START, example
    if not np.array_equal(first, repeated):
        return _OTHER_CHANCE, example
    sentence = _do_not_train_apart(source, made, [second, again])
    return (sentence, example) if sentence else None


_OLD_CHANGED = (
    "After the call source is not what it was. Leave it alone, its layers and its parameters: it "
    "may still be needed."
)
_OLD_UNFROZEN = (
    "After the call source is no longer frozen as it was. Unfreeze the new network, which holds "
    "copies, and leave source alone."
)
_FROZEN_COPIES = (
    "What is frozen in source is frozen in the new network, too: a copy of a frozen layer is "
    "frozen. Unfreeze the new network, all of which is to be trained."
)
_SAME_START = (
    "The second call with the same rng gives the new layer the start of the first. Draw from the "
    "rng that you are given, and keep nothing from call to call."
)
_ALL_EQUAL = "All weights of the new layer start alike. Draw them from rng."
_OTHER_CHANCE = (
    "Two generators with the same seed give the new layer two different starts. All chance must "
    "come from the rng that you are given."
)
_SHARED = (
    "Training the new network changes source, too: the two share parameters. A slice of "
    "source.layers holds the same layers, not copies."
)


def _no_such_network(made: Any, source: Any, outputs: int) -> str:
    """Say why this can't be the new network, by its layers and their shapes, or nothing."""
    if made is None:
        return "It returned None. Does the function end with return?"
    if made is ...:
        return DOTS
    if not isinstance(made, Sequential):
        return f"Return a Sequential. This is {article(type(made).__name__)}."
    shapes = [p.shape for p in made.params.values()]
    old = [p.shape for p in source.params.values()]
    new = [*old[:-2], (old[-2][0], outputs), (outputs,)]
    if shapes != new:
        return _wrong_shapes(shapes, old, new)
    if not all(p.trainable for p in made.params.values()):
        if len(source.trainable_params) < len(source.params):
            return _FROZEN_COPIES
        return "A part of the new network is frozen. Here all of it is to be trained."
    x = np.random.default_rng(0).normal(0, 2, (20, old[0][0]))
    if not np.allclose(made(x).value, _output(_values(made), x), rtol=1e-9):
        return "Between the layers something is missing, or there is too much: copy the ReLUs, too."
    return ""


def _wrong_shapes(shapes: list[Any], old: list[Any], new: list[Any]) -> str:
    if shapes == old:
        return (
            f"The new network has the last layer of the old, with {count(old[-1][0], 'output')}. "
            f"{count(new[-1][0], 'output')} were asked for."
        )
    if shapes == [*old, *new[-2:]] or shapes[: len(old)] == old:
        return "The last layer of source is still there. The new one takes its place."
    if shapes == new[:-1]:
        return "The new layer has no bias. A Dense has one by itself."
    if shapes == new[:-2]:
        return "The new last layer is missing."
    if shapes[-1:] == new[-1:] and len(shapes) < len(new):
        return f"{count((len(new) - len(shapes) + 1) // 2, 'layer')} of source did not come along."
    return (
        f"The parameters of the new network have the shapes {shapes}; {new} are right: those of "
        f"source, but for the last layer, which has as many inputs as before."
    )


def _not_copied(made: list[Any], source: list[Any]) -> str:
    """Say which values are not those that they should be, or nothing."""
    right = [np.array_equal(a, b) for a, b in zip(made[:-2], source[:-2], strict=True)]
    if not any(right) and right:
        return "The lower layers have other numbers than those of source: copy these."
    if right and not any(right[1::2]):
        return "The weights are copied, and the biases are not."
    if right and not any(right[::2]):
        return "The biases are copied, and the weights are not."
    if not all(right):
        which = right.index(False) // 2 + 1
        return f"Layer {which} of the new network has other numbers than that of source."
    new, old = made[-2], source[-2]
    if any(np.array_equal(a, b) for a in new.T for b in old.T):
        return "The last layer is copied, too. It starts anew, with numbers from rng."
    if np.any(np.isin(made[-1], source[-1])):
        return "The bias of the last layer is copied. It starts anew, too."
    return ""


def _do_not_train_apart(source: Any, made: Any, others: list[Any]) -> str:
    """Train one network after the other, and say what moves that should not, or nothing."""
    old, rest = _values(source), [_values(model) for model in others]
    _step_of(made)
    if not _alike(_values(source), old):
        return _SHARED
    for model, values in zip(others, rest, strict=True):
        if not _alike(_values(model), values):
            return "Two calls give networks that share parameters. Copy anew at each call."
    trained = _values(made)
    _step_of(source)
    if not _alike(_values(made), trained):
        return "Training source changes the new network, too: the two share parameters."
    return ""


CARRY_OVER = Exercise(
    "14.3",
    reference=_carry_over,
    inputs=_widths,
    judge=_is_carried_over,
    hints=(
        "Which layers go into the new network? If it is trained, what becomes of the old one?",
        "source.layers is a tuple of the layers. Those in a slice of it are the same objects as "
        "before: deepcopy, from the module copy, makes others with the same numbers.",
        "new = Sequential(*deepcopy(source.layers[:-1]), Dense(source.layers[-1].in_features, "
        "outputs, rng=rng)), then new.unfreeze(): copies of frozen layers are frozen.",
    ),
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
