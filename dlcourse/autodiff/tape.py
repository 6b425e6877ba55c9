"""The tape: a list of what was computed, read backwards.

While a `GradientTape` is active, every operation on something it watches is appended
to a list. An operation can only use results that exist, so the list is in topological
order already: read from the end, everything a result flowed into has been seen before
the result itself. One loop over the reversed list is the whole of back-propagation.
"""

import weakref
from typing import Any

import numpy as np
from numpy import ndarray

from dlcourse._fingerprint import fingerprint
from dlcourse._names import describe, name_of
from dlcourse._nested import leaves, map_nested, rebuilt
from dlcourse.autodiff.variable import Function, Tensor, active, define_vjp, primitive


class GradientTape:
    r"""Record operations on tensors, then compute gradients.

    For :math:`L = f(g(x))` the chain rule is read from the outside in:

    .. math:: \frac{\partial L}{\partial x} = \frac{\partial L}{\partial f}\,
        \frac{\partial f}{\partial g}\,\frac{\partial g}{\partial x}

    A row vector multiplies each factor from the left, so no Jacobian is ever formed.

    Parameters
    ----------
    persistent : bool
        Keep the record after `gradient`, so that it can be called again.

    References
    ----------
    Equations :eq:`chain-rule` and :eq:`chain-rule-paths` of chapter 3.

    Equation :eq:`graph-backward` of chapter 4.

    A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM, 2008, chapter 3.

    Examples
    --------
    >>> from dlcourse.autodiff import Variable
    >>> w = Variable(3.0)
    >>> with GradientTape() as tape:
    ...     loss = (2 * w - 5) ** 2
    >>> tape.gradient(loss, w)
    array(4.)
    """

    def __init__(self, persistent: bool = False) -> None:
        self.persistent = persistent
        # What was applied, as `record` is told; the key of each argument that a gradient is wanted
        # for, else 0; and what must not change, with its fingerprint. (A plain tuple is what
        # Python makes and unpacks quickest.)
        self._records: list[tuple[Any, ...]] | None = []
        self._known: set[int] = set()  # the keys of what is watched and of all that depends on it
        self._views: tuple[Any, ...] = ()  # watched arrays, with their fingerprints
        # What `graph` shows, in persistent tapes: the gradient of a node by its key, that of an
        # edge by the key of the result and the position of the argument.
        self._flows: dict[Any, Any] = {}
        self._self = weakref.ref(self)  # made once for all results; weak, so there is no cycle

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
        if wrong := [type(x).__name__ for x in tensors if not isinstance(x, Tensor)]:
            how = "make one with Tensor(x) and compute with it"
            raise TypeError(f"only a Tensor can be watched, got {wrong[0]}; {how}")
        self._known |= {tensor.key for tensor in tensors}
        # A view, perhaps of a variable, can change; what it is now has to be known.
        views = [x.value for x in tensors if x.key > 0 and x.value.base is not None]
        self._views += tuple((view, fingerprint(view)) for view in views)

    def record(self, keys: list[int], function: Function, vjps: Any, args: Any, values: Any,
               kwargs: dict[str, Any], constants: list[Any], out: Tensor) -> None:  # fmt: skip
        """Write down an operation, if it was applied to something that is watched.

        Parameters
        ----------
        keys : list of int
            The key of each argument that is a tensor, else 0.
        function : callable
            What was applied.
        vjps : tuple of callable, or callable
            The VJP of each of its arguments, or that of a fused function.
        args, values : sequence
            Its arguments, as they were given and as plain arrays.
        kwargs : dict
            Its options.
        constants : list
            What among the arguments and options is no tensor.
        out : Tensor
            Its result.
        """
        known, wanted, seen = self._known, keys, []
        for key in keys:
            if key > 0 and key not in known:  # a tensor that means nothing to this tape
                i = wanted.index(key)
                wanted, constants = [*wanted[:i], 0, *wanted[i + 1 :]], [*constants, values[i]]
        if self._records is not None and any(wanted):
            for constant in constants:
                seen.append((constant, fingerprint(constant)))
            known.add(out.key)
            out.tape = self._self
            self._records.append((function, vjps, args, values, kwargs, out, wanted, seen))

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
            Of the shape and dtype of each source. Tensors, while another tape is active.

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
        >>> from dlcourse.autodiff import Variable
        >>> a, b = Variable([1.0, 2.0]), Variable(3.0)
        >>> with GradientTape() as tape:
        ...     y = np.sum(a * b)
        >>> tape.gradient(y, {"a": a, "b": b})
        {'a': array([3., 3.]), 'b': array(3.)}
        """
        kept: set[int] = set()
        flat = leaves(sources)
        for x in (target, *flat):
            if not isinstance(x, Tensor):
                what = f"gradients are of tensors with respect to tensors, got {type(x).__name__}"
                raise TypeError(f"{what}; was .value or float() used on the way?")
            kept.add(x.key)
        if unconnected not in ("error", "zero"):
            raise ValueError(f'unconnected must be "error" or "zero", got {unconnected!r}')
        if self._records is None:
            raise RuntimeError("this tape has been used; make it GradientTape(persistent=True)")
        outer = recording = active.tapes
        if recording:
            active.tapes = outer = [tape for tape in recording if tape is not self]
        try:
            grads = self._backward(target, kept, bool(outer))
        finally:
            if recording:
                active.tapes = recording
            if not self.persistent:
                self._records = None
        taken = set(map(id, self._flows.values())) if self.persistent else set()

        answers: list[Any] = []
        for source in flat:
            g = grads.get(source.key)
            if g is None:
                if unconnected != "zero":
                    raise ValueError(self._why_not(target, source))
                g = np.zeros_like(source.value)
            answers.append(_as_tensor(g) if outer else _separate(g, taken))
        return rebuilt(sources, iter(answers))

    def _backward(self, target: Tensor, kept: set[int], as_tensors: bool) -> dict[int, Any]:
        """Walk the record backwards, adding up what flows into each key."""
        grads: dict[int, Any] = {target.key: _ones_like(target.value)}
        flows = self._flows = dict(grads) if self.persistent else {}
        for view, before in self._views:
            if fingerprint(view) != before:
                raise _changed(view)
        records = reversed(self._records or ())
        for function, vjps, args, values, kwargs, out, wanted, seen in records:
            g = grads.get(out.key) if out.key in kept else grads.pop(out.key, None)
            if g is None:
                continue
            for a, before in seen:  # here, where the arrays are about to be read anyway
                if fingerprint(a) != before:
                    raise _changed(a)
            if fused := type(vjps) is not tuple:
                # To differentiate the derivative itself, compute it from tensors once more.
                own = function.with_vjp(*args, **kwargs)[1] if as_tensors else vjps
                parts = own(g, wanted)
            else:
                inputs, result = (args, out) if as_tensors else (values, out.value)
            for i, key in enumerate(wanted):
                if not key:
                    continue
                if key < 0 and args[i].version > out.key:
                    raise _changed(args[i])
                part = parts[i] if fused else vjps[i] and vjps[i](g, result, *inputs, **kwargs)
                like = values[i]
                if getattr(part, "shape", None) != like.shape or part.dtype is not like.dtype:
                    part = _fit(part, like, function, i)
                grads[key] = grads[key] + part if key in grads else part
                if self.persistent:
                    flows[out.key, i], flows[key] = part, grads[key]
        return grads

    def _why_not(self, target: Tensor, source: Tensor) -> str:
        if source.key > 0 and source.key not in self._known:
            why = "the tape does not watch it; call tape.watch(x) before computing with it"
        elif target.key not in self._known:
            why = "the target was not computed from anything the tape watches while it recorded"
        else:
            lost = "was it computed outside the tape, from .value, or behind stop_gradient?"
            why = f"no recorded operation leads from one to the other; {lost}"
        return f"{describe(source)} is not connected to the target: {why}"


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
        if not set(chosen) <= set(range(len(args))):
            raise ValueError(f"argnums={argnums} is not among the {len(args)} positions given")
        with GradientTape() as tape:
            inputs = [map_nested(_renewed, a) if i in chosen else a for i, a in enumerate(args)]
            sources = tuple(inputs[i] for i in chosen)
            map_nested(tape.watch, sources)
            value = _as_tensor(f(*inputs, **kwargs))
        gradients = tape.gradient(value, sources, unconnected="zero")
        gradient = gradients[0] if isinstance(argnums, int) else gradients
        return (value if active.tapes else value.value), gradient

    return value_and_gradient_of_f


@primitive
def _cast(x: Any, dtype: Any) -> Any:
    return np.asarray(x, dtype=dtype)


define_vjp(_cast, lambda g, out, x, dtype: g)


def _renewed(x: Any) -> Tensor:
    """Return a tensor that no tape watches yet; what it has to do with `x` an outer one knows."""
    return +x if isinstance(x, Tensor) else Tensor(x)


_ONE = {np.float32: np.float32(1), np.float64: np.float64(1)}


def _ones_like(value: Any) -> Any:
    one = _ONE.get(type(value))  # a result without axes is a NumPy scalar
    return np.ones_like(value) if one is None else one


def _as_tensor(g: Any) -> Tensor:
    return g if isinstance(g, Tensor) else Tensor(g)


def _fit(g: Any, like: Any, function: Any, i: int) -> Any:
    """Undo broadcasting: sum a gradient down to the shape of its input; and give it that dtype."""
    if g is None:
        raise TypeError(f"{name_of(function)} has no derivative for its argument {i}")
    g = g if hasattr(g, "shape") else np.asarray(g, dtype=like.dtype)
    shape, more = like.shape, g.ndim - like.ndim
    if g.shape != shape:
        if more < 0 or any(n not in (1, m) for n, m in zip(shape, g.shape[more:], strict=True)):
            what = f"the rule of {name_of(function)} returned a gradient of shape {g.shape}"
            raise ValueError(f"{what} for argument {i}, which has shape {shape}")
        repeated = (*range(more), *(more + k for k, n in enumerate(shape) if n == 1))
        g = np.reshape(np.sum(g, axis=repeated), shape)
    return g if g.dtype == like.dtype else _cast(g, like.dtype)


def _changed(x: Any) -> RuntimeError:
    return RuntimeError(
        f"{describe(x)} was changed after the tape recorded it, so the gradient would be wrong; "
        f"call gradient before changing it (before optimizer.update, for instance)"
    )


def _separate(g: Any, taken: set[int]) -> Any:
    """Return a gradient as an array that shares no memory with anything else."""
    if type(g) is not ndarray or g.base is not None or not g.flags.writeable or id(g) in taken:
        g = np.array(g)
    taken.add(id(g))
    return g
