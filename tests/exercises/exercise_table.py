"""Print a table of the self-checks: what each was tried with, and what became of it.

Run it with `python tests/exercises/exercise_table.py`, or with the numbers of some exercises.
"""

import sys
from pathlib import Path

# As pytest has them.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "_ext"))
sys.path.insert(0, str(Path(__file__).parents[1] / "chapters"))

from exercise_answers import (
    EXERCISES,
    folded_solution,
    from_the_text,
    right_answers,
    try_mutants,
    wrong_answers,
)

from dlcourse.exercises._trial import examine

HEAD = (
    "exercise", "trials", "right styles passed", "wrong answers refused",
    "wrong ones from the text refused", "mutants", "equivalent", "refused", "by name",
    "by pattern or error", "by slip", "unnamed",
)  # fmt: skip


def row(number):
    """Return the cells of one exercise."""
    exercise = EXERCISES[number]
    text = from_the_text(number)
    right = [folded_solution(number), *right_answers(number)]
    right += [answer for _, answer in text.RIGHT[number]]
    wrong = [answer for answer, _ in wrong_answers(number)]
    wrong += [variant for _, variant in exercise.variants()]
    passed = sum(examine(exercise, answer).passed for answer in right)
    refused = sum(not examine(exercise, answer).passed for answer in wrong)
    of_text = [examine(exercise, answer).passed for _, answer in text.WRONG[number]]
    found = try_mutants(number)
    return [
        len(exercise.trials()),
        f"{passed} of {len(right)}",
        f"{refused} of {len(wrong)}",
        f"{of_text.count(False)} of {len(of_text)}",
        len(found.passed) + len(found.refused),
        len(found.passed),
        len(found.refused),
        len(found.named),
        len(found.patterns),
        len(found.slips),
        len(found.vague),
    ]


def main(numbers):
    print("| " + " | ".join(HEAD) + " |")
    print("|" + "---|" * len(HEAD))
    rows = []
    for number in numbers:
        rows.append(row(number))
        print("| " + " | ".join(map(str, [number, *rows[-1]])) + " |", flush=True)
    sums = [sum(r[k] for r in rows) for k in (0, *range(4, len(HEAD) - 1))]
    print("| all | " + " | ".join(map(str, [sums[0], "", "", "", *sums[1:]])) + " |")


if __name__ == "__main__":
    main(sys.argv[1:] or EXERCISES)
