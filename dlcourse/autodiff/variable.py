"""Arrays that remember where they came from.

A `Tensor` holds an array and behaves like one: operators and NumPy functions work on
it. Its only secret is a number, its key. Whenever an operation is applied to tensors,
each active tape that knows one of them writes down what was done. A `Variable` is a
tensor that every tape knows and an optimizer may change; its key is negative.

Arrays inside tensors are read-only, so a value that a gradient will be computed from can't
be changed by mistake. (A view of a variable changes with it: the tape notices that.)

The second half of the file is how an operation comes to its derivative. The derivatives
themselves, one line each, are in `rules`.
"""

import functools
import inspect
import itertools
import operator
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy import generic, ndarray  # np.ndarray takes longer to look up than to compare
from numpy.typing import ArrayLike

from dlcourse._names import describe, name_of

Function = Callable[..., Any]

_keys = itertools.count(1)

_NO_OPTIONS: dict[str, Any] = {}


class _Active(threading.local):
    """The tapes that record now, innermost last; each thread has its own."""

    def __init__(self) -> None:
        self.tapes: list[Any] = []


active = _Active()


def _unary(function: Function) -> Any:
    return lambda self: apply(function, (self,))


def _binary(function: Function) -> Any:
    """Return the methods behind ``tensor + other`` and ``other + tensor``."""
    return (lambda a, b: apply(function, (a, b))), (lambda b, a: apply(function, (a, b)))


class Tensor:
    """An array whose operations can be recorded.

    Parameters
    ----------
    value : array_like of float32, float64 or whole numbers
        Copied; whole numbers become float64.
    name : str, optional
        Used in error messages and drawings.

    Attributes
    ----------
    value : ndarray
        The array; read-only. A result without axes is a NumPy scalar.
    key : int
        By which tapes know it.
    name : str or None
    tape : weak reference or None
        To the innermost tape that recorded it.

    Examples
    --------
    >>> x = Tensor([1.0, 2.0])
    >>> np.exp(x) @ x + 1
    <Tensor: shape (), float64, value 18.496394026320345>
    """

    __slots__ = ("__weakref__", "key", "name", "tape", "value")

    def __init__(self, value: ArrayLike, name: str | None = None) -> None:
        array = np.array(value)
        self._begin(array.astype(np.float64) if array.dtype.kind in "iu" else array, name)

    def _begin(self, array: Any, name: str | None) -> None:
        if array.dtype not in (np.float32, np.float64):
            what = f"the value of {name!r}" if name else "the value"
            hint = "; write 3.0 instead of 3" if array.dtype.kind in "iu" else ""
            raise TypeError(f"{what} must be float32 or float64, got {array.dtype}{hint}")
        array.setflags(write=False)
        self.value, self.name, self.key = array, name, next(_keys)
        self.tape: Any = None  # a weak reference to the innermost that recorded it, for `graph`

    # --- what it looks like ---------------------------------------------------------

    shape = property(operator.attrgetter("value.shape"), doc="The shape of the array.")
    ndim = property(operator.attrgetter("value.ndim"), doc="The number of axes.")
    size = property(operator.attrgetter("value.size"), doc="The number of entries.")
    dtype = property(operator.attrgetter("value.dtype"), doc="The dtype of the array.")
    T = property(lambda self: np.transpose(self), doc="The transpose.")

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator["Tensor"]:
        return (self[i] for i in range(len(self)))

    def __float__(self) -> float:
        return float(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __format__(self, spec: str) -> str:
        return format(self.value if self.ndim else float(self.value), spec)

    def __repr__(self) -> str:
        named = f" {self.name!r}" if self.name else ""
        what = type(self).__name__
        return f"<{what}{named}: shape {self.shape}, {self.dtype}, value {self.value}>"

    def __reduce__(self) -> Any:  # a copy shares no memory, and no tape knows it
        return type(self), (self.value, self.name)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError("a plain array of a tensor would lose its gradient; use its .value for one")

    # --- how NumPy hands its functions over --------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        if method != "__call__":
            raise TypeError(f"np.{ufunc.__name__}.{method} has no rule; use np.sum and its kin")
        return apply(ufunc, args, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return apply(function, args, kwargs)

    # --- operators, and methods that arrays have too --------------------------------------

    __add__, __radd__ = _binary(np.add)
    __sub__, __rsub__ = _binary(np.subtract)
    __mul__, __rmul__ = _binary(np.multiply)
    __truediv__, __rtruediv__ = _binary(np.divide)
    __matmul__, __rmatmul__ = _binary(np.matmul)
    __pow__, __rpow__ = _binary(np.power)
    __getitem__ = _binary(operator.getitem)[0]
    __neg__, __pos__, __abs__ = map(_unary, (np.negative, np.positive, np.absolute))
    __lt__, __gt__ = _binary(np.less)[0], _binary(np.greater)[0]
    __le__, __ge__ = _binary(np.less_equal)[0], _binary(np.greater_equal)[0]
    __eq__, __ne__ = _binary(np.equal)[0], _binary(np.not_equal)[0]
    __hash__ = object.__hash__

    def reshape(self, *shape: Any) -> Any:
        """Return the entries in another shape, as `numpy.reshape` does.

        Parameters
        ----------
        *shape : int, or a tuple of int
            One length may be -1: whatever is left.

        Returns
        -------
        Tensor
        """
        return apply(np.reshape, (self, shape[0] if len(shape) == 1 else shape))

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Return the sum, as `numpy.sum` does.

        Parameters
        ----------
        axis : int or tuple of int, optional
            What to reduce; everything by default.
        keepdims : bool
            Leave reduced axes in place, with length 1.

        Returns
        -------
        Tensor
        """
        return apply(np.sum, (self,), {"axis": axis, "keepdims": keepdims})

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Return the mean, as `numpy.mean` does.

        Parameters
        ----------
        axis : int or tuple of int, optional
            What to reduce; everything by default.
        keepdims : bool
            Leave reduced axes in place, with length 1.

        Returns
        -------
        Tensor
        """
        return apply(np.mean, (self,), {"axis": axis, "keepdims": keepdims})

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Return the largest entry, as `numpy.max` does.

        Parameters
        ----------
        axis : int or tuple of int, optional
            What to reduce; everything by default.
        keepdims : bool
            Leave reduced axes in place, with length 1.

        Returns
        -------
        Tensor
        """
        return apply(np.max, (self,), {"axis": axis, "keepdims": keepdims})

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Return the smallest entry, as `numpy.min` does.

        Parameters
        ----------
        axis : int or tuple of int, optional
            What to reduce; everything by default.
        keepdims : bool
            Leave reduced axes in place, with length 1.

        Returns
        -------
        Tensor
        """
        return apply(np.min, (self,), {"axis": axis, "keepdims": keepdims})


class Variable(Tensor):
    """A tensor that is watched by every tape, and that an optimizer may change.

    Parameters
    ----------
    value : array_like of float32 or float64
        Copied. Whole numbers are refused: small steps would be lost in them.
    name : str, optional
        Used in error messages and drawings.

    Attributes
    ----------
    value : ndarray
        The array now; a read-only view. Change it with `assign` or an optimizer.
    version : int
        Rises whenever the value changes. It is drawn from the same numbers as the keys,
        so a change later than an operation has a greater number than its result.

    Raises
    ------
    TypeError
        If `value` is neither of dtype float32 nor float64.

    Examples
    --------
    >>> w = Variable(3.0, name="w")
    >>> w.assign(w.value - 1)
    >>> w
    <Variable 'w': shape (), float64, value 2.0>
    """

    __slots__ = ("array", "version")

    def __init__(self, value: ArrayLike, name: str | None = None) -> None:
        self.array = np.array(value)  # for optimizers, which call `touch` when they wrote
        self._begin(self.array.view(), name)
        self.key = -self.key  # negative: every tape knows it without looking it up
        self.touch()

    def assign(self, value: ArrayLike) -> None:
        """Replace the value.

        Parameters
        ----------
        value : array_like
            Of the same shape; stored in the variable's dtype.

        Raises
        ------
        ValueError
            If the shape differs.
        """
        new = np.asarray(value)
        if new.shape != self.array.shape:
            shapes = f"has shape {self.array.shape}; a value of shape {new.shape}"
            raise ValueError(f"{describe(self)} {shapes} can't be assigned to it")
        self.array[...] = new
        self.touch()

    def touch(self) -> None:
        """Note that the value has changed."""
        self.version = next(_keys)


# --- how an operation comes to its derivative --------------------------------------------


class Rule(NamedTuple):
    """How a function of tensors is computed, and its derivatives.

    Parameters
    ----------
    plain : callable
        The function for plain arrays.
    vjps : tuple of (callable or None)
        At the position of each argument its VJP, or None if there is no derivative for
        it. Empty: `plain` takes tensors, it is written with functions that have rules.
    most : float
        How many arguments may be given by position: a whole number, or infinity.
    options : frozenset of str
        Which may be given by keyword.
    """

    plain: Function
    vjps: tuple[Function | None, ...]
    most: float
    options: frozenset[str]


RULES: dict[Function, Rule] = {}
_NO_RULE = Rule(lambda: None, (), -1, frozenset())  # fits no call

CONSTANT: set[Function] = set()
"""Functions with a derivative of 0 or none, such as comparisons; they return arrays."""


def define_vjp(function: Function, *vjps: Function | None) -> None:
    """Give a function its derivatives.

    Parameters
    ----------
    function : callable
        A NumPy function or ufunc, or a function made with `primitive`.
    *vjps : callable or None
        One for each positional argument, called as ``vjp(g, out, *args, **kwargs)``. None,
        or leaving out the last ones, says there is no derivative for that argument. What
        their signatures name beyond the arguments are the options that the function may be
        called with; others are refused.

    Examples
    --------
    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> define_vjp(cube, lambda g, out, x: g * 3 * x**2)
    """
    own = 2 + len(vjps)  # g, out and the arguments; what follows them are options
    signatures = [inspect.signature(vjp).parameters.items() for vjp in vjps if vjp]
    options = dict(item for items in signatures for item in list(items)[own:])
    more = sum(p.kind == p.POSITIONAL_OR_KEYWORD for p in options.values())
    plain = getattr(function, "__wrapped__", function)  # behind NumPy's dispatcher, or `primitive`
    RULES[function] = Rule(plain, vjps + (None,) * more, len(vjps) + more, frozenset(options))


def primitive(function: Function) -> Function:
    """Let a function of arrays take tensors too; it then needs a rule by `define_vjp`.

    Parameters
    ----------
    function : callable
        Written for plain arrays.

    Returns
    -------
    callable
        The same function, which a tape records as one operation.

    Examples
    --------
    >>> @primitive
    ... def double(x):
    ...     return x + x
    >>> double(3.0)
    6.0
    """
    return _taking_tensors(function, is_fused=False)


def fused(function: Function) -> Function:
    """Let a function that brings its own derivative take tensors.

    Parameters
    ----------
    function : callable
        ``function(*arrays, **options)`` returns ``value, vjp``; ``vjp(g, wanted)`` returns
        one gradient for each array, or None where ``wanted`` is false. Give `wanted` a
        default, so that one can call it by hand.

    Returns
    -------
    callable
        Returns the value alone: a Tensor if a tensor was given, else an array or number. The
        function itself is its attribute ``with_vjp``.

    Examples
    --------
    >>> @fused
    ... def double(x):
    ...     return 2 * x, lambda g, wanted=(True,): (2 * g,)
    >>> double(3.0)
    6.0
    >>> value, vjp = double.with_vjp(3.0)
    >>> vjp(1.0)
    (2.0,)
    """
    call = _taking_tensors(function, is_fused=True)
    call.with_vjp = function  # type: ignore[attr-defined]
    return call


def _taking_tensors(function: Function, is_fused: bool) -> Function:
    """Return a function that is recorded if a tensor is among its arguments, else just called."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs:  # derivatives go by positions
            bound = signature.bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        for a in args:
            if type(a) is not ndarray and isinstance(a, Tensor):
                if is_fused:
                    return _record(call, function, None, args, kwargs)
                return apply(call, args, kwargs)
        if not is_fused:
            return function(*args, **kwargs)
        value, _ = function(*args, **kwargs)
        return value.item() if isinstance(value, generic) else value

    return call


def define_composite(function: Function, written_out: Function) -> None:
    """Say how a NumPy function is written with others that have rules.

    Parameters
    ----------
    function : callable
        A NumPy function.
    written_out : callable
        What is called in its place when a tensor is among the arguments.

    Examples
    --------
    `np.std` is written as the root of `np.var`:

    >>> float(RULES[np.std].plain(np.array([1.0, 3.0])))
    1.0
    """
    RULES[function] = Rule(written_out, (), *_limits(written_out))


def _limits(function: Function) -> tuple[float, frozenset[str]]:
    """Return how many arguments may be given by position, and the names of all but `out`."""
    found = inspect.signature(function).parameters.values()
    taken = itertools.takewhile(lambda p: p.name != "out", found)  # nor what comes behind it
    counts = (np.inf if p.kind == p.VAR_POSITIONAL else p.kind != p.KEYWORD_ONLY for p in taken)
    return sum(counts), frozenset(p.name for p in found) - {"out"}


def apply(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any] = _NO_OPTIONS) -> Any:
    """Apply a function to tensors, and let the active tapes write it down.

    Parameters
    ----------
    function : callable
        A NumPy function or one made with `primitive`.
    args : tuple
        Its arguments, tensors among them.
    kwargs : dict, optional
        Its options.

    Returns
    -------
    Tensor
        Or a plain array, for functions such as comparisons.

    Raises
    ------
    TypeError
        If the function, or one of its options, has no derivative rule.
    """
    plain, vjps, most, options = RULES.get(function, _NO_RULE)
    if len(args) > most or (kwargs and _unknown(options, kwargs)):
        return _apply_otherwise(function, args, kwargs)
    if vjps == ():
        return plain(*args, **kwargs)
    return _record(function, plain, vjps, args, kwargs)


def _record(function: Function, plain: Function, vjps: Any, args: Any, kwargs: Any) -> Tensor:
    """Compute a result from plain arrays, and let the active tapes write down how."""
    values, keys, constants = [], [], [*kwargs.values()] if kwargs else []
    for a in args:
        if type(a) is not ndarray and isinstance(a, Tensor):  # (arrays are slow to say no)
            values.append(a.value)
            keys.append(a.key)
        else:  # a NumPy scalar would turn float32 into float64
            values.append(a.item() if isinstance(a, generic) else a)
            keys.append(0)
            constants.append(a)
    try:
        value = plain(*values, **kwargs) if kwargs else plain(*values)
    except ValueError as error:
        shapes = " and ".join(str(v.shape) for v in values if hasattr(v, "shape"))
        error.args = (f"{name_of(function)} of shapes {shapes}: {error}",)
        raise
    if vjps is None:  # fused
        value, vjps = value
    if type(value) is ndarray:
        value.setflags(False)  # type: ignore[call-arg]  # read-only; slower by keyword
    elif not isinstance(value, generic):  # a plain number
        value = np.asarray(value)
    if value.dtype.char not in "fd":
        raise TypeError(f"{name_of(function)} gave {value.dtype}; tensors are float32 or float64")
    out = Tensor.__new__(Tensor)
    out.value, out.key, out.name, out.tape = value, next(_keys), None, None
    for tape in active.tapes:
        tape.record(keys, function, vjps, args, values, kwargs, constants, out)
    return out


def _unknown(options: frozenset[str], kwargs: dict[str, Any]) -> list[str]:
    """Return which keywords a rule with these options can't take; a tensor is no option."""
    return [k for k, v in kwargs.items() if k not in options or isinstance(v, Tensor)]


def _apply_otherwise(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Apply a function that has no rule for this call, if there is a way."""
    if kwargs.get("out") is not None:
        what = f"{name_of(function)} can't write a tensor into an existing array"
        raise TypeError(f"{what}; write a = a + b instead of a += b")
    if function in CONSTANT:
        return function(*map(_plain, args), **{k: _plain(v) for k, v in kwargs.items()})
    use = ""
    if rule := RULES.get(function):
        unknown = _unknown(rule.options, kwargs)
        most = f"more than {rule.most} arguments by position"
        use = f" for {unknown} by keyword" if unknown else f" for {most}"
    raise TypeError(
        f"{name_of(function)} has no derivative rule{use}; write it with functions that have "
        f"one, or wrap a function of your own with primitive and give it one with define_vjp"
    )


def _plain(x: Any) -> Any:
    return x.value if isinstance(x, Tensor) else x


def stop_gradient(x: Any) -> Tensor:
    """Return the value of `x` as a constant: no gradient flows back through it.

    Parameters
    ----------
    x : Tensor or array_like

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from dlcourse.autodiff import grad
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    array(3.)
    """
    return Tensor(_plain(x))
