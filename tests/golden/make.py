"""Compute where other libraries' optimizers go, for tests/test_optimizers.py to hold ours against.

Nothing of `visualize` is imported: the rules are the libraries', the gradients stand here by
hand, all in float64. The libraries are no dependency of the tests; to compute the file anew:

    python3 -m venv oracle
    oracle/bin/pip install numpy torch==2.13.0 optax==0.2.8 keras==3.15.1
    oracle/bin/python tests/golden/make.py
"""

import importlib
import json
import math
import os
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

Gradient = Callable[[float, float], tuple[float, float]]
Settings = dict[str, Any]
Point = tuple[float, float]

STEPS = 50
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

INSIDE = {"epsilon": 0.1, "epsilon_placement": "inside_sqrt"}
OUTSIDE = {"epsilon": 0.1, "epsilon_placement": "outside_sqrt"}
HAT = {"epsilon": 0.1, "epsilon_placement": "epsilon_hat"}
EXPONENTIAL = "0.1 * exp(-0.1*t)"
COSINE = "0.05 * (1 + cos(pi*t/100))"

RUNS: list[tuple[str, Settings]] = [
    ("torch", {"name": "sgd", "learning_rate": 0.01}),
    ("torch", {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9}),
    ("torch", {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": True}),
    ("torch", {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9, "dampening": 0.3}),
    ("torch", {"name": "sgd", "learning_rate": 0.01, "weight_decay": 0.3}),
    (
        "torch",
        {
            "name": "sgd",
            "learning_rate": 0.01,
            "momentum": 0.7,
            "nesterov": True,
            "weight_decay": 0.3,
        },
    ),
    ("torch", {"name": "sgd", "learning_rate": "0.01 * exp(-0.1*t)", "momentum": 0.5}),
    ("keras", {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9}),
    ("keras", {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": True}),
    ("torch", {"name": "adagrad", "learning_rate": 0.5}),
    ("torch", {"name": "adagrad", "learning_rate": 0.5, **OUTSIDE}),
    (
        "torch",
        {"name": "adagrad", "learning_rate": 0.5, "initial_accumulator_value": 0.1, **OUTSIDE},
    ),
    ("torch", {"name": "adagrad", "learning_rate": 0.5, "weight_decay": 0.3, **OUTSIDE}),
    ("torch", {"name": "adagrad", "learning_rate": COSINE, **OUTSIDE}),
    (
        "optax",
        {"name": "adagrad", "learning_rate": 0.5, "initial_accumulator_value": 0.1, **INSIDE},
    ),
    (
        "keras",
        {"name": "adagrad", "learning_rate": 0.5, "initial_accumulator_value": 0.0, **INSIDE},
    ),
    ("torch", {"name": "rmsprop", "learning_rate": 0.05}),
    ("torch", {"name": "rmsprop", "learning_rate": 0.01, "rho": 0.9, **OUTSIDE}),
    ("torch", {"name": "rmsprop", "learning_rate": 0.01, "rho": 0.9, "centered": True, **OUTSIDE}),
    ("torch", {"name": "rmsprop", "learning_rate": 0.01, "rho": 0.9, "momentum": 0.8, **OUTSIDE}),
    (
        "torch",
        {
            "name": "rmsprop",
            "learning_rate": 0.01,
            "rho": 0.9,
            "momentum": 0.8,
            "centered": True,
            "weight_decay": 0.3,
            **OUTSIDE,
        },
    ),
    ("optax", {"name": "rmsprop", "learning_rate": 0.01, "rho": 0.9, **INSIDE}),
    ("optax", {"name": "rmsprop", "learning_rate": 0.01, "rho": 0.9, "centered": True, **INSIDE}),
    ("optax", {"name": "rmsprop", "learning_rate": 0.01, "rho": 0.9, "momentum": 0.8, **INSIDE}),
    ("keras", {"name": "rmsprop", "learning_rate": 0.01, "rho": 0.9, "momentum": 0.8, **INSIDE}),
    ("torch", {"name": "adam", "learning_rate": 0.1}),
    ("torch", {"name": "adam", "learning_rate": 0.1, **OUTSIDE}),
    ("torch", {"name": "adam", "learning_rate": 0.3, "beta_1": 0.5, "beta_2": 0.9, **OUTSIDE}),
    ("torch", {"name": "adam", "learning_rate": 0.3, "beta_2": 0.9, "amsgrad": True, **OUTSIDE}),
    ("torch", {"name": "adam", "learning_rate": 0.1, "weight_decay": 0.3, **OUTSIDE}),
    ("torch", {"name": "adam", "learning_rate": EXPONENTIAL, **OUTSIDE}),
    ("optax", {"name": "adam", "learning_rate": 0.1, **INSIDE}),
    ("optax", {"name": "adam", "learning_rate": 0.3, "beta_1": 0.5, "beta_2": 0.9, **INSIDE}),
    ("keras", {"name": "adam", "learning_rate": 0.1, **HAT}),
    ("keras", {"name": "adam", "learning_rate": 0.3, "beta_1": 0.5, "beta_2": 0.9, **HAT}),
    ("keras", {"name": "adam", "learning_rate": 0.3, "beta_2": 0.9, "amsgrad": True, **HAT}),
]
"""What is computed, by which library, in the words of scene files."""

IN_TORCH = {"learning_rate": "lr", "epsilon": "eps", "rho": "alpha"}
IN_OPTAX = {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps", "rho": "decay"}
SCHEDULES: dict[str, Callable[[int], float]] = {
    "0.01 * exp(-0.1*t)": lambda t: 0.01 * math.exp(-0.1 * t),
    EXPONENTIAL: lambda t: 0.1 * math.exp(-0.1 * t),
    COSINE: lambda t: 0.05 * (1 + math.cos(math.pi * t / 100)),
}


def in_torch(settings: Settings, start: Point, gradient: Gradient) -> Point:
    """Return where torch's optimizer ends."""
    torch: Any = importlib.import_module("torch")
    torch.set_default_dtype(torch.float64)
    options = {IN_TORCH.get(name, name): value for name, value in settings.items()}
    rule = {
        "sgd": torch.optim.SGD,
        "adagrad": torch.optim.Adagrad,
        "rmsprop": torch.optim.RMSprop,
        "adam": torch.optim.Adam,
    }[options.pop("name")]
    if options.pop("epsilon_placement", "outside_sqrt") != "outside_sqrt":
        raise ValueError("torch adds epsilon to the root")
    if settings["name"] == "adam":
        options["betas"] = (options.pop("beta_1", 0.9), options.pop("beta_2", 0.999))
    schedule = SCHEDULES.get(str(options["lr"]))
    point = torch.tensor(start, requires_grad=True)
    optimizer = rule([point], **options | ({"lr": schedule(0)} if schedule else {}))
    for t in range(STEPS):
        if schedule:
            optimizer.param_groups[0]["lr"] = schedule(t)
        point.grad = torch.tensor(gradient(*point.tolist()))
        optimizer.step()
    x, y = point.tolist()
    return x, y


def in_optax(settings: Settings, start: Point, gradient: Gradient) -> Point:
    """Return where optax's optimizer ends."""
    importlib.import_module("jax").config.update("jax_enable_x64", True)
    jax: Any = importlib.import_module("jax.numpy")
    optax: Any = importlib.import_module("optax")
    options = {IN_OPTAX.get(name, name): value for name, value in settings.items()}
    rule = getattr(optax, options.pop("name"))
    if options.pop("epsilon_placement") != "inside_sqrt":
        raise ValueError("optax is asked for what torch has not: epsilon inside the root")
    if settings["name"] == "adam":
        options |= {"eps": 0.0, "eps_root": options["eps"]}
    optimizer = rule(**options)
    point = jax.array(start, dtype="float64")
    state = optimizer.init(point)
    for _ in range(STEPS):
        update, state = optimizer.update(jax.array(gradient(*point.tolist())), state, point)
        point = optax.apply_updates(point, update)
    x, y = point.tolist()
    return x, y


def in_keras(settings: Settings, start: Point, gradient: Gradient) -> Point:
    """Return where Keras's optimizer ends."""
    os.environ["KERAS_BACKEND"] = "torch"
    keras: Any = importlib.import_module("keras")
    keras.config.set_floatx("float64")
    options = dict(settings)
    placement = options.pop("epsilon_placement", None)
    if placement != {"adagrad": "inside_sqrt", "rmsprop": "inside_sqrt", "adam": "epsilon_hat"}.get(
        settings["name"]
    ):
        raise ValueError("Keras adds epsilon elsewhere")
    rule = {
        "sgd": keras.optimizers.SGD,
        "adagrad": keras.optimizers.Adagrad,
        "rmsprop": keras.optimizers.RMSprop,
        "adam": keras.optimizers.Adam,
    }[options.pop("name")]
    optimizer = rule(**options)
    point = keras.Variable(start, dtype="float64")
    for _ in range(STEPS):
        slope = keras.ops.convert_to_tensor(gradient(*point.numpy().tolist()), "float64")
        optimizer.apply([slope], [point])
    x, y = point.numpy().tolist()
    return x, y


def runs() -> Iterator[Settings]:
    """Yield every run on every objective, with its end; raise for one that is chaotic."""
    library = {"torch": in_torch, "optax": in_optax, "keras": in_keras}
    for name, settings in RUNS:
        for objective, (start, gradient) in OBJECTIVES.items():
            end = library[name](settings, start, gradient)
            nearly = library[name](settings, (start[0] * (1 + NUDGE), start[1]), gradient)
            if math.dist(end, nearly) > MOST_APART:
                raise ValueError(f"{name}: {settings} on {objective} magnifies roundings")
            yield {
                "library": name,
                "optimizer": settings,
                "objective": objective,
                "start": start,
                "end": end,
            }


def main() -> None:
    """Write optimizers.json beside this file, a run a line."""
    provenance = {
        "command": "python tests/golden/make.py",
        "versions": {name: version(name) for name in ("torch", "optax", "jax", "keras")},
        "dtype": "float64",
        "steps": STEPS,
    }
    lines = ",\n".join(f"  {json.dumps(run)}" for run in runs())
    text = f'{{\n "provenance": {json.dumps(provenance)},\n "runs": [\n{lines}\n ]\n}}\n'
    Path(__file__).with_name("optimizers.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
