"""How an interactive figure works: one drawing, one or two sliders, and where it shows.

A figure is drawn once. What stays (axes, data) is drawn by `background`; what moves
is drawn by `draw`, once for each position of the sliders, all into the same SVG. Moving
a slider only chooses which of those parts, the frames, is visible. So the figure needs

- in a live notebook: a widget, `InteractiveFigure.widget`;
- on a static page, with no kernel behind it: ordinary HTML sliders and a few lines of
  script, in figure.html, figure.css and figure.js beside this file;
- on paper: nothing, it shows the frame it starts with;
- where a viewer strips drawings and scripts from a page: a still picture of that frame.

The HTML is also what is stored in the notebooks, so that a figure works before the
first cell is run. Set the environment variable ``DLCOURSE_STATIC_FIGURES`` to get only
that form.
"""

import base64
import hashlib
import html
import io
import itertools
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import Any
from xml.etree import ElementTree

import matplotlib.pyplot as plt
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from dlcourse.plotting import book_style, drawings
from dlcourse.plotting.drawings import HREF, SVG

STATIC_ONLY = "DLCOURSE_STATIC_FIGURES"

#: The most bytes a drawing may take: a notebook holds several and stays below 1 MB.
SVG_LIMIT = 400_000
#: The most bytes it may take gzipped, as it travels to a reader.
GZIPPED_LIMIT = 40_000


def _as_text(value: Any) -> str:
    return str(value)


@dataclass(frozen=True)
class Slider:
    """What one slider sets, and its positions.

    Attributes
    ----------
    label : str
        What the slider sets.
    values : sequence
        The value at each position, at least two.
    show : callable
        Turns a value into the text beside the slider.
    start : int
        The position to start in.

    Raises
    ------
    ValueError
        If there are fewer than two values, or `start` is none of them.

    Examples
    --------
    >>> Slider("momentum", [0, 0.5, 0.9], show="{:.1f}".format).texts
    ('0.0', '0.5', '0.9')
    """

    label: str
    values: Sequence[Any]
    show: Callable[[Any], str] = field(default_factory=lambda: _as_text)
    start: int = 0

    def __post_init__(self) -> None:
        count = len(self.values)
        if count < 2:
            raise ValueError(f"a slider needs at least two values, got {count} ({self.label})")
        if not 0 <= self.start < count:
            raise ValueError(
                f"start must be a position from 0 to {count - 1}, got {self.start} ({self.label})"
            )

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands beside the slider at each position."""
        return tuple(self.show(value) for value in self.values)


@dataclass(frozen=True)
class InteractiveFigure:
    """A drawing with one slider or two. Display it as the last line of a cell.

    Attributes
    ----------
    svg : str
        The drawing; what belongs to frame k is in groups with ``data-frame="k"``.
    sliders : tuple of Slider
        One or two. Frames are counted with the first slider moving fastest.
    captions : tuple of str
        One sentence for each frame: what there is to see now. Screen readers speak it
        when a slider moves.
    alt : str
        What the figure shows.
    """

    svg: str
    sliders: tuple[Slider, ...]
    captions: tuple[str, ...]
    alt: str

    def __repr__(self) -> str:
        sliders = (f"{slider.label}, {len(slider.values)} positions" for slider in self.sliders)
        return f"<InteractiveFigure: {'; '.join(sliders)}>"

    @property
    def key(self) -> str:
        """A name for this figure on its page: the same drawing has the same name."""
        return "dl-" + hashlib.sha256(self.svg.encode()).hexdigest()[:10]

    @property
    def start(self) -> int:
        """The frame the figure starts with, and the one that is printed."""
        return self._frame([slider.start for slider in self.sliders])

    def to_html(self) -> str:
        """Return the figure as HTML that needs no kernel, no network and no library.

        Returns
        -------
        str
            The drawing, sliders (mouse, touch, arrow keys), and buttons that step and play.
        """
        texts = [slider.texts for slider in self.sliders]
        data = {"sliders": texts, "captions": self.captions, "start": self.start}
        return _part("figure.html").substitute(
            key=self.key,
            name=html.escape(", ".join(slider.label for slider in self.sliders)),
            alt=html.escape(self.alt),
            svg=self.svg,
            still=base64.b64encode(self.still().encode()).decode(),
            sliders="\n".join(_controls_html(self.sliders)),
            caption=html.escape(self.captions[self.start]),
            data=html.escape(json.dumps(data, ensure_ascii=False)),
            style=_part("figure.css").template,
            script=_part("figure.js").template,
        )

    def still(self) -> str:
        """Return the frame the figure starts with, alone.

        Returns
        -------
        str
            An SVG file, for places that show pictures only.
        """
        root = ElementTree.fromstring(self.svg)
        for parent in list(root.iter()):
            for child in list(parent):
                if child.get("data-frame") and child.get("display") == "none":
                    parent.remove(child)
        used = drawings.names_used(root)
        defs = root.find(f"{SVG}defs")
        for child in list(defs if defs is not None else ()):
            if defs is not None and child.get("id") not in used:
                defs.remove(child)
        return drawings.as_text(root)

    def widget(self) -> Any:
        """Return the figure as a widget of a live notebook.

        Returns
        -------
        ipywidgets.VBox
            Its ``sliders`` attribute lists the sliders; the widget follows their ``index``.
        """
        import ipywidgets

        sliders = [_slider_widget(slider) for slider in self.sliders]
        stage, rule, caption = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        own = f"dl-{stage.model_id}"  # the same figure may be displayed twice
        stage.value = (
            f'<div class="dl-interactive {own}"><div class="dl-stage">{self.svg}</div></div>'
        )

        def show(change: Any = None) -> None:
            frame = self._frame([slider.index for slider in sliders])
            rule.value = (
                f"<style>{_part('figure.css').template}"
                f".{own} [data-frame]{{display:none}}"
                f'.{own} [data-frame="{frame}"]{{display:inline}}</style>'
            )
            caption.value = f'<p aria-live="polite">{html.escape(self.captions[frame])}</p>'

        for slider in sliders:
            slider.observe(show, names="index")
        show()
        first, *others = sliders
        box = ipywidgets.VBox([rule, stage, first, _buttons_widget(first), *others, caption])
        box.sliders = sliders
        return box

    def _frame(self, positions: Sequence[int]) -> int:
        """Return the number of the frame for these positions of the sliders."""
        frame, size = 0, 1
        for slider, position in zip(self.sliders, positions, strict=True):
            frame += size * position
            size *= len(slider.values)
        return frame

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self.to_html()}
        if not os.environ.get(STATIC_ONLY):
            # Written out, because ipywidgets 7 (Colab) has no method that returns it.
            view = {"version_major": 2, "version_minor": 0, "model_id": self.widget().model_id}
            bundle["application/vnd.jupyter.widget-view+json"] = view
        return bundle


def interactive_figure(
    background: Callable[[], tuple[Figure, Any]],
    draw: Callable[..., str],
    values: Sequence[Any],
    *,
    label: str,
    alt: str,
    show: Callable[[Any], str] = str,
    start: int = 0,
    second: Slider | None = None,
) -> InteractiveFigure:
    """Draw a figure for every position of a slider, or of two.

    The values may also be the names of stages, as of a forward and a backward pass: then
    the slider tells where the reader is, and the step buttons lead from stage to stage.

    Parameters
    ----------
    background : callable
        Draws what stays and sets the limits of the axes; returns ``(figure, axes)``.
    draw : callable
        ``draw(axes, value)`` adds what belongs to one value and returns a sentence that
        says what is to be seen. It must add artists, not change those that are there.
        With a second slider it is called as ``draw(axes, value, second_value)``.
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
    second : Slider, optional
        A second slider. There is then a frame for every pair of values, so keep both
        short: six by eight is plenty. *Play* and the step buttons move the first.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If a slider has fewer than two values, `start` is none of them, `alt` is empty, a
        value draws nothing, or the drawing takes more than `SVG_LIMIT` bytes, or more than
        `GZIPPED_LIMIT` gzipped.

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

    Two sliders, and so a frame for each pair:

    >>> def draw(ax, x, power):
    ...     ax.plot([x], [x**power], "o")
    ...     return f"{x} to the power {power} is {x**power}."
    >>> figure = interactive_figure(
    ...     background,
    ...     draw,
    ...     [0, 1, 2, 3],
    ...     label="x",
    ...     second=Slider("power", [1, 2]),
    ...     alt="A point on the curve of a power.",
    ... )
    >>> len(figure.captions)
    8
    """
    if not alt:
        raise ValueError("alt is empty: say what the figure shows")
    sliders = (Slider(label, values, show, start), *([second] if second else []))
    # The first slider moves fastest.
    frames = [pair[::-1] for pair in itertools.product(*(s.values for s in reversed(sliders)))]
    with book_style():
        figure, axes = background()
        for ax in figure.axes:
            ax.autoscale(enable=False)
        captions = [_draw_frame(figure, axes, draw, k, frame) for k, frame in enumerate(frames)]
        svg = _to_svg(figure)
        plt.close(figure)
    first = InteractiveFigure("", sliders, tuple(captions), alt).start
    svg = _compact(svg, first)
    _check_size(svg, len(frames))
    return InteractiveFigure(svg, sliders, tuple(captions), alt)


def _draw_frame(
    figure: Figure, axes: Any, draw: Callable[..., str], number: int, values: tuple[Any, ...]
) -> str:
    """Draw one frame, mark what was drawn as its own, and return its caption."""
    before = set(_artists(figure))
    caption = draw(axes, *values)
    added = [artist for artist in _artists(figure) if artist not in before]
    if not added:
        raise ValueError(f"draw added nothing for value {', '.join(map(repr, values))}")
    for artist in added:
        artist.set_gid(f"frame-{number}")
    return caption


def _artists(figure: Figure) -> list[Artist]:
    """Return everything drawn on the axes, the arrows of annotations included."""
    children = [child for ax in figure.axes for child in ax.get_children()]
    arrows = [getattr(child, "arrow_patch", None) for child in children]
    return children + [arrow for arrow in arrows if arrow is not None]


# --- the drawing ----------------------------------------------------------------------


def _to_svg(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().decode("utf-8")


def _compact(svg: str, start: int) -> str:
    """Return the drawing for use inside a page: small, free-standing, one frame visible."""
    root = drawings.read(svg)
    _share_parts(root)
    for group in root.iter(f"{SVG}g"):
        match = re.fullmatch(r"frame-(\d+)", group.get("id", ""))
        if match:
            del group.attrib["id"]
            group.set("data-frame", match[1])
            if int(match[1]) != start:
                group.set("display", "none")
    return drawings.write(root)


def _share_parts(root: ElementTree.Element) -> None:
    """Keep what several frames have in common only once, and refer to it."""
    frames = [g for g in root.iter(f"{SVG}g") if g.get("id", "").startswith("frame-")]
    texts = ["".join(drawings.as_text(child) for child in frame) for frame in frames]
    count = Counter(texts)
    names: dict[str, str] = {}
    for frame, text in zip(frames, texts, strict=True):
        if count[text] == 1:
            continue
        children = list(frame)
        for child in children:
            frame.remove(child)
        if text not in names:
            names[text] = f"part-{len(names)}"
            part = ElementTree.SubElement(root[0], f"{SVG}g", id=names[text])
            part.extend(children)
        ElementTree.SubElement(frame, f"{SVG}use", {HREF: f"#{names[text]}"})


def _check_size(svg: str, frames: int) -> None:
    raw = svg.encode()
    gzipped = len(zlib.compress(raw))
    if len(raw) > SVG_LIMIT or gzipped > GZIPPED_LIMIT:
        raise ValueError(
            f"the drawing takes {len(raw):,} bytes, {gzipped:,} gzipped, for {frames} frames; "
            f"at most {SVG_LIMIT:,} and {GZIPPED_LIMIT:,} are allowed. Take fewer positions, "
            "draw curves with fewer points, or draw in `background` what does not move."
        )


# --- the controls ------------------------------------------------------------------------


def _part(name: str) -> Template:
    """Return one of the files that the page is made of."""
    return Template(files("dlcourse.widgets").joinpath(name).read_text(encoding="utf-8"))


def _controls_html(sliders: Sequence[Slider]) -> list[str]:
    """Return the sliders, and behind the first one the buttons that move it."""
    first, *others = sliders
    return [_slider_html(first), _buttons_html(first), *map(_slider_html, others)]


def _slider_html(slider: Slider) -> str:
    text = html.escape(slider.texts[slider.start])
    return (
        f"<label><span>{html.escape(slider.label)}</span>"
        f'<input type="range" min="0" max="{len(slider.values) - 1}" step="1" autocomplete="off" '
        f'value="{slider.start}" aria-valuetext="{text}"></label>'
        f'<span class="dl-value" aria-hidden="true">{text}</span>'
    )


def _buttons_html(slider: Slider) -> str:
    name = html.escape(slider.label)
    at_start, at_end = slider.start == 0, slider.start == len(slider.values) - 1
    return (
        f'<span class="dl-buttons" role="group" aria-label="Move: {name}">'
        f'<button type="button" aria-disabled="{str(at_start).lower()}">Step back</button>'
        '<button type="button" class="dl-play">Play</button>'
        f'<button type="button" aria-disabled="{str(at_end).lower()}">Step forward</button></span>'
    )


def _slider_widget(slider: Slider) -> Any:
    import ipywidgets

    return ipywidgets.SelectionSlider(
        options=[(text, k) for k, text in enumerate(slider.texts)],
        value=slider.start,
        description=slider.label,
        style={"description_width": "initial"},
        layout={"width": "min(100%, 34em)"},
    )


def _buttons_widget(slider: Any) -> Any:
    """Return the buttons that move a slider of a live notebook."""
    import ipywidgets

    last = len(slider.options) - 1
    play = ipywidgets.Play(min=0, max=last, value=slider.index, interval=600, show_repeat=False)
    ipywidgets.jslink((play, "value"), (slider, "index"))
    buttons = []
    for text, by in (("Step back", -1), ("Step forward", 1)):
        button = ipywidgets.Button(description=text, layout={"width": "auto", "height": "44px"})

        def step(_: Any, by: int = by) -> None:
            slider.index = min(max(slider.index + by, 0), last)

        button.on_click(step)
        buttons.append(button)
    return ipywidgets.HBox([buttons[0], play, buttons[1]])
