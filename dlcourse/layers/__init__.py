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

__all__ = [
    "BatchNorm",
    "Dense",
    "Dropout",
    "Layer",
    "LayerNorm",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "batch_norm",
    "dense",
    "layer_norm",
]
