"""Chapter 6: what its cells print, and the claims that hang on it."""

import re

import numpy as np
import pytest
from chapter import chapter

from dlcourse.datasets import load_mnist
from dlcourse.losses import softmax_cross_entropy

HERE = chapter("06")
CELLS, PRINTED = HERE.cells, HERE.printed


@pytest.mark.parametrize(
    "line",
    [
        "the sum of the gradients: True",
        "(P - T)/n: True",
        "equal to the full gradient: True",
        "after 28 updates",
        "the same to 1e-12: True",
        "length of the full gradient: 1.06",
        "batch   1: off by 9.13",
        "batch  16: off by 2.21",
        "batch  64: off by 1.10",
        "batch 128: off by 0.77",
        "fitted power of the batch size: -0.51",
        "largest difference: 3.2%",
        "all images, rate  0.5: 1.82 1.50 1.29 1.14\nall images, rate  1.0: 1.51 1.42 1.49 1.72",
        "the batch's own loss fell in 100 of 100 updates",
        "the loss on all images fell in 54 of 100",
        "shuffled: 90.3% right\nin order: 10.0% right",
        "answers after the ordered epoch: [8 9]",
        "trained on mixed-up labels: 9.9% right",
        "agree to 1e-12: True",
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
    assert caption in "".join(CELLS[1]["outputs"][0]["data"]["text/html"])


def test_small_batches_get_further_in_an_epoch():
    found = re.findall(r" *(\d+): +(?!100 )\d+ updates, rate (\S+) *, loss ([\d.]+)", PRINTED)
    loss = {int(size): float(value) for size, _, value in found}
    assert set(loss) == {1, 10, 100, 1000, 5000}
    assert max(loss[1], loss[10], loss[100]) - min(loss[1], loss[10], loss[100]) < 0.03
    assert min(loss[1000], loss[5000]) > 3 * max(loss[1], loss[10], loss[100])
    assert all(0.003 < float(rate) < 10 for _, rate, _ in found), "the best is on the edge"


def test_large_batches_get_further_in_an_update():
    found = re.findall(r" *(\d+): after 50, rate \S+ *, loss ([\d.]+)", PRINTED)
    losses = [float(value) for _, value in found]
    assert len(losses) == 4
    assert losses == sorted(losses, reverse=True)
    assert losses[2] - losses[3] < 0.1 < losses[0] - losses[1]


def test_the_cloud_around_the_minimum_shrinks_as_the_text_says():
    found = re.findall(r"at random ([\d.]+), shuffled ([\d.]+)", PRINTED)
    repeats, shuffled = np.array(found, dtype=float).T
    assert np.all((repeats[1:] / repeats[:-1] > 0.38) & (repeats[1:] / repeats[:-1] < 0.52))
    assert np.all(shuffled[1:] / shuffled[:-1] < 1 / 3)


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
