"""The layers that networks are built from.

The mathematics of the larger ones, with their derivatives, stands in `operations`. Layers with
parameters compute in the dtype of those: inputs of another are converted.
"""

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from dlcourse._helpers.validation import as_count, as_generator
from dlcourse.autodiff import Tensor, Variable, relu, sigmoid, softplus
from dlcourse.initializers import Initializer, find
from dlcourse.layers.layer import Layer
from dlcourse.layers.operations import batch_norm, dense, dense_relu, layer_norm


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
    bias : bool
        False leaves b out: the `BatchNorm` behind would only take it away again.
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

    attributes: ClassVar = ("weights", "bias")

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        initializer: str | Initializer = "he_normal",
        rng: np.random.Generator | int | None = None,
        dtype: Any = np.float64,
        bias: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        shape = as_count(in_features, "in_features"), as_count(out_features, "out_features")
        self.in_features, self.out_features = shape
        self.weights = Variable(find(initializer)(shape, as_generator(rng), dtype))
        # Without a bias, zeros that nothing trains take its place in the sum.
        self.bias: Any = Variable(np.zeros(out_features, dtype)) if bias else None
        self._zeros = None if bias else np.zeros(out_features, dtype)
        self._name_variables()

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
        return dense(_checked(self, x, self.weights), self.weights, self._summand())

    def _with_relu(self, x: Any, training: bool = False) -> Any:
        """Return what this layer and a `ReLU` behind it return."""
        return dense_relu(_checked(self, x, self.weights), self.weights, self._summand())

    def _summand(self) -> Any:
        return self._zeros if self.bias is None else self.bias


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
        return self.function(x if isinstance(x, Tensor) else np.asarray(x))


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

    attributes: ClassVar = ()
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

    attributes: ClassVar = ()
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

    attributes: ClassVar = ()
    function = staticmethod(np.tanh)


class Softplus(_Activation):
    r"""A ReLU without the kink: :math:`\log(1 + e^x)`.

    Parameters
    ----------
    name : str, optional

    References
    ----------
    As for `dlcourse.autodiff.softplus`.

    Examples
    --------
    >>> Softplus()(np.array([0.0])).round(6)
    array([0.693147])
    """

    attributes: ClassVar = ()
    function = staticmethod(softplus)


class LeakyReLU(_Activation):
    r"""A ReLU that lets a little through below 0: :math:`x` or :math:`a x`.

    Parameters
    ----------
    slope : float
        The slope a below 0.
    name : str, optional

    References
    ----------
    A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier nonlinearities improve neural network
    acoustic models", ICML workshop, 2013.

    Examples
    --------
    >>> LeakyReLU(0.1)(np.array([-1.0, 2.0]))
    array([-0.1,  2. ])
    """

    attributes: ClassVar = ()

    def __init__(self, slope: float = 0.01, *, name: str | None = None) -> None:
        super().__init__(name)
        self.slope = float(slope)

    def function(self, x: Any) -> Any:
        """Return x where it is positive, else slope times x.

        Parameters
        ----------
        x : array or Tensor

        Returns
        -------
        ndarray or Tensor
        """
        return np.where(x > 0, x, self.slope * x)


class ELU(_Activation):
    r"""A ReLU that bends to -1 below 0: :math:`x` or :math:`e^x - 1`.

    Parameters
    ----------
    name : str, optional

    References
    ----------
    D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep network learning
    by exponential linear units (ELUs)", ICLR, 2016.

    Examples
    --------
    >>> ELU()(np.array([-1.0, 2.0])).round(6)
    array([-0.632121,  2.      ])
    """

    attributes: ClassVar = ()

    @staticmethod
    def function(x: Any) -> Any:
        """Return x where it is positive, else exp(x) - 1.

        Parameters
        ----------
        x : array or Tensor

        Returns
        -------
        ndarray or Tensor
        """
        return np.where(x > 0, x, np.expm1(np.where(x > 0, 0, x)))


class SiLU(_Activation):
    r"""Each entry times its own sigmoid: :math:`x\,\sigma(x)`, also called swish.

    Parameters
    ----------
    name : str, optional

    References
    ----------
    S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear units for neural network
    function approximation in reinforcement learning", *Neural Networks* 107, 2018, 3-11.

    Examples
    --------
    >>> SiLU()(np.array([-1.0, 2.0])).round(6)
    array([-0.268941,  1.761594])
    """

    attributes: ClassVar = ()

    @staticmethod
    def function(x: Any) -> Any:
        """Return x times its sigmoid.

        Parameters
        ----------
        x : array or Tensor

        Returns
        -------
        ndarray or Tensor
        """
        return x * sigmoid(x)


class Flatten(Layer):
    """Lay the entries of each row out in a line: images become vectors.

    Parameters
    ----------
    name : str, optional

    Examples
    --------
    >>> Flatten()(np.zeros((5, 28, 28))).shape
    (5, 784)
    """

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Return the rows as vectors.

        Parameters
        ----------
        x : array or Tensor of shape (n, ...)
        training : bool
            Makes no difference.

        Returns
        -------
        ndarray or Tensor of shape (n, entries of a row)
        """
        return np.reshape(x, (len(x), -1))


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

    attributes: ClassVar = ("gain", "shift")
    minimum_rows = 2  # a variance of one row is 0

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
        self.gain = Variable(np.ones(features, dtype))
        self.shift = Variable(np.zeros(features, dtype))
        self.own_buffers["running_mean"] = np.zeros(features, dtype)
        self.own_buffers["running_variance"] = np.ones(features, dtype)
        self._name_variables()

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
        x = _checked(self, x, self.gain)
        if not training:
            return (x - mean) / np.sqrt(variance + self.epsilon) * self.gain + self.shift
        batch = x.value if isinstance(x, Tensor) else x
        if len(batch) < self.minimum_rows:
            raise ValueError(
                f"{self.name} needs at least two rows in training, got {len(batch)}; drop a last "
                f"batch of one row, or take another batch size"
            )
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

    attributes: ClassVar = ("gain", "shift")

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
        self.gain = Variable(np.ones(features, dtype))
        self.shift = Variable(np.zeros(features, dtype))
        self._name_variables()

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
        x = _checked(self, x, self.gain)
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
    Equation :eq:`inverted-dropout` of chapter 11.

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
        x = _as_floats(x)
        if not training or self.rate == 0:
            return x
        kept = self.rng.random(x.shape) >= self.rate
        return x * (kept / (1 - self.rate)).astype(x.dtype)


def _as_floats(x: Any) -> Any:
    """Return an input as an array or tensor of floats: whole numbers would cut off a scale."""
    x = x if isinstance(x, Tensor) else np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def _checked(layer: Layer, x: Any, like: Variable) -> Any:
    """Return the input of a layer in the dtype of its parameters, if it has the right shape."""
    x = x if isinstance(x, Tensor) else np.asarray(x)
    shape, width = x.shape, len(like)
    if len(shape) != 2 or shape[1] != width:
        raise ValueError(f"{layer.name} takes inputs of shape (n, {width}), got {shape}")
    if x.dtype == like.dtype:
        return x
    if x.dtype.kind not in "fiub":
        raise TypeError(f"{layer.name} takes numbers, got dtype {x.dtype}")
    return x.astype(like.dtype)


def _positive(value: float, name: str) -> float:
    if not 0 < value < math.inf:
        raise ValueError(f"{name} must be positive, got {value!r}")
    return float(value)
