"""Wrong answers to the exercises of chapter 11, each with a phrase of what is said of it."""

import math

import numpy as np


def _two_draws(a, g, p, rng):
    out = np.where(rng.random(a.shape) < p, 0, a / (1 - p))
    return out, np.where(rng.random(a.shape) < p, 0, g / (1 - p))


def _not_inverted(a, g, p, rng):
    mask = rng.random(a.shape) >= p
    return mask * a, mask * g


def _keeps_the_share(a, g, p, rng):
    mask = rng.random(a.shape) < p
    return mask * a / (1 - p), mask * g / (1 - p)


def _all_slopes_pass(a, g, p, rng):
    return a * (rng.random(a.shape) >= p) / (1 - p), g


def _own_generator(a, g, p, rng):
    mask = np.random.default_rng(0).random(a.shape) >= p
    return a * mask / (1 - p), g * mask / (1 - p)


def _changes_its_inputs(a, g, p, rng):
    mask = (rng.random(a.shape) >= p) / (1 - p)
    a *= mask
    g *= mask
    return a, g


def _by_zero_outputs(a, g, p, rng):
    out = a * (rng.random(a.shape) >= p) / (1 - p)
    return out, g * (out != 0) / (1 - p)


def _decoupled_twice(w, g, rate, decay):
    step = w * (1 - rate * decay) - rate * g / (abs(g) + 1e-8)
    return step, step.copy()


def _plain_sgd(w, g, rate, decay):
    return w - rate * (g + decay * w), (1 - rate * decay) * w - rate * g


def _no_rate_in_decay(w, g, rate, decay):
    h = g + decay * w
    return w - rate * h / (abs(h) + 1e-8), (1 - decay) * w - rate * g / (abs(g) + 1e-8)


def _shrinks_the_step(w, g, rate, decay):
    h = g + decay * w
    moved = w - rate * g / (abs(g) + 1e-8)
    return w - rate * h / (abs(h) + 1e-8), moved * (1 - rate * decay)


def _signs(w, g, rate, decay):
    return w - rate * np.sign(g + decay * w), (1 - rate * decay) * w - rate * np.sign(g)


def _turned(w, g, rate, decay):
    h = g + decay * w
    l2 = w - rate * h / (abs(h) + 1e-8)
    return (1 - rate * decay) * w - rate * g / (abs(g) + 1e-8), l2


def _rule(late=0, equal=False, reset=True, small_ones=False, from_0=False):
    def stopped(losses, patience, enough):
        lowest, best, bad, k = math.inf, -1, 0, 0
        for k, loss in enumerate(losses):
            if loss < lowest - enough or (equal and loss == lowest - enough):
                lowest, best = loss, k
                if reset:
                    bad = 0
            else:
                bad += 1
                if small_ones:
                    lowest = min(lowest, loss)
            if bad >= patience + late:
                break
        return (best, k) if from_0 else (best + 1, k + 1)

    return stopped


def _the_lowest_ever(losses, patience, enough):
    _, last = _rule()(losses, patience, enough)
    return losses.index(min(losses)) + 1, last


def _compares_neighbors(losses, patience, enough):
    best, bad = 1, 0
    for k in range(1, len(losses)):
        if losses[k] < losses[k - 1] - enough:
            best, bad = k + 1, 0
        else:
            bad += 1
        if bad == patience:
            return best, k + 1
    return best, len(losses)


def _plain_scale(best, factor, low, high, u):
    a, b = max(low, best / factor), min(high, best * factor)
    return a + u * (b - a)


def _leaves_the_range(best, factor, low, high, u):
    return best * factor ** (2 * u - 1)


def _clipped(best, factor, low, high, u):
    return np.clip(best * factor ** (2 * u - 1), low, high)


def _the_whole_range(best, factor, low, high, u):
    return np.exp(np.log(low) + u * np.log(high / low))


def _logarithms(best, factor, low, high, u):
    a, b = max(low, best / factor), min(high, best * factor)
    return np.log(a) + u * np.log(b / a)


WRONG = {
    "11.3": [
        (_two_draws, "two masks"),
        (_not_inverted, "not scaled up"),
        (_keeps_the_share, "The share p is kept"),
        (_all_slopes_pass, "slopes pass everywhere"),
        (_own_generator, "generator"),
        (_changes_its_inputs, "change"),
        (_by_zero_outputs, "was 0 before the mask"),
    ],
    "11.4": [
        (_decoupled_twice, "L2 is part of the gradient"),
        (_plain_sgd, "steps of SGD"),
        (_no_rate_in_decay, "the rate is missing"),
        (_shrinks_the_step, "is shrunk, too"),
        (_signs, "1e-8 is missing"),
        (_turned, "L2 comes first"),
    ],
    "11.5": [
        (_rule(late=1), "one epoch too late"),
        (_rule(equal=True), "just enough"),
        (_rule(reset=False), "in a row"),
        (_rule(small_ones=True), "never add up"),
        (_rule(from_0=True), "counted from 0"),
        (_the_lowest_ever, "after the stop"),
        (_compares_neighbors, "the one before"),
    ],
    "11.6": [
        (_plain_scale, "plain scale"),
        (_leaves_the_range, "leaves the old one"),
        (_clipped, "pile up"),
        (_the_whole_range, "whole range"),
        (_logarithms, "logarithms"),
    ],
}
