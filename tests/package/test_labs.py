"""What Python makes of a laboratory; what it does is tested in a browser, in tests/site."""

import html
import inspect
import json
import re

import pytest

from dlcourse import labs, optimizers, schedules
from dlcourse.labs import _laboratory
from dlcourse.labs._optimizer import MARKERS, SCHEDULES, optimizer_presets
from dlcourse.widgets import STATIC_ONLY


@pytest.fixture(autouse=True)
def live(monkeypatch):
    """A kernel that has shown no laboratory yet."""
    monkeypatch.delenv(STATIC_ONLY, raising=False)
    monkeypatch.setattr(_laboratory, "_sent", set())


def test_the_first_of_a_notebook_brings_script_and_style_and_the_others_do_not():
    first, second = (labs.graph_lab()._repr_html_() for _ in range(2))
    assert "<script>" in first
    assert "<style>" in first
    assert second == labs.graph_lab().to_html()
    assert "<script" not in second


def test_in_colab_each_brings_its_own(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "google.colab", None)
    assert all("<script>" in labs.graph_lab()._repr_html_() for _ in range(2))


def test_a_notebook_stores_a_sentence_and_what_it_was_made_of(monkeypatch):
    monkeypatch.setenv(STATIC_ONLY, "1")
    lab = labs.graph_lab("y = x*x & <b>", x=3)
    stored = lab._repr_html_()
    assert len(stored) < 300
    assert "Graph lab:</strong> run this cell" in stored
    arguments = json.loads(html.unescape(re.search('data-arguments="([^"]*)"', stored)[1]))
    assert arguments == {"formula": "y = x*x & <b>", "own_address": False, "x": 3}
    assert labs.graph_lab(**arguments) == lab


def test_a_preset_is_called_by_its_name():
    lab = labs.optimizer_lab("5-two-step-cycle")
    assert lab.settings == optimizer_presets()["5-two-step-cycle"]["settings"]
    assert html.escape(lab.settings) in lab.to_html()
    with pytest.raises(ValueError, match="there is no preset '5-none'; there are race, 5-"):
        labs.optimizer_lab("5-none")


def test_readers_choose_among_the_presets_unless_they_shall_not():
    shown = labs.optimizer_lab().to_html()
    assert shown.count("<option") > 30
    invites = (
        '<label>Example <select class="dl-lab-preset"><option value="">choose one, or set your'
    )
    assert invites in shown
    few = labs.optimizer_lab(presets=False).to_html()
    assert "Chapter 5: a rate" not in few


def test_settings_are_quoted_into_the_page():
    lab = labs.optimizer_lab({"surface": "formula", "f": '"><script>alert(1)</script>', "SGD": 1})
    assert "<script" not in lab.to_html()
    assert "<script" not in labs.graph_lab('"><script>').to_html()


def test_every_optimizer_and_every_schedule_of_the_package_is_there():
    made = {
        name
        for name, value in vars(optimizers).items()
        if inspect.isclass(value) and issubclass(value, optimizers.Optimizer)
    }
    assert set(MARKERS) == made - {"Optimizer"}
    known = {
        name
        for name, value in vars(schedules).items()
        if inspect.isclass(value)
        and issubclass(value, schedules.Schedule)
        and not inspect.isabstract(value)
    }
    # These three have fields of their own: warm-up, hold, another one after so many steps.
    assert set(SCHEDULES) == known - {"Warmup", "StartAt", "Join"}
