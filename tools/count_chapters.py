"""Count what there is to read and to do in each chapter, and what time that makes.

    python tools/count_chapters.py    brings the table in chapters/teaching.md up to date

Nobody has measured how long students take. What can be counted is the text; the rest is a rate
of reading from the literature and three assumptions, which stand here and on the page.
"""

import re
from dataclasses import dataclass

from chapter_parts import CHAPTERS, blocks, chapters, plain

READING_RATE = 238  # words a minute, English non-fiction, read silently: Brysbaert (2019)
# What we assume.
SLOWER = 2  # times: a text with formulas and code
A_QUESTION = 2  # minutes, to think, to answer, and to read what is said to the answer
AN_EXERCISE = 10  # minutes, one with another
PAGE = CHAPTERS / "teaching.md"
# What is read in the time of a question, or only by those who open it.
COUNTED_ELSEWHERE = {"fold", "question", "after"}


@dataclass(frozen=True)
class Count:
    """What a chapter holds.

    Attributes
    ----------
    words : int
        Of the text without the exercises, the questions and what explains their answers;
        formulas and code don't count.
    questions, exercises, code_cells : int
        How many there are; code cells are those of the text whose code is seen.
    """

    words: int
    questions: int
    exercises: int
    code_cells: int

    @property
    def reading(self):
        """Minutes to read the chapter and answer its questions."""
        return self.words * SLOWER / READING_RATE + self.questions * A_QUESTION

    @property
    def all(self):
        """Minutes with the exercises."""
        return self.reading + self.exercises * AN_EXERCISE


def count(chapter):
    """Return what a chapter holds."""
    words, exercises, code_cells, inside = 0, 0, 0, False
    for cell in chapter.cells:
        if cell["cell_type"] == "code":
            hidden = {"remove-input", "hide-cell"} & set(cell["metadata"].get("tags", []))
            code_cells += not inside and not hidden
            continue
        for block in blocks(cell["source"]):
            if block.kind == "heading" and block.text.startswith("## "):
                inside = block.text == "## Exercises"
            exercises += block.kind == "heading" and block.text.startswith("### Exercise ")
            if not inside and block.kind not in COUNTED_ELSEWHERE:
                words += len(words_of(block.text))
    return Count(words, len(chapter.questions), exercises, code_cells)


def words_of(text):
    r"""Return the words of a text: no formulas, tags or addresses.

    >>> words_of("The slope $f'(x)$ of a [curve](a.md#b), <b>here</b>.\n\n$$x$$")
    ['The', 'slope', 'of', 'a', 'curve', 'here']
    """
    text = re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$]*\$", " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", plain(text))
    return re.findall(r"[A-Za-z][\w'’-]*", text)


def numbers(found):
    """Return what the table says of a chapter, as it stands there: words to the nearest hundred."""
    words = f"{round(found.words, -2):,}"
    return [words, str(found.questions), str(found.exercises), str(found.code_cells)]


def example(found):
    """Return the sentence in which the page computes the time of chapter 4."""
    rate = READING_RATE / SLOWER
    return (
        f"For chapter 4, say, that makes {round(found.words, -2):,} / {rate:g} + "
        f"{found.questions} · {A_QUESTION} = {found.reading:.0f} minutes to read, and with "
        f"{found.exercises} exercises {found.all:.0f}."
    )


def main():
    """Write the numbers into the page."""
    page = PAGE.read_text(encoding="utf-8")
    for chapter in chapters():
        start = rf"^(\| {int(chapter.number)} \[[^|]*\|)"
        row = re.compile(start + r"(?:[^|\n]*\|){4}", re.MULTILINE)
        cells = " | ".join(numbers(count(chapter)))
        page, found = row.subn(lambda match, cells=cells: f"{match[1]} {cells} |", page, count=1)
        if not found:
            raise ValueError(f"{PAGE} has no row for chapter {chapter.number}")
        if chapter.number == "04":
            page = re.sub(r"For chapter 4, say, [^.]*\.", example(count(chapter)), page)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
