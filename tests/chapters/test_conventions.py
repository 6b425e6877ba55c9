"""The appendix on conventions: its cells run, its translations hold, its libraries agree.

The page is Markdown and stores no outputs, so what its cells print is written down here. The
rules and the translations are the page's own: they are taken from its cells, and tried with
other rates, and against what the libraries did (tests/package/recorded/make_recorded.py).
"""

import contextlib
import functools
import inspect
import io
import re
from pathlib import Path
from types import SimpleNamespace

import inputs  # noqa: F401  (loads the profile of the properties)
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_values import RECORDED

from dlcourse import optimizers
from dlcourse.optimizers import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSprop

PAGE = (Path(__file__).parents[2] / "chapters" / "conventions.md").read_text(encoding="utf-8")
CELLS = re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
RECORD = RECORDED["conventions"]
SAME = 1e-12


def run_page():
    """Run the cells in order; return the names they leave, and what each printed."""
    names, printed = {}, []
    for cell in CELLS:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(cell, names)
        printed.append(output.getvalue())
    return names, printed


NAMES, PRINTED = run_page()
ON_PAGE = SimpleNamespace(**NAMES)

# The page ------------------------------------------------------------------------------------

WHAT_IT_PRINTS = """\
inside, constant rate      same
outside, constant rate     same
inside, changing rate      same
outside, changing rate     0.8 apart
velocity rescaled          same
momentum rescaled          same
damped                     same
average                    same
damped, step 1 forgotten   0.1 apart
ahead, constant rate       same
shifted, constant rate     same
outside, constant rate     same
ahead, changing rate       same
shifted, changing rate     same
outside, changing rate     0.6 apart
outside, velocity rescaled same
outside, momentum rescaled 0.2 apart
inside, epsilon 1e-07      same
inside, epsilon 0.001      same
inside, not translated     0.002 apart
inside, squares raised     same
inside, not translated     0.0006 apart
centered, inside: False    same
centered, inside: True     same
centered, not translated   0.4 apart
inside, constant rate      same
outside, constant rate     same
inside, changing rate      same
outside, changing rate     1 apart
outside, velocity rescaled same
algorithm 1                same
adam_epsilon_hat           same
... not translated         0.006 apart
adam_uncorrected           same
... not translated         3 apart
step    1:  31.6 times
step   10:  10.0 times
step  100:   3.2 times
step 1000:   1.3 times
step 5000:   1.0 times
PyTorch: first step 0.99 of the rate
Keras: first step 0.24 of the rate
SGD, L2 or decoupled       same
Momentum, L2 or decoupled  0.8 apart
Adam, L2 or decoupled      0.2 apart
rate outside, L2           same
rate inside, decoupled     same
momentum, L2 or decoupled  0.9 apart
Adam with L2, or AdamW     0.2 apart
Adam with L2               same
AdamW                      same
weight_decay=0.1           same
weight_decay=0.01          0.2 apart
"""


def test_the_cells_print_what_they_did_when_the_text_was_written():
    assert "".join(PRINTED).splitlines() == WHAT_IT_PRINTS.splitlines()


def test_same_means_less_than_a_trillionth_apart(capsys):
    ON_PAGE.compare("a", np.array([1.0]), np.array([1 + 0.9e-12]))
    ON_PAGE.compare("b", np.array([1.0, 2.0]), np.array([1.0, 2 + 1.1e-12]))
    same, apart = capsys.readouterr().out.splitlines()
    assert same.split() == ["a", "same"]
    assert apart.split() == ["b", "1e-12", "apart"]


def test_the_build_runs_the_page():
    front_matter = PAGE.split("---\n")[1]
    assert "file_format: mystnb\n" in front_matter
    assert "name: python3\n" in front_matter
    assert PAGE.count("{code-cell}") == len(CELLS) > 20


def test_no_cell_is_long_or_scrolls_sideways():
    assert not [cell for cell in CELLS if len(cell.splitlines()) > 15]
    assert not [line for cell in CELLS for line in cell.splitlines() if len(line) > 78]


def test_the_walk_is_the_one_that_the_libraries_were_sent_on():
    for name in ("start", "curvature", "noise"):
        np.testing.assert_allclose(getattr(ON_PAGE, name), RECORD[name], rtol=0, atol=1e-15)
    np.testing.assert_allclose(ON_PAGE.changing, RECORD["rates"], rtol=1e-15)


def test_the_versions_in_the_text_are_those_that_were_recorded():
    versions = {name: v.split("+")[0] for name, v in RECORDED["versions"].items()}
    assert f"versions {versions['torch']}, {versions['keras']} and {versions['optax']}" in PAGE


@pytest.mark.parametrize(
    ("row", "method", "setting"),
    [
        (r"AdaGrad, $\mathbf{h}$ from", "AdaGrad", "initial"),
        (r"AdaGrad, $\varepsilon$", "AdaGrad", "epsilon"),
        (r"RMSprop, $\rho$", "RMSprop", "decay"),
        (r"RMSprop, $\varepsilon$", "RMSprop", "epsilon"),
        (r"Adam, $\varepsilon$", "Adam", "epsilon"),
        (r"AdamW, $\lambda$", "AdamW", "weight_decay"),
    ],
)
def test_the_table_of_defaults_says_what_the_signatures_say(row, method, setting):
    shown = re.search(rf"^\| {re.escape(row)} \|(.+)\|$", PAGE, re.MULTILINE)[1].split("|")
    ours = inspect.signature(getattr(optimizers, method)).parameters
    theirs = RECORD["defaults"][method]
    package = ours[setting].default if setting in ours else 0
    expected = [package, *(theirs[library][setting] for library in ("torch", "keras", "optax"))]
    assert [float(number) for number in shown] == expected


# The translations, with other rates ----------------------------------------------------------

PARTIAL = functools.partial


def package(optimizer, prepare=None, scale=1.0, slope=None):
    """Walk with the rates of the page, or `scale` times them."""
    slope = ON_PAGE.noisy if slope is None else slope
    return ON_PAGE.by_package(optimizer, scale * NAMES["changing"], prepare, slope)


def by(rule, rates=None, /, **settings):
    rates = NAMES["changing"] if rates is None else rates
    return ON_PAGE.by_rule(PARTIAL(rule, **settings), rates)


def rescaled():
    return ON_PAGE.rescaled(NAMES["changing"])


FIRST_IN_FULL = np.where(np.arange(100) == 0, 1.0, 0.5)
CENTERED = {"centered": True, "inside": True}

# Name: what the convention walks, and what the package makes of it.
TRANSLATIONS = {
    "momentum, inside": lambda p: (by(p.rate_inside), package(Momentum(0.1))),
    "momentum, outside": lambda p: (by(p.rate_outside), package(Momentum(0.1), rescaled())),
    "momentum, by momentum": lambda p: (
        by(p.rate_outside),
        package(Momentum(0.1), p.other_momentum),
    ),
    "damped": lambda p: (by(p.damped), package(Momentum(0.1), rescaled(), FIRST_IN_FULL)),
    "average": lambda p: (by(p.average), package(Momentum(0.1), rescaled(), 1 - 0.9)),
    "nesterov, ahead": lambda p: (p.look_ahead(NAMES["changing"]), package(Nesterov(0.1))),
    "nesterov, shifted": lambda p: (by(p.shifted), package(Nesterov(0.1))),
    "nesterov, outside": lambda p: (by(p.shifted_outside), package(Nesterov(0.1), rescaled())),
    "adagrad, outside": lambda p: (by(p.adagrad_outside), package(AdaGrad(0.1))),
    "adagrad, inside": lambda p: (
        by(p.adagrad_inside, epsilon=1e-3),
        package(AdaGrad(0.1, 1e-300), p.begin_at(0.1 + 1e-3)),
    ),
    "rmsprop, outside": lambda p: (by(p.rmsprop), package(RMSprop(0.1, epsilon=1e-3))),
    "rmsprop, inside": lambda p: (
        by(p.rmsprop, inside=True),
        package(RMSprop(0.1, epsilon=1e-300), p.raised(1e-3)),
    ),
    "rmsprop, centered": lambda p: (
        by(p.rmsprop, **CENTERED),
        package(SGD(0.1), slope=p.shaped(**CENTERED)),
    ),
    "rmsprop, momentum inside": lambda p: (
        by(p.with_momentum),
        package(Momentum(0.1), slope=p.shaped()),
    ),
    "rmsprop, momentum outside": lambda p: (
        by(p.with_momentum_outside),
        package(Momentum(0.1), rescaled(), slope=p.shaped()),
    ),
    "adam": lambda p: (by(p.adam_algorithm_1), package(Adam(0.1, epsilon=1e-3))),
    "adam, epsilon hat": lambda p: (
        by(p.adam_epsilon_hat),
        package(Adam(0.1), p.from_epsilon_hat),
    ),
    "adam, uncorrected": lambda p: (
        by(p.adam_uncorrected),
        package(Adam(0.1), p.from_uncorrected),
    ),
    "sgd, decay": lambda p: (
        package(SGD(0.1), slope=p.with_l2),
        package(p.decoupled(SGD(0.1))),
    ),
    "momentum, L2": lambda p: (
        by(p.momentum_l2),
        package(Momentum(0.1), rescaled(), slope=p.with_l2),
    ),
    "momentum, decoupled": lambda p: (
        by(p.momentum_decoupled),
        package(p.decoupled(Momentum(0.1))),
    ),
    "adam, L2": lambda p: (by(p.adam_l2), package(Adam(0.1, epsilon=1e-3), slope=p.with_l2)),
    "adamw": lambda p: (by(p.adamw), package(AdamW(0.1, epsilon=1e-3, weight_decay=0.1))),
    "adamw, paper": lambda p: (
        by(p.adamw_of_the_paper, NAMES["changing"] / 0.1),
        package(AdamW(0.1, epsilon=1e-3, weight_decay=0.1)),
    ),
}

STEPS = np.arange(100)
SCHEDULES = {
    "constant": np.full(100, 0.05),
    "warm-up, then falling": np.array(RECORD["rates"]),
    "cut to a tenth, twice": 0.1 * 0.1 ** (STEPS // 40),
    "cosine": 0.002 + 0.05 * (1 + np.cos(np.pi * STEPS / 99)),
    "up and down": 0.05 + 0.045 * np.sin(STEPS / 3),
}


@contextlib.contextmanager
def page_with(rates):
    """The page, with other rates in its `changing`."""
    before = NAMES["changing"]
    NAMES["changing"] = rates
    try:
        yield ON_PAGE
    finally:
        NAMES["changing"] = before


def apart(pair):
    one, other = pair
    assert one.shape == (100, 3)
    return np.abs(one - other).max()


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", TRANSLATIONS)
def test_a_translation_holds_over_a_hundred_steps(name, schedule):
    with page_with(SCHEDULES[schedule]) as page:
        assert apart(TRANSLATIONS[name](page)) < SAME


@pytest.mark.parametrize("name", TRANSLATIONS)
@given(exponents=st.lists(st.floats(-3, -1), min_size=2, max_size=8))
def test_a_translation_holds_for_rates_in_any_order(name, exponents):
    rates = np.resize(10.0 ** np.array(exponents), 100)
    with page_with(rates) as page:
        assert apart(TRANSLATIONS[name](page)) < SAME


# Without their translation these hold at a constant rate, and at no other.
ONLY_CONSTANT = {
    "momentum": lambda p: (by(p.rate_outside), package(Momentum(0.1))),
    "nesterov": lambda p: (by(p.shifted_outside), package(Nesterov(0.1))),
    "average": lambda p: (by(p.average), package(Momentum(0.1), scale=1 - 0.9)),
    "rmsprop, momentum": lambda p: (
        by(p.with_momentum_outside),
        package(Momentum(0.1), slope=p.shaped()),
    ),
}


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", ONLY_CONSTANT)
def test_rates_inside_and_outside_agree_at_a_constant_rate_only(name, schedule):
    with page_with(SCHEDULES[schedule]) as page:
        difference = apart(ONLY_CONSTANT[name](page))
    assert difference < SAME if schedule == "constant" else difference > 1e-3


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_nesterov_can_not_be_translated_by_its_momentum_alone(schedule):
    with page_with(SCHEDULES[schedule]) as page:
        pair = by(page.shifted_outside), package(Nesterov(0.1), page.other_momentum)
        difference = apart(pair)
    assert difference < SAME if schedule == "constant" else difference > 1e-3


# Different in earnest: no schedule makes them the same.
DIFFERENT = {
    "adagrad": lambda p: (by(p.adagrad_inside), package(AdaGrad(0.1))),
    "rmsprop": lambda p: (by(p.rmsprop, inside=True), package(RMSprop(0.1, epsilon=1e-3))),
    "rmsprop, centered": lambda p: (by(p.rmsprop, centered=True), by(p.rmsprop)),
    "adam, epsilon": lambda p: (by(p.adam_epsilon_hat), by(p.adam_algorithm_1)),
    "adam, correction": lambda p: (by(p.adam_uncorrected), by(p.adam_algorithm_1)),
    "momentum, decay": lambda p: (by(p.momentum_l2), by(p.momentum_decoupled)),
    "adam, decay": lambda p: (by(p.adam_l2), by(p.adamw)),
}


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", DIFFERENT)
def test_what_is_called_different_is_different_at_any_rate(name, schedule):
    with page_with(SCHEDULES[schedule]) as page:
        assert apart(DIFFERENT[name](page)) > 1e-5


@pytest.mark.parametrize(("kept", "times"), [(0.5, 2), (0.9, 10)])
def test_l2_pulls_harder_by_momentum_in_the_long_run(kept, times):
    ends = []
    for inside in (True, False):
        params, optimizer = {"w": 1.0}, Momentum(1e-4, momentum=kept)
        optimizer.weight_decay = 0.0 if inside else 0.1
        for _ in range(10_000):
            optimizer.update(params, {"w": 0.1 * params["w"] if inside else 0.0})
        ends.append(-np.log(params["w"]))
    assert ends[0] / ends[1] == pytest.approx(times, rel=0.01)


# What the libraries did -----------------------------------------------------------------------

PAST = {"decay": 0.99}  # PyTorch's default
P = ON_PAGE
LIBRARIES = {
    ("torch", "momentum"): PARTIAL(by, P.rate_outside),
    ("torch", "dampening"): PARTIAL(by, P.damped, dampening=0.5),
    ("torch", "nesterov"): PARTIAL(by, P.shifted_outside),
    ("torch", "adagrad"): PARTIAL(by, P.adagrad_outside, epsilon=1e-3),
    ("torch", "adagrad, initial 0.1"): PARTIAL(by, P.adagrad_outside, epsilon=1e-3, initial=0.1),
    ("torch", "adagrad, lr_decay"): PARTIAL(
        by, P.adagrad_outside, P.changing / (1 + 0.05 * STEPS), epsilon=1e-3
    ),
    ("torch", "rmsprop"): PARTIAL(by, P.rmsprop, **PAST),
    ("torch", "rmsprop, centered"): PARTIAL(by, P.rmsprop, centered=True, **PAST),
    ("torch", "rmsprop, momentum"): PARTIAL(by, P.with_momentum, rule=P.rate_outside, **PAST),
    ("torch", "adam"): PARTIAL(by, P.adam_algorithm_1),
    ("torch", "momentum, weight_decay"): PARTIAL(by, P.momentum_l2),
    ("torch", "adam, weight_decay"): PARTIAL(by, P.adam_l2),
    ("torch", "adam, decoupled"): PARTIAL(by, P.adamw),
    ("torch", "adamw"): PARTIAL(by, P.adamw),
    ("keras", "momentum"): PARTIAL(by, P.rate_inside),
    ("keras", "nesterov"): PARTIAL(by, P.shifted),
    ("keras", "adagrad"): PARTIAL(by, P.adagrad_inside, epsilon=1e-3),
    ("keras", "rmsprop"): PARTIAL(by, P.rmsprop, inside=True),
    ("keras", "rmsprop, centered"): PARTIAL(by, P.rmsprop, centered=True, inside=True),
    ("keras", "rmsprop, momentum"): PARTIAL(by, P.with_momentum, inside=True),
    ("keras", "adam"): PARTIAL(by, P.adam_epsilon_hat),
    ("keras", "momentum, weight_decay"): PARTIAL(by, P.momentum_decoupled),
    ("optax", "momentum"): PARTIAL(by, P.rate_outside),
    ("optax", "nesterov"): PARTIAL(by, P.shifted_outside),
    ("optax", "ema"): PARTIAL(by, P.average),
    ("optax", "adagrad"): PARTIAL(by, P.adagrad_inside, epsilon=1e-3),
    ("optax", "rmsprop"): PARTIAL(by, P.rmsprop, inside=True),
    ("optax", "rmsprop, outside"): PARTIAL(by, P.rmsprop),
    ("optax", "rmsprop, centered"): PARTIAL(by, P.rmsprop, centered=True, inside=True),
    ("optax", "rmsprop, momentum"): PARTIAL(by, P.with_momentum, inside=True),
    ("optax", "adam"): PARTIAL(by, P.adam_algorithm_1),
    ("optax", "adamw"): PARTIAL(by, P.adamw),
}


def keras_adamw():
    """Decay as AdamW's, and Adam with epsilon hat."""

    def rule(w, g, rate, s):
        return P.adam_epsilon_hat((1 - rate * 0.1) * w, g, rate, s)

    return by(rule)


LIBRARIES["keras", "adamw"] = keras_adamw


def places(path, recorded):
    """The steps of a path that were recorded, and the recorded places."""
    return path[[int(step) - 1 for step in recorded]], np.array(list(recorded.values()))


@pytest.mark.parametrize(("library", "name"), LIBRARIES)
def test_a_library_does_what_the_page_says_it_does(library, name):
    ours, theirs = places(LIBRARIES[library, name](), RECORD[library][name])
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=SAME)


def test_every_recorded_walk_is_compared():
    recorded = {(k, name) for k in ("torch", "keras", "optax") for name in RECORD[k]}
    assert recorded == set(LIBRARIES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("torch", "momentum"), ("keras", "momentum")),
        (("torch", "nesterov"), ("keras", "nesterov")),
        (("torch", "adagrad, initial 0.1"), ("keras", "adagrad")),
        (("optax", "rmsprop, outside"), ("keras", "rmsprop")),
        (("torch", "adam"), ("keras", "adam")),
        (("torch", "momentum, weight_decay"), ("keras", "momentum, weight_decay")),
        (("torch", "adam, weight_decay"), ("torch", "adamw")),
    ],
    ids=str,
)
def test_the_libraries_themselves_differ_where_the_page_says_so(one, other):
    _, here = places(np.zeros((100, 3)), RECORD[one[0]][one[1]])
    _, there = places(np.zeros((100, 3)), RECORD[other[0]][other[1]])
    assert np.abs(here - there).max() > 1e-5
