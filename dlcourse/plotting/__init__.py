"""The figures of the book, drawn in one style.

Each function draws one kind of figure, on axes you give it or on new ones, and
returns the axes so that you can change what you like. `use_book_style` sets sizes
and colors once for a notebook.
"""

from dlcourse.plotting.batches import clouds, ends_by_size
from dlcourse.plotting.bowls import walks_in_bowls
from dlcourse.plotting.calculus import growing_rectangle, projections, wiring
from dlcourse.plotting.comparisons import paired_differences
from dlcourse.plotting.curves import loss_bands, loss_curves, range_test, schedules, smooth
from dlcourse.plotting.diagrams import layers_carried_over, loop_diagram
from dlcourse.plotting.graphs import draw_graph
from dlcourse.plotting.landscapes import contours, gradient_field, paths, surface
from dlcourse.plotting.norms import column_and_row_statistics, paths_through_a_batch
from dlcourse.plotting.passes import order_on_a_line, two_modes, values_held
from dlcourse.plotting.steps import look_ahead
from dlcourse.plotting.style import BOOK_STYLE, COLORS, book_style, use_book_style, use_log_axis
from dlcourse.plotting.tables import (
    activation_histograms,
    bars,
    histogram,
    image_grid,
    intervals,
    ranges,
    scatter,
)
from dlcourse.plotting.walks import path_panels, walks_on_a_curve

# In the order of the reference: style, curves, landscapes, graphs, tables.
__all__ = [  # noqa: RUF022
    "COLORS",
    "BOOK_STYLE",
    "use_book_style",
    "book_style",
    "use_log_axis",
    "loss_curves",
    "loss_bands",
    "smooth",
    "schedules",
    "range_test",
    "contours",
    "paths",
    "gradient_field",
    "surface",
    "path_panels",
    "walks_on_a_curve",
    "look_ahead",
    "walks_in_bowls",
    "growing_rectangle",
    "projections",
    "wiring",
    "draw_graph",
    "order_on_a_line",
    "two_modes",
    "values_held",
    "paths_through_a_batch",
    "column_and_row_statistics",
    "loop_diagram",
    "layers_carried_over",
    "scatter",
    "bars",
    "ranges",
    "intervals",
    "paired_differences",
    "ends_by_size",
    "clouds",
    "histogram",
    "activation_histograms",
    "image_grid",
]
