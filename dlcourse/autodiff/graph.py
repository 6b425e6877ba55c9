"""The recorded graph, to look at: what was computed from what.

The tape needs no graph, a list is enough. People do: `graph` turns the record of one
result into nodes and edges, with values, and with gradients once they were computed.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcourse._helpers.naming import name_of
from dlcourse.autodiff.rules import Placed
from dlcourse.autodiff.tape import GradientTape
from dlcourse.autodiff.variable import Tensor, Variable

# What becomes a node. (Tuples don't: they are shapes and indices.)
_NUMBERS = (np.ndarray, np.number, float, int, list)


@dataclass
class Node:
    """A variable, a constant, or the result of an operation.

    Attributes
    ----------
    name : str
        The tensor's name, or one made up from the operation.
    operation : str
        ``"variable"``, ``"input"``, ``"constant"``, or what was applied.
    value : ndarray, or a NumPy scalar
    gradient : ndarray or scalar, or None
        Of the target with respect to this node, once computed.
    """

    name: str
    operation: str
    value: Any
    gradient: Any = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return np.shape(self.value)


@dataclass
class Edge:
    """From an input of an operation to its result.

    Attributes
    ----------
    start : int
        Position of the input in the list of nodes.
    end : int
        Position of the result.
    gradient : ndarray or None
        What flows back along this edge, once computed: the gradients on the edges that
        leave a node add up to the gradient of the node.
    """

    start: int
    end: int
    gradient: Any = None


@dataclass
class Graph:
    """Nodes in the order they were computed, and the edges between them.

    Attributes
    ----------
    nodes : list of Node
        The target is the last one.
    edges : list of Edge

    Examples
    --------
    See `graph`.
    """

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def to_dot(self) -> str:
        """Return the graph in the DOT language of Graphviz.

        Returns
        -------
        str
        """
        lines = ["digraph {", "  rankdir=LR;"]
        for i, node in enumerate(self.nodes):
            label = f"{_escape(node.name)}\\n{_escape(node.operation)}\\n{brief(node.value)}"
            shape = "box" if node.operation in ("variable", "input", "constant") else "ellipse"
            lines.append(f'  n{i} [label="{label}", shape={shape}];')
        for edge in self.edges:
            label = "" if edge.gradient is None else f' [label="{brief(edge.gradient)}"]'
            lines.append(f"  n{edge.start} -> n{edge.end}{label};")
        return "\n".join([*lines, "}"])


def graph(target: Tensor) -> Graph:
    """Return the graph of operations that led to a result.

    Parameters
    ----------
    target : Tensor
        Computed while a tape recorded. To see gradients, make that tape persistent
        and call its `gradient` first.

    Returns
    -------
    Graph
        With only those nodes that `target` depends on.

    Raises
    ------
    TypeError
        If `target` is not a tensor.
    ValueError
        If no tape has recorded it, or its tape is gone or used up.

    References
    ----------
    A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM, 2008, chapter 2.

    Examples
    --------
    >>> x, w = Tensor(2.0, name="x"), Variable(3.0, name="w")
    >>> with GradientTape(persistent=True) as tape:
    ...     y = x * w
    >>> _ = tape.gradient(y, w)
    >>> g = graph(y)
    >>> [(node.name, node.operation, float(node.value)) for node in g.nodes]
    [('x', 'constant', 2.0), ('w', 'variable', 3.0), ('multiply1', 'multiply', 6.0)]
    >>> [(edge.start, edge.end, edge.gradient) for edge in g.edges]
    [(0, 2, None), (1, 2, np.float64(2.0))]
    """
    if not isinstance(target, Tensor):
        raise TypeError(f"graph takes a Tensor, got {type(target).__name__}")
    tape: GradientTape | None = target.recorded_by() if target.recorded_by is not None else None
    if tape is None or tape._records is None:
        what = "no tape has recorded this result, or it is gone or used up"
        raise ValueError(f"{what}: keep it, and make it GradientTape(persistent=True)")
    needed, keys = [], {target.key}
    for record in reversed(tape._records):
        if record.out.key in keys:
            needed.append(record)
            keys |= {a.key for a in record.args if isinstance(a, Tensor)}
    result, counts = Graph(), Counter[str]()
    places: dict[Any, int] = {}  # the position of each tensor and array among the nodes
    for record in reversed(needed):
        out = record.out
        operation = name_of(record.function).removeprefix("np.")
        counts[operation] += 1
        starts = {}
        for i, a in enumerate(record.args):
            if isinstance(record.values[i], _NUMBERS) and not isinstance(a, bool):
                starts[i] = _place(a, result.nodes, places, tape._known)
        end = places[out.key] = len(result.nodes)
        name = out.name or f"{operation}{counts[operation]}"
        result.nodes.append(Node(name, operation, out.value))
        result.edges += [
            Edge(start, end, _whole(tape._flows.get((out.key, i)))) for i, start in starts.items()
        ]
    for key, position in places.items():
        result.nodes[position].gradient = tape._flows.get(key)
    return result


def _whole(flow: Any) -> Any:
    """Return what flows along an edge, as an array of the input's shape."""
    return flow.whole() if isinstance(flow, Placed) else flow


def _place(a: Any, nodes: list[Node], places: dict[Any, int], known: set[int]) -> int:
    """Return the position of an argument among the nodes, adding it if it is new."""
    # Nothing tells one plain number from another of the same value: each use is a new node.
    # (In a tuple, so that no array has the key of a tensor.)
    key = a.key if isinstance(a, Tensor) else (id(a),) if isinstance(a, np.ndarray) else None
    if key is None or key not in places:
        kind = "variable" if isinstance(a, Variable) else "input" if key in known else "constant"
        value = a.value if isinstance(a, Tensor) else np.asarray(a)
        places[key] = len(nodes)
        nodes.append(Node(getattr(a, "name", None) or kind, kind, value))
    return places[key]


def brief(value: Any) -> str:
    """Return a number as text, or the shape of an array.

    Parameters
    ----------
    value : float or ndarray

    Returns
    -------
    str

    Examples
    --------
    >>> brief(np.float64(2.0)), brief(np.zeros((3, 4)))
    ('2', 'shape (3, 4)')
    """
    return f"{float(value):.4g}" if np.ndim(value) == 0 else f"shape {np.shape(value)}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
