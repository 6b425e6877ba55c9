"""How a function of tensors is carried out, and where its derivative comes from.

`apply` is the door: operators and NumPy's functions come here. It looks up the function's
rule. `carry_out` then computes the result from plain arrays, and hands what was done to each
tape that knows one of the arguments. A derivative is given in one of three ways:

- `define_vjp`: one derivative for each argument, written beside the function (see `rules`);
- `define_composite`: the function is written with others that have rules;
- `fused`: the function returns its value and its own derivative. It needs no rule, and goes
  to `carry_out` by itself.

(`carry_out` asks tapes three things, which `tape` explains: what keys the arguments have, how
they are kept, and to write down what was done.)
"""

import functools
import inspect
import itertools
from typing import Any, NamedTuple

import numpy as np
from numpy import generic, ndarray

from dlcourse._helpers.naming import name_of
from dlcourse.autodiff.variable import Function, Tensor, active, is_locked, number_or_array

_NO_OPTIONS: dict[str, Any] = {}


class Rule(NamedTuple):
    """How a function of tensors is computed, and its derivatives.

    Parameters
    ----------
    compute : callable
        The function for plain arrays, or for tensors, if it is a composite.
    vjps : tuple of (callable or None)
        At the position of each argument its VJP, or None if there is no derivative for
        it. Empty for a composite, which is written with functions that have rules.
    most : float
        How many arguments may be given by position: a whole number, or infinity.
    options : frozenset of str
        Which may be given by keyword.
    """

    compute: Function
    vjps: tuple[Function | None, ...]
    most: float
    options: frozenset[str]

    @property
    def is_composite(self) -> bool:
        """Whether the function is written with others, which are recorded in its place."""
        return self.vjps == ()

    def refused(self, kwargs: dict[str, Any]) -> list[str]:
        """Return which keywords the rule can't take.

        Parameters
        ----------
        kwargs : dict

        Returns
        -------
        list of str
            A tensor is no option: it would lose its gradient.
        """
        return [
            name
            for name, value in kwargs.items()
            if name not in self.options or (isinstance(value, Tensor) and not self.is_composite)
        ]


RULES: dict[Function, Rule] = {}

CONSTANT: set[Function] = set()
"""Functions with a derivative of 0 or none, such as comparisons; they return arrays."""


def define_vjp(function: Function, *vjps: Function | None) -> None:
    """Give a function its derivatives.

    Parameters
    ----------
    function : callable
        A NumPy function or ufunc, or a function made with `primitive`.
    *vjps : callable or None
        One for each of the first arguments, called as ``vjp(g, out, *args, **kwargs)``: with
        plain arrays, or with tensors if the derivative is to be differentiated again. None
        says that there is no derivative for that argument. What their signatures name behind
        these arguments are options, such as an axis: the function may be called with them, by
        position or by keyword, and with no others.

    Raises
    ------
    ValueError
        If there is not a single VJP.

    Examples
    --------
    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> define_vjp(cube, lambda g, out, x: g * 3 * x**2)
    """
    if not any(vjps):
        raise ValueError(f"{name_of(function)} needs a derivative for at least one argument")
    before_options = 2 + len(vjps)  # g, out and the arguments
    signatures = [inspect.signature(vjp).parameters.items() for vjp in vjps if vjp]
    options = dict(item for items in signatures for item in list(items)[before_options:])
    # An option given by position has a place among the arguments, and no derivative.
    by_position = sum(p.kind == p.POSITIONAL_OR_KEYWORD for p in options.values())
    vjps += (None,) * by_position
    # NumPy's functions, and those of `primitive`, look for tensors first; we know there are none.
    compute = getattr(function, "__wrapped__", function)
    RULES[function] = Rule(compute, vjps, len(vjps), frozenset(options))


def define_composite(function: Function, written_out: Function) -> None:
    """Say how a NumPy function is written with others that have rules.

    Parameters
    ----------
    function : callable
        A NumPy function.
    written_out : callable
        What is called in its place when a tensor is among the arguments.

    Examples
    --------
    `np.std` is written as the root of `np.var`:

    >>> float(RULES[np.std].compute(np.array([1.0, 3.0])))
    1.0
    """
    found = list(inspect.signature(written_out).parameters.values())
    # An `out` is refused, and so is by position what comes behind it.
    before_out = itertools.takewhile(lambda p: p.name != "out", found)
    most: float = 0
    for p in before_out:
        if p.kind == p.VAR_POSITIONAL:
            most = np.inf
        elif p.kind != p.KEYWORD_ONLY:
            most += 1
    named = (p.name for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD))
    options = frozenset(named) - {"out"}
    RULES[function] = Rule(written_out, (), most, options)


def primitive(function: Function) -> Function:
    """Let a function of arrays take tensors too; it then needs a rule by `define_vjp`.

    Parameters
    ----------
    function : callable
        Written for plain arrays. What it returns for a tensor becomes read-only.

    Returns
    -------
    callable
        The same function, which a tape records as one operation.

    Examples
    --------
    >>> @primitive
    ... def double(x):
    ...     return x + x
    >>> double(3.0)
    6.0
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            args, kwargs = _by_position(signature, args, kwargs)
        return apply(call, args, kwargs) if _any_tensor(args) else function(*args, **kwargs)

    return call


def fused(function: Function) -> Function:
    """Let a function that brings its own derivative take tensors.

    Parameters
    ----------
    function : callable
        ``function(*arrays, **options)`` returns ``value, vjp``; ``vjp(g, wanted)`` returns
        one gradient for each array, or None where ``wanted`` is false. Give `wanted` a
        default, so that one can call it by hand.

    Returns
    -------
    callable
        Returns the value alone: a Tensor if a tensor was given, else an array or number. The
        function itself is its attribute ``with_vjp``.

    Examples
    --------
    >>> @fused
    ... def double(x):
    ...     return 2 * x, lambda g, wanted=(True,): (2 * g,)
    >>> double(3.0)
    6.0
    >>> value, vjp = double.with_vjp(3.0)
    >>> vjp(1.0)
    (2.0,)
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            args, kwargs = _by_position(signature, args, kwargs)
        if _any_tensor(args):
            return carry_out(call, function, None, args, kwargs)
        value, _ = function(*args, **kwargs)
        return value.item() if isinstance(value, generic) else value

    call.with_vjp = function  # type: ignore[attr-defined]
    return call


def _by_position(signature: inspect.Signature, args: Any, kwargs: Any) -> tuple[Any, Any]:
    """Move arguments given by keyword to their positions: derivatives go by those."""
    bound = signature.bind(*args, **kwargs)
    return bound.args, bound.kwargs


def _any_tensor(args: tuple[Any, ...]) -> bool:
    return any(isinstance(a, Tensor) for a in args)


def apply(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any] = _NO_OPTIONS) -> Any:
    """Apply a function to tensors, and let the active tapes write it down.

    Parameters
    ----------
    function : callable
        A NumPy function or one made with `primitive`.
    args : tuple
        Its arguments, tensors among them.
    kwargs : dict, optional
        Its options.

    Returns
    -------
    Tensor
        Or a plain array, for functions such as comparisons.

    Raises
    ------
    TypeError
        If the function, or one of its options, has no derivative rule.
    """
    rule = RULES.get(function)
    if rule is None or len(args) > rule.most or (kwargs and rule.refused(kwargs)):
        return _apply_without_rule(function, args, kwargs)
    if rule.is_composite:
        return rule.compute(*args, **kwargs)
    return carry_out(function, rule.compute, rule.vjps, args, kwargs)


Tensor._apply = staticmethod(apply)  # the operators of tensors end here


class Record(NamedTuple):
    """One operation, as a tape writes it down.

    Parameters
    ----------
    function : callable
        What was applied.
    vjps : tuple of (callable or None), or callable
        The VJP of each argument, as in its `Rule`; or the one of a fused function for all.
    args, values : tuple
        The arguments: as they were given, tensors among them, and the array of each at the time.
    kwargs : dict
        The options.
    out : Tensor
        The result.
    keys : tuple of int
        The key of each argument that the tape knows, else 0.
    """

    function: Function
    vjps: Any
    args: Any
    values: tuple[Any, ...]
    kwargs: dict[str, Any]
    out: Tensor
    keys: tuple[int, ...]


def carry_out(function: Function, compute: Function, vjps: Any, args: Any, kwargs: Any) -> Tensor:
    """Compute a result from plain arrays, and let the active tapes write down how.

    Parameters
    ----------
    function : callable
        What is applied.
    compute : callable
        The same for plain arrays.
    vjps : tuple of (callable or None), or None
        The VJP of each argument. None: `compute` returns one for all beside the value.
    args : tuple
        The arguments, tensors among them.
    kwargs : dict
        The options.

    Returns
    -------
    Tensor
    """
    recorders = []
    for tape in active.tapes:
        keys = tape.keys_of(args)
        if any(keys):
            recorders.append((tape, keys))
            args, kwargs = tape.kept(args, kwargs)
    values = tuple([a.value if isinstance(a, Tensor) else number_or_array(a) for a in args])
    try:
        value = compute(*values, **kwargs)
    except ValueError as error:
        shapes = " and ".join(str(v.shape) for v in values if hasattr(v, "shape"))
        error.args = (f"{name_of(function)} of shapes {shapes}: {error}",)
        raise
    if vjps is None:  # fused
        value, vjps = value
    out = Tensor.__new__(Tensor)
    out._hold(_protected(function, value, values))
    for tape, keys in recorders:
        tape.record(Record(function, vjps, args, values, kwargs, out, keys))
    return out


def _protected(function: Function, value: Any, values: tuple[Any, ...]) -> Any:
    """Return a result as something that nobody else can change."""
    if isinstance(value, ndarray):
        is_fresh = value.base is None and id(value) not in map(id, values)
        if not (is_fresh or is_locked(value)):
            value = value.copy()  # a view of somebody's array, or that array itself
    elif not isinstance(value, generic):  # a plain number
        value = np.asarray(value)
    if value.dtype.char not in "fd":
        raise TypeError(f"{name_of(function)} gave {value.dtype}; tensors are float32 or float64")
    return value


def _apply_without_rule(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Apply a function that is constant, such as a comparison; say why others can't be."""
    name, rule = name_of(function), RULES.get(function)
    if kwargs.get("out") is not None:
        raise TypeError(
            f"{name} can't write a tensor into an existing array; write a = a + b for a += b"
        )
    filling = [*args[1:], *kwargs.values()]
    if function in (np.full_like, np.copyto) and any(isinstance(x, Tensor) for x in filling):
        raise TypeError(
            f"{name} fills an array with a tensor, whose gradient would get lost; in place of "
            f"np.full and np.full_like write np.broadcast_to(x, shape)"
        )
    if function in CONSTANT:
        return function(*map(_value, args), **{k: _value(v) for k, v in kwargs.items()})
    use = ""
    if rule is not None:
        refused = rule.refused(kwargs)
        most = f"more than {rule.most} arguments by position"
        use = f" for {refused} by keyword" if refused else f" for {most}"
    raise TypeError(
        f"{name} has no derivative rule{use}; write it with functions that have "
        f"one, or wrap a function of your own with primitive and give it one with define_vjp"
    )


def _value(x: Any) -> Any:
    return x.value if isinstance(x, Tensor) else x


def stop_gradient(x: Any) -> Tensor:
    """Return the value of `x` as a constant: no gradient flows back through it.

    Parameters
    ----------
    x : Tensor or array_like

    Returns
    -------
    Tensor

    Examples
    --------
    >>> from dlcourse.autodiff import grad
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    array(3.)
    """
    return Tensor(_value(x))
