"""Schedules: the learning rate as a function of the step.

A schedule is called with a step (0, 1, 2, ...) and returns the rate, or with an array
of steps and returns all their rates. An optimizer asks it at every update. Schedules
are small frozen objects: print them, compare them, plot them, put them together.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcourse._validation import as_count

Rates = Any


class Schedule(ABC):
    """What all schedules share: they are called with a step, or an array of steps.

    References
    ----------
    Equation :eq:`scheduled-update` of chapter 8, which uses their rates.
    """

    def __call__(self, step: ArrayLike) -> Rates:
        """Return the learning rate at a step.

        Parameters
        ----------
        step : int or array_like of int
            Updates made so far; at least 0.

        Returns
        -------
        float or ndarray of float64
            A float for one step, else of the shape of `step`.

        Raises
        ------
        ValueError
            If a step is negative.
        """
        steps = np.asarray(step, dtype=np.float64)
        if np.any(steps < 0):
            raise ValueError(f"steps are counted from 0, got {step!r}")
        rates = self._rates(steps)
        return float(rates) if steps.ndim == 0 else np.broadcast_to(rates, steps.shape).copy()

    @abstractmethod
    def _rates(self, t: Any) -> Any:
        """Return the rates at an array of steps."""


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate at every step.

    Parameters
    ----------
    rate : float

    Examples
    --------
    >>> Constant(0.1)([0, 1, 2])
    array([0.1, 0.1, 0.1])
    """

    rate: float

    def __post_init__(self) -> None:
        _check_rates(self, "rate")

    def _rates(self, t: Any) -> Any:
        return np.asarray(self.rate)


@dataclass(frozen=True)
class TimeDecay(Schedule):
    r"""Decay like one over time.

    .. math:: \eta_t = \frac{\eta_0}{1 + d\,t}

    Parameters
    ----------
    initial_rate : float
        The rate :math:`\eta_0`.
    decay : float
        The decay d per step, at least 0.

    References
    ----------
    Equation :eq:`time-decay` of chapter 8.

    H. Robbins and S. Monro, "A Stochastic Approximation Method", *Annals of
    Mathematical Statistics* 22(3), 1951, 400-407.

    Examples
    --------
    >>> TimeDecay(0.2, 0.01)(100)
    0.1
    """

    initial_rate: float
    decay: float

    def __post_init__(self) -> None:
        _check_rates(self, "initial_rate", "decay")

    def _rates(self, t: Any) -> Any:
        return self.initial_rate / (1 + self.decay * t)


@dataclass(frozen=True)
class StepDecay(Schedule):
    r"""Multiply the rate by a factor every so many steps.

    .. math:: \eta_t = \eta_0\, f^{\lfloor t / k \rfloor}

    Parameters
    ----------
    initial_rate : float
        The rate :math:`\eta_0`.
    factor : float
        The factor f.
    every : int
        The number k of steps between two drops.

    References
    ----------
    Equation :eq:`step-decay` of chapter 8.

    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016,
    section 8.3.1.

    Examples
    --------
    >>> StepDecay(1.0, 0.5, every=10)([0, 9, 10, 25])
    array([1.  , 1.  , 0.5 , 0.25])
    """

    initial_rate: float
    factor: float
    every: int

    def __post_init__(self) -> None:
        _check_rates(self, "initial_rate", "factor")
        as_count(self.every, "every")

    def _rates(self, t: Any) -> Any:
        return self.initial_rate * self.factor ** np.floor(t / self.every)


@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    r"""Multiply the rate by the same factor at every step.

    .. math:: \eta_t = \eta_0\, \gamma^t

    Parameters
    ----------
    initial_rate : float
        The rate :math:`\eta_0`.
    gamma : float
        The factor γ.

    References
    ----------
    Equation :eq:`exponential-decay` of chapter 8.

    As for `StepDecay`.

    Examples
    --------
    >>> ExponentialDecay(1.0, 0.9)(2)
    0.81
    """

    initial_rate: float
    gamma: float

    def __post_init__(self) -> None:
        _check_rates(self, "initial_rate", "gamma")

    def _rates(self, t: Any) -> Any:
        return self.initial_rate * self.gamma**t


@dataclass(frozen=True)
class CosineDecay(Schedule):
    r"""Fall along half a cosine, then stay.

    .. math::

        \eta_t &= \eta_{\text{end}} + \frac{\eta_0 - \eta_{\text{end}}}{2} \\
        &\qquad {} \cdot \left(1 + \cos \frac{\pi t}{T}\right), \quad t \le T

    Parameters
    ----------
    initial_rate : float
        The rate :math:`\eta_0`.
    num_steps : int
        The length T of the fall.
    final_rate : float
        The rate at its end and after.

    References
    ----------
    Equation :eq:`cosine-decay` of chapter 8.

    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts",
    ICLR, 2017, equation 5.

    Examples
    --------
    >>> CosineDecay(1.0, 10)([0, 5, 10, 20]).round(6)
    array([1. , 0.5, 0. , 0. ])
    """

    initial_rate: float
    num_steps: int
    final_rate: float = 0.0

    def __post_init__(self) -> None:
        _check_rates(self, "initial_rate", "final_rate")
        as_count(self.num_steps, "num_steps")

    def _rates(self, t: Any) -> Any:
        return _cosine(self.initial_rate, self.final_rate, np.minimum(t / self.num_steps, 1.0))


@dataclass(frozen=True)
class Warmup(Schedule):
    r"""Rise in a straight line to another schedule's first rate, then follow it.

    .. math::

        \eta_t &= \frac{t + 1}{n}\, s(0) & &\text{for } t < n \\
        \eta_t &= s(t - n) & &\text{after}

    Parameters
    ----------
    schedule : callable
        The schedule s to follow.
    num_steps : int
        The length n of the rise. Its last step already has the full rate.

    References
    ----------
    Equation :eq:`warm-up` of chapter 8.

    P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour",
    arXiv:1706.02677, 2017, section 2.2.

    Examples
    --------
    >>> Warmup(Constant(1.0), 4)([0, 1, 2, 3, 4])
    array([0.25, 0.5 , 0.75, 1.  , 1.  ])
    """

    schedule: Callable[[Any], Any]
    num_steps: int

    def __post_init__(self) -> None:
        if not callable(self.schedule):
            raise TypeError(f"Warmup: schedule must be callable, got {self.schedule!r}")
        as_count(self.num_steps, "num_steps")

    def _rates(self, t: Any) -> Any:
        rising = self.schedule(0) * (t + 1) / self.num_steps
        return np.where(
            t < self.num_steps, rising, _ask(self.schedule, np.maximum(t - self.num_steps, 0))
        )


@dataclass(frozen=True)
class Triangular(Schedule):
    r"""Go up and down between two rates in straight lines, again and again.

    With the cycle :math:`c = \lfloor 1 + t/2s \rfloor` and the distance from its peak
    :math:`x = |t/s - 2c + 1|`,

    .. math:: \eta_t = \eta_{\text{base}} +
        (\eta_{\max} - \eta_{\text{base}})\, \max(0, 1 - x)

    Parameters
    ----------
    base_rate, max_rate : float
        The lowest and the highest rate.
    step_size : int
        Steps from one to the other: half a cycle.

    References
    ----------
    Equation :eq:`triangular-rate` of chapter 8.

    L. N. Smith, "Cyclical learning rates for training neural networks", WACV, 2017,
    section 3.2.

    Examples
    --------
    >>> Triangular(0.0, 1.0, step_size=2)([0, 1, 2, 3, 4, 5, 6])
    array([0. , 0.5, 1. , 0.5, 0. , 0.5, 1. ])
    """

    base_rate: float
    max_rate: float
    step_size: int

    def __post_init__(self) -> None:
        _check_rates(self, "base_rate", "max_rate")
        _check_order(self, "base_rate", "max_rate")
        as_count(self.step_size, "step_size")

    def _rates(self, t: Any) -> Any:
        cycle = np.floor(1 + t / (2 * self.step_size))
        x = np.abs(t / self.step_size - 2 * cycle + 1)
        height = (self.max_rate - self.base_rate) * np.maximum(0.0, 1 - x)
        return self.base_rate + height * self._scale(t, cycle)

    def _scale(self, t: Any, cycle: Any) -> Any:
        return 1.0


@dataclass(frozen=True)
class Triangular2(Triangular):
    """As `Triangular`, with half the amplitude in each further cycle.

    Parameters
    ----------
    base_rate, max_rate, step_size
        As for `Triangular`.

    References
    ----------
    Equation :eq:`triangular2-rate` of chapter 8.

    As for `Triangular`.

    Examples
    --------
    >>> Triangular2(0.0, 1.0, step_size=2)([2, 6, 10])
    array([1.  , 0.5 , 0.25])
    """

    def _scale(self, t: Any, cycle: Any) -> Any:
        return 0.5 ** (cycle - 1)


@dataclass(frozen=True)
class ExpRange(Triangular):
    r"""As `Triangular`, with the amplitude shrinking by :math:`\gamma^t`.

    Parameters
    ----------
    base_rate, max_rate, step_size
        As for `Triangular`.
    gamma : float
        The factor γ at each step.

    References
    ----------
    Equation :eq:`exp-range-rate` of chapter 8.

    As for `Triangular`.

    Examples
    --------
    >>> ExpRange(0.0, 1.0, step_size=2, gamma=0.9)(2)
    0.81
    """

    gamma: float

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_rates(self, "gamma")

    def _scale(self, t: Any, cycle: Any) -> Any:
        return self.gamma**t


@dataclass(frozen=True)
class WarmRestarts(Schedule):
    r"""Fall along a cosine, jump back up, and fall again, perhaps more slowly.

    In a cycle of length :math:`T_i`, with :math:`t_i` steps since its start,

    .. math::

        \eta_t &= \eta_{\min} + \frac{\eta_{\max} - \eta_{\min}}{2} \\
        &\qquad {} \cdot \left(1 + \cos \frac{\pi t_i}{T_i}\right) \\
        T_{i+1} &= m\, T_i

    Parameters
    ----------
    max_rate, min_rate : float
        The rates at the start of a cycle and towards its end.
    cycle_length : int
        The length :math:`T_0` of the first cycle, in steps.
    cycle_multiplier : int
        The factor m from each cycle's length to the next, at least 1.

    References
    ----------
    Equation :eq:`warm-restarts-rate` of chapter 8.

    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts",
    ICLR, 2017.

    Examples
    --------
    >>> WarmRestarts(1.0, 0.0, cycle_length=2, cycle_multiplier=2)([0, 1, 2, 4, 6]).round(6)
    array([1. , 0.5, 1. , 0.5, 1. ])
    """

    max_rate: float
    min_rate: float
    cycle_length: int
    cycle_multiplier: int = 1

    def __post_init__(self) -> None:
        _check_rates(self, "max_rate", "min_rate")
        _check_order(self, "min_rate", "max_rate")
        as_count(self.cycle_length, "cycle_length")
        as_count(self.cycle_multiplier, "cycle_multiplier")

    def _rates(self, t: Any) -> Any:
        start, length = self._cycle(t)
        return _cosine(self.max_rate, self.min_rate, (t - start) / length)

    def _cycle(self, t: Any) -> tuple[Any, Any]:
        """Return start and length of the cycle that each step falls into."""
        if self.cycle_multiplier == 1:
            return np.floor(t / self.cycle_length) * self.cycle_length, self.cycle_length
        starts, length = [0.0], float(self.cycle_length)
        lengths = [length]
        while starts[-1] + length <= np.max(t, initial=0.0):
            starts.append(starts[-1] + length)
            length *= self.cycle_multiplier
            lengths.append(length)
        index = np.searchsorted(starts, t, side="right") - 1
        return np.array(starts)[index], np.array(lengths)[index]


@dataclass(frozen=True)
class OneCycle(Schedule):
    """One rise and one long fall along cosines, over the whole training.

    Parameters
    ----------
    max_rate : float
        The peak.
    num_steps : int
        Steps of the whole training, at least 2.
    warmup_share : float
        The share of the steps spent rising, between 0 and 1.
    start_divisor : float
        The first rate is ``max_rate / start_divisor``.
    final_divisor : float
        The last rate is the first one divided by this.

    References
    ----------
    Equation :eq:`one-cycle-rate` of chapter 8.

    L. N. Smith and N. Topin, "Super-convergence: very fast training of neural networks
    using large learning rates", arXiv:1708.07120, 2017; cosines as in PyTorch's
    ``OneCycleLR``.

    Examples
    --------
    >>> OneCycle(1.0, 10, start_divisor=10, final_divisor=2)([0, 1, 2, 9]).round(6)
    array([0.1 , 0.55, 1.  , 0.05])
    """

    max_rate: float
    num_steps: int
    warmup_share: float = 0.3
    start_divisor: float = 25.0
    final_divisor: float = 1e4

    def __post_init__(self) -> None:
        _check_rates(self, "max_rate", "start_divisor", "final_divisor")
        as_count(self.num_steps, "num_steps", minimum=2)
        for name in ("start_divisor", "final_divisor"):
            if getattr(self, name) == 0:
                raise ValueError(f"OneCycle: {name} must be positive, got 0")
        if not 0 < self.warmup_share < 1:
            raise ValueError(f"warmup_share must lie between 0 and 1, got {self.warmup_share!r}")

    def _rates(self, t: Any) -> Any:
        first = self.max_rate / self.start_divisor
        peak, last = self.warmup_share * self.num_steps - 1, self.num_steps - 1
        up = _cosine(first, self.max_rate, np.clip(t / peak, 0, 1) if peak > 0 else 1.0)
        share = np.clip((t - peak) / (last - peak), 0, 1)
        down = _cosine(self.max_rate, first / self.final_divisor, share)
        return np.where(t <= peak, up, down)


@dataclass(frozen=True, init=False, repr=False)
class Join(Schedule):
    """One schedule after the other, each starting at its own step 0.

    Parameters
    ----------
    *parts : tuple of (callable, int)
        A schedule and how many steps it is used for. The last one goes on beyond its
        number.

    Examples
    --------
    >>> Join((Constant(1.0), 2), (ExponentialDecay(0.5, 0.5), 3))([0, 1, 2, 3, 4, 5])
    array([1.    , 1.    , 0.5   , 0.25  , 0.125 , 0.0625])
    """

    parts: tuple[tuple[Callable[[Any], Any], int], ...]

    def __init__(self, *parts: tuple[Callable[[Any], Any], int]) -> None:
        if not parts:
            raise ValueError("Join needs at least one (schedule, num_steps), got none")
        for part in parts:
            if not isinstance(part, tuple) or len(part) != 2 or not callable(part[0]):
                raise TypeError(f"Join takes pairs (schedule, num_steps), got {part!r}")
            as_count(part[1], "num_steps")
        object.__setattr__(self, "parts", parts)

    def _rates(self, t: Any) -> Any:
        starts = np.cumsum([0, *(num_steps for _, num_steps in self.parts[:-1])])
        turn = np.searchsorted(starts, t, side="right") - 1
        rates = np.zeros_like(t)
        for i, (schedule, _) in enumerate(self.parts):
            own = turn == i  # each is asked for its own steps only
            rates[own] = _ask(schedule, t[own] - starts[i])
        return rates

    def __repr__(self) -> str:
        return f"Join({', '.join(map(repr, self.parts))})"


def _cosine(start: float, end: float, share: Any) -> Any:
    """Return the value at a share of the way from `start` to `end` along half a cosine."""
    return end + 0.5 * (start - end) * (1 + np.cos(np.pi * share))


def _ask(schedule: Callable[[Any], Any], t: Any) -> Any:
    """Ask a schedule for many steps; a plain function is asked one at a time."""
    if isinstance(schedule, Schedule):
        return schedule(t)
    return np.vectorize(lambda step: schedule(int(step)), otypes=[float])(t)


def _check_rates(schedule: Any, *names: str) -> None:
    for name in names:
        value = getattr(schedule, name)
        if not 0 <= value < math.inf:
            raise ValueError(
                f"{type(schedule).__name__}: {name} must be a finite number of at least 0, "
                f"got {value!r}"
            )


def _check_order(schedule: Any, low: str, high: str) -> None:
    if getattr(schedule, high) < getattr(schedule, low):
        raise ValueError(
            f"{type(schedule).__name__}: {high} must be at least {low}, got "
            f"{getattr(schedule, high)!r} and {getattr(schedule, low)!r}"
        )
