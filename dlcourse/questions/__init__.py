"""Questions that a reader answers before the book does.

A question has two cells. The first asks; the second computes, and its last line hands
the answer over::

    guess = questions.number("5-hundredth", unit="steps", factor=2)
    guess

    guess.compare(steps_until(0.001))

What is asked stands in the text above the first cell, in ``<div class="dl-question">``.
What the second prints is covered until the reader has committed to an answer or asks to
see it, and so is the explanation behind it, in ``<details class="dl-after">``. The same few
lines of script, ask.js beside this file, do that on a page and in a notebook; where no
script runs there is a question, with its answer under a fold.
"""

from dlcourse.questions._kinds import Question, choice, number, order, point, sketch, think

__all__ = ["Question", "choice", "number", "order", "point", "sketch", "think"]
