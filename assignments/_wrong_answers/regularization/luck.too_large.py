"""Follows the formula, whose factors no computer can hold if there are many images. Visible tests: pass."""

from math import comb


def best_of(trials, images, share):
    if share in (0, 1):
        return float(share)
    F = np.cumsum([comb(images, k) * share**k * (1 - share) ** (images - k) for k in range(images + 1)])
    return np.sum(1 - F[:-1] ** trials) / images
