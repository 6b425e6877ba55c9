"""Layers: functions with parameters, from the weighted sum to the whole network.

`layer` says what all layers share, `units` has the layers themselves, `sequential` puts them
one after the other, and `operations` holds the mathematics of the larger ones.
"""

from dlcourse.layers.layer import Layer, Summary
from dlcourse.layers.operations import batch_norm, dense, dense_relu, layer_norm
from dlcourse.layers.sequential import Sequential
from dlcourse.layers.units import (
    ELU,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    LayerNorm,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)

# The simplest first: this is also the order of the reference.
__all__ = [  # noqa: RUF022
    "Dense",
    "ReLU",
    "Sigmoid",
    "Tanh",
    "Softplus",
    "LeakyReLU",
    "ELU",
    "SiLU",
    "Flatten",
    "Sequential",
    "BatchNorm",
    "LayerNorm",
    "Dropout",
    "Layer",
    "Summary",
    "dense",
    "dense_relu",
    "batch_norm",
    "layer_norm",
]
