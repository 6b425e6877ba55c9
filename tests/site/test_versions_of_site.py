"""Released versions of the book stay where they are, and every page leads to all of them."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import versions_of_site

ROOT = Path(__file__).parents[2]
PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>{name}</title></head><body><main><article>
<!-- older version -->
<h1>{name}</h1></article></main><footer><p>Version {version}.<!-- other versions --></p></footer>
</body></html>
"""


def site(folder, version, pages):
    for name in ["index.html", *pages]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(name=name, version=version), encoding="utf-8")
    (folder / "index.html").write_text("<title>leads on</title>", encoding="utf-8")
    (folder / "404.html").write_text("404", encoding="utf-8")
    (folder / "robots.txt").write_text("User-agent: *", encoding="utf-8")
    (folder / "picture.svg").write_bytes(b"<svg/>")
    return folder


@pytest.fixture
def archives(tmp_path):
    """Two versions that were released: the first had a page less, and was packed later."""
    folder = tmp_path / "archives"
    new = site(tmp_path / "new", "0.10.0", ["chapters/one.html", "chapters/two.html"])
    versions_of_site.pack(new, folder)
    old = site(tmp_path / "old", "0.9.0", ["chapters/one.html"])
    versions_of_site.pack(old, folder)
    return folder


@pytest.fixture
def published(tmp_path, archives):
    pages = ["chapters/one.html", "chapters/two.html", "chapters/three.html"]
    current = site(tmp_path / "site", "0.11.0.dev0", pages)
    assert versions_of_site.main(["--site", str(current), "--archives", str(archives)]) == 0
    return current


def links(page):
    """Map what the links at the foot of a page say to the files that they lead to."""
    line = re.search(r"<p>Version .*?</p>", page.read_text(encoding="utf-8"))[0]
    found = re.findall(r'<a href="([^"]+)">([^<]+)</a>', line)
    return {text: (page.parent / target).resolve() for target, text in found}


def test_every_page_leads_to_itself_in_every_other_version(published):
    v = published / "v"
    assert links(published / "chapters" / "one.html") == {
        "0.10.0": v / "0.10.0" / "chapters" / "one.html",
        "0.9.0": v / "0.9.0" / "chapters" / "one.html",
    }
    assert links(v / "0.9.0" / "chapters" / "one.html") == {
        "the current one": published / "chapters" / "one.html",
        "0.10.0": v / "0.10.0" / "chapters" / "one.html",
    }


def test_the_newest_version_comes_first(published):
    assert list(links(published / "chapters" / "one.html")) == ["0.10.0", "0.9.0"]


def test_a_page_that_a_version_did_not_have_leads_to_its_first(published):
    assert links(published / "chapters" / "two.html") == {
        "0.10.0": published / "v" / "0.10.0" / "chapters" / "two.html",
        "0.9.0": published / "v" / "0.9.0" / "index.html",
    }


def test_every_link_leads_to_a_file(published):
    pages = [p for p in published.rglob("*.html") if "Version" in p.read_text(encoding="utf-8")]
    targets = [target for page in pages for target in links(page).values()]
    assert len(targets) == 2 * (3 + 2 + 1)
    assert all(target.is_file() for target in targets)


def test_an_old_page_says_that_there_is_a_newer_one_and_the_current_does_not(published):
    old = (published / "v" / "0.10.0" / "chapters" / "two.html").read_text(encoding="utf-8")
    assert 'There is <a href="../../../chapters/two.html">a newer version</a>.' in old
    current = (published / "chapters" / "two.html").read_text(encoding="utf-8")
    assert "newer version" not in current
    assert "<!--" not in old + current


def test_the_version_that_is_current_has_its_own_address_too(tmp_path, archives):
    current = site(tmp_path / "site", "0.10.0", ["chapters/one.html"])
    versions_of_site.main(["--site", str(current), "--archives", str(archives)])
    kept = current / "v" / "0.10.0" / "chapters" / "one.html"
    assert links(current / "chapters" / "one.html")["0.10.0"] == kept
    assert "newer version" not in kept.read_text(encoding="utf-8")


def test_what_is_about_the_whole_site_stays_at_its_root(published):
    old = published / "v" / "0.9.0"
    assert sorted(p.name for p in old.iterdir()) == ["chapters", "index.html", "picture.svg"]
    assert (published / "404.html").exists()


def test_the_versions_are_listed_for_machines(published):
    assert json.loads((published / "versions.json").read_text(encoding="utf-8")) == [
        {"version": "0.11.0.dev0", "path": ""},
        {"version": "0.10.0", "path": "v/0.10.0/"},
        {"version": "0.9.0", "path": "v/0.9.0/"},
    ]


def test_a_site_is_packed_to_the_same_bytes(tmp_path, archives):
    (archive,) = archives.glob("*-0.9.0-site.zip")
    for path in (tmp_path / "old").rglob("*"):
        path.touch()
    assert versions_of_site.pack(tmp_path / "old", tmp_path).read_bytes() == archive.read_bytes()


def test_before_the_first_release_a_page_only_says_its_version(tmp_path):
    current = site(tmp_path / "site", "0.1.0", ["chapters/one.html"])
    assert versions_of_site.main(["--site", str(current), "--archives", str(tmp_path)]) == 0
    text = (current / "chapters" / "one.html").read_text(encoding="utf-8")
    assert "<p>Version 0.1.0.</p>" in text
    assert "href" not in text


def test_an_archive_under_a_wrong_name_is_refused(tmp_path, archives):
    (archive,) = archives.glob("*-0.9.0-site.zip")
    archive.rename(archive.with_name(archive.name.replace("0.9.0", "0.8.0")))
    current = site(tmp_path / "site", "0.11.0", ["chapters/one.html"])
    said = versions_of_site.main(["--site", str(current), "--archives", str(archives)])
    assert "0.8.0-site.zip holds version 0.9.0" in said


def test_without_a_site_one_is_told_to_make_it(tmp_path):
    assert "make site" in versions_of_site.main(["--site", str(tmp_path), "--pack"])


def test_a_site_that_has_its_links_is_made_anew_before_it_gets_others(published, archives):
    said = versions_of_site.main(["--site", str(published), "--archives", str(archives)])
    assert "make site" in said


# --- fetched from the releases -------------------------------------------------------------------

# What GitHub's program does, as far as the script asks for it.
GH = """#!/bin/sh
echo "$@" >> "$ASKED"
if [ "$2" = list ]; then printf 'v0.10.0\\nv0.9.0\\n'; fi
if [ "$3" = v0.9.0 ] && [ -n "$LACKING" ]; then echo 'no assets match' >&2; exit 1; fi
"""


@pytest.fixture
def fetch(tmp_path):
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(GH, encoding="utf-8")
    gh.chmod(0o755)

    def fetch(**more):
        path = f"{gh.parent}{os.pathsep}{os.environ['PATH']}"
        variables = {"PATH": path, "GITHUB_REPOSITORY": "a/b", "ASKED": str(tmp_path / "asked")}
        return subprocess.run(
            [ROOT / "tools" / "fetch_versions.sh", tmp_path / "archives"],
            env={**os.environ, **variables, **more}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return fetch


@pytest.mark.skipif(os.name == "nt", reason="run by the workflow, which runs on Linux")
def test_the_site_of_every_release_is_fetched(fetch, tmp_path):
    assert fetch().returncode == 0
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert "--exclude-drafts" in asked[0]
    assert [line.split()[2] for line in asked[1:]] == ["v0.10.0", "v0.9.0"]
    assert all(f"--pattern *-site.zip --dir {tmp_path / 'archives'}" in line for line in asked[1:])


@pytest.mark.skipif(os.name == "nt", reason="run by the workflow, which runs on Linux")
def test_a_release_without_its_site_is_not_passed_over(fetch):
    said = fetch(LACKING="1")
    assert said.returncode != 0
    assert "no assets match" in said.stderr
