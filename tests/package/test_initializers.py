"""Initializers take a seed as well as a generator; test_layers.py checks what they draw."""

import numpy as np
import pytest

from dlcourse.initializers import INITIALIZERS, normal

every_initializer = pytest.mark.parametrize("name", INITIALIZERS)


@every_initializer
@pytest.mark.parametrize("seed", [0, 3, np.int64(3)], ids=repr)
def test_a_seed_draws_what_its_generator_draws(name, seed):
    initializer = INITIALIZERS[name]
    expected = initializer((2, 2), np.random.default_rng(seed))
    np.testing.assert_array_equal(initializer((2, 2), seed), expected)
    np.testing.assert_array_equal(
        initializer((2, 2), rng=seed, dtype=np.float32), expected.astype("f")
    )


def test_seeds_are_different_and_none_is_fresh():
    assert np.all(normal((4, 4), 0) != normal((4, 4), 1))
    assert np.all(normal((4, 4)) != normal((4, 4)))


@every_initializer
@pytest.mark.parametrize("rng", [np.random, np.random.RandomState(0), "x", True, 1.5])
def test_what_is_neither_seed_nor_generator_is_refused(name, rng):
    with pytest.raises(
        TypeError, match="rng must be a whole number, got .*; pass a seed such as 0"
    ):
        INITIALIZERS[name]((2, 2), rng)


@every_initializer
def test_a_negative_seed_is_refused(name):
    with pytest.raises(ValueError, match="rng must be at least 0, got -1; pass a seed"):
        INITIALIZERS[name]((2, 2), -1)
