"""NumPy functions written with simpler ones.

In `dlcourse.autodiff` the simpler ones have derivatives, so these need none of their own.
"""

import functools
import string
from typing import Any

import numpy as np


def variance(a: Any, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
    """Return what `np.var` does; with too many degrees of freedom it is infinite, or NaN."""
    deviation = a - np.mean(a, axis=axis, keepdims=True)
    squares = np.sum(deviation * deviation, axis=axis, keepdims=keepdims)
    return squares / max(np.size(a) // max(1, np.size(squares)) - ddof, 0)


def moving(function: Any) -> Any:
    """Write a function that only moves, repeats or drops entries as an index into them."""

    @functools.wraps(function)
    def written_out(a: Any, *args: Any, **kwargs: Any) -> Any:
        places = function(np.arange(np.size(a)).reshape(np.shape(a)), *args, **kwargs)
        flat = np.reshape(a, -1)
        return [flat[p] for p in places] if isinstance(places, list) else flat[places]

    return written_out


def dot(a: Any, b: Any) -> Any:
    """Return what `np.dot` does: with more axes than two, not what ``a @ b`` does."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    return np.matmul(a, b) if np.ndim(b) <= 2 else np.tensordot(a, b, axes=(-1, -2))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Return what `np.tensordot` does: axes to sum over get one letter, all others their own."""
    n, m = np.ndim(a), np.ndim(b)
    over_a, over_b = axes if np.ndim(axes) else (range(n - axes, n), range(axes))
    names_a, names_b = (list(string.ascii_letters[k : k + d]) for k, d in ((0, n), (n, m)))
    for i, j in zip(np.atleast_1d(over_a), np.atleast_1d(over_b), strict=True):
        names_b[j] = names_a[i]
    rest = [c for c in names_a + names_b if not (c in names_a and c in names_b)]
    return np.einsum(f"{''.join(names_a)},{''.join(names_b)}->{''.join(rest)}", a, b)


def norm(a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return what `np.linalg.norm` does, for the usual orders; flat at the zero vector."""
    axes = np.ndim(a) if axis is None else np.size(axis)
    if ord is None or (axes, ord) in ((1, 2), (2, "fro")):
        squares = np.sum(a * a, axis=axis, keepdims=keepdims)
        return np.sqrt(squares + (squares == 0)) * (squares != 0)
    if axes == 1 and ord in (1, np.inf):
        return (np.sum if ord == 1 else np.max)(np.abs(a), axis=axis, keepdims=keepdims)
    raise TypeError(f"np.linalg.norm with ord={ord!r} has no derivative rule; see define_vjp")


def spelled_out(subscripts: Any) -> str:
    """Return the subscripts of `np.einsum` with the indices of the result."""
    text = subscripts.replace(" ", "") if isinstance(subscripts, str) else "..."  # to refuse it
    terms = text.partition("->")[0].split(",")
    if "." in text or any(len(set(term)) < len(term) for term in terms):
        what = "no derivative rule for ellipses, lists, or an index twice in one operand"
        how = 'name all indices as in "ij,jk->ik"; np.diagonal and np.trace take care of doubles'
        raise TypeError(f"np.einsum({subscripts!r}): {what}; {how}")
    if "->" not in text:
        letters = "".join(terms)
        text += "->" + "".join(c for c in sorted(letters) if letters.count(c) == 1)
    return text
