"""What does the package weigh: on the way to a reader, and when it is imported?

    python benchmarks/package.py          writes benchmarks/package.md

Sizes are those of the wheel, compressed; they are the same wherever it is built. An import is
timed in a fresh interpreter, in turns with `import numpy`, and counted as a multiple of it.
"""

import pkgutil
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

from run import compare, import_time, processor, software

import dlcourse

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import release  # noqa: E402  (found through the line above)

RESULTS = Path(__file__).with_name("package.md")
ROOMS = [f"dlcourse.{m.name}" for m in pkgutil.iter_modules(dlcourse.__path__) if m.name[0] != "_"]


def kind(name: str) -> str:
    """Say what a file of the wheel is, in the words of the table."""
    if name.endswith(".npz"):
        return "5,000 images of digits"
    if ".dist-info/" in name:
        return "licenses and metadata"
    folder = name.split("/")[1]
    if folder in ("exercises", "grading", "labs", "plotting", "widgets", "questions"):
        return f"`dlcourse.{folder}`"
    return "the Boston data, and two data cards" if "/data/" in name else "everything else"


def sizes() -> tuple[int, dict[str, int]]:
    """Return the bytes of the wheel, and those of each kind of content in it."""
    found: dict[str, int] = defaultdict(int)
    with tempfile.TemporaryDirectory() as folder:
        source = release.copy_source(ROOT, Path(folder, "source"))
        wheel, _ = release.build(source, Path(folder, "out"), seconds=315_532_800)
        with zipfile.ZipFile(wheel) as archive:
            for info in archive.infolist():
                found[kind(info.filename)] += info.compress_size
        return wheel.stat().st_size, dict(sorted(found.items(), key=lambda item: -item[1]))


def main() -> int:
    whole, parts = sizes()
    rows = "\n".join(f"| {name} | {size / 1000:.0f} |" for name, size in parts.items())
    imports = ""
    for module in ["dlcourse", *ROOMS]:
        row = compare(
            module, lambda m=module: import_time(m), lambda: import_time("numpy"), rounds=11
        )
        imports += f"| `import {module}` | {1000 * row.ours:.0f} | {row.ratio:.2f} |\n"
    text = f"""\
# What the package weighs

Written by `python benchmarks/package.py`. A room brings those below it along, and `plotting`
and `widgets` bring Matplotlib; `import dlcourse` alone loads none of them.

| in the wheel of {dlcourse.__version__} | kB, compressed |
|---|--:|
{rows}
| the whole file | {whole / 1000:.0f} |

On {processor()}: {software()}.

| | ms | as a multiple of `import numpy` |
|---|--:|--:|
{imports}"""
    RESULTS.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
