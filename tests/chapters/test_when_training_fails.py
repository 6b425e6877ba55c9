"""The page "When training fails": each failure happens, and each cure cures it.

The page is Markdown and stores no outputs, so what its cells print is looked at here: which
number is high and which is low, not its digits, since small trainings end elsewhere on another
processor.
"""

import contextlib
import io
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "chapters" / "when_training_fails.md"
TEXT = PAGE.read_text(encoding="utf-8")
PARTS = re.split(r"^## (.*)\n", TEXT, flags=re.MULTILINE)
SECTIONS = dict(zip(PARTS[1::2], PARTS[2::2], strict=True))
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_page():
    """Run all cells in order; return what those of each section print."""
    names, printed = {}, {}
    for title, section in SECTIONS.items():
        for cell in CELL.findall(section):
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(cell, names)
            printed[title] = printed.get(title, "") + output.getvalue()
    return printed


PRINTED = run_page()


def numbers(title, line):
    """Return the numbers in the line of a section's output that begins like this."""
    [found] = [row for row in PRINTED[title].splitlines() if row.startswith(line)]
    return [float(n.replace(",", "")) for n in re.findall(r"-?\d[\d,]*\.?\d*(?:e-?\d+)?", found)]


def test_every_line_of_the_table_leads_to_a_section_whose_cells_show_it():
    links = re.findall(r"^\| \[(.*?)\]\(#(.*?)\)", SECTIONS["The table"], re.MULTILINE)
    assert len(links) == 11
    for words, anchor in links:
        title = words[0].upper() + words[1:]
        assert anchor == re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
        assert PRINTED[title].strip()


def test_a_sound_network_passes_the_three_checks():
    title = "Three checks before anything else"
    first, guessing = numbers(title, "first loss")
    assert guessing == 2.30
    assert 0 < first - guessing < 0.5
    assert numbers(title, "twenty rows")[1:] == [100]
    assert "#" in PRINTED[title]


def test_a_loss_that_is_nan_is_one_number_with_the_package_or_with_scaled_columns():
    printed = PRINTED["The loss is nan or inf"]
    assert "as the formula says it: nan" in printed
    assert "as they are: the loss became inf" in printed
    assert numbers("The loss is nan or inf", "the package") == [pytest.approx(0.157, abs=1e-3)]
    assert "to one scale: last loss 0.000000" in printed


def test_three_causes_of_a_flat_loss_differ_in_what_is_off_and_what_moved():
    title = "The loss does not move"
    *_, slow_right, slow_off, slow_moved = numbers(title, "rate 0.0005")
    *_, high_right, high_off, high_moved = numbers(title, "rate 10")
    *_, zero_right, zero_off, zero_moved = numbers(title, "weights begin at 0")
    *_, right, off, _ = numbers(title, "rate 0.5")
    assert max(slow_right, high_right, zero_right) < 20 < 75 < right
    assert (slow_off, high_off, zero_off, off) == (0, 32, 32, 0)
    assert zero_moved == 0 < slow_moved < 0.01 < 1 < high_moved


def test_a_gradient_fades_through_sigmoids_and_not_through_relus():
    title = "The first layers do not move"
    first, last, right = numbers(title, "sigmoid")
    assert first < 1e-3 * last
    assert right < 20
    first, last, right = numbers(title, "relu")
    assert 0.1 < first / last < 10
    assert right > 40


def test_columns_of_one_scale_take_few_steps():
    assert "as they are:  not in 20,000 steps" in PRINTED["The loss falls in a crawl"]
    assert numbers("The loss falls in a crawl", "to one scale")[0] < 200


def test_a_loss_stops_at_the_variance_of_the_targets_and_above_the_noise():
    title = "The loss falls, then stops too high"
    loss, variance = numbers(title, "loss")
    assert loss == variance > 1
    assert "the package: prediction and target must have the same shape" in PRINTED[title]
    assert numbers(title, "with equal shapes") == [0]
    assert numbers(title, "rate 0.1 all along")[1] > 0.01
    assert numbers(title, "falling from 0.1")[1] < 0.001


def test_sorted_rows_make_the_loss_swing():
    _, high, right = numbers("The loss swings", "shuffled: False")
    _, high_shuffled, right_shuffled = numbers("The loss swings", "shuffled: True")
    assert high > 1 > high_shuffled
    assert right + 10 < right_shuffled


def test_what_is_learned_by_heart_is_of_no_use_elsewhere():
    title = "Good on the training rows, bad on others"
    own, others = numbers(title, "shuffled apart")
    assert own > 60
    assert others < 20
    assert min(numbers(title, "together")) > 80
    _, own, others = numbers(title, "  30 rows")
    assert own == 100
    _, own, others_of_many = numbers(title, "1000 rows")
    assert others + 20 < others_of_many


def test_a_choice_by_the_target_finds_what_is_not_there():
    title = "Better on held-out rows than it can be"
    assert numbers(title, "20 columns chosen on all rows")[1] > 65
    assert 35 < numbers(title, "20 columns chosen on training rows")[1] < 65


def test_a_normalization_answers_otherwise_in_training():
    title = "Other answers in training than in use"
    _, batch, running = numbers(title, "after 1 epochs")
    assert batch > running + 5
    _, batch, running = numbers(title, "after 5 epochs")
    assert abs(batch - running) < 5
    assert numbers(title, "in training mode, two by two")[0] + 20 < running
    assert "needs at least two rows" in PRINTED[title]


def test_a_lost_mean_is_a_factor_of_five():
    printed = PRINTED["A gradient of your own"]
    assert "claimed / numerical = 5\n" in printed
    assert "with_the_mean: agrees" in printed


def test_a_seed_repeats_a_run():
    assert "same seed, twice: True" in PRINTED["Another result each time"]
    assert numbers("Another result each time", "other seeds")[0] > 0
