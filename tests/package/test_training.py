"""The training loop counts right, stops when it must, and its files can be trusted."""

import io
import math
import os
import pickle
import subprocess
import sys
import zipfile

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib import format as npy
from sklearn.datasets import load_digits

from dlcourse.autodiff import GradientTape
from dlcourse.layers import BatchNorm, Dense, Dropout, Layer, ReLU, Sequential, Sigmoid, Tanh
from dlcourse.linear_regression import LinearModel
from dlcourse.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy
from dlcourse.optimizers import SGD, Adam, AdamW, Momentum, RMSprop
from dlcourse.schedules import OneCycle
from dlcourse.training import (
    DivergenceError,
    History,
    evaluate,
    fit,
    load_params,
    save_params,
)

X = np.array([[-2.0], [-1.0], [0.0], [1.0], [2.0]])
Y = 2 * X[:, 0] + 1


class Recorder:
    """A model that notes the rows it is shown and reports the losses it is told to."""

    def __init__(self, losses=None):
        self.params = {"w": np.zeros(1)}
        self.batches, self.losses = [], losses

    def __call__(self, x):
        return np.zeros(len(x))

    def loss_and_gradients(self, loss, x, y):
        self.batches.append((x[:, 0].tolist(), y.tolist()))
        value = 1.0 if self.losses is None else self.losses[len(self.batches) - 1]
        return value, {"w": np.ones(1)}


def run(model=None, data=(X, Y), optimizer=None, epochs=3, batch_size=2, **settings):
    model = LinearModel(1) if model is None else model
    optimizer = SGD(0.1) if optimizer is None else optimizer
    settings = {"progress": False, **settings}
    return fit(model, mean_squared_error, data, optimizer, epochs, batch_size, **settings)


# --- the loop --------------------------------------------------------------------


@given(rows=st.integers(1, 40), epochs=st.integers(1, 4), batch_size=st.integers(1, 50) | st.none())
def test_one_update_for_every_batch_of_every_epoch(rows, epochs, batch_size):
    model, optimizer = Recorder(), SGD(0.1)
    x = np.arange(float(rows))[:, None]
    history = run(model, (x, -x[:, 0]), optimizer, epochs, batch_size, shuffle=False)
    steps = epochs * math.ceil(rows / (batch_size or rows))
    assert optimizer.iterations == len(history.step_losses) == len(model.batches) == steps
    assert len(history.epoch_losses) == epochs
    shown = [row for xs, ys in model.batches for row in zip(xs, ys, strict=True)]
    assert shown == [(i, -i) for i in range(rows)] * epochs, "in order, inputs with targets"


def test_each_epoch_is_shuffled_anew_with_a_generator_and_a_seed_repeats_it():
    def epochs(seed):
        model = Recorder()
        run(model, epochs=2, batch_size=4, rng=np.random.default_rng(seed))
        shown = [row for xs, _ in model.batches for row in xs]
        return [shown[: len(X)], shown[len(X) :]]

    first, second = epochs(1)
    assert sorted(first) == sorted(second) == X[:, 0].tolist()
    assert first != second
    assert epochs(1) == [first, second]


def test_the_loss_of_an_epoch_weighs_each_batch_by_its_rows():
    history = run(Recorder([1.0, 3.0, 10.0]), epochs=1, batch_size=2)
    assert history.step_losses == [1.0, 3.0, 10.0]
    assert history.epoch_losses == [(2 * 1.0 + 2 * 3.0 + 1 * 10.0) / 5]


def test_a_step_loss_is_taken_before_its_update():
    history = run(epochs=2, batch_size=None)
    assert history.step_losses[0] == np.mean(Y**2)  # all weights were still 0
    assert history.step_losses[1] < history.step_losses[0]


def test_full_batch_training_finds_the_line():
    model = LinearModel(1)
    run(model, epochs=200, batch_size=None)
    np.testing.assert_allclose(model.params["weights"], [2.0], atol=1e-9)
    np.testing.assert_allclose(model.params["intercept"], 1.0, atol=1e-9)


def test_training_goes_on_where_the_optimizer_stands():
    asked = []
    optimizer = SGD(lambda i: asked.append(i) or 0.1)
    for _ in range(2):
        run(optimizer=optimizer, epochs=1, batch_size=None)
    assert asked == [0, 1]


def test_the_validation_loss_is_recorded_after_each_epoch_and_trains_nothing():
    other = (np.array([[3.0], [4.0]]), np.array([0.0, 1.0]))
    model, alone = LinearModel(1), LinearModel(1)
    seen = []

    def check(epoch, history):
        seen.append((history.validation_losses[-1], evaluate(model, mean_squared_error, other)))

    history = run(model, validation=other, callbacks=[check])
    assert [recorded for recorded, _ in seen] == [expected for _, expected in seen]
    assert history.validation_losses == [recorded for recorded, _ in seen]
    assert run(alone).validation_losses == []
    np.testing.assert_array_equal(model.params["weights"], alone.params["weights"])


@pytest.mark.parametrize("yes", [True, np.True_])
def test_every_callback_is_called_and_a_true_from_any_of_them_stops(yes):
    calls = []

    def stop_after_two(epoch, history):
        calls.append(("stop", epoch))
        return yes if epoch == 2 else not yes

    def note(epoch, history):
        calls.append(("note", epoch, len(history.epoch_losses)))

    history = run(epochs=10, callbacks=iter([stop_after_two, note]))
    assert calls == [("stop", 1), ("note", 1, 1), ("stop", 2), ("note", 2, 2)]
    assert len(history.epoch_losses) == 2


@pytest.mark.parametrize("answer", [1, 3.5, "stop", [True], np.ones(2)], ids=str)
def test_only_true_stops_not_whatever_else_a_callback_returns(answer):
    assert len(run(epochs=3, callbacks=[lambda *_: answer]).epoch_losses) == 3


def test_a_history_prints_what_matters():
    assert repr(History()) == "<History: 0 epochs, 0 steps>"
    assert repr(run(Recorder(), epochs=1)) == "<History: 1 epoch, 3 steps, last epoch loss 1>"


def test_evaluate_is_the_loss_of_the_predictions():
    assert evaluate(lambda x: x + 1, mean_squared_error, ([1.0, 2.0], [2.0, 5.0])) == 2.0


# --- divergence ------------------------------------------------------------------


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_before_its_update_and_keeps_the_history(value):
    model, optimizer = Recorder([1.0, 2.0, 3.0, 4.0, value]), SGD(0.1)
    with pytest.raises(
        DivergenceError, match=f"became {value} in epoch 2, step 5; lower"
    ) as caught:
        run(model, optimizer=optimizer)
    np.testing.assert_equal(caught.value.history.step_losses, [1.0, 2.0, 3.0, 4.0, value])
    assert len(caught.value.history.epoch_losses) == 1
    assert optimizer.iterations == 4
    np.testing.assert_allclose(model.params["w"], -0.4)


def test_a_rate_that_is_too_high_is_reported_without_stray_warnings():
    # Warnings are errors in this test suite: overflow on the way must not surface.
    with pytest.raises(DivergenceError, match="the loss became inf in epoch"):
        run(optimizer=SGD(100.0), epochs=1000)


# --- refusals --------------------------------------------------------------------

NO_PAIR = r"must be a pair \(inputs, targets\), got"
ROWS = "needs inputs and targets with the same number of rows, at least one; got shapes"


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"data": X}, TypeError, f"data {NO_PAIR} ndarray"),
        ({"data": (X, Y, Y)}, TypeError, f"data {NO_PAIR} tuple"),
        ({"data": (X, Y[:3])}, ValueError, rf"data {ROWS} \(5, 1\) and \(3,\)"),
        ({"data": (X[:0], Y[:0])}, ValueError, rf"data {ROWS} \(0, 1\) and \(0,\)"),
        ({"data": (X, 1.0)}, ValueError, rf"data {ROWS} \(5, 1\) and \(\)"),
        ({"validation": (X, Y[:3])}, ValueError, f"validation {ROWS}"),
        ({"validation": X}, TypeError, f"validation {NO_PAIR}"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"epochs": 2.0}, TypeError, r"epochs must be a whole number, got 2\.0"),
        ({"epochs": True}, TypeError, "epochs must be a whole number, got True"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"batch_size": "all"}, TypeError, "batch_size must be a whole number, got 'all'"),
        ({"rng": "0"}, TypeError, "rng must be"),
        ({"data": (np.array([[1.0], [np.nan]]), Y[:2])}, ValueError, r"inputs of data hold nan at"),
        (
            {"data": (X, np.where(Y == 3, -np.inf, Y))},
            ValueError,
            r"targets of data hold -inf at .* \(3,\)",
        ),
        ({"validation": (X * np.nan, Y)}, ValueError, "inputs of validation hold nan"),
    ],
)
def test_what_cannot_be_trained_on_is_refused_before_anything_changes(settings, error, message):
    model, optimizer = LinearModel(1), SGD(0.1)
    with pytest.raises(error, match=message):
        run(model, optimizer=optimizer, **settings)
    assert optimizer.iterations == 0
    assert model.params["weights"] == 0
    assert model.params["intercept"] == 0


# --- the progress bar ------------------------------------------------------------


def test_a_progress_bar_is_shown_on_stderr_by_default(capfd):
    run(epochs=4, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "epochs: 100%" in err
    assert "4/4" in err
    fit(LinearModel(1), mean_squared_error, (X, Y), SGD(0.1), 1)
    assert "1/1" in capfd.readouterr().err


def test_without_progress_nothing_is_printed(capfd):
    run(progress=False)
    assert capfd.readouterr() == ("", "")


# --- parameter files -------------------------------------------------------------

PARAMS = {
    "dense1/weights": np.arange(6.0).reshape(2, 3),
    "dense1/bias": np.array([0.1, 0.2, 0.3], np.float32),
    "scale": np.array(1.5),
    "file": np.array([7.0]),
}


def saved(path, params=PARAMS):
    """Save to a directory and return the file."""
    save_params(path / "model.npz", params)
    return path / "model.npz"


def zeros_like(params):
    return {name: np.zeros_like(array) for name, array in params.items()}


def assert_same(found, expected):
    assert list(found) == list(expected)
    for name in expected:
        assert found[name].dtype == np.asarray(expected[name]).dtype, name
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_saved_parameters_come_back_with_their_names_shapes_dtypes_and_bits(tmp_path):
    assert_same(load_params(saved(tmp_path)), PARAMS)
    model = zeros_like(PARAMS)
    arrays = dict(model)
    load_params(tmp_path / "model.npz", into=model)
    assert_same(model, PARAMS)
    assert all(model[name] is arrays[name] for name in model), "copied into the arrays there"


@pytest.mark.parametrize(
    "value",
    [0.5, 3, True, np.float32(2), np.array([np.nan, np.inf, -0.0]), np.zeros((0, 3)), X.T],
    ids=["float", "int", "bool", "float32", "not finite", "no entries", "transposed"],
)
def test_anything_made_of_numbers_can_be_saved(tmp_path, value):
    assert_same(load_params(saved(tmp_path, {"value": value})), {"value": np.asarray(value)})


def test_the_same_parameters_give_the_same_bytes(tmp_path):
    first = saved(tmp_path).read_bytes()
    assert saved(tmp_path).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "model.npz") as archive:
        dates = {entry.date_time for entry in archive.infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}, "the bytes must not depend on the clock"


def test_numpy_can_read_the_file_too(tmp_path):
    with np.load(saved(tmp_path)) as archive:
        assert_same(dict(archive), PARAMS)


def test_a_reloaded_model_predicts_the_same_bytes_in_a_new_process(tmp_path):
    rng = np.random.default_rng(8)
    x, model = rng.normal(size=(20, 3)), LinearModel(3)
    run(model, (x, rng.normal(size=20)), rng=rng)
    path = saved(tmp_path, model.params)
    np.save(tmp_path / "x.npy", x)
    code = """
import sys, numpy as np
from dlcourse.linear_regression import LinearModel
from dlcourse.training import load_params
model = LinearModel(3)
load_params(sys.argv[1], into=model.params)
sys.stdout.buffer.write(model(np.load(sys.argv[2])).tobytes())
"""
    command = [sys.executable, "-c", code, path, tmp_path / "x.npy"]
    assert subprocess.check_output(command) == model(x).tobytes()


@pytest.mark.parametrize(
    ("params", "name", "error", "message"),
    [
        ({}, "model.npz", ValueError, "params is empty: there is nothing to save"),
        (PARAMS, "model.txt", ValueError, "must end in .npz, got 'model.txt'"),
        (PARAMS, "model", ValueError, "must end in .npz, got 'model'"),
        ({"": X}, "model.npz", ValueError, "a non-empty string, got ''"),
        ({1: X}, "model.npz", ValueError, "a non-empty string, got 1"),
        ({"w": X, "v": None}, "model.npz", TypeError, r"params\['v'\] .* got dtype object"),
        ({"w": "text"}, "model.npz", TypeError, r"params\['w'\] must be made of numbers"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_the_old_file_stays(
    tmp_path, params, name, error, message
):
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(error, match=message):
        save_params(tmp_path / name, params)
    assert (tmp_path / name).read_bytes() == b"old"
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize(("owner", "function"), [(os, "fsync"), (npy, "write_array")])
@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()], ids=repr)
def test_a_save_that_fails_half_way_leaves_the_old_file(
    tmp_path, monkeypatch, owner, function, failure
):
    path = saved(tmp_path)
    before = path.read_bytes()

    def fail(*args, **settings):
        raise failure

    monkeypatch.setattr(owner, function, fail)
    with pytest.raises(type(failure)):
        save_params(path, {"w": np.zeros(1000)})
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name], "no temporary file is left behind"


def test_a_saved_file_can_be_read_by_whoever_reads_other_new_files(tmp_path):
    (tmp_path / "other").touch()
    assert saved(tmp_path).stat().st_mode == (tmp_path / "other").stat().st_mode


# --- files that must be refused --------------------------------------------------


def assert_refused(path, message):
    """Load a file in both ways: it is refused by its name, and the model stays as it was."""
    for model in (None, zeros_like(PARAMS)):
        with pytest.raises(ValueError, match=message) as caught:
            load_params(path, into=model)
        assert str(path) in str(caught.value)
        assert model is None or not any(array.any() for array in model.values())


@pytest.fixture(scope="module")
def intact(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("intact")).read_bytes()


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged") / "model.npz"


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_short_anywhere_is_refused(intact, damaged, share):
    damaged.write_bytes(intact[: int(share * len(intact))])
    assert_refused(damaged, "damaged or not an .npz file")


def test_no_flipped_bit_ever_puts_a_wrong_number_into_a_model(intact, damaged):
    refused = 0
    for position in range(len(intact)):
        bit = 1 << position % 8
        content = bytearray(intact)
        content[position] ^= bit
        damaged.write_bytes(content)
        model = zeros_like(PARAMS)
        try:
            load_params(damaged, into=model)
        except ValueError:
            refused += 1
            expected = zeros_like(PARAMS)
        else:  # a date or a version number, which mean nothing here
            expected = PARAMS
        np.testing.assert_equal(model, expected, err_msg=f"bit {bit} of byte {position}")
    assert refused > len(intact) / 2


@pytest.mark.parametrize("number", range(8), ids="bit {}".format)
def test_a_flipped_bit_in_the_numbers_is_refused_by_the_checksum(tmp_path, intact, number):
    position = intact.index(PARAMS["dense1/weights"].tobytes()) + 20
    content = bytearray(intact)
    content[position] ^= 1 << number
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    assert_refused(path, "damaged .* Bad CRC-32 for file 'dense1/weights.npy'")


def test_a_flipped_bit_that_cuts_a_shape_short_is_refused_too(tmp_path):
    # The checksum is compared at the end of an array, which 8000 of 9000 entries don't reach.
    path = saved(tmp_path, {"w": np.ones(9000)})
    path.write_bytes(path.read_bytes().replace(b"(9000,)", b"(8000,)"))
    assert_refused(path, r"w\.npy is longer than its header says")


@pytest.mark.parametrize(
    "content", [b"", b"not a zip", b"\x93NUMPY" + bytes(100)], ids=["empty", "text", "bare .npy"]
)
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    assert_refused(path, "damaged or not an .npz file")


def test_an_archive_of_other_files_is_refused(tmp_path):
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert_refused(path, "damaged or not an .npz file")


def test_a_header_that_claims_more_than_there_is_is_refused(tmp_path):
    header = io.BytesIO()
    npy.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("w.npy", header.getvalue())
    assert_refused(path, "damaged or not an .npz file")


def test_a_pickled_object_is_refused_and_its_code_does_not_run(tmp_path):
    class Payload:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "code has run"),)

    payload = io.BytesIO()
    np.save(payload, np.array([Payload()], dtype=object), allow_pickle=True)
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("w.npy", payload.getvalue())
    assert_refused(path, "holds a pickled object, which could run code")
    assert not (tmp_path / "code has run").exists()
    # The trap was armed: unpickling the same bytes does run it.
    payload.seek(0)
    np.load(payload, allow_pickle=True)
    assert (tmp_path / "code has run").exists()


def test_a_bare_pickle_is_refused(tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(pickle.dumps(PARAMS))
    assert_refused(path, "damaged or not an .npz file")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p | {"weights": p.pop("scale")}, r"lacks \['scale'\] and holds \['weights'\]"),
        (lambda p: p.pop("scale") and p, r"lacks \['scale'\] and holds \[\]"),
        (lambda p: p | {"more": X}, r"lacks \[\] and holds \['more'\]"),
        (lambda p: p | {"scale": np.ones(1)}, r"'scale' is float64 of shape \(1,\) in the file"),
        (lambda p: p | {"file": np.array(7.0)}, r"'file' is float64 of shape \(\) in the file"),
        (lambda p: p | {"file": np.float32([7])}, r"'file' is float32 of .* float64 of shape"),
    ],
    ids=["renamed", "missing", "unknown", "shape", "broadcastable shape", "dtype"],
)
def test_a_file_that_does_not_fit_the_model_is_refused_whole(tmp_path, change, message):
    path, model = saved(tmp_path, change(dict(PARAMS))), zeros_like(PARAMS)
    with pytest.raises(ValueError, match=f"model.npz does not fit this model: .*{message}"):
        load_params(path, into=model)
    np.testing.assert_equal(model, zeros_like(PARAMS))


def test_a_missing_file_is_reported_as_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_params(tmp_path / "nowhere.npz")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        save_params(tmp_path / "nowhere" / "model.npz", PARAMS)


# --- networks and the tape -------------------------------------------------------

FEATURES = np.random.default_rng(20).normal(size=(40, 3))
CLASSES = (FEATURES[:, 0] + FEATURES[:, 1] ** 2 > 0.5).astype(int)


def network(dropout=0.2):
    return Sequential(
        Dense(3, 6, rng=0),
        BatchNorm(6),
        ReLU(),
        Dropout(dropout, rng=1),
        Dense(6, 2, rng=2),
    )


def train_network(model, optimizer=None, epochs=3, **settings):
    settings = {"rng": np.random.default_rng(3), "progress": False, **settings}
    optimizer = Adam(0.01) if optimizer is None else optimizer
    return fit(model, softmax_cross_entropy, (FEATURES, CLASSES), optimizer, epochs, 8, **settings)


def values(tensors):
    return {key: getattr(t, "value", t).copy() for key, t in tensors.items()}


def test_fit_is_the_loop_written_by_hand():
    trained, by_hand = network(), network()
    optimizer, other = Adam(0.01), Adam(0.01)
    history = train_network(trained, optimizer)
    losses, rng = [], np.random.default_rng(3)
    for _ in range(3):
        order = rng.permutation(40)
        for start in range(0, 40, 8):
            rows = order[start : start + 8]
            with GradientTape() as tape:
                loss = softmax_cross_entropy(by_hand(FEATURES[rows], training=True), CLASSES[rows])
            other.update(by_hand.params, tape.gradient(loss, by_hand.params))
            losses.append(float(loss))
    assert history.step_losses == losses
    np.testing.assert_equal(values(trained.params), values(by_hand.params))
    np.testing.assert_equal(trained.buffers, by_hand.buffers)
    np.testing.assert_equal(optimizer.state_dict(), other.state_dict())


def test_the_losses_of_a_history_are_plain_floats():
    history = train_network(network(), validation=(FEATURES[:9], CLASSES[:9]))
    for losses in (history.step_losses, history.epoch_losses, history.validation_losses):
        assert {type(loss) for loss in losses} == {float}


def test_the_same_seeds_give_the_same_network_and_another_seed_another():
    first, again, other = network(), network(), network()
    train_network(first)
    train_network(again)
    train_network(other, rng=np.random.default_rng(4))
    np.testing.assert_equal(values(again.params), values(first.params))
    assert np.any(other.params["dense1/weights"].value != first.params["dense1/weights"].value)


def test_validation_uses_the_network_in_evaluation_and_trains_nothing():
    model, alone, seen = network(dropout=0.9), network(dropout=0.9), []
    validation = (FEATURES[:9] + 1, CLASSES[:9])

    def by_hand(epoch, history):
        seen.append(float(softmax_cross_entropy(model(validation[0]), validation[1])))

    history = train_network(model, validation=validation, callbacks=[by_hand])
    assert history.validation_losses == seen
    train_network(alone)
    np.testing.assert_equal(values(model.params), values(alone.params))
    np.testing.assert_equal(model.buffers, alone.buffers)


def test_training_drops_and_normalizes_with_batches_where_evaluation_does_not():
    modes = []

    class Spy(Layer):
        def __call__(self, x, training=False):
            modes.append((training, len(x)))
            return x

    model = Sequential(Spy(), Dense(3, 2, rng=0))
    train_network(model, epochs=1, validation=(FEATURES[:9], CLASSES[:9]))
    evaluate(model, softmax_cross_entropy, (FEATURES, CLASSES))
    assert modes == [(True, 8)] * 5 + [(False, 9), (False, 40)]


def test_evaluate_changes_nothing():
    model = network()
    train_network(model, epochs=1)
    before, generator = values(model.params | model.buffers), model.layers[3].rng
    state, versions = generator.bit_generator.state, [v.version for v in model.params.values()]
    losses = {evaluate(model, softmax_cross_entropy, (FEATURES, CLASSES)) for _ in range(3)}
    assert len(losses) == 1
    np.testing.assert_equal(values(model.params | model.buffers), before)
    assert generator.bit_generator.state == state
    assert [v.version for v in model.params.values()] == versions


def test_a_callback_can_stop_a_network_early_and_change_the_rate():
    optimizer, rates = SGD(0.1), []

    def halve(epoch, history):
        rates.append(optimizer.current_learning_rate)
        optimizer.learning_rate = rates[-1] / 2
        return epoch == 4

    history = train_network(network(), optimizer, epochs=10, callbacks=[halve])
    assert rates == [0.1, 0.05, 0.025, 0.0125]
    assert len(history.epoch_losses) == 4


def test_a_network_that_diverges_is_reported_with_its_history():
    model = Sequential(Dense(3, 5, rng=0), Dense(5, 1, rng=1))
    data = (FEATURES, FEATURES[:, :1] * 100)
    with pytest.raises(DivergenceError, match="the loss became (inf|nan) in epoch") as caught:
        fit(model, mean_squared_error, data, SGD(10.0), 100, progress=False)
    losses = caught.value.history.step_losses
    assert np.isfinite(losses[:-1]).all()
    assert not np.isfinite(losses[-1])


def test_a_float32_network_stays_float32_in_training():
    model = Sequential(Dense(3, 4, rng=0, dtype=np.float32), Tanh(), Dense(4, 2, dtype=np.float32))
    data = (FEATURES.astype(np.float32), CLASSES)
    history = fit(
        model, softmax_cross_entropy, data, Adam(OneCycle(0.1, 100)), 20, 8, progress=False
    )
    assert {v.dtype for v in model.params.values()} == {np.dtype(np.float32)}
    assert model(data[0]).dtype == np.float32
    assert history.epoch_losses[-1] < history.epoch_losses[0]


def test_a_trained_network_is_saved_and_loaded_with_its_buffers(tmp_path):
    model, fresh = network(), network()
    train_network(model)
    save_params(tmp_path / "model.npz", {**model.params, **model.buffers})
    objects = dict(fresh.params)
    versions = {key: variable.version for key, variable in objects.items()}
    load_params(tmp_path / "model.npz", into={**fresh.params, **fresh.buffers})
    np.testing.assert_array_equal(fresh(FEATURES).value, model(FEATURES).value)
    assert all(fresh.params[key] is objects[key] for key in objects), "the same variables"
    assert all(objects[key].version > versions[key] for key in objects)


def test_without_the_buffers_the_file_does_not_fit(tmp_path):
    model = network()
    save_params(tmp_path / "model.npz", model.params)
    before = values(model.params | model.buffers)
    with pytest.raises(ValueError, match=r"lacks \['batchnorm1/running_mean', 'batchnorm1/run"):
        load_params(tmp_path / "model.npz", into={**model.params, **model.buffers})
    np.testing.assert_equal(values(model.params | model.buffers), before)


def test_training_continues_after_a_reload_as_if_it_had_not_stopped(tmp_path):
    through, stopped = network(dropout=0.0), network(dropout=0.0)
    train_network(through, Adam(0.01), epochs=6, rng=None)
    optimizer = Adam(0.01)
    train_network(stopped, optimizer, epochs=3, rng=None)
    save_params(tmp_path / "model.npz", {**stopped.params, **stopped.buffers})
    reloaded, resumed = network(dropout=0.0), Adam(0.01)
    load_params(tmp_path / "model.npz", into={**reloaded.params, **reloaded.buffers})
    resumed.load_state_dict(optimizer.state_dict())
    train_network(reloaded, resumed, epochs=3, rng=None)
    np.testing.assert_equal(values(reloaded.params), values(through.params))


# --- does it learn? --------------------------------------------------------------

CORNERS, XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


@pytest.mark.parametrize("seed", range(5))
def test_four_hidden_units_learn_xor_and_no_hidden_units_do_not(seed):
    model = Sequential(Dense(2, 4, rng=seed), Tanh(), Dense(4, 2, rng=seed))
    linear = Sequential(Dense(2, 2, rng=seed))
    for each in (model, linear):
        fit(each, softmax_cross_entropy, (CORNERS, XOR), Adam(0.05), 500, progress=False)
    assert np.argmax(model(CORNERS).value, axis=1).tolist() == XOR.tolist()
    assert evaluate(model, softmax_cross_entropy, (CORNERS, XOR)) < 0.05
    # The best a line can do: the same probability everywhere.
    assert evaluate(linear, softmax_cross_entropy, (CORNERS, XOR)) == pytest.approx(np.log(2))


def test_a_sigmoid_output_learns_xor_from_binary_cross_entropy():
    model = Sequential(Dense(2, 4, rng=0), Tanh(), Dense(4, 1, rng=1))
    data = (CORNERS, XOR[:, None])
    fit(model, binary_cross_entropy, data, Adam(0.05), 500, progress=False)
    probabilities = Sigmoid()(model(CORNERS).value)[:, 0]
    assert np.abs(probabilities - XOR).max() < 0.1


@pytest.mark.parametrize(
    "optimizer",
    [Momentum(0.05), Adam(OneCycle(0.01, 15 * 45)), RMSprop(0.001), AdamW(0.003)],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_a_small_network_reads_scikit_learns_digits(optimizer):
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    x, y = x[order] / 16, y[order]
    model = Sequential(
        Dense(64, 64, rng=0), BatchNorm(64), ReLU(), Dropout(0.1, rng=1), Dense(64, 10, rng=2)
    )
    rng = np.random.default_rng(3)
    history = fit(
        model, softmax_cross_entropy, (x[:1440], y[:1440]), optimizer, 15, 32,
        validation=(x[1440:], y[1440:]), rng=rng, progress=False,
    )  # fmt: skip
    accuracy = np.mean(np.argmax(model(x[1440:]).value, axis=1) == y[1440:])
    assert accuracy > 0.95, f"{accuracy:.3f} of the digits it has not seen"
    assert history.validation_losses[-1] < 0.25
