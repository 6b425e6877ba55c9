"""Linear regression against published numbers, scikit-learn, and its own three solvers."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import BAD_TABLES, tables
from sklearn import linear_model

from dlcourse.datasets import load_boston_housing
from dlcourse.finite_difference import check_gradient
from dlcourse.linear_regression import LinearModel, LinearRegression
from dlcourse.losses import mean_squared_error
from dlcourse.preprocessing import StandardScaler
from dlcourse.training import DivergenceError

SOLVERS = ["normal_equations", "gradient_descent", "sgd"]
X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 5.0]])
Y = np.array([1.0, 2.0, 4.0, 0.0])


@pytest.fixture(scope="module")
def boston():
    return load_boston_housing()


@pytest.fixture(scope="module")
def standardized(boston):
    return StandardScaler().fit_transform(boston.data)


# --- published and independent numbers -------------------------------------------


def test_boston_housing_gives_the_published_coefficients(boston):
    model = LinearRegression("normal_equations").fit(boston.data, boston.target)
    weights = dict(zip(boston.feature_names, model.weights_.round(4).tolist(), strict=True))
    published = {
        "CRIM": -0.1080,
        "NOX": -17.7666,
        "RM": 3.8099,
        "DIS": -1.4756,
        "PTRATIO": -0.9527,
        "LSTAT": -0.5248,
    }
    assert {name: weights[name] for name in published} == published
    assert round(model.intercept_, 4) == 36.4595
    assert round(model.score(boston.data, boston.target), 4) == 0.7406
    residuals = boston.target - model.predict(boston.data)
    assert round(np.mean(residuals**2), 4) == 21.8948


def test_boston_predictions_are_those_of_scikit_learn(boston):
    ours = LinearRegression().fit(boston.data, boston.target)
    theirs = linear_model.LinearRegression().fit(boston.data, boston.target)
    assert np.abs(ours.predict(boston.data) - theirs.predict(boston.data)).max() < 1e-8
    assert ours.score(boston.data, boston.target) == pytest.approx(
        theirs.score(boston.data, boston.target), rel=1e-12
    )


@given(x=tables(min_rows=2), seed=st.integers(0, 99))
def test_predictions_for_any_table_are_those_of_scikit_learn(x, seed):
    # Random tables have constant and repeated columns, and fewer rows than columns, too.
    y = np.random.default_rng(seed).normal(size=len(x))
    expected = linear_model.LinearRegression().fit(x, y).predict(x)
    np.testing.assert_allclose(LinearRegression().fit(x, y).predict(x), expected, atol=1e-8)


@pytest.mark.parametrize(
    "redundant",
    [
        lambda x: np.column_stack([x, np.full(len(x), 0.1)]),
        lambda x: np.column_stack([x, x[:, 0]]),
        lambda x: np.column_stack([x, x @ [1.0, -2.0, 0.5] + 3]),
        lambda x: x[:2],
        lambda x: x[:1],
    ],
    ids=["constant", "duplicate", "combination", "fewer rows than columns", "one row"],
)
def test_redundant_columns_do_no_harm(redundant):
    x = redundant(np.random.default_rng(0).normal(size=(30, 3)))
    y = np.random.default_rng(1).normal(size=len(x))
    expected = linear_model.LinearRegression().fit(x, y).predict(x)
    ours = LinearRegression().fit(x, y)
    np.testing.assert_allclose(ours.predict(x), expected, atol=1e-9)
    assert np.abs(ours.weights_).max() < 100, "the shortest of the equally good answers"


@given(seed=st.integers(0, 999))
def test_residuals_of_the_exact_answer_are_orthogonal_to_every_column(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    residuals = y - LinearRegression().fit(x, y).predict(x)
    np.testing.assert_allclose(np.column_stack([x, np.ones(20)]).T @ residuals, 0, atol=1e-12)


# --- three ways to the same weights ----------------------------------------------


def test_gradient_descent_arrives_at_the_exact_predictions(boston, standardized):
    exact = LinearRegression("normal_equations").fit(standardized, boston.target)
    walked = LinearRegression("gradient_descent", learning_rate=0.15, epochs=2000)
    walked.fit(standardized, boston.target)
    difference = np.abs(walked.predict(standardized) - exact.predict(standardized)).max()
    assert difference < 1e-6
    losses = walked.history_.epoch_losses
    assert len(losses) == len(walked.history_.step_losses) == 2000, "one step for each epoch"
    assert np.all(np.diff(losses) <= 1e-12), "full-batch descent never climbs"


def test_sgd_with_a_falling_rate_comes_close(boston, standardized):
    exact = LinearRegression("normal_equations").fit(standardized, boston.target)
    model = LinearRegression("sgd", learning_rate=lambda i: 0.02 / (1 + 1e-3 * i), rng=0)
    model.fit(standardized, boston.target)
    assert len(model.history_.step_losses) == 100 * 51
    assert model.score(standardized, boston.target) == pytest.approx(0.7406, abs=5e-4)
    assert np.abs(model.predict(standardized) - exact.predict(standardized)).mean() < 0.2


def test_one_full_batch_step_is_the_formula_by_hand():
    model = LinearRegression("gradient_descent", learning_rate=0.1, epochs=1).fit(X, Y)
    np.testing.assert_allclose(model.weights_, 0.1 * 2 / 4 * X.T @ Y)
    assert model.intercept_ == pytest.approx(0.1 * 2 * Y.mean())


def test_a_seed_repeats_sgd_and_a_generator_goes_on():
    def weights(rng):
        return LinearRegression("sgd", batch_size=1, epochs=3, rng=rng).fit(X, Y).weights_

    np.testing.assert_array_equal(weights(0), weights(0))
    np.testing.assert_array_equal(weights(0), weights(np.random.default_rng(0)))
    assert not np.array_equal(weights(0), weights(1))
    rng = np.random.default_rng(0)
    assert not np.array_equal(weights(rng), weights(rng))


@pytest.mark.parametrize("solver", SOLVERS)
def test_fitting_again_starts_from_nothing(solver):
    model = LinearRegression(solver, learning_rate=0.05, rng=0).fit(X / 2, Y + 3)
    again = model.fit(X, Y).weights_
    fresh = LinearRegression(solver, learning_rate=0.05, rng=0).fit(X, Y).weights_
    np.testing.assert_array_equal(again, fresh)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("dtype", "expected"),
    [(np.float32, np.float32), (np.float64, np.float64), (np.int64, np.float64)],
)
def test_float32_stays_float32_and_integers_become_float64(solver, dtype, expected):
    model = LinearRegression(solver, rng=0).fit(X.astype(dtype), Y)
    assert model.weights_.dtype == expected
    assert type(model.intercept_) is float
    assert model.predict(X.astype(dtype)).dtype == expected


@pytest.mark.parametrize("solver", SOLVERS)
def test_fitting_and_predicting_leave_the_data_alone(solver):
    x, y = X.copy(), Y.copy()
    LinearRegression(solver, rng=0).fit(x, y).predict(x)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)


def test_progress_is_silent_unless_asked_for(capfd):
    LinearRegression("sgd", epochs=2).fit(X, Y)
    assert capfd.readouterr().err == ""
    LinearRegression("sgd", epochs=2, progress=True).fit(X, Y)
    assert "2/2" in capfd.readouterr().err


# --- gradients -------------------------------------------------------------------


def random_problem(seed, rows=6, columns=3):
    rng = np.random.default_rng(seed)
    model = LinearModel(columns)
    model.params["weights"][:] = rng.normal(size=columns)
    model.params["intercept"][()] = rng.normal()
    return model, rng.normal(size=(rows, columns)), rng.normal(size=rows)


@given(seed=st.integers(0, 999), rows=st.integers(1, 9), columns=st.integers(1, 4))
def test_gradients_derived_by_hand_equal_those_of_autograd(seed, rows, columns):
    model, x, y = random_problem(seed, rows, columns)
    w, b = model.params["weights"], model.params["intercept"]

    def loss(w, b):
        return anp.mean((anp.dot(x, w) + b - y) ** 2)

    value, grads = model.loss_and_gradients(mean_squared_error, x, y)
    assert value == pytest.approx(float(loss(w, b)), rel=1e-12)
    np.testing.assert_allclose(grads["weights"], autograd.grad(loss, 0)(w, float(b)), atol=1e-12)
    np.testing.assert_allclose(grads["intercept"], autograd.grad(loss, 1)(w, float(b)), atol=1e-12)


@pytest.mark.parametrize("name", ["weights", "intercept"])
def test_gradients_derived_by_hand_pass_the_check_by_finite_differences(name):
    model, x, y = random_problem(0)

    def loss_at(value):
        model.params[name] = value
        return mean_squared_error(model(x), y)

    point = model.params[name].copy()
    claimed = model.loss_and_gradients(mean_squared_error, x, y)[1][name]
    assert check_gradient(loss_at, claimed, point) < 1e-8


def test_gradients_have_the_keys_shapes_and_dtype_of_the_parameters():
    model = LinearModel(2, np.float32)
    _, grads = model.loss_and_gradients(mean_squared_error, X.astype("f4"), Y.astype("f4"))
    assert {key: (g.shape, g.dtype) for key, g in grads.items()} == {
        key: (w.shape, w.dtype) for key, w in model.params.items()
    }


def test_gradients_belong_to_one_loss_only():
    def absolute_error(prediction, target):
        return float(np.abs(prediction - target).mean())

    with pytest.raises(ValueError, match=r"for mean_squared_error, not for <function .*absolute"):
        LinearModel(2).loss_and_gradients(absolute_error, X, Y)


@pytest.mark.parametrize(("in_features", "error"), [(0, ValueError), (1.5, TypeError)])
def test_a_model_needs_a_whole_number_of_features(in_features, error):
    with pytest.raises(error, match=f"in_features must be .*, got {in_features}"):
        LinearModel(in_features)


# --- refusals --------------------------------------------------------------------

BAD_TARGETS = [
    pytest.param([1.0, 2.0], ValueError, "one value for each of the 4 rows, got 2", id="short"),
    pytest.param(Y[:, None], ValueError, r"y must have shape \(n_samples,\), got .*1\)", id="2-D"),
    pytest.param(1.0, ValueError, r"y must have shape \(n_samples,\), got shape \(\)", id="0-D"),
    pytest.param([], ValueError, "y is empty", id="empty"),
    pytest.param([1, 2, np.nan, 4], ValueError, r"y holds 1 .* \(nan\) at index \(2,\)", id="NaN"),
    pytest.param(list("abcd"), TypeError, "y must hold numbers .*, got dtype <U1", id="text"),
]


def assert_unchanged_by(refused_call, model, error, message):
    before = (model.weights_.copy(), model.intercept_, model.history_)
    with pytest.raises(error, match=message):
        refused_call()
    np.testing.assert_array_equal(model.weights_, before[0])
    assert (model.intercept_, model.history_) == before[1:]


@pytest.mark.parametrize("method", ["fit", "predict", "score"])
@pytest.mark.parametrize(("x", "error", "message"), BAD_TABLES)
def test_bad_tables_are_refused_and_leave_the_model_as_it_was(method, x, error, message):
    model = LinearRegression("sgd", rng=0).fit(X, Y)
    arguments = (x,) if method == "predict" else (x, Y)
    assert_unchanged_by(lambda: getattr(model, method)(*arguments), model, error, message)


@pytest.mark.parametrize("method", ["fit", "score"])
@pytest.mark.parametrize(("y", "error", "message"), BAD_TARGETS)
def test_bad_targets_are_refused_and_leave_the_model_as_it_was(method, y, error, message):
    model = LinearRegression("sgd", rng=0).fit(X, Y)
    assert_unchanged_by(lambda: getattr(model, method)(X, y), model, error, message)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"solver": "magic"}, ValueError, r"solver must be one of \('normal_.*, got 'magic'"),
        ({"solver": None}, ValueError, r"solver must be one of .*, got None"),
        ({"learning_rate": -0.1}, ValueError, r"must be a finite number .*, got -0\.1"),
        ({"learning_rate": 1e3}, DivergenceError, "the loss became .*; lower the learning rate"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1"),
        ({"rng": "seed"}, TypeError, "rng must be a whole number, got 'seed'"),
    ],
)
def test_a_fit_that_fails_leaves_the_model_as_it_was(settings, error, message):
    model = LinearRegression("sgd", rng=0).fit(X, Y)
    for name, value in settings.items():
        setattr(model, name, value)
    assert_unchanged_by(lambda: model.fit(X, Y), model, error, message)


@pytest.mark.parametrize("solver", ["gradient_descent", "sgd"])
def test_a_diverging_fit_hands_over_its_losses(boston, solver):
    # On raw features even this rate is too high: TAX goes up to 711.
    model = LinearRegression(solver, learning_rate=0.01, rng=0)
    with pytest.raises(DivergenceError, match="bring the features to one scale") as caught:
        model.fit(boston.data, boston.target)
    assert not np.isfinite(caught.value.history.step_losses[-1])
    assert repr(model) == f"<LinearRegression by {solver}: not fitted>"


@pytest.mark.parametrize("ask", [lambda m: m.predict(X), lambda m: m.score(X, Y)])
def test_a_model_without_weights_says_so(ask):
    with pytest.raises(RuntimeError, match=r"has no weights yet; call fit\(x, y\) first"):
        ask(LinearRegression())


@pytest.mark.parametrize("ask", [lambda m, x: m.predict(x), lambda m, x: m.score(x, Y)])
def test_another_number_of_columns_than_in_fit_is_refused(ask):
    with pytest.raises(ValueError, match="x must have 2 columns, as in fit, got 1"):
        ask(LinearRegression().fit(X, Y), X[:, :1])


@pytest.mark.parametrize("level", [0.0, 0.1])
def test_r_squared_of_targets_that_are_all_equal_is_refused(level):
    # The computed variance of 0.1 seven times is not exactly 0.
    model, x = LinearRegression().fit(X, Y), np.vstack([X, X[:3]])
    with pytest.raises(ValueError, match="R² is not defined for targets that are all equal"):
        model.score(x, np.full(7, level))


def test_r_squared_is_1_for_the_truth_0_for_the_mean_and_negative_for_worse():
    model = LinearRegression().fit(X, Y)
    model.weights_, model.intercept_ = np.zeros(2), Y.mean()
    assert model.score(X, Y) == pytest.approx(0.0)
    model.intercept_ = 100.0
    assert model.score(X, Y) < 0
    model.weights_, model.intercept_ = np.array([1.0, 2.0]), 3.0
    assert model.score(X, X @ [1.0, 2.0] + 3.0) == 1.0


def test_a_model_prints_its_solver_and_size():
    model = LinearRegression("gradient_descent").fit(X, Y)
    assert repr(model) == "<LinearRegression by gradient_descent: 2 weights>"
