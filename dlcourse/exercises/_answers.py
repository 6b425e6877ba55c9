"""What `check` and `hint` return: plain text everywhere, a little HTML where it shows."""

import sys
from dataclasses import dataclass
from html import escape

# Not every standard output can show every sign: Windows writes cp1252, gbk or cp932 to a file.
_IN_WORDS = {
    "✓": "(passed)",
    "✗": "(not yet)",
    "·": "*",
    "−": "-",
    "²": "^2",
    "ˣ": "^x",
    "π": "pi",
    "λ": "lambda",
    "η": "eta",
    "θ": "theta",
}


def _printable(text: str) -> str:
    """Return the text with words in place of the signs that standard output can't show."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_shown(sign, encoding) for sign in text)
    return text


def _shown(sign: str, encoding: str) -> str:
    try:
        return sign.encode(encoding).decode(encoding)
    except UnicodeEncodeError:
        # What a reader wrote in another script has no words here: its number, then.
        return _IN_WORDS.get(sign) or sign.encode("ascii", "backslashreplace").decode("ascii")


@dataclass(frozen=True, repr=False)
class Verdict:
    """What a self-check found.

    Attributes
    ----------
    number : str
        The number of the exercise.
    passed : bool
        Whether the answer is right; also the truth value of the verdict.
    message : str
        What is right, or what kind of mistake it looks like.
    example : str
        The inputs that show the mistake, or empty.

    Examples
    --------
    >>> Verdict("12.3", True, "Right.")
    ✓ Exercise 12.3: Right.
    """

    number: str
    passed: bool
    message: str
    example: str = ""

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        first = f"{'✓' if self.passed else '✗'} Exercise {self.number}: {self.message}"
        return _printable("\n".join(filter(None, [first, self.example])))

    def _repr_html_(self) -> str:
        mark, meaning = ("✓", "passed") if self.passed else ("✗", "not yet")
        text = (
            f'<p><strong><span aria-hidden="true">{mark}</span> Exercise '
            f"{escape(self.number)}, {meaning}.</strong> {escape(self.message)}</p>"
        )
        return text + (f"<pre>{escape(self.example)}</pre>" if self.example else "")


@dataclass(frozen=True, repr=False)
class Hint:
    """One of the hints of an exercise.

    Attributes
    ----------
    title : str
        Which hint of which exercise.
    text : str
        The hint.

    Examples
    --------
    >>> Hint("Hint 1 of 3 for exercise 12.3", "Begin with the numerator.")
    Hint 1 of 3 for exercise 12.3: Begin with the numerator.
    """

    title: str
    text: str

    def __repr__(self) -> str:
        return _printable(f"{self.title}: {self.text}")

    def _repr_html_(self) -> str:
        return f"<p><strong>{escape(self.title)}:</strong> {escape(self.text)}</p>"
