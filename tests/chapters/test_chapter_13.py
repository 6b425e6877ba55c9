"""Chapter 13: what its cells print, and the claims that hang on it."""

import itertools
import re

import numpy as np
import pytest
import run_experiments
from chapter import chapter
from scipy import stats

from dlcourse.exercises._registry import available
from dlcourse.optimizers import SGD, AdaGrad, Adam, Momentum, RMSprop

HERE = chapter("13")
TEXT, PRINTED = HERE.prose, HERE.printed
KINDS = ["SGD", "Momentum", "AdaGrad", "RMSprop", "Adam"]
FOUND = run_experiments.stored("13_optimizers_on_digits")
EXPERIMENT = run_experiments.experiment("13_optimizers_on_digits")
RATES, STAGES = EXPERIMENT["rates"], EXPERIMENT["stages"]


def right(name):
    """Percent right on the test images, one number for each seed."""
    return np.array([run[0] for run in FOUND[name]]) / 15


def loss(name):
    return np.array([run[1] for run in FOUND[name]])


def ahead(one, other):
    d = right(one) - right(other)
    return d.mean(), stats.sem(d)


# The opening ----------------------------------------------------------------------------------


def test_adagrad_is_lowest_and_sgd_highest_from_update_50_on():
    captions = re.findall(r"After (\d+) updates: (\w+) is lowest, [\d.]+, (\w+) highest", FIGURE)
    assert [int(stop) for stop, _, _ in captions[:6]] == [10, 20, 50, 100, 150, 200]
    assert {(low, high) for _, low, high in captions[2:6]} == {("AdaGrad", "SGD")}


def markup():
    outputs = [output for cell in HERE.cells for output in cell.get("outputs", [])]
    return "\n".join("".join(o.get("data", {}).get("text/html", "")) for o in outputs)


FIGURE = markup()


@pytest.mark.parametrize(
    "line",
    [
        "first and hundredth step\n1.000 and 0.100",
        "0.66 and 0.66",
        "parameters 39,760, with Momentum 79,520, with Adam 119,280\nmultiplications 5,081,600",
        "difference 0.80 points\nas if independent 0.93, paired 0.46",
        "trial 2: 90.3%",
        "1.155 divided by 2 is 0.577",
        "20 of 20: 83.9% to 100.0%, plain 100.0% to 100.0%",
        "1400 of 1500: 92.0% to 94.5%, plain 92.1% to 94.6%",
        "109,810 parameters",
        "Adam      13 operations for each parameter, 219,620 numbers to remember",
        "SGD        2 operations for each parameter,       0 numbers to remember",
        "the gradient: 582 operations for each parameter",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


# The race of the textbook ---------------------------------------------------------------------


def test_the_race_has_the_settings_of_the_textbook():
    assert EXPERIMENT["textbook"] == {
        "SGD": 0.01, "Momentum": 0.01, "AdaGrad": 0.01, "RMSprop": 0.001, "Adam": 0.001,
    }  # fmt: skip
    assert EXPERIMENT["kinds"] == {
        "SGD": SGD, "Momentum": Momentum, "AdaGrad": AdaGrad, "RMSprop": RMSprop, "Adam": Adam,
    }  # fmt: skip
    shapes = [w.value.shape for w in EXPERIMENT["network"](0).params.values()]
    matrices = [shape for shape in shapes if len(shape) == 2]
    assert matrices == [(784, 100), (100, 100), (100, 100), (100, 100), (100, 10)]
    assert sum(int(np.prod(shape)) for shape in shapes) == 109_810
    first = EXPERIMENT["network"](0).params["dense1/weights"].value
    assert first.std() == pytest.approx(np.sqrt(2 / 784), rel=0.01)


def test_an_image_comes_up_85_times_of_3000_and_6_of_42000():
    assert pytest.approx(85, abs=0.5) == 2000 * 128 / 3000
    assert pytest.approx(6, abs=0.2) == 2000 * 128 / 42_000
    assert np.sqrt(1500 / 21_000) < 1 / 3
    sizes = [len(part[1]) for part in EXPERIMENT["data"].values()]
    assert sizes == [3000, 500, 1500]


def test_no_image_is_in_two_parts_of_a_split():
    data = EXPERIMENT["data"]
    parts = [{image.tobytes() for image in data[name][0]} for name in data]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert not parts[0] & parts[1]


def test_by_hand_and_by_package_have_the_same_loss_after_twenty_updates():
    rows = re.findall(r"^(\w+) +(\d\.\d{6}) +(\d\.\d{6})$", PRINTED, re.M)
    assert [name for name, _, _ in rows] == KINDS
    for _, ours, theirs in rows:
        assert float(ours) == pytest.approx(float(theirs), abs=2e-6)


def test_the_textbook_race_is_won_by_none_of_the_leaders_of_the_start():
    ends = np.array([[np.mean(run[2][-5:]) for run in FOUND[f"textbook, {k}"]] for k in KINDS])
    places = np.argsort(np.argsort(ends, axis=0), axis=0)
    assert places[2].min() >= 1  # AdaGrad is never the lowest
    assert set(places[2]) == {1, 2}, places[2]
    assert {KINDS[k] for k in np.argmin(ends, axis=0)} == {"RMSprop", "Adam"}
    assert np.all(places[0] == 4)  # SGD is always last
    assert ends[0].mean() == pytest.approx(0.09, abs=0.01)
    assert ends[1:].max() < 0.02
    first_200 = np.array([FOUND[f"textbook, {k}"][0][2][9] for k in KINDS])
    assert np.argmin(first_200) == 2


def test_with_the_textbook_rates_the_lowest_test_loss_has_the_fewest_right_answers():
    losses = {k: loss(f"textbook, {k}").mean() for k in KINDS}
    shares = {k: right(f"textbook, {k}").mean() for k in KINDS}
    assert min(losses, key=losses.get) == min(shares, key=shares.get) == "SGD"
    assert max(losses, key=losses.get) == max(shares, key=shares.get) == "RMSprop"


def test_the_first_updates_are_those_of_the_race():
    for kind in KINDS:
        first = np.reshape(FOUND["textbook, first updates"][kind], (10, 20)).mean(axis=1)
        np.testing.assert_allclose(first, FOUND[f"textbook, {kind}"][0][2][:10], rtol=0.006)


def test_only_adagrad_is_led_astray_by_a_nudge():
    part = PRINTED.split("first weights nudged\n")[1]
    rows = re.findall(r"^(\w+) +from (\d\.\d\d) to (\d\.\d\d)$", part, re.M)
    assert [name for name, _, _ in rows] == KINDS
    apart = {name for name, low, high in rows if float(high) - float(low) > 0.02}
    assert apart == {"AdaGrad"}
    # The first step of RMSprop is the rate over the root of a tenth.
    assert 0.001 / np.sqrt(0.1) == pytest.approx(0.01 / 3, rel=0.06)


# The stored experiment -------------------------------------------------------------------------


def test_every_optimizer_has_the_same_trials_and_ten_fresh_seeds():
    assert RATES == [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
    for split in (1, 2):
        for kind in KINDS:
            assert np.shape(FOUND[f"split {split}, {kind}, trials"]) == (9, 2, 7, 2)
            for n in (200, 2000):
                runs = FOUND[f"split {split}, {kind}, {n}"]
                assert len(runs) == 10
                assert {len(run[2]) for run in runs} == {n // 20}
                assert len(FOUND[f"split {split}, {kind}, {n}, finer"]) == 10
            assert np.shape(FOUND[f"split {split}, {kind}, trials between"]) == (8, 2, 7, 2)
        assert len(FOUND[f"split {split}, SGD, 2000, at 0.18"]) == 10
    assert len(FOUND) == 5 + 2 * 5 * 10 + 2 + 3


def test_nudged_weights_end_as_stored():
    again = EXPERIMENT["nudged"](seeds=[2])
    assert set(again) == set(FOUND["textbook, nudged"]) == set(KINDS)
    for kind, ends in FOUND["textbook, nudged"].items():
        assert len(ends) == 6
        if kind != "AdaGrad":  # a nudge grows there until it shows, and so does rounding
            assert again[kind][0] == pytest.approx(ends[2], abs=0.005), kind


def test_between_two_rates_the_leads_over_sgd_shrink_but_their_signs_stay():
    """The rates by the right answer to exercise 13.3, the leads by SciPy."""
    choose = available()["13.3"].reference
    rates, leads = RATES + EXPERIMENT["between"], {}
    assert rates[9:] == [0.00018, 0.00056, 0.0018, 0.0056, 0.018, 0.056, 0.18, 0.56]
    for split, kind in itertools.product((1, 2), KINDS):
        name = f"split {split}, {kind}"
        both = FOUND[f"{name}, trials"] + FOUND[f"{name}, trials between"]
        for n in (200, 2000):
            at = np.sum(both, axis=1)[:, STAGES.index(n)]
            rows = [(rate, *row, 0) for rate, row in zip(rates, at.tolist(), strict=True)]
            assert FOUND[f"{name}, {n}, finer, rate"] == choose(rows)
        leads[kind, split] = ahead(f"{name}, 2000, finer", f"split {split}, SGD, 2000, finer")
    for kind in ("Momentum", "RMSprop", "Adam"):
        for split in (1, 2):
            mean, error = leads[kind, split]
            assert mean > 2 * error
            assert 0.5 < mean < 0.95, "about half a point or more"
    assert [round(leads["Adam", split][0], 2) for split in (1, 2)] == [0.55, 0.81]
    assert "It shrinks to 0.55 and 0.81 points." in TEXT
    assert leads["AdaGrad", 2][0] < leads["AdaGrad", 2][1]
    for split, less in ((1, 0.3), (2, 0.6)):
        mean, _ = ahead(f"split {split}, Adam, 2000, finer", f"split {split}, SGD, 2000, at 0.18")
        assert mean == pytest.approx(less, abs=0.06)
        gain, _ = ahead(f"split {split}, SGD, 2000, at 0.18", f"split {split}, SGD, 2000")
        assert gain == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("split", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_the_rate_is_the_one_that_the_validation_images_choose(split, kind):
    """By the right answer to exercise 13.3, which has never seen this table."""
    choose = available()["13.3"].reference
    table = np.sum(FOUND[f"split {split}, {kind}, trials"], axis=1)
    for n in (200, 2000):
        at = table[:, STAGES.index(n)]
        rows = [(rate, *row, 0) for rate, row in zip(RATES, at.tolist(), strict=True)]
        chosen = FOUND[f"split {split}, {kind}, {n}, rate"]
        assert chosen == choose(rows)
        assert chosen not in (RATES[0], RATES[-1]), "the best rate lies at the edge"


@pytest.mark.parametrize(("kind", "fresh"), [("SGD", 3), ("Adam", 5)])
def test_a_short_run_gives_what_is_stored(kind, fresh):
    again = EXPERIMENT["fresh_run"](
        kind, FOUND[f"split 1, {kind}, 200, rate"], 10 + fresh, 200, EXPERIMENT["data"]
    )
    before = FOUND[f"split 1, {kind}, 200"][fresh]
    assert again[0] == pytest.approx(before[0], abs=40)
    np.testing.assert_allclose(again[2][:2], before[2][:2], rtol=0.05)


def shares(split, kind):
    """Percent right on validation images: one row for each rate, one column for each stage."""
    return np.mean(FOUND[f"split {split}, {kind}, trials"], axis=1)[:, :, 0] / 5


def chosen(n, split=1):
    return [FOUND[f"split {split}, {kind}, {n}, rate"] for kind in KINDS]


def test_the_textbook_had_the_best_rate_of_two_and_held_three_back():
    textbook = list(EXPERIMENT["textbook"].values())
    assert chosen(2000) == [0.1, 0.03, 0.01, 0.001, 0.003]
    factors = [best / given for best, given in zip(chosen(2000), textbook, strict=True)]
    assert factors == pytest.approx([10, 3, 1, 1, 3])
    assert chosen(200) == [0.3, 0.03, 0.03, 0.003, 0.001]


def test_sgd_makes_up_13_points_with_its_own_rate():
    at_200 = shares(1, "SGD")[:, STAGES.index(200)]
    assert at_200[RATES.index(0.01)] == pytest.approx(80, abs=0.5)
    assert at_200.max() == pytest.approx(93, abs=0.5)
    adagrad = shares(1, "AdaGrad")[RATES.index(0.01), STAGES.index(200)]
    assert adagrad - at_200[RATES.index(0.01)] == pytest.approx(13, abs=0.5)


def test_the_peaks_grow_wider_and_end_at_a_cliff():
    widths = {k: np.sum(shares(1, k) >= shares(1, k).max(axis=0) - 2, axis=0) for k in KINDS}
    assert [int(widths[k][3]) for k in KINDS] == [2, 3, 2, 2, 3]
    assert [int(widths[k][6]) for k in KINDS] == [3, 4, 3, 5, 5]
    for kind, times in (("SGD", 10), ("Momentum", 10), ("Adam", 33), ("RMSprop", 100)):
        best = FOUND[f"split 1, {kind}, 2000, rate"]
        at = int(np.argmin(np.abs(np.log(np.array(RATES) / (times * best)))))
        assert shares(1, kind)[at, -1] < 15
    assert shares(1, "AdaGrad")[RATES.index(0.3), -1] > 50
    assert shares(1, "Adam")[RATES.index(0.1), -1] < 15


def test_the_loss_would_have_chosen_rates_ten_to_thirty_times_smaller():
    for kind, best in zip(KINDS, chosen(2000), strict=True):
        losses = np.mean(FOUND[f"split 1, {kind}, trials"], axis=1)[:, -1, 1]
        assert 9 < best / RATES[int(np.argmin(losses))] < 31


def test_losses_rise_again_where_right_answers_do_not_fall():
    for kind in KINDS:
        k = RATES.index(FOUND[f"split 1, {kind}, 2000, rate"])
        losses = np.mean(FOUND[f"split 1, {kind}, trials"], axis=1)[k, :, 1]
        assert losses[-1] > 1.05 * losses.min()
        assert shares(1, kind)[k, -1] >= shares(1, kind)[k, 3] - 0.5


def test_with_200_updates_none_can_be_told_from_the_first():
    means = {k: right(f"split 1, {k}, 200").mean() for k in KINDS}
    assert max(means.values()) - min(means.values()) == pytest.approx(0.55, abs=0.05)
    for kind in KINDS[:-1]:
        mean, error = ahead(f"split 1, {kind}, 200", "split 1, Adam, 200")
        assert -2 * error < mean < 0
        assert f"{mean:+.2f} ± {error:.2f}" in PRINTED
    scatter = {k: right(f"split 1, {k}, 200").std(ddof=1) for k in KINDS}
    assert max(scatter, key=scatter.get) == "RMSprop"
    assert np.sum(right("split 1, RMSprop, 200") < 89) == 2


def test_with_2000_updates_adam_is_ahead_of_all_but_rmsprop():
    first = right("split 1, Adam, 2000")
    assert np.all(first > right("split 1, SGD, 2000"))
    for kind, low, high in (("SGD", 5, 8), ("Momentum", 4, 6), ("AdaGrad", 7, 10)):
        mean, error = ahead("split 1, Adam, 2000", f"split 1, {kind}, 2000")
        assert low < mean / error < high
    mean, error = ahead("split 1, Adam, 2000", "split 1, SGD, 2000")
    assert (round(mean, 1), round(error, 2)) == (0.9, 0.15)
    assert mean / error == pytest.approx(6, abs=0.5)
    mean, error = ahead("split 1, Adam, 2000", "split 1, RMSprop, 2000")
    assert round(mean, 1) == 0.2
    assert mean / error == pytest.approx(1.5, abs=0.15)
    behind, _ = ahead("textbook, RMSprop", "textbook, SGD")
    assert behind == pytest.approx(1.9, abs=0.05)


def test_the_training_loss_of_sgd_ends_at_a_hundredth_of_the_textbooks():
    end = np.median([np.mean(run[2][-5:]) for run in FOUND["split 1, SGD, 2000"]])
    assert end == pytest.approx(0.001, abs=0.0002)
    before = np.median([np.mean(run[2][-5:]) for run in FOUND["textbook, SGD"]])
    assert before == pytest.approx(0.09, abs=0.01)


def test_on_another_split_the_leads_over_sgd_survive_but_adagrads():
    said = {"Momentum": (0.4, 0.6), "RMSprop": (0.7, 0.9), "Adam": (0.9, 0.9)}
    for kind, points in said.items():
        for split, lead in zip((1, 2), points, strict=True):
            mean, error = ahead(f"split {split}, {kind}, 2000", f"split {split}, SGD, 2000")
            assert round(mean, 1) == lead
            assert mean > 3 * error
            assert f"{mean:+.2f} ± {error:.2f}" in PRINTED
    mean, error = ahead("split 2, AdaGrad, 2000", "split 2, SGD, 2000")
    assert (round(mean, 2), round(error, 2)) == (-0.05, 0.16)
    mean, error = ahead("split 2, Adam, 2000", "split 2, Momentum, 2000")
    assert (round(mean, 1), round(error, 1)) == (0.3, 0.2)


def test_on_another_split_others_are_first_and_last():
    orders = {
        (n, split): sorted(KINDS, key=lambda k: right(f"split {split}, {k}, {n}").mean())
        for n in (200, 2000)
        for split in (1, 2)
    }
    first = {key: order[-1] for key, order in orders.items()}
    assert first == {
        (200, 1): "Adam", (2000, 1): "Adam", (200, 2): "AdaGrad", (2000, 2): "RMSprop",
    }  # fmt: skip
    assert (orders[200, 1][0], orders[200, 2][0]) == ("SGD", "Momentum")
    mean, _ = ahead("split 2, RMSprop, 2000", "split 2, Adam, 2000")
    assert round(mean, 2) == 0.03
    leads = [ahead("split 2, AdaGrad, 200", f"split 2, {k}, 200") for k in KINDS if k != "AdaGrad"]
    assert sum(2 < mean / error < 3 for mean, error in leads) == 3


def test_on_another_split_each_chooses_a_rate_within_one_step_of_the_list():
    for n in (200, 2000):
        for one, other in zip(chosen(n, 1), chosen(n, 2), strict=True):
            assert abs(RATES.index(one) - RATES.index(other)) <= 1
        assert chosen(n, 1)[0] == chosen(n, 2)[0]


def test_an_update_of_adam_costs_15_percent_more_time():
    ratios = FOUND["time of an update over SGD's"]
    assert list(ratios) == KINDS
    assert ratios["Adam"] == 1.15
    assert "15% to the time" in TEXT
    half, whole = 5 * shares(1, "SGD")[RATES.index(0.1), 5:]
    assert whole - half == pytest.approx(1.5)


def test_how_often_fewer_seeds_crown_adam():
    """All sets of three, and of one, in place of random ones."""
    table = np.array([right(f"split 1, {kind}, 2000") for kind in KINDS])
    for size, said in ((1, 59), (3, 80), (5, 90)):
        sets = [list(c) for c in itertools.combinations(range(10), size)]
        # A tie goes to the first in the list, as in the cell.
        adam = np.mean([table[:, c].mean(axis=1).argmax() == 4 for c in sets])
        assert 100 * adam == pytest.approx(said, abs=2)
        assert f"{said}" in TEXT


# Statistics -----------------------------------------------------------------------------------


def test_the_luck_of_two_that_were_named_is_that_of_a_t_distribution():
    said = re.search(r"two named before above 2 in +([\d.]+) of 100", PRINTED)
    assert float(said[1]) == pytest.approx(200 * stats.t.sf(2, df=9), abs=0.6)
    assert float(said[1]) == pytest.approx(100 / 13, abs=0.6)  # "one contest in thirteen"


@pytest.mark.parametrize("seed", [0, 1])
def test_the_luck_of_the_best_of_five_holds_for_other_random_numbers(seed):
    rng, leads = np.random.default_rng(seed), []
    for _ in range(20_000):
        scores = rng.normal(size=(5, 10))
        scores = scores[np.argsort(scores.mean(axis=1))]
        leads.append([_lead(scores[-1] - scores[0]), _lead(scores[-1] - scores[-2])])
    leads = np.array(leads)
    assert np.mean(leads[:, 0] > 2) == pytest.approx(1 / 3, abs=0.015)
    assert np.quantile(leads[:, 0], 0.95) == pytest.approx(3.4, abs=0.08)
    assert np.quantile(leads[:, 1], 0.95) == pytest.approx(1.4, abs=0.06)


def _lead(d):
    return d.mean() / d.std(ddof=1) * np.sqrt(len(d))


def test_wilsons_interval_is_that_of_scipy():
    wilson = available()["13.5"].reference
    for k, n in ((20, 20), (1400, 1500), (0, 7), (3, 11)):
        by_scipy = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
        assert wilson(k, n) == pytest.approx((by_scipy.low, by_scipy.high), abs=2e-5)


def test_the_plain_interval_is_wide():
    for kind in KINDS:
        share = right(f"split 1, {kind}, 2000").mean() / 100
        reach = 1.96 * np.sqrt(share * (1 - share) / 1500)
        assert f"{share - reach:.1%} to {share + reach:.1%}" in PRINTED


# What an update costs -------------------------------------------------------------------------


def test_the_gradient_has_582_operations_for_each_parameter():
    """Counted layer by layer: 2 for each weight and image, twice or three times."""
    widths = [784, 100, 100, 100, 100, 10]
    total = 0
    for layer, (a, b) in enumerate(itertools.pairwise(widths)):
        total += 2 * 128 * a * b * (2 if layer == 0 else 3)
    assert total / 109_810 == pytest.approx(582, abs=0.5)
    assert "nearly 600 operations" in TEXT
    assert pytest.approx(0.02, abs=0.005) == 13 / 582


def test_the_package_remembers_as_many_numbers_as_the_text_says():
    for kind, tables in (("SGD", 0), ("Momentum", 1), ("AdaGrad", 1), ("RMSprop", 1), ("Adam", 2)):
        optimizer = EXPERIMENT["kinds"][kind](0.01)
        optimizer.update({"w": np.ones(7)}, {"w": np.ones(7)})
        state = optimizer.state_dict()
        held = [v for v in state.values() if isinstance(v, dict) and "w" in v]
        assert len(held) == tables, state
