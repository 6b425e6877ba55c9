"""Wrong answers to the exercises of chapter 4, each with a phrase of what is said of it."""

import sys

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


def _once_in_twice_out(parents):
    """Counts a repeated parent once, and takes it off twice."""
    waits = {name: len(set(needed)) for name, needed in parents.items()}
    children = {name: [] for name in parents}
    for name, needed in parents.items():
        for parent in needed:
            children[parent].append(name)
    order = [name for name in parents if waits[name] == 0]
    for name in order:
        for child in children[name]:
            waits[child] -= 1
            if waits[child] == 0:
                order.append(child)
    return order


def _by_depth_with_a_high_limit(parents):
    order, done = [], set()
    limit = sys.getrecursionlimit()

    def visit(name):
        if name not in done:
            done.add(name)
            for parent in parents[name]:
                visit(parent)
            order.append(name)

    sys.setrecursionlimit(100_000)
    try:
        for name in reversed(parents):
            visit(name)
    finally:
        sys.setrecursionlimit(limit)
    return order


def _again_and_again(parents):
    order, done = [], set()
    while len(order) < len(parents):
        for name in parents:
            if name not in done and all(parent in done for parent in parents[name]):
                order.append(name)
                done.add(name)
    return order


def _each_path(records, target):
    made = dict(records)
    grads = {}

    def follow(name, slope):
        grads[name] = grads.get(name, 0.0) + slope
        for parent, local in made.get(name, []):
            follow(parent, slope * local)

    follow(target, 1.0)
    return grads


def _as_a_dict(records, target):
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if result in grads:
            for name, slope in dict(inputs).items():
                grads[name] = grads.get(name, 0.0) + grads[result] * slope
    return grads


def _without_what_arrived(records, target):
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if result in grads:
            for name, slope in inputs:
                grads[name] = grads.get(name, 0.0) + slope
    return grads


def _reverses_the_tape(records, target):
    records.reverse()
    grads = {target: 1.0}
    for result, inputs in records:
        for name, slope in inputs if result in grads else []:
            grads[name] = grads.get(name, 0.0) + grads[result] * slope
    return grads


def _skips_nothing(records, target):
    grads = {name: 0.0 for result, inputs in records for name in [result, *dict(inputs)]}
    grads[target] = 1.0
    for result, inputs in reversed(records):
        for name, slope in inputs:
            grads[name] += grads[result] * slope
    return grads


WRONG = {
    "4.3": [
        (list, "stands before its parent"),
        (lambda parents: list(parents)[::-1], "stands before its parent"),
        (_depth_first, "RecursionError"),
        (_without_repeated_parents, "is missing"),
        (_empties_the_dict, "changes its input in place: `parents`"),
        (set, "Return a list"),
        (lambda parents: list(parents) * 2, "more than once"),
        (_once_in_twice_out, "'c' stands before its parent 'a'"),
        (_by_depth_with_a_high_limit, "asks for no recursion, and `visit` calls itself"),
        (_again_and_again, "too slow where the graph is a chain of 20,000 nodes"),
        (lambda parents: None, "yours returned None"),
        (lambda parents: [*parents, "q"], "it is no key of the dict"),
    ],
    "4.4": [
        (_overwriting, "shares are added"),
        (_from_the_front, "read from the beginning"),
        (_seeded_with_zero, "Begin with 1"),
        (lambda records, target: {target: 1.0}, "the keys should be"),
        (_each_path, "2^50 paths lead back: it had not returned"),
        (_as_a_dict, "counts once, as in a dict"),
        (_without_what_arrived, "is forgotten: each share is only the local slope"),
        (_reverses_the_tape, "changes its input in place: `records`"),
        (_skips_nothing, "target does not depend on"),
    ],
    "4.5": [
        (lambda g, out, x: g, "passes on what arrived"),
        (lambda g, out, x: sigmoid(x), "multiplies it by g"),
        (lambda g, out, x: g * out, "not by its slope"),
        (lambda g, out, x: -g * sigmoid(x), "sign"),
        (_exponential_by_hand, "not finite"),
        (lambda g, out, x: g / (1 + np.exp(np.minimum(x, 700))), "1/(1 + eˣ), which falls"),
        (lambda g, out, x: [-v for v in g * sigmoid(x)], "wrong sign"),
        (lambda g, out, x: g * sigmoid(x).round(2), "close but not exact"),
    ],
    "4.6": [
        (
            lambda a, b: (a[0] / b[0], a[1] / b[1] if b[1] else 0.0),
            "not the quotient of the slopes",
        ),
        (lambda a, b: (a[0] / b[0], a[1] / b[0]), "treated as a constant"),
        (lambda a, b: (a[0] / b[0], (a[1] * b[0] + a[0] * b[1]) / b[0] ** 2), "subtracted"),
        (lambda a, b: (a[0] / b[0], (a[0] * b[1] - a[1] * b[0]) / b[0] ** 2), "in the wrong order"),
        (lambda a, b: a[0] / b[0], "2 values were expected"),
        (lambda a, b: [a[0] / b[0], -(a[1] - a[0] / b[0] * b[1]) / b[0]], "wrong order"),
        (lambda a, b: ((a[1] - a[0] / b[0] * b[1]) / b[0], a[0] / b[0]), "exchanged"),
    ],
}
