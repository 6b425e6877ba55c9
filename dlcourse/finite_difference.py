"""Derivatives by moving the input a little and looking at the output.

Finite differences need nothing but the function itself. They are slow (one or
two evaluations for every number in the input) and limited by rounding, but hard
to get wrong, so the rest of the course uses them as the referee: every gradient
derived by hand or by the tape is checked against this file.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcourse._validation import as_floats

Method = Literal["central", "forward", "backward"]
Array64 = NDArray[np.float64]

_EPSILON = float(np.finfo(np.float64).eps)

# The step that balances truncation against round-off: the error of a one-sided
# difference is about h + eps/h, of a central one about h**2 + eps/h.
_BEST_RELATIVE_STEP = {
    "central": _EPSILON ** (1 / 3),
    "forward": _EPSILON ** (1 / 2),
    "backward": _EPSILON ** (1 / 2),
}


def derivative(
    f: Callable[[Any], Any], x: ArrayLike, h: float | None = None, method: Method = "central"
) -> Any:
    r"""Approximate the derivative of `f` at `x`.

    .. math::

        f'(x) &\approx \frac{f(x + h) - f(x - h)}{2h} & &\text{(central)} \\
        f'(x) &\approx \frac{f(x + h) - f(x)}{h} & &\text{(forward)}

    Parameters
    ----------
    f : callable
        A function of one number. Given an array `x` it must act on each entry by
        itself, as ``np.sin`` does.
    x : float or array_like
        Where to take the slope. Computed in float64.
    h : float, optional
        The step, in units of `x`. By default the one that balances truncation
        against round-off, times ``max(1, |x|)``: ``eps**(1/3)`` for central and
        ``eps**(1/2)`` for one-sided differences, with ``eps`` = 2.2e-16.
    method : {"central", "forward", "backward"}
        Which difference to take.

    Returns
    -------
    float or ndarray
        The slope: a float for a scalar `x`, else float64 of the shape of `x`.

    Raises
    ------
    ValueError
        If `h` is not a positive number or lost in the rounding of `x`, the method
        unknown, or the answer of `f` has another shape than `x`.

    References
    ----------
    W. H. Press, S. A. Teukolsky, W. T. Vetterling and B. P. Flannery, *Numerical
    Recipes*, 3rd ed., Cambridge University Press, 2007, section 5.7.

    Equations :eq:`derivative-forward`, :eq:`derivative-central` and
    :eq:`derivative-best-step` of chapter 1.

    Examples
    --------
    >>> round(derivative(np.sin, 0.0), 9)
    1.0
    >>> derivative(lambda x: x**2, [1.0, 2.0, 3.0]).round(6)
    array([2., 4., 6.])
    """
    if method not in _BEST_RELATIVE_STEP:
        raise ValueError(f"method must be 'central', 'forward' or 'backward', got {method!r}")
    point = as_floats(x, "x").astype(np.float64)
    ahead, behind = _neighbours(point, _step_sizes(point, h, method), method)
    argument: Callable[[Any], Any] = float if point.ndim == 0 else np.copy
    rise = _evaluate(f, argument(ahead), point.shape) - _evaluate(f, argument(behind), point.shape)
    slope = rise / (ahead - behind)
    return float(slope) if slope.ndim == 0 else slope


def gradient(f: Callable[[Any], Any], x: ArrayLike, h: float | None = None) -> Array64:
    r"""Approximate the gradient of a scalar function of an array, by central differences.

    Entry ``[i, j]`` is the slope of `f` when only ``x[i, j]`` moves:

    .. math::

        \frac{\partial f}{\partial x_{ij}} \approx
        \frac{f(x + h\,e_{ij}) - f(x - h\,e_{ij})}{2h}

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x`, returns one number.
    x : array_like
        Where to take the gradient; any shape. It is not changed.
    h : float, optional
        The step. By default ``eps**(1/3) * max(1, |x_ij|)`` for each entry.

    Returns
    -------
    ndarray of float64
        Of the shape of `x`. Costs two evaluations of `f` for each entry.

    Raises
    ------
    ValueError
        If `f` does not return a single number, or `h` is not usable.

    References
    ----------
    As for `derivative`.

    Equation :eq:`gradient-difference` of chapter 2.

    Examples
    --------
    >>> gradient(lambda w: np.sum(w**2), [[1.0, 2.0], [3.0, 4.0]]).round(6)
    array([[2., 4.],
           [6., 8.]])
    """
    return _partial_derivatives(f, x, h, scalar=True)


def jacobian(f: Callable[[Any], Any], x: ArrayLike, h: float | None = None) -> Array64:
    r"""Approximate the Jacobian of a function from arrays to arrays, by central differences.

    .. math::

        J_{k,\,ij} &= \frac{\partial f_k}{\partial x_{ij}} \\
        &\approx \frac{f_k(x + h\,e_{ij}) - f_k(x - h\,e_{ij})}{2h}

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x`, returns an array of any shape.
    x : array_like
        Where to take the Jacobian; any shape. It is not changed.
    h : float, optional
        The step. By default ``eps**(1/3) * max(1, |x_ij|)`` for each entry.

    Returns
    -------
    ndarray of float64
        Of shape ``f(x).shape + x.shape``.

    Raises
    ------
    ValueError
        If `h` is not usable, or the shape of the answer of `f` changes.

    References
    ----------
    As for `derivative`.

    Examples
    --------
    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0] + x[1]]), [2.0, 3.0]).round(6)
    array([[3., 2.],
           [1., 1.]])
    """
    return _partial_derivatives(f, x, h, scalar=False)


def check_gradient(
    f: Callable[[Any], Any],
    grad_f: Callable[[Any], Any] | ArrayLike,
    x: ArrayLike,
    *,
    h: float | None = None,
    tolerance: float = 1e-6,
) -> float:
    """Compare a gradient with central differences; raise if they disagree.

    The error of an entry is ``|claimed - numerical| / max(1, |numerical|)``:
    absolute for small slopes, relative for large ones.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x`, returns one number.
    grad_f : callable or array_like
        The gradient to check: a function of `x`, or its value at `x`.
    x : array_like
        Where to compare; any shape. It is not changed.
    h : float, optional
        The step, as in `gradient`.
    tolerance : float
        The largest error that passes.

    Returns
    -------
    float
        The largest error found.

    Raises
    ------
    AssertionError
        If an entry is off by more than `tolerance`. The message names the worst
        entry, both numbers, and their ratio: a ratio of -1 is a wrong sign, one
        of 2 or 0.5 a lost factor, the number of rows a sum taken for a mean.
    ValueError
        If the gradient has another shape than `x`.

    References
    ----------
    As for `derivative`.

    Equation :eq:`gradient-check-error` of chapter 2.

    Examples
    --------
    >>> check_gradient(lambda w: np.sum(w**2), lambda w: 2 * w, [1.0, -3.0]) < 1e-9
    True
    >>> check_gradient(lambda w: np.sum(w**2), lambda w: -2 * w, [1.0, -3.0])
    Traceback (most recent call last):
        ...
    AssertionError: the gradient is wrong at index (0,): -2 claimed, 2 by central differences; claimed / numerical = -1
    """  # noqa: E501  (a doctest compares the message whole)
    point = as_floats(x, "x").astype(np.float64)
    numerical = gradient(f, point, h)
    claimed = np.asarray(grad_f(point.copy()) if callable(grad_f) else grad_f, dtype=np.float64)
    if claimed.shape != numerical.shape:
        raise ValueError(
            f"the gradient of a function of an array of shape {numerical.shape} has that shape, "
            f"got shape {claimed.shape}"
        )
    errors = np.abs(claimed - numerical) / np.maximum(1.0, np.abs(numerical))
    worst = np.unravel_index(int(np.argmax(errors)), errors.shape)  # argmax finds a NaN first
    error = float(errors[worst])
    if not error <= tolerance:
        index = tuple(int(i) for i in worst)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = claimed[worst] / numerical[worst]
        raise AssertionError(
            f"the gradient is wrong at index {index}: {claimed[worst]:.6g} claimed, "
            f"{numerical[worst]:.6g} by central differences; claimed / numerical = {ratio:.4g}"
        )
    return error


def _step_sizes(x: Array64, h: float | None, method: Method) -> Array64:
    """Return a positive step for each entry of `x` that survives rounding."""
    if h is None:
        return np.asarray(_BEST_RELATIVE_STEP[method] * np.maximum(1.0, np.abs(x)))
    if not isinstance(h, int | float | np.floating) or not 0 < h < np.inf:
        raise ValueError(f"h must be a positive number, got {h!r}")
    if np.any(x + h == x) or np.any(x - h == x):
        largest = float(np.max(np.abs(x)))
        raise ValueError(
            f"h = {h} is lost in the rounding of x (up to {largest:g}); take it larger"
        )
    return np.full_like(x, h)


def _neighbours(x: Array64, h: Array64, method: Method) -> tuple[Array64, Array64]:
    """Return the two points whose difference is taken, the larger one first."""
    ahead = x if method == "backward" else x + h
    behind = x if method == "forward" else x - h
    return ahead, behind


def _evaluate(f: Callable[[Any], Any], x: Any, shape: tuple[int, ...]) -> Array64:
    """Return f(x) as float64 of the given shape; `x` must be a copy, for `f` may change it."""
    value = np.asarray(f(x), dtype=np.float64)
    if value.shape != shape:
        raise ValueError(f"f must return shape {shape} for this x, got shape {value.shape}")
    return value


def _partial_derivatives(
    f: Callable[[Any], Any], x: ArrayLike, h: float | None, *, scalar: bool
) -> Array64:
    """Move one entry of `x` at a time; stack the slopes along trailing axes."""
    point = as_floats(x, "x").astype(np.float64)
    steps = _step_sizes(point, h, "central")
    shape = np.shape(f(point.copy()))
    if scalar and shape != ():
        raise ValueError(f"f must return a single number, got an array of shape {shape}")
    slopes = np.empty(shape + point.shape)
    for index in np.ndindex(point.shape):
        moved = point.copy()
        ahead, behind = _neighbours(point[index], steps[index], "central")
        moved[index] = ahead
        rise = _evaluate(f, moved.copy(), shape)
        moved[index] = behind
        rise = rise - _evaluate(f, moved.copy(), shape)
        slopes[(..., *index)] = rise / (ahead - behind)
    return slopes
