"""Optimizers: what to do with a gradient once you have it.

Read `methods` for the formulas, `base` for the bookkeeping that they share.
"""

from dlcourse.optimizers.base import LearningRate, Optimizer
from dlcourse.optimizers.methods import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSprop

# The simplest first: this is also the order of the reference.
__all__ = [  # noqa: RUF022
    "SGD",
    "Momentum",
    "Nesterov",
    "AdaGrad",
    "RMSprop",
    "Adam",
    "AdamW",
    "Optimizer",
    "LearningRate",
]
