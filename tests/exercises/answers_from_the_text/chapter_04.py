"""Right and wrong answers to exercises 4.3 to 4.6, written from their texts alone.

An entry of WITNESS is a tuple of arguments on which the answer misbehaves, or a callable
that returns True if it does. Many orders are right in 4.3: `_is_order` judges them there.
"""

import copy
import graphlib
import heapq
import math
from collections import defaultdict, deque

import numpy as np

# Exercise 4.3: an order without recursion


def order_queue(parents):
    waiting = {name: len(above) for name, above in parents.items()}
    children = {name: [] for name in parents}
    for name, above in parents.items():
        for parent in above:
            children[parent].append(name)
    ready = deque(name for name, count in waiting.items() if count == 0)
    order = []
    while ready:
        name = ready.popleft()
        order.append(name)
        for child in children[name]:
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    return order


def order_stack_of_flags(parents):
    order, seen = [], set()
    stack = [(name, False) for name in parents]
    while stack:
        name, finished = stack.pop()
        if finished:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            stack.extend((parent, False) for parent in parents[name])
    return order


def order_stack_of_iterators(graph):
    placed = {}
    for root in graph:
        if root in placed:
            continue
        placed[root] = False
        stack = [(root, iter(graph[root]))]
        while stack:
            node, rest = stack[-1]
            following = next((p for p in rest if p not in placed), None)
            if following is None:
                stack.pop()
                del placed[node]
                placed[node] = True
            else:
                placed[following] = False
                stack.append((following, iter(graph[following])))
    return list(placed)


def order_graphlib(parents):
    return list(graphlib.TopologicalSorter(parents).static_order())


def order_from_the_end(parents):
    uses = dict.fromkeys(parents, 0)
    for above in parents.values():
        for parent in set(above):
            uses[parent] += 1
    free = [name for name in parents if not uses[name]]
    backward = []
    while free:
        name = free.pop()
        backward.append(name)
        for parent in set(parents[name]):
            uses[parent] -= 1
            if not uses[parent]:
                free.append(parent)
    backward.reverse()
    return backward


def order_waves(parents):
    missing = {name: set(above) for name, above in parents.items()}
    children = defaultdict(list)
    for name, above in missing.items():
        for parent in above:
            children[parent].append(name)
    order, wave = [], [name for name in parents if not missing[name]]
    while wave:
        order += wave
        following = []
        for name in wave:
            for child in children[name]:
                missing[child].remove(name)
                if not missing[child]:
                    following.append(child)
        wave = following
    return order


def order_alphabetical_where_free(parents):
    missing = {name: len(set(above)) for name, above in parents.items()}
    children = {}
    for name in parents:
        for parent in set(parents[name]):
            children.setdefault(parent, []).append(name)
    heap = [name for name in missing if missing[name] == 0]
    heapq.heapify(heap)
    order = []
    while heap:
        order.append(heapq.heappop(heap))
        for child in children.get(order[-1], ()):
            missing[child] -= 1
            if missing[child] == 0:
                heapq.heappush(heap, child)
    return order


def order_as_listed(parents):
    return list(parents)


def order_listed_backwards(parents):
    return list(parents)[::-1]


def order_recursive(parents):
    order, seen = [], set()

    def visit(name):
        if name not in seen:
            seen.add(name)
            for parent in parents[name]:
                visit(parent)
            order.append(name)

    for name in parents:
        visit(name)
    return order


def order_sorted_names(parents):
    return sorted(parents)


def order_loses_repeated_parents(parents):
    waiting = {name: len(above) for name, above in parents.items()}
    ready = [name for name in parents if waiting[name] == 0]
    children = {name: [] for name in parents}
    for name, above in parents.items():
        for parent in set(above):
            children[parent].append(name)
    order = []
    while ready:
        name = ready.pop()
        order.append(name)
        for child in children[name]:
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    return order


def order_first_reached(parents):
    children = {name: [] for name in parents}
    for name, above in parents.items():
        for parent in above:
            children[parent].append(name)
    queue = deque(name for name in parents if not parents[name])
    order = []
    while queue:
        name = queue.popleft()
        if name not in order:
            order.append(name)
            queue.extend(children[name])
    return order


def order_children_first(parents):
    return order_queue(parents)[::-1]


def order_repeats_names(parents):
    order, stack = [], [(name, False) for name in parents]
    while stack:
        name, finished = stack.pop()
        if finished:
            order.append(name)
        else:
            stack.append((name, True))
            stack.extend((parent, False) for parent in parents[name])
    return order


def order_last_result_only(parents):
    if not parents:
        return []
    order, seen, stack = [], set(), [(list(parents)[-1], False)]
    while stack:
        name, finished = stack.pop()
        if finished:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            stack.extend((parent, False) for parent in parents[name])
    return order


def order_eats_the_dict(parents):
    children = defaultdict(list)
    for name, above in parents.items():
        for parent in above:
            children[parent].append(name)
    ready, order = [name for name in parents if not parents[name]], []
    while ready:
        name = ready.pop()
        order.append(name)
        for child in children[name]:
            parents[child].remove(name)
            if not parents[child]:
                ready.append(child)
    return order


def order_without_inputs(parents):
    return [name for name in order_queue(parents) if parents[name]]


def order_preorder_reversed(parents):
    order, seen = [], set()
    stack = list(parents)
    while stack:
        name = stack.pop()
        if name not in seen:
            seen.add(name)
            order.append(name)
            stack.extend(parents[name])
    return order[::-1]


def order_by_number_of_parents(parents):
    return sorted(parents, key=lambda name: len(parents[name]))


def order_one_repair(parents):
    order = list(parents)
    for name in parents:
        for parent in parents[name]:
            here, there = order.index(name), order.index(parent)
            if there > here:
                order.remove(parent)
                order.insert(here, parent)
    return order


def order_shortest_distance(parents):
    children = {name: [] for name in parents}
    for name, above in parents.items():
        for parent in above:
            children[parent].append(name)
    level = {name: 0 for name in parents if not parents[name]}
    queue = deque(level)
    while queue:
        name = queue.popleft()
        for child in children[name]:
            if child not in level:
                level[child] = level[name] + 1
                queue.append(child)
    return sorted(level, key=level.get)


def order_marked_early(parents):
    order, seen = [], set()
    for root in parents:
        stack = [root]
        while stack:
            name = stack.pop()
            if name in seen:
                continue
            seen.add(name)
            if parents[name]:
                order.append(name)
            else:
                order.insert(0, name)
            stack.extend(parents[name])
    return order


def order_first_parent_only(parents):
    order, seen = [], set()
    for root in parents:
        path, name = [], root
        while name not in seen:
            seen.add(name)
            path.append(name)
            if not parents[name]:
                break
            name = parents[name][0]
        order += path[::-1]
    return order


_SEEN = set()


def order_remembers(parents):
    order, stack = [], [(name, False) for name in parents]
    while stack:
        name, finished = stack.pop()
        if finished:
            order.append(name)
        elif name not in _SEEN:
            _SEEN.add(name)
            stack.append((name, True))
            stack.extend((parent, False) for parent in parents[name])
    return order


# Exercise 4.4: the backward pass over a tape


def tape_reversed(records, target):
    grads = {target: 1.0}
    for name, inputs in reversed(records):
        if name in grads:
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + grads[name] * slope
    return grads


def tape_two_passes(records, target):
    needed = {target}
    for name, inputs in records[::-1]:
        if name in needed:
            needed.update(source for source, _ in inputs)
    grads = dict.fromkeys(needed, 0)
    grads[target] = 1
    for name, inputs in records[::-1]:
        for source, slope in inputs if name in needed else ():
            grads[source] += slope * grads[name]
    return grads


def tape_by_index(tape, of):
    flowing = defaultdict(float)
    flowing[of] = 1.0
    position = len(tape) - 1
    while position >= 0:
        result, sources = tape[position]
        if result in flowing:
            arrived = flowing[result]
            for k in range(len(sources)):
                flowing[sources[k][0]] += arrived * sources[k][1]
        position -= 1
    return dict(flowing)


def tape_copy_is_emptied(records, target):
    tape, grads = copy.deepcopy(records), {target: 1.0}
    while tape:
        name, inputs = tape.pop()
        g = grads.get(name)
        if g is None:
            continue
        while inputs:
            source, slope = inputs.pop()
            grads.setdefault(source, 0.0)
            grads[source] += g * slope
    return grads


def tape_asks_the_uses(records, target):
    uses = {}
    for name, inputs in records:
        for source, slope in inputs:
            uses.setdefault(source, []).append((name, slope))
    names = [name for name, _ in records]
    leaves = [source for source in uses if source not in set(names)]
    grads = {target: 1.0}
    for name in [*reversed(names), *leaves]:
        found = [grads[child] * slope for child, slope in uses.get(name, []) if child in grads]
        if found and name != target:
            grads[name] = sum(found)
    return grads


def tape_cut_at_target(records, target):
    names = [name for name, _ in records]
    if target not in names:
        return {target: 1.0}
    grads = {target: 1.0}
    for name, inputs in reversed(records[: names.index(target) + 1]):
        if name not in grads:
            continue
        for source, slope in inputs:
            grads[source] = math.fsum([grads.get(source, 0.0), grads[name] * slope])
    return grads


def tape_new_dicts(records, target):
    grads = {target: np.float64(1)}
    for name, inputs in reversed(records):
        if name in grads:
            for source, slope in inputs:
                grads = {**grads, source: grads.get(source, 0) + grads[name] * slope}
    return {name: float(value) for name, value in grads.items()}


def tape_only_the_start(records, target):
    return {target: 1.0}


def tape_forward(records, target):
    grads = {target: 1.0}
    for name, inputs in records:
        if name in grads:
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + grads[name] * slope
    return grads


def tape_overwrites(records, target):
    grads = {target: 1.0}
    for name, inputs in reversed(records):
        if name in grads:
            for source, slope in inputs:
                grads[source] = grads[name] * slope
    return grads


def tape_zeros_for_the_rest(records, target):
    grads = {name: 0.0 for name, _ in records}
    for _, inputs in records:
        grads.update((source, 0.0) for source, _ in inputs)
    grads[target] = 1.0
    for name, inputs in reversed(records):
        for source, slope in inputs:
            grads[source] += grads[name] * slope
    return grads


def tape_eats_the_records(records, target):
    grads = {target: 1.0}
    while records:
        name, inputs = records.pop()
        if name in grads:
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + grads[name] * slope
    return grads


def tape_zero_is_nothing(records, target):
    grads = {target: 1.0}
    for name, inputs in reversed(records):
        if grads.get(name):
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + grads[name] * slope
    return grads


def tape_drops_zeros(records, target):
    return {name: g for name, g in tape_reversed(records, target).items() if g != 0}


def tape_from_the_last(records, target):
    return tape_reversed(records, records[-1][0] if records else target)


def tape_adds_slopes(records, target):
    grads = {target: 1.0}
    for name, inputs in reversed(records):
        if name in grads:
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + grads[name] + slope
    return grads


def tape_inputs_as_dict(records, target):
    grads = {target: 1.0}
    for name, inputs in reversed(records):
        if name in grads:
            for source, slope in dict(inputs).items():
                grads[source] = grads.get(source, 0.0) + grads[name] * slope
    return grads


def tape_without_target(records, target):
    grads = tape_reversed(records, target)
    del grads[target]
    return grads


def tape_leaves_only(records, target):
    results = {name for name, _ in records} - {target}
    return {k: v for k, v in tape_reversed(records, target).items() if k not in results}


def tape_one_level(records, target):
    grads = {target: 1.0}
    for name, inputs in records:
        if name == target:
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + slope
    return grads


def tape_recursive(records, target):
    tape, grads = dict(records), {}

    def flow(name, g):
        grads[name] = grads.get(name, 0.0) + g
        for source, slope in tape.get(name, []):
            flow(source, g * slope)

    flow(target, 1.0)
    return grads


def tape_keeps_the_dict(records, target, grads={}):  # noqa: B006
    grads[target] = 1.0
    for name, inputs in reversed(records):
        if name in grads:
            for source, slope in inputs:
                grads[source] = grads.get(source, 0.0) + grads[name] * slope
    return grads


def tape_mean_of_uses(records, target):
    grads, uses = {target: 1.0}, defaultdict(int)
    for name, inputs in reversed(records):
        if name in grads:
            for source, slope in inputs:
                uses[source] += 1
                old = grads.get(source, 0.0)
                grads[source] = old + (grads[name] * slope - old) / uses[source]
    return grads


def tape_stops_at_a_stranger(records, target):
    grads = {target: 1.0}
    for name, inputs in reversed(records):
        if name not in grads:
            break
        for source, slope in inputs:
            grads[source] = grads.get(source, 0.0) + grads[name] * slope
    return grads


def tape_strangers_count(records, target):
    grads = {target: 1.0}
    for name, inputs in reversed(records):
        for source, slope in inputs:
            grads[source] = grads.get(source, 0.0) + grads.get(name, 1.0) * slope
    return grads


def tape_squares_first_visit(records, target):
    grads, seen = {target: 1.0}, {target}
    for name, inputs in reversed(records):
        if name in grads:
            for source, slope in inputs:
                if source not in seen:
                    seen.add(source)
                    grads[source] = grads[name] * slope
    return grads


# Exercise 4.5: a rule of your own


def softplus_two_branches(g, out, x):
    small = np.exp(-np.abs(x))
    return g * np.where(x >= 0, 1.0, small) / (1.0 + small)


def softplus_logaddexp(g, out, x):
    return g * np.exp(-np.logaddexp(0.0, -x))


def softplus_tanh(g, out, x):
    return g * (1 + np.tanh(x / 2)) / 2


def softplus_loop(arrived, result, inputs):
    def slope(t):
        if t >= 0:
            return 1 / (1 + math.exp(-t))
        return math.exp(t) / (1 + math.exp(t))

    flat = np.array([slope(float(t)) for t in np.ravel(inputs)], dtype=float)
    return flat.reshape(np.shape(inputs)) * arrived


def softplus_masks(g, out, x):
    x = np.asarray(x, dtype=float)
    slope = np.empty_like(x)
    positive = x > 0
    slope[positive] = 1 / (1 + np.exp(-x[positive]))
    grown = np.exp(x[~positive])
    slope[~positive] = grown / (1 + grown)
    return slope * g


def softplus_from_the_result(g, out, x):
    return g * -np.expm1(-out)


def softplus_quiet(g, out, x):
    with np.errstate(over="ignore"):
        return np.divide(g, 1 + np.exp(np.negative(x)))


def softplus_one(g, out, x):
    return g * np.ones(np.shape(x))


def softplus_overflow(g, out, x):
    return g * np.exp(x) / (1 + np.exp(x))


def softplus_itself(g, out, x):
    return g * np.logaddexp(0, x)


def softplus_mirrored(g, out, x):
    return g / (1 + np.exp(x))


def softplus_second_derivative(g, out, x):
    s = 0.5 * (1 + np.tanh(0.5 * x))
    return g * s * (1 - s)


def softplus_no_g(g, out, x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def softplus_as_relu(g, out, x):
    return g * (x > 0)


def softplus_clipped(g, out, x):
    return g / (1 + np.exp(-np.clip(x, -10, 10)))


def softplus_in_place(g, out, x):
    g *= 0.5 * (1 + np.tanh(0.5 * x))
    return g


def softplus_of_result(g, out, x):
    return g * 0.5 * (1 + np.tanh(0.5 * out))


def softplus_clips_in_place(g, out, x):
    np.clip(x, -700, 700, out=x)
    return g / (1 + np.exp(-x))


def softplus_is_tanh(g, out, x):
    return g * np.tanh(x)


def softplus_large_without_g(g, out, x):
    near = np.minimum(x, 30)
    return np.where(x > 30, 1.0, g * np.exp(near) / (1 + np.exp(near)))


def softplus_nan_to_zero(g, out, x):
    return g * np.nan_to_num(np.exp(x) / (1 + np.exp(x)))


def softplus_zero_when_large(g, out, x):
    inside = np.abs(x) < 30
    return g * np.where(inside, 1 / (1 + np.exp(-np.where(inside, x, 0.0))), 0.0)


def softplus_divides(g, out, x):
    return g * (1 + np.exp(-x))


def softplus_sum(g, out, x):
    return np.sum(g * 0.5 * (1 + np.tanh(0.5 * x)))


def softplus_no_one(g, out, x):
    return g * np.exp(np.minimum(x, 0))


def softplus_numerical(g, out, x):
    high, low = np.logaddexp(0, x + 1e-3), np.logaddexp(0, x - 1e-3)
    return g * (high - low) / 2e-2


def softplus_plain_number(g, out, x):
    return g * (1 / (1 + math.exp(-x)))


# Exercise 4.6: forward mode for a quotient


def duals_quotient_rule(a, b):
    value = a[0] / b[0]
    return value, (a[1] * b[0] - a[0] * b[1]) / b[0] ** 2


def duals_from_the_product(a, b):
    quotient = a[0] / b[0]
    return quotient, (a[1] - quotient * b[1]) / b[0]


def duals_reciprocal(a, b):
    one_over, slope = 1 / b[0], -b[1] / b[0] / b[0]
    return a[0] * one_over, a[1] * one_over + a[0] * slope


def duals_unpacked(numerator, denominator):
    (u, du), (v, dv) = numerator, denominator
    return u / v, du / v - u / v * dv / v


def duals_matrices(a, b):
    def table(value, slope):
        return np.array([[value, slope], [0.0, value]], dtype=float)

    quotient = np.linalg.solve(table(*b), table(*a))
    return float(quotient[1, 1]), float(quotient[0, 1])


def duals_list(a, b):
    value, result = a[0] / b[0], []
    result.append(value)
    result.append((a[1] - value * b[1]) / b[0])
    return result


def duals_arrays(a, b):
    value = np.true_divide(a[0], b[0])
    slope = np.dot([b[0], -a[0]], [a[1], b[1]]) / np.square(b[0], dtype=float)
    return value, slope


def duals_slopes_divided(a, b):
    return a[0] / b[0], a[1] / b[1]


def duals_sign(a, b):
    return a[0] / b[0], (a[0] * b[1] - a[1] * b[0]) / b[0] ** 2


def duals_plus(a, b):
    return a[0] / b[0], (a[1] * b[0] + a[0] * b[1]) / b[0] ** 2


def duals_no_square(a, b):
    return a[0] / b[0], (a[1] * b[0] - a[0] * b[1]) / b[0]


def duals_over_a(a, b):
    return a[0] / b[0], (a[1] * b[0] - a[0] * b[1]) / a[0] ** 2


def duals_no_division(a, b):
    return a[0] / b[0], a[1] * b[0] - a[0] * b[1]


def duals_b_is_constant(a, b):
    return a[0] / b[0], a[1] / b[0]


def duals_a_is_constant(a, b):
    return a[0] / b[0], -a[0] * b[1] / b[0] ** 2


def duals_product_rule(a, b):
    return a[0] / b[0], a[1] * b[0] + a[0] * b[1]


def duals_logarithms(a, b):
    value = np.float64(a[0]) / b[0]
    return value, value * (np.float64(a[1]) / a[0] - np.float64(b[1]) / b[0])


def duals_whole(a, b):
    return a[0] // b[0], (a[1] * b[0] - a[0] * b[1]) / b[0] ** 2


def duals_whole_slope(a, b):
    return a[0] / b[0], (a[1] * b[0] - a[0] * b[1]) // b[0] ** 2


def duals_slope_only(a, b):
    return (a[1] * b[0] - a[0] * b[1]) / b[0] ** 2


def duals_swapped(a, b):
    return (a[1] * b[0] - a[0] * b[1]) / b[0] ** 2, a[0] / b[0]


def duals_positive_denominator(a, b):
    return a[0] / abs(b[0]), (a[1] * b[0] - a[0] * b[1]) / b[0] ** 2


def duals_other_way(a, b):
    return b[0] / a[0], (b[1] * a[0] - b[0] * a[1]) / a[0] ** 2


def duals_finite_step(a, b):
    h = 1e-3
    value = a[0] / b[0]
    return value, ((a[0] + h * a[1]) / (b[0] + h * b[1]) - value) / h


def duals_mixed_up(a, b):
    return a[0] / b[0], (a[1] * b[1] - a[0] * b[0]) / b[0] ** 2


def duals_small_slopes(a, b):
    value = a[0] / b[0]
    slope = (a[1] - value * b[1]) / b[0]
    return value, slope if abs(slope) > 1e-6 else 0.0


RIGHT = {
    "4.3": [
        ("counts missing parents, a queue", order_queue),
        ("depth first with a stack of flags", order_stack_of_flags),
        ("depth first with iterators, arguments renamed", order_stack_of_iterators),
        ("graphlib", order_graphlib),
        ("from the results back, then reversed", order_from_the_end),
        ("wave after wave", order_waves),
        ("a heap, so free nodes come in alphabetical order", order_alphabetical_where_free),
    ],
    "4.4": [
        ("backward over the records, get with 0", tape_reversed),
        ("first what is needed, then the sums", tape_two_passes),
        ("a while loop by index, defaultdict, arguments renamed", tape_by_index),
        ("empties a deep copy", tape_copy_is_emptied),
        ("each value asks those that use it", tape_asks_the_uses),
        ("cuts the tape after the target, fsum", tape_cut_at_target),
        ("a new dict each time, plain floats", tape_new_dicts),
    ],
    "4.5": [
        ("exp of -|x|, two branches", softplus_two_branches),
        ("exp of minus logaddexp", softplus_logaddexp),
        ("by tanh", softplus_tanh),
        ("a loop with math.exp, arguments renamed", softplus_loop),
        ("boolean masks", softplus_masks),
        ("from the result with expm1", softplus_from_the_result),
        ("one over 1 + exp(-x), overflow to infinity silenced", softplus_quiet),
    ],
    "4.6": [
        ("quotient rule", duals_quotient_rule),
        ("solved from the product rule", duals_from_the_product),
        ("times the reciprocal", duals_reciprocal),
        ("unpacked, arguments renamed", duals_unpacked),
        ("matrices that behave like duals", duals_matrices),
        ("a list of two", duals_list),
        ("NumPy functions", duals_arrays),
    ],
}

WRONG = {
    "4.3": [
        ("the order of the dict", order_as_listed),
        ("the order of the dict, backwards", order_listed_backwards),
        ("recursion: breaks for a long chain", order_recursive),
        ("alphabetical order", order_sorted_names),
        ("a node with the same parent twice never comes out", order_loses_repeated_parents),
        ("puts a node where it is first reached", order_first_reached),
        ("children before parents", order_children_first),
        ("lists shared parents twice", order_repeats_names),
        ("only what the last name depends on", order_last_result_only),
        ("removes names from the lists of the caller", order_eats_the_dict),
        ("leaves out the nodes without parents", order_without_inputs),
        ("order of discovery reversed: wrong where branches differ", order_preorder_reversed),
        ("sorts by the number of parents", order_by_number_of_parents),
        ("moves parents forward in one pass only", order_one_repair),
        ("sorts by the shortest distance, not the longest", order_shortest_distance),
        ("puts a node before its parents are done", order_marked_early),
        ("follows the first parent only", order_first_parent_only),
        ("remembers the names of earlier calls", order_remembers),
    ],
    "4.4": [
        ("knows the start only", tape_only_the_start),
        ("goes forward over the records", tape_forward),
        ("overwrites where it should add", tape_overwrites),
        ("zeros for values the target does not depend on", tape_zeros_for_the_rest),
        ("empties the records", tape_eats_the_records),
        ("takes a gradient of 0 for none", tape_zero_is_nothing),
        ("drops gradients of 0", tape_drops_zeros),
        ("begins at the last record, whatever the target", tape_from_the_last),
        ("adds the slope instead of multiplying", tape_adds_slopes),
        ("makes a dict of the inputs, so a repeated one counts once", tape_inputs_as_dict),
        ("leaves out the target", tape_without_target),
        ("only the values that are no results", tape_leaves_only),
        ("only one level", tape_one_level),
        ("follows each path by recursion: breaks for long tapes", tape_recursive),
        ("keeps the dict of the last call", tape_keeps_the_dict),
        ("the mean of the contributions instead of the sum", tape_mean_of_uses),
        ("stops at a record that does not matter", tape_stops_at_a_stranger),
        ("counts records that do not matter", tape_strangers_count),
        ("counts only the first contribution", tape_squares_first_visit),
    ],
    "4.5": [
        ("slope 1 everywhere", softplus_one),
        ("overflows for large entries: NaN", softplus_overflow),
        ("the function, not its slope", softplus_itself),
        ("the sigmoid of -x", softplus_mirrored),
        ("the slope of the sigmoid", softplus_second_derivative),
        ("forgets g", softplus_no_g),
        ("the slope of relu", softplus_as_relu),
        ("clips at 10, which shows below -10", softplus_clipped),
        ("changes g in place", softplus_in_place),
        ("the sigmoid of the result", softplus_of_result),
        ("clips x itself", softplus_clips_in_place),
        ("tanh", softplus_is_tanh),
        ("forgets g for large entries", softplus_large_without_g),
        ("turns NaN to 0: slope 0 for large entries", softplus_nan_to_zero),
        ("slope 0 beyond 30, on both sides", softplus_zero_when_large),
        ("divides by the slope", softplus_divides),
        ("adds up all entries", softplus_sum),
        ("exp below 0, 1 above", softplus_no_one),
        ("a numerical slope with a wrong divisor", softplus_numerical),
        ("works for a number only", softplus_plain_number),
    ],
    "4.6": [
        ("divides the slopes", duals_slopes_divided),
        ("the slope has the wrong sign", duals_sign),
        ("plus in the quotient rule", duals_plus),
        ("forgets the square", duals_no_square),
        ("divides by the square of a", duals_over_a),
        ("forgets the division", duals_no_division),
        ("takes b for a constant", duals_b_is_constant),
        ("takes a for a constant", duals_a_is_constant),
        ("product rule for the slope", duals_product_rule),
        ("logarithmic derivative: NaN where a is 0", duals_logarithms),
        ("whole-number division of the values", duals_whole),
        ("whole-number division of the slope", duals_whole_slope),
        ("the slope only", duals_slope_only),
        ("slope before value", duals_swapped),
        ("loses the sign of b in the value", duals_positive_denominator),
        ("b over a", duals_other_way),
        ("a finite step: three digits", duals_finite_step),
        ("values and slopes mixed up", duals_mixed_up),
        ("takes small slopes for 0", duals_small_slopes),
    ],
}


def _is_order(parents, order):
    place = {name: k for k, name in enumerate(order)}
    if not isinstance(order, list) or len(order) != len(parents) or place.keys() != parents.keys():
        return False
    return all(place[p] < place[name] for name, above in parents.items() for p in above)


def _disorder(function, parents):
    given = copy.deepcopy(parents)
    try:
        return not _is_order(parents, function(given)) or given != parents
    except RecursionError:
        return True


_DIAMOND = {"out": ["left", "right"], "left": ["x"], "right": ["left", "x"], "x": []}
_LINE = {"a": [], "b": ["a"], "c": ["b"]}
_LONG = {f"n{k}": [f"n{k + 1}"] for k in range(19_999)} | {"n19999": []}
_BRANCHES = {"y": ["a", "d"], "d": ["c"], "c": ["a"], "a": []}
_TWO_RESULTS = {"a": [], "b": ["a"], "c": ["a"]}

_TAPE = [
    ("h", [("w", 2.0), ("x", -1.0)]),
    ("a", [("h", 3.0)]),
    ("aside", [("h", 7.0), ("z", 1.0)]),
    ("q", [("a", 0.5), ("a", 0.25), ("h", 4.0)]),
    ("later", [("q", 2.0)]),
]
_ZERO_TAPE = [("h", [("w", 2.0)]), ("y", [("h", 0.0), ("v", 1.0)])]
_LONG_TAPE = [(f"n{k + 1}", [(f"n{k}", 1.0)]) for k in range(5000)]

_X = np.array([-1000.0, -40.0, -12.0, -1.0, 0.0, 2.0, 35.0, 1000.0])
_G = np.array([2.0, -7.0, 1e5, -1.0, 4.0, 0.5, -2.0, 3.0])
_SOFTPLUS = (_G, np.logaddexp(0, _X), _X)

WITNESS = {
    "4.3": [
        lambda: _disorder(order_as_listed, _DIAMOND),
        lambda: _disorder(order_listed_backwards, _LINE),
        lambda: _disorder(order_recursive, _LONG),
        lambda: _disorder(order_sorted_names, _DIAMOND),
        lambda: _disorder(order_loses_repeated_parents, {"x": [], "square": ["x", "x"]}),
        lambda: _disorder(order_first_reached, _BRANCHES),
        lambda: _disorder(order_children_first, _LINE),
        lambda: _disorder(order_repeats_names, _DIAMOND),
        lambda: _disorder(order_last_result_only, _TWO_RESULTS),
        lambda: _disorder(order_eats_the_dict, _LINE),
        lambda: _disorder(order_without_inputs, _LINE),
        lambda: _disorder(order_preorder_reversed, _BRANCHES),
        lambda: _disorder(order_by_number_of_parents, _BRANCHES),
        lambda: _disorder(order_one_repair, {"b": ["a"], "d": ["c"], "c": [], "a": ["d"]}),
        lambda: _disorder(order_shortest_distance, _BRANCHES),
        lambda: _disorder(order_marked_early, _BRANCHES),
        lambda: _disorder(order_first_parent_only, _BRANCHES),
        lambda: _disorder(order_remembers, _LINE) or _disorder(order_remembers, _LINE),
    ],
    "4.4": [
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_ZERO_TAPE, "y"),
        (_ZERO_TAPE, "y"),
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_LONG_TAPE, "n5000"),
        lambda: len((tape_keeps_the_dict(_TAPE, "q"), tape_keeps_the_dict(_TAPE, "h"))[1]) != 3,
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_TAPE, "q"),
        (_TAPE, "q"),
    ],
    "4.5": [_SOFTPLUS] * 20,
    "4.6": [
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((0.0, 3.0), (4.0, -5.0)),
        ((2, 3), (4, -5)),
        ((2, 3), (4, -5)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (-4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 3.0), (4.0, -5.0)),
        ((2.0, 1e-7), (4.0, 0.0)),
    ],
}
