"""Mutants of the right answers of chapter 7 that are right, too, each with the reason."""

_EITHER_WAY = "the larger of two is the same in either order"
_SQUARED = "the mean is only squared, so that its sign does not matter"

EQUIVALENT = {
    "7.5": {
        "a = self.decay * self.means.get(key, 0.0) + (1 - self.decay) * g -> "
        "a = self.decay * self.means.get(key, 0.0) - (1 - self.decay) * g": _SQUARED,
        "a = self.decay * self.means.get(key, 0.0) + (1 - self.decay) * g -> "
        "a = self.decay * self.means.get(key, 0.0) + (self.decay - 1) * g": _SQUARED,
        "spread = np.sqrt(np.maximum(h - a * a, 0.0)) -> "
        "spread = np.sqrt(np.maximum(0.0, h - a * a))": _EITHER_WAY,
    },
    "7.6": {
        "u = np.maximum(self.beta2 * self.u.get(key, 0.0), np.abs(g)) -> "
        "u = np.maximum(np.abs(g), self.beta2 * self.u.get(key, 0.0))": _EITHER_WAY,
        "u = np.maximum(self.beta2 * self.u.get(key, 0.0), np.abs(g)) -> "
        "u = np.maximum(self.beta2 * self.u.get(key, -1.0), np.abs(g))": (
            "a start below 0 is never the larger one, as 0 is not"
        ),
    },
}
