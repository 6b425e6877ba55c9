"""Chapter 7: what its cells print, and the claims that hang on it."""

import inspect
import re
from itertools import pairwise

import numpy as np
import pytest
import run_experiments
from chapter import chapter

from dlcourse.optimizers import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSprop

FOUND = run_experiments.stored("07_variants_of_sgd", run_experiments.SHORTER)
HERE = chapter("07")
TEXT, PRINTED = HERE.prose, HERE.printed
CODE = [cell for cell in HERE.cells if cell["cell_type"] == "code"]
RATES = {
    SGD: 0.95,
    Momentum: 0.1,
    Nesterov: 0.1,
    AdaGrad: 1.5,
    RMSprop: 0.3,
    Adam: 0.3,
    AdamW: 0.3,
}


TUNED = {kind.__name__ for kind in RATES} | {"Momentum, 0.5", "Adam, 0.5"}


def walk(optimizer, start=(-7.0, 2.0), steps=30):
    params = {"x": start[0], "y": start[1]}
    for _ in range(steps):
        optimizer.update(params, {"x": params["x"] / 10, "y": 2 * params["y"]})
    return params["x"], params["y"]


def bowl(x, y):
    return x**2 / 20 + y**2


@pytest.mark.parametrize(
    "line",
    [
        "by x: -0.700   (x / 10)\nby y: 4.000   (2 y)",
        "2 over the largest curvature: 1.0",
        "at the start: 64.1 degrees off\n4,900 places: half are off by 59 or more,\n4.3% by less",
        "SGD, 0.1: w = -2.501, f = 0.725\nMomentum, 0.1: w = -0.016, f = 0.000\nSGD, 1.0: w = -2.5",
        "curvature of the hollow: 1.7\nmomentum from -3.0: ends at -0.023",
        "momentum from -2.8: ends at -2.499",
        "SGD, rate 1.0      f = 4, |y| = 2\nMomentum, rate 0.1 f = 5e-05, |y| = 0.0057",
        "SGD      still settles at rate 0.99\nMomentum still settles at rate 1.89",
        "share 0.0: f = 1.4e-02\nshare 0.4: f = 6.7e-03\nshare 0.9: f = 4.6e-08",
        "slopes 1, 1, 1, ...  the last velocity -0.99",
        "slopes 1, −1, 1, ... the last velocity +0.05",
        "       10     69        27\n      100    691        93\n    1,000  6,908       315",
        "Momentum still settles at rate 1.89\nNesterov still settles at rate 0.64",
        "       30       3.50         56.22         1.20",
        "     1000       0.00          7.76         0.00",
        "step 8000:  15.5\nstep 8500:  20.0\nstep 9000:  25.6\nthe limit: 19",
        "step    2: 0.0100\nstep   10: 0.0100\nstep  100: 0.0100\nstep 1000: 0.0095",
        "step    2: 0.0333\nstep   10: 0.0508\nstep  100: 0.9856\nstep 1000: 1.0000",
        "after     30 steps: f = 0.0012\nafter 10,000 steps: f = 0.0236",
        "the last three y: [ 0.15 -0.15  0.15]",
        "    1      1.000        3.162\n    2      1.000        4.250\n",
        "   10      1.000        6.528\n  100      1.000        3.241\n",
        " 0.001          6.3          8,590    > 2,000",
        "   0.3          0.1             52         52",
        "   1.0         0.13             25         52",
        "rate  0.1: step 1,000 f = 2e-45, highest in the last 1,000 = 9e-03",
        "decay alone: 0.905\nL2 inside Adam:       loud 0.988, quiet 0.461",
        "Adam's y after 20, 25, 30 steps: -0.28 0.18 0.32",
        "AdamW, decay outside: loud 0.903, quiet 0.903\n"
        "no decay at all:      loud 0.998, quiet 0.998",
        "the gradient of all rows, at the start: [-0.7  4. ]",
        "SGD               0.01333     0.01333\nMomentum          0.04794     0.04794",
        "AdaGrad           0.00072     0.14108\nRMSprop           0.00118     0.06964",
        "Adam              0.10221     0.61954\nAdamW             0.09669     0.48765",
        "90% of the final speed after 22 steps",
        "RMSprop  gradient   -500.0: w = +3.162",
        "SGD                0.049     0.049     0.049\n",
        "RMSprop          2.7e-07     0.013     0.062\n",
        "SGD:                 -0.98   [3. 1. 1.]\n"
        "Adam, beta2 =   0.1: +1.00   [1.05 0.76 0.97]\n"
        "Adam, beta2 = 0.999: -0.99   [1.57 0.52 0.52]",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


@pytest.fixture(scope="module")
def experiment():
    """Return what the cells of the experiment define: the script runs these very cells."""
    return run_experiments.experiment("07_variants_of_sgd")


def test_adams_long_walks_come_out_as_stored(experiment):
    rate, numbers = FOUND["other rates"][2]
    assert rate == 0.3
    again = experiment["in_numbers"](experiment["adams_heights"](rate))
    assert again[1:3] == tuple(numbers[1:3])
    assert again[0] == pytest.approx(numbers[0], rel=1e-9)
    along_y = experiment["other_rates_along_y"]()
    np.testing.assert_allclose(along_y, FOUND["rates along y"], rtol=1e-6)


@pytest.mark.parametrize("name", ["Nesterov", "RMSprop, 0.99"])
def test_the_best_of_a_hundred_rates_in_the_valleys_comes_out_as_stored(experiment, name):
    lows, best = experiment["best_of_hundred"](experiment["makers"][name])
    np.testing.assert_allclose(best, FOUND["in valleys"][name][1])
    np.testing.assert_allclose(lows, FOUND["in valleys"][name][0], rtol=1e-6)


@pytest.mark.parametrize("name", ["Momentum", "Adam, 0.5", "AdaGrad 20°"])
def test_the_rate_of_a_race_with_mini_batches_comes_out_as_stored(experiment, name):
    chosen, exact = FOUND["races"]
    assert experiment["best_rate"](*experiment["ways"][name]) == chosen[name]
    if name in exact:
        lowest, rate = experiment["best_exact"](experiment["ways"][name][0])
        assert rate == exact[name][1]
        assert lowest == pytest.approx(exact[name][0], rel=1e-3)


CLASSES = ["Momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam", "AdamW"]


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_written_out_ends_at_the_same_numbers_as_the_package(name):
    ours = re.findall(rf"^Our{name} +(-?[\d.]+) +(-?[\d.]+)$", PRINTED, re.MULTILINE)
    theirs = re.findall(rf"^{name} +(-?\d+\.\d{{9}}) +(-?\d+\.\d{{9}})$", PRINTED, re.MULTILINE)
    assert ours
    assert ours == theirs


def test_both_forms_of_nesterov_take_their_gradients_at_the_same_points():
    points = re.findall(r"looked at (\[.+?\]) stood at (\[.+?\])", PRINTED)
    assert len(points) == 3
    assert all(looked == stood for looked, stood in points)


def test_the_steps_of_momentum_grow_with_the_root_of_the_condition_number():
    rows = re.findall(r"^ *([\d,]+) +([\d,]+) +([\d,]+)$", PRINTED, re.MULTILINE)
    table = [[int(n.replace(",", "")) for n in row] for row in rows]
    plain, momentum = (dict(zip([r[0] for r in table], column, strict=True))
                       for column in ([r[1] for r in table], [r[2] for r in table]))  # fmt: skip
    for kappa in (10, 100):
        assert 9.9 < plain[10 * kappa] / plain[kappa] < 10.1
        assert 3.1 < momentum[10 * kappa] / momentum[kappa] < 3.6
    assert momentum[1000] / plain[1000] < 0.05, "95 of 100 steps are saved"


def test_nesterov_swings_less():
    swings = re.findall(r"at rate 0.1: \|y\| up to ([\d.]+) .+?, ([\d.]+) from step 15", PRINTED)
    (m5, m15), (n5, n15) = ([float(value) for value in pair] for pair in swings)
    assert n5 < m5
    assert n15 < m15


def test_noise_and_a_falling_rate_keep_adam_below_its_limit():
    table = PRINTED.split("step    exact  noisy  falling\n")[1].splitlines()[:4]
    for row in table:
        step, exact, noisy, falling = map(float, row.split())
        assert noisy < 19
        assert falling < 1
        assert (exact > 19) == (step == 8500)


def numbers_of(name, header, columns):
    """Return the numbers in the row of a method in the table under a header."""
    row = re.search(rf"^{name} +(.+)$", PRINTED.split(header)[1], re.MULTILINE)[1]
    return [float(value) for value in row.replace("±", "").split()[:columns]]


def test_tuned_rates_don_t_save_the_adaptive_methods_in_the_turned_valley():
    ends = {kind.__name__: numbers_of(kind.__name__, "by 20°    by 45°", 3) for kind in RATES}
    for name in ("SGD", "Momentum", "Nesterov"):
        assert ends[name][0] == ends[name][1] == ends[name][2]
    for name in ("AdaGrad", "RMSprop"):
        straight, by_20, by_45 = ends[name]
        assert straight < 1e-4 < by_20 < 0.5 * ends["SGD"][1], "turned by 20°: still ahead"
        assert by_45 > 1.2 * ends["SGD"][2], "by 45°: behind"
    assert ends["Adam"][2] < 1.5 * ends["Adam"][0]
    turned = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    hessian = turned @ np.diag([0.1, 2]) @ turned.T
    assert hessian[0, 0] == pytest.approx(hessian[1, 1]), "both parameters have one curvature"


def test_with_mini_batches_the_methods_end_within_a_factor_of_ten():
    names = ["SGD", "Momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam"]
    rows = {name: numbers_of(name, "mini-batches   rate     minus SGD", 6) for name in names}
    exact, noisy = ([row[k] for row in rows.values()] for k in (0, 2))
    assert max(exact) / min(exact) > 1e20
    assert 2.8 < max(noisy) / min(noisy) < 3.5, "a factor of three"
    assert rows["Momentum"][3] == pytest.approx(rows["SGD"][3] / 10)
    assert "Momentum's best rate is a tenth of SGD's" in TEXT
    smaller = [name for name, row in rows.items() if row[3] < row[1]]
    assert smaller == [name for name in names if name != "RMSprop"]
    assert all(0.007 < row[3] < 1.4 for row in rows.values()), "the end of the list"
    assert [name for name, row in rows.items() if row[1] == 1.4] == ["AdaGrad"]
    assert "AdaGrad's exact 1.4 is the last of the fifteen" in TEXT


def test_half_the_mean_squared_error_of_the_rows_is_the_valley_and_a_constant():
    """And turning the rows turns the walks of SGD, momentum and Nesterov, and nothing else."""
    Q, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(1000, 3)))
    inputs, targets = Q[:, :2] * np.sqrt([100, 2000]), Q[:, 2] * np.sqrt(1000)
    rng = np.random.default_rng(2)
    over = [
        np.mean((inputs @ place - targets) ** 2) / 2 - bowl(*place)
        for place in rng.normal(size=(20, 2))
    ]
    np.testing.assert_allclose(over, over[0])
    turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    for kind in (SGD, Momentum, Nesterov):
        ends = []
        for axes in (np.eye(2), turn):
            optimizer, rows = kind(0.05), inputs @ axes.T
            w = {"w": axes @ [-7.0, 2.0]}
            for step in range(50):
                some = slice(10 * step, 10 * step + 10)
                errors = rows[some] @ w["w"] - targets[some]
                optimizer.update(w, {"w": errors @ rows[some] / 10})
            ends.append(axes.T @ w["w"])
        np.testing.assert_allclose(*ends)


def test_with_mini_batches_four_are_clearly_ahead_of_sgd_and_momentum_hardly():
    for name in ("Momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam"):
        *_, less, error = numbers_of(name, "mini-batches   rate     minus SGD", 6)
        assert (less < -4 * error) == (name != "Momentum")
        assert less < -2 * error


def test_with_noise_a_share_of_half_makes_little_difference():
    header = "mini-batches   rate     minus SGD"
    for name, said in (("Momentum", "momentum (0.0074)"), ("Adam", "Adam (0.0034)")):
        usual = numbers_of(name, header, 6)
        half = numbers_of(f"{name}, 0.5", "a share of 0.5 mini-batches", 4)
        assert f"{half[0]:.4f}" in said
        assert said in TEXT
        assert abs(half[0] - usual[2]) < usual[5], "less than one standard error"
        assert half[2] < -4 * half[3], "ahead of SGD"
        if name == "Momentum":
            plain = numbers_of("SGD", header, 6)
            assert half[1] == pytest.approx((1 - 0.5) * plain[3])
            assert "momentum at half of SGD's rate" in TEXT
    assert "end nearly where they did" in TEXT


def test_at_a_rate_of_a_hundredth_adam_is_far_below_its_limit_after_10_000_steps():
    assert "at rate 0.01, step 10,000: 1.3" in PRINTED
    assert "(with 0.01 only to 1.3 by step 10,000)" in TEXT


def test_turning_the_rows_takes_the_lead_of_the_adaptive_methods():
    header, names = "rows turned  mini-batches   rate     minus SGD", ("AdaGrad", "RMSprop", "Adam")
    by_20, by_45 = ({n: numbers_of(f"{n} *{a}°", header, 4)[2:] for n in names} for a in (20, 45))
    straight = numbers_of("AdaGrad", "exact  rate  mini-batches   rate     minus SGD", 6)[4]
    for name in names:
        assert by_20[name][0] < -2 * by_20[name][1], "a part of their lead"
    assert 0.4 < by_20["AdaGrad"][0] / straight < 0.62, "half of it"
    lead, error = by_45["AdaGrad"]
    assert lead < -2 * error, "still ahead"
    assert 0.14 < lead / straight < 0.19, "a sixth of its lead"
    for name in ("RMSprop", "Adam"):
        assert by_45[name][0] > 3 * by_45[name][1], "behind"


def test_in_the_turned_valleys_no_decay_helps_rmsprop():
    table = "by 20°    by 45°"
    usual = numbers_of("RMSprop", table, 3)
    for decay in (0.5, 0.99):
        _, by_20, by_45 = numbers_of(f"RMSprop, {decay}", table, 3)
        assert by_20 > 0.85 * usual[1]
        assert by_45 > usual[2]


def test_with_mini_batches_the_length_counts_too():
    table = PRINTED.split("the usual share   after 300   after 1,000 steps\n")[1]
    ends = {}
    for name in ("SGD", "AdaGrad", "Adam"):
        row = numbers_of(name, "mini-batches   rate     minus SGD", 4)
        ends[name] = [float(x) for x in re.search(rf"^{name} +(\S+) +(\S+)$", table, re.M).groups()]
        assert ends[name][0] == row[2], "the same walks as in the table above"
    assert f"AdaGrad has fallen on to {ends['AdaGrad'][1]:.4f}" in TEXT
    assert f"and Adam has risen to {ends['Adam'][1]:.4f}" in TEXT
    assert ends["AdaGrad"][1] < 0.5 * ends["AdaGrad"][0]
    assert ends["Adam"][1] > 1.3 * ends["Adam"][0]


def test_below_half_plain_steps_no_longer_cross_the_valley():
    for rate, crosses in ((0.3, False), (0.49, False), (0.51, True), (0.95, True)):
        ys = [walk(SGD(rate), steps=k)[1] for k in range(6)]
        assert all((one * other < 0) == crosses for one, other in pairwise(ys))


def test_nesterov_settles_up_to_the_limit_of_the_text():
    """|a root| = 1 of z² − (1 + α)(1 − ηλ) z + α (1 − ηλ), here with α = 0.9 and λ = 2."""
    share, curvature = 0.9, 2.0
    limit = 2 * (1 + share) / ((1 + 2 * share) * curvature)
    assert f"{limit:.2f}" == "0.68"
    for rate, settles in ((limit - 0.001, True), (limit + 0.001, False)):
        kept = 1 - rate * curvature
        roots = np.roots([1, -(1 + share) * kept, share * kept])
        assert (np.abs(roots).max() < 1) == settles
    assert "its limit is $2(1+\\alpha)$ over $1 + 2\\alpha$ times" in TEXT.lower()


def test_plain_sgd_passes_the_hollow_at_a_rate_above_its_limit():
    assert "SGD, rate 2.0, from -2.8: ends at +0.000" in PRINTED


def test_at_twice_the_rates_only_sgd_runs_away():
    ends = {kind: bowl(*walk(kind(2 * rate))) for kind, rate in RATES.items()}
    assert [kind for kind, height in ends.items() if height > 1] == [SGD]
    table = PRINTED.split("at twice the rates:\n")[1]
    printed = dict(re.findall(r"^(\w+) +f = (\S+)$", table, re.M)[:7])
    assert printed == {kind.__name__: f"{height:.1g}" for kind, height in ends.items()}


@pytest.mark.parametrize("kind", RATES, ids=lambda kind: kind.__name__)
def test_the_panel_prints_where_each_method_ends(kind):
    label = f"{kind.__name__}, rate {RATES[kind]}"
    assert f"{label:20} f = {bowl(*walk(kind(RATES[kind]))):.5f}" in PRINTED


@pytest.mark.parametrize("kind", RATES, ids=lambda kind: kind.__name__)
def test_the_printed_defaults_are_those_of_the_signature(kind):
    row = re.search(rf"^{kind.__name__} +((?:\S+=\S+\s+)+)", PRINTED, flags=re.MULTILINE)[1]
    settings = dict(pair.split("=") for pair in row.split())
    parameters = inspect.signature(kind).parameters
    by_position = [n for n, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert by_position == list(settings), "what every optimizer takes is not in the table"
    for name, given in settings.items():
        default = parameters[name].default
        assert given == ("?" if default is inspect.Parameter.empty else f"{default:g}")


def test_the_best_pair_of_the_sliders_is_the_one_the_text_names():
    html = "".join(
        "".join(output["data"].get("text/html", []))
        for cell in CODE
        for output in cell["outputs"]
        if "data" in output
    )
    found = re.findall(r"Rate ([\d.]+), momentum ([\d.]+): after 30 steps f = ([\d.e-]+)\.", html)
    ends = {(float(rate), float(share)): float(f) for rate, share, f in found}
    best, second = sorted(ends, key=ends.get)[:2]
    assert best == (1.1, 0.4)
    assert ends[second] > 10 * ends[best]


def test_momentum_is_stable_up_to_two_times_one_plus_alpha_over_the_curvature():
    for alpha in (0.0, 0.5, 0.9):
        limit = 2 * (1 + alpha) / 2
        assert abs(walk(Momentum(0.99 * limit, alpha), steps=1000)[1]) < 1e-3
        assert abs(walk(Momentum(1.01 * limit, alpha), steps=1000)[1]) > 1e3


def test_adagrads_rate_is_a_length():
    near = np.array(walk(AdaGrad(1.5)))
    far = np.array(walk(AdaGrad(15.0), start=(-70.0, 20.0)))
    np.testing.assert_allclose(far, 10 * near, rtol=1e-4)


def test_rmsprop_jumps_to_and_fro_by_half_the_rate():
    optimizer, params, ys = RMSprop(0.3), {"x": -7.0, "y": 2.0}, []
    for _ in range(10_000):
        optimizer.update(params, {"x": params["x"] / 10, "y": 2 * params["y"]})
        ys.append(params["y"])
    np.testing.assert_allclose(np.abs(ys[-4:]), 0.15, rtol=0.02)
    assert ys[-1] * ys[-2] < 0


def test_adam_without_correction_takes_steps_three_to_six_times_too_long_at_first():
    assert r"0.1/\sqrt{0.001} = 3.16" in TEXT
    t = np.arange(1, 101)
    ratio = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    assert 3.1 < ratio.min() < ratio.max() < 6.7


def test_the_turned_valley_multiplies_the_heights_as_the_text_says():
    rows = re.findall(r"^(\w+) +([\d.]+) +([\d.]+)$", PRINTED.split("turned\n")[1], re.MULTILINE)
    grows = {name: float(turned) / float(straight) for name, straight, turned in rows[:7]}
    assert 190 < grows["AdaGrad"] < 200
    assert 55 < grows["RMSprop"] < 62
    assert 5.5 < grows["Adam"] < 6.5
    assert [grows[name] for name in ("SGD", "Momentum", "Nesterov")] == [1, 1, 1]


def test_in_the_turned_valley_shorter_memories_are_first():
    table = PRINTED.split("by 20°    by 45°\n")[1]
    found = re.findall(r"^(\w+(?:, 0\.5)?) +(\S+) +(\S+) +(\S+)$", table, re.M)[:10]
    rows = {name: (float(a), float(b), float(c)) for name, a, b, c in found}
    assert set(rows) == TUNED | {"RMSprop, 0.5"}
    momentum, adam = rows.pop("Momentum, 0.5"), rows.pop("Adam, 0.5")
    assert momentum[0] == pytest.approx(3.6e-6, rel=0.05)
    for k in (1, 2):
        assert max(momentum[k], adam[k]) < min(row[k] for row in rows.values()) / 100
        assert max(rows, key=lambda name: rows[name][k]) == "Momentum", "from last"
    assert adam[1] < momentum[1], "by 20° momentum is second"
    assert momentum[2] < adam[2], "by 45° it is first"
    assert "the share alone moved momentum from last to first or second" in TEXT
