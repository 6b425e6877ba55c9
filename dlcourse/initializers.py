"""Where training starts: the first values of weights.

Each takes a shape and a random generator. For a weight matrix of shape
(fan_in, fan_out), the scale decides whether signals keep their size from layer to
layer: that is what the names Glorot and He stand for.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcourse._helpers.validation import as_generator

Initializer = Callable[..., NDArray[Any]]


def zeros(
    shape: tuple[int, ...], rng: np.random.Generator | int | None = None, dtype: Any = np.float64
) -> NDArray[Any]:
    """Return zeros: right for biases, and for weights of a single layer only.

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator, int or None
        Not used; every initializer takes one.
    dtype : dtype

    Returns
    -------
    ndarray

    Examples
    --------
    >>> zeros((2,))
    array([0., 0.])
    """
    as_generator(rng)  # so that what no other initializer takes is refused here, too
    return np.zeros(shape, dtype)


def normal(
    shape: tuple[int, ...],
    rng: np.random.Generator | int | None = None,
    dtype: Any = np.float64,
    *,
    std: float = 0.01,
) -> NDArray[Any]:
    """Return normal numbers with mean 0 and a standard deviation of your choice.

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator, int or None
        The source of the numbers. An int is a seed; None takes a fresh generator.
    dtype : dtype
    std : float
        The standard deviation.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> normal((1000, 10), np.random.default_rng(0), std=0.5).std().round(2)
    np.float64(0.5)
    """
    return (as_generator(rng).standard_normal(shape) * std).astype(dtype)


def glorot_uniform(
    shape: tuple[int, ...], rng: np.random.Generator | int | None = None, dtype: Any = np.float64
) -> NDArray[Any]:
    r"""Return uniform numbers for layers with tanh.

    .. math:: W \sim U(-a, a), \qquad a = \sqrt{6 / (n_{\text{in}} + n_{\text{out}})}

    Parameters
    ----------
    shape : tuple of int
        (fan_in, fan_out).
    rng : numpy.random.Generator, int or None
        The source of the numbers. An int is a seed; None takes a fresh generator.
    dtype : dtype

    Returns
    -------
    ndarray

    References
    ----------
    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
    neural networks", AISTATS, 2010, equation 16. Equation :eq:`glorot` of chapter 10.

    Examples
    --------
    >>> bool(np.abs(glorot_uniform((2, 4), np.random.default_rng(0))).max() < 1)
    True
    """
    limit = np.sqrt(6 / sum(_fans(shape)))
    return as_generator(rng).uniform(-limit, limit, shape).astype(dtype)


def glorot_normal(
    shape: tuple[int, ...], rng: np.random.Generator | int | None = None, dtype: Any = np.float64
) -> NDArray[Any]:
    r"""Return normal numbers for layers with tanh.

    .. math:: W \sim N\!\left(0,\ \frac{2}{n_{\text{in}} + n_{\text{out}}}\right)

    Parameters
    ----------
    shape : tuple of int
        (fan_in, fan_out).
    rng : numpy.random.Generator, int or None
        The source of the numbers. An int is a seed; None takes a fresh generator.
    dtype : dtype

    Returns
    -------
    ndarray

    References
    ----------
    As for `glorot_uniform`, equation 12. Equation :eq:`glorot` of chapter 10.

    Examples
    --------
    >>> glorot_normal((300, 500), np.random.default_rng(0)).std().round(3)
    np.float64(0.05)
    """
    return normal(shape, rng, dtype, std=float(np.sqrt(2 / sum(_fans(shape)))))


def he_uniform(
    shape: tuple[int, ...], rng: np.random.Generator | int | None = None, dtype: Any = np.float64
) -> NDArray[Any]:
    r"""Return uniform numbers for layers with ReLU.

    .. math:: W \sim U(-a, a), \qquad a = \sqrt{6 / n_{\text{in}}}

    Parameters
    ----------
    shape : tuple of int
        (fan_in, fan_out).
    rng : numpy.random.Generator, int or None
        The source of the numbers. An int is a seed; None takes a fresh generator.
    dtype : dtype

    Returns
    -------
    ndarray

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", ICCV, 2015,
    equation 10. Equation :eq:`he` of chapter 10.

    Examples
    --------
    >>> he_uniform((200, 300), np.random.default_rng(0)).std().round(2)
    np.float64(0.1)
    """
    limit = np.sqrt(6 / _fans(shape)[0])
    return as_generator(rng).uniform(-limit, limit, shape).astype(dtype)


def he_normal(
    shape: tuple[int, ...], rng: np.random.Generator | int | None = None, dtype: Any = np.float64
) -> NDArray[Any]:
    r"""Return normal numbers for layers with ReLU.

    .. math:: W \sim N\!\left(0,\ \frac{2}{n_{\text{in}}}\right)

    Parameters
    ----------
    shape : tuple of int
        (fan_in, fan_out).
    rng : numpy.random.Generator, int or None
        The source of the numbers. An int is a seed; None takes a fresh generator.
    dtype : dtype

    Returns
    -------
    ndarray

    References
    ----------
    As for `he_uniform`. Equation :eq:`he` of chapter 10.

    Examples
    --------
    >>> he_normal((200, 300), np.random.default_rng(0)).std().round(2)
    np.float64(0.1)
    """
    return normal(shape, rng, dtype, std=float(np.sqrt(2 / _fans(shape)[0])))


INITIALIZERS: dict[str, Initializer] = {
    f.__name__: f for f in (zeros, normal, glorot_uniform, glorot_normal, he_uniform, he_normal)
}


def find(initializer: str | Initializer) -> Initializer:
    """Return an initializer by its name, or the one given.

    Parameters
    ----------
    initializer : str or callable
        A name from this module, or ``f(shape, rng, dtype) -> array``.

    Returns
    -------
    callable

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> find("he_normal") is he_normal
    True
    """
    if callable(initializer):
        return initializer
    if initializer not in INITIALIZERS:
        raise ValueError(
            f"there is no initializer {initializer!r}; there are {sorted(INITIALIZERS)}"
        )
    return INITIALIZERS[initializer]


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) != 2 or min(shape) < 1:
        raise ValueError(f"the shape must be (fan_in, fan_out), both at least 1, got {shape}")
    return shape[0], shape[1]
