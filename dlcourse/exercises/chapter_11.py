"""The self-checks of chapter 11: regularization and hyper-parameters."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise, _folds
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


# 11.5: when to stop ---------------------------------------------------------------------------


def _stopped(losses: Sequence[float], patience: int, enough: float) -> tuple[int, int]:
    lowest, best, epoch = math.inf, 0, 0
    while epoch < len(losses) and epoch - best < patience:
        epoch += 1
        if losses[epoch - 1] < lowest - enough:
            lowest, best = losses[epoch - 1], epoch
    return best, epoch


def _trainings(rng: np.random.Generator) -> Inputs:
    """Yield validation losses, a patience of at least 1, and what counts as better: at least 0.

    There is at least one loss. The lowest may come after the stop, or be the first or the last.
    Losses may be equal. A small improvement does not count, and is not the loss to beat either.
    """
    yield [0.9, 0.7, 0.8, 0.85, 0.6], 2, 0.0
    yield [0.9, 0.7, 0.8, 0.6, 0.65, 0.7, 0.75, 0.5], 3, 0.0
    yield case("where the training ends before the patience does", [0.9, 0.5, 0.6], 4, 0.0)
    yield case("where the last epoch is the best", [0.9, 0.8, 0.7], 2, 0.0)
    yield case("where the first epoch is the best", [0.5, 0.6, 0.7, 0.8, 0.9], 2, 0.0)
    yield case("where there is a single epoch", [0.5], 1, 0.0)
    yield case("where the patience is 1", [0.9, 0.8, 0.81, 0.2], 1, 0.0)
    yield case("where losses are equal", [0.5, 0.5, 0.5, 0.5, 0.4], 3, 0.0)
    yield case("where losses are equal", [0.75, 0.5, 0.6, 0.5, 0.6, 0.4], 2, 0.0)
    yield case("where small improvements add up", [1.0, 0.96, 0.92, 0.88, 0.84, 0.8], 4, 0.1)
    yield case("where small improvements do not count", [1.0, 0.5, 0.49, 0.48, 0.1], 2, 0.1)
    yield case("where an improvement is just enough", [1.0, 0.75, 0.5, 0.125, 0.125], 2, 0.25)
    yield case("where a loss falls by more than enough", [1.0, 0.85, 0.95, 0.96], 2, 0.1)
    yield case("where the third digit decides", [0.9, 0.894, 0.7], 1, 0.007)
    yield case("where a loss is above 1", [9.0, 7.0, 8.0, 8.5, 3.0], 2, 0.5)
    for n, patience in ((8, 2), (12, 3), (15, 4), (12, 1)):
        fall = np.exp(-np.arange(n) / 4) + rng.normal(0, 0.15, n) + 1
        yield [float(x) for x in np.round(fall, 2)], patience, float(rng.choice([0.0, 0.03, 0.07]))


def _stopping(
    better: Callable[..., bool] = lambda loss, lowest, enough: loss < lowest - enough,
    ends: Callable[..., bool] = lambda waited, patience: waited >= patience,
    result: Callable[..., Any] = lambda best, epoch: (best, epoch),
    keeps_lowest: bool = False,
    resets: bool = True,
    start: Callable[[Any], float] = lambda losses: math.inf,
) -> Callable[..., Any]:
    """Return the rule with one thing done in another way."""

    def stopped(losses: Any, patience: int, enough: float) -> Any:
        lowest, best, waited, epoch = start(losses), 0, 0, 0
        for epoch, loss in enumerate(losses, start=1):
            if better(loss, lowest, enough):
                lowest, best = loss, epoch
                waited = 0 if resets else waited
            else:
                waited += 1
                if keeps_lowest:
                    lowest = min(lowest, loss)
            if ends(waited, patience):
                break
        return result(best, epoch)

    return stopped


def _against_the_one_before(losses: Any, patience: int, enough: float) -> Any:
    best, waited, epoch, before = 0, 0, 0, math.inf
    for epoch, loss in enumerate(losses, start=1):
        waited = 0 if loss < before - enough else waited + 1
        best, before = (epoch if waited == 0 else best), loss
        if waited >= patience:
            break
    return best, epoch


def _against_the_first(losses: Any, patience: int, enough: float) -> Any:
    best, waited, epoch = 1, 0, 1
    for epoch, loss in enumerate(losses, start=1):
        if epoch == 1 or loss < losses[0] - enough:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited >= patience:
            break
    return best, epoch


def _lowest_of_all(losses: Any, patience: int, enough: float) -> Any:
    return int(np.argmin(losses)) + 1, _stopped(losses, patience, enough)[1]


STOPPED = Exercise(
    "11.5",
    reference=_stopped,
    inputs=_trainings,
    hints=(
        "What do you have to remember from epoch to epoch?",
        "Remember the loss to beat and its epoch. An epoch counts as better if its loss is below "
        "the loss to beat by more than enough. Stop once patience epochs have gone by since.",
        "For epoch, loss in enumerate(losses, start=1): if loss < lowest - enough: lowest, best = "
        "loss, epoch; elif epoch - best >= patience: break. Return best, epoch.",
    ),
    mistakes={
        "It stops one epoch too late: after as many epochs without an improvement as the patience "
        "says.": _stopping(ends=lambda waited, patience: waited > patience),
        "It stops one epoch too early: it waits for as many epochs as the patience "
        "says.": _stopping(ends=lambda waited, patience: waited >= patience - 1 and waited > 0),
        "It never stops before the last loss.": _stopping(ends=lambda waited, patience: False),
        "The counter of bad epochs does not go back to 0 after a better one. Patience is for "
        "epochs in a row.": _stopping(resets=False),
        "A loss that is lower by just enough counts as better. It has to be lower by more than "
        "that.": _stopping(better=lambda loss, lowest, enough: loss <= lowest - enough),
        "A loss has to be lower by more than twice enough. More than enough will do.": _stopping(
            better=lambda loss, lowest, enough: loss < lowest - 2 * enough
        ),
        "A loss that is higher by more than enough counts as better, too.": _stopping(
            better=lambda loss, lowest, enough: abs(lowest - loss) > enough
        ),
        "The first epoch has to beat a number. It always counts as better.": (
            _stopping(start=lambda losses: 1.0),
            _stopping(start=lambda losses: 0.0),
            _stopping(start=lambda losses: losses[0]),
        ),
        "The first loss stays the one to beat. It is the lowest so far.": (_against_the_first),
        "A loss that is lower by less than enough counts as better.": _stopping(
            better=lambda loss, lowest, enough: loss < lowest
        ),
        "A loss that is higher, by less than enough, counts as better.": _stopping(
            better=lambda loss, lowest, enough: loss < lowest + enough
        ),
        "An improvement that was too small becomes the loss to beat. Then many small ones never "
        "add up.": _stopping(keeps_lowest=True),
        "Each loss is compared with the one before. Compare with the best so far.": (
            _against_the_one_before
        ),
        "It looks for a higher loss. Lower is better.": _stopping(
            better=lambda loss, lowest, enough: loss > lowest + enough or lowest == math.inf
        ),
        "It finds the lowest of all losses, also those after the stop, which nobody would have "
        "seen.": _lowest_of_all,
        "The epochs are counted from 0. The first is epoch 1.": (
            _stopping(result=lambda best, epoch: (best - 1, epoch - 1)),
            _stopping(result=lambda best, epoch: (best - 1, epoch)),
            _stopping(result=lambda best, epoch: (best, epoch - 1)),
        ),
        "The two are in the wrong order. The best epoch comes first.": _stopping(
            result=lambda best, epoch: (epoch, best)
        ),
        "The last epoch is missing. Return the best and the last.": _stopping(
            result=lambda best, epoch: best
        ),
        "The best epoch is missing. Return the best and the last.": _stopping(
            result=lambda best, epoch: epoch
        ),
        "The first is a loss. Asked for is its epoch.": (
            lambda losses, patience, enough: (
                losses[_stopped(losses, patience, enough)[0] - 1],
                _stopped(losses, patience, enough)[1],
            )
        ),
        "The second is how many losses there are. Asked for is the last epoch of the "
        "training.": lambda losses, patience, enough: (
            _stopped(losses, patience, enough)[0],
            len(losses),
        ),
    },
)


# 11.6: folds for cross-validation: a module of its own ----------------------------------------

FOLDS = _folds.FOLDS
