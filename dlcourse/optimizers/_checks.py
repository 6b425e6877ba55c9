"""What optimizers ask of numbers, parameters and gradients, and what they say if it is not so.

Nothing here changes anything: every function returns what can be used, or raises.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import NDArray

from dlcourse._helpers.naming import belongs
from dlcourse.autodiff import Variable

# --- numbers that make sense ------------------------------------------------------------


def at_least_0(value: Any, name: str) -> float:
    """Return a finite number of at least 0 as a plain float, or say what is wrong with it.

    Parameters
    ----------
    value : float
    name : str
        What to call it.

    Returns
    -------
    float
    """
    return _checked(value, name, "a finite number of at least 0", lambda x: 0 <= x < math.inf)


def fraction(value: Any, name: str) -> float:
    """Return a number of at least 0 and below 1 as a plain float, or say what is wrong with it.

    Parameters
    ----------
    value : float
    name : str
        What to call it.

    Returns
    -------
    float
    """
    return _checked(value, name, "at least 0 and below 1", lambda x: 0 <= x < 1)


def positive(value: Any, name: str) -> float:
    """Return a positive finite number as a plain float, or say what is wrong with it.

    Parameters
    ----------
    value : float
    name : str
        What to call it.

    Returns
    -------
    float
    """
    return _checked(value, name, "positive", lambda x: 0 < x < math.inf)


def _checked(value: Any, name: str, what: str, holds: Callable[[float], bool]) -> float:
    number = value.item() if isinstance(value, ndarray) and value.shape == () else value
    if isinstance(number, bool) or not isinstance(number, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not holds(float(number)):
        raise ValueError(f"{name} must be {what}, got {value!r}")
    return float(number)


def callable_or_none(value: Any, name: str) -> Any:
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be a function of the dict of gradients, got {value!r}")
    return value


def tuple_of_names(value: Any, name: str) -> tuple[str, ...]:
    if isinstance(value, str) or not all(isinstance(part, str) for part in value):
        raise TypeError(f"{name} must be a tuple of names, such as ('bias',), got {value!r}")
    return tuple(value)


class Checked:
    """An attribute that is checked whenever it is set, so that updates can rely on it.

    (It says nothing about reading, so a value is read where it is stored: in the object.)

    Parameters
    ----------
    check : callable
        ``check(value, name)`` returns what is stored, or raises.
    """

    def __init__(self, check: Callable[[Any, str], Any]) -> None:
        self.check = check

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __set__(self, owner: Any, value: Any) -> None:
        vars(owner)[self.name] = self.check(value, self.name)


# --- parameters and gradients ---------------------------------------------------------


class NotFiniteError(ValueError):
    """Raised by an update when a gradient holds NaN or infinity. Nothing has changed."""


def shape_and_dtype(key: str, value: Any) -> tuple[tuple[int, ...], Any]:
    """Return shape and dtype of a parameter, refusing what can't be updated."""
    if isinstance(value, float):
        return (), np.dtype(np.float64)
    if isinstance(value, Variable):
        return value.shape, value.dtype
    if not isinstance(value, ndarray):
        raise TypeError(
            f"params[{key!r}] must be a Variable, a NumPy array or a float, got "
            f"{type(value).__name__}"
        )
    if value.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"params[{key!r}] must be float32 or float64, got {value.dtype}; "
            f"small steps would be lost in whole numbers"
        )
    if not value.flags.writeable:
        raise ValueError(f"params[{key!r}] is read-only and can't be updated in place")
    return value.shape, value.dtype


def refuse_two_names(params: Mapping[str, Any]) -> None:
    """Refuse a parameter under two names: it would move twice."""
    names: dict[int, str] = {}
    for key, w in params.items():
        if not isinstance(w, float) and names.setdefault(id(w), key) != key:
            raise ValueError(
                f"params[{names[id(w)]!r}] and params[{key!r}] are the same thing, which would "
                f"move twice; give it under one name"
            )


def refuse_other_parameters(kinds: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Refuse parameters that have other names, shapes or dtypes than before."""
    if kinds.keys() != before.keys():
        changed = sorted(kinds.keys() ^ before.keys())
        raise ValueError(
            f"this optimizer belongs to other parameters: {changed} appeared or disappeared; use "
            f"a new optimizer"
        )
    for key, (shape, dtype) in kinds.items():
        if (shape, dtype) != before[key]:
            raise ValueError(
                f"params[{key!r}] was {before[key][1]} of shape {before[key][0]} before, now it is "
                f"{dtype} of shape {shape}; use a new optimizer"
            )


def with_zeros_for_frozen(params: Mapping[str, Any], grads: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the gradients with zeros for frozen variables, which may be left out."""
    frozen = {k: w for k, w in params.items() if not getattr(w, "trainable", True)}
    complete = {**{key: np.zeros(w.shape, w.dtype) for key, w in frozen.items()}, **grads}
    if complete.keys() != params.keys():
        missing = sorted(set(params) - set(complete))
        unknown = sorted(set(grads) - set(params))
        raise ValueError(
            f"params and grads must have the same keys: grads lacks {missing} "
            f"and has {unknown}, which params lacks"
        )
    return complete


def checked_gradient(key: str, g: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return an unusual but acceptable gradient as an array, or say what is wrong with it."""
    array = np.asarray(g)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"grads[{key!r}] must be made of numbers, got dtype {array.dtype}")
    if array.shape != shape:
        raise ValueError(
            f"grads[{key!r}] must have the shape of params[{key!r}], {shape}, got {array.shape}"
        )
    return array


def refuse_what_is_not_finite(gradients: Mapping[str, Any]) -> None:
    """Refuse NaN and infinity, by the name of the gradient that holds them."""
    for key, g in gradients.items():
        if not np.isfinite(g).all():
            raise NotFiniteError(
                f"grads[{key!r}] holds values that are not finite (NaN or infinity); "
                f"the learning rate may be too high"
            )


def checked_state(name: str, key: str, x: Any) -> NDArray[Any]:
    """Return what is remembered of a parameter as a fresh array, or say what is wrong with it."""
    array = np.array(x)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} of {key!r} must be made of numbers, got dtype {array.dtype}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} of {key!r} holds values that are not finite (NaN or infinity)")
    if name in ("squares", "second_moment") and (array < 0).any():
        raise ValueError(f"{name} of {key!r} holds negative values, and squares are none")
    return array


def expand_multipliers(
    multipliers: Mapping[str, float], params: Mapping[str, Any]
) -> dict[str, float]:
    """Return the factor of each parameter: that of its longest matching prefix, else 1."""
    for prefix, factor in multipliers.items():
        if not isinstance(factor, int | float | np.number) or not 0 <= factor < math.inf:
            raise ValueError(f"rate_multipliers[{prefix!r}] must be at least 0, got {factor!r}")
        if not any(belongs(key, prefix) for key in params):
            raise ValueError(
                f"rate_multipliers[{prefix!r}] matches no parameter; there are {sorted(params)}"
            )
    best = {
        key: max((p for p in multipliers if belongs(key, p)), key=len, default=None)
        for key in params
    }
    return {key: 1.0 if p is None else float(multipliers[p]) for key, p in best.items()}
