"""What the book asks its readers: checked in every page, gathered for the page Review.

The form, the memory and the verdict are a script, dlcourse/questions/page/ask.js. Here its
copies leave the pages for the one in the bundle; a page with a question that has no answer, or
an answer in the open, fails the build; and the questions of each chapter go into a script in
`_static/questions/`, from which the opening of a later chapter and the page Review take theirs
(see _static/again.js). The page Your progress gets its table here.
"""

import html
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

PAGE = Path(__file__).parent.parent / "dlcourse" / "questions" / "page"
SCRIPT = re.compile(r"<style>.*?</style>\s*<script>.*?</script>", re.DOTALL)
EXERCISE = re.compile(r"Exercise (\d+\.\d+)")


def take_out_scripts(app, doctree):
    """Leave style and script out of the first question of a page: the bundle has them."""
    for node in doctree.findall(nodes.raw):
        text = node.astext()
        if node.get("format") == "html" and 'class="dl-ask"' in text:
            text = SCRIPT.sub("", text)
            node.rawsource, node[:] = text, [nodes.Text(text)]


def check_and_gather(app, pagename, context, soup):
    """Look at the questions of a chapter's page, and note them."""
    page = Path(pagename).name
    chapter = re.match(r"chapters/(\d+)_", pagename)
    if not chapter:
        return
    number = int(chapter[1])
    questions, answers = {}, {}
    for element in soup.select(".dl-answer"):
        answers.setdefault(json.loads(element["data-answer"])["key"], []).append(element)
    for ask in soup.select(".dl-ask"):
        question = json.loads(ask["data-question"])
        key = question["key"]
        if key in questions:
            raise ExtensionError(f"{page}: question {key} is asked twice")
        if not key.startswith(f"{number}-"):
            raise ExtensionError(f"{page}: question {key} belongs to another chapter")
        try:
            asked, answer, after = parts_of(ask, question, answers.pop(key, []))
        except ValueError as problem:
            raise ExtensionError(f"{page}: question {key} {problem}") from None
        section = ask.find_parent("section")
        questions[key] = {
            "question": question,
            "answer": answer,
            "html": inner(asked, page, context),
            "after": inner(after, page, context) if after else "",
            "address": f"{page}.html#{section['id']}",
            "title": f"chapter {number}, {plain(section.find(['h1', 'h2', 'h3']))}",
        }
    if answers:
        raise ExtensionError(f"{page}: answers without a question: {', '.join(answers)}")
    about = {
        "number": number,
        "title": plain(soup.select_one("article h1")),
        "address": f"{page}.html",
        "exercises": [n for h in soup.select("article h3") for n in EXERCISE.findall(h.text)],
    }
    # Kept, since a later build writes only the pages that changed.
    store = Path(app.doctreedir) / "questions" / f"{page}.json"
    store.parent.mkdir(exist_ok=True)
    text = json.dumps({"chapter": about, "questions": questions}, ensure_ascii=False)
    store.write_text(text, encoding="utf-8")


def parts_of(ask, question, answers):
    """Return the text of a question, its answer or None, and its explanation or None.

    Raises ValueError if one is missing, or the answer lies open or comes too early.
    """
    cell = ask.find_parent(class_="cell")
    asked = cell.find_previous_sibling()
    if asked is None or "dl-question" not in asked.get("class", ()):
        raise ValueError('has no text: <div class="dl-question"> comes right before its cell')
    if question["kind"] == "think":
        after = next_fold(cell)
        if after is None:
            raise ValueError('has nothing to compare with: <details class="dl-after"> follows it')
        return asked, None, after
    if len(answers) != 1:
        raise ValueError(f"has {len(answers)} answers, and needs one")
    [element] = answers
    if not any(later is element for later in ask.find_all_next(class_="dl-answer")):
        raise ValueError("is answered before it is asked")
    fold = element.find_parent("details")
    if fold is None or fold.has_attr("open"):
        raise ValueError("has its answer in the open: the cell needs the tag hide-output")
    return asked, json.loads(element["data-answer"]), next_fold(element.find_parent(class_="cell"))


def next_fold(cell):
    """Return the explanation that follows a cell, if there is one."""
    after = cell.find_next_sibling()
    is_fold = after is not None and after.name == "details" and "dl-after" in after.get("class", ())
    return after if is_fold else None


def inner(element, page, context):
    """Return what is in an element, to be shown on another page of the same folder."""
    parts = "".join(str(part) for part in element.contents if part.name != "summary")
    parts = re.sub(r' id="[^"]*"', "", context["left_out"].put_back(parts))
    return re.sub(r'href="#', f'href="{page}.html#', parts).strip()


def plain(heading):
    """Return the text of a heading without its link sign."""
    return re.sub(r"\s*[#¶]$", "", heading.get_text().strip())


def write_bank(app, exception):
    """Write the questions of each chapter into a script of their own, and the table of progress."""
    if exception or app.builder.name != "html":
        return
    stored = (Path(app.doctreedir) / "questions").glob("*.json")
    pages = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(stored)
        if f"chapters/{path.stem}" in app.env.found_docs
    ]
    folder = Path(app.outdir) / "_static" / "questions"
    folder.mkdir(exist_ok=True)
    for page in pages:
        number = page["chapter"]["number"]
        # As a script, since a page that is opened from a disk may load nothing else.
        text = json.dumps(page["questions"], ensure_ascii=False).replace("</", "<\\/")
        script = f"(window.dlQuestionBank ??= {{}})[{number}] = {text};\n"
        (folder / f"{number}.js").write_text(script, encoding="utf-8")
    table = table_of_progress(pages)
    progress = Path(app.outdir) / "chapters" / "progress.html"
    text = progress.read_text(encoding="utf-8")
    progress.write_text(TABLE.sub(lambda _: table, text), encoding="utf-8")


# The place for it, or the table of the last build.
TABLE = re.compile(r'<div[^>]* id="dl-progress-table">.*?</div>', re.DOTALL)
COLUMNS = {"prediction": "Predictions", "checkpoint": "Checkpoints", "exercise": "Exercises"}


def table_of_progress(pages):
    """Return a table with a row for each chapter: of how much there may be progress."""
    head = "".join(f'<th scope="col">{title}</th>' for title in ("Chapter", *COLUMNS.values()))
    rows = []
    for page in pages:
        about = page["chapter"]
        keys = {kind: [] for kind in COLUMNS} | {"exercise": about["exercises"]}
        for key, question in page["questions"].items():
            role = question["question"]["role"]
            keys["checkpoint" if role == "opening" else role].append(key)
        cells = "".join(
            f'<td data-keys="{" ".join(names)}">0 of {len(names)}</td>' for names in keys.values()
        )
        link = f'<a href="{about["address"]}">{html.escape(about["title"])}</a>'
        rows.append(f'<tr><th scope="row">{link}</th>{cells}</tr>')
    return (
        '<div class="pst-scrollable-table-container" id="dl-progress-table"><table class="table">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def bring_files(app):
    """Put the form's style and script into the site; an e-book has questions and folds only."""
    if app.builder.name != "html":
        return
    app.config.html_static_path.append(str(PAGE))
    app.add_css_file("ask.css")
    app.add_js_file("ask.js")


def setup(app):
    app.connect("builder-inited", bring_files)
    app.connect("doctree-read", take_out_scripts)
    app.connect("page-finished", check_and_gather, priority=900)
    app.connect("build-finished", write_bank, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
