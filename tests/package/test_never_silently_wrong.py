"""Ordinary code either gets the right gradient or is told what to do: never a wrong one.

Each test is about a kind of mistake that once passed without a word.
"""

import math
import subprocess
import sys
import threading

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse.autodiff import (
    GradientTape,
    Tensor,
    Variable,
    define_vjp,
    fused,
    grad,
    primitive,
    sigmoid,
    value_and_grad,
)
from dlcourse.layers import BatchNorm, Dense, Dropout, Layer, ReLU, Sequential
from dlcourse.losses import mean_squared_error, softmax_cross_entropy
from dlcourse.optimizers import SGD, Adam, Momentum
from dlcourse.schedules import CosineDecay, StartAt
from dlcourse.training import DivergenceError, History, fit

# --- a conversion to a plain number would drop the gradient --------------------------------


class Index:
    """Like an array of another library: it takes what can become an array."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def __sub__(self, other):
        return Index(self.values - np.asarray(other))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * math.exp(x),
        lambda x: math.sin(x),
        lambda x: math.sqrt(x) + x,
        lambda x: math.fsum([x, x]),
        lambda x: math.hypot(x, x),
        lambda x: x * float(x),
        lambda x: x * complex(x).real,
        lambda x: x * x.item(),
        lambda x: x * np.float64(x),
        lambda x: x * np.float32(x),
        lambda x: np.array([x, x]).sum() * x,
        lambda x: np.asarray(x) * x,
        lambda x: np.fromiter((x for _ in range(2)), float),
        lambda x: np.full(3, x).sum() * x,
        lambda x: np.sum(np.full_like(np.ones(3), x) * x),
        lambda x: np.ones(3).fill(x),
        lambda x: np.linspace(0.0, x, 3).sum() * x,
        lambda x: np.zeros(2).__setitem__(0, 3 * x),
        lambda x: np.zeros(2).__setitem__(slice(None), x * np.ones(2)),
        lambda x: np.put(np.zeros(2), [0], x),
        lambda x: Index([1.0, 2.0]) - x,
        lambda x: round(float(x), 2) * x,
        lambda x: math.pow(x, 2) + x,
    ],
)
@pytest.mark.parametrize("source", [Tensor, Variable], ids=["watched tensor", "variable"])
def test_what_makes_a_plain_number_of_a_tensor_is_refused(f, source):
    x = source(1.5)
    with GradientTape() as tape:
        tape.watch(x)
        with pytest.raises((TypeError, ValueError)) as caught:
            f(x)
    words = str(caught.value) + str(caught.value.__cause__)
    assert any(word in words for word in ("gradient", "no derivative rule")), words


def test_a_tensor_written_into_an_array_is_refused_before_its_gradient_is_lost():
    w, z = Variable([1.0, 2.0]), np.zeros(2)
    with GradientTape(), pytest.raises((TypeError, ValueError)):
        z[0] = 3 * w[0]
    assert_array_equal(z, [0.0, 0.0])


@pytest.mark.parametrize("convert", [float, complex, math.exp, math.floor])
def test_outside_a_tape_a_tensor_is_a_number_where_one_is_wanted(convert):
    x = Variable(1.5)
    with GradientTape() as tape:
        y = x * 1
    for tensor in (x, y, Tensor(1.5), Tensor([[1.5]])):
        assert convert(tensor) == convert(1.5)
        assert tensor.item() == 1.5
    assert tape.gradient(y, x) == 1.0
    with pytest.raises(ValueError):
        Tensor([1.0, 2.0]).item()


def test_a_constant_inside_a_tape_is_a_number_too():
    with GradientTape():
        assert math.exp(Tensor(0.0)) == 1.0


def test_a_tensor_can_be_looked_at_while_a_tape_records():
    x = Variable(1.23456)
    with GradientTape():
        y = x * 1
        assert f"{y:.2f} {x:.3f}" == "1.23 1.235"
        assert "1.23456" in repr(y)
        assert bool(y > 1)


def test_the_names_of_what_works_are_in_the_advice():
    with GradientTape(), pytest.raises(TypeError, match=r"np\.sin for math\.sin.*np\.stack"):
        math.exp(Variable(1.0))
    with pytest.raises(TypeError, match=r"np\.stack or np\.concatenate in place of np\.array"):
        np.array([Variable(1.0), Variable(2.0)])


def test_the_right_spelling_gives_the_right_gradient():
    assert_allclose(grad(lambda x: x * np.exp(x))(1.0), 2 * np.e)
    w = Variable([1.0, 2.0])
    with GradientTape() as tape:
        z = np.stack([3 * w[0], 0.0 * w[0]])
        loss = np.sum(z) + w[1]
    assert_array_equal(tape.gradient(loss, w), [3.0, 1.0])


# --- nothing shares memory ---------------------------------------------------------------

TRACED = """
import inspect
import sys
def look(frame, event, argument):
    # As debuggers, profilers and coverage do. (Of functions: Python 3.12 can't have its own
    # modules looked at while they are made.)
    if frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        frame.f_locals
    return look
sys.settrace(look)
import numpy as np
from dlcourse.autodiff import GradientTape, Variable
from dlcourse.layers import Dense, ReLU, Sequential
from dlcourse.optimizers import Adam

x = np.random.default_rng(0).normal(size=(300, 200))
kept = []
for k in range(4):
    w = Variable(np.eye(200) * k)
    with GradientTape() as tape:
        product = x @ w
        loss = np.sum(product * product)
    kept.append((product.value, tape.gradient(loss, w), w.value))
arrays = [a for group in kept for a in group]
for i, a in enumerate(arrays):
    for b in arrays[:i]:
        assert not np.shares_memory(a, b)
for k, (product, gradient, value) in enumerate(kept):
    assert np.allclose(product, k * x) and np.allclose(gradient, 2 * k * x.T @ x)
model, optimizer = Sequential(Dense(200, 200, rng=0), ReLU(), Dense(200, 5, rng=1)), Adam(0.01)
for _ in range(3):
    with GradientTape() as tape:
        loss = np.mean(model(x, training=True) ** 2)
    grads = tape.gradient(loss, model.params)
    before = {key: (p.value, p.value.copy()) for key, p in model.params.items()}
    optimizer.update(model.params, grads)
    arrays = [*grads.values(), *(p.value for p in model.params.values())]
    for i, a in enumerate(arrays):
        for b in arrays[:i]:
            assert not np.shares_memory(a, b)
    assert all(np.array_equal(array, copy) for array, copy in before.values())
print("separate")
"""


def test_nothing_shares_memory_under_a_tracer_that_reads_local_variables():
    run = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True)
    assert run.stdout == "separate\n", run.stderr


def test_eight_threads_at_once_get_each_their_own_products_and_gradients():
    x, wrong, kept = np.random.default_rng(0).normal(size=(256, 256)), [], []
    barrier = threading.Barrier(8)

    def work(k):
        barrier.wait()
        for _ in range(10):
            w = Variable(np.eye(256) * k)
            with GradientTape() as tape:
                y = x @ w
                loss = np.sum(y * y)
            g = tape.gradient(loss, w)
            kept.append((y.value, g))
            if not (np.allclose(y.value, k * x) and np.allclose(g, 2 * k * (x.T @ x))):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    starts = {a.__array_interface__["data"][0] for pair in kept for a in pair}
    assert len(starts) == 2 * len(kept), "two arrays that are in use begin at the same place"


def test_no_memory_is_kept_once_its_arrays_are_gone():
    import gc
    import tracemalloc

    x, w = np.ones((1000, 1000)), Variable(np.ones((1000, 1000)))

    def evaluate():
        with GradientTape() as tape:
            loss = np.sum(x @ w)
        tape.gradient(loss, w)

    evaluate()
    gc.collect()
    tracemalloc.start()
    for _ in range(4):
        evaluate()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 100_000, f"{held / 1e6:.1f} MB are held by nobody"


# --- primitives and the caller's arrays -----------------------------------------------------


def test_a_primitive_that_returns_its_argument_leaves_it_writable():
    @primitive
    def same(x):
        return x

    @primitive
    def part(x):
        return x[1:]

    @fused
    def second(x, y):
        return y, lambda g, wanted=(True, True): (None, g)

    define_vjp(same, lambda g, out, x: g)
    define_vjp(part, lambda g, out, x: np.concatenate([np.zeros(1), g]))
    x, t = np.ones(3), Tensor(np.ones(3))
    for call in (lambda: same(x), lambda: part(x), lambda: second(t, x), lambda: second(x, t)):
        call()
        with GradientTape() as tape:
            tape.watch(t)
            result = second(t, x)
        x[0] += 1
        assert_array_equal(result.value, [x[0] - 1, 1.0, 1.0])
    assert_array_equal(grad(lambda x: np.sum(same(x) * same(x)))(np.ones(2)), [2.0, 2.0])


# --- tapes -------------------------------------------------------------------------------


def test_a_tape_that_records_can_not_be_entered_again():
    w = Variable(3.0)
    with GradientTape() as tape:
        with pytest.raises(RuntimeError, match=r"recording already.*use a second GradientTape"):
            tape.__enter__()
        y = w * w
    assert tape.gradient(y, w) == 6.0


@pytest.mark.parametrize(
    ("target", "sources", "options"),
    [
        ("y", "w", {}),
        ("y", "stranger", {}),
        ("w", "number", {}),
        ("y", "w", {"unconnected": "maybe"}),
        ("y", "w", {"output_gradient": np.ones(3)}),
    ],
)
def test_a_question_that_was_refused_can_be_asked_again(target, sources, options):
    w, stranger = Variable(3.0), Tensor(1.0)
    with GradientTape() as tape:
        y = w * w
    things = {"y": y, "w": w, "stranger": stranger, "number": 2.0}
    if (target, sources, options) != ("y", "w", {}):
        with pytest.raises((TypeError, ValueError)):
            tape.gradient(things[target], things[sources], **options)
    assert tape.gradient(y, w) == 6.0


def test_the_weights_of_the_outputs_can_be_chosen():
    w = Variable([1.0, 2.0, 3.0])
    with GradientTape(persistent=True) as tape:
        y = w**2
    for weights in ([1.0, 0.0, 0.0], np.float32([1, 2, 3]), [1, 1, 1]):
        found = tape.gradient(y, w, output_gradient=weights)
        assert_array_equal(found, 2 * w.value * weights)
        assert found.dtype == np.float64


# --- numbers at the ends of their range -----------------------------------------------------


@pytest.mark.parametrize("x", [-700.0, -40.0, -15.0, 15.0, 20.0, 40.0, 700.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_logarithm_of_a_sigmoid_keeps_its_gradient(x, dtype):
    x = dtype(x)
    if dtype is np.float32 and x < -80:
        return  # sigmoid(-700) is 0 in float32: its logarithm has no slope
    value, slope = value_and_grad(lambda x: np.log(sigmoid(x)))(x)
    if x < 0:  # on the right the sigmoid itself is 1, to all its digits
        assert_allclose(value, -np.logaddexp(0, -np.float64(x)), rtol=1e-6)
    assert_allclose(slope, 1 / (1 + np.exp(np.float64(x))), rtol=1e-5, atol=np.finfo(dtype).tiny)


@pytest.mark.parametrize(
    ("f", "x", "value", "slope"),
    [
        (np.prod, [1e-200, 1e-200, 1e300], 0.0, [1e100, 1e100, 0.0]),
        (np.prod, [1e200, 1e200, 0.0], None, [0.0, 0.0, np.inf]),
        (np.linalg.norm, [3e200, 4e200], 5e200, [0.6, 0.8]),
        (np.linalg.norm, [3e-200, 4e-200], 5e-200, [0.6, 0.8]),
        (np.linalg.norm, [0.0, 0.0], 0.0, [0.0, 0.0]),
        (lambda x: np.hypot(x[0], x[1]), [3e200, 4e200], 5e200, [0.6, 0.8]),
        (lambda x: np.arctan2(x[0], x[1]), [1e200, 1e200], np.pi / 4, [5e-201, -5e-201]),
    ],
)
def test_products_and_lengths_that_overflow_on_the_way(f, x, value, slope):
    with np.errstate(over="ignore", invalid="ignore"):
        found, gradient = value_and_grad(f)(np.array(x))
    if value is not None:
        assert_allclose(found, value, rtol=1e-14)
    assert_allclose(gradient, slope, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_infinite_logit_of_the_right_class_costs_nothing(dtype):
    inf = np.inf
    z = np.array([[inf, 0.0, 1.0], [-inf, 2.0, -inf], [0.0, 3.0, -inf]], dtype)
    value, slope = value_and_grad(softmax_cross_entropy)(z, np.array([0, 1, 1]))
    assert_allclose(value, np.log1p(np.exp(-3.0)) / 3, rtol=1e-6)
    assert_allclose(slope[:2], np.zeros((2, 3)))
    assert slope.dtype == dtype
    with np.errstate(invalid="ignore"):
        assert softmax_cross_entropy(z[:1], np.array([1])) == inf


# --- layers ------------------------------------------------------------------------------


class OwnLayer(Layer):
    def __init__(self):
        super().__init__()
        self.gain = Variable(2.0)
        self.inner = [Dense(2, 2, rng=0), {"deep": Sequential(Dense(2, 2, rng=1), BatchNorm(2))}]
        self.drop = Dropout(0.5, rng=3)

    def __call__(self, x, training=False):
        x = self.inner[1]["deep"](self.inner[0](x), training=training)
        return self.drop(x * self.gain, training=training)


def test_variables_layers_and_generators_in_attributes_are_found():
    model = Sequential(OwnLayer(), OwnLayer(), Dense(2, 1, rng=2))
    assert list(model.params)[:3] == [
        "ownlayer1/gain",
        "ownlayer1/inner/0/weights",
        "ownlayer1/inner/0/bias",
    ]
    assert len(model.params) == 7 + 2 + 7
    assert all(variable.name == key for key, variable in model.params.items())
    assert list(model.generators) == ["ownlayer1/drop/rng", "ownlayer2/drop/rng"]
    assert next(iter(model.buffers)) == "ownlayer1/inner/1/deep/batchnorm1/running_mean"
    before = {key: p.value.copy() for key, p in model.params.items()}
    x = np.random.default_rng(0).normal(size=(20, 2))
    fit(model, mean_squared_error, (x, x[:, :1]), SGD(0.1), 2, 10, progress=False)
    unmoved = [key for key, value in before.items() if np.all(model.params[key].value == value)]
    assert not unmoved, f"{unmoved} stayed untrained"


def test_a_layer_without_super_init_is_found_too():
    class Bare(Layer):
        def __init__(self):
            self.scale = Variable(1.0)

        def __call__(self, x, training=False):
            return x * self.scale

    assert list(Sequential(Bare()).params) == ["bare1/scale"]


def test_a_class_derived_from_a_layer_may_have_more_variables():
    class Scaled(Dense):
        def __init__(self):
            super().__init__(2, 2, rng=0)
            self.scale = Variable(1.0)

    assert list(Sequential(Scaled()).params) == [
        "scaled1/weights",
        "scaled1/bias",
        "scaled1/scale",
    ]


def test_a_variable_that_two_layers_share_is_trained_once():
    class Tied(Layer):
        def __init__(self, weights):
            super().__init__()
            self.weights = weights

        def __call__(self, x, training=False):
            return x @ self.weights

    w = Variable(np.eye(2))
    model = Sequential(Tied(w), Tied(w))
    assert list(model.params) == ["tied1/weights"]


def test_a_loss_that_depends_on_a_variable_outside_the_model_says_so():
    outside = Variable(0.5, name="temperature")
    model = Sequential(Dense(2, 1, rng=0))
    loss = lambda p, y: mean_squared_error(p * outside, y)  # noqa: E731
    x = np.ones((4, 2))
    with pytest.warns(UserWarning, match=r"not in model\.params, .*not trained: temperature"):
        fit(model, loss, (x, x[:, :1]), SGD(0.1), 2, progress=False)


def test_renaming_a_layer_renames_all_that_it_has():
    model = Sequential(Dense(2, 3, rng=0), BatchNorm(3), Dropout(0.1, rng=0))
    model[1].rename("norm")
    assert [key for key in model.params if "norm" in key] == ["norm/gain", "norm/shift"]
    assert list(model.buffers) == ["norm/running_mean", "norm/running_variance"]
    assert model[1].gain.name == "norm/gain"


def test_layers_with_names_from_other_models_go_together():
    d, c = Dense(2, 2), Dense(2, 2)
    Sequential(d, c)
    model = Sequential(c, Dense(2, 2), ReLU(), d)
    assert [layer.name for layer in model] == ["dense2", "dense3", "relu1", "dense1"]


@pytest.mark.parametrize("given", [np.float64, np.int64, np.uint8, bool])
def test_a_float32_layer_computes_in_float32_whatever_it_is_given(given):
    x = np.ones((4, 3)).astype(given)
    model = Sequential(
        Dense(3, 4, rng=0, dtype=np.float32), BatchNorm(4, dtype=np.float32), ReLU(),
        Dense(4, 2, rng=1, dtype=np.float32),
    )  # fmt: skip
    for training in (True, False):
        out = model(x, training=training)
        assert out.dtype == np.float32
        assert_array_equal(out.value, model(x.astype(np.float32), training=training).value)


def test_dropout_of_whole_numbers_scales_them_up():
    out = Dropout(0.3, rng=0)(np.full((1, 1000), 100), training=True)
    assert set(np.unique(out.round(6))) == {0.0, round(100 / 0.7, 6)}
    assert_allclose(out.mean(), 100, rtol=0.05)


# --- optimizers --------------------------------------------------------------------------


def test_one_variable_under_two_names_is_refused():
    w = Variable(np.ones(2), "w")
    for params in ({"a": w, "b": w}, {"a": (x := np.ones(2)), "b": x}):
        with pytest.raises(ValueError, match=r"\['a'\] and params\['b'\] are the same thing"):
            SGD(0.1).update(params, {"a": np.ones(2), "b": np.ones(2)})
    assert_array_equal(w.value, [1.0, 1.0])


def test_an_optimizer_that_goes_on_with_a_rebuilt_model_says_so():
    optimizer = Adam(0.1)

    def step():
        model = Sequential(Dense(2, 1, rng=0))
        with GradientTape() as tape:
            loss = np.sum(model(np.ones((3, 2))) ** 2)
        optimizer.update(model.params, tape.gradient(loss, model.params))
        return model

    step()
    with pytest.warns(UserWarning, match="after 1 updates of other variables with the same names"):
        step()
    continued = Adam(0.1)
    continued.load_state_dict(optimizer.state_dict())  # which is meant
    optimizer = continued
    step()


def test_what_is_changed_between_two_updates_counts_at_the_next():
    params = {"a": np.zeros(1), "b": np.zeros(1)}
    ones = {"a": np.ones(1), "b": np.ones(1)}
    optimizer = SGD(1.0)
    optimizer.update(params, ones)
    optimizer.rate_multipliers = {"a": 0.0}
    optimizer.update(params, ones)
    assert (params["a"][0], params["b"][0]) == (-1.0, -2.0)
    optimizer.rate_multipliers["a"] = 10.0
    optimizer.update(params, ones)
    assert (params["a"][0], params["b"][0]) == (-11.0, -3.0)
    optimizer.rate_multipliers, optimizer.learning_rate = None, 0.5
    optimizer.update(params, ones)
    assert (params["a"][0], params["b"][0]) == (-11.5, -3.5)
    optimizer.l2 = 2.0
    optimizer.update(params, {"a": np.zeros(1), "b": np.zeros(1)})
    assert (params["a"][0], params["b"][0]) == (0.0, 0.0)
    momentum = Momentum(1.0, 0.5)
    w = {"w": np.zeros(1)}
    momentum.update(w, {"w": np.ones(1)})
    momentum.momentum = 0.0
    momentum.update(w, {"w": np.ones(1)})
    assert w["w"][0] == -2.0


def test_a_schedule_can_be_started_now():
    optimizer, params = SGD(0.1), {"w": np.zeros(1)}
    for _ in range(100):
        optimizer.update(params, {"w": np.zeros(1)})
    optimizer.learning_rate = CosineDecay(0.2, 100)
    assert optimizer.current_learning_rate == 0
    optimizer.learning_rate = StartAt(CosineDecay(0.2, 100), optimizer.iterations)
    assert optimizer.current_learning_rate == 0.2


def test_a_training_at_rate_0_throughout_says_so():
    x = np.random.default_rng(0).normal(size=(20, 2))
    model = Sequential(Dense(2, 1, rng=0))
    optimizer = SGD(CosineDecay(0.1, 10))
    fit(model, mean_squared_error, (x, x[:, :1]), optimizer, 5, 10, progress=False)
    with pytest.warns(UserWarning, match=r"rate was 0 in every update.*StartAt\(schedule, optim"):
        fit(model, mean_squared_error, (x, x[:, :1]), optimizer, 5, 10, progress=False)


# --- training ----------------------------------------------------------------------------


def test_rows_that_are_sorted_by_class_are_shuffled_by_default():
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(5, 6)) * 2
    labels = np.repeat(np.arange(5), 60)
    x = centers[labels] + rng.normal(size=(300, 6))

    def accuracy(**options):
        model = Sequential(Dense(6, 16, rng=0), ReLU(), Dense(16, 5, rng=1))
        fit(model, softmax_cross_entropy, (x, labels), Adam(0.01), 3, 20, progress=False, **options)
        return np.mean(np.argmax(model(x).value, axis=1) == labels), model(x).value

    shuffled, sorted_rows = accuracy(), accuracy(shuffle=False)
    assert shuffled[0] > 0.8 > sorted_rows[0]
    assert_array_equal(accuracy()[1], shuffled[1], "the same program, another result")
    assert np.any(accuracy(rng=5)[1] != shuffled[1])
    assert_array_equal(accuracy(rng=5)[1], accuracy(rng=np.random.default_rng(5))[1])


def test_the_order_differs_from_epoch_to_epoch():
    seen = []

    class Spy:
        params = {"w": np.zeros(1)}  # noqa: RUF012

        def __call__(self, x):
            return x

        def loss_and_gradients(self, loss, x, y):
            seen.append(x[:, 0].tolist())
            return 1.0, {"w": np.zeros(1)}

    x = np.arange(8.0)[:, None]
    fit(Spy(), None, (x, x), SGD(0.1), 3, 4, progress=False)
    epochs = [seen[i] + seen[i + 1] for i in (0, 2, 4)]
    assert [sorted(epoch) for epoch in epochs] == [x[:, 0].tolist()] * 3
    assert len({tuple(epoch) for epoch in epochs}) == 3


@pytest.mark.parametrize("rows", [101, 11, 1])
def test_a_last_batch_too_small_for_a_batch_norm_is_refused_before_anything_changes(rows):
    x = np.random.default_rng(0).normal(size=(rows, 3))
    model = Sequential(Dense(3, 4, rng=0), OwnNorm(), Dense(4, 1, rng=1))
    before = {key: w.copy() for key, w in ((k, p.value) for k, p in model.params.items())}
    with pytest.raises(ValueError, match=r"batch of 1, and the model needs at least 2.*drop_last"):
        fit(model, mean_squared_error, (x, x[:, :1]), SGD(0.1), 3, 10, progress=False)
    for key, value in before.items():
        assert_array_equal(model.params[key].value, value)
    if rows > 10:
        options = {"drop_last": True, "progress": False}
        history = fit(model, mean_squared_error, (x, x[:, :1]), SGD(0.1), 3, 10, **options)
        assert len(history.step_losses) == 3 * (rows // 10)


class OwnNorm(Layer):
    """A layer of one's own with a batch norm inside."""

    def __init__(self):
        super().__init__()
        self.norm = BatchNorm(4)

    def __call__(self, x, training=False):
        return self.norm(x, training=training)


def test_a_gradient_that_is_not_finite_is_a_divergence_with_its_history():
    @fused
    def treacherous(x, y):
        value = np.mean((x - y) ** 2)
        return value, lambda g, wanted=(True, True): (np.full(x.shape, np.nan), None)

    x = np.ones((4, 2))
    with pytest.raises(DivergenceError, match=r"gradient is not finite.*epoch 1, step 1") as caught:
        fit(Sequential(Dense(2, 1)), treacherous, (x, x[:, :1]), SGD(0.1), 2, progress=False)
    assert len(caught.value.history.step_losses) == 1


def test_an_interrupt_brings_the_history_with_it():
    def interrupted(epoch, history):
        if epoch == 3:
            raise KeyboardInterrupt

    x, history = np.ones((4, 2)), History()
    with pytest.raises(KeyboardInterrupt) as caught:
        fit(
            Sequential(Dense(2, 1)), mean_squared_error, (x, x[:, :1]), SGD(0.1), 9,
            callbacks=[interrupted], history=history, progress=False,
        )  # fmt: skip
    assert caught.value.history is history
    assert len(history.epoch_losses) == 3


@pytest.mark.parametrize(
    "loss", [lambda p, y: (p - y) ** 2, lambda p, y: np.sum(p, axis=0), lambda p, y: np.ones(3)]
)
def test_a_loss_that_is_no_single_number_is_told_so(loss):
    x = np.ones((4, 2))
    with pytest.raises(ValueError, match=r"a loss is one number; .* of shape .*np\.mean"):
        fit(Sequential(Dense(2, 3)), loss, (x, np.ones((4, 3))), SGD(0.1), 1, progress=False)


def test_a_tensor_is_not_written_into():
    with pytest.raises(TypeError, match=r"can't be written into.*np\.where.*assign"):
        Variable([1.0, 2.0], name="w")[0] = 5.0


def test_big_endian_numbers_are_numbers():
    for dtype in (">f4", ">f8"):
        x = np.arange(3.0).astype(dtype)
        assert Tensor(x).dtype == np.dtype(dtype).newbyteorder("=")
        assert_array_equal(grad(lambda t, x=x: np.sum(t * x))(np.ones(3)), [0.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"validation": (np.ones((3, 4)), np.ones((3, 1)))}, ValueError, r"of shape \(4,\), those"),
        ({"validation": (np.ones((3, 2)), np.ones(3))}, ValueError, r"targets of validation have"),
        ({"optimizer": 0.1}, TypeError, r"optimizer must be one, such as SGD\(0\.1\), got 0\.1"),
        ({"data": (np.ma.masked_less(np.eye(4, 2), 1), np.ones((4, 1)))}, ValueError, "masked ent"),
    ],
)
def test_what_can_not_be_trained_is_refused_before_the_first_update(change, error, message):
    model, x = Sequential(Dense(2, 1, rng=0)), np.ones((4, 2))
    before = model[0].weights.value
    settings = {"data": (x, x[:, :1]), "optimizer": SGD(0.1), **change}
    with pytest.raises(error, match=message):
        fit(model, mean_squared_error, epochs=2, progress=False, **settings)
    assert_array_equal(model[0].weights.value, before)


def test_a_loss_that_returns_nothing_is_told_so():
    x = np.ones((4, 2))
    with pytest.raises(TypeError, match="a loss is one number; this one returned NoneType"):
        fit(Sequential(Dense(2, 1)), lambda p, y: None, (x, x), SGD(0.1), 1, progress=False)


def test_a_model_that_is_frozen_altogether_says_that_nothing_was_learned():
    model, x = Sequential(Dense(2, 1, rng=0)), np.ones((4, 2))
    model.freeze()
    with pytest.warns(UserWarning, match="nothing was learned"):
        fit(model, mean_squared_error, (x, x[:, :1]), SGD(0.1), 1, progress=False)
