"""The self-checks of chapter 11: regularization and hyper-parameters."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise, _folds, _search
from dlcourse.exercises._exercise import case

Inputs = Iterator[tuple[Any, ...]]


# 11.3: dropout, forward and back ------------------------------------------------------------


def _dropout_both_ways(a: Any, g: Any, p: float, rng: np.random.Generator) -> tuple[Any, Any]:
    kept = (rng.random(a.shape) >= p) / (1 - p)
    return a * kept, g * kept


def _layers(rng: np.random.Generator) -> Inputs:
    """Yield outputs, the slopes that arrive, a share to drop, and the seed of a generator.

    The share is at least 0 and below 1. The function is called twice with the same generator.
    Not asked: shapes other than (rows, units).
    """
    yield np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[1.0, 1.0, 1.0, 1.0]]), 0.5, 0
    yield np.array([[1.0, 2.0], [4.0, 8.0]]), np.array([[2.0, 1.0], [0.5, 3.0]]), 0.2, 1
    yield case("where nothing is dropped", np.array([[1.0, 2.0]]), np.array([[3.0, 5.0]]), 0.0, 2)
    zero = np.array([[0.0, 2.0, 0.0, 1.0, 3.0, 0.0]])
    ones = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    yield case("where an output is 0", zero, ones, 0.4, 3)
    yield case("where what arrives is 0", ones, zero, 0.4, 8)
    yield case("where nearly all is dropped", np.ones((4, 8)), np.full((4, 8), 2.0), 0.9, 4)
    met = float(np.random.default_rng(5).random((2, 3))[1, 1])
    a, g = np.arange(1.0, 7.0).reshape(2, 3), np.full((2, 3), 2.0)
    yield case("where a random number is p itself", a, g, met, 5)
    for rows, units, p in ((3, 4, 0.3), (5, 2, 0.75), (4, 6, 0.5)):
        a, g = np.round(rng.normal(0, 2, (2, rows, units)), 2)
        yield a, g, p, int(rng.integers(100))


def _twice(answer: Callable[..., Any], a: Any, g: Any, p: float, seed: int) -> Any:
    generator = np.random.default_rng(seed)
    return [answer(a, g, p, generator), answer(a, g, p, generator)]


def _dropping(
    keep: Callable[..., Any] = lambda u, p: u >= p,
    factor: Callable[[float], float] = lambda p: 1 / (1 - p),
    back: Callable[..., Any] = lambda g, kept, factor, a: g * kept * factor,
) -> Callable[..., Any]:
    """Return the layer with one thing done in another way."""

    def dropout_both_ways(a: Any, g: Any, p: float, rng: np.random.Generator) -> Any:
        kept = keep(rng.random(a.shape), p)
        return a * kept * factor(p), back(g, kept, factor(p), a)

    return dropout_both_ways


def _two_masks(a: Any, g: Any, p: float, rng: np.random.Generator) -> Any:
    there = (rng.random(a.shape) >= p) / (1 - p)
    return a * there, g * (rng.random(a.shape) >= p) / (1 - p)


def _shaped(shape: Callable[[Any], Any]) -> Callable[..., Any]:
    def dropout_both_ways(a: Any, g: Any, p: float, rng: np.random.Generator) -> Any:
        kept = (rng.random(shape(a)) >= p) / (1 - p)
        return a * kept, g * kept

    return dropout_both_ways


DROPOUT_BOTH_WAYS = Exercise(
    "11.3",
    reference=_dropout_both_ways,
    inputs=_layers,
    run=_twice,
    hints=(
        "An entry is multiplied by a number on its way forward. By what is its slope multiplied?",
        "Draw once, rng.random(a.shape); an entry stays where the number is at least p. What stays "
        "is divided by 1 - p. Use the same mask for both.",
        "kept = (rng.random(a.shape) >= p) / (1 - p); return a * kept, g * kept.",
    ),
    mistakes={
        "There are two masks. The slopes pass where the outputs passed: draw once, and use it "
        "twice.": _two_masks,
        "What is kept is not scaled up. Divide by 1 - p, forward and back.": _dropping(
            factor=lambda p: 1.0
        ),
        "What is kept is multiplied by 1 - p. Divide by it.": _dropping(factor=lambda p: 1 - p),
        "What is kept is divided by p, the share that is dropped. Divide by 1 - p.": _dropping(
            factor=lambda p: 1 / p if p else 1.0
        ),
        "The share p is kept. Drop it: an entry stays where its random number is at least p.": (
            _dropping(keep=lambda u, p: u < p),
            _dropping(keep=lambda u, p: u < p, factor=lambda p: 1 / p if p else 1.0),
        ),
        "An entry whose random number is p itself is dropped. It stays where the number is at "
        "least p.": _dropping(keep=lambda u, p: u > p),
        "What is kept is scaled by another number. Divide by 1 - p, forward and back.": (
            _dropping(factor=lambda p: 1 + p),
            _dropping(factor=lambda p: (1 - p) ** -0.5),
            _dropping(factor=lambda p: 2.0),
        ),
        "Nothing is dropped. So the layer is used, but not trained.": (
            lambda a, g, p, rng: (a * 1.0, g * 1.0)
        ),
        "The outputs are returned in place of the slopes.": (
            lambda a, g, p, rng: (_dropout_both_ways(a, g, p, rng)[0],) * 2
        ),
        "The slopes pass where the outputs were dropped. They pass where the outputs "
        "passed.": _dropping(back=lambda g, kept, factor, a: g * (1 - kept) * factor),
        "The slopes pass only where an output is above 0. That is relu's rule; here the mask "
        "alone decides.": _dropping(back=lambda g, kept, factor, a: g * (a * kept > 0) * factor),
        "The slopes are multiplied by 1 - p. Divide them by it.": _dropping(
            back=lambda g, kept, factor, a: g * kept / factor
        ),
        "The whole layer stays or goes together. Draw a number for each entry.": _shaped(
            lambda a: (1, 1)
        ),
        "An entry stays where its random number is at least p. Here it stays where the number is "
        "below 1 - p: as often, but elsewhere.": _dropping(keep=lambda u, p: u < 1 - p),
        "The share 1 - p is dropped. Drop the share p.": _dropping(keep=lambda u, p: u >= 1 - p),
        "The slopes are not scaled up. Divide them by 1 - p, too: the outputs were.": _dropping(
            back=lambda g, kept, factor, a: g * kept
        ),
        "The slopes pass everywhere. Where an output was dropped, its slope is 0.": (
            _dropping(back=lambda g, kept, factor, a: g),
            _dropping(back=lambda g, kept, factor, a: g * factor),
        ),
        "The slopes are multiplied by the outputs. The mask alone passes them on.": _dropping(
            back=lambda g, kept, factor, a: g * a * kept * factor
        ),
        "The mask is used twice on the slopes.": _dropping(
            back=lambda g, kept, factor, a: g * kept * factor**2
        ),
        "The slopes pass only where an output is not 0. An output that was 0 before the mask has a "
        "slope, too.": _dropping(back=lambda g, kept, factor, a: g * (a * kept != 0) * factor),
        "All rows have the same mask. Draw a number for each entry.": _shaped(
            lambda a: (1, a.shape[1])
        ),
        "All units of a row stay or go together. Draw a number for each entry.": _shaped(
            lambda a: (len(a), 1)
        ),
        "The mask does not come from the generator that is given.": (
            lambda a, g, p, rng: _dropout_both_ways(a, g, p, np.random.default_rng(0))
        ),
        "These are the slopes first. Return the outputs, then the slopes.": (
            lambda a, g, p, rng: _dropout_both_ways(a, g, p, rng)[::-1]
        ),
    },
)


# 11.4: Adam's first step with a decay of either kind -------------------------------------------


def _first_steps(w: Any, g: Any, rate: float, decay: float) -> tuple[Any, Any]:
    coupled = g + decay * w
    l2 = w - rate * coupled / (np.abs(coupled) + 1e-8)
    decoupled = (1 - rate * decay) * w - rate * g / (np.abs(g) + 1e-8)
    return l2, decoupled


def _first_updates(rng: np.random.Generator) -> Inputs:
    """Yield weights, gradients of the data, a rate, and a decay of at least 0.

    A gradient may be 0, or cancel with the gradient of the penalty. A weight may be 0.
    """
    yield np.array([1.0, -2.0]), np.array([0.5, 3.0]), 0.1, 0.5
    yield np.array([2.0, 1.0, -1.0]), np.array([-0.4, 0.1, -2.0]), 0.01, 0.3
    passing = np.array([0.05, -0.02]), np.array([0.5, -3.0]), 0.1, 0.5
    yield case("where a step goes past 0", *passing)
    yield case("where the data give no gradient", np.array([0.5, -0.5]), np.zeros(2), 0.1, 0.2)
    yield case("where there is no decay", np.array([1.0, 3.0]), np.array([2.0, -0.1]), 0.1, 0.0)
    yield case("where a weight is 0", np.array([0.0, 1.0]), np.array([2.0, -1.0]), 0.1, 0.5)
    yield case(
        "where penalty and data cancel", np.array([2.0, 1.0]), np.array([-1.0, 1.0]), 0.1, 0.5
    )
    yield case(
        "where the gradients are tiny",
        np.array([3.0, -1.0]),
        np.array([2e-8, -5e-9]),
        0.1,
        1e-8,
    )
    for n in (3, 5, 8):
        w, g = np.round(rng.normal(0, 2, (2, n)), 2)
        yield w, g, round(rng.uniform(0.01, 0.5), 2), round(rng.uniform(0.1, 1), 2)


def _stepping(
    coupled: Callable[..., Any] = lambda w, g, rate, decay: g + decay * w,
    direction: Callable[[Any], Any] = lambda g: g / (np.abs(g) + 1e-8),
    shrunk: Callable[..., Any] = lambda w, rate, decay: (1 - rate * decay) * w,
    uphill: bool = False,
) -> Callable[..., Any]:
    """Return both steps with one thing done in another way."""

    def first_steps(w: Any, g: Any, rate: float, decay: float) -> Any:
        step = -rate if uphill else rate
        l2 = w - step * direction(coupled(w, g, rate, decay))
        return l2, shrunk(w, rate, decay) - step * direction(g)

    return first_steps


def _shrunk_afterwards(w: Any, g: Any, rate: float, decay: float) -> Any:
    l2, _ = _first_steps(w, g, rate, decay)
    return l2, (1 - rate * decay) * (w - rate * g / (np.abs(g) + 1e-8))


def _twice_decayed(w: Any, g: Any, rate: float, decay: float) -> Any:
    l2, decoupled = _first_steps(w, g, rate, decay)
    return l2 - rate * decay * w, decoupled


def _second_twice_decayed(w: Any, g: Any, rate: float, decay: float) -> Any:
    l2, _ = _first_steps(w, g, rate, decay)
    return l2, l2 - rate * decay * w


def _divided_by_the_data(w: Any, g: Any, rate: float, decay: float) -> Any:
    _, decoupled = _first_steps(w, g, rate, decay)
    return w - rate * (g + decay * w) / (np.abs(g) + 1e-8), decoupled


FIRST_STEPS = Exercise(
    "11.4",
    reference=_first_steps,
    inputs=_first_updates,
    hints=(
        "Which of the two lets Adam see the decay?",
        "With L2 the gradient is g + decay * w, and Adam divides it by its own size. Decoupled, "
        "Adam gets g alone, and the weight is shrunk by rate * decay besides.",
        "h = g + decay * w; l2 = w - rate * h / (np.abs(h) + 1e-8); decoupled = "
        "(1 - rate * decay) * w - rate * g / (np.abs(g) + 1e-8).",
    ),
    mistakes={
        "In the first the decay stays out of Adam's division. L2 is part of the gradient: "
        "divide g + decay * w by its size.": (
            _stepping(coupled=lambda w, g, rate, decay: g),
            lambda w, g, rate, decay: (_first_steps(w, g, rate, decay)[1],) * 2,
        ),
        "In the second Adam sees the decay. Decoupled, it gets g alone.": (
            lambda w, g, rate, decay: (_first_steps(w, g, rate, decay)[0],) * 2
        ),
        "In the second the rate is missing: a weight loses the share rate * decay.": _stepping(
            shrunk=lambda w, rate, decay: (1 - decay) * w
        ),
        "In the second the weights do not shrink. They are multiplied by 1 - rate * "
        "decay.": _stepping(shrunk=lambda w, rate, decay: w),
        "In the second the weights grow. They are multiplied by 1 - rate * decay.": _stepping(
            shrunk=lambda w, rate, decay: (1 + rate * decay) * w
        ),
        "In the second only the decay is left of the weight: it keeps 1 - rate * decay.": _stepping(
            shrunk=lambda w, rate, decay: rate * decay * w
        ),
        "In the second Adam's step is shrunk, too. Only the weight as it was is.": (
            _shrunk_afterwards
        ),
        "In the first the weight is decayed twice: in the gradient, and beside it.": (
            _twice_decayed
        ),
        "These are steps of SGD. Adam divides a gradient by its own size.": _stepping(
            direction=lambda g: g
        ),
        "Adam's step is divided by the square of the gradient, not by its size.": _stepping(
            direction=lambda g: g / (g**2 + 1e-8)
        ),
        "The 1e-8 is missing beside the size of a gradient, which counts where that is "
        "tiny.": _stepping(direction=np.sign),
        "The 1e-8 stands under the root. It is added to the size.": _stepping(
            direction=lambda g: g / np.sqrt(g**2 + 1e-8)
        ),
        "All gradients are divided by one number. Adam divides each by its own size.": (
            _stepping(direction=lambda g: g / (np.linalg.norm(g) + 1e-8)),
            _stepping(direction=lambda g: g / (np.max(np.abs(g)) + 1e-8)),
            _stepping(direction=lambda g: g / (np.sum(np.abs(g)) + 1e-8)),
            _stepping(direction=lambda g: g / (np.mean(np.abs(g)) + 1e-8)),
        ),
        "The 1e-8 is the least that is divided by. It is added to the size.": _stepping(
            direction=lambda g: g / np.maximum(np.abs(g), 1e-8)
        ),
        "The steps go uphill. Subtract them.": _stepping(uphill=True),
        "In the second the weight is decayed twice: Adam sees the decay, and it shrinks "
        "besides.": _second_twice_decayed,
        "In the first g + decay * w is divided by the size of g. Divide it by its own "
        "size.": _divided_by_the_data,
        "The gradient of the penalty is decay * w, not 2 * decay * w.": _stepping(
            coupled=lambda w, g, rate, decay: g + 2 * decay * w
        ),
        "The gradient of the penalty is decay * w, not half of that.": _stepping(
            coupled=lambda w, g, rate, decay: g + decay * w / 2
        ),
        "The gradient of the penalty is the same for all weights. Each has its own, decay times "
        "this weight.": _stepping(coupled=lambda w, g, rate, decay: g + decay * np.mean(w)),
        "The gradient of the penalty has lost the sign of the weight.": _stepping(
            coupled=lambda w, g, rate, decay: g + decay * np.abs(w)
        ),
        "The penalty itself is added. Add its gradient, decay * w.": (
            _stepping(coupled=lambda w, g, rate, decay: g + decay * w**2 / 2),
            _stepping(coupled=lambda w, g, rate, decay: g + decay * w**2),
        ),
        "The rate is in the gradient of the penalty. It multiplies the step once, at the "
        "end.": _stepping(coupled=lambda w, g, rate, decay: g + rate * decay * w),
        "The gradient of the penalty is subtracted. Add it.": _stepping(
            coupled=lambda w, g, rate, decay: g - decay * w
        ),
        "The penalty is on the absolute values. That of L2 is on the squares.": _stepping(
            coupled=lambda w, g, rate, decay: g + decay * np.sign(w)
        ),
        "The two are in the wrong order. L2 comes first.": (
            lambda w, g, rate, decay: _first_steps(w, g, rate, decay)[::-1]
        ),
        "These are the changes. Asked for are the weights after the step.": (
            lambda w, g, rate, decay: tuple(s - w for s in _first_steps(w, g, rate, decay))
        ),
    },
)


# 11.5 and 11.6: a search in two rounds, folds for cross-validation: modules of their own ----------

SEARCH = _search.SEARCH
FOLDS = _folds.FOLDS
