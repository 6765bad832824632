"""How rows of the history become pictures: how many there are, how large, and for how long."""

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from visualize.declare.checks import Mistakes
from visualize.declare.settings import (
    AsWhole,
    NotNegative,
    Positive,
    Settings,
    Synonyms,
    Whole,
    custom_error,
    mistake_at,
)
from visualize.looks import pace as adaptive
from visualize.scene._spellings import FRAMES
from visualize.text import did_you_mean, shown

MOST_FRAMES = 100_000
FASTEST = 240
"""Pictures a second."""
SHORTEST, SLOWEST = 1, 60_000
"""Milliseconds that a picture stays."""
Side = Annotated[int, Field(ge=16, le=8192), AsWhole]


def _read_size(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return tuple(value) if isinstance(value, list) else value
    sides = [int(side) for side in re.findall(r"\d{2,5}", f"{value}")]
    if len(sides) != 2:
        width = sides[0] if len(sides) == 1 else 1280
        is_height = isinstance(value, str) and value.strip().endswith("p")  # 1080p
        sides = [width * 16 // 9, width] if is_height else [width, width * 9 // 16]
    raise custom_error(f"must be width and height (got {shown(value)}); write size: {sides}")


def _check_fps(fps: float) -> float:
    if fps < 1000 / SLOWEST:
        raise custom_error(f"must be at least 1/60, a picture a minute (got {shown(fps)})")
    return fps


def _check_interval(interval: float) -> float:
    if interval < SHORTEST:
        raise custom_error(f"must be at least {SHORTEST}, a millisecond (got {shown(interval)})")
    return interval


def _read_poster(value: Any) -> Any:
    if value in ("first", "last"):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        hint = did_you_mean(value, ("first", "last")) if isinstance(value, str) else ""
        raise custom_error(
            f"must be first, last or the number of a frame{hint} (got {shown(value)})"
        )
    if value < 0:
        raise custom_error(f"must be at least 0, the first frame (got {shown(value)})")
    return value


def an_adaptive_pace_is_not_counted(
    pace: str,
    count: int | None = None,
    steps_per_frame: int | None = None,
    frames_per_step: int | None = None,
) -> Mistakes:
    """Who leaves the pace to us does not say which rows are shown."""
    counts = {
        "count": count,
        "steps_per_frame": steps_per_frame,
        "frames_per_step": frames_per_step,
    }
    for name, value in counts.items():
        if pace == "adaptive" and value is not None:
            words = "an adaptive pace chooses itself which rows are shown, and how many pictures"
            yield mistake_at(f"{words}; leave {name} out, or write pace: even", name)


class Frames(Settings):
    """How rows of the history become pictures."""

    synonyms: ClassVar[Synonyms] = FRAMES

    alternatives = (("fps", "interval"), ("steps_per_frame", "frames_per_step"))

    of_time: ClassVar = frozenset(
        {"fps", "interval", "count", "steps_per_frame", "frames_per_step", "hold"}
    )
    """Who gives one of these says what the pace is: it is even, and exactly that."""
    checks = (an_adaptive_pace_is_not_counted,)

    size: Annotated[
        tuple[Side, Side], BeforeValidator(_read_size), Field(examples=[[1280, 720]])
    ] = (1280, 720)
    """Width and height in pixels, exactly."""
    fps: Annotated[Positive, Field(le=FASTEST), AfterValidator(_check_fps)] | None = Field(
        None, examples=[25]
    )
    """Pictures a second; default: 25, if there is no interval."""
    interval: Annotated[Positive, Field(le=SLOWEST), AfterValidator(_check_interval)] | None = (
        Field(None, examples=[40])
    )
    """Milliseconds a picture stays, in place of fps."""
    pace: Literal["adaptive", "even"] = "adaptive"
    """`adaptive`: 6 to 8 seconds whatever the steps, more of them where the picture changes; `even`
    goes on by the same steps from picture to picture. Default: even where count, fps, interval,
    hold, steps_per_frame or frames_per_step are given, else adaptive."""
    count: Annotated[int, Field(ge=1, le=MOST_FRAMES), AsWhole] | None = Field(None, examples=[100])
    """How many pictures of an even pace; default: the whole history, its end included."""
    steps_per_frame: Whole | None = Field(None, examples=[2])
    """Rows from one picture to the next; default: 1, if there is no frames_per_step."""
    frames_per_step: Whole | None = Field(None, examples=[4])
    """Pictures from one row to the next, for smooth motion."""
    hold: Annotated[NotNegative, Field(le=600, examples=[2])] = adaptive.REST_AFTER
    """Seconds that the last picture stays longer; default: 2, or 0 where the pace is even."""
    loop: Annotated[int, Field(ge=0, le=65_535), AsWhole] = 0
    """How often the film is shown; 0: for ever."""
    poster: Annotated[
        Literal["first", "last"] | Annotated[int, Field(ge=0), AsWhole],
        BeforeValidator(_read_poster),
    ] = "last"
    """The frame that a still shows: first, last or its number, from 0."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, settings: Any) -> Any:
        if not isinstance(settings, Mapping):
            return settings
        either = {name for pair in cls.alternatives for name in pair}
        given = {
            name: value
            for name, value in settings.items()
            if not (value is None and name in either)
        }
        rate = {} if "interval" in given else {"fps": 25.0}
        said = {name for name, value in given.items() if value is not None}
        pace = given.get("pace", "even" if said & cls.of_time else "adaptive")
        if pace == "adaptive":
            return {**rate, **given}
        rows = {} if "frames_per_step" in given else {"steps_per_frame": 1}
        return {**rate, **rows, "pace": pace, "hold": 0.0, **given}

    @property
    def per_second(self) -> float:
        """Pictures a second, whichever way it was said."""
        return 1000 / self.interval if self.interval is not None else self.fps or 25.0

    @property
    def is_adaptive(self) -> bool:
        """Whether the rows that are shown depend on how much the picture changes."""
        return self.pace == "adaptive"

    @property
    def rows_per_frame(self) -> Fraction:
        """Rows from one picture to the next of an even pace, whichever way it was said."""
        return Fraction(self.steps_per_frame or 1, self.frames_per_step or 1)

    def count_for(self, steps: int) -> int:
        """Return how many pictures there are of so many steps."""
        if self.is_adaptive:
            return sum(adaptive.pictures(steps, self.per_second))
        return self.count or math.ceil(steps / self.rows_per_frame) + 1

    def poster_for(self, steps: int) -> int:
        """Return the frame (from 0) that a still shows."""
        match self.poster:
            case "first":
                return 0
            case "last":
                return self.count_for(steps) - 1
            case frame:
                return frame

    def row(self, frame: int, steps: int) -> float:
        """Return the row, of so many steps, that a frame (from 0) shows; maybe between two rows.

        Of an adaptive pace that is the row where all steps change the picture alike.
        """
        if not self.is_adaptive:
            return min(float(frame * self.rows_per_frame), steps)
        resting, moving = adaptive.pictures(steps, self.per_second)
        moved = min(max(frame + 1 - resting, 0), moving)
        return float(Fraction(steps * moved, moving or 1))
