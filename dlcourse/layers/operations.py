"""The operations that layers are made of, where it pays to derive by hand.

Those that cost most, and those with the most delicate derivatives, are *fused*:
functions that return their value and their own derivative, which you can call by hand.
"""

from typing import Any

import numpy as np
from numpy import ndarray

from dlcourse.autodiff import Tensor, fused, relu


@fused
def dense(x: Any, weights: Any, bias: Any) -> Any:
    r"""Return ``x @ weights + bias``.

    .. math::

        Z &= XW + b \\
        \bar X &= \bar Z W^\top, \quad \bar W = X^\top \bar Z \\
        \bar b &= \textstyle\sum_i \bar z_i = \mathbf{1}^\top \bar Z

    where a bar marks the gradient of the loss.

    Parameters
    ----------
    x : array or Tensor of shape (n, in_features)
    weights : array or Tensor of shape (in_features, out_features)
    bias : array or Tensor of shape (out_features,)

    Returns
    -------
    ndarray or Tensor of shape (n, out_features)

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016,
    section 6.5.

    Examples
    --------
    >>> x, w = np.array([[1.0, 2.0]]), np.array([[1.0], [1.0]])
    >>> z, vjp = dense.with_vjp(x, w, np.array([0.5]))
    >>> z, vjp(np.array([[1.0]]))[1]
    (array([[3.5]]), array([[1.],
           [2.]]))
    """
    x = x if hasattr(x, "ndim") else np.asarray(x)
    if x.ndim != 2:
        raise ValueError(f"x must have shape (n, in_features), got {x.shape}")
    z = x @ weights
    if isinstance(bias, Tensor):
        z = z + bias
    else:
        z += bias  # in place: nobody else has seen it

    def vjp(g: Any, wanted: Any = (True, True, True)) -> Any:
        return (
            g @ weights.T if wanted[0] else None,
            x.T @ g if wanted[1] else None,
            _sum_of_rows(g) if wanted[2] else None,
        )

    return z, vjp


@fused
def dense_relu(x: Any, weights: Any, bias: Any) -> Any:
    r"""Return ``max(x @ weights + bias, 0)``, a dense layer and its ReLU as one operation.

    .. math::

        Y &= \max(XW + b, 0) \\
        \bar Z &= \bar Y \odot [Y > 0]

    and from there on as for `dense`.

    Parameters
    ----------
    x : array or Tensor of shape (n, in_features)
    weights : array or Tensor of shape (in_features, out_features)
    bias : array or Tensor of shape (out_features,)

    Returns
    -------
    ndarray or Tensor of shape (n, out_features)

    References
    ----------
    As for `dense` and `dlcourse.autodiff.relu`.

    Examples
    --------
    >>> x, w = np.array([[1.0, 2.0]]), np.array([[1.0, -1.0], [1.0, -1.0]])
    >>> dense_relu(x, w, np.array([0.5, 0.5]))
    array([[3.5, 0. ]])
    """
    z, vjp_of_z = dense.with_vjp(x, weights, bias)  # type: ignore[attr-defined]
    y = np.maximum(z, 0, out=z) if isinstance(z, ndarray) else relu(z)

    def vjp(g: Any, wanted: Any = (True, True, True)) -> Any:
        dz = (y > 0).astype(y.dtype)  # in floats: a product of two dtypes takes longer
        if isinstance(g, Tensor):
            dz = g * dz
        else:
            dz *= g  # in place: nobody else has seen it
        return vjp_of_z(dz, wanted)

    return y, vjp


def _sum_of_rows(g: Any) -> Any:
    """Return ``np.sum(g, axis=0)``; of vectors and matrices as ones @ g, which is quicker."""
    return np.ones(len(g), g.dtype) @ g if isinstance(g, ndarray) else np.sum(g, axis=0)


@fused
def batch_norm(x: Any, gain: Any, shift: Any, *, epsilon: float = 1e-5) -> Any:
    r"""Give each feature mean 0 and variance 1 over the batch, then scale and shift.

    .. math:: \hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \qquad
        y = \gamma \hat{x} + \beta

    .. math:: \bar{x} = \frac{\gamma}{n \sqrt{\sigma^2 + \epsilon}}
        \Bigl(n \bar{y} - \sum \bar{y} - \hat{x} \sum \bar{y} \hat{x}\Bigr)

    Parameters
    ----------
    x : array or Tensor of shape (n, features)
    gain, shift : array or Tensor of shape (features,)
        The factors γ and the summands β.
    epsilon : float
        Added to the variance.

    Returns
    -------
    ndarray or Tensor of shape (n, features)

    References
    ----------
    Equations :eq:`batch-norm` and :eq:`batch-norm-backward` of chapter 9.

    S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by
    reducing internal covariate shift", ICML, 2015, algorithm 1 and section 3.

    Examples
    --------
    >>> batch_norm(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), epsilon=0.0)
    array([[-1.],
           [ 1.]])
    """
    return _normalize(x, gain, shift, epsilon, axis=0)


@fused
def layer_norm(x: Any, gain: Any, shift: Any, *, epsilon: float = 1e-5) -> Any:
    r"""Give each row mean 0 and variance 1 over its features, then scale and shift.

    As `batch_norm`, with statistics of each row instead of each column: nothing depends on
    the other rows of the batch. In the derivative the gain varies along the sums, and so
    stays inside: with :math:`h = \gamma \odot \bar y` and `n` features

    .. math:: \bar{x} = \frac{1}{n \sqrt{\sigma^2 + \epsilon}}
        \Bigl(n h - \sum h - \hat{x} \sum h \hat{x}\Bigr)

    Parameters
    ----------
    x : array or Tensor of shape (n, features)
    gain, shift : array or Tensor of shape (features,)
    epsilon : float
        Added to the variance.

    Returns
    -------
    ndarray or Tensor of shape (n, features)

    References
    ----------
    Equation :eq:`layer-norm` of chapter 9.

    J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", arXiv:1607.06450,
    2016.

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0]]), np.ones(2), np.zeros(2), epsilon=0.0)
    array([[-1.,  1.]])
    """
    return _normalize(x, gain, shift, epsilon, axis=1)


def _normalize(x: Any, gain: Any, shift: Any, epsilon: float, axis: int) -> Any:
    """Return the normalized rows or columns, and their derivative."""
    centered = x - np.mean(x, axis=axis, keepdims=True)
    variance = np.mean(centered * centered, axis=axis, keepdims=True)
    inverse_std = 1.0 / np.sqrt(variance + epsilon)
    normalized = centered * inverse_std

    def vjp(g: Any, wanted: Any = (True, True, True)) -> Any:
        x_bar = None
        if wanted[0]:
            h = g * gain
            along = np.mean(h * normalized, axis=axis, keepdims=True)
            x_bar = inverse_std * (h - np.mean(h, axis=axis, keepdims=True) - normalized * along)
        return (
            x_bar,
            np.sum(g * normalized, axis=0) if wanted[1] else None,
            np.sum(g, axis=0) if wanted[2] else None,
        )

    return normalized * gain + shift, vjp
