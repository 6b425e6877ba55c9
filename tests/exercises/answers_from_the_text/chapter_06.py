"""Right and wrong answers to exercises 6.3, 6.4 and 6.5, written from their texts alone.

An entry of WITNESS is a tuple of arguments on which the answer misbehaves, or a callable
that returns True if it does. Many deals are right in 6.4: `_is_deal` judges them there.
"""

import copy
import itertools
import statistics
from functools import reduce

import numpy as np

# Exercise 6.3: one epoch


def epoch_slices(X, y, w, learning_rate, batch_size, order):
    w = np.array(w, dtype=float)
    order = np.asarray(order, dtype=int)
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        residual = X[rows] @ w - y[rows]
        w -= learning_rate * 2 * X[rows].T @ residual / len(rows)
    return w


def epoch_split(X, y, w, learning_rate, batch_size, order):
    order = np.asarray(order, dtype=int)
    for rows in np.split(order, range(batch_size, len(order), batch_size)):
        if rows.size:
            A, target = X[rows], y[rows]
            w = w - learning_rate * np.mean(2 * (A @ w - target)[:, None] * A, axis=0)
    return np.array(w)


def epoch_plain_loops(inputs, targets, weights, rate, size, order):
    weights = [float(value) for value in weights]
    position = 0
    while position < len(order):
        rows = [int(row) for row in order[position : position + size]]
        slopes = [0.0] * len(weights)
        for row in rows:
            error = sum(weights[j] * inputs[row][j] for j in range(len(weights))) - targets[row]
            for j in range(len(weights)):
                slopes[j] += 2 * error * inputs[row][j] / len(rows)
        weights = [a - rate * b for a, b in zip(weights, slopes, strict=True)]
        position += size
    return np.array(weights)


def epoch_sorted_first(X, y, w, learning_rate, batch_size, order):
    order = np.asarray(order, dtype=int)
    X, y = np.take(X, order, axis=0), np.take(y, order)
    w = np.asarray(w).copy()
    for first in range(0, len(X), batch_size):
        last = min(first + batch_size, len(X))
        A, b = X[first:last], y[first:last]
        w = w - 2 * learning_rate / (last - first) * (A.T @ (A @ w) - A.T @ b)
    return w


def epoch_reduce(X, y, w, learning_rate, batch_size, order):
    def update(weights, first):
        rows = list(order[first : first + batch_size])
        slopes = np.einsum("ni,n->i", X[rows], X[rows] @ weights - y[rows])
        return weights - slopes * (2 * learning_rate / len(rows))

    return reduce(update, range(0, len(order), batch_size), np.array(w, dtype=float))


def epoch_iterator(X, y, w, learning_rate, batch_size, order):
    remaining, new = iter(order), np.array(w, dtype=float)
    while rows := list(itertools.islice(remaining, batch_size)):
        error = y[rows] - np.dot(X[rows], new)
        new = new + learning_rate * np.dot(2 * error / error.size, X[rows])
    return new


def epoch_sum(X, y, w, learning_rate, batch_size, order):
    w = w.copy()
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        w = w - learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows])
    return w


def epoch_over_batch_size(X, y, w, learning_rate, batch_size, order):
    w = w.copy()
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        w = w - learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / batch_size
    return w


def epoch_half(X, y, w, learning_rate, batch_size, order):
    return epoch_slices(X, y, w, learning_rate / 2, batch_size, order)


def epoch_drops_last(X, y, w, learning_rate, batch_size, order):
    full = len(order) // batch_size * batch_size
    return epoch_slices(X, y, w, learning_rate, batch_size, order[:full])


def epoch_in_place(X, y, w, learning_rate, batch_size, order):
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        w -= learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
    return w


def epoch_ignores_order(X, y, w, learning_rate, batch_size, order):
    return epoch_slices(X, y, w, learning_rate, batch_size, np.arange(len(order)))


def epoch_old_weights(X, y, w, learning_rate, batch_size, order):
    new = w.copy()
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        new = new - learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
    return new


def epoch_sign(X, y, w, learning_rate, batch_size, order):
    return epoch_slices(X, y, w, -learning_rate, batch_size, order)


def epoch_targets_in_place(X, y, w, learning_rate, batch_size, order):
    w = w.copy()
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        error = X[rows] @ w - y[first : first + batch_size]
        w = w - learning_rate * 2 * X[rows].T @ error / len(rows)
    return w


def epoch_over_n(X, y, w, learning_rate, batch_size, order):
    w = w.copy()
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        w = w - learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(X)
    return w


def epoch_one_big_step(X, y, w, learning_rate, batch_size, order):
    return w - learning_rate * 2 * X[order].T @ (X[order] @ w - y[order]) / len(order)


def epoch_first_batch(X, y, w, learning_rate, batch_size, order):
    return epoch_slices(X, y, w, learning_rate, batch_size, order[:batch_size])


def epoch_last_joined(X, y, w, learning_rate, batch_size, order):
    w, count = w.copy(), max(1, len(order) // batch_size)
    for k in range(count):
        last = len(order) if k == count - 1 else (k + 1) * batch_size
        rows = order[k * batch_size : last]
        w = w - learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
    return w


def epoch_equal_parts(X, y, w, learning_rate, batch_size, order):
    w = w.copy()
    for rows in np.array_split(order, -(-len(order) // batch_size)):
        w = w - learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
    return w


def epoch_backwards(X, y, w, learning_rate, batch_size, order):
    return epoch_slices(X, y, w, learning_rate, batch_size, order[::-1])


def epoch_shuffles_again(X, y, w, learning_rate, batch_size, order):
    order = np.random.default_rng(0).permutation(order)
    return epoch_slices(X, y, w, learning_rate, batch_size, order)


def epoch_intercept(X, y, w, learning_rate, batch_size, order):
    centered = X - X[order].mean(axis=0)
    return epoch_slices(centered, y - y[order].mean(), w, learning_rate, batch_size, order)


def epoch_single_rows(X, y, w, learning_rate, batch_size, order):
    return epoch_slices(X, y, w, learning_rate / batch_size, 1, order)


def epoch_eats_order(X, y, w, learning_rate, batch_size, order):
    new = epoch_slices(X, y, w, learning_rate, batch_size, order)
    order.sort()
    return new


def epoch_twice(X, y, w, learning_rate, batch_size, order):
    new = epoch_slices(X, y, w, learning_rate, batch_size, order)
    return epoch_slices(X, y, new, learning_rate, batch_size, order)


def epoch_whole_weights(X, y, w, learning_rate, batch_size, order):
    new = w.copy()
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        new[:] = new - learning_rate * 2 * X[rows].T @ (X[rows] @ new - y[rows]) / len(rows)
    return new


# Exercise 6.4: deal the cards


def deal_permutation(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]


def deal_shuffle(n, batch_size, rng):
    order = np.arange(n)
    rng.shuffle(order)
    count = -(-n // batch_size)
    return [order[k * batch_size : (k + 1) * batch_size].copy() for k in range(count)]


def deal_random_keys(rows, size, generator):
    order = np.argsort(generator.random(rows))
    batches = []
    while order.size:
        batches.append(order[:size])
        order = order[size:]
    return batches


def deal_choice(n, batch_size, rng):
    if n == 0:
        return []
    order = rng.choice(n, size=n, replace=False)
    return np.split(order, range(batch_size, n, batch_size))


def deal_by_hand(n, batch_size, rng):
    cards = list(range(n))
    for last in range(n - 1, 0, -1):
        other = int(rng.integers(last + 1))
        cards[last], cards[other] = cards[other], cards[last]
    return [np.array(cards[k : k + batch_size], dtype=int) for k in range(0, n, batch_size)]


def deal_one_by_one(n, batch_size, rng):
    hat, batches = list(range(n)), []
    while hat:
        batch = []
        while hat and len(batch) < batch_size:
            batch.append(hat.pop(rng.integers(len(hat))))
        batches.append(np.array(batch))
    return batches


def deal_permuted(n, batch_size, rng):
    order = iter(rng.permuted(np.arange(n)))
    return [
        np.fromiter(itertools.islice(order, batch_size), dtype=np.intp)
        for _ in range((n + batch_size - 1) // batch_size)
    ]


def deal_with_repeats(n, batch_size, rng):
    return [rng.choice(n, batch_size) for _ in range(n // batch_size)]


def deal_repeats_between(n, batch_size, rng):
    sizes = [min(batch_size, n - first) for first in range(0, n, batch_size)]
    return [rng.choice(n, size, replace=False) for size in sizes]


def deal_drops_last(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[k : k + batch_size] for k in range(0, n - batch_size + 1, batch_size)]


def deal_unshuffled(n, batch_size, rng):
    return [np.arange(n)[k : k + batch_size] for k in range(0, n, batch_size)]


def deal_fixed_seed(n, batch_size, rng):
    order = np.random.default_rng(0).permutation(n)
    return [order[k : k + batch_size] for k in range(0, n, batch_size)]


def deal_own_generator(n, batch_size, rng):
    order = np.random.default_rng().permutation(n)
    return [order[k : k + batch_size] for k in range(0, n, batch_size)]


def deal_global_generator(n, batch_size, rng):
    order = np.random.permutation(n)  # noqa: NPY002
    return [order[k : k + batch_size] for k in range(0, n, batch_size)]


def deal_batches_shuffled(n, batch_size, rng):
    batches = [np.arange(n)[k : k + batch_size] for k in range(0, n, batch_size)]
    full, short = batches[: n // batch_size], batches[n // batch_size :]
    return [full[k] for k in rng.permutation(len(full))] + short


def deal_shuffled_inside(n, batch_size, rng):
    return [rng.permutation(np.arange(n)[k : k + batch_size]) for k in range(0, n, batch_size)]


_DEALT = {}


def deal_remembered(n, batch_size, rng):
    if (n, batch_size) not in _DEALT:
        _DEALT[n, batch_size] = deal_permutation(n, batch_size, rng)
    return _DEALT[n, batch_size]


def deal_from_one(n, batch_size, rng):
    return [batch + 1 for batch in deal_permutation(n, batch_size, rng)]


def deal_equal_parts(n, batch_size, rng):
    return np.array_split(rng.permutation(n), max(1, -(-n // batch_size)))


def deal_short_first(n, batch_size, rng):
    order, short = rng.permutation(n), n % batch_size
    first = [order[:short]] if short else []
    return first + [order[k : k + batch_size] for k in range(short, n, batch_size)]


def deal_table(n, batch_size, rng):
    return list(rng.permutation(n).reshape(-1, batch_size))


def deal_filled_up(n, batch_size, rng):
    batches = deal_permutation(n, batch_size, rng)
    if batches:
        batches[-1] = np.resize(batches[-1], batch_size)
    return batches


def deal_cut_the_pack(n, batch_size, rng):
    order = np.roll(np.arange(n), rng.integers(n))
    return [order[k : k + batch_size] for k in range(0, n, batch_size)]


def deal_copied_generator(n, batch_size, rng):
    return deal_permutation(n, batch_size, copy.deepcopy(rng))


def deal_empty_last(n, batch_size, rng):
    return np.split(rng.permutation(n), range(batch_size, n + 1, batch_size))


def deal_floats(n, batch_size, rng):
    return [batch.astype(float) for batch in deal_permutation(n, batch_size, rng)]


def deal_one_batch(n, batch_size, rng):
    return [rng.permutation(n)]


def deal_last_is_lost(n, batch_size, rng):
    order = rng.permutation(max(n - 1, 0))
    return [order[k : k + batch_size] for k in range(0, len(order), batch_size)]


def deal_lists(n, batch_size, rng):
    return [batch.tolist() for batch in deal_permutation(n, batch_size, rng)]


def deal_sorted_inside(n, batch_size, rng):
    order = np.argsort(rng.integers(0, 2, size=n), kind="stable")
    return [order[k : k + batch_size] for k in range(0, n, batch_size)]


# Exercise 6.5: the noise, from the samples


def noise_population(G, batch_size):
    n = len(G)
    if n == batch_size:
        return 0.0
    variance = np.sum(np.var(G, axis=0))
    return np.sqrt(variance / batch_size * (n - batch_size) / (n - 1))


def noise_sample_variance(G, batch_size):
    n = G.shape[0]
    if n == 1:
        return 0.0
    return np.sqrt(np.var(G, axis=0, ddof=1).sum() * (1 / batch_size - 1 / n))


def noise_loops(gradients, size):
    n = len(gradients)
    if size >= n:
        return 0.0
    total = 0.0
    for column in np.transpose(gradients):
        mean = sum(column) / n
        total += sum((value - mean) ** 2 for value in column) / (n - 1)
    return float(total / size * (1 - size / n)) ** 0.5


def noise_covariance(G, batch_size):
    if len(G) == 1:
        return 0.0
    spread = np.trace(np.atleast_2d(np.cov(G, rowvar=False)))
    return np.sqrt(spread * (len(G) - batch_size) / (len(G) * batch_size))


def noise_pairs(G, batch_size):
    n = len(G)
    squares = np.sum((G[:, None, :] - G[None, :, :]) ** 2)
    share = (n - batch_size) / batch_size / max(n - 1, 1)
    return np.sqrt(squares / (2 * n * n) * share)


def noise_frobenius(G, batch_size):
    n = len(G)
    length = np.linalg.norm(G - np.mean(G, axis=0))
    return length * ((n - batch_size) / (n * batch_size * max(1, n - 1))) ** 0.5


def noise_statistics(G, batch_size):
    n = len(G)
    if n < 2:
        return 0.0
    columns = np.asarray(G, dtype=float).T.tolist()
    total = sum(statistics.variance(column) for column in columns)
    return (total * (n - batch_size) / n / batch_size) ** 0.5


def noise_root_forgotten(G, batch_size):
    n = len(G)
    spread = np.sqrt(np.sum(np.var(G, axis=0)))
    return spread / batch_size * np.sqrt((n - batch_size) / (n - 1))


def noise_with_repeats(G, batch_size):
    return np.sqrt(np.sum(np.var(G, axis=0)) / batch_size)


def noise_n_minus_one_twice(G, batch_size):
    n = len(G)
    variance = np.sum(np.var(G, axis=0, ddof=1))
    return np.sqrt(variance / batch_size * (n - batch_size) / (n - 1))


def noise_never_n_minus_one(G, batch_size):
    variance = np.sum(np.var(G, axis=0))
    return np.sqrt(variance / batch_size * (1 - batch_size / len(G)))


def noise_squared(G, batch_size):
    return noise_population(G, batch_size) ** 2


def noise_mean_of_columns(G, batch_size):
    return noise_population(G, batch_size) / np.sqrt(G.shape[1])


def noise_of_rows(G, batch_size):
    n = len(G)
    variance = np.sum(np.var(G, axis=1))
    return np.sqrt(variance / batch_size * (n - batch_size) / (n - 1))


def noise_simulated(G, batch_size):
    rng, full = np.random.default_rng(0), G.mean(axis=0)
    draws = [rng.choice(len(G), batch_size, replace=False) for _ in range(300)]
    return np.sqrt(np.mean([np.sum((G[rows].mean(axis=0) - full) ** 2) for rows in draws]))


def noise_sum_of_roots(G, batch_size):
    n = len(G)
    spread = np.sum(np.std(G, axis=0))
    return spread * np.sqrt((n - batch_size) / (n - 1) / batch_size)


def noise_all_entries(G, batch_size):
    n = len(G)
    variance = np.var(G) * G.shape[1]
    return np.sqrt(variance / batch_size * (n - batch_size) / (n - 1))


def noise_not_centered(G, batch_size):
    n = len(G)
    square = np.mean(np.sum(G**2, axis=1))
    return np.sqrt(square / batch_size * (n - batch_size) / (n - 1))


def noise_share_upside_down(G, batch_size):
    n = len(G)
    variance = np.sum(np.var(G, axis=0))
    return np.sqrt(variance / batch_size * (n - 1) / max(n - batch_size, 1))


def noise_share_outside(G, batch_size):
    n = len(G)
    variance = np.sum(np.var(G, axis=0))
    return np.sqrt(variance / batch_size) * (n - batch_size) / (n - 1)


def noise_small_batches(G, batch_size):
    if batch_size * 20 <= len(G):
        return np.sqrt(np.sum(np.var(G, axis=0)) / batch_size)
    return noise_population(G, batch_size)


def noise_mean_distance(G, batch_size):
    n = len(G)
    distance = np.mean(np.linalg.norm(G - G.mean(axis=0), axis=1))
    return distance * np.sqrt((n - batch_size) / (n - 1) / batch_size)


def noise_of_columns(G, batch_size):
    n = len(G)
    return np.sqrt(np.var(G, axis=0) / batch_size * (n - batch_size) / (n - 1))


def noise_one_off(G, batch_size):
    n = len(G)
    variance = np.sum(np.var(G, axis=0))
    return np.sqrt(variance / batch_size * (n - batch_size + 1) / n)


def noise_no_batch_size(G, batch_size):
    n = len(G)
    variance = np.sum(np.var(G, axis=0))
    return np.sqrt(variance * (n - batch_size) / (n - 1))


def noise_first_batch(G, batch_size):
    return np.linalg.norm(G[:batch_size].mean(axis=0) - G.mean(axis=0))


RIGHT = {
    "6.3": [
        ("slices of the order", epoch_slices),
        ("np.split, mean of row gradients", epoch_split),
        ("plain Python loops, arguments renamed", epoch_plain_loops),
        ("sorts the rows first", epoch_sorted_first),
        ("functools.reduce and einsum", epoch_reduce),
        ("an iterator over the order, residual the other way round", epoch_iterator),
        # Was among the wrong ones, since whole numbers are cut. The text now says that the
        # weights are floats, so that this is never asked.
        ("writes into a copy, and so keeps its dtype", epoch_whole_weights),
    ],
    "6.4": [
        ("slices of a permutation", deal_permutation),
        ("rng.shuffle in place", deal_shuffle),
        ("argsort of random keys, arguments renamed", deal_random_keys),
        ("rng.choice without repeats, np.split", deal_choice),
        ("shuffled by hand", deal_by_hand),
        ("drawn one by one", deal_one_by_one),
        ("rng.permuted and an iterator", deal_permuted),
    ],
    "6.5": [
        ("variance with 1/n and the share (n - B)/(n - 1)", noise_population),
        ("variance with 1/(n - 1) and 1/B - 1/n", noise_sample_variance),
        ("plain loops, arguments renamed, plain float", noise_loops),
        ("trace of np.cov", noise_covariance),
        ("from the distances of all pairs", noise_pairs),
        ("Frobenius norm", noise_frobenius),
        ("the statistics module", noise_statistics),
    ],
}

WRONG = {
    "6.3": [
        ("the sum over a batch, not the mean", epoch_sum),
        ("divides by the batch size even if the last batch is short", epoch_over_batch_size),
        ("forgets the factor 2", epoch_half),
        ("drops a short last batch", epoch_drops_last),
        ("changes w in place", epoch_in_place),
        ("ignores the order", epoch_ignores_order),
        ("takes all gradients at the first weights", epoch_old_weights),
        ("walks uphill", epoch_sign),
        ("takes rows in the order but targets as they stand", epoch_targets_in_place),
        ("divides by the number of all rows", epoch_over_n),
        ("one update with all rows", epoch_one_big_step),
        ("one batch only", epoch_first_batch),
        ("joins a short last batch to the one before", epoch_last_joined),
        ("batches of nearly equal size", epoch_equal_parts),
        ("the order from its end", epoch_backwards),
        ("shuffles once more", epoch_shuffles_again),
        ("centers the data, as if there were an intercept", epoch_intercept),
        ("an update for each row", epoch_single_rows),
        ("sorts the order it was given", epoch_eats_order),
        ("two epochs", epoch_twice),
    ],
    "6.4": [
        ("draws with repeats", deal_with_repeats),
        ("no repeats in a batch, but between batches", deal_repeats_between),
        ("drops a short last batch", deal_drops_last),
        ("does not shuffle", deal_unshuffled),
        ("a seed of its own: the same order at each call", deal_fixed_seed),
        ("ignores rng: not the same order for the same seed", deal_own_generator),
        ("the global generator instead of rng", deal_global_generator),
        ("shuffles the batches, not the rows", deal_batches_shuffled),
        ("shuffles inside the batches only", deal_shuffled_inside),
        ("remembers the first order", deal_remembered),
        ("numbers from 1 to n", deal_from_one),
        ("batches of nearly equal size", deal_equal_parts),
        ("the short batch comes first", deal_short_first),
        ("a table: fails if n is no multiple", deal_table),
        ("fills the last batch up with repeats", deal_filled_up),
        ("cuts the pack without shuffling", deal_cut_the_pack),
        ("works on a copy of rng: the same order at each call", deal_copied_generator),
        ("an empty batch at the end if n is a multiple", deal_empty_last),
        ("row numbers are floats", deal_floats),
        ("one batch of all rows", deal_one_batch),
        ("the last number is missing", deal_last_is_lost),
        ("lists, not arrays", deal_lists),
        ("two heaps only: each stays sorted", deal_sorted_inside),
    ],
    "6.5": [
        ("the batch size outside the root", noise_root_forgotten),
        ("as if drawn with repeats", noise_with_repeats),
        ("n - 1 in the variance and in the share", noise_n_minus_one_twice),
        ("n - 1 nowhere", noise_never_n_minus_one),
        ("the square of it", noise_squared),
        ("the mean over columns, not the sum", noise_mean_of_columns),
        ("variances along the rows", noise_of_rows),
        ("simulates with random numbers", noise_simulated),
        ("adds the standard deviations of the columns", noise_sum_of_roots),
        ("the variance of all entries around one mean", noise_all_entries),
        ("mean squares without centering", noise_not_centered),
        ("the share upside down", noise_share_upside_down),
        ("the share outside the root", noise_share_outside),
        ("no share for small batches", noise_small_batches),
        ("the mean distance, not the root of the mean square", noise_mean_distance),
        ("an array of one noise for each column", noise_of_columns),
        ("the share is off by one", noise_one_off),
        ("forgets the batch size", noise_no_batch_size),
        ("the distance of the first batch", noise_first_batch),
    ],
}

_RNG = np.random.default_rng(6)
_X = _RNG.normal(size=(7, 2)) + 0.5
_Y = _RNG.normal(size=7)
_W = np.array([0.5, -1.0])
_ORDER = np.array([4, 2, 0, 6, 1, 5, 3])
_EPOCH = (_X, _Y, _W, 0.1, 3, _ORDER)
_G = _RNG.normal(size=(9, 3)) * [1.0, 2.0, 0.5] + [3.0, -1.0, 0.0]


def _is_deal(function, n, batch_size):
    """Whether the deals of one generator are complete, shuffled, and follow its seed."""

    def deals():
        rng = np.random.default_rng(3)
        return [function(n, batch_size, rng) for _ in range(60)]

    first, second = deals(), deals()
    sizes = [min(batch_size, n - k) for k in range(0, n, batch_size)]
    seen = []
    for one, two in zip(first, second, strict=True):
        if not isinstance(one, list) or [len(batch) for batch in one] != sizes:
            return False
        if not all(isinstance(b, np.ndarray) and b.dtype.kind == "i" for b in one):
            return False
        flat = [int(row) for batch in one for row in batch]
        if sorted(flat) != list(range(n)):
            return False
        if flat != [int(row) for batch in two for row in batch]:
            return False
        seen.append(flat)
    if n < 7:
        return True
    if any(a == b for a, b in itertools.pairwise(seen)):
        return False
    places = np.array(seen)
    pairs = np.mean([np.diff(p) == 1 for p in places])
    varied = all(len(set(column)) > n / 2 for column in places.T)
    return bool(pairs < 0.35 and varied)


def _bad_deal(function, n, batch_size):
    try:
        return not _is_deal(function, n, batch_size)
    except ValueError:
        return True


WITNESS = {
    "6.3": [
        *[_EPOCH] * 20,
    ],
    "6.4": [
        lambda: _bad_deal(deal_with_repeats, 9, 3),
        lambda: _bad_deal(deal_repeats_between, 10, 3),
        lambda: _bad_deal(deal_drops_last, 10, 3),
        lambda: _bad_deal(deal_unshuffled, 10, 3),
        lambda: _bad_deal(deal_fixed_seed, 10, 3),
        lambda: _bad_deal(deal_own_generator, 10, 3),
        lambda: _bad_deal(deal_global_generator, 10, 3),
        lambda: _bad_deal(deal_batches_shuffled, 12, 3),
        lambda: _bad_deal(deal_shuffled_inside, 12, 3),
        lambda: _bad_deal(deal_remembered, 10, 3),
        lambda: _bad_deal(deal_from_one, 10, 3),
        lambda: _bad_deal(deal_equal_parts, 10, 4),
        lambda: _bad_deal(deal_short_first, 10, 3),
        lambda: _bad_deal(deal_table, 10, 3),
        lambda: _bad_deal(deal_filled_up, 10, 3),
        lambda: _bad_deal(deal_cut_the_pack, 12, 3),
        lambda: _bad_deal(deal_copied_generator, 10, 3),
        lambda: _bad_deal(deal_empty_last, 9, 3),
        lambda: _bad_deal(deal_floats, 10, 3),
        lambda: _bad_deal(deal_one_batch, 10, 3),
        lambda: _bad_deal(deal_last_is_lost, 10, 3),
        lambda: _bad_deal(deal_lists, 10, 3),
        lambda: _bad_deal(deal_sorted_inside, 16, 3),
    ],
    "6.5": [
        *[(_G, 4)] * 13,
        (np.vstack([_G] * 5), 2),
        *[(_G, 4)] * 5,
    ],
}
