"""Schedules: the learning rate as a function of the step.

A schedule is called with a step (0, 1, 2, ...) and returns the rate, or with an array
of steps and returns all their rates. An optimizer asks it at every update. Schedules
are small frozen objects: print them, compare them, plot them, put them together.
"""

import math
import numbers
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcourse._helpers.validation import as_count

Rates = Any

_STEPS = "steps are counted from 0, got {!r}; ask for 0, 1, 2, ..., or for an array of them"


class Schedule(ABC):
    """What all schedules share: they are called with a step, or an array of steps.

    References
    ----------
    Equation :eq:`scheduled-update` of chapter 8, which uses their rates.
    """

    def __call__(self, step: Any) -> Rates:
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
        ValueError, TypeError
            If a step is no finite number of at least 0, or its rate is too large for a float.
        """
        try:
            if type(step) is int and step >= 0:  # what an optimizer asks, at every update
                return self._rate(step)
            steps = _as_steps(step)
            rates = [self._rate(t) for t in steps.ravel().tolist()]
        except OverflowError:
            raise ValueError(f"{self!r} has no finite rate at step {step!r}") from None
        return rates[0] if steps.ndim == 0 else np.array(rates, np.float64).reshape(steps.shape)

    @abstractmethod
    def _rate(self, t: float) -> float:
        """Return the rate at one step: an int, or a float between two of them."""


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

    def __call__(self, step: Any) -> Rates:
        """Return the rate, whatever the step; without the call of _rate, which takes longer."""
        return self.rate if type(step) is int and step >= 0 else super().__call__(step)

    def _rate(self, t: float) -> float:
        return self.rate


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

    def _rate(self, t: float) -> float:
        return self.initial_rate / (1.0 + self.decay * t)


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

    K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", CVPR,
    2016, section 3.4: the rate is divided by 10 when the error stops falling.

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
        _check_count(self, "every")

    def _rate(self, t: float) -> float:
        return self.initial_rate * math.pow(self.factor, t // self.every)


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

    The same as PyTorch's ``ExponentialLR``, with an update for each of its epochs.

    Examples
    --------
    >>> ExponentialDecay(1.0, 0.9)(2)
    0.81
    """

    initial_rate: float
    gamma: float

    def __post_init__(self) -> None:
        _check_rates(self, "initial_rate", "gamma")

    def _rate(self, t: float) -> float:
        return self.initial_rate * math.pow(self.gamma, t)


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
        _check_count(self, "num_steps")

    def _rate(self, t: float) -> float:
        return _cosine(self.initial_rate, self.final_rate, min(t / self.num_steps, 1.0))


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
        _check_callable(self)
        _check_count(self, "num_steps")

    def _rate(self, t: float) -> float:
        if t < self.num_steps:
            return _ask(self.schedule, 0) * (t + 1) / self.num_steps
        return _ask(self.schedule, t - self.num_steps)


@dataclass(frozen=True)
class Triangular(Schedule):
    r"""Go up and down between two rates in straight lines, again and again.

    With the cycle :math:`c = \lfloor 1 + t/(2s) \rfloor` and the distance from its peak
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
    section 3.1.

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
        _check_count(self, "step_size")

    def _rate(self, t: float) -> float:
        cycle = 1 + t // (2 * self.step_size)
        x = abs(t / self.step_size - 2 * cycle + 1)
        height = (self.max_rate - self.base_rate) * max(0.0, 1 - x)
        return self.base_rate + height * self._scale(t, cycle)

    def _scale(self, t: float, cycle: float) -> float:
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

    def _scale(self, t: float, cycle: float) -> float:
        return math.pow(0.5, cycle - 1)


@dataclass(frozen=True)
class ExpRange(Triangular):
    r"""As `Triangular`, with the amplitude shrinking by :math:`\gamma^t`.

    The wave above the base shrinks, as in PyTorch's ``CyclicLR``; in Smith's ``exp_range`` each of
    the two rates does.

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

    def _scale(self, t: float, cycle: float) -> float:
        return math.pow(self.gamma, t)


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
        _check_count(self, "cycle_length")
        _check_count(self, "cycle_multiplier")

    def _rate(self, t: float) -> float:
        since_start, length = self._place(t)
        return _cosine(self.max_rate, self.min_rate, since_start / length)

    def _place(self, t: float) -> tuple[float, int]:
        """Return the steps since the start of the cycle that `t` falls into, and its length."""
        first, m = self.cycle_length, self.cycle_multiplier
        if m == 1:
            return t % first, first
        # Cycle i starts at step first * (1 + m + ... + m**(i - 1)) = first * (m**i - 1) / (m - 1),
        # so t has reached it when m**i <= reached. Whole numbers, for they are exact.
        reached = int(t) * (m - 1) // first + 1
        i = int(math.log(reached, m))
        if m**i > reached:  # the logarithm may be off by its rounding
            i -= 1
        elif m ** (i + 1) <= reached:
            i += 1
        return t - first * (m**i - 1) // (m - 1), first * m**i


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
        The share of the steps spent rising, between 0 and 1. The peak stands at step
        ``warmup_share * num_steps - 1``, as in PyTorch, which may lie between two steps; but
        where that leaves nothing to rise, at step 1. Of two steps, which have no room for a
        start, a peak and an end, the first is then the peak.
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
        _check_count(self, "num_steps", minimum=2)
        for name in ("start_divisor", "final_divisor"):
            if getattr(self, name) == 0:
                raise ValueError(f"OneCycle: {name} must be positive, got 0")
        if not 0 < _as_number(self, "warmup_share") < 1:
            raise ValueError(f"warmup_share must lie between 0 and 1, got {self.warmup_share:g}")

    def _rate(self, t: float) -> float:
        first = self.max_rate / self.start_divisor
        peak, last = self.warmup_share * self.num_steps - 1, self.num_steps - 1
        if peak < 1e-9:  # PyTorch would divide by 0, or begin beyond the peak
            peak = min(1, last - 1)
        if t < peak:
            return _cosine(first, self.max_rate, t / peak)
        share = (t - peak) / (last - peak) if t < last else 1.0
        return _cosine(self.max_rate, first / self.final_divisor, share)


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

    def _rate(self, t: float) -> float:
        for schedule, num_steps in self.parts[:-1]:
            if t < num_steps:
                return _ask(schedule, t)
            t -= num_steps
        return _ask(self.parts[-1][0], t)

    def __repr__(self) -> str:
        return f"Join({', '.join(map(repr, self.parts))})"


@dataclass(frozen=True)
class StartAt(Schedule):
    """Begin a schedule at a later step: now, for an optimizer that has made steps before.

    At step t it gives the rate of step t - first_step, and before that the rate of step 0.

    Parameters
    ----------
    schedule : callable
        The schedule to begin.
    first_step : int
        The step at which it is asked for its own step 0.

    Examples
    --------
    >>> StartAt(ExponentialDecay(1.0, 0.5), 100)([0, 100, 101, 102])
    array([1.  , 1.  , 0.5 , 0.25])

    An optimizer counts its updates and goes on counting. To give it a new schedule that
    begins with its next update, write
    ``optimizer.learning_rate = StartAt(CosineDecay(0.1, 100), optimizer.iterations)``.
    """

    schedule: Callable[[Any], Any]
    first_step: int

    def __post_init__(self) -> None:
        _check_callable(self)
        _check_count(self, "first_step", minimum=0)

    def _rate(self, t: float) -> float:
        return _ask(self.schedule, max(t - self.first_step, 0))


def _cosine(start: float, end: float, share: float) -> float:
    """Return the value at a share of the way from `start` to `end` along half a cosine."""
    return end + 0.5 * (start - end) * (1 + math.cos(math.pi * share))


def _ask(schedule: Callable[[Any], Any], t: float) -> float:
    """Ask a schedule for a step; a plain function is asked for whole ones only."""
    return float(schedule(t if type(t) is int or isinstance(schedule, Schedule) else int(t)))


def _as_steps(step: Any) -> NDArray[Any]:
    """Return steps as an array: of ints if all are whole, else of floats."""
    steps = np.asarray(step)
    if steps.dtype.kind not in "iuf":
        raise TypeError(_STEPS.format(step))
    if not np.all((steps >= 0) & (steps < np.inf)):
        raise ValueError(_STEPS.format(step))
    # Beyond 2**53 all floats are whole, but not all of them fit an int64.
    whole = steps.dtype.kind == "f" and np.all((steps == np.floor(steps)) & (steps < 2.0**53))
    return steps.astype(np.int64) if whole else steps


def _as_number(schedule: Any, name: str) -> float:
    """Return a field of a schedule as a float, and keep it as one: rates are quick then."""
    value = getattr(schedule, name)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{type(schedule).__name__}: {name} must be a number, got {value!r}")
    try:
        number = float(value)
    except OverflowError:  # 10**400
        number = math.inf
    object.__setattr__(schedule, name, number)
    return number


def _check_rates(schedule: Any, *names: str) -> None:
    for name in names:
        value = _as_number(schedule, name)
        if not 0 <= value < math.inf:
            raise ValueError(
                f"{type(schedule).__name__}: {name} must be a finite number of at least 0, "
                f"got {value!r}"
            )


def _check_count(schedule: Any, name: str, *, minimum: int = 1) -> None:
    object.__setattr__(schedule, name, as_count(getattr(schedule, name), name, minimum=minimum))


def _check_callable(schedule: Any) -> None:
    if not callable(schedule.schedule):
        kind = type(schedule).__name__
        raise TypeError(f"{kind}: schedule must be callable, got {schedule.schedule!r}")


def _check_order(schedule: Any, low: str, high: str) -> None:
    if getattr(schedule, high) < getattr(schedule, low):
        raise ValueError(
            f"{type(schedule).__name__}: {high} must be at least {low}, got "
            f"{getattr(schedule, high)!r} and {getattr(schedule, low)!r}"
        )
