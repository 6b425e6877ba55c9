"""Arrays that remember where they came from.

A `Tensor` holds an array and behaves like one: operators and NumPy functions work on
it. Its only secret is a number, its key. Whenever an operation is applied to tensors,
each active tape that knows one of them writes down what was done. A `Variable` is a
tensor that every tape knows and an optimizer may change.

Arrays inside tensors are read-only: a value that a gradient will be computed from
can't change behind the tape's back.
"""

import functools
import inspect
import itertools
import operator
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcourse.autodiff import rules

_keys = itertools.count()


class Recorder(Protocol):
    """What an active tape can do."""

    def record(
        self, function: Any, vjp: Any, args: Any, values: Any, kwargs: Any, out: "Tensor"
    ) -> None:
        """Write down an operation, if it was applied to something that is watched.

        Parameters
        ----------
        function : callable
            What was applied.
        vjp : object
            Its derivatives.
        args, values : tuple
            Its arguments, as they were given and as plain arrays.
        kwargs : dict or None
            Its options.
        out : Tensor
            Its result.
        """
        ...  # pragma: no cover


class _Active(threading.local):
    """The tapes that record now, innermost last; each thread has its own."""

    def __init__(self) -> None:
        self.tapes: list[Recorder] = []


active = _Active()


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
        if array.dtype.kind in "iu":
            array = array.astype(np.float64)
        _refuse_unless_float(array, name)
        array.flags.writeable = False
        self.value: Any = array
        self.name = name
        self.key = next(_keys)
        self.tape: Any = None

    # --- what it looks like ---------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return self.value.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.value.ndim  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """The number of entries."""
        return self.value.size  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the array."""
        return self.value.dtype  # type: ignore[no-any-return]

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
        if "out" in kwargs:
            raise TypeError(
                f"np.{ufunc.__name__} can't write a tensor into an existing array; "
                f"write a = a + b instead of a += b"
            )
        return apply(ufunc, args, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return apply(function, args, kwargs)

    @staticmethod
    def _apply(function: Any, args: Any, kwargs: Any) -> Any:
        return apply(function, args, kwargs)

    # --- operators -------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        return apply(np.add, (self, other))

    def __radd__(self, other: Any) -> Any:
        return apply(np.add, (other, self))

    def __sub__(self, other: Any) -> Any:
        return apply(np.subtract, (self, other))

    def __rsub__(self, other: Any) -> Any:
        return apply(np.subtract, (other, self))

    def __mul__(self, other: Any) -> Any:
        return apply(np.multiply, (self, other))

    def __rmul__(self, other: Any) -> Any:
        return apply(np.multiply, (other, self))

    def __truediv__(self, other: Any) -> Any:
        return apply(np.divide, (self, other))

    def __rtruediv__(self, other: Any) -> Any:
        return apply(np.divide, (other, self))

    def __matmul__(self, other: Any) -> Any:
        return apply(np.matmul, (self, other))

    def __rmatmul__(self, other: Any) -> Any:
        return apply(np.matmul, (other, self))

    def __pow__(self, other: Any) -> Any:
        return apply(np.power, (self, other))

    def __rpow__(self, other: Any) -> Any:
        return apply(np.power, (other, self))

    def __neg__(self) -> Any:
        return apply(np.negative, (self,))

    def __pos__(self) -> Any:
        return apply(np.positive, (self,))

    def __abs__(self) -> Any:
        return apply(np.absolute, (self,))

    def __getitem__(self, index: Any) -> Any:
        return apply(rules.getitem, (self, index))

    def __lt__(self, other: Any) -> Any:
        return self.value < _plain(other)

    def __le__(self, other: Any) -> Any:
        return self.value <= _plain(other)

    def __gt__(self, other: Any) -> Any:
        return self.value > _plain(other)

    def __ge__(self, other: Any) -> Any:
        return self.value >= _plain(other)

    def __eq__(self, other: object) -> Any:
        return self.value == _plain(other)

    def __ne__(self, other: object) -> Any:
        return self.value != _plain(other)

    __hash__ = object.__hash__

    # --- methods that arrays have too ----------------------------------------------------------

    @property
    def T(self) -> Any:
        """The transpose."""
        return np.transpose(self)

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
        How often the value has changed.

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
        array = np.array(value)
        _refuse_unless_float(array, name)
        self.array = array  # for optimizers, which count up `version` when they write
        self.value = array.view()
        self.value.flags.writeable = False
        self.name = name
        self.key = next(_keys)
        self.tape = None
        self.version = 0

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
        self.version += 1


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
    rule = rules.RULES.get(function)
    if rule is None or len(args) > rule.most or (kwargs and not _known(kwargs, rule)):
        return _apply_otherwise(function, args, kwargs or {})
    values = tuple(
        [a.value if isinstance(a, Tensor) else a.item() if isinstance(a, np.generic) else a
         for a in args]
    )  # fmt: skip
    try:
        value = rule.plain(*values, **kwargs) if kwargs else rule.plain(*values)
    except ValueError as error:
        raise _explained(error, function, values) from None
    out = _wrap(value)
    for tape in active.tapes:
        tape.record(function, rule.vjps, args, values, kwargs, out)
    return out


def fused(function: Callable[..., Any]) -> Callable[..., Any]:
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
        if kwargs:  # the derivative goes by positions
            bound = signature.bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        values = tuple([a.value if isinstance(a, Tensor) else a for a in args])
        value, vjp = function(*values, **kwargs)
        if all(map(operator.is_, values, args)):  # no tensor among them
            return value.item() if isinstance(value, np.generic) else value
        out = _wrap(value)
        for tape in active.tapes:
            tape.record(call, vjp, args, values, kwargs, out)
        return out

    call.with_vjp = function  # type: ignore[attr-defined]
    return call


def stop_gradient(x: Any) -> Any:
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
    return _wrap(x.value) if isinstance(x, Tensor) else Tensor(x)


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


def _wrap(value: Any) -> Tensor:
    """Return a tensor that holds the result of an operation."""
    out = Tensor.__new__(Tensor)
    if type(value) is np.ndarray:
        value.flags.writeable = False
    elif not isinstance(value, np.generic):  # a plain number
        value = np.asarray(value)
    out.value = value
    out.name = None
    out.key = next(_keys)
    out.tape = None
    return out


def _plain(x: Any) -> Any:
    return x.value if isinstance(x, Tensor) else x


def _known(kwargs: dict[str, Any], rule: rules.Rule) -> bool:
    """Return whether a rule knows these options; an option can't be a tensor."""
    tensors = [k for k, v in kwargs.items() if isinstance(v, Tensor)]
    return kwargs.keys() <= rule.keywords and not tensors


def _apply_otherwise(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Apply a function that has no rule of its own, if there is a way."""
    if function in rules.COMPOSITES:
        written_out = rules.COMPOSITES[function]
        try:
            inspect.signature(written_out).bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(
                f"{name_of(function)}: no derivative rule for this use of it ({error}); leave "
                f"the option out, or give a function of your own a rule with define_vjp"
            ) from None
        return written_out(*args, **kwargs)
    if function in rules.CONSTANT:
        return function(*map(_plain, args), **{k: _plain(v) for k, v in kwargs.items()})
    if function in rules.RULES:
        rule = rules.RULES[function]
        if len(args) > rule.most:
            what = f"more than {rule.most} arguments by position"
        else:
            odd = [k for k, v in kwargs.items() if k not in rule.keywords or isinstance(v, Tensor)]
            what = f"{sorted(odd)} by keyword"
        raise TypeError(
            f"{name_of(function)}: no derivative rule for {what}; leave the option out, or give "
            f"a function of your own a rule with define_vjp"
        )
    raise TypeError(
        f"{name_of(function)} has no derivative rule; write it with functions that have one, or "
        f"wrap it with primitive and give it a rule with define_vjp"
    )


def _explained(error: ValueError, function: Any, values: tuple[Any, ...]) -> ValueError:
    if isinstance(error, np.linalg.LinAlgError):
        return error
    shapes = " and ".join(
        str(np.shape(v)) for v in values if isinstance(v, np.ndarray | np.generic)
    )
    return ValueError(f"{name_of(function)} can't combine shapes {shapes}: {error}")


def _refuse_unless_float(array: NDArray[Any], name: str | None) -> None:
    if array.dtype not in (np.float32, np.float64):
        what = f"the value of {name!r}" if name else "the value"
        hint = "; write 3.0 instead of 3" if array.dtype.kind in "iu" else ""
        raise TypeError(f"{what} must be float32 or float64, got {array.dtype}{hint}")
