"""Whether an array is still what it was.

A gradient is computed from arrays that were used a while ago. Copies of them all would
take too much memory; a fingerprint is enough to notice that one was changed since.
"""

from typing import Any

import numpy as np
from numpy import ndarray

_ROW = 2003  # numbers of 8 bytes; a prime, so that rows of data seldom fall on one another

_SMALL = 16 * _ROW  # bytes; below, a copy is the fingerprint


def fingerprint(x: Any) -> Any:
    """Return something that is almost sure to be different once `x` has changed.

    Parameters
    ----------
    x : object
        An array; a list or tuple of arrays, numbers and slices; or anything that can't
        change.

    Returns
    -------
    object
        To be compared with a later one.

    Examples
    --------
    >>> x = np.ones(3)
    >>> before = fingerprint(x)
    >>> x[0] = 2.0
    >>> fingerprint(x) == before
    False
    """
    if not isinstance(x, ndarray):
        if isinstance(x, (list, tuple)):
            return [fingerprint(part) for part in x]
        return [x]  # in a list, even NaN is equal to itself
    if x.nbytes < _SMALL or x.dtype.kind != "f":
        return x.tobytes()
    # The bits, read as whole numbers and laid out in rows, are added up column by column, in
    # one pass over the array. That leaves out what stays within its column: rows of data that
    # change places, a multiple of 2003 apart, or an even number of signs. Every 101st column
    # as it is tells these, too, unless they are few.
    flat = np.asarray(x).ravel(order="K")
    rows = np.frombuffer(flat, np.uint64, flat.nbytes // (8 * _ROW) * _ROW).reshape(-1, _ROW)
    rest = flat[rows.nbytes // flat.itemsize :]
    return np.add.reduce(rows).tobytes(), rows[:, ::101].tobytes(), rest.tobytes()
