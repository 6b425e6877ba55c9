"""Training steps, each written several ways.

The book's five-layer network (784-100-100-100-100-10, ReLU, softmax cross-entropy, Adam,
float32): with `dlcourse`, by hand in NumPy with every buffer kept from step to step, as its
matrix products alone, with HIPS autograd, and with PyTorch where it is installed. And
linear regression on ten rows, where there is nothing but overhead. Each is an object that
makes one step when it is called with a batch.
"""

import math
import warnings
from itertools import pairwise
from typing import Any

import numpy as np

from dlcourse.autodiff import GradientTape, Variable
from dlcourse.layers import Dense, ReLU, Sequential, dense, dense_relu
from dlcourse.losses import mean_squared_error, softmax_cross_entropy
from dlcourse.optimizers import SGD, Adam
from dlcourse.preprocessing import minibatches

WIDTHS = (784, 100, 100, 100, 100, 10)
RATE, BETA1, BETA2, EPSILON = 0.001, 0.9, 0.999, 1e-8


def start(seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return weights and biases to start from: He initialization, zeros."""
    rng = np.random.default_rng(seed)
    return [
        (rng.normal(0, np.sqrt(2 / n), (n, m)).astype(np.float32), np.zeros(m, np.float32))
        for n, m in pairwise(WIDTHS)
    ]


def batch(size: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs like digits, mostly dark, and labels, as a mini-batch: read-only."""
    rng = np.random.default_rng(seed)
    x = np.maximum(rng.normal(-0.5, 0.6, (size, WIDTHS[0])), 0).astype(np.float32)
    return next(iter(minibatches(x, rng.integers(0, 10, size), batch_size=size, rng=rng)))


class Course:
    """The package, used as the chapters use it."""

    def __init__(self, weights, optimizer=None) -> None:
        layers: list[Any] = []
        for w, b in weights:
            layer = Dense(*w.shape, dtype=np.float32, rng=0)
            layer.weights.assign(w)
            layer.bias.assign(b)
            layers += [layer, ReLU()]
        self.model = Sequential(*layers[:-1])
        self.optimizer = optimizer or Adam(RATE, BETA1, BETA2, EPSILON)

    def __call__(self, x, y) -> float:
        model = self.model
        with GradientTape() as tape:
            loss = softmax_cross_entropy(model(x, training=True), y)
        self.optimizer.update(model.params, tape.gradient(loss, model.params))
        return float(loss)

    def without_a_tape(self, x, y) -> list[Any]:
        """Do the arithmetic of the step by calling the package's fused functions by hand."""
        vjps = []
        *hidden, last = self.model.layers[::2]
        for layer in hidden:
            x, vjp = dense_relu.with_vjp(x, layer.weights.value, layer.bias.value)
            vjps.append(vjp)
        x, vjp = dense.with_vjp(x, last.weights.value, last.bias.value)
        _, vjp_of_loss = softmax_cross_entropy.with_vjp(x, y)
        g, _ = vjp_of_loss(np.float32(1))
        grads = []
        for i, vjp_of_layer in reversed(list(enumerate([*vjps, vjp]))):
            g, *of_layer = vjp_of_layer(g, (i > 0, True, True))
            grads += of_layer
        return grads

    def parameters(self):
        return [p.value for p in self.model.params.values()]


class ByHand:
    """NumPy alone: every array is made once and written into from then on."""

    def __init__(self, weights, rows: int) -> None:
        self.w = [w.copy() for w, _ in weights]
        self.b = [b.copy() for _, b in weights]
        self.z = [np.empty((rows, w.shape[1]), np.float32) for w in self.w]
        self.a = [np.empty_like(z) for z in self.z[:-1]]
        self.dz = [np.empty_like(z) for z in self.z]
        self.mask = [np.empty(a.shape, bool) for a in self.a]
        self.dw = [np.empty_like(w) for w in self.w]
        self.db = [np.empty_like(b) for b in self.b]
        self.column = np.empty((rows, 1), np.float32)
        parameters = [*self.w, *self.b]
        self.m = [np.zeros_like(p) for p in parameters]
        self.v = [np.zeros_like(p) for p in parameters]
        self.scratch = [np.empty_like(p) for p in parameters]
        self.t = 0
        self.rows = np.arange(rows)

    def __call__(self, x, y) -> float:
        loss = self.forward_and_backward(x, y)
        self.adam()
        return loss

    def forward_and_backward(self, x, y) -> float:
        a = x
        for i, (w, b, z) in enumerate(zip(self.w, self.b, self.z, strict=True)):
            np.matmul(a, w, out=z)
            z += b
            if i < len(self.a):
                a = np.maximum(z, 0, out=self.a[i])
        logits, p, column = self.z[-1], self.dz[-1], self.column
        np.max(logits, axis=1, keepdims=True, out=column)
        np.subtract(logits, column, out=p)
        right = p[self.rows, y].sum()
        np.exp(p, out=p)
        np.sum(p, axis=1, keepdims=True, out=column)
        n = len(x)
        loss = float(np.log(column).sum() - right) / n
        p /= column
        p[self.rows, y] -= 1
        p /= n
        for i in reversed(range(len(self.w))):
            below = self.a[i - 1] if i else x
            np.matmul(below.T, self.dz[i], out=self.dw[i])
            np.sum(self.dz[i], axis=0, out=self.db[i])
            if i:
                np.matmul(self.dz[i], self.w[i].T, out=self.dz[i - 1])
                np.greater(self.z[i - 1], 0, out=self.mask[i - 1])
                self.dz[i - 1] *= self.mask[i - 1]
        return loss

    def adam(self) -> None:
        self.t += 1
        root_of_c2 = float(np.sqrt(1 - BETA2**self.t))
        rate = -RATE * root_of_c2 / (1 - BETA1**self.t)
        for p, g, m, v, s in zip(
            [*self.w, *self.b], [*self.dw, *self.db], self.m, self.v, self.scratch, strict=True
        ):
            m *= BETA1
            m += np.multiply(g, 1 - BETA1, out=s)
            v *= BETA2
            np.multiply(g, g, out=s)
            s *= 1 - BETA2
            v += s
            np.sqrt(v, out=s)
            s += EPSILON * root_of_c2
            np.divide(m, s, out=s)
            s *= rate
            p += s

    def parameters(self):
        return [p for pair in zip(self.w, self.b, strict=True) for p in pair]


class ByHandFlat(ByHand):
    """The same with Adam over one flat vector, of which all weights and gradients are views."""

    def __init__(self, weights, rows: int) -> None:
        super().__init__(weights, rows)
        self.flat = np.concatenate([p.reshape(-1) for p in (*self.w, *self.b)])
        self.gradient = np.zeros_like(self.flat)
        self.w, self.b = self.views_of(self.flat)
        self.dw, self.db = self.views_of(self.gradient)
        self.moments = np.zeros_like(self.flat), np.zeros_like(self.flat)
        self.step = np.empty_like(self.flat)

    def views_of(self, flat):
        shapes = [array.shape for array in (*self.w, *self.b)]
        ends = np.cumsum([math.prod(shape) for shape in shapes])[:-1]
        parts = np.split(flat, ends)
        views = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
        return views[: len(self.w)], views[len(self.w) :]

    def adam(self) -> None:
        self.t += 1
        root_of_c2 = float(np.sqrt(1 - BETA2**self.t))
        rate = -RATE * root_of_c2 / (1 - BETA1**self.t)
        g, (m, v), s = self.gradient, self.moments, self.step
        m *= BETA1
        m += np.multiply(g, 1 - BETA1, out=s)
        v *= BETA2
        np.multiply(g, g, out=s)
        s *= 1 - BETA2
        v += s
        np.sqrt(v, out=s)
        s += EPSILON * root_of_c2
        np.divide(m, s, out=s)
        s *= rate
        self.flat += s


class ProductsAlone(ByHand):
    """The fourteen matrix products of the step, and nothing else."""

    def __init__(self, weights, rows: int) -> None:
        super().__init__(weights, rows)
        rng = np.random.default_rng(2)
        for array in (*self.a, *self.dz):  # what they hold does not matter, if it is ordinary
            array[...] = rng.normal(size=array.shape)

    def __call__(self, x, y) -> None:
        for i, (w, z) in enumerate(zip(self.w, self.z, strict=True)):
            np.matmul(self.a[i - 1] if i else x, w, out=z)
        for i in reversed(range(len(self.w))):
            below = self.a[i - 1] if i else x
            np.matmul(below.T, self.dz[i], out=self.dw[i])
            if i:
                np.matmul(self.dz[i], self.w[i].T, out=self.z[i - 1])


class Autograd:
    """HIPS autograd, with Adam as its own `autograd.misc.optimizers` writes it."""

    def __init__(self, weights) -> None:
        import autograd
        import autograd.numpy as anp
        from autograd.misc import flatten

        self.flat, self.unflatten = flatten([(w.copy(), b.copy()) for w, b in weights])
        self.m, self.v = np.zeros_like(self.flat), np.zeros_like(self.flat)
        self.t = 0

        def loss(flat, x, y):
            params = self.unflatten(flat)
            for w, b in params[:-1]:
                x = anp.maximum(anp.dot(x, w) + b, 0)
            z = anp.dot(x, params[-1][0]) + params[-1][1]
            z = z - anp.max(z, axis=1, keepdims=True)
            logs = z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True))
            return -anp.mean(logs[anp.arange(len(y)), y])

        self.value_and_grad = autograd.value_and_grad(loss)

    def __call__(self, x, y) -> float:
        loss, g = self.value_and_grad(self.flat, x, y)
        self.t += 1
        self.m = (1 - BETA1) * g + BETA1 * self.m
        self.v = (1 - BETA2) * (g**2) + BETA2 * self.v
        m_hat = self.m / (1 - BETA1**self.t)
        v_hat = self.v / (1 - BETA2**self.t)
        self.flat = self.flat - RATE * m_hat / (np.sqrt(v_hat) + EPSILON)
        return float(loss)

    def parameters(self):
        return [p for pair in self.unflatten(self.flat) for p in pair]


class Torch:
    """PyTorch, eager, with the fastest of its three implementations of Adam on this machine."""

    def __init__(self, weights, **adam: bool) -> None:
        import torch

        layers: list[Any] = []
        for w, b in weights:
            layer = torch.nn.Linear(*w.shape)
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(w.T.copy()))
                layer.bias.copy_(torch.from_numpy(b))
            layers += [layer, torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.loss = torch.nn.CrossEntropyLoss()
        # It warns that it could write into the memory of a read-only array; nothing does here.
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), lr=RATE, betas=(BETA1, BETA2), eps=EPSILON, **adam
        )
        self.tensor = torch.from_numpy

    def __call__(self, x, y) -> float:
        x, y = self.tensor(x), self.tensor(y)  # shares the memory: next to nothing
        loss = self.loss(self.model(x), y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return float(loss.detach())

    def parameters(self):
        return [
            p.detach().numpy().T if p.ndim == 2 else p.detach().numpy()
            for p in self.model.parameters()
        ]


class Regression:
    """Linear regression, 13 features, one mini-batch of ten rows, float64, through the tape."""

    def __init__(self) -> None:
        self.params = {"weights": Variable(np.zeros(13)), "intercept": Variable(0.0)}
        self.optimizer = SGD(RATE)

    def loss(self, x, y):
        params = self.params
        return mean_squared_error(dense(x, params["weights"], params["intercept"]), y)

    def __call__(self, x, y) -> float:
        params = self.params
        with GradientTape() as tape:
            loss = self.loss(x, y)
        self.optimizer.update(params, tape.gradient(loss, params))
        return float(loss)

    def parameters(self):
        return [p.value for p in self.params.values()]


class RegressionByHand:
    """The same in as few NumPy calls as it takes."""

    def __init__(self) -> None:
        self.w, self.b = np.zeros(13), 0.0

    def __call__(self, x, y) -> float:
        r = x @ self.w
        r += self.b
        r -= y
        loss = float(r @ r) / len(r)
        r *= 2.0 / len(r)
        self.w -= RATE * (r @ x)
        self.b -= RATE * r.sum()
        return loss

    def parameters(self):
        return [self.w, np.asarray(self.b)]


class RegressionAsInTheChapter(RegressionByHand):
    """The same as chapter 12 writes it, formula by formula."""

    def __call__(self, x, y) -> float:
        prediction = x @ self.w + self.b
        residual = prediction - y
        loss = np.mean(residual**2)
        grad_w, grad_b = 2 / len(x) * x.T @ residual, 2 / len(x) * residual.sum()
        self.w = self.w - RATE * grad_w
        self.b = self.b - RATE * grad_b
        return float(loss)


class RegressionTorch:
    """The same in PyTorch, eager."""

    def __init__(self) -> None:
        import torch

        self.w = torch.zeros(13, dtype=torch.float64, requires_grad=True)
        self.b = torch.zeros((), dtype=torch.float64, requires_grad=True)
        self.optimizer = torch.optim.SGD([self.w, self.b], lr=RATE)
        self.loss, self.tensor = torch.nn.functional.mse_loss, torch.from_numpy

    def __call__(self, x, y) -> float:
        x, y = self.tensor(x), self.tensor(y)
        loss = self.loss(x @ self.w + self.b, y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return float(loss.detach())

    def parameters(self):
        return [p.detach().numpy() for p in (self.w, self.b)]
