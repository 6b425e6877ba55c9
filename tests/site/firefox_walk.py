"""Pages opened and used in Firefox, by scripts for Puppeteer."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from katex_math import node_program

HERE = Path(__file__).parent
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PUPPETEER = HERE.parents[1] / "node_modules" / "puppeteer-core"


def needs_firefox(test):
    """Skip a test on a machine where it can't be run."""
    reason = "Firefox is not installed (on Debian or Ubuntu: apt-get install firefox-esr)"
    test = pytest.mark.skipif(not FIREFOX, reason=reason)(test)
    reason = "Puppeteer is missing: run 'make book'"
    return pytest.mark.skipif(not PUPPETEER.exists(), reason=reason)(test)


def walk_in_firefox(address, names):
    """Open these pages of a site; return the problems of each."""
    return _run("firefox_walk.mjs", address, *names)


def answers_in_firefox(address, chapter, following):
    """Answer a chapter's questions by keys, by mouse, wrong and not at all; tell what was said."""
    return _run("firefox_answers.mjs", address, chapter, following)


def run_in_firefox(address, function, given):
    """Call a JavaScript function on a page with each of these arguments; return its results."""
    return _run("firefox_run.mjs", address, function, given=given)


def _run(script, *arguments, given=None):
    run = subprocess.run(
        [node_program(), HERE / script, FIREFOX, *arguments],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
