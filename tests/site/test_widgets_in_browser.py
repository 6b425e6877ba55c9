"""The interactive figures under a reader's hands: keys, fingers, a printer."""

import re
from datetime import datetime

import numpy as np
import pytest
import site_checks
from site_checks import AXE, TRIAL, find_chromium, quiet_pages, serve

from dlcourse import widgets

expect = pytest.importorskip("playwright.sync_api").expect  # waits for what it expects

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason=site_checks.NO_CHROMIUM),
    pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: run 'make book' first"),
]

PHONE = {"viewport": site_checks.PHONE, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def figure():
    return widgets.descent_on_a_curve(
        np.square, [2.0, -1.0, 0.5], [0.1, 0.25, 0.5, 1.1], xlim=(-3, 3), ylim=(0, 9), first=1
    )


@pytest.fixture
def visit(browser, figure, tmp_path):
    """Open a page with the figure; close it after the test, which must have been quiet."""
    (tmp_path / "figure.html").write_text(TRIAL.format(figure.to_html()), encoding="utf-8")
    with serve(tmp_path) as address, quiet_pages(browser) as open_quietly:
        yield lambda **settings: open_quietly(f"{address}/figure.html", **settings)


def shown(page):
    """Return the frame that is seen; there must be exactly one."""
    frames = page.locator(".dl-stage [data-frame]").evaluate_all(
        "(all) => all.filter((g) => getComputedStyle(g).display !== 'none')"
        ".map((g) => g.dataset.frame)"
    )
    (frame,) = set(frames)
    return int(frame)


def shows(page, frame):
    """Wait until this frame is seen, since a tap is answered a moment later; and no other."""
    part = page.locator(f".dl-stage [data-frame='{frame}']").first
    expect(part).not_to_have_css("display", "none")
    assert shown(page) == frame


def state(page):
    """Return the frame, what is spoken of each slider, and the caption."""
    spoken = [slider.get_attribute("aria-valuetext") for slider in page.get_by_role("slider").all()]
    return shown(page), *spoken, page.locator(".dl-caption").text_content()


def tap(page, control, part):
    """Touch a control at this part of its width, as a finger does: enabled or not."""
    control.scroll_into_view_if_needed()
    box = control.bounding_box()
    page.touchscreen.tap(box["x"] + part * box["width"], box["y"] + box["height"] / 2)


def test_each_slider_answers_to_the_keyboard(visit, figure):
    page = visit()
    assert state(page) == (1, "0.25", "2", figure.captions[1])
    page.get_by_role("slider", name="learning rate").press("ArrowRight")
    assert state(page) == (2, "0.5", "2", figure.captions[2])
    page.get_by_role("slider", name="start").press("End")
    assert state(page) == (10, "0.5", "0.5", figure.captions[10])
    page.get_by_role("slider", name="learning rate").press("Home")
    assert state(page) == (8, "0.1", "0.5", figure.captions[8])
    assert page.locator(".dl-value").all_text_contents() == ["0.1", "0.5"]


def test_every_control_is_reached_with_the_tab_key_in_reading_order(visit):
    page = visit()
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(document.activeElement.closest('label') ?? document.activeElement).innerText"
            )
        )
    assert reached == ["learning rate", "Step back", "Play", "Step forward", "start"]


def test_the_buttons_say_which_slider_they_move(visit):
    group = visit().get_by_role("group", name="Move: learning rate")
    assert group.get_by_role("button").all_text_contents() == ["Step back", "Play", "Step forward"]


def test_one_sentence_is_spoken_for_each_step(visit):
    live = visit().locator("output, [role=status], [role=alert], [aria-live=polite]")
    assert live.evaluate_all("(all) => all.map((e) => e.className)") == ["dl-caption"]


def test_two_copies_of_a_figure_move_apart(browser, figure, tmp_path):
    (tmp_path / "twice.html").write_text(TRIAL.format(2 * figure.to_html()), encoding="utf-8")
    with serve(tmp_path) as address, quiet_pages(browser) as open_quietly:
        page = open_quietly(f"{address}/twice.html")
        first, second = (page.locator(".dl-interactive").nth(i) for i in (0, 1))
        second.get_by_role("slider", name="learning rate").press("End")
        assert (shown(first), shown(second)) == (1, 3)


def test_a_slider_and_its_drawing_agree_when_a_reader_comes_back(visit):
    page = visit()
    page.get_by_role("slider", name="learning rate").press("End")
    address = page.url
    page.goto("about:blank")
    page.go_back()
    assert page.url == address
    slider = page.get_by_role("slider", name="learning rate")
    shows(page, int(slider.input_value()))
    page.reload()
    shows(page, int(slider.input_value()))
    # A browser may also set a slider by itself, later.
    page.evaluate("document.querySelector('input').value = 3")
    page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    shows(page, 3)


def test_each_slider_answers_to_a_finger(visit):
    page = visit(**PHONE)
    for name, frame in (("learning rate", 3), ("start", 11)):
        tap(page, page.get_by_role("slider", name=name), 0.98)
        shows(page, frame)


def test_buttons_answer_to_a_finger_and_stop_at_the_ends(visit):
    page = visit(**PHONE)
    back, forward = (page.get_by_role("button", name=f"Step {way}") for way in ("back", "forward"))
    for button, frame in ((back, 0), (back, 0), (forward, 1), (forward, 2), (forward, 3)):
        tap(page, button, 0.5)
        shows(page, frame)
    assert forward.get_attribute("aria-disabled") == "true"
    assert back.get_attribute("aria-disabled") == "false"


def test_a_finger_can_hit_every_control(visit):
    page = visit(**PHONE)
    controls = page.locator(".dl-controls :is(input, button)")
    assert controls.count() == 5
    for control in controls.all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 44, f"{control} is {box}"
    assert not site_checks.sideways_scrolling(page)


def stop_the_clock(page):
    """From now on time passes only by `page.clock.run_for`, however slow the machine is."""
    page.clock.install(time=datetime(2026, 1, 1))
    page.clock.pause_at(datetime(2026, 1, 2))


def test_play_runs_over_the_first_slider_and_speaks_only_at_its_end(visit, figure):
    page = visit()
    stop_the_clock(page)
    page.get_by_role("slider", name="start").press("ArrowRight")
    play = page.locator(".dl-play")
    play.press("Enter")
    assert play.text_content() == "Pause"
    assert page.locator(".dl-caption").get_attribute("aria-live") == "off"
    seen = [shown(page)]
    for _ in range(2):
        page.clock.run_for(600)
        seen.append(shown(page))
    assert seen == [5, 6, 7]
    assert play.text_content() == "Play"
    assert page.locator(".dl-caption").get_attribute("aria-live") == "polite"
    assert state(page)[-1] == figure.captions[7]


def test_play_pauses_and_starts_again_from_the_beginning(visit):
    page = visit()
    stop_the_clock(page)
    play = page.locator(".dl-play")
    play.click()
    page.clock.run_for(600)
    play.click()
    page.clock.run_for(6_000)
    assert shown(page) == 2
    page.get_by_role("slider", name="learning rate").press("End")
    play.click()
    assert shown(page) == 0


def test_nothing_moves_smoothly(visit):
    page = visit(reduced_motion="reduce")
    moving = page.locator(".dl-interactive, .dl-interactive *").evaluate_all(
        "(all) => all.map((e) => getComputedStyle(e))"
        ".filter((s) => s.transitionDuration !== '0s' || s.animationName !== 'none').length"
    )
    assert moving == 0


def test_paper_shows_one_frame_its_values_and_no_controls(visit):
    page = visit()
    page.emulate_media(media="print")
    assert shown(page) == 1
    for control in page.locator(".dl-interactive :is(input, button)").all():
        assert not control.is_visible()
    text = re.sub(r"\s+", " ", page.locator(".dl-controls").inner_text())
    assert text == "learning rate 0.25 start 2"


def test_without_script_the_drawing_is_seen_once(visit):
    page = visit(java_script_enabled=False)
    assert page.locator(".dl-stage svg").is_visible()
    assert not page.locator("noscript").is_visible()


@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_the_figure_keeps_nobody_out(visit, settings):
    assert site_checks.barriers(visit(**settings)) == []
