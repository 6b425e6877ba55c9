"""Derivatives by moving the input a little and looking at the output.

Finite differences need nothing but the function itself. They are slow (one or
two evaluations for every number in the input) and limited by rounding, but hard
to get wrong, so the rest of the course uses them as the referee: every gradient
derived by hand or by the tape is checked against this file.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcourse._helpers.validation import as_floats

Method = Literal["central", "forward", "backward"]
Array64 = NDArray[np.float64]

_EPSILON = float(np.finfo(np.float64).eps)

# The step that balances truncation against round-off: the error of a one-sided
# difference is about h + eps/h, of a central one about h**2 + eps/h.
# (Of a function that answers in float32, eps is 1.2e-7.)
_BEST_POWER_OF_EPSILON = {"central": 1 / 3, "forward": 1 / 2, "backward": 1 / 2}


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
        ``eps**(1/2)`` for one-sided differences, with ``eps`` = 2.2e-16. Where `f` bends
        too sharply for that, as near the edge of its domain, smaller steps are tried until
        they agree.
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
        unknown, the answer of `f` has another shape than `x`, or no step gives a finite
        slope to rely on.

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
    >>> round(derivative(np.log, 1e-6))  # the first step would lead below 0
    1000000
    """
    if method not in _BEST_POWER_OF_EPSILON:
        raise ValueError(f"method must be 'central', 'forward' or 'backward', got {method!r}")
    point = as_floats(x, "x").astype(np.float64)
    steps = _step_sizes(point, h, method)
    argument: Callable[[Any], Any] = float if point.ndim == 0 else np.copy

    def values_at(t: Array64, forgiving: bool = False) -> Array64:
        return _evaluate(f, argument(t), point.shape, forgiving)

    place = partial(_entry, point)
    coarse = _coarse(f, argument(point)) if h is None else None
    if h is not None:
        slope = _plain_slope(values_at, point, steps, method, place)
    elif coarse:
        steps = _step_sizes(point, None, method, coarse)
        slope = _plain_slope(values_at, point, steps, method, place)
    else:
        slope = _careful_slope(values_at, point, steps, method, place)
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
        Of the shape of `x`. Costs two evaluations of `f` for each entry, and more only
        where `f` bends too sharply for the step, as near the edge of its domain.

    Raises
    ------
    ValueError
        If `f` does not return a single number, `h` is not usable, or no step gives a finite
        slope to rely on.

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
        If `h` is not usable, the shape of the answer of `f` changes, or no step gives a
        finite slope to rely on.

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

    The error of an entry is ``|claimed - numerical| / max(s, |numerical|)``, where s is the
    largest slope of all entries, or 1 if that is smaller (or no slope is left, and they
    all are 0). So a large slope is judged by itself, a small one against the gradient as
    a whole. A gap that the differences can't resolve counts as no error: one as small as
    their rounding, or, where a slope vanishes, as what another step makes of it.

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
    gaps = np.abs(claimed - numerical)
    largest = float(np.max(np.abs(numerical)))
    scale = min(1.0, largest) if largest > 0 else 1.0
    errors = np.asarray(gaps / np.maximum(scale, np.abs(numerical)))
    if not np.max(errors) <= tolerance:  # by the gradient, or by the differences?
        errors[gaps <= _resolution(f, point, h, numerical)] = 0.0
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


def _step_sizes(x: Array64, h: float | None, method: Method, epsilon: float = _EPSILON) -> Array64:
    """Return a positive step for each entry of `x` that survives rounding."""
    if h is None:
        relative = epsilon ** _BEST_POWER_OF_EPSILON[method]
        return np.asarray(relative * np.maximum(1.0, np.abs(x)))
    if not isinstance(h, int | float | np.floating) or not 0 < h < np.inf:
        raise ValueError(f"h must be a positive number, got {h!r}")
    if np.any(x + h == x) or np.any(x - h == x):
        largest = float(np.max(np.abs(x)))
        raise ValueError(
            f"h = {h} is lost in the rounding of x (up to {largest:g}); take it larger"
        )
    return np.full_like(x, h)


def _coarse(f: Callable[[Any], Any], x: Any) -> float | None:
    """Return the rounding of what a function answers in less than float64, else None."""
    try:
        return _rounding(f(x))
    except (ValueError, ArithmeticError):  # as math.log has it at 0
        return None


def _rounding(answer: Any) -> float | None:
    dtype = getattr(answer, "dtype", None)
    if dtype is None or dtype.kind != "f" or dtype.itemsize >= 8:
        return None
    return float(np.finfo(dtype).eps)


def _neighbours(x: Array64, h: Array64, method: Method) -> tuple[Array64, Array64]:
    """Return the two points whose difference is taken, the larger one first."""
    ahead = x if method == "backward" else x + h
    behind = x if method == "forward" else x - h
    return ahead, behind


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def _resolution(
    f: Callable[[Any], Any], x: Array64, h: float | None, numerical: Array64
) -> Array64:
    """Return the size below which slopes by differences are rounding, or due to the step.

    Due to the step is a slope that another step would replace by quite another one, as happens
    where the true slope is 0.
    """
    steps = _step_sizes(x, h, "central")
    rounding = 10 * _EPSILON * float(np.abs(f(x.copy()))) / steps
    change = np.empty_like(x)
    for index in np.ndindex(x.shape):
        values_at = _values_along(f, x, index, ())
        ahead, behind = _neighbours(x[index], 2 * steps[index], "central")
        coarse = (values_at(ahead, True) - values_at(behind, True)) / (ahead - behind)
        change[index] = np.abs(coarse - numerical[index])
    return np.asarray(rounding + np.where(2 * change > np.abs(numerical), 10 * change, 0.0))


def _evaluate(
    f: Callable[[Any], Any], x: Any, shape: tuple[int, ...], forgiving: bool = False
) -> Array64:
    """Return f(x) as float64 of the given shape; `x` must be a copy, for `f` may change it.

    A forgiving question takes NaN for an answer where `f` refuses a number, as math.log does.
    """
    if not forgiving:
        answer = f(x)
    else:
        try:
            answer = f(x)
        except (ValueError, ArithmeticError):
            return np.full(shape, np.nan)
    value = np.asarray(answer, dtype=np.float64)
    if value.shape != shape:
        raise ValueError(f"f must return shape {shape} for this x, got shape {value.shape}")
    return value


def _values_along(
    f: Callable[[Any], Any], x: Array64, index: tuple[int, ...], shape: tuple[int, ...]
) -> Callable[..., Array64]:
    """Return `f` as a function of one entry of `x`."""

    def values_at(entry: Array64, forgiving: bool = False) -> Array64:
        moved = x.copy()
        moved[index] = entry
        return _evaluate(f, moved, shape, forgiving)

    return values_at


def _partial_derivatives(
    f: Callable[[Any], Any], x: ArrayLike, h: float | None, *, scalar: bool
) -> Array64:
    """Move one entry of `x` at a time; stack the slopes along trailing axes."""
    point = as_floats(x, "x").astype(np.float64)
    steps = _step_sizes(point, h, "central")
    answer = f(point.copy())
    here, coarse = np.asarray(answer, dtype=np.float64), _rounding(answer)
    if coarse:
        steps = _step_sizes(point, h, "central", coarse)
    if scalar and here.shape != ():
        raise ValueError(f"f must return a single number, got an array of shape {here.shape}")
    slopes = np.empty(here.shape + point.shape)
    for index in np.ndindex(point.shape):
        values_at = _values_along(f, point, index, here.shape)
        place = partial(_entry, point[index], of=index)
        if h is not None or coarse:
            slope = _plain_slope(values_at, point[index], steps[index], "central", place)
        else:
            slope = _careful_slope(values_at, point[index], steps[index], "central", place, here)
        slopes[(..., *index)] = slope
    return slopes


# --- where a plain difference is not enough ----------------------------------------

Place = Callable[[tuple[int, ...]], str]


def _entry(x: Array64, index: tuple[int, ...], of: tuple[int, ...] | None = None) -> str:
    """Return what to call an entry of `x`; of a single number, which entry that is is told."""
    value = x[index] if of is None else x
    return f"x{list(index if of is None else of) or ''} = {value:.6g}"


# The error of a central difference goes with the square of how unlike its two halves rise, that
# of a one-sided one with the first power. A bend below the second share of f may be rounding.
_UNSUSPICIOUS_BEND = {
    "central": (1e-3, 1e-9),
    "forward": (1e-6, 1e-12),
    "backward": (1e-6, 1e-12),
}


def _bend(
    upper: Array64, middle: Array64, lower: Array64, method: Method
) -> tuple[Array64, NDArray[np.bool_]]:
    """Return how unlike the two halves of a difference rise, and whether that is little."""
    of_rise, of_size = _UNSUSPICIOUS_BEND[method]
    bend = np.abs(upper - 2 * middle + lower)
    little = bend <= of_rise * np.abs(upper - lower)
    if not little.all():
        size = np.maximum(np.maximum(np.abs(upper), np.abs(lower)), np.abs(middle))
        little = little | (bend <= of_size * size)
    return bend, np.isfinite(bend) & little


def _difference(
    values_at: Callable[..., Array64], x: Array64, h: Array64, method: Method, forgiving: bool
) -> tuple[Array64, Array64, Array64]:
    """Return the slope by a difference, and the values of `f` ahead and behind."""
    ahead, behind = _neighbours(x, h, method)
    upper, lower = values_at(ahead, forgiving), values_at(behind, forgiving)
    return np.asarray((upper - lower) / (ahead - behind)), upper, lower


def _plain_slope(
    values_at: Callable[..., Array64], x: Array64, h: Array64, method: Method, place: Place
) -> Array64:
    """Return the difference with the step that was asked for, if it is finite."""
    slope, _, _ = _difference(values_at, x, h, method, forgiving=False)
    if not np.isfinite(slope).all():
        index = _first(~np.isfinite(slope))
        raise ValueError(
            f"the difference at {place(index)} is {slope[index]} with h = {np.min(h):g}: f is not "
            f"finite around there; {_ADVICE}"
        )
    return slope


@np.errstate(divide="ignore", invalid="ignore", over="ignore")  # of steps too far: seen below
def _careful_slope(
    values_at: Callable[..., Array64],
    x: Array64,
    h: Array64,
    method: Method,
    place: Place,
    middle: Array64 | None = None,
) -> Array64:
    """Return the difference with the default step; with a smaller one where `f` bends sharply.

    `middle` is the value half-way between the two points, which for central differences is
    f(x), if it is known.
    """
    slope, upper, lower = _difference(values_at, x, h, method, forgiving=True)
    if middle is None:
        ahead, behind = _neighbours(x, h, method)
        half_way = x if method == "central" else behind + (ahead - behind) / 2
        middle = values_at(half_way, True)
    bend, smooth = _bend(upper, middle, lower, method)
    if smooth.all():
        return slope
    values_here = values_at(x)  # where f refuses x itself, it says so
    if not (smooth | np.isfinite(values_here)).all():
        index = _first(~(smooth | np.isfinite(values_here)))
        raise ValueError(f"f is {values_here[index]} at {place(index)}, so it has no slope there")
    steepest = np.fmax(np.abs(upper - middle), np.abs(middle - lower)) / h
    steepest = np.where(np.isfinite(steepest), steepest, 0.0)
    better, settled, plain = _shrink(
        values_at, x, h, method, slope, bend, middle, steepest, ~smooth
    )
    # What is left may be rounding of f, as of one computed in float32: no smaller step helps.
    size = np.maximum(np.abs(upper), np.abs(lower))
    plain |= smooth | (~settled & np.isfinite(slope) & (bend <= 1e-5 * size))
    if not (plain | settled).all():
        index = _first(~(plain | settled))
        raise ValueError(
            f"no slope to rely on at {place(index)}: f is not finite, or jumps, within the "
            f"default step h = {np.max(h):.2g}, and smaller steps don't agree; {_ADVICE}"
        )
    return np.where(plain, slope, better)


_ADVICE = (
    "pass a step that suits f there, h=..., or stay on one side of it, "
    'derivative(f, x, method="forward") or "backward"'
)


def _shrink(
    values_at: Callable[..., Array64],
    x: Array64,
    h: Array64,
    method: Method,
    slope: Array64,
    bend: Array64,
    middle: Array64,
    steepest: Array64,
    rough: NDArray[np.bool_],
) -> tuple[Array64, NDArray[np.bool_], NDArray[np.bool_]]:
    """Quarter the step until slopes agree; return them, where they do, and where not to use them.

    Three slopes in a row have to agree. Of these the one is taken that rounding and the change
    from the step before make the least doubtful.
    """
    better, least_doubt = slope, np.full(slope.shape, np.inf)
    agreed = plain = np.zeros(slope.shape, bool)
    previous, step, smallest = slope, h, 4 * np.spacing(np.abs(x))
    while np.any(step > smallest):
        step = np.maximum(step / 4, smallest)
        new, upper, lower = _difference(values_at, x, step, method, forgiving=True)
        rounding = _EPSILON * np.maximum(np.abs(upper), np.abs(lower)) / step
        change = np.abs(new - previous)
        if method != "central":
            tame = np.isfinite(new)
            if previous is slope:  # a parabola through the three points: the step is not to blame
                plain = np.abs(change - 1.5 * bend / h) <= 1e-6 * change + 4 * rounding
        else:
            closer, smooth = _bend(upper, middle, lower, method)
            if previous is slope:
                # A smooth curve whose slope is about 0 is left alone, and so is a corner, which
                # looks the same at every step: its bend goes with the step, that of a curve
                # with its square.
                unit = h / _EPSILON ** _BEST_POWER_OF_EPSILON[method]
                plain = (16 * closer <= 1.1 * bend) & (change <= 10 * bend / unit + rounding)
                plain |= np.abs(4 * closer - bend) <= 0.01 * bend
            tame = smooth | (closer <= bend / 4)  # not so across a pole, a cusp or a narrow peak
            bend = closer
        doubt = (change + rounding) / np.maximum(np.abs(new), steepest)
        take = agreed & tame & (doubt < 1e-4) & (doubt < least_doubt)
        better, least_doubt = np.where(take, new, better), np.where(take, doubt, least_doubt)
        agreed, previous = tame & (doubt < 1e-3), new
        if np.all(~rough | plain | (least_doubt < 1e-10) | (doubt > 10 * least_doubt)):
            break
    return better, np.isfinite(least_doubt), plain


def _first(wrong: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(wrong)[0])
