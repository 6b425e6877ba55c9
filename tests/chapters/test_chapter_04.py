"""Chapter 4: the engine of the chapter against the package, and what its cells print."""

import re

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from chapter import chapter
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.autodiff import GradientTape, Tensor, Variable, grad, graph

HERE = chapter("04")
PRINTED = HERE.printed
CODE = [cell for cell in HERE.cells if cell["cell_type"] == "code"]
ENGINE = "\n\n".join(
    "".join(cell["source"]) for cell in CODE if "engine" in cell["metadata"].get("tags", [])
)


def printed():
    outputs = [output for cell in CODE for output in cell["outputs"]]
    return "".join("".join(output.get("text", [])) for output in outputs)


def engine():
    names = {"np": np}
    exec(ENGINE, names)
    return names


def test_the_engine_has_fewer_than_60_lines():
    lines = [line for line in ENGINE.splitlines() if line.strip()]
    assert 30 < len(lines) < 60, f"{len(lines)} lines"


# --- the engine, against the package --------------------------------------------------

UNARY = st.tuples(st.sampled_from(["tanh", "abs"]), st.integers(0, 99), st.just(0))
BINARY = st.tuples(st.sampled_from("+-*"), st.integers(0, 99), st.integers(0, 99))
PROGRAMS = st.lists(st.one_of(UNARY, BINARY), min_size=1, max_size=12)
NUMBERS = st.lists(st.floats(-2, 2).filter(lambda x: abs(x) > 1e-3), min_size=3, max_size=3)


def run(program, numbers, tanh, absolute):
    two = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}
    one = {"tanh": tanh, "abs": absolute}
    values = list(numbers)
    for name, i, j in program:
        a, b = values[i % len(values)], values[j % len(values)]
        values.append(two[name](a, b) if name in two else one[name](a))
    return sum(values[1:], start=values[0]), values


def stays_away_from_kinks(program, numbers):
    """Whether every value is a plain number of ordinary size: |x| has no slope at 0."""
    _, values = run(program, numbers, np.tanh, abs)
    return all(1e-6 < abs(v) < 1e6 for v in values)


@given(PROGRAMS, NUMBERS)
def test_the_engine_agrees_with_the_package_on_any_program(program, numbers):
    if not stays_away_from_kinks(program, numbers):
        return
    names = engine()
    nodes = [names["Node"](x) for x in numbers]
    names["backward"](run(program, nodes, names["tanh"], names["absolute"])[0])
    expected = grad(lambda xs: run(program, xs, np.tanh, np.abs)[0])(list(numbers))
    found = np.array([node.grad for node in nodes])
    np.testing.assert_allclose(found, np.array(expected), rtol=1e-10, atol=1e-10)


def test_most_programs_are_away_from_kinks_so_the_property_is_about_something():
    rng = np.random.default_rng(0)
    kept = 0
    for _ in range(200):
        program = [
            (["+", "-", "*", "tanh", "abs"][rng.integers(5)], *rng.integers(0, 99, 2).tolist())
            for _ in range(6)
        ]
        kept += stays_away_from_kinks(program, rng.uniform(-2, 2, 3).tolist())
    assert kept > 100


# --- the numbers of the worked graph -----------------------------------------------------


def test_the_worked_graph_has_the_values_and_gradients_of_the_text():
    x, w, b = Tensor(2.0), Variable(3.0), Variable(1.0)
    with GradientTape(persistent=True) as tape:
        x1 = x * w
        x2 = x1 + b
        loss = np.abs(4.0 - x2)
    assert (float(x1), float(x2), float(loss)) == (6.0, 7.0, 3.0)
    assert tape.gradient(loss, [x2, x1, b, w]) == [1.0, 1.0, 1.0, 2.0]
    edges = [edge.gradient for edge in graph(loss).edges if edge.gradient is not None]
    assert sorted(map(float, edges)) == [-1.0, 1.0, 1.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "line",
    [
        "x1 = 6.0, x2 = 7.0, gap = -3.0, loss = 3.0",
        "x2: 1.0  x1: 1.0\n b: 1.0   w: 2.0",
        "finite differences (w, b): [2. 1.]",
        "1001 calls",
        "paths 9.0 + 24.0 = 33.0\ntape  33.0",
        "at each arrival:    8.0\neach node once:     2.0\nthe truth, c = 4a:  4.0",
        "c by a: 4.0",
        "loss by w: 2.0   loss by b: 1.0",
        "largest difference in 300 programs: below 1e-12",
        "Node: RecursionError at 5,000 operations",
        "tape: slope 1.0 after 20,000 operations",
        "known:    0.419974341614026\nthe tape: 0.419974341614026",
        "slope 3.0 and the data are [0. 0.] now",
        "Node: slope 6.0 at 3, and w is 100.0 now",
        "tape: slope 6.0 at 3, and w is 100.0 now",
        "the difference is off by more than 1e-13",
        " 100 weights: forward mode  19900, reverse mode  597 = 199 + 398",
        "depth  1000: reverse mode keeps 1001 values",
        "(x + 1) x² at 3: 33.0",
        "every  100:    200 values held",
    ],
)
def test_a_cell_prints_what_the_text_says(line):
    assert line in PRINTED


def test_the_known_slope_of_tanh_was_not_computed_in_floating_point():
    from decimal import Decimal, getcontext

    getcontext().prec = 40
    e = Decimal(1).exp()
    known = 4 / (e + 1 / e) ** 2
    (digits,) = re.findall(r"exact = (0\.\d+)", "\n".join(HERE.code))
    assert abs(Decimal(digits) - known) < Decimal("1e-20")


def test_checkpoints_of_every_length_give_the_same_slope_and_the_root_holds_least():
    lines = [line for line in PRINTED.splitlines() if line.startswith("every")]
    assert len({line.split("slope")[1] for line in lines}) == 1
    held = {int(line.split()[1].rstrip(":")): int(line.split()[2]) for line in lines}
    assert min(held, key=held.get) == 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the last program, ours:  ", "the last program, theirs:"),
        ("first row, by tape:       ", "first row, by differences:"),
    ],
)
def test_two_ways_print_the_same_numbers(one, other):
    lines = PRINTED.splitlines()
    (first,) = (line.removeprefix(one) for line in lines if line.startswith(one))
    (second,) = (line.removeprefix(other) for line in lines if line.startswith(other))
    assert re.search(r"\d\.\d{3}", first)
    assert first == second


def test_linnainmaa_s_thesis_comes_before_his_paper():
    (sentence,) = re.findall(r"[^;:.]*linnainmaa1976[^;]*;", HERE.prose)
    assert "thesis of 1970" in sentence


def test_listings_that_do_not_run_here_are_folded():
    (cell,) = (cell for cell in HERE.cells if "# TensorFlow" in cell["source"])
    assert cell["source"].startswith("<details>")
    (programs,) = (cell for cell in CODE if "def random_program" in cell["source"])
    assert "hide-input" in programs["metadata"]["tags"]


def test_the_counter_is_explained_before_the_class_that_has_it():
    (place,) = (i for i, cell in enumerate(HERE.cells) if "class Dual:" in cell["source"])
    assert "`Dual.operations`" in HERE.cells[place - 1]["source"]


def test_differences_find_the_slopes_of_the_last_program_too():
    kinds = ("ours", "theirs", "by differences")
    found = [re.search(rf"the last program, {kind}: +\[(.+)\]", PRINTED)[1] for kind in kinds]
    ours, theirs, differences = (np.array(text.split(), dtype=float) for text in found)
    np.testing.assert_allclose(ours, differences, atol=6e-5)
    np.testing.assert_array_equal(ours, theirs)
