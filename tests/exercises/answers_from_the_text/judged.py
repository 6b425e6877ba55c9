"""Answers by a third author, who wrote from the texts alone to see what is said of each.

honest_N_M_what: wrong, as an honest student might write it.
lazy_N_M_what: wrong, lazy or cheating.
right_N_M_what: right, in an unusual style.
"""

# ruff: noqa: B905
import graphlib
import itertools
from functools import reduce

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def fall(start, end, share):
    return end + (start - end) * (1 + np.cos(np.pi * share)) / 2


# ---------------------------------------------------------------- chapter 1
def honest_1_3_relative(f, x, h):
    # The step is scaled with x ("relative step"), so the points are not x - h and x + h.
    step = h * max(1.0, abs(x))
    ahead, behind = x + step, x - step
    return (f(ahead) - f(behind)) / (ahead - behind)


def honest_1_3_one_side(f, x, h):
    # Takes the step ahead as really taken, and believes the one behind is the same.
    real = (x + h) - x
    return (f(x + h) - f(x - h)) / (2 * real)


def honest_1_4_nested(f, x, h):
    # A central difference of central differences: it spans 2h to each side.
    def slope(z):
        return (f(z + h) - f(z - h)) / (2 * h)

    return (slope(x + h) - slope(x - h)) / (2 * h)


def honest_1_4_curvature(f, x, h):
    # The curvature of the curve (one over the radius) instead of the second derivative.
    slope = (f(x + h) - f(x - h)) / (2 * h)
    second = (f(x + h) - 2 * f(x) + f(x - h)) / h**2
    return second / (1 + slope**2) ** 1.5


def honest_1_5_stop_at_turn(slope, x, move, count):
    # Stops for good as soon as the slope changes its sign: "arrived".
    first = np.sign(slope(x))
    for _ in range(count):
        if np.sign(slope(x)) != first:
            break
        x = x - move * first
    return x


def lazy_1_5_multiply(slope, x, move, count):
    # Looks once a pair of moves: takes two moves for one look at the slope.
    while count >= 2:
        x = x - 2 * move * np.sign(slope(x))
        count -= 2
    if count:
        x = x - move * np.sign(slope(x))
    return x


# ---------------------------------------------------------------- chapter 2
def honest_2_3_rows(f, W):
    # Goes over the first axis only: right for vectors, the sum of a row for tables.
    W = W.astype(float)
    out = np.zeros(W.shape)
    for i in range(len(W)):
        ahead, behind = W.copy(), W.copy()
        ahead[i] += 1e-5
        behind[i] -= 1e-5
        out[i] = (f(ahead) - f(behind)) / 2e-5
    return out


def honest_2_3_relative(f, W):
    # A step in proportion to the entry: an entry 0 gets no step.
    W = W.astype(float)
    out = np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        h = 1e-5 * abs(W[i])
        ahead, behind = W.copy(), W.copy()
        ahead[i] += h
        behind[i] -= h
        out[i] = (f(ahead) - f(behind)) / (2 * h)
    return out


def lazy_2_3_forward(f, W):
    # One-sided, with half as many calls: about six digits where the bend is small.
    W = W.astype(float)
    here, out = f(W), np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        ahead = W.copy()
        ahead[i] += 1e-8
        out[i] = (f(ahead) - here) / 1e-8
    return out


def honest_2_4_spectral(slopes, toward):
    # The matrix 2-norm: right for vectors, for tables the largest singular value.
    return np.sum(slopes * toward) / np.linalg.norm(toward, 2)


def honest_2_4_rowwise(slopes, toward):
    # Each row of a table is made a direction of its own.
    unit = toward / np.linalg.norm(toward, axis=-1, keepdims=True)
    return np.sum(slopes * unit)


def honest_2_5_unit_step(f, slopes, W, step):
    # Takes step as the length of the walk, along the unit direction.
    size = np.sqrt(np.sum(slopes**2))
    return step * size, f(W) - f(W - step * slopes / size)


def honest_2_5_never_negative(f, slopes, W, step):
    # A fall can't be negative, he thinks.
    return step * np.sum(slopes**2), max(f(W) - f(W - step * slopes), 0.0)


def honest_2_5_promise_from_new_place(f, slopes, W, step):
    # The mean of both: promises with the real fall averaged in? No: the promise is
    # measured with a tiny step and scaled up from 1/1000 of it; nearly right.
    tiny = step / 1000
    return 1000 * (f(W) - f(W - tiny * slopes)), f(W) - f(W - step * slopes)


# ---------------------------------------------------------------- chapter 3
def honest_3_3_stop_at_zero(functions, slopes, x):
    # Once the slope is 0 all the rest is 0, so it stops, and forgets the rest.
    local = []
    for f, s in zip(functions, slopes):
        local.append(s(x))
        x = f(x)
    left = [1.0]
    for s in reversed(local):
        left.insert(0, left[0] * s)
        if left[0] == 0:
            break
    return left


def lazy_3_3_differences(functions, slopes, x):
    # Finite differences from each value on; never looks at slopes.
    out = []
    for k in range(len(functions) + 1):
        ahead, behind = x + 1e-6, x - 1e-6
        for f in functions[k:]:
            ahead, behind = f(ahead), f(behind)
        out.append((ahead - behind) / 2e-6)
        if k < len(functions):
            x = functions[k](x)
    return out


def honest_3_4_inverse(G, X, W):
    # Going back = undoing: divides by W instead of multiplying with its transpose.
    return G @ np.linalg.pinv(W), X.T @ G, G.sum(axis=0)


def honest_3_4_mean(G, X, W):
    # Means over the batch for the parameters.
    return G @ W.T, X.T @ G / len(X), G.mean(axis=0)


def honest_3_5_cross_entropy(G, P):
    # The famous result for softmax with cross-entropy, G taken for the targets.
    return P - G


def honest_3_5_plain_mean(G, P):
    # Subtracts the plain mean of the row, not the mean weighted with P.
    return P * (G - G.mean(axis=1, keepdims=True))


# ---------------------------------------------------------------- chapter 4
def honest_4_3_shortest(parents):
    # Levels by the shortest way from a root: BFS, each node at first sight.
    children = {n: [] for n in parents}
    for n, ps in parents.items():
        for p in ps:
            children[p].append(n)
    order = [n for n, ps in parents.items() if not ps]
    seen = set(order)
    for n in order:
        for c in children[n]:
            if c not in seen:
                seen.add(c)
                order.append(c)
    return order


def honest_4_3_reversed_preorder(parents):
    # An iterative depth-first search, written down on arrival, then turned round.
    used = {p for ps in parents.values() for p in ps}
    stack = [n for n in parents if n not in used]
    order, seen = [], set()
    while stack:
        n = stack.pop()
        if n in seen:
            continue
        seen.add(n)
        order.append(n)
        stack.extend(parents[n])
    return order[::-1]


def honest_4_4_dict(records, target):
    # dict(inputs): an input listed twice counts once.
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if result in grads:
            for name, slope in dict(inputs).items():
                grads[name] = grads.get(name, 0.0) + grads[result] * slope
    return grads


def honest_4_4_pop(records, target):
    # Takes each finished gradient out: only the leaves are left.
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if result in grads:
            arrived = grads.pop(result)
            for name, slope in inputs:
                grads[name] = grads.get(name, 0.0) + arrived * slope
    return grads


def honest_4_4_truthy(records, target):
    # A gradient of 0 counts as none: values behind it are missing.
    grads = {target: 1.0}
    for result, inputs in reversed(records):
        if grads.get(result):
            for name, slope in inputs:
                grads[name] = grads.get(name, 0.0) + grads[result] * slope
    return grads


def honest_4_5_sigmoid_pattern(g, out, x):
    # Takes out for a sigmoid: the well-known s(1 - s).
    return g * out * (1 - out)


def lazy_4_5_ramp(g, out, x):
    # Quick stand-in for the sigmoid, good to a few percent.
    return g * (0.5 + 0.5 * np.tanh(0.48 * x))


def honest_4_6_no_quotient(a, b):
    # d(a/b) = a'/b - b'/b: forgets that the second share carries the quotient.
    return a[0] / b[0], a[1] / b[0] - b[1] / b[0]


def lazy_4_6_logs(a, b):
    # Through logarithms: q' = q (a'/a - b'/b), not defined for a = 0.
    q = a[0] / b[0]
    return q, q * (a[1] / a[0] - b[1] / b[0])


# ---------------------------------------------------------------- chapter 5
def honest_5_3_relative(gradient, start, rate, tolerance, max_steps):
    # tolerance relative to the length of the first gradient.
    theta, steps, g = start, 0, gradient(start)
    goal = tolerance * np.linalg.norm(g)
    while np.linalg.norm(g) > goal and steps < max_steps:
        theta, steps = theta - rate * g, steps + 1
        g = gradient(theta)
    return theta, steps


def honest_5_3_step_length(gradient, start, rate, tolerance, max_steps):
    # Stops when the step gets short: rate times length.
    theta, steps, g = start, 0, gradient(start)
    while rate * np.linalg.norm(g) > tolerance and steps < max_steps:
        theta, steps = theta - rate * g, steps + 1
        g = gradient(theta)
    return theta, steps


def honest_5_3_gives_up(gradient, start, rate, tolerance, max_steps):
    # Gives up as soon as the gradient gets longer: "diverges".
    theta, steps, g = start, 0, gradient(start)
    while np.linalg.norm(g) > tolerance and steps < max_steps:
        new = theta - rate * g
        g_new = gradient(new)
        if np.linalg.norm(g_new) > np.linalg.norm(g):
            break
        theta, g, steps = new, g_new, steps + 1
    return theta, steps


def lazy_5_4_diagonal(A):
    # The largest diagonal entry: right for columns at right angles.
    return 2 / np.max(np.diag(2 / len(A) * A.T @ A))


def lazy_5_4_row_sums(A):
    # Gershgorin: the largest sum of sizes in a row bounds the eigenvalue.
    return 2 / np.abs(2 / len(A) * A.T @ A).sum(axis=1).max()


def honest_5_5_loss(H, rate):
    # The factor of the loss, which is the square.
    return np.max((1 - rate * np.linalg.eigvalsh(H)) ** 2)


def honest_5_5_no_flat(H, rate):
    # Leaves out flat directions: "there nothing is to be learned".
    values = np.linalg.eigvalsh(H)
    values = values[values > 1e-12]
    return np.abs(1 - rate * values).max() if len(values) else 0.0


def honest_5_5_inf(H, rate):
    # "Above 1 it diverges": returns infinity then.
    factor = np.abs(1 - rate * np.linalg.eigvalsh(H)).max()
    return factor if factor <= 1 else np.inf


# ---------------------------------------------------------------- chapter 6
def honest_6_3_wrap(X, y, w, learning_rate, batch_size, order):
    # Fills the short batch up with rows from the beginning.
    w = w.copy()
    for i in range(0, len(order), batch_size):
        rows = order[np.arange(i, i + batch_size) % len(order)]
        w -= learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
    return w


def honest_6_3_average(X, y, w, learning_rate, batch_size, order):
    # Returns the mean of the weights on the way (Polyak's averaging).
    w, seen = w.copy(), []
    for i in range(0, len(order), batch_size):
        rows = order[i : i + batch_size]
        w = w - learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
        seen.append(w)
    return np.mean(seen, axis=0)


def honest_6_3_argsort(X, y, w, learning_rate, batch_size, order):
    # Uses the inverse order: row i goes to place order[i].
    w, order = w.copy(), np.argsort(order)
    for i in range(0, len(order), batch_size):
        rows = order[i : i + batch_size]
        w = w - learning_rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
    return w


def honest_6_4_blocks(n, batch_size, rng):
    # Shuffles the batches, not the rows: neighbors stay together.
    batches = [np.arange(i, min(i + batch_size, n)) for i in range(0, n, batch_size)]
    return [batches[k] for k in rng.permutation(len(batches))]


def lazy_6_4_rotate(n, batch_size, rng):
    # A random rotation in place of a shuffle.
    order = np.roll(np.arange(n), rng.integers(n)) if n else np.arange(0)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


def lazy_6_4_within(n, batch_size, rng):
    # Shuffles inside each batch only, the sets of rows stay.
    return [rng.permutation(np.arange(i, min(i + batch_size, n))) for i in range(0, n, batch_size)]


def honest_6_5_lengths(G, batch_size):
    # The spread of the lengths of the gradients.
    n = len(G)
    variance = np.var(np.linalg.norm(G, axis=1))
    return np.sqrt(variance / batch_size * (n - batch_size) / (n - 1))


def honest_6_5_around_zero(G, batch_size):
    # Mean square around zero instead of around the full gradient.
    n = len(G)
    variance = np.sum(np.mean(G**2, axis=0))
    return np.sqrt(variance / batch_size * (n - batch_size) / (n - 1))


# ---------------------------------------------------------------- chapter 7
class honest_7_4_restart:
    # Forgets the velocity where the gradient turns against it (adaptive restart).
    def __init__(self, learning_rate, momentum):
        self.rate, self.momentum, self.v = learning_rate, momentum, {}

    def update(self, params, grads):
        for key, g in grads.items():
            old = self.v.get(key, 0.0)
            old = np.where(np.sign(old) * np.sign(g) < 0, 0.0, old)
            v = self.momentum * old + (1 - self.momentum) * g
            self.v[key] = v
            params[key] = params[key] - self.rate * v


class honest_7_4_nesterov:
    # Looks ahead once more, as Nesterov does.
    def __init__(self, learning_rate, momentum):
        self.rate, self.momentum, self.v = learning_rate, momentum, {}

    def update(self, params, grads):
        a = self.momentum
        for key, g in grads.items():
            v = a * self.v.get(key, 0.0) + (1 - a) * g
            self.v[key] = v
            params[key] = params[key] - self.rate * (a * v + (1 - a) * g)


class honest_7_5_deviations:
    # Averages the squared deviation from the present mean, not the squares.
    def __init__(self, learning_rate, decay, epsilon):
        self.rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.a, self.h = {}, {}

    def update(self, params, grads):
        keep = self.decay
        for key, g in grads.items():
            a = keep * self.a.get(key, 0.0) + (1 - keep) * g
            h = keep * self.h.get(key, 0.0) + (1 - keep) * (g - a) ** 2
            self.a[key], self.h[key] = a, h
            params[key] = params[key] - self.rate * g / (np.sqrt(h) + self.epsilon)


class honest_7_5_abs:
    # The size of the difference instead of 0 where it is negative.
    def __init__(self, learning_rate, decay, epsilon):
        self.rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.a, self.h = {}, {}

    def update(self, params, grads):
        keep = self.decay
        for key, g in grads.items():
            a = keep * self.a.get(key, 0.0) + (1 - keep) * g
            h = keep * self.h.get(key, 0.0) + (1 - keep) * g * g
            self.a[key], self.h[key] = a, h
            spread = np.sqrt(np.abs(h - a * a))
            params[key] = params[key] - self.rate * g / (spread + self.epsilon)


class honest_7_6_one_norm_for_all:
    # The "infinity norm": one maximum over all entries of an array.
    def __init__(self, learning_rate, beta1, beta2):
        self.rate, self.b1, self.b2 = learning_rate, beta1, beta2
        self.m, self.u, self.t = {}, {}, 0

    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            m = self.b1 * self.m.get(key, 0.0) + (1 - self.b1) * g
            u = max(self.b2 * self.u.get(key, 0.0), np.max(np.abs(g)))
            self.m[key], self.u[key] = m, u
            params[key] = params[key] - self.rate / (1 - self.b1**self.t) * m / u


class honest_7_6_signed:
    # The maximum of m's own memory: the largest of |m|, not of |g|.
    def __init__(self, learning_rate, beta1, beta2):
        self.rate, self.b1, self.b2 = learning_rate, beta1, beta2
        self.m, self.u, self.t = {}, {}, 0

    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            m = self.b1 * self.m.get(key, 0.0) + (1 - self.b1) * g
            corrected = m / (1 - self.b1**self.t)
            u = np.maximum(self.b2 * self.u.get(key, 0.0), np.abs(corrected))
            self.m[key], self.u[key] = m, u
            params[key] = params[key] - self.rate * corrected / u


# ---------------------------------------------------------------- chapter 8
def honest_8_3_continuous(step, base_rate, max_rate, step_size):
    # Halves smoothly with the step, not cycle by cycle.
    cycle = np.floor(1 + step / (2 * step_size))
    x = np.abs(step / step_size - 2 * cycle + 1)
    shrink = 0.5 ** (step / (2 * step_size))
    return base_rate + (max_rate - base_rate) * np.maximum(0, 1 - x) * shrink


def honest_8_3_half_max(step, base_rate, max_rate, step_size):
    # Halves the highest rate, not the amplitude (but not below the base).
    cycle = np.floor(1 + step / (2 * step_size))
    x = np.abs(step / step_size - 2 * cycle + 1)
    top = np.maximum(max_rate * 0.5 ** (cycle - 1), base_rate)
    return base_rate + (top - base_rate) * np.maximum(0, 1 - x)


def honest_8_3_int_power(step, base_rate, max_rate, step_size):
    # 2 to a whole power, in integers of 64 bits: overflows far out.
    step = np.asarray(step)
    cycle = step // (2 * step_size)
    x = np.abs(step / step_size - 2 * cycle - 1)
    return base_rate + (max_rate - base_rate) * (1 - x) / np.power(2, cycle)


def honest_8_4_full_fall(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    # Lets the last step of each cycle reach min_rate exactly.
    length = cycle_length
    while step >= length:
        step, length = step - length, length * cycle_multiplier
    return fall(max_rate, min_rate, step / max(length - 1, 1))


def lazy_8_4_arithmetic(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    # Cycles grow by a constant: 1, 2, 3 times; agrees in the first two cycles.
    length, k = cycle_length, 0
    while step >= length:
        step, k = step - length, k + 1
        length = cycle_length * (1 + k * (cycle_multiplier - 1))
    return fall(max_rate, min_rate, step / length)


def lazy_8_4_logarithm(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    # The number of the cycle from a logarithm, which rounding may put one too low.
    m = cycle_multiplier
    if m == 1:
        return fall(max_rate, min_rate, step % cycle_length / cycle_length)
    k = np.floor(np.log(step / cycle_length * (m - 1) + 1) / np.log(m))
    start = cycle_length * (m**k - 1) / (m - 1)
    return fall(max_rate, min_rate, (step - start) / (cycle_length * m**k))


def honest_8_5_mask(rates, losses, keep):
    # A mask keeps all that is finite, also what comes after the first nan.
    fine = np.isfinite(losses)
    average, best, rate = 0.0, np.inf, None
    for count, (r, loss) in enumerate(zip(rates[fine], losses[fine]), start=1):
        average += (1 - keep) * (loss - average)
        if average / (1 - keep**count) < best:
            best, rate = average / (1 - keep**count), r
    return rate


def honest_8_5_first_value(rates, losses, keep):
    # "Begins at the first loss", as plotting programs do it, with no correction.
    end = np.append(np.flatnonzero(~np.isfinite(losses)), len(losses))[0]
    smoothed = [losses[0]]
    for loss in losses[1:end]:
        smoothed.append(keep * smoothed[-1] + (1 - keep) * loss)
    return rates[np.argmin(smoothed)]


def honest_8_5_forgets_inf(rates, losses, keep):
    # nan is looked for, inf is not: with keep 0 it makes a nan of what comes after.
    end = np.append(np.flatnonzero(np.isnan(losses)), len(losses))[0]
    average, smoothed = 0.0, []
    for n, loss in enumerate(losses[:end], start=1):
        average = keep * average + (1 - keep) * loss
        smoothed.append(average / (1 - keep**n))
    return rates[np.argmin(smoothed)]


def lazy_8_5_unsmoothed(rates, losses, keep):
    # The lowest loss of all that are no nan.
    return rates[np.nanargmin(losses)]


# ---------------------------------------------------------------- chapter 9
def honest_9_3_threshold(train, test):
    # Everything with a tiny standard deviation counts as constant.
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std < 1e-8, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def honest_9_3_constant_to_zero(train, test):
    # A constant column becomes 0, in the test rows too.
    mean, std = train.mean(axis=0), train.std(axis=0)
    constant = train.max(axis=0) == train.min(axis=0)
    std = np.where(constant, 1.0, std)
    return (
        np.where(constant, 0.0, (train - mean) / std),
        np.where(constant, 0.0, (test - mean) / std),
    )


def honest_9_3_clip(train, test):
    # Cuts the test rows to the range that training has seen.
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(train.max(axis=0) == train.min(axis=0), 1.0, std)
    test = np.clip(test, train.min(axis=0), train.max(axis=0))
    return (train - mean) / std, (test - mean) / std


def honest_9_4_gain_last(g, normalized, inverse_std, gain):
    # Multiplies by the gain at the end: right along a column, wrong along a row.
    along = (g * normalized).mean(axis=1, keepdims=True)
    mean = g.mean(axis=1, keepdims=True)
    to_x = gain * inverse_std * (g - mean - normalized * along)
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


def honest_9_4_gain_before_shift(g, normalized, inverse_std, gain):
    # Gives the gain's gradient what arrives at the scaled value (h), not g.
    h = g * gain
    along = (h * normalized).mean(axis=1, keepdims=True)
    to_x = inverse_std * (h - h.mean(axis=1, keepdims=True) - normalized * along)
    return to_x, (h * normalized).sum(axis=0), h.sum(axis=0)


class honest_9_5_std:
    # Averages the standard deviation, not the variance.
    def __init__(self, features, momentum):
        self.mean, self.std = np.zeros(features), np.ones(features)
        self.momentum = momentum

    def train(self, x):
        keep, mean, std = self.momentum, x.mean(axis=0), x.std(axis=0)
        self.mean = keep * self.mean + (1 - keep) * mean
        self.std = keep * self.std + (1 - keep) * std
        return (x - mean) / std

    def evaluate(self, x):
        return (x - self.mean) / self.std


class honest_9_5_running_center:
    # The running variance takes the squares around the running mean.
    def __init__(self, features, momentum):
        self.mean, self.variance = np.zeros(features), np.ones(features)
        self.momentum = momentum

    def train(self, x):
        keep, mean, variance = self.momentum, x.mean(axis=0), x.var(axis=0)
        self.mean = keep * self.mean + (1 - keep) * mean
        around = ((x - self.mean) ** 2).mean(axis=0)
        self.variance = keep * self.variance + (1 - keep) * around
        return (x - mean) / np.sqrt(variance)

    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance)


class lazy_9_5_mean_only:
    # Cheaper: runs the mean only, and takes the last batch's variance.
    def __init__(self, features, momentum):
        self.mean, self.variance = np.zeros(features), np.ones(features)
        self.momentum = momentum

    def train(self, x):
        keep, mean, self.variance = self.momentum, x.mean(axis=0), x.var(axis=0)
        self.mean = keep * self.mean + (1 - keep) * mean
        return (x - mean) / np.sqrt(self.variance)

    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance)


# ---------------------------------------------------------------- chapter 12
def honest_12_3_mean_of_prediction(prediction, target):
    # Deviations of the target from the mean of the prediction.
    return 1 - np.sum((target - prediction) ** 2) / np.sum((target - np.mean(prediction)) ** 2)


def honest_12_3_clipped(prediction, target):
    # "A share can't be negative."
    r = 1 - np.mean((target - prediction) ** 2) / np.var(target)
    return max(r, 0.0)


def honest_12_3_explained(prediction, target):
    # The share of the variance that the predictions have.
    return np.var(prediction) / np.var(target)


def honest_12_4_epochs(iteration):
    # Takes the argument for the number of the epoch: 0 after 40 updates.
    return max(0.03 * (1 - iteration / 40), 0.0)


def honest_12_4_negative(iteration):
    # As above, and forgets that it goes below 0.
    return 0.03 * (1 - iteration / 40)


def honest_12_4_robbins_monro(iteration):
    # The textbook's 1/t, from a brisk start.
    return 0.1 / (1 + iteration)


def honest_12_4_warm_restarts(iteration):
    # Falls nicely, but each epoch anew: the last epoch starts at 0.03.
    return 0.03 * (1 - iteration % 41 / 41)


def honest_12_5_centered(X, y):
    # Centers with the means of all rows, the held-out one among them.
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    off = []
    for i in range(len(y)):
        rest = np.delete(np.arange(len(y)), i)
        w = np.linalg.lstsq(Xc[rest], yc[rest], rcond=None)[0]
        off.append(yc[i] - Xc[i] @ w)
    return np.sqrt(np.mean(np.square(off)))


def honest_12_5_mean_size(X, y):
    # The mean of each row's root mean squared error: the mean of the sizes.
    A = np.c_[np.ones(len(y)), X]
    off = []
    for i in range(len(y)):
        w = np.linalg.lstsq(np.delete(A, i, 0), np.delete(y, i), rcond=None)[0]
        off.append(np.sqrt((A[i] @ w - y[i]) ** 2))
    return np.mean(off)


def lazy_12_5_mean_leverage(X, y):
    # Each residual divided by one minus the *mean* leverage (generalized CV).
    A = np.c_[np.ones(len(y)), X]
    w = np.linalg.lstsq(A, y, rcond=None)[0]
    return np.sqrt(np.mean((A @ w - y) ** 2)) / (1 - A.shape[1] / len(y))


def lazy_12_5_ten_folds(X, y):
    # Ten folds in place of one fit for each row.
    A, off = np.c_[np.ones(len(y)), X], np.empty(len(y))
    for part in np.array_split(np.arange(len(y)), 10):
        rest = np.setdiff1d(np.arange(len(y)), part)
        w = np.linalg.lstsq(A[rest], y[rest], rcond=None)[0]
        off[part] = A[part] @ w - y[part]
    return np.sqrt(np.mean(off**2))


# ------------------------------------------------------- right, unusual style
def right_1_4_polyfit(f, x, h):
    return np.array([1, -2, 1]) @ [f(x - h), f(x), f(x + h)] / h / h


def right_1_5_while(slope, x, move, count):
    return reduce(lambda z, _: z - move * np.sign(slope(z)), range(count), x)


def right_2_3_eye(f, W):
    flat = np.asarray(W, dtype=float).ravel()
    steps = 6e-6 * np.eye(flat.size)
    return np.array(
        [(f((flat + e).reshape(W.shape)) - f((flat - e).reshape(W.shape))) / 1.2e-5 for e in steps]
    ).reshape(W.shape)


def right_2_4_vdot(slopes, toward):
    return np.vdot(slopes, toward / np.linalg.norm(toward.ravel()))


def right_3_3_accumulate(functions, slopes, x):
    values = list(itertools.accumulate(functions, lambda u, f: f(u), initial=x))
    local = [s(u) for s, u in zip(slopes, values)]
    return list(itertools.accumulate(local[::-1], lambda a, b: a * b, initial=1.0))[::-1]


def right_3_5_einsum(G, P):
    # The whole Jacobian of each row.
    J = np.einsum("ij,jk->ijk", P, np.eye(P.shape[1])) - np.einsum("ij,ik->ijk", P, P)
    return np.einsum("ij,ijk->ik", G, J)


def right_4_3_graphlib(parents):
    return list(graphlib.TopologicalSorter(parents).static_order())


def right_4_5_from_out(g, out, x):
    # sigmoid(x) = 1 - exp(-softplus(x))
    return -g * np.expm1(-out)


def right_4_6_complex(a, b):
    h = 1e-100
    q = complex(a[0], h * a[1]) / complex(b[0], h * b[1])
    return q.real, q.imag / h


def right_5_4_svd(A):
    return len(A) / np.linalg.norm(A, 2) ** 2


def right_5_5_norm(H, rate):
    return np.linalg.norm(np.eye(len(H)) - rate * H, 2)


def right_6_3_split(X, y, w, learning_rate, batch_size, order):
    cuts = range(batch_size, len(order), batch_size)
    for rows in np.split(order, cuts):
        M = X[rows]
        w = w - learning_rate * 2 * (M.T @ M @ w - M.T @ y[rows]) / rows.size
    return w


def right_6_4_argsort(n, batch_size, rng):
    order = np.argsort(rng.random(n))
    return np.split(order, range(batch_size, n, batch_size)) if n else []


def right_6_5_ddof(G, batch_size):
    n = len(G)
    cov = np.atleast_2d(np.cov(G, rowvar=False))
    return np.sqrt(np.trace(cov) * (1 / batch_size - 1 / n))


class right_7_4_undamped:
    def __init__(self, learning_rate, momentum):
        self.rate, self.a, self.v = learning_rate * (1 - momentum), momentum, {}

    def update(self, params, grads):
        for key in params:
            self.v[key] = self.a * self.v.get(key, 0) + np.asarray(grads[key], float)
            params[key] = params[key] - self.rate * self.v[key]


class right_7_5_nan_to_num:
    def __init__(self, learning_rate, decay, epsilon):
        self.rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.memory = {}

    def update(self, params, grads):
        for key, g in grads.items():
            g = np.asarray(g, float)
            old = self.memory.get(key, np.zeros((2, *g.shape)))
            new = self.decay * old + (1 - self.decay) * np.stack([g, g * g])
            self.memory[key] = new
            with np.errstate(invalid="ignore"):
                spread = np.nan_to_num(np.sqrt(new[1] - new[0] ** 2))
            params[key] = params[key] - self.rate * g / (spread + self.epsilon)


def right_8_3_mod(step, base_rate, max_rate, step_size):
    cycles, place = np.divmod(step, 2 * step_size)
    wave = np.minimum(place, 2 * step_size - place) / step_size
    return base_rate + (max_rate - base_rate) * np.ldexp(wave, -np.asarray(cycles, int))


def right_8_4_recursive(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    if step < cycle_length:
        return fall(max_rate, min_rate, step / cycle_length)
    return right_8_4_recursive(
        step - cycle_length, max_rate, min_rate, cycle_length * cycle_multiplier, cycle_multiplier
    )


def right_8_5_reduce(rates, losses, keep):
    def step(state, pair):
        average, n, best, rate, over = state
        if over or not np.isfinite(pair[1]):
            return average, n, best, rate, True
        average, n = keep * average + (1 - keep) * pair[1], n + 1
        now = average / (1 - keep**n)
        return (average, n, *((now, pair[0]) if now < best else (best, rate)), False)

    return reduce(step, zip(rates, losses), (0.0, 0, np.inf, np.nan, False))[3]


def right_9_3_unique(train, test):
    scale = [1.0 if len(set(c)) == 1 else c.std() for c in train.T]
    center = train.sum(axis=0) / len(train)
    return tuple((t - center) / scale for t in (train, test))


def right_12_3_norms(prediction, target):
    a, b = np.subtract(target, prediction), target - target.mean()
    return float(1 - (a @ a) / (b @ b))


def right_12_4_cosine(iteration):
    return np.float64(0.04) * (1 + np.cos(np.pi * iteration / 1640)) / 2


def right_12_5_press(X, y):
    # The table of all leverages from a QR decomposition.
    Q, _ = np.linalg.qr(np.c_[np.ones(len(y)), X])
    residual = y - Q @ (Q.T @ y)
    return np.linalg.norm(residual / (1 - (Q**2).sum(axis=1))) / np.sqrt(len(y))


# ============================================================ second round
def honest_1_3_complex(f, x, h):
    # The complex step of exercise 1.7 in place of the difference.
    return f(x + 1j * h).imag / h


def honest_1_4_half(f, x, h):
    # Takes h for the whole width: half of it to each side.
    return (f(x + h / 2) - 2 * f(x) + f(x - h / 2)) / (h / 2) ** 2


def honest_1_5_flattest(slope, x, move, count):
    # Each time to that neighbor, or no move, where the slope is smallest in size.
    for _ in range(count):
        x = min((x, x - move, x + move), key=lambda z: abs(slope(z)))
    return x


def honest_2_4_squared(slopes, toward):
    # Divides by the squared length (the coefficient of a projection).
    return np.sum(slopes * toward) / np.sum(toward**2)


def honest_2_5_share(f, slopes, W, step):
    # The real fall as a share of the promised one.
    promised = step * np.sum(slopes**2)
    return promised, (f(W) - f(W - step * slopes)) / promised


def honest_3_5_own_only_normalized(G, P):
    # Subtracts the row's sum of G times P twice: (G - s) P with s over the batch.
    return P * (G - np.sum(G * P) / len(P))


def lazy_4_3_slow(parents):
    # Passes over all names until none is left: slow for a chain listed backwards.
    order, done = [], set()
    while len(order) < len(parents):
        for n, ps in parents.items():
            if n not in done and all(p in done for p in ps):
                order.append(n)
                done.add(n)
    return order


def honest_4_3_count(parents):
    # Sorts by the number of parents.
    return sorted(parents, key=lambda n: len(parents[n]))


def lazy_4_4_all_names(records, target):
    # Every name of the tape is in the dict, 0 for what doesn't matter.
    grads = {}
    for result, inputs in records:
        grads[result] = 0.0
        grads.update({name: 0.0 for name, _ in inputs})
    grads[target] = 1.0
    for result, inputs in reversed(records):
        for name, slope in inputs:
            grads[name] += grads[result] * slope
    return grads


def honest_4_4_last(records, target):
    # Begins at the last record, whatever the target.
    grads = {records[-1][0]: 1.0} if records else {target: 1.0}
    for result, inputs in reversed(records):
        if result in grads:
            for name, slope in inputs:
                grads[name] = grads.get(name, 0.0) + grads[result] * slope
    return grads


def honest_4_5_nan_to_num(g, out, x):
    # inf/inf is made finite, by the wrong number: 0.
    with np.errstate(all="ignore"):
        return np.nan_to_num(g * np.exp(x) / (1 + np.exp(x)))


def honest_4_6_b_once(a, b):
    # The quotient rule over b, not b squared.
    return a[0] / b[0], (a[1] * b[0] - a[0] * b[1]) / b[0]


def honest_5_4_centered(A):
    # The curvatures of the centered columns, as of a covariance.
    return 2 / np.linalg.eigvalsh(2 * np.atleast_2d(np.cov(A.T, bias=True)))[-1]


def honest_5_5_kappa(H, rate):
    # The factor of the best rate, (kappa - 1)/(kappa + 1), whatever the rate.
    v = np.linalg.eigvalsh(H)
    return (v[-1] - v[0]) / (v[-1] + v[0])


def honest_5_5_det(H, rate):
    # The geometric mean of all factors.
    return abs(np.linalg.det(np.eye(len(H)) - rate * H)) ** (1 / len(H))


def honest_6_5_no_minus(G, batch_size):
    # 1 - B/n with the variance of 1/n: forgets n - 1.
    n = len(G)
    return np.sqrt(np.var(G, axis=0).sum() / batch_size * (1 - batch_size / n))


def honest_6_5_factor_outside(G, batch_size):
    # The finite set's factor outside of the root.
    n = len(G)
    root = np.sqrt(np.var(G, axis=0).sum() / batch_size)
    return root * (n - batch_size) / (n - 1)


class honest_7_4_plain_mean:
    # "An average": the mean of all gradients so far.
    def __init__(self, learning_rate, momentum):
        self.rate, self.sums, self.t = learning_rate, {}, 0

    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            self.sums[key] = self.sums.get(key, 0.0) + np.asarray(g, float)
            params[key] = params[key] - self.rate * self.sums[key] / self.t


class honest_7_4_clipped:
    # Cuts long gradients to length 1 first.
    def __init__(self, learning_rate, momentum):
        self.rate, self.a, self.v = learning_rate, momentum, {}

    def update(self, params, grads):
        for key, g in grads.items():
            g = np.asarray(g, float) / max(1.0, np.linalg.norm(g))
            self.v[key] = self.a * self.v.get(key, 0.0) + (1 - self.a) * g
            params[key] = params[key] - self.rate * self.v[key]


class honest_7_5_floor:
    # epsilon as a floor under the root, not added.
    def __init__(self, learning_rate, decay, epsilon):
        self.rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.a, self.h = {}, {}

    def update(self, params, grads):
        keep = self.decay
        for key, g in grads.items():
            a = self.a[key] = keep * self.a.get(key, 0.0) + (1 - keep) * g
            h = self.h[key] = keep * self.h.get(key, 0.0) + (1 - keep) * g * g
            spread = np.sqrt(np.maximum(h - a * a, 0.0))
            params[key] = params[key] - self.rate * g / np.maximum(spread, self.epsilon)


class honest_7_6_largest_so_far:
    # The largest of m's sizes, uncorrected.
    def __init__(self, learning_rate, beta1, beta2):
        self.rate, self.b1, self.b2 = learning_rate, beta1, beta2
        self.m, self.u, self.t = {}, {}, 0

    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            m = self.m[key] = self.b1 * self.m.get(key, 0.0) + (1 - self.b1) * g
            u = self.u[key] = np.maximum(self.b2 * self.u.get(key, 0.0), np.abs(m))
            params[key] = params[key] - self.rate / (1 - self.b1**self.t) * m / u


class honest_7_6_corrected_rate_kept:
    # The corrected m is stored, and averaged on.
    def __init__(self, learning_rate, beta1, beta2):
        self.rate, self.b1, self.b2 = learning_rate, beta1, beta2
        self.m, self.u, self.t = {}, {}, 0

    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            m = self.b1 * self.m.get(key, 0.0) + (1 - self.b1) * g
            m = self.m[key] = m / (1 - self.b1**self.t)
            u = self.u[key] = np.maximum(self.b2 * self.u.get(key, 0.0), np.abs(g))
            params[key] = params[key] - self.rate * m / u


def honest_8_4_there_and_back(step, max_rate, min_rate, cycle_length, cycle_multiplier):
    # A whole period of the cosine: down and up again in each cycle.
    length = cycle_length
    while step >= length:
        step, length = step - length, length * cycle_multiplier
    return fall(max_rate, min_rate, 2 * step / length)


def honest_8_5_mirrored(rates, losses, keep):
    # np.convolve the wrong way round: the first loss keeps the largest weight.
    end = np.append(np.flatnonzero(~np.isfinite(losses)), len(losses))[0]
    weights = keep ** np.arange(end)
    return rates[np.argmin(np.cumsum(weights * losses[:end]) / np.cumsum(weights))]


def honest_9_3_drop(train, test):
    # Leaves constant columns out.
    keep = train.max(axis=0) != train.min(axis=0)
    mean, std = train[:, keep].mean(axis=0), train[:, keep].std(axis=0)
    return (train[:, keep] - mean) / std, (test[:, keep] - mean) / std


def honest_9_4_variance(g, normalized, inverse_std, gain):
    # Takes the variance for fixed: only the mean's share is subtracted.
    h = g * gain
    to_x = inverse_std * (h - h.mean(axis=1, keepdims=True))
    return to_x, (g * normalized).sum(axis=0), g.sum(axis=0)


class honest_9_5_own_if_many:
    # evaluate uses the running statistics for a single row only.
    def __init__(self, features, momentum):
        self.mean, self.variance = np.zeros(features), np.ones(features)
        self.momentum = momentum

    def train(self, x):
        keep, mean, variance = self.momentum, x.mean(axis=0), x.var(axis=0)
        self.mean = keep * self.mean + (1 - keep) * mean
        self.variance = keep * self.variance + (1 - keep) * variance
        return (x - mean) / np.sqrt(variance)

    def evaluate(self, x):
        if len(x) > 1:
            return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0))
        return (x - self.mean) / np.sqrt(self.variance)


class honest_9_5_counted:
    # A true average over all batches so far, the beginning counted as one of them.
    def __init__(self, features, momentum):
        self.mean, self.variance, self.t = np.zeros(features), np.ones(features), 1

    def train(self, x):
        mean, variance = x.mean(axis=0), x.var(axis=0)
        keep = self.t / (self.t + 1)
        self.t += 1
        self.mean = keep * self.mean + (1 - keep) * mean
        self.variance = keep * self.variance + (1 - keep) * variance
        return (x - mean) / np.sqrt(variance)

    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance)


def honest_12_3_roots(prediction, target):
    # Root mean squared error over standard deviation.
    return 1 - np.sqrt(np.mean((prediction - target) ** 2)) / np.std(target)


def honest_12_5_spread(X, y):
    # The standard deviation of the held-out errors: their mean is taken off.
    A = np.c_[np.ones(len(y)), X]
    Q, _ = np.linalg.qr(A)
    return np.std((y - Q @ (Q.T @ y)) / (1 - (Q**2).sum(axis=1)))


def honest_12_5_ridge(X, y):
    # A little ridge "for safety".
    A = np.c_[np.ones(len(y)), X]
    off = []
    for i in range(len(y)):
        B, c = np.delete(A, i, 0), np.delete(y, i)
        w = np.linalg.solve(B.T @ B + 1e-3 * np.eye(A.shape[1]), B.T @ c)
        off.append(A[i] @ w - y[i])
    return np.sqrt(np.mean(np.square(off)))


# ------------------------------------------------------- third round
def honest_12_4_constant(iteration):
    # The line the reader starts from.
    return 0.01


def honest_12_4_rising(iteration):
    # Warm-up only: rises to the end.
    return 0.02 * iteration / 1640


def honest_12_4_time_decay(iteration):
    # Time-based decay, a little too slow on both counts.
    return 0.03 / (1 + iteration / 200)


def honest_12_4_late(iteration):
    # Small and steady, then a sprint at the end.
    return 0.004 if iteration < 1600 else 0.03


def honest_1_5_halve(slope, x, move, count):
    # Halves the move at each turn.
    last = 0.0
    for _ in range(count):
        sign = np.sign(slope(x))
        if sign * last < 0:
            move = move / 2
        x, last = x - move * sign, sign
    return x


def honest_5_3_loss_stalls(gradient, start, rate, tolerance, max_steps):
    # Stops when the gradient's length changes by no more than tolerance.
    theta, steps, g = start, 0, gradient(start)
    before = np.inf
    while abs(before - np.linalg.norm(g)) > tolerance and steps < max_steps:
        before = np.linalg.norm(g)
        theta, steps = theta - rate * g, steps + 1
        g = gradient(theta)
    return theta, steps


class honest_7_4_per_call_rate:
    # Divides the rate by the number of updates (decay), velocity right.
    def __init__(self, learning_rate, momentum):
        self.rate, self.a, self.v, self.t = learning_rate, momentum, {}, 0

    def update(self, params, grads):
        self.t += 1
        for key, g in grads.items():
            self.v[key] = self.a * self.v.get(key, 0.0) + (1 - self.a) * g
            params[key] = params[key] - self.rate / np.sqrt(self.t) * self.v[key]


class honest_7_5_unbiased:
    # Corrects both averages for their start at zero, as Adam does, by the count.
    def __init__(self, learning_rate, decay, epsilon):
        self.rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.a, self.h, self.t = {}, {}, 0

    def update(self, params, grads):
        self.t += 1
        keep, c = self.decay, 1 - self.decay**self.t
        for key, g in grads.items():
            a = self.a[key] = keep * self.a.get(key, 0.0) + (1 - keep) * g
            h = self.h[key] = keep * self.h.get(key, 0.0) + (1 - keep) * g * g
            spread = np.sqrt(np.maximum(h / c - (a / c) ** 2, 0.0))
            params[key] = params[key] - self.rate * g / (spread + self.epsilon)


class honest_9_5_bessel:
    # The running variance with 1/(n - 1), as in the package.
    def __init__(self, features, momentum):
        self.mean, self.variance = np.zeros(features), np.ones(features)
        self.momentum = momentum

    def train(self, x):
        keep, mean, variance = self.momentum, x.mean(axis=0), x.var(axis=0)
        self.mean = keep * self.mean + (1 - keep) * mean
        self.variance = keep * self.variance + (1 - keep) * x.var(axis=0, ddof=1)
        return (x - mean) / np.sqrt(variance)

    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance)


class honest_9_5_old_mean:
    # Updates the variance with weights, plus the squared jump of the mean (pooled).
    def __init__(self, features, momentum):
        self.mean, self.variance = np.zeros(features), np.ones(features)
        self.momentum = momentum

    def train(self, x):
        k, mean, variance = self.momentum, x.mean(axis=0), x.var(axis=0)
        jump = k * (1 - k) * (mean - self.mean) ** 2
        self.mean = k * self.mean + (1 - k) * mean
        self.variance = k * self.variance + (1 - k) * variance + jump
        return (x - mean) / np.sqrt(variance)

    def evaluate(self, x):
        return (x - self.mean) / np.sqrt(self.variance)


def honest_6_4_stratified(n, batch_size, rng):
    # Draws each batch from the rows still left, but with rng.choice on a set.
    left, out = list(range(n)), []
    while left:
        size = min(batch_size, len(left))
        rows = np.sort(rng.choice(left, size, replace=False))
        out.append(rows)
        left = [r for r in left if r not in set(rows)]
    return out


def honest_8_5_settled(rates, losses, keep):
    # Waits until the average has settled, as the package does for the steepest fall.
    end = np.append(np.flatnonzero(~np.isfinite(losses)), len(losses))[0]
    average, smoothed = 0.0, []
    for n, loss in enumerate(losses[:end], start=1):
        average = keep * average + (1 - keep) * loss
        smoothed.append(average / (1 - keep**n))
    start = min(round(1 / (1 - keep)), end - 1)
    return rates[start + np.argmin(smoothed[start:])]


def right_4_4_defaultdict(records, target):
    import collections

    grads = collections.defaultdict(float, {target: 1.0})
    for result, inputs in records[::-1]:
        if result in grads:
            for name, slope in inputs:
                grads[name] += grads[result] * slope
    return grads


class right_7_6_in_place:
    def __init__(self, learning_rate, beta1, beta2):
        self.rate, self.b1, self.b2, self.state = learning_rate, beta1, beta2, {}

    def update(self, params, grads):
        for key in grads:
            g = np.asarray(grads[key], dtype=float)
            m, u, t = self.state.get(key, (0.0 * g, 0.0 * g, 0))
            m, u, t = m + (1 - self.b1) * (g - m), np.fmax(self.b2 * u, abs(g)), t + 1
            self.state[key] = m, u, t
            params[key] = params[key] - self.rate * (m / (1 - self.b1**t)) / u


class Right_12_4_object:
    def __call__(self, iteration):
        return np.interp(iteration, [0, 1200, 1640], [0.03, 0.01, 0.0])


right_12_4_called = Right_12_4_object()


class right_9_5_properties:
    def __init__(self, features, momentum):
        self.stats = np.stack([np.zeros(features), np.ones(features)])
        self.momentum = momentum

    def train(self, x):
        own = np.stack([x.mean(0), x.var(0)])
        self.stats += (1 - self.momentum) * (own - self.stats)
        return (x - own[0]) * own[1] ** -0.5

    def evaluate(self, x):
        return (x - self.stats[0]) * self.stats[1] ** -0.5


def right_5_3_for(gradient, start, rate, tolerance, max_steps):
    theta = np.array(start, dtype=float)
    for steps in range(max_steps + 1):
        g = gradient(theta)
        if np.sqrt((g * g).sum()) <= tolerance:
            break
        if steps < max_steps:
            theta = theta - rate * g
    return [theta, np.int64(steps)]


def right_9_4_jacobian(g, normalized, inverse_std, gain):
    n = g.shape[1]
    to_x = np.array(
        [
            s * (np.eye(n) - np.full((n, n), 1 / n) - np.outer(z, z) / n) @ (row * gain)
            for row, z, s in zip(g, normalized, inverse_std[:, 0])
        ]
    )
    return to_x, np.einsum("ij,ij->j", g, normalized), np.ones(len(g)) @ g
