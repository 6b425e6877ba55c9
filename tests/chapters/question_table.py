"""Print a table of all questions of the book: what is asked, and which cell answers it.

Run it with `python tests/chapters/question_table.py`, or with the numbers of some chapters (07).
"""

import re
import sys
from collections import Counter
from pathlib import Path

# As pytest has them.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "_ext"))

from chapter import NUMBERS, asked_in, chapter

HEAD = ("key", "role", "kind", "question", "cell of the answer")
LONGEST = 90  # characters of a question


def in_short(markup):
    """Return what is asked as one line of plain text."""
    text = re.sub(r"<[^>]*>|\*\*[A-Z][^*]*\.\*\*|\[(?=[^]]*\]\()|\]\([^)]*\)|\*", "", markup)
    words = " ".join(text.split()).replace("|", "\\|")
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rsplit(" ", 1)[0] + " …"


def rows(number):
    """Yield the cells of each question of a chapter."""
    of = chapter(number)
    for place, question, answer in asked_in(of):
        asked = re.search(
            r'<div class="dl-question">(.*)</div>', of.cells[place - 1]["source"], re.S
        )
        cell = of.cells[answer[0]]["id"] if answer else "the text compares"
        yield question["key"], question["role"], question["kind"], in_short(asked[1]), cell


def main(*numbers):
    """Print the table, and how many questions of each kind there are."""
    found = [row for number in numbers or NUMBERS for row in rows(number)]
    for row in (HEAD, ["---"] * len(HEAD), *found):
        print(f"| {' | '.join(row)} |")
    kinds = Counter(kind for _, _, kind, *_ in found)
    print(f"\n{len(found)} questions:", *(f"{count} {kind}" for kind, count in kinds.most_common()))


if __name__ == "__main__":
    main(*sys.argv[1:])
