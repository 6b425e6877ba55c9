"""Right answers to the exercises of chapter 8, in styles of their own."""

import math

import numpy as np


def _halves(step, base_rate, max_rate, step_size):
    whole, rest = np.divmod(step, 2 * step_size)
    height = 1 - np.abs(rest - step_size) / step_size
    return base_rate + np.exp2(-1.0 * whole) * (max_rate - base_rate) * height


def _counted(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    place, length = 0, cycle_length
    for _ in range(step):
        place += 1
        if place == length:
            place, length = 0, length * cycle_multiplier
    return (max_rate + min_rate) / 2 + (max_rate - min_rate) / 2 * math.cos(
        math.pi * place / length
    )


def _weighted(rates, losses, keep):
    usable = np.cumprod(np.isfinite(losses)).astype(bool)
    losses = losses[usable]
    weights = keep ** np.arange(len(losses))
    sums = np.convolve(losses, weights)[: len(losses)]
    return rates[np.argmin(sums / np.cumsum(weights))]


def _calling_itself(rates, losses, keep):
    def lowest_from(k, average):
        if k == len(losses) or np.isnan(losses[k]) or np.isinf(losses[k]):
            return math.inf, 0
        average = keep * average + (1 - keep) * losses[k]
        later, place = lowest_from(k + 1, average)
        now = average / (1 - keep ** (k + 1))
        return (now, k) if now <= later else (later, place)

    return float(rates[lowest_from(0, 0.0)[1]])


def _never_stopping(rates, losses, keep):
    # nan and inf stay in the average for good, and none is below anything.
    average, share, best, where = 0.0, 1.0, math.inf, -1
    for k in range(len(losses)):
        average, share = average + (1 - keep) * (losses[k] - average), share * keep
        if average / (1 - share) < best:
            best, where = average / (1 - share), k
    return rates[where]


def _debiased_at_once(rates, losses, keep):
    values, power = [], 1.0
    for loss in losses:
        before, power = power, power * keep
        share = (1 - keep) / (1 - power)
        values.append(loss if before == 1.0 else values[-1] * (1 - share) + share * loss)
    return rates[np.nanargmin(values)].item()


def _weight_table(rates, losses, keep):
    n = next((k for k, loss in enumerate(losses) if not math.isfinite(loss)), len(losses))
    age = np.subtract.outer(np.arange(n), np.arange(n))
    weights = np.where(age >= 0, keep ** np.maximum(age, 0), 0.0)
    smoothed = weights @ losses[:n] / weights.sum(axis=1)
    return min(zip(smoothed, range(n), rates, strict=False))[2]


RIGHT = {
    "8.3": [_halves],
    "8.4": [_counted],
    "8.5": [_weighted, _calling_itself, _never_stopping, _debiased_at_once, _weight_table],
}
