"""Run torch's schedulers, and Keras's and optax's, for tests/optimizers/test_schedules.py.

Nothing of `visualize` is imported; what torch takes is read from its optimizer, update by update.

oracle/bin/python tests/golden/schedules.py      # oracle: see make.py
"""

import importlib
import json
import os
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

os.environ["KERAS_BACKEND"] = "torch"
jax: Any = importlib.import_module("jax")
keras: Any = importlib.import_module("keras")
optax: Any = importlib.import_module("optax")
torch: Any = importlib.import_module("torch")

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
torch.set_default_dtype(torch.float64)

Settings = dict[str, Any]
STEPS = 60
LONG = 130
"""More updates than the schedules take: what stays is told here too."""
kinds = torch.optim.lr_scheduler


class Run(NamedTuple):
    """A scheduler of torch: its options, the rate of its optimizer, how long; and our settings."""

    make: Callable[..., Any]
    options: Settings
    rate: float
    steps: int
    ours: Settings

    def rates(self) -> list[float]:
        """Return the rates that torch takes, update by update."""
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=self.rate)
        scheduler = self.make(optimizer, **self.options)
        rates = []
        for number in range(self.steps):
            rates.append(float(optimizer.param_groups[0]["lr"]))
            optimizer.step()
            if number < self.steps - 1:  # OneCycleLR refuses one step more
                scheduler.step()
        return rates


def warm(optimizer: Any, start_factor: float, warm: int, whole: int, eta_min: float) -> Any:
    """Return torch's sequence of a rising line and half a wave."""
    rising = kinds.LinearLR(optimizer, start_factor=start_factor, total_iters=warm)
    falling = kinds.CosineAnnealingLR(optimizer, T_max=whole - warm, eta_min=eta_min)
    return kinds.SequentialLR(optimizer, [rising, falling], milestones=[warm])


def falling() -> Iterator[Run]:
    """Yield what goes from one rate to another."""
    ours: Settings
    options: Settings
    for steps, end in ((60, 0.0), (25, 0.0), (25, 0.003)):
        ours = {"schedule": "cosine", "initial_learning_rate": 0.1, "decay_steps": steps}
        options = {"T_max": steps, "eta_min": end}
        # After T_max torch would rise again.
        ours["end_learning_rate"] = end
        yield Run(kinds.CosineAnnealingLR, options, 0.1, steps + 1, ours)
    for steps, power in ((60, 1.0), (40, 0.5), (40, 2.5)):
        ours = {"schedule": "polynomial", "initial_learning_rate": 0.1, "decay_steps": steps}
        options = {"total_iters": steps, "power": power}
        yield Run(kinds.PolynomialLR, options, 0.1, LONG, {**ours, "power": power})
    for first, end in ((1.0, 0.2), (0.1, 1.0)):
        ours = {"schedule": "linear", "initial_learning_rate": 0.3 * first, "decay_steps": 20}
        options = {"start_factor": first, "end_factor": end, "total_iters": 20}
        yield Run(kinds.LinearLR, options, 0.3, LONG, {**ours, "end_learning_rate": 0.3 * end})


def by_factors() -> Iterator[Run]:
    """Yield what is multiplied again and again."""
    ours: Settings
    options: Settings
    for size, gamma in ((30, 0.1), (7, 0.5), (1, 0.9)):
        ours = {"schedule": "step", "initial_learning_rate": 0.2, "decay_steps": size}
        options = {"step_size": size, "gamma": gamma}
        yield Run(kinds.StepLR, options, 0.2, STEPS, {**ours, "decay_rate": gamma})
    ours = {"schedule": "step", "initial_learning_rate": 0.2, "boundaries": [5, 20, 21]}
    options = {"milestones": [5, 20, 21], "gamma": 0.3}
    yield Run(kinds.MultiStepLR, options, 0.2, STEPS, {**ours, "decay_rate": 0.3})
    for gamma in (0.97, 0.5, 1.02):
        ours = {"schedule": "exponential", "initial_learning_rate": 0.1, "decay_rate": gamma}
        yield Run(kinds.ExponentialLR, {"gamma": gamma}, 0.1, STEPS, ours)


def rising_first() -> Iterator[Run]:
    """Yield what begins with little."""
    ours: Settings
    options: Settings
    for warming, start, end in ((10, 0.01, 0.0), (1, 0.05, 0.002), (30, 0.001, 0.0)):
        ours = {
            "schedule": "warmup_cosine",
            "peak_learning_rate": 0.5,
            "initial_learning_rate": start,
            "warmup_steps": warming,
            "decay_steps": STEPS,
            "end_learning_rate": end,
        }
        options = {"start_factor": start / 0.5, "warm": warming, "whole": STEPS, "eta_min": end}
        yield Run(warm, options, 0.5, STEPS + 1, ours)
    for shape, strategy in (("cosine", "cos"), ("linear", "linear")):
        ours = {"schedule": "one_cycle", "peak_learning_rate": 0.4, "shape": shape}
        ours["decay_steps"] = STEPS
        options = {"max_lr": 0.4, "total_steps": STEPS, "anneal_strategy": strategy}
        yield Run(kinds.OneCycleLR, options, 0.1, STEPS, ours)
        ours = {**ours, "initial_learning_rate": 0.08, "end_learning_rate": 0.0008}
        options = {**options, "pct_start": 0.1, "div_factor": 5, "final_div_factor": 100}
        yield Run(kinds.OneCycleLR, options, 0.1, STEPS, {**ours, "warmup_fraction": 0.1})


def from_torch() -> Iterator[tuple[str, Settings, list[float]]]:
    """Yield what torch's scheduler is called, our settings, and its rates."""
    for several in (falling, by_factors, rising_first):
        for run in several():
            name = run.make.__name__
            yield "SequentialLR" if name == "warm" else name, run.ours, run.rates()


def from_keras() -> Iterator[tuple[str, Settings, list[float]]]:
    """Yield what Keras's schedule is called, our settings, and its rates."""
    theirs = keras.optimizers.schedules
    for schedule, settings, rule in (
        ("cosine", {"end_learning_rate": 0.02}, theirs.CosineDecay(0.1, 40, alpha=0.2)),
        (
            "polynomial",
            {"end_learning_rate": 0.01, "power": 2.0},
            theirs.PolynomialDecay(0.1, 40, 0.01, power=2.0),
        ),
        ("exponential", {"decay_rate": 0.5}, theirs.ExponentialDecay(0.1, 40, 0.5)),
        ("step", {"decay_rate": 0.5}, theirs.ExponentialDecay(0.1, 40, 0.5, staircase=True)),
    ):
        ours = {"schedule": schedule, "initial_learning_rate": 0.1, "decay_steps": 40, **settings}
        yield type(rule).__name__, ours, [float(rule(t)) for t in range(LONG)]


def from_optax() -> Iterator[tuple[str, Settings, list[float]]]:
    """Yield what optax's schedule is called, our settings, and its rates."""
    for schedule, settings, rule in (
        (
            "warmup_cosine",
            {"peak_learning_rate": 0.3, "warmup_steps": 12, "end_learning_rate": 0.01},
            optax.warmup_cosine_decay_schedule(0.0, 0.3, 12, 70, 0.01),
        ),
        (
            "linear",
            {"initial_learning_rate": 0.3, "end_learning_rate": 0.1},
            optax.linear_schedule(0.3, 0.1, 70),
        ),
        (
            "exponential",
            {"initial_learning_rate": 0.1, "decay_rate": 0.9},
            optax.exponential_decay(0.1, 70, 0.9),
        ),
    ):
        ours = {"schedule": schedule, "decay_steps": 70, **settings}
        times = [jax.numpy.asarray(t, "float64") for t in range(LONG)]
        yield f"optax's {schedule}", ours, [float(rule(t)) for t in times]


def main() -> None:
    """Write schedules.json beside this file, a schedule a line."""
    provenance = {
        "command": "python tests/golden/schedules.py",
        "versions": {name: version(name) for name in ("torch", "optax", "jax", "keras")},
        "dtype": "float64",
    }
    libraries = {"torch": from_torch, "keras": from_keras, "optax": from_optax}
    lines = ",\n".join(
        "  " + json.dumps({"library": library, "name": name, "settings": ours, "rates": rates})
        for library, several in libraries.items()
        for name, ours, rates in several()
    )
    text = f'{{\n "provenance": {json.dumps(provenance)},\n "schedules": [\n{lines}\n ]\n}}\n'
    Path(__file__).with_name("schedules.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
