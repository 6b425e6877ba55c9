"""What all tests share: the kernels' environment, and no silent skips under CI."""

import contextlib
import os

import kernel_environment
import pytest

# nbval starts its kernels from this process.
kernel_environment.apply()

# What generates the recorded values needs PyTorch and Keras; its output is committed.
collect_ignore = ["package/recorded"]


@pytest.fixture(scope="module")
def address():
    """Serve the built book; give its address."""
    from site_checks import SITE, serve

    with serve(SITE) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """Start a browser that all tests of a file share."""
    from site_checks import launch

    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class SkippedMeansFailed:
    """Turns skipped tests into failed ones.

    A test that did not run has shown nothing. At a desk without a browser that is
    fine, and the summary says so; where the result decides something it is not.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self):
        return fail_if_skipped((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self):
        return fail_if_skipped((yield))


def fail_if_skipped(report):
    # An expected failure is reported as skipped too, but it did run.
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was not run, which under CI is a failure: {reason}"
    return report


def execute_with_history(kernel, cell_input, allow_stdin=None):
    return kernel.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False)


def pytest_configure(config):
    # nbval runs cells without history, and there IPython overlooks the semicolon that
    # keeps a cell from showing its value (nbval issue 194).
    with contextlib.suppress(ImportError):
        from nbval.kernel import RunningKernel

        RunningKernel.execute_cell_input = execute_with_history

    # Registered from here, and not written as hooks of this file, which would only
    # see what lies in tests/: notebooks and doctests must not be skipped either.
    if os.environ.get("CI", "").lower() in ("true", "1"):
        config.pluginmanager.register(SkippedMeansFailed(), "skipped-means-failed")
