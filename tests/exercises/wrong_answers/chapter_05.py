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


def forgets_the_limit(gradient, start, rate, tolerance, max_steps):
    steps = 0
    while np.linalg.norm(gradient(start)) > tolerance:
        start, steps = start - rate * gradient(start), steps + 1
    return start, steps


def uphill(gradient, start, rate, tolerance, max_steps):
    steps = 0
    while np.linalg.norm(gradient(start)) > tolerance and steps < max_steps:
        start, steps = start + rate * gradient(start), steps + 1
    return start, steps


def compares_the_gradient(gradient, start, rate, tolerance, max_steps):
    steps = 0
    while gradient(start) > tolerance and steps < max_steps:
        start, steps = start - rate * gradient(start), steps + 1
    return start, steps


def steps_first(gradient, start, rate, tolerance, max_steps):
    steps = 0
    while True:
        start, steps = start - rate * gradient(start), steps + 1
        if np.linalg.norm(gradient(start)) <= tolerance or steps >= max_steps:
            return start, steps


def never_ends(gradient, start, rate, tolerance, max_steps):
    steps = 0
    while np.linalg.norm(gradient(start)) > tolerance and steps < max_steps:
        steps += 0
    return start, steps


WRONG = {
    "5.3": [
        (lambda g, s, rate, tol, most: (until(g, s, rate, 0, most)[0], most), "all the steps"),
        (looks_after_the_step, "one step too many"),
        (largest_slope, "the largest slope"),
        (changes_the_start, "in place"),
        (
            lambda g, s, rate, tol, most: until(g, s, rate, tol, most)[0],
            "value 1 alone where 2 values were expected",
        ),
        (forgets_the_limit, "The limit max_steps is forgotten"),
        (uphill, "go uphill"),
        (compares_the_gradient, "A condition meets a whole array"),
        (lambda g, s, rate, tol, most: until(g, s, rate, np.nextafter(tol, 0), most), "exactly as"),
        (steps_first, "made without a look at the gradient"),
        (lambda g, s, rate, tol, most: until(g, s, rate, tol, most)[::-1], "in the other order"),
        (lambda g, s, rate, tol, most: until(g, s, rate, tol, most)[1], "value 2 alone where 2"),
        (never_ends, "Does every loop come to an end"),
    ],
    "5.4": [
        (lambda A: 2 / np.linalg.eigvalsh(A.T @ A)[-1], "the mean of the squares"),
        (lambda A: 1 / curvatures(A)[-1], "twice as high"),
        (lambda A: 2 / curvatures(A)[0], "shallowest direction"),
        (lambda A: 2 / curvatures(A), "an array, here of shape"),
        (lambda A: 2 / np.linalg.eigvalsh(A.T @ A / len(A))[-1], "factor 2"),
        (lambda A: 2 / np.linalg.eigvalsh(2 / A.shape[1] * A.T @ A)[-1], "over the columns"),
        (lambda A: curvatures(A)[-1], "the largest curvature itself"),
        (lambda A: np.array([2 / curvatures(A)[-1]]), "an array of shape (1,) where a number"),
        (lambda A: -2 / curvatures(A)[-1], "wrong sign"),
        (lambda A: 2 / np.linalg.eigvals(2 / len(A) * A.T @ A)[0], "come in no order"),
    ],
    "5.5": [
        (lambda H, rate: 1 - rate * np.linalg.eigvalsh(H)[0], "shallowest direction"),
        (lambda H, rate: max(1 - rate * np.linalg.eigvalsh(H)), "only if signs count"),
        (lambda H, rate: np.abs(1 - rate * np.diag(H)).max(), "diagonal of H"),
        (lambda H, rate: abs(1 - rate * np.linalg.eigvalsh(H)[-1]), "steepest direction"),
        (lambda H, rate: np.abs(1 - rate * np.linalg.eigvalsh(H)), "These are all the factors"),
        (lambda H, rate: -np.abs(1 - rate * np.linalg.eigvalsh(H)).max(), "wrong sign"),
        (lambda H, rate: rate * np.linalg.eigvalsh(H)[-1] - 1, "the factor of"),
    ],
}
