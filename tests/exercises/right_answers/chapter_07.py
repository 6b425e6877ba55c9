"""Right answers to the exercises of chapter 7, in styles of their own."""

from collections import defaultdict

import numpy as np


class _Damped:
    def __init__(self, rate, alpha):
        self.rate, self.alpha, self.velocities = rate, alpha, defaultdict(float)

    def update(self, params, grads):
        for key in sorted(grads):
            self.velocities[key] += (1 - self.alpha) * (grads[key] - self.velocities[key])
            params[key] = params[key] - self.rate * self.velocities[key]


class _InPlace:
    """Changes arrays of parameters where they are."""

    def __init__(self, learning_rate, decay, epsilon):
        self.settings, self.kept = (learning_rate, decay, epsilon), {}

    def update(self, params, grads):
        rate, decay, epsilon = self.settings
        for key, g in grads.items():
            kept = self.kept.setdefault(key, np.zeros((2, *np.shape(g))))
            kept *= decay
            kept += (1 - decay) * np.array([g, np.square(g)])
            params[key] -= rate * g / (np.maximum(kept[1] - kept[0] ** 2, 0) ** 0.5 + epsilon)


class _Largest:
    def __init__(self, learning_rate, beta1, beta2):
        self.settings, self.seen = (learning_rate, beta1, beta2), []

    def update(self, params, grads):
        rate, beta1, beta2 = self.settings
        self.seen.append({key: np.array(g, dtype=float) for key, g in grads.items()})
        for key in grads:
            m = u = 0.0
            for past in self.seen:
                m = beta1 * m + (1 - beta1) * past[key]
                u = np.maximum(beta2 * u, abs(past[key]))
            params[key] = params[key] - rate / (1 - beta1 ** len(self.seen)) * m / u


RIGHT = {"7.4": [_Damped], "7.5": [_InPlace], "7.6": [_Largest]}
