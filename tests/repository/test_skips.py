"""Under CI nothing is skipped in silence: see conftest.py."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

HERE = Path(__file__).parents[1]

SKIPS = """
import pytest

@pytest.mark.skip(reason="no browser")
def test_marked(): ...

def test_while_running():
    pytest.skip("no book")

@pytest.mark.xfail(reason="known", strict=True)
def test_expected_to_fail():
    assert False
"""
MODULE = "import pytest; pytest.importorskip('no_such_module')"
DOCTEST = '"""\n>>> 1 / 0  # doctest: +SKIP\n"""'


@pytest.fixture
def run(pytester, monkeypatch):
    """Run tests that skip, beside and outside of the folder with our conftest.py."""
    pytester.makeini(f"[pytest]\npythonpath = {HERE.parent / '_ext'}")
    tests = pytester.mkdir("tests")
    (tests / "conftest.py").write_text((HERE / "conftest.py").read_text("utf-8"), "utf-8")
    (tests / "test_skips.py").write_text(SKIPS, "utf-8")
    (tests / "test_module.py").write_text(MODULE, "utf-8")
    pytester.makepyfile(package=DOCTEST)

    def run(ci):
        monkeypatch.setenv("CI", ci)
        return pytester.runpytest_subprocess(
            "tests", "package.py", "--doctest-modules", "--continue-on-collection-errors"
        )

    return run


def test_at_a_desk_a_test_may_be_skipped(run):
    result = run(ci="")
    outcomes = result.parseoutcomes()
    assert "skipped" in outcomes
    assert outcomes["xfailed"] == 1
    assert result.ret == 0


def test_under_ci_a_skipped_test_fails_and_says_why(run):
    result = run(ci="true")
    outcomes = result.parseoutcomes()
    assert "skipped" not in outcomes
    assert outcomes["xfailed"] == 1
    assert result.ret != 0
    result.stdout.fnmatch_lines_random(
        [
            "*test_marked was not run, which under CI is a failure: *no browser*",
            "*test_while_running was not run, which under CI is a failure: *no book*",
            "*test_module.py was not run, which under CI is a failure: *no_such_module*",
            "*package.py::package was not run, which under CI is a failure: *",
        ]
    )
