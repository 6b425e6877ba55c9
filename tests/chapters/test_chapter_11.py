"""Chapter 11: what its cells print, and the claims that hang on it."""

import re

import numpy as np
import pytest
import run_experiments
import scipy.optimize
from chapter import chapter

from dlcourse.layers import Dropout
from dlcourse.optimizers import SGD, Adam, AdamW

HERE = chapter("11")
TEXT, PRINTED = HERE.prose, HERE.printed
FOUND = run_experiments.stored("11_regularization")
EXPERIMENT = run_experiments.experiment("11_regularization")


def paired(one, other):
    """Return the mean of the differences, and its standard error."""
    d = np.asarray(one, dtype=float) - np.asarray(other)
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def says(*lines):
    for line in lines:
        assert line in PRINTED


# Polynomials, with NumPy's own least squares ----------------------------------------------------


def errors_of(degree, points, seed):
    """Return the error on the points and on 200 new ones, of a draw of the chapter's kind."""
    rng = np.random.default_rng(seed)
    t, new = np.linspace(-1, 1, points), rng.uniform(-1, 1, 200)
    y = np.sin(3 * t) + 0.3 * rng.normal(size=points)
    new_y = np.sin(3 * new) + 0.3 * rng.normal(size=200)
    w = np.polynomial.Polynomial.fit(t, y, degree)
    return np.mean((w(t) - y) ** 2), np.mean((w(new) - new_y) ** 2)


def test_decay_and_stopping_early_hold_back_the_same_directions():
    """Exercise 11.7: shares in closed form, and by steps of gradient descent."""
    for h in (0.01, 0.1, 1.0, 10.0):
        stopped, decayed = 1 - (1 - 0.01 * h) ** 100, h / (h + 1)
        assert f"{h:5}: {decayed:.3f}  {stopped:.3f}\n" in PRINTED
        if h < 0.1:
            np.testing.assert_allclose([stopped, decayed], h, rtol=0.02)  # 100 · 0.01 = 1 = 1/λ


def test_more_points_than_weights_leave_about_the_error_that_the_rule_says():
    medians = {int(n): float(m) for n, m in re.findall(
        r"^ *(24|48|192): [\d.]+  ([\d.]+)$", PRINTED, re.MULTILINE
    )}  # fmt: skip
    for n, median in medians.items():
        assert abs(0.09 * (1 + 12 / n) - median) < 0.01
    assert len(medians) == 3
    assert f"{0.09 * (1 + 12 / 24):.3f}" == "0.135"
    assert "here, with 24 points, 0.135 (the median is a little lower)." in TEXT


def test_no_width_would_have_chosen_a_higher_rate():
    """The rates of the widths: the highest tried is the worst of the upper ones for each."""
    rates = (0.001, 0.003, 0.01, 0.03, 0.1)
    for width in EXPERIMENT["widths"]:
        row = FOUND[f"width {width}"]
        assert row["rate"] == rates[int(np.argmax(row["tried"]))]
        assert row["tried"][-1] < max(row["tried"]) - 15
    assert "For each width, four seeds choose one of five rates, from 0.001 to 0.1" in TEXT
    draw, measure = EXPERIMENT["draw"], EXPERIMENT["measure"]
    right = sum(measure(s, *draw(s, 200, 100), width=8, rate=0.1)[0] for s in range(4))
    assert right == FOUND["width 8"]["tried"][-1]


def test_what_twelve_points_give():
    says(
        " 1: 0.365  0.258     0.9",
        " 3: 0.083  0.120     2.9",
        "11: 0.000  1.117   759.4",
    )
    assert "its error is four times that of a straight line" in TEXT
    assert round(1.117 / 0.258) == 4
    assert "weights of several hundred" in TEXT


def test_a_decay_of_a_thousandth_does_half_as_badly_as_the_line():
    widget = next(o for c in HERE.cells if c["id"] == "c11-figure" for o in c["outputs"])
    page = "".join(widget["data"]["text/html"])
    assert "Degree 11, decay 0.001: error 0.064 on the 12 points, 0.130 on new ones" in page
    assert round(0.258 / 0.130, 1) == 2


def test_along_a_direction_that_is_only_stretched_the_penalized_fit_keeps_h_over_h_plus_decay():
    assert (
        r"only stretches, by $h$ ([chapter 5](05_gradient_descent.ipynb)). There the best" in TEXT
    )
    assert r"fit keeps the share $h/(h+\lambda)$ of what it would be without the penalty" in TEXT
    rng, decay = np.random.default_rng(0), 0.3
    A, y = rng.normal(size=(12, 4)), rng.normal(size=12)
    curvatures, directions = np.linalg.eigh(2 * A.T @ A / 12)  # of the mean squared error
    without = np.linalg.lstsq(A, y, rcond=None)[0]
    slope = lambda w: 2 * A.T @ (A @ w - y) / 12 + decay * w  # noqa: E731
    fit = scipy.optimize.root(slope, without, tol=1e-12).x
    kept = (directions.T @ fit) / (directions.T @ without)
    np.testing.assert_allclose(kept, curvatures / (curvatures + decay), rtol=1e-8)


def test_a_middle_decay_serves_new_points_best_in_this_draw_and_in_others():
    """The penalty of the chapter's equation, by the normal equations."""

    def new_error(seed, decay, points=12):
        rng = np.random.default_rng(seed)
        t = np.linspace(-1, 1, points)
        if seed == 2:  # the order of the chapter's own draw
            y = np.sin(3 * t) + 0.3 * rng.normal(size=points)
            new = rng.uniform(-1, 1, 200)
        else:
            new = rng.uniform(-1, 1, 200)
            y = np.sin(3 * t) + 0.3 * rng.normal(size=points)
        new_y = np.sin(3 * new) + 0.3 * rng.normal(size=200)
        A = np.vander(t, 12, increasing=True)
        pull = decay / 2 * np.diag([0.0] + [1.0] * 11)
        w = np.linalg.solve(A.T @ A / points + pull, A.T @ y / points)
        fitted = np.vander(new, 12, increasing=True) @ w
        return np.mean((fitted - new_y) ** 2), np.abs(w).max()

    error, largest = new_error(2, 0.001)
    says(f"0.001: 0.064  {error:.3f}  {largest:6.1f}", "    0: 0.000  1.117   759.4")
    assert (round(error, 3), round(largest, 1)) == (0.13, 2.7)
    assert round(new_error(2, 1)[0], 3) == 0.353
    says("    1: 0.444  0.353     0.4")
    for seeds in ([2], range(700, 760)):
        low, middle, high = (
            np.median([new_error(seed, decay)[0] for seed in seeds]) for decay in (1e-6, 1e-3, 1)
        )
        assert middle < 0.14
        assert min(low, high) > 1.2 * middle


def test_one_of_the_four_helpers_gains_more_than_half_a_point():
    gains = {
        name: gain(name)[0] for name in ("decoupled decay", "dropout", "early stopping", "shifts")
    }
    assert [name for name, more in gains.items() if more > 0.5] == ["shifts"]
    assert f"Early stopping loses {-gains['early stopping']:.1f} points" in TEXT
    assert f"made them worse by {-gains['early stopping']:.1f} points" in TEXT
    for name, said in (("nothing", "gets 81 of 100 new ones"), ("dropout", "it is 81 again")):
        assert f"{chosen(name)[0].mean():.0f}" in said
        assert said in HERE.prose


def test_moved_images_gain_more_with_fewer_rows_if_the_training_is_long():
    """The worked start of the last exercise, with two seeds more, on validation images."""
    draw, train, right = (EXPERIMENT[name] for name in ("draw", "train", "right"))
    gains = {}
    for n, epochs in ((200, 20), (200, 80), (600, 20), (600, 80)):
        gained = []
        for seed in (2, 3):
            old, new = draw(seed, n, 2000)
            moved, plain = (
                right(train(seed, old, rate=0.01, epochs=epochs, shifts=shifts)[0], new) / 20
                for shifts in (True, False)
            )
            gained.append(moved - plain)
        gains[n, epochs] = np.mean(gained)
    assert gains[200, 20] < 0 < gains[600, 80] < gains[200, 80]
    assert gains[600, 20] < gains[600, 80]
    printed = {}
    for n, epochs in gains:
        plain, moved = re.search(rf"^{n}, {epochs}: ([\d.]+) ([\d.]+)$", PRINTED, re.M).groups()
        printed[n, epochs] = float(moved) - float(plain)
    assert max(printed[200, 20], printed[600, 20]) < 0
    assert "After 20 epochs moving does not help, with 200 images or 600" in TEXT
    assert (round(printed[200, 80]), round(printed[600, 80])) == (5, 2)
    assert "it gains five points with 200 images, and two with 600" in TEXT
    seen = next(c["source"] for c in HERE.cells if c["id"] == "c11-x8-s")
    assert "test_set" not in seen, "the exercise leaves the test images alone"


def test_twice_as_many_points_do_away_with_it_also_in_other_draws():
    says("\n 12: 0.109  1.708\n 24: 0.102  0.126\n", "192: 0.093  0.093")
    medians = {
        (n, d): np.median([errors_of(d, n, seed)[1] for seed in range(500, 600)])
        for n in (12, 24, 192)
        for d in (3, 11)
    }
    assert 1.2 < medians[12, 11] < 3.5
    assert 0.1 < medians[24, 11] < 0.15
    assert medians[192, 11] == pytest.approx(medians[192, 3], abs=0.006)
    assert min(medians.values()) > 0.085


# Decay and dropout -------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "decay"), [(0.1, 0.05), (0.3, 1.0), (0.01, 0.001)])
def test_both_decays_are_one_under_sgd_and_two_under_adam(rate, decay):
    rng = np.random.default_rng(1)
    start, slopes = rng.normal(size=20), rng.normal(size=(60, 20))

    def run(optimizer, decoupled):
        setattr(optimizer, "weight_decay" if decoupled else "l2", decay)
        params = {"w": start.copy()}
        for g in slopes:
            optimizer.update(params, {"w": g})
        return params["w"]

    np.testing.assert_allclose(run(SGD(rate), False), run(SGD(rate), True), rtol=0, atol=1e-12)
    apart = np.abs(run(Adam(rate), False) - run(Adam(rate), True)).max()
    assert apart > 0.01 * rate


def test_a_black_pixel_loses_the_same_to_every_l2_and_a_share_to_adamw():
    left = []
    for decay in (1e-4, 1e-2, 1.0):
        params, shrunk = {"w": 0.1}, {"w": 0.1}
        l2, adamw = Adam(0.001, l2=decay), AdamW(0.001, weight_decay=decay)
        for _ in range(50):
            l2.update(params, {"w": 0.0})
            adamw.update(shrunk, {"w": 0.0})
        left.append(params["w"])
        assert shrunk["w"] == pytest.approx(0.1 * (1 - 0.001 * decay) ** 50)
    assert max(left) - min(left) < 1e-4
    assert min(left) > 0.05
    says("decay 0.0001: 0.0537, 0.0999995", "decay      1: 0.0537, 0.0951206")
    assert "Decoupled decay would leave 0.0999995" in TEXT


def test_l2_under_adam_empties_the_pixels_that_are_black():
    training, _ = EXPERIMENT["draw"](3, 200, 100)  # another seed than the chapter's
    black = np.all(training[0] == 0, axis=0)
    assert black.sum() > 20
    sizes = {}
    for name, more in (("none", {}), ("l2", {"l2": 0.01}), ("decoupled", {"decay": 1.0})):
        model, _ = EXPERIMENT["train"](3, training, rate=0.003, epochs=80, **more)
        W = model.params["dense1/weights"].value
        sizes[name] = [np.sqrt(np.mean(W[where] ** 2)) for where in (black, ~black)]
    assert sizes["l2"][0] < 0.005
    assert sizes["none"][0] > 0.05
    left = sizes["decoupled"][0] / sizes["none"][0]
    assert left == pytest.approx((1 - 0.003) ** 320)
    assert left == pytest.approx(0.38, abs=0.003)
    assert "38\\%$ of those weights" in TEXT


def test_dropout_keeps_the_mean_and_its_variance_is_the_one_of_exercise_2():
    rng = np.random.default_rng(11)
    layer = Dropout(0.2, rng=rng)
    sums = layer(np.tile([3.0, -4.0, 12.0], (200_000, 1)), training=True).sum(axis=1)
    assert sums.mean() == pytest.approx(11, abs=0.06)
    assert sums.std() == pytest.approx(6.5, rel=0.01)
    says("standard deviation: formula 6.50")


# The stored experiments ---------------------------------------------------------------------------


def test_the_file_holds_every_search_and_every_fresh_seed():
    trials_of = EXPERIMENT["trials_of"]
    assert len(FOUND["tuned"]) == 40
    for seed in (200, 239):
        trials = trials_of(seed)
        assert list(trials) == list(FOUND["tuned"][seed - 200])
        rates = [[one["rate"] for one in settings] for settings in trials.values()]
        assert all(of == rates[0] for of in rates)
        assert len(rates[0]) == 12
        assert min(rates[0]) >= 3e-4
        assert max(rates[0]) <= 3e-2
    assert trials_of(200)["nothing"] != trials_of(201)["nothing"], "new for each draw"
    for text in ("Forty draws of 200 training", "twelve trials of 80 epochs"):
        assert text in TEXT
    for name in ("nothing", "dropout"):
        kept = [trials_of(200 + k)[name][one[name][0]] for k, one in enumerate(FOUND["tuned"])]
        assert FOUND[f"usual, {name}"] == {
            key: pytest.approx(np.median([one[key] for one in kept])) for key in kept[0]
        }
    assert len(FOUND["search"]) == 60
    assert all(len(FOUND[f"split {v}"]) == 40 for v in (10, 30, 100, 200))
    assert all(len(FOUND[f"width {w}"]["fresh seeds"]) == 20 for w in EXPERIMENT["widths"])


def test_the_shorter_runs_end_as_stored():
    again = EXPERIMENT["fooled"]([4])[0]
    assert again == pytest.approx(FOUND["after shuffled labels"][3], abs=20)
    again = EXPERIMENT["after_20_and_80"](1, 600, shifts=True)
    np.testing.assert_allclose(again, FOUND["20 and 80 epochs, 600, moved"][1], atol=0.7)
    assert len(FOUND["after shuffled labels"]) == 11


def test_more_than_ten_thousand_networks_are_trained():
    tuned = 40 * 12 * len(FOUND["tuned"][0])
    others = 20 * 20 + 10 * (5 * 4 + 20 + 20) + 20 + 9 * 20 + 30 + 60 * (16 + 9 + 16 + 8) + 240 * 9
    assert 10_000 < tuned + others < 11_000
    assert "train more than ten thousand such networks" in TEXT


@pytest.mark.parametrize("name", ["nothing", "dropout", "shifts", "early stopping"])
def test_a_run_gives_what_is_stored(name):
    """The trial with the most right answers, and the one with the lowest loss, of one search."""
    seed = 204
    parts, settings = EXPERIMENT["draw"](seed, 200, 100), EXPERIMENT["trials_of"](seed)[name]
    most, right_before, least, loss_before = FOUND["tuned"][seed - 200][name]
    for place, kind, before, within in ((most, 2, right_before, 30), (least, 3, loss_before, 0.05)):
        again = EXPERIMENT["judged"](seed, *parts, **settings[place])
        assert again[kind] == pytest.approx(before, abs=within)


def test_the_trial_that_a_search_keeps_is_the_best_of_its_twelve():
    parts, settings = EXPERIMENT["draw"](207, 200, 100), EXPERIMENT["trials_of"](207)["nothing"]
    runs = np.array([EXPERIMENT["judged"](207, *parts, **setting) for setting in settings])
    most, right_before, least, loss_before = FOUND["tuned"][7]["nothing"]
    assert runs[most, 0] >= runs[:, 0].max() - 1
    assert runs[least, 1] == pytest.approx(runs[:, 1].min(), abs=0.02)
    assert runs[most, 2] == pytest.approx(right_before, abs=30)
    assert runs[least, 3] == pytest.approx(loss_before, abs=0.05)


def test_rows_for_training_validation_and_tests_are_different_ones():
    parts = EXPERIMENT["draw"](5, 200, 100)
    rows = [{image.tobytes() for image in images} for images, _ in parts]
    assert (len(rows[0]), len(rows[1])) == (200, 100)
    assert not rows[0] & rows[1]
    tests = {image.tobytes() for image in EXPERIMENT["test_set"][0]}
    assert len(EXPERIMENT["test_set"][0]) == 2000
    assert not tests & (rows[0] | rows[1])


def chosen(name):
    """Return what the forty searches chose: points by right answers, and the loss by the loss."""
    rows = np.array([search[name] for search in FOUND["tuned"]])
    return rows[:, 1] / 20, rows[:, 3]


def gain(name, other="nothing"):
    """Return the points gained and their standard error, the change of the loss and its own."""
    return sum(
        (paired(mine, theirs) for mine, theirs in zip(chosen(name), chosen(other), strict=True)), ()
    )


def test_moved_images_help_the_answers_and_decays_the_loss_only():
    for name in ("decoupled decay", "L2", "dropout"):
        mean, error, *_ = gain(name)
        assert abs(mean) < 2 * error
    mean, error, *_ = gain("early stopping")
    assert mean < -2 * error
    mean, error, *_ = gain("shifts")
    assert mean == pytest.approx(3.2, abs=0.05)
    assert mean > 5 * error
    changes = {name: gain(name)[2:] for name in EXPERIMENT["trials_of"](0)}
    for name, within in (("decoupled decay", 0.01), ("L2", 0.01), ("shifts", 0.01)):
        mean, error = changes[name]
        assert mean < -4 * error
        assert error < within
    assert min(changes, key=lambda name: changes[name][0]) == "shifts"
    said = [f"{-changes[name][0]:.2f}" for name in ("shifts", "decoupled decay", "L2")]
    assert "lower it most, by {}, the decays by {} and {} (± 0.01)".format(*said) in TEXT
    for name in ("dropout", "early stopping"):
        mean, error = changes[name]
        assert 0 < mean < 2 * error, "don't lower it"


def test_all_three_together_are_behind_moving_alone():
    mean, error, *_ = gain("decay, dropout, shifts", "shifts")
    assert mean < -5 * error
    assert f"All three together are {-mean:.1f} ± {error:.1f} points *behind* moving" in TEXT
    assert gain("decay, dropout, shifts")[0] > 3 * gain("decay, dropout, shifts")[1]


def test_the_figure_of_what_helps_is_described_by_its_numbers():
    (cell,) = (c for c in HERE.cells if c["id"] == "c11-helps-f")
    alt = cell["metadata"]["mystnb"]["image"]["alt"].replace("−", "-")
    points = {name: f"{gain(name)[0]:.1f}" for name in EXPERIMENT["trials_of"](0)}
    losses = {name: f"{gain(name)[2]:.2f}" for name in points}
    assert f"stopping is at {points['early stopping']}, shifts at {points['shifts']}" in alt
    assert f"together at {points['decay, dropout, shifts']}." in alt
    assert f"decoupled decay {losses['decoupled decay']}, L2 {losses['L2']}, dropout and" in alt
    assert losses["dropout"] == losses["early stopping"] == "0.01"
    together = losses["decay, dropout, shifts"]
    assert f"shifts {losses['shifts']}, and all three together {together}." in alt


def test_with_256_units_dropout_gains_nothing_either():
    mean, error, *_ = gain("256 units")
    assert mean > 4 * error
    wide = f"With 256 the network alone gains {mean:.1f} ± {error:.1f} points"
    mean, error, change, error_of_change = gain("256 units, dropout", "256 units")
    assert abs(mean) < error
    assert change < -1.5 * error_of_change
    said = (
        f"{wide}, and dropout adds nothing one can see ({mean:.1f} ± {error:.1f}; "
        f"the loss falls by {-change:.2f} ± {error_of_change:.2f})."
    )
    assert said.replace("(-", "(−") in TEXT


def test_capacity_does_no_harm_to_the_network():
    right, fitted, losses = {}, {}, {}
    for width in EXPERIMENT["widths"]:
        runs = np.array(FOUND[f"width {width}"]["fresh seeds"])
        fitted[width], right[width] = runs[:, 0], runs[:, 1] / 20
        losses[width] = runs[:, 3].mean()
    assert all(np.all(fitted[w] == 200) for w in EXPERIMENT["widths"][4:])
    one_rate = {w: np.mean(FOUND[f"width {w}, rate 0.003"], axis=0)[1] for w in (16, 64, 256, 512)}
    assert [f"{loss:.2f}" for loss in one_rate.values()] == ["0.74", "0.65", "0.64", "0.65"]
    assert fitted[8].mean() < 190
    mean, error = paired(right[512], right[16])
    assert mean > 4 * error
    means = {w: of.mean() for w, of in right.items()}
    assert max(means, key=means.get) == 256
    for width, loss in one_rate.items():
        assert re.search(rf"^ +{width} .+ {loss:.2f}$", PRINTED, re.MULTILINE), width
    for width in EXPERIMENT["widths"][4:]:
        assert re.search(rf"^ +{width} .+ {losses[width]:.2f} +[\d.]+$", PRINTED, re.MULTILINE)
    assert "it falls from 0.74 at 16 units to about 0.65" in TEXT
    assert 196 * 256 + 256 + 256 * 10 + 10 == 207 * 256 + 10 == 53_002
    assert 207 * 64 + 10 == 13_258


def test_from_a_larger_start_the_same_network_fits_the_images_and_gets_fewer_new_ones_right():
    larger = np.array(FOUND["256 units, larger start"])
    usual = np.array(FOUND["width 256, rate 0.003"])[:, 0]
    assert len(larger) == len(usual) == 20
    assert larger[:, 0].min() >= 197
    fitted, new = larger[:, 0].mean() / 2, larger[:, 1].mean() / 20
    mean, error = paired(larger[:, 1] / 20, usual / 20)
    assert mean < -20 * error
    says(
        f"256 units at 0.003, from weights ten times as large: {fitted:.1f}% {new:.1f}%",
        f"minus the usual start, points: {mean:.1f} ± {error:.1f}",
    )
    assert (
        f"also get nearly all of the 200 images right ({fitted:.1f}%), but get only {new:.1f}%"
        in TEXT
    )
    again = EXPERIMENT["try_starts"](range(100, 102))["256 units, larger start"]
    for (old_now, new_now), (old_before, new_before) in zip(again, larger[:2], strict=True):
        assert old_now == pytest.approx(old_before, abs=3)
        assert new_now == pytest.approx(new_before, abs=30)


def test_masks_average_to_the_whole_network_and_networks_do_better():
    masks, networks, dropped = (
        np.array(FOUND[key]) / 20 for key in ("masks", "networks", "dropout networks")
    )
    whole = dropped[:, 0]
    mean, error = paired(whole, masks[:, 4])
    assert abs(mean) < 0.3
    mean, error = paired(networks[:, 3], whole)
    assert mean > 5 * error
    said = f"they are {mean:.1f} ± {error:.1f} points ahead, and ten dropout networks another"
    mean, error = paired(dropped[:, 3], networks[:, 3])
    assert mean > 3 * error
    assert f"{said} {mean:.1f} ± {error:.1f}." in TEXT
    mean, error = paired(whole, networks[:, 0])
    assert abs(mean) < 2 * error
    assert f"A single one of these gets {networks[:, 0].mean():.1f}% right" in HERE.prose
    assert f"(It gets {whole.mean():.1f}% right.)" in HERE.prose


def test_what_holding_out_costs():
    right = {n: np.mean([r for r, _ in FOUND[f"{n} images"]]) / 20 for n in EXPERIMENT["amounts"]}
    assert right[300] - right[200] == pytest.approx(3, abs=0.2)
    assert list(right.values()) == sorted(right.values())
    used = {v: np.array(FOUND[f"split {v}"])[:, 1] / 20 for v in (10, 30, 100, 200)}
    again = {v: np.array(FOUND[f"split {v}"])[:, 2] / 20 for v in (10, 30, 100, 200)}
    mean, error = paired(used[10], used[100])
    assert mean > 3 * error
    assert 4.9 < np.sqrt(2 * 100 * 0.85 * 0.15) < 5.1  # "On two separate sets ... about 5"
    mean, error = paired(used[10], used[30])
    assert abs(mean) < 2 * error
    mean, error = paired(again[10], again[100])
    assert mean < -2 * error
    assert max(again, key=lambda v: again[v].mean()) == 100
    score = np.mean([run[0] for run in FOUND["split 10"]]) * 10
    says(f"score there {score:.1f}%, right of new images {used[10].mean():.1f}%")
    share = used[10].mean() / 100
    assert round(100 * np.sqrt(share * (1 - share) / 10)) == 12
    assert "their score has a standard error of 12 points" in TEXT
    mean, error = paired(again[100], again[200])
    assert abs(mean) < 2 * error, "100 and 200 can't be told apart"
    mean, error = paired(again[100], used[10])
    ahead_by, its_error = paired(again[100], again[10])
    said = f"100 held out are then {ahead_by:.1f} ± {its_error:.1f} points ahead of 10"
    assert said in TEXT
    says(f"100 held out and trained again, minus  10 used as they are: {mean:+.1f} ± {error:.1f}")


def test_among_good_rates_ten_held_out_images_are_ahead_of_a_hundred_again():
    ten, hundred = (np.array(FOUND[f"split {v}, good rates"])[:, 1] / 20 for v in (10, 100))
    ahead = ten - hundred
    assert len(ahead) == 40
    error = ahead.std(ddof=1) / 40**0.5
    assert ahead.mean() > 2 * error
    row = "with eight good rates, 10 minus 100 held out, used as it is: "
    assert f"{row}{ahead.mean():+.1f} ± {error:.1f}" in PRINTED
    assert EXPERIMENT["split"](203, 10, good=True) == FOUND["split 10, good rates"][3]


def test_the_mean_of_ten_fits_keeps_the_bias_and_the_noise():
    """A tenth of the variance, in the rounded numbers that the figure's cell prints."""
    found = re.search(r"^1e-08: (0\.\d+) \+ (0\.\d+) \+ 0\.090 = (0\.\d+),", PRINTED, re.M)
    bias, variance, total = map(float, found.groups())
    single, ten = (
        float(re.search(rf"^{words} *: mean squared error on new points (.+)$", PRINTED, re.M)[1])
        for words in ("single fits", "means of ten")
    )
    assert single == round(total, 2)
    assert ten == pytest.approx(bias + variance / 10 + 0.09, abs=0.01)
    assert round(variance, 2) == 0.33
    assert f"{0.33 / 10 + 0.09:.2f}" == f"{ten:.2f}"
    assert f"falls from {single:.2f} to $0.33/10 + 0.09 = {ten:.2f}$, as measured" in TEXT
    assert bias < 2 * variance / 100, "most of it is the scatter of a mean over a hundred draws"


def test_the_figure_of_the_splits_is_described_by_its_numbers():
    (cell,) = (c for c in HERE.cells if c["id"] == "c11-split-f")
    alt = cell["metadata"]["mystnb"]["image"]["alt"]
    for k, said in ((1, "from {} to {}, {} and {}."), (2, "from {} to {} and {}, and ends at {}.")):
        means = [np.mean([run[k] for run in FOUND[f"split {v}"]]) / 20 for v in (10, 30, 100, 200)]
        assert said.format(*(f"{mean:.1f}" for mean in means)) in alt
    # "so that some fail": of eight wide trials the worst is far behind in nearly every search.
    first = np.array([one["random"][:8] for one in FOUND["search"]])[:, :, 1] / 20
    assert np.mean(first.min(axis=1) < 30) > 0.9


def test_stopping_lowers_the_loss_and_costs_answers_and_its_own_loss_flatters():
    runs = np.array(FOUND["stopping"])
    lowest = runs[:, 0].argmin(axis=1)
    best = runs[np.arange(30), :, lowest]
    assert (lowest.max(), np.median(lowest)) == (16, 7)
    mean, error = paired(runs[:, 1, -1], best[:, 1])
    assert mean == pytest.approx(0.12, abs=0.005)
    assert mean > 5 * error
    mean, error = paired(runs[:, 2, -1] / 20, best[:, 2] / 20)
    assert mean == pytest.approx(1, abs=0.1)
    assert mean > 4 * error
    assert mean < (1628 - 1578) / 20, "less than the first run gained"
    mean, error = paired(best[:, 1] - best[:, 0], runs[:, 1, 7] - runs[:, 0, 7])
    assert mean == pytest.approx(0.042, abs=0.001)
    assert mean > 4 * error
    assert abs(best[:, 1].mean() - runs[:, 1, 7].mean()) < 0.01
    says(
        "lower on test:                         +0.006 ± 0.006",
        "lower on validation, but not on test:  +0.042 ± 0.006",
        "lower by                      0.048      0.006",
    )
    says("at the chosen epoch           0.576      0.667")
    says("at epoch 8 for all            0.624      0.673")
    assert "lowers the validation loss by 0.048, the test loss only by 0.006 ± 0.006." in TEXT
    assert "The other 0.042 ± 0.006 are luck." in TEXT


# Searching, and what choosing does ----------------------------------------------------------------


def best_of(name, count=None):
    ends = [max(one[name][:count], key=lambda trial: trial[0]) for one in FOUND["search"]]
    return np.array(ends) / [1, 20]


def test_the_best_of_equals_is_as_much_too_good_as_order_statistics_say():
    """The mean of the largest of n scores, exactly, from the distribution of one."""
    k = np.arange(101)
    log_choose = np.array([np.sum(np.log(np.arange(1, 101))) - np.sum(np.log(np.arange(1, j + 1)))
                           - np.sum(np.log(np.arange(1, 101 - j))) for j in k])  # fmt: skip
    below = np.cumsum(np.exp(log_choose + k * np.log(0.82) + (100 - k) * np.log(0.18)))
    for count in (1, 4, 16, 64):
        exact = np.sum(1 - below[:-1] ** count)
        rng = np.random.default_rng(9)
        drawn = rng.binomial(100, 0.82, (20_000, count)).max(axis=1).mean()
        assert drawn == pytest.approx(exact, abs=0.1)
    says("16: 88.5")


def test_a_score_of_a_hundred_images_has_the_standard_error_of_the_opening_question():
    assert np.sqrt(0.9 * 0.1 / 100) == pytest.approx(0.03)
    says("0.3 / 10 = 3%, measured 3.0 points")
    assert 100 * np.sqrt(0.85 * 0.15 / 100) > 3  # "a standard error of more than 3 points"


def test_random_search_is_hardly_ahead_of_the_grid():
    for count, grid, said in ((9, "grid 3", 0.2), (16, "grid 4", 0.4)):
        mean, error = paired(best_of("random", count)[:, 1], best_of(grid)[:, 1])
        assert round(mean, 1) == said
        assert round(error, 1) == 0.2
        assert mean < 2 * error
    assert "Sixteen random trials are 0.4 ± 0.2 points ahead of the grid." in TEXT
    assert "here the lead, 0.4 ± 0.2 points, is hardly beyond chance" in TEXT
    half_a_cell = 5 / 4 / 2  # of four in five decades
    assert round(10**half_a_cell, 1) == 4.2


def test_both_kinds_of_search_have_as_many_trials_in_the_same_range():
    for one in FOUND["search"]:
        counts = {name: len(one[name]) for name in ("grid 3", "grid 4", "random", "narrowed")}
        assert counts == {"grid 3": 9, "grid 4": 16, "random": 16, "narrowed": 16}
        assert one["narrowed"][:8] == one["random"][:8]
        assert max(one["rates"]) / min(one["rates"]) < 1e5
    at = EXPERIMENT["at"]
    low, high = at(0, 0, (0, 0)), at(1, 1, (0, 0))
    assert high["rate"] / low["rate"] == pytest.approx(1e5, rel=0.01)
    assert high["decay"] / low["decay"] == pytest.approx(1e4, rel=0.01)


def test_narrowing_in_gains_validation_images_and_no_test_images():
    mean, error = paired(best_of("narrowed")[:, 0], best_of("random")[:, 0])
    assert mean > 2 * error
    mean, error = paired(best_of("narrowed")[:, 1], best_of("random")[:, 1])
    assert -0.4 < mean < 0
    assert abs(mean) < 2 * error
    says("first eight trials 71, late eight 2")
    assert "the best is 2 points ahead of the worst; among the first eight it is 71" in TEXT


def test_the_best_of_many_is_too_good_and_a_single_trial_is_not():
    said = {1: (0.3, 0.6), 4: (1.5, 0.6), 16: (2.4, 0.5)}
    for count, (mean_said, error_said) in said.items():
        mean, error = paired(*best_of("random", count).T)
        assert (round(mean, 1), round(error, 1)) == (mean_said, error_said)
        assert (mean > 2 * error) == (count > 1)
    mean, error = paired(*best_of("narrowed").T)
    assert (round(mean, 1), round(error, 1)) == (3.0, 0.5)
    assert 57 <= best_of("random", 1).mean() < 58  # the caption: "A single trial, at 57%"


# The single runs ----------------------------------------------------------------------------------


def test_the_first_run_gets_surer_and_better_and_learns_nonsense_too():
    says(
        " 5: 0.301  0.695",
        " 5: 0.695  1578  57%\n80: 1.050  1628  78%",
        " 5: 190, 112\n10: 200, 159\n20: 200, 197\n80: 200, 200",
    )
    assert "57% on average at epoch 5, 78% at the end" in TEXT
    runs = np.array(FOUND["stopping"])[:, 0]
    rises = runs[:, -1] - runs.min(axis=1)
    assert rises.min() > 0.01  # the validation loss rises in every seed
    assert 1.4 < 1.050 / 0.695 < 1.6  # "climbs by half"


def test_adam_with_l2_leaves_a_fourteenth_of_the_squares():
    says("SGD    22.63921   22.63921    1e-16", "Adam   10.25862  148.21726    3e-01")
    assert round(148.21726 / 10.25862) == 14
    assert "L2 leaves a fourteenth" in TEXT


def test_under_decoupled_decay_rarely_lit_pixels_have_larger_weights_than_often_lit_ones():
    """The dark ring of the map, with other images."""
    for seed in (3, 4):
        (training,) = EXPERIMENT["draw"](seed, 200)
        model, _ = EXPERIMENT["train"](seed, training, rate=0.003, epochs=80, decay=1.0)
        sizes = np.sqrt(np.mean(model.params["dense1/weights"].value ** 2, axis=1))
        lit = np.sum(training[0] > 0, axis=0)
        rarely, often = sizes[(lit > 0) & (lit <= 10)].mean(), sizes[lit > 100].mean()
        assert rarely > 1.2 * often
        assert often > 1.2 * sizes[lit == 0].mean()


@pytest.mark.parametrize(
    "line",
    [
        "loud -0.001000, quiet -0.001000",
        "512 minus 16 units, points: +4.3 ± 0.4",
        "  100: 73.7% ± 0.5",
        " 10 minus  30 held out: +0.3 ± 0.4    -0.8 ± 0.4\n"
        " 10 minus 100 held out: +2.1 ± 0.4    -1.2 ± 0.5\n"
        "100 minus 200 held out: +7.7 ± 0.5    +0.2 ± 0.3",
        "standard error of a score on ten images: 12 points",
        "first weight: 0.601094058640 0.601094058640\nthe package:  0.601094058640 0.601094058640",
        "L2, 0.01     0.000\ndecoupled, 1 0.039",
        "by hand:    [1.6667 3.3333 5.     0.     0.    ]\n"
        "by package: [1.6667 3.3333 5.     0.     0.    ]",
        "A minus B: +0.03 ± 0.05\nC minus A: +1.3 ± 0.2",
        "by hand:    5 10\nby package: 5 10",
        "end minus best, test loss: +0.12 ± 0.01\nend minus best, points:    +1.1 ± 0.2",
        "1e-08: 0.001 + 0.333 + 0.090 = 0.424, 0.430",
        "0.001: 0.002 + 0.042 + 0.090 = 0.134, 0.132",
        "    1: 0.306 + 0.008 + 0.090 = 0.405, 0.408",
        "shifts                 84.5%  +3.2 ± 0.3   0.56  -0.11 ± 0.01",
        "200, 20: 81.7 80.8\n200, 80: 82.1 87.3\n600, 20: 89.2 88.8\n600, 80: 88.9 90.6",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    says(line)


def test_moving_an_image_keeps_its_ink_unless_it_leaves():
    """An image with an empty border has the same sum wherever it is moved to."""
    image = np.zeros((1, 14, 14))
    image[0, 3:9, 4:8] = np.random.default_rng(0).random((6, 4))
    layer = EXPERIMENT["Shifts"](np.random.default_rng(1))
    out = layer(np.repeat(image.reshape(1, 196), 200, axis=0), training=True)
    np.testing.assert_allclose(out.sum(axis=1), image.sum())
    corners = {tuple(np.argwhere(x.reshape(14, 14) > 0).min(axis=0).tolist()) for x in out}
    assert corners == {(3 + down, 4 + right) for down in (-1, 0, 1) for right in (-1, 0, 1)}
    np.testing.assert_array_equal(layer(image.reshape(1, 196)), image.reshape(1, 196))
    by_hand = {
        np.pad(image[0], 1)[1 - down : 15 - down, 1 - right : 15 - right].tobytes()
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    }
    assert {x.tobytes() for x in out} == by_hand, "the nine of the chapter's figure"


def test_bias_variance_and_noise_add_up_to_the_error_on_new_points_in_other_draws():
    places = np.linspace(-1, 1, 101)
    powers = np.vander(places, 12, increasing=True)
    shares = {}
    for decay in (1e-8, 0.001, 1):
        fits, errors = [], []
        for seed in range(500, 800):
            rng = np.random.default_rng(seed)
            old, new = np.linspace(-1, 1, 12), rng.uniform(-1, 1, 200)
            y_old, y_new = (np.sin(3 * t) + 0.3 * rng.normal(size=len(t)) for t in (old, new))
            pull = np.diag(np.r_[0, np.full(11, np.sqrt(decay * 12 / 2))])
            rows = np.vstack([np.vander(old, 12, increasing=True), pull])
            w = np.linalg.lstsq(rows, np.r_[y_old, np.zeros(12)], rcond=None)[0]
            fits.append(powers @ w)
            errors.append(np.mean((np.vander(new, 12, increasing=True) @ w - y_new) ** 2))
        bias = np.mean((np.mean(fits, axis=0) - np.sin(3 * places)) ** 2)
        variance = np.var(fits, axis=0).mean()
        assert bias + variance + 0.09 == pytest.approx(np.mean(errors), rel=0.06)
        shares[decay] = bias, variance
    assert shares[1e-8][0] < 0.02 < 0.2 < shares[1e-8][1]
    assert shares[1][1] < 0.02 < 0.2 < shares[1][0]
    says("0.04 + 0.01 + 0.09 = 0.14, 0.14")  # the checkpoint, with a million new points
    assert "Decay trades variance for bias" in TEXT


def test_l2_under_adam_is_no_worse_than_decoupled_decay():
    mean, error, change, error_of_change = gain("L2", "decoupled decay")
    assert mean > -error
    assert change < error_of_change


def test_trials_that_nothing_chose_have_nearly_the_same_share_right_in_both_sets():
    trials = np.array([one["random"] for one in FOUND["search"]]) / [1, 20]
    assert trials.shape == (60, 16, 2)
    working = [search[search[:, 1] > 75] for search in trials]
    assert min(map(len, working)) >= 1, "every search has one that works"
    apart = np.array([np.mean(some[:, 0] - some[:, 1]) for some in working])
    mean, error = apart.mean(), apart.std(ddof=1) / 60**0.5
    assert abs(mean) < 2 * error
    assert f"above 75% of the test images: {mean:+.1f} ± {error:.1f}" in PRINTED
    assert (
        f"Taken off are the {mean:.1f} ± {error:.1f} points by which all trials that work" in TEXT
    )
    said = []
    for name, count in (("random", 4), ("random", 16), ("narrowed", 16)):
        best = [max(one[name][:count], key=lambda trial: trial[0]) for one in FOUND["search"]]
        score, test = np.transpose(best / np.array([1, 20]))
        mean, error = paired(score - apart, test)
        assert mean > 3 * error
        said.append(f"{mean:.1f} ± {error:.1f}")
    four, sixteen, _ = said
    assert f"by {four} points with four, by {sixteen} with sixteen." in TEXT
