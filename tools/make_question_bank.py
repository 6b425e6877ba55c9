r"""Make a bank of all questions of the book, for learning platforms, as Moodle XML.

    python tools/make_question_bank.py        -> _build/question-bank/

A choice becomes a multichoice question, each wrong option with its sentence; a number, or a
place on an axis, a numerical one with the tolerance of the page, and the sentences for wrong
numbers; an order an ordering question. A curve to sketch, and what one says to oneself, become
essays, with the answer for who grades them. Answers are those that the notebooks store.

Formulas are TeX between \( and \), and \[ and \], which Moodle's MathJax filter sets. Whether
the files are right is checked against moodle_questions.xsd, beside this file: Moodle has no
schema of its own.
"""

import argparse
import base64
import csv
import html
import io
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from chapter_parts import ROOT, chapters
from markdown_it import MarkdownIt

OUT = ROOT / "_build" / "question-bank"
SCHEMA = Path(__file__).with_name("moodle_questions.xsd")
BOOK = "Deep Learning from the Gradient Up"
TYPES = {
    "choice": "multichoice",
    "number": "numerical",
    "point": "numerical",
    "order": "ordering",
    "sketch": "essay",
    "think": "essay",
}
FAR = 1e4  # how far a range without an end reaches, in multiples of what the question is about

# --- text ------------------------------------------------------------------------------------

MATHEMATICS = re.compile(
    r"```.*?```|`[^`\n]+`|\$\$(?P<display>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$]+?)\$(?!\d)",
    re.DOTALL,
)
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def as_html(text):
    r"""Return Markdown as HTML, its formulas as TeX for MathJax.

    >>> as_html("Is $a < b$ *so*?")
    '<p>Is \\(a &lt; b\\) <em>so</em>?</p>'
    """
    formulas = []

    def take_out(found):
        if found["display"] is not None:
            tex = rf"\[{found['display'].strip()}\]"
        elif found["inline"] is not None:
            tex = rf"\({found['inline']}\)"
        else:
            return found[0]
        formulas.append(html.escape(" ".join(tex.split()), quote=False))
        return f"xFORMULAx{len(formulas) - 1}x"

    page = MARKDOWN.render(MATHEMATICS.sub(take_out, text)).strip()
    return re.sub(r"xFORMULAx(\d+)x", lambda found: formulas[int(found[1])], page)


def number(value):
    """Write a number so that it can be read back as it was.

    >>> number(28), number(0.1), number(1e-6)
    ('28', '0.1', '1e-06')
    """
    return repr(value) if isinstance(value, int) else f"{value:.15g}"


# --- the parts of a question -------------------------------------------------------------------


def put(parent, tag, text=None, **attributes):
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def put_html(parent, tag, text, **attributes):
    """Put HTML into an element, as Moodle has it: in one more element named text."""
    element = put(parent, tag, format="html", **attributes)
    put(element, "text", text)
    return element


def put_answer(parent, fraction, text, feedback, form="html"):
    answer = put(parent, "answer", fraction=str(fraction), format=form)
    put(answer, "text", text)
    put_html(answer, "feedback", feedback)
    return answer


def put_question(quiz, chapter, question):
    """Put a question into a quiz."""
    kind = TYPES[question.kind]
    element = put(quiz, "question", type=kind)
    put(put(element, "name"), "text", f"{question.key}: {question.section}")
    text = re.sub(r"\*\*(Predict|Checkpoint)\.\*\*\s*", "", question.text)
    asks = "" if kind == "multichoice" else f"<p>{html.escape(question.asks_for)}</p>"
    if question.kind in ("think", "sketch"):
        asks = asks.replace(
            "Write it down, tell your neighbor, then compare.", "Say it in a few sentences."
        )
    body = f"{picture(question.figure)}{as_html(text)}{asks}"
    asked = put_html(element, "questiontext", body)
    if question.figure:
        content = base64.b64encode(question.figure.svg.encode()).decode()
        put(asked, "file", content, name=f"{question.figure.name}.svg", path="/", encoding="base64")
    put_html(element, "generalfeedback", explanation(chapter, question))
    put(element, "defaultgrade", "1.0")
    put(element, "penalty", "0.3333333")
    put(element, "hidden", "0")
    put(element, "idnumber", question.key)
    {"multichoice": put_choice, "numerical": put_number, "ordering": put_order, "essay": put_essay}[
        kind
    ](element, question)
    tags = put(element, "tags")
    for tag in (f"chapter {int(chapter.number)}", question.settings["role"]):
        put(put(tags, "tag"), "text", tag)


def picture(figure):
    if figure is None:
        return ""
    return f'<p><img src="@@PLUGINFILE@@/{figure.name}.svg" alt="{html.escape(figure.alt)}"></p>'


def explanation(chapter, question):
    """Return what is said to everybody afterwards: answer, explanation, where it stands."""
    answer = (
        f"<p><strong>{html.escape(question.answer['words'])}</strong></p>"
        if question.answer
        else ""
    )
    where = f"Chapter {int(chapter.number)}, {chapter.title.split(':')[0]}: {question.section}."
    return f"{answer}{as_html(question.after)}<p>{as_html(where)[3:-4]}</p>"


def put_combined_feedback(element, wrong=""):
    put_html(element, "correctfeedback", "<p>Right.</p>")
    put_html(element, "partiallycorrectfeedback", "")
    put_html(element, "incorrectfeedback", wrong)


def put_choice(element, question):
    put(element, "single", "true")
    put(element, "shuffleanswers", "true")
    put(element, "answernumbering", "ABCD")
    put(element, "showstandardinstruction", "0")
    put_combined_feedback(element)
    for option, reason in question.settings["reasons"].items():
        right = option == question.answer["value"]
        said = "" if right else sentence(reason)
        put_answer(element, 100 if right else 0, f"<p>{html.escape(option)}</p>", said)


def sentence(text):
    return f"<p>{html.escape(text, quote=False)}</p>" if text else ""


def put_number(element, question):
    """Put the answers that Moodle tries in this order: right ones first, then the known misses."""
    for fraction, low, high, middle, said in ranges(question):
        middle = (low + high) / 2 if middle is None else middle
        answer = put_answer(element, fraction, number(middle), said, form="moodle_auto_format")
        put(answer, "tolerance", number(max(high - middle, middle - low)))
    put(element, "unitgradingtype", "0")
    put(element, "unitpenalty", "0.1")
    put(element, "showunits", "3")
    put(element, "unitsleft", "0")


def ranges(question):
    """Yield which numbers are right, and which wrong ones have a sentence.

    Each is the fraction of the grade, the two ends, the number in the middle where it matters,
    and what is said. A numerical answer of Moodle has the same tolerance on both sides; "too
    large by a factor of 2" has not, and so is the answer and a second one above it.
    """
    settings, value = question.settings, question.answer["value"]
    if settings["factor"]:
        factor = settings["factor"] * (1 + 1e-9)
        ends = sorted((value / factor, value * factor))
        near = min(abs(value - end) for end in ends)
        yield 100, value - near, value + near, value, ""
        beyond = (value + near, ends[1]) if value > 0 else (ends[0], value - near)
        yield 100, *beyond, None, ""
    else:
        within = settings["within"] + 1e-9 * abs(value)
        yield 100, value - within, value + within, value, ""
    for low, high, said in settings["misses"]:
        size = max(abs(x) for x in (low, high, value) if x is not None)
        low = high - FAR * size if low is None else low
        high = low + FAR * size if high is None else high
        # The page counts the lower end in, the upper not.
        if low < high:
            hair = 1e-9 * (high - low)
            low, high = (end - min(hair, 1e-7 * abs(end)) for end in (low, high))
            yield 0, low, high, None, sentence(said)


def put_order(element, question):
    put(element, "layouttype", "VERTICAL")
    put(element, "selecttype", "ALL")
    put(element, "selectcount", "0")
    put(element, "gradingtype", "ALL_OR_NOTHING")
    put(element, "showgrading", "HIDE")
    put(element, "numberingstyle", "none")
    put_combined_feedback(element, sentence(question.settings["miss"]))
    for place, option in enumerate(question.answer["value"], start=1):
        answer = put(element, "answer", fraction=f"{place}.0", format="html")
        put(answer, "text", html.escape(option, quote=False))


def put_essay(element, question):
    put(element, "responseformat", "editor")
    put(element, "responserequired", "1")
    put(element, "responsefieldlines", "5")
    put(element, "minwordlimit", "")
    put(element, "maxwordlimit", "")
    put(element, "attachments", "1" if question.kind == "sketch" else "0")  # a photo of a drawing
    put(element, "attachmentsrequired", "0")
    put(element, "maxbytes", "0")
    put(element, "filetypeslist", "")
    words = f"<p>{html.escape(question.answer['words'])}</p>" if question.answer else ""
    misses = "".join(sentence(said) for said, _ in question.settings.get("misses", ()))
    put_html(element, "graderinfo", words + as_html(question.after) + misses)
    put_html(element, "responsetemplate", "")


# --- files -------------------------------------------------------------------------------------


def quiz_of(some_chapters):
    """Return the questions of chapters as an element, each chapter in a category of its own."""
    quiz = ET.Element("quiz")
    for chapter in some_chapters:
        category = put(quiz, "question", type="category")
        title = chapter.title.split(":")[0].replace("/", "-")
        name = f"$course$/top/{BOOK}/{chapter.number} {title}"
        put(put(category, "category"), "text", name)
        put_html(category, "info", f"<p>{html.escape(chapter.title)}</p>")
        for question in chapter.questions:
            put_question(quiz, chapter, question)
    return quiz


def as_bytes(quiz):
    ET.indent(quiz)
    return ET.tostring(quiz, encoding="utf-8", xml_declaration=True) + b"\n"


def list_of(some_chapters):
    """Return a table of all questions, as CSV."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["key", "chapter", "section", "role", "kind", "type in Moodle"])
    for chapter in some_chapters:
        for q in chapter.questions:
            row = [q.key, int(chapter.number), q.section, q.settings["role"], q.kind, TYPES[q.kind]]
            writer.writerow(row)
    return table.getvalue()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    everything = chapters()
    files = {c.path.stem: [c] for c in everything} | {"all": everything}
    for name, some in files.items():
        (options.out / f"{name}.xml").write_bytes(as_bytes(quiz_of(some)))
    (options.out / "questions.csv").write_text(list_of(everything), encoding="utf-8")
    count = sum(len(chapter.questions) for chapter in everything)
    print(f"{options.out}: {count} questions of {len(everything)} chapters")
    return 0


__all__ = ["SCHEMA", "as_bytes", "as_html", "quiz_of", "ranges"]

if __name__ == "__main__":
    sys.exit(main())
