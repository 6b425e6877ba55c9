"""Functions that networks need and NumPy lacks, for plain arrays.

`dlcourse.autodiff` lets them take tensors and gives them their derivatives.
"""

from typing import Any

import numpy as np


def relu(x: Any) -> Any:
    """Return x where it is positive, else 0; the slope at 0 is 0.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    ndarray or Tensor
        Of the shape and dtype of `x`.

    References
    ----------
    V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann
    machines", ICML, 2010.

    Examples
    --------
    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return np.maximum(x, 0)


def sigmoid(x: Any) -> Any:
    r"""Return :math:`1/(1 + e^{-x})`, without overflow on either side.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    ndarray or Tensor
        Between 0 and 1, of the shape of `x`.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016,
    section 3.10.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    # 1/(1+exp(-x)) = (1 + tanh(x/2))/2, and tanh never overflows.
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(x)))


def softmax(x: Any, axis: int = -1) -> Any:
    r"""Return :math:`e^{x_i} / \sum_j e^{x_j}` along an axis.

    Parameters
    ----------
    x : array_like or Tensor
        The logits, of any shape.
    axis : int
        The axis along which the results add up to 1.

    Returns
    -------
    ndarray or Tensor
        Of the shape of `x`.

    References
    ----------
    J. S. Bridle, "Probabilistic interpretation of feedforward classification network
    outputs", in *Neurocomputing*, Springer, 1990.

    Examples
    --------
    >>> softmax(np.array([0.0, np.log(3.0)])).round(6)
    array([0.25, 0.75])
    """
    # Subtracting the largest changes nothing, and exp can't overflow any more.
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def logsumexp(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    r"""Return :math:`\log \sum_i e^{x_i}`, without overflow.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int, optional
        The axis to sum over; all by default.
    keepdims : bool
        Leave the summed axis in place, with length 1.

    Returns
    -------
    float, ndarray or Tensor

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the
    log-sum-exp and softmax functions", *IMA Journal of Numerical Analysis* 41(4),
    2021, 2311-2330.

    Examples
    --------
    >>> float(logsumexp(np.array([1000.0, 1000.0])).round(6))
    1000.693147
    """
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)  # which cancels, and so may be a constant
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis)


def scatter(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Return zeros with `g` added at ``[index]``: what ``a[index]`` does, backwards.

    Parameters
    ----------
    g : array or Tensor
        Of the shape of ``a[index]``.
    index : slice, int, None, Ellipsis, array of int or bool, or a tuple of them
    shape : tuple of int
        Of the result.

    Returns
    -------
    ndarray or Tensor
        An entry that `index` names twice gets the sum.

    Examples
    --------
    >>> scatter(np.array([1.0, 10.0, 100.0]), [0, 0, 2], (3,))
    array([ 11.,   0., 100.])
    """
    spread = np.zeros(shape, np.asarray(g).dtype)
    parts = index if isinstance(index, tuple) else (index,)
    if all(isinstance(p, int | slice | type(None) | type(Ellipsis)) for p in parts):
        spread[index] = g
    else:
        np.add.at(spread, index, g)
    return spread
