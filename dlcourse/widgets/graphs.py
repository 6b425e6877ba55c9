"""Graphs: a computation and its gradients, one operation at a time."""

from dataclasses import replace
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from dlcourse.autodiff.graph import Graph, brief
from dlcourse.plotting.graphs import draw_graph
from dlcourse.widgets.figure import InteractiveFigure, interactive_figure

_GIVEN = ("variable", "input", "constant")


def graph_passes(
    graph: Graph, *, direction: str | None = None, first: int = 0
) -> InteractiveFigure:
    r"""Step through the forward and the backward pass of a recorded graph.

    Parameters
    ----------
    graph : Graph
        With gradients: from a persistent tape that was asked for one.
    direction : {"right", "down"}, optional
        As for `dlcourse.plotting.draw_graph`.
    first : int
        Which stage to show first.

    Returns
    -------
    InteractiveFigure
        A stage for each operation forwards, one for the target's own gradient, and one
        for each operation backwards.

    Raises
    ------
    ValueError
        If the graph has no gradients.

    Examples
    --------
    >>> from dlcourse.autodiff import GradientTape, Variable, graph
    >>> w = Variable(3.0, name="w")
    >>> with GradientTape(persistent=True) as tape:
    ...     y = w * 2.0
    >>> _ = tape.gradient(y, w)
    >>> figure = graph_passes(graph(y))
    >>> print(*figure.captions, sep="\n")
    Given: w = 3, 2.
    Forward 1: multiply gives 6.
    Backward starts: the gradient of multiply by itself is 1.
    Backward 1: multiply has gradient 1 and sends 2 to w.
    """
    if not graph.nodes or graph.nodes[-1].gradient is None:
        raise ValueError(
            "the graph has no gradients: make the tape GradientTape(persistent=True) and call "
            "its gradient before graph"
        )
    computed = [i for i, node in enumerate(graph.nodes) if node.operation not in _GIVEN]
    backwards = [i for i in computed[::-1] if graph.nodes[i].gradient is not None]
    stages = [
        "given",
        *(f"forward {k}" for k in range(1, len(computed) + 1)),
        "turn around",
        *(f"backward {k}" for k in range(1, len(backwards) + 1)),
    ]

    def background() -> tuple[Figure, Any]:
        whole: Any = draw_graph(graph, direction=direction).figure
        width, height = whole.get_size_inches()
        plt.close(whole)
        page = max(width, 5.5)  # a page stretches a figure to its own width: not too large
        figure = plt.figure(figsize=(page, height), layout="none")
        return figure, figure.add_axes(((1 - width / page) / 2, 0, width / page, 1))

    def draw(ax: Any, stage: int) -> str:
        known = computed[:stage] if stage <= len(computed) else computed
        passed = backwards[: max(0, stage - len(computed) - 1)]
        turned = stage > len(computed)
        now = (
            None if stage == 0
            else computed[stage - 1] if not turned
            else passed[-1] if passed else computed[-1]
        )  # fmt: skip
        part = _so_far(graph, set(known), set(passed))
        draw_graph(part, direction=direction, ax=ax, layout=graph, highlight=now)
        return _sentence(graph, stage, now, bool(passed), turned, len(computed))

    return interactive_figure(
        background,
        draw,
        range(len(stages)),
        label="stage",
        show=lambda k: stages[k],
        start=first,
        alt=(
            f"A graph of {len(computed)} operations, with the values computed and the gradients "
            f"passed back up to the chosen stage."
        ),
    )


def _so_far(graph: Graph, known: set[int], passed: set[int]) -> Graph:
    """Return the graph with only those values and gradients that are known yet."""
    edges = [edge if edge.end in passed else replace(edge, gradient=None) for edge in graph.edges]
    nodes = []
    for i, node in enumerate(graph.nodes):
        value = node.value if node.operation in _GIVEN or i in known else None
        arrived = all(
            e.end in passed for e in graph.edges if e.start == i and e.gradient is not None
        )
        nodes.append(replace(node, value=value, gradient=node.gradient if arrived else None))
    return Graph(nodes, edges)


def _sentence(
    graph: Graph, stage: int, now: int | None, passed: bool, turned: bool, forward: int
) -> str:
    if now is None:
        given = [
            f"{node.name} = {brief(node.value)}"
            if node.name != node.operation
            else brief(node.value)
            for node in graph.nodes
            if node.operation in _GIVEN
        ]
        return f"Given: {', '.join(given)}."
    name, node = _name(graph, now), graph.nodes[now]
    if not turned:
        return f"Forward {stage}: {name} gives {brief(node.value)}."
    if not passed:
        return f"Backward starts: the gradient of {name} by itself is 1."
    sent = [
        f"{brief(edge.gradient)} to {_name(graph, edge.start)}"
        for edge in graph.edges
        if edge.end == now and edge.gradient is not None
    ]
    return (
        f"Backward {stage - forward - 1}: {name} has gradient {brief(node.gradient)} and sends "
        f"{' and '.join(sent)}."
    )


def _name(graph: Graph, i: int) -> str:
    """Return what to call a node in a sentence: its own name, or its operation."""
    node = graph.nodes[i]
    made_up = node.name.rstrip("0123456789") == node.operation
    alike = sum(other.operation == node.operation for other in graph.nodes) > 1
    return node.operation if made_up and not alike else node.name
