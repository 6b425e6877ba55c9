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


def _pairs(parts):
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(len(parts))]


def _drawn_each_time(n, k, rng):
    pairs = []
    for _ in range(k):
        order = rng.permutation(n)
        pairs.append((order[n // k :], order[: n // k]))
    return pairs


def _in_their_order(n, k, rng):
    return _pairs(np.array_split(np.arange(n), k))


def _every_kth(n, k, rng):
    return _pairs([np.arange(fold, n, k) for fold in range(k)])


def _trains_on_all(n, k, rng):
    order = rng.permutation(n)
    return [(order, part) for part in np.array_split(order, k)]


def _rest_in_the_last(n, k, rng):
    order, size = rng.permutation(n), n // k
    return _pairs([order[i * size : (i + 1) * size if i < k - 1 else n] for i in range(k)])


def _exchanged(n, k, rng):
    return [(held, rest) for rest, held in _pairs(np.array_split(rng.permutation(n), k))]


def _masks(n, k, rng):
    number = rng.permutation(np.arange(n) % k)
    return [(number != fold, number == fold) for fold in range(k)]


def _own_seed(n, k, rng):
    return _pairs(np.array_split(np.random.default_rng(0).permutation(n), k))


def _folds_of_size_k(n, k, rng):
    order = rng.permutation(n)
    return _pairs([order[i : i + k] for i in range(0, n, k)])


def _rotated(n, k, rng):
    return _pairs(np.array_split(np.roll(np.arange(n), rng.integers(n)), k))


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
        (_drawn_each_time, "held out more than once"),
        (_in_their_order, "not shuffled"),
        (_every_kth, "not shuffled"),
        (_trains_on_all, "are also trained on"),
        (_rest_in_the_last, "may differ by one"),
        (_exchanged, "exchanged"),
        (_masks, "masks of True and False"),
        (_own_seed, "the folds of the first"),
        (_folds_of_size_k, "Return one for each"),
        (_rotated, "held out together in"),
    ],
}
