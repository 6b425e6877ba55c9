"""Derivatives of functions, as functions: gradients, Jacobians, Hessians and their products.

Each lets a tape watch while the function runs, and then asks the tape. `vjp` multiplies the
Jacobian from the left, which is what a tape does in one walk; `jvp` multiplies it from the
right, `jacobian` asks for all its rows, and `hessian` is the Jacobian of the gradient.
"""

from typing import Any

import numpy as np

from dlcourse._helpers.nested import arranged, leaves, map_nested
from dlcourse.autodiff.tape import GradientTape
from dlcourse.autodiff.variable import Function, Tensor, active


def grad(f: Function, argnums: int | tuple[int, ...] = 0) -> Function:
    """Return the function that computes the gradient of `f`.

    Parameters
    ----------
    f : callable
        Returns one number, computed from its arguments with NumPy.
    argnums : int or tuple of int
        Which positional arguments to differentiate by: numbers, arrays, or lists,
        tuples and dicts of them.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns the gradient in the structure of the chosen
        argument, or a tuple of them. Nest it for higher derivatives.

    Raises
    ------
    TypeError
        When it is called, if `f` returns something that no gradient can flow through.
    ValueError
        When it is called, if `f` returns several numbers: see `jacobian`.

    References
    ----------
    As for `GradientTape`.

    Examples
    --------
    >>> grad(lambda x: x**3)(2.0)
    array(12.)
    >>> grad(grad(lambda x: x**3))(2.0)
    array(12.)
    """
    return lambda *args, **kwargs: value_and_grad(f, argnums)(*args, **kwargs)[1]


def value_and_grad(f: Function, argnums: int | tuple[int, ...] = 0) -> Function:
    """Return the function that computes the value and the gradient of `f` together.

    Parameters
    ----------
    f : callable
        As for `grad`.
    argnums : int or tuple of int
        As for `grad`.

    Returns
    -------
    callable
        Returns ``value, gradient``.

    Raises
    ------
    TypeError, ValueError
        When it is called, as for `grad`.

    References
    ----------
    As for `GradientTape`.

    Examples
    --------
    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (np.float64(6.0), (array(3.), array(2.)))
    """

    def value_and_gradient_of_f(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        value, sources, tape = _recorded(f, argnums, args, kwargs)
        if value.size != 1:
            raise ValueError(
                f"a gradient is of one number; {_name(f)} returned an array of shape "
                f"{value.shape}. Sum or average it, or ask for its jacobian"
            )
        gradient = tape.gradient(value, sources, unconnected="zero")
        return (value if active.tapes else value.value), gradient

    return value_and_gradient_of_f


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    r"""Return the value of `f`, and what multiplies its Jacobian from the left.

    .. math:: u \mapsto u^\top J

    One walk back through the record, whatever the size of the Jacobian.

    Parameters
    ----------
    f : callable
        Returns a number or an array.
    *primals : float or ndarray, or lists, tuples and dicts of them
        Its arguments: where the Jacobian is taken.

    Returns
    -------
    value : ndarray
        ``f(*primals)``.
    pull_back : callable
        Takes `u`, of the shape of the value; returns the product, in the structure of the
        argument, or a tuple of them if `f` takes several. It may be called again.

    References
    ----------
    As for `GradientTape`.

    Examples
    --------
    >>> value, pull_back = vjp(lambda x: x**2, np.array([1.0, 3.0]))
    >>> value, pull_back([1.0, 0.0])
    (array([1., 9.]), array([2., 0.]))
    """
    everything = tuple(range(len(primals)))
    value, sources, tape = _recorded(f, everything, primals, {}, persistent=True)

    def pull_back(u: Any) -> Any:
        products = tape.gradient(value, sources, output_gradient=u, unconnected="zero")
        return products[0] if len(primals) == 1 else products

    return (value if active.tapes else value.value), pull_back


def jvp(f: Function, primals: Any, tangents: Any) -> tuple[Any, Any]:
    r"""Return the value of `f`, and the product of its Jacobian with a vector on the right.

    .. math:: J v = \frac{\partial}{\partial u} \left(u^\top J\right) v

    The product from the left is linear in `u`; its own derivative, taken by a second tape,
    is the product from the right.

    Parameters
    ----------
    f : callable
        Returns a number or an array.
    primals : float or ndarray, list or dict of them, or a tuple
        Where the Jacobian is taken. A tuple stands for several arguments.
    tangents : the same
        The direction v, of the shapes of `primals`.

    Returns
    -------
    value : ndarray
        ``f(*primals)``.
    product : ndarray
        How fast the value changes in that direction; of its shape.

    Raises
    ------
    ValueError
        If the tangents do not have the shapes of the primals.

    References
    ----------
    As for `vjp`; A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM, 2008,
    section 3.2.

    Examples
    --------
    >>> jvp(lambda x: x**2, np.array([1.0, 3.0]), np.array([1.0, 10.0]))
    (array([1., 9.]), array([ 2., 60.]))
    """
    points = primals if isinstance(primals, tuple) else (primals,)
    directions = tangents if isinstance(tangents, tuple) else (tangents,)
    directions = arranged(directions, points, "the tangents", "the primals")
    shapes = [[np.shape(x) for x in leaves(arguments)] for arguments in (points, directions)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"tangents need the shapes of the primals, {shapes[0]}, got {shapes[1]}")
    with GradientTape() as tape:
        value, pull_back = vjp(f, *points)
        u = Tensor(np.zeros(value.shape, value.dtype))
        tape.watch(u)
        products = leaves(pull_back(u))
        along = sum(np.sum(p * v) for p, v in zip(products, leaves(directions), strict=True))
    product = tape.gradient(along, u, unconnected="zero")
    return (value if active.tapes else value.value), product


def jacobian(f: Function, argnums: int = 0) -> Function:
    r"""Return the function that computes the Jacobian of `f`: every partial derivative.

    .. math:: J_{k,\,ij} = \frac{\partial f_k}{\partial x_{ij}}

    One walk back for each number that `f` returns.

    Parameters
    ----------
    f : callable
        Returns an array or a number, computed from its arguments with NumPy.
    argnums : int
        Which positional argument to differentiate by: a number or an array.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns an array of the shape of the value, followed by
        the shape of the argument.

    References
    ----------
    As for `GradientTape`.

    Examples
    --------
    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[0] + x[1]]))([2.0, 3.0])
    array([[3., 2.],
           [1., 1.]])
    """

    def jacobian_of_f(*args: Any, **kwargs: Any) -> Any:
        if not isinstance(argnums, int | np.integer):
            raise TypeError(
                f"a Jacobian is by one argument: argnums is one number, got {argnums!r}"
            )
        # (A list is an array here: by a structure of several there is no Jacobian.)
        args = tuple(_as_array(a) if i == argnums else a for i, a in enumerate(args))
        value, source, tape = _recorded(f, argnums, args, kwargs, persistent=True)
        rows = []
        for unit in np.eye(value.size, dtype=value.dtype):
            row = tape.gradient(
                value, source, output_gradient=unit.reshape(value.shape), unconnected="zero"
            )
            rows.append(row)
        shape = value.shape + source.shape
        return np.reshape(np.stack(rows), shape) if rows else np.zeros(shape, source.dtype)

    return jacobian_of_f


def hessian(f: Function, argnums: int = 0) -> Function:
    r"""Return the function that computes the Hessian of `f`: the Jacobian of its gradient.

    .. math:: H_{ij} = \frac{\partial^2 f}{\partial x_i\, \partial x_j}

    Parameters
    ----------
    f : callable
        Returns one number, computed from its arguments with NumPy.
    argnums : int
        Which positional argument to differentiate by: a number or an array.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns an array with the axes of the argument twice.

    References
    ----------
    As for `GradientTape`.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
    array([[10.,  6.],
           [ 6.,  0.]])
    """
    return jacobian(grad(f, argnums), argnums)


def _recorded(
    f: Function, argnums: int | tuple[int, ...], args: Any, kwargs: Any, persistent: bool = False
) -> tuple[Tensor, Any, GradientTape]:
    """Call `f` while a new tape watches; return its value, the watched arguments and the tape."""
    chosen = (argnums,) if isinstance(argnums, int | np.integer) else tuple(argnums)
    if not set(chosen) <= set(range(len(args))):
        raise ValueError(f"argnums={argnums} is not among the {len(args)} positions given")
    with GradientTape(persistent) as tape:
        inputs = [map_nested(_renewed, a) if i in chosen else a for i, a in enumerate(args)]
        sources = tuple(inputs[i] for i in chosen)
        map_nested(tape.watch, sources)
        value = f(*inputs, **kwargs)
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{_name(f)} returned {type(value).__name__}, through which no gradient can flow: it "
            f"is a constant, or something on the way made a plain number of a tensor (.value, "
            f"float, a function such as np.floor). Write it with NumPy's functions, and put "
            f"several results together with np.stack; to say that the gradient is 0, return "
            f"stop_gradient(value)"
        )
    return value, (sources[0] if isinstance(argnums, int | np.integer) else sources), tape


def _as_array(x: Any) -> Any:
    return x if isinstance(x, Tensor) else np.asarray(x)


def _renewed(x: Any) -> Tensor:
    """Return a new tensor equal to `x`. An outer tape records ``+x``, so it still leads to `x`."""
    return +x if isinstance(x, Tensor) else Tensor(x)


def _name(f: Function) -> str:
    name = getattr(f, "__name__", "")
    return "the function" if name in ("", "<lambda>") else f"{name}()"
