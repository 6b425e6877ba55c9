"""How accurate are the functions that networks are made of, and their derivatives?

Each is computed in float32 and float64 at points all over -700 to 700 and compared with
mpmath in 50 digits. The error is counted in units in the last place (ulp) of the exact
result; where that lies below the smallest normal number, in units of the smallest there is.

Run it with `make accuracy`; `tests/package/test_accuracy.py` holds the package to the bounds.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import numpy as np

from dlcourse.autodiff import grad, logsumexp, sigmoid, softplus
from dlcourse.losses import binary_cross_entropy, softmax_cross_entropy

mpmath.mp.dps = 50
ONE = mpmath.mpf(1)


def points(dtype: Any) -> np.ndarray:
    """Return points of both signs, near 0 and at the ends, as the dtype holds them."""
    rng = np.random.default_rng(0)
    near = np.concatenate([10.0 ** rng.uniform(-12, 0, 60), rng.uniform(0, 40, 120)])
    far = np.concatenate([rng.uniform(40, 700, 60), [700.0, 0.5, 15.0, 20.0, 40.0, 88.0]])
    x = np.concatenate([near, far])
    return np.concatenate([[0.0], x, -x]).astype(dtype)


class Subject(NamedTuple):
    """A function of one number, and what mpmath says of it and of its slope."""

    name: str
    f: Callable[[Any], Any]
    exact: Callable[[Any], Any]
    exact_slope: Callable[[Any], Any]


def _sigmoid(x):
    return ONE / (1 + mpmath.exp(-x))


def _softplus(x):
    return mpmath.log1p(mpmath.exp(x))


def _pair(x):
    """Return x and 0 as an array: what logsumexp and the cross-entropies are tried on."""
    return np.stack([x, 0 * x])


SUBJECTS = [
    Subject("sigmoid", sigmoid, _sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x)),
    Subject("tanh", np.tanh, mpmath.tanh, lambda x: mpmath.sech(x) ** 2),
    Subject("softplus", softplus, _softplus, _sigmoid),
    Subject("expm1", np.expm1, mpmath.expm1, mpmath.exp),
    Subject("logsumexp of x and 0", lambda x: logsumexp(_pair(x)), _softplus, _sigmoid),
    Subject(
        "binary cross-entropy, label 1",
        lambda x: binary_cross_entropy(np.reshape(x, (1,)), np.ones(1)),
        lambda x: _softplus(-x),
        lambda x: -_sigmoid(-x),
    ),
    Subject(
        "binary cross-entropy, label 0",
        lambda x: binary_cross_entropy(np.reshape(x, (1,)), np.zeros(1)),
        _softplus,
        _sigmoid,
    ),
    Subject(
        "softmax cross-entropy of x and 0, class 0",
        lambda x: softmax_cross_entropy(np.reshape(_pair(x), (1, 2)), np.array([0])),
        lambda x: _softplus(-x),
        lambda x: -_sigmoid(-x),
    ),
    Subject(
        "softmax cross-entropy of x and 0, class 1",
        lambda x: softmax_cross_entropy(np.reshape(_pair(x), (1, 2)), np.array([1])),
        _softplus,
        _sigmoid,
    ),
]


def error_in_ulp(found: Any, exact: Any, dtype: Any) -> float:
    """Return how far a computed number is from the exact one, in units in the last place."""
    info = np.finfo(dtype)
    if abs(exact) > mpmath.mpf(float(info.max)):
        return 0.0 if np.isinf(found) else float("inf")
    size = mpmath.mpf(float(np.spacing(max(dtype(abs(exact)), info.tiny))))
    return float(abs(mpmath.mpf(float(found)) - exact) / size)


class Errors(NamedTuple):
    """The largest errors of a function, in units in the last place, and where they are."""

    value: float
    value_at: float
    slope: float
    slope_at: float


def errors_of(subject: Subject, dtype: Any) -> Errors:
    """Return the largest errors over all points."""
    worst = {"value": (0.0, 0.0), "slope": (0.0, 0.0)}
    with np.errstate(over="ignore", under="ignore"):
        for x in points(dtype):
            at = mpmath.mpf(float(x))
            for what, found, exact in (
                ("value", subject.f(x), subject.exact(at)),
                ("slope", grad(subject.f)(x), subject.exact_slope(at)),
            ):
                error = error_in_ulp(np.asarray(found), exact, dtype)
                worst[what] = max(worst[what], (error, float(x)))
    return Errors(*worst["value"], *worst["slope"])


def table() -> str:
    """Return all errors as a table in Markdown."""
    lines = [
        "| function | float64: value | slope | float32: value | slope |",
        "|---|--:|--:|--:|--:|",
    ]
    for subject in SUBJECTS:
        cells = []
        for dtype in (np.float64, np.float32):
            errors = errors_of(subject, dtype)
            cells += [f"{errors.value:.1f}", f"{errors.slope:.1f}"]
        lines.append(f"| {subject.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print("Largest error on -700 to 700, in units in the last place:\n")
    print(table())
