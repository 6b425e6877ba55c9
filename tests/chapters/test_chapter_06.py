"""Chapter 6: what its cells print, and the claims that hang on it."""

import re

import numpy as np
import pytest
import run_experiments
from chapter import chapter

from dlcourse.datasets import load_mnist
from dlcourse.losses import softmax_cross_entropy

FOUND = run_experiments.stored("06_stochastic_gradient_descent", run_experiments.SHORTER)
HERE = chapter("06")
CELLS, PRINTED = HERE.cells, HERE.printed


@pytest.fixture(scope="module")
def experiment():
    """Return what the cells of the experiment define: the script runs these very cells."""
    return run_experiments.experiment("06_stochastic_gradient_descent")


def test_the_runs_come_out_as_stored(experiment):
    one_epoch, loss_on_all = experiment["one_epoch"], experiment["loss_on_all"]
    rates, order, others = (experiment[name] for name in ("rates", "order", "others"))
    assert [size for size, *_ in FOUND["one epoch"]] == [1, 10, 100, 1000, 5000]
    for size, tuning, ends in FOUND["one epoch"][2:]:
        best = int(np.argmin(tuning))
        again = loss_on_all(one_epoch(size, rates[best], order))
        assert again == pytest.approx(tuning[best], rel=1e-6)
        again = loss_on_all(one_epoch(size, rates[best], others[1]))
        assert again == pytest.approx(ends[1], rel=1e-6)
    for size, best, ends in FOUND["50 updates"]:
        again = experiment["after_50_updates"](size, best, seed=3)
        assert again == pytest.approx(ends[1], rel=1e-6)


def test_sixty_steps_on_the_full_gradient_come_out_as_stored(experiment):
    rate, limits, loss = experiment["sixty_steps"](1.0)
    assert [rate, loss] == pytest.approx(FOUND["60 steps"][1][::2], rel=1e-6)
    np.testing.assert_allclose(limits, FOUND["60 steps"][1][1], rtol=1e-6)


@pytest.mark.parametrize(
    "line",
    [
        "mean of eight: [-8.476 -6.879]\nfull gradient: [-8.476 -6.879]",
        "after 28 updates",
        "w = 1.5105797264, b = 0.8638008255\nthe package:   w = 1.5105797264, b = 0.8638008255",
        "length of the full gradient: 1.06",
        "batch   1: off by 9.13",
        "batch  16: off by 2.21",
        "batch  64: off by 1.10",
        "batch 128: off by 0.77",
        "fitted power of the batch size: -0.51",
        "largest difference: 3.2%",
        "all images, rate  0.5: 1.82 1.50 1.29 1.14\nall images, rate  1.0: 1.51 1.42 1.49 1.72",
        "the batch's own loss fell in 100 of 100 updates",
        "the loss on all images fell in 54 of 100:\n0.39 after 400 updates, 0.36 after 500",
        "shuffled: 90.3% right\nin order: 10.0% right",
        "answers after the ordered epoch: [8 9]",
        "trained on mixed-up labels: 9.9% right",
        "limit at the start: 0.52",
        "at least 3 times as long",
        "rate  0.5: after 60 steps 0.40",
        "step  0: limit 0.52\nstep  5: limit 0.34\nstep 20: limit 0.84\nstep 60: limit 1.22\n"
        "rate  1.0: after 60 steps 0.33",
        "1000: 1.04 1.79 6.18",
        "a third of the length: 0.35\nmeasured with 667 images: 0.32",
        "ratio 0.22, in theory 0.23",
        "10 minus 1: 0.006 ± 0.003\n100 minus 1: 0.057 ± 0.012",
        "9380 updates; 96 images in the last batch; weight 1.33",
        "updates: 1563 and 16",
        "from the finite set alone: 0.967",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


@pytest.mark.parametrize(
    "caption",
    [
        "Batch size 64, rate 0.1: 4 updates in 4 epochs; the loss falls from 19.649 to 1.440.",
        "Batch size 1, rate 0.1: 256 updates in 4 epochs; the loss falls from 19.649 to 0.402.",
        "Batch size 64, rate 0.2: 4 updates in 4 epochs; the loss falls from 19.649 to 0.426.",
        "Batch size 1, rate 0.2: 256 updates in 4 epochs; the loss falls from 19.649 to 0.694.",
    ],
)
def test_the_first_figure_shows_the_losses_that_the_text_compares(caption):
    assert caption in "".join(CELLS[2]["outputs"][0]["data"]["text/html"])


def test_small_batches_get_further_in_an_epoch():
    found = re.findall(r"^ *(\d+) +[\d.]+  (\S+) +((?:[\d.]+ +){4})([\d.]+)$", PRINTED, re.M)
    mean = {int(size): float(value) for size, _, _, value in found}
    assert set(mean) == {1, 10, 100, 1000, 5000}
    assert max(mean[1], mean[10], mean[100]) - min(mean[1], mean[10], mean[100]) < 0.1
    assert min(mean[1000], mean[5000]) > 2.5 * max(mean[1], mean[10], mean[100])
    assert all(0.01 < float(rate) < 10 for _, rate, _, _ in found), "the best is on the edge"
    runs = {int(size): np.array(ends.split(), dtype=float) for size, _, ends, _ in found}
    for size, lead, error in re.findall(r"(\d+) minus 1: ([\d.]+) ± ([\d.]+)", PRINTED):
        more = runs[int(size)] - runs[1]
        assert 0 < float(lead) < 0.1, "a small lead of single images, as the text says"
        assert float(lead) == pytest.approx(more.mean(), abs=0.011)
        assert float(error) == pytest.approx(more.std(ddof=1) / 2, abs=0.011)


def test_five_steps_get_further_than_a_long_one_when_each_has_its_rate():
    """Again, by other means: the same steps with the loss of the package."""
    digits = load_mnist()
    X = digits.data.reshape(len(digits.data), -1).astype(float)
    labels = digits.target

    def epoch(rate, batches):
        W = np.zeros((784, 10))
        for rows in batches:
            Z = X[rows] @ W
            P = np.exp(Z - Z.max(axis=1, keepdims=True))
            P /= P.sum(axis=1, keepdims=True)
            W -= rate * X[rows].T @ (P - np.eye(10)[labels[rows]]) / len(rows)
        return float(softmax_cross_entropy(X @ W, labels))

    order = np.random.default_rng(7).permutation(len(X))
    five = {rate: epoch(rate, np.split(order, 5)) for rate in (0.3, 0.5, 2.0)}
    one = {rate: epoch(rate, [order]) for rate in (1.0, 2.0, 3.0, 5.0)}
    assert one[2.0] == pytest.approx(1.21, abs=0.01)
    assert five[0.5] == pytest.approx(1.05, abs=0.04)
    # At a fair rate each, five updates get further than one.
    assert min(five.values()) < min(one.values()) < five[0.3] < 2.3 < five[2.0]


def test_the_limit_at_weights_of_zero_by_the_closed_form_and_by_power_iteration():
    (closed,) = re.findall(r"limit at the start: ([\d.]+)", PRINTED)
    assert f"step  0: limit {closed}" in PRINTED


def test_large_batches_get_further_in_an_update():
    found = re.findall(r" *(\d+): after 50, loss ([\d.]+):((?: [\d.]+){5})", PRINTED)
    losses = [float(value) for _, value, _ in found]
    assert len(losses) == 4
    assert losses == sorted(losses, reverse=True)
    assert losses[2] - losses[3] < 0.1 < losses[0] - losses[1]


def test_the_cloud_around_the_minimum_shrinks_as_the_text_says():
    found = re.findall(r"at random ([\d.]+), shuffled ([\d.]+)", PRINTED)
    repeats, shuffled = np.array(found, dtype=float).T
    assert np.all((repeats[1:] / repeats[:-1] > 0.38) & (repeats[1:] / repeats[:-1] < 0.52))
    assert np.all(shuffled[1:] / shuffled[:-1] < 1 / 3)


@pytest.mark.parametrize("rate", [0.05, 0.1])
def test_where_the_line_fits_every_point_a_constant_rate_arrives(rate):
    """With other points, and from where the chapter starts."""
    rng = np.random.default_rng(60)
    x = rng.uniform(-1, 2, 64)
    y, (w, b) = 1.5 * x + 1, (-1.5, -1.0)
    for _ in range(100):
        for rows in rng.permutation(64).reshape(16, 4):
            r = w * x[rows] + b - y[rows]
            w, b = w - rate * 2 * np.mean(r * x[rows]), b - rate * 2 * np.mean(r)
    np.testing.assert_allclose((w, b), (1.5, 1), atol=1e-10)
    losses = re.findall(r"^epoch +(\d+): largest loss of a batch (\S+)$", PRINTED, re.M)
    assert [int(epoch) for epoch, _ in losses] == [1, 5, 10]
    first, fifth, tenth = (float(loss) for _, loss in losses)
    assert first > 1 > 1e-5 > fifth > 1e-10 > tenth


def test_the_noise_on_the_digits_falls_with_the_root_of_the_batch():
    """Another route to the same numbers: all sample gradients written out, other draws."""
    digits = load_mnist()
    X = digits.data.reshape(len(digits.data), -1)[::10, ::4].astype(float)
    labels = digits.target[::10]
    E = np.full((len(X), 10), 0.1)
    E[np.arange(len(X)), labels] -= 1
    G = np.einsum("ij,ik->ijk", X, E).reshape(len(X), -1)
    rng = np.random.default_rng(99)
    sizes = np.array([1, 2, 4, 8, 16, 32])
    errors = [
        np.sqrt(
            np.mean([
                np.sum((G[rng.choice(len(G), size)].mean(axis=0) - G.mean(axis=0)) ** 2)
                for _ in range(200)
            ])
        )
        for size in sizes
    ]  # fmt: skip
    assert np.polyfit(np.log(sizes), np.log(errors), 1)[0] == pytest.approx(-0.5, abs=0.03)


@pytest.mark.parametrize("size", [1, 2, 5, 9, 10])
def test_the_variance_of_a_mean_without_repeats(size):
    """By listing every batch that there is."""
    from itertools import combinations

    values = np.random.default_rng(3).normal(size=10)
    means = [np.mean(batch) for batch in combinations(values, size)]
    n = len(values)
    assert np.var(means) == pytest.approx(np.var(values) / size * (n - size) / (n - 1), abs=1e-14)


def test_chance_is_what_mixed_up_labels_give():
    assert float(re.search(r"mixed-up labels: ([\d.]+)%", PRINTED)[1]) < 15


def test_the_loss_of_the_chapter_is_that_of_the_package():
    rng = np.random.default_rng(0)
    Z, labels = rng.normal(size=(6, 10)), rng.integers(0, 10, 6)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    by_hand = -np.mean(np.log(P[np.arange(6), labels]))
    assert float(softmax_cross_entropy(Z, labels)) == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gradient of f + g:", "sum of the two:"),
        ("by differences:", "(P - T) / n:"),
        ("corrected", "by `smooth`"),
    ],
)
def test_two_ways_print_the_same_numbers(one, other):
    lines = PRINTED.splitlines()
    (first,) = (line.removeprefix(one).strip() for line in lines if line.startswith(one))
    (second,) = (line.removeprefix(other).strip() for line in lines if line.startswith(other))
    assert re.search(r"\d\.\d{2}", first)
    assert first == second


def test_the_numbers_in_the_question_about_fifty_updates_are_those_of_the_answer():
    ends = dict(re.findall(r" *(\d+): after 50, loss ([\d.]+):", PRINTED))
    (asked,) = (c["source"] for c in CELLS if "batches of 10 bring the loss" in c["source"])
    assert f"from 2.30 to {ends['10']}, batches of 100 to {ends['100']}" in asked


def test_the_derivation_for_finite_sets_is_folded_and_sigma_has_its_index():
    (cell,) = (c["source"] for c in CELLS if "their *covariance*" in c["source"])
    folded = re.search(r"<details>.*?</details>", cell, re.DOTALL)[0]
    assert "their *covariance*" in folded
    assert not re.findall(r"\\sigma(?!_j|\(z\)|\$ with an index)", HERE.prose)
