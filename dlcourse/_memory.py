"""Large results in memory that is already there.

Fresh memory is not free: the operating system hands it out page by page, at the first
touch. A training step makes and drops the same large arrays again and again, so this
room keeps a few and lends them once nobody else holds them.
"""

import sys
from typing import Any

import numpy as np
from numpy import ndarray

_LARGE = 1 << 16  # bytes; below, NumPy and the C library recycle by themselves
_KEPT = 4  # of each shape and dtype
_KINDS = 32  # shapes and dtypes

_arrays: dict[tuple[Any, ...], list[Any]] = {}


def matmul(a: Any, b: Any) -> Any:
    """Return ``a @ b``; a large result lies in recycled memory.

    Parameters
    ----------
    a, b : ndarray or Tensor
        Matrices or vectors.

    Returns
    -------
    ndarray or Tensor
        As good as new: no one else sees it change.

    Examples
    --------
    >>> matmul(np.eye(2), np.ones((2, 2)))
    array([[1., 1.],
           [1., 1.]])
    """
    if type(a) is not ndarray or type(b) is not ndarray:
        return a @ b
    if a.ndim != 2 or b.ndim != 2 or len(a) * b.shape[1] * a.itemsize < _LARGE:
        return a.dot(b)  # for small matrices in less than half the time of a @ b
    if a.dtype != b.dtype:
        return a @ b
    return np.matmul(a, b, out=_lend((len(a), b.shape[1]), a.dtype))


def _lend(shape: tuple[int, ...], dtype: Any) -> Any:
    """Return an array of the kept ones that nobody else holds, or a new one."""
    kept = _arrays.setdefault((shape, dtype), [])
    if len(_arrays) > _KINDS:  # let go of those that have been here longest
        del _arrays[next(iter(_arrays))]
    for array in kept:
        # A view of the array, or a buffer made from it, holds it too.
        if sys.getrefcount(array) == _HOLDERS:
            array.flags.writeable = True
            return array
    array = np.empty(shape, dtype)
    if len(kept) < _KEPT:
        kept.append(array)
    return array


def _holders() -> int:
    """Count who holds an array that only the list of kept ones holds, when `_lend` looks."""
    kept = [np.empty(1)]
    for array in kept:
        return sys.getrefcount(array)
    raise AssertionError


_HOLDERS = _holders()  # the list, the name, the call: 3, or fewer where Python saves on counting
