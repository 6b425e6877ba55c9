"""Wrong answers to the exercises of chapter 7, each with a phrase of what is said of it."""

import numpy as np


class DampedMomentum:
    def __init__(self, learning_rate, momentum):
        self.rate, self.momentum = learning_rate, momentum
        self.velocity = {}

    def update(self, params, grads):
        for key, g in grads.items():
            v = self.momentum * self.velocity.get(key, 0.0) + (1 - self.momentum) * g
            self.velocity[key] = v
            params[key] = params[key] - self.rate * v


class Forgetful(DampedMomentum):
    def update(self, params, grads):
        self.velocity = {}
        super().update(params, grads)


class Shared(DampedMomentum):
    v = 0.0

    def update(self, params, grads):
        for key, g in grads.items():
            self.v = self.momentum * self.v + (1 - self.momentum) * g
            params[key] = params[key] - self.rate * self.v


class Undamped(DampedMomentum):
    def update(self, params, grads):
        for key, g in grads.items():
            self.velocity[key] = self.momentum * self.velocity.get(key, 0.0) + g
            params[key] = params[key] - self.rate * self.velocity[key]


class Uphill(DampedMomentum):
    def update(self, params, grads):
        super().update(params, {key: -g for key, g in grads.items()})


class OnACopy(DampedMomentum):
    def update(self, params, grads):
        super().update(dict(params), grads)


class ClassLevel(DampedMomentum):
    velocities = {}  # noqa: RUF012

    def __init__(self, learning_rate, momentum):
        super().__init__(learning_rate, momentum)
        self.velocity = self.velocities


class SpoilsGradients(DampedMomentum):
    def update(self, params, grads):
        for key in grads:
            grads[key] *= 1 - self.momentum
            self.velocity[key] = self.momentum * self.velocity.get(key, 0.0) + grads[key]
            params[key] = params[key] - self.rate * self.velocity[key]


class BeginsWithTheGradient(DampedMomentum):
    def update(self, params, grads):
        for key, g in grads.items():
            self.velocity.setdefault(key, g)
        super().update(params, grads)


class Centered:
    def __init__(self, learning_rate, decay, epsilon):
        self.rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.means, self.squares = {}, {}

    def divisor(self, a, h):
        return np.sqrt(h - a * a) + self.epsilon

    def update(self, params, grads):
        keep = self.decay
        for key, g in grads.items():
            a = self.means[key] = keep * self.means.get(key, 0.0) + (1 - keep) * g
            h = self.squares[key] = keep * self.squares.get(key, 0.0) + (1 - keep) * g * g
            params[key] = params[key] - self.rate * g / self.divisor(a, h)


class Unguarded(Centered):
    pass


class AroundTheMean(Centered):
    def update(self, params, grads):
        keep = self.decay
        for key, g in grads.items():
            a = self.means[key] = keep * self.means.get(key, 0.0) + (1 - keep) * g
            h = keep * self.squares.get(key, 0.0) + (1 - keep) * (g - a) ** 2
            self.squares[key] = h
            params[key] = params[key] - self.rate * g / (np.sqrt(h) + self.epsilon)


class WithoutRoot(Centered):
    def divisor(self, a, h):
        return h - a * a + self.epsilon


class WithEpsilonInside(Centered):
    def divisor(self, a, h):
        return np.sqrt(h - a * a + self.epsilon)


class WithoutMean(Centered):
    def divisor(self, a, h):
        return np.sqrt(h) + self.epsilon


class FreshAverages(Centered):
    def update(self, params, grads):
        self.means, self.squares = {}, {}
        super().update(params, grads)


class Climbing(Centered):
    def divisor(self, a, h):
        return -super().divisor(a, h)


class AdaMax:
    def __init__(self, learning_rate, beta1, beta2):
        self.rate, self.beta1, self.beta2 = learning_rate, beta1, beta2
        self.m, self.u, self.t = {}, {}, 0

    def correction(self):
        return 1 - self.beta1**self.t

    def size(self, g):
        return np.abs(g)

    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            m = self.m[key] = self.beta1 * self.m.get(key, 0.0) + (1 - self.beta1) * g
            u = self.u[key] = np.maximum(self.beta2 * self.u.get(key, 0.0), self.size(g))
            params[key] = params[key] - self.rate / self.correction() * m / u


class Uncorrected(AdaMax):
    def correction(self):
        return 1.0


class AlwaysTheFirst(AdaMax):
    def correction(self):
        return 1 - self.beta1


class CountsKeys(AdaMax):
    def update(self, params, grads):
        for key in grads:
            one = {key: params[key]}
            super().update(one, {key: grads[key]})
            params.update(one)


class StartsAtTwo(AdaMax):
    def correction(self):
        return 1 - self.beta1 ** (self.t + 1)


class NeverFades(AdaMax):
    def __init__(self, learning_rate, beta1, beta2):
        super().__init__(learning_rate, beta1, 1.0)


class Backwards(AdaMax):
    def correction(self):
        return -super().correction()


WRONG = {
    "7.4": [
        (Forgetful, "Nothing is remembered"),
        (Shared, "share one velocity"),
        (Undamped, "added whole"),
        (Uphill, "sign"),
        (ClassLevel, "in the class itself"),
        (SpoilsGradients, "changes its input in place"),
        (BeginsWithTheGradient, "begins with the first gradient"),
        (OnACopy, "No parameter was changed"),
    ],
    "7.5": [
        (WithoutRoot, "The root is missing"),
        (WithEpsilonInside, "under the root"),
        (WithoutMean, "the mean is not subtracted"),
        (FreshAverages, "begin at zero again"),
        (Climbing, "sign"),
        (Unguarded, "negative by rounding"),
        (AroundTheMean, "a mean that itself moves"),
    ],
    "7.6": [
        (Uncorrected, "bias correction is missing"),
        (AlwaysTheFirst, "It fades"),
        (CountsKeys, "once for each key"),
        (StartsAtTwo, "one too high"),
        (Backwards, "sign"),
        (NeverFades, "never fades"),
    ],
}
