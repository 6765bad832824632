"""Sound for a video: a track is decoded, repeated or cut, faded, and brought to a loudness."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from visualize.errors import OutputError
from visualize.formats._loudness import (
    CEILING,
    RATE,
    SECOND,
    SILENCE,
    Samples,
    frames,
    limited,
    loudness_of,
    samples_of,
)
from visualize.formats._tracks import Sound

BITS = 160_000
"""A second, of both channels."""
AGAIN = 2
"""How often a sound whose peaks are held down is measured again: then it is within 1 LU, unless
it has hardly anything but peaks.
"""


def trouble_with(file: Path) -> str:
    """Return why a track cannot be played; an empty text if its beginning can be.

    Nothing but this file is opened: playlists, which name others, are no tracks.
    """
    if file.is_dir():
        return "is a folder, not a track"
    if not file.is_file():
        return "there is no such file"
    try:
        next(_decoded(file))
    except StopIteration:
        return "has no sound that can be decoded"
    except (OSError, ValueError) as error:
        return f"cannot be decoded: {_reason(error)}"
    return ""


def seconds_of(file: Path) -> float:
    """Return how long a track is; all of it is decoded."""
    return _count(_decoded(file)) / RATE


def encoded(sound: Sound, seconds: float, stream: Any) -> Iterator[Any]:
    """Yield a sound as packets of a stream that is open; it is exactly as long as is said."""
    mixed = _mixed(sound, round(seconds * RATE))
    for frame in frames(mixed, stream.codec_context.frame_size or SECOND):
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _mixed(sound: Sound, count: int) -> Iterator[Samples]:
    """Yield so many samples as they are to be heard."""
    if sound.file is None:
        yield from _silence(count)
        return
    track = sound.file

    def faded() -> Iterator[Samples]:
        return _faded(track, sound, count)

    gain = sound.volume
    if sound.target is not None:
        loudness, peak = loudness_of(faded())
        if loudness > SILENCE:
            gain = _factor(sound.target - loudness)
            if gain * peak > CEILING:
                for _ in range(AGAIN):  # peaks that are held down make it less loud
                    gain *= _factor(sound.target - loudness_of(limited(faded(), gain))[0])
                yield from limited(faded(), gain)
                return
    for block in faded():
        yield np.clip(block * np.float32(gain), -1, 1)


def _factor(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _faded(file: Path, sound: Sound, count: int) -> Iterator[Samples]:
    """Yield a track repeated or cut to so many samples, as it comes and goes; then silence."""
    first = round(sound.start * RATE)
    if sound.loop:
        track, heard = _repeated(file, first), count
    else:
        track, heard = _from(file, first), min(count, _count(_from(file, first)))
    ramp = min(round(sound.fade * RATE), heard // 2)
    time = 0
    for block in _cut(track, heard):
        places = np.arange(time, time + block.shape[1])
        time += block.shape[1]
        if ramp and (places[0] < ramp or time > heard - ramp):
            factor = np.minimum(np.minimum(places + 1, heard - places) / ramp, 1)
            yield block * factor.astype(np.float32)
        else:
            yield block
    yield from _silence(count - heard)


def _silence(count: int) -> Iterator[Samples]:
    for first in range(0, count, SECOND):
        yield np.zeros((2, min(SECOND, count - first)), dtype=np.float32)


def _repeated(file: Path, first: int) -> Iterator[Samples]:
    while True:
        yield from _from(file, first)


def _from(file: Path, first: int) -> Iterator[Samples]:
    """Yield a track without its first samples; raise where nothing is left of it."""
    left, is_empty = first, True
    try:
        for block in _decoded(file):
            if left < block.shape[1]:
                is_empty = False
                yield block[:, left:]
            left = max(left - block.shape[1], 0)
    except (OSError, ValueError) as error:
        raise OutputError(f"{file}: cannot be decoded: {_reason(error)}") from None
    if is_empty:
        words = f"has ended before its second {first / RATE:g}" if first else "has no sound"
        raise OutputError(f"{file}: {words}")


def _decoded(file: Path) -> Iterator[Samples]:
    """Yield a track in stereo at our rate; damaged parts of it are left out, as players do."""
    import av
    from av.audio.resampler import AudioResampler

    with file.open("rb") as opened, av.open(opened, mode="r", options=ONLY_THIS) as track:
        if not track.streams.audio:
            raise ValueError("there is no sound in it")
        resampler: Any = None
        kind = None
        for packet in track.demux(track.streams.audio[0]):
            heard: list[Any] = []
            with suppress(av.error.InvalidDataError):
                heard = [*packet.decode()]
            for frame in heard:
                now = frame.format.name, frame.layout.name, frame.sample_rate
                if now != kind:
                    yield from _resampled(resampler, None)
                    resampler, kind = AudioResampler("fltp", "stereo", RATE), now
                frame.pts = None
                yield from _resampled(resampler, frame)
        yield from _resampled(resampler, None)


ONLY_THIS = {"protocol_whitelist": ""}
"""Nothing that a file names is opened."""


def _resampled(resampler: Any, frame: Any) -> Iterator[Samples]:
    if resampler is not None:
        yield from (samples_of(part) for part in resampler.resample(frame))


def _cut(blocks: Iterator[Samples], count: int) -> Iterator[Samples]:
    left = count
    while left:
        block = next(blocks)[:, :left]
        yield block
        left -= block.shape[1]


def _count(blocks: Iterable[Samples]) -> int:
    return sum(block.shape[1] for block in blocks)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
