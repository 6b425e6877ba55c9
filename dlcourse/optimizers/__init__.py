"""Optimizers: what to do with a gradient once you have it.

`formulas` has the optimizers, simplest first, each its textbook formula and little else; `base`
the bookkeeping that they share, and `clipping` what cuts gradients off.
"""

from dlcourse.optimizers._checks import NotFiniteError
from dlcourse.optimizers.base import LearningRate, Optimizer
from dlcourse.optimizers.clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from dlcourse.optimizers.formulas import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSprop

# The simplest first: this is also the order of the reference.
__all__ = [  # noqa: RUF022
    "SGD",
    "Momentum",
    "Nesterov",
    "AdaGrad",
    "RMSprop",
    "Adam",
    "AdamW",
    "clip_by_value",
    "clip_by_norm",
    "clip_by_global_norm",
    "Optimizer",
    "NotFiniteError",
    "LearningRate",
]
