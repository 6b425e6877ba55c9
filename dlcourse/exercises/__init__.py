"""The self-checks of the chapters: ``check("12.3", answer)`` and ``hint("12.3")``.

A check runs your answer beside a reference on random inputs and says in a sentence
whether they agree, and if not, what kind of mistake it looks like. It never shows the
solution. The exercises of chapter 12 live in `chapter_12.py`, and so on; `_exercise.py`
says what an exercise is made of.
"""

from dlcourse.exercises._answers import Hint, Verdict
from dlcourse.exercises._exercise import Exercise, Steps
from dlcourse.exercises._registry import available, check, hint

# What readers call comes first.
__all__ = ["check", "hint", "available", "Verdict", "Hint", "Exercise", "Steps"]  # noqa: RUF022
