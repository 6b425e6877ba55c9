"""What a tensor is: an array whose operations can be recorded.

A `Tensor` holds an array and behaves like one: operators, NumPy functions and the methods
of arrays work on it. Beside the array it has a number of its own, its key, by which a tape
(see `tape`) recognizes it. A `Variable` is a tensor that every tape knows by itself, and that
an optimizer may give another value.

The array of a tensor never changes. Results are read-only; a variable that gets another
value gets another array, and what was computed from the old one stays as it was.

How an operation is carried out, and where its derivative comes from, stands in `functions`.
"""

import itertools
import operator
import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np
from numpy import generic, ndarray
from numpy.typing import ArrayLike

from dlcourse._helpers.naming import describe
from dlcourse.autodiff.elementary import cast

Function = Callable[..., Any]

_new_key = itertools.count(1).__next__


class _Active(threading.local):
    """The tapes that record now, innermost last; each thread has its own."""

    def __init__(self) -> None:
        self.tapes: list[Any] = []


active = _Active()

_SERIES = list, tuple
# What is handed on as it is. (They are told by type, since to ask for an attribute takes long.)
SIMPLE_TYPES = frozenset({bool, int, float, str, slice, type(None), type(...)})


def _unary(function: Function) -> Any:
    return lambda self: self._apply(function, (self,))


def _binary(function: Function) -> Any:
    """Return the methods behind ``tensor + other`` and ``other + tensor``."""
    return (
        lambda a, b: a._apply(function, (a, _operand(b))),
        lambda b, a: b._apply(function, (_operand(a), b)),  # a + b calls b.__radd__(a)
    )


def _operand(x: Any) -> Any:
    """Return a list as the array that arithmetic takes it for."""
    return np.asarray(x) if isinstance(x, _SERIES) else x


def _method(function: Function, summary: str) -> Any:
    """Return a method of tensors that does what a NumPy function does."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    name = function.__name__
    method.__doc__ = f"""{summary}, as `numpy.{name}` does.

        Parameters
        ----------
        *args, **kwargs
            What `numpy.{name}` takes beside the array.

        Returns
        -------
        Tensor
        """
    return method


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
        By which tapes recognize it; no two tensors have the same.
    name : str or None
    recorded_by : weak reference or None
        To the innermost tape that recorded it, for `graph`.

    Examples
    --------
    >>> x = Tensor([1.0, 2.0])
    >>> np.exp(x) @ x + 1
    <Tensor: shape (), float64, value 18.496394026320345>
    """

    __slots__ = ("__weakref__", "key", "name", "recorded_by", "value")

    # How an operation is carried out. `functions` needs tensors, so it comes later, and puts
    # its `apply` here.
    _apply: ClassVar[Function]

    # pandas steps back for such objects: ``series - tensor`` then comes to the tensor.
    __pandas_priority__ = 10_000

    def __init__(self, value: ArrayLike, name: str | None = None) -> None:
        array = np.array(value)
        if array.dtype.kind in "iu":
            array = array.astype(np.float64)
        self._hold(_checked(array, name), name)

    def _hold(self, value: Any, name: str | None = None) -> None:
        """Take a value that nobody else can change: a fresh array, or one that is read-only."""
        if type(value) is ndarray:
            value.setflags(False)  # type: ignore[call-arg]  # read-only; slower by keyword
        self.value = value
        self.key, self.name = _new_key(), name
        self.recorded_by: Any = None

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

    def __bool__(self) -> bool:
        return bool(self.value)

    def __format__(self, spec: str) -> str:
        return format(self.value if self.ndim else self.value.item(), spec)

    def __repr__(self) -> str:
        named = f" {self.name!r}" if self.name else ""
        what = type(self).__name__
        return f"<{what}{named}: shape {self.shape}, {self.dtype}, value {self.value}>"

    def __reduce__(self) -> Any:  # out of a pickle comes a new tensor, with a new key
        return type(self), (self.value, self.name)

    def __copy__(self) -> Any:
        return np.positive(self)

    def __deepcopy__(self, memo: Any) -> Any:
        return np.positive(self)

    # --- where it would become a plain number, and its gradient would get lost ------------

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError(
            f"{describe(self)} would become a plain array and lose its gradient. Put tensors "
            f"together with np.stack or np.concatenate in place of np.array; keep the tensor on "
            f"the left of other libraries' objects; use its .value where it is meant as a constant"
        )

    def __float__(self) -> float:
        return self._as_number("float")

    def __complex__(self) -> complex:
        return complex(self._as_number("complex"))

    def item(self) -> float:
        """Return the only entry as a plain number, for reading and printing.

        Returns
        -------
        float

        Raises
        ------
        TypeError
            While a tape records that knows the tensor: the number would have no gradient.
        ValueError
            If there are several entries.
        """
        return self._as_number("item")

    def _as_number(self, how: str) -> float:
        if any(tape.knows(self) for tape in active.tapes):
            raise TypeError(
                f"{how}() would make a plain number of {describe(self)}, and its gradient would "
                f"get lost. While a tape records, use NumPy's functions (np.sin for math.sin, "
                f"np.sum for math.fsum) and np.stack to put numbers together; after it, "
                f"{how}() works; .value is a constant"
            )
        return float(self.value.item())

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(
            f"{describe(self)} can't be written into: what was computed from it would change. "
            f"Use np.where to replace entries, or assign to give a Variable another value"
        )

    # --- NumPy looks for these two among its arguments, and calls them instead of computing ---

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        if method != "__call__":
            raise TypeError(f"np.{ufunc.__name__}.{method} has no rule; use np.sum and its kin")
        return self._apply(ufunc, tuple([_operand(a) for a in args]), kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._apply(function, args, kwargs)

    # --- operators, and methods that arrays have too --------------------------------------

    __add__, __radd__ = _binary(np.add)
    __sub__, __rsub__ = _binary(np.subtract)
    __mul__, __rmul__ = _binary(np.multiply)
    __truediv__, __rtruediv__ = _binary(np.divide)
    __floordiv__, __rfloordiv__ = _binary(np.floor_divide)
    __mod__, __rmod__ = _binary(np.remainder)
    __matmul__, __rmatmul__ = _binary(np.matmul)
    __pow__, __rpow__ = _binary(np.power)
    __neg__, __pos__, __abs__ = map(_unary, (np.negative, np.positive, np.absolute))
    __lt__, __gt__ = _binary(np.less)[0], _binary(np.greater)[0]
    __le__, __ge__ = _binary(np.less_equal)[0], _binary(np.greater_equal)[0]
    __eq__, __ne__ = _binary(np.equal)[0], _binary(np.not_equal)[0]
    __hash__ = object.__hash__

    sum = _method(np.sum, "Return the sum")
    prod = _method(np.prod, "Return the product")
    mean = _method(np.mean, "Return the mean")
    var = _method(np.var, "Return the variance")
    std = _method(np.std, "Return the standard deviation")
    max = _method(np.max, "Return the largest entry")
    min = _method(np.min, "Return the smallest entry")
    argmax = _method(np.argmax, "Return the place of the largest entry")
    argmin = _method(np.argmin, "Return the place of the smallest entry")
    cumsum = _method(np.cumsum, "Return the running sums")
    cumprod = _method(np.cumprod, "Return the running products")
    dot = _method(np.dot, "Return the product with another array")
    clip = _method(np.clip, "Return the entries, cut off at bounds")
    round = _method(np.round, "Return the entries, rounded: a plain array")
    ravel = _method(np.ravel, "Return the entries in one row")
    squeeze = _method(np.squeeze, "Return the array without axes of length 1")
    swapaxes = _method(np.swapaxes, "Return the array with two axes exchanged")
    repeat = _method(np.repeat, "Return the entries, each several times")
    take = _method(np.take, "Return chosen entries")
    diagonal = _method(np.diagonal, "Return the diagonal")
    trace = _method(np.trace, "Return the sum of the diagonal")

    def __getitem__(self, index: Any) -> Any:
        return self._apply(operator.getitem, (self, index))

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
        return self._apply(np.reshape, (self, shape[0] if len(shape) == 1 else shape))

    def transpose(self, *axes: Any) -> Any:
        """Return the array with its axes in another order, as `numpy.transpose` does.

        Parameters
        ----------
        *axes : int, or a tuple of int
            By default all axes, from the last to the first.

        Returns
        -------
        Tensor
        """
        order = axes[0] if len(axes) == 1 else axes or None
        return self._apply(np.transpose, (self, order))

    def flatten(self) -> Any:
        """Return the entries in one row, as `numpy.ravel` does.

        Returns
        -------
        Tensor
        """
        return np.ravel(self)

    def copy(self) -> Any:
        """Return a tensor of its own with the same entries.

        Returns
        -------
        Tensor
        """
        return np.positive(self)

    def astype(self, dtype: Any) -> Any:
        """Return the entries in another dtype; the gradient comes back in the old one.

        Parameters
        ----------
        dtype : dtype
            float32 or float64.

        Returns
        -------
        Tensor
        """
        return self._apply(cast, (self, np.dtype(dtype)))


class Variable(Tensor):
    """A tensor that is watched by every tape, and that an optimizer may change.

    Parameters
    ----------
    value : array_like of float32 or float64
        Copied. Whole numbers are refused: small steps would be lost in them.
    name : str, optional
        Used in error messages and drawings.
    trainable : bool
        Whether optimizers may change it. A frozen variable has a gradient too, if you ask.

    Attributes
    ----------
    value : ndarray
        The array now; read-only. `assign` and optimizers put another array in its place, so
        one that you took before stays as it was. ``w.value = x`` is ``w.assign(x)``.
    version : int
        How often the value was replaced.

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

    __slots__ = ("_held", "trainable", "version")

    def __init__(self, value: ArrayLike, name: str | None = None, trainable: bool = True) -> None:
        self._held: Any = _checked(np.array(value), name)
        self._held.setflags(write=False)
        self.key, self.name, self.recorded_by = _new_key(), name, None
        self.trainable, self.version = trainable, 0

    value = property(
        operator.attrgetter("_held"),
        lambda self, new: self.assign(new),
        doc="The array now; read-only.",
    )
    array = property(operator.attrgetter("_held"), doc="The value, by an older name.")

    def __reduce__(self) -> Any:
        return type(self), (self.value, self.name, self.trainable)

    def __copy__(self) -> "Variable":  # a variable of its own, to be trained by itself
        return type(self)(self.value, self.name, self.trainable)

    def __deepcopy__(self, memo: Any) -> "Variable":
        return self.__copy__()

    def as_it_was(self, value: Any) -> "Variable":
        """Return this variable as it was when it held another value, for the tapes.

        Parameters
        ----------
        value : ndarray
            What it was.

        Returns
        -------
        Variable
            Itself, if that is its value now; else one with the same key.
        """
        if value is self._held:
            return self
        past = Variable.__new__(Variable)
        past._held, past.name, past.key, past.recorded_by = value, self.name, self.key, None
        past.version, past.trainable = self.version, self.trainable
        return past

    def assign(self, value: ArrayLike) -> None:
        """Replace the value.

        Parameters
        ----------
        value : array_like
            Of the same shape; copied, in the variable's dtype.

        Raises
        ------
        ValueError
            If the shape differs.
        TypeError
            If the value is not made of real numbers.
        """
        given = value.value if isinstance(value, Tensor) else np.asarray(value)
        if given.dtype.kind not in "fiub":
            raise TypeError(f"{describe(self)} takes real numbers, got dtype {given.dtype}")
        if given.shape != self.shape:
            shapes = f"has shape {self.shape}; a value of shape {given.shape}"
            raise ValueError(f"{describe(self)} {shapes} can't be assigned to it")
        self.replace(np.array(given, self.dtype))

    def replace(self, array: Any) -> None:
        """Put a fresh array in the place of the value: `assign` without checks or a copy.

        Parameters
        ----------
        array : ndarray
            Of the same shape and dtype, which nobody else holds.
        """
        array.setflags(write=False)
        self._held = array
        self.version += 1


def _checked(array: Any, name: str | None) -> Any:
    """Return an array in the byte order of the machine, if tensors can hold it."""
    if array.dtype.kind == "f" and array.dtype.itemsize in (4, 8):
        return array.astype(array.dtype.newbyteorder("="), copy=False)
    what = f"the value of {name!r}" if name else "the value"
    hint = "; write 3.0 instead of 3" if array.dtype.kind in "iu" else ""
    raise TypeError(f"{what} must be float32 or float64, got {array.dtype}{hint}")


def is_locked(array: Any) -> bool:
    """Return whether nobody can write to the memory of an array.

    Parameters
    ----------
    array : ndarray

    Returns
    -------
    bool
        True if it is read-only, and so is the array that owns its memory.

    Examples
    --------
    >>> a = np.ones(3)
    >>> is_locked(a), is_locked(np.broadcast_to(a, (2, 3))), is_locked(Tensor(a).value)
    (False, False, True)
    """
    owner = array if array.base is None else array.base
    if not isinstance(owner, ndarray) or not owner.flags.owndata:
        return False  # the memory of another library: who knows
    return not (array.flags.writeable or owner.flags.writeable)


def number_or_array(x: Any) -> Any:
    """Return the array of a tensor, and anything else as NumPy should compute with it.

    Parameters
    ----------
    x : object
        A tensor, array, number, list, or whatever else is given to a function.

    Returns
    -------
    object
        A NumPy scalar becomes a Python number: it would turn float32 arithmetic into float64.

    Examples
    --------
    >>> number_or_array(Tensor([1.0])), number_or_array(np.float64(2.0))
    (array([1.]), 2.0)
    """
    if type(x) is ndarray:  # first, and by its type: the most frequent, and slow to say no below
        return x
    if type(x) in SIMPLE_TYPES:
        return x
    if isinstance(x, Tensor):
        return x.value
    if isinstance(x, generic):
        return x.item()
    is_array_like = hasattr(x, "__array__") and not isinstance(x, type)  # other libraries' arrays
    return np.asarray(x) if is_array_like else x
