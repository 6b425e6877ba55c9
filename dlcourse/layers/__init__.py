"""Layers: functions with parameters, put one after the other.

Read `operations` for the mathematics and its derivatives, `layer` for the objects that
hold the parameters.
"""

from dlcourse.layers.layer import (
    BatchNorm,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
)
from dlcourse.layers.operations import batch_norm, dense, layer_norm

# The simplest first: this is also the order of the reference.
__all__ = [  # noqa: RUF022
    "Dense",
    "ReLU",
    "Sigmoid",
    "Tanh",
    "Sequential",
    "BatchNorm",
    "LayerNorm",
    "Dropout",
    "Layer",
    "dense",
    "batch_norm",
    "layer_norm",
]
