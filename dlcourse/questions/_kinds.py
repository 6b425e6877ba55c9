"""The kinds of questions, and what each takes for an answer."""

import html
import json
import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np

#: A number of a chapter, a hyphen, and words: ``5-two-step-cycle``.
KEY = re.compile(r"\d+-[a-z0-9]+(-[a-z0-9]+)*")

Misses = Mapping[tuple[float | None, float | None], str]


@dataclass(frozen=True, eq=False)  # dicts can't be compared by hash
class Question:
    """A question to the reader; display it as the last line of a cell.

    The functions of this module make one. `compare` is called when the answer is computed.

    Attributes
    ----------
    key : str
        Its name in the whole book, such as ``"5-cycle"``: the chapter and what it is about.
    kind : str
        The name of the function that made it.
    settings : dict
        What the page has to know, as JSON can hold it.
    as_answer : callable
        Returns a value as JSON can hold it, or says why it is no answer.
    in_words : callable
        Writes an answer for readers.
    """

    key: str
    kind: str
    settings: dict[str, Any]
    as_answer: Callable[[Any], Any] = field(repr=False)
    in_words: Callable[[Any], str] = field(repr=False)

    def compare(self, value: Any) -> "Answer":
        """Hand over what was computed: the answer.

        Parameters
        ----------
        value : object
            A number, an option, a list of options in their order, or the heights of a curve.

        Returns
        -------
        Answer
            Display it as the last line of the cell that computed it.

        Raises
        ------
        ValueError, TypeError
            If it is no answer to this question.

        Examples
        --------
        >>> number("1-square", within=0).compare(3 * 3)
        Answer:
        9
        """
        answer = self.as_answer(value)
        return Answer(self.key, answer, self.in_words(answer))

    def __repr__(self) -> str:
        asked = {
            "number": f"a number{self._unit()}",
            "choice": " / ".join(self.settings.get("options", ())),
            "order": "put into order: " + "; ".join(self.settings.get("options", ())),
            "point": "a place between {} and {}".format(*self.settings.get("ends", ("", ""))),
            "sketch": "the course of a curve",
            "think": "say it to yourself, then compare",
        }[self.kind]
        return f"Your guess ({asked})"

    def _unit(self) -> str:
        unit = self.settings.get("unit", "")
        of = "" if unit.startswith("of ") else "of "
        return f" {of}{unit}" if unit else ""

    def to_html(self) -> str:
        """Return the place of the form, which the script makes, with what can be read without it.

        Returns
        -------
        str
        """
        data = {"key": self.key, "kind": self.kind, **self.settings}
        options = [f"<li>{html.escape(o)}</li>" for o in self.settings.get("options", ())]
        listed = f"<ul>{''.join(options)}</ul>" if options else ""
        return f'<div class="dl-ask" data-question="{_attribute(data)}">{listed}</div>'

    def _repr_html_(self) -> str:
        return self.to_html() + _script_once()


@dataclass(frozen=True)
class Answer:
    """What was computed, as a page shows it beside the reader's guess."""

    key: str
    value: Any
    in_words: str

    def __repr__(self) -> str:
        # JupyterLab shows the first line of an output that is folded.
        return f"Answer:\n{self.in_words}"

    def _repr_html_(self) -> str:
        data = {"key": self.key, "value": self.value, "words": self.in_words}
        return (
            f'<div class="dl-answer" data-answer="{_attribute(data)}">'
            f"<p><strong>Answer:</strong> {html.escape(self.in_words)}</p></div>"
        )


def _attribute(data: dict[str, Any]) -> str:
    """Write data as JSON, for an attribute of HTML."""
    return html.escape(json.dumps(data, ensure_ascii=False))


_sent: set[str] = set()


def _script_once() -> str:
    """Return style and script for the first question of a kernel: one serves a whole notebook."""
    # Colab shows each output in a frame of its own.
    if "ask.js" in _sent and "google.colab" not in sys.modules:
        return ""
    _sent.add("ask.js")
    style, script = (
        files("dlcourse.questions").joinpath("page", name).read_text(encoding="utf-8")
        for name in ("ask.css", "ask.js")
    )
    return f"<style>\n{style}</style>\n<script>\n{script}</script>"


# --- the kinds -----------------------------------------------------------------------------


def number(
    key: str,
    *,
    unit: str = "",
    within: float | None = None,
    factor: float | None = None,
    misses: Misses | None = None,
    digits: int = 4,
    checkpoint: bool = False,
    opening: bool = False,
) -> Question:
    """Ask for a number.

    Parameters
    ----------
    key : str
        The chapter and what it is about, such as ``"5-cycle"``.
    unit : str
        What is counted or measured, such as ``"steps"``.
    within : float, optional
        How far off a right guess may be. 0 asks for the number itself.
    factor : float, optional
        Or how many times too large or too small it may be: 2 is right up to the double and
        the half. Give one of the two.
    misses : dict, optional
        What to say to guesses in a range, ``{(low, high): sentence}``; None is no limit.
    digits : int
        How many significant digits of the answer are shown; whole numbers have all of theirs.
    checkpoint : bool
        Whether it asks about what was read, not about what is to come.
    opening : bool
        Whether it opens a chapter: then a question that was missed may take its place.

    Returns
    -------
    Question

    Raises
    ------
    ValueError
        If the key has another form, or not one of `within` and `factor` is given.

    Examples
    --------
    >>> guess = number("5-cycle", unit="steps", factor=2, misses={(0, 100): "Far too few."})
    >>> guess
    Your guess (a number of steps)
    >>> guess.compare(12_903)
    Answer:
    12,903 steps
    """
    if (within is None) == (factor is None):
        raise ValueError("say how near a guess has to be: either within= or factor=")
    if within is not None and within < 0:
        raise ValueError(f"within must be at least 0, got {within}")
    if factor is not None and factor <= 1:
        raise ValueError(f"factor must be larger than 1, got {factor}")
    settings = {
        "unit": unit,
        "within": within,
        "factor": factor,
        "misses": _ranges(misses),
        **_about(checkpoint, opening),
    }

    def in_words(value: float) -> str:
        return f"{written(value, digits)} {unit}".strip()

    return Question(_checked(key), "number", settings, as_number, in_words)


def choice(
    key: str,
    options: Mapping[str, str],
    *,
    checkpoint: bool = False,
    opening: bool = False,
) -> Question:
    """Ask for one of several options.

    Parameters
    ----------
    key : str
        The chapter and what it is about.
    options : dict of str to str
        What may be chosen, with the sentence for those who chose it although it is not the
        answer: why it is not. The answer has an empty one.
    checkpoint, opening : bool
        As for `number`.

    Returns
    -------
    Question
        Its answer is one of the options; or a dict that says of each option whether it holds,
        as exactly one of them must.

    Raises
    ------
    ValueError
        If the key has another form, or there are fewer than two options.

    Examples
    --------
    >>> guess = choice("5-fate", {"It stops.": "The slope is not zero there.", "It goes on.": ""})
    >>> guess.compare("It goes on.")
    Answer:
    It goes on.
    >>> slope = 0.3
    >>> guess.compare({"It stops.": slope == 0, "It goes on.": slope != 0})
    Answer:
    It goes on.
    """
    _at_least_two(options)
    settings = {"options": list(options), "reasons": dict(options), **_about(checkpoint, opening)}

    def as_option(value: Any) -> str:
        if isinstance(value, Mapping):
            true = [option for option, holds in value.items() if holds]
            if len(true) != 1 or value.keys() != options.keys():
                raise ValueError(f"of {', '.join(options)} exactly one must hold, got {value}")
            [value] = true
        if value not in options:
            raise ValueError(f"{value!r} is none of the options: {', '.join(options)}")
        return str(value)

    return Question(_checked(key), "choice", settings, as_option, str)


def order(
    key: str,
    options: Sequence[str],
    *,
    ends: tuple[str, str] = ("first", "last"),
    miss: str = "",
    checkpoint: bool = False,
    opening: bool = False,
) -> Question:
    """Ask for an order.

    Parameters
    ----------
    key : str
        The chapter and what it is about.
    options : sequence of str
        What to put into order, as the reader finds it.
    ends : tuple of two str
        What the two ends of the order mean, such as ``("smallest", "largest")``.
    miss : str
        What to say to every other order.
    checkpoint, opening : bool
        As for `number`.

    Returns
    -------
    Question
        Its answer is a list of the options.

    Raises
    ------
    ValueError
        If the key has another form, or there are fewer than two options.

    Examples
    --------
    >>> speed = {"SGD": 120, "Adam": 31}
    >>> guess = order("7-race", ["SGD", "Adam"], ends=("fastest", "slowest"))
    >>> guess.compare(sorted(speed, key=speed.get))
    Answer:
    Adam, SGD
    """
    _at_least_two(options)
    settings = {
        "options": list(options),
        "ends": list(ends),
        "miss": miss,
        **_about(checkpoint, opening),
    }

    def as_order(value: Any) -> list[str]:
        if sorted(value) != sorted(options):
            raise ValueError(f"{list(value)} is no order of {', '.join(options)}")
        return list(value)

    return Question(_checked(key), "order", settings, as_order, ", ".join)


def point(
    key: str,
    ends: tuple[float, float],
    *,
    steps: int = 100,
    log: bool = False,
    unit: str = "",
    within: float | None = None,
    factor: float | None = None,
    misses: Misses | None = None,
    digits: int = 3,
    checkpoint: bool = False,
) -> Question:
    """Ask for a place on an axis.

    Parameters
    ----------
    key : str
        The chapter and what it is about.
    ends : tuple of two float
        Where the axis begins and ends.
    steps : int
        Into how many steps it is divided.
    log : bool
        Whether each step is the same factor, not the same distance.
    unit, within, factor, misses, digits, checkpoint
        As for `number`.

    Returns
    -------
    Question
        Its answer is a number on the axis.

    Raises
    ------
    ValueError
        If the key has another form, the ends are not in order, or not one of `within` and
        `factor` is given.

    Examples
    --------
    >>> point("1-best-h", (1e-16, 1.0), log=True, factor=10).compare(1.5e-8)
    Answer:
    1.5e-08
    """
    low, high = ends
    if not low < high or (log and low <= 0):
        raise ValueError(f"the axis must go from a lower to a higher number, got {ends}")
    plain = number(
        key, unit=unit, within=within, factor=factor, misses=misses, digits=digits,
        checkpoint=checkpoint,
    )  # fmt: skip
    settings = {**plain.settings, "ends": [low, high], "steps": steps, "log": log}

    def as_place(value: Any) -> float:
        place = as_number(value)
        if not low <= place <= high:
            raise ValueError(f"the answer {place} is not on the axis from {low} to {high}")
        return place

    return Question(key, "point", settings, as_place, plain.in_words)


def sketch(
    key: str,
    x: Sequence[float],
    ends: tuple[float, float],
    *,
    start: float | None = None,
    labels: tuple[str, str] = ("x", "y"),
    within: float = 0.15,
    misses: Mapping[str, Sequence[float]] | None = None,
    checkpoint: bool = False,
) -> Question:
    """Ask for the course of a curve.

    Parameters
    ----------
    key : str
        The chapter and what it is about.
    x : sequence of float
        Where the reader says how high the curve is: 3 to 12 places.
    ends : tuple of two float
        The lowest and highest height there is room for.
    start : float, optional
        Where the sketch stands at first; in the middle by default.
    labels : tuple of two str
        What the axes are.
    within : float
        How far off a right sketch may be anywhere, as a share of the room.
    misses : dict of str to sequence of float, optional
        A sentence, and the curve it is about: it is said to the sketches that are nearer to
        this curve than to the answer and to the others.
    checkpoint : bool
        As for `number`.

    Returns
    -------
    Question
        Its answer is the heights of the curve at `x`.

    Raises
    ------
    ValueError
        If the key has another form, or there are not 3 to 12 places.

    Examples
    --------
    >>> guess = sketch("1-parabola", [0, 1, 2], (0, 4))
    >>> guess.compare(np.array([0, 1, 2]) ** 2)
    Answer:
    0 at 0, 1 at 1, 4 at 2
    """
    places = [float(place) for place in x]
    if not 3 <= len(places) <= 12:
        raise ValueError(f"a sketch has 3 to 12 places, got {len(places)}")
    low, high = (float(end) for end in ends)
    if not low < high:
        raise ValueError(f"ends must go from a lower to a higher number, got {ends}")

    def as_curve(value: Any) -> list[float]:
        heights = [as_number(height) for height in np.ravel(value)]
        if len(heights) != len(places):
            raise ValueError(f"the curve has {len(heights)} heights for {len(places)} places")
        return heights

    settings = {
        "x": places,
        "ends": [low, high],
        "start": (low + high) / 2 if start is None else float(start),
        "labels": list(labels),
        "within": within,
        "misses": [[sentence, as_curve(curve)] for sentence, curve in (misses or {}).items()],
        **_about(checkpoint, opening=False),
    }

    def in_words(heights: Sequence[float]) -> str:
        return ", ".join(
            f"{written(height, 3)} at {written(place, 3)}"
            for place, height in zip(places, heights, strict=True)
        )

    return Question(_checked(key), "sketch", settings, as_curve, in_words)


def think(key: str, *, checkpoint: bool = True, opening: bool = False) -> Question:
    """Ask for what no machine should grade: the reader says it, then compares.

    Parameters
    ----------
    key : str
        The chapter and what it is about.
    checkpoint, opening : bool
        As for `number`.

    Returns
    -------
    Question
        Its answer stands in the text, in the ``<details class="dl-after">`` that follows.

    Raises
    ------
    ValueError
        If the key has another form.

    Examples
    --------
    >>> think("3-why-backward")
    Your guess (say it to yourself, then compare)
    """

    def as_text(value: Any) -> str:
        raise TypeError("the answer of a question of this kind stands in the text, not in a cell")

    return Question(_checked(key), "think", _about(checkpoint, opening), as_text, str)


# --- what they share ---------------------------------------------------------------------------


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError(f'a key is a chapter and what it is about, as in "5-cycle"; got {key!r}')
    return key


def _about(checkpoint: bool, opening: bool) -> dict[str, Any]:
    role = "opening" if opening else "checkpoint" if checkpoint else "prediction"
    return {"role": role}


def _at_least_two(options: Any) -> None:
    if len(options) < 2 or len(set(options)) < len(options):
        raise ValueError(f"there must be two or more different options, got {list(options)}")


def _ranges(misses: Misses | None) -> list[list[Any]]:
    return [[low, high, sentence] for (low, high), sentence in (misses or {}).items()]


def as_number(value: Any) -> float:
    """Return a finite number, an int if it is whole and was one.

    Parameters
    ----------
    value : number or array_like of one entry

    Returns
    -------
    float or int

    Raises
    ------
    TypeError
        If it is not a number.
    ValueError
        If it is not finite.
    """
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "iuf":
        raise TypeError(f"the answer must be one number, got {value!r}")
    one = array.item()
    if not math.isfinite(one):
        raise ValueError(f"the answer must be finite, got {one}")
    # The last digits differ from processor to processor, and no guess is so good.
    return one if isinstance(one, int) else float(f"{one:.6g}")


def written(value: float, digits: int) -> str:
    """Write a number for readers: ``12,903``, ``0.2222``, ``1.5e-08``.

    Parameters
    ----------
    value : float
    digits : int
        Significant digits of what is not a whole number.

    Returns
    -------
    str
    """
    if isinstance(value, int):
        return f"{value:,}"
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.{digits}g}"
    whole_digits = len(str(int(abs(value))))
    text = (
        f"{value:,.{max(digits - whole_digits, 0)}f}" if abs(value) >= 1 else f"{value:.{digits}g}"
    )
    return text.rstrip("0").rstrip(".") if "." in text else text
