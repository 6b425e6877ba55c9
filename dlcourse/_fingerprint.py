"""Whether an array is still what it was.

A gradient is computed from arrays that were used a while ago. Copies of them all would
take too much memory; a fingerprint is enough to notice that one was changed since.
"""

from typing import Any

import numpy as np

_ROW = 2003  # words of 8 bytes; an odd prime: no row of data is as long, and signs don't cancel


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
        return (
            [fingerprint(part) for part in x] if isinstance(x, (list, tuple)) else [x]
        )  # equal to itself, even NaN
    if x.nbytes < 16 * _ROW or x.dtype.kind != "f":
        return x.tobytes()
    # The bits, read as whole numbers and laid out in rows, are added up column by column and
    # row by row. A changed entry changes two sums, a moved one four, unless it stays in its
    # row or its column; to leave all as they were, it takes four changes that fit together.
    flat = np.asarray(x).ravel(order="K")
    rows = np.frombuffer(flat, np.uint64, flat.nbytes // (8 * _ROW) * _ROW).reshape(-1, _ROW)
    sums = np.add.reduce(rows).tobytes(), np.add.reduce(rows, axis=1).tobytes()
    return *sums, flat.view(np.uint8)[rows.nbytes :].tobytes()
