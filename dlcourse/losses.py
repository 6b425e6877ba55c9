"""Losses: one number that says how wrong a prediction is, smaller is better.

Each is a mean over the batch, so a learning rate keeps its meaning when the batch size
changes. Each brings its derivative with it: ``loss.with_vjp(prediction, target)`` returns
the value and the function that the tape uses, for you to call by hand.
"""

from typing import Any

import numpy as np
from numpy import ndarray

from dlcourse.autodiff import Tensor, fused, sigmoid, softmax
from dlcourse.autodiff.elementary import below_top


@fused
def mean_squared_error(prediction: Any, target: Any) -> Any:
    r"""Return the mean of the squared residuals.

    .. math::

        L &= \frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2 \\
        \frac{\partial L}{\partial \hat{y}_i} &= \frac{2}{n} (\hat{y}_i - y_i)

    Parameters
    ----------
    prediction, target : array_like or Tensor
        Of the same shape, with at least one entry.

    Returns
    -------
    float or Tensor
        In the squared unit of `target`.

    Raises
    ------
    ValueError
        If the shapes differ (they are never broadcast) or are empty.

    References
    ----------
    Equation :eq:`boston-mse` of chapter 12.

    T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*,
    2nd ed., Springer, 2009, section 2.4.

    Examples
    --------
    >>> mean_squared_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    2.0
    """
    residual = _residual(prediction, target)
    n = residual.size

    def vjp(g: Any, wanted: Any = (True, True)) -> Any:
        slope = residual * (g * (2.0 / n))
        return (slope, -slope if wanted[1] else None)

    if type(residual) is ndarray:
        flat = residual.ravel()
        return flat.dot(flat) / n, vjp  # the same sum, much quicker
    return np.sum(residual * residual) / n, vjp


@fused
def mean_absolute_error(prediction: Any, target: Any) -> Any:
    r"""Return the mean of the absolute residuals.

    .. math::

        L &= \frac{1}{n} \sum_{i=1}^{n} |\hat{y}_i - y_i| \\
        \frac{\partial L}{\partial \hat{y}_i} &= \frac{1}{n} \operatorname{sign}(\hat{y}_i - y_i)

    At a residual of 0 the slope is taken to be 0.

    Parameters
    ----------
    prediction, target : array_like or Tensor
        Of the same shape, with at least one entry.

    Returns
    -------
    float or Tensor
        In the unit of `target`.

    Raises
    ------
    ValueError
        If the shapes differ (they are never broadcast) or are empty.

    References
    ----------
    As for `mean_squared_error`, section 10.6.

    Examples
    --------
    >>> mean_absolute_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.0
    """
    residual = _residual(prediction, target)
    n = residual.size

    def vjp(g: Any, wanted: Any = (True, True)) -> Any:
        slope = (g / n) * np.sign(residual)
        return (slope, -slope if wanted[1] else None)

    return np.sum(np.abs(residual)) / n, vjp


@fused
def binary_cross_entropy(logits: Any, labels: Any) -> Any:
    r"""Return the mean cross-entropy of two classes, from logits.

    With :math:`p_i = 1/(1 + e^{-z_i})`,

    .. math::

        L &= -\frac{1}{n} \sum_i \bigl(y_i \log p_i \\
        &\qquad {} + (1 - y_i) \log(1 - p_i)\bigr) \\
        \frac{\partial L}{\partial z_i} &= \frac{p_i - y_i}{n}

    It is computed as :math:`\max(z, 0) - z y + \log(1 + e^{-|z|})`, which never overflows, and
    the slope as :math:`(1 - y)\,\sigma(z) - y\,\sigma(-z)`, which never cancels.

    Parameters
    ----------
    logits : array_like or Tensor
        The scores z before the sigmoid; any shape, with at least one entry.
    labels : array_like
        Of the same shape: 0 or 1, or probabilities between them.

    Returns
    -------
    float or Tensor
        In nats.

    Raises
    ------
    ValueError
        If the shapes differ or are empty, or a label is below 0 or above 1.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016,
    section 6.2.2.2.

    Examples
    --------
    >>> round(binary_cross_entropy(np.array([0.0, 2.0]), np.array([1, 1])), 6)
    0.410038
    """
    z, y = _as_numbers(logits), np.asarray(labels.value if isinstance(labels, Tensor) else labels)
    _same_shape(z, y, "logits", "labels")
    if not (y.min() >= 0 and y.max() <= 1):  # this way round NaN is refused too
        raise ValueError(f"labels must lie between 0 and 1, got {y.min()} to {y.max()}")
    y = y.astype(z.dtype)
    n = z.size

    def vjp(g: Any, wanted: Any = (True, False)) -> Any:
        # Not sigmoid(z) - y, whose digits cancel where the prediction is right.
        return ((g / n) * ((1 - y) * sigmoid(z) - y * sigmoid(-z)), None)

    share = np.where(z > 0, 1 - y, y)  # of |z|; where it is 0, |z| may be infinite
    size = np.abs(z)
    wrong = share * np.where(share == 0, 0, size)
    return np.sum(wrong + np.log1p(np.exp(-size))) / n, vjp


@fused
def softmax_cross_entropy(logits: Any, labels: Any) -> Any:
    r"""Return the mean cross-entropy of several classes, from logits.

    With the probabilities :math:`p_{ik} = e^{z_{ik}} / \sum_j e^{z_{ij}}`,

    .. math::

        L &= -\frac{1}{n} \sum_i \log p_{i y_i} \\
        \frac{\partial L}{\partial z_{ik}} &= \frac{p_{ik} - [k = y_i]}{n}

    Parameters
    ----------
    logits : array_like or Tensor of shape (n, n_classes)
        The scores z before the softmax.
    labels : array_like of int, shape (n,)
        The right class of each row, from 0 to n_classes - 1.

    Returns
    -------
    float or Tensor
        In nats.

    Raises
    ------
    ValueError
        If the shapes do not fit, there are no rows, or a label is no class.
    TypeError
        If the labels are not whole numbers.

    References
    ----------
    Equation :eq:`chain-softmax-slope` of chapter 3.

    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016,
    section 6.2.2.3.

    Examples
    --------
    >>> round(softmax_cross_entropy(np.array([[0.0, 0.0], [0.0, 2.0]]), np.array([0, 1])), 6)
    0.410038
    """
    z, y = _as_numbers(logits), np.asarray(labels)
    _check_classes(z, y)
    n, rows = len(y), np.arange(len(y))
    values = z.value if isinstance(z, Tensor) else z
    place = values.argmax(axis=1)
    # Subtracting the largest changes nothing, and exp can't overflow any more. The largest is
    # then e^0 = 1; added apart, it does not swallow the small ones.
    shifted = below_top(values, values[rows, place][:, np.newaxis])
    e = np.exp(shifted)
    e[rows, place] = 0
    rest = e @ np.ones((e.shape[1], 1), e.dtype)  # quicker than np.sum along short rows

    def vjp(g: Any, wanted: Any = (True, False)) -> Any:
        # The slope at the right class is p - 1, which is minus all other probabilities.
        if isinstance(z, Tensor):  # to differentiate the slope itself
            others = np.ones(z.shape, z.dtype)
            others[rows, y] = 0
            slope = softmax(z) * others
            slope = slope + (others - 1) * np.sum(slope, axis=1, keepdims=True)
        else:
            slope = e / (1 + rest)
            slope[rows, place] = 1 / (1 + rest[:, 0])
            slope[rows, y] = 0
            slope[rows, y] = -np.sum(slope, axis=1)
        return (slope * (g / n), None)

    return (np.log1p(rest).sum() - shifted[rows, y].sum()) / n, vjp


def _as_numbers(x: Any) -> Any:
    """Return `x` as floats; a tensor stays one."""
    if type(x) is not ndarray:
        if isinstance(x, Tensor):
            return x
        x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def _residual(prediction: Any, target: Any) -> Any:
    """Return prediction - target, in floats: np.uint8(1) - np.uint8(2) would be 255."""
    prediction, target = _as_numbers(prediction), _as_numbers(target)
    _same_shape(prediction, target, "prediction", "target")
    return prediction - target


def _same_shape(a: Any, b: Any, name_a: str, name_b: str) -> None:
    if a.shape != b.shape:
        raise ValueError(
            f"{name_a} and {name_b} must have the same shape, got {a.shape} and {b.shape}"
        )
    if a.size == 0:
        raise ValueError(f"the mean of no residuals does not exist: {name_a} is empty")


def _check_classes(z: Any, y: Any) -> None:
    if y.dtype.kind not in "iu":
        raise TypeError(
            f"labels must be whole numbers, the class of each row, got dtype {y.dtype}; "
            f"use np.argmax(labels, axis=1) on one-hot rows"
        )
    if z.ndim != 2 or y.shape != z.shape[:1] or z.size == 0:
        raise ValueError(
            f"logits must have shape (n, n_classes) and labels (n,), none of them 0; got "
            f"{z.shape} and {y.shape}"
        )
    if y.min() < 0 or y.max() >= z.shape[1]:
        raise ValueError(
            f"labels must lie between 0 and {z.shape[1] - 1}, got {y.min()} to {y.max()}"
        )
