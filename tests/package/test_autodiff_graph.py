"""The recorded graph, on an example that fits on a slide."""

import re

import numpy as np
import pytest

from dlcourse.autodiff import GradientTape, Tensor, Variable, graph, relu
from dlcourse.autodiff.graph import brief


@pytest.fixture
def example():
    """Return the graph of loss = |4 - (x·w + b)| at x = 2, w = 3, b = 1, and its gradients."""
    x, w, b = Tensor(2.0, name="x"), Variable(3.0, name="w"), Variable(1.0, name="b")
    tape = GradientTape(persistent=True)
    with tape:
        x1 = x * w
        x2 = x1 + b
        loss = np.abs(4 - x2)
    x1.name, x2.name, loss.name = "x1", "x2", "loss"
    grads = tape.gradient(loss, {"w": w, "b": b})
    return graph(loss), grads


def test_nodes_of_the_example_have_names_operations_and_values(example):
    found = [(node.name, node.operation, float(node.value)) for node in example[0].nodes]
    assert found == [
        ("x", "constant", 2.0),
        ("w", "variable", 3.0),
        ("x1", "multiply", 6.0),
        ("b", "variable", 1.0),
        ("x2", "add", 7.0),
        ("constant", "constant", 4.0),
        ("subtract1", "subtract", -3.0),
        ("loss", "absolute", 3.0),
    ]


def test_gradients_of_the_example_flow_back_along_its_edges(example):
    g, grads = example
    assert grads == {"w": 2.0, "b": 1.0}
    names = [node.name for node in g.nodes]
    flows = {
        (names[edge.start], names[edge.end]): None
        if edge.gradient is None
        else float(edge.gradient)
        for edge in g.edges
    }
    assert flows == {
        ("x", "x1"): None,  # nobody asked for the gradient of a constant
        ("w", "x1"): 2.0,
        ("x1", "x2"): 1.0,
        ("b", "x2"): 1.0,
        ("constant", "subtract1"): None,
        ("x2", "subtract1"): 1.0,
        ("subtract1", "loss"): -1.0,
    }


def test_gradients_on_the_edges_that_leave_a_node_add_up_to_that_of_the_node():
    w = Variable([1.0, -2.0], name="w")
    with GradientTape(persistent=True) as tape:
        loss = np.sum(np.tanh(w) * w + w * w)
    tape.gradient(loss, w)
    g = graph(loss)
    for position, node in enumerate(g.nodes[:-1]):
        leaving = [edge.gradient for edge in g.edges if edge.start == position]
        np.testing.assert_allclose(sum(leaving), node.gradient, err_msg=node.name)
    assert g.nodes[-1].gradient == 1.0


def test_without_gradients_there_are_nodes_and_edges_all_the_same():
    w = Variable(2.0)
    with GradientTape() as tape:
        y = relu(w * w)
    g = graph(y)
    assert tape is not None  # the graph is read from the tape, which must be alive
    assert [node.operation for node in g.nodes] == ["variable", "multiply", "relu"]
    assert [(e.start, e.end, e.gradient) for e in g.edges] == [(0, 1, None)] * 2 + [(1, 2, None)]


def test_a_node_that_is_used_twice_appears_once():
    w, c = Variable(2.0), np.ones(3)
    with GradientTape() as tape:
        y = np.sum(w * c + c * w)
    assert tape is not None
    assert [node.operation for node in graph(y).nodes] == [
        "variable", "constant", "multiply", "multiply", "add", "sum",
    ]  # fmt: skip


def test_what_the_target_does_not_depend_on_is_left_out():
    w = Variable(2.0)
    with GradientTape() as tape:
        _ = np.exp(w)
        y = w * 3
        _ = y + 1
    assert tape is not None
    assert [node.operation for node in graph(y).nodes] == ["variable", "constant", "multiply"]


@pytest.mark.parametrize("constant", [3, 3.0, np.float32(3), np.int64(3), [3.0, 3.0], np.ones(2)])
@pytest.mark.parametrize("constant_first", [True, False])
def test_a_constant_of_any_kind_does_not_shift_the_gradients(constant, constant_first):
    w = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        y = np.multiply(constant, w) if constant_first else np.multiply(w, constant)
    tape.gradient(y, w)
    g = graph(y)
    kinds = {g.nodes[edge.start].operation: edge.gradient for edge in g.edges}
    assert kinds["constant"] is None
    np.testing.assert_allclose(kinds["variable"], np.broadcast_to(constant, 2))


def test_an_argument_that_is_not_drawn_does_not_shift_the_gradients():
    w = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        y = np.reshape(w, (2, 1))  # a tuple might as well be an index
    tape.gradient(y, w)
    assert [edge.gradient.tolist() for edge in graph(y).edges] == [[1.0, 1.0]]


def test_a_tuple_of_numbers_is_a_constant_of_a_product():
    w = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        y = np.multiply((3.0, 5.0), w)
    tape.gradient(y, w)
    g = graph(y)
    kinds = {g.nodes[edge.start].operation: edge.gradient for edge in g.edges}
    assert kinds["constant"] is None
    assert kinds["variable"].tolist() == [3.0, 5.0]


def test_the_gradient_of_a_slice_is_drawn_as_a_whole_array():
    w = Variable([1.0, 2.0, 3.0])
    with GradientTape(persistent=True) as tape:
        y = np.sum(w[1:] * w[:2])
    tape.gradient(y, w)
    slices = [e.gradient for e in graph(y).edges if np.shape(e.gradient) == (3,)]
    assert sorted(g.tolist() for g in slices) == [[0.0, 1.0, 2.0], [2.0, 3.0, 0.0]]


def test_changing_an_answer_of_the_tape_does_not_change_the_graph():
    w = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        y = np.sum(w * w)
    g = tape.gradient(y, w)
    g *= 100
    np.testing.assert_array_equal(graph(y).nodes[0].gradient, [2, 4])


# --- DOT -----------------------------------------------------------------------------

NODE = re.compile(r'  (n\d+) \[label="((?:[^"\\]|\\.)*)", shape=(box|ellipse)\];')
EDGE = re.compile(r'  (n\d+) -> (n\d+)(?: \[label="((?:[^"\\]|\\.)*)"\])?;')


def parse(dot):
    """Return the labels of the nodes and the labelled edges of a DOT text, line by line."""
    lines = dot.splitlines()
    assert lines[:2] == ["digraph {", "  rankdir=LR;"]
    assert lines[-1] == "}"
    nodes, edges = {}, []
    for line in lines[2:-1]:
        if match := NODE.fullmatch(line):
            nodes[match[1]] = match[2].split(r"\n")
        else:
            match = EDGE.fullmatch(line)
            assert match, f"not DOT: {line}"
            assert {match[1], match[2]} <= nodes.keys(), f"an edge of unknown nodes: {line}"
            edges.append((nodes[match[1]][0], nodes[match[2]][0], match[3]))
    return nodes, edges


def test_the_drawing_shows_names_operations_values_and_gradients(example):
    nodes, edges = parse(example[0].to_dot())
    assert list(nodes.values())[2:5] == [
        ["x1", "multiply", "6"],
        ["b", "variable", "1"],
        ["x2", "add", "7"],
    ]
    assert edges[:2] == [("x", "x1", None), ("w", "x1", "2")]
    assert len(edges) == len(example[0].edges)


@pytest.mark.parametrize("name", ['say "w"', "back\\slash", 'end\\"', "λ → w"])
def test_odd_names_stay_inside_their_quotes(name):
    w = Variable(1.0, name=name)
    with GradientTape() as tape:
        y = w * 2
    assert tape is not None
    nodes, edges = parse(graph(y).to_dot())
    assert len(nodes) == 3
    assert len(edges) == 2


def test_arrays_are_drawn_by_their_shape():
    assert brief(np.zeros((3, 4))) == "shape (3, 4)"
    assert brief(np.float64(1 / 3)) == "0.3333"


# --- refusals ------------------------------------------------------------------------


def test_a_graph_is_of_a_tensor():
    with pytest.raises(TypeError, match="graph takes a Tensor, got float"):
        graph(3.0)


def gone():
    w = Variable(2.0)
    with GradientTape():
        return w * w


def used_up():
    w = Variable(2.0)
    with GradientTape() as tape:
        y = w * w
    tape.gradient(y, w)
    used_up.tape = tape
    return y


@pytest.mark.parametrize("result", [lambda: Tensor(1.0) * 2, gone, used_up])
def test_without_a_living_record_there_is_no_graph(result):
    with pytest.raises(ValueError, match=r"gone or used up: keep it.*persistent=True"):
        graph(result())
