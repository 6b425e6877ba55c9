"""What every optimizer shares is shown with SGD, and with a small momentum when state matters."""

import copy
import pickle

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcourse.autodiff import GradientTape, Variable
from dlcourse.layers import Dense, Sequential
from dlcourse.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    NotFiniteError,
    Optimizer,
    RMSprop,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
)


class SmallMomentum(Optimizer):
    """v <- 0.9 v - rate * g;  w <- w + v."""

    _state_names = ("velocity",)

    def _step(self, gradient, learning_rate, state, step):
        velocity = state["velocity"]
        velocity *= 0.9
        velocity -= learning_rate * gradient
        step[...] = velocity


def some_params():
    """Return parameters of every kind: float64, float32, 0-d, and a plain float."""
    rng = np.random.default_rng(3)
    return {
        "dense1/weights": rng.normal(size=(2, 3)),
        "dense1/bias": rng.normal(size=3).astype(np.float32),
        "dense10/bias": rng.normal(size=(1, 2)),
        "scale": np.array(1.5),
        "offset": -0.5,
    }


def gradients_for(params, rng):
    return {
        key: rng.normal(size=np.shape(w)).astype(getattr(w, "dtype", np.float64))
        for key, w in params.items()
    }


# --- the step --------------------------------------------------------------------


@given(
    w=hnp.arrays(np.float64, hnp.array_shapes(min_dims=0), elements=st.floats(-1e6, 1e6)),
    rate=st.floats(0, 10),
    seed=st.integers(0, 99),
)
def test_sgd_subtracts_rate_times_gradient_for_arrays_of_any_shape(w, rate, seed):
    g = np.random.default_rng(seed).normal(size=w.shape)
    params, expected = {"w": w.copy()}, w - rate * g
    array = params["w"]
    SGD(rate).update(params, {"w": g})
    np.testing.assert_array_equal(params["w"], expected)
    assert params["w"] is array, "an array should be changed in place"


def test_a_hundred_steps_equal_the_loop_written_by_hand():
    params, rng, rate = some_params(), np.random.default_rng(4), 0.1
    by_hand, optimizer = copy.deepcopy(params), SGD(rate)
    for _ in range(100):
        grads = gradients_for(params, rng)
        optimizer.update(params, grads)
        for key in by_hand:
            by_hand[key] = by_hand[key] - rate * grads[key]
    for key, w in params.items():
        np.testing.assert_array_equal(w, by_hand[key], err_msg=key)


def test_each_parameter_keeps_its_kind_and_dtype():
    params = some_params()
    kinds = {key: (type(w), getattr(w, "dtype", None)) for key, w in params.items()}
    optimizer = SGD(np.float64(0.1), rate_multipliers={"dense1": np.float64(0.5)})
    for _ in range(2):
        optimizer.update(params, gradients_for(params, np.random.default_rng(0)))
    assert {key: (type(w), getattr(w, "dtype", None)) for key, w in params.items()} == kinds


def test_plain_floats_are_replaced_in_the_dict():
    params = {"slope": 2.0, "intercept": 1.0}
    SGD(0.5).update(params, {"slope": 4.0, "intercept": -2})
    assert params == {"slope": 0.0, "intercept": 2.0}


def test_views_and_transposed_arrays_are_changed_where_they_live():
    table = np.zeros((3, 4))
    params = {"column": table[:, 1], "transposed": table.T[2:]}
    SGD(1.0).update(params, {"column": np.arange(3.0), "transposed": np.ones((2, 3))})
    np.testing.assert_array_equal(table, [[0, 0, -1, -1], [0, -1, -1, -1], [0, -2, -1, -1]])


def test_the_gradients_are_left_alone():
    params, g = {"w": np.ones(3)}, np.array([1.0, 2.0, 3.0])
    SGD(0.1).update(params, {"w": g})
    np.testing.assert_array_equal(g, [1.0, 2.0, 3.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 20, 20_000])
def test_finite_gradients_are_accepted_even_if_their_squares_or_sum_overflow(dtype, size):
    largest = np.finfo(dtype).max
    params = {"w": np.zeros(size, dtype)}
    SGD(0.5 / float(largest)).update(params, {"w": np.full(size, largest)})
    np.testing.assert_allclose(params["w"], -0.5, rtol=1e-5)


def test_the_base_class_has_no_formula():
    with pytest.raises(TypeError, match="use a subclass such as SGD"):
        Optimizer(0.1).update({"w": np.zeros(1)}, {"w": np.zeros(1)})


def test_an_optimizer_prints_its_rate():
    assert repr(SGD(0.1)) == "SGD(learning_rate=0.1)"


# --- the rate --------------------------------------------------------------------


def test_a_schedule_is_asked_with_0_1_2():
    asked = []

    def schedule(iteration):
        asked.append(iteration)
        return 1.0 / (1 + iteration)

    params, optimizer = {"w": np.array([0.0])}, SGD(schedule)
    for _ in range(3):
        optimizer.update(params, {"w": np.array([-1.0])})
    assert asked == [0, 1, 2]
    np.testing.assert_allclose(params["w"], 1 + 1 / 2 + 1 / 3)
    assert optimizer.iterations == 3
    assert optimizer.current_learning_rate == 1 / 4


def test_a_rate_can_be_changed_between_updates():
    params, optimizer = {"w": 0.0}, SGD(1.0)
    optimizer.update(params, {"w": -1.0})
    optimizer.learning_rate = 0.5
    optimizer.update(params, {"w": -1.0})
    assert params["w"] == 1.5


@pytest.mark.parametrize(
    ("multipliers", "expected"),
    [
        ({}, {"a/w": 1, "a/b": 1, "a1/w": 1, "a/deep/w": 1}),
        ({"a": 0.5}, {"a/w": 0.5, "a/b": 0.5, "a1/w": 1, "a/deep/w": 0.5}),
        ({"a/": 0.5}, {"a/w": 0.5, "a/b": 0.5, "a1/w": 1, "a/deep/w": 0.5}),
        ({"a": 0}, {"a/w": 0, "a/b": 0, "a1/w": 1, "a/deep/w": 0}),
        ({"a": 0.5, "a/b": 3}, {"a/w": 0.5, "a/b": 3, "a1/w": 1, "a/deep/w": 0.5}),
        ({"a/deep": 2, "a": 0.5}, {"a/w": 0.5, "a/b": 0.5, "a1/w": 1, "a/deep/w": 2}),
        ({"a1/w": 0}, {"a/w": 1, "a/b": 1, "a1/w": 0, "a/deep/w": 1}),
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_longest_matching_prefix_scales_the_rate(multipliers, expected, dtype):
    params = {key: np.zeros(2, dtype) for key in expected}
    SGD(1.0, rate_multipliers=multipliers).update(
        params, {key: np.full(2, -1.0, dtype) for key in expected}
    )
    assert {key: w.tolist() for key, w in params.items()} == {
        key: [factor, factor] for key, factor in expected.items()
    }


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_multiplier_scales_the_rate_and_never_the_gradient(dtype):
    seen = []

    class Spy(SGD):
        def _step(self, gradient, learning_rate, state, step):
            assert gradient.dtype == learning_rate.dtype == step.dtype == dtype
            seen.append((gradient.tolist(), learning_rate.tolist()))

    one = {"a": np.ones(1, dtype), "b": np.ones(1, dtype)}
    Spy(0.5, rate_multipliers={"a": 0.25}).update(copy.deepcopy(one), one)
    assert seen == [([1.0, 1.0], [0.125, 0.5])]


# --- refusals --------------------------------------------------------------------

W = np.array([1.0, 2.0])


def read_only(w):
    w.flags.writeable = False
    return w


def assert_refused(optimizer, params, grads, error, message):
    before = copy.deepcopy(params)
    with pytest.raises(error, match=message):
        optimizer.update(params, grads)
    np.testing.assert_equal(params, before)
    assert optimizer.iterations == 0


@pytest.mark.parametrize(
    ("params", "grads", "error", "message"),
    [
        ({"w": W}, {}, ValueError, r"grads lacks \['w'\] and has \[\], which"),
        ({"w": W}, {"w": W, "v": W}, ValueError, r"lacks \[\] and has \['v'\], which"),
        ({"w": W}, {"W": W}, ValueError, r"lacks \['w'\] and has \['W'\], which"),
        ({"w": W}, {"w": W[:1]}, ValueError, r"shape of params\['w'\], \(2,\), got \(1,\)"),
        ({"w": W}, {"w": 1.0}, ValueError, r"shape of params\['w'\], \(2,\), got \(\)"),
        ({"w": 1.0}, {"w": W}, ValueError, r"shape of params\['w'\], \(\), got \(2,\)"),
        ({"w": W}, {"w": None}, TypeError, r"grads\['w'\] must be made of numbers, got dtype ob"),
        ({"w": W}, {"w": W > 0}, TypeError, r"grads\['w'\] must .* got dtype bool"),
        ({"w": W}, {"w": W * 1j}, TypeError, r"grads\['w'\] must .* got dtype complex128"),
        ({"v": W, "w": W}, {"v": W, "w": W * np.nan}, ValueError, r"grads\['w'\] .* not finite"),
        ({"v": W, "w": W}, {"v": W, "w": [0, -np.inf]}, ValueError, r"grads\['w'\] .* not finite"),
        ({"w": W, "f": 1.0}, {"w": W, "f": np.nan}, ValueError, r"grads\['f'\] .* not finite"),
    ],
)
def test_a_bad_gradient_is_refused_by_name(params, grads, error, message):
    assert_refused(SGD(0.1), params, grads, error, message)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({}, ValueError, "params is empty"),
        ({"v": W, "w": np.array([1, 2])}, TypeError, r"params\['w'\] must .* got int64; small"),
        ({"v": W, "w": W.astype("f2")}, TypeError, r"params\['w'\] must .* got float16"),
        ({"v": W, "w": 1}, TypeError, r"params\['w'\] must .* or a float, got int"),
        ({"v": W, "w": [1.0, 2.0]}, TypeError, r"params\['w'\] must .* got list"),
        ({"v": W, "w": read_only(W.copy())}, ValueError, r"params\['w'\] is read-only"),
    ],
)
def test_a_parameter_that_can_not_be_updated_is_refused_by_name(params, error, message):
    assert_refused(SGD(0.1), params, dict.fromkeys(params, W), error, message)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"learning_rate": lambda iteration: iteration - 1},
            "rate at iteration 0 must be a finite number of at least 0, got -1",
        ),
        ({"rate_multipliers": {"v": 1}}, r"\['v'\] matches no parameter; there are \['dense10'\]"),
        ({"rate_multipliers": {"dense1": 1}}, r"\['dense1'\] matches no parameter"),
        ({"rate_multipliers": {"dense10": -1}}, r"\['dense10'\] must be at least 0, got -1"),
        ({"rate_multipliers": {"dense10": np.nan}}, r"\['dense10'\] must be .* got nan"),
    ],
)
def test_a_bad_rate_is_refused_at_the_update(settings, message):
    optimizer = SGD(**{"learning_rate": 0.1, **settings})
    assert_refused(optimizer, {"dense10": W}, {"dense10": W}, ValueError, message)


@pytest.mark.parametrize("make", [SGD, Adam, RMSprop])
@pytest.mark.parametrize(
    ("rate", "error", "message"),
    [
        (-0.1, ValueError, r"learning_rate must be a finite number of at least 0, got -0\.1"),
        (np.nan, ValueError, "got nan"),
        (np.inf, ValueError, "got inf"),
        ("0.1", TypeError, "learning_rate must be a number, got '0.1'"),
        (None, TypeError, "learning_rate must be a number, got None"),
        ([1, 2], TypeError, r"learning_rate must be a number, got \[1, 2\]"),
        (True, TypeError, "learning_rate must be a number, got True"),
        (np.ones(2), TypeError, "learning_rate must be a number"),
        (1j, TypeError, "learning_rate must be a number"),
    ],
)
def test_what_is_no_learning_rate_is_refused_at_once(make, rate, error, message):
    with pytest.raises(error, match=message):
        make(rate)
    optimizer = make(0.1)
    with pytest.raises(error, match=message):
        optimizer.learning_rate = rate
    assert optimizer.learning_rate == 0.1


@pytest.mark.parametrize(
    ("later", "error", "message"),
    [
        ({"w": W, "v": W}, ValueError, r"belongs to other parameters: \['v'\] appeared"),
        ({"v": W}, ValueError, r"belongs to other parameters: \['v', 'w'\] appeared or dis"),
        ({"w": np.ones(3)}, ValueError, r"of shape \(2,\) before, now it is float64 of shape \(3"),
        ({"w": W.astype("f4")}, ValueError, r"was float64 .* before, now it is float32"),
        ({"w": 1.0}, ValueError, r"of shape \(2,\) before, now it is float64 of shape \(\)"),
        ({"w": np.array([1, 2])}, TypeError, "must be float32 or float64, got int64"),
        ({"w": read_only(W.copy())}, ValueError, "read-only"),
        ({}, ValueError, "params is empty"),
    ],
)
def test_parameters_that_become_others_are_refused(later, error, message):
    optimizer = SmallMomentum(0.1)
    optimizer.update({"w": W.copy()}, {"w": W})
    state, before = optimizer.state_dict(), copy.deepcopy(later)
    with pytest.raises(error, match=message):
        optimizer.update(later, {key: np.ones_like(w) for key, w in later.items()})
    np.testing.assert_equal(later, before)
    np.testing.assert_equal(optimizer.state_dict(), state)


def test_a_parameter_may_be_replaced_by_one_of_its_kind():
    params, optimizer = {"w": np.zeros(2)}, SGD(1.0)
    optimizer.update(params, {"w": W})
    params["w"] = np.array([5.0, 5.0])
    optimizer.update(params, {"w": W})
    assert params["w"].tolist() == [4.0, 3.0]


def test_a_refused_first_update_can_be_put_right():
    params, optimizer = {"w": W.copy()}, SmallMomentum(0.1)
    for bad in ({"v": W}, {"w": W[:1]}, {"w": W * np.nan}):
        with pytest.raises(ValueError, match="grads"):
            optimizer.update(params, bad)
    optimizer.update(params, {"w": W})
    np.testing.assert_allclose(params["w"], 0.9 * W)
    assert optimizer.iterations == 1


# --- state -----------------------------------------------------------------------


def train(optimizer, params, rng, steps):
    for _ in range(steps):
        optimizer.update(params, gradients_for(params, rng))


@pytest.mark.parametrize("steps_before", [0, 1, 7])
@pytest.mark.parametrize("optimizer_class", [SGD, SmallMomentum])
def test_a_saved_state_continues_bit_by_bit(optimizer_class, steps_before):
    rates = {"learning_rate": lambda i: 0.1 / (1 + i), "rate_multipliers": {"dense1": 0.5}}
    rng, params, optimizer = np.random.default_rng(5), some_params(), optimizer_class(**rates)
    train(optimizer, params, rng, steps_before)

    resumed, copied, same_rng = optimizer_class(**rates), *copy.deepcopy((params, rng))
    resumed.load_state_dict(optimizer.state_dict())
    assert resumed.iterations == steps_before
    np.testing.assert_equal(resumed.state_dict(), optimizer.state_dict())

    train(optimizer, params, rng, 5)
    train(resumed, copied, same_rng, 5)
    np.testing.assert_equal(copied, params)
    np.testing.assert_equal(resumed.state_dict(), optimizer.state_dict())


def test_momentum_equals_its_textbook_loop():
    params, rng, optimizer = some_params(), np.random.default_rng(6), SmallMomentum(0.1)
    by_hand, velocity = copy.deepcopy(params), dict.fromkeys(params, 0.0)
    for _ in range(20):
        grads = gradients_for(params, rng)
        optimizer.update(params, grads)
        for key, g in grads.items():
            velocity[key] = 0.9 * velocity[key] - 0.1 * g
            by_hand[key] = by_hand[key] + velocity[key]
    for key, w in params.items():
        np.testing.assert_allclose(w, by_hand[key], rtol=1e-5, err_msg=key)
        np.testing.assert_allclose(
            optimizer.state_dict()["velocity"][key], velocity[key], rtol=1e-5, atol=1e-7
        )


def test_a_state_dict_is_a_copy_in_both_directions():
    params, optimizer = {"w": W.copy()}, SmallMomentum(0.1)
    optimizer.update(params, {"w": W})
    state = optimizer.state_dict()
    state["velocity"]["w"][:] = 99
    assert optimizer.state_dict()["velocity"]["w"].max() < 1
    resumed = SmallMomentum(0.1)
    resumed.load_state_dict(state)
    state["velocity"]["w"][:] = -1
    assert resumed.state_dict()["velocity"]["w"].tolist() == [99, 99]


@pytest.mark.parametrize(
    "state", [{}, {"iterations": 1}, {"iterations": 1, "mean": {}}, {"velocity": {}}], ids=str
)
def test_the_state_of_another_class_is_refused(state):
    optimizer = SmallMomentum(0.1)
    optimizer.update({"w": W.copy()}, {"w": W})
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=r"holds \['iterations', 'velocity'\], got \["):
        optimizer.load_state_dict(state)
    np.testing.assert_equal(optimizer.state_dict(), before)


@pytest.mark.parametrize(
    ("velocity", "message"),
    [
        ({"w": np.ones(3)}, r"for 'w' it has \(3,\), expected \(2,\)"),
        ({}, r"for 'w' it has nothing, expected \(2,\)"),
        ({"w": W, "v": W}, r"for 'v' it has \(2,\), expected nothing"),
    ],
)
def test_a_state_that_does_not_fit_the_parameters_is_refused(velocity, message):
    params, optimizer = {"w": W.copy()}, SmallMomentum(0.1)
    optimizer.load_state_dict({"iterations": 3, "velocity": velocity})
    with pytest.raises(ValueError, match=f"the loaded velocity does not fit .* {message}"):
        optimizer.update(params, {"w": W})
    np.testing.assert_array_equal(params["w"], W)
    assert optimizer.iterations == 3


def test_two_optimizers_share_nothing():
    first, second = SmallMomentum(0.1), SmallMomentum(0.1)
    first.update({"w": W.copy()}, {"w": W})
    params = {"other": np.zeros(3)}
    second.update(params, {"other": np.ones(3)})
    np.testing.assert_allclose(params["other"], -0.1)
    assert (first.iterations, second.iterations) == (1, 1)
    assert list(first.state_dict()["velocity"]) == ["w"]


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"]
)
@pytest.mark.parametrize("kind", [SGD, Momentum, AdaGrad, Adam])
@pytest.mark.parametrize("size", [2, 5000])
def test_a_copy_of_an_optimizer_goes_on_where_the_original_is(copied, kind, size):
    def gradient(seed):
        return {"a": np.random.default_rng(seed).normal(size=size)}

    optimizer, params = kind(0.1), {"a": np.zeros(size)}
    optimizer.update(params, gradient(0))
    twin, own = copied((optimizer, params))
    assert twin.iterations == 1
    for seed in (1, 2):
        optimizer.update(params, gradient(seed))
    for seed in (1, 2):
        twin.update(own, gradient(seed))
    np.testing.assert_array_equal(own["a"], params["a"])
    np.testing.assert_equal(twin.state_dict(), optimizer.state_dict())
    assert twin.iterations == 3


def test_a_copy_of_an_optimizer_that_has_done_nothing_is_as_new():
    twin, params = copy.deepcopy(Adam(0.1)), {"a": np.zeros(2)}
    twin.update(params, {"a": np.ones(2)})
    np.testing.assert_allclose(params["a"], -0.1)


# --- clipping, L2, averages, frozen variables --------------------------------------


def lengths(grads):
    return {key: float(np.linalg.norm(np.ravel(g))) for key, g in grads.items()}


GRADS = {"w": np.array([[3.0, 4.0], [0.0, 12.0]]), "b": np.array([0.6, -0.8]), "c": -2.0}


@given(limit=st.floats(1e-3, 30.0))
def test_clipping_by_value_bounds_each_entry_and_keeps_the_others(limit):
    clipped = clip_by_value(GRADS, limit)
    for key, g in GRADS.items():
        np.testing.assert_array_equal(clipped[key], np.minimum(np.maximum(g, -limit), limit))


@given(limit=st.floats(1e-3, 30.0))
def test_clipping_by_norm_keeps_each_direction(limit):
    clipped = clip_by_norm(GRADS, limit)
    for key, length in lengths(GRADS).items():
        assert lengths(clipped)[key] == pytest.approx(min(length, limit))
        np.testing.assert_allclose(clipped[key] * length, GRADS[key] * lengths(clipped)[key])


@given(limit=st.floats(1e-3, 30.0))
def test_clipping_by_the_global_norm_keeps_the_direction_of_the_step(limit):
    clipped = clip_by_global_norm(GRADS, limit)
    before, after = (np.sqrt(sum(n**2 for n in lengths(g).values())) for g in (GRADS, clipped))
    assert after == pytest.approx(min(before, limit))
    for key, g in GRADS.items():
        np.testing.assert_allclose(clipped[key] / after, g / before)


@pytest.mark.parametrize("clip", [clip_by_value, clip_by_norm, clip_by_global_norm])
def test_clipping_gives_new_arrays_of_the_same_dtype_and_refuses_a_limit_of_nothing(clip):
    grads = {"w": np.float32([3.0, 4.0])}
    for limit in (1.0, 100.0):
        found = clip(grads, limit)["w"]
        assert found.dtype == np.float32
        assert not np.shares_memory(found, grads["w"])
    assert clip({"w": np.float64([3e200, 4e200])}, 5.0)["w"].max() <= 5.0
    for limit in (0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="limit must be positive, got"):
            clip(grads, limit)


def test_an_optimizer_clips_before_its_formula():
    params = {"w": np.zeros(2)}
    optimizer = SGD(1.0, clip=lambda grads: clip_by_global_norm(grads, 1.0))
    optimizer.update(params, {"w": np.array([30.0, 40.0])})
    np.testing.assert_allclose(params["w"], [-0.6, -0.8])
    with pytest.raises(NotFiniteError, match="not finite"):
        optimizer.update(params, {"w": np.array([np.inf, 1.0])})
    np.testing.assert_allclose(params["w"], [-0.6, -0.8])


@pytest.mark.parametrize("make", [SGD, Momentum, AdaGrad, RMSprop, Adam])
def test_l2_is_the_gradient_of_its_penalty(make):
    rng = np.random.default_rng(0)
    start, target = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    with_option, by_hand = {"w": start.copy()}, {"w": start.copy()}
    optimizer, plain = make(0.1, l2=0.3), make(0.1)
    for _ in range(5):
        optimizer.update(with_option, {"w": with_option["w"] - target})
        plain.update(by_hand, {"w": by_hand["w"] - target + 0.3 * by_hand["w"]})
    np.testing.assert_allclose(with_option["w"], by_hand["w"], rtol=1e-12)


@pytest.mark.parametrize("optimizer", [SGD(0.1, l2=0.5, no_decay=("bias", "gain")), None])
def test_decay_leaves_biases_and_gains_alone(optimizer):
    optimizer = optimizer or AdamW(0.1, weight_decay=0.5, no_decay=("bias", "gain"))
    names = ("dense1/weights", "dense1/bias", "norm/gain", "biased")
    params = {key: np.ones(2) for key in names}
    optimizer.update(params, {key: np.zeros(2) for key in names})
    moved = [key for key, w in params.items() if w[0] != 1.0]
    assert moved == ["dense1/weights", "biased"]
    np.testing.assert_allclose(params["biased"], 0.95)


def test_averages_are_those_of_the_formula_and_give_the_parameters_back():
    params = {"w": np.array([1.0, 2.0]), "f": 3.0, "v": Variable([4.0])}
    optimizer, expected = SGD(1.0, average=0.75), {"w": np.array([1.0, 2.0]), "f": 3.0, "v": 4.0}
    for k in range(1, 4):
        grads = {"w": np.full(2, float(k)), "f": 1.0, "v": np.array([-1.0])}
        optimizer.update(params, grads)
        for key in expected:
            now = getattr(params[key], "value", params[key])
            expected[key] = 0.75 * expected[key] + 0.25 * now
    before = {key: np.array(getattr(w, "value", w)) for key, w in params.items()}
    with optimizer.averaged(params):
        for key, value in expected.items():
            np.testing.assert_allclose(getattr(params[key], "value", params[key]), value)
    for key, value in before.items():
        np.testing.assert_array_equal(getattr(params[key], "value", params[key]), value)
    with pytest.raises(RuntimeError), optimizer.averaged(params):
        raise RuntimeError
    np.testing.assert_array_equal(params["w"], before["w"])
    with pytest.raises(ValueError, match="there are no averages: give average="):
        SGD(0.1).averaged(params).__enter__()


def test_a_frozen_variable_stays_until_it_is_unfrozen():
    model = Sequential(Dense(2, 3, rng=0), Dense(3, 1, rng=1))
    model.freeze("dense1")
    assert list(model.trainable_params) == ["dense2/weights", "dense2/bias"]
    assert "dense1/weights frozen" in repr(model.summary())
    assert repr(model.summary()).endswith("13 numbers, 4 trainable")
    optimizer, x = AdamW(0.1, weight_decay=0.1), np.ones((4, 2))

    def step(everything):
        sources = model.params if everything else model.trainable_params
        with GradientTape() as tape:
            loss = np.sum(model(x) ** 2)
        before = {key: p.value for key, p in model.params.items()}
        optimizer.update(model.params, tape.gradient(loss, sources))
        return {key for key, p in model.params.items() if np.any(p.value != before[key])}

    assert step(True) == step(False) == {"dense2/weights", "dense2/bias"}
    model.unfreeze()
    assert step(True) == set(model.params)
    model.freeze("dense2/bias")
    assert step(True) == set(model.params) - {"dense2/bias"}
    with pytest.raises(ValueError, match="there is no parameter 'dense9'; there are"):
        model.freeze("dense1", "dense9")
    assert model.params["dense1/bias"].trainable, "a refused call froze something"


def test_the_gradient_of_a_frozen_variable_is_not_left_out_for_others():
    w = Variable(1.0)
    with pytest.raises(ValueError, match=r"grads lacks \['w'\]"):
        SGD(0.1).update({"w": w, "v": Variable(1.0, trainable=False)}, {})


def test_a_multiplier_of_0_stops_what_was_moving():
    params, optimizer = {"a": np.zeros(1), "b": np.zeros(1)}, Momentum(0.1)
    for _ in range(3):
        optimizer.update(params, {"a": np.ones(1), "b": np.ones(1)})
    optimizer.rate_multipliers = {"a": 0.0}
    before = params["a"].copy(), params["b"].copy()
    optimizer.update(params, {"a": np.ones(1), "b": np.ones(1)})
    assert params["a"] == before[0]
    assert params["b"] < before[1]


def test_after_a_refused_first_update_everything_is_as_before_it():
    optimizer = Adam(0.1)
    saved = {"iterations": 3, "first_moment": {"w": np.ones(2)}, "second_moment": {"w": np.ones(2)}}
    optimizer.load_state_dict(saved)
    with pytest.raises(ValueError, match="not finite"):
        optimizer.update({"w": Variable(np.zeros(2))}, {"w": np.array([np.nan, 1.0])})
    np.testing.assert_equal(optimizer.state_dict(), saved)
    optimizer.update({"w": Variable(np.zeros(2))}, {"w": np.ones(2)})  # without a warning
    assert optimizer.iterations == 4
    other = SGD(0.1)
    with pytest.raises(ValueError, match="not finite"):
        other.update({"w": Variable(np.zeros(2))}, {"w": np.array([np.nan, 1.0])})
    other.update({"v": Variable(np.zeros(3))}, {"v": np.ones(3)})


def test_averages_may_begin_later():
    params, optimizer = {"w": 0.0}, SGD(1.0)
    optimizer.update(params, {"w": -1.0})
    optimizer.average = 0.5
    optimizer.update(params, {"w": -1.0})
    with optimizer.averaged(params):
        assert params["w"] == 1.5
    assert params["w"] == 2.0


def test_a_formula_that_returns_its_step_is_told_to_write_it():
    class Returning(SGD):
        def _step(self, gradient, learning_rate, state, step):
            return -learning_rate * gradient

    params = {"w": np.ones(3)}
    with pytest.raises(TypeError, match="_step of Returning returned something; it writes into"):
        Returning(0.1).update(params, {"w": np.ones(3)})
    assert params["w"].tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("l2", [-1.0, np.nan, "a", None]),
        ("weight_decay", [-0.1, np.inf, "a"]),
        ("beta1", [1.0, -0.1, "a"]),
        ("epsilon", [0.0, -1.0, np.nan]),
        ("average", [1.0, -0.5, "a"]),
        ("clip", [1.0, "norm"]),
        ("no_decay", ["bias", [1, 2]]),
        ("learning_rate", [-1.0, "fast", None]),
    ],
)
def test_an_attribute_that_makes_no_sense_is_refused_when_it_is_set(name, values):
    optimizer = AdamW(0.1)
    for value in values:
        before = getattr(optimizer, name)
        with pytest.raises((TypeError, ValueError), match=name):
            setattr(optimizer, name, value)
        assert getattr(optimizer, name) == before


def test_parameters_that_do_not_decay_go_by_either_end_of_their_names():
    params = {key: np.ones(1) for key in ("dense1/weights", "dense1/bias", "dense2/bias", "bias")}
    optimizer = SGD(0.1, l2=1.0, no_decay=("dense1/weights", "dense2"))
    optimizer.update(params, {key: np.zeros(1) for key in params})
    assert [key for key, w in params.items() if w != 1] == ["dense1/bias", "bias"]


def test_averages_of_other_parameters_are_refused_and_nothing_is_overwritten():
    params, optimizer = {"w": np.zeros(2), "v": np.zeros(2)}, SGD(1.0, average=0.5)
    optimizer.update(params, {"w": np.ones(2), "v": np.ones(2)})
    for others in ({"w": params["w"]}, {"w": params["w"], "v": np.zeros(3)}):
        with pytest.raises(ValueError, match="not the parameters that were averaged"):
            optimizer.averaged(others).__enter__()
    np.testing.assert_array_equal(params["w"], [-1.0, -1.0])


def test_a_model_that_is_frozen_altogether_has_the_rate_0():
    optimizer, w = SGD(0.1), Variable(1.0, trainable=False)
    optimizer.update({"w": w}, {"w": 1.0})
    assert (optimizer.last_learning_rate, w.value) == (0.0, 1.0)
    w.trainable = True
    optimizer.update({"w": w}, {"w": 1.0})
    assert (optimizer.last_learning_rate, w.value) == (0.1, 0.9)
