"""Automatic differentiation: NumPy code in, gradients out.

Read the files in this order: `variable` says what a tensor is, `functions` how a function of
tensors is carried out, `rules` what the derivative of each function is, `tape` how one loop
makes gradients of all that, `derivatives` what to ask a tape for, `graph` how to look at what
was recorded. (`elementary` and `_composites` are plain NumPy, to look things up in.)
"""

from dlcourse.autodiff.derivatives import grad, hessian, jacobian, jvp, value_and_grad, vjp
from dlcourse.autodiff.functions import define_vjp, fused, primitive, stop_gradient
from dlcourse.autodiff.graph import Graph, graph
from dlcourse.autodiff.rules import logsumexp, relu, sigmoid, softmax, softplus
from dlcourse.autodiff.tape import GradientTape
from dlcourse.autodiff.variable import Tensor, Variable

# The simplest first: this is also the order of the reference.
__all__ = [  # noqa: RUF022
    "Variable", "GradientTape", "grad", "value_and_grad", "stop_gradient", "jacobian", "hessian",
    "vjp", "jvp", "graph", "Graph", "Tensor", "relu", "sigmoid", "softplus", "softmax",
    "logsumexp", "define_vjp", "primitive", "fused",
]  # fmt: skip
