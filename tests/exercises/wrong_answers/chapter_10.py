"""Wrong answers to the exercises of chapter 10, each with a phrase of what is said of it."""

import numpy as np


def _back(on=lambda Z: Z > 0, transposed=True, measure=None, turn=True):
    def slope_sizes(g, weights, scores):
        sizes = []
        for W, Z in list(zip(weights, scores, strict=True))[::-1]:
            g = g * on(Z)
            g = np.matmul(g, W.T if transposed else W)
            sizes.append(measure(g) if measure else float(np.mean(g * g)) ** 0.5)
        return list(reversed(sizes)) if turn else sizes

    return slope_sizes


def _changes_what_arrives(g, weights, scores):
    sizes = []
    for W, Z in zip(weights[::-1], scores[::-1], strict=True):
        g *= Z > 0
        g = g @ W.T
        sizes.insert(0, np.sqrt(np.mean(g**2)))
    return sizes


def _one_too_many(g, weights, scores):
    sizes = [np.sqrt(np.mean(g**2))]
    for W, Z in zip(weights[::-1], scores[::-1], strict=True):
        g = (g * (Z > 0)) @ W.T
        sizes.insert(0, np.sqrt(np.mean(g**2)))
    return sizes


def _dead(test):
    def dead_units(x, W, b):
        a = np.maximum(x.dot(W) + b, 0)
        return [j for j in range(a.shape[1]) if test(a[:, j])]

    return dead_units


def _no_bias(x, W, b):
    return list(np.flatnonzero((x @ W).max(axis=0) <= 0))


def _strictly(x, W, b):
    return list(np.flatnonzero((x @ W + b).max(axis=0) < 0))


def _mask(x, W, b):
    return (x @ W + b).max(axis=0) <= 0


def _by_data(size=lambda a: np.sqrt(np.mean(a**2)), relu=True, onward=True):
    def scaled_by_data(x, weights):
        new = []
        for W in weights:
            a = np.maximum(x @ W, 0)
            s = size(a if relu else x @ W)
            new.append(W / s)
            x = np.maximum(x @ new[-1], 0) if onward else a
        return new

    return scaled_by_data


def _in_place(x, weights):
    for W in weights:
        W /= np.sqrt(np.mean(np.maximum(x @ W, 0) ** 2))
        x = np.maximum(x @ W, 0)
    return weights


def _a_copy_in_place(x, weights):
    weights = list(weights)
    for k in range(len(weights)):
        weights[k] = weights[k] * np.sqrt(np.mean(np.maximum(x @ weights[k], 0) ** 2))
        x = np.maximum(x @ weights[k], 0)
    return weights


WRONG = {
    "10.3": [
        (_back(turn=False), "wrong way round"),
        (_back(on=lambda Z: 1), "slope of the ReLU is missing"),
        (_back(on=lambda Z: Z >= 0), "exactly 0"),
        (_back(transposed=False), "g @ W.T"),
        (_back(measure=np.std), "standard deviation"),
        (_back(measure=lambda g: np.mean(g**2)), "root is missing"),
        (_one_too_many, "too"),
        (_changes_what_arrives, "change"),
    ],
    "10.4": [
        (_dead(lambda a: a.min() == 0), "off for one row"),
        (_dead(lambda a: a[0] == 0), "first row"),
        (_dead(lambda a: a.max() > 0), "awake"),
        (_no_bias, "bias"),
        (_strictly, "exactly 0"),
        (_mask, "True or False"),
    ],
    "10.5": [
        (_by_data(onward=False), "old weights"),
        (_by_data(relu=False), "behind the ReLU"),
        (_by_data(size=np.std), "standard deviation"),
        (_by_data(size=lambda a: np.mean(a**2)), "root is missing"),
        (_a_copy_in_place, "Divide by it"),
        (_in_place, "change"),
    ],
}
