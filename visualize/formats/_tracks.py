"""What a video can carry beside its pictures: sound, chapters and captions."""

from dataclasses import dataclass, fields
from fractions import Fraction
from math import log10
from pathlib import Path


@dataclass(frozen=True)
class Sound:
    """A track that plays through a video, or silence.

    >>> round(Sound(Path("piano.mp3"), volume=0.5).target, 1)
    -22.0
    """

    file: Path | None = None
    """Any track that ffmpeg reads; None: silence, for what refuses a video without sound."""
    volume: float = 1.0
    """A factor, from 0: 0.5 is 6 decibels less than the stated loudness."""
    fade: float = 2.0
    """Seconds over which it comes, and goes."""
    start: float = 0.0
    """Seconds that are left out at the beginning of the track."""
    loop: bool = True
    """Whether a track that is shorter than the video plays again."""
    loudness: float | None = -16.0
    """LUFS (ITU-R BS.1770-4) to which all that is heard is brought; None: as it is."""

    def __post_init__(self) -> None:
        if min(self.volume, self.fade, self.start) < 0 or (self.loudness or 0) > 0:
            raise ValueError("volume, fade and start are 0 or more, and the loudness is 0 or less")

    @property
    def target(self) -> float | None:
        """LUFS at which it is heard: the loudness with the volume; None: whatever it has."""
        if self.loudness is None or not self.volume:
            return None
        return self.loudness + 20 * log10(self.volume)


@dataclass(frozen=True)
class Chapter:
    """A part of a video that has a name; it lasts until the next begins."""

    start: Fraction | float
    """Seconds."""
    title: str


@dataclass(frozen=True)
class Caption:
    """What is said or shown for a time, as text."""

    start: Fraction | float
    """Seconds."""
    end: Fraction | float
    text: str


@dataclass(frozen=True)
class Tracks:
    """All that goes with the pictures of a video."""

    sound: Sound | None = None
    chapters: tuple[Chapter, ...] = ()
    captions: tuple[Caption, ...] = ()

    @property
    def names(self) -> list[str]:
        """What there is."""
        return [field.name for field in fields(self) if getattr(self, field.name)]
