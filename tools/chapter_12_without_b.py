"""Make a copy of chapter 12 that runs without the column B, for those who don't want to model it.

    python tools/chapter_12_without_b.py      -> _build/without-b/12_boston_housing.ipynb

The copy says what the column is and why it is not there. Its text is the chapter's, except the
sentences below, which hold numbers of the table with B; the copy is run from top to bottom, so
what it prints, and the answers of its questions, are those of the twelve columns. A sentence
that is no longer found in the chapter is an error: somebody has changed it, and has to change
it here. tests/chapters/test_teaching.py compares the new numbers with what the copy prints.
"""

import copy
import json
import os
import sys
import tempfile
from pathlib import Path

from refresh import ROOT, as_text, kernel_environment, run

CHAPTER = ROOT / "chapters" / "12_boston_housing.ipynb"
COPY = ROOT / "_build" / "without-b" / CHAPTER.name

# Cell, what it says in the chapter, what it says in the copy.
EDITS = [
    # The text counts columns.
    ("cell-000", "Thirteen more numbers are known", "Twelve more numbers are used here"),
    ("cell-000", "thirteen numbers tell you the fourteenth", "twelve numbers tell it"),
    ("cell-000", "one of the thirteen", "one of the twelve"),
    ("cell-018", "all thirteen weights", "all twelve weights"),
    ("cell-030", "14 [parameters](glossary.md#parameter), 13 weights",
     "13 [parameters](glossary.md#parameter), 12 weights"),
    ("cell-030", "All thirteen at once", "All twelve at once"),
    ("cell-034", "each of the 13 weights", "each of the 12 weights"),
    ("cell-040", "has 13 weights", "has 12 weights"),
    ("cell-040q", "(13,)", "(12,)"),
    ("cell-040b", '"(13,)": shape == (13,)', '"(12,)": shape == (12,)'),
    ("cell-040q", "(404, 13)", "(404, 12)"),
    ("cell-040b", '"(404, 13)": shape == (404, 13)', '"(404, 12)": shape == (404, 12)'),
    ("cell-044", "each of 14 directions", "each of 13 directions"),
    ("cell-056c", "the 14 unknowns", "the 13 unknowns"),
    ("c12-068u", "all 13 standardized", "all 12 standardized"),
    ("cell-069", "among all thirteen", "among all twelve"),
    ("cell-081", "thirteen numbers", "twelve numbers"),
    ("c12-068t", "among all 13", "among all 12"),
    ("cell-025", "np.zeros(13)", "np.zeros(12)"),
    ("cell-033", "size=13", "size=12"),
    ("cell-037", "LinearModel(13)", "LinearModel(12)"),
    ("cell-041", "np.zeros(13)", "np.zeros(12)"),
    ("cell-049", "np.zeros(13)", "np.zeros(12)"),
    ("cell-055", "LinearModel(13)", "LinearModel(12)"),
    ("cell-065", "LinearModel(13)", "LinearModel(12)"),
    *((cell, "all 13 features", "all 12 features")
      for cell in ("cell-075", "cell-075a", "cell-075b", "cell-078")),
    ("c12-towns-b", "all 13 standardized", "all 12 standardized"),
    # The column goes, and why.
    ("cell-001", "load_boston_housing()\nnames", 'load_boston_housing().without("B")\nnames'),
    ("cell-008", "The column B rests on a racist premise.** B is computed",
     "One column of the table is left out here: B, which rests on a racist premise.** "
     "It is computed"),
    ("cell-008", "You will see the main results with and without B. Don't use",
     "Don't use"),
    ("cell-070", "\n\n**With and without B.** Drop the column and fit again:", ""),
    ("cell-071", None, None),
    ("cell-072", "The column buys 0.006 of $R^2$. On the rows", "On the rows"),
    ("cell-075", '    "without B": held_out_errors(LinearRegression(), without_B),\n', ""),
    ("cell-078", 'cost = errors["without B"] - errors["all 12 features"]\n'
     'print(f"without B the error is larger by {cost.mean():.3f}")\n'
     'for which, share in (("of these splits", 0), ("of new rows", 102 / 404)):\n'
     "    margin = 1.96 * cost.std(ddof=1) * np.sqrt(1 / len(cost) + share)\n"
     '    print(f"margin for the luck {which}: {margin:.3f}")\n\n', ""),
    ("cell-077", ..., "Were the thirty splits lucky ones? Here are three hundred others, "
     "and scikit-learn's second opinion:"),
    ("cell-079", "About one percent of the error, which might be nothing on new rows: not "
     "worth having that column. The thirty", "The thirty"),
    ("c12-towns-b", " (B is among them only for comparison with published results. A model "
     "for use would leave it out.)", ""),
    ("cell-085", "16 targets are a ceiling, and one column carries a racist premise and "
     "lowers the held-out error by one percent at most.",
     "16 targets are a ceiling, and a column that carries a racist premise was left out."),
    ("cell-105", " with the premise of B in mind", " with the premise of the column B in mind"),
    # Numbers of the table with B.
    ("cell-042", "0.15 and 0.17", "0.15 and 0.18"),
    ("cell-042", "stable rate is 0.163", "stable rate is 0.170"),
    ("cell-042q", '"0.17", "0.01", "0.15"', '"0.18", "0.01", "0.15"'),
    ("cell-042b", "0.17", "0.18"),
    ("cell-042c", "0.17 is above the limit of 0.163", "0.18 is above the limit of 0.170"),
    ("cell-042c", r"1 - 0.17 \cdot 2/0.163 \approx -1.09", r"1 - 0.18 \cdot 2/0.170 \approx -1.12"),
    ("cell-046", "fifty thousand times", "more than thirty thousand times"),
    ("cell-047a", "from 585 to 20.2", "from 585 to 20.6"),
    ("cell-047a", "3.2e-06", "5.1e-06"),
    ("cell-047b", "descend(3e-6", "descend(5e-6"),
    ("cell-047q", "not near 20.2", "not near 20.6"),
    ("cell-047q", "About 20.2.", "About 20.6."),
    ("cell-047b", "not near 20.2", "not near 20.6"),
    ("cell-047b", "About 20.2.", "About 20.6."),
    ("cell-085", "from 3.2e-06 to 0.16", "from 5.1e-06 to 0.17"),
    ("cell-085", "missed by 23 thousand", "missed by 17 thousand"),
    ("c12-068u", "$-3.10$", "$-3.14$"),
    ("c12-068u", "LSTAT, $-3.74$", "LSTAT, $-3.94$"),
    ("c12-068u", "NOX, $-2.06$", "NOX, $-2.17$"),
    ("c12-068u", "RAD, $+2.66$", "RAD, $+2.52$"),
    ("c12-068u", "TAX, $-2.08$", "TAX, $-2.14$"),
    ("c12-068u", "ZN, $+1.08$", "ZN, $+1.09$"),
    ("c12-068u", "the other seven add 1.4", "the other six add 1.2"),
    ("cell-068q", "times 3.74 and NOX 0.77 times 2.06, together 3.5",
     "times 3.94 and NOX 0.77 times 2.17, together 3.6"),
    ("cell-075a", "$R^2 = 0.74$", "$R^2 = 0.73$"),
    ("cell-075c", "between 4.0 and 5.8", "between 4.1 and 5.8"),
    ("cell-079", "three hundred others have 4.84", "three hundred others have 4.88"),
    ("c12-towns-b", "missed by 23 thousand", "missed by 17 thousand"),
    ("c12-test-b", "5.40, or 5,400 dollars, against 4.50", "5.52, or 5,520 dollars, against 4.54"),
    ("c12-test-b", "had 4.84 on average", "had 4.88 on average"),
    ("cell-083", "Nearly six thousand", "More than six thousand"),
    # What is said of figures, for eyes and for screen readers.
    ("cell-017", "Thirteen horizontal", "Twelve horizontal"),
    ("cell-017", " and B reaches 397", ""),
    ("cell-043", "0.15 and 0.17", "0.15 and 0.18"),
    ("cell-043", "Rate 0.17", "Rate 0.18"),
    ("cell-067", "thirteen weights", "twelve weights"),
    ("cell-076", "of four methods", "of three methods"),
    ("cell-076", "the three linear models", "the two linear models"),
]  # fmt: skip


def without_b(notebook):
    """Return the notebook with all that is to be said and done otherwise, not yet run."""
    notebook = copy.deepcopy(notebook)
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    for name, old, new in EDITS:
        if old is None:
            notebook["cells"].remove(cells[name])
            continue
        cell = cells[name]
        about = [
            words for words in cell["metadata"].get("mystnb", {}).values() if type(words) is dict
        ]
        cell["source"] = "".join(cell["source"])
        # What a cell says, and what is said of the figure that it shows.
        sayings = [(cell, "source"), *((words, key) for words in about for key in words)]
        places = [(where, key) for where, key in sayings if old is ... or old in where[key]]
        if not places:
            raise ValueError(f"chapter 12 no longer says in {name}: {old!r}")
        for where, key in places:
            where[key] = new if old is ... else where[key].replace(old, new)
    return notebook


def main():
    kernel_environment.apply()
    os.environ.setdefault("DLCOURSE_PNG", "1")
    notebook = without_b(json.loads(CHAPTER.read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / CHAPTER.name
        path.write_text(json.dumps(notebook), encoding="utf-8")
        done = run(path)
    COPY.parent.mkdir(parents=True, exist_ok=True)
    COPY.write_text(as_text(done), encoding="utf-8")
    print(COPY.relative_to(ROOT) if COPY.is_relative_to(ROOT) else COPY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
