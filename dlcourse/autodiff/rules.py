"""The derivative of every function, one line each where that is enough.

A *vector-Jacobian product* (VJP) answers one question: if the loss changes by `g` for
each unit of a function's output, by how much does it change for each unit of one of
its inputs? A rule lists one answer for each input, in plain NumPy::

    define_vjp(np.multiply, lambda g, out, a, b: g * b, lambda g, out, a, b: g * a)

`g` has the shape of the output `out`; what follows are the function's own arguments.
A rule need not care about broadcasting: the tape sums its answer down to the shape of
the input. And since a rule is made of functions that have rules themselves, gradients
can be differentiated again, to any order. A function that is written with others needs no
rule at all (`define_composite`; those of more than a line are in `_composites`).

Where a derivative does not exist, the convention is: 0 for `abs`, `sign` and `relu` at
0 and for `norm` at the zero vector; equal shares for ties of `max`, `min`, `maximum`
and `minimum`; 1 for `clip` on its bounds; 0 for the exponent of `power` where the base is
not positive. Elsewhere NumPy's own answer stands, such as `inf` for `sqrt` at 0, and so
`nan` for `std` where all entries are equal.
"""

import operator
from typing import Any

import numpy as np

from dlcourse import _composites, _functions
from dlcourse.autodiff.variable import CONSTANT, define_composite, define_vjp, fused, primitive

# --- arithmetic -----------------------------------------------------------------------

define_vjp(np.positive, lambda g, out, a: g)
define_vjp(np.negative, lambda g, out, a: -g)
define_vjp(np.add, lambda g, out, a, b: g, lambda g, out, a, b: g)
define_vjp(np.subtract, lambda g, out, a, b: g, lambda g, out, a, b: -g)
define_vjp(np.multiply, lambda g, out, a, b: g * b, lambda g, out, a, b: g * a)
define_vjp(np.divide, lambda g, out, a, b: g / b, lambda g, out, a, b: -g * out / b)
define_vjp(np.reciprocal, lambda g, out, a: -g * out * out)
define_vjp(np.square, lambda g, out, a: g * 2 * a)
# (Where both are 0, the 1 added to the base makes 0 of what would be 0 times infinity.)
define_vjp(np.power, lambda g, out, a, b: g * b * (a + ((a == 0) & (b == 0))) ** (b - 1),
           lambda g, out, a, b: g * np.log(np.where(a > 0, a, 1)) * out)  # fmt: skip
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


def _chosen(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Pass on what belongs to `a`: all where it was chosen, half where it tied with `b`."""
    return np.where(a == b, 0.5 * g, g * (a == out))


for choice in (np.maximum, np.minimum):
    define_vjp(choice, _chosen, lambda g, out, a, b: _chosen(g, out, b, a))
define_vjp(np.where, None, lambda g, out, chosen, a, b: np.where(chosen, g, 0),
           lambda g, out, chosen, a, b: np.where(chosen, 0, g))  # fmt: skip
define_vjp(np.clip, lambda g, out, a, a_min=None, a_max=None, *, min=None, max=None: g * (out == a))

# --- sums and other reductions --------------------------------------------------------


def _spread(g: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Repeat the gradient of a reduction along the axes that were reduced."""
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, np.shape(a))


def _ties(g: Any, out: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Share the gradient of a maximum or minimum among all entries that attain it."""
    chosen = a == _spread(out, a, axis, keepdims)
    return _spread(g, a, axis, keepdims) * chosen / np.sum(chosen, axis, keepdims=True)


def _product(g: Any, out: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Multiply by the product of all other entries, also where some are 0."""
    if np.all(a):
        return _spread(g * out, a, axis, keepdims) / a
    axes = tuple(range(np.ndim(a))) if axis is None else tuple(np.atleast_1d(axis))
    moved = np.moveaxis(a, axes, range(-len(axes), 0))
    flat = np.reshape(moved, (*np.shape(moved)[: np.ndim(a) - len(axes)], 1, -1))
    others = np.prod(np.where(np.eye(np.shape(flat)[-1], dtype=bool), 1.0, flat), axis=-1)
    others = np.moveaxis(np.reshape(others, np.shape(moved)), range(-len(axes), 0), axes)
    return _spread(g, a, axis, keepdims) * others


def _running_sum(g: Any, out: Any, a: Any, axis: Any = None) -> Any:
    """Add up from the other end: an entry is part of its own sum and of all later ones."""
    return np.reshape(np.flip(np.cumsum(np.flip(g, axis), axis), axis), np.shape(a))


define_vjp(np.sum, lambda g, out, a, axis=None, *, keepdims=False: _spread(g, a, axis, keepdims))
define_vjp(np.mean, lambda g, out, a, axis=None, *, keepdims=False:
           _spread(g * (np.size(g) / max(1, np.size(a))), a, axis, keepdims))  # fmt: skip
define_vjp(np.prod, _product)
define_vjp(np.cumsum, _running_sum)
define_vjp(np.max, _ties)
define_vjp(np.min, _ties)
define_composite(np.amax, np.max)
define_composite(np.amin, np.min)
define_composite(np.var, _composites.variance)
define_composite(np.std, lambda a, axis=None, *, ddof=0, keepdims=False:
                 np.sqrt(np.var(a, axis, ddof=ddof, keepdims=keepdims)))  # fmt: skip

# --- shapes ---------------------------------------------------------------------------


def _inverse(axes: Any) -> Any:
    """Return the permutation that undoes a permutation of axes."""
    return None if axes is None else np.argsort(np.mod(axes, len(axes)))


define_vjp(np.reshape, lambda g, out, a, shape: np.reshape(g, np.shape(a)))
define_vjp(np.ravel, lambda g, out, a: np.reshape(g, np.shape(a)))
define_vjp(np.squeeze, lambda g, out, a, axis=None: np.reshape(g, np.shape(a)))
define_vjp(np.expand_dims, lambda g, out, a, axis: np.reshape(g, np.shape(a)))
define_vjp(np.broadcast_to, lambda g, out, a, shape: g)
define_vjp(np.swapaxes, lambda g, out, a, axis1, axis2: np.swapaxes(g, axis1, axis2))
define_vjp(np.moveaxis, lambda g, out, a, source, destination: np.moveaxis(g, destination, source))
define_vjp(np.transpose, lambda g, out, a, axes=None: np.transpose(g, _inverse(axes)))

# --- taking apart and putting together ------------------------------------------------

scatter = primitive(_functions.scatter)
define_vjp(operator.getitem, lambda g, out, a, index: scatter(g, index, np.shape(a)))
define_vjp(scatter, lambda g, out, a, index, shape: g[index])
for moved in (np.take, np.take_along_axis, np.diagonal, np.split, np.array_split, np.flip, np.roll,
              np.repeat, np.tile):  # fmt: skip
    define_composite(moved, _composites.moving(moved))
define_composite(np.sort, lambda a, axis=-1:
                 np.take_along_axis(a, np.argsort(a, axis, kind="stable"), axis))  # fmt: skip
define_composite(np.trace, lambda a, offset=0, axis1=0, axis2=1:
                 np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1))  # fmt: skip


@fused
def _concatenate(*arrays: Any, axis: int = 0) -> Any:
    value = np.concatenate(arrays, axis)
    ends = np.cumsum([np.shape(a)[axis] for a in arrays])
    return value, lambda g, wanted=None: np.split(g, ends[:-1], axis)


def _join(arrays: Any, axis: int | None = 0) -> Any:
    return _concatenate(*(arrays if axis is not None else map(np.ravel, arrays)), axis=axis or 0)


define_composite(np.concatenate, _join)
define_composite(np.stack, lambda arrays, axis=0:
                 np.concatenate([np.expand_dims(a, axis) for a in arrays], axis))  # fmt: skip

# --- products -------------------------------------------------------------------------


def _t(a: Any) -> Any:
    """Return the transpose of a matrix, or of each matrix of a stack."""
    return np.swapaxes(a, -1, -2)


def _matmul_left(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Return the VJP of ``a @ b`` for `a`."""
    if np.ndim(b) == 1:
        return np.expand_dims(g, -1) * b
    return g @ _t(b) if np.ndim(a) > 1 else (b @ np.expand_dims(g, -1))[..., 0]


def _matmul_right(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Return the VJP of ``a @ b`` for `b`."""
    if np.ndim(a) == 1:
        return a * g if np.ndim(b) == 1 else np.expand_dims(a, -1) * np.expand_dims(g, -2)
    return _t(a) @ g if np.ndim(b) > 1 else (_t(a) @ np.expand_dims(g, -1))[..., 0]


define_vjp(np.matmul, _matmul_left, _matmul_right)
define_composite(np.dot, _composites.dot)
define_composite(np.outer, lambda a, b: np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1)))
define_composite(np.tensordot, _composites.tensordot)


@fused
def _einsum(*operands: Any, subscripts: str) -> Any:
    *terms, output = subscripts.replace("->", ",").split(",")

    def exchanged(i: int, g: Any) -> Any:
        """Let the output and operand `i` change places."""
        others = [*terms[:i], *terms[i + 1 :]]
        kept = [c for c in terms[i] if c in output + "".join(others)]
        text = f"{','.join([output, *others])}->{''.join(kept)}"
        product = np.einsum(text, g, *operands[:i], *operands[i + 1 :])
        # An index that only this operand has was summed over: each of its entries got all of g.
        lonely = [k for k, c in enumerate(terms[i]) if c not in kept]
        return np.expand_dims(product, lonely) * np.ones_like(operands[i])

    value = np.einsum(subscripts, *operands)
    return value, lambda g, wanted: [exchanged(i, g) if w else None for i, w in enumerate(wanted)]


define_composite(np.einsum, lambda subscripts, *operands:
                 _einsum(*operands, subscripts=_composites.spelled_out(subscripts)))  # fmt: skip


# --- linear algebra -------------------------------------------------------------------


define_vjp(np.linalg.inv, lambda g, out, a: -(_t(out) @ g @ _t(out)))


@primitive
def _solve(a: Any, b: Any) -> Any:
    return np.linalg.solve(a, b)


def _solve_of_any(a: Any, b: Any) -> Any:
    return _solve(a, np.reshape(b, (-1, 1)))[..., 0] if np.ndim(b) == 1 else _solve(a, b)


define_vjp(_solve, lambda g, out, a, b: -_solve(_t(a), g) @ _t(out),
           lambda g, out, a, b: _solve(_t(a), g))  # fmt: skip
define_composite(np.linalg.solve, _solve_of_any)


define_composite(np.linalg.norm, _composites.norm)


# --- functions that networks are made of ----------------------------------------------


relu, sigmoid = primitive(_functions.relu), primitive(_functions.sigmoid)
softmax, logsumexp = primitive(_functions.softmax), primitive(_functions.logsumexp)
define_vjp(relu, lambda g, out, x: g * (out > 0))
define_vjp(sigmoid, lambda g, out, x: g * out * (1 - out))
define_vjp(softmax, lambda g, out, x, axis=-1: out * (g - np.sum(g * out, axis, keepdims=True)))
define_vjp(logsumexp, lambda g, out, x, axis=None, keepdims=False:
           _spread(g, x, axis, keepdims) * np.exp(x - _spread(out, x, axis, keepdims)))  # fmt: skip

# --- functions without a derivative, or with the derivative 0 -------------------------

CONSTANT.update({
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal, np.isclose,
    np.isfinite, np.isinf, np.isnan, np.signbit, np.logical_and, np.logical_or, np.logical_not,
    np.floor, np.ceil, np.trunc, np.rint, np.round, np.floor_divide, np.allclose, np.array_equal,
    np.argmax, np.argmin, np.argsort, np.all, np.any, np.count_nonzero, np.nonzero, np.result_type,
    np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.full_like, np.empty_like,
})  # fmt: skip
