"""The interactive figures of the book: sliders that work with and without a kernel.

`interactive_figure` makes a figure from two functions of yours, one that draws what
stays and one that draws what moves. The others are the figures of the chapters.
"""

from dlcourse.widgets.batches import smoothing_a_curve, walks_by_batch_size
from dlcourse.widgets.calculus import (
    secant_to_tangent,
    step_size_error,
    which_way_is_down,
    zoom,
)
from dlcourse.widgets.chains import gradient_by_depth, nudge_through_a_chain
from dlcourse.widgets.contests import curves_so_far, scores_by_rate
from dlcourse.widgets.descent import descent_on_a_curve
from dlcourse.widgets.features import classes_on_a_map
from dlcourse.widgets.figure import (
    GZIPPED_LIMIT,
    STATIC_ONLY,
    SVG_LIMIT,
    InteractiveFigure,
    Slider,
    interactive_figure,
)
from dlcourse.widgets.fits import capacity_and_decay
from dlcourse.widgets.graphs import graph_passes
from dlcourse.widgets.models import line_learning, weights_learning
from dlcourse.widgets.races import optimizer_race, rate_and_momentum
from dlcourse.widgets.rates import loss_by_rate, schedule_builder, walk_through_range_test
from dlcourse.widgets.rows import slopes_carried_back
from dlcourse.widgets.scaling import scales_by_depth, stretch_a_feature
from dlcourse.widgets.staircases import accuracy_and_loss
from dlcourse.widgets.starts import histograms_by_layer
from dlcourse.widgets.surfaces import step_on_a_surface, turn_a_direction
from dlcourse.widgets.valleys import descent_on_a_map, errors_on_a_bowl

# In the order of the reference: the machinery, then the figures by subject.
__all__ = [  # noqa: RUF022
    "interactive_figure",
    "Slider",
    "InteractiveFigure",
    "SVG_LIMIT",
    "GZIPPED_LIMIT",
    "STATIC_ONLY",
    "secant_to_tangent",
    "zoom",
    "accuracy_and_loss",
    "which_way_is_down",
    "step_size_error",
    "step_on_a_surface",
    "turn_a_direction",
    "nudge_through_a_chain",
    "slopes_carried_back",
    "gradient_by_depth",
    "graph_passes",
    "descent_on_a_curve",
    "walks_by_batch_size",
    "smoothing_a_curve",
    "stretch_a_feature",
    "scales_by_depth",
    "histograms_by_layer",
    "capacity_and_decay",
    "classes_on_a_map",
    "descent_on_a_map",
    "errors_on_a_bowl",
    "optimizer_race",
    "curves_so_far",
    "scores_by_rate",
    "rate_and_momentum",
    "loss_by_rate",
    "walk_through_range_test",
    "schedule_builder",
    "line_learning",
    "weights_learning",
]
