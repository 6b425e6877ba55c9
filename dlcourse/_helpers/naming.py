"""What to call things in sentences: in the messages of errors, and in drawings."""

from typing import Any

import numpy as np


def describe(x: Any) -> str:
    """Return what to call an operand in a sentence.

    Parameters
    ----------
    x : object
        A tensor, an array, or whatever else was given to a function.

    Returns
    -------
    str

    Examples
    --------
    >>> from dlcourse.autodiff import Variable
    >>> describe(Variable(1.0, name="w")), describe(np.ones((2, 3)))
    ("the variable 'w'", 'an array of shape (2, 3)')
    """
    if isinstance(x, np.ndarray):
        return f"an array of shape {x.shape}"
    if not hasattr(x, "key"):  # what tensors have
        return "a list, option or index"
    kind = "the variable" if hasattr(x, "trainable") else "the tensor"
    return f"{kind} {x.name!r}" if x.name else f"{kind} of shape {x.shape}"


def name_of(function: Any) -> str:
    """Return what to call a function in a sentence.

    Parameters
    ----------
    function : callable

    Returns
    -------
    str

    Examples
    --------
    >>> name_of(np.exp)
    'np.exp'
    """
    name: str = getattr(function, "__name__", repr(function)).lstrip("_")
    homes = {"np.": np, "np.linalg.": np.linalg}
    return next((h + name for h in homes if getattr(homes[h], name, None) is function), name)


def belongs(key: str, prefix: str) -> bool:
    """Return whether a parameter is meant by the first part of its name.

    Parameters
    ----------
    key : str
        The full name of a parameter.
    prefix : str
        Part of it, up to a slash, or all.

    Returns
    -------
    bool

    Examples
    --------
    >>> belongs("dense1/bias", "dense1"), belongs("dense10/bias", "dense1")
    (True, False)
    """
    return key == prefix or key.startswith(prefix.rstrip("/") + "/")
