"""Arrays that remember where they came from.

A `Tensor` holds an array and behaves like one: operators and NumPy functions work on
it. Its only secret is a number, its key. Whenever an operation is applied to tensors,
each active tape that knows one of them writes down what was done. A `Variable` is a
tensor that every tape knows and an optimizer may change.

Arrays inside tensors are read-only: a value that a gradient will be computed from
can't change behind the tape's back.

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
from numpy.typing import ArrayLike

Function = Callable[..., Any]

_keys = itertools.count(1)


class _Active(threading.local):
    """The tapes that record now, innermost last; each thread has its own."""

    def __init__(self) -> None:
        self.tapes: list[Any] = []


active = _Active()


def _unary(function: Function) -> Any:
    return lambda self: apply(function, (self,))


def _binary(function: Function) -> Any:
    """Return the methods behind ``tensor + other`` and ``other + tensor``."""
    return (
        lambda self, other: apply(function, (self, other)),
        lambda self, other: apply(function, (other, self)),
    )


def _compare(function: Function) -> Any:
    return lambda self, other: function(self.value, _plain(other))


class Tensor:
    """An array whose operations can be recorded.

    Parameters
    ----------
    value : array_like of float32 or float64
        Copied; whole numbers become float64.
    name : str, optional
        Used in error messages and drawings.

    Attributes
    ----------
    value : ndarray
        The array; read-only.

    Examples
    --------
    >>> x = Tensor([1.0, 2.0])
    >>> np.exp(x) @ x + 1
    <Tensor: shape (), float64, value 18.496394026320345>
    """

    __slots__ = ("__weakref__", "key", "name", "tape", "value")
    __array_priority__ = 100.0

    watched = False

    def __init__(self, value: ArrayLike, name: str | None = None) -> None:
        array = np.array(value)
        self._begin(array.astype(np.float64) if array.dtype.kind in "iu" else array, name)

    def _begin(self, array: Any, name: str | None) -> None:
        if array.dtype not in (np.float32, np.float64):
            what = f"the value of {name!r}" if name else "the value"
            hint = "; write 3.0 instead of 3" if array.dtype.kind in "iu" else ""
            raise TypeError(f"{what} must be float32 or float64, got {array.dtype}{hint}")
        array.flags.writeable = False
        self.value = array
        self.name = name
        self.key = next(_keys)
        self.tape: Any = None  # which recorded it, for those who want to see the graph

    # --- what it looks like ---------------------------------------------------------

    shape = property(lambda self: self.value.shape, doc="The shape of the array.")
    ndim = property(lambda self: self.value.ndim, doc="The number of axes.")
    size = property(lambda self: self.value.size, doc="The number of entries.")
    dtype = property(lambda self: self.value.dtype, doc="The dtype of the array.")
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

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError(
            "a tensor was about to become a plain array, which would lose its gradient; "
            "use its .value if that is what you want"
        )

    # --- how NumPy hands its functions over --------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        if method != "__call__":
            raise TypeError(
                f"np.{ufunc.__name__}.{method} is not differentiable here; use np.sum and its kin"
            )
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
    __lt__, __le__, __gt__ = map(_compare, (operator.lt, operator.le, operator.gt))
    __ge__, __eq__, __ne__ = map(_compare, (operator.ge, operator.eq, operator.ne))
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
        If `value` is not of a float dtype.

    Examples
    --------
    >>> w = Variable(3.0, name="w")
    >>> w.assign(w.value - 1)
    >>> w
    <Variable 'w': shape (), float64, value 2.0>
    """

    __slots__ = ("array", "version")

    watched = True

    def __init__(self, value: ArrayLike, name: str | None = None) -> None:
        self.array = np.array(value)  # for optimizers, which call `touch` when they wrote
        self._begin(self.array.view(), name)
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
            raise ValueError(
                f"{describe(self)} has shape {self.array.shape}; a value of shape {new.shape} "
                f"can't be assigned to it"
            )
        self.array[...] = new
        self.touch()

    def touch(self) -> None:
        """Note that the value has changed."""
        self.version = next(_keys)


# --- how an operation comes to its derivative --------------------------------------------


class Rule(NamedTuple):
    """The derivatives of one function.

    Parameters
    ----------
    vjps : sequence or dict
        At the position of each argument its VJP, or None.
    plain : callable
        The function for plain arrays.
    most : int
        How many arguments may be given by position.
    keywords : frozenset of str
        Which may be given by keyword: the options that the VJPs know.
    """

    vjps: Any
    plain: Function
    most: int
    keywords: frozenset[str]


RULES: dict[Function, Rule] = {}

COMPOSITES: dict[Function, Function] = {}
"""Functions that are written with other functions, and so need no rule."""

CONSTANT: set[Function] = set()
"""Functions with a derivative of 0 or none, such as comparisons; they return arrays."""


def define_vjp(function: Function, *vjps: Function | None) -> None:
    """Give a function its derivatives.

    Parameters
    ----------
    function : callable
        A NumPy function or ufunc, or a function made with `primitive`.
    *vjps : callable or None
        One for each positional argument: ``vjp(g, out, *args, **kwargs)``. None, or
        leaving out the last ones, says there is no derivative for that argument.

    Examples
    --------
    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> define_vjp(cube, lambda g, out, x: g * 3 * x**2)
    """
    parameters = [list(inspect.signature(vjp).parameters.values()) for vjp in vjps if vjp]
    options = [p for of_one in parameters for p in of_one[2 + len(vjps) :]]
    positional = {p.name for p in options if p.kind != p.KEYWORD_ONLY}
    RULES[function] = Rule(
        (*vjps, *[None] * len(positional)),
        getattr(function, "__wrapped__", function),
        len(vjps) + len(positional),
        frozenset(p.name for p in options),
    )


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
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs:  # derivatives go by positions
            bound = signature.bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        tensors = any(isinstance(a, Tensor) for a in args)
        return apply(call, args, kwargs) if tensors else function(*args, **kwargs)

    return call


def fused(function: Function) -> Function:
    """Let a function that brings its own derivative take tensors.

    Parameters
    ----------
    function : callable
        ``function(*arrays, **options)`` returns ``value, vjp``; ``vjp(g, wanted)`` returns
        one gradient for each array, or None where ``wanted`` is False.

    Returns
    -------
    callable
        Returns the value alone: a Tensor if a tensor was given, else an array. The
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
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            bound = signature.bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        values = [a.value if isinstance(a, Tensor) else a for a in args]
        value, vjp = function(*values, **kwargs)
        for a in args:
            if isinstance(a, Tensor):
                return _result(call, vjp, args, values, kwargs, value)
        return value.item() if isinstance(value, np.generic) else value

    call.with_vjp = function  # type: ignore[attr-defined]
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

    >>> float(COMPOSITES[np.std](np.array([1.0, 3.0])))
    1.0
    """
    COMPOSITES[function] = written_out


def apply(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> Any:
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
    rule = RULES.get(function)
    if rule is None or len(args) > rule.most or (kwargs and _unknown(kwargs, rule)):
        return _apply_otherwise(function, args, kwargs or {})
    values = [
        a.value if isinstance(a, Tensor) else a.item() if isinstance(a, np.generic) else a
        for a in args
    ]
    try:
        value = rule.plain(*values, **kwargs) if kwargs else rule.plain(*values)
    except np.linalg.LinAlgError:
        raise
    except ValueError as error:
        shapes = " and ".join(str(v.shape) for v in values if hasattr(v, "shape"))
        raise ValueError(f"{name_of(function)} can't combine shapes {shapes}: {error}") from None
    return _result(function, rule.vjps, args, values, kwargs or {}, value)


def _result(function: Any, vjp: Any, args: Any, values: Any, kwargs: Any, value: Any) -> Tensor:
    """Return the result of an operation as a tensor, written down by the active tapes."""
    out = Tensor.__new__(Tensor)
    if type(value) is np.ndarray:
        value.flags.writeable = False
    elif not isinstance(value, np.generic):  # a plain number
        value = np.asarray(value)
    out.value, out.key = value, next(_keys)
    out.name = out.tape = None
    for tape in active.tapes:
        tape.record(function, vjp, args, values, kwargs, out)
    return out


def _unknown(kwargs: dict[str, Any], rule: Rule) -> list[str]:
    """Return the options that a rule does not know; an option can't be a tensor."""
    return [k for k, v in kwargs.items() if k not in rule.keywords or isinstance(v, Tensor)]


def _apply_otherwise(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Apply a function that has no rule for this call, if there is a way."""
    if kwargs.get("out") is not None:
        raise TypeError(
            f"{name_of(function)} can't write a tensor into an existing array; write a = a + b "
            f"instead of a += b"
        )
    if function in COMPOSITES:
        written_out = COMPOSITES[function]
        try:
            inspect.signature(written_out).bind(*args, **kwargs)
        except TypeError as error:
            raise _no_rule(function, f"this use of it ({error})") from None
        return written_out(*args, **kwargs)
    if function in CONSTANT:
        return function(*map(_plain, args), **{k: _plain(v) for k, v in kwargs.items()})
    if function not in RULES:
        raise TypeError(
            f"{name_of(function)} has no derivative rule; write it with functions that have one, "
            f"or wrap it with primitive and give it a rule with define_vjp"
        )
    rule = RULES[function]
    if len(args) > rule.most:
        raise _no_rule(function, f"more than {rule.most} arguments by position")
    raise _no_rule(function, f"{sorted(_unknown(kwargs, rule))} by keyword")


def _no_rule(function: Any, what: str) -> TypeError:
    return TypeError(
        f"{name_of(function)}: no derivative rule for {what}; leave the option out, or give a "
        f"function of your own a rule with define_vjp"
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


def describe(x: Tensor) -> str:
    """Return what to call a tensor in a sentence.

    Parameters
    ----------
    x : Tensor

    Returns
    -------
    str

    Examples
    --------
    >>> describe(Variable(1.0, name="w"))
    "the variable 'w'"
    """
    kind = "the variable" if isinstance(x, Variable) else "the tensor"
    return f"{kind} {x.name!r}" if x.name else f"{kind} of shape {x.shape}"


def name_of(function: Any) -> str:
    """Return what to call a function in a sentence.

    Parameters
    ----------
    function : callable

    Returns
    -------
    str

    Examples
    --------
    >>> name_of(np.exp)
    'np.exp'
    """
    name: str = getattr(function, "__name__", repr(function)).lstrip("_")
    for prefix, home in (("np.", np), ("np.linalg.", np.linalg)):
        if getattr(home, name, None) is function:
            return prefix + name
    return name
