"""Optimizers: what to do with a gradient once you have it.

Read `methods` for the formulas, `base` for the bookkeeping that they share.
"""

from dlcourse.optimizers.base import LearningRate, Optimizer
from dlcourse.optimizers.methods import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSprop

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "LearningRate",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSprop",
]
