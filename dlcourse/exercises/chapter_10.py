"""The self-checks of chapter 10: initialization."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._exercise import case

Inputs = Iterator[tuple[Any, ...]]


def _root_mean_square(x: Any) -> Any:
    return np.sqrt(np.mean(x**2))


# 10.3: how large the slopes are, layer by layer -------------------------------------------


def _slope_sizes(g: Any, weights: Sequence[Any], scores: Sequence[Any]) -> list[Any]:
    sizes = []
    for W, Z in zip(reversed(weights), reversed(scores), strict=True):
        g = (g * (Z > 0)) @ W.T
        sizes.append(np.sqrt(np.mean(g**2)))
    return sizes[::-1]


def _ways_back(rng: np.random.Generator) -> Inputs:
    """One layer or more, of any widths; what arrives, the weights, and the scores of each layer.

    `g` has the shape of the last scores. A score may be exactly 0, and a layer may be off for
    all rows. Not asked: layers without units, no layers, no rows.
    """
    one = np.array([[1.0, 2.0], [3.0, 1.0]])
    yield np.array([[1.0, 2.0]]), [one], [np.array([[1.0, -1.0]])]
    square = [one, np.array([[0.0, 1.0], [2.0, -1.0]])]
    yield np.array([[1.0, 0.5]]), square, [np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]])]
    zero = [np.array([[0.0, 2.0]])]
    yield case("where a score is exactly 0", np.array([[3.0, 1.0]]), [one], zero)
    off = [np.array([[1.0, 2.0], [1.0, 1.0]]), np.array([[-1.0, -2.0], [-3.0, -1.0]])]
    yield case("where a whole layer is off", np.array([[1.0, 2.0], [0.5, 1.0]]), square, off)
    small = [0.01 * W for W in square]
    yield case("where the slopes are tiny", 1e-6 * np.ones((1, 2)), small, [np.ones((1, 2))] * 2)
    for rows, widths in ((1, (3, 2)), (3, (4, 4, 4)), (5, (2, 6, 3, 4)), (4, (5, 5, 5, 5))):
        weights = [np.round(rng.normal(0, 1, shape), 2) for shape in pairwise(widths)]
        scores = [np.round(rng.normal(0.3, 1, (rows, width)), 2) for width in widths[1:]]
        yield np.round(rng.normal(1, 1, scores[-1].shape), 2), weights, scores


def _going_back(
    measure: Callable[[Any], Any] = _root_mean_square,
    on: Callable[[Any], Any] = lambda Z: Z > 0,
    through: Callable[[Any, Any], Any] = lambda g, W: g @ W.T,
    finish: Callable[[list[Any]], Any] = lambda sizes: sizes[::-1],
) -> Callable[..., Any]:
    """Return the way back with one thing done in another way."""

    def slope_sizes(g: Any, weights: Any, scores: Any) -> Any:
        sizes = []
        for W, Z in zip(reversed(weights), reversed(scores), strict=True):
            g = through(g * on(Z), W)
            sizes.append(measure(g))
        return finish(sizes)

    return slope_sizes


def _at_the_outputs(g: Any, weights: Any, scores: Any) -> Any:
    return [*_slope_sizes(g, weights, scores)[1:], _root_mean_square(g)]


def _at_the_scores(g: Any, weights: Any, scores: Any) -> Any:
    sizes = []
    for W, Z in zip(reversed(weights), reversed(scores), strict=True):
        g = g * (Z > 0)
        sizes.append(_root_mean_square(g))
        g = g @ W.T
    return sizes[::-1]


def _with_what_arrived(g: Any, weights: Any, scores: Any) -> Any:
    return [*_slope_sizes(g, weights, scores), _root_mean_square(g)]


def _each_from_g(g: Any, weights: Any, scores: Any) -> Any:
    return [
        _root_mean_square((g * (Z > 0)) @ W.T) if Z.shape == g.shape else 0.0
        for W, Z in zip(weights, scores, strict=True)
    ]


def _from_the_front(g: Any, weights: Any, scores: Any) -> Any:
    sizes = []
    for W, Z in zip(weights, scores, strict=True):
        g = (g * (Z > 0)) @ W.T
        sizes.append(_root_mean_square(g))
    return sizes


SLOPE_SIZES = Exercise(
    "10.3",
    reference=_slope_sizes,
    inputs=_ways_back,
    hints=(
        "Which layer do you have to begin with, if g stands at the outputs of the last?",
        "A step back through a layer is two steps: the ReLU lets the slope through where the "
        "score is above 0, then the weights carry it to the inputs, g @ W.T.",
        "For W, Z from the last layer to the first: g = (g * (Z > 0)) @ W.T, and append "
        "np.sqrt(np.mean(g**2)) to a list. Return the list reversed.",
    ),
    mistakes={
        "The list is the wrong way round: the first layer comes first.": _going_back(
            finish=lambda sizes: sizes
        ),
        "The slope of the ReLU is missing: where a score is not above 0, nothing passes.": (
            _going_back(on=lambda Z: 1.0)
        ),
        "The slope of the ReLU is taken to be 1 where a score is exactly 0. There it is "
        "0.": _going_back(on=lambda Z: Z >= 0),
        "The slopes are multiplied by what comes out of the ReLU. Its slope is 1 or "
        "0.": _going_back(on=lambda Z: np.maximum(Z, 0)),
        "The mask is the wrong way round: a ReLU passes slopes where its score is above "
        "0.": _going_back(on=lambda Z: Z <= 0),
        "Only the signs of the scores are used: below 0 the slope of a ReLU is 0, not "
        "-1.": _going_back(on=np.sign),
        "The weights are not transposed: back to the inputs leads g @ W.T.": _going_back(
            through=lambda g, W: g @ W
        ),
        "These are the slopes for the outputs of each layer. Asked for are those for its "
        "inputs.": _at_the_outputs,
        "These are the slopes for the scores of each layer. Asked for are those for its inputs, "
        "one step further back.": _at_the_scores,
        "The size of what has arrived is in the list, too. There is one number for each "
        "layer.": _with_what_arrived,
        "Every layer gets g as it was at the end. What one layer sends back arrives at the one "
        "before.": _each_from_g,
        "You go from the first layer to the last. Slopes come from the end.": _from_the_front,
        "The root is missing: these are the mean squares.": _going_back(
            measure=lambda g: np.mean(g**2)
        ),
        "This is the standard deviation, which takes the mean away first. The typical size does "
        "not.": (_going_back(measure=np.std), _going_back(measure=lambda g: np.std(g, ddof=1))),
        "This is the mean of the absolute values. The typical size is the root of the mean "
        "square.": _going_back(measure=lambda g: np.mean(np.abs(g))),
        "This is the length of all slopes together: take the mean of the squares, not their "
        "sum.": _going_back(measure=np.linalg.norm),
        "The squares are added up, not averaged, and the root is missing.": _going_back(
            measure=lambda g: np.sum(g**2)
        ),
        "This is the largest slope. Asked for is the typical one.": _going_back(
            measure=lambda g: np.max(np.abs(g))
        ),
        "This is the mean of the slopes: where signs differ it says nothing of their "
        "size.": _going_back(measure=np.mean),
        "There is one number for each row or each unit. All numbers of a layer share one.": (
            _going_back(measure=lambda g: np.sqrt(np.mean(g**2, axis=0))),
            _going_back(measure=lambda g: np.sqrt(np.mean(g**2, axis=1))),
        ),
        "Only the first layer's number is there. Keep that of every layer.": _going_back(
            finish=lambda sizes: sizes[-1]
        ),
    },
)


# 10.4: which units are dead ----------------------------------------------------------------


def _dead_units(x: Any, W: Any, b: Any) -> list[int]:
    outputs = np.maximum(x @ W + b, 0)
    return [int(j) for j in np.flatnonzero(np.all(outputs == 0, axis=0))]


def _layers(rng: np.random.Generator) -> Inputs:
    """Yield a ReLU layer with one unit or more, and one row or more.

    All, some or none of the units are dead. A score may be exactly 0. A unit may be off for all
    rows but one, and that may be the first or the last, or one of many. A dead unit may have a
    bias above 0, and one that is awake may put out the same number for every row.
    """
    x = np.array([[1.0, 2.0], [2.0, -1.0]])
    yield x, np.array([[1.0, -1.0], [1.0, 0.0]]), np.array([0.0, 0.0])
    yield x, np.array([[-1.0, 1.0], [1.0, -1.0]]), np.array([0.0, -4.0])
    yield case("where no unit is dead", x, np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([0.0, 1.0]))
    yield case("where all units are dead", x, np.array([[1.0], [1.0]]), np.array([-9.0]))
    yield case("where a score is exactly 0", x, np.array([[-1.0], [0.5]]), np.array([0.0]))
    late = np.array([[-1.0], [-2.0], [3.0]])
    yield case("where only the last row wakes a unit", late, np.array([[1.0, -1.0]]), np.zeros(2))
    early = np.array([[3.0], [-1.0], [-2.0]])
    yield case("where only the first row wakes a unit", early, np.array([[1.0]]), np.zeros(1))
    yield case(
        "where there is a single row", x[:1], np.array([[1.0, -2.0], [0.0, 1.0]]), -np.ones(2)
    )
    tiny = np.array([[1e-9], [-1.0]])
    yield case("where a unit is hardly awake", tiny, np.array([[1.0, -1.0]]), np.array([0.0, -2.0]))
    rare = np.array([[-1.0]] * 11 + [[2.0]] + [[-3.0]] * 12)
    yield case("where one row of many wakes a unit", rare, np.array([[1.0, -1.0]]), np.zeros(2))
    flat = np.array([[0.0, -1.0], [0.0, -2.0]])
    yield case(
        "where a dead unit has a bias above 0", np.array([[1.0, 2.0], [2.0, 1.0]]), flat, np.ones(2)
    )
    cancel = np.array([[1.0], [-2.0]])
    yield case("where scores cancel", cancel, np.array([[2.0, -1.0]]), np.array([0.0, -1.0]))
    for rows, inputs, units in ((3, 2, 5), (6, 3, 8), (10, 4, 12)):
        spread = rng.normal(0, 1, (rows, inputs))
        b = np.round(rng.normal(-2.0, 1.5, units), 2)
        yield np.round(spread, 2), np.round(rng.normal(0, 1, (inputs, units)), 2), b


def _where(test: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return the numbers of the units whose scores pass a test."""

    def dead_units(x: Any, W: Any, b: Any) -> Any:
        return [int(j) for j in np.flatnonzero(test(x @ W + b))]

    return dead_units


def _hardly(awake: float) -> Callable[..., Any]:
    return _where(lambda z: np.all(z <= awake, axis=0))


def _scores_with(score: Callable[..., Any]) -> Callable[..., Any]:
    def dead_units(x: Any, W: Any, b: Any) -> Any:
        return [int(j) for j in np.flatnonzero(np.all(score(x, W, b) <= 0, axis=0))]

    return dead_units


DEAD_UNITS = Exercise(
    "10.4",
    reference=_dead_units,
    inputs=_layers,
    hints=(
        "A unit is one column of the scores. What must all of its rows have in common?",
        "Compute all scores at once, x @ W + b, and ask along axis 0: np.all(..., axis=0) gives "
        "one answer for each unit.",
        "np.flatnonzero(np.all(x @ W + b <= 0, axis=0)) holds the numbers of the dead units; "
        "make a list of it.",
    ),
    mistakes={
        "A unit is counted as dead if it is off for one row. It is dead only if it is off for "
        "all.": _where(lambda z: np.any(z <= 0, axis=0)),
        "A unit is counted as dead if it is off for most rows. It is dead only if it is off for "
        "all.": (
            _where(lambda z: np.mean(z <= 0, axis=0) > 0.5),
            _where(lambda z: np.mean(z <= 0, axis=0) > 0.9),
        ),
        "A unit is taken for dead where its mean score is not above 0. Look at every row.": _where(
            lambda z: np.mean(z, axis=0) <= 0
        ),
        "A score of exactly 0 gives the output 0: the unit is off for this row, too.": _where(
            lambda z: np.all(z < 0, axis=0)
        ),
        "Only scores of exactly 0 are counted. Behind a ReLU the negative ones are 0, too.": _where(
            lambda z: np.all(z == 0, axis=0)
        ),
        "These are the units that are awake. Asked for are the others.": (
            _where(lambda z: np.any(z > 0, axis=0)),
            _where(lambda z: np.all(z > 0, axis=0)),
        ),
        "These are rows, not units: go along axis 0, so that each column gets one answer.": _where(
            lambda z: np.all(z <= 0, axis=1)
        ),
        "Only the first row is looked at.": _where(lambda z: z[0] <= 0),
        "Only the last row is looked at.": _where(lambda z: z[-1] <= 0),
        "The bias is missing.": _scores_with(lambda x, W, b: x @ W),
        "The bias is subtracted. Add it.": _scores_with(lambda x, W, b: x @ W - b),
        "The bias is added behind the ReLU. It is part of the scores.": (
            _scores_with(lambda x, W, b: np.maximum(x @ W, 0) + b),
            _scores_with(lambda x, W, b: np.abs(np.maximum(x @ W, 0) + b)),
        ),
        "A unit that puts out the same number for every row is counted as dead. That number must "
        "be 0.": _where(lambda z: np.ptp(np.maximum(z, 0), axis=0) == 0),
        "Only the weights are looked at, not the scores.": _scores_with(lambda x, W, b: W),
        "Only the bias is looked at, not the scores.": _scores_with(lambda x, W, b: b[np.newaxis]),
        "Units that are hardly awake are counted as dead. Compare with 0 itself.": (
            _hardly(1e-8),
            _hardly(1e-6),
            _hardly(1e-3),
        ),
        "The scores of a unit are added up before the comparison. Positive and negative ones may "
        "cancel.": _where(lambda z: np.sum(z, axis=0) == 0),
        "This is how many there are. Asked for are their numbers.": (
            lambda x, W, b: len(_dead_units(x, W, b))
        ),
        "One True or False for each unit: asked for are the numbers of the dead ones.": (
            lambda x, W, b: np.all(x @ W + b <= 0, axis=0)
        ),
        "The numbers begin at 1. The first unit is number 0.": lambda x, W, b: [
            j + 1 for j in _dead_units(x, W, b)
        ],
    },
)


# 10.5: let the data choose -----------------------------------------------------------------


def _scaled_by_data(x: Any, weights: Sequence[Any]) -> list[Any]:
    scaled = []
    for W in weights:
        outputs = np.maximum(x @ W, 0)
        size = np.sqrt(np.mean(outputs**2))
        scaled.append(W / size)
        x = outputs / size
    return scaled


def _starts(rng: np.random.Generator) -> Inputs:
    """Rows and the weights of one ReLU layer or more, of any widths and sizes.

    In every layer some unit is on for some row. Not asked: layers that are off altogether.
    """
    yield np.array([[1.0, 2.0]]), [np.array([[1.0, -1.0], [1.0, 0.0]])]
    two = [np.array([[2.0, -1.0], [1.0, 1.0]]), np.array([[1.0, 3.0], [2.0, -1.0]])]
    yield np.array([[1.0, 2.0], [3.0, 0.0]]), two
    huge = [100 * two[0], 0.01 * two[1]]
    yield case("where layers differ much in size", np.array([[1.0, 2.0], [3.0, 0.0]]), huge)
    tiny = [1e-9 * two[0], two[1]]
    yield case("where weights are tiny", np.array([[1.0, 2.0], [3.0, 0.0]]), tiny)
    whole = [np.array([[2, -1], [1, 1]]), np.array([[1, 3], [2, -1]])]
    yield case("where the weights are whole numbers", np.array([[1, 2], [3, 0]]), whole)
    for rows, widths in ((4, (3, 5)), (6, (4, 4, 4)), (10, (2, 6, 3, 5))):
        weights = [
            np.round(rng.normal(0.2, rng.uniform(0.2, 4), shape), 2) for shape in pairwise(widths)
        ]
        yield np.round(np.abs(rng.normal(1, 1, (rows, widths[0]))), 2), weights


def _scaling(
    measure: Callable[[Any], Any] = _root_mean_square,
    of: Callable[[Any], Any] = lambda Z: np.maximum(Z, 0),
    change: Callable[[Any, Any], Any] = lambda W, size: W / size,
    onward: Callable[[Any, Any], Any] = lambda outputs, size: outputs / size,
) -> Callable[..., Any]:
    """Return the scaling with one thing done in another way."""

    def scaled_by_data(x: Any, weights: Any) -> Any:
        scaled = []
        for W in weights:
            Z = x @ W
            size = measure(of(Z))
            scaled.append(change(W, size))
            x = onward(np.maximum(Z, 0), size)
        return scaled

    return scaled_by_data


def _by_the_inputs(x: Any, weights: Any) -> Any:
    scaled = []
    for W in weights:
        scaled.append(W / _root_mean_square(x))
        x = np.maximum(x @ scaled[-1], 0)
    return scaled


def _without_relu_between(x: Any, weights: Any) -> Any:
    scaled = []
    for W in weights:
        size = _root_mean_square(np.maximum(x @ W, 0))
        scaled.append(W / size)
        x = x @ scaled[-1]
    return scaled


def _always_from_x(x: Any, weights: Any) -> Any:
    return [
        W / _root_mean_square(np.maximum(x @ W, 0)) if x.shape[1] == len(W) else W for W in weights
    ]


def _by_he(x: Any, weights: Any) -> Any:
    return [W / W.std() * np.sqrt(2 / len(W)) for W in weights]


def _each_to_size_1(x: Any, weights: Any) -> Any:
    return [W / _root_mean_square(W) for W in weights]


SCALED_BY_DATA = Exercise(
    "10.5",
    reference=_scaled_by_data,
    inputs=_starts,
    hints=(
        "When you come to the second layer, which numbers go into it: those before or after you "
        "changed the first?",
        "For each layer: compute its outputs, their typical size, divide the weights by it, and "
        "hand on the outputs that the new weights give.",
        "outputs = np.maximum(x @ W, 0); size = np.sqrt(np.mean(outputs**2)); append W / size; "
        "x = outputs / size.",
    ),
    mistakes={
        "The next layer gets the outputs of the old weights. Hand on those of the new "
        "ones.": _scaling(onward=lambda outputs, size: outputs),
        "The scores are brought to size 1. Asked for are the outputs, behind the ReLU.": _scaling(
            of=lambda Z: Z
        ),
        "The weights are multiplied by the size. Divide by it.": (
            _scaling(change=lambda W, size: W * size),
            _scaling(change=lambda W, size: W * size, onward=lambda outputs, size: outputs * size),
        ),
        "The root is missing: you divide by the mean square.": _scaling(
            measure=lambda a: np.mean(a**2)
        ),
        "You divide by the standard deviation. Outputs of a ReLU have a mean above 0, and the "
        "typical size counts it.": _scaling(measure=np.std),
        "You divide by the mean output. The typical size is the root of the mean square.": _scaling(
            measure=np.mean
        ),
        "You divide by the largest output. The typical size is the root of the mean "
        "square.": _scaling(measure=np.max),
        "You divide by the length of all outputs together: take the mean of the squares, not "
        "their sum.": _scaling(measure=np.linalg.norm),
        "Each unit is scaled by itself. One number for the whole layer is asked for.": _scaling(
            measure=lambda a: np.sqrt(np.mean(a**2, axis=0)) + 1e-300
        ),
        "You divide by the size of what goes in. It is the size of what comes out that should be "
        "1.": _by_the_inputs,
        "There is no ReLU between the layers. Hand on the outputs, not the "
        "scores.": _without_relu_between,
        "Every layer gets the rows themselves. The second layer gets the outputs of the "
        "first.": _always_from_x,
        "These are He's weights. Here the rows decide, not a formula.": _by_he,
        "The weights have the typical size 1. Their outputs should have it.": _each_to_size_1,
        "The last layer is left as it is. Its outputs should have the size 1, too.": (
            lambda x, weights: [*_scaled_by_data(x, weights)[:-1], weights[-1]]
        ),
        "Only the first layer is scaled.": lambda x, weights: [
            *_scaled_by_data(x, weights)[:1],
            *weights[1:],
        ],
        "These are the sizes, or what to divide by. Asked for are the weights.": (
            lambda x, weights: [
                np.mean(W / scaled)
                for W, scaled in zip(weights, _scaled_by_data(x, weights), strict=True)
            ]
        ),
    },
)
