"""What `check` and `hint` return: plain text everywhere, a little HTML where it shows."""

from dataclasses import dataclass
from html import escape


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
        return "\n".join(filter(None, [first, self.example]))

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
        return f"{self.title}: {self.text}"

    def _repr_html_(self) -> str:
        return f"<p><strong>{escape(self.title)}:</strong> {escape(self.text)}</p>"
