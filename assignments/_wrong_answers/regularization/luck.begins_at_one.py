"""Leaves the first term of the sum out. Visible tests: fail."""

from math import lgamma


def best_of(trials, images, share):
    if share in (0, 1):
        return float(share)
    logs = [lgamma(images + 1) - lgamma(k + 1) - lgamma(images - k + 1) + k * np.log(share) + (images - k) * np.log(1 - share) for k in range(images + 1)]
    F = np.cumsum(np.exp(logs))
    return np.sum(1 - F[1:-1] ** trials) / images
