"""What watches a training stops it in time, keeps the best, and lowers the rate."""

import numpy as np
import pytest

from dlcourse.callbacks import Checkpoint, EarlyStopping, ReduceOnPlateau
from dlcourse.layers import BatchNorm, Dense, ReLU, Sequential
from dlcourse.linear_regression import LinearModel
from dlcourse.losses import mean_squared_error
from dlcourse.optimizers import SGD, Adam
from dlcourse.schedules import CosineDecay
from dlcourse.training import History, evaluate, fit, load_checkpoint

RNG = np.random.default_rng(1)
X = RNG.normal(size=(24, 3))
Y = X[:, :1] + RNG.normal(size=(24, 1))
OTHER = RNG.normal(size=(40, 3))
VALIDATION = (OTHER, OTHER[:, :1])


def network():
    return Sequential(Dense(3, 20, rng=0), BatchNorm(20), ReLU(), Dense(20, 1, rng=1))


def train(model, epochs, callbacks, optimizer=None, **options):
    return fit(
        model, mean_squared_error, (X, Y), optimizer or Adam(0.02), epochs, 8,
        validation=VALIDATION, callbacks=callbacks, progress=False, **options,
    )  # fmt: skip


@pytest.mark.parametrize("epochs", [4, 300])
def test_early_stopping_ends_with_the_best_weights_and_statistics(epochs):
    model = network()
    stopping = EarlyStopping(model, patience=10)
    history = train(model, epochs, [stopping])
    losses = history.validation_losses
    assert len(losses) == min(epochs, stopping.best_epoch + 10)
    assert stopping.best_loss == min(losses) == losses[stopping.best_epoch - 1]
    assert evaluate(model, mean_squared_error, VALIDATION) == pytest.approx(min(losses), rel=1e-12)


def test_early_stopping_takes_models_of_plain_arrays():
    model = LinearModel(3)
    stopping = EarlyStopping(model, patience=1)
    data = (X, Y[:, 0])
    fit(
        model, mean_squared_error, data, SGD(0.6), 20, validation=(OTHER, -OTHER[:, 0]),
        callbacks=[stopping], progress=False,
    )  # fmt: skip
    assert stopping.best_epoch < 20
    assert evaluate(model, mean_squared_error, (OTHER, -OTHER[:, 0])) == stopping.best_loss


def test_an_improvement_that_is_too_small_does_not_count():
    stopping, history = EarlyStopping(LinearModel(1), 2, min_improvement=0.1), History()
    answers = []
    for loss in (1.0, 0.95, 0.89, 0.85, 0.8):
        history.validation_losses.append(loss)
        answers.append(stopping(len(answers) + 1, history))
    assert answers == [False, False, False, False, True]
    assert stopping.best_loss == 0.89


def test_the_rate_falls_on_each_plateau_down_to_its_floor():
    optimizer, rates = SGD(1.0), []
    lower = ReduceOnPlateau(optimizer, factor=0.5, patience=2, min_rate=0.2)
    history = History()
    for loss in (1.0, 1.1, 1.2, 0.9, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95):
        history.validation_losses.append(loss)
        lower(len(rates) + 1, history)
        rates.append(optimizer.learning_rate)
    assert rates == [1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2]


def test_a_checkpoint_of_each_epoch_can_be_resumed(tmp_path):
    model, optimizer = network(), Adam(0.02)
    train(model, 3, [Checkpoint(tmp_path / "t.npz", model, optimizer)], optimizer)
    other, resumed, history = network(), Adam(0.02), History()
    load_checkpoint(tmp_path / "t.npz", other, resumed, history=history)
    assert len(history.epoch_losses) == len(history.validation_losses) == 3
    train(model, 2, [], optimizer)
    train(other, 2, [], resumed, history=history)
    np.testing.assert_array_equal(other(OTHER).value, model(OTHER).value)
    assert len(history.epoch_losses) == 5


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: EarlyStopping(LinearModel(1), 0), ValueError, "patience must be at least 1"),
        (lambda: EarlyStopping(LinearModel(1), 1.5), TypeError, "patience must be a whole"),
        (
            lambda: EarlyStopping(LinearModel(1), min_improvement=-1),
            ValueError,
            "min_improvement must be at least 0, got -1",
        ),
        (lambda: ReduceOnPlateau(SGD(0.1), 1.0), ValueError, "factor must lie between 0 and 1"),
        (
            lambda: ReduceOnPlateau(SGD(CosineDecay(0.1, 5))),
            TypeError,
            "must be a number to be lowered, got CosineDecay",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_without_validation_there_is_nothing_to_watch():
    with pytest.raises(ValueError, match=r"watches the validation loss; give fit validation="):
        fit(
            LinearModel(3), mean_squared_error, (X, Y[:, 0]), SGD(0.1), 2,
            callbacks=[EarlyStopping(LinearModel(3))], progress=False,
        )  # fmt: skip
