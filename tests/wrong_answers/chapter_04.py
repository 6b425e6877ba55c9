"""Wrong answers to the exercises of chapter 4, each with a phrase of what is said of it."""

import numpy as np

from dlcourse.autodiff import sigmoid


def _depth_first(parents):
    order = []

    def visit(name):
        if name not in order:
            for parent in parents[name]:
                visit(parent)
            order.append(name)

    for name in parents:
        visit(name)
    return order


def _without_repeated_parents(parents):
    waits = {name: len(needed) for name, needed in parents.items()}
    order = [name for name, count in waits.items() if count == 0]
    for name in order:
        for child, needed in parents.items():
            if name in needed:  # once, though it may be mentioned twice
                waits[child] -= 1
                if waits[child] == 0:
                    order.append(child)
    return order


def _empties_the_dict(parents):
    order = []
    while parents:
        for name in list(parents):
            if all(parent in order for parent in parents[name]):
                order.append(name)
                del parents[name]
    return order


def _overwriting(records, target):
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        for name, slope in inputs if result in grads else []:
            grads[name] = grads[result] * slope
    return grads


def _from_the_front(records, target):
    grads = {target: 1.0}
    for result, inputs in records:
        for name, slope in inputs:
            grads[name] = grads.get(name, 0.0) + grads.get(result, 0.0) * slope
    return {name: g for name, g in grads.items() if g}


def _seeded_with_zero(records, target):
    grads = {target: 0.0}
    for result, inputs in reversed(records):
        for name, slope in inputs if result in grads else []:
            grads[name] = grads.get(name, 0.0) + grads[result] * slope
    return grads


def _exponential_by_hand(g, out, x):
    with np.errstate(all="ignore"):
        return g * np.exp(x) / (1 + np.exp(x))


WRONG = {
    "4.3": [
        (list, "stands before its parent"),
        (lambda parents: list(parents)[::-1], "stands before its parent"),
        (_depth_first, "RecursionError"),
        (_without_repeated_parents, "is missing"),
        (_empties_the_dict, "changes the dict"),
        (set, "Return a list"),
        (lambda parents: list(parents) * 2, "more than once"),
    ],
    "4.4": [
        (_overwriting, "shares are added"),
        (_from_the_front, "read from the beginning"),
        (_seeded_with_zero, "Begin with 1"),
        (lambda records, target: {target: 1.0}, "the keys should be"),
    ],
    "4.5": [
        (lambda g, out, x: g, "passes on what arrived"),
        (lambda g, out, x: sigmoid(x), "multiplies it by g"),
        (lambda g, out, x: g * out, "not by its slope"),
        (lambda g, out, x: -g * sigmoid(x), "sign"),
        (_exponential_by_hand, "not finite"),
    ],
    "4.6": [
        (
            lambda a, b: (a[0] / b[0], a[1] / b[1] if b[1] else 0.0),
            "not the quotient of the slopes",
        ),
        (lambda a, b: (a[0] / b[0], a[1] / b[0]), "treated as a constant"),
        (lambda a, b: (a[0] / b[0], (a[1] * b[0] + a[0] * b[1]) / b[0] ** 2), "subtracted"),
        (lambda a, b: (a[0] / b[0], (a[0] * b[1] - a[1] * b[0]) / b[0] ** 2), "sign"),
        (lambda a, b: a[0] / b[0], "2 values were expected"),
    ],
}
