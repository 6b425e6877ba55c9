"""Functions that networks need and NumPy lacks.

Each is accurate to a few units in the last place wherever its result can be represented:
nothing overflows on the way, and no small number is the difference of two large ones. Here they
are written for plain arrays; `rules` lets them take tensors too, and gives them their derivatives.
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
    r"""Return :math:`1/(1 + e^{-x})`, without overflow and with every digit of its small tail.

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
    >>> sigmoid(np.array([-1000.0, -40.0, 0.0, 1000.0]))
    array([0.00000000e+00, 4.24835426e-18, 5.00000000e-01, 1.00000000e+00])
    """
    x = _floats(x)
    # e^-|x| never overflows. Left of 0, 1/(1+e^-x) is the same as e^x/(1+e^x).
    e = np.exp(-np.abs(x))
    return np.where(np.less(x, 0), e, 1) / (1 + e)


def softplus(x: Any) -> Any:
    r"""Return :math:`\log(1 + e^x)`, a ReLU without the kink.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    ndarray or Tensor
        Positive, of the shape of `x`.

    References
    ----------
    C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, "Incorporating second-order
    functional knowledge for better option pricing", NIPS, 2000.

    Examples
    --------
    >>> softplus(np.array([-40.0, 0.0, 1000.0]))
    array([4.24835426e-18, 6.93147181e-01, 1.00000000e+03])
    """
    x = _floats(x)
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


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
    x = _floats(x)
    e = np.exp(below_top(x, np.max(x, axis=axis, keepdims=True)))
    return e / np.sum(e, axis=axis, keepdims=True)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    r"""Return :math:`\log \sum_i e^{x_i}`, without overflow.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int or tuple of int, optional
        What to sum over; everything by default.
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
    x = _floats(x)
    top = np.max(x, axis=axis, keepdims=True)
    # The largest entries are e^0 = 1 each. Added apart, they don't swallow the small ones.
    largest = np.equal(x, top)
    count = np.maximum(np.sum(largest, axis=axis, keepdims=True), 1)
    rest = np.sum(np.where(largest, 0, np.exp(below_top(x, top))), axis=axis, keepdims=True)
    total = top + (np.log(count) + np.log1p(rest / count)).astype(top.dtype)
    return total if keepdims else np.squeeze(total, axis)


def _floats(x: Any) -> Any:
    """Return whole numbers as floats: np.uint8(3) - np.uint8(4) would be 255."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def below_top(x: Any, top: Any) -> Any:
    """Return x - top: what may be exponentiated without overflow. Infinity minus itself is 0.

    Parameters
    ----------
    x : ndarray
    top : ndarray
        The largest entries, to be broadcast with `x`.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> below_top(np.array([np.inf, 3.0, -np.inf]), np.array([np.inf]))
    array([  0., -inf, -inf])
    """
    if np.isfinite(top).all():
        return x - top
    with np.errstate(invalid="ignore"):
        return np.where(x == top, 0, x - top)


def length(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the root of the sum of squares, none of which overflows or vanishes.

    Parameters
    ----------
    a : ndarray
    axis : int or tuple of int, optional
        What to sum over; everything by default.
    keepdims : bool
        Leave the summed axis in place, with length 1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> float(length(np.array([1e200, 1e200])) / 1e200)
    1.4142135623730951
    """
    largest = np.max(np.abs(a), axis=axis, keepdims=True, initial=0)
    # A power of two: to divide by it, and to multiply again, is exact.
    unit = np.ldexp(np.ones_like(largest), np.frexp(largest)[1] - 1)
    unit = np.where((largest == 0) | ~np.isfinite(largest), np.ones_like(largest), unit)
    root = np.sqrt(np.sum((a / unit) ** 2, axis=axis, keepdims=True)) * unit
    return root if keepdims else np.squeeze(root, axis)


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
    whole = np.zeros(shape, np.asarray(g).dtype)
    add_at(whole, index, g)
    return whole


def add_at(a: Any, index: Any, g: Any) -> None:
    """Add `g` to ``a[index]``, in place.

    Parameters
    ----------
    a : ndarray
    index : slice, int, None, Ellipsis, array of int or bool, or a tuple of them
        An entry that it names twice gets both.
    g : array or number
        Of the shape of ``a[index]``.

    Examples
    --------
    >>> a = np.zeros(3)
    >>> add_at(a, [0, 0, 2], np.array([1.0, 10.0, 100.0]))
    >>> a
    array([ 11.,   0., 100.])
    """
    parts = index if isinstance(index, tuple) else (index,)
    if all(isinstance(p, int | np.integer | slice | type(None) | type(Ellipsis)) for p in parts):
        a[index] += g
    else:
        np.add.at(a, index, g)


def cast(x: Any, dtype: Any) -> Any:
    """Return an array in another dtype.

    Parameters
    ----------
    x : ndarray
    dtype : dtype

    Returns
    -------
    ndarray

    Examples
    --------
    >>> cast(np.ones(2), np.dtype(np.float32)).dtype
    dtype('float32')
    """
    return np.asarray(x, dtype=dtype)
