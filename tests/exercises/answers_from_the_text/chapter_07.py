"""Right and wrong answers to exercises 7.4, 7.5 and 7.6, written from their texts alone.

An entry of WITNESS is a tuple (settings, params, gradients of each update) on which the
wrong class of the same place walks another way than the first right one, as `_walk` shows,
or a callable that returns True if the class misbehaves.
"""

import copy
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

# Exercise 7.4: a velocity that is an average


class DampedGet:
    def __init__(self, learning_rate, momentum):
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocities = {}

    def update(self, params, grads):
        for key, g in grads.items():
            v = self.momentum * self.velocities.get(key, 0.0) + (1 - self.momentum) * g
            self.velocities[key] = v
            params[key] = params[key] - self.learning_rate * v


class DampedDefaultDict:
    def __init__(self, learning_rate, momentum):
        self._settings = learning_rate, momentum
        self._v = defaultdict(float)

    def update(self, params, grads):
        eta, alpha = self._settings
        for key in grads:
            self._v[key] = self._v[key] * alpha + grads[key] - grads[key] * alpha
        params.update({key: params[key] - eta * self._v[key] for key in grads})


@dataclass
class DampedDataclass:
    learning_rate: float
    momentum: float
    velocities: dict = field(default_factory=dict)

    def update(self, params, grads):
        for key in params:
            if key not in grads:
                continue
            old = self.velocities.setdefault(key, np.zeros(np.shape(grads[key])))
            new = old + (1 - self.momentum) * (grads[key] - old)
            self.velocities[key] = new
            params[key] = params[key] - self.learning_rate * new


class DampedRateInside:
    def __init__(self, learning_rate, momentum):
        self.rate, self.alpha = learning_rate, momentum
        self.steps = {}

    def update(self, params, grads):
        for key, g in grads.items():
            try:
                step = self.alpha * self.steps[key]
            except KeyError:
                step = 0
            step = step + self.rate * (1 - self.alpha) * g
            params[key], self.steps[key] = params[key] - step, step


class DampedHistory:
    def __init__(self, learning_rate, momentum):
        self.learning_rate, self.momentum = learning_rate, momentum
        self.seen = {}

    def update(self, params, grads):
        for key, g in grads.items():
            past = self.seen.setdefault(key, [])
            past.append(np.array(g, dtype=float))
            v = sum(self.momentum**age * old for age, old in enumerate(reversed(past)))
            params[key] = params[key] - self.learning_rate * (1 - self.momentum) * v


class DampedCoroutines:
    def __init__(self, learning_rate, momentum):
        def average():
            v = 0.0
            while True:
                g = yield v
                v = momentum * v + (1 - momentum) * g

        self.average, self.rate, self.running = average, learning_rate, {}

    def update(self, params, grads):
        for key, g in grads.items():
            if key not in self.running:
                self.running[key] = self.average()
                next(self.running[key])
            params[key] = params[key] - self.rate * self.running[key].send(g)


class DampedOneByOne:
    """Keeps a velocity of its own and moves arrays in place."""

    def __init__(self, learning_rate, momentum):
        self.learning_rate, self.momentum, self.velocities = learning_rate, momentum, {}

    def update(self, params, grads):
        for key, g in grads.items():
            if key not in self.velocities:
                self.velocities[key] = g * 0.0
            self.velocities[key] *= self.momentum
            self.velocities[key] += (1 - self.momentum) * g
            params[key] -= self.learning_rate * self.velocities[key]


class DampedForgets:
    def __init__(self, learning_rate, momentum):
        self.learning_rate, self.momentum = learning_rate, momentum

    def update(self, params, grads):
        for key, g in grads.items():
            params[key] = params[key] - self.learning_rate * (1 - self.momentum) * g


class DampedShared:
    velocities = {}  # noqa: RUF012 (that is what is wrong with it)

    def __init__(self, learning_rate, momentum):
        self.learning_rate, self.momentum = learning_rate, momentum

    def update(self, params, grads):
        for key, g in grads.items():
            v = self.momentum * self.velocities.get(key, 0.0) + (1 - self.momentum) * g
            self.velocities[key] = v
            params[key] = params[key] - self.learning_rate * v


class DampedSharedDefault:
    def __init__(self, learning_rate, momentum, velocities={}):  # noqa: B006
        self.learning_rate, self.momentum = learning_rate, momentum
        self.velocities = velocities

    update = DampedGet.update


class DampedUndamped(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            v = self.velocities[key] = self.momentum * self.velocities.get(key, 0.0) + g
            params[key] = params[key] - self.learning_rate * v


class DampedFactorsSwapped(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            v = (1 - self.momentum) * self.velocities.get(key, 0.0) + self.momentum * g
            self.velocities[key] = v
            params[key] = params[key] - self.learning_rate * v


class DampedOldVelocity(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            v = self.velocities.get(key, 0.0)
            params[key] = params[key] - self.learning_rate * v
            self.velocities[key] = self.momentum * v + (1 - self.momentum) * g


class DampedOneVelocity(DampedGet):
    def __init__(self, learning_rate, momentum):
        super().__init__(learning_rate, momentum)
        self.velocity = 0.0

    def update(self, params, grads):
        for key, g in grads.items():
            self.velocity = self.momentum * self.velocity + (1 - self.momentum) * g
            params[key] = params[key] - self.learning_rate * self.velocity


class DampedReturns(DampedGet):
    def update(self, params, grads):
        params = dict(params)
        super().update(params, grads)
        return params


class DampedSpoilsGradients(DampedGet):
    def update(self, params, grads):
        for key in grads:
            grads[key] = (1 - self.momentum) * grads[key]
            v = self.momentum * self.velocities.get(key, 0.0) + grads[key]
            self.velocities[key] = v
            params[key] = params[key] - self.learning_rate * v


class DampedUphill(DampedGet):
    def __init__(self, learning_rate, momentum):
        super().__init__(-learning_rate, momentum)


class DampedCorrected(DampedGet):
    def __init__(self, learning_rate, momentum):
        super().__init__(learning_rate, momentum)
        self.count = 0

    def update(self, params, grads):
        self.count += 1
        for key, g in grads.items():
            v = self.momentum * self.velocities.get(key, 0.0) + (1 - self.momentum) * g
            self.velocities[key] = v
            step = self.learning_rate * v / (1 - self.momentum**self.count)
            params[key] = params[key] - step


class DampedFirstGradient(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            v = self.momentum * self.velocities.get(key, g) + (1 - self.momentum) * g
            self.velocities[key] = v
            params[key] = params[key] - self.learning_rate * v


class DampedAliased(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            past = self.velocities.setdefault(key, [])
            past.append(g)
            v = sum(self.momentum**age * old for age, old in enumerate(reversed(past)))
            params[key] = params[key] - self.learning_rate * (1 - self.momentum) * v


class DampedByIdentity(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            name = id(params[key])
            v = self.momentum * self.velocities.get(name, 0.0) + (1 - self.momentum) * g
            self.velocities[name] = v
            params[key] = params[key] - self.learning_rate * v


class DampedNesterov(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            v = self.momentum * self.velocities.get(key, 0.0) + (1 - self.momentum) * g
            self.velocities[key] = v
            ahead = self.momentum * v + (1 - self.momentum) * g
            params[key] = params[key] - self.learning_rate * ahead


class DampedFirstKey(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            v = self.momentum * self.velocities.get(key, 0.0) + (1 - self.momentum) * g
            self.velocities[key] = v
            params[key] = params[key] - self.learning_rate * v
            return


class DampedTurnsBack(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            old = self.velocities.get(key, 0.0)
            old = np.where(old * g < 0, 0.0, old)
            v = self.velocities[key] = self.momentum * old + (1 - self.momentum) * g
            params[key] = params[key] - self.learning_rate * v


class DampedMean(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            old = self.velocities.get(key, 0.0)
            v = self.momentum * old + (1 - self.momentum) * np.mean(g)
            self.velocities[key] = v
            params[key] = params[key] - self.learning_rate * v


class DampedTwoGradients(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            v = self.momentum * self.velocities.get(key, 0.0) + (1 - self.momentum) * g
            self.velocities[key] = (1 - self.momentum) * g
            params[key] = params[key] - self.learning_rate * v


class DampedWholeVelocity(DampedGet):
    def update(self, params, grads):
        for key, g in grads.items():
            v = self.velocities.setdefault(key, np.zeros_like(g))
            v[...] = self.momentum * v + (1 - self.momentum) * g
            params[key] = params[key] - self.learning_rate * v


# Exercise 7.5: divide by the spread


class CenteredGet:
    def __init__(self, learning_rate, decay, epsilon):
        self.learning_rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.means, self.squares = {}, {}

    def _averages(self, key, g):
        d = self.decay
        self.means[key] = d * self.means.get(key, 0.0) + (1 - d) * g
        self.squares[key] = d * self.squares.get(key, 0.0) + (1 - d) * g * g
        return self.means[key], self.squares[key]

    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.sqrt(np.maximum(h - a * a, 0.0))
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)


class CenteredLiteral:
    """The formula as it stands, without a guard against rounding below zero."""

    def __init__(self, learning_rate, decay, epsilon):
        self.eta, self.gamma, self.epsilon = learning_rate, decay, epsilon
        self.a, self.h = defaultdict(float), defaultdict(float)

    def update(self, params, grads):
        for key in grads:
            g = grads[key]
            self.a[key] = self.gamma * self.a[key] + (1 - self.gamma) * g
            self.h[key] = self.gamma * self.h[key] + (1 - self.gamma) * g**2
            root = (self.h[key] - self.a[key] ** 2) ** 0.5
            params[key] = params[key] - self.eta * g / (root + self.epsilon)


@dataclass
class CenteredDataclass:
    learning_rate: float
    decay: float
    epsilon: float
    memory: dict = field(default_factory=dict)

    def update(self, params, grads):
        new = {}
        for key, g in grads.items():
            pair = np.stack([np.asarray(g, dtype=float), np.square(g, dtype=float)])
            old = self.memory.get(key, np.zeros_like(pair))
            self.memory[key] = a, h = old + (1 - self.decay) * (pair - old)
            spread = np.sqrt(np.clip(h - a**2, 0, None))
            new[key] = params[key] - np.divide(self.learning_rate * g, spread + self.epsilon)
        params.update(new)


class CenteredHistory:
    def __init__(self, learning_rate, decay, epsilon):
        self.settings = learning_rate, decay, epsilon
        self.seen = {}

    def update(self, params, grads):
        rate, decay, epsilon = self.settings
        for key, g in grads.items():
            self.seen.setdefault(key, []).append(np.array(g, dtype=float))
            past = np.array(self.seen[key])
            weights = (1 - decay) * decay ** np.arange(len(past))[::-1]
            a = np.tensordot(weights, past, axes=1)
            h = np.tensordot(weights, past**2, axes=1)
            spread = np.sqrt(np.maximum(0.0, h - a * a))
            params[key] = params[key] - rate * past[-1] / (spread + epsilon)


class CenteredPairs:
    __slots__ = ("decay", "epsilon", "learning_rate", "pairs")

    def __init__(self, learning_rate, decay, epsilon):
        self.learning_rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.pairs = {}

    def update(self, params, grads):
        keep, take = self.decay, 1 - self.decay
        for key in list(grads):
            g = grads[key]
            a, h = self.pairs.setdefault(key, (0, 0))
            a, h = keep * a + take * g, keep * h + take * (g * g)
            self.pairs[key] = a, h
            below = np.sqrt(np.abs(h - a * a)) + self.epsilon
            params[key] = params[key] - g / below * self.learning_rate


class CenteredVariance:
    """Keeps the mean and, in place of h, the difference h - a * a."""

    def __init__(self, learning_rate, decay, epsilon):
        self.learning_rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.state = {}

    def update(self, params, grads):
        d = self.decay
        for key, g in grads.items():
            a, variance = self.state.get(key, (0.0, 0.0))
            variance = d * (variance + (1 - d) * (g - a) ** 2)
            self.state[key] = d * a + (1 - d) * g, variance
            step = g / (np.sqrt(variance) + self.epsilon)
            params[key] = params[key] - self.learning_rate * step


class CenteredNot(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            _, h = self._averages(key, g)
            step = self.learning_rate * g / (np.sqrt(h) + self.epsilon)
            params[key] = params[key] - step


class CenteredMeanNotSquared(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.sqrt(np.maximum(h - a, 0.0))
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)


class CenteredEpsilonInside(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.sqrt(np.maximum(h - a * a, 0.0) + self.epsilon)
            params[key] = params[key] - self.learning_rate * g / spread


class CenteredShared(CenteredGet):
    means, squares = {}, {}

    def __init__(self, learning_rate, decay, epsilon):
        self.learning_rate, self.decay, self.epsilon = learning_rate, decay, epsilon


class CenteredMeanOnTop(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.sqrt(np.maximum(h - a * a, 0.0))
            params[key] = params[key] - self.learning_rate * a / (spread + self.epsilon)


class CenteredCorrected(CenteredGet):
    def __init__(self, learning_rate, decay, epsilon):
        super().__init__(learning_rate, decay, epsilon)
        self.count = 0

    def update(self, params, grads):
        self.count += 1
        share = 1 - self.decay**self.count
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.sqrt(np.maximum(h / share - (a / share) ** 2, 0.0))
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)


class CenteredFactorsSwapped(CenteredGet):
    def __init__(self, learning_rate, decay, epsilon):
        super().__init__(learning_rate, 1 - decay, epsilon)


class CenteredPlus(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.sqrt(h + a * a)
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)


class CenteredOldAverages(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self.means.get(key, 0.0), self.squares.get(key, 0.0)
            spread = np.sqrt(np.maximum(h - a * a, 0.0))
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)
            self._averages(key, g)


class CenteredOneDict(CenteredGet):
    def __init__(self, learning_rate, decay, epsilon):
        super().__init__(learning_rate, decay, epsilon)
        self.squares = self.means


class CenteredSquaresGradient(CenteredGet):
    def update(self, params, grads):
        super().update(params, grads)
        for key in grads:
            grads[key] *= grads[key]


class CenteredOneState(CenteredGet):
    def _averages(self, key, g):
        return super()._averages("all", g)


class CenteredNoEpsilon(CenteredGet):
    def __init__(self, learning_rate, decay, epsilon):
        super().__init__(learning_rate, decay, 0.0)


class CenteredAtLeastEpsilon(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.sqrt(np.maximum(h - a * a, 0.0))
            step = g / np.maximum(spread, self.epsilon)
            params[key] = params[key] - self.learning_rate * step


class CenteredRootMinusMean(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.sqrt(h) - np.abs(a)
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)


class CenteredFirstGradient(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            self.means.setdefault(key, g)
            self.squares.setdefault(key, g * g)
        super().update(params, grads)


class CenteredNoRoot(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.maximum(h - a * a, 0.0)
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)


class CenteredMeanOfEntries(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            a, h = self._averages(key, g)
            spread = np.sqrt(np.maximum(np.mean(h) - np.mean(a) ** 2, 0.0))
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)


class CenteredCurrentGradient(CenteredGet):
    def update(self, params, grads):
        for key, g in grads.items():
            _, h = self._averages(key, g)
            spread = np.sqrt(np.abs(h - g * g))
            params[key] = params[key] - self.learning_rate * g / (spread + self.epsilon)


class CenteredUphill(CenteredGet):
    def __init__(self, learning_rate, decay, epsilon):
        super().__init__(-learning_rate, decay, epsilon)


class CenteredReturns(CenteredGet):
    def update(self, params, grads):
        params = params.copy()
        super().update(params, grads)
        return params


# Exercise 7.6: Adam with the largest gradient


class AdaMaxCount:
    def __init__(self, learning_rate, beta1, beta2):
        self.learning_rate, self.beta1, self.beta2 = learning_rate, beta1, beta2
        self.m, self.u, self.t = {}, {}, 0

    def _moments(self, key, g):
        self.m[key] = self.beta1 * self.m.get(key, 0.0) + (1 - self.beta1) * g
        self.u[key] = np.maximum(self.beta2 * self.u.get(key, 0.0), np.abs(g))
        return self.m[key], self.u[key]

    def update(self, params, grads):
        self.t += 1
        rate = self.learning_rate / (1 - self.beta1**self.t)
        for key, g in grads.items():
            m, u = self._moments(key, g)
            params[key] = params[key] - rate * m / u


class AdaMaxPower:
    def __init__(self, learning_rate, beta1, beta2):
        self.eta, self.b1, self.b2 = learning_rate, beta1, beta2
        self.power, self.state = 1.0, {}

    def update(self, params, grads):
        self.power = self.power * self.b1
        for key in grads:
            g = grads[key]
            m, u = self.state.get(key, (0, 0))
            m, u = m + (1 - self.b1) * (g - m), np.fmax(self.b2 * u, abs(g))
            self.state[key] = m, u
            params[key] = params[key] - self.eta * (m / (1 - self.power)) / u


@dataclass
class AdaMaxDataclass:
    learning_rate: float
    beta1: float
    beta2: float
    first: dict = field(default_factory=lambda: defaultdict(float))
    largest: dict = field(default_factory=lambda: defaultdict(float))
    updates: int = 0

    def update(self, params, grads):
        self.updates = self.updates + 1
        for key, g in grads.items():
            decayed, size = self.beta2 * self.largest[key], np.absolute(g)
            self.largest[key] = np.where(decayed > size, decayed, size)
            self.first[key] = self.beta1 * self.first[key] + (1 - self.beta1) * g
        correction = 1 - self.beta1**self.updates
        for key in grads:
            step = self.first[key] / self.largest[key] / correction
            params[key] = params[key] - self.learning_rate * step


class AdaMaxHistory:
    def __init__(self, learning_rate, beta1, beta2):
        self.settings = learning_rate, beta1, beta2
        self.seen, self.count = {}, 0

    def update(self, params, grads):
        rate, beta1, beta2 = self.settings
        self.count += 1
        for key, g in grads.items():
            self.seen.setdefault(key, []).insert(0, np.array(g, dtype=float))
            past = self.seen[key]
            m = (1 - beta1) * sum(beta1**age * old for age, old in enumerate(past))
            u = np.max([beta2**age * np.abs(old) for age, old in enumerate(past)], axis=0)
            params[key] = params[key] - rate / (1 - beta1**self.count) * m / u


class AdaMaxEntries:
    def __init__(self, learning_rate, beta1, beta2):
        self.learning_rate, self.beta1, self.beta2 = learning_rate, beta1, beta2
        self.kept, self.t = {}, 0

    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            new = np.array(params[key], dtype=float)
            for index in np.ndindex(new.shape):
                value = float(np.asarray(g)[index])
                m, u = self.kept.get((key, index), (0.0, 0.0))
                m = self.beta1 * m + (1 - self.beta1) * value
                u = max(self.beta2 * u, abs(value))
                self.kept[key, index] = m, u
                new[index] -= self.learning_rate * m / (u * (1 - self.beta1**self.t))
            params[key] = new


class AdaMaxCorrectedGeometric:
    """The correction as the sum of the weights that the average has given so far."""

    def __init__(self, learning_rate, beta1, beta2):
        self.learning_rate, self.beta1, self.beta2 = learning_rate, beta1, beta2
        self.weight, self.memory = 0.0, {}

    def update(self, params, grads):
        self.weight = self.beta1 * self.weight + (1 - self.beta1)
        fresh = {}
        for key, g in grads.items():
            m, u = self.memory.get(key) or (np.zeros(np.shape(g)), np.zeros(np.shape(g)))
            m = self.beta1 * m + (1 - self.beta1) * g
            u = np.max(np.stack([self.beta2 * u, np.abs(g)]), axis=0)
            self.memory[key] = m, u
            fresh[key] = params[key] - self.learning_rate * m / self.weight / u
        params |= fresh


class AdaMaxUncorrected(AdaMaxCount):
    def update(self, params, grads):
        for key, g in grads.items():
            m, u = self._moments(key, g)
            params[key] = params[key] - self.learning_rate * m / u


class AdaMaxCountsKeys(AdaMaxCount):
    def update(self, params, grads):
        for key, g in grads.items():
            self.t += 1
            m, u = self._moments(key, g)
            rate = self.learning_rate / (1 - self.beta1**self.t)
            params[key] = params[key] - rate * m / u


class AdaMaxCountsLate(AdaMaxCount):
    def update(self, params, grads):
        rate = self.learning_rate / (1 - self.beta1 ** max(self.t, 1))
        for key, g in grads.items():
            m, u = self._moments(key, g)
            params[key] = params[key] - rate * m / u
        self.t += 1


class AdaMaxOtherBeta(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        rate = self.learning_rate / (1 - self.beta2**self.t)
        for key, g in grads.items():
            m, u = self._moments(key, g)
            params[key] = params[key] - rate * m / u


class AdaMaxNoDecay(AdaMaxCount):
    def _moments(self, key, g):
        super()._moments(key, g)
        self.u[key] = np.maximum(self.u.get(key + "!", 0.0), np.abs(g))
        self.u[key + "!"] = self.u[key]
        return self.m[key], self.u[key]


class AdaMaxSigned(AdaMaxCount):
    def _moments(self, key, g):
        self.m[key] = self.beta1 * self.m.get(key, 0.0) + (1 - self.beta1) * g
        self.u[key] = np.maximum(self.beta2 * self.u.get(key, -np.inf), g)
        return self.m[key], self.u[key]


class AdaMaxShared(AdaMaxCount):
    m, u = {}, {}

    def __init__(self, learning_rate, beta1, beta2):
        self.learning_rate, self.beta1, self.beta2 = learning_rate, beta1, beta2
        self.t = 0


class AdaMaxSharedCount(AdaMaxCount):
    calls = 0

    def update(self, params, grads):
        self.t = AdaMaxSharedCount.calls
        AdaMaxSharedCount.calls += 1
        super().update(params, grads)


class AdaMaxMultiplies(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        rate = self.learning_rate * (1 - self.beta1**self.t)
        for key, g in grads.items():
            m, u = self._moments(key, g)
            params[key] = params[key] - rate * m / u


class AdaMaxEpsilon(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        rate = self.learning_rate / (1 - self.beta1**self.t)
        for key, g in grads.items():
            m, u = self._moments(key, g)
            params[key] = params[key] - rate * m / (u + 1e-8)


class AdaMaxCorrectsTwice(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            m, u = self._moments(key, g)
            self.m[key] = m / (1 - self.beta1**self.t)
            params[key] = params[key] - self.learning_rate * self.m[key] / u


class AdaMaxAdam(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            m, _ = self._moments(key, g)
            old = self.u.get((key, "squares"), 0.0)
            v = self.u[key, "squares"] = self.beta2 * old + (1 - self.beta2) * g * g
            root = np.sqrt(v / (1 - self.beta2**self.t))
            step = m / (1 - self.beta1**self.t) / root
            params[key] = params[key] - self.learning_rate * step


class AdaMaxLargestEntry(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        rate = self.learning_rate / (1 - self.beta1**self.t)
        for key, g in grads.items():
            m, u = self._moments(key, g)
            params[key] = params[key] - rate * m / np.max(u)


class AdaMaxStartsAtOne(AdaMaxCount):
    def _moments(self, key, g):
        self.u.setdefault(key, 1.0)
        return super()._moments(key, g)


class AdaMaxDecaysBoth(AdaMaxCount):
    def _moments(self, key, g):
        m, _ = super()._moments(key, g)
        old = self.u.get((key, "own"), 0.0)
        u = self.u[key, "own"] = self.beta2 * np.maximum(old, np.abs(g))
        return m, u


class AdaMaxAlsoU(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            m, u = self._moments(key, g)
            m, u = m / (1 - self.beta1**self.t), u / (1 - self.beta2**self.t)
            params[key] = params[key] - self.learning_rate * m / u


class AdaMaxRateShrinks(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        self.learning_rate /= 1 - self.beta1**self.t
        for key, g in grads.items():
            m, u = self._moments(key, g)
            params[key] = params[key] - self.learning_rate * m / u


class AdaMaxGradientOnTop(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        rate = self.learning_rate / (1 - self.beta1**self.t)
        for key, g in grads.items():
            _, u = self._moments(key, g)
            params[key] = params[key] - rate * g / u


class AdaMaxMomentum(AdaMaxCount):
    def update(self, params, grads):
        self.t += 1
        rate = self.learning_rate / (1 - self.beta1**self.t)
        for key, g in grads.items():
            m, u = self._moments(key, g)
            params[key] = params[key] - rate * m / (1 - self.beta1) / u


class AdaMaxReturns(AdaMaxCount):
    def update(self, params, grads):
        params = params.copy()
        super().update(params, grads)
        return params


class AdaMaxAverage(AdaMaxCount):
    def _moments(self, key, g):
        m, _ = super()._moments(key, g)
        old = self.u.get((key, "mean"), 0.0)
        u = self.u[key, "mean"] = self.beta2 * old + (1 - self.beta2) * np.abs(g)
        return m, u / (1 - self.beta2**self.t)


RIGHT = {
    "7.4": [
        ("a dict with get and 0", DampedGet),
        ("a defaultdict and params.update", DampedDefaultDict),
        ("a dataclass that moves the average toward g", DampedDataclass),
        ("the rate inside the velocity, try and except", DampedRateInside),
        ("recomputes the average from copies of all gradients", DampedHistory),
        ("a coroutine for each key", DampedCoroutines),
        ("augmented assignments, so float arrays move in place", DampedOneByOne),
    ],
    "7.5": [
        ("two dicts, guarded against rounding below 0", CenteredGet),
        ("a dataclass that stacks both averages", CenteredDataclass),
        ("recomputes both averages from copies of all gradients", CenteredHistory),
        ("pairs in one dict, __slots__", CenteredPairs),
        ("keeps the variance in place of the mean square", CenteredVariance),
    ],
    "7.6": [
        ("counts the updates", AdaMaxCount),
        ("keeps the power of beta1", AdaMaxPower),
        ("a dataclass, np.where, two passes", AdaMaxDataclass),
        ("recomputes both from copies of all gradients", AdaMaxHistory),
        ("entry by entry with max", AdaMaxEntries),
        ("keeps the sum of the weights", AdaMaxCorrectedGeometric),
    ],
}

WRONG = {
    "7.4": [
        ("remembers nothing", DampedForgets),
        ("all instances share their velocities", DampedShared),
        ("velocities in a default argument, shared by all instances", DampedSharedDefault),
        ("plain momentum, not damped", DampedUndamped),
        ("the two factors swapped", DampedFactorsSwapped),
        ("steps with the old velocity", DampedOldVelocity),
        ("one velocity for all keys", DampedOneVelocity),
        ("returns a new dict and leaves params alone", DampedReturns),
        ("changes the gradients", DampedSpoilsGradients),
        ("walks uphill", DampedUphill),
        ("corrects the start, as Adam does", DampedCorrected),
        ("the velocity begins with the first gradient", DampedFirstGradient),
        ("keeps the caller's arrays, which the caller may use again", DampedAliased),
        ("files velocities under the identity of arrays that it replaces", DampedByIdentity),
        ("looks ahead, as Nesterov does", DampedNesterov),
        ("leaves the loop after the first key", DampedFirstKey),
        ("forgets the velocity where the sign turns", DampedTurnsBack),
        ("averages over the entries of an array", DampedMean),
        ("remembers only one gradient back", DampedTwoGradients),
        ("velocity in the dtype of the gradient, cut for integers", DampedWholeVelocity),
    ],
    "7.5": [
        ("not centered", CenteredNot),
        ("subtracts the mean without squaring it", CenteredMeanNotSquared),
        ("epsilon inside the root", CenteredEpsilonInside),
        ("all instances share their averages", CenteredShared),
        ("the mean on top instead of the gradient", CenteredMeanOnTop),
        ("corrects the start, as Adam does", CenteredCorrected),
        ("decay and 1 - decay swapped", CenteredFactorsSwapped),
        ("plus instead of minus under the root", CenteredPlus),
        ("divides by the averages before the update", CenteredOldAverages),
        ("both averages in one dict, so they mix", CenteredOneDict),
        ("squares the caller's gradients", CenteredSquaresGradient),
        ("one pair of averages for all keys", CenteredOneState),
        ("ignores epsilon", CenteredNoEpsilon),
        ("epsilon as a smallest value, not added", CenteredAtLeastEpsilon),
        ("root of h minus the mean", CenteredRootMinusMean),
        ("the averages begin with the first gradient", CenteredFirstGradient),
        ("forgets the root", CenteredNoRoot),
        ("averages over the entries of an array", CenteredMeanOfEntries),
        ("centers with the gradient of the moment", CenteredCurrentGradient),
        ("walks uphill", CenteredUphill),
        ("returns a new dict and leaves params alone", CenteredReturns),
        # Was among the right ones. After 56 updates rounding takes what is under the root
        # below 0, and nan (here a complex number) comes out: the text now says so.
        ("no guard against rounding below 0", CenteredLiteral),
    ],
    "7.6": [
        ("no correction", AdaMaxUncorrected),
        ("counts a step for each key", AdaMaxCountsKeys),
        ("the count lags by one", AdaMaxCountsLate),
        ("corrects with beta2", AdaMaxOtherBeta),
        ("the largest gradient never fades", AdaMaxNoDecay),
        ("forgets the absolute value", AdaMaxSigned),
        ("all instances share m and u", AdaMaxShared),
        ("all instances share the count", AdaMaxSharedCount),
        ("multiplies by the correction", AdaMaxMultiplies),
        ("adds an epsilon, which shows for tiny gradients", AdaMaxEpsilon),
        ("stores the corrected m and corrects it again", AdaMaxCorrectsTwice),
        ("plain Adam", AdaMaxAdam),
        ("one largest gradient for a whole array", AdaMaxLargestEntry),
        ("u begins at 1", AdaMaxStartsAtOne),
        ("fades the new gradient too", AdaMaxDecaysBoth),
        ("corrects u as well", AdaMaxAlsoU),
        ("writes the corrected rate back", AdaMaxRateShrinks),
        ("the gradient on top instead of m", AdaMaxGradientOnTop),
        ("m without its factor 1 - beta1", AdaMaxMomentum),
        ("returns a new dict and leaves params alone", AdaMaxReturns),
        ("the average size instead of the largest", AdaMaxAverage),
    ],
}


def _walk(kind, settings, params, gradients):
    """Return copies of params after each update, and whether the gradients were left alone."""
    optimizer, params, path = kind(*settings), copy.deepcopy(params), []
    for grads in gradients:
        given = copy.deepcopy(grads)
        optimizer.update(params, given)
        path.append({key: np.array(value, dtype=float) for key, value in params.items()})
        path.append({key: np.all(given[key] == grads[key]) for key in grads})
    return path


def _shares(kind, settings):
    walks = [_walk(kind, settings, _PARAMS, _GRADS) for _ in range(2)]
    return not all(np.allclose(a[k], b[k]) for a, b in zip(*walks, strict=True) for k in a)


def _keeps_arrays(kind, right, settings):
    paths = []
    for each in (kind, right):
        optimizer, params, buffer = each(*settings), {"w": np.zeros(2)}, np.zeros(2)
        for gradient in ([1.0, -2.0], [3.0, 1.0]):
            buffer[:] = gradient
            optimizer.update(params, {"w": buffer})
        paths.append(params["w"])
    return not np.allclose(*paths)


_PARAMS = {"w": np.array([1.0, -2.0]), "b": 0.5}
_GRADS = [
    {"w": np.array([0.5, 2.0]), "b": -1.0},
    {"w": np.array([-1.0, 1.5]), "b": -0.25},
    {"w": np.array([0.25, -3.0]), "b": 2.0},
    {"w": np.array([0.1, 0.2]), "b": 0.3},
]
_TINY = [{"w": 1e-9 * grads["w"], "b": 1e-9 * grads["b"]} for grads in _GRADS]
_DAMPED = ((0.1, 0.9), _PARAMS, _GRADS)
_CENTERED = ((0.1, 0.8, 0.01), _PARAMS, _GRADS)
_ADAMAX = ((0.1, 0.9, 0.6), _PARAMS, _GRADS)

WITNESS = {
    "7.4": [
        _DAMPED,
        lambda: _shares(DampedShared, (0.1, 0.9)),
        lambda: _shares(DampedSharedDefault, (0.1, 0.9)),
        *[_DAMPED] * 9,
        lambda: _keeps_arrays(DampedAliased, DampedGet, (0.1, 0.9)),
        *[_DAMPED] * 6,
        ((0.1, 0.9), {"w": np.ones(2)}, [{"w": np.array([1, -2])}, {"w": np.array([3, 1])}]),
    ],
    "7.5": [
        *[_CENTERED] * 3,
        lambda: _shares(CenteredShared, (0.1, 0.8, 0.01)),
        *[_CENTERED] * 17,
        ((0.1, 0.5, 0.1), {"w": 1.0}, [{"w": 0.41}] * 3 + [{"w": 1.04}] * 55),
    ],
    "7.6": [
        *[_ADAMAX] * 6,
        lambda: _shares(AdaMaxShared, (0.1, 0.9, 0.6)),
        lambda: _shares(AdaMaxSharedCount, (0.1, 0.9, 0.6)),
        _ADAMAX,
        ((0.1, 0.9, 0.6), _PARAMS, _TINY),
        *[_ADAMAX] * 3,
        ((0.1, 0.9, 0.6), _PARAMS, _TINY),
        *[_ADAMAX] * 7,
    ],
}

# How a witness that is a tuple is tried, where that is more than a call.
DRIVE = {"7.4": _walk, "7.5": _walk, "7.6": _walk}

DRIVE = dict.fromkeys(WITNESS, _walk)
