"""Run the long experiments of the chapters, and store what comes out.

    python tools/run_experiments.py            # all of them
    python tools/run_experiments.py 09         # only chapter 9's

Each is defined in one place, the chapter itself: its cells tagged "experiment" are run here
as they stand there, then their `compare()`. The results go to a small file in chapters/data,
one line for each key. The chapter reads the file, and repeats a part to show that it agrees.
"""

import argparse
import json
from pathlib import Path

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"
EXPERIMENTS = {
    "08_learning_rates": "schedules_on_digits.json",
    "09_normalization": "normalization_on_digits.json",
    "10_initialization": "starts_on_digits.json",
    "11_regularization": "regularization_on_digits.json",
    "13_optimizers_on_digits": "optimizers_on_digits.json",
    "14_fine_tuning": "fine_tuning_on_digits.json",
}


def experiment(chapter):
    """Return what a chapter's cells tagged "experiment" define."""
    cells = json.loads((CHAPTERS / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    names = {}
    for cell in cells:
        if "experiment" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


def stored(chapter):
    """Return the results that lie in the file."""
    text = (CHAPTERS / "data" / EXPERIMENTS[chapter]).read_text(encoding="utf-8")
    return json.loads(text)


def store(chapter):
    """Run one experiment and write its file."""
    results = experiment(chapter)["compare"]()
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in results.items()]
    path = CHAPTERS / "data" / EXPERIMENTS[chapter]
    path.parent.mkdir(exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(path.relative_to(CHAPTERS.parent))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="*", help="of a chapter, as in its file's name")
    numbers = parser.parse_args().number
    for chapter in EXPERIMENTS:
        if not numbers or chapter[:2] in numbers:
            store(chapter)


if __name__ == "__main__":
    main()
