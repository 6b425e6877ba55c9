"""Choosing learning rates: by trying them all in one short run, and layer by layer."""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcourse._helpers.validation import as_count
from dlcourse.layers import Layer
from dlcourse.optimizers import Optimizer
from dlcourse.training import Batches, Loss, checked_pair, loss_and_gradients

_FEWEST = 4  # losses, for a curve to have a steepest place


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What `lr_range_test` saw.

    Attributes
    ----------
    rates : ndarray of shape (n,)
        The rates tried, growing by the same factor.
    losses : ndarray of shape (n,)
        The loss on the mini-batch of each step, before its update.
    smoothed : ndarray of shape (n,)
        Their exponential average, corrected for its start.
    suggestion : float
        The rate where the smoothed loss falls most steeply, before its minimum and after
        the first ``1 / (1 - smoothing)`` steps, when the average has settled.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    suggestion: float

    def __repr__(self) -> str:
        return f"<RangeTest: {len(self.rates)} rates, suggestion {self.suggestion:.3g}>"


def lr_range_test(
    model: Any,
    loss: Loss,
    data: tuple[ArrayLike, ArrayLike],
    optimizer: Optimizer,
    *,
    min_rate: float = 1e-6,
    max_rate: float = 10.0,
    num_steps: int = 100,
    batch_size: int = 32,
    smoothing: float = 0.9,
    stop_factor: float = 4.0,
    shuffle: bool = True,
    drop_last: bool = False,
    rng: np.random.Generator | int | None = None,
) -> RangeTest:
    r"""Raise the learning rate from tiny to huge, one mini-batch at a time, and watch.

    .. math:: \eta_i = \eta_{\min} \left(\frac{\eta_{\max}}{\eta_{\min}}\right)^{i/(n-1)}

    Below the useful rates nothing happens; then the loss falls; then it climbs. Choose a
    rate in the steepest fall, not at the minimum, which is already the edge.

    Parameters
    ----------
    model : Model
        Trained for a moment, then put back exactly as it was.
    loss : callable
        ``loss(prediction, target)``.
    data : tuple of two array_like
        Inputs and targets.
    optimizer : Optimizer
        A copy of it makes the updates, with the rates of the test.
    min_rate, max_rate : float
        The first and the last rate, positive.
    num_steps : int
        How many rates to try, at least 4.
    batch_size : int
        Rows of each mini-batch.
    smoothing : float
        The share of the exponential average that is kept, at least 0 and below 1.
    stop_factor : float
        Stop once the smoothed loss lies above its minimum by this many times as much as it had
        fallen, or as it jumps from batch to batch if that is more; above 1. (So a constant
        added to the loss changes nothing.)
    shuffle, drop_last
        As for `fit`.
    rng : numpy.random.Generator, int or None
        Shuffles the rows, as for `fit`; a generator is put back exactly as it was.

    Returns
    -------
    RangeTest

    Raises
    ------
    ValueError, TypeError
        If an argument is not usable, or the loss was not finite from the start.

    References
    ----------
    Equation :eq:`range-test-rates` of chapter 8.

    L. N. Smith, "Cyclical learning rates for training neural networks", WACV, 2017,
    section 3.3.

    Examples
    --------
    >>> from dlcourse.linear_regression import LinearModel
    >>> from dlcourse.losses import mean_squared_error
    >>> from dlcourse.optimizers import SGD
    >>> x = np.linspace(-1, 1, 64)[:, None]
    >>> test = lr_range_test(LinearModel(1), mean_squared_error, (x, 3 * x[:, 0]), SGD(0.1))
    >>> 0.01 < test.suggestion < 2
    True
    """
    inputs, targets = checked_pair(data, "data")
    num_steps = as_count(num_steps, "num_steps", minimum=_FEWEST)
    batch_size = as_count(batch_size, "batch_size")
    if not 0 < min_rate < max_rate < math.inf:
        raise ValueError(
            f"min_rate and max_rate must be positive and in this order, got {min_rate}, {max_rate}"
        )
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing must be at least 0 and below 1, got {smoothing!r}")
    if not stop_factor > 1:
        raise ValueError(f"stop_factor must be above 1, got {stop_factor!r}")
    trial = copy.copy(optimizer)  # the optimizer itself is never touched
    trial.load_state_dict(optimizer.state_dict())
    batches = Batches(inputs, targets, batch_size, shuffle, drop_last, rng, trial)
    batches.check_rows(model)
    rates = np.geomspace(min_rate, max_rate, num_steps)
    before = _Snapshot(model, batches.rng)
    losses: list[float] = []
    smoothed: list[float] = []
    average = 0.0
    try:
        for rate, (x, y) in zip(rates, _forever(batches), strict=False):
            with np.errstate(over="ignore", invalid="ignore"):  # the end of the test is divergence
                value, grads = loss_and_gradients(model, loss, x, y)
                average = smoothing * average + (1 - smoothing) * value
                corrected = average / (1 - smoothing ** (len(losses) + 1))
                if not math.isfinite(corrected):
                    break
                losses.append(value)
                smoothed.append(corrected)
                if _has_climbed(losses, smoothed, stop_factor):
                    break
                if not all(np.isfinite(g).all() for g in grads.values()):
                    break
                trial.learning_rate = float(rate)
                trial.update(model.params, grads)
    finally:
        before.restore()
    if len(losses) < _FEWEST:
        raise ValueError(
            f"the loss was finite for only {len(losses)} steps; take a smaller min_rate"
        )
    used = rates[: len(losses)]
    suggestion = _steepest(used, np.array(smoothed), smoothing)
    return RangeTest(used, np.array(losses), np.array(smoothed), suggestion)


def discriminative_rates(model: Layer, factor: float) -> dict[str, float]:
    """Return rate multipliers that grow from the first layer to the last.

    Parameters
    ----------
    model : Sequential
        Its last layer with parameters gets multiplier 1.
    factor : float
        How many times lower the rate of each earlier layer is, at least 1; Howard and
        Ruder use 2.6.

    Returns
    -------
    dict of str to float
        For the ``rate_multipliers`` of an optimizer.

    Raises
    ------
    ValueError
        If `factor` is below 1 or the model has no parameters.

    References
    ----------
    Equation :eq:`graded-rates` of chapter 14.

    J. Howard and S. Ruder, "Universal language model fine-tuning for text
    classification", ACL, 2018, section 3.2.

    Examples
    --------
    >>> from dlcourse.layers import Dense, ReLU, Sequential
    >>> discriminative_rates(Sequential(Dense(4, 3), ReLU(), Dense(3, 2)), factor=10)
    {'dense1': 0.1, 'dense2': 1.0}
    """
    if not 1 <= factor < math.inf:
        raise ValueError(f"factor must be at least 1, got {factor!r}")
    names = [layer.name for layer in getattr(model, "layers", (model,)) if layer.params]
    if not names:
        raise ValueError("the model has no parameters")
    return {name: factor ** -(len(names) - 1.0 - i) for i, name in enumerate(names)}


class _Snapshot:
    """What a step of training changes besides the optimizer, and how to put it back."""

    def __init__(self, model: Any, rng: np.random.Generator | None) -> None:
        self.model = model
        self.params = {key: np.array(getattr(p, "value", p)) for key, p in model.params.items()}
        self.buffers = {key: b.copy() for key, b in getattr(model, "buffers", {}).items()}
        drawing = getattr(model, "generators", {}).values()
        self.generators = [g for g in (rng, *drawing) if g is not None]
        self.states = [copy.deepcopy(g.bit_generator.state) for g in self.generators]

    def restore(self) -> None:
        for key, value in self.params.items():
            parameter = self.model.params[key]
            if hasattr(parameter, "assign"):
                parameter.assign(value)
            elif isinstance(parameter, np.ndarray):
                parameter[...] = value
            else:
                self.model.params[key] = float(value)
        for key, value in self.buffers.items():
            self.model.buffers[key][...] = value
        for generator, state in zip(self.generators, self.states, strict=True):
            generator.bit_generator.state = state


def _forever(batches: Batches) -> Iterator[Any]:
    while True:
        yield from batches.of_an_epoch()


def _has_climbed(losses: list[float], smoothed: list[float], stop_factor: float) -> bool:
    """Return whether the smoothed loss has climbed far above its minimum."""
    if len(losses) < _FEWEST:
        return False
    fallen = smoothed[0] - min(smoothed)
    jumps = float(np.std(losses[:10]))  # at the smallest rates nothing else changes the loss
    return smoothed[-1] > min(smoothed) + stop_factor * max(fallen, jumps)


def _steepest(rates: Any, smoothed: Any, smoothing: float) -> float:
    """Return the rate at the steepest fall of the smoothed loss before its minimum."""
    end = max(2, int(np.argmin(smoothed)) + 1)
    # At first the average holds so few losses that it jumps from batch to batch.
    start = min(round(1 / (1 - smoothing)), end - 2)
    slopes = np.gradient(smoothed[start:end], np.log(rates[start:end]))
    return float(rates[start + int(np.argmin(slopes))])
