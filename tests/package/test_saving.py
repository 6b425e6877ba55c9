"""A file holds everything, and a training that was stopped ends in the same bytes."""

import io
import json
import os
import stat
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from numpy.lib import format as npy

from dlcourse.autodiff import Variable
from dlcourse.layers import BatchNorm, Dense, Dropout, Layer, ReLU, Sequential
from dlcourse.linear_regression import LinearModel
from dlcourse.losses import mean_squared_error, softmax_cross_entropy
from dlcourse.optimizers import SGD, Adam, AdamW, Momentum, RMSprop
from dlcourse.schedules import CosineDecay
from dlcourse.training import (
    History,
    fit,
    load_checkpoint,
    load_params,
    save_checkpoint,
    save_params,
)

X = np.random.default_rng(0).normal(size=(60, 4))
LABELS = (X[:, 0] * X[:, 1] > 0).astype(int)


class Block(Layer):
    """A layer of one's own, with a generator and a buffer inside."""

    def __init__(self):
        super().__init__()
        self.parts = [Dense(8, 8, rng=5), BatchNorm(8), Dropout(0.3, rng=6)]
        self.gain = Variable(np.ones(8))

    def __call__(self, x, training=False):
        for part in self.parts:
            x = part(x, training=training)
        return x * self.gain


def network():
    return Sequential(Dense(4, 8, rng=0), ReLU(), Block(), Dropout(0.2, rng=1), Dense(8, 2, rng=2))


OPTIMIZERS = {
    "Adam": lambda: Adam(0.01),
    "Adam with a schedule": lambda: Adam(CosineDecay(0.01, 60)),
    "Momentum with averages": lambda: Momentum(0.05, average=0.9),
    "AdamW": lambda: AdamW(0.01, no_decay=("bias", "gain", "shift")),
    "RMSprop with multipliers": lambda: RMSprop(0.01, rate_multipliers={"dense1": 0.1}),
    "SGD with L2": lambda: SGD(0.1, l2=0.01),
}

RESUME = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from test_saving import OPTIMIZERS, everything, network, train
from dlcourse.training import load_checkpoint
from dlcourse.training import History
model, optimizer = network(), OPTIMIZERS[sys.argv[3]]()
rng = np.random.default_rng(99) if sys.argv[4] == "rng" else None
history = History()
load_checkpoint(sys.argv[2], model, optimizer, rng=rng, history=history)
train(model, optimizer, 3, rng, history)
sys.stdout.buffer.write(everything(model, optimizer, history))
"""


def train(model, optimizer, epochs, rng=None, history=None):
    data = (X, LABELS)
    return fit(
        model, softmax_cross_entropy, data, optimizer, epochs, 8,
        rng=rng, history=history, progress=False,
    )  # fmt: skip


def everything(model, optimizer, history):
    """Return all that a training leaves, as bytes."""
    parts = [w.value.tobytes() for w in model.params.values()]
    parts += [b.tobytes() for b in model.buffers.values()]
    parts += [json.dumps(g.bit_generator.state).encode() for g in model.generators.values()]
    state = optimizer.state_dict()
    parts += [str(state.pop("iterations")).encode()]
    parts += [a.tobytes() for arrays in state.values() for a in arrays.values()]
    parts += [np.array(history.step_losses).tobytes(), np.array(history.epoch_losses).tobytes()]
    return b"|".join(parts)


@pytest.mark.parametrize("generator", ["rng", "none"])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_run_that_is_resumed_in_a_new_process_ends_in_the_same_bytes(tmp_path, kind, generator):
    def rng():
        return np.random.default_rng(7) if generator == "rng" else None

    through, optimizer, history = network(), OPTIMIZERS[kind](), History()
    train(through, optimizer, 6, rng(), history)
    expected = everything(through, optimizer, history)

    stopped, optimizer, history, shuffle = network(), OPTIMIZERS[kind](), History(), rng()
    train(stopped, optimizer, 3, shuffle, history)
    path = tmp_path / "training.npz"
    save_checkpoint(path, stopped, optimizer, rng=shuffle, history=history)
    here = os.path.dirname(__file__)
    command = [sys.executable, "-c", RESUME, here, str(path), kind, generator]
    run = subprocess.run(command, capture_output=True)
    assert run.stdout == expected, run.stderr.decode()[-1000:]


def test_the_same_training_gives_a_file_of_the_same_bytes(tmp_path):
    for name in ("a.npz", "b.npz"):
        model, optimizer = network(), Adam(0.01)
        history = train(model, optimizer, 1)
        save_checkpoint(tmp_path / name, model, optimizer, history=history)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_rate_that_was_lowered_comes_back(tmp_path):
    model, optimizer = network(), SGD(0.1)
    train(model, optimizer, 1)
    optimizer.learning_rate = 0.025
    save_checkpoint(tmp_path / "t.npz", model, optimizer)
    other = SGD(0.1)
    load_checkpoint(tmp_path / "t.npz", network(), other)
    assert (other.learning_rate, other.iterations) == (0.025, 8)


def test_a_model_of_plain_arrays_can_be_kept_too(tmp_path):
    model, optimizer = LinearModel(4), Momentum(0.01)
    fit(model, mean_squared_error, (X, X[:, 0]), optimizer, 2, 8, progress=False)
    save_checkpoint(tmp_path / "t.npz", model, optimizer)
    other, resumed = LinearModel(4), Momentum(0.01)
    load_checkpoint(tmp_path / "t.npz", other, resumed)
    np.testing.assert_equal(other.params, model.params)
    np.testing.assert_equal(resumed.state_dict(), optimizer.state_dict())


def test_all_that_predictions_depend_on_has_one_name(tmp_path):
    model, fresh = network(), network()
    train(model, Adam(0.01), 2)
    save_params(tmp_path / "model.npz", model.state)
    load_params(tmp_path / "model.npz", into=fresh.state)
    np.testing.assert_array_equal(fresh(X).value, model(X).value)


# --- refusals ------------------------------------------------------------------------------


def checkpoint(tmp_path, optimizer=None, rng=None):
    model, optimizer = network(), optimizer or Adam(0.01)
    history = train(model, optimizer, 1, rng)
    save_checkpoint(tmp_path / "t.npz", model, optimizer, rng=rng, history=history)
    return tmp_path / "t.npz"


def test_a_checkpoint_that_does_not_fit_changes_nothing(tmp_path):
    path = checkpoint(tmp_path)
    wider = Sequential(Dense(4, 9, rng=0))
    cases = [
        (wider, Adam(0.01), {}, "does not fit this model"),
        (network(), SGD(0.01), {}, "of the optimizer Adam, not of SGD"),
        (network(), Adam(0.01, average=0.9), {}, r"lacks the \['average'\]"),
        (network(), Adam(0.01), {"rng": np.random.default_rng(0)}, r"it lacks \['rng'\]"),
    ]
    for model, optimizer, options, message in cases:
        history = History([1.0], [1.0])
        before = everything(model, optimizer, history)
        with pytest.raises(ValueError, match=message):
            load_checkpoint(path, model, optimizer, history=history, **options)
        assert everything(model, optimizer, history) == before
        assert optimizer.iterations == 0


def test_a_generator_of_another_kind_is_refused(tmp_path):
    path = checkpoint(tmp_path, rng=np.random.default_rng(0))
    other = np.random.Generator(np.random.Philox(0))
    with pytest.raises(
        ValueError, match="'rng' there can't be used: it is of another kind than Philox"
    ):
        load_checkpoint(path, network(), Adam(0.01), rng=other)


def test_a_file_of_parameters_is_no_checkpoint(tmp_path):
    save_params(tmp_path / "m.npz", network().state)
    with pytest.raises(ValueError, match="is no checkpoint.*load_params"):
        load_checkpoint(tmp_path / "m.npz", network(), Adam(0.01))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"iterations": -5}, ValueError, "iterations must be at least 0, got -5"),
        ({"iterations": 2.7}, TypeError, r"iterations must be a whole number, got 2\.7"),
        ({"iterations": True}, TypeError, "iterations must be a whole number, got True"),
        ({"iterations": "3"}, TypeError, "iterations must be a whole number"),
        ({"first_moment": {"w": [np.nan]}}, ValueError, "first_moment of 'w' .* not finite"),
        ({"second_moment": {"w": [np.inf]}}, ValueError, "second_moment of 'w' .* not finite"),
        ({"second_moment": {"w": ["a"]}}, TypeError, "second_moment of 'w' must be made of num"),
        ({"velocity": {"w": [0.0]}}, ValueError, r"holds \['first_moment', 'iterations', 'secon"),
    ],
)
def test_a_state_that_can_not_be_is_refused_and_nothing_changes(change, error, message):
    optimizer, params = Adam(0.1), {"w": np.zeros(1)}
    for _ in range(3):
        optimizer.update(params, {"w": np.ones(1)})
    before = optimizer.state_dict()
    with pytest.raises(error, match=message):
        optimizer.load_state_dict({**optimizer.state_dict(), **change})
    np.testing.assert_equal(optimizer.state_dict(), before)


def test_nothing_is_read_into_what_can_not_hold_it(tmp_path):
    save_params(tmp_path / "m.npz", {"a": np.ones(2), "b": np.ones(2)})
    locked = np.zeros(2)
    locked.flags.writeable = False
    first = np.zeros(2)
    with pytest.raises(ValueError, match=r"into\['b'\] is read-only"):
        load_params(tmp_path / "m.npz", into={"a": first, "b": locked})
    assert first.tolist() == [0.0, 0.0], "the first of two was overwritten"
    with pytest.raises(TypeError, match=r"into\['b'\] must be a Variable or an array.*float"):
        load_params(tmp_path / "m.npz", into={"a": first, "b": 0.0})
    assert first.tolist() == [0.0, 0.0]


def test_a_small_file_that_unpacks_to_a_large_one_is_refused_before_it_is_unpacked(tmp_path):
    header = io.BytesIO()
    shape = {"descr": "<f8", "fortran_order": False, "shape": (10**7,)}
    npy.write_array_header_1_0(header, shape)
    with zipfile.ZipFile(tmp_path / "m.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.npy", header.getvalue() + bytes(8 * 10**7))
    assert (tmp_path / "m.npz").stat().st_size < 200_000
    code = """
import resource, sys
import numpy as np
from dlcourse.training import load_params
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load_params(sys.argv[1], into={"w": np.zeros(3)})
except ValueError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, file=sys.stderr)
"""
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "m.npz")], capture_output=True, text=True
    )
    assert "'w' is float64 of shape (10000000,) in the file, float64 of shape (3,)" in run.stdout
    assert int(run.stderr) < 40_000, "kB of memory were used to unpack what does not fit"


# --- files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a\0b", "\0", "weights\0"])
def test_a_name_that_a_file_would_cut_short_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="holds a null character"):
        save_params(tmp_path / "m.npz", {name: np.ones(1)})
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_file_keeps_its_permissions(tmp_path, mode):
    path = tmp_path / "m.npz"
    save_params(path, {"w": np.zeros(1)})
    path.chmod(mode)
    save_params(path, {"w": np.ones(1)})
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_symbolic_link_stays_one(tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "m.npz", tmp_path / "link.npz"
    save_params(target, {"w": np.zeros(1)})
    link.symlink_to(target)
    save_params(link, {"w": np.ones(1)})
    assert link.is_symlink()
    assert load_params(target)["w"] == 1.0


def test_how_an_array_lies_in_memory_does_not_show_in_its_file(tmp_path):
    a = np.arange(6.0).reshape(2, 3)
    files = {}
    layouts = {
        "C": a,
        "F": np.asfortranarray(a),
        "strided": np.repeat(a, 2, axis=1)[:, ::2],
        "big": a.astype(">f8"),
        "variable": Variable(np.asfortranarray(a)),
    }
    for name, array in layouts.items():
        save_params(tmp_path / f"{name}.npz", {"w": array})
        files[name] = (tmp_path / f"{name}.npz").read_bytes()
        np.testing.assert_array_equal(load_params(tmp_path / f"{name}.npz")["w"], a)
    assert len(set(files.values())) == 1


# --- what a checkpoint does before it changes anything ---------------------------------------


def test_generators_of_every_kind_can_be_kept(tmp_path):
    for kind in (np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64):
        model = Sequential(Dropout(0.5, rng=np.random.Generator(kind(1))), Dense(4, 2, rng=0))
        rng = np.random.Generator(kind(2))
        rng.random(7)
        save_checkpoint(tmp_path / "t.npz", model, SGD(0.1), rng=rng)
        expected = rng.random(), model(X, training=True).value
        other = Sequential(Dropout(0.5, rng=np.random.Generator(kind(3))), Dense(4, 2, rng=0))
        fresh = np.random.Generator(kind(4))
        load_checkpoint(tmp_path / "t.npz", other, SGD(0.1), rng=fresh)
        assert fresh.random() == expected[0]
        np.testing.assert_array_equal(other(X, training=True).value, expected[1])


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("optimizer/learning_rate", np.array(np.nan), "the learning rate there must be a finite"),
        ("optimizer/learning_rate", np.array(-1.0), "the learning rate there must be a finite"),
        ("optimizer/iterations", np.array(-3), "iterations must be at least 0"),
        ("optimizer/state/first_moment/dense1/bias", np.zeros(3), "the first_moment of 'dense1/"),
        ("generator/rng", np.frombuffer(b'{"a": 1}', np.uint8), "generator 'rng' there can't be"),
        ("generator/rng", np.frombuffer(b"nonsense", np.uint8), "is no checkpoint"),
        ("history/step_losses", np.zeros((2, 2)), "the step_losses there are no list of numbers"),
        ("model/dense1/bias", np.zeros(9), "does not fit this model"),
    ],
)
def test_a_checkpoint_with_a_fault_anywhere_changes_nothing(tmp_path, name, array, message):
    path = checkpoint(tmp_path, rng=np.random.default_rng(0))
    contents = load_params(path)
    assert name in contents
    save_params(path, {**contents, name: array})
    model, optimizer, rng, history = network(), Adam(0.5), np.random.default_rng(9), History([1.0])
    before = everything(model, optimizer, history), rng.bit_generator.state
    with pytest.raises(ValueError, match=message):
        load_checkpoint(path, model, optimizer, rng=rng, history=history)
    assert (everything(model, optimizer, history), rng.bit_generator.state) == before
    assert (optimizer.learning_rate, optimizer.iterations) == (0.5, 0)


def test_masked_entries_are_not_saved(tmp_path):
    with pytest.raises(ValueError, match=r"params\['w'\] has masked entries"):
        save_params(tmp_path / "m.npz", {"w": np.ma.masked_greater([1.0, 2.0], 1)})


def test_what_is_read_into_is_a_dict(tmp_path):
    save_params(tmp_path / "m.npz", {"w": np.ones(1)})
    with pytest.raises(TypeError, match=r"into must be a dict, such as model\.state, got list"):
        load_params(tmp_path / "m.npz", into=[np.ones(1)])
