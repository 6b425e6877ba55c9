"""The interactive figures: one drawing, a slider, and three places where it works.

A figure is drawn once. What stays (axes, data) is drawn by `background`; what moves
is drawn by `draw`, once for each value of the slider, all into the same SVG. Moving
the slider only chooses which of those parts is visible. So the figure needs

- in a live notebook: a widget, `InteractiveFigure.widget`;
- on a static page, with no kernel behind it: an ordinary HTML slider and a few lines
  of script;
- on paper: nothing, it shows the frame it starts with.

The second form is also what is stored in the notebooks, so that a figure works
before the first cell is run. Set the environment variable ``DLCOURSE_STATIC_FIGURES``
to get only that form.
"""

import hashlib
import html
import io
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlcourse.finite_difference import derivative
from dlcourse.linear_regression import LinearModel
from dlcourse.losses import mean_squared_error
from dlcourse.optimizers import SGD
from dlcourse.plotting import COLORS, book_style, use_log_axis
from dlcourse.preprocessing import StandardScaler

STATIC_ONLY = "DLCOURSE_STATIC_FIGURES"


@dataclass(frozen=True)
class InteractiveFigure:
    """A drawing with one slider. Display it as the last line of a cell.

    Attributes
    ----------
    svg : str
        The drawing; what belongs to frame k is in groups with ``data-frame="k"``.
    label : str
        What the slider sets.
    values : tuple of str
        The text of each position of the slider.
    captions : tuple of str
        One sentence for each position: what there is to see now. Screen readers
        speak it when the slider moves.
    alt : str
        What the figure shows.
    start : int
        The position it starts in, and the one that is printed.
    """

    svg: str
    label: str
    values: tuple[str, ...]
    captions: tuple[str, ...]
    alt: str
    start: int

    def __repr__(self) -> str:
        return f"<InteractiveFigure: {self.label}, {len(self.values)} positions>"

    @property
    def key(self) -> str:
        """A name for this figure on its page: the same drawing has the same name."""
        return "dl-" + hashlib.sha256(self.svg.encode()).hexdigest()[:10]

    def to_html(self) -> str:
        """Return the figure as HTML that needs no kernel, no network and no library.

        Returns
        -------
        str
            A slider (mouse, touch, arrow keys), a play button and the drawing.
        """
        last = len(self.values) - 1
        return _PAGE.substitute(
            key=self.key,
            alt=html.escape(self.alt, quote=True),
            svg=self.svg,
            label=html.escape(self.label),
            last=last,
            start=self.start,
            value=html.escape(self.values[self.start]),
            caption=html.escape(self.captions[self.start]),
            data=html.escape(
                json.dumps({"values": self.values, "captions": self.captions}, ensure_ascii=False),
                quote=True,
            ),
            style=_STYLE,
            rule=self._rule(self.start),
        )

    def widget(self) -> Any:
        """Return the figure as a widget of a live notebook.

        Returns
        -------
        ipywidgets.VBox
            Its ``slider`` attribute is the slider; the widget follows its ``index``.
        """
        import ipywidgets

        slider = ipywidgets.SelectionSlider(
            options=[(value, k) for k, value in enumerate(self.values)],
            value=self.start,
            description=self.label,
            style={"description_width": "initial"},
            layout={"width": "min(100%, 34em)"},
        )
        play = ipywidgets.Play(
            min=0, max=len(self.values) - 1, value=self.start, interval=600, show_repeat=False
        )
        ipywidgets.jslink((play, "value"), (slider, "index"))
        stage = ipywidgets.HTML(
            f'<div class="dl-interactive {self.key}"><div class="dl-stage">{self.svg}</div></div>'
        )
        rule, caption = ipywidgets.HTML(), ipywidgets.HTML()

        def show(change: Any = None) -> None:
            rule.value = f"<style>{_STYLE}{self._rule(slider.index)}</style>"
            caption.value = f'<p aria-live="polite">{html.escape(self.captions[slider.index])}</p>'

        slider.observe(show, names="index")
        show()
        box = ipywidgets.VBox([rule, stage, ipywidgets.HBox([play, slider]), caption])
        box.slider = slider
        return box

    def _rule(self, frame: int) -> str:
        return (
            f".{self.key} [data-frame]{{display:none}}"
            f'.{self.key} [data-frame="{frame}"]{{display:inline}}'
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self.to_html()}
        if not os.environ.get(STATIC_ONLY):
            # Written out, because ipywidgets 7 (Colab) has no method that returns it.
            view = {"version_major": 2, "version_minor": 0, "model_id": self.widget().model_id}
            bundle["application/vnd.jupyter.widget-view+json"] = view
        return bundle


def interactive_figure(
    background: Callable[[], tuple[Figure, Any]],
    draw: Callable[[Any, Any], str],
    values: Sequence[Any],
    *,
    label: str,
    alt: str,
    show: Callable[[Any], str] = str,
    start: int = 0,
) -> InteractiveFigure:
    """Draw a figure for every value of a slider.

    Parameters
    ----------
    background : callable
        Draws what stays and sets the limits of the axes; returns ``(figure, axes)``.
    draw : callable
        ``draw(axes, value)`` adds what belongs to one value and returns a sentence that
        says what is to be seen. It must add artists, not change those that are there.
    values : sequence
        The positions of the slider, at least two.
    label : str
        What the slider sets.
    alt : str
        What the figure shows, for those who can't see it.
    show : callable
        Turns a value into the text beside the slider.
    start : int
        The position to start in.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If there are fewer than two values, `start` is none of them, `alt` is empty, or
        a value draws nothing.

    Examples
    --------
    >>> def background():
    ...     figure, ax = plt.subplots()
    ...     ax.set(xlim=(0, 3), ylim=(0, 9))
    ...     return figure, ax
    >>> def draw(ax, x):
    ...     ax.plot([x], [x**2], "o")
    ...     return f"The square of {x} is {x**2}."
    >>> interactive_figure(background, draw, [0, 1, 2, 3], label="x", alt="A point on a parabola.")
    <InteractiveFigure: x, 4 positions>
    """
    if len(values) < 2:
        raise ValueError(f"a slider needs at least two values, got {len(values)}")
    if not 0 <= start < len(values):
        raise ValueError(f"start must be a position from 0 to {len(values) - 1}, got {start}")
    if not alt:
        raise ValueError("alt is empty: say what the figure shows")
    with book_style():
        figure, axes = background()
        for ax in figure.axes:
            ax.autoscale(enable=False)
        captions = []
        for frame, value in enumerate(values):
            before = set(_artists(figure))
            captions.append(draw(axes, value))
            added = [artist for artist in _artists(figure) if artist not in before]
            if not added:
                raise ValueError(f"draw added nothing for value {value!r}")
            for number, artist in enumerate(added):
                artist.set_gid(f"frame-{frame}-{number}")
        svg = _to_svg(figure)
        plt.close(figure)
    return InteractiveFigure(
        svg=_tidy(svg, start),
        label=label,
        values=tuple(show(value) for value in values),
        captions=tuple(captions),
        alt=alt,
        start=start,
    )


def descent_on_a_curve(
    f: Callable[[Any], Any],
    start: float,
    rates: Sequence[float],
    *,
    steps: int = 12,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    first: int = 0,
) -> InteractiveFigure:
    """Walk downhill on a curve with one learning rate for each position of the slider.

    Parameters
    ----------
    f : callable
        The curve; acts on each entry of an array by itself.
    start : float
        Where every walk begins.
    rates : sequence of float
        The learning rates.
    steps : int
        Updates in a walk.
    xlim, ylim : tuple of float
        The part of the plane to show. A walk that leaves it is cut off there.
    first : int
        Which rate to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> descent_on_a_curve(np.square, 2.0, [0.1, 0.9, 1.1], xlim=(-3, 3), ylim=(0, 9))
    <InteractiveFigure: learning rate, 3 positions>
    """

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 3.8))
        grid = np.linspace(*xlim, 300)
        ax.plot(grid, f(grid), color=COLORS["gray"], linewidth=2.5)
        ax.plot([start], [f(start)], "o", color=COLORS["black"], ms=9, label="start")
        ax.set(xlim=xlim, ylim=ylim, xlabel="w", ylabel="loss L(w)")
        ax.legend(loc="upper center")
        return figure, ax

    def draw(ax: Any, rate: float) -> str:
        path = [start]
        while len(path) <= steps and abs(path[-1]) < 1e6:
            path.append(path[-1] - rate * derivative(f, path[-1]))
        points = np.array(path)
        inside = (points >= xlim[0]) & (points <= xlim[1])
        last = len(points) if inside.all() else int(np.argmin(inside)) + 1
        ax.plot(points[:last], f(points[:last]), "-", color=COLORS["vermillion"], lw=1.2)
        ax.plot(points[:last], f(points[:last]), "o", color=COLORS["vermillion"], ms=6)
        if last < len(points) or not inside.all():
            return f"Rate {rate:g}: the walk leaves the picture at step {last - 1}."
        return (
            f"Rate {rate:g}: after {steps} steps w = {points[-1]:.3f} and the loss is "
            f"{float(f(points[-1])):.4f}."
        )

    return interactive_figure(
        background,
        draw,
        rates,
        label="learning rate",
        show=lambda rate: f"{rate:g}",
        start=first,
        alt=(
            f"A curve L(w) and a walk of {steps} steps of gradient descent on it from "
            f"w = {start:g}, for the learning rate chosen with the slider."
        ),
    )


def line_learning(
    x: ArrayLike,
    y: ArrayLike,
    updates: Sequence[int],
    *,
    learning_rate: float,
    xlabel: str,
    ylabel: str,
    first: int = 0,
) -> InteractiveFigure:
    """Show a straight line being learned: the line over the data, and its loss so far.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        One feature and the target. The feature is standardized for the descent.
    updates : sequence of int
        Positions of the slider: how many updates have been made, increasing from 0.
    learning_rate : float
        Rate of the full-batch gradient descent.
    xlabel, ylabel : str
        Axis labels, with units.
    first : int
        Which position to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> line_learning(
    ...     [0.0, 1.0, 2.0], [1.0, 3.0, 5.0], [0, 1, 10], learning_rate=0.2, xlabel="x", ylabel="y"
    ... )
    <InteractiveFigure: updates, 3 positions>
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    scaler = StandardScaler()
    z = scaler.fit_transform(x[:, None])
    ends = np.array([x.min(), x.max()])
    model, optimizer = LinearModel(1), SGD(learning_rate)
    lines, losses = [], []
    for _ in range(max(updates) + 1):
        loss, grads = model.loss_and_gradients(mean_squared_error, z, y)
        losses.append(loss)
        lines.append(model(scaler.transform(ends[:, None])))
        optimizer.update(model.params, grads)

    def background() -> tuple[Figure, Any]:
        figure, (left, right) = plt.subplots(
            1, 2, figsize=(6.6, 3.7), width_ratios=(3, 2), gridspec_kw={"wspace": 0.05}
        )
        left.plot(x, y, "o", ms=3.5, mew=0, alpha=0.45, color=COLORS["blue"])
        left.set(xlabel=xlabel, ylabel=ylabel, ylim=(-2, float(y.max()) + 3))
        right.plot(losses, color=COLORS["gray"], linewidth=1.5)
        right.set(xlabel="update", ylabel="mean squared error")
        use_log_axis(right)
        return figure, (left, right)

    def draw(axes: Any, update: int) -> str:
        left, right = axes
        left.plot(ends, lines[update], color=COLORS["vermillion"], linewidth=3)
        right.plot([update], [losses[update]], "o", color=COLORS["vermillion"], ms=9)
        slope = (lines[update][1] - lines[update][0]) / (ends[1] - ends[0])
        return (
            f"After {_times(update)} the line rises by {slope:.2f} for each unit of x; "
            f"mean squared error {losses[update]:.1f}."
        )

    return interactive_figure(
        background,
        draw,
        list(updates),
        label="updates",
        start=first,
        alt=(
            f"Left, {len(x)} points, {ylabel} against {xlabel}, and a straight line that "
            f"gradient descent fits to them. Right, the mean squared error against the update, "
            f"with a dot at the present update."
        ),
    )


def weights_learning(
    names: Sequence[str],
    snapshots: Sequence[ArrayLike],
    updates: Sequence[int],
    exact: ArrayLike,
    *,
    xlabel: str,
    first: int = 0,
) -> InteractiveFigure:
    """Show weights growing, update by update, towards the exact answer.

    Parameters
    ----------
    names : sequence of str
        The features.
    snapshots : sequence of array_like of shape (len(names),)
        The weights after each of `updates`.
    updates : sequence of int
        How many updates had been made at each snapshot.
    exact : array_like of shape (len(names),)
        The weights of the exact answer; they give the order of the bars.
    xlabel : str
        What a weight means, with its unit.
    first : int
        Which snapshot to show first.

    Returns
    -------
    InteractiveFigure

    Examples
    --------
    >>> weights_learning(["a", "b"], [[0, 0], [1, 2]], [0, 9], [1, 2], xlabel="weight")
    <InteractiveFigure: updates, 2 positions>
    """
    exact = np.asarray(exact, dtype=float)
    order = np.argsort(exact)
    places = np.arange(len(names))

    def background() -> tuple[Figure, Any]:
        figure, ax = plt.subplots(figsize=(6.4, 0.9 + 0.3 * len(names)))
        reach = 1.15 * max(float(np.max(np.abs(s))) for s in [*snapshots, exact])
        ax.plot(
            exact[order],
            places,
            "|",
            color=COLORS["black"],
            ms=15,
            mew=2.5,
            zorder=4,
            label="exact",
        )
        ax.axvline(0, color=COLORS["black"], linewidth=1)
        ax.set_yticks(places, [names[i] for i in order])
        ax.grid(axis="y", visible=False)
        ax.set(xlabel=xlabel, xlim=(-reach, reach))
        ax.legend(loc="lower right")
        return figure, ax

    def draw(ax: Any, frame: int) -> str:
        weights = np.asarray(snapshots[frame], dtype=float)
        ax.hlines(places, 0, weights[order], color=COLORS["blue"], linewidth=9)
        worst = int(np.argmax(np.abs(weights - exact)))
        return (
            f"After {_times(updates[frame])} the weight furthest from its exact value is "
            f"{names[worst]}, off by {abs(weights[worst] - exact[worst]):.3f}."
        )

    return interactive_figure(
        background,
        draw,
        range(len(updates)),
        label="updates",
        show=lambda frame: str(updates[frame]),
        start=first,
        alt=(
            f"Bars for the weights of {len(names)} features after the number of updates chosen, "
            f"and for each a mark at its exact value."
        ),
    )


def _times(updates: int) -> str:
    return f"{updates} update{'s' * (updates != 1)}"


def _artists(figure: Figure) -> list[Artist]:
    """Return everything drawn on the axes, the arrows of annotations included."""
    children = [child for ax in figure.axes for child in ax.get_children()]
    arrows = [getattr(child, "arrow_patch", None) for child in children]
    return children + [arrow for arrow in arrows if arrow is not None]


def _to_svg(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().decode("utf-8")


def _tidy(svg: str, start: int) -> str:
    """Return the drawing for use inside a page: small, free-standing, one frame visible."""
    svg = re.sub(r"^.*?(?=<svg)", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(
        r'<g id="frame-(\d+)-\d+"',
        lambda m: f'<g data-frame="{m[1]}"' + ("" if int(m[1]) == start else ' display="none"'),
        svg,
    )
    # A page may hold several drawings: keep only names that are used, and make them its own.
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
    own = hashlib.sha256(svg.encode()).hexdigest()[:6]
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{own}-{m[1]}"' if m[1] in used else "", svg)
    svg = re.sub(r'(url\(|href=")#', rf"\g<1>#{own}-", svg)
    # A hundredth of a point is finer than any screen; it makes the file a third smaller.
    svg = re.sub(
        r' (?:d|x|y|points)="[^"]+"|translate\([^)]+\)',
        lambda m: re.sub(r"-?\d+\.\d{3,}", lambda n: f"{float(n[0]):.2f}", m[0]),
        svg,
    )
    return re.sub(r"\n\s*", "\n", svg).strip()


_STYLE = (
    ".dl-interactive{max-width:46rem;margin:1rem auto}"
    ".dl-stage svg{display:block;width:100%;height:auto;background:#fff}"
    ".dl-controls{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:center;margin:.4rem 0}"
    ".dl-controls input{flex:1 1 12rem;min-width:8rem;height:2rem}"
    ".dl-controls output{min-width:4ch;font-variant-numeric:tabular-nums}"
    ".dl-controls button{min-width:5rem;min-height:2rem}"
    ".dl-caption{margin:.2rem 0 1rem}"
    "@media print{.dl-controls{display:none}}"
)

_PAGE = Template("""\
<div class="dl-interactive $key" role="group" aria-label="Interactive figure: $label" \
data-frames="$data">
<style>$style</style><style class="dl-rule">$rule</style>
<div class="dl-stage" role="img" aria-label="$alt">
$svg
</div>
<div class="dl-controls"><label for="$key-slider">$label</label>\
<input type="range" id="$key-slider" min="0" max="$last" step="1" value="$start" \
aria-valuetext="$value"><output for="$key-slider">$value</output>\
<button type="button">Play</button></div>
<p class="dl-caption" aria-live="polite">$caption</p>
<script>
for (const figure of document.querySelectorAll(".$key:not([data-ready])")) {
  figure.dataset.ready = "yes";
  const {values, captions} = JSON.parse(figure.dataset.frames);
  const slider = figure.querySelector("input");
  const button = figure.querySelector("button");
  const caption = figure.querySelector(".dl-caption");
  const rule = figure.querySelector(".dl-rule");
  let timer = null;
  const show = () => {
    rule.textContent = `.$key [data-frame]{display:none}` +
      `.$key [data-frame="$${slider.value}"]{display:inline}`;
    figure.querySelector("output").value = values[slider.value];
    slider.setAttribute("aria-valuetext", values[slider.value]);
    caption.textContent = captions[slider.value];
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
    caption.setAttribute("aria-live", "polite");
  };
  slider.addEventListener("input", () => { stop(); show(); });
  button.addEventListener("click", () => {
    if (timer !== null) return stop();
    if (slider.value === slider.max) slider.value = 0;
    button.textContent = "Pause";
    caption.setAttribute("aria-live", "off");  // not a sentence every half second
    show();
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show();
      if (slider.value === slider.max) stop();
    }, 600);
  });
}
</script>
</div>""")
