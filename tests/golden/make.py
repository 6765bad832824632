"""Compute where other libraries' optimizers go, for tests/test_optimizers.py to hold ours against.

Nothing of `visualize` is imported: the rules are the libraries', the gradients stand here by
hand, all in float64. The libraries are no dependency of the tests; to compute the file anew:

    python3 -m venv oracle
    oracle/bin/pip install ".[oracle]"
    oracle/bin/python tests/golden/make.py
"""

import functools
import importlib
import inspect
import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"
jax: Any = importlib.import_module("jax")
keras: Any = importlib.import_module("keras")
optax: Any = importlib.import_module("optax")
pytorch_optimizer: Any = importlib.import_module("pytorch_optimizer")
torch: Any = importlib.import_module("torch")

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
# Else Keras on torch rounds to float32 in ops.minimum, maximum and mean, that is in Adafactor.
keras_dtypes: Any = importlib.import_module("keras.src.backend.common.dtypes")
keras_dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
torch.set_default_dtype(torch.float64)  # NAdam and ASGD keep their scalars in the default

Point = tuple[float, float]
Gradient = Callable[[float, float], Point]
Settings = dict[str, Any]
Words = dict[str, str | tuple[str, int]]
Row = dict[str, list[float]]
Walk = Callable[[Point, Gradient], Iterator[Row]]
"""From a start and a gradient to a row an update: the point, and the average where there is one."""

STEPS = 50
ROWS = (1, 2, 5, 10, 20, 35, 50)
"""After which updates the point is written down."""
NUDGE = 1e-15
MOST_APART = 1e-11
"""A run whose start is moved by a rounding must end where it ended; else it tells nothing."""
OBJECTIVES: dict[str, tuple[Point, Gradient]] = {
    "x**2/20 + y**2": (
        (-7.0, 2.0),
        lambda x, y: (x / 10, 2 * y),
    ),
    "(1 - x)**2/10 + (y - x**2)**2": (
        (-1.2, 1.0),
        lambda x, y: (-(1 - x) / 5 - 4 * x * (y - x * x), 2 * (y - x * x)),
    ),
    "(x**2 + y - 11)**2 + (x + y**2 - 7)**2": (
        (-1.0, -2.0),
        lambda x, y: (
            4 * x * (x * x + y - 11) + 2 * (x + y * y - 7),
            2 * (x * x + y - 11) + 4 * y * (x + y * y - 7),
        ),
    ),
}
"""Where each run starts, and the gradient. The second is Rosenbrock's valley, made less steep."""

SMALL = "0.01 * exp(-0.1*t)"
EXPONENTIAL = "0.1 * exp(-0.1*t)"
COSINE = "0.05 * (1 + cos(pi*t/100))"
LARGE = "10 * exp(-0.1*t)"
SCHEDULES: dict[str, Callable[[int], float]] = {
    SMALL: lambda t: 0.01 * math.exp(-0.1 * t),
    EXPONENTIAL: lambda t: 0.1 * math.exp(-0.1 * t),
    COSINE: lambda t: 0.05 * (1 + math.cos(math.pi * t / 100)),
    LARGE: lambda t: 10 * math.exp(-0.1 * t),
}

OPTIONS: dict[str, dict[str, list[Settings]]] = {
    "torch": {
        "sgd": [
            {},
            {"learning_rate": 0.01},
            {"learning_rate": 0.01, "momentum": 0.9},
            {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.3},
            {"learning_rate": SMALL, "momentum": 0.9, "dampening": 0.3},
            {"learning_rate": 0.01, "dampening": 0.5},
        ],
        "adagrad": [
            {},
            {"learning_rate": 0.5},
            {
                "learning_rate": 0.5,
                "learning_rate_decay": 0.1,
                "epsilon": 0.1,
                "initial_accumulator_value": 0.1,
                "weight_decay": 0.3,
            },
            {"learning_rate": COSINE, "epsilon": 0.1},
        ],
        "rmsprop": [
            {},
            {"learning_rate": 0.01},
            {
                "learning_rate": 0.01,
                "rho": 0.9,
                "momentum": 0.8,
                "epsilon": 0.1,
                "centered": True,
                "weight_decay": 0.3,
            },
            {"learning_rate": SMALL, "momentum": 0.8, "epsilon": 0.1},
        ],
        "adadelta": [
            {},
            {"learning_rate": 10.0},
            {"learning_rate": 0.5, "rho": 0.8, "epsilon": 0.1, "weight_decay": 0.3},
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "adam": [
            {},
            {"learning_rate": 0.1},
            {"learning_rate": 0.1, "epsilon": 0.1, "weight_decay": 0.3},
            {
                "learning_rate": 0.1,
                "epsilon": 0.1,
                "weight_decay": 0.3,
                "decoupled_weight_decay": True,
            },
            {
                "learning_rate": 0.3,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "amsgrad": True,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "adamw": [
            {},
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.3,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "amsgrad": True,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "adamax": [
            {},
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.03,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "nadam": [
            {},
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.05,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "momentum_decay": 0.1,
                "weight_decay": 0.3,
            },
            {
                "learning_rate": EXPONENTIAL,
                "epsilon": 0.1,
                "weight_decay": 0.3,
                "decoupled_weight_decay": True,
            },
        ],
        "radam": [
            {},
            {"learning_rate": 0.02},
            {
                "learning_rate": 0.02,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {
                "learning_rate": SMALL,
                "epsilon": 0.1,
                "weight_decay": 0.3,
                "decoupled_weight_decay": True,
            },
        ],
        "rprop": [
            {},
            {"learning_rate": 0.05},
            {
                "learning_rate": EXPONENTIAL,
                "decrease": 0.3,
                "increase": 1.4,
                "minimum_step": 0.04,
                "maximum_step": 0.3,
            },
        ],
        "asgd": [
            {"learning_rate": SMALL, "lambd": 0.5, "t0": 3},
            {},
            {"learning_rate": 0.01},
            {"learning_rate": 0.01, "lambd": 0.5, "alpha": 0.9, "t0": 10, "weight_decay": 0.3},
        ],
        "adafactor": [
            {},
            {"learning_rate": 0.5},
            {
                "learning_rate": 0.1,
                "beta_2_decay": -0.5,
                "epsilon_1": 1.0,
                "epsilon_2": 0.9,
                "clip_threshold": 1.2,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL},
        ],
    },
    "keras": {
        "sgd": [
            {},
            {"learning_rate": 0.01},
            {"learning_rate": SMALL, "momentum": 0.9},
            {"learning_rate": SMALL, "momentum": 0.9, "nesterov": True, "weight_decay": 0.3},
        ],
        "adagrad": [
            {},
            {"learning_rate": 0.5},
            {
                "learning_rate": COSINE,
                "epsilon": 0.1,
                "initial_accumulator_value": 0.0,
                "weight_decay": 0.3,
            },
        ],
        "rmsprop": [
            {},
            {"learning_rate": 0.03},
            {"learning_rate": 0.01, "epsilon": 0.1, "centered": True, "weight_decay": 0.3},
            {"learning_rate": SMALL, "rho": 0.8, "momentum": 0.8, "epsilon": 0.1},
        ],
        "adadelta": [
            {},
            {"learning_rate": 10.0},
            {"learning_rate": EXPONENTIAL, "rho": 0.8, "epsilon": 0.1, "weight_decay": 0.3},
        ],
        "adam": [
            {},
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.3,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "amsgrad": True,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "adamw": [
            {},
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.3,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "amsgrad": True,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "adamax": [
            {},
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.03,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "nadam": [
            {},
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.05,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "lion": [
            {},
            {"learning_rate": 0.03},
            {"learning_rate": 0.03, "beta_1": 0.8, "beta_2": 0.9, "weight_decay": 0.3},
            {"learning_rate": EXPONENTIAL},
        ],
        "lamb": [
            {},
            {"learning_rate": 0.03},
            {
                "learning_rate": 0.05,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "ftrl": [
            {},
            {"learning_rate": 0.5},
            {
                "learning_rate": 0.5,
                "beta": 0.5,
                "initial_accumulator_value": 0.2,
                "learning_rate_power": -0.4,
                "l2_regularization_strength": 0.1,
            },
            {
                "learning_rate": COSINE,
                "l1_regularization_strength": 0.1,
                "l2_regularization_strength": 0.1,
                "weight_decay": 0.3,
            },
        ],
        "adafactor": [
            {},
            {"learning_rate": 0.5},
            {
                "learning_rate": 0.2,
                "beta_2_decay": -0.5,
                "epsilon_1": 0.1,
                "epsilon_2": 0.9,
                "clip_threshold": 0.7,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL},
        ],
    },
    "optax": {
        "sgd": [
            {"learning_rate": 0.01},
            {"learning_rate": SMALL, "momentum": 0.9},
            {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.3},
        ],
        "adagrad": [
            {"learning_rate": 0.5},
            {
                "learning_rate": COSINE,
                "epsilon": 0.1,
                "initial_accumulator_value": 0.0,
                "weight_decay": 0.3,
            },
        ],
        "rmsprop": [
            {"learning_rate": 0.03},
            {
                "learning_rate": 0.01,
                "rho": 0.8,
                "epsilon": 0.1,
                "centered": True,
                "bias_correction": True,
            },
            {
                "learning_rate": 0.01,
                "momentum": 0.8,
                "epsilon": 0.1,
                "epsilon_placement": "outside_sqrt",
                "weight_decay": 0.3,
            },
            {
                "learning_rate": SMALL,
                "momentum": 0.8,
                "epsilon": 0.1,
                "bias_correction": True,
                "initial_accumulator_value": 0.1,
            },
        ],
        "adadelta": [
            {"learning_rate": 10.0},
            {"learning_rate": EXPONENTIAL, "rho": 0.8, "epsilon": 0.1, "weight_decay": 0.3},
        ],
        "adam": [
            {"learning_rate": 0.1},
            {"learning_rate": 0.1, "epsilon": 0.1, "epsilon_root": 0.2, "weight_decay": 0.3},
            {
                "learning_rate": 0.3,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "epsilon_root": 0.2,
                "amsgrad": True,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "adamw": [
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.3,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "epsilon_root": 0.2,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "adamax": [
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.03,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {
                "learning_rate": EXPONENTIAL,
                "epsilon": 0.1,
                "weight_decay": 0.3,
                "decoupled_weight_decay": True,
            },
        ],
        "nadam": [
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.05,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {
                "learning_rate": EXPONENTIAL,
                "epsilon": 0.1,
                "weight_decay": 0.3,
                "decoupled_weight_decay": True,
            },
        ],
        "radam": [
            {"learning_rate": 0.02},
            {
                "learning_rate": 0.02,
                "beta_1": 0.8,
                "beta_2": 0.99,
                "epsilon": 0.1,
                "threshold": 10.0,
                "weight_decay": 0.3,
            },
            {"learning_rate": SMALL, "epsilon": 0.1},
        ],
        "lion": [
            {"learning_rate": 0.03},
            {"learning_rate": 0.03, "beta_1": 0.8, "beta_2": 0.9, "weight_decay": 0.3},
            {"learning_rate": EXPONENTIAL},
        ],
        "yogi": [
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.1,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "initial_accumulator_value": 0.1,
            },
            {"learning_rate": EXPONENTIAL},
        ],
        "adabelief": [
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.1,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "epsilon_root": 0.1,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "novograd": [
            {"learning_rate": 0.05},
            {
                "learning_rate": 0.01,
                "beta_1": 0.8,
                "beta_2": 0.5,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {"learning_rate": SMALL, "epsilon": 0.1},
        ],
        "signsgd": [
            {"learning_rate": 0.03},
            {"learning_rate": EXPONENTIAL},
        ],
        "lamb": [
            {"learning_rate": 0.03},
            {
                "learning_rate": 0.05,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "epsilon": 0.1},
        ],
        "lars": [
            {"learning_rate": 3.0},
            {
                "learning_rate": 0.5,
                "trust_coefficient": 0.01,
                "momentum": 0.8,
                "nesterov": True,
                "epsilon": 0.1,
                "weight_decay": 0.3,
            },
            {"learning_rate": LARGE},
        ],
        "adan": [
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.1,
                "beta_1": 0.9,
                "beta_2": 0.8,
                "beta_3": 0.95,
                "epsilon": 0.1,
                "epsilon_root": 0.2,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL},
        ],
        "sm3": [
            {"learning_rate": 0.5},
            {"learning_rate": 0.5, "momentum": 0.7, "epsilon": 0.1},
            {"learning_rate": COSINE},
        ],
        "adafactor": [
            {"learning_rate": 0.3},
            {
                "learning_rate": 0.03,
                "beta_2_decay": -0.5,
                "epsilon_1": 0.1,
                "epsilon_2": 0.9,
                "clip_threshold": 0.7,
                "weight_decay": 0.01,
            },
            {"learning_rate": EXPONENTIAL},
        ],
    },
    "pytorch_optimizer": {
        "qhm": [
            {"learning_rate": 0.01},
            {"learning_rate": 0.01, "momentum": 0.9, "nu": 0.8},
            {"learning_rate": SMALL, "momentum": 0.9},
        ],
        "qhadam": [
            {"learning_rate": 0.1, "beta_1": 0.995, "beta_2": 0.999, "nu_1": 0.7, "nu_2": 1.0},
            {
                "learning_rate": EXPONENTIAL,
                "beta_1": 0.9,
                "beta_2": 0.95,
                "nu_1": 0.8,
                "nu_2": 0.6,
                "epsilon": 0.1,
            },
        ],
        "aggmo": [
            {"learning_rate": 0.01},
            {"learning_rate": 0.01, "momenta": [0.5, 0.8]},
            {"learning_rate": SMALL},
        ],
        "adabound": [
            {"learning_rate": 0.1},
            {
                "learning_rate": 0.1,
                "final_learning_rate": 0.05,
                "gamma": 0.1,
                "beta_1": 0.8,
                "beta_2": 0.9,
                "epsilon": 0.1,
                "amsgrad": True,
                "weight_decay": 0.3,
            },
            {"learning_rate": EXPONENTIAL, "final_learning_rate": 0.02, "gamma": 0.1},
        ],
    },
}
"""What is computed: for every library and rule the options, in the words of scene files."""

CONVENTIONS = {"torch": "torch", "keras": "keras", "optax": "optax", "pytorch_optimizer": "paper"}
RUNS: list[tuple[str, Settings]] = [
    (library, {"name": name, "convention": CONVENTIONS[library], **options})
    for library, rules in OPTIONS.items()
    for name, runs in rules.items()
    for options in runs
]


@dataclass(frozen=True)
class Rule:
    """A library's way to make a rule, its words for ours, and what it must be told besides."""

    make: Callable[..., Any]
    words: Words = field(default_factory=dict)
    besides: Settings = field(default_factory=dict)

    def options(self, settings: Settings, common: Words) -> Settings:
        """Return the settings in the library's words; `("betas", 0)` is the first of its pair."""
        words = common | self.words
        options = dict(self.besides)
        for name, value in settings.items():
            match words.get(name, name):
                case str(argument):
                    options[argument] = value
                case (argument, place):
                    default = inspect.signature(self.make).parameters[argument].default
                    pair = list(options.get(argument, default))
                    pair[place] = value
                    options[argument] = tuple(pair)
        return options


@functools.wraps(pytorch_optimizer.QHAdam)
def qhadam(parameters: list[Any], **options: Any) -> Any:
    """Return QHAdam, its averages' weights in float64: it makes them float32 at its first step."""
    optimizer = pytorch_optimizer.QHAdam(parameters, **options)
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    for group in optimizer.param_groups:
        optimizer.init_group(group)
    for state in optimizer.state.values():
        state.update({name: value.double() for name, value in state.items()})
    return optimizer


def rmsprop(epsilon_placement: str = "inside_sqrt", **options: Any) -> Any:
    """Return optax.rmsprop; where its epsilon stands it asks by yes or no."""
    return optax.rmsprop(eps_in_sqrt=epsilon_placement == "inside_sqrt", **options)


def scaled_by(scale: Callable[..., Any]) -> Callable[..., Any]:
    """Return what optax.yogi and optax.sm3 do, with all that the scale and the rate can be."""

    def make(learning_rate: Any, **options: Any) -> Any:
        return optax.chain(scale(**options), optax.scale_by_learning_rate(learning_rate))

    return make


def adafactor(
    learning_rate: Any,
    epsilon_1: float = 1e-30,
    epsilon_2: float = 1e-3,
    beta_2_decay: float = -0.8,
    clip_threshold: float = 1.0,
    weight_decay: float = 0.0,
) -> Any:
    """Return optax.adafactor's chain, which computes its decay in float32, in float64."""
    return optax.chain(
        optax.scale_by_factored_rms(
            epsilon=epsilon_1,
            decay_rate_fn=lambda t, _: 1 - jax.numpy.asarray(t + 1, "float64") ** beta_2_decay,
        ),
        optax.clip_by_block_rms(clip_threshold),
        optax.scale_by_learning_rate(learning_rate, flip_sign=False),
        optax.scale_by_param_block_rms(epsilon_2),
        optax.add_decayed_weights(weight_decay),
        optax.scale(-1),
    )


TORCH_WORDS: Words = {
    "learning_rate": "lr",
    "beta_1": ("betas", 0),
    "beta_2": ("betas", 1),
    "epsilon": "eps",
}
TORCH = {
    "sgd": Rule(torch.optim.SGD),
    "adagrad": Rule(torch.optim.Adagrad, {"learning_rate_decay": "lr_decay"}),
    "rmsprop": Rule(torch.optim.RMSprop, {"rho": "alpha"}),
    "adadelta": Rule(torch.optim.Adadelta),
    "adam": Rule(torch.optim.Adam),
    "adamw": Rule(torch.optim.AdamW),
    "adamax": Rule(torch.optim.Adamax),
    "nadam": Rule(torch.optim.NAdam),
    "radam": Rule(torch.optim.RAdam),
    "rprop": Rule(
        torch.optim.Rprop,
        {
            "decrease": ("etas", 0),
            "increase": ("etas", 1),
            "minimum_step": ("step_sizes", 0),
            "maximum_step": ("step_sizes", 1),
        },
    ),
    "asgd": Rule(torch.optim.ASGD),
    "adafactor": Rule(
        torch.optim.Adafactor,
        {
            "beta_2_decay": "beta2_decay",
            "epsilon_1": ("eps", 0),
            "epsilon_2": ("eps", 1),
            "clip_threshold": "d",
        },
    ),
}
PYTORCH_OPTIMIZER = {
    "qhm": Rule(pytorch_optimizer.QHM, besides={"momentum": 0.999, "nu": 0.7}),
    "qhadam": Rule(qhadam, {"nu_1": ("nus", 0), "nu_2": ("nus", 1)}),
    "aggmo": Rule(pytorch_optimizer.AggMo, {"momenta": "betas"}),
    "adabound": Rule(
        pytorch_optimizer.AdaBound,
        {"final_learning_rate": "final_lr", "amsgrad": "ams_bound"},
        {"weight_decouple": False},
    ),
}
"""What stands last are the paper's values and the authors' L2, where the library has others."""
KERAS = {
    "sgd": Rule(keras.optimizers.SGD),
    "adagrad": Rule(keras.optimizers.Adagrad),
    "rmsprop": Rule(keras.optimizers.RMSprop),
    "adadelta": Rule(keras.optimizers.Adadelta),
    "adam": Rule(keras.optimizers.Adam),
    "adamw": Rule(keras.optimizers.AdamW),
    "adamax": Rule(keras.optimizers.Adamax),
    "nadam": Rule(keras.optimizers.Nadam),
    "lion": Rule(keras.optimizers.Lion),
    "lamb": Rule(keras.optimizers.Lamb),
    "ftrl": Rule(keras.optimizers.Ftrl),
    "adafactor": Rule(keras.optimizers.Adafactor),
}
OPTAX_WORDS: Words = {
    "beta_1": "b1",
    "beta_2": "b2",
    "beta_3": "b3",
    "epsilon": "eps",
    "epsilon_root": "eps_root",
}
OPTAX = {
    "sgd": Rule(optax.sgd),
    "adagrad": Rule(optax.adagrad),
    "rmsprop": Rule(rmsprop, {"rho": "decay", "initial_accumulator_value": "initial_scale"}),
    "adadelta": Rule(optax.adadelta),
    "adam": Rule(optax.adam),
    "adam amsgrad": Rule(optax.amsgrad),
    "adamw": Rule(optax.adamw),
    "adamax": Rule(optax.adamax),
    "adamax decoupled_weight_decay": Rule(optax.adamaxw),
    "nadam": Rule(optax.nadam),
    "nadam decoupled_weight_decay": Rule(optax.nadamw),
    "radam": Rule(optax.radam),
    "lion": Rule(optax.lion),
    "yogi": Rule(scaled_by(optax.scale_by_yogi)),
    "adabelief": Rule(optax.adabelief),
    "novograd": Rule(optax.novograd),
    "signsgd": Rule(optax.sign_sgd),
    "lamb": Rule(optax.lamb),
    "lars": Rule(optax.lars),
    "adan": Rule(optax.adan),
    "sm3": Rule(scaled_by(optax.scale_by_sm3), {"momentum": "b1"}),
    "adafactor": Rule(adafactor),
}
"""Where a switch is a function of its own, it stands after the rule's name."""


def in_torch(rules: dict[str, Rule], name: str, settings: Settings) -> Walk:
    """Return the walk of one of torch's rules, or of rules that are made like torch's."""
    rule = rules[name]
    schedule = SCHEDULES.get(settings.get("learning_rate", ""))
    options = rule.options(settings, TORCH_WORDS) | ({"lr": schedule(0)} if schedule else {})

    def walk(start: Point, gradient: Gradient) -> Iterator[Row]:
        point = torch.tensor(start, requires_grad=True)
        optimizer = rule.make([point], **options)
        for t in range(STEPS):
            if schedule:
                optimizer.param_groups[0]["lr"] = schedule(t)
            point.grad = torch.tensor(gradient(*point.tolist()))
            optimizer.step()
            row = {"points": point, "average": optimizer.state[point].get("ax")}
            yield {column: value.tolist() for column, value in row.items() if value is not None}

    return walk


def in_keras(name: str, settings: Settings) -> Walk:
    """Return the walk of one of Keras's rules."""
    rule = KERAS[name]
    schedule = SCHEDULES.get(settings.get("learning_rate", ""))
    options = settings | ({"learning_rate": schedule(0)} if schedule else {})

    def walk(start: Point, gradient: Gradient) -> Iterator[Row]:
        point = keras.Variable(start, dtype="float64")
        optimizer = rule.make(**options)
        for t in range(STEPS):
            if schedule:
                optimizer.learning_rate = schedule(t)
            slope = keras.ops.convert_to_tensor(gradient(*point.numpy().tolist()), "float64")
            optimizer.apply([slope], [point])
            yield {"points": point.numpy().tolist()}

    return walk


def in_optax(name: str, settings: Settings) -> Walk:
    """Return the walk of one of optax's rules, compiled; weight decay that it lacks is L2."""
    switches = {"amsgrad", "decoupled_weight_decay"} & settings.keys()
    rule = OPTAX[" ".join([name, *switches])]
    options = rule.options(
        {word: value for word, value in settings.items() if word not in switches}, OPTAX_WORDS
    )
    if schedule := SCHEDULES.get(options["learning_rate"]):
        rates = jax.numpy.asarray([schedule(t) for t in range(STEPS)])
        options["learning_rate"] = lambda t: rates[t]
    before = []
    if "weight_decay" in options.keys() - inspect.signature(rule.make).parameters.keys():
        before.append(optax.add_decayed_weights(options.pop("weight_decay")))
    optimizer = optax.chain(*before, rule.make(**options))

    def move(point: Any, state: Any, slope: Any) -> tuple[Any, Any]:
        update, state = optimizer.update(slope, state, point)
        return optax.apply_updates(point, update), state

    step = jax.jit(move)

    def walk(start: Point, gradient: Gradient) -> Iterator[Row]:
        point = jax.numpy.asarray(start)
        state = optimizer.init(point)
        for _ in range(STEPS):
            point, state = step(point, state, jax.numpy.asarray(gradient(*point.tolist())))
            yield {"points": point.tolist()}

    return walk


LIBRARIES: dict[str, Callable[[str, Settings], Walk]] = {
    "torch": functools.partial(in_torch, TORCH),
    "keras": in_keras,
    "optax": in_optax,
    "pytorch_optimizer": functools.partial(in_torch, PYTORCH_OPTIMIZER),
}


def columns(walk: Walk, start: Point, gradient: Gradient) -> dict[str, list[list[float]]]:
    """Return what a walk yields at ROWS, column by column."""
    rows = list(walk(start, gradient))
    return {column: [rows[row - 1][column] for row in ROWS] for column in rows[0]}


def near(point: list[float], other: list[float]) -> bool:
    """Say whether two points are finite and as good as one."""
    return math.dist(point, other) <= MOST_APART


def runs() -> Iterator[Settings]:
    """Yield every run on every objective; raise for one that is chaotic or not finite."""
    for library, settings in RUNS:
        options = {word: settings[word] for word in settings if word not in ("name", "convention")}
        walk = LIBRARIES[library](settings["name"], options)
        for objective, (start, gradient) in OBJECTIVES.items():
            result = columns(walk, start, gradient)
            nudged = (start[0] * (1 + NUDGE), start[1] * (1 + NUDGE))
            for column, nearly in columns(walk, nudged, gradient).items():
                if not all(map(near, result[column], nearly)):
                    raise ValueError(f"{library}: {settings} on {objective} magnifies roundings")
            yield {
                "library": library,
                "optimizer": settings,
                "objective": objective,
                "start": start,
                **result,
            }


def main() -> None:
    """Write optimizers.json beside this file, a run a line."""
    libraries = ("torch", "optax", "jax", "keras", "pytorch_optimizer")
    provenance = {
        "command": "python tests/golden/make.py",
        "versions": {name: version(name) for name in libraries},
        "dtype": "float64",
        "steps": STEPS,
        "rows": ROWS,
    }
    lines = ",\n".join(f"  {json.dumps(run)}" for run in runs())
    text = f'{{\n "provenance": {json.dumps(provenance)},\n "runs": [\n{lines}\n ]\n}}\n'
    Path(__file__).with_name("optimizers.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
