"""The training loop and its record.

`fit` is the two nested loops of the book (epochs, and mini-batches inside) with
the four steps in the middle: predict, measure the loss, find the gradients,
update. Everything else here supports it. (The files to keep the result in are
written and read in `_saving`.)
"""

import math
import warnings
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcourse._helpers.validation import as_count, as_generator
from dlcourse._saving import load_checkpoint, load_params, save_checkpoint, save_params
from dlcourse.autodiff import GradientTape, Tensor
from dlcourse.optimizers import NotFiniteError, Optimizer
from dlcourse.preprocessing import minibatches

__all__ = [
    "Batches",
    "DivergenceError",
    "History",
    "Loss",
    "Model",
    "checked_pair",
    "evaluate",
    "fit",
    "load_checkpoint",
    "load_params",
    "loss_and_gradients",
    "predict",
    "save_checkpoint",
    "save_params",
]

Loss = Callable[[Any, Any], float]


class Model(Protocol):
    """What can be trained: something with parameters that makes predictions.

    A model made of variables is called as ``model(inputs, training=True)`` under a tape. One
    whose gradients are derived by hand brings a method
    ``loss_and_gradients(loss, inputs, targets)`` instead, as `LinearModel` does.
    """

    @property
    def params(self) -> MutableMapping[str, Any]:
        """The parameters by name; an optimizer changes them in place."""
        ...  # pragma: no cover

    def __call__(self, inputs: Any) -> Any:
        """Return the predictions for a batch of inputs.

        Parameters
        ----------
        inputs : ndarray
            The rows of the batch.

        Returns
        -------
        ndarray or Tensor
        """
        ...  # pragma: no cover


@dataclass
class History:
    """What happened during `fit`.

    Attributes
    ----------
    step_losses : list of float
        The loss on each mini-batch, taken before the update it led to.
    epoch_losses : list of float
        For each epoch the mean of its step losses, each weighted by its rows.
    validation_losses : list of float
        The loss on the validation data after each epoch; empty without such data.

    Examples
    --------
    >>> History(step_losses=[4.0, 2.0], epoch_losses=[3.0])
    <History: 1 epoch, 2 steps, last epoch loss 3>
    """

    step_losses: list[float] = field(default_factory=list)
    epoch_losses: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)

    def __repr__(self) -> str:
        epochs, steps = len(self.epoch_losses), len(self.step_losses)
        text = f"<History: {epochs} epoch{'s' * (epochs != 1)}, {steps} step{'s' * (steps != 1)}"
        if self.epoch_losses:
            text += f", last epoch loss {self.epoch_losses[-1]:.6g}"
        return text + ">"


class DivergenceError(ArithmeticError):
    """Raised by `fit` when the loss or a gradient is no longer made of finite numbers.

    Attributes
    ----------
    history : History
        Everything recorded up to and including the step that failed.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def fit(
    model: Model,
    loss: Loss,
    data: tuple[ArrayLike, ArrayLike],
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    *,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    callbacks: Iterable[Callable[[int, History], bool | None]] = (),
    shuffle: bool = True,
    drop_last: bool = False,
    rng: np.random.Generator | int | None = None,
    history: History | None = None,
    progress: bool = True,
) -> History:
    """Train a model: for each epoch, for each mini-batch, one update.

    Parameters
    ----------
    model : Model
        Changed in place.
    loss : callable
        ``loss(prediction, target) -> float``, a mean over the batch.
    data : tuple of two array_like
        Inputs and targets, with the same number of rows.
    optimizer : Optimizer
        Makes the updates; goes on from where it stands.
    epochs : int
        How often to see every row.
    batch_size : int, optional
        Rows for one update. None takes all rows: full-batch gradient descent.
    validation : tuple of two array_like, optional
        Inputs and targets whose loss is recorded after each epoch.
    callbacks : iterable of callable
        Each is called as ``callback(epoch, history)`` after each epoch, counted
        from 1. If one returns True, training stops there. One with a method ``finish`` has
        it called at the end.
    shuffle : bool
        Put the rows in another order in each epoch, so that a mini-batch is like all of them.
        False keeps their order, which is seldom wanted: sorted rows teach one class at a time.
    drop_last : bool
        Leave out a last mini-batch with fewer rows.
    rng : numpy.random.Generator, int or None
        Shuffles. An int is a seed. By default the order of an epoch follows from the number of
        updates that the optimizer has made: the same program gives the same result, and a
        training that was stopped and resumed goes on as if it had not been.
    history : History, optional
        A record to go on with. What stops `fit` leaves it as it is then.
    progress : bool
        Show a progress bar.

    Returns
    -------
    History
        The losses, step by step and epoch by epoch.

    Raises
    ------
    DivergenceError
        When a loss or a gradient is not finite. Its ``history`` has the losses up to there, as
        that of any other exception has that ends the training.
    ValueError, TypeError
        If the data, `epochs` or `batch_size` are not usable: nothing has changed. If the loss
        is not one number.

    Warns
    -----
    UserWarning
        If the loss depends on a variable that is not among ``model.params``, or if the rate
        was 0 in every update.

    References
    ----------
    Equation :eq:`sgd-update` of chapter 6.

    L. Bottou, "Stochastic Gradient Descent Tricks", in *Neural Networks: Tricks of
    the Trade*, 2nd ed., Springer, 2012.

    Examples
    --------
    >>> from dlcourse.linear_regression import LinearModel
    >>> from dlcourse.losses import mean_squared_error
    >>> from dlcourse.optimizers import SGD
    >>> x = np.array([[-1.0], [0.0], [1.0]])
    >>> model = LinearModel(1)
    >>> fit(model, mean_squared_error, (x, 2 * x[:, 0] + 1), SGD(0.5), epochs=50, progress=False)
    <History: 50 epochs, 50 steps, last epoch loss 0>
    >>> model.params["weights"].round(6)
    array([2.])
    """
    inputs, targets = checked_pair(data, "data")
    if validation is not None:
        validation = checked_pair(validation, "validation")
        for k, what in enumerate(("inputs", "targets")):
            other, own = np.shape(validation[k])[1:], (inputs, targets)[k].shape[1:]
            if other != own:
                raise ValueError(
                    f"the {what} of validation have rows of shape {other}, those of data {own}"
                )
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be one, such as SGD(0.1), got {optimizer!r}")
    epochs = as_count(epochs, "epochs")
    batches = Batches(inputs, targets, batch_size, shuffle, drop_last, rng, optimizer)
    batches.check_rows(model)
    callbacks = tuple(callbacks)
    history = History() if history is None else history
    params, differentiate = model.params, _differentiator(model)
    step_losses, moving = history.step_losses, False
    try:
        for epoch in _progress(range(1, epochs + 1), progress):
            total, rows = 0.0, 0
            with np.errstate(over="ignore", invalid="ignore"):  # divergence is reported below
                for x, y in batches.of_an_epoch():
                    value, grads = differentiate(loss, x, y)
                    step_losses.append(value)
                    if not math.isfinite(value):
                        raise DivergenceError(_divergence(f"loss became {value}", history), history)
                    optimizer.update(params, grads)
                    moving = moving or optimizer.last_learning_rate != 0
                    total += value * len(x)
                    rows += len(x)
            history.epoch_losses.append(total / rows)
            if validation is not None:
                history.validation_losses.append(evaluate(model, loss, validation))
            stops = [callback(epoch, history) for callback in callbacks]  # every one is called
            if any(isinstance(stop, bool | np.bool_) and stop for stop in stops):
                break
    except NotFiniteError as error:
        what = f"gradient is not finite ({error})"
        raise DivergenceError(_divergence(what, history), history) from error
    except BaseException as error:  # an interrupt too: what was recorded goes with it
        error.history = history  # type: ignore[attr-defined]
        raise
    for callback in callbacks:
        getattr(callback, "finish", lambda: None)()
    if not moving:
        warnings.warn(
            "the learning rate was 0 in every update, so nothing was learned. A schedule counts "
            "all updates of its optimizer; StartAt(schedule, optimizer.iterations) begins now",
            stacklevel=2,
        )
    return history


class Batches:
    """The mini-batches of each epoch of a training.

    Parameters
    ----------
    inputs, targets : ndarray
    batch_size, shuffle, drop_last, rng
        As for `fit`.
    optimizer : Optimizer
        The number of its updates decides the order of an epoch, where there is no `rng`.
    """

    def __init__(
        self, inputs: Any, targets: Any, batch_size: Any, shuffle: bool, drop_last: bool,
        rng: Any, optimizer: Optimizer,
    ) -> None:  # fmt: skip
        self.inputs, self.targets, self.optimizer = inputs, targets, optimizer
        self.size = len(inputs) if batch_size is None else as_count(batch_size, "batch_size")
        self.drop_last = drop_last
        # The order within a single batch changes nothing.
        self.shuffle = shuffle and self.size < len(inputs)
        self.rng = None if rng is None else as_generator(rng)

    def check_rows(self, model: Any) -> None:
        """Refuse batches that are too small for the model, before it has changed.

        Parameters
        ----------
        model : Model

        Raises
        ------
        ValueError
        """
        rows, needed = len(self.inputs), getattr(model, "minimum_rows", 1)
        smallest = self.size if self.drop_last or rows % self.size == 0 else rows % self.size
        if min(smallest, rows) < needed:
            raise ValueError(
                f"{rows} rows in batches of {self.size} end in a batch of {min(smallest, rows)}, "
                f"and the model needs at least {needed} in training (BatchNorm computes a "
                f"variance); use drop_last=True or another batch_size"
            )

    def of_an_epoch(self) -> Iterable[tuple[Any, ...]]:
        """Return the mini-batches of the next epoch.

        Returns
        -------
        iterable of tuple
            Inputs and targets.
        """
        rng = self.rng
        if self.shuffle and rng is None:
            rng = np.random.default_rng([0, self.optimizer.iterations])
        return minibatches(
            self.inputs,
            self.targets,
            batch_size=self.size,
            rng=rng if self.shuffle else None,
            drop_last=self.drop_last,
        )


def loss_and_gradients(
    model: Model, loss: Loss, inputs: Any, targets: Any
) -> tuple[float, Mapping[str, Any]]:
    """Return the loss on a batch and its gradient for each parameter: one step without update.

    Parameters
    ----------
    model : Model
        Called with ``training=True`` under a tape, unless it derives its gradients by hand.
    loss : callable
        ``loss(prediction, target)``.
    inputs, targets : ndarray
        The rows of the batch.

    Returns
    -------
    loss : float
    gradients : dict of str to ndarray
        With the keys and shapes of ``model.params``.

    Examples
    --------
    >>> from dlcourse.layers import Dense
    >>> from dlcourse.losses import mean_squared_error
    >>> model = Dense(1, 1, initializer="zeros")
    >>> loss, grads = loss_and_gradients(
    ...     model, mean_squared_error, np.array([[2.0]]), np.array([[3.0]])
    ... )
    >>> loss, grads["dense/weights"]
    (9.0, array([[-12.]]))
    """
    return _differentiator(model)(loss, inputs, targets)


def evaluate(
    model: Model,
    loss: Loss,
    data: tuple[ArrayLike, ArrayLike],
    batch_size: int | None = None,
) -> float:
    """Return the loss of a model on some data; nothing is changed.

    Parameters
    ----------
    model : Model
    loss : callable
        ``loss(prediction, target) -> float``, a mean over the rows.
    data : tuple of two array_like
        Inputs and targets, with the same number of rows.
    batch_size : int, optional
        Rows for one call of the model, which saves memory; all by default.

    Returns
    -------
    float
        In the unit of the loss.

    Examples
    --------
    >>> from dlcourse.losses import mean_squared_error
    >>> evaluate(lambda x: 2 * x, mean_squared_error, ([1.0, 2.0], [2.0, 6.0]))
    2.0
    """
    inputs, targets = checked_pair(data, "data")
    if batch_size is None:
        return _one_number(loss(model(inputs), targets))
    total = 0.0
    for x, y in minibatches(inputs, targets, batch_size=batch_size):
        total += _one_number(loss(model(x), y)) * len(x)
    return total / len(inputs)


def predict(model: Model, inputs: ArrayLike, batch_size: int = 1000) -> NDArray[Any]:
    """Return the predictions of a model, computed batch by batch; nothing is changed.

    Parameters
    ----------
    model : Model
    inputs : array_like
        A row for each prediction.
    batch_size : int
        Rows for one call of the model: a large network needs much memory for many rows.

    Returns
    -------
    ndarray
        A plain array, with a row for each row of `inputs`.

    Examples
    --------
    >>> from dlcourse.layers import Dense
    >>> predict(Dense(3, 2, initializer="zeros"), np.ones((5, 3)), batch_size=2).shape
    (5, 2)
    """
    size = as_count(batch_size, "batch_size")
    parts = [model(x) for (x,) in minibatches(inputs, batch_size=size)]
    return np.concatenate([p.value if isinstance(p, Tensor) else np.asarray(p) for p in parts])


def _differentiator(model: Any) -> Callable[..., tuple[float, Mapping[str, Any]]]:
    """Return what finds the gradients of a model: its own method, or the tape."""
    by_hand: Any = getattr(model, "loss_and_gradients", None)
    if by_hand is not None:
        return by_hand  # type: ignore[no-any-return]

    watched_before: set[int] = set()  # the variables that were looked at already, by their keys

    def by_tape(loss: Loss, inputs: Any, targets: Any) -> tuple[float, Mapping[str, Any]]:
        params = model.params
        sources = {key: p for key, p in params.items() if getattr(p, "trainable", True)}
        with GradientTape() as tape:
            value: Any = loss(model(inputs, training=True), targets)
        number = _one_number(value)
        if not watched_before:
            watched_before.update(p.key for p in params.values())
            _warn_of_outsiders(tape, watched_before)
        return number, tape.gradient(value, sources)

    return by_tape


def _one_number(value: Any) -> float:
    """Return a loss as a plain number, or say that it is none."""
    array = value.value if isinstance(value, Tensor) else np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"a loss is one number; this one returned {type(value).__name__}")
    if array.size != 1:
        raise ValueError(
            f"a loss is one number; this one returned an array of shape {array.shape}. "
            f"Take the mean over the batch: np.mean(...)"
        )
    return float(array.reshape(-1)[0])


def _warn_of_outsiders(tape: GradientTape, known: set[int]) -> None:
    """Say so if the loss depends on a variable that nobody trains."""
    outside = [v for v in tape.variables() if v.key not in known and v.trainable]
    if outside:
        names = ", ".join(v.name or f"one of shape {v.shape}" for v in outside)
        warnings.warn(
            f"the loss depends on variables that are not in model.params, and so are not "
            f"trained: {names}. Keep them in attributes of a Layer, where they are found",
            stacklevel=4,
        )


def checked_pair(data: Any, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return inputs and targets as arrays with the same, positive number of rows.

    Parameters
    ----------
    data : tuple of two array_like
        Inputs and targets.
    name : str
        What to call them in an error message.

    Returns
    -------
    inputs, targets : ndarray

    Raises
    ------
    TypeError
        If `data` is no pair.
    ValueError
        If the numbers of rows differ or are 0, or a number is not finite.

    Examples
    --------
    >>> checked_pair(([1, 2], [3, 4]), "data")
    (array([1, 2]), array([3, 4]))
    """
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise TypeError(f"{name} must be a pair (inputs, targets), got {type(data).__name__}")
    if any(np.ma.is_masked(part) for part in data):
        raise ValueError(f"{name} has masked entries; fill them or remove their rows first")
    inputs, targets = np.asarray(data[0]), np.asarray(data[1])
    if inputs.ndim == 0 or targets.ndim == 0 or len(inputs) != len(targets) or not len(inputs):
        raise ValueError(
            f"{name} needs inputs and targets with the same number of rows, at least one; got "
            f"shapes {inputs.shape} and {targets.shape}"
        )
    for array, what in ((inputs, "inputs"), (targets, "targets")):
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            first = tuple(map(int, np.argwhere(~np.isfinite(array))[0]))
            raise ValueError(
                f"the {what} of {name} hold {array[first]} at index {first}; remove or fill what "
                f"is not finite first"
            )
    return inputs, targets


def _progress(epochs: range, show: bool) -> Iterable[int]:
    if not show:
        return epochs
    from tqdm import tqdm

    bar: Iterable[int] = tqdm(epochs, desc="epochs", unit="epoch")
    return bar


def _divergence(what: str, history: History) -> str:
    epoch, step = len(history.epoch_losses) + 1, len(history.step_losses)
    return (
        f"the {what} in epoch {epoch}, step {step}; "
        f"lower the learning rate, or bring the features to one scale"
    )
