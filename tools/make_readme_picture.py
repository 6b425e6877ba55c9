"""Draw the picture that opens README.md: three optimizers on their way down one valley.

    python tools/make_readme_picture.py          writes docs/descent-light.svg and -dark.svg
    python tools/make_readme_picture.py --check  writes nothing; fails if they would change

The valley, the start and the learning rates are those with which chapter 7 opens, and the walks
are those of the package's optimizers. GitHub runs no script in a picture, so the movement is a
style sheet: at each step a mark jumps on, and its trail follows. Where a reader asks for less
motion, or the viewer knows no animation, the picture shows where the walks end.
"""

import argparse
import io
import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_hex, to_rgb

from dlcourse.optimizers import SGD, Adam, Momentum
from dlcourse.plotting import COLORS, book_style, contours
from dlcourse.plotting.drawings import lean

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs"

START = (-7.0, 2.0)
RATES = {SGD: 0.95, Momentum: 0.1, Adam: 0.3}
STEPS = 30
XLIM, YLIM = (-8.0, 3.0), (-2.5, 2.5)  # a unit is as long on both axes
LEVELS = [0.01, 0.05, 0.15, 0.4, 0.8, 1.4, 2.2, 3.2, 4.5, 6.0]

# Points, as Matplotlib counts: the map, and above it a strip for the names.
WIDTH, MAP, STRIP = 660, 300, 44
TEXT = 20
# Seconds: one step, the wait before the first, the wait after the last.
STEP, BEFORE, AFTER = 0.3, 0.6, 3.0
CYCLE = BEFORE + STEPS * STEP + AFTER

LEFT = (24, 222, 470)  # where the names begin, wide enough for any font
LOOKS = [
    (COLORS["blue"], "M-7 0A7 7 0 1 0 7 0A7 7 0 1 0-7 0Z"),
    (COLORS["vermillion"], "M-6.5-6.5H6.5V6.5H-6.5Z"),
    (COLORS["green"], "M0-8.5L8 6H-8Z"),
]
ALT = (
    "A map of a long valley, seen from above. Three marks start from one place on its side and "
    "take 30 steps: SGD jumps from wall to wall, Momentum swings from side to side and past the "
    "minimum, Adam cuts across and bends towards it."
)


def bowl(x, y):
    """Return the height of the valley."""
    return x**2 / 20 + y**2


def walk(optimizer):
    """Return the places that an optimizer visits, of shape (STEPS + 1, 2)."""
    place = dict(zip("xy", START, strict=True))
    visited = [START]
    for _ in range(STEPS):
        optimizer.update(place, {"x": place["x"] / 10, "y": 2 * place["y"]})
        visited.append((place["x"], place["y"]))
    return np.array(visited)


def on_the_picture(places):
    """Return where places of the plane are on the picture, whose y axis points down."""
    x = (places[:, 0] - XLIM[0]) / np.ptp(XLIM) * WIDTH
    y = STRIP + (YLIM[1] - places[:, 1]) / np.ptp(YLIM) * MAP
    return np.column_stack([x, y])


def ground():
    """Return the map without walks, as SVG, below an empty strip."""
    with book_style(), plt.rc_context({"figure.constrained_layout.use": False}):
        figure = plt.figure(figsize=(WIDTH / 72, (MAP + STRIP) / 72))
        ax = figure.add_axes((0, 0, 1, MAP / (MAP + STRIP)))
        contours(bowl, XLIM, YLIM, levels=LEVELS, minimum=(0, 0), num_points=161, ax=ax)
        ax.plot(*START, "o", ms=21, mfc="none", mew=2, color=COLORS["black"])
        ax.set_axis_off()
        figure.savefig(file := io.StringIO(), format="svg", metadata={"Date": None})
        plt.close(figure)
    return lean(file.getvalue())


def keyframes(name, frames, *, jumps=False):
    """Return the style rules of a movement: one declaration for each step, from 0 on."""
    # A step begins quickly and ends slowly; a number changes at once.
    timing = "step-end" if jumps else "cubic-bezier(.3,0,.3,1)"
    times = [100 * (BEFORE + STEP * step) / CYCLE for step in range(STEPS + 1)]
    rules = [f"0%{{{frames[0]}}}"]
    rules += [f"{time:.2f}%{{{frame}}}" for time, frame in zip(times, frames, strict=True)]
    return (
        f"@keyframes {name}{{{''.join(rules)}100%{{{frames[-1]}}}}}\n"
        f".{name}{{animation:{name} {CYCLE:g}s infinite {timing}}}\n"
    )


def walker(number, places):
    """Return a trail and a mark at its end, and the rules that move both."""
    color, shape = LOOKS[number]
    lengths = np.hypot(*np.diff(places, axis=0).T)
    # Of a line 1000 long the part before the mark is shown.
    left = 1000 - np.round(1000 * np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum(), 1)
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    moves = [f"transform:translate({x:.1f}px,{y:.1f}px)" for x, y in places]
    rules = keyframes(f"t{number}", [f"stroke-dashoffset:{rest:g}" for rest in left])
    rules += keyframes(f"m{number}", moves)
    drawn = (
        f'<path class="t{number}" d="{line}" pathLength="1000" stroke-dasharray="1000 1000" '
        f'fill="none" stroke="{color}" stroke-width="2.2"/>\n'
        f'<path class="m{number}" d="{shape}" style="{moves[-1]}" fill="{color}" '
        f'stroke="#ffffff" stroke-width="1.2"/>\n'
    )
    return drawn, rules


def names():
    """Return the strip above the map: each mark with its name and its learning rate."""
    drawn = ""
    for left, (color, shape), (kind, rate) in zip(LEFT, LOOKS, RATES.items(), strict=True):
        drawn += (
            f'<path d="{shape}" transform="translate({left} {STRIP / 2:g})" fill="{color}"/>'
            f'<text x="{left + 17}" y="{STRIP / 2 + 7:g}">{kind.__name__}, rate {rate:g}</text>\n'
        )
    return drawn


def counter():
    """Return the number of the step, a strip of numbers behind a window, and its rules."""
    line, top = 30, STRIP + MAP - 36
    numbers = "".join(
        f'<text x="{WIDTH - 20}" y="{top + 22 + line * step}" text-anchor="end">step {step}</text>'
        for step in range(STEPS + 1)
    )
    moves = [f"transform:translateY({-line * step}px)" for step in range(STEPS + 1)]
    drawn = (
        f'<clipPath id="window"><rect x="0" y="{top}" width="{WIDTH}" height="{line}"/></clipPath>'
        f'<g clip-path="url(#window)"><g class="n" style="{moves[-1]}">{numbers}</g></g>\n'
    )
    return drawn, keyframes("n", moves, jumps=True)


def picture():
    """Return the picture for a light page, as SVG."""
    number, rules = counter()
    drawn = f'<g fill="{COLORS["black"]}">{names()}{number}</g>\n'
    marks = ""
    for index, (kind, rate) in enumerate(RATES.items()):
        parts, own = walker(index, on_the_picture(walk(kind(rate))))
        trail, mark = parts.splitlines()
        drawn, marks, rules = drawn + trail, marks + mark, rules + own
    style = (
        f"text{{font:{TEXT}px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}}\n"
        f"@media (prefers-reduced-motion:no-preference){{\n{rules}}}"
    )
    head, body = re.fullmatch(r"(<svg[^>]*>)(.*)</svg>\s*", ground(), re.DOTALL).groups()
    # Named for those who open the file by itself.
    return (
        f'{head[:-1]} role="img"><title>{ALT}</title>\n<style>\n{style}\n</style>\n'
        f"{body}{drawn}{marks}</svg>\n"
    )


def turned_over(color):
    """Return a color as a dark page of the book shows it (see `_static/book.css`).

    >>> turned_over("#ffffff"), turned_over("#000000")
    ('#141414', '#ebebeb')
    """
    inverted = 0.92 - 0.84 * np.array(to_rgb(color))  # invert(0.92)
    # hue-rotate(180deg): the luminance stays, and what differs from it changes sides.
    luminance = np.dot([0.213, 0.715, 0.072], inverted)
    return to_hex(np.clip(2 * luminance - inverted, 0, 1))


def pictures():
    """Return both pictures by file name."""
    light = picture()
    dark = re.sub(
        r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", lambda found: turned_over(found[0]), light
    )
    return {"descent-light.svg": light, "descent-dark.svg": dark}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say what would change")
    options = parser.parse_args(arguments)
    stale = []
    for name, text in pictures().items():
        path = FOLDER / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not options.check:
            path.write_text(text, encoding="utf-8", newline="\n")
    if options.check and stale:
        print(f"not as drawn: {', '.join(stale)}; run python tools/make_readme_picture.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
