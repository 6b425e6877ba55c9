"""Pages opened in Firefox, by firefox_walk.mjs."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from katex_math import node_program

HERE = Path(__file__).parent
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PUPPETEER = HERE.parent / "node_modules" / "puppeteer-core"


def needs_firefox(test):
    """Skip a test on a machine where it can't be run."""
    reason = "Firefox is not installed (on Debian or Ubuntu: apt-get install firefox-esr)"
    test = pytest.mark.skipif(not FIREFOX, reason=reason)(test)
    reason = "Puppeteer is missing: run 'make book'"
    return pytest.mark.skipif(not PUPPETEER.exists(), reason=reason)(test)


def walk_in_firefox(address, names):
    """Open these pages of a site; return the problems of each."""
    run = subprocess.run(
        [node_program(), HERE / "firefox_walk.mjs", FIREFOX, address, *names],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
