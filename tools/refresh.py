"""Run the chapters and store what they print.

    python tools/refresh.py                  every chapter
    python tools/refresh.py chapters/12_boston_housing.ipynb
    python tools/refresh.py --changed        those whose code is not what was run last
    python tools/refresh.py --check          store nothing; fail if anything would change

A stored notebook holds nothing that depends on when or where it was run, so running
it again leaves no difference. A notebook with an error is not stored. The stored outputs
say of which code they are, so an edit that was not run is noticed.
"""

import argparse
import asyncio
import difflib
import hashlib
import os
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "_ext"))

import kernel_environment  # noqa: E402  (found through the line above)

SVG, PNG = "image/svg+xml", "image/png"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# What a page folds by its tag, JupyterLab folds by this.
FOLDS = {
    "hide-cell": {"outputs_hidden": True, "source_hidden": True},
    "hide-input": {"source_hidden": True},
    "hide-output": {"outputs_hidden": True},
    "remove-input": {"source_hidden": True},
}
LONGEST_LINE = 160


def run(path):
    """Return the notebook as it is after running it from top to bottom."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=300,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    # A loop of its own, closed afterwards: several notebooks run side by side.
    asyncio.run(client.async_execute())
    return tidy(notebook)


def digest_of_code(notebook):
    """Return a short name for the code of a notebook, which changes when the code does."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()[:16]


def is_as_run(path):
    """Return whether the outputs that a notebook stores are those of its code."""
    notebook = nbformat.read(path, as_version=4)
    stored = notebook.metadata.get("dlcourse", {}).get("outputs_of")
    return stored == digest_of_code(notebook)


def tidy(notebook):
    """Remove from a notebook all that differs from run to run, or that nobody reads."""
    about = {"dlcourse": {"outputs_of": digest_of_code(notebook)}}
    notebook.metadata = nbformat.from_dict({**METADATA, **about})
    notebook.nbformat_minor = 5  # the first with cell ids
    count = 0
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number}")
        for transient in ("execution", "ExecuteTime", "collapsed", "scrolled", "jupyter", "vscode"):
            cell.metadata.pop(transient, None)
        for tag in FOLDS.keys() & set(cell.metadata.get("tags", [])):
            cell.metadata["jupyter"] = FOLDS[tag]
            if FOLDS[tag].get("outputs_hidden"):
                cell.metadata["collapsed"] = True  # as JupyterLab writes it when it saves
        if cell.cell_type == "code":
            # nbclient doesn't run empty cells, so they count as not executed.
            if cell.source.strip():
                count += 1
                cell.execution_count = count
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            cell.outputs = tidy_outputs(cell.outputs, count, alt)
    return notebook


def tidy_outputs(outputs, count, alt):
    """Return outputs as they are stored; pictures say what the cell says of them."""
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            if kept and kept[-1].output_type == "stream" and kept[-1].name == output.name:
                # How a text is cut into messages is a matter of timing.
                kept[-1].text += output.text
                continue
        elif output.output_type in ("display_data", "execute_result"):
            output.pop("transient", None)
            # Without the widget's state, which isn't stored, its view shows nothing.
            output.data.pop(WIDGET_VIEW, None)
            output.metadata.pop(WIDGET_VIEW, None)
            if not output.data:
                continue
            for mime in [mime for mime in output.data if mime.startswith("image/")]:
                output.metadata[mime] = {**output.metadata.get(mime, {}), "alt": alt}
            if output.output_type == "execute_result":
                output.execution_count = count
        kept.append(output)
    return kept


def keep_pixels(old, new):
    """Leave a PNG as it is stored where the drawing, the SVG beside it, has not changed.

    Its pixels and its compression depend a little on the processor, and so on who ran it. And
    where nothing is to be stored, no PNG is drawn.
    """
    stored = {output.data[SVG]: output for output in drawings(old) if PNG in output.data}
    for output in drawings(new):
        if same := stored.get(output.data[SVG]):
            output.data[PNG] = same.data[PNG]
            output.metadata[PNG] = {**same.metadata[PNG], "alt": output.metadata[SVG]["alt"]}


def drawings(notebook):
    """Yield each output that is an SVG."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if SVG in output.get("data", {}):
                yield output


def as_text(notebook):
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def store(path, text):
    """Replace the file in one step, so that it is never half written."""
    if path.read_text(encoding="utf-8") == text:
        return
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, suffix=".part", delete=False
    ) as part:
        part.write(text)
    os.chmod(part.name, path.stat().st_mode)
    os.replace(part.name, path)


def differences(path, old, new):
    """Return a unified diff that says in which cell each difference lies."""
    if old == new:
        return []
    before, after = (nbformat.reads(text, as_version=4) for text in (old, new))
    lines = []
    for number, (was, now) in enumerate(zip(before.cells, after.cells, strict=True)):
        place = f"{path} cell {number} (id {now['id']})"
        lines += diff(cell_lines(was), cell_lines(now), place)
    # What is left lies around the cells: metadata, or how the file is written.
    return lines or diff(old.splitlines(), new.splitlines(), str(path))


def diff(old, new, place):
    return list(
        difflib.unified_diff(old, new, f"{place}, stored", f"{place}, run again", n=2, lineterm="")
    )


def cell_lines(cell):
    text = nbformat.writes(nbformat.v4.new_notebook(cells=[cell], nbformat_minor=5))
    return [shorten(line) for line in text.splitlines()]


def shorten(line):
    # A PNG is one line of many thousand characters.
    if len(line) <= LONGEST_LINE:
        return line
    checksum = zlib.crc32(line.encode())
    return f"{line[:LONGEST_LINE]}... ({len(line)} characters, checksum {checksum:08x})"


def refresh(path, check):
    """Run one notebook; return its problems as lines of text."""
    old = path.read_text(encoding="utf-8")
    try:
        notebook = run(path)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return [f"{path}: did not run to its end, so nothing is stored", str(error)]
    keep_pixels(nbformat.reads(old, as_version=4), notebook)
    new = as_text(notebook)
    if check:
        return differences(path, old, new)
    store(path, new)
    return []


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="*", type=Path, help="default: every chapter")
    parser.add_argument("--check", action="store_true", help="store nothing, show differences")
    parser.add_argument("--changed", action="store_true", help="only where the code has changed")
    options = parser.parse_args(arguments)
    kernel_environment.apply()
    os.environ["DLCOURSE_PNG"] = "0" if options.check else "1"

    paths = options.notebook or sorted((ROOT / "chapters").glob("*.ipynb"))
    if options.changed:
        paths = [path for path in paths if not is_as_run(path)]
    failed = 0
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, 4)) as pool:
        runs = [pool.submit(refresh, path, options.check) for path in paths]
        for path, running in zip(paths, runs, strict=True):
            problems = running.result()
            failed += bool(problems)
            print(f"{'FAILED' if problems else 'ok':6}  {path.name}", flush=True)
            print(*problems, sep="\n", end="\n" if problems else "")
    if failed and options.check:
        print(f"{failed} of {len(paths)} notebooks differ or fail; 'make refresh' stores anew.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
