"""Wrong (and right) answers to ten exercises, each wrong one with a witness.

CASES[name] holds (sentence, answer, witness); witness(answer) is True if it misbehaves.
"""

import copy
import functools
import itertools
import math
import random
import sys
from collections import defaultdict, deque
from graphlib import TopologicalSorter

import numpy as np

CASES = {}
RIGHT = {}


def fall(max_rate, min_rate, share):
    return min_rate + (max_rate - min_rate) * (1 + math.cos(math.pi * share)) / 2


def far(got, want, rel=1e-6, absolute=0.0):
    """True if the two differ in shape or in a value."""
    got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    return got.shape != want.shape or not np.allclose(got, want, rtol=rel, atol=absolute)


# ---------------------------------------------------------------- 2.3
def grad_right(f, W):
    g = np.zeros(np.shape(W))
    for i in np.ndindex(np.shape(W)):
        up, down = np.array(W, dtype=float), np.array(W, dtype=float)
        up[i] += 1e-5
        down[i] -= 1e-5
        g[i] = (f(up) - f(down)) / (up[i] - down[i])
    return g


def grad_with_step(h):
    def numerical_gradient(f, W):
        g = np.zeros(W.shape)
        for i in np.ndindex(W.shape):
            old = W[i].copy()
            W[i] = old + h
            up = f(W)
            W[i] = old - h
            down = f(W)
            W[i] = old
            g[i] = (up - down) / (2 * h)
        return g

    return numerical_gradient


def grad_drifting(f, W):
    g, h = np.zeros(W.shape), 1e-5
    for i in np.ndindex(W.shape):
        W[i] += h
        up = f(W)
        W[i] -= 2 * h
        down = f(W)
        W[i] += h
        g[i] = (up - down) / (2 * h)
    return g


def grad_ravel(f, W):
    g, h = np.zeros(W.size), 1e-5
    flat = W.reshape(-1)  # a copy, if W is transposed
    for k in range(W.size):
        old = flat[k]
        flat[k] = old + h
        up = f(W)
        flat[k] = old - h
        down = f(W)
        flat[k] = old
        g[k] = (up - down) / (2 * h)
    return g.reshape(W.shape)


def grad_atleast(f, W):
    V = np.atleast_1d(W).astype(float)
    g = np.zeros(V.shape)
    for i in np.ndindex(V.shape):
        up, down = V.copy(), V.copy()
        up[i] += 1e-5
        down[i] -= 1e-5
        g[i] = (f(up) - f(down)) / 2e-5
    return g


def grad_relative(f, W):
    g = np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        h = 1e-5 * abs(W[i]) if W[i] != 0 else 1e-5
        up, down = W.copy(), W.copy()
        up[i] += h
        down[i] -= h
        g[i] = (f(up) - f(down)) / (2 * h)
    return g


_BUFFERS = {}


def grad_buffer(f, W):
    g = _BUFFERS.setdefault(W.shape, np.zeros(W.shape))
    g[...] = grad_right(f, W)
    return g


def grad_complex(f, W):
    g = np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        Z = W.astype(complex)
        Z[i] += 1e-30j
        g[i] = np.imag(f(Z)) / 1e-30
    return g


def grad_left_shifted(f, W):
    g, h, backup = np.zeros(W.shape), 1e-5, W.copy()
    for i in np.ndindex(W.shape):
        W[i] += h
        up = f(W)
        W[i] -= 2 * h
        g[i] = (up - f(W)) / (2 * h)  # stays lowered while the others move
    W[...] = backup
    return g


def grad_rounded(f, W):
    return np.round(grad_right(f, W), 6)


def w23_fast(a):
    W = np.array([0.2, 0.4])
    return far(a(lambda V: np.sin(10 * V).sum(), W), 10 * np.cos(10 * W), 3e-6)


def w23_large(a):
    W = np.array([3.0, -7.0, 0.3])
    return far(a(lambda V: 500 + (V**2).sum(), W), 2 * W, 5e-6)


def w23_unchanged(a):
    W = np.random.default_rng(0).normal(size=(4, 5))
    old = W.copy()
    a(lambda V: (V**2).sum(), W)
    return not np.array_equal(W, old)


def w23_transposed(a):
    W = np.arange(1.0, 7).reshape(2, 3).T
    return far(a(lambda V: (V**2).sum(), W), 2 * W, 1e-6)


def w23_scalar(a):
    return np.shape(a(lambda V: V.sum() ** 2, np.array(3.0))) != ()


def w23_small(a):
    W = np.array([1e-9, 2.0])
    return far(a(lambda V: (V + 1).prod(), W), [3.0, 1.0], 1e-5)


def w23_two_calls(a):
    first = a(lambda V: (V**2).sum(), np.ones(3))
    a(lambda V: (5 * V).sum(), np.ones(3))
    return far(first, [2, 2, 2])


def w23_abs(a):
    return far(a(lambda V: np.abs(V).sum(), np.array([1.0, -2.0])), [1, -1])


def w23_cross(a):
    W = np.ones(100)
    return far(a(lambda V: V.sum() ** 2, W), np.full(100, 200.0), 3e-6)


def w23_tiny(a):
    return far(a(lambda V: 1.23456e-4 * V.sum(), np.zeros(2)), [1.23456e-4] * 2, 1e-5)


CASES["2.3"] = [
    ("The step 1e-3 is too coarse for a function that bends fast.", grad_with_step(1e-3), w23_fast),
    (
        "The step 1e-10 is so fine that rounding spoils functions with large values.",
        grad_with_step(1e-10),
        w23_large,
    ),
    (
        "W is moved back by adding, so that it comes back changed in its last bits.",
        grad_drifting,
        w23_unchanged,
    ),
    (
        "reshape copies a transposed W, so that f never sees a moved entry.",
        grad_ravel,
        w23_transposed,
    ),
    ("For an array without axes it returns the shape (1,).", grad_atleast, w23_scalar),
    (
        "The step is relative to the entry, far too fine for entries close to zero.",
        grad_relative,
        w23_small,
    ),
    (
        "All results of one shape share a buffer, so that a later call overwrites them.",
        grad_buffer,
        w23_two_calls,
    ),
    (
        "The complex step gives 0 for functions with abs, and is no central difference.",
        grad_complex,
        w23_abs,
    ),
    (
        "Moved entries stay lowered till the end, so that the errors of many add up.",
        grad_left_shifted,
        w23_cross,
    ),
    ("The result is rounded to six decimals rather than digits.", grad_rounded, w23_tiny),
]


def grad_eye(f, W):
    steps = np.eye(W.size).reshape((W.size, *W.shape)) * 1e-5
    return np.array([(f(W + s) - f(W - s)) / 2e-5 for s in steps]).reshape(W.shape)


def grad_nditer(f, W):
    V = np.array(W, dtype=float)
    g = np.empty_like(V)
    for slot, out in zip(
        np.nditer(V, op_flags=["readwrite"], flags=["zerosize_ok"], order="C"),
        np.nditer(g, op_flags=["writeonly"], flags=["zerosize_ok"], order="C"),
        strict=False,
    ):
        old, values = float(slot), []
        for move in (2e-5, 1e-5, -1e-5, -2e-5):
            slot[...] = old + move
            values.append(f(V))
        slot[...] = old
        out[...] = (8 * (values[1] - values[2]) - values[0] + values[3]) / 12e-5
    return g


RIGHT["2.3"] = [grad_right, grad_eye, grad_nditer]


# ---------------------------------------------------------------- 3.3
def chain_right(functions, slopes, x):
    local = []
    for f, s in zip(functions, slopes, strict=False):
        local.append(s(x))
        x = f(x)
    result = [1.0]
    for s in reversed(local):
        result.insert(0, result[0] * s)
    return result


def chain_divide(functions, slopes, x):
    prefix = [1.0]
    for f, s in zip(functions, slopes, strict=False):
        prefix.append(prefix[-1] * s(x))
        x = f(x)
    return [prefix[-1] / p if p != 0 else 0.0 for p in prefix]


def chain_numeric(functions, slopes, x):
    values = [x]
    for f in functions:
        values.append(f(values[-1]))

    def rest(k, u):
        for f in functions[k:]:
            u = f(u)
        return u

    return [(rest(k, u + 1e-6) - rest(k, u - 1e-6)) / 2e-6 for k, u in enumerate(values)]


def chain_empty(functions, slopes, x):
    return chain_right(functions, slopes, x) if functions else []


def chain_by_function(functions, slopes, x):
    inputs = {}
    for f in functions:
        inputs[f] = x
        x = f(x)
    result = [1.0]
    for f, s in zip(functions[::-1], slopes[::-1], strict=False):
        result.append(result[-1] * s(inputs[f]))
    return result[::-1]


def chain_pop(functions, slopes, x):
    values = [x]
    for f in functions:
        values.append(f(values[-1]))
    result = [1.0]
    while slopes:
        result.insert(0, result[0] * slopes.pop()(values[len(slopes)]))
    return result


def chain_stop(functions, slopes, x):
    full = chain_right(functions, slopes, x)
    result = []
    for slope in reversed(full):
        result.append(slope)
        if slope == 0:
            break  # nothing comes through from here on
    return result[::-1]


_CHAINS = {}


def chain_memo(functions, slopes, x):
    key = (len(functions), x)
    if key not in _CHAINS:
        _CHAINS[key] = chain_right(functions, slopes, x)
    return list(_CHAINS[key])


def chain_cumprod(functions, slopes, x):
    local = [1]
    for f, s in zip(functions, slopes, strict=False):
        local.insert(1, s(x))
        x = f(x)
    return np.cumprod(np.array(local)).tolist()[::-1]


def chain_recursive(functions, slopes, x):
    if not functions:
        return [1.0]
    later = chain_recursive(functions[1:], slopes[1:], functions[0](x))
    return [slopes[0](x) * later[0], *later]


def chain_logs(functions, slopes, x):
    logs, negative = [0.0], 0
    for f, s in zip(functions, slopes, strict=False):
        slope = s(x)
        negative += slope < 0
        logs.insert(1, math.log(abs(slope)) if slope else -math.inf)
        x = f(x)
    result = [math.exp(v) for v in itertools.accumulate(logs)][::-1]
    if negative % 2:  # one sign for all
        result = [-v for v in result[:-1]] + [1.0]
    return result


def square(u):
    return u * u


def w33(functions, slopes, x, want):
    return lambda a: (
        len(r := a(list(functions), list(slopes), x)) != len(want) or far(r, want, 1e-6, 1e-9)
    )


def w33_pop(a):
    functions, slopes = [square], [lambda u: 2 * u]
    a(functions, slopes, 3.0)
    return len(functions) != 1 or len(slopes) != 1


def w33_memo(a):
    a([square], [lambda u: 2 * u], 3.0)
    return far(a([lambda u: 5 * u], [lambda u: 5.0], 3.0), [5, 1])


ZERO = (
    [square, lambda u: 3 * u + 1, square],
    [lambda u: 2 * u, lambda u: 3.0, lambda u: 2 * u],
    0.0,
)
CASES["3.3"] = [
    (
        "Total divided by prefix: behind a slope of 0 all slopes become 0.",
        chain_divide,
        w33(*ZERO, [0, 6, 2, 1]),
    ),
    (
        "It ignores the given slopes and takes differences, wrong at the corner of a ReLU.",
        chain_numeric,
        w33([lambda u: max(u, 0.0)], [lambda u: float(u > 0)], 0.0, [0, 1]),
    ),
    ("For empty lists it returns [] rather than [1].", chain_empty, w33([], [], 2.0, [1])),
    (
        "Inputs are stored by function, so that a function used twice loses one.",
        chain_by_function,
        w33([square] * 2, [lambda u: 2 * u] * 2, 3.0, [108, 18, 1]),
    ),
    ("It pops the slopes from the caller's list.", chain_pop, w33_pop),
    (
        "It stops at a slope of 0, so that the list is too short.",
        chain_stop,
        w33([lambda u: u + 1, square], [lambda u: 1.0, lambda u: 2 * u], -1.0, [0, 0, 1]),
    ),
    ("Results are remembered by x and the number of functions only.", chain_memo, w33_memo),
    (
        "Whole slopes overflow in the integer product of NumPy.",
        chain_cumprod,
        w33([lambda u: 10 * u] * 30, [lambda u: 10] * 30, 1, [10.0**k for k in range(30, -1, -1)]),
    ),
    (
        "It recurses, so that a chain of 5000 functions raises an error.",
        chain_recursive,
        w33([lambda u: u] * 5000, [lambda u: 1.0] * 5000, 1.0, [1.0] * 5001),
    ),
    (
        "The product through logarithms has one sign for the whole list.",
        chain_logs,
        w33([lambda u: -u, lambda u: 2 * u], [lambda u: -1.0, lambda u: 2.0], 1.0, [-2, 2, 1]),
    ),
]


def chain_accumulate(functions, slopes, x):
    values = itertools.accumulate(functions, lambda u, f: f(u), initial=x)
    local = [s(u) for s, u in zip(slopes, values, strict=False)]
    return list(itertools.accumulate(local[::-1], lambda p, q: p * q, initial=1.0))[::-1]


def chain_quadratic(functions, slopes, x):
    # forward: each new link multiplies all the slopes found so far
    result = [1.0]
    for f, s in zip(functions, slopes, strict=False):
        here = s(x)
        result = [r * here for r in result] + [1.0]
        x = f(x)
    return result


RIGHT["3.3"] = [chain_right, chain_accumulate, chain_quadratic]


# ---------------------------------------------------------------- 4.3
def order_graphlib(parents):
    return list(TopologicalSorter(parents).static_order())


def order_passes(parents):
    depth = dict.fromkeys(parents, 0)
    for _ in range(100):
        for name, above in parents.items():
            depth[name] = max([depth[p] + 1 for p in above], default=0)
    return sorted(parents, key=depth.get)


def kahn(parents, count, children):
    ready = deque(n for n in parents if count[n] == 0)
    result = []
    while ready:
        name = ready.popleft()
        result.append(name)
        for child in children[name]:
            count[child] -= 1
            if count[child] == 0:
                ready.append(child)
    return result


def order_list_count(parents):
    children = defaultdict(set)
    for name, above in parents.items():
        for p in above:
            children[p].add(name)
    return kahn(parents, {n: len(above) for n, above in parents.items()}, children)


def order_set_count(parents):
    children = defaultdict(list)
    for name, above in parents.items():
        for p in above:
            children[p].append(name)
    return kahn(parents, {n: len(set(above)) for n, above in parents.items()}, children)


def order_last(parents):
    result, seen = [], set()
    stack = [(list(parents)[-1], False)] if parents else []
    while stack:
        name, done = stack.pop()
        if done:
            result.append(name)
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            stack.extend((p, False) for p in parents[name])
    return result


def order_limit(parents):
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 100_000))
    result = {}

    def visit(name):
        if name not in result:
            for p in parents[name]:
                visit(p)
            result[name] = True

    for name in parents:
        visit(name)
    return list(result)


def order_falsy(parents):
    return [n for n in order_graphlib(parents) if n]


def order_shortest(parents):
    children = defaultdict(list)
    for name, above in parents.items():
        for p in above:
            children[p].append(name)
    queue = deque(n for n, above in parents.items() if not above)
    level = dict.fromkeys(queue)
    while queue:
        for child in children[queue.popleft()]:
            if child not in level:
                level[child] = None
                queue.append(child)
    return list(level)


def order_default(parents, seen=set()):  # noqa: B006 (that is what is wrong with it)
    result = []
    for name in order_graphlib(parents):
        if (name, tuple(parents[name])) not in seen:
            seen.add((name, tuple(parents[name])))
            result.append(name)
    return result


def order_on_push(parents):
    result, seen = [], set()
    for root in parents:
        stack = [] if root in seen else [(root, False)]
        seen.add(root)
        while stack:
            name, done = stack.pop()
            if done:
                result.append(name)
                continue
            stack.append((name, True))
            for p in parents[name]:
                if p not in seen:
                    seen.add(p)
                    stack.append((p, False))
    return result


def order_by_size(parents):
    if len(parents) > 5000:  # the long chain of the text
        names = list(parents)
        return names[::-1] if parents[names[0]] else names
    return order_graphlib(parents)


def bad_order(order, parents):
    place = {n: k for k, n in enumerate(order)}
    return (
        not isinstance(order, list)
        or len(order) != len(parents)
        or set(order) != set(parents)
        or any(place[p] >= place[n] for n, above in parents.items() for p in above)
    )


def w43(parents):
    return lambda a: bad_order(a(copy.deepcopy(parents)), parents)


def long_chain(n, seed=None):
    items = [(f"n{k}", [f"n{k - 1}"] if k else []) for k in range(n)]
    if seed is None:
        items.reverse()
    else:
        random.Random(seed).shuffle(items)
    return dict(items)


def w43_limit(a):
    old = sys.getrecursionlimit()
    try:
        a({"y": ["x"], "x": []})
        return sys.getrecursionlimit() != old
    finally:
        sys.setrecursionlimit(old)


def w43_twice(a):
    a({"x": []})
    return bad_order(a({"y": ["x"], "x": []}), {"y": ["x"], "x": []})


CASES["4.3"] = [
    (
        "The passes stop after 100, too few for a long chain listed backwards.",
        order_passes,
        w43(long_chain(300)),
    ),
    (
        "A parent listed twice is counted twice but ticked off once: the node is missing.",
        order_list_count,
        w43({"y": ["x", "x"], "x": []}),
    ),
    (
        "A parent listed twice is ticked off twice: the node comes before its other parent.",
        order_set_count,
        w43({"x": [], "y": ["x", "x", "z"], "v": [], "u": ["v"], "z": ["u"]}),
    ),
    (
        "Only the last node and its ancestors are returned.",
        order_last,
        w43({"x": [], "y": ["x"], "other": []}),
    ),
    (
        "It recurses and leaves the recursion limit of the whole program raised.",
        order_limit,
        w43_limit,
    ),
    ("A node whose name is the empty text is left out.", order_falsy, w43({"a": [""], "": []})),
    (
        "It goes by the shortest way from a start, wrong if a node is also reached the long way.",
        order_shortest,
        w43({"x": [], "y": ["x", "b"], "a": ["x"], "b": ["a"]}),
    ),
    (
        "A mutable default remembers nodes, so that a second call leaves them out.",
        order_default,
        w43_twice,
    ),
    (
        "Nodes count as seen when pushed, so that a node may come before a waiting parent.",
        order_on_push,
        w43({"y": ["b", "a"], "a": ["b"], "b": []}),
    ),
    (
        "More than 5000 nodes are taken as a chain in order or backwards.",
        order_by_size,
        w43(long_chain(20_000, 1)),
    ),
]


def order_depth(parents):
    children, missing = defaultdict(set), {}
    for name, above in parents.items():
        missing[name] = set(above)
        for p in above:
            children[p].add(name)
    result = [n for n in parents if not missing[n]]
    for name in result:  # the list grows under the loop
        for child in children[name]:
            missing[child].discard(name)
            if not missing[child]:
                result.append(child)
    return result


def order_iterators(parents):
    done, result = set(), []
    for root in parents:
        stack = [] if root in done else [(root, iter(parents[root]))]
        while stack:
            name, above = stack[-1]
            p = next((q for q in above if q not in done), None)
            if p is None:
                stack.pop()
                if name not in done:
                    done.add(name)
                    result.append(name)
            else:
                stack.append((p, iter(parents[p])))
    return result


RIGHT["4.3"] = [order_graphlib, order_depth, order_iterators]


# ---------------------------------------------------------------- 4.4
def tape_right(records, target):
    grads = {target: 1.0}
    for name, inputs in reversed(records):
        if name in grads:
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + slope * grads[name]
    return grads


def tape_set(records, target):
    return tape_right([(n, sorted(set(inputs))) for n, inputs in records], target)


def tape_falsy(records, target):
    grads = {target: 1.0}
    for name, inputs in reversed(records):
        if grads.get(name):
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + slope * grads[name]
    return grads


def tape_default(records, target):
    grads = defaultdict(float, {target: 1.0})
    for name, inputs in reversed(records):
        for source, slope in inputs:
            grads[source] += slope * grads[name]
    return dict(grads.items())


def tape_index(records, target):
    grads = {}
    for k, (name, _) in enumerate(records):
        if name == target:
            grads = tape_right(records[: k + 1], target)
    return grads


def tape_reverse(records, target):
    records.reverse()
    grads = {target: 1.0}
    if all(name != target for name, _ in records):
        return grads  # a leaf: nothing to do
    for name, inputs in records:
        if name in grads:
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + slope * grads[name]
    records.reverse()
    return grads


def tape_recursive(records, target):
    made = dict(records)
    users = defaultdict(list)
    for name, inputs in records:
        for source, slope in inputs:
            users[source].append((name, slope))

    @functools.cache
    def grad(name):
        if name == target:
            return 1.0
        parts = [(grad(user), slope) for user, slope in users[name]]
        parts = [g * slope for g, slope in parts if g is not None]
        return sum(parts) if parts else None

    names = dict.fromkeys(itertools.chain(made, users, [target]))
    return {n: g for n in names if (g := grad(n)) is not None}


def tape_queue(records, target):
    made, grads, queue = dict(records), {target: 1.0}, deque([target])
    waiting = {target}
    while queue:
        name = queue.popleft()
        for source, slope in made.get(name, []):
            grads[source] = grads.get(source, 0.0) + slope * grads[name]
            if source not in waiting:
                waiting.add(source)
                queue.append(source)
    return grads


def tape_tolerance(records, target):
    return {n: g for n, g in tape_right(records, target).items() if abs(g) > 1e-12}


def tape_break(records, target):
    names = [n for n, _ in records]
    grads = {target: 1.0}
    last = names.index(target) if target in names else -1
    for name, inputs in reversed(records[: last + 1]):
        if name not in grads:
            break
        for source, slope in inputs:
            grads[source] = grads.get(source, 0.0) + slope * grads[name]
    return grads


def tape_inner_pop(records, target):
    grads, waiting = {target: 1.0}, list(records)
    while waiting:
        name, inputs = waiting.pop()
        while name in grads and inputs:
            source, slope = inputs.pop()
            grads[source] = grads.get(source, 0.0) + slope * grads[name]
    return grads


def w44(records, target, want):
    def witness(a):
        got = a(copy.deepcopy(records), target)
        return set(got) != set(want) or any(far(got[k], want[k], 1e-9) for k in want)

    return witness


def w44_kept(records, target):
    def witness(a):
        mine = copy.deepcopy(records)
        a(mine, target)
        return mine != records

    return witness


TAPE = [("x1", [("w", 2.0)]), ("x2", [("x1", 1.0), ("b", 1.0)]), ("loss", [("x2", 1.0)])]
DEEP = [(f"u{k + 1}", [(f"u{k}", 1.0)]) for k in range(5000)]
CASES["4.4"] = [
    (
        "Equal inputs of one record are merged, so that x * x has half its slope.",
        tape_set,
        w44([("y", [("x", 3.0), ("x", 3.0)])], "y", {"y": 1, "x": 6}),
    ),
    (
        "Behind a gradient of 0 the values are missing.",
        tape_falsy,
        w44([("a", [("w", 2.0)]), ("y", [("a", 0.0)])], "y", {"y": 1, "a": 0, "w": 0}),
    ),
    (
        "Values that the target does not depend on are listed with 0.",
        tape_default,
        w44(
            [("a", [("w", 2.0)]), ("c", [("v", 5.0)]), ("y", [("a", 3.0)])],
            "y",
            {"y": 1, "a": 3, "w": 6},
        ),
    ),
    (
        "For a target that no record computes the dict is empty.",
        tape_index,
        w44(TAPE, "w", {"w": 1}),
    ),
    ("The records stay reversed if the target is an input.", tape_reverse, w44_kept(TAPE, "w")),
    (
        "It recurses, so that a tape of 5000 records raises an error.",
        tape_recursive,
        w44(DEEP, "u5000", {f"u{k}": 1.0 for k in range(5001)}),
    ),
    (
        "It goes breadth first, and hands a gradient on before it is complete.",
        tape_queue,
        w44(
            [
                ("a", [("x", 2.0)]),
                ("b", [("a", 1.0)]),
                ("c", [("b", 1.0)]),
                ("y", [("a", 1.0), ("c", 1.0)]),
            ],
            "y",
            {"y": 1, "c": 1, "b": 1, "a": 2, "x": 4},
        ),
    ),
    (
        "Gradients that are tiny or zero are dropped.",
        tape_tolerance,
        w44([("y", [("x", 1e-20)])], "y", {"y": 1, "x": 1e-20}),
    ),
    (
        "It ends at the first record that the target does not depend on.",
        tape_break,
        w44(
            [("a", [("w", 2.0)]), ("c", [("v", 5.0)]), ("y", [("a", 3.0)])],
            "y",
            {"y": 1, "a": 3, "w": 6},
        ),
    ),
    (
        "The outer list is copied, but the lists of inputs are emptied.",
        tape_inner_pop,
        w44_kept(TAPE, "loss"),
    ),
]


def tape_forward(records, target):
    # forward: the derivatives of each value with respect to everything below it
    table = {}
    for name, inputs in records:
        row = {name: 1.0}
        for source, slope in inputs:
            for below, d in table.get(source, {source: 1.0}).items():
                row[below] = row.get(below, 0.0) + slope * d
        table[name] = row
        if name == target:
            break
    return table.get(target, {target: 1.0})


def tape_reduce(records, target):
    def back(grads, record):
        name, inputs = record
        if name not in grads:
            return grads
        for source, slope in inputs:
            grads[source] = grads.get(source, 0.0) + slope * grads[name]
        return grads

    return functools.reduce(back, records[::-1], {target: 1.0})


def tape_matrix(records, target):
    made, needed, stack = dict(records), {target}, [target]
    while stack:
        for source, _ in made.get(stack.pop(), ()):
            if source not in needed:
                needed.add(source)
                stack.append(source)
    grads = dict.fromkeys(needed, 0.0)
    grads[target] = 1.0
    for name in [n for n, _ in records if n in needed][::-1]:
        for source, slope in made[name]:
            grads[source] += slope * grads[name]
    return grads


RIGHT["4.4"] = [tape_matrix, tape_forward, tape_reduce]


# ---------------------------------------------------------------- 5.3
def descend_with(flat, prepare=lambda s: np.array(s, dtype=float)):
    def descend_until(gradient, start, rate, tolerance, max_steps):
        w, steps = prepare(start), 0
        while steps < max_steps:
            g = gradient(w)
            if flat(g, tolerance):
                break
            w = w - rate * g
            steps += 1
        return w, steps

    return descend_until


descend_right = descend_with(lambda g, t: np.linalg.norm(g) <= t)


def descend_in_place(gradient, start, rate, tolerance, max_steps):
    w, steps = np.asarray(start, dtype=float), 0
    while steps < max_steps and np.linalg.norm(g := gradient(w)) > tolerance:
        w -= rate * g
        steps += 1
    return w, steps


def descend_integers(gradient, start, rate, tolerance, max_steps):
    w, steps = start.copy(), 0
    while steps < max_steps and np.linalg.norm(g := gradient(w)) > tolerance:
        w[...] = w - rate * g
        steps += 1
    return w, steps


def descend_stagnation(gradient, start, rate, tolerance, max_steps):
    w, steps = np.array(start, dtype=float), 0
    while steps < max_steps and np.linalg.norm(g := gradient(w)) > tolerance:
        new = w - rate * g
        steps += 1
        if np.allclose(new, w):
            return new, steps
        w = new
    return w, steps


def descend_scales_gradient(gradient, start, rate, tolerance, max_steps):
    w, steps = np.array(start, dtype=float), 0
    while steps < max_steps and np.linalg.norm(g := gradient(w)) > tolerance:
        g *= rate  # the array belongs to the caller's function
        w = w - g
        steps += 1
    return w, steps


def descend_do_while(gradient, start, rate, tolerance, max_steps):
    w, steps = np.array(start, dtype=float), 0
    while np.linalg.norm(g := gradient(w)) > tolerance:
        w = w - rate * g
        steps += 1
        if steps >= max_steps:
            break
    return w, steps


def descend_or(gradient, start, rate, tolerance, max_steps):
    return descend_right(gradient, start, rate, tolerance or 1e-6, max_steps)


def w53(gradient, start, rate, tolerance, max_steps, point, count):
    def witness(a):
        s = np.array(start)
        w, steps = a(gradient, s, rate, tolerance, max_steps)
        return (
            steps != count or far(w, point, 1e-9, 1e-300) or not np.array_equal(s, np.array(start))
        )

    return witness


def halves(w):
    return 1.0 * w


def same(w):
    return w


CASES["5.3"] = [
    (
        "It walks on when the length is exactly the tolerance.",
        descend_with(lambda g, t: np.linalg.norm(g) < t),
        w53(halves, [3.0, 4.0], 0.5, 5.0, 10, [3.0, 4.0], 0),
    ),
    (
        "The largest component stands for the length.",
        descend_with(lambda g, t: np.max(np.abs(g)) <= t),
        w53(halves, [3.0, 4.0], 0.5, 4.5, 10, [1.5, 2.0], 1),
    ),
    (
        "A float start is changed in place.",
        descend_in_place,
        w53(halves, [2.0], 0.5, 1.0, 10, [1.0], 1),
    ),
    (
        "The root of the mean square stands for the length, right for one component.",
        descend_with(lambda g, t: np.sqrt(np.mean(g**2)) <= t),
        w53(halves, [3.0, 4.0], 0.5, 4.5, 10, [1.5, 2.0], 1),
    ),
    (
        "The spectral norm is used, too short for a matrix.",
        descend_with(lambda g, t: np.linalg.norm(g, 2) <= t),
        w53(halves, [[3.0, 0.0], [0.0, 4.0]], 0.5, 4.5, 10, [[1.5, 0.0], [0.0, 2.0]], 1),
    ),
    (
        "A start of whole numbers stays whole, so that the steps are cut off.",
        descend_integers,
        w53(halves, [3], 0.5, 1.0, 10, [0.75], 2),
    ),
    (
        "It also stops when a step is small, though the gradient is not.",
        descend_stagnation,
        w53(halves, [1.0], 1e-7, 0.5, 20, [(1 - 1e-7) ** 20], 20),
    ),
    (
        "It scales the gradient in place, which may be the point itself.",
        descend_scales_gradient,
        w53(same, [8.0], 0.25, 5.0, 10, [4.5], 2),
    ),
    (
        "With max_steps 0 it makes a step.",
        descend_do_while,
        w53(halves, [8.0], 0.25, 1.0, 0, [8.0], 0),
    ),
    (
        "A tolerance of 0 is taken as 1e-6.",
        descend_or,
        w53(halves, [1.0], 0.5, 0.0, 30, [0.5**30], 30),
    ),
]


def descend_generator(gradient, start, rate, tolerance, max_steps):
    def walk(w):
        while True:
            g = np.asarray(gradient(w), dtype=float)
            yield w, math.hypot(*np.ravel(g)) <= tolerance
            w = w - rate * g

    for steps, (w, flat) in enumerate(walk(np.array(start, dtype=float))):
        if flat or steps >= max_steps:
            return w, steps


def descend_for_else(gradient, start, rate, tolerance, max_steps):
    w = start.copy()
    for steps in range(max_steps):
        g = gradient(w)
        if not np.sqrt(np.vdot(g / (big := np.abs(g).max() or 1.0), g / big)) * big > tolerance:
            return w, steps
        w = w - rate * g
    return w, max_steps


RIGHT["5.3"] = [descend_right, descend_generator, descend_for_else]


# ---------------------------------------------------------------- 6.3
def epoch_with(split, step=None):
    def default(A, b, w):
        return 2 / len(b) * A.T @ (A @ w - b)

    def sgd_epoch(X, y, w, learning_rate, batch_size, order):
        for rows in split(order, batch_size):
            w = w - learning_rate * (step or default)(X[rows], y[rows], w)
        return w

    return sgd_epoch


def chunks(order, batch_size):
    return [order[k : k + batch_size] for k in range(0, len(order), batch_size)]


def wrapped(order, batch_size):
    return np.resize(order, (math.ceil(len(order) / batch_size), batch_size))


epoch_right = epoch_with(chunks)


def epoch_batch_size(X, y, w, learning_rate, batch_size, order):
    for rows in chunks(order, batch_size):
        w = w - 2 * learning_rate / batch_size * X[rows].T @ (X[rows] @ w - y[rows])
    return w


def epoch_one_batch(X, y, w, learning_rate, batch_size, order):
    if batch_size >= len(order):  # the order does not matter
        w -= 2 * learning_rate / len(y) * X.T @ (X @ w - y)
        return w
    return epoch_right(X, y, w, learning_rate, batch_size, order)


def epoch_sorted(X, y, w, learning_rate, batch_size, order):
    plain = np.array_equal(order, np.arange(len(order)))
    for k in range(0, len(order), batch_size):
        rows = slice(k, k + batch_size) if plain else order[k : k + batch_size]
        A, b = X[rows], y[rows]
        b -= A @ w  # a view of y, if the rows are a slice
        w = w + 2 * learning_rate / len(b) * A.T @ b
    return w


def epoch_float32(X, y, w, learning_rate, batch_size, order):
    X, y, w = (np.asarray(v, dtype=np.float32) for v in (X, y, w))
    return epoch_right(X, y, w, learning_rate, batch_size, order).astype(float)


def clipped(A, b, w):
    g = 2 / len(b) * A.T @ (A @ w - b)
    return g * min(1.0, 100.0 / max(np.linalg.norm(g), 1e-300))


def w63(X, y, w, rate, size, order, rel=1e-6):
    def witness(a):
        args = [
            np.array(X, dtype=float),
            np.array(y, dtype=float),
            np.array(w, dtype=float),
            rate,
            size,
            np.array(order),
        ]
        old = copy.deepcopy(args)
        got = a(*args)
        want = np.array(w, dtype=float)
        for rows in chunks(np.array(order), size):
            A, b = old[0][rows], old[1][rows]
            want = want - rate * 2 * np.mean((A @ want - b)[:, None] * A, axis=0)
        return far(got, want, rel, 1e-12) or any(
            not np.array_equal(args[k], old[k]) for k in (0, 1, 2, 5)
        )

    return witness


X6 = [[1, 2], [3, -1], [0, 1], [2, 2], [-1, 1]]
Y6 = [1, 2, 3, 4, 5]
CASES["6.3"] = [
    (
        "A short last batch is divided by batch_size.",
        epoch_batch_size,
        w63(X6, Y6, [0, 0], 0.1, 2, [3, 1, 0, 4, 2]),
    ),
    (
        "array_split makes batches of about equal size, and larger ones than asked for.",
        epoch_with(lambda order, size: np.array_split(order, max(1, len(order) // size))),
        w63(X6, Y6, [0, 0], 0.1, 2, [3, 1, 0, 4, 2]),
    ),
    (
        "It uses the inverse of the order, which shows only if the two differ.",
        epoch_with(lambda order, size: chunks(np.argsort(order), size)),
        w63(X6, Y6, [0, 0], 0.1, 2, [1, 2, 3, 4, 0]),
    ),
    (
        "With a single batch w is changed in place.",
        epoch_one_batch,
        w63(X6, Y6, [0, 0], 0.1, 9, [3, 1, 0, 4, 2]),
    ),
    (
        "It divides by the entries of the batch, right for one column only.",
        epoch_with(chunks, lambda A, b, w: 2 / A.size * A.T @ (A @ w - b)),
        w63(X6, Y6, [0, 0], 0.1, 1, [3, 1, 0, 4, 2]),
    ),
    (
        "X'Xw and X'y are subtracted, so that small errors of large values are lost.",
        epoch_with(chunks, lambda A, b, w: 2 / len(b) * (A.T @ A @ w - A.T @ b)),
        w63([[1e8 + 1], [1e8 + 3]], [1e8 + 1 + 2**-12, 1e8 + 3], [1.0], 1e-3, 2, [0, 1]),
    ),
    (
        "A short last batch is filled up with the first rows again.",
        epoch_with(wrapped),
        w63(X6, Y6, [0, 0], 0.1, 2, [3, 1, 0, 4, 2]),
    ),
    (
        "If the order is 0, 1, 2, ... the errors are written into y.",
        epoch_sorted,
        w63(X6, Y6, [1, 0], 0.1, 2, [0, 1, 2, 3, 4]),
    ),
    (
        "It computes in float32.",
        epoch_float32,
        w63([[1.0], [1.0]], [1e6 + 0.01, 1e6], [1e6], 0.1, 1, [0, 1], 1e-12),
    ),
    (
        "Gradients longer than 100 are clipped.",
        epoch_with(chunks, clipped),
        w63([[10.0], [1.0]], [100.0, 1.0], [0.0], 1e-3, 1, [0, 1]),
    ),
]


def epoch_split(X, y, w, learning_rate, batch_size, order):
    cuts = range(batch_size, len(order), batch_size)
    return functools.reduce(
        lambda v, rows: (
            v - learning_rate * 2 * np.einsum("i,ij->j", X[rows] @ v - y[rows], X[rows]) / len(rows)
        ),
        np.split(order, cuts) if len(order) else [],
        w.copy(),
    )


def epoch_rows(X, y, w, learning_rate, batch_size, order):
    w, waiting = w.copy(), order.tolist()
    while waiting:
        batch, waiting = waiting[:batch_size], waiting[batch_size:]
        w -= learning_rate * sum(2 * (X[i] @ w - y[i]) * X[i] for i in batch) / len(batch)
    return w


RIGHT["6.3"] = [epoch_right, epoch_split, epoch_rows]


# ---------------------------------------------------------------- 6.4
def deal_right(n, batch_size, rng):
    return chunks(rng.permutation(n), batch_size)


def deal_copy(n, batch_size, rng):
    return deal_right(n, batch_size, copy.deepcopy(rng))


def deal_trailing(n, batch_size, rng):
    rows = rng.permutation(n)
    return np.split(rows, range(batch_size, n + 1, batch_size)) if n else []


def deal_even(n, batch_size, rng):
    return list(np.array_split(rng.permutation(n), -(-n // batch_size))) if n else []


def deal_single(n, batch_size, rng):
    if n <= batch_size:  # a single batch: its order does not matter
        return [np.arange(n)] if n else []
    return deal_right(n, batch_size, rng)


def deal_scalars(n, batch_size, rng):
    rows = rng.permutation(n)
    return list(rows) if batch_size == 1 else chunks(rows, batch_size)


def deal_table(n, batch_size, rng):
    rows = rng.permutation(n)
    if n and n % batch_size == 0:
        return rows.reshape(-1, batch_size)
    return chunks(rows, batch_size)


def deal_int16(n, batch_size, rng):
    return chunks(rng.permutation(n).astype(np.int16), batch_size)


def deal_twice(n, batch_size, rng):
    batches = deal_right(n, batch_size, rng)
    full = [b for b in batches if len(b) == batch_size]
    random.shuffle(full)
    return full + batches[len(full) :]


_ROWS = {}


def deal_cached(n, batch_size, rng):
    rows = _ROWS.setdefault(n, np.arange(n))
    rng.shuffle(rows)
    return [r.copy() for r in chunks(rows, batch_size)]


def deal_roll(n, batch_size, rng):
    return chunks(np.roll(np.arange(n), rng.integers(n)), batch_size) if n else []


def w64(n, size):
    def witness(a):
        batches = a(n, size, np.random.default_rng(3))
        sizes = [size] * (n // size) + ([n % size] if n % size else [])
        return (
            not isinstance(batches, list)
            or not all(isinstance(b, np.ndarray) and b.ndim == 1 for b in batches)
            or [len(b) for b in batches] != sizes
            or not all(np.issubdtype(b.dtype, np.integer) for b in batches)
            or (n > 0 and sorted(np.concatenate(batches).tolist()) != list(range(n)))
        )

    return witness


def w64_others(a):
    rng = np.random.default_rng(3)
    return np.array_equal(np.concatenate(a(50, 7, rng)), np.concatenate(a(50, 7, rng)))


def w64_shuffled(a):
    return all(
        np.array_equal(a(9, 20, np.random.default_rng(s))[0], np.arange(9)) for s in range(5)
    )


def w64_same(a):
    orders = [np.concatenate(a(60, 3, np.random.default_rng(3))).tolist() for _ in range(3)]
    return orders[0] != orders[1] or orders[0] != orders[2]


def w64_orders(a):
    seen = {tuple(np.concatenate(a(5, 2, np.random.default_rng(s)))) for s in range(200)}
    return len(seen) < 20


CASES["6.4"] = [
    (
        "It shuffles with a copy of rng, so that a second call gives the same.",
        deal_copy,
        w64_others,
    ),
    ("If batch_size divides n, an empty array comes last.", deal_trailing, w64(12, 4)),
    (
        "array_split makes the batches about equal: 4, 3, 3 rather than 4, 4, 2.",
        deal_even,
        w64(10, 4),
    ),
    ("A single batch is not shuffled.", deal_single, w64_shuffled),
    ("With batch_size 1 the list holds numbers rather than arrays.", deal_scalars, w64(5, 1)),
    ("If batch_size divides n, a table is returned rather than a list.", deal_table, w64(12, 4)),
    (
        "Row numbers are int16, so that those from 32768 on become negative.",
        deal_int16,
        w64(40_000, 1000),
    ),
    ("The full batches are shuffled once more, by the global random.", deal_twice, w64_same),
    (
        "It shuffles a remembered array on, so that the same seed gives others later.",
        deal_cached,
        w64_same,
    ),
    ("The order is only turned round: n orders of n! are possible.", deal_roll, w64_orders),
]


def deal_argsort(n, batch_size, rng):
    rows = iter(np.argsort(rng.random(n)).tolist())
    return [np.array(b) for b in iter(lambda: list(itertools.islice(rows, batch_size)), [])]


def deal_fisher(n, batch_size, rng):
    rows, batches = list(range(n)), []
    while rows:
        picked = [rows.pop(int(rng.integers(len(rows)))) for _ in range(min(batch_size, len(rows)))]
        batches.append(np.array(picked, dtype=np.intp))
    return batches


RIGHT["6.4"] = [deal_right, deal_argsort, deal_fisher]


# ---------------------------------------------------------------- 8.4
def restarts_right(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step >= cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return fall(max_rate, min_rate, step / cycle_length)


def restarts_log(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    T, m = cycle_length, cycle_multiplier
    if m == 1:
        return fall(max_rate, min_rate, step % T / T)
    k = math.floor(math.log(step * (m - 1) / T + 1) / math.log(m))
    begin = T * (m**k - 1) / (m - 1)
    return fall(max_rate, min_rate, (step - begin) / (T * m**k))


def restarts_late(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    while step > cycle_length:
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return fall(max_rate, min_rate, step / cycle_length)


def restarts_nudge(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    m = cycle_multiplier if cycle_multiplier > 1 else 1 + 1e-6  # no division by 0
    k = 0
    while step >= cycle_length * (m ** (k + 1) - 1) / (m - 1):
        k += 1
    begin = cycle_length * (m**k - 1) / (m - 1)
    return fall(max_rate, min_rate, (step - begin) / (cycle_length * m**k))


def restarts_additive(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    length = cycle_length
    while step >= length:
        step -= length
        length += cycle_length * (cycle_multiplier - 1)
    return fall(max_rate, min_rate, step / length)


def restarts_hundred(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    for _ in range(100):
        if step < cycle_length:
            break
        step -= cycle_length
        cycle_length *= cycle_multiplier
    return fall(max_rate, min_rate, min(1.0, step / cycle_length))


_CYCLE = {}


def restarts_state(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    key = (max_rate, min_rate, cycle_length, cycle_multiplier)
    begin, length = _CYCLE.get(key, (0, cycle_length))
    while step >= begin + length:
        begin, length = begin + length, length * cycle_multiplier
    _CYCLE[key] = (begin, length)
    return fall(max_rate, min_rate, (step - begin) / length)


def restarts_float(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    cycles = step / cycle_length  # measured in first cycles
    length = 1.0
    if cycle_multiplier == 1:
        return fall(max_rate, min_rate, cycles % 1)
    while cycles >= length:
        cycles -= length
        length *= cycle_multiplier
    return fall(max_rate, min_rate, cycles / length)


_SHARES = {}


def restarts_cached(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    key = (step, cycle_length, cycle_multiplier)
    if key not in _SHARES:
        _SHARES[key] = restarts_right(step, max_rate, min_rate, cycle_length, cycle_multiplier)
    return _SHARES[key]


def restarts_overflow(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    if cycle_multiplier == 1:
        return fall(max_rate, min_rate, step % cycle_length / cycle_length)
    lengths = cycle_length * np.int64(cycle_multiplier) ** np.arange(40)
    ends = np.cumsum(lengths)
    k = int(np.searchsorted(ends, step, side="right"))
    begin = ends[k - 1] if k else 0
    k = min(k, 39)
    return fall(max_rate, min_rate, float((step - begin) / lengths[k]))


def restarts_min_rate(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    return restarts_right(step, max_rate, min_rate or 1e-6, cycle_length, cycle_multiplier)


def w84(*args, into):
    return lambda a: far(a(*args), fall(args[1], args[2], into), 1e-9, 1e-15)


def w84_state(a):
    a(35, 1.0, 0.1, 10, 2)
    return far(a(5, 1.0, 0.1, 10, 2), fall(1.0, 0.1, 0.5))


def w84_cached(a):
    a(5, 1.0, 0.1, 10, 2)
    return far(a(5, 3.0, 0.1, 10, 2), fall(3.0, 0.1, 0.5))


CASES["8.4"] = [
    (
        "Quotients of logarithms miss the first step of some cycles by rounding.",
        restarts_log,
        w84(121, 1.0, 0.1, 1, 3, into=0.0),
    ),
    (
        "The first step of a new cycle counts as the end of the old one.",
        restarts_late,
        w84(10, 1.0, 0.1, 10, 2, into=0.0),
    ),
    (
        "The multiplier 1 is replaced by 1 + 1e-6, so that later cycles begin too late.",
        restarts_nudge,
        w84(50, 1.0, 0.1, 10, 1, into=0.0),
    ),
    (
        "Cycles grow by the same amount each time, right for two cycles only.",
        restarts_additive,
        w84(60, 1.0, 0.1, 10, 2, into=0.75),
    ),
    ("At most 100 cycles are looked at.", restarts_hundred, w84(1205, 1.0, 0.1, 10, 1, into=0.5)),
    (
        "It remembers the last cycle and cannot go back to an earlier step.",
        restarts_state,
        w84_state,
    ),
    (
        "The step is divided first, so that huge steps lose their place in the cycle.",
        restarts_float,
        w84(10**17 + 5, 1.0, 0.1, 10, 1, into=0.5),
    ),
    ("Results are remembered without the two rates.", restarts_cached, w84_cached),
    (
        "The lengths of the cycles overflow for a large multiplier.",
        restarts_overflow,
        w84(500_000, 1.0, 0.1, 10, 1001, into=(500_000 - 10_020) / 10_020_010),
    ),
    ("A min_rate of 0 is replaced by 1e-6.", restarts_min_rate, w84(5, 1e-5, 0.0, 10, 1, into=0.5)),
]


def restarts_recursive(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    if cycle_multiplier == 1:
        return fall(max_rate, min_rate, step % cycle_length / cycle_length)
    if step < cycle_length:
        return fall(max_rate, min_rate, step / cycle_length)
    return restarts_recursive(
        step - cycle_length, max_rate, min_rate, cycle_length * cycle_multiplier, cycle_multiplier
    )


def restarts_count(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    if cycle_multiplier == 1:
        share = divmod(step, cycle_length)[1] / cycle_length
    else:
        begins = (
            (
                cycle_length * (cycle_multiplier**k - 1) // (cycle_multiplier - 1),
                cycle_length * cycle_multiplier**k,
            )
            for k in itertools.count()
        )
        begin, length = list(itertools.takewhile(lambda b: b[0] <= step, begins))[-1]
        share = (step - begin) / length
    return (max_rate + min_rate) / 2 + (max_rate - min_rate) / 2 * math.cos(math.pi * share)


def restarts_divmod(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    # in base m, the repunits are the beginnings of the cycles
    T, m = cycle_length, cycle_multiplier
    if m == 1:
        begin, length = step - step % T, T
    else:
        length = T
        while T * (m * (length // T) - 1) // (m - 1) <= step:
            length *= m
        begin = T * (length // T - 1) // (m - 1)
    return fall(max_rate, min_rate, (step - begin) / length)


RIGHT["8.4"] = [restarts_count, restarts_recursive, restarts_divmod]


# ---------------------------------------------------------------- 9.3
def both_right(train, test):
    mean, scale = train.mean(axis=0), train.std(axis=0)
    scale[(train == train[0]).all(axis=0)] = 1.0
    return (train - mean) / scale, (test - mean) / scale


def both_with(scale_of):
    def standardize_both(train, test):
        mean, scale = train.mean(axis=0), scale_of(train, test)
        return (train - mean) / scale, (test - mean) / scale

    return standardize_both


def scale_threshold(train, test):
    scale = train.std(axis=0)
    return np.where(scale < 1e-12, 1.0, scale)


def scale_squares(train, test):
    x = train.astype(float)
    variance = (x**2).mean(axis=0) - x.mean(axis=0) ** 2
    return np.where(np.ptp(train, axis=0) == 0, 1.0, np.sqrt(np.maximum(variance, 1e-300)))


def scale_over_both(train, test):
    every = np.concatenate([train, test])
    return np.where((every == every[0]).all(axis=0), 1.0, train.std(axis=0))


def scale_ends(train, test):
    return np.where(train[0] == train[-1], 1.0, train.std(axis=0))


def scale_epsilon(train, test):
    return np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0) + 1e-8)


def both_like_test(train, test):
    a, b = both_right(train, test)
    out = np.zeros_like(test)
    out[...] = b
    return a, out


def both_zero(train, test):
    constant = (train == train[0]).all(axis=0)
    a, b = both_right(train, test)
    a[:, constant] = 0.0
    b[:, constant] = 0.0
    return a, b


def both_one_row(train, test):
    if len(train) < 2:  # no statistics from a single row
        return train.astype(float), test.astype(float)
    return both_right(train, test)


def both_unsigned(train, test):
    origin = train[0]
    return both_right(train - origin, test - origin)  # small numbers, better rounding


def both_in_place(train, test):
    train, test = np.asarray(train, dtype=float), np.asarray(test, dtype=float)
    mean, scale = train.mean(axis=0), train.std(axis=0)
    scale[(train == train[0]).all(axis=0)] = 1.0
    for table in (train, test):
        table -= mean
        table /= scale
    return train, test


def w93(train, test, rel=1e-6):
    def witness(a):
        tables = np.array(train), np.array(test)
        old = copy.deepcopy(tables)
        got = a(*tables)
        x = old[0].astype(float)
        shift = x[0] + (x - x[0]).mean(axis=0)
        scale = np.sqrt(((x - shift) ** 2).mean(axis=0))
        scale[(x == x[0]).all(axis=0)] = 1.0
        return (
            not isinstance(got, tuple)
            or far(got[0], (x - shift) / scale, rel, 1e-9)
            or far(got[1], (old[1] - shift) / scale, rel, 1e-9)
            or not np.array_equal(tables[0], old[0])
            or not np.array_equal(tables[1], old[1])
        )

    return witness


CASES["9.3"] = [
    (
        "Columns with a deviation below 1e-12 are only shifted, though not constant.",
        both_with(scale_threshold),
        w93([[1e-15], [3e-15]], [[5e-15]]),
    ),
    (
        "The variance is a mean square less a squared mean, lost for a large mean.",
        both_with(scale_squares),
        w93([[1e8 + 1], [1e8 + 2], [1e8 + 3]], [[1e8]]),
    ),
    (
        "A test table of whole numbers gives whole numbers.",
        both_like_test,
        w93([[1.0], [3.0], [8.0]], [[2], [5]]),
    ),
    (
        "Constant columns are set to 0 in the test table, too, rather than shifted.",
        both_zero,
        w93([[2.0, 1.0], [2.0, 3.0]], [[5.0, 1.0]]),
    ),
    (
        "A column counts as constant only if the test table agrees.",
        both_with(scale_over_both),
        w93([[0.1]] * 3, [[0.7]]),
    ),
    (
        "A training table of one row is not used to shift.",
        both_one_row,
        w93([[2.0, 1.0]], [[5.0, 1.0]]),
    ),
    (
        "A column counts as constant if its first and last number agree.",
        both_with(scale_ends),
        w93([[1.0], [4.0], [1.0]], [[2.0]]),
    ),
    (
        "1e-8 is added to the deviation, too much for small numbers.",
        both_with(scale_epsilon),
        w93([[1e-6], [3e-6]], [[5e-6]]),
    ),
    (
        "Differences of unsigned whole numbers wrap around.",
        both_unsigned,
        w93(np.array([[5], [3], [9]], dtype=np.uint8), np.array([[4]], dtype=np.uint8)),
    ),
    ("Float tables are changed in place.", both_in_place, w93([[1.0], [3.0]], [[5.0]])),
]


def both_columns(train, test):
    columns = []
    for a, b in zip(train.T.astype(float), test.T.astype(float), strict=False):
        m = math.fsum(a) / len(a)
        s = 1.0 if len(set(a.tolist())) == 1 else math.sqrt(math.fsum((a - m) ** 2) / len(a))
        columns.append(((a - m) / s, (b - m) / s))
    return tuple(np.stack(t, axis=1) for t in zip(*columns, strict=False))


def both_map(train, test):
    mean = np.mean(train, axis=0, dtype=float)
    centred = train - mean
    constant = np.max(train, axis=0) == np.min(train, axis=0)
    scale = np.linalg.norm(centred, axis=0) / len(train) ** 0.5 * ~constant + constant
    return tuple(np.subtract(t, mean) / scale for t in (train, test))


RIGHT["9.3"] = [both_right, both_columns, both_map]


# ---------------------------------------------------------------- 9.5
class Norm:
    """Right; the wrong ones change a part of it."""

    def __init__(self, features, momentum):
        self.momentum = momentum
        self.mean, self.variance = np.zeros(features), np.ones(features)

    def train(self, x):
        mean, variance = self.statistics(x)
        self.update(x, mean, variance)
        return (x - mean) / np.sqrt(variance)

    def statistics(self, x):
        return x.mean(axis=0), x.var(axis=0)

    def update(self, x, mean, variance):
        m = self.momentum
        self.mean = m * self.mean + (1 - m) * mean
        self.variance = m * self.variance + (1 - m) * variance

    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance)


class NormShared(Norm):
    arrays = {}  # noqa: RUF012 (that is what is wrong with it)

    def __init__(self, features, momentum):
        self.momentum = momentum
        self.mean, self.variance = self.arrays.setdefault(
            features, (np.zeros(features), np.ones(features))
        )

    def update(self, x, mean, variance):
        self.mean += (1 - self.momentum) * (mean - self.mean)
        self.variance += (1 - self.momentum) * (variance - self.variance)


class NormSqueezed(Norm):
    def evaluate(self, x):
        return super().evaluate(x).squeeze(axis=0) if len(x) == 1 else super().evaluate(x)


class NormAround(Norm):
    def update(self, x, mean, variance):
        m = self.momentum
        self.mean = m * self.mean + (1 - m) * mean
        self.variance = m * self.variance + (1 - m) * ((x - self.mean) ** 2).mean(axis=0)


class NormFirst(Norm):
    first = True

    def update(self, x, mean, variance):
        if self.first:
            self.first, self.mean, self.variance = False, mean, variance
        else:
            super().update(x, mean, variance)


class NormEpsilon(Norm):
    def statistics(self, x):
        return x.mean(axis=0), x.var(axis=0) + 1e-8


class NormDeviation(Norm):
    def update(self, x, mean, variance):
        m = self.momentum
        self.mean = m * self.mean + (1 - m) * mean
        self.variance = (m * np.sqrt(self.variance) + (1 - m) * np.sqrt(variance)) ** 2


class NormZero(Norm):
    def __init__(self, features, momentum):
        super().__init__(features, momentum or 0.9)


class NormBuffer(Norm):
    out = None

    def train(self, x):
        result = super().train(x)
        if self.out is None or self.out.shape != x.shape:
            self.out = np.empty(x.shape)
        self.out[...] = result
        return self.out


class NormStale(Norm):
    scale = None

    def evaluate(self, x):
        if self.scale is None:
            self.scale = 1 / np.sqrt(self.variance)
        return (x - self.mean) * self.scale


class NormSquares(Norm):
    def statistics(self, x):
        mean = x.mean(axis=0)
        return mean, np.maximum((x**2).mean(axis=0) - mean**2, 1e-300)


B1 = np.array([[1.0, 4.0], [3.0, 10.0]])
B2 = np.array([[0.0, 1.0], [7.0, 2.0], [2.0, 9.0]])


def w95(momentum, batches, x, rel=1e-6):
    def witness(a):
        norm, m = a(x.shape[1], momentum), momentum
        mean, var = np.zeros(x.shape[1]), np.ones(x.shape[1])
        bad = False
        for b in batches:
            mean, var = m * mean + (1 - m) * b.mean(axis=0), m * var + (1 - m) * b.var(axis=0)
            bad |= far(norm.train(b.copy()), (b - b.mean(axis=0)) / b.std(axis=0), rel, 1e-9)
        return bad or far(norm.evaluate(x.copy()), (x - mean) / np.sqrt(var), rel, 1e-9)

    return witness


def w95_shared(a):
    one, two = a(2, 0.9), a(2, 0.9)
    one.train(B1.copy())
    return far(two.evaluate(B2.copy()), B2)


def w95_buffer(a):
    norm = a(2, 0.9)
    first = norm.train(B1.copy())
    old = first.copy()
    norm.train(B1[::-1] ** 2)
    return not np.array_equal(first, old)


def w95_stale(a):
    norm = a(2, 0.5)
    norm.evaluate(B1.copy())
    norm.train(B1.copy())
    return far(
        norm.evaluate(B1.copy()), (B1 - B1.mean(axis=0) / 2) / np.sqrt(0.5 + B1.var(axis=0) / 2)
    )


CASES["9.5"] = [
    ("All instances with as many features share their running statistics.", NormShared, w95_shared),
    ("evaluate returns a single row without its first axis.", NormSqueezed, w95(0.9, [B1], B2[:1])),
    ("The running variance is taken around the running mean.", NormAround, w95(0.9, [B1, B2], B2)),
    ("The first batch replaces the running statistics.", NormFirst, w95(0.9, [B1], B2)),
    (
        "1e-8 is added to the variance, too much for small numbers.",
        NormEpsilon,
        w95(0.9, [B1 * 1e-5], B2),
    ),
    (
        "The running deviation is averaged rather than the variance.",
        NormDeviation,
        w95(0.9, [B1], B2),
    ),
    ("A momentum of 0 is taken as 0.9.", NormZero, w95(0.0, [B1, B2], B1)),
    ("train returns a buffer that the next call overwrites.", NormBuffer, w95_buffer),
    ("evaluate keeps the scale of its first call, though training goes on.", NormStale, w95_stale),
    (
        "The variance is a mean square less a squared mean, lost for a large mean.",
        NormSquares,
        w95(0.9, [B1 + 1e9], B2),
    ),
]


class NormHistory:
    """Keeps all statistics and sums them up on demand."""

    def __init__(self, features, momentum):
        self.momentum, self.past = momentum, [(np.zeros(features), np.ones(features))]

    def train(self, x):
        mean = np.add.reduce(x) / len(x)
        variance = np.einsum("ij,ij->j", x - mean, x - mean) / len(x)
        self.past.append((mean, variance))
        return (x - mean) * variance**-0.5

    def evaluate(self, x):
        mean, variance = functools.reduce(
            lambda old, new: tuple(
                o + (1 - self.momentum) * (n - o) for o, n in zip(old, new, strict=False)
            ),
            self.past,
        )
        return (x - mean) * variance**-0.5


class NormStack:
    """Mean and variance as the two rows of one array."""

    def __init__(self, features, momentum):
        self.momentum = momentum
        self.running = np.repeat([[0.0], [1.0]], features, axis=1)

    def train(self, x):
        now = np.stack([np.mean(x, axis=0), np.var(x, axis=0)])
        self.running = np.average(
            [self.running, now], axis=0, weights=[self.momentum, 1 - self.momentum]
        )
        return self.apply(x, now)

    def evaluate(self, x):
        return self.apply(x, self.running)

    @staticmethod
    def apply(x, statistics):
        return np.divide(np.subtract(x, statistics[0]), np.sqrt(statistics[1]))


RIGHT["9.5"] = [Norm, NormHistory, NormStack]

# ---------------------------------------------------------------- all
WRONG = {name: [(text, answer) for text, answer, _ in cases] for name, cases in CASES.items()}
WITNESS = {
    name: [functools.partial(witness, answer) for _, answer, witness in cases]
    for name, cases in CASES.items()
}

# Wrong in a way that the checks let pass, by decision.
LET_PASS = {
    "Differences of unsigned whole numbers wrap around.": "no table of unsigned numbers is asked",
    "The result is rounded to six decimals rather than digits.": (
        "the text asks for about six digits of numbers of the order of 1"
    ),
    "Whole slopes overflow in the integer product of NumPy.": (
        "only beyond 2^63, and the slopes of the book are floats"
    ),
    "X'Xw and X'y are subtracted, so that small errors of large values are lost.": (
        "another order of the same sums; the loss shows where rows and targets are huge"
    ),
    "It computes in float32.": "to the tolerance of the check, which float32 answers are given",
    "The step is divided first, so that huge steps lose their place in the cycle.": (
        "only beyond 10^15 steps"
    ),
    "The lengths of the cycles overflow for a large multiplier.": (
        "only for cycles of more than 2^31 steps"
    ),
}
