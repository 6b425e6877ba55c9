"""Right and wrong answers to exercises 10.3, 10.4 and 10.5, written from their texts alone.

An entry of WITNESS is a tuple of arguments on which the wrong answer of the same place
differs from the first right one or changes its arguments.
"""

import math
from functools import reduce
from itertools import pairwise

import numpy as np


def size(numbers):
    """Return the root of the mean square."""
    return np.sqrt(np.mean(np.square(numbers)))


# Exercise 10.3: how large slopes arrive


def sizes_backward(g, weights, scores):
    sizes = []
    for W, z in zip(weights[::-1], scores[::-1], strict=True):
        g = (g * (z > 0)) @ W.T
        sizes.insert(0, size(g))
    return sizes


def sizes_by_number(g, weights, scores):
    result = [0.0] * len(weights)
    for k in range(len(weights) - 1, -1, -1):
        at_scores = np.where(scores[k] > 0, g, 0.0)
        g = np.dot(at_scores, np.transpose(weights[k]))
        result[k] = float(np.sqrt((g**2).mean()))
    return result


def sizes_recursive(g, weights, scores):
    if not len(weights):
        return []
    *weights, W = weights
    *scores, z = scores
    g = np.einsum("ro,io->ri", np.heaviside(z, 0) * g, W)
    return [*sizes_recursive(g, weights, scores), math.sqrt(np.vdot(g, g) / g.size)]


def sizes_transposed(g, weights, scores):
    columns, sizes = np.array(g, dtype=float).T, []
    for k in reversed(range(len(scores))):
        columns = weights[k] @ (columns * (scores[k].T > 0))
        sizes.append(np.linalg.norm(columns) / columns.size**0.5)
    sizes.reverse()
    return sizes


def sizes_row_by_row(g, weights, scores):
    totals = [0.0 for _ in weights]
    for row in range(len(g)):
        slopes = g[row]
        for k in range(len(weights))[::-1]:
            on = scores[k][row] > 0
            slopes = weights[k][:, on] @ slopes[on]
            totals[k] += sum(float(slope) ** 2 for slope in slopes)
    return [(total / (len(g) * len(W))) ** 0.5 for total, W in zip(totals, weights, strict=True)]


def sizes_copied(g, weights, scores):
    arriving = []
    for W, z in reversed(list(zip(weights, scores, strict=True))):
        g = g.copy()
        g[z <= 0] = 0
        g = g @ W.T
        arriving.append(g)
    return [size(a) for a in arriving[::-1]]


def sizes_zeros_in_kept(g, weights, scores):
    g, arriving = g.copy(), []
    for W, z in reversed(list(zip(weights, scores, strict=True))):
        g[z <= 0] = 0
        g = g @ W.T
        arriving.append(g)
    return [size(a) for a in arriving[::-1]]


def _sizes(at_scores=None, back=None, measure=size):
    """Return an answer with another step through the ReLU, through the weights, or measure."""
    at_scores = at_scores or (lambda g, z: g * (z > 0))
    back = back or (lambda g, W: g @ W.T)

    def slope_sizes(g, weights, scores):
        sizes = []
        for W, z in zip(weights[::-1], scores[::-1], strict=True):
            g = back(at_scores(g, z), W)
            sizes.insert(0, measure(g))
        return sizes

    return slope_sizes


def sizes_at_outputs(g, weights, scores):
    sizes = []
    for W, z in zip(weights[::-1], scores[::-1], strict=True):
        sizes.insert(0, size(g))
        g = (g * (z > 0)) @ W.T
    return sizes


def sizes_at_scores(g, weights, scores):
    sizes = []
    for W, z in zip(weights[::-1], scores[::-1], strict=True):
        g = g * (z > 0)
        sizes.insert(0, size(g))
        g = g @ W.T
    return sizes


def sizes_last_first(g, weights, scores):
    return sizes_backward(g, weights, scores)[::-1]


def sizes_forward_order(g, weights, scores):
    sizes = []
    for W, z in zip(weights, scores, strict=True):
        g = (g * (z > 0)) @ W.T
        sizes.append(size(g))
    return sizes


def sizes_no_last_relu(g, weights, scores):
    return sizes_backward(g, weights, [*scores[:-1], np.ones_like(scores[-1])])


def sizes_last_relu_only(g, weights, scores):
    return sizes_backward(g, weights, [*map(np.ones_like, scores[:-1]), scores[-1]])


def sizes_weights_first(g, weights, scores):
    g, sizes = g * (scores[-1] > 0), []
    for k in reversed(range(len(weights))):
        g = g @ weights[k].T
        if k > 0:
            g = g * (scores[k - 1] > 0)
        sizes.insert(0, size(g))
    return sizes


def sizes_with_the_given(g, weights, scores):
    return [*sizes_backward(g, weights, scores), size(g)]


def sizes_first_only(g, weights, scores):
    return sizes_backward(g, weights, scores)[0]


def sizes_without_first(g, weights, scores):
    return sizes_backward(g, weights, scores)[1:]


def sizes_g_in_place(g, weights, scores):
    sizes = []
    for W, z in zip(weights[::-1], scores[::-1], strict=True):
        g *= z > 0
        g = g @ W.T
        sizes.insert(0, size(g))
    return sizes


def sizes_pops(g, weights, scores):
    sizes = []
    while weights:
        g = (g * (scores.pop() > 0)) @ weights.pop().T
        sizes.insert(0, size(g))
    return sizes


def sizes_scores_in_place(g, weights, scores):
    for z in scores:
        z[...] = z > 0
    return sizes_backward(g, weights, scores)


def sizes_of_weight_slopes(g, weights, scores):
    sizes = []
    for k in reversed(range(len(weights))):
        g = g * (scores[k] > 0)
        inputs = np.maximum(scores[k - 1], 0) if k else np.ones((len(g), len(weights[0])))
        sizes.insert(0, size(inputs.T @ g / len(g)))
        g = g @ weights[k].T
    return sizes


def sizes_rescaled(g, weights, scores):
    sizes = []
    for W, z in zip(weights[::-1], scores[::-1], strict=True):
        g = (g * (z > 0)) @ W.T
        sizes.insert(0, size(g))
        g = g / size(g)
    return sizes


def sizes_by_formula(g, weights, scores):
    sizes, now = [], size(g)
    for W in weights[::-1]:
        now = now * np.sqrt(W.shape[1] / 2) * W.std()
        sizes.insert(0, now)
    return sizes


# Exercise 10.4: which units are dead


def dead_all(x, W, b):
    outputs = np.maximum(x @ W + b, 0)
    return [int(k) for k in np.flatnonzero(np.all(outputs == 0, axis=0))]


def dead_largest(x, W, b):
    largest = (np.matmul(x, W) + b).max(axis=0)
    return np.where(largest <= 0)[0].tolist()


def dead_loops(x, W, b):
    found = []
    for unit in range(len(b)):
        for row in x:
            if sum(float(v) * float(w) for v, w in zip(row, W[:, unit], strict=True)) > -b[unit]:
                break
        else:
            found.append(unit)
    return found


def dead_set(x, W, b):
    scores = x @ W + b
    return sorted(set(range(W.shape[1])) - set(np.nonzero(scores > 0)[1].tolist()))


def dead_count(x, W, b):
    on = np.count_nonzero((x @ W + b).clip(min=0), axis=0)
    return [unit for unit, times in enumerate(on) if not times]


def dead_stacked(x, W, b):
    extended = np.hstack([x, np.ones((len(x), 1))])
    scores = extended @ np.vstack([W, b])
    return list(np.arange(len(b))[~(scores > 0).any(0)])


def dead_filter(x, W, b):
    def never(k):
        return not np.any(x @ W[:, k] + b[k] > 0)

    return list(filter(never, range(W.shape[1])))


def dead_strict(x, W, b):
    return np.flatnonzero(np.all(x @ W + b < 0, axis=0)).tolist()


def dead_some_row(x, W, b):
    return np.flatnonzero(np.any(np.maximum(x @ W + b, 0) == 0, axis=0)).tolist()


def dead_from_one(x, W, b):
    return [k + 1 for k in dead_all(x, W, b)]


def dead_descending(x, W, b):
    return dead_all(x, W, b)[::-1]


def dead_no_bias(x, W, b):
    return dead_all(x, W, 0 * b)


def dead_bias_subtracted(x, W, b):
    return dead_all(x, W, -b)


def dead_bias_after(x, W, b):
    return np.flatnonzero(np.all(np.maximum(x @ W, 0) + b == 0, axis=0)).tolist()


def dead_bias_after_signed(x, W, b):
    return np.flatnonzero(np.all(np.maximum(x @ W, 0) + b <= 0, axis=0)).tolist()


def dead_alive(x, W, b):
    return np.flatnonzero(np.any(x @ W + b > 0, axis=0)).tolist()


def dead_mask(x, W, b):
    return np.all(x @ W + b <= 0, axis=0).tolist()


def dead_how_many(x, W, b):
    return len(dead_all(x, W, b))


def dead_rows(x, W, b):
    return np.flatnonzero(np.all(x @ W + b <= 0, axis=1)).tolist()


def dead_mean_score(x, W, b):
    return np.flatnonzero(np.mean(x @ W + b, axis=0) <= 0).tolist()


def dead_mean_row(x, W, b):
    return np.flatnonzero(x.mean(axis=0) @ W + b <= 0).tolist()


def dead_first_row(x, W, b):
    return np.flatnonzero(x[0] @ W + b <= 0).tolist()


def dead_scores_zero(x, W, b):
    return np.flatnonzero(np.all(x @ W + b == 0, axis=0)).tolist()


def dead_close(x, W, b):
    outputs = np.maximum(x @ W + b, 0)
    return [k for k in range(len(b)) if np.allclose(outputs[:, k], 0, atol=1e-3)]


def dead_most(x, W, b):
    return np.flatnonzero(np.mean(x @ W + b <= 0, axis=0) > 0.9).tolist()


def dead_constant(x, W, b):
    return np.flatnonzero(np.ptp(np.maximum(x @ W + b, 0), axis=0) == 0).tolist()


def dead_sum_of_scores(x, W, b):
    return [k for k in range(len(b)) if not max(0.0, float(np.sum(x @ W[:, k] + b[k])))]


def dead_by_weights(x, W, b):
    return np.flatnonzero(np.all(W <= 0, axis=0) & (b <= 0)).tolist()


def dead_least(x, W, b):
    return np.flatnonzero((x @ W + b).min(axis=0) <= 0).tolist()


def dead_first_only(x, W, b):
    return dead_all(x, W, b)[:1]


def dead_pairs(x, W, b):
    return [int(k) for k in np.argwhere(np.maximum(x @ W + b, 0) == 0)[:, 1]]


def dead_with_rows(x, W, b):
    return np.argwhere(x @ W + b <= 0).tolist()


def dead_abs(x, W, b):
    return np.flatnonzero(np.abs(x @ W + b).sum(axis=0) == 0).tolist()


def dead_in_place(x, W, b):
    x -= x.mean(axis=0)
    return dead_all(x, W, b)


def dead_transposed(x, W, b):
    return np.flatnonzero(np.all(x @ W.T + b <= 0, axis=0)).tolist()


# Exercise 10.5: let the data choose


def scaled_forward(x, weights):
    new = []
    for W in weights:
        factor = size(np.maximum(x @ W, 0))
        new.append(W / factor)
        x = np.maximum(x @ new[-1], 0)
    return new


def scaled_outputs(x, weights):
    passing, result = np.array(x), [None] * len(weights)
    for k, W in enumerate(weights):
        passing = np.dot(passing, W).clip(min=0)
        scale = 1 / math.sqrt((passing**2).mean())
        result[k] = scale * W
        passing = passing * scale
    return result


def scaled_outputs_in_place(x, weights):
    passing, result = np.array(x), []
    for W in weights:
        passing = np.dot(passing, W).clip(min=0)
        result.append(W / size(passing))
        passing /= size(passing)
    return result


def scaled_ratios(x, weights):
    # A ReLU passes a factor on, so the old network knows all sizes.
    sizes = [1.0]
    for W in weights:
        x = np.where(x @ W > 0, x @ W, 0.0)
        sizes.append(np.linalg.norm(x) / np.sqrt(x.size))
    return [W * before / s for W, before, s in zip(weights, sizes[:-1], sizes[1:], strict=True)]


def scaled_recursive(x, weights):
    if len(weights) == 0:
        return []
    first, *others = weights
    a = x @ first
    a = a * (a > 0)
    a_size = np.mean(a * a) ** 0.5
    return [first / a_size, *scaled_recursive(a / a_size, others)]


def scaled_twice(x, weights):
    new = [W.astype(float) for W in weights]
    for k in range(len(new)):
        for _ in range(2):  # the second time divides by 1
            a = x
            for W in new[: k + 1]:
                a = np.maximum(0, a @ W)
            new[k] /= np.sqrt(np.average(a**2))
    return new


def scaled_reduce(x, weights):
    def step(state, W):
        a, done = state
        scores = np.einsum("ri,io->ro", a, W)
        a = (scores + np.abs(scores)) / 2
        own = math.sqrt(np.vdot(a, a) / a.size)
        return a / own, [*done, np.divide(W, own)]

    return reduce(step, weights, (x, []))[1]


def _scaled(measure=size, passes=lambda z: np.maximum(z, 0)):
    """Return an answer that divides by another number, or has another activation."""

    def scaled_by_data(x, weights):
        new = []
        for W in weights:
            new.append(W / measure(passes(x @ W)))
            x = passes(x @ new[-1])
        return new

    return scaled_by_data


def scaled_unscaled_pass(x, weights):
    new = []
    for W in weights:
        x = np.maximum(x @ W, 0)
        new.append(W / size(x))
    return new


def scaled_scores(x, weights):
    new = []
    for W in weights:
        new.append(W / size(x @ W))
        x = np.maximum(x @ new[-1], 0)
    return new


def scaled_scores_he(x, weights):
    new = []
    for W in weights:
        new.append(np.sqrt(2) * W / size(x @ W))
        x = np.maximum(x @ new[-1], 0)
    return new


def scaled_by_inputs(x, weights):
    new = []
    for W in weights:
        a = np.maximum(x @ W, 0)
        new.append(W * size(x) / size(a))
        x = a
    return new


def scaled_in_place(x, weights):
    for W in weights:
        W /= size(np.maximum(x @ W, 0))
        x = np.maximum(x @ W, 0)
    return weights


def scaled_list_in_place(x, weights):
    for k, W in enumerate(weights):
        weights[k] = W / size(np.maximum(x @ W, 0))
        x = np.maximum(x @ weights[k], 0)
    return weights


def scaled_units(x, weights):
    new = []
    for W in weights:
        sizes = np.sqrt(np.mean(np.maximum(x @ W, 0) ** 2, axis=0))
        new.append(W / np.where(sizes == 0, 1.0, sizes))
        x = np.maximum(x @ new[-1], 0)
    return new


def scaled_only_large(x, weights):
    return _scaled(lambda a: max(1.0, size(a)))(x, weights)


def scaled_he(x, weights):
    return [W / W.std() * np.sqrt(2 / len(W)) for W in weights]


def scaled_weights_to_one(x, weights):
    return [W / size(W) for W in weights]


def scaled_first_only(x, weights):
    return [weights[0] / size(np.maximum(x @ weights[0], 0)), *weights[1:]]


def scaled_last_only(x, weights):
    for W in weights:
        x = np.maximum(x @ W, 0)
    return [*weights[:-1], weights[-1] / size(x)]


def scaled_evenly(x, weights):
    a = x
    for W in weights:
        a = np.maximum(a @ W, 0)
    return [W / size(a) ** (1 / len(weights)) for W in weights]


def scaled_multiplies(x, weights):
    new = []
    for W in weights:
        new.append(W * size(np.maximum(x @ W, 0)))
        x = np.maximum(x @ new[-1], 0)
    return new


def scaled_outputs_returned(x, weights):
    outputs = []
    for W in weights:
        x = np.maximum(x @ W, 0)
        x = x / size(x)
        outputs.append(x)
    return outputs


def scaled_factors(x, weights):
    factors = []
    for W in weights:
        a = np.maximum(x @ W, 0)
        factors.append(1 / size(a))
        x = a / size(a)
    return factors


def scaled_input_first(x, weights):
    return scaled_forward(x / size(x), weights)


def scaled_no_relu_on_the_way(x, weights):
    new = []
    for W in weights:
        new.append(W / size(np.maximum(x @ W, 0)))
        x = x @ new[-1]
    return new


def scaled_first_row(x, weights):
    return scaled_forward(x[:1], weights)


def scaled_mean_row(x, weights):
    return scaled_forward(x.mean(axis=0, keepdims=True), weights)


def scaled_reversed(x, weights):
    return scaled_forward(x, weights)[::-1]


def scaled_tolerance(x, weights):
    new = []
    for W in weights:
        factor = size(np.maximum(x @ W, 0))
        new.append(W / factor if abs(factor - 1) > 0.1 else W.copy())
        x = np.maximum(x @ new[-1], 0)
    return new


def scaled_random(x, weights):
    rng = np.random.default_rng(0)
    return scaled_forward(rng.normal(size=x.shape), weights)


RIGHT = {
    "10.3": [
        ("backward, each size put in front", sizes_backward),
        ("by the number of the layer, np.where", sizes_by_number),
        ("recursive, the last layer taken off", sizes_recursive),
        ("rows as columns, reversed at the end", sizes_transposed),
        ("row by row, only the units that are on", sizes_row_by_row),
        ("a copy of g with zeros written into it", sizes_copied),
    ],
    "10.4": [
        ("outputs that are all 0", dead_all),
        ("the largest score of each unit", dead_largest),
        ("loops that break at the first row that is on", dead_loops),
        ("all units without those that are on", dead_set),
        ("the number of rows that are on", dead_count),
        ("the bias as one more row of weights", dead_stacked),
        ("a filter of the numbers", dead_filter),
    ],
    "10.5": [
        ("forward with the new matrices", scaled_forward),
        ("divides the outputs that pass", scaled_outputs),
        ("ratios of the sizes in the old network", scaled_ratios),
        ("recursive", scaled_recursive),
        ("from the input anew for each layer", scaled_twice),
        ("functools.reduce", scaled_reduce),
    ],
}

WRONG = {
    "10.3": [
        ("slopes for the outputs of each layer", sizes_at_outputs),
        ("slopes for the scores of each layer", sizes_at_scores),
        ("the last layer first", sizes_last_first),
        ("goes through the layers forward", sizes_forward_order),
        ("forgets the last ReLU", sizes_no_last_relu),
        ("the last ReLU only", sizes_last_relu_only),
        ("measures behind the ReLU of the layer before", sizes_weights_first),
        ("the size of g at the end of the list", sizes_with_the_given),
        ("the first layer only", sizes_first_only),
        ("no number for the first layer", sizes_without_first),
        ("changes g", sizes_g_in_place),
        ("empties the lists", sizes_pops),
        ("changes the scores", sizes_scores_in_place),
        ("slopes for the weights", sizes_of_weight_slopes),
        ("divides by each size on the way", sizes_rescaled),
        ("the formula of He instead of slopes", sizes_by_formula),
        ("no ReLU at all", _sizes(lambda g, z: g)),
        ("slope 1 at 0", _sizes(lambda g, z: g * (z >= 0))),
        ("slope 1/2 at 0", _sizes(lambda g, z: g * np.heaviside(z, 0.5))),
        ("ReLU of the slopes", _sizes(lambda g, z: np.maximum(g, 0))),
        ("only slopes above 0 pass", _sizes(lambda g, z: g * (z > 0) * (g > 0))),
        ("times the outputs", _sizes(lambda g, z: g * np.maximum(z, 0))),
        ("times the sign of the scores", _sizes(lambda g, z: g * np.sign(z))),
        ("a leaky ReLU", _sizes(lambda g, z: g * np.where(z > 0, 1, 0.01))),
        ("the slope of tanh", _sizes(lambda g, z: g * (1 - np.tanh(z) ** 2))),
        ("the units that are off", _sizes(lambda g, z: g * (z < 0))),
        ("W not transposed", _sizes(back=lambda g, W: g @ W)),
        ("mean over the rows each time", _sizes(back=lambda g, W: g @ W.T / len(g))),
        ("standard deviation", _sizes(measure=np.std)),
        ("mean square without the root", _sizes(measure=lambda g: np.mean(g**2))),
        ("root of the sum", _sizes(measure=np.linalg.norm)),
        ("mean of the absolute values", _sizes(measure=lambda g: np.mean(np.abs(g)))),
        ("largest slope", _sizes(measure=lambda g: np.max(np.abs(g)))),
        (
            "mean of the lengths of the rows",
            _sizes(measure=lambda g: np.linalg.norm(g, axis=1).mean()),
        ),
        (
            "mean of the sizes of the rows",
            _sizes(measure=lambda g: np.sqrt(np.mean(g**2, axis=1)).mean()),
        ),
        ("one size for each unit", _sizes(measure=lambda g: np.sqrt(np.mean(g**2, axis=0)))),
        ("size of the mean over the rows", _sizes(measure=lambda g: size(g.mean(axis=0)))),
        ("size of those that are not 0", _sizes(measure=lambda g: size(g[g != 0]))),
        ("absolute value of the mean", _sizes(measure=lambda g: abs(np.mean(g)))),
        ("keeps what arrives, then writes zeros into it", sizes_zeros_in_kept),
        ("root over the rows alone", _sizes(measure=lambda g: np.sqrt(np.sum(g**2) / len(g)))),
    ],
    "10.4": [
        ("scores below 0, so a score of 0 counts as on", dead_strict),
        ("off for some row", dead_some_row),
        ("counted from 1", dead_from_one),
        ("descending", dead_descending),
        ("forgets the bias", dead_no_bias),
        ("subtracts the bias", dead_bias_subtracted),
        ("adds the bias behind the ReLU", dead_bias_after),
        ("adds the bias behind the ReLU, and takes what is below 0 too", dead_bias_after_signed),
        ("the units that are alive", dead_alive),
        ("True and False", dead_mask),
        ("how many", dead_how_many),
        ("the rows for which all are off", dead_rows),
        ("units whose mean score is not above 0", dead_mean_score),
        ("units that are off for the mean row", dead_mean_row),
        ("judges the first row", dead_first_row),
        ("scores of 0, without the ReLU", dead_scores_zero),
        ("outputs near 0 count as 0", dead_close),
        ("off for more than nine rows in ten", dead_most),
        ("outputs that do not vary", dead_constant),
        ("the sum of the scores before the ReLU", dead_sum_of_scores),
        ("weights and bias below 0, whatever the rows", dead_by_weights),
        ("the least score", dead_least),
        ("the first one only", dead_first_only),
        ("a number for each row that is off", dead_pairs),
        ("pairs of row and unit", dead_with_rows),
        ("all scores 0, by their absolute values", dead_abs),
        ("moves the rows to mean 0, in place", dead_in_place),
        ("W transposed", dead_transposed),
    ],
    "10.5": [
        ("sends on what the old matrix gives", scaled_unscaled_pass),
        ("typical size of the scores", scaled_scores),
        ("scores, with a factor of two for the ReLU", scaled_scores_he),
        ("keeps the size of x", scaled_by_inputs),
        ("changes the matrices", scaled_in_place),
        ("changes the list", scaled_list_in_place),
        ("each unit by its own number", scaled_units),
        ("only where outputs are too large", scaled_only_large),
        ("He's formula, no data", scaled_he),
        ("typical size of the weights", scaled_weights_to_one),
        ("the first matrix only", scaled_first_only),
        ("the last matrix only", scaled_last_only),
        ("the same share of the last size for each layer", scaled_evenly),
        ("multiplies", scaled_multiplies),
        ("returns the outputs", scaled_outputs_returned),
        ("returns the factors", scaled_factors),
        ("x brought to size 1 first", scaled_input_first),
        ("no ReLU on the way, though it measures behind one", scaled_no_relu_on_the_way),
        ("the first row only", scaled_first_row),
        ("the mean row only", scaled_mean_row),
        ("the last matrix first", scaled_reversed),
        ("leaves what is right to a tenth", scaled_tolerance),
        ("random rows instead of the batch", scaled_random),
        ("standard deviation", _scaled(np.std)),
        ("mean square without the root", _scaled(lambda a: np.mean(a**2))),
        ("variance", _scaled(np.var)),
        ("mean", _scaled(np.mean)),
        ("largest output", _scaled(np.max)),
        ("root of the sum of squares", _scaled(np.linalg.norm)),
        ("only the outputs that are on", _scaled(lambda a: size(a[a > 0]))),
        ("mean over the sizes of the units", _scaled(lambda a: np.sqrt((a**2).mean(0)).mean())),
        ("mean over the sizes of the rows", _scaled(lambda a: np.sqrt((a**2).mean(1)).mean())),
        ("root over the rows alone", _scaled(lambda a: np.sqrt((a**2).sum() / len(a)))),
        ("an epsilon, which shows for tiny outputs", _scaled(lambda a: size(a) + 1e-8)),
        ("tanh", _scaled(passes=np.tanh)),
        ("no ReLU", _scaled(passes=lambda z: z)),
        ("a leaky ReLU", _scaled(passes=lambda z: np.where(z > 0, z, 0.01 * z))),
        ("absolute values", _scaled(passes=np.abs)),
        ("divides outputs in place, which whole numbers don't allow", scaled_outputs_in_place),
    ],
}

_RNG = np.random.default_rng(10)


def _layers(rows, *widths, scale=1.0):
    """Return a batch and matrices for these widths."""
    x = _RNG.normal(size=(rows, widths[0])) + 0.3
    return x, [scale * _RNG.normal(0.3, 1, shape) for shape in pairwise(widths)]


def _backward(x, weights):
    """Return what 10.3 is given for such a network."""
    scores = []
    for W in weights:
        scores.append(x @ W)
        x = np.maximum(scores[-1], 0)
    return _RNG.normal(size=x.shape) + 0.2, weights, scores


_WAY_BACK = _backward(*_layers(6, 4, 5, 3, 2))
_SQUARE = _backward(*_layers(6, 4, 4, 4))
_ZEROS = (
    np.array([[1.0, 2.0], [-1.0, 3.0]]),
    [np.array([[1.0, 2.0], [0.5, -1.0]])],
    [np.array([[0.0, 1.0], [2.0, 0.0]])],
)
_ROW_OFF = (_ZEROS[0], _ZEROS[1], [np.array([[-1.0, -2.0], [2.0, 1.0]])])

# The units: dead though its bias is above 0, dead with scores of 0, off for some row, dead by
# its bias, on for the last row only, hardly awake, on for all rows with the same number.
_ROWS = np.abs(np.random.default_rng(4).normal(size=(12, 2))) + 0.2
_ROWS[-1] = [6.0, 0.1]
_UNITS = (
    _ROWS,
    np.array([[-1.0, 0, 1.0, 0.2, 1.0, 1e-5, 0], [-2.0, 0, -0.2, 0.1, 0, 0, 0]]),
    np.array([0.5, 0.0, -0.1, -9.0, -5.0, 0.0, 0.7]),
)
_SQUARE_UNITS = (
    np.array([[1.0, 2.5], [3.0, 1.0], [2.0, 2.0]]),
    np.array([[-1.0, 1.0], [-1.0, 1.0]]),
    np.array([-1.0, -4.0]),
)

_NET = _layers(7, 4, 6, 5, 3)
_TINY = _layers(7, 4, 6, 5, scale=1e-6)
_QUIET = _layers(7, 4, 6, scale=1e-2)
_WHOLE = (np.array([[1, 2], [3, 0]]), [np.array([[2, -1], [1, 1]])])
_NEARLY = (_NET[0], [1.05 * scaled_forward(*_NET)[0]])

WITNESS = {
    "10.3": [
        *[_WAY_BACK] * 3,
        _SQUARE,
        *[_WAY_BACK] * 13,
        *[_ZEROS] * 2,
        *[_WAY_BACK] * 7,
        _SQUARE,
        *[_WAY_BACK] * 10,
        _ROW_OFF,
        *[_WAY_BACK] * 3,
    ],
    "10.4": [*[_UNITS] * 27, _SQUARE_UNITS],
    "10.5": [
        *[_NET] * 7,
        _QUIET,
        *[_NET] * 13,
        _NEARLY,
        *[_NET] * 11,
        _TINY,
        *[_NET] * 4,
        _WHOLE,
    ],
}
