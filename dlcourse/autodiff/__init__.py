"""Automatic differentiation: NumPy code in, gradients out.

Read the files in this order: `rules` says what the derivative of each function is,
`variable` what a tensor is, `tape` how one loop makes gradients of both, `graph` how
to look at what was recorded.
"""

from dlcourse.autodiff.graph import Graph, graph
from dlcourse.autodiff.rules import (
    define_vjp,
    logsumexp,
    primitive,
    relu,
    sigmoid,
    softmax,
)
from dlcourse.autodiff.tape import GradientTape, grad, value_and_grad
from dlcourse.autodiff.variable import Tensor, Variable, fused, stop_gradient

# The simplest first: this is also the order of the reference.
__all__ = [  # noqa: RUF022
    "Variable",
    "GradientTape",
    "grad",
    "value_and_grad",
    "stop_gradient",
    "graph",
    "Graph",
    "Tensor",
    "relu",
    "sigmoid",
    "softmax",
    "logsumexp",
    "define_vjp",
    "primitive",
    "fused",
]
