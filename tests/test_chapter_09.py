"""Chapter 9: what its cells print, and the claims that hang on it."""

import re
from pathlib import Path

import numpy as np
import pytest
import run_experiments
from chapter import chapter

from dlcourse.datasets import load_boston_housing
from dlcourse.preprocessing import StandardScaler, train_test_split

ROOT = Path(__file__).parent.parent
HERE = chapter("09")
TEXT, PRINTED = HERE.prose, HERE.printed


@pytest.mark.parametrize(
    "line",
    [
        "3 / sqrt(36) = 0.5, measured 0.497",
        "MinMaxScaler    agrees to 1e-12: True",
        "min-max     :  0.00 to 0.04, worst 1.00",
        "raw        kappa  1.4e+08",
        "standard.  kappa       98",
        "raw         179,784,169 steps",
        "centered      7,769,038 steps",
        "min-max             897 steps",
        "mean norm.          181 steps",
        "standard.            66 steps",
        "min-max      897, predicted: True",
        "mean norm.   181, predicted: True",
        "standard.     66, predicted: True",
        "the lowest loss is the same: True",
        "range times 0.83, spread times 0.90",
        "14 million times as many",
        "the leak gains -0.15 ± 0.36",
        "chosen on all rows: test R2 +0.20\nchosen on training rows: test R2 -0.53",
        "correlation 0.92",
        "weight of RAD beside TAX:   +2.68\nweight of RAD without TAX:  +1.10",
        "x     diff. True, tape True, fused True",
        "gain  diff. True, tape True, fused True",
        "shift diff. True, tape True, fused True",
        "share of the start left: 0.73",
        "a row alone is treated alike: True",
        "weight    times 0.1\nslope     times 10\ncurvature times 100",
        "sum is 0:   True\northogonal: True",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


def shares(label):
    return float(re.search(re.escape(label) + r"\s+([\d.]+)%", PRINTED)[1])


def test_the_company_of_a_row_decides_in_training_mode():
    by_class = shares("training mode, by class:")
    assert shares("evaluation mode:") > 85 > 60 > 30 > by_class
    assert shares("training mode, shuffled:") > 85


def test_running_statistics_need_time():
    early = PRINTED[PRINTED.index("share of the start") :]
    evaluation, training = (
        float(re.search(mode + r" mode:\s+([\d.]+)%", early)[1])
        for mode in ("evaluation", "training")
    )
    assert evaluation < training - 5


def test_the_conditions_are_those_of_the_matrix():
    """Another route: singular values, and scaled by hand."""
    boston = load_boston_housing()
    table = boston.data[:, [name != "B" for name in boston.feature_names]]
    x, _, y, _ = train_test_split(table, boston.target, test_size=0.2, rng=np.random.default_rng(0))
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    for label, version in {"raw": x, "standard.": z}.items():
        singular = np.linalg.svd(np.column_stack([version, np.ones(len(x))]), compute_uv=False)
        kappa = (singular[0] / singular[-1]) ** 2
        limit = len(x) / singular[0] ** 2
        said = re.search(rf"{label} +kappa +(\S+), limit +(\S+)", PRINTED)
        assert float(said[1]) == pytest.approx(kappa, rel=0.05)
        assert float(said[2]) == pytest.approx(limit, rel=0.05)
    assert np.allclose(z, StandardScaler().fit_transform(x))
    assert len(y) == len(x)


def test_at_factor_4_three_of_the_four_rates_run_away():
    rng = np.random.default_rng(9)
    pair = rng.normal(size=(200, 2)) @ np.array([[1.0, 0.3], [0.0, 0.95]])
    pair -= pair.mean(axis=0)
    limits = [
        2 / np.linalg.eigvalsh(2 * (pair * [1, factor]).T @ (pair * [1, factor]) / 200)[-1]
        for factor in (1, 4)
    ]
    assert limits[0] > 0.7
    assert 0.05 < limits[1] < 0.2


def test_above_the_limit_the_walk_diverges_and_below_it_does_not():
    rng = np.random.default_rng(5)
    A = rng.normal(size=(50, 3)) * [1, 5, 0.3]
    H = 2 * A.T @ A / len(A)
    limit = 2 / np.linalg.eigvalsh(H)[-1]
    for rate, grows in ((0.99 * limit, False), (1.01 * limit, True)):
        w = rng.normal(size=3)
        start = w @ H @ w
        for _ in range(2000):
            w = w - rate * H @ w
        assert (w @ H @ w > start) == grows


# The stored experiment ----------------------------------------------------------------------

FOUND = run_experiments.stored("09_normalization")
EXPERIMENT = run_experiments.experiment("09_normalization")


def mean(key):
    return np.mean(FOUND[key])


@pytest.mark.parametrize(
    ("norm", "setting", "seed"),
    [("none", {"depth": 2}, 0), ("batch", {"depth": 2}, 2), ("layer", {"depth": 2}, 4)],
)
def test_a_shallow_run_gives_what_is_stored(norm, setting, seed):
    ((name, value),) = setting.items()
    again = EXPERIMENT["right_answers"](norm, **setting, seed=seed)
    assert again == pytest.approx(FOUND[f"{norm} {name} {value:g}"][seed], abs=0.01)


def test_the_file_holds_every_setting_with_five_seeds():
    settings = {
        f"{norm} {what} {v:g}"
        for what, values in EXPERIMENT["variations"].items()
        for v in values
        for norm in ("none", "batch", "layer")
    }
    assert set(FOUND) == settings
    assert {len(runs) for runs in FOUND.values()} == {5}


def loss_after(depth, nudge):
    """Return the loss of a normalized network after 40 updates, one weight nudged."""
    from dlcourse.layers import BatchNorm
    from dlcourse.losses import softmax_cross_entropy

    model = EXPERIMENT["deep_network"](BatchNorm, depth, 1.0, seed=0)
    first = model.params["dense0/weights"]
    moved = first.value.copy()
    moved[300, 10] *= 1 + nudge
    first.assign(moved)
    EXPERIMENT["train"](model, 0.1, 40, 0)
    images, labels = EXPERIMENT["images"][:500], EXPERIMENT["labels"][:500]
    return float(softmax_cross_entropy(model(images, training=True), labels).value)


def test_depth_amplifies_round_off():
    change = {d: abs(loss_after(d, 1e-13) / loss_after(d, 0.0) - 1) for d in (2, 20)}
    assert change[20] > 1e-9
    assert change[20] > 100 * change[2]


def test_the_text_reports_the_experiment_as_it_came_out():
    rates = ("0.1", "0.3", "1")
    assert min(mean(f"batch rate {r}") for r in rates) > 0.8
    assert min(mean(f"batch scale {s}") for s in ("0.1", "0.5", "1", "2", "4")) > 0.5
    assert mean("batch depth 20") > 0.5 > 0.3 > mean("none depth 20")
    assert mean("layer depth 20") < 0.3
    assert mean("layer scale 0.1") < 0.15
    assert mean("layer rate 1") < 0.15
    assert mean("layer depth 10") > mean("none depth 10")
    assert f"{mean('batch depth 20'):.0%}" in TEXT
    assert f"{mean('batch depth 2'):.0%}" in TEXT


def test_a_tenth_of_the_weights_is_ten_times_the_slope_under_normalization():
    from dlcourse.finite_difference import gradient
    from dlcourse.layers import batch_norm

    rng = np.random.default_rng(1)
    x, W, g = rng.normal(size=(8, 3)), rng.normal(size=(3, 4)), rng.normal(size=(8, 4))

    def loss(W):
        return float(np.sum(g * batch_norm(x @ W, np.ones(4), np.zeros(4), epsilon=1e-12)))

    assert loss(0.1 * W) == pytest.approx(loss(W), rel=1e-6)
    np.testing.assert_allclose(gradient(loss, 0.1 * W), 10 * gradient(loss, W), rtol=1e-4)
