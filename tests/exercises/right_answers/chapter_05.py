"""Right answers to the exercises of chapter 5, in styles of their own."""

import math

import numpy as np


def _with_a_for_loop(gradient, start, rate, tolerance, max_steps):
    theta = np.array(start, dtype=float)
    for steps in range(max_steps):
        slopes = gradient(theta)
        if math.hypot(*np.ravel(slopes)) <= tolerance:
            return theta, steps
        theta -= rate * slopes
    return theta, max_steps


def _by_recursion(gradient, start, rate, tolerance, max_steps, steps=0):
    slopes = gradient(start)
    if np.sqrt(np.sum(slopes**2)) <= tolerance or steps >= max_steps:
        return [list(start), float(steps)]
    return _by_recursion(gradient, start - rate * slopes, rate, tolerance, max_steps, steps + 1)


def _by_power_iteration(A):
    v = np.random.default_rng(0).normal(size=A.shape[1])
    for _ in range(2000):
        v = A.T @ (A @ v)
        v /= np.linalg.norm(v)
    return len(A) / np.linalg.norm(A @ v) ** 2


RIGHT = {
    "5.3": [_with_a_for_loop, _by_recursion],
    "5.4": [
        _by_power_iteration,
        lambda A: len(A) / np.linalg.norm(A, 2) ** 2,
        lambda A: 2 / max(np.linalg.eigvals(2 * A.T @ A / A.shape[0]).real),
    ],
    "5.5": [
        lambda H, rate: max(abs(1 - rate * v) for v in np.linalg.eigvals(H)),
        lambda H, rate: np.linalg.norm(np.eye(len(H)) - rate * H, 2),
    ],
}
