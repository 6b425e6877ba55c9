"""Getting data ready: one scale for all columns, a fair split, and mini-batches.

The three scalers share one line of arithmetic, ``(x - center) / scale``, and
differ in the two statistics. Learn the statistics from the training rows only
(``fit``), then apply them to any rows (``transform``).
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcourse._validation import FloatArray, as_count, as_generator, as_table

# minibatches() gathers about this many shuffled rows at a time: few enough to
# stay in the processor's cache, many enough to make small batches cheap.
_ROWS_PER_GATHER = 1024


class _ColumnScaler:
    """Subtract a center from each column and divide by a scale; both are learned."""

    center_: FloatArray
    scale_: FloatArray
    formula: ClassVar[str]

    def fit(self, x: ArrayLike) -> Self:
        """Learn the center and the scale of each column.

        Parameters
        ----------
        x : array_like of shape (n_samples, n_features)
            Finite numbers; integers count as float64.

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            If `x` is not a non-empty table of finite numbers, or a column has numbers so
            large or small that its spread is not a positive finite number.
        """
        table = as_table(x, "x")
        with np.errstate(over="ignore", invalid="ignore"):  # overflow is refused below
            # float64 sums keep long float32 columns exact to the last digit they have.
            center, scale = self._statistics(table.astype(np.float64))
            # A constant column has nothing to scale. Its computed spread may be a
            # rounding error rather than 0, so ask the data, not the spread.
            constant = (table == table[0]).all(axis=0)
            center = np.where(constant, table[0], center)
            scale = np.where(constant, 1.0, scale)
            center, scale = center.astype(table.dtype), scale.astype(table.dtype)
        usable = np.isfinite(center) & np.isfinite(scale) & (scale > 0)
        if not usable.all():
            column = int(np.argmin(usable))
            raise ValueError(
                f"column {column} of x has center {center[column]} and scale {scale[column]} in "
                f"{table.dtype}: its numbers are too large or too small; change their unit"
            )
        self.center_, self.scale_ = center, scale
        return self

    def transform(self, x: ArrayLike) -> FloatArray:
        """Return ``(x - center_) / scale_``.

        Parameters
        ----------
        x : array_like of shape (n_samples, n_features)
            As many columns as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            float32 stays float32, everything else is float64.

        Raises
        ------
        RuntimeError
            If nothing has been learned yet.
        ValueError, TypeError
            If `x` is not a table of finite numbers with the columns of `fit`.
        """
        table = self._checked(x)
        return np.asarray(
            (table - self.center_.astype(table.dtype)) / self.scale_.astype(table.dtype)
        )

    def inverse_transform(self, x: ArrayLike) -> FloatArray:
        """Return ``x * scale_ + center_``: back to the units that `fit` saw.

        Parameters
        ----------
        x : array_like of shape (n_samples, n_features)
            As many columns as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_features)

        Raises
        ------
        RuntimeError
            If nothing has been learned yet.
        ValueError, TypeError
            If `x` is not a table of finite numbers with the columns of `fit`.
        """
        table = self._checked(x)
        return np.asarray(
            table * self.scale_.astype(table.dtype) + self.center_.astype(table.dtype)
        )

    def fit_transform(self, x: ArrayLike) -> FloatArray:
        """Return ``fit(x).transform(x)``.

        Parameters
        ----------
        x : array_like of shape (n_samples, n_features)
            The training rows: statistics taken from test rows would leak.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        return self.fit(x).transform(x)

    def _checked(self, x: ArrayLike) -> FloatArray:
        if not hasattr(self, "scale_"):
            name = type(self).__name__
            raise RuntimeError(f"this {name} has learned nothing yet; call fit(x) first")
        return as_table(x, "x", columns=len(self.scale_))

    def _statistics(self, x: NDArray[np.float64]) -> tuple[Any, Any]:
        """Return the center and the scale of each column of `x`."""
        raise TypeError("use one of the scalers: MinMaxScaler, MeanNormalizer, StandardScaler")

    def __repr__(self) -> str:
        learned = f"{len(self.scale_)} columns" if hasattr(self, "scale_") else "not fitted"
        return f"<{type(self).__name__}: {self.formula}, {learned}>"


class MinMaxScaler(_ColumnScaler):
    r"""Map each column to the interval [0, 1].

    .. math:: x' = \frac{x - \min}{\max - \min}

    A constant column is only shifted, to 0.

    Attributes
    ----------
    center_ : ndarray of shape (n_features,)
        The smallest value of each column.
    scale_ : ndarray of shape (n_features,)
        Largest minus smallest value; 1 for a constant column.

    References
    ----------
    Equation :eq:`min-max` of chapter 9.

    I. H. Witten, E. Frank and M. A. Hall, *Data Mining*, 3rd ed., Morgan Kaufmann,
    2011, section 2.4.

    Examples
    --------
    >>> MinMaxScaler().fit_transform([[1.0, 5.0], [2.0, 5.0], [5.0, 5.0]])
    array([[0.  , 0.  ],
           [0.25, 0.  ],
           [1.  , 0.  ]])
    """

    formula = "(x - min) / (max - min)"

    def _statistics(self, x: NDArray[np.float64]) -> tuple[Any, Any]:
        return x.min(axis=0), np.ptp(x, axis=0)


class MeanNormalizer(_ColumnScaler):
    r"""Center each column on 0 and divide by its range.

    .. math:: x' = \frac{x - \bar{x}}{\max - \min}

    A constant column is only shifted, to 0.

    Attributes
    ----------
    center_ : ndarray of shape (n_features,)
        The mean of each column.
    scale_ : ndarray of shape (n_features,)
        Largest minus smallest value; 1 for a constant column.

    References
    ----------
    Equation :eq:`mean-normalization` of chapter 9.

    A. Ng, *Machine Learning* (course notes, CS229), Stanford University: mean
    normalization.

    Examples
    --------
    >>> MeanNormalizer().fit_transform([[1.0], [2.0], [3.0]])
    array([[-0.5],
           [ 0. ],
           [ 0.5]])
    """

    formula = "(x - mean) / (max - min)"

    def _statistics(self, x: NDArray[np.float64]) -> tuple[Any, Any]:
        return x.mean(axis=0), np.ptp(x, axis=0)


class StandardScaler(_ColumnScaler):
    r"""Give each column mean 0 and standard deviation 1.

    .. math:: x' = \frac{x - \bar{x}}{\sigma},\qquad
        \sigma^2 = \frac{1}{n}\sum_i (x_i - \bar{x})^2

    A constant column is only shifted, to 0. The variance divides by n, as in
    scikit-learn, not by n - 1.

    Attributes
    ----------
    center_ : ndarray of shape (n_features,)
        The mean of each column.
    scale_ : ndarray of shape (n_features,)
        The standard deviation of each column; 1 for a constant column.

    References
    ----------
    Equation :eq:`standardization` of chapter 9. Equation :eq:`boston-standardize` of chapter 12.

    Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp", in *Neural
    Networks: Tricks of the Trade*, Springer, 1998, section 4.3.

    Examples
    --------
    >>> StandardScaler().fit_transform([[1.0], [3.0]])
    array([[-1.],
           [ 1.]])
    """

    formula = "(x - mean) / std"

    def _statistics(self, x: NDArray[np.float64]) -> tuple[Any, Any]:
        return x.mean(axis=0), x.std(axis=0)


def train_test_split(
    *arrays: ArrayLike, test_size: float = 0.2, rng: np.random.Generator | int | None = None
) -> tuple[NDArray[Any], ...]:
    """Shuffle the rows once and cut them in two, all arrays in the same way.

    Parameters
    ----------
    *arrays : array_like
        One or more arrays with the same number of rows.
    test_size : float
        The share of the rows held out, between 0 and 1. The number of test rows
        is rounded up; at least one row is left on each side.
    rng : numpy.random.Generator, int or None
        Source of the shuffle. An int is a seed; None gives another split each time.

    Returns
    -------
    tuple of ndarray
        ``a_train, a_test, b_train, b_test, ...``: copies, in the order given.

    Raises
    ------
    ValueError
        If no array is given, row counts differ, there are fewer than two rows, or
        `test_size` is not strictly between 0 and 1.

    References
    ----------
    T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*,
    2nd ed., Springer, 2009, section 7.2.

    Examples
    --------
    >>> x_train, x_test, y_train, y_test = train_test_split(
    ...     np.arange(20).reshape(10, 2), np.arange(10), test_size=0.3, rng=0
    ... )
    >>> x_train.shape, x_test.shape
    ((7, 2), (3, 2))
    >>> bool((x_test[:, 0] == 2 * y_test).all())
    True
    """
    tables = _same_rows(arrays)
    rows = len(tables[0])
    if rows < 2:
        raise ValueError(f"a split needs at least two rows, got {rows}")
    if not 0 < test_size < 1:
        raise ValueError(f"test_size must lie between 0 and 1, got {test_size!r}")
    held_out = min(int(np.ceil(rows * test_size)), rows - 1)
    order = as_generator(rng).permutation(rows)
    test, train = order[:held_out], order[held_out:]
    return tuple(part for table in tables for part in (table[train], table[test]))


def minibatches(
    *arrays: ArrayLike, batch_size: int, rng: np.random.Generator | None = None
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Yield the rows in mini-batches, each row once: one epoch.

    Parameters
    ----------
    *arrays : array_like
        One or more arrays with the same number of rows.
    batch_size : int
        Rows in a batch. The last batch has the rest, so it may be smaller.
    rng : numpy.random.Generator, optional
        With it the rows are shuffled, anew at each call; without it they come in
        order. (A seed would shuffle every epoch alike, so it is refused.)

    Yields
    ------
    tuple of ndarray
        The next rows of each array. Treat them as read-only.

    Raises
    ------
    ValueError, TypeError
        If no array is given, row counts differ, there are no rows, `batch_size` is
        not a whole number of at least 1, or `rng` is not a Generator.

    References
    ----------
    L. Bottou, "Stochastic Gradient Descent Tricks", in *Neural Networks: Tricks of
    the Trade*, 2nd ed., Springer, 2012, section 3.

    Examples
    --------
    >>> for x, y in minibatches(np.arange(5), np.arange(5) ** 2, batch_size=2):
    ...     print(x, y)
    [0 1] [0 1]
    [2 3] [4 9]
    [4] [16]
    """
    tables = _same_rows(arrays)
    size = as_count(batch_size, "batch_size")
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator or None, got {rng!r}")
    return _batches(tables, size, rng)


def _batches(
    tables: list[NDArray[Any]], size: int, rng: np.random.Generator | None
) -> Iterator[tuple[NDArray[Any], ...]]:
    rows = len(tables[0])
    if rng is None:
        yield from _slices(tables, size)
        return
    order = rng.permutation(rows)
    block = size * max(1, _ROWS_PER_GATHER // size)
    for first in range(0, rows, block):
        yield from _slices([table[order[first : first + block]] for table in tables], size)


def _slices(tables: list[NDArray[Any]], size: int) -> Iterator[tuple[NDArray[Any], ...]]:
    starts = range(0, len(tables[0]), size)
    return zip(*[[table[i : i + size] for i in starts] for table in tables], strict=True)


def _same_rows(arrays: tuple[ArrayLike, ...]) -> list[NDArray[Any]]:
    """Return `arrays` as NumPy arrays that all have the same, positive number of rows."""
    tables = [np.asarray(array) for array in arrays]
    if not tables:
        raise ValueError("at least one array is needed, got none")
    if any(table.ndim == 0 for table in tables):
        raise ValueError("every array needs rows, got a single number")
    counts = [len(table) for table in tables]
    if len(set(counts)) > 1:
        raise ValueError(f"all arrays must have the same number of rows, got {counts}")
    if counts[0] == 0:
        raise ValueError("the arrays have no rows")
    return tables
