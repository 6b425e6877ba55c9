"""Optimizers: what to do with a gradient once you have it.

The base class does the bookkeeping that every optimizer needs: it checks the
gradients, asks for the learning rate, keeps what must be remembered between two
updates, and applies the change in place. A subclass is its textbook formula.

The gradients of small parameters are laid end to end in one long vector, so a formula
runs once over all of them. A large parameter is worth a run of its own.
"""

import copy
import math
from collections.abc import Callable, Mapping, MutableMapping, Set
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dlcourse.autodiff.variable import Variable

LearningRate = float | Callable[[int], float]
Params = MutableMapping[str, Any]
Vector = NDArray[np.floating[Any]]

# The place of one parameter: its name, shape and dtype, then views, in its own shape, of the
# gradient and the step of its group. (A plain tuple is what Python unpacks quickest.)
_Slot = tuple[str, tuple[int, ...], np.dtype[Any], Vector, Vector]

# From this many entries on, a copy costs more than the calls that it saves.
_LARGE = 4096


class Optimizer:
    """The part that all optimizers share. Use one of its subclasses.

    A subclass names in `_state_names` the vectors it remembers between two updates
    and writes its formula into `_step`.

    Parameters
    ----------
    learning_rate, rate_multipliers
        As for `SGD`.

    Attributes
    ----------
    iterations : int
        Updates made so far.
    """

    _state_names: ClassVar[tuple[str, ...]] = ()
    weight_decay = 0.0  # decoupled from the gradient: AdamW sets it

    _names: Set[str] | None  # those of the last update; None before the first
    _known: dict[str, Any]  # the parameter objects of the last update ...
    _arrays: dict[str, Any]  # ... and the array of each, None for a plain float
    _variables: list[Variable]
    _groups: "list[_Group]"
    _large: "dict[str, _Group]"  # those of a single large parameter
    _slots: list[_Slot]
    _loaded: dict[str, Any] | None  # waits for the first update, which brings the shapes

    def __init__(
        self,
        learning_rate: LearningRate,
        *,
        rate_multipliers: Mapping[str, float] | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.rate_multipliers = rate_multipliers
        self.iterations = 0
        self._forget()

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        """Write into `step` what is to be added to the parameters.

        `gradient`, `step` and each vector of `state` have the same shape and dtype.
        `learning_rate` is a float, or such a vector when there are rate multipliers.
        """
        raise TypeError("Optimizer has no formula of its own; use a subclass such as SGD")

    @property
    def current_learning_rate(self) -> float:
        """The rate of the next update: `learning_rate`, or the schedule's value now."""
        given = self.learning_rate
        # A NumPy float64 would silently turn float32 arithmetic into float64.
        rate = float(given(self.iterations) if callable(given) else given)
        if not 0 <= rate < math.inf:
            raise ValueError(
                f"the learning rate must be a finite number of at least 0, got {rate} at "
                f"iteration {self.iterations}"
            )
        return rate

    def update(self, params: Params, grads: Mapping[str, Any]) -> None:
        """Change the parameters by one step, in place.

        Parameters
        ----------
        params : dict of str to Variable, ndarray or float
            The parameters. Variables and arrays (float32 or float64) are changed in place;
            plain floats, handy for two-parameter toys, are replaced in the dict.
        grads : dict of str to ndarray or float
            The gradient of the loss for each parameter: same keys, same shapes.

        Raises
        ------
        ValueError
            If keys or shapes differ, a gradient is not finite, or the learning
            rate is negative or not finite.
        TypeError
            If a parameter is not of a float dtype, or a gradient not made of numbers.

        Notes
        -----
        Everything is checked before anything is changed.
        """
        if grads.keys() != params.keys():
            raise ValueError(_key_difference(params, grads))
        if params.keys() != self._names:
            self._arrange(params)
        rate = self.current_learning_rate
        for key, shape, dtype, gradient, _ in self._slots:
            w, g = params[key], grads[key]
            if w is not self._known[key]:
                self._replace(key, w, shape, dtype)
            try:
                fits = g.shape == shape and g.dtype == dtype
            except AttributeError:  # a plain number or list
                fits = False
            if not fits:
                g = _checked_gradient(key, g, shape)
            if gradient.size < _LARGE:
                gradient[...] = g
            else:
                self._large[key].gradient = g.astype(dtype, copy=False).reshape(-1)
        for group in self._groups:
            # One product looks at every entry: it is finite unless an entry is not (or its
            # square overflows: then look again). vdot, unlike dot, does so without a warning.
            if not math.isfinite(np.vdot(group.gradient, group.gradient)):
                _refuse_what_is_not_finite(grads, self._slots)
        self.iterations += 1
        for group in self._groups:
            rates = rate if group.multipliers is None else rate * group.multipliers
            self._step(group.gradient, rates, group.state, group.step)
        for group in self._large.values():
            group.gradient = group.step  # let go of an array that is not ours
        lost = rate * self.weight_decay
        for key, shape, _, _, step in self._slots:
            array = self._arrays[key]
            share = 1.0 - lost if self._factors is None else 1.0 - lost * self._factors[key]
            if array is None:
                params[key] = float(share * params[key] + step[()])
                continue
            if share != 1.0:
                array *= share
            if shape:
                array += step
            else:
                array[()] += step[()]
        for variable in self._variables:
            variable.version += 1

    def state_dict(self) -> dict[str, Any]:
        """Return all that is needed to continue later: ``iterations`` and what is remembered.

        Returns
        -------
        dict
            ``{"iterations": int, state name: {parameter name: ndarray}}``: copies.
        """
        if self._loaded is not None:
            return copy.deepcopy(self._loaded)
        state: dict[str, Any] = {"iterations": self.iterations}
        for name in self._state_names:
            state[name] = {
                key: vector.copy() for group in self._groups for key, vector in group.views(name)
            }
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned.

        Parameters
        ----------
        state : dict
            As returned by `state_dict` of an optimizer of the same class.

        Raises
        ------
        ValueError
            If the names of the remembered vectors are not this optimizer's. Keys and
            shapes are compared with the parameters at the next `update`.
        """
        expected = {"iterations", *self._state_names}
        if set(state) != expected:
            raise ValueError(
                f"the state of {type(self).__name__} holds {sorted(expected)}, got {sorted(state)}"
            )
        self._forget()
        self.iterations = int(state["iterations"])
        self._loaded = copy.deepcopy(dict(state))

    def _forget(self) -> None:
        self._names = None
        self._known = {}
        self._arrays = {}
        self._variables = []
        self._factors: Mapping[str, float] | None = None
        self._groups = []
        self._large = {}
        self._slots = []
        self._loaded = None

    def _arrange(self, params: Params) -> None:
        """Make room for these parameters; take over what `load_state_dict` was given."""
        if not params:
            raise ValueError("params is empty: there is nothing to update")
        if self._names is not None:
            raise ValueError(
                f"this optimizer belongs to other parameters: {sorted(self._names ^ set(params))} "
                f"appeared or disappeared; use a new optimizer"
            )
        multipliers = _expand_multipliers(self.rate_multipliers, params)
        together: dict[Any, dict[str, tuple[int, ...]]] = {}
        for key, value in params.items():
            shape, dtype = _shape_and_dtype(key, value)
            alone = key if math.prod(shape) >= _LARGE else None
            together.setdefault((dtype, alone), {})[key] = shape
        by_kind = {
            kind: _Group(shapes, kind[0], multipliers, self._state_names)
            for kind, shapes in together.items()
        }
        groups = list(by_kind.values())
        # Before its first update an optimizer remembers nothing.
        if self._loaded is not None and self._loaded["iterations"] > 0:
            for name in self._state_names:
                _restore(name, self._loaded[name], groups)
        self._names, self._factors = frozenset(params), multipliers
        self._know(dict(params))
        self._slots = [slot for group in groups for slot in group.slots]
        self._large = {key: group for (_, key), group in by_kind.items() if key is not None}
        self._groups, self._loaded = groups, None

    def _replace(self, key: str, value: Any, shape: tuple[int, ...], dtype: Any) -> None:
        """Take another object for a parameter, if it is like the one of the last update."""
        found = _shape_and_dtype(key, value)
        if found != (shape, dtype):
            raise ValueError(
                f"params[{key!r}] was {dtype} of shape {shape} before, now it is {found[1]} of "
                f"shape {found[0]}; use a new optimizer"
            )
        self._know({**self._known, key: value})

    def _know(self, params: dict[str, Any]) -> None:
        self._known = params
        self._variables = [w for w in params.values() if isinstance(w, Variable)]
        self._arrays = {
            key: w.array if isinstance(w, Variable) else None if isinstance(w, float) else w
            for key, w in params.items()
        }

    def __repr__(self) -> str:
        return f"{type(self).__name__}(learning_rate={self.learning_rate!r})"


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
    rate_multipliers : dict of str to float, optional
        Scales the rate of all parameters under a name: ``"dense1"`` stands for
        ``"dense1/weights"`` and ``"dense1/bias"`` (not for ``"dense10/bias"``).
        0 freezes them; the longest matching name wins.

    References
    ----------
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

    .. math:: v \leftarrow \alpha v - \eta\, g, \qquad w \leftarrow w + v

    Where gradients keep their direction the velocity grows, up to
    :math:`1/(1-\alpha)` times a plain step; where they alternate it cancels.

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule, as for `SGD`.
    momentum : float
        The share α of the velocity that is kept, at least 0 and below 1.
    rate_multipliers : dict of str to float, optional
        As for `SGD`.

    References
    ----------
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

    _state_names = ("velocity",)

    def __init__(
        self,
        learning_rate: LearningRate,
        momentum: float = 0.9,
        *,
        rate_multipliers: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(learning_rate, rate_multipliers=rate_multipliers)
        self.momentum = _fraction(momentum, "momentum")

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        v = state["velocity"]
        v *= self.momentum
        v -= np.multiply(gradient, learning_rate, step)
        step[...] = v


class Nesterov(Momentum):
    r"""Momentum that looks ahead: the gradient counts where the velocity leads.

    .. math:: v \leftarrow \alpha v - \eta\, g, \qquad w \leftarrow w + \alpha v - \eta\, g

    This is Nesterov's method written for the point looked ahead to, so that the
    gradient is taken at the parameters themselves.

    Parameters
    ----------
    learning_rate, momentum, rate_multipliers
        As for `Momentum`.

    References
    ----------
    Y. Nesterov, "A method for solving the convex programming problem with convergence
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
        step *= -1
        step += self.momentum * v


class AdaGrad(Optimizer):
    r"""A rate for each parameter, smaller the more its gradients have added up.

    .. math:: h \leftarrow h + g \odot g, \qquad
        w \leftarrow w - \eta\, \frac{g}{\sqrt{h} + \epsilon}

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule, as for `SGD`.
    epsilon : float
        Keeps the division from failing while h is 0; positive.
    rate_multipliers : dict of str to float, optional
        As for `SGD`.

    References
    ----------
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

    _state_names = ("squares",)

    def __init__(
        self,
        learning_rate: LearningRate,
        epsilon: float = 1e-7,
        *,
        rate_multipliers: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(learning_rate, rate_multipliers=rate_multipliers)
        self.epsilon = _positive(epsilon, "epsilon")

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        h = state["squares"]
        h += np.multiply(gradient, gradient, step)
        _divide_by_root(gradient, h, self.epsilon, step)
        step *= -learning_rate


class RMSprop(Optimizer):
    r"""AdaGrad that forgets: the squared gradients are averaged, not added up.

    .. math:: h \leftarrow \rho h + (1 - \rho)\, g \odot g, \qquad
        w \leftarrow w - \eta\, \frac{g}{\sqrt{h} + \epsilon}

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule, as for `SGD`.
    decay : float
        The share ρ of the average that is kept, at least 0 and below 1.
    epsilon : float
        Keeps the division from failing while h is 0; positive.
    rate_multipliers : dict of str to float, optional
        As for `SGD`.

    References
    ----------
    T. Tieleman and G. Hinton, "Lecture 6.5: RMSprop", in *Neural Networks for Machine
    Learning*, Coursera, 2012.

    Examples
    --------
    >>> params = {"w": np.array([0.0])}
    >>> RMSprop(0.1, decay=0.75).update(params, {"w": np.array([3.0])})
    >>> params["w"].round(6)  # 0.1 / sqrt(1 - 0.75)
    array([-0.2])
    """

    _state_names = ("squares",)

    def __init__(
        self,
        learning_rate: LearningRate,
        decay: float = 0.9,
        epsilon: float = 1e-7,
        *,
        rate_multipliers: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(learning_rate, rate_multipliers=rate_multipliers)
        self.decay = _fraction(decay, "decay")
        self.epsilon = _positive(epsilon, "epsilon")

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

        m \leftarrow \beta_1 m + (1-\beta_1)\, g, \qquad
        v \leftarrow \beta_2 v + (1-\beta_2)\, g \odot g

        w \leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule, as for `SGD`.
    beta1, beta2 : float
        The shares of the two averages that are kept, at least 0 and below 1.
    epsilon : float
        Keeps the division from failing while v is 0; positive.
    rate_multipliers : dict of str to float, optional
        As for `SGD`.

    References
    ----------
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR, 2015,
    algorithm 1.

    Examples
    --------
    >>> params = {"w": np.array([0.0, 0.0])}
    >>> Adam(0.001).update(params, {"w": np.array([1e-3, -50.0])})
    >>> params["w"].round(6)  # the first step has the size of the rate
    array([-0.001,  0.001])
    """

    _state_names = ("first_moment", "second_moment")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        *,
        rate_multipliers: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(learning_rate, rate_multipliers=rate_multipliers)
        self.beta1 = _fraction(beta1, "beta1")
        self.beta2 = _fraction(beta2, "beta2")
        self.epsilon = _positive(epsilon, "epsilon")

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
    rate_multipliers : dict of str to float, optional
        As for `SGD`. They scale the decay too, since it is part of the step.

    References
    ----------
    I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR, 2019,
    algorithm 2.

    Examples
    --------
    >>> params = {"w": np.array([2.0])}
    >>> AdamW(0.1, weight_decay=0.5).update(params, {"w": np.array([0.0])})
    >>> params["w"]  # no gradient: only the decay, 5 %
    array([1.9])
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        *,
        rate_multipliers: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, rate_multipliers=rate_multipliers)
        if not 0 <= weight_decay < math.inf:
            raise ValueError(f"weight_decay must be at least 0, got {weight_decay!r}")
        self.weight_decay = float(weight_decay)


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


def _fraction(value: float, name: str) -> float:
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be at least 0 and below 1, got {value!r}")
    return float(value)


def _positive(value: float, name: str) -> float:
    if not 0 < value < math.inf:
        raise ValueError(f"{name} must be positive, got {value!r}")
    return float(value)


class _Group:
    """Parameters of one dtype, laid end to end."""

    def __init__(
        self,
        shapes: Mapping[str, tuple[int, ...]],
        dtype: np.dtype[Any],
        multipliers: Mapping[str, float] | None,
        state_names: tuple[str, ...],
    ) -> None:
        self.shapes = shapes
        sizes = [math.prod(shape) for shape in shapes.values()]
        size = sum(sizes)
        self.step: Vector = np.zeros(size, dtype)
        # A large gradient is used where it is, not copied. Small ones never are, not even
        # those that are many: `step` is written to before `gradient` is read for the last time.
        alone = len(sizes) == 1 and size >= _LARGE
        self.gradient: Vector = self.step if alone else np.zeros_like(self.step)
        self.state = {name: np.zeros_like(self.step) for name in state_names}
        self.slots: list[_Slot] = [
            (key, shapes[key], dtype, gradient, step)
            for (key, gradient), (_, step) in zip(
                self._split(self.gradient), self._split(self.step), strict=True
            )
        ]
        self.multipliers: Vector | None = None
        if multipliers is not None:
            factors = [multipliers[key] for key in shapes]
            self.multipliers = np.repeat(factors, sizes).astype(dtype)

    def views(self, name: str) -> list[tuple[str, Vector]]:
        """Return a remembered vector cut into the parameters it belongs to."""
        return self._split(self.state[name])

    def _split(self, vector: Vector) -> list[tuple[str, Vector]]:
        ends = np.cumsum([math.prod(shape) for shape in self.shapes.values()])
        parts = np.split(vector, ends[:-1])
        return [(k, p.reshape(self.shapes[k])) for k, p in zip(self.shapes, parts, strict=True)]


def _restore(name: str, loaded: Mapping[str, Any], groups: list[_Group]) -> None:
    """Copy a remembered vector from `load_state_dict` into its place."""
    views = dict(pair for group in groups for pair in group.views(name))
    for key in views.keys() | loaded.keys():
        found = np.shape(loaded[key]) if key in loaded else "nothing"
        wanted = views[key].shape if key in views else "nothing"
        if found != wanted:
            raise ValueError(
                f"the loaded {name} does not fit the parameters: for {key!r} it has {found}, "
                f"expected {wanted}"
            )
    for key, view in views.items():
        view[...] = loaded[key]


def _shape_and_dtype(key: str, value: Any) -> tuple[tuple[int, ...], Any]:
    """Return shape and dtype of a parameter, refusing what can't be updated in place."""
    if isinstance(value, float):
        return (), np.dtype(np.float64)
    if isinstance(value, Variable):
        return value.array.shape, value.array.dtype
    if not isinstance(value, np.ndarray):
        raise TypeError(
            f"params[{key!r}] must be a Variable, a NumPy array or a float, got "
            f"{type(value).__name__}"
        )
    if value.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"params[{key!r}] must be float32 or float64, got {value.dtype}; "
            f"small steps would be lost in whole numbers"
        )
    if not value.flags.writeable:
        raise ValueError(f"params[{key!r}] is read-only and can't be updated in place")
    return value.shape, value.dtype


def _refuse_what_is_not_finite(grads: Mapping[str, Any], slots: list[_Slot]) -> None:
    for key, _, dtype, _, _ in slots:
        if not np.isfinite(np.asarray(grads[key], dtype)).all():
            raise ValueError(
                f"grads[{key!r}] holds values that are not finite (NaN or infinity); "
                f"the learning rate may be too high"
            )


def _checked_gradient(key: str, g: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return an unusual but acceptable gradient as an array, or say what is wrong with it."""
    array = np.asarray(g)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"grads[{key!r}] must be made of numbers, got dtype {array.dtype}")
    if array.shape != shape:
        raise ValueError(
            f"grads[{key!r}] must have the shape of params[{key!r}], {shape}, got {array.shape}"
        )
    return array


def _key_difference(params: Params, grads: Mapping[str, Any]) -> str:
    missing = sorted(set(params) - set(grads))
    unknown = sorted(set(grads) - set(params))
    return (
        f"params and grads must have the same keys: grads lacks {missing} "
        f"and has {unknown}, which params lacks"
    )


def _expand_multipliers(
    multipliers: Mapping[str, float] | None, params: Params
) -> dict[str, float] | None:
    """Return the factor of each parameter: that of its longest matching prefix, else 1."""
    if multipliers is None:
        return None
    for prefix, factor in multipliers.items():
        if not 0 <= factor < math.inf:
            raise ValueError(f"rate_multipliers[{prefix!r}] must be at least 0, got {factor!r}")
        if not any(_belongs(key, prefix) for key in params):
            raise ValueError(
                f"rate_multipliers[{prefix!r}] matches no parameter; there are {sorted(params)}"
            )
    best = {
        key: max((p for p in multipliers if _belongs(key, p)), key=len, default=None)
        for key in params
    }
    return {key: 1.0 if p is None else float(multipliers[p]) for key, p in best.items()}


def _belongs(key: str, prefix: str) -> bool:
    return key == prefix or key.startswith(prefix.rstrip("/") + "/")
