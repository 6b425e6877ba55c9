"""A JupyterLab for tests, as if it were started for the first time; and the keys to drive it."""

import contextlib
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from importlib.util import find_spec

import pytest
from site_checks import NO_CHROMIUM, find_chromium

NEEDED = [
    pytest.mark.skipif(not find_chromium(), reason=NO_CHROMIUM),
    pytest.mark.skipif(
        not find_spec("jupyterlab"), reason="JupyterLab is not installed: run 'make lab'"
    ),
]
LONG = 180_000  # milliseconds: a kernel starts, and other tests run beside it


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def jupyterlab_in(folder, own):
    """Start JupyterLab in a folder, with another for what it keeps; yield its address."""
    names = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR", "LAB_WORKSPACES", "LAB_SETTINGS")
    where = {f"JUPYTER_{name}": str(own / name.lower()) for name in names}
    where |= {"JUPYTERLAB_WORKSPACES_DIR": str(own / "spaces"), "JUPYTER_PLATFORM_DIRS": "1"}
    where |= {"JUPYTERLAB_SETTINGS_DIR": str(own / "settings"), "IPYTHONDIR": str(own / "ip")}
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}"]
    command += ["--IdentityProvider.token=", "--ServerApp.password="]
    # As a reader's: what the tests set for kernels that store pages is not meant for this one.
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("DLCOURSE")}
    log = own / "log.txt"
    with log.open("w") as file:
        server = subprocess.Popen(
            command,
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=theirs | where,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        while True:  # until it answers or gives up
            try:
                urllib.request.urlopen(f"{address}/api").close()
                break
            except (urllib.error.URLError, ConnectionError):  # not yet, or only just
                assert server.poll() is None, log.read_text()
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:  # it was told while it was busy, and forgot
            server.kill()
            server.wait()


def cell(page, text):
    return page.locator(".jp-Notebook .jp-Cell", has_text=text)


def run(page, of):
    of.locator(".jp-InputArea, .jp-Placeholder-content").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Enter")
