"""Numbers that differ from cohort to cohort, and where wanted from student to student.

In a problem set, a constant of the question says in a comment what it may be:

    X0 = 3.0  # cohort: from 1.0 to 5.0 by 0.5
    DEPTH = 4  # cohort: 3, 4, 5, 6
    SEED = 0  # cohort: secret

The value that stands there makes the problem set a notebook like any other, which runs as it
is. For a cohort each is drawn anew from a stream of its own, which the cohort's seed and the
constant's name decide; `secret` is any large integer, for the random numbers of hidden tests.
Where a text says `` `X0 = 3.0` ``, it follows.

Someone who knows a few constants could guess the seed by trying seeds, so each trial is made
to cost a twentieth of a second (scrypt), and a seed should be long: `new_seed` makes one.
"""

import ast
import copy
import functools
import hashlib
import re
import secrets
from collections.abc import Iterator
from typing import Any

import numpy as np

_CONSTANT = re.compile(
    r"^(?P<start>\s*(?P<name>\w+) = )(?P<value>[^#\n]+?)\s*# cohort: (?P<rule>.+)$", re.M
)
_RANGE = re.compile(r"from (?P<first>\S+) to (?P<last>\S+) by (?P<step>\S+)")
SHORT_SEED = 12  # characters; below, a seed can be found by trying
OF_THE_GUIDE = "put-your-own-long-seed-here"  # what stands in the guide in place of a seed


def new_seed() -> str:
    """Return a new cohort seed, too long to be guessed."""
    return secrets.token_urlsafe(16)


def instance(
    notebook: dict[str, Any], cohort: str | None, student: str | None = None
) -> dict[str, Any]:
    """Return the notebook with the constants of a cohort, or of one student in it.

    Without a cohort the constants stay as they stand in the problem set. In either case the
    comments that say what they may be are gone. The notebook's metadata say which values the
    constants have that students see, as ``cohort_constants``.

    Raises
    ------
    ValueError
        If a comment can't be understood, or a constant is defined twice.
    """
    made = copy.deepcopy(notebook)
    values: dict[str, Any] = {}
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = _CONSTANT.sub(
                functools.partial(_drawn, values=values, cohort=cohort, student=student),
                cell["source"],
            )
    secret = {m["name"] for c in notebook["cells"] for m in _secrets(c["source"])}
    shown = {name: repr(value) for name, value in values.items() if name not in secret}
    made["metadata"] = {**made.get("metadata", {}), "cohort_constants": shown}
    for cell in made["cells"]:
        if cell["cell_type"] == "markdown":
            for name, value in values.items():
                cell["source"] = re.sub(
                    rf"`{name} = [^`]+`",
                    f"`{name} = {value!r}`".replace("\\", r"\\"),
                    cell["source"],
                )
    return made


def _secrets(source: str) -> Iterator[re.Match[str]]:
    """Yield the constants of a cell that can be any integer."""
    return (match for match in _CONSTANT.finditer(source) if match["rule"].strip() == "secret")


def _drawn(
    match: re.Match[str], values: dict[str, Any], cohort: str | None, student: str | None
) -> str:
    name, rule = match["name"], match["rule"].strip()
    choices = _choices(name, rule)
    if cohort is None:
        value = ast.literal_eval(match["value"])
    else:
        stream = _stream(cohort, student, name)
        value = (
            int(stream.integers(2**62))
            if choices is None
            else choices[stream.integers(len(choices))]
        )
    if values.setdefault(name, value) != value:
        raise ValueError(f"the constant {name} is defined twice, with different values")
    return f"{match['start']}{value!r}"


def _choices(name: str, rule: str) -> list[Any] | None:
    """Return what a constant may be; None where it may be any integer."""
    if rule == "secret":
        return None
    try:
        if found := _RANGE.fullmatch(rule):
            first, last, step = (ast.literal_eval(found[key]) for key in ("first", "last", "step"))
            number = round((last - first) / step) + 1
            # Rounded, since 1.1 + 2 * 0.1 is not 1.3.
            return [type(first + step)(round(first + k * step, 12)) for k in range(number)]
        return [ast.literal_eval(entry.strip()) for entry in rule.split(", ")]
    except (ValueError, SyntaxError, TypeError, ZeroDivisionError):
        raise ValueError(
            f"the constant {name} has the comment '# cohort: {rule}'; say a list, "
            "'2, 3, 5', or 'from 1.0 to 5.0 by 0.5', or 'secret'"
        ) from None


@functools.cache
def _key(cohort: str) -> bytes:
    return hashlib.scrypt(cohort.encode(), salt=b"dlcourse cohort", n=2**14, r=8, p=1, dklen=32)


def _stream(cohort: str, student: str | None, name: str) -> np.random.Generator:
    words = b"\0".join(
        [_key(cohort), (student or "").encode("utf-8", "surrogatepass"), name.encode()]
    )
    return np.random.default_rng(int.from_bytes(hashlib.sha256(words).digest(), "big"))


def fingerprint(cohort: str) -> str:
    """Return what tells two cohorts apart and gives nothing of their seeds away."""
    return hashlib.sha256(b"fingerprint" + _key(cohort)).hexdigest()[:16]
