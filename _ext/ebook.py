"""What an e-book needs to be told: its data, from CITATION.cff, and the tables of contents."""

import uuid
from pathlib import Path

import yaml
from book_site import repository_address


def describe(app, config):
    """Set what Sphinx's ePub builder writes into the e-book's manifest."""
    citation = yaml.safe_load((Path(app.confdir) / "CITATION.cff").read_text(encoding="utf-8"))
    names = [
        a.get("name") or f"{a['given-names']} {a['family-names']}" for a in citation["authors"]
    ]
    address = repository_address(directory=app.confdir)
    config.version = str(citation["version"])
    config.epub_basename = "book"
    config.epub_title = citation["title"]
    config.epub_author = config.epub_publisher = config.epub_contributor = ", ".join(names)
    config.epub_description = " ".join(citation["abstract"].split())
    config.epub_copyright = f"{config.copyright}; text CC BY 4.0, code MIT"
    # The same book has the same identifier, whoever makes it.
    config.epub_scheme = "UUID"
    config.epub_identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, address or citation["title"]))
    config.epub_uid = "book-id"
    config.epub_tocscope = "includehidden"
    config.epub_show_urls = "no"
    config.epub_use_index = False
    config.epub_exclude_files = ["index.html"]


def setup(app):
    app.connect("config-inited", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
