"""What one wrong number, array or list looks like beside the right one.

Each function looks at one pair and yields what is true of it, the most telling first.
Whether the same is true of other trials as well is asked elsewhere: see `_diagnosis`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcourse.exercises._compare import agreeing, close

EVERY = np.inf  # as in `Sign.needed`: in every trial that is wrong, and in two or more
NEAR = 1e-2  # relative error up to which an answer is called close
_FACTORS = [
    (2.0, "twice", "half"),
    (3.0, "three times", "a third"),
    (4.0, "four times", "a quarter"),
    (10.0, "ten times", "a tenth"),
]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Pair:
    """A right array, what came in its place, and the inputs by name."""

    expected: Array
    got: Array
    inputs: Mapping[str, Any]
    tolerance: float
    came_as: type = np.ndarray

    def fits(self, right: Any) -> bool:
        """Say whether what came is this."""
        return close(right, self.got, self.tolerance)

    @property
    def scalars(self) -> dict[str, float]:
        """The inputs that are single numbers."""
        return {
            name: float(value)
            for name, value in self.inputs.items()
            if isinstance(value, int | float | np.number) and not isinstance(value, bool)
        }

    @property
    def arrays(self) -> dict[str, Array]:
        """The inputs that are arrays of numbers."""
        return {
            name: value
            for name, value in self.inputs.items()
            if isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind in "fiub"
        }


@dataclass(frozen=True)
class Sign:
    """A sentence that is true of a pair.

    It has a place `{it}` for what is wrong, and must be true of so many trials before it is
    said: one number alone fits too many patterns.
    """

    sentence: str
    needed: float = 1
    key: str = ""  # sentences with the same key say the same, each of its own trial

    @property
    def kind(self) -> str:
        """What two trials must have in common to be told together."""
        return self.key or self.sentence


def signs_of(pair: Pair) -> Iterator[Sign]:
    """Yield what explains every number of this pair."""
    a, b = pair.expected, pair.got
    if _is_transposed(pair):
        yield Sign("{it} is transposed: rows and columns are exchanged.")
    if a.shape != b.shape or a.size == 0:
        return
    with np.errstate(all="ignore"):
        yield from _cut_to_whole_numbers(pair)
        yield from _as_given(pair)
        if pair.fits(-a):
            yield Sign("{it} has the wrong sign: every number is right but for its minus.")
        yield from _factors(pair)
        yield from _rearranged(pair)
        yield from _offsets(pair)
        yield from _functions_of(pair)
        yield from _entry_by_entry(pair)


def _is_transposed(pair: Pair) -> bool:
    a, b = pair.expected, pair.got
    return a.ndim > 1 and b.shape == a.T.shape and close(a, b.T, pair.tolerance)


def _several(pair: Pair) -> bool:
    """Say whether more than one number tells: a single one fits too many patterns."""
    return bool(np.count_nonzero(pair.expected) > 1)


def _as_given(pair: Pair) -> Iterator[Sign]:
    for name, value in pair.inputs.items():
        if isinstance(value, np.ndarray | int | float | np.number) and pair.fits(value):
            needed = 1 if np.size(value) > 1 else 2
            yield Sign(f"{{it}} is `{name}` itself, as it was given.", needed)
    if pair.got.size and not np.any(pair.got):
        yield Sign("{it} is 0 everywhere." if pair.got.ndim else "{it} is 0.", key="zero")


# Factors ------------------------------------------------------------------------------------


def _ratio(pair: Pair) -> float | None:
    """Return by which one factor the answer is too large, or None."""
    expected, got = (np.ravel(a).astype(np.float64) for a in (pair.expected, pair.got))
    squares = float(expected @ expected)
    if not 0 < squares < np.inf or not np.all(np.isfinite(got)):
        return None
    ratio = float(got @ expected) / squares
    fits = np.allclose(got, ratio * expected, rtol=1e-6, atol=1e-9 * np.sqrt(squares))
    return ratio if fits and ratio != 0 else None


def _factors(pair: Pair) -> Iterator[Sign]:
    ratio = _ratio(pair)
    if ratio is None:
        return
    if abs(ratio - 1) > NEAR and abs(ratio + 1) > 1e-6:
        # Any two numbers have a ratio; it tells something if it is that of all.
        yield Sign(f"{{it}} is {_times(ratio)}.", 1 if _several(pair) else EVERY)
    minus = " and has the wrong sign" if ratio < 0 else ""
    size = abs(ratio)
    for what, n in _sizes(pair):
        if n < 2:
            continue
        if _equal(size, n):
            says = f"too large by {what}{minus}: a sum where a mean should be?"
            yield Sign(f"{{it}} is {says}", 2)
        if _equal(size, 1 / n):
            says = f"too small by {what}{minus}: is it divided by {what} once too often?"
            yield Sign(f"{{it}} is {says}", 2)
        for share, way, text in (
            (n / (n - 1), "large", "n/(n - 1)"),
            ((n - 1) / n, "small", "(n - 1)/n"),
        ):
            if _equal(size, share):
                says = f"too {way} by the factor {text}, where n is {what}{minus}"
                yield Sign(f"{{it}} is {says}: is n - 1 taken for n, or n for n - 1?", 2)
        if _equal(size, np.sqrt(n)) or _equal(size, np.sqrt(1 / n)):
            way = "large" if size > 1 else "small"
            yield Sign(f"{{it}} is too {way} by the root of {what}{minus}.", 2)
        if _equal(size, np.sqrt(n / (n - 1))):
            yield Sign(f"{{it}} has n - 1 under the root, where n, {what}, should be.", 2)
    for name, a in pair.scalars.items():
        yield from _by_an_input(ratio, name, a)


def _by_an_input(ratio: float, name: str, a: float) -> Iterator[Sign]:
    if a in (0, 1, -1) or not np.isfinite(a):
        return
    for text, value in (
        (f"`{name}`", a),
        (f"the square of `{name}`", a * a),
        (f"1 - `{name}`", 1 - a),
        (f"twice `{name}`", 2 * a),
        (f"half of `{name}`", a / 2),
    ):
        if value in (0, 1, -1):
            continue
        for sign, minus in ((1, ""), (-1, ", and has the wrong sign")):
            if _equal(ratio, sign * value):
                yield Sign(f"{{it}} is the right answer times {text}{minus}.", 2)
            if _equal(ratio, sign / value):
                yield Sign(f"{{it}} is the right answer divided by {text}{minus}.", 2)


def _equal(a: float, b: float) -> bool:
    return bool(np.isclose(a, b, rtol=1e-6, atol=0))


def _sizes(pair: Pair) -> Iterator[tuple[str, int]]:
    arrays = list(pair.arrays.values())
    if not arrays:
        return
    largest = max(arrays, key=lambda a: a.size)
    yield "the number of rows", len(largest)
    yield "the number of entries", largest.size
    yield "the number of columns", largest.shape[-1]


def _times(ratio: float) -> str:
    sign = " and has the wrong sign" if ratio < 0 else ""
    size = abs(ratio)
    for value, many, part in _FACTORS:
        if _equal(size, value):
            return f"{many} too large{sign}"
        if _equal(size, 1 / value):
            return f"{part} of what it should be{sign}"
    return f"too {'large' if size > 1 else 'small'} by the factor {size:.4g} everywhere{sign}"


# Order, offsets, functions -------------------------------------------------------------------


def _rearranged(pair: Pair) -> Iterator[Sign]:
    a, b = pair.expected, pair.got
    if a.ndim == 0 or len(a) < 2:
        return
    varies = np.ptp(a.astype(np.float64)) > 0
    if varies and pair.fits(a[::-1]):
        yield Sign("{it} has the right numbers in reverse order.")
    if varies and len(a) > 2:
        for shift, how in ((1, "late"), (-1, "early")):
            inner, other = (slice(1, None), slice(None, -1))[::shift]
            if close(a[other], b[inner], pair.tolerance):
                yield Sign(f"{{it}} is off by one step: each number comes one place too {how}.")
    if varies and close(np.sort(a, axis=None), np.sort(b, axis=None), pair.tolerance):
        yield Sign("{it} has the right numbers in another order.")


def _offsets(pair: Pair) -> Iterator[Sign]:
    a, b = pair.expected, pair.got
    shifts = np.ravel(b.astype(np.float64) - a)
    if not np.allclose(shifts, shifts[0], rtol=1e-6, atol=1e-9):
        return
    shift = float(shifts[0])
    scale = float(np.max(np.abs(a.astype(np.float64)), initial=0.0))
    if abs(shift) > NEAR * scale or _several(pair):
        everywhere = " everywhere" if a.size > 1 else ""
        yield Sign(f"{{it}} is off by {shift:.6g}{everywhere}.", 1 if _several(pair) else EVERY)
    for name, value in pair.scalars.items():
        for text, amount in ((f"`{name}`", value), (f"twice `{name}`", 2 * value)):
            if amount and _equal(abs(shift), abs(amount)):
                # The sign may differ from trial to trial.
                way = "large" if shift > 0 else "small"
                yield Sign(f"{{it}} is too {way} by {text}.", 2)
                yield Sign(f"{{it}} is off by {text}, one way or the other.", 2)


def _functions_of(pair: Pair) -> Iterator[Sign]:
    a = pair.expected.astype(np.float64)
    needed = 1 if _several(pair) else 2
    if np.any(a < 0) and np.any(pair.got != 0):
        if pair.fits(np.abs(a)):
            yield Sign("{it} has lost its minus: the sizes are right.", needed)
        elif pair.fits(np.maximum(a, 0)):
            yield Sign("{it} has 0 where a negative number is right.", needed)
    for text, right in (
        ("the square of the right answer", a * a),
        ("the root of the right answer", np.sqrt(a)),
        ("one over the right answer", 1 / a),
        ("one minus the right answer", 1 - a),
        ("the logarithm of the right answer", np.log(a)),
        ("the exponential of the right answer", np.exp(a)),
    ):
        if np.all(np.isfinite(right)) and pair.fits(right):
            yield Sign(f"{{it}} is {text}.", needed)


def _entry_by_entry(pair: Pair) -> Iterator[Sign]:
    a = pair.expected.astype(np.float64)
    if not _several(pair):
        return
    if close(np.abs(a), np.abs(pair.got), pair.tolerance):
        yield Sign("{it} has the right sizes, but some of the signs are wrong.")
    for name, array in pair.arrays.items():
        try:
            value = np.broadcast_to(array.astype(np.float64), a.shape)
        except ValueError:
            continue
        # A factor of 0 or 1 tells nothing.
        if np.count_nonzero(~np.isin(value, (0, 1, -1))) > 1:
            for text, right in (
                (f"the right answer times `{name}`, entry by entry", a * value),
                (f"the right answer divided by `{name}`, entry by entry", a / value),
            ):
                if np.all(np.isfinite(right)) and pair.fits(right):
                    yield Sign(f"{{it}} is {text}.")
        for text, right in (
            (f"the right answer plus `{name}`", a + value),
            (f"the right answer minus `{name}`", a - value),
            (f"`{name}` minus the right answer", value - a),
            (f"minus `{name}`", -value),
        ):
            if np.all(np.isfinite(right)) and pair.fits(right):
                yield Sign(f"{{it}} is {text}.")


def _cut_to_whole_numbers(pair: Pair) -> Iterator[Sign]:
    a, b = pair.expected, pair.got
    if b.dtype.kind in "iub" and a.dtype.kind == "f" and np.all(np.abs(b - a) < 1):
        yield Sign("{it} has the wrong dtype: whole numbers, with the fractions cut off.", 1)


# Where the wrong entries are ------------------------------------------------------------------


def positions_of(pair: Pair) -> Iterator[Sign]:
    """Yield which entries of a pair are wrong, if others are right."""
    a, b = pair.expected, pair.got
    if a.shape != b.shape or a.size < 2:
        return
    wrong = ~agreeing(a, b, pair.tolerance)
    if np.all(wrong) or not np.any(wrong):
        return
    if a.ndim == 1:
        yield from _places_in_a_row(wrong)
    else:
        yield from _places_in_a_table(wrong)
    for text, mask in _kinds_of_entries(pair):
        if np.array_equal(mask, wrong):
            yield Sign(f"{{it}} is wrong only in the entries {text}.")


def _places_in_a_row(wrong: Array) -> Iterator[Sign]:
    n = len(wrong)
    [at] = np.nonzero(wrong)
    if list(at) == [0]:
        yield Sign("{it} is right but for the first entry.")
    if list(at) == [n - 1]:
        yield Sign("{it} is right but for the last entry.")
    if n > 2 and list(at) == list(range(1, n)):
        yield Sign("Only the first entry is right; all after it are wrong.")
    if n > 2 and list(at) == list(range(n - 1)):
        yield Sign("Only the last entry is right; all before it are wrong.")
    if at[0] > 0 and list(at) == list(range(at[0], n)):
        yield Sign(
            f"{{it}} is right up to some entry, here entry {at[0]} (counted from 1), and wrong "
            f"from there on.",
            key="from some entry on",
        )


def _places_in_a_table(wrong: Array) -> Iterator[Sign]:
    rows = np.any(wrong.reshape(len(wrong), -1), axis=1)
    columns = np.any(wrong.reshape(-1, wrong.shape[-1]), axis=0)
    for name, lines in (("row", rows), ("column", columns)):
        if len(lines) < 2 or np.all(lines):
            continue
        [at] = np.nonzero(lines)
        if list(at) == [0]:
            yield Sign(f"{{it}} is right but for the first {name}.")
        if list(at) == [len(lines) - 1]:
            yield Sign(f"{{it}} is right but for the last {name}.")
        if list(at) == list(range(1, len(lines))) and len(lines) > 2:
            yield Sign(f"Only the first {name} is right.")
        if list(at) == list(range(len(lines) - 1)) and len(lines) > 2:
            yield Sign(f"Only the last {name} is right.")
        if len(at) == 1:
            text = f"{{it}} is right but for one {name}."
            yield Sign(text, key=f"one {name}")
    if wrong.ndim == 2 and wrong.shape[0] == wrong.shape[1]:
        diagonal = np.eye(len(wrong), dtype=bool)
        if not np.any(wrong & ~diagonal):
            yield Sign("{it} is right but on its diagonal.")
        if not np.any(wrong & diagonal):
            yield Sign("{it} is right only on its diagonal.")


def _kinds_of_entries(pair: Pair) -> Iterator[tuple[str, Array]]:
    a = pair.expected
    yield "that should be 0", a == 0
    yield "that should not be 0", a != 0
    yield "that should be negative", a < 0
    yield "that should be positive", a > 0
    for name, array in pair.arrays.items():
        if array.shape == a.shape:
            yield f"where `{name}` is 0", array == 0
            yield f"where `{name}` is not 0", array != 0
            yield f"where `{name}` is negative", array < 0
            yield f"where `{name}` is positive", array > 0


# What little can be said ----------------------------------------------------------------------


def relative_error(pair: Pair) -> float:
    """Return the largest error, measured against the largest entry of what is right."""
    if pair.expected.shape != pair.got.shape:
        return np.inf
    a, b = pair.expected.astype(np.float64), pair.got.astype(np.float64)
    scale = float(np.max(np.abs(a), initial=0.0)) or 1.0
    return float(np.max(np.abs(a - b), initial=0.0)) / scale


def direction_of(pair: Pair) -> Iterator[Sign]:
    """Yield on which side of the right numbers all wrong ones lie."""
    a, b = pair.expected, pair.got
    if a.shape != b.shape or a.size == 0:
        return
    wrong = ~agreeing(a, b, pair.tolerance)
    difference = b.astype(np.float64)[wrong] - a[wrong]
    for sign, how in ((1, "large"), (-1, "small")):
        if difference.size and np.all(sign * difference > 0):
            # One number alone is always off by some factor.
            yield Sign(f"{{it}} is too {how}, by no fixed factor.", 1 if _several(pair) else 2)


def shapes_of(pair: Pair) -> Iterator[Sign]:
    """Yield what is wrong with a shape."""
    right, came = pair.expected.shape, pair.got.shape
    if right == came:
        return
    if not right:
        yield from _not_one_number(pair)
        return
    sentence = f"{{it}} has the wrong shape, here {came} where {right} was expected."
    same_numbers = pair.expected.size == pair.got.size and close(
        np.ravel(pair.expected), np.ravel(pair.got), pair.tolerance
    )
    tables = [a.shape for a in pair.arrays.values() if a.ndim > 1]
    long = [n for n in right if n != 1]
    key, more = "", ""
    if not came:
        sentence = f"{{it}} is a single number where an array is expected, here of shape {right}."
        key = "no array"
    elif came == right[::-1] and len(long) > 1:
        key, more = "transposed", " It looks transposed."
    elif [n for n in came if n != 1] == long and same_numbers:
        key = "length 1"
        more = " The numbers are right: look at axes of length 1 (keepdims, reshape)."
    elif same_numbers:
        key, more = "flat", " The numbers are right, and in the right order."
    elif len(long) == 1 == sum(n != 1 for n in came) and any(
        {*came, *right} - {1} == set(t) for t in tables
    ):
        key, more = "axis", " It looks like the wrong axis."
    elif len(came) == len(right) == 1 and abs(came[0] - right[0]) == 1:
        key = "step"
        more = " It is off by one step: one entry too "
        more += "many." if came[0] > right[0] else "few."
        key += more
    else:
        key = f"from {len(right)} to {len(came)} axes"
    yield Sign(sentence + more, key=f"shape: {key}")


def _not_one_number(pair: Pair) -> Iterator[Sign]:
    came = pair.got.shape
    if pair.got.size == 1:
        kind = f"an array of shape {came}"
        if issubclass(pair.came_as, list | tuple):
            kind = f"a {'list' if issubclass(pair.came_as, list) else 'tuple'} with one number"
        right = close(pair.expected, np.ravel(pair.got)[0], pair.tolerance)
        more = " The number in it is right: return it by itself." if right else ""
        yield Sign(f"{{it}} is {kind} where a number is expected.{more}", key=f"wrapped {right}")
    sentence = f"{{it}} is an array, here of shape {came}, where a single number was expected."
    yield Sign(sentence, key="shape: one number")
