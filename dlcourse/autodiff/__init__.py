"""Automatic differentiation: NumPy code in, gradients out.

Read the files in this order: `variable` says what a tensor is, `rules` what the
derivative of each function is, `tape` how one loop makes gradients of both, `graph`
how to look at what was recorded.
"""

from dlcourse.autodiff.graph import Graph, graph
from dlcourse.autodiff.rules import logsumexp, relu, sigmoid, softmax
from dlcourse.autodiff.tape import GradientTape, grad, value_and_grad
from dlcourse.autodiff.variable import Tensor, Variable, define_vjp, fused, primitive, stop_gradient

# The simplest first: this is also the order of the reference.
__all__ = [  # noqa: RUF022
    "Variable", "GradientTape", "grad", "value_and_grad", "stop_gradient", "graph", "Graph",
    "Tensor", "relu", "sigmoid", "softmax", "logsumexp", "define_vjp", "primitive", "fused",
]  # fmt: skip
