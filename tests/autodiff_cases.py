"""The table of functions that the rules of differentiation are tested with.

Each row says which function it is about, calls it in one way, and gives a point where
that is defined and, unless the row says otherwise, smooth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import getitem
from typing import Any

import numpy as np

from dlcourse.autodiff import logsumexp, relu, sigmoid, softmax
from dlcourse.autodiff.rules import scatter


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
]  # fmt: skip
for function, point in SMOOTH:
    case(function, function, point)
REAL_ONLY = [(np.cbrt, ANY), (np.absolute, ANY), (np.sign, ANY), (relu, ANY), (sigmoid, ANY)]
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
