"""Right answers to the exercises of chapter 14, in styles of their own."""

import copy
import math

import numpy as np

from dlcourse.autodiff import Variable
from dlcourse.layers import Dense, ReLU, Sequential
from dlcourse.optimizers import Momentum


def _a_fresh_network(source, outputs, rng):
    """A network of the same widths with a start of its own; then the numbers are assigned."""
    layers = []
    for layer in source.layers[:-1]:
        dense = isinstance(layer, Dense)
        layers.append(Dense(layer.in_features, layer.out_features, rng=0) if dense else ReLU())
    made = Sequential(*layers, Dense(source.layers[-1].in_features, outputs, rng=rng))
    for new, old in zip(list(made.params.values())[:-2], source.params.values(), strict=False):
        new.assign(old.value)
    return made


def _a_head_on_a_body(source, outputs, rng):
    """The copied layers are a network of their own, if there are any."""
    last = Dense(source.layers[-1].weights.shape[0], outputs, rng=rng)
    if len(source) == 1:
        return Sequential(last)
    made = Sequential(copy.deepcopy(source[:-1]), last)
    made.unfreeze()
    return made


def _a_copy_of_all(source, outputs, rng):
    """All is copied; the last layer gets other variables, which are drawn here."""
    made = copy.deepcopy(source)
    inputs, last = made.layers[-1].in_features, made.layers[-1]
    last.weights = Variable(rng.normal(0, np.sqrt(2 / inputs), (inputs, outputs)))
    last.bias = Variable(np.zeros(outputs))
    for variable in made.params.values():
        variable.trainable = True
    return made


def _by_the_package(w, v, g, frozen, rate, momentum):
    """Only what moves is handed to the optimizer."""
    moves = [name for name in w if name.partition("/")[0] not in set(frozen)]
    params = {name: np.array(w[name], dtype=float) for name in moves}
    velocity = {name: np.array(v[name], dtype=float) for name in moves}
    if moves:
        optimizer = Momentum(rate, momentum)
        optimizer.load_state_dict({"iterations": 1, "velocity": velocity})
        optimizer.update(params, {name: np.asarray(g[name]) for name in moves})
        velocity = optimizer.state_dict()["velocity"]
    return {**w, **params}, {**v, **velocity}


def _by_a_mask(w, v, g, frozen, rate, momentum):
    on = {name: float(not any(name.startswith(f + "/") for f in frozen)) for name in w}
    new = {k: on[k] * (momentum * v[k] - rate * g[k]) + (1 - on[k]) * v[k] for k in w}
    return {k: w[k] + on[k] * new[k] for k in w}, new


def _into_copies(w, v, g, frozen, rate, momentum):
    """Copies of all arrays are changed, number by number."""
    new_w, new_v = ({k: array.copy() for k, array in part.items()} for part in (w, v))
    for k in (k for k in w if k.split("/")[0] not in frozen):
        for place in np.ndindex(w[k].shape):
            new_v[k][place] = momentum * v[k][place] - rate * g[k][place]
            new_w[k][place] += new_v[k][place]
    return new_w, new_v


def _from_the_end(counts, scratch, level):
    """Walk back from the most labels as long as the level holds."""
    needed, pairs = np.inf, list(zip(counts, scratch, strict=True))[::-1]
    for k, (count, percent) in enumerate(pairs):
        if percent < level:
            if k == 0:
                return needed
            (more, above) = pairs[k - 1]
            share = (above - level) / (above - percent)
            return math.exp(math.log(more) + share * (math.log(count) - math.log(more)))
    return float(counts[0])


RIGHT = {
    "14.3": [_a_fresh_network, _a_head_on_a_body, _a_copy_of_all],
    "14.4": [_by_the_package, _by_a_mask, _into_copies],
    "14.5": [_from_the_end],
}
