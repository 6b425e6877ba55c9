"""The self-check of exercise 14.3: the layers carried over."""

from collections.abc import Callable, Iterator, Sequence
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
