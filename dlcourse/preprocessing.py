"""Getting data ready: one scale for all columns, a fair split, and mini-batches.

The three scalers share one line of arithmetic, ``(x - center) / scale``, and
differ in the two statistics. Learn the statistics from the training rows only
(``fit``), then apply them to any rows (``transform``).
"""

import math
import numbers
from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcourse._helpers.validation import FloatArray, as_count, as_generator, as_table

# minibatches() gathers about this many shuffled rows at a time: few enough to
# stay in the processor's cache, many enough to make small batches cheap.
_ROWS_PER_GATHER = 1024

# A column whose numbers differ by no more than this many units in the last place of the
# largest counts as constant: .1 + .2 and .3 differ by one.
_ROUNDING = 4


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
            Finite numbers; integers and booleans count as float64.

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
            # A constant column has nothing to scale, and what was computed for it may be
            # rounding: the mean of 0.1 repeated is not 0.1. So ask the data.
            low, high = table.min(axis=0), table.max(axis=0)
            # (Half of the largest, so that the largest float too has a neighbour above.)
            unit = 2 * np.spacing(np.maximum(-low, high) / 2)
            constant = high - low <= _ROUNDING * unit
            center = np.where(constant, np.clip(center, low, high), center)
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

    A constant column is only shifted, to 0. Constant is a column whose numbers differ by no
    more than rounding: 4 units in the last place of the largest.

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

    A constant column is only shifted, to 0. Constant is a column whose numbers differ by no
    more than rounding: 4 units in the last place of the largest.

    Attributes
    ----------
    center_ : ndarray of shape (n_features,)
        The mean of each column.
    scale_ : ndarray of shape (n_features,)
        Largest minus smallest value; 1 for a constant column.

    References
    ----------
    Equation :eq:`mean-normalization` of chapter 9.

    A. Ng, *Machine Learning* (course on Coursera, 2011): feature scaling and mean normalization.

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

    A constant column is only shifted, to 0. Constant is a column whose numbers differ by no
    more than rounding: 4 units in the last place of the largest. The variance divides by
    n, as in scikit-learn, not by n - 1.

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
    *arrays: ArrayLike,
    test_size: float = 0.2,
    stratify: ArrayLike | None = None,
    rng: np.random.Generator | int | None = None,
) -> tuple[NDArray[Any], ...]:
    """Shuffle the rows once and cut them in two, all arrays in the same way.

    Parameters
    ----------
    *arrays : array_like
        One or more arrays with the same number of rows.
    test_size : float
        The share of the rows held out, between 0 and 1. The number of test rows
        is rounded up; at least one row is left on each side.
    stratify : array_like of shape (n_samples,), optional
        A label for each row, usually the target. Each label then has the same share of
        both parts, as nearly as whole rows allow.
    rng : numpy.random.Generator, int or None
        Source of the shuffle. An int is a seed; None gives another split each time.

    Returns
    -------
    tuple of ndarray
        ``a_train, a_test, b_train, b_test, ...``: copies, in the order given.

    Raises
    ------
    ValueError, TypeError
        If no array is given, row counts differ, there are fewer than two rows,
        `test_size` is not a number strictly between 0 and 1, a label of `stratify` has one
        row only, a part has fewer rows than there are labels, or `rng` is none of the three.

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

    A third of the rows is a, in both parts:

    >>> letters = np.array(list("abbabbabb"))
    >>> train, test = train_test_split(letters, test_size=1 / 3, stratify=letters, rng=0)
    >>> "".join(np.sort(train)), "".join(np.sort(test))
    ('aabbbb', 'abb')
    """
    tables = _same_rows(arrays)
    rows = len(tables[0])
    if rows < 2:
        raise ValueError(f"a split needs at least two rows, got {rows}")
    share: Any = test_size  # whatever was given
    if isinstance(share, bool) or not isinstance(share, numbers.Real):
        raise TypeError(f"test_size must be a number between 0 and 1, got {share!r}")
    if not 0 < test_size < 1:
        raise ValueError(f"test_size must lie between 0 and 1, got {test_size!r}")
    # 0.07 * 100 is 7.000000000000001: an excess that small is rounding, and no row.
    held_out = min(math.ceil(rows * test_size * (1 - 1e-12)), rows - 1)
    groups = None if stratify is None else _groups(stratify, rows, held_out)
    generator = as_generator(rng)
    order = generator.permutation(rows)
    if groups is not None:
        order = _fair_shares_first(order, groups, held_out, generator)
    test, train = order[:held_out], order[held_out:]
    return tuple(part for table in tables for part in (table[train], table[test]))


def _groups(stratify: ArrayLike, rows: int, held_out: int) -> NDArray[np.intp]:
    """Return a number from 0 for each row, the same where `stratify` has the same label."""
    labels = np.asarray(stratify)
    if labels.shape != (rows,):
        raise ValueError(
            f"stratify must have one label for each of the {rows} rows, got shape {labels.shape}"
        )
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        raise ValueError("stratify holds labels that are nan; fill them or leave out their rows")
    try:
        names, groups, counts = np.unique(labels, return_inverse=True, return_counts=True)
    except TypeError as error:  # None among words, for instance
        raise TypeError(f"the labels of stratify must be all of one kind: {error}") from None
    if counts.min() < 2:
        lonely = names[np.argmin(counts)]
        raise ValueError(
            f"label {lonely} of stratify has one row only, and each part needs one; leave it "
            "out, or join it with another label (numbers that are all different are no labels)"
        )
    if min(held_out, rows - held_out) < len(names):
        raise ValueError(
            f"parts of {rows - held_out} and {held_out} rows can't both show the {len(names)} "
            "labels of stratify; change test_size"
        )
    return np.asarray(groups)


def _fair_shares_first(
    order: NDArray[np.intp],
    groups: NDArray[np.intp],
    held_out: int,
    generator: np.random.Generator,
) -> NDArray[np.intp]:
    """Return the rows of `order` so that the first `held_out` have a fair share of each group."""
    sizes = np.bincount(groups)
    # Whole rows first; what is left over goes to the groups that were cut the most.
    wanted, cut = np.divmod(sizes * held_out, len(order))
    turns = generator.permutation(len(sizes))  # who is first among equals
    most_cut = turns[np.argsort(-cut[turns], kind="stable")]
    wanted[most_cut[: held_out - wanted.sum()]] += 1
    # The place of each row within its group, in the order of the shuffle.
    shuffled = groups[order]
    by_group = np.argsort(shuffled, kind="stable")
    place = np.empty_like(by_group)
    place[by_group] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    taken = place < wanted[shuffled]
    return np.concatenate([order[taken], order[~taken]])


def minibatches(
    *arrays: ArrayLike,
    batch_size: int,
    drop_last: bool = False,
    rng: np.random.Generator | int | None = None,
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Yield the rows in mini-batches, each row once: one epoch.

    Parameters
    ----------
    *arrays : array_like
        One or more arrays with the same number of rows.
    batch_size : int
        Rows in a batch. The last batch has the rest, so it may be smaller.
    drop_last : bool
        If true, a last batch that is smaller is left out, for what needs batches of one
        size, or of two rows at least.
    rng : numpy.random.Generator, int or None
        Source of the shuffle; None keeps the order of the rows. An int is a seed, and each
        call with it gives the same order: for another order in every epoch make one
        generator, and pass it to every call.

    Yields
    ------
    tuple of ndarray
        The next rows of each array. Shuffled ones are read-only, others views of your arrays.

    Raises
    ------
    ValueError, TypeError
        If no array is given, row counts differ, there are no rows, `batch_size` is
        not a whole number of at least 1, `drop_last` would leave no batch, or `rng` is
        none of the three.

    References
    ----------
    L. Bottou, "Stochastic Gradient Descent Tricks", in *Neural Networks: Tricks of
    the Trade*, 2nd ed., Springer, 2012, section 4.1.

    Examples
    --------
    >>> for x, y in minibatches(np.arange(5), np.arange(5) ** 2, batch_size=2):
    ...     print(x, y)
    [0 1] [0 1]
    [2 3] [4 9]
    [4] [16]
    >>> [len(x) for (x,) in minibatches(np.arange(5), batch_size=2, drop_last=True, rng=0)]
    [2, 2]
    """
    tables = _same_rows(arrays)
    size = as_count(batch_size, "batch_size")
    rows = len(tables[0])
    if drop_last and size > rows:
        raise ValueError(
            f"drop_last leaves no batch at all: {rows} rows don't fill one of batch_size {size}; "
            "take it smaller"
        )
    kept = rows - rows % size if drop_last else rows
    return _batches(tables, size, kept, None if rng is None else as_generator(rng))


def _batches(
    tables: list[NDArray[Any]], size: int, kept: int, rng: np.random.Generator | None
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Yield the batches of the first `kept` rows, shuffled or not."""
    if rng is None:
        yield from _slices([table[:kept] for table in tables], size)
        return
    order = rng.permutation(len(tables[0]))[:kept]
    block = size * max(1, _ROWS_PER_GATHER // size)
    for first in range(0, kept, block):
        gathered = [table[order[first : first + block]] for table in tables]
        for table in gathered:
            table.setflags(write=False)  # so that a tape may keep the batches without a copy
        yield from _slices(gathered, size)


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
