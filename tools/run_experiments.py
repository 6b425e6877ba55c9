"""Run the long experiments of the chapters, and store what comes out.

    python tools/run_experiments.py            # all of them
    python tools/run_experiments.py 09         # only chapter 9's
    python tools/run_experiments.py --shorter  # what takes seconds, not minutes

Each is defined in one place, the chapter itself: its cells tagged "experiment" are run here
as they stand there, then their `compare()`, or `shorter_runs()` for what would make the chapter
slow to run. The results go to small files in chapters/data, one line for each key. The chapter
reads them, and repeats a part to show that it agrees.
"""

import argparse
import json
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "chapters" / "data"
CHAPTERS = DATA.parent
EXPERIMENTS = {
    "08_learning_rates": "schedules_on_digits.json",
    "09_normalization": "normalization_on_digits.json",
    "10_initialization": "starts_on_digits.json",
    "11_regularization": "regularization_on_digits.json",
    "13_optimizers_on_digits": "optimizers_on_digits.json",
    "14_fine_tuning": "fine_tuning_on_digits.json",
}
SHORTER = {
    "06_stochastic_gradient_descent": "shorter_runs_06.json",
    "07_variants_of_sgd": "shorter_runs_07.json",
    "08_learning_rates": "shorter_runs_08.json",
}


def experiment(chapter):
    """Return what a chapter's cells tagged "experiment" define."""
    cells = json.loads((CHAPTERS / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    names = {}
    for cell in cells:
        if "experiment" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


def stored(chapter, files=EXPERIMENTS):
    """Return the results that lie in one of the chapter's files."""
    return json.loads((DATA / files[chapter]).read_text(encoding="utf-8"))


def store(chapter, function, name):
    """Run one experiment and write its file."""
    results = experiment(chapter)[function]()
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in results.items()]
    DATA.mkdir(exist_ok=True)
    (DATA / name).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"chapters/data/{name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="*", help="of a chapter, as in its file's name")
    parser.add_argument("--shorter", action="store_true", help="only `shorter_runs()`")
    given = parser.parse_args()
    kinds = {"shorter_runs": SHORTER} | ({} if given.shorter else {"compare": EXPERIMENTS})
    for function, files in kinds.items():
        for chapter, name in files.items():
            if not given.number or chapter[:2] in given.number:
                store(chapter, function, name)


if __name__ == "__main__":
    main()
