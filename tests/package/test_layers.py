"""Layers compute what they say, remember what they should, and refuse what does not fit."""

import copy
import itertools
import pickle

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_values import RECORDED
from scipy import special, stats
from sklearn.preprocessing import StandardScaler

from dlcourse import initializers
from dlcourse.autodiff import GradientTape, Tensor, Variable, grad, graph
from dlcourse.finite_difference import gradient as by_finite_differences
from dlcourse.layers import (
    BatchNorm,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
    batch_norm,
    dense,
    dense_relu,
    layer_norm,
)
from dlcourse.losses import softmax_cross_entropy
from dlcourse.optimizers import SGD, Adam

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 3))


def value_of(x):
    return getattr(x, "value", x)


def with_values(layer, values):
    for name, value in values.items():
        layer.own[name].assign(value)
    return layer


# --- Dense -----------------------------------------------------------------------


def test_dense_is_a_weighted_sum_of_all_inputs_for_each_output():
    layer = Dense(3, 2, rng=1)
    layer.bias.assign([10.0, 20.0])
    expected = [
        [sum(row[i] * layer.weights.value[i, j] for i in range(3)) + 10 * (j + 1) for j in range(2)]
        for row in X
    ]
    np.testing.assert_allclose(layer(X).value, expected)
    np.testing.assert_allclose(layer(X, training=True).value, expected)


def test_dense_starts_with_drawn_weights_and_a_bias_of_zero():
    layer = Dense(3, 2, rng=1)
    expected = initializers.he_normal((3, 2), np.random.default_rng(1))
    np.testing.assert_array_equal(layer.weights.value, expected)
    np.testing.assert_array_equal(layer.bias.value, [0, 0])
    assert list(layer.params) == ["dense/weights", "dense/bias"]
    assert all(isinstance(variable, Variable) for variable in layer.params.values())
    assert layer.buffers == {}


def test_the_seed_decides_about_the_weights():
    def weights(rng):
        return Dense(3, 2, rng=rng).weights.value

    np.testing.assert_array_equal(weights(5), weights(np.random.default_rng(5)))
    assert np.all(weights(5) != weights(6))
    assert np.all(weights(None) != weights(None))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_keeps_the_dtype_of_its_weights_forward_and_backward(dtype):
    model = Sequential(
        Dense(3, 4, rng=0, dtype=dtype),
        BatchNorm(4, dtype=dtype),
        ReLU(),
        Dropout(0.3, rng=0),
        Dense(4, 4, rng=0, dtype=dtype),
        LayerNorm(4, dtype=dtype),
        Tanh(),
        Dense(4, 2, rng=0, dtype=dtype),
        Sigmoid(),
    )
    assert {v.dtype for v in model.params.values()} == {np.dtype(dtype)}
    for training in (False, True):
        with GradientTape() as tape:
            out = model(X.astype(dtype), training=training)
            loss = np.mean(out)
        assert out.dtype == loss.dtype == dtype
        grads = tape.gradient(loss, model.params)
        assert {g.dtype for g in grads.values()} == {np.dtype(dtype)}
    assert {b.dtype for b in model.buffers.values()} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    ("x", "shape"), [(X[:, :2], r"\(6, 2\)"), (X[0], r"\(3,\)"), (1.0, r"\(\)"), (X[None], "1, 6")]
)
def test_dense_refuses_inputs_of_another_shape_by_its_name(x, shape):
    with pytest.raises(ValueError, match=rf"encoder takes inputs of shape \(n, 3\), got .*{shape}"):
        Dense(3, 2, rng=0, name="encoder")(x)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dense(0, 2), ValueError, "in_features must be at least 1, got 0"),
        (lambda: Dense(2, 0), ValueError, "out_features must be at least 1, got 0"),
        (lambda: Dense(2.0, 2), TypeError, r"in_features must be a whole number, got 2\.0"),
        (lambda: Dense(2, "3"), TypeError, "out_features must be a whole number, got '3'"),
        (lambda: Dense(2, 2, initializer="he"), ValueError, r"no initializer 'he'; there are \["),
        (lambda: Dense(2, 2, rng=-1), ValueError, "rng must be at least 0, got -1"),
        (lambda: Dense(2, 2, rng="x"), TypeError, "rng must be a whole number, got 'x'"),
        (lambda: Dense(2, 2, dtype=np.float16), TypeError, "float32 or float64"),
        (lambda: Dense(2, 2, dtype=int), TypeError, "float32 or float64"),
        (lambda: BatchNorm(0), ValueError, "features must be at least 1, got 0"),
        (lambda: BatchNorm(2, momentum=1), ValueError, "momentum must be .* below 1, got 1"),
        (lambda: BatchNorm(2, momentum=-0.1), ValueError, r"momentum must be .* got -0\.1"),
        (lambda: BatchNorm(2, momentum=np.nan), ValueError, "momentum must be .* got nan"),
        (lambda: BatchNorm(2, epsilon=0), ValueError, "epsilon must be positive, got 0"),
        (lambda: BatchNorm(2, epsilon=np.nan), ValueError, "epsilon must be positive, got nan"),
        (lambda: LayerNorm(0), ValueError, "features must be at least 1, got 0"),
        (lambda: LayerNorm(2, epsilon=-1), ValueError, "epsilon must be positive, got -1"),
        (lambda: Dropout(1), ValueError, "rate must be at least 0 and below 1, got 1"),
        (lambda: Dropout(-0.1), ValueError, r"rate must be .* got -0\.1"),
        (lambda: Dropout(np.nan), ValueError, "rate must be .* got nan"),
        (lambda: Sequential(), ValueError, "at least one layer, got none"),
        (lambda: Sequential(np.tanh), TypeError, "Sequential takes layers, got ufunc"),
        (lambda: Sequential([Tanh()]), TypeError, "Sequential takes layers, got list"),
        (lambda: Layer()(X), TypeError, "Layer does not say what it computes"),
    ],
)
def test_a_layer_that_cannot_be_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


# --- activations -----------------------------------------------------------------

WIDE = np.array([[-1000.0, -40.0, -1.0, -0.0, 0.0, 1e-9, 2.0, 40.0, 1000.0]])


@pytest.mark.parametrize("kind", [np.asarray, Tensor], ids=["array", "tensor"])
@pytest.mark.parametrize(
    ("layer", "oracle"),
    [
        (ReLU(), lambda x: np.where(x > 0, x, 0)),
        (Sigmoid(), special.expit),
        (Tanh(), lambda x: 2 * special.expit(2 * x) - 1),
    ],
    ids=["relu", "sigmoid", "tanh"],
)
def test_activations_agree_with_scipy_and_do_not_overflow(layer, oracle, kind):
    for training in (False, True):
        found = layer(kind(WIDE), training=training)
        np.testing.assert_allclose(value_of(found), oracle(WIDE), rtol=1e-12, atol=1e-16)
    assert layer.params == layer.buffers == {}


# --- normalization: PyTorch ------------------------------------------------------


def gradients_through(layer, x, upstream, training):
    """Return the output and the gradients of input, gain and shift."""
    x = Tensor(x)
    with GradientTape() as tape:
        tape.watch(x)
        out = layer(x, training=training)
        loss = np.sum(out * np.asarray(upstream))
    return out.value, *tape.gradient(loss, [x, layer.gain, layer.shift])


def assert_as_recorded(layer, recorded, training):
    names = ["y", "x_gradient", "gain_gradient", "shift_gradient"]
    found = gradients_through(layer, recorded["x"], recorded["upstream"], training)
    for name, array in zip(names, found, strict=True):
        np.testing.assert_allclose(array, recorded[name], rtol=1e-9, atol=1e-10, err_msg=name)


def test_batch_norm_is_that_of_pytorch_in_training_and_evaluation():
    """PyTorch's momentum is the share of the new batch, ours the share that is kept."""
    record = RECORDED["batch_norm"]
    layer = with_values(
        BatchNorm(3, momentum=0.9), {"gain": record["gain"], "shift": record["shift"]}
    )
    for step in record["training"]:
        assert_as_recorded(layer, step, training=True)
        for name in ("running_mean", "running_variance"):
            found = layer.buffers[f"batchnorm/{name}"]
            np.testing.assert_allclose(found, step[name], rtol=1e-12, err_msg=name)
    before = copy.deepcopy(layer.buffers)
    assert_as_recorded(layer, record["evaluation"], training=False)
    np.testing.assert_equal(layer.buffers, before, "evaluation remembers nothing")


def test_layer_norm_is_that_of_pytorch():
    record = RECORDED["layer_norm"]
    layer = with_values(LayerNorm(3), {"gain": record["gain"], "shift": record["shift"]})
    assert_as_recorded(layer, record, training=True)
    assert_as_recorded(layer, record, training=False)


# --- normalization: what it promises ---------------------------------------------

FEATURES = st.integers(1, 5)


@given(n=st.integers(2, 20), features=FEATURES, seed=st.integers(0, 99), epsilon=st.just(1e-12))
def test_batch_norm_standardizes_columns_as_scikit_learn_does(n, features, seed, epsilon):
    x = np.random.default_rng(seed).normal(3.0, 5.0, size=(n, features))
    out = BatchNorm(features, epsilon=epsilon)(x, training=True).value
    np.testing.assert_allclose(out, StandardScaler().fit_transform(x), rtol=1e-6, atol=1e-9)


@given(n=st.integers(1, 20), features=st.integers(2, 8), seed=st.integers(0, 99))
def test_layer_norm_standardizes_each_row_on_its_own(n, features, seed):
    x = np.random.default_rng(seed).normal(3.0, 5.0, size=(n, features))
    layer = LayerNorm(features, epsilon=1e-12)
    out = layer(x).value
    np.testing.assert_allclose(out, stats.zscore(x, axis=1), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(layer(x[:1]).value, out[:1], rtol=1e-12)


@given(scale=st.floats(0.1, 100), offset=st.floats(-100, 100))
@pytest.mark.parametrize("layer", [BatchNorm(3, epsilon=1e-12), LayerNorm(3, epsilon=1e-12)])
def test_normalization_undoes_a_change_of_unit(layer, scale, offset):
    changed = layer(scale * X + offset, training=True).value
    np.testing.assert_allclose(changed, layer(X, training=True).value, rtol=1e-6, atol=1e-8)


def test_a_constant_feature_becomes_the_shift_and_not_a_nan():
    layer = with_values(BatchNorm(2), {"shift": [3.0, 4.0], "gain": [2.0, 2.0]})
    np.testing.assert_allclose(layer(np.full((5, 2), 7.0), training=True).value[:, 1], 4.0)


def test_running_statistics_follow_their_formula():
    layer, rng = BatchNorm(2, momentum=0.75), np.random.default_rng(3)
    mean, variance = np.zeros(2), np.ones(2)
    for n in (4, 7, 2):
        x = rng.normal(5.0, 2.0, size=(n, 2))
        layer(x, training=True)
        mean = 0.75 * mean + 0.25 * np.sum(x, axis=0) / n
        variance = 0.75 * variance + 0.25 * np.sum((x - x.mean(axis=0)) ** 2, axis=0) / (n - 1)
    np.testing.assert_allclose(layer.buffers["batchnorm/running_mean"], mean)
    np.testing.assert_allclose(layer.buffers["batchnorm/running_variance"], variance)


def test_running_statistics_settle_at_those_of_the_data():
    layer, rng = BatchNorm(1, momentum=0.99), np.random.default_rng(4)
    for _ in range(2000):
        layer(rng.normal(5.0, 2.0, size=(16, 1)), training=True)
    np.testing.assert_allclose(layer.buffers["batchnorm/running_mean"], 5.0, atol=0.15)
    np.testing.assert_allclose(layer.buffers["batchnorm/running_variance"], 4.0, atol=0.4)


def test_in_evaluation_a_row_does_not_depend_on_the_other_rows():
    layer = BatchNorm(3)
    layer(X + 5, training=True)
    together = layer(X).value
    for i, row in enumerate(X):
        np.testing.assert_allclose(layer(row[None]).value[0], together[i], rtol=1e-12)
    assert not np.allclose(layer(X, training=True).value, together)


def test_in_training_one_row_has_no_variance_and_is_refused():
    layer = BatchNorm(3, name="bn")
    before = copy.deepcopy(layer.buffers)
    with pytest.raises(ValueError, match="bn needs at least two rows in training, got 1"):
        layer(X[:1], training=True)
    np.testing.assert_equal(layer.buffers, before)
    assert np.isfinite(layer(X[:1]).value).all(), "in evaluation it is welcome"


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("layer", [BatchNorm(3, name="norm"), LayerNorm(3, name="norm")])
@pytest.mark.parametrize("x", [X[:, :1], X[:, :2], X[0], X[None]], ids=lambda x: str(x.shape))
def test_normalization_refuses_inputs_of_another_shape(layer, x, training):
    before = copy.deepcopy(layer.buffers)
    with pytest.raises(ValueError, match=r"norm takes inputs of shape \(n, 3\), got \("):
        layer(x, training=training)
    np.testing.assert_equal(layer.buffers, before)


def test_remembered_statistics_can_change_before_the_gradient_is_asked_for():
    layer = BatchNorm(3)
    with GradientTape() as tape:
        loss = np.sum(layer(X) ** 2)
    expected = np.sum(2 * layer(X).value, axis=0)
    layer(X + 100, training=True)
    np.testing.assert_allclose(tape.gradient(loss, layer.shift), expected)


# --- fused operations, by hand ---------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "operation", [dense, dense_relu, batch_norm, layer_norm], ids=lambda f: f.__name__
)
def test_the_derivative_of_a_fused_operation_is_that_of_finite_differences(operation, seed):
    rng = np.random.default_rng(seed)
    second, third = (
        rng.normal(size=(3, 3) if operation in (dense, dense_relu) else 3),
        rng.normal(size=3),
    )
    args, upstream = [rng.normal(size=(5, 3)), second, third], rng.normal(size=(5, 3))
    value, vjp = operation.with_vjp(*args)
    np.testing.assert_allclose(value, operation(*args))
    parts = vjp(upstream)
    for i, part in enumerate(parts):

        def loss(changed, i=i):
            return float(np.sum(operation(*args[:i], changed, *args[i + 1 :]) * upstream))

        np.testing.assert_allclose(part, by_finite_differences(loss, args[i]), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    "operation", [dense, dense_relu, batch_norm, layer_norm], ids=lambda f: f.__name__
)
def test_only_the_gradients_that_are_wanted_are_computed(operation):
    args = [
        X,
        RNG.normal(size=(3, 3) if operation in (dense, dense_relu) else 3),
        RNG.normal(size=3),
    ]
    _, vjp = operation.with_vjp(*args)
    everything = vjp(np.ones((6, 3)))
    for wanted in itertools.product([False, True], repeat=3):
        parts = vjp(np.ones((6, 3)), wanted)
        for part, whole, is_wanted in zip(parts, everything, wanted, strict=True):
            if is_wanted:
                np.testing.assert_array_equal(part, whole)
            else:
                assert part is None


@pytest.mark.parametrize("operation", [dense, dense_relu], ids=lambda f: f.__name__)
def test_a_dense_layer_takes_lists_and_refuses_what_is_no_table(operation):
    weights, bias = np.eye(3), Variable(np.zeros(3))
    with GradientTape() as tape:
        y = np.sum(operation([[1.0, 2.0, 3.0]], weights, bias))
    np.testing.assert_array_equal(tape.gradient(y, bias), np.ones(3))
    with pytest.raises(ValueError, match=r"x must have shape \(n, in_features\), got \(3, 3, 3\)"):
        operation(np.ones((3, 3, 3)), weights, np.zeros(3))


def test_the_second_derivative_by_the_bias_alone():
    weights, bias = RNG.normal(size=(3, 2)), np.array([0.3, -0.4])

    def slope(b):
        return np.sum(grad(lambda c: np.sum(dense(X, weights, c) ** 3))(b))

    expected = by_finite_differences(lambda b: float(slope(b)), bias)
    np.testing.assert_allclose(grad(slope)(bias), expected, rtol=1e-6)


# --- Dropout ---------------------------------------------------------------------


def test_dropout_takes_lists():
    assert Dropout(0.5, rng=0)([[1.0, 2.0]], training=True).shape == (1, 2)
    np.testing.assert_array_equal(Dropout(0.5)([[1.0, 2.0]]), [[1.0, 2.0]])


def test_dropout_in_evaluation_changes_nothing_and_draws_nothing():
    layer = Dropout(0.5, rng=0)
    state = layer.rng.bit_generator.state
    assert layer(X) is X
    assert layer.rng.bit_generator.state == state


def test_dropout_of_nothing_changes_nothing():
    np.testing.assert_array_equal(Dropout(0, rng=0)(X, training=True), X)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_dropout_drops_its_share_and_keeps_the_expected_sum(rate):
    n = 40_000
    out = Dropout(rate, rng=1)(np.full((200, 200), 3.0), training=True)
    kept = out != 0
    np.testing.assert_allclose(out[kept], 3.0 / (1 - rate))
    # Within four standard deviations of the binomial distribution.
    assert abs(kept.sum() - n * (1 - rate)) < 4 * np.sqrt(n * rate * (1 - rate))
    assert out.mean() == pytest.approx(3.0, abs=4 * 3 * np.sqrt(rate / (1 - rate) / n))


def test_the_seed_decides_what_is_dropped_and_each_call_draws_anew():
    first, second = Dropout(0.5, rng=7), Dropout(0.5, rng=np.random.default_rng(7))
    ones = np.ones((10, 10))
    draws = [first(ones, training=True) for _ in range(2)]
    np.testing.assert_array_equal(draws[0], second(ones, training=True))
    np.testing.assert_array_equal(draws[1], second(ones, training=True))
    assert np.any(draws[0] != draws[1])


def test_the_gradient_of_dropout_passes_where_the_entry_stayed():
    x = Tensor(np.ones((4, 5)))
    with GradientTape() as tape:
        tape.watch(x)
        out = Dropout(0.4, rng=2)(x, training=True)
        loss = np.sum(out)
    np.testing.assert_allclose(tape.gradient(loss, x), out.value)
    assert 0 < np.count_nonzero(out.value) < 20


# --- Sequential ------------------------------------------------------------------


def small_network():
    return Sequential(
        Dense(3, 4, rng=0), BatchNorm(4), ReLU(), Dense(4, 4, rng=1, name="head"), ReLU(),
        Dense(4, 2, rng=2),
    )  # fmt: skip


def test_layers_are_numbered_by_class_and_may_have_names_of_their_own():
    model = small_network()
    names = ["dense1", "batchnorm1", "relu1", "head", "relu2", "dense3"]
    assert [layer.name for layer in model.layers] == names
    assert list(model.params) == [
        *("dense1/weights", "dense1/bias", "batchnorm1/gain", "batchnorm1/shift"),
        *("head/weights", "head/bias", "dense3/weights", "dense3/bias"),
    ]
    assert list(model.buffers) == ["batchnorm1/running_mean", "batchnorm1/running_variance"]
    assert {key: variable.name for key, variable in model.params.items()} == {
        key: key for key in model.params
    }


def test_the_parameters_of_a_model_are_those_of_its_layers():
    model = small_network()
    assert model.params["head/weights"] is model.layers[3].weights
    assert model.buffers["batchnorm1/running_mean"] is model.layers[1].own_buffers["running_mean"]


def test_sequential_is_one_layer_after_the_other():
    model = small_network()
    for training in (False, True):
        x = X
        for layer in copy.deepcopy(model.layers):
            x = layer(x, training=training)
        np.testing.assert_array_equal(model(X, training=training).value, x.value)


def test_a_dense_layer_and_its_relu_are_one_operation_with_the_same_gradients():
    model = Sequential(Dense(3, 4, rng=0), ReLU(), Dense(4, 4, rng=1), ReLU(), ReLU(), Tanh())
    with GradientTape(persistent=True) as tape:
        at_once = np.sum(model(X) ** 2)
        x = X
        for layer in model.layers:
            x = layer(x)
        one_by_one = np.sum(x**2)
    assert [node.operation for node in graph(at_once).nodes].count("dense_relu") == 2
    assert "dense_relu" not in [node.operation for node in graph(one_by_one).nodes]
    np.testing.assert_array_equal(at_once.value, one_by_one.value)
    np.testing.assert_equal(
        tape.gradient(at_once, model.params), tape.gradient(one_by_one, model.params)
    )


def test_the_second_derivative_of_a_dense_layer_with_its_relu():
    model = Sequential(Dense(3, 4, rng=0), ReLU(), Dense(4, 1, rng=1))
    point, direction = X[:1], np.array([[0.3, -0.2, 0.5]])

    def slope(x):
        return np.sum(grad(lambda y: np.sum(model(y) ** 2))(x) * direction)

    expected = by_finite_differences(lambda x: float(slope(x)), point)
    np.testing.assert_allclose(grad(slope)(point), expected, rtol=1e-6, atol=1e-8)


def test_a_layer_derived_from_dense_or_relu_computes_what_it_says():
    class Doubled(Dense):
        def __call__(self, x, training=False):
            return 2 * super().__call__(x)

    class Leaky(ReLU):
        def __call__(self, x, training=False):
            return np.maximum(x, 0.1 * x)

    plain, weights = Dense(3, 2, rng=0), Dense(3, 2, rng=0).weights.value
    doubled = Sequential(Doubled(3, 2, rng=0), ReLU())
    np.testing.assert_allclose(doubled(X).value, 2 * np.maximum(X @ weights, 0))
    leaky = Sequential(plain, Leaky())
    np.testing.assert_allclose(leaky(X).value, np.maximum(X @ weights, 0.1 * X @ weights))


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"]
)
def test_a_copy_of_a_model_is_trained_by_itself(copied):
    model = Sequential(Dense(3, 4, rng=0), ReLU(), BatchNorm(4), Dense(4, 2, rng=1))
    twin, before = copied(model), model(X).value
    np.testing.assert_array_equal(twin(X).value, before)
    with GradientTape() as tape:
        loss = np.sum(twin(X, training=True) ** 2)
    SGD(0.1).update(twin.params, tape.gradient(loss, twin.params))
    assert np.all(twin(X).value != before)
    np.testing.assert_array_equal(model(X).value, before)


def test_sequential_passes_on_whether_it_is_trained():
    model = Sequential(Dropout(0.5, rng=0))
    np.testing.assert_array_equal(model(X), X)
    assert np.any(model(X, training=True) == 0)


@pytest.mark.parametrize(
    "layers",
    [
        lambda: (Dense(3, 3, name="a"), Dense(3, 3, name="a")),
        lambda: (layer := Dense(3, 3), layer),
    ],
    ids=["the same name", "the same layer"],
)
def test_two_layers_of_one_name_are_refused(layers):
    with pytest.raises(ValueError, match="every layer needs a name of its own, got"):
        Sequential(*layers())


@pytest.mark.parametrize("given", ["dense1", "dense2"])
def test_numbers_keep_clear_of_given_names(given):
    for layers in ((Dense(3, 3), Dense(3, 3, name=given)), (Dense(3, 3, name=given), Dense(3, 3))):
        names = [layer.name for layer in Sequential(*layers)]
        assert len(set(names)) == 2
        assert given in names


def test_a_layer_renamed_to_the_name_of_another_is_not_lost():
    model = Sequential(Dense(2, 2), Dense(2, 2))
    model[1].rename("dense1")
    with pytest.raises(ValueError, match="two layers have the name 'dense1'; rename one"):
        _ = model.params


def test_blocks_of_layers_are_layers_and_do_not_hide_each_others_parameters():
    def block(seed):
        return Sequential(Dense(3, 3, rng=seed), BatchNorm(3), ReLU())

    model = Sequential(block(0), Sequential(block(1)), Dense(3, 2, rng=2))
    assert [key for key in model.params if key.endswith("weights")] == [
        "sequential1/dense1/weights",
        "sequential2/sequential1/dense1/weights",
        "dense1/weights",
    ]
    assert len(model.params) == 10
    assert len(model.buffers) == 4
    assert all(variable.name == key for key, variable in model.params.items())
    with GradientTape() as tape:
        loss = np.sum(model(X, training=True) ** 2)
    assert tape.gradient(loss, model.params).keys() == model.params.keys()


def test_a_layer_keeps_its_name_when_it_is_used_in_a_second_model():
    model = small_network()
    before = dict(model.params)
    tail = Sequential(*model.layers[3:])
    assert list(tail.params) == [key for key in before if key.startswith(("head", "dense3"))]
    assert model.params == before
    assert [variable.name for variable in model.params.values()] == list(before)
    np.testing.assert_array_equal(tail(np.ones((1, 4))).value.shape, (1, 2))


def test_a_model_prints_its_layers_and_shapes():
    assert repr(small_network()).splitlines() == [
        "<Sequential",
        "  <Dense 'dense1': weights (3, 4), bias (4,)>",
        "  <BatchNorm 'batchnorm1': gain (4,), shift (4,)>",
        "  <ReLU 'relu1'>",
        "  <Dense 'head': weights (4, 4), bias (4,)>",
        "  <ReLU 'relu2'>",
        "  <Dense 'dense3': weights (4, 2), bias (2,)>",
        ">",
    ]


def test_a_layer_of_your_own_needs_a_call_and_nothing_else():
    class Scale(Layer):
        def __init__(self):
            super().__init__()
            self.factor = self.add("factor", np.array(2.0))

        def __call__(self, x, training=False):
            return x * self.factor

    model = Sequential(Scale(), Scale())
    np.testing.assert_allclose(model(X).value, 4 * X)
    assert list(model.params) == ["scale1/factor", "scale2/factor"]


def test_ten_steps_of_a_network_are_those_of_pytorch():
    record = RECORDED["network"]
    model = Sequential(Dense(4, 6), ReLU(), Dense(6, 5), Tanh(), Dense(5, 3))
    keys = [(f"dense{i}/weights", f"dense{i}/bias") for i in (1, 2, 3)]
    for (w, b), weights, bias in zip(keys, record["weights"], record["biases"], strict=True):
        model.params[w].assign(weights)
        model.params[b].assign(bias)
    optimizer, losses = Adam(0.05, epsilon=1e-8), []
    for x, labels in zip(record["x"], record["labels"], strict=True):
        with GradientTape() as tape:
            loss = softmax_cross_entropy(model(np.array(x), training=True), np.array(labels))
        optimizer.update(model.params, tape.gradient(loss, model.params))
        losses.append(float(loss))
    np.testing.assert_allclose(losses, record["losses"], rtol=1e-9)
    for (w, b), weights, bias in zip(
        keys, record["final_weights"], record["final_biases"], strict=True
    ):
        np.testing.assert_allclose(model.params[w].value, weights, rtol=1e-7, err_msg=w)
        np.testing.assert_allclose(model.params[b].value, bias, rtol=1e-7, err_msg=b)


# --- initializers ----------------------------------------------------------------

FAN_IN, FAN_OUT = 300, 500
UNIFORM_LIMITS = {
    "glorot_uniform": np.sqrt(6 / (FAN_IN + FAN_OUT)),
    "he_uniform": np.sqrt(6 / FAN_IN),
}
NORMAL_STDS = {
    "normal": 0.01,
    "glorot_normal": np.sqrt(2 / (FAN_IN + FAN_OUT)),
    "he_normal": np.sqrt(2 / FAN_IN),
}
RANDOM = [*UNIFORM_LIMITS, *NORMAL_STDS]


def draw(name, shape=(FAN_IN, FAN_OUT), seed=0, **settings):
    return initializers.find(name)(shape, np.random.default_rng(seed), **settings)


def test_an_initializer_is_found_by_its_name():
    assert set(initializers.INITIALIZERS) == {"zeros", *RANDOM}
    for name in initializers.INITIALIZERS:
        assert initializers.find(name) is getattr(initializers, name)
    assert initializers.find(np.ones) is np.ones
    with pytest.raises(ValueError, match=r"no initializer 'xavier'; there are \['glorot_normal'"):
        initializers.find("xavier")


@pytest.mark.parametrize(("name", "limit"), UNIFORM_LIMITS.items())
def test_uniform_initializers_fill_their_interval_evenly(name, limit):
    w = draw(name).ravel()
    assert np.abs(w).max() <= limit
    # A wrong limit or another distribution would have a p-value of practically 0.
    assert stats.kstest(w, stats.uniform(-limit, 2 * limit).cdf).pvalue > 1e-3


@pytest.mark.parametrize(("name", "std"), NORMAL_STDS.items())
def test_normal_initializers_have_their_standard_deviation(name, std):
    assert stats.kstest(draw(name).ravel(), stats.norm(0, std).cdf).pvalue > 1e-3


@pytest.mark.parametrize("kind", ["glorot", "he"])
def test_the_uniform_and_the_normal_kind_have_the_same_variance(kind):
    uniform, normal = draw(f"{kind}_uniform"), draw(f"{kind}_normal", seed=1)
    assert uniform.var() == pytest.approx(normal.var(), rel=0.02)


@pytest.mark.parametrize("name", RANDOM)
def test_the_generator_decides_and_is_moved_on(name):
    np.testing.assert_array_equal(draw(name), draw(name))
    assert np.all(draw(name) != draw(name, seed=1))
    rng = np.random.default_rng(0)
    function = initializers.find(name)
    assert np.all(function((3, 4), rng) != function((3, 4), rng))
    assert np.all(function((3, 4)) != function((3, 4))), "without a generator: fresh ones"


@pytest.mark.parametrize("name", initializers.INITIALIZERS)
def test_shape_and_dtype_are_those_asked_for(name):
    for dtype in (np.float32, np.float64):
        w = draw(name, (4, 7), dtype=dtype)
        assert w.shape == (4, 7)
        assert w.dtype == dtype
    np.testing.assert_allclose(draw(name, dtype=np.float32), draw(name), rtol=1e-6)


def test_zeros_are_zero_and_normal_numbers_as_wide_as_you_like():
    assert not draw("zeros").any()
    assert initializers.zeros((2, 3, 4)).shape == (2, 3, 4)
    wide = initializers.normal((1000, 100), np.random.default_rng(0), std=3.0)
    assert wide.std() == pytest.approx(3.0, rel=0.01)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4), (0, 3), (3, 0)], ids=str)
@pytest.mark.parametrize("name", ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal"])
def test_a_shape_without_fan_in_and_fan_out_is_refused(name, shape):
    with pytest.raises(ValueError, match=r"must be \(fan_in, fan_out\), both at least 1, got \("):
        draw(name, shape)


def test_he_keeps_the_size_of_signals_through_relu_and_small_weights_lose_it():
    x = np.random.default_rng(0).normal(size=(500, 256))

    def size_after_twenty_layers(initializer):
        layers = [Dense(256, 256, initializer=initializer, rng=i) for i in range(20)]
        model = Sequential(*[part for layer in layers for part in (layer, ReLU())])
        return np.sqrt(np.mean(model(x).value ** 2))

    assert 0.3 < size_after_twenty_layers("he_normal") < 3
    assert 0.3 < size_after_twenty_layers("he_uniform") < 3
    assert size_after_twenty_layers("glorot_normal") < 0.01, "each ReLU halves the variance"
    assert size_after_twenty_layers("normal") < 1e-15


def test_hidden_units_that_start_alike_stay_alike():
    def ones(shape, rng, dtype):
        return np.full(shape, 0.1, dtype)

    model = Sequential(Dense(3, 4, initializer=ones), Tanh(), Dense(4, 2, initializer=ones))
    optimizer, labels = SGD(0.5), np.array([0, 1, 0, 1, 1, 0])
    for _ in range(20):
        with GradientTape() as tape:
            loss = softmax_cross_entropy(model(X), labels)
        optimizer.update(model.params, tape.gradient(loss, model.params))
    w = model.params["dense1/weights"].value
    np.testing.assert_array_equal(w, np.repeat(w[:, :1], 4, axis=1))
    assert np.abs(w - 0.1).max() > 0.01, "it did learn, with four copies of one unit"


def test_a_network_of_zeros_learns_no_more_than_its_last_bias():
    model = Sequential(Dense(3, 4, initializer="zeros"), ReLU(), Dense(4, 2, initializer="zeros"))
    optimizer, labels = SGD(0.5), np.array([0, 1, 1, 1, 1, 0])
    for _ in range(200):
        with GradientTape() as tape:
            loss = softmax_cross_entropy(model(X), labels)
        optimizer.update(model.params, tape.gradient(loss, model.params))
    moved = [key for key, variable in model.params.items() if variable.value.any()]
    assert moved == ["dense2/bias"]
    np.testing.assert_allclose(special.softmax(model.params[moved[0]].value), [2 / 6, 4 / 6])
