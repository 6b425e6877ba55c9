"""Links back: from a name of the package to the chapter that derives it.

A chapter that implements a formula names the function of the package that does the
same, as in [`SGD`](#dlcourse.optimizers.SGD). That link is all there is to write; the
reference finds it and links back. So no list has to be kept, and no link can go dead.
"""

import re
from pathlib import Path

from book_site import chapter_number

LINK = re.compile(r"\]\(#(dlcourse\.[\w.]+)\)")


def chapters_that_name(folder):
    """Map each name of the package to the chapters with a link to it, in book order.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "07_variants.md").write_text("[`SGD`](#dlcourse.optimizers.SGD)")
    ...     _ = Path(folder, "setup.md").write_text("[`SGD`](#dlcourse.optimizers.SGD)")
    ...     chapters_that_name(folder)
    {'dlcourse.optimizers.SGD': ['07_variants']}
    """
    found = {}
    for path in sorted(Path(folder).iterdir()):
        if path.suffix in (".ipynb", ".md") and chapter_number(path.stem) is not None:
            for name in sorted(set(LINK.findall(path.read_text(encoding="utf-8")))):
                found.setdefault(name, []).append(path.stem)
    return found


def sentence(chapters):
    """Return the line that leads from the reference to these chapters.

    >>> sentence(["06_sgd", "07_variants"])
    '*In the book:* chapter 6, :doc:`/chapters/06_sgd`; chapter 7, :doc:`/chapters/07_variants`.'
    """
    links = [f"chapter {chapter_number(stem)}, :doc:`/chapters/{stem}`" for stem in chapters]
    return f"*In the book:* {'; '.join(links)}."


def links_to_built_chapters(app):
    """Return what `chapters_that_name` finds, less the chapters that are not in the book."""
    built = {Path(docname).name for docname in app.env.found_docs}
    found = chapters_that_name(app.srcdir / "chapters")
    return {name: [stem for stem in stems if stem in built] for name, stems in found.items()}


def link_to_chapters(app, what, name, obj, options, lines):
    """Put the line below the first paragraph of a docstring."""
    chapters = app.env.links_to_chapters.get(name)
    if chapters:
        end = lines.index("") if "" in lines else len(lines)
        lines[end:end] = ["", sentence(chapters)]


def read_again(app, env, added, changed, removed):
    """Read the reference again when chapters link to other names than before."""
    links = links_to_built_chapters(app)
    same = links == getattr(env, "links_to_chapters", None)
    env.links_to_chapters = links
    if same:
        return []
    return [docname for docname in env.found_docs if docname.startswith("chapters/api")]


def setup(app):
    # numpydoc rewrites docstrings at the default priority, 500; this comes after it.
    app.connect("autodoc-process-docstring", link_to_chapters, priority=900)
    app.connect("env-get-outdated", read_again)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
