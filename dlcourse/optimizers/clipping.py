"""Cutting gradients off: what keeps one steep place from throwing the parameters far away."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.autodiff.elementary import length
from dlcourse.optimizers._checks import positive


def clip_by_value(grads: Mapping[str, Any], limit: float) -> dict[str, Any]:
    """Cut each entry off at a limit, on both sides: the direction may change.

    Parameters
    ----------
    grads : dict of str to ndarray or float
    limit : float
        The largest absolute value that stays; positive.

    Returns
    -------
    dict of str to ndarray or float
        New arrays.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016,
    section 10.11.1.

    Examples
    --------
    >>> clip_by_value({"w": np.array([3.0, -0.5])}, 1.0)
    {'w': array([ 1. , -0.5])}
    """
    limit = positive(limit, "limit")
    return {key: np.clip(g, -limit, limit) for key, g in grads.items()}


def clip_by_norm(grads: Mapping[str, Any], limit: float) -> dict[str, Any]:
    """Shorten the gradient of each parameter by itself to a length.

    Parameters
    ----------
    grads : dict of str to ndarray or float
    limit : float
        The greatest length that stays; positive.

    Returns
    -------
    dict of str to ndarray or float
        New arrays, of the same directions.

    References
    ----------
    As for `clip_by_value`.

    Examples
    --------
    >>> clip_by_norm({"w": np.array([3.0, 4.0]), "b": np.array([0.5])}, 1.0)
    {'w': array([0.6, 0.8]), 'b': array([0.5])}
    """
    limit = positive(limit, "limit")
    return {key: _shortened(g, float(length(g)), limit) for key, g in grads.items()}


def clip_by_global_norm(grads: Mapping[str, Any], limit: float) -> dict[str, Any]:
    """Shorten all gradients together to a length: the direction of the step stays.

    Parameters
    ----------
    grads : dict of str to ndarray or float
    limit : float
        The greatest length of all of them as one vector; positive.

    Returns
    -------
    dict of str to ndarray or float
        New arrays.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural
    networks", ICML, 2013, algorithm 1.

    Examples
    --------
    >>> clip_by_global_norm({"w": np.array([3.0]), "b": np.array([4.0])}, 1.0)
    {'w': array([0.6]), 'b': array([0.8])}
    """
    limit = positive(limit, "limit")
    together = math.hypot(*(float(length(g)) for g in grads.values()))
    return {key: _shortened(g, together, limit) for key, g in grads.items()}


def _shortened(g: Any, size: float, limit: float) -> Any:
    return g * (limit / size) if size > limit else np.array(g)
