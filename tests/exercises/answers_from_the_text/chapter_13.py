"""Right and wrong answers to exercises 13.3, 13.4 and 13.5, written from their texts alone.

An entry of WITNESS is a tuple of arguments on which the wrong answer of the same place
differs from the first right one or changes its arguments, or a function that returns True
if the wrong answer misbehaves.
"""

import heapq
import math
import statistics
from fractions import Fraction
from functools import reduce
from operator import itemgetter, sub

import numpy as np

# Exercise 13.3: choose without looking


def choose_max(trials):
    return max(trials, key=lambda row: (row[1], -row[2]))[0]


def choose_loop(trials):
    best_rate, best_right, best_loss = None, -1, float("inf")
    for rate, right, loss, _ in trials:
        if right > best_right or (right == best_right and loss < best_loss):
            best_rate, best_right, best_loss = rate, right, loss
    return best_rate


def choose_filter(trials):
    most = max(right for _, right, _, _ in trials)
    losses = {loss: rate for rate, right, loss, _ in trials if right == most}
    return losses[min(losses)]


def choose_two_sorts(trials):
    rows = sorted(trials, key=itemgetter(2), reverse=True)
    rows.sort(key=itemgetter(1))
    return rows[-1][0]


def choose_lexsort(trials):
    rates, right, loss, _ = np.array(trials, dtype=float).T
    return rates[np.lexsort((loss, -right))[0]]


def choose_masked(trials):
    table = np.asarray(trials, dtype=float)
    loss = np.where(table[:, 1] == table[:, 1].max(), table[:, 2], np.inf)
    return float(table[loss.argmin(), 0])


def choose_reduce(trials):
    def better(a, b):
        if a[1] != b[1]:
            return a if a[1] > b[1] else b
        return a if a[2] <= b[2] else b

    return reduce(better, trials)[0]


def choose_heap(trials):
    rearranged = [(-right, loss, rate) for rate, right, loss, _ in trials]
    heapq.heapify(rearranged)
    return heapq.heappop(rearranged)[2]


def choose_own_copy(trials):
    rows = [list(row) for row in trials]
    best = rows.pop()
    while rows:
        row = rows.pop()
        if (row[1], best[2]) > (best[1], row[2]):
            best = row
    return best[0]


def choose_by_test(trials):
    return max(trials, key=lambda row: row[3])[0]


def choose_ties_by_test(trials):
    return max(trials, key=lambda row: (row[1], row[3]))[0]


def choose_no_ties(trials):
    return max(trials, key=lambda row: row[1])[0]


def choose_last_of_ties(trials):
    best = trials[0]
    for row in trials:
        if row[1] >= best[1]:
            best = row
    return best[0]


def choose_highest_loss(trials):
    return max(trials, key=lambda row: (row[1], row[2]))[0]


def choose_ties_by_small_rate(trials):
    return min(trials, key=lambda row: (-row[1], row[0]))[0]


def choose_ties_by_large_rate(trials):
    return max((right, rate) for rate, right, _, _ in trials)[1]


def choose_lowest_loss(trials):
    return min(trials, key=lambda row: row[2])[0]


def choose_loss_then_right(trials):
    return min(trials, key=lambda row: (row[2], -row[1]))[0]


def choose_sorts_in_wrong_order(trials):
    rows = sorted(trials, key=lambda row: row[1], reverse=True)
    rows = sorted(rows, key=lambda row: row[2])
    return rows[0][0]


def choose_fewest(trials):
    return min(trials, key=lambda row: (row[1], row[2]))[0]


def choose_row(trials):
    return max(trials, key=lambda row: (row[1], -row[2]))


def choose_index(trials):
    return max(range(len(trials)), key=lambda k: (trials[k][1], -trials[k][2]))


def choose_right_answers(trials):
    return max(trials, key=lambda row: (row[1], -row[2]))[1]


def choose_test_of_chosen(trials):
    return max(trials, key=lambda row: (row[1], -row[2]))[3]


def choose_all_of_equals(trials):
    most = max(row[1] for row in trials)
    return [row[0] for row in trials if row[1] == most]


def choose_mean_of_equals(trials):
    most = max(row[1] for row in trials)
    return np.mean([row[0] for row in trials if row[1] == most])


def choose_sorts_in_place(trials):
    trials.sort(key=lambda row: (-row[1], row[2]))
    return trials[0][0]


def choose_pops(trials):
    best = trials.pop()
    while trials:
        row = trials.pop()
        if (row[1], -row[2]) > (best[1], -best[2]):
            best = row
    return best[0]


def choose_difference(trials):
    return max(trials, key=lambda row: row[1] - row[2])[0]


def choose_share_less_loss(trials):
    return max(trials, key=lambda row: row[1] / 500 - row[2])[0]


def choose_ratio(trials):
    return max(trials, key=lambda row: row[1] / row[2])[0]


def choose_both_sets(trials):
    return max(trials, key=lambda row: (row[1] + row[3], -row[2]))[0]


def choose_forgets_loss(trials):
    best, loss = trials[0], trials[0][2]
    for row in trials[1:]:
        if row[1] > best[1]:
            best = row
        elif row[1] == best[1] and row[2] < loss:
            best, loss = row, row[2]
    return best[0]


def choose_lowest_loss_so_far(trials):
    best, lowest = trials[0], trials[0][2]
    for row in trials[1:]:
        lowest = min(lowest, row[2])
        if row[1] > best[1] or (row[1] == best[1] and row[2] == lowest):
            best = row
    return best[0]


def choose_both_better(trials):
    best = trials[0]
    for row in trials[1:]:
        if row[1] >= best[1] and row[2] <= best[2]:
            best = row
    return best[0]


def choose_loss_starts_at_one(trials):
    rate, most, lowest = None, 0, 1.0
    for row in trials:
        if row[1] > most:
            rate, most, lowest = row[0], row[1], min(1.0, row[2])
        elif row[1] == most and row[2] < lowest:
            rate, lowest = row[0], row[2]
    return rate


def choose_dict_of_losses(trials):
    rate_of = {row[2]: row[0] for row in trials}
    most = max(row[1] for row in trials)
    return rate_of[min(row[2] for row in trials if row[1] == most)]


def choose_first_with_that_loss(trials):
    most = max(row[1] for row in trials)
    lowest = min(row[2] for row in trials if row[1] == most)
    return next(row[0] for row in trials if row[2] == lowest)


def choose_lexsort_keys_swapped(trials):
    table = np.array(trials, dtype=float)
    return table[np.lexsort((-table[:, 1], table[:, 2]))[0], 0]


def choose_nearly_equal(trials):
    most = max(row[1] for row in trials)
    return min((row for row in trials if row[1] >= most - 2), key=lambda row: row[2])[0]


def choose_rounded_loss(trials):
    return max(trials, key=lambda row: (row[1], -round(row[2], 1)))[0]


def choose_whole_loss(trials):
    return max(trials, key=lambda row: (row[1], -int(row[2])))[0]


def choose_two_rows(trials):
    a, b = trials[0], trials[1]
    return a[0] if (a[1], -a[2]) > (b[1], -b[2]) else b[0]


def choose_skips_first(trials):
    best = trials[1]
    for row in trials[2:]:
        if (row[1], -row[2]) > (best[1], -best[2]):
            best = row
    return best[0]


def choose_skips_last(trials):
    return choose_max(trials[:-1] or trials)


def choose_returns_early(trials):
    best = trials[0]
    for row in trials[1:]:
        if (row[1], -row[2]) < (best[1], -best[2]):
            return best[0]
        best = row
    return best[0]


def choose_neighbors_only(trials):
    most = max(row[1] for row in trials)
    k = next(k for k, row in enumerate(trials) if row[1] == most)
    if k + 1 < len(trials) and trials[k + 1][1] == most and trials[k + 1][2] < trials[k][2]:
        return trials[k + 1][0]
    return trials[k][0]


def choose_largest_rate(trials):
    return max(trials)[0]


def choose_remembers(trials, seen=[]):  # noqa: B006
    seen.extend(trials)
    return choose_max(seen)


# Exercise 13.4: a difference and its error


def paired_numpy(one, other):
    d = np.subtract(one, other)
    return d.mean(), d.std(ddof=1) / np.sqrt(d.size)


def paired_loops(one, other):
    n, total = len(one), 0.0
    for i in range(n):
        total += one[i] - other[i]
    mean, squares = total / n, 0.0
    for i in range(n):
        squares += (one[i] - other[i] - mean) ** 2
    return mean, (squares / (n - 1)) ** 0.5 / n**0.5


def paired_statistics(one, other):
    d = [float(a) - float(b) for a, b in zip(one, other, strict=True)]
    return statistics.fmean(d), statistics.stdev(d) / math.sqrt(len(d))


def paired_means_first(one, other):
    mean = np.mean(one) - np.mean(other)
    rest = np.asarray(one, dtype=float) - mean - np.asarray(other, dtype=float)
    return mean, np.linalg.norm(rest) / math.sqrt(len(one) * (len(one) - 1))


def paired_covariance(one, other):
    (a, between), (_, b) = np.cov(one, other)
    return np.mean(one) - np.mean(other), np.sqrt(max(a + b - 2 * between, 0) / len(one))


def paired_corrected(one, other):
    d = list(map(sub, one, other))
    n = len(d)
    factor = n / (n - 1)
    return sum(d) / n, math.sqrt(np.var(d) * factor / n)


def paired_in_own_copy(one, other):
    d = np.array(one, dtype=float)
    d -= other
    mean = d.mean()
    d -= mean
    d *= d
    return float(mean), float(np.sqrt(d.sum() / (len(d) - 1) / len(d)))


def paired_every_pair(one, other):
    # The variance is half the mean squared difference of two different entries.
    d = np.asarray(one) - np.asarray(other)
    n = len(d)
    variance = np.sum((d[:, None] - d) ** 2) / (2 * n * (n - 1))
    return np.average(d), np.sqrt(variance / n)


def paired_list(one, other):
    d = np.asarray(one) - np.asarray(other)
    return [d.mean(), np.sqrt(np.var(d, ddof=1) / len(d))]


def _paired(error=None, difference=np.subtract, mean=np.mean):
    """Return an answer with another error (of differences), difference or mean."""
    error = error or (lambda d: d.std(ddof=1) / np.sqrt(len(d)))

    def paired(one, other):
        d = difference(one, other)
        return mean(d), error(d)

    return paired


def paired_two_samples(one, other):
    variances = np.var(one, ddof=1) + np.var(other, ddof=1)
    return np.mean(one) - np.mean(other), np.sqrt(variances / len(one))


def paired_errors_added(one, other):
    root = np.sqrt(len(one))
    errors = (np.std(one, ddof=1) + np.std(other, ddof=1)) / root
    return np.mean(one) - np.mean(other), errors


def paired_errors_subtracted(one, other):
    root = np.sqrt(len(one))
    errors = abs(np.std(one, ddof=1) - np.std(other, ddof=1)) / root
    return np.mean(one) - np.mean(other), errors


def paired_error_of_one(one, other):
    return np.mean(one) - np.mean(other), np.std(one, ddof=1) / np.sqrt(len(one))


def paired_sorted(one, other):
    return paired_numpy(sorted(one), sorted(other))


def paired_arrays_only(one, other):
    d = one - other
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def paired_in_place(one, other):
    if isinstance(one, list):
        for i in range(len(one)):
            one[i] -= other[i]
    else:
        one = one - other
    return _error_of(one)


def paired_array_in_place(one, other):
    one, other = np.asarray(one), np.asarray(other)
    np.subtract(one, other, out=one)
    return _error_of(one)


def _error_of(d):
    return np.mean(d), np.std(d, ddof=1) / np.sqrt(len(d))


def paired_sorts_in_place(one, other):
    result = paired_numpy(one, other)
    one.sort()
    return result


def paired_statistics_on_arrays(one, other):
    # The module knows no whole numbers of numpy: it cuts the mean off, or raises.
    d = list(np.asarray(one) - np.asarray(other))
    return statistics.mean(d), statistics.stdev(d) / math.sqrt(len(d))


def paired_swapped(one, other):
    return paired_numpy(one, other)[::-1]


def paired_interval(one, other):
    mean, error = paired_numpy(one, other)
    return mean - 2 * error, mean + 2 * error


def paired_ratio(one, other):
    mean, error = paired_numpy(one, other)
    return mean / error if error else np.inf


def paired_mean_only(one, other):
    return paired_numpy(one, other)[0]


def paired_with_differences(one, other):
    return *paired_numpy(one, other), np.subtract(one, other)


def paired_rounded(one, other):
    mean, error = paired_numpy(one, other)
    return round(mean, 2), round(error, 2)


def paired_both_lengths(one, other):
    d = np.subtract(one, other)
    return d.mean(), d.std(ddof=1) / np.sqrt(len(one) + len(other))


def paired_shifted(one, other):
    return paired_numpy(one, [*other[1:], other[0]])


def paired_all_pairs(one, other):
    d = np.subtract.outer(one, other).ravel()
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def paired_without_zeros(one, other):
    d = np.subtract(one, other)
    d = d[d != 0]
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def paired_whole_numbers(one, other):
    d = np.array(one, dtype=int) - np.array(other, dtype=int)
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def paired_floor(one, other):
    d = np.subtract(one, other)
    mean = d.sum() // len(d)
    return mean, np.sqrt(np.sum((d - mean) ** 2) / (len(d) - 1) / len(d))


def paired_remembers(one, other, seen=[]):  # noqa: B006
    seen.extend(np.subtract(one, other))
    return _error_of(seen)


# Exercise 13.5: an interval that stays inside


def wilson_formula(right, n):
    z, s = 1.96, right / n
    middle = (s + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * math.sqrt(s * (1 - s) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return middle - reach, middle + reach


def wilson_counts(right, n):
    wrong, zz = n - right, 1.96 * 1.96
    root = 1.96 * (right * wrong / n + zz / 4) ** 0.5
    return (right + zz / 2 - root) / (n + zz), (right + zz / 2 + root) / (n + zz)


def wilson_roots(right, n):
    s, q = right / n, 1.96**2 / n
    return tuple(sorted(np.roots([1 + q, -(2 * s + q), s**2]).real))


def wilson_vieta(right, n):
    # The product of both solutions is s^2 / (1 + q).
    s, q = right / n, 1.96**2 / n
    upper = (2 * s + q + np.sqrt(q * q + 4 * q * s * (1 - s))) / (2 + 2 * q)
    return s * s / (1 + q) / upper, upper


def wilson_bisection(right, n):
    s = right / n

    def inside(p):
        return (s - p) ** 2 <= 1.96**2 * p * (1 - p) / n

    ends = []
    for outer in (0.0, 1.0):
        out, inner = outer, s
        if right in (0, n) and outer != s:
            # At s itself equality holds; a little way in the interval has begun.
            inner = s + (outer - s) * 1e-9
        if outer == s:
            ends.append(s)
            continue
        for _ in range(200):
            middle = (out + inner) / 2
            if inside(middle):
                inner = middle
            else:
                out = middle
        ends.append(inner)
    return tuple(ends)


def wilson_mirrored(right, n):
    def lower(k):
        z = 1.96
        center = k + z * z / 2
        return (center - z * math.sqrt(k - k * k / n + z * z / 4)) / (n + z * z)

    return lower(right), 1 - lower(n - right)


def wilson_array(right, n):
    q, s = 1.96**2 / n, right / n
    signs = np.array([-1, 1])
    return (s + q / 2 + signs * np.sqrt(q * s * (1 - s) + q**2 / 4)) / (1 + q)


def wilson_exact(right, n):
    s, q = Fraction(right, n), Fraction(49, 25) ** 2 / n
    a, b, c = 1 + q, -(2 * s + q), s * s
    root = math.sqrt(b * b - 4 * a * c)
    return (-float(b) - root) / float(2 * a), (-float(b) + root) / float(2 * a)


def wilson_clipped(right, n):
    lower, upper = wilson_formula(right, n)
    return max(0.0, lower), min(1.0, upper)


def _wilson(z=1.96, middle=None, under=None, divisor=None, share=None):
    """Return the formula with another z, middle, number under the root, divisor or share."""
    share = share or (lambda right, n: right / n)
    middle = middle or (lambda s, q, n: s + q / 2)
    under = under or (lambda s, q, n: q * s * (1 - s) + q * q / 4)
    divisor = divisor or (lambda q, n: 1 + q)

    def wilson(right, n):
        s, q = share(right, n), z**2 / n
        reach = np.sqrt(under(s, q, n))
        ends = middle(s, q, n) - reach, middle(s, q, n) + reach
        return ends[0] / divisor(q, n), ends[1] / divisor(q, n)

    return wilson


def wilson_wald(right, n):
    s = right / n
    reach = 1.96 * math.sqrt(s * (1 - s) / n)
    return s - reach, s + reach


def wilson_wald_clipped(right, n):
    lower, upper = wilson_wald(right, n)
    return max(0.0, lower), min(1.0, upper)


def wilson_wald_but_at_ends(right, n):
    return wilson_formula(right, n) if right in (0, n) else wilson_wald(right, n)


def wilson_agresti_coull(right, n):
    more = n + 1.96**2
    s = (right + 1.96**2 / 2) / more
    reach = 1.96 * math.sqrt(s * (1 - s) / more)
    return s - reach, s + reach


def wilson_two_more(right, n):
    return wilson_wald(right + 2, n + 4)


def wilson_rule_of_three(right, n):
    if right == 0:
        return 0.0, 3 / n
    if right == n:
        return 1 - 3 / n, 1.0
    return wilson_formula(right, n)


def wilson_nothing_at_ends(right, n):
    return (right / n, right / n) if right in (0, n) else wilson_formula(right, n)


def wilson_not_at_n(right, n):
    return (1.0, 1.0) if right == n else wilson_formula(right, n)


def wilson_whole_interval(right, n):
    return (0.0, 1.0) if right in (0, n) else wilson_formula(right, n)


def wilson_upper_first(right, n):
    return wilson_formula(right, n)[::-1]


def wilson_roots_unsorted(right, n):
    s, q = right / n, 1.96**2 / n
    first, second = np.roots([1 + q, -(2 * s + q), s**2]).real
    return first, second


def wilson_percent(right, n):
    lower, upper = wilson_formula(right, n)
    return 100 * lower, 100 * upper


def wilson_numbers_of_images(right, n):
    lower, upper = wilson_formula(right, n)
    return lower * n, upper * n


def wilson_rounded(right, n):
    lower, upper = wilson_formula(right, n)
    return round(lower, 3), round(upper, 3)


def wilson_middle_and_reach(right, n):
    lower, upper = wilson_formula(right, n)
    return (lower + upper) / 2, (upper - lower) / 2


def wilson_length(right, n):
    lower, upper = wilson_formula(right, n)
    return upper - lower


def wilson_lower_only(right, n):
    return wilson_formula(right, n)[0]


def wilson_about_share(right, n):
    lower, upper = wilson_formula(right, n)
    reach, s = (upper - lower) / 2, right / n
    return s - reach, s + reach


def wilson_iterated(right, n):
    s, ends = right / n, []
    for sign in (-1, 1):
        p = s
        for _ in range(200):
            p = min(1.0, max(0.0, s + sign * 1.96 * math.sqrt(p * (1 - p) / n)))
        ends.append(p)
    return tuple(ends)


def wilson_one_step(right, n):
    s = right / n
    lower, upper = wilson_wald_clipped(right, n)
    down = s - 1.96 * math.sqrt(lower * (1 - lower) / n)
    up = s + 1.96 * math.sqrt(upper * (1 - upper) / n)
    return down, up


def wilson_grid(right, n):
    p = np.linspace(0, 1, 1001)
    inside = p[(right / n - p) ** 2 <= 1.96**2 * p * (1 - p) / n]
    return inside.min(), inside.max()


def wilson_continuity(right, n):
    s, z = right / n, 1.96
    ends = []
    for sign in (-1, 1):
        t = s + sign / (2 * n)
        root = math.sqrt(max(0.0, t * (1 - t) / n + z * z / (4 * n * n)))
        ends.append((t + z * z / (2 * n) + sign * z * root) / (1 + z * z / n))
    return max(0.0, ends[0]), min(1.0, ends[1])


def wilson_floor(right, n):
    return _wilson(share=lambda right, n: right // n)(right, n)


def wilson_wrong_answers(right, n):
    return wilson_formula(n - right, n)


def wilson_share_given(right, n):
    return wilson_formula(right * n, n)


def wilson_always_1500(right, n):
    return wilson_formula(1500 * right / n, 1500)


def wilson_keeps_n(right, n, kept={}):  # noqa: B006
    return wilson_formula(right, kept.setdefault("n", n))


def wilson_keeps_by_right(right, n, kept={}):  # noqa: B006
    if right not in kept:
        kept[right] = wilson_formula(right, n)
    return kept[right]


RIGHT = {
    "13.3": [
        ("max with a key of two entries", choose_max),
        ("a loop that keeps the best so far", choose_loop),
        ("the equals first, then their losses", choose_filter),
        ("two stable sorts of a copy", choose_two_sorts),
        ("np.lexsort", choose_lexsort),
        ("losses of the others infinite", choose_masked),
        ("functools.reduce", choose_reduce),
        ("a heap of rearranged rows", choose_heap),
        ("pops rows of an own copy, from the end", choose_own_copy),
    ],
    "13.4": [
        ("numpy with ddof", paired_numpy),
        ("plain loops", paired_loops),
        ("statistics", paired_statistics),
        ("difference of the means, the rest by its norm", paired_means_first),
        ("by the covariance of both", paired_covariance),
        ("variance over n, corrected", paired_corrected),
        ("in place in an own copy", paired_in_own_copy),
        ("half the mean square over all pairs of differences", paired_every_pair),
        ("a list of two numbers", paired_list),
    ],
    "13.5": [
        ("the formula of the books", wilson_formula),
        ("in numbers of images", wilson_counts),
        ("np.roots, sorted", wilson_roots),
        ("the lower end from the product of both", wilson_vieta),
        ("bisection", wilson_bisection),
        ("upper end as the lower end of the wrong answers", wilson_mirrored),
        ("an array of both ends", wilson_array),
        ("fractions up to the root", wilson_exact),
        ("clipped, which only takes rounding away", wilson_clipped),
    ],
}

WRONG = {
    "13.3": [
        ("the test images choose", choose_by_test),
        ("the test images decide between equals", choose_ties_by_test),
        ("the first of equals", choose_no_ties),
        ("the last of equals", choose_last_of_ties),
        ("of equals the highest loss", choose_highest_loss),
        ("of equals the smallest rate", choose_ties_by_small_rate),
        ("of equals the largest rate", choose_ties_by_large_rate),
        ("the lowest loss alone", choose_lowest_loss),
        ("the lowest loss, of equal losses the most right", choose_loss_then_right),
        ("two sorts in the wrong order, so that the loss has the say", choose_sorts_in_wrong_order),
        ("the fewest right", choose_fewest),
        ("returns the row", choose_row),
        ("returns the place", choose_index),
        ("returns how many validation images are right", choose_right_answers),
        ("returns the test images of the chosen one", choose_test_of_chosen),
        ("returns a list of all equals", choose_all_of_equals),
        ("the mean rate of the equals", choose_mean_of_equals),
        ("sorts the list it is given", choose_sorts_in_place),
        ("empties the list it is given", choose_pops),
        ("right answers minus loss, which a large loss outweighs", choose_difference),
        ("share minus loss", choose_share_less_loss),
        ("right answers over loss", choose_ratio),
        ("validation and test images together", choose_both_sets),
        ("keeps an old loss when more are right", choose_forgets_loss),
        ("compares with the lowest loss of all rows so far", choose_lowest_loss_so_far),
        ("takes a row only if its loss is lower too", choose_both_better),
        ("takes losses above 1 for 1", choose_loss_starts_at_one),
        ("a dictionary by loss, where an equal loss overwrites", choose_dict_of_losses),
        ("the first row with that loss, however many are right", choose_first_with_that_loss),
        ("np.lexsort with its keys in the wrong order", choose_lexsort_keys_swapped),
        ("two images less count as equal", choose_nearly_equal),
        ("losses rounded to a tenth", choose_rounded_loss),
        ("losses cut to whole numbers", choose_whole_loss),
        ("looks at two rows only", choose_two_rows),
        ("skips the first row", choose_skips_first),
        ("skips the last row", choose_skips_last),
        ("stops where it first gets worse", choose_returns_early),
        ("equals only where they are neighbors, two at most", choose_neighbors_only),
        ("the largest rate", choose_largest_rate),
        ("remembers the trials of earlier calls", choose_remembers),
    ],
    "13.4": [
        ("standard deviation over n", _paired(lambda d: d.std() / np.sqrt(len(d)))),
        ("the standard deviation itself", _paired(lambda d: d.std(ddof=1))),
        ("the standard deviation over n, itself", _paired(np.std)),
        ("divides by n instead of its root", _paired(lambda d: d.std(ddof=1) / len(d))),
        ("variance by the root of n", _paired(lambda d: d.var(ddof=1) / np.sqrt(len(d)))),
        ("the square of the error", _paired(lambda d: d.var(ddof=1) / len(d))),
        ("n - 1 twice", _paired(lambda d: d.std(ddof=1) / np.sqrt(len(d) - 1))),
        (
            "n + 1 in place of n - 1",
            _paired(lambda d: np.sqrt(np.sum((d - d.mean()) ** 2) / (len(d) + 1) / len(d))),
        ),
        ("always ten seeds", _paired(lambda d: d.std(ddof=1) / np.sqrt(10))),
        ("two standard errors", _paired(lambda d: 2 * d.std(ddof=1) / np.sqrt(len(d)))),
        ("1.96 standard errors", _paired(lambda d: 1.96 * d.std(ddof=1) / np.sqrt(len(d)))),
        (
            "squares of the differences, not less their mean",
            _paired(lambda d: np.sqrt(np.sum(d**2) / (len(d) - 1) / len(d))),
        ),
        (
            "mean absolute deviation",
            _paired(lambda d: np.abs(d - d.mean()).sum() / (len(d) - 1) / np.sqrt(len(d))),
        ),
        (
            "no root of the variance over n - 1, a root of n",
            _paired(lambda d: np.sum((d - d.mean()) ** 2) / ((len(d) - 1) * np.sqrt(len(d)))),
        ),
        ("other minus one", _paired(difference=lambda a, b: np.subtract(b, a))),
        ("absolute differences", _paired(difference=lambda a, b: np.abs(np.subtract(a, b)))),
        (
            "relative differences",
            _paired(difference=lambda a, b: np.subtract(a, b) / np.asarray(b)),
        ),
        ("the sum of both", _paired(difference=np.add)),
        ("the median", _paired(mean=np.median)),
        ("the sum instead of the mean", _paired(mean=np.sum)),
        ("the size of the mean", _paired(mean=lambda d: abs(np.mean(d)))),
        ("the mean over n - 1", _paired(mean=lambda d: np.sum(d) / (len(d) - 1))),
        ("two samples that have nothing in common", paired_two_samples),
        ("both errors added", paired_errors_added),
        ("both errors subtracted", paired_errors_subtracted),
        ("the error of the first alone", paired_error_of_one),
        ("sorts both, so that seeds no longer match", paired_sorted),
        ("works with arrays only", paired_arrays_only),
        ("writes the differences into a list it is given", paired_in_place),
        ("writes the differences into an array it is given", paired_array_in_place),
        ("sorts what it is given, afterwards", paired_sorts_in_place),
        ("statistics cuts whole numbers of numpy", paired_statistics_on_arrays),
        ("the error first", paired_swapped),
        ("the ends of an interval", paired_interval),
        ("how many standard errors", paired_ratio),
        ("the mean alone", paired_mean_only),
        ("the differences as a third", paired_with_differences),
        ("rounded to two places", paired_rounded),
        ("n counts both lists", paired_both_lengths),
        ("pairs each seed with the next one", paired_shifted),
        ("all pairs of a seed and a seed", paired_all_pairs),
        ("leaves out seeds that are equal", paired_without_zeros),
        ("cuts the entries to whole numbers", paired_whole_numbers),
        ("a mean by whole division", paired_floor),
        ("remembers the differences of earlier calls", paired_remembers),
    ],
    "13.5": [
        ("the interval of (13.2)", wilson_wald),
        ("the interval of (13.2), cut at 0 and 1", wilson_wald_clipped),
        ("the interval of (13.2) unless right is 0 or n", wilson_wald_but_at_ends),
        ("Agresti and Coull: the right middle with the error at the middle", wilson_agresti_coull),
        ("two more of each kind", wilson_two_more),
        ("the rule of three at 0 and n", wilson_rule_of_three),
        ("length 0 at 0 and n", wilson_nothing_at_ends),
        ("length 0 at n", wilson_not_at_n),
        ("from 0 to 1 at 0 and n", wilson_whole_interval),
        ("the upper end first", wilson_upper_first),
        ("np.roots in the order in which they come", wilson_roots_unsorted),
        ("in percent", wilson_percent),
        ("numbers of images", wilson_numbers_of_images),
        ("rounded to three places", wilson_rounded),
        ("middle and half the length", wilson_middle_and_reach),
        ("the length", wilson_length),
        ("the lower end alone", wilson_lower_only),
        ("its length put around the share", wilson_about_share),
        ("repeats p = s ± z times the error at p, which stays at 0 and at 1", wilson_iterated),
        ("the error at the ends of (13.2)", wilson_one_step),
        ("a grid of thousandths", wilson_grid),
        ("a correction for continuity", wilson_continuity),
        ("whole division for the share", wilson_floor),
        ("the share of wrong ones", wilson_wrong_answers),
        ("takes right for a share", wilson_share_given),
        ("always 1,500 images", wilson_always_1500),
        ("keeps n of the first call", wilson_keeps_n),
        ("keeps results by right alone", wilson_keeps_by_right),
        ("z = 2", _wilson(z=2)),
        ("z = 1", _wilson(z=1)),
        ("z of 90%", _wilson(z=1.645)),
        ("z not squared", _wilson(z=1.96**0.5)),
        (
            "n - 1 images in the error",
            lambda right, n: _wilson(1.96 * (n / (n - 1)) ** 0.5)(right, n),
        ),
        ("middle at the share", _wilson(middle=lambda s, q, n: s)),
        ("middle moves twice as far", _wilson(middle=lambda s, q, n: s + q)),
        ("middle moves down", _wilson(middle=lambda s, q, n: s - q / 2)),
        ("nothing divided by 1 + z²/n", _wilson(divisor=lambda q, n: 1)),
        ("divided by 1 - z²/n", _wilson(divisor=lambda q, n: 1 - q)),
        ("divided by 1 + z²", _wilson(divisor=lambda q, n: 1 + q * n)),
        (
            "divided by 2 (1 + z²/n), with the halves taken before",
            _wilson(divisor=lambda q, n: 2 + 2 * q),
        ),
        ("no second term under the root", _wilson(under=lambda s, q, n: q * s * (1 - s))),
        ("second term not over 4", _wilson(under=lambda s, q, n: q * s * (1 - s) + q * q)),
        ("second term over 2", _wilson(under=lambda s, q, n: q * s * (1 - s) + q * q / 2)),
        (
            "second term over n, not n²",
            _wilson(under=lambda s, q, n: q * s * (1 - s) + q * q * n / 4),
        ),
        ("second term subtracted", _wilson(under=lambda s, q, n: q * s * (1 - s) - q * q / 4)),
        ("no z² before s (1 - s)", _wilson(under=lambda s, q, n: s * (1 - s) / n + q * q / 4)),
        ("no n under s (1 - s)", _wilson(under=lambda s, q, n: q * n * s * (1 - s) + q * q / 4)),
        ("no root", _wilson(under=lambda s, q, n: (q * s * (1 - s) + q * q / 4) ** 2)),
    ],
}

# Three equals, of which the second has the lowest loss and the third the largest rate; then the
# best on the test images, and the lowest loss of all.
_TRIALS = (
    [
        (0.003, 440, 0.30, 1340),
        (0.3, 470, 0.55, 1380),
        (0.1, 470, 0.41, 1370),
        (1.0, 470, 0.62, 1375),
        (0.03, 468, 0.25, 1400),
        (0.01, 450, 0.20, 1330),
    ],
)
_SMALL_LOSS_FIRST = (
    [
        (0.01, 440, 0.20, 1340),
        (0.3, 470, 0.55, 1380),
        (0.1, 470, 0.41, 1370),
    ],
)
_LARGE_LOSSES = ([(0.1, 51, 2.4, 150), (0.3, 50, 1.2, 160)],)
_EQUAL_LARGE_LOSSES = ([(0.1, 51, 2.4, 150), (0.3, 51, 1.9, 160)],)
_SHARED_LOSS = ([(0.3, 450, 0.41, 1300), (0.1, 470, 0.41, 1370), (1.0, 460, 0.41, 1300)],)
_CLOSE_LOSSES = ([(0.3, 470, 0.43, 1380), (0.1, 470, 0.41, 1370)],)
_BEST_FIRST = ([(0.1, 470, 0.41, 1370), (0.3, 450, 0.55, 1380)],)
_BEST_LAST = (_BEST_FIRST[0][::-1],)
_RISES_AGAIN = ([(0.1, 450, 0.4, 1370), (0.3, 440, 0.5, 1380), (1.0, 460, 0.4, 1390)],)
_APART = ([(0.1, 470, 0.5, 1370), (0.3, 440, 0.5, 1380), (1.0, 470, 0.4, 1390)],)

_SEEDS = ([93.1, 94.2, 92.7, 95.0, 93.9], [92.5, 94.4, 91.0, 93.2, 93.9])
_ARRAYS = (np.array(_SEEDS[0]), np.array(_SEEDS[1]))
_BEHIND = (_SEEDS[1], _SEEDS[0])
_IMAGES = (np.array([1400, 1390, 1412]), np.array([1398, 1391, 1407]))
_UNSORTED = ([3.0, 1.0, 2.0], [1.0, 1.0, 4.0])

_SOME, _NONE, _ALL = (14, 20), (0, 20), (20, 20)


def _later_differs(answer, right, first, second):
    """Return a witness: the second call differs from that of a right answer."""

    def witness():
        answer(*first)
        return not np.allclose(answer(*second), right(*second), rtol=1e-6, atol=0)

    return witness


WITNESS = {
    "13.3": [
        *[_TRIALS] * 5,
        _EQUAL_LARGE_LOSSES,
        *[_TRIALS] * 13,
        _LARGE_LOSSES,
        *[_TRIALS] * 3,
        _SMALL_LOSS_FIRST,
        _SMALL_LOSS_FIRST,
        _SMALL_LOSS_FIRST,
        _EQUAL_LARGE_LOSSES,
        _SHARED_LOSS,
        _SHARED_LOSS,
        _TRIALS,
        _TRIALS,
        _CLOSE_LOSSES,
        _CLOSE_LOSSES,
        _TRIALS,
        _BEST_FIRST,
        _BEST_LAST,
        _RISES_AGAIN,
        _APART,
        _TRIALS,
        _later_differs(choose_remembers, choose_max, _TRIALS, _RISES_AGAIN),
    ],
    "13.4": [
        *[_SEEDS] * 20,
        _BEHIND,
        *[_SEEDS] * 8,
        _ARRAYS,
        _UNSORTED,
        _IMAGES,
        *[_SEEDS] * 12,
        _later_differs(paired_remembers, paired_numpy, _SEEDS, _UNSORTED),
    ],
    "13.5": [
        *[_SOME] * 5,
        _NONE,
        _ALL,
        _ALL,
        _NONE,
        _SOME,
        _NONE,
        *[_SOME] * 7,
        _ALL,
        *[_SOME] * 7,
        _later_differs(wilson_keeps_n, wilson_formula, _SOME, (14, 30)),
        _later_differs(wilson_keeps_by_right, wilson_formula, _SOME, (14, 30)),
        *[_SOME] * 20,
    ],
}
