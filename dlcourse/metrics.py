"""How good a classifier is: numbers that people read, where a loss is for the optimizer.

From simple to complex: one number, then a table of which class is taken for which, then what
that table says of each class. All of them count. Nothing here has a gradient.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcourse._helpers.validation import FloatArray, as_count

Classes = NDArray[np.int64]


def accuracy(labels: Any, predicted: Any) -> float:
    """Return the share of predictions that are right.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        The true class of each sample, counted from 0.
    predicted : array_like or Tensor, shape (n,) or (n, n_classes)
        The predicted classes, or a score of each class (logits or probabilities): then the
        class with the largest score counts, the first of several.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError
        If something that is not a number is given.
    ValueError
        If the lengths differ, there are no samples, or a class is negative, no whole number,
        or beyond the columns of the scores.

    References
    ----------
    M. Sokolova and G. Lapalme, "A systematic analysis of performance measures for
    classification tasks", *Information Processing & Management* 45(4), 2009, 427-437, table 3.

    Examples
    --------
    >>> accuracy([0, 1, 1, 2], [0, 1, 2, 2])
    0.75
    >>> accuracy([0, 1], [[0.9, 0.1], [0.8, 0.2]])
    0.5
    """
    true, guessed, _ = _as_classes(labels, predicted)
    return float(np.mean(true == guessed))


def confusion_matrix(labels: Any, predicted: Any, n_classes: int | None = None) -> Classes:
    """Count how often each class is taken for each.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        As for `accuracy`.
    predicted : array_like or Tensor, shape (n,) or (n, n_classes)
        As for `accuracy`.
    n_classes : int, optional
        How many classes there are. By default as many as the scores have columns, or the
        largest class that occurs asks for.

    Returns
    -------
    ndarray of int, shape (n_classes, n_classes)
        Row i, column j: how many samples of class i were predicted to be of class j. What
        is right lies on the diagonal.

    Raises
    ------
    TypeError, ValueError
        As for `accuracy`; also if a class is not below `n_classes`.

    References
    ----------
    As for `accuracy`.

    Examples
    --------
    One of the two samples of class 1 was taken for class 2:

    >>> confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2])
    array([[1, 0, 0],
           [0, 1, 1],
           [0, 0, 1]])
    """
    true, guessed, count = _as_classes(labels, predicted, n_classes)
    matrix = np.zeros((count, count), dtype=np.int64)
    np.add.at(matrix, (true, guessed), 1)
    return matrix


@dataclass(frozen=True, repr=False, eq=False)
class ClassificationReport:
    """How good a classifier is for each class; print it, or show it in a notebook.

    Attributes
    ----------
    names : tuple of str
        What the classes are called.
    precision : ndarray of float, shape (n_classes,)
        Of the samples predicted to be of a class, the share that is; 0 if there are none.
    recall : ndarray of float, shape (n_classes,)
        Of the samples of a class, the share predicted to be; 0 if there are none.
    f1 : ndarray of float, shape (n_classes,)
        The harmonic mean of the two; 0 if both are.
    support : ndarray of int, shape (n_classes,)
        How many samples of a class there are.
    accuracy : float
        The share of all samples that is predicted right.
    macro_precision : float
        The mean precision of the classes, each with the same weight however rare it is.
    macro_recall : float
        Their mean recall.
    macro_f1 : float
        Their mean f1.
    """

    names: tuple[str, ...]
    precision: FloatArray
    recall: FloatArray
    f1: FloatArray
    support: Classes
    accuracy: float
    macro_precision: float
    macro_recall: float
    macro_f1: float

    def __repr__(self) -> str:
        samples = int(self.support.sum())
        columns = zip(self.names, self.precision, self.recall, self.f1, self.support, strict=True)
        macro = self.macro_precision, self.macro_recall, self.macro_f1
        rows = [
            ["", "precision", "recall", "f1", "support"],
            *([name, *map(_three_digits, numbers), str(n)] for name, *numbers, n in columns),
            ["macro average", *map(_three_digits, macro), str(samples)],
            ["accuracy", "", "", _three_digits(self.accuracy), str(samples)],
        ]
        width = max(len(row[0]) for row in rows)
        lines = [row[0].ljust(width) + "".join(cell.rjust(11) for cell in row[1:]) for row in rows]
        # The classes stand by themselves between what they are and what they add up to.
        return "\n".join([lines[0], "", *lines[1:-2], "", *lines[-2:]])


def classification_report(
    labels: Any, predicted: Any, names: Sequence[str] | None = None
) -> ClassificationReport:
    """Return precision, recall and f1 of each class, and their means.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        As for `accuracy`.
    predicted : array_like or Tensor, shape (n,) or (n, n_classes)
        As for `accuracy`.
    names : sequence of str, optional
        What to call the classes, one name for each; by default their numbers.

    Returns
    -------
    ClassificationReport

    Raises
    ------
    TypeError, ValueError
        As for `accuracy`; also if there is a class without a name.

    Notes
    -----
    With TP samples of a class found, FP others taken for it, and FN of its own missed::

        precision = TP / (TP + FP)    recall = TP / (TP + FN)    f1 = 2 TP / (2 TP + FP + FN)

    Where nothing is to be divided by, because a class was never predicted or never occurs,
    the share is 0. A class that neither occurs nor was ever predicted counts in no mean.
    scikit-learn has the same rules by default.

    References
    ----------
    As for `accuracy`.

    Examples
    --------
    >>> classification_report([0, 0, 1, 1, 1], [0, 1, 1, 1, 1], names=["cat", "dog"])
                     precision     recall         f1    support
    <BLANKLINE>
    cat                  1.000      0.500      0.667          2
    dog                  0.750      1.000      0.857          3
    <BLANKLINE>
    macro average        0.875      0.750      0.762          5
    accuracy                                   0.800          5
    """
    if isinstance(names, str):
        raise TypeError(f"names must be a list of one name a class, got the text {names!r}")
    matrix = confusion_matrix(labels, predicted, None if names is None else len(names))
    found, support, guesses = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    precision, recall = _share(found, guesses), _share(found, support)
    f1 = _share(2 * found, guesses + support)
    occurs = guesses + support > 0
    return ClassificationReport(
        names=tuple(map(str, range(len(matrix)) if names is None else names)),
        precision=precision,
        recall=recall,
        f1=f1,
        support=support,
        accuracy=float(found.sum() / matrix.sum()),
        macro_precision=float(precision[occurs].mean()),
        macro_recall=float(recall[occurs].mean()),
        macro_f1=float(f1[occurs].mean()),
    )


def _share(part: Classes, whole: Classes) -> FloatArray:
    """Return part / whole, and 0 where the whole is 0."""
    shares: FloatArray = part / np.maximum(whole, 1)  # of nothing, the part is 0
    return shares


def _three_digits(number: float) -> str:
    return f"{number:.3f}"


# What counts as classes --------------------------------------------------------------------


def _as_classes(
    labels: Any, predicted: Any, n_classes: int | None = None
) -> tuple[Classes, Classes, int]:
    """Return true and predicted classes as integers, and how many classes there are."""
    true, guessed = _as_numbers(labels, "labels"), _as_numbers(predicted, "predicted")
    if true.ndim == 2:
        raise ValueError(
            f"labels must have shape (n,), one class a sample, got shape {true.shape}; "
            + _instead_of_a_table(true.shape[1], "labels")
        )
    columns = None
    if guessed.ndim == 2:
        columns = guessed.shape[1]
        guessed = _of_largest_score(guessed)
    for array, name in ((true, "labels"), (guessed, "predicted")):
        if array.ndim != 1:
            raise ValueError(f"{name} must hold one class a sample, got shape {array.shape}")
    if len(true) != len(guessed):
        raise ValueError(
            f"labels and predicted must belong to the same samples, but there are {len(true)} "
            f"labels and {len(guessed)} predictions"
        )
    if len(true) == 0:
        raise ValueError("there is nothing to compare: labels and predicted are empty")
    true, guessed = _as_whole(true, "labels"), _as_whole(guessed, "predicted")
    largest = int(max(true.max(), guessed.max()))
    count = columns or largest + 1
    if n_classes is not None:
        count = as_count(n_classes, "the number of classes")
        if columns not in (None, count):
            raise ValueError(
                f"predicted has {columns} columns of scores, but there are {count} classes"
            )
    for array, name in ((true, "labels"), (guessed, "predicted")):
        if array.max() >= count:
            raise ValueError(
                f"{name} has class {array.max()} at index {array.argmax()}, but there are only "
                f"{count} classes, 0 to {count - 1}"
            )
    return true, guessed, count


def _as_numbers(values: Any, name: str) -> NDArray[Any]:
    """Return the values, a tensor's too, as an array of real numbers."""
    try:
        array = np.asarray(getattr(values, "value", values))
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} is not a regular array of numbers: {error}") from None
    if array.size and array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} must hold the numbers of classes, from 0, got dtype {array.dtype}; for texts "
            f"use names, {name} = np.unique({name}, return_inverse=True)"
        )
    return array.astype(np.float64 if array.dtype.kind == "f" else np.int64)


def _of_largest_score(scores: NDArray[Any]) -> Classes:
    if scores.shape[1] < 2:
        raise ValueError(
            f"predicted has shape {scores.shape}: a table of scores has a column for each class; "
            + _instead_of_a_table(scores.shape[1], "predicted")
        )
    if np.isnan(scores).any():
        row = int(np.argwhere(np.isnan(scores))[0, 0])
        raise ValueError(f"predicted has a score that is nan, first in row {row}")
    best: Classes = np.argmax(scores, axis=1)
    return best


def _instead_of_a_table(columns: int, name: str) -> str:
    if columns != 1:
        return f"for one-hot rows pass np.argmax({name}, axis=1)"
    if name == "labels":
        return "pass labels[:, 0]"
    return "for classes pass predicted[:, 0], for probabilities of class 1 predicted[:, 0] > 0.5"


def _as_whole(values: NDArray[Any], name: str) -> Classes:
    """Return classes as integers, if that is what they are."""
    with np.errstate(invalid="ignore"):  # nan and inf are no integers, and so differ from them
        whole = values.astype(np.int64)
    wrong = (whole != values) | (whole < 0)
    if wrong.any():
        first = int(np.argmax(wrong))
        advice = "; for probabilities of class 1 pass predicted > 0.5"
        raise ValueError(
            f"{name} must hold whole numbers from 0, got {values[first]} at index {first}"
            + (advice if name == "predicted" else "")
        )
    return whole
