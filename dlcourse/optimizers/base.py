"""What all optimizers share.

The base class does the bookkeeping that every optimizer needs: it checks the gradients, asks
for the learning rate, keeps what must be remembered between two updates, and applies the
change. A subclass is its textbook formula. What is asked of numbers, parameters and gradients
stands in `_checks`.

Small parameters of one dtype are laid end to end in one long vector, so a formula runs once
over all of them, however many there are; a large one is such a vector by itself.
"""

import contextlib
import copy
import itertools
import math
import warnings
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray
from numpy.typing import NDArray

from dlcourse._helpers.naming import belongs
from dlcourse.autodiff import Variable
from dlcourse.optimizers._checks import (
    Checked,
    at_least_0,
    callable_or_none,
    checked_gradient,
    checked_state,
    expand_multipliers,
    fraction,
    refuse_other_parameters,
    refuse_two_names,
    refuse_what_is_not_finite,
    shape_and_dtype,
    tuple_of_names,
    with_zeros_for_frozen,
)

LearningRate = float | Callable[[int], float]
Params = MutableMapping[str, Any]
Vector = NDArray[np.floating[Any]]


class Optimizer:
    """The part that all optimizers share. Use one of its subclasses.

    A subclass names in `_state_names` the vectors it remembers between two updates
    and writes its formula into `_step`.

    Parameters
    ----------
    learning_rate : float or callable
        The rate η, or a schedule: a function from the iteration (0, 1, 2, ...) to
        the rate, asked at each update.
    rate_multipliers : dict of str to float, optional
        Scales the rate of all parameters under a name: ``"dense1"`` stands for
        ``"dense1/weights"`` and ``"dense1/bias"`` (not for ``"dense10/bias"``).
        0 keeps them where they are; the longest matching name wins.
    l2 : float
        Adds ``l2 * w`` to each gradient: the gradient of the penalty ``l2 / 2 * sum(w**2)``.
    no_decay : tuple of str
        Which parameters `l2` and weight decay leave alone: by the last parts of their names,
        as in ``("bias", "gain", "shift")``, or by the first, as in ``("dense1",)``.
    clip : callable, optional
        Called with the dict of gradients before they are used, as `clip_by_global_norm` is:
        ``clip=lambda grads: clip_by_global_norm(grads, 1.0)``.
    average : float, optional
        Keeps an exponential average of the parameters, of which this share is kept at each
        update, such as 0.999; see `averaged`.

    Attributes
    ----------
    iterations : int
        Updates made so far.
    last_learning_rate : float or None
        The rate of the last update; 0 if all parameters were frozen.

    Notes
    -----
    All of these are attributes, and what they are at the next update counts.

    References
    ----------
    Equation :eq:`l2-penalty` of chapter 11. Equation :eq:`decoupled-decay` of chapter 11, for
    the attribute `weight_decay`, which every optimizer has.
    """

    # (A NumPy float64 would silently turn float32 arithmetic into float64.)
    learning_rate: Any = Checked(
        lambda value, name: value if callable(value) else at_least_0(value, name)
    )
    l2: Any = Checked(at_least_0)
    no_decay: Any = Checked(tuple_of_names)
    clip: Any = Checked(callable_or_none)
    average: Any = Checked(lambda value, name: None if value is None else fraction(value, name))
    weight_decay: Any = 0.0  # decoupled from the gradient: AdamW sets it

    _state_names: ClassVar[tuple[str, ...]] = ()
    _known: dict[str, Any]  # the parameters of the last update
    _variables: list[Variable]  # those that are variables, and may be frozen
    _groups: "list[_Group]"
    _averages: dict[str, Any]
    _loaded: dict[str, Any] | None  # waits for the update that brings the shapes

    def __init__(
        self,
        learning_rate: LearningRate,
        *,
        rate_multipliers: Mapping[str, float] | None = None,
        l2: float = 0.0,
        no_decay: tuple[str, ...] = (),
        clip: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
        average: float | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.rate_multipliers = rate_multipliers
        self.l2 = l2
        self.no_decay = no_decay
        self.clip = clip
        self.average = average
        self.iterations = 0
        self.last_learning_rate: float | None = None
        self._forget()

    def _step(
        self, gradient: Vector, learning_rate: Any, state: dict[str, Vector], step: Vector
    ) -> None:
        """Write into `step` what is to be added to the parameters: ``step[...] = ...``.

        The formula holds for each entry by itself: it gets the entries of several parameters at
        once, and those of a large one in several parts.
        `self.iterations` counts this update already: it is the t of the formulas, from 1.
        `gradient`, `step` and each vector of `state` have the same shape and dtype;
        `gradient` may be the caller's, and is not changed.
        `learning_rate` is a float, or such a vector when parameters have rates of their own.
        """
        raise TypeError("Optimizer has no formula of its own; use a subclass such as SGD")

    @property
    def current_learning_rate(self) -> float:
        """The rate of the next update: `learning_rate`, or the schedule's value now."""
        rate: LearningRate = self.learning_rate
        if not callable(rate):
            return rate
        now = rate(self.iterations)
        return at_least_0(now, f"the learning rate at iteration {self.iterations}")

    # --- one update -----------------------------------------------------------------------

    def update(self, params: Params, grads: Mapping[str, Any]) -> None:
        """Change the parameters by one step.

        Parameters
        ----------
        params : dict of str to Variable, ndarray or float
            The parameters. A variable gets another value, an array (float32 or float64) is
            written into; plain floats, handy for two-parameter toys, are replaced in the dict.
        grads : dict of str to ndarray or float
            The gradient of the loss for each parameter: same keys, same shapes. Those of
            frozen variables may be left out.

        Raises
        ------
        ValueError
            If keys or shapes differ, a gradient is not finite, one parameter has two names, or
            the learning rate is negative or not finite.
        TypeError
            If a parameter is not of a float dtype, or a gradient not made of numbers.

        Warns
        -----
        UserWarning
            If the parameters are other variables than at the last update, with the same names:
            what is remembered was learned with those.

        Notes
        -----
        Everything is checked before anything is changed.
        """
        are_new = self._lay_out(params)
        rate, factors = self.current_learning_rate, self._rate_factors(params)
        gradients = self._gathered(params, grads)
        if self.clip is not None:
            gradients = self._gathered(params, self.clip(dict(grads)))
        if are_new:
            refuse_two_names(params)
            self._known, self._loaded = dict(params), None
        # All is checked: from here on things change.
        if self.average is not None and not self._averages:
            self._averages = {key: np.array(_value(w)) for key, w in params.items()}
        decaying = self._decaying(params) if self.l2 or self.weight_decay else []
        self.iterations += 1
        self.last_learning_rate = rate if factors is None or any(factors.values()) else 0.0
        for group, gradient in zip(self._groups, gradients, strict=True):
            if self.l2:
                gradient = gradient.copy()
                for key, part in group.cut(gradient):
                    if key in decaying:
                        part += self.l2 * _value(params[key])
            rates: Any = rate if factors is None else rate * group.spread(factors)
            step = np.zeros(gradient.shape, gradient.dtype)
            for block, state in group.blocks:
                of_block = rates if factors is None else rates[block]
                if self._step(gradient[block], of_block, state, step[block]) is not None:  # type: ignore[func-returns-value]
                    raise TypeError(
                        f"_step of {type(self).__name__} returned something; it writes into `step`"
                    )
            for key, part in group.cut(step):
                factor = 1.0 if factors is None else factors[key]
                if self.weight_decay and key in decaying:
                    part -= rate * factor * self.weight_decay * _value(params[key])
                if factor:
                    _move(params, key, part)
            step.setflags(write=False)  # it may be the memory of variables now
        for key, average in self._averages.items() if self.average is not None else ():
            average += (1 - self.average) * (_value(params[key]) - average)

    def _gathered(self, params: Params, grads: Mapping[str, Any]) -> list[Vector]:
        """Return the gradients of each group end to end, if all of them are as they must be."""
        if grads.keys() != params.keys():
            grads = with_zeros_for_frozen(params, grads)
        gradients = [group.gather(grads) for group in self._groups]
        for group, gradient in zip(self._groups, gradients, strict=True):
            # The sum of squares reads every entry once; it is finite unless one of them is not,
            # or they are so large that it overflows, and then a second look finds nothing.
            if not math.isfinite(np.vdot(gradient, gradient)):
                refuse_what_is_not_finite(dict(group.cut(gradient)))
        return gradients

    def _rate_factors(self, params: Params) -> dict[str, float] | None:
        """Return what the rate of each parameter is multiplied by; None if that is 1 for all."""
        if self.rate_multipliers is None and all(w.trainable for w in self._variables):
            return None
        factors = expand_multipliers(self.rate_multipliers or {}, params)
        frozen = [key for key, w in params.items() if not getattr(w, "trainable", True)]
        return {**factors, **dict.fromkeys(frozen, 0.0)}

    def _decaying(self, params: Params) -> list[str]:
        """Return the parameters that are made smaller: neither frozen nor excepted."""
        return [
            key
            for key, w in params.items()
            if getattr(w, "trainable", True)
            and key.rpartition("/")[2] not in self.no_decay
            and not any(belongs(key, name) for name in self.no_decay)
        ]

    # --- averages of the parameters --------------------------------------------------------

    @contextlib.contextmanager
    def averaged(self, params: Params) -> Iterator[None]:
        """Put the averages of the parameters in their place for a while: to evaluate with them.

        Parameters
        ----------
        params : dict of str to Variable, ndarray or float
            The parameters that were updated.

        Yields
        ------
        None
            Inside the block the parameters are the averages; behind it what they were.

        Raises
        ------
        ValueError
            If the optimizer keeps no averages, or has made no update yet.

        References
        ----------
        B. T. Polyak and A. B. Juditsky, "Acceleration of stochastic approximation by averaging",
        *SIAM Journal on Control and Optimization* 30(4), 1992, 838-855.

        Examples
        --------
        >>> from dlcourse.optimizers import SGD
        >>> params, optimizer = {"w": 0.0}, SGD(1.0, average=0.5)
        >>> optimizer.update(params, {"w": -1.0})
        >>> with optimizer.averaged(params):
        ...     print(params["w"])
        0.5
        >>> params["w"]
        1.0
        """
        if not self._averages:
            raise ValueError("there are no averages: give average= and make an update first")
        before = {key: np.array(_value(w)) for key, w in params.items()}
        if {k: w.shape for k, w in before.items()} != {
            k: w.shape for k, w in self._averages.items()
        }:
            raise ValueError("these are not the parameters that were averaged")
        try:
            for key, average in self._averages.items():
                _put(params, key, average)
            yield
        finally:
            for key, value in before.items():
                _put(params, key, value)

    # --- what is remembered ------------------------------------------------------------------

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
                key: part.copy()
                for group in self._groups
                for key, part in group.cut(group.state[name])
            }
        if self.average is not None:
            state["average"] = {key: average.copy() for key, average in self._averages.items()}
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
            If the names of the remembered vectors are not this optimizer's, or a number in
            them is not usable; nothing has changed. Keys and shapes are compared with the
            parameters at the next `update`.
        TypeError
            If something in it is not made of numbers.
        """
        names = {*self._state_names, *(["average"] if self.average is not None else [])}
        if set(state) != {"iterations", *names}:
            expected = sorted({"iterations", *names})
            raise ValueError(
                f"the state of {type(self).__name__} holds {expected}, got {sorted(state)}"
            )
        iterations = state["iterations"]
        if not isinstance(iterations, int | np.integer) or isinstance(iterations, bool):
            raise TypeError(f"iterations must be a whole number, got {iterations!r}")
        if iterations < 0:
            raise ValueError(f"iterations must be at least 0, got {iterations}")
        loaded: dict[str, Any] = {"iterations": int(iterations)}
        for name in names:
            loaded[name] = {key: checked_state(name, key, x) for key, x in state[name].items()}
        self._forget()
        self.iterations = int(iterations)
        self._loaded = loaded

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or pickle is made of: no views, which would lose their vectors."""
        blank = object.__new__(type(self))
        blank._forget()
        return {**vars(self), **vars(blank), "_loaded": self.state_dict()}

    def _forget(self) -> None:
        self._known, self._groups, self._averages, self._variables = {}, [], {}, []
        self._loaded = None

    # --- the places of the parameters --------------------------------------------------------

    def _lay_out(self, params: Params) -> bool:
        """Make room for these parameters, if they are not those of the last update."""
        if not params:
            raise ValueError("params is empty: there is nothing to update")
        known = self._known
        if known.keys() == params.keys() and all(
            known[key] is w or (isinstance(w, float) and isinstance(known[key], float))
            for key, w in params.items()
        ):
            return False
        kinds = {key: shape_and_dtype(key, w) for key, w in params.items()}
        if not known:  # nothing was updated yet
            self._make_room(params, kinds)
        else:
            refuse_other_parameters(kinds, {k: v for g in self._groups for k, v in g.kinds()})
            if any(isinstance(w, Variable) for w in params.values()):
                warnings.warn(
                    f"this {type(self).__name__} goes on after {self.iterations} updates of other "
                    f"variables with the same names; make a new one for a new model",
                    stacklevel=3,
                )
        self._variables = [w for w in params.values() if isinstance(w, Variable)]
        return True

    def _make_room(self, params: Params, kinds: dict[str, Any]) -> None:
        """Lay the parameters end to end; take over what `load_state_dict` was given."""
        shapes: dict[Any, dict[str, tuple[int, ...]]] = {}  # of each group
        for key, (shape, dtype) in kinds.items():
            of_its_own = key if math.prod(shape) >= _LARGE else None
            shapes.setdefault((dtype, of_its_own), {})[key] = shape
        groups = [_Group(s, dtype, self._state_names) for (dtype, _), s in shapes.items()]
        # Before its first update an optimizer remembers nothing.
        if self._loaded is not None and self._loaded["iterations"] > 0:
            for name in self._state_names:
                parts = {k: part for g in groups for k, part in g.cut(g.state[name])}
                _restore(name, self._loaded[name], parts)
            if self.average is not None:
                self._averages = {key: np.array(_value(w)) for key, w in params.items()}
                _restore("average", self._loaded["average"], self._averages)
        self._groups = groups

    def __repr__(self) -> str:
        return f"{type(self).__name__}(learning_rate={self.learning_rate!r})"


# So many entries are a vector by themselves: it costs more to copy them to the others than to
# run a formula once more.
_LARGE = 2**14

# A formula goes over so many entries at a time: what its first lines read and write is still in
# the processor's cache when the next ones need it.
_BLOCK = 2**15

_ARRAYS = ndarray, np.floating  # a sum of an array is no array, but has a shape and a dtype too


class _Group:
    """Parameters of one dtype, laid end to end; or a large one by itself."""

    def __init__(
        self, shapes: dict[str, tuple[int, ...]], dtype: Any, state_names: tuple[str, ...]
    ) -> None:
        self.sizes = [math.prod(shape) for shape in shapes.values()]
        ends = itertools.accumulate(self.sizes, initial=0)
        places = [slice(*pair) for pair in itertools.pairwise(ends)]
        self.places = [(k, places[i], shapes[k]) for i, k in enumerate(shapes)]
        self.gradient: Vector = np.zeros(sum(self.sizes), dtype)
        self.state = {name: np.zeros_like(self.gradient) for name in state_names}
        blocks = [slice(i, i + _BLOCK) for i in range(0, self.gradient.size, _BLOCK)]
        self.blocks = [(b, {name: x[b] for name, x in self.state.items()}) for b in blocks]

    def cut(self, vector: Vector) -> list[tuple[str, Any]]:
        """Return a long vector cut into views, one for each parameter, with its name."""
        return [(key, vector[place].reshape(shape)) for key, place, shape in self.places]

    def kinds(self) -> list[tuple[str, Any]]:
        """Return the shape and dtype of each parameter, with its name."""
        return [(key, (shape, self.gradient.dtype)) for key, _, shape in self.places]

    def gather(self, grads: Mapping[str, Any]) -> Vector:
        """Return the gradients end to end, as a vector that is not to be changed."""
        dtype, found = self.gradient.dtype, []
        for key, _, shape in self.places:
            g = grads[key]
            if not isinstance(g, _ARRAYS) or g.shape != shape or g.dtype != dtype:
                g = checked_gradient(key, g, shape).astype(dtype)
            found.append(g)
        if len(found) == 1:
            alone: Vector = found[0].reshape(-1)
            alone.setflags(write=False)  # it is the caller's array, seen as a vector
            return alone
        return np.concatenate(found, axis=None, out=self.gradient)

    def spread(self, factors: Mapping[str, float]) -> Vector:
        """Return a vector with the factor of its parameter for each entry."""
        own = [factors[key] for key, _, _ in self.places]
        return np.repeat(own, self.sizes).astype(self.gradient.dtype)


# --- parameters of all three kinds: variables, arrays, floats -------------------------------


def _value(w: Any) -> Any:
    return w.value if isinstance(w, Variable) else w


def _move(params: Params, key: str, step: Any) -> None:
    """Add a step to a parameter; the memory of the step becomes that of a variable's value."""
    w = params[key]
    if isinstance(w, Variable):
        if w.trainable:
            step += w.value
            w.replace(step)
    elif isinstance(w, ndarray):
        w += step
    else:
        params[key] = float(w + step)


def _put(params: Params, key: str, value: Any) -> None:
    """Give a parameter another value."""
    w = params[key]
    if isinstance(w, Variable):
        w.assign(value)
    elif isinstance(w, ndarray):
        w[...] = value
    else:
        params[key] = float(value)


def _restore(name: str, loaded: Mapping[str, Any], parts: Mapping[str, Any]) -> None:
    """Copy what `load_state_dict` was given into its place."""
    for key in parts.keys() | loaded.keys():
        found = np.shape(loaded[key]) if key in loaded else "nothing"
        wanted = parts[key].shape if key in parts else "nothing"
        if found != wanted:
            raise ValueError(
                f"the loaded {name} does not fit the parameters: for {key!r} it has {found}, "
                f"expected {wanted}"
            )
    for key, part in parts.items():
        part[...] = loaded[key]
