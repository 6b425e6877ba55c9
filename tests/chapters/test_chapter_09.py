"""Chapter 9: what its cells print, and the claims that hang on it."""

import re
from pathlib import Path

import numpy as np
import pytest
import run_experiments
from chapter import asked_in, chapter

from dlcourse.datasets import load_boston_housing
from dlcourse.preprocessing import StandardScaler, train_test_split

ROOT = Path(__file__).parents[2]
HERE = chapter("09")
TEXT, PRINTED = HERE.prose, HERE.printed


@pytest.mark.parametrize(
    "line",
    [
        "3 / sqrt(36) = 0.5, measured 0.497",
        "MinMaxScaler     0.0002359225, by hand  0.0002359225",
        "MeanNormalizer  -0.0403081757, by hand -0.0403081757",
        "StandardScaler  -0.4173392645, by hand -0.4173392645",
        "raw: limit of the rate 4.9e-06\ncondition number 1.4e+08",
        "min-max     :  0.00 to 0.04, largest 1.00",
        "raw        kappa  1.4e+08",
        "standard.  kappa       98",
        "raw         179,784,169 steps",
        "centered      7,769,038 steps",
        "min-max             897 steps",
        "mean norm.          181 steps",
        "standard.            66 steps",
        "min-max    predicted 897, counted 897",
        "mean norm. predicted 181, counted 181",
        "standard.  predicted  66, counted  66",
        "raw        22.700772\ncentered   22.700772\nmin-max    22.700772",
        "mean norm. 22.700772\nstandard.  22.700772",
        "range times 0.83, spread times 0.90",
        "dollars       179,784,169   24,858,389",
        "fraction       85,133,424       69,521",
        "dollars over fraction, others standardized: 358",
        "the leak gains -0.15 ± 0.36",
        "chosen on all rows: test R2 +0.20 ± 0.02\nchosen on training rows: test R2 -0.53 ± 0.03",
        "RAD and TAX: correlation 0.92\nwithout TAX: condition number 33",
        "side by side: RAD +2.68, TAX -2.17",
        "weight of RAD beside TAX:   +2.68\nweight of RAD without TAX:  +1.10",
        "x       0.083433176   0.083433176   0.083433176   0.083433176",
        "gain    4.421521603   4.421521603   4.421521603   4.421521603",
        "shift   2.188911836   2.188911836   2.188911836   2.188911836",
        "right after three updates, five seeds",
        "evaluation -0.9 -3.3 -0.9 -0.7  5.3 -0.7 -1.1  0.5 -1.5  0.3  read as 4",
        "all fours  -0.4 -1.6 -0.7  4.0 -0.7  0.8 -1.8  0.9 -0.3 -0.4  read as 3",
        "as one of eight: [-1.658042  0.188205 -0.927526 -1.830315]",
        "all by itself:   [-1.658042  0.188205 -0.927526 -1.830315]",
        "by the package:  [-1.658042  0.188205 -0.927526 -1.830315]",
        "gradient times 10.00, step 100.0",
        "the same rate\n  batch at 0.1, none at 0.1: 28 ± 5\n  layer at 0.1, none at 0.1: 16 ± 4",
        "best rate of each\n  batch at 0.3, none at 0.05: 21 ± 2",
        "  layer at 0.1, none at 0.05: 6 ± 3",
        "curvatures 0.17 and 3.83, kappa 23",
        "the same column twice: 0.00 and 4.00",
        "sums over the batch:     [0. 0. 0. 0.]\nproducts with x-hat:     [0. 0. 0. 0.]",
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


@pytest.mark.parametrize(("r", "kappa"), [(0.5, 3), (0.92, 24)])
def test_two_columns_with_the_correlation_r_have_the_condition_number_of_exercise_1(r, kappa):
    curvatures, directions = np.linalg.eigh(2 * np.array([[1, r], [r, 1]]))
    assert curvatures == pytest.approx([2 * (1 - r), 2 * (1 + r)])
    assert curvatures[1] / curvatures[0] == pytest.approx(kappa, rel=1e-6)
    assert np.abs(directions) == pytest.approx(np.full((2, 2), 0.5**0.5))


def test_running_statistics_need_time():
    early = PRINTED[PRINTED.index("right after three updates") :]
    evaluation, training = (
        [int(share) for share in re.findall(r"\d+", re.search(mode + r" mode:(.+)", early)[1])]
        for mode in ("evaluation", "training")
    )
    assert len(evaluation) == len(training) == 5
    assert all(e < t - 2 for e, t in zip(evaluation, training, strict=True))


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
    } | {
        f"{norm} scale 0.1 rate {rate}"
        for norm in ("none", "batch", "layer")
        for rate in ("0.001", "0.01")
    }
    settings |= {
        f"{norm} 400 updates rate {rate}"
        for norm in ("none", "batch", "layer")
        for rate in ("0.05", "0.1", "0.3")
    }
    assert set(EXPERIMENT["settings"]) == settings
    small = {f"{n:2} rows, {norm} norm" for n in (2, 4, 16, 64) for norm in ("batch", "layer")}
    assert set(FOUND) == settings | {"batch two rates", "layer two rates"} | small
    assert {len(FOUND[key]) for key in set(FOUND) - small} == {5}
    assert {len(FOUND[key]) for key in small} == {3}


@pytest.mark.parametrize(("kind", "size"), [("BatchNorm", 16), ("LayerNorm", 64)])
def test_a_training_in_small_batches_ends_as_stored(kind, size):
    again = EXPERIMENT["in_small_batches"](EXPERIMENT[kind], size, seed=1)
    stored = FOUND[f"{size:2} rows, {kind[:5].lower()} norm"][1]
    assert again == pytest.approx(stored, abs=0.01)


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
    assert 0.7 < mean("batch rate 0.05") < 0.8
    assert min(mean(f"batch scale {s}") for s in ("0.1", "0.5", "1", "2", "4")) > 0.5
    assert mean("batch depth 20") > 0.5 > 0.3 > mean("none depth 20")
    assert mean("layer depth 20") < 0.3
    assert mean("layer scale 0.1") < 0.15
    assert mean("layer rate 1") < 0.15
    assert mean("layer depth 10") > mean("none depth 10")
    assert f"{mean('batch depth 20'):.0%}" in TEXT
    assert f"{mean('batch depth 2'):.0%}" in TEXT
    low, usual = mean("batch rate 0.001"), mean("batch rate 0.1")
    assert f"Batch normalization reads {low:.0%} at 0.001 and {usual:.0%} at 0.1" in TEXT


def test_the_summary_gives_the_condition_numbers_that_were_printed():
    assert "from 140 million to 98, and the steps" in TEXT
    kappa = re.findall(r"(?:raw|standard\.) +kappa +(\S+),", PRINTED)
    assert [float(number) for number in kappa] == [1.4e8, 98]


def test_with_batches_of_two_layer_normalization_is_ahead_and_with_four_nothing_can_be_told():
    runs = {
        (int(rows), norm): [int(share) for share in re.findall(r"\d+", shown)]
        for rows, norm, shown in re.findall(r"(\d+) rows, (\w+) norm: (.+)", PRINTED)
    }
    assert {len(shares) for shares in runs.values()} == {3}
    assert min(runs[2, "layer"]) > max(runs[2, "batch"]) + 10
    ahead = np.subtract(runs[4, "batch"], runs[4, "layer"])
    assert ahead.min() < 0 < ahead.max()


def test_no_later_cell_takes_a_name_from_an_earlier_one():
    """Whoever goes back and runs a cell again finds what it needs."""
    sources = "\n".join(HERE.code)
    for once in ("ours = ", "model = ", "z = versions", "x = rng.normal(5.0"):
        assert len(re.findall(rf"^{re.escape(once)}", sources, re.M)) == 1, once
    for name in ("z", "ours", "model", "found", "weights"):
        at_the_top = re.findall(rf"^{name} = |^for [^:]*\b{name}\b[^:]* in ", sources, re.M)
        assert len(at_the_top) <= 1, name


def test_small_weights_are_a_large_rate_in_disguise():
    """Every seed of the one lies above every seed of the other, by far."""
    guessing = max(FOUND["layer scale 0.1"])
    for rate in ("0.001", "0.01"):
        assert min(FOUND[f"layer scale 0.1 rate {rate}"]) > 3 * guessing
        assert max(FOUND[f"none scale 0.1 rate {rate}"]) < 0.15
    assert 0.4 < mean("layer scale 0.1 rate 0.001") < 0.6
    assert "reads about half of the digits" in TEXT
    assert min(FOUND["batch scale 0.1"]) > 0.6


def test_with_the_rate_where_it_belongs_small_weights_do_as_well_as_those_times_1():
    for norm, within in (("batch", 0.02), ("layer", 0.06)):
        usual, small, both = (
            mean(f"{norm} {what}") for what in ("scale 1", "scale 0.1 rate 0.001", "two rates")
        )
        assert abs(both - usual) < within
        assert both - small > 0.15
        assert min(FOUND[f"{norm} two rates"]) > max(FOUND[f"{norm} scale 0.1 rate 0.001"])
    assert f"the {mean('layer scale 1'):.0%} of weights times 1" in TEXT


def first_step(norm, scale, scale_of_last, seed):
    """Return for each of ten layers the length of the first step over that of the weights."""
    model = EXPERIMENT["deep_network"](EXPERIMENT[norm], 10, scale, seed)
    last = model.params["last/weights"]
    last.assign(scale_of_last / scale * last.value)
    images, labels = EXPERIMENT["images"][:64], EXPERIMENT["labels"][:64]
    with EXPERIMENT["GradientTape"]() as tape:
        loss = EXPERIMENT["softmax_cross_entropy"](model(images, training=True), labels)
    grads = tape.gradient(loss, model.params)
    names = [f"dense{k}/weights" for k in range(10)]
    return np.array(
        [np.linalg.norm(grads[n]) / np.linalg.norm(model.params[n].value) for n in names]
    )


@pytest.mark.parametrize("norm", ["BatchNorm", "LayerNorm"])
def test_a_small_last_layer_takes_a_factor_of_ten_off_the_first_step(norm):
    """Three to thirteen times as long, and a hundred times where the last layer stays as it was."""
    for seed in range(5):
        usual = first_step(norm, 1.0, 1.0, seed)
        small = first_step(norm, 0.1, 0.1, seed) / usual
        assert 2.5 < small.min() < small.max() < 13
        assert np.median(small) > 5
        restored = first_step(norm, 0.1, 1.0, seed) / usual
        np.testing.assert_allclose(restored, 100, rtol=0.03)
    low, high = (
        re.search(rf"^ {kind} .+five seeds: ([\d.]+) to ([\d.]+)$", PRINTED, re.MULTILINE).groups()
        for kind in ("batch", "layer")
    )
    assert (
        f"{low[0]} to {low[1]} times with batch normalization, "
        f"{high[0]} to {high[1]} with layer normalization" in TEXT
    )


def test_ten_times_the_rate_ends_like_a_tenth_of_the_weights():
    assert mean("layer rate 1") < 0.15 > mean("layer scale 0.1")
    assert mean("batch rate 1") > 0.7 < mean("batch scale 0.1")
    rates = {
        rate: [f"{100 * mean(f'{norm} rate {rate}'):.0f}" for norm in ("none", "batch", "layer")]
        for rate in ("0.1", "1")
    }
    [cell] = [cell for cell, q, _ in asked_in(HERE) if "all-weights" in q["key"]]
    question = "".join(HERE.cells[cell - 1]["source"])
    assert "They read {}, {} and {} of 100".format(*rates["0.1"]) in question
    assert "At the rate 1 it is {}, {} and {}".format(*rates["1"]) in question


def test_standardizing_tax_alone_gains_a_factor_of_33():
    raw, alone = (
        int(re.search(rf"{way} +([\d,]+) ", PRINTED)[1].replace(",", ""))
        for way in ("dollars", "standardized")
    )
    assert round(raw / alone) == 33
    assert 5e6 <= alone < 6e6
    assert "gains a factor of 33, and still leaves five million steps" in TEXT


def test_a_run_with_two_rates_gives_what_is_stored():
    again = EXPERIMENT["in_disguise"](EXPERIMENT["BatchNorm"], 1)
    assert again == pytest.approx(FOUND["batch two rates"][1], abs=0.1)


def test_where_layer_normalization_helps():
    for setting in ("depth 10", *(f"scale {s}" for s in ("0.5", "1", "2", "4"))):
        assert mean(f"layer {setting}") > mean(f"none {setting}") + 0.1
    assert mean("layer rate 0.01") > max(mean("batch rate 0.01"), mean("none rate 0.01"))


def best(what, rates):
    return {
        norm: max((mean(f"{norm} {what} {r}"), r) for r in rates)
        for norm in ("none", "batch", "layer")
    }


def test_with_the_best_of_the_rates_the_order_is_the_same_and_the_leads_are_smaller():
    found = best("rate", ("0.001", "0.01", "0.05", "0.1", "0.3", "1"))
    assert found["batch"] > found["layer"] > found["none"]
    assert [rate for _, rate in found.values()] == ["0.05", "0.3", "0.1"]
    ahead = [100 * (found[norm][0] - found["none"][0]) for norm in ("batch", "layer")]
    assert [round(lead) for lead in ahead] == [21, 6]
    error = {
        norm: np.std(
            100 * np.subtract(FOUND[f"{norm} rate {found[norm][1]}"], FOUND["none rate 0.05"]),
            ddof=1,
        )
        / np.sqrt(5)
        for norm in ("batch", "layer")
    }
    assert ahead[0] > 3 * error["batch"]
    assert 2 * error["layer"] < ahead[1] < 2.776 * error["layer"]  # 95% with five seeds
    assert round(error["layer"]) == 3
    assert "the leads are 28 and 16 points. With the best rate for each, 21 are left for" in TEXT
    assert "and 6 ± 3 for layer normalization, which five seeds hardly tell from nothing" in TEXT


def test_after_400_updates_hardly_any_lead_is_left():
    found = best("400 updates rate", ("0.05", "0.1", "0.3"))
    assert all(found[norm][0] - found["none"][0] < 0.04 for norm in ("batch", "layer"))
    assert "batch at 0.3, none at 0.1: 2.3 ± 0.4\n  layer at 0.1, none at 0.1: 0.1 ± 1.1" in PRINTED
    assert "after 400 updates, 2.3 ± 0.4 and 0.1 ± 1.1" in TEXT
    assert "400 updates with the best of 0.05, 0.1 and 0.3" in TEXT


@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
def test_a_run_at_the_rate_that_was_added_gives_what_is_stored(norm):
    again = EXPERIMENT["right_answers"](norm, rate=0.05, seed=3)
    assert again == pytest.approx(FOUND[f"{norm} rate 0.05"][3], abs=0.1)


def test_of_three_networks_with_a_tenth_of_the_weights_one_reads_more_than_half():
    assert mean("batch scale 0.1") > 0.65
    assert max(mean("layer scale 0.1"), mean("none scale 0.1")) < 0.15
    asked = [f"{100 * mean(f'{norm} depth 10'):.0f}" for norm in ("none", "batch", "layer")]
    assert "They read {}, {} and {} of 100 new digits".format(*asked) in TEXT


def test_differences_of_networks_are_paired_by_seed_and_have_an_error():
    for norm in ("batch", "layer"):
        ahead = 100 * np.subtract(FOUND[f"{norm} depth 10"], FOUND["none depth 10"])
        error = np.std(ahead, ddof=1) / np.sqrt(5)
        assert f"{norm} at 0.1, none at 0.1: {ahead.mean():.0f} ± {error:.0f}" in PRINTED
        assert ahead.mean() > 3 * error


def test_whoever_saves_the_parameters_alone_loses_the_running_statistics():
    alone, whole = shares("parameters alone:"), shares("parameters and buffers:")
    assert whole == shares("evaluation mode:") > alone + 5


def test_asking_in_training_mode_leaves_the_statistics_as_they_were():
    asked = next(code for code in HERE.code if "def in_batches" in code)
    assert "copy = deepcopy(model)" in asked
    assert shares("evaluation mode:") == shares("parameters and buffers:")


def test_at_the_rate_of_the_first_frame_doubling_runs_away_and_at_a_smaller_one_it_helps():
    from dlcourse.widgets import stretch_a_feature

    rng = np.random.default_rng(9)
    pair = rng.normal(size=(200, 2)) @ np.array([[1.0, 0.3], [0.0, 0.95]])
    pair -= pair.mean(axis=0)
    said = stretch_a_feature(pair, [1, 2], [0.2, 0.45], start=(-4, 3)).captions
    left = [re.search(r"after 20 steps ([\d.e-]+)\.$", caption) for caption in said]
    assert [bool(match) for match in left] == [True, True, True, False]
    assert float(left[2][1]) < float(left[0][1])
    assert "first=2, first_rate=2," in HERE.code[0]


def test_a_tenth_of_the_weights_is_ten_times_the_slope_under_normalization():
    from dlcourse.finite_difference import gradient
    from dlcourse.layers import batch_norm

    rng = np.random.default_rng(1)
    x, W, g = rng.normal(size=(8, 3)), rng.normal(size=(3, 4)), rng.normal(size=(8, 4))

    def loss(W):
        return float(np.sum(g * batch_norm(x @ W, np.ones(4), np.zeros(4), epsilon=1e-12)))

    assert loss(0.1 * W) == pytest.approx(loss(W), rel=1e-6)
    np.testing.assert_allclose(gradient(loss, 0.1 * W), 10 * gradient(loss, W), rtol=1e-4)
