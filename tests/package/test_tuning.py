"""The range test finds a rate and leaves no trace; layers get the rates that were meant."""

import copy

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.layers import BatchNorm, Dense, Dropout, ReLU, Sequential, Tanh
from dlcourse.linear_regression import LinearModel
from dlcourse.losses import mean_squared_error, softmax_cross_entropy
from dlcourse.optimizers import SGD, Adam, AdamW, Momentum
from dlcourse.training import fit, loss_and_gradients
from dlcourse.tuning import discriminative_rates, lr_range_test

X = np.random.default_rng(0).normal(size=(48, 4))
LABELS = (X[:, 0] * X[:, 1] > 0).astype(int)
DATA = (X, LABELS)


def network(seed=0):
    """Return a network with everything that training changes: weights, buffers, generators."""
    return Sequential(
        Dense(4, 8, rng=seed),
        BatchNorm(8),
        ReLU(),
        Dropout(0.2, rng=seed),
        Sequential(Dense(8, 8, rng=seed + 1), BatchNorm(8), Dropout(0.1, rng=seed + 1)),
        Dense(8, 2, rng=seed + 2),
    )


def dropouts(model):
    return [model.layers[3], model.layers[4].layers[2]]


def everything(model, optimizer, rng=None):
    """Return a copy of all that a range test could change."""
    return copy.deepcopy(
        {
            "params": {key: variable.value for key, variable in model.params.items()},
            "buffers": dict(model.buffers),
            "dropouts": [layer.rng.bit_generator.state for layer in dropouts(model)],
            "optimizer": optimizer.state_dict(),
            "settings": {
                key: value for key, value in vars(optimizer).items() if not key.startswith("_")
            },
            "rng": None if rng is None else rng.bit_generator.state,
        }
    )


def run(model=None, optimizer=None, loss=softmax_cross_entropy, data=DATA, **options):
    model = network() if model is None else model
    optimizer = Adam(0.01) if optimizer is None else optimizer
    return lr_range_test(model, loss, data, optimizer, **{"num_steps": 30, **options})


# --- what it reports -------------------------------------------------------------


def test_the_rates_grow_by_the_same_factor_from_the_first_to_the_last():
    test = run(min_rate=1e-4, max_rate=1e-1, num_steps=31, stop_factor=1e9)
    assert len(test.rates) == len(test.losses) == len(test.smoothed) == 31
    np.testing.assert_allclose(test.rates, [1e-4 * 1000 ** (i / 30) for i in range(31)])


def test_the_losses_are_those_of_training_with_these_rates():
    test = run(optimizer=SGD(0.1), batch_size=16, min_rate=1e-3, max_rate=0.1, stop_factor=1e9)
    model, optimizer = network(), SGD(lambda step: 1e-3 * 100 ** (step / 29))
    history = fit(model, softmax_cross_entropy, DATA, optimizer, 10, batch_size=16, progress=False)
    np.testing.assert_allclose(test.losses, history.step_losses, rtol=1e-9)


@settings(max_examples=20)
@given(smoothing=st.floats(0, 0.99))
def test_smoothed_losses_are_weighted_averages_of_what_came_before(smoothing):
    test = run(LinearModel(4), SGD(0.1), mean_squared_error, (X, X[:, 0]), smoothing=smoothing)
    for i, smoothed in enumerate(test.smoothed):
        weights = smoothing ** np.arange(i, -1.0, -1)
        assert smoothed == pytest.approx(np.average(test.losses[: i + 1], weights=weights))


def test_without_smoothing_the_losses_are_reported_as_they_are():
    test = run(smoothing=0.0)
    np.testing.assert_allclose(test.smoothed, test.losses)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("optimizer", [SGD(0.1), Adam(0.1), Momentum(0.1)], ids=repr)
def test_the_suggestion_is_in_the_steepest_fall_before_the_minimum(optimizer, seed):
    test = run(network(seed), optimizer, num_steps=60, max_rate=100.0, smoothing=0.7)
    end = max(1, int(np.argmin(test.smoothed)))
    position = test.rates.tolist().index(test.suggestion)
    settled = min(round(1 / (1 - 0.7)), end - 1)
    assert settled <= position <= end
    # Steps of rates are equal on a logarithmic axis: the slope there is a plain difference.
    slopes = {settled: test.smoothed[settled + 1] - test.smoothed[settled]}
    slopes |= {
        i: (test.smoothed[i + 1] - test.smoothed[i - 1]) / 2 for i in range(settled + 1, end)
    }
    slopes[end] = test.smoothed[end] - test.smoothed[end - 1]
    assert slopes[position] == pytest.approx(min(slopes.values()))


@pytest.mark.parametrize("seed", range(5))
def test_the_suggested_rate_trains_well_and_a_hundred_times_more_does_not(seed):
    x = np.random.default_rng(seed).normal(size=(200, 3))
    data = (x, x @ [1.0, -2.0, 3.0])
    options = {"num_steps": 100, "batch_size": 50}
    suggestion = run(LinearModel(3), SGD(0.1), mean_squared_error, data, **options).suggestion
    model = LinearModel(3)
    fit(model, mean_squared_error, data, SGD(suggestion), 30, 32, progress=False)
    np.testing.assert_allclose(model.params["weights"], [1, -2, 3], atol=0.05)
    with pytest.raises(ArithmeticError, match="the loss became"):
        fit(LinearModel(3), mean_squared_error, data, SGD(100 * suggestion), 300, progress=False)


def test_the_test_stops_when_the_loss_has_climbed_far_above_its_minimum():
    test = run(LinearModel(4), SGD(0.1), mean_squared_error, (X, X[:, 0]), num_steps=200)
    assert len(test.rates) < 200

    def climbed(n):
        lowest = test.smoothed[:n].min()
        scale = max(test.smoothed[0] - lowest, np.std(test.losses[: min(n, 10)]))
        return test.smoothed[n - 1] > lowest + 4 * scale

    assert climbed(len(test.rates))
    assert not any(climbed(n) for n in range(4, len(test.rates))), "and not earlier"


@pytest.mark.parametrize("constant", [-100.0, 1e3])
def test_a_constant_added_to_the_loss_changes_nothing(constant):
    data = (X, X[:, 0])

    def network_of_one():
        return Sequential(Dense(4, 1, rng=0))

    def run_with(shift):
        loss = lambda p, y: mean_squared_error(p[:, 0], y) + shift  # noqa: E731
        return run(network_of_one(), SGD(0.1), loss, data, num_steps=120)

    plain, shifted = run_with(0.0), run_with(constant)
    assert len(plain.rates) == len(shifted.rates) < 120
    assert plain.suggestion == shifted.suggestion
    np.testing.assert_allclose(shifted.losses - constant, plain.losses, rtol=1e-7, atol=1e-9)


def test_a_loss_that_overflows_ends_the_test_without_a_warning():
    model, data = LinearModel(4), (X, X[:, 0])
    test = run(model, SGD(0.1), mean_squared_error, data, max_rate=1e200, stop_factor=1e300)
    assert np.isfinite(test.losses).all()
    assert np.isfinite(test.smoothed).all()
    assert 4 <= len(test.rates) < 30
    assert model.params["weights"].tolist() == [0, 0, 0, 0]


def test_the_schedule_and_the_multipliers_of_the_optimizer():
    # The rates of the test replace the schedule; the multipliers stay.
    model = network()
    optimizer = SGD(lambda step: 1 / 0, rate_multipliers={"dense1": 0.0})
    frozen = model.params["dense1/weights"].value.copy()
    seen = []

    def loss(prediction, labels):
        seen.append(model.params["dense1/weights"].value.copy())
        return softmax_cross_entropy(prediction, labels)

    run(model, optimizer, loss)
    assert all(np.array_equal(w, frozen) for w in seen)


def test_a_range_test_prints_its_suggestion():
    test = run()
    assert repr(test) == f"<RangeTest: {len(test.rates)} rates, suggestion {test.suggestion:.3g}>"


def test_the_same_generator_gives_the_same_test():
    first, again = (run(rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.losses, again.losses)
    assert np.any(run(rng=np.random.default_rng(4)).losses[:5] != first.losses[:5])


# --- what it leaves alone --------------------------------------------------------

OPTIMIZERS = {
    "new Adam": (lambda: Adam(0.01), 0),
    "used Adam": (lambda: Adam(0.01), 3),
    "used AdamW on a schedule": (lambda: AdamW(lambda step: 0.01 / (1 + step)), 3),
    "used Momentum with multipliers": (
        lambda: Momentum(0.01, rate_multipliers={"dense1": 0.1}),
        3,
    ),
}


def prepared(kind):
    """Return a model and an optimizer that has made some updates."""
    make, steps = OPTIMIZERS[kind]
    model, optimizer = network(), make()
    for _ in range(steps):
        _, grads = loss_and_gradients(model, softmax_cross_entropy, *DATA)
        optimizer.update(model.params, grads)
    return model, optimizer


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_everything_is_left_exactly_as_it_was(kind):
    model, optimizer = prepared(kind)
    rng = np.random.default_rng(5)
    rng.normal(size=3)
    before, params = everything(model, optimizer, rng), dict(model.params)
    assert run(model, optimizer, rng=rng).losses[0] > 0
    np.testing.assert_equal(everything(model, optimizer, rng), before)
    assert all(model.params[key] is params[key] for key in params), "the same variables"


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_training_goes_on_as_if_there_had_been_no_test(kind):
    def train_on(model, optimizer):
        return fit(
            model, softmax_cross_entropy, DATA, optimizer, 3, 16,
            rng=np.random.default_rng(6), progress=False,
        ).step_losses  # fmt: skip

    undisturbed = train_on(*prepared(kind))
    model, optimizer = prepared(kind)
    run(model, optimizer)
    assert train_on(model, optimizer) == undisturbed


@settings(max_examples=20)
@given(k=st.integers(0, 25), kind=st.sampled_from(sorted(OPTIMIZERS)))
def test_a_failure_at_any_step_leaves_everything_as_it_was(k, kind):
    model, optimizer = prepared(kind)
    rng = np.random.default_rng(7)
    before = everything(model, optimizer, rng)
    calls = []

    def loss(prediction, labels):
        calls.append(1)
        if len(calls) > k:
            raise KeyboardInterrupt
        return softmax_cross_entropy(prediction, labels)

    with pytest.raises(KeyboardInterrupt):
        run(model, optimizer, loss, rng=rng, stop_factor=1e9)
    assert len(calls) == k + 1
    np.testing.assert_equal(everything(model, optimizer, rng), before)


def test_models_of_arrays_and_of_plain_floats_are_put_back_too():
    class Line:
        """Two plain floats."""

        def __init__(self):
            self.params = {"slope": 0.5, "intercept": -1.0}

        def __call__(self, x):
            return self.params["slope"] * x[:, 0] + self.params["intercept"]

        def loss_and_gradients(self, loss, x, y):
            r = self(x) - y
            return np.mean(r**2), {"slope": 2 * np.mean(r * x[:, 0]), "intercept": 2 * np.mean(r)}

    line = Line()
    run(line, SGD(0.1), mean_squared_error, (X, 3 * X[:, 0]))
    assert line.params == {"slope": 0.5, "intercept": -1.0}
    model = LinearModel(4)
    weights = model.params["weights"]
    weights[:] = [1.0, 2.0, 3.0, 4.0]
    run(model, SGD(0.1), mean_squared_error, (X, X[:, 0]))
    assert model.params["weights"] is weights
    assert weights.tolist() == [1.0, 2.0, 3.0, 4.0]


# --- refusals --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"min_rate": 0.0}, ValueError, r"positive and in this order, got 0\.0, 10\.0"),
        ({"min_rate": -1.0}, ValueError, "positive and in this order, got -1"),
        ({"min_rate": 1.0, "max_rate": 0.1}, ValueError, r"in this order, got 1\.0, 0\.1"),
        ({"min_rate": 1.0, "max_rate": 1.0}, ValueError, r"in this order, got 1\.0, 1\.0"),
        ({"max_rate": np.inf}, ValueError, "in this order, got 1e-06, inf"),
        ({"max_rate": np.nan}, ValueError, "in this order, got 1e-06, nan"),
        ({"num_steps": 3}, ValueError, "num_steps must be at least 4, got 3"),
        ({"num_steps": 10.0}, TypeError, r"num_steps must be a whole number, got 10\.0"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"smoothing": 1.0}, ValueError, r"smoothing must be .* below 1, got 1\.0"),
        ({"smoothing": -0.1}, ValueError, r"smoothing must be .* got -0\.1"),
        ({"smoothing": np.nan}, ValueError, "smoothing must be .* got nan"),
        ({"stop_factor": 1.0}, ValueError, r"stop_factor must be above 1, got 1\.0"),
        ({"stop_factor": np.nan}, ValueError, "stop_factor must be above 1, got nan"),
        ({"data": (X, LABELS[:3])}, ValueError, "data needs inputs and targets with the same"),
        ({"data": X}, TypeError, r"data must be a pair \(inputs, targets\)"),
        ({"rng": "3"}, TypeError, "rng must be"),
        ({"rng": -3}, ValueError, "rng must be at least 0, got -3"),
        ({"batch_size": 47}, ValueError, "end in a batch of 1, and the model needs at least 2"),
    ],
)
def test_a_bad_argument_is_refused_before_anything_happens(options, error, message):
    model, optimizer = prepared("used Adam")
    before = everything(model, optimizer)
    with pytest.raises(error, match=message):
        lr_range_test(
            model, softmax_cross_entropy, optimizer=optimizer, **{"data": DATA, **options}
        )
    np.testing.assert_equal(everything(model, optimizer), before)


def test_a_loss_that_is_never_finite_is_refused():
    def loss(prediction, labels):
        return softmax_cross_entropy(prediction, labels) * np.nan

    model, optimizer = prepared("used Adam")
    before = everything(model, optimizer)
    with pytest.raises(ValueError, match="finite for only 0 steps; take a smaller min_rate"):
        run(model, optimizer, loss)
    np.testing.assert_equal(everything(model, optimizer), before)


# --- rates for each layer --------------------------------------------------------


def test_each_earlier_layer_with_parameters_has_a_rate_that_is_a_factor_lower():
    model = Sequential(Dense(4, 8), BatchNorm(8), ReLU(), Dense(8, 8, name="body"), Dense(8, 2))
    rates = {"dense1": 1 / 27, "batchnorm1": 1 / 9, "body": 1 / 3, "dense3": 1.0}
    assert discriminative_rates(model, factor=3) == pytest.approx(rates)
    assert list(discriminative_rates(model, factor=3)) == list(rates)


def test_the_extremes_of_one_factor_and_one_layer():
    assert discriminative_rates(Sequential(Dense(4, 3), Tanh(), Dense(3, 2)), 1) == {
        "dense1": 1.0,
        "dense2": 1.0,
    }
    assert discriminative_rates(Sequential(Tanh(), Dense(4, 3)), 10) == {"dense1": 1.0}
    assert discriminative_rates(Dense(4, 3, name="alone"), 10) == {"alone": 1.0}


def test_a_block_of_layers_has_one_rate():
    assert discriminative_rates(network(), 2) == {
        "dense1": 1 / 8,
        "batchnorm1": 1 / 4,
        "sequential1": 1 / 2,
        "dense2": 1.0,
    }


def test_an_optimizer_takes_them_as_rate_multipliers():
    model = Sequential(Dense(4, 3, rng=0), ReLU(), Dense(3, 3, rng=1), Dense(3, 2, rng=2))
    before = {key: variable.value.copy() for key, variable in model.params.items()}
    grads = {key: np.ones_like(value) for key, value in before.items()}
    SGD(0.5, rate_multipliers=discriminative_rates(model, 10)).update(model.params, grads)
    for key, rate in {"dense1": 0.005, "dense2": 0.05, "dense3": 0.5}.items():
        for part in ("weights", "bias"):
            name = f"{key}/{part}"
            np.testing.assert_allclose(before[name] - model.params[name].value, rate)


@pytest.mark.parametrize("factor", [0.5, 0, -1, np.nan, np.inf])
def test_a_factor_below_1_is_refused(factor):
    with pytest.raises(ValueError, match=f"factor must be at least 1, got {factor}"):
        discriminative_rates(network(), factor)


def test_a_model_without_parameters_has_no_rates():
    with pytest.raises(ValueError, match="the model has no parameters"):
        discriminative_rates(Sequential(ReLU(), Tanh()), 3)
