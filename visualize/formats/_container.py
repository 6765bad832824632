"""A video's file put together: pictures that are encoded already, when they show, and tracks."""

import heapq
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, lcm
from pathlib import Path
from typing import Any

from visualize.formats._loudness import RATE
from visualize.formats._mp4_boxes import leave_captions_to_ask_for
from visualize.formats._sound import BITS, encoded
from visualize.formats._tracks import Chapter, Tracks

MILLISECOND = Fraction(1, 1000)
COARSEST, FINEST = 10_000, 1_000_000
"""Parts of a second that times are said in."""
CODECS = {"mp4": ("aac", "mov_text"), "webm": ("libopus", "webvtt")}
"""Of sound and captions, for each container."""
OPTIONS = {"mp4": {"movflags": "+faststart"}, "webm": {}}


def put_together(
    pictures: Path,
    path: Path,
    starts: Sequence[Fraction],
    end: Fraction,
    tracks: Tracks,
    comment: str,
) -> None:
    """Write a video of pictures, in order, each from its start until the next or the end.

    The pictures are those of a video without B-frames; they are not encoded again. The index
    stands at the front, and the same content makes the same bytes. Raises `OutputError` where
    the sound cannot be decoded, `OSError` where the file cannot be written.
    """
    import av

    try:
        _write(pictures, path, starts, end, tracks, comment)
        if tracks.captions and path.suffix == ".mp4":
            leave_captions_to_ask_for(path)
    except av.FFmpegError as error:
        raise OSError(error.errno, error.strerror) from None


def _write(
    pictures: Path,
    path: Path,
    starts: Sequence[Fraction],
    end: Fraction,
    tracks: Tracks,
    comment: str,
) -> None:
    import av

    container = path.suffix.removeprefix(".")
    sound_codec, text_codec = CODECS[container]
    options = {"fflags": "+bitexact", **OPTIONS[container]}
    with av.open(pictures) as source, av.open(path, "w", container_options=options) as target:
        target.metadata["comment"] = comment
        shown = target.add_stream_from_template(source.streams.video[0])
        shown.time_base = _unit(starts, end)
        packets = [_pictures(source, shown, starts, end)]
        if tracks.sound is not None:
            heard: Any = target.add_stream(sound_codec, rate=RATE, layout="stereo", bit_rate=BITS)
            heard.codec_context.flags |= av.codec.context.Flags.bitexact
            packets.append(encoded(tracks.sound, float(end), heard))
        if tracks.captions:
            read: Any = target.add_stream(text_codec)
            read.codec_context.subtitle_header = b"[Script Info]\n"
            read.time_base = MILLISECOND
            packets.append(_captions(tracks, read, container))
        if tracks.chapters:
            target.set_chapters(_chapters(tracks.chapters, end))
        target.start_encoding()
        for packet in heapq.merge(*packets, key=_when):
            target.mux(packet)


def _when(packet: Any) -> Fraction:
    when: Fraction = packet.dts * packet.time_base
    return when


def _unit(starts: Sequence[Fraction], end: Fraction) -> Fraction:
    """Return a part of a second in which every time can be said, exactly if it is not too small."""
    exact = lcm(*{time.denominator for time in (*starts, end)})
    return Fraction(1, min(exact * ceil(COARSEST / exact), FINEST))


def _pictures(source: Any, stream: Any, starts: Sequence[Fraction], end: Fraction) -> Iterator[Any]:
    times = [*starts, end]
    packets = (packet for packet in source.demux(video=0) if packet.dts is not None)
    for number, packet in enumerate(packets):
        packet.stream = stream
        packet.time_base = stream.time_base
        first, last = (round(time / stream.time_base) for time in times[number : number + 2])
        packet.pts = packet.dts = first
        packet.duration = last - first
        yield packet


LONGEST_CAPTION = 65_535
"""Bytes: what an MP4 can say of their number."""


def _captions(tracks: Tracks, stream: Any, container: str) -> Iterator[Any]:
    from av.packet import Packet

    for caption in tracks.captions:
        text = caption.text.encode()[:LONGEST_CAPTION].decode(errors="ignore").encode()
        # In an MP4 its length stands before a text (3GPP TS 26.245).
        packet = Packet(struct.pack(">H", len(text)) + text if container == "mp4" else text)
        first, last = (round(time / MILLISECOND) for time in (caption.start, caption.end))
        packet.stream, packet.time_base = stream, MILLISECOND
        packet.pts = packet.dts = first
        packet.duration, packet.is_keyframe = last - first, True
        yield packet


def _chapters(chapters: Sequence[Chapter], end: Fraction) -> list[Any]:
    starts = [round(time / MILLISECOND) for time in (*(it.start for it in chapters), end)]
    return [
        {
            "id": number,
            "start": starts[number],
            "end": starts[number + 1],
            "time_base": MILLISECOND,
            "metadata": {"title": chapter.title},
        }
        for number, chapter in enumerate(chapters)
    ]
