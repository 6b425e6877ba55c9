"""The tape: a list of what was computed, read backwards.

While a `GradientTape` is active, every operation on something it watches is appended
to a list. An operation can only use results that exist, so the list is in topological
order already: read from the end, everything a result flowed into has been seen before
the result itself. One loop over the reversed list is the whole of back-propagation.
"""

import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.autodiff.rules import define_vjp, primitive
from dlcourse.autodiff.variable import Tensor, Variable, active, describe, name_of


class GradientTape:
    r"""Record operations on tensors, then compute gradients.

    For :math:`L = f(g(x))` the chain rule is read from the outside in:

    .. math:: \frac{\partial L}{\partial x} = \frac{\partial L}{\partial f}\,
        \frac{\partial f}{\partial g}\,\frac{\partial g}{\partial x}

    Each factor multiplies a vector from the left, so no Jacobian is ever formed.

    Parameters
    ----------
    persistent : bool
        Keep the record after `gradient`, so that it can be called again.

    References
    ----------
    A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM, 2008, chapter 3.

    Examples
    --------
    >>> w = Variable(3.0)
    >>> with GradientTape() as tape:
    ...     loss = (2 * w - 5) ** 2
    >>> tape.gradient(loss, w)
    array(4.)
    """

    def __init__(self, persistent: bool = False) -> None:
        self.persistent = persistent
        # Plain tuples: function, vjp, args, values, kwargs, out, needed, prints. `vjp` holds the
        # VJP of each argument, or is that of a fused function; `needed` holds the position and
        # the key of each argument that a gradient is wanted for; `prints` the arrays among
        # the arguments with their fingerprints.
        self._records: list[tuple[Any, ...]] | None = []
        self._known: set[int] = set()
        self._versions: dict[Variable, int] = {}
        self._flows: dict[Any, Any] = {}  # what `graph` shows; kept by persistent tapes only
        self._self = weakref.ref(self)

    def __enter__(self) -> "GradientTape":
        active.tapes.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        active.tapes.remove(self)

    def watch(self, *tensors: Tensor) -> None:
        """Record what happens to these tensors. Variables are watched without asking.

        Parameters
        ----------
        *tensors : Tensor

        Raises
        ------
        TypeError
            If one is a plain array: operations on arrays can't be seen.
        """
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                raise TypeError(
                    f"only a Tensor can be watched, got {type(tensor).__name__}; "
                    f"make one with Tensor(x) and compute with it"
                )
            self._known.add(tensor.key)

    def record(
        self, function: Any, vjp: Any, args: Any, values: Any, kwargs: Any, out: Tensor
    ) -> None:
        """Write down an operation, if it was applied to something that is watched.

        Parameters
        ----------
        function : callable
            What was applied.
        vjp : object
            The VJP of each of its arguments, or that of a fused function.
        args, values : tuple
            Its arguments, as they were given and as plain arrays.
        kwargs : dict or None
            Its options.
        out : Tensor
            Its result.

        Raises
        ------
        RuntimeError
            If a variable has changed since the tape saw it first.
        """
        known = self._known
        needed, constants = [], []
        for i, a in enumerate(args):
            if isinstance(a, Tensor):
                if a.watched or a.key in known:
                    needed.append((i, a.key))
                elif a.value.base is not None:  # a view, perhaps of a variable
                    constants.append(a.value)
            elif type(a) is np.ndarray or type(a) is list:
                constants.append(a)
            elif type(a) is tuple:  # an index
                constants += [part for part in a if type(part) in (np.ndarray, list)]
        if not needed or self._records is None:
            return
        for i, _ in needed:
            if type(args[i]) is Variable:
                self._remember_version(args[i])
        prints = [(a, _fingerprint(a)) for a in constants] if constants else ()
        known.add(out.key)
        out.tape = self._self
        self._records.append((function, vjp, args, values, kwargs, out, needed, prints))

    def _remember_version(self, variable: Variable) -> None:
        if self._versions.setdefault(variable, variable.version) != variable.version:
            raise _changed(describe(variable))

    def gradient(self, target: Tensor, sources: Any, *, unconnected: str = "error") -> Any:
        """Return the gradient of `target` with respect to each source.

        Parameters
        ----------
        target : Tensor
            Usually one number. For an array, the gradient of the sum of its entries.
        sources : Tensor, or a list, tuple or dict of them, nested as you like
            Variables, or tensors that were watched.
        unconnected : {"error", "zero"}
            What to do about a source that the target does not depend on.

        Returns
        -------
        ndarray, or the same structure of ndarrays
            Of the shape and dtype of each source. Tensors, if another tape watches.

        Raises
        ------
        RuntimeError
            If the tape was used before and is not persistent; if something changed
            that the gradient depends on.
        ValueError
            If `target` does not depend on a source.
        TypeError
            If a source or the target is not a tensor.

        Examples
        --------
        >>> a, b = Variable([1.0, 2.0]), Variable(3.0)
        >>> with GradientTape() as tape:
        ...     y = np.sum(a * b)
        >>> tape.gradient(y, {"a": a, "b": b})
        {'a': array([3., 3.]), 'b': array(3.)}
        """
        flat = _leaves(sources)
        self._check(target, flat)
        recording = active.tapes
        outer = [tape for tape in recording if tape is not self]
        active.tapes = outer
        try:
            grads = self._backward(target, {s.key for s in flat}, bool(outer))
        finally:
            active.tapes = recording
            if not self.persistent:
                self._records = None
        found = []
        taken = {id(g) for g in self._flows.values()} if self.persistent else set()
        for source in flat:
            g = grads.get(source.key)
            if g is None:
                if unconnected != "zero":
                    raise ValueError(self._why_not(target, source))
                g = np.zeros_like(source.value)
            found.append(_as_tensor(g) if outer else _separate(g, taken))
        return found[0] if isinstance(sources, Tensor) else _fill(sources, iter(found))

    def _backward(self, target: Tensor, wanted: set[int], as_tensors: bool) -> dict[int, Any]:
        """Walk the record backwards, adding up what flows into each key."""
        assert self._records is not None
        grads: dict[int, Any] = {target.key: _ones_like(target.value)}
        position = len(self._records)
        flows = self._flows = {target.key: grads[target.key]} if self.persistent else {}
        for function, vjp, args, values, kwargs, out, needed, prints in reversed(self._records):
            position -= 1
            key = out.key
            if key not in grads:
                continue
            for array, seen in prints:  # here, where the array is about to be read anyway
                if _fingerprint(array) != seen:
                    raise _changed(f"an array of shape {np.shape(array)}")
            g = grads[key] if key in wanted else grads.pop(key)
            inputs, result = (args, out) if as_tensors else (values, out.value)
            if callable(vjp):  # a fused function
                parts = _fused_parts(function, vjp, inputs, kwargs, g, needed, as_tensors)
            else:
                parts = None
            for i, parent in needed:
                if parts is not None:
                    part = parts[i]
                elif vjp[i] is None:
                    raise TypeError(f"{name_of(function)} has no derivative for its argument {i}")
                elif kwargs:
                    part = vjp[i](g, result, *inputs, **kwargs)
                else:
                    part = vjp[i](g, result, *inputs)
                like = values[i]
                if getattr(part, "shape", None) != like.shape or part.dtype != like.dtype:
                    part = _fit(part, like, function, i)
                grads[parent] = grads[parent] + part if parent in grads else part
                if self.persistent:
                    flows[position, i], flows[parent] = part, grads[parent]
        return grads

    def _check(self, target: Tensor, sources: list[Tensor]) -> None:
        for x in (target, *sources):
            if not isinstance(x, Tensor):
                raise TypeError(
                    f"a gradient is taken of a tensor with respect to tensors, got "
                    f"{type(x).__name__}; was .value or float() used on the way?"
                )
        if self._records is None:
            raise RuntimeError(
                "this tape has been used: make it GradientTape(persistent=True) to ask it again"
            )
        for variable, version in self._versions.items():
            if variable.version != version:
                raise _changed(describe(variable))

    def _why_not(self, target: Tensor, source: Tensor) -> str:
        if not source.watched and source.key not in self._known:
            why = "the tape does not watch it; call tape.watch(x) before computing with it"
        elif target.key not in self._known:
            why = "the target was not computed from anything the tape watches while it recorded"
        else:
            why = (
                "no recorded operation leads from one to the other; was it computed outside the "
                "tape, from .value, or behind stop_gradient?"
            )
        return f"{describe(source)} is not connected to the target: {why}"


def grad(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
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

    def gradient_of_f(*args: Any, **kwargs: Any) -> Any:
        return value_and_grad(f, argnums)(*args, **kwargs)[1]

    return gradient_of_f


def value_and_grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0
) -> Callable[..., tuple[Any, Any]]:
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

    References
    ----------
    As for `GradientTape`.

    Examples
    --------
    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (np.float64(6.0), (array(3.), array(2.)))
    """

    def value_and_gradient_of_f(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        chosen = (argnums,) if isinstance(argnums, int) else argnums
        with GradientTape() as tape:
            # A tensor may already mean something to an outer tape: a new one for this.
            inputs = list(args)
            for i in chosen:
                new = [
                    _identity(x) if isinstance(x, Tensor) else Tensor(x) for x in _leaves(args[i])
                ]
                tape.watch(*new)
                inputs[i] = _fill(args[i], iter(new))
            value = f(*inputs, **kwargs)
        sources = tuple(inputs[i] for i in chosen)
        if not isinstance(value, Tensor):
            value = Tensor(value)  # a constant
        gradients = tape.gradient(
            value, sources[0] if isinstance(argnums, int) else sources, unconnected="zero"
        )
        return (value if active.tapes else value.value), gradients

    return value_and_gradient_of_f


@primitive
def _identity(x: Any) -> Any:
    return x


define_vjp(_identity, lambda g, out, x: g)


@primitive
def _cast(x: Any, dtype: Any) -> Any:
    return np.asarray(x, dtype=dtype)


define_vjp(_cast, lambda g, out, x, dtype: g)


def _fused_parts(
    function: Any, vjp: Any, inputs: Any, kwargs: Any, g: Any, needed: Any, as_tensors: bool
) -> Any:
    """Return the gradients of a fused operation; None where none is needed."""
    if as_tensors:  # to differentiate the derivative, compute it from tensors once more
        vjp = function.with_vjp(*inputs, **(kwargs or {}))[1]
    wanted = [False] * len(inputs)
    for i, _ in needed:
        wanted[i] = True
    return vjp(g, wanted)


def _ones_like(value: Any) -> Any:
    return value.dtype.type(1) if value.ndim == 0 else np.ones_like(value)


def _as_tensor(g: Any) -> Tensor:
    return g if isinstance(g, Tensor) else Tensor(g)


def _fit(g: Any, like: Any, function: Any, i: int) -> Any:
    """Undo broadcasting: sum a gradient down to the shape of its input; keep its dtype."""
    if g is None:
        raise TypeError(f"{name_of(function)} has no derivative for its argument {i}")
    g = g if hasattr(g, "shape") else np.asarray(g, dtype=like.dtype)
    shape = like.shape
    if g.shape != shape:
        padded = (1,) * (g.ndim - len(shape)) + shape
        if len(padded) > g.ndim or any(n not in (1, g.shape[k]) for k, n in enumerate(padded)):
            raise ValueError(
                f"the rule of {name_of(function)} returned a gradient of shape {g.shape} for "
                f"argument {i}, which has shape {shape}"
            )
        repeated = tuple(k for k, n in enumerate(padded) if n != g.shape[k])
        g = np.reshape(np.sum(g, axis=repeated, keepdims=True), shape)
    return g if g.dtype == like.dtype else _cast(g, like.dtype)


def _fingerprint(a: Any) -> Any:
    """Return something that is almost sure to be different after `a` has changed."""
    if type(a) is list:
        return repr(a)
    if a.nbytes <= 4096 or a.dtype.kind != "f":
        return a.tobytes()
    # The bits, read as whole numbers, laid out in rows and added up column by column: one
    # pass over the array, and the sums change with any entry, and with almost any move.
    # (The length of a row is a prime, so that no row of data is as long.)
    words = np.ravel(a).view(np.uint8)
    rows = words.size // (8 * 509)
    body = words[: rows * 8 * 509].view(np.uint64).reshape(rows, 509)
    return np.add.reduce(body, axis=0).tobytes() + words[rows * 8 * 509 :].tobytes()


def _changed(what: str) -> RuntimeError:
    return RuntimeError(
        f"{what} was changed after the tape recorded it, so the gradient would be wrong; call "
        f"gradient before changing it (before optimizer.update, for instance)"
    )


def _separate(g: Any, taken: set[int]) -> Any:
    """Return a gradient as an array that shares no memory with anything else."""
    flags = g.flags
    if type(g) is not np.ndarray or id(g) in taken or not (flags.owndata and flags.writeable):
        g = np.array(g)
    taken.add(id(g))
    return g


def _leaves(structure: Any) -> list[Any]:
    """Return what a nested structure of lists, tuples and dicts holds, in order."""
    if isinstance(structure, dict):
        structure = structure.values()
    elif not isinstance(structure, list | tuple):
        return [structure]
    if all(isinstance(part, Tensor) for part in structure):
        return list(structure)
    return [leaf for part in structure for leaf in _leaves(part)]


def _fill(structure: Any, leaves: Iterator[Any]) -> Any:
    """Return the same structure with other leaves."""
    if isinstance(structure, dict):
        return {
            key: next(leaves) if isinstance(part, Tensor) else _fill(part, leaves)
            for key, part in structure.items()
        }
    if isinstance(structure, list | tuple):
        parts = [_fill(part, leaves) for part in structure]
        return type(structure)(*parts) if hasattr(structure, "_fields") else type(structure)(parts)
    return next(leaves)
