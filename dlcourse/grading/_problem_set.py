"""A problem set: a notebook in nbgrader's format, read as questions with tests.

A question begins where nbgrader has an autograded answer (a *solution* cell), and its tests
are the *grade* cells behind it, each with points of its own. What is *locked* before them
(imports, helpers, constants) belongs to all that follows. A free-text question is nbgrader's
*manually graded answer*. The heading above is its title, whatever kind it is.

A test cell may say in its metadata, ``{"dlcourse": {"advice": "..."}}``, what a student reads
who fails it. That, and what the visible tests say, is all that students ever read of a test.
"""

import ast
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from dlcourse.grading import _variants

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
BEGIN_SOLUTION, END_SOLUTION = "BEGIN SOLUTION", "END SOLUTION"


@dataclass(frozen=True)
class Test:
    """One test cell of a question.

    Attributes
    ----------
    name : str
        Its ``grade_id``.
    points : float
        What it is worth, all or nothing.
    source : str
        Its code, hidden tests included.
    advice : str
        What a student reads who fails it, or nothing.
    """

    name: str
    points: float
    source: str
    advice: str

    @property
    def shown(self) -> str:
        """Its code as students see it."""
        pattern = rf"^[^\n]*{BEGIN_HIDDEN}.*?{END_HIDDEN}[^\n]*\n?"
        return re.sub(pattern, "", self.source, flags=re.M | re.S)

    @cached_property
    def hidden_lines(self) -> frozenset[int]:
        """The numbers of its lines that students don't see."""
        hidden, inside = set(), False
        for number, line in enumerate(self.source.split("\n"), 1):
            inside = inside or BEGIN_HIDDEN in line
            if inside:
                hidden.add(number)
            inside = inside and END_HIDDEN not in line
        return frozenset(hidden)


@dataclass(frozen=True)
class Question:
    """A question that tests grade.

    Attributes
    ----------
    name : str
        The ``grade_id`` of its answer cell.
    title : str
        The heading above it.
    starter, solution : str
        The answer cell as students get it, and as the author wrote it.
    asks : tuple of str
        The names that an answer has to define.
    setup : tuple of str
        The locked cells before its tests, in order.
    tests : tuple of Test
        Its test cells.
    """

    name: str
    title: str
    starter: str
    solution: str
    asks: tuple[str, ...]
    setup: tuple[str, ...]
    tests: tuple[Test, ...]

    @property
    def hides(self) -> bool:
        """Whether any of its tests has lines that students don't see."""
        return any(test.hidden_lines for test in self.tests)

    @property
    def points(self) -> float:
        """What all its tests are worth together."""
        return sum(test.points for test in self.tests)


@dataclass(frozen=True)
class Written:
    """A question that a person grades.

    Attributes
    ----------
    name, title : str
        The ``grade_id`` of its answer cell, and the heading above it.
    starter, rubric : str
        The cell as students get it, and the model answer with what earns points.
    points : float
        What it is worth.
    """

    name: str
    title: str
    starter: str
    rubric: str
    points: float


@dataclass(frozen=True)
class ProblemSet:
    """The questions of one notebook.

    Attributes
    ----------
    name : str
        What it is called: its folder and its file.
    notebook : dict
        The notebook itself, for one cohort, with its solutions.
    questions : tuple of Question
        What tests grade, in order.
    written : tuple of Written
        What a person grades, in order.
    """

    name: str
    notebook: dict[str, Any] = field(repr=False)
    questions: tuple[Question, ...]
    written: tuple[Written, ...]

    @property
    def title(self) -> str:
        """The first heading of the notebook."""
        return _titles(self.notebook["cells"])[0] or self.name

    @property
    def points(self) -> float:
        """What the whole is worth, free text included."""
        return sum(q.points for q in self.questions) + sum(w.points for w in self.written)

    @property
    def constants(self) -> dict[str, str]:
        """What students see of the constants that a seed decides: names and values, as code."""
        return dict(self.notebook.get("metadata", {}).get("cohort_constants", {}))

    @property
    def imports(self) -> list[str]:
        """What its cells import, each as a line of code, once."""
        cells = [c for c in self.notebook["cells"] if c["cell_type"] == "code" and nbgrader(c)]
        nodes = [node for cell in cells for node in ast.walk(ast.parse(cell["source"]))]
        found = [ast.unparse(n) for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
        return list(dict.fromkeys(found))

    @classmethod
    def load(
        cls, name: str, folder: str | Path, cohort: str | None = None, student: str | None = None
    ) -> "ProblemSet":
        """Read ``folder/name/name.ipynb`` with the constants of a cohort.

        Parameters
        ----------
        name : str
            Which problem set.
        folder : path_like
            Where the problem sets are.
        cohort : str, optional
            The seed; without one, the constants of the author's notebook.
        student : str, optional
            Whose constants, where each student has their own.

        Returns
        -------
        ProblemSet

        Raises
        ------
        FileNotFoundError
            If there is none of that name; the message lists those there are.
        ValueError
            If the notebook is no sound problem set; the message says where.
        """
        path = Path(folder) / name / f"{name}.ipynb"
        if not path.is_file():
            there = ", ".join(names_in(folder)) or "none"
            raise FileNotFoundError(f"there is no problem set {name!r} in {folder}; there: {there}")
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
        return cls.of(name, _variants.instance(notebook, cohort, student))

    @classmethod
    def of(cls, name: str, notebook: dict[str, Any]) -> "ProblemSet":
        """Read a notebook that is in memory, with the constants that it has.

        Parameters
        ----------
        name : str
            What it is called.
        notebook : dict
            The notebook; each cell's source is one string.

        Returns
        -------
        ProblemSet

        Raises
        ------
        ValueError
            If it is no sound problem set; the message says where.
        """
        questions, written = _read(name, notebook["cells"])
        return cls(name, notebook, tuple(questions), tuple(written))


def names_in(folder: str | Path) -> list[str]:
    """Return the names of the problem sets in a folder.

    Parameters
    ----------
    folder : path_like
        Where to look.

    Returns
    -------
    list of str
    """
    return sorted(
        path.parent.name for path in Path(folder).glob("*/*.ipynb") if path.stem == path.parent.name
    )


def is_answer(cell: dict[str, Any]) -> bool:
    """Whether a cell of a problem set is one that students change."""
    return bool(nbgrader(cell).get("solution"))


def nbgrader(cell: dict[str, Any]) -> dict[str, Any]:
    """Return what nbgrader knows of a cell."""
    found = cell.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def _titles(cells: list[dict[str, Any]]) -> list[str]:
    """Return for each cell the last heading in or above it."""
    titles, last = [], ""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            shown = starter_of(cell["source"], code=False)
            headings = re.findall(r"^#+ +(.+?) *$", shown, re.M)
            last = headings[-1] if headings else last
        titles.append(last)
    return titles


def _read(name: str, cells: list[dict[str, Any]]) -> tuple[list[Question], list[Written]]:
    questions: list[Question] = []
    written: list[Written] = []
    setup: list[str] = []
    seen: set[str] = set()
    for cell, title in zip(cells, _titles(cells), strict=True):
        known = nbgrader(cell)
        if not known:
            continue
        own = known.get("grade_id", "")
        where = f"{name}: the cell {own!r}"
        if not own or own in seen:
            raise ValueError(f"{where} needs a grade_id that no other cell has")
        seen.add(own)
        source = cell["source"]
        if known.get("grade") and known.get("solution"):
            written.append(
                Written(
                    own,
                    title,
                    starter_of(source, code=False),
                    rubric_of(source),
                    float(known["points"]),
                )
            )
        elif known.get("solution"):
            asks = _asked(source, where)
            questions.append(
                Question(own, title, starter_of(source), source, asks, tuple(setup), ())
            )
        elif known.get("grade"):
            if not questions:
                raise ValueError(f"{where} is a test without an answer cell before it")
            advice = str(cell["metadata"].get("dlcourse", {}).get("advice", ""))
            test = Test(own, float(known["points"]), source, advice)
            last = questions[-1]
            questions[-1] = Question(
                last.name,
                last.title,
                last.starter,
                last.solution,
                last.asks,
                tuple(setup),
                (*last.tests, test),
            )
        elif cell["cell_type"] == "code":
            setup.append(source)
    for question in questions:
        if not question.tests:
            raise ValueError(f"{name}: the question {question.name!r} has no test")
    return questions, written


def _asked(source: str, where: str) -> tuple[str, ...]:
    """Return the names that the author's answer defines at its top level."""
    names: list[str] = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign):
            names += [target.id for target in statement.targets if isinstance(target, ast.Name)]
        elif isinstance(statement, ast.ClassDef):
            raise ValueError(
                f"{where} asks for a class, which can't cross to the tests; ask for functions"
            )
    asked = tuple(name for name in names if not name.startswith("_"))
    if not asked:
        raise ValueError(f"{where} defines nothing that a test could use")
    return asked


def starter_of(source: str, code: bool = True) -> str:
    """Return an answer cell without its solution, as nbgrader leaves it.

    The words in its place are those that nbgrader gives students by default
    (`ClearSolutions.code_stub` and `text_stub`; importing it for two lines would take seconds).
    """
    stub = "# YOUR CODE HERE\nraise NotImplementedError()" if code else "YOUR ANSWER HERE"
    lines: list[str] = []
    inside = False
    for line in source.split("\n"):
        if BEGIN_SOLUTION in line:
            inside = True
            indent = re.match(r"\s*", line)
            lines += [(indent[0] if indent else "") + part for part in stub.split("\n")]
        elif END_SOLUTION in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def rubric_of(source: str) -> str:
    """Return what stands between the marks of the solution."""
    found = re.search(
        rf"^[^\n]*{BEGIN_SOLUTION}[^\n]*\n(.*?)\n[^\n]*{END_SOLUTION}", source, re.M | re.S
    )
    return found[1] if found else ""
