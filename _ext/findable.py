"""Pages that can be found, shared and come back to.

Every page says in its head what it is: a description, a card for those who share it,
structured data for search engines, and where the book is published, its address there.
At the end of the build come a picture for the card, `sitemap.xml`, `robots.txt`, a page
for addresses that lead nowhere, and forwarding pages for addresses that moved.

Absolute addresses need to know where the book is: `https://OWNER.github.io/NAME/`, from
the same place as the links to the repository. A book without a repository has none.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import matplotlib.pyplot as plt
import numpy as np
from book_site import chapter_number, repository_address
from bs4 import BeautifulSoup

from dlcourse.plotting import COLORS, book_style

SHORTEST, LONGEST = 50, 160
LONGEST_TITLE = 70
CARD = "_static/card.png"
CARD_ALT = "A ball rolls down a curve with two valleys, one step after another."
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
# What Sphinx makes by itself has no first paragraph to describe it.
GENERATED = {
    "genindex": "Every function, class and method of the package dlcourse, from A to Z.",
    "py-modindex": "The modules of dlcourse, the companion package of the book, from A to Z.",
    "search": "Search the chapters of the book and the reference of its package dlcourse.",
    "_modules/index": "The source code of dlcourse, the package of the book, module by module.",
    "404": "This address leads nowhere: search the book, or find the page in its contents.",
}
# Not worth a search engine's while.
UNLISTED = {"search", "404", "genindex", "py-modindex"}


def published_at(repository):
    """Return where GitHub Pages publishes a repository, or None without one.

    >>> published_at("https://github.com/Somebody/gradient-up")
    'https://somebody.github.io/gradient-up/'
    >>> published_at("https://github.com/somebody/somebody.github.io")
    'https://somebody.github.io/'
    """
    if not repository:
        return None
    owner, name = urlsplit(repository).path.strip("/").split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def know_address(app, config):
    config.html_baseurl = published_at(repository_address(directory=app.confdir)) or ""


def shortened(text, longest=LONGEST):
    """Return whole sentences, or else whole words, of at most so many characters.

    >>> shortened("One sentence. Another one.", 15), shortened("One long sentence.", 12)
    ('One sentence.', 'One long…')
    """
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    end = text.rfind(". ", 0, longest)
    if end >= min(SHORTEST, longest // 2):
        return text[: end + 1]
    return text[: text.rfind(" ", 0, longest)].rstrip(",;:—– ") + "…"


def plain_text(element):
    """Return the text of an element as it reads without its formulas' second half."""
    copy = BeautifulSoup(str(element), "html.parser")
    for hidden in copy.select(".katex-html, annotation, .headerlink, script, style"):
        hidden.decompose()
    return " ".join(copy.get_text().split())


def description(pagename, context, soup):
    """Return one or two sentences about a page: its own words, or those of its first paragraph."""
    given = (context.get("meta") or {}).get("description") or GENERATED.get(pagename)
    if given:
        return shortened(given)
    if pagename.startswith("_modules/"):
        module = pagename.removeprefix("_modules/").replace("/", ".")
        return f"The source code of {module}, part of the companion package of the book."
    text = ""
    for paragraph in soup.select("main article section > p, main article section p"):
        text = f"{text} {plain_text(paragraph)}".strip()
        if len(text) >= SHORTEST:
            break
    return shortened(text)


# --- structured data -----------------------------------------------------------------


def book_data(config, address):
    """Say that the landing page is a book and a course, in schema.org's words."""
    name = config.html_title
    publisher = {"@type": "Organization", "name": config.author}
    shared = {
        "name": name,
        "author": publisher,
        "inLanguage": config.language,
        "license": LICENSE,
        "isAccessibleForFree": True,
        **({"url": address} if address else {}),
    }
    book = {
        "@type": "Book",
        **shared,
        "bookFormat": "https://schema.org/EBook",
        "accessMode": ["textual", "visual"],
        "accessibilityFeature": ["alternativeText", "MathML", "structuralNavigation"],
    }
    course = {
        "@type": "Course",
        **shared,
        "provider": publisher,
        "educationalLevel": "Beginner",
        "teaches": ["gradient descent", "automatic differentiation", "neural networks", "NumPy"],
        "hasCourseInstance": {"@type": "CourseInstance", "courseMode": "online"},
    }
    return [book, course]


def page_data(config, pagename, title, address, root):
    """Say that a page is a chapter, or another part to learn from, of the book."""
    number = chapter_number(pagename)
    kinds = ["Chapter", "LearningResource"] if number is not None else "LearningResource"
    book = {"@type": "Book", "name": config.html_title, **({"url": root} if root else {})}
    data = {
        "@type": kinds,
        "name": title,
        "inLanguage": config.language,
        "license": LICENSE,
        "isPartOf": book,
        **({"url": address} if address else {}),
    }
    if number is not None:
        data |= {"position": number, "learningResourceType": "chapter"}
    return [data]


# --- the head of a page ----------------------------------------------------------------


def page_address(config, pagename):
    return f"{config.html_baseurl}{pagename}.html" if config.html_baseurl else None


def describe(app, pagename, context, soup):
    """Write into the head what a page is."""
    config = app.config
    address = page_address(config, pagename)
    root = page_address(config, config.root_doc)
    landing = pagename == config.root_doc
    text = description(pagename, context, soup)
    heading = soup.select_one("main article h1")
    title = plain_text(heading) if heading else soup.title.get_text().split(" — ")[0]
    title = re.sub(r"^\d+\. ", "", title)

    head = soup.head
    for meta in head.find_all("meta", attrs={"name": ["viewport", "docsearch:version"]})[1:]:
        meta.decompose()
    full = config.html_title if landing else f"{title} — {config.html_title}"
    head.title.string = full if len(full) <= LONGEST_TITLE else title

    # Sphinx writes one too, but on every page.
    for link in head.select("link[rel=canonical]"):
        link.decompose()

    def meta(kind, name, content):
        head.append(soup.new_tag("meta", attrs={kind: name, "content": content}))

    meta("name", "description", text)
    if pagename in UNLISTED:
        meta("name", "robots", "noindex")
    elif address:
        head.append(soup.new_tag("link", rel="canonical", href=address))
    meta("property", "og:type", "book" if landing else "article")
    meta("property", "og:site_name", config.html_title)
    meta("property", "og:title", title)
    meta("property", "og:description", text)
    meta("property", "og:locale", "en_US")
    meta("name", "twitter:card", "summary_large_image" if address else "summary")
    meta("name", "twitter:title", title)
    meta("name", "twitter:description", text)
    if address:
        # Those who show cards take nothing but absolute addresses.
        meta("property", "og:url", address)
        meta("property", "og:image", config.html_baseurl + CARD)
        meta("property", "og:image:width", "1200")
        meta("property", "og:image:height", "630")
        meta("property", "og:image:alt", CARD_ALT)
        meta("name", "twitter:image", config.html_baseurl + CARD)
        meta("name", "twitter:image:alt", CARD_ALT)
    if pagename not in UNLISTED and not pagename.startswith("_modules/"):
        data = (
            book_data(config, root)
            if landing
            else page_data(config, pagename, title, address, root)
        )
        for item in data:
            item["description"] = text
        script = soup.new_tag("script", type="application/ld+json")
        graph = {"@context": "https://schema.org", "@graph": data}
        script.string = json.dumps(graph, ensure_ascii=False).replace("</", "<\\/")
        head.append(script)


def start_from_root(app, pagename, context, soup):
    """Let the links of the page for lost addresses start from the root of the site."""
    if pagename != "404":
        return
    root = urlsplit(app.config.html_baseurl).path or "/"
    soup.html["data-content_root"] = root
    for name in ("href", "src", "action"):
        for element in soup.find_all(attrs={name: re.compile(r"^(?!#|/|[a-z]+:)")}):
            element[name] = root + element[name].removeprefix("./")


# --- the card -----------------------------------------------------------------------------


def draw_card(path, title):
    """Draw the picture that is shown beside a shared link: twelve steps downhill."""

    def loss(w):
        return w**4 / 4 - w**2 / 2 + 0.2 * w + 0.5

    steps = [2.0]
    for _ in range(12):
        w = steps[-1]
        steps.append(w - 0.1 * (w**3 - w + 0.2))
    grid = np.linspace(-2.1, 2.1, 400)
    with book_style():
        figure = plt.figure(figsize=(12, 6.3), dpi=100, layout="none")
        axes = figure.add_axes((0.05, 0.06, 0.9, 0.6))
        axes.plot(grid, loss(grid), color=COLORS["blue"], linewidth=5)
        balls = np.array(steps)
        axes.plot(balls, loss(balls), "o-", color=COLORS["vermillion"], markersize=15, linewidth=2)
        axes.set_axis_off()
        figure.text(0.05, 0.8, title, fontsize=38, fontweight="bold", color=COLORS["black"])
        figure.savefig(path, metadata={"Software": None}, facecolor="white")
        plt.close(figure)


# --- beside the pages ------------------------------------------------------------------------


def add_not_found(app):
    """Make the page that GitHub Pages shows where there is none."""
    yield "404", {"title": "This page does not exist", "body": ""}, "404.html"


def sitemap(addresses):
    """Return a sitemap with these addresses.

    >>> print(sitemap(["https://a.b/c?d&e"]))
    <?xml version="1.0" encoding="UTF-8"?>
    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc>https://a.b/c?d&amp;e</loc></url>
    </urlset>
    """
    rows = [f"<url><loc>{address.replace('&', '&amp;')}</loc></url>" for address in addresses]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *rows,
            "</urlset>",
        ]
    )


FORWARD = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{description}">
<meta http-equiv="refresh" content="0; url={target}">
{links}<script>location.replace("{target}" + location.hash)</script>
</head>
<body>
<main>
<h1>{title}</h1>
<p>This page has moved: <a href="{target}">{target}</a></p>
</main>
</body>
</html>
"""


def forward(config, target, page, *, text):
    """Return a page that leads on to another one, with the place in it that was asked for."""
    address = config.html_baseurl and config.html_baseurl + page
    canonical = f'<link rel="canonical" href="{address}">\n' if address else ""
    return FORWARD.format(
        language=config.language,
        title=config.html_title,
        description=text,
        target=target,
        links=canonical,
    )


def addresses(path):
    """Return every address that was ever published, and where it leads now.

    A line is an address, or `old -> new` for one that moved.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "addresses.txt")
    ...     _ = file.write_text("# a comment\\na.html\\nb.html -> a.html\\n")
    ...     addresses(file)
    {'a.html': 'a.html', 'b.html': 'a.html'}
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("->") for line in lines if line.strip() and not line.startswith("#")]
    return {pair[0].strip(): pair[-1].strip() for pair in pairs}


def write_beside_pages(app, exception):
    """Write what is not a page of the book: card, sitemap, robots, forwarding pages."""
    if exception or app.builder.name != "html":
        return
    config, outdir = app.config, Path(app.outdir)
    draw_card(outdir / CARD, config.html_title)
    base = config.html_baseurl
    listed = sorted(
        docname for docname in app.env.found_docs if outdir.joinpath(f"{docname}.html").exists()
    )
    robots = ["User-agent: *", "Allow: /"]
    if base:
        robots += [f"Sitemap: {base}sitemap.xml"]
        text = sitemap(f"{base}{docname}.html" for docname in listed)
        outdir.joinpath("sitemap.xml").write_text(text, encoding="utf-8")
    outdir.joinpath("robots.txt").write_text("\n".join(robots) + "\n", encoding="utf-8")

    for old, new in addresses(Path(app.confdir) / "chapters" / "addresses.txt").items():
        if old != new:
            path = outdir / old
            path.parent.mkdir(parents=True, exist_ok=True)
            target = "../" * old.count("/") + new
            text = f"This page of the book has moved to {new}, and this address leads there."
            path.write_text(forward(config, target, new, text=text), encoding="utf-8")
    text = "The book starts on its first page, and this address leads there."
    root = f"{config.root_doc}.html"
    outdir.joinpath("index.html").write_text(forward(config, root, root, text=text), "utf-8")


def setup(app):
    app.connect("config-inited", know_address)
    app.connect("html-collect-pages", add_not_found)
    app.connect("page-finished", describe)
    # After everything that writes addresses into a page.
    app.connect("page-finished", start_from_root, priority=900)
    app.connect("build-finished", write_beside_pages, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
