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
    from visualize.comparison import Difference, Tolerance
    from visualize.engine import simulate
    from visualize.errors import (
        ArraysError,
        ExpressionError,
        OutputError,
        SceneError,
        VisualizeError,
    )
    from visualize.film import Film, compose, save
    from visualize.history import History, Trajectory
    from visualize.scene import Scene, read_scene

__version__ = "0.1.0"

_HOMES = {
    "ArraysError": "errors",
    "Difference": "comparison",
    "ExpressionError": "errors",
    "Film": "film",
    "History": "history",
    "OutputError": "errors",
    "Scene": "scene",
    "SceneError": "errors",
    "Tolerance": "comparison",
    "Trajectory": "history",
    "VisualizeError": "errors",
    "compose": "film",
    "read_scene": "scene",
    "save": "film",
    "simulate": "engine",
}

__all__ = [
    "ArraysError",
    "Difference",
    "ExpressionError",
    "Film",
    "History",
    "OutputError",
    "Scene",
    "SceneError",
    "Tolerance",
    "Trajectory",
    "VisualizeError",
    "compose",
    "read_scene",
    "save",
    "simulate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'visualize' has no attribute '{name}'")
    return getattr(importlib.import_module(f"visualize.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
