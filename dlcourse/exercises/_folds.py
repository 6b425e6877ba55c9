"""The self-check of exercise 11.6: folds for cross-validation."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.exercises import Exercise
from dlcourse.exercises._kinds import DOTS
from dlcourse.exercises._words import article, short

Inputs = Iterator[tuple[Any, ...]]


def _folds(n: int, k: int, rng: np.random.Generator) -> list[tuple[Any, Any]]:
    parts = np.array_split(rng.permutation(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]


def _tables(rng: np.random.Generator) -> Inputs:
    """Yield numbers of rows, of folds, the seed of a generator, and how many other seeds to try.

    There are at least two folds, and at least as many rows. The folds divide the rows evenly, or
    not, or have one row each. Not asked: that each way to part the rows is equally likely to the
    last digit; one that is far from it is noticed over hundreds of seeds.
    """
    for n, k in ((6, 3), (7, 3), (2, 2), (5, 5), (8, 2), (11, 4), (100, 5)):
        yield n, k, int(rng.integers(1000)), 0
    yield 7, 3, int(rng.integers(1000)), 300
    yield 6, 3, int(rng.integers(1000)), 300
    yield 1003, 10, int(rng.integers(1000)), 0


def _are_folds(
    answer: Callable[..., Any], n: int, k: int, seed: int, other_seeds: int
) -> tuple[str, str] | None:
    """Say what is wrong with the folds of an answer, if anything is."""
    generator = np.random.default_rng(seed)
    first = answer(n, k, generator)
    example = f"folds({n}, {k}, np.random.default_rng({seed}))\nreturned {_pairs_shown(first)}"
    if sentence := _no_folds(first, n, k):
        return sentence, example
    rows = _rows_of(first)
    second = answer(n, k, generator)
    if sentence := _no_folds(second, n, k):
        return f"At the second call with the same rng: {sentence}", example
    if n >= 100 and _together(second) == _together(first):
        return _same_again(first), example
    again = answer(n, k, np.random.default_rng(seed))
    if _no_folds(again, n, k) or _rows_of(again) != rows:
        return (
            "Two generators with the same seed give two different results. All chance must come "
            "from the rng that you are given, and nothing may be kept from call to call."
        ), example
    if _rows_of(first) != rows:
        return (
            "What it has returned changes when it is called again. Return new arrays from each "
            "call."
        ), example
    problem = _not_by_chance(answer, n, k, other_seeds) if other_seeds else ""
    return (problem, example) if problem else None


def _same_again(result: Any) -> str:
    """Say why a second call with the same generator may give the folds of the first."""
    if all(len(set(np.diff(np.sort(held)).tolist())) == 1 for _, held in result):
        return (
            "The rows are not shuffled: each fold has neighbors, or rows at equal distances. "
            "Tables are often sorted, by label, say, and then a fold lacks some kinds of rows."
        )
    return (
        "The second call with the same rng gives the folds of the first. Draw from the rng that "
        "you are given, not from a new one or a copy, and keep nothing from call to call."
    )


def _pairs_shown(result: Any) -> str:
    if isinstance(result, list | tuple) and all(_is_pair(pair) for pair in result):
        return f"[{', '.join(f'({short(a)}, {short(b)})' for a, b in result)}]"
    return short(result)


def _is_pair(pair: Any) -> bool:
    return _is_row_of(pair, 2)


def _is_row_of(part: Any, length: int) -> bool:
    return isinstance(part, list | tuple) and len(part) == length


def _rows_of(result: Any) -> list[list[list[int]]]:
    return [[part.tolist() for part in pair] for pair in result]


def _together(result: Any) -> set[frozenset[int]]:
    """Return which rows are held out together, whatever their order."""
    return {frozenset(held.tolist()) for _, held in result}


def _no_folds(result: Any, n: int, k: int) -> str:
    """Say why these are no folds of n rows, or nothing."""
    return _no_pairs_of_rows(result, k) or _wrong_rows(result, n, k)


def _no_pairs_of_rows(result: Any, k: int) -> str:
    if result is None:
        return "It returned None. Does the function end with return?"
    if result is ...:
        return DOTS
    if not isinstance(result, list | tuple):
        return (
            f"Return a list with one pair for each fold: the rows to train on, and the rows held "
            f"out. This is {short(result)}."
        )
    if len(result) == 2 != k and all(_is_row_of(part, k) for part in result):
        return f"Return one list of k pairs, not two lists. With k = {k} there are {k} pairs."
    if not all(_is_pair(pair) for pair in result):
        other = next(pair for pair in result if not _is_pair(pair))
        return (
            f"Each entry must be a pair: the rows to train on, and the rows held out. One of "
            f"yours is {short(other)}."
        )
    parts = [part for pair in result for part in pair]
    if not all(isinstance(part, np.ndarray) for part in parts):
        other = next(part for part in parts if not isinstance(part, np.ndarray))
        return (
            f"Both of a pair must be arrays of row numbers. One of yours is "
            f"{article(type(other).__name__)}: {short(other)}."
        )
    if any(part.dtype == bool for part in parts):
        return "These are masks of True and False. Asked for are row numbers: np.flatnonzero."
    if any(part.ndim != 1 or part.dtype.kind not in "iu" for part in parts):
        return "Each array must have one dimension, and hold whole numbers."
    return ""


def _wrong_rows(result: Any, n: int, k: int) -> str:
    here = f"With n = {n} and k = {k}"
    if len(result) != k:
        return f"{here} there are {len(result)} pairs. Return one for each of the k folds."
    held = [row for _, rows in result for row in rows.tolist()]
    both = held + [row for rows, _ in result for row in rows.tolist()]
    if min(both, default=0) < 0 or max(both, default=0) >= n:
        return f"{here} there are row numbers outside of 0 to {n - 1}."
    if k > 2 and _all_once([one for one, _ in result], n) and _all_once(result[0], n):
        return "The two of a pair are exchanged: first the rows to train on, then those held out."
    if len(set(held)) < len(held):
        return (
            f"{here} some rows are held out more than once. Shuffle once for all folds, and give "
            f"each row to one of them."
        )
    if len(held) < n:
        return f"{here} some rows are never held out. Every row belongs to one fold."
    sizes = [len(rows) for _, rows in result]
    if max(sizes) - min(sizes) > 1:
        return f"{here} the folds have the sizes {sizes}. They may differ by one, not by more."
    for train, rows in result:
        if set(train.tolist()) & set(rows.tolist()):
            return (
                f"{here} rows that are held out are also trained on. Then the score says little "
                f"of new rows."
            )
        if len(train) > len(set(train.tolist())):
            return f"{here} some rows to train on come twice."
        if len(train) < n - len(rows):
            return f"{here} some rows are neither held out nor trained on. Train on all others."
    return ""


def _all_once(parts: Any, n: int) -> bool:
    """Say whether each of n rows is in one of the parts, once."""
    return sorted(row for part in parts for row in part.tolist()) == list(range(n))


def _not_by_chance(answer: Callable[..., Any], n: int, k: int, seeds: int) -> str:
    """Say which rows are held out together too often, or too rarely, over hundreds of seeds."""
    met = np.zeros((n, n))
    for seed in range(seeds):
        for _, rows in answer(n, k, np.random.default_rng(seed)):
            met[np.ix_(rows, rows)] += 1 / seeds
    sizes = np.array([n // k + (fold < n % k) for fold in range(k)])
    usual = float(np.sum(sizes * (sizes - 1))) / (n * (n - 1))
    off = np.abs(met - usual)
    np.fill_diagonal(off, 0)
    row, other = sorted(divmod(int(np.argmax(off)), n))
    if off[row, other] > 0.55 * usual:
        return (
            f"Over {seeds} seeds, with n = {n} and k = {k}, rows {row} and {other} are held out "
            f"together in {met[row, other]:.0%}; in a shuffled pack it would be about "
            f"{usual:.0%}. Shuffle all rows, then cut."
        )
    return ""


FOLDS = Exercise(
    "11.6",
    reference=_folds,
    inputs=_tables,
    judge=_are_folds,
    hints=(
        "Think of a pack of cards that is shuffled once, and dealt to k players.",
        "np.array_split cuts a shuffled array of row numbers into k parts of nearly the same "
        "size. To train on are the rows of all parts but one.",
        "parts = np.array_split(rng.permutation(n), k); for each i the pair is "
        "np.concatenate(parts[:i] + parts[i + 1 :]) and parts[i].",
    ),
)
