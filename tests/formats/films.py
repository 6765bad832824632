"""What the tests of several formats share: small films, and how a player shows their files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from visualize import Film, Scene, compose, simulate

Picture = NDArray[np.uint8]

BOWL: dict[str, Any] = {
    "objective": "x**2/20 + y**2",
    "start": [-7, 2],
    "steps": 20,
    "optimizers": [{"name": "sgd", "learning_rate": 0.9}],
}
RACE = [
    {"name": "sgd", "learning_rate": 0.9},
    {"name": "adagrad", "learning_rate": 1.5},
    {"name": "adam", "learning_rate": 0.3},
]


@dataclass(frozen=True)
class Shown:
    """A film as a player shows it: pictures, and how long each stays."""

    pictures: list[Picture]
    milliseconds: list[float]
    info: dict[str, Any]

    @property
    def total(self) -> float:
        return sum(self.milliseconds)

    def at(self, millisecond: float) -> Picture:
        """Return what is to be seen at a time."""
        for picture, end in zip(self.pictures, np.cumsum(self.milliseconds), strict=True):
            if millisecond < end:
                return picture
        raise IndexError(millisecond)


def shown(path: Path) -> Shown:
    pictures, times = [], []
    with Image.open(path) as image:
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            pictures.append(np.asarray(image.convert("RGB")))
            times.append(float(image.info["duration"]))
        info: dict[str, Any] = {str(key): value for key, value in image.info.items()}
    return Shown(pictures, times, info)


def a_scene(**settings: Any) -> Scene:
    frames = {"size": [160, 100], **settings.pop("frames", {})}
    return Scene.model_validate(BOWL | settings | {"frames": frames})


def a_film(**settings: Any) -> Film:
    scene = a_scene(**settings)
    return compose(scene, simulate(scene))


def drawn_by(canvas: Any) -> Picture:
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
