"""Losses: one number that says how wrong a prediction is, smaller is better.

Each is a mean over the batch, so a learning rate keeps its meaning when the
batch size changes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def mean_squared_error(prediction: NDArray[Any], target: NDArray[Any]) -> float:
    r"""Return the mean of the squared residuals.

    .. math:: L = \frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2

    Parameters
    ----------
    prediction, target : ndarray
        Of the same shape, with at least one entry.

    Returns
    -------
    float
        In the squared unit of `target`.

    Raises
    ------
    ValueError
        If the shapes differ (they are never broadcast) or are empty.

    References
    ----------
    T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*,
    2nd ed., Springer, 2009, section 2.4.

    Examples
    --------
    >>> mean_squared_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    2.0
    """
    prediction, target = np.asarray(prediction), np.asarray(target)
    if prediction.shape != target.shape:
        raise ValueError(
            f"prediction and target must have the same shape, got {prediction.shape} and "
            f"{target.shape}"
        )
    if prediction.size == 0:
        raise ValueError("the mean of no residuals does not exist: prediction is empty")
    # Whole numbers would wrap around: np.uint8(1) - np.uint8(2) is 255.
    dtype = np.result_type(prediction, target, np.float32)
    residual = np.subtract(prediction, target, dtype=dtype).ravel()
    return float(np.dot(residual, residual)) / len(residual)
