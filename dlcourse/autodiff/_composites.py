"""NumPy functions written with simpler ones.

The simpler ones have derivatives in `rules`, so these need none of their own. No gradient flows
through what only says which entries are meant: an order, an index, a condition.

(`rules` imports this file. What it defines itself, and is needed here, it hands in: see `where`.)
"""

import functools
import operator
import string
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

# --- choices --------------------------------------------------------------------------


def where(choose: Any, condition: Any, *choices: Any) -> Any:
    """Return what `np.where` does; `choose` is the function of three arguments with a rule."""
    condition = np.not_equal(condition, 0)  # a plain array, of a tensor too
    if not choices:
        return np.nonzero(condition)
    if len(choices) != 2:
        raise ValueError("np.where takes a condition alone, or with two arrays to choose from")
    return choose(condition, *choices)


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Return what `np.select` does: the choice of the first condition that holds."""
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"np.select needs a choice for each condition, got {len(choicelist)} for "
            f"{len(condlist)}"
        )
    result = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        result = np.where(condition, choice, result)
    return result


def clip(cut: Any, a: Any, a_min: Any, a_max: Any, low: Any, high: Any) -> Any:
    """Return what `np.clip` does, whose bounds have two names each."""
    low, high = (a_min if low is None else low), (a_max if high is None else high)
    return cut(a, -np.inf if low is None else low, np.inf if high is None else high)


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """Return what `np.interp` does: straight lines between points."""
    xp, fp = (a if hasattr(a, "shape") else np.asarray(a, np.float64) for a in (xp, fp))
    if np.ndim(xp) != 1 or np.shape(xp) != np.shape(fp) or not len(xp):
        raise ValueError(
            f"np.interp needs as many fp as xp, got shapes {np.shape(fp)} and {np.shape(xp)}"
        )
    last = len(xp) - 1
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, max(last - 1, 0))
    j = np.minimum(i + 1, last)
    width = xp[j] - xp[i] if last else 1.0
    t = (np.clip(x, xp[0], xp[-1]) - xp[i]) / width
    y = fp[i] + t * (fp[j] - fp[i])
    y = y if left is None else np.where(np.less(x, xp[0]), left, y)
    return y if right is None else np.where(np.greater(x, xp[-1]), right, y)


# --- reductions -----------------------------------------------------------------------


def count(a: Any, axis: Any = None, where: Any = True, keepdims: bool = False) -> Any:
    """Return how many entries each result of a reduction comes from."""
    included = np.broadcast_to(where, np.shape(a))
    return np.sum(included, axis=axis, keepdims=keepdims)


def in_dtype(a: Any, dtype: Any) -> Any:
    """Return an array or tensor in the dtype that a reduction was asked for."""
    return a if dtype is None else a.astype(dtype)


def variance(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    *,
    ddof: Any = 0,
    correction: Any = None,
    keepdims: bool = False,
    where: Any = True,
) -> Any:
    """Return what `np.var` does; with too many degrees of freedom it is infinite, or NaN."""
    a = in_dtype(a, dtype)
    deviation = a - np.mean(a, axis=axis, keepdims=True, where=where)
    squares = np.sum(deviation * deviation, axis=axis, keepdims=keepdims, where=where)
    freedom = count(a, axis, where, keepdims) - (ddof if correction is None else correction)
    return squares / np.asarray(np.maximum(freedom, 0)).astype(squares.dtype)


def standard_deviation(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    *,
    ddof: Any = 0,
    correction: Any = None,
    keepdims: bool = False,
    where: Any = True,
) -> Any:
    """Return what `np.std` does."""
    options = {"ddof": ddof, "correction": correction, "keepdims": keepdims, "where": where}
    return np.sqrt(variance(a, axis, dtype, **options))


def cumprod(a: Any, axis: Any = None) -> Any:
    """Return what `np.cumprod` does, one product after the other: a quotient would fail at 0."""
    rows = np.ravel(a) if axis is None else np.moveaxis(a, axis, 0)
    products = [rows[:1]]
    for k in range(1, len(rows)):
        products.append(products[-1] * rows[k : k + 1])
    together = np.concatenate(products)
    return together if axis is None else np.moveaxis(together, 0, axis)


def reduced_last(a: Any, axis: Any) -> Any:
    """Return the array with the axes to reduce as a single last one."""
    if axis is None:
        return np.ravel(a)
    axes = tuple(np.atleast_1d(axis))
    moved = np.moveaxis(a, axes, range(-len(axes), 0))
    return np.reshape(moved, (*np.shape(moved)[: np.ndim(a) - len(axes)], -1))


def unreduced(a: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """Undo `reduced_last`: give the last axis back to the axes of an array of this shape."""
    if axis is None:
        return np.reshape(a, shape)
    axes = [int(k) % len(shape) for k in np.atleast_1d(axis)]
    kept = [n for k, n in enumerate(shape) if k not in axes]
    return np.moveaxis(
        np.reshape(a, (*kept, *(shape[k] for k in axes))), range(-len(axes), 0), axes
    )


def median(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Return what `np.median` does: the mean of the one or two entries in the middle."""
    rows = np.sort(reduced_last(a, axis), axis=-1)
    n = np.shape(rows)[-1]
    if n == 0:
        return np.mean(a, axis=axis, keepdims=keepdims)  # NaN, with NumPy's warning
    middle = 0.5 * (rows[..., (n - 1) // 2] + rows[..., n // 2])
    middle = np.where(np.any(np.isnan(rows), axis=-1), np.nan, middle)
    if not keepdims:
        return middle
    return np.expand_dims(middle, tuple(range(np.ndim(a))) if axis is None else axis)


def average(a: Any, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    """Return what `np.average` does."""
    if weights is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    weights = weights if hasattr(weights, "shape") else np.asarray(weights)
    if weights.shape != np.shape(a):
        if axis is None or weights.shape != (np.shape(a)[axis],):
            raise TypeError(
                f"np.average of shape {np.shape(a)} along axis {axis} can't take weights of shape "
                f"{weights.shape}"
            )
        lengths = [1] * np.ndim(a)
        lengths[axis] = -1
        weights = np.broadcast_to(np.reshape(weights, lengths), np.shape(a))
    weighted = np.sum(a * weights, axis=axis, keepdims=keepdims)
    return weighted / np.sum(weights, axis=axis, keepdims=keepdims)


def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None) -> Any:
    """Return what `np.cov` does: a row for each quantity, a column for each observation."""
    tables = [np.atleast_2d(x) for x in (m, y) if x is not None]
    turned = [x if rowvar or np.ndim(m) == 1 else x.T for x in tables]
    rows = np.concatenate(turned)
    n = np.shape(rows)[1]
    deviation = rows - np.mean(rows, axis=1, keepdims=True)
    freedom = n - ((0 if bias else 1) if ddof is None else ddof)
    return np.squeeze(deviation @ deviation.T / max(freedom, 0))


# --- shapes, taking apart and putting together --------------------------------------------


def atleast_1d(*arys: Any) -> Any:
    """Return what `np.atleast_1d` does."""
    arrays = tuple(np.reshape(a, (1,)) if np.ndim(a) == 0 else a for a in arys)
    return arrays if len(arrays) > 1 else arrays[0]


def atleast_2d(*arys: Any) -> Any:
    """Return what `np.atleast_2d` does: a vector becomes a row."""
    arrays = tuple(np.reshape(a, (1, -1)) if np.ndim(a) < 2 else a for a in arys)
    return arrays if len(arrays) > 1 else arrays[0]


def moving(function: Any) -> Any:
    """Write a function that only moves, repeats or drops entries as an index into them."""

    @functools.wraps(function)
    def written_out(a: Any, *args: Any, **kwargs: Any) -> Any:
        places = function(np.arange(np.size(a)).reshape(np.shape(a)), *args, **kwargs)
        flat = np.reshape(a, -1)
        return [flat[p] for p in places] if isinstance(places, list) else flat[places]

    return written_out


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return what `np.split` does: slices, at the places where NumPy cuts."""
    return _slices(np.split, ary, indices_or_sections, axis)


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return what `np.array_split` does: slices, at the places where NumPy cuts."""
    return _slices(np.array_split, ary, indices_or_sections, axis)


def _slices(cut: Any, a: Any, indices_or_sections: Any, axis: int) -> list[Any]:
    before = (slice(None),) * normalize_axis_index(axis, np.ndim(a))
    places = cut(np.arange(np.shape(a)[axis]), indices_or_sections)
    empty = slice(0, 0)
    return [a[(*before, slice(p[0], p[-1] + 1) if len(p) else empty)] for p in places]


def diag(v: Any, k: int = 0) -> Any:
    """Return what `np.diag` does: a matrix of a vector, or a diagonal of a matrix."""
    if np.ndim(v) != 1:
        return np.diagonal(v, k)
    places = np.diag(np.arange(1, len(v) + 1), k)  # 0 off the diagonal
    return np.where(places, v[places - 1], 0)


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Return what `np.diff` does: each entry minus the one before it, `n` times."""
    before = (slice(None),) * normalize_axis_index(axis, np.ndim(a))
    for _ in range(n):
        a = a[(*before, slice(1, None))] - a[(*before, slice(None, -1))]
    return a


def pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    """Return what `np.pad` does, in the modes that repeat entries or one number."""
    places = np.arange(np.size(array)).reshape(np.shape(array))
    flat = np.concatenate([np.reshape(array, -1), np.zeros(1, np.result_type(array))])
    if mode in ("edge", "wrap", "reflect", "symmetric"):
        return flat[np.pad(places, pad_width, mode)]  # type: ignore[call-overload]
    if mode != "constant":
        raise TypeError(f"np.pad with mode={mode!r} has no derivative rule; see define_vjp")
    places = np.pad(places, pad_width, constant_values=-1)
    frame = np.zeros(np.shape(array), np.result_type(array))
    frame = np.pad(frame, pad_width, constant_values=constant_values)
    return np.where(places < 0, frame, flat[places])


def hstack(tup: Any) -> Any:
    """Return what `np.hstack` does."""
    arrays = [np.atleast_1d(a) for a in tup]
    return np.concatenate(arrays, axis=0 if np.ndim(arrays[0]) == 1 else 1)


def column_stack(tup: Any) -> Any:
    """Return what `np.column_stack` does: vectors become columns."""
    return np.concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in tup], axis=1)


# --- products -------------------------------------------------------------------------


def dot(a: Any, b: Any) -> Any:
    """Return what `np.dot` does: with more axes than two, not what ``a @ b`` does."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    return np.matmul(a, b) if np.ndim(b) <= 2 else np.tensordot(a, b, axes=(-1, -2))


def inner(a: Any, b: Any) -> Any:
    """Return what `np.inner` does: sums over the last axis of both."""
    return a * b if np.ndim(a) == 0 or np.ndim(b) == 0 else np.tensordot(a, b, axes=(-1, -1))


def kron(a: Any, b: Any) -> Any:
    """Return what `np.kron` does: each entry of `a` times all of `b`."""
    axes = max(np.ndim(a), np.ndim(b))
    n, m = ((1,) * (axes - np.ndim(x)) + np.shape(x) for x in (a, b))
    blocks = np.reshape(a, [k for length in n for k in (length, 1)])
    inside = np.reshape(b, [k for length in m for k in (1, length)])
    return np.reshape(blocks * inside, [i * j for i, j in zip(n, m, strict=True)])


def cross(a: Any, b: Any, axis: int = -1) -> Any:
    """Return what `np.cross` does, for vectors of three components."""
    a, b = np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)
    if np.shape(a)[-1] != 3 or np.shape(b)[-1] != 3:
        raise TypeError("np.cross has a derivative rule for vectors of three components only")
    later, last = [1, 2, 0], [2, 0, 1]
    product = a[..., later] * b[..., last] - a[..., last] * b[..., later]
    return np.moveaxis(product, -1, axis)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Return what `np.tensordot` does: axes to sum over get one letter, all others their own."""
    n, m = np.ndim(a), np.ndim(b)
    over_a, over_b = axes if np.ndim(axes) else (range(n - axes, n), range(axes))
    over_a, over_b = np.atleast_1d(over_a) % max(n, 1), np.atleast_1d(over_b) % max(m, 1)
    lengths = [np.shape(a)[i] for i in over_a], [np.shape(b)[j] for j in over_b]
    if lengths[0] != lengths[1] or len(set(over_a)) < len(over_a) or len(set(over_b)) < len(over_b):
        raise ValueError(
            f"np.tensordot of shapes {np.shape(a)} and {np.shape(b)}: shape-mismatch for sum over "
            f"axes={axes}"
        )
    names_a, names_b = (list(string.ascii_letters[k : k + d]) for k, d in ((0, n), (n, m)))
    for i, j in zip(over_a, over_b, strict=True):
        names_b[j] = names_a[i]
    rest = [c for c in names_a + names_b if not (c in names_a and c in names_b)]
    return np.einsum(f"{''.join(names_a)},{''.join(names_b)}->{''.join(rest)}", a, b)


def einsum(product: Any, subscripts: Any, operands: Any) -> Any:
    """Return what `np.einsum` does; `product` is the function for plain subscripts with a rule."""
    if not isinstance(subscripts, str):
        raise TypeError('np.einsum has a derivative rule for subscripts as text, "ij,jk->ik"')
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(operands):
        raise ValueError(
            f"np.einsum({subscripts!r}) is of {len(terms)} arrays, got {len(operands)}"
        )
    terms, output, operands = _name_ellipses(terms, output if arrow else None, list(operands))
    for i in range(len(terms)):
        terms[i], operands[i] = _take_diagonals(terms[i], operands[i])
    return product(*operands, subscripts=f"{','.join(terms)}->{output}")


def _name_ellipses(
    terms: list[str], output: str | None, operands: list[Any]
) -> tuple[list[str], str, list[Any]]:
    """Give the axes behind an ellipsis letters, and broadcast them to one shape."""
    letters = "".join(terms).replace(".", "")
    named = [len(term.replace(".", "")) for term in terms]
    hidden = [
        np.shape(x)[(at := term.index("...")) : at + np.ndim(x) - n] if "..." in term else ()
        for term, x, n in zip(terms, operands, named, strict=True)
    ]
    shape = np.broadcast_shapes(*hidden)
    free = [c for c in string.ascii_letters if c not in letters + (output or "")]
    names = "".join(free[: len(shape)])
    for i, term in enumerate(terms):
        if "..." in term and hidden[i]:
            x, at, own = operands[i], term.index("..."), len(hidden[i])
            before, after = np.shape(x)[:at], np.shape(x)[at + own :]
            operands[i] = np.broadcast_to(x, before + shape[len(shape) - own :] + after)
            term = term.replace("...", names[len(names) - own :])
        terms[i] = term.replace("...", "")
    if output is None:  # what NumPy means then: the ellipsis, and each letter that stands once
        output = names + "".join(c for c in sorted(letters) if letters.count(c) == 1)
    return terms, output.replace("...", names), operands


def _take_diagonals(term: str, x: Any) -> tuple[str, Any]:
    """Write an index that stands twice in an operand as its diagonal."""
    for letter in sorted(set(term)):
        while term.count(letter) > 1:
            i, j = term.index(letter), term.rindex(letter)
            if np.shape(x)[i] != np.shape(x)[j]:
                raise ValueError(f"np.einsum: index {letter!r} has two lengths in {np.shape(x)}")
            x = np.diagonal(x, axis1=i, axis2=j)  # puts the diagonal last
            term = term[:i] + term[i + 1 : j] + term[j + 1 :] + letter
    return term, x


# --- linear algebra -----------------------------------------------------------------------


def norm(length: Any, a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return what `np.linalg.norm` does, for the usual orders; `length` has a rule."""
    axes = np.ndim(a) if axis is None else np.size(axis)
    if ord is None or (axes, ord) in ((1, 2), (2, "fro")):
        return length(a, axis, keepdims)
    if axes == 1 and ord in (1, np.inf):
        return (np.sum if ord == 1 else np.max)(np.abs(a), axis=axis, keepdims=keepdims)
    raise TypeError(f"np.linalg.norm with ord={ord!r} has no derivative rule; see define_vjp")


def matrix_power(a: Any, n: int) -> Any:
    """Return what `np.linalg.matrix_power` does: squares, and products of some of them."""
    n = operator.index(n)
    if np.ndim(a) < 2 or np.shape(a)[-1] != np.shape(a)[-2]:
        raise np.linalg.LinAlgError(f"the matrix must be square, got shape {np.shape(a)}")
    if n < 0:
        return matrix_power(np.linalg.inv(a), -n)
    power = np.broadcast_to(np.eye(np.shape(a)[-1], dtype=a.dtype), np.shape(a))
    while n:
        power = power @ a if n % 2 else power
        n //= 2
        a = a @ a if n else a
    return power
