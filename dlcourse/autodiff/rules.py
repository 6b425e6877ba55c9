"""The derivative of every function, one line each.

A *vector-Jacobian product* (VJP) answers one question: if the loss changes by `g` for
each unit of a function's output, by how much does it change for each unit of one of
its inputs? A rule lists one answer for each input, in plain NumPy::

    define_vjp(np.multiply, lambda g, out, a, b: g * b, lambda g, out, a, b: g * a)

`g` has the shape of the output `out`; what follows are the function's own arguments.
A rule need not care about broadcasting: the tape sums its answer down to the shape of
the input. And since a rule is made of functions that have rules themselves, gradients
can be differentiated again, to any order.

Where a derivative does not exist, the convention is: 0 for `abs`, `sign` and `relu` at
0 and for `norm` at the zero vector; equal shares for ties of `max`, `min`, `maximum`
and `minimum`; 1 for `clip` on its bounds. Elsewhere NumPy's own answer stands, such as
`inf` for `sqrt` at 0.
"""

import functools
import inspect
import math
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Function = Callable[..., Any]


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
    options = [p for vjp in vjps if vjp for p in _parameters(vjp)[2 + len(vjps) :]]
    names = {p.name for p in options}
    positional = {p.name for p in options if p.kind != p.KEYWORD_ONLY}
    RULES[function] = Rule(
        (*vjps, *[None] * len(positional)),
        getattr(function, "__wrapped__", function),
        len(vjps) + len(positional),
        frozenset(names),
    )


def define_vjp_of_each(function: Function, vjp: Function) -> None:
    """Give a function of any number of arrays its derivatives.

    Parameters
    ----------
    function : callable
        Made with `primitive`; its options are keyword-only.
    vjp : callable
        ``vjp(i, g, out, *arrays, **options)`` for array number `i`.

    Examples
    --------
    >>> @primitive
    ... def total(*arrays):
    ...     return sum(arrays)
    >>> define_vjp_of_each(total, lambda i, g, out, *arrays: g)
    """
    RULES[function] = Rule(
        _Each(vjp),
        getattr(function, "__wrapped__", function),
        sys.maxsize,
        frozenset(p.name for p in _parameters(vjp) if p.kind == p.KEYWORD_ONLY),
    )


class _Each(dict[int, Function]):
    """One VJP for all positions, told which one it is for."""

    def __init__(self, vjp: Function) -> None:
        super().__init__()
        self.vjp = vjp

    def __missing__(self, i: int) -> Function:
        return functools.partial(self.vjp, i)


def _parameters(vjp: Function) -> list[inspect.Parameter]:
    return list(inspect.signature(vjp).parameters.values())


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
        if any(hasattr(a, "_apply") for a in kwargs.values()):
            bound = signature.bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        for a in args:
            if hasattr(a, "_apply"):
                return a._apply(call, args, kwargs)
        return function(*args, **kwargs)

    return call


def composite(*functions: Function) -> Callable[[Function], Function]:
    """Say how a NumPy function is written with others that have rules.

    Parameters
    ----------
    *functions : callable
        Usually one; several if they do the same.

    Returns
    -------
    callable
        A decorator for the function that is called in their place.

    Examples
    --------
    `np.std` is written as the root of `np.var`:

    >>> float(COMPOSITES[np.std](np.array([1.0, 3.0])))
    1.0
    """

    def register(written_out: Function) -> Function:
        for function in functions:
            COMPOSITES[function] = written_out
        return written_out

    return register


# --- arithmetic -----------------------------------------------------------------------

define_vjp(np.positive, lambda g, out, a: g)
define_vjp(np.negative, lambda g, out, a: -g)
define_vjp(np.add, lambda g, out, a, b: g, lambda g, out, a, b: g)
define_vjp(np.subtract, lambda g, out, a, b: g, lambda g, out, a, b: -g)
define_vjp(np.multiply, lambda g, out, a, b: g * b, lambda g, out, a, b: g * a)
define_vjp(np.divide, lambda g, out, a, b: g / b, lambda g, out, a, b: -g * out / b)
define_vjp(np.reciprocal, lambda g, out, a: -g * out * out)
define_vjp(np.square, lambda g, out, a: g * 2 * a)
define_vjp(
    np.power,
    lambda g, out, a, b: g * b * a ** np.where(b == 0, 1.0, b - 1),
    lambda g, out, a, b: g * np.log(np.where(a > 0, a, 1.0)) * out,
)
define_vjp(np.absolute, lambda g, out, a: g * np.sign(a))
define_vjp(np.sign, lambda g, out, a: g * 0)

# --- powers, exponentials, logarithms -------------------------------------------------

define_vjp(np.sqrt, lambda g, out, a: g * 0.5 / out)
define_vjp(np.cbrt, lambda g, out, a: g / (3 * out * out))
define_vjp(np.exp, lambda g, out, a: g * out)
define_vjp(np.exp2, lambda g, out, a: g * out * float(np.log(2)))
define_vjp(np.expm1, lambda g, out, a: g * (out + 1))
define_vjp(np.log, lambda g, out, a: g / a)
define_vjp(np.log2, lambda g, out, a: g / (a * float(np.log(2))))
define_vjp(np.log10, lambda g, out, a: g / (a * float(np.log(10))))
define_vjp(np.log1p, lambda g, out, a: g / (1 + a))

# --- trigonometric and hyperbolic -----------------------------------------------------

define_vjp(np.sin, lambda g, out, a: g * np.cos(a))
define_vjp(np.cos, lambda g, out, a: -g * np.sin(a))
define_vjp(np.tan, lambda g, out, a: g * (1 + out * out))
define_vjp(np.arcsin, lambda g, out, a: g / np.sqrt(1 - a * a))
define_vjp(np.arccos, lambda g, out, a: -g / np.sqrt(1 - a * a))
define_vjp(np.arctan, lambda g, out, a: g / (1 + a * a))
define_vjp(np.sinh, lambda g, out, a: g * np.cosh(a))
define_vjp(np.cosh, lambda g, out, a: g * np.sinh(a))
define_vjp(np.tanh, lambda g, out, a: g * (1 - out * out))

# --- choices --------------------------------------------------------------------------


def _share(out: Any, a: Any, b: Any) -> Any:
    """Return 1 where `a` was chosen, 1/2 where it tied with `b`, 0 elsewhere."""
    return np.where(a == b, 0.5, np.where(a == out, 1.0, 0.0))


define_vjp(
    np.maximum,
    lambda g, out, a, b: g * _share(out, a, b),
    lambda g, out, a, b: g * _share(out, b, a),
)
define_vjp(
    np.minimum,
    lambda g, out, a, b: g * _share(out, a, b),
    lambda g, out, a, b: g * _share(out, b, a),
)
define_vjp(
    np.where,
    None,
    lambda g, out, condition, a, b: np.where(condition, g, 0),
    lambda g, out, condition, a, b: np.where(condition, 0, g),
)
define_vjp(np.clip, lambda g, out, a, a_min=None, a_max=None, *, min=None, max=None: g * (out == a))

# --- sums and other reductions --------------------------------------------------------


def _spread(g: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Repeat the gradient of a reduction along the axes that were reduced."""
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, np.shape(a))


def _count(a: Any, axis: Any) -> int:
    """Return how many entries go into each entry of a reduction."""
    axes = range(np.ndim(a)) if axis is None else np.atleast_1d(axis)
    return int(np.prod([np.shape(a)[i] for i in axes]))


def _ties(g: Any, out: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Share the gradient of a maximum or minimum among all entries that attain it."""
    chosen = a == _spread(out, a, axis, keepdims)
    count = np.sum(chosen, axis=axis, keepdims=True) if axis is not None else np.sum(chosen)
    return _spread(g, a, axis, keepdims) * (chosen / count)


def _product_of_others(out: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Return for each entry the product of all others, also where some are 0."""
    values = getattr(a, "value", a)
    if np.all(values):
        return _spread(out, a, axis, keepdims) / a
    axes = tuple(range(np.ndim(a))) if axis is None else tuple(np.atleast_1d(axis))
    moved = np.moveaxis(a, axes, range(-len(axes), 0))
    flat = np.reshape(moved, (*np.shape(moved)[: -len(axes)], 1, -1))
    others = np.prod(np.where(np.eye(np.shape(flat)[-1], dtype=bool), 1.0, flat), axis=-1)
    return np.moveaxis(np.reshape(others, np.shape(moved)), range(-len(axes), 0), axes)


define_vjp(np.sum, lambda g, out, a, axis=None, *, keepdims=False: _spread(g, a, axis, keepdims))
define_vjp(
    np.mean,
    lambda g, out, a, axis=None, *, keepdims=False: _spread(g / _count(a, axis), a, axis, keepdims),
)
define_vjp(np.max, lambda g, out, a, axis=None, *, keepdims=False: _ties(g, out, a, axis, keepdims))
define_vjp(np.min, lambda g, out, a, axis=None, *, keepdims=False: _ties(g, out, a, axis, keepdims))
COMPOSITES[np.amax] = np.max
COMPOSITES[np.amin] = np.min
define_vjp(
    np.prod,
    lambda g, out, a, axis=None, *, keepdims=False: (
        _spread(g, a, axis, keepdims) * _product_of_others(out, a, axis, keepdims)
    ),
)


@primitive
def _cumsum(a: Any, axis: int) -> Any:
    return np.cumsum(a, axis=axis)


define_vjp(_cumsum, lambda g, out, a, axis: np.flip(_cumsum(np.flip(g, axis), axis), axis))


@composite(np.cumsum)
def _cumsum_of_any(a: Any, axis: int | None = None) -> Any:
    return _cumsum(np.ravel(a), 0) if axis is None else _cumsum(a, axis)


@composite(np.var)
def _variance(a: Any, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
    deviation = a - np.mean(a, axis=axis, keepdims=True)
    total = np.sum(deviation * deviation, axis=axis, keepdims=keepdims)
    return total / (_count(a, axis) - ddof)


@composite(np.std)
def _standard_deviation(a: Any, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
    return np.sqrt(np.var(a, axis=axis, ddof=ddof, keepdims=keepdims))


# --- shapes ---------------------------------------------------------------------------

define_vjp(np.reshape, lambda g, out, a, shape: np.reshape(g, np.shape(a)))
define_vjp(np.broadcast_to, lambda g, out, a, shape: g)
define_vjp(
    np.transpose,
    lambda g, out, a, axes=None: np.transpose(
        g, None if axes is None else np.argsort(np.asarray(axes) % len(axes))
    ),
)
define_vjp(np.flip, lambda g, out, a, axis=None: np.flip(g, axis))
define_vjp(np.roll, lambda g, out, a, shift, axis=None: np.roll(g, np.negative(shift), axis))


@composite(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    axes = list(range(np.ndim(a)))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return np.transpose(a, axes)


@composite(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    n = np.ndim(a)
    sources = [int(i) % n for i in np.atleast_1d(source)]
    destinations = [int(i) % n for i in np.atleast_1d(destination)]
    axes = [i for i in range(n) if i not in sources]
    for destination, source in sorted(zip(destinations, sources, strict=True)):
        axes.insert(destination, source)
    return np.transpose(a, axes)


@composite(np.ravel)
def _ravel(a: Any) -> Any:
    return np.reshape(a, (-1,))


@composite(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    return np.reshape(a, np.squeeze(np.broadcast_to(0, np.shape(a)), axis).shape)


@composite(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    return np.reshape(a, np.expand_dims(np.broadcast_to(0, np.shape(a)), axis).shape)


# --- taking apart and putting together ------------------------------------------------


@primitive
def getitem(a: Any, index: Any) -> Any:
    """Return ``a[index]``.

    Parameters
    ----------
    a : array or Tensor
    index : slice, int, None, Ellipsis, array of int or bool, or a tuple of them

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> getitem(np.array([1.0, 2.0, 3.0]), [0, 0, 2])
    array([1., 1., 3.])
    """
    return a[index]


@primitive
def scatter(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Return zeros with `g` added at ``[index]``: what `getitem` does, backwards.

    Parameters
    ----------
    g : array or Tensor
        Of the shape of ``a[index]``.
    index : slice, int, None, Ellipsis, array of int or bool, or a tuple of them
    shape : tuple of int
        Of the result.

    Returns
    -------
    ndarray or Tensor
        An entry that `index` names twice gets the sum.

    Examples
    --------
    >>> scatter(np.array([1.0, 10.0, 100.0]), [0, 0, 2], (3,))
    array([ 11.,   0., 100.])
    """
    spread = np.zeros(shape, np.asarray(g).dtype)
    parts = index if isinstance(index, tuple) else (index,)
    if all(isinstance(p, int | slice | type(None) | type(Ellipsis)) for p in parts):
        spread[index] = g
    else:
        np.add.at(spread, index, g)
    return spread


define_vjp(getitem, lambda g, out, a, index: scatter(g, index, np.shape(a)))
define_vjp(scatter, lambda g, out, a, index, shape: getitem(g, index))


@composite(np.take)
def _take(a: Any, indices: Any, axis: int | None = None) -> Any:
    if axis is None:
        return getitem(np.ravel(a), indices)
    return getitem(a, (*[slice(None)] * (axis % np.ndim(a)), indices))


@composite(np.sort)
def _sort(a: Any, axis: int | None = -1) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    index = list(np.ogrid[tuple(slice(n) for n in np.shape(a))])
    index[axis] = np.argsort(a, axis=axis, kind="stable")
    return getitem(a, tuple(index))


@composite(np.diagonal)
def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    a = np.moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = np.shape(a)[-2:]
    length = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    i = np.arange(length)
    return getitem(a, (..., i - min(offset, 0), i + max(offset, 0)))


@composite(np.trace)
def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


@primitive
def _join(*arrays: Any, axis: int = 0) -> Any:
    return np.concatenate(arrays, axis)


def _own_part(i: int, g: Any, out: Any, *arrays: Any, axis: int = 0) -> Any:
    """Return the part of `g` that belongs to array `i` of a concatenation."""
    start = sum(np.shape(a)[axis] for a in arrays[:i])
    where = slice(start, start + np.shape(arrays[i])[axis])
    return getitem(g, (*[slice(None)] * (axis % np.ndim(g)), where))


define_vjp_of_each(_join, _own_part)


@composite(np.concatenate)
def _concatenate(arrays: Any, axis: int | None = 0) -> Any:
    if axis is None:
        return _join(*[np.ravel(a) for a in arrays])
    return _join(*arrays, axis=axis)


@composite(np.stack)
def _stack(arrays: Any, axis: int = 0) -> Any:
    return _join(*[np.expand_dims(a, axis) for a in arrays], axis=axis)


@composite(np.array_split)
def _array_split(a: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    places = np.array_split(np.arange(np.shape(a)[axis]), indices_or_sections)
    before = [slice(None)] * (axis % np.ndim(a))
    return [
        getitem(a, (*before, slice(int(p[0]), int(p[-1]) + 1) if len(p) else slice(0)))
        for p in places
    ]


@composite(np.split)
def _split(a: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    rows = np.shape(a)[axis]
    if np.ndim(indices_or_sections) == 0 and rows % indices_or_sections:
        raise ValueError(f"np.split can't cut {rows} rows into {indices_or_sections} equal parts")
    parts: list[Any] = _array_split(a, indices_or_sections, axis)
    return parts


# --- products -------------------------------------------------------------------------


def _matmul_left(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Return the VJP of ``a @ b`` for `a`."""
    if np.ndim(b) == 1:
        return np.expand_dims(g, -1) * b
    if np.ndim(a) == 1:
        return (b @ np.expand_dims(g, -1))[..., 0]
    return g @ np.swapaxes(b, -1, -2)


def _matmul_right(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Return the VJP of ``a @ b`` for `b`."""
    if np.ndim(a) == 1:
        return a * g if np.ndim(b) == 1 else np.expand_dims(a, -1) * np.expand_dims(g, -2)
    if np.ndim(b) == 1:
        return (np.swapaxes(a, -1, -2) @ np.expand_dims(g, -1))[..., 0]
    return np.swapaxes(a, -1, -2) @ g


define_vjp(np.matmul, _matmul_left, _matmul_right)


@composite(np.dot)
def _dot(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(b) <= 2:
        return np.matmul(a, b)
    return np.tensordot(a, b, axes=(-1, -2))


@composite(np.outer)
def _outer(a: Any, b: Any) -> Any:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@composite(np.tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    if isinstance(axes, int):
        axes = (range(np.ndim(a) - axes, np.ndim(a)), range(axes))
    over_a, over_b = (
        [int(i) % np.ndim(x) for i in np.atleast_1d(list(np.atleast_1d(axis)))]
        for x, axis in zip((a, b), axes, strict=True)
    )
    rest_a = [i for i in range(np.ndim(a)) if i not in over_a]
    rest_b = [i for i in range(np.ndim(b)) if i not in over_b]
    outer_a, outer_b = [np.shape(a)[i] for i in rest_a], [np.shape(b)[i] for i in rest_b]
    size = math.prod(np.shape(a)[i] for i in over_a)
    left = np.reshape(np.transpose(a, rest_a + over_a), (math.prod(outer_a), size))
    right = np.reshape(np.transpose(b, over_b + rest_b), (size, math.prod(outer_b)))
    return np.reshape(left @ right, (*outer_a, *outer_b))


@primitive
def _einsum(*operands: Any, subscripts: str) -> Any:
    return np.einsum(subscripts, *operands)


def _einsum_vjp(i: int, g: Any, out: Any, *operands: Any, subscripts: str) -> Any:
    """Exchange the output and operand `i` in the subscripts."""
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    own, others = terms[i], terms[:i] + terms[i + 1 :]
    # An index that only operand i has was summed over: each of its entries got all of g.
    lonely = [k for k, c in enumerate(own) if c not in output + "".join(others)]
    kept = "".join(c for k, c in enumerate(own) if k not in lonely)
    rest = operands[:i] + operands[i + 1 :]
    product = np.einsum(",".join([output, *others]) + "->" + kept, g, *rest)
    return np.broadcast_to(np.expand_dims(product, lonely), np.shape(operands[i]))


define_vjp_of_each(_einsum, _einsum_vjp)


@composite(np.einsum)
def _einsum_of_any(subscripts: str, *operands: Any) -> Any:
    if not isinstance(subscripts, str):
        raise TypeError('np.einsum: name the indices in a text such as "ij,jk->ik"')
    text = subscripts.replace(" ", "")
    terms = text.split("->")[0].split(",")
    if "." in text or any(len(set(term)) < len(term) for term in terms):
        raise TypeError(
            f"np.einsum({subscripts!r}): ellipses and an index twice in one operand have no "
            f"derivative rule; name all indices, and use np.diagonal or np.trace first"
        )
    if "->" not in text:
        letters = sorted("".join(terms))
        text += "->" + "".join(c for c in letters if letters.count(c) == 1)
    return _einsum(*operands, subscripts=text)


# --- linear algebra -------------------------------------------------------------------


def _t(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


define_vjp(np.linalg.inv, lambda g, out, a: -(_t(out) @ g @ _t(out)))


def _solve_transposed(g: Any, out: Any, a: Any) -> Any:
    """Return what flows back to the right-hand side of a linear system."""
    if np.ndim(out) < np.ndim(a):  # the right-hand sides are vectors, not matrices
        return np.linalg.solve(_t(a), np.expand_dims(g, -1))[..., 0]
    return np.linalg.solve(_t(a), g)


def _solve_left(g: Any, out: Any, a: Any, b: Any) -> Any:
    flow = _solve_transposed(g, out, a)
    if np.ndim(out) < np.ndim(a):
        return -np.expand_dims(flow, -1) * np.expand_dims(out, -2)
    return -flow @ _t(out)


define_vjp(np.linalg.solve, _solve_left, lambda g, out, a, b: _solve_transposed(g, out, a))


@primitive
def _euclidean_norm(a: Any, axis: Any, keepdims: bool) -> Any:
    return np.sqrt(np.sum(a * a, axis=axis, keepdims=keepdims))


define_vjp(
    _euclidean_norm,
    lambda g, out, a, axis, keepdims: (
        _spread(g / np.where(out == 0, 1.0, out), a, axis, keepdims) * a
    ),
)


@composite(np.linalg.norm)
def _norm(a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    vector = np.ndim(a) == 1 or isinstance(axis, int)
    if ord is None or (ord == 2 and vector) or (ord == "fro" and not vector):
        return _euclidean_norm(a, axis, keepdims)
    if vector and ord == 1:
        return np.sum(np.abs(a), axis=axis, keepdims=keepdims)
    if vector and ord == np.inf:
        return np.max(np.abs(a), axis=axis, keepdims=keepdims)
    raise TypeError(f"np.linalg.norm with ord={ord!r} has no derivative rule; see define_vjp")


# --- functions that networks are made of ----------------------------------------------


@primitive
def relu(x: Any) -> Any:
    """Return x where it is positive, else 0; the slope at 0 is 0.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    ndarray or Tensor
        Of the shape and dtype of `x`.

    References
    ----------
    V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann
    machines", ICML, 2010.

    Examples
    --------
    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return np.maximum(x, 0)


define_vjp(relu, lambda g, out, x: g * (out > 0))


@primitive
def sigmoid(x: Any) -> Any:
    r"""Return :math:`1/(1 + e^{-x})`, without overflow on either side.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    ndarray or Tensor
        Between 0 and 1, of the shape of `x`.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016,
    section 3.10.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    # 1/(1+exp(-x)) = (1 + tanh(x/2))/2, and tanh never overflows.
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(x)))


define_vjp(sigmoid, lambda g, out, x: g * out * (1 - out))


@primitive
def softmax(x: Any, axis: int = -1) -> Any:
    r"""Return :math:`e^{x_i} / \sum_j e^{x_j}` along an axis.

    Parameters
    ----------
    x : array_like or Tensor
        The logits, of any shape.
    axis : int
        The axis along which the results add up to 1.

    Returns
    -------
    ndarray or Tensor
        Of the shape of `x`.

    References
    ----------
    J. S. Bridle, "Probabilistic interpretation of feedforward classification network
    outputs", in *Neurocomputing*, Springer, 1990.

    Examples
    --------
    >>> softmax(np.array([0.0, np.log(3.0)])).round(6)
    array([0.25, 0.75])
    """
    # Subtracting the largest changes nothing, and exp can't overflow any more.
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


define_vjp(
    softmax,
    lambda g, out, x, axis=-1: out * (g - np.sum(g * out, axis=axis, keepdims=True)),
)


@primitive
def logsumexp(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    r"""Return :math:`\log \sum_i e^{x_i}`, without overflow.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int, optional
        The axis to sum over; all by default.
    keepdims : bool
        Leave the summed axis in place, with length 1.

    Returns
    -------
    float, ndarray or Tensor

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the
    log-sum-exp and softmax functions", *IMA Journal of Numerical Analysis* 41(4),
    2021, 2311-2330.

    Examples
    --------
    >>> float(logsumexp(np.array([1000.0, 1000.0])).round(6))
    1000.693147
    """
    top = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis)


define_vjp(
    logsumexp,
    lambda g, out, x, axis=None, keepdims=False: (
        _spread(g, x, axis, keepdims) * np.exp(x - _spread(out, x, axis, keepdims))
    ),
)

# --- functions without a derivative, or with the derivative 0 -------------------------

CONSTANT |= {
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.isfinite, np.isinf, np.isnan, np.signbit, np.logical_and, np.logical_or, np.logical_not,
    np.floor, np.ceil, np.trunc, np.rint, np.round, np.floor_divide,
    np.argmax, np.argmin, np.argsort, np.all, np.any, np.count_nonzero, np.nonzero,
    np.allclose, np.isclose, np.array_equal,
    np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.full_like, np.empty_like,
    np.result_type,
}  # fmt: skip
