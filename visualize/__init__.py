"""A scene file becomes an animation of optimizers at work, and the arrays behind it.

    scene   = read_scene("scenes/adagrad-1d.yaml")   # every mistake in the file, all at once
    history = simulate(scene)                        # NumPy only, deterministic
    film    = compose(scene, history)                # what stands still is drawn once
    save(film, "output/adagrad-1d.gif")              # or .mp4

Importing this loads nothing heavy: each name is fetched when it is first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visualize.batch.render_all import render_all
    from visualize.errors import (
        ArraysError,
        ExpressionError,
        ForeignError,
        OutputError,
        SceneError,
        VisualizeError,
    )
    from visualize.film.compose import compose
    from visualize.film.film import Film
    from visualize.film.save import save
    from visualize.formats._tracks import Caption, Chapter, Sound
    from visualize.history.comparison import Difference, Tolerance
    from visualize.history.history import History
    from visualize.history.trajectory import Trajectory
    from visualize.objectives._function import Function
    from visualize.optimizers.adapters.keras import from_keras
    from visualize.optimizers.adapters.optax import from_optax
    from visualize.optimizers.adapters.scipy import from_scipy
    from visualize.optimizers.adapters.torch import from_torch
    from visualize.scene.scene import Scene, read_scene
    from visualize.simulation.simulate import simulate

from visualize.version import __version__ as __version__

_HOMES = {
    "ArraysError": "errors",
    "Caption": "formats._tracks",
    "Chapter": "formats._tracks",
    "Difference": "history.comparison",
    "ExpressionError": "errors",
    "Film": "film.film",
    "ForeignError": "errors",
    "Function": "objectives._function",
    "History": "history.history",
    "OutputError": "errors",
    "Scene": "scene.scene",
    "SceneError": "errors",
    "Sound": "formats._tracks",
    "Tolerance": "history.comparison",
    "Trajectory": "history.trajectory",
    "VisualizeError": "errors",
    "compose": "film.compose",
    "from_keras": "optimizers.adapters.keras",
    "from_optax": "optimizers.adapters.optax",
    "from_scipy": "optimizers.adapters.scipy",
    "from_torch": "optimizers.adapters.torch",
    "read_scene": "scene.scene",
    "render_all": "batch.render_all",
    "save": "film.save",
    "simulate": "simulation.simulate",
}

__all__ = [
    "ArraysError",
    "Caption",
    "Chapter",
    "Difference",
    "ExpressionError",
    "Film",
    "ForeignError",
    "Function",
    "History",
    "OutputError",
    "Scene",
    "SceneError",
    "Sound",
    "Tolerance",
    "Trajectory",
    "VisualizeError",
    "compose",
    "from_keras",
    "from_optax",
    "from_scipy",
    "from_torch",
    "read_scene",
    "render_all",
    "save",
    "simulate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'visualize' has no attribute '{name}'")
    return getattr(importlib.import_module(f"visualize.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
