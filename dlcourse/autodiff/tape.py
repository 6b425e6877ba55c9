"""The tape: a list of what was computed, read backwards.

While a `GradientTape` is active, every operation on something it watches is appended
to a list. An operation can only use results that exist, so the list is in topological
order already: read from the end, everything a result flowed into has been seen before
the result itself. One loop over the reversed list is the whole of back-propagation.

Take ``np.sum(x[1:] * w)``, with four numbers in x and three in w. Three operations are written
down, from top to bottom, and read from bottom to top. In each row the gradient of the result
arrives, and one for each argument goes on:

=============== ======== ======================= =======================================
operation       result   arrives, of its shape   goes to
=============== ======== ======================= =======================================
``x[1:]``       (3,)     w                       x: w at 1:, else 0 (a ``Placed``)
``x[1:] * w``   (3,)     ones                    ``x[1:]``: w, and w: ``x[1:]``
``np.sum(...)`` ()       1                       the product: 1 three times
=============== ======== ======================= =======================================

What was recorded stays as it was. A tensor's array never changes, and of a plain array the
tape keeps a copy: to change it afterwards changes nothing in the gradient.
"""

import weakref
from typing import Any

import numpy as np
from numpy import ndarray

from dlcourse._helpers.naming import describe, name_of
from dlcourse._helpers.nested import leaves, map_nested, rebuilt
from dlcourse.autodiff.functions import Record
from dlcourse.autodiff.rules import Placed
from dlcourse.autodiff.variable import SIMPLE_TYPES, Tensor, Variable, active, is_locked


class GradientTape:
    r"""Record operations on tensors, then compute gradients.

    For :math:`L = f(g(x))` the chain rule is read from the outside in:

    .. math:: \frac{\partial L}{\partial x} = \frac{\partial L}{\partial f}\,
        \frac{\partial f}{\partial g}\,\frac{\partial g}{\partial x}

    What is known so far is a row vector, and each step multiplies it by the next factor. So no
    Jacobian is ever formed.

    Parameters
    ----------
    persistent : bool
        Keep the record after `gradient`, so that it can be called again.
    copy : bool
        Keep a copy of each plain array that an operation uses, so that nothing goes wrong
        if you change it before `gradient`. False saves the copies of data so large that
        they matter; then don't change them.

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

    def __init__(self, persistent: bool = False, *, copy: bool = True) -> None:
        self.persistent = persistent
        self.copy = copy
        self._records: list[Record] | None = []
        # Keys: of tensors that `watch` was told of, of variables that were used, and of both and
        # all results that are written down. 0 stands for "no key", which is nothing new.
        self._watched: set[int] = set()
        self._variables: set[int] = set()
        self._known: set[int] = {0}
        # Each array that was copied, with its copy, by its id: one that is used a hundred times
        # is copied once.
        self._copies: dict[int, tuple[Any, Any]] = {}
        # What `graph` shows, in persistent tapes: the gradient of a node by its key, that of an
        # edge by the key of the result and the position of the argument.
        self._flows: dict[Any, Any] = {}
        self._recording = False
        self._reference = weakref.ref(self)  # made once for all results; weak, so there is no cycle

    def __enter__(self) -> "GradientTape":
        if self._recording:
            raise RuntimeError(
                "this tape is recording already: entered twice, it would write everything down "
                "twice and double the gradients; use a second GradientTape"
            )
        self._recording = True
        active.tapes.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._recording = False
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
        self._watched.update(tensor.key for tensor in tensors)
        self._known |= self._watched

    def variables(self) -> list[Variable]:
        """Return the variables that something was computed from, in the order of their use.

        Returns
        -------
        list of Variable
        """
        found = {
            a.key: a
            for record in self._records or ()
            for a in record.args
            if isinstance(a, Variable)
        }
        return list(found.values())

    # --- recording: what `functions.carry_out` asks for -----------------------------------

    def keys_of(self, things: Any) -> tuple[int, ...]:
        """Return the key of each thing that is watched, or depends on what is, else 0.

        Parameters
        ----------
        things : sequence of object
            Arguments of a function: tensors, arrays, numbers and others.

        Returns
        -------
        tuple of int
        """
        known = self._known
        return tuple(
            [
                x.key
                if type(x) is not ndarray  # quick to tell, and slow to say no to the next question
                and isinstance(x, Tensor)
                and (x.key in known or isinstance(x, Variable))
                else 0
                for x in things
            ]
        )

    def knows(self, x: Tensor) -> bool:
        """Return whether a tensor is watched, or depends on what is.

        Parameters
        ----------
        x : Tensor

        Returns
        -------
        bool
        """
        return any(self.keys_of((x,)))

    def kept(self, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Return arguments and options as the tape keeps them: nobody can change them later.

        Parameters
        ----------
        args : tuple
        kwargs : dict

        Returns
        -------
        args : tuple
        kwargs : dict
        """
        if not self.copy:
            return args, kwargs
        args = tuple([a if isinstance(a, Tensor) else self._kept(a) for a in args])
        if kwargs:
            kwargs = {name: self._kept(value) for name, value in kwargs.items()}
        return args, kwargs

    def _kept(self, x: Any) -> Any:
        """Return an array as a copy, once for all its uses while it stays the same."""
        if type(x) in SIMPLE_TYPES:
            return x
        if isinstance(x, ndarray):
            if is_locked(x):
                return x
            array, copy = self._copies.get(id(x), (None, None))
            if array is not x or not np.array_equal(x, copy, equal_nan=x.dtype.kind == "f"):
                copy = np.array(x, subok=True)
                copy.setflags(write=False)
                self._copies[id(x)] = x, copy
            return copy
        if isinstance(x, list | tuple):
            return map_nested(self._kept, x)
        is_array_like = hasattr(x, "__array__") and not isinstance(x, Tensor | np.generic | type)
        return np.array(x) if is_array_like else x

    def record(self, record: Record) -> None:
        """Write down an operation.

        Parameters
        ----------
        record : Record
        """
        if self._records is None:
            return  # the tape has been used, and will not be asked again
        if not self._known.issuperset(record.keys):  # a variable is used for the first time
            self._variables.update(set(record.keys) - self._known)
            self._known |= self._variables
        self._records.append(record)
        self._known.add(record.out.key)
        record.out.recorded_by = self._reference

    # --- reading backwards ------------------------------------------------------------------

    def gradient(
        self,
        target: Tensor,
        sources: Any,
        *,
        output_gradient: Any = None,
        unconnected: str = "error",
    ) -> Any:
        """Return the gradient of `target` with respect to each source.

        Parameters
        ----------
        target : Tensor
            Usually one number. For an array, the gradient of the sum of its entries.
        sources : Tensor, or a list, tuple or dict of them, nested as you like
            Variables, or tensors that were watched.
        output_gradient : array_like or Tensor, optional
            Of the shape of `target`: how much each of its entries counts. Ones by default.
        unconnected : {"error", "zero"}
            What to do about a source that the target does not depend on.

        Returns
        -------
        ndarray, or the same structure of ndarrays
            Of the shape and dtype of each source. Tensors, while another tape is active.

        Raises
        ------
        RuntimeError
            If the tape was used before and is not persistent.
        ValueError
            If `target` does not depend on a source, or `output_gradient` has another shape.
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
        flat = leaves(sources)
        for x in (target, *flat):
            if not isinstance(x, Tensor):
                what = f"gradients are of tensors with respect to tensors, got {type(x).__name__}"
                raise TypeError(f"{what}; was .value or float() used on the way?")
        if unconnected not in ("error", "zero"):
            raise ValueError(f'unconnected must be "error" or "zero", got {unconnected!r}')
        if self._records is None:
            raise RuntimeError("this tape has been used; make it GradientTape(persistent=True)")
        # Rules may run on tensors, for an outer tape; this one must not record them.
        recording = active.tapes
        active.tapes = outer = [tape for tape in recording if tape is not self]
        try:
            seed = _seed(target, output_gradient)
            grads = self._backward(target, seed, {x.key for x in flat}, bool(outer))
        finally:
            active.tapes = recording
        # For a + b both sources get the same array; each needs one of its own.
        taken = {id(seed), *map(id, self._flows.values())}
        answers: list[Any] = []
        for source in flat:
            g = grads.get(source.key)
            if g is None:
                if unconnected != "zero":
                    raise ValueError(self._why_not(target, source))
                g = np.zeros_like(source.value)
            answers.append(_as_tensor(g) if outer else _separate(g, taken))
        if not self.persistent:
            self._records, self._copies = None, {}
        return rebuilt(sources, iter(answers))

    def _backward(
        self, target: Tensor, seed: Any, sources: set[int], as_tensors: bool
    ) -> dict[int, Any]:
        """Walk through the list from its end, adding up what flows into each key."""
        grads = {target.key: seed}
        flows = self._flows = dict(grads) if self.persistent else {}
        own: set[int] = set()  # the keys whose sum is an array made here: it is added to in place
        needed = self._keys_depending_on(sources)
        for record in reversed(self._records or ()):
            key_out = record.out.key
            # All that it flowed into came before, so it is complete. It is kept if asked for.
            g = grads.get(key_out) if key_out in sources else grads.pop(key_out, None)
            if g is None:
                continue
            wanted = [key != 0 and (needed is None or key in needed) for key in record.keys]
            for i, part in enumerate(_vjp(record, g, wanted, as_tensors)):
                if not wanted[i]:
                    continue
                part = _fit(part, record, i, as_tensors)
                key = record.keys[i]
                _add(grads, own, key, part)
                if self.persistent:
                    flows[key_out, i], flows[key] = part, grads[key]
        return grads

    def _keys_depending_on(self, sources: set[int]) -> set[int] | None:
        """Return the keys of the sources and of all results that depend on them.

        No gradient is computed for anything else. None stands for all that is recorded: if
        everything watched is a source, or if the tape is persistent, as `graph` may show it.
        """
        if self.persistent or self._variables | self._watched <= sources:
            return None
        needed = set(sources)
        for record in self._records or ():
            if not needed.isdisjoint(record.keys):
                needed.add(record.out.key)
        return needed

    def _why_not(self, target: Tensor, source: Tensor) -> str:
        if not self.knows(source):
            why = "the tape does not watch it; call tape.watch(x) before computing with it"
        elif not self.knows(target):
            why = "the target was not computed from anything the tape watches while it recorded"
        else:
            lost = "was it computed outside the tape, from .value, or behind stop_gradient?"
            why = f"no recorded operation leads from one to the other; {lost}"
        return f"{describe(source)} is not connected to the target: {why}"


def _seed(target: Tensor, output_gradient: Any) -> Any:
    """Return where the walk starts: the gradient of the target with respect to itself."""
    if output_gradient is None:
        one = target.dtype.type(1)
        return one if target.ndim == 0 else np.full(target.shape, one)
    if isinstance(output_gradient, Tensor):
        seed = output_gradient if active.tapes else output_gradient.value
    else:
        seed = np.asarray(output_gradient)
    if seed.shape != target.shape:
        raise ValueError(
            f"output_gradient has shape {seed.shape}; it needs that of the target, {target.shape}"
        )
    return seed if seed.dtype == target.dtype else seed.astype(target.dtype)


def _vjp(record: Record, g: Any, wanted: list[bool], as_tensors: bool) -> Any:
    """Return the gradient for each argument of an operation that is wanted."""
    inputs, out = record.values, record.out.value
    if as_tensors:  # to differentiate the derivative itself
        out = record.out
        inputs = tuple(
            [  # as they were: a variable may have got another value since
                a.as_it_was(value) if isinstance(a, Variable) else a
                for a, value in zip(record.args, record.values, strict=True)
            ]
        )
    if callable(record.vjps):  # fused: one function for all arguments
        vjp = record.vjps
        if as_tensors:  # made anew, from tensors
            vjp = record.function.with_vjp(*inputs, **record.kwargs)[1]  # type: ignore[attr-defined]
        return vjp(g, wanted)
    return [
        vjp(g, out, *inputs, **record.kwargs) if wants and vjp else None
        # (There may be more rules than arguments: options may be given by position, or not at all.)
        for vjp, wants in zip(record.vjps, wanted, strict=False)
    ]


def _add(grads: dict[int, Any], own: set[int], key: int, part: Any) -> None:
    """Add a part to the gradient of a key, in place if its sum is an array made here."""
    if type(part) is Placed:
        if key not in own:
            total = np.zeros(part.shape, part.g.dtype)
            total += grads.get(key, 0)
            grads[key] = total
            own.add(key)
        part.add_to(grads[key])
    elif key in own and isinstance(part, ndarray):
        grads[key] += part
    elif key in grads:
        grads[key] = total = grads[key] + part
        if isinstance(total, ndarray):
            own.add(key)
        else:  # a NumPy scalar can't be changed
            own.discard(key)
    else:
        grads[key] = part  # perhaps not ours: of np.add it is what arrived, of np.sum a view


def _as_tensor(g: Any) -> Tensor:
    return g if isinstance(g, Tensor) else Tensor(g)


def _fit(g: Any, record: Record, i: int, as_tensors: bool) -> Any:
    """Return the gradient for an argument in its shape and dtype: undo broadcasting."""
    like = record.values[i]
    if type(g) is Placed:
        return g.whole() if as_tensors else g
    if getattr(g, "shape", None) == like.shape and g.dtype == like.dtype:
        return g
    if g is None:
        raise TypeError(f"{name_of(record.function)} has no derivative for its argument {i}")
    g = g if hasattr(g, "shape") else np.asarray(g, dtype=like.dtype)
    shape, more = like.shape, g.ndim - like.ndim
    if g.shape != shape:
        if more < 0 or any(n not in (1, m) for n, m in zip(shape, g.shape[more:], strict=True)):
            what = f"the rule of {name_of(record.function)} returned a gradient of shape {g.shape}"
            raise ValueError(f"{what} for argument {i}, which has shape {shape}")
        repeated = (*range(more), *(more + k for k, n in enumerate(shape) if n == 1))
        g = np.reshape(np.sum(g, axis=repeated), shape)
    return g if g.dtype == like.dtype else g.astype(like.dtype)


def _separate(g: Any, taken: set[int]) -> Any:
    """Return a gradient as an array that shares no memory with anything else."""
    if type(g) is not ndarray or g.base is not None or not g.flags.writeable or id(g) in taken:
        g = np.array(g)
    taken.add(id(g))
    return g
