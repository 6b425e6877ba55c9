"""What all layers share: a name, and finding the variables in them.

A layer is called with an array or tensor; one with parameters returns a tensor. What it has
is found by looking through its attributes: to write a layer of your own, put variables,
other layers and random generators into attributes, or into lists and dicts there, and say in
``__call__`` what it computes.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dlcourse._helpers.naming import belongs
from dlcourse.autodiff import Variable


class Layer:
    """What all layers share: a name, parameters by name, and being called.

    Parameters
    ----------
    name : str, optional
        The first part of the names of its parameters; by default the class, in lower
        case, which `Sequential` numbers.

    Attributes
    ----------
    own_buffers : dict of str to ndarray
        What this layer remembers but does not train: changed in place, saved with the rest.

    Examples
    --------
    >>> class Scale(Layer):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = Variable(2.0)
    ...
    ...     def __call__(self, x, training=False):
    ...         return x * self.factor
    >>> list(Scale().params)
    ['scale/factor']
    """

    given_name: str | None = None
    numbered_name: str | None = None  # by a model, for a layer without a name of its own
    own_buffers: Any = MappingProxyType({})  # of a subclass that does not call __init__
    # Of this very class: the attributes that hold all its variables, so that nobody needs to
    # look for them. A class derived from it may have more, and is looked through.
    attributes: ClassVar[tuple[str, ...]]

    def __init__(self, name: str | None = None) -> None:
        self.given_name = name
        self.own_buffers: dict[str, NDArray[Any]] = {}

    @property
    def name(self) -> str:
        """The first part of the names of its parameters."""
        return self.given_name or self.numbered_name or type(self).__name__.lower()

    def rename(self, name: str) -> None:
        """Give the layer, and so its parameters, another name.

        Parameters
        ----------
        name : str
        """
        self.given_name = name
        self._name_variables()

    def _name_variables(self) -> None:
        """Tell each variable its full name, for error messages."""
        for key, variable in self.params.items():
            variable.name = key

    def add(self, key: str, value: NDArray[Any]) -> Variable:
        """Make a parameter of this layer, and an attribute of that name; for subclasses.

        Parameters
        ----------
        key : str
            Its name within the layer.
        value : ndarray
            Where it starts.

        Returns
        -------
        Variable
        """
        variable = Variable(value, f"{self.name}/{key}")
        setattr(self, key, variable)
        return variable

    # --- what is in it ----------------------------------------------------------------

    @property
    def params(self) -> dict[str, Variable]:
        """The parameters by full name, such as ``"dense1/weights"``, each variable once."""
        named = self._collected(Variable)
        return named if len(set(map(id, named.values()))) == len(named) else _once(named)

    @property
    def trainable_params(self) -> dict[str, Variable]:
        """Those of the parameters that are not frozen."""
        return {key: variable for key, variable in self.params.items() if variable.trainable}

    @property
    def buffers(self) -> dict[str, NDArray[Any]]:
        """What is remembered but not trained, by full name."""
        return self._collected(np.ndarray)

    @property
    def generators(self) -> dict[str, np.random.Generator]:
        """The random generators that training draws from, by full name."""
        return self._collected(np.random.Generator)

    @property
    def state(self) -> dict[str, Any]:
        """All that predictions depend on, by full name: the parameters and the buffers.

        ``save_params(path, model.state)`` keeps a model, ``load_params(path, into=model.state)``
        brings it back.
        """
        return {**self.params, **self.buffers}

    def _collected(self, kind: type) -> dict[str, Any]:
        """Return everything of a kind in this layer and those inside of it, by full name."""
        pairs = self._pairs(kind, self._prefix)
        named = dict(pairs)
        if len(named) < len(pairs):
            twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
            raise ValueError(f"two layers have the name {twice.rpartition('/')[0]!r}; rename one")
        return named

    def _pairs(self, kind: type, prefix: str) -> list[tuple[str, Any]]:
        """Return everything of a kind in this layer and those inside of it, with its name."""
        attributes = vars(type(self)).get("attributes")
        if kind is Variable and attributes is not None:
            return [(prefix + k, v) for k in attributes if (v := getattr(self, k)) is not None]
        own = self.own_buffers if kind is np.ndarray else self._own(kind)
        found = [(prefix + key, thing) for key, thing in own.items()]
        for key, layer in self._own(Layer).items():
            found += layer._pairs(kind, f"{prefix}{key}/")
        return found

    @property
    def _prefix(self) -> str:
        """How the full names of its parameters begin."""
        return self.name + "/"

    def _own(self, kind: type) -> dict[str, Any]:
        """Return the variables, layers or generators in the attributes."""
        return dict(_found(vars(self), kind))

    @property
    def minimum_rows(self) -> int:
        """How many rows a batch needs in training: 1, or what the neediest layer inside says."""
        return max((layer.minimum_rows for layer in self._own(Layer).values()), default=1)

    @property
    def own(self) -> dict[str, Variable]:
        """The variables in the attributes of this layer, by their names there."""
        return self._own(Variable)

    # --- freezing, and looking ----------------------------------------------------------

    def freeze(self, *names: str) -> None:
        """Keep parameters as they are from now on: no optimizer changes them.

        Parameters
        ----------
        *names : str
            Full names, or their first parts: ``"dense1"`` stands for its weights and its
            bias. Without names, all. (What a `BatchNorm` remembers goes on changing.)

        Raises
        ------
        ValueError
            If a name belongs to no parameter; nothing has changed.
        """
        self._set_trainable(names, False)

    def unfreeze(self, *names: str) -> None:
        """Let optimizers change parameters again.

        Parameters
        ----------
        *names : str
            As for `freeze`.

        Raises
        ------
        ValueError
            If a name belongs to no parameter; nothing has changed.
        """
        self._set_trainable(names, True)

    def _set_trainable(self, names: tuple[str, ...], trainable: bool) -> None:
        params = self.params
        for name in names:
            if not any(belongs(key, name) for key in params):
                raise ValueError(f"there is no parameter {name!r}; there are {sorted(params)}")
        for key, variable in params.items():
            if not names or any(belongs(key, name) for name in names):
                variable.trainable = trainable

    def summary(self) -> "Summary":
        """Return a table of the parameters, to print.

        Returns
        -------
        Summary

        Examples
        --------
        >>> from dlcourse.layers import Dense
        >>> Dense(3, 2).summary()
        parameter      shape   dtype    numbers
        dense/weights  (3, 2)  float64        6
        dense/bias     (2,)    float64        2
        8 numbers, all trainable
        """
        return Summary(tuple(self.params.items()))

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Return the layer's output.

        Parameters
        ----------
        x : array or Tensor of shape (n, in_features)
        training : bool
            Whether this is a step of training; layers such as `Dropout` differ.

        Returns
        -------
        Tensor
        """
        raise TypeError(f"{type(self).__name__} does not say what it computes: write __call__")

    def __repr__(self) -> str:
        shapes = ", ".join(f"{key} {v.shape}" for key, v in self.own.items())
        return f"<{type(self).__name__} {self.name!r}{': ' + shapes if shapes else ''}>"


@dataclass(frozen=True)
class Summary:
    """A table of parameters: name, shape, dtype, how many numbers, whether frozen.

    Attributes
    ----------
    params : tuple of (str, Variable)
    """

    params: tuple[tuple[str, Variable], ...]

    @property
    def total(self) -> int:
        """How many numbers there are."""
        return sum(variable.size for _, variable in self.params)

    @property
    def trainable(self) -> int:
        """How many of them are not frozen."""
        return sum(variable.size for _, variable in self.params if variable.trainable)

    def __repr__(self) -> str:
        rows = [("parameter", "shape", "dtype", "numbers")]
        for key, v in self.params:
            frozen = "" if v.trainable else " frozen"
            rows.append((key + frozen, str(v.shape), str(v.dtype), f"{v.size:,}"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(text.ljust(n) for text, n in zip(row[:3], widths, strict=False))
            + "  "
            + row[3].rjust(widths[3])
            for row in rows
        ]
        frozen_too = (
            f"{self.trainable:,} trainable" if self.trainable < self.total else "all trainable"
        )
        return "\n".join([*lines, f"{self.total:,} numbers, {frozen_too}"])


def _found(things: Any, kind: type) -> Iterator[tuple[str, Any]]:
    """Yield what is of a kind among named things, and in lists and dicts there."""
    for key, thing in things.items():
        if isinstance(thing, kind):
            yield str(key), thing
        elif isinstance(thing, dict):
            yield from ((f"{key}/{k}", x) for k, x in _found(thing, kind))
        elif isinstance(thing, list | tuple):
            yield from ((f"{key}/{k}", x) for k, x in _found(dict(enumerate(thing)), kind))


def _once(named: dict[str, Variable]) -> dict[str, Variable]:
    """Drop further names of a variable: under two of them an optimizer would move it twice."""
    seen: set[int] = set()
    return {
        key: variable
        for key, variable in named.items()
        if not (id(variable) in seen or seen.add(id(variable)))  # type: ignore[func-returns-value]
    }
