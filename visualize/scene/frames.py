"""How rows of the history become pictures: how many there are, how large, and for how long."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from visualize.arrays import Array
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
from visualize.formats.format import Timeline
from visualize.looks import pace as adaptive
from visualize.scene._spellings import FRAMES
from visualize.text import did_you_mean, shown

MOST_FRAMES = 100_000
FASTEST = 240
"""Pictures a second."""
SHORTEST, SLOWEST = 1, 60_000
"""Milliseconds that a picture stays."""
LONGEST = 86_400
"""Seconds of a film."""
LEAST = 1.5
"""Pictures for which a film must have time: the first and the last, or nearly."""
TICK = 0.2
"""Seconds that are whole pictures at most rates."""
SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*([A-Za-z]*)\s*")
UNITS = {
    **dict.fromkeys(("", "b", "byte", "bytes"), 1),
    **dict.fromkeys(("k", "kb", "kilobyte", "kilobytes"), 10**3),
    **dict.fromkeys(("m", "mb", "megabyte", "megabytes"), 10**6),
    **dict.fromkeys(("g", "gb"), 10**9),
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}
"""Of sizes, in bytes."""
OF_THE_START, OF_THE_END = 8, 4
"""Which part of an adaptive film the first and the last picture are shown, at most."""
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


def _read_max_size(value: Any) -> Any:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    found = SIZE.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found[2] or "").lower() not in UNITS:
        number = re.search(r"[0-9.]*[0-9]", f"{value}")
        right = f"{number[0] if number else 500} KB"
        raise custom_error(f"must be a size (got {shown(value)}); write max_size: {right}")
    return int(float(found[1]) * UNITS[(found[2] or "").lower()])


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


def something_moves_between_the_holds(
    hold: float,
    hold_start: float,
    duration: float | None = None,
    fps: float | None = None,
    interval: float | None = None,
) -> Mistakes:
    """In a film of known duration there is time for a first and a last picture beside the holds."""
    if duration is None:
        return
    per_second = 1000 / interval if interval is not None else fps or 25.0
    if (duration - hold - hold_start) * per_second < LEAST:
        held = f"holds of {hold + hold_start:g} s and " if hold + hold_start else ""
        least = math.ceil(100 * (hold + hold_start + 2 / per_second)) / 100
        words = f"{held}2 pictures at {per_second:g} a second take {least:g} s"
        yield mistake_at(f"{words} (got {shown(duration)})", "duration")


class Frames(Settings):
    """How rows of the history become pictures."""

    synonyms: ClassVar[Synonyms] = FRAMES

    alternatives = (
        *(("fps", "interval"), ("steps_per_frame", "frames_per_step")),
        *((name, "duration") for name in ("count", "steps_per_frame", "frames_per_step")),
    )

    of_time: ClassVar = frozenset(
        {"fps", "interval", "count", "steps_per_frame", "frames_per_step", "hold"}
        | {"duration", "hold_start"}
    )
    """Who gives one of these says what the pace is: it is even, and exactly that."""
    checks = (an_adaptive_pace_is_not_counted, something_moves_between_the_holds)

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
    goes on by the same steps from picture to picture. Default: even where duration, count, fps,
    interval, hold, hold_start, steps_per_frame or frames_per_step are given, else adaptive."""
    duration: Annotated[Positive, Field(le=LONGEST)] | None = Field(None, examples=[8])
    """Seconds of the whole film, holds included, over which its pictures are spread; default: as
    long as they take."""
    count: Annotated[int, Field(ge=1, le=MOST_FRAMES), AsWhole] | None = Field(None, examples=[100])
    """How many pictures of an even pace; default: the whole history, its end included."""
    steps_per_frame: Whole | None = Field(None, examples=[2])
    """Rows from one picture to the next; default: 1, if there is no frames_per_step."""
    frames_per_step: Whole | None = Field(None, examples=[4])
    """Pictures from one row to the next, for smooth motion."""
    hold: Annotated[NotNegative, Field(le=600, examples=[2])] = adaptive.REST_AFTER
    """Seconds that the last picture stays longer; default: 2, or 0 where the pace is even."""
    hold_start: Annotated[NotNegative, Field(le=600, examples=[1])] = adaptive.REST_BEFORE
    """Seconds that the first picture stays, or where the pace is even stays longer; default: 1, or
    0 there."""
    loop: Annotated[int, Field(ge=0, le=65_535), AsWhole] = 0
    """How often the film is shown; 0: for ever."""
    poster: Annotated[
        Literal["first", "last"] | Annotated[int, Field(ge=0), AsWhole],
        BeforeValidator(_read_poster),
    ] = "last"
    """The frame that a still shows: first, last or its number, from 0."""

    max_size: Annotated[
        int | None,
        BeforeValidator(_read_max_size, json_schema_input_type=int | str | None),
        Field(ge=1, examples=["500 KB"]),
    ] = None
    """Of each file: 500 KB, 0.5 MB or a number of bytes. Colours, pictures and their size are given
    up for it, what hurts least first, and it is told which."""

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
            return {**rate, **_rests_within(given.get("duration")), **given}
        spread = {"frames_per_step", "duration"} & said
        rows = {} if spread else {"steps_per_frame": 1}
        return {**rate, **rows, "pace": pace, "hold": 0.0, "hold_start": 0.0, **given}

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

    @property
    def timeline(self) -> Timeline:
        """When each picture shows."""
        timeline = Timeline.constant(self.per_second, hold=self.hold, loop=self.loop)
        longer = 0 if self.is_adaptive else round(self.hold_start * self.per_second)
        return replace(timeline, ticks=(1 + longer,)) if longer else timeline

    @property
    def pictured(self) -> float | None:
        """The seconds of a film of known duration in which its pictures follow each other."""
        return None if self.duration is None else self.duration - self.hold

    def count_for(self, steps: int) -> int:
        """Return how many pictures there are of so many steps."""
        if self.is_adaptive:
            return sum(self._parts(steps))
        if self.pictured is None:
            return self.count or math.ceil(steps / self.rows_per_frame) + 1
        every, held = (round(it * self.per_second) for it in (self.pictured, self.hold_start))
        return max(every - held, 1)

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
        if self.is_adaptive:
            resting, moving = self._parts(steps)
            moved = min(max(frame + 1 - resting, 0), moving)
            return float(Fraction(steps * moved, moving or 1))
        if self.pictured is None:
            return min(float(frame * self.rows_per_frame), steps)
        last = max(self.count_for(steps) - 1, 1)
        return float(Fraction(steps * min(frame, last), last))

    def rows_of(self, changes: Array) -> Array:
        """Return the row that each picture of an adaptive pace shows; steps change it so much."""
        return adaptive.rows_shown(changes, self.per_second, self.hold_start, self.pictured)

    def _parts(self, steps: int) -> tuple[int, int]:
        """Return how many pictures of an adaptive pace rest at the start, and how many follow."""
        return adaptive.pictures(steps, self.per_second, self.hold_start, self.pictured)


def _rests_within(duration: Any) -> dict[str, float]:
    """Return how long start and end of an adaptive pace are shown in a film of known duration."""
    if isinstance(duration, bool) or not isinstance(duration, int | float):
        return {}
    return {
        "hold": min(adaptive.REST_AFTER, round(duration / OF_THE_END / TICK) * TICK),
        "hold_start": min(adaptive.REST_BEFORE, round(duration / OF_THE_START / TICK) * TICK),
    }
