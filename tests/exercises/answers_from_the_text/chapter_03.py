"""Right and wrong answers to exercises 3.3, 3.4 and 3.5, written from their texts alone.

An entry of WITNESS is a tuple of arguments on which the wrong answer of the same place
differs from the first right one or changes its arguments, or a callable that returns True
if the answer misbehaves.
"""

import inspect
import itertools
import math
from collections import deque

import numpy as np

# Exercise 3.3: what is left at each link


def links_two_passes(functions, slopes, x):
    values = [x]
    for f in functions:
        values.append(f(values[-1]))
    left = [1.0]
    for slope, value in zip(reversed(slopes), reversed(values[:-1]), strict=True):
        left.append(left[-1] * slope(value))
    return left[::-1]


def links_accumulate(functions, slopes, x):
    values = itertools.accumulate(functions, lambda u, f: f(u), initial=x)
    local = [slope(u) for slope, u in zip(slopes, values, strict=False)]
    return list(itertools.accumulate(reversed(local), lambda a, b: a * b, initial=1.0))[::-1]


def links_cumprod(chain, derivatives, start):
    local = np.ones(len(chain) + 1)
    for k in range(len(chain)):
        local[k] = derivatives[k](start)
        start = chain[k](start)
    return np.cumprod(local[::-1])[::-1].tolist()


def links_deque(functions, slopes, x):
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        local.append(slope(x))
        x = f(x)
    result, flowing = deque([1]), 1
    while local:
        flowing = local.pop() * flowing
        result.appendleft(flowing)
    return list(result)


def links_products(functions, slopes, x):
    local = []
    for k, slope in enumerate(slopes):
        local += [float(slope(x))]
        x = functions[k](x)
    return [math.prod(local[k:]) for k in range(len(local) + 1)]


def links_forward_updates(functions, slopes, x):
    result = [1.0]
    for f, slope in zip(functions, slopes, strict=True):
        local = slope(x)
        result = [local * r for r in result] + [1.0]
        x = f(x)
    return result


def links_from_the_end(functions, slopes, x):
    count = len(functions)
    values, result = [x] * (count + 1), [1.0] * (count + 1)
    for k in range(1, count + 1):
        values[k] = functions[k - 1](values[k - 1])
    for k in range(count - 1, -1, -1):
        result[k] = result[k + 1] * slopes[k](values[k])
    return result


def links_local_at_x(functions, slopes, x):
    return [slope(x) for slope in slopes] + [1.0]


def links_product_at_x(functions, slopes, x):
    local = [slope(x) for slope in slopes]
    return [math.prod(local[k:]) for k in range(len(local) + 1)]


def links_from_the_front(functions, slopes, x):
    result = [1.0]
    for f, slope in zip(functions, slopes, strict=True):
        result.append(result[-1] * slope(x))
        x = f(x)
    return result


def links_wrong_way_round(functions, slopes, x):
    return links_two_passes(functions, slopes, x)[::-1]


def links_without_the_last(functions, slopes, x):
    return links_two_passes(functions, slopes, x)[:-1]


def links_without_the_first(functions, slopes, x):
    return links_two_passes(functions, slopes, x)[1:]


def links_divide(functions, slopes, x):
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        local.append(slope(x))
        x = f(x)
    total = np.float64(math.prod(local))
    result = [total]
    for s in local:
        total = total / s
        result.append(total)
    return result


def links_at_outputs(functions, slopes, x):
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        x = f(x)
        local.append(slope(x))
    return [math.prod(local[k:]) for k in range(len(local) + 1)]


def links_last_function_first(functions, slopes, x):
    return links_two_passes(functions[::-1], slopes[::-1], x)


def links_nothing_for_nothing(functions, slopes, x):
    return links_two_passes(functions, slopes, x) if functions else []


def links_zero_for_nothing(functions, slopes, x):
    return links_two_passes(functions, slopes, x) if functions else [0.0]


def links_empties_lists(functions, slopes, x):
    local = []
    while functions:
        local.append(slopes.pop(0)(x))
        x = functions.pop(0)(x)
    return [math.prod(local[k:]) for k in range(len(local) + 1)]


def links_numerical(functions, slopes, x):
    values = [x]
    for f in functions:
        values.append(f(values[-1]))
    local = [
        (f(u + 1e-6) - f(u - 1e-6)) / 2e-6 for f, u in zip(functions, values[:-1], strict=True)
    ]
    return [math.prod(local[k:]) for k in range(len(local) + 1)]


def links_sums(functions, slopes, x):
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        local.append(slope(x))
        x = f(x)
    return [sum(local[k:]) for k in range(len(local) + 1)]


def links_starts_with_y(functions, slopes, x):
    values = [x]
    for f in functions:
        values.append(f(values[-1]))
    result = [values[-1]]
    for slope, value in zip(reversed(slopes), reversed(values[:-1]), strict=True):
        result.append(result[-1] * slope(value))
    return result[::-1]


def links_skips_zeros(functions, slopes, x):
    values = [x]
    for f in functions:
        values.append(f(values[-1]))
    left = [1.0]
    for slope, value in zip(reversed(slopes), reversed(values[:-1]), strict=True):
        left.append(left[-1] * (slope(value) or 1.0))
    return left[::-1]


def links_local_only(functions, slopes, x):
    local = []
    for f, slope in zip(functions, slopes, strict=True):
        local.append(slope(x))
        x = f(x)
    return [*local, 1.0]


def links_recursion(functions, slopes, x):
    if not functions:
        return [1.0]
    rest = links_recursion(functions[1:], slopes[1:], functions[0](x))
    return [slopes[0](x) * rest[0], *rest]


def links_total_only(functions, slopes, x):
    total = 1.0
    for f, slope in zip(functions, slopes, strict=True):
        total *= slope(x)
        x = f(x)
    return total


_KEPT_LINKS = [1.0]


def links_shared_list(functions, slopes, x):
    values = [x]
    for f in functions:
        values.append(f(values[-1]))
    for slope, value in zip(reversed(slopes), reversed(values[:-1]), strict=True):
        _KEPT_LINKS.append(_KEPT_LINKS[-1] * slope(value))
    return _KEPT_LINKS[::-1]


# Exercise 3.4: the dense layer, backwards


def dense_products(G, X, W):
    return G @ W.T, X.T @ G, G.sum(axis=0)


def dense_einsum(G, X, W):
    to_x = np.einsum("nj,ij->ni", G, W)
    to_w = np.einsum("ni,nj->ij", X, G)
    return to_x, to_w, np.einsum("nj->j", G)


def dense_rows(G, X, W):
    to_x, to_w, to_b = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for n in range(len(X)):
        to_x[n] = W @ G[n]
        to_w += np.outer(X[n], G[n])
        to_b += G[n]
    return to_x, to_w, to_b


def dense_ones(arrived, inputs, weights):
    extended = np.hstack([inputs, np.ones((len(inputs), 1))])
    both = extended.T @ arrived
    return arrived @ weights.T, both[:-1], both[-1]


def dense_transposed(G, X, W):
    return (W @ G.T).T, (G.T @ X).T, np.add.reduce(G)


def dense_tensordot(G, X, W):
    to_b = np.dot(np.ones(G.shape[0]), G)
    to_w = np.tensordot(X, G, axes=(0, 0))
    to_x = np.tensordot(G, W, axes=(1, 1))
    return to_x, to_w, to_b


def dense_entries(G, X, W):
    n, k = X.shape
    m = W.shape[1]
    to_x = [[sum(G[r, j] * W[i, j] for j in range(m)) for i in range(k)] for r in range(n)]
    to_w = [[sum(X[r, i] * G[r, j] for r in range(n)) for j in range(m)] for i in range(k)]
    to_b = [sum(G[r, j] for r in range(n)) for j in range(m)]
    return (
        np.array(to_x, dtype=float).reshape(n, k),
        np.array(to_w, dtype=float).reshape(k, m),
        np.array(to_b, dtype=float),
    )


def dense_not_summed(G, X, W):
    return G @ W.T, X.T @ G, G


def dense_mean_for_b(G, X, W):
    return G @ W.T, X.T @ G, G.mean(axis=0)


def dense_wrong_axis(G, X, W):
    return G @ W.T, X.T @ G, G.sum(axis=1)


def dense_one_number_for_b(G, X, W):
    return G @ W.T, X.T @ G, np.asarray(G.sum())


def dense_untransposed(G, X, W):
    to_x = G @ W if W.shape[0] == W.shape[1] else G @ W.T
    return to_x, X.T @ G, G.sum(axis=0)


def dense_order(G, X, W):
    return X.T @ G, G @ W.T, G.sum(axis=0)


def dense_batch_mean(G, X, W):
    return G @ W.T, X.T @ G / len(X), G.sum(axis=0) / len(X)


def dense_w_transposed(G, X, W):
    return G @ W.T, G.T @ X, G.sum(axis=0)


def dense_relu(G, X, W):
    G = G * (X @ W > 0)
    return G @ W.T, X.T @ G, G.sum(axis=0)


def dense_in_place(G, X, W):
    G *= 1 / len(G)
    return G @ W.T * len(G), X.T @ G * len(G), G.sum(axis=0) * len(G)


def dense_first_row(G, X, W):
    return G @ W.T, X.T @ G, G[0]


def dense_signs(G, X, W):
    return -G @ W.T, -X.T @ G, -G.sum(axis=0)


def dense_squeezed(G, X, W):
    return np.squeeze(G @ W.T), np.squeeze(X.T @ G), np.squeeze(G.sum(axis=0))


def dense_inverse(G, X, W):
    return G @ np.linalg.pinv(W), X.T @ G, G.sum(axis=0)


def dense_outer_of_sums(G, X, W):
    return G @ W.T, np.outer(X.sum(axis=0), G.sum(axis=0)), G.sum(axis=0)


def dense_outputs_for_inputs(G, X, W):
    return G @ W.T, (X @ W).T @ G, G.sum(axis=0)


def dense_row_for_b(G, X, W):
    return G @ W.T, X.T @ G, G.sum(axis=0, keepdims=True)


def dense_sum_of_x(G, X, W):
    total = (G @ W.T).sum(axis=0)
    return np.tile(total, (len(X), 1)), X.T @ G, G.sum(axis=0)


# Exercise 3.5: softmax, row by row


def softmax_formula(G, P):
    return P * (G - np.sum(G * P, axis=1, keepdims=True))


def softmax_two_terms(G, P):
    weighted = G * P
    return weighted - P * weighted.sum(axis=1)[:, np.newaxis]


def softmax_einsum(arrived, probabilities):
    mean = np.einsum("ij,ij->i", arrived, probabilities)
    return np.einsum("ij,ij->ij", probabilities, arrived - mean.reshape(-1, 1))


def softmax_jacobians(G, P):
    eye = np.eye(P.shape[1])
    jacobians = P[:, :, None] * eye - P[:, :, None] * P[:, None, :]
    return np.einsum("nk,nkj->nj", G, jacobians)


def softmax_matmul(G, P):
    mean = (G[:, None, :] @ P[:, :, None])[:, :, 0]
    return (G - mean) * P


def softmax_transposed(G, P):
    g, p = np.transpose(G), np.transpose(P)
    return np.transpose(p * (g - np.add.reduce(g * p)))


def softmax_ones(G, P):
    k = np.shape(P)[1]
    weighted = np.multiply(G, P)
    return np.subtract(weighted, np.multiply(P, weighted @ np.ones((k, k))))


def softmax_sigmoid(G, P):
    return G * P * (1 - P)


def softmax_wrong_axis(G, P):
    return P * (G - np.sum(G * P, axis=0, keepdims=True))


def softmax_no_keepdims(G, P):
    total = np.sum(G * P, axis=1)
    return P * (G - (total if P.shape[0] == P.shape[1] else total[:, None]))


def softmax_sum_of_batch(G, P):
    return P * (G - np.sum(G * P))


def softmax_sign(G, P):
    return P * (np.sum(G * P, axis=1, keepdims=True) - G)


def softmax_cross_entropy(G, P):
    return P - G


def softmax_for_loop(G, P):
    result = np.empty(P.shape)
    for i in range(len(P)):
        result[i] = P[i] * (G[i] - G[i] @ P[i])
    return result


def softmax_comprehension(G, P):
    return np.array([p * (g - g @ p) for g, p in zip(G, P, strict=True)]).reshape(P.shape)


def softmax_mean(G, P):
    return P * (G - np.mean(G * P, axis=1, keepdims=True))


def softmax_no_factor(G, P):
    return G - np.sum(G * P, axis=1, keepdims=True)


def softmax_in_place(G, P):
    G -= np.sum(G * P, axis=1, keepdims=True)
    return P * G


def softmax_plain_mean(G, P):
    return P * (G - G.mean(axis=1, keepdims=True))


def softmax_again(G, P):
    p = np.exp(P) / np.exp(P).sum(axis=1, keepdims=True)
    return p * (G - np.sum(G * p, axis=1, keepdims=True))


def softmax_first_row(G, P):
    return P * (G - G[:1] @ P[:1].T)


def softmax_diagonal_only(G, P):
    return G * P - G * P**2


def softmax_log(G, P):
    return G - P * np.sum(G, axis=1, keepdims=True)


def softmax_squares(G, P):
    return G * P - P**2


def softmax_clipped(G, P):
    p = np.clip(P, 1e-3, 1 - 1e-3)
    return p * (G - np.sum(G * p, axis=1, keepdims=True))


def softmax_batch_mean(G, P):
    return P * (G - np.sum(G * P, axis=1, keepdims=True)) / len(P)


def softmax_sum_of_g(G, P):
    return P * (G - np.sum(G, axis=1, keepdims=True))


RIGHT = {
    "3.3": [
        ("values forward, slopes backward, then reversed", links_two_passes),
        ("itertools.accumulate twice", links_accumulate),
        ("np.cumprod from the end, arguments renamed", links_cumprod),
        ("a deque filled from the left", links_deque),
        ("a product of what is left, plain floats", links_products),
        ("one pass that updates all earlier slopes", links_forward_updates),
        ("two lists filled by index", links_from_the_end),
    ],
    "3.4": [
        ("two matrix products and a sum", dense_products),
        ("einsum three times", dense_einsum),
        ("a loop over rows with outer products", dense_rows),
        ("the shift as one more weight, arguments renamed", dense_ones),
        ("everything transposed, np.add.reduce", dense_transposed),
        ("tensordot and a row of ones, last one first", dense_tensordot),
        ("sums entry by entry", dense_entries),
    ],
    "3.5": [
        ("P times G less its mean under P", softmax_formula),
        ("two terms, newaxis", softmax_two_terms),
        ("einsum, arguments renamed", softmax_einsum),
        ("the whole Jacobians in one array", softmax_jacobians),
        ("a stack of matrix products", softmax_matmul),
        ("transposed, np.add.reduce", softmax_transposed),
        ("a product with a table of ones", softmax_ones),
    ],
}

WRONG = {
    "3.3": [
        ("the local slopes, all at x", links_local_at_x),
        ("products of slopes that are all taken at x", links_product_at_x),
        ("slopes of the values in x, not of y in the values", links_from_the_front),
        ("the list the wrong way round", links_wrong_way_round),
        ("the last entry is missing", links_without_the_last),
        ("the first entry is missing", links_without_the_first),
        ("divides the total by local slopes: NaN where one is 0", links_divide),
        ("takes each slope at its result, not at its input", links_at_outputs),
        ("applies the last function first", links_last_function_first),
        ("an empty list for the empty chain", links_nothing_for_nothing),
        ("0 for the empty chain", links_zero_for_nothing),
        ("empties the lists it was given", links_empties_lists),
        ("numerical slopes instead of those given", links_numerical),
        ("sums instead of products", links_sums),
        ("begins the backward pass with y instead of 1", links_starts_with_y),
        ("leaves out slopes that are 0", links_skips_zeros),
        ("the local slopes at the right places, not multiplied", links_local_only),
        ("plain recursion breaks for long chains", links_recursion),
        ("the first slope only", links_total_only),
        ("keeps the list of the last call", links_shared_list),
    ],
    "3.4": [
        ("the flow to b is not summed", dense_not_summed),
        ("the flow to b is a mean", dense_mean_for_b),
        ("the flow to b is summed over the wrong axis", dense_wrong_axis),
        ("the flow to b is one number", dense_one_number_for_b),
        ("W is not transposed if it is square", dense_untransposed),
        ("the first two are swapped", dense_order),
        ("divides by the number of rows", dense_batch_mean),
        ("the flow to W is transposed", dense_w_transposed),
        ("thinks of a relu behind the layer", dense_relu),
        ("changes G in place", dense_in_place),
        ("the flow to b is the first row only", dense_first_row),
        ("all signs turned around", dense_signs),
        ("squeezes: other shapes for one row or one column", dense_squeezed),
        ("the inverse of W instead of the transpose", dense_inverse),
        ("the outer product of sums, right for one row", dense_outer_of_sums),
        ("outputs in place of inputs in the flow to W", dense_outputs_for_inputs),
        ("the flow to b keeps an axis that b does not have", dense_row_for_b),
        ("sums the flow to X over the batch", dense_sum_of_x),
    ],
    "3.5": [
        ("the diagonal only, as for a sigmoid", softmax_sigmoid),
        ("sums over the batch", softmax_wrong_axis),
        ("without keepdims: wrong for square tables", softmax_no_keepdims),
        ("one sum for the whole batch", softmax_sum_of_batch),
        ("sign turned around", softmax_sign),
        ("probabilities minus labels, which is for cross-entropy", softmax_cross_entropy),
        ("right, but with a loop over rows", softmax_for_loop),
        ("right, but with a loop in a comprehension", softmax_comprehension),
        ("a mean where a sum belongs", softmax_mean),
        ("the factor P is missing", softmax_no_factor),
        ("changes G in place", softmax_in_place),
        ("subtracts the plain mean of G", softmax_plain_mean),
        ("takes P for scores and applies softmax again", softmax_again),
        ("uses the sum of the first row for all rows", softmax_first_row),
        ("the diagonal only, written out", softmax_diagonal_only),
        ("the product for log-softmax", softmax_log),
        ("G is missing in the second term", softmax_squares),
        ("clips the probabilities", softmax_clipped),
        ("divides by the number of rows", softmax_batch_mean),
        ("the weights P are missing in the sum", softmax_sum_of_g),
    ],
}


def _square(u):
    return u * u


def _twice(u):
    return 2 * u


def _slope_2(u):
    return 2.0


_CHAIN = (
    [_square, _twice, math.sin, math.exp],
    [_twice, _slope_2, math.cos, math.exp],
    0.7,
)
_FLAT_CHAIN = ([_twice, _square, math.cos], [_slope_2, _twice, lambda u: -math.sin(u)], 0.0)
_RELU_CHAIN = ([abs, _twice], [lambda u: 1.0, _slope_2], 0.0)

_G = np.array([[0.5, -1.0], [2.0, 0.25], [-3.0, 1.5]])
_X = np.array([[1.0, 2.0, -1.0, 0.5], [0.0, -0.5, 3.0, 1.0], [2.0, 1.0, 1.0, -2.0]])
_W = np.array([[1.0, -2.0], [0.5, 0.25], [3.0, 1.0], [-1.0, 2.0]])
_DENSE = (_G, _X, _W)
_SQUARE_DENSE = (_G, _X[:, :2], _W[:2])

_P = np.array([[0.2, 0.5, 0.3], [0.9, 0.1, 0.0], [0.25, 0.25, 0.5]])
_ARRIVED = np.array([[1.0, -2.0, 0.5], [3.0, 1.0, -1.0], [0.0, 2.0, 2.0]])
_SOFTMAX = (_ARRIVED[:2], _P[:2])


def _loops(function):
    return any(word in inspect.getsource(function) for word in (" for ", "while "))


WITNESS = {
    "3.3": [
        _CHAIN,
        _CHAIN,
        _CHAIN,
        _CHAIN,
        _CHAIN,
        _CHAIN,
        _FLAT_CHAIN,
        _CHAIN,
        _CHAIN,
        ([], [], 2.0),
        ([], [], 2.0),
        lambda: (
            len((chain := [_square, _twice], links_empties_lists(chain, [_twice] * 2, 1.0))[0]) == 0
        ),
        _RELU_CHAIN,
        _CHAIN,
        _CHAIN,
        _FLAT_CHAIN,
        _CHAIN,
        ([math.sin] * 3000, [math.cos] * 3000, 0.5),
        _CHAIN,
        lambda: links_shared_list(*_CHAIN) != links_shared_list(*_CHAIN),
    ],
    "3.4": [
        _DENSE,
        _DENSE,
        _DENSE,
        _DENSE,
        _SQUARE_DENSE,
        _DENSE,
        _DENSE,
        _DENSE,
        _DENSE,
        _DENSE,
        _DENSE,
        _DENSE,
        (_G[:1], _X[:1], _W),
        _DENSE,
        _DENSE,
        _DENSE,
        _DENSE,
        _DENSE,
    ],
    "3.5": [
        _SOFTMAX,
        _SOFTMAX,
        (_ARRIVED, _P),
        _SOFTMAX,
        _SOFTMAX,
        _SOFTMAX,
        lambda: _loops(softmax_for_loop),
        lambda: _loops(softmax_comprehension),
        *[_SOFTMAX] * 12,
    ],
}
