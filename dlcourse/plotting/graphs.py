"""The graph of a computation, drawn: values flow forward, gradients flow back.

The layout is the usual one for layered graphs, in its simplest form. Each node gets a
layer: one more than the last of its inputs. An edge that skips layers gets a place in
each of them, so that it runs between the nodes and not through them. Then every place
moves, a few times, towards the mean of its neighbors. All lengths are in inches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from dlcourse.autodiff.graph import Graph, Node
from dlcourse.plotting.style import COLORS

_LEAVES = ("variable", "input", "constant")
# A node with such an operation shows the sign instead of the word.
_SIGNS = {
    "add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "true_divide": "÷",
    "negative": "−( )", "absolute": "| |", "power": "xʸ", "square": "x²", "sqrt": "√",
    "matmul": "@",
}  # fmt: skip
_FONT = 12.0
_LINE = 0.21  # height of a line of text
_ROOM = 0.34  # between layers, and as much again as the gradients there need
_WIDEST = 6.4  # a wider drawing would be too small to read on a phone


@dataclass
class _Place:
    """A node, or a point that an edge passes, in its layer."""

    node: int | None
    layer: int
    lines: tuple[str, ...] = ()
    width: float = 0.0
    height: float = 0.0
    x: float = 0.0
    y: float = 0.0


def draw_graph(
    graph: Graph,
    *,
    direction: str | None = None,
    ax: Axes | None = None,
    layout: Graph | None = None,
    highlight: int | None = None,
) -> Axes:
    r"""Draw a recorded graph: boxes for what was given, round ones for what was computed.

    A node shows its name, its operation and its value (of an array, the shape); an edge
    shows, once computed, the gradient that flows back along it. Where several edges leave a
    node their gradients add up, and the sum, marked Σ, stands below the value.

    Parameters
    ----------
    graph : Graph
        What `dlcourse.autodiff.graph` returned; up to about 15 nodes stay readable. A value
        or gradient that is None is left out.
    direction : {"right", "down"}, optional
        Where the values flow. By default to the right, and down where that would become
        too wide for a phone.
    ax : Axes, optional
        Where to draw; by default new axes, as large as the drawing needs.
    layout : Graph, optional
        The same graph with everything known: nodes stand where they stand in its drawing.
        So that a computation can be shown step by step, and nothing moves.
    highlight : int, optional
        Position of a node to draw with a thick outline.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the graph is empty, or `direction` unknown.

    References
    ----------
    K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical
    system structures", *IEEE Transactions on Systems, Man, and Cybernetics* 11(2), 1981.

    Examples
    --------
    >>> from dlcourse.autodiff import GradientTape, Variable, graph
    >>> w = Variable(3.0, name="w")
    >>> with GradientTape(persistent=True) as tape:
    ...     y = w * 2.0
    >>> _ = tape.gradient(y, w)
    >>> ax = draw_graph(graph(y))
    >>> sorted(text.get_text() for text in ax.texts)
    ['2', 'w\n3', '×\n6', '← 2']
    >>> plt.close(ax.figure)
    """
    if not graph.nodes:
        raise ValueError("the graph is empty: there is nothing to draw")
    if direction not in (None, "right", "down"):
        raise ValueError(f"direction must be 'right' or 'down', got {direction!r}")
    complete = layout or graph
    places, routes = _layers(complete)
    if direction is None:
        direction = "right" if _arrange(complete, places, routes, False)[0] <= _WIDEST else "down"
    down = direction == "down"
    width, height = _arrange(complete, places, routes, down)
    ax, scale = _canvas(ax, width, height)
    for place in places:
        if place.node is not None:
            lines = _text(graph.nodes[place.node], _leaving(graph, place.node))
            place.lines = lines + (" ",) * (len(place.lines) - len(lines))  # room is kept
            marked = place.node == highlight
            _draw_node(ax, graph.nodes[place.node], place, scale, 3.0 if marked else 1.2)
    ports = _ports(places, routes, down)
    taken = [(p.x, p.y, p.width, p.height) for p in places if p.node is not None]
    for edge, route, (start, end) in zip(graph.edges, routes, ports, strict=True):
        curve = _curve([places[i] for i in route], start, end, down)
        ax.add_patch(
            FancyArrowPatch(
                path=curve, arrowstyle="-|>", mutation_scale=13 * scale, linewidth=1.3 * scale,
                color=COLORS["gray"], shrinkA=0, shrinkB=0, zorder=1,
            )
        )  # fmt: skip
        if edge.gradient is not None:
            label = f"{'↑' if down else '←'} {_short(edge.gradient)}"
            x, y = _free_spot(curve, _length(label), taken)
            taken.append((x, y, _length(label), _LINE))
            ax.text(
                x, y, label, ha="center", va="center", zorder=3,
                fontsize=_FONT * scale, color=COLORS["vermillion"],
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5 * scale},
            )  # fmt: skip
    return ax


def _layers(graph: Graph) -> tuple[list[_Place], list[list[int]]]:
    """Return the places of the nodes and of the bends, and the places each edge visits."""
    layer = [0] * len(graph.nodes)
    for edge in sorted(graph.edges, key=lambda edge: edge.end):
        layer[edge.end] = max(layer[edge.end], layer[edge.start] + 1)
    for i, node in enumerate(graph.nodes):  # what was given stands right before its first use
        ends = [layer[edge.end] for edge in graph.edges if edge.start == i]
        if node.operation in _LEAVES and ends:
            layer[i] = min(ends) - 1
    places = [_Place(i, layer[i]) for i in range(len(graph.nodes))]
    for place, node in zip(places, graph.nodes, strict=True):
        place.lines = _text(node, _leaving(graph, place.node))
        place.width = max(0.42, 0.2 + max(map(_length, place.lines)))
        place.height = 0.16 + _LINE * len(place.lines)
    routes = []
    for edge in graph.edges:
        bends = range(layer[edge.start] + 1, layer[edge.end])
        routes.append([edge.start, *range(len(places), len(places) + len(bends)), edge.end])
        places += [_Place(None, between) for between in bends]
    return places, routes


def _by_layer(places: list[_Place]) -> list[list[_Place]]:
    layers: list[list[_Place]] = [[] for _ in range(max(p.layer for p in places) + 1)]
    for place in places:
        layers[place.layer].append(place)
    return layers


def _arrange(
    graph: Graph, places: list[_Place], routes: list[list[int]], down: bool
) -> tuple[float, float]:
    """Give each place its x and y, from 0; return width and height of the whole."""
    layers = _by_layer(places)
    neighbors: dict[int, list[_Place]] = {id(place): [] for place in places}
    for route in routes:
        for a, b in pairwise([places[i] for i in route]):
            # Two bends pull harder at each other, which keeps long edges straight.
            pull = 4 if a.node is None and b.node is None else 1
            neighbors[id(a)] += [b] * pull
            neighbors[id(b)] += [a] * pull
    # Along a layer: `y` for the moment, whichever way the drawing will face.
    for layer in layers:
        _spread(layer, [float(i) for i in range(len(layer))], down)
    for sweep in range(12):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            means = [np.mean([n.y for n in neighbors[id(p)]] or [p.y]) for p in layer]
            _spread(layer, [float(mean) for mean in means], down)
    low = min(p.y - _size(p, down) / 2 for p in places)
    high = max(p.y + _size(p, down) / 2 for p in places)
    # Across the layers: each as thick as its largest node, then room for the gradients.
    position = length = 0.0
    for layer, room in zip(layers, _rooms(graph, places, routes, down), strict=True):
        thick = max(p.height if down else p.width for p in layer)
        for place in layer:
            place.x = position + thick / 2
        length = position + thick
        position = length + room
    for place in places:
        along, across = place.x, place.y - low
        place.x, place.y = (across, length - along) if down else (along, high - low - across)
    return (high - low, length) if down else (length, high - low)


def _rooms(graph: Graph, places: list[_Place], routes: list[list[int]], down: bool) -> list[float]:
    """Return the room to leave after each layer: the gradients beside its edges need it."""
    rooms = [_ROOM] * (max(p.layer for p in places) + 1)
    for layer in range(len(rooms)):
        texts = [
            f"← {_short(edge.gradient)}"
            for edge, route in zip(graph.edges, routes, strict=True)
            if edge.gradient is not None and any(places[i].layer == layer for i in route[:-1])
        ]
        if texts:
            rooms[layer] += min(0.8, 0.12 * len(texts)) if down else max(map(_length, texts))
    return rooms


def _size(place: _Place, down: bool) -> float:
    """Return how much of its layer a place takes."""
    if place.node is None:
        return 0.5 if down else 0.3
    return place.width if down else place.height


def _spread(layer: list[_Place], wanted: Sequence[float], down: bool) -> None:
    """Bring the places of a layer as near to where they want to be as their sizes allow."""
    order = sorted(range(len(layer)), key=lambda i: wanted[i])
    edge = -np.inf
    for i in order:
        half = _size(layer[i], down) / 2
        layer[i].y = max(wanted[i], edge + half)
        edge = layer[i].y + half + 0.28
    shift = float(np.mean([wanted[i] - layer[i].y for i in order]))
    for place in layer:
        place.y += shift
    layer[:] = [layer[i] for i in order]


def _canvas(ax: Axes | None, width: float, height: float) -> tuple[Axes, float]:
    """Return axes measured in inches of the drawing, and how much smaller it must become."""
    margin = 0.12
    full = np.array([width + 2 * margin, height + 2 * margin])
    scale = 1.0
    if ax is None:
        figure = plt.figure(figsize=(float(full[0]), float(full[1])))
        figure.set_layout_engine("none")  # the axes are the whole figure already
        ax = figure.add_axes((0, 0, 1, 1))
    else:
        box = ax.get_window_extent().transformed(ax.figure.dpi_scale_trans.inverted())
        scale = min(1.0, float(box.width / full[0]), float(box.height / full[1]))
    ax.set(xlim=(-margin, width + margin), ylim=(-margin, height + margin), aspect="equal")
    ax.set_axis_off()
    return ax, scale


def _leaving(graph: Graph, node: int | None) -> int:
    """Return how many edges leave a node."""
    return sum(edge.start == node for edge in graph.edges)


def _draw_node(ax: Axes, node: Node, place: _Place, scale: float, outline: float) -> None:
    given = node.operation in _LEAVES
    constant = node.operation == "constant"
    ax.add_patch(
        FancyBboxPatch(
            (place.x - place.width / 2, place.y - place.height / 2), place.width, place.height,
            boxstyle="square,pad=0" if given else "round,pad=0,rounding_size=0.18",
            facecolor="white" if constant else "#E3EEF6" if given else "#FBEBD9",
            edgecolor=COLORS["gray"] if constant else COLORS["black"],
            linestyle="--" if constant else "-", linewidth=outline * scale, zorder=2,
        )
    )  # fmt: skip
    ax.text(
        place.x, place.y, "\n".join(place.lines), ha="center", va="center_baseline",
        fontsize=_FONT * scale, color=COLORS["black"], linespacing=1.25, zorder=3,
    )  # fmt: skip


def _text(node: Node, leaving: int) -> tuple[str, ...]:
    """Return the lines in a node: its name if it was given one, operation, value, sum."""
    lines = []
    if node.operation in _LEAVES:
        if node.name != node.operation:
            lines.append(node.name)
    else:
        if node.name.rstrip("0123456789") != node.operation:
            lines.append(node.name)
        lines.append(_SIGNS.get(node.operation, node.operation))
    if node.value is not None:
        lines.append(_short(node.value))
    if leaving > 1 and node.gradient is not None:
        lines.append(f"Σ {_short(node.gradient)}")
    return tuple(lines)


def _short(value: Any) -> str:
    """Return a number as text, or the shape of an array."""
    if np.ndim(value) == 0:
        return f"{float(value):.3g}".replace("-", "−")
    return str(np.shape(value))


def _ports(places: list[_Place], routes: list[list[int]], down: bool) -> list[tuple[float, float]]:
    """Return how far from the middle of its nodes each edge leaves and arrives.

    Edges of one node stand side by side, in the order of where they come from or go to.
    """
    ports = [[0.0, 0.0] for _ in routes]
    for place in range(len(places)):
        for end, beside in ((0, 1), (-1, -2)):
            used = [i for i, route in enumerate(routes) if route[end] == place]
            other = [places[routes[i][beside]] for i in used]
            order = np.argsort([p.x if down else p.y for p in other], kind="stable")
            extent = places[place].width if down else places[place].height
            gap = min(0.26, (extent - 0.1) / max(len(used), 1))
            for rank, i in enumerate(order):
                ports[used[i]][end] = gap * (rank - (len(used) - 1) / 2)
    return [(start, end) for start, end in ports]


def _curve(stops: list[_Place], start: float, end: float, down: bool) -> Path:
    """Return a smooth curve from the first stop, past the others, into the last."""
    ahead = np.array([0.0, -1.0]) if down else np.array([1.0, 0.0])
    side = np.array([1.0, 0.0]) if down else np.array([0.0, 1.0])
    halves = [(p.height if down else p.width) / 2 for p in (stops[0], stops[-1])]
    points = [np.array([p.x, p.y]) for p in stops]
    points[0] = points[0] + ahead * halves[0] + side * start
    points[-1] = points[-1] - ahead * halves[1] + side * end
    vertices, codes = [points[0]], [int(Path.MOVETO)]
    for a, b in pairwise(points):
        reach = ahead * 0.5 * float((b - a) @ ahead)
        vertices += [a + reach, b - reach, b]
        codes += [int(Path.CURVE4)] * 3
    return Path(np.array(vertices), codes)


def _free_spot(
    curve: Path, width: float, taken: list[tuple[float, float, float, float]]
) -> tuple[float, float]:
    """Return the point of a curve nearest to its middle where a label covers nothing.

    Where there is none, the one where it covers least.
    """
    corners = np.asarray(curve.vertices)
    t = np.linspace(0, 1, 21)[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    points = np.vstack([weights @ corners[i : i + 4] for i in range(0, len(corners) - 1, 3)])
    middle = len(points) // 2
    best, most = (0.0, 0.0), -1.0
    for k in sorted(range(2, len(points) - 3), key=lambda k: abs(k - middle)):
        x, y = float(points[k, 0]), float(points[k, 1])
        free = min(
            max(2 * abs(x - u) / (w + width), 2 * abs(y - v) / (h + _LINE)) for u, v, w, h in taken
        )
        if free >= 1.05:
            return x, y
        if free > most:
            best, most = (x, y), free
    return best


def _length(text: str) -> float:
    """Return about how long a text is."""
    return 0.102 * len(text)
