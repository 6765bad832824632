"""What the tests of several formats share: small films, and how a player shows their files."""

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from visualize import Film, Scene, compose, simulate
from visualize.formats.format import FORMATS, Box, FolderFormat, Timeline

Picture = NDArray[np.uint8]

NAMES = FORMATS.names()
STILLS = [name for name in NAMES if FORMATS.load(name).still]
ANIMATED = [name for name in NAMES if name not in STILLS]
FILES = [name for name in NAMES if not issubclass(FORMATS.load(name), FolderFormat)]

BOWL: dict[str, Any] = {
    "objective": "x**2/20 + y**2",
    "start": [-7, 2],
    "steps": 8,
    "optimizers": [{"name": "sgd", "learning_rate": 0.9}],
}
RACE = [
    {"name": "sgd", "learning_rate": 0.9, "color": "red"},
    {"name": "adagrad", "learning_rate": 1.5, "color": "#008f68"},
    {"name": "adam", "learning_rate": 0.3},
]
KINDS: dict[str, dict[str, Any]] = {
    "lines": {"panels": [{"kind": "contour", "filled": False}]},
    "areas": {"panels": [{"kind": "contour", "filled": True}], "optimizers": RACE},
    "dark": {"theme": "dark", "optimizers": RACE},
    "a curve": {"objective": "x**2", "start": 3.0, "frames": {"size": [161, 99]}},
}
TEN_A_SECOND = Timeline(Fraction(10))
RATES: list[float] = [1 / 60, 0.4, 1, 7.5, 24, 25, 29.97, 30, 1000 / 33.3, 50, 60, 144, 240]
"""Pictures a second."""


def a_scene(**settings: Any) -> Scene:
    frames = {"size": [160, 100], "pace": "even", **settings.pop("frames", {})}
    return Scene.model_validate(BOWL | settings | {"frames": frames})


@cache
def _film(settings: str) -> Film:
    scene = a_scene(**json.loads(settings))
    return compose(scene, simulate(scene))


def a_film(**settings: Any) -> Film:
    """Return a film; many tests may share it, since drawing changes nothing."""
    return _film(json.dumps(settings))


@cache
def drawn(kind: str) -> list[Picture]:
    """Return all pictures of a film of a kind."""
    film = a_film(**KINDS[kind])
    return [film.picture(frame) for frame in range(film.frames)]


@dataclass
class Pictures:
    """Pictures of one's own, as a clip."""

    pictures: Sequence[Picture]
    timeline: Timeline = TEN_A_SECOND
    poster: int = 0
    transparent: bool = False
    fingerprint: str = "0123456789abcdef"
    asked: list[int] = field(default_factory=list)
    """For which pictures, in turn."""

    @property
    def size(self) -> tuple[int, int]:
        height, width = self.pictures[0].shape[:2]
        return width, height

    @property
    def frames(self) -> int:
        return len(self.pictures)

    def picture(self, frame: int) -> Picture:
        self.asked.append(frame)
        return self.pictures[frame]

    def damage(self) -> Box | None:
        return None


def patches(count: int, size: tuple[int, int] = (24, 16)) -> list[Picture]:
    """Return white pictures, width and height given, each with a dark patch in another place."""
    width, height = size
    pictures = [np.full((height, width, 3), 255, np.uint8) for _ in range(count)]
    for number, picture in enumerate(pictures):
        top, left = number // (width - 3) * 3 % (height - 3), number % (width - 3)
        color = 20, 60 + number % 9 * 20, 30 + number // 9 % 9 * 20
        picture[top : top + 3, left : left + 3] = color
    return pictures


def opaque(picture: Picture) -> Picture:
    """Return a picture as formats take it."""
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def write(name: str, pictures: Iterable[Picture], path: Path, **timeline: Any) -> Path:
    """Write pictures of your own, at so many `per_second`."""
    kind = FORMATS.load(name)
    if issubclass(kind, FolderFormat):
        path.mkdir()
    comment = timeline.pop("comment", "")
    when = Timeline.constant(timeline.pop("per_second", 10), **timeline)
    transparent = isinstance(pictures, list) and pictures[0].shape[2] == 4
    with kind(when, comment=comment).writing(path, transparent=transparent) as taker:
        for picture in pictures:
            taker.take(picture if transparent else opaque(picture))
    return path


@dataclass(frozen=True)
class Shown:
    """A film as a player shows it: pictures, and how long each stays."""

    pictures: list[Picture]
    milliseconds: list[float]
    info: dict[str, Any]

    @property
    def total(self) -> float:
        return sum(self.milliseconds)

    @property
    def starts(self) -> list[float]:
        return [0.0, *np.cumsum(self.milliseconds)[:-1]]

    def at(self, millisecond: float) -> Picture:
        """Return what is to be seen at a time."""
        for picture, end in zip(self.pictures, np.cumsum(self.milliseconds), strict=True):
            if millisecond < end:
                return picture
        raise IndexError(millisecond)


def shown(path: Path) -> Shown:
    """Return what a player shows that knows pictures: of GIF, APNG, WebP and PNG."""
    pictures, times = [], []
    with Image.open(path) as image:
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            pictures.append(np.asarray(image.convert("RGB")))
            times.append(float(image.info.get("duration", 0)))
        info: dict[str, Any] = {str(key): value for key, value in image.info.items()}
    return Shown(pictures, times, info)


def said_by_ffmpeg(path: Path) -> str:
    """Return what ffmpeg says of a file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    return str(subprocess.run(command, capture_output=True, text=True, check=False).stderr)


def size_of(path: Path) -> tuple[int, int]:
    """Return the width and height of a video."""
    found = re.search(r"Video: .*, ([0-9]+)x([0-9]+)[, ]", said_by_ffmpeg(path))
    assert found
    return int(found[1]), int(found[2])


def unpacked(path: Path, pixels: str, *decoder: str) -> bytes:
    """Return every picture of a file, one after the other, as ffmpeg decodes it."""
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *decoder, "-i", str(path)),
        *("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", pixels, "-"),
    ]
    return bytes(subprocess.run(command, capture_output=True, check=True).stdout)


def played(path: Path) -> NDArray[np.uint8]:
    """Return every picture as a player of videos shows it: `(pictures, height, width, 3)`."""
    width, height = size_of(path)
    return np.frombuffer(unpacked(path, "rgb24"), np.uint8).reshape(-1, height, width, 3)


def decoded_times(path: Path) -> list[float]:
    """Return the second at which each picture of a video is shown."""
    with av.open(str(path)) as video:
        return [float(picture.time or 0) for picture in video.decode(video=0)]


def distance(one: NDArray[Any], other: NDArray[Any], peak: float = 255) -> float:
    """Return the peak signal-to-noise ratio, in decibels."""
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return float("inf") if error == 0 else 10 * float(np.log10(peak**2 / error))
