"""Make slides of the chapters, and a file of every figure.

    python tools/make_slides.py           every chapter -> _build/slides/
    python tools/make_slides.py 5 12      these two

What comes on slides is chosen by rule, from the notebook that is the page:

- the title with its question, and what one will learn;
- each section with its first paragraph, its formulas with the sentence that leads to them, its
  tables, its figures with their captions, and the cells in which something is defined;
- each question, alone; below it the answer, and below that what it means, with what is to be
  said to wrong ones;
- the summary.

The choice becomes a notebook of its own, with the metadata that Jupyter has for slides, and
nbconvert turns that into a page for reveal.js; the chapter is never written to. Formulas are
set here, by KaTeX, as in the book: a page loads nothing but what lies beside it.
"""

import argparse
import html
import math
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from chapter_parts import (
    ROOT,
    Asked,
    Chapter,
    Figure,
    blocks,
    chapters,
    list_of,
    plain,
    printed,
    wanted,
)

sys.path.insert(0, str(ROOT / "_ext"))
sys.path.insert(0, str(ROOT / "tests" / "site"))

from katex_math import KATEX, Katex, display_tex
from site_checks import NO_CHROMIUM, find_chromium, launch

OUT = ROOT / "_build" / "slides"
HERE = ROOT / "tools" / "slides"
REVEAL = ROOT / "node_modules" / "reveal.js"

# --- what is shown ----------------------------------------------------------------------------

# Sections that are not for the hall.
LEFT_OUT = ("Exercises", "Further reading")
HIDDEN = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
LONGEST_CODE = 18  # lines
LONGEST_LEAD = 55  # words of a first paragraph
ROOM = 12  # lines of a slide, as `height` counts them


@dataclass(frozen=True)
class Slide:
    """A slide.

    Attributes
    ----------
    kind : str
        title, learn, section, formula, table, figure, code, question, answer, why or summary.
    text : str
        Markdown, with HTML where Markdown has no word for it.
    key : str
        The key of its question, or the name of its figure.
    code : dict or None
        The cell that it shows below its text.
    new : bool
        Whether it opens a new column; else it stands below the one before.
    """

    kind: str
    text: str
    key: str = ""
    code: dict | None = None
    new: bool = False


def slides_of(chapter):
    """Return the slides of a chapter, in the order of its cells."""
    slides = []
    forms = {question.cells[0]: question for question in chapter.questions}
    answered = {question.cells[1]: question for question in chapter.questions}
    section, skipped = "", False
    for place, cell in enumerate(chapter.cells):
        if cell["cell_type"] == "markdown":
            text = cell["source"]
            for heading in re.findall(r"^## (.*)$", text, re.MULTILINE):
                section, skipped = plain(heading), heading in LEFT_OUT
            slides += slides_of_text(
                text, place == 0, *state_at(chapter, place), text_behind(chapter, place)
            )
            continue
        if place in forms:
            slides.append(question_slide(forms[place]))
        if place in answered:
            slides += answer_slides(answered[place])
        for figure in [f for f in chapter.figures if f.cell == cell["id"]]:
            slides.append(figure_slide(figure, "A solution: " if skipped else ""))
        if not skipped and is_key(cell) and place not in answered:
            slides.append(Slide("code", where(section), code=cell))
    return slides


def state_at(chapter, place):
    """Return the section in which a cell begins, and whether it is left out."""
    before = "\n".join(c["source"] for c in chapter.cells[:place] if c["cell_type"] == "markdown")
    headings = [plain(title) for title in re.findall(r"^## (.*)$", before, re.MULTILINE)]
    section = headings[-1] if headings else ""
    return section, section in LEFT_OUT


def is_key(cell):
    """Return whether a cell that is seen on the page defines something, in few lines."""
    seen = not HIDDEN & set(cell["metadata"].get("tags", []))
    lines = cell["source"].splitlines()
    defines = any(re.match(r"(def|class) ", line) for line in lines)
    return seen and defines and len(lines) <= LONGEST_CODE


def where(section):
    return f'<p class="where">{section}</p>\n\n' if section else ""


def text_behind(chapter, place):
    """Return the paragraph with which the next cell of text begins, if it begins with one."""
    for cell in chapter.cells[place + 1 : place + 4]:
        if cell["cell_type"] == "markdown":
            first = blocks(cell["source"])[0]
            return first.text if first.kind == "text" else ""
    return ""


def slides_of_text(text, is_first, section, skipped, behind):
    """Yield what a cell of text brings: titles, what one will learn, formulas, the summary."""
    last = ""
    for block in blocks(text):
        if block.kind == "heading":
            level, title = re.match(r"(#+) (.*)", block.text).groups()
            title = plain(title)
            if level == "##":
                skipped = title in LEFT_OUT
            if skipped or len(level) > 3:
                continue
            if is_first and level == "#":
                yield Slide("title", f"# {title}\n\n{opening(text)}", new=True)
                last = ""
                continue
            section, last = title, ""
            if title == "Summary":
                continue
            yield Slide("section", f"## {title}{first_words(text, block, behind)}", new=True)
        elif skipped:
            continue
        elif block.kind == "box":
            yield from learn_slides(block.inside)
        elif block.kind == "list" and section == "Summary":
            pages = paged(items(plain(block.text)))
            for number, page in enumerate(pages):
                yield Slide("summary", "## Summary\n\n" + "\n".join(page), new=number == 0)
        elif block.kind == "formula":
            yield Slide("formula", f"{where(section)}{lead_in(last)}\n\n{plain(block.text)}")
        elif block.kind == "table":
            yield Slide("table", f"{where(section)}{lead_in(last)}\n\n{plain(block.text)}")
        if block.kind == "text":
            last = block.text
        elif block.kind != "formula":
            last = ""


def opening(text):
    """Return the question that a chapter opens with: what is in bold, or the first paragraph."""
    first = next(block for block in blocks(text) if block.kind == "text")
    bold = re.search(r"\*\*(.+?)\*\*", first.text)
    return plain(f"*{bold[1]}*" if bold else first.text)


def first_words(text, heading, behind):
    """Return the paragraph after a heading, in its cell or the next, as far as it fits."""
    found = blocks(text)
    after = found[found.index(heading) + 1 :]
    if after and after[0].kind != "text":
        return ""
    paragraph = after[0].text if after else behind
    return "\n\n" + shortened(plain(paragraph), LONGEST_LEAD) if paragraph else ""


def shortened(text, words):
    """Return as many sentences of a text as have no more words than that, but at least one.

    A last one that only a formula completes is left out: it stands above the formula, on the
    next slide.

    >>> shortened("Each is a line. Together,", 50), shortened("Together,", 50)
    ('Each is a line.', 'Together,')
    """
    sentences = re.split(r"(?<=[.?!])(?<!e\.g\.) +(?=[A-Z*`$(\[])", " ".join(text.split()))
    if len(sentences) > 1 and not re.search(r"[.?!:][*)\"”]*$", sentences[-1]):
        del sentences[-1]
    kept = sentences[:1]
    for sentence in sentences[1:]:
        if len(" ".join([*kept, sentence]).split()) > words:
            break
        kept.append(sentence)
    return " ".join(kept)


def lead_in(text):
    """Return the last sentences before a formula or table."""
    sentences = re.split(r"(?<=[.?!]) +(?=[A-Z*`$(\[])", " ".join(plain(text).split()))
    kept = sentences[-1:]
    if len(sentences) > 1 and len(" ".join(sentences[-2:]).split()) <= 45:
        kept = sentences[-2:]
    return " ".join(kept)


def learn_slides(text):
    """Yield the box "In this chapter": what one will be able to do, as a list."""
    text = plain(text)
    able = re.search(r"\*You will be able to\* (.*)", text)
    need = re.search(r"\*You need\* (.*)", text)
    time = re.search(r"\*Time\* (.*)", text)
    aims = [f"- {aim.strip().removeprefix('and ').rstrip('.')}" for aim in able[1].split(";")]
    rest = [
        f"**{name}** {found[1]}" for name, found in (("You need", need), ("Time", time)) if found
    ]
    for number, page in enumerate(paged([*aims, *rest])):
        title = "## You will be able to\n\n" if number == 0 else ""
        yield Slide("learn", title + joined(page), new=number == 0)


def items(text):
    """Return the items of a list, each in one piece."""
    return [item.strip() for item in re.split(r"\n(?=(?:[-*]|\d+\.) )", text)]


def height(text):
    """Return about how many lines of a slide a piece of Markdown takes."""
    lines = 0.0
    for line in text.split("\n"):
        words = re.sub(r"<[^>]*>|\\[a-zA-Z]+", "x", line)
        lines += max(1, math.ceil(len(words) / 78)) if words.strip() else 0.5
    return lines + 1.2 * text.count("frac") * ("$$" in text) + 0.4


def paged(pieces, room=ROOM):
    """Return pieces in as few slides as hold them; one that is too long has one of its own."""
    pages = [[]]
    for piece in pieces:
        if pages[-1] and sum(map(height, pages[-1])) + height(piece) > room:
            pages.append([])
        pages[-1].append(piece)
    return pages


def figure_slide(figure, before=""):
    """Return a figure with its caption."""
    caption = f"<figcaption>\n\n{before}{figure.caption}\n\n</figcaption>" if figure.caption else ""
    return Slide("figure", f"<figure>\n{image_of(figure)}\n{caption}\n</figure>", figure.name)


def image_of(figure):
    file = f"figures/{figure.chapter}/{figure.name}.svg"
    return f'<img src="{file}" alt="{html.escape(figure.alt)}">'


# --- questions ---------------------------------------------------------------------------------

ROLES = {"prediction": "Predict", "checkpoint": "Checkpoint", "opening": "Before we start"}


def question_slide(question):
    """Return a question with its options, and nothing else."""
    text = re.sub(r"\*\*(Predict|Checkpoint)\.\*\*\s*", "", question.text)
    role = ROLES[question.settings["role"]]
    head = f'<p class="where ask">{role} <span class="key">{question.key}</span></p>\n\n'
    if question.figure:  # it speaks of one that stands further up
        image = image_of(question.figure).replace("<img ", '<img class="beside" ')
        text = f"{image}\n\n{text}"
    return Slide("question", f"{head}{text}\n\n{how_to_answer(question)}", question.key)


def how_to_answer(question):
    """Return the options, or what kind of answer is asked for."""
    listed = "".join(f"<li>{html.escape(o)}</li>" for o in question.settings.get("options", ()))
    if question.kind == "choice":
        return f'<ol class="options">{listed}</ol>'
    how = f'<p class="how">{html.escape(question.asks_for)}</p>'
    return f'{how}\n\n<ul class="options">{listed}</ul>' if listed else how


def answer_slides(question):
    """Return the answer of a question, and what it means, in as few slides as hold it."""
    pieces = []
    if question.answer is not None:  # else it stands in the text
        pieces.append(f'<p class="answer">{html.escape(question.answer["words"])}</p>')
        shown = re.sub(r"\n*Answer:\n.*", "", question.printed, flags=re.DOTALL)
        pieces += [f"<pre>{html.escape(shown)}</pre>"] if shown else []
    pieces += pieces_of(question.after)
    pages, wrong = paged(pieces), said_to_wrong(question)
    if wrong:
        said = ['<p class="said">If you said</p>\n\n' + wrong[0], *wrong[1:]]
        # A list stays together where a slide holds it, and no slide has its last item alone.
        together = len(paged(pages[-1] + said)) == 1
        more = [pages.pop() + said] if together else paged(said)
        if len(more) > 1 and len(more[-1]) == 1 and len(more[-2]) > 2:
            more[-1].insert(0, more[-2].pop())
        pages += more
    slides = []
    for number, page in enumerate(pages):
        head = "Answer" if number == 0 else "Answer, continued"
        head = f'<p class="where">{head} <span class="key">{question.key}</span></p>\n\n'
        slides.append(Slide("why" if number else "answer", head + joined(page), question.key))
    return slides


def joined(pieces):
    """Put pieces of Markdown below one another, items of a list close together."""
    text = pieces[0]
    for piece in pieces[1:]:
        text += "\n" if piece.startswith("- ") and text.split("\n")[-1].startswith("- ") else "\n\n"
        text += piece
    return text


def pieces_of(text):
    return [block.text for block in blocks(text)]


def said_to_wrong(question):
    """Return what a chapter says to each wrong answer, as items of a list."""
    settings = question.settings
    if question.kind == "choice":
        right = question.answer["value"]
        said = [(option, why) for option, why in settings["reasons"].items() if option != right]
        return [f"- *{html.escape(option)}* {html.escape(why)}" for option, why in said if why]
    if question.kind == "order":
        return [f"- {html.escape(settings['miss'])}"] if settings["miss"] else []
    if question.kind == "sketch":
        return [f"- {html.escape(sentence)}" for sentence, _ in settings["misses"]]
    return [
        f"- *{span(low, high)}:* {html.escape(why)}"
        for low, high, why in settings.get("misses", ())
    ]


def span(low, high):
    """Write a range of wrong answers.

    >>> span(None, 10), span(5, None), span(28, 28.5), span(1, 2)
    ('below 10', 'above 5', '28', '1 to 2')
    """
    if low is None:
        return f"below {high:,g}"
    if high is None:
        return f"above {low:,g}"
    if float(low).is_integer() and high - low <= 0.5:
        return f"{low:,g}"
    return f"{low:,g} to {high:,g}"


# --- the notebook of slides, and its page ------------------------------------------------------


def as_notebook(chapter, slides):
    """Return a notebook in which each slide is a cell, or two, that says so."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = {
        "title": f"Chapter {int(chapter.number)}: {chapter.title}",
        "language_info": {"name": "python", "pygments_lexer": "python3"},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    }
    for number, slide in enumerate(slides):
        about = {
            "slide_type": "slide" if slide.new or number == 0 else "subslide",
            "data": {"kind": slide.kind, "key": slide.key},
        }
        text = nbformat.v4.new_markdown_cell(slide.text, metadata={"slideshow": about})
        text["id"] = f"slide-{number}"
        notebook.cells.append(text)
        if slide.code:
            cell = nbformat.v4.new_code_cell(slide.code["source"])
            cell["id"] = f"slide-{number}-code"
            cell["metadata"]["slideshow"] = {"slide_type": "-"}
            if said := printed(slide.code):
                cell["outputs"] = [nbformat.v4.new_output("stream", name="stdout", text=said)]
            notebook.cells.append(cell)
    return notebook


MATHEMATICS = re.compile(
    r"```.*?```|`[^`\n]+`|<pre>.*?</pre>"  # no formulas in these
    r"|\$\$(?P<display>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$]+?)\$(?!\d)",
    re.DOTALL,
)


class Formulas:
    """Sets the formulas of a notebook: takes them out, and puts them back into its page."""

    def __init__(self):
        self.katex, self.set = Katex(KATEX), []

    def take_out(self, text):
        return MATHEMATICS.sub(self._note, text)

    def _note(self, found):
        if found["display"] is None and found["inline"] is None:
            return found[0]
        display = found["display"] is not None
        tex = display_tex(found["display"]) if display else found["inline"]
        if display and (tag := re.search(r"\\tag\{[^}]*\}", tex)):
            tex = tex.replace(tag[0], "") + tag[0]  # behind what display_tex has put around it
        self.set.append(self.katex.render(" ".join(tex.split()), display))
        return f"xFORMULAx{len(self.set) - 1}x"

    def put_back(self, page):
        return re.sub(r"xFORMULAx(\d+)x", lambda found: self.set[int(found[1])], page)

    def close(self):
        self.katex.close()


def to_page(notebook, formulas):
    """Return the page of a notebook of slides."""
    from nbconvert import SlidesExporter  # slow to load

    exporter = SlidesExporter(
        extra_template_basedirs=[str(HERE)],
        template_name="gradient",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        embed_images=False,
    )
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = formulas.take_out(cell.source)
    page, _ = exporter.from_notebook_node(notebook)
    page = re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", page))
    return formulas.put_back(page)


def write_figures(all_figures, out, png=True):
    """Write each figure as SVG and PNG, and the list of them."""
    for figure in all_figures:
        folder = out / "figures" / figure.chapter
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
        if figure.png:
            (folder / f"{figure.name}.png").write_bytes(figure.png)
    (out / "figures" / "figures.csv").write_text(list_of(all_figures), encoding="utf-8")
    drawn = [figure for figure in all_figures if not figure.png]
    if drawn and png:
        draw(drawn, out)


def draw(figures, out):
    """Draw the figures of which no pixels are stored, in a browser."""
    if not find_chromium():
        print(f"{len(figures)} figures have no PNG: {NO_CHROMIUM}.")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(device_scale_factor=1.5, color_scheme="light")
        for figure in figures:
            page.set_content(f'<body style="margin:0;background:white">{figure.svg}</body>')
            to = out / "figures" / figure.chapter / f"{figure.name}.png"
            page.locator("svg").first.screenshot(path=to)
        browser.close()


def copy_scripts(out):
    """Put reveal.js, KaTeX's style and fonts, and our own files beside the slides."""
    (out / "reveal" / "dist").mkdir(parents=True, exist_ok=True)
    for name in ("dist/reveal.js", "dist/reveal.css", "LICENSE"):
        shutil.copy(REVEAL / name, out / "reveal" / name)
    fonts = out / "katex" / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for font in (KATEX / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, fonts)
    shutil.copy(KATEX / "LICENSE", out / "katex" / "LICENSE")
    style = (KATEX / "dist" / "katex-swap.min.css").read_text(encoding="utf-8")
    style = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)', "", style)
    (out / "katex" / "katex.css").write_text(style, encoding="utf-8")
    for name in ("slides.css", "slides.js"):
        shutil.copy(HERE / name, out / name)


INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Slides</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="slides.css"></head>
<body class="index"><main>
<h1>Deep Learning from the Gradient Up: slides</h1>
<ol>
{}
</ol>
<p>Arrow keys lead on, the space bar through everything in order; <kbd>Esc</kbd> shows an overview,
<kbd>?</kbd> lists all keys. To print, or for a PDF, add <code>?print-pdf</code> to the address.
<a href="figures/figures.csv">List of all figures</a>, with captions, descriptions and licenses.
Text and figures are under CC BY 4.0, except figures that show handwritten digits,
CC BY-SA 3.0; code is under the MIT license.</p>
</main></body></html>
"""


def make(chosen, out, png=True):
    """Write the slides of chapters into a folder; return how many each has."""
    out.mkdir(parents=True, exist_ok=True)
    copy_scripts(out)
    write_figures([figure for chapter in chosen for figure in chapter.figures], out, png)
    formulas, counts, rows = Formulas(), {}, []
    for chapter in chosen:
        slides = slides_of(chapter)
        page = to_page(as_notebook(chapter, slides), formulas)
        name = f"{chapter.path.stem}.html"
        (out / name).write_text(page, encoding="utf-8")
        counts[chapter.number] = len(slides)
        title = html.escape(chapter.title)
        rows.append(f'<li value="{int(chapter.number)}"><a href="{name}">{title}</a></li>')
    formulas.close()
    (out / "index.html").write_text(INDEX.format("\n".join(rows)), encoding="utf-8")
    return counts


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapter", nargs="*", type=wanted, help="default: every chapter")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    chosen = chapters(options.chapter)
    counts = make(chosen, options.out)
    figures = sum(len(chapter.figures) for chapter in chosen)
    print(
        f"{options.out}: {sum(counts.values())} slides of {len(counts)} chapters, {figures} figures"
    )
    return 0


__all__ = ["Asked", "Chapter", "Figure", "Slide", "make", "slides_of"]

if __name__ == "__main__":
    sys.exit(main())
