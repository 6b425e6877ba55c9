"""Each optimizer is what its paper says it is, and what PyTorch and Keras make of it.

The formulas are written out here a second time, naively, one array at a time. What all
optimizers share is shown in test_optimizers.py.
"""

import copy

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from recorded_values import RECORDED

from dlcourse import optimizers
from dlcourse.autodiff import GradientTape, Variable
from dlcourse.optimizers import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSprop

# --- the papers' formulas --------------------------------------------------------
# Each takes w, g, the rate, the number t = 1, 2, ... of the step, and a dict `s` to
# remember things in; it returns the new w.


def robbins_monro(w, g, rate, t, s):
    return w - rate * g


def polyak(w, g, rate, t, s):
    s["v"] = 0.9 * s.get("v", 0) - rate * g
    return w + s["v"]


def nesterov(w, g, rate, t, s):
    """Step from theta, with the gradient where the velocity leads: w = theta + 0.9 v."""
    v = s.get("v", 0)
    theta = w - 0.9 * v
    s["v"] = 0.9 * v - rate * g
    theta = theta + s["v"]
    return theta + 0.9 * s["v"]


def duchi(w, g, rate, t, s):
    s.setdefault("gradients", []).append(g)
    return w - rate * g / (np.sqrt(sum(past**2 for past in s["gradients"])) + 1e-7)


def hinton(w, g, rate, t, s):
    s["h"] = 0.8 * s.get("h", 0) + 0.2 * g**2
    return w - rate * g / (np.sqrt(s["h"]) + 1e-7)


def kingma_ba(w, g, rate, t, s):
    s["m"] = 0.8 * s.get("m", 0) + 0.2 * g
    s["v"] = 0.99 * s.get("v", 0) + 0.01 * g**2
    m_hat, v_hat = s["m"] / (1 - 0.8**t), s["v"] / (1 - 0.99**t)
    return w - rate * m_hat / (np.sqrt(v_hat) + 1e-3)


def loshchilov_hutter(w, g, rate, t, s):
    return kingma_ba(w, g, rate, t, s) - rate * 0.3 * w


ADAM = {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3}
FORMULAS = {
    SGD: ({}, robbins_monro),
    Momentum: ({"momentum": 0.9}, polyak),
    Nesterov: ({"momentum": 0.9}, nesterov),
    AdaGrad: ({"epsilon": 1e-7}, duchi),
    RMSprop: ({"decay": 0.8, "epsilon": 1e-7}, hinton),
    Adam: (ADAM, kingma_ba),
    AdamW: (ADAM | {"weight_decay": 0.3}, loshchilov_hutter),
}
every_optimizer = pytest.mark.parametrize("optimizer_class", FORMULAS)


def test_every_public_optimizer_has_its_formula_here():
    public = (getattr(optimizers, name) for name in optimizers.__all__)
    classes = {o for o in public if isinstance(o, type) and issubclass(o, optimizers.Optimizer)}
    assert classes - {optimizers.Optimizer} == FORMULAS.keys(), "write its paper's formula above"


# Small ones that are large together, a large one, and one of each odd kind.
SHAPES = {
    "dense1/weights": (50, 60),
    "dense1/bias": (60,),
    "dense2/weights": (60, 40),
    "dense2/bias": (1, 40),
    "dense3/weights": (90, 50),
    "scale": (),
    "nothing": (0, 3),
}


def random_arrays(rng, shapes=SHAPES, dtype=np.float64):
    return {key: np.asarray(rng.normal(size=shape), dtype) for key, shape in shapes.items()}


def follow(formula, params, all_grads, rate_at, multipliers=()):
    """Return where the formula leads, one array at a time."""
    params, memory = dict(params), {key: {} for key in params}
    for t, grads in enumerate(all_grads):
        for key, g in grads.items():
            rate = rate_at(t) * dict(multipliers).get(key, 1.0)
            params[key] = formula(params[key], g, rate, t + 1, memory[key])
    return params


@every_optimizer
def test_a_hundred_steps_with_a_changing_rate_follow_the_paper(optimizer_class):
    rng = np.random.default_rng(1)
    settings, formula = FORMULAS[optimizer_class]
    params, all_grads = random_arrays(rng), [random_arrays(rng) for _ in range(100)]

    def rate_at(step):
        return 0.1 / (1 + 0.05 * step)

    expected = follow(formula, params, all_grads, rate_at)
    optimizer = optimizer_class(rate_at, **settings)
    for grads in all_grads:
        optimizer.update(params, grads)
    for key, w in params.items():
        np.testing.assert_allclose(w, expected[key], rtol=1e-9, atol=1e-11, err_msg=key)


@every_optimizer
def test_a_multiplier_is_another_rate_for_some_parameters(optimizer_class):
    rng = np.random.default_rng(2)
    settings, formula = FORMULAS[optimizer_class]
    params, all_grads = random_arrays(rng), [random_arrays(rng) for _ in range(20)]
    by_prefix = {"dense1": 0.1, "dense2/bias": 3.0, "dense3": 0.5, "scale": 0.0}
    by_name = {"dense1/weights": 0.1, "dense1/bias": 0.1, "dense2/bias": 3.0}
    by_name |= {"dense3/weights": 0.5, "scale": 0.0}
    expected = follow(formula, params, all_grads, lambda step: 0.1, by_name)
    optimizer = optimizer_class(0.1, **settings, rate_multipliers=by_prefix)
    for grads in all_grads:
        optimizer.update(params, grads)
    for key, w in params.items():
        np.testing.assert_allclose(w, expected[key], rtol=1e-9, atol=1e-11, err_msg=key)


@every_optimizer
def test_a_multiplier_of_zero_freezes_bit_by_bit(optimizer_class):
    rng = np.random.default_rng(3)
    params = random_arrays(rng)
    before = copy.deepcopy(params)
    settings = FORMULAS[optimizer_class][0]
    optimizer = optimizer_class(0.1, **settings, rate_multipliers={"dense1": 0, "dense3": 0})
    for _ in range(3):
        optimizer.update(params, random_arrays(rng))
    for key in ("dense1/weights", "dense1/bias", "dense3/weights"):
        np.testing.assert_array_equal(params[key], before[key])
    for key in ("dense2/weights", "dense2/bias"):
        assert np.all(params[key] != before[key]), f"{key} should have been trained"


# --- PyTorch and Keras -----------------------------------------------------------

RECORD = RECORDED["optimizers"]


def path_of(optimizer, rates):
    """Return where the recorded gradients lead from the recorded start."""
    params, path = {"w": np.array(RECORD["start"])}, []
    for g, rate in zip(RECORD["gradients"], rates, strict=True):
        optimizer.learning_rate = rate
        optimizer.update(params, {"w": np.array(g)})
        path.append(params["w"].copy())
    return path


@pytest.mark.parametrize("rates", ["constant", "changing"])
@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.0),
        Momentum(0.0, momentum=0.9),
        Nesterov(0.0, momentum=0.9),
        AdaGrad(0.0, epsilon=1e-7),
        RMSprop(0.0, decay=0.9, epsilon=1e-7),
        Adam(0.0, beta1=0.9, beta2=0.999, epsilon=1e-8),
        AdamW(0.0, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.1),
    ],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_twenty_steps_are_those_of_pytorch(optimizer, rates):
    """The same formulas, except that PyTorch's velocity is ours divided by the rate.

    There v <- momentum * v + g and w <- w - rate * v: while the rate is constant both say
    the same. When it changes, PyTorch rescales the velocity it has and ours keeps it, so
    momentum is compared up to the change only, and must differ after it.
    """
    name = type(optimizer).__name__
    path = path_of(copy.deepcopy(optimizer), RECORD["rates"][rates])
    expected = RECORD["torch"][name][rates]
    if name in ("Momentum", "Nesterov") and rates == "changing":
        assert np.max(np.abs(path[10] - np.array(expected[10]))) > 1e-3
        path, expected = path[:10], expected[:10]
    np.testing.assert_allclose(path, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("rates", ["constant", "changing"])
@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.0),
        Momentum(0.0, momentum=0.9),
        Nesterov(0.0, momentum=0.9),
        AdaGrad(0.0, epsilon=1e-20),
        RMSprop(0.0, decay=0.9, epsilon=1e-20),
        Adam(0.0, beta1=0.9, beta2=0.999, epsilon=1e-20),
        AdamW(0.0, beta1=0.9, beta2=0.999, epsilon=1e-20, weight_decay=0.1),
    ],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_twenty_steps_are_those_of_keras(optimizer, rates):
    """The same formulas, except for two habits of Keras.

    It adds epsilon under the root (AdaGrad, RMSprop) or before the correction of the second
    moment (Adam): recorded with an epsilon of 1e-20, where its place makes no difference.
    Its AdaGrad starts with squares of 0.1, which ours is given as a loaded state.
    """
    optimizer = copy.deepcopy(optimizer)
    if isinstance(optimizer, AdaGrad):
        optimizer.load_state_dict({"iterations": 1, "squares": {"w": np.full((2, 3), 0.1)}})
    path = path_of(optimizer, RECORD["rates"][rates])
    expected = RECORD["keras"][type(optimizer).__name__][rates]
    np.testing.assert_allclose(path, expected, rtol=1e-10, atol=1e-11)


# --- what the docstrings claim ---------------------------------------------------


def walk(optimizer, gradients, start=0.0):
    """Return the positions of one number that is shown these gradients."""
    params, positions = {"w": np.array([start])}, [start]
    for g in gradients:
        optimizer.update(params, {"w": np.array([g])})
        positions.append(float(params["w"][0]))
    return np.array(positions)


SIZES = st.floats(1e-2, 1e4) | st.floats(-1e4, -1e-2)


@given(g=SIZES, rate=st.floats(1e-5, 1))
@pytest.mark.parametrize("optimizer_class", [AdaGrad, Adam])
def test_the_first_step_has_the_size_of_the_rate_whatever_the_gradient(optimizer_class, g, rate):
    step = walk(optimizer_class(rate), [g])[1]
    assert step == pytest.approx(-rate * np.sign(g), rel=1e-4)


@given(g=SIZES)
def test_under_a_constant_gradient_every_step_of_adam_has_the_size_of_the_rate(g):
    steps = np.diff(walk(Adam(0.01), [g] * 50))
    np.testing.assert_allclose(steps, -0.01 * np.sign(g), rtol=1e-4)


@given(scale=st.floats(1e-2, 1e4), seed=st.integers(0, 99))
@pytest.mark.parametrize("optimizer_class", [AdaGrad, RMSprop, Adam])
def test_the_scale_of_the_gradients_makes_no_difference_to_an_adaptive_method(
    optimizer_class, scale, seed
):
    gradients = np.random.default_rng(seed).uniform(0.5, 2, size=10)
    scaled = walk(optimizer_class(0.1, epsilon=1e-12), scale * gradients)
    np.testing.assert_allclose(scaled, walk(optimizer_class(0.1, epsilon=1e-12), gradients))


def test_under_a_constant_gradient_the_steps_of_adagrad_fall_like_one_over_the_root():
    steps = np.diff(walk(AdaGrad(0.1), [5.0] * 100))
    np.testing.assert_allclose(steps, -0.1 / np.sqrt(np.arange(1, 101)), rtol=1e-6)


def test_rmsprop_forgets_an_outlier_and_adagrad_does_not():
    gradients = [100.0] + [0.1] * 200
    last_step = {kind: np.diff(walk(kind(0.01), gradients))[-1] for kind in (RMSprop, AdaGrad)}
    assert last_step[RMSprop] == pytest.approx(-0.01, rel=1e-3)
    assert last_step[AdaGrad] == pytest.approx(-0.01 * 0.1 / 100, rel=1e-3)


def test_the_squares_of_rmsprop_fade_by_its_decay():
    optimizer = RMSprop(0.01, decay=0.75)
    walk(optimizer, [2.0] + [0.0] * 10)
    squares = optimizer.state_dict()["squares"]["w"]
    np.testing.assert_allclose(squares, 0.75**10 * 0.25 * 2.0**2)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.8])
def test_adam_remembers_the_moments_of_the_paper(kept):
    gradients = 10.0 ** np.array([0, 9, -9, 3, -6])
    optimizer, m, v = Adam(0.01, beta1=kept, beta2=kept), 0.0, 0.0
    walk(optimizer, gradients)
    for g in gradients:
        m, v = kept * m + (1 - kept) * g, kept * v + (1 - kept) * g**2
    state = optimizer.state_dict()
    np.testing.assert_allclose(state["first_moment"]["w"], m)
    np.testing.assert_allclose(state["second_moment"]["w"], v)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_beta_that_changes_leaves_the_size_of_a_step_under_a_constant_gradient(dtype):
    params, optimizer = {"w": np.zeros(1, dtype)}, Adam(0.01)
    for beta1 in [0.9] * 1000 + [0.5, 0.99, 0.0, 0.9] * 5:
        optimizer.beta1, before = beta1, params["w"].copy()
        optimizer.update(params, {"w": np.ones(1, dtype)})
        assert params["w"] - before == pytest.approx(-0.01, rel=1e-3)


@pytest.mark.parametrize("optimizer_class", [Momentum, Nesterov])
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
def test_momentum_speeds_up_to_one_over_one_minus_momentum_times_a_plain_step(
    optimizer_class, momentum
):
    steps = np.diff(walk(optimizer_class(0.1, momentum), [3.0] * 3000))
    assert steps[-1] == pytest.approx(-0.1 * 3.0 / (1 - momentum))
    assert np.all(np.diff(steps) <= 1e-12), "the speed should only grow"


def test_without_momentum_both_momentum_methods_are_plain_descent():
    gradients = np.random.default_rng(4).normal(size=30)
    plain = walk(SGD(0.1), gradients)
    np.testing.assert_allclose(walk(Momentum(0.1, momentum=0.0), gradients), plain, rtol=1e-12)
    np.testing.assert_allclose(walk(Nesterov(0.1, momentum=0.0), gradients), plain, rtol=1e-12)


@pytest.mark.parametrize("curvature", [0.5, 4.0, 30.0])
def test_momentum_on_a_parabola_is_polyaks_heavy_ball(curvature):
    # x_{t+1} = (1 + alpha - eta * curvature) x_t - alpha x_{t-1}, from rest.
    params, optimizer = {"x": np.array([1.0])}, Momentum(0.05, momentum=0.8)
    x = [1.0, 1.0]
    for _ in range(60):
        optimizer.update(params, {"x": curvature * params["x"]})
        x.append((1.8 - 0.05 * curvature) * x[-1] - 0.8 * x[-2])
        assert params["x"][0] == pytest.approx(x[-1], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_without_a_gradient_adamw_decays_weights_geometrically(dtype):
    params = {"a/w": np.array([2.0, -3.0], dtype), "b/w": np.array([1.0], dtype), "c/w": 4.0}
    optimizer = AdamW(0.1, weight_decay=0.5, rate_multipliers={"b": 0.2, "c": 0})
    for _ in range(20):
        optimizer.update(params, {key: np.zeros(np.shape(w)) for key, w in params.items()})
    np.testing.assert_allclose(params["a/w"], 0.95**20 * np.array([2.0, -3.0]), rtol=1e-5)
    np.testing.assert_allclose(params["b/w"], 0.99**20, rtol=1e-5)
    assert params["c/w"] == 4.0, "a frozen parameter does not decay either"


def test_the_decay_of_adamw_follows_the_schedule():
    params, optimizer = {"w": np.array([1.0])}, AdamW(lambda i: [0.5, 0.1][i], weight_decay=0.2)
    for _ in range(2):
        optimizer.update(params, {"w": np.zeros(1)})
    np.testing.assert_allclose(params["w"], 0.9 * 0.98)


def test_adamw_without_decay_is_adam():
    rng = np.random.default_rng(5)
    first = random_arrays(rng)
    second, adam, adamw = copy.deepcopy(first), Adam(0.1), AdamW(0.1, weight_decay=0)
    for _ in range(5):
        grads = random_arrays(rng)
        adam.update(first, grads)
        adamw.update(second, grads)
    np.testing.assert_equal(second, first)


@pytest.mark.parametrize(
    ("optimizer", "name"),
    [
        (Momentum(0.1), "momentum"),
        (RMSprop(0.1), "decay"),
        (AdaGrad(0.1), "epsilon"),
        (AdamW(0.1), "beta1"),
        (AdamW(0.1), "beta2"),
        (AdamW(0.1), "epsilon"),
        (AdamW(0.1), "weight_decay"),
    ],
)
def test_a_setting_that_is_changed_later_counts_from_then_on(optimizer, name):
    changed, as_it_was = copy.deepcopy(optimizer), copy.deepcopy(optimizer)
    setattr(changed, name, 0.5)
    last = {o: walk(o, [1.0, -2.0], start=1.0)[-1] for o in (changed, as_it_was)}
    assert last[changed] != last[as_it_was], f"{name} = 0.5 made no difference"


# --- kinds of numbers ------------------------------------------------------------


@every_optimizer
def test_float32_stays_float32_from_the_rate_to_the_step(optimizer_class):
    settings, formula = FORMULAS[optimizer_class]
    seen = []

    class Spy(optimizer_class):
        def _step(self, gradient, learning_rate, state, step):
            seen.append(getattr(learning_rate, "dtype", type(learning_rate)))
            seen.extend(array.dtype for array in (gradient, step, *state.values()))
            super()._step(gradient, learning_rate, state, step)

    for multipliers in (None, {"dense1": np.float64(0.5)}):
        rng = np.random.default_rng(6)
        params = random_arrays(rng, dtype=np.float32)
        all_grads = [random_arrays(rng, dtype=np.float32) for _ in range(20)]
        by_name = dict.fromkeys(["dense1/weights", "dense1/bias"], 0.5) if multipliers else {}
        expected = follow(formula, params, all_grads, lambda step: 0.01, by_name)
        # NumPy's cosine of a step: a rate that would turn float32 into float64.
        optimizer = Spy(
            lambda step: np.float64(0.01) * np.cos(0.0), **settings, rate_multipliers=multipliers
        )
        for grads in all_grads:
            optimizer.update(params, grads)
        for key, w in params.items():
            assert w.dtype == np.float32, key
            np.testing.assert_allclose(w, expected[key], rtol=1e-4, atol=1e-5, err_msg=key)
        for vectors in optimizer.state_dict().values():
            if isinstance(vectors, dict):
                assert {v.dtype for v in vectors.values()} == {np.dtype(np.float32)}
    assert set(seen) == {float, np.dtype(np.float32)}


@every_optimizer
def test_float32_and_float64_parameters_are_trained_side_by_side(optimizer_class):
    settings, formula = FORMULAS[optimizer_class]
    rng = np.random.default_rng(7)
    params = random_arrays(rng)
    for key in ("dense1/weights", "dense2/bias", "dense3/weights"):
        params[key] = params[key].astype(np.float32)
    all_grads = [random_arrays(rng) for _ in range(10)]
    expected = follow(formula, params, all_grads, lambda step: 0.01)
    optimizer = optimizer_class(0.01, **settings)
    for grads in all_grads:
        optimizer.update(params, grads)
    for key, w in params.items():
        tolerance = 1e-4 if w.dtype == np.float32 else 1e-10
        np.testing.assert_allclose(w, expected[key], rtol=tolerance, atol=tolerance, err_msg=key)


@pytest.mark.parametrize("size", [3, 5000])
def test_a_gradient_too_large_for_the_dtype_of_its_parameter_is_refused(size):
    params = {"v": np.ones(2), "w": np.ones(size, np.float32)}
    grads = {"v": np.ones(2), "w": np.full(size, 1e300)}
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=r"grads\['w'\] .* finite"):
        SGD(0.1).update(params, grads)
    assert np.all(params["w"] == 1)
    assert np.all(params["v"] == 1)


@every_optimizer
def test_gradients_and_their_arrays_are_left_alone(optimizer_class):
    rng = np.random.default_rng(8)
    params, grads = random_arrays(rng), random_arrays(rng)
    before = copy.deepcopy(grads)
    optimizer = optimizer_class(0.1, **FORMULAS[optimizer_class][0])
    for _ in range(3):
        optimizer.update(params, grads)
        np.testing.assert_equal(grads, before)


@every_optimizer
def test_a_large_parameter_with_any_layout_of_memory_is_updated_in_place(optimizer_class):
    settings, formula = FORMULAS[optimizer_class]
    rng = np.random.default_rng(9)
    table = rng.normal(size=(100, 120))
    start, all_grads = table.T[:, ::2].copy(), [rng.normal(size=(50, 120)).T for _ in range(3)]
    expected = follow(formula, {"w": start}, [{"w": g} for g in all_grads], lambda step: 0.1)
    params, optimizer = {"w": table.T[:, ::2]}, optimizer_class(0.1, **settings)
    for g in all_grads:
        optimizer.update(params, {"w": g})
    np.testing.assert_allclose(table.T[:, ::2], expected["w"], rtol=1e-9)


# --- variables -------------------------------------------------------------------


@every_optimizer
def test_variables_get_new_values_and_their_changes_are_counted(optimizer_class):
    settings, formula = FORMULAS[optimizer_class]
    rng = np.random.default_rng(10)
    arrays, all_grads = random_arrays(rng), [random_arrays(rng) for _ in range(5)]
    variables = {key: Variable(array, key) for key, array in arrays.items()}
    objects = {key: (v, v.value, v.value.copy()) for key, v in variables.items()}
    optimizer = optimizer_class(0.1, **settings)
    versions = []
    for grads in all_grads:
        optimizer.update(variables, grads)
        versions.append([variable.version for variable in variables.values()])
    assert np.all(np.diff(versions, axis=0) > 0), "each update must raise each version"
    expected = follow(formula, arrays, all_grads, lambda step: 0.1)
    for key, variable in variables.items():
        assert variable is objects[key][0]
        before, as_it_was = objects[key][1:]
        assert_array_equal(before, as_it_was, "an array that was taken before has changed")
        np.testing.assert_allclose(variable.value, expected[key], rtol=1e-9, atol=1e-11)


def test_a_gradient_asked_for_after_an_update_is_that_of_what_was_recorded():
    w, optimizer = Variable(np.array([3.0]), "w"), SGD(0.1)
    with GradientTape(persistent=True) as tape:
        loss = np.sum(w * w)
    optimizer.update({"w": w}, {"w": tape.gradient(loss, w)})
    np.testing.assert_allclose(w.value, [2.4])
    np.testing.assert_array_equal(tape.gradient(loss, w), [6.0])


def test_a_refused_update_is_not_counted_as_a_change():
    w = Variable(np.array([3.0]))
    before = w.version
    with pytest.raises(ValueError, match="not finite"):
        SGD(0.1).update({"w": w}, {"w": np.array([np.nan])})
    assert w.version == before
    assert w.value == 3.0


# --- saving and continuing -------------------------------------------------------


@every_optimizer
@pytest.mark.parametrize("steps_before", [0, 1, 6])
@pytest.mark.parametrize("as_variables", [False, True])
def test_a_saved_state_continues_bit_by_bit(optimizer_class, steps_before, as_variables):
    settings = FORMULAS[optimizer_class][0] | {"rate_multipliers": {"dense1": 0.5}}
    rng = np.random.default_rng(11)
    params = random_arrays(rng) | random_arrays(rng, {"single": (4,)}, np.float32)
    if as_variables:
        params = {key: Variable(w, key) for key, w in params.items()}
    shapes = {key: np.shape(getattr(w, "value", w)) for key, w in params.items()}
    optimizer = optimizer_class(lambda step: 0.1 / (1 + step), **settings)
    for _ in range(steps_before):
        optimizer.update(params, random_arrays(rng, shapes))

    resumed = optimizer_class(lambda step: 0.1 / (1 + step), **settings)
    resumed.load_state_dict(optimizer.state_dict())
    copied = copied_params(params)
    for _ in range(4):
        grads = random_arrays(rng, shapes)
        optimizer.update(params, grads)
        resumed.update(copied, grads)
    np.testing.assert_equal(values(copied), values(params))
    np.testing.assert_equal(resumed.state_dict(), optimizer.state_dict())
    assert resumed.iterations == steps_before + 4


def values(params):
    return {key: getattr(w, "value", w) for key, w in params.items()}


def copied_params(params):
    return {
        key: Variable(w.value, key) if isinstance(w, Variable) else w.copy()
        for key, w in params.items()
    }


@every_optimizer
def test_an_optimizer_that_is_rewound_repeats_itself(optimizer_class):
    rng = np.random.default_rng(12)
    params, optimizer = random_arrays(rng), optimizer_class(0.1, **FORMULAS[optimizer_class][0])
    for _ in range(3):
        optimizer.update(params, random_arrays(rng))
    state, start, grads = optimizer.state_dict(), copy.deepcopy(params), random_arrays(rng)
    optimizer.update(params, grads)
    optimizer.load_state_dict(state)
    optimizer.update(start, grads)
    np.testing.assert_equal(start, params)


# --- refusals --------------------------------------------------------------------

BELOW_ONE = [-0.1, 1.0, 1.5, np.nan]
NOT_POSITIVE = [0.0, -1e-8, np.nan, np.inf]


@pytest.mark.parametrize(
    ("optimizer_class", "name", "value"),
    [(Momentum, "momentum", value) for value in BELOW_ONE]
    + [(Nesterov, "momentum", value) for value in BELOW_ONE]
    + [(RMSprop, "decay", value) for value in BELOW_ONE]
    + [(kind, beta, v) for kind in (Adam, AdamW) for beta in ("beta1", "beta2") for v in BELOW_ONE],
)
def test_a_share_that_is_not_below_one_is_refused(optimizer_class, name, value):
    with pytest.raises(ValueError, match=rf"{name} must be at least 0 and below 1, got {value}"):
        optimizer_class(0.1, **{name: value})


@pytest.mark.parametrize("optimizer_class", [AdaGrad, RMSprop, Adam, AdamW])
@pytest.mark.parametrize("value", NOT_POSITIVE)
def test_an_epsilon_that_is_not_positive_is_refused(optimizer_class, value):
    with pytest.raises(ValueError, match=rf"epsilon must be positive, got {value}"):
        optimizer_class(0.1, epsilon=value)


@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf])
def test_a_weight_decay_that_is_negative_or_not_finite_is_refused(value):
    with pytest.raises(
        ValueError, match=rf"weight_decay must be a finite number of at least 0, got {value}"
    ):
        AdamW(0.1, weight_decay=value)


@pytest.mark.parametrize("loaded_into", [SGD, Momentum, AdaGrad, Adam])
@pytest.mark.parametrize("saved_from", [SGD, Momentum, AdaGrad, Adam])
def test_the_state_of_another_method_is_refused(saved_from, loaded_into):
    if saved_from is loaded_into:
        loaded_into(0.1).load_state_dict(saved_from(0.1).state_dict())
        return
    with pytest.raises(ValueError, match=rf"the state of {loaded_into.__name__} holds \["):
        loaded_into(0.1).load_state_dict(saved_from(0.1).state_dict())
