"""The self-checks of chapter 4: computation graphs."""

from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from typing import Any

import numpy as np

from dlcourse.autodiff import sigmoid
from dlcourse.exercises import Exercise

Inputs = Iterator[tuple[Any, ...]]


# 4.3: an order without recursion -------------------------------------------------------


def _order_of_names(parents: dict[str, list[str]]) -> list[str]:
    return list(TopologicalSorter(parents).static_order())


def _graphs(rng: np.random.Generator) -> Inputs:
    yield ({"c": ["b", "b"], "b": ["a", "a"], "a": []},)
    yield ({"loss": ["x2"], "x2": ["x1", "b"], "x1": ["x", "w"], "b": [], "w": [], "x": []},)
    yield ({"d": ["b", "c"], "c": ["b"], "b": ["a"], "a": []},)
    for n in (6, 25):
        names = [f"v{k}" for k in range(n)]
        parents = {
            name: [names[int(i)] for i in rng.integers(0, k, rng.integers(0, 4))] if k else []
            for k, name in enumerate(names)
        }
        yield ({name: parents[name] for name in rng.permutation(names).tolist()},)
    # In the worst order for whoever looks for what is ready again and again.
    yield ({f"v{k}": [f"v{k - 1}"] if k else [] for k in reversed(range(20_000))},)


def _is_an_order(answer: Callable[..., Any], parents: dict[str, list[str]]) -> str | None:
    """Say what is wrong with an order, if anything."""
    before = {name: list(needed) for name, needed in parents.items()}
    found = answer(parents)
    small = len(before) < 10
    if parents != before:
        return "Your function changes the dict it is given; work on a copy of what you change."
    if not isinstance(found, list | tuple):
        return f"Return a list of names; yours returned {type(found).__name__}."
    written = set(found)
    missing = [name for name in before if name not in written]
    if missing:
        return f"Not every node is in the order: {missing[0]!r} is missing." + (
            " Are nodes lost that wait for the same parent twice?" if small else ""
        )
    if len(found) != len(before):
        return "A node stands in the order more than once, or one that the dict does not have."
    places = {name: k for k, name in enumerate(found)}
    for name, needed in before.items():
        for parent in needed:
            if places[parent] > places[name]:
                shown = f" Yours: {list(found)}." if small else ""
                return f"{name!r} stands before its parent {parent!r}.{shown}"
    return None


ORDER_OF_NAMES = Exercise(
    "4.3",
    reference=_order_of_names,
    inputs=_graphs,
    judge=_is_an_order,
    hints=(
        "Which nodes can stand first? And once they are written down, which can come next?",
        "Keep for each node the number of parents that are not written down yet. It counts a "
        "parent that is listed twice two times, so let each mention take off one.",
        "Begin a list with all nodes that wait for no parent. Go through it; for each node take "
        "one off the number of each of its children, and append a child that reaches zero.",
    ),
)


# 4.4: the backward pass over a tape ----------------------------------------------------


def _backward_pass(records: list[Any], target: str) -> dict[str, float]:
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if result in grads:
            for name, slope in inputs:
                grads[name] = grads.get(name, 0.0) + grads[result] * slope
    return grads


def _tapes(rng: np.random.Generator) -> Inputs:
    worked = [
        ("x1", [("w", 2.0)]),
        ("x2", [("x1", 1.0), ("b", 1.0)]),
        ("loss", [("x2", 1.0)]),
    ]
    yield worked, "loss"
    yield worked, "x2"
    yield [("b", [("a", 1.0), ("a", 1.0)]), ("c", [("b", 1.0), ("b", 1.0)])], "c"
    yield [("u", [("x", 1.0)]), ("v", [("x", 6.0)]), ("y", [("u", 9.0), ("v", 4.0)])], "y"
    for n in (5, 30):
        names = ["w0", "w1", "w2", *(f"v{k}" for k in range(n))]
        records = [
            (
                names[3 + k],
                [(names[int(i)], float(rng.normal())) for i in rng.integers(0, 3 + k, 2)],
            )
            for k in range(n)
        ]
        yield records, names[-1]


def _overwrites(records: list[Any], target: str) -> dict[str, float]:
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if result in grads:
            grads.update({name: grads[result] * slope for name, slope in inputs})
    return grads


def _reads_forwards(records: list[Any], target: str) -> dict[str, float]:
    return _backward_pass(records[::-1], target)


def _adds_along_a_path(records: list[Any], target: str) -> dict[str, float]:
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if result in grads:
            for name, slope in inputs:
                grads[name] = grads.get(name, 0.0) + grads[result] + slope
    return grads


def _begins_with_zero(records: list[Any], target: str) -> dict[str, float]:
    return dict.fromkeys(_backward_pass(records, target), 0.0)


def _forgets_the_target(records: list[Any], target: str) -> dict[str, float]:
    return {k: v for k, v in _backward_pass(records, target).items() if k != target}


BACKWARD_PASS = Exercise(
    "4.4",
    reference=_backward_pass,
    inputs=_tapes,
    hints=(
        "Where do you begin, with which gradient? And in which order do the records come?",
        "A record read from the end finds the gradient of its result complete. Each of its "
        "inputs gets a share: that gradient times the local slope.",
        "An input may have a share from another record already: add, with "
        "`grads.get(name, 0.0)`. A record whose result has no gradient is passed over.",
    ),
    mistakes={
        "A later share replaces an earlier one. Where several paths meet, their shares are "
        "added.": _overwrites,
        "The records are read from the beginning. Read them from the end, so that a gradient "
        "is complete before it is passed on.": _reads_forwards,
        "Slopes along a path are multiplied, not added; only the shares that meet at a node "
        "are added.": _adds_along_a_path,
        "Everything is 0: whatever is multiplied along the way, it began with a gradient of 0. "
        "Begin with 1, the slope of the target by itself.": _begins_with_zero,
        "The target itself is missing: its gradient with respect to itself is "
        "1.": _forgets_the_target,
    },
)


# 4.5: a rule of your own ---------------------------------------------------------------


def _softplus_vjp(g: Any, out: Any, x: Any) -> Any:
    return g * sigmoid(x)


def _arrays(rng: np.random.Generator) -> Inputs:
    for x in (
        np.array([0.0, 1.0, -2.0]),
        rng.normal(size=(4, 3)),
        np.array([-800.0, -30.0, 30.0, 800.0]),
        rng.normal(0, 5, size=20),
    ):
        yield rng.normal(size=x.shape), np.logaddexp(0.0, x), x


SOFTPLUS_VJP = Exercise(
    "4.5",
    reference=_softplus_vjp,
    inputs=_arrays,
    hints=(
        "You need the derivative of log(1 + eˣ) by the chain rule, and one more factor.",
        "The derivative is eˣ/(1 + eˣ). You know this function under another name; written "
        "like this it overflows for large x.",
        "`dlcourse.autodiff.sigmoid` computes it without overflow. The other factor is what "
        "arrived at the result.",
    ),
    mistakes={
        "This passes on what arrived, unchanged. Multiply it by the slope of "
        "softplus.": lambda g, out, x: g,
        "This is the slope alone. A vector-Jacobian product multiplies it by g, what arrived "
        "at the result.": lambda g, out, x: sigmoid(x),
        "The sigmoid is taken of the result; the slope is the sigmoid of the input "
        "x.": lambda g, out, x: g * sigmoid(out),
        "This multiplies by the value of softplus, not by its slope.": lambda g, out, x: g * out,
        "This is the slope of the sigmoid. Softplus is one derivative higher up: its slope is "
        "the sigmoid itself.": lambda g, out, x: g * sigmoid(x) * (1 - sigmoid(x)),
    },
)


# 4.6: forward mode for a quotient --------------------------------------------------------


def _divide_duals(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    quotient = a[0] / b[0]
    return quotient, (a[1] - quotient * b[1]) / b[0]


def _pairs(rng: np.random.Generator) -> Inputs:
    yield (6.0, 1.0), (2.0, 2.0)
    yield (6.0, 0.0), (2.0, 1.0)
    yield (1.0, 2.0), (4.0, -3.0)
    for _ in range(8):
        a, b, da, db = rng.normal(size=4).tolist()
        yield (a, da), (b + np.sign(b), db)


DIVIDE_DUALS = Exercise(
    "4.6",
    reference=_divide_duals,
    inputs=_pairs,
    hints=(
        "The first number of the pair is the quotient of the values. For the second, both "
        "slopes count.",
        "Call the quotient q. Then q·b = a, and the product rule holds for q·b.",
        "The product rule gives q'·b + q·b' = a'. Solve for q'.",
    ),
    mistakes={
        "The slope of a quotient is not the quotient of the slopes: use the quotient "
        "rule.": lambda a, b: (a[0] / b[0], a[1] / b[1]),
        "The denominator is treated as a constant here; its slope counts too.": lambda a, b: (
            a[0] / b[0],
            a[1] / b[0],
        ),
        "The two terms of the quotient rule are subtracted: a growing denominator makes the "
        "quotient smaller.": lambda a, b: (
            a[0] / b[0],
            (a[1] * b[0] + a[0] * b[1]) / b[0] ** 2,
        ),
        "Divide by the square of the denominator: (a'·b − a·b')/b².": lambda a, b: (
            a[0] / b[0],
            (a[1] * b[0] - a[0] * b[1]) / b[0],
        ),
    },
)
