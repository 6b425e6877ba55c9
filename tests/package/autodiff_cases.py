"""The table of functions that the rules of differentiation are tested with.

Each row says which function it is about, calls it in one way, and gives a point where
that is defined and, unless the row says otherwise, smooth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import getitem
from typing import Any

import numpy as np

from dlcourse.autodiff import Tensor, logsumexp, relu, sigmoid, softmax, softplus
from dlcourse.autodiff.elementary import cast
from dlcourse.autodiff.rules import length, scatter


@dataclass(frozen=True)
class Case:
    """A call of a function at a point."""

    function: Any
    name: str
    call: Callable[..., Any]
    point: tuple[np.ndarray, ...]
    takes_complex: bool

    def __str__(self):
        return self.name


CASES = []


def case(function, call, *point, name="", takes_complex=True):
    own = getattr(function, "__name__", "")
    title = f"{own} {name} {' '.join(str(np.shape(x)) for x in point)}"
    point = tuple(np.array(x, dtype=np.float64) for x in point)
    CASES.append(Case(function, " ".join(title.split()), call, point, takes_complex))


rng = np.random.default_rng(20)

# Distinct, away from 0 and from each other, so that no small step changes an order.
ANY = rng.permutation(np.linspace(-1.9, 2.1, 6)).reshape(2, 3)
POSITIVE = rng.permutation(np.linspace(0.4, 2.3, 6)).reshape(2, 3)
OTHER = rng.permutation(np.linspace(-1.7, 1.9, 6)).reshape(2, 3)
INSIDE = ANY / 3  # between -1 and 1


def array(*shape):
    """Return distinct numbers, none near 0."""
    n = int(np.prod(shape))
    return rng.permutation(np.linspace(-1.93, 2.11, n)).reshape(shape)


# --- one entry at a time -----------------------------------------------------------

# Each with what plain Python makes of one entry, and where to try it.
SMOOTH = [
    (np.exp, ANY), (np.exp2, ANY), (np.expm1, ANY),
    (np.log, POSITIVE), (np.log2, POSITIVE), (np.log10, POSITIVE), (np.log1p, POSITIVE),
    (np.sin, ANY), (np.cos, ANY), (np.tan, INSIDE),
    (np.arcsin, INSIDE), (np.arccos, INSIDE), (np.arctan, ANY),
    (np.sinh, ANY), (np.cosh, ANY), (np.tanh, ANY),
    (np.sqrt, POSITIVE), (np.square, ANY), (np.reciprocal, POSITIVE),
    (np.negative, ANY), (np.positive, ANY),
    (np.arcsinh, ANY), (np.arctanh, INSIDE), (np.arccosh, POSITIVE + 1), (np.sinc, ANY),
]  # fmt: skip
for function, point in SMOOTH:
    case(function, function, point)
REAL_ONLY = [
    (np.sinc, INSIDE / 100),
    (np.cbrt, ANY),
    (np.absolute, ANY),
    (np.sign, ANY),
    (relu, ANY),
    (sigmoid, ANY),
    (softplus, ANY),
]
for function, point in REAL_ONLY:  # smooth near this point, or not made for complex numbers
    case(function, function, point, takes_complex=False)

UNARY = [(f, x) for f, x in SMOOTH + REAL_ONLY]

# --- two arrays, with broadcasting ---------------------------------------------------

PAIRS = [
    ((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((2, 3), ()), ((), (3,)),
    ((4, 1, 3), (2, 1)), ((1,), (3,)), ((1, 1), ()), ((), ()),
]  # fmt: skip
OPERATORS = {
    "+": (np.add, lambda a, b: a + b),
    "-": (np.subtract, lambda a, b: a - b),
    "*": (np.multiply, lambda a, b: a * b),
    "/": (np.divide, lambda a, b: a / b),
    "**": (np.power, lambda a, b: a**b),
}
for sign, (function, operator) in OPERATORS.items():
    for shape_a, shape_b in PAIRS:
        base = np.abs(array(*shape_a)) + 0.3 if sign == "**" else array(*shape_a)
        case(function, operator, base, array(*shape_b), name=sign)
for function in (np.maximum, np.minimum):
    for shape_a, shape_b in PAIRS:
        case(function, function, array(*shape_a), array(*shape_b) + 0.013, takes_complex=False)
for exponent in (2, 3, -1, 0, 1, 0.5, np.array([1.0, 2.0, 3.0])):
    case(np.power, lambda a, n=exponent: a**n, POSITIVE, name=f"to {exponent}")
case(np.power, lambda a: a**3, ANY, name="cube of negative numbers")
case(np.power, lambda b: 2**b, ANY, name="powers of 2")
case(np.subtract, lambda a: 1 - a, ANY, name="from a number")
case(np.divide, lambda a: 1 / a, ANY, name="of a number")
case(np.clip, lambda a: np.clip(a, -1.0, 1.0), ANY, takes_complex=False)
case(np.clip, lambda a: np.clip(a, None, 1.0), ANY, name="above", takes_complex=False)
case(np.clip, lambda a: np.clip(a, a_min=0, a_max=None), ANY, name="below", takes_complex=False)
MASK = np.array([[True, False, True], [False, False, True]])
case(np.where, lambda a, b: np.where(MASK, a, b), ANY, OTHER)
case(np.where, lambda a, b: np.where(MASK, a, b), ANY, array(3), name="broadcast")
case(np.where, lambda a: np.where(MASK[0], a, 0), array(2, 1), name="and 0")

# --- reductions ----------------------------------------------------------------------------

CUBE = array(2, 3, 4)
for function in (np.sum, np.mean, np.prod, np.var, np.std):
    for axis in (None, 0, -1, (0, 2), (-1, 0, 1)):
        for keepdims in (False, True):
            case(
                function,
                lambda a, f=function, axis=axis, k=keepdims: f(a, axis=axis, keepdims=k),
                CUBE,
                name=f"axis={axis} keepdims={keepdims}",
                takes_complex=function not in (np.var, np.std),  # NumPy's is |z|² there
            )
case(np.var, lambda a: np.var(a, axis=0, ddof=1), CUBE, name="ddof=1", takes_complex=False)
case(np.std, lambda a: np.std(a, ddof=2), CUBE, name="ddof=2", takes_complex=False)
for function in (np.max, np.min, np.amax, np.amin):
    for axis in (None, 1, (0, -1)):
        for keepdims in (False, True):
            case(
                function,
                lambda a, f=function, axis=axis, k=keepdims: f(a, axis=axis, keepdims=k),
                CUBE,
                name=f"axis={axis} keepdims={keepdims}",
                takes_complex=False,
            )
ZEROS = {
    "no zero": [[1.5, -2.0, 0.5], [3.0, 2.0, 1.0]],
    "one zero": [[1.5, 0.0, 0.5], [3.0, 2.0, 1.0]],
    "two zeros": [[1.5, 0.0, 0.0], [3.0, 2.0, 1.0]],
    "zeros in both rows": [[0.0, 1.0, 2.0], [3.0, 0.0, 1.0]],
}
for name, zeros in ZEROS.items():
    case(np.prod, np.prod, zeros, name=name)
    case(np.prod, lambda a: np.prod(a, axis=1), zeros, name=name + " axis=1")
    case(np.prod, lambda a: np.prod(a, axis=(0, -1), keepdims=True), zeros, name=name + " both")
for axis in (None, 0, 1, -1):
    case(np.cumsum, lambda a, axis=axis: np.cumsum(a, axis=axis), CUBE, name=f"axis={axis}")
    case(np.sort, lambda a, axis=axis: np.sort(a, axis=axis), CUBE, name=f"axis={axis}")
case(np.sum, lambda a: a.sum(axis=1, keepdims=True) + a.mean() * a.max(0) - a.min(), CUBE,
     name="as methods", takes_complex=False)  # fmt: skip

# --- shapes ---------------------------------------------------------------------------------

case(np.reshape, lambda a: np.reshape(a, (4, -1)), CUBE)
case(np.reshape, lambda a: a.reshape(6, 4) @ a.reshape((4, 6)), CUBE, name="as a method")
case(np.ravel, np.ravel, CUBE)
case(np.transpose, np.transpose, CUBE)
case(np.transpose, lambda a: a.T, ANY, name="T")
case(np.transpose, lambda a: np.transpose(a, (1, -1, 0)), CUBE, name="axes")
case(np.swapaxes, lambda a: np.swapaxes(a, 0, -1), CUBE)
case(np.moveaxis, lambda a: np.moveaxis(a, 0, -1), CUBE)
case(np.moveaxis, lambda a: np.moveaxis(a, (0, -1), (-1, 0)), CUBE, name="two")
case(np.squeeze, np.squeeze, array(1, 3, 1))
case(np.squeeze, lambda a: np.squeeze(a, -1), array(1, 3, 1), name="last")
case(np.expand_dims, lambda a: np.expand_dims(a, (0, -1)), ANY)
case(np.broadcast_to, lambda a: np.broadcast_to(a, (4, 2, 3)), array(2, 1))
case(np.flip, np.flip, CUBE)
case(np.flip, lambda a: np.flip(a, axis=(0, -1)), CUBE, name="axes")
case(np.roll, lambda a: np.roll(a, 2), ANY)
case(np.repeat, lambda a: np.repeat(a, [1, 0, 3], axis=1), ANY)
case(np.tile, lambda a: np.tile(a, (2, 2)), ANY)
case(np.roll, lambda a: np.roll(a, (1, -2), axis=(0, 1)), ANY, name="axes")

# --- taking apart and putting together ------------------------------------------------------

INDICES = {
    "an entry": (1, 2),
    "a row": 1,
    "the last row": -1,
    "a slice": slice(None, None, -1),
    "slices": (slice(0, 1), slice(None, None, 2)),
    "a mask": MASK,
    "a mask of rows": np.array([True, False]),
    "rows, some twice": np.array([0, 1, 1, 0, 1]),
    "a list": [1, 1],
    "entries, some twice": (np.array([0, 1, 0]), np.array([2, 0, 2])),
    "None": (None, slice(None), None),
    "Ellipsis": (..., 1),
    "slice and array": (slice(None), np.array([[0, 2], [2, 2]])),
    "array and None": (np.array([1, 1]), None),
    "NumPy's own int": np.int64(1),
    "nothing": slice(0, 0),
}
for name, index in INDICES.items():
    case(getitem, lambda a, index=index: a[index], ANY, name=name)
case(scatter, lambda g: scatter(g, np.array([0, 2, 0]), (4,)), array(3))
case(np.take_along_axis, lambda a: np.take_along_axis(a, np.array([[1, 1], [0, 2]]), -1), ANY)
case(np.squeeze, lambda a: np.squeeze(a, axis=0), array(1, 3, 1), name="keyword")
case(np.expand_dims, lambda a: np.expand_dims(a, axis=0), ANY, name="keyword")
case(np.take, lambda a: np.take(a, [0, 5, 5]), ANY)
case(np.take, lambda a: np.take(a, [0, 7], mode="wrap"), ANY, name="wrap")
case(np.take, lambda a: np.take(a, np.array([[0, 2], [2, 2]]), axis=-1), ANY, name="axis")
for offset in (-1, 0, 1, 2):
    case(np.diagonal, lambda a, k=offset: np.diagonal(a, k), ANY, name=f"offset={offset}")
    case(np.trace, lambda a, k=offset: np.trace(a, k), ANY, name=f"offset={offset}")
case(np.diagonal, lambda a: np.diagonal(a, 1, 2, 0), CUBE, name="axes")
case(np.trace, lambda a: np.trace(a, axis1=1, axis2=-1), CUBE, name="axes")
for axis in (0, 1, -1, None):
    case(np.concatenate, lambda a, b, axis=axis: np.concatenate([a, b, a], axis), ANY, OTHER,
         name=f"axis={axis}")  # fmt: skip
case(np.concatenate, lambda a, b: np.concatenate([a, np.ones((1, 3)), b]), ANY, array(1, 3),
     name="unequal, with a constant")  # fmt: skip
for axis in (0, 1, -1):
    case(np.stack, lambda a, b, axis=axis: np.stack([a, b], axis), ANY, OTHER, name=f"axis={axis}")


def weigh(parts):
    """Return a sum in which each part has a weight of its own."""
    return sum((i + 1) * np.sum(part * part) for i, part in enumerate(parts))


case(np.split, lambda a: weigh(np.split(a, 2, axis=-1)), array(3, 4))
case(np.split, lambda a: weigh(np.split(a, [1, 1, 3])), array(5), name="at places")
case(np.array_split, lambda a: weigh(np.array_split(a, 3)), array(5, 2), name="unequal")

# --- products -----------------------------------------------------------------------------------

SHAPES_OF_MATMUL = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)),
    ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)), ((5, 1, 2, 3), (2, 3, 4)), ((1, 2, 3), (5, 3, 1)),
]  # fmt: skip
for shapes in SHAPES_OF_MATMUL:
    case(np.matmul, lambda a, b: a @ b, *(array(*shape) for shape in shapes))
SHAPES_OF_DOT = [
    ((3,), (3,)), ((2, 3), (3, 4)), ((2, 3), (3,)), ((), (2, 3)), ((2, 3), ()),
    ((5, 2, 3), (3, 4)), ((3,), (5, 3, 2)), ((2, 3), (5, 3, 2)),
]  # fmt: skip
for shapes in SHAPES_OF_DOT:
    case(np.dot, np.dot, *(array(*shape) for shape in shapes))
case(np.outer, np.outer, array(2), array(3))
case(np.outer, np.outer, array(2, 2), array(3), name="raveled")
TENSORDOTS = [
    (0, (2,), (3,)),
    (1, (2, 3), (3, 2)),
    (2, (4, 2, 3), (2, 3, 5)),
    ((-1, 0), (2, 3), (3, 2)),
    (([0, 1], [1, 0]), (2, 3), (3, 2)),
    (((2,), (1,)), (2, 2, 3), (2, 3)),
]
for axes, *shapes in TENSORDOTS:
    case(
        np.tensordot,
        lambda a, b, axes=axes: np.tensordot(a, b, axes),
        *(array(*shape) for shape in shapes),
        name=f"axes={axes}",
    )
EINSUMS = {
    "ij,jk->ik": ((2, 3), (3, 4)),
    "ij,jk": ((2, 3), (3, 4)),
    "ij->": ((2, 3),),
    "ij->i": ((2, 3),),
    "ji": ((2, 3),),
    "bij, bjk -> bik": ((5, 2, 3), (5, 3, 4)),
    "i,j->ij": ((2,), (3,)),
    "ij,k->k": ((2, 3), (4,)),
    "ij,jk,kl->il": ((2, 3), (3, 2), (2, 4)),
    "i,i,i": ((3,), (3,), (3,)),
}
for subscripts, shapes in EINSUMS.items():
    case(np.einsum, lambda *a, s=subscripts: np.einsum(s, *a), *(array(*s) for s in shapes),
         name=subscripts)  # fmt: skip

# --- linear algebra -----------------------------------------------------------------------------

REGULAR = array(3, 3) + 3 * np.eye(3)
case(np.linalg.inv, np.linalg.inv, REGULAR)
case(np.linalg.inv, np.linalg.inv, [REGULAR, REGULAR.T + 1], name="batch")
case(np.linalg.solve, np.linalg.solve, REGULAR, array(3))
case(np.linalg.solve, np.linalg.solve, REGULAR, array(3, 2))
case(np.linalg.solve, np.linalg.solve, [REGULAR, REGULAR.T + 1], array(2, 3, 2), name="batch")
case(np.linalg.solve, np.linalg.solve, REGULAR, array(2, 3, 2), name="one matrix")
for axis in (None, 0, -1, (0, 1), (2, 0)):
    for keepdims in (False, True):
        case(
            np.linalg.norm,
            lambda a, axis=axis, k=keepdims: np.linalg.norm(a, axis=axis, keepdims=k),
            CUBE,
            name=f"axis={axis} keepdims={keepdims}",
            takes_complex=False,
        )
for order in (1, 2, np.inf):
    case(np.linalg.norm, lambda a, p=order: np.linalg.norm(a, p), array(4), name=f"ord={order}",
         takes_complex=False)  # fmt: skip
case(np.linalg.norm, lambda a: np.linalg.norm(a, 1, axis=1, keepdims=True), CUBE,
     name="ord=1 axis=1", takes_complex=False)  # fmt: skip
case(np.linalg.norm, lambda a: np.linalg.norm(a, "fro"), ANY, name="fro", takes_complex=False)

# --- functions that networks are made of ----------------------------------------------------------

for axis in (-1, 0, 1):
    case(softmax, lambda a, axis=axis: softmax(a, axis), CUBE, name=f"axis={axis}",
         takes_complex=False)  # fmt: skip
for axis in (None, 0, -1):
    for keepdims in (False, True):
        case(
            logsumexp,
            lambda a, axis=axis, k=keepdims: logsumexp(a, axis=axis, keepdims=k),
            CUBE,
            name=f"axis={axis} keepdims={keepdims}",
            takes_complex=False,
        )

# --- the rest of NumPy that people use -----------------------------------------------------------

for function in (np.arctan2, np.hypot, np.logaddexp):
    for shape_a, shape_b in PAIRS:
        case(function, function, array(*shape_a), array(*shape_b) + 0.013, takes_complex=False)
case(np.remainder, lambda a: a % 0.77, ANY, name="by a number", takes_complex=False)
case(np.remainder, lambda b: 5.3 % b, POSITIVE, name="of a number", takes_complex=False)
case(np.remainder, np.remainder, ANY, POSITIVE, takes_complex=False)
case(np.clip, lambda a, lo: np.clip(a, lo, 1.0), ANY, array(3) - 0.007, name="tensor below",
     takes_complex=False)  # fmt: skip
case(np.clip, lambda a, lo, hi: np.clip(a, lo, hi), ANY, array(3) / 9 - 1, array(3) / 9 + 1,
     name="tensors", takes_complex=False)  # fmt: skip
case(np.clip, lambda a, hi: np.clip(a, -5.0, hi), ANY, np.array(0.33), name="tensor above",
     takes_complex=False)  # fmt: skip
case(np.where, lambda a, b: np.where(a > b, a * b, a - b), ANY, OTHER, name="a comparison",
     takes_complex=False)  # fmt: skip
case(np.where, lambda a, b: np.where((a > 0) * Tensor(np.ones(3)), a, b), ANY, OTHER,
     name="a tensor as condition", takes_complex=False)  # fmt: skip
case(np.select, lambda a, b: np.select([a > 1, a > 0], [a * b, a**2], b), ANY, OTHER,
     takes_complex=False)  # fmt: skip
case(np.interp, lambda x, y: np.interp(x, [-1.0, 0.1, 1.5], y), ANY, array(3),
     name="constant points", takes_complex=False)  # fmt: skip
case(np.interp, lambda x: np.interp(x, [-1.0, 0.1, 1.5], [1.0, 2.0, 0.0], left=-3, right=5), ANY,
     name="constant points, left and right", takes_complex=False)  # fmt: skip
case(cast, lambda a: a * 2 if isinstance(a, np.ndarray) else a.astype(a.dtype) * 2, ANY)

WHERE = np.array([[True, False, True, True], [False, True, True, True], [True, True, False, True]])
for function in (np.sum, np.mean, np.var, np.std, np.prod):
    for axis in (None, 1, (0, 2)):
        case(function, lambda a, f=function, axis=axis: f(a, axis=axis, where=WHERE), CUBE,
             name=f"where axis={axis}", takes_complex=function not in (np.var, np.std))  # fmt: skip
for function in (np.max, np.min):
    case(function, lambda a, f=function: f(a, axis=1, where=WHERE, initial=0.1), CUBE,
         name="where and initial", takes_complex=False)  # fmt: skip
case(np.sum, lambda a: np.sum(a, axis=0, initial=3.0), ANY, name="initial")
case(np.prod, lambda a: np.prod(a, axis=0, initial=3.0), ANY, name="initial")
case(np.sum, lambda a: np.sum(a, dtype=a.dtype), ANY, name="dtype")
case(np.mean, lambda a: np.mean(a, axis=0, dtype=a.dtype), ANY, name="dtype")
case(np.var, lambda a: np.var(a, dtype=a.dtype), ANY, name="dtype", takes_complex=False)
case(np.std, lambda a: np.std(a, 0, a.dtype), ANY, name="dtype by position", takes_complex=False)
for axis in (None, 0, 1, -1):
    case(np.cumprod, lambda a, axis=axis: np.cumprod(a, axis=axis), CUBE, name=f"axis={axis}")
    case(np.median, lambda a, axis=axis: np.median(a, axis=axis), CUBE, name=f"axis={axis}",
         takes_complex=False)  # fmt: skip
    case(np.ptp, lambda a, axis=axis: np.ptp(a, axis=axis), CUBE, name=f"axis={axis}",
         takes_complex=False)  # fmt: skip
    case(np.average, lambda a, axis=axis: np.average(a, axis=axis), CUBE, name=f"axis={axis}")
for name, zeros in ZEROS.items():
    case(np.cumprod, lambda a: np.cumprod(a, axis=1), zeros, name=name)
case(np.median, lambda a: np.median(a, axis=(0, 2), keepdims=True), CUBE, name="axes",
     takes_complex=False)  # fmt: skip
case(
    np.average,
    lambda a: np.average(a, axis=1, weights=np.array([1.0, 2.0, 0.5], a.dtype)),
    CUBE,
    name="weights",
)
case(np.average, lambda a, w: np.average(a, weights=w), ANY, POSITIVE, name="weights of a tensor")
case(np.cov, np.cov, ANY, takes_complex=False)
case(np.cov, lambda a, b: np.cov(a, b), array(4), array(4), name="of two", takes_complex=False)
case(np.cov, lambda a: np.cov(a, rowvar=False, bias=True), ANY, name="columns",
     takes_complex=False)  # fmt: skip
case(np.cov, lambda a: np.cov(a, ddof=0), array(5), name="of one", takes_complex=False)
GAPS = np.where(MASK, np.nan, 0)
case(np.nansum, lambda a: np.nansum(a + GAPS.astype(a.dtype), axis=0), ANY, takes_complex=False)
case(np.nanmean, lambda a: np.nanmean(a + GAPS.astype(a.dtype), axis=1), ANY, takes_complex=False)

for k in (-1, 0, 2):
    case(np.diag, lambda a, k=k: np.diag(a, k), array(3), name=f"to a matrix k={k}")
    case(np.triu, lambda a, k=k: np.triu(a, k), CUBE, name=f"k={k}")
    case(np.tril, lambda a, k=k: np.tril(a, k), CUBE, name=f"k={k}")
case(np.diag, lambda a: np.diag(a, 1), ANY, name="of a matrix")
for axis in (0, -1):
    case(np.diff, lambda a, axis=axis: np.diff(a, axis=axis), CUBE, name=f"axis={axis}")
case(np.diff, lambda a: np.diff(a, 2), CUBE, name="twice")
for mode in ("constant", "edge", "wrap", "reflect", "symmetric"):
    case(np.pad, lambda a, mode=mode: np.pad(a, ((1, 0), (2, 1)), mode), array(3, 4), name=mode)
case(np.pad, lambda a: np.pad(a, 1, constant_values=2.5), ANY, name="with a number")
for function in (np.hstack, np.vstack, np.column_stack):
    case(function, lambda a, b, f=function: f([a, b]), ANY, OTHER)
    case(function, lambda a, b, f=function: f((a, b)), array(3), array(3), name="vectors")
case(np.append, np.append, ANY, OTHER, name="raveled")
case(np.append, lambda a, b: np.append(a, b, axis=0), ANY, array(1, 3), name="axis=0")
case(np.atleast_1d, lambda a: np.atleast_1d(a * 2.0), np.array(1.5))
case(np.atleast_2d, lambda a: np.atleast_2d(a * 2.0), array(3))
case(np.hsplit, lambda a: weigh(np.hsplit(a, 2)), array(3, 4))
case(np.vsplit, lambda a: weigh(np.vsplit(a, [1])), array(3, 4))
case(np.tile, lambda a: np.tile(a, 3), array(2, 2), name="fewer axes")
case(np.tile, lambda a: np.tile(a, (2, 1, 3)), array(2), name="more axes")
case(np.roll, lambda a: np.roll(a, 1, axis=1), ANY, name="one axis")

SHAPES_OF_INNER = [((3,), (3,)), ((2, 3), (3,)), ((2, 3), (4, 3)), ((), (2, 3)), ((2, 3), ())]
for shapes in SHAPES_OF_INNER:
    case(np.inner, np.inner, *(array(*shape) for shape in shapes))
case(np.vdot, np.vdot, ANY, OTHER, takes_complex=False)
for shapes in [((2,), (3,)), ((2, 3), (3, 2)), ((2,), (2, 3)), ((2, 1, 2), (3,)), ((), (3,))]:
    case(np.kron, np.kron, *(array(*shape) for shape in shapes))
case(np.cross, np.cross, array(3), array(3))
case(np.cross, np.cross, array(4, 3), array(3), name="rows")
case(np.cross, lambda a, b: np.cross(a, b, axis=0), array(3, 2), array(3, 2), name="axis=0")
MORE_EINSUMS = {
    "ii": ((3, 3),),
    "ii->i": ((3, 3),),
    "iij->j": ((3, 3, 2),),
    "iii->": ((2, 2, 2),),
    "ii,ij->j": ((3, 3), (3, 2)),
    "...i->...": ((2, 3, 4),),
    "...ij,...jk->...ik": ((5, 2, 3), (5, 3, 4)),
    "...ij,jk": ((5, 2, 3), (3, 4)),
    "i...,i...->...": ((2, 3), (2, 1)),
    "...,...": ((2, 3), (3,)),
    "ij...->ji...": ((2, 3, 2),),
    "...ii->...": ((4, 3, 3),),
}
for subscripts, shapes in MORE_EINSUMS.items():
    case(np.einsum, lambda *a, s=subscripts: np.einsum(s, *a), *(array(*s) for s in shapes),
         name=subscripts)  # fmt: skip
case(np.einsum, lambda a, b: np.einsum("ij,jk->ik", a, b, optimize=True), ANY, array(3, 2),
     name="optimize")  # fmt: skip

SYMMETRIC = REGULAR + REGULAR.T + 4 * np.eye(3)


def symmetric(a):
    return 0.5 * (a + np.swapaxes(a, -1, -2))


case(length, lambda a: length(a, 1, keepdims=True), ANY, takes_complex=False)
case(np.linalg.det, np.linalg.det, REGULAR)
case(np.linalg.det, np.linalg.det, [REGULAR, REGULAR.T + 1], name="batch")
case(np.linalg.slogdet, lambda a: np.linalg.slogdet(a)[1], REGULAR, takes_complex=False)
case(np.linalg.slogdet, lambda a: np.linalg.slogdet(a).logabsdet, [REGULAR, REGULAR.T + 1],
     name="batch", takes_complex=False)  # fmt: skip
case(np.linalg.cholesky, np.linalg.cholesky, SYMMETRIC, takes_complex=False)
case(np.linalg.cholesky, np.linalg.cholesky, [SYMMETRIC, SYMMETRIC + 1], name="batch",
     takes_complex=False)  # fmt: skip
case(np.linalg.eigh, lambda a: np.linalg.eigh(a)[0], SYMMETRIC, name="values", takes_complex=False)
case(np.linalg.eigh, lambda a: np.abs(np.linalg.eigh(a).eigenvectors), SYMMETRIC, name="vectors",
     takes_complex=False)  # fmt: skip
case(np.linalg.eigh, lambda a: np.linalg.eigh(a, "U").eigenvalues, SYMMETRIC, name="upper half",
     takes_complex=False)  # fmt: skip
case(np.linalg.eigvalsh, np.linalg.eigvalsh, [SYMMETRIC, SYMMETRIC + 1], takes_complex=False)
case(np.linalg.pinv, np.linalg.pinv, array(4, 2), takes_complex=False)
case(np.linalg.pinv, np.linalg.pinv, array(2, 3, 4), name="batch", takes_complex=False)
for n in (0, 1, 2, 5, -2):
    case(np.linalg.matrix_power, lambda a, n=n: np.linalg.matrix_power(a, n) + 0 * a, SYMMETRIC / 4,
         name=f"n={n}")  # fmt: skip
case(np.sum, lambda a: a.std(0) + a.var(0) * a.prod(0) - a.cumsum(0)[-1] + a.clip(-1, 1).sum(),
     ANY, name="methods: reductions", takes_complex=False)  # fmt: skip
case(np.sum, lambda a: a.ravel() * a.flatten() + a.transpose(1, 0).reshape(-1) * a.T.ravel(),
     ANY, name="methods: shapes", takes_complex=False)  # fmt: skip
case(np.sum, lambda a: a.dot(np.ones(3, a.dtype))
     + a.copy().astype(a.dtype).squeeze().swapaxes(0, 1)[0, 0], ANY,
     name="methods: others")  # fmt: skip
