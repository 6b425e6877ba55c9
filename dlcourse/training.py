"""The training loop, its record, and a file to keep the result in.

`fit` is the two nested loops of the book (epochs, and mini-batches inside) with
the four steps in the middle: predict, measure the loss, find the gradients,
update. Everything else here supports it.
"""

import math
import os
import secrets
import zipfile
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.lib import format as npy
from numpy.typing import ArrayLike, NDArray

from dlcourse._validation import as_count
from dlcourse.autodiff import GradientTape, Tensor, Variable
from dlcourse.optimizers import Optimizer
from dlcourse.preprocessing import minibatches

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
    """Raised by `fit` when the loss is no longer a finite number.

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
    rng: np.random.Generator | None = None,
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
        from 1. If one returns True, training stops there.
    rng : numpy.random.Generator, optional
        Shuffles the rows anew in each epoch. None keeps their order.
    progress : bool
        Show a progress bar.

    Returns
    -------
    History
        The losses, step by step and epoch by epoch.

    Raises
    ------
    DivergenceError
        When a loss is not finite. Its ``history`` has the losses up to there.
    ValueError, TypeError
        If the data, `epochs` or `batch_size` are not usable. Nothing has changed.

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
    epochs = as_count(epochs, "epochs")
    size = len(inputs) if batch_size is None else as_count(batch_size, "batch_size")
    callbacks = tuple(callbacks)
    history, params, differentiate = History(), model.params, _differentiator(model)
    step_losses = history.step_losses
    for epoch in _progress(range(1, epochs + 1), progress):
        total = 0.0
        with np.errstate(over="ignore", invalid="ignore"):  # divergence is reported below
            for x, y in minibatches(inputs, targets, batch_size=size, rng=rng):
                value, grads = differentiate(loss, x, y)
                step_losses.append(value)
                if not math.isfinite(value):
                    raise DivergenceError(_divergence_message(value, epoch, history), history)
                optimizer.update(params, grads)
                total += value * len(x)
        history.epoch_losses.append(total / len(inputs))
        if validation is not None:
            history.validation_losses.append(evaluate(model, loss, validation))
        stops = [callback(epoch, history) for callback in callbacks]  # every one is called
        if any(isinstance(stop, bool | np.bool_) and stop for stop in stops):
            break
    return history


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


def evaluate(model: Model, loss: Loss, data: tuple[ArrayLike, ArrayLike]) -> float:
    """Return the loss of a model on some data; nothing is changed.

    Parameters
    ----------
    model : Model
        Called once on all inputs.
    loss : callable
        ``loss(prediction, target) -> float``.
    data : tuple of two array_like
        Inputs and targets, with the same number of rows.

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
    return float(loss(model(inputs), targets))


def save_params(path: str | os.PathLike[str], params: Mapping[str, Any]) -> None:
    """Write parameters to an ``.npz`` file, whole or not at all.

    The file holds plain arrays (never pickled objects). It is written under a
    temporary name and then renamed, so an interrupted save leaves the old file as
    it was. The same parameters give the same bytes.

    Parameters
    ----------
    path : str or path-like
        Where to write; an existing file is replaced. Must end in ``.npz``.
    params : dict of str to array or float
        Name and value of each parameter; any numeric or boolean dtype.

    Raises
    ------
    ValueError
        If there are no parameters, a name is empty, or the ending is another.
    TypeError
        If a value is not made of numbers.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "model.npz")
    >>> save_params(path, {"weights": np.array([1.0, 2.0]), "intercept": 0.5})
    >>> load_params(path)
    {'weights': array([1., 2.]), 'intercept': array(0.5)}
    """
    target = Path(path)
    if target.suffix != ".npz":
        raise ValueError(f"the file name must end in .npz, got {target.name!r}")
    if not params:
        raise ValueError("params is empty: there is nothing to save")
    arrays: dict[str, NDArray[Any]] = {}
    for name, value in params.items():
        array = np.asarray(value.value if isinstance(value, Tensor) else value)
        if not isinstance(name, str) or not name:
            raise ValueError(f"a parameter needs a name that is a non-empty string, got {name!r}")
        if array.dtype.kind not in "fiub":
            raise TypeError(f"params[{name!r}] must be made of numbers, got dtype {array.dtype}")
        arrays[name] = array
    # Not tempfile, whose files only their owner may read.
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            # Not np.savez: it takes names as keywords, so "file" could not be one.
            with zipfile.ZipFile(file, "w") as archive:
                for name, array in arrays.items():
                    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as f:
                        npy.write_array(f, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def load_params(
    path: str | os.PathLike[str], into: Mapping[str, Any] | None = None
) -> dict[str, NDArray[Any]]:
    """Read parameters that `save_params` wrote.

    Parameters
    ----------
    path : str or path-like
        The ``.npz`` file.
    into : dict of str to Variable or ndarray, optional
        The parameters of a model, ``model.params``, and its buffers if they were saved.
        Names, shapes and dtypes in the file must be exactly theirs; then the values are
        copied into them.

    Returns
    -------
    dict of str to ndarray
        The arrays of the file, in the order they were written.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, holds pickled objects, or does not fit `into`. The
        message names the file and what is wrong; `into` has not been touched.

    Examples
    --------
    See `save_params`.
    """
    source = Path(path)
    with source.open("rb") as file:
        try:
            arrays = _read_arrays(file)
        except Exception as error:  # zipfile and NumPy report damage in a dozen ways
            if "pickle" in str(error) or "Object arrays" in str(error):
                raise ValueError(
                    f"{source} holds a pickled object, which could run code when it is loaded; "
                    f"only plain arrays are read"
                ) from None
            raise ValueError(f"{source} is damaged or not an .npz file: {error}") from None
    if into is not None:
        _check_fit(source, arrays, into)
        for name, array in arrays.items():
            if isinstance(into[name], Variable):
                into[name].assign(array)
            else:
                into[name][...] = array
    return arrays


def _read_arrays(file: IO[bytes]) -> dict[str, NDArray[Any]]:
    """Return the arrays of an ``.npz`` file, every byte of them checked against its checksum."""
    arrays: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as member:
                array = npy.read_array(member, allow_pickle=False)
                if member.read(1):  # the checksum is compared at the end, so go there
                    raise ValueError(f"{entry.filename} is longer than its header says")
            arrays[entry.filename.removesuffix(".npy")] = array
    return arrays


def _check_fit(source: Path, arrays: Mapping[str, NDArray[Any]], into: Mapping[str, Any]) -> None:
    missing, unknown = sorted(set(into) - set(arrays)), sorted(set(arrays) - set(into))
    if missing or unknown:
        raise ValueError(
            f"{source} does not fit this model: it lacks {missing} and holds {unknown}, "
            f"which the model does not have"
        )
    for name, array in arrays.items():
        if array.shape != into[name].shape or array.dtype != into[name].dtype:
            raise ValueError(
                f"{source} does not fit this model: {name!r} is {array.dtype} of shape "
                f"{array.shape} in the file, {into[name].dtype} of shape {into[name].shape} "
                f"in the model"
            )


def _differentiator(model: Any) -> Callable[..., tuple[float, Mapping[str, Any]]]:
    """Return what finds the gradients of a model: its own method, or the tape."""
    by_hand: Any = getattr(model, "loss_and_gradients", None)
    if by_hand is not None:
        return by_hand  # type: ignore[no-any-return]

    def by_tape(loss: Loss, inputs: Any, targets: Any) -> tuple[float, Mapping[str, Any]]:
        with GradientTape() as tape:
            value: Any = loss(model(inputs, training=True), targets)
        return float(value), tape.gradient(value, model.params)

    return by_tape


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
        If the numbers of rows differ or are 0.

    Examples
    --------
    >>> checked_pair(([1, 2], [3, 4]), "data")
    (array([1, 2]), array([3, 4]))
    """
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise TypeError(f"{name} must be a pair (inputs, targets), got {type(data).__name__}")
    inputs, targets = np.asarray(data[0]), np.asarray(data[1])
    if inputs.ndim == 0 or targets.ndim == 0 or len(inputs) != len(targets) or not len(inputs):
        raise ValueError(
            f"{name} needs inputs and targets with the same number of rows, at least one; got "
            f"shapes {inputs.shape} and {targets.shape}"
        )
    return inputs, targets


def _progress(epochs: range, show: bool) -> Iterable[int]:
    if not show:
        return epochs
    from tqdm import tqdm

    bar: Iterable[int] = tqdm(epochs, desc="epochs", unit="epoch")
    return bar


def _divergence_message(value: float, epoch: int, history: History) -> str:
    return (
        f"the loss became {value} in epoch {epoch}, step {len(history.step_losses)}; "
        f"lower the learning rate, or bring the features to one scale"
    )
