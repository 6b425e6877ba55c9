"""Right answers to the exercises of chapter 2, in styles of their own."""

import math

import numpy as np


def _moves_along_units(f, W):
    flat = []
    for k in range(W.size):
        unit = np.zeros(W.size)
        unit[k] = 1e-6 * max(1.0, abs(W.ravel()[k]))
        unit = unit.reshape(W.shape)
        flat.append((f(W + unit) - f(W - unit)) / (2 * unit.max()))
    return np.reshape(flat, W.shape).tolist()


def _puts_the_old_number_back(f, W):
    moved = W if W.dtype == float else W * 1.0
    slopes = np.empty(W.shape)
    for index, old in np.ndenumerate(W):
        moved[index] = old + 1e-4
        ahead = f(moved)
        moved[index] = old - 1e-4
        slopes[index] = (ahead - f(moved)) / 2e-4
        moved[index] = old
    return slopes


def _five_points(f, W):
    h = 1e-3
    slopes = np.zeros(W.shape)
    for index in np.ndindex(*W.shape):
        step = np.zeros(W.shape)
        step[index] = h
        near, far = f(W + step) - f(W - step), f(W + 2 * step) - f(W - 2 * step)
        slopes[index] = (8 * near - far) / (12 * h)
    return slopes


def _plain_python(slopes, toward):
    pairs = list(zip(np.ravel(slopes).tolist(), np.ravel(toward).tolist(), strict=True))
    return sum(s * t for s, t in pairs) / math.sqrt(sum(t * t for _, t in pairs))


def _falls_in_a_list(f, slopes, W, step):
    change = -step * slopes
    return [-float(np.vdot(slopes, change)), -(f(W + change) - f(W))]


RIGHT = {
    "2.3": [_moves_along_units, _puts_the_old_number_back, _five_points],
    "2.4": [
        _plain_python,
        lambda slopes, toward: np.vdot(slopes, toward / np.linalg.norm(toward)),
        lambda slopes, toward: np.array(np.sum(slopes * toward) / np.linalg.norm(toward)),
    ],
    "2.5": [
        _falls_in_a_list,
        lambda f, slopes, W, step: np.array(
            [step * np.linalg.norm(slopes) ** 2, f(W) - f(W - step * slopes)]
        ),
    ],
}
