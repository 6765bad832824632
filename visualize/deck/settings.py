"""What a post may say of its slides in its front matter."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from visualize.declare.settings import (
    FileName,
    NotNegative,
    Positive,
    Settings,
    custom_error,
)
from visualize.looks.themes import THEMES
from visualize.scene.frames import FASTEST, Side, _read_size
from visualize.text import did_you_mean, shown

SLOWEST = 1
"""Pictures a second."""
SHORTEST_SLIDE, LONGEST_SLIDE = 0.04, 3600
"""Seconds."""


def _check_theme(theme: str) -> str:
    if theme not in THEMES:
        known = ", ".join(THEMES)
        raise custom_error(
            f"must be one of {known} (got {shown(theme)}){did_you_mean(theme, THEMES)}"
        )
    return theme


def _check_seconds(seconds: Any) -> Any:
    if seconds == "reading":
        return seconds
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        hint = did_you_mean(seconds, ("reading",)) if isinstance(seconds, str) else ""
        words = f"must be a number of seconds, or reading{hint} (got {shown(seconds)})"
        raise custom_error(f"{words}; write seconds_per_slide: 3")
    if not SHORTEST_SLIDE <= seconds <= LONGEST_SLIDE:
        words = f"must be at least {SHORTEST_SLIDE} and at most {LONGEST_SLIDE} seconds"
        raise custom_error(f"{words} (got {shown(seconds)})")
    return float(seconds)


def _as_music(value: Any) -> Any:
    if isinstance(value, str):
        return {"file": value}
    if not isinstance(value, Mapping | Music):
        words = f"must be a track's file, or settings of one (got {shown(value)})"
        raise custom_error(f"{words}; write music: {{file: music.mp3}}")
    return value


class Music(Settings):
    """A track that plays through the whole video."""

    file: Annotated[FileName, Field(examples=["music.mp3"])]
    """Any track that ffmpeg reads, beside the post or below it."""
    volume: Annotated[NotNegative, Field(le=10)] = 1.0
    """How loud, as a factor of the stated loudness."""
    fade: Annotated[NotNegative, Field(le=60)] = 2.0
    """Seconds over which it comes and goes."""
    start: Annotated[NotNegative, Field(le=86_400)] = 0.0
    """Seconds of the track that are left out at its beginning."""
    loop: bool = True
    """Play a track that is shorter than the video again."""
    loudness: Annotated[float, Field(ge=-60, le=0)] | Literal["as it is"] = -16.0
    """LUFS (ITU-R BS.1770) to which it is brought, or `as it is`."""


class DeckSettings(Settings):
    """What a post says of its slides: all of it may be left out."""

    title: str = ""
    """On the title slide; without a title there is none."""
    author: str = ""
    date: str = ""
    seconds_per_slide: Annotated[
        float | Literal["reading"], BeforeValidator(_check_seconds), Field(examples=[3])
    ] = 3.0
    """Seconds that a slide stays at least, or `reading`: by its words."""
    size: Annotated[
        tuple[Side, Side], BeforeValidator(_read_size), Field(examples=[[1920, 1080]])
    ] = (1920, 1080)
    """Width and height in pixels, exactly."""
    fps: Annotated[Positive, Field(ge=SLOWEST, le=FASTEST)] | None = None
    """Pictures a second; default: as many as what moves in the slides has."""
    theme: Annotated[str, AfterValidator(_check_theme), Field(examples=["dark"])] = "light"
    """The colours."""
    transition: Literal["none", "fade"] = "none"
    """How a slide gives way to the next."""
    music: Annotated[Music, BeforeValidator(_as_music)] | None = None
    """A track to play: a file, or `{file, volume, fade, start, loop}`."""
    chapters: bool = True
    """Whether the video has chapters, one a heading."""
