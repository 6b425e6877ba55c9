"""The optimizer lab: several optimizers race on one surface."""

import html
import inspect
import json
from collections.abc import Mapping
from urllib.parse import urlencode

from dlcourse import optimizers
from dlcourse.labs._laboratory import Laboratory, filled, number_field, part

#: The optimizers in the order of the lab, with the marker of each as the path of an icon.
MARKERS = {
    "SGD": '<circle cx="8" cy="8" r="5.5"/>',
    "Momentum": '<rect x="3" y="3" width="10" height="10"/>',
    "Nesterov": '<path d="M8 1.5 14.5 13H1.5Z"/>',
    "AdaGrad": '<path d="M8 1 15 8 8 15 1 8Z"/>',
    "RMSprop": '<path d="M5.7 1h4.6v4.7H15v4.6h-4.7V15H5.7v-4.7H1V5.7h4.7Z"/>',
    "Adam": '<path d="M4 1.2 8 5.2l4-4L14.8 4l-4 4 4 4-2.8 2.8-4-4-4 4L1.2 12l4-4-4-4Z"/>',
    "AdamW": '<path d="m8 .8 2 4.9 5.3.4-4 3.4 1.2 5.2L8 11.9l-4.5 2.8L4.7 9.5l-4-3.4L6 5.7Z"/>',
}
SURFACES = {
    "ravine": "x²/20 + y²",
    "bowl": "Bowl",
    "valley": "The valley of chapter 5",
    "beale": "Beale's function",
    "saddle": "Saddle",
    "wells": "Two wells and a barrier, in one dimension",
    "noisy": "Noisy bowl",
    "formula": "A formula of your own",
}
SCHEDULES = {
    "Constant": {},
    "TimeDecay": {"decay": "decay"},
    "StepDecay": {"factor": "factor", "every": "every … steps"},
    "ExponentialDecay": {"gamma": "gamma"},
    "CosineDecay": {"num_steps": "steps of the fall", "final": "last rate, as a share"},
    "Triangular": {"base": "lowest rate, as a share", "step_size": "steps of half a cycle"},
    "Triangular2": {"base": "lowest rate, as a share", "step_size": "steps of half a cycle"},
    "ExpRange": {
        "base": "lowest rate, as a share",
        "step_size": "steps of half a cycle",
        "gamma": "gamma",
    },
    "WarmRestarts": {
        "min": "rate at the end of a cycle, as a share",
        "cycle_length": "steps of the first cycle",
        "cycle_multiplier": "each cycle longer by the factor",
    },
    "OneCycle": {
        "num_steps": "steps of the cycle",
        "warmup_share": "share of the rise",
        "start_divisor": "first rate: divided by",
        "final_divisor": "last rate: divided by it and by",
    },
}


def optimizer_lab(
    settings: str | Mapping[str, object] = "",
    *,
    presets: bool = True,
    own_address: bool = False,
) -> Laboratory:
    """Let optimizers race on a surface: in the page, without a kernel.

    Parameters
    ----------
    settings : str or dict
        What it begins with: the name of a preset, such as ``"5-two-step-cycle"``; or what the
        lab itself writes into the address of its page, such as ``"surface=bowl&SGD=1.2"``; or
        the same as a dict. The number behind an optimizer is its learning rate.
    presets : bool
        Whether readers can choose among the presets.
    own_address : bool
        Whether the address of the page holds the settings, so that a link to them can be
        shared. For one lab on a page.

    Returns
    -------
    Laboratory

    Raises
    ------
    ValueError
        If `settings` has no ``=``, and is not the name of a preset.

    Examples
    --------
    >>> optimizer_lab("surface=ravine&SGD=0.9&Momentum=0.1")
    <Optimizer lab: surface=ravine&SGD=0.9&Momentum=0.1>
    >>> optimizer_lab({"surface": "beale", "start": "1,1.5", "Adam": 0.1})
    <Optimizer lab: surface=beale&start=1,1.5&Adam=0.1>
    """
    if isinstance(settings, Mapping):
        settings = urlencode(dict(settings), safe=",")
    known = optimizer_presets()
    if settings and "=" not in settings:
        if settings not in known:
            raise ValueError(f"there is no preset {settings!r}; there are {', '.join(known)}")
        settings = known[settings]["settings"]
    text = settings or next(iter(known.values()))["settings"]
    markup = filled(
        "optimizer.html",
        config=html.escape(text),
        own=" data-own-address" if own_address else "",
        presets=_choice(known) if presets else "",
        surfaces="\n".join(_option(key, title) for key, title in SURFACES.items()),
        runners="\n".join(map(_runner, MARKERS)),
        setup="\n".join(_setup()),
        schedule="\n".join(_schedule()),
        options="\n".join(map(_options, MARKERS)),
    )
    arguments = {"settings": text, "presets": presets, "own_address": own_address}
    return Laboratory("optimizer_lab", arguments, text, markup)


def optimizer_presets() -> dict[str, dict[str, str]]:
    """Return what the lab can show by name: figures of the chapters.

    Returns
    -------
    dict
        For each name a dict of its ``"title"`` and its ``"settings"``.

    Examples
    --------
    >>> optimizer_presets()["5-two-step-cycle"]["title"]
    'Chapter 5: a rate at which the walk hops to and fro for ever'
    """
    found: dict[str, dict[str, str]] = json.loads(part("presets.json"))
    return found


def _choice(known: dict[str, dict[str, str]]) -> str:
    """Return the list to choose a preset from."""
    options = "\n".join(_option(about["settings"], about["title"]) for about in known.values())
    return (
        '<label>Example <select class="dl-lab-preset">'
        '<option value="">choose one, or set your own below</option>\n'
        f"{options}\n</select></label>"
    )


def _option(value: str, title: str) -> str:
    return f'<option value="{html.escape(value)}">{html.escape(title)}</option>'


def _runner(name: str) -> str:
    """Return the row of an optimizer: whether it runs, its rate, and how it stands."""
    icon = f'<svg viewBox="0 0 16 16" aria-hidden="true" data-marker="{name}">{MARKERS[name]}</svg>'
    return (
        f'<div data-run="{name}">'
        f'<label><input type="checkbox">{icon}{name}</label>'
        f'<input type="range" min="-4" max="1.5" step="0.02" autocomplete="off" '
        f'aria-label="rate of {name}, power of ten">'
        f'<input type="number" min="0" step="any" autocomplete="off" aria-label="rate of {name}">'
        "<output></output></div>"
    )


def _setup() -> list[str]:
    return [
        number_field("start x", "start.0"),
        number_field("start y", "start.1"),
        number_field("steps", "steps", step="1"),
        number_field("condition number", "shape.condition"),
        number_field("turn in degrees", "shape.turn"),
        number_field("tilt", "shape.tilt"),
        number_field("noise on each slope (standard deviation)", "noise"),
        number_field("seed of the noise", "seed", step="1"),
    ]


def _schedule() -> list[str]:
    names = "\n".join(_option(name, name) for name in SCHEDULES)
    options = {key: label for about in SCHEDULES.values() for key, label in about.items()}
    return [
        f'<label>Schedule <select data-set="schedule">{names}</select></label>',
        *(number_field(label, f"scheduleOptions.{key}") for key, label in options.items()),
        number_field("warm-up steps before it", "warmup", step="1"),
        number_field("held at its first rate for … steps", "start_at", step="1"),
        number_field("after … steps another one (0: never)", "after", step="1"),
        f'<label>then <select data-set="then">{names}</select></label>',
        *(number_field(f"then: {label}", f"thenOptions.{key}") for key, label in options.items()),
    ]


def _options(name: str) -> str:
    parameters = list(inspect.signature(getattr(optimizers, name)).parameters)[1:]
    own = [option for option in parameters if option != "options"]
    if not own:
        return ""
    fields = " ".join(number_field(option, f"runs.{name}.{option}") for option in own)
    return (
        f'<div class="dl-lab-row" role="group" aria-label="{name}" data-options-of="{name}">'
        f"<strong>{name}</strong> {fields}</div>"
    )
