"""The derivative of every function, one line each where that is enough.

A *vector-Jacobian product* (VJP) answers one question: if the loss changes by `g` for
each unit of a function's output, by how much does it change for each unit of one of
its inputs? A rule lists one answer for each input, in plain NumPy::

    define_vjp(np.multiply, lambda g, out, a, b: g * b, lambda g, out, a, b: g * a)

`g` has the shape of the output `out`; what follows are the function's own arguments.
A rule need not care about broadcasting: the tape sums its answer down to the shape of
the input. (Of ``a[index]`` it answers with a `Placed`, since most of the whole is 0.) And since
a rule is made of functions that have rules themselves, gradients
can be differentiated again, to any order. A function that is written with others needs no
rule at all (`define_composite`; those of more than a line are in `_composites`).

Where a derivative does not exist, the convention is: 0 for `abs`, `sign` and `relu` at
0 and for `norm` at the zero vector; equal shares for ties of `max`, `min`, `maximum`
and `minimum`; 1 for `clip` on its bounds; 0 for the exponent of `power` where the base is
not positive. Elsewhere NumPy's own answer stands, such as `inf` for `sqrt` at 0, and so
`nan` for `std` where all entries are equal.
"""

import functools
import operator
from typing import Any, NamedTuple

import numpy as np

from dlcourse.autodiff import _composites, elementary
from dlcourse.autodiff.elementary import add_at, cast
from dlcourse.autodiff.functions import CONSTANT, define_composite, define_vjp, fused, primitive
from dlcourse.autodiff.variable import number_or_array

# --- functions that networks are made of ----------------------------------------------

relu = primitive(elementary.relu)
sigmoid = primitive(elementary.sigmoid)
softplus = primitive(elementary.softplus)
softmax = primitive(elementary.softmax)
logsumexp = primitive(elementary.logsumexp)
define_vjp(relu, lambda g, out, x: g * (out > 0))
define_vjp(sigmoid, lambda g, out, x: g * out * sigmoid(-x))
define_vjp(softplus, lambda g, out, x: g * sigmoid(x))
define_vjp(softmax, lambda g, out, x, axis=-1: _vjp_of_softmax(g, out, axis))
define_vjp(logsumexp, lambda g, out, x, axis=None, keepdims=False:
           _spread(g, x, axis, keepdims) * softmax(x, axis))  # fmt: skip


def _vjp_of_softmax(g: Any, out: Any, axis: Any) -> Any:
    """Return out * (g - Σ g·out), with g counted from where the probability is largest.

    There the probability may be nearly 1, and its small slope would be lost in a difference.
    """
    largest = out == np.max(out, axis, keepdims=True)
    g = g - np.mean(g, axis, where=largest, keepdims=True)
    return out * (g - np.sum(g * out, axis, keepdims=True))


# --- arithmetic -----------------------------------------------------------------------

define_vjp(np.positive, lambda g, out, a: g)
define_vjp(np.negative, lambda g, out, a: -g)
define_vjp(np.add, lambda g, out, a, b: g, lambda g, out, a, b: g)
define_vjp(np.subtract, lambda g, out, a, b: g, lambda g, out, a, b: -g)
define_vjp(np.multiply, lambda g, out, a, b: g * b, lambda g, out, a, b: g * a)
define_vjp(np.divide, lambda g, out, a, b: g / b, lambda g, out, a, b: -g * out / b)
define_vjp(np.remainder, lambda g, out, a, b: g, lambda g, out, a, b: -g * np.floor_divide(a, b))
define_vjp(np.reciprocal, lambda g, out, a: -g * out * out)
define_vjp(np.square, lambda g, out, a: g * 2 * a)
# (Where both are 0, the 1 added to the base makes 0 of what would be 0 times infinity.)
define_vjp(np.power, lambda g, out, a, b: g * b * (a + ((a == 0) & (b == 0))) ** (b - 1.0),
           lambda g, out, a, b: g * np.log(np.where(a > 0, a, 1.0)) * out)  # fmt: skip
define_vjp(np.absolute, lambda g, out, a: g * np.sign(a))
define_vjp(np.sign, lambda g, out, a: g * 0)
define_vjp(cast, lambda g, out, a, dtype: g)

# --- powers, exponentials, logarithms -------------------------------------------------

define_vjp(np.sqrt, lambda g, out, a: g * 0.5 / out)
define_vjp(np.cbrt, lambda g, out, a: g / (3 * out * out))
define_vjp(np.exp, lambda g, out, a: g * out)
define_vjp(np.exp2, lambda g, out, a: g * out * float(np.log(2)))
define_vjp(np.expm1, lambda g, out, a: g * np.exp(a))
define_vjp(np.log, lambda g, out, a: g / a)
define_vjp(np.log2, lambda g, out, a: g / (a * float(np.log(2))))
define_vjp(np.log10, lambda g, out, a: g / (a * float(np.log(10))))
define_vjp(np.log1p, lambda g, out, a: g / (1 + a))
define_vjp(np.logaddexp, lambda g, out, a, b: g * sigmoid(a - b),
           lambda g, out, a, b: g * sigmoid(b - a))  # fmt: skip

# --- trigonometric and hyperbolic -----------------------------------------------------

define_vjp(np.sin, lambda g, out, a: g * np.cos(a))
define_vjp(np.cos, lambda g, out, a: -g * np.sin(a))
define_vjp(np.tan, lambda g, out, a: g * (1 + out * out))
define_vjp(np.sinc, lambda g, out, a: g * _slope_of_sinc(a))
# (1 - a)(1 + a) keeps the digits that 1 - a*a loses where a is nearly 1.
define_vjp(np.arcsin, lambda g, out, a: g / np.sqrt((1 - a) * (1 + a)))
define_vjp(np.arccos, lambda g, out, a: -g / np.sqrt((1 - a) * (1 + a)))
define_vjp(np.arctan, lambda g, out, a: g / (1 + a * a))
define_vjp(np.arctan2, lambda g, out, a, b: g * _part_of_square(b, a, b),
           lambda g, out, a, b: -g * _part_of_square(a, a, b))  # fmt: skip
define_vjp(np.hypot, lambda g, out, a, b: g * (a / (out + (out == 0))),
           lambda g, out, a, b: g * (b / (out + (out == 0))))  # fmt: skip
define_vjp(np.sinh, lambda g, out, a: g * np.cosh(a))
define_vjp(np.cosh, lambda g, out, a: g * np.sinh(a))
# 1 - out*out would be 0 from a = 20 on; this is the same and has all its digits.
define_vjp(np.tanh, lambda g, out, a: g * 4 * sigmoid(2 * a) * sigmoid(-2 * a))
define_vjp(np.arcsinh, lambda g, out, a: g / np.hypot(1, a))
define_vjp(np.arccosh, lambda g, out, a: g / (np.sqrt(a - 1) * np.sqrt(a + 1)))
define_vjp(np.arctanh, lambda g, out, a: g / ((1 - a) * (1 + a)))


def _part_of_square(c: Any, a: Any, b: Any) -> Any:
    """Return c / (a² + b²), where the squares alone might overflow."""
    length = np.hypot(a, b)
    return c / length / length


def _slope_of_sinc(a: Any) -> Any:
    """Return the derivative of sin(πa)/(πa); near 0 from its series, where the terms cancel."""
    near = np.abs(a) < 0.01
    x = float(np.pi) * np.where(near, 1, a)
    s = (float(np.pi) * np.where(near, a, 0)) ** 2
    series = float(np.pi) ** 2 * a * (-1 / 3 + s / 30 - s**2 / 840)
    return np.where(near, series, float(np.pi) * (np.cos(x) - np.sin(x) / x) / x)


# --- choices --------------------------------------------------------------------------


def _chosen(g: Any, out: Any, a: Any, b: Any) -> Any:
    """Pass on what belongs to `a`: all where it was chosen, half where it tied with `b`."""
    return np.where(a == b, 0.5 * g, g * (a == out))


for choice in (np.maximum, np.minimum):
    define_vjp(choice, _chosen, lambda g, out, a, b: _chosen(g, out, b, a))


@primitive
def _where(chosen: Any, a: Any, b: Any) -> Any:
    return np.where(chosen, a, b)


@primitive
def _clip(a: Any, low: Any, high: Any) -> Any:
    return np.clip(a, low, high)


define_vjp(_where, None, lambda g, out, chosen, a, b: np.where(chosen, g, 0),
           lambda g, out, chosen, a, b: np.where(chosen, 0, g))  # fmt: skip
define_composite(
    np.where, lambda condition, *choices: _composites.where(_where, condition, *choices)
)
define_composite(np.select, _composites.select)
define_vjp(_clip, lambda g, out, a, low, high: g * (out == a),
           lambda g, out, a, low, high: g * ((a < low) & (out == low)),
           lambda g, out, a, low, high: g * ((out == high) & (out != a)))  # fmt: skip
define_composite(np.clip, lambda a, a_min=None, a_max=None, *, min=None, max=None:
                 _composites.clip(_clip, a, a_min, a_max, min, max))  # fmt: skip
define_composite(np.interp, _composites.interp)

# --- sums and other reductions --------------------------------------------------------


def _spread(g: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Repeat the gradient of a reduction along the axes that were reduced."""
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, np.shape(a))


def _vjp_of_max(g: Any, out: Any, a: Any, axis: Any = None, *, keepdims: bool = False,
          initial: Any = None, where: Any = True) -> Any:  # fmt: skip
    """Share the gradient of a maximum or minimum among all entries that attain it."""
    top = _spread(out, a, axis, keepdims)
    chosen = (a == top) & where
    others = 0 if initial is None else top == initial
    count = np.maximum(np.sum(chosen, axis, keepdims=True) + others, 1)
    return _spread(g, a, axis, keepdims) * chosen / count


def _vjp_of_prod(g: Any, out: Any, a: Any, axis: Any = None, *, keepdims: bool = False,
             dtype: Any = None, initial: Any = 1, where: Any = True) -> Any:  # fmt: skip
    """Multiply by the product of all other entries: those before it times those behind."""
    a = np.where(where, a, 1)
    flat = _composites.reduced_last(a, axis)
    before, behind = np.ones_like(flat[..., :1]), np.ones_like(flat[..., :1])
    before = np.concatenate([before, np.cumprod(flat[..., :-1], -1)], -1)
    behind = np.flip(np.concatenate([behind, np.cumprod(np.flip(flat[..., 1:], -1), -1)], -1), -1)
    others = _composites.unreduced(before * behind, np.shape(a), axis)
    return _spread(g, a, axis, keepdims) * (others * initial * where)


def _vjp_of_cumsum(g: Any, out: Any, a: Any, axis: Any = None) -> Any:
    """Add up from the other end: an entry is part of its own sum and of all later ones."""
    return np.reshape(np.flip(np.cumsum(np.flip(g, axis), axis), axis), np.shape(a))


def _vjp_of_sum(g: Any, out: Any, a: Any, axis: Any = None, *, keepdims: bool = False,
                dtype: Any = None, initial: Any = 0, where: Any = True) -> Any:  # fmt: skip
    """Give each entry that was added the whole gradient."""
    everywhere = _spread(g, a, axis, keepdims)
    return everywhere if where is True else everywhere * where


def _vjp_of_mean(g: Any, out: Any, a: Any, axis: Any = None, *, keepdims: bool = False,
                   dtype: Any = None, where: Any = True) -> Any:  # fmt: skip
    """Give each entry its share of the mean: one over how many there are."""
    if where is True:
        return _spread(g * (np.size(g) / max(1, np.size(a))), a, axis, keepdims)
    return _spread(g / _composites.count(a, axis, where, keepdims), a, axis, keepdims) * where


define_vjp(np.sum, _vjp_of_sum)
define_vjp(np.mean, _vjp_of_mean)
define_vjp(np.prod, _vjp_of_prod)
define_vjp(np.cumsum, _vjp_of_cumsum)
define_vjp(np.max, _vjp_of_max)
define_vjp(np.min, _vjp_of_max)
define_composite(np.amax, np.max)
define_composite(np.amin, np.min)
define_composite(np.cumprod, _composites.cumprod)
define_composite(np.var, _composites.variance)
define_composite(np.std, _composites.standard_deviation)
define_composite(np.ptp, lambda a, axis=None, *, keepdims=False:
                 np.max(a, axis, keepdims=keepdims)
                 - np.min(a, axis, keepdims=keepdims))  # fmt: skip
define_composite(np.average, _composites.average)
define_composite(np.median, _composites.median)
define_composite(np.cov, _composites.cov)
define_composite(np.nansum, lambda a, axis=None, *, keepdims=False:
                 np.sum(np.where(np.isnan(a), 0, a), axis, keepdims=keepdims))  # fmt: skip
define_composite(np.nanmean, lambda a, axis=None, *, keepdims=False:
                 np.mean(a, axis, keepdims=keepdims, where=~np.isnan(a)))  # fmt: skip

# --- shapes ---------------------------------------------------------------------------


def _inverse(axes: Any) -> Any:
    """Return the permutation that undoes a permutation of axes."""
    return None if axes is None else np.argsort(np.mod(axes, len(axes)))


def _vjp_of_tile(g: Any, out: Any, a: Any, reps: Any) -> Any:
    """Add up the copies: each axis becomes two, copies and entries, and the first is summed."""
    reps = np.atleast_1d(reps)
    lengths = (1,) * (len(reps) - np.ndim(a)) + np.shape(a)
    reps = (1,) * (len(lengths) - len(reps)) + tuple(map(int, reps))
    split = [n for pair in zip(reps, lengths, strict=True) for n in pair]
    return np.reshape(np.sum(np.reshape(g, split), tuple(range(0, len(split), 2))), np.shape(a))


define_vjp(np.reshape, lambda g, out, a, shape: np.reshape(g, np.shape(a)))
define_vjp(np.ravel, lambda g, out, a: np.reshape(g, np.shape(a)))
define_vjp(np.squeeze, lambda g, out, a, axis=None: np.reshape(g, np.shape(a)))
define_vjp(np.expand_dims, lambda g, out, a, axis: np.reshape(g, np.shape(a)))
define_vjp(np.broadcast_to, lambda g, out, a, shape: g)
define_vjp(np.swapaxes, lambda g, out, a, axis1, axis2: np.swapaxes(g, axis1, axis2))
define_vjp(np.moveaxis, lambda g, out, a, source, destination: np.moveaxis(g, destination, source))
define_vjp(np.transpose, lambda g, out, a, axes=None: np.transpose(g, _inverse(axes)))
define_vjp(np.flip, lambda g, out, a, axis=None: np.flip(g, axis))
define_vjp(np.roll, lambda g, out, a, shift, axis=None: np.roll(g, np.negative(shift), axis))
define_vjp(np.tile, _vjp_of_tile)
define_vjp(np.triu, lambda g, out, a, k=0: np.triu(g, k))
define_vjp(np.tril, lambda g, out, a, k=0: np.tril(g, k))
define_composite(np.atleast_1d, _composites.atleast_1d)
define_composite(np.atleast_2d, _composites.atleast_2d)

# --- taking apart and putting together ------------------------------------------------

scatter = primitive(elementary.scatter)


class Placed(NamedTuple):
    """A gradient that is `g` at `index` and 0 elsewhere: what the rule of ``a[index]`` returns.

    A tape adds such parts into one array, so that a hundred slices don't cost a hundred arrays.

    Parameters
    ----------
    g : ndarray or number
        Of the shape of ``a[index]``.
    index : object
        The index into the array.
    shape : tuple of int
        Of the array.
    """

    g: Any
    index: Any
    shape: tuple[int, ...]

    def add_to(self, total: Any) -> None:
        """Add the part to an array of gradients, in place.

        Parameters
        ----------
        total : ndarray
        """
        add_at(total, self.index, self.g)

    def whole(self) -> Any:
        """Return the whole array: zeros with `g` at its place.

        Returns
        -------
        ndarray or Tensor
        """
        return scatter(self.g, self.index, self.shape)


define_vjp(operator.getitem, lambda g, out, a, index: Placed(g, index, np.shape(a)))
define_vjp(scatter, lambda g, out, a, index, shape: g[index])
for moved in (np.take, np.take_along_axis, np.diagonal, np.repeat):
    define_composite(moved, _composites.moving(moved))
define_composite(np.split, _composites.split)
define_composite(np.array_split, _composites.array_split)
define_composite(np.hsplit, lambda ary, indices_or_sections:
                 np.split(ary, indices_or_sections, axis=1 if np.ndim(ary) > 1 else 0))  # fmt: skip
define_composite(np.vsplit, lambda ary, indices_or_sections:
                 np.split(ary, indices_or_sections, axis=0))  # fmt: skip
define_composite(np.sort, lambda a, axis=-1:
                 np.take_along_axis(a, np.argsort(a, axis, kind="stable"), axis))  # fmt: skip
define_composite(np.trace, lambda a, offset=0, axis1=0, axis2=1:
                 np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1))  # fmt: skip
define_composite(np.diag, _composites.diag)
define_composite(np.diff, _composites.diff)
define_composite(np.pad, _composites.pad)


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
define_composite(np.hstack, _composites.hstack)
define_composite(np.vstack, lambda tup: np.concatenate([np.atleast_2d(a) for a in tup]))
define_composite(np.column_stack, _composites.column_stack)
define_composite(np.append, lambda arr, values, axis=None: np.concatenate([arr, values], axis))

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
define_composite(np.inner, _composites.inner)
define_composite(np.vdot, lambda a, b: np.dot(np.reshape(a, -1), np.reshape(b, -1)))
define_composite(np.outer, lambda a, b: np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1)))
define_composite(np.kron, _composites.kron)
define_composite(np.cross, _composites.cross)
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


define_composite(np.einsum, lambda subscripts, *operands, optimize=False:
                 _composites.einsum(_einsum, subscripts, operands))  # fmt: skip


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
length = primitive(elementary.length)
define_vjp(length, lambda g, out, a, axis=None, keepdims=False: _spread(g, a, axis, keepdims)
           * (a / _spread(out + (out == 0), a, axis, keepdims)))  # fmt: skip
define_composite(np.linalg.norm, functools.partial(_composites.norm, length))
define_composite(np.linalg.matrix_power, _composites.matrix_power)
define_vjp(np.linalg.det, lambda g, out, a: _matrix(g) * _cofactors(a, out))


@primitive
def _log_of_det(a: Any) -> Any:
    return np.linalg.slogdet(a)[1]


define_vjp(_log_of_det, lambda g, out, a: _matrix(g) * _t(np.linalg.inv(a)))
define_composite(np.linalg.slogdet, lambda a:
                 _SignAndLogarithm(np.linalg.slogdet(number_or_array(a))[0],
                                   _log_of_det(a)))  # fmt: skip


class _SignAndLogarithm(NamedTuple):
    """What `np.linalg.slogdet` returns: the sign of a determinant, and the log of its size."""

    sign: Any
    logabsdet: Any


class _ValuesAndVectors(NamedTuple):
    """What `np.linalg.eigh` returns: the eigenvalues, and the eigenvectors as columns."""

    eigenvalues: Any
    eigenvectors: Any


def _cofactors(a: Any, det: Any) -> Any:
    """Return the slopes of a determinant: those of its inverse, times the determinant.

    Where there is no inverse to speak of, the determinants of all smaller matrices instead.
    """
    n = np.shape(a)[-1]
    if n == 0 or np.all(np.linalg.cond(number_or_array(a)) < 1e8):
        return _matrix(det) * _t(np.linalg.inv(a))
    others = [[k for k in range(n) if k != i] for i in range(n)]
    rows = [
        [(-1) ** (i + j) * np.linalg.det(a[..., others[i], :][..., others[j]]) for j in range(n)]
        for i in range(n)
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _matrix(g: Any) -> Any:
    """Return numbers, one for each matrix of a stack, as matrices of one entry."""
    return np.expand_dims(g, (-1, -2))


def _lower(s: Any) -> Any:
    """Return the gradient of a function that reads the lower half of a symmetric matrix only."""
    return np.tril(s + _t(s)) - s * np.eye(np.shape(s)[-1])


def _vjp_of_pinv(g: Any, out: Any, a: Any) -> Any:
    """Return the VJP of the pseudo-inverse, where the rank stays what it is."""
    p, (m, n) = out, np.shape(a)[-2:]
    outside, inside = np.eye(m) - a @ p, np.eye(n) - p @ a
    return -_t(p) @ g @ _t(p) + outside @ _t(g) @ p @ _t(p) + _t(p) @ p @ _t(g) @ inside


def _vjp_of_cholesky(g: Any, out: Any, a: Any) -> Any:
    """Return the VJP of the Cholesky factor."""
    half = np.tril(_t(out) @ g) * (1 - 0.5 * np.eye(np.shape(a)[-1]))
    return _lower(_t(_solve(_t(out), _t(_solve(_t(out), half)))))


@fused
def _eigh(a: Any) -> Any:
    """Return eigenvalues and, in the rows below them, eigenvectors: one array, one derivative."""
    w, v = np.linalg.eigh(a)
    n = np.shape(a)[-1]

    def vjp(g: Any, wanted: Any = (True,)) -> Any:
        gap = np.expand_dims(w, -2) - np.expand_dims(w, -1)
        # (Of equal eigenvalues only the sum has a derivative, which needs no gap.)
        inverse_gap = (gap != 0) / (gap + (gap == 0))
        inner = np.eye(n) * np.expand_dims(g[..., 0, :], -2) + inverse_gap * (_t(v) @ g[..., 1:, :])
        return (_lower(v @ inner @ _t(v)),)

    return np.concatenate([np.expand_dims(w, -2), v], -2), vjp


def _values_and_vectors(a: Any, UPLO: str = "L") -> _ValuesAndVectors:
    both = _eigh(a if UPLO.upper() == "L" else _t(a))
    return _ValuesAndVectors(both[..., 0, :], both[..., 1:, :])


define_vjp(np.linalg.pinv, _vjp_of_pinv)
define_vjp(np.linalg.cholesky, _vjp_of_cholesky)
define_composite(np.linalg.eigh, _values_and_vectors)
define_composite(np.linalg.eigvalsh, lambda a, UPLO="L": _values_and_vectors(a, UPLO)[0])

# --- functions without a derivative, or with the derivative 0 -------------------------

CONSTANT.update({
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal, np.isclose,
    np.isfinite, np.isinf, np.isnan, np.signbit, np.logical_and, np.logical_or, np.logical_not,
    np.floor, np.ceil, np.trunc, np.rint, np.round, np.floor_divide, np.allclose, np.array_equal,
    np.argmax, np.argmin, np.argsort, np.searchsorted, np.all, np.any, np.count_nonzero,
    np.nonzero, np.result_type, np.shape, np.ndim, np.size, np.zeros_like, np.ones_like,
    np.full_like, np.empty_like,
})  # fmt: skip
