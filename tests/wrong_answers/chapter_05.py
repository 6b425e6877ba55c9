"""Wrong answers to the exercises of chapter 5, each with a phrase of what is said of it."""

import numpy as np


def until(gradient, start, rate, tolerance, max_steps):
    theta, steps = start, 0
    while np.linalg.norm(gradient(theta)) > tolerance and steps < max_steps:
        theta, steps = theta - rate * gradient(theta), steps + 1
    return theta, steps


def changes_the_start(gradient, start, rate, tolerance, max_steps):
    steps = 0
    while np.linalg.norm(gradient(start)) > tolerance and steps < max_steps:
        start -= rate * gradient(start)
        steps += 1
    return start, steps


def looks_after_the_step(gradient, start, rate, tolerance, max_steps):
    theta, steps = start, 0
    while steps < max_steps:
        slopes = gradient(theta)
        theta, steps = theta - rate * slopes, steps + 1
        if np.linalg.norm(slopes) <= tolerance:
            break
    return theta, steps


def largest_slope(gradient, start, rate, tolerance, max_steps):
    theta, steps = start, 0
    while max(abs(gradient(theta))) > tolerance and steps < max_steps:
        theta, steps = theta - rate * gradient(theta), steps + 1
    return theta, steps


def curvatures(A):
    return np.linalg.eigvalsh(2 / len(A) * A.T @ A)


WRONG = {
    "5.3": [
        (lambda g, s, rate, tol, most: (until(g, s, rate, 0, most)[0], most), "all the steps"),
        (looks_after_the_step, "one step too many"),
        (largest_slope, "the largest slope"),
        (changes_the_start, "in place"),
        (lambda g, s, rate, tol, most: until(g, s, rate, tol, most)[0], "2 were expected"),
    ],
    "5.4": [
        (lambda A: 2 / np.linalg.eigvalsh(A.T @ A)[-1], "the mean of the squares"),
        (lambda A: 1 / curvatures(A)[-1], "twice as high"),
        (lambda A: 2 / curvatures(A)[0], "shallowest direction"),
        (lambda A: 2 / curvatures(A), "wrong shape"),
        (lambda A: 2 / np.linalg.eigvalsh(A.T @ A / len(A))[-1], "factor 2"),
    ],
    "5.5": [
        (lambda H, rate: 1 - rate * np.linalg.eigvalsh(H)[0], "shallowest direction"),
        (lambda H, rate: max(1 - rate * np.linalg.eigvalsh(H)), "only if signs count"),
        (lambda H, rate: np.abs(1 - rate * np.diag(H)).max(), "diagonal of H"),
        (lambda H, rate: abs(1 - rate * np.linalg.eigvalsh(H)[-1]), "steepest direction"),
    ],
}
