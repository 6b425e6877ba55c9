"""Optimizers: what to do with a gradient once you have it. Simplest first.

Each is its textbook formula and little else. A formula writes into `step` what is to be
added to the parameters, and may use `step` as scratch paper on the way. The bookkeeping
that all share (checks, learning rate, what is remembered between two updates) is the base
class's, in `base`.
"""

import math
from typing import Any

import numpy as np

from dlcourse.optimizers._checks import Checked, at_least_0, fraction, positive
from dlcourse.optimizers.base import LearningRate, Optimizer, Vector


class SGD(Optimizer):
    r"""Gradient descent: step against the gradient.

    .. math:: w \leftarrow w - \eta\, g

    Whether the descent is stochastic is decided by what `g` was computed on: all
    rows, or a mini-batch of them.

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule: a function from the iteration (0, 1, 2, ...) to
        the rate, asked at each update.
    rate_multipliers, l2, no_decay, clip, average
        What every optimizer takes, by keyword: see `Optimizer`.

    References
    ----------
    Equation :eq:`gradient-descent-update` of chapter 5. Equation :eq:`boston-update` of
    chapter 12.

    H. Robbins and S. Monro, "A Stochastic Approximation Method", *Annals of
    Mathematical Statistics* 22(3), 1951, 400-407.

    Examples
    --------
    >>> params = {"w": np.array([2.0, -1.0])}
    >>> SGD(learning_rate=0.1).update(params, {"w": np.array([10.0, 0.0])})
    >>> params["w"]
    array([ 1., -1.])
    """

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        np.multiply(gradient, -learning_rate, step)


class Momentum(Optimizer):
    r"""Gradient descent with a velocity: a ball that keeps rolling.

    .. math::

        v &\leftarrow \alpha v - \eta\, g \\
        w &\leftarrow w + v

    Where gradients keep their direction the velocity grows, up to
    :math:`1/(1-\alpha)` times a plain step; where they alternate it cancels.

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule, as for `SGD`.
    momentum : float
        The share α of the velocity that is kept, at least 0 and below 1.
    **options
        ``rate_multipliers``, ``l2``, ``no_decay``, ``clip`` and ``average``, as for `SGD`.

    References
    ----------
    Equation :eq:`momentum-update` of chapter 7.

    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods",
    *USSR Computational Mathematics and Mathematical Physics* 4(5), 1964, 1-17.

    Examples
    --------
    >>> params, optimizer = {"w": np.array([0.0])}, Momentum(0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.update(params, {"w": np.array([1.0])})
    >>> params["w"]  # -0.1, and then 0.9 times that and -0.1 more
    array([-0.29])
    """

    momentum: Any = Checked(at_least_0)  # may be rescaled beyond 1 for a while
    _state_names = ("velocity",)

    def __init__(
        self,
        learning_rate: LearningRate,
        momentum: float = 0.9,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = fraction(momentum, "momentum")

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        v = state["velocity"]
        v *= self.momentum
        v -= np.multiply(gradient, learning_rate, step)
        step[...] = v


class Nesterov(Momentum):
    r"""Momentum that looks ahead: the gradient counts where the velocity leads.

    .. math::

        v &\leftarrow \alpha v - \eta\, g \\
        w &\leftarrow w + \alpha v - \eta\, g

    This is Nesterov's method written for the point looked ahead to, so that the
    gradient is taken at the parameters themselves.

    Parameters
    ----------
    learning_rate, momentum, **options
        As for `Momentum`.

    References
    ----------
    Equation :eq:`nesterov-update` of chapter 7.

    Y. Nesterov, "A method of solving a convex programming problem with convergence
    rate O(1/k²)", *Soviet Mathematics Doklady* 27, 1983, 372-376; in this form:
    Y. Bengio, N. Boulanger-Lewandowski and R. Pascanu, "Advances in optimizing
    recurrent networks", ICASSP, 2013.

    Examples
    --------
    >>> params = {"w": np.array([0.0])}
    >>> Nesterov(0.1, momentum=0.9).update(params, {"w": np.array([1.0])})
    >>> params["w"].round(6)
    array([-0.19])
    """

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        v = state["velocity"]
        v *= self.momentum
        v -= np.multiply(gradient, learning_rate, step)
        step[...] = self.momentum * v - learning_rate * gradient


class AdaGrad(Optimizer):
    r"""A rate for each parameter, smaller the more its gradients have added up.

    .. math::

        h &\leftarrow h + g \odot g \\
        w &\leftarrow w - \eta\, \frac{g}{\sqrt{h} + \epsilon}

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule, as for `SGD`.
    epsilon : float
        Keeps the division from failing while h is 0; positive.
    **options
        ``rate_multipliers``, ``l2``, ``no_decay``, ``clip`` and ``average``, as for `SGD`.

    References
    ----------
    Equation :eq:`adagrad-update` of chapter 7.

    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning
    and stochastic optimization", *Journal of Machine Learning Research* 12, 2011,
    2121-2159.

    Examples
    --------
    >>> params = {"w": np.array([0.0, 0.0])}
    >>> AdaGrad(0.1).update(params, {"w": np.array([1.0, 100.0])})
    >>> params["w"].round(6)  # the first step has the size of the rate, whatever the gradient
    array([-0.1, -0.1])
    """

    epsilon: Any = Checked(positive)
    _state_names = ("squares",)

    def __init__(
        self,
        learning_rate: LearningRate,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.epsilon = epsilon

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        h = state["squares"]
        h += np.multiply(gradient, gradient, step)
        _divide_by_root(gradient, h, self.epsilon, step)
        step *= -learning_rate


class RMSprop(Optimizer):
    r"""AdaGrad that forgets: the squared gradients are averaged, not added up.

    .. math::

        h &\leftarrow \rho h + (1 - \rho)\, g \odot g \\
        w &\leftarrow w - \eta\, \frac{g}{\sqrt{h} + \epsilon}

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule, as for `SGD`.
    decay : float
        The share ρ of the average that is kept, at least 0 and below 1.
    epsilon : float
        Keeps the division from failing while h is 0; positive.
    **options
        ``rate_multipliers``, ``l2``, ``no_decay``, ``clip`` and ``average``, as for `SGD`.

    References
    ----------
    Equation :eq:`rmsprop-update` of chapter 7.

    T. Tieleman and G. Hinton, "Lecture 6.5—RMSProp", in *Neural Networks for Machine
    Learning*, Coursera, 2012.

    Examples
    --------
    >>> params = {"w": np.array([0.0])}
    >>> RMSprop(0.1, decay=0.75).update(params, {"w": np.array([3.0])})
    >>> params["w"].round(6)  # 0.1 / sqrt(1 - 0.75)
    array([-0.2])
    """

    decay: Any = Checked(fraction)
    epsilon: Any = Checked(positive)
    _state_names = ("squares",)

    def __init__(
        self,
        learning_rate: LearningRate,
        decay: float = 0.9,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.decay = decay
        self.epsilon = epsilon

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        h = state["squares"]
        _average_in(h, np.multiply(gradient, gradient, step), self.decay, step)
        _divide_by_root(gradient, h, self.epsilon, step)
        step *= -learning_rate


class Adam(Optimizer):
    r"""Momentum and RMSprop together, both corrected for starting at zero.

    .. math::

        m &\leftarrow \beta_1 m + (1-\beta_1)\, g \\
        v &\leftarrow \beta_2 v + (1-\beta_2)\, g \odot g \\
        w &\leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule, as for `SGD`.
    beta1, beta2 : float
        The shares of the two averages that are kept, at least 0 and below 1.
    epsilon : float
        Keeps the division from failing while v is 0; positive.
    **options
        ``rate_multipliers``, ``l2``, ``no_decay``, ``clip`` and ``average``, as for `SGD`.

    References
    ----------
    Equations :eq:`adam-moments` and :eq:`adam-update` of chapter 7.

    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR, 2015,
    algorithm 1.

    Examples
    --------
    >>> params = {"w": np.array([0.0, 0.0])}
    >>> Adam(0.001).update(params, {"w": np.array([1e-3, -50.0])})
    >>> params["w"].round(6)  # the first step has the size of the rate
    array([-0.001,  0.001])
    """

    beta1: Any = Checked(fraction)
    beta2: Any = Checked(fraction)
    epsilon: Any = Checked(positive)
    _state_names = ("first_moment", "second_moment")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        m, v = state["first_moment"], state["second_moment"]
        _average_in(m, gradient, self.beta1, step)
        _average_in(v, np.multiply(gradient, gradient, step), self.beta2, step)
        # The corrections are two numbers: cheaper on the rate than on the moments. With
        # c2 = 1 - beta2**t, sqrt(v / c2) + epsilon is (sqrt(v) + epsilon * sqrt(c2)) / sqrt(c2).
        root_of_c2 = math.sqrt(1 - self.beta2**self.iterations)
        _divide_by_root(m, v, self.epsilon * root_of_c2, step)
        step *= -learning_rate * (root_of_c2 / (1 - self.beta1**self.iterations))


class AdamW(Adam):
    r"""Adam with weight decay that does not pass through the moments.

    .. math:: w \leftarrow (1 - \eta \lambda)\, w, \qquad \text{then Adam's step}

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon
        As for `Adam`.
    weight_decay : float
        The decay λ: what share of a weight is lost for each unit of rate.
    **options
        ``rate_multipliers``, ``l2``, ``no_decay``, ``clip`` and ``average``, as for `SGD`. The
        multipliers scale the decay too, since it is part of the step; ``no_decay`` names what
        it leaves alone.

    References
    ----------
    Equation :eq:`adamw-update` of chapter 7. Equation :eq:`decoupled-decay` of chapter 11.

    I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR, 2019,
    algorithm 2.

    Examples
    --------
    >>> params = {"w": np.array([2.0])}
    >>> AdamW(0.1, weight_decay=0.5).update(params, {"w": np.array([0.0])})
    >>> params["w"]  # no gradient: only the decay, 5 %
    array([1.9])
    """

    weight_decay: Any = Checked(at_least_0)

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, **options)
        self.weight_decay = weight_decay


def _average_in(average: Vector, new: Vector, kept: float, scratch: Vector) -> None:
    """Move an average towards `new`: kept * average + (1 - kept) * new."""
    np.multiply(new, 1 - kept, scratch)
    average *= kept
    average += scratch


def _divide_by_root(numerator: Vector, squares: Vector, epsilon: float, out: Vector) -> None:
    """Write numerator / (sqrt(squares) + epsilon) into `out`."""
    np.sqrt(squares, out)
    out += epsilon
    np.divide(numerator, out, out)
