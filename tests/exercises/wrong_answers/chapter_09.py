"""Wrong answers to the exercises of chapter 9, each with a phrase of what is said of it."""

import numpy as np


def _together(train, test):
    everything = np.concatenate([train, test])
    mean, std = everything.mean(axis=0), everything.std(axis=0)
    return (train - mean) / std, (test - mean) / std


def _each_its_own(train, test):
    def alone(x):
        std = x.std(axis=0)
        return (x - x.mean(axis=0)) / np.where(std == 0, 1.0, std)

    return alone(train), alone(test)


def _changes_its_input(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std[train.min(axis=0) == train.max(axis=0)] = 1.0
    train -= mean
    train /= std
    return train, (test - mean) / std


def _constant_divided(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    with np.errstate(all="ignore"):
        return (train - mean) / std, (test - mean) / std


def _at_least_one(train, test):
    mean, std = train.mean(axis=0), np.maximum(train.std(axis=0), 1)
    return (train - mean) / std, (test - mean) / std


def _one_for_all(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = 1.0 if np.any(std < 1e-12) else std
    return (train - mean) / std, (test - mean) / std


def _exactly_zero(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def _backward(axis=1, mean=True, along=True, sums=0):
    def layer_norm_backward(g, normalized, inverse_std, gain):
        h = g * gain
        to_x = h - mean * h.mean(axis=axis, keepdims=True)
        to_x = to_x - along * normalized * (h * normalized).mean(axis=axis, keepdims=True)
        return inverse_std * to_x, (g * normalized).sum(axis=sums), g.sum(axis=sums)

    return layer_norm_backward


class _Base:
    def __init__(self, features, momentum):
        self.mean, self.variance = np.zeros(features), np.ones(features)
        self.momentum = momentum

    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance)


class _LastOnly(_Base):
    def train(self, x):
        self.mean, self.variance = x.mean(axis=0), x.var(axis=0)
        return (x - self.mean) / np.sqrt(self.variance)


class _Swapped(_Base):
    def train(self, x):
        k = self.momentum
        self.mean = (1 - k) * self.mean + k * x.mean(axis=0)
        self.variance = (1 - k) * self.variance + k * x.var(axis=0)
        return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0))


class _UsesRunning(_Base):
    def train(self, x):
        k = self.momentum
        self.mean = k * self.mean + (1 - k) * x.mean(axis=0)
        self.variance = k * self.variance + (1 - k) * x.var(axis=0)
        return self.evaluate(x)


class _ChangesTheBatch(_Base):
    def train(self, x):
        mean, variance, k = x.mean(axis=0), x.var(axis=0), self.momentum
        self.mean = k * self.mean + (1 - k) * mean
        self.variance = k * self.variance + (1 - k) * variance
        x -= mean
        return x / np.sqrt(variance)


class _FirstRow(_Base):
    def train(self, x):
        return _ChangesTheBatch.train(self, x.copy())

    def evaluate(self, x):
        return (x[0] - self.mean) / np.sqrt(self.variance) + 0 * x


class _Learns(_FirstRow):
    def evaluate(self, x):
        result = _Base.evaluate(self, x)
        self.train(x)
        return result


class _Never(_Base):
    def train(self, x):
        return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0))


WRONG = {
    "9.3": [
        (_together, "leaked"),
        (_each_its_own, "own statistics"),
        (_changes_its_input, "change"),
        (_constant_divided, "constant"),
        (_at_least_one, "less than 1"),
        (_one_for_all, "only shifted, not scaled"),
        (_exactly_zero, "rounding may leave 1e-17"),
    ],
    "9.4": [
        (_backward(axis=0), "along axis 1"),
        (_backward(mean=False), "through the mean"),
        (_backward(along=False), "through the variance"),
        (_backward(sums=1), "summed along the rows"),
    ],
    "9.5": [
        (_LastOnly, "only the last batch"),
        (_Swapped, "swapped"),
        (_UsesRunning, "its own statistics"),
        (_Never, "never updated"),
        (_ChangesTheBatch, "changes its input in place"),
        (_FirstRow, "first row only"),
        (_Learns, "changes nothing: only train does"),
    ],
}
