"""Write recorded.json: what PyTorch, Keras and Optax compute, for the tests to compare with.

Needs torch, keras and optax, which the tests do not. Run it by hand when something is to be
added, from any directory:

    python tests/package/recorded/make_recorded.py

Everything is computed in float64. The inputs are drawn here once and stored next to the
results, so a comparison depends on no random generator.
"""

import inspect
import itertools
import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import jax
import keras
import numpy as np
import optax
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler

OUTPUT = Path(__file__).with_name("recorded.json")
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
keras.config.set_floatx("float64")
jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(2024)


def tensor(array, requires_grad=True):
    return torch.tensor(np.array(array), requires_grad=requires_grad)


# --- optimizers ------------------------------------------------------------------

STEPS, CHANGE_AT = 20, 10
RATES = {"constant": [0.05] * STEPS, "changing": [0.05] * CHANGE_AT + [0.02] * (STEPS - CHANGE_AT)}
START = rng.normal(size=(2, 3))
# Sizes from 0.01 to 10 and changing signs: what tells the adaptive methods apart.
GRADIENTS = rng.normal(size=(STEPS, 2, 3)) * np.array([[0.01, 0.1, 1.0], [10.0, 1.0, 0.1]])

TORCH_OPTIMIZERS = {
    "SGD": (torch.optim.SGD, {}),
    "Momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "Nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "AdaGrad": (torch.optim.Adagrad, {"eps": 1e-7}),
    "RMSprop": (torch.optim.RMSprop, {"alpha": 0.9, "eps": 1e-7}),
    "Adam": (torch.optim.Adam, {"betas": (0.9, 0.999), "eps": 1e-8}),
    "AdamW": (torch.optim.AdamW, {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.1}),
}
KERAS_OPTIMIZERS = {
    "SGD": (keras.optimizers.SGD, {}),
    "Momentum": (keras.optimizers.SGD, {"momentum": 0.9}),
    "Nesterov": (keras.optimizers.SGD, {"momentum": 0.9, "nesterov": True}),
    "AdaGrad": (keras.optimizers.Adagrad, {"initial_accumulator_value": 0.1, "epsilon": 1e-20}),
    "RMSprop": (keras.optimizers.RMSprop, {"rho": 0.9, "epsilon": 1e-20}),
    "Adam": (keras.optimizers.Adam, {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-20}),
    "AdamW": (
        keras.optimizers.AdamW,
        {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-20, "weight_decay": 0.1},
    ),
}


def torch_path(optimizer_class, settings, rates):
    w = tensor(START)
    optimizer = optimizer_class([w], lr=rates[0], **settings)
    path = []
    for g, rate in zip(GRADIENTS, rates, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        w.grad = tensor(g, requires_grad=False)
        optimizer.step()
        path.append(w.detach().numpy().tolist())
    return path


def keras_path(optimizer_class, settings, rates):
    w = keras.Variable(START, dtype="float64")
    optimizer = optimizer_class(learning_rate=rates[0], **settings)
    path = []
    for g, rate in zip(GRADIENTS, rates, strict=True):
        optimizer.learning_rate = rate
        optimizer.apply([tensor(g, requires_grad=False)], [w])
        path.append(keras.ops.convert_to_numpy(w).tolist())
    return path


def optimizers():
    return {
        "start": START.tolist(),
        "gradients": GRADIENTS.tolist(),
        "rates": RATES,
        "torch": {
            name: {kind: torch_path(*how, rates) for kind, rates in RATES.items()}
            for name, how in TORCH_OPTIMIZERS.items()
        },
        "keras": {
            name: {kind: keras_path(*how, rates) for kind, rates in RATES.items()}
            for name, how in KERAS_OPTIMIZERS.items()
        },
    }


# --- schedules -------------------------------------------------------------------


def rates_of(make, steps, rate=0.3):
    optimizer = torch.optim.SGD([tensor(0.0)], lr=rate)
    scheduler = make(optimizer)
    found = []
    for _ in range(steps):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return found


def cyclic(mode, step_size, **settings):
    return rates_of(
        lambda o: lr_scheduler.CyclicLR(
            o, 0.01, 0.5, step_size_up=step_size, mode=mode, cycle_momentum=False, **settings
        ),
        40,
    )


def one_cycle(num_steps, pct_start, div_factor, final_div_factor):
    settings = {
        "max_lr": 0.5,
        "total_steps": num_steps,
        "pct_start": pct_start,
        "div_factor": div_factor,
        "final_div_factor": final_div_factor,
        "cycle_momentum": False,
    }

    optimizer = torch.optim.SGD([tensor(0.0)], lr=0.3)
    scheduler = lr_scheduler.OneCycleLR(optimizer, **settings)
    found = [optimizer.param_groups[0]["lr"]]
    for _ in range(num_steps - 1):  # one more step is an error
        optimizer.step()
        scheduler.step()
        found.append(optimizer.param_groups[0]["lr"])
    return {"settings": [num_steps, pct_start, div_factor, final_div_factor], "rates": found}


def warm_up(n, after):
    """A straight line from 1/n of the rate to all of it at step n - 1, then `after`."""
    return lambda o: lr_scheduler.SequentialLR(
        o,
        [lr_scheduler.LinearLR(o, 1 / n, 1.0, total_iters=n - 1), after(o)],
        milestones=[n],
    )


def schedules():
    keras_schedules = keras.optimizers.schedules
    of_keras = {
        "inverse_time": keras_schedules.InverseTimeDecay(0.3, decay_steps=1, decay_rate=0.1),
        "exponential": keras_schedules.ExponentialDecay(0.3, decay_steps=1, decay_rate=0.9),
        "staircase": keras_schedules.ExponentialDecay(0.3, 7, 0.5, staircase=True),
        "cosine": keras_schedules.CosineDecay(0.3, decay_steps=30, alpha=0.1),
    }
    return {
        "triangular": cyclic("triangular", 6),
        "triangular2": cyclic("triangular2", 6),
        "exp_range": cyclic("exp_range", 6, gamma=0.97),
        "warm_restarts": {
            multiplier: rates_of(
                lambda o, m=multiplier: lr_scheduler.CosineAnnealingWarmRestarts(
                    o, T_0=5, T_mult=m, eta_min=0.01
                ),
                70,
            )
            for multiplier in (1, 2, 3)
        },
        "one_cycle": [
            one_cycle(*settings)
            for settings in [
                (40, 0.3, 25.0, 1e4),
                (40, 0.1, 10.0, 100.0),
                (40, 0.5, 5.0, 1.0),
                (37, 0.9, 25.0, 1e4),
                (10, 0.25, 2.0, 7.0),
                (5, 0.3, 25.0, 1e4),
                (3, 0.3, 25.0, 1e4),  # 0.3 * 3 - 1 < 0: there is no rise
                (2, 0.3, 25.0, 1e4),
                (2, 0.9, 25.0, 1e4),
            ]
        ],
        "step": rates_of(lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.5), 40),
        "exponential": rates_of(lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9), 40),
        "cosine": rates_of(lambda o: lr_scheduler.CosineAnnealingLR(o, 30, eta_min=0.03), 31),
        "warmup_then_constant": rates_of(
            lambda o: lr_scheduler.LinearLR(o, 1 / 8, 1.0, total_iters=7), 40
        ),
        "warmup_then_exponential": rates_of(
            warm_up(8, lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9)), 40
        ),
        "keras": {
            name: [float(schedule(step)) for step in range(40)]
            for name, schedule in of_keras.items()
        },
    }


# --- losses ----------------------------------------------------------------------

PREDICTION, TARGET = rng.normal(size=(2, 4, 3))
LOGITS = rng.normal(size=(5, 4)) * 3
EXTREME = np.array(
    [[1000.0, 0.0, -1000.0, 5.0], [-800.0, -800.0, 800.0, 800.0], [710.0, 709.0, -745.0, 36.7]]
)


def loss(function, logits, labels):
    z = tensor(logits)
    value = function(z, torch.tensor(np.array(labels)))
    value.backward()
    return {
        "input": np.asarray(logits).tolist(),
        "target": np.asarray(labels).tolist(),
        "value": value.item(),
        "gradient": z.grad.numpy().tolist(),
    }


def losses():
    binary, soft = (rng.random((5, 4)) < 0.5) * 1.0, rng.random((5, 4))
    extreme_binary = np.array([[1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.5]])
    return {
        "mse": loss(F.mse_loss, PREDICTION, TARGET),
        "l1": loss(F.l1_loss, PREDICTION, TARGET),
        "bce": loss(F.binary_cross_entropy_with_logits, LOGITS, binary),
        "bce_soft": loss(F.binary_cross_entropy_with_logits, LOGITS, soft),
        "bce_extreme": loss(F.binary_cross_entropy_with_logits, EXTREME, extreme_binary),
        "cross_entropy": loss(F.cross_entropy, LOGITS, [0, 3, 1, 1, 2]),
        "cross_entropy_extreme": loss(F.cross_entropy, EXTREME, [2, 0, 1]),
        "cross_entropy_extreme_right": loss(F.cross_entropy, EXTREME, [0, 2, 0]),
    }


# --- layers ----------------------------------------------------------------------


def through(module, x, upstream):
    """Return output and gradients of a module."""
    module.zero_grad()
    x = tensor(x)
    y = module(x)
    y.backward(torch.tensor(upstream))
    return {
        "x": x.detach().numpy().tolist(),
        "upstream": upstream.tolist(),
        "y": y.detach().numpy().tolist(),
        "x_gradient": x.grad.numpy().tolist(),
        "gain_gradient": module.weight.grad.numpy().tolist(),
        "shift_gradient": module.bias.grad.numpy().tolist(),
    }


def normalizing(module):
    gain, shift = rng.normal(size=(2, 3))
    with torch.no_grad():
        module.weight.copy_(torch.tensor(gain))
        module.bias.copy_(torch.tensor(shift))
    return {"gain": gain.tolist(), "shift": shift.tolist()}


def batch_norm():
    module = nn.BatchNorm1d(3, eps=1e-5, momentum=0.1)
    recorded = normalizing(module) | {"training": []}
    for n in (6, 4, 2):
        step = through(module, rng.normal(2.0, 3.0, size=(n, 3)), rng.normal(size=(n, 3)))
        step["running_mean"] = module.running_mean.numpy().tolist()
        step["running_variance"] = module.running_var.numpy().tolist()
        recorded["training"].append(step)
    module.eval()
    recorded["evaluation"] = through(module, rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))
    return recorded


def layer_norm():
    module = nn.LayerNorm(3, eps=1e-5)
    return normalizing(module) | through(module, rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))


def network():
    sizes = [4, 6, 5, 3]
    weights = [rng.normal(size=shape) * 0.5 for shape in itertools.pairwise(sizes)]
    biases = [rng.normal(size=n) * 0.1 for n in sizes[1:]]
    x, labels = rng.normal(size=(10, 8, 4)), rng.integers(0, 3, size=(10, 8))
    w, b = [tensor(a) for a in weights], [tensor(a) for a in biases]
    optimizer, values = torch.optim.Adam([*w, *b], lr=0.05, eps=1e-8), []
    for rows, classes in zip(x, labels, strict=True):
        h = torch.relu(torch.tensor(rows) @ w[0] + b[0])
        h = torch.tanh(h @ w[1] + b[1])
        value = F.cross_entropy(h @ w[2] + b[2], torch.tensor(classes))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        values.append(value.item())
    return {
        "weights": [a.tolist() for a in weights],
        "biases": [a.tolist() for a in biases],
        "x": x.tolist(),
        "labels": labels.tolist(),
        "losses": values,
        "final_weights": [a.detach().numpy().tolist() for a in w],
        "final_biases": [a.detach().numpy().tolist() for a in b],
    }


# --- conventions -----------------------------------------------------------------
# The walk of the appendix on conventions: gradients that depend on where the walk is, a rate
# that changes, and constants (epsilon = 1e-3, decay = 0.1) so large that their place shows.

WALK = 100
WALK_START, CURVATURE = np.array([1.0, -2.0, 0.5]), np.array([0.1, 1.0, 3.0])
NOISE = np.random.default_rng(1).normal(size=(WALK, 3))
WALK_RATES = 0.1 * np.minimum((np.arange(WALK) + 1) / 10, 0.98 ** np.arange(WALK))
NOTED = [1, 2, 3, 10, 30, 100]  # steps; all of them would be much to store

TORCH = torch.optim
OF_TORCH = {
    "momentum": (TORCH.SGD, {"momentum": 0.9}),
    "dampening": (TORCH.SGD, {"momentum": 0.9, "dampening": 0.5}),
    "nesterov": (TORCH.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (TORCH.Adagrad, {"eps": 1e-3}),
    "adagrad, initial 0.1": (TORCH.Adagrad, {"eps": 1e-3, "initial_accumulator_value": 0.1}),
    "adagrad, lr_decay": (TORCH.Adagrad, {"eps": 1e-3, "lr_decay": 0.05}),
    "rmsprop": (TORCH.RMSprop, {"eps": 1e-3}),
    "rmsprop, centered": (TORCH.RMSprop, {"eps": 1e-3, "centered": True}),
    "rmsprop, momentum": (TORCH.RMSprop, {"eps": 1e-3, "momentum": 0.9}),
    "adam": (TORCH.Adam, {"eps": 1e-3}),
    "momentum, weight_decay": (TORCH.SGD, {"momentum": 0.9, "weight_decay": 0.1}),
    "adam, weight_decay": (TORCH.Adam, {"eps": 1e-3, "weight_decay": 0.1}),
    "adam, decoupled": (
        TORCH.Adam,
        {"eps": 1e-3, "weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    "adamw": (TORCH.AdamW, {"eps": 1e-3, "weight_decay": 0.1}),
}
KERAS = keras.optimizers
OF_KERAS = {
    "momentum": (KERAS.SGD, {"momentum": 0.9}),
    "nesterov": (KERAS.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (KERAS.Adagrad, {"epsilon": 1e-3}),
    "rmsprop": (KERAS.RMSprop, {"epsilon": 1e-3}),
    "rmsprop, centered": (KERAS.RMSprop, {"epsilon": 1e-3, "centered": True}),
    "rmsprop, momentum": (KERAS.RMSprop, {"epsilon": 1e-3, "momentum": 0.9}),
    "adam": (KERAS.Adam, {"epsilon": 1e-3}),
    "momentum, weight_decay": (KERAS.SGD, {"momentum": 0.9, "weight_decay": 0.1}),
    "adamw": (KERAS.AdamW, {"epsilon": 1e-3, "weight_decay": 0.1}),
}


def averaged(rate):
    return optax.chain(optax.ema(0.9, debias=False), optax.scale_by_learning_rate(rate))


OF_OPTAX = {
    "momentum": (optax.sgd, {"momentum": 0.9}),
    "nesterov": (optax.sgd, {"momentum": 0.9, "nesterov": True}),
    "ema": (averaged, {}),
    "adagrad": (optax.adagrad, {"eps": 1e-3}),
    "rmsprop": (optax.rmsprop, {"eps": 1e-3}),
    "rmsprop, outside": (optax.rmsprop, {"eps": 1e-3, "eps_in_sqrt": False}),
    "rmsprop, centered": (optax.rmsprop, {"eps": 1e-3, "centered": True}),
    "rmsprop, momentum": (optax.rmsprop, {"eps": 1e-3, "momentum": 0.9}),
    "adam": (optax.adam, {"eps": 1e-3}),
    "adamw": (optax.adamw, {"eps": 1e-3, "weight_decay": 0.1}),
}


DEFAULTS = {
    "AdaGrad": {
        "torch": (TORCH.Adagrad, {"initial": "initial_accumulator_value", "epsilon": "eps"}),
        "keras": (KERAS.Adagrad, {"initial": "initial_accumulator_value", "epsilon": "epsilon"}),
        "optax": (optax.adagrad, {"initial": "initial_accumulator_value", "epsilon": "eps"}),
    },
    "RMSprop": {
        "torch": (TORCH.RMSprop, {"decay": "alpha", "epsilon": "eps"}),
        "keras": (KERAS.RMSprop, {"decay": "rho", "epsilon": "epsilon"}),
        "optax": (optax.rmsprop, {"decay": "decay", "epsilon": "eps"}),
    },
    "Adam": {
        "torch": (TORCH.Adam, {"epsilon": "eps"}),
        "keras": (KERAS.Adam, {"epsilon": "epsilon"}),
        "optax": (optax.adam, {"epsilon": "eps"}),
    },
    "AdamW": {
        "torch": (TORCH.AdamW, {"weight_decay": "weight_decay"}),
        "keras": (KERAS.AdamW, {"weight_decay": "weight_decay"}),
        "optax": (optax.adamw, {"weight_decay": "weight_decay"}),
    },
}


def defaults(make, names):
    found = inspect.signature(make).parameters
    return {ours: found[theirs].default for ours, theirs in names.items()}


def noted(step):
    """Walk with step(t, w, g), which returns the next w."""
    w, places = WALK_START.copy(), {}
    for t in range(WALK):
        w = np.array(step(t, w, CURVATURE * w + NOISE[t]))
        if t + 1 in NOTED:
            places[t + 1] = w.tolist()
    return places


def torch_walk(optimizer_class, settings):
    w = tensor(WALK_START)
    optimizer = optimizer_class([w], lr=WALK_RATES[0], **settings)

    def step(t, _, g):
        optimizer.param_groups[0]["lr"] = float(WALK_RATES[t])
        w.grad = tensor(g, requires_grad=False)
        optimizer.step()
        return w.detach().numpy()

    return noted(step)


def keras_walk(optimizer_class, settings):
    w = keras.Variable(WALK_START, dtype="float64")
    optimizer = optimizer_class(**settings)

    def step(t, _, g):
        optimizer.learning_rate = float(WALK_RATES[t])
        optimizer.apply([tensor(g, requires_grad=False)], [w])
        return keras.ops.convert_to_numpy(w)

    return noted(step)


def optax_walk(make, settings):
    optimizer = make(lambda count: jax.numpy.asarray(WALK_RATES)[count], **settings)
    state = optimizer.init(jax.numpy.asarray(WALK_START))

    def step(_, w, g):
        nonlocal state
        updates, state = optimizer.update(jax.numpy.asarray(g), state, jax.numpy.asarray(w))
        return optax.apply_updates(jax.numpy.asarray(w), updates)

    return noted(step)


def conventions():
    libraries = {
        "torch": (torch_walk, OF_TORCH),
        "keras": (keras_walk, OF_KERAS),
        "optax": (optax_walk, OF_OPTAX),
    }
    return {
        "start": WALK_START.tolist(),
        "curvature": CURVATURE.tolist(),
        "noise": NOISE.tolist(),
        "rates": WALK_RATES.tolist(),
        "defaults": {
            name: {library: defaults(*how) for library, how in libraries.items()}
            for name, libraries in DEFAULTS.items()
        },
    } | {
        library: {name: walk(*how) for name, how in optimizers.items()}
        for library, (walk, optimizers) in libraries.items()
    }


def main():
    recorded = {
        "versions": {
            "torch": torch.__version__,
            "keras": keras.__version__,
            "optax": optax.__version__,
            "numpy": np.__version__,
        },
        "optimizers": optimizers(),
        "schedules": schedules(),
        "losses": losses(),
        "batch_norm": batch_norm(),
        "layer_norm": layer_norm(),
        "network": network(),
        "conventions": conventions(),
    }
    sections = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in recorded.items())
    OUTPUT.write_text(f"{{\n{sections}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
