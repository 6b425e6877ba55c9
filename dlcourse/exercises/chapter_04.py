"""The self-checks of chapter 4: computation graphs."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.autodiff import sigmoid
from dlcourse.exercises._exercise import Exercise, case
from dlcourse.exercises._kinds import DOTS
from dlcourse.exercises._source import no_recursion

Inputs = Iterator[tuple[Any, ...]]


# 4.3: an order without recursion -------------------------------------------------------


def _order_of_names(parents: dict[str, list[str]]) -> list[str]:
    waits = {name: len(needed) for name, needed in parents.items()}
    children: dict[str, list[str]] = {name: [] for name in parents}
    for name, needed in parents.items():
        for parent in needed:
            children[parent].append(name)
    ready = [name for name, number in waits.items() if number == 0]
    for name in ready:  # grows while it is read
        for child in children[name]:
            waits[child] -= 1
            if waits[child] == 0:
                ready.append(child)
    return ready


def _graphs(rng: np.random.Generator) -> Inputs:
    """Graphs without cycles, in any order of the keys; each parent is a key itself.

    A parent may be listed twice, there may be several results, and nodes that nobody needs.
    The empty graph has the empty order.
    """
    yield ({"d": ["b", "c"], "c": ["b"], "b": ["a"], "a": []},)
    yield ({"loss": ["x2"], "x2": ["x1", "b"], "x1": ["x", "w"], "b": [], "w": [], "x": []},)
    twice = "where a parent is listed twice"
    yield case(twice, {"c": ["b", "b"], "b": ["a", "a"], "a": []})
    yield case(twice, {"c": ["b", "b", "a"], "b": [], "a": ["z"], "z": []})
    yield case("where there is a single node", {"a": []})
    yield case("where the graph is empty", {})
    yield case("where a name is the empty text", {"b": [""], "": ["a"], "a": []})
    yield case("where nodes are not connected", {"b": ["a"], "a": [], "d": ["c"], "c": []})
    for n in (6, 25):
        names = [f"v{k}" for k in range(n)]
        parents = {
            name: [names[int(i)] for i in rng.integers(0, k, rng.integers(0, 4))] if k else []
            for k, name in enumerate(names)
        }
        yield ({name: parents[name] for name in rng.permutation(names).tolist()},)
    names = [f"v{k}" for k in rng.permutation(6000)]
    earlier = rng.integers(0, np.maximum(1, np.arange(6000)), (2, 6000)).T.tolist()
    rows = {names[k]: [names[i], names[j]] if k else [] for k, (i, j) in enumerate(earlier)}
    shuffled = rng.permutation(names).tolist()
    yield case("where the graph has 6,000 nodes", {name: rows[name] for name in shuffled})
    # In the worst order for whoever looks for what is ready again and again.
    yield case(
        "where the graph is a chain of 20,000 nodes",
        {f"v{k}": [f"v{k - 1}"] if k else [] for k in reversed(range(20_000))},
        too_slow="Does it go through all nodes, or a long list, again for each of them?",
    )


def _is_an_order(answer: Callable[..., Any], parents: dict[str, list[str]]) -> str | None:
    """Say what is wrong with an order, if anything."""
    needed = {name: list(names) for name, names in parents.items()}
    found = answer(parents)
    if found is ...:
        return DOTS
    if not isinstance(found, list | tuple):
        return f"Return a list of names; yours returned {_kind(found)}."
    if not all(isinstance(name, str) for name in found):
        return "Return a list of names; in yours there is something that is no name."
    shown = f" Yours: {list(found)}." if len(found) < 12 else ""
    times = Counter(found)
    extra = [name for name in times if name not in needed]
    if extra:
        return f"{extra[0]!r} is in the order, but it is no key of the dict.{shown}"
    repeated = [name for name, number in times.items() if number > 1]
    if repeated:
        return f"{repeated[0]!r} stands in the order more than once.{shown}"
    places = {name: k for k, name in enumerate(found)}
    for name in needed:
        for parent in needed[name]:
            if name in places and places.get(parent, -1) > places[name]:
                return f"{name!r} stands before its parent {parent!r}.{shown}"
    missing = [name for name in needed if name not in times]
    if missing:
        why = _why(needed, missing)
        return f"Not every node is in the order: {missing[0]!r} is missing.{why}{shown}"
    return None


def _kind(found: Any) -> str:
    return "None" if found is None else f"a {type(found).__name__}"


def _why(needed: dict[str, list[str]], missing: list[str]) -> str:
    if any(len(set(needed[name])) < len(needed[name]) for name in missing):
        return " Are nodes lost that wait for the same parent twice?"
    return ""


ORDER_OF_NAMES = Exercise(
    "4.3",
    reference=_order_of_names,
    inputs=_graphs,
    judge=_is_an_order,
    demands=(no_recursion,),
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
    """Tapes in the order of computation, each result once; slopes of any sign, or 0.

    An input may be listed twice in a record, be used by several, and be a result itself. The
    target is a result or an input, not always the last; other records may lead elsewhere. A
    value of which the gradient is 0 belongs to the answer: the target depends on it.
    """
    worked = [
        ("x1", [("w", 2.0)]),
        ("x2", [("x1", 1.0), ("b", 1.0)]),
        ("loss", [("x2", 1.0)]),
    ]
    yield worked, "loss"
    yield case("where the target is not the last result", worked, "x2")
    yield [("y", [("a", 2.0), ("b", 3.0), ("a", 4.0)])], "y"
    yield [("b", [("a", 1.0), ("a", 1.0)]), ("c", [("b", 1.0), ("b", 1.0)])], "c"
    yield [("u", [("x", 1.0)]), ("v", [("x", 6.0)]), ("y", [("u", 9.0), ("v", 4.0)])], "y"
    late = [("u", [("x", 5.0)]), ("y", [("x", 2.0)]), ("z", [("y", 3.0), ("u", 7.0)])]
    yield case("where the target is not the last result", late, "y")
    yield case("where the target is no result of a record", worked, "w")
    nothing = [("u", [("x", 0.0)]), ("v", [("u", 2.0)]), ("y", [("v", 3.0), ("x", 4.0)])]
    yield case("where a slope is 0", nothing, "y")
    none = [("u", [("x", 1.0)]), ("v", [("u", 2.0), ("u", -2.0)]), ("y", [("v", 1.0)])]
    yield case("where two shares cancel", none, "y")
    for n in (5, 30):
        names = ["w0", "w1", "w2", *(f"v{k}" for k in range(n))]
        records = [
            (
                names[3 + k],
                [(names[int(i)], int(rng.choice([-5, -3, 2, 4])) / 4) for i in inputs],
            )
            for k, inputs in enumerate(rng.integers(0, 3 + k, 2) for k in range(n))
        ]
        yield records, names[-1]
    # A value that is near the target by one path and far from it by another.
    near = [("a", [("w", 3.0)]), ("b", [("a", 2.0)]), ("c", [("b", 1.0)])]
    near.append(("y", [("a", 5.0), ("c", 4.0)]))
    yield case("where one path to a value is longer than another", near, "y")
    yield case(
        "where each of 50 records adds a value to itself, so that 2^50 paths lead back",
        [(f"v{k + 1}", [(f"v{k}", 1.0), (f"v{k}", 1.0)]) for k in range(50)],
        "v50",
        too_slow="Does it follow each path by itself? Go through each record once.",
    )
    long = [(f"v{k + 1}", [(f"v{k}", (1.0, -1.0)[k % 2])]) for k in range(1500)]
    yield case("where the tape has 1,500 records", long, "v1500")


def _pass(
    seed: float = 1.0,
    share: Callable[[float, float], float] = lambda g, slope: g * slope,
    add: Callable[[float, float], float] = lambda old, new: old + new,
    inputs_of: Callable[[Any], Any] = list,
) -> Callable[..., Any]:
    """Return the backward pass with one thing done in another way."""

    def backward_pass(records: list[Any], target: str) -> dict[str, float]:
        grads = {target: seed}
        for result, inputs in reversed(records):
            if result in grads:
                for name, slope in inputs_of(inputs):
                    grads[name] = add(grads.get(name, 0.0), share(grads[result], slope))
        return grads

    return backward_pass


def _first_share_only(records: list[Any], target: str) -> dict[str, float]:
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if result in grads:
            for name, slope in inputs:
                grads.setdefault(name, grads[result] * slope)
    return grads


def _reads_forwards(records: list[Any], target: str) -> dict[str, float]:
    return _backward_pass(records[::-1], target)


def _reads_all_forwards(records: list[Any], target: str) -> dict[str, float]:
    grads = {target: 1.0}
    for result, inputs in records:
        for name, slope in inputs:
            grads[name] = grads.get(name, 0.0) + grads.get(result, 0.0) * slope
    return {name: g for name, g in grads.items() if g}


def _everything(records: list[Any], target: str) -> dict[str, float]:
    found = {name: 0.0 for result, inputs in records for name in (result, *(n for n, _ in inputs))}
    return {**found, **_backward_pass(records, target)}


def _zeros_dropped(records: list[Any], target: str) -> dict[str, float]:
    return {name: g for name, g in _backward_pass(records, target).items() if g}


def _zeros_stop(records: list[Any], target: str) -> dict[str, float]:
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if grads.get(result):
            for name, slope in inputs:
                grads[name] = grads.get(name, 0.0) + grads[result] * slope
    return grads


def _forgets_the_target(records: list[Any], target: str) -> dict[str, float]:
    return {k: v for k, v in _backward_pass(records, target).items() if k != target}


def _only_leaves(records: list[Any], target: str) -> dict[str, float]:
    results = {result for result, _ in records}
    return {k: v for k, v in _backward_pass(records, target).items() if k not in results}


def _from_the_last(records: list[Any], target: str) -> dict[str, float]:
    return _backward_pass(records, records[-1][0])


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
        "added.": _pass(add=lambda old, new: new),
        "A name that is listed twice in a record counts once, as in a dict. Both mentions have "
        "a share: add them.": _pass(inputs_of=lambda inputs: dict(inputs).items()),
        "The first share of a value is kept, and later ones are dropped. Where several paths "
        "meet, their shares are added.": _first_share_only,
        "Only the inputs of the target's own record get a gradient. Either no other record is "
        "read, or they are read from the beginning, where nothing has arrived yet: read them from "
        "the end.": (_reads_forwards, _reads_all_forwards),
        "Slopes along a path are multiplied, not added; only the shares that meet at a node "
        "are added.": _pass(share=lambda g, slope: g + slope),
        "The shares that meet at a value are multiplied. Slopes are multiplied along a path, "
        "and shares are added.": _pass(add=lambda old, new: (old or 1.0) * new),
        "The gradient that arrived at the result is forgotten: each share is only the local "
        "slope. Multiply the two.": _pass(share=lambda g, slope: slope),
        "The local slope is forgotten: what arrived is passed on as it is. Multiply it by the "
        "slope.": _pass(share=lambda g, slope: g),
        "Everything is 0: whatever is multiplied along the way, it began with a gradient of 0. "
        "Begin with 1, the slope of the target by itself.": _pass(seed=0.0),
        "The target itself is missing: its gradient with respect to itself is "
        "1.": _forgets_the_target,
        "There are values in the dict that the target does not depend on. Pass over a record "
        "whose result has no gradient.": _everything,
        "A gradient of 0 is taken for none: what the target depends on is in the dict, also "
        "with 0. Ask whether the name is there.": (_zeros_dropped, _zeros_stop),
        "Only the values at the beginning of the tape are there. The results in between have "
        "gradients, too.": _only_leaves,
        "It begins with the last result of the tape, whatever the target is.": _from_the_last,
    },
)


# 4.5: a rule of your own ---------------------------------------------------------------


def _softplus_vjp(g: Any, out: Any, x: Any) -> Any:
    return g * sigmoid(x)


def _arrays(rng: np.random.Generator) -> Inputs:
    """Arrays of one shape, with at least one axis; entries of `x` of any size and sign."""
    yield _arrived(np.array([0.5, 1.0, -2.0]), np.array([0.0, 1.0, -2.0]))
    yield _arrived(rng.normal(size=(4, 3)).round(1), rng.normal(size=(4, 3)).round(1))
    yield case(
        "where x has entries as large as 800",
        *_arrived(np.array([3.0, -1.0, 2.0, 0.5]), np.array([-800.0, -30.0, 30.0, 800.0])),
    )
    yield _arrived(rng.normal(size=20).round(1), rng.normal(0, 5, size=20).round(1))
    yield _arrived(np.array([2.0]), np.array([-1.5]))


def _arrived(g: Any, x: Any) -> tuple[Any, Any, Any]:
    return g, np.logaddexp(0.0, x), x


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
        "This is 1/(1 + eˣ), which falls as x rises. The slope is eˣ/(1 + eˣ), which is one minus "
        "that.": lambda g, out, x: g * sigmoid(-x),
        "This would be right if the result were a sigmoid, of which the slope is out(1 - out). "
        "It is softplus.": lambda g, out, x: g * out * (1 - out),
        "What arrived is divided by the slope. Multiply by it.": lambda g, out, x: g / sigmoid(x),
        "What arrived is added to the slope. Multiply the two.": lambda g, out, x: g + sigmoid(x),
    },
)


# 4.6: forward mode for a quotient --------------------------------------------------------


def _divide_duals(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    quotient = a[0] / b[0]
    return quotient, (a[1] - quotient * b[1]) / b[0]


def _pairs(rng: np.random.Generator) -> Inputs:
    """Pairs of floats of either sign, also 0, but for the value of `b`, which is not 0."""
    yield (6.0, 1.0), (2.0, 2.0)
    yield (6.0, 0.0), (2.0, 1.0)
    yield (1.0, 2.0), (4.0, -3.0)
    yield case("where the slope of b is 0", (3.0, 5.0), (-2.0, 0.0))
    yield case("where the value of a is 0", (0.0, 3.0), (4.0, 2.0))
    yield case("where the slopes are very small", (6.0, 1e-9), (2.0, 2e-9))
    for _ in range(6):
        a, b, da, db = rng.normal(size=4).round(1).tolist()
        yield (a, da), (b + (1.0 if b >= 0 else -1.0), db)


def _quotient_rule(
    top: Callable[[float, float], float], below: Callable[[float], float] = lambda b: b**2
) -> Callable[..., Any]:
    return lambda a, b: (a[0] / b[0], top(a[1] * b[0], a[0] * b[1]) / below(b[0]))


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
        "The slope of a quotient is not the quotient of the slopes: use the quotient rule.": (
            lambda a, b: (a[0] / b[0], np.divide(a[1], b[1])),
            lambda a, b: (a[0] / b[0], a[1] / b[1] if b[1] else 0.0),
        ),
        "The denominator is treated as a constant here; its slope counts too.": lambda a, b: (
            a[0] / b[0],
            a[1] / b[0],
        ),
        "The numerator is treated as a constant here; its slope counts too.": lambda a, b: (
            a[0] / b[0],
            -a[0] * b[1] / b[0] ** 2,
        ),
        "The two terms of the quotient rule are subtracted: a growing denominator makes the "
        "quotient smaller.": _quotient_rule(lambda first, second: first + second),
        "Divide by the square of the denominator: (a'·b − a·b')/b².": _quotient_rule(
            lambda first, second: first - second, lambda b: b
        ),
        "The two terms are subtracted in the wrong order: (a'·b − a·b')/b².": _quotient_rule(
            lambda first, second: second - first
        ),
        "The numerator is right, and is not divided by anything: (a'·b − a·b')/b².": _quotient_rule(
            lambda first, second: first - second, lambda b: 1.0
        ),
        "This is the product rule. Asked for is the slope of a quotient.": _quotient_rule(
            lambda first, second: first + second, lambda b: 1.0
        ),
        "Value and slope are exchanged: the value comes first.": lambda a, b: _divide_duals(a, b)[
            ::-1
        ],
        "This is the product, with its slope. Asked for is the quotient.": lambda a, b: (
            a[0] * b[0],
            a[1] * b[0] + a[0] * b[1],
        ),
    },
)
