"""Layers one after the other: the model of most chapters."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from dlcourse.layers.layer import Layer
from dlcourse.layers.units import Dense, ReLU


class Sequential(Layer):
    """Layers one after the other; the output of each is the input of the next.

    Layers without a name get one from their class and their place among those of the
    same class: ``dense1``, ``relu1``, ``dense2``. A `Dense` and the `ReLU` behind it are
    computed, and recorded by a tape, as one operation, `dense_relu`.

    Parameters
    ----------
    *layers : Layer
        In the order they are applied.

    Raises
    ------
    ValueError
        If there are no layers, or two have the same name.
    TypeError
        If one is not a layer.

    References
    ----------
    As for `dense`.

    Examples
    --------
    >>> import numpy as np
    >>> model = Sequential(Dense(4, 3, rng=0), ReLU(), Dense(3, 2, rng=1))
    >>> list(model.params)
    ['dense1/weights', 'dense1/bias', 'dense2/weights', 'dense2/bias']
    >>> model(np.zeros((5, 4))).shape
    (5, 2)
    """

    def __init__(self, *layers: Layer) -> None:
        super().__init__()
        if not layers:
            raise ValueError("Sequential needs at least one layer, got none")
        for layer in layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"Sequential takes layers, got {type(layer).__name__}")
        _number(layers)
        names = [layer.name for layer in layers]
        if len(set(names)) < len(names):
            raise ValueError(
                f"every layer needs a name of its own, got {names}; give it one with name= or "
                f"rename"
            )
        self.layers = layers
        self._steps = list(_steps(layers))
        # Most activations hold nothing, for sure: nobody needs to look, in every step.
        self._holders = [x for x in layers if vars(type(x)).get("attributes") != ()]
        self._name_variables()

    _prefix = ""  # the names of its layers begin the names of their parameters

    def _pairs(self, kind: type, prefix: str) -> list[tuple[str, Any]]:
        """Return everything of a kind in the layers, in their order, with its name."""
        return [
            pair for layer in self._holders for pair in layer._pairs(kind, f"{prefix}{layer.name}/")
        ]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __getitem__(self, index: int | slice) -> Layer:
        """Return a layer; for a slice, a model of those layers, which shares their parameters."""
        chosen = self.layers[index]
        return chosen if isinstance(chosen, Layer) else Sequential(*chosen)

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Return the output of the last layer.

        Parameters
        ----------
        x : array or Tensor of shape (n, in_features)
        training : bool
            Passed on to each layer.

        Returns
        -------
        Tensor
        """
        for step in self._steps:
            x = step(x, training=training)
        return x

    def __repr__(self) -> str:
        return "\n".join(["<Sequential", *(f"  {layer!r}" for layer in self.layers), ">"])


def _steps(layers: tuple[Layer, ...]) -> Iterator[Callable[..., Any]]:
    """Yield what is to be called one after the other: layers, and pairs that make one step."""
    rest = zip(layers, (*layers[1:], None), strict=True)
    for layer, following in rest:
        # Of these very classes: who derives another may compute something else.
        if type(layer) is Dense and type(following) is ReLU:
            yield layer._with_relu
            next(rest)
        else:
            yield layer


def _number(layers: tuple[Layer, ...]) -> None:
    """Name the layers that have no name after their class and place; they keep it elsewhere."""
    kept = {layer.given_name or layer.numbered_name for layer in layers}
    count: Counter[str] = Counter()
    for layer in layers:
        kind = type(layer).__name__.lower()
        count[kind] += 1
        if layer.given_name is None and layer.numbered_name is None:
            while f"{kind}{count[kind]}" in kept:
                count[kind] += 1
            layer.numbered_name = f"{kind}{count[kind]}"
