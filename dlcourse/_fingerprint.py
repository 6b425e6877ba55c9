"""Whether an array is still what it was.

A gradient is computed from arrays that were used a while ago. Copies of them all would
take too much memory; a fingerprint is enough to notice that one was changed since.
"""

from typing import Any

import numpy as np

_ROW = 2003  # words of 8 bytes; a prime, so that no row of data is as long


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
    if not isinstance(x, np.ndarray):
        return [fingerprint(part) for part in x] if isinstance(x, (list, tuple)) else [x]
    if x.nbytes < 16 * _ROW or x.dtype.kind != "f":
        return x.tobytes()
    # The bits, read as whole numbers, laid out in rows and added up column by column: one
    # pass over the array, and the sums change with any entry, and with almost any move.
    flat = np.ravel(x)
    rows = np.frombuffer(flat, np.uint64, flat.nbytes // (8 * _ROW) * _ROW).reshape(-1, _ROW)
    return np.add.reduce(rows).tobytes(), flat.view(np.uint8)[rows.nbytes :].tobytes()
