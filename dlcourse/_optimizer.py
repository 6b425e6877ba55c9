"""What all optimizers share.

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
# gradient (None if it is used where it is) and the step of its group. (A plain tuple is what
# Python unpacks quickest.)
_Slot = tuple[str, tuple[int, ...], np.dtype[Any], Vector | None, Vector]

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
    _known: dict[str, Any]  # the parameter objects of the last update, by what they are:
    _arrays: list[tuple[Any, Vector]]  # arrays with axes, and the view of their step
    _numbers: list[tuple[Any, Vector]]  # arrays without
    _floats: list[tuple[str, Vector]]  # names of plain floats
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
        rate = self.learning_rate
        if type(rate) is not float:
            # A NumPy float64 would silently turn float32 arithmetic into float64.
            rate = float(rate(self.iterations) if callable(rate) else rate)
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
        names = params.keys()
        if grads.keys() != names:
            raise ValueError(_key_difference(params, grads))
        if names != self._names:
            self._arrange(params)
        rate = self.current_learning_rate
        for key, shape, dtype, gradient, _ in self._slots:
            w, g = params[key], grads[key]
            if w is not self._known[key]:
                self._replace(key, w, shape, dtype)
            try:
                fits = g.shape == shape and g.dtype is dtype
            except AttributeError:  # a plain number or list
                fits = False
            if not fits:
                g = _checked_gradient(key, g, shape).astype(dtype, copy=False)
            if gradient is None:
                self._large[key].gradient = g.reshape(-1)
            else:
                gradient[...] = g
        for group in self._groups:
            # One product looks at every entry. A tenth of the mean can't overflow, so it is
            # finite unless an entry is not. (For a large gradient the sum of squares reads
            # half as much; if that overflows, the look at each entry finds nothing.)
            g, tenths = group.gradient, group.tenths
            if not math.isfinite(np.vdot(g, g) if tenths is None else g.dot(tenths)):
                _refuse_what_is_not_finite(grads, self._slots)
        self.iterations += 1
        for group in self._groups:
            rates = rate if group.multipliers is None else rate * group.multipliers
            self._step(group.gradient, rates, group.state, group.step)
        for group in self._large.values():
            group.gradient = group.step  # let go of an array that is not ours
        if self.weight_decay:
            self._decay(params, rate * self.weight_decay)
        for array, step in self._arrays:
            array += step
        for array, step in self._numbers:
            array[()] += step[()]
        for key, step in self._floats:
            params[key] = float(params[key] + step[()])
        for variable in self._variables:
            variable.touch()

    def _decay(self, params: Params, lost: float) -> None:
        """Shrink every parameter by a share of itself."""
        for key, w in params.items():
            share = 1.0 - lost * (1.0 if self._factors is None else self._factors[key])
            if isinstance(w, float):
                params[key] = share * w
            else:
                array = w.array if isinstance(w, Variable) else w
                array *= share

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

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or pickle is made of: no views, which would lose their arrays."""
        blank = object.__new__(type(self))
        blank._forget()
        return {**vars(self), **vars(blank), "_loaded": self.state_dict()}

    def _forget(self) -> None:
        self._names = None
        self._known = {}
        self._arrays, self._numbers, self._floats, self._variables = [], [], [], []
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
        self._slots = [slot for group in groups for slot in group.slots]
        self._know(dict(params))
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
        self._arrays, self._numbers, self._floats = [], [], []
        for key, shape, _, _, step in self._slots:
            w = params[key]
            if isinstance(w, float):
                self._floats.append((key, step))
            else:
                array = w.array if isinstance(w, Variable) else w
                (self._arrays if shape else self._numbers).append((array, step))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(learning_rate={self.learning_rate!r})"


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
        self.tenths = None if alone else np.full_like(self.step, 0.1 / max(1, size))
        self.state = {name: np.zeros_like(self.step) for name in state_names}
        self.slots: list[_Slot] = [
            (key, shapes[key], dtype, None if alone else gradient, step)
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
