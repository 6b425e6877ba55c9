"""Pages that arrive fast: one style sheet, one script, nothing that isn't used.

The theme and the extensions bring a dozen style sheets and as many scripts, which all
block the first paint, and icon fonts of half a megabyte for a handful of icons. When
the book is built, this makes of them `_static/site.css`, with only the rules some page
uses and only the icons some page shows, and `_static/site.js`, which blocks nothing.
Pictures get their size, so that nothing jumps when they arrive, and those further down
wait until they are near.
"""

import base64
import hashlib
import importlib.metadata
import io
import json
import logging
import posixpath
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import sphinx
from fontTools import subset
from fontTools.ttLib import TTFont
from katex_math import KATEX, node_program
from PIL import Image

HERE = Path(__file__).parent
# It reports each table of a font that it leaves out.
logging.getLogger("fontTools").setLevel(logging.WARNING)

# What the theme's own templates load (see _templates/static/webpack-macros.html).
THEME_STYLES = ["basic.css", "styles/pydata-sphinx-theme.css"]
THEME_SCRIPTS = ["scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js"]
SEARCH_SCRIPTS = ("searchtools.js", "language_data.js", "searchindex.js")
# Not used by any page: sources of the minified files, and what replaces them is smaller.
LEAVINGS = [
    "**/*.map",
    "scripts/*",
    "styles/*",
    "vendor/fontawesome/**/*",
    "*webpack-macros.html",
    "locales/**/*",
    "copybutton_funcs.js",
]
# Whose files are inside the bundle.
PACKAGES = [
    "Sphinx",
    "pydata-sphinx-theme",
    "sphinx-book-theme",
    "myst-nb",
    "sphinx-copybutton",
    "sphinx-togglebutton",
    "sphinx-design",
    "sphinx-exercise",
    "Pygments",
]


# --- the head of a page --------------------------------------------------------------


def static_names(files):
    """Return the names below `_static/` of files that Sphinx would link."""
    names = [str(file.filename or "") for file in files]
    return [name.removeprefix("_static/") for name in names if name.startswith("_static/")]


def take_over_head(app, pagename, templatename, context, doctree):
    """Note which files every page loads, and link the bundle in their place.

    Runs before any extension adds files of its own to some pages; those stay as they are.
    """
    if app.builder.name != "html":
        return
    scripts = context["script_files"]
    app.lean_styles = [*THEME_STYLES, *static_names(context["css_files"])]
    app.lean_scripts = [*static_names(scripts), *THEME_SCRIPTS]
    context["css_files"] = []
    context["script_files"] = [file for file in scripts if not file.filename]


def link_bundle(app, pagename, context, soup):
    """Put the bundle into the head; let no script block the page."""
    root = context["content_root"]
    anchor = soup.head.find("title")
    for tag in (
        soup.new_tag("script", src=f"{root}_static/site.js", defer=""),
        soup.new_tag("link", rel="stylesheet", href=f"{root}_static/site.css"),
    ):
        anchor.insert_after(tag)
    for sheet in formula_sheets(context["left_out"].parts):
        anchor.insert_after(soup.new_tag("link", rel="stylesheet", href=f"{root}_static/{sheet}"))
    for script in soup.find_all("script", src=True):
        name = script["src"].split("?")[0]
        # The theme loads the whole index everywhere, for a search while typing that it
        # leaves switched off. The search page has its own way: see search_index.py.
        if name.endswith(SEARCH_SCRIPTS):
            script.decompose()
            continue
        script["defer"] = ""
    seen = set()
    for script in soup.head.find_all("script", src=False, type=False):
        text = script.get_text().strip()
        # Written for a script that now comes later; nothing reads these two anyway.
        if text in seen or text.startswith("DOCUMENTATION_OPTIONS."):
            script.decompose()
        seen.add(text)


def keep_one_of_each(app, pagename, context, soup):
    """Let the interactive figures of a page share one style and one script.

    In a notebook each brings its own. The first style is there when its drawing shows; the last
    script finds all figures above it.
    """
    figures = soup.select(".dl-interactive[data-frames]")
    for figure in figures[1:]:
        figure.find("style").decompose()
    for figure in figures[:-1]:
        figure.find("script").decompose()


# A table takes its widths from all of its rows, so it jumps while they arrive. A page of
# tables that is small enough is painted when they are there.
SMALL = 150_000  # characters


def wait_for_tables(app, pagename, context, soup):
    text = soup.select_one("article > section[id]:has(table)")
    if text and len(context["left_out"].put_back(str(text))) <= SMALL:
        attributes = {"rel": "expect", "href": f"#{text['id']}", "blocking": "render"}
        soup.head.append(soup.new_tag("link", attrs=attributes))


# --- pictures --------------------------------------------------------------------------


def pixels(length):
    """Return a length of an SVG in pixels, or None when it is relative.

    >>> pixels("72pt"), pixels("100"), pixels("100%")
    (96.0, 100.0, None)
    """
    match = re.fullmatch(r"([\d.]+)(px|pt|in|)", length.strip())
    return float(match[1]) * {"px": 1, "": 1, "pt": 96 / 72, "in": 96}[match[2]] if match else None


def picture_size(path):
    """Return width and height of a picture in pixels, or None when the file says neither."""
    if path.suffix != ".svg":
        with Image.open(path) as image:
            return image.size
    root = ElementTree.parse(path).getroot()
    size = [pixels(root.get(side, "")) for side in ("width", "height")]
    if None in size:
        box = root.get("viewBox", "").split()
        size = [float(number) for number in box[2:]]
    return tuple(round(side) for side in size) or None


def size_pictures(app, pagename, context, soup):
    """Give pictures their size, and let all but the first of a page wait."""
    here = Path(app.srcdir)
    sources = {name: here / path for path, name in app.builder.images.items()}
    icons = Path(sphinx.__file__).parent / "themes" / "basic" / "static"
    for number, image in enumerate(soup.select("main article img[src]")):
        if number:
            image["loading"] = "lazy"
        image["decoding"] = "async"
        name = posixpath.basename(image["src"])
        source = sources.get(name, icons / name)
        if not source.exists() or image.get("height"):
            continue
        width, height = picture_size(source)
        if not str(image.get("width", width)).isdigit():
            continue
        shown = int(image.get("width", width))
        image["width"], image["height"] = str(shown), str(round(height * shown / width))


# --- the bundle ----------------------------------------------------------------------------

URL = re.compile(r"""url\((["']?)(?!data:|#|https?:)([^)"']+)\1\)""")


def rebase(css, folder):
    """Let the addresses in a style sheet start from `_static/`, not from its own folder.

    >>> rebase("a{b:url(../x.svg)} c{d:url('data:y')}", "styles")
    "a{b:url(x.svg)} c{d:url('data:y')}"
    """

    def moved(match):
        return f"url({posixpath.normpath(posixpath.join(folder, match[2]))})"

    return URL.sub(moved, css)


def joined_styles(static, names):
    """Return the style sheets as one."""
    parts = []
    for name in names:
        css = (static / name).read_text(encoding="utf-8").replace('@charset "UTF-8";', "")
        css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
        parts.append(rebase(css, posixpath.dirname(name)))
    return "\n".join(parts)


# What scripts of the themes do in a long page at once, before it answers to touch.
TAKES_LONG = {
    # Measures every code block, and again with each change; book.js does so in pieces.
    "scripts/pydata-sphinx-theme.js": re.compile(
        r'"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)'
    ),
    # Looks everywhere for notes in the margin, which this book has none of.
    "scripts/sphinx-book-theme.js": re.compile(
        r"document\.querySelectorAll\(\w+\.join\(\", \"\)\)"
        r"\.forEach\(\(\w+=>\{\w+\.observe\(\w+\)\}\)\)"
    ),
}


def joined_scripts(static, names):
    """Return the scripts as one; a semicolon keeps each from running into the next."""
    scripts = [(static / name).read_text(encoding="utf-8") for name in names]
    for name, task in TAKES_LONG.items():
        theme = names.index(name)
        scripts[theme], found = task.subn("void 0", scripts[theme])
        if not found:
            raise RuntimeError(f"the theme's {name} changed: it takes long in another way now")
    return "\n;".join(re.sub(r"^//# sourceMappingURL=.*$", "", s, flags=re.M) for s in scripts)


def bundle(css, js, pages):
    """Return style and script minified, without the rules that no page uses."""
    done = subprocess.run(
        [node_program(), HERE / "lean_bundle.cjs"],
        input=json.dumps({"css": css, "js": js, "pages": pages}),
        capture_output=True,
        encoding="utf-8",
        check=False,
        # Node looks for packages beside the script and above.
        cwd=HERE,
    )
    if done.returncode:
        raise RuntimeError(f"the bundle could not be made:\n{done.stderr}")
    result = json.loads(done.stdout)
    return result["css"], result["js"]


# --- icons ------------------------------------------------------------------------------------

FONT_FACE = re.compile(r"@font-face\{[^}]*Font ?\\? ?Awesome[^}]*\}")
FONT_FILE = re.compile(r'url\("?([^)"]*?)\.(?:woff2|ttf)"?\)')
ICON = re.compile(r'content:"(?:\\([0-9a-f]{4})|([\ue000-\uf8ff]))')


def icon_font(path, codes):
    """Return a font with only these characters, as the address of its data, or None."""
    font = TTFont(path, recalcTimestamp=False)  # the same bytes in each build
    codes = sorted(set(codes) & set(font.getBestCmap()))
    if not codes:
        return None
    # The license reserves the font's name for the whole font.
    options = subset.Options(flavor="woff", name_IDs=[], notdef_outline=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.flavor = "woff"
    file = io.BytesIO()
    font.save(file)
    return "data:font/woff;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def keep_used_icons(css, static):
    """Put the icons that are used into the style sheet, in place of the icon fonts."""
    codes = [ord(char) if char else int(code, 16) for code, char in ICON.findall(css)]

    def small(match):
        path = (static / f"{FONT_FILE.search(match[0])[1]}.ttf").resolve()
        data = icon_font(path, codes)
        return re.sub(r"src:[^;}]*(?=[;}])", f"src:url({data})", match[0]) if data else ""

    css = FONT_FACE.sub(small, css)
    return css.replace("Font Awesome 6", "Book Icons").replace(r"Font Awesome\ 6", "Book Icons")


# --- the fonts of formulas ---------------------------------------------------------------------

# A font that arrives after the text makes it jump, so those that formulas stand in come inside
# a style sheet: the first two to every page with formulas, the bold ones where there are any.
FORMULA_FONTS = {
    "math.css": ("Main-Regular", "Math-Italic"),
    "math-bold.css": ("Main-Bold", "Math-BoldItalic"),
}


BOLD = re.compile(r'class="[^"]*\b(?:mathbf|boldsymbol)\b')


def formula_sheets(parts):
    """Name the style sheets that the formulas among these parts of a page need."""
    if any('class="katex"' in part for part in parts):
        yield "math.css"
    if any(BOLD.search(part) for part in parts):
        yield "math-bold.css"


def take_out_formula_fonts(css, static):
    """Return the style sheet without the fonts that formulas stand in, and sheets of these."""
    sheets = {}
    for sheet, fonts in FORMULA_FONTS.items():
        face = re.compile(
            r"@font-face\{[^}]*url\(([^)]*/KaTeX_(?:" + "|".join(fonts) + r")\.woff2)\)[^}]*\}"
        )
        faces = [embedded(match, static) for match in face.finditer(css)]
        if len(faces) != len(fonts):
            raise RuntimeError(f"KaTeX's style sheet names {len(faces)} of the fonts {fonts}")
        sheets[sheet] = "\n".join(faces)
        css = face.sub("", css)
    return css, sheets


def embedded(match, static):
    """Return a font face with the data of the font in it."""
    data = base64.b64encode((static / match[1]).read_bytes()).decode("ascii")
    return match[0].replace(match[1], f"data:font/woff2;base64,{data}")


# --- at the end of the build --------------------------------------------------------------------


def licenses():
    """Return the licenses of everything in the bundle."""
    parts = ["site.css and site.js contain parts of the following, under their licenses."]
    for package in PACKAGES:
        distribution = importlib.metadata.distribution(package)
        files = [f for f in distribution.files or [] if re.match(r"(?i)licen[sc]e|copying", f.name)]
        if not files:
            raise RuntimeError(f"{package} comes without a license file")
        title = f"{package} {distribution.version}"
        text = files[0].locate().read_text(encoding="utf-8")
        parts.append(f"{title}\n{'=' * len(title)}\n\n{text.strip()}")
    parts.append("KaTeX\n=====\n\n" + (KATEX / "LICENSE").read_text(encoding="utf-8").strip())
    parts.append(
        "Bootstrap and Popper, inside pydata-sphinx-theme, are under the MIT license; the icons\n"
        "are from Font Awesome Free (icons CC BY 4.0, font SIL OFL 1.1). Their notices stand in\n"
        "site.css and site.js. clipboard.js, inside sphinx-copybutton, is under the MIT license.\n"
        "So is Pagefind, in the folder pagefind/, copyright 2022 CloudCannon."
    )
    return "\n\n\n".join(parts) + "\n"


def stamp(outdir, names):
    """Name each file of the bundle in every page with a mark of what is in it."""
    marks = {}
    for name in names:
        content = (outdir / "_static" / name).read_bytes()
        marks[name] = hashlib.sha256(content).hexdigest()[:8]
    link = re.compile(r"(_static/(" + "|".join(map(re.escape, names)) + r"))(?:\?v=\w*)?(?=\")")
    for path in outdir.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        stamped = link.sub(lambda match: f"{match[1]}?v={marks[match[2]]}", text)
        if stamped != text:
            path.write_text(stamped, encoding="utf-8")


def write_bundle(app, exception):
    """Make the bundle of what the pages use, and remove what it is made of."""
    outdir = Path(app.outdir)
    static = outdir / "_static"
    # Nothing was written, nothing was copied: the bundle of the last build stands.
    if exception or app.builder.name != "html" or not hasattr(app, "lean_styles"):
        return
    pages = [
        p.read_text(encoding="utf-8") for p in outdir.rglob("*.html") if static not in p.parents
    ]
    search = [(static / name).read_text("utf-8") for name in ("searchtools.js", "search.js")]
    css, js = bundle(
        joined_styles(static, app.lean_styles),
        joined_scripts(static, app.lean_scripts),
        [*pages, *search],
    )
    css, formulas = take_out_formula_fonts(keep_used_icons(css, static), static)
    for name, text in {"site.css": css, **formulas}.items():
        (static / name).write_text(text, encoding="utf-8")
    (static / "site.js").write_text(js, encoding="utf-8")
    (static / "LICENSES.txt").write_text(licenses(), encoding="utf-8")
    stamp(outdir, ["site.css", *formulas, "site.js"])
    for name in {*app.lean_styles, *app.lean_scripts}:
        (static / name).unlink(missing_ok=True)
    for pattern in LEAVINGS:
        for path in static.glob(pattern):
            if path.is_file():
                path.unlink()
    for folder in sorted((p for p in static.rglob("*") if p.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def setup(app):
    app.connect("html-page-context", take_over_head, priority=0)
    app.connect("page-finished", link_bundle)
    app.connect("page-finished", keep_one_of_each)
    app.connect("page-finished", size_pictures)
    app.connect("page-finished", wait_for_tables)
    app.connect("build-finished", write_bundle, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
