"""What watches a training: to stop it in time, to lower its rate, to keep its best.

A callback of `fit` is any function of the epoch and the `History`. These are the usual ones.
"""

import math
from typing import Any

import numpy as np

from dlcourse._helpers.validation import as_count
from dlcourse.optimizers import Optimizer
from dlcourse.training import History, save_checkpoint


class _Watch:
    """Compare the loss after each epoch with the best so far."""

    def __init__(self, patience: int, min_improvement: float) -> None:
        self.patience = as_count(patience, "patience")
        if not 0 <= min_improvement < math.inf:
            raise ValueError(f"min_improvement must be at least 0, got {min_improvement!r}")
        self.min_improvement = min_improvement
        self.best_loss = math.inf
        self.best_epoch = 0
        self.waited = 0

    def _improved(self, history: History) -> bool:
        """Look at the last loss; return whether it is the best one."""
        losses = history.validation_losses
        if not losses:
            raise ValueError(
                f"{type(self).__name__} watches the validation loss; give fit validation=(x, y)"
            )
        if losses[-1] < self.best_loss - self.min_improvement:
            self.best_loss, self.best_epoch, self.waited = losses[-1], len(losses), 0
            return True
        self.waited += 1
        return False


class EarlyStopping(_Watch):
    """Stop when the validation loss has not improved for a while, and go back to its best.

    Parameters
    ----------
    model : Model
        At the end of the training it gets the parameters and buffers of the best epoch.
    patience : int
        How many epochs without an improvement to wait.
    min_improvement : float
        How much lower than the best a loss has to be to count; at least 0.

    Attributes
    ----------
    best_loss : float
        The lowest validation loss.
    best_epoch : int
        Its epoch, counted from 1.

    References
    ----------
    L. Prechelt, "Early stopping - but when?", in *Neural Networks: Tricks of the Trade*,
    Springer, 1998.

    Examples
    --------
    >>> from dlcourse.linear_regression import LinearModel
    >>> from dlcourse.losses import mean_squared_error
    >>> from dlcourse.optimizers import SGD
    >>> from dlcourse.training import fit
    >>> model = LinearModel(1)
    >>> stopping = EarlyStopping(model, patience=2)
    >>> x, y = np.array([[0.0], [1.0]]), np.array([0.0, 1.0])
    >>> history = fit(
    ...     model,
    ...     mean_squared_error,
    ...     (x, y),
    ...     SGD(0.5),
    ...     epochs=50,
    ...     progress=False,
    ...     validation=(x, np.array([0.0, 0.5])),
    ...     callbacks=[stopping],
    ... )
    >>> stopping.best_epoch < len(history.epoch_losses) < 50
    True
    """

    def __init__(self, model: Any, patience: int = 5, *, min_improvement: float = 0.0) -> None:
        super().__init__(patience, min_improvement)
        self.model = model
        self._best: dict[str, Any] = {}

    def __call__(self, epoch: int, history: History) -> bool:
        """Look at the last validation loss.

        Parameters
        ----------
        epoch : int
        history : History

        Returns
        -------
        bool
            Whether to stop.
        """
        if self._improved(history):
            state = {**self.model.params, **getattr(self.model, "buffers", {})}
            self._best = {key: np.array(getattr(w, "value", w)) for key, w in state.items()}
        return self.waited >= self.patience

    def finish(self) -> None:
        """Put the best parameters back; `fit` does this at the end. Another one waits anew."""
        self.waited = 0
        params, buffers = self.model.params, getattr(self.model, "buffers", {})
        for key, value in self._best.items():
            place = params[key] if key in params else buffers[key]
            if hasattr(place, "assign"):
                place.assign(value)
            elif isinstance(place, np.ndarray):
                place[...] = value
            else:
                params[key] = float(value)


class ReduceOnPlateau(_Watch):
    """Lower the learning rate when the validation loss has not improved for a while.

    Parameters
    ----------
    optimizer : Optimizer
        Its learning rate must be a number: a schedule has plans of its own.
    factor : float
        What the rate is multiplied by; between 0 and 1.
    patience : int
        How many epochs without an improvement to wait.
    min_rate : float
        The lowest rate; at least 0.
    min_improvement : float
        How much lower than the best a loss has to be to count; at least 0.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016,
    section 8.3.1.

    Examples
    --------
    >>> from dlcourse.optimizers import SGD
    >>> optimizer = SGD(0.1)
    >>> lower = ReduceOnPlateau(optimizer, factor=0.5, patience=1)
    >>> history = History()
    >>> for epoch, loss in enumerate([1.0, 1.0, 0.9, 0.9], start=1):
    ...     history.validation_losses.append(loss)
    ...     lower(epoch, history)
    >>> optimizer.learning_rate
    0.025
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 0.1,
        patience: int = 5,
        *,
        min_rate: float = 0.0,
        min_improvement: float = 0.0,
    ) -> None:
        super().__init__(patience, min_improvement)
        if not 0 < factor < 1:
            raise ValueError(f"factor must lie between 0 and 1, got {factor!r}")
        if callable(optimizer.learning_rate):
            raise TypeError(
                f"the learning rate must be a number to be lowered, got {optimizer.learning_rate!r}"
            )
        if not 0 <= min_rate < math.inf:
            raise ValueError(f"min_rate must be at least 0, got {min_rate!r}")
        self.optimizer, self.factor, self.min_rate = optimizer, factor, min_rate

    def __call__(self, epoch: int, history: History) -> None:
        """Look at the last validation loss, and lower the rate if it is time.

        Parameters
        ----------
        epoch : int
        history : History
        """
        if not self._improved(history) and self.waited >= self.patience:
            rate = float(self.optimizer.current_learning_rate)
            self.optimizer.learning_rate = max(rate * self.factor, min(rate, self.min_rate))
            self.waited = 0


class Checkpoint:
    """Save everything after each epoch, so that a training can be resumed.

    Parameters
    ----------
    path, model, optimizer, rng
        As for `dlcourse.training.save_checkpoint`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from dlcourse.layers import Dense
    >>> from dlcourse.optimizers import Adam
    >>> path = pathlib.Path(tempfile.mkdtemp(), "training.npz")
    >>> Checkpoint(path, Dense(3, 2), Adam())(1, History())
    >>> path.exists()
    True
    """

    def __init__(
        self, path: Any, model: Any, optimizer: Optimizer, *, rng: np.random.Generator | None = None
    ) -> None:
        self.path, self.model, self.optimizer, self.rng = path, model, optimizer, rng

    def __call__(self, epoch: int, history: History) -> None:
        """Write the file.

        Parameters
        ----------
        epoch : int
        history : History
        """
        save_checkpoint(self.path, self.model, self.optimizer, rng=self.rng, history=history)
