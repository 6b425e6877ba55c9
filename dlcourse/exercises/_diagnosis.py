"""What kind of mistake a wrong answer looks like.

First the mistakes that the exercise itself names, then what is certain (nothing was
returned, it is not finite), then patterns: a sign, a factor, an axis, a step. Whatever is
said holds in the trials it is said of; a sentence tells in how many, and the example shows
the smallest of them.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from dlcourse.exercises._compare import (
    Path,
    aligned,
    as_numbers,
    close,
    copied,
    differs,
    is_numeric,
    same,
)
from dlcourse.exercises._example import Trial, called_with, example, size_of
from dlcourse.exercises._exercise import Exercise, Steps
from dlcourse.exercises._findings import (
    Finding,
    Seen,
    in_trials,
    only_named,
    smallest_of,
    what_is_common,
    where,
)
from dlcourse.exercises._kinds import (
    DOTS,
    NOT_FINITE,
    is_a,
    not_of_the_kind,
    place_in_words,
)
from dlcourse.exercises._limit import limited
from dlcourse.exercises._patterns import (
    EVERY,
    NEAR,
    Pair,
    Sign,
    direction_of,
    positions_of,
    relative_error,
    shapes_of,
    signs_of,
)
from dlcourse.exercises._slips import slips_of
from dlcourse.exercises._words import article, count, in_a_line, join

NOTHING = "in no way that is known here"
_LONGEST_SLIP = 0.25  # seconds


def diagnose(exercise: Exercise, trials: list[Trial], which: str = "trials") -> tuple[str, str]:
    """Return a sentence and an example, both empty if nothing is wrong."""
    wrong = [t for t in trials if not same(t.expected, t.got, exercise.tolerance)]
    seen = Seen(exercise, trials, wrong, which)
    changed = [t for t in trials if t.changed is not None]
    if not wrong:
        return _side_effect(seen, changed) if changed else _dtype(seen)
    if name := _named(seen):
        return name, example(exercise, smallest_of(wrong))
    # What changes its inputs may be wrong for no other reason.
    if len(changed) == len(trials) or (changed and all(t in changed for t in wrong)):
        return _side_effect(seen, changed)
    finding = _found(seen)
    told = where(seen, finding) if finding.counted else ""
    sentence = f"{finding.sentence}{told}{finding.more}"
    if changed:
        sentence += f" {_change(exercise, smallest_of(changed))}"
    return sentence, example(exercise, smallest_of(finding.trials), finding.about)


def _found(seen: Seen) -> Finding:
    """Return what explains all wrong trials, else what explains the most of them."""
    if unusable := _structure(seen):
        return unusable[0]
    partial: list[Finding] = []
    for look in (
        _named_in_part, _not_finite, _order_of_two, _numbers, _shapes, _over_time, _slips,
        _right_elsewhere, _positions, _rounded, _close_by, _always_the_same, _only_where,
    ):  # fmt: skip
        for best in look(seen)[:1]:
            complete = len(best.trials) == len(best.among or seen.wrong)
            # It may be complete of one value, and that wrong in fewer trials than another.
            if complete and all(len(best.trials) >= len(other.trials) for other in partial):
                return best
            partial.append(best)
    partial = [f for f in partial if 2 * len(f.trials) >= len(seen.wrong)]
    if partial:
        return max(partial, key=lambda f: len(f.trials))
    return next(iter(_directions(seen)), None) or _rest(seen)


# Mistakes that have a name -----------------------------------------------------------


def _named(seen: Seen) -> str:
    """Return the sentence of the first mistake that gives these results in all trials."""
    for sentence, variant in seen.exercise.variants():
        if all(_is_result_of(seen.exercise, variant, trial) for trial in seen.trials):
            return sentence
    return ""


def _named_in_part(seen: Seen) -> list[Finding]:
    """Find the mistakes that give the results of the wrong trials, or of the most of them.

    One that would have spoilt what is right is not what was made, unless it was made only
    where all the wrong trials have something in common.
    """
    findings = []
    apart = len(seen.wrong) > 1 and bool(what_is_common(seen, seen.wrong))
    for sentence, variant in seen.exercise.variants():
        like = _like(seen, variant)
        several = len(like) > 1 and 2 * len(like) >= len(seen.wrong)
        if not (several or len(like) == len(seen.wrong)):
            continue
        if apart or all(_is_result_of(seen.exercise, variant, t) for t in seen.right):
            findings.append((len(like), sentence, like))
    findings.sort(key=lambda f: -f[0])
    return [Finding(_as_with(seen, text, like), like, counted=False) for _, text, like in findings]


def _like(seen: Seen, variant: Callable[..., Any]) -> list[Trial]:
    """List the wrong trials that come out as with a variant, or none if they are few."""
    like, unlike = [], 0
    # The small ones first: they are soon done, and most variants fit none.
    for trial in sorted(seen.wrong, key=lambda trial: size_of(trial.inputs)):
        if _is_result_of(seen.exercise, variant, trial):
            like.append(trial)
        else:
            unlike += 1
        if 2 * unlike > len(seen.wrong):
            return []
    return [t for t in seen.wrong if any(t is found for found in like)]


def _as_with(seen: Seen, mistake: str, like: list[Trial]) -> str:
    trials = in_trials(seen, like, seen.wrong)
    return f"{trials[0].upper()}{trials[1:]}, it comes out as with this mistake: {mistake}"


def _is_result_of(exercise: Exercise, variant: Callable[..., Any], trial: Trial) -> bool:
    try:
        with np.errstate(all="ignore"):
            result = as_numbers(exercise.result_of(variant, copied(tuple(trial.inputs))))
            both_none = result is None and trial.got is None
            return both_none or same(result, trial.got, exercise.tolerance)
    except Exception:  # a variant may not suit every input
        return False


def _slips(seen: Seen) -> list[Finding]:
    """Find the slip in a right answer that gives these results in all trials."""
    exercise = seen.exercise
    smallest = smallest_of(seen.wrong)
    others = [t for t in seen.trials if t is not smallest]
    begun = time.monotonic()
    for slip in slips_of(exercise.reference):
        if time.monotonic() - begun > exercise.seconds / 2:
            break
        # A slip in the condition of a loop may make it endless, and most differ at once.
        if _gives(exercise, slip.answer, [smallest], _LONGEST_SLIP / 5) and _gives(
            exercise, slip.answer, others, _LONGEST_SLIP
        ):
            sentence = f"A right answer with one slip gives these very results: {slip.kind}."
            return [Finding(sentence, seen.wrong)]
    return []


def _gives(
    exercise: Exercise, answer: Callable[..., Any], trials: list[Trial], seconds: float
) -> bool:
    """Say whether an answer gives what came in all of these trials, and in time."""
    found = [False]

    def compare() -> None:
        found[0] = all(_is_result_of(exercise, answer, trial) for trial in trials)

    return limited(seconds, compare) and found[0]


# What came out is not of the right kind ----------------------------------------------


def _structure(seen: Seen) -> list[Finding]:
    """Find what is wrong with the kind of thing that was returned, its numbers aside."""
    return _kinds(seen, lambda key: not key.endswith(NOT_FINITE))


def _not_finite(seen: Seen) -> list[Finding]:
    return _kinds(seen, lambda key: key.endswith(NOT_FINITE))


def _kinds(seen: Seen, wanted: Callable[[str], bool]) -> list[Finding]:
    found: dict[str, list[tuple[str, Trial]]] = {}
    for trial in seen.wrong:
        key, sentence = not_of_the_kind(trial.expected, trial.got, seen.tolerance)
        if key and wanted(key):
            found.setdefault(key, []).append((sentence, trial))
    return _grouped(found)


def _grouped(found: Mapping[str, list[tuple[str, Trial]]]) -> list[Finding]:
    """Make a finding of each kind, with the sentence of its smallest trial; the widest first."""
    findings = []
    for group in found.values():
        trials = [trial for _, trial in group]
        smallest = smallest_of(trials)
        [sentence] = [text for text, trial in group if trial is smallest]
        findings.append(Finding(sentence, trials, counted=sentence != DOTS))
    return sorted(findings, key=lambda f: -len(f.trials))


# Steps --------------------------------------------------------------------------------------


def _order_of_two(seen: Seen) -> list[Finding]:
    if not all(isinstance(t.expected, tuple) and len(t.expected) == 2 for t in seen.wrong):
        return []
    exchanged = [t for t in seen.wrong if same(t.expected[::-1], tuple(t.got), seen.tolerance)]
    sentence = "The two values are right, but in the other order."
    return [Finding(sentence, exchanged)] if exchanged else []


def _over_time(seen: Seen) -> list[Finding]:
    """Say at which step a series of results goes wrong, and how."""
    if not all(isinstance(t.expected, Steps) for t in seen.wrong):
        return []
    tolerance = seen.tolerance
    for slices, how in (
        ((slice(-1), slice(1, None)), "late"),
        ((slice(1, None), slice(-1)), "early"),
    ):
        off = [
            t
            for t in seen.wrong
            if len(t.got) > 1 and same(list(t.expected[slices[0]]), t.got[slices[1]], tolerance)
        ]
        if len(off) == len(seen.wrong):
            text = f"It is off by one step: each result comes one step too {how}."
            return [Finding(text, off)]
    begun: list[tuple[int, Trial]] = []  # how many steps are right, where it is not none
    for t in seen.wrong:
        right = [same(a, b, tolerance) for a, b in zip(t.expected, t.got, strict=True)]
        if right.index(False) > 0:
            begun.append((right.index(False), t))
    if not begun:
        return []
    everywhere = len({first for first, _ in begun}) == 1
    smallest = smallest_of([t for _, t in begun])
    [first] = [first for first, t in begun if t is smallest]
    rights = "The first step is right" if first == 1 else f"The first {first} steps are right"
    start = (
        f"{rights}, step {first + 1} is not."
        if everywhere
        else f"It begins right, and goes wrong at a later step, in the example at step {first + 1}."
    )
    ask = (
        " Is the state kept from one step to the next, all of it, each part by itself, and "
        "nothing else?"
    )
    # What goes wrong with some inputs only has another reason.
    late = [t for _, t in begun]
    return [Finding(start + ("" if only_named(seen, late) else ask), late)]


# Patterns in the numbers ----------------------------------------------------------------

Places = dict[Path, list[tuple[Trial, list[Pair]]]]


def _places(seen: Seen) -> Places:
    """Sort wrong and right arrays by their place in the answer: the first value, "w", ..."""
    places: Places = {}
    names = seen.exercise.input_names
    for trial in seen.wrong:
        here: dict[Path, list[Pair]] = {}
        inputs = dict(zip(names, trial.inputs, strict=False))
        for path, expected, value in aligned(trial.expected, trial.got):
            if value is None or not is_numeric(value):
                continue
            if close(expected, value, seen.tolerance):
                continue
            pair = Pair(
                np.asarray(expected), np.asarray(value), inputs, seen.tolerance, type(value)
            )
            # Of steps, all are numbers of one kind.
            key = path[1:] if isinstance(trial.expected, Steps) else path
            here.setdefault(key, []).append(pair)
        for key, pairs in here.items():
            places.setdefault(key, []).append((trial, pairs))
    return places


def _numbers(seen: Seen) -> list[Finding]:
    return _patterns(seen, signs_of)


def _positions(seen: Seen) -> list[Finding]:
    return _patterns(seen, positions_of)


def _directions(seen: Seen) -> list[Finding]:
    return [f for f in _patterns(seen, direction_of) if len(f.trials) == len(f.among or seen.wrong)]


def _shapes(seen: Seen) -> list[Finding]:
    return _patterns(seen, shapes_of)


def _patterns(seen: Seen, look: Callable[[Pair], Iterator[Sign]]) -> list[Finding]:
    """Find what is true of the pairs of a place, in as many trials as can be; the best first."""
    places = _places(seen)
    signs = {
        path: [(trial, _common(pairs, look)) for trial, pairs in entries]
        for path, entries in places.items()
    }
    found: list[tuple[bool, int, int, Finding]] = []
    # First of all places together: "It", if each wrong place of a trial looks alike.
    together = _together(seen, signs)
    subjects: list[tuple[str, Path, Any]] = [("It", (), together)] if together else []
    subjects += [(place_in_words(path), path, entries) for path, entries in signs.items()]
    for it, path, entries in subjects:
        wrong_here = [trial for trial, _ in entries]
        if len(wrong_here) < len(seen.wrong) and 2 * len(wrong_here) <= len(seen.wrong):
            continue  # half of what is wrong, or more, is wrong elsewhere
        others = "" if it == "It" else _other_places(seen, it, places)
        for order, (sentence, needed, trials) in enumerate(_by_kind(entries)):
            enough = max(2, len(wrong_here)) if needed == EVERY else needed
            if len(trials) >= min(enough, len(seen.trials)):
                text = sentence.replace("{it}", it)
                if any(isinstance(t.expected, Steps) for t in trials):
                    text = text.replace(" everywhere", " at each step that is wrong")
                finding = Finding(text, trials, wrong_here, about=path, more=others)
                found.append((len(trials) == len(wrong_here), len(trials), -order, finding))
    found.sort(key=lambda f: (-f[0], -f[1], -f[2]))
    return [finding for *_, finding in found]


def _common(pairs: list[Pair], look: Callable[[Pair], Iterator[Sign]]) -> list[Sign]:
    """List what is true of each of these pairs."""
    first, *rest = ([*look(pair)] for pair in pairs)
    kinds = [{sign.kind for sign in signs} for signs in rest]
    needed = 1 if len(pairs) > 1 else None
    return [
        Sign(sign.sentence, needed or sign.needed, sign.key)
        for sign in first
        if all(sign.kind in those for those in kinds)
    ]


def _together(seen: Seen, signs: Mapping[Path, list[tuple[Trial, list[Sign]]]]) -> Any:
    """Return what is true of all values of each wrong trial, if all values are wrong."""
    if len(signs) < 2:
        return []
    entries = []
    for trial in seen.wrong:
        here = [s for path in signs for t, s in signs[path] if t is trial]
        parts = [(a, b) for _, a, b in aligned(trial.expected, trial.got)]
        wrong = sum(not same(a, b, seen.tolerance) for a, b in parts)
        # A value that is 0 keeps its sign, and is right by chance.
        informative = sum(bool(np.any(a)) for a, _ in parts if is_numeric(a))
        if not here or wrong < informative:
            return []
        first, *rest = here
        entries.append(
            (trial, [s for s in first if all(s.kind in {o.kind for o in r} for r in rest)])
        )
    return entries


def _by_kind(
    entries: list[tuple[Trial, list[Sign]]],
) -> list[tuple[str, float, list[Trial]]]:
    """List each kind of sentence with how often it must hold and the trials of which it does."""
    found: dict[str, list[tuple[Sign, Trial]]] = {}
    for trial, signs in entries:
        for sign in signs:
            group = found.setdefault(sign.kind, [])
            if not group or group[-1][1] is not trial:
                group.append((sign, trial))
    listed = []
    for group in found.values():
        trials = [trial for _, trial in group]
        smallest = smallest_of(trials)
        [told] = [sign for sign, trial in group if trial is smallest]
        needed = min(sign.needed for sign, _ in group)
        listed.append((told.sentence, needed, trials))
    return listed


def _other_places(seen: Seen, it: str, places: Places) -> str:
    words = [place_in_words(path, lower=True) for path in places]
    others = [text for text in dict.fromkeys(words) if text.lower() != it.lower()]
    if not others or any(isinstance(t.expected, Steps) for t in seen.wrong):
        return ""
    are = "is" if len(others) == 1 else "are"
    text = join(others)
    return f" {text[0].upper()}{text[1:]} {are} wrong, too."


# What is left ---------------------------------------------------------------------------


def _pairs_of(seen: Seen, trial: Trial) -> Iterator[Pair]:
    for _, expected, value in aligned(trial.expected, trial.got):
        if is_numeric(value):
            yield Pair(np.asarray(expected), np.asarray(value), {}, seen.tolerance)


def _right_elsewhere(seen: Seen) -> list[Finding]:
    """Say so if each wrong result is exactly what is right for an earlier trial."""
    calls = {id(t): _earlier(seen, t) for t in seen.wrong}
    found = [t for t in seen.wrong if calls[id(t)]]
    if not found:
        return []
    other = calls[id(smallest_of(found))]
    assert other is not None
    shown = in_a_line("The example comes out as", called_with(seen.exercise, other.inputs))
    sentence = (
        "What came is right for an earlier call, with other arguments. Is an argument left out "
        "of account, or something kept from one call to the next?"
    )
    return [Finding(sentence, found, more=f" {shown}.")]


def _earlier(seen: Seen, trial: Trial) -> Trial | None:
    """Return the trial before that has this very result, and has it rightly."""
    for other in seen.right:
        if other is trial or seen.trials.index(other) > seen.trials.index(trial):
            continue
        telling = not np.all(np.isin(_flat(trial.got), (0, 1, -1)))
        if telling and same(other.got, trial.got, 0.0) and same(trial.got, other.got, 0.0):
            return other
    return None


def _flat(value: Any) -> Any:
    parts = [np.ravel(came) for _, came, _ in aligned(value, value) if is_numeric(came)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _rounded(seen: Seen) -> list[Finding]:
    """Say to how many decimals the answer rounds, if all that it returns is so."""
    for decimals in range(10):
        half = 0.5 * 10.0**-decimals
        if all(
            _is_rounded(pair, decimals, half) for t in seen.trials for pair in _pairs_of(seen, t)
        ):
            text = f"It is rounded to {count(decimals, 'decimal')}. Return it as it comes out."
            return [Finding(text, seen.wrong)]
    return []


def _is_rounded(pair: Pair, decimals: int, half: float) -> bool:
    if pair.expected.shape != pair.got.shape or pair.got.dtype.kind != "f":
        return False
    exact = np.array_equal(pair.got, np.round(pair.got, decimals))
    return exact and bool(np.all(np.abs(pair.got - pair.expected) <= 1.001 * half))


def _close_by(seen: Seen) -> list[Finding]:
    errors = [
        max((relative_error(p) for p in _pairs_of(seen, t)), default=np.inf) for t in seen.wrong
    ]
    near = [t for t, error in zip(seen.wrong, errors, strict=True) if error <= NEAR]
    if not near:
        return []
    error = max(e for e in errors if e <= NEAR)
    sentence = (
        f"It is close but not exact: the relative error reaches {error:.1e}, and "
        f"{seen.tolerance:.0e} is allowed. Is something rounded or cut off, or a step too large or "
        f"too small?"
    )
    return [Finding(sentence, near)]


def _always_the_same(seen: Seen) -> list[Finding]:
    first, *rest = seen.trials
    if not rest or not all(same(first.got, t.got, 1e-12) for t in rest):
        return []
    if all(same(first.expected, t.expected, 1e-12) for t in rest):
        return []
    return [Finding("It returns the same whatever it is called with.", seen.wrong, counted=False)]


def _only_where(seen: Seen) -> list[Finding]:
    """Say what the wrong trials have in common, and the right ones have not."""
    n, wrong = len(seen.trials), len(seen.wrong)
    # What one trial is like in which it is right, it may be right by chance.
    if wrong == n or (wrong > 1 and n - wrong == 1):
        return []
    only = what_is_common(seen, seen.wrong)
    start = f"It is right in {n - wrong} of {count(n, 'trial')}, and wrong only"
    return [Finding(f"{start} {only}.", seen.wrong, counted=False)] if only else []


def _rest(seen: Seen) -> Finding:
    """Say what little can be said when no pattern fits."""
    n, wrong = len(seen.trials), len(seen.wrong)
    if wrong < n:
        sentence = (
            f"It is right in {n - wrong} of {count(n, 'trial')}, and wrong in the others. What "
            f"do those have in common?"
        )
    else:
        sentence = f"The numbers are wrong, {NOTHING}. Work the example through by hand."
    return Finding(sentence, seen.wrong, counted=False)


# Right numbers, and yet not right -------------------------------------------------------------


def _side_effect(seen: Seen, changed: list[Trial]) -> tuple[str, str]:
    exercise, smallest = seen.exercise, smallest_of(changed)
    where = "" if len(changed) == len(seen.trials) else _in_some(seen, changed)
    example = in_a_line("It was changed by", called_with(exercise, smallest.inputs))
    return _change(exercise, smallest, where), example


def changed_inputs(
    exercise: Exercise, before: tuple[Any, ...], after: tuple[Any, ...]
) -> tuple[str, str]:
    """Return the sentence and the example for a trial that changed its inputs, or two ""."""
    trial = Trial(before, None, None, differs(before, after))
    if trial.changed is None:
        return "", ""
    return _side_effect(Seen(exercise, [trial], []), [trial])


def _in_some(seen: Seen, these: list[Trial]) -> str:
    return f" in {len(these)} of {len(seen.trials)} trials{only_named(seen, these)}"


def _change(exercise: Exercise, trial: Trial, where: str = "") -> str:
    change = trial.changed
    assert change is not None
    names = exercise.input_names
    which = f"`{names[change.position]}`" if change.position < len(names) else "an argument"
    if change.by_rounding:
        return (
            f"It changes its input by a rounding error: {which} is not exactly the same after "
            f"the call{where}. What is added and subtracted again need not come back: keep the "
            f"old number, and put it back."
        )
    advice = {
        "array": "Work on a new array (x = x - 1, not x -= 1).",
        "list": "Work on a copy, or read it in another way (reversed, sorted, a slice).",
        "dict": "Work on a copy of the dict.",
    }.get(change.kind, "Leave it as it is.")
    inner = (
        "" if is_a(trial.inputs[change.position], change.kind) else (f"{article(change.kind)} in ")
    )
    return (
        f"It changes its input in place: {inner}{which} is not the same after the call{where}. "
        f"{advice}"
    )


def _dtype(seen: Seen) -> tuple[str, str]:
    for trial in seen.trials:
        for _, a, b in aligned(trial.expected, trial.got):
            kinds = np.asarray(a).dtype, np.asarray(b).dtype
            if kinds[0] == np.float32 and kinds[1] != np.float32:
                sentence = (
                    f"The numbers are right, but the dtype is wrong: float32 came in, "
                    f"and {kinds[1]} came out."
                )
                return sentence, called_with(seen.exercise, trial.inputs)
    return "", ""
