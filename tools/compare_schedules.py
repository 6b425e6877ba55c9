"""Train the network of chapter 8 with every schedule, and store what comes out.

    python tools/compare_schedules.py

Writes chapters/data/schedules_on_digits.json: for each schedule and each of ten seeds the
validation accuracy, the test accuracy and the test loss. The experiment is defined in one
place, the chapter itself: its cells tagged "experiment" are run here as they stand there.
"""

import json
from pathlib import Path

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"
NOTEBOOK = CHAPTERS / "08_learning_rates.ipynb"
RESULTS = CHAPTERS / "data" / "schedules_on_digits.json"


def experiment():
    """Return what the chapter's cells tagged "experiment" define."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names = {}
    for cell in cells:
        if "experiment" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


def main():
    """Run all schedules and write the file, one line for each."""
    lines = [
        f"{json.dumps(name)}: {json.dumps(rows)}"
        for name, rows in experiment()["compare"]().items()
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
