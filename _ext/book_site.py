"""What the site needs beyond its configuration file.

Chapters get the number in their file name, the book has the version of its package, and the
links to the repository come from the repository itself.
"""

import os
import re
import subprocess

from sphinx_external_toc.collectors import TocTreeCollectorWithStyles as Collector

from dlcourse import __version__


def repository_address(environment=os.environ, directory="."):
    """Return the address of the repository on GitHub, or None when it has none."""
    if environment.get("GITHUB_REPOSITORY"):
        return "https://github.com/" + environment["GITHUB_REPOSITORY"]
    git = ["git", "-C", str(directory), "remote", "get-url", "origin"]
    try:
        remote = subprocess.run(git, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    # Whatever stands before the host (a user, a token) stays out of the pages.
    match = re.search(r"(?:^|@|//)github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?\s*$", remote)
    return f"https://github.com/{match[1]}" if match else None


def ancestor(node, kind):
    """Return the innermost node of a kind that holds another, or None."""
    node = node.parent
    while node is not None and not isinstance(node, kind):
        node = node.parent
    return node


def link_repository(app, config):
    """Offer the buttons that lead to the repository, if there is one to lead to."""
    address = repository_address(directory=app.confdir)
    options = config.html_theme_options
    options["repository_url"] = address or ""
    # Colab and Binder are offered by _ext/ways_out.py.
    options["launch_buttons"] = {}
    if address:
        options["repository_branch"] = "main"
        for button in ("repository", "issues", "edit_page"):
            options[f"use_{button}_button"] = True


def know_version(app, config):
    """Give the book the version of its package; each page says it at its foot."""
    config.version = config.release = __version__


def chapter_number(docname):
    """Return the number a chapter's file name starts with, or None.

    >>> chapter_number("chapters/12_boston_housing")
    12
    >>> chapter_number("chapters/notation") is None
    True
    """
    match = re.match(r"(\d+)_", docname.rsplit("/", 1)[-1])
    return int(match[1]) if match else None


def number_chapters(assign_in_order):
    """Wrap Sphinx's numbering so that it takes chapter numbers from file names.

    Sphinx counts pages from 1 as they come. Then figure 12.3 of a book with chapters
    missing, or moved, would be called something else than in print or in an exercise.
    """

    def assign(collector, env):
        before = env.toc_secnumbers
        assign_in_order(collector, env)
        for docname, numbers in env.toc_secnumbers.items():
            chapter = chapter_number(docname)
            if chapter is None:
                continue
            for anchor, number in numbers.items():
                if number:
                    numbers[anchor] = (chapter, *number[1:])
            for numbered in [env.titles[docname], *env.tocs[docname].findall()]:
                if getattr(numbered, "attributes", {}).get("secnumber"):
                    numbered["secnumber"] = [chapter, *numbered["secnumber"][1:]]
        return [
            docname
            for docname, numbers in env.toc_secnumbers.items()
            if numbers != before.get(docname)
        ]

    return assign


def setup(app):
    # Sphinx numbers sections and then, from these, figures and equations, in one go:
    # there is no event between the two to hook into.
    Collector.assign_section_numbers = number_chapters(Collector.assign_section_numbers)
    app.connect("config-inited", link_repository)
    app.connect("config-inited", know_version)
    # Jupyter Book sets this also when sphinx_comments, whose it is, isn't loaded.
    app.add_config_value("comments_config", {}, "")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
