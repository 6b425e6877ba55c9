"""Layers: functions with parameters, from the weighted sum to the whole network.

A layer is called with an array or tensor; one with parameters returns a tensor. `params`
holds what training changes, by name; `buffers` what a layer remembers otherwise. The
mathematics of the larger ones, with their derivatives, stands in `_operations.py`.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcourse._operations import batch_norm, dense, dense_relu, layer_norm
from dlcourse._validation import as_count, as_generator
from dlcourse.autodiff.rules import relu, sigmoid
from dlcourse.autodiff.variable import Tensor, Variable
from dlcourse.initializers import Initializer, find

# The simplest first: this is also the order of the reference.
__all__ = [  # noqa: RUF022
    "Dense",
    "ReLU",
    "Sigmoid",
    "Tanh",
    "Sequential",
    "BatchNorm",
    "LayerNorm",
    "Dropout",
    "Layer",
    "dense",
    "dense_relu",
    "batch_norm",
    "layer_norm",
]


class Layer:
    """What all layers share: a name, parameters by name, and being called.

    Parameters
    ----------
    name : str, optional
        The first part of the names of its parameters; by default the class, in lower
        case, which `Sequential` numbers.
    """

    def __init__(self, name: str | None = None) -> None:
        self.given_name = name
        self.own: dict[str, Variable] = {}
        self.own_buffers: dict[str, NDArray[Any]] = {}
        self.rename(name or type(self).__name__.lower())

    def rename(self, name: str) -> None:
        """Give the layer, and so its parameters, another name.

        Parameters
        ----------
        name : str
        """
        self.name = name
        for key, variable in self.own.items():
            variable.name = f"{name}/{key}"

    def add(self, key: str, value: NDArray[Any]) -> Variable:
        """Make a parameter of this layer; for subclasses.

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
        self.own[key] = Variable(value, f"{self.name}/{key}")
        return self.own[key]

    @property
    def params(self) -> dict[str, Variable]:
        """The parameters by full name, such as ``"dense1/weights"``."""
        return {f"{self.name}/{key}": variable for key, variable in self.own.items()}

    @property
    def buffers(self) -> dict[str, NDArray[Any]]:
        """What is remembered but not trained, by full name; save it with the parameters."""
        return {f"{self.name}/{key}": array for key, array in self.own_buffers.items()}

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
        shapes = ", ".join(f"{key} {variable.shape}" for key, variable in self.own.items())
        return f"<{type(self).__name__} {self.name!r}{': ' + shapes if shapes else ''}>"


class Dense(Layer):
    r"""A weighted sum of all inputs for each output: :math:`Z = XW + b`.

    Parameters
    ----------
    in_features, out_features : int
        Width of the input and of the output.
    initializer : str or callable
        Name of an initializer, or ``f(shape, rng, dtype)``, for the weights. The bias
        starts at 0.
    rng : numpy.random.Generator, int or None
        For the initializer. An int is a seed.
    dtype : dtype
        float64 or float32.
    name : str, optional
        The first part of the names of its parameters.

    References
    ----------
    As for `dense`.

    Examples
    --------
    >>> layer = Dense(3, 2, rng=0)
    >>> layer(np.zeros((4, 3))).shape, list(layer.params)
    ((4, 2), ['dense/weights', 'dense/bias'])
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        initializer: str | Initializer = "he_normal",
        rng: np.random.Generator | int | None = None,
        dtype: Any = np.float64,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        shape = as_count(in_features, "in_features"), as_count(out_features, "out_features")
        self.in_features, self.out_features = shape
        self.weights = self.add("weights", find(initializer)(shape, as_generator(rng), dtype))
        self.bias = self.add("bias", np.zeros(out_features, dtype))

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Return ``x @ weights + bias``.

        Parameters
        ----------
        x : array or Tensor of shape (n, in_features)
        training : bool
            Makes no difference.

        Returns
        -------
        Tensor of shape (n, out_features)

        Raises
        ------
        ValueError
            If `x` has another shape.
        """
        return dense(_checked(self.name, x, self.in_features), self.weights, self.bias)

    def _with_relu(self, x: Any, training: bool = False) -> Any:
        """Return what this layer and a `ReLU` behind it return."""
        return dense_relu(_checked(self.name, x, self.in_features), self.weights, self.bias)


class _Activation(Layer):
    """A function of each entry, without parameters."""

    function: Callable[[Any], Any]

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Return the function of each entry.

        Parameters
        ----------
        x : array or Tensor
        training : bool
            Makes no difference.

        Returns
        -------
        ndarray or Tensor of the shape of `x`
        """
        return self.function(x)


class ReLU(_Activation):
    r"""Cut off what is negative: :math:`\max(x, 0)`.

    Parameters
    ----------
    name : str, optional

    References
    ----------
    As for `dlcourse.autodiff.relu`.

    Examples
    --------
    >>> ReLU()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    function = staticmethod(relu)


class Sigmoid(_Activation):
    r"""Squash to between 0 and 1: :math:`1 / (1 + e^{-x})`.

    Parameters
    ----------
    name : str, optional

    References
    ----------
    As for `dlcourse.autodiff.sigmoid`.

    Examples
    --------
    >>> Sigmoid()(np.array([0.0]))
    array([0.5])
    """

    function = staticmethod(sigmoid)


class Tanh(_Activation):
    r"""Squash to between -1 and 1: :math:`\tanh x`.

    Parameters
    ----------
    name : str, optional

    References
    ----------
    Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp", in *Neural
    Networks: Tricks of the Trade*, Springer, 1998, section 4.4.

    Examples
    --------
    >>> Tanh()(np.array([0.0]))
    array([0.])
    """

    function = staticmethod(np.tanh)


class BatchNorm(Layer):
    r"""Normalize each feature over the batch; in evaluation, with remembered statistics.

    In training the running statistics follow those of the batches,

    .. math:: \mu \leftarrow \alpha \mu + (1 - \alpha) \mu_{\text{batch}},

    and likewise the variance (unbiased, with n - 1). In evaluation they take their
    place, so that a row's output does not depend on the other rows.

    Parameters
    ----------
    features : int
        Width of the input.
    momentum : float
        The share α that is kept, at least 0 and below 1.
    epsilon : float
        Added to the variance.
    dtype : dtype
        float64 or float32.
    name : str, optional

    References
    ----------
    Equation :eq:`batch-norm-running` of chapter 9; else as for `batch_norm`.

    Examples
    --------
    >>> layer = BatchNorm(1)
    >>> layer(np.array([[1.0], [3.0]]), training=True).value.round(3)
    array([[-1.],
           [ 1.]])
    >>> layer.buffers["batchnorm/running_mean"]
    array([0.2])
    """

    def __init__(
        self,
        features: int,
        *,
        momentum: float = 0.9,
        epsilon: float = 1e-5,
        dtype: Any = np.float64,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must be at least 0 and below 1, got {momentum!r}")
        features = as_count(features, "features")
        self.momentum, self.epsilon = momentum, _positive(epsilon, "epsilon")
        self.gain = self.add("gain", np.ones(features, dtype))
        self.shift = self.add("shift", np.zeros(features, dtype))
        self.own_buffers["running_mean"] = np.zeros(features, dtype)
        self.own_buffers["running_variance"] = np.ones(features, dtype)

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Return the normalized batch.

        Parameters
        ----------
        x : array or Tensor of shape (n, features)
        training : bool
            Use the statistics of this batch, and remember them; needs two rows or more.

        Returns
        -------
        Tensor of shape (n, features)

        Raises
        ------
        ValueError
            If `x` has another shape, or when training with a single row: its variance is 0.
        """
        mean, variance = self.own_buffers["running_mean"], self.own_buffers["running_variance"]
        x = _checked(self.name, x, len(mean))
        if not training:
            return (x - mean.copy()) / np.sqrt(variance + self.epsilon) * self.gain + self.shift
        batch = x.value if isinstance(x, Tensor) else x
        if len(batch) < 2:
            raise ValueError(f"{self.name} needs at least two rows in training, got {len(batch)}")
        for running, now in ((mean, batch.mean(axis=0)), (variance, batch.var(axis=0, ddof=1))):
            running *= self.momentum
            running += (1 - self.momentum) * now
        return batch_norm(x, self.gain, self.shift, epsilon=self.epsilon)


class LayerNorm(Layer):
    """Normalize each row over its features.

    Parameters
    ----------
    features : int
        Width of the input.
    epsilon : float
        Added to the variance.
    dtype : dtype
        float64 or float32.
    name : str, optional

    References
    ----------
    As for `layer_norm`.

    Examples
    --------
    >>> LayerNorm(2)(np.array([[1.0, 3.0]])).value.round(3)
    array([[-1.,  1.]])
    """

    def __init__(
        self,
        features: int,
        *,
        epsilon: float = 1e-5,
        dtype: Any = np.float64,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        features = as_count(features, "features")
        self.epsilon = _positive(epsilon, "epsilon")
        self.gain = self.add("gain", np.ones(features, dtype))
        self.shift = self.add("shift", np.zeros(features, dtype))

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Return the normalized rows.

        Parameters
        ----------
        x : array or Tensor of shape (n, features)
        training : bool
            Makes no difference.

        Returns
        -------
        Tensor of shape (n, features)

        Raises
        ------
        ValueError
            If `x` has another shape.
        """
        x = _checked(self.name, x, len(self.gain))
        return layer_norm(x, self.gain, self.shift, epsilon=self.epsilon)


class Dropout(Layer):
    r"""In training, set a random share of the entries to 0 and scale up the rest.

    Dividing the entries that stay by :math:`1 - p` keeps their expected sum, so
    nothing needs to be done in evaluation ("inverted" dropout).

    Parameters
    ----------
    rate : float
        The share p of the entries to drop, at least 0 and below 1.
    rng : numpy.random.Generator, int or None
        Draws which. An int is a seed.
    name : str, optional

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov,
    "Dropout: a simple way to prevent neural networks from overfitting", *Journal of
    Machine Learning Research* 15, 2014, 1929-1958.

    Examples
    --------
    >>> Dropout(0.5, rng=0)(np.ones((1, 6)), training=True)
    array([[2., 0., 0., 0., 2., 2.]])
    """

    def __init__(
        self,
        rate: float,
        *,
        rng: np.random.Generator | int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be at least 0 and below 1, got {rate!r}")
        self.rate = rate
        self.rng = as_generator(rng)

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Return `x` with entries dropped, in training; `x` itself otherwise.

        Parameters
        ----------
        x : array or Tensor
        training : bool
            Whether to drop.

        Returns
        -------
        ndarray or Tensor of the shape of `x`
        """
        x = x if isinstance(x, Tensor) else np.asarray(x)
        if not training or self.rate == 0:
            return x
        kept = self.rng.random(x.shape) >= self.rate
        return x * (kept / (1 - self.rate)).astype(x.dtype)


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
        self.layers = layers
        count: Counter[str] = Counter()
        for layer in layers:
            kind = type(layer).__name__.lower()
            count[kind] += 1
            if layer.given_name is None:
                layer.given_name = f"{kind}{count[kind]}"  # which it keeps in other models
                layer.rename(layer.given_name)
        names = [layer.name for layer in layers]
        if len(set(names)) < len(names):
            raise ValueError(
                f"every layer needs a name of its own, got {names}; give it one with name="
            )
        self._steps = list(_steps(layers))
        self._params = self._of_all("params")
        for key, variable in self._params.items():
            variable.name = key

    @property
    def params(self) -> dict[str, Variable]:
        """The parameters of all layers by full name, in the order of the layers."""
        return self._params.copy()

    @property
    def buffers(self) -> dict[str, NDArray[Any]]:
        """What all layers remember but don't train, by full name."""
        return self._of_all("buffers")

    def _of_all(self, what: str) -> dict[str, Any]:
        """Return the params or buffers of all layers; those of a block go by its name too."""
        return {
            f"{layer.name}/{key}" if isinstance(layer, Sequential) else key: value
            for layer in self.layers
            for key, value in getattr(layer, what).items()
        }

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


def _checked(name: str, x: Any, width: int) -> Any:
    """Return the input of a layer as an array or Tensor, if it has the shape that it takes."""
    x = x if isinstance(x, Tensor) else np.asarray(x)
    shape = x.shape
    if len(shape) != 2 or shape[1] != width:
        raise ValueError(f"{name} takes inputs of shape (n, {width}), got {shape}")
    return x


def _positive(value: float, name: str) -> float:
    if not 0 < value < math.inf:
        raise ValueError(f"{name} must be positive, got {value!r}")
    return float(value)
