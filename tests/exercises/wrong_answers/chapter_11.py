"""Wrong answers to the exercises of chapter 11, each with a phrase of what is said of it."""

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


def _two_rounds(
    draw=lambda low, high, u: low * (high / low) ** u,
    best=np.argmax,
    around=lambda b, low, high, c: (max(low, b / c), min(high, b * c)),
    root=4,
    numbers=lambda rng, n: rng.random(n),
    result=lambda rates, scores: (rates[np.argmax(scores)], max(scores)),
    share=2,
    times=1,
):
    def search(score, low, high, trials, rng):
        n, rates, scores, ends = trials // share, [], [], (low, high)
        for _ in range(2):
            for u in numbers(rng, n):
                rates.append(draw(*ends, u))
                scores.append([score(rates[-1]) for _ in range(times)][-1])
            ends = around(rates[best(scores)], low, high, (high / low) ** (1 / root))
        return result(rates, scores)

    return search


def _plus_and_minus(b, low, high, c):
    return max(low, b - (high - low) / 4), min(high, b + (high - low) / 4)


def _all_at_once(score, low, high, trials, rng):
    rates = low * (high / low) ** rng.random(trials)
    scores = [score(rate) for rate in rates]
    return rates[np.argmax(scores)], max(scores)


def _always_around_the_best(score, low, high, trials, rng):
    c, best, top = (high / low) ** 0.25, None, -np.inf
    for k in range(trials):
        start, end = low, high
        if k >= trials // 2:
            start, end = max(low, best / c), min(high, best * c)
        rate = start * (end / start) ** rng.random()
        value = score(rate)
        if value > top:
            best, top = rate, value
    return best, top


def _asks_once_more(score, low, high, trials, rng):
    best, _ = _two_rounds()(score, low, high, trials, rng)
    return best, score(best)


def _from_0(score, low, high, trials, rng):
    c, top, start, end = (high / low) ** 0.25, 0, low, high
    best = low
    for k in range(trials):
        if k == trials // 2:
            start, end = max(low, best / c), min(high, best * c)
        rate = start * (end / start) ** rng.random()
        value = score(rate)
        if value > top:
            best, top = rate, value
    return best, top


def _whole_array(score, low, high, trials, rng):
    rates = low * (high / low) ** rng.random(trials // 2)
    return rates[np.argmax(score(rates))], np.max(score(rates))


def _clipped_rates(score, low, high, trials, rng):
    c, rates, scores = (high / low) ** 0.25, [], []
    start, end = low, high
    for k in range(trials):
        if k == trials // 2:
            b = rates[int(np.argmax(scores))]
            start, end = b / c, b * c
        rates.append(min(max(start * (end / start) ** rng.random(), low), high))
        scores.append(score(rates[-1]))
    return rates[int(np.argmax(scores))], max(scores)


def _the_last(scores):
    return len(scores) - 1 - int(np.argmax(scores[::-1]))


def _of_a_part(part):
    def result(rates, scores):
        half = len(scores) // 2
        rates, scores = (
            (rates[:half], scores[:half]) if part == 0 else (rates[half:], scores[half:])
        )
        return rates[np.argmax(scores)], max(scores)

    return result


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
        (_two_rounds(draw=lambda low, high, u: low + (high - low) * u), "on the plain scale"),
        (_two_rounds(draw=lambda low, high, u: 10 ** (low + (high - low) * u)), "for exponents"),
        (_two_rounds(draw=lambda low, high, u: high * (low / high) ** u), "runs the wrong way"),
        (_two_rounds(root=2), "c is the square root"),
        (_two_rounds(root=8), "c is the eighth root"),
        (_two_rounds(around=lambda b, low, high, c: (b / c, b * c)), "beyond low or high"),
        (_two_rounds(around=lambda b, low, high, c: (low / c, high * c)), "not around b"),
        (_two_rounds(around=_plus_and_minus), "added to b"),
        (_two_rounds(best=np.argmin), "the rate with the lowest score"),
        (_two_rounds(best=_the_last), "the last is taken for b"),
        (_two_rounds(numbers=lambda rng, n: [rng.random()] * n), "first half are the same"),
        (_two_rounds(numbers=lambda rng, n: np.random.random(n)), "Two generators"),  # noqa: NPY002
        (
            _two_rounds(numbers=lambda rng, n: np.random.default_rng(8).random(n)),
            "at the same places",
        ),
        (_two_rounds(numbers=lambda rng, n: rng.random((n, 2))[:, 0]), "passed over"),
        (_two_rounds(share=1), "8 trials in each round"),
        (_two_rounds(times=2), "called again for rates"),
        (_two_rounds(result=lambda rates, scores: rates[np.argmax(scores)]), "score is missing"),
        (_two_rounds(result=lambda rates, scores: max(scores)), "rate is missing"),
        (
            _two_rounds(result=lambda rates, scores: (max(scores), rates[np.argmax(scores)])),
            "wrong order",
        ),
        (_two_rounds(result=lambda rates, scores: (np.argmax(scores), max(scores))), "a place in"),
        (_two_rounds(result=_of_a_part(0)), "the best of the first half. One of the second"),
        (_two_rounds(result=_of_a_part(1)), "the best of the second half. One of the first"),
        (
            _two_rounds(
                result=lambda rates, scores: (rates[_the_last(scores)], scores[_the_last(scores)])
            ),
            "Of equal scores the first counts",
        ),
        (_all_at_once, "between low and high again"),
        (_always_around_the_best, "b is the best of the first half"),
        (_asks_once_more, "called again for a rate"),
        (_from_0, "begins at 0"),
        (_whole_array, "one rate at a time"),
        (_clipped_rates, "set to low or high"),
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
