"""What kind of mistake a wrong answer looks like.

First the mistakes that the exercise itself names, then what is certain (nothing was
returned, it is not finite), then patterns: a sign, a factor, an axis, a step. A pattern is
named only if it explains all wrong numbers.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcourse.exercises._compare import Path, close, is_numeric, is_series, leaves, same
from dlcourse.exercises._exercise import Exercise, Steps
from dlcourse.exercises._words import arguments, article, count, short

_NEAR = 1e-2  # relative error up to which an answer is called close
_FACTORS = [
    (2.0, "twice", "half"),
    (3.0, "three times", "a third"),
    (4.0, "four times", "a quarter"),
    (10.0, "ten times", "a tenth"),
]


@dataclass(frozen=True)
class Trial:
    """One trial: the inputs, what is right, what came, and which input was changed."""

    inputs: tuple[Any, ...]
    expected: Any
    got: Any
    changed: int | None


@dataclass(frozen=True)
class _Pair:
    """An array that came out wrong, beside the right one, and the inputs it belongs to."""

    inputs: tuple[Any, ...]
    expected: np.ndarray[Any, Any]
    got: np.ndarray[Any, Any]


def diagnose(exercise: Exercise, trials: list[Trial]) -> tuple[str, str]:
    """Return a sentence and an example, both empty if nothing is wrong."""
    tolerance = exercise.tolerance
    wrong = [t for t in trials if not same(t.expected, t.got, tolerance)]
    if not wrong:
        return _side_effect(exercise, trials)
    first = wrong[0]
    example = f"For example, it returned {short(first.got)}"
    if exercise.is_plain_call:
        example += f"\nwhen called with {arguments(first.inputs)}"
    changed = next((t for t in trials if t.changed is not None), None)
    sentence = (
        _named(exercise, trials)
        or next(filter(None, (_structure(t.expected, t.got, exercise) for t in wrong)), "")
        or _over_time(wrong, tolerance)
        or _pattern(wrong, tolerance)
        or _shape(wrong)
        or (f"{_side_effect(exercise, [changed])[0]}" if changed else "")
        or _rest(trials, wrong, tolerance)
    )
    return sentence, example


def _side_effect(exercise: Exercise, trials: list[Trial]) -> tuple[str, str]:
    for trial in trials:
        if trial.changed is not None:
            names = list(exercise.parameter_names) if exercise.is_plain_call else []
            which = f"`{names[trial.changed]}`" if trial.changed < len(names) else "an argument"
            sentence = (
                f"It changes its input in place: {which} is not the same after the call. Work "
                f"on a new array (x = x - 1, not x -= 1)."
            )
            return sentence, ""
    for trial in trials:
        for (_, a), (_, b) in zip(leaves(trial.expected), leaves(trial.got), strict=False):
            kinds = np.asarray(a).dtype, np.asarray(b).dtype
            if kinds[0] == np.float32 and kinds[1] != np.float32:
                sentence = (
                    f"The numbers are right, but the dtype is wrong: float32 came in, "
                    f"and {kinds[1]} came out."
                )
                return sentence, ""
    return "", ""


# What came out is not of the right kind ----------------------------------------------


def _structure(expected: Any, got: Any, exercise: Exercise, where: str = "") -> str:
    """Say what is wrong with the kind of thing that was returned, its numbers aside."""
    subject = where or "It"
    if got is None:
        return f"{subject} returned None. Does the function end with return?"
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            return f"{subject} returned {short(got)} where a dict was expected."
        if set(got) != set(expected):
            return (
                f"{subject} returned a dict with the keys {sorted(map(str, got))}; the keys "
                f"should be {sorted(map(str, expected))}."
            )
        parts = [(f'The entry "{key}"', expected[key], got[key]) for key in expected]
    elif isinstance(expected, list | tuple):
        if not is_series(got):
            return f"{subject} returned {short(got)} where {len(expected)} values were expected."
        if len(got) != len(expected):
            return (
                f"{subject} returned {count(len(got), 'value')} where {len(expected)} were "
                f"expected."
            )
        name = "Step" if isinstance(expected, Steps) else "Value"
        parts = [
            (f"{name} {i + 1} of {len(expected)}", a, b)
            for i, (a, b) in enumerate(zip(expected, got, strict=True))
        ]
    else:
        return _not_numbers(expected, got, subject)
    return next(filter(None, (_structure(a, b, exercise, w) for w, a, b in parts)), "")


def _not_numbers(expected: Any, got: Any, subject: str) -> str:
    wanted = "a number" if np.ndim(expected) == 0 else f"an array of shape {np.shape(expected)}"
    if not is_numeric(got):
        kind = f"text, {short(got)}," if isinstance(got, str) else short(got)
        if isinstance(got, np.ndarray):
            kind = f"an array of dtype {got.dtype}"
        elif isinstance(got, list | tuple):
            kind = article(type(got).__name__) + " that is no regular table of numbers"
        elif callable(got):
            kind = f"a function, {short(got)},"
        return f"{subject} returned {kind} where {wanted} was expected."
    if np.isfinite(np.asarray(expected)).all() and not np.isfinite(np.asarray(got)).all():
        return (
            f"{subject} is not finite: nan or inf came out. Is something divided by zero, or "
            f"does an exp or a log get too large or too small a number?"
        ).replace("It is", "The answer is")
    return ""


# Mistakes that have a name -----------------------------------------------------------


def _named(exercise: Exercise, trials: list[Trial]) -> str:
    for sentence, variant in exercise.mistakes.items():
        if all(_is_result_of(exercise, variant, trial) for trial in trials):
            return sentence
    return ""


def _is_result_of(exercise: Exercise, variant: Callable[..., Any], trial: Trial) -> bool:
    try:
        result = exercise.result_of(variant, copy.deepcopy(trial.inputs))
    except Exception:  # a variant may not suit every input
        return False
    return same(result, trial.got, exercise.tolerance)


def _over_time(wrong: list[Trial], tolerance: float) -> str:
    """Say at which step a series of results goes wrong, and how."""
    if not all(isinstance(t.expected, Steps) for t in wrong):
        return ""
    right = [[same(a, b, tolerance) for a, b in zip(t.expected, t.got, strict=True)] for t in wrong]
    if all(len(t.got) > 1 and same(t.expected[:-1], t.got[1:], tolerance) for t in wrong):
        return "It is off by one step: each result comes one step too late."
    if all(len(t.got) > 1 and same(t.expected[1:], t.got[:-1], tolerance) for t in wrong):
        return "It is off by one step: each result comes one step too early."
    if all(steps[0] for steps in right):
        first = min(steps.index(False) for steps in right) + 1
        return (
            f"The first step is right, step {first} is not. Is the state kept from one step to "
            f"the next, for each parameter by itself, and nothing else?"
        )
    return ""


# Patterns in the numbers ----------------------------------------------------------------


def _pairs(wrong: list[Trial]) -> dict[Path, list[_Pair]]:
    """Sort wrong and right arrays by their place in the answer: the first value, "w", ..."""
    places: dict[Path, list[_Pair]] = {}
    for trial in wrong:
        got = dict(leaves(trial.got))
        for path, expected in leaves(trial.expected):
            value = got.get(path)
            if value is not None and is_numeric(value):
                pair = _Pair(trial.inputs, np.asarray(expected), np.asarray(value))
                # Of steps, all are numbers of one kind.
                key = path[1:] if isinstance(trial.expected, Steps) else path
                places.setdefault(key, []).append(pair)
    return places


def _place(path: Path) -> str:
    if not path:
        return "It"
    last = path[-1]
    return f'The entry "{last}"' if isinstance(last, str) else f"Value {last + 1}"


def _pattern(wrong: list[Trial], tolerance: float) -> str:
    tuples = [t for t in wrong if isinstance(t.expected, tuple) and len(t.expected) == 2]
    if len(tuples) == len(wrong) and all(
        same(t.expected[::-1], tuple(t.got), tolerance) for t in wrong
    ):
        return "The two values are right, but in the other order."
    for path, pairs in _pairs(wrong).items():
        bad = [p for p in pairs if not close(p.expected, p.got, tolerance)]
        for sentence in _sentences(bad, tolerance) if bad else ():
            return sentence.format(it=_place(path))
    return ""


def _all(pairs: list[_Pair], tolerance: float, change: Callable[[Any], Any]) -> bool:
    """Say whether `change` makes every wrong array right."""
    return bool(pairs) and all(close(p.expected, change(p.got), tolerance) for p in pairs)


def _sentences(pairs: list[_Pair], tolerance: float) -> Iterator[str]:
    """Yield what explains all of these wrong arrays at once."""
    if _all(pairs, tolerance, lambda a: a.T):
        yield "{it} is transposed: rows and columns are exchanged."
    if any(p.expected.shape != p.got.shape for p in pairs):
        return
    if _all(pairs, tolerance, lambda a: -a):
        yield "{it} has the wrong sign: every number is right but for its minus."
    yield from _factor(pairs, tolerance)
    lists = [p for p in pairs if p.expected.ndim > 0 and len(p.expected) > 1]
    if lists == pairs and _all(pairs, tolerance, lambda a: a[::-1]):
        yield "{it} has the right numbers in reverse order."
    for shift, how in ((1, "late"), (-1, "early")):
        inner = slice(1, None) if shift > 0 else slice(None, -1)
        other = slice(None, -1) if shift > 0 else slice(1, None)
        if lists == pairs and all(
            close(p.expected[other], p.got[inner], tolerance)
            and np.ptp(p.expected.astype(np.float64)) > 0
            for p in pairs
        ):
            yield f"{{it}} is off by one step: each number comes one place too {how}."
    shifts = np.concatenate([np.ravel(p.got.astype(float) - p.expected) for p in pairs])
    if len(shifts) > 1 and np.allclose(shifts, shifts[0], rtol=1e-6, atol=1e-9):
        yield f"{{it}} is off by {shifts[0]:.6g} everywhere."
    whole = [p.got.dtype.kind in "iub" and p.expected.dtype.kind == "f" for p in pairs]
    if all(whole) and all(np.all(np.abs(p.got - p.expected) < 1) for p in pairs):
        yield "{it} has the wrong dtype: whole numbers, with the fractions cut off."


def _ratio(pair: _Pair) -> float | None:
    """Return by which one factor the answer is too large, or None."""
    expected, got = (np.ravel(a).astype(np.float64) for a in (pair.expected, pair.got))
    squares = float(expected @ expected)
    if squares == 0:
        return None
    ratio = float(got @ expected) / squares
    fits = np.allclose(got, ratio * expected, rtol=1e-6, atol=1e-9 * np.sqrt(squares))
    return ratio if fits else None


def _factor(pairs: list[_Pair], tolerance: float) -> Iterator[str]:
    informative = [p for p in pairs if np.any(p.expected)]
    ratios = [_ratio(p) for p in informative]
    if not ratios or any(r is None or r == 0 for r in ratios) or len(informative) < len(pairs):
        return
    values = np.array(ratios, dtype=np.float64)
    if np.allclose(values, values[0], rtol=1e-6):
        told_by_more_than_one = len(pairs) > 1 or informative[0].expected.size > 1
        if told_by_more_than_one and abs(values[0] - 1) > _NEAR:
            yield f"{{it}} is {_times(values[0])}."
        return
    # The factor differs: does it follow the number of rows, or of entries?
    for what, sizes in _sizes(informative):
        for power, says in (
            (1, "too large by {0}: a sum where a mean should be?"),
            (-1, "too small by {0}: is it divided by {0} once too often?"),
        ):
            for sign, minus in ((1, ""), (-1, ", and has the wrong sign")):
                if np.allclose(values, sign * sizes**power, rtol=1e-6):
                    yield "{it} is " + says.format(what).rstrip("?") + minus + "?"
        if np.all(sizes > 1) and np.allclose(values, sizes / (sizes - 1), rtol=1e-6):
            yield f"{{it}} is divided by one less than {what}: n - 1 where n should be."


def _sizes(pairs: list[_Pair]) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    def sized(size: Callable[[np.ndarray[Any, Any]], int]) -> list[int | None]:
        found = []
        for pair in pairs:
            arrays = [a for a in pair.inputs if isinstance(a, np.ndarray) and a.ndim > 0]
            found.append(size(max(arrays, key=lambda a: a.size)) if arrays else None)
        return found

    for what, sizes in (
        ("the number of rows", sized(len)),
        ("the number of entries", sized(lambda a: a.size)),
        ("the number of columns", sized(lambda a: a.shape[-1])),
    ):
        if all(sizes):
            yield what, np.array(sizes, dtype=np.float64)


def _times(ratio: float) -> str:
    sign = " and has the wrong sign" if ratio < 0 else ""
    size = abs(ratio)
    for value, many, part in _FACTORS:
        if np.isclose(size, value, rtol=1e-6):
            return f"{many} too large{sign}"
        if np.isclose(size, 1 / value, rtol=1e-6):
            return f"{part} of what it should be{sign}"
    return f"too {'large' if size > 1 else 'small'} by the factor {size:.4g} everywhere{sign}"


# What is left ---------------------------------------------------------------------------


def _shape(wrong: list[Trial]) -> str:
    for trial in wrong:
        got = dict(leaves(trial.got))
        for path, expected in leaves(trial.expected):
            right, came = np.shape(expected), np.shape(got.get(path, expected))
            if right != came:
                return _wrong_shape(_place(path), right, came, trial.inputs)
    return ""


def _wrong_shape(
    it: str, right: tuple[int, ...], came: tuple[int, ...], inputs: tuple[Any, ...]
) -> str:
    sentence = f"{it} has the wrong shape: {came} where {right} was expected."
    tables = [a.shape for a in inputs if isinstance(a, np.ndarray) and a.ndim > 1]
    if not right:
        sentence = f"{it} has the wrong shape: {came} where a single number was expected."
    elif came == right[::-1]:
        sentence += " It looks transposed."
    elif [n for n in came if n != 1] == [n for n in right if n != 1]:
        sentence += " The numbers may be right: look at axes of length 1 (keepdims, reshape)."
    elif len(came) == len(right) and any(set(came) | set(right) <= set(t) for t in tables):
        sentence += " It looks like the wrong axis."
    elif len(came) == len(right) and came[1:] == right[1:] and abs(came[0] - right[0]) == 1:
        sentence += " It is off by one step: one entry too " + (
            "many." if came[0] > right[0] else "few."
        )
    return sentence


def _rest(trials: list[Trial], wrong: list[Trial], tolerance: float) -> str:
    """Say what little can be said when no pattern fits."""
    error = max(_relative_error(trial) for trial in wrong)
    if error <= _NEAR:
        return (
            f"It is close but not exact: the relative error reaches {error:.0e}, and "
            f"{tolerance:.0e} is allowed. Is something rounded, or a step too large?"
        )
    ignores = len(trials) > 1 and all(same(trials[0].got, t.got, 1e-12) for t in trials[1:])
    if ignores and not all(same(trials[0].expected, t.expected, 1e-12) for t in trials[1:]):
        return "It returns the same whatever it is called with."
    if len(wrong) < len(trials):
        return (
            f"It is right in {len(trials) - len(wrong)} of {count(len(trials), 'trial')}, and "
            f"wrong in the others. What do those have in common?"
        )
    return "The numbers are wrong, in no way that has a name. Work the example through by hand."


def _relative_error(trial: Trial) -> float:
    got = dict(leaves(trial.got))
    errors = []
    for path, expected in leaves(trial.expected):
        a, b = np.asarray(expected, dtype=float), np.asarray(got.get(path, np.nan), dtype=float)
        scale = float(np.max(np.abs(a), initial=0.0)) or 1.0
        errors.append(float(np.max(np.abs(a - b), initial=0.0)) / scale)
    return max(errors, default=np.inf)
